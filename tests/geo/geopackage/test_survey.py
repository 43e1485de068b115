import dataclasses
import sqlite3
from contextlib import closing

import numpy as np
import pyogrio
import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import GeoError, GeoreferenceError, VectorError
from geo.geopackage import read_detections, read_images, read_runs, rtree, schema, write_counts, write_survey
from geo.tables import DetectionRows, TableError
from geo.vector import read_polygons, write_polygons
from tests.surveys.small import HOSTILE, UTM, counts, detections, images, left_in, run, write


def rows_of(path, table):
    with closing(sqlite3.connect(path)) as db, db:
        db.row_factory = sqlite3.Row
        return [dict(row) for row in db.execute(f'SELECT * FROM "{table}"')]


# ---- what is written is what is read --------------------------------------------------------


def test_what_is_written_is_read_back(tmp_path, check_gpkg):
    path = write(tmp_path / "survey.gpkg")
    check_gpkg(path)
    assert left_in(tmp_path) == {"survey.gpkg", "survey.qgz"}
    before, after = detections(), read_detections(path, chips=True)
    assert after.image_paths() == before.image_paths()
    assert after.class_names() == before.class_names()
    np.testing.assert_array_equal(after.polygons_map, before.polygons_map)
    np.testing.assert_allclose(after.boxes_px, before.boxes_px, atol=0.005)
    np.testing.assert_allclose(after.score, before.score, atol=5e-5)
    for name in ("review", "reviewed_class", "reviewer", "reviewed_at", "note", "run_id"):
        assert after.text(name) == before.text(name)
    assert after.chip == before.chip
    named = after.text("uuid")
    assert None not in named
    write_survey(path, read_images(path), after.take(np.arange(200)[::-1]), read_runs(path), UTM)
    assert read_detections(path).text("uuid") == named
    write(path)
    assert read_detections(path).text("uuid") == named
    assert after.animal_id.tolist() == list(range(1, 201))
    second = [None if i < 0 else before.classes[i] for i in before.runner_up]
    assert [None if i < 0 else after.classes[i] for i in after.runner_up] == second

    seen, known = read_images(path), images()
    for field in dataclasses.fields(known):
        if field.name == "footprints":
            for ring, other in zip(seen.footprints, known.footprints, strict=True):
                assert (ring is None) == (other is None)
                assert ring is None or other is None or np.array_equal(ring, other)
        elif field.name != "detections":
            np.testing.assert_array_equal(getattr(seen, field.name), getattr(known, field.name))
    assert seen.detections.tolist() == np.bincount(before.image, minlength=4).tolist()
    assert read_runs(path) == [dataclasses.replace(run(), classes=list(HOSTILE))]


def test_only_what_a_person_touched_is_read(tmp_path):
    path = write(tmp_path / "survey.gpkg")
    all_rows = detections()
    touched = [
        review != "unreviewed" or note is not None
        for review, note in zip(all_rows.text("review"), all_rows.text("note"), strict=True)
    ]
    reviewed = read_detections(path, reviewed_only=True)
    np.testing.assert_array_equal(reviewed.polygons_map, all_rows.take(np.array(touched)).polygons_map)


def test_gdal_reads_the_same(tmp_path):
    """GDAL, which QGIS reads with, is the oracle for the format."""
    path = write(tmp_path / "survey.gpkg", with_counts=True)
    assert {name for name, _ in pyogrio.list_layers(path)} == {"images", "detections", "runs", "counts", "layer_styles"}
    info = pyogrio.read_info(path, layer="detections", force_feature_count=True, force_total_bounds=True)
    assert info["geometry_type"] == "Polygon"
    assert info["features"] == 200
    assert pyproj.CRS(info["crs"]) == pyproj.CRS.from_epsg(32736)
    meta, _, wkb, values = pyogrio.raw.read(path, layer="detections", force_2d=True)
    columns = dict(zip(meta["fields"], values, strict=True))
    rows = detections()
    expected = shapely.polygons(rows.polygons_map)
    assert shapely.equals_exact(shapely.from_wkb(wkb), expected).all()
    assert columns["class"].tolist() == rows.class_names()
    assert columns["note"].tolist() == rows.text("note")
    assert info["total_bounds"] == pytest.approx(shapely.total_bounds(expected))
    x0, y0, x1, y1 = shapely.bounds(expected[17])
    _, found, _, _ = pyogrio.raw.read(path, layer="detections", bbox=(x0, y0, x1, y1), return_fids=True)
    assert sorted(found) == [i + 1 for i in range(200) if expected[i].intersects(expected[17].envelope)]


def test_a_survey_without_animals_or_images(tmp_path, check_gpkg):
    path = tmp_path / "empty.gpkg"
    nothing = detections().take(np.zeros(200, bool))
    write_survey(path, images(), nothing, [], UTM)
    check_gpkg(path)
    assert len(read_detections(path)) == 0
    write_survey(path, images().__class__(*[[]] * 16), nothing, [], None)  # type: ignore[arg-type]
    check_gpkg(path, positioned=False)
    assert len(read_images(path)) == 0
    assert read_runs(path) == []


def test_animals_with_one_number_keep_it_and_others_get_their_own(tmp_path):
    rows = dataclasses.replace(detections(4), animal_id=np.array([5, -1, 5, -1]), counted=np.array([1, 1, 0, 1]))
    write_survey(tmp_path / "a.gpkg", images(), rows, [run()], UTM)
    after = read_detections(tmp_path / "a.gpkg")
    assert after.animal_id.tolist() == [5, 6, 5, 7]
    assert after.counted.tolist() == [1, 1, 0, 1]


def test_a_detection_needs_its_image(tmp_path):
    with pytest.raises(TableError, match="not among the images"):
        write_survey(tmp_path / "a.gpkg", images(1), detections(), [run()], UTM)
    assert left_in(tmp_path) == set()


def test_animals_that_a_person_drew_in_qgis_are_read(tmp_path):
    """Drawn without the form: no image, no class, no box in px, and a polygon of six corners."""
    path = write(tmp_path / "survey.gpkg")
    drawn = shapely.Polygon(
        [(x + 500_270, y + 9_699_990) for x, y in ((0, 0), (2, 0), (3, 1), (2, 2), (0, 2), (-1, 1))]
    )
    header = b"GP\0\1" + np.int32(32736).tobytes()
    with closing(sqlite3.connect(path)) as db, db:
        schema.allow_edits(db)
        db.execute("INSERT INTO detections (geom) VALUES (?)", (header + shapely.to_wkb(drawn),))
    found = read_detections(path)
    row = found.take(np.isnan(found.boxes_px[:, 0]))
    assert row.image_paths() == [images().path[2]]  # whose footprint holds it
    assert row.class_names() == ["unknown"]
    assert np.isnan(row.boxes_px).all()
    assert shapely.Polygon(row.polygons_map[0]).covers(drawn.buffer(-1e-6))
    assert row.text("run_id") == [None]
    write_survey(path, read_images(path), read_detections(path), read_runs(path), UTM)


# ---- CRS ------------------------------------------------------------------------------------


def test_without_position_the_crs_is_undefined_and_the_layer_says_so(tmp_path, check_gpkg):
    path = write(tmp_path / "a.gpkg", crs_wkt=None)
    check_gpkg(path, positioned=False)
    contents = {row["table_name"]: row for row in rows_of(path, "gpkg_contents")}
    assert contents["detections"]["srs_id"] == -1
    assert "no position" in contents["detections"]["description"]
    assert "no position" in contents["detections"]["identifier"]
    assert read_polygons(path, "detections").crs_wkt is None


@pytest.mark.parametrize(
    "text",
    [
        "EPSG:4326",
        "EPSG:3395",
        "EPSG:27700",
        "+proj=tmerc +lat_0=1.5 +lon_0=36.5 +k=0.9996 +x_0=1000 +y_0=-5 +ellps=clrk80 +units=m",
        "EPSG:32736+5773",
        "EPSG:4979",
        "EPSG:2046",
    ],
)
def test_any_crs_comes_back_from_gdal(tmp_path, text):
    crs = pyproj.CRS(text)
    path = write(tmp_path / "a.gpkg", crs_wkt=crs.to_wkt())
    read = pyproj.CRS(pyogrio.read_info(path, layer="detections")["crs"])
    flat = (crs.sub_crs_list[0] if crs.is_compound else crs).to_2d()
    to_wgs84 = [pyproj.Transformer.from_crs(c, 4326, always_xy=True).transform(1000.25, 2000.5) for c in (read, flat)]
    assert to_wgs84[0] == pytest.approx(to_wgs84[1], abs=1e-9)


def test_a_text_that_is_no_crs_is_refused(tmp_path):
    with pytest.raises(GeoreferenceError, match="CRS"):
        write(tmp_path / "a.gpkg", crs_wkt="PROJCS[nonsense")
    assert left_in(tmp_path) == set()


# ---- counts ---------------------------------------------------------------------------------


def dump(path, but):
    with closing(sqlite3.connect(path)) as db, db:
        tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {table: rows_of(path, table) for table in tables if not any(word in table for word in but)}


def test_counts_come_into_a_file_and_nothing_else_changes(tmp_path, check_gpkg):
    path = write(tmp_path / "survey.gpkg")
    admin = ("counts", "contents", "geometry_columns", "extensions", "layer_styles", "qgis_projects", "sqlite", "node")
    before = dump(path, admin)
    for _ in range(2):
        write_counts(path, counts())
        check_gpkg(path)
        assert dump(path, admin) == before
        assert left_in(tmp_path) == {"survey.gpkg", "survey.qgz"}
    read = read_polygons(path, "counts")
    assert read.columns["count"] == [0, 1, 2, 3, 4]
    assert read.columns["region"][-1] == "outside"
    assert read.geometries[-1] is None
    assert read.geometries[0].area == pytest.approx(150 * 120)
    styles = [row["f_table_name"] for row in rows_of(path, "layer_styles")]
    assert sorted(styles) == ["counts", "detections", "images"]


def test_counts_need_a_survey(tmp_path):
    with pytest.raises(VectorError, match="no such file"):
        write_counts(tmp_path / "none.gpkg", counts())
    write_polygons(tmp_path / "other.gpkg", "regions", [], {}, UTM)
    with pytest.raises(VectorError, match="not the GeoPackage of a survey"):
        write_counts(tmp_path / "other.gpkg", counts())
    (tmp_path / "text.gpkg").write_text("hello")
    for read in (read_images, read_detections, read_runs):
        with pytest.raises(VectorError, match="not the GeoPackage of a survey"):
            read(tmp_path / "text.gpkg")


# ---- SQLite ---------------------------------------------------------------------------------


@given(
    st.lists(st.tuples(st.floats(-1e7, 1e7), st.floats(0, 1e4), st.floats(-1e7, 1e7), st.floats(0, 1e4)), max_size=400),
    st.integers(0, 2**32 - 1),
)
def test_the_packed_rtree_finds_what_a_scan_finds(boxes, seed):
    rng = np.random.default_rng(seed)
    bounds = np.array([(x, x + w, y, y + h) for x, w, y, h in boxes]).reshape(-1, 4)
    ids = rng.permutation(len(bounds) * 3)[: len(bounds)] + 1
    with closing(sqlite3.connect(":memory:")) as db, db:
        rtree.create(db, 'a "tree"', ids, bounds)
        assert db.execute("SELECT rtreecheck('a \"tree\"')").fetchone() == ("ok",)
        for _ in range(5):
            x, y = rng.uniform(-1.2e7, 1.2e7, 2)
            w, h = rng.uniform(0, 1e7, 2)
            query = 'SELECT id FROM "a ""tree""" WHERE minx <= ? AND maxx >= ? AND miny <= ? AND maxy >= ?'
            found = {row[0] for row in db.execute(query, (x + w, x, y + h, y))}
            low, high = bounds[:, 0::2], bounds[:, 1::2]
            hit = ((low <= (x + w, y + h)) & (high >= (x, y))).all(axis=1)
            assert found >= set(ids[hit].tolist())  # float32 may let in a neighbour, and loses none
            near = ((low <= (x + w + 4, y + h + 4)) & (high >= (x - 4, y - 4))).all(axis=1)
            assert found <= set(ids[near].tolist())


@pytest.mark.parametrize("count", [0, 1, 51, 52, 51 * 51, 51 * 51 + 1, 140_000])
def test_the_packed_rtree_is_one_to_sqlite(count):
    low = np.random.default_rng(0).uniform(0, 1e6, (count, 2))
    bounds = np.stack([low[:, 0], low[:, 0] + 1, low[:, 1], low[:, 1] + 1], axis=1)
    with closing(sqlite3.connect(":memory:")) as db, db:
        rtree.create(db, "tree", np.arange(1, count + 1), bounds)
        assert db.execute("SELECT rtreecheck('tree')").fetchone() == ("ok",)
        db.execute("INSERT INTO tree VALUES (?, 0, 1, 0, 1)", (count + 1,))
        db.execute("DELETE FROM tree WHERE id = 1")
        assert db.execute("SELECT rtreecheck('tree')").fetchone() == ("ok",)
        assert db.execute("SELECT count(*) FROM tree").fetchone() == (count + 1 - (count > 0 or 1),)


def test_a_plain_update_works_with_the_functions_that_the_triggers_call(tmp_path, check_gpkg):
    path = write(tmp_path / "survey.gpkg")
    with closing(sqlite3.connect(path)) as db, db:
        schema.allow_edits(db)
        db.execute("UPDATE detections SET review = 'confirmed', geom = NULL WHERE fid <= 10")
        db.execute("UPDATE detections SET geom = (SELECT geom FROM detections WHERE fid = 11) WHERE fid = 12")
        db.execute("DELETE FROM detections WHERE fid = 20")
        assert db.execute("SELECT count(*) FROM rtree_detections_geom").fetchone() == (189,)
        assert db.execute("SELECT feature_count FROM gpkg_ogr_contents WHERE table_name = 'detections'").fetchone() == (
            199,
        )


def test_the_review_queue_and_an_images_animals_are_found_by_index(tmp_path):
    path = write(tmp_path / "survey.gpkg")
    with closing(sqlite3.connect(path)) as db, db:
        for query, index in (
            ("SELECT fid FROM detections WHERE review = 'unreviewed' ORDER BY score DESC", "detections_review"),
            ("SELECT fid FROM detections WHERE image = 'a'", "detections_image"),
            ("SELECT fid FROM images WHERE path = 'a'", "images_path"),
        ):
            plan = " ".join(row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {query}"))
            assert index in plan
            assert "TEMP B-TREE" not in plan


def test_a_new_row_gets_sensible_values(tmp_path):
    path = write(tmp_path / "survey.gpkg")
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("INSERT INTO runs (run_id) VALUES ('r2')")
        schema.allow_edits(db)
        db.execute("INSERT INTO detections (geom) VALUES (NULL)")
        assert db.execute("SELECT review, counted FROM detections ORDER BY fid DESC").fetchone() == ("unreviewed", 1)


# ---- tables ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"label": np.zeros(3, int)}, "label has shape"),
        ({"label": np.full(200, 6)}, "index outside"),
        ({"runner_up": np.full(200, -2)}, "index outside"),
        ({"score": np.full(200, 1.5)}, "score is outside"),
        ({"score": ["high"] * 200}, "not made of numbers"),
        ({"counted": np.full(200, 2)}, "counted"),
        ({"boxes_px": np.full((200, 4), 3.0)}, "box is empty"),
        ({"boxes_px": np.tile([0, 0, np.inf, 1], (200, 1))}, "infinite"),
        ({"polygons_map": np.tile(np.arange(10.0).reshape(5, 2), (200, 1, 1))}, "not closed"),
        ({"polygons_map": np.tile([[0, 0], [0, 1], [1, 1], [1, np.nan], [0, 0]], (200, 1, 1))}, "partly NaN"),
        ({"review": "maybe"}, "'maybe' is not one of"),
        ({"review": ["confirmed"] * 199}, "199 entries"),
        ({"note": ["x"]}, "1 entries"),
    ],
)
def test_a_bad_column_is_refused(change, said):
    with pytest.raises(TableError, match=said) as caught:
        dataclasses.replace(detections(), **change)
    assert isinstance(caught.value, GeoError)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"path": ["a.jpg"] * 4}, "twice"),
        ({"path": ["/data/a.jpg", "b", "c", "d"]}, "not relative"),
        ({"path": ["C:\\data\\a.jpg", "b", "c", "d"]}, "not relative"),
        ({"path": ["a\udcff.jpg", "b", "c", "d"]}, "UTF-8"),
        ({"status": ["lost"] * 4}, "'lost' is not one of"),
        ({"georeference": ["guess"] * 4}, "'guess' is not one of"),
        ({"reason": [None] * 4}, "without a reason"),
        ({"width": [1, 2]}, "shape"),
        ({"footprints": [np.zeros((3, 2)), None, None, None]}, "ring"),
        ({"footprints": [np.arange(8.0).reshape(4, 2), None, None, None]}, "closed"),
    ],
)
def test_a_bad_image_is_refused(change, said):
    with pytest.raises(TableError, match=said):
        dataclasses.replace(images(), **change)


def test_rows_are_taken_by_mask_and_index():
    rows = detections()
    some = rows.take(rows.label == 2)
    assert set(some.class_names()) == {HOSTILE[2]}
    assert rows.take([5, 3]).text("note") == [rows.text("note")[5], rows.text("note")[3]]
    assert isinstance(some, DetectionRows)
