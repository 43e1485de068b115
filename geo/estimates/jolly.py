"""Population estimates from transects: Jolly's Method 2, over strata, with intervals.

A survey searches n of the N transects that would cover a stratum of area Z. On transect i it counts y_i animals on z_i
km2. Transects differ in size, so the estimator is the ratio of the two (Jolly, G. M. 1969, Sampling methods for aerial
censuses of wildlife populations, East African Agricultural and Forestry Journal 34, 46-49; with examples in
Norton-Griffiths, M. 1978, Counting Animals, 2nd ed.):

    R = sum y / sum z,  Y = Z R,  N = n Z / sum z
    Var(Y) = N (N - n) / n * (s_y^2 - 2 R s_zy + R^2 s_z^2)
    95 % CI = Y +- t(0.975, n - 1) SE

With equal areas, this is Jolly's Method 1. Estimates and variances of strata are added.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.estimates import student_t
from geo.estimates.transects import ALL, Strata, Transects
from geo.short_number import short_number
from geo.tables import TableError

__all__ = [
    "Estimate",
    "Estimates",
    "Ratio",
    "bootstrap",
    "estimate",
    "jolly",
    "satterthwaite",
]

_CONFIDENCE = 0.95
_TOUCHING = 1e-6  # transects may be larger than their stratum by this share, from rounding
_AT_ONCE = 1 << 21  # bounds the memory of the bootstrap

JOLLY = """\
Jolly's Method 2, transects of unequal size (Jolly 1969): y animals on z km2 of n transects out of N, stratum of Z km2
  R = sum y / sum z     Y = Z R     N = n Z / sum z, or the strata file's column `transects`
  Var(Y) = N (N - n) / n * (s_y^2 - 2 R s_zy + R^2 s_z^2)     95 % CI = Y +- t(0.975, n - 1) SE
  all: estimates and variances of the strata added, t with Satterthwaite's (1946) degrees of freedom"""
BOOTSTRAP = "  bootstrap: {replicates} resamples of each stratum's transects (Rao and Wu 1988), seed {seed}"
FULL_COUNT = """\
Full count: all ground was searched, so the estimate is the sum of what was counted and has no sampling error.
  No SE of this table includes animals that were missed, or false alarms."""


@dataclass(frozen=True)
class Ratio:
    """One class in one stratum.

    Attributes:
        n: The number of transects.
        n_possible: N.
        ratio: R, animals on a km2.
        estimate: Y.
        variance: Var(Y); NaN for n = 1.
    """

    n: int
    n_possible: float
    ratio: float
    estimate: float
    variance: float


@dataclass(frozen=True)
class Estimate:
    """The animals of a class in a stratum, or in all strata (`all`).

    Attributes:
        stratum: The stratum, or `all`.
        class_name: The class.
        n: The number of transects.
        n_possible: N.
        area_km2: The area of the stratum.
        estimate: The number of animals.
        se: Its standard error; NaN if undefined, never 0 then.
        df: The degrees of freedom of the SE.
        searched_km2: The area of the transects.
        bootstrap_low: The lower end of the 95 % percentile interval; NaN if there is none.
        bootstrap_high: The upper end; NaN if there is none.
    """

    stratum: str
    class_name: str
    n: int
    n_possible: float
    area_km2: float
    estimate: float
    se: float
    df: float
    searched_km2: float
    bootstrap_low: float = math.nan
    bootstrap_high: float = math.nan

    @property
    def density_per_km2(self) -> float:
        """The estimate divided by the area of the stratum."""
        return self.estimate / self.area_km2

    @property
    def half_width(self) -> float:
        """Half of the 95 % confidence interval: t times SE."""
        if math.isnan(self.se) or math.isnan(self.df):
            return math.nan
        return student_t.quantile(0.5 + _CONFIDENCE / 2, self.df) * self.se

    @property
    def ci_low(self) -> float:
        """The lower end of the 95 % confidence interval."""
        return self.estimate - self.half_width

    @property
    def ci_high(self) -> float:
        """The upper end of the 95 % confidence interval."""
        return self.estimate + self.half_width

    @property
    def cv(self) -> float:
        """SE / estimate, as a share; NaN if the estimate is 0."""
        return self.se / self.estimate if self.estimate > 0 else math.nan

    @property
    def precision_pct(self) -> float:
        """The percent relative precision: half of the 95 % interval in per cent of the estimate.

        Norton-Griffiths (1978).
        """
        return 100 * self.half_width / self.estimate if self.estimate > 0 else math.nan


@dataclass(frozen=True)
class Estimates:
    """Estimates: rows class by class, with strata first and then `all`; the method in words; and warnings."""

    rows: tuple[Estimate, ...]
    method: str
    warnings: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def row(self, stratum: str, class_name: str) -> Estimate:
        """The row of a stratum and a class. Raises KeyError if there is none."""
        for row in self.rows:
            if (row.stratum, row.class_name) == (stratum, class_name):
                return row
        raise KeyError((stratum, class_name))


# ---- one stratum ----------------------------------------------------------------------------


def jolly(y: ArrayLike, z: ArrayLike, area_km2: float, n_possible: float | None = None) -> Ratio:
    """Jolly's Method 2 for one stratum. With one transect, there is an estimate, but its variance is undefined.

    Args:
        y: (n,) the counts.
        z: (n,) the areas of the transects, km2.
        area_km2: The area of the stratum, Z.
        n_possible: N; by default n Z / sum z.

    Raises:
        TableError: There is no transect, an area is not positive, or the stratum has fewer transects than were
            searched.
    """
    counts, areas = np.asarray(y, np.float64), np.asarray(z, np.float64)
    n = len(counts)
    if n == 0 or areas.shape != (n,) or counts.shape != (n,):
        raise TableError(f"counts of shape {counts.shape} and areas of shape {areas.shape}: expected (n,) both, n > 0")
    if not (bool(np.all(areas > 0)) and area_km2 > 0):
        raise TableError("an area is not positive: give every transect and stratum the area that was searched")
    searched = math.fsum(areas)
    possible = n * area_km2 / searched if n_possible is None else float(n_possible)
    if n_possible is None and searched > area_km2 * (1 + _TOUCHING):
        raise TableError(
            f"its transects cover {short_number(searched, 6)} km2 of a stratum of "
            f"{short_number(area_km2, 6)} km2: correct an area, or treat the "
            "survey as a full count",
            about="full_count",
        )
    if n_possible is not None and possible < n:
        raise TableError(
            f"{n} transects were searched, but the strata file says that the stratum has {possible:g}; correct the "
            "strata file"
        )
    possible = max(possible, n)
    ratio = math.fsum(counts) / searched
    variance = math.nan
    if n > 1:
        # s_y^2 - 2 R s_zy + R^2 s_z^2 is the variance of y - R z, which has mean 0. So no large numbers are subtracted.
        off = counts - ratio * areas
        variance = possible * (possible - n) / n * math.fsum(off * off) / (n - 1)
    return Ratio(n, possible, ratio, area_km2 * ratio, variance)


def bootstrap(
    y: ArrayLike, z: ArrayLike, area_km2: float, n_possible: float, rng: np.random.Generator, replicates: int
) -> NDArray[np.float64]:
    """(B, C) estimates from B resamples of the transects. NaN for n = 1.

    n - 1 transects are drawn with replacement, and their means are moved towards the sample's mean by sqrt(1 - n / N).
    Then the spread is that of a sample without replacement from a finite number (Rao, J. N. K. and Wu, C. F. J. 1988,
    Resampling inference with complex survey data, Journal of the American Statistical Association 83, 231-241).

    Args:
        y: (n, C) the counts.
        z: (n,) the areas of the transects, km2.
        area_km2: The area of the stratum.
        n_possible: N.
        rng: Decides the draws.
        replicates: B.
    """
    counts, areas = np.asarray(y, np.float64), np.asarray(z, np.float64)
    n = len(areas)
    if n == 1:
        return np.full((replicates, counts.shape[1]), math.nan)
    both = np.column_stack([counts, areas])
    mean = both.mean(axis=0)
    shrink = math.sqrt(max(0.0, 1 - n / n_possible))
    found = np.empty((replicates, counts.shape[1]))
    step = max(1, _AT_ONCE // n)
    for start in range(0, replicates, step):
        drawn = rng.multinomial(n - 1, np.full(n, 1 / n), size=min(step, replicates - start))
        means = mean + shrink * (drawn @ both / (n - 1) - mean)
        found[start : start + step] = area_km2 * means[:, :-1] / means[:, -1:]
    return found


def satterthwaite(variances: Sequence[float], dfs: Sequence[float]) -> float:
    """The degrees of freedom of a sum of independent variances: (sum v)^2 / sum(v^2 / df).

    Satterthwaite, F. E. 1946, An approximate distribution of estimates of variance components, Biometrics Bulletin 2,
    110-114. If all variances are 0, it is the sum of the degrees of freedom.
    """
    total = math.fsum(variances)
    if math.isnan(total):
        return math.nan
    if total == 0:
        return math.fsum(dfs)
    return 1 / math.fsum((v / total) ** 2 / df for v, df in zip(variances, dfs, strict=True) if v > 0)


# ---- all strata -----------------------------------------------------------------------------


def estimate(
    transects: Transects, strata: Strata, *, full_count: bool = False, replicates: int = 10_000, seed: int = 0
) -> Estimates:
    """The estimates of every class in every stratum and in `all`.

    If a stratum has no transects, it has no estimate, and `all` has none.

    Args:
        transects: The transects.
        strata: The strata.
        full_count: All ground was searched, so the estimates are sums.
        replicates: Of the bootstrap; 0 for none.
        seed: The random seed of the bootstrap.

    Raises:
        TableError: A transect is in an unknown stratum, or numbers are impossible (see `jolly`).
    """
    unknown = sorted(set(transects.stratum) - set(strata.names))
    if unknown:
        raise TableError(f"stratum {unknown[0]!r} of the transects is not among the strata: {_some(strata.names)}")
    warnings = [*transects.warnings, *strata.warnings]
    classes = transects.classes
    replicates = 0 if full_count else replicates
    rows: list[Estimate] = []
    spread = np.zeros((replicates, len(classes)))
    of_stratum = np.array([*transects.stratum, None], object)[:-1]
    for index, (name, area, given) in enumerate(
        zip(strata.names, strata.area_km2.tolist(), strata.transects.tolist(), strict=True)
    ):
        members = np.flatnonzero(of_stratum == name)
        counts, areas = transects.counts[members], transects.area_km2[members]
        warnings += _remarks(name, area, areas, full_count)
        if len(members) == 0:
            nan = math.nan
            here = [Estimate(name, kind, 0, nan, area, nan, nan, nan, 0.0) for kind in classes]
            spread += nan
        elif full_count:
            n = len(members)
            here = [
                Estimate(name, kind, n, n, area, math.fsum(counts[:, k]), 0.0, math.inf, math.fsum(areas))
                for k, kind in enumerate(classes)
            ]
        else:
            possible = None if math.isnan(given) else given
            here, drawn = _one_stratum(name, area, possible, classes, counts, areas, replicates, (seed, index))
            spread += drawn
        rows += here
    for k, kind in enumerate(classes):
        rows.append(_all(kind, [row for row in rows if row.class_name == kind], spread[:, k]))
    warnings += [f"no {row.class_name!r} was seen, so its SE of 0 has no meaning" for row in rows if _unseen(row)]
    method = FULL_COUNT if full_count else JOLLY
    if replicates:
        method += "\n" + BOOTSTRAP.format(replicates=replicates, seed=seed)
    return Estimates(tuple(rows), method, tuple(warnings))


def _one_stratum(
    name: str,
    area: float,
    possible: float | None,
    classes: Sequence[str],
    counts: NDArray[np.float64],
    areas: NDArray[np.float64],
    replicates: int,
    seed: tuple[int, int],
) -> tuple[list[Estimate], NDArray[np.float64]]:
    """The rows of a stratum, and its bootstrap (B, C)."""
    try:
        found = [jolly(counts[:, k], areas, area, possible) for k in range(len(classes))]
    except TableError as error:
        raise TableError(f"stratum {name!r}: {error}", about=error.about) from error
    # Strata are drawn independently. The classes of one stratum are drawn together.
    rng = np.random.default_rng(seed)
    drawn = bootstrap(counts, areas, area, found[0].n_possible, rng, replicates)
    rows = []
    for k, (kind, one) in enumerate(zip(classes, found, strict=True)):
        df = one.n - 1 if one.n > 1 else math.nan
        low, high = _interval(drawn[:, k])
        rows.append(
            Estimate(
                stratum=name,
                class_name=kind,
                n=one.n,
                n_possible=one.n_possible,
                area_km2=area,
                estimate=one.estimate,
                se=math.sqrt(one.variance),
                df=df,
                searched_km2=math.fsum(areas),
                bootstrap_low=low,
                bootstrap_high=high,
            )
        )
    return rows, drawn


def _all(class_name: str, rows: Sequence[Estimate], spread: NDArray[np.float64]) -> Estimate:
    """The sum over strata, which were sampled independently."""
    variances = [row.se**2 for row in rows]
    return Estimate(
        ALL,
        class_name,
        sum(row.n for row in rows),
        math.fsum(row.n_possible for row in rows),
        math.fsum(row.area_km2 for row in rows),
        math.fsum(row.estimate for row in rows),
        math.sqrt(math.fsum(variances)),
        satterthwaite(variances, [row.df for row in rows]),
        math.fsum(row.searched_km2 for row in rows),
        *_interval(spread),
    )


def _interval(spread: NDArray[np.float64]) -> tuple[float, float]:
    if len(spread) == 0 or bool(np.isnan(spread).any()):
        return math.nan, math.nan
    low, high = np.quantile(spread, [0.5 - _CONFIDENCE / 2, 0.5 + _CONFIDENCE / 2])
    return float(low), float(high)


def _remarks(name: str, area: float, areas: NDArray[np.float64], full_count: bool) -> list[str]:
    if len(areas) == 0:
        return [f"stratum {name!r} has no transect, so there is no estimate for it and none for `all`"]
    share = math.fsum(areas) / area
    if full_count and abs(share - 1) > 0.02:
        return [
            f"stratum {name!r} is counted as if all of it was searched, but the areas searched are {share:.0%} of it"
        ]
    if not full_count and len(areas) == 1:
        return [f"stratum {name!r} has one transect, so its SE is undefined, and so is the SE of `all`"]
    return []


def _unseen(row: Estimate) -> bool:
    return row.stratum == ALL and row.estimate == 0 and row.n > 0


def _some(names: Sequence[str]) -> str:
    return ", ".join(map(repr, names[:8])) + (", ..." if len(names) > 8 else "")
