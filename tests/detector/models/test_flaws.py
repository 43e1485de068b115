"""A box that cannot be right is left out and said; many of them are an error. One rule for all layouts."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from detector import models
from detector.errors import ModelError
from detector.models.flaws import Flaws
from tests.detector.models.foreign_files import CLASSES, FILES, POINTS, SIZE, animals, card, write

TILE = np.full((1, SIZE, SIZE, 3), 90, np.uint8)
# Its boxes come from distances to the sides, which are cut at the tile, so none is far away.
NEVER_FAR = {"nanodet", "nanodet-plus", "nanodet-strides"}
SCORES = {
    "yolo": ("output0", 4),
    "yolo-final": ("output0", 4),
    "yolo-objectness": ("output0", 5),
    "yolov7": ("output0", 5),
    "yolov7-end2end": ("output", 6),
    "rtdetr-ultralytics": ("output0", 4),
    "rtdetr-final": ("output0", 4),
    "yolox": ("output", 5),
    "yolox-decoded": ("output", 5),
    "mmdetection": ("dets", 4),
    "nanodet": ("output", 0),
    "nanodet-plus": ("output", 0),
    "nanodet-strides": ("cls_pred_stride_8", 0),
    "detr": ("logits", 0),
    "rfdetr": ("labels", 1),
    "rtdetr": ("logits", 0),
    "deformable-detr": ("logits", 0),
    "torchvision": ("2511", 0),
    "herdnet": ("heatmap", 0),
    "heatmap": ("heatmap", 0),
}
BOXES = {"dfine": "boxes", "lists": "boxes", "torchvision": "2542", "rfdetr": "dets"}
BOXES |= {"nanodet-strides": "dis_pred_stride_8"}
BOXES |= dict.fromkeys(("detr", "rtdetr", "deformable-detr"), "pred_boxes")
CORNERS = {"dfine", "lists", "torchvision", "mmdetection", "yolo-final", "yolov7-end2end"}


def spoilt(layout: str, what: str) -> dict[str, NDArray[Any]]:
    """The layout's answers, of which the score or the box of one animal, the surest, is not right."""
    answers = FILES[layout].answers()
    of_scores, column = SCORES.get(layout, ("scores", 0))
    scores = answers[of_scores]
    if layout in POINTS:
        scores.ravel()[scores.argmax()] = np.nan
        return answers
    columns_first = layout == "yolo"
    rows = scores[0].T if columns_first else scores[0] if scores.ndim == 3 else scores
    alone = layout in {"dfine", "lists", "torchvision"}  # scores in an output of their own
    row = int((rows.ravel() if alone else rows[:, column]).argmax())
    if what == "score":
        (rows.ravel() if alone else rows[row, column : column + 1])[row if alone else 0] = np.nan
        return answers
    boxes = answers[BOXES.get(layout, of_scores)]
    boxes = boxes[0].T if columns_first else boxes[0] if boxes.ndim == 3 else boxes
    first = {"yolov7-end2end": 1}.get(layout, CLASSES if layout in ("nanodet", "nanodet-plus") else 0)
    if what == "box":
        boxes[row, first] = np.nan
    elif what == "far":
        boxes[row, first] = 40_000
    elif layout in CORNERS:
        boxes[row, first] = boxes[row, first + 2] + 5
    else:  # an exponential is never negative
        boxes[row, first + 2] = -60
    return answers


def cases() -> list[tuple[str, str]]:
    """Each layout with each flaw that it can have."""
    found = []
    for layout in FILES:
        for what in ("score", "box", "far", "turned"):
            only_score = layout in POINTS and what != "score"
            cut = layout in NEVER_FAR and what in ("far", "turned")
            if not (only_score or cut or (layout == "yolox" and what == "turned")):
                found.append((layout, what))
    return found


@pytest.mark.parametrize(("layout", "what"), cases())
def test_a_box_that_cannot_be_right_is_left_out_and_said(tmp_path: Path, layout: str, what: str) -> None:
    path = write(tmp_path / "m.onnx", spoilt(layout, what), **FILES[layout].more)
    path.with_suffix(".toml").write_text(card(layout, FILES[layout].card), encoding="utf-8")
    model = models.load(path, "cpu", threads=1)
    found = model.detect(TILE).in_canonical_order()
    surest = max(animals(layout), key=lambda animal: animal[4])
    wanted = [animal for animal in animals(layout) if animal != surest or layout in POINTS]
    if layout not in POINTS:  # there, another cell of the same peak stays
        np.testing.assert_allclose(found.boxes, [animal[:4] for animal in wanted], atol=0.01)
    np.testing.assert_allclose(found.scores, [animal[4] for animal in wanted], atol=1e-3)
    (said,) = model.remarks
    assert said.startswith("1 of the model's ")
    assert "left out" in said


def boxes(number: int) -> NDArray[np.float32]:
    return np.tile(np.array([10, 10, 30, 30], np.float32), (number, 1))


def test_many_are_an_error_and_few_of_thousands_are_not() -> None:
    flaws = Flaws()
    turned = boxes(1)[:, [2, 1, 0, 3]]
    for _ in range(10):
        rows = np.concatenate([boxes(99), turned])
        assert flaws.sound(rows, np.full(100, 0.9, np.float32), (SIZE, SIZE)).tolist() == [True] * 99 + [False]
    assert (flaws.seen, flaws.left_out) == (1000, 10)
    with pytest.raises(ModelError, match="negative size"):
        flaws.sound(np.tile(turned, (15, 1)), np.full(15, 0.9, np.float32), (SIZE, SIZE))


@pytest.mark.parametrize(("right", "wrong"), [(0, 2), (2, 2), (3, 3), (100, 3)])
def test_a_layout_that_turns_boxes_is_refused_from_the_second_or_third_on(right: int, wrong: int) -> None:
    flaws = Flaws()
    turned = boxes(1)[:, [2, 1, 0, 3]]
    flaws.sound(boxes(right), np.full(right, 0.9, np.float32), (SIZE, SIZE))
    for number in range(1, wrong + 1):
        if number == wrong:
            with pytest.raises(ModelError, match="negative size"):
                flaws.sound(turned, np.full(1, 0.9, np.float32), (SIZE, SIZE))
        else:
            assert not flaws.sound(turned, np.full(1, 0.9, np.float32), (SIZE, SIZE)).any()


def test_doubtful_boxes_are_left_out_and_not_counted() -> None:
    flaws = Flaws()
    turned = boxes(50)[:, [2, 1, 0, 3]]
    assert not flaws.sound(turned, np.full(50, 0.01, np.float32), (SIZE, SIZE)).any()
    assert not flaws.remarks
