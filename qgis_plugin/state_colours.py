"""The colours of words and marks that say good, begun or wrong: dark in a light window, light in a dark one."""

from __future__ import annotations

from qgis.PyQt.QtGui import QPalette
from qgis.PyQt.QtWidgets import QWidget

GOOD, BEGUN, WRONG = "good", "begun", "wrong"
# Each has a contrast of at least 4.5 to 1, to white or to QGIS's dark themes.
_ON_LIGHT = {GOOD: "#1f7a43", BEGUN: "#8f5600", WRONG: "#b3261e"}
_ON_DARK = {GOOD: "#6fd09a", BEGUN: "#ffb74d", WRONG: "#ff9c93"}
_DARK = 128  # of 255: a window of less lightness is a dark one


def colour_of(state: str, widget: QWidget) -> str:
    """The colour of a state, for a word in this widget."""
    lightness = widget.palette().color(QPalette.ColorRole.Window).lightness()
    return (_ON_DARK if lightness < _DARK else _ON_LIGHT)[state]
