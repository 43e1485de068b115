"""A survey: its GeoPackage, read as tables."""

import html
import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import shapely

from geo import geopackage, vector
from geo.counting_rule import Review
from geo.errors import VectorError
from geo.paths import StrPath, as_path
from geo.standing import after_review
from geo.tables import Run
from herdmap.tables import CountTable, DetectionTable, EstimateTable, ImageTable

_T = TypeVar("_T")


class Survey(os.PathLike[str]):
    """A survey's GeoPackage. Its tables are read when they are asked for, and again once the file has changed.

    A survey is also a path: every function that takes the path of a survey takes a survey.
    """

    def __init__(self, path: StrPath) -> None:
        self._given = str(as_path(path))
        self._path = Path(os.path.abspath(self._given))
        self._read: dict[str, tuple[tuple[int, int], object]] = {}
        geopackage.read_crs(self._path)  # if it is not a survey, the error says so

    def __fspath__(self) -> str:
        return str(self._path)

    @property
    def path(self) -> Path:
        """The GeoPackage."""
        return self._path

    @property
    def crs_wkt(self) -> str | None:
        """The CRS of the map as WKT; None if no image has a position."""
        return self._once("crs", geopackage.read_crs)

    @property
    def images(self) -> ImageTable:
        """The images, searched or not."""
        return self._once("images", lambda path: ImageTable.of(geopackage.read_images(path), self.crs_wkt))

    @property
    def detections(self) -> DetectionTable:
        """Every detection, including rejected ones and further sightings of one animal. See `animals`."""
        return self._once("detections", lambda path: DetectionTable.of(geopackage.read_detections(path), self.crs_wkt))

    @property
    def counts(self) -> CountTable | None:
        """Animals per region; None before they were counted."""
        return self._once("counts", _counts)

    @property
    def estimates(self) -> EstimateTable | None:
        """Population estimates; None before they were made."""
        return self._once("estimates", _estimates)

    @property
    def tile_labels(self) -> DetectionTable | None:
        """The tiles that a tile classifier labelled; None if there are none."""
        return self._once("tile_labels", lambda path: _tile_labels(path, self.crs_wkt))

    @property
    def runs(self) -> tuple[Run, ...]:
        """The runs that made the survey, in order: model, settings, times and numbers."""
        return self._once("runs", lambda path: tuple(geopackage.read_runs(path)))

    def animals(self, review: Review = "not-rejected") -> DetectionTable:
        """The detections that count: each animal once, with the class that a reviewer gave, else the model's.

        Args:
            review: `not-rejected`; `confirmed`: only detections that a person confirmed; `all`: also rejected ones.
        """
        rows = geopackage.read_detections(self._path)
        chosen, classes = after_review(rows, review)
        return DetectionTable.of(rows.take(chosen), self.crs_wkt, classes[chosen].tolist())

    def _once(self, name: str, read: Callable[[Path], _T]) -> _T:
        """What `read` reads, kept as long as the file is the same."""
        stat = self._path.stat() if self._path.is_file() else None
        stamp = (0, 0) if stat is None else (stat.st_mtime_ns, stat.st_size)
        known = self._read.get(name)
        if known is None or known[0] != stamp:
            known = self._read[name] = (stamp, read(self._path))
        return known[1]  # type: ignore[return-value]

    def _facts(self) -> dict[str, str]:
        images, detections = self.images, self.detections
        failed = int((images.status != "done").sum())
        facts = {
            "images": f"{len(images)}" + (f", {failed} not searched" if failed else ""),
            "detections": f"{len(detections)} of {int(detections.counted.sum())} animals",
        }
        reviewed = int((detections.review != "unreviewed").sum())
        if reviewed:
            facts["reviewed"] = f"{reviewed} detections"
        if (counts := self.counts) is not None:
            facts["regions"] = f"{len(set(counts.region[np.array([p is not None for p in counts.polygons], bool)]))}"
        if self.runs:
            facts["model"] = self.runs[-1].model
        return facts

    def __repr__(self) -> str:
        return f"Survey({self._given!r})"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th>{html.escape(name)}</th><td>{html.escape(text)}</td></tr>" for name, text in self._facts().items()
        )
        return f"<p>{html.escape(self._path.name)}</p><table>{rows}</table>"


def open_survey(path: StrPath) -> Survey:
    """Open a survey's GeoPackage, only for reading.

    Args:
        path: The file.

    Raises:
        Error: There is no such file, or it is not a survey.
    """
    return Survey(path)


def _counts(path: Path) -> CountTable | None:
    counts = geopackage.read_counts(path)
    return None if counts is None else CountTable.of(counts)


def _estimates(path: Path) -> EstimateTable | None:
    estimates = geopackage.read_estimates(path)
    if estimates is None:
        return None
    try:
        layer = vector.read_polygons(path, layer="strata")
    except VectorError:  # strata that were given as areas alone
        return EstimateTable.of(estimates, {}, None)
    shapes = zip(layer.columns.get("stratum", ()), layer.geometries, strict=False)
    return EstimateTable.of(
        estimates, {str(name): shapely.to_wkb(shape) for name, shape in shapes if shape is not None}, layer.crs_wkt
    )


def _tile_labels(path: Path, crs_wkt: str | None) -> DetectionTable | None:
    rows = geopackage.read_tile_labels(path)
    return None if rows is None else DetectionTable.of(rows, crs_wkt)
