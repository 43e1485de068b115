"""Reads labelled photos from the CSV files of HerdNet: a row for each animal, with its point or its box.

https://github.com/Alexandre-Delplanque/HerdNet: columns `images`, `x`, `y`, `labels`, or `images`, `x_min`, `y_min`,
`x_max`, `y_max`, `labels`. Other columns, as `scores`, are not used. A row with a photo alone says that it is empty.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from detector.errors import InputError
from detector.labels.coco import LabelledImage, Listed, labelled, labels_of, refuse_shares
from detector.labels.names import Photos
from detector.labels.shapes import Box, Drawn, as_number, shown
from geo import raster
from geo.csv_table import read_rows
from geo.errors import GeoError, VectorError, one_line
from geo.paths import StrPath, as_path

LARGEST_FILE = 512 * 1024 * 1024  # bytes
POINT = ("x", "y")
CORNERS = ("x_min", "y_min", "x_max", "y_max")
Row = tuple[str, dict[str, str]]
"""The name of a row in a message, and its cells by column."""


def herdnet_class_names(table: StrPath) -> tuple[str, ...]:
    """The names in the column `labels`, sorted. Raises InputError like `read_herdnet`."""
    return tuple(sorted({row["labels"] for _, row in _rows(as_path(table)) if row["labels"]}))


def read_herdnet(
    table: StrPath, images: StrPath, classes: tuple[str, ...], rename: Mapping[str, str]
) -> list[LabelledImage]:
    """Read the photos of a CSV file, in its order, with the animals of `classes`. Other animals are dropped.

    The sizes are those of the photos; 0 if a photo cannot be read. Raises InputError if the file is not such a CSV, a
    row cannot be read, a name leaves `images`, or no row has one of `classes`.
    """
    table, images = as_path(table), as_path(images)
    rows = list(_rows(table))
    names = sorted({row["labels"] for _, row in rows if row["labels"]})
    label_of = labels_of(names, classes, rename)
    if not label_of:
        raise InputError(
            f"{table} has the classes {one_line(', '.join(names), 80) or 'none'}; expected one of "
            f"{', '.join(classes)[:80]}"
        )
    photos = Photos(images, table)
    drawn: dict[str, list[Drawn]] = {}
    dropped: dict[str, list[str]] = {}
    for which, row in rows:
        photo, kind = photos.find(row["images"]), row["labels"]
        drawn.setdefault(photo, [])
        dropped.setdefault(photo, [])
        box = _box(row, f"{table}: {which}")
        if box is None:
            continue
        if kind in label_of:
            drawn[photo].append(Drawn(box, kind, False, f"{which}, {photo}"))
        else:
            dropped[photo].append(kind)
    found = [
        labelled(images, Listed(photo, *_size(images / photo)), animals, label_of, tuple(dropped[photo]))
        for photo, animals in drawn.items()
    ]
    refuse_shares(table, found)
    return found


def _rows(table: Path) -> Iterator[Row]:
    try:
        lines = list(read_rows(table, LARGEST_FILE, "labels"))
    except VectorError as error:
        raise InputError(f"cannot read the labels: {error}") from error
    heads = [head.strip() for head in lines[0][1]] if lines else []
    if not {"images", "labels"} <= set(heads) or not (set(POINT) <= set(heads) or set(CORNERS) <= set(heads)):
        raise InputError(
            f"{table} has the columns {shown(', '.join(heads))}; expected those of HerdNet: images, x, y, labels, or "
            "images, x_min, y_min, x_max, y_max, labels"
        )
    if doubled := [head for head in heads if heads.count(head) > 1]:
        raise InputError(f"{table} has several columns {shown(doubled[0])}; keep one")
    for place, row in lines[1:]:
        if any(cell.strip() for cell in row[len(heads) :]):
            raise InputError(f"{table}: line {place} has more cells than there are columns")
        cells = {head: row[i].strip() if i < len(row) else "" for i, head in enumerate(heads)}
        if not cells["images"]:
            raise InputError(f"{table}: line {place} has no images")
        yield f"line {place}", cells


def _box(row: Mapping[str, str], where: str) -> Box | None:
    """The box of a row, xyxy; None if the row names only a photo."""
    keys = CORNERS if all(key in row for key in CORNERS) else POINT
    if not row["labels"] and not any(row[key] for key in keys):
        return None
    if not row["labels"]:
        raise InputError(f"{where} has no labels")
    if missing := [key for key in keys if not row[key]]:
        raise InputError(f"{where} has no {missing[0]}")
    numbers = [as_number(row[key], f"{where}: its {key}", text=True) for key in keys]
    left, top, right, bottom = numbers * (1 if keys is CORNERS else 2)
    if right < left or bottom < top:
        raise InputError(f"{where} has the box {numbers}; expected x_min <= x_max and y_min <= y_max")
    return left, top, right, bottom


def _size(photo: Path) -> tuple[int, int]:
    with suppress(GeoError):
        info = raster.inspect(photo)
        return info.width, info.height
    return 0, 0
