"""How far a review is on the ground: which images are reviewed, and how much of their area that is.

An image is reviewed when no animal is left in it of which nobody has said anything. An animal of several photos belongs
to the photo whose detection counts. Images in which nothing was found have nothing to review, and are not among these.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from qgis.core import QgsCsException, QgsPointXY

from .queue import ReviewQueue
from .sight import Sight
from .view import COLOURS, Outlines


class Progress(NamedTuple):
    """reviewed, all: images with animals. share: of the area of their footprints; None where one has none."""

    reviewed: int
    all: int
    share: float | None


def progress(queue: ReviewQueue) -> Progress:
    """How far the review of a survey is."""
    rows = queue.rows
    with_animals = rows.images_with
    left = rows.left_in
    areas = [(rows.areas.get(path, 0.0), path in left) for path in with_animals]
    whole = sum(size for size, _ in areas)
    known = bool(areas) and whole > 0 and all(size > 0 for size, _ in areas)
    done = sum(size for size, is_left in areas if not is_left)
    return Progress(sum(not is_left for _, is_left in areas), len(areas), done / whole if known else None)


class ReviewedImages:
    """The outlines of the images on the map: green where nothing is left to review, yellow elsewhere."""

    def __init__(self, sight: Sight) -> None:
        self._sight = sight
        self.shown = False
        self._drawn: frozenset[str] | None = None
        self._outlines = {state: Outlines(sight.canvas, COLOURS[state], 2) for state in ("confirmed", "unreviewed")}

    def toggle(self, queue: ReviewQueue | None) -> None:
        """Show them, or show them no more."""
        self.shown = not self.shown
        self._drawn = None
        self.show(queue)

    def show(self, queue: ReviewQueue | None) -> None:
        """Draw them as they are now, if they are wanted."""
        if not self.shown or queue is None:
            self.clear()
            return
        left = frozenset(queue.rows.left_in)
        if left == self._drawn:
            return
        self._drawn = left
        done = queue.rows.images_with - left
        self._outlines["confirmed"].show(self._corners(queue.rows.images, done))
        self._outlines["unreviewed"].show(self._corners(queue.rows.images, left))

    def clear(self) -> None:
        """Take them off the map."""
        if self._drawn is not None:
            for outlines in self._outlines.values():
                outlines.clear()
        self._drawn = None

    def _corners(
        self, images: Mapping[str, tuple[float, ...] | None], wanted: frozenset[str] | set[str]
    ) -> list[list[QgsPointXY]]:
        to_canvas = self._sight.to_canvas()
        found = []
        for path in sorted(wanted):
            ring = images.get(path)
            if ring is None or to_canvas is None:
                continue
            try:
                found.append([to_canvas.transform(QgsPointXY(*ring[i : i + 2])) for i in range(0, len(ring) - 2, 2)])
            except QgsCsException:
                continue
        return found
