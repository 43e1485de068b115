"""The pages of help in the plugin's folder, which its build makes of the documentation."""

from __future__ import annotations

from pathlib import Path

from qgis.PyQt.QtCore import QUrl
from qgis.PyQt.QtGui import QDesktopServices

PAGES = Path(__file__).with_name("pages")


def address(page: str, heading: str = "") -> str:
    """The address of the page `page`.html, at the anchor of a heading; empty in a checkout, which has no pages."""
    path = PAGES / f"{page}.html"
    if not path.is_file():
        return ""
    url = QUrl.fromLocalFile(str(path))
    url.setFragment(heading)
    return url.toString()


def show(page: str, heading: str = "") -> None:
    """Open the page in the person's browser."""
    QDesktopServices.openUrl(QUrl(address(page, heading)))
