"""Connected components, against a union of sets."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.components import components

GRAPHS = st.integers(1, 30).flatmap(
    lambda n: st.tuples(st.just(n), st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=40))
)


@given(GRAPHS)
def test_each_node_has_the_smallest_node_that_it_reaches(graph: tuple[int, list[tuple[int, int]]]) -> None:
    nodes, edges = graph
    together = {node: {node} for node in range(nodes)}
    for a, b in edges:
        joined = together[a] | together[b]
        for node in joined:
            together[node] = joined
    pairs = np.array(edges, np.int64).reshape(-1, 2)
    assert components(nodes, pairs[:, 0], pairs[:, 1]).tolist() == [min(together[node]) for node in range(nodes)]


@pytest.mark.parametrize("seed", range(3))
def test_a_long_chain_in_any_order_is_one(seed: int) -> None:
    nodes = np.random.default_rng(seed).permutation(5000)
    assert not components(5000, nodes[:-1], nodes[1:]).any()
