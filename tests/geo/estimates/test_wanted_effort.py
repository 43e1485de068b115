"""How much ground a wanted CV needs, and where the lines lie."""

import math

import numpy as np
import pytest
import shapely
import shapely.affinity

from geo.estimates.jolly import estimate, jolly
from geo.estimates.parallel_lines import across, lines_over
from geo.estimates.wanted_effort import Expected, expected_cv, of_estimate, share_by_area, shares
from tests.geo.estimates.test_jolly import strata, transects


def test_the_effort_is_bucklands_where_little_of_the_ground_is_searched() -> None:
    """Buckland et al. (2001), 7.2.2: a pilot of 5 km shows 20 groups. With b = 3, a CV of .1 needs L = (3 / .01)
    (5 / 20) = 75 km. A strip of 1 km makes that 75 km2."""
    (searched,) = shares([Expected(area_km2=1e6, per_km2=4.0, spread=3.0)], 0.1)
    assert searched == pytest.approx(75, rel=1e-3)


def test_what_an_earlier_survey_showed_gives_back_its_own_cv() -> None:
    y, z = [4, 0, 9, 2, 7, 1], [2.0, 2.0, 2.0, 2.0, 2.0, 2.0]
    row = estimate(transects(*(("A", a, b) for a, b in zip(y, z, strict=True))), strata(60), replicates=0).rows[0]
    one = of_estimate(row, 60)
    assert one is not None
    assert one.spread == pytest.approx(jolly(y, z, 60).spread)
    assert expected_cv([one], [12.0]) == pytest.approx(row.cv)
    assert expected_cv([one], [60.0]) == 0
    assert of_estimate(estimate(transects(("A", 0, 1), ("A", 0, 1)), strata(9)).rows[0], 9) is None


def test_the_effort_is_divided_so_that_the_sum_is_known_best() -> None:
    rich, poor = Expected(100, 9.0, 4.0), Expected(400, 1.0, 1.0)
    searched = shares([rich, poor], 0.2)
    assert expected_cv([rich, poor], searched) == pytest.approx(0.2)
    assert searched[0] / searched[1] == pytest.approx(100 * 6 / (400 * 1))
    more = expected_cv([rich, poor], [searched[0] + 1, searched[1] - 1])
    less = expected_cv([rich, poor], [searched[0] - 1, searched[1] + 1])
    assert min(more, less) > 0.2
    assert shares([rich, poor], 0.0001) == pytest.approx([100, 400], rel=0.01), "no more than there is"
    assert share_by_area([100, 300], 8) == [2, 6]


@pytest.mark.parametrize("turned", [0, 30, 75, 140])
def test_lines_cross_the_long_axis_at_equal_distances(turned: float) -> None:
    block = shapely.affinity.rotate(shapely.box(0, 0, 20_000, 5_000), -turned, origin=(0, 0))
    bearing = across(block)
    assert bearing == pytest.approx(turned % 180, abs=1e-6)
    found, spacing = lines_over(block, bearing, 2_000, 0.25)
    assert (len(found), spacing) == (10, 2_000)
    assert all(one.length_m == pytest.approx(5_000) for one in found)
    begins = np.array([one.pieces[0][0] for one in found])
    ways = np.hypot(*np.diff(begins, axis=0).T)
    assert ways == pytest.approx(np.full(9, math.hypot(2_000, 5_000))), "every other line is flown back"


def test_every_place_has_the_same_chance_and_all_pieces_of_a_line_are_one_transect() -> None:
    horseshoe = shapely.box(0, 0, 9_000, 6_000).difference(shapely.box(2_000, 2_000, 7_000, 6_000))
    lengths = []
    for start in (np.arange(50) + 0.5) / 50:
        found, _ = lines_over(horseshoe, 90.0, 1_500, start)
        assert len(found) == 4
        assert {len(one.pieces) for one in found} <= {1, 2}
        lengths.append(sum(one.length_m for one in found))
    assert np.mean(lengths) * 1_500 == pytest.approx(shapely.area(horseshoe), rel=0.01)


def test_a_tiny_stratum_has_two_lines() -> None:
    for start in (0.01, 0.5, 0.99):
        found, spacing = lines_over(shapely.box(0, 0, 300, 200), 0.0, 50_000, start)
        assert len(found) >= 2
        assert spacing <= 150
