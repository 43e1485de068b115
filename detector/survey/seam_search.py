"""Searches again where animals reach across the overlap of tiles, with tiles that show them whole.

Which tiles that are follows from the parts of the image's own units alone, so every engine and every later run find the
same. Each unit of them has a part of its own.
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector.detections import Detections
from detector.search import parts
from detector.search.merge import settle
from detector.search.parts import Part
from detector.search.seams import numbered, seam_tiles
from detector.search.tiles import TileGrid
from detector.search.units import Unit
from detector.survey.planning import PHOTO_PIXELS, Plan, PlannedImage


class ImageParts(NamedTuple):
    """All that was found in one image.

    Attributes:
        own: The part of each of its units.
        units: The units with tiles over animals on seams; none if no animal reaches across the overlap.
        seams: The part of each of these; None for a unit that is not searched yet.
    """

    own: list[Part]
    units: tuple[Unit, ...] = ()
    seams: tuple[Part | None, ...] = ()


def parts_of(work: Plan, image: PlannedImage) -> ImageParts | None:
    """The parts of one image. None if a part of its own units is missing, or if the image has no units."""
    own: list[Part] = []
    for unit in image.units:
        part = work.journal.read(unit.key)
        if part is None:
            return None
        own.append(part)
    if not own:
        return None
    units = seam_units(work, image, own)
    return ImageParts(own, units, tuple(work.journal.read(unit.key) for unit in units))


def seam_units(work: Plan, image: PlannedImage, own: Sequence[Part]) -> tuple[Unit, ...]:
    """The units with tiles over the animals that reach across the overlap. own: the parts of the image's own units."""
    first = image.units[0]
    if work.model.kind == "classifier" or len(first.grid) == 1:
        return ()
    seen = Detections.concatenate([part.detections for part in own])
    seen = settle(seen[seen.scores >= work.seam_thresholds[seen.labels]]).detections
    # What is decoded from the top is read in windows as large as a photo: decoding it for each tile would cost more.
    together = PHOTO_PIXELS if image.info is not None and image.info.sequential else 0
    return tuple(
        Unit(first.image, first.grid, tiles.block, first.scale, parts.key(unit=first.key, tiles=tiles.corners), tiles)
        for tiles in seam_tiles(seen, first.grid).blocks(together)
    )


def pending_seams(work: Plan, failed: Collection[int]) -> list[list[Unit]]:
    """The units of each image with tiles over animals on seams that have no part. failed: images that are left out."""
    pending: list[list[Unit]] = []
    for index, image in enumerate(work.images):
        found = None if index in failed else parts_of(work, image)
        missing = [] if found is None else zip(found.units, found.seams, strict=True)
        pending.append([unit for unit, part in missing if part is None])
    return pending


class Further(NamedTuple):
    """What the tiles over animals on seams saw, as `merge` takes it.

    Attributes:
        views: Boxes in px of the grid, with tiles numbered on from the grid's.
        tiles: (F, 4) xyxy of these tiles, px of the grid.
        chips: A JPEG for each view, or None.
    """

    views: Detections
    tiles: NDArray[np.int64]
    chips: list[bytes | None]


def further(found: ImageParts, grid: TileGrid) -> Further:
    """The views of all tiles over animals on seams that were searched, without those that a gate held back."""
    views, tiles, chips = [Detections.empty()], [np.zeros((0, 4), np.int64)], list[bytes | None]()
    number = len(grid)
    for unit, part in zip(found.units, found.seams, strict=True):
        if part is None or unit.further is None:
            continue
        searched = np.setdiff1d(np.arange(len(unit.further)), part.gated)
        views.append(numbered(part.detections, searched, number))
        tiles.append(unit.further.boxes[searched])
        chips += part.chips
        number += len(searched)
    return Further(Detections.concatenate(views), np.concatenate(tiles), chips)
