"""The segments of `-seg` files: which detections have one. Ultralytics leaves out those without a single pixel."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.errors import ModelError
from detector.models.onnx_answers import floats


def prototypes(answer: list[NDArray[Any]], tiles: int, masks: int) -> NDArray[np.float32]:
    """The second output (B, M, h, w) of a `-seg` file: the maps whose weighted sums are segments.

    Raises ModelError if it has another shape or numbers that are not finite. tiles: B. masks: M.
    """
    found = floats(answer[1], "masks")
    if found.ndim != 4 or found.shape[:2] != (tiles, masks) or 0 in found.shape:
        raise ModelError(f"the model answered masks of {found.shape}; expected ({tiles}, {masks}, height, width)")
    if not np.isfinite(found).all():
        raise ModelError("the model answered with masks that are no finite numbers")
    return found


def with_pixels(
    boxes: NDArray[np.float32], weights: NDArray[np.float32], maps: NDArray[np.float32], size: tuple[int, int]
) -> NDArray[np.bool_]:
    """(N,) whether the segment of each detection has a pixel inside its box, as Ultralytics' `process_mask` draws it.

    The sum of the maps is enlarged to the input by linear interpolation; its pixels above 0 are the segment.

    Args:
        boxes: (N, 4) xyxy, px of the input.
        weights: (N, M) of the maps.
        maps: (M, h, w) of the tile.
        size: The (height, width) of the input, px.
    """
    down, across = (_enlarging(size[axis], maps.shape[axis + 1]) for axis in (0, 1))
    some = np.zeros(len(boxes), bool)
    for place, (box, weight) in enumerate(zip(boxes, weights, strict=True)):
        x0, y0 = np.maximum(np.ceil(box[:2]), 0).astype(int)
        x1, y1 = np.minimum(np.ceil(box[2:]), size[::-1]).astype(int)
        rows, columns = down[y0:y1], across[x0:x1]
        if not (rows.size and columns.size):
            continue
        # Only the part of the maps that these pixels come from.
        top, bottom = np.flatnonzero(rows.any(axis=0))[[0, -1]]
        left, right = np.flatnonzero(columns.any(axis=0))[[0, -1]]
        part = np.tensordot(weight, maps[:, top : bottom + 1, left : right + 1], 1)
        some[place] = (rows[:, top : bottom + 1] @ part @ columns[:, left : right + 1].T > 0).any()
    return some


def _enlarging(pixels: int, cells: int) -> NDArray[np.float32]:
    """(pixels, cells) the share of each cell in each pixel, where cells are enlarged by linear interpolation."""
    middle = ((np.arange(pixels) + 0.5) * cells / pixels - 0.5).clip(0, cells - 1)
    shares: NDArray[np.float32] = (1 - np.abs(middle[:, None] - np.arange(cells))).clip(0).astype(np.float32)
    return shares
