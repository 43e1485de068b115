"""QGIS writes what a person edits by the number of the row: it stays, and no other row gets it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from geo.geopackage import read_detections, read_images, write_survey
from geo.tables import DetectionRows
from tests.geopackage_checker import check_geopackage
from tests.surveys.small import UTM, detections, images, run


def write(path: Path, rows: DetectionRows) -> None:
    write_survey(path, images(), rows, [run()], UTM)


def numbers(path: Path) -> dict[str, int]:
    with closing(sqlite3.connect(path)) as db:
        return dict(db.execute("SELECT uuid, fid FROM detections ORDER BY image, xmin").fetchall())


def test_a_row_keeps_its_number_and_no_other_gets_it(tmp_path: Path) -> None:
    path = tmp_path / "survey.gpkg"
    write(path, detections(3))
    before = numbers(path)
    assert sorted(before.values()) == [1, 2, 3]
    keys = list(before)
    write(path, read_detections(path).take([2, 0]))
    assert numbers(path) == {keys[0]: 1, keys[2]: 3}
    write(path, read_detections(path).take([0]))
    write(path, detections(3))
    assert numbers(path) == {keys[0]: 1, keys[1]: 4, keys[2]: 5}
    check_geopackage(path)


@pytest.mark.parametrize("number", ["'x' || fid", "7", "-fid", "1 << 60", "fid + 0.5"])
def test_numbers_that_another_program_gave_do_not_stop_a_run(tmp_path: Path, number: str) -> None:
    path = tmp_path / "survey.gpkg"
    write(path, detections(3))
    with closing(sqlite3.connect(path)) as db:
        columns = [str(row[1]) for row in db.execute("PRAGMA table_info(images)").fetchall() if row[1] != "fid"]
        rest = ", ".join(f'"{column}"' for column in columns)
        db.execute(f"CREATE TABLE theirs AS SELECT {number} AS fid, {rest} FROM images")
        db.execute("DROP TABLE images")
        db.execute("ALTER TABLE theirs RENAME TO images")
        db.execute("INSERT INTO sqlite_sequence VALUES ('images', 'many')")
        db.commit()
    write(path, read_detections(path))
    assert read_images(path).path == images().path
    check_geopackage(path)
