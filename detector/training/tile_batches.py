"""Makes the batches of a tile classifier: views of training tiles, and the tiles of whole validation photos."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from detector.errors import InputError
from detector.evaluation.search import photo_pixels, require_size
from detector.labels.labelled import LabelledImage
from detector.search.tiles import TileGrid
from detector.toml_tables import build_table
from detector.training.augment import Augmentation, View
from detector.training.config import TrainingConfig
from detector.training.data import LARGEST_IMAGE, without_animals
from detector.training.dataset import Dataset
from detector.training.pictures import drawn
from detector.training.tile_classes import JudgedTiles, shown_and_judged

Picture = tuple[str, NDArray[np.uint8]]


@dataclass(frozen=True)
class Targets:
    """Turns views into a batch: tiles (B, S, S, 3) uint8, and targets (B, 1 + C) float32. A row sums to 1 or to 0.

    With `several`, where a tile may have several classes, targets are (B, C) float32: 1 for each class that a tile
    shows, 0 for others, and -1 where nothing is to be learnt.
    """

    classes: int
    several: bool = False

    def __call__(self, shown: list[View]) -> tuple[Tensor, Tensor]:
        tiles = torch.stack([view.pixels for view in shown]).permute(0, 2, 3, 1)
        if self.several:
            return tiles, torch.stack([self._each(view) for view in shown])
        targets = torch.zeros(len(shown), 1 + self.classes)
        for row, view in zip(targets, shown, strict=True):
            if len(view.labels):
                labels = np.unique(view.labels)
                row[torch.from_numpy(1 + labels)] = 1 / len(labels)
            elif not len(view.ignored):
                row[0] = 1
        return tiles, targets

    def _each(self, view: View) -> Tensor:
        """(C,) the targets of a tile that may have several classes."""
        # If part of an animal or of a crowd is there, nobody knows that any other class is not.
        targets = torch.full((self.classes,), -1.0 if len(view.ignored) else 0.0)
        targets[torch.from_numpy(np.unique(view.labels))] = 1
        return targets


class _OnDevice:
    """Batches for fastai's learner, which moves each to its device."""

    def to(self, device: torch.device) -> None:
        """Do nothing: there is no state to move."""


class Epochs(_OnDevice):
    """Cuts a stream of batches into what the learner takes for epochs: each ends with a validation."""

    def __init__(self, stream: Iterator[Any], first: int, steps: int, every: int) -> None:
        self._stream, self._done, self._steps, self._every = stream, first, steps, every

    def __len__(self) -> int:
        return min(self._every - self._done % self._every, self._steps - self._done)

    def __iter__(self) -> Iterator[Any]:
        for batch in islice(self._stream, len(self)):
            self._done += 1
            yield batch


class ValidationTiles(_OnDevice):
    """The tiles of whole validation photos, unchanged, in batches. The learner judges them in this order.

    Attributes:
        several: Whether a tile may have several classes.
        photos: The validation photos; each has a grid and says which of its tiles are judged.
        shown: (T, C) bool, which classes each tile shows.
    """

    def __init__(self, data: Dataset, config: TrainingConfig, several: bool = False) -> None:
        self.several = several
        visible = build_table(Augmentation, config.augment, "[augment]").visible
        self._batch, self._classes = config.schedule.batch, len(config.classes)
        self.photos: list[tuple[LabelledImage, TileGrid, NDArray[np.bool_]]] = []
        shown: list[NDArray[np.bool_]] = [np.zeros((0, self._classes), np.bool_)]
        self.groups: list[str] = []
        for group in data.validation:
            for photo in group.photos:
                sized = photo if photo.width else without_animals(photo.path)
                if sized.width * sized.height > LARGEST_IMAGE:
                    size = f"{sized.width} x {sized.height} px"
                    raise InputError(f"{sized.path} has {size}; expected at most {LARGEST_IMAGE} px; split it")
                grid = TileGrid(sized.width, sized.height, config.output.tile_size, config.output.overlap)
                own, judged = shown_and_judged(sized, grid, visible, self._classes)
                self.photos.append((sized, grid, judged))
                shown.append(own[judged])
                self.groups += [group.name or photo.flight] * int(judged.sum())
        self.shown = np.concatenate(shown)

    def __len__(self) -> int:
        return sum(-(-int(judged.sum()) // self._batch) for _, _, judged in self.photos)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        done = 0
        for photo, grid, judged in self.photos:
            pixels = torch.from_numpy(photo_pixels(photo.path, photo.stretch))
            require_size(photo, pixels.shape[1], pixels.shape[0])
            boxes = grid.boxes[judged]
            for begin in range(0, len(boxes), self._batch):
                tiles = [pixels[y0:y1, x0:x1] for x0, y0, x1, y1 in boxes[begin : begin + self._batch].tolist()]
                shown = torch.from_numpy(self.shown[done : done + len(tiles)]).float()
                targets = shown
                if not self.several:
                    targets = torch.cat([1 - shown.amax(1, keepdim=True), shown], 1)
                    targets /= targets.sum(1, keepdim=True)
                yield torch.stack(tiles), targets
                done += len(tiles)

    def judged(self, probabilities: NDArray[np.float32]) -> JudgedTiles:
        """The tiles with the classifier's answers, (T, 1 + C) float32, or (T, C) if tiles may have several classes."""
        return JudgedTiles.of(probabilities, self.shown, self.groups, self.several)

    def pictures(self, judged: JudgedTiles, threshold: float, classes: Sequence[str], count: int) -> Iterator[Picture]:
        """(name, pixels) of the first photos. The tiles that pass the threshold are drawn as detections."""
        done = 0
        for photo, grid, which in self.photos[:count]:
            own = slice(done, done := done + int(which.sum()))
            passed = judged.animal[own] >= np.float32(threshold)
            boxes = grid.boxes[which][passed].astype(np.float32)
            yield photo.path.name, drawn(photo, boxes, judged.animal[own][passed], judged.best[own][passed], classes)
