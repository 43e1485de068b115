"""herdmap:detectrest, search with a model the images of a survey that nobody has searched completely."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingOutputVectorLayer,
    QgsProcessingParameterFile,
    QgsProcessingParameterNumber,
)

from ..translation import tr
from .algorithm import option
from .on_survey import SurveyCommand, animals_of, proposed_in
from .progress import Progress


class DetectRest(SurveyCommand):
    """What people searched completely stays as it is; in the other images a model takes the place of proposals."""

    NAME = "detectrest"
    ICON = "detect"
    HELP = "detect"
    TAGS = "detect,rest,own animals,model,teach,survey"

    def displayName(self) -> str:  # noqa: N802
        return tr("Detect the rest of a survey")

    def shortDescription(self) -> str:  # noqa: N802
        return tr("Searches with a model the images of a survey that nobody has searched completely")

    def shortHelpString(self) -> str:  # noqa: N802
        return tr(
            "Searches the images of a survey with a model, for example one that “Teach a model” has made. Images that"
            " people searched completely are left out. What people marked, reviewed and searched is kept. Detections"
            " that nobody reviewed are replaced by what this model finds.\n\n"
            "Review the doubtful detections first, then teach the model again.\n\n"
            "You can cancel at any time. Finished work is kept: run it again, and it continues."
        )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        self.add_survey()
        model = QgsProcessingParameterFile("MODEL", tr("Model"))
        model.setFileFilter(tr("Models (*.onnx)") + ";;" + tr("All files (*)"))
        self.addParameter(model)
        number = QgsProcessingParameterNumber
        self.addParameter(
            number("SCORE", tr("Lowest score (empty: as the model advises)"), number.Type.Double, None, True, 0, 1)
        )
        self.addOutput(QgsProcessingOutputVectorLayer("OUTPUT", tr("Survey")))
        self.addOutput(QgsProcessingOutputNumber("ANIMALS", tr("Animals found")))
        self.addOutput(QgsProcessingOutputNumber("PROPOSED", tr("Detections to review")))

    def problem(self, parameters: dict[str, Any], context: QgsProcessingContext) -> str:
        model = self.parameterAsFile(parameters, "MODEL", context)
        if model and ("/" in model or "\\" in model or "." in model) and not Path(model).is_file():
            return tr("The model file {model} does not exist.").format(model=model)
        return super().problem(parameters, context)

    def processAlgorithm(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        survey = self.survey_file(parameters, context)
        arguments = ["detect", "--rest", "-o", survey, "--progress", "json"]
        arguments += option("--model", self.parameterAsFile(parameters, "MODEL", context))
        if parameters.get("SCORE") not in (None, ""):
            arguments += option("--score", self.parameterAsDouble(parameters, "SCORE", context))
        progress = Progress(feedback)

        def on_event(event: dict[str, Any]) -> None:
            if event.get("event") != "done":
                progress.show(event)

        if not self.herdmap(arguments, feedback, on_event):
            return {}
        self.changed = survey
        return {"OUTPUT": survey, "ANIMALS": animals_of(survey), "PROPOSED": proposed_in(survey)}
