"""Reads what a share folder needs from the GeoPackage of a survey."""

import contextlib
import math
import os
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo import geopackage
from geo.areas import ground_crs
from geo.counting_rule import effective_class
from geo.errors import OutputError
from geo.geopackage import rows as table_rows
from geo.geopackage import styles
from geo.georeference import reproject
from geo.regions import assign, regions_in
from geo.standing import after_review, standing
from geo.tables import DetectionRows, Images, Run

_MOST_ESTIMATES = 10_000


@dataclass(frozen=True, eq=False)
class Source:
    """A survey of N images, M detections and R regions.

    Attributes:
        path: The GeoPackage.
        crs_wkt: The CRS of footprints and boxes; None if undefined.
        images: The N images.
        detections: The M detections.
        runs: The runs that made the survey.
        classes: The names, in the order of their colours.
        label: (M,) index into `classes`, of the reviewed class if there is one.
        centres: (M, 2) in the map CRS; NaN without a place.
        lonlat: (M, 2) degrees; NaN if unknown.
        region_of: (M,) index into `regions`; -1 outside, -2 without a place.
        regions: (name, area in km2 or NaN, geometry in the map CRS or None).
        estimates: (columns, rows) of the table `estimates`, or None.
    """

    path: Path
    images: Images
    detections: DetectionRows
    runs: Sequence[Run]
    crs_wkt: str | None
    classes: tuple[str, ...]
    label: NDArray[np.int64]
    centres: NDArray[np.float64]
    lonlat: NDArray[np.float64]
    region_of: NDArray[np.int32]
    regions: Sequence[tuple[str, float, shapely.Geometry | None]]
    estimates: tuple[list[str], list[list[Any]]] | None

    def image_rows(self) -> NDArray[np.int64]:
        """(M,) the row of `images` that each detection is in; -1 if that image is not listed."""
        row_of = {path: row for row, path in enumerate(self.images.path)}
        rows = np.array([row_of.get(path, -1) for path in self.detections.paths] or [-1], np.int64)
        return rows[self.detections.image]

    def counts(self) -> NDArray[np.bool_]:
        """(M,) bool: which detections count. These are sightings that count and that nobody rejected."""
        return after_review(self.detections, "not-rejected")[0]


def read(path: Path, copy_to: Path | None = None) -> Source:
    """Read a survey, all of it from one state of the file. Raises VectorError if the file is not one.

    copy_to: where to copy the GeoPackage in that state. Raises OutputError where that fails.
    """

    def once() -> Source:
        if copy_to is not None:
            copy(path, copy_to)
        return _read(path)

    return geopackage.steady(path, once)


def _read(path: Path) -> Source:
    images = geopackage.read_images(path)
    rows = geopackage.read_detections(path, chips=True)
    rows = replace(rows, counted=standing(rows))  # so that the filters of the page need no counting rule
    runs = geopackage.read_runs(path)
    crs_wkt = geopackage.read_crs(path)
    centres = rows.polygons_map[:, :4].mean(axis=1)
    effective = [*map(effective_class, rows.class_names(), rows.text("reviewed_class"))]
    classes = table_rows.style_options(rows, runs).classes
    code_of = {name: code for code, name in enumerate(classes)}
    region_of, regions = _regions(path, centres, crs_wkt)
    return Source(
        path=path,
        images=images,
        detections=rows,
        runs=runs,
        crs_wkt=crs_wkt,
        classes=classes,
        label=np.array([code_of[name] for name in effective], np.int64),
        centres=centres,
        lonlat=_lonlat(centres, crs_wkt),
        region_of=region_of,
        regions=regions,
        estimates=_estimates(path),
    )


def colour(index: int) -> str:
    """The colour of a class for CSS, the same as in QGIS."""
    return "#" + "".join(f"{int(value):02x}" for value in styles.colour(index).split(",")[:3])


def copy(source: Path, target: Path) -> None:
    """Copy a GeoPackage with what other programs still have in a journal. Raises OutputError."""
    try:
        with geopackage.reading(source) as db, contextlib.closing(sqlite3.connect(target)) as new:
            db.backup(new)
            new.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as error:
        raise OutputError(f"{source} cannot be copied: {error}; close other programs that hold it") from error
    with target.open("rb+") as file:
        os.fsync(file.fileno())


def _lonlat(centres: NDArray[np.float64], crs_wkt: str | None) -> NDArray[np.float64]:
    if crs_wkt is None or ground_crs(crs_wkt) is None:
        return np.full_like(centres, np.nan)
    return reproject(centres, crs_wkt, "EPSG:4326")


def _regions(
    path: Path, centres: NDArray[np.float64], crs_wkt: str | None
) -> tuple[NDArray[np.int32], list[tuple[str, float, shapely.Geometry | None]]]:
    """The region of each detection, and the regions, from the layer `counts` if there is one."""
    unplaced = np.where(np.isfinite(centres).all(axis=1), -1, -2).astype(np.int32)
    counts = geopackage.read_counts(path)
    regions = None if counts is None else regions_in(counts)
    if counts is None or regions is None:
        return unplaced, []
    areas = dict(zip(reversed(counts.region), counts.area_km2[::-1].tolist(), strict=True))
    drawn = [_drawable(shape, counts.crs_wkt, crs_wkt) for shape in regions.polygons]
    named = [(name, areas.get(name, math.nan), shape) for name, shape in zip(regions.names, drawn, strict=True)]
    return assign(centres, crs_wkt, regions), named


def _drawable(shape: shapely.Geometry, from_wkt: str | None, to_wkt: str | None) -> shapely.Geometry | None:
    """The region in the survey's CRS; None if that CRS cannot express it."""
    if from_wkt and to_wkt and from_wkt != to_wkt:
        shape = shapely.transform(shape, lambda xy: reproject(xy, from_wkt, to_wkt))
    return shape if bool(np.isfinite(shapely.get_coordinates(shape)).all()) else None


def _has_table(path: Path, name: str) -> bool:
    with geopackage.reading(path) as db:
        query = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?"
        return bool(db.execute(query, (name,)).fetchone()[0])


def _estimates(path: Path) -> tuple[list[str], list[list[Any]]] | None:
    if not _has_table(path, "estimates"):
        return None
    with geopackage.reading(path) as db:
        found = db.execute("SELECT * FROM estimates LIMIT ?", (_MOST_ESTIMATES,))
        columns = [str(column[0]) for column in found.description]
        shown = [i for i, name in enumerate(columns) if name not in ("fid", "geom")]
        rows = [[row[i] for i in shown] for row in found if not any(isinstance(row[i], bytes) for i in shown)]
    return [columns[i] for i in shown], rows
