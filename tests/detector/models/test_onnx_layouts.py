"""The layouts of other tools' ONNX files: each is read as its tool means it, or refused, and never miscounted."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from detector import models
from detector.errors import ModelError

META = {"names": "{0: 'sheep', 1: 'goat'}", "imgsz": "[320, 320]", "task": "detect", "stride": "32"}
OLD = {**META, "end2end": "False"}  # before Ultralytics wrote the options of the export
NMS = {**OLD, "args": "{'nms': True, 'dynamic': True}"}
PLAIN = {**OLD, "args": "{'nms': False}"}
END = {**META, "end2end": "True"}
ANY = ("b", 3, "h", "w")
# xyxy px, score, label
ANIMALS = [(80, 90, 120, 110, 0.9, 0), (185, 185, 215, 215, 0.8, 1), (20, 20, 60, 50, 0.7, 0)]


def export(
    path: Path,
    answer: NDArray[Any],
    meta: dict[str, str],
    declared: tuple[Any, ...],
    tiles: tuple[Any, ...] = (1, 3, 320, 320),
    *,
    half: bool = False,
    one_answer: bool = False,
    first_only: bool = False,
) -> Path:
    """A file that answers `answer` (1, R, C) about each tile; about all of them together if `one_answer`; with rows of
    zeros about all but the first if `first_only`.

    Lengths of `declared` that are names are known only when it runs, as in graphs of suppression.
    """
    kind, dtype = (TensorProto.FLOAT16, np.float16) if half else (TensorProto.FLOAT, np.float32)
    free = [i for i in (1, 2) if isinstance(declared[i], str)]
    nodes = [
        helper.make_node("ReduceMean", ["images"], ["mean"], axes=[0, 1, 2, 3] if one_answer else [1, 2, 3]),
        helper.make_node("Squeeze", ["mean", "last"], ["flat"]),
        helper.make_node("Mul", ["flat", "zero"], ["nothing"]),
        helper.make_node("Add", ["nothing", "answer"], ["whole" if free else "output0"]),
    ]
    if first_only:
        nodes[-1].output[0] = "each"
        nodes += [
            helper.make_node("CumSum", ["ones", "batch"], ["number"]),
            helper.make_node("Less", ["number", "second"], ["first"]),
            helper.make_node("Where", ["first", "each", "zero"], ["whole" if free else "output0"]),
        ]
        nodes.insert(-3, helper.make_node("Add", ["nothing", "one"], ["ones"]))
    constants = {"last": np.array([3]), "zero": dtype(0), "answer": answer.astype(dtype)}
    if first_only:
        constants |= {"one": dtype(1), "second": dtype(1.5), "batch": np.array(0)}
    if free:
        constants |= {"from": np.zeros(len(free), np.int64), "axes": np.array(free)}
        constants |= {"lengths": np.array([answer.shape[i] for i in free], dtype), "all": np.array([0, 1, 2])}
        nodes += [
            helper.make_node("ReduceSum", ["nothing", "all"], ["sum"], keepdims=0),
            helper.make_node("Add", ["lengths", "sum"], ["end"]),
            helper.make_node("Cast", ["end"], ["to"], to=TensorProto.INT64),
            helper.make_node("Slice", ["whole", "from", "to", "axes"], ["output0"]),
        ]
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("images", kind, tiles)],
        [helper.make_tensor_value_info("output0", kind, declared)],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, meta)
    onnx.save(model, path)
    return path


def final(rows: int = 300, animals: list[Any] = ANIMALS) -> NDArray[np.float64]:
    answer = np.zeros((1, rows, 6))
    answer[0, : len(animals)] = animals
    return answer


def raw(anchors: int = 2100, classes: int = 2, objectness: bool = False) -> NDArray[np.float64]:
    """(1, A, 4 + C), or 5 + C: the animals, each twice, as anchors find them."""
    answer = np.zeros((1, anchors, 4 + objectness + classes))
    for row, (x1, y1, x2, y2, score, label) in enumerate(ANIMALS):
        for again in (0, 1):
            answer[0, 2 * row + again, :4] = [(x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1]
            answer[0, 2 * row + again, 4:5] = 1  # the objectness, if there is one
            answer[0, 2 * row + again, 4 + objectness :] = 0
            answer[0, 2 * row + again, 4 + objectness + label] = score - again * 0.1
    return answer


def columns(anchors: int = 2100, classes: int = 2) -> NDArray[np.float64]:
    return raw(anchors, classes).transpose(0, 2, 1)


def normalised(width: int = 320, height: int = 320, classes: int = 2) -> NDArray[np.float64]:
    """(1, 300, 4 + C) as RT-DETR: each animal once, and 297 doubtful queries."""
    answer = np.full((1, 300, 4 + classes), 0.3)
    answer[..., 4:] = 0.01
    answer[0, :3] = raw(3 * 2, classes)[0, ::2]
    answer[0, :3, :4] /= [width, height, width, height]
    return answer


def normalised_final() -> NDArray[np.float64]:
    """(1, 300, 6) as RT-DETR since 8.4: centre and size from 0 to 1, score, class."""
    answer = np.zeros((1, 300, 6))
    answer[..., :4], answer[..., 4] = 0.3, 0.01
    answer[0, :3, :4] = normalised()[0, :3, :4]
    answer[0, :3, 4:] = [animal[4:] for animal in ANIMALS]
    return answer


@dataclass(frozen=True)
class Case:
    answer: NDArray[Any]
    meta: dict[str, str]
    declared: tuple[Any, ...]
    tiles: tuple[Any, ...] = (1, 3, 320, 320)
    more: dict[str, bool] = field(default_factory=dict)


EIGHTY = {"names": str({i: f"c{i}" for i in range(80)})}
WIDE = {"imgsz": "[256, 320]"}
READ = {
    "v8": Case(columns(), PLAIN, (1, 6, 2100)),
    "v8 dynamic": Case(columns(), PLAIN, ("b", 6, "anchors"), ANY),
    "v8 dynamic, old": Case(columns(), META, ("b", 6, "anchors"), ANY),
    "v8, all lengths unknown": Case(columns(), OLD, ("b", "d1", "d2"), ANY),
    "v8, 300 anchors, lengths unknown": Case(columns(300), OLD, ("b", "d1", "d2"), ANY),
    "v8, six anchors": Case(columns(6), OLD, (1, 6, 6)),
    "v8, half precision": Case(columns(), PLAIN, (1, 6, 2100), more={"half": True}),
    "v8, wide": Case(columns(1680), {**PLAIN, **WIDE}, (1, 6, 1680), (1, 3, 256, 320)),
    "v8, 80 classes": Case(columns(classes=80), {**PLAIN, **EIGHTY}, (1, 84, 2100)),
    "v8, batch of 4": Case(columns(), PLAIN, (4, 6, 2100), (4, 3, 320, 320)),
    "v8, one answer": Case(columns(), PLAIN, ("b", 6, 2100), ANY, {"one_answer": True}),
    "NMS": Case(final(), NMS, (1, 300, 6)),
    "NMS dynamic": Case(final(), NMS, ("b", "d1", "d2"), ANY),
    "NMS dynamic, old": Case(final(), OLD, ("b", "d1", "d2"), ANY),
    "NMS, old": Case(final(), OLD, (1, 300, 6)),
    "NMS, 6 rows": Case(final(6), NMS, ("b", "d1", "d2"), ANY),
    "NMS, rows found only": Case(final(3), NMS, ("b", "found", 6), ANY),
    "NMS, 84 rows of 80 classes": Case(final(84), {**NMS, **EIGHTY}, ("b", "d1", "d2"), ANY),
    "NMS, wide": Case(final(), {**NMS, **WIDE}, (1, 300, 6), (1, 3, 256, 320)),
    "NMS, half precision": Case(final(), NMS, ("b", "d1", 6), ANY, {"half": True}),
    "NMS, one answer": Case(final(), NMS, ("b", "d1", "d2"), ANY, {"one_answer": True}),
    "NMS, unrolled for one tile": Case(final(), NMS, ("b", "d1", "d2"), ANY, {"first_only": True}),
    "NMS, unrolled for one tile, old": Case(final(), OLD, ("b", "d1", "d2"), ANY, {"first_only": True}),
    "v10 and YOLO26": Case(final(), END, (1, 300, 6)),
    "YOLO26 dynamic": Case(final(), END, ("b", "d1", "anchors"), ANY),
    "v10 before end2end": Case(final(), META, (1, 300, 6)),
    "v5 of its own repository": Case(
        raw(6300, objectness=True), {"stride": "32", "names": "['sheep', 'goat']"}, (1, 6300, 7)
    ),
    "RT-DETR": Case(normalised(), {**OLD, "description": "Ultralytics rtdetr-l model"}, (1, 300, 6)),
    "RT-DETR since 8.4": Case(normalised_final(), {**OLD, "head": "RTDETRDecoder"}, (1, 300, 6)),
    "RT-DETR since 8.4, dynamic": Case(normalised_final(), {**PLAIN, "head": "RTDETRDecoder"}, ("b", "d1", "d2"), ANY),
    "RT-DETR since 8.4, 80 classes": Case(
        normalised_final(), {**PLAIN, **EIGHTY, "head": "RTDETRDecoder"}, (1, 300, 6)
    ),
    "RT-DETR, nothing says so": Case(normalised(), OLD, ("b", "d1", 6), ANY),
    "RT-DETR, 80 classes": Case(normalised(classes=80), {**PLAIN, **EIGHTY}, (1, 300, 84)),
    "RT-DETR, wide": Case(normalised(320, 256), {**PLAIN, **WIDE}, (1, 300, 6), (1, 3, 256, 320)),
}


@pytest.mark.parametrize("case", READ.values(), ids=READ)
def test_each_layout_gives_the_same_animals(tmp_path: Path, case: Case) -> None:
    path = export(tmp_path / "m.onnx", case.answer, case.meta, case.declared, case.tiles, **case.more)
    model = models.load(path, device="cpu")
    size = model.info.tile_size
    found = model.detect(np.full((3, size, size, 3), 90, np.uint8))
    assert np.bincount(found.tiles, minlength=3).tolist() == [3, 3, 3]
    for tile in range(3):
        here = found[found.tiles == tile]
        np.testing.assert_allclose(here.boxes, [animal[:4] for animal in ANIMALS], atol=0.2 if case.more else 0.01)
        np.testing.assert_allclose(here.scores, [animal[4] for animal in ANIMALS], atol=1e-3)
        assert here.labels.tolist() == [animal[5] for animal in ANIMALS]


def changed(answer: NDArray[Any], place: Any, value: Any) -> NDArray[Any]:
    answer = answer.copy()
    answer[place] = value
    return answer


REFUSED = {
    "no numbers": (np.full((1, 6, 2100), np.nan), PLAIN, "no finite numbers"),
    "many that are none": (changed(columns(), (0, 5, slice(7, 10)), np.nan), PLAIN, "no finite numbers"),
    "boxes that are none": (changed(columns(), (0, 2, slice(0, 3)), np.inf), PLAIN, "no finite numbers"),
    "logits": (changed(columns(), (0, 4, 9), 5.3), PLAIN, "scores from 0 to 5.3; expected 0 to 1"),
    "negative scores": (changed(columns(), (0, 5), -2), PLAIN, "scores from -2"),
    "percent": (changed(final(), (0, 0, 4), 90), NMS, "scores from 0 to 90"),
    "normalised, without a word": (columns() / 320, PLAIN, "from 0 to 1 of the tile; expected px"),
    "normalised, after suppression": (final(animals=[(0.2, 0.2, 0.4, 0.4, 0.9, 1)] * 2), NMS, "expected px"),
    "boxes far away": (changed(final(), (0, slice(0, 3), 2), 90_000), NMS, "a box at 90000 px"),
    "corners out of order": (changed(final(), (0, slice(0, 3), 0), 300), NMS, "negative size"),
    "a class without a name": (changed(final(), (0, 0, 5), 2), NMS, "class number 2; expected 0 to 1"),
    "classes that are no numbers": (changed(final(), (0, slice(0, 3), 5), np.nan), NMS, "no finite numbers"),
    "infinite classes": (changed(final(), (0, slice(0, 3), 5), np.inf), NMS, "no finite numbers"),
    "half a class": (changed(final(), (0, 0, 5), 0.5), NMS, r"class number 0\.5"),
    "other rows than the metadata say": (columns(), NMS, r"expected \(batch, K, 6\)"),
    "no suppression, but so shaped": (final(), {**PLAIN, **EIGHTY}, "with 80 classes"),
    "RT-DETR in px": (raw(300), {**OLD, "head": "RTDETRDecoder"}, "expected numbers from 0 to 1"),
    "what fits nothing": (final(animals=[(1, 2, 3, 4, 5, 6)]), OLD, "with 2 classes; expected"),
    "as many rows as raw has columns": (final(6), OLD, "export it anew"),
    "the same with 80 classes": (final(84), {**OLD, **EIGHTY}, "export it anew"),
    "nothing at all, twice possible": (np.zeros((1, 6, 6)), OLD, "export it anew"),
}


@pytest.mark.parametrize(("answer", "meta", "said"), REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("dynamic", [False, True])
def test_what_fits_no_layout_is_an_error_and_no_count(
    tmp_path: Path, answer: NDArray[Any], meta: dict[str, str], said: str, dynamic: bool
) -> None:
    declared, tiles = (("b", "d1", "d2"), ANY) if dynamic else (answer.shape, (1, 3, 320, 320))
    path = export(tmp_path / "m.onnx", answer, meta, declared, tiles)
    with pytest.raises(ModelError, match=said) as caught:
        models.load(path, device="cpu").detect(np.zeros((1, 320, 320, 3), np.uint8))
    assert len(str(caught.value)) < 300
    assert "\n" not in str(caught.value)


def test_a_fixed_batch_with_one_answer_is_refused(tmp_path: Path) -> None:
    path = export(tmp_path / "m.onnx", final(), NMS, (1, 300, 6), (4, 3, 320, 320), one_answer=True)
    with pytest.raises(ModelError, match="for 4 tiles"):
        models.load(path, device="cpu").detect(np.zeros((1, 320, 320, 3), np.uint8))


def test_a_wide_input_says_which_tiles_it_takes(tmp_path: Path) -> None:
    path = export(tmp_path / "m.onnx", columns(1680), {**PLAIN, **WIDE}, (1, 6, 1680), (1, 3, 256, 320))
    with pytest.raises(ModelError, match="use tiles of 256 px"):
        models.load(path, device="cpu").detect(np.zeros((1, 320, 320, 3), np.uint8))


@pytest.mark.parametrize(
    ("rows", "used", "score", "said"),
    [
        (300, 299, 0.9, None),
        (300, 300, 0.9, "3 of 3 tiles hit the cap of 300 detections a tile, 3 of them above the threshold, so animals"),
        (300, 300, 0.1, "3 of 3 tiles hit the cap of 300 detections a tile, 0 of them above the threshold: export"),
        (5, 5, 0.9, None),  # only the rows that were found
    ],
)
@pytest.mark.parametrize("batch", ["b", 2])
def test_a_tile_that_fills_all_rows_is_said(
    tmp_path: Path, rows: int, used: int, score: float, said: str | None, batch: int | str
) -> None:
    answer = final(rows, [(x, x, x + 20, x + 20, score, 0) for x in range(used)])
    path = export(tmp_path / "m.onnx", answer, NMS, (batch, "d1", "d2"), (batch, 3, 320, 320))
    model = models.load(path, device="cpu")
    assert not list(model.remarks)
    model.detect(np.zeros((3, 320, 320, 3), np.uint8))
    assert [remark[: len(said or "")] for remark in model.remarks] == ([said] if said else [])
