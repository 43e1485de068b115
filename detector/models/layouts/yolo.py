"""The layouts of the YOLO family, with suppression inside and without, of boxes, segments, poses and rotated boxes.

After the boxes and the scores of a row come the numbers of its segment, of which only matters whether it has a pixel;
of its pose, which are not read; or the angle of a rotated box: the upright box around it is taken, and its angle kept.
"""

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from detector.detections import Detections
from detector.errors import ModelError
from detector.models.layouts.layout import (
    NMS_IOU,
    File,
    Layout,
    best_apart,
    check_pixels,
    check_scores,
    corners,
    labels_of,
    not_below,
    rows_of,
    scores_of_rows,
)
from detector.models.layouts.rotated import angle_deg, around, suppress_rotated
from detector.models.layouts.segments import prototypes, with_pixels
from detector.models.onnx_answers import MAX_RAW_BOXES, best_of_tiles, clipped

# What the fifth number of a row is: none; a factor of the scores; unused; or, of one class, the score itself.
Objectness = Literal["none", "factor", "unused", "score"]
# Scores of a class so near 0.5, the sigmoid of 0, were never trained.
_UNTRAINED = 0.05


def final(file: File, *, extra: int = 0, rotated: bool = False, segments: bool = False) -> Layout:
    """(B, K, 6 + extra): x1, y1, x2, y2 in px, score and class of each detection; no duplicates, unused rows are 0.

    rotated: centre, width and height in their place, and the angle in the last column. segments: the last columns are
    the weights of the maps in the second output, whose sum is the segment of a detection.
    """

    def read(answer: list[NDArray[Any]], tile_size: tuple[float, float], floor: float) -> Detections:
        rows = rows_of(answer, layout)
        tiles = np.repeat(np.arange(len(rows)), rows.shape[1])
        rows = rows.reshape(-1, 6 + extra)
        check_scores(rows[:, 4])
        check_pixels(rows[:, :4])
        kept = not_below(rows[:, 4], floor)
        rows, tiles = rows[kept], tiles[kept]
        labels = labels_of(rows[:, 5], rows[:, 4], file, floor)
        boxes = around(np.c_[rows[:, :4], rows[:, -1:]]) if rotated else rows[:, :4]
        sound = file.sound(boxes, rows[:, 4], labels)
        rows, boxes, labels, tiles = rows[sound], boxes[sound], labels[sound], tiles[sound]
        angles = angle_deg(np.c_[rows[:, :4], rows[:, -1:]]) if rotated else np.nan
        found = Detections.of(boxes, rows[:, 4], labels, tiles, angles=angles)
        if segments:
            maps = prototypes(answer, len(answer[0]), extra)
            of_tiles = [tiles == tile for tile in range(len(maps))]
            some = [with_pixels(boxes[own], rows[own, 6:], maps[tile], file.size) for tile, own in enumerate(of_tiles)]
            found = Detections.concatenate([found[own][has] for own, has in zip(of_tiles, some, strict=True)])
        return clipped(best_of_tiles(found), tile_size, file.classes, floor)

    layout = Layout(f"(batch, K, {6 + extra}) after suppression", (None, None, 6 + extra), read, scores_of_rows)
    return layout


def raw(
    file: File,
    *,
    objectness: Objectness = "none",
    extra: int = 0,
    rotated: bool = False,
    segments: bool = False,
) -> Layout:
    """The answers of every anchor: (B, 4 + C, A), or (B, A, 5 + C) with an objectness. Boxes are centre and size in px.

    Args:
        file: What is known of the file.
        objectness: Whether there is one, and what it is.
        extra: How many numbers follow the scores.
        rotated: Whether the last of these is the angle of the box.
        segments: Whether these are the weights of the maps in the second output, whose sum is the detection's segment.
    """
    classes = file.classes
    first = 4 + (objectness != "none")
    channels = first + classes + extra

    def read(answer: list[NDArray[Any]], tile_size: tuple[float, float], floor: float) -> Detections:
        rows = rows_of(answer, layout)
        rows = rows if first == 5 else rows.transpose(0, 2, 1)
        check_scores(rows[:, :, 4 : first + classes])
        check_pixels(rows[:, :, :4])
        scores = _scores(rows[:, :, 4 : first + classes], objectness)
        best = scores.max(axis=2)
        maps = prototypes(answer, len(rows), extra) if segments else None
        parts = []
        for tile in range(len(rows)):
            likely = np.flatnonzero(not_below(best[tile], floor))
            found, labels = rows[tile, likely], scores[tile, likely].argmax(axis=1)
            if rotated:
                turned = np.c_[found[:, :4], found[:, -1:]]
                parts.append(_rotated(turned, best[tile, likely], labels, file, tile, tile_size, floor))
            else:
                boxes = corners(found[:, :4])
                real = None if maps is None else _segmented(boxes, found[:, first + classes :], maps[tile], file)
                parts.append(best_apart(boxes, best[tile, likely], labels, file, tile, tile_size, floor, real))
        return Detections.concatenate(parts)

    if first == 5:
        layout = Layout(f"(batch, N, {channels})", (None, None, channels), read)
    else:
        layout = Layout(f"(batch, {channels}, N)", (None, channels, None), read)
    return layout


def _segmented(
    boxes: NDArray[np.float32], weights: NDArray[np.float32], maps: NDArray[np.float32], file: File
) -> Callable[[NDArray[np.int64]], NDArray[np.bool_]]:
    """Tells which rows have a segment: see `segments.with_pixels`."""
    return lambda rows: with_pixels(boxes[rows], weights[rows], maps, file.size)


def _scores(columns: NDArray[np.float32], objectness: Objectness) -> NDArray[np.float32]:
    """The scores (B, N, C) of the columns after the boxes. Raises ModelError for a class that was never trained."""
    if objectness == "none":
        return columns
    if objectness == "score":
        return columns[:, :, :1]
    scores = columns[:, :, 1:]
    if objectness == "unused":
        return scores
    if scores.shape[2] == 1 and scores.size and np.abs(scores - 0.5).max() < _UNTRAINED:
        raise ModelError(
            "the model answered that its only class is always about 0.5, as YOLOv7's repository leaves it, where the "
            'objectness alone is the score; set layout = "yolov7" in its card'
        )
    return scores * columns[:, :, :1]


def with_objectness(file: File) -> Layout:
    """`raw` with an objectness, as YOLOv5's own repository and MegaDetector v5 have it."""
    return raw(file, objectness="factor")


def yolov7(file: File) -> Layout:
    """`with_objectness` of YOLOv7's repository: with one class, whose score is not trained, the objectness is the score
    (`non_max_suppression` in its `utils/general.py`).
    """
    return raw(file, objectness="factor" if file.classes > 1 else "score")


def numbered(file: File) -> Layout:
    """(K, 7) of YOLOv7's end2end: tile, x1, y1, x2, y2 in px, class and score of each detection in the batch."""

    def read(answer: list[NDArray[Any]], tile_size: tuple[float, float], floor: float) -> Detections:
        rows = np.asarray(answer[0])
        if rows.ndim != 2 or rows.shape[1] != 7 or rows.dtype.kind != "f":
            raise ModelError(f"the model answered {rows.shape} of {rows.dtype}; expected {layout.said}")
        rows = rows.astype(np.float32, copy=False)
        scores, tiles = rows[:, 6], rows[:, 0]
        check_scores(scores)
        check_pixels(rows[:, 1:5])
        # One tile at a time, so that a row of another tile is a file that counts them in another way.
        if (tiles != 0).any():
            raise ModelError(f"the model answered about tile number {tiles[tiles != 0][0]:g} of 1; expected 0")
        kept = np.flatnonzero(not_below(scores, floor))
        labels = labels_of(rows[kept, 5], scores[kept], file, floor)
        sound = file.sound(rows[kept, 1:5], scores[kept], labels)
        kept, labels = kept[sound], labels[sound]
        found = Detections.of(rows[kept, 1:5], scores[kept], labels, 0)
        return clipped(best_of_tiles(found), tile_size, file.classes, floor)

    def scores(answer: list[NDArray[Any]]) -> list[NDArray[np.floating]]:
        return [answer[0][:, 6]]

    layout = Layout("(K, 7): tile, box, class, score", (None, None, None), read, scores, one_by_one=True)
    _require(file, layout, [o for o in file.outputs[:1] if len(o.shape) in (0, 2) and o.length(1) in (None, 7)])
    return layout


def _require(file: File, layout: Layout, fitting: list[Any]) -> None:
    if not fitting:
        raise ModelError(f"the file's outputs are {file.declared}; expected {layout.said}")


def _rotated(
    turned: NDArray[np.float32],
    scores: NDArray[np.float32],
    labels: NDArray[Any],
    file: File,
    tile: int,
    tile_size: tuple[float, float],
    floor: float,
) -> Detections:
    """The boxes around the rotated boxes of one tile. turned: (N, 5) centre, width, height, angle in radians."""
    sound = np.flatnonzero(file.sound(around(turned), scores))
    order = sound[np.argsort(-scores[sound], kind="stable")][:MAX_RAW_BOXES]
    turned, scores, labels = turned[order], scores[order], labels[order]
    limit = NMS_IOU if file.nms_iou is None else file.nms_iou
    chosen = suppress_rotated(turned, labels, limit)
    boxes = around(turned[chosen])
    found = Detections.of(boxes, scores[chosen], labels[chosen], tile, angles=angle_deg(turned[chosen]))
    return clipped(found, tile_size, file.classes, floor)
