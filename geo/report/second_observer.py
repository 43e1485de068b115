"""What two observers of the same photos found, read from the table that their comparison wrote."""

from collections.abc import Sequence
from pathlib import Path

from geo.csv_table import read_rows
from geo.errors import InputError
from geo.two_searches import COLUMNS

__all__ = ["Observed", "read_observers"]

_MAX_BYTES = 1 << 20
Observed = Sequence[dict[str, str]]


def read_observers(path: Path) -> Observed:
    """The rows of a CSV with the columns of `geo.two_searches`, as texts by column.

    Raises:
        VectorError: The file cannot be read.
        InputError: It is another table.
    """
    rows = read_rows(path, _MAX_BYTES, "two observers")
    header = [name.strip() for name in next(rows, (0, []))[1]]
    if missing := [name for name in COLUMNS if name not in header]:
        raise InputError(
            f"{path.name}: no column {missing[0]!r}; expected the table of two observers", about="observers"
        )
    found = [dict(zip(header, cells, strict=False)) for _, cells in rows]
    for row in found:
        for name in ("photos", "first", "second", "both", "estimate", "share_any"):
            if row.get(name):
                _number_in(row[name], path, name)
    return found


def _number_in(text: str, path: Path, name: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InputError(f"{path.name}: {name} {text[:40]!r}; expected a number", about="observers") from None
