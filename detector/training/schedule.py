"""The learning rate over a training run."""

import math
from bisect import bisect_right
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from detector.errors import InputError

WARM_UP_SHARE = 4  # a warm-up that is longer than its run becomes one such part of the run


@dataclass(frozen=True)
class Schedule:
    """A warm-up, then one of three kinds of decay. Raises InputError if a value is out of its range.

    cosine: half a cosine (Loshchilov and Hutter 2017, "SGDR"), which starts again at each of `restarts`. The last step
    of the warm-up has the peak rate.
    multistep: the rate is multiplied by `gamma` at each milestone, as in Detectron2's WarmupMultiStepLR. The warm-up
    starts at `warm_up_factor` of the rate; the first step after it has the full rate.
    one-cycle: half a cosine up from `warm_up_factor` of the rate, then half a cosine down (Smith 2018, "A disciplined
    approach to neural network hyper-parameters", as in fastai's fit_one_cycle). The other two warm-ups are linear.

    Attributes:
        steps: Optimiser steps of the whole run (Detectron2's MAX_ITER).
        batch: Crops in a step, over all processes.
        crop_px: The side of a square crop, px, a multiple of 16.
        kind: `cosine`, `multistep` or `one-cycle`.
        learning_rate: The peak, reached after `warm_up_steps`.
        learning_rate_batch: The batch that `learning_rate` was chosen for; 0 if unknown.
        warm_up_steps: Steps of the warm-up.
        restarts: The steps at which the cosine starts again.
        final_share: The rate at the end as a share of the peak: at a cosine's last step, or after one-cycle's.
        milestones: The steps at which the rate falls (Detectron2's STEPS).
        gamma: What the rate is multiplied by at a milestone.
        warm_up_factor: The rate of the first step as a share of the peak, for multistep and one-cycle.
        optimiser: `adamw` (Loshchilov and Hutter 2019), or `sgd` without Nesterov momentum, as in Detectron2.
        momentum: The momentum of sgd.
        weight_decay: The decay of the weights of convolutions and matrices.
        average_steps: How many steps the moving average of the weights reaches back (its decay is 1 - 1/steps); 1 for
            no average.
    """

    steps: int = 6000
    batch: int = 16
    crop_px: int = 320
    kind: Literal["cosine", "multistep", "one-cycle"] = "cosine"
    learning_rate: float = 2e-3
    learning_rate_batch: int = 0
    warm_up_steps: int = 200
    restarts: tuple[int, ...] = ()
    final_share: float = 0.01
    milestones: tuple[int, ...] = ()
    gamma: float = 0.1
    warm_up_factor: float = 0.001
    optimiser: Literal["adamw", "sgd"] = "adamw"
    momentum: float = 0.9
    weight_decay: float = 0.02
    average_steps: int = 300
    shortened: ClassVar[int] = 0
    """The warm-up that was asked for and is longer than the run, steps; 0 if it is not."""

    def __post_init__(self) -> None:
        if self.steps < 1 or self.batch < 1 or self.average_steps < 1:
            raise InputError(
                f"steps is {self.steps}, batch {self.batch} and average_steps {self.average_steps}; expected 1 or "
                "more for each"
            )
        if self.crop_px < 64 or self.crop_px > 2048 or self.crop_px % 16:
            raise InputError(f"crop_px is {self.crop_px}; expected a multiple of 16 from 64 to 2048")
        if self.warm_up_steps < 0:
            raise InputError(f"warm_up_steps is {self.warm_up_steps}; expected 0 or more")
        if self.warm_up_steps >= self.steps:
            object.__setattr__(self, "shortened", self.warm_up_steps)
            object.__setattr__(self, "warm_up_steps", self.steps // WARM_UP_SHARE)
        if not 0 < self.learning_rate < 1:
            raise InputError(f"learning_rate is {self.learning_rate}; expected a number between 0 and 1")
        if not 0 <= self.final_share <= 1 or self.weight_decay < 0:
            raise InputError(
                f"final_share is {self.final_share} and weight_decay {self.weight_decay}; expected 0 to 1, and 0 or "
                "more"
            )
        if not 0 < self.gamma <= 1 or not 0 <= self.warm_up_factor <= 1 or not 0 <= self.momentum < 1:
            raise InputError(
                f"gamma is {self.gamma}, warm_up_factor {self.warm_up_factor} and momentum {self.momentum}; expected "
                "shares from 0 to 1, and a momentum of less than 1"
            )
        for name in ("milestones", "restarts"):
            steps = getattr(self, name)
            if list(steps) != sorted(set(steps)) or (steps and steps[0] < 1):
                raise InputError(f"{name} are {list(steps)}; expected steps from 1 on, each later than the one before")
        if self.restarts and self.restarts[0] <= self.warm_up_steps:
            raise InputError(
                f"the first restart is at step {self.restarts[0]}; expected one after the warm-up of "
                f"{self.warm_up_steps} steps"
            )
        for name, kind in (("milestones", "multistep"), ("restarts", "cosine")):
            if getattr(self, name) and self.kind != kind:
                raise InputError(
                    f"{name} belong to the kind {kind}, but the kind is {self.kind}; change one of the two"
                )
        if self.learning_rate_batch < 0:
            raise InputError(f"learning_rate_batch is {self.learning_rate_batch}; expected 0 or more")

    def notes(self) -> list[str]:
        """What was changed, one line each."""
        if not self.shortened:
            return []
        return [
            f"the warm-up of {self.shortened} steps is longer than the run of {self.steps}: it is shortened to "
            f"{self.warm_up_steps} steps, 1/{WARM_UP_SHARE} of the run"
        ]

    def rate(self, step: int) -> float:
        """The learning rate of `step`, counted from 0."""
        share = {"multistep": self._multistep, "cosine": self._cosine, "one-cycle": self._one_cycle}[self.kind]
        return self.learning_rate * share(step)

    def _cosine(self, step: int) -> float:
        if step < self.warm_up_steps:
            return (step + 1) / self.warm_up_steps
        begins = [self.warm_up_steps, *(r for r in self.restarts if r < self.steps), self.steps]
        cycle = min(bisect_right(begins, step), len(begins) - 1)
        begin, end = begins[cycle - 1], begins[cycle]
        done = (step - begin) / max(1, end - 1 - begin)
        return self.final_share + (1 - self.final_share) * 0.5 * (1 + math.cos(math.pi * min(1.0, done)))

    def _multistep(self, step: int) -> float:
        if step < self.warm_up_steps:
            end = self.gamma ** bisect_right(self.milestones, self.warm_up_steps)
            done = step / self.warm_up_steps
            return self.warm_up_factor * (1 - done) + end * done
        return self.gamma ** bisect_right(self.milestones, step)

    def _one_cycle(self, step: int) -> float:
        begin, end, done = self.warm_up_factor, 1.0, step / max(1, self.warm_up_steps)
        if step >= self.warm_up_steps:
            begin, end = 1.0, self.final_share
            done = (step - self.warm_up_steps) / (self.steps - self.warm_up_steps)
        return begin + (end - begin) * 0.5 * (1 - math.cos(math.pi * done))

    def average_decay(self, step: int) -> float:
        """The share of the averaged weights that is kept after `step`. It is small at first, when the weights are still
        poor.
        """
        return min(1 - 1 / self.average_steps, (1 + step) / (10 + step))


# The settings that a config leaves out, as in the published recipes of each framework: SGD at 0.02 for a batch of 16.
_DETECTION: dict[str, Any] = {
    "batch": 4,
    "crop_px": 800,
    "kind": "multistep",
    "learning_rate": 0.005,
    "optimiser": "sgd",
    "weight_decay": 1e-4,
    "average_steps": 1,
}
# The numbers of fit_one_cycle, except the length of its warm-up, which is a quarter of the steps.
_CLASSIFICATION: dict[str, Any] = {
    "batch": 64,
    "crop_px": 640,
    "kind": "one-cycle",
    "learning_rate": 1e-3,
    "warm_up_factor": 1 / 25,
    "final_share": 1e-5,
    "weight_decay": 0.01,
    "average_steps": 1,
}
USUAL_SCHEDULES: dict[str, dict[str, Any]] = {
    "torchvision": _DETECTION,
    "detectron2": _DETECTION,
    "fastai": _CLASSIFICATION,
}
USUAL_RATE, USUAL_BATCH = 0.02, 16  # in those recipes, with SGD


def doubts(schedule: Schedule, rates: NDArray[np.float64]) -> list[str]:
    """Warnings about settings that people often get wrong, one per line; [] for a plausible schedule.

    Args:
        schedule: The settings.
        rates: (steps,) float64, the learning rate of every step, from the scheduler.
    """
    found = schedule.notes()
    steps, after = schedule.steps, rates[schedule.warm_up_steps :]
    for name in ("milestones", "restarts"):
        late = [step for step in getattr(schedule, name) if step >= steps]
        if late:
            found.append(f"{name} {', '.join(map(str, late))} are never reached: the last step is {steps - 1}")
    early = [step for step in schedule.milestones if step <= schedule.warm_up_steps]
    if early:
        found.append(
            f"the warm-up of {schedule.warm_up_steps} steps is longer than the way to the first milestone, "
            f"{early[0]}: the rate never reaches {schedule.learning_rate:g}"
        )
    if len(after) > 1 and after.min() >= after.max() * 0.999:
        found.append(f"the rate never falls: it is {after[-1]:.3g} from the warm-up to the end")
    base, rate = schedule.learning_rate_batch, schedule.learning_rate
    if base and base != schedule.batch:
        wanted = rate * schedule.batch / base
        found.append(
            f"learning_rate {rate:g} was chosen for a batch of {base}, but the batch is {schedule.batch}: the linear "
            f"rule (Goyal et al. 2017) gives {wanted:.3g}"
        )
    usual = USUAL_RATE * schedule.batch / USUAL_BATCH
    if not base and schedule.optimiser == "sgd" and not 0.4 <= rate / usual <= 2.5:
        found.append(
            f"learning_rate {rate:g} is {rate / usual:.2g} times the usual {usual:.3g} for a batch of "
            f"{schedule.batch} ({USUAL_RATE} for {USUAL_BATCH}, by the linear rule of Goyal et al. 2017); if you mean "
            f"it, write learning_rate_batch = {schedule.batch}"
        )
    return found
