"""herdmap:evaluate, how good a model is against annotations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputHtml,
    QgsProcessingParameterFile,
    QgsProcessingParameterFolderDestination,
    QgsProcessingParameterNumber,
)

from ..translation import tr
from .algorithm import CommandAlgorithm, option
from .progress import Progress


class Evaluate(CommandAlgorithm):
    """Precision, recall, average precision and count error of a model on annotated images."""

    NAME = "evaluate"
    ICON = "review"
    TAGS = "model,evaluate,precision,recall,annotations,coco"

    def displayName(self) -> str:  # noqa: N802
        return tr("Evaluate a model against annotations")

    def shortDescription(self) -> str:  # noqa: N802
        return tr("Measures the precision, recall and count error of a model on annotated images")

    def shortHelpString(self) -> str:  # noqa: N802
        return tr(
            "Runs a model on annotated images and measures its precision, recall, average precision and"
            " count error. Use images that the model was not trained on.\n\n"
            "Annotations: a COCO file of whole images. “Export training data” makes one from a reviewed"
            " survey.\n\n"
            "Model: if you leave it empty, the bundled sheep detector is evaluated.\n\n"
            "Training annotations: if you give the annotations that the model was trained on, Herdmap"
            " refuses to evaluate it on the same photos or flights. A model does better on images it has"
            " seen.\n\n"
            "The report is a page that opens in any browser. If you cancel, run it again and it"
            " continues."
        )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        model = QgsProcessingParameterFile("MODEL", tr("Model file (empty: bundled sheep detector)"), optional=True)
        model.setFileFilter(tr("Models (*.onnx)") + ";;" + tr("All files (*)"))
        data = QgsProcessingParameterFile("DATA", tr("Annotations (COCO)"))
        data.setFileFilter(tr("COCO files (*.json)"))
        folder = QgsProcessingParameterFile.Behavior.Folder
        self.addParameter(model)
        self.addParameter(data)
        self.addParameter(QgsProcessingParameterFile("IMAGES", tr("Folder with the images"), folder))
        trained_on = QgsProcessingParameterFile("TRAINED_ON", tr("Annotations the model was trained on"), optional=True)
        trained_on.setFileFilter(tr("COCO files (*.json)"))
        double = QgsProcessingParameterNumber.Type.Double
        score = QgsProcessingParameterNumber(
            "SCORE", tr("Lowest score (empty: as the model advises)"), double, None, True, 0, 1
        )
        self.add_advanced(trained_on, score)
        self.addParameter(QgsProcessingParameterFolderDestination("OUTPUT", tr("Folder for the report")))
        self.addOutput(QgsProcessingOutputHtml("REPORT", tr("Report")))

    def processAlgorithm(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        text = self.parameterAsString
        output = text(parameters, "OUTPUT", context)
        arguments = ["evaluate", "--model", text(parameters, "MODEL", context) or "sheep"]
        arguments += option("--data", text(parameters, "DATA", context))
        arguments += option("--images", text(parameters, "IMAGES", context))
        arguments += option("--trained-on", text(parameters, "TRAINED_ON", context))
        if parameters.get("SCORE") not in (None, ""):
            arguments += ["--score", str(self.parameterAsDouble(parameters, "SCORE", context))]
        arguments += ["-o", output, "--progress", "json"]
        if not self.herdmap(arguments, feedback, Progress(feedback).show):
            feedback.pushWarning(tr("Cancelled. Finished work is kept. To continue, run it again."))
            return {}
        report = Path(output) / "report.html"
        feedback.pushInfo(tr("The report is {path}").format(path=report))
        return {"OUTPUT": output, "REPORT": str(report)}
