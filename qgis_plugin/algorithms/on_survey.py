"""Commands on a survey that is there: they may write to it, and the map shows what they wrote."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsProcessingContext, QgsProcessingFeedback

from .algorithm import CommandAlgorithm


class SurveyCommand(CommandAlgorithm):
    """`changed` is set by a run that wrote to the survey's file; where that is open, its layers are loaded anew."""

    def __init__(self) -> None:
        super().__init__()
        self.changed = ""

    def postProcessAlgorithm(self, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> dict[str, Any]:  # noqa: N802
        """In the main thread."""
        if self.changed and context.project() is not None:
            from ..layers import group_of, open_survey

            if group_of(self.changed, context.project()) is not None:
                open_survey(self.changed, context.project())
        return {}
