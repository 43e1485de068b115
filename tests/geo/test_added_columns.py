"""Columns that a person added to a survey: read, carried, joined and written with their rows."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import geopackage
from geo.added_columns import AddedColumn, Value, carried, default_of, joined, sql_type
from geo.geopackage import schema
from geo.reviews.merge import merge
from geo.tables import DetectionRows, TableError
from tests.geopackage_checker import check_geopackage
from tests.surveys import small

# name: type, and values of the first rows; further rows are null.
ADDED: Mapping[str, tuple[str, list[Value]]] = {
    "age": ("TEXT", ["calf", None, "", "très vieux; 'x' \"y\""]),
    "group size": ("INTEGER", [3, 0, None, -(2**40)]),
    "height_m": ("REAL", [1.25, None, -0.5, 1e300]),
    "carcass": ("BOOLEAN", [1, 0, None]),
    "seen on": ("DATE", ["2026-11-29", None, "0001-01-01"]),
    "at": ("DATETIME", ["2026-11-29T08:00:00.000Z"]),
    'a "quoted" name': ("TEXT(20)", ["q", "r"]),
    "order": ("MEDIUMINT", [1, 2, 3]),
    "select * from; --": ("TEXT", ["x'); DROP TABLE detections;--"]),
    "Größe 獅子 🦁": ("REAL", [None, 2.0]),
    "=1+2": ("TEXT", ["=1+2"]),
    "<b>&amp;": ("TEXT", ["<script>alert(1)</script>"]),
    "picture": ("BLOB", [b"\x00\xff", None]),
    "a_long_name_that_no_shapefile_holds": ("TEXT", ["long", None, "longer"]),
    "a_long_name_that_no_shapefile_takes": ("TEXT", ["other"]),
}


def add(path: Path, table: str = "detections", columns: Mapping[str, tuple[str, list[Value]]] = ADDED) -> None:
    """What QGIS does when a person adds columns and fills them in the first rows."""
    with closing(sqlite3.connect(path)) as db, db:
        schema.allow_edits(db)
        fids = [fid for (fid,) in db.execute(f"SELECT fid FROM {table} ORDER BY fid")]
        for name, (kind, values) in columns.items():
            column = '"' + name.replace('"', '""') + '"'
            db.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")
            for fid, value in zip(fids, values, strict=False):
                db.execute(f"UPDATE {table} SET {column} = ? WHERE fid = ?", (value, fid))


def values_in(path: Path, table: str = "detections", key: str = "xmin") -> dict[Any, dict[str, Any]]:
    """By the left side of its box, what a row has in the columns that a person added; nulls left out."""
    own = {"detections": schema.DETECTIONS, "images": schema.IMAGES, "tile_labels": schema.TILE_LABELS}[table]
    with closing(sqlite3.connect(path)) as db:
        found = db.execute(f"SELECT * FROM {table} ORDER BY fid")
        names = [str(column[0]) for column in found.description]
        rows = [dict(zip(names, row, strict=True)) for row in found]
    more = [name for name in names if name not in ("fid", "geom", *own)]
    each = {row[key]: {name: row[name] for name in more if row[name] is not None} for row in rows}
    return {place: said for place, said in each.items() if said}


def types_in(path: Path, table: str = "detections") -> dict[str, str]:
    with closing(sqlite3.connect(path)) as db:
        return {name: kind for _, name, kind, *_ in db.execute(f"PRAGMA table_info({table})")}


def test_a_survey_is_read_and_written_with_them(tmp_path: Path) -> None:
    path = small.write(tmp_path / "survey.gpkg")
    add(path)
    add(path, "images", {"weather": ("TEXT", ["haze", None, "sun"])})
    before = values_in(path), values_in(path, "images", "path")
    assert len(before[0]) == 4
    images, rows = geopackage.read_images(path), geopackage.read_detections(path, chips=True)
    again = tmp_path / "again.gpkg"
    geopackage.write_survey(again, images, rows, [small.run()], small.UTM)
    assert (values_in(again), values_in(again, "images", "path")) == before
    assert types_in(again) == types_in(path)
    check_geopackage(again)


def test_rows_that_say_nothing_else_are_worth_keeping(tmp_path: Path) -> None:
    path = small.write(tmp_path / "survey.gpkg")
    with closing(sqlite3.connect(path)) as db, db:
        schema.allow_edits(db)
        db.execute("UPDATE detections SET review = 'unreviewed', note = NULL")
    assert len(geopackage.read_detections(path, reviewed_only=True)) == 0
    add(
        path,
        columns={"age": ("TEXT DEFAULT 'adult'", ["calf", "adult"]), "n": ("INTEGER NOT NULL DEFAULT 1", [1, 1, 2])},
    )
    kept = geopackage.read_detections(path, reviewed_only=True)
    assert {column.name: list(column.values) for column in kept.added} == {"age": ["calf", "adult"], "n": [1, 2]}
    assert [column.default for column in kept.added] == ["adult", 1]


@pytest.mark.parametrize(
    ("declared", "values", "expected"),
    [
        ("text(50)", [], "TEXT(50)"),
        ("VARCHAR(10)", ["a"], "TEXT(10)"),
        ("bigint", [2**40], "INTEGER"),
        ("Integer(10)", [1], "INTEGER"),
        ("JSON", ['{"a": 1}'], "TEXT"),
        ("", [1, 2], "INTEGER"),
        ("", [1, 2.5], "REAL"),
        ("", [1, "x"], "TEXT"),
        ("", [b"x", None], "BLOB"),
        ("NUMERIC(10,2)", [2.5], "REAL"),
        ("TEXT); DROP TABLE runs; --", [None], "TEXT"),
        ("MULTIPOLYGON", [b"GP"], "BLOB"),
    ],
)
def test_a_type_is_one_that_a_geopackage_has(declared: str, values: list[Value], expected: str) -> None:
    assert sql_type(declared, values) == expected


@pytest.mark.parametrize(
    ("sql", "kind", "expected"),
    [
        (None, "TEXT", None),
        ("NULL", "TEXT", None),
        ("'it''s'", "TEXT", "it's"),
        ('"adult"', "TEXT", "adult"),
        ("5", "INTEGER", 5),
        ("-2.5", "REAL", -2.5),
        ("5", "TEXT", "5"),
        ("'5'", "INTEGER", 5.0),
        ("true", "BOOLEAN", 1),
        ("CURRENT_TIMESTAMP", "DATETIME", None),
        ("'a' || randomblob(9)", "TEXT", None),
        ("(SELECT 'a' || 'b')", "TEXT", None),
    ],
)
def test_a_default_is_a_plain_value_or_none(sql: str | None, kind: str, expected: Value) -> None:
    assert default_of(sql, kind) == expected
    column = AddedColumn("x", kind, [None], default_of(sql, kind))
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute(f"CREATE TABLE t (a, x {column.declaration})")
        db.execute("INSERT INTO t (a) VALUES (1)")
        assert db.execute("SELECT x FROM t").fetchone() == (expected,)


def test_two_tables_are_joined_by_name() -> None:
    first = [AddedColumn("Age", "TEXT", ["calf"]), AddedColumn("n", "INTEGER", [1], 7)]
    second = [AddedColumn("age", "TEXT", ["old"]), AddedColumn("n", "REAL", [2.5]), AddedColumn("x", "BLOB", [b"x"])]
    both = {c.name: (c.sql_type, list(c.values)) for c in joined(first, second, 1, 1)}
    assert both == {"Age": ("TEXT", ["calf", "old"]), "n": ("REAL", [1, 2.5]), "x": ("BLOB", [None, b"x"])}
    mixed = joined([AddedColumn("n", "TEXT", ["a"])], [AddedColumn("n", "INTEGER", [2])], 1, 1)
    assert [(c.sql_type, list(c.values)) for c in mixed] == [("TEXT", ["a", "2"])]


def test_values_go_to_the_partner_and_nowhere_else() -> None:
    old = [AddedColumn("age", "TEXT", ["calf", "old", None], "adult")]
    (column,) = carried(old, np.array([2, -1, 0]), [], 3)
    assert column.values == [None, "adult", "calf"]
    (column,) = carried(old, np.array([0, 1, -1]), [AddedColumn("AGE", "TEXT", ["mine", "too"])], 2)
    assert column.values == ["calf", "old"]


def test_a_name_that_herdmap_needs_is_refused(tmp_path: Path) -> None:
    rows = replace(small.detections(1, classes=("sheep",)), added=(AddedColumn("SCORE", "TEXT", ["x"]),))
    with pytest.raises(TableError, match=r"'SCORE'.*rename it"):
        geopackage.write_survey(tmp_path / "x.gpkg", small.images(), rows, [], small.UTM)


# ---- two people's values ------------------------------------------------------------------------


def animals(values: Mapping[str, list[Value]], **said: Any) -> DetectionRows:
    """Three animals in a row, with these added columns."""
    corner = np.array([[0, 0], [100, 0], [200, 0]], np.float32)
    return DetectionRows(
        paths=("a.jpg",),
        image=np.zeros(3, np.int64),
        classes=("sheep",),
        label=np.zeros(3, np.int64),
        score=np.full(3, 0.5, np.float32),
        boxes_px=np.hstack([corner, corner + 50]),
        polygons_map=np.full((3, 5, 2), np.nan),
        run_id="r1",
        added=tuple(AddedColumn(name, "TEXT", column) for name, column in values.items()),
        **said,
    )


def told(rows: DetectionRows) -> dict[str, list[Value]]:
    return {column.name: list(column.values) for column in rows.added}


def test_two_peoples_values_are_taken_over_and_conflicts_are_said() -> None:
    reviewed: dict[str, Any] = {"review": ["confirmed", "unreviewed", "unreviewed"]}
    ann = animals(
        {"age": ["calf", "old", None], "sex": ["f", None, None]},
        **reviewed, reviewer=["Ann", "Ann", None], reviewed_at=["2026-11-01T08:00:00Z", None, None],
    )  # fmt: skip
    bob = animals(
        {"age": ["adult", None, "old"], "carcass": [None, "yes", None]},
        **reviewed, reviewer=["Bob", None, None], reviewed_at=["2026-11-02T08:00:00Z", None, None],
    )  # fmt: skip
    both = merge(ann, bob)
    assert told(both.rows) == {
        "age": ["adult", "old", "old"],
        "sex": ["f", None, None],
        "carcass": [None, "yes", None],
    }
    (conflict,) = [one for one in both.conflicts if one.column]
    long = merge(animals({"age": ["x" * 9000, None, None]}), animals({"age": ["y" * 9000, None, None]}))
    assert len(long.rows.text("note")[0] or "") < 200, "a note stays a note"
    assert (str(conflict.first), str(conflict.second), conflict.kept) == ("age = calf", "age = adult", "second")
    assert "conflict: Ann said age = calf (2026-11-01T08:00:00Z)" in (both.rows.text("note")[0] or "")
    assert both.rows.text("note")[1:] == [None, None]


def test_one_person_who_changed_a_value_is_no_conflict() -> None:
    early = animals({"age": ["calf", None, None]}, reviewer="Ann", reviewed_at="2026-11-01T08:00:00Z")
    late = animals({"age": ["old", None, None]}, reviewer="Ann", reviewed_at="2026-11-02T08:00:00Z")
    both = merge(early, replace(late, review=["confirmed", "unreviewed", "unreviewed"]))
    assert told(both.rows) == {"age": ["old", None, None]}
    assert not both.conflicts


words = st.lists(st.sampled_from([None, None, "calf", "old"]), min_size=3, max_size=3)
people = st.lists(st.sampled_from([None, "Ann", "Bob"]), min_size=3, max_size=3)
columns = st.dictionaries(st.sampled_from(["age", "sex"]), words, max_size=2)


@settings(max_examples=60, deadline=None)
@given(columns, columns, people, people)
def test_the_order_of_the_files_means_nothing_and_a_second_merge_changes_nothing(
    one: Mapping[str, list[Value]], two: Mapping[str, list[Value]], first: list[str | None], second: list[str | None]
) -> None:
    a, b = animals(one, reviewer=first), animals(two, reviewer=second)
    both, other = merge(a, b), merge(b, a)
    assert said_of(both.rows) == said_of(other.rows)
    assert [(str(c.first), str(c.second)) for c in both.conflicts] == [
        (str(c.second), str(c.first)) for c in other.conflicts
    ]
    for again in (merge(both.rows, a), merge(b, both.rows)):
        assert said_of(again.rows) == said_of(both.rows)
    for rows in (a, b):
        for column in rows.added:
            kept = told(both.rows)[column.name]
            assert all(value is None or now is not None for value, now in zip(column.values, kept, strict=True))


def said_of(rows: DetectionRows) -> list[tuple[Any, ...]]:
    each = sorted((column.name, [*column.values]) for column in rows.added)
    return [*zip(rows.text("reviewer"), rows.text("note"), strict=True), *((name, *values) for name, values in each)]
