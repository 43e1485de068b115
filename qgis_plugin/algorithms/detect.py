"""herdmap:detect, find the animals in imagery and put them on the map."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterEnum,
    QgsProcessingParameterExtent,
    QgsProcessingParameterFile,
    QgsProcessingParameterNumber,
    QgsProcessingParameterRasterLayer,
    QgsRasterLayer,
)

from ..translation import tr
from . import area, imagery, positions
from .algorithm import option
from .from_imagery import FromImagery, shortened
from .on_survey import animals_of
from .progress import Progress

_STRETCH = ("STRETCH_LOW", "STRETCH_HIGH")
_DEVICES = ("auto", "cpu", "cuda")
_INTEGER, _DOUBLE = QgsProcessingParameterNumber.Type.Integer, QgsProcessingParameterNumber.Type.Double


class Detect(FromImagery):
    """The main job. The result is a survey: one GeoPackage, opened with its styles in a group of its own."""

    NAME = "detect"
    ICON = "detect"
    TAGS = "animals,wildlife,survey,aerial,object detection,deep learning,count,drone,orthomosaic,photos"

    def displayName(self) -> str:  # noqa: N802
        return tr("Detect animals")

    def shortDescription(self) -> str:  # noqa: N802
        return tr("Finds animals in orthomosaics and photos and puts them on the map")

    def shortHelpString(self) -> str:  # noqa: N802
        return tr(
            "Finds the animals in imagery and writes a survey: one GeoPackage with a box, class and score"
            " for each animal, the footprint and status of each image, and the counts per region. The"
            " survey opens in a group of its own.\n\n"
            "Imagery: raster layers of the project, files on this computer, or a folder of photos with"
            " its subfolders. Orthomosaics of any size work as they are. Photos are placed on the map by"
            " their own tags, by a table of positions or by a flight log.\n\n"
            "Polygons: Herdmap searches orthomosaics and photos only inside these polygons, for example a"
            " park or the blocks of a survey. An animal is kept if the centre of its box is inside. The"
            " layer Images shows which images were searched only in part.\n\n"
            "Area: Herdmap searches orthomosaics only inside this rectangle. The menu beside it offers"
            " the current view and the extent of a layer. Animals on the edge may be cut off, so draw the"
            " rectangle a little larger.\n\n"
            "Model: an .onnx file of Herdmap, Ultralytics or Deepness. If you leave it empty, Herdmap"
            " uses the bundled sheep detector. That model finds sheep in drone imagery and nothing"
            " else.\n\n"
            "Imagery of 12 or 16 bit: Herdmap measures once which values are black and white in all images."
            " Give these values yourself only if the pictures look too dark or too bright.\n\n"
            "You can cancel at any time. Finished work is kept: run it again with the same output, and it"
            " continues. With another score or other regions it does not search the imagery again."
            " Reviews in an existing output are kept."
        )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        self.add_imagery()
        model = QgsProcessingParameterFile("MODEL", tr("Model file (empty: bundled sheep detector)"), optional=True)
        model.setFileFilter(tr("Models (*.onnx)") + ";;" + tr("All files (*)"))
        self.addParameter(model)
        score = QgsProcessingParameterNumber(
            "SCORE", tr("Lowest score (empty: as the model advises)"), _DOUBLE, None, True, 0, 1
        )
        self.addParameter(score)
        self.add_polygons(tr("Search only inside these polygons"))
        self.addParameter(
            QgsProcessingParameterExtent("EXTENT", tr("Search only this area (orthomosaics)"), optional=True)
        )
        gate = QgsProcessingParameterFile("GATE", tr("Tile classifier that skips empty tiles (gate)"), optional=True)
        gate.setFileFilter(tr("Models (*.onnx)") + ";;" + tr("All files (*)"))
        number = QgsProcessingParameterNumber
        self.add_advanced(
            gate,
            positions.position_field(tr("Positions of the photos (table or flight log)")),
            *positions.advanced_fields(),
            QgsProcessingParameterRasterLayer("DEM", tr("Terrain model (heights of the ground)"), optional=True),
            number("AGL", tr("Height of all cameras above the ground [m]"), _DOUBLE, None, True, 0),
            number("TILE_SIZE", tr("Tile size [px] (empty: as the model advises)"), _INTEGER, None, True, 32, 16384),
            number("OVERLAP", tr("Overlap of the tiles [px] (empty: as the model advises)"), _INTEGER, None, True, 0),
            number(
                "BATCH_SIZE", tr("Tiles per batch (empty: 4 on the CPU, 16 on a GPU)"), _INTEGER, None, True, 1, 4096
            ),
            number("STRETCH_LOW", tr("Imagery that is not 8 bit: value shown as black"), _DOUBLE, None, True),
            number("STRETCH_HIGH", tr("Imagery that is not 8 bit: value shown as white"), _DOUBLE, None, True),
            QgsProcessingParameterEnum(
                "DEVICE", tr("Device"), [tr("GPU if there is one, else CPU"), tr("CPU"), tr("GPU")], defaultValue=0
            ),
            QgsProcessingParameterBoolean("CHIPS", tr("Store a small picture of each animal for the review"), True),
            QgsProcessingParameterBoolean(
                "FRESH", tr("Search everything again instead of continuing (reviews are kept)"), False
            ),
        )
        self.add_output()
        self.addOutput(QgsProcessingOutputNumber("ANIMALS", tr("Animals found")))
        self.addOutput(QgsProcessingOutputNumber("DETECTIONS", tr("Detections (an animal may be in several photos)")))
        self.addOutput(QgsProcessingOutputNumber("IMAGES", tr("Images")))
        self.addOutput(QgsProcessingOutputNumber("FAILED", tr("Images that failed")))

    def problem(self, parameters: dict[str, Any], context: QgsProcessingContext) -> str:
        if wrong := self.wrong_imagery(parameters, context):
            return wrong
        photos = parameters.get("FILES") or self.parameterAsString(parameters, "FOLDER", context)
        if parameters.get("EXTENT") and photos:
            return tr(
                "An area works for orthomosaics only, and a folder of photos is chosen too. Leave one of the two empty."
            )
        model = self.parameterAsString(parameters, "MODEL", context)
        if model and ("/" in model or "\\" in model or "." in model) and not Path(model).is_file():
            return tr("The model file {model} does not exist.").format(model=model)
        low, high = (parameters.get(name) in (None, "") for name in _STRETCH)
        if low != high:
            return tr("Give the values of both black and white, or leave both empty: then Herdmap measures them.")
        return self.wrong_output(parameters, context)

    def processAlgorithm(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        inputs, output = self.inputs(parameters, context), self.take_output(parameters, context, feedback)
        if parameters.get("EXTENT"):
            inputs = self._parts(parameters, context, Path(output), feedback)
        arguments = ["detect", *shortened(inputs), "-o", output, "--progress", "json"]
        arguments += self._options(parameters, context, feedback)
        result: dict[str, Any] = {"OUTPUT": output}

        progress = Progress(feedback)

        def on_event(event: dict[str, Any]) -> None:
            if event.get("event") == "done":
                result.update(
                    DETECTIONS=event.get("detections"), IMAGES=event.get("images"), FAILED=event.get("failed")
                )
            else:
                progress.show(event)

        if not self.herdmap(arguments, feedback, on_event):
            feedback.pushWarning(
                tr("Cancelled. Finished work is kept. To continue, run it again with the same output.")
            )
            self.opens = False
            return {}
        result["ANIMALS"] = animals_of(output)
        feedback.pushInfo(
            tr("Animals found: {animals}, in {detections} detections. Images: {images}.").format(
                animals=result["ANIMALS"], detections=result.get("DETECTIONS"), images=result.get("IMAGES")
            )
        )
        if result.get("FAILED"):
            feedback.pushWarning(
                tr("Images that failed: {failed}. The reasons are in the lines above and in the layer Images.").format(
                    failed=result["FAILED"]
                )
            )
        self.found = output
        return result

    def _parts(
        self, parameters: dict[str, Any], context: QgsProcessingContext, output: Path, feedback: QgsProcessingFeedback
    ) -> list[str]:
        """The part of each orthomosaic that lies in the area: the file itself, a VRT of a part, or nothing."""
        parts = []
        for layer in self.parameterAsLayerList(parameters, "IMAGERY", context):
            window = area.window_of(layer, self.parameterAsExtent(parameters, "EXTENT", context, layer.crs()))
            if window is None:
                feedback.pushInfo(tr("“{name}” lies outside the area and is skipped").format(name=layer.name()))
                continue
            if window == (0, 0, layer.width(), layer.height()):
                parts.append(imagery.file_of(layer))
                continue
            self._check_north_up(layer, feedback)
            try:
                parts.append(area.write_part(layer, window, output.with_suffix(".herdmap") / "area"))
            except imagery.ImageryError as error:
                raise QgsProcessingException(str(error)) from error
        if not parts:
            raise QgsProcessingException(tr("No imagery lies in the area. Draw the area over the imagery."))
        return parts

    def _check_north_up(self, layer: QgsRasterLayer, feedback: QgsProcessingFeedback) -> None:
        """Refuse a rotated raster: QGIS shows it north up, so a window on the map is not a window of the file."""
        path, extent = imagery.file_of(layer), layer.extent()
        try:
            said = self.printed(["locate", path, "0", "0", str(layer.width() - 1), str(layer.height() - 1)], feedback)
        except QgsProcessingException as error:
            feedback.pushWarning(str(error))
            said = []
        corners = [tuple(map(float, row.split(",")[2:4])) for row in said if row[:1].isdigit()]
        across, down = extent.width() / layer.width(), extent.height() / layer.height()
        expected = ((extent.xMinimum(), extent.yMaximum()), (extent.xMaximum() - across, extent.yMinimum() + down))
        off = [max(abs(x - x0) / across, abs(y - y0) / down) for (x, y), (x0, y0) in zip(corners, expected)]
        if len(off) != 2 or max(off) > 0.5:
            raise QgsProcessingException(
                tr(
                    "“{name}” is rotated or warped, so Herdmap cannot cut an area out of it. Leave the area empty"
                    " to search the whole file."
                ).format(name=layer.name())
            )

    def _options(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> list[str]:
        text = self.parameterAsString

        def number(name: str, how: Any) -> Any:
            return how(parameters, name, context) if parameters.get(name) not in (None, "") else None

        arguments = option("--model", text(parameters, "MODEL", context))
        arguments += option("--gate", text(parameters, "GATE", context))
        arguments += option("--score", number("SCORE", self.parameterAsDouble))
        arguments += self.placing(parameters, context, feedback)
        arguments += option("--tile-size", number("TILE_SIZE", self.parameterAsInt))
        arguments += option("--overlap", number("OVERLAP", self.parameterAsInt))
        arguments += option("--batch-size", number("BATCH_SIZE", self.parameterAsInt))
        low, high = (number(name, self.parameterAsDouble) for name in _STRETCH)
        arguments += [] if low is None else ["--stretch", str(low), str(high)]
        arguments += ["--device", _DEVICES[self.parameterAsEnum(parameters, "DEVICE", context)]]
        arguments += [] if self.parameterAsBool(parameters, "CHIPS", context) else ["--no-chips"]
        arguments += ["--fresh"] if self.parameterAsBool(parameters, "FRESH", context) else []
        return arguments
