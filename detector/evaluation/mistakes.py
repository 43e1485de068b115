"""Cuts out pictures of the worst mistakes, for the report."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from detector.evaluation import report
from detector.evaluation.scores import Found, Matches, Truth
from detector.labels.labelled import LabelledImage
from geo import raster
from geo.errors import GeoError

# Pictures of the worst mistakes: how many of each kind; the side of a picture in lengths of the box; its limits in px.
PICTURES = 12
PICTURE_SCALE, PICTURE_LEAST_PX, PICTURE_MOST_PX = 4.0, 64, 512


def mistakes(
    photos: Sequence[LabelledImage], truth: Truth, counted: Found, together: Matches, classes: Sequence[str]
) -> tuple[list[report.Picture], list[report.Picture]]:
    """The false alarms with the highest scores, and the largest missed animals, of all classes together."""
    wrong = together.detection[~together.right]
    wrong = wrong[np.argsort(-counted.scores[wrong], kind="stable")][:PICTURES]
    false_alarms = [
        _picture(photos[counted.image[i]], counted.boxes_px[i], f"{classes[counted.labels[i]]} {counted.scores[i]:.2f}")
        for i in wrong.tolist()
    ]
    missed = together.true[together.found_by < 0]
    sides = truth.boxes_px[missed, 2:] - truth.boxes_px[missed, :2]
    missed = missed[np.argsort(-sides.max(axis=1, initial=0), kind="stable")][:PICTURES]
    misses = [_picture(photos[truth.image[i]], truth.boxes_px[i], classes[truth.labels[i]]) for i in missed.tolist()]
    return [p for p in false_alarms if p], [p for p in misses if p]


def _picture(photo: LabelledImage, box_px: np.ndarray[Any, Any], what: str) -> report.Picture | None:
    """A mistake with its surroundings; None if the photo can no longer be read."""
    x0, y0, x1, y1 = box_px.astype(float).tolist()
    side = max(PICTURE_SCALE * max(x1 - x0, y1 - y0), PICTURE_LEAST_PX)
    width, height = min(round(side), photo.width), min(round(side), photo.height)
    left = round(min(max((x0 + x1 - width) / 2, 0), photo.width - width))
    top = round(min(max((y0 + y1 - height) / 2, 0), photo.height - height))
    scale = min(1.0, PICTURE_MOST_PX / max(width, height))
    shape = (max(1, round(height * scale)), max(1, round(width * scale)))
    try:
        with raster.RasterReader(photo.path) as reader:
            pixels, _ = reader.read(left, top, width, height, shape)
        jpeg = raster.encode_jpeg(pixels, 80)
    except GeoError:
        return None
    box = ((x0 - left) * scale, (y0 - top) * scale, (x1 - left) * scale, (y1 - top) * scale)
    return report.Picture(jpeg, shape[1], shape[0], box, f"{what}, {photo.path.name}")
