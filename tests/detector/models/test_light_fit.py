"""The regressions of a light head are at their minimum, also where a whole step of Newton's would lead anywhere."""

import numpy as np
import pytest
from numpy.typing import NDArray

from detector.models.light_fit import _RIDGE, _logistic


def cells(seed: int, animals: int, ground: int, features: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Features of animals, and of ground that has a few cells far from all others, with 1 as the last."""
    rng = np.random.default_rng(seed)
    found, rest = rng.normal(1, 1.5, (animals, features)), rng.standard_t(2, (ground, features))
    return np.hstack([found, np.ones((animals, 1))]), np.hstack([rest, np.ones((ground, 1))])


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("constant", [0.0, -40.0, 40.0])
def test_the_weights_are_at_the_minimum_from_wherever_they_begin(seed: int, constant: float) -> None:
    animals, ground = cells(seed, 200, 3000, 60)
    start = np.zeros(61)
    start[-1] = constant
    weights = _logistic(animals, ground, 3.0, start)
    said = [1 / (1 + np.exp(-data @ weights)) for data in (animals, ground)]
    gradient = animals.T @ (3.0 * (said[0] - 1)) + ground.T @ said[1] + np.append(np.full(60, _RIDGE), 0) * weights
    assert np.abs(gradient).max() < 0.05, "of a sum over 3,200 cells"
