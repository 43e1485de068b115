"""Training the compact detector: its targets and its losses."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from detector.detections import Detections
from detector.models import ModelInfo
from detector.models.compact import STRIDE, CompactDetector, CompactFile, CompactShape, export_compact
from detector.toml_tables import build_table
from detector.training import fit as loop
from detector.training.augment import View
from detector.training.checkpoint import ClassRows
from detector.training.config import TrainingConfig
from detector.training.tracker import Tracker

# Standard deviation of the smallest peak, in cells. Labels from the field are a few px off. If the neighbours of the
# labelled cell were plain background, no cell of a small animal could reach a high score.
NARROWEST_PEAK = 0.8
Batch = tuple[Tensor, Tensor, Tensor, Tensor, Tensor]  # pixels, centres, weights, sides, side weights


@dataclass(frozen=True)
class Network:
    """The config's [model]: the widths of the network (see detector.models.compact.CompactShape)."""

    stem: int = 16
    widths: tuple[int, int, int] = (32, 64, 96)
    depths: tuple[int, int, int] = (1, 1, 2)
    head: int = 32


def fit(config: TrainingConfig, tracker: Tracker) -> Path:
    """Train the compact detector and write `<folder>/<name>.onnx` (see detector.training.fit.fit)."""
    return loop.fit(config, trainable(config), tracker)


def trainable(config: TrainingConfig) -> loop.Trainable:
    """The network as the loop trains it."""
    return Compact(config)


def rates(config: TrainingConfig) -> NDArray[np.float64]:
    """(steps,) the learning rate of every step."""
    return loop.rates(config)


class Compact:
    """The compact detector as the loop trains it."""

    backbone = ("stem.", "fine.", "middle.", "coarse.")
    heads = ("head.", "centre.", "sides.")

    def __init__(self, config: TrainingConfig) -> None:
        shape = asdict(build_table(Network, config.model, "[model]"))
        torch.manual_seed(config.seed)
        network = CompactDetector(CompactShape(classes=len(config.classes), **shape))
        self.network: nn.Module = network.to(memory_format=torch.channels_last)
        self._classes, self._crop_px = len(config.classes), config.schedule.crop_px

    def collate(self, views: list[View]) -> Batch:
        """The pixels of the views, (B, 3, S, S), and their `targets`, each stacked."""
        made = [targets(v.boxes, v.labels, v.ignored, self._classes, self._crop_px) for v in views]
        pixels = torch.stack([view.pixels for view in views])
        centres, weights, sides, side_weights = (torch.stack(parts) for parts in zip(*made, strict=True))
        return pixels, centres, weights, sides, side_weights

    def losses(self, network: Callable[..., Any], batch: Batch, device: torch.device) -> dict[str, Tensor]:
        """Parts of the loss by name, each a scalar. `network` is this network, or a wrapper that shares it."""
        pixels, centres, weights, sides, side_weights = (part.to(device, non_blocking=True) for part in batch)
        logits, distances = network(pixels.float().contiguous(memory_format=torch.channels_last))
        return {
            "loss_centre": centre_loss(logits, centres, weights),
            "loss_box": box_loss(distances, sides, side_weights),
        }

    def detect(self, network: nn.Module, tiles: NDArray[np.uint8], device: torch.device, lowest: float) -> Detections:
        """Detections, in tile px, in tiles (B, H, W, 3) uint8 RGB, from the floor on that is built into the model file;
        `lowest` cannot lower it.
        """
        assert isinstance(network, CompactDetector)
        with torch.no_grad():
            boxes, scores, labels, item = CompactFile(network).eval()(torch.from_numpy(tiles).to(device))
        return Detections.of(*(part.cpu().numpy() for part in (boxes, scores, labels, item)))

    def class_rows(self, name: str) -> ClassRows | None:
        """The rows of a parameter, or None if it has none for classes (see `checkpoint.start_from`)."""
        return ClassRows(0, 1) if name.startswith("centre.") else None

    def write(self, network: nn.Module, info: ModelInfo, folder: Path) -> Path:
        """Write the model file into `folder`."""
        assert isinstance(network, CompactDetector)
        path = folder / f"{info.name}.onnx"
        export_compact(network.cpu(), info, path)
        return path


def targets(
    boxes: NDArray[np.float32], labels: NDArray[np.int64], ignored: NDArray[np.float32], classes: int, crop_px: int
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """What the network should answer for a view.

    Args:
        boxes: (N, 4) float32 xyxy, view px.
        labels: (N,) int64.
        ignored: (M, 4) float32 xyxy, view px: nothing is learnt inside these boxes.
        classes: The number of classes.
        crop_px: The side of the view.

    Returns:
        `centres` (classes, h, w): a Gaussian peak of 1 in the cell of the centre of each box, wider for larger boxes
        (Liu et al. 2020, "Training-Time-Friendly Network"). `weights` (1, h, w): 0 where nothing is learnt. `sides` (4,
        h, w): the distances from the cell to the sides of its box, tile px. `side_weights` (1, h, w): the weights of
        the cells of one box sum to at most 1. All are float32.
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
    # Large boxes come first: if two peaks are equally high, the smaller box gets the cell (a calf beside its mother).
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


def centre_loss(logits: Tensor, centres: Tensor, weights: Tensor) -> Tensor:
    """The focal loss of Zhou et al. 2019, equation 1 (alpha 2, beta 4), per animal: a scalar.

    Cells near a centre are punished less.
    """
    score = logits.sigmoid()
    peak = centres.eq(1).float()
    on_peak = peak * (1 - score).square() * F.logsigmoid(logits)
    beside = (1 - centres).pow(4) * score.square() * F.logsigmoid(-logits)
    return -(weights * (on_peak + beside * (1 - peak))).sum() / peak.sum().clamp(min=1)


def box_loss(distances: Tensor, sides: Tensor, weights: Tensor) -> Tensor:
    """The loss of generalised IoU (Rezatofighi et al. 2019) per animal: a scalar.

    Both boxes are given by the distances of their sides from one point, (B, 4, h, w).
    """
    left, top, right, bottom = distances.unbind(1)
    true_left, true_top, true_right, true_bottom = sides.unbind(1)
    area = (left + right) * (top + bottom)
    true_area = (true_left + true_right) * (true_top + true_bottom)
    shared = (left.minimum(true_left) + right.minimum(true_right)) * (
        top.minimum(true_top) + bottom.minimum(true_bottom)
    )
    hull = (left.maximum(true_left) + right.maximum(true_right)) * (top.maximum(true_top) + bottom.maximum(true_bottom))
    union = area + true_area - shared
    loss = 1 - shared / union + (hull - union) / hull
    weight = weights[:, 0]
    return (loss * weight).sum() / weight.sum().clamp(min=1)
