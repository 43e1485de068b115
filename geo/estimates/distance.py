"""Distance sampling on lines: the density of animals where fewer are seen farther from the line.

A detection function g falls from 1 on the line. It is fitted to the perpendicular distances x up to a truncation w by
maximum likelihood: the density of x is g(x) / integral of g from 0 to w.

    half-normal     g(x) = exp(-x^2 / (2 s^2))
    hazard-rate     g(x) = 1 - exp(-(x / s)^-b)
    p = integral of g / w     D = n E(size) / (2 w L p)     squared CVs of n / L, p and E(size) add

All animals on the line must be seen, distances must be exact, and animals must not move before they are seen.

References: Buckland et al. (2001), Introduction to Distance Sampling; Buckland et al. (2015), Distance Sampling:
Methods and Applications; Fewster et al. (2009), Biometrics 65 (the variance of the encounter rate, estimator R2).
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.errors import InputError
from geo.estimates import student_t

Floats = NDArray[np.float64]
Key = Literal["half-normal", "hazard-rate"]
KEYS: tuple[Key, ...] = ("half-normal", "hazard-rate")

# The integral is taken numerically: so many panels, with so many nodes in each.
_PANELS, _NODES = 40, 16
_LEAST = 10  # distances; 60 to 80 are asked for (Buckland et al. 2001)
_FEW = 60
_STEP = 1e-4
_ROUNDS, _CLOSE = 200, 1e-9
# The shape of a hazard-rate function, as a logarithm: below, g has no shoulder; above, it is a step.
_SHAPES = (math.log(1.0 + 1e-6), math.log(50.0))
# Larger groups are seen farther away, if the regression of their size says so with less than this chance of error.
_SIZE_BIAS = 0.15


@dataclass(frozen=True, eq=False)
class Detection:
    """A fitted detection function.

    Attributes:
        key: Its form.
        width: The truncation, in the unit of the distances.
        scale: s.
        shape: b; NaN for a half-normal function.
        p: The share of the animals within the width that is seen.
        p_se: Its standard error.
        log_likelihood: Of the distances.
        distances: (N,) those within the width.
    """

    key: Key
    width: float
    scale: float
    shape: float
    p: float
    p_se: float
    log_likelihood: float
    distances: Floats

    @property
    def aic(self) -> float:
        """Akaike's information criterion."""
        return 2 * (1 if self.key == "half-normal" else 2) - 2 * self.log_likelihood

    def g(self, x: ArrayLike) -> Floats:
        """The chance to see an animal at the distance x (N,)."""
        theta = [math.log(self.scale)] if self.key == "half-normal" else [math.log(self.scale), math.log(self.shape)]
        return _g(self.key, np.array(theta), np.asarray(x, np.float64))


def fit(distances: ArrayLike, key: Key, width: float | None = None) -> Detection:
    """Fit a detection function.

    Args:
        distances: (N,) perpendicular distances, 0 or more. Those beyond the width are left out.
        key: The form.
        width: The truncation; None for the largest distance.

    Raises:
        InputError: There are fewer than 10 distances, or they allow no fit.
    """
    if key not in KEYS:
        raise InputError(f"detection function {key!r}: expected {' or '.join(KEYS)}")
    x = np.asarray(distances, np.float64)
    if not (np.isfinite(x) & (x >= 0)).all():
        raise InputError("distances: expected numbers of 0 or more")
    w = float(x.max(initial=0.0)) if width is None else float(width)
    x = x[x <= w]
    if len(x) < _LEAST or not w > 0:
        raise InputError(f"distances: {len(x)} within {w:g}; a detection function needs at least {_LEAST}")
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    side = w / _PANELS
    at = ((nodes + 1) * side / 2 + side * np.arange(_PANELS)[:, None]).ravel()
    step = np.tile(weights * side / 2, _PANELS)

    def area(theta: Floats) -> float:
        return float((_g(key, theta, at) * step).sum())

    def likelihood(theta: Floats) -> float:
        with np.errstate(divide="ignore"):
            return float(np.log(_g(key, theta, x)).sum() - len(x) * math.log(area(theta)))

    start = math.log(math.sqrt(float((x**2).mean())))
    starts = (
        [[start]] if key == "half-normal" else [[start + d, shape] for d in (-0.5, 0.0) for shape in (0.4, 1.0, 2.0)]
    )
    found = [_maximum(likelihood, np.array(one), w, key) for one in starts]
    theta = max(found, key=likelihood)
    covariance = _covariance(lambda t: np.log(_g(key, t, x)) - math.log(area(t)), theta)
    slope = _gradient(lambda t: np.array([area(t) / w]), theta)[:, 0]
    p, scale = area(theta) / w, math.exp(theta[0])
    shape = math.nan if key == "half-normal" else math.exp(theta[1])
    return Detection(key, w, scale, shape, p, math.sqrt(float(slope @ covariance @ slope)), likelihood(theta), x)


def _g(key: Key, theta: Floats, x: Floats) -> Floats:
    scale = math.exp(theta[0])
    if key == "half-normal":
        normal: Floats = np.exp(-0.5 * (x / scale) ** 2)
        return normal
    with np.errstate(divide="ignore", over="ignore"):
        g: Floats = -np.expm1(-((x / scale) ** -math.exp(theta[1])))
    return g


def _maximum(value: Callable[[Floats], float], start: Floats, width: float, key: Key) -> Floats:
    """Where the value is largest, by Nelder and Mead's simplex within the bounds of the parameters."""
    low = np.array([math.log(width) - 10, _SHAPES[0]])[: len(start)]
    high = np.array([math.log(width) + 6, _SHAPES[1]])[: len(start)]

    def cost(theta: Floats) -> float:
        inside = np.clip(theta, low, high)
        got = value(inside)
        return (math.inf if math.isnan(got) else -got) + 1e3 * float(np.abs(theta - inside).sum())

    simplex = [start, *(start + 0.3 * np.eye(len(start))[k] for k in range(len(start)))]
    costs = [cost(one) for one in simplex]
    for _ in range(_ROUNDS * len(start)):
        order = sorted(range(len(simplex)), key=costs.__getitem__)
        simplex, costs = [simplex[k] for k in order], [costs[k] for k in order]
        if np.abs(simplex[-1] - simplex[0]).max() < _CLOSE:
            break
        middle, worst = np.mean(simplex[:-1], axis=0), simplex[-1]
        tried = [middle + factor * (middle - worst) for factor in (1.0, 2.0, 0.5, -0.5)]
        at = [cost(one) for one in tried]
        least = int(np.argmin(at))
        if at[least] < costs[-1]:
            simplex[-1], costs[-1] = tried[least], at[least]
        else:
            simplex = [simplex[0], *((one + simplex[0]) / 2 for one in simplex[1:])]
            costs = [cost(one) for one in simplex]
    best: Floats = np.clip(simplex[int(np.argmin(costs))], low, high)
    return best


def _gradient(value: Callable[[Floats], Floats], theta: Floats) -> Floats:
    """(P, K) the derivatives of K values by P parameters."""
    rows = []
    for k in range(len(theta)):
        step = np.zeros(len(theta))
        step[k] = _STEP
        rows.append((value(theta + step) - value(theta - step)) / (2 * _STEP))
    return np.array(rows)


def _covariance(each: Callable[[Floats], Floats], theta: Floats) -> Floats:
    """The inverse of the information, as the sum of products of the derivatives of each distance's log likelihood."""
    slopes = _gradient(each, theta)
    try:
        inverse: Floats = np.linalg.inv(slopes @ slopes.T).astype(np.float64)
    except np.linalg.LinAlgError as error:
        raise InputError(
            "distances: they do not allow this detection function; truncate them, or use another"
        ) from error
    return inverse


# ---- density ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Density:
    """Animals on 1 unit of area, in the squared unit of the lines and of the width (the same for both).

    Attributes:
        value: Animals per unit of area.
        se: Its standard error.
        low: The lower end of the 95 % interval, log-normal.
        high: The upper end.
        df: Satterthwaite's degrees of freedom.
        detections: How many groups were seen within the width.
        size: The mean group size, and its standard error.
        size_by: `mean`, or `regression` if larger groups were seen farther away.
        cv_encounter: The coefficients of variation: of n / L,
        cv_p: of p,
        cv_size: and of the group size.
    """

    value: float
    se: float
    low: float
    high: float
    df: float
    detections: int
    size: tuple[float, float]
    size_by: str
    cv_encounter: float
    cv_p: float
    cv_size: float


def density(
    found: Detection, line: Sequence[int] | NDArray[np.int64], lengths: ArrayLike, sizes: ArrayLike | None = None
) -> tuple[Density, list[str]]:
    """The density of animals, and what to know of it.

    Args:
        found: The detection function; its distances are those of `line`.
        line: (N,) the line of each detection within the width, an index into `lengths`.
        lengths: (K,) the length of each line, also of those where nothing was seen.
        sizes: (N,) the number of animals in each group; None if each is one animal.

    Raises:
        InputError: The columns do not fit together.
    """
    length, n = np.asarray(lengths, np.float64), len(found.distances)
    on = np.asarray(line, np.int64)
    if len(on) != n or (n and (on.min() < 0 or on.max() >= len(length))) or not (length > 0).all():
        raise InputError("distances: expected a line with a length above 0 for each distance within the width")
    each, whole, k = np.bincount(on, minlength=len(length)), float(length.sum()), len(length)
    rate = n / whole
    # Fewster et al. (2009), R2.
    spread = float((length**2 * (each / length - rate) ** 2).sum())
    cv_rate = math.sqrt(k / (whole**2 * (k - 1)) * spread) / rate if k > 1 else math.nan
    mean, mean_se, by = _size(found, sizes)
    value = rate / (2 * found.width * found.p) * mean
    parts = [
        (cv_rate, k - 1),
        (found.p_se / found.p, n - (1 if found.key == "half-normal" else 2)),
        (mean_se / mean, n - 1),
    ]
    squared = sum(cv**2 for cv, _ in parts)
    below = sum(cv**4 / df for cv, df in parts if df > 0)
    df = squared**2 / below if below > 0 else math.nan
    low = high = math.nan
    if math.isfinite(squared) and math.isfinite(df):
        factor = math.exp(student_t.quantile(0.975, df) * math.sqrt(math.log1p(squared)))
        low, high = value / factor, value * factor
    result = Density(
        value,
        value * math.sqrt(squared),
        low,
        high,
        df,
        n,
        (mean, mean_se),
        by,
        cv_rate,
        found.p_se / found.p,
        mean_se / mean,
    )
    return result, _remarks(n, k)


def _remarks(n: int, lines: int) -> list[str]:
    said = []
    if n < _FEW:
        said.append(f"{n} detections are few: 60 to 80 are asked for (Buckland et al. 2001)")
    if lines < 10:
        said.append(f"{lines} lines are few: the variance between lines is known badly; 10 to 20 are asked for")
    return said


def _size(found: Detection, sizes: ArrayLike | None) -> tuple[float, float, str]:
    """The mean size of a group on the ground, its standard error, and how it was found."""
    n = len(found.distances)
    if sizes is None:
        return 1.0, 0.0, "single animals"
    size = np.asarray(sizes, np.float64)
    if len(size) != n or not (size > 0).all():
        raise InputError("distances: expected a group size above 0 for each distance within the width")
    mean, se = float(size.mean()), float(size.std(ddof=1) / math.sqrt(n))
    # ln size by g(x): where g is 1, size does not matter (Buckland et al. 2001, 3.5.4).
    g, log = found.g(found.distances), np.log(size)
    spread = float(((g - g.mean()) ** 2).sum())
    if spread == 0 or np.ptp(log) == 0:
        return mean, se, "mean"
    slope = float(((g - g.mean()) * (log - log.mean())).sum() / spread)
    left = log - log.mean() - slope * (g - g.mean())
    variance = float((left**2).sum() / (n - 2))
    t = slope / math.sqrt(variance / spread) if variance > 0 else 0.0
    if slope >= 0 or student_t.upper_tail(abs(t), n - 2) > _SIZE_BIAS:
        return mean, se, "mean"
    at_line = log.mean() + slope * (1 - g.mean())
    size_at_line = math.exp(at_line + variance / 2)
    error = variance * (1 / n + (1 - float(g.mean())) ** 2 / spread)
    return size_at_line, size_at_line * math.sqrt(error + variance**2 / (2 * (n - 2))), "regression"
