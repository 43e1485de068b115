"""The progress of a run, as JSON lines for a program and as a bar for a person."""

import json
import subprocess
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from tests.command_line import Ended, HerdmapHere
from tests.detector.cli.runs import PHOTOS, rows
from tests.systems import without_wine

FIELDS = {
    "plan": {"event", "images", "tiles"},
    "progress": {"event", "tiles_done", "images_done", "detections", "tiles_per_s", "eta_s"},
    "image_failed": {"event", "image", "reason"},
    "warning": {"event", "text"},
    "taught": {
        *("event", "held_out", "animals", "found", "missed", "false_alarms"),
        *("precision", "recall", "f1", "count_error", "fit_to_count", "beside_find", "page"),
    },
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
    assert without_wine(err) == ""
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


def test_how_good_a_taught_model_is_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    from detector.cli.console import JsonLines

    numbers = dict.fromkeys(FIELDS["taught"] - {"event", "held_out", "fit_to_count", "beside_find", "page"}, 0.123456)
    undefined = {**numbers, "count_error": float("nan")}
    JsonLines().taught(undefined, 6, True, Path("report.html"), {"find_found": 5, "better": "find"})
    said = json.loads(capsys.readouterr().out)
    assert set(said) == FIELDS["taught"] - {"count_error"}
    assert said["beside_find"] == {"find_found": 5, "better": "find"}
    JsonLines().taught(undefined, 6, True, Path("report.html"), {})
    assert "beside_find" not in json.loads(capsys.readouterr().out), "they were not compared"
    assert (said["f1"], said["held_out"], said["fit_to_count"], said["page"]) == (0.1235, 6, True, "report.html")


def test_a_bar_goes_to_stderr(mosaic: Path, here: HerdmapHere) -> None:
    end = here("detect", mosaic, "-o", mosaic.with_name("out.gpkg"), "--progress", "bar")
    assert end.code == 0
    assert len(end.out.splitlines()) == 1
    assert "tile" in end.err


@pytest.mark.parametrize("classes", [1, 2, 20])
def test_a_validation_of_many_classes_is_a_line_that_can_be_read(
    classes: int, capsys: pytest.CaptureFixture[str]
) -> None:
    from detector.cli.console import TrainingShown

    rates = ("precision", "recall", "f1", "false_alarms_per_photo", "ap")
    values = {f"{of}{rate}": 0.5 for of in ("mean/", "all/") for rate in rates}
    values |= {f"{rate}/kind{number}": 0.25 for number in range(classes) for rate in rates}
    shown = TrainingShown()
    shown.metrics(3, {f"validation/{name}": value for name, value in values.items()})
    shown.close()
    line = capsys.readouterr().err.strip()
    assert line.startswith("step 3: mean/precision 0.500")
    assert all(f"f1/kind{number} 0.250" in line for number in range(classes))
    assert ("recall/kind0" in line) == (classes < 20)
    assert "all/false_alarms_per_photo 0.500" in line
