"""Brings shapes and places across 180 degrees into one form, however they are written.

Files write a region there as two parts that meet at 180 degrees (RFC 7946), with longitudes beyond 180 or from 0 to
360, or with corners that jump from 179.9 to -179.9. Here all of them get the first form: within one turn around the
earth, from -180 to 180 degrees. In a projected CRS with x proportional to longitude, it is one turn of x.
"""

import functools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyproj
import shapely
import shapely.affinity
from numpy.typing import ArrayLike, NDArray
from pyproj.exceptions import ProjError

Floats = NDArray[np.float64]

_CYLINDRICAL = (
    "Popular Visualisation Pseudo Mercator", "Mercator (variant A)", "Mercator (variant B)", "Mercator (variant C)",
    "Equidistant Cylindrical", "Equidistant Cylindrical (Spherical)", "Lambert Cylindrical Equal Area",
    "Lambert Cylindrical Equal Area (Spherical)", "Miller Cylindrical",
)  # fmt: skip
_ORIGIN = ("Longitude of natural origin", "Longitude of false origin")
_TINY = 1e-10  # as a share of a turn: 4 mm
_MOST_TURNS = 5.0
_HIGHEST = 1 / 3  # of a turn: if a shape with sides at -180 and 180 is higher than 120 degrees, it is the whole world


@functools.lru_cache(maxsize=64)
def one_turn(crs_wkt: str | None) -> tuple[float, float] | None:
    """The x in the middle of the map and the x of a full turn, in the CRS's units.

    None if there is no CRS, if it is unknown, or if its x is not proportional to longitude.
    """
    if not crs_wkt:
        return None
    try:
        crs = pyproj.CRS.from_user_input(crs_wkt).to_2d()
        if crs.is_geographic:
            return 0.0, 2 * math.pi / float(crs.axis_info[0].unit_conversion_factor)
        operation, base = crs.coordinate_operation, crs.geodetic_crs
        if operation is None or base is None or operation.method_name not in _CYLINDRICAL:
            return None
        origin = next((float(p.value) for p in operation.params if p.name in _ORIGIN), 0.0)
        to_map = pyproj.Transformer.from_crs(base, crs, always_xy=True)
        middle, quarter = (float(to_map.transform(origin + turned, 0.0)[0]) for turned in (0.0, 90.0))
    except ProjError:
        return None
    whole = 4 * (quarter - middle)
    return (middle, whole) if math.isfinite(middle) and math.isfinite(whole) and whole > 0 else None


def wrapped(xy: ArrayLike, crs_wkt: str | None) -> Floats:
    """(N, 2) places in a CRS. Places beyond one turn are brought back into it; the others do not change by a digit."""
    points = np.asarray(xy, np.float64)
    turn = one_turn(crs_wkt)
    if turn is None or not len(points):
        return points
    low, whole = turn[0] - turn[1] / 2, turn[1]
    with np.errstate(invalid="ignore"):
        beyond = np.abs(points[:, 0] - turn[0]) > whole * (0.5 + _TINY)
    if not beyond.any():
        return points
    points = points.copy()
    points[beyond, 0] -= np.floor((points[beyond, 0] - low) / whole) * whole
    return points


def unrolled(xy: ArrayLike, of: NDArray[np.int64], crs_wkt: str | None) -> Floats:
    """(N, 2) places of several things, each less than half a turn wide, so that 180 degrees does not divide any of
    them.

    of: (N,) the thing that each place belongs to, from 0, in order. A place may then lie beyond 180 degrees.
    """
    points = np.asarray(xy, np.float64)
    turn = one_turn(crs_wkt)
    if turn is None or not len(points):
        return points
    firsts = points[np.searchsorted(of, np.arange(int(of[-1]) + 1)), 0][of]
    with np.errstate(invalid="ignore"):
        turns = np.round((points[:, 0] - firsts) / turn[1])
    if not np.nan_to_num(turns).any():
        return points
    points = points.copy()
    points[:, 0] -= turns * turn[1]
    return points


def in_one_turn(shapes: NDArray[np.object_], crs_wkt: str | None) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """(K,) shapes with their polygons within one turn, cut at its ends; and (K,) whether corners jumped over an end.

    If two corners are more than half a turn apart, the side between them goes the short way round, unless the shape
    would then go around a pole or be as high as the world. A shape within one turn is returned unchanged.
    """
    jumped = np.zeros(len(shapes), bool)
    turn = one_turn(crs_wkt)
    if turn is None or not len(shapes):
        return shapes, jumped
    middle, whole = turn
    reach = whole * (0.5 + _TINY)
    with np.errstate(invalid="ignore"):
        x_min, _, x_max, _ = shapely.bounds(shapes).T
        odd = (x_min < middle - reach) | (x_max > middle + reach) | (x_max - x_min > whole / 2)
        # What is many turns away or wide is no place on the earth, and whoever reads it says so.
        odd &= np.maximum(np.abs(x_min - middle), np.abs(x_max - middle)) < _MOST_TURNS * whole
    if not odd.any():
        return shapes, jumped
    found = np.array([*shapes, None], object)[:-1]
    for row in np.flatnonzero(odd).tolist():
        parts = list(_polygons(shapes[row]))
        pieces = [_cut(part, middle, whole) for part in parts]
        if not parts or all(piece is None for piece, _ in pieces):
            continue
        kept = [
            polygon
            for part, (piece, _) in zip(parts, pieces, strict=True)
            for polygon in ([part] if piece is None else piece)
        ]
        found[row] = kept[0] if len(kept) == 1 else shapely.multipolygons(kept)
        jumped[row] = any(across for _, across in pieces)
    return found, jumped


def _cut(polygon: Any, middle: float, whole: float) -> tuple[list[Any] | None, bool]:
    """The parts of a polygon in one turn, None if it needs no change; and whether its corners jumped."""
    if not np.isfinite(shapely.get_coordinates(polygon)).all():
        return None, False
    shell, jumped = _short_way(shapely.get_coordinates(polygon.exterior), whole)
    holes = []
    for ring in polygon.interiors:
        hole, _ = _short_way(shapely.get_coordinates(ring), whole)
        hole[:, 0] += round((shell[:, 0].mean() - hole[:, 0].mean()) / whole) * whole
        holes.append(hole)
    low, reach = middle - whole / 2, whole * (0.5 + _TINY)
    if not jumped and np.abs(shell[:, 0] - middle).max() <= reach:
        return None, False
    shape = shapely.Polygon(shell, holes)
    shape = shape if shapely.is_valid(shape) else shapely.make_valid(shape)
    x_min, y_min, x_max, y_max = shapely.bounds(shape).tolist()
    pieces = list[Any]()
    for turns in range(math.floor((x_min - low) / whole), math.ceil((x_max - low) / whole)):
        left = low + turns * whole
        window = shapely.box(left, y_min - 1.0, left + whole, y_max + 1.0)
        moved = shapely.affinity.translate(shapely.intersection(shape, window), -turns * whole)
        pieces.extend(_polygons(moved))
    return pieces, jumped


def _short_way(ring: Floats, whole: float) -> tuple[Floats, bool]:
    """A ring with sides that go the short way round, and whether that changed it."""
    turns = np.round(np.diff(ring[:, 0]) / whole)
    if not turns.any() or turns.sum() != 0:
        return ring, False
    straight = ring.copy()
    straight[1:, 0] -= np.cumsum(turns) * whole
    width, height = np.ptp(straight, axis=0)
    if width <= whole * _TINY or height > whole * _HIGHEST:
        return ring, False
    return straight, True


def _polygons(shape: Any) -> Iterator[Any]:
    if shape.geom_type == "Polygon" and not shape.is_empty:
        yield shape
    for part in getattr(shape, "geoms", ()):
        yield from _polygons(part)
