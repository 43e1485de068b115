"""Surveys that were damaged, or made to harm: a table of what is done to a good one."""

import io
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

Change = Callable[[sqlite3.Connection], object]


def _sql(*statements: str) -> Change:
    def change(db: sqlite3.Connection) -> None:
        for statement in statements:
            db.execute(statement)

    return change


def _values(table: str, column: str, *values: object) -> dict[str, Change]:
    """One row, and all rows, with each value in a column."""
    made: dict[str, Change] = {}
    for value in values:
        name = f"{table}.{column} = {str(value)[:20]!r}"
        made[name] = lambda db, v=value: db.execute(f"UPDATE {table} SET {column} = ? WHERE fid = 1", (v,))  # type: ignore[misc]
    return made


def _view(table: str, select: str) -> Change:
    return _sql(f"ALTER TABLE {table} RENAME TO hidden_{table}", f"CREATE VIEW {table} AS {select}")


def _schema(name: str, sql: str) -> Change:
    """What SQLite would refuse to make, written into its own table of tables."""

    def change(db: sqlite3.Connection) -> None:
        db.execute("PRAGMA writable_schema=ON")
        db.execute("INSERT INTO sqlite_master VALUES ('table', ?, ?, 0, ?)", (name, name, sql))

    return change


def _project(xml: bytes) -> Change:
    def change(db: sqlite3.Connection) -> None:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.qgs", xml)
        db.execute("UPDATE qgis_projects SET content = ?", (buffer.getvalue().hex(),))

    return change


_ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
_DETECTIONS = "fid, geom, image, class, score, xmin, ymin, xmax, ymax, animal_id, counted, review, reviewed_class"
_TEXTS = ("", "x" * 1_000_000, "a\0b", "\x1b[2J", "../../../../etc/passwd", "\ud7ff\U0001f418", 5, 2.5, b"\xff\xfe")
_NUMBERS = ("text", b"\xff", float("inf"), -1e308, 2**62, -(2**62), None)

CHANGES: dict[str, Change] = {
    "a view that never ends in the place of detections": _view("detections", f"{_ENDLESS} SELECT i AS fid FROM n"),
    "a view of itself": _view("images", "SELECT * FROM hidden_images"),
    "a view of runs": _view("runs", "SELECT * FROM hidden_runs"),
    "a virtual table": _schema("stolen", "CREATE VIRTUAL TABLE stolen USING VirtualOGR('/etc/passwd')"),
    "a virtual table, hidden in a comment": _schema("s", "CREATE VIRTUAL TABLE s USING/**/VirtualOGR('/etc/passwd')"),
    "a computed column": _sql(
        "ALTER TABLE images RENAME COLUMN reason TO old",
        "ALTER TABLE images ADD COLUMN reason TEXT AS (hex(zeroblob(100000000))) VIRTUAL",
    ),
    "a trigger": _sql("CREATE TRIGGER t AFTER INSERT ON detections BEGIN DELETE FROM detections; END"),
    "no detections": _sql("DROP TABLE detections"),
    "no images": _sql("DROP TABLE images"),
    "no column": _sql("ALTER TABLE detections RENAME COLUMN score TO points"),
    "no standard table": _sql("DROP TABLE gpkg_spatial_ref_sys"),
    "no geometry column": _sql("DELETE FROM gpkg_geometry_columns"),
    "no rows": _sql("DELETE FROM detections", "DELETE FROM images", "DELETE FROM runs"),
    "bytes in the place of text": _sql("UPDATE detections SET class = x'ff00fe' WHERE fid = 2"),
    "text that is not UTF-8": _sql("UPDATE detections SET class = CAST(x'fffe41' AS TEXT) WHERE fid = 2"),
    "a geometry that is none": _sql("UPDATE detections SET geom = x'00' WHERE fid = 3"),
    "a geometry of another kind": _sql("UPDATE detections SET geom = x'47500001ffffffff0101000000' WHERE fid = 3"),
    "a geometry that says it is larger": _sql("UPDATE images SET geom = substr(geom, 1, 60) WHERE fid = 1"),
    "no geometries": _sql("UPDATE detections SET geom = NULL", "UPDATE images SET geom = NULL"),
    "an unknown CRS": _sql("UPDATE gpkg_spatial_ref_sys SET organization_coordsys_id = 999999 WHERE srs_id > 1000"),
    "a CRS that is none": _sql(
        "UPDATE gpkg_spatial_ref_sys SET organization = 'x', definition = 'nonsense' WHERE srs_id > 1000"
    ),
    "a CRS of another number": _sql("UPDATE gpkg_geometry_columns SET srs_id = 31337"),
    "a CRS that is text": _sql("UPDATE gpkg_geometry_columns SET srs_id = 'x'"),
    "classes that are no JSON": _sql("UPDATE runs SET classes = '{'"),
    "classes of another kind": _sql("UPDATE runs SET classes = '5'"),
    "deep JSON": _sql(f"UPDATE runs SET settings = '{'[' * 50_000}'"),
    "settings of another kind": _sql("UPDATE runs SET settings = '[1]'"),
    "a project of 240 MB": _project(b"<qgis>" + b" " * (240 << 20) + b"</qgis>"),
    "a project that is none": _sql("UPDATE qgis_projects SET content = 'zz'"),
    "a project without layers": _project(b"<qgis/>"),
    "a project with entities": _project(
        b"<!DOCTYPE q [<!ENTITY a 'aaaaaaaaaa'>"
        + b"".join(b"<!ENTITY %c '%s'>" % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
        + b"]><qgis>&j;</qgis>"
    ),
    "a deep project": _project(b"<a>" * 100_000 + b"</a>" * 100_000),
    "two images of one path": _sql(
        "ALTER TABLE images RENAME TO old",
        "CREATE TABLE images AS SELECT * FROM old",
        "UPDATE images SET path = (SELECT path FROM images WHERE fid = 2)",
    ),
    "a review of another word": _sql("UPDATE detections SET review = 'perhaps'"),
    "counted that is no yes or no": _sql("UPDATE detections SET counted = 300"),
    "counted as two animals": _sql("UPDATE detections SET counted = 2"),
    "a box inside out": _sql("UPDATE detections SET xmin = xmax, xmax = xmin"),
    **_values("detections", "image", *_TEXTS),
    **_values("detections", "class", *_TEXTS),
    **_values("detections", "note", *_TEXTS),
    **_values("images", "path", *_TEXTS[:6], b"\xff"),
    **_values("detections", "score", *_NUMBERS),
    **_values("detections", "xmin", *_NUMBERS),
    **_values("detections", "animal_id", *_NUMBERS),
    **_values("images", "width", *_NUMBERS),
    **_values("images", "gsd_m", *_NUMBERS),
}


def changed(path: Path, change: Change) -> Path:
    """The survey at `path` after a change; constraints and triggers do not hold for it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.create_function("ST_IsEmpty", 1, lambda shape: shape is None)
        for name in ("ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
            db.create_function(name, 1, lambda shape: 0.0)
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f'DROP TRIGGER "{name}"')
        db.execute("PRAGMA ignore_check_constraints=ON")
        change(db)
    return path
