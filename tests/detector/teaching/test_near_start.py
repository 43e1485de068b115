"""Weights as near to the beginning as they may be, norms that keep their statistics, and runs that cool down."""

import numpy as np
import pytest

from detector import models

torch = pytest.importorskip("torch")

from detector.teaching import taught  # noqa: E402
from detector.teaching.learning import State  # noqa: E402
from detector.teaching.near_start import SHARES, Weights, near_start  # noqa: E402

START, LEARNT = {"w": torch.zeros(2), "n": torch.tensor(3)}, {"w": torch.ones(2), "n": torch.tensor(7)}


@pytest.mark.parametrize(
    ("least", "share"), [(0.2, SHARES[0]), (0.4, 0.5), (0.6, 0.75), (0.9, 1.0)], ids=["near", "half", "most", "all"]
)
def test_the_nearest_weights_that_are_as_good_are_taken(least: float, share: float) -> None:
    def precision(weights: Weights) -> float:
        return 0.9 if float(weights["w"][0]) >= least else 0.8

    taken = near_start(START, LEARNT, precision)
    torch.testing.assert_close(taken["w"], torch.full((2,), share))
    assert int(taken["n"]) == 7  # a whole number is no weight


def test_what_was_learnt_is_taken_if_nothing_tells() -> None:
    taken = near_start(START, LEARNT, lambda weights: float("nan"))
    torch.testing.assert_close(taken["w"], LEARNT["w"])


def test_norms_keep_the_statistics_that_they_begin_with() -> None:
    pixels = torch.from_numpy(np.random.default_rng(0).integers(0, 255, (2, 3, 64, 64)).astype(np.float32))
    network = taught.begin(models.resolve(None), ("sheep",), ("sheep", "goat"), pixels)
    norms = [layer for layer in network.modules() if isinstance(layer, torch.nn.BatchNorm2d)]
    assert norms
    assert not any(norm.weight.requires_grad for norm in norms)
    assert all(norm.bias.requires_grad for norm in norms)
    from detector.training.freezing import freeze

    freeze(network.train(), "none", (), ()).hold()
    assert not any(norm.training for norm in norms)


def test_a_run_that_gets_no_better_ends_at_a_falling_rate() -> None:
    state = State(step=200, steps=1000)
    assert state.end == 1000
    state.cooled_from = 200
    assert state.end == 250
    rates = [state.rate(1.0, step) for step in range(200, 251)]
    assert rates == sorted(rates, reverse=True)
    assert rates[0] == pytest.approx(State(steps=1000).rate(1.0, 200))
    assert rates[-1] < 0.03 * rates[0]
