"""Herdmap's algorithms, in the Processing toolbox, the modeler, batch runs and `qgis_process`."""

from __future__ import annotations

from qgis.core import QgsProcessingProvider
from qgis.PyQt.QtGui import QIcon

from .algorithms import ALGORITHMS
from .icons import icon


class HerdmapProvider(QgsProcessingProvider):
    """The provider `herdmap`."""

    def id(self) -> str:
        return "herdmap"

    def name(self) -> str:
        return "Herdmap"

    def icon(self) -> QIcon:
        return icon("herdmap")

    def loadAlgorithms(self) -> None:  # noqa: N802
        for algorithm in ALGORITHMS:
            self.addAlgorithm(algorithm())
