"""Corrections by review: a case worked by hand, what repeated samples of one survey say, and the way through files."""

import csv
import itertools
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo import geopackage, vector
from geo.errors import GeoError, InputError, VectorError
from geo.estimate import ALL_REVIEWED
from geo.estimate import estimate as estimate_survey
from geo.estimate import sample as sample_survey
from geo.estimates.by_place import Corrections, corrections
from geo.estimates.corrected import corrected
from geo.estimates.correction import Factor, Group, Photos, draw, factors
from geo.estimates.jolly import Estimates, estimate
from geo.estimates.sample import ReviewSample, draw_sample, photos_of, read_sample, write_sample
from geo.estimates.transects import Strata, Transects
from geo.estimates.wish import photos_needed
from geo.tables import DetectionRows, Images, TableError
from tests.surveys import small
from tests.surveys.flown import flown_survey

Column = Sequence[int] | NDArray[np.int64]


def photos(detected: Column, right: Column, animals: Column, reviewed: Sequence[bool] | NDArray[np.bool_]) -> Photos:
    """Photos of one class, as columns (M,)."""
    of_the_detector, of_both, there = (np.array(column)[:, None] for column in (detected, right, animals))
    return Photos(("cow",), of_the_detector, of_both, there, np.array(reviewed))


# Of four photos called positive two are reviewed, of six called empty three.
BY_HAND = photos(
    [2, 1, 3, 2, 0, 0, 0, 0, 0, 0],
    [2, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    [3, 1, 0, 0, 0, 1, 0, 0, 0, 0],
    [True, True, False, False, True, True, True, False, False, False],
)


def test_a_sample_worked_by_hand() -> None:
    (found,) = factors(BY_HAND)
    assert found.detections == 8
    assert found.precision == pytest.approx(2 / 3)
    # T1 = 8 * 4 / 3, T0 = 6 / 3
    assert found.animals == pytest.approx(32 / 3 + 2)
    assert found.recall == pytest.approx((2 / 3 * 8) / (38 / 3))
    assert found.factor == pytest.approx(found.precision / found.recall)
    # residuals +-1/3: 16 * 1/2 / 2 * 2/9; 0, 1, 0: 36 * 1/2 / 3 * 1/3
    assert found.positive.variance == pytest.approx(8 / 9)
    assert found.empty.variance == pytest.approx(2)
    assert found.animals_se**2 == pytest.approx(26 / 9)
    assert found.df == pytest.approx((26 / 9) ** 2 / ((8 / 9) ** 2 / 1 + 2**2 / 2))
    # residuals of p - 2/3 x: +-2/3
    assert found.precision_se == pytest.approx(math.sqrt(16 / 4 * 8 / 9) / 8)


def one_survey(seed: int = 0, size: int = 3000) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Detected, right and true animals of photos, some holding herds."""
    rng = np.random.default_rng(seed)
    animals = rng.poisson(0.3, size) * rng.geometric(0.2, size)
    right = rng.binomial(animals, 0.75)
    return right + rng.poisson(0.08, size), right, animals


def test_over_many_samples_of_one_survey_the_se_are_the_spread_and_the_means_are_right() -> None:
    detected, right, animals = one_survey()
    found: list[Factor] = []
    for seed in range(400):
        reviewed = np.zeros(len(animals), bool)
        reviewed[np.concatenate(draw(detected > 0, (150, 300), seed))] = True
        found += factors(photos(detected, right, animals, reviewed))
    truth = {
        "animals": animals.sum(),
        "precision": right.sum() / detected.sum(),
        "recall": right.sum() / animals.sum(),
    }
    for name, value in truth.items():
        estimates = np.array([getattr(f, name) for f in found])
        said = np.array([getattr(f, f"{name}_se") for f in found])
        assert estimates.mean() == pytest.approx(value, abs=0.3 * estimates.std()), name
        assert math.sqrt(np.mean(said**2)) == pytest.approx(estimates.std(), rel=0.12), name


def test_when_all_is_reviewed_nothing_is_left_to_chance() -> None:
    detected, right, animals = one_survey()
    (found,) = factors(photos(detected, right, animals, np.ones(len(animals), bool)))
    assert found.animals == animals.sum()
    assert (found.animals_se, found.precision_se, found.recall_se) == (0, 0, 0)
    assert photos_needed(found, 0.001) == (0, 0)


def test_boxes_follow_animals_as_the_detector_does() -> None:
    detected, right, animals = one_survey(size=20_000)
    reviewed = np.zeros(len(animals), bool)
    reviewed[np.concatenate(draw(detected > 0, (2000, 2000), 1))] = True
    (found,) = factors(photos(detected, right, animals, reviewed))
    assert found.boxes_per_animal == pytest.approx(0.75, abs=0.03)
    noise = np.mean((detected - 0.75 * animals - 0.08) ** 2)
    assert found.noise == pytest.approx(noise, rel=0.15)


def test_classes_are_each_corrected() -> None:
    detected, right, animals = one_survey()
    both = [np.column_stack([a, a[::-1]]) for a in (detected, right, animals)]
    found = factors(Photos(("cow", "pig"), both[0], both[1], both[2], np.ones(len(animals), bool)))
    assert [f.class_name for f in found] == ["cow", "pig"]
    assert [f.animals for f in found] == [animals.sum()] * 2


def test_what_the_reviewed_photos_cannot_tell_is_nan() -> None:
    (found,) = factors(replace(BY_HAND, reviewed=np.array([True, True] + [False] * 8)))
    assert found.precision == pytest.approx(2 / 3)
    assert math.isnan(found.recall)
    assert math.isnan(found.factor)
    assert photos_needed(found, 0.1) is None
    with pytest.raises(TableError, match="more right"):
        photos([1], [1], [0], [True])


# ---- how many more ---------------------------------------------------------------------------


def factor_of(positive: Group, empty: Group, animals: float = 100.0) -> Factor:
    se = math.sqrt(positive.variance + empty.variance)
    return Factor("cow", 80, animals, se, 10.0, 0.9, 0.1, 0.9, 0.1, positive, empty, 0.9, 0.1, 0.9)


@given(
    st.tuples(st.integers(4, 60), st.floats(0, 3)),
    st.tuples(st.integers(4, 60), st.floats(0, 3)),
    st.floats(0.002, 0.5),
    st.data(),
)
def test_as_many_more_photos_reach_the_wish_with_the_fewest(
    one: tuple[int, float], two: tuple[int, float], cv: float, data: st.DataObject
) -> None:
    start = [data.draw(st.integers(2, size)) for size, _ in (one, two)]
    found = factor_of(Group(one[0], start[0], one[1]), Group(two[0], start[1], two[1]))
    more = photos_needed(found, cv)
    assert more is not None
    wished = (cv * found.animals) ** 2 * (1 + 1e-9) + 1e-12

    def variance(m: tuple[int, int]) -> float:
        return sum(replace(g, reviewed=n).variance for g, n in zip((found.positive, found.empty), m, strict=True))

    assert variance((start[0] + more[0], start[1] + more[1])) <= wished
    enough = [
        a + b
        for a, b in itertools.product(range(start[0], one[0] + 1), range(start[1], two[0] + 1))
        if variance((a, b)) <= wished
    ]
    # Each group is rounded up.
    assert sum(more) + sum(start) <= min(enough) + 1


def test_a_wish_must_be_positive() -> None:
    with pytest.raises(TableError):
        photos_needed(factor_of(Group(10, 5, 1.0), Group(10, 5, 1.0)), 0)


# ---- corrected estimates ---------------------------------------------------------------------


def two_strata() -> Estimates:
    rows = Transects(
        ("A", "A", "A", "B", "B"),
        tuple("12345"),
        ("cow",),
        np.array([[3.0], [0], [9], [2], [4]]),
        np.array([1.0, 1, 2, 1, 1]),
    )
    return estimate(rows, Strata(("A", "B"), np.array([12.0, 10.0]), np.full(2, math.nan)))


def by_stratum(*found: Factor) -> Corrections:
    """The corrections with these factors, each for its stratum."""
    (one,) = corrections(photos([1], [1], [1], [True]), np.array([0]), "A", "stratum")
    rows = [
        replace(
            one.rows[0],
            stratum="AB"[h],
            found=factor,
            factor=factor.factor,
            variance=factor.factor_se**2,
            df=factor.df,
            boxes_per_animal=factor.boxes_per_animal,
            noise=factor.noise,
            signal=factor.signal,
        )
        for h, factor in enumerate(found)
    ]
    return replace(one, rows=tuple(rows))


def test_a_perfect_detector_changes_nothing() -> None:
    before = two_strata()
    animals = [3, 0, 9, 2, 4]
    seen = photos(animals, animals, animals, [True] * 5)
    after = corrected(before, corrections(seen, np.array([0, 0, 0, 1, 1]), "AB"))
    for a, b in zip(before.rows, after.rows, strict=True):
        assert (b.estimate, b.se, b.df) == pytest.approx((a.estimate, a.se, a.df))
        assert (b.factor, b.precision, b.recall) == (1, 1, 1)


def test_errors_of_strata_with_their_own_reviews_are_independent() -> None:
    before = two_strata()
    found = factor_of(Group(40, 10, 0.4), Group(60, 10, 0.1), animals=100.0)
    after = corrected(before, [by_stratum(found, found)])
    a, b, both = (after.row(name, "cow") for name in ("A", "B", "all"))
    assert (a.estimate, both.estimate) == pytest.approx((36 * found.factor, 66 * found.factor))
    assert both.se**2 == pytest.approx(a.se**2 + b.se**2)
    assert a.se**2 == pytest.approx(a.se_transects**2 + a.se_review**2)
    assert a.se_review == pytest.approx(36 * found.factor_se)


def test_what_boxes_vary_by_chance_is_not_taken_for_animals() -> None:
    before = two_strata()  # in stratum A 12 boxes on 4 km2, with the variance 162
    found = replace(factor_of(Group(40, 40, 0.0), Group(60, 60, 0.0)), noise=0.2, signal=0.5)
    # 100 photos with 80 boxes: 12 boxes stand for 15 photos, 5 a transect.
    noise = 9 * 6 / 3 * 0.2 * 5
    after = corrected(before, [by_stratum(found, found)])
    assert after.row("A", "cow").se ** 2 == pytest.approx(162 * (1 - noise / 162) / 0.9**2)
    # Never below what single photos say.
    loud = replace(found, noise=9.0)
    after = corrected(before, [by_stratum(loud, loud)])
    assert after.row("A", "cow").se ** 2 == pytest.approx(162 * 0.5 / 0.9**2)


def test_a_class_that_review_does_not_know_has_no_corrected_estimate() -> None:
    after = corrected(two_strata(), [])
    assert all(math.isnan(row.estimate) and math.isnan(row.se) for row in after.rows)
    assert any("precision and recall are unknown" in warning for warning in after.warnings)


def test_no_misses_in_a_small_sample_are_not_taken_for_none() -> None:
    """50 of 600 empty photos were reviewed and show none: the upper end has those that the others may have."""
    detected = np.concatenate([np.full(60, 2), np.zeros(600, np.int64)])
    seen = photos(detected, detected, detected, np.arange(660) < 110)
    before = two_strata()
    after = corrected(before, corrections(seen, np.arange(660) % 2, "AB", "stratum"))
    assert any("up to 11.3% of those" in warning for warning in after.warnings)
    row = after.row("A", "cow")
    # 25 of 300 empty photos reviewed, and at most 1 - 0.05^(1/25) of 275 photos have one animal, in 60 boxes' worth.
    unseen = (1 - 0.05 ** (1 / 25)) * 275 * 36 / 60
    assert row.unseen == pytest.approx(unseen)
    assert row.ci_high > replace(row, unseen=0.0).ci_high
    assert any("the upper end includes them" in text for text in row.remarks)


# ---- the sample and its file -----------------------------------------------------------------


def rows_of(*rows: tuple[int, str, float, str, str | None, int]) -> DetectionRows:
    """Rows of photo, class, score, review, reviewed class, counted."""
    classes = tuple(dict.fromkeys(row[1] for row in rows))
    n = len(rows)
    return DetectionRows(
        paths=tuple(f"photos/{i} 'é'.jpg" for i in range(6)),
        image=np.array([row[0] for row in rows]),
        classes=classes,
        label=np.array([classes.index(row[1]) for row in rows]),
        score=np.array([row[2] for row in rows], np.float32),
        boxes_px=np.tile(np.array([0, 0, 9, 9], np.float32), (n, 1)),
        polygons_map=np.full((n, 5, 2), np.nan),
        review=[row[3] for row in rows],
        reviewed_class=[row[4] for row in rows],
        counted=np.array([row[5] for row in rows]),
    )


def test_what_a_photo_missed_counts_in_the_photo_that_is_nearest() -> None:
    """Five photos show the animal that the detector missed, and each reviewer draws it; the animal is one."""
    survey = flown_survey(1, forward_overlap=0.8)
    animal, often = np.unique(survey.animal, return_counts=True)
    rows = survey.rows.take(survey.animal == animal[np.argmax(often)])
    drawn = replace(rows, score=np.full(len(rows), np.nan), review="confirmed", run_id="manual")
    found, _ = photos_of(survey.images, drawn, None)
    assert len(drawn) >= 5
    assert found.animals.sum() == 1


def test_what_a_review_says_of_each_photo() -> None:
    images = small.images(6)  # the last one failed
    rows = rows_of(
        (0, "cow", 0.9, "confirmed", None, 1),
        (0, "cow", 0.8, "rejected", None, 1),
        (0, "cow", 0.8, "confirmed", "pig", 1),
        (0, "cow", 0.8, "unreviewed", None, 0),
        (1, "pig", 0.7, "unreviewed", None, 1),
        (2, "cow", math.nan, "confirmed", None, 1),
        (2, "cow", math.nan, "unreviewed", None, 1),  # drawn by the reviewer, who need not confirm it
        (3, "cow", math.nan, "rejected", None, 1),
        (5, "cow", 0.7, "confirmed", None, 1),
    )
    names = images.path
    marked = ReviewSample((names[0], names[2], names[3]), (True, False, False), (3, 0, 0), (True, True, True))
    found, warnings = photos_of(images, rows, marked)
    assert found.classes == ("cow", "pig")
    assert found.detected.tolist() == [[3, 0], [0, 1], [0, 0], [0, 0], [0, 0]]
    assert found.right[0].tolist() == [1, 0]
    assert found.animals[[0, 2, 3]].tolist() == [[1, 1], [2, 0], [0, 0]]
    assert found.reviewed.tolist() == [True, False, True, True, False]
    assert warnings == ()
    with pytest.raises(VectorError, match="1 photos are marked as reviewed but hold unreviewed boxes"):
        photos_of(images, rows, None)
    with pytest.raises(VectorError, match="not among the searched"):
        photos_of(images, rows, replace(marked, photos=(names[0], names[2], names[5])))
    with pytest.raises(VectorError, match="of the other kind"):
        photos_of(images, rows, replace(marked, positive=(True, False, True)))
    skipped = replace(marked, reviewed=(True, False, True))
    assert "order" in photos_of(images, rows, skipped)[1][0]


def test_a_draw_is_random_repeatable_and_grows() -> None:
    positive = np.arange(1000) % 3 == 0
    first, empty = draw(positive, (20, 30), 7)
    assert positive[first].all()
    assert not positive[empty].any()
    more, _ = draw(positive, (200, 30), 7)
    assert more[:20].tolist() == first.tolist()
    assert draw(positive, (20, 30), 8)[0].tolist() != first.tolist()
    every = draw(positive, (5000, 5000), 7)
    assert sorted(np.concatenate(every)) == list(range(1000))


def test_a_sample_comes_back_from_its_file(tmp_path: Path) -> None:
    nasty = ('a,"b".jpg', "line\nbreak.jpg", "<img src=x>.jpg", "=1+2.jpg", "\udcff.jpg")
    sample = ReviewSample(nasty, (True, True, False, False, False), (3, 1, 0, 0, 0), (True, False, True, False, False))
    write_sample(sample, tmp_path / "sample.csv")
    assert read_sample(tmp_path / "sample.csv") == sample


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_sample_that_a_spreadsheet_saved_comes_back(tmp_path: Path, encoding: str) -> None:
    saved = "called;order;photo;detections;reviewed\r\npositive;1;a, b.jpg;3;Yes\r\nempty;1;c.jpg;0;\r\n;;;;\r\n"
    (tmp_path / "sample.csv").write_text(f"sep=;\r\n{saved}", encoding=encoding, newline="")
    sample = ReviewSample(("a, b.jpg", "c.jpg"), (True, False), (3, 0), (True, False))
    assert read_sample(tmp_path / "sample.csv") == sample


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("photo\na.jpg\n", "no column 'called'"),
        ("called,order,photo,detections,reviewed\nmaybe,1,a,0,\n", "line 2: called 'maybe'"),
        ("called,order,photo,detections,reviewed\nempty,1,a,0,perhaps\n", "reviewed 'perhaps'"),
        ("called,order,photo,detections,reviewed\nempty,x,a,0,\n", "whole numbers"),
        ("called,order,photo,detections,reviewed\nempty,1\n", "whole numbers"),
        ("called,order,photo,detections,reviewed\nempty,1,a,0,\nempty,2,a,0,\n", "twice"),
    ],
)
def test_samples_that_make_no_sense_are_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "sample.csv").write_text(text)
    with pytest.raises(VectorError, match=said):
        read_sample(tmp_path / "sample.csv")


# ---- from the survey's file to the corrected estimate ----------------------------------------


def survey(folder: Path) -> tuple[Path, Path, Path]:
    """A GeoPackage of 40 photos, each of its own transect: (survey, transects, strata)."""
    rng = np.random.default_rng(4)
    images = replace(small.images(40), status=["done"] * 40, reason=[None] * 40)
    photo = np.sort(rng.integers(0, 30, 120))
    corner = rng.uniform((0, 0), (5900, 3900), (120, 2))
    boxes = np.hstack([corner, corner + 50]).astype(np.float32)
    corners = boxes[:, [[0, 1], [2, 1], [2, 3], [0, 3], [0, 1]]].astype(np.float64)
    rows = DetectionRows(
        paths=tuple(images.path),
        image=photo,
        classes=("cow",),
        label=np.zeros(120, int),
        score=np.full(120, 0.9),
        boxes_px=boxes,
        polygons_map=small.to_map(corners, photo[:, None]),
        review=["rejected" if i % 10 == 0 else "confirmed" for i in range(120)],
        run_id="r1",
    )
    path = folder / "survey.gpkg"
    geopackage.write_survey(path, images, rows, [small.run(("cow",))], small.UTM)
    frame = np.array([[0, 0], [6000, 0], [6000, 4000], [0, 4000], [0, 0]], float)
    rings = [small.to_map(frame, np.full(5, i)) for i in range(40)]
    columns = {"stratum": ["A"] * 20 + ["B"] * 20, "transect": [str(i) for i in range(40)]}
    vector.write_polygons(folder / "transects.gpkg", "transects", rings, columns, small.UTM)
    (folder / "strata.csv").write_text("stratum,area_km2\nA,2\nB,3\n")
    return path, folder / "transects.gpkg", folder / "strata.csv"


def test_the_way_through_the_files(tmp_path: Path) -> None:
    path, transects, strata = survey(tmp_path)
    plain = estimate_survey(path, transects, strata).estimates
    row = plain.row("all", "cow")
    assert row.n == 40
    assert plain.row("A", "cow").estimate / 2 == pytest.approx(plain.row("A", "cow").density_per_km2)
    assert plain.row("B", "cow").n == 20
    said = sample_survey(path, tmp_path / "sample.csv", positive=20, empty=8, seed=1)
    assert "20 photos called positive and 8 called empty" in said
    with (tmp_path / "sample.csv").open(newline="") as file:
        lines = list(csv.reader(file))
    marked = [lines[0], *([*line[:4], "yes" if int(line[1]) <= 15 else ""] for line in lines[1:])]
    with (tmp_path / "sample.csv").open("w", newline="") as file:
        csv.writer(file).writerows(marked)
    # A larger draw keeps the marks and goes on.
    sample_survey(path, tmp_path / "sample.csv", positive=25, empty=9, seed=1)
    again = read_sample(tmp_path / "sample.csv")
    assert (len(again), sum(again.reviewed)) == (34, 15 + 8)
    with pytest.raises(InputError, match="reviewed photos that are not in the new draw"):
        sample_survey(path, tmp_path / "sample.csv", positive=2, empty=2, seed=1)
    result = estimate_survey(path, transects, strata, sample_file=tmp_path / "sample.csv", wished_pct=20)
    text = "\n".join(result.lines)
    assert "Reviewed: 14 of" in text  # one of the 15 has no place
    assert "precision 0." in text
    assert "for a precision of 20 %" in text
    mended = result.estimates.row("all", "cow")
    assert mended.made_at
    assert (mended.design, mended.version) == ("random", result.estimates.row("A", "cow").version)
    # Nothing was missed, and a tenth of the boxes is no animal: all are counted as the detector said, then mended.
    assert mended.estimate < estimate_survey(path, transects, strata, review="all").estimates.row("all", "cow").estimate
    everything = estimate_survey(path, transects, strata, sample_file=ALL_REVIEWED).estimates.row("all", "cow")
    confirmed = estimate_survey(path, transects, strata, review="confirmed").estimates.row("all", "cow")
    assert everything.estimate == pytest.approx(confirmed.estimate, rel=0.05)
    read = geopackage.read_detections(path)
    assert len(read) == 120


def test_counts_come_from_one_place(tmp_path: Path) -> None:
    path, transects, strata = survey(tmp_path)
    table = tmp_path / "t.csv"
    table.write_text("stratum,transect,count,area_km2\nA,1,2,0.1\nA,2,4,0.1\nB,1,1,0.1\nB,2,0,0.2\n")
    assert estimate_survey(None, table, strata).estimates.row("A", "all").estimate == pytest.approx(60)
    for arguments, said in (
        ((path, table, strata), "leave the survey out"),
        ((None, transects, strata), "holds no counts"),
    ):
        with pytest.raises(InputError, match=said):
            estimate_survey(*arguments)
    with pytest.raises(InputError, match="the survey is missing"):
        estimate_survey(None, table, strata, sample_file=ALL_REVIEWED)


def test_photos_that_were_not_searched_are_said(tmp_path: Path) -> None:
    path, transects, strata = survey(tmp_path)
    images: Images = replace(geopackage.read_images(path), status=["pending"] * 3 + ["done"] * 37)
    geopackage.write_survey(path, images, geopackage.read_detections(path), [], small.UTM)
    assert any("3 photos were not searched" in text for text in estimate_survey(path, transects, strata).warnings)
    drawn = draw_sample(images, geopackage.read_detections(path), 100, 100, 0)
    assert len(drawn) == 37
    with pytest.raises(GeoError):
        photos_of(replace(images, status=["pending"] * 40), geopackage.read_detections(path), None)
