"""Gives animals that are labelled as points a box to learn: of the usual size of their class."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from detector.errors import InputError
from detector.labels.labelled import LabelledImage
from detector.training.config import Source

_LEAST_PX = 0.5
Photos = tuple[LabelledImage, ...]


def boxed_points(sources: Sequence[Source], photos: Sequence[Photos], classes: Sequence[str]) -> list[Photos]:
    """The photos of each source, with a square about each point. Its side is the source's `point_px`, or by default the
    median side of the boxes of its class in all sources.

    Near the edge of a photo the square is smaller, so that its middle stays the point.

    Raises InputError if a class has points but no boxes, and no side is given.
    """
    if not any(photo.without_area.any() for each in photos for photo in each):
        return list(photos)
    usual = [_usual_side(photos, label) for label in range(len(classes))]
    made = []
    for source, each in zip(sources, photos, strict=True):
        sides = np.array([source.point_px or side for side in usual], np.float64)
        made.append(tuple(_boxed(photo, sides, source, classes) for photo in each))
    return made


def _usual_side(photos: Sequence[Photos], label: int) -> float:
    """The median side of the boxes of a class, px; NaN if it has none."""
    every = [photo for each in photos for photo in each]
    boxes = [one.boxes_px[(one.labels == label) & ~one.without_area & ~one.crowd] for one in every]
    sides = np.concatenate([np.zeros((0, 2)), *(box[:, 2:] - box[:, :2] for box in boxes)]).mean(axis=1)
    return float(np.median(sides)) if len(sides) else float("nan")


def _boxed(photo: LabelledImage, sides: NDArray[np.float64], source: Source, classes: Sequence[str]) -> LabelledImage:
    points = photo.without_area
    if not points.any():
        return photo
    side = sides[photo.labels]
    if np.isnan(side[points]).any():
        name = classes[int(photo.labels[points & np.isnan(side)][0])]
        raise InputError(
            f"{source.path}: {name} is labelled by points alone, the first in {photo.name}; give the usual side of the "
            "animal as point_px, in px, because a model learns from boxes"
        )
    boxes = photo.boxes_px.astype(np.float64)
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    size = np.array([photo.width or np.inf, photo.height or np.inf])
    half = np.maximum(np.minimum(np.minimum(middle, size - middle), side[:, None] / 2), _LEAST_PX)
    boxes[points] = np.concatenate([middle - half, middle + half], axis=1)[points]
    return replace(photo, boxes_px=boxes.astype(np.float32))
