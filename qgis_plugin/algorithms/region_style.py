"""How counts per region look when an algorithm adds them to the map."""

from __future__ import annotations

from qgis.core import (
    QgsFillSymbol,
    QgsMapLayer,
    QgsPalLayerSettings,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingLayerPostProcessorInterface,
    QgsSingleSymbolRenderer,
    QgsTextBufferSettings,
    QgsTextFormat,
    QgsVectorLayer,
    QgsVectorLayerSimpleLabeling,
)
from qgis.PyQt.QtGui import QColor, QFont

# A region has a row for each class; its name and its sum are written once, on the first.
_LABEL = 'if($id = minimum($id, group_by:="region"), "region" || \': \' || sum("count", group_by:="region"), NULL)'


class RegionStyle(QgsProcessingLayerPostProcessorInterface):
    """White outlines, and each region labelled with its count; as in a survey's own layer of counts."""

    def postProcessLayer(  # noqa: N802
        self, layer: QgsMapLayer, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> None:
        if not isinstance(layer, QgsVectorLayer) or not layer.isSpatial():
            return
        symbol = QgsFillSymbol.createSimple(
            {"style": "no", "outline_color": "0,0,0,150", "outline_width": "1.3", "joinstyle": "miter"}
        )
        inner = QgsFillSymbol.createSimple(
            {"style": "no", "outline_color": "255,255,255,255", "outline_width": "0.7", "joinstyle": "miter"}
        )
        symbol.appendSymbolLayer(inner.symbolLayer(0).clone())
        layer.setRenderer(QgsSingleSymbolRenderer(symbol))
        text = QgsTextFormat()
        font = QFont("Sans Serif")
        font.setBold(True)
        text.setFont(font)
        text.setSize(11)
        text.setColor(QColor("white"))
        halo = QgsTextBufferSettings()
        halo.setEnabled(True)
        halo.setSize(1)
        halo.setColor(QColor(0, 0, 0, 170))
        text.setBuffer(halo)
        settings = QgsPalLayerSettings()
        settings.setFormat(text)
        settings.fieldName = _LABEL
        settings.isExpression = True
        layer.setLabeling(QgsVectorLayerSimpleLabeling(settings))
        layer.setLabelsEnabled(True)
        layer.triggerRepaint()
