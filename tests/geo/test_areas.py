"""Geodesic areas, against closed forms and against pyproj's Geod over finely cut edges."""

import math

import numpy as np
import pyproj
import pytest
import shapely

from geo.areas import geodesic_area_km2, geodesic_areas_km2, ground_crs
from geo.errors import VectorError


def wkt(code: str | int) -> str:
    return pyproj.CRS(code).to_wkt()


def authalic_cell_km2(west: float, south: float, east: float, north: float) -> float:
    """A cell between two meridians and two parallels of WGS 84, in closed form (Snyder 1987, 3-12)."""
    geod = pyproj.Geod(ellps="WGS84")
    e = math.sqrt(geod.es)

    def q(degrees: float) -> float:
        s = math.sin(math.radians(degrees))
        return (1 - e * e) * (s / (1 - e * e * s * s) + math.atanh(e * s) / e)

    return math.radians(east - west) * geod.a**2 / 2 * (q(north) - q(south)) / 1e6


def geod_km2(polygon: shapely.Polygon, code: str, pieces: int = 1000) -> float:
    """pyproj's geodesic area with every edge cut into pieces; twice, to take out what the cutting leaves."""
    crs = pyproj.CRS(code)
    to_lonlat = pyproj.Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True)
    geod = crs.get_geod()
    assert geod is not None

    def area(n: int) -> float:
        fine = shapely.segmentize(polygon, polygon.length / n)
        lonlat = shapely.transform(fine, lambda xy: np.column_stack(to_lonlat.transform(*xy.T)))
        oriented = shapely.geometry.polygon.orient(lonlat)
        return float(abs(geod.geometry_area_perimeter(oriented)[0]) / 1e6)

    return (4 * area(2 * pieces) - area(pieces)) / 3


@pytest.mark.parametrize(
    "cell", [(34, -3, 35, -2), (0, 0, 1, 1), (10, 60, 11, 61), (179.5, 10, 180.5, 11), (-180, -90, 180, 90)]
)
def test_cell_of_degrees_has_its_closed_form_area(cell):
    assert geodesic_area_km2(shapely.box(*cell), wkt(4326)) == pytest.approx(authalic_cell_km2(*cell), rel=1e-10)


@pytest.mark.parametrize(
    ("code", "bounds"),
    [
        ("EPSG:4326", (34, 60, 44, 70)),
        ("EPSG:32736", (500_000, 9_600_000, 510_000, 9_610_000)),
        ("EPSG:32736", (200_000, 9_600_000, 900_000, 9_990_000)),
        ("EPSG:32736", (500_000, 9_600_000, 500_010, 9_600_010)),
        ("EPSG:32601", (200_000, 6_000_000, 260_000, 6_060_000)),  # across 180 degrees
        ("EPSG:3857", (4e6, 8e6, 5e6, 9e6)),
        ("EPSG:3031", (-1e6, -1e6, 1e6, 1.2e6)),  # around the South Pole
        ("EPSG:3031", (0, 0, 1e6, 1.2e6)),  # a corner on it
        ("EPSG:2263", (9e5, 1.2e5, 1e6, 2.2e5)),  # US feet
        ("EPSG:2193", (1.5e6, 5e6, 1.6e6, 5.1e6)),  # northing first
    ],
)
def test_area_agrees_with_geod(code, bounds):
    polygon = shapely.box(*bounds)
    assert geodesic_area_km2(polygon, wkt(code)) == pytest.approx(geod_km2(polygon, code), rel=1e-8)


def test_a_crs_in_grads_from_paris():
    """One grad is 0.9 degrees: the same cell in EPSG:4807 and in degrees of Paris, on Clarke's ellipsoid."""
    in_grads = geodesic_area_km2(shapely.box(1, 50, 3, 52), wkt("EPSG:4807"))
    in_degrees = geodesic_area_km2(
        shapely.box(0.9, 45, 2.7, 46.8), pyproj.CRS("+proj=longlat +a=6378249.2 +b=6356515").to_wkt()
    )
    assert in_grads == pytest.approx(in_degrees, rel=1e-9)


def test_a_utm_square_and_its_lonlat_version():
    square = shapely.segmentize(shapely.box(300_000, 9_700_000, 305_000, 9_705_000), 50)
    to_lonlat = pyproj.Transformer.from_crs(32736, 4326, always_xy=True)
    lonlat = shapely.transform(square, lambda xy: np.column_stack(to_lonlat.transform(*xy.T)))
    in_utm = geodesic_area_km2(square, wkt(32736))
    assert geodesic_area_km2(lonlat, wkt(4326)) == pytest.approx(in_utm, rel=1e-6)
    assert in_utm != pytest.approx(25.0, rel=1e-5)  # the grid's own square kilometres are not the ground's


def test_holes_and_parts_and_many_at_once():
    crs = wkt(32736)
    outer, inner = shapely.box(0, 9e6, 4000, 9_004_000), shapely.box(1000, 9_001_000, 2000, 9_002_000)
    far = shapely.box(50_000, 9e6, 51_000, 9_001_000)
    ring = outer.difference(inner)
    both = shapely.MultiPolygon([ring, far])
    outer_km2, inner_km2, far_km2, ring_km2, both_km2 = geodesic_areas_km2([outer, inner, far, ring, both], crs)
    assert ring_km2 == pytest.approx(outer_km2 - inner_km2, rel=1e-12)
    assert both_km2 == pytest.approx(ring_km2 + far_km2, rel=1e-12)
    assert geodesic_area_km2(shapely.reverse(both), crs) == pytest.approx(both_km2, rel=1e-12)


def test_no_area_without_ground():
    square = shapely.box(0, 0, 10, 10)
    pixels = 'LOCAL_CS["Undefined Cartesian",UNIT["metre",1]]'
    assert ground_crs(pixels) is None
    assert math.isnan(geodesic_area_km2(square, None))
    assert math.isnan(geodesic_area_km2(square, pixels))
    assert geodesic_areas_km2([], wkt(4326)).shape == (0,)
    assert geodesic_area_km2(shapely.Polygon(), wkt(4326)) == 0


def test_wrong_crs_is_said():
    with pytest.raises(VectorError, match="unknown CRS 'no such thing'"):
        geodesic_area_km2(shapely.box(0, 0, 1, 1), "no such thing")
    with pytest.raises(VectorError, match="beyond where its CRS is defined"):
        geodesic_area_km2(shapely.box(500_000, 9_600_000, 500_100, 9_600_100), wkt(4326))
