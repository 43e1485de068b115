"""Ground that several photos show: which cells another photo, searched already, shows completely."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from qgis.core import QgsFeature, QgsGeometry, QgsPointXY, QgsSpatialIndex

from ..review.file import Point
from ..review.photo_frame import PhotoFrame
from .cells import Cell
from .record import Photo

_LEFT_OPEN = 0.01  # of a cell's ground: so much may be on no other photo, as outlines are not exact
_MOST_SHOWN = 12


class Overlaps:
    """The footprints of a survey's images. is_done: whether an image is searched by now."""

    def __init__(self, photos: Sequence[Photo], is_done: Callable[[Photo], bool]) -> None:
        self._photos = [photo for photo in photos if photo.image.ring is not None]
        self._is_done = is_done
        self._shapes = [_polygon(_pairs(photo.image.ring or ())) for photo in self._photos]
        self._index = QgsSpatialIndex()
        for number, shape in enumerate(self._shapes):
            feature = QgsFeature(number)
            feature.setGeometry(shape)
            self._index.addFeature(feature)
        self._frame: tuple[str, PhotoFrame] | None = None

    def shows(self, photo: Photo, cell: Cell) -> bool:
        """Whether other images that are searched show all of a cell's ground."""
        frame = self._frame_of(photo)
        if not frame.known:
            return False
        x0, y0, x1, y1 = map(float, cell.box)
        ground = _polygon(_pairs(frame.corners((x0, y0, x1, y1))))
        others = [self._shapes[number] for number in self._searched_beside(photo, ground)]
        if not others or not ground.area() > 0:
            return False
        left = ground.difference(QgsGeometry.unaryUnion(others))
        return left.isEmpty() or left.area() <= _LEFT_OPEN * ground.area()

    def outlines(self, photo: Photo) -> list[list[Point]]:
        """The outlines of the searched images that overlap this one, in its px."""
        frame = self._frame_of(photo)
        if photo.image.ring is None or not frame.known:
            return []
        beside = self._searched_beside(photo, _polygon(_pairs(photo.image.ring)))[:_MOST_SHOWN]
        rings = (self._photos[number].image.ring or () for number in beside)
        return [[frame.to_px(x, y) for x, y in _pairs(ring)] for ring in rings]

    def _searched_beside(self, photo: Photo, ground: QgsGeometry) -> list[int]:
        found = self._index.intersects(ground.boundingBox())
        path = photo.image.path
        return sorted(
            number
            for number in found
            if (other := self._photos[number]).image.path != path
            and self._is_done(other)
            and self._shapes[number].intersects(ground)
        )

    def _frame_of(self, photo: Photo) -> PhotoFrame:
        if self._frame is None or self._frame[0] != photo.image.path:
            self._frame = (photo.image.path, PhotoFrame(photo.image))
        return self._frame[1]


def _pairs(ring: Sequence[float]) -> list[Point]:
    return [(ring[at], ring[at + 1]) for at in range(0, len(ring) - 1, 2)]


def _polygon(points: Sequence[Point]) -> QgsGeometry:
    return QgsGeometry.fromPolygonXY([[QgsPointXY(x, y) for x, y in points]])
