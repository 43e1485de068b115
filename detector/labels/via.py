"""Reads labels of the VGG Image Annotator (VIA 2): its project, its JSON and its CSV.

https://www.robots.ox.ac.uk/~vgg/software/via: shapes in px, each with the attributes that the project has. The class is
the attribute that the user names, else one with a usual name (NAMES), else the only one. A region may have none.
"""

import json
import math
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from detector.errors import InputError
from detector.labels.given import Given
from detector.labels.shapes import Box, Drawn, around, around_ellipse, as_number, shown
from detector.labels.tables import is_csv
from detector.labels.written import Written

NAMES = ("class", "label", "species", "name", "type", "category", "class_name", "classname", "animal")
_CSV = ("filename", "region_shape_attributes", "region_attributes")


def is_via(given: Given) -> bool:
    """Whether a file is VIA's, by its keys or its columns."""
    if is_csv(given) and not given.begins(b"{", b"["):
        return bool(given.lines) and set(_CSV) <= {cell.strip().lstrip("#") for cell in given.lines[0][1]}
    return _photos(given.document) is not None


def read_via(given: Given, columns: Mapping[str, str]) -> Iterator[Written]:
    """The photos of a file, also those without regions. columns: `class` is the attribute with the class.

    Raises InputError for a region without a place, or whose class can be in several attributes.
    """
    of_class = ClassAttribute(given, columns)
    if is_csv(given) and not given.begins(b"{", b"["):
        yield from _of_csv(given, of_class)
        of_class.require()
        return
    for place, photo in enumerate(_photos(given.document) or [], 1):
        name, regions = photo.get("filename"), photo.get("regions")
        if isinstance(regions, dict):  # VIA 1 numbers them
            regions = list(regions.values())
        if not isinstance(name, str) or not isinstance(regions, list):
            raise InputError(f"{given.path}: photo {place} has the filename {shown(name)} and regions {shown(regions)}")
        labels = tuple(
            _label(region, f"{given.path}: region {number} of {name}", f"region {number} of {name}", of_class)
            for number, region in enumerate(regions, 1)
        )
        yield Written(name, labels)
    of_class.require()


class ClassAttribute:
    """Which attribute of VIA's regions is their class."""

    def __init__(self, given: Given, columns: Mapping[str, str]) -> None:
        self._given, self._wanted = given, columns.get("class")
        self._seen: dict[str, None] = {}

    def of(self, attributes: Collection[str], where: str) -> str | None:
        """The attribute of a region; None if it has none. Raises InputError if it can be one of several."""
        self._seen |= dict.fromkeys(attributes)
        by_name = {name.lower(): name for name in attributes}
        if self._wanted is not None:
            return by_name.get(self._wanted.lower())
        if found := next((by_name[name] for name in NAMES if name in by_name), None):
            return found
        if len(attributes) > 1:
            raise InputError(
                f"{where} has the attributes {shown(list(attributes))}; expected one of {', '.join(NAMES)}",
                about="columns",
            )
        return next(iter(attributes), None)

    def require(self) -> None:
        """Raise InputError if no region had the attribute that the user named."""
        if self._wanted is not None and self._wanted.lower() not in {name.lower() for name in self._seen}:
            raise InputError(
                f"{self._given.path}: no region has the attribute {shown(self._wanted)}; the file has "
                f"{shown(', '.join(self._seen))}",
                about="columns",
            )


def _photos(document: Any) -> list[Mapping[str, Any]] | None:
    """The photos of a project or of an export; None if it is neither."""
    if not isinstance(document, dict):
        return None
    if "_via_img_metadata" in document:
        document = document["_via_img_metadata"]
    found = list(document.values()) if isinstance(document, dict) else []
    if not found or not all(isinstance(one, dict) and {"filename", "regions"} <= set(one) for one in found):
        return None
    return found


def _of_csv(given: Given, of_class: ClassAttribute) -> Iterator[Written]:
    heads = [cell.strip().lstrip("#") for cell in given.lines[0][1]]
    for place, row in given.lines[1:]:
        cells = dict(zip(heads, row, strict=False))
        where = f"{given.path}: line {place}"
        if not cells.get("filename"):
            raise InputError(f"{where} has no filename")
        shape, attributes = (_json(cells.get(key, ""), f"{where}: its {key}") for key in _CSV[1:])
        if not shape:
            yield Written(cells["filename"])
            continue
        region = {"shape_attributes": shape, "region_attributes": attributes}
        yield Written(cells["filename"], (_label(region, where, f"line {place}, {cells['filename']}", of_class),))


def _json(text: str, where: str) -> Any:
    try:
        return json.loads(text or "{}")
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where} is {shown(text)}; expected JSON") from error


def _label(region: Any, where: str, which: str, of_class: ClassAttribute) -> Drawn:
    shape, attributes = (
        region.get(key) if isinstance(region, dict) else None for key in ("shape_attributes", "region_attributes")
    )
    if not isinstance(shape, dict) or not isinstance(attributes, dict):
        raise InputError(f"{where} is {shown(region)}; expected a shape and its attributes")
    return Drawn(_box(shape, where), _class(attributes, where, of_class), False, which)


def _class(attributes: Mapping[str, Any], where: str, of_class: ClassAttribute) -> str:
    """The name of the class; empty if the region has none."""
    key = of_class.of(attributes, where)
    if key is None:
        return ""
    value = attributes[key]
    if isinstance(value, dict):  # a checkbox: those that are ticked
        value = next((name for name, ticked in value.items() if ticked), "")
    return class_of(value, f"{where}: its {key}")


def class_of(value: Any, where: str) -> str:
    """The name that an attribute has as its value, a number too; empty for nothing. Raises InputError for others."""
    if value is not None and (not isinstance(value, (str, int, float)) or isinstance(value, bool)):
        raise InputError(f"{where} is {shown(value)}; expected the name of a class")
    return "" if value is None else str(value).strip()


def _box(shape: Mapping[str, Any], where: str) -> Box:
    def numbers(*keys: str) -> list[float]:
        return [as_number(shape.get(key), f"{where}: its {key}") for key in keys]

    kind = shape.get("name")
    if kind == "rect":
        x, y, width, height = numbers("x", "y", "width", "height")
        return min(x, x + width), min(y, y + height), max(x, x + width), max(y, y + height)
    if kind == "point":
        x, y = numbers("cx", "cy")
        return x, y, x, y
    if kind == "circle":
        x, y, r = numbers("cx", "cy", "r")
        return x - r, y - r, x + r, y + r
    if kind == "ellipse":
        turned = math.degrees(as_number(shape.get("theta") or 0, f"{where}: its theta"))
        x, y, rx, ry = numbers("cx", "cy", "rx", "ry")
        return around_ellipse(x, y, rx, ry, turned)
    if kind in ("polygon", "polyline"):
        xs, ys = (shape.get(f"all_points_{axis}") for axis in "xy")
        if isinstance(xs, list) and isinstance(ys, list) and len(xs) == len(ys) and xs:
            return around([(as_number(x, where), as_number(y, where)) for x, y in zip(xs, ys, strict=True)])
    raise InputError(
        f"{where} is a {shown(kind)} that cannot be read; expected rect, circle, ellipse, polygon or point"
    )
