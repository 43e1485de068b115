"""Runs that are killed, stopped, moved and extended: they end as runs that nobody disturbed."""

# ruff: noqa: E402  (nothing of the project's that needs torch may be imported before torch is known to be there)

import os
import random
import shutil
import signal
import threading
import time
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="the torch extra is not installed: pip install 'herdmap[torch]'")

from detector.training import train
from detector.training.compact import fit
from detector.training.config import load_config
from detector.training.record import read_record
from detector.training.tracker import Start, Tracker
from tests.detector.training import forked
from tests.surveys.blob import write_config, write_photos

pytestmark = pytest.mark.usefixtures("one_thread")
KINDS = ["white", "red"]


class _First(Tracker):
    """Notes where a run began."""

    def __init__(self) -> None:
        self.step = -1

    def started(self, start: Start) -> None:
        self.step = start.first_step


def _survey(folder: Path) -> None:
    write_photos(folder / "north", 4, "north", 1, KINDS, each=4)
    write_photos(folder / "south", 2, "south", 2, KINDS, each=4)


def _config(folder: Path, steps: int, rate: float = 0.005) -> Path:
    schedule = f"steps = {steps}\nwarm_up_steps = 3\nlearning_rate = {rate}\n"
    tracking = "mlflow = false\ntensorboard = false\nevery_steps = 1\nvalidate_steps = 9\n"
    return write_config(folder, KINDS, schedule=schedule, output="checkpoint_steps = 4\n", tracking=tracking)


def _train(config: Path, extend: bool) -> None:
    train(config, extend=extend)


def _to_its_end(config: Path, extend: bool = False) -> float:
    """Train as far as the config says; the seconds that it took."""
    began = time.monotonic()
    process = forked.forked(_train, config, extend)
    process.join()
    assert process.exitcode == 0
    return time.monotonic() - began


def _killed(config: Path, within_s: float, draw: random.Random, extend: bool = False) -> int:
    """SIGKILL a training at an instant drawn at random. 1, or 0 if it had ended by then."""
    process = forked.forked(_train, config, extend)
    process.join(draw.uniform(0, within_s))
    process.kill()
    process.join()
    assert process.exitcode in (0, -signal.SIGKILL)
    return int(process.exitcode != 0)


def test_a_run_killed_five_times_extended_and_moved_ends_bit_equal(tmp_path: Path) -> None:
    """`python -m benchmarks.kill_training` does the same with the command line, as often as is wished."""
    pytest.importorskip("matplotlib", reason="the tracking extra is not installed: pip install 'herdmap[tracking]'")
    calm, rough = tmp_path / "calm", tmp_path / "rough"
    for folder in (calm, rough):
        _survey(folder)
    _to_its_end(_config(calm, 20))
    took = _to_its_end(_config(calm, 36, 0.002), extend=True)

    draw = random.Random(7)
    # Of each part of the run, so little a time that it cannot have ended before the last kill.
    kills = sum(_killed(_config(rough, 20), took / 3, draw) for _ in range(3))
    _to_its_end(_config(rough, 20))
    kills += _killed(_config(rough, 36, 0.002), took / 2, draw, extend=True)
    moved = tmp_path / "another" / "mount"
    shutil.move(rough, moved)
    kills += _killed(_config(moved, 36, 0.002), took / 2, draw, extend=True)
    _to_its_end(_config(moved, 36, 0.002), extend=True)
    assert kills >= 4, "it was killed too late"

    files = [folder / "run" for folder in (calm, moved)]
    for run in files:
        note = (run / "blobs.extended.txt").read_text(encoding="utf-8")
        assert "schedule.steps is 36 and was 20, schedule.learning_rate is 0.002 and was 0.005" in note
        assert [line["step"] for line in read_record(run / "blobs.metrics.jsonl") if "loss" in line] == [*range(1, 37)]
    states = [torch.load(run / "blobs.pt", weights_only=True) for run in files]
    assert states[0]["step"] == states[1]["step"] == 36
    for part in ("network", "averaged"):
        for name, value in states[0][part].items():
            assert torch.equal(value, states[1][part][name]), name
    moments = [state["optimiser"]["state"] for state in states]
    for key, of in moments[0].items():
        assert all(torch.equal(torch.as_tensor(v), torch.as_tensor(moments[1][key][name])) for name, v in of.items())
    assert (files[0] / "blobs.onnx").read_bytes() == (files[1] / "blobs.onnx").read_bytes()


def test_a_config_is_of_the_same_run_from_wherever_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _survey(tmp_path)
    path = _config(tmp_path, 6)
    fit(load_config(path), Tracker())
    told = _First()
    monkeypatch.chdir(tmp_path.parent)
    fit(load_config(Path(tmp_path.name) / path.name), told)
    assert told.step == 6


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
    said = tmp_path / "said.txt"
    with forked.herdmap(said, "train", config, alone=True) as run:
        forked.until(lambda: len(read_record(record)) >= 3, run)
        assert run.pid is not None
        os.killpg(run.pid, signal.SIGTERM)
        code, text = forked.ended(run, said)
    assert code == 3, text
    assert "run the same command again to continue where it stopped" in text
    state = torch.load(tmp_path / "run" / "blobs.pt", weights_only=True)
    assert state["step"] == read_record(record)[-1]["step"] >= 3
