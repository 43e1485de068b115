"""What `--precision` promises: no more than review or flying can give, in each stratum and in all."""

import math
import re

import numpy as np
import pytest

from geo.estimates.by_place import corrections
from geo.estimates.corrected import corrected
from geo.estimates.correction import Photos, draw
from geo.estimates.jolly import Estimates, estimate
from geo.estimates.transects import Strata, Transects
from geo.estimates.wish import wish_lines
from tests.geo.estimates.test_jolly import strata, transects


class Herds:
    """20 transects of 100 photos with herds, of which 60 % of the animals are found, and 0.8 false alarms a photo."""

    def __init__(self) -> None:
        rng = np.random.default_rng(1)
        transect = np.repeat(np.arange(20), 100)
        herds = rng.poisson(np.repeat(rng.gamma(1, 1, 20), 100) * 0.08)
        self.animals = np.array([rng.geometric(0.2, n).sum() for n in herds], np.int64)
        self.right = rng.binomial(self.animals, 0.6)
        self.boxes = self.right + rng.poisson(0.8, len(transect))
        counts = np.bincount(transect, self.boxes, 20).astype(np.float64)[:, None]
        flown = Transects(("S",) * 20, tuple(map(str, range(20))), ("a",), counts, np.full(20, 10.0))
        self.plain = estimate(flown, Strata(("S",), np.array([1000.0]), np.array([math.nan])))

    def reviewed(self, positive: int, empty: int) -> tuple[Estimates, str]:
        """The corrected estimate after so many reviewed photos, and what is said of a wish for 20 %."""
        seen = np.zeros(len(self.boxes), bool)
        for group in draw(self.boxes > 0, (positive, empty), 0):
            seen[group] = True
        photos = Photos(("a",), self.boxes[:, None], self.right[:, None], self.animals[:, None], seen)
        found = corrections(photos, np.zeros(len(seen), np.int64), ("S",))
        after = corrected(self.plain, found)
        (line,) = wish_lines(self.plain, after, found, 20)
        return after, line


def test_where_every_photo_reviewed_would_not_be_enough_no_review_is_promised() -> None:
    herds = Herds()
    best = herds.reviewed(2000, 2000)[0].row("all", "a").precision_pct
    assert best == pytest.approx(38, abs=0.5)
    for positive, empty in ((40, 40), (200, 200), (559, 40)):
        after, line = herds.reviewed(positive, empty)
        assert after.row("all", "a").precision_pct > best
        assert "no review reaches it" in line
        assert int(re.findall(r"about (\d+) instead of 20", line)[0]) > 25
    # The forecast of what all photos would give is near that, once some hundreds are reviewed.
    forecast = float(re.findall(r"reviewed about ([\d.]+) %", herds.reviewed(400, 400)[1])[0])
    assert forecast == pytest.approx(best, rel=0.25)


def test_as_many_transects_as_are_said_bring_what_was_wished() -> None:
    """The same variance between transects, on so many of them: the forecast is the formula's."""
    rng = np.random.default_rng(4)
    y = rng.poisson(40, 12) + rng.poisson(15, 12) * (np.arange(12) % 2)
    found = estimate(transects(*(("A", n, 1) for n in y)), strata(300))
    row = found.rows[0]
    (line,) = wish_lines(found, found, (), row.precision_pct / 2)
    more = int(re.findall(r"about (\d+) instead of 12", line)[0])
    spread = row.se**2 / (300 * (300 - 12) / 12)
    with_t_of_now = row.half_width / row.se * math.sqrt(300 * (300 - more) / more * spread) / row.estimate * 100
    assert with_t_of_now == pytest.approx(row.precision_pct / 2, rel=0.03)
    assert with_t_of_now <= row.precision_pct / 2


def test_each_stratum_and_all_are_told_apart() -> None:
    rows = transects(("A", 3, 1), ("A", 5, 1), ("A", 4, 1), ("B", 0, 1), ("B", 9, 1), ("B", 2, 1), classes=("cow",))
    found = estimate(rows, strata(30, 30))
    lines = wish_lines(found, found, (), 60)
    assert lines[0].startswith("cow in A: for a precision of 60 %: reached")
    assert lines[1].startswith("cow in B: for a precision of 60 %: now")
    assert lines[2].startswith("cow: for a precision of 60 %: now")
