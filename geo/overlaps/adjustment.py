"""Adjusts the poses of photos by least squares, so that two photos put the same thing at the same place.

Each photo gets a small shift, turn, stretch and tilt. The error of its pose limits each of them.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.components import components
from geo.overlaps.nearby import Floats, Ints

# The parameters of a photo: shift (2), turn, stretch and tilt (2).
PARAMETERS = 6
# The largest standard errors of a photo's turn (rad), stretch and tilt (rad, times the width of its view): those of a
# compass, of a height above uneven ground, and of a gimbal. Better poses have smaller ones.
_TURN, _STRETCH, _TILT = 0.05, 0.04, 0.04
_ROUNDS = 3


class Places(NamedTuple):
    """N places on the ground according to M photos, before the adjustment.

    Attributes:
        xy: (N, 2) metres.
        photo: (N,) the photo of each place.
        centres: (M, 2) the centres of the photos, metres.
        reach: (M,) the largest distance of a photo's places from its centre, metres, above 0.
        pose_error_m: (M,) the standard error of each photo's place, along each axis.
    """

    xy: Floats
    photo: Ints
    centres: Floats
    reach: Floats
    pose_error_m: Floats


def adjust(places: Places, i: Ints, j: Ints, sigma: Floats, state: Floats) -> tuple[Floats, Floats]:
    """Adjust the poses of photos, so that matched places come together.

    The weights are those of Geman and McClure's estimator, so that a wrong match pulls only a little.

    Args:
        places: N places in M photos.
        i: (K,) the first place of each match.
        j: (K,) the second place of each match.
        sigma: (K,) the standard error of their difference, along each axis.
        state: (M, 6) where to start.

    Returns:
        (M, 6) the shift, turn, stretch and tilt of each photo, and (N,) the standard error with which they fix each
        place, with the neighbouring photos fixed. It is small near matched places, and larger at the other end of a
        photo.
    """
    # Photos without a match do not move.
    used, of = np.unique(np.concatenate([places.photo[i], places.photo[j]]), return_inverse=True)
    centres, reach = places.centres[used], places.reach[used]
    scale, prior = _scale(reach), _prior(reach, places.pose_error_m[used])
    matches = _Matches.of(places, i, j, centres, reach, of)
    z = state[used] / scale
    for _ in range(_ROUNDS):
        equations = matches.equations(z, sigma, prior)
        inverse = np.linalg.inv(equations.blocks)
        z = _solve(equations.matrix(), _precondition(inverse), equations.right, z)
    covariance = np.zeros((len(state), PARAMETERS, PARAMETERS))
    covariance[used] = inverse
    design = _design(places.xy - places.centres[places.photo], places.reach[places.photo])
    reached = np.einsum("kcp,kpq->kcq", design, covariance[places.photo])
    error = np.sqrt((reached * design).sum(axis=(1, 2)) / 2)
    state = state.copy()
    state[used] = _unshrunk(z * scale, centres, matches.a, matches.b)
    return state, error


def _scale(reach: Floats) -> Floats:
    """(M, 6): the factors from metres at a photo's edge to turn, stretch and tilt."""
    scale = np.ones((len(reach), PARAMETERS))
    scale[:, 2:4] = 1 / reach[:, None]
    scale[:, 4:] = 1 / reach[:, None] ** 2
    return scale


def _prior(reach: Floats, pose_error: Floats) -> Floats:
    """(M, 6): the standard errors of the poses before the adjustment, in metres at the photo's edge."""
    prior = np.empty((len(reach), PARAMETERS))
    prior[:, :2] = pose_error[:, None]
    for column, most in ((2, _TURN), (3, _STRETCH), (4, _TILT), (5, _TILT)):
        prior[:, column] = np.minimum(most * reach, pose_error)
    return prior


class _Equations(NamedTuple):
    """The normal equations of M photos: a symmetric matrix of 6 x 6 blocks, and the right side.

    Attributes:
        blocks: (M, 6, 6) the block of each photo.
        cross: (2 P, 6, 6) the blocks of each pair of photos with common matches, and these transposed.
        row: (2 P,) the photo in whose rows each block of `cross` stands.
        column: (2 P,) the photo in whose columns it stands.
        right: (M, 6) the right side.
    """

    blocks: NDArray[np.float64]
    cross: NDArray[np.float64]
    row: Ints
    column: Ints
    right: Floats

    def matrix(self) -> Callable[[Floats], Floats]:
        """What multiplies this matrix with a vector (M, 6)."""
        size = self.right.size
        entry = (self.row[:, None] * PARAMETERS + np.arange(PARAMETERS)).ravel()

        def times(z: Floats) -> Floats:
            crossed = np.einsum("kpq,kq->kp", self.cross, z[self.column]).ravel()
            out: Floats = np.einsum("mpq,mq->mp", self.blocks, z)
            out += np.bincount(entry, weights=crossed, minlength=size).reshape(z.shape)
            return out

        return times


class _Matches(NamedTuple):
    """K matches of two places.

    Attributes:
        a: (K,) the photo of the first place.
        b: (K,) the photo of the second place.
        here: (6, 2, K) how the first place moves with its photo.
        there: (6, 2, K) how the second place moves with its photo.
        apart: (K, 2) the difference of the places, metres.
        pairs: (P,) the pairs of photos, coded.
        group: (K,) the pair of each match.
    """

    a: Ints
    b: Ints
    here: Floats
    there: Floats
    apart: Floats
    pairs: Ints
    group: Ints

    @classmethod
    def of(cls, places: Places, i: Ints, j: Ints, centres: Floats, reach: Floats, photo: Ints) -> "_Matches":
        """The matches of places i and j. photo: (2 K,) their photos, as indices into `centres` and `reach`."""
        a, b = np.split(photo, 2)
        pairs, group = np.unique(a * len(centres) + b, return_inverse=True)
        here = _design(places.xy[i] - centres[a], reach[a])
        there = _design(places.xy[j] - centres[b], reach[b])
        # The matches last, each entry of all of them side by side in memory: `equations` goes through them so.
        here, there = (np.ascontiguousarray(design.transpose(2, 1, 0)) for design in (here, there))
        return cls(a, b, here, there, places.xy[i] - places.xy[j], pairs, group)

    def equations(self, z: Floats, sigma: Floats, prior: Floats) -> _Equations:
        """The equations of a step from `z` (M, 6): the matches, weighted by how well they fit at `z`, and the prior."""
        m, apart = len(z), self.apart.T
        moved = (self.here * z[self.a].T[:, None]).sum(axis=0) - (self.there * z[self.b].T[:, None]).sum(axis=0)
        weight = (1 / sigma / (1 + _dot(apart + moved, apart + moved) / (2 * sigma) ** 2)) ** 2
        blocks = np.zeros((m, PARAMETERS, PARAMETERS))
        cross = np.empty((len(self.pairs), PARAMETERS, PARAMETERS))
        right = np.zeros((m, PARAMETERS))
        for p in range(PARAMETERS):
            right[:, p] -= np.bincount(self.a, weights=weight * _dot(self.here[p], apart), minlength=m)
            right[:, p] += np.bincount(self.b, weights=weight * _dot(self.there[p], apart), minlength=m)
            for q in range(PARAMETERS):
                entry = -weight * _dot(self.here[p], self.there[q])
                cross[:, p, q] = np.bincount(self.group, weights=entry, minlength=len(self.pairs))
            for q in range(p + 1):
                for photos, design in ((self.a, self.here), (self.b, self.there)):
                    entry = weight * _dot(design[p], design[q])
                    blocks[:, p, q] += np.bincount(photos, weights=entry, minlength=m)
                blocks[:, q, p] = blocks[:, p, q]
        blocks[:, range(PARAMETERS), range(PARAMETERS)] += 1 / prior**2
        first, second = np.divmod(self.pairs, m)
        both = np.concatenate([cross, cross.transpose(0, 2, 1)])
        return _Equations(blocks, both, np.append(first, second), np.append(second, first), right)


def _dot(u: Floats, v: Floats) -> Floats:
    """The products of two rows of vectors (2, K), (K,)."""
    product: Floats = u[0] * v[0] + u[1] * v[1]
    return product


def _precondition(inverse: NDArray[np.floating[Any]]) -> Callable[[Floats], Floats]:
    return lambda left: np.einsum("mpq,mq->mp", inverse, left)


def _unshrunk(state: Floats, centres: Floats, a: Ints, b: Ints) -> Floats:
    """The same fit without its common stretch.

    If all connected photos shrink together, every residual becomes smaller.
    """
    state = state.copy()
    group = components(len(centres), a, b)
    linked = np.zeros(len(centres), bool)
    linked[a] = linked[b] = True
    _, of = np.unique(group, return_inverse=True)
    n = np.maximum(np.bincount(of, weights=linked), 1)
    stretch = (np.bincount(of, weights=linked * state[:, 3]) / n)[of] * linked
    middle = np.column_stack([np.bincount(of, weights=linked * centres[:, axis]) / n for axis in range(2)])[of]
    # All moved places are scaled by 1 - stretch about the middle.
    state[:, :2] -= stretch[:, None] * (centres + state[:, :2] - middle)
    state[:, [2, 4, 5]] *= 1 - stretch[:, None]
    state[:, 3] -= stretch * (1 + state[:, 3])
    return state


def _design(lever: Floats, reach: Floats) -> Floats:
    """(K, 2, 6): how a place moves with its photo's shift, and with turn, stretch and tilt in metres at its edge."""
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
    """The x with times(x) = right for a symmetric positive definite matrix, by conjugate gradients."""
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
