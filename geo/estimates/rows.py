"""Reads the rows of strata and transects, with their texts and numbers, from a CSV or a vector file."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geo.csv_table import read_rows
from geo.errors import VectorError

if TYPE_CHECKING:
    from geo.vector import Polygons

_LARGEST_CSV = 256 << 20
_WITH_UNIT = re.compile(r"[\d.]+\s*(%|km2?|km²|ha|m2?|m²)", re.IGNORECASE)


def csv_rows(path: Path, required: Sequence[str], optional: Sequence[str]) -> Iterable[tuple[int, Mapping[str, str]]]:
    """(line number, column -> stripped text) of each row that is not blank; header names in any case."""
    rows = read_rows(path, _LARGEST_CSV, "transects or strata")
    columns = [name.strip().casefold() for name in next(rows, (0, []))[1]]
    wanted = {name: columns.index(name) for name in (*required, *optional) if name in columns}
    missing = [name for name in required if name not in wanted]
    if missing:
        raise VectorError(f"{path.name}: no column {missing[0]!r}; its columns are {_listed(columns)}")
    for line, cells in rows:
        if len(cells) <= max(wanted[name] for name in required):
            raise VectorError(f"{path.name}, line {line}: {len(cells)} cells, fewer than columns")
        yield line, {name: cells[at].strip() for name, at in wanted.items() if at < len(cells)}


def text_of(value: object, path: Path, line: int, column: str) -> str:
    """A cell as text. Raises VectorError, which names the line and the column, if it is empty."""
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        value = int(value)
    if value is None or value != value or not str(value).strip():
        raise VectorError(f"{path.name}, line {line}: no {column}; expected one in every row")
    return str(value).strip()


def number_of(value: object, path: Path, line: int, column: str) -> float:
    """A cell as a number. Raises VectorError, which names the line and the column, unless it is 0 or more."""
    try:
        number = float(str(value))
    except ValueError:
        number = math.nan
    if not (math.isfinite(number) and number >= 0):
        raise VectorError(
            f"{path.name}, line {line}: {column} {str(value)[:40]!r}; expected a number, 0 or more{how_to_write(value)}"
        )
    return number


def how_to_write(value: object) -> str:
    """How to mend a cell that is no number because of its comma, sign or unit; empty if nothing is known."""
    text = str(value).strip()
    if "," in text and _is_number(text.replace(",", "")):
        return ", with a point before the decimals and no sign between thousands, as 5.5 and 1200"
    return ", without a unit or a sign" if _WITH_UNIT.fullmatch(text) else ""


def area_of(value: object, path: Path, line: int, column: str = "area_km2") -> float:
    """A cell as an area. Raises VectorError, which names the line and the column, unless it is above 0."""
    area = number_of(value, path, line, column)
    if not area > 0:
        raise VectorError(
            f"{path.name}, line {line}: {column} is 0; expected the area in km2, more than 0. Leave the row out if "
            "nothing was searched"
        )
    return area


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def field_of(columns: Iterable[str], wanted: Sequence[str]) -> str | None:
    """The first of the wanted columns that exists, in small or capital letters; None if there is none."""
    return next((field for want in wanted for field in columns if field.casefold() == want), None)


def _listed(columns: Iterable[str]) -> str:
    return ", ".join(map(repr, list(columns)[:20])) or "none"


def name_columns(table: "Polygons", usual: tuple[str, ...], path: Path) -> list[str]:
    """The column with the names in each layer. Raises VectorError if a layer has none of the usual ones."""
    chosen = []
    for layer, fields in zip(table.layers, table.fields, strict=True):
        if (field := field_of(fields, usual)) is None:
            of = f", layer {layer!r}" if len(table.layers) > 1 else ""
            raise VectorError(f"{path.name}{of}: no column {usual[0]!r}; its columns are {_listed(fields)}")
        chosen.append(field)
    return chosen


def named(
    table: "Polygons", chosen: list[str], path: Path, kinds: tuple[str, ...] | None = None
) -> Iterator[tuple[int, str, Any]]:
    """The row number, the name and the shape of each feature with a geometry of these kinds, or of any kind.

    If a name occurs in several layers, it is preceded by the layer, because it is not one feature.
    """
    values = table.values(chosen)
    rows = [
        row
        for row, shape in enumerate(table.geometries)
        if shape is not None and not shape.is_empty and (kinds is None or shape.geom_type in kinds)
    ]
    names = [""] * len(values)
    for row in rows:
        names[row] = text_of(values[row], path, row + 1, chosen[table.layer_of[row]])
    apart = table.told_apart(names)
    for row in rows:
        yield row + 1, apart[row], table.geometries[row]


def joined(parts: Sequence[Any]) -> Any:
    """The polygons with one name as one geometry."""
    if len(parts) == 1:
        return parts[0]
    return shapely.union_all([part if shapely.is_valid(part) else shapely.make_valid(part) for part in parts])
