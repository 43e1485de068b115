"""A detector with known answers: it draws a box around every bright rectangle of a tile. Pure numpy, no weights."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from detector.detections import Detections
from detector.models import BUNDLED, ModelInfo


class SpotModel:
    """Bright rectangles on a dark ground, each of a grey value of its own: one value, one box, as far as the tile sees.

    The score is 0.9; the label is 0 for even values and 1 for odd ones.
    """

    device = "cpu"
    files = (BUNDLED / "sheep.onnx",)  # its digest stands for the model's
    about: Mapping[str, str] = {}
    remarks: tuple[str, ...] = ()

    def __init__(
        self, tile_size: int = 64, overlap: int = 16, gsd_m: float | None = None, calls_at_once: int = 1
    ) -> None:
        self.calls_at_once = calls_at_once
        self.info = ModelInfo("detector", "spots", ("even", "odd"), tile_size, overlap, gsd_m=gsd_m)
        self.batches: list[tuple[int, ...]] = []

    def detect(self, tiles: NDArray[np.uint8]) -> Detections:
        self.batches.append(tiles.shape)
        boxes, labels, index = [], [], []
        for i, tile in enumerate(tiles):
            for value in np.unique(tile[:, :, 0]):
                if value >= 100:
                    rows, columns = np.nonzero(tile[:, :, 0] == value)
                    boxes.append([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1])
                    labels.append(value % 2)
                    index.append(i)
        return Detections.of(boxes, np.full(len(boxes), 0.9), labels, np.array(index, np.int32))


def scene(
    width: int, height: int, spots: int, seed: int = 0, extent: tuple[int, int] = (6, 14)
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """(pixels (H, W, 3), boxes (N, 4)): up to `spots` rectangles that do not touch, values 100 to 250 in turn."""
    rng = np.random.default_rng(seed)
    pixels = np.full((height, width, 3), 20, np.uint8)
    boxes: list[list[int]] = []
    for _ in range(50 * spots):
        if len(boxes) == spots:
            break
        w, h = rng.integers(*extent, 2)
        x, y = rng.integers(0, width - w), rng.integers(0, height - h)
        if (pixels[max(0, y - 2) : y + h + 2, max(0, x - 2) : x + w + 2] > 20).any():
            continue
        pixels[y : y + h, x : x + w] = 100 + len(boxes) % 151
        boxes.append([x, y, x + w, y + h])
    return pixels, np.array(boxes, np.float32)
