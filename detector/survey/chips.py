"""Chips: a small picture of each animal, for the review.

A search makes them while the pixels are in memory, and only of the views that are an animal after thresholds and
merging. Detections that no search found get theirs from their image afterwards.
"""

import contextlib
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from detector.detections import Detections
from detector.search.animals import animals_seen
from detector.search.infer import ChipMaker
from detector.search.merge import SAME_IOU
from detector.search.seams import numbered
from detector.search.timing import Profile
from detector.search.units import Unit
from geo import raster
from geo.boxes import iou
from geo.errors import GeoError

# The side of a chip, in lengths of its animal.
CHIP_SCALE = 1.5
CHIP_MAX_PX = 128
CHIP_QUALITY = 80
_LEAST_PX = 16

Chips = list[bytes | None]


def chip_maker(thresholds: NDArray[np.float32], profile: Profile) -> ChipMaker:
    """Makes the chips of a unit: JPEGs of what is an animal, with a margin.

    Another unit of the image may still join an animal to one of its own, and then the better of the two is used. If a
    tile cut a box and another tile sees it whole, it gets none.

    Args:
        thresholds: (C,) float32, the score from which a detection of each class counts.
        profile: Gets the time.
    """

    def make(unit: Unit, pixels: NDArray[np.uint8], found: Detections) -> Chips:
        longest = (found.boxes[:, 2:] - found.boxes[:, :2]).max(axis=1, initial=0)
        # The tiles of other units may confirm what the tiles of this one do not.
        views, tiles = found, None
        if unit.further is not None:
            views, tiles = numbered(found, np.arange(len(unit.further)), len(unit.grid)), unit.further.boxes
        best = animals_seen(views, thresholds, unit.grid, best_tiles_decide=False, further=tiles).best_view
        chosen = best[(found.edges[best] == 0) | (2 * longest[best] > unit.grid.overlap)].tolist()
        centres = (found.boxes[:, :2] + found.boxes[:, 2:]) / 2 - np.array([unit.block.x, unit.block.y], np.float32)
        crops = [_crop(pixels, centres[i], CHIP_SCALE * longest[i]) for i in chosen]
        chips: Chips = [None] * len(found)
        for i, chip in zip(chosen, raster.encode_jpegs(crops, CHIP_QUALITY), strict=True):
            chips[i] = chip
        return chips

    def measured(unit: Unit, pixels: NDArray[np.uint8], found: Detections) -> Chips:
        with profile.measure("chips"):
            return make(unit, pixels, found)

    return measured


def chips_of_animals(
    animals: Detections, best_view: NDArray[np.int64], seen: Detections, chips: Chips, image: NDArray[np.int64]
) -> Chips:
    """The chip of each animal: that of its best view, or else of the view that is most like it; None if there is none.

    The best view has no chip if it was another one in the search: with another threshold, or without the tiles of
    another unit.

    Args:
        animals: The merged detections.
        best_view: (A,) int64, the best view of each, an index into `seen`.
        seen: The views, in the frame of the animals.
        chips: The chip of each view.
        image: (len(seen),) the image of each view.
    """
    chosen = [chips[i] for i in best_view.tolist()]
    lacking = np.array([i for i, chip in enumerate(chosen) if chip is None], np.int64)
    there = np.array([i for i, chip in enumerate(chips) if chip is not None], np.int64)
    for one in np.intersect1d(image[best_view[lacking]], image[there]).tolist():
        without, with_chip = lacking[image[best_view[lacking]] == one], there[image[there] == one]
        tree = shapely.STRtree(shapely.box(*seen.boxes[with_chip].T))
        animal, view = tree.query(shapely.box(*animals.boxes[without].T))
        animal, view = without[animal], with_chip[view]
        alike = iou(animals.boxes[animal], seen.boxes[view])
        for i in np.argsort(alike, kind="stable").tolist():  # the last is the most like it
            if alike[i] >= SAME_IOU:
                chosen[int(animal[i])] = chips[int(view[i])]
    return chosen


def chips_of(image: Path, boxes_px: NDArray[np.float32]) -> Chips:
    """A JPEG of each box (N, 4), image px, with its surroundings, as a search makes them; None where pixels cannot be
    read.
    """
    crops: list[NDArray[np.uint8]] = []
    with contextlib.suppress(GeoError), raster.RasterReader(image) as reader:
        size = np.array([reader.info.width, reader.info.height])
        crops.extend(_read_crop(reader, box, size) for box in boxes_px.astype(np.float64))
    # What was read before a place that cannot be read has its picture.
    return [*raster.encode_jpegs(crops, CHIP_QUALITY), *[None] * (len(boxes_px) - len(crops))]


def _crop(pixels: NDArray[np.uint8], centre: NDArray[np.float32], extent: float) -> NDArray[np.uint8]:
    """A square of about `extent` px around a place in a block, as a view. Its side is a multiple of 16 px, and at most
    CHIP_MAX_PX.

    A larger extent is reduced by leaving out px. At the edge of the block the square is moved inward; in a block that
    is too small it is cut.
    """
    step = max(1, int(np.ceil(extent / CHIP_MAX_PX)))
    side = min(CHIP_MAX_PX, 16 * int(np.ceil(extent / step / 16))) * step
    height, width = pixels.shape[:2]
    x = int(np.clip(centre[0] - side / 2, 0, max(0, width - side)))
    y = int(np.clip(centre[1] - side / 2, 0, max(0, height - side)))
    return pixels[y : y + side : step, x : x + side : step]


def _read_crop(reader: raster.RasterReader, box: NDArray[np.float64], size: NDArray[np.int64]) -> NDArray[np.uint8]:
    """A square about the box, at most CHIP_MAX_PX px after it is reduced; at an edge it is moved inward."""
    extent = max(_LEAST_PX, int(np.ceil(CHIP_SCALE * (box[2:] - box[:2]).max())))
    side = np.minimum(extent, size)
    corner = np.clip(np.round((box[:2] + box[2:] - side) / 2), 0, size - side)
    scale = min(1.0, CHIP_MAX_PX / float(side.max()))
    width, height = (max(1, round(float(each) * scale)) for each in side)
    (x, y), (across, down) = corner.tolist(), side.tolist()
    pixels, _ = reader.read(x, y, across, down, (height, width))
    return pixels
