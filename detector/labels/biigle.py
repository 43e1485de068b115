"""Reads BIIGLE's CSV of annotations of images, with a row for each label of an annotation.

https://biigle.de/manual/tutorials/reports/reports-schema: the points of a shape in px, as a list of x and y; a circle
is x, y and its radius, an ellipse the ends of its axes.
"""

import json
import math
from collections.abc import Iterator
from typing import Any

from detector.errors import InputError
from detector.labels.given import Given
from detector.labels.shapes import Box, Drawn, around, as_number, shown
from detector.labels.tables import is_table_of_text
from detector.labels.written import Written

_COLUMNS = ("label_name", "filename", "shape_name", "points")
_WHOLE = "labels of a whole photo are left out"
_SEVERAL = "annotations with several labels have the last one"


def is_biigle(given: Given) -> bool:
    """Whether a file is BIIGLE's, by its columns."""
    return is_table_of_text(given) and set(_COLUMNS) <= set(given.heads)


def read_biigle(given: Given) -> Iterator[Written]:
    """The photos of a file, one for each annotation. Raises InputError if a row cannot be read."""
    found: dict[str, Written] = {}
    for place, row in given.lines[1:]:
        cells = given.cells(row)
        where, photo = f"{given.path}: line {place}", cells["filename"]
        if not photo:
            raise InputError(f"{where} has no filename")
        which = f"line {place}, {photo}"
        width, height = _size(cells.get("attributes", ""))
        shape, points = cells["shape_name"].lower(), _numbers(cells["points"], where)
        key = cells.get("annotation_id") or str(place)
        if shape == "wholeframe" or not points:
            found[key] = Written(photo, (), width, height, odd=((_WHOLE, which),))
            continue
        label = Drawn(_box(shape, points, where), cells["label_name"], False, which)
        before = found.get(key)
        other = before is not None and [one.name for one in before.labels] != [label.name]
        found[key] = Written(photo, (label,), width, height, odd=((_SEVERAL, which),) if other else ())
    yield from found.values()


def _size(text: str) -> tuple[int, int]:
    """(width, height) of a photo, px, from its attributes; 0 where they do not say it."""
    try:
        given: Any = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return 0, 0
    sides = [given.get(side) if isinstance(given, dict) else 0 for side in ("width", "height")]
    known = all(isinstance(side, int) and 0 < side < 1e7 for side in sides)
    return (int(sides[0] or 0), int(sides[1] or 0)) if known else (0, 0)


def _numbers(text: str, where: str) -> list[float]:
    try:
        given = json.loads(text or "[]")
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where}: its points are {shown(text)}; expected a list of numbers") from error
    if not isinstance(given, list):
        raise InputError(f"{where}: its points are {shown(text)}; expected a list of numbers")
    return [as_number(value, f"{where}: its points") for value in given]


def _box(shape: str, points: list[float], where: str) -> Box:
    if shape == "circle" and len(points) == 3:
        x, y, radius = points
        return x - radius, y - radius, x + radius, y + radius
    if shape == "circle" or len(points) % 2:
        raise InputError(f"{where}: its {shape} has {len(points)} numbers; expected x and y of each point")
    corners = list(zip(points[::2], points[1::2], strict=True))
    return _around_axes(corners) if shape == "ellipse" and len(corners) == 4 else around(corners)


def _around_axes(ends: list[tuple[float, float]]) -> Box:
    """The upright box around an ellipse, by the ends of its two axes, in any order."""
    x, y = (sum(end[axis] for end in ends) / 4 for axis in (0, 1))
    arms = [(end[0] - x, end[1] - y) for end in ends]
    one = arms[0]
    other = max(arms[1:], key=lambda arm: abs(one[0] * arm[1] - one[1] * arm[0]))
    across, down = (math.hypot(one[axis], other[axis]) for axis in (0, 1))
    return x - across, y - down, x + across, y + down
