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
from . import kept_output
from .algorithm import REVIEW_CHOICES, CommandAlgorithm, option, review_parameter

_ENDINGS = (".csv", ".geojson", ".parquet", ".kml", ".shp", ".zip")
_SHAPES = ("", "box", "point")
_PHOTOS = ("reviewed", "touched", "all")


class Export(CommandAlgorithm):
    """The format is that of the output's ending."""

    NAME = "export"
    ICON = "open"
    TAGS = "export,csv,geojson,geoparquet,kml,shapefile,gbif,darwin core,animals,survey"
    SUGGESTED_BY = ("SURVEY",)
    ENDING = ".csv"

    def displayName(self) -> str:  # noqa: N802
        return tr("Export animals")

    def shortDescription(self) -> str:  # noqa: N802
        return tr(
            "Writes the animals of a survey as CSV, GeoJSON, GeoParquet, KML, Shapefile or Darwin Core (for GBIF)"
        )

    def shortHelpString(self) -> str:  # noqa: N802
        return tr(
            "Writes one row for each animal of a survey. The file ending chooses the format: .csv,"
            " .geojson, .parquet (GeoParquet), .kml, .shp, or .zip (a Darwin Core Archive for GBIF).\n\n"
            "GeoJSON, GeoParquet and Shapefile get the boxes as polygons on the ground. CSV, KML and"
            " Darwin Core get the centres of the boxes. The survey is not changed.\n\n"
            "For training data (COCO) use “Export training data”."
        )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        self.add_survey()
        self.addParameter(review_parameter())
        dataset = QgsProcessingParameterFile(
            "DATASET", tr("Description of the dataset, for a Darwin Core Archive"), optional=True
        )
        dataset.setFileFilter(tr("Dataset files (*.toml)"))
        shapes = [tr("Usual shape of the format"), tr("Boxes"), tr("Centres")]
        self.add_advanced(
            QgsProcessingParameterEnum("SHAPE", tr("Shape"), shapes, defaultValue=0),
            QgsProcessingParameterBoolean(
                "EVERY_SIGHTING", tr("Also repeated sightings of an animal that counts in another photo"), False
            ),
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
        ending = Path(kept_output.place_of(parameters.get("OUTPUT"))).suffix.lower()
        if ending and ending not in _ENDINGS:
            return tr("Herdmap cannot export to {ending}. Choose one of {endings}.").format(
                ending=ending, endings=", ".join(_ENDINGS)
            )
        return super().problem(parameters, context)

    def processAlgorithm(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        output = self.kept(self.parameterAsFileOutput(parameters, "OUTPUT", context), feedback)
        arguments = ["export", self.survey_file(parameters, context), "-o", output]
        arguments += ["--review", REVIEW_CHOICES[self.parameterAsEnum(parameters, "REVIEW", context)]]
        arguments += option("--shape", _SHAPES[self.parameterAsEnum(parameters, "SHAPE", context)])
        arguments += ["--every-sighting"] if self.parameterAsBool(parameters, "EVERY_SIGHTING", context) else []
        arguments += option("--dataset", self.parameterAsString(parameters, "DATASET", context))
        return {"OUTPUT": output} if self.herdmap(arguments, feedback) else {}


class ExportData(CommandAlgorithm):
    """Training data are whole photos: an unreviewed photo may show animals that the detector missed."""

    NAME = "exportdata"
    HELP = "export-data"
    ICON = "open"
    TAGS = "export,coco,training,annotations,survey"
    SUGGESTED_BY = ("SURVEY",)
    ENDING = "_training.json"

    def displayName(self) -> str:  # noqa: N802
        return tr("Export training data (COCO)")

    def shortDescription(self) -> str:  # noqa: N802
        return tr("Writes the reviewed animals of a survey as a COCO file, for training or evaluating a model")

    def shortHelpString(self) -> str:  # noqa: N802
        return tr(
            "Writes the reviewed animals of a survey as a COCO file. Use it to train or evaluate a"
            " model.\n\n"
            "By default the file contains only photos in which every detection was reviewed. In other"
            " photos an animal may have been missed, and a model would learn that no animal is there."
        )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        self.add_survey()
        choices = [
            tr("Photos in which every detection was reviewed"),
            tr("Also photos in which some detections were reviewed"),
            tr("All searched photos"),
        ]
        self.addParameter(QgsProcessingParameterEnum("PHOTOS", tr("Which photos"), choices, defaultValue=0))
        checked = QgsProcessingParameterFile(
            "CHECKED", tr("List of photos that a person searched completely"), optional=True
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
        output = self.kept(self.parameterAsFileOutput(parameters, "OUTPUT", context), feedback)
        arguments = ["export-data", self.survey_file(parameters, context), "-o", output]
        arguments += ["--photos", _PHOTOS[self.parameterAsEnum(parameters, "PHOTOS", context)]]
        arguments += ["--min-score", str(self.parameterAsDouble(parameters, "MIN_SCORE", context))]
        arguments += option("--checked", self.parameterAsString(parameters, "CHECKED", context))
        return {"OUTPUT": output} if self.herdmap(arguments, feedback) else {}
