"""Guards against SQLite files of other people, above all GeoPackages: nothing in them runs, opens other files, or takes
all time or memory.

A database has more than rows: views and triggers are queries, and a virtual table is a program that may read other
files. A query may never end.

The QGIS plugin carries a copy of this file, so it needs nothing but Python 3.9.
"""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterable

# The programs of virtual tables that read only the database itself.
_MODULES = frozenset({"rtree", "rtree_i32", "fts3", "fts4", "fts5"})
_STEPS = 200_000  # steps of SQLite's machine after which the clock is checked: some milliseconds
_LARGEST_VALUE = 256 << 20  # bytes of a cell
MOST_S = 600.0
"""Seconds that the reading of one file may take."""


def guard(db: sqlite3.Connection, most_s: float = MOST_S) -> None:
    """Limit what a connection may do from now on.

    A query that makes the total time longer than `most_s` seconds ends with sqlite3.OperationalError (`interrupted`).
    Cells of more than 256 MB are refused. A view or a trigger cannot run functions that could do harm.
    """
    until = time.monotonic() + most_s
    db.set_progress_handler(lambda: int(time.monotonic() > until), _STEPS)
    if hasattr(db, "setlimit"):  # since Python 3.11
        db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LARGEST_VALUE)
    db.execute("PRAGMA trusted_schema=OFF")
    db.execute("PRAGMA cell_size_check=ON")


def problem_of(db: sqlite3.Connection, tables: Iterable[str] = ()) -> str | None:
    """A reason not to open the database, as the end of a sentence: `holds ...`; None if there is none.

    tables: names that must be tables of rows, if they exist. Raises sqlite3.DatabaseError if the database is damaged.
    """
    wanted = {name.lower() for name in tables}
    for kind, name, root_page, sql in db.execute("SELECT type, name, rootpage, sql FROM sqlite_master").fetchall():
        shown = str(name)[:40]
        virtual = kind == "table" and (not root_page or re.search(r"(?i)\bvirtual\b", str(sql).partition("(")[0]))
        if virtual:
            module = re.search(r"(?i)\busing\s+[\"'`\[]?(\w+)", str(sql))
            if module is None or module[1].lower() not in _MODULES:
                return f"holds a virtual table, {shown!r}, which may read other files"
        if str(name).lower() in wanted and (kind != "table" or virtual):
            return f"holds a {'virtual table' if virtual else kind} in the place of the table {shown!r}"
    for table in sorted(wanted):
        for column, hidden in db.execute("SELECT name, hidden FROM pragma_table_xinfo(?)", (table,)).fetchall():
            if hidden in (2, 3):
                return f"has a column that is computed anew for each row, {str(column)[:40]!r}, in its table {table!r}"
    return None


def views_that_never_end(db: sqlite3.Connection, most_s: float) -> str | None:
    """The same for views: one that cannot be read within `most_s` seconds. It calls `guard` again."""
    for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'view'").fetchall():
        guard(db, most_s)
        quoted = str(name).replace('"', '""')
        try:
            db.execute(f'SELECT count(*) FROM (SELECT * FROM "{quoted}")').fetchone()  # noqa: S608 (quoted) # nosec B608
        except sqlite3.DatabaseError:
            return f"holds a view, {str(name)[:40]!r}, that cannot be read in {most_s:g} s"
    return None
