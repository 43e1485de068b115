"""Where the map and the photo look during a review: at the animal in hand, in one of the photos that show its place.

Several photos may show one animal. The reviewer sees it in the photo of the detection in hand first, and goes on
through the others. The photo that is looked at is on top of the map, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from qgis.core import QgsCoordinateTransform, QgsCsException, QgsPointXY, QgsVectorLayer
from qgis.gui import QgsMapCanvas

from ..survey_file import SurveyError
from .file import Detection, Image, photo_file
from .photo_frame import PhotoFrame, holds
from .session import ReviewSession
from .top_photo import TopPhoto
from .view import Outlines, PhotoView, look_at

USUAL_PX = 40.0
"""The size of a box where none is known."""
_POSED = ("camera pose", "flight log")
_MOST_VIEWS = 30  # photos of one place


class View(NamedTuple):
    """The animal in one photo. one: its box there. detected: whether it was found there; else the box is computed."""

    one: Detection
    detected: bool


class Sight:
    """Moves the map and the photo beside it. zoom: an extra magnification that the reviewer chose.

    `views` are the photos that show the place of the current animal, `at` the one that is looked at.
    """

    def __init__(self, session: ReviewSession, canvas: QgsMapCanvas, photo: PhotoView) -> None:
        self.session = session
        self.canvas = canvas
        self.photo = photo
        self.zoom = 1.0
        self.photo_wanted: bool | None = None
        """Whether the photo is shown; None: where the map alone does not show the animal well."""
        self.views: list[View] = []
        self.at = 0
        self.top = TopPhoto(canvas)
        self._outline = Outlines(canvas, "#FFFFFF", 2)

    def look(self) -> Path | None:
        """Look at the current animal. Returns the photo that should be shown and cannot be read."""
        queue, current = self.session.queue, self.session.current
        if queue is None or current is None:
            self.clear()
            self.photo.hide()
            return None
        self._find_views(current)
        seen = self.views[self.at].one
        self._look_on_map(seen)
        self.photo.setVisible(self._wants_photo(seen))
        if not self.photo_shown:
            return None
        path = photo_file(queue.file.path, seen.image)
        shown = self.photo.show_detection(path, seen, queue.of_image(seen.image), self.zoom)
        return None if shown else path

    def go(self, step: int) -> None:
        """Look at the animal in the next photo that shows its place (1), or in the one before (-1)."""
        if self.views:
            self.at = (self.at + step) % len(self.views)

    def choose(self, image: str) -> None:
        """Look at the animal in this photo."""
        self.at = next((n for n, view in enumerate(self.views) if view.one.image == image), self.at)

    def toggle_raw(self) -> None:
        """Show the photo beside the map without boxes, or with them again."""
        self.photo.raw = not self.photo.raw
        if self.photo.raw:
            self.photo_wanted = True

    def clear(self) -> None:
        """Take the box and the photo off the map, and close the photo."""
        self.views, self.at = [], 0
        self._outline.clear()
        self.top.clear()
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
        """The image that is looked at."""
        return self.session.image(self.views[self.at].one.image) if self.views else None

    def to_canvas(self) -> QgsCoordinateTransform | None:
        """From the CRS of the detections to that of the map; None if their layer is not in the project."""
        layer = self._layer()
        if layer is None:
            return None
        crs = self.canvas.mapSettings().destinationCrs()
        return QgsCoordinateTransform(layer.crs(), crs, self.session.project)

    # ---- the photos of one place -------------------------------------------------------------

    def _find_views(self, current: Detection) -> None:
        """Find the photos of another animal; of the same one, keep the photo that is looked at."""
        queue = self.session.queue
        if queue is None:
            return
        seen = self.views[self.at].one if self.views else None
        same = self.views and self.views[0].one.fid == current.fid
        if same:
            known = [queue.rows.get(view.one.fid) if view.detected else view.one for view in self.views]
            self.views = [View(one, view.detected) for one, view in zip(known, self.views) if one is not None]
            self.at = min(self.at, len(self.views) - 1)
        if not same or not self.views or seen is None:
            self.views = [View(current, True), *(View(one, True) for one in queue.sightings(current))]
            self.views += self._undetected(current)
            self.at = 0

    def _undetected(self, current: Detection) -> list[View]:
        """The other photos that show the place of the animal, with its box as their footprints have it."""
        queue, centre = self.session.queue, current.centre
        if queue is None or centre is None or current.ring is None:
            return []
        try:
            images = queue.file.images_at(*centre)
        except SurveyError:
            return []  # the step that follows says what is wrong
        have = {view.one.image for view in self.views}
        found = []
        for image in images[:_MOST_VIEWS]:
            if image.path in have or not holds(image, *centre):
                continue
            frame = PhotoFrame(image, queue.of_image(image.path))
            if frame.known:
                box = frame.box(current.ring)
                found.append(View(current._replace(fid=-1, image=image.path, box_px=box), False))
        return found

    # ---- showing -----------------------------------------------------------------------------

    def _look_on_map(self, seen: Detection) -> None:
        corners = self._on_canvas(seen.ring[:8] if seen.ring is not None else ())
        if not corners:
            self._outline.clear()
            self.top.clear()
            return
        self._outline.show([corners])
        height = USUAL_PX if seen.box_px is None else seen.box_px[3] - seen.box_px[1]
        self._show_on_top(seen)
        look_at(self.canvas, corners, height, self.zoom)

    def _show_on_top(self, seen: Detection) -> None:
        """Lay the photo over the other imagery, where others overlap it."""
        queue, image, layer = self.session.queue, self.session.image(seen.image), self._layer()
        if queue is None or image is None or layer is None or seen.box_px is None or not self._overlaps(image):
            self.top.clear()
            return
        xmin, ymin, xmax, ymax = seen.box_px
        frame = PhotoFrame(image, queue.of_image(image.path), (xmin, ymin))
        outline = self._on_canvas(image.ring[:-2] if image.ring is not None else ())
        self.top.show(
            photo_file(queue.file.path, image.path), frame, ((xmin + xmax) / 2, (ymin + ymax) / 2), layer.crs(), outline
        )

    def _overlaps(self, image: Image) -> bool:
        """Whether another image may hide this one: photos with a pose, and wherever two images show the animal."""
        return image.georeference in _POSED or len(self.views) > 1

    def _wants_photo(self, seen: Detection) -> bool:
        """Whether the photo is shown beside the map."""
        if self.photo_wanted is not None:
            return self.photo_wanted
        image = self.session.image(seen.image)
        return seen.ring is None or (image is not None and image.georeference in _POSED)

    def _on_canvas(self, ring: Sequence[float]) -> list[QgsPointXY]:
        """Points on the map, x, y, ..., in the canvas's coordinates; empty where that is not possible."""
        to_canvas = self.to_canvas()
        if to_canvas is None:
            return []
        try:
            return [to_canvas.transform(QgsPointXY(*ring[i : i + 2])) for i in range(0, len(ring), 2)]
        except QgsCsException:
            return []

    def _layer(self) -> QgsVectorLayer | None:
        layers = self.session.layers
        return None if layers is None else layers.detections
