"""Model files that were made to harm: each is refused in one short line, and what never answers is ended."""

import json
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from detector import models
from detector.errors import ModelError
from detector.models.external_data import external_files
from detector.models.onnx_answers import MAX_RAW_BOXES
from tests import ROOT
from tests.command_line import ENVIRONMENT, PROCESS, HerdmapHere, pasture, write_photos
from tests.detector.cli.conftest import here
from tests.detector.models import constant_answer
from tests.systems import posix

__all__ = ["here"]  # a fixture

FIELD = ROOT / "tests" / "attack" / "field"
TILES = np.zeros((1, 64, 64, 3), np.uint8)
REFUSED = {
    "onnx_external_group.onnx": "outside its own folder",
    "onnx_boxes3.onnx": r"expected \(K, 4\)",
    "onnx_label2e40.onnx": "class number 1099511627776; expected 0 to 0",
    "onnx_de_deep.onnx": "metadata cannot be used",
    "onnx_de_iou.onnx": "metadata cannot be used",
    "onnx_ul_imgsz_inf.onnx": "metadata cannot be used",
    "onnx_meta_not_utf8.onnx": "metadata cannot be used",
}


@pytest.mark.parametrize(("name", "said"), REFUSED.items())
def test_it_is_refused_in_one_short_line(name: str, said: str) -> None:
    with pytest.raises(ModelError, match=said) as caught:
        models.load(FIELD / name, device="cpu").detect(TILES)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


def write(path: Path, metadata: dict[str, str], **values: NDArray[Any]) -> Path:
    """A model by Herdmap's contract that always answers `values`, with other metadata too."""
    answers: dict[str, NDArray[Any]] = {
        "boxes": np.array([[1, 1, 30, 30]], np.float32),
        "scores": np.array([0.9], np.float32),
        "labels": np.array([0], np.int64),
        "batch_index": np.array([0], np.int64),
        **values,
    }
    return constant_answer.write(path, answers, metadata)


def own(**fields: Any) -> dict[str, str]:
    about = {"kind": "detector", "name": "test", "classes": ["cow"], "tile_size": 64, **fields}
    return {"herdmap": json.dumps(about)}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("boxes", np.zeros((0, 4), np.float32)),
        ("boxes", np.zeros((1, 4), np.int64)),
        ("scores", np.zeros((1, 1), np.float32)),
        ("labels", np.array([-1], np.int64)),
        ("labels", np.array([0.5], np.float32)),
        ("batch_index", np.array([2**40], np.int64)),
    ],
)
def test_answers_that_break_the_contract(tmp_path: Path, name: str, value: NDArray[Any]) -> None:
    model = models.load(write(tmp_path / "m.onnx", own(), **{name: value}), device="cpu")
    with pytest.raises(ModelError, match="the model answered") as caught:
        model.detect(TILES)
    assert len(str(caught.value)) < 300


def test_answers_of_numbers_that_are_none_end_the_search(tmp_path: Path) -> None:
    boxes = np.array([[np.nan, 1, 30, 30], [1, 1, np.inf, 30], [5, 5, 2, 2], [1, 1, 30, 30]], np.float32)
    scores = np.array([0.9, 0.9, 0.9, np.nan], np.float32)
    zeros = np.zeros(4, np.int64)
    path = write(tmp_path / "m.onnx", own(), boxes=boxes, scores=scores, labels=zeros, batch_index=zeros)
    with pytest.raises(ModelError, match="no finite numbers"):
        models.load(path, device="cpu").detect(TILES)


def test_a_million_boxes_are_bounded_and_the_best_are_kept(tmp_path: Path) -> None:
    count = 1_000_000
    scores = np.linspace(0.1, 0.9, count).astype(np.float32)
    boxes = np.tile(np.array([1, 1, 30, 30], np.float32), (count, 1))
    zeros = np.zeros(count, np.int64)
    path = write(tmp_path / "m.onnx", own(), boxes=boxes, scores=scores, labels=zeros, batch_index=zeros)
    found = models.load(path, device="cpu").detect(TILES)
    assert len(found) == MAX_RAW_BOXES
    np.testing.assert_array_equal(found.scores, scores[-MAX_RAW_BOXES:])


WRONG: list[Any] = [None, [], {}, "x" * 100_000, [[[]]] * 50, -1, 1e400, float("nan"), True, {"a": {"b": []}}]
ULTRALYTICS = {"names": "{0: 'cow'}", "imgsz": "[64, 64]"}
DEEPNESS = {"model_type": '"Detector"', "class_names": '{"0": "cow"}', "tiles_size": "64"}
DEEP = "[" * 100_000 + "]" * 100_000
TEXTS = ["", "null", "{", "nan", "1e400", "-1", '"x"', "[1, 2]", "{'a': 1}", DEEP, "\ud7ff" * 1000, "[1e400, 1e400]"]
KEYS = (
    "kind",
    "name",
    "classes",
    "tile_size",
    "overlap",
    "batch_size",
    "gsd_m",
    "score_threshold",
    "metrics",
    "version",
)


def plain(path: Path, metadata: dict[str, str]) -> Path:
    """A model as other tools write it: one output of boxes, classes and anchors."""
    answer = np.full((1, 5, 10), 30, np.float32)
    answer[:, 4] = 0.5
    graph = helper.make_graph(
        [helper.make_node("Identity", ["c"], ["output0"])],
        "g",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["b", 3, "h", "w"])],
        [helper.make_tensor_value_info("output0", TensorProto.FLOAT, [1, 5, 10])],
        [numpy_helper.from_array(answer, "c")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, metadata)
    onnx.save(model, path)
    return path


def said_of(path: Path) -> str:
    """Why the model is refused; empty if it is not."""
    try:
        model = models.open_model(path, device="cpu")
        model.detect(TILES) if isinstance(model, models.Model) else model.classify(TILES)
    except ModelError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("key", KEYS)
def test_every_field_of_a_wrong_kind(tmp_path: Path, key: str) -> None:
    said = [said_of(write(tmp_path / "m.onnx", own(**{key: value}))) for value in WRONG]
    assert any(said)
    assert not [text for text in said if "\n" in text or len(text) > 300]


@pytest.mark.parametrize("base", [ULTRALYTICS, DEEPNESS], ids=["Ultralytics", "Deepness"])
def test_every_field_of_other_tools_of_a_wrong_kind(tmp_path: Path, base: dict[str, str]) -> None:
    assert said_of(plain(tmp_path / "m.onnx", base)) == ""
    more = ("task", "end2end", "det_type", "det_iou_thresh", "resolution", "tiles_overlap", "det_conf")
    for key in (*base, *more, "standardization_mean", "standardization_std"):
        said = [said_of(plain(tmp_path / "m.onnx", base | {key: text})) for text in TEXTS]
        assert not [text for text in said if "\n" in text or len(text) > 300]


def varint(number: int) -> bytes:
    made = b""
    while number > 127:
        made, number = made + bytes([number & 127 | 128]), number >> 7
    return made + bytes([number])


def field(number: int, content: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(content)) + content


OUTSIDE = field(1, b"location") + field(2, b"../secret.bin")


@pytest.mark.parametrize(
    "hidden",
    [
        field(13, OUTSIDE),
        varint(99 << 3 | 3) + field(13, b"x") + varint(99 << 3 | 4) + field(13, OUTSIDE),  # after a group
        field(13, varint(7 << 3) + varint(1) + OUTSIDE),  # after a number in the entry
        field(13, varint(7 << 3 | 3) + varint(7 << 3 | 4) + OUTSIDE),  # after a group in the entry
        field(13, field(2, b"inside.bin") + OUTSIDE),  # the last one counts
        varint((13 << 3 | 2) + (1 << 32)) + varint(len(OUTSIDE)) + OUTSIDE,  # protobuf cuts the number
        field(13, field(1, b"location") + field(2, b"../secret\xff.bin")),
    ],
)
def test_weights_outside_are_found_however_they_are_hidden(tmp_path: Path, hidden: bytes) -> None:
    path = tmp_path / "m.onnx"
    path.write_bytes(field(7, field(5, hidden)))  # of the model's graph an initial value
    with pytest.raises(ModelError, match="outside its own folder"):
        external_files(path)


@pytest.mark.parametrize("data", [b"\xff" * 20, field(7, b"\x2a\xff"), varint(1 << 3 | 3), b"\0\0\0\0ORTM" + bytes(50)])
def test_what_cannot_be_followed_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "m.onnx").write_bytes(data)
    with pytest.raises(ModelError, match=r"m\.onnx is"):
        external_files(tmp_path / "m.onnx")


def test_a_model_that_never_answers_ends_at_the_time_limit(tmp_path: Path, here: HerdmapHere) -> None:
    (photo,) = write_photos(tmp_path / "in", pasture(400, 400, animals=1), 1, size=100)
    model = FIELD / "onnx_loop.onnx"
    began = time.monotonic()
    end = here("detect", photo, "-o", tmp_path / "a.gpkg", "--model", model, "--time-limit", 0.5)
    assert (end.code, time.monotonic() - began < 20) == (2, True)
    assert "did not answer within 0.5 s" in end.err
    assert "--time-limit" in end.err


@pytest.mark.parametrize("how", [pytest.param("Ctrl-C", marks=posix), "end of stdin"])
def test_a_model_that_never_answers_ends_when_it_is_told_to(tmp_path: Path, how: str) -> None:
    (photo,) = write_photos(tmp_path / "in", pasture(400, 400, animals=1), 1, size=100)
    command = ("detect", photo, "-o", tmp_path / "a.gpkg", "--model", FIELD / "onnx_loop.onnx", "--progress", "json")
    with subprocess.Popen(
        [*PROCESS, *map(str, command)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        assert b"plan" in process.stdout.readline()
        time.sleep(0.5)
        if how == "Ctrl-C":
            process.send_signal(signal.SIGINT)
        else:
            process.stdin.close()
        try:
            assert process.wait(timeout=15) == 3
        finally:
            process.kill()
