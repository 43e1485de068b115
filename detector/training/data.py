"""Scenes in memory, and an endless, repeatable stream of views of them with their targets."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from detector.errors import InputError
from detector.models.compact import STRIDE
from detector.training.augment import Augmentation, Scene, make_view
from detector.training.config import Negatives, Source
from detector.training.labels import read_coco

LARGEST_IMAGE = 80_000_000  # px; below the size at which Pillow warns
# Cells, a standard deviation. Field labels are a few px off: were the cell beside the labelled one plain background,
# no cell of a small animal could be sure of itself.
NARROWEST_PEAK = 0.8
Targets = tuple[Tensor, Tensor, Tensor, Tensor, Tensor]  # pixels, centres, weights, sides, side weights


def read_pixels(path: Path) -> Tensor:
    """An 8-bit image's pixels, (3, H, W) uint8 RGB: any format that Pillow reads (torchvision brings it along).

    Raises InputError where the file cannot be read, or is larger than `LARGEST_IMAGE` pixels.
    """
    try:
        with Image.open(path) as image:
            if image.width * image.height > LARGEST_IMAGE:
                raise InputError(f"{path} has {image.width}x{image.height} px; cut it up: at most {LARGEST_IMAGE} px")
            pixels = np.array(image.convert("RGB"))
    except UnidentifiedImageError as error:
        raise InputError(f"{path} is no image that can be read; give JPEG, PNG or 8-bit TIFF") from error
    except OSError as error:
        raise InputError(f"cannot read the image {path}: {error.strerror or error}") from error
    except Image.DecompressionBombError as error:
        raise InputError(f"{path} claims more pixels than training takes; cut it up") from error
    return torch.from_numpy(np.ascontiguousarray(pixels.transpose(2, 0, 1)))


def load_scenes(source: Source, classes: tuple[str, ...]) -> list[Scene]:
    """Every image of a source's flights, decoded. Raises InputError where none is left."""
    labelled = [image for image in read_coco(source.coco, source.images, classes) if source.takes(image.flight)]
    if not labelled:
        raise InputError(f"{source.coco} has no image of the flights asked for; check `flights` and `without`")
    scenes = []
    for image in labelled:
        pixels = read_pixels(image.path)
        if pixels.shape[1:] != (image.height, image.width):
            raise InputError(
                f"{image.path} is {pixels.shape[2]}x{pixels.shape[1]} px and its labels are for "
                f"{image.width}x{image.height}; label the image as it is"
            )
        scenes.append(Scene(pixels, image.boxes_px, image.labels, image.crowd))
    return scenes


def load_negatives(negatives: Negatives) -> list[Scene]:
    """Every image in which there is none of the animals, decoded."""
    none = np.zeros((0, 4), np.float32), np.zeros(0, np.int64), np.zeros(0, np.bool_)
    return [Scene(read_pixels(path), *none) for path in negatives.paths()]


class Views(Dataset[Targets]):
    """View number `index` of a run: which scene, which crop and which light follow from (seed, index) alone, so a
    run that was stopped goes on with the very views it would have seen."""

    def __init__(
        self,
        groups: list[tuple[list[Scene], float]],
        classes: int,
        crop_px: int,
        settings: Augmentation,
        seed: int,
    ) -> None:
        self.groups = [scenes for scenes, _ in groups]
        weights = np.array([weight for _, weight in groups], np.float64)
        self.shares = weights / weights.sum()
        self.classes, self.crop_px, self.settings, self.seed = classes, crop_px, settings, seed

    def __getitem__(self, index: int) -> Targets:
        rng = np.random.default_rng((self.seed, index))
        chosen = [self.groups[g][rng.integers(len(self.groups[g]))] for g in self._draw(rng)]
        view = make_view(chosen, self.crop_px, self.settings, rng)
        return (view.pixels.contiguous(), *targets(view.boxes, view.labels, view.ignored, self.classes, self.crop_px))

    def _draw(self, rng: np.random.Generator) -> list[int]:
        # Mosaics stay within a source: its light and scale are one, and simulated animals do not walk into photos.
        group = int(rng.choice(len(self.shares), p=self.shares))
        return [group] * 4


def targets(
    boxes: NDArray[np.float32], labels: NDArray[np.int64], ignored: NDArray[np.float32], classes: int, crop_px: int
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """What the network should say of a view.

    centres (classes, h, w): a Gaussian peak of 1 in the cell of each box's centre, wider for larger boxes (Liu et al.
    2020, "Training-Time-Friendly Network"); weights (1, h, w): 0 where nothing is learnt; sides (4, h, w): distances
    to the box's sides in tile px; side_weights (1, h, w): each box's cells sum to 1.
    """
    size = crop_px // STRIDE
    centres = np.zeros((classes, size, size), np.float32)
    weights = np.ones((1, size, size), np.float32)
    sides = np.ones((4, size, size), np.float32)
    side_weights = np.zeros((1, size, size), np.float32)
    claimed = np.zeros((size, size), np.float32)
    for x0, y0, x1, y1 in ignored / STRIDE:
        weights[0, int(y0) : int(np.ceil(y1)), int(x0) : int(np.ceil(x1))] = 0
    cells = np.arange(size, dtype=np.float32)
    # Large boxes first, so that a calf beside its mother keeps its own cells.
    for i in np.argsort(-(boxes[:, 2:] - boxes[:, :2]).prod(1), kind="stable"):
        x0, y0, x1, y1 = boxes[i] / STRIDE
        column, row = min(int((x0 + x1) / 2), size - 1), min(int((y0 + y1) / 2), size - 1)
        reach_x, reach_y = 0.27 * (x1 - x0), 0.27 * (y1 - y0)
        wide, high = max(1, int(reach_x)), max(1, int(reach_y))
        left, right = max(0, column - wide), min(size, column + wide + 1)
        top, bottom = max(0, row - high), min(size, row + high + 1)
        spread_x = max(NARROWEST_PEAK, (2 * reach_x + 1) / 6)
        spread_y = max(NARROWEST_PEAK, (2 * reach_y + 1) / 6)
        along_x = np.exp(-0.5 * ((cells[left:right] - column) / spread_x) ** 2)
        along_y = np.exp(-0.5 * ((cells[top:bottom] - row) / spread_y) ** 2)
        peak = along_y[:, None] * along_x[None, :]
        centre = centres[labels[i], top:bottom, left:right]
        np.maximum(centre, peak, out=centre)
        weights[0, row, column] = 1
        mine = peak >= claimed[top:bottom, left:right]
        claimed[top:bottom, left:right][mine] = peak[mine]
        x, y = cells[left:right] + 0.5, cells[top:bottom] + 0.5
        own = np.broadcast_arrays((x - x0)[None, :], (y - y0)[:, None], (x1 - x)[None, :], (y1 - y)[:, None])
        inside = mine & (np.minimum.reduce(own) > 0)
        for side, distance in zip(sides, own, strict=True):
            side[top:bottom, left:right][inside] = distance[inside] * STRIDE
        side_weights[0, top:bottom, left:right][inside] = (peak / peak.sum())[inside]
    return (
        torch.from_numpy(centres),
        torch.from_numpy(weights),
        torch.from_numpy(sides),
        torch.from_numpy(side_weights),
    )


def batches(views: Views, batch: int, first_step: int, steps: int, workers: int) -> Iterator[Targets]:
    """The batches of steps `first_step` to `steps`, made ahead of the training by `workers` processes (0: in line)."""
    loader = DataLoader(
        views,
        batch_size=batch,
        sampler=range(first_step * batch, steps * batch),
        num_workers=workers,
        prefetch_factor=4 if workers else None,
    )
    for parts in loader:
        yield tuple(parts)
