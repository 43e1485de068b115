"""The photo of the animal in hand, on top of the other imagery of the map, with its outline.

Photos of one flight overlap, and QGIS shows whichever is on top: rarely the one that the animal was found in. The photo
is laid on the map so that it is exact at the animal, whatever the relief and the tilt of the camera elsewhere. It is
drawn on the canvas alone: neither the project nor the list of layers has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qgis.core import QgsCoordinateReferenceSystem, QgsPointXY, QgsRasterLayer
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QTemporaryDir

from .file import Point
from .photo_frame import PhotoFrame
from .photo_layer import photo_layer
from .view import Outlines

_OURS = "herdmap/top_photo"


class TopPhoto:
    """One photo over the imagery of a canvas, under its vector layers. `clear` takes it off."""

    def __init__(self, canvas: QgsMapCanvas) -> None:
        self._canvas = canvas
        self._folder = QTemporaryDir()
        self._layer: QgsRasterLayer | None = None
        self._laid: tuple[object, ...] = ()
        self._outline = Outlines(canvas, "#56B4E9", 1)
        self._putting = False
        canvas.layersChanged.connect(self._put)

    @property
    def layer(self) -> QgsRasterLayer | None:
        """The layer that shows the photo."""
        return self._layer

    def show(
        self,
        photo: Path,
        frame: PhotoFrame,
        at: Point,
        crs: QgsCoordinateReferenceSystem,
        outline: Sequence[QgsPointXY],
    ) -> None:
        """Lay the photo on the map, exact at the image px `at`.

        crs: of the map that `frame` leads to. outline: the footprint, in the canvas's coordinates; empty if unknown.
        """
        if outline:
            self._outline.show([outline])
        else:
            self._outline.clear()
        laid = (photo, at, frame.image, crs.toWkt())
        if laid != self._laid:
            self._laid, self._layer = laid, self._lay(photo, frame, at, crs)
        self._put()

    def clear(self) -> None:
        """Take the photo and its outline off the map."""
        self._outline.clear()
        gone, self._layer, self._laid = self._layer, None, ()
        if gone is not None:
            self._canvas.setLayers([one for one in self._canvas.layers() if not one.customProperty(_OURS)])

    def _put(self) -> None:
        """QGIS sets the canvas's layers anew whenever the list of layers changes: the photo goes in again."""
        if self._layer is None or self._putting:
            return
        others = [one for one in self._canvas.layers() if not one.customProperty(_OURS)]
        place = next((n for n, one in enumerate(others) if isinstance(one, QgsRasterLayer)), len(others))
        self._putting = True
        self._canvas.setLayers([*others[:place], self._layer, *others[place:]])
        self._putting = False

    def _lay(
        self, photo: Path, frame: PhotoFrame, at: Point, crs: QgsCoordinateReferenceSystem
    ) -> QgsRasterLayer | None:
        if not frame.known:
            return None
        layer = photo_layer(photo, Path(self._folder.path()), _affine_at(frame, at), crs)
        if layer is not None:
            layer.setCustomProperty(_OURS, True)
        return layer


def _affine_at(frame: PhotoFrame, at: Point) -> tuple[float, ...]:
    """GDAL's geotransform that agrees with the frame near an image px."""
    x, y = frame.to_map(*at)
    step = 16.0
    (right_x, right_y), (left_x, left_y) = frame.to_map(at[0] + step, at[1]), frame.to_map(at[0] - step, at[1])
    (down_x, down_y), (up_x, up_y) = frame.to_map(at[0], at[1] + step), frame.to_map(at[0], at[1] - step)
    a, d = (right_x - left_x) / (2 * step), (right_y - left_y) / (2 * step)
    b, e = (down_x - up_x) / (2 * step), (down_y - up_y) / (2 * step)
    return x - a * at[0] - b * at[1], a, b, y - d * at[0] - e * at[1], d, e
