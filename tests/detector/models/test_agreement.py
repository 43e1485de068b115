"""How a portable file is held against its original: what counts as a difference, and what is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.detections import Detections
from detector.errors import ModelError
from detector.models.agreement import BOX_PX, SCORE, Agreement, compare_boxes, compare_probabilities

THRESHOLDS = np.array([0.5, 0.5], np.float32)


def some(count: int = 40, tiles: int = 4, seed: int = 0) -> Detections:
    rng = np.random.default_rng(seed)
    corner = rng.uniform(0, 80, (count, 2))
    boxes = np.hstack([corner, corner + rng.uniform(5, 20, (count, 2))])
    return Detections.of(boxes, rng.uniform(0.1, 1, count), rng.integers(0, 2, count), rng.integers(0, tiles, count))


def compare(a: Detections, b: Detections, **options: float) -> Agreement:
    return compare_boxes(a, b, 4, THRESHOLDS, **options)  # type: ignore[arg-type]


@given(st.randoms(use_true_random=False), st.integers(0, 5))
def test_the_order_does_not_matter(random: object, seed: int) -> None:
    found = some(seed=seed)
    order = np.arange(len(found))
    random.shuffle(order)  # type: ignore[attr-defined]
    agreement = compare(found, found[order])
    assert (agreement.compared, agreement.unmatched, agreement.share) == (len(found), 0, 1.0)
    assert (agreement.box_px, agreement.score) == (0, 0)
    agreement.require("m.onnx")


def test_the_largest_difference_is_found() -> None:
    a, b = some(), some()
    b.boxes[7, 2] += 0.3
    b.scores[9] -= 0.02
    agreement = compare(a, b)
    assert agreement.box_px == pytest.approx(0.3, abs=1e-4)
    assert agreement.score == pytest.approx(0.02, abs=1e-5)
    with pytest.raises(
        ModelError, match=r"m\.onnx is not written.*up to 0\.3 px, scores by up to 0\.02 .*at most 0\.1"
    ):
        agreement.require("m.onnx")


def test_by_how_much_scores_differ_on_average_and_how_far_from_it() -> None:
    a, b = some(), some()
    a.scores[:] = 0.5
    logits = np.full(40, 0.01)
    logits[7] = 0.05
    b.scores[:] = 1 / (1 + np.exp(logits))
    agreement = compare(a, b)
    assert agreement.shift == pytest.approx(0.011, abs=1e-6)
    assert agreement.spread == pytest.approx(0.039, abs=1e-6)
    assert compare(b, a).shift == pytest.approx(-0.011, abs=1e-6)
    same = compare(a, a)
    assert (same.shift, same.spread) == (0, 0)


def test_another_label_or_tile_is_no_match() -> None:
    a, b = some(), some()
    b.labels[3] = 1 - b.labels[3]
    assert compare(a, b).unmatched == 2
    b = some()
    b.tiles[3] = (b.tiles[3] + 1) % 4
    assert compare(a, b).unmatched == 2


def test_one_that_only_one_of_the_two_found_is_excused_where_a_rounding_decides() -> None:
    a = some()
    lowest = int(a.scores.argmin())
    b = a[np.arange(len(a)) != lowest]
    assert compare(a, b).unmatched == 1
    assert compare(a, b, score_floor=float(a.scores[lowest]) - SCORE / 2).unmatched == 0
    in_its_place = some()
    in_its_place.boxes[lowest] += 1
    assert compare(a, in_its_place).box_px == pytest.approx(1, abs=1e-4)
    at_the_floor = compare(a, in_its_place, score_floor=float(a.scores[lowest]))
    assert (at_the_floor.unmatched, at_the_floor.box_px) == (0, 0)
    tile = a.tiles[lowest]
    full = int((a.tiles == tile).sum())
    assert compare(a, b, detections_per_tile=full).unmatched == 0
    assert compare(a, b, detections_per_tile=full + 1).unmatched == 1


def test_a_refusal_of_an_export_says_whether_the_model_may_be_the_reason() -> None:
    a, moved = some(), some()
    moved.boxes[:] += 1
    with pytest.raises(ModelError, match=r"differs from the original: boxes by up to 1 px \(") as plain:
        compare(a, moved).require("m.onnx")
    assert str(plain.value).endswith("all in both")
    full = int(np.bincount(a.tiles).max())
    with pytest.raises(ModelError, match=r"1 of 4 tiles are full|[2-4] of 4 tiles are full"):
        compare(a, moved, detections_per_tile=full).require("m.onnx")
    for found in (a, moved):
        found.scores[:] *= 0.1
    with pytest.raises(
        ModelError, match=r"Nothing is above the threshold \(best score 0\.\d+\): the model is hardly"
    ) as cold:
        compare(a, moved).require("a-long-name-of-a-model.onnx")
    assert len(str(cold.value)) < 300


def test_what_quantising_costs() -> None:
    a, b = some(400), some(400)
    b.boxes[:] += np.float32(BOX_PX * 5)
    compare(a, b).require_rough("m.onnx")
    lost = b[(b.scores < 0.5) | (np.arange(len(b)) % 20 > 0)]
    agreement = compare(a, lost)
    assert agreement.share == pytest.approx(len(lost[lost.scores >= 0.5]) / len(a[a.scores >= 0.5]))
    with pytest.raises(ModelError, match=r"int8 costs too much: .* expected at least 98 % the same"):
        agreement.require_rough("m.onnx")


def test_a_check_that_shows_nothing_is_refused() -> None:
    nothing = compare(Detections.empty(), Detections.empty())
    with pytest.raises(ModelError, match="found nothing on the 4 tiles"):
        nothing.require("m.onnx")
    a = some()
    a.scores[:] *= 0.4
    with pytest.raises(ModelError, match="nothing on the 4 tiles of the check is above"):
        compare(a, a).require_rough("m.onnx")


def test_probabilities() -> None:
    wanted = np.array([[0.2, 0.8], [0.5, 0.5]], np.float32)
    compare_probabilities(wanted, wanted).require("m.onnx")
    agreement = compare_probabilities(wanted, wanted + np.array([[0.04], [0]], np.float32))
    assert agreement.score == pytest.approx(0.04)
    agreement.require_rough("m.onnx")
    with pytest.raises(ModelError, match="not written"):
        agreement.require("m.onnx")
    with pytest.raises(ModelError, match=r"answers \(1, 2\) for \(2, 2\)"):
        compare_probabilities(wanted, wanted[:1])
