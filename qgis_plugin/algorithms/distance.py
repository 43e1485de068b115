"""herdmap:distance, the density where fewer animals are seen farther from the line."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsProcessingContext, QgsProcessingFeedback, QgsProcessingParameterEnum

from ..translation import tr
from .numbers import TableCommand, number, table

_KEYS = ("", "half-normal", "hazard-rate")


class Distance(TableCommand):
    """Two tables: what was seen, and the lines."""

    NAME = "distance"
    TAGS = "distance sampling,line transect,density,detection function,half-normal,hazard-rate"

    def displayName(self) -> str:  # noqa: N802
        return tr("Estimate density by distance")

    def shortDescription(self) -> str:  # noqa: N802
        return tr("Estimates the density of animals from their distances to the lines flown")

    def shortHelpString(self) -> str:  # noqa: N802
        return tr(
            "In a strip from an aircraft, observers see fewer animals farther from the line. A detection function is"
            " fitted to the distances, half-normal or hazard-rate.\n\n"
            "Sightings: a table with the columns transect and distance_m (at right angles to the line), and size if"
            " groups were seen. Lines: a table with the columns transect and length_km, also of lines where nothing was"
            " seen.\n\n"
            "All animals on the line must be seen, and they must not move before they are seen."
        )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        self.addParameter(table("SIGHTINGS", tr("Sightings with their distances")))
        self.addParameter(table("LINES", tr("Lines with their lengths")))
        self.addParameter(number("WIDTH", tr("Leave out what was farther from the line than [m]")))
        self.addParameter(number("AREA", tr("Also estimate the animals on an area of [km²]")))
        keys = [tr("The one that fits better"), tr("Half-normal"), tr("Hazard-rate")]
        self.add_advanced(QgsProcessingParameterEnum("KEY", tr("Detection function"), keys, defaultValue=0))
        self.add_table()

    def processAlgorithm(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        arguments = ["distance", self.parameterAsFile(parameters, "SIGHTINGS", context)]
        arguments += ["--lines", self.parameterAsFile(parameters, "LINES", context)]
        for name, flag in (("WIDTH", "--width"), ("AREA", "--area")):
            arguments += self.given(name, flag, parameters, context)
        key = _KEYS[self.parameterAsEnum(parameters, "KEY", context)]
        return self.written([*arguments, *(["--key", key] if key else [])], parameters, context, feedback)
