"""Commands on an existing survey: they may write to it, and then the map is refreshed."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsProcessingContext, QgsProcessingFeedback

from ..layers import group_of, open_survey
from ..survey_file import SurveyError, SurveyFile
from .algorithm import CommandAlgorithm


def animals_of(path: str) -> int | None:
    """How many animals a survey counts, each once, however many photos show it; None if it cannot be read."""
    try:
        with SurveyFile(path).open("ro") as db:
            found = db.execute("SELECT count(*) FROM detections WHERE counted != 0 AND review != 'rejected'")
            return int(found.fetchone()[0])
    except SurveyError:
        return None


def proposed_in(path: str) -> int | None:
    """How many detections of a model wait for a review in a survey; None if it cannot be read."""
    try:
        with SurveyFile(path).open("ro") as db:
            found = db.execute("SELECT count(*) FROM detections WHERE score IS NOT NULL AND review = 'unreviewed'")
            return int(found.fetchone()[0])
    except SurveyError:
        return None


def show_survey(path: str, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> None:
    """Open a survey in the project, or reload its layers. An error is only logged, as the command succeeded."""
    try:
        open_survey(path, context.project())
    except SurveyError as error:
        feedback.reportError(str(error))


class SurveyCommand(CommandAlgorithm):
    """A run that wrote to the survey's file sets `changed`. If that survey is open, its layers are reloaded."""

    WRITES_SURVEY = True

    def __init__(self) -> None:
        super().__init__()
        self.changed = ""

    def postProcessAlgorithm(self, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> dict[str, Any]:  # noqa: N802
        """In the main thread."""
        project = context.project()
        if self.changed and project is not None and group_of(self.changed, project) is not None:
            show_survey(self.changed, context, feedback)
        return {}
