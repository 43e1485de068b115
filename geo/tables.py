"""The rows of a survey's GeoPackage as columns: images, detections, runs, counts.

A table is a frozen dataclass of columns of equal length. Numbers are arrays in which NaN is null. Texts are lists in
which None is null. A wrong column (its length, its shape, an unknown word) raises `TableError` when the table is made,
so that no broken file is written later.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo import added_columns
from geo.added_columns import AddedColumns
from geo.counting_rule import CONFIRMED, REJECTED, UNREVIEWED
from geo.errors import GeoError
from geo.stored_pictures import StoredPictures

GEOREFERENCES = ("geotransform", "world file", "camera pose", "flight log", "none")
STATUSES = ("done", "failed", "pending")
SEARCHED_IN_PART = "searched in part"  # how the reason begins of an image that is done, but not all of it was looked at
REVIEWS = (UNREVIEWED, CONFIRMED, REJECTED)
KINDS = ("box", "point")
"""What a detection is."""

Text = str | Sequence[str | None] | None
"""A column of texts: one a row, or one text for every row, or None for a column of nulls."""


class TableError(GeoError, ValueError):
    """Columns that do not make a table: a wrong length or shape, or a value that the schema does not allow."""


def _left_out() -> NDArray[Any]:
    """The default of an optional column."""
    return np.empty(0)


@dataclass(frozen=True, eq=False)
class Images:
    """N images of a survey: one row for each photo or orthomosaic, searched or not.

    Attributes:
        path: Relative to the GeoPackage, with POSIX separators, unique.
        width: (N,) int64, px.
        height: (N,) int64, px.
        georeference: One of GEOREFERENCES.
        status: One of STATUSES.
        reason: Why it failed; None if it did not.
        detections: (N,) int64. `write_survey` counts them itself.
        tiles: (N,) int64.
        captured_at: ISO 8601 or None.
        lon: (N,) float64, degrees (WGS 84); NaN if unknown, as in the next four.
        lat: (N,) float64, degrees (WGS 84).
        altitude_m: (N,) float64, above sea level.
        agl_m: (N,) float64, above the ground.
        heading_deg: (N,) float64, clockwise from north.
        gsd_m: (N,) float64, metres per pixel; NaN if unknown.
        footprints: The outline on the ground, a closed ring (K, 2) float64 in the map CRS; None if unknown.
        added: The columns that a person added.
    """

    path: Sequence[str]
    width: NDArray[np.int64]
    height: NDArray[np.int64]
    captured_at: Sequence[str | None]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    altitude_m: NDArray[np.float64]
    agl_m: NDArray[np.float64]
    heading_deg: NDArray[np.float64]
    gsd_m: NDArray[np.float64]
    georeference: Sequence[str]
    status: Sequence[str]
    reason: Sequence[str | None]
    detections: NDArray[np.int64]
    tiles: NDArray[np.int64]
    footprints: Sequence[NDArray[np.float64] | None]
    added: AddedColumns = ()

    def __post_init__(self) -> None:
        n = len(self.path)
        for name in ("width", "height", "detections", "tiles"):
            _set_array(self, name, (n,), np.int64)
        for name in ("lon", "lat", "altitude_m", "agl_m", "heading_deg", "gsd_m"):
            _set_array(self, name, (n,), np.float64)
        for name in ("captured_at", "georeference", "status", "reason", "footprints"):
            _check_length(self, name, n)
        _check_added(self, n)
        _check_words(self, "georeference", GEOREFERENCES)
        _check_words(self, "status", STATUSES)
        if len(set(self.path)) != n:
            twice = Counter(self.path).most_common(1)[0][0]
            raise TableError(f"images: path {twice!r} occurs twice; expected one row for each image")
        for path in self.path:
            _check_storable(path, "images: path")
            if not path or PurePosixPath(path).is_absolute() or PureWindowsPath(path).is_absolute():
                raise TableError(f"images: path {path!r} is not relative to the GeoPackage")
        for path, status, reason in zip(self.path, self.status, self.reason, strict=True):
            if status == "failed" and not reason:
                raise TableError(f"images: {path!r} failed without a reason; give one")
        for path, ring in zip(self.path, self.footprints, strict=True):
            if ring is not None:
                check_ring(ring, f"the footprint of {path!r}")

    @property
    def searched(self) -> NDArray[np.bool_]:
        """(N,) bool: which images are done and were searched completely.

        If one has no detection, the detector found nothing.
        """
        each = zip(self.status, self.reason, strict=True)
        return np.array([s == "done" and not (r or "").startswith(SEARCHED_IN_PART) for s, r in each], bool)

    def __len__(self) -> int:
        return len(self.path)


@dataclass(frozen=True, eq=False)
class DetectionRows:
    """M detections. Names that repeat are indices into a tuple of names, so that a million rows need little memory.

    Text columns are `review`, `reviewed_class`, `reviewer`, `reviewed_at`, `note`, `run_id` and `uuid`. Each may be one
    str for every row.

    Attributes:
        paths: The paths of images, each a path in `Images`.
        image: (M,) int64 index into `paths`.
        classes: The names of classes.
        label: (M,) int64 index into `classes`.
        score: (M,) float32, 0 to 1; NaN for an animal that a person added.
        boxes_px: (M, 4) float32 xyxy, image px, not empty.
        polygons_map: (M, 5, 2) float64, the box as a closed ring in the map CRS; NaN without a place.
        animal_id: (M,) int64, the same for one animal in several photos; -1 for an animal of its own.
        counted: (M,) uint8, 1 for the sighting that counts. By default all 1.
        error_m: (M,) float64, the root mean square horizontal error of the place, from the photo's pose; NaN if
            unknown.
        seen: (M,) int64, how many photos show the animal; -1 if unknown.
        looks: (M,) int64, how many photos look at its place, those that show it included; -1 if unknown.
        review: Texts of REVIEWS; by default all unreviewed.
        runner_up: (M,) int64 index into `classes`, the second best class; -1 for none.
        runner_up_score: (M,) float32; NaN for none.
        angle_deg: (M,) float32, of the longer side of a box that was found rotated: degrees in 0 to 180, clockwise from
            the image's x axis; NaN for one that was found upright. `boxes_px` then has the upright box around it.
        kind: Texts of KINDS. The box of a point is only a mark around it: its place is the middle; by default all are
            boxes.
        uuid: The identity of each row. A row without one gets one when it is written (`geo.geopackage.identity`).
        chip: JPEG files of at most 128 px; any sequence, also one that makes them when they are needed.
        added: The columns that a person added.
    """

    paths: Sequence[str]
    image: NDArray[np.int64]
    classes: Sequence[str]
    label: NDArray[np.int64]
    score: NDArray[np.float32]
    boxes_px: NDArray[np.float32]
    polygons_map: NDArray[np.float64]
    animal_id: NDArray[np.int64] = field(default_factory=_left_out)
    counted: NDArray[np.uint8] = field(default_factory=_left_out)
    error_m: NDArray[np.float64] = field(default_factory=_left_out)
    seen: NDArray[np.int64] = field(default_factory=_left_out)
    looks: NDArray[np.int64] = field(default_factory=_left_out)
    review: Text = REVIEWS[0]
    reviewed_class: Text = None
    reviewer: Text = None
    reviewed_at: Text = None
    note: Text = None
    runner_up: NDArray[np.int64] = field(default_factory=_left_out)
    runner_up_score: NDArray[np.float32] = field(default_factory=_left_out)
    angle_deg: NDArray[np.float32] = field(default_factory=_left_out)
    run_id: Text = None
    kind: Text = KINDS[0]
    uuid: Text = None
    chip: Sequence[bytes | None] | None = None
    added: AddedColumns = ()

    def __post_init__(self) -> None:
        m = len(self.image)
        _set_array(self, "image", (m,), np.int64)
        _set_array(self, "label", (m,), np.int64)
        _set_array(self, "score", (m,), np.float32)
        _set_array(self, "boxes_px", (m, 4), np.float32)
        _set_array(self, "polygons_map", (m, 5, 2), np.float64)
        _set_array(self, "animal_id", (m,), np.int64, default=-1)
        _set_array(self, "counted", (m,), np.uint8, default=1)
        _set_array(self, "error_m", (m,), np.float64, default=math.nan)
        for name in ("seen", "looks"):
            _set_array(self, name, (m,), np.int64, default=-1)
        _set_array(self, "runner_up", (m,), np.int64, default=-1)
        _set_array(self, "runner_up_score", (m,), np.float32, default=math.nan)
        _set_array(self, "angle_deg", (m,), np.float32, default=math.nan)
        for name in (*self.paths, *self.classes):
            _check_storable(name, "detections: the name")
        _check_index(self, "image", 0, len(self.paths))
        _check_index(self, "label", 0, len(self.classes))
        _check_index(self, "runner_up", -1, len(self.classes))
        for name in ("review", "reviewed_class", "reviewer", "reviewed_at", "note", "run_id", "kind", "uuid", "chip"):
            if not isinstance(getattr(self, name), str | None):
                _check_length(self, name, m)
        _check_added(self, m)
        _check_words(self, "review", REVIEWS)
        _check_words(self, "kind", KINDS)
        if np.any((self.score < 0) | (self.score > 1)):
            raise TableError("detections: a score is outside 0 to 1")
        if np.any(self.counted > 1):
            raise TableError("detections: counted is neither 0 nor 1")
        if np.any((self.error_m < 0) | np.isinf(self.error_m)):
            raise TableError("detections: an error_m is negative or infinite")
        x0, y0, x1, y1 = self.boxes_px.T
        if np.any((x0 >= x1) | (y0 >= y1)) or np.any(np.isinf(self.boxes_px)):
            raise TableError("detections: a box is empty or infinite, expected xyxy with x0 < x1 and y0 < y1")
        rows = self.polygons_map.reshape(m, 10)
        unplaced = np.isnan(rows)
        if np.any(unplaced.any(axis=1) != unplaced.all(axis=1)) or np.any(np.isinf(rows)):
            raise TableError("detections: a polygon is partly NaN or infinite; all NaN means no place")
        if np.any((rows[:, :2] != rows[:, 8:]) & ~unplaced[:, :2]):
            raise TableError("detections: a polygon is not closed; its last corner repeats its first")

    def __len__(self) -> int:
        return len(self.image)

    def text(self, name: str) -> list[str | None]:
        """The text column `name` ('review', 'note', ...), one text for each row."""
        column = getattr(self, name)
        return [column] * len(self) if column is None or isinstance(column, str) else list(column)

    def class_names(self) -> list[str]:
        """The class of each row."""
        return [self.classes[i] for i in self.label.tolist()]

    def image_paths(self) -> list[str]:
        """The image path of each row."""
        return [self.paths[i] for i in self.image.tolist()]

    def take(self, rows: ArrayLike) -> "DetectionRows":
        """The rows of these indices or of this mask, in that order."""
        wanted = np.asarray(rows)
        index = np.arange(len(self))[wanted] if wanted.size else np.empty(0, np.int64)
        chosen: dict[str, Any] = {}
        for name in [f.name for f in fields(self)]:
            column = getattr(self, name)
            if name in ("paths", "classes") or column is None or isinstance(column, str):
                chosen[name] = column
            elif isinstance(column, np.ndarray):
                chosen[name] = column[index]
            elif name == "added":
                chosen[name] = added_columns.take(column, index.tolist())
            elif isinstance(column, StoredPictures):
                chosen[name] = column.take(index)
            else:
                chosen[name] = [column[i] for i in index.tolist()]
        return DetectionRows(**chosen)


@dataclass(frozen=True)
class Run:
    """One run of the detector."""

    run_id: str
    """The name of the run in `detections`."""
    started_at: str
    """ISO 8601."""
    finished_at: str | None
    """ISO 8601."""
    herdmap_version: str
    """The version of Herdmap."""
    model: str
    """The model's name."""
    model_sha256: str
    """The SHA-256 of the model's files in hex."""
    classes: Sequence[str]
    """The model's classes."""
    settings: Mapping[str, Any]
    """Every setting, as JSON values."""
    device: str
    """The device that the model ran on."""
    images: int
    """The number of images."""
    failed: int
    """How many images could not be searched."""
    tiles: int
    """How many tiles were searched."""
    detections: int
    """The number of detections."""


@dataclass(frozen=True, eq=False)
class Counts:
    """K counts: a row for each region and class. Regions come first, then `outside`, which has no polygon.

    Attributes:
        region: The names of the regions.
        class_name: The classes.
        count: (K,) int64.
        area_km2: (K,) float64; NaN if there is no area.
        density_per_km2: (K,) float64; NaN if there is no area.
        polygons: ISO WKB of the region in `crs_wkt`, Polygon or MultiPolygon, the same for all rows of a region; None
            for `outside`.
    """

    region: Sequence[str]
    class_name: Sequence[str]
    count: NDArray[np.int64]
    area_km2: NDArray[np.float64]
    density_per_km2: NDArray[np.float64]
    polygons: Sequence[bytes | None]
    crs_wkt: str | None

    def __post_init__(self) -> None:
        k = len(self.region)
        _set_array(self, "count", (k,), np.int64)
        _set_array(self, "area_km2", (k,), np.float64)
        _set_array(self, "density_per_km2", (k,), np.float64)
        _check_length(self, "class_name", k)
        _check_length(self, "polygons", k)

    def __len__(self) -> int:
        return len(self.region)


def check_ring(ring: NDArray[np.float64], what: str) -> None:
    """Raise TableError unless `ring` is (K, 2) with K >= 4, finite and closed. `what` names it in the message."""
    if ring.ndim != 2 or ring.shape[1] != 2 or len(ring) < 4 or not np.isfinite(ring).all():
        raise TableError(f"{what} is not a ring of finite (x, y) with at least 4 corners")
    if (ring[0] != ring[-1]).any():
        raise TableError(f"{what} is not closed: its last corner must repeat its first")


def _name(table: object) -> str:
    return "detections" if isinstance(table, DetectionRows) else type(table).__name__.lower()


def _set_array(table: object, name: str, shape: tuple[int, ...], dtype: Any, default: float | None = None) -> None:
    """Make the column `name` an array of `shape` and `dtype`, full of `default` if it was left out."""
    value = getattr(table, name)
    if default is not None and (value is None or len(value) == 0):
        array = np.full(shape, default, dtype)
    else:
        try:
            array = np.asarray(value, dtype)
        except (TypeError, ValueError) as error:
            raise TableError(f"{_name(table)}: {name} is not made of numbers: {error}") from error
    if array.shape != shape:
        raise TableError(f"{_name(table)}: {name} has shape {array.shape}, expected {shape}")
    object.__setattr__(table, name, array)


def _check_length(table: object, name: str, n: int) -> None:
    if isinstance(column := getattr(table, name), str) or len(column) != n:
        raise TableError(f"{_name(table)}: {name} has {len(column)} entries, expected {n}, one a row")


def _check_added(table: Images | DetectionRows, n: int) -> None:
    keys = [column.key for column in table.added]
    if len(keys) > added_columns.MOST:
        raise TableError(f"{_name(table)}: {len(keys)} added columns, expected at most {added_columns.MOST}")
    if len(set(keys)) != len(keys):
        raise TableError(f"{_name(table)}: two added columns have one name")
    for column in table.added:
        if len(column.values) != n:
            raise TableError(f"{_name(table)}: {column.name!r} has {len(column.values)} values, expected {n}")


def _check_words(table: object, name: str, words: tuple[str, ...]) -> None:
    column = getattr(table, name)
    unknown = {column} - {*words} if isinstance(column, str) else {*column} - {*words}
    if unknown:
        raise TableError(f"{_name(table)}: {name} {next(iter(unknown))!r} is not one of {', '.join(words)}")


def _check_storable(text: str, what: str) -> None:
    """Raise for texts that a file cannot store: a name that is not UTF-8 has lone surrogates in Python, and GDAL ends a
    text at a NUL.
    """
    if "\0" in text or text.encode("utf-8", "replace").decode() != text:
        raise TableError(f"{what} {text!r} is not UTF-8 text; rename it")


def _check_index(table: object, name: str, low: int, high: int) -> None:
    column = getattr(table, name)
    if len(column) and (column.min() < low or column.max() >= high):
        raise TableError(f"{_name(table)}: {name} has an index outside {low} to {high - 1}")
