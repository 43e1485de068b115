"""The parts of a GeoPackage 1.2: its tables, its CRS rows, its geometry BLOBs, and fast inserts.

Follows OGC 12-128r14 (GeoPackage 1.2). It uses SQLite alone: a million boxes take two thirds of the time of a write
through GDAL, and the header, defaults and indexes of the file are exactly those written here.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from pyproj.enums import WktVersion

from geo.added_columns import quoted
from geo.errors import GeoreferenceError, one_line
from geo.estimates.population import AUDIT, AUDIT_TEXT
from geo.geopackage import rtree

UNDEFINED_CARTESIAN = -1  # the standard's own row for coordinates with no place on the earth
_AT_ONCE = 4096  # rows that become Python's own values at once
_CUSTOM_SRS = 100_000  # where GDAL too begins to number systems that no authority numbers

# A column that GDAL would call an attribute: name and SQL type, with what a row added by hand gets.
Columns = Mapping[str, str]

IMAGES: Columns = {
    "path": "TEXT NOT NULL",
    "width": "INTEGER",
    "height": "INTEGER",
    "captured_at": "TEXT",
    "lon": "REAL",
    "lat": "REAL",
    "altitude_m": "REAL",
    "agl_m": "REAL",
    "heading_deg": "REAL",
    "gsd_m": "REAL",
    "georeference": "TEXT NOT NULL DEFAULT 'none'",
    "status": "TEXT NOT NULL DEFAULT 'pending'",
    "reason": "TEXT",
    "detections": "INTEGER",
    "tiles": "INTEGER",
}
DETECTIONS: Columns = {
    "image": "TEXT",
    "class": "TEXT",
    "score": "REAL",
    "xmin": "REAL",
    "ymin": "REAL",
    "xmax": "REAL",
    "ymax": "REAL",
    "animal_id": "INTEGER",
    "counted": "MEDIUMINT NOT NULL DEFAULT 1",
    "review": "TEXT NOT NULL DEFAULT 'unreviewed'",
    "reviewed_class": "TEXT",
    "reviewer": "TEXT",
    "reviewed_at": "TEXT",
    "note": "TEXT",
    "run_id": "TEXT",
    "runner_up": "TEXT",
    "runner_up_score": "REAL",
    "error_m": "REAL",
    "uuid": "TEXT",  # the identity of the row: see `geo.geopackage.identity`
    "kind": "TEXT NOT NULL DEFAULT 'box'",  # or a point
    "angle_deg": "REAL",  # null: upright
    "seen": "INTEGER",  # photos that show the animal, and photos that look there; null: unknown
    "looks": "INTEGER",
    "chip": "BLOB",
}
SINCE_0_2 = ("uuid", "kind", "angle_deg", "seen", "looks")
"""The columns that `detections` of version 0.1 lacks."""
DETECTIONS_UUID = "CREATE UNIQUE INDEX detections_uuid ON detections (uuid)"
TILE_LABELS: Columns = {
    "image": "TEXT",
    "class": "TEXT",
    "score": "REAL",
    "xmin": "REAL",
    "ymin": "REAL",
    "xmax": "REAL",
    "ymax": "REAL",
    "review": "TEXT NOT NULL DEFAULT 'unreviewed'",
    "reviewed_class": "TEXT",
    "reviewer": "TEXT",
    "reviewed_at": "TEXT",
    "note": "TEXT",
    "run_id": "TEXT",
}
SEARCHES: Columns = {
    "image": "TEXT NOT NULL",
    "cell": "INTEGER",
    "xmin": "REAL",
    "ymin": "REAL",
    "xmax": "REAL",
    "ymax": "REAL",
    "reviewer": "TEXT",
    "searched_at": "TEXT",
}
RUNS: Columns = {
    "run_id": "TEXT NOT NULL",
    "started_at": "TEXT",
    "finished_at": "TEXT",
    "herdmap_version": "TEXT",
    "model": "TEXT",
    "model_sha256": "TEXT",
    "classes": "TEXT",
    "settings": "TEXT",
    "device": "TEXT",
    "images": "INTEGER",
    "failed": "INTEGER",
    "tiles": "INTEGER",
    "detections": "INTEGER",
}
COUNTS: Columns = {
    "region": "TEXT",
    "class": "TEXT",
    "count": "INTEGER",
    "area_km2": "REAL",
    "density_per_km2": "REAL",
    "total": "INTEGER",  # of all classes, in the first row of a region: what the map writes there
}
_FIRST = ("df", "precision_pct", "bootstrap_low", "bootstrap_high")  # the columns that the first version had
ESTIMATES: Columns = {
    "stratum": "TEXT NOT NULL",
    "class": "TEXT NOT NULL",
    "n": "INTEGER",
    "n_possible": "REAL",  # N; SQLite would take that name for n
    "area_km2": "REAL",
    "density_per_km2": "REAL",
    "estimate": "REAL",
    "se": "REAL",
    "ci_low": "REAL",
    "ci_high": "REAL",
    "cv": "REAL",
    "df": "REAL",
    "precision_pct": "REAL",
    "bootstrap_low": "REAL",
    "bootstrap_high": "REAL",
    "method": "TEXT",
    **{name: "TEXT" if name in (*AUDIT_TEXT, "remarks") else "REAL" for name in AUDIT if name not in _FIRST},
}
STRATA: Columns = {
    "stratum": "TEXT",
    "class": "TEXT",
    "estimate": "REAL",
    "se": "REAL",
    "ci_low": "REAL",
    "ci_high": "REAL",
    "cv": "REAL",
    "density_per_km2": "REAL",
    "area_km2": "REAL",
    "total_per_km2": "REAL",  # of all classes, and what the map writes: both in the first row of a stratum alone
    "label": "TEXT",
}
TRANSECTS: Columns = {
    "stratum": "TEXT",
    "transect": "TEXT",
    "count": "INTEGER",
    "area_km2": "REAL",
    "photos": "INTEGER",
    "length_km": "REAL",
    "strip_width_m": "REAL",
}
# How the QML begins that Herdmap writes. One that QGIS saved names its whole version.
OUR_QML = '<qgis version="3.22.0" styleCategories="AllStyleCategories" labelsEnabled="1">'
STYLES: Columns = {  # as QGIS makes it
    "f_table_catalog": "TEXT(256)",
    "f_table_schema": "TEXT(256)",
    "f_table_name": "TEXT(256)",
    "f_geometry_column": "TEXT(256)",
    "styleName": "TEXT(30)",
    "styleQML": "TEXT",
    "styleSLD": "TEXT",
    "useAsDefault": "BOOLEAN",
    "description": "TEXT",
    "owner": "TEXT(30)",
    "ui": "TEXT(30)",
    "update_time": "DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now'))",
}

_CORE = """
CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE, description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_ogr_contents (table_name TEXT NOT NULL PRIMARY KEY, feature_count INTEGER DEFAULT NULL);
CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL,
  z TINYINT NOT NULL, m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name), CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
CREATE TABLE gpkg_extensions (
  table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL,
  CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
CREATE TABLE qgis_projects (name TEXT PRIMARY KEY, metadata BLOB, content BLOB);
"""

# The triggers that the rtree extension asks for, and the two by which GDAL knows how many features there are.
_RTREE_TRIGGERS = """
CREATE TRIGGER "rtree_{t}_geom_insert" AFTER INSERT ON "{t}"
  WHEN (NEW."geom" NOT NULL AND NOT ST_IsEmpty(NEW."geom"))
  BEGIN INSERT OR REPLACE INTO "rtree_{t}_geom" VALUES (NEW."fid", ST_MinX(NEW."geom"), ST_MaxX(NEW."geom"),
  ST_MinY(NEW."geom"), ST_MaxY(NEW."geom")); END;
CREATE TRIGGER "rtree_{t}_geom_update1" AFTER UPDATE OF "geom" ON "{t}"
  WHEN OLD."fid" = NEW."fid" AND (NEW."geom" NOTNULL AND NOT ST_IsEmpty(NEW."geom"))
  BEGIN INSERT OR REPLACE INTO "rtree_{t}_geom" VALUES (NEW."fid", ST_MinX(NEW."geom"), ST_MaxX(NEW."geom"),
  ST_MinY(NEW."geom"), ST_MaxY(NEW."geom")); END;
CREATE TRIGGER "rtree_{t}_geom_update2" AFTER UPDATE OF "geom" ON "{t}"
  WHEN OLD."fid" = NEW."fid" AND (NEW."geom" ISNULL OR ST_IsEmpty(NEW."geom"))
  BEGIN DELETE FROM "rtree_{t}_geom" WHERE id = OLD."fid"; END;
CREATE TRIGGER "rtree_{t}_geom_update3" AFTER UPDATE ON "{t}"
  WHEN OLD."fid" != NEW."fid" AND (NEW."geom" NOTNULL AND NOT ST_IsEmpty(NEW."geom"))
  BEGIN DELETE FROM "rtree_{t}_geom" WHERE id = OLD."fid";
  INSERT OR REPLACE INTO "rtree_{t}_geom" VALUES (NEW."fid", ST_MinX(NEW."geom"), ST_MaxX(NEW."geom"),
  ST_MinY(NEW."geom"), ST_MaxY(NEW."geom")); END;
CREATE TRIGGER "rtree_{t}_geom_update4" AFTER UPDATE ON "{t}"
  WHEN OLD."fid" != NEW."fid" AND (NEW."geom" ISNULL OR ST_IsEmpty(NEW."geom"))
  BEGIN DELETE FROM "rtree_{t}_geom" WHERE id IN (OLD."fid", NEW."fid"); END;
CREATE TRIGGER "rtree_{t}_geom_delete" AFTER DELETE ON "{t}" WHEN OLD."geom" NOT NULL
  BEGIN DELETE FROM "rtree_{t}_geom" WHERE id = OLD."fid"; END;
"""
_COUNT_TRIGGERS = """
CREATE TRIGGER "trigger_insert_feature_count_{t}" AFTER INSERT ON "{t}"
  BEGIN UPDATE gpkg_ogr_contents SET feature_count = feature_count + 1 WHERE lower(table_name) = lower('{t}'); END;
CREATE TRIGGER "trigger_delete_feature_count_{t}" AFTER DELETE ON "{t}"
  BEGIN UPDATE gpkg_ogr_contents SET feature_count = feature_count - 1 WHERE lower(table_name) = lower('{t}'); END;
"""


def create(db: sqlite3.Connection) -> None:
    """Make an empty database a GeoPackage 1.2 with the tables where QGIS keeps projects and styles."""
    db.execute("PRAGMA application_id = 0x47504B47")
    db.execute("PRAGMA user_version = 10200")
    for statement in _statements(_CORE):
        db.execute(statement)
    for row in (
        ("Undefined Cartesian SRS", -1, "NONE", -1, "undefined", "undefined Cartesian coordinate reference system"),
        ("Undefined geographic SRS", 0, "NONE", 0, "undefined", "undefined geographic coordinate reference system"),
    ):
        db.execute("INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)", row)
    add_srs(db, pyproj.CRS.from_epsg(4326).to_wkt())


def add_srs(db: sqlite3.Connection, crs_wkt: str | None) -> int:
    """The srs_id of this CRS, with its row put in where it is new. None is the undefined Cartesian system.

    A vertical axis is left out, since the geometries have none. Raises GeoreferenceError for text that is no CRS, or
    one that neither a GeoPackage nor QGIS could name.
    """
    if crs_wkt is None:
        return UNDEFINED_CARTESIAN
    try:
        crs = pyproj.CRS.from_wkt(crs_wkt)
        if crs.is_bound and crs.source_crs is not None:
            crs = crs.source_crs
        if crs.is_compound:
            crs = crs.sub_crs_list[0]
        crs = crs.to_2d()
        definition = crs.to_wkt(WktVersion.WKT1_GDAL)
    except pyproj.exceptions.CRSError as error:
        raise GeoreferenceError(f"not a CRS that a GeoPackage can hold: {one_line(error)}") from error
    authority = crs.to_authority(min_confidence=100)
    if authority is not None and authority[0] == "EPSG":
        organization, number = "EPSG", int(authority[1])
        if db.execute("SELECT 1 FROM gpkg_spatial_ref_sys WHERE srs_id = ?", (number,)).fetchone():
            return number
    else:
        for srs_id, text in db.execute("SELECT srs_id, definition FROM gpkg_spatial_ref_sys").fetchall():
            if text == definition:
                return int(srs_id)
        (top,) = db.execute("SELECT max(srs_id) FROM gpkg_spatial_ref_sys").fetchone()
        organization, number = "NONE", max(_CUSTOM_SRS, int(top) + 1)
    row = (crs.name, number, organization, number, definition, None)
    db.execute("INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)", row)
    return number


def add_layer(
    db: sqlite3.Connection,
    name: str,
    columns: Columns,
    rows: Mapping[str, Iterable[Any] | str | None],
    count: int,
    *,
    identifier: str,
    description: str,
    geometry: tuple[str, int, Iterable[bytes | None], NDArray[np.float64]] | None = None,
    numbers: tuple[NDArray[np.int64], int] | None = None,
) -> None:
    """Make the table `name`, fill it with `count` rows, and enter it in the contents, with an R-tree if spatial.

    columns: the schema; `name` is an identifier of this module, never a user's text.
    rows: a column each: values, or one str for every row, or None for the schema's default.
    geometry: (type name, srs_id, BLOBs, bounds (count, 4) as minx, maxx, miny, maxy with NaN where there is none).
    numbers: the rows' numbers and the highest that was ever given; None for 1, 2, ...
    """
    fids, last = numbers or (np.arange(1, count + 1), count)
    kind, srs_id, blobs, bounds = geometry or ("", 0, (), np.empty((0, 4)))
    spatial = {"geom": kind} if geometry else {}
    body = ", ".join(f"{quoted(column)} {sql}" for column, sql in {**spatial, **columns}.items())
    db.execute(f'CREATE TABLE "{name}" ("fid" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, {body})')
    filled = {"fid": fids, **({"geom": blobs} if geometry else {}), **rows}
    insert(db, name, filled, count)
    if last > count:
        db.execute("DELETE FROM sqlite_sequence WHERE name = ?", (name,))
        db.execute("INSERT INTO sqlite_sequence VALUES (?, ?)", (name, last))
    placed = bounds[~np.isnan(bounds[:, 0])]
    extent: list[float | None] = [None] * 4
    if len(placed):
        extent = [placed[:, 0].min(), placed[:, 2].min(), placed[:, 1].max(), placed[:, 3].max()]
    db.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, min_x, min_y, max_x, max_y, srs_id)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            name,
            "features" if geometry else "attributes",
            identifier,
            description,
            *extent,
            srs_id if geometry else None,
        ),
    )
    db.execute("INSERT INTO gpkg_ogr_contents VALUES (?, ?)", (name, count))
    if geometry:
        db.execute("INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, ?, 0, 0)", (name, kind, srs_id))
        db.execute(
            "INSERT INTO gpkg_extensions VALUES (?, 'geom', 'gpkg_rtree_index', ?, 'write-only')",
            (name, "http://www.geopackage.org/spec120/#extension_rtree"),
        )
        ids = fids[~np.isnan(bounds[:, 0])]
        rtree.create(db, f"rtree_{name}_geom", ids, placed)
        for statement in _statements(_RTREE_TRIGGERS.replace("{t}", name)):
            db.execute(statement)
    for statement in _statements(_COUNT_TRIGGERS.replace("{t}", name)):
        db.execute(statement)


def drop_layer(db: sqlite3.Connection, name: str) -> None:
    """Take the layer `name` out of the file, with its R-tree and every row that speaks of it."""
    db.execute(f'DROP TABLE IF EXISTS "rtree_{name}_geom"')
    db.execute(f'DROP TABLE IF EXISTS "{name}"')
    for table in ("gpkg_extensions", "gpkg_geometry_columns", "gpkg_ogr_contents", "gpkg_contents"):
        db.execute(f"DELETE FROM {table} WHERE table_name = ?", (name,))  # noqa: S608 # nosec B608
    ours = f"%{OUR_QML}%"  # not a style that a person saved
    db.execute(
        "DELETE FROM layer_styles WHERE f_table_name = ? AND styleName = 'herdmap' AND styleQML LIKE ?", (name, ours)
    )


def is_free(db: sqlite3.Connection, name: str, columns: Columns) -> bool:
    """Whether the layer `name` may be made anew: there is none, or one of these very columns, which is Herdmap's.

    A person may have a layer of that name in the file, drawn there; SQLite takes `Strata` for the same.
    """
    have = [str(row[1]) for row in db.execute("SELECT * FROM pragma_table_info(?)", (name,)).fetchall()]
    query = "SELECT count(*) FROM gpkg_contents WHERE identifier = ? AND table_name != ?"
    (taken,) = db.execute(query, (name, name)).fetchone()
    return not taken and have in ([], ["fid", "geom", *columns])


def insert(db: sqlite3.Connection, table: str, rows: Mapping[str, Iterable[Any] | str | None], count: int) -> None:
    """Insert `count` rows given by column; a str is the same in every row, None leaves the column to its default."""
    same = {name: column for name, column in rows.items() if isinstance(column, str)}
    vary = {name: _in_turn(column) for name, column in rows.items() if column is not None and name not in same}
    names = ", ".join(map(quoted, (*same, *vary)))
    fixed = [f"?{i}" for i in range(1, len(same) + 1)]
    # Many rows a statement: AUTOINCREMENT rewrites its counter once a statement, and that is a quarter of the time.
    # 999 is the number of variables that every SQLite allows.
    per_statement = max(1, (999 - len(same)) // len(vary))
    values = chain.from_iterable(zip(*vary.values(), strict=True))
    for size, times in ((per_statement, count // per_statement), (count % per_statement, 1)):
        if size == 0:
            continue
        slots = (f"?{i}" for i in range(len(same) + 1, len(same) + 1 + size * len(vary)))
        row = (f"({', '.join((*fixed, *islice(slots, len(vary))))})" for _ in range(size))
        statement = f'INSERT INTO "{table}" ({names}) VALUES {", ".join(row)}'  # noqa: S608 # nosec B608
        for _ in range(times):
            db.execute(statement, (*same.values(), *islice(values, size * len(vary))))


def _in_turn(column: Iterable[Any]) -> Iterable[Any]:
    """The values of a column. Those of an array become Python's own, which take several times the memory, only when
    their turn comes.
    """
    if not isinstance(column, np.ndarray):
        return column
    return chain.from_iterable(column[start : start + _AT_ONCE].tolist() for start in range(0, len(column), _AT_ONCE))


def polygon_blobs(rings: NDArray[np.float64], srs_id: int) -> tuple[list[bytes | None], NDArray[np.float64]]:
    """GeoPackage BLOBs of K polygons of one closed ring of P corners each, and their bounds.

    rings: (K, P, 2) float64; a ring with a NaN has no BLOB and NaN bounds. Returns (K BLOBs, (K, 4) float64 as minx,
    maxx, miny, maxy). Layout: OGC 12-128r14 clause 2.1.3, with the envelope, little-endian.
    """
    corners, bounds = rings.shape[1], _bounds(rings)
    layout: list[Any] = [("magic", "S4"), ("srs_id", "<i4"), ("bounds", "<f8", 4), ("order", "u1")]
    layout += [("kind", "<u4"), ("rings", "<u4"), ("corners", "<u4"), ("xy", "<f8", (corners, 2))]
    record = np.zeros(len(rings), np.dtype(layout))
    record["magic"], record["srs_id"], record["bounds"] = b"GP\0\3", srs_id, bounds
    record["order"], record["kind"], record["rings"], record["corners"] = 1, 3, 1, corners
    record["xy"] = rings
    blobs: list[bytes | None] = np.frombuffer(record.tobytes(), f"V{record.itemsize}").tolist()
    for row in np.flatnonzero(np.isnan(bounds[:, 0])).tolist():
        blobs[row] = None
    return blobs, bounds


def _bounds(rings: NDArray[np.float64]) -> NDArray[np.float64]:
    """(K, 4) minx, maxx, miny, maxy of rings (K, P, 2); NaN for a ring with a NaN."""
    low, high = rings.min(axis=1), rings.max(axis=1)
    bounds = np.stack([low[:, 0], high[:, 0], low[:, 1], high[:, 1]], axis=1)
    bounds[np.isnan(bounds).any(axis=1)] = np.nan
    return bounds


def polygon_blobs_in_turn(
    rings: NDArray[np.float64], srs_id: int
) -> tuple[Iterator[bytes | None], NDArray[np.float64]]:
    """As `polygon_blobs`; the BLOBs are made when their turn comes, as they take as much memory as the rings."""
    pieces = (rings[start : start + _AT_ONCE] for start in range(0, len(rings), _AT_ONCE))
    return chain.from_iterable(polygon_blobs(piece, srs_id)[0] for piece in pieces), _bounds(rings)


def wkb_blobs(geometries: Sequence[bytes | None], srs_id: int) -> tuple[list[bytes | None], NDArray[np.float64]]:
    """GeoPackage BLOBs and bounds (K, 4), as `polygon_blobs`, of MultiPolygons given as ISO WKB of polygons."""
    shapes = shapely.force_2d(shapely.from_wkb(np.array([*geometries, None], object)[:-1]))
    bounds = shapely.bounds(shapes)[:, [0, 2, 1, 3]]
    blobs: list[bytes | None] = []
    for shape, box in zip(shapes, bounds, strict=True):
        if shape is None or shape.is_empty:
            blobs.append(None)
            continue
        if shape.geom_type == "Polygon":
            shape = shapely.multipolygons([shape])
        header = b"GP\0\3" + np.int32(srs_id).astype("<i4").tobytes() + box.astype("<f8").tobytes()
        blobs.append(header + shapely.to_wkb(shape, byte_order=1))
    return blobs, bounds


def rings_of(blobs: Sequence[bytes | None], corners: int) -> NDArray[np.float64]:
    """(K, corners, 2) float64 closed rings of GeoPackage BLOBs; NaN where there is none.

    A polygon that a person redrew with another number of corners comes back as the rectangle around it.
    """
    rings = np.full((len(blobs), corners, 2), np.nan)
    size = 53 + 16 * corners
    usual = np.array([b is not None and len(b) == size and b[:4] == b"GP\0\3" and b[40] == 1 for b in blobs], bool)
    if usual.any():
        record = np.frombuffer(b"".join(b for b, ok in zip(blobs, usual, strict=True) if ok and b), f"V{size}")
        rings[usual] = np.ndarray((len(record), corners, 2), "<f8", record.tobytes(), 53, (size, 16, 8))
    for row in np.flatnonzero(~usual).tolist():
        shape = shape_of(blobs[row])
        if shape is None or shape.is_empty:
            continue
        ring = shapely.get_coordinates(shape.convex_hull)
        rings[row] = ring if len(ring) == corners else shapely.get_coordinates(shape.minimum_rotated_rectangle)
    return rings


def shape_of(blob: bytes | None) -> Any:
    """The shapely geometry of a GeoPackage BLOB, or None."""
    if blob is None:
        return None
    envelope = (0, 32, 48, 48, 64)[(blob[3] >> 1) & 7]
    return shapely.from_wkb(blob[8 + envelope :])


def allow_edits(db: sqlite3.Connection) -> None:
    """Give plain SQLite the functions that a GeoPackage's R-tree triggers call, so that rows can be updated."""
    names = ("ST_MinX", "ST_MinY", "ST_MaxX", "ST_MaxY")
    for axis, name in enumerate(names):
        db.create_function(name, 1, lambda blob, axis=axis: shapely.bounds(shape_of(blob))[axis], deterministic=True)
    db.create_function("ST_IsEmpty", 1, lambda blob: int(shape_of(blob).is_empty), deterministic=True)


def _statements(script: str) -> list[str]:
    """The statements of a script of this module (executescript would end the transaction)."""
    statements, statement = [], ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            statements.append(statement)
            statement = ""
    return statements
