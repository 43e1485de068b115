"""The plugin's own icons."""

from __future__ import annotations

from pathlib import Path

from qgis.PyQt.QtGui import QIcon


def icon(name: str) -> QIcon:
    """The icon `name`.svg of this folder."""
    return QIcon(str(Path(__file__).with_name(f"{name}.svg")))
