"""Turns what is drawn around an animal (rotated boxes, key points, polygons) into upright boxes, and finds impossible
ones.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from detector.errors import InputError

Box = tuple[float, float, float, float]
"""xmin, ymin, xmax, ymax, px of the photo. A point has no width and no height."""

LARGEST_PX = 1e7
_OVER_PX = 2.0  # a box may reach so far over the photo's edge without a remark


@dataclass(frozen=True)
class Drawn:
    """One label: its box, its name, whether it is a crowd region, and which label it is. Blanks around a name are left
    out.

    score: How sure a detector was, 0 to 1; NaN for the label of a person.
    """

    box: Box
    name: str
    crowd: bool
    which: str
    score: float = math.nan

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", self.name.strip())


def refuse_corners(source: object, photos: Iterable[tuple[Sequence[Drawn], float, float]]) -> None:
    """Raise InputError if boxes that were read as x, y, width and height are the corners x1, y1, x2, y2.

    So it is if most reach over the right or the lower edge of their photo, and as corners all are within it.

    photos: the labels of each, and its width and height, px.
    """
    over = boxes = 0
    for drawn, width, height in photos:
        for one in drawn:
            x0, y0, x1, y1 = one.box
            right, below = x1 - x0, y1 - y0  # as they were read: the corner, if it is one
            if not (x0 < right <= width + _OVER_PX and y0 < below <= height + _OVER_PX):
                return
            over += x1 > width + _OVER_PX or y1 > height + _OVER_PX
            boxes += 1
    if over > 1 and 2 * over > boxes:
        raise InputError(
            f"{source}: {over} of its {boxes} boxes reach over the edge of their photo, and none does as the corners "
            "x1, y1, x2, y2; expected x, y, width, height"
        )


def around(points: Iterable[tuple[float, float]]) -> Box:
    """The upright box around points."""
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def around_rotated(box: Box, degrees: float) -> Box:
    """The upright box around a box that is turned about its centre, clockwise in the picture."""
    x0, y0, x1, y1 = box
    x, y, turn = (x0 + x1) / 2, (y0 + y1) / 2, math.radians(degrees)
    c, s = abs(math.cos(turn)), abs(math.sin(turn))
    half = ((x1 - x0) * c + (y1 - y0) * s) / 2, ((x1 - x0) * s + (y1 - y0) * c) / 2
    return x - half[0], y - half[1], x + half[0], y + half[1]


def around_ellipse(x: float, y: float, rx: float, ry: float, degrees: float) -> Box:
    """The upright box around an ellipse that is turned about its centre."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    across, down = math.hypot(rx * c, ry * s), math.hypot(rx * s, ry * c)
    return x - across, y - down, x + across, y + down


def is_number(cell: str) -> bool:
    """Whether a cell is a number."""
    try:
        float(cell)
    except ValueError:
        return False
    return True


def as_number(value: object, what: str, text: bool = False) -> float:
    """A finite number below 10 million. Raises InputError for anything else; its message begins with `what`.

    text: whether a text that is a number is allowed.
    """
    number = math.nan
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        number = float(value) if abs(value) < LARGEST_PX else math.nan
    elif text and isinstance(value, str):
        try:
            number = float(value)
        except ValueError:
            number = math.nan
    if not abs(number) < LARGEST_PX:
        raise InputError(f"{what} is {shown(value)}; expected a number")
    return number


def as_share(value: object, what: str, text: bool = False) -> float:
    """A number from 0 to 1, as scores are. Raises InputError for anything else."""
    number = as_number(value, what, text)
    if not 0 <= number <= 1:
        raise InputError(f"{what} is {shown(value)}; expected a number from 0 to 1")
    return number


def shown(value: object) -> str:
    """A value of a file, short enough for one line."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def tidy(drawn: Sequence[Drawn], width: float, height: float) -> tuple[list[Drawn], list[tuple[str, str]]]:
    """The possible labels of one photo, and what was done to others: (what, which label).

    Labels that do not touch the photo, crowd regions without a size and repeated labels are left out. Boxes are clipped
    to the photo. width, height: px, 0 if the file does not state them.
    """
    kept: list[Drawn] = []
    odd: list[tuple[str, str]] = []
    seen: set[tuple[Box, str, bool]] = set()
    for one in drawn:
        key = (one.box, one.name, one.crowd)
        x0, y0, x1, y1 = one.box
        if one.crowd and not (x1 > x0 and y1 > y0):
            continue
        if key in seen:
            odd.append(("labels that a photo has twice are counted once", one.which))
            continue
        seen.add(key)
        box = one.box
        if width and height:
            # A point on the edge is in the photo. A box that only touches the edge has no part in it.
            outside = x1 < 0 or y1 < 0 or x0 > width or y0 > height
            if outside or (x1 > x0 and (x1 <= 0 or x0 >= width)) or (y1 > y0 and (y1 <= 0 or y0 >= height)):
                odd.append(("labels outside their photo are left out", one.which))
                continue
            if min(x0, y0, width - x1, height - y1) < -_OVER_PX:
                odd.append(("labels over the edge of their photo are cut there", one.which))
            box = max(x0, 0.0), max(y0, 0.0), min(x1, float(width)), min(y1, float(height))
        kept.append(replace(one, box=box))
    return kept, odd


def said_of(odd: Iterable[tuple[str, str]]) -> list[str]:
    """A line for each kind of unusual label, with their number and the first of them."""
    found: dict[str, list[str]] = defaultdict(list)
    for what, which in odd:
        found[what].append(which)
    return [
        f"{what}: {those[0]}" if len(those) == 1 else f"{what}: {len(those)}, the first is {those[0]}"
        for what, those in found.items()
    ]
