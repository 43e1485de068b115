"""Files with several layers: each one counts, or one is chosen. A case is a file and what must come of it."""

from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely

from geo.errors import VectorError
from geo.estimates.strips import read_strips
from geo.estimates.transects import read_strata
from geo.georeference import reproject
from geo.regions import Regions, count, read_regions
from geo.search_area import read_search_area
from geo.vector import write_polygons

KML = '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>{}</Document></kml>'
SIDE = 0.01  # degrees


def placemark(name: str, lon: float) -> str:
    ring = shapely.box(lon, 0, lon + SIDE, SIDE).exterior.coords
    return (
        f"<Placemark><name>{name}</name><Polygon><outerBoundaryIs><LinearRing><coordinates>"
        f"{' '.join(f'{x},{y},0' for x, y in ring)}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
    )


def folder(name: str, *inside: str) -> str:
    return f"<Folder><name>{name}</name>{''.join(inside)}</Folder>"


def point(name: str) -> str:
    return f"<Placemark><name>{name}</name><Point><coordinates>36.5,0.5</coordinates></Point></Placemark>"


def write_layers(path: Path, *layers: tuple[str, dict[str, list[str]], list[float], str]) -> Path:
    """A GeoPackage of squares: (layer, columns, longitudes, CRS) each."""
    for name, columns, lons, crs in layers:
        boxes = shapely.box(np.array(lons), 0, np.array(lons) + SIDE, SIDE)
        if crs != "EPSG:4326":
            boxes = shapely.transform(boxes, lambda xy, crs=crs: reproject(xy, "EPSG:4326", crs))
        values = [np.array(column, object) for column in columns.values()]
        pyogrio.raw.write(
            path,
            shapely.to_wkb(boxes),
            values,
            list(columns),
            layer=name,
            driver="GPKG",
            geometry_type="Polygon",
            crs=crs,
            append=path.exists(),
        )
    return path


KMLS = {
    "two folders": ([folder("F0", placemark("west", 36.0)), folder("F1", placemark("east", 36.1))], ["west", "east"]),
    "one folder in another": ([folder("A", placemark("a", 36.0), folder("B", placemark("b", 36.1)))], ["a", "b"]),
    "folders of one name": ([folder("F", placemark("a", 36.0)), folder("F", placemark("b", 36.1))], ["a", "b"]),
    "equal names in two folders": (
        [folder("North", placemark("1", 36.0), placemark("2", 36.1)), folder("South", placemark("1", 36.2))],
        ["North/1", "2", "South/1"],
    ),
    "equal names in folders of one name": (
        [folder("F", placemark("1", 36.0)), folder("F", placemark("1", 36.1))],
        ["F/1", "F (#2)/1"],
    ),
    "beside the folder": ([placemark("a", 36.0), folder("F", placemark("b", 36.1))], ["a", "b"]),
    "camps first": ([folder("Camps", point("camp")), folder("Parks", placemark("p", 36.0))], ["p"]),
    "a folder of both": ([folder("F", point("camp"), placemark("a", 36.0)), folder("G", placemark("b", 36.1))], "ab"),
}


@pytest.mark.parametrize("case", KMLS)
def test_every_folder_of_a_kml_counts(tmp_path: Path, case: str) -> None:
    content, names = KMLS[case]
    path = tmp_path / "parks.kml"
    path.write_text(KML.format("".join(content)))
    regions = read_regions(path)
    assert list(regions.names) == list(names)
    animals = shapely.get_coordinates(shapely.centroid(regions.polygons))
    counted = count(animals, ["sheep"] * len(animals), regions, "EPSG:4326")
    assert counted.count.tolist() == [1] * len(names) + [0]
    told = [text for text in regions.warnings if getattr(text, "about", None) == "region_layer"]
    assert len(told) == 1
    assert read_search_area(path).polygon.area == pytest.approx(len(names) * SIDE**2)


WEST, EAST = ("west", {"name": ["a"]}, [36.0], "EPSG:4326"), ("east", {"name": ["b"]}, [36.1], "EPSG:4326")
GPKGS = {
    "one layer": ([WEST], ["a"]),
    "two layers": ([WEST, EAST], ["a", "b"]),
    "each its own column": ([WEST, ("east", {"stratum": ["b"], "id": ["9"]}, [36.1], "EPSG:4326")], ["a", "b"]),
    "no names in one": ([WEST, ("east", {"code": ["x"]}, [36.1], "EPSG:4326")], ["a", "1"]),
    "no names in either": (
        [("west", {"c": ["x", "y"]}, [36.0, 36.2], "EPSG:4326"), ("east", {"c": ["x"]}, [36.1], "EPSG:4326")],
        ["west/1", "2", "east/1"],
    ),
    "another CRS": ([WEST, ("east", {"name": ["b"]}, [36.1], "EPSG:32637")], ["a", "b"]),
    "equal names": ([WEST, ("east", {"name": ["a", "c"]}, [36.1, 36.2], "EPSG:32637")], ["west/a", "east/a", "c"]),
}


@pytest.mark.parametrize("case", GPKGS)
def test_every_layer_of_a_geopackage_counts(tmp_path: Path, case: str) -> None:
    layers, names = GPKGS[case]
    path = write_layers(tmp_path / "parks.gpkg", *layers)
    regions = read_regions(path)
    assert list(regions.names) == names
    lons = [lon for _, _, lons, _ in layers for lon in lons]
    animals = np.column_stack([np.array(lons) + SIDE / 2, np.full(len(lons), SIDE / 2)])
    counted = count(animals, ["sheep"] * len(lons), regions, "EPSG:4326")
    assert counted.count.tolist() == [1] * len(names) + [0]
    said = [text for text in regions.warnings if "layers count together" in text]
    assert len(said) == (len(layers) > 1)


def test_one_layer_is_chosen(tmp_path: Path) -> None:
    path = write_layers(tmp_path / "parks.gpkg", WEST, EAST)
    assert read_regions(path, layer="east").names == ("b",)
    assert read_regions(path, layer="east").warnings == ()
    with pytest.raises(VectorError, match="no layer 'north'; it has 'west', 'east'") as caught:
        read_regions(path, layer="north")
    assert caught.value.about == "region_layer"
    kml = tmp_path / "parks.kml"
    kml.write_text(KML.format(folder("F", placemark("a", 36.0)) + folder("G", placemark("b", 36.1))))
    assert read_regions(kml, layer="G").names == ("b",)


def test_a_column_that_is_wanted_need_be_in_one_layer_only(tmp_path: Path) -> None:
    other = ("east", {"PARK": ["p"]}, [36.1], "EPSG:4326")
    path = write_layers(tmp_path / "parks.gpkg", WEST, other)
    regions: Regions = read_regions(path, "park")
    assert regions.names == ("1", "p")
    assert any(getattr(text, "about", None) == "region_field" for text in regions.warnings)
    with pytest.raises(VectorError, match=r"no field 'zone'.*'name', 'PARK'"):
        read_regions(path, "zone")


def test_a_layer_without_a_crs_beside_one_with(tmp_path: Path) -> None:
    path = write_layers(tmp_path / "parks.gpkg", WEST)
    ring = np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]], float)
    write_polygons(path, "plan", [ring], {"name": ["n"]}, None)
    with pytest.raises(VectorError, match="'west' has a CRS and 'plan' has none") as caught:
        read_regions(path)
    assert caught.value.about == "region_layer"
    assert read_regions(path, layer="west").names == ("a",)


def test_strata_and_transects_of_every_layer(tmp_path: Path) -> None:
    path = tmp_path / "blocks.kml"
    path.write_text(
        KML.format(folder("N", placemark("1", 36.0), placemark("1", 36.1)) + folder("S", placemark("1", 37)))
    )
    strata = read_strata(path)
    assert strata.names == ("N/1", "S/1")
    assert strata.area_km2[0] == pytest.approx(2 * strata.area_km2[1])
    strips = read_strips(path)
    assert strips.names == ("N/1", "S/1")
    assert any("'N', 'S'" in text for text in strata.warnings)
