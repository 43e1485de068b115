"""A click on a box takes it in hand: on the map, and in the photo. Dragging still moves the view."""

from __future__ import annotations

from typing import Any

from qgis.core import Qgis, QgsCsException, QgsPointXY
from qgis.gui import QgsMapCanvas, QgsMapTool, QgsMapToolPan
from qgis.PyQt.QtCore import QObject, QPointF, Qt, pyqtSignal
from qgis.PyQt.QtGui import QPolygonF
from qgis.PyQt.QtWidgets import QApplication

from ..survey_file import SurveyError
from .file import Detection
from .on_the_ground import area, fids_at
from .queue import ReviewQueue
from .session import ReviewSession
from .sight import Sight


class PickTool(QgsMapToolPan):
    """QGIS's own tool for moving the view, but for a click: `picked(point)`, in the canvas's coordinates."""

    picked = pyqtSignal(QgsPointXY)

    def __init__(self, canvas: QgsMapCanvas) -> None:
        super().__init__(canvas)
        self._before: QgsMapTool | None = None
        self._pressed: Any = None
        self._dragged = False

    def take_over(self) -> None:
        """Be the canvas's tool, where that is one that moves the view: another one was chosen for a purpose."""
        tool = self.canvas().mapTool()
        if tool is not self and (tool is None or isinstance(tool, QgsMapToolPan)):
            self._before = tool
            self.canvas().setMapTool(self)

    def give_back(self) -> None:
        """Give the canvas back the tool that it had."""
        if self.canvas().mapTool() is self:
            if self._before is not None:
                self.canvas().setMapTool(self._before)
            else:
                self.canvas().unsetMapTool(self)

    def canvasPressEvent(self, event: Any) -> None:  # noqa: N802
        self._pressed, self._dragged = event.pos(), False
        super().canvasPressEvent(event)

    def canvasMoveEvent(self, event: Any) -> None:  # noqa: N802
        if self._pressed is not None and event.buttons() & Qt.MouseButton.LeftButton:
            far = (event.pos() - self._pressed).manhattanLength() >= QApplication.startDragDistance()
            self._dragged = self._dragged or far
            if not self._dragged:
                return  # a hand is never quite still
        super().canvasMoveEvent(event)

    def canvasReleaseEvent(self, event: Any) -> None:  # noqa: N802
        clicked = (
            self._pressed is not None
            and not self._dragged
            and (event.pos() - self._pressed).manhattanLength() < QApplication.startDragDistance()
            and event.button() == Qt.MouseButton.LeftButton
        )
        self._pressed = None
        if clicked:
            self.picked.emit(event.mapPoint())
        else:
            super().canvasReleaseEvent(event)


class Clicks(QObject):
    """Clicks on the map and in the photo. `took(one)`: the detection that was clicked, None where none is."""

    took = pyqtSignal(object)

    def __init__(self, session: ReviewSession, sight: Sight) -> None:
        super().__init__(session)
        self._session = session
        self._sight = sight
        self.on_map, self.in_photo = PickTool(sight.canvas), PickTool(sight.photo)
        sight.photo.setMapTool(self.in_photo)
        self.on_map.picked.connect(self._clicked_map)
        self.in_photo.picked.connect(self._clicked_photo)

    def _clicked_map(self, point: QgsPointXY) -> None:
        queue, to_canvas, image = self._session.queue, self._sight.to_canvas(), self._sight.image
        if queue is None or to_canvas is None:
            return
        try:
            place = to_canvas.transform(point, Qgis.TransformDirection.Reverse)
            self.took.emit(on_map(queue, place.x(), place.y(), "" if image is None else image.path))
        except (QgsCsException, SurveyError) as error:
            self._session.said.emit(str(error), True)

    def _clicked_photo(self, point: QgsPointXY) -> None:
        queue, image = self._session.queue, self._sight.image
        if queue is not None and image is not None:
            self.took.emit(in_photo(queue, image.path, point.x(), -point.y()))


def on_map(queue: ReviewQueue, x: float, y: float, on_top: str) -> Detection | None:
    """The detection at a place of the survey's map: of the photo on top if it has one there, and of these the smallest.

    Raises SurveyError.
    """
    found = [queue.rows.get(fid) for fid in fids_at(queue.file, (x, y, x, y))]
    here = [one for one in found if one is not None and one.ring is not None and _holds(one.ring, x, y)]
    return min(here, key=lambda one: (one.image != on_top, area(one.ring or ())), default=None)


def in_photo(queue: ReviewQueue, image: str, x: float, y: float) -> Detection | None:
    """The detection at a px of an image, the smallest one."""
    here = [
        one
        for one in queue.of_image(image)
        if one.box_px is not None and one.box_px[0] <= x <= one.box_px[2] and one.box_px[1] <= y <= one.box_px[3]
    ]
    return min(here, key=lambda one: _size(one.box_px or (0, 0, 0, 0)), default=None)


def _size(box: tuple[float, float, float, float]) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _holds(ring: tuple[float, ...], x: float, y: float) -> bool:
    corners = [QPointF(ring[i] - x, ring[i + 1] - y) for i in range(0, len(ring), 2)]
    return bool(QPolygonF(corners).containsPoint(QPointF(0.0, 0.0), Qt.FillRule.OddEvenFill))
