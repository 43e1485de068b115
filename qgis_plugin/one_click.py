"""A button that takes a double click for one click.

People double-click buttons. The second click would say something of the animal that came up after the first one, which
nobody has looked at.
"""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtWidgets import QPushButton


class OneClickButton(QPushButton):
    """The second click of a double click does nothing."""

    def mouseDoubleClickEvent(self, event: Any) -> None:  # noqa: N802
        event.accept()  # not pressed, so its release is no click
