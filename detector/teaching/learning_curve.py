"""How much better more photos would make a model: a power law through short runs on a part of the photos.

Three short runs of equal length learn a quarter, a half and all of the photos. Their errors, 1 - F1, are fitted by
error = a * photos ** -b (Hestness et al. 2017, "Deep Learning Scaling Is Predictable, Empirically"). The long run is
better than the short ones; its error is taken to fall by the same exponent.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SHARES = (0.25, 0.5, 1.0)
LEAST_PHOTOS = 8
"""With animals: with fewer, a quarter of them is next to nothing."""
MORE = (10, 30, 100)
"""Photos more, of which it is said what they would bring."""
_DRAWS = 400
_LEAST_ERROR = 0.005
_STEEPEST = 1.0  # of b: no data set falls faster


@dataclass(frozen=True)
class Expected:
    """What more photos would bring. Attributes: photos: more. f1: expected. low, high: the 80 % interval."""

    photos: int
    f1: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Curve:
    """The short runs.

    Attributes:
        photos: (R,) how many photos each learnt.
        counts: (R, P, 3) found, false alarms and missed on each of P held-out patches.
    """

    photos: NDArray[np.int64]
    counts: NDArray[np.int64]

    def f1(self) -> list[float]:
        """The F1 of each run."""
        return [1 - float(error) for error in _errors(self.counts.sum(axis=1))]

    def expected(self, now: int, f1: float, more: Sequence[int] = MORE) -> list[Expected]:
        """What more photos would bring to a model.

        Args:
            now: The photos that it learnt.
            f1: Its own.
            more: How many photos more.
        """
        rng = np.random.default_rng(0)
        patches = self.counts.shape[1]
        drawn = self.counts[:, rng.integers(patches, size=(_DRAWS, patches))].sum(axis=2)
        slopes = np.array([_slope(self.photos, _errors(drawn[:, draw])) for draw in range(_DRAWS)])
        best = _slope(self.photos, _errors(self.counts.sum(axis=1)))
        found = []
        for number in more:
            fall = np.log((now + number) / now)
            low, high = 1 - (1 - f1) * np.exp(-np.quantile(slopes, [0.1, 0.9]) * fall)
            found.append(Expected(number, float(1 - (1 - f1) * np.exp(-best * fall)), float(low), float(high)))
        return found


def _errors(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """(R,) 1 - F1 of counts (R, 3)."""
    found, wrong, missed = counts.T.astype(np.float64)
    errors: NDArray[np.float64] = np.maximum((wrong + missed) / np.maximum(2 * found + wrong + missed, 1), _LEAST_ERROR)
    return errors


def _slope(photos: NDArray[np.int64], errors: NDArray[np.float64]) -> float:
    """b of errors = a * photos ** -b, by least squares of the logarithms; 0 if more photos were no better."""
    x, y = np.log(photos.astype(np.float64)), np.log(errors)
    x, y = x - x.mean(), y - y.mean()
    return float(np.clip(-(x @ y) / (x @ x), 0, _STEEPEST))
