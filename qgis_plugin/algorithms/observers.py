"""herdmap:observers, what two observers of the same photos both missed."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFile,
)

from ..translation import tr
from .numbers import TableCommand, number

_WHO = ("all", "people", "detector")
_COVARIATES = ("class", "distance", "length")


class Observers(TableCommand):
    """Two surveys of the same photos, or one with people's boxes and the detector's."""

    NAME = "observers"
    TAGS = "observers,double count,missed animals,chapman,huggins,availability,recount"

    def displayName(self) -> str:  # noqa: N802
        return tr("Compare two observers")

    def shortDescription(self) -> str:  # noqa: N802
        return tr("Estimates how many animals two observers of the same photos both missed")

    def shortHelpString(self) -> str:  # noqa: N802
        return tr(
            "Two observers searched the same photos apart: two people with copies of a survey, or a person and the"
            " detector. What only one of them saw tells how many animals both missed.\n\n"
            "The two files may be the same survey, if people searched without seeing the boxes: choose people for the"
            " first and the detector for the second.\n\n"
            "The observers must be independent. Animals that are hard to see for both make the estimate too low."
            " The log has the estimate in words, with the share of the animals that either observer saw:"
            " “Estimate population” divides by it."
        )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        for name, label in (("FIRST", tr("Survey of the first observer")), ("SECOND", tr("Survey of the second"))):
            survey = QgsProcessingParameterFile(name, label)
            survey.setFileFilter(tr("Surveys (*.gpkg)"))
            self.addParameter(survey)
        who = [tr("All sightings"), tr("Those that people drew"), tr("Those of the detector")]
        harder = [tr("Its class"), tr("Its distance from the photo's centre"), tr("Its length")]
        self.add_advanced(
            QgsProcessingParameterEnum("FIRST_WHO", tr("Sightings of the first"), who, defaultValue=0),
            QgsProcessingParameterEnum("SECOND_WHO", tr("Sightings of the second"), who, defaultValue=0),
            QgsProcessingParameterEnum(
                "COVARIATES", tr("What makes an animal hard to see"), harder, allowMultiple=True, optional=True
            ),
            number("AVAILABILITY", tr("Share of the animals that a photo can show")),
            number("AVAILABILITY_SE", tr("Standard error of that share")),
        )
        self.add_table()

    def processAlgorithm(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        files = [self.parameterAsFile(parameters, name, context) for name in ("FIRST", "SECOND")]
        arguments = ["observers", *files]
        for name, flag in (("FIRST_WHO", "--first"), ("SECOND_WHO", "--second")):
            arguments += [flag, _WHO[self.parameterAsEnum(parameters, name, context)]]
        for at in self.parameterAsEnums(parameters, "COVARIATES", context):
            arguments += ["--covariate", _COVARIATES[at]]
        arguments += self.both(("AVAILABILITY", "AVAILABILITY_SE"), "--availability", parameters, context)
        return self.written(arguments, parameters, context, feedback)
