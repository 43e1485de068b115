"""Writes a survey's animals as CSV, GeoJSON, GeoParquet, KML, Shapefile or Darwin Core Archive, by the ending of the
name.

Names are data in every format: the text of a class, a photo or a note comes back unchanged. `Exported.warnings` says
what a format cannot hold.
"""

import csv
import html
import importlib
import importlib.util
import itertools
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple, TextIO

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.counting_rule import Review
from geo.errors import OutputError, VectorError
from geo.exports import darwincore
from geo.exports.animals import PLACES, AnimalTable, Exported, read_animals
from geo.geojson import DEGREE_DECIMALS, Feature, point, polygons, write_features
from geo.output import check_writable, whole
from geo.paths import StrPath, as_path
from geo.wellformed import shown

__all__ = ["FORMATS", "Exported", "Shape", "export"]

Shape = Literal["box", "point"]
Rings = list[NDArray[np.float64]]

_SHAPEFILE_NAMES = {"detected_class": "detected", "reviewed_at": "reviewed", "captured_at": "captured"}
_SHAPEFILE_TEXT = 254  # bytes
_SHAPEFILE_PARTS = (".dbf", ".shx", ".prj", ".cpg")
_INDEXES = (
    ".qix",
    ".sbn",
    ".sbx",
    ".idm",
    ".ind",
    ".qmd",
    ".shp.xml",
)  # files that belong to an older shapefile of that name


class Written(NamedTuple):
    """The number of animals that were written, and what the format cannot hold."""

    rows: int
    warnings: tuple[str, ...] = ()


def export(
    survey: StrPath,
    output: StrPath,
    *,
    review: Review = "not-rejected",
    every_sighting: bool = False,
    shape: Shape | None = None,
    dataset: darwincore.Dataset | None = None,
    raw: bool = False,
) -> Exported:
    """Write the animals of a survey in the format of the output's ending, complete or not at all.

    Args:
        survey: The GeoPackage.
        output: The file to write.
        review: Which detections are animals, as in `read_animals`.
        every_sighting: As in `read_animals`.
        shape: The box on the ground, or its centre. By default points in KML and boxes elsewhere; CSV and Darwin Core
            only have points.
        dataset: The description for a Darwin Core Archive; for that format only.
        raw: For CSV: write texts as they are. By default those that a spreadsheet would run as formulas get an
            apostrophe first.

    Raises:
        OutputError: The ending is not a format, a library is missing, or the file cannot be written.
        VectorError: The survey is not one, or none of its animals has the place that the format needs.
    """
    survey = as_path(survey)
    output = as_path(output)
    ending = output.suffix.lower()
    if ending not in FORMATS:
        expected = f"{output.name}: expected a name that ends in {', '.join(FORMATS)}"
        if ending == ".json":
            raise OutputError(f"{expected}; training data have an export of their own", about="export_data")
        raise OutputError(expected)
    if dataset is not None and ending != ".zip":
        raise OutputError(f"{output.name}: a dataset description belongs to a Darwin Core Archive (.zip)")
    check_writable(output)
    animals = read_animals(survey, review, every_sighting=every_sighting)
    unplaced = len(animals) - int(animals.placed.sum())
    if ending in (".geojson", ".kml") and len(animals) and unplaced == len(animals):
        raise VectorError(
            f"{survey}: no animal has a place on the earth, which {ending} needs; export .csv or .parquet"
        )
    if raw and ending != ".csv":
        raise OutputError(f"{output.name}: only a CSV can be written raw; other formats have all texts as they are")
    if ending == ".csv" and not raw:
        animals = animals.defused()
    written = FORMATS[ending](animals, output, shape, dataset)
    warnings = written.warnings
    if unplaced:
        warnings = (
            *warnings,
            f"{unplaced} of {len(animals)} animals have no place on the earth: their lon and lat are empty",
        )
    return Exported(output, written.rows, warnings)


# ---- CSV -------------------------------------------------------------------------------------


def _csv(animals: AnimalTable, output: Path, shape: Shape | None, dataset: object) -> Written:
    """CSV in UTF-8 with a header."""
    if shape == "box":
        raise OutputError(f"{output.name}: CSV holds points; its columns xmin to ymax are the box in the image")
    with whole(output) as part, _text(part) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(animals.columns)
        fixed = {name: [_fixed(value) for value in animals.columns[name]] for name in ("lon", "lat")}
        writer.writerows(zip(*{**animals.columns, **fixed}.values(), strict=True))
    return Written(len(animals))


def _fixed(degrees: float | None) -> str | None:
    return None if degrees is None else f"{degrees:.{DEGREE_DECIMALS}f}"


# ---- GeoJSON ---------------------------------------------------------------------------------


def _geojson(animals: AnimalTable, output: Path, shape: Shape | None, dataset: object) -> Written:
    """RFC 7946: outer rings counter-clockwise."""
    records = _records(animals)
    features = (
        Feature(geometry, record, record.pop("id"))
        for record, geometry in zip(records, _geometries(animals, shape), strict=True)
    )
    with whole(output) as part:
        write_features(part, features)
    return Written(len(animals))


def _geometries(animals: AnimalTable, shape: Shape | None) -> Iterator[dict[str, Any] | None]:
    if shape == "point":
        for lon, lat in zip(animals.columns["lon"], animals.columns["lat"], strict=True):
            yield None if lon is None else point(lon, lat)
        return
    for rings in _rings(animals):
        yield polygons(ring.tolist() for ring in rings)


def _rings(animals: AnimalTable) -> Iterator[Rings]:
    """The box of each animal in degrees, as counter-clockwise rings: one, none without a place, or two at the
    antimeridian.
    """
    for ring in _counter_clockwise(animals.boxes_lonlat):
        if not np.isfinite(ring).all():
            yield []
        elif np.ptp(ring[:, 0]) > 180:
            yield _cut(ring)
        else:
            yield [np.round(ring, DEGREE_DECIMALS) + 0.0]


def _cut(ring: NDArray[np.float64]) -> Rings:
    """The parts of a box on both sides of the antimeridian, as RFC 7946 (3.1.9) asks."""
    whole_box = shapely.Polygon(np.column_stack([ring[:, 0] % 360, ring[:, 1]]))
    parts = []
    for west in (0, 180):
        part = shapely.intersection(whole_box, shapely.box(west, -90, west + 180, 90))
        if part.geom_type == "Polygon" and not part.is_empty:
            xy = shapely.get_coordinates(part.exterior)
            parts.append(np.column_stack([xy[:, 0] - 2 * west, xy[:, 1]]))
    return [np.round(_counter_clockwise(part[None])[0], DEGREE_DECIMALS) + 0.0 for part in parts]


def _counter_clockwise(rings: NDArray[np.float64], *, degrees: bool = True) -> NDArray[np.float64]:
    """(N, P, 2) closed rings; clockwise rings are reversed. degrees: longitudes continue across 180 degrees."""
    x, y = np.moveaxis(rings - rings[:, :1], 2, 0)
    if degrees:
        x = (x + 540) % 360 - 180
    doubled = (x[:, :-1] * y[:, 1:] - x[:, 1:] * y[:, :-1]).sum(axis=1)
    return np.where((doubled < 0)[:, None, None], rings[:, ::-1], rings)


# ---- KML -------------------------------------------------------------------------------------

_KML_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>{name}</name>
<Style id="animal"><IconStyle><scale>0.6</scale></IconStyle><LabelStyle><scale>0.6</scale></LabelStyle>
<LineStyle><color>ff00ffff</color><width>2</width></LineStyle><PolyStyle><fill>0</fill></PolyStyle></Style>
"""


def _kml(animals: AnimalTable, output: Path, shape: Shape | None, dataset: object) -> Written:
    """KML 2.2, with a folder for each class; the columns are extended data."""
    geometries = [_kml_rings(rings) for rings in _rings(animals)] if shape == "box" else _kml_points(animals)
    each = sorted(zip(_records(animals), geometries, strict=True), key=lambda one: one[0]["class"])
    with whole(output) as part, _text(part) as file:
        file.write(_KML_HEAD.format(name=_xml(animals.survey)))
        for name, group in itertools.groupby(each, key=lambda one: one[0]["class"]):
            file.write(f"<Folder><name>{_xml(name)}</name>\n")
            for record, geometry in group:
                _placemark(file, record, geometry)
            file.write("</Folder>\n")
        file.write("</Document></kml>\n")
    return Written(len(animals))


def _placemark(file: TextIO, record: Mapping[str, Any], geometry: str) -> None:
    data = "".join(
        f'<Data name="{_xml(name, quote=True)}"><value>{_xml(str(value))}</value></Data>'
        for name, value in record.items()
        if value is not None
    )
    file.write(
        f"<Placemark><name>{_xml(record['class'])}</name><styleUrl>#animal</styleUrl>"
        f"<ExtendedData>{data}</ExtendedData>{geometry}</Placemark>\n"
    )


def _kml_points(animals: AnimalTable) -> list[str]:
    places = zip(animals.columns["lon"], animals.columns["lat"], strict=True)
    return [
        "" if lon is None else f"<Point><coordinates>{_fixed(lon)},{_fixed(lat)}</coordinates></Point>"
        for lon, lat in places
    ]


def _kml_rings(rings: Rings) -> str:
    polygons = []
    for ring in rings:
        corners = " ".join(f"{_fixed(lon)},{_fixed(lat)}" for lon, lat in ring.tolist())
        boundary = f"<LinearRing><coordinates>{corners}</coordinates></LinearRing>"
        polygons.append(f"<Polygon><outerBoundaryIs>{boundary}</outerBoundaryIs></Polygon>")
    return polygons[0] if len(polygons) == 1 else f"<MultiGeometry>{''.join(polygons)}</MultiGeometry>" * bool(polygons)


def _xml(text: str, *, quote: bool = False) -> str:
    # A carriage return must be written as a reference. Otherwise it is read as a line feed.
    return html.escape(shown(text), quote=quote).replace("\r", "&#13;")


# ---- Shapefile -------------------------------------------------------------------------------


def _shapefile(animals: AnimalTable, output: Path, shape: Shape | None, dataset: object) -> Written:
    """A Shapefile in the survey's CRS, UTF-8. Its files appear one by one, the .shp last."""
    from geo.vector import write_vector  # pyogrio's home

    columns: dict[str, Any] = {}
    cut: dict[str, int] = {}
    short_names = _short_names(_attributes(animals))
    for name, short in short_names.items():
        values = animals.columns[name]
        if name in animals.numbers:
            known = name in animals.integers and None not in values
            columns[short] = np.array(values, np.int64 if known else np.float64)
        else:
            columns[short], cut[name] = _short_texts(values)
    kind = "Point" if shape == "point" else "Polygon"
    with whole(output) as part:
        write_vector(
            part,
            "ESRI Shapefile",
            _wkb(animals, shape),
            kind,
            columns,
            animals.crs_wkt,
            layer_options={"ENCODING": "UTF-8"},
        )
        for ending in (*_SHAPEFILE_PARTS, *_INDEXES):
            made, place = part.with_suffix(ending), output.with_suffix(ending)
            if made.exists():
                with whole(place) as beside:
                    made.replace(beside)
            else:
                place.unlink(missing_ok=True)
    names = ", ".join(f"{name} is {short}" for name, short in short_names.items() if short != name)
    said = [f"a Shapefile's names have at most 10 characters: {names}"]
    said += [f"{n} texts of {name!r} are cut to {_SHAPEFILE_TEXT} bytes" for name, n in cut.items() if n]
    said.append(
        "a Shapefile cannot hold an empty text or spaces around a text: empty texts become unknown, and the spaces "
        "are removed"
    )
    return Written(len(animals), tuple(said))


def _short_names(names: Iterable[str]) -> dict[str, str]:
    """The names of columns as a Shapefile takes them: at most 10 letters, digits and `_`, no two alike."""
    short: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        plain = _SHAPEFILE_NAMES.get(name) or re.sub(r"[^A-Za-z0-9_]+", "_", name)[:10] or "_"
        number = 1
        while plain.lower() in taken:
            number += 1
            plain = f"{plain[: 9 - len(str(number))]}_{number}"
        taken.add(plain.lower())
        short[name] = plain
    return short


def _short_texts(values: list[str | None]) -> tuple[NDArray[np.object_], int]:
    """Texts of at most 254 bytes of UTF-8, cut between characters, and the number of texts that were cut."""
    texts, cut = [], 0
    for value in values:
        text = None if value is None else value.replace("\0", "\ufffd")
        data = b"" if text is None else text.encode("utf-8", "replace")
        if len(data) > _SHAPEFILE_TEXT:
            text, cut = data[:_SHAPEFILE_TEXT].decode("utf-8", "ignore"), cut + 1
        texts.append(text)
    return np.array([*texts, None], object)[:-1], cut


def _wkb(animals: AnimalTable, shape: Shape | None) -> list[bytes | None]:
    """The animals on the map as WKB; None without a place. Polygons run counter-clockwise."""
    placed = np.flatnonzero(np.isfinite(animals.boxes_map).all(axis=(1, 2)))
    boxes = _counter_clockwise(animals.boxes_map[placed], degrees=False)
    shapes = shapely.points(boxes[:, :4].mean(axis=1)) if shape == "point" else shapely.polygons(boxes)
    blobs: list[bytes | None] = [None] * len(animals)
    for row, blob in zip(placed.tolist(), shapely.to_wkb(shapes).tolist(), strict=True):
        blobs[row] = blob
    return blobs


# ---- GeoParquet ------------------------------------------------------------------------------


def _geoparquet(animals: AnimalTable, output: Path, shape: Shape | None, dataset: object) -> Written:
    """GeoParquet 1.0.0 (https://geoparquet.org/releases/v1.0.0/) in the survey's CRS, by pyarrow: GDAL's wheels lack
    it.
    """
    if importlib.util.find_spec("pyarrow") is None:
        raise OutputError("GeoParquet needs pyarrow; install it with: pip install 'herdmap[parquet]'")
    arrow, parquet = importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")
    import pyproj

    blobs = _wkb(animals, shape)
    column: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": ["Point" if shape == "point" else "Polygon"],
        "crs": None if animals.crs_wkt is None else pyproj.CRS(animals.crs_wkt).to_json_dict(),
        "edges": "planar",
    }
    if shape != "point":
        column["orientation"] = "counterclockwise"
    if any(blobs):
        flat = animals.boxes_map[:, :4].mean(axis=1) if shape == "point" else animals.boxes_map.reshape(-1, 2)
        column["bbox"] = [*np.nanmin(flat, axis=0).tolist(), *np.nanmax(flat, axis=0).tolist()]
    geo = {"version": "1.0.0", "primary_column": "geometry", "columns": {"geometry": column}}
    arrays = {"geometry": arrow.array(blobs, arrow.binary())}
    for name, values in animals.columns.items():
        number = arrow.int64() if name in animals.integers else arrow.float64()
        arrays[name] = arrow.array(values, number if name in animals.numbers else arrow.string())
    table = arrow.table(arrays).replace_schema_metadata({"geo": json.dumps(geo)})
    with whole(output) as part:
        parquet.write_table(table, os.fspath(part), compression="zstd")
    return Written(len(animals))


# ---- what they share -------------------------------------------------------------------------


def _records(animals: AnimalTable) -> Iterator[dict[str, Any]]:
    """The attributes of each animal, without its place."""
    names = _attributes(animals)
    for values in zip(*(animals.columns[name] for name in names), strict=True):
        yield dict(zip(names, values, strict=True))


def _attributes(animals: AnimalTable) -> tuple[str, ...]:
    return tuple(name for name in animals.columns if name not in PLACES)


def _text(path: Path) -> TextIO:
    # A name from a model's JSON may contain half a surrogate pair, which UTF-8 cannot hold.
    return path.open("w", encoding="utf-8", errors="replace", newline="")


def _archive(animals: AnimalTable, output: Path, shape: Shape | None, dataset: darwincore.Dataset | None) -> Written:
    if shape == "box":
        raise OutputError(f"{output.name}: Darwin Core holds points; leave the shape out")
    return Written(*darwincore.write_archive(animals, output, dataset or darwincore.Dataset()))


Writer = Callable[[AnimalTable, Path, Shape | None, darwincore.Dataset | None], Written]

FORMATS: Mapping[str, Writer] = {
    ".csv": _csv,
    ".geojson": _geojson,
    ".parquet": _geoparquet,
    ".kml": _kml,
    ".shp": _shapefile,
    ".zip": _archive,
}
"""The writer of each ending."""
