"""Writes and reads the rows of one table of a GeoPackage, column by column."""

import sqlite3
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.added_columns import AddedColumns, Value, folded, quoted
from geo.geopackage import received, schema, styles
from geo.tables import TableError

_UNPLACED = " (image px, y up negative: no position)"


def add_rows(
    db: sqlite3.Connection,
    name: str,
    columns: schema.Columns,
    rows: Mapping[str, Any],
    count: int,
    geometry: tuple[str, int, Iterable[bytes | None], NDArray[np.float64]] | None = None,
    by_a_person: AddedColumns = (),
    numbers: tuple[NDArray[np.int64], int] | None = None,
) -> None:
    """Make the layer or table `name` of Herdmap, with its rows by column and the columns that a person added."""
    taken = {folded(own) for own in ("fid", "geom", *columns)}
    for column in by_a_person:
        if column.key in taken:
            raise TableError(f"{name}: a column cannot be added as {column.name!r}, which Herdmap has; rename it")
    columns = {**columns, **{column.name: column.declaration for column in by_a_person}}
    rows = {**rows, **{column.name: column.values for column in by_a_person}}
    unplaced = _UNPLACED if geometry and geometry[1] == schema.UNDEFINED_CARTESIAN else ""
    description = styles.DESCRIPTIONS[name] + unplaced
    schema.add_layer(
        db,
        name,
        columns,
        rows,
        count,
        identifier=name + unplaced,
        description=description,
        geometry=geometry,
        numbers=numbers,
    )


def columns_of(
    db: sqlite3.Connection, table: str, names: list[str], where: str = "1", given: tuple[Value, ...] = ()
) -> dict[str, Any]:
    """The columns `names` of a table, row for row in the order of their numbers, checked. where: a condition in SQL."""
    chosen = ", ".join(map(quoted, names))
    query = f"SELECT {chosen} FROM {quoted(table)} WHERE {where} ORDER BY fid"  # noqa: S608 # nosec B608
    rows = db.execute(query, given).fetchall()
    columns = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)) if rows else {n: [] for n in names}
    received.check_values(table, columns)
    return columns


def has_columns(db: sqlite3.Connection, table: str, columns: Collection[str]) -> bool:
    """Whether a table is there and has these columns."""
    there = {str(row[1]) for row in db.execute("SELECT * FROM pragma_table_info(?)", (table,)).fetchall()}
    return {"fid", *columns} <= there
