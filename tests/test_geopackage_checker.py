"""The checker of the GeoPackage contract finds each breach, so that a test that passes it says something."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.geopackage_checker import breaches
from tests.surveys import small


@pytest.fixture
def survey(tmp_path: Path) -> Path:
    return small.write(tmp_path / "s.gpkg", with_counts=True)


@pytest.fixture
def db(survey: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(survey, isolation_level=None)) as db:
        triggers = db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:  # they call functions of GDAL's
            db.execute(f'DROP TRIGGER "{name}"')
        yield db


def test_a_survey_that_keeps_it(survey: Path) -> None:
    assert breaches(survey) == []


def test_one_of_version_0_1_whose_detections_have_no_names_keeps_it(survey: Path, db: sqlite3.Connection) -> None:
    db.execute("DROP INDEX detections_uuid")
    for column in ("uuid", "kind", "angle_deg", "seen", "looks"):
        db.execute(f"ALTER TABLE detections DROP COLUMN {column}")
    assert breaches(survey) == []


@pytest.mark.parametrize(
    ("breaking", "said"),
    [
        ("PRAGMA journal_mode = WAL", "the header says WAL"),
        ("PRAGMA application_id = 7", "the application id"),
        ("PRAGMA user_version = 10400", "GeoPackage version 10400"),
        ("DROP TABLE gpkg_contents", "no table gpkg_contents"),
        ("DROP TABLE runs", "no layer runs"),
        ("DELETE FROM gpkg_contents WHERE table_name = 'images'", "images is None in gpkg_contents, not features"),
        ("ALTER TABLE images RENAME COLUMN agl_m TO agl", "images has no column agl_m"),
        ("ALTER TABLE detections RENAME COLUMN image TO photo", "detections has no column image"),
        ("ALTER TABLE counts RENAME COLUMN area_km2 TO area", "counts has no column area_km2"),
        ("ALTER TABLE detections DROP COLUMN looks", "detections has uuid and no column looks"),
        ("CREATE TABLE searches (fid INTEGER PRIMARY KEY, image TEXT)", "searches has no column cell"),
        (
            "CREATE TABLE searches (image, cell, xmin, ymin, xmax, ymax, reviewer, searched_at);"
            "INSERT INTO searches VALUES ('no.jpg', 1, 0, 0, 5, 5, 'Ann', NULL)",
            "1 searches of an image that the images layer does not have",
        ),
        (
            "UPDATE detections SET uuid = NULL WHERE fid = 3",
            "200 detections have 199 uuids, 199 of them different",
        ),
        (
            "DROP INDEX detections_uuid; UPDATE detections SET uuid = 'x' WHERE fid < 3",
            "200 detections have 200 uuids, 199 of them different",
        ),
        ("DROP TABLE rtree_detections_geom", "detections has no R-tree"),
        ("DELETE FROM rtree_detections_geom WHERE id = 5", "detections: 199 R-tree entries for 200 geometries"),
        (
            "UPDATE rtree_detections_geom SET maxx = maxx + 9 WHERE id < 3",
            "detections: 2 geometries are not where the R-tree says",
        ),
        ("DROP TABLE layer_styles", "no table layer_styles"),
        ("UPDATE layer_styles SET useAsDefault = 0", "no default style for images"),
        ("DROP TABLE qgis_projects", "no table qgis_projects"),
        ("UPDATE qgis_projects SET name = 'x'", "no project named herdmap"),
        ("UPDATE images SET status = 'lost' WHERE fid = 1", "1 images with no known status"),
        ("UPDATE images SET reason = NULL", "1 failed images with no reason"),
        ("UPDATE images SET detections = detections + 1 WHERE fid = 1", "1 searched images whose detections column"),
        ("UPDATE detections SET xmax = xmin WHERE fid = 1", "1 detections with an empty box or a score"),
        ("UPDATE detections SET score = 1.5 WHERE fid < 3", "2 detections with an empty box or a score"),
        ("UPDATE detections SET image = 'no.jpg' WHERE fid = 9", "1 detections of an image that the images layer"),
        ("UPDATE detections SET xmax = 6001 WHERE fid = 9", "1 boxes that reach out of their image"),
        ("UPDATE detections SET review = 'maybe' WHERE fid = 9", "1 detections with an unknown review or counted"),
        ("UPDATE detections SET counted = 2 WHERE fid = 9", "1 detections with an unknown review or counted"),
        ("UPDATE images SET path = '/data/' || path", "is absolute"),
        ("UPDATE images SET path = 'C:\\' || path", "is absolute"),
        ("UPDATE runs SET settings = '{'", "runs.settings is not JSON: '{'"),
        ("UPDATE detections SET geom = NULL WHERE fid = 4", "1 detections without a place on the ground"),
        ("UPDATE gpkg_geometry_columns SET srs_id = -1 WHERE table_name = 'detections'", "srs_id -1: no CRS"),
        (
            "DELETE FROM gpkg_geometry_columns WHERE table_name = 'detections'",
            "detections is no spatial layer",
        ),
    ],
)
def test_a_breach_is_found(survey: Path, db: sqlite3.Connection, breaking: str, said: str) -> None:
    db.executescript(breaking)
    assert any(said in line for line in breaches(survey)), breaches(survey)


def test_a_place_on_the_ground_is_asked_for_only_where_it_is_due(survey: Path, db: sqlite3.Connection) -> None:
    db.execute("UPDATE gpkg_geometry_columns SET srs_id = -1 WHERE table_name = 'detections'")
    assert breaches(survey, positioned=False) == []


def test_other_files_are_known(tmp_path: Path) -> None:
    (tmp_path / "text.gpkg").write_text("no database")
    assert breaches(tmp_path / "text.gpkg") == ["not an SQLite file"]
    with closing(sqlite3.connect(tmp_path / "plain.gpkg")) as db:
        db.execute("CREATE TABLE t (x)")
    assert "no table gpkg_contents" in breaches(tmp_path / "plain.gpkg")


def test_what_a_crash_left_beside_it_is_found(survey: Path) -> None:
    Path(f"{survey}-journal").touch()
    assert breaches(survey) == ["s.gpkg-journal was left behind"]
