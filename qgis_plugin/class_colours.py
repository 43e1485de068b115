"""A class that a reviewer invents gets a colour and a line in the legend at once; later the file's own style has it."""

from __future__ import annotations

from qgis.core import QgsRuleBasedRenderer, QgsVectorLayer
from qgis.PyQt.QtGui import QColor

_COLOURS = ("#F0E442", "#56B4E9", "#D55E00", "#CC79A7", "#009E73", "#E69F00", "#0072B2")
"""Okabe and Ito's, in the order of `geo/geopackage/styles.py`."""


def show_class(layer: QgsVectorLayer, name: str) -> None:
    """Draw this class in a colour of its own, in each state of the review, where the layer's style does not know it.

    A layer that a person draws in another way is left alone.
    """
    renderer = layer.renderer()
    if not name or not isinstance(renderer, QgsRuleBasedRenderer):
        return
    changed = renderer.clone()
    states = [rule for rule in changed.rootRule().children() if rule.children() and rule.children()[-1].isElse()]
    added = [_add(state, name) for state in states]
    if not any(added):
        return
    layer.setRenderer(changed)
    layer.emitStyleChanged()
    layer.triggerRepaint()


def _add(state: QgsRuleBasedRenderer.Rule, name: str) -> bool:
    """Add the class to a state, before the rule of all others. Returns whether it is new there."""
    known = [rule.label() for rule in state.children()]
    if name in known[:-1]:
        return False
    new = state.children()[-1].clone()
    new.setIsElse(False)
    new.setLabel(name)
    text = name.replace("\\", "\\\\").replace("'", "\\'")
    new.setFilterExpression(f'coalesce("reviewed_class", "class") = \'{text}\'')
    new.symbol().symbolLayer(0).setStrokeColor(QColor(_COLOURS[(len(known) - 1) % len(_COLOURS)]))
    state.insertChild(len(known) - 1, new)
    return True
