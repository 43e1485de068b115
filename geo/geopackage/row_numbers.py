"""The numbers of rows, `fid`, which stay with the same rows when a survey is written again.

QGIS writes what a person edits in a form or a table by number. So a row that is still there keeps its number, and a
number that a row once had is given to no other.
"""

import sqlite3
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MOST = 1 << 53  # a larger number was made to harm


def kept(
    old: sqlite3.Connection | None, table: str, key: Sequence[str], rows: Collection[Any]
) -> tuple[NDArray[np.int64], int]:
    """The numbers of N rows, and the highest that this table has ever given.

    old: the survey that is written again; None for a new one. key: the columns that tell which row is which; there may
    be no such columns or no such table. rows: what these columns say, N of them: values, or tuples of several values.
    """
    last, known = (0, {}) if old is None else _of(old, table, key)
    numbers = np.array([known.get(row, 0) for row in rows], np.int64)
    fresh = numbers == 0
    if len(np.unique(numbers[~fresh])) < np.count_nonzero(~fresh):  # in a table that another program made
        fresh[:] = True
    numbers[fresh] = last + 1 + np.arange(np.count_nonzero(fresh))
    return numbers, int(max(last, numbers.max(initial=0)))


def _of(old: sqlite3.Connection, table: str, key: Sequence[str]) -> tuple[int, dict[Any, int]]:
    there = {str(row[1]) for row in old.execute("SELECT * FROM pragma_table_info(?)", (table,)).fetchall()}
    if "fid" not in there:
        return 0, {}
    # Only in a table that another program made may a fid be no number.
    numbered = f"\"{table}\" WHERE typeof(fid) = 'integer' AND fid > 0"
    last = max(old.execute(f"SELECT coalesce(max(fid), 0) FROM {numbered}").fetchone()[0], _given(old, table))  # noqa: S608 # nosec B608
    if last >= _MOST:
        return 0, {}
    if not there.issuperset(key):
        return last, {}
    names = ", ".join(f'"{name}"' for name in key)
    found = old.execute(f"SELECT fid, {names} FROM {numbered}").fetchall()  # noqa: S608 (names of ours) # nosec B608
    if len(key) == 1:
        return last, {row[1]: row[0] for row in found}
    return last, {row[1:]: row[0] for row in found}


def _given(db: sqlite3.Connection, table: str) -> int:
    """The highest number that SQLite noted for a table; 0 where it notes none."""
    if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'").fetchone() is None:
        return 0
    noted = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = ? AND typeof(seq) = 'integer'"
    return int(db.execute(noted, (table,)).fetchone()[0])
