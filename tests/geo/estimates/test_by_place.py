"""Corrections that differ by place: the test of the strata, the model, what is pooled, and the sample by stratum."""

import csv
import math
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from geo import geopackage
from geo.errors import InputError
from geo.estimate import ALL_REVIEWED
from geo.estimate import estimate as estimate_survey
from geo.estimate import sample as sample_survey
from geo.estimates.by_place import By, Corrections, corrections
from geo.estimates.corrected import Placed, corrected
from geo.estimates.homogeneity import chi2_tail, detector_of, homogeneity
from geo.estimates.jolly import Estimates, estimate
from geo.estimates.population import BY_MODEL, BY_STRATUM, ONE_FACTOR, REVIEW_ALONE
from geo.estimates.transects import Strata, Transects
from tests.geo.estimates.test_correction import BY_HAND, photos, survey
from tests.surveys import small

# (chi2, df, P(X > chi2)) by scipy.stats.chi2.sf, SciPy 1.16.
SCIPY = [
    (3.841458820694124, 1, 0.04999999999999989),
    (0.5, 1, 0.47950012218695337),
    (7.0, 2, 0.0301973834223185),
    (12.3, 3, 0.006423057576577938),
    (4.2, 6, 0.6496313518820689),
    (30.0, 9, 0.00043872177097947936),
    (2.5, 7, 0.9270970650134738),
]


@pytest.mark.parametrize(("chi2", "df", "tail"), SCIPY)
def test_tails_of_chi_square_are_scipys(chi2: float, df: int, tail: float) -> None:
    assert chi2_tail(chi2, df) == pytest.approx(tail, rel=1e-12)


def test_a_detector_worked_by_hand() -> None:
    """4 photos called positive, 2 reviewed: weight 2; 6 called empty, 3 reviewed: weight 2."""
    found = detector_of([BY_HAND], 0)
    # false: 0, 1, 0, 0, 0; right: 2, 0, 0, 0, 0; animals: 3, 1, 0, 1, 0
    assert found.false_alarms == pytest.approx(2 * 1 / 10)
    assert found.recall == pytest.approx(2 * 2 / (2 * 5))
    off = np.array([-0.2, 0.8]) / 10, np.array([-0.2] * 3) / 10
    assert found.covariance[0, 0] == pytest.approx(16 / 2 * np.var(off[0], ddof=1) + 36 / 3 * np.var(off[1], ddof=1))
    recall = np.array([2 - 0.4 * 3, -0.4]) / 10, np.array([0, -0.4, 0]) / 10
    assert found.covariance[1, 1] == pytest.approx(
        16 / 2 * np.var(recall[0], ddof=1) + 36 / 3 * np.var(recall[1], ddof=1)
    )


# ---- a simulated survey -----------------------------------------------------------------------

KM2 = 0.25


def flown(
    seed: int, recall: tuple[float, float], reviewed: tuple[int, int], density: tuple[float, float] = (0.5, 0.05)
) -> tuple[Estimates, Placed, Transects, list[int]]:
    """Boxes on 24 of 120 and 16 of 80 strips of two strata, their photos, and the animals of the strata.

    density: herds a photo. reviewed: photos of each kind, in each stratum.
    """
    rng = np.random.default_rng(seed)
    columns: list[NDArray[np.int64]] = []
    area, truth, stratum, strips = [], [], [], 0
    for h, (possible, drawn) in enumerate(((120, 24), (80, 16))):
        herds = rng.poisson(density[h], (possible, 30))
        animals = np.array([rng.geometric(1 / 4, n).sum() for n in herds.ravel()], np.int64).reshape(possible, 30)
        truth.append(int(animals.sum()))
        area.append(possible * 30 * KM2)
        u = animals[rng.choice(possible, drawn, replace=False)].ravel()
        p = rng.binomial(u, recall[h])
        x = p + rng.poisson(0.2, len(u))
        seen = np.zeros(len(u), np.int64)
        for group in (x > 0, x == 0):
            seen[rng.permutation(np.flatnonzero(group))[: reviewed[h]]] = 1
        code = np.repeat(np.arange(drawn), 30) + strips
        columns.append(np.column_stack([x, p, u, seen, np.full(len(u), h), code]))
        stratum += ["AB"[h]] * drawn
        strips += drawn
    x, p, u, seen, code, strip = np.concatenate(columns).T
    flights = Transects(
        tuple(stratum),
        tuple(map(str, range(strips))),
        ("cow",),
        np.bincount(strip, x).astype(np.float64)[:, None],
        np.full(strips, 30 * KM2),
    )
    raw = estimate(flights, Strata(("A", "B"), np.array(area), np.full(2, math.nan)), replicates=500)
    placed = Placed(photos(x, p, u, seen == 1), code, strip, lambda h: float((code == h).sum()) * KM2)
    return raw, placed, flights, truth


def fixed(placed: Placed, by: By = "auto") -> Corrections:
    (found,) = corrections(placed.photos, placed.stratum, "AB", by)
    return found


def test_one_detector_and_unlike_densities_leave_no_bias_in_any_stratum() -> None:
    """The same detector everywhere: one factor for both strata would be 70 % too high where animals are rare."""
    off: dict[By, list[list[float]]] = {"stratum": [], "model": []}
    for seed in range(40):
        raw, placed, _, truth = flown(seed, (0.8, 0.8), (120, 120))
        for by, each in off.items():
            after = corrected(raw, [fixed(placed, by)])
            each.append([row.estimate / true for row, true in zip(after.rows, (*truth, sum(truth)), strict=True)])
        one_factor = placed.photos.animals.sum() / placed.photos.detected.sum()
    assert one_factor * raw.row("B", "cow").estimate > 1.3 * truth[1]
    for by, each in off.items():
        mean, error = np.mean(each, axis=0), np.std(each, axis=0) / math.sqrt(len(each))
        assert (np.abs(mean - 1) < 3 * error).all(), by
        assert (error < 0.06).all()


def test_enough_photos_in_each_stratum_are_not_pooled_and_few_are_if_the_strata_look_alike() -> None:
    _, placed, _, _ = flown(1, (0.8, 0.8), (120, 120))
    found = fixed(placed)
    assert [row.how for row in found.rows] == [BY_STRATUM, BY_STRATUM]
    assert "which are enough" in found.why
    _, placed, _, _ = flown(1, (0.8, 0.8), (120, 12))
    found = fixed(placed)
    assert [row.how for row in found.rows] == [BY_STRATUM, BY_MODEL]
    assert "'B': fewer than 30" in found.why
    assert "nothing speaks against one detector" in found.why
    assert any("are few" in text for text in found.rows[1].remarks)
    assert [row.how for row in fixed(placed, "stratum").rows] == [BY_STRATUM, BY_STRATUM]
    assert [row.how for row in fixed(placed, "model").rows] == [BY_MODEL, BY_MODEL]


def test_strata_in_which_the_detector_differs_are_not_pooled() -> None:
    raw, placed, _, _ = flown(2, (0.9, 0.4), (120, 25), density=(0.5, 0.5))
    found = fixed(placed)
    assert found.test.p < 0.01
    assert [row.how for row in found.rows] == [BY_STRATUM, BY_STRATUM]
    assert "unlike" in found.why
    assert found.why in corrected(raw, [found]).method
    parts = [placed.photos.take(placed.stratum == h) for h in (0, 1)]
    same = homogeneity([detector_of([part], 0) for part in (parts[0], parts[0])])
    assert (same.strata, same.chi2, same.p) == (2, 0, 1)


def test_a_stratum_without_review_is_not_pooled_untested() -> None:
    raw, placed, _, _ = flown(3, (0.8, 0.8), (120, 0))
    after = corrected(raw, [fixed(placed)])
    assert math.isnan(after.row("B", "cow").estimate)
    assert after.row("A", "cow").estimate > 0
    assert any("in stratum 'B': its precision and recall are unknown" in text for text in after.warnings)
    assert corrected(raw, [fixed(placed, "model")]).row("B", "cow").estimate > 0


def test_strata_of_one_model_err_together() -> None:
    raw, placed, _, _ = flown(4, (0.8, 0.8), (60, 60))
    found = fixed(placed, "model")
    after = corrected(raw, [found])
    a, b, both = (after.row(name, "cow") for name in ("A", "B", "all"))
    assert both.se**2 > a.se**2 + b.se**2
    # The model's part by hand: T = (X - b M) / r.
    assert found.model is not None
    row, before = found.rows[1], raw.row("B", "cow")
    boxes, many = row.found.detections, row.photos
    assert row.factor == pytest.approx((boxes - found.model.false_alarms * many) / found.model.recall / boxes)
    step = 1e-6
    moved = (boxes - (found.model.false_alarms + step) * many) / found.model.recall / boxes
    assert row.gradient[0] == pytest.approx((moved - row.factor) / step, rel=1e-4)
    assert b.estimate == pytest.approx(row.factor * before.estimate)


@pytest.mark.parametrize("by", ["stratum", "model"])
def test_the_bootstrap_over_photos_and_transects_agrees_with_the_delta_method(by: By) -> None:
    raw, placed, flights, _ = flown(5, (0.8, 0.8), (100, 100))
    after = corrected(raw, [fixed(placed, by)], flights, placed)
    for row in after.rows:
        assert row.bootstrap_low < row.estimate < row.bootstrap_high
        assert row.bootstrap_high - row.bootstrap_low == pytest.approx(row.t_high - row.t_low, rel=0.25), row.stratum
    again = corrected(raw, [fixed(placed, by)], flights, placed)
    assert [row.bootstrap_low for row in again.rows] == [row.bootstrap_low for row in after.rows]


def test_a_class_that_only_reviewers_find_is_estimated_from_the_review_alone() -> None:
    raw, placed, flights, truth = flown(6, (0.8, 0.8), (150, 300))
    blind = replace(
        placed, photos=replace(placed.photos, detected=placed.photos.detected * 0, right=placed.photos.right * 0)
    )
    nothing = replace(flights, counts=flights.counts * 0)
    raw = estimate(nothing, Strata(("A", "B"), np.array([900.0, 600.0]), np.full(2, math.nan)))
    after = corrected(raw, [fixed(blind)], nothing, blind)
    for row, true in zip(after.rows, (*truth, sum(truth)), strict=True):
        assert row.correction == REVIEW_ALONE
        assert row.ci_low < true < row.ci_high
        assert row.se > 0
    assert any("the detector found none" in text for text in after.rows[0].remarks)


def test_where_all_boxes_are_false_there_is_an_upper_bound() -> None:
    raw, placed, flights, _ = flown(8, (0.8, 0.8), (200, 400), density=(0.5, 0.0))
    after = corrected(raw, [fixed(placed)], flights, placed)
    row = after.row("B", "cow")
    assert raw.row("B", "cow").estimate > 0
    assert (row.estimate, row.interval) == (0, "upper bound")
    assert math.isnan(row.se)
    # Herds of A have about 4 animals: three herds may be in four fifths of the ground, or more.
    assert 30 < row.ci_high < 300
    both = after.row("all", "cow")
    assert both.ci_high - both.estimate == pytest.approx(math.hypot(both.t_high - both.estimate, both.unseen))


# ---- the sample -------------------------------------------------------------------------------


def test_a_sample_by_stratum_takes_turns_and_grows(tmp_path: Path) -> None:
    path, transects, strata = survey(tmp_path)
    target = tmp_path / "sample.csv"

    def drawn() -> list[dict[str, str]]:
        with target.open(newline="") as file:
            return list(csv.DictReader(file))

    draw = partial(sample_survey, path, target, seed=1, strata_file=strata, transect_file=transects)
    said = draw(positive=5, empty=3)
    assert "10 photos called positive and 4 called empty" in said
    assert "A 6, B 8" in said
    first = [row["stratum"] for row in drawn() if row["called"] == "positive"]
    assert first == ["A", "B"] * 5
    before = [(row["called"], row["stratum"], row["photo"]) for row in drawn()]
    draw(positive=8, empty=5)
    for kind in ("positive", "empty"):
        for name in "AB":
            now = [row["photo"] for row in drawn() if (row["called"], row["stratum"]) == (kind, name)]
            earlier = [photo for *of, photo in before if of == [kind, name]]
            assert now[: len(earlier)] == earlier
    rows = drawn()
    for row in rows:
        row["reviewed"] = "yes"
    with target.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    draw(positive=9, empty=6)
    assert sum(row["reviewed"] == "yes" for row in drawn()) == len(rows)
    result = estimate_survey(path, transects, strata, sample_file=target)
    assert not any("order of the sample" in text for text in result.warnings)
    assert any(line.startswith("  B: 8 of") for line in result.lines)


def test_strata_without_polygons_need_transects(tmp_path: Path) -> None:
    path, transects, strata = survey(tmp_path)
    with pytest.raises(InputError, match="no polygons"):
        sample_survey(path, tmp_path / "s.csv", 5, 5, strata_file=strata)
    with pytest.raises(InputError, match="expected the strata too"):
        sample_survey(path, tmp_path / "s.csv", 5, 5, transect_file=transects)


def test_a_class_that_only_reviewers_drew_goes_through_the_files(tmp_path: Path) -> None:
    """Pigs, which the detector does not know. All photos were reviewed, so their estimate is that of what was drawn."""
    path, transects, strata = survey(tmp_path)
    found = geopackage.read_detections(path)
    rows = found.take(np.concatenate([np.arange(120), np.arange(0, 120, 6)]))
    pig = np.arange(140) >= 120
    rows = replace(
        rows,
        classes=("cow", "pig"),
        label=pig.astype(np.int64),
        score=np.where(pig, np.nan, 0.9),
        review=["confirmed" if drawn else text for drawn, text in zip(pig, rows.text("review"), strict=True)],
        uuid=None,
    )
    geopackage.write_survey(path, geopackage.read_images(path), rows, geopackage.read_runs(path), small.UTM)
    drawn = estimate_survey(path, transects, strata, review="confirmed").estimates
    after = estimate_survey(path, transects, strata, sample_file=ALL_REVIEWED).estimates
    for stratum in ("A", "all"):
        row = after.row(stratum, "pig")
        assert REVIEW_ALONE in row.correction
        assert row.estimate == pytest.approx(drawn.row(stratum, "pig").estimate, rel=0.1)
        assert row.se == pytest.approx(drawn.row(stratum, "pig").se, rel=0.2)
    stored = geopackage.read_estimates(path)
    assert stored is not None
    assert stored.row("A", "pig").correction == REVIEW_ALONE
    assert any("the detector found none" in text for text in stored.row("A", "pig").remarks)


def test_one_large_photo_over_all_strata_has_one_factor(tmp_path: Path) -> None:
    """No photo has its centre in stratum B: there the factor of all photos is used, and the row says so."""
    raw, placed, flights, _ = flown(9, (0.8, 0.8), (150, 150), density=(0.5, 0.5))
    placed = replace(placed, stratum=placed.stratum * 0)
    found = fixed(placed)
    after = corrected(raw, [found], flights, placed)
    assert [row.correction for row in after.rows] == [BY_STRATUM, ONE_FACTOR, f"{BY_STRATUM} and {ONE_FACTOR}"]
    assert after.row("B", "cow").factor == pytest.approx(after.row("A", "cow").factor)
    assert after.row("B", "cow").se > 0
    assert any("the factor of all photos" in text for text in after.row("B", "cow").remarks)
    # Asked for by stratum, it is unknown, and never the count as it was.
    assert math.isnan(corrected(raw, [fixed(placed, "stratum")]).row("B", "cow").estimate)
