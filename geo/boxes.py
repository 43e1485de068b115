"""Boxes with upright sides, as x low, y low, x high, y high."""

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Float = TypeVar("Float", bound=np.floating[Any])


def iou(a: NDArray[Float], b: NDArray[Float]) -> NDArray[Float]:
    """The intersection over union of boxes; 0 if both are empty. The result has the boxes' float type.

    Args:
        a: (..., 4) boxes.
        b: (..., 4) boxes of the same type, broadcast against `a`: (N, 4) and (N, 4) are compared in pairs, `a[:, None]`
            and `b` each with each.
    """
    wide = np.minimum(a[..., 2], b[..., 2]) - np.maximum(a[..., 0], b[..., 0])
    high = np.minimum(a[..., 3], b[..., 3]) - np.maximum(a[..., 1], b[..., 1])
    common = np.maximum(wide, 0) * np.maximum(high, 0)
    union = _area(a) + _area(b) - common
    ratio: NDArray[Float] = common / np.maximum(union, a.dtype.type(1e-9))
    return ratio


def _area(boxes: NDArray[Float]) -> NDArray[Float]:
    area: NDArray[Float] = (boxes[..., 2] - boxes[..., 0]) * (boxes[..., 3] - boxes[..., 1])
    return area
