"""Add a missed animal during a review: the box that is drawn, its class, and the words that say what to do."""

from __future__ import annotations

from collections.abc import Callable

from qgis.core import QgsPointXY

from ..translation import tr
from . import missed_animal
from .draw_box import Ground
from .file import Box
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
        self.drawing = missed_animal.Drawing(canvas, ground, name, self._drawn)
        self.drawing.tool.given_up.connect(self.stop)
        self.drawing.tool.nowhere.connect(self._say_nowhere)
        box = current.box_px if current is not None else None
        width, height = (box[2] - box[0], box[3] - box[1]) if box else (USUAL_PX, USUAL_PX)
        self.drawing.tool.start(width, height)
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
            self.drawing.class_name = name.strip() or self.drawing.class_name
            self._say_drawing()

    def _drawn(self, ground: Ground, box: Box) -> None:
        if self.drawing is None:
            return
        row = missed_animal.detection(ground, box, self.drawing.class_name)
        if row is None:
            self._say(tr("The box lies outside the image. Draw it on the image."), True)
            return
        if not self._session.add(row):
            return
        self._last_class = row.class_name
        self.stop()
        self._say(tr("Added: {}. Press U to undo.").format(row.class_name), False)

    def _ground_in_photo(self, _: QgsPointXY) -> Ground | None:
        image, queue = self._sight.image, self._session.queue
        return None if image is None or queue is None else missed_animal.in_photo(queue, image)

    def _ground_on_map(self, point: QgsPointXY) -> Ground | None:
        to_canvas, queue = self._sight.to_canvas(), self._session.queue
        return None if to_canvas is None or queue is None else missed_animal.on_map(queue, to_canvas, point)

    def _say_nowhere(self) -> None:
        self._say(tr("There is no image here. Draw on an image, or press Esc to stop."), True)

    def _say_drawing(self) -> None:
        if self.drawing is not None:
            text = tr(
                "Adding: {}. Drag a box with the mouse. Or use the keys: arrows move the box, Shift + arrows"
                " resize it, Ctrl + arrows move it by one pixel. Enter adds the animal, L changes its class,"
                " Esc stops."
            )
            self._say(text.format(self.drawing.class_name), False)
