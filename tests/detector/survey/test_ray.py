"""The engine on Ray gives what the local one gives, also when workers die."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from detector import survey
from detector.errors import InputError, MissingLibraryError
from detector.search import storage
from detector.survey import ray_engine
from geo import geopackage
from tests.command_line import herdmap, pasture, start, write_photos
from tests.detector.models.tile_classifier import write as write_classifier
from tests.detector.survey.cluster_processes import workers

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="finds the workers in /proc"),
    # Ray leaves sockets and files of its own open.
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]
ray = pytest.importorskip("ray")
PHOTOS = 16
CLUSTER = survey.Cluster(workers=2)
ONE = survey.Cluster(workers=1)  # where what one does is looked at: each takes a second to start
# Every process of the cluster does this first: a photo of this name crashes whoever reads it.
TRAP = """
import os, sys
if any("default_worker" in argument for argument in sys.orig_argv):
    import ctypes
    from detector.search import cores
    from geo import raster
    cores.NAME = "test " + os.environ["TESTED_BY"]  # other programs on this machine may keep cores
    read = raster.RasterReader.read
    def trapped(self, *arguments):
        if self.path.name.startswith("crash"):
            ctypes.string_at(0)
        return read(self, *arguments)
    raster.RasterReader.read = trapped
"""


@pytest.fixture(scope="module", autouse=True)
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A cluster of two cores on this machine, whose photos named crash are traps."""
    trap = tmp_path_factory.mktemp("trap")
    (trap / "sitecustomize.py").write_text(TRAP)
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ["TESTED_BY"] = str(os.getpid())
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join([str(trap), *filter(None, sys.path)])
    try:
        ray.init(
            address="local",
            num_cpus=2,
            include_dashboard=False,
            log_to_driver=False,
            object_store_memory=100 << 20,
            logging_level="ERROR",
        )
    finally:
        del os.environ["PYTHONPATH"]
        if before is not None:
            os.environ["PYTHONPATH"] = before
    yield
    ray.shutdown()


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("imagery") / "photos"
    write_photos(folder, pasture(1000, 800, animals=40), PHOTOS, size=480)
    return folder


@pytest.fixture(scope="module")
def local(photos: Path) -> dict[str, list[tuple[Any, ...]]]:
    """What the local engine makes of the photos."""
    output = photos.parent / "local.gpkg"
    assert survey.detect([photos], output, device="cpu").failed == 0
    return rows(output)


def rows(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every value of the results, but which run they are of and where the file lies."""
    found = {}
    with closing(sqlite3.connect(path)) as db, db:
        for table in ("detections", "images"):
            columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})") if row[1] not in ("run_id",)]
            found[table] = db.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY fid").fetchall()
    return found


class Meddling(survey.Watcher):
    """Does something once, after so many units; keeps what is said."""

    def __init__(self, after: int = 0, meddle: Callable[[], None] = lambda: None) -> None:
        self._left, self._meddle = after, meddle
        self.said: list[str] = []
        self.failed: dict[str, str] = {}
        self.last: survey.Progress | None = None

    def progress(self, progress: survey.Progress) -> None:
        self.last = progress
        self._left -= 1
        if self._left == 0:
            self._meddle()

    def warning(self, text: str) -> None:
        self.said.append(text)

    def image_failed(self, image: str, reason: str) -> None:
        self.failed[Path(image).name] = reason


def test_the_same_rows_as_the_local_engine(
    photos: Path, local: dict[str, Any], check_gpkg: Callable[..., None]
) -> None:
    output = photos.parent / "ray.gpkg"
    watcher = Meddling()
    outcome = survey.detect([photos], output, cluster=CLUSTER, watcher=watcher)
    assert (outcome.failed, outcome.pending, watcher.said) == (0, 0, [])
    assert rows(output) == local
    assert len(local["detections"]) > 100
    check_gpkg(output, positioned=False)
    assert watcher.last is not None
    assert (watcher.last.images_done, watcher.last.eta_s) == (PHOTOS, 0)
    assert outcome.profile.tiles == PHOTOS
    assert outcome.profile.seconds["forward"] > 0
    assert geopackage.read_runs(output)[0].device == "ray (auto)"


def test_animals_on_seams_are_searched_again_alike(photos: Path, tmp_path: Path) -> None:
    inputs, settings = sorted(photos.iterdir())[:4], survey.Settings(overlap=4, tile_size=160)
    made = []
    for name, cluster in (("local", None), ("ray", ONE)):
        output = photos.parent / f"seams-{name}.gpkg"
        survey.detect(inputs, output, device="cpu", settings=settings, cluster=cluster)
        made.append((rows(output), geopackage.read_runs(output)[0].settings["tiles_over_seams"]))
    assert made[0] == made[1]
    assert made[0][1] > 0


def test_each_worker_has_a_core_of_its_own(photos: Path, tmp_path: Path) -> None:
    held: list[set[int]] = []

    def look() -> None:
        end = time.monotonic() + 60  # where the machine has much to do, one worker may search before the other is ready
        while time.monotonic() < end:
            held[:] = [os.sched_getaffinity(process) for process in workers(os.getpid())]
            if len(held) == 2 and all(len(cores) == 1 for cores in held):
                break
            time.sleep(0.05)

    survey.detect([photos], tmp_path / "out.gpkg", cluster=CLUSTER, watcher=Meddling(PHOTOS // 2, look))
    assert sorted(held, key=min) == [{core} for core in sorted(os.sched_getaffinity(0))[:2]]


@pytest.mark.parametrize(
    ("gpus", "nodes", "cores"),
    [
        (0, [{"CPU": 64}], 1),
        (1, [{"CPU": 16, "GPU": 4}], 4),
        (0.5, [{"CPU": 16, "GPU": 4}], 2),
        (1, [{"CPU": 128, "GPU": 1}], 8),
        (1, [{"CPU": 64}, {"CPU": 12, "GPU": 2}, {"CPU": 16, "GPU": 2}], 6),
        (1, [{"CPU": 2, "GPU": 4}], 1),
    ],
)
def test_a_worker_gets_the_cores_that_fall_to_its_gpu(gpus: float, nodes: list[dict[str, float]], cores: int) -> None:
    assert ray_engine._cores_a_worker(gpus, nodes) == cores


def test_workers_that_are_killed_cost_nothing(photos: Path, local: dict[str, Any]) -> None:
    output = photos.parent / "killed.gpkg"
    killed: list[int] = []

    def kill() -> None:
        killed.extend(workers(os.getpid())[:1])
        for process in killed:
            os.kill(process, signal.SIGKILL)

    watcher = Meddling(3, kill)
    outcome = survey.detect([photos], output, cluster=CLUSTER, watcher=watcher)
    assert len(killed) == 1
    assert watcher.said == ["a worker of the cluster died; the photos that it was searching are searched again"]
    assert (outcome.failed, outcome.pending) == (0, 0)
    assert rows(output) == local
    assert watcher.last is not None
    assert watcher.last.tiles_done == PHOTOS, "each tile counts once"


def test_a_photo_that_kills_workers_has_failed(photos: Path, tmp_path: Path) -> None:
    for photo in sorted(photos.iterdir())[:6]:
        os.link(photo, tmp_path / photo.name)
    (tmp_path / "photo 003.jpg").rename(tmp_path / "crash.jpg")
    watcher = Meddling()
    outcome = survey.detect([tmp_path], tmp_path / "out.gpkg", cluster=CLUSTER, watcher=watcher)
    assert (outcome.failed, outcome.pending) == (1, 0)
    assert list(watcher.failed) == ["crash.jpg"]
    assert "workers died while they searched it" in watcher.failed["crash.jpg"]
    again = Meddling()
    assert survey.detect([tmp_path], tmp_path / "out.gpkg", cluster=CLUSTER, watcher=again).failed == 1
    assert any("not tried again" in text for text in again.said)


def test_cancelled_in_order_and_resumed_by_the_other_engine(photos: Path, local: dict[str, Any]) -> None:
    output = photos.parent / "cancelled.gpkg"
    watcher = Meddling(2)
    watcher.cancelled = lambda: watcher._left <= 0  # type: ignore[method-assign]
    outcome = survey.detect([photos], output, cluster=CLUSTER, watcher=watcher)
    assert outcome.cancelled
    assert not output.exists()
    parts = list(photos.parent.glob("cancelled.herdmap/parts/??/*.part"))
    assert 0 < len(parts) < PHOTOS
    survey.detect([photos], output, device="cpu")
    assert rows(output) == local


def test_a_bad_photo_costs_itself_and_a_gate_travels_too(photos: Path, tmp_path: Path) -> None:
    for photo in sorted(photos.iterdir())[:5]:
        (tmp_path / photo.name).write_bytes(photo.read_bytes())
    bad = tmp_path / "photo 002.jpg"
    bad.write_bytes(bad.read_bytes()[:3000])
    gate = write_classifier(tmp_path / "gate.onnx")
    outcomes = {}
    for name, cluster in (("local", None), ("ray", ONE)):
        watcher = Meddling()
        outcomes[name] = survey.detect(
            [tmp_path], tmp_path / f"{name}.gpkg", gate=gate, cluster=cluster, device="cpu", watcher=watcher
        )
        assert list(watcher.failed) == ["photo 002.jpg"]
    assert outcomes["local"].gated == outcomes["ray"].gated
    assert rows(tmp_path / "local.gpkg") == rows(tmp_path / "ray.gpkg")


def test_a_model_that_is_not_on_the_node_travels(tmp_path: Path) -> None:
    from detector import models
    from detector.survey.ray_engine import ModelOnNode

    model = models.load(None, "cpu")
    travelling = ModelOnNode.of(model.files[0], model, trust=False)
    with travelling.here() as path:
        assert path == model.files[0]
    elsewhere = ModelOnNode(tmp_path / "gone" / model.files[0].name, travelling.files, travelling.sha256, False)
    with elsewhere.here() as path:
        assert path.parent != tmp_path / "gone"
        assert models.sha256_of(path) == travelling.sha256
    assert not path.parent.exists()
    assert model.files[0].exists()


def test_parts_elsewhere(photos: Path, local: dict[str, Any], tmp_path: Path) -> None:
    settings = survey.Settings(parts=(tmp_path / "shared disk").as_uri())
    outcome = survey.detect([photos], photos.parent / "elsewhere.gpkg", cluster=ONE, settings=settings)
    assert outcome.failed == 0
    assert rows(photos.parent / "elsewhere.gpkg") == local
    assert len(list((tmp_path / "shared disk").glob("??/*.part"))) == PHOTOS
    assert not list(photos.parent.glob("elsewhere.herdmap/parts/??/*"))


def test_a_cluster_that_is_too_small_or_not_there_is_said(photos: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="needs 64 cores and 0 GPUs, but the cluster has 2 and 0"):
        survey.detect([photos], tmp_path / "out.gpkg", cluster=survey.Cluster(cpus=64))
    with pytest.raises(InputError, match=r"needs 1 cores and 0\.5 GPUs"):
        survey.detect([photos], tmp_path / "out.gpkg", cluster=survey.Cluster(gpus=0.5))
    end = herdmap(
        "detect", photos, "-o", tmp_path / "out.gpkg", "--engine", "ray", "--ray-address", "127.0.0.1:1", timeout=60
    )
    assert end.code == 2
    assert len(end.problems) == 1
    assert "--ray-address" in end.err
    end = herdmap("detect", photos, "-o", tmp_path / "out.gpkg", "--workers", 2)
    assert end.code == 2
    assert "--engine ray" in end.err


def test_as_a_command_with_a_cluster_of_its_own(photos: Path, local: dict[str, Any]) -> None:
    output = photos.parent / "command.gpkg"
    command = (
        "detect",
        photos,
        "-o",
        output,
        "--engine",
        "ray",
        "--workers",
        1,
        "--device",
        "cpu",
        "--progress",
        "json",
    )

    def first_progress(process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            if json.loads(line)["event"] == "progress":
                return
        raise AssertionError(process.communicate())

    process = start(*command)
    first_progress(process)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 3, err
    assert err == "herdmap: cancelled; what was finished is kept, run the same command again to resume\n"
    process = start(*command)
    first_progress(process)
    searching = workers(process.pid)
    assert len(searching) == 1
    os.kill(searching[0], signal.SIGKILL)
    # Its stdin stays open: its end would cancel the run.
    assert process.stdout is not None
    events = [json.loads(line) for line in process.stdout.read().splitlines()]
    out, err = process.communicate(timeout=120)
    assert (process.returncode, out, err) == (0, "", "")
    assert events[-1]["event"] == "done", "nothing else is on stdout"
    assert rows(output) == local


# ---- where parts lie (needs no cluster) ---------------------------------------------------------


def test_parts_in_an_object_store(photos: Path, local: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    settings = survey.Settings(parts="memory://bucket/run 1")
    output = photos.parent / "store.gpkg"
    survey.detect([photos], output, device="cpu", settings=settings)
    assert rows(output) == local
    names = list(storage.folder("memory://bucket/run 1").names())
    assert len(names) == PHOTOS
    assert not any(name.startswith("/") for name in names)
    again = survey.detect([photos], output, device="cpu", settings=settings)
    assert again.profile.tiles == 0, "what is in the store is not searched again"


def test_an_object_store_is_a_folder(tmp_path: Path) -> None:
    for folder in (storage.folder("memory://bucket/x"), storage.folder(tmp_path / "y")):
        assert list(folder.names()) == []
        assert folder.read("ab/none") is None
        folder.write("ab/one.part", b"1")
        folder.write("ab/one.part", b"2")
        folder.write("two", b"")
        assert sorted(folder.names()) == ["ab/one.part", "two"]
        assert folder.read("ab/one.part") == b"2"
        folder.remove("ab/one.part")
        folder.remove("ab/one.part")
        assert list(folder.names()) == ["two"]


@pytest.mark.parametrize("place", ["http://x/y", "ftp://x", "S3//x:/://", "nothing://"])
def test_other_places_are_refused(place: str) -> None:
    with pytest.raises(InputError, match="expected a folder, or a URL"):
        storage.folder(place)


def test_a_store_whose_library_is_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "find_spec", lambda name: None)
    with pytest.raises(MissingLibraryError, match="pip install fsspec s3fs"):
        storage.folder("s3://bucket/run")


def test_what_a_cluster_cannot_be() -> None:
    for wrong in ({"workers": 0}, {"cpus": 0}, {"gpus": -1.0}):
        with pytest.raises(InputError, match="expected"):
            survey.Cluster(**wrong)
    assert np.isclose(survey.Cluster(gpus=0.25).gpus or 0, 0.25)
