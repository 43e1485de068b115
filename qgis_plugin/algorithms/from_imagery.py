"""What the algorithms that make a survey of imagery have in common: their imagery, where it lies, and their output."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsMapLayer,
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterFile,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterVectorDestination,
    QgsProcessingUtils,
    QgsProject,
)

from .. import layers
from ..translation import tr
from . import imagery, kept_output, positions
from .after_run import lead_on
from .algorithm import CommandAlgorithm, option
from .kept_output import OUTPUT
from .layer_file import layer_file
from .on_survey import show_survey

# As long as a command line may be on Windows, with room.
_LONGEST_COMMAND = 20_000


class FromImagery(CommandAlgorithm):
    """Makes a survey, OUTPUT, of the imagery of the parameters IMAGERY, FILES and FOLDER.

    opens: whether the survey is opened at the end. found: the survey, once it is written.
    """

    WRITES_SURVEY = True
    SUGGESTED_BY = ("IMAGERY", "FOLDER")
    REGIONS_FROM = ("REGIONS", "WITHIN")

    def __init__(self) -> None:
        super().__init__()
        self.opens = False
        self.found = ""

    def add_imagery(self) -> None:
        """Add the parameters IMAGERY, FILES and FOLDER.

        The panel gives files as FILES, which the dialog does not show: QGIS opens each file of IMAGERY as a layer, and
        GDAL then writes its statistics beside it.
        """
        raster, folder = QgsProcessing.SourceType.TypeRaster, QgsProcessingParameterFile.Behavior.Folder
        self.addParameter(QgsProcessingParameterMultipleLayers("IMAGERY", tr("Imagery"), raster, optional=True))
        file = QgsProcessing.SourceType.TypeFile
        files = QgsProcessingParameterMultipleLayers("FILES", tr("Files"), file, optional=True)
        files.setFlags(files.flags() | files.Flag.FlagHidden)
        self.addParameter(files)
        self.addParameter(QgsProcessingParameterFile("FOLDER", tr("Folder of photos"), folder, optional=True))

    def add_polygons(self, within: str) -> None:
        """Add the parameters REGIONS, REGION_FIELD and WITHIN, which has the label `within`."""
        polygon = QgsProcessing.SourceType.TypeVectorPolygon
        self.addParameter(
            QgsProcessingParameterFeatureSource("REGIONS", tr("Regions to count animals in"), [polygon], optional=True)
        )
        self.addParameter(
            QgsProcessingParameterField(
                "REGION_FIELD", tr("Column with the names of the regions"), None, "REGIONS", optional=True
            )
        )
        self.addParameter(QgsProcessingParameterFeatureSource("WITHIN", within, [polygon], optional=True))

    def wrong_imagery(self, parameters: dict[str, Any], context: QgsProcessingContext) -> str:
        """What is wrong with the imagery; empty if nothing is."""
        try:
            if not self._inputs(parameters, context):
                return tr("No imagery is chosen. Choose raster layers, files or a folder of photos.")
        except imagery.ImageryError as error:
            return str(error)
        return ""

    def wrong_polygons(self, parameters: dict[str, Any], context: QgsProcessingContext) -> str:
        """What is wrong with the polygons; empty if nothing is."""
        for name in self.REGIONS_FROM:
            value = getattr(parameters.get(name), "source", parameters.get(name))  # of a selection: its layer
            layer = self.parameterAsVectorLayer({name: value}, name, context) if value else None
            if (place := layers.table_of(layer)) is not None and place[1] in layers.BOXES:
                return tr(
                    "“{name}” shows the detections of a survey, and those are no regions. Choose a layer of polygons"
                    " that you drew or got."
                ).format(name=layer.name())
        return ""

    def layers_of_no_regions(self) -> list[QgsMapLayer]:
        """The layers of surveys in the project whose polygons are detections, no regions."""
        found = [(layer, layers.table_of(layer)) for layer in QgsProject.instance().mapLayers().values()]
        return [layer for layer, place in found if place is not None and place[1] in layers.BOXES]

    def suggested_output(self, inputs: dict[str, Any], context: QgsProcessingContext) -> str:
        """Beside the imagery, or in the folder of photos."""
        try:
            chosen = self._inputs(inputs, context)
        except imagery.ImageryError:
            return ""
        return imagery.survey_beside([Path(one) for one in chosen]) if chosen else ""

    def add_output(self) -> None:
        """Add the parameter OUTPUT."""
        polygon = QgsProcessing.SourceType.TypeVectorPolygon
        survey = QgsProcessingParameterVectorDestination(OUTPUT, tr("Survey (GeoPackage)"), polygon)
        survey.setSupportsNonFileBasedOutput(False)
        self.addParameter(survey)

    def wrong_output(self, parameters: dict[str, Any], context: QgsProcessingContext) -> str:
        """What is wrong with the output; empty if nothing is."""
        if wrong := self.wrong_polygons(parameters, context) or super().problem(parameters, context):
            return wrong
        output = kept_output.place_of(parameters.get(OUTPUT))
        if Path(output).suffix.lower() not in (".gpkg", ""):
            return tr(
                "The survey is a GeoPackage, but its name ends in {ending}. Choose a name that ends in .gpkg."
            ).format(ending=Path(output).suffix)
        return _being_edited(output, context)

    def inputs(self, parameters: dict[str, Any], context: QgsProcessingContext) -> list[str]:
        """The files and the folder of the imagery. Raises QgsProcessingException."""
        try:
            return self._inputs(parameters, context)
        except imagery.ImageryError as error:
            raise QgsProcessingException(str(error)) from error

    def take_output(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> str:
        """The path of the survey to write. This algorithm opens it itself, with all its layers."""
        output = self.kept(str(self.parameterAsOutputLayer(parameters, OUTPUT, context)), feedback)
        self._take_over_loading(output, context)
        return output

    def placing(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> list[str]:
        """The options of the command for the polygons, the positions and the heights. Raises QgsProcessingException."""
        arguments: list[str] = []
        for name, flag in (("WITHIN", "--within"), ("REGIONS", "--regions")):
            if self.parameterAsSource(parameters, name, context) is not None:
                arguments += [flag, layer_file(self, name, parameters, context, feedback)]
        if "--regions" in arguments:
            arguments += option("--region-field", self.parameterAsString(parameters, "REGION_FIELD", context))
        arguments += positions.options(self, parameters, context)
        arguments += positions.heights(self, parameters, context)
        if parameters.get("AGL") not in (None, ""):
            arguments += option("--agl", self.parameterAsDouble(parameters, "AGL", context))
        return arguments

    def postProcessAlgorithm(self, context: QgsProcessingContext, feedback: QgsProcessingFeedback) -> dict[str, Any]:  # noqa: N802
        """In the main thread: open the survey with all its layers, styles and imagery."""
        if self.opens and context.project() is not None:
            show_survey(self.found, context, feedback)
            from qgis.utils import iface  # None where QGIS has no window

            if iface is not None:
                lead_on(iface, self.found, context.project())
        return {}

    def _take_over_loading(self, output: str, context: QgsProcessingContext) -> None:
        # QGIS would load only the file's first layer.
        wanted = context.layersToLoadOnCompletion()
        self.opens = wanted.pop(output, None) is not None
        context.setLayersToLoadOnCompletion(wanted)

    def _inputs(self, parameters: dict[str, Any], context: QgsProcessingContext) -> list[str]:
        """The files and the folder to search."""
        chosen = self.parameterAsLayerList(parameters, "IMAGERY", context)
        inputs = [imagery.file_of(layer) for layer in chosen]
        inputs += [str(file) for file in parameters.get("FILES") or ()]
        folder = self.parameterAsString(parameters, "FOLDER", context)
        if folder:
            if not Path(folder).is_dir():
                raise imagery.ImageryError(tr("The folder {folder} does not exist.").format(folder=folder))
            inputs.append(folder)
        return inputs


def shortened(inputs: list[str]) -> list[str]:
    """The inputs; if they are too many for a command line, a file that lists them."""
    if sum(map(len, inputs)) < _LONGEST_COMMAND:
        return inputs
    path = Path(QgsProcessingUtils.generateTempFilename("imagery.txt"))
    path.write_text("\n".join(map(os.path.abspath, inputs)) + "\n", encoding="utf-8")
    return [f"@{path}"]


def _being_edited(output: str, context: QgsProcessingContext) -> str:
    """Why the output cannot be replaced now: one of its layers is being edited. Empty if none is."""
    if not output or not Path(output).exists() or context.project() is None:
        return ""
    for layer in context.project().mapLayers().values():
        if getattr(layer, "isEditable", lambda: False)() and os.path.abspath(
            layer.source().split("|")[0]
        ) == os.path.abspath(output):
            return tr("The layer “{name}” of this survey is being edited. Save or discard the edits first.").format(
                name=layer.name()
            )
    return ""
