"""Training a model, and measuring it on labelled photos."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from detector.errors import DetectorError
from geo.paths import Paths, StrPath, as_paths
from herdmap.news import log, progress_bar, warn, watching
from herdmap.surveys import Survey

if TYPE_CHECKING:
    from detector.evaluation.evaluate import Evaluated
    from detector.training.tracker import Tracker


@dataclass(frozen=True)
class Evaluation:
    """What `evaluate` measured."""

    metrics: Mapping[str, Any]
    """Every number, as in `metrics.json`: `classes` has precision, recall, F1, AP and counts of each class."""
    folder: Path
    """Where `report.html`, `metrics.json`, `photos.csv`, `curves.csv` and the survey are."""

    @property
    def survey(self) -> Survey:
        """The photos and what was found in them."""
        return Survey(self.folder / "detections.gpkg")


def evaluate(
    model: StrPath | None,
    data: StrPath,
    images: StrPath,
    output: StrPath,
    *,
    trained_on: Paths = (),
    any_class: bool = False,
    rule: str = "f1",
    radius: str | None = None,
    columns: Mapping[str, str] = MappingProxyType({}),
    rename: Mapping[str, str] = MappingProxyType({}),
    rest: str = "",
    score: float | None = None,
    tile_size: int | None = None,
    overlap: int | None = None,
    batch_size: int | None = None,
    device: str = "auto",
    trust: bool = False,
    progress: bool | None = None,
) -> Evaluation:
    """Measure how well a model finds animals in labelled photos that it was not trained on. The same call resumes.

    Args:
        model: A model file or a bundled model's name; None: `sheep`.
        data: The labels of whole photos, in any format that is read (docs/labels.md).
        images: The folder that names in the labels start from.
        output: The folder for the report.
        trained_on: The labels of the training data. If a photo or a flight is also in `data`, that is an error.
        any_class: Ignore the classes: every animal that is found counts as right.
        rule: How the best score threshold is chosen: `f1`, `count` or `recall:R`.
        radius: How far from its centre an animal is found, such as `12px` or `0.5m`; None: half the longer side of its
            box, or of the detection if it is a point.
        columns: For a table or a vector layer: the column of a field with another name, such as {"class": "Species"}.
        rename: The model's class of a name in the labels, such as {"elephant calf": "elephant"}.
        rest: The model's class of all other names in the labels, such as `other_animal`; '' to leave them out.
        score: The least score of a detection, 0 to 1; by default the model's.
        tile_size: Pixels; by default the model's.
        overlap: Pixels by which tiles overlap; by default the model's.
        batch_size: Tiles a call of the model; by default as memory allows.
        device: `auto`, `cpu`, `cuda` or `cuda:N`.
        trust: Run the code in a pickled model or a Python configuration.
        progress: Show a progress bar; None: in a terminal or a notebook.

    Raises:
        Error: The model, the labels or the photos cannot be used, or the model was trained on some of them.
    """
    from detector.evaluation.evaluate import Judging
    from detector.evaluation.evaluate import evaluate as judge
    from detector.survey import Settings

    settings = Settings(score=score, tile_size=tile_size, overlap=overlap, batch_size=batch_size)
    judging = Judging(rule, any_class, as_paths(trained_on), radius, columns, rename, rest)
    with watching(progress) as watcher:
        done = judge(
            model, data, images, output, judging=judging, settings=settings, trust=trust, device=device, watcher=watcher
        )
    if done is None:
        raise DetectorError("the evaluation was cancelled; make the same call again to go on")
    return _said(done)


def _said(done: "Evaluated") -> Evaluation:
    """What an evaluation gives, after its notes and its table are said."""
    warn(*done.metrics["notes"])
    log(done.summary().splitlines())
    return Evaluation(done.metrics, done.folder)


def train(config: StrPath, *, progress: bool | None = None) -> Path:
    """Train a model as a configuration file says. The same call again resumes from the last checkpoint.

    Args:
        config: The TOML file (docs/training.md).
        progress: Show a progress bar; None: in a terminal or a notebook.

    Returns:
        The model file, which `Model.load` and `detect` take.

    Raises:
        Error: The configuration or its data cannot be used, a library is missing, or another run trains this model.
    """
    from detector.training import train as fit

    told: list[str] = []  # in the trackers' own threads; a warning belongs to the caller's
    try:
        with _shown(progress) as tracker:
            return fit(config, [tracker], told.append)
    finally:
        warn(*told)


@contextlib.contextmanager
def _shown(progress: bool | None) -> "Iterator[Tracker]":
    """A tracker that logs, and shows a bar."""
    from detector.training.tracker import Start, Tracker

    with progress_bar(progress, unit="step") as bar:

        class Shown(Tracker):
            def started(self, start: Start) -> None:
                bar.reset(total=start.steps)
                bar.update(start.first_step)
                log([f"{start.name}: {start.first_step} of {start.steps} steps are done"])

            def metrics(self, step: int, values: Mapping[str, float]) -> None:
                if "loss" in values:
                    bar.set_postfix_str(f"loss {values['loss']:.4g}", refresh=False)
                    bar.update(step - bar.n)
                else:
                    log([f"step {step}: {', '.join(f'{name} {value:.3f}' for name, value in values.items())}"])

            def text(self, name: str, text: str) -> None:
                log(text.splitlines())

        yield Shown()
