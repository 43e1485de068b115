"""A survey's layers in a project: as they open without the plugin."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from qgis.core import (
    QgsExpression,
    QgsExpressionContext,
    QgsExpressionContextUtils,
    QgsProject,
    QgsRenderContext,
    QgsRuleBasedRenderer,
    QgsVectorLayer,
)

from qgis_plugin import layers
from qgis_plugin.score_filter import ScoreFilter
from qgis_plugin.survey_file import SurveyError
from tests.plugin.reviewing import copy_of, rows


@pytest.fixture
def project(qgis_new_project):
    yield qgis_new_project
    qgis_new_project.clear()


def style(layer):
    """What a layer draws and says, as QGIS would write it."""
    if not isinstance(layer, QgsVectorLayer):
        return layer.renderer().type()
    renderer = layer.renderer()
    shown = renderer.rootRule().dump() if hasattr(renderer, "rootRule") else None
    return type(renderer).__name__, shown, layer.labelsEnabled(), layer.mapTipTemplate(), layer.crs().authid()


def test_it_opens_as_without_the_plugin(project, copied):
    plain = QgsProject()
    assert plain.read(f"geopackage:{copied}?projectName=herdmap")
    found = layers.open_survey(copied, project)
    expected = [node.layer() for node in plain.layerTreeRoot().findLayers()]
    assert [layer.name() for layer in found] == [layer.name() for layer in expected]
    assert [style(layer) for layer in found] == [style(layer) for layer in expected]
    assert all(layer.isValid() for layer in found)
    group = project.layerTreeRoot().children()[0]
    assert group.name() == copied.stem
    assert [child.name() for child in group.children()] == [child.name() for child in plain.layerTreeRoot().children()]
    assert project.crs() == plain.crs()
    detections = layers.SurveyLayers(copied, project).detections
    assert isinstance(detections.renderer(), QgsRuleBasedRenderer)
    context = QgsExpressionContext()
    context.setFeature(next(detections.getFeatures()))
    tip = QgsExpression.replaceExpressionText(detections.mapTipTemplate(), context)
    assert '<img src="data:image/jpeg;base64,/9j/' in tip


def test_the_regions_carry_their_counts(project, copied):
    layers.open_survey(copied, project)
    counts = layers.SurveyLayers(copied, project).counts
    label = QgsExpression(counts.labeling().settings().fieldName)
    context = QgsExpressionContext()
    context.appendScope(counts.createExpressionContextScope())
    said = set()
    for feature in counts.getFeatures():
        context.setFeature(feature)
        said.add(label.evaluate(context))
    expected = rows(copied, "SELECT region, sum(count) FROM counts WHERE geom IS NOT NULL GROUP BY region")
    assert {f"{region}: {count}" for region, count in expected} <= said


def test_two_surveys_side_by_side(project, survey, tmp_path):
    first = layers.open_survey(copy_of(survey, tmp_path / "a"), project)
    second = layers.open_survey(copy_of(survey, tmp_path / "b"), project)
    assert len(project.mapLayers()) == len(first) + len(second)
    assert {layer.source().split("|")[0].rsplit("/", 2)[1] for layer in second} == {"b"}
    assert layers.surveys(project) == [tmp_path / "b" / survey.name, tmp_path / "a" / survey.name]
    again = layers.open_survey(tmp_path / "a" / survey.name, project)
    assert [layer.id() for layer in again] == [layer.id() for layer in first]


@pytest.mark.parametrize("original_stays", [True, False])
def test_a_renamed_survey_shows_itself(project, copied, original_stays):
    renamed = copied.with_name("renamed ü 'x'.gpkg")
    (shutil.copyfile if original_stays else shutil.move)(copied, renamed)
    found = layers.open_survey(renamed, project)
    assert all(layer.isValid() for layer in found)
    places = [place for layer in found if (place := layers.table_of(layer))]
    assert {path for path, _ in places} == {renamed}
    detections = layers.SurveyLayers(renamed, project).detections
    assert isinstance(detections.renderer(), QgsRuleBasedRenderer)


def test_a_project_that_was_copied_with_its_survey_leads_to_the_copy(project: QgsProject, copied: Path) -> None:
    first = layers.open_survey(copied, project)
    assert project.write(str(copied.with_name("mine.qgz")))
    folder = Path(shutil.copytree(copied.parent, copied.parent.with_name("copy of the folder")))
    assert project.read(str(folder / "mine.qgz"))
    assert layers.surveys(project) == [folder / copied.name]
    found = layers.open_survey(folder / copied.name, project)
    assert len(found) == len(project.mapLayers()) == len(first)
    assert layers.group_of(copied, project) is None  # it is not in the project any more


def test_without_a_project_inside_the_tables_are_shown_in_their_styles(project, copied):
    with closing(sqlite3.connect(copied)) as db, db:
        db.execute("DELETE FROM qgis_projects")
    found = layers.open_survey(copied, project)
    assert [layer.name() for layer in found] == ["Detections", "Counts", "Images", "Runs"]
    assert isinstance(found[0].renderer(), QgsRuleBasedRenderer)
    assert project.crs() == found[0].crs()


def test_photos_without_position(project, without_position):
    """Their contact sheet has no CRS, and an empty project takes that."""
    found = layers.open_survey(without_position, project)
    assert all(layer.isValid() for layer in found)
    assert not project.crs().isValid()
    assert [layer.name() for layer in found if not isinstance(layer, QgsVectorLayer)] == ["photos"]


def drawn(layer):
    """The fids of the features that leave a mark on a map of the layer alone, and of those with a label."""
    context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
    context.setFields(layer.fields())
    render = QgsRenderContext()
    render.setExpressionContext(context)
    renderer, label = layer.renderer().clone(), QgsExpression(layer.labeling().settings().fieldName)
    renderer.startRender(render, layer.fields())
    marked, labelled = set(), set()
    for feature in layer.getFeatures():
        render.expressionContext().setFeature(feature)
        if renderer.willRenderFeature(feature, render):
            marked.add(feature.id())
        if label.evaluate(render.expressionContext()):
            labelled.add(feature.id())
    renderer.stopRender(render)
    return marked, labelled


def test_the_score_filter_of_the_layer_tree(project, copied):
    with closing(sqlite3.connect(copied)) as db, db:  # as one that a person drew, which has none
        for name in ("ST_IsEmpty", "ST_MinX", "ST_MinY", "ST_MaxX", "ST_MaxY"):
            db.create_function(name, 1, lambda blob: 0)
        db.execute("UPDATE detections SET score = NULL WHERE fid = 1")
    layers.open_survey(copied, project)
    detections = layers.SurveyLayers(copied, project).detections
    assert detections.customProperty("embeddedWidgets/0/id") == ScoreFilter().id()
    assert ScoreFilter().supportsLayer(detections)
    everything = {fid for (fid,) in rows(copied, "SELECT fid FROM detections")}
    assert drawn(detections) == (everything, everything)
    widget = ScoreFilter().createWidget(detections, 0)
    assert widget.score.value() == 0
    widget.score.setValue(0.6)
    high = {fid for (fid,) in rows(copied, "SELECT fid FROM detections WHERE score >= 0.6 OR score IS NULL")}
    assert drawn(detections) == (high, high)
    assert 1 < len(high) < len(everything)
    assert ScoreFilter().createWidget(detections, 0).score.value() == 0.6
    assert sum(1 for _ in detections.getFeatures()) == len(everything)  # nothing that counts or reviews misses any
    assert copied.read_bytes()[18] == 1  # and the file is not opened for writing
    widget.score.setValue(0)
    assert drawn(detections) == (everything, everything)


def test_what_is_no_survey_changes_nothing(project, copied):
    for name in ("regions.gpkg", "orthomosaic.tif", "nothing.gpkg"):
        with pytest.raises(SurveyError, match=name):
            layers.open_survey(Path(copied).with_name(name), project)
    assert project.mapLayers() == {}
    assert project.layerTreeRoot().children() == []
