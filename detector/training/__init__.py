"""Training detectors: labels, tiles of full photos, the schedule, the fit, and whom it tells.

A framework is a module with the functions of `detector.training.framework.Trainer`. Only it, `augment`, `data` and what
they need load torch.
"""

import os
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from detector.errors import MissingLibraryError
from detector.search.lock import locked
from detector.training.tracker import Tracker
from geo.errors import one_line
from geo.paths import StrPath, as_path

if TYPE_CHECKING:
    from detector.training.config import Tracking
    from detector.training.finder import Finding
    from detector.training.preview import Preview


def train(config: StrPath, trackers: Sequence[Tracker] = (), warn: Callable[[str], None] | None = None) -> Path:
    """Train as the TOML file `config` says and return the model file's path; goes on from a checkpoint of the same run.

    trackers: told of the run while it goes on, beside its own record, MLflow and TensorBoard; one that fails does not
    stop it. warn: told what the user should know, in any thread; by default it is printed on stderr.
    Raises MissingLibraryError where the framework is missing, InputError for a config or data that cannot be used, and
    where another run is training the same model.
    KeyboardInterrupt ends the run as one that was stopped, and goes through.
    """
    from detector.training.config import load_config
    from detector.training.framework import trainer
    from detector.training.record import Record
    from detector.training.tracker import STOPPED, Trackers

    settings = load_config(config)
    framework = trainer(settings)
    listeners, missing = _listeners(settings.tracking)
    first = os.environ.get("RANK", "0") == "0"  # of the processes that torchrun started only the first one tells
    told = Trackers([*trackers, Record(), *listeners] if first else [], warn)
    if missing and first:
        told.warn(
            f"{' and '.join(missing)} cannot follow this run, since they are not installed: pip install "
            "'herdmap[tracking]'"
        )
    output = settings.output
    refusal = f"{output.folder / output.name}: another run is training this model; wait for it, or choose another name"
    with locked(output.folder / f"{output.name}.lock", refusal) if first else nullcontext():
        error: str | None = STOPPED  # what is no Exception is Ctrl-C
        try:
            model = framework.fit(settings, told)
            error = None
        except Exception as reason:
            error = one_line(reason)
            raise
        finally:
            told.ended(error)
    return model


def _listeners(tracking: "Tracking") -> tuple[list[Tracker], list[str]]:
    """MLflow and TensorBoard, as far as they are wanted and installed; and the names of those that are not."""
    from detector.training.mlflow import MLflow
    from detector.training.tensorboard import TensorBoard

    wanted: dict[str, Tracker] = {}
    if tracking.mlflow:
        wanted["mlflow"] = MLflow(tracking.experiment)
    if tracking.tensorboard:
        wanted["tensorboard"] = TensorBoard()
    installed = [tracker for library, tracker in wanted.items() if find_spec(library) is not None]
    return installed, [type(t).__name__ for library, t in wanted.items() if find_spec(library) is None]


def draw_schedule(config: StrPath, picture: StrPath) -> "Preview":
    """Draw the learning rate of every step of the run that `config` describes, as PNG or SVG by the picture's ending.

    Raises as `train` does, and MissingLibraryError without matplotlib.
    """
    picture = as_path(picture)
    from detector.training.preview import preview

    _need_matplotlib()
    found = preview(config)
    from detector.training.plot import draw_schedule

    draw_schedule(found.rates, found.config.schedule, found.epoch_steps, found.doubts, picture)
    return found


def find_learning_rate(config: StrPath, picture: StrPath, steps: int = 100) -> "Finding":
    """Train a little at rising rates, draw the loss over them, and say which rate suits; nothing else is written.

    Raises as `draw_schedule` does, and InputError for a framework that has a loop of its own.
    """
    picture = as_path(picture)
    from detector.training.config import load_config
    from detector.training.finder import find_rate

    _need_matplotlib()
    found = find_rate(load_config(config), steps)
    from detector.training.plot import draw_finding

    draw_finding(found, picture)
    return found


def _need_matplotlib() -> None:
    if find_spec("matplotlib") is None:
        raise MissingLibraryError("drawing needs matplotlib: pip install 'herdmap[tracking]'")


__all__ = ["draw_schedule", "find_learning_rate", "train"]
