"""Photos that people had searched before the sample was drawn: what they show is known, and stands for no others."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from geo import geopackage
from geo.errors import VectorError
from geo.estimate import estimate as estimate_survey
from geo.estimate import sample as sample_survey
from geo.estimates.by_place import By, corrections
from geo.estimates.correction import Photos, draw, factors
from geo.estimates.resampling import factor_draws
from geo.estimates.sample import ReviewSample, photos_of, read_sample, write_sample
from geo.searches import Searches
from geo.tables import Images, TableError
from tests.geo.estimates.test_correction import BY_HAND, photos, survey
from tests.surveys import small


def with_known(found: Photos, *animals: int) -> Photos:
    """The photos, and photos that the detector did not search and a person did."""
    more = np.array(animals, np.int64)[:, None]
    none, yes = np.zeros_like(more), np.ones(len(more), bool)
    return Photos(
        found.classes,
        np.vstack([found.detected, none]),
        np.vstack([found.right, none]),
        np.vstack([found.animals, more]),
        np.append(found.reviewed, yes),
        np.append(~found.reviewed & False, yes),
    )


def test_known_animals_are_added_and_change_nothing_else() -> None:
    (before,), (found,) = factors(BY_HAND), factors(with_known(BY_HAND, 38, 20))
    assert found.animals == pytest.approx(before.animals + 58)
    assert found.animals_se == pytest.approx(before.animals_se)
    assert (found.precision, found.recall) == pytest.approx((before.precision, before.recall))
    assert (found.positive, found.empty) == (before.positive, before.empty)
    assert (found.photos, found.known_photos, found.known_animals) == (12, 2, 58)


def test_only_reviewed_photos_are_known() -> None:
    with pytest.raises(TableError, match="known"):
        replace(BY_HAND, known=~BY_HAND.reviewed)


@pytest.mark.parametrize("by", ["stratum", "model"])
def test_all_ways_to_correct_add_them(by: By) -> None:
    rng = np.random.default_rng(1)
    animals = rng.poisson(2, 400)
    right = rng.binomial(animals, 0.8)
    plain = photos(right + rng.poisson(0.3, 400), right, animals, rng.random(400) < 0.5)
    before, after = (
        corrections(one, np.zeros(len(one.reviewed), np.int64), ["A"], by)[0] for one in (plain, with_known(plain, 90))
    )
    boxes = before.rows[0].found.detections
    assert after.rows[0].factor == pytest.approx(before.rows[0].factor + 90 / boxes)
    assert after.factor_se(after.rows[0]) == pytest.approx(before.factor_se(before.rows[0]), rel=1e-9)
    draws = [
        factor_draws([one], each, 0, 500, np.random.default_rng(2))
        for one, each in ((plain, before), (with_known(plain, 90), after))
    ]
    assert draws[1] == pytest.approx(draws[0] + 90 / boxes)


def test_a_colony_of_which_the_richest_photos_were_searched_first() -> None:
    """As in the walk through QGIS: 60 photos, 11 with seals; four of these and an empty one were searched before."""
    animals = np.zeros(60, np.int64)
    animals[:11] = [31, 38, 20, 20, 174, 165, 134, 125, 114, 79, 31]
    searched = np.isin(np.arange(60), [0, 1, 2, 3, 50])
    right = np.where(searched, 0, np.round(0.9 * animals).astype(np.int64))
    truth = animals.sum()
    lumped: list[float] = []
    apart: list[float] = []
    for seed in range(300):
        for known, found in ((np.zeros(60, bool), lumped), (searched, apart)):
            open_to = np.flatnonzero(~known)
            reviewed = known.copy()
            reviewed[open_to[np.concatenate(draw(right[open_to] > 0, (4, 6), seed))]] = True
            (one,) = factors(Photos(("seal",), right[:, None], right[:, None], animals[:, None], reviewed, known))
            found.append(one.animals)
    assert np.mean(apart) == pytest.approx(truth, rel=0.01)
    assert np.std(apart) < 0.05 * truth
    assert np.std(lumped) > 3 * np.std(apart), "one searched photo in the sample stood for nine"


def test_a_sample_with_them_comes_back_from_its_file(tmp_path: Path) -> None:
    sample = ReviewSample(
        ("a", "b", "c"), (True, False, False), (3, 0, 0), (False, False, True), (), (False, False, True)
    )
    write_sample(sample, tmp_path / "sample.csv")
    assert read_sample(tmp_path / "sample.csv") == sample
    assert "searched,1,c,0,yes" in (tmp_path / "sample.csv").read_text(encoding="utf-8")
    assert sample.drawn == {"a", "b"}


def searched(path: Path, images: Images, numbers: list[int]) -> None:
    """Write into the survey that a person searched these images completely."""
    boxes = np.array([[0, 0, images.width[n], images.height[n]] for n in numbers], np.float64)
    cells = Searches(
        [images.path[n] for n in numbers],
        np.ones(len(boxes), np.int64),
        boxes,
        ["Ann"] * len(boxes),
        ["2026-11-30"] * len(boxes),
    )
    geopackage.write_survey(path, images, geopackage.read_detections(path), [], small.UTM, searches=cells)


def marked(path: Path, photos_done: int) -> ReviewSample:
    """Mark the first photos of each kind."""
    with path.open(newline="", encoding="utf-8") as file:
        head, *lines = list(csv.reader(file))
    lines = [[*line[:4], "yes" if line[4] or int(line[1]) <= photos_done else "", *line[5:]] for line in lines]
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([head, *lines])
    return read_sample(path)


def test_the_draw_lists_what_people_searched_and_later_draws_keep_that(tmp_path: Path) -> None:
    path, transects, strata = survey(tmp_path)
    images = geopackage.read_images(path)
    searched(path, images, [1, 2, 35])
    target = tmp_path / "sample.csv"
    said = sample_survey(path, target, positive=8, empty=4, seed=1)
    assert "3 more that people had searched before count as they are" in said
    first = marked(target, 6)
    known = {images.path[n] for n in (1, 2, 35)}
    assert first.drawn.isdisjoint(known)
    assert set(first.photos) - first.drawn == known
    # People search what was drawn, and another photo by their own choice: neither was left to chance afterwards.
    numbers = [n for n, name in enumerate(images.path) if name in first.drawn or n == 7]
    searched(path, images, [1, 2, 35, *numbers])
    sample_survey(path, target, positive=12, empty=6, seed=1)
    again = read_sample(target)
    assert set(again.photos) - again.drawn == known
    assert first.drawn < again.drawn
    assert sum(again.reviewed) == sum(first.reviewed)
    found, _ = photos_of(geopackage.read_images(path), geopackage.read_detections(path), again)
    assert found.known.sum() == 3
    result = estimate_survey(path, transects, strata, sample_file=target)
    assert any("that people had searched before the draw" in line for line in result.lines)


def test_a_photo_in_which_a_detection_waits_is_drawn(tmp_path: Path) -> None:
    path, _, _ = survey(tmp_path)
    images, rows = geopackage.read_images(path), geopackage.read_detections(path)
    review = np.array(rows.text("review"), object)
    photo = int(rows.image[0])
    review[np.flatnonzero(rows.image == photo)[0]] = "unreviewed"
    geopackage.write_survey(path, images, replace(rows, review=review.tolist()), [], small.UTM)
    searched(path, images, [photo, 39])
    sample_survey(path, tmp_path / "sample.csv", positive=100, empty=100)
    sample = read_sample(tmp_path / "sample.csv")
    assert images.path[photo] in sample.drawn
    assert images.path[39] not in sample.drawn
    wrong = replace(sample, known=(True,) * len(sample), reviewed=(True,) * len(sample))
    with pytest.raises(VectorError, match="hold unreviewed boxes"):
        photos_of(images, geopackage.read_detections(path), wrong)


def test_a_survey_that_was_searched_again_gets_a_new_sample_in_which_the_reviewed_photos_are_known(
    tmp_path: Path,
) -> None:
    """Before, the sample was refused, and so was every new draw into its file."""
    path, transects, strata = survey(tmp_path)
    images, rows = geopackage.read_images(path), geopackage.read_detections(path)
    target = tmp_path / "sample.csv"
    sample_survey(path, target, positive=8, empty=4, seed=1)
    first = marked(target, 3)
    text = target.read_bytes()
    # Another model finds nothing where it had found something, and the other way round.
    names = rows.image_paths()
    left = [name for name in first.photos if name not in first.marked]
    full, empty = (next(name for name in left if (name in names) == found) for found in (True, False))
    image = np.array([images.path.index(empty if name == full else name) for name in names])
    geopackage.write_survey(path, images, replace(rows, paths=tuple(images.path), image=image), [], small.UTM)
    with pytest.raises(VectorError, match=r"was of the other kind .*; draw a new sample"):
        estimate_survey(path, transects, strata, sample_file=target)
    said = sample_survey(path, target, positive=8, empty=4, seed=1)
    assert "the last draw no longer fits the survey, and is now sample-1.csv" in said
    assert (tmp_path / "sample-1.csv").read_bytes() == text
    again = read_sample(target)
    assert set(again.photos) - again.drawn == first.marked == again.marked
    marked(target, 4)
    result = estimate_survey(path, transects, strata, sample_file=target)
    assert any(f"and {len(first.marked)} that people had searched before" in line for line in result.lines)
    sample_survey(path, target, positive=9, empty=5, seed=1)
    assert not (tmp_path / "sample-2.csv").exists(), "it fits, and is added to"


def test_a_sample_of_another_survey_is_kept_aside_and_says_nothing_of_this_one(tmp_path: Path) -> None:
    path, _, _ = survey(tmp_path)
    target = tmp_path / "sample.csv"
    theirs = (geopackage.read_images(path).path[3], "another.jpg")
    write_sample(ReviewSample(theirs, (False, False), (0, 0), (True, True)), target)
    sample_survey(path, target, positive=8, empty=4, seed=1)
    assert not any(read_sample(target).reviewed)
    assert read_sample(tmp_path / "sample-1.csv").photos == theirs
