"""A missed animal: the box that a person draws becomes a detection of an image.

A box drawn in a photo belongs to that photo; a box drawn on the map, to the image there. The box is stored in image px,
so that a later run of the detector recognises it, and on the map, so that it counts in a region.
"""

from __future__ import annotations

from qgis.core import Qgis, QgsCoordinateTransform, QgsCsException, QgsPointXY
from qgis.gui import QgsMapCanvas, QgsMapTool

from ..counting_rule import UNREVIEWED
from ..survey_file import SurveyError
from .draw_box import BoxTool, Ground, GroundAt
from .file import Box, Detection, Image, Point
from .photo_frame import PhotoFrame, clipped, holds
from .queue import ReviewQueue


class Drawing:
    """Boxes being drawn on a canvas. `stop` ends it and gives the canvas its tool back.

    size: width and height of a box that begins with a key, px.
    """

    def __init__(self, canvas: QgsMapCanvas, ground_at: GroundAt, class_name: str, size: Point) -> None:
        self.class_name = class_name
        self.canvas = canvas
        self.tool = BoxTool(canvas, ground_at, size)
        self._before: QgsMapTool | None = canvas.mapTool()
        canvas.setMapTool(self.tool)

    def stop(self) -> None:
        """Take the box and the tool off the canvas."""
        self.tool.remove()
        if self._before is not None:
            self.canvas.setMapTool(self._before)
        else:
            self.canvas.unsetMapTool(self.tool)
        self.tool.deleteLater()


def detection(ground: Ground, box: Box, class_name: str) -> Detection | None:
    """The row of an animal drawn there; None if the box lies outside the image."""
    inside = clipped(box, ground.image.size)
    if inside is None:
        return None
    return Detection(
        fid=0,
        image=ground.image.path,
        class_name=class_name,
        score=None,  # nobody measured one
        box_px=inside,
        counted=1,
        review=UNREVIEWED,
        reviewed_class=None,
        reviewer=None,
        reviewed_at=None,
        note=None,
        run_id=None,
        ring=ground.frame.corners(inside) if ground.frame.known else None,
    )


def in_photo(queue: ReviewQueue, image: Image, near: Point | None) -> Ground:
    """The ground of a photo's own canvas, where the point (x, -y) is the px (x, y). near: a px that is in view."""
    frame = PhotoFrame(image, queue.of_image(image.path), near)
    return Ground(image, frame, lambda point: (point.x(), -point.y()), lambda x, y: QgsPointXY(x, -y))


def on_map(
    queue: ReviewQueue, to_canvas: QgsCoordinateTransform, point: QgsPointXY, on_top: Image | None
) -> Ground | None:
    """The image at a point of the map: that on top if it is there. None if no image is there.

    to_canvas: from the CRS of the detections to the map's. on_top: the image that covers the others on the map.
    """
    try:
        place = to_canvas.transform(point, Qgis.TransformDirection.Reverse)
        found = queue.file.images_at(place.x(), place.y())
    except (QgsCsException, SurveyError):
        return None
    found = [image for image in found if holds(image, place.x(), place.y())]
    found.sort(key=lambda image: on_top is None or image.path != on_top.path)
    for image in found:
        frame = PhotoFrame(image, queue.of_image(image.path))
        if frame.known:
            return _through(image, frame, to_canvas)
    return None


def of_image(queue: ReviewQueue, to_canvas: QgsCoordinateTransform, image: Image, near: Point | None) -> Ground | None:
    """An image on the map, wherever one points. near: a px of it that is in view."""
    frame = PhotoFrame(image, queue.of_image(image.path), near)
    return _through(image, frame, to_canvas) if frame.known else None


def _through(image: Image, frame: PhotoFrame, to_canvas: QgsCoordinateTransform) -> Ground:
    def to_px(point: QgsPointXY) -> Point:
        place = to_canvas.transform(point, Qgis.TransformDirection.Reverse)
        return frame.to_px(place.x(), place.y())

    def to_map(x: float, y: float) -> QgsPointXY:
        return to_canvas.transform(QgsPointXY(*frame.to_map(x, y)))

    return Ground(image, frame, to_px, to_map)
