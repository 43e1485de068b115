"""Quantiles of Student's t distribution, to 1e-10, for confidence intervals of small samples."""

import math
from functools import lru_cache
from statistics import NormalDist

from geo.errors import GeoError

__all__ = ["ArgumentError", "quantile", "upper_tail"]

_NEAR_NORMAL_DF = 1e5  # from here on, the expansion about the normal distribution is exact to the last digits
_NORMAL_DF = 1e9  # from here on, the tail of the normal distribution is nearer than the fraction, whose digits cancel


class ArgumentError(GeoError, ValueError):
    """A number that a formula cannot use: a probability outside 0 to 1, or a sample without size."""


@lru_cache(maxsize=4096)  # each row asks for the same one several times
def quantile(probability: float, df: float) -> float:
    """The t with P(T <= t) = probability, for Student's t with df degrees of freedom.

    It is found by Newton's method on the upper tail. A step that would leave the bracket halves the bracket instead.

    Args:
        probability: More than 0 and less than 1.
        df: Any real number above 0, or infinity.

    Raises:
        ArgumentError: The probability or the df is outside its range.
    """
    if not 0 < probability < 1:
        raise ArgumentError(f"probability {probability}: expected more than 0 and less than 1")
    if not df > 0:
        raise ArgumentError(f"{df} degrees of freedom: expected more than 0; a sample of two has one")
    if probability == 0.5:
        return 0.0
    if probability < 0.5:
        return -quantile(1 - probability, df)
    if df >= _NEAR_NORMAL_DF:
        return _near_normal(probability, df)
    tail = 1 - probability
    low, high = 0.0, 2.0
    while upper_tail(high, df) > tail:
        low, high = high, 2 * high
    t = (low + high) / 2
    for _ in range(200):
        miss = upper_tail(t, df) - tail
        low, high = (t, high) if miss > 0 else (low, t)
        step = miss / _density(t, df)
        next_t = t + step if low < t + step < high else (low + high) / 2
        if abs(next_t - t) <= 1e-15 * t:
            return next_t
        t = next_t
    return t


def upper_tail(t: float, df: float) -> float:
    """P(T > t) for t >= 0 and df up to infinity.

    It is half the regularised incomplete beta function I_x(df/2, 1/2) at x = df / (df + t^2). Abramowitz and Stegun
    (1964), 26.7.1 and 26.5.27.
    """
    if t == 0:
        return 0.5
    if df >= _NORMAL_DF:
        return math.erfc(t / math.sqrt(2)) / 2
    a, b = df / 2, 0.5
    x, rest = df / (df + t * t), t * t / (df + t * t)
    # x^a (1 - x)^b / B(a, b); the beta function is a ratio of gamma functions.
    front = math.exp(-a * math.log1p(t * t / df)) * math.sqrt(rest) * _gamma_ratio(a) / math.sqrt(math.pi)
    if x < (a + 1) / (a + b + 2):
        return 0.5 * front * _continued_fraction(a, b, x) / a
    return 0.5 * (1 - front * _continued_fraction(b, a, rest) / b)


def _density(t: float, df: float) -> float:
    return _gamma_ratio(df / 2) / math.sqrt(math.pi * df) * math.exp(-(df + 1) / 2 * math.log1p(t * t / df))


def _gamma_ratio(x: float) -> float:
    """Gamma(x + 1/2) / Gamma(x), by a series. The difference of two logarithms would lose digits for a large x.

    Tricomi and Erdelyi (1951); DLMF 5.11.13.
    """
    if x < 50:
        return math.exp(math.lgamma(x + 0.5) - math.lgamma(x))
    y = 1 / x
    series = 1 + y * (-1 / 8 + y * (1 / 128 + y * (5 / 1024 + y * (-21 / 32768 + y * (-399 / 262144)))))
    return math.sqrt(x) * series


def _continued_fraction(a: float, b: float, x: float) -> float:
    """The continued fraction of the incomplete beta function, DLMF 8.17.22, by Lentz's method (1976)."""
    tiny = 1e-300
    c, d = 1.0, 1 - (a + b) * x / (a + 1)
    d = 1 / (d if abs(d) > tiny else tiny)
    value = d
    for m in range(1, 10_000):
        for numerator in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 + numerator * d
            c = 1 + numerator / c
            d = 1 / (d if abs(d) > tiny else tiny)
            c = c if abs(c) > tiny else tiny
            value *= c * d
        if abs(c * d - 1) < 1e-16:
            break
    return value


def _near_normal(probability: float, df: float) -> float:
    """Abramowitz and Stegun (1964), 26.7.5, to the order df^-2. The terms that are left out are below 1e-14."""
    z = NormalDist().inv_cdf(probability)
    if math.isinf(df):
        return z
    return z + (z**3 + z) / (4 * df) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * df * df)
