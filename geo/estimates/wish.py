"""How much more review or flying brings an estimate to a wanted precision.

The variance of a corrected estimate has two parts (`geo.estimates.corrected`): S, from ground that was not searched,
and the review's. Review can take away the second part only. If S alone is more than the wanted variance, no review
reaches it.

For the review, the total number of photos is the smallest possible: m in proportion to M s over both kinds and all
strata (Neyman's allocation), and m = (sum M s)^2 / (V + sum M s^2) for a variance V (Cochran 1977, 5.5 and 5.9). Photos
that are reviewed already count. For the flying, S_h falls with the number of transects n as (N - n) / n.

Both are forecasts: S and s are known from few transects and photos.
"""

import math
from collections.abc import Sequence

from geo.estimates.by_place import Correction, Corrections
from geo.estimates.correction import Factor, Group
from geo.estimates.population import BY_STRATUM, Estimate, Estimates
from geo.estimates.transects import ALL
from geo.tables import TableError

__all__ = ["needed", "photos_needed", "wish_lines"]


def photos_needed(factor: Factor, cv: float) -> tuple[int, int] | None:
    """How many more photos to review, positive and empty, until the SE of the factor is `cv` times the factor.

    None if the spread in the groups is not known yet.

    Raises:
        TableError: `cv` is not positive.
    """
    if not cv > 0:
        raise TableError(f"a precision of {cv:g}: expected more than 0")
    if math.isnan(factor.animals_se) or not factor.animals > 0:
        return None
    more = needed([(factor.positive, 1.0), (factor.empty, 1.0)], (cv * factor.animals) ** 2)
    return more[0], more[1]


def needed(groups: Sequence[tuple[Group, float]], variance: float) -> list[int]:
    """How many more photos to review in each group until the variance of the sum is `variance`, with the fewest photos.

    Args:
        groups: Each with the number by which its animals are multiplied.
        variance: The wanted one.
    """
    if math.fsum(times**2 * group.variance for group, times in groups) <= variance:
        return [0] * len(groups)
    spreads = [times * group.photos * (0.0 if math.isnan(group.spread) else group.spread) for group, times in groups]
    # What is nothing beside the others stays nothing, so that no scale below is infinite.
    spreads = [s if s > 1e-12 * max(spreads) else 0.0 for s in spreads]
    given_back = math.fsum(s * s / group.photos for s, (group, _) in zip(spreads, groups, strict=True) if group.photos)
    wanted = variance + given_back

    def numbers(scale: float) -> list[float]:
        """In proportion to the spreads, but no fewer than were reviewed and no more than there are."""
        return [
            float(min(max(scale * s, group.reviewed), group.photos))
            for s, (group, _) in zip(spreads, groups, strict=True)
        ]

    def enough(scale: float) -> bool:
        return math.fsum(s * s / m for s, m in zip(spreads, numbers(scale), strict=True) if s) <= wanted

    scales = [(1 / s, group.photos / s) for s, (group, _) in zip(spreads, groups, strict=True) if s]
    low, high = min(scale for scale, _ in scales), max(scale for _, scale in scales)
    for _ in range(100):
        middle = math.sqrt(low) * math.sqrt(high)
        low, high = (low, middle) if enough(middle) else (middle, high)
    return [
        min(max(math.ceil(m - 1e-6), group.reviewed), group.photos) - group.reviewed
        for m, (group, _) in zip(numbers(high), groups, strict=True)
    ]


def wish_lines(plain: Estimates, estimates: Estimates, found: Sequence[Corrections], wished_pct: float) -> list[str]:
    """Lines that say how much more work brings each estimate to `wished_pct` per cent."""
    of_class = {one.class_name: one for one in found}
    strata = [row.stratum for row in estimates.rows if row.class_name == estimates.rows[0].class_name]
    lines = []
    for row in estimates.rows:
        if row.stratum != ALL and len(strata) == 2:
            continue  # with one stratum, `all` says it
        one = of_class.get(row.class_name)
        rows = [r for r in estimates.rows if r.class_name == row.class_name and row.stratum in (ALL, r.stratum)]
        rows = [r for r in rows if r.stratum != ALL]
        before = [plain.row(r.stratum, r.class_name) for r in rows]
        fixes = [] if one is None else [fix for fix in one.rows if row.stratum in (ALL, fix.stratum)]
        place = "" if row.stratum == ALL else f" in {row.stratum}"
        lines.append(f"{row.class_name}{place}: {_wish(row, rows, before, fixes, wished_pct)}")
    return lines


def _wish(
    row: Estimate, rows: Sequence[Estimate], plain: Sequence[Estimate], fixes: Sequence[Correction], wished_pct: float
) -> str:
    """What one estimate needs. rows, plain: the strata that it is made of, corrected and as boxes."""
    name = f"for a precision of {wished_pct:g} %"
    if not row.precision_pct > 0:
        return f"{name}: unknown, since the estimate has no SE"
    if row.precision_pct <= wished_pct:
        return f"{name}: reached ({row.precision_pct:.1f} %)"
    # Both halves of the interval are t SE wide, so the wish, divided by t, is the wish for the SE.
    per_se = row.precision_pct / row.se
    wished = (wished_pct / per_se) ** 2
    left = wished - row.se_transects**2
    if not fixes:
        return f"{name}: now {row.precision_pct:.1f} %; {_flying(rows, wished)}"
    if not left > 0:
        best = per_se * row.se_transects
        return (
            f"{name}: no review reaches it, since the transects differ too much: with every photo reviewed about "
            f"{best:.1f} %; {_flying(rows, wished)}"
        )
    if any(fix.how != BY_STRATUM for fix in fixes):
        return f"{name}: now {row.precision_pct:.1f} %; review more photos in each stratum first"
    groups = [
        (group, before.estimate / fix.found.detections if fix.found.detections else 0.0)
        for fix, before in zip(fixes, plain, strict=True)
        for group in (fix.found.positive, fix.found.empty)
    ]
    if any(math.isnan(group.variance) for group, _ in groups):
        return f"{name}: review at least two photos of each kind first"
    more = needed(groups, left)
    parts = [
        f"{a} more photos called positive and {b} called empty" + (f" in {fix.stratum}" if len(fixes) > 1 else "")
        for fix, a, b in zip(fixes, more[::2], more[1::2], strict=True)
        if a or b
    ]
    return f"{name}: review about {'; '.join(parts)}"


def _flying(rows: Sequence[Estimate], wished: float) -> str:
    """How many transects bring the part of the ground that was not searched to the variance `wished`."""
    known = [row for row in rows if row.n > 1 and row.se_transects > 0 and row.n_possible > row.n]
    if not known or len(known) < sum(row.estimate > 0 for row in rows):
        return "fly more transects"
    # S (N / (c n) - 1) / (N / n - 1), for c times as many transects in each stratum.
    falls = math.fsum(r.se_transects**2 * r.n_possible / (r.n_possible - r.n) for r in known)
    stays = math.fsum(r.se_transects**2 * r.n / (r.n_possible - r.n) for r in known)
    times = falls / (wished + stays)
    n = sum(row.n for row in known)
    return f"fly more transects: about {math.ceil(times * n - 1e-9)} instead of {n}"
