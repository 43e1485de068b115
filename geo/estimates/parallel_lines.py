"""Parallel transects at equal distances over a stratum, from a random start, in the order in which they are flown.

A stratum is taken to a plane around its own middle (Lambert's azimuthal equal-area projection of WGS 84), so that its
CRS may be in degrees and it may lie across 180 degrees. Every point of it has the same chance to be on a transect. At
one position, all pieces of the line within the stratum are one transect.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from geo.georeference import crs_to_wkt, middle_place, reproject

__all__ = ["LEAST_LINES", "Plane", "Transect", "across", "lines_over"]

Floats = NDArray[np.float64]

LEAST_LINES = 2  # one transect has no SE
_SHORTEST_M = 1.0  # a line that only touches the stratum is no transect
_EDGE_PIECES = 64  # an edge is divided into so many before it is taken to the plane, since it bends
_WGS84 = "EPSG:4326"


@dataclass(frozen=True, eq=False)
class Plane:
    """A stratum on a plane around its middle.

    Attributes:
        polygon: In metres east and north of the middle.
        crs_wkt: The CRS of those metres.
    """

    polygon: Any
    crs_wkt: str

    @classmethod
    def of(cls, polygon: Any, crs_wkt: str) -> "Plane":
        """The plane of a polygon in `crs_wkt`."""
        lon, lat = reproject(shapely.get_coordinates(polygon), crs_wkt, crs_to_wkt(_WGS84)).T
        lon_0, lat_0 = middle_place(lon, lat)
        plane = pyproj.CRS.from_proj4(f"+proj=laea +lat_0={lat_0} +lon_0={lon_0} +datum=WGS84 +units=m").to_wkt()
        x_min, y_min, x_max, y_max = shapely.bounds(polygon)
        fine = shapely.segmentize(polygon, max(x_max - x_min, y_max - y_min) / _EDGE_PIECES)
        flat = shapely.transform(fine, lambda xy: reproject(xy, crs_wkt, plane))
        # Pieces that were cut at 180 degrees are one again.
        return cls(shapely.union_all([flat if shapely.is_valid(flat) else shapely.make_valid(flat)]), plane)


@dataclass(frozen=True, eq=False)
class Transect:
    """One transect: its pieces in the order and the direction in which they are flown, each (2, 2) metres."""

    pieces: tuple[Floats, ...]

    @property
    def length_m(self) -> float:
        """The length of the pieces."""
        return math.fsum(math.hypot(*(end - start)) for start, end in self.pieces)


def across(polygon: Any) -> float:
    """The bearing, degrees in 0 to 180, at right angles to the long axis of a polygon on a plane.

    Many short transects tell more than a few long ones, because each of them crosses the gradient along the axis.
    """
    corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(polygon))
    if len(corners) < 4:
        return 0.0
    sides = np.diff(corners[:3], axis=0)
    x, y = min(sides.tolist(), key=lambda side: math.hypot(*side))
    return math.degrees(math.atan2(x, y)) % 180.0


def lines_over(
    polygon: Any, bearing_deg: float, spacing_m: float, start: float, *, least: int = LEAST_LINES
) -> tuple[list[Transect], float]:
    """The transects over a polygon on a plane, and the spacing that was used.

    If fewer than `least` would meet the polygon, they are laid closer together.

    Args:
        polygon: In metres.
        bearing_deg: Of the lines, clockwise from north.
        spacing_m: The distance between two.
        start: Random, 0 to 1: the first line is so many spacings from the polygon's edge.
        least: The fewest transects.
    """
    turned = shapely.affinity.rotate(polygon, bearing_deg, origin=(0, 0))  # the lines now point north
    x_min, y_min, x_max, y_max = shapely.bounds(turned)
    spacing_m = min(spacing_m, (x_max - x_min) / least)
    while True:
        at = np.arange(x_min + start * spacing_m, x_max, spacing_m)
        found = [_clipped(turned, x, y_min, y_max) for x in at.tolist()]
        found = [pieces for pieces in found if pieces]
        if len(found) >= least or spacing_m < _SHORTEST_M:
            break
        spacing_m *= 0.75
    return [_flown(pieces, n % 2 == 1, bearing_deg) for n, pieces in enumerate(found)], spacing_m


def _clipped(polygon: Any, x: float, y_min: float, y_max: float) -> list[tuple[float, float, float]]:
    """(x, from y, to y) of the pieces of one line, northward."""
    cut = shapely.intersection(polygon, shapely.LineString([(x, y_min - 1), (x, y_max + 1)]))
    pieces = [shapely.bounds(part) for part in shapely.get_parts(cut) if shapely.length(part) >= _SHORTEST_M]
    return sorted((x, float(low), float(high)) for _, low, _, high in pieces)


def _flown(pieces: Sequence[tuple[float, float, float]], back: bool, bearing_deg: float) -> Transect:
    """A transect as it is flown, to and fro, turned back to its bearing."""
    ends = [np.array([(x, low), (x, high)]) for x, low, high in pieces]
    if back:
        ends = [one[::-1] for one in ends[::-1]]
    angle = math.radians(bearing_deg)
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    return Transect(tuple(one @ turn for one in ends))
