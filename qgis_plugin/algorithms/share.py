"""herdmap:share, a folder for colleagues who have neither Herdmap nor QGIS."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterFolderDestination,
    QgsProcessingParameterString,
)

from ..translation import tr
from .algorithm import CommandAlgorithm, option


class Share(CommandAlgorithm):
    """Its index.html opens from disk, offline, in any browser."""

    NAME = "share"
    ICON = "open"
    TAGS = "share,folder,web page,offline,report,survey"
    SUGGESTED_BY = ("SURVEY",)
    ENDING = "_share"

    def displayName(self) -> str:  # noqa: N802
        return tr("Make a share folder")

    def shortDescription(self) -> str:  # noqa: N802
        return tr("Makes a folder with a map and the photos, which opens offline in any browser")

    def shortHelpString(self) -> str:  # noqa: N802
        return tr(
            "Makes a folder for people without Herdmap and QGIS. They open its index.html in any browser,"
            " also offline and on a phone, and see the map, the photos with their boxes, filters and"
            " counts. The folder is a few per cent as large as the imagery.\n\n"
            "Largest size: for example 50MB or 5%. If you leave it empty, the limit is 5 % of the"
            " imagery."
        )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        self.add_survey()
        self.addParameter(QgsProcessingParameterString("TITLE", tr("Title of the page"), optional=True))
        self.addParameter(
            QgsProcessingParameterString("MAX_SIZE", tr("Largest size (for example 50MB or 5%)"), optional=True)
        )
        self.addParameter(
            QgsProcessingParameterBoolean("ANNOTATED", tr("Also pictures with the boxes drawn on them"), False)
        )
        self.addParameter(
            QgsProcessingParameterBoolean("OUTSIDE", tr("Also pictures of images outside the survey's folder"), False)
        )
        self.addParameter(QgsProcessingParameterFolderDestination("OUTPUT", tr("Share folder")))

    def processAlgorithm(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        output = self.kept(self.parameterAsString(parameters, "OUTPUT", context), feedback)
        arguments = ["share", self.survey_file(parameters, context), "-o", output]
        arguments += option("--title", self.parameterAsString(parameters, "TITLE", context))
        arguments += option("--max-size", self.parameterAsString(parameters, "MAX_SIZE", context))
        arguments += ["--annotated"] if self.parameterAsBool(parameters, "ANNOTATED", context) else []
        arguments += ["--outside-images"] if self.parameterAsBool(parameters, "OUTSIDE", context) else []
        return {"OUTPUT": output} if self.herdmap(arguments, feedback) else {}
