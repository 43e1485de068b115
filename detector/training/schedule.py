"""The learning rate over a training run."""

import math
from dataclasses import dataclass

from detector.errors import InputError


@dataclass(frozen=True)
class Schedule:
    """Linear warm-up, then half a cosine (Loshchilov and Hutter 2017, without restarts).

    Attributes
    ----------
    steps : optimiser steps of the whole run.
    batch : crops a step.
    crop_px : side of a square crop, a multiple of 16.
    learning_rate : the peak, reached after `warm_up_steps`.
    final_share : the last step's rate as a share of the peak.
    weight_decay : AdamW's, on convolution weights only.
    average_steps : how many steps the moving average of the weights reaches back (its decay is 1 - 1/steps).
    """

    steps: int = 6000
    batch: int = 16
    crop_px: int = 320
    learning_rate: float = 2e-3
    warm_up_steps: int = 200
    final_share: float = 0.01
    weight_decay: float = 0.02
    average_steps: int = 300

    def __post_init__(self) -> None:
        if self.steps < 1 or self.batch < 1 or self.average_steps < 1:
            raise InputError(
                f"steps {self.steps}, batch {self.batch}, average_steps {self.average_steps}: each must be 1 or more"
            )
        if self.crop_px < 64 or self.crop_px > 2048 or self.crop_px % 16:
            raise InputError(f"crop_px is {self.crop_px}; expected a multiple of 16 from 64 to 2048")
        if not 0 <= self.warm_up_steps < self.steps:
            raise InputError(f"warm_up_steps is {self.warm_up_steps} of {self.steps} steps; it must be shorter")
        if not 0 < self.learning_rate < 1:
            raise InputError(f"learning_rate is {self.learning_rate}; expected a number between 0 and 1")
        if not 0 <= self.final_share <= 1 or self.weight_decay < 0:
            raise InputError(
                f"final_share {self.final_share} must be from 0 to 1, weight_decay {self.weight_decay} 0 or more"
            )

    def rate(self, step: int) -> float:
        """The learning rate of `step`, counted from 0."""
        if step < self.warm_up_steps:
            return self.learning_rate * (step + 1) / self.warm_up_steps
        done = (step - self.warm_up_steps) / max(1, self.steps - 1 - self.warm_up_steps)
        cosine = 0.5 * (1 + math.cos(math.pi * min(1.0, done)))
        return self.learning_rate * (self.final_share + (1 - self.final_share) * cosine)

    def average_decay(self, step: int) -> float:
        """How much of the averaged weights is kept after `step`: little at first, when the weights are still poor."""
        return min(1 - 1 / self.average_steps, (1 + step) / (10 + step))
