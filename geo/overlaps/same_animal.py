"""Decides which sightings are the same animal: those that agree in place, class and size, one to one in each two
photos.
"""

from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.components import components
from geo.overlaps.cells import Photos, seen_by
from geo.overlaps.grouping import chained, settled
from geo.overlaps.nearby import Floats, Ints, Near, all_near
from geo.overlaps.one_to_one import one_to_one
from geo.overlaps.registered_poses import Registration
from geo.overlaps.registration import SLACK
from geo.overlaps.shift_votes import GATE, Pairs

# How often the detector misses an animal that a photo shows.
_MISSED = 0.1
# The cost of another class if one animal can never have two classes.
_NEVER = 1e6
# The distance, in the comparison, of groups of photos that are not tied to each other.
_FAR_APART_M = 1e7
# Two sightings may be one animal up to this sum of squared standard errors, of place (at most GATE), size and class.
_MOST_CHI2 = 12.0
# So many other animals as near by chance are what that sum allows for, if both photos show the place well.
_FEW_OTHERS = float(np.exp(-_MOST_CHI2 / 2)) / _MISSED**2
# A second candidate fits almost as well as the best if its sum is larger by no more than this: it is one seventh as
# likely.
_AS_GOOD = 4.0


class Seen(NamedTuple):
    """N sightings.

    Attributes:
        xy: (N, 2) the places, metres.
        error: (N,) the standard errors of the places, metres, along each axis.
        label: (N,) the classes, as integers.
        size: (N,) the lengths of the animals, metres; NaN if unknown.
        photo: (N,) the photos.
        cut: (N,) how far the edge of the photo may have moved the place, metres, along each axis.
    """

    xy: Floats
    error: Floats
    label: Ints
    size: Floats
    photo: Ints
    cut: Floats

    def take(self, rows: Ints) -> "Seen":
        """The sightings of these rows."""
        return Seen(
            self.xy[rows], self.error[rows], self.label[rows], self.size[rows], self.photo[rows], self.cut[rows]
        )


class Registered(NamedTuple):
    """Sightings in registered photos.

    Attributes:
        seen: The sightings, at the places of their poses.
        moved: (N, 2) their registered places.
        photos: The registered photos.
        pairs: The pairs of photos that may show the same animal.
        by: The registration of the poses.
        jitter_m: The standard error of a place relative to others in its photo, along each axis.
    """

    seen: Seen
    moved: Floats
    photos: Photos
    pairs: Pairs
    by: Registration
    jitter_m: float


class Likeness(NamedTuple):
    """How similar the sightings of one animal are.

    Attributes:
        size_error: The relative standard error of a size.
        other_class: How often an animal has another class in another photo; 0 for never.
        walks: Whether animals walk between photos.
    """

    size_error: float
    other_class: float
    walks: bool

    @property
    def class_cost(self) -> float:
        """The amount that another class adds to the sum of squared standard errors."""
        return 2 * float(np.log((1 - self.other_class) / self.other_class)) if self.other_class > 0 else _NEVER


def animals_of(placed: Registered, like: Likeness) -> tuple[Ints, int]:
    """(N,) the animal of each sighting, and the number of sightings whose matching is uncertain."""
    first, second, cost, unclear = _one_to_one(placed, _alike(placed, like))
    animal = chained(len(placed.moved), placed.seen.photo, first, second, cost)
    if not like.walks:  # an animal that walks has no single place
        animal = _settled(animal, placed, like)
    return animal, unclear


class _Alike(NamedTuple):
    """K pairs of sightings that may be the same animal.

    Attributes:
        i: (K,) the first sighting.
        j: (K,) the second sighting.
        pair: (K,) the pair of photos that they belong to.
        chi2: (K,) the sum of squared standard errors of place, size and class.
        sigma: (K,) the standard error of the difference of their places, along each axis.
    """

    i: Ints
    j: Ints
    pair: Ints
    chi2: Floats
    sigma: Floats

    def take(self, rows: Ints) -> "_Alike":
        """The pairs of these rows."""
        return _Alike(self.i[rows], self.j[rows], self.pair[rows], self.chi2[rows], self.sigma[rows])


def _alike(placed: Registered, like: Likeness) -> _Alike:
    """The pairs of sightings in overlapping photos that agree in place, size and class."""
    seen = placed.seen
    found, sigma = _near(placed)
    i, j, pair = found.i, found.j, found.pair
    far, walk = np.hypot(*found.apart.T), placed.pairs.walk_m[pair]
    near_enough = far <= GATE * sigma + walk
    sigma = np.hypot(sigma, walk / 2)
    size = np.nan_to_num(np.log(seen.size[i] / seen.size[j]) / (np.sqrt(2) * like.size_error))
    chi2 = np.minimum((far / sigma) ** 2, GATE**2) + size**2
    chi2 = chi2 + np.where(seen.label[i] != seen.label[j], like.class_cost, 0.0)
    kept = np.flatnonzero(near_enough & (chi2 < _MOST_CHI2) & (np.abs(size) <= GATE))
    return _Alike(i, j, pair, chi2, sigma).take(kept)


def _near(placed: Registered) -> tuple[Near, Floats]:
    """The pairs of sightings that are near each other, given the errors of their photos.

    Also the standard error of each difference of place.
    """
    seen, pairs, now, photos = placed.seen, placed.pairs, placed.by, len(placed.photos)
    # If an animal's own error is larger than its photo's, that error sets the width of the gate.
    by_pose, by_ties = np.hypot(seen.error, seen.cut), np.hypot(now.place_error_m, seen.cut)
    worst = np.zeros(photos)
    np.maximum.at(worst, seen.photo, by_pose)
    loose = np.zeros(photos)
    np.maximum.at(loose, seen.photo, by_ties)
    a, b = pairs.first, pairs.second
    widest = np.where(now.tied, np.hypot(now.error_m, np.hypot(loose[a], loose[b])), np.hypot(worst[a], worst[b]))
    found = all_near(placed.moved, seen.photo, photos, a, b, GATE * widest + pairs.walk_m)
    i, j, pair = found.i, found.j, found.pair
    by_tie = np.hypot(now.error_m[pair], np.hypot(by_ties[i], by_ties[j]))
    return found, np.where(now.tied[pair], by_tie, np.hypot(by_pose[i], by_pose[j]))


def _one_to_one(placed: Registered, alike: _Alike) -> tuple[Ints, Ints, Floats, int]:
    """Pairs of sightings that may be one animal, the cost of joining each, and the number of uncertain sightings.

    Within each pair of photos, the one-to-one assignment that explains most is taken. The cost is the log of the
    density of the difference; less is better. With the same chi squared, a pair of photos with a small error says more
    than a pair with a large error.
    """
    most, strict, shared = _most_chi2(placed, alike)
    kept = np.flatnonzero(alike.chi2 < most)
    alike, most, strict = alike.take(kept), most[kept], strict[kept]
    n = len(placed.moved)
    chosen = one_to_one(alike.pair * n + alike.i, alike.pair * n + alike.j, most - alike.chi2)
    kept = np.flatnonzero((alike.chi2 < strict) | _shown_by_both(alike, chosen, shared))
    alike, chosen = alike.take(kept), chosen[kept]
    i, j, _, chi2, sigma = alike
    # Pairs that were not chosen come last. They join sightings that are alone because of a wrong choice elsewhere.
    cost = chi2 + 4 * np.log(sigma)
    cost[~chosen] += 1e6
    return i, j, cost, _unclear(placed, alike)


def _most_chi2(placed: Registered, alike: _Alike) -> tuple[Floats, Floats, Ints]:
    """(K,) the largest sum of squared standard errors at which two sightings are one animal, and (K,) in a dense herd.

    If the other photo hardly shows the place of either sighting, they may be two animals, each in one photo only. So if
    places are not known well, such sightings must agree better. The more so in a dense herd, where some other animal
    always is near: two sightings are one animal if that is more likely than two that are near by chance, so the limit
    is 2 ln(1 / (density 2 pi sigma^2 P(the one is unseen there) P(the other is unseen here))).

    Also (P,) how many animals of each pair of photos lie on the ground that both show, of those that may be matched.
    """
    moved, pairs = placed.moved, placed.pairs
    most = np.full(len(alike.i), _MOST_CHI2)
    strict, shared = most.copy(), np.zeros(len(pairs.first), np.int64)
    loosely = np.flatnonzero(~placed.by.tied[alike.pair])
    i, j, pair, sigma = alike.i[loosely], alike.j[loosely], alike.pair[loosely], alike.sigma[loosely]
    sides = _sides(placed.photos)
    alone = np.ones(len(loosely))
    for at, other in ((i, pairs.second[pair]), (j, pairs.first[pair])):
        beyond = _beyond(moved[at], other, sides)
        alone *= _unseen(beyond, sigma)
        inside = np.unique(pair[beyond <= 0] * len(moved) + at[beyond <= 0]) // max(len(moved), 1)
        shared = np.maximum(shared, np.bincount(inside, minlength=len(shared)))
    ground = shapely.area(placed.photos.footprints)
    shown = np.minimum(ground[pairs.first[pair]], ground[pairs.second[pair]])
    others = _others_as_near(alike.take(loosely), shown, len(moved))
    most[loosely] += 2 * np.log(_MISSED**2 / alone)
    strict[loosely] = most[loosely] - 2 * np.log(np.maximum(1.0, others / _FEW_OTHERS))
    return most, strict, shared


def _shown_by_both(alike: _Alike, chosen: NDArray[np.bool_], shared: Ints) -> NDArray[np.bool_]:
    """(K,) bool: which pairs of sightings may be joined although others are as near.

    Who is who in a dense herd is a guess then, but how many two photos have in common is not: as many as lie on the
    ground that both show. Of the chosen pairs, those that agree best are joined, up to that number.
    """
    order = np.lexsort((alike.chi2, ~chosen, alike.pair))
    pair = alike.pair[order]
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order)) - np.searchsorted(pair, pair)
    number = np.bincount(alike.pair[chosen], minlength=len(shared))
    return np.where(chosen, rank < shared[alike.pair], number[alike.pair] <= shared[alike.pair])


def _others_as_near(alike: _Alike, shown_m2: Floats, n: int) -> Floats:
    """(K,) how many other animals are as near by chance as the right one is by its error: density times 2 pi sigma^2.

    n: the number of sightings. The density is that of the candidates of both sightings, within GATE sigma, on as much
    ground as the smaller photo shows, (K,) m2.
    """
    number = np.zeros(len(alike.i))
    for side in (alike.i, alike.j):
        _, which, count = np.unique(alike.pair * n + side, return_inverse=True, return_counts=True)
        number += (count[which] - 1) / 2
    nearby = 2 * np.pi * alike.sigma**2
    return np.asarray(number * nearby / np.minimum(GATE**2 / 2 * nearby, np.where(shown_m2 > 0, shown_m2, np.inf)))


def _unclear(placed: Registered, alike: _Alike) -> int:
    """The number of uncertain sightings, in photos that are not tied.

    A sighting is uncertain if in most of the photos with a candidate for it, a second candidate fits almost as well.
    """
    i, j, pair, n = alike.i, alike.j, alike.pair, len(placed.moved)
    rows = np.flatnonzero(~placed.by.tied[pair])
    tied = np.flatnonzero(placed.by.tied[pair])
    photos, open_ones = np.zeros(n, np.int64), np.zeros(n, np.int64)
    for side in (i[rows], j[rows]):
        order = np.lexsort((alike.chi2[rows], side, pair[rows]))
        key, fit = (pair[rows] * n + side)[order], alike.chi2[rows][order]
        first = np.append(True, key[1:] != key[:-1])[: len(key)]
        second = np.flatnonzero(~first & np.append(False, first[:-1])[: len(key)])
        close = second[fit[second] - fit[second - 1] < _AS_GOOD]
        photos += np.bincount(key[first] % n, minlength=n)
        open_ones += np.bincount(key[close] % n, minlength=n)
    unclear = 2 * open_ones > photos
    unclear[i[tied]] = unclear[j[tied]] = False
    return int(unclear.sum())


def _sides(photos: Photos) -> Floats:
    """(M, 4, 3) the outline of each photo as four half-planes: n . xy + c, in metres, is positive beyond a side."""
    sides = np.full((len(photos), 4, 3), np.nan)
    known = np.flatnonzero(photos.placed)
    shapes = photos.footprints[known]
    simple = (shapely.get_num_coordinates(shapes) == 5) & (shapely.get_type_id(shapes) == 3)
    shapes[~simple] = shapely.oriented_envelope(shapes[~simple])
    usable = (shapely.get_num_coordinates(shapes) == 5) & (shapely.get_type_id(shapes) == 3)
    known = known[usable]
    rings = shapely.get_coordinates(shapes[usable]).reshape(-1, 5, 2)
    clockwise = ~shapely.is_ccw(shapely.get_exterior_ring(shapes[usable]))
    rings[clockwise] = rings[clockwise, ::-1]
    along = np.diff(rings, axis=1)
    normal = np.stack([along[..., 1], -along[..., 0]], axis=-1) / np.linalg.norm(along, axis=-1, keepdims=True)
    sides[known, :, :2] = normal
    sides[known, :, 2] = -(normal * rings[:, :4]).sum(axis=-1)
    return sides


def _beyond(xy: Floats, photo: Ints, sides: Floats) -> Floats:
    """(K,) how far `xy` lies beyond the edge of a photo, m; negative inside."""
    beyond = np.full(len(xy), -np.inf)
    for side in range(4):
        plane = sides[photo, side]
        beyond = np.fmax(beyond, (plane[:, :2] * xy).sum(axis=1) + plane[:, 2])
    return beyond


def _unseen(beyond: Floats, sigma: Floats) -> Floats:
    """(K,) the probability that a photo does not have an animal that another photo has: beyond its edge, or missed."""
    with np.errstate(over="ignore"):
        outside = 1 / (1 + np.exp(-1.702 * beyond / sigma))  # the normal distribution, to 1 %
    return np.maximum(outside, _MISSED)


def _settled(animal: Ints, placed: Registered, like: Likeness) -> Ints:
    """The animals, with those in pieces put together.

    It is done only if photos are tied or have poses as exact as their animals, because only then several sightings give
    a better place than one.
    """
    seen, moved, registered, pairs, now, jitter_m = placed
    tied = np.flatnonzero(now.tied | (pairs.error_m <= 2 * jitter_m))
    if not len(tied) or not len(animal):
        return animal
    m = len(registered)
    group = components(m, pairs.first[tied], pairs.second[tied])
    together = np.bincount(group, minlength=m)[group] > 1
    fine = np.full(m, np.inf)
    error = now.error_m[tied] / np.where(now.tied[tied], SLACK, 1.0)
    np.minimum.at(fine, pairs.first[tied], error)
    np.minimum.at(fine, pairs.second[tied], error)
    # Only animals in photos of a single group that no edge cuts.
    of = group[seen.photo]
    _, who = np.unique(animal, return_inverse=True)
    mixed = np.zeros(int(who.max()) + 1, bool)
    one = np.zeros(len(mixed), np.int64)
    one[who] = of
    mixed[who[(of != one[who]) | ~together[seen.photo]]] = True
    rows = np.flatnonzero(~mixed[who])
    if not len(rows):
        return animal
    looks = np.zeros(len(seen.xy), np.int64)
    for block, at, photo in seen_by(moved, registered):
        same = group[photo] == of[block[at]]
        looks += np.bincount(block[at[same]], minlength=len(looks))
    sigma = np.hypot(fine[seen.photo] / np.sqrt(2), np.hypot(now.place_error_m, seen.cut))
    nth = np.unique(of[rows], return_inverse=True)[1]
    apart = np.column_stack([moved[rows, 0] + nth * _FAR_APART_M, moved[rows, 1]])
    new = settled(
        animal[rows], seen.photo[rows], apart, sigma[rows], seen.label[rows], np.log(seen.size[rows]) / like.size_error,
        like.class_cost, looks[rows],
    )  # fmt: skip
    animal = animal.copy()
    animal[rows] = rows[new]
    return animal
