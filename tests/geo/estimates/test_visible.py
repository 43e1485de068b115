import math

import pytest

from geo.errors import InputError
from geo.estimates.double_observer import Factor
from geo.estimates.population import Estimate, Estimates
from geo.estimates.visible import divided


def row(stratum: str, estimate: float, se: float, counted: float = 20.0) -> Estimate:
    return Estimate(
        stratum, "cow", n=10, n_possible=100.0, area_km2=50.0, estimate=estimate, se=se, df=9.0, searched_km2=5.0,
        counted=counted,
    )  # fmt: skip


def test_shares_divide_the_estimate_and_their_variances_are_in_the_interval() -> None:
    before = Estimates((row("north", 200, 20), row("all", 500, 40)), "by hand")
    after = divided(before, Factor(0.85, 0.05), Factor(0.9, 0.02))
    for one, two in zip(before.rows, after.rows, strict=True):
        assert two.estimate == pytest.approx(one.estimate / 0.85 / 0.9)
        assert two.cv == pytest.approx(math.sqrt(one.cv**2 + (0.05 / 0.85) ** 2 + (0.02 / 0.9) ** 2))
        assert two.df > one.df, "the errors of the shares do not come from the transects"
        assert two.ci_high - two.estimate > (one.ci_high - one.estimate) / 0.85 / 0.9 * 0.95
        assert "availability 0.85 (SE 0.05) and perception 0.9 (SE 0.02)" in two.remarks[-1]
    assert "Marsh and Sinclair" in after.method


def test_without_shares_nothing_changes_and_a_share_of_nothing_is_refused() -> None:
    before = Estimates((row("all", 500, 40), row("none", 0, math.nan, 0.0)), "by hand")
    assert divided(before, None, None) is before
    assert divided(before, Factor(0.5, 0.1), None).rows[1].estimate == 0
    with pytest.raises(InputError, match="above 0 and at most 1"):
        divided(before, Factor(0, 0.1), None)
