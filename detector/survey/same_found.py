"""Finds which of newly found animals a survey has already, in the same photo and at the same place."""

import numpy as np
from numpy.typing import NDArray

from geo.reviews import carry
from geo.tables import DetectionRows

_LEAST_PX = 2.0  # points nearer than this are one


def not_there_yet(rows: DetectionRows, new: DetectionRows) -> NDArray[np.bool_]:
    """(len(new),) bool: which new detections are no detection of `rows`, one to one.

    Two boxes are one animal if their IoU is 0.5 or more (`carry.match`). A point is the animal of a box if it lies
    within half of the box's longer side of its middle, and of another point if it is as good as at its place.
    """
    left = np.ones(len(new), bool)
    partner = carry.match(rows, new)
    left[partner[partner >= 0]] = False
    free = np.flatnonzero(partner < 0)
    if rows.kind == "box" and new.kind == "box":
        return left
    known = {path: code for code, path in enumerate(rows.paths)}
    code = np.array([known.get(path, -1) for path in new.paths] or [-1], np.int64)
    image = code[new.image]
    for i in np.unique(image[left & (image >= 0)]).tolist():
        a, b = free[rows.image[free] == i], np.flatnonzero(left & (image == i))
        left[b[_pairs(rows.take(a), new.take(b))]] = False
    return left


def _pairs(a: DetectionRows, b: DetectionRows) -> NDArray[np.int64]:
    """The rows of `b` that are the animal of a row of `a`, where one of the two is a point; the nearest first."""
    centres = [(rows.boxes_px[:, :2] + rows.boxes_px[:, 2:]) / 2 for rows in (a, b)]
    points = [np.array([kind == "point" for kind in rows.text("kind")], bool) for rows in (a, b)]
    reach = [
        np.where(point, _LEAST_PX, (rows.boxes_px[:, 2:] - rows.boxes_px[:, :2]).max(axis=1, initial=0) / 2)
        for rows, point in zip((a, b), points, strict=True)
    ]
    apart = np.linalg.norm(centres[0][:, None] - centres[1][None], axis=2)
    same = (apart <= np.maximum(reach[0][:, None], reach[1][None])) & (points[0][:, None] | points[1][None])
    first, second = np.nonzero(same)
    taken_a, taken_b = np.zeros(len(a), bool), np.zeros(len(b), bool)
    for at in np.argsort(apart[first, second], kind="stable").tolist():
        if not taken_a[first[at]] and not taken_b[second[at]]:
            taken_a[first[at]] = taken_b[second[at]] = True
    return np.flatnonzero(taken_b)
