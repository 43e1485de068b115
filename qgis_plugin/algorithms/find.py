"""herdmap:find, more animals like those that people marked."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingOutputVectorLayer,
    QgsProcessingParameterNumber,
)

from ..translation import tr
from .algorithm import option
from .detect import Progress
from .on_survey import SurveyCommand, proposed_in


class Find(SurveyCommand):
    """It learns in seconds from the marks in a survey, and proposes detections in the other images."""

    NAME = "find"
    ICON = "detect"
    TAGS = "find,similar,few labels,learn,animals,survey"

    def displayName(self) -> str:  # noqa: N802
        return tr("Find more like these")

    def shortDescription(self) -> str:  # noqa: N802
        return tr("Learns from the animals that people marked, and proposes more in the other images")

    def shortHelpString(self) -> str:  # noqa: N802
        return tr(
            "Learns in seconds from the animals that people marked or confirmed in a survey, and searches the other"
            " images for more of them. Mark 10 to 20 animals first, best all animals of one to three images, with"
            " Search images.\n\n"
            "What is found becomes detections with a score. Review them as any others. Then run it again: it learns"
            " from what you confirmed and rejected.\n\n"
            "Images that people searched completely are not searched again. What people marked, reviewed and searched"
            " is kept. Detections that nobody reviewed are replaced.\n\n"
            "It finds animals that look like those that were marked and are about as large. It does not carry over"
            " to animals of another size. Animals that stand close together are found less well."
        )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        self.add_survey()
        number = QgsProcessingParameterNumber
        self.addParameter(number("SCORE", tr("Lowest score (empty: 0.5)"), number.Type.Double, None, True, 0, 1))
        self.addOutput(QgsProcessingOutputVectorLayer("OUTPUT", tr("Survey")))
        self.addOutput(QgsProcessingOutputNumber("DETECTIONS", tr("Animals found")))
        self.addOutput(QgsProcessingOutputNumber("PROPOSED", tr("Detections to review")))

    def processAlgorithm(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        survey = self.survey_file(parameters, context)
        arguments = ["find", survey, "--progress", "json"]
        if parameters.get("SCORE") not in (None, ""):
            arguments += option("--score", self.parameterAsDouble(parameters, "SCORE", context))
        result: dict[str, Any] = {"OUTPUT": survey}
        progress = Progress(feedback)

        def on_event(event: dict[str, Any]) -> None:
            if event.get("event") == "done":
                result["DETECTIONS"] = event.get("detections")
            else:
                progress.show(event)

        if not self.herdmap(arguments, feedback, on_event):
            return {}
        self.changed = survey
        result["PROPOSED"] = proposed_in(survey)
        return result
