"""Jolly's estimate and the correction by a reviewed sample give the figures of R's package `survey`."""

import pytest

from benchmarks.estimates_in_r import ours

# R 4.2, survey 4.1-1, by `python -m benchmarks.estimates_in_r`: the number and its SE.
IN_R = {
    "jolly": (307.692307692, 80.2840858903),
    "positive": (34.8333333333, 4.41977279217),
    "precision": (0.777777777778, 0.0833533726106),
    "empty": (9.42857142857, 5.4021915432),
}


def test_the_figures_are_those_of_r() -> None:
    found = ours()
    assert found.keys() == IN_R.keys()
    for name, figures in IN_R.items():
        assert found[name] == pytest.approx(figures, rel=1e-10), name
