"""The connected components of a graph."""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


def components(nodes: int, first: Ints, second: Ints) -> Ints:
    """The component of each node of the graph with the edges first-second, as the smallest node in it: (nodes,).

    Each edge hooks the larger of its two roots to the smaller, then all paths are shortened; edges within one tree are
    dropped, until none is left (Shiloach and Vishkin 1982).
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
