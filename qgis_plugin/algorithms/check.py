"""herdmap:check, a test of the detector's environment."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingOutputString,
)

from ..environment import environment
from ..translation import tr
from .algorithm import HerdmapAlgorithm


class Check(HerdmapAlgorithm):
    """Fails if the detector does not run, so that a batch can check this first."""

    NAME = "check"
    HELP = "doctor"
    ICON = "settings"
    TAGS = "environment,doctor,gpu,cuda,install,check"

    def displayName(self) -> str:  # noqa: N802
        return tr("Check the detector's environment")

    def shortDescription(self) -> str:  # noqa: N802
        return tr("Checks whether the detector runs on this computer, on which device, and what is missing")

    def shortHelpString(self) -> str:  # noqa: N802
        return tr(
            "Lists what is installed in the detector's environment. Runs the bundled model once and"
            " reports the device: the CPU or a GPU. You set up the environment in Herdmap ▸ Settings."
        )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: N802
        self.addOutput(QgsProcessingOutputString("VERSION", tr("Version of the detector")))
        self.addOutput(QgsProcessingOutputString("DEVICE", tr("Device")))

    def processAlgorithm(  # noqa: N802
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        try:
            python = environment.python()
        except environment.EnvironmentMissingError as error:
            raise QgsProcessingException(str(error)) from error
        health = environment.doctor(python, feedback.isCanceled)
        for line in health.text.splitlines():
            feedback.pushInfo(line)
        if not health.healthy:
            raise QgsProcessingException(
                tr("The detector does not run in this environment. The reason is in the lines above.")
            )
        if environment.is_outdated():
            feedback.pushWarning(
                tr(
                    "The plugin contains another version of the detector than the one installed. Open Herdmap ▸"
                    " Settings and press “Set up again”."
                )
            )
        return {"VERSION": health.version, "DEVICE": health.device}
