"""Counts an animal in several photos once, by one of two rules.

- `animals`: sightings in overlapping photos are the same animal if they agree in place, class and size within their
  errors. The sighting nearest to the centre of its photo counts. First, photos are registered to each other by their
  animals, because poses are seldom as exact as a herd is dense.
- `cells`: nothing is matched. A sighting counts if it lies in the cell of its photo. Each point of the ground belongs
  to one photo, the one with the nearest centre (`geo.overlaps.cells`).

`animals` counts every animal that any photo found, but it must tell animals apart. `cells` need not. A wrong pose
counts an animal twice at one edge of a cell as often as it misses one at another, so the density is right on average
for any herd. But an animal counts only if the detector found it in its own photo. `docs/sightings.md` has the measured
bias of both.
"""

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from geo.overlaps.cells import Photos, overlapping_pairs, owns
from geo.overlaps.looks import Looks, looks_at
from geo.overlaps.mixed import mixed
from geo.overlaps.nearby import Floats, Ints
from geo.overlaps.pose_scale import measured_scale, moved_too_far, pose_scale
from geo.overlaps.registered_poses import Registration, unregistered
from geo.overlaps.registration import register
from geo.overlaps.report import RULES, Report, Rule
from geo.overlaps.same_animal import Likeness, Registered, Seen, animals_of
from geo.overlaps.shift_votes import Pairs
from geo.overlaps.ties import Ties, no_ties, turns
from geo.tables import TableError

# The boxes of one animal differ by this share of its size from photo to photo.
SIZE_ERROR = 0.25
# How often a detector gives one animal a different class in another photo.
OTHER_CLASS = 0.05
# The first guess of the error of a detection's place within its photo: a share of the animal's size, or metres.
_JITTER_OF_SIZE, _JITTER_M = 0.15, 0.3
# How often photos are registered again with larger errors of their poses.
_REGISTERED_AGAIN = 2
# If fewer of the pairs with many common animals are tied, poses may be so wrong that the search did not reach far
# enough. Then it is tried with larger errors, which must tie so many more of them.
_WELL_TIED, _TIES_MORE, _WIDER = 0.9, 0.05, 3.0


class Matched(NamedTuple):
    """The result of `match`.

    Attributes:
        animal_id: (N,) int64 from 0, one number for each animal, in the order of its first sighting.
        counted: (N,) uint8, 1 for the sightings that count.
        positions_map: (N, 2) the registered places.
        photos: The registered photos. The rule `cells` used their cells, so their areas belong to this count.
        seen: (N,) int64, how many photos show the animal of each sighting; -1 for a sighting without a place.
        looks: (N,) int64, how many photos look at its place; -1 without a place.
        pose_scale: By how much the stated errors of the poses were too small, 1 or more. They were scaled by it.
        moved_m: (N,) how far the photo of each sighting was moved, if that is farther than its error allows; else 0.
    """

    animal_id: NDArray[np.int64]
    counted: NDArray[np.uint8]
    positions_map: NDArray[np.float64]
    photos: Photos
    report: Report
    seen: NDArray[np.int64]
    looks: NDArray[np.int64]
    pose_scale: float
    moved_m: NDArray[np.float64]


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
    """Match N sightings in M photos, so that each animal counts once. One photo never has two sightings of one animal.

    The result depends only on the input, not on its order. Raises TableError if the arguments do not fit together.

    Args:
        positions_map: (N, 2) in a map CRS in metres; NaN for no place.
        error_m: (N,) or one number, the standard error of a place along each axis, mostly from the pose.
        labels: (N,) integers.
        size_m: (N,) the length of the animal; NaN if unknown, and best NaN if the edge of the photo cuts it.
        image: (N,) index into `photos`.
        photos: The M photos.
        rule: `animals` or `cells`.
        register_photos: Move photos so that their animals agree.
        jitter_m: The standard error of a place against others in its photo; by default taken from the sizes, and
            measured once photos are tied.
        cut_m: (N,) or one number, the additional error along each axis if the edge cuts the animal, else 0.
        max_speed_m_s: How fast animals may walk; needs `photos.seconds`.
        size_error: The relative standard error of a size.
        other_class: How often an animal has another class in another photo; 0 for never.
        ties: Ground that photos both show, in the map's metres.
    """
    given = _checked(positions_map, error_m, labels, size_m, image, cut_m, photos)
    _check_settings(rule, jitter_m, max_speed_m_s, size_error, other_class, photos)
    order = _Order.of(given, photos)
    tied = order.ties(ties if ties is not None and register_photos else no_ties(len(photos)))
    turn = turns(tied, len(photos))
    seen, ordered, tied = _turned(order.seen(given), photos.take(order.photos), tied, turn)
    jitter_m = _jitter(seen) if jitter_m is None else jitter_m
    placed, scale = _registered(seen, ordered, tied, max_speed_m_s, jitter_m, register_photos)
    animal, unclear = animals_of(placed, Likeness(size_error, other_class, walks=max_speed_m_s > 0))
    counts = owns(placed.moved, seen.photo, placed.photos) if rule == "cells" else _nearest(seen, ordered, animal)
    counted, positions = np.ones(len(given.xy), np.uint8), given.xy.copy()
    counted[order.sightings], positions[order.sightings] = counts, placed.moved
    animal_id = order.numbered(animal, len(given.xy))
    looks = looks_at(animal, placed.moved, placed.photos)
    unconfirmed = looks.unconfirmed(seen.photo, len(photos))
    far = _moved_too_far(placed, ordered, tied)
    report = _report(placed, animal, unclear, animal_id, counted, looks, unconfirmed)
    report = replace(_with_photos(report, order, placed.by, unconfirmed, far, turn), pose_scale=scale)
    seen_by, looked_at = (order.column(column, len(given.xy)) for column in (looks.seen, looks.looks))
    photos_now, moved_m = placed.photos.take(order.rank), np.maximum(order.column(far[seen.photo], len(given.xy)), 0)
    return Matched(animal_id, counted, positions, photos_now, report, seen_by, looked_at, scale, moved_m)


def _check_settings(
    rule: Rule,
    jitter_m: float | None,
    max_speed_m_s: float,
    size_error: float,
    other_class: float,
    photos: Photos,
) -> None:
    if rule not in RULES:
        raise TableError(f"rule {rule!r} is not one of {', '.join(RULES)}")
    if not (max_speed_m_s >= 0 and size_error > 0 and 0 <= other_class < 1 and (jitter_m is None or jitter_m > 0)):
        raise TableError("match: expected max_speed_m_s >= 0, size_error > 0, 0 <= other_class < 1 and jitter_m > 0")
    if max_speed_m_s > 0 and not np.isfinite(photos.seconds).any():
        raise TableError("match: animals that walk need the photos' times; give the times, or a speed of 0")


def _checked(
    positions: ArrayLike,
    error: ArrayLike,
    labels: ArrayLike,
    size: ArrayLike,
    image: ArrayLike,
    cut: ArrayLike,
    photos: Photos,
) -> Seen:
    """The sightings as columns. Raises TableError if arrays do not fit together."""
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
    return Seen(xy, columns["error_m"], columns["labels"].astype(np.int64), lengths, photo, columns["cut_m"])


class _Order(NamedTuple):
    """A fixed order, whatever the caller's order, so that ties and sums of floats always give the same result.

    Attributes:
        photos: (M,) the indices of the caller's photos, in order.
        rank: (M,) the place of each photo in it.
        sightings: The indices of the caller's sightings that have a place, in order.
    """

    photos: Ints
    rank: Ints
    sightings: Ints

    @classmethod
    def of(cls, given: Seen, photos: Photos) -> "_Order":
        """The order for the caller's input: by photo, and within a photo by place, class and size."""
        bounds = np.full((len(photos), 4), np.nan)
        bounds[photos.placed] = shapely.bounds(photos.footprints[photos.placed])
        photo_order = np.lexsort((*bounds.T, photos.seconds, photos.centres[:, 1], photos.centres[:, 0]))
        rank = np.empty(len(photos), np.int64)
        rank[photo_order] = np.arange(len(photos))
        placed = np.flatnonzero(np.isfinite(given.xy).all(axis=1) & photos.placed[given.photo])
        xy, size, label, photo = given.xy[placed], given.size[placed], given.label[placed], given.photo[placed]
        return cls(photo_order, rank, placed[np.lexsort((size, label, xy[:, 1], xy[:, 0], rank[photo]))])

    def seen(self, given: Seen) -> Seen:
        """The sightings that have a place."""
        seen = given.take(self.sightings)
        return seen._replace(photo=self.rank[seen.photo])

    def ties(self, ties: Ties) -> Ties:
        """Ties of the photos."""
        first, second = self.rank[ties.first], self.rank[ties.second]
        return ties._replace(first=first, second=second, pose_error_m=ties.pose_error_m[self.photos])

    def given(self, chosen: NDArray[np.bool_]) -> tuple[int, ...]:
        """The indices of the chosen photos among the caller's, ascending."""
        return tuple(np.sort(self.photos[chosen]).tolist())

    def column(self, column: NDArray[Any], sightings: int) -> NDArray[Any]:
        """(N,) a column for the caller's sightings; -1 for a sighting without a place."""
        full = np.full(sightings, -1, column.dtype)
        full[self.sightings] = column
        return full

    def numbered(self, animal: Ints, sightings: int) -> Ints:
        """(N,) numbers of animals from 0 for the caller's sightings, in the order of each animal's first sighting."""
        group = np.arange(sightings) + len(animal)  # a sighting without a place is its own animal
        group[self.sightings] = animal
        _, firsts, inverse = np.unique(group, return_index=True, return_inverse=True)
        number = np.empty(len(firsts), np.int64)
        number[np.argsort(firsts)] = np.arange(len(firsts))
        return number[inverse]


def _turned(seen: Seen, photos: Photos, ties: Ties, turn: Floats) -> tuple[Seen, Photos, Ties]:
    """The scene with photos turned about their centres by `turn` (M,) radians, counter-clockwise."""
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


def _registered(
    seen: Seen, photos: Photos, ties: Ties, speed: float, jitter_m: float, register_photos: bool
) -> tuple[Registered, float]:
    """The sightings at their registered places; at the places of their poses if `register_photos` is off.

    Also the factor by which the errors of the poses were scaled: if photos had to be moved farther than their errors
    allow, the errors are wrong, and the photos are registered again.
    """
    total = 1.0
    for _ in range(_REGISTERED_AGAIN + 1):
        pairs = _pairs(seen, photos, speed, ties)
        now = unregistered(len(seen.xy), len(photos), pairs)
        if not (register_photos and len(seen.xy)):
            break
        pose = _pose_error(seen, len(photos), ties)
        now = register(seen.xy, seen.photo, photos.centres, pose, jitter_m, pairs, ties)
        scale = pose_scale(now.shift_m, photos.centres, pose)
        if scale == 1.0 and total == 1.0 and now.busy_tied < _WELL_TIED:
            wider = _registered_wider(seen, photos, ties, speed, jitter_m, now)
            if wider is not None:
                return wider
        if scale == 1.0:
            break
        total *= scale
        seen = seen._replace(error=seen.error * scale)
        ties = ties._replace(pose_error_m=ties.pose_error_m * scale)
    return _placed(seen, photos, pairs, now, jitter_m), total


def _registered_wider(
    seen: Seen, photos: Photos, ties: Ties, speed: float, jitter_m: float, before: Registration
) -> tuple[Registered, float] | None:
    """The sightings registered with much larger errors of the poses, and by how much those errors are too small.

    None if the photos' animals do not agree better. Where photos overlap little and poses are far off, few pairs find
    their common animals within the stated errors, too few to tell from them that the errors are wrong.
    """
    wide = seen._replace(error=seen.error * _WIDER)
    loose = ties._replace(pose_error_m=ties.pose_error_m * _WIDER)
    pairs, pose = _pairs(wide, photos, speed, loose), _pose_error(seen, len(photos), ties)
    now = register(wide.xy, wide.photo, photos.centres, _WIDER * pose, jitter_m, pairs, loose)
    if now.busy_tied < before.busy_tied + _TIES_MORE or now.tied.sum() < before.tied.sum():
        return None
    total = min(_WIDER, max(1.0, measured_scale(now.shift_m, photos.centres, pose)))
    seen = seen._replace(error=seen.error * total)
    pairs = _pairs(seen, photos, speed, ties._replace(pose_error_m=ties.pose_error_m * total))
    now = now._replace(error_m=np.where(now.tied, now.error_m, pairs.error_m))
    return _placed(seen, photos, pairs, now, jitter_m), total


def _placed(seen: Seen, photos: Photos, pairs: Pairs, now: Registration, jitter_m: float) -> Registered:
    moved = now.moved(seen.xy, seen.photo, photos.centres)
    return Registered(seen, moved, _moved_photos(photos, now), pairs, now, jitter_m)


def _moved_too_far(placed: Registered, photos: Photos, ties: Ties) -> Floats:
    """(M,) how far each photo was moved, if that is much farther than its error allows; else 0."""
    if not len(placed.seen.xy):
        return np.zeros(len(photos))
    return moved_too_far(placed.by.shift_m, photos.centres, _pose_error(placed.seen, len(photos), ties))


def _jitter(seen: Seen) -> float:
    """First guess of the standard error of a place relative to others in its photo."""
    lengths = seen.size[np.isfinite(seen.size)]
    return _JITTER_OF_SIZE * float(np.median(lengths)) if len(lengths) else _JITTER_M


def _nearest(seen: Seen, photos: Photos, animal: Ints) -> NDArray[np.bool_]:
    """(N,) for each animal, the sighting nearest to its photo's centre."""
    from_centre = np.hypot(*(seen.xy - photos.centres[seen.photo]).T)
    counts = np.zeros(len(animal), bool)
    by_animal = np.lexsort((np.arange(len(animal)), from_centre, animal))
    counts[by_animal[np.append(True, np.diff(animal[by_animal]) != 0)[: len(by_animal)]]] = True
    return counts


def _pose_error(seen: Seen, photos: int, ties: Ties) -> Floats:
    """(M,) the error of each photo: the median of its sightings' errors.

    Without sightings, that of its ties, or of all photos.
    """
    order = np.lexsort((seen.error, seen.photo))
    starts = np.searchsorted(seen.photo, np.arange(photos + 1))
    n = np.diff(starts)
    error = np.where(np.isfinite(ties.pose_error_m), ties.pose_error_m, float(np.median(seen.error)))
    error[n > 0] = seen.error[order][(starts[:-1] + n // 2)[n > 0]]
    return error


def _pairs(seen: Seen, photos: Photos, speed: float, ties: Ties) -> Pairs:
    """The pairs of overlapping photos that both have sightings, and the tied pairs."""
    m = len(photos)
    n = np.bincount(seen.photo, minlength=m)
    busy = np.flatnonzero(n)
    a, b = overlapping_pairs(photos.take(busy))
    key = np.concatenate(
        [busy[a] * m + busy[b], np.minimum(ties.first, ties.second) * m + np.maximum(ties.first, ties.second)]
    )
    a, b = np.divmod(np.unique(key), m) if len(key) else (key, key)
    a, b = np.where(n[a] <= n[b], a, b), np.where(n[a] <= n[b], b, a)  # fewer rows to look up
    error = _pose_error(seen, m, ties) if len(busy) else np.full(m, np.nan)
    walk = speed * np.nan_to_num(np.abs(photos.seconds[a] - photos.seconds[b])) if speed else np.zeros(len(a))
    return Pairs(a, b, np.hypot(error[a], error[b]), walk)


def _moved_photos(photos: Photos, now: Registration) -> Photos:
    """The photos at their registered places."""
    changed = np.flatnonzero(photos.placed & ((now.shift_m != 0).any(axis=1) | (now.turn_rad != 0)))
    footprints = photos.footprints.copy()
    corners, of = shapely.get_coordinates(footprints[changed], return_index=True)
    shapes = footprints[changed].copy()
    footprints[changed] = shapely.set_coordinates(shapes, now.moved(corners, changed[of], photos.centres))
    return Photos(photos.centres + now.shift_m, footprints, photos.seconds)


def _with_photos(
    report: Report, order: _Order, by: Registration, unconfirmed: NDArray[np.bool_], far: Floats, turn: Floats
) -> Report:
    """The report with the photos that something is wrong with.

    unconfirmed: (M,). far: (M,) how far they were moved, metres; 0 if not far. turn: (M,) as they were turned.
    """
    return replace(
        report,
        turned=int((turn != 0).sum()),
        corrected=order.given(by.corrected),
        contradicted=order.given(by.contradicted),
        unconfirmed=order.given(unconfirmed),
        far=order.given(far > 0),
        far_m=float(far.max(initial=0.0)),
    )


def _report(
    placed: Registered,
    animal: Ints,
    unclear: int,
    animal_id: Ints,
    counted: NDArray[np.uint8],
    looks: Looks,
    unconfirmed: NDArray[np.bool_],
) -> Report:
    """The report of the matching. unclear: uncertain sightings. unconfirmed: (M,) photos, as in `Looks`."""
    seen, photos, now = placed.seen, placed.photos, placed.by
    n = np.bincount(animal, minlength=len(animal)) if len(animal) else np.empty(0, np.int64)
    moved = np.hypot(*now.shift_m.T)
    registered = moved > 0
    low, high = np.full(len(animal), np.iinfo(np.int64).max), np.full(len(animal), np.iinfo(np.int64).min)
    np.minimum.at(low, animal, seen.label)
    np.maximum.at(high, animal, seen.label)
    return Report(
        sightings=len(animal_id),
        animals=int(animal_id.max()) + 1 if len(animal_id) else 0,
        counted=int(np.sum(counted)),
        photos=int(photos.placed.sum()),
        pairs=len(placed.pairs.first),
        tied_pairs=int(now.tied.sum()),
        registered=int(registered.sum()),
        shift_m=float(np.median(moved[registered])) if registered.any() else np.nan,
        turn_deg=float(np.degrees(np.median(np.abs(now.turn_rad[registered])))) if registered.any() else np.nan,
        before_m=now.before_m,
        after_m=now.after_m,
        looks=looks.others,
        seen_again=looks.again,
        unclear=unclear,
        unplaced=len(animal_id) - len(seen.xy),
        mixed_classes=int((low < high)[n > 0].sum()),
        ground_pairs=int(now.by_ground.sum()),
        alone=int((looks.alone & ~unconfirmed[seen.photo]).sum()),
        false_alarms=looks.false_alarms(unconfirmed[seen.photo]),
        mixed=0 if placed.pairs.walk_m.any() else mixed(animal, placed.moved),
    )
