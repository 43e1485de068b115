"""The runs of teaching: the one that makes the model, and short ones that tell what more photos would bring."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from detector import models
from detector.models import ModelInfo
from detector.models.floor import SCORE_FLOOR
from detector.progress import Watcher
from detector.teaching import learning, patches, taught
from detector.teaching.hard_ground import Hard, hard_ground
from detector.teaching.held_out import Division
from detector.teaching.learning import Effort, Exam, Kept, Shown, State
from detector.teaching.learning_curve import LEAST_PHOTOS, SHARES, Curve
from detector.teaching.lessons import Lessons
from detector.teaching.near_start import Weights, near_start
from detector.teaching.patches import Patch, PatchViews
from detector.teaching.settings import Teaching
from detector.training.fit import Run
from detector.training.processes import Processes, processes
from detector.training.tracker import Tracker
from geo.machine import cores

LEARNING_SHARE = 0.6  # of the time, for the run that makes the model
CURVE_SHARE = 0.15  # for all short runs; the rest is for measuring
LEAST_MINUTES = 3.0  # with less time there are no short runs


@dataclass(frozen=True, eq=False)
class Learnt:
    """The weights of a run, and how they are written.

    Attributes:
        network: The network.
        weights: Its best weights.
        zoom: By how much it enlarges or reduces its tiles.
        ended: Why the run ended: `done`, `no better` or `stopped`.
        a_step_s: How long a step took, seconds.
    """

    network: taught.Taught
    weights: dict[str, Tensor]
    zoom: float
    ended: str
    a_step_s: float

    def write(self, info: ModelInfo, path: Path) -> None:
        """Write the model file."""
        self.network.write_zoomed(self.weights, info, path, self.zoom)


class Learner:
    """What is learnt, from where, and how. Its runs begin at the same weights.

    Args:
        lessons: What is taught.
        division: Which of it is learnt.
        start: The model file to start from; None for random weights.
        known: Its classes.
        folder: For the checkpoint.
        teaching: How it is taught.
    """

    def __init__(
        self,
        lessons: Lessons,
        division: Division,
        start: Path | None,
        known: Sequence[str],
        folder: Path,
        teaching: Teaching,
    ) -> None:
        self.lessons, self.division, self.zoom = lessons, division, patches.zoom_of(lessons.length_px)
        self._start, self._known, self._folder, self._teaching = start, known, folder, teaching
        chosen, self._spare = patches.chosen_windows(division.learnt, self.zoom)
        self._patches = patches.cut(division.learnt, chosen, self.zoom)
        self._peak = taught.PEAK if start is not None else taught.PEAK_FROM_NOTHING

    @cached_property
    def _exam(self) -> Exam:
        return Exam(patches.patches_of(self.division.held, self.zoom), len(self.lessons.classes))

    def learn(self, watcher: Watcher) -> Learnt:
        """The run that makes the model. It resumes from its checkpoint."""
        if self._spare:
            watcher.warning(
                f"learnt from {len(self._patches)} parts of the photos, evenly drawn from "
                f"{len(self._patches) + len(self._spare)}, and from others where it was wrong"
            )
        teaching = self._teaching
        began_with = models.sha256_of(self._start) if self._start is not None else "nothing"
        of = f"{self.lessons.digest()} {began_with} {teaching.steps} {teaching.seed} {self.zoom}"
        self._folder.mkdir(parents=True, exist_ok=True)
        kept = Kept(self._folder / "checkpoint.pt", hashlib.sha256(of.encode()).hexdigest())
        effort = Effort(60 * teaching.minutes * LEARNING_SHARE, teaching.steps)
        with processes(teaching.device) as team:
            run, network = self._run(team)
            start = {name: value.detach().clone() for name, value in run.averaged.state_dict().items()}
            state = learning.read_state(kept, run)
            learning.learn(run, self._shown(self._patches, look=True), self._exam, state, effort, kept, watcher)
            weights = self._near_start(run, start, state.best) if self._start is not None else state.best
        return Learnt(network, weights, self.zoom, state.ended, state.seconds / max(1, state.step))

    def _near_start(self, run: Run, start: dict[str, Tensor], best: dict[str, Tensor]) -> dict[str, Tensor]:
        def precision(weights: Weights) -> float:
            run.averaged.load_state_dict(dict(weights))
            return self._exam.precision(run)

        return near_start(start, best, precision)

    def curve(self, learnt: Learnt, watcher: Watcher) -> Curve | None:
        """What short runs on a part of the photos find. None if there are too few photos, or too little time."""
        numbers = [n for n, lesson in enumerate(self.division.learnt) if lesson.animals]
        seconds = 60 * self._teaching.minutes * CURVE_SHARE / len(SHARES)
        steps = min(int(seconds / learnt.a_step_s), learning.MOST_STEPS) if self._teaching.steps is None else 0
        enough = self._teaching.minutes >= LEAST_MINUTES and steps >= learning.LEAST_STEPS
        if len(numbers) < LEAST_PHOTOS or learnt.ended == "stopped" or not enough:
            return None
        return self.short_runs(numbers, steps, watcher)

    def short_runs(self, numbers: Sequence[int], steps: int, watcher: Watcher) -> Curve | None:
        """Learn a quarter, a half and all of the photos with animals, by their `numbers`, for so many steps each."""
        mixed = np.random.default_rng(0).permutation(np.array(numbers)).tolist()
        counted, photos = [], []
        for share in SHARES:
            left_out = set(mixed[max(1, round(share * len(mixed))) :])
            some = [patch for patch in self._patches if patch.photo not in left_out]
            state = State()
            with processes(self._teaching.device) as team:
                run, _ = self._run(team)
                quiet = _Quiet(watcher)
                learning.learn(run, self._shown(some), self._exam, state, Effort(0, steps), None, quiet)
            if state.ended == "stopped":
                return None
            run.averaged.load_state_dict(state.best)
            counted.append(self._exam.counts(run))
            photos.append(len(mixed) - len(left_out))
        return Curve(np.array(photos, np.int64), np.stack(counted))

    def _run(self, team: Processes) -> tuple[Run, taught.Taught]:
        """A run at its beginning."""
        teaching, classes = self._teaching, self.lessons.classes
        pixels = [patch.scene.pixels for patch in self._patches[:12]]
        side = min(min(of.shape[1:]) for of in pixels)
        crops = torch.stack([of[:, :side, :side] for of in pixels]).float()
        network = taught.begin(self._start, self._known, classes, crops, teaching.seed)
        config = taught.config_of(classes, network, self._folder, teaching.device, self._peak)
        trained = taught.Taught(config, network)
        run = Run(config, trained, team)
        run.prepare(None, Tracker())
        return run, trained

    def _shown(self, some: Sequence[Patch], *, look: bool = False) -> Shown:
        lessons, zoom = self.division.learnt, self.zoom

        def views(hard: Hard | None) -> PatchViews:
            known = some if hard is None else hard.among(some, lessons, zoom)
            return PatchViews(known, taught.CROP_PX, taught.LIGHT, self._teaching.seed)

        def looked(run: Run) -> Hard:
            device = next(run.network.parameters()).device
            detect = partial(run.trainable.detect, run.averaged, device=device, lowest=SCORE_FLOOR)
            return hard_ground(some, self._spare, lessons, zoom, detect)

        return Shown(views, looked if look else None, taught.BATCH, 1 if cores() > 1 else 0, self._peak)


class _Quiet(Watcher):
    """Asks whether to stop, and tells nothing: short runs are no progress of the run that makes the model."""

    def __init__(self, watcher: Watcher) -> None:
        self.cancelled = watcher.cancelled  # type: ignore[method-assign]
