"""A run that ends at any moment loses nothing, and the same command resumes it."""

import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import ROOT
from tests.command_line import HerdmapHere, everything_in, loaded
from tests.detector.cli.runs import PHOTOS, parts, rows, until
from tests.systems import not_wine, posix, without_wine

# Ctrl-C (on Windows Ctrl-Break, as Ctrl-C reaches no group of its own), what ends a job, and a terminal that closes.
NAMES = ("CTRL_BREAK_EVENT",) if sys.platform == "win32" else ("SIGINT", "SIGTERM", "SIGHUP")
SIGNALS = [getattr(signal, name) for name in NAMES]


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


@not_wine
@pytest.mark.parametrize("signum", SIGNALS)
def test_a_signal_cancels_and_the_same_command_resumes(
    photos: Path, tmp_path: Path, uninterrupted: Path, running: Callable[..., subprocess.Popen[str]], signum: int
) -> None:
    output = tmp_path / "out.gpkg"
    process = running("detect", photos, "-o", output, "--progress", "json")
    until(process, "progress")
    process.send_signal(signum)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 3
    assert without_wine(err) == "herdmap: cancelled; what was finished is kept, run the same command again to resume\n"
    assert {entry.name for entry in tmp_path.iterdir()} == {"out.herdmap"}
    before = parts(output)
    assert 0 < len(before) < PHOTOS
    end = loaded("detect", photos, "-o", output)
    assert (end.code, end.err) == (0, "")
    assert before.items() <= parts(output).items()
    assert rows(output) == rows(uninterrupted)


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
        process = running("detect", photos, "-o", output, "--progress", "json", is_loaded=kill % 5 > 0)
        if kill % 3:  # a third of them before it has begun
            until(process, "plan")
        time.sleep(rng.uniform(0, 0.6))
        process.kill()
        process.communicate()
        assert done.items() <= parts(output).items(), "what was done is not done again"
        done = parts(output)
        if output.exists():  # killed after its end
            assert rows(output) == rows(uninterrupted)
    end = loaded("detect", photos, "-o", output)
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
    assert loaded("detect", photos, "-o", output).code == 0


@posix
def test_two_runs_do_not_write_one_output(
    photos: Path, tmp_path: Path, running: Callable[..., subprocess.Popen[str]]
) -> None:
    output = tmp_path / "out.gpkg"
    process = running("detect", photos, "-o", output, "--progress", "json", is_loaded=False)
    until(process, "plan")
    # Held where it is, so that it cannot be done before the second has started.
    process.send_signal(signal.SIGSTOP)
    try:
        second = loaded("detect", photos, "-o", output)
    finally:
        process.send_signal(signal.SIGCONT)
    assert second.code == 2
    assert second.problems == [
        f"herdmap: {output}: another run is writing this output; wait for it, or choose another output"
    ]
    until(process, "done")
    assert process.wait(30) == 0


@posix
def test_simulate_is_cancelled_without_a_rest(tmp_path: Path, running: Callable[..., subprocess.Popen[str]]) -> None:
    process = running("simulate", "-o", tmp_path / "s", "--width", 300, "--height", 300)
    end = time.monotonic() + 30
    # A file in it, not the folder alone: a signal at the very instant of the folder leaves it to the next run.
    while not list(tmp_path.glob("s/.*/*")) and time.monotonic() < end:
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 3
    assert err.split() == ["herdmap:", "cancelled"]
    assert list((tmp_path / "s").iterdir()) == []


@posix
@pytest.mark.parametrize(
    ("doing", "cancel", "existing"),
    [("headers", signal.SIGINT, False), ("chips", signal.SIGTERM, True), ("chips", None, True)],
    ids=["SIGINT", "SIGTERM", "end of stdin"],
)
def test_a_cancelled_import_leaves_all_as_it_was(
    photos: Path,
    tmp_path: Path,
    here: HerdmapHere,
    running: Callable[..., subprocess.Popen[str]],
    doing: str,
    cancel: signal.Signals | None,
    existing: bool,
) -> None:
    names = [path.name for path in sorted(photos.iterdir())]
    boxes = [f"{x},{y},{x + 20},{y + 20}" for x in range(0, 460, 30) for y in range(0, 460, 30)]
    head = "image_path,xmin,ymin,xmax,ymax,label\n"
    (tmp_path / "all.csv").write_text(head + "".join(f"{name},{box},goat\n" for name in names for box in boxes))
    (tmp_path / "one.csv").write_text(f"{head}{names[0]},5,5,40,30,sheep\n")
    output = tmp_path / "out.gpkg"
    if existing:
        assert here("import", tmp_path / "one.csv", "--images", photos, "-o", output).code == 0
    before = everything_in(tmp_path)
    process = running("import", tmp_path / "all.csv", "--images", photos, "-o", output, "--progress", "json")
    until(process, f'step", "doing": "{doing}')
    began = time.monotonic()
    if cancel is None:
        assert process.stdin is not None
        process.stdin.close()
        process.stdin = None
    else:
        process.send_signal(cancel)
    _, err = process.communicate(timeout=30)
    took = time.monotonic() - began
    assert (process.returncode, err) == (3, "herdmap: cancelled; nothing was written\n")
    assert took < 5, "at once, also on a busy machine"
    assert everything_in(tmp_path) == before


def test_a_cancel_while_the_output_is_written_comes_too_late_but_a_second_is_obeyed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from detector.cli import console

    with console.watching_whole("none") as watcher:
        watcher.writing()
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGTERM)  # the same wish, as QGIS says it
    monkeypatch.setattr(console._AtOnce, "_SAME_S", 0.0)
    with console.watching_whole("none") as watcher:
        watcher.writing()
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
