"""herdmap:report, the survey as one page to print and sign."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterString,
)

from ..translation import tr
from .algorithm import CommandAlgorithm, option
from .numbers import table


class Report(CommandAlgorithm):
    """A browser opens and prints it."""

    NAME = "report"
    ICON = "open"
    TAGS = "report,print,page,map,estimate,effort,quality,survey"
    SUGGESTED_BY = ("SURVEY",)
    ENDING = "_report.html"

    def displayName(self) -> str:  # noqa: N802
        return tr("Write a survey report")

    def shortDescription(self) -> str:  # noqa: N802
        return tr("Writes the survey as one page to print and sign")

    def shortHelpString(self) -> str:  # noqa: N802
        return tr(
            "Writes one page that opens in any browser, also offline, and prints on A4. It shows what was"
            " counted and how sure that is, what was not looked at, a map, the effort, the estimates, the"
            " quality of the detector and the method, and has lines for signatures.\n\n"
            "With the ending .pdf, the Chrome, Chromium, Edge or Brave of this computer prints it.\n\n"
            "Estimate the population first. Without estimates, the page shows what was found."
        )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        self.add_survey()
        self.addParameter(QgsProcessingParameterString("TITLE", tr("Title of the report"), optional=True))
        self.add_advanced(
            table("OBSERVERS", tr("Table of two observers, to be shown in the report"), optional=True),
        )
        self.addParameter(
            QgsProcessingParameterFileDestination("OUTPUT", tr("Survey report"), tr("Pages (*.html);;PDF (*.pdf)"))
        )

    def processAlgorithm(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        output = self.kept(self.parameterAsFileOutput(parameters, "OUTPUT", context), feedback)
        arguments = ["report", self.survey_file(parameters, context), "-o", output]
        arguments += option("--observers", self.parameterAsString(parameters, "OBSERVERS", context))
        arguments += option("--title", self.parameterAsString(parameters, "TITLE", context))
        return {"OUTPUT": output} if self.herdmap(arguments, feedback) else {}
