"""ONNX files without metadata that a card describes: RF-DETR's.

RF-DETR's export has the outputs `dets`, boxes from 0 to 1, and `labels`, a logit for each query and class. It takes
RGB tiles with ImageNet's normalisation (https://github.com/roboflow/rf-detr, `rfdetr/models/lwdetr.py`, `PostProcess`).
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.detections import Detections
from detector.errors import ModelError
from detector.models.files import Card
from detector.models.info import short
from detector.models.onnx_answers import Read, clipped, floats
from detector.models.onnx_foreign import Adapter, fixed_batch, input_size, normalised
from detector.models.onnx_layouts import NORMALISED, check_boxes, corners

DETR_OUTPUTS = ("dets", "labels")
_MEAN, _STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
# A score in a column without a class: so high, it is an animal, and the columns are not those that the card means.
_SURE = 0.5


@dataclass(frozen=True)
class _Settings:
    """The keys of a card for RF-DETR."""

    first_label: int | None = None


def by_card(card: Card, inputs: list[Any], outputs: list[Any]) -> Adapter:
    """How to use an ONNX file, as its card says.

    Raises:
        ModelError: The card names a network that Herdmap does not know, or the file is not as the card says.
    """
    if card.architecture != "rfdetr":
        raise ModelError(f"{card.path.name}: architecture is {short(card.architecture)}; expected rfdetr")
    names = [output.name for output in outputs]
    if not set(names) >= set(DETR_OUTPUTS):
        raise ModelError(f"{card.path.name}: the file's outputs are {str(names)[:80]}; expected dets and labels")
    size = input_size(inputs[0], card.path, str(card.info.tile_size))
    if card.info.tile_size != min(size):
        raise ModelError(f"{card.path.name}: tile_size is {card.info.tile_size}; the file takes {min(size)} px")
    first = card.settings_as(_Settings).first_label
    columns = outputs[names.index("labels")].shape[2:]
    classes = len(card.info.classes)
    alone = classes == 1 and first is None and columns[:1] == [2]
    if columns and isinstance(columns[0], int) and not alone:
        _first_column(columns[0], classes, first)
    read = _read_detr((names.index("dets"), names.index("labels")), classes, size, first)
    info = replace(card.info, batch_size=fixed_batch(inputs[0]))
    return Adapter(info, normalised(inputs[0], _MEAN, _STD), read, size, answer_a_tile=True)


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


def _read_detr(place: tuple[int, int], classes: int, size: tuple[int, int], first: int | None) -> Read:
    """Reads dets (B, N, 4), centre and size from 0 to 1, and labels (B, N, L), logits.

    Args:
        place: The indices of the two outputs.
        classes: How many.
        size: The (height, width) of what the model gets, px.
        first: The column of the first class, or None.
    """
    height, width = size
    scale = np.array([width, height, width, height], np.float32)

    def read(answer: list[NDArray[Any]], tile_size: tuple[int, int], floor: float) -> Detections:
        boxes, logits = floats(answer[place[0]], "dets"), floats(answer[place[1]], "labels")
        if boxes.ndim != 3 or logits.ndim != 3 or boxes.shape != (*logits.shape[:2], 4):
            raise ModelError(
                f"the model answered {boxes.shape} and {logits.shape}; expected (batch, N, 4) and (batch, N, classes)"
            )
        if not (np.isfinite(boxes).all() and np.isfinite(logits).all()):
            raise ModelError("the model answered with numbers that are not finite")
        if np.abs(boxes).max(initial=0) > NORMALISED:
            raise ModelError(f"the model answered with boxes up to {np.abs(boxes).max():g}; expected 0 to 1")
        scores = _of_classes(1 / (1 + np.exp(-logits.clip(-80, 80))), classes, first)
        parts = []
        for tile, (tile_boxes, tile_scores) in enumerate(zip(boxes, scores, strict=True)):
            # As RF-DETR itself: the best pairs of a query and a class, as many as there are queries.
            pairs = np.argsort(-tile_scores, axis=None, kind="stable")[: len(tile_boxes)]
            pairs = pairs[tile_scores.ravel()[pairs] >= floor]
            found = corners(tile_boxes[pairs // classes] * scale)
            check_boxes(found, size)
            detections = Detections.of(found, tile_scores.ravel()[pairs], pairs % classes, tile)
            parts.append(clipped(detections, tile_size, classes, floor))
        return Detections.concatenate(parts)

    return read


def _of_classes(scores: NDArray[np.float32], classes: int, first: int | None) -> NDArray[np.float32]:
    """(B, N, L) scores to (B, N, classes). Raises ModelError if another column has a sure animal."""
    columns = scores.shape[2]
    if classes == 1 and first is None and columns == 2:
        # One of the two columns is never used.
        return np.maximum(scores[:, :, :1], scores[:, :, 1:])
    first = _first_column(columns, classes, first)
    kept = scores[:, :, first : first + classes]
    others = np.delete(scores, np.s_[first : first + classes], axis=2)
    if others.size and others.max() >= _SURE:
        raise ModelError(
            f"the model found an animal in a column of scores without a class; expected columns {first} to "
            f"{first + classes - 1}: correct classes or first_label in its card"
        )
    return kept
