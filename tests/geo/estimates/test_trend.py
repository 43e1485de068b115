import math

import numpy as np
import pytest

from geo.errors import InputError
from geo.estimates.trend import Point, difference, least_change, power, times_as_many, yearly_change


def test_a_difference_adds_the_variances() -> None:
    """By hand: 400 - 600, SE = sqrt(80^2 + 60^2) = 100, df = 100^4 / (80^4 / 9 + 60^4 / 14)."""
    found = difference(Point(2019, 600, 80, 9), Point(2022, 400, 60, 14))
    assert (found.value, found.se) == (-200, 100)
    assert found.df == pytest.approx(1e8 / (80**4 / 9 + 60**4 / 14))
    assert found.low == pytest.approx(-200 - 2.0895 * 100, abs=2)
    assert 0.05 < found.p < 0.07


def test_two_surveys_give_the_yearly_rate_of_their_ratio() -> None:
    found = yearly_change([Point(2019, 1000, 100), Point(2022, 800, 80)])
    assert found.value == pytest.approx(0.8 ** (1 / 3) - 1)
    assert found.se == pytest.approx(math.sqrt(2 * math.log1p(0.01)) / 3)
    assert found.low < found.value < found.high


def test_a_trend_is_weighted_least_squares_where_surveys_differ_by_their_errors_alone() -> None:
    points = [Point(y, 1000 * 0.95 ** (y - 2010), 100 + 20 * (y % 2)) for y in range(2010, 2018)]
    found = yearly_change(points)
    assert found.value == pytest.approx(-0.05)
    assert found.between == 0
    years = np.array([p.year for p in points])
    covariance = np.linalg.inv(
        sum(np.outer([1, y - 2013], [1, y - 2013]) / p.log_variance for y, p in zip(years, points, strict=True))
    )
    assert found.se == pytest.approx(math.sqrt(covariance[1, 1]))


def test_a_trend_with_variance_between_surveys_is_that_of_metafor() -> None:
    """metafor 3.8: rma(mods = ~year, method = "PM") on the numbers of `benchmarks/trend.R`."""
    years, numbers = (1994, 1998, 2002, 2005, 2009, 2014, 2019), (5200, 4100, 4700, 2900, 3300, 2100, 2400)
    errors = (700, 900, 500, 400, 600, 300, 500)
    found = yearly_change([Point(*each) for each in zip(years, numbers, errors, strict=True)])
    assert found.between == pytest.approx(0.0875546838, rel=1e-7)
    assert math.log1p(found.value) == pytest.approx(-0.038565323, rel=1e-7)
    assert found.se == pytest.approx(0.00866953081, rel=1e-7)
    assert found.df == 5


def test_intervals_of_trends_hold_the_true_change_where_animals_move_in_and_out() -> None:
    rng = np.random.default_rng(2)
    years, covered = np.arange(10), 0
    for _ in range(300):
        logs = math.log(1000) - 0.06 * years + rng.normal(0, 0.15, 10)
        numbers = np.exp(logs) * (1 + rng.normal(0, 0.1, 10))
        found = yearly_change([Point(float(y), float(n), 0.1 * float(n)) for y, n in zip(years, numbers, strict=True)])
        covered += found.low <= math.expm1(-0.06) <= found.high
    assert 0.92 <= covered / 300 <= 0.985


@pytest.mark.parametrize(("surveys", "cv", "change"), [(5, 0.2, -0.1), (10, 0.3, -0.08), (4, 0.1, 0.1)])
def test_power_is_gerrodettes(surveys: int, cv: float, change: float) -> None:
    """His inequality for exponential change: log(1 + r)^2 n (n - 1)(n + 1) = 12 (z_a + z_b)^2 log(1 + CV^2)."""
    z = 1.959963984540054
    root = abs(math.log1p(change)) * math.sqrt(surveys * (surveys**2 - 1) / 12 / math.log1p(cv**2))
    beta_side = 0.5 * math.erfc(-(root - z) / math.sqrt(2))
    assert power(range(surveys), cv, change) == pytest.approx(beta_side, abs=1e-3)


def test_power_is_the_share_of_surveys_that_show_the_change() -> None:
    rng = np.random.default_rng(0)
    years, shown = [0.0, 3.0, 6.0, 9.0], 0
    for _ in range(400):
        numbers = 1000 * 0.95 ** np.array(years) * np.exp(rng.normal(0, math.sqrt(math.log1p(0.15**2)), 4))
        points = [Point(y, float(n), 0.15 * float(n)) for y, n in zip(years, numbers, strict=True)]
        design = np.column_stack([np.ones(4), years])
        slope = np.linalg.lstsq(design, np.log(numbers), rcond=None)[0][1]
        se = math.sqrt(points[0].log_variance / ((np.array(years) - 4.5) ** 2).sum())
        shown += abs(slope) / se > 1.96
    assert shown / 400 == pytest.approx(power(years, 0.15, -0.05), abs=0.05)


def test_what_is_needed_to_see_a_change_has_the_wanted_power() -> None:
    years = [0.0, 2.0, 4.0, 6.0]
    least = least_change(years, 0.2)
    assert power(years, 0.2, -least) == pytest.approx(0.8, abs=1e-3)
    times = times_as_many(years, 0.2, -0.03)
    assert times > 1
    assert power(years, 0.2 / math.sqrt(times), -0.03) == pytest.approx(0.8, abs=1e-3)
    assert math.isnan(times_as_many(years, 0.2, -0.03, between=0.5)), "no number of transects helps"


@pytest.mark.parametrize(
    "points", [[Point(2020, 10, 1)], [Point(2020, 10, 1), Point(2021, 0, 0)], [Point(2020, 5, 1), Point(2020, 6, 1)]]
)
def test_a_trend_needs_two_dates_and_animals(points: list[Point]) -> None:
    with pytest.raises(InputError):
        yearly_change(points)
