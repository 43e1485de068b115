"""One-to-one assignment: chooses pairs so that nothing is in two of them and their total weight is largest."""

import numpy as np
from numpy.typing import NDArray

from geo.components import components

Ints = NDArray[np.int64]

# If the smaller side of a connected group has more than this, the group is assigned greedily, largest weight first.
_MOST_EXACT = 128


def one_to_one(left: Ints, right: Ints, weight: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(K,) bool: which pairs to keep, so that no left and no right is in two and the sum of weights is largest.

    It is exact in each connected group with up to 128 on its smaller side (Kuhn and Munkres, by shortest augmenting
    paths: Jonker and Volgenant 1987), and greedy in larger ones. If two results are equally good, the order of the
    pairs decides.

    Args:
        left: (K,) any integers, for the left side only.
        right: (K,) any integers, for the right side only. No pair occurs twice.
        weight: (K,) positive.
    """
    kept = np.zeros(len(weight), bool)
    if not len(weight):
        return kept
    _, u, u_count = np.unique(left, return_inverse=True, return_counts=True)
    _, v, v_count = np.unique(right, return_inverse=True, return_counts=True)
    alone = (u_count[u] == 1) & (v_count[v] == 1)
    kept[alone] = True
    rest = np.flatnonzero(~alone)
    if not len(rest):
        return kept
    tangle = components(len(u_count) + len(v_count), u[rest], v[rest] + len(u_count))[u[rest]]
    order = np.argsort(tangle, kind="stable")
    for edges in np.split(rest[order], np.flatnonzero(np.diff(tangle[order])) + 1):
        rows, row = np.unique(u[edges], return_inverse=True)
        columns, column = np.unique(v[edges], return_inverse=True)
        if len(rows) == 1 or len(columns) == 1:
            kept[edges[np.argmax(weight[edges])]] = True
        elif min(len(rows), len(columns)) > _MOST_EXACT:
            kept[edges[_greedy(row, column, weight[edges])]] = True
        else:
            gain = np.zeros((len(rows), len(columns)))
            gain[row, column] = weight[edges]
            chosen = _heaviest(gain) if len(rows) <= len(columns) else _transposed(_heaviest(gain.T), len(rows))
            kept[edges[chosen[row] == column]] = True
    return kept


def _greedy(row: Ints, column: Ints, weight: NDArray[np.float64]) -> Ints:
    used_rows, used_columns, chosen = set(), set(), []
    for edge in np.argsort(-weight, kind="stable").tolist():
        r, c = int(row[edge]), int(column[edge])
        if r not in used_rows and c not in used_columns:
            used_rows.add(r)
            used_columns.add(c)
            chosen.append(edge)
    return np.array(chosen, np.int64)


def _transposed(column_of: Ints, rows: int) -> Ints:
    """From the row of each column to the column of each row, -1 for none."""
    row_of = np.full(rows, -1, np.int64)
    row_of[column_of] = np.arange(len(column_of))
    return row_of


def _heaviest(gain: NDArray[np.float64]) -> Ints:
    """The column of each row, all different, with the largest sum of gain. gain: (R, C), R <= C, not below 0.

    A gain of 0 means "not together". With at least as many columns as rows, there is always room for rows that stay
    alone.
    """
    rows, columns = gain.shape
    row_at = np.full(columns + 1, -1, np.int64)  # each search starts in the last column
    row_price, column_price = np.zeros(rows), np.zeros(columns + 1)
    for row in range(rows):
        row_at[columns] = row
        at, free = columns, np.ones(columns, bool)
        least, before = np.full(columns, np.inf), np.zeros(columns, np.int64)
        visited = [columns]
        while row_at[at] >= 0:
            r = row_at[at]
            slack = -gain[r] - row_price[r] - column_price[:columns]
            better = free & (slack < least)
            least[better], before[better] = slack[better], at
            at = int(np.argmin(np.where(free, least, np.inf)))
            step = least[at]
            row_price[row_at[visited]] += step
            column_price[visited] -= step
            least[free] -= step
            free[at] = False
            visited.append(at)
        while at != columns:
            row_at[at] = row_at[before[at]]
            at = int(before[at])
        row_at[columns] = -1
    chosen = np.empty(rows, np.int64)
    taken = np.flatnonzero(row_at[:columns] >= 0)
    chosen[row_at[taken]] = taken
    return chosen
