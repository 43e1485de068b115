"""Corrections for misses and false alarms that may differ by place: one for each stratum and class.

False alarms stand everywhere alike, but animals do not. So one factor for all strata is wrong in each of them, even if
the detector is the same everywhere: where animals are rare, most boxes are false. There are two ways to correct:

    by stratum   k_h = T_h / X_h from the reviewed photos of stratum h alone (`geo.estimates.correction`). It assumes
                 nothing about other strata.
    by model     k_h = (X_h - b M_h) / (r X_h): b false alarms a photo and the recall r, from the reviewed photos of all
                 strata. It assumes one detector for all strata. Photos that are known are added as they are.

    one factor   k = T / X of all photos, for a stratum in which no photo has its centre, as under a large orthomosaic.

A stratum with enough reviewed photos is corrected by stratum. Another one is corrected by model, if a test finds no
difference between the strata (`geo.estimates.homogeneity`). b and r are known with the covariance S from the reviewed
photos. The error of k_h follows by the delta method: (dk/db, dk/dr) = (-M_h / (r X_h), -k_h / r). It is the same error
in all strata of the model.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from geo.estimates.correction import Factor, Photos, factor_of
from geo.estimates.homogeneity import LEVEL, Detector, Homogeneity, detector_of, homogeneity
from geo.estimates.population import BY_MODEL, BY_STRATUM, ONE_FACTOR, REVIEW_ALONE

__all__ = ["ASKED", "ENOUGH", "By", "Correction", "Corrections", "corrections"]

ENOUGH = 30  # reviewed photos of each kind that a stratum needs for a correction of its own
ASKED = 50  # reviewed photos of each kind in a stratum, from which on the factor is hardly biased

By = Literal["auto", "stratum", "model"]
"""How to correct: each stratum by its own review, all by one model of the detector, or as the numbers allow."""


@dataclass(frozen=True, eq=False)
class Correction:
    """The correction of one class in one stratum. Numbers are NaN if the reviewed photos cannot tell.

    Attributes:
        stratum: The stratum.
        how: `by stratum`, `by model`, `one factor` or `review alone`.
        found: What the reviewed photos of the stratum say by themselves.
        factor: k.
        variance: Of k, the part that no other stratum has.
        df: The degrees of freedom of this part.
        gradient: (2,) float64, how k follows the model's b and r; 0 if it is not by model.
        boxes_per_animal: b in x = a + b u + e.
        noise: The variance of e, a photo.
        signal: The share of b u in the variance of x.
        unseen: How many animals there may be in photos called empty that nobody reviewed, if none was in those that
            somebody did (95 %).
        seen: The animals in the reviewed photos.
        remarks: What to know of this correction.
    """

    stratum: str
    how: str
    found: Factor
    factor: float
    variance: float
    df: float
    gradient: NDArray[np.float64]
    boxes_per_animal: float
    noise: float
    signal: float
    unseen: float
    seen: float
    remarks: tuple[str, ...] = ()

    @property
    def photos(self) -> int:
        """The photos of the stratum, without those that are known."""
        return self.found.photos - self.found.known_photos


@dataclass(frozen=True, eq=False)
class Corrections:
    """The corrections of one class in all strata.

    Attributes:
        class_name: The class.
        rows: One for each stratum.
        covariance: (2, 2) float64, of the model's b and r.
        df: The degrees of freedom of the covariance.
        model: The detector of the model; None if no stratum is corrected by it.
        test: Of the strata's detectors.
        why: Why they are corrected in this way, in words.
    """

    class_name: str
    rows: tuple[Correction, ...]
    covariance: NDArray[np.float64]
    df: float
    model: Detector | None
    test: Homogeneity
    why: str

    def factor_se(self, row: Correction) -> float:
        """The SE of the factor of one of the rows."""
        return math.sqrt(row.variance + float(row.gradient @ self.covariance @ row.gradient))


def corrections(
    photos: Photos, stratum: NDArray[np.int64], strata: Sequence[str], by: By = "auto"
) -> list[Corrections]:
    """The corrections of every class in every stratum.

    Args:
        photos: M photos.
        stratum: (M,) the index of each photo's stratum; -1 for a photo on no transect, which is left out.
        strata: H names.
        by: How to correct.
    """
    parts = [photos.take(stratum == h) for h in range(len(strata))]
    return [_of_class(parts, strata, k, by) for k in range(len(photos.classes))]


def _of_class(parts: Sequence[Photos], strata: Sequence[str], k: int, by: By) -> Corrections:
    found = [factor_of(part, k) for part in parts]
    detectors = [detector_of([part], k) for part in parts]
    test = homogeneity(detectors)
    few = [h for h, one in enumerate(found) if not _enough(one) or not len(parts[h].reviewed)]
    pooled = _pooled(parts, k) if by != "stratum" else None
    model = pooled if pooled is not None and pooled.known and pooled.recall > 0 else None
    if by == "model":
        modelled = set(range(len(parts)))
    else:
        # A stratum in which the detector is not known was not tested.
        modelled = {
            h
            for h in few
            if by == "auto" and test.alike and not math.isnan(detectors[h].false_alarms) and model is not None
        }
    rows = []
    for h, (name, part, one) in enumerate(zip(strata, parts, found, strict=True)):
        seen = float(part.animals[part.reviewed, k].sum())
        if h in modelled and model is not None and one.detections:
            rows.append(_by_model(name, one, model, detectors[h], _pooled_structure(parts, k), seen))
        elif not len(part.reviewed) and by == "auto":
            rows.append(_one_factor(name, _pooled_structure(parts, k)))
        else:
            rows.append(_by_stratum(name, one, seen, _missed_together(part, k)))
    df = max(sum(int(part.reviewed.sum()) for part in parts) - 2.0, 1.0)
    used = model if any(row.how == BY_MODEL for row in rows) else None
    covariance = np.zeros((2, 2)) if used is None else used.covariance
    why = _why([strata[h] for h in few], [row.stratum for row in rows if row.how == BY_MODEL], len(parts), by, test)
    return Corrections(parts[0].classes[k], tuple(rows), covariance, df, used, test, why)


def _enough(found: Factor, enough: int = ENOUGH) -> bool:
    return all(group.reviewed >= min(enough, group.photos) for group in (found.positive, found.empty))


def _small(found: Factor) -> tuple[str, ...]:
    if _enough(found, ASKED):
        return ()
    return (
        f"{found.positive.reviewed} + {found.empty.reviewed} reviewed photos are few: {ASKED} of each kind are asked",
    )


def _pooled(parts: Sequence[Photos], k: int) -> Detector:
    """The detector in all strata of which photos of both kinds were reviewed."""
    useful = [part for part in parts if detector_of([part], k).known or _seen_of_both(part)]
    return detector_of(useful, k)


def _seen_of_both(part: Photos) -> bool:
    return all(int((members & part.reviewed).sum()) > 1 for members in (part.positive, part.empty))


def _pooled_structure(parts: Sequence[Photos], k: int) -> Factor:
    """The detector over the photos of all strata, without those that are known, which it usually did not search."""
    searched = [part.take(~part.known) for part in parts]
    columns = ("detected", "right", "animals", "reviewed")
    tables = [np.concatenate([getattr(p, name) for p in searched]) for name in columns]
    return factor_of(Photos(parts[0].classes, *tables), k)


def _missed_together(part: Photos, k: int) -> float:
    """How many animals the detector misses in a photo, if it misses any; at least 1."""
    missed = (part.animals - part.right)[part.reviewed & ~part.known, k]
    return float(missed[missed > 0].mean()) if (missed > 0).any() else 1.0


def _by_stratum(name: str, found: Factor, seen: float, together: float) -> Correction:
    empty, unseen = found.empty, 0.0
    remarks = [*_small(found)]
    if 0 < empty.reviewed < empty.photos and empty.spread == 0 and not math.isnan(found.animals):
        # If none of m random photos has one, at most this share has, with 95 % confidence (Clopper and Pearson 1934).
        share = 1 - 0.05 ** (1 / empty.reviewed)
        unseen = share * (empty.photos - empty.reviewed) * together
        remarks.append(f"up to {share:.1%} of the photos called empty may still have some: the upper end includes them")
    alone = found.detections == 0 and found.photos > 0
    return Correction(
        stratum=name,
        how=REVIEW_ALONE if alone and found.animals > 0 else BY_STRATUM,
        found=found,
        factor=1.0 if alone and found.animals == 0 else found.factor,
        variance=0.0 if alone and found.animals == 0 else found.factor_se**2,
        df=found.df,
        gradient=np.zeros(2),
        boxes_per_animal=found.boxes_per_animal,
        noise=found.noise,
        signal=found.signal,
        unseen=unseen,
        seen=seen,
        remarks=tuple(remarks),
    )


def _by_model(name: str, found: Factor, model: Detector, own: Detector, line: Factor, seen: float) -> Correction:
    photos, boxes, r = found.photos - found.known_photos, found.detections, model.recall
    modelled = (boxes - found.known_detections - model.false_alarms * photos) / (r * boxes)
    # Boxes that come by chance: the model, unlike a review, does not take them out of the stratum's photos.
    chance = 0.0 if math.isnan(line.noise) else photos * line.noise / (r * boxes) ** 2
    # What the test cannot exclude: the stratum's own b and r may be off the model's by as much as they are unknown.
    # With enough photos, the test would have found that.
    own_b, own_r = (0.0, 0.0) if _enough(found) else own.unknown
    return Correction(
        stratum=name,
        how=BY_MODEL,
        found=found,
        factor=modelled + found.known_animals / boxes,
        variance=chance + (photos / (r * boxes)) ** 2 * own_b + (modelled / r) ** 2 * own_r,
        df=math.inf,
        gradient=np.array([-photos / (r * boxes), -modelled / r]),
        boxes_per_animal=r,
        noise=0.0,
        signal=1.0,
        unseen=0.0,
        seen=seen,
        remarks=_small(found),
    )


def _one_factor(name: str, found: Factor) -> Correction:
    """The factor of all photos, for a stratum without photos of its own."""
    remark = "no photo has its centre here: the factor of all photos"
    return replace(_by_stratum(name, found, math.nan, 1.0), how=ONE_FACTOR, unseen=0.0, remarks=(remark,))


def _why(few: Sequence[str], modelled: Sequence[str], strata: int, by: By, test: Homogeneity) -> str:
    """Why the strata are corrected as they are."""
    if strata == 1 and by != "model":
        return "one stratum, by its own reviewed photos"
    tested = (
        f"a test of {test.strata} strata (false alarms a photo and recall) gives p = {test.p:.2f}"
        if test.strata > 1
        else "no test of the strata was possible"
    )
    if by == "model":
        return f"by one model for all strata, as asked; {tested}" + ("" if test.alike else ": they may be unlike")
    if by == "stratum":
        return f"each stratum by its own reviewed photos, as asked; {tested}"
    if not few:
        return f"each stratum by its own reviewed photos, which are enough ({ENOUGH} of each kind, or all); {tested}"
    named = ", ".join(map(repr, few[:3])) + (" and others" if len(few) > 3 else "")
    lacks = f"{named}: fewer than {ENOUGH} reviewed photos of a kind; {tested}"
    if modelled:
        return f"{lacks}, so nothing speaks against one detector: by model there, other strata by their own photos"
    if test.p < LEVEL:
        return f"{lacks}, so the strata are unlike and are not pooled: each by its own reviewed photos"
    return f"{lacks}, so they are not pooled: each by its own reviewed photos"
