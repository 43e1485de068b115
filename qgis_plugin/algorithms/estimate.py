"""herdmap:estimate, the population per stratum from transects."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterFile,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterNumber,
    QgsWkbTypes,
)

from ..translation import tr
from .algorithm import REVIEW_CHOICES, option, review_parameter
from .on_survey import SurveyCommand

_DOUBLE = QgsProcessingParameterNumber.Type.Double


class Estimate(SurveyCommand):
    """With a survey, its animals are counted in the transects. Without one, the transects are a table with counts."""

    NAME = "estimate"
    ICON = "count"
    TAGS = "animals,wildlife,survey,population,estimate,transects,strata,jolly"

    def displayName(self) -> str:  # noqa: N802
        return tr("Estimate population")

    def shortDescription(self) -> str:  # noqa: N802
        return tr("Estimates the number of animals in each stratum from transects, by Jolly's Method 2")

    def shortHelpString(self) -> str:  # noqa: N802
        return tr(
            "Estimates the number of animals in each stratum and in all strata together, with the"
            " standard error and the 95 % confidence interval. It uses Jolly's Method 2 for transects of"
            " unequal size.\n\n"
            "Transects: polygons or lines with the columns stratum and transect. The animals of the"
            " survey are counted in them. Without a survey, give a table with the columns stratum,"
            " transect, count and area_km2, and class if you like.\n\n"
            "Strata: polygons with the column stratum, or a table with the columns stratum and"
            " area_km2.\n\n"
            "The log explains the method and shows the estimates as a table. The output is the same table"
            " as CSV. With a survey, the estimates are also written to its GeoPackage, and the map is"
            " refreshed."
        )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        any_vector = [QgsProcessing.SourceType.TypeVector]
        self.add_survey(optional=True)
        self.addParameter(QgsProcessingParameterFeatureSource("TRANSECTS", tr("Transects"), any_vector))
        self.addParameter(QgsProcessingParameterFeatureSource("STRATA", tr("Strata"), any_vector))
        sample = QgsProcessingParameterFile(
            "SAMPLE", tr("Reviewed sample that corrects for missed animals and false detections"), optional=True
        )
        sample.setFileFilter(tr("Samples (*.csv)"))
        self.add_advanced(
            review_parameter(),
            QgsProcessingParameterNumber(
                "STRIP_WIDTH", tr("Full width of the strip, if transects are lines [m]"), _DOUBLE, None, True, 0
            ),
            QgsProcessingParameterBoolean(
                "FULL_COUNT", tr("The whole area was searched (no confidence interval)"), False
            ),
            sample,
        )
        self.addParameter(QgsProcessingParameterFileDestination("OUTPUT", tr("Estimates"), tr("Tables (*.csv)")))

    def processAlgorithm(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        survey = self.survey_file(parameters, context)
        output = self.parameterAsFileOutput(parameters, "OUTPUT", context)
        arguments = ["estimate", *([survey] if survey else []), "-o", output]
        for name, flag in (("TRANSECTS", "--transects"), ("STRATA", "--strata")):
            source = self.parameterAsSource(parameters, name, context)
            if source is None:
                raise QgsProcessingException(self.invalidSourceError(parameters, name))
            kind = "csv" if source.wkbType() == QgsWkbTypes.Type.NoGeometry else "gpkg"
            path = self.parameterAsCompatibleSourceLayerPath(parameters, name, context, [], kind, feedback)
            arguments += [flag, path]
        arguments += ["--review", REVIEW_CHOICES[self.parameterAsEnum(parameters, "REVIEW", context)]]
        if parameters.get("STRIP_WIDTH") not in (None, ""):
            arguments += ["--strip-width", str(self.parameterAsDouble(parameters, "STRIP_WIDTH", context))]
        arguments += ["--full-count"] if self.parameterAsBool(parameters, "FULL_COUNT", context) else []
        arguments += option("--correct", self.parameterAsString(parameters, "SAMPLE", context))
        if not self.herdmap(arguments, feedback):
            return {}
        self.changed = survey
        return {"OUTPUT": output}
