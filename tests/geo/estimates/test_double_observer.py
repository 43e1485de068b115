"""Two observers, against published numbers and against R's mrds on generated data (`benchmarks/double_observer.R`)."""

import math
import random
from typing import Any

import numpy as np
import pytest

from geo.errors import InputError
from geo.estimates.double_observer import Both, Factor, chapman, huggins, product, seen_share


@pytest.mark.parametrize(
    ("first", "second", "both", "number", "se"),
    [
        (10, 15, 5, 28.3, 5.9),  # Wikipedia, Mark and recapture: turtles
        (124, 142, 104, 169.2, 3.4),  # the golf tees of Laake and Borchers (2004): 162 groups of 250 were seen
        (5, 5, 5, 5.0, 0.0),
        (3, 4, 0, 19.0, math.sqrt(4 * 5 * 3 * 4 / 2)),
    ],
)
def test_chapman(first: int, second: int, both: int, number: float, se: float) -> None:
    found = chapman(Both(first, second, both))
    assert round(found.value, 1) == number
    assert found.se == pytest.approx(se, abs=0.05)


def test_chapman_is_right_on_average_and_its_se_is_the_spread() -> None:
    rng = np.random.default_rng(0)
    found = []
    for _ in range(2000):
        a, b = rng.random(80) < 0.7, rng.random(80) < 0.6
        found.append(chapman(Both(int(a.sum()), int(b.sum()), int((a & b).sum()))))
    numbers = np.array([one.value for one in found])
    assert numbers.mean() == pytest.approx(80, rel=0.01)
    assert np.mean([one.se for one in found]) == pytest.approx(numbers.std(), rel=0.05)


def groups(n: int = 240) -> dict[str, np.ndarray[Any, Any]]:
    """Groups that two observers searched; those that any saw. Drawn by Python's own generator, which never changes."""
    draw = random.Random(7).random
    rows = []
    for number in range(n):
        distance, size, open_ground = round(draw(), 3), 1 + int(6 * draw() ** 2), int(draw() < 0.5)
        logit = 1.2 - 1.6 * distance + 0.15 * size + 0.9 * open_ground
        saw = [draw() < 1 / (1 + math.exp(-logit - other)) for other in (0.0, -0.5)]
        if any(saw):
            rows.append((number, distance, size, open_ground, *saw))
    names = ("number", "distance", "size", "open", "first", "second")
    return dict(zip(names, np.array(rows, float).T, strict=True))


# coefficients and standard errors by mrds 3.0.1, ddf(method = "io.fi"), and the sum of 1 / p of its own fit
MRDS: dict[tuple[str, ...], tuple[list[float], list[float], float]] = {
    ("distance",): ([1.6356034, -0.048790179, -0.89008278], [0.29443879, 0.22092881, 0.4755777], 229.44973),
    ("distance", "size", "open"): (
        [1.124217, -0.048790181, -0.95181394, 0.11787238, 0.50121241],
        [0.38233977, 0.22092883, 0.48314357, 0.086202068, 0.28671244],
        230.84102,
    ),
}


@pytest.mark.parametrize("names", list(MRDS))
def test_huggins_is_that_of_mrds(names: tuple[str, ...]) -> None:
    data = groups()
    coefficients, se, number = MRDS[names]
    covariates = np.column_stack([data[name] for name in names])
    fit = huggins(data["first"], data["second"], covariates, names)
    assert fit.names == ("intercept", "second observer", *names)
    assert fit.coefficients == pytest.approx(coefficients, rel=1e-4)
    assert fit.se == pytest.approx(se, rel=1e-4)
    assert fit.number.value == pytest.approx(number, rel=1e-4)


def test_without_covariates_huggins_is_the_petersen_estimate() -> None:
    saw = Both(124, 142, 104)
    rows = [(1, 1)] * saw.both + [(1, 0)] * (saw.first - saw.both) + [(0, 1)] * (saw.second - saw.both)
    first, second = np.array(rows).T
    fit = huggins(first, second)
    assert fit.number.value == pytest.approx(saw.first * saw.second / saw.both)
    assert fit.share[0] == pytest.approx([saw.both / saw.second, saw.both / saw.first])


def test_covariates_find_what_chapman_misses_and_the_se_is_the_spread() -> None:
    """Half of the groups are hard to see for both: Chapman is too low."""
    rng = np.random.default_rng(3)
    plain, fitted, se, animals, truth = [], [], [], [], []
    for _ in range(150):
        hard, size = rng.random(300) < 0.5, rng.integers(1, 5, 300)
        chance = np.where(hard, 0.35, 0.9)
        a, b = rng.random(300) < chance, rng.random(300) < chance
        seen = a | b
        plain.append(chapman(Both(int(a.sum()), int(b.sum()), int((a & b).sum()))).value)
        fit = huggins(a[seen], b[seen], hard[seen, None].astype(float), ["hard"], size=size[seen])
        fitted.append(fit.number.value)
        se.append(fit.number.se)
        animals.append(fit.individuals.value)
        truth.append(size.sum())
    assert np.mean(plain) < 0.92 * 300
    assert np.mean(fitted) == pytest.approx(300, rel=0.02)
    assert np.mean(se) == pytest.approx(np.std(fitted), rel=0.2)
    assert np.mean(animals) == pytest.approx(np.mean(truth), rel=0.02)


def test_shares_multiply_with_their_variances() -> None:
    found = product(Factor(200, 20), Factor(0.8, 0.04), Factor(0.85, 0.05))
    assert found.value == pytest.approx(200 / 0.8 / 0.85)
    assert found.cv == pytest.approx(math.sqrt(0.1**2 + 0.05**2 + (0.05 / 0.85) ** 2))
    share = seen_share(Both(124, 142, 104), chapman(Both(124, 142, 104)))
    assert share.value == pytest.approx(162 / 169.238, rel=1e-4)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: Both(3, 4, 5), "expected 0 to 3"),
        (lambda: product(Factor(1, 1), Factor(85, 5)), "above 0 and at most 1"),
        (lambda: huggins([True, False], [False, False]), "each seen by one of the two"),
        (lambda: huggins([1, 1, 0], [1, 0, 1], [[1.0], [1.0], [1.0]], ["same"]), "do not allow a fit"),
        (lambda: huggins([1, 1], [1, 0], [[1.0], [math.nan]], ["x"]), "finite"),
        (lambda: huggins([1, 1, 1], [1, 1, 1]), "do not allow a fit"),
    ],
)
def test_what_cannot_be_estimated_is_refused(wrong: Any, says: str) -> None:
    with pytest.raises(InputError, match=says):
        wrong()
