"""Where the map and the photo look during a review: at the detection in hand, marked with a white box."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsCoordinateTransform, QgsCsException, QgsPointXY, QgsVectorLayer
from qgis.gui import QgsMapCanvas

from .file import Detection, Image
from .session import ReviewSession
from .view import Outlines, PhotoView, look_at

USUAL_PX = 40.0
"""The size of a box where none is known."""
_POSED = ("camera pose", "flight log")


class Sight:
    """Moves the map and the photo beside it. zoom: an extra magnification that the reviewer chose."""

    def __init__(self, session: ReviewSession, canvas: QgsMapCanvas, photo: PhotoView) -> None:
        self.session = session
        self.canvas = canvas
        self.photo = photo
        self.zoom = 1.0
        self.photo_wanted: bool | None = None
        """Whether the photo is shown; None: where the map alone does not show the animal well."""
        self._outline = Outlines(canvas, "#FFFFFF", 2)

    def look(self) -> Path | None:
        """Look at the current detection. Returns the photo that should be shown and cannot be read."""
        queue, current = self.session.queue, self.session.current
        if queue is None or current is None:
            self.clear()
            self.photo.hide()
            return None
        corners = self._corners_on_map(current)
        if corners is None:
            self._outline.clear()
        else:
            self._outline.show([corners])
            height = USUAL_PX if current.box_px is None else current.box_px[3] - current.box_px[1]
            look_at(self.canvas, corners, height, self.zoom)
        self.photo.setVisible(self._wants_photo(current))
        if not self.photo_shown:
            return None
        path = queue.file.path.parent / current.image
        shown = self.photo.show_detection(path, current, queue.of_image(current.image), self.zoom)
        return None if shown else path

    def clear(self) -> None:
        """Take the box off the map and close the photo."""
        self._outline.clear()
        self.photo.clear()

    def magnify(self, factor: float) -> None:
        """Zoom in (above 1) or out."""
        self.zoom = min(16.0, max(1 / 16, self.zoom * factor))

    @property
    def photo_shown(self) -> bool:
        """Whether the photo is part of what the reviewer sees."""
        return bool(self.photo.isVisibleTo(self.photo.parentWidget()))

    @property
    def image(self) -> Image | None:
        """The image of the current detection."""
        current = self.session.current
        return None if current is None else self.session.image(current.image)

    def to_canvas(self) -> QgsCoordinateTransform | None:
        """From the CRS of the detections to that of the map; None if their layer is not in the project."""
        layer = self._layer()
        if layer is None:
            return None
        crs = self.canvas.mapSettings().destinationCrs()
        return QgsCoordinateTransform(layer.crs(), crs, self.session.project)

    def _wants_photo(self, current: Detection) -> bool:
        """Whether the photo is shown: photos placed by their pose overlap on the map, and only the first are there."""
        if self.photo_wanted is not None:
            return self.photo_wanted
        image = self.image
        return current.ring is None or (image is not None and image.georeference in _POSED)

    def _corners_on_map(self, one: Detection) -> list[QgsPointXY] | None:
        to_canvas = self.to_canvas()
        if one.ring is None or to_canvas is None:
            return None
        try:
            return [to_canvas.transform(QgsPointXY(*one.ring[i : i + 2])) for i in range(0, 8, 2)]
        except QgsCsException:
            return None

    def _layer(self) -> QgsVectorLayer | None:
        layers = self.session.layers
        return None if layers is None else layers.detections
