"""Trains detectors and tile classifiers: reads labels, cuts tiles, follows a schedule, fits, and reports the progress.

Each framework has a module here with the functions of `detector.training.framework.Trainer`. Only these modules,
`augment`, `data` and the modules that they share load torch.
"""

import os
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
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


def train(
    config: StrPath,
    trackers: Sequence[Tracker] = (),
    warn: Callable[[str], None] | None = None,
    extend: bool = False,
) -> Path:
    """Train a model as a TOML file says, and return the path of the model file.

    If the run has a checkpoint, training resumes from it. Ctrl-C and SIGTERM stop the run after its present step: a
    checkpoint is kept, the trackers are told so, and KeyboardInterrupt is raised.

    Args:
        config: The TOML file.
        trackers: Get the reports of the run, in addition to its own record, MLflow and TensorBoard. If a tracker
            fails, training continues.
        warn: Gets what the user should know, from any thread. By default it is printed on stderr.
        extend: Continue a run whose schedule was another one, also a finished run, with the schedule that the config
            has now: more steps, or another rate. The optimiser goes on as it was.

    Raises:
        MissingLibraryError: The framework is not installed.
        InputError: The config or the data cannot be used, or another run is training the same model.
    """
    from detector.training.config import load_config
    from detector.training.framework import trainer
    from detector.training.record import Record
    from detector.training.tracker import STOPPED, Trackers

    settings = replace(load_config(config), extend=extend)
    framework = trainer(settings)
    listeners, missing = _listeners(settings.tracking)
    first = os.environ.get("RANK", "0") == "0"  # torchrun may start several processes: only the first one reports
    told = Trackers([*trackers, Record(), *listeners] if first else [], warn)
    for note in settings.schedule.notes() if first else ():
        told.warn(note)
    if missing and first:
        told.warn(
            f"{' and '.join(missing)} will not get reports of this run: not installed; pip install 'herdmap[tracking]'"
        )
    output = settings.output
    refusal = f"{output.folder / output.name}: another run is training this model; wait for it, or choose another name"
    with locked(output.folder / f"{output.name}.lock", refusal) if first else nullcontext():
        error: str | None = STOPPED  # holds for Ctrl-C, which is not an Exception
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
    """The trackers that the config asks for and that are installed, and the names of those that are not installed."""
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
    """Draw the learning rate of every step of a run, without training.

    Args:
        config: The TOML file of the run.
        picture: The file to write, a .png or an .svg.

    Raises:
        MissingLibraryError: The framework or matplotlib is not installed.
        InputError: The config cannot be used.
    """
    picture = as_path(picture)
    from detector.training.preview import preview

    _need_matplotlib()
    found = preview(config)
    from detector.training.plot import draw_schedule

    draw_schedule(found.rates, found.config.schedule, found.epoch_steps, found.doubts, picture)
    return found


def find_learning_rate(config: StrPath, picture: StrPath, steps: int = 100) -> "Finding":
    """Train a little while the learning rate rises, draw the loss over the rate, and suggest a rate.

    Only the picture is written: what was learnt is forgotten.

    Args:
        config: The TOML file of the run.
        picture: The file to write, a .png or an .svg.
        steps: How many steps to train.

    Raises:
        MissingLibraryError: The framework or matplotlib is not installed.
        InputError: The config or the data cannot be used, the loss is not a number, or the framework does not use the
            loop of `detector.training.fit`.
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
