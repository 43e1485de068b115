"""A survey's layers in a project: those of the QGIS project inside its GeoPackage, as they open without the plugin.

They are in a group named after the survey, so that several surveys can be open.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsLayerTreeGroup,
    QgsMapLayer,
    QgsProject,
    QgsProviderRegistry,
    QgsVectorLayer,
)

from . import class_colours, score_filter, survey_imagery, survey_words
from .survey_file import SurveyFile

_TITLES = {  # of the tables, the top one first; what else the file has is not a survey's
    "detections": "Detections",
    "counts": "Counts",
    "transects": "Transects",
    "strata": "Estimates",
    "images": "Images",
    "runs": "Runs",
}
BOXES = ("detections", "tile_labels")
"""The tables whose polygons are what a detector found."""
_KNOWN = "herdmap/tables"  # another one: the tables that the file had when they were looked at last
_SURVEY = "herdmap/survey"  # the property of a group: the GeoPackage whose layers it holds


def open_survey(path: str | Path, project: QgsProject) -> list[QgsMapLayer]:
    """Add the layers of the survey at `path` to `project`, and return them, the top one first.

    If the survey's group exists already, its layers are reloaded and returned. A project without layers gets the
    survey's CRS and view. Raises SurveyError if `path` is not a survey.
    """
    path = Path(path).absolute()
    SurveyFile(path)  # raises SurveyError if it is not a survey
    there = group_of(path, project)
    if there is not None:
        _follow_file(there, path, project)
        for layer in (layers := _layers_in(there)):
            layer.reload()
            layer.triggerRepaint()
        return layers
    stored = survey_imagery.stored_project(path)
    for layer in stored.mapLayers().values():
        _offer_filter(layer)
    if not project.mapLayers():
        _take_view(project, stored, path)
    group = project.layerTreeRoot().insertGroup(0, path.stem)
    group.setCustomProperty(_SURVEY, str(path))
    if stored.mapLayers():
        survey_imagery.copy_nodes(stored.layerTreeRoot().children(), group, project)
        _follow_rename(_layers_in(group), path)
    else:
        _add_tables(group, path, project)
    group.setCustomProperty(_KNOWN, sorted(_tables(path)))
    survey_imagery.note(group, path, stored)
    survey_imagery.drop_doubled(group, project)
    survey_words.translate_group(group)
    for layer in (layers := _layers_in(group)):
        if table_of(layer) is not None:
            survey_words.translate_layer(layer)
    return layers


def group_of(path: str | Path, project: QgsProject) -> QgsLayerTreeGroup | None:
    """The group that holds the layers of this survey, if it is open.

    Where the group has layers of a survey, they say of which: a project that was copied together with its survey leads
    to the copy, but what was noted of the group still names the first one.
    """
    for group in project.layerTreeRoot().findGroups(True):
        noted = group.customProperty(_SURVEY)
        held = next((place[0] for layer in _layers_in(group) if (place := table_of(layer)) is not None), None)
        if noted and (held or Path(noted)) == Path(path).absolute():
            return group
    return None


def surveys(project: QgsProject) -> list[Path]:
    """The GeoPackages whose detections are in the project, however they got there, in the order of the layer tree."""
    found: dict[Path, None] = {}
    for node in project.layerTreeRoot().findLayers():
        place = table_of(node.layer())
        if place is not None and place[1] == "detections":
            found[place[0]] = None
    return list(found)


def table_of(layer: Any) -> tuple[Path, str] | None:
    """(GeoPackage, table) of a layer of a survey; None for other layers."""
    if not isinstance(layer, QgsVectorLayer) or layer.providerType() != "ogr":
        return None
    parts = QgsProviderRegistry.instance().decodeUri("ogr", layer.source())
    path, name = str(parts.get("path") or ""), str(parts.get("layerName") or "")
    if not path.lower().endswith(".gpkg") or name not in _TITLES:
        return None
    return Path(path).absolute(), name


def of_a_survey(project: QgsProject) -> list[QgsMapLayer]:
    """The layers of surveys. A layer `transects` in a file without detections is the user's own."""
    found: dict[Path, bool] = {}
    ours = []
    for layer in project.mapLayers().values():
        place = table_of(layer)
        if place is not None:
            path = place[0]
            if path not in found:
                found[path] = "detections" in _tables(path)
            if found[path]:
                ours.append(layer)
    return ours


class SurveyLayers:
    """The layers of one survey in a project. They are looked up once, and again after `forget`.

    Call `forget` when layers were added to the project or removed: a deleted layer must not be used.
    """

    def __init__(self, path: str | Path, project: QgsProject) -> None:
        self.path = Path(path).absolute()
        self.project = project
        self._found: dict[str, list[QgsVectorLayer]] | None = None

    @property
    def detections(self) -> QgsVectorLayer | None:
        """A layer of the survey's detections, if there is one in the project."""
        return self._first("detections")

    @property
    def images(self) -> QgsVectorLayer | None:
        """A layer of the survey's images, if there is one in the project."""
        return self._first("images")

    @property
    def counts(self) -> QgsVectorLayer | None:
        """A layer of the survey's counts per region, if there is one in the project."""
        return self._first("counts")

    def open(self) -> None:
        """Add the layers where the detections are missing. Raises SurveyError."""
        if self.detections is None:
            open_survey(self.path, self.project)
            self.forget()

    def repaint(self) -> None:
        """Redraw the layers that a review changes."""
        for table in ("detections", "counts", "images"):
            for layer in self._layers().get(table, ()):
                layer.triggerRepaint()

    def show_class(self, name: str) -> None:
        """Give a class that may be new its colour in the layers of detections."""
        for layer in self._layers().get("detections", ()):
            class_colours.show_class(layer, name)

    def reload(self) -> None:
        """Read the file again, because another one took its place: QGIS still reads the old one. Its CRS may differ.

        A layer that a command made since then, such as the counts, is added, and the photos are those that the
        survey's own project shows by now. Raises SurveyError.
        """
        group = group_of(self.path, self.project)
        if group is not None and _follow_file(group, self.path, self.project):
            self.forget()
        for layers in self._layers().values():
            for layer in layers:
                layer.reload()
                if layer.isSpatial() and layer.dataProvider().crs() != layer.crs():
                    layer.setCrs(layer.dataProvider().crs())
                layer.triggerRepaint()

    def forget(self) -> None:
        """Look the layers up again when they are needed next."""
        self._found = None

    def _first(self, table: str) -> QgsVectorLayer | None:
        return next(iter(self._layers().get(table, ())), None)

    def _layers(self) -> dict[str, list[QgsVectorLayer]]:
        """The layers of each table."""
        if self._found is None:
            self._found = {}
            for layer in self.project.mapLayers().values():
                place = table_of(layer)
                if place is not None and place[0] == self.path:
                    self._found.setdefault(place[1], []).append(layer)
        return self._found


def _tables(path: Path) -> set[str]:
    """The tables of a survey that are layers, as they are now."""
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
            found = {str(name) for (name,) in db.execute("SELECT table_name FROM gpkg_contents")}
    except (sqlite3.Error, ValueError):
        return set()
    return found & set(_TITLES)


def _follow_file(group: QgsLayerTreeGroup, path: Path, project: QgsProject) -> bool:
    """Show what a command changed of a survey's layers and imagery. Returns whether it has tables that are new."""
    new = _add_new(group, path, project)
    survey_imagery.follow(group, path, project)
    return new


def _add_new(group: QgsLayerTreeGroup, path: Path, project: QgsProject) -> bool:
    """Add the layers of tables that a command made since the survey was opened. Returns whether there were any.

    A layer that a person took out of the group stays out.
    """
    there = {place[1]: layer for layer in _layers_in(group) if (place := table_of(layer)) is not None}
    known = set(group.customProperty(_KNOWN) or there)
    tables = _tables(path)
    new = [table for table in _TITLES if table in tables and table not in known and table not in there]
    for table in new:
        layer = QgsVectorLayer(f"{path}|layername={table}", _TITLES[table], "ogr")
        if layer.isValid():
            survey_words.translate_layer(layer)
            above = [name for name in list(_TITLES)[: list(_TITLES).index(table)] if name in there]
            names = [node.layerId() if hasattr(node, "layerId") else "" for node in group.children()]
            after = names.index(there[above[-1]].id()) + 1 if above and there[above[-1]].id() in names else 0
            group.insertLayer(after, project.addMapLayer(layer, False))
            there[table] = layer
    if new:
        group.setCustomProperty(_KNOWN, sorted(known | tables))
    return bool(new)


def _take_view(project: QgsProject, stored: QgsProject, path: Path) -> None:
    """Give an empty project the survey's CRS, which may be none, before any layer has to be fitted into another."""
    if stored.mapLayers():
        project.setCrs(stored.crs())
        project.viewSettings().setDefaultViewExtent(stored.viewSettings().defaultViewExtent())
    else:
        project.setCrs(QgsVectorLayer(f"{path}|layername=detections", "", "ogr").crs())


def _follow_rename(layers: list[QgsMapLayer], path: Path) -> None:
    """Point the layers at the file they came out of: its project has the name that it was written under."""
    ours = {layer: place for layer in layers if (place := table_of(layer)) is not None}
    files = {file for file, _ in ours.values()}
    if len(files) == 1 and files != {path}:
        for layer, (_, table) in ours.items():
            styled = layer.isValid()
            layer.setDataSource(f"{path}|layername={table}", layer.name(), "ogr")
            if not styled:  # an invalid layer has no geometry that a style could be of
                layer.loadDefaultStyle()


def _add_tables(group: QgsLayerTreeGroup, path: Path, project: QgsProject) -> None:
    """The tables of a file without a project of its own, each with its default style."""
    for table, title in _TITLES.items():
        layer = QgsVectorLayer(f"{path}|layername={table}", title, "ogr")
        if layer.isValid():
            _offer_filter(layer)
            group.addLayer(project.addMapLayer(layer, False))


def _offer_filter(layer: QgsMapLayer) -> None:
    """Before the layer is in a tree, which asks only once what to show under it."""
    place = table_of(layer)
    if place is not None and place[1] == "detections":
        score_filter.offer(layer)


def _layers_in(group: QgsLayerTreeGroup) -> list[QgsMapLayer]:
    return [node.layer() for node in group.findLayers() if node.layer() is not None]
