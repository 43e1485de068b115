"""Reads and writes other people's vector files: polygons and lines in any format that GDAL knows. The only module that
imports pyogrio.
"""

import shutil
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyogrio.errors
import pyproj
import shapely
from numpy.typing import NDArray

from geo.errors import OutputError, VectorError, one_line
from geo.output import check_output, whole
from geo.paths import StrPath, as_path
from geo.tables import check_ring

LAYER_DRIVERS = {".gpkg": "GPKG", ".geojson": "GeoJSON", ".json": "GeoJSON"}
"""GDAL's drivers for a layer in a CRS of its own, by the ending of the file."""


@dataclass(frozen=True, eq=False)
class Polygons:
    """The features of one layer of polygons, as the file has them.

    geometries: (K,) object array of 2D shapely geometries; None for a feature without one.
    columns: name -> K values (numpy scalars, str or None). crs_wkt: None if the file has no CRS.
    """

    layer: str
    geometries: NDArray[np.object_]
    columns: Mapping[str, list[Any]]
    crs_wkt: str | None


def read_polygons(path: StrPath, layer: str | None = None) -> Polygons:
    """The polygons of any vector file that OGR reads. Curves become lines, and heights are dropped.

    layer: by default the first layer with polygons. Features of other kinds and without geometry are kept as they are.
    Raises VectorError if there is no such file or layer, no polygon in it, or an impossible geometry.
    """
    path = as_path(path)
    return _read_first(path, layer, "polygons", (3, 6, 7))


def read_features(path: StrPath, layer: str | None = None) -> Polygons:
    """The polygons and lines of any vector file, as `read_polygons`; by default of the first layer with either."""
    path = as_path(path)
    return _read_first(path, layer, "polygons or lines", (1, 3, 5, 6, 7))


def _read_first(path: Path, layer: str | None, wanted: str, types: tuple[int, ...]) -> Polygons:
    """The first layer with a geometry of these shapely types, which `wanted` names in messages."""
    if not path.exists():
        raise VectorError(f"{path}: no such file; expected a file of {wanted}")
    try:
        found = {str(name): str(kind) for name, kind in pyogrio.list_layers(path)}
        if layer is not None and layer not in found:
            raise VectorError(f"{path} has no layer {layer!r}; it has {', '.join(map(repr, found)) or 'none'}")
        for name in [layer] if layer is not None else found:
            if found[name] == "None" and layer is None:
                continue
            polygons = _read_layer(path, name)
            if np.isin(shapely.get_type_id(polygons.geometries), types).any():
                return polygons
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.FeatureError) as error:
        raise VectorError(f"{path} cannot be read as a vector file: {one_line(error)}") from error
    except pyogrio.errors.GeometryError as error:
        raise VectorError(f"{path}: a geometry cannot be read: {one_line(error)}") from error
    kinds = ", ".join(f"{name!r} ({kind})" for name, kind in found.items()) or "no layer at all"
    raise VectorError(f"{path} has no {wanted}: found {kinds}; give a layer of {wanted}")


def _read_layer(path: Path, layer: str) -> Polygons:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of GDAL's open options and measured geometries: nothing a user could mend
        meta, _, wkb, values = pyogrio.raw.read(path, layer=layer, force_2d=True)
    count = len(values[0]) if wkb is None and values else 0 if wkb is None else len(wkb)
    geometries = np.empty(count, object)
    try:
        if wkb is not None:
            geometries[:] = shapely.force_2d(shapely.from_wkb(wkb, on_invalid="raise"))
    except shapely.errors.GEOSException as error:
        raise VectorError(f"{path}: a geometry cannot be read: {one_line(error)}") from error
    columns = {str(name): list(column) for name, column in zip(meta["fields"], values, strict=True)}
    crs_wkt = None
    if meta["crs"]:
        try:
            crs = pyproj.CRS.from_user_input(meta["crs"])
        except pyproj.exceptions.CRSError as error:
            raise VectorError(f"{path}: unknown CRS: {one_line(error)}") from error
        crs_wkt = None if crs.is_engineering else crs.to_wkt()
    return Polygons(layer, geometries, columns, crs_wkt)


def write_polygons(
    path: StrPath,
    layer: str,
    polygons: Sequence[NDArray[np.float64]],
    columns: Mapping[str, Sequence[Any]],
    crs_wkt: str | None,
) -> None:
    """Write a layer of polygons to a .gpkg or .geojson, whole or not at all.

    A GeoPackage that is there keeps its other layers. polygons: K closed rings (C, 2) in `crs_wkt`. columns: name ->
    K values: numbers, or str and None. Raises OutputError where it cannot be written.
    """
    path = as_path(path)
    if (driver := LAYER_DRIVERS.get(path.suffix.lower())) is None:
        raise OutputError(f"{path}: expected a name that ends in {', '.join(LAYER_DRIVERS)}")
    for ring in polygons:
        check_ring(np.asarray(ring), f"{path}: a polygon")
    wkb = [shapely.to_wkb(shapely.Polygon(ring)) for ring in polygons]
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
        write_vector(part, driver, wkb, "Polygon", arrays, crs_wkt, layer=layer, dataset_options=version)


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
            warnings.simplefilter("ignore")  # that there is no CRS, where there is none
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
