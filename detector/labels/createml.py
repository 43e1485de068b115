"""Reads the labels of Apple's Create ML, JSON with the boxes of each photo, by their centre, in px. Roboflow writes it.

https://developer.apple.com/documentation/createml/building-an-object-detector-data-source.
"""

from collections.abc import Iterator
from typing import Any

from detector.errors import InputError
from detector.labels.given import Given
from detector.labels.shapes import Drawn, as_number, shown
from detector.labels.written import Written

_SIDES = ("x", "y", "width", "height")


def is_createml(given: Given) -> bool:
    """Whether a file is Create ML's, by the keys of its photos and of the first label."""
    document = given.document
    if not isinstance(document, list) or not document:
        return False
    if not all(isinstance(one, dict) and {"image", "annotations"} <= set(one) for one in document[:20]):
        return False
    lists = (
        one["annotations"] for one in document if isinstance(one, dict) and isinstance(one.get("annotations"), list)
    )
    first = next((each[0] for each in lists if each), {"coordinates": None})
    return isinstance(first, dict) and "coordinates" in first


def read_createml(given: Given) -> Iterator[Written]:
    """The photos of a file, also those without labels. Raises InputError if a label cannot be read."""
    for place, photo in enumerate(given.document, 1):
        where = f"{given.path}: photo {place}"
        name, each = (photo.get(key) if isinstance(photo, dict) else None for key in ("image", "annotations"))
        if not isinstance(name, str) or not isinstance(each, list):
            raise InputError(f"{where} is {shown(photo)}; expected image, its name, and annotations, a list")
        labels = (_label(one, f"{where}, label {n}", f"label {n} of {name}") for n, one in enumerate(each, 1))
        yield Written(name, tuple(labels))


def _label(one: Any, where: str, which: str) -> Drawn:
    name, box = (one.get(key) if isinstance(one, dict) else None for key in ("label", "coordinates"))
    if not isinstance(name, str) or not isinstance(box, dict):
        raise InputError(f"{where} is {shown(one)}; expected a label and its coordinates")
    x, y, width, height = (as_number(box.get(key), f"{where}: its {key}") for key in _SIDES)
    if min(width, height) < 0:
        raise InputError(f"{where}: its sides are {width:g} and {height:g}; expected 0 or more")
    return Drawn((x - width / 2, y - height / 2, x + width / 2, y + height / 2), name, False, which)
