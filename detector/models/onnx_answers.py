"""How the answers of ONNX files become detections. What breaks the contract is an error, not a detection."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.detections import Detections
from detector.errors import ModelError
from detector.models.flaws import Flaws
from detector.models.floor import SCORE_FLOOR
from geo.boxes import iou

# The most boxes of a tile, best first: a broken model must not stall a run.
MAX_RAW_BOXES = 3000
MOST_ANCHORS = 30_000
"""The most answers of a tile, best first, among which duplicates are looked for; as in Ultralytics."""
MOST_TILES = 1 << 16
"""No batch is so large."""
OUTPUTS = frozenset({"boxes", "scores", "labels", "batch_index"})

# The answers of a call, the (height, width) of its tiles and the lowest score to keep, to detections in tile px.
Read = Callable[[list[NDArray[Any]], tuple[float, float], float], Detections]

# The answers of a call and the number of its tiles, to (B,) which of them reached the file's cap.
Full = Callable[[list[NDArray[Any]], int], NDArray[np.bool_]]


def read_own(place: Mapping[str, int], classes: int, flaws: Flaws) -> Read:
    """Read Herdmap's own outputs. place: the index of each of OUTPUTS. flaws: counts boxes that cannot be right.

    Raises ModelError for shapes, kinds, labels and tiles that break the contract.
    """

    def read(answer: list[NDArray[Any]], size: tuple[float, float], floor: float) -> Detections:
        boxes, scores, labels, tiles = (
            np.asarray(answer[place[name]]) for name in ("boxes", "scores", "labels", "batch_index")
        )
        shapes = (boxes.shape, scores.shape, labels.shape, tiles.shape)
        count = len(scores) if scores.ndim == 1 else -1
        if shapes != ((count, 4), (count,), (count,), (count,)):
            raise ModelError(
                "the model answered boxes, scores, labels and batch_index of "
                f"{', '.join(map(str, shapes))[:100]}; expected (K, 4), (K,), (K,), (K,)"
            )
        if any(one.dtype.kind not in "iu" for one in (labels, tiles)):
            raise ModelError(f"the model answered labels of {labels.dtype} and tiles of {tiles.dtype}; expected int64")
        boxes, scores = floats(boxes, "boxes"), floats(scores, "scores")
        kept = ~(scores < floor)  # also what is no number, which is counted
        boxes, scores, labels, tiles = boxes[kept], scores[kept], labels[kept], tiles[kept]
        for one, what, most in ((labels, "class", classes), (tiles, "tile", MOST_TILES)):
            if len(one) and not (one.min() >= 0 and one.max() < most):
                wrong = int(one.min() if one.min() < 0 else one.max())
                raise ModelError(f"the model answered with {what} number {wrong}; expected 0 to {most - 1}")
        sound = flaws.sound(boxes, scores, (int(size[0]), int(size[1])), normalised=None)
        found = Detections.of(boxes[sound], scores[sound], labels[sound], tiles[sound])
        return clipped(best_of_tiles(found), size, classes, floor)

    return read


def none_full(answer: list[NDArray[Any]], tiles: int) -> NDArray[np.bool_]:
    """No tile: the file has no cap that is known."""
    return np.zeros(tiles, bool)


def full_tiles(cap: int | None, item: int, told: int | None) -> Full:
    """Which tiles of a file of Herdmap reached its cap.

    cap: the most detections that it gives in a tile. item: the index of the output `batch_index`. told: that of the
    output `full`, where the file itself says which tiles had too many candidates before it removed duplicates.
    """

    def full(answer: list[NDArray[Any]], tiles: int) -> NDArray[np.bool_]:
        if told is not None:
            found = np.asarray(answer[told])
            if found.shape != (tiles,):
                raise ModelError(f"the model answered full of shape {found.shape}; expected ({tiles},)")
            return found.astype(bool)
        if cap is None:
            return np.zeros(tiles, bool)
        of_tile: NDArray[np.bool_] = np.bincount(answer[item], minlength=tiles)[:tiles] >= cap
        return of_tile

    return full


def floats(answer: NDArray[Any], what: str) -> NDArray[np.float32]:
    """An answer as float32. what: what it is. Raises ModelError for one that has no floating point numbers."""
    answer = np.asarray(answer)
    if answer.dtype.kind != "f":
        raise ModelError(f"the model answered {what} of {answer.dtype}; expected float32")
    return answer.astype(np.float32, copy=False)


def best_of_tiles(found: Detections) -> Detections:
    """At most MAX_RAW_BOXES of each tile, those with the best scores, in their order."""
    if len(found) <= MAX_RAW_BOXES:
        return found
    order = np.lexsort((-found.scores, found.tiles))
    tiles = found.tiles[order]
    first = np.searchsorted(tiles, tiles)  # where each tile begins
    return found[np.sort(order[np.arange(len(order)) - first < MAX_RAW_BOXES])]


def suppress(boxes: NDArray[np.float32], labels: NDArray[Any], limit: float) -> NDArray[np.int64]:
    """The indices that non-maximum suppression keeps within each class: no two boxes have an IoU above `limit`. There
    are MAX_RAW_BOXES at most.

    Args:
        boxes: (N, 4) float32 xyxy, best score first.
        labels: (N,).
        limit: The largest IoU.
    """
    kept: list[int] = []
    left = np.arange(len(boxes))
    while len(left) and len(kept) < MAX_RAW_BOXES:
        first, rest = left[0], left[1:]
        kept.append(first)
        duplicate = (iou(boxes[rest], boxes[first]) > limit) & (labels[rest] == labels[first])
        left = rest[~duplicate]
    return np.array(kept, np.int64)


def clipped(found: Detections, size: tuple[float, float], classes: int, floor: float = SCORE_FLOOR) -> Detections:
    """The detections with boxes clipped to the tile. Boxes without an area, boxes with a score below `floor`, and
    unknown labels, are left out. What cannot be right is left out before, by `Flaws`.
    """
    height, width = size
    boxes = found.boxes
    finite = np.isfinite(boxes).all(axis=1) & np.isfinite(found.scores)
    boxes = np.clip(np.where(finite[:, None], boxes, 0), 0, np.array([width, height, width, height], np.float32))
    good = finite & (boxes[:, 0] < boxes[:, 2]) & (boxes[:, 1] < boxes[:, 3])
    good &= (found.labels >= 0) & (found.labels < classes) & (found.scores >= floor)
    scores, labels, tiles, angles = found.scores[good], found.labels[good], found.tiles[good], found.angles[good]
    return Detections.of(boxes[good], scores.clip(0, 1), labels, tiles, angles=angles)
