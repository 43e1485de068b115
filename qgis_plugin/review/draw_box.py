"""A box that a person draws or adjusts on a canvas, with the mouse or with keys. Nothing is saved until Enter.

A box is a rectangle in image px, so it is rotated on the map where the photo is.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from qgis.core import QgsPointXY, QgsWkbTypes
from qgis.gui import QgsMapCanvas, QgsMapTool, QgsRubberBand
from qgis.PyQt.QtCore import QPointF, Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor

from .file import Box, Image, Point
from .photo_frame import PhotoFrame
from .view import Outlines, corners_px

_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_SMALLEST = 2.0  # px: less is a click, not a box
_REACH = 8.0  # px of the screen: so far from a handle it is still taken
_HANDLE = 9  # px of the screen
_SIDES = [(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1) if (x, y) != (0, 0)]
"""The eight handles: -1 is the left or upper side, 1 the right or lower one, 0 the middle."""


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
    """One box on a canvas, pending until Enter. `accepted(ground, box)` has the box in px of the ground's image.

    The mouse drags a box from corner to corner, moves it by its inside and resizes it by its handles. With keys, the
    first arrow puts a box into the middle of the canvas; arrows move it, Shift + arrows resize it, Ctrl makes steps of
    one px. Escape drops the box (`dropped`), and without a box it ends the drawing (`given_up`). `nowhere`: there is no
    image. `missing`: Enter without a box. `adjusted`: the box is another one now.
    """

    accepted = pyqtSignal(object, object)
    adjusted = pyqtSignal()
    dropped = pyqtSignal()
    given_up = pyqtSignal()
    nowhere = pyqtSignal()
    missing = pyqtSignal()
    KEYS = frozenset((*_ARROWS, Qt.Key.Key_Escape, *_ENTER))

    def __init__(self, canvas: QgsMapCanvas, ground_at: GroundAt, size: Point) -> None:
        """size: width and height of a box that begins with a key, px."""
        super().__init__(canvas)
        self._ground_at = ground_at
        self._size = size
        self._outline = Outlines(canvas, "#56B4E9", 2)
        self._handles = QgsRubberBand(canvas, QgsWkbTypes.GeometryType.PointGeometry)
        self._handles.setIcon(QgsRubberBand.IconType.ICON_FULL_BOX)
        self._handles.setIconSize(_HANDLE)
        self._handles.setColor(QColor("#56B4E9"))
        self._ground: Ground | None = None
        self._box: Box | None = None
        self._drag: Callable[[Point], Box] | None = None
        self.setCursor(Qt.CursorShape.CrossCursor)

    @property
    def pending(self) -> tuple[Ground, Box] | None:
        """The box that is not saved yet."""
        return None if self._ground is None or self._box is None else (self._ground, self._box)

    def put(self, ground: Ground, box: Box) -> None:
        """Put this box on the canvas, to be adjusted."""
        self._ground = ground
        self._show(box)

    def drop(self) -> None:
        """Forget the box."""
        self._ground, self._box, self._drag = None, None, None
        self._outline.clear()
        self._handles.reset(QgsWkbTypes.GeometryType.PointGeometry)

    def remove(self) -> None:
        """Take all that is drawn off the canvas for good."""
        self.drop()
        self._outline.remove()
        if self._handles.scene() is not None:
            self._handles.scene().removeItem(self._handles)

    # ---- keys --------------------------------------------------------------------------------

    def key(self, event: Any) -> bool:
        """Handle a key of the canvas. Returns whether it was a key of the drawing."""
        if event.key() == Qt.Key.Key_Escape:
            self._escape()
        elif event.key() in _ENTER:
            self._enter()
        elif event.key() in _ARROWS:
            self._arrow(event)
        else:
            return False
        return True

    def _escape(self) -> None:
        if self._box is None:
            self.given_up.emit()
        else:
            self.drop()
            self.dropped.emit()

    def _enter(self) -> None:
        if self._ground is None or self._box is None:
            self.missing.emit()
        else:
            self.accepted.emit(self._ground, self._box)

    def _arrow(self, event: Any) -> None:
        if self._box is None and not self._begin_in_the_middle():
            self.nowhere.emit()
            return
        right, down = _ARROWS[event.key()]
        xmin, ymin, xmax, ymax = self._box or (0.0, 0.0, 0.0, 0.0)
        width, height = xmax - xmin, ymax - ymin
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            grow_x, grow_y = right * (1 if fine else max(2, width / 8)), down * (1 if fine else max(2, height / 8))
            xmax, ymax = max(xmin + 2, xmax + grow_x), max(ymin + 2, ymax + grow_y)
        else:
            step_x, step_y = right * (1 if fine else max(2, width / 4)), down * (1 if fine else max(2, height / 4))
            xmin, ymin, xmax, ymax = xmin + step_x, ymin + step_y, xmax + step_x, ymax + step_y
        self._show((xmin, ymin, xmax, ymax))
        self.adjusted.emit()

    def _begin_in_the_middle(self) -> bool:
        centre = self.canvas().center()
        self._ground = self._ground_at(centre)
        if self._ground is None:
            return False
        (x, y), (width, height) = self._ground.to_px(centre), self._size
        self._box = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
        return True

    # ---- the mouse ---------------------------------------------------------------------------

    def canvasPressEvent(self, event: Any) -> None:  # noqa: N802
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._drag = self._adjusting(event) or self._drawing(event)

    def canvasMoveEvent(self, event: Any) -> None:  # noqa: N802
        if self._drag is not None and self._ground is not None:
            self._show(self._drag(self._ground.to_px(event.mapPoint())))
        elif self._box is not None:
            self._show_cursor(event)

    def canvasReleaseEvent(self, event: Any) -> None:  # noqa: N802
        if self._drag is None or event.button() != Qt.MouseButton.LeftButton:
            return
        self.canvasMoveEvent(event)
        self._drag = None
        xmin, ymin, xmax, ymax = self._box or (0.0, 0.0, 0.0, 0.0)
        if xmax - xmin < _SMALLEST or ymax - ymin < _SMALLEST:
            self.drop()
        else:
            self.adjusted.emit()

    def _drawing(self, event: Any) -> Callable[[Point], Box] | None:
        """Drag a new box from here; the one before is dropped."""
        self.drop()
        self._ground = self._ground_at(event.mapPoint())
        if self._ground is None:
            self.nowhere.emit()
            return None
        x0, y0 = self._ground.to_px(event.mapPoint())
        return lambda to: (min(to[0], x0), min(to[1], y0), max(to[0], x0), max(to[1], y0))

    def _adjusting(self, event: Any) -> Callable[[Point], Box] | None:
        """Drag the box, or the side or corner of it that is here; None if the box is not here."""
        ground, box = self._ground, self._box
        if ground is None or box is None:
            return None
        side = self._side_at(event)
        x0, y0 = ground.to_px(event.mapPoint())
        xmin, ymin, xmax, ymax = box
        if side is not None:
            return lambda to: _resized(box, side, to)
        if xmin <= x0 <= xmax and ymin <= y0 <= ymax:
            return lambda to: (xmin + to[0] - x0, ymin + to[1] - y0, xmax + to[0] - x0, ymax + to[1] - y0)
        return None

    def _side_at(self, event: Any) -> tuple[int, int] | None:
        """The handle that is here, the nearest one."""
        if self._ground is None or self._box is None:
            return None
        to_screen = self.canvas().getCoordinateTransform()
        here = QPointF(event.pos())
        nearest: tuple[float, tuple[int, int] | None] = (_REACH, None)
        for side in _SIDES:
            there = to_screen.transform(self._ground.to_canvas(*_handle(self._box, side)))
            distance = math.hypot(there.x() - here.x(), there.y() - here.y())
            if distance <= nearest[0]:
                nearest = (distance, side)
        return nearest[1]

    def _show_cursor(self, event: Any) -> None:
        shape = Qt.CursorShape.CrossCursor
        if self._side_at(event) is not None:
            shape = Qt.CursorShape.PointingHandCursor
        elif self._adjusting(event) is not None:
            shape = Qt.CursorShape.SizeAllCursor
        self.canvas().setCursor(shape)

    def _show(self, box: Box) -> None:
        self._box = box
        ground = self._ground
        if ground is None:
            return
        self._outline.show([[ground.to_canvas(point.x(), -point.y()) for point in corners_px(box)]])
        self._handles.reset(QgsWkbTypes.GeometryType.PointGeometry)
        for side in _SIDES:
            self._handles.addPoint(ground.to_canvas(*_handle(box, side)))


def _handle(box: Box, side: tuple[int, int]) -> Point:
    xmin, ymin, xmax, ymax = box
    xs, ys = {-1: xmin, 0: (xmin + xmax) / 2, 1: xmax}, {-1: ymin, 0: (ymin + ymax) / 2, 1: ymax}
    return xs[side[0]], ys[side[1]]


def _resized(box: Box, side: tuple[int, int], to: Point) -> Box:
    """The box with this side at the point; a side that is dragged over the opposite one becomes that one."""
    xmin, ymin, xmax, ymax = box
    x = {-1: (to[0], xmax), 0: (xmin, xmax), 1: (xmin, to[0])}[side[0]]
    y = {-1: (to[1], ymax), 0: (ymin, ymax), 1: (ymin, to[1])}[side[1]]
    return min(x), min(y), max(x), max(y)
