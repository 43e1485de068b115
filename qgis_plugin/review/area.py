"""Confirm or reject all animals in an area: a polygon that is drawn on the map, corner by corner.

What is meant are the animals that nobody has reviewed and that “What to review” has chosen by class and score. An
animal lies where the detection lies that counts for it. What is said of it is said of it in all photos, as in the
review of one. All of an area is one step, which `U` takes back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qgis.core import QgsCsException, QgsGeometry, QgsPoint, QgsPointXY, QgsWkbTypes
from qgis.gui import QgsMapCanvas, QgsMapTool, QgsRubberBand
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor

from ..counting_rule import CONFIRMED, REJECTED, UNREVIEWED
from ..translation import tr
from .file import Detection
from .keys import NAMES
from .session import ReviewSession
from .sight import Sight
from .wanted import in_choice

_COLOUR = "#F0E442"
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class PolygonTool(QgsMapTool):
    """A polygon in the canvas's coordinates. A click puts a corner, a right click or Enter closes it.

    `changed`: it has other corners, or is closed. A click after that begins another one.
    """

    changed = pyqtSignal()

    def __init__(self, canvas: QgsMapCanvas) -> None:
        super().__init__(canvas)
        self.closed = False
        self.corners: list[QgsPointXY] = []
        self._band = QgsRubberBand(canvas, QgsWkbTypes.GeometryType.PolygonGeometry)
        self._band.setStrokeColor(QColor(_COLOUR))
        self._band.setFillColor(QColor(240, 228, 66, 50))
        self._band.setWidth(2)
        self.setCursor(Qt.CursorShape.CrossCursor)

    @property
    def polygon(self) -> QgsGeometry | None:
        """The closed polygon, mended where its outline crosses itself; None while it is drawn."""
        return QgsGeometry.fromPolygonXY([[*self.corners, self.corners[0]]]).makeValid() if self.closed else None

    def close(self) -> None:
        """Close the polygon, if it has three corners."""
        if len(self.corners) > 2 and not self.closed:
            self.closed = True
            self._show()
            self.changed.emit()

    def take_back(self) -> None:
        """Take the last corner back; of a closed polygon, open it again."""
        if not self.closed:
            del self.corners[-1:]
        self.closed = False
        self._show()
        self.changed.emit()

    def clear(self) -> None:
        """Begin anew."""
        self.corners, self.closed = [], False
        self._show()
        self.changed.emit()

    def remove(self) -> None:
        """Take what is drawn off the canvas for good."""
        if self._band.scene() is not None:
            self._band.scene().removeItem(self._band)

    def canvasReleaseEvent(self, event: Any) -> None:  # noqa: N802
        if event.button() == Qt.MouseButton.RightButton:
            self.close()
        elif event.button() == Qt.MouseButton.LeftButton:
            if self.closed:
                self.corners, self.closed = [], False
            self.corners.append(event.mapPoint())
            self._show()
            self.changed.emit()

    def canvasMoveEvent(self, event: Any) -> None:  # noqa: N802
        if self.corners and not self.closed:
            self._show(event.mapPoint())

    def _show(self, pointer: QgsPointXY | None = None) -> None:
        self._band.reset(QgsWkbTypes.GeometryType.PolygonGeometry)
        for corner in (*self.corners, *([] if pointer is None else [pointer])):
            self._band.addPoint(corner)


class AreaReview:
    """The area that is drawn; `tool` is None where none is. say(text, wrong): tells the reviewer."""

    def __init__(self, session: ReviewSession, sight: Sight, say: Callable[[str, bool], None]) -> None:
        self._session, self._sight, self._say = session, sight, say
        self.tool: PolygonTool | None = None
        self._before: QgsMapTool | None = None
        self._said: set[int] = set()  # the animals of which the reviewer was told the number

    def start(self) -> None:
        """Draw an area on the map."""
        if self._session.queue is None or self.tool is not None:
            return
        if self._sight.to_canvas() is None:
            self._say(tr("The detections of this survey are not on the map. Open its layers first."), True)
            return
        canvas = self._sight.canvas
        self._before, self.tool = canvas.mapTool(), PolygonTool(canvas)
        self.tool.changed.connect(self._tell)
        canvas.setMapTool(self.tool)
        canvas.setFocus()
        self._tell()

    def stop(self) -> None:
        """End it; what was said is kept."""
        tool, self.tool = self.tool, None
        if tool is None:
            return
        tool.remove()
        if self._before is not None:
            self._sight.canvas.setMapTool(self._before)
        else:
            self._sight.canvas.unsetMapTool(tool)
        tool.deleteLater()
        self._say("", False)

    def action(self, key: int) -> Callable[[], object] | None:
        """What a key does while an area is drawn; None: nothing."""
        tool = self.tool
        if tool is None:
            return None
        if key == Qt.Key.Key_Escape:
            return tool.clear if tool.corners else self.stop
        if key in _ENTER:  # it also confirms, but not many at once by accident
            return tool.close
        canvas = tool.canvas()
        actions: dict[str, Callable[[], object]] = {
            "confirm": lambda: self._review(CONFIRMED),
            "reject": lambda: self._review(REJECTED),
            "undo": tool.take_back if tool.corners else self._undo,
            "closer": lambda: canvas.zoomByFactor(0.5),
            "farther": lambda: canvas.zoomByFactor(2.0),
        }
        return actions.get(NAMES.get(key, ""))

    def animals(self) -> tuple[list[Detection], int]:
        """The animals in the closed area that are meant, and how many others lie there."""
        queue, to_canvas = self._session.queue, self._sight.to_canvas()
        polygon = self.tool.polygon if self.tool is not None else None
        if queue is None or to_canvas is None or polygon is None:
            return [], 0
        engine = QgsGeometry.createGeometryEngine(polygon.constGet())
        engine.prepareGeometry()
        bounds = polygon.boundingBox()
        inside = []
        for one in queue.rows.animals():
            if one.centre is None:
                continue
            try:
                place = to_canvas.transform(QgsPointXY(*one.centre))
            except QgsCsException:
                continue
            if bounds.contains(place) and engine.intersects(QgsPoint(place)):
                inside.append(one)
        meant = [one for one in in_choice(inside, queue.wanted) if one.review == UNREVIEWED and not one.by_hand]
        return meant, len(inside) - len(meant)

    def _tell(self) -> None:
        """Say what is to be done next, and of how many animals."""
        self._said = set()
        if self.tool is None:
            return
        if not self.tool.closed:
            self._say(
                tr(
                    "Click the corners of an area on the map. A right click or Enter closes it, U takes a corner back,"
                    " Esc ends this."
                ),
                False,
            )
            return
        meant, others = self.animals()
        self._said = {one.fid for one in meant}
        parts = [tr("%Ln animals to review lie in this area.", len(meant))]
        if others:
            parts.append(tr("%Ln others there are reviewed or not chosen, and stay as they are.", others))
        if meant:
            parts.append(tr("X rejects them, C confirms them, Esc drops the area."))
        self._say(" ".join(parts), False)

    def _review(self, review: str) -> None:
        """Say this of all animals of the area, if they are those whose number was told."""
        if self.tool is None or not self.tool.closed:
            self._say(tr("Close the area first: a right click or Enter."), True)
            return
        meant, _ = self.animals()
        fids = {one.fid for one in meant}
        if fids != self._said:  # somebody reviewed meanwhile
            self._tell()
            return
        if not fids or not self._session.step(lambda queue: queue.say_of(sorted(fids), review), of_current=False):
            return
        self.tool.clear()
        number = len(fids)
        done = tr("%Ln animals confirmed.", number) if review == CONFIRMED else tr("%Ln animals rejected.", number)
        self._say(done + " " + tr("U takes it back. Draw another area, or press Esc."), False)

    def _undo(self) -> None:
        """Take the last step back."""
        if self._session.step(lambda queue: queue.undo(), of_current=False):
            self._tell()
