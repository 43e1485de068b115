"""The columns that a person added to a table of a survey, read back; and the rows in which a person said anything."""

import sqlite3

from geo.added_columns import MOST, AddedColumn, Value, default_of, folded, quoted, sql_type
from geo.geopackage import schema
from geo.tables import TableError

_BY_A_PERSON = (
    "review != 'unreviewed' OR reviewed_class IS NOT NULL OR reviewer IS NOT NULL OR reviewed_at IS NOT NULL"
    " OR note IS NOT NULL OR run_id IS NULL OR run_id = 'manual'"
)


def _declared(db: sqlite3.Connection, table: str, own: schema.Columns) -> dict[str, tuple[str, str | None]]:
    """The columns of `table` that are not Herdmap's `own`: what each is declared as, and its default as SQL."""
    ours = {folded(name) for name in ("fid", "geom", *own)}
    found = db.execute("SELECT name, type, dflt_value FROM pragma_table_info(?)", (table,)).fetchall()
    there = {str(name): (str(kind), default) for name, kind, default in found if folded(str(name)) not in ours}
    if len(there) > MOST:
        raise TableError(f"{table}: {len(there)} added columns, expected at most {MOST}; remove those of no use")
    return there


def by_a_person(db: sqlite3.Connection, table: str, own: schema.Columns) -> tuple[str, tuple[Value, ...]]:
    """Which rows of `table` a person reviewed, noted, drew, or gave a value in a column of their own: SQL, parameters.

    A value that every new row gets says nothing.
    """
    said = [_BY_A_PERSON]
    defaults: list[Value] = []
    for name, (kind, default) in _declared(db, table, own).items():
        defaults.append(default_of(default, sql_type(kind, ())))
        said.append(f"({quoted(name)} IS NOT NULL AND {quoted(name)} IS NOT ?)")
    return " OR ".join(said), tuple(defaults)


def read(
    db: sqlite3.Connection, table: str, own: schema.Columns, where: str = "1", given: tuple[Value, ...] = ()
) -> tuple[AddedColumn, ...]:
    """The columns that a person added, for the rows of `where`."""
    declared = _declared(db, table, own)
    if not declared:
        return ()
    query = f"SELECT {', '.join(map(quoted, declared))} FROM {quoted(table)} WHERE {where} ORDER BY fid"  # noqa: S608
    rows = db.execute(query, given).fetchall()
    columns = list(map(list, zip(*rows, strict=True))) or [[] for _ in declared]
    added = []
    for (name, (kind, default)), values in zip(declared.items(), columns, strict=True):
        known = sql_type(kind, values)
        added.append(AddedColumn(name, known, values, default_of(default, known)))
    return tuple(added)
