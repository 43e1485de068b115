"""Decides which vector files are opened at all, by their first bytes and not by their names.

GDAL has drivers that fetch layers from the network or from other files, and a file can say that it is for one of them.
Herdmap opens only these formats, and nothing outside the file. The documentation has a table of them, made from
`FORMATS`.
"""

import contextlib
import json
import re
import sqlite3
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geo import foreign_database
from geo.errors import VectorError, one_line
from geo.paths import StrPath, as_path

_LARGEST_TEXT = 128 << 20
_LARGEST_ARCHIVE = 1 << 30
_MOST_MEMBERS = 10_000
_HEAD = 1 << 16
_VIEW_S = 10.0
_NETWORK_LINK = re.compile(rb"<(?:[\w.-]+:)?NetworkLink[\s>]")
_LAYERS = (".kml", ".json", ".geojson", ".gml", ".gpx", ".vrt", ".shp", ".gpkg", ".fgb", ".tab", ".mif")
# What each kind of JSON with features has. Other kinds of JSON name places to fetch features from.
_FEATURES = re.compile(
    r'"type"\s*:\s*"(?:FeatureCollection|Feature|Topology|(?:Multi)?(?:Polygon|LineString|Point)|GeometryCollection|'
    r'(?:Multi)?(?:Curve|Surface|Curve ?Polygon))"|"geometryType"\s*:\s*"esri'
)
_CRS = re.compile(r'"(?:crs|coordRefSys)"\s*:\s*', re.IGNORECASE)
# No program writes letters in this way. It could hide a key from _CRS.
_LETTERS_AS_CODES = re.compile(r"\\u00(?:[46][1-9A-Fa-f]|[57][0-9Aa])")


@dataclass(frozen=True)
class VectorFormat:
    """name, file: for the documentation. drivers: GDAL's that read it. magic: its first bytes; text is recognised in
    `_text_format`.
    """

    name: str
    file: str
    drivers: tuple[str, ...]
    magic: tuple[bytes, ...] = ()


_GPKG = VectorFormat("GeoPackage, SpatiaLite", ".gpkg, .sqlite", ("GPKG", "SQLite"), (b"SQLite format 3\0",))
_SHAPEFILE = VectorFormat("Shapefile", ".shp with .shx, .dbf, .prj", ("ESRI Shapefile",), (b"\0\0\x27\x0a",))
_GEOJSON = VectorFormat(
    "GeoJSON, TopoJSON, Esri JSON", ".geojson, .json", ("GeoJSON", "GeoJSONSeq", "TopoJSON", "ESRIJSON", "JSONFG")
)
_KML = VectorFormat("KML", ".kml, .kmz; links to other files are not followed", ("KML", "LIBKML"))
_GML = VectorFormat("GML", ".gml; schemas elsewhere are not fetched", ("GML",))
_GPX = VectorFormat("GPX", ".gpx", ("GPX",))
_MAPINFO = VectorFormat("MapInfo", ".tab, .mif", ("MapInfo File",))
_DXF = VectorFormat("AutoCAD DXF", ".dxf", ("DXF",), (b"AutoCAD Binary DXF",))
_CSV = VectorFormat("text table", ".csv with a column WKT", ("CSV",))
_FGB = VectorFormat("FlatGeobuf", ".fgb", ("FlatGeobuf",), (b"fgb\x03",))
_PARQUET = VectorFormat("GeoParquet, if this GDAL reads it", ".parquet", ("Parquet",), (b"PAR1",))
_GDB = VectorFormat("Esri file geodatabase", "folder .gdb", ("OpenFileGDB",))
_ZIP = VectorFormat("archive of one of these", ".zip", (), (b"PK\x03\x04",))
FORMATS = (_GPKG, _SHAPEFILE, _GEOJSON, _KML, _GML, _GPX, _MAPINFO, _DXF, _CSV, _FGB, _PARQUET, _GDB, _ZIP)
DRIVERS = frozenset(driver for one in FORMATS for driver in one.drivers) | {"MEM", "Memory"}
"""All drivers that GDAL needs to read these."""
_EXPECTED = "expected GeoPackage, Shapefile, GeoJSON, KML, GML, GPX, MapInfo, DXF, CSV, FlatGeobuf or a .gdb folder"


def check(path: StrPath) -> None:
    """Raise VectorError if a file is not of FORMATS, is too large, or has links to other places."""
    path = as_path(path)
    if path.is_dir():
        if not any(path.glob("*.gdbtable")) and not any(path.glob("*.shp")):
            raise VectorError(f"{_shown(path)}: a folder that is no file geodatabase; give the file in it")
        return
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise VectorError(f"{_shown(path)}: cannot be read: {error.strerror or error}") from error
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise VectorError(f"{_shown(path)}: text in UTF-16, which GDAL does not read; save it as UTF-8")
    if path.suffix.lower() == ".shp" and not any(path.with_suffix(end).exists() for end in (".shx", ".SHX")):
        raise VectorError(f"{_shown(path)}: its .shx is missing; copy it too, with the .dbf and the .prj")
    found = _format(head, path.suffix.lower())
    if found is None:
        raise VectorError(f"{_shown(path)} cannot be read as a vector file; {_EXPECTED}")
    if found is _ZIP:
        _check_archive(path)
    if found in (_GEOJSON, _KML, _GML, _GPX, _CSV) and size > _LARGEST_TEXT:
        raise VectorError(f"{_shown(path)}: {size >> 20} MB of text; save it as a GeoPackage")
    if found is _GEOJSON:
        _check_json(path)
    if found is _GPKG:
        _check_database(path)


def network_links(path: StrPath) -> int:
    """How many links to other places a KML or KMZ file has, which are not followed. 0 for other files."""
    path = as_path(path)
    try:
        if path.suffix.lower() == ".kml":
            return len(_NETWORK_LINK.findall(path.read_bytes()))
        if path.suffix.lower() == ".kmz":
            with zipfile.ZipFile(path) as archive:
                inside = [one for one in archive.infolist() if one.filename.lower().endswith(".kml")]
                return sum(len(_NETWORK_LINK.findall(archive.read(one))) for one in inside)
    except (OSError, ValueError, RuntimeError, NotImplementedError, zipfile.BadZipFile) as error:
        raise VectorError(f"{_shown(path)}: cannot be read ({one_line(error, 60)}); copy it again") from error
    return 0


def table() -> str:
    """All formats as a table in Markdown, for the documentation."""
    return "\n".join(["| format | file |", "|---|---|", *(f"| {one.name} | {one.file} |" for one in FORMATS)])


def _shown(path: Path) -> str:
    return str(path)[-140:]


def _format(head: bytes, suffix: str) -> VectorFormat | None:
    for one in FORMATS:
        if any(head.startswith(magic) for magic in one.magic):
            return one
    return None if b"\0" in head else _text_format(head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n\x1e"), suffix)


def _text_format(head: bytes, suffix: str) -> VectorFormat | None:
    if head[:1] in (b"{", b"["):
        return _GEOJSON
    if head[:1] == b"<":
        name = _root(head)
        if not name:
            return None
        if name in (b"kml", b"Folder", b"Document", b"Placemark"):
            return _KML
        if name == b"gpx":
            return _GPX
        return _GML if b"opengis.net/gml" in head else None
    if head[:6].lower() == b"!table" or re.match(rb"(?i)version\s+\d", head):
        return _MAPINFO
    if re.match(rb"(0|999)\s*\r?\n", head) and b"SECTION" in head:
        return _DXF
    return _CSV if suffix in (".csv", ".tsv") else None


def _root(head: bytes) -> bytes:
    """The name of an XML file's root without its prefix.

    Empty if there is a document type, because its entities may be files.
    """
    while (end := b"?>" if head.startswith(b"<?") else b"-->" if head.startswith(b"<!--") else None) is not None:
        head = head.partition(end)[2].lstrip()
    found = re.match(rb"<(?:[\w.-]+:)?([\w.-]+)", head)
    return b"" if found is None else found[1]


def _check_json(path: Path) -> None:
    """Refuse a GeoJSON file with a `crs` of type link: GDAL would fetch the CRS, perhaps from the network."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise VectorError(f"{_shown(path)}: not UTF-8 text; save it as GeoJSON again") from error
    if _FEATURES.search(text) is None or "gdal_streamed_alg" in text:
        raise VectorError(f"{_shown(path)} cannot be read as a vector file: JSON without features; {_EXPECTED}")
    if _LETTERS_AS_CODES.search(text):
        raise VectorError(f"{_shown(path)}: letters are written as codes such as \\u0063; save it as GeoJSON again")
    for name in _CRS.finditer(text):
        try:
            value, _ = json.JSONDecoder().raw_decode(text, name.end())
        except (ValueError, RecursionError) as error:
            raise VectorError(f"{_shown(path)}: its CRS is no JSON; save it as GeoJSON again") from error
        if _is_link(value):
            raise VectorError(
                f"{_shown(path)}: its CRS is a link, which Herdmap does not follow; save it as GeoJSON again"
            )


def _check_database(path: Path) -> None:
    held = any(path.with_name(path.name + end).exists() for end in ("-wal", "-journal"))
    how = "mode=ro" if held else "mode=ro&immutable=1"  # which also works where the folder is read-only
    try:
        with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True)) as db:
            foreign_database.guard(db)
            problem = foreign_database.problem_of(db) or foreign_database.views_that_never_end(db, _VIEW_S)
    except sqlite3.DatabaseError as error:
        raise VectorError(f"{_shown(path)} cannot be read as a vector file: {one_line(error, 100)}") from error
    if problem:
        raise VectorError(f"{_shown(path)}: {problem}; save its layers as a new GeoPackage")


def _is_link(crs: Any) -> bool:
    """Whether a CRS is elsewhere. The OGC's names of CRS look like addresses, but are not fetched."""
    text = json.dumps(crs)
    addresses = re.findall(r"[A-Za-z]+:/[^\"\s]*", text)
    names = (re.match(r"https?://www\.opengis\.net/(def/crs|gml/srs)/", address) for address in addresses)
    return re.search(r"(?i)\"(link|url)\"", text) is not None or not all(names)


def _check_archive(path: Path) -> None:
    """Check that the layers in an archive are of the same formats, and that the archive does not become too large."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > _MOST_MEMBERS or sum(one.file_size for one in members) > _LARGEST_ARCHIVE:
                raise VectorError(
                    f"{_shown(path)}: an archive of more than {_LARGEST_ARCHIVE >> 20} MB; unpack it first"
                )
            layers = []
            for one in members:
                suffix = Path(one.filename).suffix.lower()
                if suffix not in _LAYERS:
                    continue
                with archive.open(one) as file:
                    layers.append(_format(file.read(_HEAD), suffix))
    except (OSError, ValueError, RuntimeError, NotImplementedError, zipfile.BadZipFile) as error:
        if isinstance(error, VectorError):
            raise
        raise VectorError(f"{_shown(path)}: a damaged archive; copy it again, or unpack it first") from error
    if any(one is None or one is _ZIP for one in layers):
        raise VectorError(f"{_shown(path)}: holds a vector file that Herdmap does not read; {_EXPECTED}")
