"""Batches that fit the memory, whoever says that it ran out."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from detector import models, survey
from detector.detections import Detections
from detector.errors import ModelError
from detector.search import devices
from detector.search.batches import FittedModel, is_out_of_memory
from detector.search.timing import Profile
from tests.detector.models.spots import SpotModel, scene
from tests.systems import WINDOWS


def torch_error() -> Exception:
    kind: type[RuntimeError] = type("OutOfMemoryError", (RuntimeError,), {})
    return kind("CUDA out of memory. Tried to allocate 2.00 GiB")


def onnx_error() -> Exception:
    text = "BFCArena::AllocateRawInternal Failed to allocate memory for requested buffer of size 1073741824"
    try:
        try:
            raise RuntimeError(text)
        except RuntimeError as error:
            raise ModelError("the model failed on tiles of shape (8, 64, 64, 3)") from error
    except ModelError as error:
        return error


class Small(SpotModel):
    """A model that has memory for so many tiles at a time."""

    def __init__(self, room: int, error: Callable[[], Exception]) -> None:
        super().__init__()
        self.room, self.error = room, error

    def detect(self, tiles: NDArray[np.uint8]) -> Detections:
        if len(tiles) > self.room:
            raise self.error()
        return super().detect(tiles)


def tiles(count: int) -> NDArray[np.uint8]:
    return np.stack([scene(64, 64, 4, n)[0] for n in range(count)])


@pytest.mark.parametrize("error", [torch_error, onnx_error, MemoryError])
@pytest.mark.parametrize("room", [1, 3, 8])
def test_a_batch_that_does_not_fit_is_halved_until_it_does(room: int, error: Callable[[], Exception]) -> None:
    small, whole = Small(room, error), SpotModel()
    fitted = FittedModel(small, Profile())
    found, expected = fitted.detect(tiles(11)), whole.detect(tiles(11))
    np.testing.assert_array_equal(found.boxes, expected.boxes)
    np.testing.assert_array_equal(found.tiles, expected.tiles)
    assert max(shape[0] for shape in small.batches) <= room
    calls = len(small.batches)
    fitted.detect(tiles(11))
    assert len(small.batches) == 2 * calls, "what was learnt is kept"
    (remark,) = fitted.remarks
    most = max(s[0] for s in small.batches)
    assert f" {most} tile" in remark
    assert getattr(remark, "about", None) == "batch_size"


def test_a_model_that_fits_is_left_alone() -> None:
    fitted = FittedModel(SpotModel(), Profile())
    fitted.detect(tiles(9))
    assert fitted.remarks == ()


def test_one_tile_too_much_is_an_error_that_says_the_mend() -> None:
    with pytest.raises(ModelError, match=r"ran out of memory with 1 tiles of 64 x 64 px.*smaller tiles") as caught:
        FittedModel(Small(0, MemoryError), Profile()).detect(tiles(4))
    assert caught.value.about == "tile_size"


def test_another_error_is_not_taken_for_want_of_memory() -> None:
    def other() -> Exception:
        return ModelError("the model failed on tiles of shape (2, 64, 64, 3): no kernel")

    assert not is_out_of_memory(other())
    with pytest.raises(ModelError, match="no kernel"):
        FittedModel(Small(1, other), Profile()).detect(tiles(2))


def test_a_run_short_of_memory_finds_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from PIL import Image

    Image.fromarray(scene(300, 200, 30)[0]).save(tmp_path / "a.png")
    said: list[str] = []
    found = {}
    for name, model in {"whole": SpotModel(), "small": Small(1, torch_error)}.items():
        monkeypatch.setattr(models, "open_model", lambda *_, model=model, **__: model)
        watcher = survey.Watcher()
        monkeypatch.setattr(watcher, "warning", said.append)
        outcome = survey.detect([tmp_path / "a.png"], tmp_path / f"{name}.gpkg", watcher=watcher)
        found[name] = outcome.detections
        assert outcome.profile.tiles > 4
    assert found["small"] == found["whole"] > 10
    assert said == [
        "too little memory for the batches: the model gets 1 tile a call from now on; start with that many next time"
    ]


# ---- how much there is --------------------------------------------------------------------------


@pytest.fixture
def gpu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[int, int], None]:
    """A driver's tool that says how much of GPU 3 is free, in MB, and how busy it is; it knows no other GPU."""
    if WINDOWS:
        pytest.skip("the tool is a script of a shell")

    def say(free: int, busy: int) -> None:
        tool = tmp_path / "nvidia-smi"
        tool.write_text(
            '#!/bin/sh\ncase "$*" in *--id=3*) ;; *) exit 6;; esac\n'
            f'case "$*" in *memory.free*) echo {free};; *utilization.gpu*) echo {busy};; esac\n'
        )
        tool.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "5,3")

    return say


@pytest.mark.parametrize(("free", "expected"), [(80_000, 32), (16_000, 11), (1_500, 1), (100, 1)])
def test_the_batch_follows_the_memory_of_the_gpu(gpu: Callable[[int, int], None], free: int, expected: int) -> None:
    gpu(free, 50)
    assert devices.batch_size("cuda:1", 800) == expected


def test_a_gpu_of_which_nothing_is_known_gets_the_usual_batch(gpu: Callable[[int, int], None]) -> None:
    gpu(80_000, 50)
    assert devices.batch_size("cuda:0", 800) == devices.GPU_BATCH


def test_the_batch_on_the_cpu_follows_what_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    for free, expected in ((64 << 30, 4), (10 << 30, 2), (1 << 30, 1), (None, 4)):
        monkeypatch.setattr(devices, "free_bytes", lambda device, free=free: free)
        assert devices.batch_size("cpu", 800) == expected


def test_the_memory_that_is_free_is_some() -> None:
    free = devices.free_bytes("cpu")
    assert free is None or 0 <= free < 1 << 50


def test_the_profile_says_how_busy_the_gpu_was(
    gpu: Callable[[int, int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    gpu(80_000, 40)
    monkeypatch.setattr("detector.search.timing._SAMPLE_S", 0.01)
    import time

    profile = Profile()
    with profile.measure_search("cuda:1"):
        end = time.monotonic() + 20
        while profile.gpu_busy is None and time.monotonic() < end:
            time.sleep(0.02)
    assert profile.gpu_busy == pytest.approx(0.4)
    assert "the GPU was busy for 40 %" in profile.text()


# ---- where the time went ------------------------------------------------------------------------


def test_stages_are_measured_by_the_clock_however_many_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 3.0, 10.0, 14.0])
    monkeypatch.setattr("detector.search.timing.time.perf_counter", lambda: next(clock))
    profile = Profile()
    with profile.measure("forward"), profile.measure("forward"):
        pass
    with profile.measure("forward"):
        pass
    assert profile.seconds == {"forward": 3.0 + 4.0}


def test_what_the_model_does_not_work_it_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 2.0, 5.0, 10.0])
    monkeypatch.setattr("detector.search.timing.time.perf_counter", lambda: next(clock))
    profile = Profile()
    profile.tiles = 20
    with profile.measure_search("cpu"), profile.measure("forward"):
        pass
    assert profile.seconds == {"forward": 3.0, "search": 10.0, "wait": 7.0}
    assert profile.tiles_per_s == 2
    assert "the model waited for pixels" in profile.text()
