"""Finds pairs of sightings in two photos that are near each other, in near-linear time and bounded memory."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
# The median distance of two normal coordinates from their mean, in standard errors of one.
MEDIAN_DISTANCE = 1.1774

_ROWS_AT_ONCE = 400_000
_FOUND_AT_ONCE = 2_000_000


class Near(NamedTuple):
    """K pairs of sightings that are near each other.

    Attributes:
        pair: (K,) the index of the pair of photos.
        i: (K,) the sighting in its first photo.
        j: (K,) the sighting in its second photo.
        apart: (K, 2) float64, the place of i minus the place of j.
    """

    pair: Ints
    i: Ints
    j: Ints
    apart: Floats


def near(
    xy: Floats, photo: Ints, photos: int, first: Ints, second: Ints, gate: Floats, most_a_pair: int | None = None
) -> Iterator[Near]:
    """Every sighting in first[p] with every sighting in second[p] that is within gate[p], in blocks.

    Args:
        xy: (N, 2) finite places.
        photo: (N,) their photos, ascending.
        photos: The number of photos.
        first: (P,) the first photo of each pair.
        second: (P,) the second photo of each pair.
        gate: (P,) the largest distance, along each axis.
        most_a_pair: If a pair of photos has more pairs of sightings, only so many are given, spread evenly over the
            first photo. Each pair of photos is then complete in one block.
    """
    if not len(xy) or not len(first):
        return
    low = xy.min(axis=0)
    x_order = np.lexsort((xy[:, 0], photo))
    # All sightings on one ascending line: by photo, and by x within a photo. Photos are too far apart to meet.
    stride = float(np.ptp(xy[:, 0])) + 2 * float(gate.max()) + 1.0
    x = xy[x_order, 0] - low[0]
    line = photo[x_order] * stride + x
    starts = np.searchsorted(photo, np.arange(photos + 1))
    counts = np.diff(starts)
    bounds = _bounds(xy, photo, photos)

    rows_of = counts[first]
    for pairs in _blocks(rows_of, _ROWS_AT_ONCE):
        pair = np.repeat(pairs, rows_of[pairs])
        nth = np.arange(len(pair)) - np.repeat(np.cumsum(rows_of[pairs]) - rows_of[pairs], rows_of[pairs])
        row = starts[first[pair]] + nth  # index into x_order
        reach = gate[pair]
        box = bounds[second[pair]]
        here = xy[x_order[row]]
        inside = ((here >= box[:, :2] - reach[:, None]) & (here <= box[:, 2:] + reach[:, None])).all(axis=1)
        pair, row, reach = pair[inside], row[inside], reach[inside]
        target = second[pair] * stride + x[row]
        begin = np.searchsorted(line, target - reach, "left")
        found = np.searchsorted(line, target + reach, "right") - begin
        some = found > 0
        pair, row, begin, found = pair[some], row[some], begin[some], found[some]
        if most_a_pair is not None and len(pair):
            pair, row, begin, found = _thinned(pair, row, begin, found, most_a_pair)
        for block in _blocks(found, _FOUND_AT_ONCE, pair if most_a_pair is not None else None):
            n = found[block]
            of = np.repeat(block, n)
            i = x_order[row[of]]
            j = x_order[begin[of] + np.arange(len(of)) - np.repeat(np.cumsum(n) - n, n)]
            apart = xy[i] - xy[j]
            close = (apart**2).sum(axis=1) <= gate[pair[of]] ** 2
            yield Near(pair[of[close]], i[close], j[close], apart[close])


def all_near(xy: Floats, photo: Ints, photos: int, first: Ints, second: Ints, gate: Floats) -> Near:
    """The result of `near` in one piece, ordered by pair, i and j."""
    blocks = list(near(xy, photo, photos, first, second, gate))
    if not blocks:
        none = np.empty(0, np.int64)
        return Near(none, none, none, np.empty((0, 2)))
    pair, i, j = (np.concatenate([block[column] for block in blocks]) for column in range(3))
    order = np.lexsort((j, i, pair))
    return Near(pair[order], i[order], j[order], np.concatenate([block.apart for block in blocks])[order])


def _bounds(xy: Floats, photo: Ints, photos: int) -> Floats:
    """(photos, 4) the rectangle of each photo's sightings; an empty one without sightings."""
    bounds = np.tile([np.inf, np.inf, -np.inf, -np.inf], (photos, 1))
    for axis in range(2):
        np.minimum.at(bounds[:, axis], photo, xy[:, axis])
        np.maximum.at(bounds[:, 2 + axis], photo, xy[:, axis])
    return bounds


def _blocks(sizes: Ints, most: int, together: Ints | None = None) -> Iterator[Ints]:
    """Indices of `sizes`, in runs with a sum of about `most`. Entries with the same `together` are in one run."""
    if not len(sizes):
        return
    run = (np.cumsum(sizes) - sizes) // most
    if together is not None:
        firsts = np.append(True, together[1:] != together[:-1])
        run = run[np.flatnonzero(firsts)][np.cumsum(firsts) - 1]
    yield from np.split(np.arange(len(sizes)), np.flatnonzero(np.diff(run)) + 1)


def _thinned(pair: Ints, row: Ints, begin: Ints, found: Ints, most: int) -> tuple[Ints, Ints, Ints, Ints]:
    firsts = np.append(True, pair[1:] != pair[:-1])
    group = np.cumsum(firsts) - 1
    step = -(-np.bincount(group, weights=found).astype(np.int64) // most)
    nth = np.arange(len(pair)) - np.flatnonzero(firsts)[group]
    kept = nth % step[group] == 0
    return pair[kept], row[kept], begin[kept], found[kept]
