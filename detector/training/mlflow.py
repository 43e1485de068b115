"""Reports a run to MLflow while it trains: metrics, learning rate, parameters, environment, sample detections, the
model.

If `MLFLOW_TRACKING_URI` names a server, as on hosted clusters, the run is reported there. Otherwise it goes into an
SQLite file in the run's folder, which `mlflow ui --backend-store-uri sqlite:///FOLDER/mlflow.db` shows. MLflow itself
reads what proves to a server who asks: `MLFLOW_TRACKING_TOKEN`, or a user name and a password.
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
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from detector.training.tracker import STOPPED, Start, Tracker
from geo.errors import one_line
from geo.output import whole

if TYPE_CHECKING:
    from mlflow.tracking import MlflowClient

# By default, MLflow waits for minutes. A finished run should not wait for a server that does not answer: with these, a
# report fails after some 40 s, before the run loses its patience (`tracker.PATIENCE_S`) and cannot say why.
_PATIENCE = {"MLFLOW_HTTP_REQUEST_TIMEOUT": "10", "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2"}
# The plugin of MLflow that a hosted service's own addresses need.
_PLUGINS = {"azureml": "azureml-mlflow", "databricks": "databricks-sdk"}
_LONGEST_PARAMETER = 500
_BATCH = 100  # parameters that MLflow takes at once


class MLflow(Tracker):
    """Reports to MLflow. A resumed run continues the same MLflow run, and no step is reported twice.

    `MLFLOW_EXPERIMENT_NAME` and `MLFLOW_RUN_ID` are followed too. MLflow's `MLFLOW_HTTP_REQUEST_TIMEOUT` and
    `MLFLOW_HTTP_REQUEST_MAX_RETRIES` say how long to wait for a server; by default some 40 s a report.
    """

    def __init__(self, experiment: str) -> None:
        self._experiment = os.environ.get("MLFLOW_EXPERIMENT_NAME") or experiment
        self._client: MlflowClient
        self._run = self._server = ""
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
        self._server = _without_password(uri)
        self._client = MlflowClient(uri)
        note = folder / f"{start.name}.mlflow.json"
        self._run = os.environ.get("MLFLOW_RUN_ID") or (_noted(note, self._server) if start.first_step else "")
        resumed = bool(self._run)
        if not resumed:
            artifacts = None if server else (folder / "mlflow-artifacts").as_uri()
            self._run = self._client.create_run(self._experiment_id(artifacts), run_name=start.name).info.run_id
        with whole(note) as part:
            part.write_text(json.dumps({"uri": self._server, "run_id": self._run}), encoding="utf-8")
        self._client.update_run(self._run, status="RUNNING")
        known: Mapping[str, str] = {}
        if resumed:
            self._told = {}
            run = self._client.get_run(self._run).data
            known = run.params  # of an extended run, some have changed, and MLflow takes no other value for them
            if "error" in run.tags:
                self._client.delete_tag(self._run, "error")
        self._parameters({name: value for name, value in start.parameters.items() if _name(name) not in known})
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

    def why(self, error: BaseException) -> str:
        """Names the server, and says what to do where that is known."""
        from mlflow.exceptions import MlflowException

        scheme = urlsplit(self._server).scheme
        if type(error).__name__.startswith("Unsupported") and scheme in _PLUGINS:
            return (
                f"MLFLOW_TRACKING_URI begins with {scheme}://, which MLflow reads only with a plugin; "
                f"pip install {_PLUGINS[scheme]}"
            )
        if not isinstance(error, MlflowException) or scheme not in ("http", "https"):
            return super().why(error)
        if error.get_http_status_code() in (401, 403):  # type: ignore[no-untyped-call]
            return f"{self._server} refuses the reports; check MLFLOW_TRACKING_TOKEN, or the user name and the password"
        return f"{self._server}: {one_line(_first_cause(error))}"

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


def _without_password(uri: str) -> str:
    """An address for notes and messages, without the name and password that may be in it."""
    parts = urlsplit(uri)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl() if "@" in parts.netloc else uri


def _first_cause(error: BaseException) -> BaseException:
    """What went wrong first, such as `Connection refused`. MLflow packs it into four errors of other libraries."""
    while (cause := error.__cause__ or error.__context__) is not None:
        error = cause
    return error


def _name(name: str) -> str:
    """A name that MLflow accepts. Names of classes and photos may have any characters."""
    safe = re.sub(r"[^\w\-. /:]", "_", name)
    return posixpath.normpath(safe).lstrip("/").replace("..", "_") or "_"
