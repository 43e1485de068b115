"""How counts per region look when an algorithm adds them to the map."""

from __future__ import annotations

import json
from collections import Counter

from qgis.core import (
    QgsEditorWidgetSetup,
    QgsExpression,
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


def _label(layer: QgsVectorLayer) -> str:
    """An expression for the label of a region: its name and its number of animals, on the first of its rows.

    It uses no aggregate over the layer (see geo/geopackage/styles.py): in QGIS 3.22 those crash if the layer changes
    while it is drawn.
    """
    first: dict[str, int] = {}
    totals: Counter[str] = Counter()
    for feature in layer.getFeatures():
        first.setdefault(feature["region"], feature.id())
        totals[feature["region"]] += feature["count"]
    texts = {str(fid): f"{name}: {totals[name]}" for name, fid in first.items()}
    return f"map_get(from_json({QgsExpression.quotedString(json.dumps(texts))}), to_string($id))"


class RegionStyle(QgsProcessingLayerPostProcessorInterface):
    """White outlines, and each region labelled with its count; as in a survey's own layer of counts."""

    def postProcessLayer(  # noqa: N802
        self, layer: QgsMapLayer, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> None:
        if not isinstance(layer, QgsVectorLayer) or not layer.isSpatial():
            return
        for name in ("area_km2", "density_per_km2"):  # in the table; the values keep all digits
            layer.setEditorWidgetSetup(
                layer.fields().indexOf(name), QgsEditorWidgetSetup("Range", {"Precision": 3, "Style": "SpinBox"})
            )
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
        settings.fieldName = _label(layer)
        settings.isExpression = True
        layer.setLabeling(QgsVectorLayerSimpleLabeling(settings))
        layer.setLabelsEnabled(True)
        layer.triggerRepaint()
