"""The ellipsoid of GPS, and geodesic areas: the size of a polygon on it, whatever its CRS."""

import functools
import math
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj.crs import ProjectedCRS
from pyproj.crs.coordinate_operation import (
    LambertAzimuthalEqualAreaConversion,
    LambertCylindricalEqualAreaConversion,
)
from pyproj.exceptions import CRSError

from geo.antimeridian import one_turn
from geo.errors import VectorError

GEOD = pyproj.Geod(ellps="WGS84")
"""Distances in m and bearings between places in degrees: `GEOD.inv`, and back: `GEOD.fwd`."""
# The longest piece of an edge. The relative error of the area is then at most 1e-8, and mostly far less.
_PIECE_M = 50_000.0
_PIECE_DEG = 0.5
_PIECES_AT_MOST = 256  # of one edge: enough for one round the world
_PIECES_AT_ONCE = 1 << 17  # bounds the memory that the areas of a very detailed file take


@functools.lru_cache(maxsize=64)
def ground_crs(crs_wkt: str | None) -> pyproj.CRS | None:
    """The horizontal CRS of a WKT text. None for no CRS, and for a CRS that is not tied to the Earth.

    GeoPackage's undefined Cartesian and geographic CRS and an image's pixels are not tied to it.

    Raises VectorError if the text is not a CRS.
    """
    if not crs_wkt:
        return None
    try:
        crs = pyproj.CRS.from_user_input(crs_wkt).to_2d()
    except CRSError as error:
        raise VectorError(f"unknown CRS {crs_wkt[:60]!r}: expected WKT or an authority's code") from error
    on_ground = crs.geodetic_crs is not None and not crs.is_geocentric
    return crs if on_ground else None


def geodesic_area_km2(polygon: shapely.Geometry, crs_wkt: str | None) -> float:
    """The area of one polygon on its CRS's ellipsoid, in km2; see `geodesic_areas_km2`."""
    return float(geodesic_areas_km2([polygon], crs_wkt)[0])


def geodesic_areas_km2(polygons: ArrayLike, crs_wkt: str | None) -> NDArray[np.float64]:
    """(N,) float64: the areas of polygons on the ellipsoid of their CRS, km2; NaN without a CRS.

    An edge is the straight line in that CRS, as in the test whether a point is inside, and not the geodesic between its
    ends. Edges are transformed to an equal-area projection of the same ellipsoid (Snyder 1987, equations 3-12, 10-4 and
    24-2) in short pieces. Each piece is taken as the parabola through its ends and its middle: the area between chord
    and parabola is 4/3 of their triangle (Archimedes).

    Args:
        polygons: (N,) shapely Polygon or MultiPolygon, valid, in crs_wkt.
        crs_wkt: Their CRS.

    Raises:
        VectorError: The CRS is unknown, or a polygon is outside the CRS's domain.
    """
    shapes = np.asarray(polygons, dtype=object).reshape(-1)
    crs = ground_crs(crs_wkt)
    if crs is None or len(shapes) == 0:
        return np.full(len(shapes), np.nan)
    parts, shape_of_part = shapely.get_parts(shapes, return_index=True)
    rings, part_of_ring = shapely.get_rings(parts, return_index=True)
    if len(rings) == 0:
        return np.zeros(len(shapes))
    xy, ring_of_vertex = shapely.get_coordinates(rings, return_index=True)
    projection, unit_piece = _equal_area(crs, xy)

    edges = np.flatnonzero(ring_of_vertex[:-1] == ring_of_vertex[1:])
    firsts = np.searchsorted(ring_of_vertex, np.arange(len(rings)))
    origins = _carried(projection, xy[firsts])  # relative to them, sums stay small and keep their digits
    ring_m2 = np.zeros(len(rings))
    lengths = np.hypot(*(xy[edges + 1] - xy[edges]).T)
    pieces_of_edge = np.clip(np.ceil(lengths / unit_piece), 1, _PIECES_AT_MOST).astype(np.int64)
    blocks = np.flatnonzero(np.diff(np.cumsum(pieces_of_edge) // _PIECES_AT_ONCE)) + 1
    for edge, pieces in zip(np.split(edges, blocks), np.split(pieces_of_edge, blocks), strict=True):
        run = xy[edge + 1] - xy[edge]
        of = np.repeat(np.arange(len(edge)), pieces)
        nth = np.arange(len(of)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
        ring = ring_of_vertex[edge][of]
        a, middle, b = (
            _carried(projection, xy[edge][of] + run[of] * at[:, None]) - origins[ring]
            for at in ((nth + part) / pieces[of] for part in (0.0, 0.5, 1.0))
        )
        swept = (_cross(a, b) + 4 / 3 * _cross(middle - a, b - a)) / 2
        ring_m2 += np.bincount(ring, weights=swept, minlength=len(rings))
    ring_m2 = np.abs(ring_m2)
    is_hole = np.append(False, part_of_ring[1:] == part_of_ring[:-1])  # a polygon's exterior ring comes first
    signed = np.where(is_hole, -ring_m2, ring_m2)
    return np.bincount(shape_of_part[part_of_ring], weights=signed, minlength=len(shapes)) / 1e6


def _carried(projection: pyproj.Transformer, xy: NDArray[np.float64]) -> NDArray[np.float64]:
    carried = np.column_stack(projection.transform(xy[:, 0], xy[:, 1]))
    if not bool(np.all(np.isfinite(carried))):
        raise VectorError(
            "a region reaches beyond where its CRS is defined and has no area: check the region layer's CRS"
        )
    return carried


def _cross(a: NDArray[np.float64], b: NDArray[np.float64]) -> Any:
    return a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]


def _equal_area(crs: pyproj.CRS, xy: NDArray[np.float64]) -> tuple[pyproj.Transformer, float]:
    """A transformer to an equal-area projection (metres, same datum), and the length of a piece in the CRS's units."""
    base = crs.geodetic_crs
    assert base is not None
    to_degrees = math.degrees(base.axis_info[0].unit_conversion_factor)
    turn = one_turn(crs.to_wkt())
    if turn is not None:
        # Cylindrical: the plane of longitude and latitude is not divided, at 180 degrees or round the world.
        lon = 0.0 if crs.is_geographic else to_degrees * _to_base(crs).transform(turn[0], 0.0)[0]
        return _onto(crs, lon, None), turn[1] / 360.0 * _PIECE_DEG
    # Azimuthal about the middle: not divided around a pole or at 180 degrees.
    low, high = xy.min(axis=0), xy.max(axis=0)
    lon, lat = _to_base(crs).transform(*((low + high) / 2))
    if not (math.isfinite(lon) and math.isfinite(lat)):
        lon, lat = _to_base(crs).transform(*xy[0])
    if not (math.isfinite(lon) and math.isfinite(lat)):
        raise VectorError(f"the regions lie beyond where {crs.name} is defined: check the region layer's CRS")
    return _onto(crs, lon * to_degrees, lat * to_degrees), _PIECE_M / crs.axis_info[0].unit_conversion_factor


# Kept, as each takes ten milliseconds: the regions of a survey are counted again and again.
@functools.lru_cache(maxsize=64)
def _to_base(crs: pyproj.CRS) -> pyproj.Transformer:
    """To the longitude and latitude of a CRS's own datum."""
    return pyproj.Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True)


@functools.lru_cache(maxsize=64)
def _onto(crs: pyproj.CRS, lon: float, lat: float | None) -> pyproj.Transformer:
    """To an equal-area projection about a place in degrees: azimuthal, or cylindrical where no latitude is given."""
    conversion: Any = (
        LambertCylindricalEqualAreaConversion(longitude_natural_origin=lon)
        if lat is None
        else LambertAzimuthalEqualAreaConversion(lat, lon)
    )
    equal_area = ProjectedCRS(conversion, geodetic_crs=crs.geodetic_crs)
    return pyproj.Transformer.from_crs(crs, equal_area, always_xy=True, force_over=crs.is_geographic)
