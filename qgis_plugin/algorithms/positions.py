"""What a person can say about where photos are: the fields that the algorithms share, and the options of a command.

A field that is empty gives no option.
"""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFile,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
)

from ..translation import tr
from . import imagery
from .algorithm import option

ANGLES = ("", "gimbal", "nadir", "aircraft", "opk")
"""What the choices of ANGLES are on the command line."""


def position_field(label: str) -> QgsProcessingParameterFile:
    """The field POSITION: a table of positions or a flight log."""
    field = QgsProcessingParameterFile("POSITION", label, optional=True)
    field.setFileFilter(
        tr("Positions (*.csv *.txt *.tsv *.gpx *.pos *.mrk *.json *.geojson)") + ";;" + tr("All files (*)")
    )
    return field


def advanced_fields() -> list[QgsProcessingParameterDefinition]:
    """The fields POSITION_CRS, ANGLES and POSITION_ERROR."""
    angles = [
        tr("As the file says"),
        tr("Yaw, pitch and roll of the gimbal (pitch -90 looks straight down)"),
        tr("Yaw, pitch and roll of a camera (pitch 0 looks straight down)"),
        tr("Yaw, pitch and roll of the aircraft"),
        tr("Omega, phi and kappa"),
    ]
    number = QgsProcessingParameterNumber
    return [
        QgsProcessingParameterString(
            "POSITION_CRS", tr("CRS of the columns x and y, for example EPSG:32737"), optional=True
        ),
        QgsProcessingParameterEnum("ANGLES", tr("Angles in the positions"), angles, defaultValue=0),
        number(
            "POSITION_ERROR",
            tr("Error of the positions [m] (empty: as the file says, otherwise 3)"),
            number.Type.Double,
            None,
            True,
            0.001,
            10_000,
        ),
    ]


def options(algorithm: QgsProcessingAlgorithm, parameters: dict[str, Any], context: QgsProcessingContext) -> list[str]:
    """The options of the command for these fields, where they are filled."""
    arguments = option("--position", algorithm.parameterAsString(parameters, "POSITION", context))
    arguments += option("--position-crs", algorithm.parameterAsString(parameters, "POSITION_CRS", context))
    arguments += option("--angles", ANGLES[algorithm.parameterAsEnum(parameters, "ANGLES", context)])
    if parameters.get("POSITION_ERROR") not in (None, ""):
        arguments += ["--position-error", str(algorithm.parameterAsDouble(parameters, "POSITION_ERROR", context))]
    return arguments


def heights(algorithm: QgsProcessingAlgorithm, parameters: dict[str, Any], context: QgsProcessingContext) -> list[str]:
    """The option of the command for the field DEM. Raises QgsProcessingException for a layer without a file."""
    dem = algorithm.parameterAsRasterLayer(parameters, "DEM", context)
    try:
        return [] if dem is None else ["--dem", imagery.file_of(dem)]
    except imagery.ImageryError as error:
        raise QgsProcessingException(str(error)) from error
