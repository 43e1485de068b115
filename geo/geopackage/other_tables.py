"""What people put into a survey's file beside its own tables: layers, tables, views, styles, projects.

When the survey is written anew, `keep` copies them from the old file into the new one, as they are: their rows in the
tables of the GeoPackage standard, their R-trees, indexes and triggers too.
"""

import sqlite3
from collections.abc import Collection
from typing import Any

from geo.added_columns import quoted
from geo.geopackage import schema

_ESTIMATE_MAP = {"strata": schema.STRATA, "transects": schema.TRANSECTS}
_ALWAYS_OURS = ("images", "detections", "runs", "tile_labels", "layer_styles", "qgis_projects")
_OURS_WITH = {
    "counts": {"fid", "geom", "region", "class", "count", "area_km2", "density_per_km2"},
    "searches": {"fid", "image", "cell", "xmin", "ymin", "xmax", "ymax", "reviewer", "searched_at"},
    "estimates": {"fid", "stratum", "class", "n", "estimate", "se", "method"},
}


def is_ours(db: sqlite3.Connection, name: str) -> bool:
    """Whether the table `name`, of any spelling, is one that Herdmap makes, and not a person's of that name."""
    name = name.lower()
    columns = {str(row[1]) for row in db.execute("SELECT * FROM pragma_table_info(?)", (name,)).fetchall()}
    if name in _ESTIMATE_MAP:
        return not columns or columns == {"fid", "geom", *_ESTIMATE_MAP[name]}
    return name in _ALWAYS_OURS or (name in _OURS_WITH and (not columns or _OURS_WITH[name] <= columns))


def names(db: sqlite3.Connection) -> list[str]:
    """The tables of the file that are not Herdmap's, nor the standard's own."""
    hidden = {str(name) for (name,) in db.execute("SELECT name FROM pragma_table_list WHERE type = 'shadow'")}
    tables = [str(name) for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid")]
    return [
        name
        for name in tables
        if name not in hidden and not name.lower().startswith(("sqlite_", "gpkg_", "rtree_")) and not is_ours(db, name)
    ]


def keep_systems(old: sqlite3.Connection, new: sqlite3.Connection) -> None:
    """Copy the CRS of those layers, before the survey's own are numbered: their geometries hold the number."""
    wanted = set(names(old)) | _views(old).keys()
    used = [
        int(srs_id)
        for table in ("gpkg_contents", "gpkg_geometry_columns", "gpkg_tile_matrix_set")
        if _columns(old, table)
        for name, srs_id in old.execute(f"SELECT table_name, srs_id FROM {table}")  # noqa: S608 # nosec B608
        if name in wanted and srs_id is not None
    ]
    for srs_id in set(used):
        _copy(old, new, "gpkg_spatial_ref_sys", "srs_id = ?", (srs_id,), ignore=True)


def keep(old: sqlite3.Connection, new: sqlite3.Connection) -> None:
    """Copy the other tables of the survey `old` into the survey `new`, which has its own tables already.

    Raises sqlite3.Error for a table that SQLite cannot copy.
    """
    tables, views = names(old), _views(old)
    for name in tables:
        (sql,) = old.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (name,)).fetchone()
        new.execute(_checked(sql))
        _copy(old, new, name)
        for (column,) in _rtrees(old, name):
            _copy_rtree(old, new, f"rtree_{name}_{column}")
    for sql in views.values():
        new.execute(_checked(sql))
    _keep_standard(old, new, [*tables, *views])
    kinds = ("index", "trigger")
    for kind in kinds:
        query = "SELECT tbl_name, sql FROM sqlite_master WHERE type = ? AND sql IS NOT NULL ORDER BY rowid"
        for name, sql in old.execute(query, (kind,)).fetchall():
            if name in tables or name in views:
                new.execute(_checked(sql))
    _keep_styles(old, new, [*tables, *views])
    _copy(old, new, "qgis_projects", "name != 'herdmap'", ignore=True)


def _keep_standard(old: sqlite3.Connection, new: sqlite3.Connection, kept: Collection[str]) -> None:
    """The rows about these tables in the tables of the standard; and what the standard has of no table."""
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name LIKE 'gpkg\\_%' ESCAPE '\\'"
    for table, sql in old.execute(query).fetchall():
        columns = _columns(old, table)
        if table == "gpkg_spatial_ref_sys" or "rtree" in table:
            continue
        if not _columns(new, table):
            new.execute(_checked(sql))
            if "table_name" not in columns:
                _copy(old, new, table)
        if "table_name" not in columns:
            continue
        for name in kept:
            _copy(old, new, table, "lower(table_name) = lower(?)", (name,), ignore=True)
        if table == "gpkg_extensions":
            _copy(old, new, table, "table_name IS NULL OR table_name LIKE 'gpkg\\_%' ESCAPE '\\'", ignore=True)


def _keep_styles(old: sqlite3.Connection, new: sqlite3.Connection, kept: Collection[str]) -> None:
    """The styles of these tables, and those that a person saved for Herdmap's own layers."""
    if not _columns(old, "layer_styles"):
        return
    there = {str(name) for (name,) in new.execute("SELECT f_table_name FROM layer_styles")}
    shared = [name for name in _columns(old, "layer_styles") if name not in ("fid", "id")]
    shared = [name for name in shared if name in _columns(new, "layer_styles")]
    listed = ", ".join(map(quoted, shared))
    rows = old.execute(f"SELECT {listed} FROM layer_styles").fetchall()  # noqa: S608 # nosec B608
    for row in rows:
        style = dict(zip(shared, row, strict=True))
        table, name = style.get("f_table_name"), style.get("styleName")
        if table in there:
            if name == "herdmap" and schema.OUR_QML in str(style.get("styleQML")):
                continue  # it is made anew, for the classes that are there now
            new.execute("DELETE FROM layer_styles WHERE f_table_name = ? AND styleName = ?", (table, name))
            if style.get("useAsDefault"):
                new.execute("UPDATE layer_styles SET useAsDefault = 0 WHERE f_table_name = ?", (table,))
        elif table not in kept:
            continue
        marks = ", ".join("?" * len(shared))
        new.execute(f"INSERT INTO layer_styles ({listed}) VALUES ({marks})", row)  # noqa: S608 # nosec B608


def _views(db: sqlite3.Connection) -> dict[str, str]:
    return dict(db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'view' ORDER BY rowid").fetchall())


def _rtrees(db: sqlite3.Connection, table: str) -> list[tuple[str]]:
    query = "SELECT column_name FROM gpkg_extensions WHERE extension_name = 'gpkg_rtree_index' AND table_name = ?"
    return db.execute(query, (table,)).fetchall()


def _copy_rtree(old: sqlite3.Connection, new: sqlite3.Connection, name: str) -> None:
    new.execute(f"CREATE VIRTUAL TABLE {quoted(name)} USING rtree(id, minx, maxx, miny, maxy)")
    new.executemany(f"INSERT INTO {quoted(name)} VALUES (?, ?, ?, ?, ?)", old.execute(f"SELECT * FROM {quoted(name)}"))  # noqa: S608 # nosec B608


def _copy(
    old: sqlite3.Connection,
    new: sqlite3.Connection,
    table: str,
    where: str = "1",
    values: tuple[Any, ...] = (),
    *,
    ignore: bool = False,
) -> None:
    """Copy rows of a table that both files have. ignore: those whose key is taken stay out."""
    listed = ", ".join(quoted(name) for name in _columns(old, table) if name in _columns(new, table))
    if not listed:
        return
    found = old.execute(f"SELECT {listed} FROM {quoted(table)} WHERE {where}", values)  # noqa: S608 # nosec B608
    marks = ", ".join("?" * len(found.description))
    verb = "INSERT OR IGNORE" if ignore else "INSERT"
    new.executemany(f"{verb} INTO {quoted(table)} ({listed}) VALUES ({marks})", found)


def _columns(db: sqlite3.Connection, table: str) -> list[str]:
    return [str(row[1]) for row in db.execute("SELECT * FROM pragma_table_info(?)", (table,)).fetchall()]


def _checked(sql: object) -> str:
    """A statement of a file that makes a table, an index, a view or a trigger, and nothing else."""
    text = str(sql)
    if not text.lstrip().upper().startswith("CREATE "):
        raise sqlite3.DatabaseError(f"it is made by {text[:40]!r}")
    return text
