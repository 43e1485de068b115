"""Adjust the boxes of a survey during a review: move and resize one, split one in two, merge two into one.

Nothing is written until Enter, or for a merge until the other box is clicked.
"""

from __future__ import annotations

from collections.abc import Callable

from ..translation import tr
from . import missed_animal
from .draw_box import Ground
from .file import Box, Detection
from .photo_frame import clipped
from .session import ReviewSession
from .sight import Sight


class Reshaping:
    """The box that is being adjusted; `drawing` is None where none is. say(text, wrong): tells the reviewer.

    merging: whether the next click chooses the box to merge with.
    """

    def __init__(self, session: ReviewSession, sight: Sight, say: Callable[[str, bool], None]) -> None:
        self._session = session
        self._sight = sight
        self._say = say
        self.drawing: missed_animal.Drawing | None = None
        self.merging = False

    def start(self) -> None:
        """Adjust the box that is looked at."""
        one, ground = self._looked_at(), self._ground()
        if one is None or one.box_px is None or ground is None or self.drawing is not None:
            return
        size = (one.box_px[2] - one.box_px[0], one.box_px[3] - one.box_px[1])
        canvas = self._sight.photo if self._sight.photo_shown else self._sight.canvas
        self.drawing = missed_animal.Drawing(canvas, lambda _: ground, one.is_a, size)
        tool = self.drawing.tool
        tool.put(ground, one.box_px)
        tool.accepted.connect(self._accept)
        for ended in (tool.given_up, tool.dropped):
            ended.connect(self.stop)
        tool.adjusted.connect(self._say_adjusting)
        self._say_adjusting()

    def stop(self) -> None:
        """End what was begun; nothing is saved."""
        drawing, self.drawing = self.drawing, None
        merging, self.merging = self.merging, False
        if drawing is not None:
            drawing.stop()
        if drawing is not None or merging:
            self._say("", False)

    def split(self) -> None:
        """Make two boxes of the one that is looked at, side by side along its longer side."""
        one, ground = self._looked_at(), self._ground()
        if one is None or one.box_px is None or ground is None:
            return
        halves = [_placed(one, half, ground) for half in _halves(one.box_px)]
        if self._replace(one, halves, []):
            self._say(
                tr("Two boxes now. Press E to adjust the one in hand, → for the other, U to take it back."), False
            )

    def start_merging(self) -> None:
        """Wait for a click on the other box of the same animal."""
        if self._looked_at() is not None:
            self.merging = True
            self._say(tr("Click on the other box of this animal, in the same photo. Esc cancels."), False)

    def merge(self, other: Detection) -> None:
        """Make one box of that which is looked at and of this one."""
        one, ground = self._looked_at(), self._ground()
        self.merging = False
        if one is None or one.box_px is None or ground is None:
            return
        if other.image != one.image or other.box_px is None or other.fid == one.fid:
            self._say(tr("That is no other box of the same photo. Nothing was merged."), True)
            return
        boxes = (one.box_px, other.box_px)
        around = (*(min(b[i] for b in boxes) for i in (0, 1)), *(max(b[i] for b in boxes) for i in (2, 3)))
        if self._replace(one, [_placed(one, around, ground)], [other]):  # type: ignore[arg-type]
            self._say(tr("One box now. Press E to adjust it, U to take it back."), False)

    def _replace(self, one: Detection, drawn: list[Detection], others: list[Detection]) -> bool:
        def step(queue: object) -> None:
            reviewing = self._session.queue
            if reviewing is None:
                return
            reviewing.take(one)
            for new in reversed(reviewing.replace(drawn, others)):
                reviewing.take(new)

        return self._session.step(step)

    def _accept(self, ground: Ground, box: Box) -> None:
        one = self._looked_at()
        inside = clipped(box, ground.image.size)
        if one is None:
            return
        if inside is None:
            self._say(tr("The box lies outside the image. Draw it on the image."), True)
            return
        placed = _placed(one, inside, ground)

        def step(queue: object) -> None:
            reviewing = self._session.queue
            if reviewing is not None:
                reviewing.take(one)
                reviewing.reshape(inside, placed.ring)

        drawing, self.drawing = self.drawing, None
        if drawing is not None:
            drawing.stop()
        if self._session.step(step):
            self._say(tr("The box is saved, and the animal is confirmed. Press U to take it back."), False)

    def _looked_at(self) -> Detection | None:
        """The detection of the current animal in the photo that is looked at; says so where there is none."""
        if not self._sight.views:
            return None
        one, detected = self._sight.views[self._sight.at]
        if not detected:
            self._say(tr("The animal was not found in this photo, so there is no box. Press A to draw one."), True)
            return None
        return one

    def _ground(self) -> Ground | None:
        image, queue = self._sight.image, self._session.queue
        if image is None or queue is None:
            return None
        box = self._sight.views[self._sight.at].one.box_px
        near = None if box is None else box[:2]
        if self._sight.photo_shown:
            return missed_animal.in_photo(queue, image, near)
        to_canvas = self._sight.to_canvas()
        return None if to_canvas is None else missed_animal.of_image(queue, to_canvas, image, near)

    def _say_adjusting(self) -> None:
        text = tr(
            "Adjusting the box: drag it or its handles, or use the keys: arrows move it, Shift + arrows resize it, with"
            " Ctrl by one pixel. Enter saves it, Esc cancels."
        )
        self._say(text, False)


def _placed(one: Detection, box: Box, ground: Ground) -> Detection:
    """The detection with another box, and its place on the map."""
    return one._replace(box_px=box, ring=ground.frame.corners(box) if ground.frame.known else None)


def _halves(box: Box) -> list[Box]:
    xmin, ymin, xmax, ymax = box
    if xmax - xmin >= ymax - ymin:
        middle = (xmin + xmax) / 2
        return [(xmin, ymin, middle, ymax), (middle, ymin, xmax, ymax)]
    middle = (ymin + ymax) / 2
    return [(xmin, ymin, xmax, middle), (xmin, middle, xmax, ymax)]
