"""The GeoPackage of a survey: images, detections, runs and counts, with styles and a QGIS project inside.

`write_survey` writes the file whole or not at all, with a `.qgz` of the same project beside it; `read_images`,
`read_detections` and `read_runs` read it back.
"""

import contextlib
import json
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pyproj

from geo.errors import OutputError, VectorError, one_line
from geo.estimates.jolly import Estimates
from geo.estimates.strips import Strips
from geo.estimates.transects import Strata, Transects
from geo.geopackage import estimate_rows, other_tables, rows, saved_project, schema, styles
from geo.geopackage import project as qgis_project
from geo.geopackage.access import Watch, reading
from geo.geopackage.imagery import ImageryLayer
from geo.output import check_output, held, scratch, whole
from geo.paths import StrPath, as_path
from geo.searches import Searches
from geo.tables import Counts, DetectionRows, Images, Run, TableError

_PROJECT = "herdmap"
_ESTIMATE_MAP = {"strata": schema.STRATA, "transects": schema.TRANSECTS}  # the layers that `estimate` draws


# ---- writing a survey -----------------------------------------------------------------------


def write_survey(
    path: StrPath,
    images: Images,
    detections: DetectionRows,
    runs: Sequence[Run],
    crs_wkt: str | None,
    imagery: Sequence[ImageryLayer] = (),
    counts: Counts | None = None,
    tile_labels: DetectionRows | None = None,
    watch: Watch | None = None,
    searches: Searches | None = None,
) -> None:
    """Write the GeoPackage `path` and the QGIS project `.qgz` beside it, whole or not at all.

    crs_wkt: of the footprints and the polygons; None for the undefined Cartesian system (image px, y up negative).
    imagery: what is seen under the boxes, the top one first, with paths relative to the GeoPackage.
    tile_labels: the labelled tiles of a tile classifier; None for no such layer.
    watch: of an existing file, from before it was read; None: the existing file is replaced, whatever is in it.
    searches: what people searched; None: what the existing file says of it.

    Boxes are written to 0.01 px and scores to 0.0001. `images.detections` is counted here from the rows. A row
    with no animal_id gets one of its own. Memory: some 2 kB a detection.

    Raises TableError for a detection of an image that `images` does not have, GeoreferenceError for a CRS that cannot
    be written, OutputError where the file cannot be (see `check_output`), and ChangedError where another program
    wrote to it since `watch` began.
    """
    path = as_path(path)
    known = {image: row for row, image in enumerate(images.path)}
    missing = next((p for i, p in enumerate(detections.paths) if p not in known and i in detections.image), None)
    if missing is not None:
        raise TableError(f"detections: image {missing!r} is not among the images; give it a row there")
    with _new_file(path, watch) as (db, beside), _old_file(path) as old:
        schema.create(db)
        if old is not None:
            other_tables.keep_systems(old, db)
        srs_id = schema.add_srs(db, crs_wkt)
        rows.put_images(db, images, detections, srs_id, old)
        rows.put_detections(db, detections, srs_id, old)
        rows.put_runs(db, runs)
        if tile_labels is not None:
            rows.put_tile_labels(db, tile_labels, srs_id, old)
        if searches is None and old is not None:
            searches = rows.get_searches(old)
        if searches is not None:
            rows.put_searches(db, searches)
        if counts is not None:
            rows.put_counts(db, counts)
        options = rows.style_options(detections, runs, tile_labels, images, on_map=crs_wkt is not None)
        rows.put_styles(db, options)
        if old is not None:
            _keep_others(old, db, path)
        facts = qgis_project.facts_of(images, _spatial_layers(db), imagery, options)
        before = [] if old is None else _spatial_layers(old)
        made = qgis_project.qgz(qgis_project.project(path.name, facts), path.stem)

        def again(archive: bytes) -> bytes:
            return saved_project.refreshed(archive, path.name, facts, before)

        _put_projects(db, made, (_stored_project(old), _project_beside(path)), again, beside)


@contextlib.contextmanager
def _old_file(path: Path) -> Iterator[sqlite3.Connection | None]:
    """The survey that is to be replaced; None where there is none."""
    if not path.is_file() or path.stat().st_size == 0:
        yield None
        return
    with reading(path) as db:
        yield db


def _keep_others(old: sqlite3.Connection, new: sqlite3.Connection, path: Path) -> None:
    """Keep what people put into the file. Raises OutputError for what cannot be kept."""
    try:
        other_tables.keep(old, new)
    except sqlite3.DatabaseError as error:
        raise OutputError(
            f"{path}: a layer or table that Herdmap did not make cannot be kept ({one_line(error, 100)}); move it to "
            "another file, and run again"
        ) from error


def write_counts(path: StrPath, counts: Counts, watch: Watch | None = None) -> None:
    """Put `counts` into the GeoPackage `path` in place of the counts it had; all else stays as it is.

    Its project and the `.qgz` beside it get the layer too, if they have none. Written in one transaction. watch: of the
    file, from before the detections were read that are counted. Raises VectorError where `path` is no survey,
    OutputError where it cannot be written, ChangedError where another program wrote to it since `watch` began.
    """
    path = as_path(path)
    read_crs(path)  # which says what it is, where it is no survey
    with _in_place(path, watch) as (db, beside):
        _check_ours(db, path, "counts")
        schema.drop_layer(db, "counts")
        rows.put_counts(db, counts)
        _put_projects_with(db, path, ["counts"], beside)


def write_estimates(
    path: StrPath,
    estimates: Estimates,
    strata: Strata | None = None,
    transects: tuple[Strips, Transects] | None = None,
    watch: Watch | None = None,
) -> tuple[str, ...]:
    """Put `estimates` into the GeoPackage `path` as the table `estimates`, in place of those it had.

    strata, where they are polygons, and transects, their ground with what was counted there, row for row, become the
    layers `strata` and `transects`, in place of those of earlier estimates; the project and the `.qgz` beside it get
    them too. All else stays as it is, also a layer of such a name that a person made: the warnings that are returned
    say so. Written in one transaction; `watch` and the errors are as in `write_counts`.
    """
    path = as_path(path)
    read_crs(path)  # which says what it is, where it is no survey
    with _in_place(path, watch) as (db, beside):
        drawn = [name for name, columns in _ESTIMATE_MAP.items() if schema.is_free(db, name, columns)]
        for name in ("estimates", *drawn):
            schema.drop_layer(db, name)
        estimate_rows.put_estimates(db, estimates)
        wanted = []
        if strata is not None and strata.polygons is not None:
            wanted.append("strata")
            if "strata" in drawn:
                estimate_rows.put_strata(db, estimates, strata)
        if transects is not None:
            wanted.append("transects")
            if "transects" in drawn:
                estimate_rows.put_transects(db, *transects)
        _put_projects_with(db, path, drawn, beside)
    return tuple(
        f"{path.name} has a layer {name!r} that Herdmap did not make: it is kept, and the estimates are not drawn; "
        "rename that layer"
        for name in wanted
        if name not in drawn
    )


def _check_ours(db: sqlite3.Connection, path: Path, name: str) -> None:
    if not other_tables.is_ours(db, name):
        raise OutputError(f"{path.name} has a layer {name!r} that Herdmap did not make; rename it, and run again")


def _put_projects_with(db: sqlite3.Connection, path: Path, names: Sequence[str], beside: Path) -> None:
    """Put the layers `names`, as they are now there, styled, into the project in the file and into the one beside."""
    layers = _spatial_layers(db)
    highest = estimate_rows.highest_density(db) if "strata" in layers else 0.0
    options = styles.Options(highest_density=highest, on_map=layers["detections"].crs_wkt is not None)
    rows.put_styles(db, options, only=names)
    facts = qgis_project.Facts(layers, style=options)

    def again(archive: bytes) -> bytes:
        return saved_project.with_layers(archive, path.name, facts, names)

    stored = _stored_project(db)
    made = qgis_project.project(path.name, facts) if stored is None else again(stored)
    _put_projects(db, qgis_project.qgz(made, path.stem), (stored, _project_beside(path)), again, beside)


def _stored_project(db: sqlite3.Connection | None) -> bytes | None:
    """The project in the file as a `.qgz`; None where there is none, and no bytes where it is no archive."""
    if db is None or not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'qgis_projects'").fetchone():
        return None
    stored = db.execute("SELECT content FROM qgis_projects WHERE name = ?", (_PROJECT,)).fetchone()
    try:
        return None if stored is None else bytes.fromhex(_text(stored[0]))
    except ValueError:
        return b""


def _project_beside(path: Path) -> bytes | None:
    """The `.qgz` beside the file; None where there is none that can be read."""
    try:
        return path.with_suffix(".qgz").read_bytes()
    except OSError:
        return None


@contextlib.contextmanager
def _new_file(path: Path, watch: Watch | None) -> Iterator[tuple[sqlite3.Connection, Path]]:
    """A new database in a transaction that becomes `path` when the block ends well, if nobody wrote there meanwhile.

    Yields it with the path to write the project to, which becomes the `.qgz` beside `path`.
    """
    with contextlib.ExitStack() as own, _sqlite_errors(path):
        if watch is None:
            check_output(path)
            watch = own.enter_context(Watch(path))
        make = whole if watch.db is None else scratch
        with whole(path.with_suffix(".qgz"), own_name=True) as beside, make(path) as part:
            with _transaction(part) as db:
                yield db, beside
                db.execute("COMMIT")
            with part.open("rb+") as file:
                os.fsync(file.fileno())  # before others have to wait
            watch.hold()
            if watch.db is not None:
                watch.take(part)


@contextlib.contextmanager
def _in_place(path: Path, watch: Watch | None) -> Iterator[tuple[sqlite3.Connection, Path]]:
    """The database `path` in a transaction that is committed when the block ends well.

    Yields it with the path to write the project to, which becomes the `.qgz` beside `path`.
    """
    with contextlib.ExitStack() as own, _sqlite_errors(path):
        if watch is None:
            watch = own.enter_context(Watch(path))
        with whole(path.with_suffix(".qgz"), own_name=True) as beside:
            watch.hold()
            assert watch.db is not None
            schema.allow_edits(watch.db)
            rows.bring_up_to_date(watch.db)
            yield watch.db, beside
            watch.commit()


@contextlib.contextmanager
def _transaction(part: Path) -> Iterator[sqlite3.Connection]:
    """A transaction on a file that nobody sees before it has its name, so a crash may leave anything: no journal."""
    with contextlib.closing(sqlite3.connect(part, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode=OFF")
        db.execute("PRAGMA synchronous=OFF")
        db.execute("PRAGMA locking_mode=EXCLUSIVE")
        db.execute("PRAGMA cache_size=-20000")
        db.execute("PRAGMA page_size=4096")
        db.execute("BEGIN")
        yield db


def _put_projects(
    db: sqlite3.Connection,
    made: bytes,
    there: tuple[bytes | None, bytes | None],
    again: Callable[[bytes], bytes],
    beside: Path,
) -> None:
    """Put a project into the file and beside it.

    made: a new one, a `.qgz`. there: those that are there, in the file and beside it; in one that a person saved only
    Herdmap's layers change, by `again`, which gives the XML.
    """
    stored, own = [
        saved_project.repacked(old, again(old)) if old is not None and saved_project.saved_by_a_person(old) else made
        for old in there
    ]
    stamp = json.dumps({"last_modified_time": qgis_project.now(), "last_modified_user": "herdmap"})
    db.execute("INSERT OR REPLACE INTO qgis_projects VALUES (?, ?, ?)", (_PROJECT, stamp, stored.hex()))
    beside.write_bytes(own)


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
        if "readonly" in str(error):
            raise OutputError(f"{path} is read-only; allow writing to it") from error
        if "locked" in str(error):
            raise OutputError(held(path)) from error
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
    pyproj.CRS(str(definition))  # raises where it is none
    return str(definition)


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


# ---- reading a survey -----------------------------------------------------------------------


def read_images(path: StrPath) -> Images:
    """The images of the survey at `path`. Raises VectorError where it is no survey."""
    path = as_path(path)
    with reading(path) as db:
        return rows.get_images(db)


def read_detections(path: StrPath, *, reviewed_only: bool = False, chips: bool = False) -> DetectionRows:
    """The detections of the survey at `path`, image by image. Raises VectorError where it is no survey.

    reviewed_only: only those that a person reviewed, noted or added. chips: with their pictures.
    """
    path = as_path(path)
    with reading(path) as db:
        return rows.get_detections(db, reviewed_only=reviewed_only, chips=chips)


def read_tile_labels(path: StrPath, *, reviewed_only: bool = False) -> DetectionRows | None:
    """The labelled tiles of the survey at `path`, in the file's order; None where it has none.

    reviewed_only: only those that a person reviewed or noted. Raises VectorError where it is no survey.
    """
    path = as_path(path)
    with reading(path) as db:
        return rows.get_tile_labels(db, reviewed_only=reviewed_only)


def read_runs(path: StrPath) -> list[Run]:
    """The runs of the survey at `path`, in the file's order. Raises VectorError where it is no survey."""
    path = as_path(path)
    with reading(path) as db:
        return rows.get_runs(db)


def read_searches(path: StrPath) -> Searches:
    """The cells of images that people searched, in the file's order. Raises VectorError where it is no survey."""
    with reading(path) as db:
        _detections_srs(db, path)
        return rows.get_searches(db) or Searches.none()


def read_counts(path: StrPath) -> Counts | None:
    """The counts per region of the survey at `path`; None where it has none. Raises VectorError where it is no survey.

    The `crs_wkt` is that of the regions.
    """
    with reading(path) as db:
        _detections_srs(db, path)
        query = "SELECT srs_id FROM gpkg_geometry_columns WHERE table_name = 'counts'"
        (srs_id,) = db.execute(query).fetchone() or (0,)
        return rows.get_counts(db, _srs_wkt(db, srs_id))


def read_estimates(path: StrPath) -> Estimates | None:
    """The estimates of the survey at `path`; None where it has none. Raises VectorError where it is no survey.

    How much ground was searched is not in the file: `searched_km2` is NaN.
    """
    with reading(path) as db:
        _detections_srs(db, path)
        return estimate_rows.get_estimates(db)


def estimate_tables(path: StrPath) -> list[str]:
    """Which tables and layers of the survey at `path` the estimates made. Raises VectorError if it is not a survey."""
    with reading(path) as db:
        there = {str(name) for (name,) in db.execute("SELECT table_name FROM gpkg_contents")}
        made = ("estimates", *_ESTIMATE_MAP)
        return [name for name in made if name in there and other_tables.is_ours(db, name)]


def read_crs(path: StrPath) -> str | None:
    """The CRS of the survey's detections as WKT, None where undefined. Raises VectorError where it is no survey."""
    with reading(path) as db:
        return _srs_wkt(db, _detections_srs(db, path))


def _detections_srs(db: sqlite3.Connection, path: StrPath) -> int:
    query = "SELECT srs_id FROM gpkg_geometry_columns WHERE table_name = 'detections'"
    (srs_id,) = db.execute(query).fetchone() or (None,)
    if srs_id is None:
        raise VectorError(f"{path} is not the GeoPackage of a survey: it has no layer 'detections'")
    return int(srs_id)
