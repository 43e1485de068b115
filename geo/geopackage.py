"""The GeoPackage of a survey: images, detections, runs and counts, with styles and a QGIS project inside.

`write_survey` writes the file whole or not at all, with a `.qgz` of the same project beside it; `read_images`,
`read_detections` and `read_runs` read it back. `read_polygons` and `write_polygons` are for other people's vector
files. pyogrio is used here and nowhere else.
"""

import contextlib
import json
import shutil
import sqlite3
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyogrio.errors
import pyproj
import shapely
from numpy.typing import NDArray

from geo import geopackage_schema as schema
from geo import qgis_project, styles, table_rows
from geo.errors import OutputError, VectorError
from geo.estimate import Estimates
from geo.imagery import ImageryLayer
from geo.output import check_writable, whole
from geo.tables import Counts, DetectionRows, Images, Run, TableError, check_ring
from geo.transects import Strata, Strips, Transects

__all__ = [
    "Counts",
    "DetectionRows",
    "Images",
    "Polygons",
    "Run",
    "check_output",
    "read_crs",
    "read_detections",
    "read_features",
    "read_images",
    "read_polygons",
    "read_runs",
    "read_tile_labels",
    "write_counts",
    "write_estimates",
    "write_polygons",
    "write_survey",
    "write_vector",
]

_PROJECT = "herdmap"
_ESTIMATE_MAP = {"strata": schema.STRATA, "transects": schema.TRANSECTS}  # the layers that `estimate` draws


@dataclass(frozen=True, eq=False)
class Polygons:
    """The features of one layer of polygons, as the file has them.

    geometries: (K,) object array of 2D shapely geometries; None where a feature has none.
    columns: name -> K values (numpy scalars, str or None). crs_wkt: None where the file has no CRS.
    """

    layer: str
    geometries: NDArray[np.object_]
    columns: Mapping[str, list[Any]]
    crs_wkt: str | None


# ---- writing a survey -----------------------------------------------------------------------


def check_output(path: Path) -> None:
    """Raise OutputError now if `write_survey(path)` could not write later.

    The folder must exist and be ours to write; a file that is there must be a GeoPackage that no other program
    holds, since what that program has still to save would be lost under a new file. What a program that crashed
    left in a -wal or -journal is put into the file first.
    """
    if path.suffix.lower() != ".gpkg":
        raise OutputError(f"{path}: expected a name that ends in .gpkg, as QGIS and GDAL do")
    check_writable(path)
    if not path.exists() or path.stat().st_size == 0:
        return
    held = f"{path} is open in another program (QGIS?); close it there and run again, or choose another output"
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as db:
            # Leaving WAL mode and locking for a write both need that nobody else is at the file.
            (mode,) = db.execute("PRAGMA journal_mode=DELETE").fetchone()
            if mode != "delete":
                raise OutputError(held)
            db.execute("BEGIN EXCLUSIVE")
            (tables,) = db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'gpkg_contents'").fetchone()
            db.execute("ROLLBACK")
    except sqlite3.DatabaseError as error:
        if "locked" in str(error):
            raise OutputError(held) from error
        if "readonly" in str(error):
            raise OutputError(f"{path} is read-only; allow writing to it, or choose another output") from error
        raise OutputError(f"{path} is there and is not a GeoPackage; choose another output") from error
    if tables == 0:
        raise OutputError(f"{path} is there and is not a GeoPackage; choose another output")
    if any(path.with_name(path.name + end).exists() for end in ("-wal", "-journal")):
        raise OutputError(held)


def write_survey(
    path: Path,
    images: Images,
    detections: DetectionRows,
    runs: Sequence[Run],
    crs_wkt: str | None,
    imagery: Sequence[ImageryLayer] = (),
    counts: Counts | None = None,
    tile_labels: DetectionRows | None = None,
) -> None:
    """Write the GeoPackage `path` and the QGIS project `.qgz` beside it, whole or not at all.

    crs_wkt: of the footprints and the polygons; None for the undefined Cartesian system (image px, y up negative).
    imagery: what is seen under the boxes, the top one first, with paths relative to the GeoPackage.
    tile_labels: the labelled tiles of a tile classifier; None for no such layer.

    Boxes are written to 0.01 px and scores to 0.0001. `images.detections` is counted here from the rows. A row
    with no animal_id gets one of its own. Memory: some 2 kB a detection.

    Raises TableError for a detection of an image that `images` does not have, GeoreferenceError for a CRS that cannot
    be written, and OutputError where the file cannot be: see `check_output`.
    """
    known = {image: row for row, image in enumerate(images.path)}
    missing = next((p for i, p in enumerate(detections.paths) if p not in known and i in detections.image), None)
    if missing is not None:
        raise TableError(f"detections: {missing!r} is not among the images; give it a row there")
    with _new_file(path) as (db, beside):
        schema.create(db)
        srs_id = schema.add_srs(db, crs_wkt)
        table_rows.put_images(db, images, detections, srs_id)
        table_rows.put_detections(db, detections, srs_id)
        table_rows.put_runs(db, runs)
        if tile_labels is not None:
            table_rows.put_tile_labels(db, tile_labels, srs_id)
        if counts is not None:
            table_rows.put_counts(db, counts)
        options = table_rows.style_options(detections, runs, tile_labels, on_map=crs_wkt is not None)
        table_rows.put_styles(db, options)
        facts = qgis_project.facts_of(images, _spatial_layers(db), imagery, options)
        _finish(db, qgis_project.project(path.name, facts), path, beside)


def write_counts(path: Path, counts: Counts) -> None:
    """Put `counts` into the GeoPackage `path` in place of the counts it had; all else stays as it is.

    Its project and the `.qgz` beside it get the layer too, if they have none. Written on a copy that takes the
    name when it is done. Raises VectorError where `path` is no survey, OutputError where it cannot be written.
    """
    read_crs(path)  # which says what it is, where it is no survey
    with _new_file(path, copy=True) as (db, beside):
        schema.drop_layer(db, "counts")
        table_rows.put_counts(db, counts)
        _finish(db, _project_with(db, path, ["counts"]), path, beside)


def write_estimates(
    path: Path,
    estimates: Estimates,
    strata: Strata | None = None,
    transects: tuple[Strips, Transects] | None = None,
) -> tuple[str, ...]:
    """Put `estimates` into the GeoPackage `path` as the table `estimates`, in place of those it had.

    strata, where they are polygons, and transects, their ground with what was counted there, row for row, become the
    layers `strata` and `transects`, in place of those of earlier estimates; the project and the `.qgz` beside it get
    them too. All else stays as it is, also a layer of such a name that a person made: the warnings that are returned
    say so. Written on a copy that takes the name when it is done.
    Raises VectorError where `path` is no survey, OutputError where it cannot be written.
    """
    read_crs(path)  # which says what it is, where it is no survey
    with _new_file(path, copy=True) as (db, beside):
        drawn = [name for name, columns in _ESTIMATE_MAP.items() if schema.is_free(db, name, columns)]
        for name in ("estimates", *drawn):
            schema.drop_layer(db, name)
        table_rows.put_estimates(db, estimates)
        wanted = []
        if strata is not None and strata.polygons is not None:
            wanted.append("strata")
            if "strata" in drawn:
                table_rows.put_strata(db, estimates, strata)
        if transects is not None:
            wanted.append("transects")
            if "transects" in drawn:
                table_rows.put_transects(db, *transects)
        _finish(db, _project_with(db, path, drawn), path, beside)
    return tuple(
        f"{path.name} has a layer {name!r} of its own, which stays: the estimates are not drawn there; rename it"
        for name in wanted
        if name not in drawn
    )


def _project_with(db: sqlite3.Connection, path: Path, names: Sequence[str]) -> bytes:
    """The XML of the project in the file with the layers `names` as they are now there, styled; or of a new one."""
    stored = db.execute("SELECT content FROM qgis_projects WHERE name = ?", (_PROJECT,)).fetchone()
    layers = _spatial_layers(db)
    highest = table_rows.highest_density(db) if "strata" in layers else 0.0
    options = styles.Options(highest_density=highest, on_map=layers["detections"].crs_wkt is not None)
    table_rows.put_styles(db, options, only=names)
    facts = qgis_project.Facts(layers, style=options)
    if stored is None:
        return qgis_project.project(path.name, facts)
    return qgis_project.with_layers(bytes.fromhex(_text(stored[0])), path.name, facts, names)


@contextlib.contextmanager
def _new_file(path: Path, *, copy: bool = False) -> Iterator[tuple[sqlite3.Connection, Path]]:
    """A database in a transaction, new or a copy of `path`, that becomes `path` when the block ends well.

    Yields it with the path to write the project to, which becomes the `.qgz` beside `path`.
    """
    check_output(path)
    with whole(path.with_suffix(".qgz")) as beside, whole(path) as part, _sqlite_errors(path):
        if copy:
            shutil.copyfile(path, part)
        with _transaction(part) as db:
            yield db, beside


@contextlib.contextmanager
def _transaction(part: Path) -> Iterator[sqlite3.Connection]:
    """A transaction on a file that nobody sees before it has its name, so a crash may leave anything: no journal."""
    with contextlib.closing(sqlite3.connect(part, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode=OFF")
        db.execute("PRAGMA synchronous=OFF")
        db.execute("PRAGMA locking_mode=EXCLUSIVE")
        db.execute("PRAGMA cache_size=-100000")
        db.execute("PRAGMA page_size=4096")
        db.execute("BEGIN")
        yield db


def _finish(db: sqlite3.Connection, project: bytes, path: Path, beside: Path) -> None:
    """Put the project into the file and beside it, and end the transaction."""
    archive = qgis_project.qgz(project, path.stem)
    stamp = json.dumps({"last_modified_time": qgis_project.now(), "last_modified_user": "herdmap"})
    db.execute("INSERT OR REPLACE INTO qgis_projects VALUES (?, ?, ?)", (_PROJECT, stamp, archive.hex()))
    db.execute("COMMIT")
    beside.write_bytes(archive)


@contextlib.contextmanager
def _sqlite_errors(path: Path) -> Iterator[None]:
    """SQLite's errors as an OutputError of one line."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if "full" in str(error):
            raise OutputError(f"{path}: the disk is full; free some space, or write elsewhere") from error
        if "rtree" in str(error):
            raise OutputError(
                f"{path}: this Python's SQLite lacks R-trees; use a Python whose SQLite has them"
            ) from error
        raise OutputError(f"{path}: cannot be written: {error}") from error


def _spatial_layers(db: sqlite3.Connection) -> dict[str, qgis_project.Layer]:
    layers = {}
    for name, srs_id, *extent in db.execute(
        "SELECT table_name, srs_id, min_x, min_y, max_x, max_y FROM gpkg_contents WHERE data_type = 'features'"
    ).fetchall():
        if name in _ESTIMATE_MAP and not schema.is_free(db, name, _ESTIMATE_MAP[name]):
            continue
        layers[name] = qgis_project.Layer(_srs_wkt(db, srs_id), None if None in extent else tuple(extent))
    return layers


def _srs_wkt(db: sqlite3.Connection, srs_id: int) -> str | None:
    if srs_id <= 0:
        return None
    query = "SELECT organization, organization_coordsys_id, definition FROM gpkg_spatial_ref_sys WHERE srs_id = ?"
    organization, number, definition = db.execute(query, (srs_id,)).fetchone()
    if str(organization).upper() == "EPSG":
        return pyproj.CRS.from_epsg(number).to_wkt()
    return str(definition)


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


# ---- reading a survey -----------------------------------------------------------------------


def read_images(path: Path) -> Images:
    """The images of the survey at `path`. Raises VectorError where it is no survey."""
    with _open(path) as db:
        return table_rows.get_images(db)


def read_detections(path: Path, *, reviewed_only: bool = False, chips: bool = False) -> DetectionRows:
    """The detections of the survey at `path`, in the file's order. Raises VectorError where it is no survey.

    reviewed_only: only those that a person reviewed, noted or added. chips: with their pictures.
    """
    with _open(path) as db:
        return table_rows.get_detections(db, reviewed_only=reviewed_only, chips=chips)


def read_tile_labels(path: Path, *, reviewed_only: bool = False) -> DetectionRows | None:
    """The labelled tiles of the survey at `path`, in the file's order; None where it has none.

    reviewed_only: only those that a person reviewed or noted. Raises VectorError where it is no survey.
    """
    with _open(path) as db:
        return table_rows.get_tile_labels(db, reviewed_only=reviewed_only)


def read_runs(path: Path) -> list[Run]:
    """The runs of the survey at `path`, in the file's order. Raises VectorError where it is no survey."""
    with _open(path) as db:
        return table_rows.get_runs(db)


def read_crs(path: Path) -> str | None:
    """The CRS of the survey's detections as WKT, None where undefined. Raises VectorError where it is no survey."""
    with _open(path) as db:
        query = "SELECT srs_id FROM gpkg_geometry_columns WHERE table_name = 'detections'"
        (srs_id,) = db.execute(query).fetchone() or (None,)
        if srs_id is None:
            raise VectorError(f"{path} is not the GeoPackage of a survey: it has no layer 'detections'")
        return _srs_wkt(db, srs_id)


@contextlib.contextmanager
def _open(path: Path) -> Iterator[sqlite3.Connection]:
    """The survey at `path`, read-only."""
    if not path.is_file():
        raise VectorError(f"{path}: no such file; expected the GeoPackage of a survey")
    try:
        with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
            yield db
    except sqlite3.DatabaseError as error:
        raise VectorError(f"{path} is not the GeoPackage of a survey: {error}") from error


# ---- other people's polygons ----------------------------------------------------------------


def read_polygons(path: Path, layer: str | None = None) -> Polygons:
    """The polygons of any vector file that OGR reads; curves as lines, heights left out.

    layer: by default the first with polygons. Features of other kinds and without geometry are kept as they are.
    Raises VectorError where there is no such file or layer, no polygon in it, or a geometry that makes no sense.
    """
    return _read_first(path, layer, "polygons", (3, 6, 7))


def read_features(path: Path, layer: str | None = None) -> Polygons:
    """The polygons and lines of any vector file, as `read_polygons`; by default of the first layer with either."""
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
        raise VectorError(f"{path} cannot be read as a vector file: {_one_line(error)}") from error
    except pyogrio.errors.GeometryError as error:
        raise VectorError(f"{path}: a geometry cannot be read: {_one_line(error)}") from error
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
        raise VectorError(f"{path}: a geometry cannot be read: {_one_line(error)}") from error
    columns = {str(name): list(column) for name, column in zip(meta["fields"], values, strict=True)}
    crs_wkt = None
    if meta["crs"]:
        try:
            crs = pyproj.CRS.from_user_input(meta["crs"])
        except pyproj.exceptions.CRSError as error:
            raise VectorError(f"{path}: unknown CRS: {_one_line(error)}") from error
        crs_wkt = None if crs.is_engineering else crs.to_wkt()
    return Polygons(layer, geometries, columns, crs_wkt)


def write_polygons(
    path: Path,
    layer: str,
    polygons: Sequence[NDArray[np.float64]],
    columns: Mapping[str, Sequence[Any]],
    crs_wkt: str | None,
) -> None:
    """Write a layer of polygons to a .gpkg or .geojson, whole or not at all.

    A GeoPackage that is there keeps its other layers. polygons: K closed rings (C, 2) in `crs_wkt`. columns: name ->
    K values: numbers, or str and None. Raises OutputError where it cannot be written.
    """
    drivers = {".gpkg": "GPKG", ".geojson": "GeoJSON", ".json": "GeoJSON"}
    if (driver := drivers.get(path.suffix.lower())) is None:
        raise OutputError(f"{path}: expected a name that ends in {', '.join(drivers)}")
    for ring in polygons:
        check_ring(np.asarray(ring), f"{path}: a polygon")
    wkb = np.array([*(shapely.to_wkb(shapely.Polygon(ring)) for ring in polygons), None], object)[:-1]
    arrays = [
        np.array([*values, None], object)[:-1] if _texts(values) else np.asarray(values) for values in columns.values()
    ]
    with whole(path) as part, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that there is no CRS, where there is none
        kept = driver == "GPKG" and path.exists()
        if kept:
            check_output(path)
            shutil.copyfile(path, part)
        options = {} if kept or driver != "GPKG" else {"VERSION": "1.2"}
        try:
            pyogrio.raw.write(
                part,
                wkb,
                arrays,
                list(columns),
                layer=layer,
                driver=driver,
                geometry_type="Polygon",
                crs=crs_wkt,
                dataset_options=options,
            )
        except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.FeatureError) as error:
            raise OutputError(f"{path}: cannot be written: {_one_line(error)}") from error


def write_vector(
    path: Path,
    driver: str,
    wkb: Sequence[bytes | None],
    geometry_type: str,
    columns: Mapping[str, NDArray[Any]],
    crs_wkt: str | None,
    **layer_options: str,
) -> None:
    """Write one layer through a driver of GDAL, straight to `path`: who calls gives it a place that nobody sees.

    wkb: K geometries, None where there is none. columns: name -> (K,) numbers in which NaN is null, or texts and None.
    Raises OutputError where it cannot be written.
    """
    blobs = np.array([*wkb, None], object)[:-1]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that there is no CRS, where there is none
            pyogrio.raw.write(
                path,
                blobs,
                list(columns.values()),
                list(columns),
                driver=driver,
                geometry_type=geometry_type,
                crs=crs_wkt,
                layer_options=layer_options,
            )
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.FeatureError) as error:
        raise OutputError(f"{path.name}: cannot be written: {_one_line(error)}") from error


def _texts(values: Sequence[Any]) -> bool:
    return any(value is None or isinstance(value, str) for value in values)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
