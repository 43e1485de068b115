"""Searches again where animals reach across the overlap of tiles, with tiles that show them whole.

Which tiles that are follows from the parts of the image's own units alone, so every engine and every later run find the
same. Each unit of them has a part of its own.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector.detections import Detections
from detector.search import parts
from detector.search.merge import settle
from detector.search.parts import Part
from detector.search.seams import lengths_across, numbered, seam_tiles
from detector.search.tiles import TileGrid
from detector.search.units import Unit
from detector.survey.planning import PHOTO_PIXELS, Plan, PlannedImage

# The parts of so many images are in memory at once, and of fewer where they have many boxes.
IMAGES_AT_ONCE, BOXES_AT_ONCE = 500, 5_000


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

    @property
    def pending(self) -> list[Unit]:
        """The units that are not searched yet."""
        return [unit for unit, part in zip(self.units, self.seams, strict=True) if part is None]


def parts_of(work: Plan, image: PlannedImage) -> ImageParts | None:
    """The parts of one image. None if a part of its own units is missing, or if the image has no units."""
    return _with_seams(work, [image], [_own_parts(work, image)])[0]


def parts_of_each(
    work: Plan, images: Iterable[tuple[int, PlannedImage]]
) -> Iterator[list[tuple[int, PlannedImage, ImageParts | None]]]:
    """As `parts_of` for many images, with the numbers that they were given: as many at once as their boxes allow."""
    some: list[tuple[int, PlannedImage, list[Part] | None]] = []
    boxes = 0
    for number, image in images:
        own = _own_parts(work, image)
        some.append((number, image, own))
        boxes += sum(len(part.detections) + len(part.probabilities) for part in own or ())
        if boxes >= BOXES_AT_ONCE or len(some) == IMAGES_AT_ONCE:
            yield _with_numbers(work, some)
            some, boxes = [], 0
    if some:
        yield _with_numbers(work, some)


def _with_numbers(
    work: Plan, some: Sequence[tuple[int, PlannedImage, list[Part] | None]]
) -> list[tuple[int, PlannedImage, ImageParts | None]]:
    numbers, images, own = zip(*some, strict=True)
    return list(zip(numbers, images, _with_seams(work, images, own), strict=True))


def _own_parts(work: Plan, image: PlannedImage) -> list[Part] | None:
    """The parts of the image's own units; None if one is missing, or if there is none."""
    own: list[Part] = []
    for unit in image.units:
        part = work.journal.read(unit.key)
        if part is None:
            return None
        own.append(part)
    return own or None


def _with_seams(
    work: Plan, images: Sequence[PlannedImage], own: Sequence[list[Part] | None]
) -> list[ImageParts | None]:
    """The parts of images, with those of the tiles over animals on seams. own: the parts of their own units."""
    found = [None if read is None else ImageParts(read) for read in own]
    for place in _reached_across(work, images, own):
        units = seam_units(work, images[place], own[place] or [])
        found[place] = ImageParts(own[place] or [], units, tuple(work.journal.read(unit.key) for unit in units))
    return found


def _reached_across(work: Plan, images: Sequence[PlannedImage], own: Sequence[list[Part] | None]) -> list[int]:
    """Which images have a box that reaches across the overlap. In the others no tile is laid over a seam."""
    if work.model.kind == "classifier":
        return []
    of_grid: dict[TileGrid, list[int]] = {}
    for place, image in enumerate(images):
        if own[place] is not None:
            of_grid.setdefault(image.units[0].grid, []).append(place)
    reached: set[int] = set()
    for grid, places in of_grid.items():
        each = [(place, part.detections) for place in places for part in own[place] or ()]
        seen = Detections.concatenate([found for _, found in each])
        of_place = np.repeat([place for place, _ in each], [len(found) for _, found in each])
        across = (lengths_across(seen, grid) > 0) & (seen.scores >= work.seam_thresholds[seen.labels])
        reached.update(of_place[across].tolist())
    return sorted(reached)


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

    @classmethod
    def nothing(cls) -> "Further":
        """No tiles."""
        return cls(Detections.empty(), np.zeros((0, 4), np.int64), [])


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
