"""herdmap:compare, surveys of one place in several years."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingParameterMultipleLayers,
)

from ..translation import tr
from .numbers import TableCommand, number


class Compare(TableCommand):
    """Files with estimates: surveys, or tables."""

    NAME = "compare"
    TAGS = "compare,trend,change,power,years,monitoring,estimate"

    def displayName(self) -> str:  # noqa: N802
        return tr("Compare surveys of several years")

    def shortDescription(self) -> str:  # noqa: N802
        return tr("Compares estimates of one place: differences, trend, and the power to see a change")

    def shortHelpString(self) -> str:  # noqa: N802
        return tr(
            "Compares the estimates of surveys of one place: the difference of each two that follow each other, and the"
            " change in a year over all of them, with 95 % intervals.\n\n"
            "Files: surveys with estimates, dated by their photos, or tables with the columns date, estimate and"
            " se, and stratum, class and df if there are any.\n\n"
            "The log also says which decline such surveys would show in 80 % of cases; or, if you give a change, how"
            " likely they show it and how many times as many transects that needs."
        )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        files = QgsProcessingParameterMultipleLayers(
            "FILES", tr("Surveys with estimates, or tables"), QgsProcessing.SourceType.TypeFile
        )
        self.addParameter(files)
        self.addParameter(number("SEE", tr("Change in a year that should be seen [%]"), least=-99))
        self.add_table()

    def processAlgorithm(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        files = self.parameterAsFileList(parameters, "FILES", context)
        arguments = ["compare", *files, *self.given("SEE", "--see", parameters, context)]
        return self.written(arguments, parameters, context, feedback)
