"""Regions, areas and flights across 180 degrees. A case is a way of writing one region; a reader adds another."""

import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely

from geo.antimeridian import in_one_turn, one_turn, unrolled, wrapped
from geo.areas import geodesic_area_km2
from geo.estimates.strips import read_strips
from geo.estimates.transects import read_strata
from geo.georeference import Georeference, crs_to_wkt, middle_place, reproject, utm_crs_amid
from geo.photos.checks import Flown, swapped_or_far
from geo.region_reach import untouched
from geo.regions import assign, read_regions
from geo.search_area import read_search_area

SOUTH, NORTH = -16.9, -16.7


def box(west: float, east: float) -> list[list[list[float]]]:
    return [[[west, SOUTH], [east, SOUTH], [east, NORTH], [west, NORTH], [west, SOUTH]]]


def polygon(*points: tuple[float, float]) -> list[list[list[float]]]:
    return [[list(point) for point in (*points, points[0])]]


WRITTEN: dict[str, dict[str, Any]] = {
    "two parts": {"type": "MultiPolygon", "coordinates": [box(179.9, 180), box(-180, -179.9)]},
    "the west part first": {"type": "MultiPolygon", "coordinates": [box(-180, -179.9), box(179.9, 180)]},
    "beyond 180": {"type": "Polygon", "coordinates": box(179.9, 180.1)},
    "beyond -180": {"type": "Polygon", "coordinates": box(-180.1, -179.9)},
    "a jump": {"type": "Polygon", "coordinates": box(179.9, -179.9)},
    "a jump to the east": {"type": "Polygon", "coordinates": [box(179.9, -179.9)[0][::-1]]},
    "a jump with corners at 180": {
        "type": "Polygon",
        "coordinates": polygon(
            (179.9, SOUTH), (180, SOUTH), (-179.9, SOUTH), (-179.9, NORTH), (-180, NORTH), (179.9, NORTH)
        ),
    },
    "two parts, from 0 to 360": {"type": "MultiPolygon", "coordinates": [box(179.9, 180), box(180, 180.1)]},
    "a second turn": {"type": "Polygon", "coordinates": box(539.9, 540.1)},
    "a collection": {
        "type": "GeometryCollection",
        "geometries": [
            {"type": "Polygon", "coordinates": box(179.9, 180)},
            {"type": "Polygon", "coordinates": box(180, 180.1)},
        ],
    },
}
INSIDE = np.array([[179.95, -16.8], [-179.95, -16.8], [180.05, -16.8], [-180.05, -16.8], [179.9001, -16.89]])
OUTSIDE = np.array([[179.89, -16.8], [-179.89, -16.8], [0.0, -16.8], [180.0, -16.95], [170.0, -16.8]])
AREA = geodesic_area_km2(shapely.box(9.9, SOUTH, 10.1, NORTH), crs_to_wkt("EPSG:4326"))


def write(path: Path, geometry: dict[str, Any]) -> Path:
    feature = {"type": "Feature", "properties": {"name": "Taveuni", "stratum": "T"}, "geometry": geometry}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    return path


def write_projected(path: Path, geometry: dict[str, Any], code: str) -> Path:
    """The same region in a CRS whose x the file writer works out for each corner by itself."""
    shape = shapely.from_geojson(json.dumps(geometry))
    moved = shapely.transform(shape, lambda xy: reproject(xy, "EPSG:4326", code))
    pyogrio.raw.write(
        path,
        shapely.to_wkb(np.array([moved], object)),
        [np.array(["Taveuni"], object)],
        ["stratum"],
        driver="GPKG",
        geometry_type="Unknown",
        crs=code,
    )
    return path


@pytest.mark.parametrize("written", WRITTEN)
def test_a_region_is_one_however_it_is_written(tmp_path: Path, written: str) -> None:
    regions = read_regions(write(tmp_path / "r.geojson", WRITTEN[written]))
    assert regions.names == ("Taveuni",)
    for crs in ("EPSG:4326", "EPSG:32760", "EPSG:32701", "EPSG:3832", "EPSG:3460"):
        wkt = crs_to_wkt(crs)
        inside = INSIDE if crs == "EPSG:4326" else reproject(INSIDE, crs_to_wkt("EPSG:4326"), wkt)
        outside = OUTSIDE if crs == "EPSG:4326" else reproject(OUTSIDE, crs_to_wkt("EPSG:4326"), wkt)
        assert assign(inside, wkt, regions).tolist() == [0] * len(INSIDE)
        assert assign(outside[np.isfinite(outside).all(axis=1)], wkt, regions).max() == -1
    assert geodesic_area_km2(regions.polygons[0], regions.crs_wkt) == pytest.approx(AREA, rel=1e-9)
    x_min, _, x_max, _ = shapely.bounds(regions.polygons[0])
    assert (x_min, x_max) == (-180, 180)
    assert any("across 180 degrees" in text for text in regions.warnings) == ("jump" in written)
    strata = read_strata(tmp_path / "r.geojson")
    assert strata.area_km2[0] == pytest.approx(AREA, rel=1e-9)


@pytest.mark.parametrize("written", [name for name in WRITTEN if name != "a second turn"])
@pytest.mark.parametrize("code", ["EPSG:3857", "EPSG:3395", "EPSG:32662", "EPSG:3832", "EPSG:32701"])
def test_a_region_in_a_projected_crs(tmp_path: Path, written: str, code: str) -> None:
    regions = read_regions(write_projected(tmp_path / "r.gpkg", WRITTEN[written], code))
    assert assign(INSIDE, crs_to_wkt("EPSG:4326"), regions).tolist() == [0] * len(INSIDE)
    assert assign(OUTSIDE, crs_to_wkt("EPSG:4326"), regions).max() == -1
    assert geodesic_area_km2(regions.polygons[0], regions.crs_wkt) == pytest.approx(AREA, rel=1e-4)


@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize("image", ["EPSG:32701", "EPSG:32760", "EPSG:4326", "EPSG:3857"])
def test_an_orthomosaic_across_180_degrees_lies_in_the_region(tmp_path: Path, written: str, image: str) -> None:
    wkt = crs_to_wkt(image)
    if image == "EPSG:4326":
        reference = Georeference("geotransform", wkt, (0.0001, 0, 179.99, 0, -0.0001, -16.79))
    else:
        x, y = reproject([[179.99, -16.79]], crs_to_wkt("EPSG:4326"), wkt)[0]
        reference = Georeference("geotransform", wkt, (10.0, 0, x, 0, -10.0, y))
    area = read_search_area(write(tmp_path / "r.geojson", WRITTEN[written]))
    assert area.covers(reference, (0, 0, 200, 200))
    assert area.touches(reference, (0, 0, 200, 200))
    assert area.contains(reference, [(1, 1), (150, 1), (199, 199)]).all()
    assert not area.touches(reference, (0, 5000, 200, 5200))
    regions = read_regions(tmp_path / "r.geojson")
    ring = reference.to_map([(0, 0), (0, 200), (200, 200), (200, 0), (0, 0)])
    assert untouched(regions, "r.geojson", [ring], wkt) == ()
    far = reference.to_map([(0, 5000), (0, 5200), (200, 5200), (200, 5000), (0, 5000)])
    assert len(untouched(regions, "r.geojson", [far], wkt)) == 1
    assert area.reach_outside(regions) == 0


WORLDS = {
    "the world": shapely.box(-180, -90, 180, 90),
    "nearly the world": shapely.box(-179.99, -85, 179.99, 85),
    "around a pole": shapely.Polygon([(-180, -90), (180, -90), (180, -70), (60, -65), (-60, -65), (-180, -70)]),
    "one side of 180": shapely.box(170, -20, 180, -10),
    "the other": shapely.box(-180, -20, -170, -10),
    "the Atlantic": shapely.Polygon([(-80, -50), (15, -50), (15, 60), (-80, 60)]),
}


@pytest.mark.parametrize("name", WORLDS)
def test_what_is_within_one_turn_comes_back_as_it_was(name: str) -> None:
    shapes = np.array([WORLDS[name], None], object)
    found, jumped = in_one_turn(shapes, "EPSG:4326")
    assert shapely.equals_exact(found[0], WORLDS[name])
    assert found[1] is None
    assert not jumped.any()


def test_a_hole_stays_in_its_shell() -> None:
    shell, hole = box(179.9, -179.9)[0], [[-179.95, -16.85], [-179.95, -16.75], [179.95, -16.75], [179.95, -16.85]]
    for turned in (0.0, 360.0, -360.0):
        ring = [[x + turned, y] for x, y in [*hole, hole[0]]]
        shapes = np.array([shapely.Polygon(shell, [ring])], object)
        found, _ = in_one_turn(shapes, "EPSG:4326")
        assert shapely.area(found[0]) == pytest.approx(0.2 * 0.2 - 0.1 * 0.1)
        assert not shapely.intersects_xy(found[0], 179.97, -16.8)


@pytest.mark.parametrize("code", ["EPSG:4326", "EPSG:3857", "EPSG:3832", "EPSG:4277", "EPSG:4807", "EPSG:32662"])
def test_places_are_wrapped_by_full_turns(code: str) -> None:
    turn = one_turn(code)
    assert turn is not None
    middle, whole = turn
    points = np.array([[middle + share * whole, 5.0] for share in (0, 0.5, -0.5, 0.4, 0.75, -1.25, 2.1)])
    expected = [0, 0.5, -0.5, 0.4, -0.25, -0.25, 0.1]
    found = wrapped(points, code)
    np.testing.assert_allclose((found[:, 0] - middle) / whole, expected, atol=1e-12)
    assert (found[:4] == points[:4]).all()
    assert np.isnan(wrapped([[np.nan, 1.0]], code)).any()


def test_crs_without_turns() -> None:
    assert all(one_turn(crs) is None for crs in ("EPSG:32760", "EPSG:3031", "EPSG:27700", "no CRS", None))
    rings = np.array([[179.9, 1], [-179.9, 1], [-179.9, 2], [10, 1], [11, 1]])
    found = unrolled(rings, np.array([0, 0, 0, 1, 1]), "EPSG:4326")
    np.testing.assert_allclose(found[:, 0], [179.9, 180.1, 180.1, 10, 11])


LINES: dict[str, dict[str, Any]] = {
    "a jump": {"type": "LineString", "coordinates": [[179.95, -16.8], [-179.95, -16.8]]},
    "beyond": {"type": "LineString", "coordinates": [[179.95, -16.8], [180.05, -16.8]]},
    "two parts": {
        "type": "MultiLineString",
        "coordinates": [[[179.95, -16.8], [180, -16.8]], [[-180, -16.8], [-179.95, -16.8]]],
    },
    "to the west": {"type": "LineString", "coordinates": [[-179.95, -16.8], [179.95, -16.8]]},
}


@pytest.mark.parametrize("line", LINES)
def test_a_transect_across_180_degrees(tmp_path: Path, line: str) -> None:
    feature = {"type": "Feature", "properties": {"transect": "1"}, "geometry": LINES[line]}
    (tmp_path / "t.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    strips = read_strips(tmp_path / "t.geojson", 200.0)
    assert strips.area_km2[0] == pytest.approx(0.2 * 10.66, rel=1e-2)
    inside = shapely.intersects_xy(strips.polygons[0], [179.97, -179.97, 0.0], [-16.8, -16.8, -16.8])
    assert inside.tolist() == [True, True, False]


FLIGHTS = {
    "half and half": [179.998, 179.999, 180.0, -179.999, -179.998, -179.997],
    "mostly west": [179.9, 179.91, 179.92, 179.93, -179.999],
    "mostly east": [-179.9, -179.91, -179.92, -179.93, 179.999],
    "one turn about": [-180.0, 180.0, -180.0],
}


@pytest.mark.parametrize(("name", "order"), list(itertools.product(FLIGHTS, [1, -1])))
def test_a_flight_across_180_degrees_is_in_one_zone(name: str, order: int) -> None:
    lon = np.array(FLIGHTS[name][::order])
    lat = np.full(len(lon), -16.8)
    assert any(zone in utm_crs_amid(lon, lat) for zone in ("zone 60S", "zone 1S"))
    middle, _ = middle_place(lon, lat)
    assert np.abs((middle - lon + 180) % 360 - 180).max() < 0.2
    names = [f"{i}.jpg" for i in range(len(lon))]
    assert swapped_or_far(Flown(names, np.full(len(lon), np.nan), lon, lat, np.full(len(lon), np.nan))) == []


def test_a_middle_elsewhere_is_the_plain_median() -> None:
    lon, lat = np.array([-3.7, 36.1, 12.25]), np.array([50.0, -1.0, 7.0])
    assert middle_place(lon, lat) == (12.25, 7.0)
