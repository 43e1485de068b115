"""The layouts of DETR and its descendants: a box from 0 to 1 and a score of each class for each query.

RF-DETR's export has the outputs `dets` and `labels`, with a logit for each query and class and a column without a class
(https://github.com/roboflow/rf-detr, `PostProcess`). Files of Hugging Face's transformers have `logits` and
`pred_boxes` (`post_process_object_detection` of each model's image processor).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.detections import Detections
from detector.errors import ModelError
from detector.models.layouts.layout import (
    File,
    Layout,
    Output,
    RowScores,
    check_normalised,
    check_scores,
    corners,
    labels_of,
    not_below,
    rows_of,
    scores_of_rows,
)
from detector.models.onnx_answers import Read, best_of_tiles, clipped, floats

# A score in a column without a class: so high, it is an animal, and the columns are not those that the card means.
_SURE = 0.5
RFDETR_OUTPUTS = ("dets", "labels")


def together(file: File) -> Layout:
    """(B, N, 4 + C), as Ultralytics' RT-DETR has it: centre and size from 0 to 1, then scores; no duplicates."""

    def read(answer: list[NDArray[Any]], tile_size: tuple[float, float], floor: float) -> Detections:
        rows = rows_of(answer, layout)
        tiles = np.repeat(np.arange(len(rows)), rows.shape[1])
        rows = rows.reshape(-1, rows.shape[2])
        check_scores(rows[:, 4:])
        check_normalised(rows[:, :4])
        if not np.abs(rows[:, :4]).max(initial=0):
            raise ModelError("the model answered with boxes up to 0; expected numbers from 0 to 1")
        if file.classes == 2 and (rows[:, 5] == np.round(rows[:, 5])).all():
            raise ModelError("the model answered with numbers of classes; expected a score of each class")
        best = rows[:, 4:].max(axis=1)
        kept = np.flatnonzero(not_below(best, floor))
        boxes = corners(rows[kept, :4] * file.sides)
        sound = file.sound(boxes, best[kept], normalised=True)
        kept = kept[sound]
        found = Detections.of(boxes[sound], best[kept], rows[kept, 4:].argmax(axis=1), tiles[kept])
        return clipped(best_of_tiles(found), tile_size, file.classes, floor)

    def scores(answer: list[NDArray[Any]]) -> list[NDArray[np.floating]]:
        return list(answer[0][:, :, 4:].max(axis=2))

    columns = 4 + file.classes
    layout = Layout(f"(batch, N, {columns}) of RT-DETR", (None, None, columns), read, scores)
    return layout


def finished(file: File) -> Layout:
    """(B, N, 6), as Ultralytics' RT-DETR has it since 8.4: centre and size from 0 to 1, score, class; no duplicates."""

    def read(answer: list[NDArray[Any]], tile_size: tuple[float, float], floor: float) -> Detections:
        rows = rows_of(answer, layout)
        tiles = np.repeat(np.arange(len(rows)), rows.shape[1])
        rows = rows.reshape(-1, 6)
        check_scores(rows[:, 4])
        check_normalised(rows[:, :4])
        if not np.abs(rows[:, :4]).max(initial=0):
            raise ModelError("the model answered with boxes up to 0; expected numbers from 0 to 1")
        if (np.abs(rows[:, 5] - np.round(rows[:, 5])) > 0).any():
            raise ModelError("the model answered with scores of classes; expected the number of a class")
        kept = not_below(rows[:, 4], floor)
        rows, tiles = rows[kept], tiles[kept]
        labels = labels_of(rows[:, 5], rows[:, 4], file, floor)
        boxes = corners(rows[:, :4] * file.sides)
        sound = file.sound(boxes, rows[:, 4], labels, normalised=True)
        found = Detections.of(boxes[sound], rows[sound, 4], labels[sound], tiles[sound])
        return clipped(best_of_tiles(found), tile_size, file.classes, floor)

    layout = Layout("(batch, N, 6) of RT-DETR", (None, None, 6), read, scores_of_rows)
    return layout


def rfdetr(file: File) -> Layout:
    """Outputs `dets` and `labels`: a sigmoid of each logit is a score, one column may be without a class."""
    names = [output.name for output in file.outputs]
    if not set(names) >= set(RFDETR_OUTPUTS):
        raise ModelError(f"the file's outputs are {str(names)[:80]}; expected dets and labels")
    place = (names.index("dets"), names.index("labels"))
    dets, labels = (file.outputs[i] for i in place)
    if not labels.is_float or dets.length(2) not in (4, None) or len(labels.shape) not in (0, 3):
        raise ModelError(
            f"the file's outputs are {file.declared}; expected dets (batch, N, 4) and labels (batch, N, L)"
        )
    columns = file.outputs[place[1]].length(2)
    alone = file.classes == 1 and file.first_label is None and columns == 2
    if columns is not None and not alone:
        _first_column(columns, file.classes, file.first_label)
    return _of_two(*_pairs(place, file))


def sigmoid(file: File) -> Layout:
    """Outputs of boxes and logits: a sigmoid of each logit is a score."""
    place = _boxes_and_logits(file)
    columns = file.outputs[place[1]].length(2)
    if columns is not None:
        _first_column(columns, file.classes, file.first_label)
    return _of_two(*_pairs(place, file))


def softmax(file: File) -> Layout:
    """Outputs of boxes and logits: the softmax of a query's logits, the last of which is "no animal". DETR, YOLOS."""
    place = _boxes_and_logits(file)
    first = file.first_label or 0
    columns = file.outputs[place[1]].length(2)
    if columns is not None and first + file.classes + 1 > columns:
        raise ModelError(
            f"the model has {columns} columns of scores, the last of which is none; the card has {file.classes} classes"
            f" from column {first}"
        )

    def each_query(logits: NDArray[np.float32]) -> NDArray[np.float32]:
        if first + file.classes + 1 > logits.shape[2]:
            raise ModelError(f"the model answered with {logits.shape[2]} columns for {file.classes} classes and none")
        shares = np.exp(logits - logits.max(axis=2, keepdims=True))
        shares /= shares.sum(axis=2, keepdims=True)
        return _only_classes(shares[:, :, :-1], file.classes, first)

    def read(answer: list[NDArray[Any]], tile_size: tuple[float, float], floor: float) -> Detections:
        boxes, logits = _two(answer, place)
        scores = each_query(logits)
        best, labels = scores.max(axis=2), scores.argmax(axis=2)
        parts = []
        for tile in range(len(boxes)):
            kept = np.flatnonzero(not_below(best[tile], floor))
            found = corners(boxes[tile, kept] * file.sides)
            sound = file.sound(found, best[tile, kept], normalised=True)
            kept = kept[sound]
            part = Detections.of(found[sound], best[tile, kept], labels[tile, kept], tile)
            parts.append(clipped(part, tile_size, file.classes, floor))
        return Detections.concatenate(parts)

    return _of_two(read, lambda answer: list(each_query(_two(answer, place)[1]).max(axis=2)))


def _of_two(read: Read, scores: RowScores) -> Layout:
    return Layout("(batch, N, 4) from 0 to 1 and (batch, N, classes)", (None, None, None), read, scores)


def _boxes_and_logits(file: File) -> tuple[int, int]:
    """The indices of the two outputs. Raises ModelError if they are not told apart."""
    three = [i for i, o in enumerate(file.outputs) if o.is_float and len(o.shape) in (0, 3)]
    boxes = [i for i in three if file.outputs[i].length(2) in (4, None) and "box" in file.outputs[i].name.lower()]
    logits = [i for i in three if i not in boxes and _is_logits(file.outputs[i])]
    if len(boxes) != 1 or len(logits) != 1:
        raise ModelError(
            f"the file's outputs are {file.declared}; expected logits (batch, N, classes) and pred_boxes (batch, N, 4)"
        )
    return boxes[0], logits[0]


def _is_logits(output: Output) -> bool:
    return any(word in output.name.lower() for word in ("logit", "score", "class", "prob", "label"))


def _two(answer: list[NDArray[Any]], place: tuple[int, int]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Boxes (B, N, 4) from 0 to 1 and logits (B, N, L) of an answer."""
    boxes, logits = floats(answer[place[0]], "boxes"), floats(answer[place[1]], "logits")
    if boxes.ndim != 3 or logits.ndim != 3 or boxes.shape != (*logits.shape[:2], 4):
        raise ModelError(
            f"the model answered {boxes.shape} and {logits.shape}; expected (batch, N, 4) and (batch, N, classes)"
        )
    check_normalised(boxes)
    # Less than any number is a score of 0, as some networks write what they do not use.
    return boxes, np.where(logits < np.inf, logits, np.nan)


def _pairs(place: tuple[int, int], file: File) -> tuple[Read, RowScores]:
    """Reads boxes and logits: the best pairs of a query and a class, as many as there are queries; and their scores."""
    classes, first = file.classes, file.first_label

    def each(logits: NDArray[np.float32]) -> NDArray[np.float32]:
        return _of_classes(1 / (1 + np.exp(-logits.clip(-80, 80))), classes, first)

    def of_pairs(answer: list[NDArray[Any]]) -> list[NDArray[np.floating]]:
        scores = each(_two(answer, place)[1])
        return [np.sort(of_tile, axis=None)[-scores.shape[1] :] for of_tile in scores]

    def read(answer: list[NDArray[Any]], tile_size: tuple[float, float], floor: float) -> Detections:
        boxes, logits = _two(answer, place)
        scores = each(logits)
        parts = []
        for tile, (tile_boxes, tile_scores) in enumerate(zip(boxes, scores, strict=True)):
            # What is no number first, so that it is counted.
            order = np.where(np.isnan(tile_scores), -np.inf, -tile_scores)
            pairs = np.argsort(order, axis=None, kind="stable")[: len(tile_boxes)]
            pairs = pairs[not_below(tile_scores.ravel()[pairs], floor)]
            found = corners(tile_boxes[pairs // classes] * file.sides)
            sound = file.sound(found, tile_scores.ravel()[pairs], normalised=True)
            pairs = pairs[sound]
            detections = Detections.of(found[sound], tile_scores.ravel()[pairs], pairs % classes, tile)
            parts.append(clipped(detections, tile_size, classes, floor))
        return Detections.concatenate(parts)

    return read, of_pairs


def _first_column(columns: int, classes: int, first: int | None) -> int:
    """The column of the first class. RF-DETR has one more than classes, of which the first or the last is unused.

    Raises:
        ModelError: The card does not say which one, or there are other numbers of columns.
    """
    if first is None and columns == classes:
        return 0
    if first is None:
        wanted = "set first_label = 0 or 1" if columns == classes + 1 else "name all classes, or set first_label"
        raise ModelError(
            f"the model has {columns} columns of scores for {classes} class{'es' * (classes > 1)}: {wanted} in its "
            "card, which is the column of the first class"
        )
    if first < 0 or first + classes > columns:
        raise ModelError(f"first_label is {first}, with {classes} classes; the model has {columns} columns of scores")
    return first


def _of_classes(scores: NDArray[np.float32], classes: int, first: int | None) -> NDArray[np.float32]:
    """(B, N, L) scores to (B, N, classes). Raises ModelError if another column has a sure animal."""
    columns = scores.shape[2]
    if classes == 1 and first is None and columns == 2:
        # One of the two columns is never used.
        return np.maximum(scores[:, :, :1], scores[:, :, 1:])
    return _only_classes(scores, classes, _first_column(columns, classes, first))


def _only_classes(scores: NDArray[np.float32], classes: int, first: int) -> NDArray[np.float32]:
    """The columns of the classes. Raises ModelError if another column has a sure animal."""
    kept = scores[:, :, first : first + classes]
    others = np.delete(scores, np.s_[first : first + classes], axis=2)
    if others.size and (others >= _SURE).any():
        raise ModelError(
            f"the model found an animal in a column of scores without a class; expected columns {first} to "
            f"{first + classes - 1}: correct classes or first_label in its card"
        )
    return kept
