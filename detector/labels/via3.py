"""Reads projects of VIA 3, whose JSON is another than that of VIA 2: files, views of files, and regions of views.

https://gitlab.com/vgg/via/blob/master/via-3.x.y/CodeDoc.md: a region is a list, the number of its shape and its numbers
in px. Its class is the attribute named as in `via.NAMES`, else the only one; its value is the key of an option.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from detector.errors import InputError
from detector.labels.given import Given
from detector.labels.shapes import Box, Drawn, around, as_number, shown
from detector.labels.via import ClassAttribute, class_of
from detector.labels.written import Written

_KEYS = ("project", "attribute", "file", "metadata", "view")
_IMAGE = 2  # the type of a file
_CHECKBOX = 2  # the type of an attribute


def is_via3(given: Given) -> bool:
    """Whether a file is a project of VIA 3, by its keys."""
    document = given.document
    return isinstance(document, dict) and all(isinstance(document.get(key), dict) for key in _KEYS)


def read_via3(given: Given, columns: Mapping[str, str]) -> Iterator[Written]:
    """The photos of a project, also those without regions. Arguments as in `read_via`.

    Raises InputError for a region without a place, one whose class can be in several attributes, or one of a video.
    """
    of_class = ClassAttribute(given, columns)
    project = given.document
    regions: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
    for key, region in project["metadata"].items():
        where = f"{given.path}: region {key}"
        if not isinstance(region, dict) or not isinstance(region.get("xy"), list):
            raise InputError(f"{where} is {shown(region)}; expected a view and a shape")
        if region["xy"]:  # others are about a whole file
            regions.setdefault(str(region.get("vid")), []).append((where, region))
    for key, view in project["view"].items():
        files = view.get("fid_list") if isinstance(view, dict) else None
        if not isinstance(files, list) or len(files) != 1:
            raise InputError(f"{given.path}: view {key} is {shown(view)}; expected one file a view")
        file = project["file"].get(str(files[0]))
        name = file.get("fname") if isinstance(file, dict) else None
        if not isinstance(name, str) or not name:
            raise InputError(f"{given.path}: file {shown(files[0])} is {shown(file)}; expected its name as `fname`")
        if file.get("type", _IMAGE) != _IMAGE:
            raise InputError(f"{given.path}: {shown(name)} is no photo; expected a project of photos")
        labels = [
            Drawn(
                _box(region["xy"], where), _class(project, region, where, of_class), False, f"region {number} of {name}"
            )
            for number, (where, region) in enumerate(regions.pop(key, ()), 1)
        ]
        yield Written(name, tuple(labels))
    if regions:
        raise InputError(f"{given.path}: regions are of the view {shown(next(iter(regions)))}, which the file lacks")
    of_class.require()


def _class(project: Mapping[str, Any], region: Mapping[str, Any], where: str, of_class: ClassAttribute) -> str:
    values = region.get("av")
    if not isinstance(values, dict):
        raise InputError(f"{where} has the attributes {shown(values)}; expected numbers and values")
    named = {}
    for number, value in values.items():
        attribute = project["attribute"].get(number)
        if isinstance(attribute, dict) and isinstance(attribute.get("aname"), str):
            named[attribute["aname"]] = (attribute, value)
    key = of_class.of(named, where)
    if key is None:
        return ""
    attribute, value = named[key]
    options = attribute.get("options")
    if isinstance(options, dict) and options and isinstance(value, str):
        if attribute.get("type") == _CHECKBOX:  # those that are ticked
            value = value.split(",")[0]
        value = options.get(value, "")
    return class_of(value, f"{where}: its {key}")


def _box(shape: list[Any], where: str) -> Box:
    """The box around a shape: its number, as VIA 3 has them, and its numbers in px."""
    kind, *rest = shape
    numbers = [as_number(value, f"{where}: its xy") for value in rest]
    if kind == 1 and len(numbers) == 2:  # a point
        return numbers[0], numbers[1], numbers[0], numbers[1]
    if kind == 2 and len(numbers) == 4:  # a rectangle
        x, y, width, height = numbers
        return min(x, x + width), min(y, y + height), max(x, x + width), max(y, y + height)
    if kind == 3 and len(numbers) == 3:  # a circle
        x, y, r = numbers
        return x - r, y - r, x + r, y + r
    if kind == 4 and len(numbers) == 4:  # an ellipse, upright
        x, y, rx, ry = numbers
        return x - rx, y - ry, x + rx, y + ry
    if kind in (5, 6, 7) and len(numbers) >= 4 and len(numbers) % 2 == 0:  # a line, lines, a polygon
        return around(list(zip(numbers[::2], numbers[1::2], strict=True)))
    raise InputError(
        f"{where} is {shown(shape)}, which cannot be read; expected a point, a rectangle, a circle, an ellipse, a "
        "line or a polygon"
    )
