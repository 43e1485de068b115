"""Draws the reviewed photos again and again, to see how far a correction may be off: the bootstrap over photos.

Of the m reviewed photos of a kind, m - 1 are drawn with replacement, and their means are moved towards the sample's
mean by sqrt(1 - m / M) (Rao and Wu 1988), as for transects in `geo.estimates.jolly`. For the model's false alarms and
recall, which are properties of the detector and not only of the M photos, the means are not moved.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from geo.estimates.by_place import Corrections
from geo.estimates.correction import Photos
from geo.estimates.population import BY_MODEL, BY_STRATUM

__all__ = ["factor_draws"]

Floats = NDArray[np.float64]

_AT_ONCE = 1 << 21  # bounds the memory


def factor_draws(parts: Sequence[Photos], found: Corrections, k: int, draws: int, rng: np.random.Generator) -> Floats:
    """(H, B) factors of class k, from B draws of the reviewed photos. NaN where the reviewed photos cannot tell.

    Args:
        parts: The photos of each of H strata.
        found: The corrections of the class.
        k: The class.
        draws: B.
        rng: Decides the draws.
    """
    again = np.full((len(parts), draws), math.nan)
    for h, (part, row) in enumerate(zip(parts, found.rows, strict=True)):
        if row.how == BY_STRATUM and row.found.detections:
            again[h] = _own_factor(part, k, draws, rng)
    if any(row.how == BY_MODEL for row in found.rows):
        b, r = _detector(parts, k, draws, rng)
        for h, row in enumerate(found.rows):
            if row.how == BY_MODEL:
                one = row.found
                boxes = one.detections - one.known_detections
                again[h] = ((boxes - b * row.photos) / r + one.known_animals) / one.detections
    return again


def _own_factor(part: Photos, k: int, draws: int, rng: np.random.Generator) -> Floats:
    """(B,) the factor of one stratum: animals for each box."""
    boxes = part.detected[part.positive, k].sum()
    animals = np.full(draws, float(part.animals[part.known, k].sum()))
    for members, positive in ((part.positive, True), (part.empty, False)):
        if not members.any():
            continue
        means = _means(part, members, k, draws, rng, shrink=True)
        animals += boxes * means[:, 2] / means[:, 0] if positive and boxes else members.sum() * means[:, 2]
    return np.asarray(animals / part.detected[:, k].sum())


def _detector(parts: Sequence[Photos], k: int, draws: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """(B,) false alarms a photo, and (B,) recalls, of the detector in all strata with photos of both kinds."""
    total = np.zeros((draws, 3))
    photos = 0
    for part in parts:
        groups = [members for members in (part.positive, part.empty) if members.any()]
        if any((members & part.reviewed).sum() < 2 for members in groups):
            continue
        for members in groups:
            total += members.sum() * _means(part, members, k, draws, rng, shrink=False)
            photos += int(members.sum())
    with np.errstate(divide="ignore", invalid="ignore"):
        return (total[:, 0] - total[:, 1]) / photos, total[:, 1] / total[:, 2]


def _means(
    part: Photos, members: NDArray[np.bool_], k: int, draws: int, rng: np.random.Generator, *, shrink: bool
) -> Floats:
    """(B, 3) the means of boxes, right boxes and animals over the photos drawn."""
    seen = members & part.reviewed
    m = int(seen.sum())
    if m < 2 and m < members.sum():
        return np.full((draws, 3), math.nan)
    columns = np.column_stack([part.detected[seen, k], part.right[seen, k], part.animals[seen, k]]).astype(np.float64)
    mean = columns.mean(axis=0)
    moved = math.sqrt(1 - m / int(members.sum())) if shrink else 1.0
    if moved == 0 or m < 2:
        return np.tile(mean, (draws, 1))
    found = np.empty((draws, 3))
    step = max(1, _AT_ONCE // m)
    for start in range(0, draws, step):
        drawn = rng.multinomial(m - 1, np.full(m, 1 / m), size=min(step, draws - start))
        found[start : start + step] = mean + moved * (drawn @ columns / (m - 1) - mean)
    return found
