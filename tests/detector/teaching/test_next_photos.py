"""Which photos a model asks for next."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from detector.teaching.next_photos import MOST, Wanted, doubt_of, in_turn
from detector.teaching.told import Unseen


def _photo(name: str, doubt: float, unlike: float) -> Wanted:
    return Wanted(Unseen(Path("survey.gpkg"), name, Path(name)), 0, doubt, unlike)


def _look(value: float) -> NDArray[np.float64]:
    return np.full(6, value)


def test_of_two_photos_that_look_alike_the_second_waits() -> None:
    photos = [
        *(_photo("a", 9.0, 50.0), _photo("a again", 8.0, 49.0)),
        *(_photo("b", 7.0, 30.0), _photo("c", 6.0, 20.0), _photo("d", 1.0, 10.0)),
    ]
    chosen = in_turn(photos, [_look(50), _look(49), _look(80), _look(20), _look(10)])
    assert [one.photo.name for one in chosen] == ["a", "b", "c", "d", "a again"]
    assert {one.photo.name: one.unlike for one in chosen}["a again"] == 1.0  # what it would still add


def test_photos_that_are_all_unlike_come_by_doubt() -> None:
    photos = [_photo(str(n), float(n), 5.0) for n in range(MOST + 5)]
    chosen = in_turn(photos, [_look(1000.0 * n) for n in range(MOST + 5)])
    assert [one.photo.name for one in chosen] == [str(n) for n in reversed(range(5, MOST + 5))]


def test_no_photo_is_asked_for_where_none_is_left() -> None:
    assert in_turn([], []) == []


def test_doubt_is_about_detections_near_the_threshold() -> None:
    assert doubt_of(np.array([0.4]), 0.4) == pytest.approx(1)
    assert doubt_of(np.array([0.3, 0.55]), 0.4) == pytest.approx(0.5 + 0.5)
    assert doubt_of(np.full(500, 0.15), 0.4) == 0  # faint spots of rough ground
    assert doubt_of(np.full(500, 0.95), 0.4) == 0
