"""The command line's contract: exit codes, progress as JSON lines, resuming after any end, counting, reviewing."""

import csv
import io
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import detector
from detector.cli import herdmap as commands
from geo import geopackage
from tests import ROOT
from tests.command_line import (
    Ended,
    HerdmapHere,
    everything_in,
    herdmap,
    pasture,
    start,
    write_model,
    write_mosaic,
    write_photos,
    write_regions,
)

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
PHOTOS = 30
REGIONS = {"west": (0.0, 0.0, 9.0, 30.0), "east": (9.0, 0.0, 18.0, 30.0)}


@pytest.fixture(scope="module")
def scene() -> np.ndarray:
    return pasture(1000, 800, animals=40)


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory, scene: np.ndarray) -> Path:
    """A folder of photos that take the bundled model a few seconds."""
    folder = tmp_path_factory.mktemp("imagery") / "photos"
    write_photos(folder, scene, PHOTOS, size=480)
    return folder


@pytest.fixture(scope="module")
def uninterrupted(photos: Path, tmp_path_factory: pytest.TempPathFactory, check_gpkg: Callable[..., None]) -> Path:
    """What a run that nothing disturbs makes of the photos, as far from them as every test's own folder."""
    output = tmp_path_factory.mktemp("uninterrupted") / "out.gpkg"
    end = herdmap("detect", photos, "-o", output)
    assert end.code == 0, end
    check_gpkg(output, positioned=False)
    return output


@pytest.fixture
def mosaic(tmp_path: Path, scene: np.ndarray) -> Path:
    """An orthomosaic alone in its folder, with regions."""
    write_regions(tmp_path / "regions.geojson", REGIONS)
    return write_mosaic(tmp_path / "mosaic.tif", scene[:600, :720])


@pytest.fixture
def running() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts `herdmap ...` with an open stdin; what still runs at the end is killed."""
    started: list[subprocess.Popen[str]] = []

    def run(*arguments: object) -> subprocess.Popen[str]:
        started.append(start(*arguments))
        return started[-1]

    yield run
    for process in started:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                stream.close()


def until(process: subprocess.Popen[str], event: str, times: int = 1) -> None:
    """Read a run's JSON lines up to the one that is wanted."""
    assert process.stdout is not None
    for line in process.stdout:
        times -= f'"event": "{event}"' in line
        if times == 0:
            return
    raise AssertionError(f"the run ended before {event}: {process.communicate()}")


def rows(path: Path) -> list[tuple[Any, ...]]:
    """Every stored value of the detections, geometry and chip too, in the file's order; not which run found them."""
    with sqlite3.connect(path) as db:
        columns = [row[1] for row in db.execute("PRAGMA table_info(detections)") if row[1] != "run_id"]
        found = db.execute(f"SELECT {', '.join(columns)} FROM detections ORDER BY fid").fetchall()
    db.close()
    return found


def parts(output: Path) -> dict[str, tuple[int, int]]:
    """The parts of a run: name to (inode, time of change)."""
    found = output.with_suffix(".herdmap").glob("parts/??/*.part")
    return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in found}


def review(path: Path, changes: dict[int, dict[str, str]]) -> None:
    """Write a person's review as a program other than Herdmap does, by fid."""
    db = sqlite3.connect(path)
    for name in ("ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
        db.create_function(name, 1, lambda _: 0)
    with db:
        for fid, values in changes.items():
            settings = ", ".join(f"{column} = ?" for column in values)
            db.execute(f"UPDATE detections SET {settings} WHERE fid = ?", (*values.values(), fid))
    db.close()


def table(end: Ended) -> dict[tuple[str, str], int]:
    """(region, class) to count of a CSV on stdout."""
    assert end.code == 0, end
    return {(row["region"], row["class"]): int(row["count"]) for row in csv.DictReader(io.StringIO(end.out))}


# ---- progress as JSON lines --------------------------------------------------------------------

FIELDS = {
    "plan": {"event", "images", "tiles"},
    "progress": {"event", "tiles_done", "images_done", "detections", "tiles_per_s", "eta_s"},
    "image_failed": {"event", "image", "reason"},
    "warning": {"event", "text"},
    "done": {"event", "output", "images", "failed", "detections"},
}


def test_progress_as_json_lines(
    photos: Path, tmp_path: Path, running: Callable[..., subprocess.Popen[str]], check_gpkg: Callable[..., None]
) -> None:
    (tmp_path / "bad \U0001f981.jpg").write_bytes(b"")
    began = time.monotonic()
    process = running("detect", photos, tmp_path, "-o", tmp_path / "out.gpkg", "--progress", "json")
    assert process.stdout is not None
    assert process.stderr is not None
    out, err = process.stdout.read(), process.stderr.read()
    took = time.monotonic() - began
    assert process.wait() == 1
    assert err == ""
    assert out.isascii(), "any reader's encoding will do"
    events = Ended(1, out, err).events
    assert all(set(event) == FIELDS[event["event"]] for event in events)
    kinds = [event["event"] for event in events]
    assert (kinds.count("plan"), kinds.count("image_failed"), kinds.count("done")) == (1, 1, 1)
    assert kinds[-1] == "done"
    plan = events[kinds.index("plan")]
    assert (plan["images"], plan["tiles"]) == (PHOTOS + 1, PHOTOS)
    progress = [event for event in events if event["event"] == "progress"]
    assert 1 <= len(progress) <= 4 * took + 1
    for name in ("tiles_done", "images_done", "detections"):
        assert all(a[name] <= b[name] for a, b in pairwise(progress))
    assert all(event["tiles_done"] <= plan["tiles"] for event in progress)
    assert all(event["tiles_per_s"] > 0 and event["eta_s"] >= 0 for event in progress)
    failed = events[kinds.index("image_failed")]
    assert failed["image"] == "bad \U0001f981.jpg"
    assert "0 bytes" in failed["reason"]
    stored = len(rows(tmp_path / "out.gpkg"))
    done = {"event": "done", "output": str(tmp_path / "out.gpkg"), "images": PHOTOS + 1, "failed": 1}
    assert events[-1] == {**done, "detections": stored}
    check_gpkg(tmp_path / "out.gpkg", positioned=False)


def test_at_most_four_progress_lines_a_second(capsys: pytest.CaptureFixture[str]) -> None:
    from detector.cli.console import JsonLines
    from detector.progress import Progress

    watcher = JsonLines()
    end = time.monotonic() + 1.1
    while time.monotonic() < end:
        watcher.progress(Progress(1, 1, 1, 1.0, 1.0))
        time.sleep(0.001)
    assert 4 <= len(capsys.readouterr().out.splitlines()) <= 5


def test_end_of_stdin_cancels_and_the_same_command_resumes(
    photos: Path, tmp_path: Path, uninterrupted: Path, running: Callable[..., subprocess.Popen[str]]
) -> None:
    output = tmp_path / "out.gpkg"
    command = ("detect", photos, "-o", output, "--progress", "json")
    process = running(*command)
    until(process, "progress")
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(30) == 3
    assert not output.exists()
    before = parts(output)
    assert 0 < len(before) < PHOTOS
    process = running(*command)
    until(process, "done")
    assert process.wait(30) == 0
    assert before.items() <= parts(output).items(), "what was done is not done again"
    assert rows(output) == rows(uninterrupted)


# ---- an end at any moment -------------------------------------------------------------------


@posix
@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_cancels_and_the_same_command_resumes(
    photos: Path, tmp_path: Path, uninterrupted: Path, running: Callable[..., subprocess.Popen[str]], signum: int
) -> None:
    output = tmp_path / "out.gpkg"
    process = running("detect", photos, "-o", output, "--progress", "json")
    until(process, "progress")
    process.send_signal(signum)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 3
    assert err == "herdmap: cancelled; what was finished is kept, run the same command again to resume\n"
    assert {entry.name for entry in tmp_path.iterdir()} == {"out.herdmap"}
    before = parts(output)
    assert 0 < len(before) < PHOTOS
    end = herdmap("detect", photos, "-o", output)
    assert (end.code, end.err) == (0, "")
    assert before.items() <= parts(output).items()
    assert rows(output) == rows(uninterrupted)


@posix
def test_killed_at_any_moment_nothing_is_lost(
    photos: Path,
    tmp_path: Path,
    uninterrupted: Path,
    running: Callable[..., subprocess.Popen[str]],
    check_gpkg: Callable[..., None],
) -> None:
    output = tmp_path / "out.gpkg"
    rng = random.Random(5)
    done: dict[str, tuple[int, int]] = {}
    for kill in range(10):
        process = running("detect", photos, "-o", output, "--progress", "json")
        if kill % 3:  # a third of them before it has begun
            until(process, "plan")
        time.sleep(rng.uniform(0, 0.6))
        process.kill()
        process.communicate()
        assert done.items() <= parts(output).items(), "what was done is not done again"
        done = parts(output)
        if output.exists():  # killed after its end
            assert rows(output) == rows(uninterrupted)
    end = herdmap("detect", photos, "-o", output)
    assert (end.code, end.err) == (0, "")
    check_gpkg(output, positioned=False)
    assert len(parts(output)) == PHOTOS
    assert rows(output) == rows(uninterrupted)


@posix
def test_killed_while_the_map_is_written_the_old_map_stays(photos: Path, tmp_path: Path, uninterrupted: Path) -> None:
    output = tmp_path / "out.gpkg"
    shutil.copy(uninterrupted, output)
    (tmp_path / "out.herdmap").symlink_to(uninterrupted.with_suffix(".herdmap"))
    before = output.read_bytes()
    # The moment: the new file is whole and not yet in its place.
    code = "import os; os.replace = lambda *a: os._exit(9)\nimport pathlib; pathlib.Path.replace = os.replace\n"
    code += "from detector.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "detect", str(photos), "-o", str(output), "--score", "0.9"],
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 9
    assert output.read_bytes() == before
    assert herdmap("detect", photos, "-o", output).code == 0


@posix
def test_two_runs_do_not_write_one_output(
    photos: Path, tmp_path: Path, running: Callable[..., subprocess.Popen[str]]
) -> None:
    output = tmp_path / "out.gpkg"
    process = running("detect", photos, "-o", output, "--progress", "json")
    until(process, "plan")
    # Held where it is, so that it cannot be done before the second has started.
    process.send_signal(signal.SIGSTOP)
    try:
        second = herdmap("detect", photos, "-o", output)
    finally:
        process.send_signal(signal.SIGCONT)
    assert second.code == 2
    assert second.problems == [
        f"herdmap: {output}: another run is writing this output; wait for it, or choose another output"
    ]
    until(process, "done")
    assert process.wait(30) == 0


# ---- again ----------------------------------------------------------------------------------


def test_again_with_another_threshold_or_regions_nothing_is_inferred(
    mosaic: Path, here: HerdmapHere, check_gpkg: Callable[..., None]
) -> None:
    output = mosaic.with_name("out.gpkg")
    assert here("detect", mosaic, "-o", output).code == 0
    first, made = len(rows(output)), parts(output)
    assert first > 5
    found = {}
    for score in (0.1, 0.6, 0.9):
        assert here("detect", mosaic, "-o", output, "--score", score).code == 0
        assert parts(output) == made
        check_gpkg(output)
        found[score] = len(rows(output))
    assert found[0.1] >= first >= found[0.6] >= found[0.9]
    assert found[0.1] > found[0.9]
    assert here("detect", mosaic, "-o", output, "--regions", mosaic.with_name("regions.geojson")).code == 0
    assert parts(output) == made
    assert len(rows(output)) == first
    runs = geopackage.read_runs(output)
    assert len(runs) == 5
    assert [run.settings["score"] for run in runs] == [None, 0.1, 0.6, 0.9, None]


def test_fresh_starts_over(mosaic: Path, here: HerdmapHere) -> None:
    output = mosaic.with_name("out.gpkg")
    assert here("detect", mosaic, "-o", output).code == 0
    made, found = parts(output), rows(output)
    assert here("detect", mosaic, "-o", output, "--fresh").code == 0
    again = parts(output)
    assert again.keys() == made.keys()
    assert all(again[name] != made[name] for name in made)
    assert rows(output) == found


def test_a_changed_photo_is_run_again_and_only_it(tmp_path: Path, here: HerdmapHere, scene: np.ndarray) -> None:
    photos = write_photos(tmp_path / "photos", scene, 4)
    output = tmp_path / "out.gpkg"
    assert here("detect", tmp_path / "photos", "-o", output).code == 0
    made, before = parts(output), rows(output)
    Image.fromarray(scene[-320:, -320:]).save(photos[1], quality=90)
    assert here("detect", tmp_path / "photos", "-o", output).code == 0
    assert len(parts(output).items() - made.items()) == 1
    assert made.items() <= parts(output).items()

    def found(where: list[tuple[Any, ...]], changed: bool) -> list[tuple[Any, ...]]:
        # From the path on, without the number of the animal: the ones before may have become more or fewer.
        return [(*row[2:9], *row[10:]) for row in where if (row[2] == "photos/photo 001.jpg") == changed]

    assert len(found(before, False)) > 0
    assert found(rows(output), False) == found(before, False)
    assert found(rows(output), True) != found(before, True)


@pytest.mark.parametrize("option", [("--tile-size", 400), ("--overlap", 64), ("--no-chips",)])
def test_another_tiling_is_another_run(mosaic: Path, here: HerdmapHere, option: tuple[object, ...]) -> None:
    output = mosaic.with_name("out.gpkg")
    assert here("detect", mosaic, "-o", output).code == 0
    made = parts(output)
    assert here("detect", mosaic, "-o", output, *option, "--batch-size", 2).code == 0
    assert made.items() < parts(output).items()
    if option == ("--no-chips",):
        assert not any(geopackage.read_detections(output, chips=True).chip or [])


def test_what_a_person_did_survives_every_run(mosaic: Path, here: HerdmapHere, check_gpkg: Callable[..., None]) -> None:
    output = mosaic.with_name("out.gpkg")
    assert here("detect", mosaic, "-o", output).code == 0
    said = {
        1: {"review": "confirmed", "reviewed_class": "goat", "reviewer": "Ana", "reviewed_at": "2026-01-01T00:00:00Z"},
        2: {"review": "rejected", "reviewer": "Ana", "note": "a stone; not <b>"},
    }
    review(output, said)

    def kept() -> list[tuple[Any, ...]]:
        with sqlite3.connect(output) as db:
            query = "SELECT xmin, ymin, xmax, ymax, review, reviewed_class, reviewer, reviewed_at, note"
            return sorted(db.execute(f"{query} FROM detections WHERE review != 'unreviewed'").fetchall())

    before = kept()
    assert len(before) == 2
    for more in ((), ("--score", 0.99), ("--fresh",), ("--tile-size", 500)):
        assert here("detect", mosaic, "-o", output, *more).code == 0
        check_gpkg(output)
        after = kept()
        assert [row[4:] for row in after] == [row[4:] for row in before], more
        np.testing.assert_allclose([row[:4] for row in after], [row[:4] for row in before], atol=4)


# ---- counting -------------------------------------------------------------------------------


def test_count_is_what_detect_counts(mosaic: Path, here: HerdmapHere, check_gpkg: Callable[..., None]) -> None:
    output, regions = mosaic.with_name("out.gpkg"), mosaic.with_name("regions.geojson")

    def layer() -> list[tuple[Any, ...]]:
        with sqlite3.connect(output) as db:
            return db.execute("SELECT * FROM counts ORDER BY fid").fetchall()

    assert here("detect", mosaic, "-o", output, "--regions", regions).code == 0
    by_detect = layer()
    printed = here("count", output, "--regions", regions)
    check_gpkg(output)
    assert layer() == by_detect
    end = here("count", output, "--regions", regions, "--region-field", "NAME", "-o", mosaic.with_name("c.csv"))
    assert (end.code, end.err) == (0, "")
    assert "c.csv" in end.out
    assert mosaic.with_name("c.csv").read_text(encoding="utf-8") == printed.out
    counts = table(printed)
    assert set(counts) == {("west", "sheep"), ("east", "sheep"), ("outside", "sheep")}
    assert sum(counts.values()) == len(rows(output))
    centres = geopackage.read_detections(output).boxes_px.reshape(-1, 2, 2).mean(axis=1)
    assert counts["west", "sheep"] == int((centres[:, 0] < 360).sum())
    header, first = list(csv.reader(io.StringIO(printed.out)))[:2]
    assert header == ["region", "class", "count", "area_km2", "density_per_km2"]
    # UTM's scale there is 1.0003: 9 m x 30 m of grid on the ellipsoid.
    assert float(first[3]) == pytest.approx(9 * 30 / 1e6, rel=1e-3)
    assert float(first[4]) == pytest.approx(int(first[2]) / float(first[3]), rel=1e-6)


@pytest.mark.parametrize("names", [["cow"], []])
def test_count_keeps_the_zeros_of_classes_that_were_not_found(
    mosaic: Path, here: HerdmapHere, names: list[str]
) -> None:
    output, regions = mosaic.with_name("out.gpkg"), mosaic.with_name("regions.geojson")
    model = write_model(mosaic.with_name("m.onnx"), names, classes=["zebra", "cow"])
    assert here("detect", mosaic, "-o", output, "--regions", regions, "--model", model).code == 0
    with sqlite3.connect(output) as db:
        by_detect = {(a, b): c for a, b, c in db.execute("SELECT region, class, count FROM counts")}
    assert table(here("count", output, "--regions", regions)) == by_detect


def test_count_after_the_review(mosaic: Path, here: HerdmapHere) -> None:
    output, regions = mosaic.with_name("out.gpkg"), mosaic.with_name("regions.geojson")
    assert here("detect", mosaic, "-o", output).code == 0
    total = len(rows(output))
    review(
        output,
        {
            1: {"review": "confirmed"},
            2: {"review": "confirmed", "reviewed_class": "goat"},
            3: {"review": "rejected"},
        },
    )

    def classes(*more: object) -> dict[str, int]:
        sums: dict[str, int] = {}
        for (_, name), number in table(here("count", output, "--regions", regions, *more)).items():
            sums[name] = sums.get(name, 0) + number
        return sums

    assert classes() == classes("--review", "not-rejected") == {"sheep": total - 2, "goat": 1}
    assert classes("--review", "confirmed") == {"sheep": 1, "goat": 1}
    # Whatever a person said of it, an animal that was relabelled is of its new class.
    assert sum(classes("--review", "all").values()) == total


# ---- the other commands ---------------------------------------------------------------------


def test_a_list_of_paths_and_names_with_spaces(tmp_path: Path, here: HerdmapHere, scene: np.ndarray) -> None:
    write_photos(tmp_path / "my photos", scene, 2)
    (tmp_path / "list.txt").write_text("# two of them\n\nmy photos/photo 001.jpg\nmy photos/photo 000.jpg\n")
    end = here("detect", f"@{tmp_path / 'list.txt'}", "-o", tmp_path / "out here.gpkg", "--progress", "none")
    assert (end.code, end.err) == (0, "")
    assert end.out.startswith(f"{tmp_path / 'out here.gpkg'}: ")
    paths = geopackage.read_images(tmp_path / "out here.gpkg").path
    assert paths == ["my photos/photo 001.jpg", "my photos/photo 000.jpg"]


def test_a_bar_goes_to_stderr(mosaic: Path, here: HerdmapHere) -> None:
    end = here("detect", mosaic, "-o", mosaic.with_name("out.gpkg"), "--progress", "bar")
    assert end.code == 0
    assert len(end.out.splitlines()) == 1
    assert "tile" in end.err


def test_simulate_makes_what_detect_takes(tmp_path: Path, here: HerdmapHere) -> None:
    small = ("--width", 12, "--height", 9, "--animals", 5)
    for name in ("a", "b"):
        end = here("simulate", "-o", tmp_path / name, "--seed", 4, *small)
        assert (end.code, end.err) == (0, "")
        assert "5 animals" in end.out
        assert "truth.gpkg" in end.out
    assert here("simulate", "-o", tmp_path / "c", "--seed", 5, *small).code == 0
    mosaics = [everything_in(tmp_path / name)["orthomosaic.tif"] for name in "abc"]
    assert mosaics[0] == mosaics[1] != mosaics[2]
    output = tmp_path / "out.gpkg"
    regions = tmp_path / "a" / "regions.gpkg"
    assert here("detect", tmp_path / "a" / "orthomosaic.tif", "-o", output, "--regions", regions).code == 0


def test_model_says_what_is_in_a_file(here: HerdmapHere, tmp_path: Path) -> None:
    end = here("model", "sheep")
    assert (end.code, end.err) == (0, "")
    assert {line.split(":")[0] for line in end.out.splitlines()} >= {"name", "classes", "sha256", "licence", "metrics"}
    assert "CC0" in end.out
    own = write_model(tmp_path / "m.onnx", ["cow", "élan"], gsd_m=0.02, score_threshold={"cow": 0.4, "élan": 0.6})
    end = here("model", own)
    assert "cow, élan" in end.out
    assert "2 cm per pixel" in end.out


def test_doctor_tries_the_model(here: HerdmapHere, monkeypatch: pytest.MonkeyPatch) -> None:
    end = here("doctor")
    assert (end.code, end.err) == (0, "")
    for word in (
        detector.__version__,
        "onnxruntime",
        "rasterio",
        "sheep runs on",
        "all that detecting needs is installed",
    ):
        assert word in end.out
    from detector import models

    monkeypatch.setattr(models, "BUNDLED", Path("nowhere"))
    end = here("doctor")
    assert end.code != 0
    assert "FAILED" in end.out
    assert "Traceback" not in end.out


@pytest.mark.parametrize("command", [None, *sorted(commands.commands)])
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help(here: HerdmapHere, command: str | None, flag: str) -> None:
    end = here(*([command] if command else []), flag)
    assert (end.code, end.err) == (0, "")
    assert end.out.startswith("Usage: herdmap")


def test_without_a_command_the_help_is_shown(here: HerdmapHere) -> None:
    end = here()
    assert (end.code, end.out) == (2, "")
    assert end.err.startswith("Usage: herdmap")
    assert len(end.problems) > 5


def test_version(here: HerdmapHere) -> None:
    assert here("--version") == Ended(0, f"herdmap, version {detector.__version__}\n", "")


@posix
def test_simulate_is_cancelled_without_a_rest(tmp_path: Path, running: Callable[..., subprocess.Popen[str]]) -> None:
    process = running("simulate", "-o", tmp_path / "s", "--width", 300, "--height", 300)
    end = time.monotonic() + 30
    while not list(tmp_path.glob("s/.*")) and time.monotonic() < end:
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 3
    assert err.split() == ["herdmap:", "cancelled"]
    assert list((tmp_path / "s").iterdir()) == []
