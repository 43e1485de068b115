"""Outputs that people keep: a survey, an export, a share folder. They are never temporary files.

QGIS deletes its temporary files when it closes. A survey there would be gone with all its reviews, and a cancelled run
could not be continued.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from qgis.core import QgsProcessing, QgsProcessingUtils, QgsProject
from qgis.PyQt.QtCore import QStandardPaths

from ..translation import tr

OUTPUT = "OUTPUT"
"""The name of the parameter where an algorithm writes its result."""


def place_of(value: Any) -> str:
    """The path in a value of an output parameter; empty if there is none, or if a temporary file is meant."""
    sink = getattr(value, "sink", None)
    if sink is not None:
        value = sink.staticValue() if hasattr(sink, "staticValue") else sink
    text = str(value or "")
    return "" if text in (QgsProcessing.TEMPORARY_OUTPUT, "memory:") else text


def is_temporary(path: str) -> bool:
    """Whether QGIS deletes this file when it closes."""
    folder = Path(QgsProcessingUtils.tempFolder()).absolute()
    return folder in Path(path).absolute().parents


def problem_of(value: Any, name: str) -> str:
    """Why this output cannot be kept, as a text for the user; empty if it can. name: of the field."""
    path = place_of(value)
    if not path:
        return tr(
            "“{name}” has no file yet. Choose one: QGIS deletes temporary files when it closes, and the result would"
            " be lost."
        ).format(name=name)
    if is_temporary(path):
        return tr(
            "“{name}” is a temporary file: QGIS deletes it when it closes, and the result would be lost. Choose a file"
            " in a folder of yours."
        ).format(name=name)
    folder = _nearest(Path(path).absolute().parent)
    if not _writable(folder):
        return tr("You may not write to the folder {folder}. Choose another folder for “{name}”.").format(
            folder=folder, name=name
        )
    return ""


def beside(folder: Path, name: str) -> str:
    """A file of this name in the folder; where nobody may write there, in the project's folder or in Documents."""
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    for place in (folder, Path(QgsProject.instance().homePath() or documents), Path(documents)):
        if place.is_dir() and _writable(place):
            return str(place / name)
    return str(Path.home() / name)


def _writable(folder: Path) -> bool:
    return os.access(folder, os.W_OK | os.X_OK)


def _nearest(folder: Path) -> Path:
    """The folder, or of its parents the nearest that exists."""
    return next((one for one in (folder, *folder.parents) if one.is_dir()), folder)
