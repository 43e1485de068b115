"""herdmap:merge, the reviews of two people in one survey."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingParameterFile,
    QgsProcessingParameterFileDestination,
)

from ..translation import tr
from .algorithm import CommandAlgorithm


class Merge(CommandAlgorithm):
    """Where the two disagree, a table of conflicts is written beside the result."""

    NAME = "merge"
    ICON = "review"
    TAGS = "merge,two reviewers,conflicts,agreement,kappa,review"
    SUGGESTED_BY = ("SURVEY",)
    ENDING = "_merged.gpkg"
    HELP = "merge-reviews"

    def displayName(self) -> str:  # noqa: N802
        return tr("Merge two reviews")

    def shortDescription(self) -> str:  # noqa: N802
        return tr("Merges the reviews of two people, who each reviewed a copy of one survey")

    def shortHelpString(self) -> str:  # noqa: N802
        return tr(
            "Makes one survey of two copies that two people reviewed. If both say the same of an animal, it holds. If"
            " they disagree, the later word holds, the other one is in the note, and the animal is in a table of"
            " conflicts beside the result. The log says how well the two agree.\n\n"
            "To settle conflicts, open the result in the review and choose “More”."
        )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        self.add_survey()
        second = QgsProcessingParameterFile("SECOND", tr("The copy of the other reviewer"))
        second.setFileFilter(tr("Surveys (*.gpkg)"))
        self.addParameter(second)
        self.addParameter(QgsProcessingParameterFileDestination("OUTPUT", tr("Merged survey"), tr("Surveys (*.gpkg)")))

    def processAlgorithm(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        output = self.kept(self.parameterAsFileOutput(parameters, "OUTPUT", context), feedback)
        second = self.parameterAsString(parameters, "SECOND", context)
        arguments = ["merge-reviews", self.survey_file(parameters, context), second, "-o", output]
        return {"OUTPUT": output} if self.herdmap(arguments, feedback) else {}
