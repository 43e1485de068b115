"""What goes wrong in a long run costs the photo it happens to, and is said."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
import rasterio
from PIL import Image

from detector import models, survey
from detector.cli import main
from detector.survey import crash_retry
from detector.survey.outcome import by_reason
from geo import geopackage, raster
from geo.errors import RasterError
from tests import ROOT
from tests.command_line import ENVIRONMENT, PROCESS, Ended, HerdmapHere, pasture, write_photos
from tests.detector.models.spots import SpotModel, scene

# What a process of Python does first, so that it is also in a child: one photo crashes it, one never ends.
TRAP = """
import ctypes, time
from pathlib import Path
from geo import raster
read, inspect = raster.RasterReader.read, raster.inspect
def trapped(path):
    if path.name.startswith("crash"):
        ctypes.string_at(0)
    if path.name.startswith("hang"):
        time.sleep(1000)
def trapped_read(self, *arguments):
    if "header" not in self.path.name:
        trapped(self.path)
    return read(self, *arguments)
def trapped_inspect(path):
    if "header" in path.name:
        trapped(path)
    return inspect(path)
opened = raster.RasterReader.__init__
def trapped_open(self, path, *stretch):
    if "header" in path if isinstance(path, str) else "header" in path.name:
        trapped(Path(path))
    opened(self, path, *stretch)
sample = raster.sample
def trapped_sample(path):
    trapped(Path(path))
    return sample(path)
raster.RasterReader.read, raster.inspect, raster.RasterReader.__init__ = trapped_read, trapped_inspect, trapped_open
raster.sample = trapped_sample
"""


# The same for a photo with a marked corner, once it comes to the model: what is done is said in a variable. Who had it
# before that is written down.
MODEL_TRAP = """
import ctypes, os, signal
from detector.models import onnx
def trapped(self, tiles, detect=onnx.OnnxDetector.detect_and_tell):
    if (tiles[:, :8, :8] == (255, 0, 255)).all():
        with open(os.environ["MET"], "a") as met:
            print(os.getpid(), file=met)
        how = os.environ["TRAP"]
        if how == "crash":
            ctypes.string_at(0)
        if how == "killed" or how == "killed once" and len(open(os.environ["MET"]).readlines()) == 1:
            os.kill(os.getpid(), signal.SIGKILL)
    return detect(self, tiles)
onnx.OnnxDetector.detect_and_tell = trapped
"""


class Listening(survey.Watcher):
    """Keeps what a run says; `at_start` is done between the plan and the run."""

    def __init__(self, at_start: Callable[[], None] = lambda: None) -> None:
        self.said: list[str] = []
        self.failed: dict[str, str] = {}
        self.progresses: list[survey.Progress] = []
        self._at_start = at_start

    def planned(self, images: int, tiles: int, tiles_done: int) -> None:
        self._at_start()

    def warning(self, text: str) -> None:
        self.said.append(text)

    def image_failed(self, image: str, reason: str) -> None:
        self.failed[image] = reason

    def progress(self, progress: survey.Progress) -> None:
        self.progresses.append(progress)


@pytest.fixture
def spots(monkeypatch: pytest.MonkeyPatch) -> SpotModel:
    model = SpotModel()
    monkeypatch.setattr(models, "open_model", lambda *_, **__: model)
    return model


@pytest.fixture
def here(capsys: pytest.CaptureFixture[str]) -> HerdmapHere:
    return HerdmapHere(capsys)


def photos(folder: Path, count: int) -> list[Path]:
    """Small PNGs that each have animals."""
    folder.mkdir(exist_ok=True)
    paths = [folder / f"{n}.png" for n in range(count)]
    for n, path in enumerate(paths):
        Image.fromarray(scene(150, 100, 6, n)[0]).save(path)
    return paths


def cut_off(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def statuses(output: Path) -> dict[str, tuple[str, str | None]]:
    images = geopackage.read_images(output)
    return {Path(p).name: (s, r) for p, s, r in zip(images.path, images.status, images.reason, strict=True)}


# ---- a decoder that crashes or hangs ------------------------------------------------------------


@pytest.fixture
def trapped(tmp_path: Path) -> Callable[..., Ended]:
    """`herdmap ...` in a process with the traps."""
    (tmp_path / "trap").mkdir()
    (tmp_path / "trap" / "sitecustomize.py").write_text(TRAP)
    path = os.pathsep.join([str(tmp_path / "trap"), ENVIRONMENT["PYTHONPATH"]])

    def run(*arguments: object) -> Ended:
        done = subprocess.run(
            [*PROCESS, *map(str, arguments)],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            env={**ENVIRONMENT, "PYTHONPATH": path},
            timeout=60,
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    return run


@pytest.mark.skipif(os.name != "posix", reason="how a crash is known is POSIX's")
@pytest.mark.parametrize("name", ["crash.jpg", "crash header.jpg"])
def test_a_photo_that_crashes_its_decoder_costs_itself(
    tmp_path: Path, trapped: Callable[..., Ended], check_gpkg: Callable[..., None], name: str
) -> None:
    paths = write_photos(tmp_path / "photos", pasture(500, 400, 10), 4)
    paths[1].rename(paths[1].with_name(name))
    output = tmp_path / "out.gpkg"
    command = ("detect", tmp_path / "photos", "-o", output)
    assert trapped(*command).code == -11, "nothing in this process can stop it"
    again = trapped(*command)
    assert again.code == 1, again
    check_gpkg(output, positioned=False)
    found = statuses(output)
    assert {name: status for name, (status, _) in found.items()} == {
        name: "failed",
        **{path.name: "done" for path in paths if path.exists()},
    }
    assert "reading it crashed (SIGSEGV)" in (found[name][1] or "")
    # It is not risked again, until somebody asks.
    if name == "crash.jpg":
        assert any("not tried again: 1 image" in line for line in trapped(*command).problems)
        assert trapped(*command, "--retry-failed").code == -11


def test_a_photo_that_never_ends_costs_itself(
    tmp_path: Path, trapped: Callable[..., Ended], check_gpkg: Callable[..., None]
) -> None:
    paths = write_photos(tmp_path / "photos", pasture(500, 400, 10), 5)
    paths[1].rename(paths[1].with_name("hang.jpg"))
    paths[2].rename(paths[2].with_name("hang header.jpg"))
    output = tmp_path / "out.gpkg"
    end = trapped("detect", tmp_path / "photos", "-o", output, "--time-limit", 1.5)
    assert end.code == 1, end
    check_gpkg(output, positioned=False)
    found = statuses(output)
    assert {name for name, (status, _) in found.items() if status == "failed"} == {"hang.jpg", "hang header.jpg"}
    for name in ("hang.jpg", "hang header.jpg"):
        assert "reading it took more than 1.5 s" in (found[name][1] or "")
    assert "  2 failed: reading it took more than 1.5 s" in end.out
    assert trapped("detect", tmp_path / "photos", "-o", output).code == 1, "they are known and not waited for again"


@pytest.mark.skipif(os.name != "posix", reason="how a crash is known is POSIX's")
@pytest.mark.parametrize("kind", ["crash", "hang"])
def test_a_16_bit_photo_that_ends_or_stops_the_measure_of_brightness_costs_itself(
    tmp_path: Path, trapped: Callable[..., Ended], kind: str
) -> None:
    (tmp_path / "photos").mkdir()
    for name in ("a", f"{kind} sample", "c"):
        bands = pasture(500, 400, 10).transpose(2, 0, 1).astype(np.uint16) * 40
        with rasterio.open(
            tmp_path / "photos" / f"{name}.tif",
            "w",
            driver="GTiff",
            width=500,
            height=400,
            count=3,
            dtype="uint16",
            transform=rasterio.Affine(0.02, 0, 0, 0, -0.02, 0),
        ) as file:
            file.write(bands)
    output = tmp_path / "out.gpkg"
    command = ("detect", tmp_path / "photos", "-o", output, "--time-limit", 3)
    if kind == "crash":
        assert trapped(*command).code == -11, "nothing in this process can stop it"
    end = trapped(*command)
    assert end.code == 1, end
    found = statuses(output)
    assert {name: status for name, (status, _) in found.items()} == {
        "a.tif": "done",
        f"{kind} sample.tif": "failed",
        "c.tif": "done",
    }
    why = "reading it crashed (SIGSEGV)" if kind == "crash" else "reading it took more than 3 s"
    assert why in (found[f"{kind} sample.tif"][1] or "")


# ---- a model that crashes ------------------------------------------------------------------------


@pytest.fixture
def with_model_trap(tmp_path: Path) -> Callable[..., Ended]:
    """`herdmap detect` on five photos, the third of which is marked, with the trap in each process."""
    folder = tmp_path / "trap"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(MODEL_TRAP)
    for n, pixels in enumerate([pasture(500, 400, 10)] * 5):
        marked = pixels.copy()
        marked[:8, :8] = (255, 0, 255) if n == 2 else pixels[:8, :8]
        (tmp_path / "photos").mkdir(exist_ok=True)
        Image.fromarray(marked).save(tmp_path / "photos" / f"{n}.png")

    def run(how: str, *more: str) -> Ended:
        path = os.pathsep.join([str(folder), ENVIRONMENT["PYTHONPATH"]])
        done = subprocess.run(
            [*PROCESS, "detect", str(tmp_path / "photos"), "-o", str(tmp_path / "out.gpkg"), *more],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            env={**ENVIRONMENT, "PYTHONPATH": path, "TRAP": how, "MET": str(tmp_path / "met.txt")},
            timeout=120,
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    return run


@pytest.mark.skipif(os.name != "posix", reason="how a crash is known is POSIX's")
@pytest.mark.parametrize(("how", "died"), [("crash", "SIGSEGV"), ("killed", "SIGKILL")])
def test_a_photo_over_which_the_process_dies_twice_costs_itself(
    tmp_path: Path, with_model_trap: Callable[..., Ended], check_gpkg: Callable[..., None], how: str, died: str
) -> None:
    assert with_model_trap(how).code < 0, "nothing in this process can stop it"
    again = with_model_trap(how)
    assert again.code == 1, again
    check_gpkg(tmp_path / "out.gpkg", positioned=False)
    found = statuses(tmp_path / "out.gpkg")
    assert [found[f"{n}.png"][0] for n in range(5)] == ["done", "done", "failed", "done", "done"]
    assert f"the process died while it searched this photo ({died}), twice" in (found["2.png"][1] or "")
    met = (tmp_path / "met.txt").read_text().split()
    assert len(met) == (2 if how == "crash" else 3)
    assert with_model_trap(how).code == 1
    assert (tmp_path / "met.txt").read_text().split() == met, "it is not risked again"
    assert with_model_trap(how, "--retry-failed").code < 0
    assert with_model_trap("nothing", "--retry-failed").code == 0


@pytest.mark.skipif(os.name != "posix", reason="sends SIGKILL")
def test_a_run_that_somebody_killed_condemns_nothing(tmp_path: Path, with_model_trap: Callable[..., Ended]) -> None:
    assert with_model_trap("nothing").code == 0
    calm = geopackage.read_detections(tmp_path / "out.gpkg").boxes_px
    (tmp_path / "met.txt").unlink()
    assert with_model_trap("killed once", "--fresh").code == -9
    end = with_model_trap("killed once")
    assert end.code == 0, end
    assert set(statuses(tmp_path / "out.gpkg").values()) == {("done", None)}
    np.testing.assert_array_equal(geopackage.read_detections(tmp_path / "out.gpkg").boxes_px, calm)
    assert len((tmp_path / "met.txt").read_text().split()) == 2, "what was in work is searched once more, not twice"


@pytest.mark.skipif(os.name != "posix", reason="sends signals")
@pytest.mark.parametrize(
    ("job", "died"),
    [
        ((os._exit, 3), None),
        ((signal.raise_signal, signal.SIGTERM), None),
        ((signal.raise_signal, signal.SIGINT), None),
        ((int, "what raises"), None),
        ((signal.raise_signal, signal.SIGABRT), "SIGABRT"),
        ((time.sleep, 60), "too long"),
    ],
)
def test_what_a_process_died_of(job: tuple[object, ...], died: str | None) -> None:
    assert crash_retry._died(job, 1.0 if died == "too long" else None, lambda: False) == died


def test_a_search_after_a_crash_ends_with_the_run() -> None:
    code = "import time; from detector.survey import crash_retry as c; c._died((time.sleep, 60), None, lambda: False)"
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT) as run:
        until = time.monotonic() + 60
        while not (children := psutil.Process(run.pid).children()) and time.monotonic() < until:
            time.sleep(0.1)
        run.kill()
    assert len(children) == 1
    assert not psutil.wait_procs(children, timeout=30)[1]


def test_a_wait_for_a_process_ends_when_the_run_is_cancelled() -> None:
    assert crash_retry._died((time.sleep, 10_000), None, lambda: True) is None


# ---- photos that are not what they were ---------------------------------------------------------


@pytest.mark.usefixtures("spots")
def test_a_photo_that_vanishes_or_changes_after_the_plan_has_failed_until_the_next_run(tmp_path: Path) -> None:
    paths = photos(tmp_path / "in", 8)

    def meanwhile() -> None:
        paths[6].unlink()
        Image.fromarray(scene(150, 100, 9, 77)[0]).save(paths[7])

    watcher = Listening(meanwhile)
    # One reader, and the last ones are not read before the first are done.
    survey.detect([tmp_path / "in"], tmp_path / "out.gpkg", watcher=watcher)
    found = statuses(tmp_path / "out.gpkg")
    assert {name for name, (status, _) in found.items() if status == "failed"} == {"6.png", "7.png"}
    assert "no such file" in (found["6.png"][1] or "")
    assert "changed during the run; search it again" in (found["7.png"][1] or "")
    photos(tmp_path / "new", 7)[6].rename(paths[6])
    outcome = survey.detect([tmp_path / "in"], tmp_path / "out.gpkg")
    assert (outcome.failed, outcome.pending) == (0, 0)
    fresh = survey.detect([tmp_path / "in"], tmp_path / "fresh.gpkg")
    assert outcome.detections == fresh.detections


@pytest.mark.usefixtures("spots")
def test_what_changed_since_the_last_run_is_said(tmp_path: Path) -> None:
    paths = photos(tmp_path / "in", 5)

    def said(**settings: Any) -> list[str]:
        watcher = Listening()
        survey.detect([tmp_path / "in"], tmp_path / "out.gpkg", settings=survey.Settings(**settings), watcher=watcher)
        return watcher.said

    assert said() == []
    assert said() == []
    Image.fromarray(scene(150, 100, 9, 77)[0]).save(paths[1])
    assert said() == ["changed since the last run and searched again: in/1.png"]
    paths[0].rename(tmp_path / "in" / "x.png")
    assert said() == [
        "new since the last run and searched now: in/x.png",
        "in the last run but not among the inputs now: in/0.png; only the reviews are kept",
    ]
    changed, cut = said(overlap=8)
    assert changed == "the overlap is different from the last run: 5 images are searched again"
    assert "reach across the whole overlap of 8 px" in cut
    assert said(overlap=8) == [cut]
    assert said() == [], "what it was before is still known"


@pytest.mark.usefixtures("spots")
def test_a_failed_photo_is_tried_again_when_it_changed_or_when_asked_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = photos(tmp_path / "in", 4)
    cut_off(paths[1])
    (tmp_path / "in" / "empty.jpg").touch()
    opened: list[str] = []
    open_image = raster.RasterReader.__init__

    def open_and_note(self: raster.RasterReader, path: Path, *stretch: Any) -> None:
        opened.append(Path(path).name)
        open_image(self, path, *stretch)

    monkeypatch.setattr(raster.RasterReader, "__init__", open_and_note)

    def again(**more: Any) -> tuple[survey.Outcome, list[str], list[str]]:
        opened.clear()
        watcher = Listening()
        outcome = survey.detect([tmp_path / "in"], tmp_path / "out.gpkg", watcher=watcher, **more)
        return outcome, watcher.said, sorted(opened)

    outcome, said, _ = again()
    assert (outcome.failed, said) == (2, [])
    outcome, said, tried = again()
    assert tried == []
    assert said == ["failed in an earlier run, unchanged since, and not tried again: 1 image"]
    assert getattr(said[0], "about", None) == "retry_failed"
    assert outcome.failed == 2
    assert sum(number for _, number in outcome.reasons) == 2
    outcome, said, tried = again(retry_failed=True)
    assert (tried, said, outcome.failed) == (["1.png"], [], 2)
    photos(tmp_path / "in", 2)
    outcome, _, tried = again()
    assert (tried, outcome.failed) == (["0.png", "1.png"], 1)
    outcome, _, tried = again(fresh=True)
    assert (len(tried), outcome.failed) == (4, 1)


@pytest.mark.usefixtures("spots")
def test_a_disk_that_does_not_answer_is_not_the_photos_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = photos(tmp_path / "in", 3)
    read, open_file = raster.RasterReader.read, Path.open

    def no_pixels(self: raster.RasterReader, *arguments: Any) -> object:
        if self.path == paths[1]:
            raise RasterError("read error; the file is damaged or cut off, copy it again from its source")
        return read(self, *arguments)

    def no_bytes(self: Path, *arguments: Any, **more: Any) -> object:
        if self == paths[1] and "buffering" in more:  # not the header's
            raise OSError(5, "Input/output error")
        return open_file(self, *arguments, **more)

    with monkeypatch.context() as patch:
        patch.setattr(raster.RasterReader, "read", no_pixels)
        patch.setattr(Path, "open", no_bytes)
        watcher = Listening()
        outcome = survey.detect([tmp_path / "in"], tmp_path / "out.gpkg", watcher=watcher)
        assert (outcome.failed, list(watcher.failed)) == (1, ["in/1.png"])
    watcher = Listening()
    assert survey.detect([tmp_path / "in"], tmp_path / "out.gpkg", watcher=watcher).failed == 0
    assert watcher.said == []


# ---- the run's own surroundings -----------------------------------------------------------------


@pytest.mark.usefixtures("spots")
def test_a_clock_that_jumps_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    photos(tmp_path / "in", 6)
    survey.detect([tmp_path / "in"], tmp_path / "calm.gpkg")
    jumps = iter(range(0, -(10**9), -3600))
    monkeypatch.setattr(time, "time", lambda: 1.7e9 + next(jumps))
    watcher = Listening()
    survey.detect([tmp_path / "in"], tmp_path / "jumpy.gpkg", watcher=watcher)
    assert all(p.tiles_per_s > 0 and p.eta_s >= 0 for p in watcher.progresses)
    assert [p.images_done for p in watcher.progresses] == [1, 2, 3, 4, 5, 6]
    calm, jumpy = (geopackage.read_detections(tmp_path / f"{name}.gpkg") for name in ("calm", "jumpy"))
    np.testing.assert_array_equal(calm.boxes_px, jumpy.boxes_px)


@pytest.mark.usefixtures("spots")
def test_a_damaged_part_is_pending_and_the_next_run_mends_it(tmp_path: Path, here: HerdmapHere) -> None:
    photos(tmp_path / "in", 3)
    output = tmp_path / "out.gpkg"
    assert here("detect", tmp_path / "in", "-o", output).code == 0
    before = geopackage.read_detections(output)
    cut_off(next((tmp_path / "out.herdmap").glob("parts/??/*.part")))
    end = here("detect", tmp_path / "in", "-o", output)
    assert end.code == 1
    assert "1 pending: run the same command again" in end.out
    assert sorted(status for status, _ in statuses(output).values()) == ["done", "done", "pending"]
    assert here("detect", tmp_path / "in", "-o", output).code == 0
    np.testing.assert_array_equal(geopackage.read_detections(output).boxes_px, before.boxes_px)


@pytest.mark.usefixtures("spots")
def test_the_end_of_a_run_says_why_photos_failed(tmp_path: Path, here: HerdmapHere) -> None:
    paths = photos(tmp_path / "in", 6)
    for path in paths[:3]:
        path.write_bytes(b"")
    paths[3].write_text("hello")
    end = here("detect", tmp_path / "in", "-o", tmp_path / "out.gpkg")
    assert end.code == 1
    lines = end.out.splitlines()
    assert "in 6 images, 4 failed (see the layer 'images')" in lines[0]
    assert lines[1] == "  3 failed: empty file (0 bytes); copy it again from its source"
    assert lines[2].startswith("  1 failed: not an image Herdmap reads")


@pytest.mark.usefixtures("spots")
def test_a_run_says_where_its_time_went_when_asked_to(tmp_path: Path, here: HerdmapHere) -> None:
    photos(tmp_path / "in", 3)
    end = here("detect", tmp_path / "in", "-o", tmp_path / "out.gpkg", "--profile")
    assert end.code == 0
    stages = [line.split()[0] for line in end.problems if line.startswith("  ")]
    assert {"plan", "decode", "forward", "wait", "chips", "journal", "merge", "write"} <= set(stages)
    assert any("tiles searched" in line for line in end.problems)
    assert "--profile" not in end.out
    end = here("detect", tmp_path / "in", "-o", tmp_path / "out.gpkg", "--profile")
    assert "nothing was searched" in end.err


def test_reasons_that_differ_in_numbers_alone_are_one() -> None:
    assert by_reason(["row 7 is cut", "empty", "row 812 is cut"]) == (("row 7 is cut", 2), ("empty", 1))


def test_a_run_that_is_refused_leaves_no_folder(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as end:
        main(["detect", str(tmp_path / "nothing"), "-o", str(tmp_path / "out.gpkg")])
    assert end.value.code == 2
    assert list(tmp_path.iterdir()) == []
