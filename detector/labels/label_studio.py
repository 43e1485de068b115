"""Reads labels from Label Studio's JSON, whole tasks or JSON-MIN: boxes, polygons, ellipses and key points.

https://labelstud.io/guide/export and https://labelstud.io/tags. Values are per cent of the photo, as it is turned for
the person who labels; a box turns about its top left corner. If a task has labels of several people, those marked as
ground truth count, else the last ones. A task without labels, but with predictions of a model, has those, with their
scores.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from detector.errors import InputError
from detector.labels.given import Given
from detector.labels.shapes import Box, Drawn, around, around_ellipse, as_number, shown
from detector.labels.written import Written
from geo.raster.image_formats import is_image
from geo.raster.orientation import EVERY

SEVERAL = "photos that several people labelled have the labels marked as ground truth, else the last ones"
UNREAD = "labels drawn with a brush or as a video are left out"
_SHAPES = ("rectangle", "polygon", "keypoint", "ellipse")


def is_label_studio(given: Given) -> bool:
    """Whether a file is Label Studio's, by the keys of its first task."""
    document = given.document
    if not isinstance(document, list) or not document or not isinstance(document[0], dict):
        return False
    first = document[0]
    return ("data" in first and ("annotations" in first or "predictions" in first)) or (
        "id" in first and "annotation_id" in first
    )


def read_label_studio(given: Given) -> Iterator[Written]:
    """The photos of a file, but tasks that nobody has labelled. Raises InputError if a label cannot be read."""
    for place, task in enumerate(given.document, 1):
        where = f"{given.path}: task {place}"
        if not isinstance(task, dict):
            raise InputError(f"{where} is {shown(task)}; expected an object")
        photo = _photo(task.get("data", task), where)
        odd: tuple[tuple[str, str], ...] = ()
        if "data" in task:
            results, several, by_model = _results(task, where)
            if results is None:
                continue
            odd = ((SEVERAL, photo),) if several else ()
        else:
            results, by_model = _of_min(task), False
        labels, width, height, unread = _labels(results, where, photo, by_model)
        if unread:
            odd = (*odd, (UNREAD, photo))
        yield Written(photo, labels, width, height, shares=True, odd=odd, turns=EVERY)


def _photo(data: Any, where: str) -> str:
    """The name of a task's photo: the value of `image`, else the one value that names an image."""
    if isinstance(data, dict):
        if isinstance(data.get("image"), str):
            return str(data["image"])
        named = [v for v in data.values() if isinstance(v, str) and is_image(v.partition("?")[0].strip() or v)]
        if len(named) == 1:
            return str(named[0])
    raise InputError(f"{where} has no image in its data: {shown(data)}")


def _results(task: Mapping[str, Any], where: str) -> tuple[list[Any] | None, bool, bool]:
    """(results, whether several people labelled, whether they are a model's). None if nobody has labelled the task."""
    done = [one for one in task.get("annotations") or [] if isinstance(one, dict) and not one.get("was_cancelled")]
    made = [one for one in task.get("predictions") or [] if isinstance(one, dict)]
    if not done and not made:
        return None, False, False
    truths = [one for one in done if one.get("ground_truth")]
    one = (truths or done or made)[-1]
    results = one.get("result")
    if not isinstance(results, list):
        raise InputError(f"{where}: its result is {shown(results)}; expected a list")
    return results, len(done) > 1, not done


def _of_min(task: Mapping[str, Any]) -> list[Any]:
    """The labels of a task of JSON-MIN, in the form of the whole one."""
    found: list[Any] = []
    for value in task.values():
        if not isinstance(value, list):
            continue
        for one in value:
            if isinstance(one, dict) and (key := _key_of(one)) is not None:
                sizes = {side: one.get(side) for side in ("original_width", "original_height")}
                found.append({"type": key, "value": one, **sizes})
    return found


def _key_of(value: Mapping[str, Any]) -> str | None:
    return next((f"{shape}labels" for shape in _SHAPES if isinstance(value.get(f"{shape}labels"), list)), None)


def _labels(results: list[Any], where: str, photo: str, by_model: bool) -> tuple[tuple[Drawn, ...], int, int, bool]:
    """(labels as shares, width, height, whether some cannot be read)."""
    names = {  # a label that was given apart from its shape, by the shape's id
        one.get("id"): value["labels"][0]
        for one in results
        if isinstance(one, dict) and isinstance(value := one.get("value"), dict) and value.get("labels")
    }
    labels: list[Drawn] = []
    width = height = 0
    unread = False
    for place, one in enumerate(results, 1):
        which = f"label {place} of {photo}"
        if not isinstance(one, dict):
            raise InputError(f"{where}: label {place} is {shown(one)}; expected an object")
        kind, value = str(one.get("type")), one.get("value")
        shape = next((shape for shape in _SHAPES if kind in (shape, f"{shape}labels")), None)
        if shape is None:
            unread |= kind.startswith(("brush", "video", "bitmask", "magicwand"))
            continue  # a relation of two labels, or what is said of the whole photo
        if not isinstance(value, dict):
            raise InputError(f"{where}: label {place} is {shown(one)}; expected an object with a value")
        if as_number(one.get("image_rotation") or 0, f"{where}: its image_rotation") % 360:
            raise InputError(
                f"{where}: its image_rotation is {shown(one['image_rotation'])}; expected 0: turn the photo back in "
                "Label Studio"
            )
        own = value.get(f"{shape}labels")
        name = own[0] if isinstance(own, list) and own else names.get(one.get("id"), "")
        if not isinstance(name, str):
            raise InputError(f"{where}: label {place} has no name; expected {shape}labels")
        sides = [
            as_number(one.get(f"original_{side}") or 0, f"{where}: its original_{side}") for side in ("width", "height")
        ]
        width, height = (int(side) for side in sides)
        box = _box(shape, value, (sides[0] or 1.0, sides[1] or 1.0), f"{where}: label {place}")
        score = one.get("score", value.get("score")) if by_model else None
        sure = as_number(score, f"{where}: its score") if score is not None else math.nan
        labels.append(Drawn(box, name, False, which, sure))
    return tuple(labels), width, height, unread


def _box(shape: str, value: Mapping[str, Any], size: tuple[float, float], where: str) -> Box:
    """The box around a shape, as shares. size: of the photo, since a turn is in px."""
    width, height = size

    def number(key: str) -> float:
        return as_number(value.get(key), f"{where}: its {key}") / 100

    turned = as_number(value.get("rotation") or 0, f"{where}: its rotation")
    if shape == "polygon":
        points = value.get("points")
        if not isinstance(points, list) or not all(isinstance(p, list) and len(p) == 2 for p in points) or not points:
            raise InputError(f"{where}: its points are {shown(points)}; expected x and y of each corner")
        xs_ys = [(as_number(x, where) / 100, as_number(y, where) / 100) for x, y in points]
        return around(xs_ys)
    x, y = number("x"), number("y")
    if shape == "keypoint":
        return x, y, x, y
    if shape == "ellipse":
        rx, ry = number("radiusX") * width, number("radiusY") * height
        x0, y0, x1, y1 = around_ellipse(x * width, y * height, rx, ry, turned)
        return x0 / width, y0 / height, x1 / width, y1 / height
    across, down = number("width"), number("height")
    if not turned:
        return x, y, x + across, y + down
    c, s = math.cos(math.radians(turned)), math.sin(math.radians(turned))
    corners = [(dx * across * width, dy * down * height) for dx, dy in ((0, 0), (1, 0), (1, 1), (0, 1))]
    return around([(x + (dx * c - dy * s) / width, y + (dx * s + dy * c) / height) for dx, dy in corners])
