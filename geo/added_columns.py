"""Columns that a person added to a table of a survey, such as `age` or `carcass`: kept with the rows they stand on.

Their names and values are data. What a column holds is one of the types that a GeoPackage knows. A default other than
a plain number or text is dropped, since it would be SQL of somebody else's.
"""

import math
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Value = str | int | float | bytes | None
Kind = Literal["text", "integer", "real", "boolean", "date", "datetime", "blob"]

MOST = 200
"""How many columns a person may add to one table."""

_KINDS: dict[str, Kind] = {
    **dict.fromkeys(("TINYINT", "SMALLINT", "MEDIUMINT", "INT", "INTEGER"), "integer"),
    **dict.fromkeys(("FLOAT", "DOUBLE", "REAL"), "real"),
    "TEXT": "text",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "DATETIME": "datetime",
    "BLOB": "blob",
}
_OTHER_NAMES = {"VARCHAR": "TEXT", "BIGINT": "INTEGER", "BOOL": "BOOLEAN"}  # which SQLite takes and no GeoPackage has
_TYPE = re.compile(r"([A-Z]+)(\(\d{1,9}\))?")
_NUMBER = re.compile(r"[+-]?(\d+)(\.\d+)?")
_UPPER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


@dataclass(frozen=True, eq=False)
class AddedColumn:
    """One column of N rows.

    sql_type: a GeoPackage's type, such as `TEXT(20)`. default: what a new row gets; a row with it says nothing.
    values: N, as SQLite holds them: a date is text, a boolean 0 or 1.
    """

    name: str
    sql_type: str
    values: Sequence[Value]
    default: Value = None

    @property
    def kind(self) -> Kind:
        """What it holds."""
        return _KINDS[self.sql_type.partition("(")[0]]

    @property
    def key(self) -> str:
        """Its name as SQLite compares it: two columns of a table differ in it."""
        return folded(self.name)

    @property
    def declaration(self) -> str:
        """Its type and its default, as SQL."""
        if self.default is None:
            return self.sql_type
        text = str(self.default)
        return f"{self.sql_type} DEFAULT {quoted(text, mark=chr(39)) if isinstance(self.default, str) else text}"

    @property
    def said(self) -> NDArray[np.bool_]:
        """(N,) in which rows a person gave a value."""
        return np.array([value is not None and value != self.default for value in self.values], bool)

    def take(self, rows: Sequence[int]) -> "AddedColumn":
        """The values of these rows, in that order; the default for -1."""
        return replace(self, values=[self.default if row < 0 else self.values[row] for row in rows])


class Plain(NamedTuple):
    """A column for a format that holds numbers and texts. values: int, float or str, as `kind` says; None: unknown."""

    name: str
    kind: Literal["text", "integer", "real"]
    values: list[Any]


AddedColumns = Sequence[AddedColumn]


def folded(name: str) -> str:
    """A column's name as SQLite compares it, which takes only A to Z for a to z."""
    return name.translate(_UPPER)


def quoted(name: str, mark: str = '"') -> str:
    """A name, or with `mark` an apostrophe a text, as SQL has it."""
    return mark + name.replace(mark, 2 * mark) + mark


def free_name(name: str, taken: Collection[str]) -> str:
    """The name, with `_added` behind it where it is one of `taken`."""
    used = {folded(other) for other in taken}
    while folded(name) in used:
        name += "_added"
    return name


def sql_type(declared: str, values: Iterable[Value]) -> str:
    """The type of a GeoPackage for a column that was declared as `declared` and has these values."""
    found = _TYPE.fullmatch(declared.upper().replace(" ", ""))
    if found and (name := _OTHER_NAMES.get(found[1], found[1])) in _KINDS:
        return name + (found[2] or "") if _KINDS[name] in ("text", "blob") else name
    known = {type(value) for value in values if value is not None}
    if bytes in known:
        return "BLOB"
    if known and known <= {int}:
        return "INTEGER"
    return "REAL" if known and known <= {int, float} else "TEXT"


def default_of(sql: str | None, sql_type: str) -> Value:
    """The default of a column as its rows have it, where the file's SQL says a plain number or text; else None."""
    value = _literal(sql)
    kind = _KINDS[sql_type.partition("(")[0]]
    if isinstance(value, int | float) and kind not in ("integer", "real", "boolean"):
        return str(value)
    if isinstance(value, str) and kind in ("integer", "real", "boolean") and _NUMBER.fullmatch(value):
        return float(value)
    return value


def _literal(sql: str | None) -> str | int | float | None:
    text = (sql or "").strip()
    if text.lower() in ("true", "false"):
        return int(text.lower() == "true")
    if number := _NUMBER.fullmatch(text):
        return float(text) if number[2] else int(text) if len(text) < 19 else None
    for mark in ("'", '"'):
        inner = text[1:-1].replace(2 * mark, "")
        if len(text) >= 2 and text[0] == text[-1] == mark and mark not in inner:
            return text[1:-1].replace(2 * mark, mark)
    return None


def plain(columns: AddedColumns, taken: Collection[str]) -> tuple[Plain, ...]:
    """The columns for a format that has columns of its own, named `taken`: a name that is one of these gets `_added`.

    Numbers where all values are. Columns of pictures and other bytes are left out.
    """
    used = set(taken)
    told = []
    for column in columns:
        if column.kind == "blob":
            continue
        name = free_name(column.name, used)
        used.add(name)
        told.append(Plain(name, *_plain(column)))
    return tuple(told)


def _plain(column: AddedColumn) -> tuple[Literal["text", "integer", "real"], list[Any]]:
    known = {type(value) for value in column.values if value is not None}
    if column.kind in ("integer", "boolean") and known <= {int}:
        return "integer", [*column.values]
    if column.kind in ("integer", "boolean", "real") and known <= {int, float}:
        values = [float(value) if isinstance(value, int | float) else math.nan for value in column.values]
        return "real", [value if math.isfinite(value) else None for value in values]
    return "text", [None if value is None or isinstance(value, bytes) else str(value) for value in column.values]


def take(columns: AddedColumns, rows: Sequence[int]) -> tuple[AddedColumn, ...]:
    """The columns with the values of these rows, in that order; defaults for -1."""
    return tuple(column.take(rows) for column in columns)


def said(columns: AddedColumns, count: int) -> NDArray[np.bool_]:
    """(count,) in which rows a person gave any value."""
    mask = np.zeros(count, bool)
    for column in columns:
        mask |= column.said
    return mask


def joined(first: AddedColumns, second: AddedColumns, count: int, other: int) -> tuple[AddedColumn, ...]:
    """The columns of both, `first`'s `count` rows before `second`'s `other` rows; defaults where one lacks a column."""
    after = {column.key: column for column in second}
    both = []
    for one in first:
        two = after.pop(one.key, None)
        if two is None:
            both.append(replace(one, values=[*one.values, *[one.default] * other]))
            continue
        values = [*one.values, *two.values]
        kind = one.sql_type
        if one.kind != two.kind:
            kind = "REAL" if {one.kind, two.kind} == {"integer", "real"} else "TEXT"
            if kind == "TEXT":
                values = [str(value) if isinstance(value, int | float) else value for value in values]
        both.append(replace(one, sql_type=kind, values=values))
    both += [replace(two, values=[*[two.default] * count, *two.values]) for two in after.values()]
    return tuple(both)


def carried(old: AddedColumns, partner: NDArray[np.int64], new: AddedColumns, count: int) -> tuple[AddedColumn, ...]:
    """The columns of both for `count` new rows: what was said of an old row goes to its partner, -1 for none."""
    rows = [-1] * count
    for row, to in enumerate(partner.tolist()):
        if to >= 0:
            rows[to] = row
    before = {column.key: column for column in take(old, rows)}
    both = []
    for column in new:
        other = before.pop(column.key, None)
        if other is not None:
            said_before = zip(other.values, other.said.tolist(), column.values, strict=True)
            column = replace(column, values=[mine if told else given for mine, told, given in said_before])
        both.append(column)
    return (*both, *before.values())
