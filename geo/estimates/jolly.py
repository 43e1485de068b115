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
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.estimates.intervals import BOUND, CONFIDENCE, unseen_herds
from geo.estimates.population import Estimate, Estimates
from geo.estimates.transects import ALL, Strata, Transects
from geo.short_number import short_number
from geo.tables import TableError

__all__ = [
    "Design",
    "Estimate",
    "Estimates",
    "Ratio",
    "bootstrap",
    "estimate",
    "jolly",
    "percentiles",
    "satterthwaite",
    "total",
]

_HARDLY_ANY = 1e-4  # surveys search 1 to 20 % of a stratum; this share is a mistake of units
_TOUCHING = 1e-6  # transects may be larger than their stratum by this share, from rounding
_FEW_HERDS = 6  # below, the CV is more than about 40 %, and the SE itself hardly known
_AT_ONCE = 1 << 21  # bounds the memory of the bootstrap

Design = Literal["random", "systematic"]
"""How the transects were chosen: each at random, or at equal distances from a random start."""

JOLLY = """\
Jolly's Method 2, transects of unequal size (Jolly 1969): y animals on z km2 of n transects out of N, stratum of Z km2
  R = sum y / sum z     Y = Z R     N = n Z / sum z, or the strata file's column `transects`
{variance}
  95 % CI = Y +- t SE; log-normal if the CV is above 20 %, or if that ends below the count (Buckland et al. 2015),
  with fewer degrees of freedom where few transects have most of the animals, by the kurtosis of the residuals;
  if nothing was seen, at most log(0.05) / log(1 - searched share) herds
  all: estimates and variances of the strata added, t with Satterthwaite's (1946) degrees of freedom"""
_VARIANCE: dict[Design, str] = {
    "random": """\
  Assumed design: transects drawn at random
  Var(Y) = N (N - n) / n * (s_y^2 - 2 R s_zy + R^2 s_z^2), n - 1 degrees of freedom""",
    "systematic": """\
  Assumed design: transects at equal distances, in order; differences of neighbours (Fewster et al. 2009, O2)
  Var(Y) = N (N - n) / n * 2 / (n - 1) * sum (z z' / (z + z'))^2 (y / z - y' / z')^2, 2 (n - 1)^2 / (3 n - 4) df""",
}
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
        df: Its degrees of freedom; NaN for n = 1.
        df_log_normal: Those for a log-normal interval: fewer where few transects have most of the animals.
        spread: The residual variance of a count, divided by the mean count: how many animals stand together. NaN for n
            = 1, or if none was counted.
    """

    n: int
    n_possible: float
    ratio: float
    estimate: float
    variance: float
    df: float
    df_log_normal: float
    spread: float


# ---- one stratum ----------------------------------------------------------------------------


def jolly(
    y: ArrayLike, z: ArrayLike, area_km2: float, n_possible: float | None = None, design: Design = "random"
) -> Ratio:
    """Jolly's Method 2 for one stratum. With one transect, there is an estimate, but its variance is undefined.

    Transects at equal distances are more alike if they are neighbours. Then the variance of a random sample is too
    large. With the systematic design it is made of the differences of neighbours: Fewster, R. M. et al. 2009,
    Estimating the encounter rate variance in distance sampling, Biometrics 65, 225-236, the estimator O2; see also
    Fewster, R. M. 2011, Variance estimation for systematic designs in spatial surveys, Biometrics 67, 1518-1531.

    Args:
        y: (n,) the counts; for the systematic design, in the order in which the transects lie.
        z: (n,) the areas of the transects, km2.
        area_km2: The area of the stratum, Z.
        n_possible: N; by default n Z / sum z.
        design: How the transects were chosen.

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
    if n == 1:
        return Ratio(n, possible, ratio, area_km2 * ratio, *[math.nan] * 4)
    # s_y^2 - 2 R s_zy + R^2 s_z^2 is the variance of y - R z, which has mean 0. So no large numbers are subtracted.
    off = counts - ratio * areas
    s2, df = math.fsum(off * off) / (n - 1), n - 1.0
    spread = s2 * n / math.fsum(counts) if ratio > 0 else math.nan
    if design == "systematic":
        s2, df = _of_neighbours(counts, areas), 2 * (n - 1) ** 2 / (3 * n - 4)
    variance = possible * (possible - n) / n * s2
    return Ratio(n, possible, ratio, area_km2 * ratio, variance, df, _df_with_tails(df, off), spread)


def _df_with_tails(df: float, off: NDArray[np.float64]) -> float:
    """The degrees of freedom of a variance of n numbers whose distribution may have long tails.

    A sample variance varies by 2 / (n - 1) + k / n of its square, for the excess kurtosis k (Cramer 1946, Mathematical
    Methods of Statistics, 27.4.2). Satterthwaite's degrees of freedom are 2 / that. If one of 24 transects has most of
    the animals, the variance is known as if from a few transects.
    """
    square = float((off**2).mean())
    kurtosis = float((off**4).mean()) / square**2 - 3 if square > 0 else 0.0
    return 2 / (2 / df + max(0.0, kurtosis) / len(off))


def _of_neighbours(y: NDArray[np.float64], z: NDArray[np.float64]) -> float:
    """What stands for the residual variance of a count, from the differences of neighbours (O2 of Fewster et al.)."""
    weight = z[1:] * z[:-1] / (z[1:] + z[:-1])
    return 2 / (len(y) - 1) * math.fsum((weight * np.diff(y / z)) ** 2)


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
    transects: Transects,
    strata: Strata,
    *,
    full_count: bool = False,
    design: Design = "random",
    replicates: int = 10_000,
    seed: int = 0,
) -> Estimates:
    """The estimates of every class in every stratum and in `all`.

    If a stratum has no transects, it has no estimate, and `all` has none.

    Args:
        transects: The transects.
        strata: The strata.
        full_count: All ground was searched, so the estimates are sums.
        design: How the transects were chosen.
        replicates: Of the bootstrap, which is for transects drawn at random; 0 for none.
        seed: The random seed of the bootstrap.

    Raises:
        TableError: A transect is in an unknown stratum, or numbers are impossible (see `jolly`).
    """
    unknown = sorted(set(transects.stratum) - set(strata.names))
    if unknown:
        raise TableError(f"stratum {unknown[0]!r} of the transects is not among the strata: {_some(strata.names)}")
    classes = transects.classes
    replicates = 0 if full_count or design != "random" else replicates
    here = [_Stratum.of(transects, strata, index) for index in range(len(strata.names))]
    warnings = [*transects.warnings, *strata.warnings]
    for one in here:
        warnings += _remarks(one, full_count)
    drawn = [_drawn(one, len(classes), replicates, (seed, index)) for index, one in enumerate(here)]
    by_class = []
    for k, kind in enumerate(classes):
        found = [one.full(k) if full_count else one.sampled(k, design) for one in here]
        if not full_count:
            found = _with_bounds(found, [one.counts[:, k] for one in here], [one.areas for one in here])
        found = [replace(row, class_name=kind) for row in found]
        parts = [sample[:, k] for sample in drawn]
        by_class.append(list(zip([*found, total(found)], [*parts, np.sum(parts, axis=0)], strict=True)))
    # Stratum by stratum, and last the sums.
    each = [by_class[k][h] for h in range(len(here) + 1) for k in range(len(classes))]
    rows = [_with(row, part) for row, part in each]
    spread = np.array([part for _, part in each]) if replicates else None
    warnings += [f"no {row.class_name!r} was seen: its upper bound is for single animals" for row in rows if _none(row)]
    method = FULL_COUNT if full_count else JOLLY.format(variance=_VARIANCE[design])
    if replicates:
        method += "\n" + BOOTSTRAP.format(replicates=replicates, seed=seed)
    return Estimates(tuple(rows), method, tuple(warnings), spread)


@dataclass(frozen=True, eq=False)
class _Stratum:
    """One stratum with its transects, in the order in which they lie.

    Attributes:
        name: Its name.
        area: km2.
        possible: N; None if the area decides it.
        counts: (n, C) float64.
        areas: (n,) float64, km2.
    """

    name: str
    area: float
    possible: float | None
    counts: NDArray[np.float64]
    areas: NDArray[np.float64]

    @classmethod
    def of(cls, transects: Transects, strata: Strata, index: int) -> "_Stratum":
        name, given = strata.names[index], float(strata.transects[index])
        members = np.flatnonzero(np.array([*transects.stratum, None], object)[:-1] == name)
        if transects.place is not None:
            members = members[np.argsort(transects.place[members], kind="stable")]
        possible = None if math.isnan(given) else given
        area = float(strata.area_km2[index])
        return cls(name, area, possible, transects.counts[members], transects.area_km2[members])

    def full(self, k: int) -> Estimate:
        """The sum of class k, with all ground searched."""
        n, searched = len(self.areas), math.fsum(self.areas)
        if n == 0:
            return self.unknown()
        counted = math.fsum(self.counts[:, k])
        return Estimate(self.name, "", n, n, self.area, counted, 0.0, math.inf, searched, counted=counted)

    def unknown(self) -> Estimate:
        """A row without an estimate: there is no transect."""
        nan = math.nan
        return Estimate(self.name, "", 0, nan, self.area, nan, nan, nan, 0.0, interval="")

    def sampled(self, k: int, design: Design) -> Estimate:
        """The estimate of class k from a sample of the ground."""
        if len(self.areas) == 0:
            return self.unknown()
        try:
            found = jolly(self.counts[:, k], self.areas, self.area, self.possible, design)
        except TableError as error:
            raise TableError(f"stratum {self.name!r}: {error}", about=error.about) from error
        return Estimate(
            stratum=self.name,
            class_name="",
            n=found.n,
            n_possible=found.n_possible,
            area_km2=self.area,
            estimate=found.estimate,
            se=math.sqrt(found.variance),
            df=found.df,
            df_log_normal=found.df_log_normal,
            searched_km2=math.fsum(self.areas),
            counted=math.fsum(self.counts[:, k]),
            se_transects=math.sqrt(found.variance),
            remarks=_of_few(found, math.fsum(self.counts[:, k])),
        )


def _of_few(found: Ratio, counted: float) -> tuple[str, ...]:
    """Remarks on an estimate from few transects, or from few herds."""
    said: tuple[str, ...] = ()
    if found.n in (2, 3):
        said += (f"{found.n} transects only, so the SE is hardly known",)
    if counted > 0 and found.n > 1 and found.n_possible > found.n and not found.variance > 0:
        said += ("the transects have one density, so the SE is 0: by chance, as other transects would differ",)
    herds = counted / found.spread if found.spread > 0 else math.inf
    if found.n > 3 and herds < _FEW_HERDS:
        said += (f"the count varies as if about {max(1, round(herds))} herds made it up, so the SE is hardly known",)
    return said


def _drawn(one: _Stratum, classes: int, replicates: int, seed: tuple[int, int]) -> NDArray[np.float64]:
    """(B, C) the bootstrap of a stratum. Strata are drawn independently, the classes of one stratum together."""
    if replicates == 0 or len(one.areas) == 0:
        return np.full((replicates, classes), math.nan)
    possible = len(one.areas) * one.area / math.fsum(one.areas) if one.possible is None else one.possible
    return bootstrap(one.counts, one.areas, one.area, possible, np.random.default_rng(seed), replicates)


def _with_bounds(
    rows: Sequence[Estimate], counts: Sequence[NDArray[np.float64]], areas: Sequence[NDArray[np.float64]]
) -> list[Estimate]:
    """The rows of one class, with an upper bound for each stratum where it was not seen.

    How many stand together is known from the strata where it was seen.
    """
    spreads = [
        (one.spread * one.n * one.ratio, one.n * one.ratio)
        for y, z in zip(counts, areas, strict=True)
        if len(z) > 1 and y.sum() > 0
        for one in [jolly(y, z, 2 * math.fsum(z))]
    ]
    together = max(1.0, sum(a for a, _ in spreads) / sum(b for _, b in spreads)) if spreads else 1.0
    return [
        replace(row, unseen=together * unseen_herds(row.searched_share)) if row.estimate == 0 else row for row in rows
    ]


def _with(row: Estimate, spread: NDArray[np.float64]) -> Estimate:
    low, high = percentiles(spread)
    return replace(row, bootstrap_low=low, bootstrap_high=high).with_interval()


def total(
    rows: Sequence[Estimate], variance: float | None = None, df: float | None = None, df_log: float | None = None
) -> Estimate:
    """The sum over strata, which were sampled independently.

    variance, df, df_log: Of the sum; by default the sum of the variances, and Satterthwaite's.
    """
    # Where none was seen, the variance says nothing, and an upper bound stands for it.
    variances = [0.0 if row.estimate == 0 and row.unseen else row.se**2 for row in rows]
    dfs = [row.df for row in rows]

    def add(name: str) -> float:
        value = math.fsum(getattr(row, name) for row in rows)
        return math.nan if math.isnan(value) else value  # the one NaN, so that equal rows are equal

    return Estimate(
        stratum=ALL,
        class_name=rows[0].class_name,
        n=sum(row.n for row in rows),
        n_possible=add("n_possible"),
        area_km2=add("area_km2"),
        estimate=add("estimate"),
        se=math.sqrt(math.fsum(variances) if variance is None else variance),
        df=satterthwaite(variances, dfs) if df is None else df,
        df_log_normal=satterthwaite(variances, [row.log_df for row in rows]) if df_log is None else df_log,
        searched_km2=add("searched_km2"),
        counted=add("counted"),
        boxes=add("boxes"),
        reviewed=add("reviewed"),
        unseen=math.hypot(*(row.unseen for row in rows)),
        se_transects=math.sqrt(math.fsum(row.se_transects**2 for row in rows)),
        design=rows[0].design,  # this and the next two are the same in all strata
        made_at=rows[0].made_at,
        version=rows[0].version,
        remarks=tuple(dict.fromkeys(f"{row.stratum}: {text}" for row in rows for text in row.remarks)),
    )


def percentiles(spread: NDArray[np.float64]) -> tuple[float, float]:
    """The ends of the middle 95 % of a bootstrap; NaN without one, or if one of its estimates is unknown."""
    if len(spread) == 0 or bool(np.isnan(spread).any()):
        return math.nan, math.nan
    low, high = np.quantile(spread, [0.5 - CONFIDENCE / 2, 0.5 + CONFIDENCE / 2])
    return float(low), float(high)


def _remarks(one: _Stratum, full_count: bool) -> list[str]:
    n, share = len(one.areas), math.fsum(one.areas) / one.area
    if n == 0:
        return [f"stratum {one.name!r} has no transect, so there is no estimate for it and none for `all`"]
    if full_count and abs(share - 1) > 0.02:
        return [
            f"stratum {one.name!r} is counted as if all of it was searched, but the areas searched are {share:.0%} of "
            "it"
        ]
    said = []
    if share < _HARDLY_ANY:
        said.append(
            f"stratum {one.name!r}: its transects cover {short_number(math.fsum(one.areas), 3)} of "
            f"{short_number(one.area, 3)} km2, which is hardly anything; check that all areas are in km2"
        )
    if not full_count and n == 1:
        said.append(f"stratum {one.name!r} has one transect, so its SE is undefined, and so is the SE of `all`")
    return said


def _none(row: Estimate) -> bool:
    return row.stratum == ALL and row.interval == BOUND


def _some(names: Sequence[str]) -> str:
    return ", ".join(map(repr, names[:8])) + (", ..." if len(names) > 8 else "")
