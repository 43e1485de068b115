"""Runs that are killed, stopped, moved and extended: they end as runs that nobody disturbed."""

# ruff: noqa: E402  (nothing of the project's that needs torch may be imported before torch is known to be there)

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="the torch extra is not installed: pip install 'herdmap[torch]'")

from detector.training.compact import fit
from detector.training.config import load_config
from detector.training.record import read_record
from detector.training.tracker import Start, Tracker
from tests import ROOT
from tests.surveys.blob import write_config, write_photos

pytestmark = pytest.mark.usefixtures("one_thread")
KINDS = ["white", "red"]


class _DeadError(Exception):
    """What takes the process away. No checkpoint is kept for it."""


class _Dies(Tracker):
    """At a step, the run ends as a killed process does: nothing more is written. Notes what was told."""

    def __init__(self, at: int | None = None) -> None:
        self.at, self.first, self.said = at, -1, ""

    def started(self, start: Start) -> None:
        self.first = start.first_step

    def text(self, name: str, text: str) -> None:
        self.said += text

    def metrics(self, step, values) -> None:
        if self.at is not None and step >= self.at and "loss" in values:
            raise _DeadError


def _survey(folder: Path) -> None:
    write_photos(folder / "north", 4, "north", 1, KINDS, each=4)
    write_photos(folder / "south", 2, "south", 2, KINDS, each=4)


def _config(folder: Path, steps: int, rate: float = 0.005) -> Path:
    schedule = f"steps = {steps}\nwarm_up_steps = 3\nlearning_rate = {rate}\n"
    tracking = "mlflow = false\ntensorboard = false\nevery_steps = 1\nvalidate_steps = 9\n"
    return write_config(folder, KINDS, schedule=schedule, output="checkpoint_steps = 4\n", tracking=tracking)


def test_a_run_killed_five_times_extended_and_moved_ends_bit_equal(tmp_path: Path) -> None:
    calm, rough = tmp_path / "calm", tmp_path / "rough"
    _survey(calm)
    fit(load_config(_config(calm, 20)), Tracker())
    told = _Dies()
    fit(replace(load_config(_config(calm, 36, 0.002)), extend=True), told)
    assert told.first == 20
    assert "schedule.steps is 36 and was 20, schedule.learning_rate is 0.002 and was 0.005" in told.said

    _survey(rough)
    draw = random.Random(7)
    for at in sorted(draw.sample(range(2, 20), 3)):
        with pytest.raises(_DeadError):
            fit(load_config(_config(rough, 20)), _Dies(at))
    fit(load_config(_config(rough, 20)), Tracker())
    for at in sorted(draw.sample(range(22, 36), 2)):
        with pytest.raises(_DeadError):
            fit(replace(load_config(_config(rough, 36, 0.002)), extend=True), _Dies(at))
        if not (moved := tmp_path / "another" / "mount").exists():
            shutil.move(rough, moved)
            rough = moved
    resumed = _Dies()
    fit(replace(load_config(_config(rough, 36, 0.002)), extend=True), resumed)
    assert 20 < resumed.first < 36

    states = [torch.load(folder / "run" / "blobs.pt", weights_only=True) for folder in (calm, rough)]
    assert states[0]["step"] == states[1]["step"] == 36
    for part in ("network", "averaged"):
        for name, value in states[0][part].items():
            assert torch.equal(value, states[1][part][name]), name
    moments = [state["optimiser"]["state"] for state in states]
    for key, of in moments[0].items():
        assert all(torch.equal(torch.as_tensor(v), torch.as_tensor(moments[1][key][name])) for name, v in of.items())
    assert (calm / "run" / "blobs.onnx").read_bytes() == (rough / "run" / "blobs.onnx").read_bytes()


def test_a_config_is_of_the_same_run_from_wherever_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _survey(tmp_path)
    path = _config(tmp_path, 6)
    fit(load_config(path), Tracker())
    told = _Dies()
    monkeypatch.chdir(tmp_path.parent)
    fit(load_config(Path(tmp_path.name) / path.name), told)
    assert told.first == 6


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_run_that_is_asked_to_stop_keeps_where_it_is(tmp_path: Path, number: int) -> None:
    _survey(tmp_path)
    config = load_config(_config(tmp_path, 40))

    class Asks(Tracker):
        def metrics(self, step, values) -> None:
            if step == 6 and "loss" in values:
                os.kill(os.getpid(), number)

    assert threading.current_thread() is threading.main_thread()
    handlers = [signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGINT)]
    with pytest.raises(KeyboardInterrupt):
        fit(config, Asks())
    assert torch.load(tmp_path / "run" / "blobs.pt", weights_only=True)["step"] == 6
    assert [signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGINT)] == handlers


def test_a_shutdown_of_all_its_processes_keeps_where_the_run_is(tmp_path: Path) -> None:
    """As a terminal sends Ctrl-C, and a cluster SIGTERM: to the processes that prepare batches, too."""
    _survey(tmp_path)
    config = _config(tmp_path, 2000)
    text = config.read_text(encoding="utf-8").replace("checkpoint_steps = 4", "checkpoint_steps = 2000")
    config.write_text(text.replace("workers = 0", "workers = 1").replace("validate_steps = 9", "validate_steps = 2000"))
    record = tmp_path / "run" / "blobs.metrics.jsonl"
    run = subprocess.Popen(
        [sys.executable, "-m", "detector", "train", str(config)],
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    end = time.monotonic() + 120
    while len(read_record(record)) < 3 and run.poll() is None and time.monotonic() < end:
        time.sleep(0.05)
    os.killpg(run.pid, signal.SIGTERM)
    _, said = run.communicate(timeout=120)
    assert run.returncode == 3, said
    assert "run the same command again to continue where it stopped" in said
    state = torch.load(tmp_path / "run" / "blobs.pt", weights_only=True)
    assert state["step"] == read_record(record)[-1]["step"] >= 3
