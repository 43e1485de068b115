"""Text in the language that QGIS speaks."""

from __future__ import annotations

from qgis.PyQt.QtCore import QCoreApplication


def tr(text: str) -> str:
    """`text` in QGIS's language, or as it is where there is no translation."""
    return QCoreApplication.translate("Herdmap", text)
