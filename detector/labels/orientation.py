"""Turns labels that were drawn on a photo as its EXIF tag turns it, so that they fit the stored photo.

Photos are read as they are stored, everywhere. Tools that are known to show a photo turned by its orientation tag
(`LabelledImage.shown`) write the size of the turned picture, or none: the boxes are turned back. Labels of other
formats may be drawn in any tool. They are turned back if their size is that of the turned picture; where the size does
not tell, they stay.
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
NO_SIZE = (
    "photos that their EXIF tag turns, whose labels do not say the photo's size: the labels are taken as drawn on the "
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
    as_shown = shown_size(info)
    if not photo.width or not photo.height:
        of_labels = as_shown if photo.shown else (width, height)
        photo = replace(photo, width=of_labels[0], height=of_labels[1])
    if orientation == 1 or (photo.width, photo.height) != as_shown:
        return photo
    if not photo.shown and as_shown == (width, height):
        return replace(photo, odd=(*photo.odd, (UNKNOWN, photo.name))) if len(photo.labels) else photo
    left, top, right, bottom = photo.boxes_px.T.astype(np.float64)
    across, down = ((top, bottom), (left, right)) if orientation >= 5 else ((left, right), (top, bottom))
    x = (width - across[1], width - across[0]) if orientation in (2, 3, 7, 8) else across
    y = (height - down[1], height - down[0]) if orientation in (3, 4, 6, 7) else down
    boxes = np.stack([x[0], y[0], x[1], y[1]], axis=1).astype(np.float32)
    odd = (*photo.odd, (TURNED, photo.name)) if len(boxes) else photo.odd
    return replace(photo, width=width, height=height, boxes_px=boxes, odd=odd)
