"""Where photos lie to one another, from the animals that both of them saw and from ties of the ground.

The error of a photo's pose moves all of its animals alike, and in a herd it is larger than the space between two
animals: then no rule for single animals can tell which is which. The herd's pattern can. So:

1. each pair of photos votes: every animal of one against every animal of the other gives a difference of place, and
   the true shift between the photos is where most of them agree (a Hough transform of the shift). A pair is believed
   where the best shift stands out from the second best and from chance;
2. a small shift, turn, stretch and tilt of every photo follow by least squares over the graph of believed pairs, each
   held by what its pose's error allows; wrong votes, which contradict the rest, are weighed out step by step;
3. animals are matched by their places after that, which gives better poses, and those better matches; the scatter of
   the matched says how far sightings of one animal lie apart now.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.overlaps.nearby import Floats, Ints, all_near, near
from geo.overlaps.one_to_one import components
from geo.overlaps.shift_votes import GATE, Pairs, nearest_both_ways, vote
from geo.overlaps.ties import Ties

# Standard errors of a photo's turn (rad), stretch and tilt (rad, times how wide it looks): a compass, a height above
# uneven ground, a gimbal. Better poses have less.
_TURN, _STRETCH, _TILT = 0.05, 0.04, 0.04
_PARAMETERS = 6
_ROUNDS = 3
# Of the animals that two photos seem to have in common, within so many standard errors, this share has to fit.
_COMMON, _LEAST_SHARE, _MANY = 1.5, 0.25, 8
_SHARPNESS = (0.0, 0.25, 0.5, 0.75, 1.0)
# What a tied pair's error has over the scatter of what was matched, which leaves out what was not.
SLACK = 1.2
# Half of all that is matched may agree to the millimetre; a detector's boxes do not everywhere.
_LEAST_JITTER, _SHARPEST_JITTER = 0.7, 0.2
_TO_SIGMA = 1.4826  # of a normal distribution's median absolute deviation


class Registration(NamedTuple):
    """What animals and ties say of the poses of M photos.

    shift_m: (M, 2), turn_rad: (M,) counter-clockwise, stretch: (M,), tilt: (M, 2) 1/m: an animal at lever u from its
    photo's centre moves by shift + turn x u + (stretch + tilt . u) u, as a camera that is tilted has it. All 0 for a
    photo that no pair ties to others.
    tied: (P,) whether a pair's photos are tied to each other. error_m: (P,) as in `Pairs`, after registration.
    place_error_m: (N,) what a sighting's place may be off, an axis, by what its photo's turn and stretch still may be.
    before_m, after_m: the median distance of two sightings of one animal in tied photos, NaN where none are.
    by_ground: (P,) whether ties of the ground, which the others bear out, tie a pair.
    """

    shift_m: Floats
    turn_rad: Floats
    stretch: Floats
    tilt: Floats
    tied: NDArray[np.bool_]
    error_m: Floats
    place_error_m: Floats
    before_m: float
    after_m: float
    by_ground: NDArray[np.bool_]

    def moved(self, xy: Floats, photo: Ints, centres: Floats) -> Floats:
        """Places as the registered poses have them: (N, 2) of places in the photos `photo` (N,)."""
        lever = xy - centres[photo]
        turned = np.column_stack([-lever[:, 1], lever[:, 0]]) * self.turn_rad[photo][:, None]
        longer = self.stretch[photo] + (self.tilt[photo] * lever).sum(axis=1)
        moved: Floats = xy + self.shift_m[photo] + turned + longer[:, None] * lever
        return moved


def unregistered(sightings: int, photos: int, pairs: Pairs) -> Registration:
    """Poses as they came."""
    tied = np.zeros(len(pairs.first), bool)
    still, flat = np.zeros((photos, 2)), np.zeros(photos)
    return Registration(still, flat, flat, still, tied, pairs.error_m, np.zeros(sightings), np.nan, np.nan, tied)


def register(
    xy: Floats, photo: Ints, centres: Floats, pose_error_m: Floats, jitter_m: float, pairs: Pairs, ties: Ties
) -> Registration:
    """Register M photos by their animals and by ties of the ground.

    xy: (N, 2) metres. photo: (N,), ascending. centres: (M, 2). pose_error_m: (M,) standard error of each photo's
    place, an axis. jitter_m: the like for one animal against the others of its photo; where nothing is known, the
    finest that could be. ties: in metres too; their pairs are among `pairs`.
    """
    m, n = len(centres), len(xy)
    ground = _Ground(xy, photo, ties, pairs, m)
    reach = np.zeros(m)
    np.maximum.at(reach, ground.photo, np.hypot(*(ground.xy - centres[ground.photo]).T))
    reach = np.maximum(reach, 1e-6)
    voting = np.flatnonzero(~ground.by_ground)
    voters = Pairs(pairs.first[voting], pairs.second[voting], pairs.error_m[voting], pairs.walk_m[voting])
    pair, i, j, blur = vote(xy, photo, m, float(np.median(reach)), jitter_m, voters)
    pair = voting[pair]
    if not len(pair) and not len(ties.first):
        return unregistered(n, m, pairs)

    def fit(i: Ints, j: Ints, sigma: Floats, tie_sigma: Floats, state: Floats) -> tuple[Floats, Floats]:
        both = np.concatenate([i, ground.here]), np.concatenate([j, ground.there])
        weights = np.concatenate([sigma, tie_sigma])
        state, place_error = _fit(ground.xy, ground.photo, centres, reach, pose_error_m, *both, weights, state)
        return state, place_error[:n]

    state = np.zeros((m, _PARAMETERS))
    walk = pairs.walk_m[pair] / 2
    for sharpness in _SHARPNESS:  # wrong votes lose their say step by step, while the true ones come together
        sigma = np.hypot(blur * (pairs.error_m[pair] / blur) ** (1 - sharpness), walk)
        far = pairs.error_m[ground.pair] / ground.error
        tie_sigma = ground.error * np.maximum(far, 1.0) ** (1 - sharpness)
        state, place_error = fit(i, j, sigma, tie_sigma, state)
    now = _as(unregistered(n, m, pairs), state, place_error)
    if len(ties.first) and ground.drop_what_contradicts(now, centres):
        state, place_error = fit(i, j, sigma, ground.error, state)
        now = _as(now, state, place_error)
    moved = now.moved(xy, photo, centres)
    fits = np.hypot(*(moved[i] - moved[j]).T) <= GATE * np.hypot(blur, walk)
    tied = np.bincount(pair[fits], minlength=len(pairs.first)) >= 2
    error = np.zeros(len(tied))
    np.maximum.at(error, pair, blur)
    error[ground.by_ground] = np.sqrt(2) * jitter_m
    tied |= ground.by_ground
    error[~tied] = np.inf
    least = _LEAST_JITTER * jitter_m
    common = _in_common(xy, photo, m, pairs)
    needed = np.where(ground.by_ground, 0.0, np.maximum(2.0, _LEAST_SHARE * common))
    for _ in range(_ROUNDS):
        close = _within_two(tied, error, pairs, m)
        chosen = np.flatnonzero(np.isfinite(close))
        moved = now.moved(xy, photo, centres)
        pair, i, j, apart = _mutual(moved, photo, m, pairs, chosen, close, now.place_error_m)
        if not len(pair):
            if not ground.by_ground.any():
                return unregistered(n, m, pairs)
            break
        scatter = _scatter(apart)
        sigma = np.hypot(max(scatter, least), pairs.walk_m[pair] / 2)
        by_animals = ~ground.by_ground[pair]
        state, place_error = fit(i[by_animals], j[by_animals], sigma[by_animals], ground.error, state)
        now = _as(now, state, place_error)
        moved = now.moved(xy, photo, centres)
        after = moved[i] - moved[j]
        close_by = max(_scatter(after), _SHARPEST_JITTER * jitter_m)
        fine = np.hypot(*after.T) < GATE * np.hypot(close_by, pairs.walk_m[pair])
        # A pair that its own animals do not bear out is none: its votes fell together by chance.
        tied &= np.bincount(pair[fine], minlength=len(tied)) >= needed
        alone = np.ones(m, bool)
        alone[pairs.first[tied]] = alone[pairs.second[tied]] = False
        state[alone] = 0.0
        now = _as(now, state, now.place_error_m)
        scatter = max(_scatter(after), least)
        error = np.where(tied, np.minimum(error, SLACK * scatter), np.inf)
        now = now._replace(
            before_m=float(np.median(np.hypot(*(xy[i] - xy[j]).T))), after_m=float(np.median(np.hypot(*after.T)))
        )
    close = _within_two(tied, error, pairs, m)
    known = np.isfinite(close)
    # Nor is a pair known by way of a third photo where its own many animals say otherwise.
    doubted = np.flatnonzero(known & ~tied & (common >= _MANY))
    pair = _mutual(now.moved(xy, photo, centres), photo, m, pairs, doubted, close, now.place_error_m)[0]
    known[doubted] = np.bincount(pair, minlength=len(known))[doubted] >= needed[doubted]
    error = np.where(known, np.minimum(close, pairs.error_m), pairs.error_m)
    return now._replace(tied=known, error_m=error, by_ground=ground.by_ground)


class _Ground:
    """Ties beside sightings: `xy` and `photo` of both, the sightings first; `here` and `there` index the ties' ends,
    `pair` says of which pair each is, `error` how sure it is, and `by_ground` which pairs have any."""

    def __init__(self, xy: Floats, photo: Ints, ties: Ties, pairs: Pairs, photos: int) -> None:
        n, k = len(xy), len(ties.first)
        self.xy = np.concatenate([xy, ties.here, ties.there])
        self.photo = np.concatenate([photo, ties.first, ties.second])
        self.here, self.there = n + np.arange(k), n + k + np.arange(k)
        self.error = ties.error_m
        key = np.minimum(pairs.first, pairs.second) * photos + np.maximum(pairs.first, pairs.second)
        order = np.argsort(key)
        wanted = np.minimum(ties.first, ties.second) * photos + np.maximum(ties.first, ties.second)
        self.pair = order[np.searchsorted(key[order], wanted)] if k else np.empty(0, np.int64)
        self.by_ground = np.bincount(self.pair, minlength=len(key)) > 0

    def drop_what_contradicts(self, now: Registration, centres: Floats) -> bool:
        """Leave out the pairs that the others contradict; whether there are any. How far the rest is from falling
        together is part of its error from now on."""
        moved = now.moved(self.xy, self.photo, centres)
        left = moved[self.here] - moved[self.there]
        error = np.hypot(self.error, _scatter(left))
        off = np.hypot(*left.T) > GATE * np.sqrt(2) * error
        n = np.bincount(self.pair, minlength=len(self.by_ground))
        wrong = self.by_ground & (2 * np.bincount(self.pair, weights=off, minlength=len(n)) > n)
        kept = ~wrong[self.pair]
        self.by_ground &= ~wrong
        self.here, self.there = self.here[kept], self.there[kept]
        self.pair, self.error = self.pair[kept], error[kept]
        return bool(wrong.any())


def _as(now: Registration, state: Floats, place_error: Floats) -> Registration:
    return now._replace(
        shift_m=state[:, :2], turn_rad=state[:, 2], stretch=state[:, 3], tilt=state[:, 4:], place_error_m=place_error
    )


def _scatter(apart: Floats) -> float:
    """Standard error, an axis, of differences of place; what lies far off has no say."""
    return _TO_SIGMA * float(np.median(np.abs(apart)))


# ---- the graph ------------------------------------------------------------------------------


def _within_two(tied: NDArray[np.bool_], error: Floats, pairs: Pairs, photos: int) -> Floats:
    """(P,) the error between the photos of each pair along the ties: its own, or over one third photo; else inf."""
    close = np.where(tied, error, np.inf)
    e = np.flatnonzero(tied)
    left = np.concatenate([pairs.first[e], pairs.second[e]])
    right = np.concatenate([pairs.second[e], pairs.first[e]])
    squared = np.concatenate([error[e], error[e]]) ** 2
    order = np.lexsort((right, left))
    left, right, squared = left[order], right[order], squared[order]
    starts = np.searchsorted(left, np.arange(photos + 1))
    missing = np.flatnonzero(~tied)
    ends = np.diff(starts)
    missing = missing[(ends[pairs.first[missing]] > 0) & (ends[pairs.second[missing]] > 0)]
    key = left * photos + right
    n = ends[pairs.first[missing]]
    for start in range(0, len(missing), 100_000):  # neighbours of the one that are neighbours of the other
        some, size = missing[start : start + 100_000], n[start : start + 100_000]
        of = np.repeat(some, size)
        step = starts[pairs.first[of]] + np.arange(len(of)) - np.repeat(np.cumsum(size) - size, size)
        wanted = right[step] * photos + pairs.second[of]
        at = np.minimum(np.searchsorted(key, wanted), len(key) - 1)
        hit = key[at] == wanted
        np.minimum.at(close, of[hit], np.sqrt(squared[step[hit]] + squared[at[hit]]))
    return close


def _in_common(xy: Floats, photo: Ints, photos: int, pairs: Pairs) -> Ints:
    """(P,) about how many animals both photos of a pair show: of one that have any of the other within their error."""
    both = []
    for first, second in ((pairs.first, pairs.second), (pairs.second, pairs.first)):
        number = np.zeros(len(first), np.int64)
        for found in near(xy, photo, photos, first, second, _COMMON * pairs.error_m + pairs.walk_m):
            once = np.unique(found.pair * len(xy) + found.i)
            number += np.bincount(once // len(xy), minlength=len(first))
        both.append(number)
    fewer: Ints = np.minimum(*both)
    return fewer


# ---- matched animals ------------------------------------------------------------------------


def _mutual(
    xy: Floats, photo: Ints, photos: int, pairs: Pairs, chosen: Ints, error: Floats, place_error: Floats
) -> tuple[Ints, Ints, Ints, Floats]:
    """Sightings that are each other's nearest in the pairs `chosen`: pair, i, j and their difference of place."""
    worst = np.zeros(photos)
    np.maximum.at(worst, photo, place_error)
    first, second, error, walk = pairs.first[chosen], pairs.second[chosen], error[chosen], pairs.walk_m[chosen]
    if not len(chosen):
        return chosen, chosen, chosen, np.empty((0, 2))
    gate = GATE * np.sqrt(error**2 + worst[first] ** 2 + worst[second] ** 2) + walk
    found = all_near(xy, photo, photos, first, second, gate)
    far = (found.apart**2).sum(axis=1)
    sigma2 = error[found.pair] ** 2 + place_error[found.i] ** 2 + place_error[found.j] ** 2
    inside = np.flatnonzero(np.sqrt(far) <= GATE * np.sqrt(sigma2) + walk[found.pair])
    best = inside[nearest_both_ways(found.pair[inside], found.i[inside], found.j[inside], far[inside])]
    return chosen[found.pair[best]], found.i[best], found.j[best], found.apart[best]


def _fit(
    xy: Floats,
    photo: Ints,
    centres: Floats,
    reach: Floats,
    pose_error: Floats,
    i: Ints,
    j: Ints,
    sigma: Floats,
    state: Floats,
) -> tuple[Floats, Floats]:
    """(M, 6) shift, turn, stretch and tilt of each photo that bring the matched sightings i and j together.

    Weighted as Geman and McClure's estimator has it, so that a false match pulls little. And (N,) how well that fixes
    the place of each sighting, its neighbours held: near the matched ones well, at the other end of the photo less.
    """
    used, of = np.unique(np.concatenate([photo[i], photo[j]]), return_inverse=True)  # the others stay as they are
    everyone, (photo_all, centres_all, reach_all) = state, (photo, centres, reach)
    centres, reach, pose_error, state = centres[used], reach[used], pose_error[used], state[used]
    m = len(used)
    scale = np.ones((m, _PARAMETERS))
    scale[:, 2:4] = 1 / reach[:, None]  # turn, stretch and tilt as metres at the photo's edge
    scale[:, 4:] = 1 / reach[:, None] ** 2
    prior = np.empty((m, _PARAMETERS))
    prior[:, :2] = pose_error[:, None]
    for column, most in ((2, _TURN), (3, _STRETCH), (4, _TILT), (5, _TILT)):
        prior[:, column] = np.minimum(most * reach, pose_error)
    a, b = np.split(of, 2)
    pair, group = np.unique(a * m + b, return_inverse=True)
    pair_a, pair_b = np.divmod(pair, m)
    here = _design(xy[i] - centres[a], reach[a])
    there = _design(xy[j] - centres[b], reach[b])
    apart = xy[i] - xy[j]
    z = state / scale
    for _ in range(3):
        left = apart + np.einsum("kcp,kp->kc", here, z[a]) - np.einsum("kcp,kp->kc", there, z[b])
        weight = (1 / sigma / (1 + (left**2).sum(axis=1) / (2 * sigma) ** 2)) ** 2
        blocks = np.zeros((m, _PARAMETERS, _PARAMETERS))
        cross = np.empty((len(pair), _PARAMETERS, _PARAMETERS))
        right = np.zeros((m, _PARAMETERS))
        for p in range(_PARAMETERS):
            pull = weight * (here[:, :, p] * apart).sum(axis=1)
            right[:, p] -= np.bincount(a, weights=pull, minlength=m)
            pull = weight * (there[:, :, p] * apart).sum(axis=1)
            right[:, p] += np.bincount(b, weights=pull, minlength=m)
            for q in range(_PARAMETERS):
                for photos, design in ((a, here), (b, there)):
                    entry = weight * (design[:, :, p] * design[:, :, q]).sum(axis=1)
                    blocks[:, p, q] += np.bincount(photos, weights=entry, minlength=m)
                entry = -weight * (here[:, :, p] * there[:, :, q]).sum(axis=1)
                cross[:, p, q] = np.bincount(group, weights=entry, minlength=len(pair))
        blocks[:, range(_PARAMETERS), range(_PARAMETERS)] += 1 / prior**2
        inverse = np.linalg.inv(blocks)

        def times(z: Floats, blocks: Floats = blocks, cross: Floats = cross) -> Floats:
            out: Floats = np.einsum("mpq,mq->mp", blocks, z)
            forth = np.einsum("kpq,kq->kp", cross, z[pair_b])
            back = np.einsum("kpq,kp->kq", cross, z[pair_a])
            for p in range(_PARAMETERS):
                out[:, p] += np.bincount(pair_a, weights=forth[:, p], minlength=m)
                out[:, p] += np.bincount(pair_b, weights=back[:, p], minlength=m)
            return out

        z = _solve(times, lambda r, inverse=inverse: np.einsum("mpq,mq->mp", inverse, r), right, z)  # type: ignore[misc]
    fitted: Floats = z * scale
    covariance = np.zeros((len(everyone), _PARAMETERS, _PARAMETERS))
    covariance[used] = inverse
    place = _design(xy - centres_all[photo_all], reach_all[photo_all])
    reached = np.einsum("kcp,kpq->kcq", place, covariance[photo_all])
    error = np.sqrt((reached * place).sum(axis=(1, 2)) / 2)
    everyone = everyone.copy()
    everyone[used] = _unshrunk(fitted, centres, a, b)
    return everyone, error


def _unshrunk(state: Floats, centres: Floats, a: Ints, b: Ints) -> Floats:
    """The same fit without its common stretch: shrinking all that hangs together makes every residual smaller."""
    state = state.copy()
    group = components(a, b, len(centres))
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
    design = np.zeros((len(lever), 2, _PARAMETERS))
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
