"""Add missed animals during a review: a box is drawn and adjusted, and Enter adds it. One after the other, until Esc.

A box over an animal that is there already, in this photo or in another one that shows the same ground, is asked about.
"""

from __future__ import annotations

from collections.abc import Callable

from qgis.core import QgsPointXY

from ..translation import tr
from . import missed_animal
from .classes import known_as
from .draw_box import Ground
from .file import Box, Detection
from .session import ReviewSession
from .sight import USUAL_PX, Sight


class Adding:
    """The animal that is being drawn; `drawing` is None where none is. say(text, wrong): tells the reviewer."""

    def __init__(self, session: ReviewSession, sight: Sight, say: Callable[[str, bool], None]) -> None:
        self._session = session
        self._sight = sight
        self._say = say
        self.drawing: missed_animal.Drawing | None = None
        self._last_class = ""
        self._asked: Box | None = None  # the box that the reviewer was asked about

    def start(self) -> None:
        """Draw the box of a missed animal: in the photo if it is shown, else on the map."""
        queue = self._session.queue
        if queue is None or self.drawing is not None:
            return
        current = queue.current
        name = self._last_class or (current.is_a if current is not None else (*queue.classes, "unknown")[0])
        in_photo = self._sight.photo_shown
        canvas = self._sight.photo if in_photo else self._sight.canvas
        ground = self._ground_in_photo if in_photo else self._ground_on_map
        box = self._sight.views[self._sight.at].one.box_px if self._sight.views else None
        size = (box[2] - box[0], box[3] - box[1]) if box else (USUAL_PX, USUAL_PX)
        self.drawing = missed_animal.Drawing(canvas, ground, name, size)
        tool = self.drawing.tool
        tool.accepted.connect(self._accept)
        tool.given_up.connect(self.stop)
        tool.nowhere.connect(self._say_nowhere)
        tool.missing.connect(lambda: self._say(tr("There is no box yet. Drag one, or press an arrow key."), True))
        for changed in (tool.adjusted, tool.dropped):
            changed.connect(self._say_drawing)
        self._say_drawing()

    def stop(self) -> None:
        """End the drawing; what was not added is dropped."""
        drawing, self.drawing = self.drawing, None
        if drawing is not None:
            drawing.stop()
            self._say("", False)

    def name_class(self, name: str) -> None:
        """The class of the animal that is being drawn."""
        if self.drawing is not None:
            known = self._session.queue.classes if self._session.queue is not None else []
            self.drawing.class_name = known_as(name, known) or self.drawing.class_name
            self._say_drawing()

    def _accept(self, ground: Ground, box: Box) -> None:
        queue = self._session.queue
        if self.drawing is None or queue is None:
            return
        row = missed_animal.detection(ground, box, self.drawing.class_name)
        if row is None:
            self._say(tr("The box lies outside the image. Draw it on the image."), True)
            return
        there = queue.at(row)
        if there is not None and self._asked != box:
            self._asked = box
            self._say_there(there)
            return
        if not self._session.add(row):
            return
        self._last_class = row.class_name
        self.drawing.tool.drop()
        text = tr("Added: {}. Draw the next one, or press Esc to go on with the review. U takes it back.")
        self._say(text.format(row.class_name), False)

    def _say_there(self, there: Detection) -> None:
        text = tr(
            "An animal is here already: {animal}, {state}, in {photo}. Press Enter again if this is another animal, or"
            " Esc to drop the box."
        )
        state = tr("added by hand") if there.by_hand else tr("detected")
        self._say(text.format(animal=there.is_a, state=state, photo=there.image.rsplit("/", 1)[-1]), True)

    def _ground_in_photo(self, _: QgsPointXY) -> Ground | None:
        image, queue = self._sight.image, self._session.queue
        if image is None or queue is None:
            return None
        box = self._sight.views[self._sight.at].one.box_px
        return missed_animal.in_photo(queue, image, None if box is None else box[:2])

    def _ground_on_map(self, point: QgsPointXY) -> Ground | None:
        to_canvas, queue = self._sight.to_canvas(), self._session.queue
        if to_canvas is None or queue is None:
            return None
        return missed_animal.on_map(queue, to_canvas, point, self._sight.image)

    def _say_nowhere(self) -> None:
        self._say(tr("There is no image here. Draw on an image, or press Esc to stop."), True)

    def _say_drawing(self) -> None:
        self._asked = None
        drawing = self.drawing
        if drawing is None:
            return
        if drawing.tool.pending is None:
            text = tr(
                "Adding: {}. Drag a box around the animal, or press an arrow key for a box in the middle. 1 to 9 or L"
                " chooses the class, Esc ends."
            )
        else:
            text = tr(
                "Adding: {}. Enter adds the animal, Esc drops the box. Drag the box or its handles, or use the keys:"
                " arrows move it, Shift + arrows resize it, with Ctrl by one pixel. 1 to 9 or L chooses the class."
            )
        self._say(text.format(drawing.class_name), False)
