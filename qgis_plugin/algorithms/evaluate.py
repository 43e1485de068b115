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
from .detect import Progress


class Evaluate(CommandAlgorithm):
    """Precision, recall, average precision and count error of a model on annotated images."""

    NAME = "evaluate"
    ICON = "review"
    TAGS = "model,evaluate,precision,recall,annotations,coco"

    def displayName(self) -> str:  # noqa: N802
        return tr("Evaluate a model against annotations")

    def shortDescription(self) -> str:  # noqa: N802
        return tr("Precision, recall and count error of a model on images whose animals are known")

    def shortHelpString(self) -> str:  # noqa: N802
        return tr(
            "Runs a model on annotated images that it was not trained on and says how right it is: precision, recall,"
            " average precision and the error of the count.\n\n"
            "Annotations: a COCO file of whole images, such as “Export training data” makes of a reviewed survey.\n\n"
            "Left empty, the model is the bundled sheep detector. Give the annotations that it was trained on, and"
            " photos or flights that both have are refused: a model knows what it was shown.\n\n"
            "The report is a page that opens in any browser. The same run again goes on where it was cancelled."
        )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        model = QgsProcessingParameterFile("MODEL", tr("Model file (empty: the bundled sheep detector)"), optional=True)
        model.setFileFilter(tr("Models (*.onnx)") + ";;" + tr("All files (*)"))
        data = QgsProcessingParameterFile("DATA", tr("Annotations (COCO)"))
        data.setFileFilter(tr("COCO files (*.json)"))
        folder = QgsProcessingParameterFile.Behavior.Folder
        self.addParameter(model)
        self.addParameter(data)
        self.addParameter(QgsProcessingParameterFile("IMAGES", tr("Folder of the images"), folder))
        trained_on = QgsProcessingParameterFile("TRAINED_ON", tr("Annotations it was trained on"), optional=True)
        trained_on.setFileFilter(tr("COCO files (*.json)"))
        double = QgsProcessingParameterNumber.Type.Double
        score = QgsProcessingParameterNumber(
            "SCORE", tr("Lowest score (empty: the model's own)"), double, None, True, 0, 1
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
            feedback.pushWarning(tr("Cancelled. What was finished is kept: run it again to go on."))
            return {}
        report = Path(output) / "report.html"
        feedback.pushInfo(tr("The report is {path}").format(path=report))
        return {"OUTPUT": output, "REPORT": str(report)}
