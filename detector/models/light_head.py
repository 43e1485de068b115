"""A light head: a detector that is fitted in seconds to a few marked animals, over features of a frozen network.

In each cell of the features, one logistic regression for each class says how probable it is that an animal's middle is
there. The answers are smoothed over a part of an animal. Peaks are animals; a second regression gives their boxes.
The file is a NumPy .npz of a few kB, read without pickle. `detector.models.light_fit` makes it.
"""

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.detections import Detections
from detector.errors import ModelError
from detector.models.files import ModelFiles
from detector.models.floor import SCORE_FLOOR
from detector.models.info import ModelInfo
from detector.models.light_body import CELL_PX, CHANNELS, LightBody
from geo.output import whole

_MOST_BYTES = 16 << 20  # of the file unpacked
_MOST_PEAKS = 2000  # of a tile
_APART = 0.62  # how near two animals may be, in sizes of their boxes
_SMOOTHED = 0.45  # over what part of an animal's length answers are averaged
_LOWEST, _HIGHEST = 1 / 64, 8.0  # zoom


@dataclass(frozen=True, eq=False)
class LightHead:
    """What is fitted. Raises ModelError for arrays of other shapes, or that are not finite.

    Attributes:
        info: What the model says about itself.
        zoom: By how much tiles are enlarged before the network sees them.
        length_px: How long an animal then is, px of the scaled tile.
        mean, spread: (CHANNELS,) float64: features are standardised by them.
        weights: (C, CHANNELS + 1) float64: of each class's logistic regression, the constant last.
        boxes: (CHANNELS + 1, 4) float64: from features to the middle (right, down) and the size (log width, log height)
            of the box, in lengths of an animal.
    """

    info: ModelInfo
    zoom: float
    length_px: float
    mean: NDArray[np.float64]
    spread: NDArray[np.float64]
    weights: NDArray[np.float64]
    boxes: NDArray[np.float64]

    def __post_init__(self) -> None:
        shapes = {
            "mean": (CHANNELS,),
            "spread": (CHANNELS,),
            "weights": (len(self.info.classes), CHANNELS + 1),
            "boxes": (CHANNELS + 1, 4),
        }
        for name, shape in shapes.items():
            array = getattr(self, name)
            if array.shape != shape or array.dtype != np.float64 or not np.isfinite(array).all():
                raise ModelError(f"light head: {name} is {array.dtype} {array.shape}: expected finite float64 {shape}")
        if not (self.spread > 0).all() or not _LOWEST <= self.zoom <= _HIGHEST or not 4 <= self.length_px <= 1024:
            raise ModelError(
                f"light head: zoom {self.zoom:g}, length {self.length_px:g} px: expected {_LOWEST:g} to {_HIGHEST:g}, "
                "4 to 1024"
            )

    def standardised(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """(h, w, CHANNELS + 1) from the features (CHANNELS, h, w) of one tile, with 1 as the last."""
        moved = (np.moveaxis(features, 0, -1) - self.mean) / self.spread
        return np.concatenate([moved, np.ones((*moved.shape[:2], 1))], axis=2)

    def probabilities(self, standardised: NDArray[np.float64]) -> NDArray[np.float64]:
        """(C, h, w): how probable the middle of an animal of each class is in each cell, smoothed."""
        raw = 1 / (1 + np.exp(-np.clip(standardised @ self.weights.T, -30, 30)))
        side = int(self.length_px * _SMOOTHED / CELL_PX) // 2 * 2 + 1
        return np.stack([_smoothed(raw[:, :, label], side) for label in range(raw.shape[2])])


class LightHeadDetector:
    """A light head with its network. See `detector.models.Model`."""

    remarks: tuple[str, ...] = ()

    def __init__(self, head: LightHead, body: LightBody, files: tuple[Path, ...]) -> None:
        self.head, self.files, self._body = head, files, body
        self.device, self.calls_at_once = body.device, body.calls_at_once

    @property
    def info(self) -> ModelInfo:
        """What the file says about the model."""
        return self.head.info

    @property
    def about(self) -> Mapping[str, str]:
        """What it is made of."""
        return {"framework": "light head over EfficientNet-Lite0 (ImageNet)", "zoom": f"{self.head.zoom:.2f}"}

    def limit(self, seconds: float) -> None:
        """From now on, one call may take so long. See `detector.models.Interruptible`."""
        self._body.calls.limit_s = seconds

    def stop(self) -> None:
        """End the calls that are running. See `detector.models.Interruptible`."""
        self._body.calls.stop()

    def detect(self, tiles: NDArray[np.uint8]) -> Detections:
        """The detections in a batch, in tile px. tiles: (B, H, W, 3) uint8 RGB. Raises ModelError."""
        features, cell = self._body.features(tiles, self.head.zoom)
        height, width = tiles.shape[1:3]
        found = [found_in(self.head, one, cell, (width, height), number) for number, one in enumerate(features)]
        return Detections.concatenate(found)


def found_in(
    head: LightHead, features: NDArray[np.float32], cell: tuple[float, float], size: tuple[int, int], tile: int = 0
) -> Detections:
    """The animals of one tile, in tile px.

    Args:
        head: The light head.
        features: (CHANNELS, h, w) float32.
        cell: The side of a cell in tile px, across and down.
        size: The tile's width and height, px.
        tile: Its index in the batch.
    """
    standardised = head.standardised(features)
    by_class = head.probabilities(standardised)
    best = by_class.max(axis=0)
    ys, xs = np.nonzero(best >= SCORE_FLOOR)
    order = np.argsort(-best[ys, xs], kind="stable")
    ys, xs = ys[order], xs[order]
    shape = standardised[ys, xs] @ head.boxes
    sizes = np.exp(np.clip(shape[:, 2:], -1, 1)) * head.length_px / CELL_PX  # cells
    middles = np.stack([xs + 0.5, ys + 0.5], axis=1)
    kept = _peaks(middles, sizes)
    middles = middles[kept] + shape[kept, :2] * head.length_px / CELL_PX
    half = sizes[kept] / 2
    boxes = np.hstack([middles - half, middles + half]) * np.array([*cell, *cell])
    boxes = np.clip(boxes, 0, np.array([*size, *size], float))
    rows, columns = ys[kept], xs[kept]
    labels = by_class[:, rows, columns].argmax(axis=0)
    inside = (boxes[:, 2] - boxes[:, 0] >= 1) & (boxes[:, 3] - boxes[:, 1] >= 1)
    return Detections.of(boxes[inside], best[rows, columns][inside], labels[inside], tile)


def load(
    files: ModelFiles, device: str = "auto", threads: int | None = None, trust: bool = False, calls_at_once: int = 1
) -> LightHeadDetector:
    """Open a light head. The arguments are those of `detector.models.onnx.load`. Raises ModelError."""
    return LightHeadDetector(read(files.path), LightBody(device, threads, calls_at_once), files.all)


def read(path: Path) -> LightHead:
    """Read a light head's file. Raises ModelError for any other file."""
    try:
        with zipfile.ZipFile(path) as packed:
            if sum(one.file_size for one in packed.infolist()) > _MOST_BYTES:
                raise ModelError(f"{path.name} is too large for a light head")
        with np.load(path, allow_pickle=False) as arrays:
            info = ModelInfo.from_json(str(arrays["info"]))
            numbers = {name: arrays[name] for name in ("mean", "spread", "weights", "boxes")}
            return LightHead(info, float(arrays["zoom"]), float(arrays["length_px"]), **numbers)
    except ModelError:
        raise
    except Exception as error:  # whatever the file holds in the place of arrays
        raise ModelError(f"{path.name} is not a light head that Herdmap has made ({type(error).__name__})") from error


def write(head: LightHead, path: Path) -> None:
    """Write a light head's file, whole or not at all. Raises OutputError."""
    arrays: dict[str, Any] = {name: getattr(head, name) for name in ("mean", "spread", "weights", "boxes")}
    with whole(path) as part, part.open("wb") as file:
        np.savez(file, info=head.info.to_json(), zoom=head.zoom, length_px=head.length_px, **arrays)


def _smoothed(values: NDArray[np.float64], side: int) -> NDArray[np.float64]:
    """The means over squares of side x side cells (odd), with the edge repeated."""
    if side <= 1:
        return values
    padded = np.pad(values, side // 2, mode="edge")
    sums = np.pad(padded, ((1, 0), (1, 0))).cumsum(axis=0).cumsum(axis=1)
    inside = sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]
    return np.asarray(inside / side**2)


def _peaks(middles: NDArray[np.float64], sizes: NDArray[np.float64]) -> NDArray[np.int64]:
    """The candidates, best first, that are far enough from each better one. middles, sizes: (N, 2) in cells."""
    kept: list[int] = []
    left = np.ones(len(middles), bool)
    for number in range(len(middles)):
        if not left[number]:
            continue
        kept.append(number)
        if len(kept) >= _MOST_PEAKS:
            break
        apart = np.abs(middles - middles[number]) / ((sizes + sizes[number]) / 2)
        left &= apart.max(axis=1) >= _APART
    return np.array(kept, np.int64)
