"""herdmap:sample, the photos to review for a correction."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterNumber,
)

from ..translation import tr
from .named_columns import file_of
from .numbers import WHOLE, TableCommand


class Sample(TableCommand):
    """“Estimate population” reads the table back."""

    NAME = "sample"
    TAGS = "sample,random photos,review,correction,missed animals,false detections"

    def displayName(self) -> str:  # noqa: N802
        return tr("Draw photos to review")

    def shortDescription(self) -> str:  # noqa: N802
        return tr("Draws random photos to review, so that an estimate can be corrected")

    def shortHelpString(self) -> str:  # noqa: N802
        return tr(
            "Draws random photos: of those in which the detector found something, and of those in which it found"
            " nothing; with strata, so many in each stratum.\n\n"
            "Review these photos from the top: confirm or reject the boxes, and draw the animals that are"
            " missing. Write yes into the column reviewed. Then give the table to “Estimate population”. If the"
            " table exists, photos are added and earlier marks are kept."
        )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        self.add_survey()
        for name, label in (
            ("POSITIVE", tr("Photos with detections")),
            ("EMPTY", tr("Photos without detections")),
        ):
            self.addParameter(QgsProcessingParameterNumber(name, label, WHOLE, 100, False, 0))
        polygons = [QgsProcessing.SourceType.TypeVectorPolygon]
        self.addParameter(QgsProcessingParameterFeatureSource("STRATA", tr("Strata"), polygons, optional=True))
        self.add_advanced(
            QgsProcessingParameterField(
                "STRATUM_COLUMN", tr("Column with the name of the stratum"), None, "STRATA", optional=True
            ),
            QgsProcessingParameterNumber("SEED", tr("Random seed"), WHOLE, 0, False, 0),
        )
        self.addParameter(QgsProcessingParameterFileDestination("OUTPUT", tr("Sample"), tr("Samples (*.csv)")))

    def processAlgorithm(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        arguments = ["sample", self.survey_file(parameters, context)]
        for name, flag in (("POSITIVE", "--positive"), ("EMPTY", "--empty"), ("SEED", "--seed")):
            arguments += self.given(name, flag, parameters, context)
        if parameters.get("STRATA") not in (None, ""):
            columns = {"STRATUM_COLUMN": "stratum"}
            arguments += ["--strata", file_of(self, "STRATA", columns, parameters, context, feedback)]
        return self.written(arguments, parameters, context, feedback)
