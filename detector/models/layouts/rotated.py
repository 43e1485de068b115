"""Rotated boxes: the upright box around one, its angle, and which two are one animal."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

_EPS = 1e-7


def around(boxes: NDArray[np.float32]) -> NDArray[np.float32]:
    """(N, 5) centre, width, height and angle in radians, to the (N, 4) xyxy of the upright boxes around them."""
    cos, sin = np.abs(np.cos(boxes[:, 4])), np.abs(np.sin(boxes[:, 4]))
    half_width = (boxes[:, 2] * cos + boxes[:, 3] * sin) / 2
    half_height = (boxes[:, 2] * sin + boxes[:, 3] * cos) / 2
    x, y = boxes[:, 0], boxes[:, 1]
    found: NDArray[np.float32] = np.stack([x - half_width, y - half_height, x + half_width, y + half_height], axis=1)
    return found.astype(np.float32)


def angle_deg(boxes: NDArray[np.float32]) -> NDArray[np.float32]:
    """(N,) the angle of the longer side of (N, 5) boxes: degrees in 0 to 180, clockwise from the x axis."""
    along_height = np.where(boxes[:, 3] > boxes[:, 2], np.pi / 2, 0)
    angles: NDArray[np.float32] = (np.degrees(boxes[:, 4] + along_height) % 180).astype(np.float32)
    return angles % np.float32(180)  # float32 rounds a little less than 180 up


def suppress_rotated(boxes: NDArray[np.float32], labels: NDArray[Any], limit: float) -> NDArray[np.int64]:
    """The indices of the boxes that no better box of the same class resembles by more than `limit`, as in Ultralytics.

    Args:
        boxes: (N, 5) centre, width, height and angle, best score first.
        labels: (N,).
        limit: The largest similarity of two animals.
    """
    kept = []
    for place in range(len(boxes)):
        # Also boxes that were left out themselves count, as in Ultralytics' `fast_nms`.
        rivals = np.flatnonzero(labels[:place] == labels[place])
        if not len(rivals) or not (_similar(boxes[place], boxes[rivals]) > limit).any():
            kept.append(place)
    return np.array(kept, np.int64)


def _similar(box: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float64]:
    """(N,) the probabilistic IoU of one box (5,) with others (N, 5): Llerena et al. 2021, arXiv 2106.06072."""
    a1, b1, c1 = _spread(box[None].astype(np.float64))
    a2, b2, c2 = _spread(others.astype(np.float64))
    a, b, c = a1 + a2, b1 + b2, c1 + c2
    x, y = box[0] - others[:, 0].astype(np.float64), box[1] - others[:, 1].astype(np.float64)
    area = a * b - c**2
    near = (a * y**2 + b * x**2) / (area + _EPS) / 4 - c * x * y / (area + _EPS) / 2
    each = np.sqrt((a1 * b1 - c1**2).clip(0) * (a2 * b2 - c2**2).clip(0))
    distance = (near + np.log(area / (4 * each + _EPS) + _EPS) / 2).clip(_EPS, 100)
    found: NDArray[np.float64] = 1 - np.sqrt(1 - np.exp(-distance) + _EPS)
    return found


def _spread(boxes: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    """The covariances xx, yy and xy of (N, 5) boxes as Gaussians."""
    a, b = boxes[:, 2] ** 2 / 12, boxes[:, 3] ** 2 / 12
    cos, sin = np.cos(boxes[:, 4]), np.sin(boxes[:, 4])
    return a * cos**2 + b * sin**2, a * sin**2 + b * cos**2, (a - b) * cos * sin
