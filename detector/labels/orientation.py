"""Turns labels that were drawn on a photo as its EXIF tag turns it, so that they fit the stored photo.

Photos are read as they are stored, everywhere. Tools that are known to turn a photo by its orientation tag
(`LabelledImage.turns`) write the size of the turned picture, or none: the boxes are turned back. Labels of other
formats may be drawn in any tool. They are turned back if their size is that of the turned picture; where the size does
not tell, they stay.
"""

from collections.abc import Set
from dataclasses import replace

import numpy as np

from detector.labels.labelled import LabelledImage
from geo import raster
from geo.raster.orientation import EVERY, shown_size, to_stored

TURNED = "labels that were drawn on a photo turned by its EXIF tag were turned back"
UNKNOWN = (
    "photos that their EXIF tag turns or mirrors without changing their size: their labels are taken as drawn on the "
    "stored pixels"
)
NO_SIZE = (
    "photos that their EXIF tag turns, whose labels do not say the photo's size: the labels are taken as drawn on the "
    "stored pixels"
)


def size_shown(info: raster.RasterInfo, turns: Set[int] = EVERY) -> tuple[int, int]:
    """(width, height), px, of a photo where a tool shows it that turns photos by these orientations."""
    return shown_size(info.width, info.height, info.orientation if info.orientation in turns else 1)


def as_stored(photo: LabelledImage, info: raster.RasterInfo) -> LabelledImage:
    """The photo with its boxes in px of the stored picture, and with its size if the labels do not state it.

    If the labels state another size than the picture has, turned or not, they stay as they are.
    """
    width, height, known = info.width, info.height, photo.turns is not None
    turns = EVERY if photo.turns is None else photo.turns
    as_shown = size_shown(info, turns)
    if not photo.width or not photo.height:
        of_labels = as_shown if known else (width, height)
        photo = replace(photo, width=of_labels[0], height=of_labels[1])
    if info.orientation not in turns or (photo.width, photo.height) != as_shown:
        return photo
    if not known and as_shown == (width, height):
        return replace(photo, odd=(*photo.odd, (UNKNOWN, photo.name))) if len(photo.labels) else photo
    boxes = to_stored(photo.boxes_px, width, height, info.orientation).astype(np.float32)
    odd = (*photo.odd, (TURNED, photo.name)) if len(boxes) else photo.odd
    return replace(photo, width=width, height=height, boxes_px=boxes, odd=odd)
