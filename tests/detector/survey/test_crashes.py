"""A decoder or a model that crashes or hangs costs the photo it happens to, and no process outlives its run."""

import functools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
import pytest
import rasterio
from PIL import Image

from detector.survey import crash_retry
from geo import geopackage
from tests import ROOT
from tests.command_line import ENVIRONMENT, Ended, loaded, pasture, write_photos
from tests.detector.survey.test_faults import statuses
from tests.systems import WINDOWS

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


# ---- a decoder that crashes or hangs ------------------------------------------------------------


@pytest.fixture
def trapped(tmp_path: Path) -> Callable[..., Ended]:
    """`herdmap ...` in a process with the traps."""
    (tmp_path / "trap").mkdir()
    (tmp_path / "trap" / "sitecustomize.py").write_text(TRAP)
    path = os.pathsep.join([str(tmp_path / "trap"), ENVIRONMENT["PYTHONPATH"]])
    return functools.partial(loaded, before=TRAP, PYTHONPATH=path)


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
        variables = {"TRAP": how, "MET": str(tmp_path / "met.txt")}
        variables["PYTHONPATH"] = os.pathsep.join([str(folder), ENVIRONMENT["PYTHONPATH"]])
        command = ("detect", tmp_path / "photos", "-o", tmp_path / "out.gpkg", *more)
        return loaded(*command, before=MODEL_TRAP, **variables)

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


SENT = (
    ((signal.raise_signal, signal.SIGTERM), None),
    ((signal.raise_signal, signal.SIGINT), None),
    ((signal.raise_signal, signal.SIGABRT), "SIGABRT"),
)
# The codes that Windows gives a process after a wrong address in memory, and after Ctrl-C.
CODES = (((os._exit, 0xC0000005 - (1 << 32)), "code 0xc0000005"), ((os._exit, 0xC000013A - (1 << 32)), None))


@pytest.mark.parametrize(
    ("job", "died"),
    [
        ((os._exit, 3), None),
        ((int, "what raises"), None),
        ((time.sleep, 60), "too long"),
        *(CODES if WINDOWS else SENT),
    ],
)
def test_what_a_process_died_of(job: tuple[object, ...], died: str | None) -> None:
    assert crash_retry._died(job, 1.0 if died == "too long" else None, lambda: False) == died


def test_a_search_after_a_crash_ends_with_the_run() -> None:
    # As the command line does first: on Windows a process of the search is then tied to this one from its beginning.
    code = "import time; from geo.process_tree import hold_children; hold_children(); "
    code += "from detector.survey import crash_retry as c; c._died((time.sleep, 60), None, lambda: False)"
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT) as run:
        until = time.monotonic() + 60
        while not (children := psutil.Process(run.pid).children()) and time.monotonic() < until:
            time.sleep(0.1)
        run.kill()
    assert len(children) == 1
    assert not psutil.wait_procs(children, timeout=30)[1]


def test_a_wait_for_a_process_ends_when_the_run_is_cancelled() -> None:
    assert crash_retry._died((time.sleep, 10_000), None, lambda: True) is None
