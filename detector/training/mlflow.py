"""Reports a run to MLflow while it trains: metrics, learning rate, parameters, environment, sample detections, the
model.

If `MLFLOW_TRACKING_URI` names a server, as on hosted clusters, the run is reported there. Otherwise it goes into an
SQLite file in the run's folder, which `mlflow ui --backend-store-uri sqlite:///FOLDER/mlflow.db` shows.
"""

import json
import logging
import os
import posixpath
import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from detector.training.tracker import STOPPED, Start, Tracker
from geo.output import whole

if TYPE_CHECKING:
    from mlflow.tracking import MlflowClient

# By default, MLflow waits for minutes. A finished run should not wait for a server that does not answer.
_PATIENCE = {"MLFLOW_HTTP_REQUEST_TIMEOUT": "20", "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2"}
_LONGEST_PARAMETER = 500
_BATCH = 100  # parameters that MLflow takes at once


class MLflow(Tracker):
    """Reports to MLflow. A resumed run continues the same MLflow run, and no step is reported twice.

    `MLFLOW_EXPERIMENT_NAME` and `MLFLOW_RUN_ID` are followed too.
    """

    def __init__(self, experiment: str) -> None:
        self._experiment = os.environ.get("MLFLOW_EXPERIMENT_NAME") or experiment
        self._client: MlflowClient
        self._run = ""
        self._told: dict[str, int] | None = None  # in a resumed run: the last step reported, by metric

    def started(self, start: Start) -> None:
        os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
        for name, value in _PATIENCE.items():
            os.environ.setdefault(name, value)
        from mlflow.tracking import MlflowClient

        for name in ("mlflow", "alembic"):
            logging.getLogger(name).setLevel(logging.WARNING)
        folder = start.folder.absolute()
        server = os.environ.get("MLFLOW_TRACKING_URI")
        uri = server or f"sqlite:///{folder / 'mlflow.db'}"
        self._client = MlflowClient(uri)
        note = folder / f"{start.name}.mlflow.json"
        self._run = os.environ.get("MLFLOW_RUN_ID") or (_noted(note, uri) if start.first_step else "")
        resumed = bool(self._run)
        if not resumed:
            artifacts = None if server else (folder / "mlflow-artifacts").as_uri()
            self._run = self._client.create_run(self._experiment_id(artifacts), run_name=start.name).info.run_id
        with whole(note) as part:
            part.write_text(json.dumps({"uri": uri, "run_id": self._run}), encoding="utf-8")
        self._client.update_run(self._run, status="RUNNING")
        if resumed:
            self._told = {}
            if "error" in self._client.get_run(self._run).data.tags:
                self._client.delete_tag(self._run, "error")
        if self._last_told("loss"):
            return
        self._parameters(start.parameters)
        for name, value in start.environment.items():
            self._client.set_tag(self._run, f"environment.{name}", value)

    def metrics(self, step: int, values: Mapping[str, float]) -> None:
        from mlflow.entities import Metric

        now = int(time.time() * 1000)
        new = {_name(name): float(value) for name, value in values.items() if step > self._last_told(_name(name))}
        self._client.log_batch(self._run, metrics=[Metric(name, value, now, step) for name, value in new.items()])

    def picture(self, step: int, name: str, pixels: NDArray[np.uint8]) -> None:
        self._client.log_image(self._run, pixels, key=f"predictions/{_name(name)}", step=step)

    def text(self, name: str, text: str) -> None:
        self._client.log_text(self._run, text, f"{_name(name)}.txt")

    def model(self, path: Path) -> None:
        for file in dict.fromkeys((path, path.with_suffix(".toml"))):
            if file.is_file():
                self._client.log_artifact(self._run, str(file), "model")

    def ended(self, error: str | None) -> None:
        if error not in (None, STOPPED):
            self._client.set_tag(self._run, "error", str(error)[:5000])
        self._client.set_terminated(self._run, {None: "FINISHED", STOPPED: "KILLED"}.get(error, "FAILED"))

    def _last_told(self, name: str) -> int:
        if self._told is None:
            return 0
        if name not in self._told:
            history = self._client.get_metric_history(self._run, name)
            self._told[name] = max((point.step for point in history), default=0)
        return self._told[name]

    def _experiment_id(self, artifacts: str | None) -> str:
        found = self._client.get_experiment_by_name(self._experiment)
        if found is not None:
            return str(found.experiment_id)
        return str(self._client.create_experiment(self._experiment, artifact_location=artifacts))

    def _parameters(self, parameters: Mapping[str, Any]) -> None:
        from mlflow.entities import Param

        entries = [Param(_name(name), str(value)[:_LONGEST_PARAMETER]) for name, value in parameters.items()]
        for begin in range(0, len(entries), _BATCH):
            self._client.log_batch(self._run, params=entries[begin : begin + _BATCH])


def _noted(note: Path, uri: str) -> str:
    """The MLflow run that an earlier call reported to, or '' if there is none on this server."""
    try:
        said = json.loads(note.read_text(encoding="utf-8"))
        return str(said["run_id"]) if said["uri"] == uri else ""
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _name(name: str) -> str:
    """A name that MLflow accepts. Names of classes and photos may have any characters."""
    safe = re.sub(r"[^\w\-. /:]", "_", name)
    return posixpath.normpath(safe).lstrip("/").replace("..", "_") or "_"
