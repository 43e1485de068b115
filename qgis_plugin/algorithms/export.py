"""herdmap:export and herdmap:exportdata, a survey's animals for other programs and for training."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFile,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterNumber,
)

from ..translation import tr
from .algorithm import REVIEW_CHOICES, CommandAlgorithm, option

_ENDINGS = (".csv", ".geojson", ".parquet", ".kml", ".shp", ".zip")
_SHAPES = ("", "box", "point")
_PHOTOS = ("reviewed", "touched", "all")


class Export(CommandAlgorithm):
    """The format is that of the output's ending."""

    NAME = "export"
    ICON = "open"
    TAGS = "export,csv,geojson,geoparquet,kml,shapefile,gbif,darwin core,animals,survey"

    def displayName(self) -> str:  # noqa: N802
        return tr("Export animals")

    def shortDescription(self) -> str:  # noqa: N802
        return tr("Writes a survey's animals as CSV, GeoJSON, GeoParquet, KML, Shapefile or for GBIF")

    def shortHelpString(self) -> str:  # noqa: N802
        return tr(
            "Writes the animals of a survey, one a row. The ending of the output says the format: .csv, .geojson,"
            " .parquet (GeoParquet), .kml, .shp, or .zip, a Darwin Core Archive for GBIF.\n\n"
            "Boxes are polygons on the ground; CSV, KML and Darwin Core have their centres. The survey stays as it"
            " is.\n\n"
            "For training data (COCO) use “Export training data”."
        )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        self.add_survey()
        choices = [
            tr("Those a person did not reject"),
            tr("Only those a person confirmed"),
            tr("All, whatever a person said"),
        ]
        self.addParameter(QgsProcessingParameterEnum("REVIEW", tr("Which animals"), choices, defaultValue=0))
        dataset = QgsProcessingParameterFile("DATASET", tr("What a Darwin Core Archive says of itself"), optional=True)
        dataset.setFileFilter(tr("Dataset files (*.toml)"))
        shapes = [tr("As the format has it"), tr("Boxes"), tr("Centres")]
        self.add_advanced(
            QgsProcessingParameterEnum("SHAPE", tr("Shape"), shapes, defaultValue=0),
            QgsProcessingParameterBoolean("EVERY_SIGHTING", tr("Also sightings that another photo counts"), False),
            dataset,
        )
        filters = ";;".join(
            (
                tr("Tables (*.csv)"), tr("GeoJSON (*.geojson)"), tr("GeoParquet (*.parquet)"), tr("KML (*.kml)"),
                tr("Shapefiles (*.shp)"), tr("Darwin Core Archives (*.zip)"),
            )
        )  # fmt: skip
        self.addParameter(QgsProcessingParameterFileDestination("OUTPUT", tr("Animals"), filters))

    def problem(self, parameters: dict[str, Any], context: QgsProcessingContext) -> str:
        output = str(parameters.get("OUTPUT") or "")
        ending = Path(output).suffix.lower()
        if ending and ending not in _ENDINGS:
            return tr("{ending} is no format of the export: choose one of {endings}").format(
                ending=ending, endings=", ".join(_ENDINGS)
            )
        return super().problem(parameters, context)

    def processAlgorithm(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        output = self.parameterAsFileOutput(parameters, "OUTPUT", context)
        arguments = ["export", self.survey_file(parameters, context), "-o", output]
        arguments += ["--review", REVIEW_CHOICES[self.parameterAsEnum(parameters, "REVIEW", context)]]
        arguments += option("--shape", _SHAPES[self.parameterAsEnum(parameters, "SHAPE", context)])
        arguments += ["--every-sighting"] if self.parameterAsBool(parameters, "EVERY_SIGHTING", context) else []
        arguments += option("--dataset", self.parameterAsString(parameters, "DATASET", context))
        return {"OUTPUT": output} if self.herdmap(arguments, feedback) else {}


class ExportData(CommandAlgorithm):
    """Training data are whole photos: what nobody reviewed may hide animals that were missed."""

    NAME = "exportdata"
    ICON = "open"
    TAGS = "export,coco,training,annotations,survey"

    def displayName(self) -> str:  # noqa: N802
        return tr("Export training data (COCO)")

    def shortDescription(self) -> str:  # noqa: N802
        return tr("Writes the reviewed animals of a survey as a COCO file, to train or evaluate a model")

    def shortHelpString(self) -> str:  # noqa: N802
        return tr(
            "Writes the reviewed animals of a survey as a COCO file of whole photos, to train a model on or to"
            " evaluate one.\n\nOnly photos that a person reviewed whole are in it, unless you say otherwise: in a"
            " photo that nobody looked through, a missed animal would teach the model that there is none."
        )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        self.add_survey()
        choices = [tr("Those reviewed whole"), tr("Also those reviewed in part"), tr("All that were searched")]
        self.addParameter(QgsProcessingParameterEnum("PHOTOS", tr("Which photos"), choices, defaultValue=0))
        checked = QgsProcessingParameterFile(
            "CHECKED", tr("List of photos that a person searched whole"), optional=True
        )
        score = QgsProcessingParameterNumber.Type.Double
        self.add_advanced(
            checked,
            QgsProcessingParameterNumber(
                "MIN_SCORE", tr("Leave out unreviewed animals below this score"), score, 0, True, 0, 1
            ),
        )
        self.addParameter(
            QgsProcessingParameterFileDestination("OUTPUT", tr("Training data"), tr("COCO files (*.json)"))
        )

    def processAlgorithm(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        output = self.parameterAsFileOutput(parameters, "OUTPUT", context)
        arguments = ["export-data", self.survey_file(parameters, context), "-o", output]
        arguments += ["--photos", _PHOTOS[self.parameterAsEnum(parameters, "PHOTOS", context)]]
        arguments += ["--min-score", str(self.parameterAsDouble(parameters, "MIN_SCORE", context))]
        arguments += option("--checked", self.parameterAsString(parameters, "CHECKED", context))
        return {"OUTPUT": output} if self.herdmap(arguments, feedback) else {}
