"""Which ground of a photo nobody has looked at: the rectangles that the looked-at ones leave."""

import numpy as np
from numpy.typing import NDArray


def unknown_ground(known: NDArray[np.float64], width: float, height: float) -> NDArray[np.float64]:
    """(K, 4) xyxy: rectangles that do not overlap, and that cover all of an image but the known ones.

    Args:
        known: (N, 4) float64 xyxy, image px. They may overlap, and reach out of the image.
        width: Of the image, px.
        height: Of the image, px.
    """
    size = np.array([width, height, width, height], np.float64)
    boxes = np.clip(known, 0, size)
    boxes = boxes[(boxes[:, 2] > boxes[:, 0]) & (boxes[:, 3] > boxes[:, 1])]
    xs, ys = (np.unique(np.concatenate([[0.0, size[axis]], boxes[:, axis], boxes[:, axis + 2]])) for axis in (0, 1))
    open_ground = np.ones((len(ys) - 1, len(xs) - 1), bool)
    for x0, y0, x1, y1 in boxes:
        rows = slice(*np.searchsorted(ys, [y0, y1]))
        open_ground[rows, slice(*np.searchsorted(xs, [x0, x1]))] = False
    found: list[tuple[float, float, float, float]] = []
    growing: dict[tuple[int, int], float] = {}  # runs of columns that the row above has too, with their upper edge
    for row in range(len(ys)):
        is_open = open_ground[row] if row < len(ys) - 1 else np.zeros(len(xs) - 1, bool)
        steps = np.diff(np.concatenate([[0], is_open.astype(np.int8), [0]]))
        begins, ends = np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)
        runs = set(zip(begins.tolist(), ends.tolist(), strict=True))
        over = sorted(growing.keys() - runs)
        found += [(xs[run[0]], growing.pop(run), xs[run[1]], ys[row]) for run in over]
        for run in runs - growing.keys():
            growing[run] = ys[row]
    return np.array(found, np.float64).reshape(-1, 4)
