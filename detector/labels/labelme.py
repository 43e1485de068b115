"""Reads LabelMe's labels, a JSON file for each photo: rectangles, polygons, circles, lines, points and masks.

https://github.com/wkentaro/labelme: corners in px. Of each shape the upright box around it is taken.
"""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from detector.errors import InputError
from detector.labels.given import LARGEST_FILE, Given, content_of, json_of
from detector.labels.shapes import Box, Drawn, around, as_number, shown
from detector.labels.written import Written
from geo.raster.orientation import EVERY

_LOOKED_AT = 20  # so many files of a folder are looked at to know what they are


def is_labelme(given: Given) -> bool:
    """Whether a file is LabelMe's, or a folder has one among its first JSON files."""
    if not given.is_folder:
        return _is_labelme(given.document)
    return any(_is_labelme(json_of(file, content_of(file, LARGEST_FILE))) for file in given.files(".json")[:_LOOKED_AT])


def read_labelme(given: Given) -> Iterator[Written]:
    """The photos of the files. Other JSON files of a folder are left out. Raises InputError for an unknown shape."""
    for file in given.files(".json") if given.is_folder else [given.path]:
        document = json_of(file, content_of(file, LARGEST_FILE)) if given.is_folder else given.document
        if _is_labelme(document):
            yield _photo(document, file, given.path if given.is_folder else file.parent)


def _is_labelme(document: Any) -> bool:
    return isinstance(document, dict) and "shapes" in document and "imagePath" in document


def _photo(document: dict[str, Any], file: Path, folder: Path) -> Written:
    shapes, name = document["shapes"], document["imagePath"]
    if not isinstance(shapes, list) or not isinstance(name, str):
        raise InputError(f"{file} has the shapes {shown(shapes)} of {shown(name)}; expected a list, and a file name")
    labels = []
    for place, shape in enumerate(shapes, 1):
        where = f"{file}: shape {place}"
        if not isinstance(shape, dict) or not isinstance(shape.get("label"), str):
            raise InputError(f"{where} is {shown(shape)}; expected an object with a label")
        labels.append(Drawn(_box(shape, where), shape["label"], False, f"shape {place} of {file.name}"))
    sides = [document.get(key) for key in ("imageWidth", "imageHeight")]
    width, height = (int(as_number(side, f"{file}: its size")) if side else 0 for side in sides)
    # The name starts from the folder of the file.
    beside = (file.parent.relative_to(folder) / name.replace("\\", "/")).as_posix()
    return Written(beside, tuple(labels), max(width, 0), max(height, 0), turns=EVERY)


def _box(shape: dict[str, Any], where: str) -> Box:
    points = shape.get("points")
    if not isinstance(points, list) or not points or not all(isinstance(p, list) and len(p) == 2 for p in points):
        raise InputError(f"{where}: its points are {shown(points)}; expected x and y of each corner")
    corners = [(as_number(x, f"{where}: its points"), as_number(y, f"{where}: its points")) for x, y in points]
    if shape.get("shape_type") == "circle":
        if len(corners) != 2:
            raise InputError(f"{where}: its circle has {len(corners)} points; expected the centre and one on the edge")
        (x, y), edge = corners
        radius = math.dist((x, y), edge)
        return x - radius, y - radius, x + radius, y + radius
    return around(corners)
