"""The score from which detections are shown: a number to turn in the layer tree, under the layer's name.

It is the layer's own filter, which QGIS keeps with the project and shows without the plugin too.
"""

from __future__ import annotations

import re
from typing import Any

from qgis.core import QgsMapLayer, QgsVectorLayer
from qgis.gui import QgsGui, QgsLayerTreeEmbeddedWidgetProvider
from qgis.PyQt.QtWidgets import QDoubleSpinBox, QHBoxLayout, QLabel, QWidget

from .translation import tr

_ID = "herdmap_score"
_FILTER = re.compile(r'"score" IS NULL OR "score" >= ([0-9.]+)')


def offer(layer: QgsMapLayer) -> None:
    """Put the number under the layer; it is seen where the plugin runs."""
    layer.setCustomProperty("embeddedWidgets/count", 1)
    layer.setCustomProperty("embeddedWidgets/0/id", _ID)


def show_from(layer: QgsVectorLayer, lowest: float) -> bool:
    """Show detections from this score up, and animals that a person drew, which have none. 0 shows all.

    False where QGIS does not let the layer be filtered now, as while it is edited.
    """
    return bool(layer.setSubsetString("" if lowest <= 0 else f'"score" IS NULL OR "score" >= {lowest:.4g}'))


def shown_from(layer: QgsVectorLayer) -> float:
    """The score from which the layer shows detections; 0 where it has no filter, or a person's own."""
    found = _FILTER.fullmatch(layer.subsetString())
    return float(found[1]) if found else 0.0


class ScoreFilter(QgsLayerTreeEmbeddedWidgetProvider):
    """Makes the number. QGIS asks for it by its id."""

    def id(self) -> str:
        return _ID

    def name(self) -> str:
        return tr("Lowest score shown")

    def supportsLayer(self, layer: QgsMapLayer) -> bool:  # noqa: N802
        return isinstance(layer, QgsVectorLayer) and layer.fields().indexOf("score") >= 0

    def createWidget(self, layer: QgsMapLayer, widget_index: int) -> QWidget:  # noqa: N802
        return _Number(layer)


class _Number(QWidget):
    def __init__(self, layer: Any) -> None:
        super().__init__()
        self.score = QDoubleSpinBox()
        self.score.setRange(0.0, 1.0)
        self.score.setSingleStep(0.05)
        self.score.setKeyboardTracking(False)
        self.score.setValue(shown_from(layer))
        self.score.setToolTip(tr("Only what the map shows: the review and the counts know all detections"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(QLabel(tr("Scores from")))
        row.addWidget(self.score)
        row.addStretch(1)
        self._layer = layer
        self.score.valueChanged.connect(self._filter)

    def _filter(self, lowest: float) -> None:
        if not show_from(self._layer, lowest):
            self.score.blockSignals(True)
            self.score.setValue(shown_from(self._layer))
            self.score.blockSignals(False)


def register() -> ScoreFilter:
    """Make the number known to QGIS, until `unregister`. Whoever calls keeps what is returned."""
    provider = ScoreFilter()
    QgsGui.layerTreeEmbeddedWidgetRegistry().addProvider(provider)
    return provider


def unregister() -> None:
    """Forget it."""
    QgsGui.layerTreeEmbeddedWidgetRegistry().removeProvider(_ID)
