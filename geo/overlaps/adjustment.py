"""Adjusts the poses of photos by least squares, so that two photos put the same thing at the same place.

Each photo gets a small shift, turn, stretch and tilt. The error of its pose limits each of them.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.components import components
from geo.overlaps.nearby import Floats, Ints

# Shift (2), turn, stretch and tilt (2) of a photo.
PARAMETERS = 6
# Standard errors of a photo's turn (rad), stretch and tilt (rad, times how wide it looks): a compass, a height above
# uneven ground, a gimbal. Better poses have less.
_TURN, _STRETCH, _TILT = 0.05, 0.04, 0.04
_ROUNDS = 3


class Places(NamedTuple):
    """N places on the ground as M photos have them, before any adjustment.

    xy: (N, 2) metres. photo: (N,). centres: (M, 2). reach: (M,) how far from its centre a photo's places lie, more than
    0. pose_error_m: (M,) standard error of each photo's place, an axis.
    """

    xy: Floats
    photo: Ints
    centres: Floats
    reach: Floats
    pose_error_m: Floats


def adjust(places: Places, i: Ints, j: Ints, sigma: Floats, state: Floats) -> tuple[Floats, Floats]:
    """(M, 6) shift, turn, stretch and tilt of each photo that bring the matched places i and j together.

    sigma: (K,) standard error of their difference, an axis. state: (M, 6) where to begin. Weighted as Geman and
    McClure's estimator has it, so that a false match pulls little. And (N,) how well that fixes each place, its
    neighbours held: near the matched ones well, at the other end of the photo less.
    """
    # Photos without a match stay as they are.
    used, of = np.unique(np.concatenate([places.photo[i], places.photo[j]]), return_inverse=True)
    centres, reach = places.centres[used], places.reach[used]
    scale, prior = _scale(reach), _prior(reach, places.pose_error_m[used])
    matches = _Matches.of(places, i, j, centres, reach, of)
    z = state[used] / scale
    for _ in range(_ROUNDS):
        equations = matches.equations(z, sigma, prior)
        inverse = np.linalg.inv(equations.blocks)
        z = _solve(equations.times, _precondition(inverse), equations.right, z)
    covariance = np.zeros((len(state), PARAMETERS, PARAMETERS))
    covariance[used] = inverse
    design = _design(places.xy - places.centres[places.photo], places.reach[places.photo])
    reached = np.einsum("kcp,kpq->kcq", design, covariance[places.photo])
    error = np.sqrt((reached * design).sum(axis=(1, 2)) / 2)
    state = state.copy()
    state[used] = _unshrunk(z * scale, centres, matches.a, matches.b)
    return state, error


def _scale(reach: Floats) -> Floats:
    """(M, 6) what turns metres at a photo's edge into turn, stretch and tilt."""
    scale = np.ones((len(reach), PARAMETERS))
    scale[:, 2:4] = 1 / reach[:, None]
    scale[:, 4:] = 1 / reach[:, None] ** 2
    return scale


def _prior(reach: Floats, pose_error: Floats) -> Floats:
    """(M, 6) standard errors of the poses as they came, in metres at the photo's edge."""
    prior = np.empty((len(reach), PARAMETERS))
    prior[:, :2] = pose_error[:, None]
    for column, most in ((2, _TURN), (3, _STRETCH), (4, _TILT), (5, _TILT)):
        prior[:, column] = np.minimum(most * reach, pose_error)
    return prior


class _Equations(NamedTuple):
    """The normal equations of M photos: a symmetric matrix of 6 x 6 blocks, one a photo and one a pair of photos that
    share matches, and the right side (M, 6)."""

    blocks: NDArray[np.float64]
    cross: NDArray[np.float64]
    first: Ints
    second: Ints
    right: Floats

    def times(self, z: Floats) -> Floats:
        """The matrix times `z` (M, 6)."""
        out: Floats = np.einsum("mpq,mq->mp", self.blocks, z)
        forth = np.einsum("kpq,kq->kp", self.cross, z[self.second])
        back = np.einsum("kpq,kp->kq", self.cross, z[self.first])
        for p in range(PARAMETERS):
            out[:, p] += np.bincount(self.first, weights=forth[:, p], minlength=len(out))
            out[:, p] += np.bincount(self.second, weights=back[:, p], minlength=len(out))
        return out


class _Matches(NamedTuple):
    """K matches of two places. a, b: (K,) their photos. here, there: (K, 2, 6) how each place moves with its photo.
    apart: (K, 2) their difference. pairs: the pairs of photos, coded; group: (K,) which of them each match is of."""

    a: Ints
    b: Ints
    here: Floats
    there: Floats
    apart: Floats
    pairs: Ints
    group: Ints

    @classmethod
    def of(cls, places: Places, i: Ints, j: Ints, centres: Floats, reach: Floats, photo: Ints) -> "_Matches":
        """The matches of places i and j, whose photos are `photo` (2 K,), an index into `centres` and `reach`."""
        a, b = np.split(photo, 2)
        pairs, group = np.unique(a * len(centres) + b, return_inverse=True)
        here = _design(places.xy[i] - centres[a], reach[a])
        there = _design(places.xy[j] - centres[b], reach[b])
        return cls(a, b, here, there, places.xy[i] - places.xy[j], pairs, group)

    def equations(self, z: Floats, sigma: Floats, prior: Floats) -> _Equations:
        """What a step from `z` (M, 6) has to solve: the matches weighted by how well they fit there, and the prior."""
        m = len(z)
        left = self.apart + np.einsum("kcp,kp->kc", self.here, z[self.a])
        left -= np.einsum("kcp,kp->kc", self.there, z[self.b])
        weight = (1 / sigma / (1 + (left**2).sum(axis=1) / (2 * sigma) ** 2)) ** 2
        blocks = np.zeros((m, PARAMETERS, PARAMETERS))
        cross = np.empty((len(self.pairs), PARAMETERS, PARAMETERS))
        right = np.zeros((m, PARAMETERS))
        for p in range(PARAMETERS):
            pull = weight * (self.here[:, :, p] * self.apart).sum(axis=1)
            right[:, p] -= np.bincount(self.a, weights=pull, minlength=m)
            pull = weight * (self.there[:, :, p] * self.apart).sum(axis=1)
            right[:, p] += np.bincount(self.b, weights=pull, minlength=m)
            for q in range(PARAMETERS):
                for photos, design in ((self.a, self.here), (self.b, self.there)):
                    entry = weight * (design[:, :, p] * design[:, :, q]).sum(axis=1)
                    blocks[:, p, q] += np.bincount(photos, weights=entry, minlength=m)
                entry = -weight * (self.here[:, :, p] * self.there[:, :, q]).sum(axis=1)
                cross[:, p, q] = np.bincount(self.group, weights=entry, minlength=len(self.pairs))
        blocks[:, range(PARAMETERS), range(PARAMETERS)] += 1 / prior**2
        return _Equations(blocks, cross, *np.divmod(self.pairs, m), right)


def _precondition(inverse: NDArray[np.floating[Any]]) -> Callable[[Floats], Floats]:
    return lambda left: np.einsum("mpq,mq->mp", inverse, left)


def _unshrunk(state: Floats, centres: Floats, a: Ints, b: Ints) -> Floats:
    """The same fit without its common stretch: shrinking all that hangs together makes every residual smaller."""
    state = state.copy()
    group = components(len(centres), a, b)
    linked = np.zeros(len(centres), bool)
    linked[a] = linked[b] = True
    _, of = np.unique(group, return_inverse=True)
    n = np.maximum(np.bincount(of, weights=linked), 1)
    stretch = (np.bincount(of, weights=linked * state[:, 3]) / n)[of] * linked
    middle = np.column_stack([np.bincount(of, weights=linked * centres[:, axis]) / n for axis in range(2)])[of]
    # All places, as they are moved, are scaled by 1 - stretch about the middle.
    state[:, :2] -= stretch[:, None] * (centres + state[:, :2] - middle)
    state[:, [2, 4, 5]] *= 1 - stretch[:, None]
    state[:, 3] -= stretch * (1 + state[:, 3])
    return state


def _design(lever: Floats, reach: Floats) -> Floats:
    """(K, 2, 6) how a place moves with its photo's shift, and its turn, stretch and tilt in metres at its edge."""
    design = np.zeros((len(lever), 2, PARAMETERS))
    design[:, 0, 0] = design[:, 1, 1] = 1
    unit = lever / reach[:, None]
    design[:, 0, 2], design[:, 1, 2] = -unit[:, 1], unit[:, 0]
    design[:, :, 3] = unit
    design[:, :, 4:] = unit[:, :, None] * unit[:, None, :]
    return design


def _solve(
    times: Callable[[Floats], Floats], precondition: Callable[[Floats], Floats], right: Floats, start: Floats
) -> Floats:
    """The x with times(x) = right, of a symmetric positive definite matrix: conjugate gradients."""
    x = start.copy()
    left = right - times(x)
    z = precondition(left)
    direction = z.copy()
    rho = float((left * z).sum())
    enough = 1e-12 * max(float((right * precondition(right)).sum()), 1e-300)
    for _ in range(500):
        if rho <= enough:
            break
        q = times(direction)
        step = rho / float((direction * q).sum())
        x += step * direction
        left -= step * q
        z = precondition(left)
        rho, last = float((left * z).sum()), rho
        direction = z + (rho / last) * direction
    return x
