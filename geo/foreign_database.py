"""SQLite files that others made, GeoPackages above all: nothing in them runs, reaches out, or takes all time or memory.

A database holds more than rows: views and triggers are queries, and a virtual table is a program of the one who opens
it, which may read other files. A query may never end.
"""

import re
import sqlite3
import time
from collections.abc import Iterable

# Programs of virtual tables that read nothing but the database itself.
_MODULES = frozenset({"rtree", "rtree_i32", "fts3", "fts4", "fts5"})
_STEPS = 200_000  # of SQLite's machine between two looks at the clock: some milliseconds
_LARGEST_VALUE = 256 << 20  # bytes of a cell
MOST_S = 600.0
"""Seconds that the reading of one file may take."""


def guard(db: sqlite3.Connection, most_s: float = MOST_S) -> None:
    """From now on the connection ends with sqlite3.OperationalError (`interrupted`) what takes longer than `most_s`
    seconds in all, refuses cells of more than 256 MB, and runs no function from a view or a trigger that could do harm.
    """
    until = time.monotonic() + most_s
    db.set_progress_handler(lambda: int(time.monotonic() > until), _STEPS)
    db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LARGEST_VALUE)
    db.execute("PRAGMA trusted_schema=OFF")
    db.execute("PRAGMA cell_size_check=ON")


def problem_of(db: sqlite3.Connection, tables: Iterable[str] = ()) -> str | None:
    """What in the database is not to be opened, as the end of a sentence: `holds ...`; None if nothing is.

    tables: names that must be tables of rows where they are there. Raises sqlite3.DatabaseError for a damaged one.
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
    return None


def views_that_never_end(db: sqlite3.Connection, most_s: float) -> str | None:
    """As `problem_of`, of the views: one that cannot be read within `most_s` seconds. `guard` is called anew."""
    for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'view'").fetchall():
        guard(db, most_s)
        quoted = str(name).replace('"', '""')
        try:
            db.execute(f'SELECT count(*) FROM (SELECT * FROM "{quoted}")').fetchone()  # noqa: S608 (quoted)
        except sqlite3.DatabaseError:
            return f"holds a view, {str(name)[:40]!r}, that cannot be read in {most_s:g} s"
    return None
