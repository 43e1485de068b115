"""An ONNX file of RF-DETR with a card beside it is read as RF-DETR reads it."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from detector import models
from detector.errors import ModelError
from detector.models.files import recognise

TILES = np.full((2, 112, 112, 3), 90, np.uint8)
CARD = 'framework = "onnx"\narchitecture = "rfdetr"\ntile_size = 112\n'
ONE, TWO = CARD + 'classes = ["elephant"]\n', CARD + 'classes = ["elephant", "zebra"]\n'
# Centre and size from 0 to 1, and the logits of three columns.
QUERIES = [((0.5, 0.25, 0.25, 0.125), (-9, 2, -9)), ((0.25, 0.75, 0.5, 0.25), (-9, -9, 1)), ((0.5,) * 4, (-9, -9, -9))]


def rfdetr(path: Path, columns: tuple[int, ...] = (0, 1, 2), queries: Any = QUERIES, batch: int | str = "b") -> Path:
    """A file as RF-DETR exports it. It answers the same queries about each tile."""
    values = {
        "dets": np.array([[box for box, _ in queries]], np.float32),
        "labels": np.array([[[logits[i] for i in columns] for _, logits in queries]], np.float32),
    }
    nodes = [
        helper.make_node("ReduceMean", ["input"], ["mean"], axes=[1, 2, 3]),
        helper.make_node("Squeeze", ["mean", "last"], ["flat"]),
        helper.make_node("Mul", ["flat", "zero"], ["nothing"]),
        *(helper.make_node("Add", ["nothing", f"c_{name}"], [name]) for name in values),
    ]
    constants: dict[str, NDArray[Any]] = {"last": np.array([3]), "zero": np.zeros((), np.float32)}
    constants |= {f"c_{name}": value for name, value in values.items()}
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, (batch, 3, 112, 112))],
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, (batch, *v.shape[1:])) for n, v in values.items()],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    return path


BOXES = [[42, 21, 70, 35], [0, 70, 56, 98]]
SCORES = [0.880797, 0.731059]


@pytest.mark.parametrize(
    ("card", "columns", "labels"),
    [
        (TWO + "first_label = 1\n", (0, 1, 2), [0, 1]),  # the first column is the one without animals
        (TWO + "first_label = 0\n", (1, 2, 0), [0, 1]),  # the last one is
        (TWO, (1, 2), [0, 1]),  # there is none
    ],
)
@pytest.mark.parametrize("batch", ["b", 1])
def test_two_classes(tmp_path: Path, card: str, columns: tuple[int, ...], labels: list[int], batch: int | str) -> None:
    path = rfdetr(tmp_path / "m.onnx", columns, batch=batch)
    (tmp_path / "m.toml").write_text(card)
    for named in (path, tmp_path / "m.toml"):
        model = models.load(named, device="cpu")
        found = model.detect(TILES)
        assert found.tiles.tolist() == [0, 0, 1, 1]
        np.testing.assert_allclose(found.boxes, BOXES * 2, atol=1e-3)
        np.testing.assert_allclose(found.scores, SCORES * 2, atol=1e-5)
        assert found.labels.tolist() == labels * 2
        assert (model.info.classes, model.info.overlap) == (("elephant", "zebra"), 17)
        assert model.files == (path, tmp_path / "m.toml")


@pytest.mark.parametrize("columns", [(0, 1), (1, 0)])
def test_one_class_is_found_in_either_column(tmp_path: Path, columns: tuple[int, ...]) -> None:
    (tmp_path / "m.toml").write_text(ONE)
    found = models.load(rfdetr(tmp_path / "m.onnx", columns), device="cpu").detect(TILES[:1])
    np.testing.assert_allclose(found.boxes, BOXES[:1], atol=1e-3)
    assert found.labels.tolist() == [0]


@pytest.mark.parametrize(
    ("card", "change", "said"),
    [
        ("", {}, "layout may be rfdetr: put m.toml beside it"),
        (TWO, {}, "first_label = 0 or 1"),
        (ONE, {}, "3 columns of scores for 1 class"),
        (TWO + "first_label = 2\n", {}, "first_label is 2"),
        (TWO + "first_label = 0\n", {}, "a column of scores without a class"),
        (TWO + "colour = 1\n", {}, "'colour'"),
        (TWO.replace("rfdetr", "detr"), {}, "outputs are dets"),
        (TWO.replace("112", "560"), {}, "the file takes 112 px"),
        (TWO, {"columns": (1, 2), "queries": [((56, 28, 28, 14), (0, 0, 0))]}, "boxes up to 56; expected numbers"),
        (TWO, {"columns": (1, 2), "queries": [((0.5,) * 4, (0, np.nan, 0))]}, "no finite numbers"),
    ],
)
def test_what_the_card_does_not_say_is_asked_for(tmp_path: Path, card: str, change: dict[str, Any], said: str) -> None:
    (tmp_path / "m.toml").write_text(card)
    with pytest.raises(ModelError, match=said) as caught:
        models.load(rfdetr(tmp_path / "m.onnx", **change), device="cpu").detect(TILES)
    assert len(str(caught.value)) < 300


def test_the_card_of_the_checkpoint_that_a_file_was_exported_from_is_not_its_own(tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text(ONE.replace('"onnx"', '"torchvision"'))
    assert recognise(rfdetr(tmp_path / "m.onnx")).card is None


def test_a_card_without_its_file(tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text(ONE)
    with pytest.raises(ModelError, match=r"expected m\.onnx"):
        recognise(tmp_path / "m.toml")
