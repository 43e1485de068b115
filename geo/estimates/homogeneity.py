"""Tests whether a detector works alike in several strata: its false alarms a photo, and its recall.

In stratum h, the reviewed photos give the false alarms a photo, b_h, and the recall, r_h. Each reviewed photo stands
for w photos of its kind (called positive or empty), w = M / m:

    b_h = sum w (x - p) / sum w,      r_h = sum w p / sum w u

If the detector is the same everywhere, then

    X^2 = sum (b_h - b)^2 / Var(b_h) + sum (r_h - r)^2 / Var(r_h)

with the means b and r weighted by 1 / Var follows the chi-square distribution with 2 (H - 1) degrees of freedom (Wald's
test; a stratum without animals in its reviewed photos has no r_h, which is one degree less). The variances are those
between photos (Cochran 1977, 5.3 and 6.4), and at least those of a Poisson count of false alarms and of a binomial
number of found animals. Otherwise a stratum without a false alarm would be certain to have none.

A test of few photos finds no difference, whatever there is. Strata are pooled only if they cannot be corrected apart.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.estimates.correction import Photos

__all__ = ["Detector", "Homogeneity", "chi2_tail", "detector_of", "homogeneity"]

LEVEL = 0.1  # below this p-value the strata count as unlike
_NOTHING_KNOWN = 1 / 12  # the variance of a recall that may be anything from 0 to 1


@dataclass(frozen=True, eq=False)
class Detector:
    """How a detector works for one class, by the reviewed photos. Numbers are NaN if these cannot tell.

    Attributes:
        false_alarms: b, false boxes a photo.
        recall: r, the share of the animals that have a box.
        covariance: (2, 2) float64, of b and r as a property of the detector, not only of the searched photos.
        least: (2,) float64, the smallest variances of b and r that so few photos and animals can have.
    """

    false_alarms: float
    recall: float
    covariance: NDArray[np.float64]
    least: NDArray[np.float64]

    @property
    def known(self) -> bool:
        """Whether both numbers are known."""
        return bool(np.isfinite([self.false_alarms, self.recall, *self.covariance.ravel()]).all())

    @property
    def unknown(self) -> tuple[float, float]:
        """The variances of b and r with which they are known, at most that of a recall of which nothing is known."""
        b, r = np.fmax(np.diag(self.covariance), self.least)
        return float(b) if b == b else 0.0, float(np.fmin(r, _NOTHING_KNOWN))


@dataclass(frozen=True)
class Homogeneity:
    """The test. strata: H, how many were compared; p: the p-value, NaN if fewer than two could be compared."""

    strata: int
    chi2: float
    p: float

    @property
    def alike(self) -> bool:
        """Whether no difference was found."""
        return self.p >= LEVEL


def detector_of(photos: Sequence[Photos], k: int) -> Detector:
    """The detector in class k, by the reviewed photos of one stratum, or of several with one detector.

    If photos of a kind exist but none was reviewed, it is not known. The recall is not known if no animal was seen.
    """
    weights, groups, x, p, u = _weighed(photos, k)
    nan = math.nan
    unknown = Detector(nan, nan, np.full((2, 2), nan), np.full(2, nan))
    if weights is None:
        return unknown
    total, shown = float(weights.sum()), float(weights @ u) or nan
    b, r = float(weights @ (x - p)) / total, float(weights @ p) / shown
    residual = np.column_stack([(x - p - b) / total, (p - r * u) / shown])
    covariance = np.zeros((2, 2))
    for group, size in groups:
        m = int(group.sum())
        if m < 2:
            return unknown
        covariance += size**2 / m * np.cov(residual[group].T)
    # Weights that differ lower the number of photos and animals that the review is worth (Kish 1965).
    worth = total**2 / float(weights @ weights)
    animals = shown * worth / total
    least = np.array([max(b, 1 / worth) / worth, max(r * (1 - r), 0.25 / max(animals, 1)) / max(animals, 1)])
    return Detector(b, r, covariance, least)


def _weighed(
    photos: Sequence[Photos], k: int
) -> tuple[
    NDArray[np.float64] | None,
    list[tuple[NDArray[np.bool_], int]],
    NDArray[np.float64],
    NDArray[np.float64],
    NDArray[np.float64],
]:
    """The weights of the reviewed photos, their groups with the groups' sizes, and boxes, right boxes and animals.

    The weights are None if a group has no reviewed photo.
    """
    columns: list[NDArray[np.float64]] = []
    weights: list[NDArray[np.float64]] = []
    codes: list[NDArray[np.int64]] = []
    sizes: list[int] = []
    for one in photos:
        for members in (one.positive, one.empty):
            seen = members & one.reviewed
            if not members.any():
                continue
            if not seen.any():
                return None, [], *(np.zeros(0),) * 3
            weights.append(np.full(int(seen.sum()), members.sum() / seen.sum()))
            codes.append(np.full(int(seen.sum()), len(sizes)))
            sizes.append(int(members.sum()))
            columns.append(np.column_stack([one.detected[seen, k], one.right[seen, k], one.animals[seen, k]]))
    if not sizes:
        return None, [], *(np.zeros(0),) * 3
    x, p, u = np.concatenate(columns).astype(np.float64).T
    code = np.concatenate(codes)
    return np.concatenate(weights), [(code == i, size) for i, size in enumerate(sizes)], x, p, u


def homogeneity(detectors: Sequence[Detector]) -> Homogeneity:
    """Test whether the detectors of the strata are one. What is not known of a stratum is left out."""
    value = np.array([(one.false_alarms, one.recall) for one in detectors])
    variance = np.array([np.maximum(np.diag(one.covariance), one.least) for one in detectors])
    chi2, df = 0.0, 0
    for column in (0, 1):
        known = np.isfinite(value[:, column] + variance[:, column])
        if known.sum() < 2:
            continue
        of, weight = value[known, column], 1 / variance[known, column]
        chi2 += float(weight @ (of - weight @ of / weight.sum()) ** 2)
        df += int(known.sum()) - 1
    compared = int(np.isfinite(value[:, 0] + variance[:, 0]).sum())
    return Homogeneity(compared, chi2, chi2_tail(chi2, df)) if df else Homogeneity(compared, math.nan, math.nan)


def chi2_tail(chi2: float, df: int) -> float:
    """P(X > chi2) for the chi-square distribution with `df` degrees of freedom.

    Abramowitz and Stegun (1964), 26.4.4 and 26.4.5.
    """
    if df % 2:
        tail, term = math.erfc(math.sqrt(chi2 / 2)), math.sqrt(2 * chi2 / math.pi) * math.exp(-chi2 / 2)
    else:
        tail, term = 0.0, math.exp(-chi2 / 2)
    for k in range(df % 2, df, 2):
        tail += term
        term *= chi2 / (k + 2)
    return min(tail, 1.0)
