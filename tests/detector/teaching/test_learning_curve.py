"""What more photos would bring."""

import numpy as np
import pytest

from detector.teaching.learning_curve import Curve


def curve_of(errors: list[float], patches: int = 20) -> Curve:
    """Runs on 5, 10 and 20 photos with these errors, equal on all patches of 1,000 animals."""
    counts = []
    for error in errors:
        missed = round(1000 * 2 * error / (1 + error))  # without false alarms, F1 is 2 found / (2 found + missed)
        counts.append([[1000 - missed, 0, missed]] * patches)
    return Curve(np.array([5, 10, 20]), np.array(counts, np.int64))


def test_a_power_law_is_found_and_continued() -> None:
    curve = curve_of([0.4, 0.2, 0.1])  # half the error with twice the photos: b = 1
    assert curve.f1() == pytest.approx([0.6, 0.8, 0.9], abs=0.01)
    twice = curve.expected(20, 0.95, [20])[0]
    assert twice.f1 == pytest.approx(0.975, abs=0.003)
    root = curve_of([0.4, 0.4 / 2**0.5, 0.2]).expected(20, 0.8, [60])[0]
    assert root.f1 == pytest.approx(0.9, abs=0.005)
    assert root.low == pytest.approx(root.high, abs=0.005)  # all patches are alike


def test_photos_that_bring_nothing_are_not_promised() -> None:
    flat = curve_of([0.2, 0.2, 0.25]).expected(20, 0.8)
    assert [one.f1 for one in flat] == pytest.approx([0.8] * 3)
    assert [one.photos for one in flat] == [10, 30, 100]


def test_unlike_patches_widen_the_interval() -> None:
    rng = np.random.default_rng(1)
    counts = np.stack([rng.multinomial(10, [1 - e, e / 2, e / 2], 12) for e in (0.5, 0.35, 0.25)])
    expected = Curve(np.array([5, 10, 20]), counts).expected(20, 0.8, [40])[0]
    assert expected.low < expected.f1 < expected.high
    assert expected.high - expected.low > 0.01
