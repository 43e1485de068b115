"""Estimates corrected for misses and false alarms, with both errors: of the transects and of the review.

A corrected estimate is k Y. Its error has two parts: not all transects were searched, and not all searched photos were
reviewed:

    Var(k_h Y_h) = A_h Var(Y_h) + Y_h^2 Var(k_h)

The first part needs the variance of animals, but Var(Y_h) is the variance of boxes. In the reviewed photos, boxes
follow animals as x = a + b u + e (`geo.estimates.correction`). So the variance of a transect's boxes is b^2 times the
variance of its animals, plus the variance of e for each photo:

    A = q / b^2,   q = 1 - (e2 photos a transect's share) / Var(Y),  and at least b^2 var(u) / var(x) of single photos

(This is the variance of the true variable of a structural relation, if the variance of the errors is known: Fuller, W.
A. 1987, Measurement Error Models, 1.2.) If all boxes are right and no animal is missed, A = k = 1. With k^2 instead of
A, the variance would be too small if there are many false alarms. They are everywhere, so boxes vary less than herds
do.

Over strata, variances add up. The strata of a model have the same error in b and r, with the covariance S. So its part
is g S g', with g = sum Y_h (dk_h/db, dk_h/dr).

A class that the detector never found in a stratum is estimated from the reviewed photos alone: Y = T Z / G, with G km2
of photos. Its variance is that between transects of the animals that each stands for, w u for a photo (an ultimate
cluster estimate: Cochran 1977, 11.10), and the review's part once more for the share of the ground that was searched.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geo.estimates.by_place import ASKED, Correction, Corrections
from geo.estimates.correction import Photos
from geo.estimates.intervals import CONFIDENCE, unseen_herds
from geo.estimates.jolly import jolly, percentiles, satterthwaite, total
from geo.estimates.population import BY_MODEL, REVIEW_ALONE, UNCORRECTED, Estimate, Estimates
from geo.estimates.resampling import factor_draws
from geo.estimates.transects import ALL, Transects

__all__ = ["Placed", "corrected"]

CORRECTED = """\
Corrected for misses and false alarms from reviewed photos (double sampling, Cochran 1977)
  Y' = k Y     Var(Y') = A Var(Y) + Y^2 Var(k), A: from the variance of boxes to animals
  by stratum: k = precision / recall of the stratum's own reviewed photos
  by model: k = (X - b M) / (r X), b false alarms a photo and recall r of all strata, Var(k) by the delta method
  review alone: the detector found none, so the animals of the reviewed photos stand for all photos"""


@dataclass(frozen=True, eq=False)
class Placed:
    """M photos that the detector searched, and where they are.

    Attributes:
        photos: The photos and their review.
        stratum: (M,) int64, the index of the stratum; -1 for a photo on no transect.
        transect: (M,) int64, the index of the transect; -1 for none.
        ground_km2: The ground that the photos of a stratum show, by its index.
    """

    photos: Photos
    stratum: NDArray[np.int64]
    transect: NDArray[np.int64]
    ground_km2: Callable[[int], float]


def corrected(
    estimates: Estimates,
    found: Sequence[Corrections],
    transects: Transects | None = None,
    placed: Placed | None = None,
    *,
    seed: int = 0,
) -> Estimates:
    """The estimates, corrected. Their variance includes the review's.

    A class or a stratum that the reviewed photos do not know has no corrected estimate. The bootstrap draws reviewed
    photos and transects again.

    Args:
        estimates: What the detector's boxes give.
        found: The corrections, by class.
        transects: What the estimates were made of; needed for classes that only the review found.
        placed: The photos; likewise, and for the bootstrap.
        seed: The random seed of the bootstrap.
    """
    by_class = {one.class_name: one for one in found}
    names = list(dict.fromkeys(row.class_name for row in estimates.rows))
    warnings = list(estimates.warnings)
    rows: dict[tuple[str, str], Estimate] = {}
    for c, name in enumerate(names):
        plain = [row for row in estimates.rows if row.class_name == name and row.stratum != ALL]
        one = by_class.get(name)
        if one is None:
            of = [replace(_unknown(row), remarks=("no reviewed photo shows how well it is found",)) for row in plain]
            both = total(of)
        else:
            of = [
                _one(row, fix, one, transects, placed, h)
                for h, (row, fix) in enumerate(zip(plain, one.rows, strict=True))
            ]
            of = _with_bounds(of)
            both = _sum(of, plain, one)
            if estimates.spread is not None and placed is not None:
                of, both = _with_bootstrap(of, both, plain, one, estimates.spread[c :: len(names)], placed, seed)
        rows |= {(row.stratum, name): row.with_interval() for row in (*of, both)}
        warnings += _warnings(name, one, of)
    ordered = tuple(rows[row.stratum, row.class_name] for row in estimates.rows)
    why = dict.fromkeys(f"  {one.class_name}: {one.why}" for one in found)
    return Estimates(ordered, "\n".join([estimates.method, CORRECTED, *why]), tuple(warnings))


def _with_bootstrap(
    rows: Sequence[Estimate],
    both: Estimate,
    plain: Sequence[Estimate],
    found: Corrections,
    spread: NDArray[np.float64],
    placed: Placed,
    seed: int,
) -> tuple[list[Estimate], Estimate]:
    """The rows with the bootstrap over transects and reviewed photos. spread: (H + 1, B), that of the transects."""
    parts = [placed.photos.take(placed.stratum == h) for h in range(len(rows))]
    k = placed.photos.classes.index(found.class_name)
    factor = factor_draws(parts, found, k, spread.shape[1], np.random.default_rng((seed, 1)))
    each = np.array(
        [
            row.estimate
            + math.sqrt(_sampled(fix, before)) * (spread[h] - before.estimate)
            + before.estimate * (factor[h] - fix.factor)
            for h, (row, before, fix) in enumerate(zip(rows, plain, found.rows, strict=True))
        ]
    )
    done = [
        replace(row, bootstrap_low=low, bootstrap_high=high)
        for row, values in zip((*rows, both), (*each, each.sum(axis=0)), strict=True)
        for low, high in [percentiles(values)]
    ]
    return done[:-1], done[-1]


def _unknown(row: Estimate) -> Estimate:
    nan = math.nan
    return replace(
        row,
        estimate=nan,
        se=nan,
        df=nan,
        df_log_normal=nan,
        bootstrap_low=nan,
        bootstrap_high=nan,
        unseen=0.0,
        correction=UNCORRECTED,
    )


def _one(
    row: Estimate, fix: Correction, both: Corrections, transects: Transects | None, placed: Placed | None, h: int
) -> Estimate:
    """The corrected estimate of one stratum, which has the index h."""
    nan, found = math.nan, fix.found
    told = replace(
        row,
        bootstrap_low=nan,
        bootstrap_high=nan,
        correction=fix.how,
        counted=fix.seen,
        factor=fix.factor,
        precision=found.precision,
        precision_se=found.precision_se,
        recall=found.recall,
        recall_se=found.recall_se,
        remarks=(*row.remarks, *fix.remarks),
    )
    if fix.how == REVIEW_ALONE:
        if transects is None or placed is None:
            return replace(_unknown(told), remarks=("the detector found none, and the photos have no place",))
        return _alone(told, fix, transects, placed, h)
    own = _own(row, fix) + float(fix.gradient @ both.covariance @ fix.gradient)
    sampled = _sampled(fix, row) * row.se**2 if row.estimate else 0.0
    parts = [sampled, row.estimate**2 * own]
    estimate, se = fix.factor * row.estimate, math.sqrt(math.fsum(parts))
    by_review = fix.df if not fix.gradient.any() else both.df
    unseen = fix.unseen * row.estimate / found.detections if found.detections else 0.0
    if estimate < 0:  # fewer boxes than the model's false alarms
        unseen, estimate = max(0.0, estimate + 2 * se), 0.0
    return replace(
        told,
        estimate=estimate,
        se=se,
        df=satterthwaite(parts, [row.df, by_review]),
        df_log_normal=satterthwaite(parts, [row.log_df, by_review]),
        unseen=unseen,
        se_transects=math.sqrt(sampled),
        se_review=math.sqrt(parts[1]),
        factor_se=math.sqrt(own),
    )


def _with_bounds(rows: Sequence[Estimate]) -> list[Estimate]:
    """The rows of one class, with an upper bound for each stratum in which no box was an animal.

    How many stand together is known from the strata where some were: as in `geo.estimates.jolly`, with the variance of
    a transect's animals, s^2 = Var(Y) n / (N (N - n)).
    """
    seen = [row for row in rows if row.estimate > 0 and row.se_transects > 0 and row.n_possible > row.n]
    spread = math.fsum(row.se_transects**2 * row.n**2 / (row.n_possible * (row.n_possible - row.n)) for row in seen)
    animals = math.fsum(row.estimate * row.searched_share for row in seen)
    together = max(1.0, spread / animals) if animals > 0 else 1.0

    def bounded(row: Estimate) -> Estimate:
        if row.estimate != 0 or row.n == 0:
            return row
        known = [one.recall for one in (row, *seen) if one.recall > 0]
        return replace(
            row, unseen=math.hypot(row.unseen, together * unseen_herds(row.searched_share) / (known or [1])[0])
        )

    return [bounded(row) for row in rows]


def _own(row: Estimate, fix: Correction) -> float:
    """The variance of k that no other stratum has. Boxes by chance vary between transects too, which A leaves in."""
    return fix.variance * (min(row.searched_share, 1.0) if fix.how == BY_MODEL else 1.0)


def _sampled(fix: Correction, row: Estimate) -> float:
    """A: the factor from the variance of the boxes' estimate to that of the animals' (see the module)."""
    if math.isnan(fix.boxes_per_animal) or not row.searched_km2:
        return fix.factor**2
    share = 1.0
    if row.n > 1 and row.se > 0 and fix.found.detections:
        # Only the photos on the transects: the same share of the photos as the transects have of the boxes.
        on_transects = row.estimate / row.area_km2 * row.searched_km2
        photos = fix.photos * on_transects / fix.found.detections
        noise = row.n_possible * (row.n_possible - row.n) / row.n * fix.noise * photos / row.n
        share = max(fix.signal, 1 - noise / row.se**2)
    return share / fix.boxes_per_animal**2


def _alone(row: Estimate, fix: Correction, transects: Transects, placed: Placed, h: int) -> Estimate:
    """The estimate of a class that the detector never found in the stratum, from the reviewed photos."""
    ground = placed.ground_km2(h)
    photos, k = placed.photos, placed.photos.classes.index(row.class_name)
    members = np.array([name == row.stratum for name in transects.stratum])
    stands_for = np.zeros(len(members))
    here = placed.stratum == h
    for group in (photos.positive & here, photos.empty & here, photos.known & here):
        seen = group & photos.reviewed
        weight = group.sum() / max(int(seen.sum()), 1)
        seen &= placed.transect >= 0
        np.add.at(stands_for, placed.transect[seen], weight * photos.animals[seen, k])
    times = row.area_km2 / ground if ground > 0 else math.nan
    review = times**2 * fix.found.animals_se**2
    area = transects.area_km2[members]
    sampled = jolly(stands_for[members], area, row.area_km2, max(row.n_possible, row.n))
    between = (
        sampled.variance * (times * area.sum() / row.area_km2) ** 2
    )  # where the photos show more ground than the transects have
    share = min(row.searched_share, 1.0)
    estimate = times * fix.found.animals
    variance = between + share * review
    return replace(
        row,
        estimate=estimate,
        se=math.sqrt(variance),
        df=sampled.df,
        df_log_normal=sampled.df_log_normal,
        unseen=0.0,
        se_transects=math.sqrt(max(variance - review, 0.0)),
        se_review=math.sqrt(min(review, variance)),
        remarks=(*row.remarks, "the detector found none: the reviewed photos alone give this number"),
    )


def _sum(rows: Sequence[Estimate], plain: Sequence[Estimate], found: Corrections) -> Estimate:
    """The sum over strata. Those by model share the error of b and r."""
    parts, dfs, log_dfs = [], [], []
    gradient = np.zeros(2)
    for row, before, fix in zip(rows, plain, found.rows, strict=True):
        if row.correction == REVIEW_ALONE:
            parts.append(row.se**2)
            dfs.append(row.df)
            log_dfs.append(row.log_df)
            continue
        gradient += before.estimate * fix.gradient
        parts += [row.se_transects**2 if before.estimate else 0.0, before.estimate**2 * _own(before, fix)]
        dfs += [before.df, fix.df]
        log_dfs += [before.log_df, fix.df]
    parts.append(float(gradient @ found.covariance @ gradient))
    both = total(
        rows, math.fsum(parts), satterthwaite(parts, [*dfs, found.df]), satterthwaite(parts, [*log_dfs, found.df])
    )
    before_all = math.fsum(row.estimate for row in plain)
    boxes = [fix.found.detections - fix.found.known_detections for fix in found.rows]
    animals = [fix.found.animals - fix.found.known_animals for fix in found.rows]
    right = [fix.found.precision * number if number else 0.0 for fix, number in zip(found.rows, boxes, strict=True)]

    def error(name: str, weights: Sequence[float]) -> float:
        whole = math.fsum(weights)
        pieces = [
            (weight * getattr(fix.found, name)) ** 2 for fix, weight in zip(found.rows, weights, strict=True) if weight
        ]
        return math.sqrt(math.fsum(pieces)) / whole if whole > 0 else math.nan

    return replace(
        both,
        correction=" and ".join(dict.fromkeys(row.correction for row in rows)),
        se_review=math.sqrt(max(both.se**2 - both.se_transects**2, 0.0)),
        factor=both.estimate / before_all if before_all > 0 else math.nan,
        precision=math.fsum(right) / sum(boxes) if sum(boxes) else math.nan,
        precision_se=error("precision_se", boxes),
        recall=math.fsum(right) / math.fsum(animals) if math.fsum(animals) > 0 else math.nan,
        recall_se=error("recall_se", animals),
    )


def _warnings(name: str, found: Corrections | None, rows: Sequence[Estimate]) -> list[str]:
    if found is None:
        return [
            f"{name!r}: its precision and recall are unknown from the reviewed photos; review more photos of both kinds"
        ]
    said = []
    for row, fix in zip(rows, found.rows, strict=True):
        where = f"{name!r} in stratum {row.stratum!r}"
        positive, empty = fix.found.positive, fix.found.empty
        if math.isnan(row.estimate) and row.n:
            said.append(f"{where}: its precision and recall are unknown; review photos of both kinds in that stratum")
        elif math.isnan(row.se_review) and row.n:
            said.append(
                f"{where}: fewer than two reviewed photos of one kind, so the correction has no SE; review more"
            )
        elif any("are few" in text for text in fix.remarks):
            said.append(
                f"{where}: {positive.reviewed} photos called positive and {empty.reviewed} called empty were reviewed; "
                f"with fewer than {ASKED} of each kind, "
                + (
                    "a difference to the other strata would hardly be seen"
                    if fix.how == BY_MODEL
                    else "a corrected estimate is too low on average and its interval too short"
                )
            )
        if fix.unseen:
            share = 1 - (1 - CONFIDENCE) ** (1 / empty.reviewed)
            said.append(
                f"{where}: none was found in the {empty.reviewed} reviewed photos of {empty.photos} called empty; up "
                f"to {share:.1%} of those may still have some (95 %), and the upper end of the interval includes them"
            )
    return said
