"""What tiles show, and how right a tile classifier's answers are, by hand."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="the torch extra is not installed: pip install 'herdmap[torch]'")

from detector.labels.labelled import LabelledImage
from detector.search.tiles import TileGrid
from detector.training.tile_classes import JudgedTiles, card, gate_threshold, metrics, shown_and_judged


def _photo(boxes, labels, crowd=None):
    n = len(boxes)
    crowd = np.zeros(n, np.bool_) if crowd is None else np.array(crowd)
    return LabelledImage(
        Path("a.png"), 200, 100, "a", np.array(boxes, np.float32).reshape(-1, 4), np.array(labels, np.int64), crowd
    )


def test_what_a_tile_shows_is_said_by_the_visible_share():
    grid = TileGrid(200, 100, 100, 0)  # two tiles side by side
    shown, judged = shown_and_judged(_photo([[10, 10, 30, 30], [90, 50, 140, 60]], [0, 1]), grid, 0.35, 2)
    assert shown.tolist() == [[True, False], [False, True]]
    assert judged.tolist() == [True, True]
    shown, judged = shown_and_judged(_photo([[90, 50, 140, 60]], [1]), grid, 0.35, 2)
    assert shown.tolist() == [[False, False], [False, True]]
    assert judged.tolist() == [False, True]  # a fifth of an animal is neither
    shown, judged = shown_and_judged(_photo([[10, 10, 30, 30]], [0], [True]), grid, 0.35, 2)
    assert not shown.any()
    assert judged.tolist() == [False, True]  # nor is a crowd


def _judged(animal, shown, best=None):
    animal = np.array(animal, np.float32)
    best = np.zeros(len(animal), np.int64) if best is None else np.array(best)
    shown = np.array(shown, np.bool_)
    probabilities = np.zeros((len(animal), 1 + shown.shape[1]), np.float32)
    probabilities[:, 0] = 1 - animal
    probabilities[np.arange(len(animal)), 1 + best] = animal
    return JudgedTiles.of(probabilities, shown, ["a"] * len(animal))


def test_a_gates_threshold_lets_the_wanted_share_of_the_animals_pass():
    rng = np.random.default_rng(0)
    animal = rng.random(1000)
    tiles = _judged(animal, (rng.random(1000) < animal)[:, None])
    for recall in (0.9, 0.98, 1.0):
        threshold = gate_threshold(tiles, recall)
        assert threshold is not None
        assert tiles.score(threshold).recall >= recall
        assert tiles.score(threshold + 0.01).recall < recall or recall == 0.9
        assert tiles.score(threshold).recall < recall + 0.005
    assert gate_threshold(_judged([0.5], [[False]]), 0.98) is None
    assert gate_threshold(_judged([0.5, 0.25], [[True], [True]]), 0.98) == 0.25


def test_the_numbers_of_a_curve_by_hand():
    # animal 0.9 called class 0 and of it; 0.8 called 1 but of 0; 0.7 called 0, empty; 0.1, of 1; 0.2, empty
    tiles = _judged(
        [0.9, 0.8, 0.7, 0.1, 0.2],
        [[True, False], [True, False], [False, False], [False, True], [False, False]],
        [0, 1, 0, 1, 0],
    )
    found = metrics(tiles, ["a", "b"], 0.5)
    assert found["validation/accuracy"] == pytest.approx(2 / 5)
    assert found["validation/passed"] == pytest.approx(3 / 5)
    assert (found["validation/precision"], found["validation/recall"]) == pytest.approx((2 / 3, 2 / 3))
    assert (found["validation/precision/a"], found["validation/recall/a"]) == pytest.approx((1 / 2, 1 / 2))
    assert (found["validation/precision/b"], found["validation/recall/b"]) == (0, 0)


def test_a_class_that_no_tile_shows_has_false_alarms_and_no_recall():
    tiles = _judged([0.9, 0.8, 0.7, 0.1], [[True, False], [False, False], [False, False], [False, False]], [0, 1, 1, 0])
    found = metrics(tiles, ["a", "b"], 0.5)
    assert {name: value for name, value in found.items() if name.endswith("/b")} == {
        "validation/precision/b": 0,
        "validation/false_alarms_per_tile/b": 2 / 4,
    }
    assert card(tiles, ["a", "b"], 0.5)["classes"] == {
        "a": {"with_animals": 1, "false_alarms": 0, "precision": 1, "recall": 1, "f1": 1},
        "b": {"with_animals": 0, "false_alarms": 2, "precision": 0},
    }


def test_tiles_of_several_classes_by_hand():
    # shows both, called both; shows a, called both; shows b, called nothing; empty, called nothing
    tiles = JudgedTiles.of(
        np.array([[0.9, 0.8], [0.7, 0.6], [0.1, 0.4], [0.3, 0.2]], np.float32),
        np.array([[True, True], [True, False], [False, True], [False, False]]),
        ["a"] * 4,
        several=True,
    )
    found = metrics(tiles, ["a", "b"], 0.5)
    assert found["validation/accuracy"] == pytest.approx(2 / 4)
    assert found["validation/passed"] == pytest.approx(2 / 4)
    assert (found["validation/precision"], found["validation/recall"]) == pytest.approx((1, 2 / 3))
    assert (found["validation/precision/a"], found["validation/recall/a"]) == pytest.approx((1, 1))
    assert (found["validation/precision/b"], found["validation/recall/b"]) == pytest.approx((1 / 2, 1 / 2))
    threshold = gate_threshold(tiles, 1.0)
    assert threshold is not None
    assert tiles.score(threshold).recall == 1
