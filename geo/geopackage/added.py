"""The columns that a person added to a table of a survey, read back; and the rows in which a person said anything."""

import sqlite3

from geo.added_columns import MOST, AddedColumn, Value, default_of, folded, free_name, quoted, sql_type
from geo.geopackage import schema
from geo.tables import TableError

_BY_A_PERSON = (
    "review != 'unreviewed' OR reviewed_class IS NOT NULL OR reviewer IS NOT NULL OR reviewed_at IS NOT NULL"
    " OR note IS NOT NULL OR run_id IS NULL OR run_id = 'manual'"
)


def ours(db: sqlite3.Connection, table: str, own: schema.Columns) -> list[str]:
    """Which of Herdmap's `own` columns the file's `table` has.

    Those that came with version 0.2 are Herdmap's only where all of them are there. In an older file, a column of such
    a name is a person's.
    """
    there = {folded(name) for name in _columns(db, table)}
    newer = {folded(name) for name in schema.SINCE_0_2} if table == "detections" else set()
    there -= newer if not newer <= there else set()
    return [name for name in own if folded(name) in there]


def _declared(db: sqlite3.Connection, table: str, own: schema.Columns) -> dict[str, tuple[str, str | None]]:
    """The columns of `table` that are not Herdmap's `own`: what each is declared as, and its default as SQL."""
    ours_here = {folded(name) for name in ("fid", "geom", *ours(db, table, own))}
    there = {name: of for name, of in _columns(db, table).items() if folded(name) not in ours_here}
    if len(there) > MOST:
        raise TableError(f"{table}: {len(there)} added columns, expected at most {MOST}; remove those of no use")
    return there


def _columns(db: sqlite3.Connection, table: str) -> dict[str, tuple[str, str | None]]:
    found = db.execute("SELECT name, type, dflt_value FROM pragma_table_info(?)", (table,)).fetchall()
    return {str(name): (str(kind), default) for name, kind, default in found}


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
    """The columns that a person added, for the rows of `where`.

    One that has the name of a newer column of Herdmap gets `_added` behind it.
    """
    declared = _declared(db, table, own)
    if not declared:
        return ()
    query = f"SELECT {', '.join(map(quoted, declared))} FROM {quoted(table)} WHERE {where} ORDER BY fid"  # noqa: S608 # nosec B608
    rows = db.execute(query, given).fetchall()
    columns = list(map(list, zip(*rows, strict=True))) or [[] for _ in declared]
    added = []
    for (name, (kind, default)), values in zip(declared.items(), columns, strict=True):
        known = sql_type(kind, values)
        free = free_name(name, {"fid", "geom", *own, *(declared.keys() - {name})})
        added.append(AddedColumn(free, known, values, default_of(default, known)))
    return tuple(added)
