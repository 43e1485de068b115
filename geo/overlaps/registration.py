"""Registers photos to each other, by the animals that they both show and by ties of the ground.

The error of a photo's pose moves all its animals in the same way. In a herd this error is larger than the distance
between two animals. So no rule for single animals can tell which is which, but the pattern of the herd can:

1. Each pair of photos votes. Each animal of one photo and each animal of the other give a difference of place, and most
   of them agree on the true shift between the photos (a Hough transform of the shift). A pair is used if its best shift
   stands out from the second best and from chance.
2. Least squares over all used pairs give each photo a small shift, turn, stretch and tilt, limited by the error of its
   pose. Wrong votes contradict the others and lose their weight step by step.
3. Animals are matched by their new places, which gives better poses, and these give better matches. The scatter of the
   matches says how far apart the sightings of one animal now lie.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.overlaps.adjustment import Places, adjust
from geo.overlaps.nearby import MEDIAN_DISTANCE, Floats, Ints, all_near, near
from geo.overlaps.registered_poses import Registration, unregistered
from geo.overlaps.second_vote import Second, second_vote
from geo.overlaps.shift_votes import GATE, Pairs, nearest_both_ways, needs_vote, vote
from geo.overlaps.ties import Ties

_ROUNDS = 3
# For two photos: within how many standard errors an animal may be common to both; which share of those animals must
# agree; and from how many on they are many.
_COMMON, _LEAST_SHARE, _MANY = 1.5, 0.25, 8
_SHARPNESS = (0.0, 0.25, 0.5, 0.75, 1.0)
# The error of a tied pair divided by the scatter of its matches. The scatter does not include what was not matched.
SLACK = 1.2
# Half of all matches may agree to the millimetre, but a detector's boxes are not that accurate everywhere.
_LEAST_JITTER, _SHARPEST_JITTER = 0.7, 0.2
# How often a photo that its neighbours contradict is moved to where they want it.
_SECOND_VOTES = 2
# If more than this share of its matches is off by 1.5 standard errors, a photo is judged by a second vote. By chance, a
# quarter is.
_DOUBTED = 0.4
_TO_SIGMA = 1.4826  # from the median absolute deviation of a normal distribution


def register(
    xy: Floats, photo: Ints, centres: Floats, pose_error_m: Floats, jitter_m: float, pairs: Pairs, ties: Ties
) -> Registration:
    """Register M photos by their animals and by ties of the ground.

    Args:
        xy: (N, 2) the places of the sightings, metres.
        photo: (N,) their photos, ascending.
        centres: (M, 2) the centres of the photos, metres.
        pose_error_m: (M,) the standard error of each photo's place, along each axis.
        jitter_m: The standard error of one animal against the others in its photo, along each axis. If it is not known,
            the smallest possible one.
        pairs: P pairs of photos.
        ties: In metres too; their pairs are among `pairs`.
    """
    scene = _Scene(xy, photo, centres, pose_error_m, jitter_m, pairs, ties)
    common = _in_common(xy, photo, len(centres), pairs)
    nothing = unregistered(len(xy), len(centres), pairs)._replace(busy=(common >= _MANY) & needs_vote(pairs, jitter_m))
    votes = _votes(scene)
    if not len(votes.pair) and not len(ties.first):
        return nothing
    now = _tied(scene, votes, _fitted_to_votes(scene, votes, nothing))
    needed = np.where(scene.ground.by_ground, 0.0, np.maximum(2.0, _LEAST_SHARE * common))
    matched = _by_matches(scene, now, needed)
    if matched is None:
        return nothing
    return _settled(scene, _second_voted(scene, matched, needed), common, needed)


def _by_matches(scene: "_Scene", now: Registration, needed: Floats) -> Registration | None:
    """The registration by matched animals and ties, in rounds; None if there is nothing to register by."""
    for _ in range(_ROUNDS):
        close = _within_two(now.tied, now.error_m, scene.pairs, len(scene.centres))
        matches = _mutual(scene, now, np.flatnonzero(np.isfinite(close)), close)
        if len(matches.pair):
            now = _fitted_to_matches(scene, matches, now, needed)
        elif scene.ground.by_ground.any():
            break
        else:
            return None
    return now


def _second_voted(scene: "_Scene", now: Registration, needed: Floats) -> Registration:
    """The registration with photos moved that were registered to the wrong animals of their herd.

    A photo that its neighbours contradict all the same is left at its pose, tied to none.
    """
    moved = np.zeros(len(scene.centres), bool)
    if scene.pairs.walk_m.any():  # where animals walk, the neighbours' animals are no proof
        return now
    for _ in range(_SECOND_VOTES):
        wrong, shift = _contradicted(scene, now)
        if not wrong.any():
            return now._replace(corrected=moved)
        again = _by_matches(
            scene, now.as_fitted(now.state + np.pad(shift, ((0, 0), (0, 4))), now.place_error_m), needed
        )
        if again is None:
            break
        moved |= wrong
        now = again
    wrong, _ = _contradicted(scene, now)
    loose = wrong[scene.pairs.first] | wrong[scene.pairs.second]
    state = np.where(wrong[:, None], 0.0, now.state)
    now = now.as_fitted(state, np.where(wrong[scene.photo], 0.0, now.place_error_m))
    tied = now.tied & ~loose
    return now._replace(
        tied=tied, error_m=np.where(tied, now.error_m, np.inf), corrected=moved & ~wrong, contradicted=wrong
    )


def _contradicted(scene: "_Scene", now: Registration) -> Second:
    """What the second vote says of the photos with too many matches that fit badly."""
    pairs, photos = scene.pairs, len(scene.centres)
    close = _within_two(now.tied, now.error_m, pairs, photos)
    by_animals = np.flatnonzero(np.isfinite(close) & ~scene.ground.by_ground)
    matches = _mutual(scene, now, by_animals, close)
    scatter = max(now.after_m / MEDIAN_DISTANCE, _SHARPEST_JITTER * scene.jitter_m)
    bad = (np.abs(matches.apart) > GATE * scatter / 2).any(axis=1)
    of = np.concatenate([pairs.first[matches.pair], pairs.second[matches.pair]])
    number = np.bincount(of, minlength=photos)
    doubted = np.bincount(of, weights=np.tile(bad, 2), minlength=photos) > _DOUBTED * number
    tied = Pairs(pairs.first[by_animals], pairs.second[by_animals], pairs.error_m[by_animals], pairs.walk_m[by_animals])
    return second_vote(scene.moved(now), scene.photo, doubted, tied, scatter)


class _Scene:
    """What is registered: sightings, photos and their pairs as in `register`, and ties of the ground."""

    def __init__(
        self,
        xy: Floats,
        photo: Ints,
        centres: Floats,
        pose_error_m: Floats,
        jitter_m: float,
        pairs: Pairs,
        ties: Ties,
    ) -> None:
        m = len(centres)
        self.xy, self.photo, self.centres, self.jitter_m, self.pairs = xy, photo, centres, jitter_m, pairs
        self.ground = _Ground(xy, photo, ties, pairs, m)
        reach = np.zeros(m)
        np.maximum.at(reach, self.ground.photo, np.hypot(*(self.ground.xy - centres[self.ground.photo]).T))
        self.places = Places(self.ground.xy, self.ground.photo, centres, np.maximum(reach, 1e-6), pose_error_m)

    def moved(self, now: Registration) -> Floats:
        """(N, 2): the registered places of the sightings."""
        return now.moved(self.xy, self.photo, self.centres)

    def fitted(self, now: Registration, i: Ints, j: Ints, sigma: Floats, tie_sigma: Floats) -> Registration:
        """The registration that brings the sightings i and j together, and the ties. sigma, tie_sigma: their standard
        errors.
        """
        both = np.concatenate([i, self.ground.here]), np.concatenate([j, self.ground.there])
        state, error = adjust(self.places, *both, np.concatenate([sigma, tie_sigma]), now.state)
        return now.as_fitted(state, error[: len(self.xy)])


class _Ground:
    """The ties of the ground, together with the sightings.

    `xy` and `photo` have the sightings first, then both ends of the ties. `here` and `there` are the indices of those
    ends. `pair` is the pair of each tie, `error` its standard error, and `by_ground` says which pairs have ties.
    """

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
        """Drop the pairs of ties that the others contradict; returns whether there are any.

        From now on, the error of the other ties includes how far they are from falling together.
        """
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


def _scatter(apart: Floats) -> float:
    """The standard error of differences of place, along each axis. Outliers do not affect it."""
    return _TO_SIGMA * float(np.median(np.abs(apart)))


# ---- votes ----------------------------------------------------------------------------------


class _Votes(NamedTuple):
    """K pairs of sightings that votes bring together.

    Attributes:
        pair: (K,) the pair of photos that voted.
        i: (K,) the sighting in its first photo.
        j: (K,) the sighting in its second photo.
        blur: (K,) how blurred the peak of the vote is, metres.
    """

    pair: Ints
    i: Ints
    j: Ints
    blur: Floats


def _votes(scene: _Scene) -> _Votes:
    """The votes of the pairs that have no ties of the ground."""
    pairs = scene.pairs
    voting = np.flatnonzero(~scene.ground.by_ground)
    voters = Pairs(pairs.first[voting], pairs.second[voting], pairs.error_m[voting], pairs.walk_m[voting])
    reach = float(np.median(scene.places.reach))
    pair, i, j, blur = vote(scene.xy, scene.photo, len(scene.centres), reach, scene.jitter_m, voters)
    return _Votes(voting[pair], i, j, blur)


def _fitted_to_votes(scene: _Scene, votes: _Votes, now: Registration) -> Registration:
    """The registration by votes and ties. Ties that the rest contradicts are dropped."""
    pairs, ground = scene.pairs, scene.ground
    pair, i, j, blur = votes
    walk = pairs.walk_m[pair] / 2
    for sharpness in _SHARPNESS:  # wrong votes lose their weight step by step, while the true ones come together
        sigma = np.hypot(blur * (pairs.error_m[pair] / blur) ** (1 - sharpness), walk)
        far = pairs.error_m[ground.pair] / ground.error
        tie_sigma = ground.error * np.maximum(far, 1.0) ** (1 - sharpness)
        now = scene.fitted(now, i, j, sigma, tie_sigma)
    if len(ground.pair) and ground.drop_what_contradicts(now, scene.centres):
        now = scene.fitted(now, i, j, sigma, ground.error)
    return now


def _tied(scene: _Scene, votes: _Votes, now: Registration) -> Registration:
    """The registration with the tied pairs: those with votes that fit it, and those tied by the ground."""
    pair, i, j, blur = votes
    by_ground = scene.ground.by_ground
    moved = scene.moved(now)
    fits = np.hypot(*(moved[i] - moved[j]).T) <= GATE * np.hypot(blur, scene.pairs.walk_m[pair] / 2)
    tied = np.bincount(pair[fits], minlength=len(by_ground)) >= 2
    error = np.zeros(len(tied))
    np.maximum.at(error, pair, blur)
    error[by_ground] = np.sqrt(2) * scene.jitter_m
    tied |= by_ground
    error[~tied] = np.inf
    return now._replace(tied=tied, error_m=error)


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
    for start in range(0, len(missing), 100_000):  # photos that are neighbours of both
        some, size = missing[start : start + 100_000], n[start : start + 100_000]
        of = np.repeat(some, size)
        step = starts[pairs.first[of]] + np.arange(len(of)) - np.repeat(np.cumsum(size) - size, size)
        wanted = right[step] * photos + pairs.second[of]
        at = np.minimum(np.searchsorted(key, wanted), len(key) - 1)
        hit = key[at] == wanted
        np.minimum.at(close, of[hit], np.sqrt(squared[step[hit]] + squared[at[hit]]))
    return close


def _in_common(xy: Floats, photo: Ints, photos: int, pairs: Pairs) -> Ints:
    """(P,) about how many animals both photos of a pair show.

    These are animals in one photo with an animal in the other within their error.
    """
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


class _Matched(NamedTuple):
    """K pairs of sightings that are each other's nearest.

    Attributes:
        pair: (K,) the pair of photos.
        i: (K,) the sighting in its first photo.
        j: (K,) the sighting in its second photo.
    """

    pair: Ints
    i: Ints
    j: Ints
    apart: Floats


def _mutual(scene: _Scene, now: Registration, chosen: Ints, error: Floats) -> _Matched:
    """The sightings that are each other's nearest in the pairs `chosen`.

    Their places differ by at most `error` (P,).
    """
    pairs, place_error, photos = scene.pairs, now.place_error_m, len(scene.centres)
    worst = np.zeros(photos)
    np.maximum.at(worst, scene.photo, place_error)
    first, second, error, walk = pairs.first[chosen], pairs.second[chosen], error[chosen], pairs.walk_m[chosen]
    if not len(chosen):
        return _Matched(chosen, chosen, chosen, np.empty((0, 2)))
    gate = GATE * np.sqrt(error**2 + worst[first] ** 2 + worst[second] ** 2) + walk
    found = all_near(scene.moved(now), scene.photo, photos, first, second, gate)
    far = (found.apart**2).sum(axis=1)
    sigma2 = error[found.pair] ** 2 + place_error[found.i] ** 2 + place_error[found.j] ** 2
    inside = np.flatnonzero(np.sqrt(far) <= GATE * np.sqrt(sigma2) + walk[found.pair])
    best = inside[nearest_both_ways(found.pair[inside], found.i[inside], found.j[inside], far[inside])]
    return _Matched(chosen[found.pair[best]], found.i[best], found.j[best], found.apart[best])


def _fitted_to_matches(scene: _Scene, matches: _Matched, now: Registration, needed: Floats) -> Registration:
    """The registration by matched animals and ties.

    A pair with fewer than `needed` (P,) fitting animals is no longer tied.
    """
    pairs, least = scene.pairs, _LEAST_JITTER * scene.jitter_m
    pair, i, j, apart = matches
    sigma = np.hypot(max(_scatter(apart), least), pairs.walk_m[pair] / 2)
    by_animals = ~scene.ground.by_ground[pair]
    now = scene.fitted(now, i[by_animals], j[by_animals], sigma[by_animals], scene.ground.error)
    moved = scene.moved(now)
    after = moved[i] - moved[j]
    close_by = max(_scatter(after), _SHARPEST_JITTER * scene.jitter_m)
    fine = np.hypot(*after.T) < GATE * np.hypot(close_by, pairs.walk_m[pair])
    # If the animals of a pair do not confirm it, its votes agreed by chance.
    tied = now.tied & (np.bincount(pair[fine], minlength=len(now.tied)) >= needed)
    alone = np.ones(len(scene.centres), bool)
    alone[pairs.first[tied]] = alone[pairs.second[tied]] = False
    now = now.as_fitted(np.where(alone[:, None], 0.0, now.state), now.place_error_m)
    scatter = max(_scatter(after), least)
    return now._replace(
        tied=tied,
        error_m=np.where(tied, np.minimum(now.error_m, SLACK * scatter), np.inf),
        before_m=float(np.median(np.hypot(*(scene.xy[i] - scene.xy[j]).T))),
        after_m=float(np.median(np.hypot(*after.T))),
    )


def _settled(scene: _Scene, now: Registration, common: Ints, needed: Floats) -> Registration:
    """The registration with the errors of all pairs, also of those that are tied by way of a third photo."""
    close = _within_two(now.tied, now.error_m, scene.pairs, len(scene.centres))
    known = np.isfinite(close)
    # A pair is not tied by way of a third photo if its own many animals contradict that.
    doubted = np.flatnonzero(known & ~now.tied & (common >= _MANY))
    pair = _mutual(scene, now, doubted, close).pair
    known[doubted] = np.bincount(pair, minlength=len(known))[doubted] >= needed[doubted]
    error = np.where(known, np.minimum(close, scene.pairs.error_m), scene.pairs.error_m)
    return now._replace(tied=known, error_m=error, by_ground=scene.ground.by_ground)
