"""Regions that touch no image are named, with the reason where it shows. A case is how a file was written."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import shapely
import shapely.affinity

from geo.errors import VectorError
from geo.georeference import crs_to_wkt, reproject
from geo.region_reach import untouched, why_elsewhere
from geo.regions import read_regions, regions_from

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
WGS84 = crs_to_wkt("EPSG:4326")


def survey_at(lon: float, lat: float, crs: str) -> list[Floats]:
    """Two images of 200 m, 300 m apart, as closed rings in a CRS in metres."""
    x, y = reproject([[lon, lat]], WGS84, crs)[0]
    return [np.array(shapely.box(x + d, y, x + d + 200, y + 200).exterior.coords) for d in (0.0, 300.0)]


def drawn(rings: list[Floats], crs: str, to: str = WGS84) -> list[shapely.Geometry]:
    return [shapely.Polygon(reproject(ring, crs, to)) for ring in rings]


def swapped(shape: shapely.Geometry) -> shapely.Geometry:
    return shapely.transform(shape, lambda xy: xy[:, ::-1])


PLACES = {
    "Kenya": (36.87, -2.7, "EPSG:32737"),
    "Denmark": (9.5, 56.2, "EPSG:25832"),
    "Chile": (-70.3, -52.1, "EPSG:32719"),
    "by the meridian": (0.002, 51.5, "EPSG:32631"),
    "in US feet": (-121.5, 37.5, "EPSG:2227"),
}


@pytest.mark.parametrize("place", PLACES)
def test_exchanged_latitude_and_longitude_are_said(place: str) -> None:
    lon, lat, code = PLACES[place]
    crs = crs_to_wkt(code)
    rings = survey_at(lon, lat, crs)
    right = regions_from(drawn(rings, crs), ["a", "b"], WGS84)
    assert untouched(right, "r.geojson", rings, crs) == ()
    wrong = regions_from([swapped(shape) for shape in drawn(rings, crs)], ["a", "b"], WGS84)
    (said,) = untouched(wrong, "r.geojson", rings, crs)
    assert said.startswith(
        "r.geojson: no region touches an image: 'a', 'b'; their latitude and longitude are exchanged"
    )


@pytest.mark.parametrize("place", PLACES)
def test_one_region_of_two_that_touches_none_is_named(place: str) -> None:
    lon, lat, code = PLACES[place]
    crs = crs_to_wkt(code)
    rings = survey_at(lon, lat, crs)
    far = drawn(survey_at(lon, lat + 0.1, crs), crs)[0]
    regions = regions_from([drawn(rings, crs)[1], far], ["here", "there"], WGS84)
    (said,) = untouched(regions, "r.geojson", rings, crs)
    assert said == (
        "r.geojson: 1 of 2 regions touches no image: 'there'; nothing was searched there, so a count of 0 does not "
        "mean that no animal is there"
    )
    assert untouched(regions, "r.geojson", rings, crs, np.array([False, True])) == ()


def test_exchanged_east_and_north_are_said() -> None:
    crs = crs_to_wkt("EPSG:32737")
    rings = survey_at(36.87, -2.7, crs)
    wrong = regions_from([swapped(shape) for shape in drawn(rings, crs, crs)], ["a", "b"], crs)
    (said,) = untouched(wrong, "r.shp", rings, crs)
    assert "their x and y are exchanged" in said


@pytest.mark.parametrize("named", ["EPSG:32637", "EPSG:32736", "EPSG:3857"])
def test_another_crs_than_the_regions_are_in_is_said(named: str) -> None:
    crs = crs_to_wkt("EPSG:32737")
    rings = survey_at(36.87, -2.7, crs)
    wrong = regions_from(drawn(rings, crs, crs), ["a", "b"], crs_to_wkt(named))
    (said,) = untouched(wrong, "r.shp", rings, crs)
    assert "but with the images' CRS, WGS 84 / UTM zone 37S, they would touch an image" in said


@pytest.mark.parametrize(
    "change",
    [
        lambda shape: shapely.transform(shape, lambda xy: xy * 10_000),
        lambda shape: shapely.affinity.translate(shape, 0, 150),
    ],
)
def test_what_is_no_latitude_is_refused(tmp_path: Path, change: Callable[[shapely.Geometry], shapely.Geometry]) -> None:
    shape = json.loads(shapely.to_geojson(change(shapely.box(36.0, 1.0, 36.1, 1.1))))
    (tmp_path / "r.geojson").write_text(json.dumps({"type": "Feature", "properties": {"name": "a"}, "geometry": shape}))
    with pytest.raises(VectorError, match=r"r\.geojson: a corner has the latitude .* are exchanged, or .* another CRS"):
        read_regions(tmp_path / "r.geojson")


def test_without_outlines_or_with_a_crs_on_one_side_nothing_is_said() -> None:
    crs = crs_to_wkt("EPSG:32737")
    rings = survey_at(36.87, -2.7, crs)
    regions = regions_from([shapely.box(0, 0, 1, 1)], ["a"], WGS84)
    assert untouched(regions, "r", [], crs) == ()
    assert untouched(regions, "r", rings, None) == ()
    plain = regions_from([shapely.box(0, 0, 1, 1)], ["a"], None)
    assert untouched(plain, "r", rings, crs) == ()
    assert untouched(plain, "r", [ring + 5 for ring in rings], None) != ()
    assert untouched(plain, "r", [np.array(shapely.box(0.5, 0.5, 2, 2).exterior.coords)], None) == ()
    assert why_elsewhere(plain.polygons, None, [], None) is None
