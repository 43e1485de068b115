"""herdmap:georeference, move the photos of a survey to new positions."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputVectorLayer,
    QgsProcessingParameterFile,
    QgsProcessingParameterNumber,
    QgsProcessingParameterRasterLayer,
)

from ..translation import tr
from . import positions
from .algorithm import option
from .on_survey import SurveyCommand

_DOUBLE = QgsProcessingParameterNumber.Type.Double


class Georeference(SurveyCommand):
    """Positions, heights or camera change; detections and reviews are kept."""

    NAME = "georeference"
    ICON = "open"
    TAGS = "photos,position,flight log,gps,camera,georeference,survey"

    def displayName(self) -> str:  # noqa: N802
        return tr("Georeference photos")

    def shortDescription(self) -> str:  # noqa: N802
        return tr("Moves the photos of a finished survey to new positions or heights")

    def shortHelpString(self) -> str:  # noqa: N802
        return tr(
            "Moves the photos of a finished survey to new positions or heights, and their animals with"
            " them. Detections and reviews are kept, and the counts are updated. The imagery is not"
            " searched again, so this takes seconds.\n\n"
            "Positions: a table with one row for each photo, or a flight log that is matched by time. If the"
            " table has angles and does not say which, Herdmap asks for them: choose them under *Angles in"
            " the positions*.\n\n"
            "If you leave a field empty, the setting of the last placement is used.\n\n"
            "Heights: give a terrain model, the height above the ground, or the height of level ground. A"
            " drone records its height above the take-off point, not above the ground below the photo.\n\n"
            "The file of the survey is replaced, and its layers in the project are reloaded."
        )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        self.add_survey()
        camera = QgsProcessingParameterFile("CAMERA", tr("Camera calibration"), optional=True)
        number = QgsProcessingParameterNumber
        self.addParameter(positions.position_field(tr("Positions (table or flight log)")))
        self.addParameter(
            QgsProcessingParameterRasterLayer("DEM", tr("Terrain model (heights of the ground)"), optional=True)
        )
        self.addParameter(number("AGL", tr("Height of all cameras above the ground [m]"), _DOUBLE, None, True, 0))
        self.add_advanced(
            number(
                "GROUND",
                tr("Height of level ground, measured like the altitudes of the photos [m]"),
                _DOUBLE,
                None,
                True,
            ),
            number("CLOCK_OFFSET", tr("Seconds to add to the camera clock"), _DOUBLE, None, True),
            *positions.advanced_fields(),
            camera,
        )
        self.addOutput(QgsProcessingOutputVectorLayer("OUTPUT", tr("Survey")))

    def processAlgorithm(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        survey = self.survey_file(parameters, context)
        arguments = ["georeference", survey]
        arguments += positions.options(self, parameters, context)
        arguments += option("--camera", self.parameterAsString(parameters, "CAMERA", context))
        arguments += positions.heights(self, parameters, context)
        for name, flag in (("AGL", "--agl"), ("GROUND", "--ground"), ("CLOCK_OFFSET", "--clock-offset")):
            if parameters.get(name) not in (None, ""):
                arguments += [flag, str(self.parameterAsDouble(parameters, name, context))]
        if not self.herdmap(arguments, feedback):
            return {}
        self.changed = survey
        return {"OUTPUT": survey}
