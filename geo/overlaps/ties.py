"""Ties: ground that two photos both show, which registers the photos to each other.

`geo.overlaps.pixels` finds which px of two photos show the same ground. Here the poses of the photos put both on the
map, where correct poses would put them at the same place. Px on an animal are left out, because animals walk. A pair is
left out if its places are farther apart than the errors of both poses allow. Then it is another place that looks
similar.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.overlaps.nearby import Floats, Ints
from geo.overlaps.shift_votes import GATE
from geo.photos.projection import PosedPhoto

Why = Literal["few", "elsewhere"]

# A tie between two photos needs so many matches outside animals.
_LEAST = 8
# A box is masked with this margin on each side, because an animal's shadow walks with it.
_MARGIN = 0.5
# The common ground of two photos is summarised in so many cells on each side.
_CELLS = 3
# Relief, the lens and a rolling shutter: places agree less well than the mean of many matches suggests.
_LEAST_ERROR_M = 0.02
# A larger angle is not a small error but a turn, by a viewer or a compass. Registration assumes small angles.
_TURNED = np.radians(15.0)
_MOST_ROUNDS = 50


class Ties(NamedTuple):
    """K places that two photos show, among M photos.

    Attributes:
        first: (K,) the index of the first photo.
        second: (K,) the index of the second photo.
        here: (K, 2) the place according to the first pose, map coordinates.
        there: (K, 2) the place according to the second pose, map coordinates.
        error_m: (K,) the standard error of their difference, along each axis, once the poses are right.
        pose_error_m: (M,) the standard error of each pose, along each axis; NaN for a photo without ties.
    """

    first: Ints
    second: Ints
    here: Floats
    there: Floats
    error_m: Floats
    pose_error_m: Floats


class Tied(NamedTuple):
    """The ties of one pair of photos: the columns of `Ties`, and the standard errors of both poses there, along each
    axis.
    """

    here: Floats
    there: Floats
    error_m: Floats
    pose_errors_m: tuple[float, float]


def tie(px: ArrayLike, a: PosedPhoto, b: PosedPhoto, boxes_a: ArrayLike, boxes_b: ArrayLike) -> Tied | Why:
    """Tie two photos by their common ground, or say why not: too few matches, or another place than the poses allow.

    Args:
        px: (K, 4) as `PixelMatch.px`.
        a: The first photo.
        b: The second photo, in the same CRS.
        boxes_a: (N, 4) the animals in the first photo, image px.
        boxes_b: (N, 4) the animals in the second photo, image px.
    """
    both = np.asarray(px, np.float64).reshape(-1, 4)
    both = both[~(_inside(both[:, :2], boxes_a) | _inside(both[:, 2:], boxes_b))]
    here, there = a.to_map(both[:, :2]), b.to_map(both[:, 2:])
    seen = np.isfinite(here).all(axis=1) & np.isfinite(there).all(axis=1)
    both, here, there = both[seen], here[seen], there[seen]
    if len(both) < _LEAST:
        return "few"
    to_metres = np.linalg.inv(a.axes).T
    ground, apart = (here - (a.x, a.y)) @ to_metres, (there - here) @ to_metres
    fits, scatter = _fitted(ground, apart)
    if fits.sum() < _LEAST:
        return "few"
    both, here, there, ground, apart = both[fits], here[fits], there[fits], ground[fits], apart[fits]
    errors = [
        float(np.sqrt(np.mean(photo.error_m(px_of) ** 2) / 2)) for photo, px_of in ((a, both[:, :2]), (b, both[:, 2:]))
    ]
    if np.sqrt((apart**2).sum(axis=1).mean()) > GATE * np.sqrt(2) * np.hypot(errors[0], errors[1]):
        return "elsewhere"
    low, high = ground.min(axis=0), ground.max(axis=0)
    cell = np.minimum(((ground - low) * _CELLS / np.maximum(high - low, 1e-6)).astype(np.int64), _CELLS - 1)
    _, of, n = np.unique(cell[:, 0] + _CELLS * cell[:, 1], return_inverse=True, return_counts=True)
    # The mean place in one photo belongs to the mean place in the other: within a cell, the map between them is linear.
    means = [np.column_stack([np.bincount(of, weights=xy[:, axis]) / n for axis in range(2)]) for xy in (here, there)]
    error = np.maximum(scatter / np.sqrt(n), _LEAST_ERROR_M)
    return Tied(means[0], means[1], error, (errors[0], errors[1]))


def gathered(pairs: Sequence[tuple[int, int, Tied]], photos: int) -> Ties:
    """The ties of M photos. pairs: (first photo, second photo, their ties)."""
    if not pairs:
        return no_ties(photos)
    n = [len(tied.error_m) for _, _, tied in pairs]
    pose = np.full(photos, np.nan)
    for first, second, tied in pairs:
        pose[first] = np.fmax(pose[first], tied.pose_errors_m[0])
        pose[second] = np.fmax(pose[second], tied.pose_errors_m[1])
    return Ties(
        np.repeat(np.array([first for first, _, _ in pairs], np.int64), n),
        np.repeat(np.array([second for _, second, _ in pairs], np.int64), n),
        np.concatenate([tied.here for _, _, tied in pairs]),
        np.concatenate([tied.there for _, _, tied in pairs]),
        np.concatenate([tied.error_m for _, _, tied in pairs]),
        pose,
    )


def no_ties(photos: int) -> Ties:
    """The ties of M photos that have none."""
    none, nowhere = np.empty(0, np.int64), np.empty((0, 2))
    return Ties(none, none, nowhere, nowhere, np.empty(0), np.full(photos, np.nan))


def turns(ties: Ties, photos: int) -> Floats:
    """(M,) radians, counter-clockwise: how far photos must be turned about their centres to look like the others.

    It is 0 for photos with no more than a small error, which the registration corrects. If two photos contradict each
    other, the one with the less exact pose is turned, or the one that more others contradict.
    """
    turn = np.zeros(photos)
    key, of = np.unique(ties.first * photos + ties.second, return_inverse=True)
    a, b = np.divmod(key, photos)
    relative = _relative_turns(ties, of, len(key))
    told = np.isfinite(relative)
    a, b, relative = a[told], b[told], relative[told]
    n = np.bincount(a, minlength=photos) + np.bincount(b, minlength=photos)
    pose = np.nan_to_num(ties.pose_error_m)
    for _ in range(_MOST_ROUNDS):
        left = _direction(relative + turn[b] - turn[a])
        wanted = np.zeros(photos, complex)
        np.add.at(wanted, a, left)
        np.add.at(wanted, b, left.conj())
        off = (np.abs(np.angle(wanted)) > _TURNED) & (n > 0)
        if not off.any():
            break
        contradicted = np.abs(np.angle(left)) > _TURNED
        against = np.bincount(a, weights=contradicted, minlength=photos)
        against += np.bincount(b, weights=contradicted, minlength=photos)
        rank = np.empty(photos, np.int64)
        rank[np.lexsort((np.arange(photos), against / np.maximum(n, 1), np.round(pose, 1)))] = np.arange(photos)
        rank[~off] = -1
        # Two neighbours are not turned in the same round, because each relies on the other being right.
        beside = np.full(photos, -1)
        np.maximum.at(beside, a, rank[b])
        np.maximum.at(beside, b, rank[a])
        now = off & (rank > beside)
        turn[now] += np.angle(wanted[now])
    turn = np.asarray(np.angle(_direction(turn)), np.float64)
    turn[np.abs(turn) <= _TURNED] = 0.0
    return turn


def _direction(angle: Floats) -> NDArray[np.complex128]:
    """(N,) complex numbers of length 1 at these angles, radians."""
    return np.cos(angle) + 1j * np.sin(angle)


def _relative_turns(ties: Ties, of: Ints, pairs: int) -> Floats:
    """(P,) how far the places of the second photo are turned against the first's; NaN if there is too little ground to
    say.
    """
    n = np.bincount(of, minlength=pairs)
    arms = []
    for xy in (ties.here, ties.there):
        mean = np.column_stack([np.bincount(of, weights=xy[:, k], minlength=pairs) for k in range(2)]) / n[:, None]
        arms.append((xy - mean[of]) @ [1, 1j])
    turned = np.zeros(pairs, complex)
    np.add.at(turned, of, arms[0].conj() * arms[1])
    return np.where(n >= 3, np.angle(turned), np.nan)


def _inside(xy: Floats, boxes: ArrayLike) -> NDArray[np.bool_]:
    """(K,) bool: which px are in a box, or within its margin."""
    at = np.asarray(boxes, np.float64).reshape(-1, 4)
    at = at[np.isfinite(at).all(axis=1)]
    margin = _MARGIN * (at[:, 2:] - at[:, :2])
    low, high = at[:, :2] - margin, at[:, 2:] + margin
    inside = np.logical_and(xy[:, None] >= low, xy[:, None] <= high)
    return np.asarray(np.all(inside, axis=2).any(axis=1))


def _fitted(ground: Floats, apart: Floats) -> tuple[NDArray[np.bool_], float]:
    """(K,) bool, the differences of place that an affine map of the ground explains; and their scatter, along each
    axis.
    """
    middle = ground.mean(axis=0)
    reach = max(float(np.abs(ground - middle).max()), 1e-6)
    design = np.column_stack([np.ones(len(ground)), (ground - middle) / reach])
    fits = np.ones(len(ground), bool)
    scatter = 0.0
    for _ in range(4):
        solved = np.linalg.lstsq(design[fits], apart[fits], rcond=None)[0]
        left = np.abs(apart - design @ solved)
        scatter = 1.4826 * float(np.median(left[fits]))
        fits = np.hypot(*left.T) <= max(GATE * np.sqrt(2) * scatter, _LEAST_ERROR_M)
        if fits.sum() < _LEAST:
            break
    return fits, scatter
