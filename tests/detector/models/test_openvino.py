"""OpenVINO in bfloat16: what it finds is what ONNX Runtime finds in float32, or the file is refused."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import helper

from detector import models
from detector.detections import Detections
from detector.errors import MissingLibraryError, ModelError
from detector.models import libraries
from detector.models.agreement import compare_boxes
from detector.models.onnx import OnnxDetector
from detector.models.precision import FLOAT32, SCORE, Precision, SeveralPrecisions, doubtful
from detector.survey.sample_tiles import simulated_tiles

# Not openvino itself, which would load its telemetry.
openvino_calls = pytest.importorskip(
    "detector.models.openvino_calls", reason="the openvino extra is not installed: pip install 'herdmap[openvino]'"
)

# A score that nothing has: no tile is searched again, so that OpenVINO itself is compared.
NEVER = Precision("bfloat16", (-1.0,))


@pytest.fixture(autouse=True)
def any_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a processor without bfloat16, OpenVINO imitates it, and the same must hold."""
    monkeypatch.setattr(openvino_calls, "has", lambda precision: True)


@pytest.fixture(scope="module")
def tiles() -> NDArray[np.uint8]:
    return simulated_tiles(640, 6, seed=5)


def detector(threads: int = 1, file: Path | None = None) -> OnnxDetector:
    model = models.load(file, "cpu", threads)
    assert isinstance(model, OnnxDetector)
    return model


@pytest.fixture(scope="module")
def exact(tiles: NDArray[np.uint8]) -> Detections:
    return detector().detect(tiles)


def test_bfloat16_finds_the_animals_of_float32_in_the_same_places(tiles: NDArray[np.uint8], exact: Detections) -> None:
    model = detector()
    assert isinstance(model, SeveralPrecisions)
    assert model.precision == "float32"
    model.use(NEVER)
    assert model.precision == "bfloat16"
    # The usual batch, which is compiled for its shape, and others.
    for start, end in ((0, 2), (2, 4), (4, 5), (5, 6)):
        found, full = model.detect_and_tell(tiles[start:end])
        wanted = exact[(exact.tiles >= start) & (exact.tiles < end)]
        thresholds = model.info.thresholds()
        high, low = (d[d.scores >= thresholds[d.labels]] for d in (found, wanted))
        np.testing.assert_array_equal(np.bincount(high.tiles + start, minlength=6), np.bincount(low.tiles, minlength=6))
        same = compare_boxes(high, Detections.of(low.boxes, low.scores, low.labels, low.tiles - start), 6, thresholds)
        assert same.compared > 3
        assert (same.unmatched, same.box_px < 0.5, same.score < SCORE) == (0, True, True), same.text()
        assert full.tolist() == [False] * (end - start)
    model.use(FLOAT32)
    np.testing.assert_array_equal(model.detect(tiles).boxes, exact.boxes)


def test_small_tiles_are_searched_too(tiles: NDArray[np.uint8], exact: Detections) -> None:
    model = detector()
    best = exact[np.argsort(-exact.scores)[:1]]
    x, y = np.clip(best.boxes[0, :2].astype(int) - 100, 0, 320)
    small = np.ascontiguousarray(tiles[best.tiles, y : y + 320, x : x + 256])
    wanted = model.detect(small)
    model.use(NEVER)
    model.detect(tiles[:1])
    found = model.detect(small)
    assert (wanted.scores > 0.5).sum() == (found.scores > 0.5).sum() > 0


def test_a_tile_is_searched_alone_so_one_network_is_enough(
    tiles: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each further network holds some 30 MB. What is found in a tile does not depend on the tiles beside it."""
    shapes: list[tuple[int, ...] | None] = []
    compiled = openvino_calls.OpenVinoCalls._compiled

    def counted(calls: Any, shape: tuple[int, ...] | None) -> Any:
        shapes.append(shape)
        return compiled(calls, shape)

    monkeypatch.setattr(openvino_calls.OpenVinoCalls, "_compiled", counted)
    model = detector()
    score = float(detector().detect(tiles[:1]).scores[0])
    model.use(Precision("bfloat16", (score,)))  # the first tile is searched in float32 too
    alone = [model.detect(tiles[i : i + 1]) for i in range(6)]
    for start, end in ((0, 6), (0, 2), (1, 4), (5, 6)):
        found = model.detect(tiles[start:end])
        for tile in range(start, end):
            here = found[found.tiles == tile - start]
            assert len(here) == len(alone[tile]) > 0
            np.testing.assert_array_equal(here.boxes, alone[tile].boxes)
            np.testing.assert_array_equal(here.scores, alone[tile].scores)
    assert shapes == [None, (1, 640, 640, 3)]
    # The network for any shape was let go, and is made again for a tile of another size.
    model.detect(tiles[:2, :320, :256])
    model.detect(tiles[:2, :100, :256])
    assert shapes == [None, (1, 640, 640, 3), None]


def test_a_tile_with_a_score_near_the_threshold_is_searched_in_float32(
    tiles: NDArray[np.uint8], exact: Detections
) -> None:
    of_first = exact[exact.tiles == 0]
    threshold = float(of_first.scores[0])
    near = np.unique(exact.tiles[np.abs(exact.scores - threshold) < SCORE / 2])
    model = detector()
    model.use(Precision("bfloat16", (threshold,)))
    found = model.detect(tiles)
    for tile in near.tolist():
        for column in ("boxes", "scores", "labels"):
            np.testing.assert_array_equal(
                getattr(found[found.tiles == tile], column), getattr(exact[exact.tiles == tile], column)
            )
    high, wanted = (np.bincount(d.tiles[d.scores >= threshold], minlength=6) for d in (found, exact))
    np.testing.assert_array_equal(high, wanted)


def test_which_tiles_are_doubtful() -> None:
    found = Detections.of(np.tile([0, 0, 9, 9], (4, 1)), [0.43, 0.9, 0.3, 0.69], [0, 0, 1, 1], [0, 1, 2, 4])
    usual = Precision("bfloat16", (0.44, 0.7))
    assert doubtful(found, 6, usual).tolist() == [True, False, False, False, True, False]
    assert not doubtful(Detections.empty(), 2, usual).any()
    near = Precision("bfloat16", (0.44, 0.7), margin=0.0095)
    assert np.flatnonzero(doubtful(found, 6, near)).tolist() == []
    near = Precision("bfloat16", (0.44, 0.7), margin=0.0105)
    assert np.flatnonzero(doubtful(found, 6, near)).tolist() == [0, 4]
    # Scores are lower than in float32: 0.43 is nearer to 0.44 and 0.69 to 0.7 than they look.
    assert Precision("bfloat16", (0.5, 0.7), shift=np.log(3)).doubt == pytest.approx([1 / 4, 7 / 16])
    near = Precision("bfloat16", (0.44, 0.7), margin=0.0055, shift=0.02)
    assert np.flatnonzero(doubtful(found, 6, near)).tolist() == [0]
    assert np.flatnonzero(doubtful(found, 6, replace(near, shift=-0.02))).tolist() == []


def test_a_precision_that_is_set_aside_is_taken_up_again_with_its_new_margin() -> None:
    model = models.load(None, "cpu", 1)
    assert isinstance(model, OnnxDetector)
    model.use(NEVER)
    first = model._quick
    model.use(FLOAT32)
    model.limit(7.0)
    model.use(replace(NEVER, margin=0.01))
    assert first is not None
    assert model._quick is not None
    assert model._quick.calls is first.calls
    assert (model._quick.calls.limit_s, model._quick.precision.margin) == (7.0, 0.01)
    model.use(FLOAT32)
    model.use(FLOAT32)  # nobody comes back to it
    assert model._set_aside is None


def test_several_calls_at_once_give_each_its_own_answer(tiles: NDArray[np.uint8]) -> None:
    from concurrent.futures import ThreadPoolExecutor

    model = models.load(None, "cpu", 2, calls_at_once=2)
    assert isinstance(model, OnnxDetector)
    model.use(NEVER)
    one_by_one = [model.detect(tiles[i : i + 1]) for i in range(6)]
    with ThreadPoolExecutor(2) as pool:
        at_once = list(pool.map(model.detect, [tiles[i : i + 1] for i in range(6)]))
    for alone, beside in zip(one_by_one, at_once, strict=True):
        np.testing.assert_array_equal(alone.boxes, beside.boxes)


def test_a_call_that_takes_too_long_ends(tiles: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openvino_calls, "_LOOK_MS", 1)  # a tile takes longer
    model = detector()
    model.use(NEVER)
    model.detect(tiles[:1])
    model.limit(0.0)
    with pytest.raises(ModelError, match="did not answer within 0 s"):
        model.detect(tiles)
    model.limit(60.0)
    assert len(model.detect(tiles[:1]))


def test_a_file_that_openvino_cannot_read_stays_in_float32(tmp_path: Path, tiles: NDArray[np.uint8]) -> None:
    """It has an operator of ONNX Runtime's own, between the network and its scores."""
    network = onnx.load(str(models.resolve(None)))
    graph = network.graph
    (maker,) = (node for node in graph.node if "scores" in node.output)
    maker.output[list(maker.output).index("scores")] = "scores_before"
    graph.initializer.append(helper.make_tensor("axis", onnx.TensorProto.INT32, [1], [0]))
    graph.initializer.append(helper.make_tensor("first", onnx.TensorProto.INT64, [1], [0]))
    graph.node.append(helper.make_node("ExpandDims", ["scores_before", "axis"], ["deep"], domain="com.microsoft"))
    graph.node.append(helper.make_node("Squeeze", ["deep", "first"], ["scores"]))
    network.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    onnx.save(network, tmp_path / "own.onnx")
    model = detector(file=tmp_path / "own.onnx")
    wanted = model.detect(tiles[:1])
    with pytest.raises(ModelError, match=r"OpenVINO cannot read own\.onnx: .*ExpandDims") as refused:
        model.use(NEVER)
    assert refused.value.about is None
    assert model.precision == "float32"
    np.testing.assert_array_equal(model.detect(tiles[:1]).boxes, wanted.boxes)


def test_a_processor_without_it_and_a_missing_library_say_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    model = detector()
    with pytest.raises(ModelError, match="2 thresholds for 1 classes"):
        model.use(Precision("bfloat16", (0.4, 0.5)))
    monkeypatch.setattr(openvino_calls, "has", lambda precision: False)
    with pytest.raises(ModelError, match="this processor does not compute in bfloat16"):
        model.use(NEVER)
    monkeypatch.setattr(libraries, "find_spec", lambda name: None)
    with pytest.raises(MissingLibraryError, match=r"pip install 'herdmap\[openvino\]'"):
        model.use(NEVER)


def test_openvino_is_loaded_without_its_telemetry(tmp_path: Path) -> None:
    """With it, importing OpenVINO writes an identity into the home folder, for Google Analytics."""
    code = "import sys; from detector.models import openvino_calls; print(sys.modules['openvino_telemetry'])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**_environment(), "HOME": str(tmp_path)},
    )
    assert done.stdout.strip() == "None"
    assert list(tmp_path.iterdir()) == []


def _environment() -> dict[str, str]:
    import os

    return {**os.environ, "PYTHONPATH": str(Path(models.__file__).parents[2])}


FIRST_CALLS_AT_ONCE = """
import sys, threading
from pathlib import Path
import numpy as np
from detector.models.openvino_calls import OpenVinoCalls, ov
calls = OpenVinoCalls(
    Path(sys.argv[1]), precision="float32", threads=1, calls_at_once=1, image="x", outputs=["y"], constants={},
    limit_s=60,
)
sys.setswitchinterval(1e-6)  # threads take turns as often as they can
start = threading.Barrier(8)
def call(number):
    start.wait()
    ov.Type.f32.to_dtype()  # what a call asks first; the calls themselves come one after another out of a lock
    assert calls.run(np.full((1, 4), number, np.float32))[0].tolist() == [[2.0 * number] * 4]
    answered.append(number)
answered = []
threads = [threading.Thread(target=call, args=[number]) for number in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(sorted(answered))
"""


def test_the_first_calls_may_come_at_once(tmp_path: Path) -> None:
    """They waited for each other for ever, and the process with them, so that not even Ctrl-C ended it."""
    values = [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ["n", 4]) for name in "xy"]
    graph = helper.make_graph([helper.make_node("Add", ["x", "x"], ["y"])], "twice", values[:1], values[1:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, file := tmp_path / "twice.onnx")
    command = [sys.executable, "-P", "-c", FIRST_CALLS_AT_ONCE, str(file)]
    done = subprocess.run(command, cwd=Path(__file__).parents[3], capture_output=True, text=True, timeout=120)
    assert done.stdout.strip() == str(list(range(8))), done.stderr
