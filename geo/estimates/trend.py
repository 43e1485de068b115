"""Estimates of one place compared in time: the difference of two surveys, the trend of more, and the power to see one.

The errors of the surveys are known. So a trend is fitted to the logarithms of the estimates by weighted least squares:
the variance of a logarithm is log(1 + CV^2). Surveys may differ by more than their errors say, as animals move in and
out. This variance is estimated too (Paule and Mandel 1982) and added to each.

References: Norton-Griffiths (1978), Counting Animals, 2nd ed. (difference of two surveys); Gerrodette (1987), A power
analysis for detecting trends, Ecology 68, 1364-1372 (power); Satterthwaite (1946), Biometrics Bulletin 2.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from geo.errors import InputError
from geo.estimates import student_t

Floats = NDArray[np.float64]

_TAIL = 0.975
POWER = 0.8
_MOST = 1000  # times as many transects, in a search for enough


@dataclass(frozen=True)
class Point:
    """An estimate of one survey.

    Attributes:
        year: When it was made, in years, such as 2024.5.
        number: The estimate.
        se: Its standard error.
        df: The degrees of freedom of the SE; infinity if they are not known.
    """

    year: float
    number: float
    se: float
    df: float = math.inf

    @property
    def log_variance(self) -> float:
        """The variance of the logarithm of the estimate."""
        return math.log1p((self.se / self.number) ** 2)


@dataclass(frozen=True)
class Change:
    """A difference, or a yearly rate, with its 95 % interval.

    Attributes:
        value: The difference in animals; or the change in a year, as a share.
        se: The standard error of the difference; of the logarithm for a rate.
        low: The lower end.
        high: The upper end.
        p: The two-sided probability of a change as large as this if there was none.
        df: The degrees of freedom of the standard error.
        between: For a trend, the standard deviation between surveys beyond their errors, of the logarithm.
    """

    value: float
    se: float
    low: float
    high: float
    p: float
    df: float
    between: float = 0.0


def difference(before: Point, after: Point) -> Change:
    """The later estimate minus the earlier one; variances add, t with Satterthwaite's degrees of freedom.

    The surveys must be independent: other transects, or the same transects after a new random draw. If both standard
    errors are 0, there is no interval and no p (NaN).
    """
    variances = [before.se**2, after.se**2]
    se = math.sqrt(sum(variances))
    value = after.number - before.number
    if se == 0:
        return Change(value, 0.0, math.nan, math.nan, math.nan, math.inf)
    below = sum(v**2 / point.df for v, point in zip(variances, (before, after), strict=True))
    df = se**4 / below if below > 0 else math.inf
    half = student_t.quantile(_TAIL, df) * se
    return Change(value, se, value - half, value + half, 2 * student_t.upper_tail(abs(value) / se, df), df)


def yearly_change(points: Sequence[Point]) -> Change:
    """The change in a year, as a share of the animals: the slope of log estimates over time.

    With two surveys, the interval is of their errors alone. With more, the variance between surveys is estimated; if
    there is any, t has the number of surveys less 2 degrees of freedom.

    Raises:
        InputError: There are fewer than two years, or an estimate or its error is not above 0.
    """
    years, logs, variances = _columns(points)
    design = np.column_stack([np.ones(len(years)), years - years.mean()])
    between = _paule_mandel(design, logs, variances) if len(years) > 2 else 0.0
    slope, se = _slope(design, logs, variances + between)
    df = len(years) - 2 if between > 0 else _pooled_df(points)
    half = student_t.quantile(_TAIL, df) * se
    p = 2 * student_t.upper_tail(abs(slope) / se, df)
    low, high = math.expm1(slope - half), math.expm1(slope + half)
    return Change(math.expm1(slope), se, low, high, p, df, math.sqrt(between))


def _columns(points: Sequence[Point]) -> tuple[Floats, Floats, Floats]:
    if len({point.year for point in points}) < 2:
        raise InputError("a trend needs surveys of at least two dates")
    for point in points:
        if not (point.number > 0 and point.se > 0):
            raise InputError(
                f"the survey of {point.year:.2f} has {point.number:g} animals and a standard error of {point.se:g}: a "
                "trend needs both above 0"
            )
    years = np.array([point.year for point in points])
    logs = np.log([point.number for point in points])
    return years, logs, np.array([point.log_variance for point in points])


def _slope(design: Floats, logs: Floats, variances: Floats) -> tuple[float, float]:
    covariance = np.linalg.inv(design.T @ (design / variances[:, None]))
    slope = float((covariance @ (design.T @ (logs / variances)))[1])
    return slope, math.sqrt(float(covariance[1, 1]))


def _paule_mandel(design: Floats, logs: Floats, variances: Floats) -> float:
    """The variance between surveys with which the weighted sum of squares is what is expected; 0 if there is none."""

    def squares(between: float) -> float:
        weight = 1 / (variances + between)
        beta = np.linalg.solve(design.T @ (design * weight[:, None]), design.T @ (logs * weight))
        return float((weight * (logs - design @ beta) ** 2).sum())

    expected = len(logs) - design.shape[1]
    if squares(0.0) <= expected:
        return 0.0
    low, high = 0.0, 1.0
    while squares(high) > expected:
        high *= 2
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if squares(middle) > expected else (low, middle)
    return (low + high) / 2


def _pooled_df(points: Sequence[Point]) -> float:
    variances = [point.log_variance for point in points]
    below = sum(v**2 / point.df for v, point in zip(variances, points, strict=True))
    return sum(variances) ** 2 / below if below > 0 else math.inf


# ---- power ------------------------------------------------------------------------------------


def power(years: Sequence[float], cv: float, change: float, between: float = 0.0) -> float:
    """The probability that surveys in these years show a yearly change (two-sided 5 %), Gerrodette's (1987) with the
    normal distribution.

    Args:
        years: When surveys are made.
        cv: The coefficient of variation of each.
        change: The yearly change, as a share: -0.05 is 5 % fewer every year.
        between: The standard deviation between surveys beyond their errors, of the logarithm.
    """
    if not change > -1 or cv < 0:
        raise InputError(f"a yearly change of {change:g} and a CV of {cv:g}: expected more than -1, and 0 or more")
    at = np.asarray(years, np.float64)
    spread = float(((at - at.mean()) ** 2).sum())
    variance = math.log1p(cv**2) + between**2
    if spread == 0 or variance == 0:
        return 1.0 if spread and change else 0.05
    se = math.sqrt(variance / spread)
    normal = NormalDist()
    z, effect = normal.inv_cdf(_TAIL), math.log1p(change) / se
    return normal.cdf(effect - z) + normal.cdf(-effect - z)


def least_change(years: Sequence[float], cv: float, wanted: float = POWER, between: float = 0.0) -> float:
    """The smallest yearly decline, as a positive share, that surveys in these years show with the wanted power."""
    low, high = 0.0, 0.999999
    if power(years, cv, -high, between) < wanted:
        return math.nan
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if power(years, cv, -middle, between) >= wanted else (middle, high)
    return high


def times_as_many(
    years: Sequence[float], cv: float, change: float, wanted: float = POWER, between: float = 0.0
) -> float:
    """How many times as many transects each survey needs to show a yearly change; NaN if no number is enough.

    The squared CV falls as 1 / (number of transects), as long as a small share of the ground is searched.
    """
    if power(years, 0.0, change, between) < wanted:
        return math.nan
    low, high = 1e-3, 1.0
    while power(years, cv / math.sqrt(high), change, between) < wanted:
        high *= 2
        if high > _MOST:
            return math.nan
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if power(years, cv / math.sqrt(middle), change, between) >= wanted else (middle, high)
    return high
