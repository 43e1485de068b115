"""herdmap:estimate, the population per stratum from transects."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterFile,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
)

from ..translation import tr
from .algorithm import REVIEW_CHOICES, option, review_parameter
from .named_columns import file_of
from .numbers import TableCommand, number, table
from .on_survey import SurveyCommand

_DOUBLE = QgsProcessingParameterNumber.Type.Double


# parameter: the layer it is a column of, and the name that the command expects
_COLUMNS = {
    "TRANSECT_COLUMN": ("TRANSECTS", "transect"),
    "TRANSECT_STRATUM": ("TRANSECTS", "stratum"),
    "STRATUM_COLUMN": ("STRATA", "stratum"),
}
_CORRECT_BY, _DESIGNS = ("auto", "stratum", "model"), ("random", "systematic")


class Estimate(TableCommand, SurveyCommand):
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
            " transect, count and area_km2, and class if you like. If you leave them empty, the photos of the"
            " survey are the transects: by their track, by a table, or by a pattern in their names.\n\n"
            "Strata: polygons with the column stratum, or a table with the columns stratum and"
            " area_km2. If you leave them empty, all ground that the photos show is one stratum, and the animals on it"
            " are added up: for a colony that was photographed as a whole.\n\n"
            "The log says what kind each interval is, and what it leaves out: boxes that nobody reviewed give an"
            " uncorrected estimate. A reviewed sample (“Draw photos to review”) corrects it. The share of the animals"
            " that a photo can show, and that observers see (“Compare two observers”), divide it.\n\n"
            "The log explains the method and shows the estimates as a table. The output is the same table"
            " as CSV. With a survey, the estimates are also written to its GeoPackage, and the map is"
            " refreshed."
        )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        any_vector = [QgsProcessing.SourceType.TypeVector]
        self.add_survey(optional=True)
        self.addParameter(
            QgsProcessingParameterFeatureSource(
                "TRANSECTS", tr("Transects (empty: the survey's photos)"), any_vector, optional=True
            )
        )
        self.addParameter(
            QgsProcessingParameterFeatureSource(
                "STRATA", tr("Strata (empty: all ground that the photos show)"), any_vector, optional=True
            )
        )
        columns = {
            "TRANSECT_COLUMN": tr("Column with the name of the transect"),
            "TRANSECT_STRATUM": tr("Column with the stratum of the transect"),
            "STRATUM_COLUMN": tr("Column with the name of the stratum"),
        }
        for name, label in columns.items():
            self.add_advanced(QgsProcessingParameterField(name, label, None, _COLUMNS[name][0], optional=True))
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
            table(
                "TRANSECT_TABLE", tr("Which photo is on which transect, if the photos are the transects"), optional=True
            ),
            QgsProcessingParameterString(
                "TRANSECT_NAME", tr("Or: pattern that finds the transect in a photo's name"), optional=True
            ),
            sample,
            QgsProcessingParameterEnum(
                "CORRECT_BY",
                tr("How the sample corrects"),
                [tr("Chosen by a test"), tr("Each stratum by its own photos"), tr("All by one model of the detector")],
                defaultValue=0,
            ),
            QgsProcessingParameterEnum(
                "DESIGN",
                tr("How the transects were chosen"),
                [tr("Each at random"), tr("At equal distances")],
                defaultValue=0,
            ),
            number("AVAILABILITY", tr("Share of the animals that a photo can show")),
            number("AVAILABILITY_SE", tr("Standard error of that share")),
            number("PERCEPTION", tr("Share of those that observers see")),
            number("PERCEPTION_SE", tr("Standard error of that share, too")),
            number("PRECISION", tr("Also say how much more work reaches ± [%]")),
        )
        self.addParameter(QgsProcessingParameterFileDestination("OUTPUT", tr("Estimates"), tr("Tables (*.csv)")))

    def processAlgorithm(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        survey = self.survey_file(parameters, context)
        output = self.parameterAsFileOutput(parameters, "OUTPUT", context)
        arguments = ["estimate", *([survey] if survey else []), "-o", output]
        if parameters.get("TRANSECTS") in (None, ""):
            arguments += ["--transects", "photos"]
            for name, flag in (("TRANSECT_TABLE", "--transect-table"), ("TRANSECT_NAME", "--transect-name")):
                arguments += self.given(name, flag, parameters, context)
        if parameters.get("STRATA") in (None, ""):
            arguments += ["--strata", "photos"]
        for name, flag in (("TRANSECTS", "--transects"), ("STRATA", "--strata")):
            if parameters.get(name) in (None, ""):
                continue
            columns = {parameter: expected for parameter, (layer, expected) in _COLUMNS.items() if layer == name}
            arguments += [flag, file_of(self, name, columns, parameters, context, feedback)]
        arguments += ["--review", REVIEW_CHOICES[self.parameterAsEnum(parameters, "REVIEW", context)]]
        if parameters.get("STRIP_WIDTH") not in (None, ""):
            arguments += ["--strip-width", str(self.parameterAsDouble(parameters, "STRIP_WIDTH", context))]
        arguments += ["--full-count"] if self.parameterAsBool(parameters, "FULL_COUNT", context) else []
        arguments += option("--correct", self.parameterAsString(parameters, "SAMPLE", context))
        arguments += ["--correct-by", _CORRECT_BY[self.parameterAsEnum(parameters, "CORRECT_BY", context)]]
        arguments += ["--design", _DESIGNS[self.parameterAsEnum(parameters, "DESIGN", context)]]
        for name in ("AVAILABILITY", "PERCEPTION"):
            arguments += self.both((name, f"{name}_SE"), f"--{name.lower()}", parameters, context)
        arguments += self.given("PRECISION", "--precision", parameters, context)
        if not self.herdmap(arguments, feedback):
            return {}
        self.changed = survey
        return {"OUTPUT": output}
