"""The cell that is looked at, as large as the window allows, with what is marked in it; the mouse marks more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from qgis.PyQt.QtCore import QPointF, QRectF, Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor, QPainter, QPen
from qgis.PyQt.QtWidgets import QSizePolicy, QWidget

from ..review.file import Box, Point
from .pixels import Picture

_GROUND = QColor("#30363b")
_CASING = QColor(0, 0, 0, 170)
_DRAG_PX = 4  # of the screen: less is a click
_MARGIN = 0.04  # of the cell's sides: what is shown around it, so that an animal on its edge is seen whole


class Shown(NamedTuple):
    """A box in image px that is drawn over the picture. dashed: it is somebody else's."""

    box: Box
    colour: str
    dashed: bool = False


class CellView(QWidget):
    """Shows one cell. Signals have image px: `clicked(x, y)`, `dragged(box)`, `other_clicked(x, y)` (right button)."""

    clicked = pyqtSignal(float, float)
    dragged = pyqtSignal(object)
    other_clicked = pyqtSignal(float, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("herdmap_cell")
        self.setMinimumSize(200, 150)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self._picture: Picture | None = None
        self._cell: Box | None = None
        self._size = (1, 1)
        self._boxes: list[Shown] = []
        self._grounds: list[list[Point]] = []
        self._words = ""
        self._pressed: QPointF | None = None
        self._now: QPointF | None = None
        self._doubled = False  # whether the next release ends a double click
        self.zoom = 1.0
        self._centre: Point | None = None

    def show_cell(
        self,
        picture: Picture | None,
        cell: Box | None,
        size: tuple[int, int],
        boxes: Sequence[Shown] = (),
        grounds: Sequence[list[Point]] = (),
        words: str = "",
    ) -> None:
        """Show a cell of an image of this size, or words instead. grounds: outlines of other photos, image px."""
        if cell != self._cell:
            self.zoom, self._centre = 1.0, None
            self._pressed = self._now = None
        self._picture, self._cell, self._size = picture, cell, size
        self._boxes, self._grounds, self._words = list(boxes), list(grounds), words
        self.update()

    @property
    def native_size(self) -> tuple[int, int]:
        """How many px of the screen a cell with its margin may have, in image px at native resolution."""
        ratio, inner = self.devicePixelRatioF(), 1 + 2 * _MARGIN
        return max(1, int(self.width() * ratio / inner)), max(1, int(self.height() * ratio / inner))

    def magnify(self, factor: float, at: Point | None = None) -> None:
        """Look closer (above 1) or from farther, at a px of the image."""
        if self._cell is None:
            return
        at = at or self._centre or _middle(self._cell)
        self.zoom = min(16.0, max(1.0, self.zoom * factor))
        self._centre = at if self.zoom > 1 else None
        self.update()

    def to_px(self, point: QPointF) -> Point:
        """From the widget to image px."""
        scale, x, y = self._frame()
        return (point.x() - x) / scale, (point.y() - y) / scale

    def to_widget(self, x: float, y: float) -> QPointF:
        """From image px to the widget."""
        scale, left, top = self._frame()
        return QPointF(x * scale + left, y * scale + top)

    def paintEvent(self, event: Any) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.fillRect(self.rect(), _GROUND)
        if self._cell is None or self._picture is None or self._picture.image is None:
            painter.setPen(QColor("#e8eaec"))
            painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self._words)
            painter.end()
            return
        scale, left, top = self._frame()
        x0, y0 = self._picture.origin
        image = self._picture.image
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale < 1)
        (px0, py0), (px1, py1) = self.to_px(QPointF(0, 0)), self.to_px(QPointF(self.width(), self.height()))
        # Only what is seen is scaled, from whole px on.
        part = QRectF(max(x0, int(px0)), max(y0, int(py0)), 0, 0)
        part.setRight(min(x0 + image.width(), px1 + 1))
        part.setBottom(min(y0 + image.height(), py1 + 1))
        target = QRectF(part.x() * scale + left, part.y() * scale + top, part.width() * scale, part.height() * scale)
        painter.drawImage(target, image, part.translated(-x0, -y0))
        self._draw_shade(painter)
        for ring in self._grounds:
            painter.setPen(QPen(QColor("#56B4E9"), 1, Qt.PenStyle.DotLine))
            painter.drawPolygon(*[self.to_widget(*point) for point in ring])
        for one in self._boxes:
            self._draw_box(painter, one)
        if self._pressed is not None and self._now is not None:
            painter.setPen(QPen(QColor("#56B4E9"), 2))
            painter.drawRect(QRectF(self._pressed, self._now).normalized())
        painter.end()

    def mousePressEvent(self, event: Any) -> None:  # noqa: N802
        self.setFocus()
        self._doubled = False
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = self._now = _where(event)

    def mouseDoubleClickEvent(self, event: Any) -> None:  # noqa: N802
        self._doubled = True  # it is one click: the second is not for a box that lies under the first one

    def mouseMoveEvent(self, event: Any) -> None:  # noqa: N802
        if self._pressed is not None:
            self._now = _where(event)
            self.update()

    def mouseReleaseEvent(self, event: Any) -> None:  # noqa: N802
        where = _where(event)
        if self._doubled:
            self._doubled = False
            return
        if event.button() == Qt.MouseButton.RightButton:
            self.other_clicked.emit(*self.to_px(where))
            return
        if event.button() != Qt.MouseButton.LeftButton or self._pressed is None:
            return
        pressed, self._pressed, self._now = self._pressed, None, None
        self.update()
        if max(abs(where.x() - pressed.x()), abs(where.y() - pressed.y())) < _DRAG_PX:
            self.clicked.emit(*self.to_px(where))
            return
        (xa, ya), (xb, yb) = self.to_px(pressed), self.to_px(where)
        self.dragged.emit((min(xa, xb), min(ya, yb), max(xa, xb), max(ya, yb)))

    def _frame(self) -> tuple[float, float, float]:
        """Px of the widget for one image px, and where the image's origin lies in the widget."""
        x0, y0, x1, y1 = self._cell or (0.0, 0.0, 1.0, 1.0)
        inner = 1 + 2 * _MARGIN
        fit = min(self.width() / ((x1 - x0) * inner), self.height() / ((y1 - y0) * inner))
        scale = fit * self.zoom
        x, y = self._centre or _middle((x0, y0, x1, y1))
        return scale, self.width() / 2 - x * scale, self.height() / 2 - y * scale

    def _draw_shade(self, painter: QPainter) -> None:
        """What lies around the cell is darker: it belongs to other cells."""
        if self._cell is None:
            return
        x0, y0, x1, y1 = self._cell
        inside = QRectF(self.to_widget(x0, y0), self.to_widget(x1, y1))
        width, height = float(self.width()), float(self.height())
        for side in (
            QRectF(0, 0, width, inside.top()),
            QRectF(0, inside.bottom(), width, height - inside.bottom()),
            QRectF(0, inside.top(), inside.left(), inside.height()),
            QRectF(inside.right(), inside.top(), width - inside.right(), inside.height()),
        ):
            if side.width() > 0 and side.height() > 0:
                painter.fillRect(side, QColor(0, 0, 0, 90))

    def _draw_box(self, painter: QPainter, one: Shown) -> None:
        x0, y0, x1, y1 = one.box
        rectangle = QRectF(self.to_widget(x0, y0), self.to_widget(x1, y1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(_CASING, 4))
        painter.drawRect(rectangle)
        style = Qt.PenStyle.DashLine if one.dashed else Qt.PenStyle.SolidLine
        painter.setPen(QPen(QColor(one.colour), 2, style))
        painter.drawRect(rectangle)


def _middle(box: Box) -> Point:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def _where(event: Any) -> QPointF:
    """The place of a mouse event, in Qt 5 and 6."""
    return QPointF(event.position()) if hasattr(event, "position") else QPointF(event.localPos())
