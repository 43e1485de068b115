"""Votes again, once photos are registered: each photo against all of its neighbours together.

The pattern of a herd repeats itself, so that two photos may agree on a wrong shift. One such pair moves a photo to the
wrong animals of its herd. Its pairs then agree less well than they could, because a herd is not a lattice. All
neighbours together say so: at the wrong place, fewer of their animals fall on those of the photo than somewhere else.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.overlaps.nearby import Floats, Ints, near
from geo.overlaps.shift_votes import GATE, Pairs, peaks

# The place of a photo is wrong if another place has more votes than it, by so many standard errors of their
# difference, so many times, and so many at least.
_MORE, _TIMES, _LEAST = 2.0, 1.3, 5.0
# The most differences of place that vote for one pair of photos.
_MOST_VOTES = 40_000
_VOTES_AT_ONCE = 4_000_000


class Second(NamedTuple):
    """What the second vote says of M photos.

    Attributes:
        wrong: (M,) bool, whether the photo lies at the wrong place.
        shift_m: (M, 2) how far the neighbours' animals say that it must be moved; 0 if it is right.
    """

    wrong: NDArray[np.bool_]
    shift_m: Floats


def second_vote(xy: Floats, photo: Ints, doubted: NDArray[np.bool_], pairs: Pairs, scatter_m: float) -> Second:
    """Compare the place of each doubted photo with the best other place, by the animals of all photos tied to it.

    Args:
        xy: (N, 2) the registered places, metres.
        photo: (N,) their photos, ascending.
        doubted: (M,) bool, the photos that are judged.
        pairs: The tied pairs. error_m: as the poses have it; it is how far is searched.
        scatter_m: The standard error of the difference of two places of one animal, along each axis.
    """
    photos = len(doubted)
    wrong, shift = np.zeros(photos, bool), np.zeros((photos, 2))
    widest = np.zeros(photos)
    for side in (pairs.first, pairs.second):
        np.maximum.at(widest, side, pairs.error_m)
    blur = 2 * scatter_m
    for block in _blocks(photo, doubted, pairs):
        row, difference = _differences(xy, photo, photos, pairs, block)
        voters, row = np.unique(row, return_inverse=True)
        if not len(voters):
            continue
        peak, votes, _ = peaks(row, difference, GATE * widest[voters], np.full(len(voters), blur), widest[voters])
        here = np.bincount(row[(np.abs(difference) <= blur).all(axis=1)], minlength=len(voters))
        better = votes - here > np.maximum(_LEAST, _MORE * np.sqrt(votes + here))
        better &= (votes > _TIMES * here) & (np.abs(peak) > 2 * blur).any(axis=1)
        wrong[voters[better]] = True
        shift[voters[better]] = -peak[better]
    return Second(wrong, shift)


class _Block(NamedTuple):
    """Votes of some photos: the index of each pair, and whether the photo that is judged is its first."""

    pair: Ints
    is_first: NDArray[np.bool_]


def _blocks(photo: Ints, doubted: NDArray[np.bool_], pairs: Pairs) -> Iterator[_Block]:
    """All votes of a photo are in one block. A block has about as many votes as fit into memory well."""
    n = np.bincount(photo, minlength=len(doubted))
    judged = np.concatenate([pairs.first, pairs.second])
    pair = np.tile(np.arange(len(pairs.first)), 2)
    is_first = np.repeat([True, False], len(pairs.first))
    order = np.argsort(judged, kind="stable")
    order = order[doubted[judged[order]]]
    judged, pair, is_first = judged[order], pair[order], is_first[order]
    votes = np.cumsum(np.minimum(n[pairs.first[pair]] * n[pairs.second[pair]], _MOST_VOTES))
    starts = np.flatnonzero(np.append(True, np.diff(judged) > 0)) if len(judged) else np.empty(0, np.int64)
    number = (votes[starts] // _VOTES_AT_ONCE) if len(starts) else starts
    cuts = starts[np.flatnonzero(np.diff(number)) + 1]
    for at in np.split(np.arange(len(judged)), cuts):
        yield _Block(pair[at], is_first[at])


def _differences(xy: Floats, photo: Ints, photos: int, pairs: Pairs, block: _Block) -> tuple[Ints, Floats]:
    """(K,) the photo that is judged, and (K, 2) the place of its sighting minus that of a neighbour."""
    used = np.unique(block.pair)
    first, second = pairs.first[used], pairs.second[used]
    of, apart = [np.empty(0, np.int64)], [np.empty((0, 2))]
    for judge_first in (True, False):
        wanted = np.isin(used, block.pair[block.is_first == judge_first])
        gate = GATE * pairs.error_m[used[wanted]]
        judged = (first if judge_first else second)[wanted]
        sign = 1.0 if judge_first else -1.0
        for found in near(xy, photo, photos, first[wanted], second[wanted], gate, _MOST_VOTES):
            of.append(judged[found.pair])
            apart.append(sign * found.apart)
    return np.concatenate(of), np.concatenate(apart)
