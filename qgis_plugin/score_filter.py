"""The lowest score that the map shows: a number in the layer tree, under the layer's name.

It is the variable `lowest_score` of the layer, which the survey's style reads. QGIS saves it with the project. Without
the plugin it is in the layer's properties. (A filter of the layer would make QGIS 3.22 open the file for writing, and
its other layers could no longer read it.)
"""

from __future__ import annotations

from typing import Any

from qgis.core import QgsExpressionContextUtils, QgsMapLayer, QgsVectorLayer
from qgis.gui import QgsGui, QgsLayerTreeEmbeddedWidgetProvider
from qgis.PyQt.QtWidgets import QDoubleSpinBox, QHBoxLayout, QLabel, QWidget

from .translation import tr

_ID = "herdmap_score"
_VARIABLE = "lowest_score"


def offer(layer: QgsMapLayer) -> None:
    """Put the number under the layer. It shows where the plugin runs."""
    layer.setCustomProperty("embeddedWidgets/count", 1)
    layer.setCustomProperty("embeddedWidgets/0/id", _ID)


def show_from(layer: QgsVectorLayer, lowest: float) -> None:
    """Show detections from this score up, and animals that a person drew, which have none. 0 shows all."""
    QgsExpressionContextUtils.setLayerVariable(layer, _VARIABLE, round(lowest, 4))
    layer.triggerRepaint()


def shown_from(layer: QgsVectorLayer) -> float:
    """The lowest score that the layer shows; 0 if nobody chose one."""
    try:
        return float(QgsExpressionContextUtils.layerScope(layer).variable(_VARIABLE) or 0)
    except (TypeError, ValueError):
        return 0.0


class ScoreFilter(QgsLayerTreeEmbeddedWidgetProvider):
    """Makes the widget. QGIS asks for it by its id."""

    def id(self) -> str:
        return _ID

    def name(self) -> str:
        return tr("Lowest score on the map")

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
        self.score.setToolTip(
            tr("Hides detections with lower scores on the map. The review and the counts still use all detections.")
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(QLabel(tr("Scores from")))
        row.addWidget(self.score)
        row.addStretch(1)
        self._layer = layer
        self.score.valueChanged.connect(lambda lowest: show_from(self._layer, lowest))


def register() -> ScoreFilter:
    """Register the widget with QGIS, until `unregister`. The caller must keep the returned object."""
    provider = ScoreFilter()
    QgsGui.layerTreeEmbeddedWidgetRegistry().addProvider(provider)
    return provider


def unregister() -> None:
    """Remove the widget from QGIS's registry."""
    QgsGui.layerTreeEmbeddedWidgetRegistry().removeProvider(_ID)
