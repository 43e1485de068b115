import csv
import dataclasses
import importlib.util
import json
from xml.etree import ElementTree as ET

import numpy as np
import pyproj
import pytest
import shapely

from geo.errors import OutputError, VectorError
from geo.exports.animals import COLUMNS, read_animals
from geo.exports.formats import FORMATS, export
from geo.geopackage import write_survey
from geo.tables import DetectionRows
from tests import read_back
from tests.surveys.small import HOSTILE, UTM, detections, images, left_in, run
from tests.systems import allowed_name

NAMES = (*HOSTILE, "=1+2", "two\nlines", "\"quoted\", 'comma', tab\there", "Ünï ﷺ نمر", " spaces ", "é" * 200)


@pytest.fixture(scope="module")
def survey(tmp_path_factory):
    """A survey whose classes, photos, notes and reviewers are hostile."""
    path = tmp_path_factory.mktemp("survey") / allowed_name("survey <b>.gpkg")
    rows = detections(classes=NAMES)
    notes = [NAMES[i % len(NAMES)] if i % 3 else None for i in range(len(rows))]
    relabelled = [NAMES[-i % len(NAMES)] if i % 11 == 0 else None for i in range(len(rows))]
    rows = dataclasses.replace(rows, note=notes, reviewed_class=relabelled, reviewer='Ann "O\'Hara"; =cmd')
    write_survey(path, images(), rows, [run(NAMES)], UTM)
    return path


def animals(path, corners_map, crs_wkt, name="s.gpkg", **columns):
    """A survey of one animal for each ring of corners, on the map of `crs_wkt`."""
    rings = np.asarray(corners_map, float)
    n = len(rings)
    rows = DetectionRows(
        **{
            "paths": tuple(images().path),
            "image": np.zeros(n, int),
            "classes": ("sheep",),
            "label": np.zeros(n, int),
            "score": np.full(n, 0.5),
            "boxes_px": np.tile(np.array([[1, 2, 3, 4]], np.float32), (n, 1)),
            "polygons_map": rings,
            "run_id": "r1",
            **columns,
        }
    )
    write_survey(path / name, images(placed=False), rows, [run()], crs_wkt)
    return path / name


def square(x, y, side):
    return np.array([[x, y], [x, y - side], [x + side, y - side], [x + side, y], [x, y]], float)


# ---- which animals ---------------------------------------------------------------------------


def test_one_row_an_animal_after_the_review(survey):
    rows = detections(classes=NAMES)
    state = np.array(rows.text("review"))
    assert len(read_animals(survey)) == (state != "rejected").sum()
    assert len(read_animals(survey, "confirmed")) == (state == "confirmed").sum()
    assert len(read_animals(survey, "all")) == len(rows)


def test_a_further_sighting_of_an_animal_is_left_out_unless_asked_for(tmp_path):
    path = animals(tmp_path, [square(5e5, 9.7e6, 1)] * 2, UTM, animal_id=[4, 4], counted=[1, 0], image=[0, 2])
    assert read_animals(path).columns["counted"] == [1]
    assert read_animals(path, every_sighting=True).columns["counted"] == [1, 0]


def test_how_many_photos_show_an_animal_and_look_there_is_written(tmp_path):
    squares = [square(5e5, 9.7e6, 1)] * 2
    found = read_animals(animals(tmp_path, squares, UTM, seen=[1, -1], looks=[6, -1]))
    assert found.columns["seen"] == [1, None]
    assert found.columns["looks"] == [6, None]


def test_the_place_is_the_boxs_centre(survey):
    """Against pyproj from the corners that the survey was made with."""
    found, rows = read_animals(survey, "all"), detections(classes=NAMES)
    centre = rows.polygons_map[:, :4].mean(axis=1)
    lon, lat = pyproj.Transformer.from_crs(32736, 4326, always_xy=True).transform(*centre.T)
    np.testing.assert_allclose(found.columns["lon"], lon, atol=6e-8)
    np.testing.assert_allclose(found.columns["lat"], lat, atol=6e-8)
    np.testing.assert_allclose(np.stack([found.columns["x"], found.columns["y"]], 1), centre, atol=6e-4)


def test_ids_stay_through_reviews_and_other_names(tmp_path, survey):
    again = tmp_path / "other name.gpkg"
    rows = dataclasses.replace(detections(classes=NAMES), review="confirmed", score=np.zeros(200, np.float32))
    write_survey(again, images(), rows.take(np.arange(200)[::-1]), [run(NAMES)], UTM)
    first, second = (read_animals(path, "all").columns for path in (survey, again))
    assert len(set(first["id"])) == 200
    ids = [
        dict(zip(zip(found["image"], found["x"], strict=True), found["id"], strict=True)) for found in (first, second)
    ]
    assert ids[0] == ids[1]


def test_two_boxes_in_one_place_have_two_ids(tmp_path):
    path = animals(tmp_path, [square(5e5, 9.7e6, 1)] * 3, UTM)
    assert len(set(read_animals(path).columns["id"])) == 3


# ---- CSV -------------------------------------------------------------------------------------


def test_csv_says_what_the_survey_says(survey, tmp_path):
    done = export(survey, tmp_path / "a.csv", review="all", raw=True)
    rows = detections(classes=NAMES)
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    assert done.rows == len(table) == 200
    assert done.warnings == ()
    assert list(table[0]) == list(COLUMNS)
    found = read_animals(survey, "all")
    for name in COLUMNS:
        wanted = ["" if value is None else value for value in found.columns[name]]
        if isinstance(wanted[0], float):
            assert [row[name] and float(row[name]) for row in table] == wanted
        else:
            assert [row[name] for row in table] == [str(value) for value in wanted]
    assert [row["detected_class"] for row in table] == rows.class_names()
    assert {row["lon"].partition(".")[2].__len__() for row in table} == {7}
    assert {"=1+2", "two\nlines", HOSTILE[3]} <= {row["class"] for row in table}


def test_no_text_of_a_csv_is_a_formula(survey, tmp_path):
    export(survey, tmp_path / "a.csv", review="all")
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    assert "'=1+2" in {row["class"] for row in table}
    numbers = ("lon", "lat", "x", "y")
    assert not [v for row in table for name, v in row.items() if v and v[0] in "=+-@" and name not in numbers]
    with pytest.raises(OutputError, match="only a CSV can be written raw"):
        export(survey, tmp_path / "a.geojson", raw=True)


def test_gdal_reads_the_csv_too(survey, tmp_path):
    export(survey, tmp_path / "a.csv", review="all", raw=True)
    found = read_back.features(tmp_path / "a.csv")
    assert [one["properties"]["class"] for one in found] == read_animals(survey, "all").columns["class"]


# ---- GeoJSON ---------------------------------------------------------------------------------


def shapes_of(path):
    return [
        None if one["geometry"] is None else shapely.geometry.shape(one["geometry"]) for one in read_back.features(path)
    ]


def test_geojson_as_gdal_reads_it(survey, tmp_path):
    path = tmp_path / "a.geojson"
    export(survey, path)
    wanted, found = read_animals(survey), read_back.features(path)
    assert 'AUTHORITY["EPSG","4326"]' in read_back.summary(path) or 'ID["EPSG",4326]' in read_back.summary(path)
    assert [one["properties"]["class"] for one in found] == wanted.columns["class"]
    assert [one["properties"]["note"] for one in found] == wanted.columns["note"]
    shapes = shapes_of(path)
    assert shapely.is_valid(shapes).all()
    centre = shapely.get_coordinates(shapely.centroid(shapes))
    np.testing.assert_allclose(centre, np.stack([wanted.columns["lon"], wanted.columns["lat"]], 1), atol=2e-7)


def test_geojson_keeps_to_rfc_7946(survey, tmp_path):
    path = tmp_path / "a.geojson"
    export(survey, path)
    document = json.loads(path.read_bytes().decode("utf-8"))
    assert document.keys() == {"type", "features"}  # and so no `crs`
    for feature in document["features"]:
        assert feature["type"] == "Feature"
        assert feature["geometry"]["type"] == "Polygon"
        (ring,) = feature["geometry"]["coordinates"]
        assert ring[0] == ring[-1]
        assert shapely.LinearRing(ring).is_ccw
        assert all(-180 <= lon <= 180 and -90 <= lat <= 90 for lon, lat in ring)
        assert all(round(value, 7) == value for corner in ring for value in corner)
    assert len({feature["id"] for feature in document["features"]}) == len(document["features"])


def test_geojson_points(survey, tmp_path):
    export(survey, tmp_path / "a.geojson", shape="point")
    wanted = read_animals(survey)
    points = shapely.get_coordinates(shapes_of(tmp_path / "a.geojson"))
    np.testing.assert_allclose(points, np.stack([wanted.columns["lon"], wanted.columns["lat"]], 1), atol=1e-9)


@pytest.mark.parametrize("turned", [False, True])
def test_a_box_on_the_antimeridian_is_cut(tmp_path, turned):
    ring = np.array([[179.99999, 1], [179.99999, 0.9999], [-179.99998, 0.9999], [-179.99998, 1], [179.99999, 1]])
    path = animals(tmp_path, [ring[::-1] if turned else ring], pyproj.CRS(4326).to_wkt())
    export(path, tmp_path / "a.geojson")
    (shape,) = shapes_of(tmp_path / "a.geojson")
    assert shape.geom_type == "MultiPolygon"
    west, east = sorted(shape.geoms, key=lambda part: part.bounds[0])
    assert west.bounds == pytest.approx((-180, 0.9999, -179.99998, 1))
    assert east.bounds == pytest.approx((179.99999, 0.9999, 180, 1))
    assert west.exterior.is_ccw
    assert east.exterior.is_ccw


def test_rings_are_counter_clockwise_whatever_the_image_was(tmp_path):
    mirrored = square(5e5, 9.7e6, 2)[::-1]
    path = animals(tmp_path, [mirrored, square(5e5, 9.7e6, 2)], UTM)
    for ending in (".geojson", ".kml"):
        export(path, tmp_path / f"a{ending}", shape="box")
        assert all(shape.exterior.is_ccw for shape in shapes_of(tmp_path / f"a{ending}"))


# ---- KML -------------------------------------------------------------------------------------


def test_kml_as_gdal_reads_it(survey, tmp_path):
    path = tmp_path / "a.kml"
    export(survey, path)
    wanted = read_animals(survey)
    found = {one["properties"]["id"]: one for one in read_back.features(path)}
    assert len(found) == len(wanted)
    for i, key in enumerate(wanted.columns["id"]):
        lon, lat = found[key]["geometry"]["coordinates"][:2]
        assert (lon, lat) == pytest.approx((wanted.columns["lon"][i], wanted.columns["lat"][i]), abs=1e-9)
        assert found[key]["properties"].get("note") == wanted.columns["note"][i]


def test_kml_says_every_name_exactly(survey, tmp_path):
    export(survey, tmp_path / "a.kml", shape="box")
    root = ET.parse(tmp_path / "a.kml").getroot()
    kml = {"k": "http://www.opengis.net/kml/2.2"}
    folders = root.findall("k:Document/k:Folder", kml)
    wanted = read_animals(survey)
    assert [folder.findtext("k:name", None, kml) for folder in folders] == sorted(set(wanted.columns["class"]))
    said = [
        {data.get("name"): data.findtext("k:value", None, kml) for data in placemark.iter(f"{{{kml['k']}}}Data")}
        for placemark in root.iter(f"{{{kml['k']}}}Placemark")
    ]
    by_id = {one["id"]: one for one in said}
    for name in ("class", "image", "note", "reviewer"):
        assert [by_id[key].get(name) for key in wanted.columns["id"]] == wanted.columns[name]
    assert root.findtext("k:Document/k:name", None, kml) == survey.stem


# ---- Shapefile -------------------------------------------------------------------------------


def test_shapefile_as_gdal_reads_it(survey, tmp_path):
    path = tmp_path / "a.shp"
    done = export(survey, path)
    wanted, found = read_animals(survey), read_back.features(path)
    assert "UTM zone 36S" in read_back.summary(path).replace("_", " ")
    assert read_back.layers(path) == ["a"]
    for name, short in (
        ("image", "image"),
        ("detected_class", "detected"),
        ("score", "score"),
        ("reviewer", "reviewer"),
    ):
        texts = [one["properties"][short] for one in found]
        assert texts == [_as_shapefile(value) for value in wanted.columns[name]]
    assert [one["properties"]["note"] or None for one in found] == [_as_shapefile(v) for v in wanted.columns["note"]]
    rings = [np.array(one["geometry"]["coordinates"][0])[:4] for one in found]
    np.testing.assert_allclose(np.mean(rings, axis=1)[:, 0], wanted.columns["x"], atol=6e-4)
    cut = [text for text in done.warnings if "254 bytes" in text]
    assert len(cut) == 3  # class, detected_class, note
    assert any("detected_class is detected" in text for text in done.warnings)


def _as_shapefile(value):
    if not isinstance(value, str):
        return value
    return value.encode()[:254].decode("utf-8", "ignore").strip(" ")


def test_a_shapefile_replaces_all_of_the_one_before(tmp_path):
    path = animals(tmp_path, [square(5e5, 9.7e6, 1)], None)
    for ending in (".prj", ".qix", ".cpg", ".shp"):
        (tmp_path / f"a{ending}").write_bytes(b"old")
    export(path, tmp_path / "a.shp", shape="point")
    assert left_in(tmp_path) == {"s.gpkg", "s.qgz", "a.shp", "a.shx", "a.dbf", "a.cpg"}
    assert read_back.features(tmp_path / "a.shp")[0]["geometry"]["coordinates"] == [500000.5, 9699999.5]


# ---- GeoParquet ------------------------------------------------------------------------------


def test_geoparquet_as_others_read_it(survey, tmp_path):
    geopandas = pytest.importorskip("geopandas", reason="needs geopandas and pyarrow, which the dev extra has")
    pytest.importorskip("pyarrow", reason="needs pyarrow, which the dev extra has")
    export(survey, tmp_path / "a.parquet", review="all")
    frame = geopandas.read_parquet(tmp_path / "a.parquet")
    wanted = read_animals(survey, "all")
    assert frame.crs == pyproj.CRS(32736)
    assert frame.geometry.is_valid.all()
    assert all(ring.exterior.is_ccw for ring in frame.geometry)
    for name in ("class", "note", "image", "animal_id"):
        assert [None if value != value else value for value in frame[name]] == wanted.columns[name]
    np.testing.assert_allclose(frame.geometry.centroid.x, wanted.columns["x"], atol=6e-4)


def test_geoparquet_without_place_or_crs(tmp_path):
    geopandas = pytest.importorskip("geopandas", reason="needs geopandas and pyarrow, which the dev extra has")
    pytest.importorskip("pyarrow", reason="needs pyarrow, which the dev extra has")
    path = animals(tmp_path, [square(100, -100, 9), np.full((5, 2), np.nan)], None)
    export(path, tmp_path / "a.parquet", shape="point")
    frame = geopandas.read_parquet(tmp_path / "a.parquet")
    assert frame.crs is None
    assert frame.geometry.iloc[1] is None
    assert (frame.geometry.iloc[0].x, frame.geometry.iloc[0].y) == (104.5, -104.5)


def test_without_pyarrow_the_mend_is_said(survey, tmp_path, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(OutputError, match=r"pip install 'herdmap\[parquet\]'"):
        export(survey, tmp_path / "a.parquet")


# ---- all of them -----------------------------------------------------------------------------


def test_a_survey_without_a_place_on_the_earth(tmp_path):
    path = animals(tmp_path, [square(100, -100, 9)], None)
    for ending in (".geojson", ".kml"):
        with pytest.raises(VectorError, match="has a place on the earth"):
            export(path, tmp_path / f"a{ending}")
    done = export(path, tmp_path / "a.csv")
    assert "1 of 1 animals have no place on the earth" in done.warnings[0]
    with (tmp_path / "a.csv").open() as file:
        (row,) = csv.DictReader(file)
    assert (row["lon"], row["x"], row["y"]) == ("", "104.5", "-104.5")


def test_an_animal_without_a_place_is_in_the_file(tmp_path):
    path = animals(tmp_path, [square(5e5, 9.7e6, 1), np.full((5, 2), np.nan)], UTM)
    for ending in (".geojson", ".kml", ".shp"):
        export(path, tmp_path / f"a{ending}")
        assert [one["geometry"] is None for one in read_back.features(tmp_path / f"a{ending}")] == [False, True]


@pytest.mark.parametrize("ending", [ending for ending in FORMATS if ending != ".parquet"])
def test_a_survey_without_animals(tmp_path, ending):
    path = animals(tmp_path, np.empty((0, 5, 2)), UTM)
    assert export(path, tmp_path / f"a{ending}").rows == 0
    assert (tmp_path / f"a{ending}").stat().st_size > 0


@pytest.mark.parametrize("ending", [ending for ending in FORMATS if ending != ".parquet"])
def test_the_same_survey_gives_the_same_bytes(survey, tmp_path, ending):
    for name in "ab":
        export(survey, tmp_path / f"{name}{ending}")
    one, two = ((tmp_path / f"{name}{ending}").read_bytes() for name in "ab")
    assert one == two


def test_what_cannot_be_written_is_said_and_leaves_nothing(survey, tmp_path):
    with pytest.raises(OutputError, match=r"ends in \.csv, \.geojson.*training data") as caught:
        export(survey, tmp_path / "a.json")
    assert caught.value.about == "export_data"
    with pytest.raises(OutputError, match="does not exist"):
        export(survey, tmp_path / "none" / "a.csv")
    for ending in (".csv", ".zip"):
        with pytest.raises(OutputError, match="hold"):
            export(survey, tmp_path / f"a{ending}", shape="box")
    (tmp_path / "a.shp").mkdir()
    with pytest.raises(OutputError, match="is a folder"):
        export(survey, tmp_path / "a.shp")
    with pytest.raises(VectorError, match="no such file"):
        export(tmp_path / "none.gpkg", tmp_path / "a.csv")
    assert left_in(tmp_path) == {"a.shp"}
