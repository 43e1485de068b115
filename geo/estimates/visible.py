"""Estimates divided by the share of the animals that can be seen: those that a photo can show, and that observers find.

    Y' = Y / (a p),   CV'^2 = CV^2 + CV(a)^2 + CV(p)^2          (Marsh and Sinclair 1989, first order)

a is the availability: the share that is not under trees or under water. p is the perception: what two observers of the
same photos saw of the animals that can be seen (`geo.estimates.double_observer`).
"""

import math
from dataclasses import replace

from geo.estimates.double_observer import Factor, product
from geo.estimates.population import Estimate, Estimates

_MOST_DF = 1e6  # where transects hardly differ; the interval is then that of a normal distribution
DIVIDED = "divided by"
"""How the remark begins that says so."""


def divided(estimates: Estimates, availability: Factor | None, perception: Factor | None) -> Estimates:
    """The estimates divided by the shares, with the errors of both.

    One share is for all strata, so its error does not become smaller in their sum. Raises InputError if a share is not
    above 0 and at most 1.
    """
    named = {name: share for name, share in (("availability", availability), ("perception", perception)) if share}
    if not named:
        return estimates
    said = " and ".join(f"{name} {share.value:g} (SE {share.se:g})" for name, share in named.items())
    whole = product(Factor(1.0, 0.0), *named.values())
    rows = tuple(_divided(row, whole, f"{DIVIDED} {said}") for row in estimates.rows)
    method = f"{estimates.method}\n  Divided by {said}; squared CVs add (Marsh and Sinclair 1989)"
    return replace(estimates, rows=rows, method=method)


def _divided(row: Estimate, whole: Factor, said: str) -> Estimate:
    """whole: 1 divided by all shares."""
    before, number = row.se * whole.value, row.estimate * whole.value
    se = math.hypot(before, number * whole.cv)
    times = (se / before) ** 4 if before > 0 else 1.0
    return replace(
        row,
        estimate=number,
        se=se,
        df=min(row.df * times, _MOST_DF),
        df_log_normal=min(row.log_df * times, _MOST_DF),
        unseen=row.unseen * whole.value,
        se_transects=row.se_transects * whole.value,
        se_review=row.se_review * whole.value,
        bootstrap_low=math.nan,
        bootstrap_high=math.nan,
        remarks=(*row.remarks, said),
    ).with_interval()
