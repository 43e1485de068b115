"""Pixels of labelled photos, and an endless, repeatable stream of views of them.

The seed and the number of a view decide everything about it: which photo, which crop, which light. So a run that was
stopped continues with the same views that it would have seen, and processes that share a run divide its views.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler

from detector.errors import InputError
from detector.evaluation.search import photo_pixels
from detector.labels.coco import LabelledImage
from detector.toml_tables import build_table
from detector.training.augment import Augmentation, Scene, View, make_tile, make_view
from detector.training.config import TrainingConfig
from detector.training.dataset import Dataset as Photos
from detector.training.dataset import with_pixels
from detector.training.tiling import Tiling, photo_size

LARGEST_IMAGE = 80_000_000  # px; below the size at which Pillow warns
_MODES_8_BIT = ("1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK", "YCbCr")


def read_pixels(path: Path, stretch: tuple[float, float] | None = None) -> Tensor:
    """An image's pixels as they are stored, (3, H, W) uint8 RGB. EXIF's orientation is not applied.

    JPEG and PNG of 8 bit are read by Pillow (torchvision brings it along); all else as a search reads it.
    stretch: (low, high) that become 0 and 255 where it is not 8 bit; by default its own.

    Raises InputError where the file cannot be read, or is larger than `LARGEST_IMAGE` pixels.
    """
    try:
        with Image.open(path) as image:
            if image.width * image.height > LARGEST_IMAGE:
                raise InputError(
                    f"{path} has {image.width}x{image.height} px; expected at most {LARGEST_IMAGE} px; split it"
                )
            # Pillow turns a TIFF by its tag, and cuts 16 bit off at 255.
            if image.format not in ("JPEG", "MPO", "PNG") or image.mode not in _MODES_8_BIT:
                pixels = photo_pixels(path, stretch)
            else:
                pixels = np.array(image.convert("RGB"))
    except UnidentifiedImageError as error:
        raise InputError(f"{path} is not an image that training can read; expected JPEG, PNG or TIFF") from error
    except OSError as error:
        raise InputError(f"cannot read the image {path}: {error.strerror or error}") from error
    except Image.DecompressionBombError as error:
        raise InputError(f"{path} says that it has more pixels than training takes; split it") from error
    return torch.from_numpy(np.ascontiguousarray(pixels.transpose(2, 0, 1)))


def load_scene(photo: LabelledImage) -> Scene:
    """A labelled photo, decoded. Raises InputError where it has another size than its labels say."""
    pixels = read_pixels(photo.path, photo.stretch)
    if pixels.shape[1:] != (photo.height, photo.width):
        raise InputError(
            f"{photo.path} has {pixels.shape[2]}x{pixels.shape[1]} px, but its labels are for "
            f"{photo.width}x{photo.height} px; label the image in its present size"
        )
    return Scene(pixels, photo.boxes_px, photo.labels, photo.crowd)


def without_animals(path: Path) -> LabelledImage:
    """A photo that is known to be empty, its size read from its header."""
    width, height = photo_size(path)
    none = np.zeros((0, 4), np.float32), np.zeros(0, np.int64), np.zeros(0, np.bool_)
    return LabelledImage(path, width, height, path.stem, *none)


class Views(Dataset[View]):
    """What a run is shown, by index; an epoch is `len` of them, and the index goes on beyond."""

    def __len__(self) -> int:
        raise NotImplementedError

    def __getitem__(self, index: int) -> View:
        raise NotImplementedError


def views(photos: Photos, config: TrainingConfig) -> Views:
    """Tiles of full photos where the config has [tiles], else random crops of images that all fit into memory."""
    settings = build_table(Augmentation, config.augment, "[augment]")
    return Crops(photos, config, settings) if config.tiles is None else TileViews(photos, config, settings)


def epoch_length(photos: Photos, config: TrainingConfig) -> int:
    """How many views an epoch has, without reading a pixel."""
    if config.tiles is not None:
        return len(tiling(photos, config, build_table(Augmentation, config.augment, "[augment]")))
    return sum(len(group.photos) for group in photos.training) + len(photos.negatives)


class Crops(Views):
    """Random crops and mosaics of whole images in memory: an epoch is one for each image."""

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
        # Mosaics stay within a source: its light and scale are one, and simulated animals do not walk into photos.
        scenes = self._groups[int(rng.choice(len(self._shares), p=self._shares))]
        chosen = [scenes[rng.integers(len(scenes))] for _ in range(4)]
        return make_view(chosen, self._crop_px, self._settings, rng)


class TileViews(Views):
    """Tiles of full photos, decoded as they are needed; of a process's photos the last few stay in memory."""

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
        if self._scene is None:  # made in the process that reads: a cache is not copied to another one
            self._scene = lru_cache(self._memory)(lambda photo: load_scene(self.tiling.photos[photo]))
        rng = np.random.default_rng((self._seed, index))
        photo, centre = self.tiling.tile(int(self._epoch[1][place]), rng)
        return make_tile(self._scene(photo), centre, self._crop_px, self._settings, rng)


def tiling(photos: Photos, config: TrainingConfig, settings: Augmentation) -> Tiling:
    """The tiles of a data set's training photos."""
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
    """With sizes: labels that do not say one are for any."""
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
) -> Iterator[Any]:
    """The batches of steps `first_step` to `steps`, made ahead of the training by `workers` processes (0: in line).

    part: (rank, processes) where several share a run; each gets its own slice of every batch.
    Raises InputError where the batch cannot be shared out.
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
    )
    yield from loader


@dataclass(frozen=True)
class _Indices(Sampler[int]):
    """The views of a process, step by step: `own` of each batch, from `begin` on."""

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
