"""Effort: the ground that was searched, by photo and by transect. Ground in several photos counts once.

The area of a photo is that of its cell (`geo.overlaps.cells`): the ground that it shows and that is nearer to its
centre than to the centre of any other photo that shows it. The area of a transect is the sum over its photos. Animals
fit this area if they are counted by the same cells, or once each by the sighting nearest to the centre of its photo.

Photos on no transect (turns, transit) are left out. Leave them out of `geo.overlaps.sightings.match` too. Otherwise an
animal may count in a photo that is on no transect.
"""

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from geo.areas import geodesic_areas_km2, ground_crs
from geo.csv_table import write_rows
from geo.errors import VectorError
from geo.output import whole
from geo.overlaps.cells import Photos, cells
from geo.tables import TableError

NO_TRANSECT = -1
_GRID_M = 1e-4

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class PhotoEffort:
    """What M photos searched.

    Attributes:
        cell: (M,) polygons in the photos' CRS; None for a photo without place or transect.
        area_km2: (M,) float64, geodesic; 0 for such a photo.
        strip_width_m: (M,) float64, the width of the footprint across the flight, through its middle; NaN if unknown.
        along_m: (M,) float64, the length of the footprint along the flight, through its middle; NaN if unknown.
    """

    cell: NDArray[np.object_]
    area_km2: Floats
    strip_width_m: Floats
    along_m: Floats


@dataclass(frozen=True, eq=False)
class TransectTable:
    """K transects, as a layer and in the form that an estimate reads. Raises TableError if shapes differ from these.

    Attributes:
        stratum: K names. No pair of stratum and name occurs twice.
        names: K names.
        photos: (K,) int64, how many photos are on it.
        length_km: (K,) float64, the track that its photos cover.
        strip_width_m: (K,) float64, the median of its photos.
        area_km2: (K,) float64, geodesic; overlaps count once.
        polygons: (K,) its ground, in crs_wkt.
        crs_wkt: The CRS of the ground.
        classes: C names.
        counts: (K, C) int64.
        transect: (M,) int64, the index of each photo's transect; -1 for none.
    """

    stratum: tuple[str, ...]
    names: tuple[str, ...]
    photos: Ints
    length_km: Floats
    strip_width_m: Floats
    area_km2: Floats
    polygons: NDArray[np.object_]
    crs_wkt: str
    classes: tuple[str, ...]
    counts: Ints
    warnings: tuple[str, ...] = ()
    transect: Ints = field(default_factory=lambda: np.empty(0, np.int64))

    def __post_init__(self) -> None:
        k = len(self.names)
        if len(self.stratum) != k or self.counts.shape != (k, len(self.classes)):
            raise TableError(f"transects: columns of different lengths, expected {k} each")
        if len(set(zip(self.stratum, self.names, strict=True))) != k:
            raise TableError("transects: one occurs twice; give each transect of a stratum its own name")

    def csv(self) -> str:
        """`stratum,transect,class,count,area_km2`, a row for each transect and class, as `read_transects` reads it.

        A transect without animals has one row with a count of 0.
        """
        rows = []
        for k, (stratum, name) in enumerate(zip(self.stratum, self.names, strict=True)):
            for c in np.flatnonzero(self.counts[k]) if self.counts[k].any() else [-1]:
                kind, count = (self.classes[c], int(self.counts[k, c])) if c >= 0 else ("", 0)
                rows.append([stratum, name, kind, count, f"{self.area_km2[k]:.9f}"])
        text = io.StringIO()
        write_rows(text, ["stratum", "transect", "class", "count", "area_km2"], rows, raw=True)
        return text.getvalue()

    def write(self, path: Path) -> None:
        """Write a .csv (see `csv`), or a .gpkg or .geojson with a layer `transects`. It appears complete or not at all.

        The columns of the layer: stratum, transect, photos, length_km, strip_width_m, area_km2, count (of all classes).

        Raises:
            OutputError: The file cannot be written.
            VectorError: The name has another ending.
        """
        from geo.vector import LAYER_DRIVERS, write_vector  # pyogrio's home

        ending = path.suffix.lower()
        if ending != ".csv" and ending not in LAYER_DRIVERS:
            raise VectorError(f"{path.name}: expected a name that ends in .csv, {', '.join(LAYER_DRIVERS)}")
        with whole(path) as part:
            if ending == ".csv":
                part.write_text(self.csv(), encoding="utf-8")
                return
            columns: dict[str, NDArray[np.generic]] = {
                "stratum": np.array([*self.stratum, None], object)[:-1],
                "transect": np.array([*self.names, None], object)[:-1],
                "photos": self.photos,
                "length_km": self.length_km,
                "strip_width_m": self.strip_width_m,
                "area_km2": self.area_km2,
                "count": self.counts.sum(axis=1),
            }
            several = [shapely.MultiPolygon(list(shapely.get_parts(shape))) for shape in self.polygons]
            wkb = shapely.to_wkb(several).tolist()
            write_vector(part, LAYER_DRIVERS[ending], wkb, "MultiPolygon", columns, self.crs_wkt, layer="transects")


# ---- photos ---------------------------------------------------------------------------------


def photo_effort(photos: Photos, crs_wkt: str, *, on_transect: ArrayLike | None = None) -> PhotoEffort:
    """What each photo searched. Ground in several photos belongs to the photo with the nearest centre.

    Args:
        photos: M photos.
        crs_wkt: Their CRS.
        on_transect: (M,) bool, the photos that take part; by default all.

    Raises:
        VectorError: The CRS is unknown, or has no areas.
    """
    if ground_crs(crs_wkt) is None:
        raise VectorError("the photos' CRS is unknown, so their area is unknown; give the positions in a known CRS")
    m = len(photos)
    part = photos.placed if on_transect is None else photos.placed & np.asarray(on_transect, bool)
    rows = np.flatnonzero(part)
    cell = np.full(m, None, object)
    cell[rows] = cells(photos.take(rows))
    area = np.zeros(m)
    area[rows] = geodesic_areas_km2(cell[rows], crs_wkt)
    bearing = track_bearings(photos)
    across = np.column_stack([-bearing[:, 1], bearing[:, 0]])
    return PhotoEffort(cell, area, _chord(photos, across), _chord(photos, bearing))


def track_bearings(photos: Photos) -> Floats:
    """(M, 2) unit vectors along the track at each photo, from its neighbours in time. Without times, the given order
    counts.

    Up to two photos on each side are used, because single positions are too inexact. NaN if there is no neighbour.
    """
    order = _in_time(photos)
    centres = photos.centres[order]
    n = len(order)
    at = np.arange(n)
    step = np.median(np.hypot(*np.diff(centres, axis=0).T)) if n > 1 else np.nan
    bearing = np.full((len(photos), 2), np.nan)
    total = np.zeros((n, 2))
    for reach in (1, 2):
        for a, b in ((at, np.minimum(at + reach, n - 1)), (np.maximum(at - reach, 0), at)):
            moved = centres[b] - centres[a]
            # Across a gap, the track says nothing about the photo.
            near = np.hypot(*moved.T) <= 3 * reach * max(step, 1e-9) if n > 1 else np.zeros(n, bool)
            total[near] += moved[near]
    length = np.hypot(*total.T)
    known = length > 0
    bearing[order[known]] = total[known] / length[known, None]
    return bearing


def _chord(photos: Photos, direction: Floats) -> Floats:
    """(M,) the length of each footprint in `direction`, through its centroid, m."""
    chord = np.full(len(photos), np.nan)
    rows = np.flatnonzero(photos.placed & np.isfinite(direction).all(axis=1))
    if not len(rows):
        return chord
    shapes = photos.footprints[rows]
    middle = shapely.get_coordinates(shapely.centroid(shapes))
    bounds = shapely.bounds(shapes)
    reach = np.hypot(bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1])[:, None] * direction[rows]
    lines = shapely.linestrings(np.stack([middle - reach, middle + reach], axis=1))
    chord[rows] = shapely.length(shapely.intersection(shapes, lines))
    return chord


def _in_time(photos: Photos) -> Ints:
    """The photos with a place, by time. Photos without a time are last, in their given order."""
    known = np.flatnonzero(np.isfinite(photos.centres).all(axis=1))
    return known[np.argsort(photos.seconds[known], kind="stable")]


# ---- transects ------------------------------------------------------------------------------


def split_track(
    photos: Photos,
    *,
    max_turn_deg: float = 30.0,
    max_gap_m: float | None = None,
    tolerance_m: float | None = None,
    min_photos: int = 3,
) -> Ints:
    """(M,) int64: the transect of each photo, found from the turns of the track. From 0 in flight order; -1 for none.

    The track, by time, is divided at gaps. Each part is simplified to straight pieces. Pieces that bend by less than
    `max_turn_deg` are one transect.

    Args:
        photos: M photos.
        max_turn_deg: The largest bend inside a transect.
        max_gap_m: The longest gap inside a transect; by default 5 median steps.
        tolerance_m: How far photos may be from their straight piece; by default 1.5 median steps. It should be more
            than the error of a position, and less than the distance between two transects.
        min_photos: A piece with fewer photos is a turn.
    """
    transect = np.full(len(photos), NO_TRANSECT, np.int64)
    order = _in_time(photos)
    if not len(order):
        return transect
    xy = photos.centres[order]
    steps = np.hypot(*np.diff(xy, axis=0).T)
    typical = float(np.median(steps[steps > 0])) if (steps > 0).any() else 1.0
    gap = 5 * typical if max_gap_m is None else max_gap_m
    tolerance = 1.5 * typical if tolerance_m is None else tolerance_m
    number = 0
    for run in np.split(np.arange(len(order)), np.flatnonzero(steps > gap) + 1):
        for first, last in _straight(xy[run], tolerance, math.radians(max_turn_deg)):
            if last - first + 1 >= min_photos:
                transect[order[run[first : last + 1]]] = number
                number += 1
    return transect


def _straight(xy: Floats, tolerance: float, max_turn: float) -> list[tuple[int, int]]:
    """The straight pieces of a track, each with its first and its last index. No photo is in two."""
    corners = _corners(xy, tolerance)
    pieces: list[tuple[int, int]] = []
    for a, b in pairwise(corners):
        if pieces and _turn(xy, pieces[-1], (a, b)) <= max_turn:
            pieces[-1] = (pieces[-1][0], b)
        else:
            pieces.append((a, b))
    if not pieces:
        return [(0, len(xy) - 1)]
    # A photo at a corner belongs to the longer one of its two pieces.
    found = []
    for k, (a, b) in enumerate(pieces):
        first = a + (k > 0 and _longer(pieces[k - 1], (a, b)))
        last = b - (k + 1 < len(pieces) and not _longer((a, b), pieces[k + 1]))
        found.append((first, last))
    return found


def _longer(before: tuple[int, int], after: tuple[int, int]) -> bool:
    return before[1] - before[0] >= after[1] - after[0]


def _turn(xy: Floats, before: tuple[int, int], after: tuple[int, int]) -> float:
    a, b = xy[before[1]] - xy[before[0]], xy[after[1]] - xy[after[0]]
    return abs(math.atan2(a[0] * b[1] - a[1] * b[0], float(a @ b)))


def _corners(xy: Floats, tolerance: float) -> list[int]:
    """Where a track bends: the vertices that the simplification of Douglas and Peucker (1973) keeps."""
    kept = {0, len(xy) - 1}
    open_runs = [(0, len(xy) - 1)]
    while open_runs:
        a, b = open_runs.pop()
        if b - a < 2:
            continue
        along = xy[b] - xy[a]
        off = xy[a + 1 : b] - xy[a]
        length2 = float(along @ along)
        share = np.clip(off @ along / length2, 0, 1) if length2 > 0 else np.zeros(len(off))
        far = np.hypot(*(off - share[:, None] * along).T)
        worst = int(np.argmax(far))
        if far[worst] > tolerance:
            middle = a + 1 + worst
            kept.add(middle)
            open_runs += [(a, middle), (middle, b)]
    return sorted(kept)


def transect_table(
    photos: Photos,
    transect: Sequence[object],
    crs_wkt: str,
    *,
    stratum: str | Sequence[object] = "survey",
    image: ArrayLike = (),
    class_name: Sequence[str] = (),
    counted: ArrayLike | None = None,
) -> TransectTable:
    """The transects of a survey with their length, area and counts, in the order of their first photo.

    Args:
        photos: M photos.
        transect: M names or numbers; None, '', NaN or -1 for a photo on none.
        crs_wkt: The CRS of the photos.
        stratum: One name, or M names. The same transect name in two strata is two transects.
        image: (N,) the index of each sighting's photo.
        class_name: (N,) its class.
        counted: (N,) 0 or 1, as `geo.overlaps.sightings.match` gives it for these photos; by default all 1.

    Raises:
        TableError: Lengths do not fit.
        VectorError: The CRS has no areas, or no photo is on a transect.
    """
    if len(transect) != len(photos) or not (isinstance(stratum, str) or len(stratum) == len(photos)):
        raise TableError(f"transects: expected a transect and a stratum for each of {len(photos)} photos")
    seen = _Sightings.of(len(photos), image, class_name, counted)
    flown = np.append(_in_time(photos), np.flatnonzero(~np.isfinite(photos.centres).all(axis=1)))
    names, of, lost = _numbered_transects(photos, flown, transect, stratum)
    if not names:
        raise VectorError(
            "no photo with a place is on a transect: say which photo is on which transect, or let Herdmap split the "
            "track"
        )
    effort = photo_effort(photos, crs_wkt, on_transect=of >= 0)
    k = len(names)
    by_transect = flown[np.argsort(of[flown], kind="stable")]
    rows_of = np.split(by_transect, np.cumsum(np.bincount(of + 1, minlength=k + 1))[:-1])[1:]
    polygons, length, width, area = _ground(photos, effort, rows_of)
    counts, off = seen.by_transect(of, k)
    strata_of, names_of = zip(*names, strict=True)
    warnings = _what_is_left_out(lost, off, [name for name, zero in zip(names_of, area == 0, strict=True) if zero])
    photos_of = np.bincount(of[of >= 0], minlength=k)
    return TransectTable(
        strata_of, names_of, photos_of, length, width, area, polygons, crs_wkt, seen.classes, counts, warnings, of
    )


@dataclass(frozen=True, eq=False)
class _Sightings:
    """N sightings.

    Attributes:
        photo: (N,) the index of its photo.
        code: (N,) the index of its class.
        counted: (N,) 0 or 1.
        classes: The names of the classes.
    """

    photo: Ints
    code: Ints
    classes: tuple[str, ...]
    counted: Ints

    @classmethod
    def of(cls, photos: int, image: ArrayLike, class_name: Sequence[str], counted: ArrayLike | None) -> "_Sightings":
        """Make them from the arguments of `transect_table`. Raises TableError if these do not fit together."""
        photo = np.asarray(image, np.int64).reshape(-1)
        counts_as = np.ones(len(photo), np.int64) if counted is None else np.asarray(counted).astype(np.int64)
        if len(class_name) != len(photo) or counts_as.shape != photo.shape:
            raise TableError(f"transects: {len(class_name)} classes for {len(photo)} sightings; give one each")
        if len(photo) and (photo.min() < 0 or photo.max() >= photos):
            raise TableError(f"transects: image has an index outside 0 to {photos - 1}")
        classes = tuple(dict.fromkeys(class_name))
        number = {name: c for c, name in enumerate(classes)}
        codes = np.fromiter((number[name] for name in class_name), np.int64, len(class_name))
        return cls(photo, codes, classes, counts_as)

    def by_transect(self, of: Ints, transects: int) -> tuple[Ints, int]:
        """Counts (K, C) by transect and class, and how many animals are on none. of: (M,) each photo's transect."""
        counts = np.zeros((transects, len(self.classes)), np.int64)
        on = of[self.photo] >= 0
        np.add.at(counts, (of[self.photo][on], self.code[on]), self.counted[on])
        return counts, int(self.counted[~on].sum())


def _numbered_transects(
    photos: Photos, flown: Ints, transect: Sequence[object], stratum: str | Sequence[object]
) -> tuple[list[tuple[str, str]], Ints, int]:
    """The transects in the order of their first photo; (M,) the transect of each photo; and a number of photos.

    The number is how many photos are on a transect but have no place. flown: (M,) the photos in flight order.
    """
    strata = [stratum] * len(photos) if isinstance(stratum, str) else [_name(value) or "" for value in stratum]
    placed = photos.placed
    index: dict[tuple[str, str], int] = {}
    of = np.full(len(photos), NO_TRANSECT, np.int64)
    lost = 0
    for row in flown.tolist():
        name = _name(transect[row])
        if name is None:
            continue
        if not placed[row]:
            lost += 1
            continue
        of[row] = index.setdefault((strata[row], name), len(index))
    return list(index), of, lost


def _ground(
    photos: Photos, effort: PhotoEffort, rows_of: Sequence[Ints]
) -> tuple[NDArray[np.object_], Floats, Floats, Floats]:
    """The ground (polygons), length (km), strip width (m) and area (km2) of K transects.

    rows_of: the photos of each, in flight order.
    """
    k = len(rows_of)
    polygons = np.empty(k, object)
    length, width, area = np.zeros(k), np.full(k, np.nan), np.zeros(k)
    for t, rows in enumerate(rows_of):
        # The union is made on a grid. With floating coordinates, GEOS can lose a cell if edges are almost the same.
        polygons[t] = shapely.union_all(effort.cell[rows], grid_size=_GRID_M)
        area[t] = effort.area_km2[rows].sum()
        if np.isfinite(effort.strip_width_m[rows]).any():
            width[t] = np.nanmedian(effort.strip_width_m[rows])
        length[t] = _covered_m(photos.centres[rows], effort.along_m[rows]) / 1000
        # From metres on the map to metres on the ground.
        planar = float(polygons[t].area) / 1e6
        if planar > 0:
            length[t] *= math.sqrt(area[t] / planar)
            width[t] *= math.sqrt(area[t] / planar)
    return polygons, length, width, area


def _what_is_left_out(lost: int, off: int, empty: Sequence[str]) -> tuple[str, ...]:
    """Warnings.

    lost: photos without a place. off: animals on no transect. empty: transects without ground.
    """
    warnings = []
    if lost:
        warnings.append(f"{lost} photos on transects have no place on the ground: they add neither area nor animals")
    if off:
        warnings.append(
            f"{off} counted animals are left out, since their photos are on no transect; match without those photos"
        )
    if empty:
        warnings.append(
            f"{len(empty)} transects have no ground of their own, for example {empty[0]!r}: other transects cover it"
        )
    return tuple(warnings)


def _covered_m(centres: Floats, along_m: Floats) -> float:
    """The length of track that photos, in flight order, cover: from the rear edge of the first to the front edge of the
    last.
    """
    reach = float(np.nanmedian(along_m)) if np.isfinite(along_m).any() else 0.0
    steps = np.hypot(*np.diff(centres, axis=0).T)
    return float(np.minimum(steps, reach).sum() if reach else steps.sum()) + reach


def _name(value: object) -> str | None:
    if value is None or value != value or value == NO_TRANSECT:
        return None
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        value = int(value)
    return str(value).strip() or None
