"""The few questions of the panel: which imagery, which layer. Each has a good answer filled in where there is one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import (
    Qgis,
    QgsFillSymbol,
    QgsMapLayer,
    QgsMapLayerProxyModel,
    QgsProject,
    QgsRasterLayer,
    QgsSingleSymbolRenderer,
    QgsVectorLayer,
    QgsWkbTypes,
)
from qgis.gui import QgsMapLayerComboBox
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QSizePolicy, QToolButton, QWidget

from .. import layers
from ..algorithms import imagery
from ..translation import tr

# QGIS 3.34 has moved the kinds of layers. What `|` makes of them there is a plain number, which is deprecated.
if Qgis.QGIS_VERSION_INT >= 33400:
    _POLYGONS, _LINES = Qgis.LayerFilter.PolygonLayer, Qgis.LayerFilter.LineLayer
    _BOTH = Qgis.LayerFilters(_POLYGONS | _LINES)
else:
    _POLYGONS, _LINES = QgsMapLayerProxyModel.Filter.PolygonLayer, QgsMapLayerProxyModel.Filter.LineLayer
    _BOTH = QgsMapLayerProxyModel.Filters(_POLYGONS | _LINES)
_FOLDER, _FILES = "folder", "files"


class ImageryQuestion(QWidget):
    """Which imagery: a folder of photos, files, or a raster layer of the project. `changed`: another one is chosen."""

    changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.layer, self.folder, self.files = QComboBox(), QToolButton(), QToolButton()
        self.layer.setObjectName("herdmap_imagery")
        narrow(self.layer)
        self.folder.setText(tr("Folder…"))
        self.folder.setObjectName("herdmap_folder")
        self.folder.setToolTip(tr("A folder of photos, with its subfolders"))
        self.files.setText(tr("Files…"))
        self.files.setToolTip(tr("Orthomosaics or photos"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.layer, 1)
        row.addWidget(self.folder)
        row.addWidget(self.files)
        self.folder.clicked.connect(lambda *_: self._ask_folder())
        self.files.clicked.connect(lambda *_: self._ask_files())
        self.layer.activated.connect(lambda *_: self.changed.emit())
        self.offer()

    def offer(self) -> None:
        """Offer the imagery of the project, and keep what was chosen."""
        chosen, kept = self.layer.currentData(), self._picked()
        self.layer.clear()
        for text, value in kept:
            self.layer.addItem(text, value)
        for layer in QgsProject.instance().mapLayers().values():
            if isinstance(layer, QgsRasterLayer) and (path := _file_of(layer)):
                self.layer.addItem(layer.name(), (_FILES, (path,)))
        self.layer.setCurrentIndex(max(0, self._find(chosen)))
        if not self.layer.count():
            self.layer.addItem(tr("Choose a folder or files"), None)

    def parameters(self) -> dict[str, Any]:
        """The parameters FILES or FOLDER of an algorithm; empty if nothing is chosen."""
        kind, value = self.layer.currentData() or ("", ())
        if kind == _FOLDER:
            return {"FOLDER": value[0]}
        return {"FILES": list(value)} if kind == _FILES else {}

    def output(self) -> str:
        """Where the survey of this imagery stands; empty if nothing is chosen."""
        _, value = self.layer.currentData() or ("", ())
        return imagery.survey_beside([Path(one) for one in value]) if value else ""

    def choose(self, kind: str, paths: tuple[str, ...]) -> None:
        """Choose a folder of photos (`folder`) or files (`files`)."""
        value = (kind, paths)
        if self._find(value) < 0:
            name = Path(paths[0]).name
            if len(paths) > 1:
                name = tr("{} and %Ln more", len(paths) - 1).format(name)
            if self.layer.itemData(0) is None:
                self.layer.removeItem(0)
            self.layer.insertItem(0, name, value)
            self.layer.setItemData(0, "\n".join(paths[:10]), Qt.ItemDataRole.ToolTipRole)
        self.layer.setCurrentIndex(self._find(value))
        self.changed.emit()

    def _picked(self) -> list[tuple[str, Any]]:
        """What was chosen that is no layer of the project."""
        of_layers = {
            (_FILES, (_file_of(layer),))
            for layer in QgsProject.instance().mapLayers().values()
            if isinstance(layer, QgsRasterLayer)
        }
        items = [(self.layer.itemText(i), self.layer.itemData(i)) for i in range(self.layer.count())]
        chosen = self.layer.currentData()
        return [one for one in items if one[1] == chosen and one[1] is not None and one[1] not in of_layers]

    def _find(self, value: Any) -> int:
        return next((i for i in range(self.layer.count()) if self.layer.itemData(i) == value), -1)

    def _ask_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, tr("Folder of photos"), QgsProject.instance().homePath())
        if folder:
            self.choose(_FOLDER, (folder,))

    def _ask_files(self) -> None:
        title, kinds = tr("Orthomosaics or photos"), tr("Images (*)")
        files, _ = QFileDialog.getOpenFileNames(self, title, QgsProject.instance().homePath(), kinds)
        if files:
            self.choose(_FILES, tuple(files))


class LayerQuestion(QWidget):
    """Which layer of polygons or lines, in the project or in a file. Layers of surveys are not offered.

    wanted: words that the name of the usual layer has, such as `transect`; that layer is chosen first. empty: what no
    layer means.
    """

    def __init__(
        self, name: str, wanted: tuple[str, ...], lines: bool = False, empty: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.layer, self.browse = QgsMapLayerComboBox(), QToolButton()
        self.layer.setObjectName(f"herdmap_{name}")
        narrow(self.layer)
        self.layer.setFilters(_BOTH if lines else _POLYGONS)
        self.layer.setAllowEmptyLayer(True, empty) if empty else self.layer.setAllowEmptyLayer(True)
        self.browse.setText("…")
        self.browse.setToolTip(tr("Open a file"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.layer, 1)
        row.addWidget(self.browse)
        self._wanted = wanted
        self.browse.clicked.connect(lambda *_: self._ask())
        self.offer()

    def offer(self) -> None:
        """Leave out layers of surveys, and choose the usual one where none is chosen."""
        self.layer.setExceptedLayerList(layers.of_a_survey(QgsProject.instance()))
        if self.layer.currentLayer() is None:
            offered = [self.layer.layer(i) for i in range(self.layer.count())]
            named = [one for one in offered if one and any(word in one.name().casefold() for word in self._wanted)]
            if named:
                self.layer.setLayer(named[0])

    def chosen(self) -> QgsMapLayer | None:
        """The layer; None if none is chosen."""
        return self.layer.currentLayer()

    def open(self, path: str) -> bool:
        """Open a file as a layer of the project and choose it. Returns whether it is a layer of the right kind."""
        layer = QgsVectorLayer(path, Path(path).stem, "ogr")
        if not layer.isValid():
            return False
        if layer.geometryType() == QgsWkbTypes.GeometryType.PolygonGeometry:  # a fill would hide the imagery
            outline = {"style": "no", "outline_color": "#ffffff", "outline_width": "0.6"}
            layer.setRenderer(QgsSingleSymbolRenderer(QgsFillSymbol.createSimple(outline)))
        QgsProject.instance().addMapLayer(layer)
        self.layer.setLayer(layer)
        return self.layer.currentLayer() is layer

    def _ask(self) -> None:
        kinds = tr("Layers (*.gpkg *.shp *.geojson *.kml);;All files (*)")
        path, _ = QFileDialog.getOpenFileName(self, tr("Open a layer"), QgsProject.instance().homePath(), kinds)
        if path:
            self.open(path)


def narrow(combo: QComboBox) -> None:
    """A long name must not make the panel wider than its place."""
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    combo.setMinimumContentsLength(8)
    combo.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)


def _file_of(layer: QgsRasterLayer) -> str:
    """The file of a raster layer that the detector can read; empty if it cannot."""
    try:
        path = imagery.file_of(layer)
    except imagery.ImageryError:
        return ""
    return "" if path.lower().endswith(".vrt") and ".herdmap" in path else path
