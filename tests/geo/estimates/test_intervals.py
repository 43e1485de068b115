"""Intervals of rare and clumped animals, bounds where none was seen, and the variance of neighbouring transects."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.estimates import student_t
from geo.estimates.intervals import log_normal, unseen_herds
from geo.estimates.jolly import Design, estimate, jolly
from geo.estimates.population import Estimate
from geo.estimates.table import table
from geo.estimates.transects import Strata, Transects
from tests.geo.estimates.test_jolly import TEXTBOOK_Y, TEXTBOOK_Z, strata, transects


def test_the_log_normal_interval_is_the_formulas() -> None:
    # 100 +- 40 with 20 degrees of freedom: C = exp(2.0860 sqrt(log 1.16)).
    factor = math.exp(2.0859634472658364 * math.sqrt(math.log(1.16)))
    assert log_normal(100, 40, 20) == pytest.approx((100 / factor, 100 * factor))


@given(st.floats(1, 1e6), st.floats(0.001, 3), st.floats(1, 200))
def test_the_log_normal_interval_is_positive_and_longer_above(number: float, cv: float, df: float) -> None:
    low, high = log_normal(number, cv * number, df)
    assert 0 < low < number < high
    assert high - number > number - low
    assert low * high == pytest.approx(number**2)


def test_a_large_cv_has_the_log_normal_interval_and_a_small_one_jollys() -> None:
    even = estimate(transects(*(("A", y, z) for y, z in zip(TEXTBOOK_Y, TEXTBOOK_Z, strict=True))), strata(726))
    assert {row.interval for row in even.rows} == {"t"}
    assert (even.rows[0].ci_low, even.rows[0].ci_high) == (even.rows[0].t_low, even.rows[0].t_high)
    herds = estimate(transects(*(("A", y, 1) for y in (0, 0, 0, 1, 0, 41, 0, 2, 0, 0))), strata(15))
    row = herds.rows[0]
    assert row.interval == "log-normal"
    assert row.t_low < 0
    assert row.ci_low == 44  # never below the number that was counted
    assert row.ci_high == pytest.approx(log_normal(row.estimate, row.se, row.df_log_normal)[1])


def test_an_interval_by_t_that_ends_below_the_count_is_not_taken() -> None:
    """Two transects of most of the ground: a small CV, and a t of 12.7."""
    row = estimate(transects(("A", 100, 1), ("A", 80, 1)), strata(2.4)).rows[0]
    assert row.cv < 0.1
    assert row.t_low < 180
    assert row.interval == "log-normal"
    assert row.ci_low == 180


def test_where_nothing_was_seen_there_is_an_upper_bound_and_no_se() -> None:
    # Half of the ground: 0.5^H = 0.05. In stratum B two stand together.
    rows = transects(("A", 0, 1), ("A", 0, 1), ("B", 2, 1), ("B", 6, 1), ("B", 4, 1), ("B", 4, 1))
    found = estimate(rows, strata(4, 40))
    a, b, both = found.rows
    herds = math.log(0.05) / math.log(0.5)
    together = (4 + 4) / 3 / 4  # the variance of B's counts, divided by their mean, but at least 1
    assert math.isnan(a.se)
    assert a.interval == "upper bound"
    assert (a.estimate, a.ci_low) == (0, 0)
    assert a.ci_high == pytest.approx(herds * max(1, together))
    assert both.se == b.se
    assert both.ci_high == pytest.approx(both.estimate + math.hypot(both.t_high - both.estimate, a.ci_high))
    nothing = estimate(transects(("A", 0, 1), ("A", 0, 1)), strata(4))
    assert [row.ci_high for row in nothing.rows] == pytest.approx([herds] * 2)
    assert any("upper bound" in text for text in nothing.warnings)


def test_all_ground_searched_and_nothing_seen_is_nothing() -> None:
    found = estimate(transects(("A", 0, 1), ("A", 0, 1)), strata(2))
    assert [(row.estimate, row.ci_high) for row in found.rows] == [(0, 0)] * 2


@pytest.mark.parametrize("share", [0.01, 0.1, 0.3])
def test_so_many_unseen_herds_would_have_been_seen_with_95_percent(share: float) -> None:
    """Herds in a ground of 1,000 places, of which a share was searched: simulated."""
    herds = math.ceil(unseen_herds(share))
    rng = np.random.default_rng(0)
    seen = rng.random((20_000, herds)) < share
    assert (~seen.any(axis=1)).mean() < 0.055
    assert (~seen[:, 1:].any(axis=1)).mean() > 0.045


def test_few_transects_are_flagged() -> None:
    found = estimate(transects(("A", 3, 1), ("A", 5, 1), ("A", 1, 1)), strata(30))
    assert found.rows[0].remarks == ("3 transects only, so the SE is hardly known",)
    assert any(line.strip() == "cow in A: 3 transects only, so the SE is hardly known" for line in table(found))
    assert found.rows[1].remarks == ("A: 3 transects only, so the SE is hardly known",)


def test_transects_that_are_alike_by_chance_do_not_make_an_estimate_exact() -> None:
    found = estimate(transects(("A", 1, 1), ("A", 1, 1), ("A", 1, 1), ("A", 1, 1)), strata(30))
    assert found.rows[0].se == 0
    assert any("the SE is 0: by chance" in text for text in found.rows[0].remarks)
    whole = estimate(transects(("A", 1, 15), ("A", 1, 15)), strata(30))
    assert not any("by chance" in text for text in whole.rows[0].remarks)


def test_neighbours_that_are_alike_make_a_smaller_variance_and_the_order_matters() -> None:
    y, z = [1.0, 2, 4, 8, 9, 12, 14, 15], [1.0, 1, 1.5, 1, 2, 1, 1, 1]
    found = jolly(y, z, 100, design="systematic")
    n, possible = 8, 8 * 100 / sum(z)
    # O2 of Fewster et al. (2009), their equation for the encounter rate, with areas for lengths.
    rates = [a / b for a, b in zip(y, z, strict=True)]
    pairs = sum((z[j] * z[j + 1] / (z[j] + z[j + 1])) ** 2 * (rates[j] - rates[j + 1]) ** 2 for j in range(n - 1))
    rate_variance = 2 * n / (sum(z) ** 2 * (n - 1)) * pairs
    assert found.variance == pytest.approx(100**2 * rate_variance * (1 - n / possible))
    assert found.df == pytest.approx(2 * 7**2 / 20)
    assert found.variance < 0.35 * jolly(y, z, 100).variance
    assert found.estimate == jolly(y, z, 100).estimate
    # The place of a transect says where it lies, not its row.
    order = np.array([3, 0, 7, 1, 6, 2, 5, 4])
    rows = Transects(
        ("A",) * n, tuple("abcdefgh"), ("cow",), np.array(y)[order, None], np.array(z)[order], (), order.astype(float)
    )
    row = estimate(rows, Strata(("A",), np.array([100.0]), np.array([math.nan])), design="systematic").rows[0]
    assert row.se**2 == pytest.approx(found.variance)
    assert math.isnan(row.bootstrap_low)


def test_on_a_gradient_the_systematic_variance_is_right_and_the_random_one_too_large() -> None:
    """Every tenth strip of a gradient, from each of ten starts: the SE that is said, and how far estimates spread."""
    rng = np.random.default_rng(2)
    strips = rng.poisson(5 + np.arange(200) / 4.0)
    said: dict[Design, list[float]] = {"random": [], "systematic": []}
    off = []
    for start in range(10):
        y = strips[start::10].astype(float)
        for design, each in said.items():
            found = jolly(y, np.ones(20), 200, design=design)
            each.append(found.variance)
        off.append(found.estimate - strips.sum())
    spread = float(np.mean(np.square(off)))
    assert np.mean(said["random"]) > 3 * spread
    assert 0.4 * spread < np.mean(said["systematic"]) < 2.5 * spread


def test_the_degrees_of_freedom_of_neighbours_are_those_of_normal_counts() -> None:
    """The variance of the variance, over many samples of normal counts, is 2 / df of its square."""
    rng = np.random.default_rng(3)
    drawn = [jolly(rng.normal(100, 5, 12), np.ones(12), 1000, design="systematic") for _ in range(4000)]
    found = np.array([one.variance for one in drawn])
    assert 2 * found.mean() ** 2 / found.var() == pytest.approx(drawn[0].df, rel=0.1)


def test_an_estimate_with_few_counts_of_an_older_version_keeps_its_interval() -> None:
    row = Estimate("A", "cow", 5, 20, 100, 10, 9, 4, 25)
    assert row.ci_low == 10 - student_t.quantile(0.975, 4) * 9


def test_where_few_transects_have_most_animals_the_log_normal_interval_has_fewer_degrees_of_freedom() -> None:
    """A variance of n numbers varies by 2 / (n - 1) + k / n of its square (Cramer 1946, 27.4.2)."""
    y = np.array([0, 0, 0, 60, 0, 0, 0, 0, 0, 6, 0, 0], float)
    off = y - y.mean()
    kurtosis = (off**4).mean() / (off**2).mean() ** 2 - 3
    found = jolly(y, np.ones(12), 120)
    assert found.df == 11
    assert found.df_log_normal == pytest.approx(2 / (2 / 11 + kurtosis / 12))
    assert jolly(np.arange(12.0), np.ones(12), 120).df_log_normal == 11, "without long tails nothing changes"
    assert math.isnan(jolly([3], [1], 120).df_log_normal)


def test_intervals_of_rare_herds_contain_the_truth_and_few_herds_are_said() -> None:
    """Herds of 60, about four on the transects: the interval by t held the truth in 83 %, this one in 93 to 96 %."""
    rng = np.random.default_rng(5)
    held, of, said = 0, 400, 0
    for _ in range(of):
        strips = np.zeros(80)
        herds = rng.integers(0, 80, rng.poisson(20))
        np.add.at(strips, herds, rng.geometric(1 / 60, len(herds)))
        flown = rng.choice(80, 16, replace=False)
        row = estimate(transects(*(("A", y, 1) for y in strips[flown])), strata(80), replicates=0).rows[0]
        held += bool(row.ci_low <= strips.sum() <= row.ci_high)
        said += any("herds made it up" in text for text in row.remarks)
    assert 0.92 <= held / of <= 0.985  # the aim is .93 to .97, and 400 surveys tell it to ± .02
    assert said > of / 2
