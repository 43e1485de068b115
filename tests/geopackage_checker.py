"""Does a file keep the GeoPackage contract? An independent reading of it: the standard library alone, none of our code.

The contract is what other programs rely on: layers and columns by name, closed in delete-journal mode, an R-tree and a
style a layer, a project named herdmap, and values that agree with each other. Columns that a later version added may be
missing, and a person's own may be there.
"""

import contextlib
import json
import re
import sqlite3
import struct
from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath

COLUMNS = {
    "images": "path width height captured_at lon lat altitude_m agl_m heading_deg gsd_m georeference status reason "
    "detections tiles",
    "detections": "image class score xmin ymin xmax ymax animal_id counted review reviewed_class reviewer reviewed_at "
    "note run_id",
    "runs": "run_id started_at finished_at herdmap_version model model_sha256 classes settings device images "
    "failed tiles detections",
    "counts": "region class count area_km2 density_per_km2",
    "searches": "image cell xmin ymin xmax ymax reviewer searched_at",
    "tile_labels": "image class score review reviewed_class reviewer reviewed_at run_id",
}
"""The columns that each layer has at least."""
ALWAYS = {"images": "features", "detections": "features", "runs": "attributes"}
"""The layers of every survey, and their kind in gpkg_contents."""
WITH_UUID = ("kind", "angle_deg", "seen", "looks")
"""What detections that have a uuid have too: all five came with version 0.2."""
# How far a box may reach over the edge of its image, px; and R-trees hold 32-bit floats, rounded outwards.
_EDGE_PX = 0.5
_ROUNDED = 2.0**-22
# A count of rows, and what it is a breach to find any of.
_NO_ROW_MAY = (
    (
        "images with no known status",
        "SELECT count(*) FROM images WHERE status IS NULL OR status NOT IN ('done', 'failed', 'pending')",
    ),
    (
        "failed images with no reason",
        "SELECT count(*) FROM images WHERE status = 'failed' AND coalesce(reason, '') = ''",
    ),
    (
        "searched images whose detections column is not the number of their detections",
        "SELECT count(*) FROM images i WHERE status = 'done' AND detections IS NOT "
        "(SELECT count(*) FROM detections d WHERE d.image = i.path)",
    ),
    (
        "detections with an empty box or a score outside 0 to 1",
        # What a person added has no score.
        "SELECT count(*) FROM detections WHERE (xmin < xmax AND ymin < ymax) IS NOT 1 OR score NOT BETWEEN 0 AND 1",
    ),
    (
        "detections of an image that the images layer does not have",
        "SELECT count(*) FROM detections WHERE image IS NULL OR image NOT IN (SELECT path FROM images)",
    ),
    (
        "boxes that reach out of their image",
        "SELECT count(*) FROM detections d JOIN images i ON i.path = d.image "
        f"WHERE xmin < -{_EDGE_PX} OR ymin < -{_EDGE_PX} OR xmax > width + {_EDGE_PX} OR ymax > height + {_EDGE_PX}",
    ),
    (
        "searches of an image that the images layer does not have, or of an empty cell",
        "SELECT count(*) FROM searches WHERE image IS NULL OR image NOT IN (SELECT path FROM images) "
        "OR (xmin < xmax AND ymin < ymax) IS NOT 1",
    ),
    (
        "detections with an unknown review or counted",
        "SELECT count(*) FROM detections WHERE review IS NULL OR counted IS NULL "
        "OR review NOT IN ('unreviewed', 'confirmed', 'rejected') OR counted NOT IN (0, 1)",
    ),
)


def check_geopackage(path: Path, positioned: bool = True) -> None:
    """Assert that a file keeps the contract. positioned: its detections must have a place on the ground too."""
    found = breaches(path, positioned)
    assert not found, f"{path.name}: " + "; ".join(found)


def breaches(path: Path, positioned: bool = True) -> list[str]:
    """What of the contract a file breaks, a line each."""
    with path.open("rb") as file:
        header = file.read(100)
    if header[:16] != b"SQLite format 3\0":
        return ["not an SQLite file"]
    found = list(_closed(path, header))
    with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
        tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")}
        missing = [f"no table {name}" for name in ("gpkg_contents", "gpkg_geometry_columns") if name not in tables]
        if missing:
            return found + missing
        found += [*_layers(db, tables), *_spatial(db, tables), *_looks(db, tables)]
        if set(ALWAYS) <= tables:
            found += _values(db)
            found += _placed(db) if positioned else []
    return found


def _closed(path: Path, header: bytes) -> Iterator[str]:
    """A closed file opens from read-only media, and any program knows it for a GeoPackage 1.2."""
    if header[18:20] != b"\1\1":
        yield "the header says WAL: read-only media cannot open it"
    for end in ("-wal", "-shm", "-journal"):
        if path.with_name(path.name + end).exists():
            yield f"{path.name}{end} was left behind"
    if header[68:72] != b"GPKG":
        yield f"the application id is {header[68:72]!r}, not GPKG"
    if (version := int.from_bytes(header[60:64], "big")) not in (10200, 10201):
        yield f"GeoPackage version {version}, not 1.2"


def _layers(db: sqlite3.Connection, tables: set[str]) -> Iterator[str]:
    if (said := _one(db, "PRAGMA integrity_check")) != "ok":
        yield f"integrity: {said}"
    kinds = dict(db.execute("SELECT table_name, data_type FROM gpkg_contents"))
    for name, kind in ALWAYS.items():
        if name not in tables:
            yield f"no layer {name}"
        elif kinds.get(name) != kind:
            yield f"{name} is {kinds.get(name)} in gpkg_contents, not {kind}"
    for name, wanted in COLUMNS.items():
        if name in tables:
            have = _columns(db, name)
            yield from (f"{name} has no column {column}" for column in wanted.split() if column not in have)
    if "detections" in tables and "uuid" in (have := _columns(db, "detections")):
        yield from (f"detections has uuid and no column {column}" for column in WITH_UUID if column not in have)
        rows, named, different = db.execute(
            "SELECT count(*), count(uuid), count(DISTINCT uuid) FROM detections"
        ).fetchone()
        if not rows == named == different:
            yield f"{rows} detections have {named} uuids, {different} of them different"


def _spatial(db: sqlite3.Connection, tables: set[str]) -> Iterator[str]:
    """Every spatial layer has an R-tree, which holds each geometry's own box."""
    for layer, column in db.execute("SELECT table_name, column_name FROM gpkg_geometry_columns").fetchall():
        index = f"rtree_{layer}_{column}"
        if index not in tables:
            yield f"{layer} has no R-tree"
            continue
        key = next(row[1] for row in db.execute(f'PRAGMA table_info("{layer}")') if row[5])
        boxes = {row[0]: row[1:] for row in db.execute(f'SELECT id, minx, maxx, miny, maxy FROM "{index}"')}
        wrong = rows = 0
        for fid, blob in db.execute(f'SELECT "{key}", "{column}" FROM "{layer}" WHERE "{column}" IS NOT NULL'):
            rows += 1
            box, inside = boxes.get(fid), envelope(blob)
            wrong += box is None or (inside is not None and not _same_box(box, inside))
        if len(boxes) != rows:
            yield f"{layer}: {len(boxes)} R-tree entries for {rows} geometries"
        elif wrong:
            yield f"{layer}: {wrong} geometries are not where the R-tree says"


def _looks(db: sqlite3.Connection, tables: set[str]) -> Iterator[str]:
    """Opened in QGIS it looks right by itself."""
    if "layer_styles" not in tables:
        yield "no table layer_styles"
    else:
        styled = {name for (name,) in db.execute("SELECT f_table_name FROM layer_styles WHERE useAsDefault")}
        yield from (f"no default style for {layer}" for layer in ("images", "detections") if layer not in styled)
    if "qgis_projects" not in tables:
        yield "no table qgis_projects"
    elif not _one(db, "SELECT count(*) FROM qgis_projects WHERE name = 'herdmap'"):
        yield "no project named herdmap"


def _values(db: sqlite3.Connection) -> Iterator[str]:
    for what, query in _NO_ROW_MAY:
        with contextlib.suppress(sqlite3.OperationalError):  # a column is missing, which has been said
            if count := _one(db, query):
                yield f"{count} {what}"
    for (path,) in db.execute("SELECT path FROM images"):
        if PurePosixPath(path).is_absolute() or PureWindowsPath(path).is_absolute():
            yield f"the image path {path!r} is absolute"
    for (settings,) in db.execute("SELECT settings FROM runs"):
        try:
            json.loads(settings)
        except (TypeError, ValueError):
            yield f"runs.settings is not JSON: {settings!r}"


def _placed(db: sqlite3.Connection) -> Iterator[str]:
    row = db.execute("SELECT column_name, srs_id FROM gpkg_geometry_columns WHERE table_name = 'detections'").fetchone()
    if row is None:
        yield "detections is no spatial layer"
        return
    column, srs = row
    if count := _one(db, f'SELECT count(*) FROM detections WHERE "{column}" IS NULL'):
        yield f"{count} detections without a place on the ground"
    if srs in (-1, 0):
        yield f"srs_id {srs}: no CRS"


def envelope(blob: bytes) -> tuple[float, float, float, float] | None:
    """(min x, max x, min y, max y) that the header of a GeoPackage geometry says; None where it says none."""
    if not re.match(rb"GP\0", blob):
        raise ValueError(f"not a GeoPackage geometry: {blob[:8]!r}")
    flags = blob[3]
    if not (flags >> 1) & 7:
        return None
    x0, x1, y0, y1 = struct.unpack_from(("<" if flags & 1 else ">") + "4d", blob, 8)
    return x0, x1, y0, y1


def _same_box(index: tuple[float, ...], box: tuple[float, ...]) -> bool:
    return all(abs(a - b) <= _ROUNDED * max(1.0, abs(b)) for a, b in zip(index, box, strict=True))


def _columns(db: sqlite3.Connection, table: str) -> set[str]:
    return {row[1] for row in db.execute(f'PRAGMA table_info("{table}")')}


def _one(db: sqlite3.Connection, query: str) -> object:
    return db.execute(query).fetchone()[0]
