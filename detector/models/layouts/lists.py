"""The layouts of finished lists: boxes, scores and numbers of classes in outputs of their own, without duplicates.

torchvision's detectors answer about one tile with boxes (K, 4), labels (K) and scores (K). RT-DETR's and D-FINE's own
repositories answer with labels (B, K), boxes (B, K, 4) and scores (B, K), exporters with NMS inside also with how many
rows are used. mmdetection (mmdeploy) answers with dets (B, K, 5), the score last, and labels (B, K).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.detections import Detections
from detector.errors import ModelError
from detector.models.layouts.layout import (
    File,
    Layout,
    Output,
    check_normalised,
    check_pixels,
    check_scores,
    labels_of,
    not_below,
)
from detector.models.onnx_answers import best_of_tiles, clipped, floats


@dataclass(frozen=True)
class _Places:
    """The indices of the outputs. scores: None if they are the fifth column of the boxes. used: how many rows are."""

    boxes: int
    labels: int
    scores: int | None = None
    used: int | None = None


def lists(file: File) -> Layout:
    """Boxes (B, K, 4) or (K, 4), scores, and labels, which may be floats; maybe the number of rows that are used."""
    return _layout(file, _places(file))


def scored(file: File) -> Layout:
    """dets (B, K, 5) or (K, 5): x1, y1, x2, y2, score; labels (B, K) or (K)."""
    boxes = [i for i, o in enumerate(file.outputs) if o.is_float and _is_list(o, 5)]
    labels = [i for i, o in enumerate(file.outputs) if i not in boxes and not o.is_float and len(o.shape) in (0, 1, 2)]
    if len(boxes) != 1 or len(labels) != 1:
        raise ModelError(f"the file's outputs are {file.declared}; expected dets (batch, K, 5) and labels (batch, K)")
    return _layout(file, _Places(boxes[0], labels[0]))


def _layout(file: File, places: _Places) -> Layout:
    only: set[float] = set()

    def read(answer: list[NDArray[Any]], tile_size: tuple[float, float], floor: float) -> Detections:
        boxes, scores, numbers = _one_tile(answer, places)
        check_scores(scores)
        if file.normalised:
            check_normalised(boxes)
            boxes = boxes * file.sides
        elif len(boxes):
            check_pixels(boxes)
        kept = np.flatnonzero(not_below(scores, floor))
        labels = _labels(numbers, scores, file, floor, only)
        kept = kept[file.sound(boxes[kept], scores[kept], labels[kept], normalised=bool(file.normalised))]
        found = Detections.of(boxes[kept], scores[kept], labels[kept], 0)
        return clipped(best_of_tiles(found), tile_size, file.classes, floor)

    said = "boxes (K, 5), labels (K)" if places.scores is None else "boxes (K, 4), scores (K), labels (K)"
    return Layout(said, (None, None, None), read, lambda answer: [_one_tile(answer, places)[1]], one_by_one=True)


def _labels(
    numbers: NDArray[Any], scores: NDArray[np.float32], file: File, floor: float, only: set[float]
) -> NDArray[np.int64]:
    """(K,) labels from 0. only: the number of the only class, once it was seen."""
    if file.classes == 1 and file.first_label is None:
        # With one class, its number is 0 or 1, as the background may be 0. It is always the same.
        finite = np.isfinite(numbers)
        only.update(np.unique(numbers[(scores >= floor) & finite]).tolist())
        if len(only) > 1 or not only <= {0, 1}:
            raise ModelError(
                f"the model answered with the classes {str(sorted(only))[:40]}; the card names one: name all classes, "
                "or set first_label"
            )
        return np.where(finite, 0, -1)
    if file.first_label is None:
        raise ModelError("set first_label = 0 or 1 in the model's card: the number of the first class in its answers")
    return labels_of(numbers, scores, file, floor)


def _one_tile(
    answer: list[NDArray[Any]], places: _Places
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[Any]]:
    """Boxes (K, 4), scores (K) and labels (K) of the only tile in an answer."""
    boxes, labels = floats(answer[places.boxes], "boxes"), np.asarray(answer[places.labels])
    if places.scores is None:
        boxes, scores = boxes[..., :4], boxes[..., 4:5]
    else:
        scores = floats(answer[places.scores], "scores")
    shapes = f"{boxes.shape}, {scores.shape}, {labels.shape}"
    if boxes.ndim == 3 and len(boxes) == 1:
        boxes = boxes[0]
    if boxes.ndim == 2 and boxes.shape[1] == 4 and scores.size == labels.size == len(boxes):
        scores, labels = scores.ravel(), labels.ravel()
        used = len(boxes) if places.used is None else _used(answer[places.used], len(boxes))
        return boxes[:used], scores[:used], labels[:used]
    raise ModelError(f"the model answered boxes, scores and labels of {shapes} for one tile; expected (K, 4), (K), (K)")


def _used(number: NDArray[Any], rows: int) -> int:
    number = np.asarray(number).ravel()
    if number.size != 1 or not 0 <= number[0] <= rows:
        raise ModelError(f"the model answered that {str(number)[:40]} rows are used; expected 0 to {rows}")
    return int(number[0])


def _places(file: File) -> _Places:
    """Which output is which, by shapes and kinds and, where they do not say it, by names."""
    outputs = file.outputs
    boxes = [i for i, o in enumerate(outputs) if o.is_float and _is_list(o, 4)]
    if len(boxes) > 1:
        boxes = [i for i in boxes if "box" in outputs[i].name.lower()]
    used = [i for i, o in enumerate(outputs) if i not in boxes and _is_number(o)]
    rest = [i for i, o in enumerate(outputs) if i not in (*boxes, *used) and len(o.shape) in (0, 1, 2)]
    labels = [i for i in rest if not outputs[i].is_float] or [i for i in rest if _says(outputs[i], "label", "class")]
    scores = [i for i in rest if i not in labels and outputs[i].is_float]
    if len(scores) > 1:
        scores = [i for i in scores if _says(outputs[i], "score", "conf")]
    if len(boxes) != 1 or len(labels) != 1 or len(scores) != 1 or len(used) > 1:
        raise ModelError(
            f"the file's outputs are {file.declared}; expected boxes (K, 4), scores (K) and labels (K) of each tile"
        )
    return _Places(boxes[0], labels[0], scores[0], used[0] if used else None)


def _is_list(output: Output, columns: int) -> bool:
    return len(output.shape) in (2, 3) and output.length(-1) == columns


def _is_number(output: Output) -> bool:
    return not output.is_float and _says(output, "num") and output.length(-1) in (1, None) and len(output.shape) <= 2


def _says(output: Output, *words: str) -> bool:
    return any(word in output.name.lower() for word in words)
