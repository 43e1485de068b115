"""Show one detection: on the map, and in its own photo.

Both are map canvases. On the photo's canvas, a unit is an image px and y points up, so px (x, y) is at (x, -y).
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from qgis.core import QgsCoordinateReferenceSystem, QgsGeometry, QgsPointXY, QgsRasterLayer, QgsRectangle, QgsWkbTypes
from qgis.gui import QgsMapCanvas, QgsRubberBand
from qgis.PyQt.QtCore import QSize, Qt, QTemporaryDir
from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtWidgets import QSizePolicy, QWidget

from ..counting_rule import CONFIRMED, REJECTED, UNREVIEWED
from .file import Box, Detection
from .photo_layer import UPRIGHT, photo_layer

COLOURS = {UNREVIEWED: "#F0E442", CONFIRMED: "#009E73", REJECTED: "#D55E00"}
"""Of the states of the review: Okabe and Ito's."""
_CASING = QColor(0, 0, 0, 170)
_SMALL = 0.2  # of the shorter side: a box is magnified as long as it is no larger on the screen
_LARGE = 0.8  # what it may take of it at most
_MAGNIFIED = 4  # at most: further on there is nothing more to see
_KEPT = 4  # photos that stay open


def look_at(canvas: QgsMapCanvas, corners: Sequence[QgsPointXY], height_px: float, zoom: float = 1.0) -> None:
    """Centre the canvas on a box at the imagery's native resolution: one image px on one, two, ... px of the screen.

    corners: top left, bottom left, bottom right, top right, in the canvas's coordinates. height_px: height of the box
    in image px. A larger box is shown whole. zoom: an extra magnification.
    """
    side = math.hypot(corners[0].x() - corners[1].x(), corners[0].y() - corners[1].y())
    units_per_px = side / max(height_px, 1.0)
    if not units_per_px > 0:
        return
    width = math.hypot(corners[1].x() - corners[2].x(), corners[1].y() - corners[2].y())
    box_px = max(width, side) / units_per_px
    shown: QSize = canvas.mapSettings().outputSize()
    shorter = max(1, min(shown.width(), shown.height()))
    factor = float(max((f for f in range(1, _MAGNIFIED + 1) if f * box_px <= _SMALL * shorter), default=1))
    factor = min(factor, _LARGE * shorter / box_px) * zoom
    unit = units_per_px / factor
    x, y = sum(c.x() for c in corners) / 4, sum(c.y() for c in corners) / 4
    half_width, half_height = unit * shown.width() / 2, unit * shown.height() / 2
    canvas.setExtent(QgsRectangle(x - half_width, y - half_height, x + half_width, y + half_height))
    canvas.refresh()


class Outlines:
    """Boxes drawn over a canvas: coloured on a dark casing, legible on any ground."""

    def __init__(self, canvas: QgsMapCanvas, colour: str, width: int) -> None:
        self._bands = []
        for stroke, size in ((_CASING, width + 2), (QColor(colour), width)):
            band = QgsRubberBand(canvas, QgsWkbTypes.GeometryType.PolygonGeometry)
            band.setStrokeColor(stroke)
            band.setFillColor(QColor(0, 0, 0, 0))
            band.setWidth(size)
            self._bands.append(band)

    def show(self, boxes: Iterable[Sequence[QgsPointXY]]) -> None:
        """Draw these boxes, and no others."""
        shapes = [[[*corners, corners[0]]] for corners in boxes]
        for band in self._bands:
            band.reset(QgsWkbTypes.GeometryType.PolygonGeometry)
            if shapes:
                band.setToGeometry(QgsGeometry.fromMultiPolygonXY(shapes), None)

    def clear(self) -> None:
        """Remove the boxes."""
        self.show([])

    def remove(self) -> None:
        """Take them off the canvas for good."""
        for band in self._bands:
            if band.scene() is not None:
                band.scene().removeItem(band)
        self._bands = []


def corners_px(box: Box) -> list[QgsPointXY]:
    """The corners of a box in image px on the photo's canvas."""
    xmin, ymin, xmax, ymax = box
    return [QgsPointXY(xmin, -ymin), QgsPointXY(xmin, -ymax), QgsPointXY(xmax, -ymax), QgsPointXY(xmax, -ymin)]


class PhotoView(QgsMapCanvas):
    """One photo with the boxes that are in it, whether or not it has a place on the map."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("herdmap_photo")
        self.setCanvasColor(QColor("#30363b"))
        self.setDestinationCrs(QgsCoordinateReferenceSystem())
        self.setMinimumHeight(220)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)  # as high as there is room
        self.enableAntiAliasing(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._open: OrderedDict[Path, QgsRasterLayer] = OrderedDict()
        self._folder = QTemporaryDir()
        self._others = {state: Outlines(self, colour, 1) for state, colour in COLOURS.items()}
        self._current = Outlines(self, "#FFFFFF", 2)
        self._looking: tuple[Box, float] | None = None
        self.raw = False
        """Whether the photo is shown without boxes."""

    def show_detection(self, photo: Path, one: Detection, others: Iterable[Detection], zoom: float) -> bool:
        """Show a detection in its photo, with the others of the photo. False where the photo cannot be read."""
        layer = self._layer(photo)
        self.setLayers([] if layer is None else [layer])
        boxes: dict[str, list[Sequence[QgsPointXY]]] = {state: [] for state in COLOURS}
        for other in others:
            if other.box_px is not None and other.fid != one.fid and not self.raw:
                boxes.setdefault(other.review, []).append(corners_px(other.box_px))
        for state, outlines in self._others.items():
            outlines.show(boxes[state])
        self._looking = None if one.box_px is None else (one.box_px, zoom)
        if one.box_px is None:
            self._current.clear()
            if layer is not None:
                self.setExtent(layer.extent())
                self.refresh()
        else:
            self._current.show([] if self.raw else [corners_px(one.box_px)])
            self._look()
        return layer is not None

    def resizeEvent(self, event: Any) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._look()  # it had no size before it was first laid out

    def _look(self) -> None:
        if self._looking is not None:
            box, zoom = self._looking
            look_at(self, corners_px(box), box[3] - box[1], zoom)

    def clear(self) -> None:
        """Show nothing and close the photos: QGIS crashes when it quits if one of its layers still exists."""
        self._looking = None
        self.stopRendering()
        self.setLayers([])
        self._open.clear()
        for outlines in (*self._others.values(), self._current):
            outlines.clear()

    def _layer(self, photo: Path) -> QgsRasterLayer | None:
        if photo in self._open:
            self._open.move_to_end(photo)
            return self._open[photo]
        layer = photo_layer(photo, Path(self._folder.path()), UPRIGHT, QgsCoordinateReferenceSystem())
        if layer is None:
            return None
        self._open[photo] = layer
        while len(self._open) > _KEPT:
            self._open.popitem(last=False)
        return layer
