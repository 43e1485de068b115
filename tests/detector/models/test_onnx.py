"""ONNX files: Herdmap's, Ultralytics' and Deepness' are read as their makers mean them, others are refused."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from detector import models
from detector.errors import InputError, ModelError
from tests.detector.models import constant_answer

# Raw rows of one tile: centre x, centre y, width, height, then a score for each of two classes.
RAW = np.array(
    [
        [20, 20, 10, 10, 0.9, 0.1],
        [21, 20, 10, 10, 0.8, 0.1],  # the same animal again: suppressed
        [20, 20, 10, 10, 0.1, 0.7],  # another class: left for later
        [50, 40, 8, 12, 0.2, 0.6],
        [5, 5, 4, 4, 0.01, 0.02],  # below the floor
        [62, 62, 10, 10, 0.5, 0.0],  # reaches outside: clipped
    ],
    np.float32,
)


def save(
    path: Path, nodes: list[Any], inputs: list[Any], outputs: list[Any], constants: dict[str, Any], **meta: str
) -> Path:
    graph = helper.make_graph(
        nodes, "g", inputs, outputs, [numpy_helper.from_array(np.asarray(v), k) for k, v in constants.items()]
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, meta)
    onnx.checker.check_model(model)
    onnx.save(model, path)
    return path


def yolo(
    path: Path, rows: NDArray[np.float32] = RAW, *, batch: int | str = "b", inverted: bool = True, **meta: str
) -> Path:
    """A file whose every tile answers `rows`, plus nothing times the input so that the input is used."""
    answer = rows.T[None] if inverted else rows[None]
    nodes = [
        helper.make_node("ReduceMean", ["images"], ["mean"], axes=[1, 2, 3], keepdims=1),
        helper.make_node("Squeeze", ["mean", "last"], ["flat"]),
        helper.make_node("Mul", ["flat", "zero"], ["nothing"]),
        helper.make_node("Add", ["nothing", "answer"], ["output0"]),
    ]
    return save(
        path,
        nodes,
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, [batch, 3, 64, 64])],
        [helper.make_tensor_value_info("output0", TensorProto.FLOAT, [batch, *answer.shape[1:]])],
        {"last": np.array([3], np.int64), "zero": np.zeros(1, np.float32), "answer": answer},
        **meta,
    )


def own(path: Path, metadata: str, outputs: tuple[str, ...] = ("boxes", "scores", "labels", "batch_index")) -> Path:
    """A file by the contract that finds one box in tile 0 of every batch."""
    values: dict[str, NDArray[Any]] = {
        "boxes": np.array([[1, 2, 30, 40]], np.float32),
        "scores": np.array([0.75], np.float32),
        "labels": np.array([1], np.int64),
        "batch_index": np.array([0], np.int64),
    }
    return constant_answer.write(path, {name: values[name] for name in outputs}, {"herdmap": metadata})


OWN = json.dumps(
    {"kind": "detector", "name": "test", "classes": ["cow", "élan"], "tile_size": 64, "overlap": 8, "new": 1}
)
ULTRALYTICS: dict[str, Any] = {"names": "{0: 'cow', 1: 'sheep'}", "imgsz": "[64, 64]", "task": "detect", "stride": "32"}
TILES = np.zeros((3, 64, 64, 3), np.uint8)


def test_a_file_by_the_contract(tmp_path: Path) -> None:
    model = models.load(own(tmp_path / "m.onnx", OWN))
    found = model.detect(TILES)
    assert model.info.classes == ("cow", "élan")
    assert found.boxes.tolist() == [[1, 2, 30, 40]]
    assert (found.labels.tolist(), found.tiles.tolist()) == ([1], [0])


@pytest.mark.parametrize("batch", ["b", 1, 2])
def test_an_ultralytics_file_as_its_users_have_it(tmp_path: Path, batch: int | str) -> None:
    model = models.load(yolo(tmp_path / "yolo.onnx", batch=batch, **ULTRALYTICS))
    found = model.detect(TILES)
    assert model.info.classes == ("cow", "sheep")
    assert model.info.tile_size == 64
    assert np.bincount(found.tiles).tolist() == [4, 4, 4]
    first = found[found.tiles == 0]
    assert first.boxes.tolist() == [[15, 15, 25, 25], [15, 15, 25, 25], [46, 34, 54, 46], [57, 57, 64, 64]]
    assert first.labels.tolist() == [0, 1, 1, 0]
    assert first.scores.tolist() == pytest.approx([0.9, 0.7, 0.6, 0.5])


def test_an_ultralytics_file_exported_with_suppression(tmp_path: Path) -> None:
    rows = np.array([[1, 2, 30, 40, 0.9, 1], [0, 0, 0, 0, 0, 0]], np.float32)
    path = yolo(tmp_path / "m.onnx", rows, inverted=False, **ULTRALYTICS, end2end="True")
    found = models.load(path).detect(TILES[:1])
    assert found.boxes.tolist() == [[1, 2, 30, 40]]
    assert found.labels.tolist() == [1]


def test_a_deepness_file(tmp_path: Path) -> None:
    meta: dict[str, Any] = {
        "model_type": json.dumps("Detector"),
        "class_names": json.dumps({"0": "cow", "1": "sheep"}),
        "det_type": json.dumps("YOLO_Ultralytics"),
        "resolution": json.dumps(10),
        "tiles_size": json.dumps(64),
        "tiles_overlap": json.dumps(25),
        "det_conf": json.dumps(0.3),
        "det_iou_thresh": json.dumps(0.5),
    }
    model = models.load(yolo(tmp_path / "deep.onnx", **meta))
    assert model.info.gsd_m == pytest.approx(0.10)
    assert model.info.overlap == 16
    assert model.info.score_threshold == 0.3
    assert len(model.detect(TILES[:1])) == 4


def test_a_deepness_file_with_objectness(tmp_path: Path) -> None:
    rows = np.insert(RAW, 4, 0.5, axis=1)
    meta: dict[str, Any] = {
        "model_type": '"Detector"',
        "class_names": '["cow", "sheep"]',
        "det_type": '"YOLO_v5_or_v7_default"',
    }
    found = models.load(yolo(tmp_path / "v5.onnx", rows, inverted=False, **meta)).detect(TILES[:1])
    assert found.scores.tolist() == pytest.approx([0.45, 0.35, 0.3, 0.25])


def test_a_tile_smaller_than_a_fixed_input_is_padded_and_boxes_are_clipped_to_it(tmp_path: Path) -> None:
    model = models.load(yolo(tmp_path / "m.onnx", **ULTRALYTICS))
    found = model.detect(np.zeros((1, 30, 40, 3), np.uint8))
    assert (found.boxes <= [40, 30, 40, 30]).all()
    assert len(found) == 2
    with pytest.raises(ModelError, match="use tiles of 64 px") as caught:
        model.detect(np.zeros((1, 70, 40, 3), np.uint8))
    assert caught.value.about == "tile_size"


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda p: p.write_bytes(b"this is not a model"), "not an ONNX model"),
        (lambda p: p.write_bytes(b""), "not an ONNX model"),
        (lambda p: yolo(p), "its layout may be"),
        (lambda p: yolo(p, **{**ULTRALYTICS, "task": "classify"}), "for 'classify'"),
        (lambda p: yolo(p, **{**ULTRALYTICS, "task": "segment"}), "expected boxes and"),
        (
            lambda p: yolo(p, **{**ULTRALYTICS, "names": "{0: 'a', 1: 'b', 2: 'c'}"}),
            r"with 3 classes; expected \(batch, 7, N\)",
        ),
        (lambda p: yolo(p, **{**ULTRALYTICS, "names": "__import__('os').system('x')"}), "neither JSON nor"),
        (lambda p: yolo(p, **{**ULTRALYTICS, "names": "{0: 'a', 5: 'b'}"}), "a name for each label"),
        (lambda p: yolo(p, model_type='"Segmentor"', class_names="[]"), "expected a Detector"),
        (lambda p: own(p, "{not json"), "metadata cannot be used"),
        (lambda p: own(p, OWN.replace("detector", "classifier")), "is a classifier with input"),
        (lambda p: own(p, OWN.replace('"tile_size": 64', '"tile_size": 1')), "tile size 1 px"),
        (lambda p: own(p, OWN, ("boxes", "scores")), "expected uint8 images and"),
    ],
)
def test_what_is_no_detector_is_refused_in_one_line(tmp_path: Path, make: Any, says: str) -> None:
    path = tmp_path / "m.onnx"
    make(path)
    with pytest.raises(ModelError, match=says) as refused:
        models.load(path)
    assert "\n" not in str(refused.value)


def test_a_model_that_does_not_exist_names_the_bundled_ones() -> None:
    with pytest.raises(InputError, match=r"'wolves' does not exist: .*sheep"):
        models.load("wolves")


@pytest.mark.parametrize("device", ["tpu", "cuda:x", "cuda:"])
def test_a_device_that_is_none_is_refused(tmp_path: Path, device: str) -> None:
    with pytest.raises(ModelError, match=r"device"):
        models.load(own(tmp_path / "m.onnx", OWN), device=device)


def test_a_gpu_that_was_asked_for_and_cannot_be_used_is_no_silent_run_on_the_processor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As ONNX Runtime for CUDA answers on a machine without CUDA's libraries.
    both = ["CUDAExecutionProvider", "CPUExecutionProvider"]
    monkeypatch.setattr("detector.models.onnx_session.providers", lambda: both)
    file = own(tmp_path / "m.onnx", OWN)
    with pytest.warns(UserWarning, match="not in available provider names"):
        assert models.load(file).device == "cpu"
    with (
        pytest.warns(UserWarning, match="not in available provider names"),
        pytest.raises(ModelError, match="cannot load CUDA") as refused,
    ):
        models.load(file, device="cuda")
    assert refused.value.about == "device"


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "segmenter"},
        {"classes": []},
        {"classes": ["a", "a"]},
        {"overlap": 64},
        {"batch_size": 0},
        {"gsd_m": -1},
        {"score_threshold": 1.5},
        {"score_threshold": {"cow": 3}},
        {"classes": 5},
    ],
)
def test_metadata_that_cannot_be_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ModelError):
        models.ModelInfo.from_json(json.dumps({**json.loads(OWN), **change}))


def test_thresholds_a_class_and_one_for_all() -> None:
    info = models.ModelInfo.from_json(json.dumps({**json.loads(OWN), "score_threshold": {"cow": 0.25}}))
    assert info.thresholds().tolist() == [0.25, 0.25]
    assert info.thresholds(0.75).tolist() == [0.75, 0.75]
    assert models.ModelInfo.from_json(info.to_json()) == info
