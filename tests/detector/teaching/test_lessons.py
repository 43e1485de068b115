"""What surveys and labels teach: known ground, classes, sizes, and the photos that are held out. No torch is needed."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from detector.errors import InputError
from detector.teaching import Teaching
from detector.teaching.held_out import Before, divide
from detector.teaching.known_ground import unknown_ground
from detector.teaching.lessons import USUAL_PX, Lessons, lessons_of
from detector.teaching.told import Told, from_labels, from_survey, is_survey
from tests.detector.teaching.marked_surveys import SIZE, write_photos, write_survey

CELL = st.tuples(*[st.integers(-3, 12)] * 4)


@given(st.lists(CELL, max_size=6))
def test_known_and_unknown_ground_make_the_whole_photo(cells: list[tuple[int, int, int, int]]) -> None:
    known = np.array(cells, float).reshape(-1, 4)
    covered = np.zeros((9, 10), int)
    for x0, y0, x1, y1 in cells:
        covered[max(0, y0) : max(0, y1), max(0, x0) : max(0, x1)] = 1
    for x0, y0, x1, y1 in unknown_ground(known, 10, 9).astype(int):
        covered[y0:y1, x0:x1] += 1
    assert (covered == 1).all()


def told_of(count: int, animals: int = 3, **changed: object) -> list[Told]:
    """Photos with animals of 20 px, searched whole."""
    boxes = np.array([[30.0 * i + 10, 40, 30 * i + 30, 60] for i in range(animals)]).reshape(-1, 4)
    one = Told(
        Path("a.png"), "", "", "s.gpkg", ("seal",) * animals, boxes, np.zeros(animals, bool), np.zeros((0, 4)),
        np.zeros((0, 4)), np.array([[0.0, 0, 200, 100]]),
    )  # fmt: skip
    return [replace(one, path=Path(f"{n}.png"), identity=f"{n:016x}", **changed) for n in range(count)]  # type: ignore[arg-type]


def lessons(told: list[Told], length_px: float | None = None) -> Lessons:
    return lessons_of(told, [(200, 100)] * len(told), length_px)


def crowds(of: Lessons, photo: int) -> NDArray[np.float32]:
    lesson = of.each[photo].photo
    return lesson.boxes_px[lesson.crowd]


def test_what_nobody_searched_is_no_background() -> None:
    told = told_of(2)
    half = replace(told[1], known_px=np.array([[0.0, 0, 100, 100]]), rejected_px=np.array([[150.0, 10, 170, 30]]))
    made = lessons([told[0], half])
    assert not len(crowds(made, 0))
    unknown = np.zeros((100, 200), int)
    for x0, y0, x1, y1 in crowds(made, 1).astype(int):
        unknown[y0:y1, x0:x1] += 1
    expected = np.zeros((100, 200), int)
    expected[:, 100:] = 1
    expected[10:30, 150:170] = 0  # a rejected detection is known to be no animal
    assert (unknown == expected).all()
    # An undecided detection in searched ground is neither an animal nor ground.
    made = lessons([told[0], replace(told[1], ignored_px=np.array([[110.0, 10, 130, 30]]))])
    assert crowds(made, 1).tolist() == [[110, 10, 130, 30]]


def test_classes_with_few_marks_are_neither_learnt_nor_background() -> None:
    told = told_of(3)
    with_goat = replace(told[2], names=("seal", "seal", "goat"))
    made = lessons([*told[:2], with_goat])
    assert made.classes == ("seal",)
    assert crowds(made, 2).tolist() == [[70, 40, 90, 60]]
    assert any("too few to learn, and left out: 1 goat" in text for text in made.remarks)


def test_points_get_the_usual_size() -> None:
    told = told_of(3)
    points = replace(told[0], point=np.ones(3, bool), boxes_px=told[0].boxes_px + np.array([9, 9, -9, -9]))
    assert np.allclose(lessons([points, *told[1:]]).each[0].photo.boxes_px, told[0].boxes_px)
    alone = [replace(points, identity=f"{n:016x}") for n in range(3)]
    made = lessons(alone)
    assert made.length_px == pytest.approx(USUAL_PX)
    assert [getattr(text, "about", None) for text in made.remarks] == ["length_px"]
    made = lessons(alone, 50)
    assert made.length_px == pytest.approx(50)
    assert not made.remarks


def test_too_little_is_said_and_what_to_do() -> None:
    with pytest.raises(InputError, match="too few animals are marked to learn from: 3 of 'seal'; mark 5 or more"):
        lessons(told_of(1))
    with pytest.raises(InputError, match="nothing says where no animal is"):
        lessons(told_of(2, known_px=np.zeros((0, 4))))
    with pytest.raises(InputError, match="animals are marked on 1 photo"):
        divide(lessons([*told_of(1, 6), *[replace(one, identity="b") for one in told_of(1, 0)]]).each)
    with pytest.raises(InputError, match="minutes is 0; expected more than 0"):
        Teaching(minutes=0)


def test_what_is_held_out_stays_held_out() -> None:
    each = lessons(told_of(30)).each
    first = divide(each[:12])
    held = {one.identity for one in first.held}
    assert len(held) == 2
    assert not held & {one.identity for one in first.learnt}
    assert {one.identity for one in divide(each[:12][::-1]).held} == held  # in whatever order they come
    before = Before(frozenset(one.identity for one in first.learnt), frozenset(held))
    again = divide(each, before)
    held_again = {one.identity for one in again.held}
    assert held <= held_again
    assert len(held_again) == 6
    assert not held_again & before.learnt
    # If all was learnt before, there is nothing honest to measure on.
    with pytest.raises(InputError, match="no photo with animals is left to measure on"):
        divide(each, Before(frozenset(one.identity for one in each)))


def test_photos_with_confirmed_proposals_alone_are_learnt_from() -> None:
    """On them nobody marked what was missed: a model found “12 of 12”, where 174 were."""
    searched, proposed = told_of(24)[:4], [replace(one, known_px=np.zeros((0, 4))) for one in told_of(24)[4:]]
    made = divide(lessons([*searched, *proposed]).each)
    held = {one.identity for one in made.held}
    assert held < {one.identity for one in searched}
    assert len(held) == 1
    one_searched = divide(lessons([searched[0], *proposed]).each)
    assert one_searched.held, "there is no better photo to measure on"


def test_flights_are_held_out_as_a_whole() -> None:
    each = lessons([replace(one, flight=f"f{n % 5}") for n, one in enumerate(told_of(20))]).each
    made = divide(each)
    assert made.by == "flight"
    flights = [{one.photo.flight for one in side} for side in (made.learnt, made.held)]
    assert not flights[0] & flights[1]
    assert len(flights[1]) == 1
    two = divide(lessons([replace(one, flight=f"f{n % 2}") for n, one in enumerate(told_of(20))]).each)
    assert two.by == "photo"


def test_a_survey_says_what_people_did(tmp_path: Path) -> None:
    truth = write_photos(tmp_path, 3)
    names = sorted(truth)
    cell = [0.0, 0, SIZE / 2, SIZE]
    marked = {**truth, names[2]: truth[names[2]][:0]}
    wrong = {names[0]: np.array([[5, 5, 25, 25]], np.float32)}
    survey = write_survey(tmp_path / "s.gpkg", marked, searched={names[0]: [cell]}, rejected=wrong)
    told, unseen, remarks = from_survey(survey)
    assert is_survey(survey)
    assert [one.path.name for one in told] == names[:2]
    assert [one.name for one in unseen] == names[2:]
    assert told[0].known_px is not None
    assert told[0].known_px.tolist() == [cell]
    assert told[1].known_px is not None
    assert not len(told[1].known_px)
    assert told[0].rejected_px.tolist() == [[5, 5, 25, 25]]
    np.testing.assert_allclose(told[0].boxes_px, truth[names[0]], atol=0.01)
    assert not remarks
    (tmp_path / names[1]).unlink()
    told, _, remarks = from_survey(survey)
    assert [one.path.name for one in told] == names[:1]
    assert "1 images with marks are missing" in remarks[0]


def test_photos_that_labels_list_are_searched_as_a_whole(tmp_path: Path) -> None:
    name = sorted(write_photos(tmp_path, 1))[0]
    (tmp_path / "labels.csv").write_text(f"images,x,y,labels\n{name},30,40,seal\n", encoding="utf-8")
    (told,) = from_labels(tmp_path / "labels.csv", tmp_path)
    assert told.known_px is None
    assert told.names == ("seal",)
    assert told.point.tolist() == [True]
    assert not is_survey(tmp_path / "labels.csv")


def test_a_class_of_another_size_is_named() -> None:
    told = told_of(4)
    large = np.array([[0.0, 0, 80, 80]])
    other = [replace(one, names=("elephant",), boxes_px=large, point=np.zeros(1, bool)) for one in told_of(5)]
    made = lessons([*told, *other])
    assert any("elephant are about 80 px long, most animals 20 px" in text for text in made.remarks)
    assert not any("px long, most" in text for text in lessons(told).remarks)
