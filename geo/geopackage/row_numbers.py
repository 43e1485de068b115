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
    numbers[fresh] = last + 1 + np.arange(np.count_nonzero(fresh))
    return numbers, int(max(last, numbers.max(initial=0)))


def _of(old: sqlite3.Connection, table: str, key: Sequence[str]) -> tuple[int, dict[Any, int]]:
    there = {str(row[1]) for row in old.execute("SELECT * FROM pragma_table_info(?)", (table,)).fetchall()}
    if "fid" not in there:
        return 0, {}
    (last,) = old.execute(f'SELECT coalesce(max(fid), 0) FROM "{table}"').fetchone()  # noqa: S608 (a name of ours)
    given = old.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)).fetchone() if _counts(old) else None
    last = max([last, *(number for number in given or () if isinstance(number, int))])
    if not isinstance(last, int) or not 0 <= last < _MOST:
        return 0, {}
    if not there.issuperset(key):
        return last, {}
    names = ", ".join(f'"{name}"' for name in key)
    found = old.execute(f'SELECT fid, {names} FROM "{table}" WHERE fid > 0').fetchall()  # noqa: S608
    if len(key) == 1:
        return last, {row[1]: row[0] for row in found}
    return last, {row[1:]: row[0] for row in found}


def _counts(db: sqlite3.Connection) -> bool:
    return db.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'").fetchone() is not None
