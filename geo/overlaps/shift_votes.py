"""Finds the shift between two photos by a vote of the animals that both show: a Hough transform of the shift."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.overlaps.nearby import Floats, Ints, near

# How far a search reaches, in standard errors.
GATE = 3.0
# The most differences of place that vote for one pair of photos; if there are more, some are left out.
_MOST_VOTES = 6_000
# Factors for the width of a vote's cells: it is not known before how much a turned photo or terrain blurs the peak.
_BLURS = (0.6, 1.8)
# The weight of a vote against the prior of the shift, as a log likelihood ratio.
_VOTE_WORTH = 3.0
_CHANCE = 0.02
# The side of the patches that vote separately, as a share of a photo's reach from its centre.
_PATCH = 0.6


class Pairs(NamedTuple):
    """P pairs of photos.

    Attributes:
        first: (P,) the index of the first photo.
        second: (P,) the index of the second photo.
        error_m: (P,) the standard error, along each axis, of the place of one animal in the first photo minus its place
            in the second, without what it walked.
        walk_m: (P,) how far the animal may have walked.
    """

    first: Ints
    second: Ints
    error_m: Floats
    walk_m: Floats


def vote(
    xy: Floats, photo: Ints, photos: int, reach: float, jitter_m: float, pairs: Pairs
) -> tuple[Ints, Ints, Ints, Floats]:
    """The sightings that votes bring together: pair, i, j, and how blurred their peak is, metres.

    A pair votes as a whole, and in patches of the ground. If photos are turned against each other, one shift fits only
    one herd.

    Args:
        xy: (N, 2) the places, metres.
        photo: (N,) their photos, ascending.
        photos: The number of photos.
        reach: The largest distance of a place from the centre of its photo, metres.
        jitter_m: The standard error of a place against others in its photo, along each axis.
        pairs: The pairs that vote.
    """
    wide = np.flatnonzero(needs_vote(pairs, jitter_m))
    gate = GATE * pairs.error_m[wide] + pairs.walk_m[wide]
    matched = []
    patch_of = np.unique(np.floor(xy / (_PATCH * reach)), axis=0, return_inverse=True)[1].reshape(-1)
    patches = int(patch_of.max()) + 1
    for found in near(xy, photo, photos, pairs.first[wide], pairs.second[wide], gate, _MOST_VOTES):
        for key in (found.pair, found.pair * patches + patch_of[found.i]):
            _, at, row = np.unique(key, return_index=True, return_inverse=True)
            pair = wide[found.pair[at]]
            blur, peak = _best_peaks(row, found.apart, gate[found.pair[at]], jitter_m, pairs, pair)
            off = np.abs(found.apart - peak[row]).max(axis=1)
            inside = np.flatnonzero(off <= blur[row])
            best = inside[nearest_both_ways(row[inside], found.i[inside], found.j[inside], off[inside])]
            matched.append((pair[row[best]], found.i[best], found.j[best], blur[row[best]]))
    if not matched:
        none = np.empty(0, np.int64)
        return none, none, none, np.empty(0)
    columns = [np.concatenate(column) for column in zip(*matched, strict=True)]
    return columns[0], columns[1], columns[2], columns[3]


def needs_vote(pairs: Pairs, jitter_m: float) -> NDArray[np.bool_]:
    """(P,) bool: the pairs whose poses are not as exact as the animals' places within a photo."""
    needed: NDArray[np.bool_] = pairs.error_m > 2 * jitter_m
    return needed


def _best_peaks(
    row: Ints, apart: Floats, gate: Floats, jitter_m: float, pairs: Pairs, pair: Ints
) -> tuple[Floats, Floats]:
    """(R,) the blur at which the peak of each row stands out most, negative if it never does; and (R, 2) that peak."""
    best_blur, best_peak = np.full(len(pair), -1.0), np.zeros((len(pair), 2))
    quality = np.full(len(pair), -np.inf)
    walk = pairs.walk_m[pair]
    blurs = [np.full(len(pair), times * jitter_m) for times in _BLURS]
    if walk.any():
        blurs.append(jitter_m + walk / 2)
    for blur in blurs:
        blur = np.minimum(blur, pairs.error_m[pair] / 2)
        peak, votes, second = peaks(row, apart, gate, blur, pairs.error_m[pair])
        believed, good = _believed(row, gate, blur, votes, second)
        better = believed & (good > quality)
        best_blur[better], best_peak[better], quality[better] = blur[better], peak[better], good[better]
    return best_blur, best_peak


def nearest_both_ways(group: Ints, i: Ints, j: Ints, far: Floats) -> NDArray[np.bool_]:
    """(K,) bool: which of the pairs i-j are each other's nearest in their group."""
    best = np.ones(len(far), bool)
    for side in (i, j):
        order = np.lexsort((far, side, group))
        again = np.append(False, (np.diff(side[order]) == 0) & (np.diff(group[order]) == 0))
        best[order[again[: len(order)]]] = False
    return best


def peaks(row: Ints, apart: Floats, gate: Floats, blur: Floats, error: Floats) -> tuple[Floats, Floats, Floats]:
    """The shift (R, 2) with the most votes for the pair of each row, its votes (R,), and those of the best other shift
    (R,).

    Votes are counted in square cells with twice the blur as their side, in four grids half a cell apart. So one cell
    always holds the whole peak.
    """
    rows = len(gate)
    side = 2 * blur
    across = np.ceil(2 * gate / side).astype(np.int64) + 2
    base = np.cumsum(across**2) - across**2
    place = (apart + gate[row, None]) / side[row, None]
    whole, halved = place.astype(np.int64), (place + 0.5).astype(np.int64)
    kind: Any = np.int32 if base[-1] + across[-1] ** 2 < 2**31 else np.int64  # int32 sorts in half the time
    whole, halved = whole.astype(kind), halved.astype(kind)
    start, stride = base[row].astype(kind), across[row].astype(kind)
    found = []
    for dx, column in ((0.0, whole), (0.5, halved)):
        for dy, line in ((0.0, whole), (0.5, halved)):
            cell, count = _runs(start + column[:, 0] * stride + line[:, 1])
            several = count > 1
            cell, count = cell[several], count[several]
            of = np.searchsorted(base, cell, "right") - 1
            nth, rest = np.divmod(cell - base[of], across[of])
            centre = (np.column_stack([nth - dx, rest - dy]) + 0.5) * side[of, None] - gate[of, None]
            found.append((of, count.astype(np.float64), centre))
    of, counts, centre = (np.concatenate(column) for column in zip(*found, strict=True))
    score = counts - (centre**2).sum(axis=1) / (2 * _VOTE_WORTH * error[of] ** 2)
    top = np.zeros(rows)
    np.maximum.at(top, of, score)
    leading = np.flatnonzero(score >= top[of])
    leading = leading[np.lexsort((centre[leading, 1], centre[leading, 0], of[leading]))]
    peak, votes, second = np.zeros((rows, 2)), np.zeros(rows), np.minimum(1.0, np.bincount(row, minlength=rows))
    peak[of[leading][::-1]] = centre[leading][::-1]
    # Move to the mean of the votes around it.
    around = np.flatnonzero((np.abs(apart - peak[row]) <= 4 * blur[row, None]).all(axis=1))
    row, apart = row[around], apart[around]
    for reach in (1.5 * blur, blur, blur):
        inside = (np.abs(apart - peak[row]) <= reach[row, None]).all(axis=1)
        votes = np.bincount(row[inside], minlength=rows).astype(np.float64)
        for axis in range(2):
            mean = np.bincount(row[inside], weights=apart[inside, axis], minlength=rows) / np.maximum(votes, 1)
            peak[:, axis] = np.where(votes > 0, mean, peak[:, axis])
    other = (np.abs(centre - peak[of]) > 2.5 * blur[of, None]).any(axis=1)
    np.maximum.at(second, of[other], counts[other])
    inside = (np.abs(apart - peak[row]) <= blur[row, None]).all(axis=1)
    return peak, np.bincount(row[inside], minlength=rows).astype(np.float64), second


def _runs(keys: Ints) -> tuple[Ints, Ints]:
    """The different keys, ascending, and how often each occurs. `keys` are sorted in place."""
    keys.sort()
    firsts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1]))
    return keys[firsts], np.diff(np.append(firsts, len(keys)))


def _believed(row: Ints, gate: Floats, blur: Floats, votes: Floats, second: Floats) -> tuple[NDArray[np.bool_], Floats]:
    """Whether the best shift of each pair stands out, and how well: (R,) each.

    It must stand out from chance: random votes in the gate rarely give as many in any cell (Chernoff's bound of the
    Poisson tail, times the number of cells). It must also stand out from the second best, because the regular pattern
    of a herd repeats itself.
    """
    cells = np.maximum(np.pi * gate**2 / (2 * blur) ** 2, 1.0)
    expected = np.bincount(row, minlength=len(gate)) / cells
    safe = np.maximum(votes, 1e-9)
    chance = np.log(cells) - np.where(votes > expected, safe * np.log(safe / expected) - safe + expected, 0.0)
    margin = votes - second
    clear = margin >= np.maximum(1.0, 1.5 * np.sqrt(np.maximum(second - 1, 0.0)))
    return (votes >= 2) & clear & (chance < np.log(_CHANCE)), margin / np.sqrt(second + 1)
