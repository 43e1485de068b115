"""Estimates on the map: the layers `strata` and `transects`, their styles, and their place in the QGIS project."""

import json
import math
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import shapely

from geo import estimate as survey_estimate
from geo.estimates.jolly import Estimates, estimate
from geo.estimates.strips import Strips
from geo.estimates.transects import Strata, Transects
from geo.geopackage import project, read_detections, schema, styles, write_counts, write_estimates, write_survey
from geo.geopackage.imagery import ImageryLayer
from geo.regions import Regions
from geo.vector import read_polygons, write_polygons
from tests.geo.geopackage.test_project import embedded, survey, xml_of
from tests.surveys import small
from tests.surveys.small import HOSTILE, ORIGIN, UTM, in_qgis, left_in

NAN = math.nan
NAMES = ["Detections", "Transects", "Estimates", "Images", "Runs", "Ortho <1> & 'é'"]


def square(x: float, y: float, side: float) -> shapely.Geometry:
    left, low = (ORIGIN + np.array([x, y])).tolist()
    return shapely.box(left, low, left + side, low + side)


def parts(
    *counts: tuple[float, ...], classes: tuple[str, ...] = ("cow", "x'); DROP TABLE images;--")
) -> tuple[Estimates, Strata, tuple[Strips, Transects]]:
    """Estimates of two strata of 4 km2 each; transects of 0.25 km2, two in the first and the others in the second."""
    names = ("North <i>", 'South "x"')
    ground = np.array([square(0, 0, 2000), square(0, -2000, 2000)], object)
    strata = Strata(names, np.array([4.0, 4.0]), np.array([NAN, NAN]), Regions(names, ground, UTM))
    of = tuple(names[int(i > 1)] for i in range(len(counts)))
    boxes = np.array([square(600 * (i % 2), 0 if i < 2 else -2000, 500) for i in range(len(counts))], object)
    flown = tuple(f"t{i}" for i in range(len(counts)))
    areas = np.full(len(counts), 0.25)
    strips = Strips(of, flown, boxes, UTM, areas)
    transects = Transects(of, flown, classes, np.array(counts, float).reshape(len(counts), len(classes)), areas)
    return estimate(transects, strata, replicates=0), strata, (strips, transects)


def rows_of(path: Path, table: str) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(path)) as db, db:
        db.row_factory = sqlite3.Row
        return [dict(row) for row in db.execute(f'SELECT * FROM "{table}"')]


def tree_of(path: Path) -> list[str]:
    _, root = xml_of(embedded(path))
    return [node.get("name", "") for node in root.find("layer-tree-group").iter("layer-tree-layer")]


def strata_layer(root: ET.Element) -> ET.Element:
    return next(node for node in root.iter("maplayer") if node.findtext("id") == "strata_herdmap")


def test_estimates_are_layers_with_styles_in_the_project(tmp_path, check_gpkg):
    path = survey(tmp_path, with_counts=False)
    found, strata, flown = parts((3, 0), (1, 1), (2, 0))
    for _ in range(2):  # a second time in place of the first
        assert write_estimates(path, found, strata, flown) == ()
        check_gpkg(path)
    drawn = read_polygons(path, "strata")
    assert drawn.crs_wkt is not None
    assert drawn.columns["stratum"] == ["North <i>", "North <i>", 'South "x"', 'South "x"']
    assert drawn.columns["class"][1] == "x'); DROP TABLE images;--"
    for column in ("estimate", "se", "ci_low", "ci_high", "cv", "density_per_km2", "area_km2"):
        expected = [getattr(row, column) for row in found.rows if row.stratum != "all"]
        assert drawn.columns[column] == pytest.approx(expected, nan_ok=True)
    rows = rows_of(path, "strata")
    assert rows[2]["se"] is None  # of one transect: undefined, never 0
    # What the map says of a stratum stands once, in its first row: 8 cows and 2 others a km2, then 8 and none.
    assert [row["total_per_km2"] for row in rows] == [10, None, 8, None]
    assert [row["label"] is None for row in rows] == [False, True, False, True]
    assert rows[2]["label"].splitlines()[0] == 'South "x"'
    assert [shape.area for shape in drawn.geometries] == pytest.approx([4e6] * 4)
    lines = read_polygons(path, "transects")
    assert (lines.columns["transect"], lines.columns["count"]) == (["t0", "t1", "t2"], [3, 2, 2])
    assert lines.columns["area_km2"] == [0.25] * 3
    assert shapely.equals(lines.geometries[2], shapely.multipolygons([square(0, -2000, 500)]))
    styled = {row["f_table_name"]: row for row in rows_of(path, "layer_styles")}
    assert len(rows_of(path, "layer_styles")) == 4
    for name in ("strata", "transects"):
        assert styled[name]["useAsDefault"] == 1
        assert ET.fromstring(styled[name]["styleQML"]).find("renderer-v2") is not None
    assert tree_of(path) == NAMES
    assert path.with_suffix(".qgz").read_bytes() == embedded(path)
    assert left_in(tmp_path) == {path.name, path.with_suffix(".qgz").name, "imagery"}
    assert len(rows_of(path, "estimates")) == 6


def test_counting_keeps_the_map_of_estimates(tmp_path, check_gpkg):
    path = survey(tmp_path, with_counts=False)
    write_estimates(path, *parts((3, 0), (1, 1), (2, 0)))
    before = rows_of(path, "strata"), rows_of(path, "transects"), rows_of(path, "estimates")
    write_counts(path, small.counts())
    check_gpkg(path)
    assert (rows_of(path, "strata"), rows_of(path, "transects"), rows_of(path, "estimates")) == before
    assert tree_of(path) == ["Detections", "Counts", *NAMES[1:]]
    write_estimates(path, *parts((3, 0), (1, 1), (2, 0)))
    assert tree_of(path) == ["Detections", "Counts", *NAMES[1:]]
    assert len(rows_of(path, "counts")) == 5


def test_strata_without_polygons_leave_no_dead_layer(tmp_path, check_gpkg):
    path = survey(tmp_path, with_counts=False)
    found, strata, flown = parts((3, 0), (1, 1), (2, 0))
    write_estimates(path, found, strata, flown)
    bare = Strata(strata.names, strata.area_km2, strata.transects)
    assert write_estimates(path, found, bare, flown) == ()
    check_gpkg(path)
    assert tree_of(path) == [name for name in NAMES if name != "Estimates"]
    _, root = xml_of(embedded(path))
    assert not any("strata" in (node.text or "") for node in root.iter("datasource"))
    write_estimates(path, found)
    check_gpkg(path)
    assert tree_of(path) == ["Detections", *NAMES[3:]]
    with closing(sqlite3.connect(path)) as db, db:
        query = "SELECT count(*) FROM sqlite_master WHERE name LIKE '%strata%' OR name LIKE '%transects%'"
        assert db.execute(query).fetchone() == (0,)


def test_new_estimates_move_the_classes_and_nothing_else_of_a_changed_project(tmp_path):
    path = survey(tmp_path, with_counts=False)
    write_estimates(path, *parts((3, 0), (1, 1), (2, 0)))
    name, root = xml_of(embedded(path))
    layer: Any = strata_layer(root)
    source = layer.find("datasource")
    source.text += "|subset=\"class\" = 'cow'"  # as QGIS notes a filter
    layer.find("layername").text = "Ann's map"
    assert [node.get("upper") for node in layer.iter("range")] == ["2", "4", "6", "8", "10", "-1"]
    changed = project.qgz(ET.tostring(root), name.removesuffix(".qgs"))
    with closing(sqlite3.connect(path)) as db, db:
        schema.allow_edits(db)
        db.execute("UPDATE qgis_projects SET content = ?", (changed.hex(),))
    renamed = path.rename(tmp_path / "renamed.gpkg")
    write_estimates(renamed, *parts((300, 0), (100, 100), (200, 0)))
    _, after = xml_of(embedded(renamed))
    layer = strata_layer(after)
    assert layer.findtext("layername") == "Ann's map"
    assert layer.findtext("datasource") == "./renamed.gpkg|layername=strata|subset=\"class\" = 'cow'"
    assert [node.get("upper") for node in layer.iter("range")] == ["200", "400", "600", "800", "1000", "-1"]
    # Drawn by something else now: that stays.
    layer.find("renderer-v2").set("attr", '"cv"')
    assert not styles.update_ranges(layer, styles.Options())


def test_a_layer_of_ones_own_is_never_replaced(tmp_path, check_gpkg):
    path = survey(tmp_path, with_counts=False)
    ring = shapely.get_coordinates(square(0, 0, 100))
    write_polygons(path, "Strata", [ring], {"stratum": ["mine"]}, UTM)
    said = write_estimates(path, *parts((3, 0), (1, 1), (2, 0)))
    assert len(said) == 1
    assert "'strata' that Herdmap did not make" in said[0]
    write_counts(path, small.counts())
    check_gpkg(path)
    assert read_polygons(path, "Strata").columns["stratum"] == ["mine"]
    assert len(rows_of(path, "transects")) == 3
    assert tree_of(path) == ["Detections", "Counts", "Transects", *NAMES[3:]]


@pytest.mark.parametrize("layer", ["detections", "tile_labels", "images", "counts", "strata", "transects"])
def test_no_style_asks_the_layer_for_its_other_rows(layer):
    """Aggregates of QGIS 3.22 crash where the layer changes while it is drawn."""
    style = ET.fromstring(styles.qml(layer, styles.Options(("a",), ("a",), 3.0, ("a",))))
    texts = [text for node in style.iter() for text in (*node.attrib.values(), node.text or "")]
    aggregates = "count sum min max mean minimum maximum concatenate array_agg aggregate relation_aggregate get_feature"
    called = {name for text in texts for name in re.findall(r"([a-z_]+)\(", text)}
    assert "group_by" not in " ".join(texts)
    assert called.isdisjoint(aggregates.split())
    assert called  # expressions there are


@pytest.mark.parametrize("highest", [0.0, 1e-6, 0.3, 1, 4.99, 5, 14_890, 1e9, NAN])
def test_the_classes_hold_every_density(highest):
    root = ET.fromstring(styles.qml("strata", styles.Options(highest_density=highest)))
    uppers = [float(node.attrib["upper"]) for node in root.iter("range")]
    lowers = [float(node.attrib["lower"]) for node in root.iter("range")]
    assert lowers[0] == 0
    assert lowers[1:5] == uppers[:4]
    assert (lowers[5], uppers[5]) == (-1, -1)
    if highest > 0:
        assert highest <= uppers[4] < 2 * highest


def test_herdmap_estimate_draws_its_map(tmp_path, check_gpkg):
    path = small.write(tmp_path / "survey.gpkg")
    rings = [shapely.get_coordinates(square(x, -100, 100)) for x in (0, 130, 260)]
    write_polygons(tmp_path / "t.gpkg", "t", rings, {"transect": ["1", "2", "3"]}, UTM)
    area = [shapely.get_coordinates(square(-100, -500, 1000))]
    write_polygons(tmp_path / "s.gpkg", "s", area, {"stratum": ["A"]}, UTM)
    made = survey_estimate.estimate(path, tmp_path / "t.gpkg", tmp_path / "s.gpkg", review="all")
    check_gpkg(path)
    centres = shapely.points(read_detections(path).polygons_map[:, :4].mean(axis=1))
    counted = [int(shapely.contains(square(x, -100, 100), centres).sum()) for x in (0, 130, 260)]
    assert [row["count"] for row in rows_of(path, "transects")] == counted
    assert {row["class"]: row["estimate"] for row in rows_of(path, "strata")} == {
        row.class_name: row.estimate for row in made.estimates.rows if row.stratum == "A"
    }


# ---- in QGIS --------------------------------------------------------------------------------

LOAD = """
project = QgsProject.instance()
assert project.read(sys.argv[1]), project.error()
layers = {layer.name(): layer for layer in project.mapLayers().values()}
found = {'order': [layer.name() for layer in project.layerTreeRoot().layerOrder()]}
settings = QgsMapSettings()
settings.setOutputSize(QSize(400, 400)); settings.setDestinationCrs(project.crs())
for name in ('Estimates', 'Transects'):
    layer = layers[name]
    settings.setLayers([layer]); settings.setExtent(layer.extent())
    job = QgsMapRendererParallelJob(settings); job.start(); job.waitForFinished()
    image = job.renderedImage()
    colours = {image.pixelColor(x, y).name() for x in range(0, 400, 5) for y in range(0, 400, 5)}
    label = QgsExpression(layer.labeling().settings().fieldName)
    context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
    labels, tips = [], []
    for feature in layer.getFeatures():
        context.setFeature(feature)
        labels.append(label.evaluate(context) or None)
        assert not label.hasEvalError(), label.evalErrorString()
        tips.append(QgsExpression.replaceExpressionText(layer.mapTipTemplate(), context))
    renderer, drawn = layer.renderer(), []
    render = QgsRenderContext.fromMapSettings(settings)
    render.setExpressionContext(context)
    renderer.startRender(render, layer.fields())
    for feature in layer.getFeatures():
        render.expressionContext().setFeature(feature)
        symbol = renderer.symbolForFeature(feature, render)
        fill = symbol and symbol.symbolLayer(1).strokeColor()
        drawn.append(fill and fill.name())
    renderer.stopRender(render)
    found[name] = {
        'valid': layer.isValid(), 'crs': layer.crs().authid(), 'type': renderer.type(), 'drawn': drawn,
        'labels': labels if layer.labelsEnabled() else None, 'colours': len(colours), 'tip': tips[0],
        'errors': [error.message for error in job.errors()],
        'classes': [r.label() for r in renderer.ranges()] if renderer.type() == 'graduatedSymbol' else None,
    }
alone = QgsVectorLayer(f'{sys.argv[2]}|layername=strata', 'strata', 'ogr')
found['alone'] = [alone.isValid(), alone.renderer().type(), alone.labelsEnabled()]
print(json.dumps(found))
"""


@pytest.mark.qgis
def test_the_map_of_estimates_opens_in_qgis(tmp_path):
    path = survey(tmp_path, with_counts=False)
    write_estimates(path, *parts((3,), (1,), (10,), classes=("cow",)))
    found = json.loads(in_qgis(LOAD, f"geopackage:{path}?projectName=herdmap", path).splitlines()[-1])
    assert found["order"] == [name for name in NAMES if name != "Runs"]
    drawn, lines = found["Estimates"], found["Transects"]
    for layer in (drawn, lines):
        assert (layer["valid"], layer["crs"], layer["errors"]) == (True, "EPSG:32736", [])
        assert layer["colours"] > 2
    assert (drawn["type"], lines["type"]) == ("graduatedSymbol", "singleSymbol")
    row = parts((3,), (1,), (10,), classes=("cow",))[0].row("North <i>", "cow")
    interval = f"({round(row.ci_low)} to {round(row.ci_high)})"
    assert drawn["labels"] == [f"North <i>: {row.estimate:.0f} {interval}", 'South "x": 160 (SE undefined)']
    assert lines["labels"] == ["t0: 3", "t1: 1", "t2: 10"]
    assert drawn["classes"] == [f"{8 * i} to {8 * i + 8} per km²" for i in range(5)] + ["no estimate"]
    # 8 and 40 animals a km2: the first class and the last, a quarter opaque.
    assert drawn["drawn"] == ["#feebe2", "#7a0177"]
    assert drawn["tip"].startswith(f"<b>North &lt;i&gt;</b><br>cow: 32 {interval}<br>8")
    assert found["alone"] == [True, "graduatedSymbol", True]


@pytest.mark.qgis
def test_a_stratum_of_several_classes_is_drawn_once_in_qgis(tmp_path):
    path = tmp_path / "survey.gpkg"
    ortho = ImageryLayer("o", "o.tif", crs_wkt=UTM)
    write_survey(path, small.images(), small.detections(), [small.run()], UTM, [ortho])
    write_estimates(path, *parts((3, 1), (1, 1), classes=HOSTILE[3:5]))
    found = json.loads(in_qgis(LOAD, path.with_suffix(".qgz"), path).splitlines()[-1])["Estimates"]
    # 8 + 4 animals a km2 in classes of 2.5; nobody flew the second stratum.
    assert found["drawn"] == ["#7a0177", None, "#bbbbbb", None]
    north, *others = found["labels"]
    assert north.splitlines()[0] == "North <i>"
    assert [line.split(" (")[0] for line in north.splitlines()[1:]] == [f"{HOSTILE[3]}: 32", f"{HOSTILE[4]}: 16"]
    assert others[0] is None
    assert others[1].splitlines()[1:] == [f"{name}: no estimate" for name in HOSTILE[3:5]]
