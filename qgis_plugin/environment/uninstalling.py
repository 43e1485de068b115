"""Asks what happens to the detector when the plugin is uninstalled: QGIS removes the plugin's own files only."""

from __future__ import annotations

import inspect
from typing import Any

from qgis.PyQt.QtWidgets import QMessageBox

from ..translation import tr
from . import environment


def offer_to_remove(window: Any) -> None:
    """If QGIS is uninstalling the plugin, ask whether the detector goes too. Nothing is asked where there is none."""
    if not _is_uninstalled() or not environment.folder().exists():
        return
    text = tr(
        "The detector that Herdmap installed takes {size} MB in {folder}. Delete it too? Your surveys are not there and"
        " stay."
    ).format(size=round(environment.size() / 1e6), folder=environment.folder())
    yes, no = QMessageBox.StandardButton.Yes, QMessageBox.StandardButton.No
    if QMessageBox.question(window, "Herdmap", text, yes | no, yes) == yes:
        try:
            environment.remove()
        except OSError as error:
            QMessageBox.warning(window, "Herdmap", tr("Some files could not be removed: {error}").format(error=error))


def _is_uninstalled() -> bool:
    """Whether QGIS's plugin manager unloads the plugin to uninstall it: plugins are not told why they are unloaded."""
    frame = inspect.currentframe()
    while frame is not None:
        if frame.f_code.co_name == "uninstallPlugin":
            return True
        frame = frame.f_back
    return False
