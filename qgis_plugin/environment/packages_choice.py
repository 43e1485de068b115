"""The question where the set-up takes packages from."""

from __future__ import annotations

from qgis.gui import QgsFileWidget
from qgis.PyQt.QtWidgets import QComboBox, QVBoxLayout, QWidget

from ..translation import tr
from . import packages

_FOLDER = "folder"


class PackagesChoice(QWidget):
    """A list of the three sources and, for a folder, its path. What is chosen is kept by QGIS."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._source, self._folder = QComboBox(), QgsFileWidget()
        self._source.addItem(tr("This plugin and the package index"), "")
        self._source.addItem(tr("The package index alone"), packages.INDEX)
        self._source.addItem(tr("A folder, without a network"), _FOLDER)
        self._folder.setStorageMode(QgsFileWidget.StorageMode.GetDirectory)
        self._folder.lineEdit().setPlaceholderText(tr("folder that “herdmap bundle” made"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._source)
        layout.addWidget(self._folder)
        kept = packages.chosen()
        if packages.is_folder(kept) and kept != _FOLDER:
            self._folder.setFilePath(kept)
        self._source.setCurrentIndex(self._source.findData(_FOLDER if packages.is_folder(kept) else kept))
        self._show_folder()
        self._source.currentIndexChanged.connect(self._changed)
        self._folder.fileChanged.connect(self._changed)

    def source(self) -> str:
        """The choice, as `packages.chosen` says it; a folder that is not named yet holds no packages."""
        kind = self._source.currentData()
        return (self._folder.filePath().strip() or _FOLDER) if kind == _FOLDER else str(kind)

    def _changed(self) -> None:
        packages.choose(self.source())
        self._show_folder()

    def _show_folder(self) -> None:
        self._folder.setVisible(self._source.currentData() == _FOLDER)
