"""Reads and writes other people's vector files: polygons and lines in the formats of `vector_formats`.

Only this module imports pyogrio.
"""

import contextlib
import shutil
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from geo import gdal_drivers, pyogrio_start, vector_formats
from geo.antimeridian import in_one_turn
from geo.errors import OutputError, Remark, VectorError, one_line
from geo.georeference import reproject
from geo.output import check_output, whole
from geo.paths import StrPath, absolute, as_path
from geo.tables import check_ring

with gdal_drivers.only(vector_formats.DRIVERS), pyogrio_start.start():
    import pyogrio
    import pyogrio.errors

LAYER_DRIVERS = {".gpkg": "GPKG", ".geojson": "GeoJSON", ".json": "GeoJSON"}
"""GDAL's drivers for a layer with its own CRS, by the ending of the file."""
_LONGEST = 100  # the most characters of a message of GDAL's
_PIECES = 64  # the longer side of a shape is divided into so many, if its edges are transformed to another CRS


@dataclass(frozen=True, eq=False)
class Polygons:
    """K features of the layers that were read, one layer after the other, as the file has them.

    Attributes:
        layers: The names of the layers, all different, in the file's order.
        layer_of: (K,) the layer of each feature.
        left_out: Layers with features, but none of the wanted kind.
        geometries: (K,) object array of 2D shapely geometries; None for a feature without one.
        fields: The columns that each layer has.
        columns: K values by name (numpy scalars, str or None); None if the feature's layer has no such column.
        crs_wkt: None if the file has no CRS.
        jumped: The features with corners that jump over 180 degrees. Polygons are cut there, and are within -180 to 180
            degrees.
        links: How many links to other places the file has, which were not followed.
    """

    layers: tuple[str, ...]
    layer_of: NDArray[np.int64]
    left_out: tuple[str, ...]
    geometries: NDArray[np.object_]
    fields: tuple[tuple[str, ...], ...]
    columns: Mapping[str, list[Any]]
    crs_wkt: str | None
    jumped: tuple[int, ...] = ()
    links: int = 0

    def values(self, chosen: Sequence[str | None]) -> list[Any]:
        """K values, each from the column that was chosen for its layer; None if none was chosen."""
        fields = [chosen[layer] for layer in self.layer_of.tolist()]
        return [None if field is None else self.columns[field][row] for row, field in enumerate(fields)]

    def told_apart(self, names: Sequence[str]) -> list[str]:
        """K names. A name that occurs in several layers gets the name of its layer: `East/Block 1`, `West/Block 1`."""
        layers_of: dict[str, set[int]] = {}
        for name, layer in zip(names, self.layer_of.tolist(), strict=True):
            layers_of.setdefault(name, set()).add(layer)
        return [
            f"{self.layers[layer]}/{name}" if len(layers_of[name]) > 1 else name
            for name, layer in zip(names, self.layer_of.tolist(), strict=True)
        ]

    def notes(self, file: str) -> tuple[Remark, ...]:
        """Remarks on how the file was read: its layers if it has several, and shapes across 180 degrees."""
        return (*self._layers_noted(file), *self._jumps_noted(file), *self._links_noted(file))

    def _layers_noted(self, file: str) -> Iterator[Remark]:
        if len(self.layers) > 1:
            said = f"{file}: its {len(self.layers)} layers count together: {_listed(self.layers)}"
        else:
            said = f"{file}: {_listed(self.layers)} counts"
        if self.left_out:
            said += f"; left out, since nothing in it is of that kind: {_listed(self.left_out)}"
        if self.left_out or len(self.layers) > 1:
            yield Remark(said, about="region_layer")

    def _links_noted(self, file: str) -> Iterator[Remark]:
        if self.links:
            yield Remark(
                f"{file}: {self.links} network links are not followed, so what is behind them does not count; in "
                "Google Earth, save the folder itself as KML"
            )

    def _jumps_noted(self, file: str) -> Iterator[Remark]:
        if self.jumped:
            rows = ", ".join(str(row + 1) for row in self.jumped[:5]) + (", ..." if len(self.jumped) > 5 else "")
            yield Remark(
                f"{file}: a side that goes more than half way round the earth is taken across 180 degrees: row {rows}"
            )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(repr(name) for name in names[:8]) + (", ..." if len(names) > 8 else "")


def read_polygons(path: StrPath, layer: str | None = None) -> Polygons:
    """Read the polygons of a vector file (`vector_formats`). Curves become lines, and heights are dropped.

    Features of other kinds in the layers, and features without geometry, are kept.

    Args:
        path: The file.
        layer: By default every layer with polygons, all in the CRS of the first.

    Raises:
        VectorError: There is no such file or layer, no polygon in it, or a geometry is impossible.
    """
    path = as_path(path)
    return _read(path, layer, "polygons", (3, 6, 7))


def read_features(path: StrPath, layer: str | None = None) -> Polygons:
    """Read the polygons and lines of a vector file, like `read_polygons`; by default every layer with either."""
    path = as_path(path)
    return _read(path, layer, "polygons or lines", (1, 3, 5, 6, 7))


def read_shapes(path: StrPath, layer: str | None = None) -> Polygons:
    """Read the polygons, lines and points of a vector file, like `read_polygons`."""
    path = as_path(path)
    return _read(path, layer, "polygons, lines or points", (0, 1, 3, 4, 5, 6, 7))


def _read(path: Path, layer: str | None, wanted: str, types: tuple[int, ...]) -> Polygons:
    """Read the layers with a geometry of these shapely types. `wanted` names them in messages."""
    path = absolute(path)  # some relative names have a meaning of their own for GDAL
    if not path.exists():
        raise VectorError(f"{path}: no such file; expected a file of {wanted}")
    vector_formats.check(path)
    pyogrio.set_gdal_config_options(gdal_drivers.OFFLINE)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # GDAL warns of endings that it did not expect
            listed = [(str(name), str(kind)) for name, kind in pyogrio.list_layers(path)]
        labels = _distinct([name for name, _ in listed])
        chosen = [
            index
            for index, ((name, kind), label) in enumerate(zip(listed, labels, strict=True))
            if (layer in (name, label) if layer is not None else kind != "None")
        ]
        if layer is not None and not chosen:
            raise VectorError(
                f"{path} has no layer {layer!r}; it has {', '.join(map(repr, labels)) or 'none'}", about="region_layer"
            )
        read, left_out = [], []
        for index in chosen:
            part = _read_layer(path, index, labels[index])
            if np.isin(shapely.get_type_id(part.geometries), types).any():
                read.append(part)
            elif len(part.geometries):
                left_out.append(labels[index])
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.FeatureError) as error:
        mend = "; unpack it first" if path.suffix.lower() == ".zip" else ""
        raise VectorError(f"{path} cannot be read as a vector file: {one_line(error, _LONGEST)}{mend}") from error
    except pyogrio.errors.GeometryError as error:
        raise VectorError(f"{path}: a geometry cannot be read: {one_line(error, _LONGEST)}") from error
    except UnicodeDecodeError as error:
        raise VectorError(f"{path}: its names are not UTF-8 ({one_line(error, _LONGEST)}); save it as UTF-8") from error
    if not read:
        kinds = ", ".join(f"{name!r} ({kind})" for name, kind in listed) or "no layer at all"
        mend = f"give a layer of {wanted}"
        if vector_formats.network_links(path):
            mend = "it only links to another place; in Google Earth, save the folder itself as KML"
        raise VectorError(f"{path} has no {wanted}: found {kinds}; {mend}")
    return replace(_joined(path, read, tuple(left_out)), links=vector_formats.network_links(path))


def _distinct(names: list[str]) -> list[str]:
    """The names of layers. If folders of a KML have the same name, a number is added."""
    seen: dict[str, int] = {}
    labels: list[str] = []
    for name in names:
        label = name
        while label in labels or (label != name and label in names):
            seen[name] = seen.get(name, 1) + 1
            label = f"{name} ({seen[name]})"
        labels.append(label)
    return labels


def _joined(path: Path, parts: list[Polygons], left_out: tuple[str, ...]) -> Polygons:
    """The layers as one table, in the CRS of the first."""
    first = parts[0]
    geometries = [first.geometries, *(_carried(path, part, first) for part in parts[1:])]
    columns: dict[str, list[Any]] = {}
    for name in dict.fromkeys(name for part in parts for name in part.columns):
        columns[name] = [value for part in parts for value in part.columns.get(name, [None] * len(part.geometries))]
    shapes, jumped = in_one_turn(np.concatenate(geometries), first.crs_wkt)
    return Polygons(
        tuple(part.layers[0] for part in parts),
        np.repeat(np.arange(len(parts)), [len(part.geometries) for part in parts]),
        left_out,
        shapes,
        tuple(part.fields[0] for part in parts),
        columns,
        first.crs_wkt,
        tuple(np.flatnonzero(jumped).tolist()),
    )


def _carried(path: Path, part: Polygons, first: Polygons) -> NDArray[np.object_]:
    """The geometries of a layer in another CRS. Their edges are divided into pieces, because they bend."""
    source, target = part.crs_wkt, first.crs_wkt
    if source == target:
        return part.geometries
    if source is None or target is None:
        with_crs, without = (first, part) if source is None else (part, first)
        raise VectorError(
            f"{path}: its layer {with_crs.layers[0]!r} has a CRS and {without.layers[0]!r} has none: assign that layer "
            "its CRS, or choose one layer",
            about="region_layer",
        )
    carried = np.array([*part.geometries, None], object)[:-1]
    there = [row for row, shape in enumerate(carried) if shape is not None and not shape.is_empty]
    for row in there:
        x_min, y_min, x_max, y_max = shapely.bounds(carried[row])
        piece = max(x_max - x_min, y_max - y_min) / _PIECES
        carried[row] = shapely.transform(
            shapely.segmentize(carried[row], piece) if piece > 0 else carried[row],
            lambda xy: reproject(xy, source, target),
        )
    return carried


def _read_layer(path: Path, index: int, name: str) -> Polygons:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about open options and measured geometries, which a user cannot change
        meta, _, wkb, values = _stored(path, index)
    count = len(values[0]) if wkb is None and values else 0 if wkb is None else len(wkb)
    geometries = np.empty(count, object)
    try:
        if wkb is not None:
            with np.errstate(invalid="ignore"):  # corners that are no numbers
                geometries[:] = shapely.force_2d(shapely.from_wkb(wkb, on_invalid="raise"))
    except shapely.errors.GEOSException as error:
        raise VectorError(f"{path}: a geometry cannot be read: {one_line(error, _LONGEST)}") from error
    columns = {str(name): list(column) for name, column in zip(meta["fields"], values, strict=True)}
    if {"icon", "drawOrder", "altitudeMode"} <= set(columns):
        # GDAL makes a rectangle of a picture that lies on the map of a KML.
        geometries[[icon is not None for icon in columns["icon"]]] = None
    crs_wkt = None
    if meta["crs"]:
        try:
            crs = pyproj.CRS.from_user_input(meta["crs"])
        except pyproj.exceptions.CRSError as error:
            raise VectorError(f"{path}: unknown CRS: {one_line(error, _LONGEST)}") from error
        crs_wkt = None if crs.is_engineering else crs.to_wkt()
    return Polygons((name,), np.zeros(count, np.int64), (), geometries, (tuple(columns),), columns, crs_wkt)


def _stored(path: Path, index: int) -> Any:
    """What pyogrio reads of a layer. Names of a shapefile without an encoding are UTF-8 where they can be."""
    if path.suffix.lower() == ".shp" and not any(path.with_suffix(end).exists() for end in (".cpg", ".CPG")):
        with contextlib.suppress(UnicodeDecodeError):
            return pyogrio.raw.read(path, layer=index, force_2d=True, encoding="UTF-8")
    return pyogrio.raw.read(path, layer=index, force_2d=True)


def write_polygons(
    path: StrPath,
    layer: str,
    polygons: Sequence[NDArray[np.float64]],
    columns: Mapping[str, Sequence[Any]],
    crs_wkt: str | None,
) -> None:
    """Write a layer of polygons to a .gpkg or .geojson, complete or not at all.

    An existing GeoPackage keeps its other layers.

    Args:
        path: The file.
        layer: The name of the layer.
        polygons: K closed rings (C, 2) in `crs_wkt`.
        columns: K values by name: numbers, or str and None.
        crs_wkt: The CRS.

    Raises:
        OutputError: The file cannot be written.
    """
    for ring in polygons:
        check_ring(np.asarray(ring), f"{path}: a polygon")
    _write_layer(as_path(path), layer, [shapely.Polygon(ring) for ring in polygons], "Polygon", columns, crs_wkt)


def write_lines(
    path: StrPath, layer: str, lines: Sequence[Any], columns: Mapping[str, Sequence[Any]], crs_wkt: str | None
) -> None:
    """Write a layer of MultiLineStrings, as `write_polygons` does."""
    _write_layer(as_path(path), layer, lines, "MultiLineString", columns, crs_wkt)


def _write_layer(
    path: Path, layer: str, shapes: Sequence[Any], kind: str, columns: Mapping[str, Sequence[Any]], crs_wkt: str | None
) -> None:
    if (driver := LAYER_DRIVERS.get(path.suffix.lower())) is None:
        raise OutputError(f"{path}: expected a name that ends in {', '.join(LAYER_DRIVERS)}")
    wkb = [shapely.to_wkb(shape) for shape in shapes]
    arrays = {
        name: np.array([*values, None], object)[:-1] if _texts(values) else np.asarray(values)
        for name, values in columns.items()
    }
    with whole(path) as part:
        kept = driver == "GPKG" and path.exists()
        if kept:
            check_output(path)
            shutil.copyfile(path, part)
        version = {} if kept or driver != "GPKG" else {"VERSION": "1.2"}
        write_vector(part, driver, wkb, kind, arrays, crs_wkt, layer=layer, dataset_options=version)


def write_vector(
    path: StrPath,
    driver: str,
    wkb: Sequence[bytes | None],
    geometry_type: str,
    columns: Mapping[str, NDArray[Any]],
    crs_wkt: str | None,
    *,
    layer: str | None = None,
    dataset_options: Mapping[str, str] | None = None,
    layer_options: Mapping[str, str] | None = None,
) -> None:
    """Write one layer with a driver of GDAL, directly to `path`. The caller gives a path that nobody else sees yet.

    wkb: K geometries, None for no geometry. columns: name -> (K,) numbers in which NaN is null, or texts and None.
    layer: its name; by default GDAL names it after the file. dataset_options, layer_options: the driver's, by name.

    Raises OutputError if it cannot be written.
    """
    path = as_path(path)
    blobs = np.array([*wkb, None], object)[:-1]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about a missing CRS
            pyogrio.raw.write(
                path,
                blobs,
                list(columns.values()),
                list(columns),
                layer=layer,
                driver=driver,
                geometry_type=geometry_type,
                crs=crs_wkt,
                dataset_options=dataset_options,
                layer_options=layer_options,
            )
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.FeatureError) as error:
        raise OutputError(f"{path.name}: cannot be written: {one_line(error)}") from error


def _texts(values: Sequence[Any]) -> bool:
    return any(value is None or isinstance(value, str) for value in values)
