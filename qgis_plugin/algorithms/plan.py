"""herdmap:plan, the transects of a survey."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterFile,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
)

from ..translation import tr
from .layer_file import layer_file
from .numbers import DOUBLE, WHOLE, TableCommand, number


class Plan(TableCommand):
    """The output is a layer of lines, and routes for the GPS."""

    NAME = "plan"
    TAGS = "plan,transects,lines,flight,routes,gpx,systematic,effort,cv"

    def displayName(self) -> str:  # noqa: N802
        return tr("Plan transects")

    def shortDescription(self) -> str:  # noqa: N802
        return tr("Lays transects over strata, for a wanted precision or effort, with routes for the GPS")

    def shortHelpString(self) -> str:  # noqa: N802
        return tr(
            "Lays lines at equal distances over each stratum, the first one at random, across its long axis unless you"
            " give a bearing.\n\n"
            "Give one wish: the CV of the estimate of all strata, the km of all lines, or the number of lines in each"
            " stratum. A CV needs an earlier survey (with estimates, or a table of transects with counts), or how many"
            " animals would be counted on a square kilometre.\n\n"
            "The log says the lines, the km, the photos and the expected CV of each stratum. The output is a layer that"
            " “Estimate population” reads, and a GPX file with a route for each stratum."
        )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        polygons = [QgsProcessing.SourceType.TypeVectorPolygon]
        self.addParameter(QgsProcessingParameterFeatureSource("STRATA", tr("Strata"), polygons))
        self.addParameter(
            QgsProcessingParameterNumber("STRIP_WIDTH", tr("Full width of the strip [m]"), DOUBLE, 300, False, 0.01)
        )
        self.addParameter(number("CV", tr("Wanted CV of the estimate [%]")))
        self.addParameter(number("KM", tr("Or: km of all lines together")))
        self.addParameter(number("NUMBER", tr("Or: lines in each stratum"), WHOLE, 2))
        pilot = QgsProcessingParameterFile("PILOT", tr("Earlier survey, or its table of transects"), optional=True)
        pilot.setFileFilter(tr("Surveys and tables (*.gpkg *.csv)"))
        self.addParameter(pilot)
        self.add_advanced(
            QgsProcessingParameterString("CLASS", tr("Class in the earlier survey"), optional=True),
            number("DENSITY", tr("Without an earlier survey: animals that are counted on a km²")),
            number("BEARING", tr("Bearing of the lines [degrees]"), least=-360),
            number("PHOTO_EVERY", tr("Distance between two photos [m]")),
            QgsProcessingParameterNumber("SEED", tr("Random seed of the first lines"), WHOLE, 0, False, 0),
        )
        self.addParameter(
            QgsProcessingParameterFileDestination("OUTPUT", tr("Planned transects"), tr("Layers (*.gpkg)"))
        )
        routes = QgsProcessingParameterFileDestination("GPX", tr("Routes for the GPS"), tr("Routes (*.gpx)"))
        routes.setFlags(routes.flags() | routes.Flag.FlagOptional)
        self.addParameter(routes)

    def processAlgorithm(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        source = self.parameterAsSource(parameters, "STRATA", context)
        if source is None:
            raise QgsProcessingException(self.invalidSourceError(parameters, "STRATA"))
        arguments = ["plan", layer_file(self, "STRATA", parameters, context, feedback)]
        for name, flag in (
            ("STRIP_WIDTH", "--strip-width"),
            ("CV", "--cv"),
            ("KM", "--km"),
            ("NUMBER", "--number"),
            ("PILOT", "--pilot"),
            ("CLASS", "--class"),
            ("DENSITY", "--density"),
            ("BEARING", "--bearing"),
            ("PHOTO_EVERY", "--photo-every"),
            ("SEED", "--seed"),
            ("GPX", "--gpx"),
        ):
            arguments += self.given(name, flag, parameters, context)
        done = self.written(arguments, parameters, context, feedback)
        if done and parameters.get("GPX"):
            done["GPX"] = self.parameterAsFileOutput(parameters, "GPX", context)
        return done
