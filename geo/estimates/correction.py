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

Photos that people had searched completely before the draw are no part of it: their animals are known. Usually they were
chosen for their animals, so no random photo may stand for them, and they for none. They are added as they are:

    T = T1 + T0 + U,   U = sum u over these photos,   with X, M and M0 without them in T1 and T0

(Cochran, W. G. 1977, Sampling Techniques, 3rd ed., 5.3 and 6.4. The SE of P and of the recall are from the same
residuals, linearised: the delta method.) How estimates are corrected by it is in `geo.estimates.by_place`.

In the reviewed photos, boxes follow animals as x = a + b u + e, where e has the variance e2 (least squares; each group
is weighted by M / m).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.estimates.jolly import satterthwaite
from geo.tables import TableError

__all__ = ["Factor", "Group", "Photos", "draw", "factor_of", "factors"]


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
        known: (M,) bool, the reviewed photos that were searched before the draw and are no part of it; by default none.
    """

    classes: tuple[str, ...]
    detected: NDArray[np.int64]
    right: NDArray[np.int64]
    animals: NDArray[np.int64]
    reviewed: NDArray[np.bool_]
    known: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))

    def __post_init__(self) -> None:
        shape = (len(self.reviewed), len(self.classes))
        if not len(self.known):
            object.__setattr__(self, "known", np.zeros(len(self.reviewed), bool))
        if self.known.shape != self.reviewed.shape or bool(np.any(self.known & ~self.reviewed)):
            raise TableError("photos: those that are known must be among the reviewed ones")
        for name in ("detected", "right", "animals"):
            if getattr(self, name).shape != shape:
                raise TableError(f"photos: {name} of shape {getattr(self, name).shape}, expected {shape}")
        seen = self.reviewed
        if bool(np.any(self.right[seen] > np.minimum(self.detected[seen], self.animals[seen]))):
            raise TableError("photos: more right detections than detections, or than animals")

    @property
    def positive(self) -> NDArray[np.bool_]:
        """(M,) bool: the photos to draw from in which the detector found anything of any class."""
        return np.asarray((self.detected.sum(axis=1) > 0) & ~self.known)

    @property
    def empty(self) -> NDArray[np.bool_]:
        """(M,) bool: the photos to draw from in which it found nothing."""
        return np.asarray((self.detected.sum(axis=1) == 0) & ~self.known)

    def take(self, which: NDArray[np.bool_]) -> "Photos":
        """Some of the photos. which: (M,) bool."""
        tables = (self.detected[which], self.right[which], self.animals[which])
        return Photos(self.classes, *tables, self.reviewed[which], self.known[which])


@dataclass(frozen=True)
class Group:
    """The positive photos, or the empty ones, without those that are known.

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
        known_photos: The photos that are known. Detections, animals and the factor include them; precision and recall
            are the detector's, which usually did not search them, and do not.
        known_animals: The animals there.
        known_detections: The detections there.
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
    known_photos: int = 0
    known_animals: int = 0
    known_detections: int = 0

    @property
    def photos(self) -> int:
        """All photos."""
        return self.positive.photos + self.empty.photos + self.known_photos

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
    positive: NDArray[np.bool_], wanted: tuple[int, int], seed: int | tuple[int, int]
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
    return tuple(factor_of(photos, k) for k in range(len(photos.classes)))


def factor_of(photos: Photos, k: int) -> Factor:
    """The precision, the recall and the factor of class k, with their SE."""
    positive, empty, known = photos.positive, photos.empty, photos.known
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
        class_name=photos.classes[k],
        detections=int(detections + x[known].sum()),
        animals=float(animals + u[known].sum()),
        animals_se=math.sqrt(math.fsum(variances)),
        df=satterthwaite(variances, [max(g.reviewed - 1, 1) for g in groups]),
        precision=float(precision),
        precision_se=float(math.sqrt(right.variance) / detections) if detections else nan,
        recall=float(recall),
        recall_se=float(math.sqrt(math.fsum(g.variance for g in recall_parts)) / animals) if animals > 0 else nan,
        positive=groups[0],
        empty=groups[1],
        **_structure(x, u, ((positive, seen), (empty, seen_empty), (known, known))),
        known_photos=int(known.sum()),
        known_animals=int(u[known].sum()),
        known_detections=int(x[known].sum()),
    )


def _structure(
    x: NDArray[np.float64],
    u: NDArray[np.float64],
    groups: Sequence[tuple[NDArray[np.bool_], NDArray[np.bool_]]],
) -> dict[str, Any]:
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
