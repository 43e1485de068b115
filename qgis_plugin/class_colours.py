"""A class that a reviewer invents gets a colour and a line in the legend at once; later the file's own style has it."""

from __future__ import annotations

from qgis.core import QgsCategorizedSymbolRenderer, QgsRendererCategory, QgsVectorLayer
from qgis.PyQt.QtGui import QColor

_COLOURS = ("#F0E442", "#56B4E9", "#D55E00", "#CC79A7", "#009E73", "#E69F00", "#0072B2")
"""Okabe and Ito's, in the order of `geo/geopackage/styles.py`."""


def show_class(layer: QgsVectorLayer, name: str) -> None:
    """Draw this class in a colour of its own, where the layer draws classes in colours and does not know it."""
    renderer = layer.renderer()
    if not name or not isinstance(renderer, QgsCategorizedSymbolRenderer):
        return
    categories = renderer.categories()  # they own the symbols
    known = [str(category.value() or "") for category in categories]
    if name in known or "" not in known:
        return
    other = known.index("")
    symbol = categories[other].symbol().clone()
    colour = QColor(_COLOURS[(len(known) - 1) % len(_COLOURS)])
    symbol.symbolLayer(symbol.symbolLayerCount() - 1).setStrokeColor(colour)
    changed = renderer.clone()
    changed.deleteAllCategories()
    for category in (*categories[:other], QgsRendererCategory(name, symbol, name), *categories[other:]):
        changed.addCategory(category)
    layer.setRenderer(changed)
    layer.emitStyleChanged()
    layer.triggerRepaint()
