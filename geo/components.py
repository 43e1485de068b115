"""The connected components of a graph."""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


def components(nodes: int, first: Ints, second: Ints) -> Ints:
    """(nodes,) the component of each node in the graph with the edges first-second, given as the smallest node in it.

    Each edge hooks the larger of its two roots to the smaller one. Then all paths are shortened, and edges within one
    tree are dropped, until no edge is left (Shiloach and Vishkin 1982).
    """
    root = np.arange(nodes)
    while True:
        first, second = root[first], root[second]
        apart = first != second
        if not apart.any():
            return root
        first, second = first[apart], second[apart]
        np.minimum.at(root, np.maximum(first, second), np.minimum(first, second))
        while not np.array_equal(up := root[root], root):
            root = up
