"""Typed tables from TOML: a dataclass defines which keys a table may have, and the kinds of their values."""

import dataclasses
from pathlib import Path
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from detector.errors import InputError

T = TypeVar("T")


def build_table(kind: type[T], table: Any, where: str, root: Path = Path()) -> T:
    """The table as an instance of the dataclass `kind`. Keys must be known, and values must have the kinds of the
    fields.

    If a field is a dataclass, it is a table, `[key]`; a tuple of dataclasses is an array of tables, `[[key]]`. An
    instance is taken as it is.

    Args:
        kind: The dataclass.
        table: The table.
        where: The name of the table in an error.
        root: The folder that relative paths start from.

    Raises:
        InputError: A key or a value is wrong. The message names the table and the key.
    """
    if not isinstance(table, dict):
        raise InputError(f"{where} is {table!r}; expected a table")
    hints = get_type_hints(kind)
    for key in table:
        if key not in hints:
            raise InputError(f"{where} has the key {key!r}; expected one of {', '.join(sorted(hints))}")
    required = [
        f.name
        for f in dataclasses.fields(kind)  # type: ignore[arg-type]
        if f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING
    ]
    for key in required:
        if key not in table:
            raise InputError(f"{where} lacks {key!r}")
    return kind(**{key: _field(value, hints[key], key, where, root) for key, value in table.items()})


def _field(value: Any, hint: Any, key: str, where: str, root: Path) -> Any:
    """A field of the table `where`: a table, several tables, or a plain value."""
    kind: Any = next((part for part in get_args(hint) if part is not type(None)), hint)
    is_table = dataclasses.is_dataclass(kind)
    if not is_table:
        return _value(value, hint, f"{where}: {key}", root)
    if get_origin(hint) is not tuple:
        return value if dataclasses.is_dataclass(value) else build_table(kind, value, f"[{key}]", root)
    if not isinstance(value, list):
        raise InputError(f"{where}: write [[{key}]] with double brackets; there may be several")
    return tuple(build_table(kind, table, f"[[{key}]] number {i}", root) for i, table in enumerate(value, 1))


def _value(value: Any, hint: Any, where: str, root: Path) -> Any:
    if get_origin(hint) in (Union, UnionType):  # a Literal with None is the former
        (hint,) = (kind for kind in get_args(hint) if kind is not type(None))
        return _value(value, hint, where, root)
    if get_origin(hint) is Literal:
        if value not in get_args(hint):
            raise InputError(f"{where} is {value!r}; expected {' or '.join(map(repr, get_args(hint)))}")
        return value
    if hint is Path:
        if not isinstance(value, str) or not value:
            raise InputError(f"{where} is {value!r}; expected a path as text")
        return root / value
    if get_origin(hint) is tuple:
        kinds = get_args(hint)
        endless = len(kinds) == 2 and kinds[1] is Ellipsis
        if not isinstance(value, list) or not (endless or len(value) == len(kinds)):
            raise InputError(f"{where} is {value!r}; expected a list" + ("" if endless else f" of {len(kinds)}"))
        kinds = kinds[:1] * len(value) if endless else kinds
        return tuple(_value(v, k, where, root) for v, k in zip(value, kinds, strict=True))
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    plain = get_origin(hint) or hint
    if not isinstance(value, plain) or (isinstance(value, bool) and plain is not bool):
        raise InputError(f"{where} is {value!r}; expected {'a number' if plain in (int, float) else plain.__name__}")
    return value
