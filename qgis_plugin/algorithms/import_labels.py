"""herdmap:import, make a survey of what other programs or people found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterFile,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterNumber,
    QgsProcessingParameterRasterLayer,
    QgsProcessingParameterString,
)

from ..translation import tr
from . import positions
from .algorithm import option
from .from_imagery import FromImagery
from .progress import Progress


class ImportLabels(FromImagery):
    """The animals of files of other programs, placed and counted like detections."""

    NAME = "import"
    ICON = "open"
    TAGS = "import,labels,detections,coco,yolo,megadetector,cvat,label studio,deepforest,herdnet,points"
    SUGGESTED_BY = ("FOLDER",)

    def displayName(self) -> str:  # noqa: N802
        return tr("Import detections or labels")

    def shortDescription(self) -> str:  # noqa: N802
        return tr("Makes a survey of animals that other programs found or that people marked")

    def shortHelpString(self) -> str:  # noqa: N802
        return tr(
            "Reads detections and labels of other programs, and places the animals on the map: COCO, YOLO,"
            " MegaDetector, CVAT, Label Studio, LabelMe, VIA, Pascal VOC, HerdNet, DeepForest, DotDotGoose, VIAME,"
            " tables and vector layers. Then you review and count them like detections of Herdmap.\n\n"
            "Files, or a folder of labels: if the tool writes a file for each photo, give the folder.\n\n"
            "Survey: if the file exists, the animals are added to it. Its reviews stay, and an animal that it has"
            " already is not added again.\n\n"
            "Columns: for a table whose columns have other names, for example"
            " photo=File, class=Species, x=X, y=Y."
        )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        kind, folder = QgsProcessing.SourceType.TypeFile, QgsProcessingParameterFile.Behavior.Folder
        self.addParameter(QgsProcessingParameterMultipleLayers("FILES", tr("Files"), kind, optional=True))
        self.addParameter(QgsProcessingParameterFile("LABELS", tr("Folder of labels"), folder, optional=True))
        self.addParameter(QgsProcessingParameterFile("FOLDER", tr("Folder of photos"), folder))
        self.addParameter(
            QgsProcessingParameterBoolean("REST_EMPTY", tr("Photos without labels were searched and are empty"), False)
        )
        number = QgsProcessingParameterNumber
        self.add_advanced(
            number("SCORE", tr("Lowest score (empty: all)"), number.Type.Double, None, True, 0, 1),
            QgsProcessingParameterString(
                "COLUMNS", tr("Columns (for example photo=File, class=Species)"), "", False, True
            ),
            positions.position_field(tr("Positions of the photos (table or flight log)")),
            *positions.advanced_fields(),
            QgsProcessingParameterRasterLayer("DEM", tr("Terrain model (heights of the ground)"), optional=True),
            number("AGL", tr("Height of all cameras above the ground [m]"), number.Type.Double, None, True, 0),
        )
        self.add_output()
        self.addOutput(QgsProcessingOutputNumber("DETECTIONS", tr("Animals that were added")))
        self.addOutput(QgsProcessingOutputNumber("IMAGES", tr("Images")))
        self.addOutput(QgsProcessingOutputNumber("FAILED", tr("Images that failed")))

    def problem(self, parameters: dict[str, Any], context: QgsProcessingContext) -> str:
        if not self._files(parameters, context):
            return tr("No labels are chosen. Choose files or a folder of labels.")
        folder = self.parameterAsString(parameters, "FOLDER", context)
        if not Path(folder).is_dir():
            return tr("The folder {folder} does not exist.").format(folder=folder)
        return self.wrong_output(parameters, context)

    def processAlgorithm(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        output = self.take_output(parameters, context, feedback)
        arguments = ["import", *self._files(parameters, context)]
        arguments += ["--images", self.parameterAsString(parameters, "FOLDER", context), "-o", output]
        arguments += ["--rest-empty"] if self.parameterAsBool(parameters, "REST_EMPTY", context) else []
        if parameters.get("SCORE") not in (None, ""):
            arguments += option("--score", self.parameterAsDouble(parameters, "SCORE", context))
        for text in self.parameterAsString(parameters, "COLUMNS", context).split(","):
            if text.strip():
                if "=" not in text:
                    raise QgsProcessingException(
                        tr("Columns: “{text}” has no equals sign. Write it as photo=File.").format(text=text.strip())
                    )
                arguments += ["--column", text.strip()]
        arguments += [*self.placing(parameters, context, feedback), "--progress", "json"]
        result: dict[str, Any] = {"OUTPUT": output}
        progress = Progress(feedback)

        def on_event(event: dict[str, Any]) -> None:
            if event.get("event") == "done":
                result.update({name.upper(): event.get(name) for name in ("detections", "images", "failed")})
            else:
                progress.show(event)

        if not self.herdmap(arguments, feedback, on_event):
            self.opens = False
            return {}
        self.found = output
        return result

    def _files(self, parameters: dict[str, Any], context: QgsProcessingContext) -> list[str]:
        chosen = self.parameterAsFileList(parameters, "FILES", context)
        folder = self.parameterAsString(parameters, "LABELS", context)
        return [*(path for path in chosen if path), *([folder] if folder else [])]
