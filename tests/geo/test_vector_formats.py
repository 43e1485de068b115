"""Vector files are recognised by their content, and what is none of the formats is refused with what was expected."""

import sqlite3
import zipfile
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely

from geo import vector_formats
from geo.errors import VectorError
from geo.vector import read_polygons
from tests import ROOT

SQUARE = shapely.box(36.87, -2.7, 36.875, -2.69)
WRITTEN = {
    "GPKG": ".gpkg", "SQLite": ".sqlite", "ESRI Shapefile": ".shp", "GeoJSON": ".geojson", "GeoJSONSeq": ".geojsonl",
    "KML": ".kml", "LIBKML": ".kmz", "GML": ".gml", "MapInfo File": ".tab", "FlatGeobuf": ".fgb", "OpenFileGDB": ".gdb",
}  # fmt: skip


def write(path: Path, driver: str) -> Path:
    names = np.array(["a"], object)
    wkb = np.array([shapely.to_wkb(SQUARE)], object)
    pyogrio.raw.write(path, wkb, [names], ["name"], driver=driver, geometry_type="Polygon", crs="EPSG:4326", layer="a")
    return path


def is_square(path: Path) -> bool:
    (shape,) = read_polygons(path).geometries
    return bool(shape.symmetric_difference(SQUARE).area < 1e-9)


@pytest.mark.parametrize(("driver", "ending"), WRITTEN.items())
def test_each_format_is_read_whatever_its_file_is_called(tmp_path: Path, driver: str, ending: str) -> None:
    if "w" not in pyogrio.list_drivers().get(driver, ""):
        pytest.skip(f"this GDAL does not write {driver}")
    path = write(tmp_path / f"a{ending}", driver)
    assert is_square(path)
    if ending in (".gpkg", ".geojson", ".fgb"):
        other = path.rename(path.with_suffix(".dat"))
        assert is_square(other)


def test_a_text_table_and_an_archive(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f'name,WKT\na,"{SQUARE.wkt}"\n')
    assert is_square(tmp_path / "a.csv")
    write(tmp_path / "a.shp", "ESRI Shapefile")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for end in (".shp", ".shx", ".dbf", ".prj"):
            archive.write(tmp_path / f"a{end}", f"a{end}")
    assert is_square(tmp_path / "a.zip")


def test_json_as_programs_write_it(tmp_path: Path) -> None:
    text = shapely.to_geojson(SQUARE)
    for crs in ("urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326", "http://www.opengis.net/def/crs/EPSG/0/4326"):
        feature = f'{{"type": "Feature", "properties": {{"n": "\\u00e9"}}, "geometry": {text}}}'
        named = f'"crs": {{"type": "name", "properties": {{"name": "{crs}"}}}}'
        (tmp_path / "a.json").write_text(
            f'\ufeff{{"type": "FeatureCollection", {named}, "features": [{feature}]}}', "utf-8"
        )
        assert len(read_polygons(tmp_path / "a.json").geometries) == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "cannot be read as a vector file"),
        (b"\xff\xd8\xff\xe0 a photo", "cannot be read as a vector file"),
        (b"name,count\na,1\n", "cannot be read as a vector file"),
        (b'{"type": "FeatureCollection", "features": [], "n\xff": 1}', "not UTF-8"),
        (b'{"a": 1}', "JSON without features"),
        (b'{"type": "Feature", "crs": {"type": "link"', "CRS is no JSON"),
        (b'{"type": "Feature", "crs": ' + b"[" * 100_000, "CRS is no JSON"),
        (b"PK\x03\x04 cut off", "damaged archive"),
        (b"SQLite format 3\0" + bytes(2000), "cannot be read as a vector file"),
        (b"<?xml version='1.0'?>" * 2000 + b"<OGRVRTDataSource/>", "cannot be read as a vector file"),
    ],
)
def test_what_is_none_of_them_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "a.dat"
    path.write_bytes(content)
    with pytest.raises(VectorError, match=said) as caught:
        read_polygons(path)
    assert len(str(caught.value)) < 300


def test_a_view_that_never_ends_is_refused_and_one_that_does_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vector_formats, "_VIEW_S", 0.2)
    path = write(tmp_path / "a.gpkg", "GPKG")
    db = sqlite3.connect(path)
    db.execute("CREATE VIEW good AS SELECT fid, geom FROM a")
    db.commit()
    assert len(read_polygons(path, layer="a").geometries) == 1
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS fid, NULL AS geom FROM n"
    db.execute(f"CREATE VIEW bad AS {endless}")
    db.commit()
    db.close()
    with pytest.raises(VectorError, match=r"a view, 'bad', that cannot be read in 0\.2 s"):
        read_polygons(path)


def test_the_documentation_has_every_format() -> None:
    page = (ROOT / "docs/formats.md").read_text(encoding="utf-8")
    assert vector_formats.table() in page, f"write this table into docs/formats.md:\n{vector_formats.table()}"
