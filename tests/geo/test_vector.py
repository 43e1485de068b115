"""Vector files of other people."""

from typing import Any

import numpy as np
import pyogrio
import pyproj
import pytest
import shapely

from geo.errors import OutputError, VectorError
from geo.geopackage import read_detections
from geo.tables import TableError
from geo.vector import read_polygons, write_polygons
from tests.surveys.small import UTM, left_in, write

SQUARES = [np.array([[x, 0], [x, 5], [x + 5, 5], [x + 5, 0], [x, 0]], float) for x in (0, 10, 20)]


@pytest.mark.parametrize("name", ["a.gpkg", "a b é.geojson"])
def test_polygons_are_written_and_read(tmp_path, name):
    columns: dict[str, Any] = {"name": ["North", None, "獅子"], "animals": np.array([1, 2, 3])}
    write_polygons(tmp_path / name, "regions", SQUARES, columns, pyproj.CRS.from_epsg(4326).to_wkt())
    read = read_polygons(tmp_path / name)
    assert left_in(tmp_path) == {name}
    assert read.columns["name"] == ["North", None, "獅子"]
    assert [int(n) for n in read.columns["animals"]] == [1, 2, 3]
    assert pyproj.CRS(read.crs_wkt).equals(pyproj.CRS.from_epsg(4326), ignore_axis_order=True)
    assert shapely.equals(read.geometries, shapely.polygons(SQUARES)).all()


def test_a_layer_joins_the_layers_of_a_geopackage(tmp_path, check_gpkg):
    path = write(tmp_path / "survey.gpkg")
    write_polygons(path, "truth", SQUARES, {"class": ["sheep"] * 3}, UTM)
    write_polygons(path, "truth", SQUARES[:2], {"class": ["sheep"] * 2}, UTM)
    check_gpkg(path)
    assert len(read_polygons(path, "truth").geometries) == 2
    assert len(read_detections(path)) == 200


def test_polygons_are_written_only_where_that_can_be(tmp_path):
    with pytest.raises(OutputError, match="does not exist"):
        write_polygons(tmp_path / "none" / "a.gpkg", "a", SQUARES, {}, UTM)
    with pytest.raises(OutputError, match="ends in"):
        write_polygons(tmp_path / "a.shp", "a", SQUARES, {}, UTM)
    with pytest.raises(TableError, match="closed"):
        write_polygons(tmp_path / "a.gpkg", "a", [SQUARES[0][:4]], {}, UTM)
    assert left_in(tmp_path) == set()


def test_the_first_layer_with_polygons_is_read(tmp_path):
    path = tmp_path / "a.gpkg"
    points = shapely.to_wkb(shapely.points([[1, 2], [3, 4]]))
    pyogrio.raw.write(path, points, [], [], layer="points", driver="GPKG", geometry_type="Point", crs="EPSG:4326")
    with pytest.raises(VectorError, match="no polygons"):
        read_polygons(path)
    high = shapely.to_wkb(shapely.force_3d(shapely.multipolygons([shapely.polygons(SQUARES)])))
    pyogrio.raw.write(path, high, [], [], layer="high", driver="GPKG", geometry_type="MultiPolygon Z", crs="EPSG:4326")
    read = read_polygons(path)
    assert read.layers == ("high",)
    assert not shapely.has_z(read.geometries).any()
    with pytest.raises(VectorError, match="no polygons"):
        read_polygons(path, "points")
    with pytest.raises(VectorError, match="no layer 'none'"):
        read_polygons(path, "none")


def test_files_that_hold_no_polygons(tmp_path):
    with pytest.raises(VectorError, match="no such file"):
        read_polygons(tmp_path / "none.gpkg")
    for name, content in (("a.gpkg", b"not a database"), ("a.geojson", b'{"type": '), ("zero.shp", b"")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(VectorError) as caught:
            read_polygons(tmp_path / name)
        assert "\n" not in str(caught.value)
    (tmp_path / "empty.geojson").write_text('{"type": "FeatureCollection", "features": []}')
    with pytest.raises(VectorError, match="no polygons"):
        read_polygons(tmp_path / "empty.geojson")
    (tmp_path / "mixed.geojson").write_text(
        '{"type": "FeatureCollection", "features": ['
        '{"type": "Feature", "properties": {}, "geometry": null},'
        '{"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [1, 2]}},'
        '{"type": "Feature", "properties": {}, "geometry":'
        ' {"type": "Polygon", "coordinates": [[[0,0],[0,1],[1,1],[0,0]]]}}]}'
    )
    assert [None if g is None else g.geom_type for g in read_polygons(tmp_path / "mixed.geojson").geometries] == [
        None,
        "Point",
        "Polygon",
    ]
