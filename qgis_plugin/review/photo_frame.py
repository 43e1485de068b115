"""From image px to the map and back, for a box that a person draws.

An image's footprint in the layer `images` gives the positions of its corners. The projective map through the corners is
exact for an orthomosaic, for a cell of a contact sheet, and for a photo of level ground. Points of the footprint
between the corners show where it is not exact. There the box of the nearest detection, known in px and on the map, is
used.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from qgis.PyQt.QtCore import QPointF, Qt
from qgis.PyQt.QtGui import QPolygonF, QTransform

from .file import Box, Detection, Image, Point

FIT_PX = 2.0
"""How far the outline's points may be off in the photo before a place in it is not trusted; as the exports have it."""


class PhotoFrame:
    """One image's px on the map, in the CRS of the survey.

    detections: those of the image, used if its footprint is not exact. near: a point of the image (px) at which the
    result should be best.
    """

    def __init__(self, image: Image, detections: Iterable[Detection] = (), near: Point | None = None) -> None:
        self.image = image
        self._origin: Point = (0.0, 0.0)
        self._to_px, self._to_map = self._by_outline() or self._by_neighbour(detections, near) or (None, None)

    @property
    def known(self) -> bool:
        """Whether the relation of px and map is known."""
        return self._to_px is not None

    def to_px(self, x: float, y: float) -> Point:
        """The image px of a point on the map."""
        px = self._to_px.map(QPointF(x - self._origin[0], y - self._origin[1]))
        return px.x(), px.y()

    def to_map(self, x: float, y: float) -> Point:
        """The point on the map of an image px."""
        local = self._to_map.map(QPointF(x, y))
        return local.x() + self._origin[0], local.y() + self._origin[1]

    def corners(self, box: Box) -> tuple[float, ...]:
        """A box in image px as its corners on the map, in the order that detections have: x, y, ..."""
        return tuple(value for x, y in _corners(box) for value in self.to_map(x, y))

    def box(self, corners: Sequence[float]) -> Box:
        """The box in image px around corners on the map, x, y, ..."""
        px = [self.to_px(corners[i], corners[i + 1]) for i in range(0, len(corners), 2)]
        xs, ys = [x for x, _ in px], [y for _, y in px]
        return min(xs), min(ys), max(xs), max(ys)

    def _by_outline(self) -> tuple[QTransform, QTransform] | None:
        ring, (width, height) = self.image.ring, self.image.size
        if ring is None or width < 1 or height < 1:
            return None
        per_side, rest = divmod(len(ring) // 2 - 1, 4)
        if rest or per_side < 1:
            return None
        self._origin = (ring[0], ring[1])  # near it a double has digits to spare
        points = [(ring[i] - ring[0], ring[i + 1] - ring[1]) for i in range(0, len(ring) - 2, 2)]
        corners_px = _corners((0, 0, width, height))
        if _twice_the_area(points) < 0:  # from the top left corner to the right, where it runs clockwise
            corners_px = [corners_px[0], *corners_px[:0:-1]]
        ways = _quad_to_quad(points[::per_side], corners_px)
        if ways is None:
            return None
        for i, (x, y) in enumerate(points):
            side, along = divmod(i, per_side)
            (x0, y0), (x1, y1) = corners_px[side], corners_px[(side + 1) % 4]
            px = ways[0].map(QPointF(x, y))
            off_x = abs(px.x() - x0 - along / per_side * (x1 - x0))
            off_y = abs(px.y() - y0 - along / per_side * (y1 - y0))
            if not (off_x <= FIT_PX and off_y <= FIT_PX):
                return None
        return ways

    def _by_neighbour(
        self, detections: Iterable[Detection], near: Point | None
    ) -> tuple[QTransform, QTransform] | None:
        usable = [one for one in detections if one.box_px is not None and one.ring is not None]
        if not usable:
            return None

        def distance(one: Detection) -> float:
            if near is None:
                return 0.0
            xmin, ymin, xmax, ymax = one.box_px or (0, 0, 0, 0)
            return float(((xmin + xmax) / 2 - near[0]) ** 2 + ((ymin + ymax) / 2 - near[1]) ** 2)

        one = min(usable, key=distance)
        ring = one.ring or ()
        self._origin = (ring[0], ring[1])
        points = [(ring[i] - ring[0], ring[i + 1] - ring[1]) for i in range(0, 8, 2)]
        return _quad_to_quad(points, _corners(one.box_px or (0, 0, 0, 0)))


def clipped(box: Box, size: tuple[int, int]) -> Box | None:
    """The part of a box inside an image of this size, to 0.01 px; None if it is smaller than a pixel."""
    xmin, ymin, xmax, ymax = (round(value, 2) for value in box)
    xmin, ymin, xmax, ymax = max(xmin, 0.0), max(ymin, 0.0), min(xmax, float(size[0])), min(ymax, float(size[1]))
    return (xmin, ymin, xmax, ymax) if xmax - xmin >= 1 and ymax - ymin >= 1 else None


def holds(image: Image, x: float, y: float) -> bool:
    """Whether a point of the map lies in an image's footprint."""
    if image.ring is None:
        return False
    x0, y0 = image.ring[:2]
    corners = [QPointF(image.ring[i] - x0, image.ring[i + 1] - y0) for i in range(0, len(image.ring), 2)]
    return bool(QPolygonF(corners).containsPoint(QPointF(x - x0, y - y0), Qt.FillRule.OddEvenFill))


def _corners(box: Box) -> list[Point]:
    """From the top left down, as the outlines and the boxes on the map have them."""
    xmin, ymin, xmax, ymax = box
    return [(xmin, ymin), (xmin, ymax), (xmax, ymax), (xmax, ymin)]


def _quad_to_quad(first: Sequence[Point], second: Sequence[Point]) -> tuple[QTransform, QTransform] | None:
    """The projective map of four corners to four others, and back."""
    there = QTransform()
    quads = [QPolygonF([QPointF(x, y) for x, y in quad]) for quad in (first, second)]
    if not QTransform.quadToQuad(*quads, there):
        return None
    back, possible = there.inverted()
    return (there, back) if possible else None


def _twice_the_area(points: Sequence[Point]) -> float:
    """Positive where the ring runs counterclockwise, y up."""
    following = [*points[1:], points[0]]
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(points, following))
