"""The loop of teaching: it learns until held-out patches are found no better, or until its time is over.

On the way it looks for ground that it takes for animals. At the end its learning rate falls to nothing.

It can be killed at any instant: a checkpoint has the weights, the best weights so far, and the time that was used.
"""

import contextlib
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from detector.evaluation import best_threshold
from detector.evaluation.scores import Found, matches
from detector.evaluation.search import truth_of
from detector.models.floor import SCORE_FLOOR
from detector.progress import Progress, Watcher
from detector.teaching.hard_ground import Hard
from detector.teaching.patches import Patch, PatchViews, as_photos
from detector.training import checkpoint
from detector.training.data import batches
from detector.training.fit import Run, require_numbers
from detector.training.validation import area

MEASURED_STEPS = 8  # after so many, it is known how long a step takes
LEAST_STEPS, MOST_STEPS = 40, 3000
EXAMS = 14  # in a run of all its steps
_LEAST_BETWEEN = 20  # steps between two exams
PATIENCE = 5  # exams that are no better, after which a run cools down
_COOLING = 0.25  # steps of cooling down, by the steps before: at a falling rate the weights come to rest
_BETTER = 0.002  # average precision
_LEAST = 0.1  # average precision: below it, a network that begins from nothing has not begun yet
_WARM_UP = 30  # steps
_KEEP_S = 20.0  # between two checkpoints
_EXAM_PATCHES = 40
_HARD_AT = 0.4  # of the steps: then hard ground is looked for


@dataclass
class Effort:
    """How long a run may take. Attributes: seconds: in all. steps: if given, exactly so many steps instead."""

    seconds: float
    steps: int | None = None


@dataclass
class State:
    """How far a run is. It is what a checkpoint keeps, beside the weights.

    Attributes:
        step: How many steps are done.
        steps: How many there will be; 0 while that is not known.
        seconds: How long it learnt.
        exams: (step, average precision) of each exam.
        best: The weights of the best exam.
        cooled_from: The step from which it cools down; 0 while it does not.
        hard: The hard ground, once it was looked for.
        ended: Why it ended; empty while it learns.
    """

    step: int = 0
    steps: int = 0
    seconds: float = 0.0
    exams: list[tuple[int, float]] = field(default_factory=list)
    best: dict[str, Tensor] = field(default_factory=dict)
    cooled_from: int = 0
    hard: Hard | None = None
    ended: str = ""

    @property
    def best_at(self) -> tuple[int, float]:
        """(step, average precision) of the best exam; of equal ones, the last."""
        return max(self.exams, key=lambda one: (one[1], one[0]), default=(0, float("nan")))

    def rate(self, peak: float, step: int) -> float:
        """The learning rate: a warm-up, then half a cosine. It falls faster, to the same end, while it cools down."""
        done = step / (self.steps or MOST_STEPS)
        rate = peak * min(1.0, (step + 1) / _WARM_UP) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(1.0, done))))
        if not self.cooled_from:
            return rate
        left = (self.end - step) / (self.end - self.cooled_from)
        return rate * (0.02 + 0.98 * min(1.0, max(0.0, left)))

    @property
    def end(self) -> int:
        """The step at which it ends; 0 while that is not known."""
        if not self.cooled_from:
            return self.steps
        return min(self.steps, self.cooled_from + max(1, round(_COOLING * self.cooled_from)))


class Exam:
    """Held-out patches with animals, on which a run sees whether it gets better."""

    def __init__(self, patches: Sequence[Patch], classes: int) -> None:
        self.patches = list(patches)[:_EXAM_PATCHES]
        self._classes = classes
        self._truth = truth_of(as_photos(self.patches, classes))

    def precision(self, run: Run) -> float:
        """The average precision by centre match, the mean of the classes that are shown. NaN if none is."""
        found = self._found(run)
        areas = [area(matches(self._truth, found, label, "centre")) for label in range(self._classes)]
        known = [one for one in areas if math.isfinite(one)]
        return float(np.mean(known)) if known else float("nan")

    def counts(self, run: Run) -> NDArray[np.int64]:
        """(patches, 3) found, false alarms and missed, at the best threshold of each class."""
        found, total = self._found(run), np.zeros((len(self.patches), 3), np.int64)
        for label in range(self._classes):
            matched = matches(self._truth, found, label, "centre")
            total += matched.by_photo(best_threshold([matched.at]))
        return total

    def _found(self, run: Run) -> Found:
        device, each = next(run.network.parameters()).device, []
        for number, patch in enumerate(self.patches):
            tile = patch.scene.pixels.permute(1, 2, 0)[None].contiguous().numpy()
            seen = run.trainable.detect(run.averaged, tile, device, SCORE_FLOOR)
            each.append((np.full(len(seen), number), seen.boxes, seen.scores, seen.labels.astype(np.int64)))
        image, boxes, scores, labels = (np.concatenate(parts) for parts in zip(*each, strict=True))
        return Found(image.astype(np.int64), boxes, scores, labels)


@dataclass(frozen=True)
class Kept:
    """The checkpoint of a run. of: a digest of all that the run depends on; a checkpoint of another is not used."""

    path: Path
    of: str

    def read(self) -> dict[str, Any] | None:
        """What was kept, or None."""
        if not self.path.is_file():
            return None
        state = checkpoint.read(self.path)
        return state if state.get("of") == self.of else None

    def write(self, state: State, run: Run) -> None:
        """Keep the state and the weights."""
        plain = {**vars(state), "hard": None if state.hard is None else state.hard.plain()}
        checkpoint.save(self.path, {"of": self.of, "state": plain, **run.state()})


@dataclass(frozen=True)
class Shown:
    """What a run is shown, and how.

    Attributes:
        views: The crops, with the hard ground once it is known.
        look: Looks for hard ground; None to learn without.
        batch: Crops of a step.
        workers: How many processes make them.
        peak: The highest learning rate.
    """

    views: Callable[[Hard | None], PatchViews]
    look: Callable[[Run], Hard] | None
    batch: int
    workers: int
    peak: float


def learn(
    run: Run, shown: Shown, exam: Exam, state: State, effort: Effort, kept: Kept | None, watcher: Watcher
) -> None:
    """Learn, from `state` on, until it ends. Afterwards the state has the best weights.

    It ends early if the watcher cancels, with the best so far.
    """
    if effort.steps is not None:
        state.steps = effort.steps
    run.rate = lambda step: state.rate(shown.peak, step)
    clock = _Clock(state.seconds)
    while not state.ended:
        views = shown.views(state.hard)
        limit = state.steps or MOST_STEPS
        _plan(views, shown, state, watcher)
        made = batches(views, run.trainable.collate, shown.batch, state.step, limit, shown.workers)
        with contextlib.closing(made) as stream:
            while not state.ended and not _looks(shown, state):
                with clock.measuring():
                    require_numbers(state.step + 1, run.advance(state.step, next(stream)))
                state.step += 1
                if not state.steps and clock.steps >= MEASURED_STEPS:
                    state.steps = _steps_for(effort.seconds - clock.seconds, clock.a_step, state.step)
                    _plan(views, shown, state, watcher)
                stopped = watcher.cancelled()
                over = state.step == state.end or (effort.steps is None and clock.seconds >= effort.seconds)
                if stopped or over or (state.steps and state.step % max(_LEAST_BETWEEN, state.steps // EXAMS) == 0):
                    _examine(run, exam, state)
                    if not over and not state.cooled_from and _no_better(state):
                        state.cooled_from = state.step
                        _plan(views, shown, state, watcher)
                    ended = "no better" if state.cooled_from else "done"
                    state.ended = "stopped" if stopped else ended if over else ""
                state.seconds = clock.seconds
                if kept is not None and (state.ended or clock.keep()):
                    kept.write(state, run)
                _tell(shown, state, clock, watcher)
        if not state.ended and shown.look is not None:
            state.hard = shown.look(run)


def _looks(shown: Shown, state: State) -> bool:
    """Whether it is time to look for hard ground."""
    enough = state.steps >= LEAST_STEPS and state.step >= _HARD_AT * state.steps
    return shown.look is not None and state.hard is None and enough


class _Clock:
    """How long a run learnt, and how long a step takes."""

    def __init__(self, before: float) -> None:
        self._before, self._begun, self._kept = before, time.monotonic(), time.monotonic()
        self._steps: list[float] = []

    @property
    def seconds(self) -> float:
        """How long the run learnt, in all its calls."""
        return self._before + time.monotonic() - self._begun

    @property
    def steps(self) -> int:
        """How many steps were measured."""
        return len(self._steps)

    @property
    def a_step(self) -> float:
        """How long one of the last steps took, seconds."""
        return float(np.median(self._steps[-20:]))

    @contextlib.contextmanager
    def measuring(self) -> Iterator[None]:
        """Measure a step."""
        began = time.monotonic()
        yield
        self._steps.append(time.monotonic() - began)

    def keep(self) -> bool:
        """Whether it is time for a checkpoint."""
        if time.monotonic() - self._kept < _KEEP_S:
            return False
        self._kept = time.monotonic()
        return True


def _plan(views: PatchViews, shown: Shown, state: State, watcher: Watcher) -> None:
    photos = len({patch.photo for patch in views.patches})
    watcher.planned(photos, state.end * shown.batch, state.step * shown.batch)


def _tell(shown: Shown, state: State, clock: _Clock, watcher: Watcher) -> None:
    left = max(0, state.end - state.step) * clock.a_step
    watcher.progress(Progress(state.step * shown.batch, 0, 0, shown.batch / max(clock.a_step, 1e-6), left))


def _steps_for(seconds: float, a_step: float, done: int) -> int:
    return int(np.clip(done + seconds / max(a_step, 1e-6), LEAST_STEPS, MOST_STEPS))


def _examine(run: Run, exam: Exam, state: State) -> None:
    """Measure, and keep the weights if they are the best so far."""
    found = exam.precision(run)
    before = state.best_at[1]
    state.exams.append((state.step, found))
    if not state.best or not math.isfinite(before) or found >= before:
        state.best = {name: value.detach().clone() for name, value in run.averaged.state_dict().items()}


def _no_better(state: State) -> bool:
    """Whether the last exams were no better than the best one before them."""
    exams = [one for one in state.exams if one[0] >= 2 * _WARM_UP]
    if len(exams) <= PATIENCE:
        return False
    earlier, late = (max(one[1] for one in part) for part in (exams[:-PATIENCE], exams[-PATIENCE:]))
    return earlier > _LEAST and late < earlier + _BETTER


def read_state(kept: Kept, run: Run) -> State:
    """The state of the checkpoint, with its weights in the run; or a new one."""
    found = kept.read()
    if found is None:
        return State()
    state = State(**found["state"])
    if state.ended == "stopped":  # and then killed before the model was written: it goes on
        state.ended = ""
    if found["state"].get("hard") is not None:
        state.hard = Hard.of(found["state"]["hard"])
    state.exams = [(int(step), float(value)) for step, value in state.exams]
    run.resume({**found, "step": state.step})
    return state
