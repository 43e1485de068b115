"""Words that say good or wrong can be read in light and in dark windows."""

import pytest
from qgis.PyQt.QtGui import QColor, QPalette
from qgis.PyQt.QtWidgets import QWidget

from qgis_plugin.state_colours import BEGUN, GOOD, WRONG, colour_of


def luminance(colour: QColor) -> float:
    """The relative luminance of WCAG 2.1."""
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in colour.getRgbF()[:3]]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("window", ["#ffffff", "#efefef", "#323232", "#1e1e1e"])
@pytest.mark.parametrize("state", [GOOD, BEGUN, WRONG])
def test_the_contrast_is_enough_to_read(qgis_app: object, window: str, state: str) -> None:
    widget = QWidget()
    palette = widget.palette()
    palette.setColor(QPalette.ColorRole.Window, QColor(window))
    widget.setPalette(palette)
    one, other = sorted((luminance(QColor(colour_of(state, widget))), luminance(QColor(window))))
    assert (other + 0.05) / (one + 0.05) >= 4.5
