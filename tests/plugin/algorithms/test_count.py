"""herdmap:count in QGIS alone, held against the command `herdmap count` on the same files."""

import csv
import io
import sqlite3
from contextlib import closing

import pytest
from qgis import processing
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsExpression,
    QgsExpressionContext,
    QgsExpressionContextUtils,
    QgsFeature,
    QgsGeometry,
    QgsProcessingException,
    QgsProject,
    QgsRectangle,
    QgsVectorFileWriter,
    QgsVectorLayer,
    edit,
)

from qgis_plugin import layers
from qgis_plugin.algorithms.region_style import RegionStyle
from qgis_plugin.environment import environment
from qgis_plugin.review.file import ReviewFile
from qgis_plugin.review.queue import ReviewQueue


def rows_of(layer):
    named = [[f[n] for n in ("region", "class", "count", "area_km2", "density_per_km2")] for f in layer.getFeatures()]
    return [[None if str(value) == "NULL" else value for value in row] for row in named]


def command_rows(text):
    rows = list(csv.reader(io.StringIO(text)))[1:]
    return [[region, name, int(n), *(float(v) if v else None for v in rest)] for region, name, n, *rest in rows]


def same(found, expected):
    assert [row[:3] for row in found] == [row[:3] for row in expected]
    for row, wanted in zip(found, expected, strict=True):
        assert row[3:] == [pytest.approx(value, rel=1e-6) if value is not None else None for value in wanted[3:]]


def write_regions(path, shapes, crs="EPSG:32736", names=None):
    layer = QgsVectorLayer(f"MultiPolygon?crs={crs}&field=name:string", "regions", "memory")
    for number, shape in enumerate(shapes):
        feature = QgsFeature(layer.fields())
        feature.setAttributes([(names or {}).get(number, f"R{number}")])
        if shape is not None:
            feature.setGeometry(shape)
        layer.dataProvider().addFeatures([feature])
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName = "GPKG"
    QgsVectorFileWriter.writeAsVectorFormatV3(layer, str(path), QgsProject.instance().transformContext(), options)
    return path


def test_it_counts_what_the_command_counts(provider, copied, herdmap):
    environment.choose_python("/nowhere")  # it needs none
    regions = copied.parent / "regions.gpkg"
    counted = processing.run(
        "herdmap:count", {"SURVEY": str(copied), "REGIONS": str(regions), "OUTPUT": "memory:counts"}
    )
    expected = command_rows(herdmap("count", copied, "--regions", regions))
    same(rows_of(counted["OUTPUT"]), expected)
    assert counted["TOTAL"] == sum(row[2] for row in expected) > 40
    assert len(expected) == 4


@pytest.mark.parametrize("review", ["not-rejected", "confirmed", "all"])
def test_after_a_review_of_each_kind(provider, copied, herdmap, review):
    with closing(sqlite3.connect(copied)) as db, db:
        for name in ("IsEmpty", "MinX", "MaxX", "MinY", "MaxY"):  # of the R-tree's triggers, which no update here fires
            db.create_function(f"ST_{name}", 1, lambda blob: 0)
        db.execute("UPDATE detections SET review = 'rejected' WHERE fid % 3 = 0")
        db.execute("UPDATE detections SET review = 'confirmed', reviewed_class = 'goat' WHERE fid % 5 = 0")
        db.execute("UPDATE detections SET counted = 0 WHERE fid % 7 = 0")
    regions = copied.parent / "regions.gpkg"
    number = ["not-rejected", "confirmed", "all"].index(review)
    parameters = {"SURVEY": str(copied), "REGIONS": str(regions), "REVIEW": number, "OUTPUT": "memory:counts"}
    counted = processing.run("herdmap:count", parameters)
    same(rows_of(counted["OUTPUT"]), command_rows(herdmap("count", copied, "--regions", regions, "--review", review)))


def test_in_several_photos_the_confirmed_sighting_counts(provider, posed, practice, herdmap):
    with closing(sqlite3.connect(posed)) as db, db:
        for name in ("IsEmpty", "MinX", "MaxX", "MinY", "MaxY"):
            db.create_function(f"ST_{name}", 1, lambda blob: 0)
        db.execute("UPDATE detections SET review = 'confirmed' WHERE counted = 0 AND fid % 2 = 0")
        db.execute("UPDATE detections SET review = 'rejected' WHERE counted = 1 AND fid % 3 = 0")
        (again,) = db.execute("SELECT count(*) FROM detections WHERE counted = 0 AND fid % 2 = 0").fetchone()
    assert again
    regions = practice / "regions.gpkg"
    for number, review in enumerate(["not-rejected", "confirmed"]):
        parameters = {"SURVEY": str(posed), "REGIONS": str(regions), "REVIEW": number, "OUTPUT": "memory:counts"}
        counted = processing.run("herdmap:count", parameters)
        same(
            rows_of(counted["OUTPUT"]), command_rows(herdmap("count", posed, "--regions", regions, "--review", review))
        )


@pytest.mark.parametrize("crs", ["EPSG:32736", "EPSG:4326", "EPSG:3857"])
def test_odd_regions_in_any_crs(provider, copied, herdmap, crs):
    """Overlapping, invalid, empty, nameless and twice the same name."""
    survey = QgsVectorLayer(f"{copied}|layername=detections", "detections", "ogr")
    target = QgsCoordinateReferenceSystem(crs)
    extent = survey.extent()
    x0, y0, w, h = extent.xMinimum(), extent.yMinimum(), extent.width(), extent.height()

    def box(left, bottom, right, top):
        return QgsGeometry.fromRect(QgsRectangle(x0 + left * w, y0 + bottom * h, x0 + right * w, y0 + top * h))

    bow_tie = QgsGeometry.fromWkt(
        f"Polygon(({x0} {y0}, {x0 + w} {y0 + h / 2}, {x0 + w} {y0}, {x0} {y0 + h / 2}, {x0} {y0}))"
    )
    shapes = [box(0, 0.4, 0.5, 0.8), box(0.3, 0.5, 0.9, 1), bow_tie, None, box(0, 0.9, 0.2, 1), box(5, 5, 6, 6)]
    from qgis.core import QgsCoordinateTransform

    to_crs = QgsCoordinateTransform(survey.crs(), target, QgsProject.instance())
    for shape in filter(None, shapes):
        assert shape.transform(to_crs) == 0
    names = {0: "North", 1: "North", 2: None, 4: "outside"}
    regions = write_regions(copied.parent / "odd é.gpkg", shapes, crs, names)
    counted = processing.run("herdmap:count", {"SURVEY": str(copied), "REGIONS": str(regions), "OUTPUT": "memory:"})
    found = rows_of(counted["OUTPUT"])
    same(found, command_rows(herdmap("count", copied, "--regions", regions)))
    assert [row[0] for row in found] == ["North", "North (2)", "3", "outside (2)", "R5", "outside"]


def test_the_survey_stays_as_it_is(provider, copied):
    before = copied.read_bytes()
    regions = str(copied.parent / "regions.gpkg")
    processing.run("herdmap:count", {"SURVEY": str(copied), "REGIONS": regions, "OUTPUT": "memory:"})
    assert copied.read_bytes() == before


def test_a_layer_of_the_survey_is_as_good_as_its_file(provider, copied):
    layer = QgsVectorLayer(f"{copied}|layername=images", "Images", "ogr")
    QgsProject.instance().addMapLayer(layer)
    regions = str(copied.parent / "regions.gpkg")
    counted = processing.run("herdmap:count", {"SURVEY": layer, "REGIONS": regions, "OUTPUT": "memory:"})
    assert counted["TOTAL"] > 40
    QgsProject.instance().removeAllMapLayers()


@pytest.mark.parametrize(
    ("survey", "text"),
    [("regions.gpkg", "is not a survey: it has no layer detections"), ("nothing.gpkg", "does not exist")],
)
def test_a_file_that_is_no_survey(provider, copied, survey, text):
    parameters = {
        "SURVEY": str(copied.parent / survey),
        "REGIONS": str(copied.parent / "regions.gpkg"),
        "OUTPUT": "memory:",
    }
    with pytest.raises(QgsProcessingException, match=text):
        processing.run("herdmap:count", parameters)


def test_regions_without_a_crs_are_refused(provider, copied):
    layer = QgsVectorLayer("Polygon?field=name:string", "regions", "memory")
    layer.setCrs(QgsCoordinateReferenceSystem())
    feature = QgsFeature(layer.fields())
    feature.setGeometry(QgsGeometry.fromWkt("Polygon((0 0, 1 0, 1 1, 0 0))"))
    layer.dataProvider().addFeatures([feature])
    with pytest.raises(QgsProcessingException, match="no CRS"):
        processing.run("herdmap:count", {"SURVEY": str(copied), "REGIONS": layer, "OUTPUT": "memory:"})


def test_the_map_says_each_region_and_its_count_once(provider, copied):
    regions = str(copied.parent / "regions.gpkg")
    parameters = {"SURVEY": str(copied), "REGIONS": regions, "OUTPUT": "memory:"}
    layer = processing.run("herdmap:count", parameters)["OUTPUT"]
    with edit(layer):  # a second class, and a name that is no plain text
        for feature in list(layer.getFeatures()):
            again = QgsFeature(feature)
            again["class"], again["count"] = "goat", 2
            layer.addFeature(again)
        layer.changeAttributeValue(1, 0, 'It\'s "North" \\ é')
    RegionStyle().postProcessLayer(layer, None, None)
    assert layer.labelsEnabled()
    label = QgsExpression(layer.labeling().settings().fieldName)
    context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
    said = []
    for feature in layer.getFeatures():
        context.setFeature(feature)
        said.append(label.evaluate(context))
        assert not label.hasEvalError(), label.evalErrorString()
    counts = {f["region"]: f["count"] for f in layer.getFeatures() if f["class"] == "sheep"}
    assert said[0] == f'It\'s "North" \\ é: {counts[said[0].rpartition(":")[0]]}'
    assert [text for text in said if text] == said[:5]
    others = [name for name in counts if name in ("East paddock", "South paddock", "outside")]
    assert said[1:4] == [f"{name}: {counts[name] + 2}" for name in others]


def test_the_survey_and_its_review_know_the_counts(provider, posed, practice, qgis_new_project):
    """Into the survey's own layer, which appears in the project, and which the review then shows."""
    layers.open_survey(posed, QgsProject.instance())
    assert not QgsProject.instance().mapLayersByName("Counts")
    given = {"SURVEY": str(posed), "REGIONS": str(practice / "regions.gpkg"), "INTO_SURVEY": True, "OUTPUT": "memory:"}
    made = processing.run("herdmap:count", given)
    (counts,) = QgsProject.instance().mapLayersByName("Counts")
    same_rows = {(f["region"], f["class"]): f["count"] for f in made["OUTPUT"].getFeatures()}
    assert {(f["region"], f["class"]): f["count"] for f in counts.getFeatures()} == same_rows
    totals = ReviewQueue(ReviewFile(posed), "Ann").regions.totals()
    assert {name: number for name, number, _ in totals} == {
        name: sum(n for (region, _), n in same_rows.items() if region == name) for name, _, _ in totals
    }
