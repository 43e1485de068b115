"""Limits a search to an area: which units of a plan are searched, and which animals count.

A unit is searched if it reaches into the area after growing by the tiles' overlap. So every tile that could show an
animal in the area is searched. An animal is in the area if the middle of its box is. The names of parts do not depend
on the area, so what was searched for one area need not be searched again for another.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from detector.search.units import Unit
from detector.survey.outlines import reference_of
from detector.survey.planning import Plan, PlannedImage
from detector.survey.poses import Poses
from geo.georeference import PixelsToMap
from geo.search_area import SearchArea
from geo.tables import SEARCHED_IN_PART, Images

# The warning about a region that reaches outside the area.
LESS_GROUND = "where nothing was searched: its count and its density are too low"


# How the reasons begin of images that need not be searched.
_OUTSIDE, _UNKNOWN = "outside", "it has no position, so it may lie outside"


def still_to_search(images: Images) -> int:
    """How many images of a survey are pending, without those that an area leaves out."""
    each = zip(images.status, images.reason, strict=True)
    return sum(status == "pending" and not (why or "").startswith((_OUTSIDE, _UNKNOWN)) for status, why in each)


def held_to(work: Plan, poses: Poses, area: SearchArea) -> tuple[Plan, tuple[str, ...]]:
    """The plan without units outside the area, and warnings for the user."""
    images = []
    for image, photo in zip(work.images, poses.photos, strict=True):
        images.append(_held_to(image, reference_of(image, photo), area))
    outside = sum(image.info is not None and not image.units for image in images)
    over = sum(image.in_part is not None and bool(image.units) for image in images)
    said = []
    if outside:
        said.append(
            f"not searched, since they lie outside {area.name} or have no position: {outside} of {len(images)} images"
        )
    if over:
        said.append(f"searched in part, since they reach over the edge of {area.name}: {over} images")
    return replace(work, images=tuple(images)), tuple(said)


def in_area(area: SearchArea, reference: PixelsToMap | None, boxes_px: NDArray[np.float32]) -> NDArray[np.bool_]:
    """(N,) whether the middle of each box (N, 4) in image px is in the area; False if the image has no place."""
    if reference is None or reference.crs_wkt is None:
        return np.zeros(len(boxes_px), bool)
    return area.contains(reference, (boxes_px[:, :2] + boxes_px[:, 2:]) / 2)


def unsearched(units: Sequence[Unit]) -> NDArray[np.int32]:
    """The tiles of an image that are in none of its units."""
    searched = np.concatenate([unit.grid.tiles_of(unit.block) for unit in units])
    return np.setdiff1d(np.arange(len(units[0].grid), dtype=np.int32), searched)


def _held_to(image: PlannedImage, reference: PixelsToMap | None, area: SearchArea) -> PlannedImage:
    if image.info is None or not image.units:
        return image
    if reference is None or reference.crs_wkt is None:
        return replace(image, units=(), in_part=f"{_UNKNOWN} {area.name}")
    whole = (0.0, 0.0, float(image.info.width), float(image.info.height))
    if area.covers(reference, whole):
        return image
    left = tuple(unit for unit in image.units if area.touches(reference, _grown(unit, image)))
    why = f"{SEARCHED_IN_PART}: within {area.name}" if left else f"{_OUTSIDE} {area.name}"
    return replace(image, units=left, in_part=why)


def _grown(unit: Unit, image: PlannedImage) -> tuple[float, float, float, float]:
    """A unit's window, grown by the tiles' overlap as far as the image reaches: xyxy in image px."""
    block, grid = unit.block, unit.grid
    low = np.maximum((block.x - grid.overlap, block.y - grid.overlap), 0) / unit.scale
    high = np.array([block.x + block.width, block.y + block.height]) + grid.overlap
    assert image.info is not None
    high = np.minimum(high / unit.scale, (image.info.width, image.info.height))
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])
