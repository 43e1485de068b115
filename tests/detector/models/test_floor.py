"""The lowest score of a search, and what an evaluation gets below it."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from detector.detections import Detections
from detector.models.floor import MOST_DOUBTFUL, SCORE_FLOOR, bounded, doubtful_kept

rows = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 100)), max_size=60)


@given(rows, st.integers(0, 5))
def test_each_group_keeps_its_best_and_all_that_a_search_keeps(rows: list[tuple[int, int]], most: int) -> None:
    group = np.array([g for g, _ in rows], np.int64)
    scores = np.array([s / 1000 for _, s in rows], np.float32)
    kept = doubtful_kept(scores, group, most)
    assert kept[scores >= SCORE_FLOOR].all()
    for number in range(4):
        low = scores[(group == number) & (scores < SCORE_FLOOR)]
        chosen = scores[(group == number) & (scores < SCORE_FLOOR) & kept]
        assert sorted(chosen, reverse=True) == sorted(low, reverse=True)[:most]


def test_a_tile_of_nothing_but_doubt_is_bounded() -> None:
    count = 3 * MOST_DOUBTFUL
    scores = np.linspace(0.001, 0.04, count, dtype=np.float32)
    boxes = np.tile(np.array([0, 0, 5, 5], np.float32), (count, 1))
    found = Detections.of(
        boxes, scores, np.zeros(count, np.int32), np.repeat(np.array([0, 1], np.int32), [count - 2, 2])
    )
    kept = bounded(found)
    assert np.bincount(kept.tiles).tolist() == [MOST_DOUBTFUL, 2]
    assert kept.scores[0] == scores[count - 2 - MOST_DOUBTFUL]
