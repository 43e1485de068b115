"""Merges what the tiles of a survey saw into animals, from its parts, as columns over all images.

Images with the same grid are merged at once, many at a time: for a photo with two animals, the merge itself takes less
time than the calls that lead to it.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector.detections import Detections
from detector.search.animals import animals_seen
from detector.search.seams import Across, across
from detector.search.smaller_tiles import Again
from detector.search.units import Unit
from detector.survey.chips import Chips, chips_of_animals
from detector.survey.labelling import LabelledTiles, labelled_tiles
from detector.survey.planning import Plan, PlannedImage
from detector.survey.seam_search import Further, ImageParts, further, parts_of, parts_of_each
from detector.survey.within import unsearched
from geo.circular_garbage import seldom_collected
from geo.stored_pictures import PictureStore, StoredPictures


class Seams(NamedTuple):
    """What is told of animals that reach across the overlap of two tiles.

    Attributes:
        boxes: How many boxes reach across it.
        tiles: How many tiles were searched again over these.
        left: The detections that no tile shows whole even so.
    """

    boxes: int = 0
    tiles: int = 0
    left: Across = Across()

    def __add__(self, other: "Seams") -> "Seams":  # type: ignore[override]
        """Both together."""
        left = Across(self.left.boxes + other.left.boxes, max(self.left.length_px, other.left.length_px))
        return Seams(self.boxes + other.boxes, self.tiles + other.tiles, left)


@dataclass(frozen=True, eq=False)
class Animals:
    """The animals of I images, from their parts: A detections.

    Attributes:
        detections: One box for each animal, px of its image; image by image, in canonical order.
        image: (A,) int64, the image of each.
        chips: A JPEG for each, or None.
        done: (I,) bool, whether all parts of an image are there.
        tiles: (I,) int64, how many tiles of it were searched.
        gated: How many tiles a gate held back.
        labelled: By image, the labelled tiles of a tile classifier.
        seams: What is told of animals that reach across the overlap of two tiles.
        seam_tiles: How many tiles were searched again over seams.
        again: The tiles that reached the model's cap.
        pending: Of each image, the units with tiles over animals on seams that have no part. It is not done then.
    """

    detections: Detections
    image: NDArray[np.int64]
    chips: StoredPictures
    done: NDArray[np.bool_]
    tiles: NDArray[np.int64]
    gated: int = 0
    labelled: Mapping[int, LabelledTiles] = field(default_factory=dict)
    seams: Seams = field(default_factory=Seams)
    seam_tiles: int = 0
    again: Again = field(default_factory=Again)
    pending: Sequence[Sequence[Unit]] = ()

    @property
    def numbers(self) -> NDArray[np.int64]:
        """(I,) the number of animals in each image."""
        return np.bincount(self.image, minlength=len(self.done))

    def only(self, stays: NDArray[np.bool_]) -> "Animals":
        """Those of the mask (A,)."""
        rows = np.flatnonzero(stays)
        return replace(self, detections=self.detections[rows], image=self.image[rows], chips=self.chips.take(rows))


def animals_of(work: Plan, image: PlannedImage) -> Detections | None:
    """The animals of one image, from its parts. None if a part is missing, or if the image was not searched."""
    found = parts_of(work, image)
    return None if found is None or None in found.seams else animals_in(work, image, found)


def animals_in(work: Plan, image: PlannedImage, parts: ImageParts) -> Detections:
    """The animals of one image, from the parts of all its units: those above the threshold, merged across tiles."""
    return _merged(work, [image], [parts]).detections


def animals_of_all(work: Plan, failed: Collection[int]) -> Animals:
    """The animals of all images of the plan. failed: the images that are left out.

    Their chips wait in a file beside the output. Raises OutputError if it cannot be written.
    """
    return _animals(work, [i for i in range(len(work.images)) if i not in failed], PictureStore(work.output))


def with_seams_searched(work: Plan, found: Animals, failed: Collection[int]) -> Animals:
    """The animals after the pending units were searched: as `animals_of_all`, but only their images are merged."""
    pending = [i for i, units in enumerate(found.pending) if units and i not in failed]
    more = _animals(work, pending, found.chips.store)
    of_image = np.concatenate([found.image, more.image])
    order = np.argsort(of_image, kind="stable")
    return Animals(
        Detections.concatenate([found.detections, more.detections])[order],
        of_image[order],
        found.chips.followed_by(more.chips).take(order),
        found.done | more.done,
        found.tiles + more.tiles,
        found.gated + more.gated,
        {**found.labelled, **more.labelled},
        found.seams + more.seams,
        found.seam_tiles + more.seam_tiles,
        found.again + more.again,
        more.pending,
    )


@seldom_collected()
def _animals(work: Plan, wanted: Sequence[int], store: PictureStore) -> Animals:
    """The animals of the images of these numbers. Of the others nothing is said."""
    done, tiles = np.zeros(len(work.images), bool), np.zeros(len(work.images), np.int64)
    pending: list[Sequence[Unit]] = [()] * len(work.images)
    labelled: dict[int, LabelledTiles] = {}
    groups: list[_Merged] = []
    again = Again()
    chips: list[StoredPictures] = []
    for some in parts_of_each(work, ((index, work.images[index]) for index in wanted)):
        whole = [(i, image, parts) for i, image, parts in some if parts is not None and None not in parts.seams]
        for index, _, parts in some:
            if parts is not None:
                pending[index] = parts.pending
        for index, image, parts in whole:
            done[index], tiles[index] = True, image.tiles
            again = sum((part.again for part in (*parts.own, *parts.seams) if part is not None), again)
            if work.model.kind == "classifier":
                several = work.thresholds if work.model.multilabel else None
                labelled[index] = labelled_tiles(image, parts.own, work.settings.margin, several)
        if work.model.kind == "classifier":
            continue
        for places in _alike([(image, parts) for _, image, parts in whole]):
            numbers, images, found = zip(*(whole[place] for place in places), strict=True)
            merged = _merged(work, images, found)
            chips.append(store.add(merged.chips))
            groups.append(merged._replace(image=np.array(numbers)[merged.image], chips=[]))
    of_image = np.concatenate([np.zeros(0, np.int64), *(group.image for group in groups)])
    order = np.argsort(of_image, kind="stable")
    return Animals(
        Detections.concatenate([group.detections for group in groups])[order],
        of_image[order],
        store.add([]).followed_by(*chips).take(order),
        done,
        tiles,
        sum(group.gated for group in groups),
        labelled,
        sum((group.seams for group in groups), Seams()),
        sum(group.searched_over_seams for group in groups),
        again,
        pending,
    )


def _alike(images: Sequence[tuple[PlannedImage, ImageParts]]) -> Iterator[list[int]]:
    """The places of images that are merged at once: they have one grid and one size, and all of each was searched, and
    only once."""
    together: dict[object, list[int]] = {}
    for place, (image, parts) in enumerate(images):
        assert image.info is not None
        first = image.units[0]
        if parts.units or image.in_part is not None or any(len(part.gated) for part in parts.own):
            yield [place]
        else:
            kind = (first.grid, first.scale, image.info.width, image.info.height)
            together.setdefault(kind, []).append(place)
    yield from together.values()


class _Merged(NamedTuple):
    """The animals of images that are merged at once: as in `Animals`; `image` counts from the first of these images."""

    detections: Detections
    image: NDArray[np.int64]
    chips: Chips
    gated: int
    seams: Seams
    searched_over_seams: int


def _merged(work: Plan, images: Sequence[PlannedImage], parts: Sequence[ImageParts]) -> _Merged:
    """The animals of one image, or of images that are `_alike`."""
    first, info = images[0].units[0], images[0].info
    grid, scale = first.grid, first.scale
    alone = len(images) == 1
    more = further(parts[0], grid) if alone else Further.nothing()
    gated = np.concatenate([part.gated for part in parts[0].own])
    unseen = gated if images[0].in_part is None else np.union1d(gated, unsearched(images[0].units))
    own = [part for found in parts for part in found.own]
    seen = Detections.concatenate([*(part.detections for part in own), more.views])
    chips = [*(chip for part in own for chip in part.chips), *more.chips]
    numbers = [sum(len(part.detections) for part in found.own) for found in parts]
    numbers[0] += len(more.views)
    of_image = np.repeat(np.arange(len(parts)), numbers)
    merged = animals_seen(
        seen, work.thresholds, grid, unseen=unseen, further=more.tiles, image=None if alone else of_image
    )
    detections = merged.animals.scaled(1 / scale[0], 1 / scale[1])
    assert info is not None
    size = np.array([info.width, info.height] * 2, np.float32)
    detections = replace(detections, boxes=np.clip(detections.boxes, 0, size))
    over = across(merged.views[merged.views.tiles < len(grid)], grid)
    left = across(seen[merged.best_view], grid) if over.boxes else Across()
    return _Merged(
        detections,
        of_image[merged.best_view],
        chips_of_animals(merged.animals, merged.best_view, seen, chips, of_image),
        len(gated),
        Seams(over.boxes, len(more.tiles), left) if over.boxes else Seams(),
        len(more.tiles),
    )
