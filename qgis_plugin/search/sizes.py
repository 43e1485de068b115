"""How large the animals of a class usually are, so that a click becomes a box."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median

from ..counting_rule import REJECTED
from ..review.file import Detection

_USUAL_PX = 40.0  # where nothing is known
_REMEMBERED = 200  # of a class; the last ones count


class UsualSizes:
    """The sizes of the animals of each class, in px of their images."""

    def __init__(self) -> None:
        self._drawn: dict[str, list[tuple[float, float]]] = {}

    @classmethod
    def of(cls, detections: Iterable[Detection]) -> UsualSizes:
        """The sizes of what a survey has, without what was rejected."""
        sizes = cls()
        for one in detections:
            if one.review != REJECTED:
                sizes.add(one)
        return sizes

    def add(self, one: Detection) -> None:
        """Learn from one animal."""
        if one.box_px is not None:
            x0, y0, x1, y1 = one.box_px
            of_class = self._drawn.setdefault(one.is_a, [])
            of_class.append((x1 - x0, y1 - y0))
            del of_class[:-_REMEMBERED]

    def of_class(self, name: str) -> tuple[float, float]:
        """Width and height of a box for this class; if it has none yet, of all classes together."""
        known = self._drawn.get(name) or [size for sizes in self._drawn.values() for size in sizes]
        if not known:
            return (_USUAL_PX, _USUAL_PX)
        return (median(width for width, _ in known), median(height for _, height in known))
