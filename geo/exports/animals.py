"""The rows of an export: one row for each animal, with its place in degrees and on the map.

Every export except the training data starts here, so all of them have the same animals and the same classes.
"""

import uuid
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo import geopackage
from geo.added_columns import Plain, plain
from geo.counting_rule import Review
from geo.csv_table import defused
from geo.geojson import DEGREE_DECIMALS
from geo.georeference import is_on_earth, reproject
from geo.paths import StrPath, as_path
from geo.reviews.carry import MANUAL_RUN
from geo.standing import select, standing
from geo.tables import DetectionRows, Images, Run

WGS84 = "EPSG:4326"
PLACES = ("lon", "lat", "x", "y")
COLUMNS = (
    *("id", *PLACES, "class", "score", "review", "image", "xmin", "ymin", "xmax", "ymax", "detected_class"),
    *("reviewer", "reviewed_at", "note", "animal_id", "counted", "seen", "looks"),
    *("captured_at", "gsd_m", "error_m", "run_id", "angle_deg"),
)
INTEGERS = ("animal_id", "counted", "seen", "looks")
NUMBERS = (*PLACES, "score", "xmin", "ymin", "xmax", "ymax", "gsd_m", "error_m", "angle_deg", *INTEGERS)
"""The columns of numbers; the others are texts."""
_GEOMETRY = ("geometry", "geom", "fid")  # names that formats take for themselves

_IDS = uuid.UUID("5e0b5f0a-6f2b-5d0c-9a5e-8d0d1f0c7a31")  # the namespace of every id that is made here


@dataclass(frozen=True)
class Exported:
    """What was written."""

    output: Path
    """The file."""
    rows: int
    """The number of animals in it."""
    warnings: tuple[str, ...] = ()
    """What the user should know."""


@dataclass(frozen=True, eq=False)
class AnimalTable:
    """N animals.

    Attributes:
        columns: COLUMNS, each with N values: int, float, str, or None if unknown. `class` is the class that a person
            gave, else the model's; `detected_class` is the model's. lon, lat: degrees (WGS 84) of the centre of the
            box; x, y: the same in `crs_wkt`. xmin to ymax: image px.
        points: (N,) bool: which animals are points; their boxes are only marks around them.
        boxes_map: (N, 5, 2) float64, closed rings in `crs_wkt`; NaN without a place.
        boxes_lonlat: (N, 5, 2) float64, the same in degrees.
        survey: The name of the survey's file, without its ending.
        survey_id: It stays with the survey and its copies.
    """

    columns: dict[str, list[Any]]
    boxes_map: NDArray[np.float64]
    boxes_lonlat: NDArray[np.float64]
    crs_wkt: str | None
    images: Images
    runs: tuple[Run, ...]
    survey: str
    survey_id: uuid.UUID
    points: NDArray[np.bool_]
    more: tuple[Plain, ...] = ()

    def __len__(self) -> int:
        return len(self.boxes_map)

    def defused(self) -> "AnimalTable":
        """The same with texts that no spreadsheet runs as formulas: see `csv_table.defused`."""
        return replace(self, columns={defused(name): list(map(defused, cells)) for name, cells in self.columns.items()})

    @property
    def integers(self) -> frozenset[str]:
        """The columns of whole numbers."""
        return frozenset((*INTEGERS, *(column.name for column in self.more if column.kind == "integer")))

    @property
    def numbers(self) -> frozenset[str]:
        """The columns of numbers; the others are texts."""
        return frozenset((*NUMBERS, *(column.name for column in self.more if column.kind != "text")))

    @property
    def placed(self) -> NDArray[np.bool_]:
        """(N,) bool: which animals have a longitude and a latitude."""
        return np.array([lon is not None for lon in self.columns["lon"]], bool)

    @property
    def added(self) -> NDArray[np.bool_]:
        """(N,) bool: which animals a person drew."""
        return np.array([run_id in (None, MANUAL_RUN) for run_id in self.columns["run_id"]], bool)


def read_animals(path: StrPath, review: Review = "not-rejected", *, every_sighting: bool = False) -> AnimalTable:
    """The animals of a survey after the review, as `geo.standing.select` chooses and names them.

    Args:
        path: The survey.
        review: Which detections are animals.
        every_sighting: Include repeated sightings of an animal (`counted` 0).

    Raises:
        VectorError: The file is not a survey.
        TableError: `review` is unknown.
    """
    path = as_path(path)
    rows, images, runs, crs_wkt = geopackage.steady(path, lambda: _tables(path))
    rows = replace(rows, counted=standing(rows))
    counted = np.ones(len(rows)) if every_sighting else rows.counted
    chosen, classes = select(rows.class_names(), rows.text("review"), rows.text("reviewed_class"), counted, review)
    survey_id = _survey_id(path, runs)
    ids = np.array([*_ids(rows, survey_id), None], object)[:-1]
    rows = rows.take(chosen)
    boxes_lonlat = np.full_like(rows.polygons_map, np.nan)
    centres = rows.polygons_map[:, :4].mean(axis=1)
    lonlat = np.full_like(centres, np.nan)
    if crs_wkt is not None and is_on_earth(crs_wkt):
        boxes_lonlat = reproject(rows.polygons_map.reshape(-1, 2), crs_wkt, WGS84).reshape(-1, 5, 2)
        lonlat = reproject(centres, crs_wkt, WGS84)
    # Metres are rounded to the millimetre, and degrees to less than that.
    decimals = 3 if crs_wkt is None or np.abs(centres[np.isfinite(centres)]).max(initial=0) > 360 else 9
    of_image = {image: row for row, image in enumerate(images.path)}
    image_row = [of_image.get(name, -1) for name in rows.image_paths()]
    captured: list[str | None] = [*images.captured_at, None]
    gsd = np.append(images.gsd_m, np.nan)
    columns: dict[str, list[Any]] = {
        "id": ids[chosen].tolist(),
        "lon": _numbers(lonlat[:, 0], DEGREE_DECIMALS),
        "lat": _numbers(lonlat[:, 1], DEGREE_DECIMALS),
        "x": _numbers(centres[:, 0], decimals),
        "y": _numbers(centres[:, 1], decimals),
        "class": classes[chosen].tolist(),
        "score": _numbers(rows.score, 4),
        "review": rows.text("review"),
        "image": rows.image_paths(),
        **{name: _numbers(rows.boxes_px[:, i], 2) for i, name in enumerate(("xmin", "ymin", "xmax", "ymax"))},
        "detected_class": rows.class_names(),
        **{name: rows.text(name) for name in ("reviewer", "reviewed_at", "note")},
        "animal_id": _known(rows.animal_id),
        "counted": rows.counted.tolist(),
        "seen": _known(rows.seen),
        "looks": _known(rows.looks),
        "captured_at": [captured[row] for row in image_row],
        "gsd_m": _numbers(gsd[image_row] if image_row else gsd[:0], 5),
        "error_m": _numbers(rows.error_m, 2),
        "run_id": rows.text("run_id"),
        "angle_deg": _numbers(rows.angle_deg, 2),
    }
    more = plain(rows.added, (*COLUMNS, *_GEOMETRY))
    columns = {**{name: columns[name] for name in COLUMNS}, **{column.name: column.values for column in more}}
    points = np.array([kind == "point" for kind in rows.text("kind")], bool)
    about = (crs_wkt, images, tuple(runs), path.stem, survey_id, points)
    return AnimalTable(columns, rows.polygons_map, boxes_lonlat, *about, more)


def _known(numbers: NDArray[np.int64]) -> list[int | None]:
    """The numbers; None for one below 0, which is unknown."""
    return [None if number < 0 else number for number in numbers.tolist()]


def _tables(path: Path) -> tuple[DetectionRows, Images, list[Run], str | None]:
    rows, images = geopackage.read_detections(path), geopackage.read_images(path)
    return rows, images, geopackage.read_runs(path), geopackage.read_crs(path)


def _survey_id(path: Path, runs: list[Run]) -> uuid.UUID:
    """The id of the first run, which stays with the survey when its file is moved or renamed."""
    return uuid.uuid5(_IDS, min(((run.started_at, run.run_id) for run in runs), default=("", path.stem))[1])


def _ids(rows: DetectionRows, survey_id: uuid.UUID) -> list[str]:
    """An id for each detection that stays as long as its box does: through reviews, merges and other exports."""
    seen: Counter[str] = Counter()
    ids = []
    boxes = np.round(rows.boxes_px.astype(np.float64), 2)
    for image, box, ring in zip(rows.image_paths(), boxes.tolist(), rows.polygons_map[:, 0].tolist(), strict=True):
        place = box if box[0] == box[0] else ring
        name = f"{image}\n{' '.join(f'{value:.2f}' for value in place)}"
        seen[name] += 1
        ids.append(str(uuid.uuid5(survey_id, name if seen[name] == 1 else f"{name}\n{seen[name]}")))
    return ids


def _numbers(values: NDArray[Any], decimals: int) -> list[float | None]:
    rounded = np.round(values.astype(np.float64), decimals) + 0.0  # turns -0.0 into 0.0
    return [None if value != value else value for value in rounded.tolist()]
