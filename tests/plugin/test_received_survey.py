"""A survey that somebody made to harm is refused when the plugin opens it, before QGIS reads a row."""

import sqlite3
import time
from contextlib import closing

import pytest

from qgis_plugin import layers, survey_file
from qgis_plugin.survey_file import SurveyError, SurveyFile

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
OTHERS = (
    "fid, geom, image, class, score, xmin, ymin, xmax, ymax, counted, review, reviewed_class, reviewer, reviewed_at,"
    " note, run_id, animal_id"
)
CASES = {
    "a view that never ends": (
        (
            "ALTER TABLE detections RENAME TO hidden",
            f"CREATE VIEW detections AS SELECT {OTHERS} FROM hidden, ({ENDLESS} SELECT i FROM n)",
        ),
        "holds a view in the place of the table",
    ),
    "a virtual table": (
        (
            "PRAGMA writable_schema=ON",
            "INSERT INTO sqlite_master VALUES ('table','s','s',0,'CREATE VIRTUAL TABLE s USING VirtualOGR(''/x'')')",
        ),
        "virtual table",
    ),
    "a computed column": (
        (
            "ALTER TABLE images RENAME COLUMN reason TO old",
            "ALTER TABLE images ADD COLUMN reason TEXT AS (hex(zeroblob(100000000))) VIRTUAL",
        ),
        "computed anew",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_it_is_refused_at_once(copied, qgis_new_project, name):
    statements, said = CASES[name]
    with closing(sqlite3.connect(copied, isolation_level=None)) as db:
        for (trigger,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f'DROP TRIGGER "{trigger}"')
        for statement in statements:
            db.execute(statement)
    began = time.monotonic()
    with pytest.raises(SurveyError, match=said):
        layers.open_survey(copied, qgis_new_project)
    assert time.monotonic() - began < 5


def test_a_query_that_never_ends_is_ended(copied, monkeypatch):
    monkeypatch.setattr(survey_file, "_SECONDS_TO_READ", 0.2)
    monkeypatch.setattr(survey_file, "_BYTES_A_SECOND", 1e12)
    with pytest.raises(SurveyError), SurveyFile(copied).open("ro") as db:
        db.execute(f"{ENDLESS} SELECT count(*) FROM n").fetchone()
