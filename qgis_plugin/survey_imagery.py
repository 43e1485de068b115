"""The imagery in a survey's group: that of the QGIS project inside its GeoPackage, also after a run wrote another one.

A project shows some photos of many, those with the most animals, so a run that finds animals chooses others.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path

from qgis.core import (
    QgsDataProvider,
    QgsLayerDefinition,
    QgsLayerTreeGroup,
    QgsLayerTreeLayer,
    QgsProject,
    QgsProviderRegistry,
    QgsRasterLayer,
    QgsReadWriteContext,
)
from qgis.PyQt.QtXml import QDomDocument

from . import survey_words
from .survey_file import SurveyError, stamp
from .translation import tr

_STORED = "herdmap/project"  # a property of the group: which project the GeoPackage had when its imagery was taken
_KNOWN = "herdmap/imagery"  # the imagery that was taken into the group, by then or before
_LAID = "herdmap/laid"  # a property of a raster: its file as it was when the raster was laid on the map
_OURS = ".herdmap"  # how the folder ends in which Herdmap keeps the VRTs of photos


def stored_project(path: Path) -> QgsProject:
    """The project inside the GeoPackage; an empty one if it has none."""
    stored = QgsProject()
    if _mark(path) and not stored.read(f"geopackage:{path}?projectName=herdmap"):
        stored.clear()
    return stored


def note(group: QgsLayerTreeGroup, path: Path, stored: QgsProject) -> None:
    """Note in a survey's group that the imagery of this project was taken into it."""
    files = set(_shown(stored.layerTreeRoot()))
    _note(group, path, files)
    for file, node in _shown(group).items():
        if file in files:
            node.layer().setCustomProperty(_LAID, str(stamp(file)))


def follow(group: QgsLayerTreeGroup, path: Path, project: QgsProject) -> None:
    """Show the imagery that the GeoPackage's own project shows by now, in the place of what it showed before.

    Layers that a person added stay, and what a person took out or switched off stays so. What stays is where the survey
    has it by now. Raises SurveyError.
    """
    _follow_project(group, path, project)
    there = _shown(group)
    for file in _known(group, path, there) & set(there):
        _lay(there[file].layer(), file)


def _lay(layer: QgsRasterLayer, file: str) -> None:
    """Lay a raster on the map again if its file changed: a photo whose position is another one now is a new VRT.

    To reload a layer is not enough, as it keeps its old extent and draws nothing beyond.
    """
    written = str(stamp(file))
    if Path(file).exists() and layer.customProperty(_LAID) != written:
        layer.setDataSource(layer.source(), layer.name(), layer.providerType(), QgsDataProvider.ProviderOptions())
        layer.setCustomProperty(_LAID, written)
        layer.triggerRepaint()


def _follow_project(group: QgsLayerTreeGroup, path: Path, project: QgsProject) -> None:
    if _mark(path) in ("", group.customProperty(_STORED)):
        return
    stored = stored_project(path)
    wanted, there = _shown(stored.layerTreeRoot()), _shown(group)
    known = _known(group, path, there)
    ours = {file: node for file, node in there.items() if file in known}
    if ours or not known:  # else a person took all of it out
        elsewhere = {_file_of(layer) for layer in project.mapLayers().values() if isinstance(layer, QgsRasterLayer)}
        new = [file for file in wanted if file not in known | elsewhere]
        target = next(iter(ours.values())).parent() if ours else _new_group(group, stored)
        _insert(_copies([wanted[file] for file in new], project), new, list(wanted), target)
        if ours and not any(node.itemVisibilityChecked() for node in ours.values()):
            for node in (node for file, node in _shown(group).items() if file in new):
                node.setItemVisibilityChecked(False)
        project.removeMapLayers([node.layerId() for file, node in ours.items() if file not in wanted])
    _note(group, path, set(wanted) | (known - set(ours)))


def drop_doubled(group: QgsLayerTreeGroup, project: QgsProject) -> None:
    """Take imagery out of the group that the project shows already: a person opened it before they searched it."""
    ours = {node.layerId(): file for file, node in _shown(group).items()}
    others = [layer for key, layer in project.mapLayers().items() if key not in ours]
    shown = {_file_of(layer) for layer in others if isinstance(layer, QgsRasterLayer)}
    project.removeMapLayers([key for key, file in ours.items() if file in shown])


def copy_nodes(nodes: list, target: QgsLayerTreeGroup, project: QgsProject) -> None:
    """Copy layers and groups of another project into a group, as they are drawn, grouped and shown.

    As a layer definition, read like a project: cloning a layer without CRS makes QGIS complain of it. Raises
    SurveyError.
    """
    document, context = QDomDocument("qgis-layer-definition"), QgsReadWriteContext()
    done, error = QgsLayerDefinition.exportLayerDefinition(document, nodes, context)
    if done:
        done, error = QgsLayerDefinition.loadLayerDefinition(document, project, target, context)
    if not done:
        raise SurveyError(tr("The layers cannot be copied: {}").format(error))


def _copies(nodes: list[QgsLayerTreeLayer], project: QgsProject) -> list[QgsLayerTreeLayer]:
    """Nodes, for another group, of copies of these layers, which the project has by then."""
    apart = QgsLayerTreeGroup()
    if nodes:
        copy_nodes(nodes, apart, project)
    return [node.clone() for node in apart.children()]


def _insert(nodes: list[QgsLayerTreeLayer], files: list[str], order: list[str], target: QgsLayerTreeGroup) -> None:
    """Put the nodes of these files into a group, each after the one that it follows in `order`."""
    place, new = 0, dict(zip(files, nodes))
    for file in order:
        if file in new:
            target.insertChildNode(place, new[file])
            place += 1
        else:
            at = [_file_of_node(node) for node in target.children()]
            place = at.index(file) + 1 if file in at else place


def _new_group(group: QgsLayerTreeGroup, stored: QgsProject) -> QgsLayerTreeGroup:
    """A group for the imagery, as the stored project has it, below all that the survey's group has."""
    theirs = next((node for node in stored.layerTreeRoot().findGroups() if _shown(node)), None)
    made = group.addGroup(theirs.name() if theirs is not None else "Imagery")
    made.setExpanded(theirs is None or theirs.isExpanded())
    survey_words.translate_group(group)
    return made


def _shown(group: QgsLayerTreeGroup) -> dict[str, QgsLayerTreeLayer]:
    """The rasters of a group by their files, from the top down."""
    return {file: node for node in group.findLayers() if (file := _file_of_node(node))}


def _file_of_node(node: object) -> str:
    layer = node.layer() if isinstance(node, QgsLayerTreeLayer) else None
    return _file_of(layer) if isinstance(layer, QgsRasterLayer) else ""


def _file_of(layer: QgsRasterLayer) -> str:
    file = str(QgsProviderRegistry.instance().decodeUri(layer.providerType(), layer.source()).get("path") or "")
    return os.path.realpath(file) if file else ""


def _known(group: QgsLayerTreeGroup, path: Path, there: dict[str, QgsLayerTreeLayer]) -> set[str]:
    """The imagery that was taken into the group. A version that noted none took the VRTs of photos, at least."""
    try:
        noted = json.loads(group.customProperty(_KNOWN) or "null")
        if isinstance(noted, list):
            return {os.path.realpath(path.parent / file) for file in noted}
    except (TypeError, ValueError, RecursionError):
        pass  # a project may come from anybody
    return {file for file in there if any(folder.name.endswith(_OURS) for folder in Path(file).parents)}


def _note(group: QgsLayerTreeGroup, path: Path, files: set[str]) -> None:
    """Files are noted as seen from the survey, so that both may be moved."""
    folder = os.path.realpath(path.parent)
    group.setCustomProperty(_STORED, _mark(path))
    group.setCustomProperty(_KNOWN, json.dumps(sorted(_from(folder, file) for file in files)))


def _from(folder: str, file: str) -> str:
    try:
        return os.path.relpath(file, folder)
    except ValueError:  # on another drive of Windows
        return file


def _mark(path: Path) -> str:
    """What changes when the project inside the GeoPackage is written with another content; empty if it has none."""
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
            found = db.execute("SELECT content FROM qgis_projects WHERE name = 'herdmap'").fetchone()
    except (sqlite3.Error, ValueError):
        return ""
    content = found[0] if found else ""
    return hashlib.sha256(content if isinstance(content, bytes) else str(content).encode()).hexdigest() if found else ""
