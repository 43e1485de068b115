"""Corrects counts for misses and false alarms, with photos that a person reviewed.

The method is two-phase (double) sampling. The detector searches all photos. A person reviews a random sample of them,
drawn separately from the photos in which the detector found something (positive) and from those in which it found
nothing (empty). In class c, photo i has x_i detections, of which p_i are right, and u_i animals. A group has M photos,
of which m are reviewed:

    positive:  T1 = X sum u / sum x       (X: all detections; a ratio, since x is known for every photo)
    empty:     T0 = M0 mean(u)
    animals in the photos  T = T1 + T0,   precision P = sum p / sum x,   recall = P X / T
    factor  k = T / X = precision / recall
    Var(T) = sum over the two groups of M^2 (1 - m / M) s^2 / m,  s^2 the variance of u - (T1 / X) x, or of u

(Cochran, W. G. 1977, Sampling Techniques, 3rd ed., 5.3 and 6.4. The SE of P and of the recall are from the same
residuals, linearised: the delta method.) A corrected estimate is k Y. Its error has two parts: not all transects were
searched, and not all searched photos were reviewed. All strata have the same factor, so the second part is the same
error in all of them:

    Var(k Y_h) = A Var(Y_h) + Y_h^2 Var(k),   Cov(k Y_g, k Y_h) = Y_g Y_h Var(k)
    Var(k sum Y) = A sum Var(Y_h) + (sum Y)^2 Var(k)

The first part needs the variance of animals, but Var(Y_h) is the variance of boxes. In the reviewed photos, boxes
follow animals as x = a + b u + e, where e has the variance e2 (least squares; each group is weighted by M / m). So the
variance of a transect's boxes is b^2 times the variance of its animals, plus e2 for each photo:

    A = q / b^2,   q = 1 - (e2 photos a transect's share) / Var(Y),  and at least b^2 var(u) / var(x) of single photos

(This is the variance of the true variable of a structural relation, if the variance of the errors is known: Fuller, W.
A. 1987, Measurement Error Models, 1.2.) If all boxes are right and no animal is missed, A = k = 1. With k^2 instead of
A, the variance would be too small if there are many false alarms. They are everywhere, so boxes vary less than herds
do.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geo.estimates.jolly import Estimate, Estimates, satterthwaite
from geo.estimates.transects import ALL
from geo.tables import TableError

__all__ = ["Factor", "Group", "Photos", "corrected", "draw", "factors", "photos_needed"]

CORRECTED = """\
Corrected for misses and false alarms by a factor from reviewed photos (double sampling, Cochran 1977)
  k = precision / recall     Y' = k Y     Var(Y') = A Var(Y) + Y^2 Var(k), A: from the variance of boxes to animals
  all: all strata have the same factor, so its part is (sum Y)^2 Var(k); t with Satterthwaite's degrees of freedom"""


@dataclass(frozen=True, eq=False)
class Photos:
    """M photos that the detector searched, and the review of some of them. Raises TableError if shapes or numbers
    cannot be.

    Attributes:
        detected: (M, C) int64, the detector's boxes of each class.
        right: (M, C) int64, how many of them are animals of that class.
        animals: (M, C) int64, the animals of the class in the photo.
        reviewed: (M,) bool. In photos that are not reviewed, `right` and `animals` are ignored.
        classes: C names.
    """

    classes: tuple[str, ...]
    detected: NDArray[np.int64]
    right: NDArray[np.int64]
    animals: NDArray[np.int64]
    reviewed: NDArray[np.bool_]

    def __post_init__(self) -> None:
        shape = (len(self.reviewed), len(self.classes))
        for name in ("detected", "right", "animals"):
            if getattr(self, name).shape != shape:
                raise TableError(f"photos: {name} of shape {getattr(self, name).shape}, expected {shape}")
        seen = self.reviewed
        if bool(np.any(self.right[seen] > np.minimum(self.detected[seen], self.animals[seen]))):
            raise TableError("photos: more right detections than detections, or than animals")

    @property
    def positive(self) -> NDArray[np.bool_]:
        """(M,) bool: whether the detector found anything of any class."""
        return np.asarray(self.detected.sum(axis=1) > 0)


@dataclass(frozen=True)
class Group:
    """The positive photos, or the empty ones.

    Attributes:
        photos: How many there are.
        reviewed: How many of them are reviewed.
        spread: s, the standard deviation, over photos, of the animals that the detector does not account for; NaN if
            unknown.
    """

    photos: int
    reviewed: int
    spread: float

    @property
    def variance(self) -> float:
        """The variance of the estimated number of animals in the group."""
        if self.reviewed == self.photos:
            return 0.0
        if self.reviewed < 2:
            return math.nan
        return self.photos**2 * (1 - self.reviewed / self.photos) * self.spread**2 / self.reviewed


@dataclass(frozen=True)
class Factor:
    """How good the detector is for one class, by the review. Numbers are NaN if the reviewed photos cannot tell.

    factor = animals / detections = precision / recall.

    Attributes:
        class_name: The class.
        detections: In all photos.
        animals: The estimated number in all photos.
        animals_se: Its SE.
        df: The degrees of freedom of the SE.
        precision: A share.
        precision_se: Its SE.
        recall: A share.
        recall_se: Its SE.
        positive: The photos in which something was found.
        empty: The photos in which nothing was found.
        boxes_per_animal: b, in x = a + b u + e: how boxes x follow animals u from photo to photo.
        noise: The variance of e.
        signal: The share of b u in the variance of x.
    """

    class_name: str
    detections: int
    animals: float
    animals_se: float
    df: float
    precision: float
    precision_se: float
    recall: float
    recall_se: float
    positive: Group
    empty: Group
    boxes_per_animal: float
    noise: float
    signal: float

    @property
    def factor(self) -> float:
        """k: animals / detections; NaN without detections."""
        return self.animals / self.detections if self.detections else math.nan

    @property
    def factor_se(self) -> float:
        """The SE of the factor; NaN without detections."""
        return self.animals_se / self.detections if self.detections else math.nan

    @property
    def cv(self) -> float:
        """SE / factor, as a share."""
        return self.animals_se / self.animals if self.animals > 0 else math.nan


def draw(
    positive: NDArray[np.bool_], wanted: tuple[int, int], seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Draw photos to review: indices of positive photos and of empty photos, in random order.

    If the review goes from the front and stops anywhere, the reviewed photos are a random sample. A larger draw from
    the same photos with the same seed continues a smaller one.

    Args:
        positive: (M,) bool, whether the photo is positive.
        wanted: How many positive and how many empty photos.
        seed: The random seed.
    """
    rng = np.random.default_rng(seed)
    groups = (np.flatnonzero(positive), np.flatnonzero(~positive))
    first, second = (rng.permutation(group)[:number] for group, number in zip(groups, wanted, strict=True))
    return first, second


def factors(photos: Photos) -> tuple[Factor, ...]:
    """The precision, the recall and the factor of every class, with their SE."""
    groups = (photos.positive, ~photos.positive)
    return tuple(_factor(name, photos, k, *groups) for k, name in enumerate(photos.classes))


def _factor(name: str, photos: Photos, k: int, positive: NDArray[np.bool_], empty: NDArray[np.bool_]) -> Factor:
    x, p, u = (np.asarray(a[:, k], np.float64) for a in (photos.detected, photos.right, photos.animals))
    seen, seen_empty = positive & photos.reviewed, empty & photos.reviewed
    detections = x[positive].sum()
    shown = x[seen].sum()
    nan = math.nan
    per_box = u[seen].sum() / shown if shown else nan if detections else 0.0
    precision = p[seen].sum() / shown if shown else nan
    # If the detector found nothing of a class, both groups are estimated by their mean.
    mean = u[seen].mean() if seen.any() else nan if positive.any() else 0.0
    in_positive = detections * per_box if detections else positive.sum() * mean
    in_empty = empty.sum() * (u[seen_empty].mean() if seen_empty.any() else nan) if empty.any() else 0.0
    animals = in_positive + in_empty
    recall = precision * detections / animals if animals > 0 else nan

    def group(members: NDArray[np.bool_], reviewed: NDArray[np.bool_], residual: NDArray[np.float64]) -> Group:
        m = int(reviewed.sum())
        return Group(int(members.sum()), m, float(np.std(residual, ddof=1)) if m > 1 else nan)

    groups = (
        group(positive, seen, u[seen] - per_box * x[seen] if detections else u[seen]),
        group(empty, seen_empty, u[seen_empty]),
    )
    variances = [g.variance for g in groups]
    right = group(positive, seen, p[seen] - precision * x[seen])
    # recall = P X / T: its residual is that of P X minus recall times that of T.
    off_right = p[seen] - precision * x[seen] - recall * (u[seen] - per_box * x[seen])
    recall_parts = (group(positive, seen, off_right), group(empty, seen_empty, recall * u[seen_empty]))
    return Factor(
        class_name=name,
        detections=int(detections),
        animals=float(animals),
        animals_se=math.sqrt(math.fsum(variances)),
        df=satterthwaite(variances, [max(g.reviewed - 1, 1) for g in groups]),
        precision=float(precision),
        precision_se=math.sqrt(right.variance) / detections if detections else nan,
        recall=float(recall),
        recall_se=math.sqrt(math.fsum(g.variance for g in recall_parts)) / animals if animals > 0 else nan,
        positive=groups[0],
        empty=groups[1],
        **_structure(x, u, ((positive, seen), (empty, seen_empty))),
    )


def _structure(
    x: NDArray[np.float64],
    u: NDArray[np.float64],
    groups: Sequence[tuple[NDArray[np.bool_], NDArray[np.bool_]]],
) -> dict[str, float]:
    """The line of x on u over the reviewed photos. Each stands for several photos of its group."""
    weight = np.zeros(len(x))
    for members, reviewed in groups:
        weight[reviewed] = members.sum() / max(reviewed.sum(), 1)
    weight /= max(weight.sum(), 1.0)
    off_x, off_u = x - weight @ x, u - weight @ u
    var_x, var_u = float(weight @ off_x**2), float(weight @ off_u**2)
    b = float(weight @ (off_x * off_u)) / var_u if var_u > 0 else math.nan
    if not b > 0:
        return {"boxes_per_animal": math.nan, "noise": math.nan, "signal": math.nan}
    signal = b * b * var_u / var_x
    return {"boxes_per_animal": b, "noise": var_x * (1 - signal), "signal": signal}


def corrected(estimates: Estimates, found: Sequence[Factor]) -> Estimates:
    """The estimates, multiplied by the factor of their class. Their variance includes the factor's.

    A class with an unknown factor has no corrected estimate. Corrected estimates have no bootstrap.
    """
    factor_of = {factor.class_name: factor for factor in found}
    warnings = list(estimates.warnings)
    rows = []
    for row in estimates.rows:
        factor = factor_of.get(row.class_name)
        strata = [r for r in estimates.rows if r.class_name == row.class_name and r.stratum != ALL]
        k, k_se, k_df = (factor.factor, factor.factor_se, factor.df) if factor else (math.nan, math.nan, math.nan)
        sampled = _sampled(factor, strata) if factor else math.nan
        # The variance of the sum is split again, because each stratum has its own degrees of freedom.
        parts = strata if row.stratum == ALL else [row]
        variances = [*(sampled * part.se**2 for part in parts), (row.estimate * k_se) ** 2]
        df = satterthwaite(variances, [*(part.df for part in parts), k_df])
        rows.append(_times(row, k, math.sqrt(math.fsum(variances)), df))
        if row.stratum == ALL:
            warnings += _remarks(row.class_name, factor)
    return Estimates(tuple(rows), f"{estimates.method}\n{CORRECTED}", tuple(warnings))


def _sampled(factor: Factor, strata: Sequence[Estimate]) -> float:
    """A: the factor from the variance of the boxes' estimates to that of the animals' (see the module)."""
    searched = math.fsum(row.searched_km2 for row in strata)
    if math.isnan(factor.boxes_per_animal) or not searched:
        return factor.factor**2
    on_transects = math.fsum(row.estimate / row.area_km2 * row.searched_km2 for row in strata if row.n)
    photos = factor.positive.photos + factor.empty.photos
    # Only the photos on the transects: the same share of the photos as the transects have of the boxes.
    photos_per_km2 = photos * on_transects / factor.detections / searched
    noise, total = 0.0, 0.0
    for row in strata:
        if row.n > 1 and row.se > 0:
            a_transect = factor.noise * photos_per_km2 * row.searched_km2 / row.n
            noise += row.n_possible * (row.n_possible - row.n) / row.n * a_transect
            total += row.se**2
    share = max(factor.signal, 1 - noise / total) if total else 1.0
    return share / factor.boxes_per_animal**2


def _times(row: Estimate, k: float, se: float, df: float) -> Estimate:
    return replace(row, estimate=k * row.estimate, se=se, df=df, bootstrap_low=math.nan, bootstrap_high=math.nan)


def _remarks(name: str, factor: Factor | None) -> list[str]:
    if factor is None or math.isnan(factor.factor):
        return [
            f"{name!r}: its precision and recall are unknown from the reviewed photos; review more photos of both kinds"
        ]
    if math.isnan(factor.animals_se):
        return [
            f"{name!r}: fewer than two reviewed photos of one kind, so the correction has no SE; review more photos"
        ]
    empty = factor.empty
    if 0 < empty.reviewed < empty.photos and empty.spread == 0:
        # If none of m random photos has one, at most this share has, with 95 % confidence (Clopper and Pearson 1934).
        share = 1 - 0.05 ** (1 / empty.reviewed)
        return [
            f"{name!r}: none was found in the {empty.reviewed} reviewed photos of {empty.photos} photos called empty; "
            f"up to {share:.1%} of those may still have some (95 %), and the SE does not include them"
        ]
    return []


def photos_needed(factor: Factor, cv: float) -> tuple[int, int] | None:
    """How many more photos to review, positive and empty, until the SE of the factor is `cv` times the factor.

    The total is the smallest possible: m_h in proportion to M_h s_h (Neyman's allocation), and m = (sum M s)^2 / (V +
    sum M s^2) for a variance V (Cochran 1977, 5.5 and 5.9). Photos that are reviewed already count. None if the spread
    in the groups is not known yet.

    Raises:
        TableError: `cv` is not positive.
    """
    if not cv > 0:
        raise TableError(f"a precision of {cv:g}: expected more than 0")
    groups = (factor.positive, factor.empty)
    if math.isnan(factor.animals_se) or not factor.animals > 0:
        return None
    wished = (cv * factor.animals) ** 2
    if factor.animals_se**2 <= wished:
        return 0, 0
    spreads = [g.photos * (0.0 if math.isnan(g.spread) else g.spread) for g in groups]  # NaN only for one photo
    given_back = sum(s * s / g.photos for s, g in zip(spreads, groups, strict=True) if g.photos)
    least = [g.reviewed for g in groups]
    total = sum(spreads) ** 2 / (wished + given_back)
    numbers = [total * s / sum(spreads) for s in spreads]
    for i, j in ((0, 1), (1, 0)):
        bound = min(max(numbers[i], least[i]), groups[i].photos)
        if bound != numbers[i]:  # this group already has its number, or is complete: the other gets the rest
            left = wished + given_back - (spreads[i] ** 2 / bound if bound else 0.0)
            numbers[i] = bound
            numbers[j] = spreads[j] ** 2 / left if left > 0 else groups[j].photos
    more = [
        min(max(math.ceil(m - 1e-9), g.reviewed), g.photos) - g.reviewed for m, g in zip(numbers, groups, strict=True)
    ]
    return more[0], more[1]
