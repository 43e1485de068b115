"""Draw the box of a missed animal, with the mouse or with keys.

A box is a rectangle in image px, so it is rotated on the map where the photo is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from qgis.core import QgsPointXY
from qgis.gui import QgsMapCanvas, QgsMapTool
from qgis.PyQt.QtCore import Qt, pyqtSignal

from .file import Box, Image, Point
from .photo_frame import PhotoFrame
from .view import Outlines, corners_px

_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class Ground(NamedTuple):
    """What lies under a place of a canvas: an image, with the way from the canvas's coordinates to its px and back.

    frame: from its px to the survey's map.
    """

    image: Image
    frame: PhotoFrame
    to_px: Callable[[QgsPointXY], Point]
    to_canvas: Callable[[float, float], QgsPointXY]


GroundAt = Callable[[QgsPointXY], "Ground | None"]


class BoxTool(QgsMapTool):
    """Draw one box on a canvas. `drawn(ground, box)` has the box in px of the ground's image.

    The mouse drags it from corner to corner. With keys it begins in the middle of the canvas: arrows move it, Shift +
    arrows resize it, Ctrl makes steps of one px, Enter accepts it, Escape cancels. `nowhere` is emitted where there is
    no image.
    """

    drawn = pyqtSignal(object, object)
    given_up = pyqtSignal()
    nowhere = pyqtSignal()
    KEYS = frozenset((*_ARROWS, Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter))

    def __init__(self, canvas: QgsMapCanvas, ground_at: GroundAt) -> None:
        super().__init__(canvas)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self._ground_at = ground_at
        self._outline = Outlines(canvas, "#56B4E9", 2)
        self._ground: Ground | None = None
        self._box: Box | None = None
        self._pressed: Point | None = None

    def start(self, width: float, height: float) -> bool:
        """Put a box of this size (px) in the middle of the canvas. Returns False if no image is there."""
        centre = self.canvas().center()
        self._ground = self._ground_at(centre)
        if self._ground is None:
            self._box = None
            return False
        x, y = self._ground.to_px(centre)
        self._put((x - width / 2, y - height / 2, x + width / 2, y + height / 2))
        return True

    def stop(self) -> None:
        """Stop drawing and clear the box."""
        self._ground, self._box, self._pressed = None, None, None
        self._outline.clear()

    def remove(self) -> None:
        """Remove the box from the canvas for good."""
        self._outline.remove()

    def key(self, event: Any) -> bool:
        """Handle a key of the canvas. Returns whether it was a key of the drawing."""
        if event.key() == Qt.Key.Key_Escape:
            self.given_up.emit()
            return True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take()
            return True
        if event.key() not in _ARROWS or self._box is None:
            return False
        right, down = _ARROWS[event.key()]
        xmin, ymin, xmax, ymax = self._box
        width, height = xmax - xmin, ymax - ymin
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            grow_x, grow_y = right * (1 if fine else max(2, width / 8)), down * (1 if fine else max(2, height / 8))
            xmax, ymax = max(xmin + 2, xmax + grow_x), max(ymin + 2, ymax + grow_y)
        else:
            step_x, step_y = right * (1 if fine else max(2, width / 4)), down * (1 if fine else max(2, height / 4))
            xmin, ymin, xmax, ymax = xmin + step_x, ymin + step_y, xmax + step_x, ymax + step_y
        self._put((xmin, ymin, xmax, ymax))
        return True

    def canvasPressEvent(self, event: Any) -> None:  # noqa: N802
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._ground = self._ground_at(event.mapPoint())
        if self._ground is None:
            self.nowhere.emit()
            return
        self._pressed = self._ground.to_px(event.mapPoint())

    def canvasMoveEvent(self, event: Any) -> None:  # noqa: N802
        if self._pressed is not None and self._ground is not None:
            x, y = self._ground.to_px(event.mapPoint())
            x0, y0 = self._pressed
            self._put((min(x, x0), min(y, y0), max(x, x0), max(y, y0)))

    def canvasReleaseEvent(self, event: Any) -> None:  # noqa: N802
        if self._pressed is None or event.button() != Qt.MouseButton.LeftButton:
            return
        self.canvasMoveEvent(event)
        self._pressed = None
        xmin, ymin, xmax, ymax = self._box or (0, 0, 0, 0)
        if xmax - xmin >= 2 and ymax - ymin >= 2:  # less is a click, not a box
            self._take()

    def _put(self, box: Box) -> None:
        self._box = box
        ground = self._ground
        if ground is not None:
            self._outline.show([[ground.to_canvas(point.x(), -point.y()) for point in corners_px(box)]])

    def _take(self) -> None:
        if self._ground is None or self._box is None:
            self.nowhere.emit()
            return
        self.drawn.emit(self._ground, self._box)
