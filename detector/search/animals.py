"""The animals in what the tiles of an image saw: above the threshold, of one class each, and merged across tiles."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector.detections import Detections
from detector.search.merge import merge, settle
from detector.search.tiles import TileGrid


class Found(NamedTuple):
    """Animals, and the views that they were merged from.

    Attributes:
        animals: A detections, one for each animal, px of the grid.
        best_view: (A,) int64, which of the detections that were given gave each animal its class.
        views: V detections: what is above the threshold, of one class each, px of the grid.
    """

    animals: Detections
    best_view: NDArray[np.int64]
    views: Detections


def animals_seen(
    seen: Detections,
    thresholds: NDArray[np.float32],
    grid: TileGrid,
    *,
    best_tiles_decide: bool = True,
    unseen: NDArray[np.integer] | None = None,
    further: NDArray[np.int64] | None = None,
    image: NDArray[np.int64] | None = None,
) -> Found:
    """The animals in what tiles of one image saw, or of many images with the same grid.

    Args:
        seen: The raw detections, px of the grid.
        thresholds: (C,) float32, the score from which a detection of each class counts.
        grid: The tiles of the whole image.
        best_tiles_decide: As in `merge`. False where `seen` lacks tiles that may confirm what others saw.
        unseen: As in `merge`.
        further: As in `merge`.
        image: As in `merge`.
    """
    counts = np.flatnonzero(seen.scores >= thresholds[seen.labels])
    of_image = None if image is None else image[counts]
    views = settle(seen[counts], of_image)
    merged = merge(
        views.detections,
        grid,
        best_tiles_decide=best_tiles_decide,
        unseen=unseen,
        further=further,
        image=None if of_image is None else of_image[views.kept],
    )
    return Found(merged.detections, counts[views.kept[merged.best_view]], views.detections)
