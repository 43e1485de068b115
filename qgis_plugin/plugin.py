"""What QGIS loads: the Processing provider, and where there is a window the toolbar and the menu."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable

from qgis.core import QgsApplication, QgsProject
from qgis.PyQt import sip
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QAction, QFileDialog

from . import layers, score_filter, translation
from .algorithms import imagery
from .environment import environment
from .environment.uninstalling import offer_to_remove
from .icons import icon
from .provider import HerdmapProvider
from .survey_file import SurveyError
from .translation import tr


class HerdmapPlugin:
    """The plugin's life in QGIS. Without a window `iface` is None, and only `initProcessing` is called."""

    def __init__(self, iface: Any) -> None:
        self.iface = iface
        self.provider: HerdmapProvider | None = None
        self.actions: dict[str, QAction] = {}
        self._toolbar: Any = None
        self._panel: Any = None
        self._dock: Any = None
        self._search: Any = None
        self._score_filter: Any = None
        self._settings: Any = None
        self._dialog: Any = None
        self._asked: Any = None  # what the dialog was filled in with

    def initProcessing(self) -> None:  # noqa: N802
        self.provider = HerdmapProvider()
        QgsApplication.processingRegistry().addProvider(self.provider)

    def initGui(self) -> None:  # noqa: N802
        self.initProcessing()
        self._score_filter = score_filter.register()
        self._toolbar = self.iface.addToolBar("Herdmap")
        self._toolbar.setObjectName("Herdmap")
        self._add("panel", tr("Herdmap"), tr("The survey at hand, from the imagery to the report"), self.panel)
        self._add("detect", tr("Detect animals…"), tr("Find animals in imagery and put them on the map"), self.detect)
        self._add(
            "review", tr("Review"), tr("Look at the detections one by one and confirm or reject them"), self.review
        )
        self._add(
            "search", tr("Search images"), tr("Look at the images cell by cell and mark every animal"), self.search
        )
        self._add("count", tr("Count per region…"), tr("Count the animals in each polygon of a layer"), self.count)
        self._add(
            "open", tr("Open survey…"), tr("Open the GeoPackage of a survey with all its layers"), self.open_survey
        )
        self._add("settings", tr("Settings…"), tr("Set up the detector and check that it runs"), self.settings)

    def unload(self) -> None:
        offer_to_remove(self.iface.mainWindow())
        score_filter.unregister()
        for action in self.actions.values():
            self.iface.removePluginMenu("Herdmap", action)
            action.setParent(None)  # else the window keeps it, and it would still run what is unloaded
            action.deleteLater()
        self.actions.clear()
        if self._settings is not None:
            self._settings.abandon()
        for dock in (self._panel, self._dock, self._search):
            if dock is not None:
                dock.put_away()
        for widget in (self._panel, self._dock, self._search, self._settings, self._toolbar):
            if widget is not None:
                widget.setParent(None)
                widget.deleteLater()
        self._panel = self._dock = self._search = self._settings = self._toolbar = None
        if self.provider is not None:
            QgsApplication.processingRegistry().removeProvider(self.provider)
            self.provider = None
        translation.remove()

    def panel(self) -> None:
        """Show the panel with the survey at hand."""
        from .panel.dock import HerdmapPanel

        if self._panel is None:
            self._panel = HerdmapPanel(self.iface, self, self.iface.mainWindow())
            self._show_right(self._panel)
        self._panel.setVisible(True)
        self._panel.raise_()

    def ready(self) -> bool:
        """Whether the detector is set up."""
        try:
            environment.python()
        except environment.EnvironmentMissingError:
            return False
        return True

    def detect(self) -> None:
        """Open the dialog of `herdmap:detect`, filled in with the imagery at hand; first the settings, if needed."""
        if not self.ready():
            self.settings()
            return
        if environment.is_outdated():
            text = tr(
                "The plugin contains another version of the detector than the one installed. Open Herdmap ▸"
                " Settings and press “Set up again”."
            )
            self.iface.messageBar().pushInfo("Herdmap", text)
        try:
            parameters = imagery.at_hand(self._chosen_layers())
        except imagery.ImageryError as error:
            self.iface.messageBar().pushWarning("Herdmap", str(error))
            return
        self.open_algorithm("herdmap:detect", parameters)

    def review(self, path: Path | None = None) -> None:
        """Show the review dock. path: the survey to review; by default the one that is open in it."""
        from .review.dock import ReviewDock

        if self._search is not None:
            self._search.setVisible(False)  # it takes the place of the map, on which the review shows the animals
        if self._dock is None:
            self._dock = ReviewDock(self.iface, self.iface.mainWindow())
            self._show_right(self._dock)
        self._dock.setVisible(True)
        self._dock.raise_()
        if path is not None and (self._dock.queue is None or self._dock.queue.file.path != path):
            self._dock.open(path)

    def search(self, path: Path | None = None, sample: Path | None = None) -> None:
        """Show the search of images, cell by cell. path: the survey; by default the one that is open in it.

        sample: search only the photos of this sample.
        """
        from .search.dock import SearchDock

        if self._search is None:
            self._search = SearchDock(self.iface, self.iface.mainWindow())
            self._search.find_wanted.connect(self._find_more)
            window = self.iface.mainWindow()
            self.iface.addDockWidget(Qt.DockWidgetArea.TopDockWidgetArea, self._search)
            if window.dockWidgetArea(self._search) == Qt.DockWidgetArea.TopDockWidgetArea:
                # A cell is to be seen, not the map below it.
                window.resizeDocks([self._search], [window.height() * 3 // 4], Qt.Orientation.Vertical)
        self._search.setVisible(True)
        self._search.raise_()
        if path is not None:
            self._search.open(path, sample)

    def _find_more(self, path: str) -> None:
        """Show the panel, and propose there more animals like those that people marked."""
        self.panel()
        self._panel.find_more(Path(path))

    def count(self) -> None:
        """Open the dialog of `herdmap:count`, filled in with the survey and the polygons at hand."""
        project = QgsProject.instance()
        chosen = self._chosen_layers()
        surveys = [place[0] for layer in chosen if (place := layers.table_of(layer)) is not None]
        surveys += layers.surveys(project)
        ours = layers.of_a_survey(project)
        others = [layer for layer in (*chosen, *project.mapLayers().values()) if layer not in ours]
        regions = [layer for layer in others if imagery.is_polygons(layer)]
        parameters = {"SURVEY": str(surveys[0])} if surveys else {}
        if regions:
            parameters["REGIONS"] = regions[0].id()
        if self.ready():  # else QGIS alone makes a layer of them
            parameters["INTO_SURVEY"] = True  # so that the review knows the counts too
        self.open_algorithm("herdmap:count", parameters)

    def open_survey(self) -> None:
        """Ask for a survey's GeoPackage and add its layers to the project."""
        title, kinds = tr("Open survey"), tr("Surveys (*.gpkg)")
        path, _ = QFileDialog.getOpenFileName(self.iface.mainWindow(), title, QgsProject.instance().homePath(), kinds)
        if path:
            try:
                layers.open_survey(path, QgsProject.instance())
            except SurveyError as error:
                self.iface.messageBar().pushWarning("Herdmap", str(error))

    def settings(self) -> None:
        """Show the settings: the detector's environment and how it is."""
        from .environment.settings_dialog import SettingsDialog

        if self._settings is None:
            self._settings = SettingsDialog(self.iface.mainWindow())
        else:
            self._settings.refresh()
        self._settings.show()
        self._settings.raise_()

    def _add(self, name: str, text: str, tip: str, run: Callable[[], None]) -> None:
        action = QAction(icon("herdmap" if name == "panel" else name), text, self.iface.mainWindow())
        action.setObjectName(f"herdmap_{name}")
        action.setToolTip(tip)
        action.triggered.connect(lambda checked=False: run())
        self.iface.addPluginToMenu("Herdmap", action)
        self._toolbar.addAction(action)
        self.actions[name] = action

    def _show_right(self, dock: Any) -> None:
        """Show a dock on the right side of the window, as a tab beside our others there."""
        window = self.iface.mainWindow()
        self.iface.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
        there = [one for one in (self._panel, self._dock) if one is not None and one is not dock]
        if there and hasattr(window, "tabifyDockWidget"):
            window.tabifyDockWidget(there[0], dock)

    def open_algorithm(self, algorithm: str, parameters: dict[str, Any]) -> None:
        """Open the dialog of an algorithm, filled in with these values."""
        from qgis import processing

        asked = (algorithm, parameters)
        there = self._dialog is not None and not sip.isdeleted(self._dialog) and self._dialog.isVisible()
        if not there or self._asked != asked:  # a double click opens one dialog
            # Beside QGIS's window, not before it: a run may take hours.
            self._dialog, self._asked = processing.createAlgorithmDialog(algorithm, parameters), asked
        if self._dialog is not None:
            self._dialog.show()
            self._dialog.raise_()

    def show_layout(self, layout: Any) -> None:
        """Show a print layout in QGIS's window for it."""
        self.iface.openLayoutDesigner(layout)

    def _chosen_layers(self) -> list[Any]:
        """The layers that are selected in QGIS's list of layers, or the active one."""
        view = self.iface.layerTreeView()
        chosen = list(view.selectedLayers()) if view is not None else []
        active = self.iface.activeLayer()
        return chosen or ([active] if active is not None else [])
