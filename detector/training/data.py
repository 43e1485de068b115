"""Reads the pixels of labelled photos, and makes an endless, repeatable stream of views of them.

The seed and the number of a view decide everything about it: which photo, which crop, which light. So a run that was
stopped continues with the same views that it would have seen, and processes that share a run divide its views.
"""

import signal
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler

from detector.errors import InputError
from detector.evaluation.search import photo_pixels
from detector.labels.labelled import LabelledImage
from detector.stop_signals import stop_signals
from detector.toml_tables import build_table
from detector.training.augment import Augmentation, Scene, View, make_tile, make_view
from detector.training.config import TrainingConfig
from detector.training.dataset import Dataset as Photos
from detector.training.dataset import with_pixels
from detector.training.tiling import Tiling, photo_size

LARGEST_IMAGE = 80_000_000  # px; below the size at which Pillow warns


def read_pixels(path: Path, stretch: tuple[float, float] | None = None) -> Tensor:
    """The pixels of an image as they are stored, (3, H, W) uint8 RGB. The EXIF orientation is not applied.

    They are read as a search reads them: another decoder of JPEG would give others, and a model would count others.

    Args:
        path: The image.
        stretch: The values (low, high) that become 0 and 255, if the image is not 8 bit; by default the image's own.

    Raises:
        InputError: The file cannot be read, or has more than `LARGEST_IMAGE` pixels.
    """
    width, height = photo_size(path)
    if width * height > LARGEST_IMAGE:
        raise InputError(f"{path} has {width}x{height} px; expected at most {LARGEST_IMAGE} px; split it")
    pixels = photo_pixels(path, stretch)
    return torch.from_numpy(np.ascontiguousarray(pixels.transpose(2, 0, 1)))


def load_scene(photo: LabelledImage) -> Scene:
    """Decode a labelled photo. Raises InputError if its size is not the size that its labels state."""
    pixels = read_pixels(photo.path, photo.stretch)
    if pixels.shape[1:] != (photo.height, photo.width):
        raise InputError(
            f"{photo.path} has {pixels.shape[2]}x{pixels.shape[1]} px, but its labels are for "
            f"{photo.width}x{photo.height} px; label the image in its present size"
        )
    return Scene(pixels, photo.boxes_px, photo.labels, photo.crowd)


def without_animals(path: Path) -> LabelledImage:
    """A photo that is known to be empty. Its size is read from its header."""
    width, height = photo_size(path)
    none = np.zeros((0, 4), np.float32), np.zeros(0, np.int64), np.zeros(0, np.bool_)
    return LabelledImage(path, width, height, path.stem, *none)


class Views(Dataset[View]):
    """The views that a run is shown, by index. An epoch has `len` views; the index continues beyond the first epoch."""

    def __len__(self) -> int:
        raise NotImplementedError

    def __getitem__(self, index: int) -> View:
        raise NotImplementedError


def views(photos: Photos, config: TrainingConfig) -> Views:
    """The views of a run: tiles of whole photos if the config has [tiles], else random crops of images in memory."""
    settings = build_table(Augmentation, config.augment, "[augment]")
    return Crops(photos, config, settings) if config.tiles is None else TileViews(photos, config, settings)


def epoch_length(photos: Photos, config: TrainingConfig) -> int:
    """How many views an epoch has. No pixel is read."""
    if config.tiles is not None:
        return len(tiling(photos, config, build_table(Augmentation, config.augment, "[augment]")))
    return sum(len(group.photos) for group in photos.training) + len(photos.negatives)


class Crops(Views):
    """Random crops and mosaics of whole images in memory. An epoch has one view for each image."""

    def __init__(self, photos: Photos, config: TrainingConfig, settings: Augmentation) -> None:
        self._groups = [[load_scene(photo) for photo in _sized(group.photos)] for group in photos.training]
        weights = [group.weight for group in photos.training]
        if photos.negatives:
            self._groups.append([load_scene(photo) for photo in _negatives(photos)])
            weights.append(photos.negatives_weight)
        self._shares = np.array(weights, np.float64) / np.sum(weights)
        self._crop_px, self._settings, self._seed = config.schedule.crop_px, settings, config.seed

    def __len__(self) -> int:
        return sum(map(len, self._groups))

    def __getitem__(self, index: int) -> View:
        rng = np.random.default_rng((self._seed, index))
        # A mosaic uses one source only, so that light and scale agree, and simulated animals stay out of real photos.
        scenes = self._groups[int(rng.choice(len(self._shares), p=self._shares))]
        chosen = [scenes[rng.integers(len(scenes))] for _ in range(4)]
        return make_view(chosen, self._crop_px, self._settings, rng)


class TileViews(Views):
    """Tiles of whole photos. A photo is decoded when it is needed; each process keeps the last few in memory."""

    def __init__(self, photos: Photos, config: TrainingConfig, settings: Augmentation) -> None:
        self.tiling, self._settings = tiling(photos, config, settings), settings
        self._crop_px, self._seed = config.schedule.crop_px, config.seed
        assert config.tiles is not None
        self._memory = config.tiles.photos_in_memory
        self._scene: Callable[[int], Scene] | None = None
        self._epoch: tuple[int, NDArray[np.int64]] | None = None

    def __len__(self) -> int:
        return len(self.tiling)

    def __getitem__(self, index: int) -> View:
        number, place = divmod(index, len(self.tiling))
        if self._epoch is None or self._epoch[0] != number:
            self._epoch = number, self.tiling.epoch(number)
        if self._scene is None:  # made here, in the process that reads, so that no cache is copied to it
            self._scene = lru_cache(self._memory)(lambda photo: load_scene(self.tiling.photos[photo]))
        rng = np.random.default_rng((self._seed, index))
        photo, centre = self.tiling.tile(int(self._epoch[1][place]), rng)
        return make_tile(self._scene(photo), centre, self._crop_px, self._settings, rng)


def tiling(photos: Photos, config: TrainingConfig, settings: Augmentation) -> Tiling:
    """The tiles of the training photos."""
    assert config.tiles is not None
    labelled = [photo for group in photos.training for photo in _sized(group.photos)]
    weights = [group.weight for group in photos.training for _ in group.photos]
    empty = _negatives(photos)
    return Tiling(
        [*labelled, *empty],
        [*weights, *[1.0] * len(empty)],
        config.schedule.crop_px,
        settings.visible,
        config.tiles,
        config.seed,
    )


def _negatives(photos: Photos) -> list[LabelledImage]:
    return with_pixels([without_animals(path) for path in photos.negatives])


def _sized(photos: tuple[LabelledImage, ...]) -> list[LabelledImage]:
    """The photos with their sizes. If the labels do not state the size, it is read from the header."""
    sized = []
    for photo in photos:
        width, height = (photo.width, photo.height) if photo.width else photo_size(photo.path)
        sized.append(replace(photo, width=width, height=height))
    return sized


def batches(
    shown: Views,
    collate: Callable[[list[View]], Any],
    batch: int,
    first_step: int,
    steps: int,
    workers: int,
    part: tuple[int, int] = (0, 1),
) -> Generator[Any]:
    """The batches of the steps from `first_step` up to `steps`, not included.

    Args:
        shown: The views.
        collate: Makes a batch from a list of views.
        batch: Views in a batch, over all processes.
        first_step: How many steps are done.
        steps: Steps of the whole run.
        workers: How many processes prepare batches ahead of the training; 0 for none.
        part: (rank, processes), if several processes share a run. Each gets its own part of every batch.

    Raises:
        InputError: The batch cannot be divided equally among the processes.
    """
    rank, processes = part
    if batch % processes:
        raise InputError(
            f"a batch of {batch} cannot be divided among {processes} processes; expected a multiple of {processes}"
        )
    own = batch // processes
    loader = DataLoader(
        shown,
        batch_size=own,
        sampler=_Indices(batch, first_step, steps, rank * own, own),
        num_workers=workers,
        collate_fn=collate,
        prefetch_factor=4 if workers else None,
        worker_init_fn=_ignore_stops,
    )
    yield from loader


def _ignore_stops(worker: int) -> None:
    """Let the run's own process decide when it ends: Ctrl-C and a cluster's shutdown reach its workers too."""
    for number in stop_signals():
        signal.signal(number, signal.SIG_IGN)


@dataclass(frozen=True)
class _Indices(Sampler[int]):
    """The indices of the views of one process: from each batch, `own` views from the place `begin` on."""

    batch: int
    first_step: int
    steps: int
    begin: int
    own: int

    def __len__(self) -> int:
        return max(0, self.steps - self.first_step) * self.own

    def __iter__(self) -> Iterator[int]:
        for step in range(self.first_step, self.steps):
            yield from range(step * self.batch + self.begin, step * self.batch + self.begin + self.own)
