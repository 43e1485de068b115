"""What a survey report says, read from the survey's file."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from geo import geopackage
from geo.errors import GeoError
from geo.estimates.population import Estimate, Estimates
from geo.estimates.visible import DIVIDED
from geo.georeference import reproject
from geo.overlaps.seen_once import seen_once
from geo.paths import StrPath, absolute, as_path
from geo.report.second_observer import Observed, read_observers
from geo.standing import after_review, is_reviewed
from geo.tables import Counts, DetectionRows, Images, Run
from geo.vector import read_polygons

__all__ = ["Content", "Layer", "read"]


@dataclass(frozen=True)
class Layer:
    """Polygons with their names, in the survey's CRS."""

    names: tuple[str, ...]
    shapes: tuple[shapely.Geometry, ...]


@dataclass(frozen=True, eq=False)
class Content:
    """A survey, as its report needs it.

    Attributes:
        path: The survey's file.
        crs_wkt: Its CRS.
        images: Its images.
        rows: Its detections.
        animals: (M,) bool, the detections that count and that nobody rejected.
        class_names: (M,) their classes after the review.
        runs: The runs of the detector.
        estimates: The estimates; None if there are none.
        counts: The counts by region; None if there are none.
        strata: The polygons of the strata, if they have any.
        transects: The ground of the transects, if there are estimates.
        observers: What two observers of the same photos found, class by class; empty if nobody compared them.
    """

    path: Path
    crs_wkt: str | None
    images: Images
    rows: DetectionRows
    animals: NDArray[np.bool_]
    class_names: NDArray[np.object_]
    runs: tuple[Run, ...]
    estimates: Estimates | None
    counts: Counts | None
    strata: Layer
    transects: Layer
    observers: Observed = ()

    @property
    def sums(self) -> tuple[Estimate, ...]:
        """The estimates over all strata, one for each class."""
        return tuple(row for row in self.estimates.rows if row.stratum == "all") if self.estimates else ()

    @property
    def by_stratum(self) -> tuple[Estimate, ...]:
        """The estimates of each stratum."""
        return tuple(row for row in self.estimates.rows if row.stratum != "all") if self.estimates else ()

    @property
    def divided(self) -> str:
        """By which shares the estimates are divided, such as the availability; empty if by none."""
        said = [text for row in self.sums for text in row.remarks if text.startswith(DIVIDED)]
        return said[0] if said else ""

    @property
    def days(self) -> str:
        """The day of the photos, or the first and the last one; empty if no photo has a time."""
        days = sorted({text[:10] for text in self.images.captured_at if text})
        return " to ".join(dict.fromkeys([*days[:1], *days[-1:]]))

    @property
    def found(self) -> dict[str, int]:
        """How many animals of each class were found, each once, without those that a person rejected."""
        return dict(Counter(self.class_names[self.animals].tolist()).most_common())

    @property
    def seen_once(self) -> list[str]:
        """How many of the animals only one photo shows, with the counts without false alarms; and photos in doubt."""
        return seen_once(self.rows).lines(self.animals, self.class_names)

    @property
    def reviewed(self) -> tuple[int, int]:
        """How many boxes a person reviewed, and how many there are."""
        return int(is_reviewed(self.rows).sum()), len(self.rows)

    @property
    def reviewers(self) -> dict[str, int]:
        """Who reviewed how many boxes."""
        names = [name for name in self.rows.text("reviewer") if name]
        return dict(Counter(names).most_common())

    def not_searched(self) -> dict[str, int]:
        """Why photos were not searched, and how many each."""
        said: Counter[str] = Counter()
        for status, reason, whole in zip(
            self.images.status, self.images.reason, self.images.searched.tolist(), strict=True
        ):
            if not whole:
                said[f"failed: {reason}" if status == "failed" else reason or "not searched yet"] += 1
        return dict(said.most_common())


def read(survey_file: StrPath, observers_file: StrPath | None = None) -> Content:
    """Read what a report needs. Raises VectorError if the file is not a survey, InputError for another table of
    observers.
    """
    path = absolute(survey_file)
    crs_wkt, rows = geopackage.read_crs(path), geopackage.read_detections(path)
    animals, class_names = after_review(rows, "not-rejected")
    estimates = geopackage.read_estimates(path)
    return Content(
        path,
        crs_wkt,
        geopackage.read_images(path),
        rows,
        animals,
        class_names,
        tuple(geopackage.read_runs(path)),
        estimates,
        geopackage.read_counts(path),
        _layer(path, "strata", "stratum", crs_wkt) if estimates else Layer((), ()),
        _layer(path, "transects", "transect", crs_wkt) if estimates else Layer((), ()),
        () if observers_file is None else read_observers(as_path(observers_file)),
    )


def _layer(path: Path, layer: str, field: str, crs_wkt: str | None) -> Layer:
    """The polygons of a layer, each name and shape once; none if there is no such layer."""
    try:
        table = read_polygons(path, layer=layer)
    except GeoError:
        return Layer((), ())
    if table.crs_wkt is None or crs_wkt is None:
        return Layer((), ())
    source, names, shapes = table.crs_wkt, [], []
    seen = set()
    for name, shape in zip(table.columns.get(field, ()), table.geometries, strict=False):
        if shape is None or shape.is_empty or (key := (str(name), shape.wkb)) in seen:
            continue
        seen.add(key)
        moved = shapely.transform(shape, lambda xy: reproject(xy, source, crs_wkt))
        if np.isfinite(shapely.get_coordinates(moved)).all():
            names.append(str(name))
            shapes.append(moved)
    return Layer(tuple(names), tuple(shapes))
