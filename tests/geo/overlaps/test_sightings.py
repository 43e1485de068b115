import functools
import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo.overlaps.cells import Photos, cells, owns
from geo.overlaps.one_to_one import one_to_one
from geo.overlaps.sightings import Matched, match
from geo.tables import TableError
from tests.surveys.strip import StripSurvey, strip_survey

SEEDS = st.integers(0, 2**32 - 1)


def small(seed: int, **changes: Any) -> StripSurvey:
    return strip_survey(
        seed, **{"lines": 2, "photos_a_line": 8, "herds": 2, "herd_size": (3, 12), "alone": 4, **changes}
    )


def perfect(seed: int, **changes: Any) -> StripSurvey:
    return small(seed, pose_noise_m=0, yaw_noise_deg=0, height_noise=0, jitter_m=0, **changes)


def run(survey: StripSurvey, **settings: Any) -> Matched:
    return match(*survey.sightings, survey.photos, **settings)


def groups(ids: Any, of: Any) -> set[frozenset[int]]:
    return {frozenset(of[ids == animal].tolist()) for animal in np.unique(ids)}


@given(SEEDS, st.sampled_from(["animals", "cells"]), st.booleans())
@settings(max_examples=25, deadline=None)
def test_perfect_positions_give_the_exact_count(seed: int, rule: str, registered: bool) -> None:
    survey = perfect(seed)
    result = run(survey, rule=rule, register_photos=registered)
    assert result.counted.sum() == survey.animals
    assert np.bincount(survey.animal, weights=result.counted).max() == 1, "each animal counts once"
    n = np.arange(len(survey.xy))
    assert groups(result.animal_id, n) == groups(survey.animal, n)


@given(SEEDS, st.sampled_from(["animals", "cells"]), st.sampled_from([0.0, 0.5, 4.0]))
@settings(max_examples=25, deadline=None)
def test_the_order_of_sightings_and_photos_does_not_matter(seed: int, rule: str, noise: float) -> None:
    survey = small(seed, pose_noise_m=noise)
    rng = np.random.default_rng(seed)
    rows, photos = rng.permutation(len(survey.xy)), rng.permutation(len(survey.photos))
    where = np.argsort(photos)
    before = run(survey, rule=rule)
    shuffled = match(
        survey.xy[rows],
        survey.error_m[rows],
        survey.label[rows],
        survey.size_m[rows],
        where[survey.image[rows]],
        survey.photos.take(photos),
        rule=rule,  # type: ignore[arg-type]
    )
    n = np.arange(len(rows))
    assert np.array_equal(before.counted[rows], shuffled.counted)
    assert groups(before.animal_id, n) == groups(shuffled.animal_id, rows)


@given(SEEDS, st.floats(0, 10), st.floats(0.3, 5), st.floats(0.5, 1), st.sampled_from([0.0, 1.0]))
@settings(max_examples=30, deadline=None)
def test_a_photo_never_has_an_animal_twice_and_each_animal_counts_once(
    seed: int, noise: float, spacing: float, found: float, speed: float
) -> None:
    survey = small(seed, pose_noise_m=noise, spacing_m=spacing, found=found, speed_m_s=speed)
    if not len(survey.xy):
        return
    result = run(survey, max_speed_m_s=speed)
    both = np.column_stack([result.animal_id, survey.image])
    assert len(np.unique(both, axis=0)) == len(both)
    assert (np.bincount(result.animal_id, weights=result.counted) == 1).all()
    assert result.report.animals == result.report.counted == result.animal_id.max() + 1
    # The counted sighting is the one nearest its photo's centre.
    far = np.hypot(*(survey.xy - survey.photos.centres[survey.image]).T)
    nearest = np.full(result.report.animals, np.inf)
    np.minimum.at(nearest, result.animal_id, far)
    assert np.array_equal(far[result.counted == 1], nearest[result.animal_id[result.counted == 1]])


@given(SEEDS, st.sampled_from(["animals", "cells"]))
@settings(max_examples=20, deadline=None)
def test_one_photo_stays_as_it_is(seed: int, rule: str) -> None:
    survey = small(seed, lines=1, photos_a_line=1)
    result = run(survey, rule=rule)
    assert result.animal_id.tolist() == list(range(len(survey.xy)))
    assert result.counted.tolist() == [1] * len(survey.xy)
    assert np.array_equal(result.positions_map, survey.xy)


@given(SEEDS)
@settings(max_examples=10, deadline=None)
def test_photos_that_do_not_overlap_share_no_animal(seed: int) -> None:
    survey = small(seed, forward_overlap=-0.1, side_overlap=-0.1)
    assert run(survey, register_photos=False).counted.all()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_herds_tighter_than_the_poses_are_counted_within_two_per_cent(seed: int) -> None:
    survey = strip_survey(seed, lines=2, photos_a_line=20, herds=6, alone=6, pose_noise_m=5.0, spacing_m=2.0)
    found = run(survey)
    report = found.report
    assert abs(report.counted / survey.animals - 1) <= 0.02
    assert report.after_m < 0.5 < 4 < report.before_m
    assert 2 < report.shift_m < 12
    assert whole(survey, found) > 0.9
    assert whole(survey, run(survey, register_photos=False)) < 0.6, "the poses alone cannot tell the animals apart"


def whole(survey: StripSurvey, result: Matched) -> float:
    """The share of animals that are one animal, with all of their sightings and no other."""
    n = np.arange(len(survey.xy))
    true = groups(survey.animal, n)
    return len(true & groups(result.animal_id, n)) / len(true)


def test_registration_finds_the_poses() -> None:
    """Between overlapping photos: what moves all of them alike, no animal can tell."""
    survey = strip_survey(5, lines=1, photos_a_line=12, herds=3, herd_size=(30, 40), alone=0, pose_noise_m=5.0)
    result = run(survey)
    for animal in range(survey.animals):
        seen = survey.animal == animal
        if len(np.unique(survey.image[seen])) > 2:
            assert np.ptp(result.positions_map[seen], axis=0).max() < 2
    # A photo's footprint moves with its animals.
    at = survey.image[0]
    inside = shapely.contains_xy(result.photos.footprints[at], *result.positions_map[survey.image == at].T)
    assert inside.mean() > 0.95


def test_cells_give_the_density_without_bias_where_no_animal_can_be_told_from_another() -> None:
    """Herds at a metre under poses that are 10 m off: who is who nobody knows, yet count / area is right on average.

    The count alone is not: a photo that is off towards a place is more often the nearest to it, and so the cells, and
    their area with them, reach farther than photos see.
    """
    density, count = [], []
    for seed in range(50):
        survey = strip_survey(
            seed, lines=2, photos_a_line=12, herds=25, alone=25, pose_noise_m=10.0, spacing_m=1.0, beyond_m=60.0
        )
        counted = owns(survey.xy, survey.image, survey.photos).sum()
        count.append(counted / survey.animals - 1)
        area = shapely.area(cells(survey.photos)).sum()
        density.append((counted / area) / (survey.animals / survey.area_m2) - 1)
    error = np.std(density, ddof=1) / np.sqrt(len(density))
    assert abs(np.mean(density)) < 2.5 * error < 0.08
    assert np.mean(count) > 0.05
    assert whole(survey, run(survey, register_photos=False)) < 0.2


def test_cells_of_registered_photos_give_the_count_too() -> None:
    surveys = [strip_survey(seed, lines=2, photos_a_line=12, herds=6, alone=4, pose_noise_m=5.0) for seed in range(4)]
    counted = [run(survey, rule="cells").report.counted for survey in surveys]
    assert sum(counted) / sum(survey.animals for survey in surveys) == pytest.approx(1, abs=0.06)


def test_walking_animals_need_the_wider_gate() -> None:
    survey = small(4, alone=6, herds=0, pose_noise_m=0.1, yaw_noise_deg=0, height_noise=0, speed_m_s=1.0)
    still = run(survey, register_photos=False).report.counted
    walking = run(survey, register_photos=False, max_speed_m_s=1.5).report.counted
    assert walking == survey.animals < still


def two_photos() -> Photos:
    footprints = np.array([shapely.box(0, 0, 100, 100), shapely.box(20, 0, 120, 100)])
    return Photos(np.array([[50.0, 50.0], [70.0, 50.0]]), footprints)


def pair_of(first: Any, second: Any, **settings: Any) -> Matched:
    """Two sightings (x, label, size), one in each of two photos."""
    (x, label, size), (x2, label2, size2) = first, second
    return match([[x, 50], [x2, 50]], 1.0, [label, label2], [size, size2], [0, 1], two_photos(), **settings)


def test_place_class_and_size_decide() -> None:
    assert pair_of((60, 0, 2.0), (61, 0, 2.1)).report.animals == 1
    assert pair_of((60, 0, 2.0), (66, 0, 2.0)).report.animals == 2, "too far"
    assert pair_of((60, 0, 2.0), (60, 0, 0.5)).report.animals == 2, "a calf is no cow"
    assert pair_of((60, 0, np.nan), (60, 0, 0.5)).report.animals == 1, "an unknown size says nothing"
    assert pair_of((60, 0, 2.0), (60, 1, 2.0)).report.mixed_classes == 1, "detectors mistake classes"
    assert pair_of((60, 0, 2.0), (60, 1, 2.0), other_class=0).report.animals == 2


def test_matching_is_one_to_one_and_best_overall() -> None:
    """Nearest first would join the middle two and leave both others alone."""
    xy = [[50.0, 50], [52.0, 50], [51.2, 50], [54.0, 50]]
    result = match(xy, 1.0, [0] * 4, [2.0] * 4, [0, 0, 1, 1], two_photos())
    assert result.animal_id.tolist() == [0, 1, 0, 1]


def test_what_has_no_place_counts() -> None:
    photos = Photos(np.array([[0.0, 0], [np.nan, np.nan]]), np.array([[[0, 0], [9, 0], [9, 9]], None], object))
    result = match([(1, 1), (np.nan, np.nan), (1, 1)], 1.0, [0, 0, 0], [1, 1, 1], [0, 0, 1], photos)
    assert result.counted.tolist() == [1, 1, 1]
    assert result.report.unplaced == 2
    assert any("no place" in line for line in result.report.lines())


def test_no_sightings() -> None:
    for rule in ("animals", "cells"):
        result = match(np.empty((0, 2)), [], [], [], [], two_photos(), rule=rule)
        assert len(result.animal_id) == len(result.counted) == result.report.animals == 0


def test_a_tight_herd_is_said_to_be_a_guess() -> None:
    survey = small(1, spacing_m=0.5, herds=2, herd_size=(30, 40), pose_noise_m=5)
    report = run(survey, register_photos=False).report
    assert report.unclear > 0.3 * report.sightings
    assert any("cells" in line for line in report.lines())


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"error_m": [0.0, 1.0]}, "error_m"),
        ({"labels": [0]}, "labels"),
        ({"image": [0, 2]}, "image"),
        ({"positions_map": [[1.0, 2, 3]]}, "positions"),
        ({"rule": "best"}, "rule"),
        ({"max_speed_m_s": 1.0}, "times"),
        ({"size_error": 0.0}, "size_error"),
    ],
)
def test_what_does_not_fit_is_refused(change: dict[str, Any], says: str) -> None:
    good: dict[str, Any] = {"positions_map": [[1, 2], [3, 4]], "error_m": [1.0, 1.0], "labels": [0, 0]}
    good |= {"size_m": [1.0, 1.0], "image": [0, 1], "photos": two_photos()}
    match(**good)
    with pytest.raises(TableError, match=says):
        match(**{**good, **change})


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_the_assignment_is_the_heaviest(data: st.DataObject) -> None:
    """Against every permutation."""
    rows, columns = data.draw(st.integers(1, 5)), data.draw(st.integers(1, 5))
    cell = st.one_of(st.just(0.0), st.integers(1, 6).map(float), st.floats(0.1, 9))
    gain = np.array(data.draw(st.lists(cell, min_size=rows * columns, max_size=rows * columns))).reshape(rows, columns)
    left, right = np.nonzero(gain)
    kept = one_to_one(left, right, gain[left, right])
    assert len(set(left[kept])) == len(set(right[kept])) == kept.sum()
    padded = np.pad(gain, ((0, 0), (0, rows)))
    best = padded[np.arange(rows), permutations(columns + rows, rows)].sum(axis=1).max()
    assert gain[left, right][kept].sum() == pytest.approx(best)


@functools.cache
def permutations(of: int, length: int) -> NDArray[np.int64]:
    """(P, length) every choice of so many different numbers below `of`, in every order."""
    return np.array(list(itertools.permutations(range(of), length)))


def test_a_large_tangle_is_one_to_one_too() -> None:
    left, right = (side.ravel() for side in np.mgrid[:150, :140])
    weight = np.random.default_rng(0).uniform(1, 2, len(left))
    kept = one_to_one(left, right, weight)
    assert len(set(left[kept])) == len(set(right[kept])) == kept.sum() == 140


def test_more_joined_than_photos_show_is_said() -> None:
    report = run(small(1)).report
    assert 0.9 < report.seen_again / report.looks <= 1.1
    assert any("where a photo shows the place of an animal" in line for line in report.lines())
    many = replace(report, seen_again=int(1.3 * report.looks))
    assert any("the count is too low" in line for line in many.lines())
    assert not any("too low" in line for line in many.lines("cells"))


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("noise", [0.0, 2.0])
def test_a_herd_at_one_metre_is_not_left_in_pieces(seed: int, noise: float) -> None:
    """Boxes are off by a sixth of the space between neighbours: pairs of photos alone leave 4 to 6 % too many."""
    turned: dict[str, Any] = {} if noise else {"yaw_noise_deg": 0.0, "height_noise": 0.0}
    survey = strip_survey(
        seed,
        lines=2,
        photos_a_line=12,
        herds=4,
        herd_size=(20, 50),
        alone=6,
        spacing_m=1.0,
        pose_noise_m=noise,
        **turned,
    )
    found = run(survey)
    assert abs(found.report.counted / survey.animals - 1) <= (0.025 if noise else 0.01)
    twice = [len(set(photos)) < len(photos) for photos in (survey.image[found.animal_id == a] for a in range(20))]
    assert not any(twice), "never two of one photo"
