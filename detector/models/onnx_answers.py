"""How the answers of ONNX files become detections. What breaks the contract is an error, not a detection."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.detections import Detections
from detector.errors import ModelError
from detector.models.floor import SCORE_FLOOR
from detector.models.info import short
from geo.boxes import iou

# The most boxes of a tile, best first: a broken model must not stall a run.
MAX_RAW_BOXES = 3000
MOST_TILES = 1 << 16
"""No batch is so large."""
OUTPUTS = frozenset({"boxes", "scores", "labels", "batch_index"})

# The answers of a call, the (height, width) of its tiles and the lowest score to keep, to detections in tile px.
Read = Callable[[list[NDArray[Any]], tuple[int, int], float], Detections]


def read_own(place: Mapping[str, int], classes: int) -> Read:
    """Read Herdmap's own outputs. place: the index of each of OUTPUTS.

    Raises ModelError for shapes, kinds, labels and tiles that break the contract.
    """

    def read(answer: list[NDArray[Any]], size: tuple[int, int], floor: float) -> Detections:
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
        boxes, scores = _floats(boxes, "boxes"), _floats(scores, "scores")
        kept = scores >= floor
        boxes, scores, labels, tiles = boxes[kept], scores[kept], labels[kept], tiles[kept]
        for one, what, most in ((labels, "class", classes), (tiles, "tile", MOST_TILES)):
            if len(one) and not (one.min() >= 0 and one.max() < most):
                wrong = int(one.min() if one.min() < 0 else one.max())
                raise ModelError(f"the model answered with {what} number {wrong}; expected 0 to {most - 1}")
        return clipped(_best(Detections.of(boxes, scores, labels, tiles)), size, classes, floor)

    return read


def _floats(answer: NDArray[Any], what: str) -> NDArray[np.float32]:
    answer = np.asarray(answer)
    if answer.dtype.kind != "f":
        raise ModelError(f"the model answered {what} of {answer.dtype}; expected float32")
    return answer.astype(np.float32, copy=False)


def _best(found: Detections) -> Detections:
    """At most MAX_RAW_BOXES of each tile, those with the best scores, in their order."""
    if len(found) <= MAX_RAW_BOXES:
        return found
    order = np.lexsort((-found.scores, found.tiles))
    tiles = found.tiles[order]
    first = np.searchsorted(tiles, tiles)  # where each tile begins
    return found[np.sort(order[np.arange(len(order)) - first < MAX_RAW_BOXES])]


def read_final(classes: int) -> Read:
    """Read outputs (B, N, 6) of x1, y1, x2, y2, score and label, without duplicates."""

    def read(answer: list[NDArray[Any]], size: tuple[int, int], floor: float) -> Detections:
        rows = _floats(answer[0], "(batch, N, 6)")
        if rows.ndim != 3 or rows.shape[2] != 6:
            raise ModelError(f"the model answered {rows.shape}; expected (batch, N, 6)")
        tile = np.repeat(np.arange(len(rows)), rows.shape[1])
        rows = rows.reshape(-1, 6)
        kept = rows[:, 4] >= floor
        rows = rows[kept]
        labels = np.nan_to_num(rows[:, 5].round(), nan=-1).clip(-1, classes)
        return clipped(_best(Detections.of(rows[:, :4], rows[:, 4], labels, tile[kept])), size, classes, floor)

    return read


def read_raw(shape: list[Any], classes: int, path: Path, kind: str, limit: float) -> Read:
    """Read the outputs of every anchor: (B, 4 + C, N), or (B, N, 5 + C) with an objectness.

    Boxes are centre and size.
    """
    objectness = kind in ("YOLO_v5_or_v7_default", "YOLO_v6")
    if kind not in ("YOLO_Ultralytics", "YOLO_v9", "YOLO_v5_or_v7_default", "YOLO_v6"):
        raise ModelError(f"{path.name}: detector type {short(kind)} is unknown: expected plain boxes")
    channels = 4 + objectness + classes
    along = 2 if objectness else 1
    if len(shape) != 3 or (isinstance(shape[along], int) and shape[along] != channels):
        expected = f"(batch, N, {channels})" if objectness else f"(batch, {channels}, N)"
        raise ModelError(f"{path.name}: output of shape {shape} with {classes} classes; expected {expected}")

    def read(answer: list[NDArray[Any]], size: tuple[int, int], floor: float) -> Detections:
        rows = _floats(answer[0], "boxes")
        if rows.ndim != 3 or rows.shape[along] != channels:
            raise ModelError(f"the model answered {rows.shape}; expected {channels} numbers for each box")
        rows = rows if objectness else rows.transpose(0, 2, 1)
        class_scores = rows[:, :, 4 + objectness :]
        if kind == "YOLO_v5_or_v7_default":
            class_scores = class_scores * rows[:, :, 4:5]
        best = class_scores.max(axis=2)
        parts = []
        for tile in range(len(rows)):
            kept = np.flatnonzero(best[tile] >= floor)
            kept = kept[np.argsort(-best[tile, kept], kind="stable")][:MAX_RAW_BOXES]
            centre, half = rows[tile, kept, :2], rows[tile, kept, 2:4] / 2
            boxes = np.concatenate([centre - half, centre + half], axis=1)
            labels = class_scores[tile, kept].argmax(axis=1)
            chosen = suppress(boxes, labels, limit)
            found = Detections.of(boxes[chosen], best[tile, kept][chosen], labels[chosen], tile)
            parts.append(clipped(found, size, classes, floor))
        return Detections.concatenate(parts)

    return read


def suppress(boxes: NDArray[np.float32], labels: NDArray[Any], limit: float) -> NDArray[np.int64]:
    """The indices that non-maximum suppression keeps within each class: no two boxes have an IoU above `limit`.

    Args:
        boxes: (N, 4) float32 xyxy, best score first.
        labels: (N,).
        limit: The largest IoU.
    """
    kept = []
    left = np.arange(len(boxes))
    while len(left):
        first, rest = left[0], left[1:]
        kept.append(first)
        duplicate = (iou(boxes[rest], boxes[first]) > limit) & (labels[rest] == labels[first])
        left = rest[~duplicate]
    return np.array(kept, np.int64)


def clipped(found: Detections, size: tuple[int, int], classes: int, floor: float = SCORE_FLOOR) -> Detections:
    """The detections with boxes clipped to the tile. Empty and not finite boxes, boxes with a score below `floor`, and
    unknown labels, are left out.
    """
    height, width = size
    boxes = found.boxes
    finite = np.isfinite(boxes).all(axis=1) & np.isfinite(found.scores)
    boxes = np.clip(np.where(finite[:, None], boxes, 0), 0, np.array([width, height, width, height], np.float32))
    good = finite & (boxes[:, 0] < boxes[:, 2]) & (boxes[:, 1] < boxes[:, 3])
    good &= (found.labels >= 0) & (found.labels < classes) & (found.scores >= floor)
    return Detections.of(boxes[good], found.scores[good].clip(0, 1), found.labels[good], found.tiles[good])
