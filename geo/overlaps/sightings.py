"""One animal in several photos counts once.

Photos of a survey overlap, so most animals are in several. Two rules make a count of the sightings:

- `animals`: sightings in overlapping photos that fit in place, class and size within their error are one animal, and
  the sighting nearest its photo's centre counts. Photos are first registered to each other by their animals, as a
  pose is seldom as good as a herd is tight;
- `cells`: nothing is matched. A sighting counts if it lies in the cell of its photo: each point of the ground belongs
  to one photo, the one whose centre is nearest (`geo.cells`).

The first counts every animal that any photo shows and needs to tell animals apart. The second needs no such thing: a
wrong pose counts an animal twice at one edge of a cell as often as it loses one at another, so the count is right on
average whatever the herd; but an animal that its own photo's detector missed is missed.
`docs/sightings.md` has the bias of both, measured.
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from geo.overlaps.cells import Photos, overlapping_pairs, owns, seen_by
from geo.overlaps.grouping import chained, settled
from geo.overlaps.nearby import Floats, Ints, all_near
from geo.overlaps.one_to_one import components, one_to_one
from geo.overlaps.registration import SLACK, Registration, register, unregistered
from geo.overlaps.report import RULES, Report, Rule
from geo.overlaps.shift_votes import GATE, Pairs
from geo.overlaps.ties import Ties, no_ties, turns
from geo.tables import TableError

# A detector's box of one animal varies by this share of its size from photo to photo.
SIZE_ERROR = 0.25
# How often a detector gives one animal another class in another photo.
OTHER_CLASS = 0.05
# Of a detection's place within its photo, before anything is known: a share of the animal, or metres.
_JITTER_OF_SIZE, _JITTER_M = 0.15, 0.3
# How often a photo's detector misses an animal that it shows.
_MISSED = 0.1
# What another class costs where there is none for one animal.
_NEVER = 1e6
# Groups of photos that nothing ties are compared in places as far apart as this.
_FAR_APART_M = 1e7
# Two sightings are one animal up to this sum of squared standard errors, of place (at most GATE), size and class.
_MOST_CHI2 = 12.0


class Matched(NamedTuple):
    """animal_id: (N,) int64 from 0, one number an animal, in order of first sighting. counted: (N,) uint8, 1 for the
    sightings that count. positions_map: (N, 2) as registered. photos: as registered; their cells are what `cells`
    went by, so their areas belong to the count."""

    animal_id: NDArray[np.int64]
    counted: NDArray[np.uint8]
    positions_map: NDArray[np.float64]
    photos: Photos
    report: Report


def match(
    positions_map: ArrayLike,
    error_m: ArrayLike,
    labels: ArrayLike,
    size_m: ArrayLike,
    image: ArrayLike,
    photos: Photos,
    *,
    rule: Rule = "animals",
    register_photos: bool = True,
    jitter_m: float | None = None,
    cut_m: ArrayLike = 0.0,
    max_speed_m_s: float = 0.0,
    size_error: float = SIZE_ERROR,
    other_class: float = OTHER_CLASS,
    ties: Ties | None = None,
) -> Matched:
    """Match the sightings of N animals in M photos.

    positions_map: (N, 2) in a map CRS in metres; NaN for no place. error_m: (N,) or one number, standard error of a
    place along one axis, mostly the pose's. labels: (N,) integers. size_m: (N,) length of the animal or NaN, best NaN
    where the photo's edge cuts it. image: (N,) index into `photos`.
    register_photos: move the photos to where their animals agree. jitter_m: standard error of a place against others
    in its photo; by default taken from the sizes, and measured once photos are tied. cut_m: (N,) or one number, what
    the place is off by beside that, an axis, where the photo's edge cuts the animal; 0 where it does not.
    max_speed_m_s: how fast animals may walk; needs `photos.seconds`.
    size_error: relative standard error of a size. other_class: how often one animal has another class in another
    photo, 0 for never. ties: ground that photos were found to show alike, in the map's metres.

    One photo never has two sightings of one animal. The result depends on what is given, not on its order.
    Raises TableError for what does not fit together.
    """
    xy, error, label, size, photo, cut = _checked(positions_map, error_m, labels, size_m, image, cut_m, photos)
    if rule not in RULES:
        raise TableError(f"rule {rule!r} is not one of {', '.join(RULES)}")
    if not (max_speed_m_s >= 0 and size_error > 0 and 0 <= other_class < 1 and (jitter_m is None or jitter_m > 0)):
        raise TableError("match: expected max_speed_m_s >= 0, size_error > 0, 0 <= other_class < 1 and jitter_m > 0")
    if max_speed_m_s > 0 and not np.isfinite(photos.seconds).any():
        raise TableError("match: animals that walk need the photos' times; give them, or a speed of 0")

    # In one order, whatever the caller's: ties and sums of floats then come out the same.
    photo_order = _photo_order(photos)
    rank = np.empty(len(photos), np.int64)
    rank[photo_order] = np.arange(len(photos))
    placed = np.flatnonzero(np.isfinite(xy).all(axis=1) & photos.placed[photo])
    order = placed[np.lexsort((size[placed], label[placed], xy[placed, 1], xy[placed, 0], rank[photo[placed]]))]
    ordered = photos.take(photo_order)
    seen = _Seen(xy[order], error[order], label[order], size[order], rank[photo[order]], cut[order])

    tied = _in_order(ties if ties is not None and register_photos else no_ties(len(photos)), rank, photo_order)
    turn = turns(tied, len(photos))
    seen, ordered, tied = _turned(seen, ordered, tied, turn)
    pairs = _pairs(seen, ordered, max_speed_m_s, tied)
    now = unregistered(len(order), len(photos), pairs)
    if jitter_m is None:
        lengths = size[order][np.isfinite(size[order])]
        jitter_m = _JITTER_OF_SIZE * float(np.median(lengths)) if len(lengths) else _JITTER_M
    if register_photos and len(order):
        pose = _pose_error(seen, len(photos), tied)
        now = register(seen.xy, seen.photo, ordered.centres, pose, jitter_m, pairs, tied)
    moved = now.moved(seen.xy, seen.photo, ordered.centres)
    registered = _moved_photos(ordered, now)
    first, second, cost, unclear = _same(seen, moved, registered, pairs, now, size_error, other_class)
    animal = chained(len(order), seen.photo, first, second, cost)
    if max_speed_m_s == 0:  # what walks is not in one place
        animal = _settled(animal, seen, moved, registered, pairs, now, jitter_m, size_error, other_class)

    from_centre = np.hypot(*(seen.xy - ordered.centres[seen.photo]).T)
    if rule == "cells":
        counts = owns(moved, seen.photo, registered)
    else:
        counts = np.zeros(len(order), bool)
        by_animal = np.lexsort((np.arange(len(order)), from_centre, animal))
        counts[by_animal[np.append(True, np.diff(animal[by_animal]) != 0)[: len(by_animal)]]] = True

    counted = np.ones(len(xy), np.uint8)
    counted[order] = counts
    group = np.arange(len(xy)) + len(order)  # what has no place is its own
    group[order] = animal
    positions = xy.copy()
    positions[order] = moved
    photos_now = registered.take(rank)
    animal_id = _numbered(group)
    report = _report(seen, animal, now, registered, len(pairs.first), unclear, animal_id, counted)
    report = replace(report, ground_pairs=int(now.by_ground.sum()), turned=int((turn != 0).sum()))
    return Matched(animal_id, counted, positions, photos_now, report)


class _Seen(NamedTuple):
    """Sightings in canonical order, by photo first."""

    xy: Floats
    error: Floats
    label: Ints
    size: Floats
    photo: Ints
    cut: Floats


def _checked(
    positions: ArrayLike,
    error: ArrayLike,
    labels: ArrayLike,
    size: ArrayLike,
    image: ArrayLike,
    cut: ArrayLike,
    photos: Photos,
) -> tuple[Floats, Floats, Ints, Floats, Ints, Floats]:
    xy = np.asarray(positions, np.float64).reshape(-1, 2) if np.size(positions) == 0 else np.array(positions, float)
    if xy.ndim != 2 or xy.shape[1] != 2:
        raise TableError(f"match: positions have shape {xy.shape}, expected (N, 2)")
    n = len(xy)
    columns: dict[str, NDArray[np.float64]] = {}
    each = (("error_m", error), ("size_m", size), ("labels", labels), ("image", image), ("cut_m", cut))
    for name, given in each:
        column = np.asarray(given, np.float64)
        if column.ndim == 0 and name in ("error_m", "cut_m"):
            column = np.full(n, float(column))
        if column.shape != (n,):
            raise TableError(f"match: {name} has shape {column.shape}, expected ({n},), one a sighting")
        columns[name] = column
    photo = columns["image"].astype(np.int64)
    if n and (photo.min() < 0 or photo.max() >= len(photos)):
        raise TableError(f"match: image has an index outside 0 to {len(photos) - 1}")
    there = np.isfinite(xy).all(axis=1)
    if not (np.isfinite(columns["error_m"][there]) & (columns["error_m"][there] > 0)).all():
        raise TableError("match: an error_m is not positive; give each place the error it has, in metres")
    if not (np.isfinite(columns["cut_m"]) & (columns["cut_m"] >= 0)).all():
        raise TableError("match: a cut_m is not 0 or more, in metres")
    lengths = columns["size_m"]
    lengths = np.where((lengths > 0) & (lengths < 1e6), lengths, np.nan)
    return xy, columns["error_m"], columns["labels"].astype(np.int64), lengths, photo, columns["cut_m"]


def _photo_order(photos: Photos) -> Ints:
    bounds = np.full((len(photos), 4), np.nan)
    bounds[photos.placed] = shapely.bounds(photos.footprints[photos.placed])
    return np.lexsort((*bounds.T, photos.seconds, photos.centres[:, 1], photos.centres[:, 0]))


def _in_order(ties: Ties, rank: Ints, photo_order: Ints) -> Ties:
    """Ties of photos in another order."""
    return ties._replace(first=rank[ties.first], second=rank[ties.second], pose_error_m=ties.pose_error_m[photo_order])


def _turned(seen: _Seen, photos: Photos, ties: Ties, turn: Floats) -> tuple[_Seen, Photos, Ties]:
    """All of it with photos turned about their centres, by `turn` (M,), counter-clockwise."""
    if not turn.any():
        return seen, photos, ties

    def around(xy: Floats, photo: Ints) -> Floats:
        cosine, sine = np.cos(turn[photo])[:, None], np.sin(turn[photo])[:, None]
        lever = xy - photos.centres[photo]
        turned: Floats = cosine * lever + sine * np.column_stack([-lever[:, 1], lever[:, 0]])
        return photos.centres[photo] + turned

    changed = np.flatnonzero(photos.placed & (turn != 0))
    footprints = photos.footprints.copy()
    corners, of = shapely.get_coordinates(footprints[changed], return_index=True)
    footprints[changed] = shapely.set_coordinates(footprints[changed].copy(), around(corners, changed[of]))
    return (
        seen._replace(xy=around(seen.xy, seen.photo)),
        Photos(photos.centres, footprints, photos.seconds),
        ties._replace(here=around(ties.here, ties.first), there=around(ties.there, ties.second)),
    )


def _pose_error(seen: _Seen, photos: int, ties: Ties) -> Floats:
    """(M,) of each photo: the median of its sightings' errors; for one without that of its ties, or of all."""
    order = np.lexsort((seen.error, seen.photo))
    starts = np.searchsorted(seen.photo, np.arange(photos + 1))
    n = np.diff(starts)
    error = np.where(np.isfinite(ties.pose_error_m), ties.pose_error_m, float(np.median(seen.error)))
    error[n > 0] = seen.error[order][(starts[:-1] + n // 2)[n > 0]]
    return error


def _pairs(seen: _Seen, photos: Photos, speed: float, ties: Ties) -> Pairs:
    """The overlapping photos that both have sightings, and those that are tied."""
    m = len(photos)
    n = np.bincount(seen.photo, minlength=m)
    busy = np.flatnonzero(n)
    a, b = overlapping_pairs(photos.take(busy))
    key = np.concatenate(
        [busy[a] * m + busy[b], np.minimum(ties.first, ties.second) * m + np.maximum(ties.first, ties.second)]
    )
    a, b = np.divmod(np.unique(key), m) if len(key) else (key, key)
    a, b = np.where(n[a] <= n[b], a, b), np.where(n[a] <= n[b], b, a)  # fewer rows to look up
    error = _pose_error(seen, m, ties) if len(busy) else np.empty(m)
    walk = speed * np.nan_to_num(np.abs(photos.seconds[a] - photos.seconds[b])) if speed else np.zeros(len(a))
    return Pairs(a, b, np.hypot(error[a], error[b]), walk)


def _same(
    seen: _Seen,
    moved: Floats,
    registered: Photos,
    pairs: Pairs,
    now: Registration,
    size_error: float,
    other_class: float,
) -> tuple[Ints, Ints, Floats, int]:
    """Sightings that may be one animal, two by two, the cost of believing it, and how many sightings are a guess.

    Per pair of photos the one-to-one assignment that explains most. The cost is the log of the difference's density
    (less is better): a pair of photos with a small error says more than one with a large, at the same chi squared.
    Two sightings that the other's photo hardly shows may well be two animals, each in one photo alone: where places are
    not known well these must agree the better.
    """
    photos = len(registered)
    # Where an animal's own error is larger than its photo's, the gate is as wide as that.
    by_pose, by_ties = np.hypot(seen.error, seen.cut), np.hypot(now.place_error_m, seen.cut)
    worst = np.zeros(photos)
    np.maximum.at(worst, seen.photo, by_pose)
    loose = np.zeros(photos)
    np.maximum.at(loose, seen.photo, by_ties)
    a, b = pairs.first, pairs.second
    widest = np.where(now.tied, np.hypot(now.error_m, np.hypot(loose[a], loose[b])), np.hypot(worst[a], worst[b]))
    found = all_near(moved, seen.photo, photos, pairs.first, pairs.second, GATE * widest + pairs.walk_m)
    i, j, pair = found.i, found.j, found.pair
    loose_pair = np.hypot(by_ties[i], by_ties[j])
    sigma = np.where(now.tied[pair], np.hypot(now.error_m[pair], loose_pair), np.hypot(by_pose[i], by_pose[j]))
    far = np.hypot(*found.apart.T)
    walk = pairs.walk_m[pair]
    near_enough = far <= GATE * sigma + walk
    sigma = np.hypot(sigma, walk / 2)
    size = np.nan_to_num(np.log(seen.size[i] / seen.size[j]) / (np.sqrt(2) * size_error))
    chi2 = np.minimum((far / sigma) ** 2, GATE**2) + size**2
    other = seen.label[i] != seen.label[j]
    if other_class > 0:
        chi2 = chi2 + np.where(other, 2 * np.log((1 - other_class) / other_class), 0.0)
    else:
        near_enough &= ~other
    kept = np.flatnonzero(near_enough & (chi2 < _MOST_CHI2) & (np.abs(size) <= GATE))
    i, j, pair, chi2, sigma = i[kept], j[kept], pair[kept], chi2[kept], sigma[kept]
    most = np.full(len(i), _MOST_CHI2)
    loosely = np.flatnonzero(~now.tied[pair])
    sides = _sides(registered)
    alone = np.ones(len(loosely))
    for at, other in ((i[loosely], b[pair[loosely]]), (j[loosely], a[pair[loosely]])):
        alone *= _unseen(moved[at], other, sides, sigma[loosely])
    most[loosely] += 2 * np.log(_MISSED**2 / alone)
    kept = np.flatnonzero(chi2 < most)
    i, j, pair, chi2, sigma, most = i[kept], j[kept], pair[kept], chi2[kept], sigma[kept], most[kept]
    n = len(seen.xy)
    chosen = one_to_one(pair * n + i, pair * n + j, most - chi2)
    # Where nothing but photos that are not tied have it, more than one candidate is a guess.
    open_pair = ~now.tied[pair]
    unclear = np.zeros(n, bool)
    for side in (i[open_pair], j[open_pair]):
        key, many = np.unique(pair[open_pair] * n + side, return_counts=True)
        unclear[key[many > 1] % n] = True
    unclear[i[~open_pair]] = unclear[j[~open_pair]] = False
    # What was not chosen comes last: it joins what a wrong choice elsewhere left alone.
    cost = chi2 + 4 * np.log(sigma)
    cost[~chosen] += 1e6
    return i, j, cost, int(unclear.sum())


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


def _unseen(xy: Floats, photo: Ints, sides: Floats, sigma: Floats) -> Floats:
    """(K,) the chance that a photo does not have an animal at `xy` that another has: beyond its edge, or missed."""
    beyond = np.full(len(xy), -np.inf)
    for side in range(4):
        plane = sides[photo, side]
        beyond = np.fmax(beyond, (plane[:, :2] * xy).sum(axis=1) + plane[:, 2])
    with np.errstate(over="ignore"):
        outside = 1 / (1 + np.exp(-1.702 * beyond / sigma))  # the normal distribution, to 1 %
    return np.maximum(outside, _MISSED)


def _settled(
    animal: Ints,
    seen: _Seen,
    moved: Floats,
    registered: Photos,
    pairs: Pairs,
    now: Registration,
    jitter_m: float,
    size_error: float,
    other_class: float,
) -> Ints:
    """The animals, those in pieces put together, where photos are tied, or have poses as good as their animals: only
    there is a place of many known better than of one."""
    tied = np.flatnonzero(now.tied | (pairs.error_m <= 2 * jitter_m))
    if not len(tied):
        return animal
    m = len(registered)
    group = components(pairs.first[tied], pairs.second[tied], m)
    together = np.bincount(group, minlength=m)[group] > 1
    fine = np.full(m, np.inf)
    error = now.error_m[tied] / np.where(now.tied[tied], SLACK, 1.0)
    np.minimum.at(fine, pairs.first[tied], error)
    np.minimum.at(fine, pairs.second[tied], error)
    # Animals that are in photos of one group alone, and that no edge cuts.
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
    other = 2 * np.log((1 - other_class) / other_class) if other_class > 0 else _NEVER
    nth = np.unique(of[rows], return_inverse=True)[1]
    apart = np.column_stack([moved[rows, 0] + nth * _FAR_APART_M, moved[rows, 1]])
    new = settled(
        animal[rows], seen.photo[rows], apart, sigma[rows], seen.label[rows], np.log(seen.size[rows]) / size_error,
        other, looks[rows],
    )  # fmt: skip
    animal = animal.copy()
    animal[rows] = rows[new]
    return animal


def _moved_photos(photos: Photos, now: Registration) -> Photos:
    """The photos where registration puts them."""
    changed = np.flatnonzero(photos.placed & ((now.shift_m != 0).any(axis=1) | (now.turn_rad != 0)))
    footprints = photos.footprints.copy()
    corners, of = shapely.get_coordinates(footprints[changed], return_index=True)
    shapes = footprints[changed].copy()
    footprints[changed] = shapely.set_coordinates(shapes, now.moved(corners, changed[of], photos.centres))
    return Photos(photos.centres + now.shift_m, footprints, photos.seconds)


def _numbered(group: Ints) -> Ints:
    """Groups numbered from 0 in order of their first member."""
    _, firsts, inverse = np.unique(group, return_index=True, return_inverse=True)
    number = np.empty(len(firsts), np.int64)
    number[np.argsort(firsts)] = np.arange(len(firsts))
    return number[inverse]


def _report(
    seen: _Seen,
    animal: Ints,
    now: Registration,
    photos: Photos,
    pairs: int,
    unclear: int,
    animal_id: Ints,
    counted: NDArray[np.uint8],
) -> Report:
    n = np.bincount(animal, minlength=len(animal)) if len(animal) else np.empty(0, np.int64)
    moved = np.hypot(*now.shift_m.T)
    registered = moved > 0
    looks = sum(len(at) for _, at, _ in seen_by(now.moved(seen.xy, seen.photo, photos.centres - now.shift_m), photos))
    low, high = np.full(len(animal), np.iinfo(np.int64).max), np.full(len(animal), np.iinfo(np.int64).min)
    np.minimum.at(low, animal, seen.label)
    np.maximum.at(high, animal, seen.label)
    return Report(
        sightings=len(animal_id),
        animals=int(animal_id.max()) + 1 if len(animal_id) else 0,
        counted=int(np.sum(counted)),
        photos=int(photos.placed.sum()),
        pairs=pairs,
        tied_pairs=int(now.tied.sum()),
        registered=int(registered.sum()),
        shift_m=float(np.median(moved[registered])) if registered.any() else np.nan,
        turn_deg=float(np.degrees(np.median(np.abs(now.turn_rad[registered])))) if registered.any() else np.nan,
        before_m=now.before_m,
        after_m=now.after_m,
        looks=max(0, looks - len(seen.xy)),
        seen_again=int((n * (n - 1)).sum()),
        unclear=unclear,
        unplaced=len(animal_id) - len(seen.xy),
        mixed_classes=int((low < high)[n > 0].sum()),
    )
