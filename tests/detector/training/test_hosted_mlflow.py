"""A run that reports to a hosted MLflow, by the variables that a cluster sets; and servers that refuse or are away.

The server is MLflow's own, on this computer, behind a door that asks for a token as Azure ML does.
"""

import json
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the torch extra is not installed: pip install 'herdmap[torch]'")
pytest.importorskip("mlflow", reason="the tracking extra is not installed: pip install 'herdmap[tracking]'")

from mlflow.tracking import MlflowClient

from detector.training import train
from detector.training.record import read_record
from detector.training.tracker import Start, Trackers
from tests.detector.training.mlflow_server import PASSWORD, TOKEN, Hosted
from tests.surveys.blob import write_config, write_photos

pytestmark = [
    pytest.mark.usefixtures("one_thread"),
    # What MLflow's own dependencies warn of when its database is opened.
    pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:mlflow"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:sqlalchemy"),
]


def config(folder: Path) -> Path:
    write_photos(folder / "north", 2, "north", 1, ["white"])
    write_photos(folder / "south", 1, "south", 2, ["white"])
    return write_config(
        folder,
        ["white"],
        schedule="steps = 4\nwarm_up_steps = 1\n",
        tracking="tensorboard = false\nevery_steps = 1\nvalidate_steps = 4\npictures = 1\n",
    )


def client(hosted: Hosted, monkeypatch: pytest.MonkeyPatch) -> MlflowClient:
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", TOKEN)
    return MlflowClient(hosted.uri)


def test_a_job_of_a_cluster_reports_to_the_run_that_the_cluster_made(
    hosted: Hosted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Azure ML makes the run of a job, and gives the job four variables."""
    asking = client(hosted, monkeypatch)
    made = asking.create_run(asking.create_experiment("elephants"))
    for name, value in {
        "MLFLOW_TRACKING_URI": hosted.uri,
        "MLFLOW_EXPERIMENT_NAME": "elephants",
        "MLFLOW_RUN_ID": made.info.run_id,
    }.items():
        monkeypatch.setenv(name, value)
    said: list[str] = []
    model = train(config(tmp_path), warn=said.append)
    assert said == []
    run = asking.get_run(made.info.run_id)
    assert run.info.status == "FINISHED"
    losses = {
        line["step"]: line["loss"] for line in read_record(tmp_path / "run" / "blobs.metrics.jsonl") if "loss" in line
    }
    reported = asking.get_metric_history(made.info.run_id, "loss")
    assert {point.step: point.value for point in reported} == pytest.approx(losses)
    assert set(losses) == {1, 2, 3, 4}
    assert {"validation/f1", "learning_rate"} <= set(run.data.metrics)
    assert run.data.params["classes"] == "white"
    file = asking.download_artifacts(made.info.run_id, f"model/{model.name}", str(tmp_path))
    assert Path(file).read_bytes() == model.read_bytes()
    assert len(asking.list_artifacts(made.info.run_id, "images")) >= 1


def closed_port() -> Iterator[str]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nothing listens
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


def silent_port() -> Iterator[str]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(100)  # takes every call, and never answers
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


@pytest.fixture(params=[closed_port, silent_port], ids=["closed", "silent"])
def away(request: pytest.FixtureRequest) -> Iterator[str]:
    yield from request.param()


def test_a_server_that_is_away_costs_one_line_and_no_training(
    away: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", away)
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "1")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    said: list[str] = []
    model = train(config(tmp_path), warn=said.append)
    assert model.exists()
    (line,) = said
    assert line.startswith(f"MLflow failed ({away}: ")
    assert line.endswith("; training goes on without it")
    assert "refused" in line or "timed out" in line
    assert len(line) < 160


def test_by_default_a_report_fails_before_the_run_loses_its_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    from detector.training.mlflow import _PATIENCE
    from detector.training.tracker import PATIENCE_S

    tries = int(_PATIENCE["MLFLOW_HTTP_REQUEST_MAX_RETRIES"]) + 1
    pauses = sum(2**number + 1 for number in range(1, tries))  # MLflow's back-off, with its jitter of at most 1 s
    assert tries * int(_PATIENCE["MLFLOW_HTTP_REQUEST_TIMEOUT"]) + pauses < PATIENCE_S


def test_a_server_that_refuses_a_token_costs_one_line(
    hosted: Hosted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", hosted.uri)
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "an-old-one")
    said: list[str] = []
    train(config(tmp_path), warn=said.append)
    assert said == [
        f"MLflow failed ({hosted.uri} refuses the reports; check MLFLOW_TRACKING_TOKEN, or the user name and the "
        "password); training goes on without it"
    ]


def test_a_server_that_is_away_for_a_while_misses_only_what_happened_then(
    hosted: Hosted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from detector.training.mlflow import MLflow

    """Its address has a password in it, which is in no message and no file."""
    asking = client(hosted, monkeypatch)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", hosted.with_password)
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    said: list[str] = []
    told = Trackers([MLflow("away")], said.append)
    told.started(Start("x", tmp_path, 0, 10, 2.0))
    told.metrics(1, {"loss": 1.0})
    heard = _until(lambda: len(_losses(asking, tmp_path)), 1)
    before = hosted.refused
    hosted.refuse("503 Service Unavailable")
    told.metrics(2, {"loss": 0.5})
    _until(lambda: hosted.refused - before, 1)
    hosted.refuse("")
    told.metrics(3, {"loss": 0.25})
    told.ended(None)
    assert heard == 1
    assert _losses(asking, tmp_path) == {1: 1.0, 3: 0.25}
    assert len(said) == 1
    assert said[0].startswith(f"MLflow failed ({hosted.uri}: ")
    assert said[0].endswith("; training goes on")
    assert "503" in said[0]
    assert PASSWORD not in said[0] + (tmp_path / "x.mlflow.json").read_text(encoding="utf-8")


def _losses(asking: MlflowClient, folder: Path) -> dict[int, float]:
    note = folder / "x.mlflow.json"
    run = json.loads(note.read_text(encoding="utf-8"))["run_id"] if note.exists() else ""
    return {point.step: point.value for point in asking.get_metric_history(run, "loss")} if run else {}


def _until(read: Callable[[], int], least: int, patience_s: float = 60) -> int:
    end = time.monotonic() + patience_s
    while (found := read()) < least and time.monotonic() < end:
        time.sleep(0.05)
    return found


def test_an_address_that_needs_a_plugin_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from detector.training.mlflow import MLflow

    monkeypatch.setenv("MLFLOW_TRACKING_URI", "azureml://westeurope.api.azureml.ms/mlflow/v1.0/subscriptions/1")
    said: list[str] = []
    told = Trackers([MLflow("x")], said.append)
    told.started(Start("x", tmp_path, 0, 10, 2.0))
    told.ended(None)
    assert said == [
        "MLflow failed (MLFLOW_TRACKING_URI begins with azureml://, which MLflow reads only with a plugin; pip install "
        "azureml-mlflow); training goes on without it"
    ]
