"""The photos under the boxes are those that the survey's own project shows, and what a person did to them stays."""

import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from qgis.core import QgsLayerTreeGroup, QgsProject, QgsRasterLayer

from qgis_plugin import layers, survey_imagery
from tests.plugin.reviewing import change


@pytest.fixture
def project(qgis_new_project: QgsProject):
    yield qgis_new_project
    qgis_new_project.clear()


def stored(path: Path) -> str:
    return f"geopackage:{path}?projectName=herdmap"


def imagery(root: QgsLayerTreeGroup) -> QgsLayerTreeGroup:
    return next(group for group in root.findGroups(True) if group.name().startswith("Imagery"))


def write(path: Path, *names: str) -> None:
    """Write the project in the survey so that it shows these photos, as a run does."""
    theirs = QgsProject()
    assert theirs.read(stored(path))
    group = imagery(theirs.layerTreeRoot())
    theirs.removeMapLayers([node.layerId() for node in group.findLayers()])
    vrts = sorted((path.parent / f"{path.stem}.herdmap" / "photos").glob("*.vrt"))
    for name in names:
        vrt = vrts[0].with_name(f"{name}.vrt")
        if not vrt.exists():
            shutil.copyfile(vrts[0], vrt)
        layer = theirs.addMapLayer(QgsRasterLayer(str(vrt), name), False)
        assert layer.isValid()
        group.addLayer(layer)
    assert theirs.write(stored(path))


def shown(project: QgsProject) -> list[str]:
    """The photos in the survey's group, from the top down."""
    nodes = imagery(project.layerTreeRoot()).findLayers()
    assert all(node.layer().isValid() for node in nodes)
    return [node.layer().name() for node in nodes]


@pytest.fixture
def path(posed: Path, project: QgsProject) -> Path:
    """A survey that shows the photos a, b and c, open in QGIS."""
    write(posed, "a", "b", "c")
    layers.open_survey(posed, project)
    assert shown(project) == ["a", "b", "c"]
    return posed


@pytest.mark.parametrize("by_dock", [True, False])
def test_other_photos_come_in_their_order_and_the_old_ones_go(path: Path, project: QgsProject, by_dock: bool) -> None:
    kept = project.mapLayersByName("b")[0].id()
    tables = [layer.id() for layer in layers.of_a_survey(project)]
    write(path, "d", "b", "e")
    if by_dock:
        layers.SurveyLayers(path, project).reload()
    else:  # as a run of the panel ends
        layers.open_survey(path, project)
    assert shown(project) == ["d", "b", "e"]
    assert project.mapLayersByName("b")[0].id() == kept
    assert [layer.id() for layer in layers.of_a_survey(project)] == tables
    assert len(project.mapLayers()) == len(tables) + 3


def test_what_a_person_did_to_the_layers_stays(path: Path, project: QgsProject) -> None:
    group = imagery(project.layerTreeRoot())
    own = project.addMapLayer(QgsRasterLayer(str(path.parent / f"{path.stem}.herdmap/photos/a.vrt"), "mine"), False)
    own.setDataSource(str(next((path.parent / "photos").glob("*.jpg"))), "mine", "gdal")
    group.insertLayer(1, own)
    project.removeMapLayer(project.mapLayersByName("b")[0].id())
    group.setItemVisibilityChecked(False)
    layers.group_of(path, project).setName("renamed")
    write(path, "d", "c", "b")
    layers.SurveyLayers(path, project).reload()
    assert shown(project) == ["d", "mine", "c"]
    assert not group.itemVisibilityChecked()
    write(path, "e")  # what was taken out is remembered while another photo is shown
    layers.SurveyLayers(path, project).reload()
    write(path, "b", "e")
    layers.SurveyLayers(path, project).reload()
    assert sorted(shown(project)) == ["e", "mine"]
    assert layers.group_of(path, project).name() == "renamed"


def test_photos_that_were_switched_off_one_by_one_come_back_switched_off(path: Path, project: QgsProject) -> None:
    for node in imagery(project.layerTreeRoot()).findLayers():
        node.setItemVisibilityChecked(False)
    write(path, "d", "e")
    layers.SurveyLayers(path, project).reload()
    nodes = imagery(project.layerTreeRoot()).findLayers()
    assert [(node.layer().name(), node.itemVisibilityChecked()) for node in nodes] == [("d", False), ("e", False)]


def test_who_took_all_photos_out_wants_none(path: Path, project: QgsProject) -> None:
    group = imagery(project.layerTreeRoot())
    project.removeMapLayers([node.layerId() for node in group.findLayers()])
    group.parent().removeChildNode(group)
    write(path, "d", "e")
    layers.SurveyLayers(path, project).reload()
    assert not [layer for layer in project.mapLayers().values() if isinstance(layer, QgsRasterLayer)]


def test_imagery_that_comes_later_gets_its_group(posed: Path, project: QgsProject) -> None:
    write(posed)
    layers.open_survey(posed, project)
    group = imagery(project.layerTreeRoot())
    group.parent().removeChildNode(group)
    write(posed, "a", "b")
    layers.SurveyLayers(posed, project).reload()
    assert shown(project) == ["a", "b"]
    assert imagery(project.layerTreeRoot()).parent() is layers.group_of(posed, project)


def test_a_project_that_was_saved_and_moved_with_its_survey_follows_it(path: Path, project: QgsProject) -> None:
    assert project.write(str(path.with_name("mine.qgz")))
    folder = Path(shutil.copytree(path.parent, path.parent.with_name("copy of the folder")))
    assert project.read(str(folder / "mine.qgz"))
    write(folder / path.name, "c", "d")
    layers.open_survey(folder / path.name, project)
    assert shown(project) == ["c", "d"]
    assert all(str(folder) in node.layer().source() for node in imagery(project.layerTreeRoot()).findLayers())


@pytest.mark.parametrize("known", [None, "{", "[1]", '["\\u0000"]', "[" * 100_000])
def test_a_group_of_an_older_version_follows_too(path: Path, project: QgsProject, known: str | None) -> None:
    """As does one of a project that somebody spoilt."""
    group = layers.group_of(path, project)
    for name in (survey_imagery._STORED, survey_imagery._KNOWN):
        group.removeCustomProperty(name)
    if known is not None:
        group.setCustomProperty(survey_imagery._KNOWN, known)
    write(path, "d", "b")
    layers.open_survey(path, project)
    assert shown(project) == ["d", "b"]


def test_a_survey_without_a_project_loses_no_photo(path: Path, project: QgsProject) -> None:
    change(path, "DELETE FROM qgis_projects")
    layers.SurveyLayers(path, project).reload()
    assert shown(project) == ["a", "b", "c"]


def test_a_photo_that_was_placed_anew_is_where_it_belongs(path: Path, project: QgsProject) -> None:
    """The project of the survey is as before: its photo has another position, as `georeference` writes it."""
    moved, stays = (project.mapLayersByName(name)[0] for name in "ab")
    moved.setOpacity(0.3)
    before, unmoved = moved.extent(), stays.extent()
    vrt = path.parent / f"{path.stem}.herdmap" / "photos" / "a.vrt"
    numbers = ET.parse(vrt)
    place = numbers.find("GeoTransform")
    west, *others = (float(number) for number in place.text.split(","))
    place.text = ", ".join(map(repr, (west + 50, *others)))
    numbers.write(vrt.with_suffix(".part"))
    vrt.with_suffix(".part").replace(vrt)
    layers.SurveyLayers(path, project).reload()
    assert moved.extent().xMinimum() == pytest.approx(before.xMinimum() + 50)
    assert moved.extent().width() == pytest.approx(before.width())
    assert (moved.isValid(), moved.opacity(), moved.name()) == (True, 0.3, "a")
    assert stays.extent() == unmoved
