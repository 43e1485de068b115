"""Reads the points of DotDotGoose's `.pnt` files, JSON with the points of each class in each photo.

https://github.com/persts/DotDotGoose.
"""

from collections.abc import Iterator

from detector.errors import InputError
from detector.labels.given import Given
from detector.labels.shapes import Drawn, as_number, shown
from detector.labels.written import Written


def is_dotdotgoose(given: Given) -> bool:
    """Whether a file is DotDotGoose's, by its keys."""
    document = given.document
    return isinstance(document, dict) and {"classes", "points", "colors"} <= set(document)


def read_dotdotgoose(given: Given) -> Iterator[Written]:
    """The photos of a file, also those without points. Raises InputError if a point cannot be read."""
    points = given.document["points"]
    if not isinstance(points, dict):
        raise InputError(f"{given.path}: its points are {shown(points)}; expected those of each photo")
    for photo, by_class in points.items():
        if not isinstance(by_class, dict) or not all(isinstance(each, list) for each in by_class.values()):
            raise InputError(f"{given.path}: the points of {shown(photo)} are not lists by class")
        labels = []
        for name, each in by_class.items():
            for place, point in enumerate(each, 1):
                which = f"point {place} of {name} in {photo}"
                if not isinstance(point, dict):
                    raise InputError(f"{given.path}: {which} is {shown(point)}; expected x and y")
                x, y = (as_number(point.get(key), f"{given.path}: {which}: its {key}") for key in ("x", "y"))
                labels.append(Drawn((x, y, x, y), name, False, which))
        yield Written(photo, tuple(labels))
