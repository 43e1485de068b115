"""Small ONNX files with the inputs and outputs of other tools' exports, which always answer the same."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

SIZE = 128
CLASSES = 2
# xyxy px, score, label: on tiles of 128 px.
ANIMALS = [(30, 40, 54, 56, 0.9, 0), (80, 76, 98, 92, 0.8, 1), (8, 88, 28, 112, 0.7, 0)]
_KINDS = {
    np.dtype(np.float32): TensorProto.FLOAT,
    np.dtype(np.float16): TensorProto.FLOAT16,
    np.dtype(np.int64): TensorProto.INT64,
    np.dtype(np.int32): TensorProto.INT32,
}


def write(
    path: Path,
    answers: Mapping[str, NDArray[Any]],
    *,
    tiles: tuple[Any, ...] = ("b", 3, SIZE, SIZE),
    sizes: bool = False,
    declared: Mapping[str, tuple[Any, ...]] | None = None,
    metadata: Mapping[str, str] | None = None,
) -> Path:
    """A file with these outputs.

    Args:
        path: The file.
        answers: The outputs by name.
        tiles: The shape of its input.
        sizes: Whether it has a second input, the sizes of the pictures.
        declared: The shapes that it declares, by output; those of the answers where none is given.
        metadata: What it says about itself.
    """
    inputs = [helper.make_tensor_value_info("images", TensorProto.FLOAT, tiles)]
    if sizes:
        inputs.append(helper.make_tensor_value_info("orig_target_sizes", TensorProto.INT64, ("b", 2)))
    outputs = [
        helper.make_tensor_value_info(name, _KINDS[v.dtype], (declared or {}).get(name, v.shape))
        for name, v in answers.items()
    ]
    graph = helper.make_graph(
        [helper.make_node("Identity", [f"c_{name}"], [name]) for name in answers],
        "g",
        inputs,
        outputs,
        [numpy_helper.from_array(value, f"c_{name}") for name, value in answers.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, dict(metadata or {}))
    onnx.save(model, path)
    return path


def _logit(score: float) -> float:
    return float(np.log(score / (1 - score)))


def _cells(strides: tuple[int, ...]) -> NDArray[np.float32]:
    """(N, 3) column, row, stride."""
    grids = [np.mgrid[: SIZE // s, : SIZE // s] for s in strides]
    parts = [np.c_[g[1].ravel(), g[0].ravel(), np.full(g[0].size, s)] for g, s in zip(grids, strides, strict=True)]
    return np.concatenate(parts).astype(np.float32)


def _queries(logits: int, nothing: float, first: int = 0) -> dict[str, NDArray[Any]]:
    """Boxes from 0 to 1 and logits. logits: how many columns; nothing: the logit of what is not there."""
    boxes = np.full((1, 20, 4), 0.5, np.float32)
    columns = np.full((1, 20, logits), nothing, np.float32)
    for row, (x1, y1, x2, y2, score, label) in enumerate(ANIMALS):
        boxes[0, row] = np.array([(x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1]) / SIZE
        columns[0, row, first + label] = _logit(score)
    return {"boxes": boxes, "columns": columns}


def _detr() -> dict[str, NDArray[Any]]:
    found = _queries(CLASSES + 1, -30.0)
    found["columns"][0, :, -1] = 0  # the logit of "no animal": the softmax of (logit of p, 0) is p
    return {"logits": found["columns"], "pred_boxes": found["boxes"]}


def _rows(columns: int, rows: int = 20) -> NDArray[np.float32]:
    found = np.zeros((1, rows, columns), np.float32)
    found[0, : len(ANIMALS), :4] = [animal[:4] for animal in ANIMALS]
    return found


def _lists(first: int = 0, rows: int = 20) -> dict[str, NDArray[Any]]:
    scores, labels = np.zeros((1, rows), np.float32), np.full((1, rows), first, np.int64)
    scores[0, : len(ANIMALS)] = [animal[4] for animal in ANIMALS]
    labels[0, : len(ANIMALS)] = [first + animal[5] for animal in ANIMALS]
    return {"boxes": _rows(4, rows), "scores": scores, "labels": labels}


def _yolox(decoded: bool) -> dict[str, NDArray[Any]]:
    cells = _cells((8, 16, 32))
    answer = np.zeros((1, len(cells), 5 + CLASSES), np.float32)
    for x1, y1, x2, y2, score, label in ANIMALS:
        centre = np.array([(x1 + x2) / 2, (y1 + y2) / 2])
        row = int(np.abs(cells[:256, :2] * 8 + 4 - centre).sum(axis=1).argmin())
        answer[0, row, :2] = centre / 8 - cells[row, :2]
        answer[0, row, 2:4] = np.log(np.array([x2 - x1, y2 - y1]) / 8)
        answer[0, row, 4], answer[0, row, 5 + label] = 1, score
    if decoded:
        answer[0, :, :2] = (answer[0, :, :2] + cells[:, :2]) * cells[:, 2:]
        answer[0, :, 2:4] = np.exp(answer[0, :, 2:4]) * cells[:, 2:]
    return {"output": answer}


def _nanodet(middle: float) -> dict[str, NDArray[Any]]:
    cells = _cells((8, 16, 32, 64))
    answer = np.zeros((1, len(cells), CLASSES + 32), np.float32)
    for x1, y1, x2, y2, score, label in ANIMALS:
        centre = np.array([(x1 + x2) / 2, (y1 + y2) / 2])
        row = int(np.abs((cells[:256, :2] + middle) * 8 - centre).sum(axis=1).argmin())
        x, y = (cells[row, :2] + middle) * 8
        for side, distance in enumerate(np.array([x - x1, y - y1, x2 - x, y2 - y]) / 8):
            low = int(distance)
            share = distance - low
            bins = np.full(8, -40.0)
            bins[low], bins[low + 1] = np.log(max(1 - share, 1e-12)), np.log(max(share, 1e-12))
            answer[0, row, CLASSES + 8 * side : CLASSES + 8 * side + 8] = bins
        answer[0, row, label] = score
    return {"output": answer}


def _nanodet_strides() -> dict[str, NDArray[Any]]:
    """The answer of three strides in outputs of their own."""
    (whole,) = _nanodet(0.5).values()
    found: dict[str, NDArray[Any]] = {}
    for kind, columns in (("cls", slice(None, CLASSES)), ("dis", slice(CLASSES, None))):
        start = 0
        for stride in (8, 16, 32):
            cells = (SIZE // stride) ** 2
            found[f"{kind}_pred_stride_{stride}"] = whole[:, start : start + cells, columns].copy()
            start += cells
    return found


def _yolo(objectness: bool) -> dict[str, NDArray[Any]]:
    answer = np.zeros((1, 1008 if objectness else 336, 4 + objectness + CLASSES), np.float32)
    for row, (x1, y1, x2, y2, score, label) in enumerate(ANIMALS):
        answer[0, row, :4] = (x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1
        answer[0, row, 4:5] = 1
        answer[0, row, 4 + objectness :] = 0
        answer[0, row, 4 + objectness + label] = score
    return {"output0": answer if objectness else answer.transpose(0, 2, 1).copy()}


def _numbered() -> dict[str, NDArray[Any]]:
    rows = [[0, *animal[:4], animal[5], animal[4]] for animal in ANIMALS]
    return {"output": np.array(rows, np.float32)}


def _final() -> dict[str, NDArray[Any]]:
    rows = _rows(6)
    rows[0, : len(ANIMALS), 4:] = [animal[4:] for animal in ANIMALS]
    return {"output0": rows}


def _finished() -> dict[str, NDArray[Any]]:
    rows = np.zeros((1, 20, 6), np.float32)
    rows[..., :4] = _queries(CLASSES, -30.0)["boxes"]
    rows[0, :, 4] = 0.01
    rows[0, : len(ANIMALS), 4:] = [animal[4:] for animal in ANIMALS]
    return {"output0": rows}


def _together() -> dict[str, NDArray[Any]]:
    rows = np.full((1, 20, 4 + CLASSES), 0.01, np.float32)
    found = _queries(CLASSES, -30.0)
    rows[..., :4] = found["boxes"]
    for row, animal in enumerate(ANIMALS):
        rows[0, row, 4 + int(animal[5])] = animal[4]
    return {"output0": rows}


def _named(boxes: str, columns: str, logits: int, first: int = 0) -> dict[str, NDArray[Any]]:
    found = _queries(logits, -30.0, first)
    return {boxes: found["boxes"], columns: found["columns"]}


def _dets() -> dict[str, NDArray[Any]]:
    found = _lists()
    return {"dets": np.concatenate([found["boxes"], found["scores"][..., None]], 2), "labels": found["labels"]}


def _torchvision() -> dict[str, NDArray[Any]]:
    found = {name: value[0, : len(ANIMALS)] for name, value in _lists(first=1).items()}
    return {"2542": found["boxes"], "2512": found["labels"], "2511": found["scores"]}


def _heatmap() -> NDArray[np.float32]:
    """(2, 64, 64): a map of each class, in cells of 2 px. An animal between cells has several of the same height."""
    maps = np.full((CLASSES, SIZE // 2, SIZE // 2), 0.01, np.float32)
    for x1, y1, x2, y2, score, label in ANIMALS:
        columns, rows = (sorted({int((v - 1) // 2), int(v // 2)}) for v in ((x1 + x2) / 2, (y1 + y2) / 2))
        maps[label, rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] = score
    return maps


def _herdnet() -> dict[str, NDArray[Any]]:
    classes = np.full((1, CLASSES + 1, SIZE // 32, SIZE // 32), -5, np.float32)
    classes[:, 0] = 5
    for x1, y1, x2, y2, _, label in ANIMALS:
        classes[0, 1 + label, int(y1 + y2) // 64, int(x1 + x2) // 64] = 0
    return {"heatmap": _heatmap().max(axis=0)[None, None], "classes": classes}


@dataclass(frozen=True)
class Made:
    """How a file of a layout is made. card: what its card says besides the layout. more: for `write`."""

    answers: Callable[[], dict[str, NDArray[Any]]]
    card: str = ""
    more: dict[str, Any] = field(default_factory=dict)


FIRST_0, FIRST_1 = "first_label = 0\n", "first_label = 1\n"
# By the name of the layout. Each answers with ANIMALS.
FILES = {
    "yolo": Made(lambda: _yolo(False)),
    "yolo-final": Made(_final),
    "yolo-objectness": Made(lambda: _yolo(True)),
    "yolov7": Made(lambda: _yolo(True)),
    "yolov7-end2end": Made(_numbered),
    "rtdetr-ultralytics": Made(_together),
    "rtdetr-final": Made(_finished),
    "rfdetr": Made(lambda: _named("dets", "labels", CLASSES + 1, 1), FIRST_1),
    "rtdetr": Made(lambda: _named("pred_boxes", "logits", CLASSES)),
    "deformable-detr": Made(lambda: _named("pred_boxes", "logits", CLASSES)),
    "detr": Made(_detr),
    "dfine": Made(lambda: dict(reversed(_lists().items())), FIRST_0, {"sizes": True}),
    "lists": Made(lambda: {"num_dets": np.array([[3]], np.int32), **_lists()}, FIRST_0),
    "torchvision": Made(_torchvision, FIRST_1, {"tiles": (3, SIZE, SIZE)}),
    "mmdetection": Made(_dets, FIRST_0),
    "yolox": Made(lambda: _yolox(False)),
    "yolox-decoded": Made(lambda: _yolox(True)),
    "nanodet-plus": Made(lambda: _nanodet(0.0)),
    "nanodet": Made(lambda: _nanodet(0.5)),
    "nanodet-strides": Made(_nanodet_strides),
    "herdnet": Made(_herdnet),
    "heatmap": Made(lambda: {"heatmap": _heatmap()[None]}),
}
POINTS = frozenset({"herdnet", "heatmap"})


def animals(layout: str) -> list[tuple[float, ...]]:
    """ANIMALS as a file of the layout has them, in canonical order; points as squares of the usual size."""
    found = [tuple(animal) for animal in ANIMALS]
    if layout in POINTS:
        middles = [((x1 + x2) / 2, (y1 + y2) / 2, *rest) for x1, y1, x2, y2, *rest in ANIMALS]
        found = [(x - 10, y - 10, x + 10, y + 10, *rest) for x, y, *rest in middles]
    return sorted(found, key=lambda animal: (animal[1], animal[0]))


def card(layout: str, more: str = "") -> str:
    """The card of a file in FILES."""
    return f'framework = "onnx"\nlayout = "{layout}"\nclasses = ["sheep", "goat"]\ntile_size = {SIZE}\n{more}'


def with_card(folder: Path, layout: str, more: str | None = None) -> Path:
    """A file of a layout with its card. more: the card's other keys; by default those that the file needs."""
    made = FILES[layout]
    (folder / "m.toml").write_text(card(layout, made.card if more is None else more), encoding="utf-8")
    return write(folder / "m.onnx", made.answers(), **made.more)
