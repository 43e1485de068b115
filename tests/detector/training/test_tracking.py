"""A run is in MLflow's and TensorBoard's own readers while it trains, and no tracker can stop or slow it."""

# ruff: noqa: E402  (nothing of the project's that needs torch may be imported before torch is known to be there)

import json
import os
import re
import signal
import threading
import time
import xml.etree.ElementTree as ET
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the torch extra is not installed: pip install 'herdmap[torch]'")
for library in ("mlflow", "tensorboard", "matplotlib"):
    pytest.importorskip(library, reason="the tracking extra is not installed: pip install 'herdmap[tracking]'")

from mlflow.tracking import MlflowClient
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from detector.cli import console
from detector.errors import InputError
from detector.training import tracker, train
from detector.training.compact import fit
from detector.training.config import load_config
from detector.training.mlflow import MLflow, _name
from detector.training.record import Record, read_record
from detector.training.tensorboard import TensorBoard
from detector.training.tracker import Tracker, Trackers
from tests.detector.training import forked
from tests.surveys.blob import write_config, write_photos

# What MLflow's own dependencies warn of when its database is opened.
pytestmark = [
    pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:mlflow"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:sqlalchemy"),
]


@pytest.fixture(scope="module")
def survey(tmp_path_factory):
    folder = tmp_path_factory.mktemp("blobs")
    write_photos(folder / "north", 4, "north", 1, ["white"])
    write_photos(folder / "south", 2, "south", 2, ["white"])
    return folder


@pytest.fixture(autouse=True)
def no_server(monkeypatch):
    for name in [name for name in os.environ if name.startswith("MLFLOW_")]:
        monkeypatch.delenv(name)


def _soon(read, wanted, patience_s=400):
    """What `read` gives as soon as it is `wanted`, or at last."""
    end = time.monotonic() + patience_s
    while not wanted(found := read()) and time.monotonic() < end:
        time.sleep(0.05)
    return found


class _KilledError(Exception):
    pass


class _Watched:
    """Passes all on, and at one step, with the training standing still, looks at what can be read by then."""

    def __init__(self, told, step, look):
        self.told, self.step, self.look = told, step, look

    def __getattr__(self, name):
        return getattr(self.told, name)

    def metrics(self, step, values):
        self.told.metrics(step, values)
        if step == self.step and "loss" in values:
            self.look()


def _mlflow(folder):
    client = MlflowClient(f"sqlite:///{folder / 'mlflow.db'}")
    experiment = client.get_experiment_by_name("herdmap")
    assert experiment is not None
    return client, client.search_runs([experiment.experiment_id])


def _losses(folder):
    client, runs = _mlflow(folder)
    return {point.step: point.value for point in client.get_metric_history(runs[0].info.run_id, "loss")}


def _events(folder):
    events = EventAccumulator(str(folder / "tensorboard" / "blobs"))
    events.Reload()
    return events


def _scalars(folder, name="loss"):
    events = _events(folder)
    return {e.step: e.value for e in events.Scalars(name)} if name in events.Tags()["scalars"] else {}


def test_a_run_is_read_back_live_killed_and_gone_on_with(survey, tmp_path):
    schedule, tracking = "steps = 12\nwarm_up_steps = 3\n", "every_steps = 1\nvalidate_steps = 6\npictures = 1\n"
    path = write_config(survey, ["white"], schedule=schedule, tracking=tracking)
    config = load_config(path, output=tmp_path)
    live = {}

    def look():
        begun = tmp_path / "blobs.mlflow.json"  # without it there is no run yet
        live["mlflow"] = _soon(lambda: _losses(tmp_path) if begun.exists() else {}, lambda found: 8 in found)
        live["status"] = _mlflow(tmp_path)[1][0].info.status
        live["tensorboard"] = _soon(lambda: _scalars(tmp_path), lambda f: 8 in f)
        raise _KilledError  # at step 8; the checkpoint is of step 5

    def trackers():
        return Trackers([Record(), MLflow("herdmap"), TensorBoard()])

    watched: Any = _Watched(trackers(), 8, look)
    with pytest.raises(_KilledError):
        fit(config, watched)
    assert live["status"] == "RUNNING"
    assert sorted(live["mlflow"]) == sorted(live["tensorboard"]) == list(range(1, 9))

    told = trackers()
    fit(config, told)
    told.ended(None)
    record = read_record(tmp_path / "blobs.metrics.jsonl")
    losses = {line["step"]: line["loss"] for line in record if "loss" in line}
    assert list(losses) == list(range(1, 13))
    assert _losses(tmp_path) == pytest.approx(losses)
    assert _scalars(tmp_path) == pytest.approx(losses, rel=1e-6)
    assert all(live["mlflow"][step] == losses[step] for step in range(1, 9))

    client, (run,) = _mlflow(tmp_path)  # one run, not two
    assert run.info.status == "FINISHED"
    identity = run.info.run_id
    assert len(client.get_metric_history(identity, "loss")) == 12  # no step is told twice
    rates = {point.step: point.value for point in client.get_metric_history(identity, "learning_rate")}
    assert rates == {step + 1: config.schedule.rate(step) for step in range(12)}
    assert [point.step for point in client.get_metric_history(identity, "validation/f1")] == [6, 12]
    assert run.data.params["schedule.steps"] == "12"
    assert run.data.params["classes"] == "white"
    assert run.data.tags["environment.torch"] == version("torch")
    artifacts = {item.path for item in client.list_artifacts(identity)}
    assert {"model", "images", "data.txt", "frozen.txt"} <= artifacts
    downloaded = client.download_artifacts(identity, "model/blobs.onnx", str(tmp_path))
    assert Path(downloaded).read_bytes() == (tmp_path / "blobs.onnx").read_bytes()
    assert len(client.list_artifacts(identity, "images")) >= 2

    events = _events(tmp_path)
    assert events.Tags()["images"] == ["predictions/south_0.png"]
    assert [e.step for e in events.Images("predictions/south_0.png")] == [6, 12]
    assert {"validation/ap", "learning_rate"} <= set(events.Tags()["scalars"])
    assert "parameters/text_summary" in events.Tags()["tensors"]
    # And the picture of the run.
    text = "".join(ET.parse(tmp_path / "blobs.svg").getroot().itertext())
    for word in ("loss", "learning rate", "AP (centre)", "epoch", "12 steps"):
        assert word in text


def test_a_server_is_taken_from_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path / 'server.db'}")
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "elephants")
    told = MLflow("herdmap")
    told.started(tracker.Start("x", tmp_path, 0, 10, 2.0, {"a": 1}, {"python": "3"}))
    told.metrics(1, {"loss": 1.0})
    told.ended("no more money")
    client = MlflowClient(f"sqlite:///{tmp_path / 'server.db'}")
    experiment = client.get_experiment_by_name("elephants")
    assert experiment is not None
    (run,) = client.search_runs([experiment.experiment_id])
    assert (run.data.metrics, run.info.status, run.data.tags["error"]) == ({"loss": 1.0}, "FAILED", "no more money")
    assert not (tmp_path / "mlflow.db").exists()


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_was_asked_to_end_is_killed_and_not_failed(survey, tmp_path, asked):
    """A real process, of more steps than it is given time for, and a real signal."""
    schedule = "steps = 100000\nwarm_up_steps = 3\n"
    tracking = "tensorboard = false\nevery_steps = 1\nvalidate_steps = 100000\n"
    path = write_config(survey, ["white"], name="asked", schedule=schedule, tracking=tracking)
    path.write_text(path.read_text().replace('folder = "run"', f'folder = "{tmp_path}"'))
    with forked.herdmap(tmp_path / "said.txt", "train", path) as process:
        forked.until(lambda: len(read_record(tmp_path / "asked.metrics.jsonl")) > 5, process)
        assert process.pid is not None
        os.kill(process.pid, asked)
        code, said = forked.ended(process, tmp_path / "said.txt")
    assert code == 3, said
    assert said.splitlines()[-1] == "herdmap: cancelled; run the same command again to continue where it stopped"
    _, (run,) = _mlflow(tmp_path)
    assert run.info.status == "KILLED"
    assert "error" not in run.data.tags


def test_a_run_that_failed_is_failed_and_one_that_goes_on_is_no_other(survey, tmp_path, monkeypatch):
    monkeypatch.setattr(tracker, "PATIENCE_S", 600)  # on a machine that has much to do MLflow takes its time
    schedule = "steps = 6\nwarm_up_steps = 1\n"
    tracking = "tensorboard = false\nvalidate_steps = 6\n"  # the checkpoint is of step 5
    path = write_config(survey, ["white"], name="broken", schedule=schedule, tracking=tracking)
    path.write_text(path.read_text().replace('folder = "run"', f'folder = "{tmp_path}"'))
    photo = survey / "south" / "pictures" / "south_1.png"
    kept = photo.read_bytes()
    photo.write_bytes(b"no photo")
    try:
        with pytest.raises(InputError, match=r"cannot read the photo .*south_1\.png"):
            train(path)
    finally:
        photo.write_bytes(kept)
    _, (run,) = _mlflow(tmp_path)
    assert run.info.status == "FAILED"
    assert "south_1.png" in run.data.tags["error"]
    train(path)
    _, (run,) = _mlflow(tmp_path)
    assert run.info.status == "FINISHED"
    assert "error" not in run.data.tags


@pytest.mark.parametrize("name", ["validation/ap/../../x", "a//b", "/etc", "küh+esel", "..", "a\nb", "<b>"])
def test_names_that_are_other_peoples_text_become_names_that_mlflow_takes(name):
    from mlflow.utils.validation import _validate_metric_name

    _validate_metric_name(_name(name))


class _Failing(Tracker):
    def metrics(self, step, values):
        raise SystemExit(1)

    def picture(self, step, name, pixels):
        raise MemoryError

    model = text = ended = lambda self, *said: 1 / 0  # type: ignore[assignment]


class _Away(Tracker):
    """A server that does not answer: every word to it would be another wait."""

    def started(self, start):
        raise OSError("no route to host")

    def metrics(self, step, values):
        raise AssertionError("it did not start")


def test_a_tracker_that_crashes_stops_nothing(survey, tmp_path):
    said: list[str] = []
    config = load_config(write_config(survey, ["white"], schedule="steps = 4\nwarm_up_steps = 1\n"), output=tmp_path)
    told = Trackers([_Failing(), Record(), _Away()], said.append)
    model = fit(config, told)
    told.ended(None)
    assert model.exists()
    assert [line["step"] for line in read_record(tmp_path / "blobs.metrics.jsonl") if "loss" in line] == [1, 2, 3, 4]
    assert sorted(said)[0] == "_Away failed (no route to host); training goes on without it"
    assert sorted(said)[1] == "_Failing failed (division by zero); training goes on"
    assert sorted(said)[2].startswith("_Failing failed")
    assert len(said) == 3


def test_a_tracker_that_hangs_holds_nothing_up(monkeypatch):
    monkeypatch.setattr(tracker, "PATIENCE_S", 0.2)
    monkeypatch.setattr(tracker, "MOST_WAITING", 5)
    hangs, heard = threading.Event(), []
    said: list[str] = []

    class Hanging(Tracker):
        def metrics(self, step, values):
            hangs.wait()

    class Quick(Tracker):
        def metrics(self, step, values):
            heard.append(step)

    told = Trackers([Hanging(), Quick()], said.append)
    for step in range(20):
        told.metrics(step, {"loss": 1.0})
        _soon(lambda: heard, lambda found, step=step: step in found, 5)
    told.ended(None)
    assert heard == list(range(20))
    assert said[0].startswith("Hanging has not received everything")
    hangs.set()


def test_a_checkpoint_waits_for_what_goes_into_the_runs_folder_and_for_nothing_else():
    written, hangs = [], threading.Event()

    class Slow(Tracker):
        in_folder = True

        def metrics(self, step, values):
            time.sleep(0.2)
            written.append(step)

    class Hanging(Tracker):
        def metrics(self, step, values):
            hangs.wait()

    told = Trackers([Hanging(), Slow()])
    told.metrics(1, {"loss": 1.0})
    told.metrics(2, {"loss": 1.0})
    told.keep_up()
    assert written == [1, 2]
    assert Record.in_folder
    hangs.set()
    told.ended(None)


def test_pixels_told_are_those_of_the_moment():
    kept, begin = [], threading.Event()

    class Slow(Tracker):
        def picture(self, step, name, pixels):
            begin.wait()
            kept.append(pixels)

    told = Trackers([Slow()])
    pixels = np.zeros((2, 2, 3), np.uint8)
    told.picture(1, "a", pixels)
    pixels[:] = 255
    begin.set()
    told.ended(None)
    assert kept[0].max() == 0


def test_a_record_that_a_kill_cut_short_goes_on_whole(tmp_path):
    lines = tmp_path / "x.metrics.jsonl"
    lines.write_text("".join(json.dumps({"step": s, "loss": s / 10}) + "\n" for s in (1, 2, 3)) + '{"step": 4, "lo')
    record = Record()
    record.started(tracker.Start("x", tmp_path, 2, 10, 2.0))
    record.metrics(3, {"loss": 0.3})
    assert read_record(lines) == [{"step": s, "loss": s / 10} for s in (1, 2, 3)]


def test_of_several_processes_one_tells(survey, tmp_path, monkeypatch):
    monkeypatch.setenv("RANK", "1")
    path = write_config(survey, ["white"], name="second", schedule="steps = 2\nwarm_up_steps = 1\n")
    told = []

    class Told(Tracker):
        def ended(self, error):
            told.append(error)

    train(path, [Told()])
    assert told == []
    assert not (survey / "run" / "second.metrics.jsonl").exists()


def test_train_tells_its_own_record_and_draws_it(survey, tmp_path):
    path = write_config(survey, ["white"], name="told", schedule="steps = 4\nwarm_up_steps = 1\n")
    train(path)
    assert len(read_record(survey / "run" / "told.metrics.jsonl")) >= 4
    assert (survey / "run" / "told.svg").exists()
    assert "known to be empty" in (survey / "run" / "told.data.txt").read_text()


def test_what_a_run_starts_from_reaches_its_record_and_an_early_end_is_silent(tmp_path):
    said: list[str] = []
    told = Trackers([Record(), TensorBoard()], said.append)
    told.text("start", "starts from before.pt")
    told.started(tracker.Start("x", tmp_path, 0, 10, 2.0))
    told.ended(None)
    assert (tmp_path / "x.start.txt").read_text() == "starts from before.pt\n"
    early = Trackers([Record(), TensorBoard()], said.append)
    early.text("start", "starts from before.pt")
    early.ended("the data cannot be used")
    assert said == []


def test_the_picture_of_a_run_is_there_while_it_trains_with_each_class(tmp_path):
    record = Record()
    record.started(tracker.Start("x", tmp_path, 0, 10, 2.0))
    record.metrics(1, {"loss": 1.0, "learning_rate": 0.1})
    assert not (tmp_path / "x.svg").exists()
    record.metrics(1, {"validation/all/f1": 0.5, "validation/f1/cow": 0.4, "validation/f1/zebra": 0.6})
    text = (tmp_path / "x.svg").read_text()
    assert all(name in text for name in ("F1 of cow", "F1 of zebra", "F1, all classes together"))


def test_a_log_gets_loss_rate_and_the_time_that_is_left(monkeypatch, capsys):
    monkeypatch.setattr(console, "TRAINING_LINE_S", 0.0)
    with console.training_shown() as shown:
        shown.started(tracker.Start("x", Path(), 4, 10, 2.0))
        shown.metrics(5, {"loss": 0.5, "learning_rate": 0.01})
    assert re.search(r"step 5 of 10: loss 0\.5, rate 0\.01, \d+ s left", capsys.readouterr().err)


@pytest.mark.parametrize(("slow_s", "reported"), [(0.0, [1, 2, 3]), (3600.0, [2, 3])])
def test_a_run_of_slow_steps_reports_sooner(tmp_path, monkeypatch, slow_s, reported):
    monkeypatch.setattr(tracker, "SLOW_S", slow_s)
    write_photos(tmp_path / "north", 2, "north", 1, ["white"])
    write_photos(tmp_path / "south", 1, "south", 2, ["white"])
    tracking = "mlflow = false\ntensorboard = false\nevery_steps = 2\n"
    train(write_config(tmp_path, ["white"], schedule="steps = 3\nwarm_up_steps = 1\n", tracking=tracking))
    (record,) = tmp_path.rglob("*.metrics.jsonl")
    assert [line["step"] for line in read_record(record) if "loss" in line] == reported
