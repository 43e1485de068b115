"""The regressions of a light head are at their minimum, also where a whole step of Newton's would lead anywhere."""

import weakref
from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from detector.models import ModelInfo
from detector.models.light_body import LightBody
from detector.models.light_fit import _RIDGE, Example, _logistic, fit


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


def test_examples_are_read_one_at_a_time() -> None:
    """Sixty tiles of large animals would take 12 GB."""
    alive: weakref.WeakSet[Example] = weakref.WeakSet()
    most = 0

    def examples() -> Iterator[Example]:
        nonlocal most
        rng = np.random.default_rng(1)
        for _ in range(6):
            pixels = rng.integers(60, 90, (128, 128, 3), np.uint8)
            pixels[40:80, 40:80] += 120
            box = np.array([[40.0, 40, 80, 80]])
            whole = np.array([[0.0, 0, 128, 128]])
            example = Example(pixels, box, np.zeros(1, np.int64), whole, np.zeros((0, 4)))
            alive.add(example)
            most = max(most, len(alive))
            yield example

    info = ModelInfo("detector", "find", ("a",), tile_size=128, overlap=32, score_threshold=0.5)
    head = fit(examples(), ("a",), 1.0, info, LightBody("cpu", threads=1))
    assert np.isfinite(head.weights).all()
    assert most <= 2
