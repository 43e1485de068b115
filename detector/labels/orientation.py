"""Turns labels that were drawn on a photo as its EXIF tag turns it, so that they fit the stored photo.

Photos are read as they are stored, everywhere. CVAT and Label Studio show a photo turned by its orientation tag, and
write the size of the turned picture. If that size and the tag agree, the boxes are turned back.
"""

from dataclasses import replace

import numpy as np

from detector.labels.labelled import LabelledImage
from geo import raster

TURNED = "labels that were drawn on a photo turned by its EXIF tag were turned back"
UNKNOWN = (
    "photos that their EXIF tag turns or mirrors without changing their size: their labels are taken as drawn on the "
    "stored pixels"
)


def orientation_of(info: raster.RasterInfo) -> int:
    """EXIF's orientation, 1 to 8: how to turn the stored pixels. 1, for not at all, if the tag is missing."""
    found = info.exif.get("Orientation", "").strip()
    return int(found) if found in ("1", "2", "3", "4", "5", "6", "7", "8") else 1


def shown_size(info: raster.RasterInfo) -> tuple[int, int]:
    """(width, height), px, of a photo as tools that follow its orientation tag show it."""
    return (info.height, info.width) if orientation_of(info) >= 5 else (info.width, info.height)


def as_stored(photo: LabelledImage, info: raster.RasterInfo) -> LabelledImage:
    """The photo with its boxes in px of the stored picture, and with its size if the labels do not state it.

    If the labels state another size than the picture has, turned or not, they stay as they are.
    """
    width, height, orientation = info.width, info.height, orientation_of(info)
    if not photo.width or not photo.height:
        photo = replace(photo, width=width, height=height)
    if orientation == 1:
        return photo
    if orientation < 5 or width == height:
        if (photo.width, photo.height) != (width, height) or not len(photo.labels):
            return photo
        return replace(photo, odd=(*photo.odd, (UNKNOWN, photo.name)))
    if (photo.width, photo.height) != (height, width):
        return photo
    left, top, right, bottom = photo.boxes_px.T.astype(np.float64)
    x = (top, bottom) if orientation in (5, 6) else (width - bottom, width - top)
    y = (left, right) if orientation in (5, 8) else (height - right, height - left)
    boxes = np.stack([x[0], y[0], x[1], y[1]], axis=1).astype(np.float32)
    odd = (*photo.odd, (TURNED, photo.name)) if len(boxes) else photo.odd
    return replace(photo, width=width, height=height, boxes_px=boxes, odd=odd)
