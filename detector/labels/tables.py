"""Reads labels from CSV tables with a row for each animal: those of tools, and others by the columns that the user
names.

HerdNet: https://github.com/Alexandre-Delplanque/HerdNet. DeepForest: https://deepforest.readthedocs.io, which also
writes polygons as WKT. WISDAM: https://github.com/WISDAMapp/WISDAM, the table of detections that it imports.
TensorFlow's tables, which Roboflow writes too, have the photo's size. VoTT: https://github.com/microsoft/VoTT. A row
with a photo alone says that it is empty. DeepForest says it by a box whose four numbers are 0, and so do other tables.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from detector.errors import InputError
from detector.labels.given import Given
from detector.labels.shapes import Box, Drawn, around, as_number, as_share, is_number, shown
from detector.labels.written import Written
from geo.errors import one_line

POINT = ("x", "y")
CORNERS = ("xmin", "ymin", "xmax", "ymax")
SIDES = ("x", "y", "w", "h")
FIELDS = ("photo", "class", "score", *CORNERS, *SIDES, "wkt", "width", "height")
_WKT_PAIR = re.compile(r"(-?[\d.]+(?:[eE][+-]?\d+)?)\s+(-?[\d.]+(?:[eE][+-]?\d+)?)")
_LONGEST_WKT = 1_000_000


@dataclass(frozen=True)
class Table:
    """A tool's table: the columns that it has for our fields.

    Attributes:
        made_by: The tool.
        columns: The names of its columns by field of `FIELDS`. A table is the tool's if it has the photo, the class and
            one of the ways to say where the animal is.
    """

    made_by: str
    columns: Mapping[str, str]

    def way(self, heads: set[str]) -> tuple[str, ...] | None:
        """The fields with the place of an animal that a table with these columns has; None if it is another table."""
        has = {key for key, column in self.columns.items() if column in heads}
        if not {"photo", "class"} <= has:
            return None
        return next((way for way in (CORNERS, SIDES, POINT, ("wkt",)) if set(way) <= has), None)


_CORNERS = {key: key for key in CORNERS}
_XY = {key: key for key in POINT}
HERDNET = Table(
    "HerdNet",
    {"photo": "images", "class": "labels", "score": "scores", **_XY}
    | {"xmin": "x_min", "ymin": "y_min", "xmax": "x_max", "ymax": "y_max"},
)
DEEPFOREST = Table(
    "DeepForest",
    {"photo": "image_path", "class": "label", "score": "score", "wkt": "geometry", **_CORNERS, **_XY},
)
WISDAM = Table("WISDAM", {"photo": "image_path", "class": "type", "score": "probability", **_CORNERS})
TENSORFLOW = Table(
    "TensorFlow", {"photo": "filename", "class": "class", "width": "width", "height": "height", **_CORNERS}
)
VOTT = Table("VoTT", {"photo": "image", "class": "label", **_CORNERS})
TABLES = (HERDNET, DEEPFOREST, WISDAM, TENSORFLOW, VOTT)


def is_table(table: Table, given: Given) -> bool:
    """Whether a file is the table of a tool."""
    return is_table_of_text(given) and bool(given.lines) and table.way(set(given.heads)) is not None


def is_csv(given: Given) -> bool:
    """Whether a file is a table of text, by its ending."""
    return not given.is_folder and given.path.suffix.lower() in (".csv", ".tsv", ".txt")


def is_table_of_text(given: Given) -> bool:
    """Whether a file is one by its ending, and does not begin as JSON or XML does."""
    return is_csv(given) and not given.begins(b"{", b"[", b"<")


def mapped(columns: Mapping[str, str]) -> Table:
    """A table by the columns that the user names. Raises InputError if they do not say what is needed."""
    if unknown := [key for key in columns if key not in FIELDS]:
        raise InputError(
            f"a column is given for {shown(unknown[0])}; expected one of {', '.join(FIELDS)}", about="columns"
        )
    table = Table("the user", dict(columns))
    if table.way(set(columns.values())) is None:
        raise InputError(
            f"the columns are given for {', '.join(columns)}; expected photo and class, and xmin, ymin, xmax, ymax, or "
            "x, y, w, h, or x, y, or wkt",
            about="columns",
        )
    return table


def read_table(given: Given, table: Table | None = None) -> Iterator[Written]:
    """The photos of a table, one for each row. table: by default that of the tool with such columns.

    Raises InputError if the columns are missing or doubled, or a row cannot be read.
    """
    heads = given.heads
    table = table or next((one for one in TABLES if one.way(set(heads)) is not None), None)
    way = table.way(set(heads)) if table is not None else None
    if table is None or way is None:
        wanted = " or ".join(f"those of {one.made_by}" for one in TABLES[:3])
        if table is not None:
            wanted = ", ".join(shown(column) for column in table.columns.values())
        if any(is_number(head) for head in heads):
            raise InputError(
                f"{given.path} begins with {shown(', '.join(heads))}, which are no names of columns; write a first "
                "line with names, such as those of DeepForest"
            )
        raise InputError(f"{given.path} has the columns {shown(', '.join(heads))}; expected {wanted}", about="columns")
    if doubled := [head for head in heads if heads.count(head) > 1]:
        raise InputError(f"{given.path} has several columns {shown(doubled[0])}; keep one")
    for place, row in given.lines[1:]:
        if any(cell.strip() for cell in row[len(heads) :]):
            raise InputError(f"{given.path}: line {place} has more cells than there are columns")
        by_column = given.cells(row)
        cells = {key: by_column[column] for key, column in table.columns.items() if column in by_column}
        yield _photo(cells, table, way, f"{given.path}: line {place}", f"line {place}")


def _photo(cells: Mapping[str, str], table: Table, way: tuple[str, ...], where: str, which: str) -> Written:
    column = table.columns
    if not cells["photo"]:
        raise InputError(f"{where} has no {column['photo']}")
    kind = one_line(cells["class"], 200)
    sizes = [
        int(as_number(cells[key], f"{where}: its {column[key]}", text=True)) if cells.get(key) else 0
        for key in ("width", "height")
    ]
    photo = Written(cells["photo"], width=max(sizes[0], 0), height=max(sizes[1], 0))
    if not kind and not any(cells[key] for key in way):
        return photo
    missing = [key for key in way if not cells[key]]
    box = None if missing else _box(cells, column, way, where)
    if box is not None and not any(box) and (way in (CORNERS, SIDES) or table is DEEPFOREST):
        return photo
    if not kind:
        raise InputError(f"{where} has no {column['class']}")
    if box is None:
        raise InputError(f"{where} has no {column[missing[0]]}")
    found = Drawn(box, kind, False, f"{which}, {cells['photo']}")
    if cells.get("score"):
        found = replace(found, score=as_share(cells["score"], f"{where}: its {column['score']}", text=True))
    return replace(photo, labels=(found,))


def _box(cells: Mapping[str, str], column: Mapping[str, str], way: tuple[str, ...], where: str) -> Box:
    if way == ("wkt",):
        return _around_wkt(cells["wkt"], f"{where}: its {column['wkt']}")
    numbers = [as_number(cells[key], f"{where}: its {column[key]}", text=True) for key in way]
    if way == POINT:
        return numbers[0], numbers[1], numbers[0], numbers[1]
    left, top, right, bottom = numbers
    if way == SIDES:
        right, bottom = left + right, top + bottom
    if right < left or bottom < top:
        expected = "w and h of 0 or more" if way == SIDES else "x_min <= x_max and y_min <= y_max"
        raise InputError(f"{where} has the box {numbers}; expected {expected}")
    return left, top, right, bottom


def _around_wkt(text: str, where: str) -> Box:
    """The box around a geometry in px, such as `POLYGON ((0 0, 9 0, 9 9, 0 0))` or `POINT (3 4)`."""
    if len(text) > _LONGEST_WKT or not re.match(r"(MULTI)?(POLYGON|POINT|LINESTRING)\b", text.lstrip().upper()):
        raise InputError(f"{where} is {shown(text)}; expected a geometry such as POLYGON ((0 0, 9 0, 9 9, 0 0))")
    corners = [(as_number(x, where, text=True), as_number(y, where, text=True)) for x, y in _WKT_PAIR.findall(text)]
    if not corners:
        raise InputError(f"{where} is {shown(text)}; expected x and y of its corners")
    return around(corners)
