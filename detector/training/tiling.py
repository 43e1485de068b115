"""Decides which tiles of whole photos an epoch shows, and in which order, from labels and sizes alone."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detector.errors import InputError
from detector.labels.labelled import LabelledImage
from detector.search.tiles import TileGrid
from detector.training.config import Tiles
from geo import raster
from geo.errors import GeoError


class Tiling:
    """The tiles of photos. Tiles with animals are kept apart from empty ones.

    A tile has an animal if at least the share `visible` of a box (not a crowd) lies in it. A smaller fragment is
    neither an animal nor background. Every tile with an animal is in an epoch, repeated by the weight of its photo and
    by its rarest class. Empty tiles are added until they are `empty_share` of the epoch; each epoch has other ones.
    """

    def __init__(
        self,
        photos: Sequence[LabelledImage],
        weights: Sequence[float],
        side_px: int,
        visible: float,
        settings: Tiles,
        seed: int,
    ) -> None:
        """Lay the tiles.

        Args:
            photos: P photos; their sizes must be known.
            weights: (P,) how often the tiles of each photo are drawn, relative to others.
            side_px: The side of a tile.
            visible: The share of a box that makes it an animal of the tile.
            settings: The config's [tiles].
            seed: The random seed.

        Raises:
            InputError: No tile shows an animal.
        """
        self.photos, self.side_px, self._settings, self._seed = list(photos), side_px, settings, seed
        overlap = settings.overlap
        grids = [TileGrid(photo.width, photo.height, side_px, overlap) for photo in photos]
        self.photo = np.repeat(np.arange(len(grids)), [len(grid) for grid in grids])
        """(T,) the photo of each tile."""
        self.boxes_px = np.concatenate([grid.boxes for grid in grids]) if grids else np.zeros((0, 4), np.int64)
        """(T, 4) xyxy of each tile, px of its photo."""
        self.classes = _classes_shown(self.photos, grids, visible)
        """(T, C) bool, which classes a tile shows."""
        self._with_animals = np.flatnonzero(self.classes.any(1))
        self._empty = np.flatnonzero(~self.classes.any(1) & ~_cut_animals(self.photos, grids))
        if not len(self._with_animals):
            raise InputError("no tile shows an animal; check the classes, and crop_px against the boxes' sizes")
        self._repeats = np.asarray(weights, np.float64)[self.photo[self._with_animals]] * self.repeat_factors()

    def repeat_factors(self) -> NDArray[np.float64]:
        """(tiles with animals,) float64: the largest, over the classes of a tile, of max(1, sqrt(threshold / share of
        the tiles with the class)).

        The formula is that of Gupta et al. 2019, "LVIS", section 5.1, applied to the tiles that show an animal.
        """
        shown = self.classes[self._with_animals]
        share = shown.mean(0)
        wanted = np.sqrt(self._settings.repeat_threshold / np.maximum(share, 1e-12))
        factors: NDArray[np.float64] = np.where(shown, np.maximum(1.0, wanted), 1.0).max(1)
        return factors

    @cached_property
    def _counts(self) -> tuple[int, int]:
        """How many tiles of an epoch have animals, and how many are empty."""
        animals = max(1, round(float(self._repeats.sum())))
        empty = round(animals * self._settings.empty_share / (1 - self._settings.empty_share))
        return animals, min(empty, len(self._empty))

    def __len__(self) -> int:
        """How many tiles an epoch has; it is the same for each epoch."""
        return sum(self._counts)

    def epoch(self, number: int) -> NDArray[np.int64]:
        """(len(self),) int64: the tiles of an epoch in the order in which they are shown. It follows from seed and
        number.

        Photos are shuffled. Then the tiles of `photos_in_memory` photos at a time are shuffled, so that each photo is
        decoded once in an epoch.
        """
        rng = np.random.default_rng((self._seed, number))
        animals, empty = self._counts
        times = np.floor(self._repeats).astype(np.int64)
        rest = self._repeats - times
        more = animals - int(times.sum())
        if more > 0:
            if np.count_nonzero(rest) < more:
                rest = rest + 1e-9
            times[rng.choice(len(times), more, replace=False, p=rest / rest.sum())] += 1
        chosen = np.concatenate(
            [
                np.repeat(self._with_animals, times),
                rng.choice(self._empty, empty, replace=False),
            ]
        )
        turn = rng.permutation(len(self.photos))[self.photo[chosen]] // self._settings.photos_in_memory
        return chosen[np.lexsort((rng.random(len(chosen)), turn))]

    def tile(self, tile: int, rng: np.random.Generator) -> tuple[int, tuple[float, float]]:
        """(photo, centre (x, y) in image px) of a tile, moved from its place at random by at most the jitter."""
        x0, y0, x1, y1 = self.boxes_px[tile]
        reach = self._settings.jitter * self.side_px
        x, y = rng.uniform(-reach, reach, 2)
        return int(self.photo[tile]), ((x0 + x1) / 2 + x, (y0 + y1) / 2 + y)


def shares(photo: LabelledImage, grid: TileGrid) -> NDArray[np.float64]:
    """(tiles, boxes) float64: the share of each box that lies in each tile."""
    tiles, boxes = grid.boxes[:, None, :], photo.boxes_px[None].astype(np.float64)
    sides = np.minimum(tiles[..., 2:], boxes[..., 2:]) - np.maximum(tiles[..., :2], boxes[..., :2])
    areas = (boxes[..., 2:] - boxes[..., :2]).prod(-1)
    shares: NDArray[np.float64] = np.clip(sides, 0, None).prod(-1) / np.maximum(areas, 1e-9)
    return shares


def classes_shown(photo: LabelledImage, share: NDArray[np.float64], visible: float, classes: int) -> NDArray[np.bool_]:
    """(tiles, classes) bool: whether at least the share `visible` of one box of the class lies in the tile.

    Args:
        photo: The photo.
        share: (tiles, boxes), from `shares`.
        visible: The share.
        classes: The number of classes.
    """
    seen = (share >= max(visible, 1e-9)) & ~photo.crowd
    return np.stack([seen[:, photo.labels == label].any(1) for label in range(classes)], axis=1)


def _classes_shown(photos: Sequence[LabelledImage], grids: Sequence[TileGrid], visible: float) -> NDArray[np.bool_]:
    count = 1 + max((int(photo.labels.max()) for photo in photos if len(photo.labels)), default=0)
    each = zip(photos, grids, strict=True)
    return np.concatenate([classes_shown(photo, shares(photo, grid), visible, count) for photo, grid in each])


def _cut_animals(photos: Sequence[LabelledImage], grids: Sequence[TileGrid]) -> NDArray[np.bool_]:
    """(T,) bool: whether any part of any box lies in the tile. Such a tile is not empty, whatever is learnt from it."""
    return np.concatenate([(shares(photo, grid) > 0).any(1) for photo, grid in zip(photos, grids, strict=True)])


def photo_size(path: Path) -> tuple[int, int]:
    """(width, height) of an image file as it is stored, px. Raises InputError if the file cannot be read."""
    try:
        info = raster.inspect(path)
    except GeoError as error:
        raise InputError(f"cannot read the photo {path}: {error}") from error
    return info.width, info.height
