"""Which photo each point of the ground belongs to, where photos overlap.

A point belongs to the photo whose centre is nearest, among the photos that show the point. So the cells of the photos
divide the ground that the survey saw: their areas add up to it, and an animal lies in one cell. If counts and areas
follow this one rule, the density has no bias, whatever the overlap.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.tables import TableError

# Thousands of photos on one spot are a mistake of position, and their pairs would not fit into memory.
_MOST_PAIRS = 50_000_000
_PHOTOS_AT_ONCE = 256
_POINTS_AT_ONCE = 16_384


@dataclass(frozen=True, eq=False)
class Photos:
    """The ground of M photos, in a map CRS with metres as its unit.

    Raises TableError if shapes do not fit, or a footprint is not finite.

    Attributes:
        centres: (M, 2) float64, the ground in the middle of each photo; NaN if unknown.
        footprints: M polygons, closed or open rings (K, 2), or None if unknown. A ring that crosses itself is repaired.
        seconds: (M,) float64, when each photo was taken, from any common start; only order and differences matter. NaN
            if unknown; empty if all are unknown.
    """

    centres: NDArray[np.float64]
    footprints: NDArray[np.object_]
    seconds: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))

    def __post_init__(self) -> None:
        centres = np.asarray(self.centres, np.float64)
        m = len(centres)
        if centres.shape != (m, 2):
            raise TableError(f"photos: centres have shape {centres.shape}, expected (M, 2)")
        if len(self.footprints) != m:
            raise TableError(f"photos: {len(self.footprints)} footprints for {m} centres; give one each, or None")
        seconds = np.asarray(self.seconds, np.float64)
        if seconds.shape not in ((m,), (0,)):
            raise TableError(f"photos: seconds have shape {seconds.shape}, expected ({m},)")
        footprints = np.empty(m, object)
        for i, shape in enumerate(self.footprints):
            footprints[i] = shape
        for i in np.flatnonzero(~_sound(footprints)).tolist():
            footprints[i] = _polygon(footprints[i], i)
        footprints[~np.isfinite(centres).all(axis=1)] = None
        object.__setattr__(self, "centres", centres)
        object.__setattr__(self, "footprints", footprints)
        object.__setattr__(self, "seconds", seconds if len(seconds) == m else np.full(m, np.nan))

    def __len__(self) -> int:
        return len(self.centres)

    @property
    def placed(self) -> NDArray[np.bool_]:
        """(M,) bool: whether the photo has a known place on the ground."""
        return np.array([shape is not None for shape in self.footprints], bool)

    def take(self, rows: NDArray[Any]) -> "Photos":
        """The photos of these indices or of this mask, in that order."""
        return Photos(self.centres[rows], self.footprints[rows], self.seconds[rows])


def overlapping_pairs(photos: Photos) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The pairs of photos with footprints that meet: (P,) int64 each, first < second, in order of both.

    Raises:
        TableError: There are more pairs than can be true.
    """
    known = np.flatnonzero(photos.placed)
    tree = shapely.STRtree(photos.footprints[known])
    first, second, found = [np.empty(0, np.int64)], [np.empty(0, np.int64)], 0
    for start in range(0, len(known), _PHOTOS_AT_ONCE):
        block = known[start : start + _PHOTOS_AT_ONCE]
        a, b = tree.query(photos.footprints[block], predicate="intersects")
        a, b = block[a], known[b]
        later = a < b
        first.append(a[later])
        second.append(b[later])
        found += int(later.sum())
        if found > _MOST_PAIRS:
            raise TableError(
                f"more than {_MOST_PAIRS:,} pairs of the {len(known):,} photos overlap: expected each photo to "
                "overlap its neighbours only; check whether all positions are the same"
            )
    a, b = np.concatenate(first), np.concatenate(second)
    order = np.lexsort((b, a))
    return a[order], b[order]


def cells(photos: Photos) -> NDArray[np.object_]:
    """The ground that belongs to each photo: (M,) object array of Polygon and MultiPolygon, empty if no ground does.

    None if the footprint is unknown. If two centres are equally near, the point belongs to the smaller centre (by x,
    then y).
    """
    cell = photos.footprints.copy()
    a, b = overlapping_pairs(photos)
    a, b = np.concatenate([a, b]), np.concatenate([b, a])
    # The nearest neighbour goes first, because it takes the most and leaves little to cut for the others.
    apart = np.hypot(*(photos.centres[a] - photos.centres[b]).T)
    order = np.lexsort((b, apart, a))
    a, b = a[order], b[order]
    place = np.arange(len(a)) - np.searchsorted(a, a)  # its number among the neighbours of its photo
    by_place = np.argsort(place, kind="stable")
    for block in np.split(by_place, np.flatnonzero(np.diff(place[by_place])) + 1):
        loser, winner = a[block], b[block]
        there = np.zeros(len(block), bool)
        there[:] = shapely.intersects(cell[loser], photos.footprints[winner])
        loser, winner = loser[there], winner[there]
        if not len(loser):
            continue
        lost = shapely.intersection(photos.footprints[winner], _nearer_side(photos, winner, loser))
        cell[loser] = _areal(shapely.difference(cell[loser], lost))
    return cell


def owns(points_map: NDArray[np.float64], photo: NDArray[np.int64], photos: Photos) -> NDArray[np.bool_]:
    """(N,) bool: whether each point is in the cell of the photo that saw it. True if it cannot be known.

    It cannot be known for a NaN point, or a photo without footprint.

    Args:
        points_map: (N, 2) points.
        photo: (N,) the index of the photo that saw the point. It sees the point, even if the footprint just misses it.
        photos: The photos.
    """
    own = np.ones(len(points_map), bool)
    rank = _rank(photos.centres)
    for block, at, other in seen_by(points_map, photos):
        mine = photo[block][at]
        here = points_map[block][at]
        theirs = _squared(here, photos.centres[other])
        ours = _squared(here, photos.centres[mine])
        nearer = (theirs < ours) | ((theirs == ours) & (rank[other] < rank[mine]))
        own[block[at[nearer & (other != mine) & photos.placed[mine]]]] = False
    return own


def seen_by(
    points_map: NDArray[np.float64], photos: Photos
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]]:
    """The photos that see each point, in blocks: (rows of the block, (H,) index into those rows, (H,) photo)."""
    known = np.flatnonzero(photos.placed)
    tree = shapely.STRtree(photos.footprints[known])
    rows = np.flatnonzero(np.isfinite(points_map).all(axis=1))
    # Points are taken in the order of their places, so that the tree's pages stay in the cache and a block meets few
    # photos.
    rows = rows[np.lexsort(points_map[rows].T)]
    for start in range(0, len(rows), _POINTS_AT_ONCE):
        block = rows[start : start + _POINTS_AT_ONCE]
        at, other = tree.query(shapely.points(points_map[block]), predicate="intersects")
        yield block, at.astype(np.int64), known[other]


def _rank(centres: NDArray[np.float64]) -> NDArray[np.int64]:
    rank = np.empty(len(centres), np.int64)
    rank[np.lexsort((centres[:, 1], centres[:, 0]))] = np.arange(len(centres))
    return rank


def _squared(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    squared: NDArray[np.float64] = ((a - b) ** 2).sum(axis=1)
    return squared


def _nearer_side(photos: Photos, winner: NDArray[np.int64], loser: NDArray[np.int64]) -> NDArray[np.object_]:
    """The half of the plane that is nearer to the winner's centre, as far as the winner's footprint reaches.

    If both have the same centre, it is the whole plane or nothing.
    """
    to, start = photos.centres[winner], photos.centres[loser]
    middle, along = (to + start) / 2, to - start
    apart = np.hypot(*along.T)
    same = apart == 0
    unit = np.where(same[:, None], [1.0, 0.0], along / np.where(same, 1.0, apart)[:, None])
    left = np.column_stack([-unit[:, 1], unit[:, 0]])
    bounds = shapely.bounds(photos.footprints[winner])
    reach = 2 * (np.hypot(bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1]) + apart)
    reach += np.hypot(*(to - (bounds[:, :2] + bounds[:, 2:]) / 2).T)
    reach = reach[:, None]
    rank = _rank(photos.centres)
    back = np.where(same & (rank[winner] < rank[loser]), -1.0, 0.0)[:, None] * reach  # all of the plane
    forward = np.where(same & (rank[winner] > rank[loser]), 2.0, 0.0)[:, None] * reach  # none of it
    near = middle + (back + forward) * unit
    far = middle + (forward + reach) * unit
    rings = np.stack([near - reach * left, far - reach * left, far + reach * left, near + reach * left], axis=1)
    sides: NDArray[np.object_] = shapely.polygons(rings)
    return sides


def _areal(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Only the polygons: a cut along an edge may leave lines and points."""
    mixed = np.flatnonzero(shapely.get_type_id(shapes) == 7)
    for i in mixed.tolist():
        parts = [part for part in shapes[i].geoms if part.geom_type in ("Polygon", "MultiPolygon")]
        shapes[i] = shapely.MultiPolygon(list(shapely.get_parts(parts))) if parts else shapely.Polygon()
    shapes[~np.isin(shapely.get_type_id(shapes), (3, 6))] = shapely.Polygon()
    return shapes


def _sound(shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
    """(M,) which shapes are polygons that `_polygon` leaves as they are. Photos are taken from photos several times."""
    sound = np.asarray(shapely.is_geometry(shapes), bool)
    known = shapes[sound]
    with np.errstate(invalid="ignore"):  # of corners that are not finite
        sound[sound] = shapely.is_valid(known) & np.isin(shapely.get_type_id(known), (3, 6)) & (shapely.area(known) > 0)
    return sound


def _polygon(shape: Any, row: int) -> Any:
    if shape is None:
        return None
    if not isinstance(shape, shapely.Geometry):
        ring = np.asarray(shape, np.float64)
        if ring.ndim != 2 or ring.shape[1] != 2 or len(ring) < 3 or not np.isfinite(ring).all():
            raise TableError(f"photos: footprint {row} is not a ring (K, 2) of finite corners, expected K >= 3")
        shape = shapely.Polygon(ring)
    if not np.isfinite(shapely.get_coordinates(shape)).all():
        raise TableError(f"photos: footprint {row} has a corner that is not finite")
    if not shapely.is_valid(shape):
        shape = shapely.make_valid(shape)
    if shapely.get_type_id(shape) not in (3, 6) or shape.is_empty or not shape.area > 0:
        parts = [part for part in shapely.get_parts(shape) if shapely.get_type_id(part) in (3, 6)]
        shape = shapely.union_all(parts) if parts else None
    return None if shape is None or shape.is_empty else shape
