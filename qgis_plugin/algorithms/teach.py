"""herdmap:teach, a model of the animals that people marked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputBoolean,
    QgsProcessingOutputFile,
    QgsProcessingOutputHtml,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterFile,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterNumber,
)

from ..translation import tr
from .algorithm import option
from .beside_find import BesideFind, page_of
from .on_survey import SurveyCommand
from .progress import LearningProgress


class Teach(SurveyCommand):
    """It learns in minutes from what people marked, searched and rejected, and writes a model."""

    NAME = "teach"
    ICON = "detect"
    WRITES_SURVEY = False  # it writes a model
    TAGS = "teach,train,learn,model,own animals,survey"

    def displayName(self) -> str:  # noqa: N802
        return tr("Teach a model")

    def shortDescription(self) -> str:  # noqa: N802
        return tr("Learns the animals that people marked in a survey, and writes a model for Detect animals")

    def shortHelpString(self) -> str:  # noqa: N802
        return tr(
            "Makes a model of your own animals in about ten minutes. It learns from animals that people marked or"
            " confirmed, from ground that they searched and where no animal is, and from detections that they"
            " rejected. It learns nothing of ground that nobody searched. Search and mark 10 to 30 images first, also"
            " some without animals.\n\n"
            "Some images are held out to measure on. The report says whether the model is fit to count with, shows its"
            " worst mistakes, says what more images would bring, and which images to search next.\n\n"
            "Run it again after more reviews with the same model file: it goes on from that model, and holds out the"
            " same images. Then use the model in “Detect animals”.\n\n"
            "It needs torch: in Herdmap ▸ Settings, press “Add teaching”."
        )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        self.add_survey()
        number = QgsProcessingParameterNumber
        self.addParameter(number("MINUTES", tr("Minutes, about"), number.Type.Double, 10, False, 0.1, 1440))
        more = QgsProcessingParameterFile("MORE", tr("Another survey to learn from"), optional=True)
        more.setFileFilter(tr("Surveys (*.gpkg)"))
        self.addParameter(more)
        length = number("LENGTH_PX", tr("Length of the animals, px (if only points are marked)"), number.Type.Double)
        length.setFlags(length.flags() | length.Flag.FlagOptional | length.Flag.FlagAdvanced)
        length.setDefaultValue(None)
        self.addParameter(length)
        self.addParameter(
            QgsProcessingParameterFileDestination("OUTPUT", tr("Model"), tr("Models (*.onnx)"), createByDefault=False)
        )
        self.addOutput(QgsProcessingOutputFile("MODEL", tr("Model")))
        self.addOutput(QgsProcessingOutputHtml("REPORT", tr("Report")))
        for name, label in (
            ("HELD_OUT", tr("Images to measure on")),
            ("ANIMALS", tr("Animals in them")),
            ("FOUND", tr("Found")),
            ("FALSE", tr("False alarms")),
        ):
            self.addOutput(QgsProcessingOutputNumber(name, label))
        self.addOutput(QgsProcessingOutputBoolean("FIT", tr("Fit to count with")))
        self.addOutput(QgsProcessingOutputString("BETTER", tr("Which is better: find or model")))

    def processAlgorithm(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        surveys = [self.survey_file(parameters, context)]
        if parameters.get("MORE"):
            surveys.append(self.parameterAsFile(parameters, "MORE", context))
        model = Path(self.parameterAsFileOutput(parameters, "OUTPUT", context))
        arguments = ["teach", *surveys, "-o", str(model), "--progress", "json"]
        arguments += option("--minutes", self.parameterAsDouble(parameters, "MINUTES", context))
        if parameters.get("LENGTH_PX") not in (None, ""):
            arguments += option("--animal-px", self.parameterAsDouble(parameters, "LENGTH_PX", context))
        progress, result = LearningProgress(feedback), dict[str, Any]()

        def on_event(event: dict[str, Any]) -> None:
            if event.get("event") == "taught":
                result.update(
                    HELD_OUT=event["held_out"],
                    ANIMALS=event["animals"],
                    FOUND=event["found"],
                    FALSE=event["false_alarms"],
                    FIT=event["fit_to_count"],
                )
                if (beside := BesideFind.of(event.get("beside_find"))) is not None:
                    result["BETTER"] = beside.better
                    feedback.pushInfo(beside.in_words())
            else:
                progress.show(event)

        if not self.herdmap(arguments, feedback, on_event):
            return {}
        report = page_of(model)
        feedback.pushInfo(tr("How good the model is: {page}").format(page=report))
        return {**result, "MODEL": str(model), "REPORT": str(report)}
