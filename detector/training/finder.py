"""Finds a learning rate: trains some steps at a rising rate, and looks where the loss falls fastest.

The method is that of Smith 2017, "Cyclical Learning Rates for Training Neural Networks", section 3.3.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.errors import InputError
from detector.training.config import TrainingConfig
from detector.training.framework import trainer

LOWEST, HIGHEST = 1e-6, 1.0
DIVERGED = 4.0  # if the smoothed loss exceeds its lowest value so many times, the search ends
SMOOTHING = 0.9  # share of the running mean that is kept; the bias at its start is corrected


@dataclass(frozen=True)
class Finding:
    """What the search found.

    Attributes:
        rates: (steps,) the learning rates, until the loss diverged.
        losses: (steps,) the loss at each.
        smoothed: (steps,) the running mean of the losses.
    """

    rates: NDArray[np.float64]
    losses: NDArray[np.float64]
    smoothed: NDArray[np.float64]

    @property
    def steepest(self) -> float:
        """The rate at which the smoothed loss falls fastest over the logarithm of the rate."""
        slope = np.gradient(self.smoothed, np.log(self.rates))
        return float(self.rates[int(slope.argmin())])

    @property
    def tenth(self) -> float:
        """A tenth of the rate at which the smoothed loss is lowest, which is the usual choice."""
        return float(self.rates[int(self.smoothed.argmin())]) / 10


def find_rate(config: TrainingConfig, steps: int) -> Finding:
    """Train `steps` steps at rates that rise from 1e-6 to 1. Nothing is written, and what was learnt is forgotten.

    Raises:
        InputError: The framework does not use the loop of `detector.training.fit`, or the loss is not a number from the
            start.
    """
    module = trainer(config)
    trainable = getattr(module, "trainable", None)
    if trainable is None:
        raise InputError(
            "the search for a learning rate supports compact, torchvision and detectron2; the config's framework is "
            f"{config.framework}"
        )
    from detector.training.data import batches, views
    from detector.training.dataset import read_dataset
    from detector.training.fit import Run
    from detector.training.processes import processes
    from detector.training.tracker import Tracker

    shown = views(read_dataset(config), config)
    rates = np.geomspace(LOWEST, HIGHEST, steps)
    losses: list[float] = []
    with processes(config.device) as team:
        kind = trainable(config)
        run = Run(config, kind, team, lambda step: float(rates[step]))
        run.prepare(None, Tracker())
        stream = batches(shown, kind.collate, config.schedule.batch, 0, steps, config.workers)
        for step, batch in enumerate(stream):
            losses.append(sum(run.advance(step, batch).values()))
            if not math.isfinite(losses[-1]) or _smoothed(losses)[-1] > DIVERGED * _smoothed(losses).min():
                break
    if not math.isfinite(losses[-1]):
        losses.pop()
    if len(losses) < 3:
        raise InputError(f"the loss is not a number after {len(losses)} steps at a rate of {LOWEST}; check the data")
    return Finding(rates[: len(losses)], np.array(losses), _smoothed(losses))


def _smoothed(losses: list[float]) -> NDArray[np.float64]:
    mean, out = 0.0, []
    for step, loss in enumerate(losses, 1):
        mean = SMOOTHING * mean + (1 - SMOOTHING) * loss
        out.append(mean / (1 - SMOOTHING**step))
    return np.array(out)
