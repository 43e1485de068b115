"""Regions as programs, systems and people write them: each file gives its names and places, or is refused in a line.

A new case is one more line: the files of a folder, of which the first is given, and what must come of it.
"""

# ruff: noqa: E501 (the lines of a file stay whole)

import io
import json
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely

from geo.errors import VectorError
from geo.regions import read_regions

KML = '<?xml version="1.0" encoding="{}"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>{}</Document></kml>'
SIDE = 0.05
LINK = "<NetworkLink><name>more</name><Link><href>http://127.0.0.1:9/more.kml</href></Link></NetworkLink>"
LINE = (
    "<Placemark><name>L</name><LineString><coordinates>36,0 36.1,0 36.1,.1 36,0</coordinates></LineString></Placemark>"
)
OVERLAY = (
    "<GroundOverlay><name>mosaic</name><Icon><href>a.png</href></Icon><LatLonBox><north>1</north><south>0</south>"
    "<east>37</east><west>36</west></LatLonBox></GroundOverlay>"
)


@dataclass(frozen=True)
class Case:
    """files: name -> content; the first is read. names, lons: of the regions, and where each begins. said: a part of a
    warning, or of the error where there are no names."""

    files: dict[str, bytes]
    names: Sequence[str] = ()
    lons: Sequence[float] = (36.0,)
    said: str = ""
    options: dict[str, Any] = field(default_factory=dict)


def polygon(lon: float) -> str:
    ring = f"{lon},0,0 {lon + SIDE},0,0 {lon + SIDE},{SIDE},0 {lon},{SIDE},0 {lon},0,0"
    return f"<Polygon><outerBoundaryIs><LinearRing><coordinates>{ring}</coordinates></LinearRing></outerBoundaryIs></Polygon>"


def placemark(name: str, lon: float, inside: str = "") -> str:
    return f"<Placemark><name>{name}</name>{inside}{polygon(lon)}</Placemark>"


def kml(*content: str, encoding: str = "UTF-8") -> bytes:
    return KML.format(encoding, "".join(content)).encode(encoding)


def kmz(name: str, *content: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(name, kml(*content))
    return made.getvalue()


def geojson(
    coordinates: list[Any], encoding: str = "utf-8", kind: str = "Polygon", more: str = "", **properties: Any
) -> bytes:
    geometry = json.dumps({"type": kind, "coordinates": coordinates})
    said = json.dumps(properties or {"name": "a"}, ensure_ascii=False)
    feature = f'{{"type": "Feature", "properties": {said}, "geometry": {geometry}}}'
    return f'{{"type": "FeatureCollection", {more}"features": [{feature}]}}'.encode(encoding)


def shapefile(
    *names: str, encoding: str = "UTF-8", without: Sequence[str] = (), crs: str = "EPSG:4326"
) -> dict[str, bytes]:
    """A shapefile of squares; without: endings of files that are left out."""
    with tempfile.TemporaryDirectory() as folder:
        lons = 36.0 + 0.1 * np.arange(len(names))
        path = Path(folder) / "a.shp"
        pyogrio.raw.write(
            path, shapely.to_wkb(shapely.box(lons, 0, lons + SIDE, SIDE)), [np.array(names, object)], ["name"],
            driver="ESRI Shapefile", geometry_type="Polygon", crs=crs, encoding=encoding,
        )  # fmt: skip
        found = {one.name: one.read_bytes() for one in sorted(Path(folder).iterdir()) if one.suffix not in without}
    return {name: found[name] for name in sorted(found, key=lambda name: name != "a.shp")}


RING = [[[36.0, 0], [36.05, 0], [36.05, 0.05], [36.0, 0.05], [36.0, 0]]]
UTM = '"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32637"}}, '
WKT = '"POLYGON ((36 0,36.05 0,36.05 .05,36 0))"'

CASES = {
    # --- shapefiles: encodings, and files that were not copied
    "UTF-8, and a .cpg says so": Case(shapefile("Køge", "Ñandú"), ("Køge", "Ñandú"), (36.0, 36.1)),
    "UTF-8, and nothing says so": Case(shapefile("Køge", "Ñandú", without=(".cpg",)), ("Køge", "Ñandú"), (36.0, 36.1)),
    "Windows' code page": Case(shapefile("Køge", encoding="CP1252"), ("Køge",)),
    "Windows' code page, and nothing says so": Case(shapefile("Køge", encoding="CP1252", without=(".cpg",)), ("Køge",)),
    "without a .dbf": Case(shapefile("a", without=(".dbf",)), ("1",), said="called by the number of their row"),
    "without a .shx": Case(shapefile("a", without=(".shx",)), said="its .shx is missing"),
    # --- KML: folders, collections, links, pictures, encodings
    "several polygons as one": Case({"a.kml": kml(f"<Placemark><name>M</name><MultiGeometry>{polygon(36.0)}{polygon(36.1)}</MultiGeometry></Placemark>")}, ("M",)),
    "a polygon with its label": Case({"a.kml": kml(f"<Placemark><name>M</name><MultiGeometry>{polygon(36.0)}<Point><coordinates>36,0</coordinates></Point></MultiGeometry></Placemark>")}, ("M",)),
    "a folder in a folder": Case({"a.kml": kml("<Folder><name>A</name>", placemark("M", 36.0), "<Folder><name>B</name>", placemark("N", 36.1), "</Folder></Folder>")}, ("M", "N"), (36.0, 36.1), said="'A', 'B'"),
    "a chosen folder": Case({"a.kml": kml("<Folder><name>A</name>", placemark("M", 36.0), "</Folder><Folder><name>B</name>", placemark("N", 36.1), "</Folder>")}, ("N",), (36.1,), options={"layer": "B"}),
    "KMZ": Case({"a.kmz": kmz("doc.kml", placemark("M", 36.0))}, ("M",)),
    "KMZ, of another program": Case({"a.KMZ": kmz("files/parks.kml", placemark("M", 36.0))}, ("M",)),
    "a network link beside": Case({"a.kml": kml(placemark("M", 36.0), LINK)}, ("M",), said="1 network links are not followed"),
    "a network link alone": Case({"a.kml": kml(LINK)}, said="it only links to another place"),
    "a network link in a KMZ": Case({"a.kmz": kmz("doc.kml", placemark("M", 36.0), LINK)}, ("M",), said="not followed"),
    "a picture on the ground": Case({"a.kml": kml(OVERLAY, placemark("P", 36.0))}, ("P",), said="skipped row 1"),
    "a path instead of a polygon": Case({"a.kml": kml(LINE)}, said="give a layer of polygons"),
    "names in a schema": Case({"a.kml": kml(placemark("1", 36.0, "<ExtendedData><Data name='stratum'><value>north</value></Data></ExtendedData>"))}, ("north",), options={"name_field": "stratum"}),
    "Latin-1": Case({"a.kml": kml(placemark("Ñandú", 36.0), encoding="ISO-8859-1")}, ("Ñandú",)),
    "a byte order mark": Case({"a.kml": b"\xef\xbb\xbf" + kml(placemark("Ñandú", 36.0))}, ("Ñandú",)),
    "UTF-16": Case({"a.kml": kml(placemark("Ñandú", 36.0), encoding="UTF-16")}, said="save it as UTF-8"),
    # --- GeoJSON
    "GeoJSON with a byte order mark": Case({"a.geojson": geojson(RING, "utf-8-sig", name="Køge")}, ("Køge",)),
    "GeoJSON in UTF-16": Case({"a.geojson": geojson(RING, "utf-16")}, said="save it as UTF-8"),
    "GeoJSON in Windows' code page": Case({"a.geojson": geojson(RING, "cp1252", name="Køge")}, said="not UTF-8"),
    "GeoJSON with Windows lines": Case({"a.json": geojson(RING).replace(b", ", b",\r\n")}, ("a",)),
    "GeoJSON with heights": Case({"a.geojson": geojson([[[*corner, 7.5] for corner in RING[0]]])}, ("a",)),
    "GeoJSON in a grid that it names": Case({"a.geojson": geojson([[[500_000 + x, y] for x, y in ((0, 0), (90, 0), (90, 90), (0, 0))]], more=UTM)}, ("a",), (500_000.0,)),
    "GeoJSON in a grid that it does not name": Case({"a.geojson": geojson([[[500_000 + x, y] for x, y in ((0, 0), (90, 0), (90, 90), (0, 0))]])}, said="in another CRS"),
    "latitude first, beyond 90": Case({"a.geojson": geojson([[[-2, 136], [-2, 136.1], [-2.1, 136.1], [-2, 136]]])}, said="latitude and longitude are exchanged"),
    "from 0 to 360 degrees": Case({"a.geojson": geojson([[[190, 0], [190.05, 0], [190.05, 0.05], [190, 0]]])}, ("a",), (-170.0,)),
    "an open ring": Case({"a.geojson": geojson([RING[0][:4]])}, said="do not form a closed"),
    "a geometry alone": Case({"a.geojson": json.dumps({"type": "Polygon", "coordinates": RING}).encode()}, ("1",), said="number of their row"),
    "a line a feature": Case({"a.geojsonl": b'{"type": "Feature", "properties": {"name": "a"}, "geometry": {"type": "Polygon", "coordinates": ' + json.dumps(RING).encode() + b"}}\n"}, ("a",)),
    "numbers as names": Case({"a.geojson": geojson(RING, STRATUM=7.0)}, ("7",)),
    # --- tables
    "WKT in a table": Case({"a.csv": f"name,WKT\na,{WKT}\n".encode()}, ("a",)),
    "WKT with semicolons": Case({"a.csv": f"WKT;name\n{WKT};a\n".encode()}, ("a",)),
    "a table without WKT": Case({"a.csv": b"name,lon,lat\na,36,0\n"}, said="has no polygons"),
    "a spreadsheet": Case({"a.xlsx": kmz("xl/workbook.xml")}, said="cannot be read as a vector file"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_file_of_regions_gives_its_regions_or_is_refused(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    for file, content in case.files.items():
        (tmp_path / file).write_bytes(content)
    path = tmp_path / next(iter(case.files))
    if not case.names:
        with pytest.raises(VectorError) as error:
            read_regions(path, **case.options)
        assert case.said in str(error.value)
        assert path.name in str(error.value)
        assert "\n" not in str(error.value)
        return
    regions = read_regions(path, **case.options)
    assert regions.names == tuple(case.names)
    assert shapely.bounds(regions.polygons)[:, 0] == pytest.approx(list(case.lons))
    assert case.said in "\n".join(regions.warnings)
