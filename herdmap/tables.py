"""The tables of a survey: typed columns, and the way to pandas, GeoPandas and a notebook."""

import html
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any, ClassVar, Self

import numpy as np
import shapely
from numpy.typing import NDArray

from detector.detections import Detections
from geo.added_columns import AddedColumns, plain
from geo.errors import MissingLibraryError
from geo.estimates.jolly import Estimates
from geo.tables import Counts, DetectionRows, Images

ROWS_SHOWN = 10
_BOX = ("xmin", "ymin", "xmax", "ymax")

Texts = NDArray[np.object_]
"""(N,) str, or None if unknown."""


@dataclass(frozen=True, eq=False, repr=False)
class Table:
    """Columns of one length. `table["score"]` is a column as an array, `len(table)` the number of rows; a loop over a
    table gives its rows, each as a dictionary.

    A column is also an attribute of its name; `class`, which Python keeps for itself, is `class_name`. Numbers that are
    unknown are NaN, texts that are unknown are None. Columns that a person added to the survey come last, and are no
    attributes.
    """

    COLUMNS: ClassVar[tuple[str, ...]] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return (*self.COLUMNS, *self._added())

    def _added(self) -> Mapping[str, NDArray[Any]]:
        """The columns that a person added to the survey, by name."""
        return {}

    def __getitem__(self, column: str) -> NDArray[Any]:
        if column not in self.COLUMNS:
            added = self._added()
            if column not in added:
                raise KeyError(f"no column {column!r}; there are {', '.join(self.columns)}")
            return added[column]
        if column in _BOX:
            boxes: NDArray[Any] = self.boxes_px  # type: ignore[attr-defined]
            return boxes[:, _BOX.index(column)]
        value: NDArray[Any] = getattr(self, "class_name" if column == "class" else column)
        return value

    def __len__(self) -> int:
        return len(self[self.COLUMNS[0]])

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """The rows, each its values by column."""
        values = [self[name].tolist() for name in self.columns]
        return (dict(zip(self.columns, row, strict=True)) for row in zip(*values, strict=True))

    def to_pandas(self) -> Any:
        """The columns as a `pandas.DataFrame`. Needs pandas, which comes with the extra `geopandas`.

        Raises:
            MissingLibraryError: pandas is not installed.
        """
        _need("pandas")
        import pandas as pd

        return pd.DataFrame({name: self[name] for name in self.columns})

    def to_geopandas(self) -> Any:
        """The columns and the ground of each row as a `geopandas.GeoDataFrame`, in the survey's CRS.

        A row without a place has no geometry. A survey without a position has no CRS: its unit is the pixel, y is
        negative and goes up.

        Raises:
            MissingLibraryError: GeoPandas is not installed.
        """
        _need("geopandas")
        import geopandas as gpd

        geometry, crs_wkt = self._ground()
        return gpd.GeoDataFrame(self.to_pandas(), geometry=geometry, crs=crs_wkt)

    def _ground(self) -> tuple[Sequence[Any], str | None]:
        """A shapely geometry or None for each row, and their CRS."""
        return [None] * len(self), None

    def __repr__(self) -> str:
        lines = [f"{type(self).__name__}: {_number(len(self), 'row')}", *_aligned(self._shown())]
        if len(self) > ROWS_SHOWN:
            lines.append(f"... and {len(self) - ROWS_SHOWN} more")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        head, *rows = self._shown()
        cells = ["".join(f"<th>{html.escape(name)}</th>" for name in head)]
        cells += ["".join(f"<td>{html.escape(text)}</td>" for text in row) for row in rows]
        body = "".join(f"<tr>{row}</tr>" for row in cells)
        more = f", the first {ROWS_SHOWN} shown" if len(self) > ROWS_SHOWN else ""
        return f"<p>{type(self).__name__}: {_number(len(self), 'row')}{more}</p><table>{body}</table>"

    def _shown(self) -> list[list[str]]:
        """The head, then the first rows, as text; columns without a value are left out."""
        first = {name: [_text(value) for value in self[name][:ROWS_SHOWN].tolist()] for name in self.columns}
        told = [name for name, texts in first.items() if any(texts) or not texts]
        return [told, *map(list, zip(*(first[name] for name in told), strict=True))]


@dataclass(frozen=True, eq=False, repr=False)
class ImageTable(Table):
    """The images of a survey, a row each, searched or not."""

    path: Texts
    """Relative to the survey's file."""
    width: NDArray[np.int64]
    """Pixels."""
    height: NDArray[np.int64]
    """Pixels."""
    captured_at: Texts
    """ISO 8601."""
    lon: NDArray[np.float64]
    """Degrees, WGS 84."""
    lat: NDArray[np.float64]
    """Degrees, WGS 84."""
    altitude_m: NDArray[np.float64]
    """Metres above sea level."""
    agl_m: NDArray[np.float64]
    """Metres above the ground."""
    heading_deg: NDArray[np.float64]
    """Degrees clockwise from north."""
    gsd_m: NDArray[np.float64]
    """Metres on the ground for one pixel."""
    georeference: Texts
    """How the image is placed: `geotransform`, `world file`, `camera pose`, `flight log` or `none`."""
    status: Texts
    """`done`, `failed` or `pending`."""
    reason: Texts
    """Why the image failed, or which part of it was not searched."""
    detections: NDArray[np.int64]
    """How many detections it has."""
    tiles: NDArray[np.int64]
    """How many tiles were searched."""
    footprints: Sequence[NDArray[np.float64] | None]
    """The outline on the ground: a closed ring (K, 2) in the survey's CRS, or None."""
    crs_wkt: str | None
    """The survey's CRS; None if it has no position."""
    added: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    """The columns that a person added."""

    COLUMNS = (
        *("path", "width", "height", "captured_at", "lon", "lat", "altitude_m", "agl_m", "heading_deg", "gsd_m"),
        *("georeference", "status", "reason", "detections", "tiles"),
    )

    @classmethod
    def of(cls, images: Images, crs_wkt: str | None) -> Self:
        """From the survey's own rows."""
        columns = {name: _column(getattr(images, name)) for name in cls.COLUMNS}
        return cls(**columns, footprints=images.footprints, crs_wkt=crs_wkt, added=_added(images.added, cls.COLUMNS))

    def _added(self) -> Mapping[str, NDArray[Any]]:
        return self.added

    def _ground(self) -> tuple[Sequence[Any], str | None]:
        return [None if ring is None else shapely.Polygon(ring) for ring in self.footprints], self.crs_wkt


@dataclass(frozen=True, eq=False, repr=False)
class DetectionTable(Table):
    """Detections, a row each; or the labelled tiles of a tile classifier."""

    image: Texts
    """The image's path, relative to the survey's file."""
    class_name: Texts
    """The column `class`: the model's class."""
    score: NDArray[np.float32]
    """0 to 1; NaN for an animal that a person added."""
    boxes_px: NDArray[np.float32]
    """(N, 4) xyxy in image px: the columns `xmin`, `ymin`, `xmax`, `ymax`. NaN for a box that was drawn on the map."""
    animal_id: NDArray[np.int64]
    """The same for one animal in several images."""
    counted: NDArray[np.bool_]
    """Whether this sighting of the animal counts."""
    review: Texts
    """`unreviewed`, `confirmed` or `rejected`."""
    reviewed_class: Texts
    """The class that a person gave, if it is not the model's."""
    reviewer: Texts
    """Who reviewed it."""
    reviewed_at: Texts
    """ISO 8601."""
    note: Texts
    """What a person wrote."""
    runner_up: Texts
    """The model's second class."""
    runner_up_score: NDArray[np.float32]
    """The score of the second class."""
    error_m: NDArray[np.float64]
    """The root mean square error of the place on the ground, metres."""
    seen: NDArray[np.float64]
    """How many photos show the animal; NaN if unknown."""
    looks: NDArray[np.float64]
    """How many photos look at its place, those that show it included; NaN if unknown."""
    angle_deg: NDArray[np.float32]
    """Of a box that was found rotated, the angle of its longer side: degrees in 0 to 180, clockwise from the image's x
    axis; NaN for a box that was found upright."""
    run_id: Texts
    """The run that found it."""
    uuid: Texts
    """The identity of the row, through other runs, new places and merges; None in a survey of version 0.1."""
    polygons_map: NDArray[np.float64]
    """(N, 5, 2) the box on the ground, a closed ring in the survey's CRS; NaN without a place."""
    crs_wkt: str | None
    """The survey's CRS; None if it has no position."""
    added: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    """The columns that a person added."""

    COLUMNS = (
        *("image", "class", "score", *_BOX, "animal_id", "counted", "review", "reviewed_class", "reviewer"),
        *("reviewed_at", "note", "runner_up", "runner_up_score", "error_m", "seen", "looks", "angle_deg"),
        *("run_id", "uuid"),
    )

    @classmethod
    def of(cls, rows: DetectionRows, crs_wkt: str | None, class_name: Sequence[str] | None = None) -> Self:
        """From the survey's own rows. class_name: another class for each row than the model's."""
        names = _column([*rows.classes, None])
        return cls(
            image=_column([*rows.paths, None])[rows.image],
            class_name=names[rows.label] if class_name is None else _column(class_name),
            score=rows.score,
            boxes_px=rows.boxes_px,
            animal_id=rows.animal_id,
            counted=rows.counted == 1,
            runner_up=names[rows.runner_up],
            runner_up_score=rows.runner_up_score,
            error_m=rows.error_m,
            seen=np.where(rows.seen < 0, np.nan, rows.seen),
            looks=np.where(rows.looks < 0, np.nan, rows.looks),
            angle_deg=rows.angle_deg,
            polygons_map=rows.polygons_map,
            crs_wkt=crs_wkt,
            added=_added(rows.added, cls.COLUMNS),
            **{
                name: _column(rows.text(name))
                for name in ("review", "reviewed_class", "reviewer", "reviewed_at", "note", "run_id", "uuid")
            },
        )

    def _added(self) -> Mapping[str, NDArray[Any]]:
        return self.added

    def _ground(self) -> tuple[Sequence[Any], str | None]:
        ground = np.full(len(self), None, object)
        placed = np.isfinite(self.polygons_map).all(axis=(1, 2))
        ground[placed] = shapely.polygons(self.polygons_map[placed])
        return ground.tolist(), self.crs_wkt


@dataclass(frozen=True, eq=False, repr=False)
class CountTable(Table):
    """Animals by region and class. After the regions comes `outside`, the ground outside all of them."""

    region: Texts
    """The region's name."""
    class_name: Texts
    """The column `class`."""
    count: NDArray[np.int64]
    """Animals."""
    area_km2: NDArray[np.float64]
    """The region's area on the ellipsoid; NaN if it is unknown."""
    density_per_km2: NDArray[np.float64]
    """Animals per square kilometre."""
    polygons: Sequence[bytes | None]
    """The region as ISO WKB in `crs_wkt`; None for `outside`."""
    crs_wkt: str | None
    """The regions' CRS."""

    COLUMNS = ("region", "class", "count", "area_km2", "density_per_km2")

    @classmethod
    def of(cls, counts: Counts) -> Self:
        """From the survey's own rows."""
        columns = {name: _column(getattr(counts, name)) for name in ("region", "class_name")}
        numbers = {name: getattr(counts, name) for name in ("count", "area_km2", "density_per_km2")}
        return cls(**columns, **numbers, polygons=counts.polygons, crs_wkt=counts.crs_wkt)

    def _ground(self) -> tuple[Sequence[Any], str | None]:
        return [None if wkb is None else shapely.from_wkb(wkb) for wkb in self.polygons], self.crs_wkt


@dataclass(frozen=True, eq=False, repr=False)
class EstimateTable(Table):
    """Population estimates per stratum and class; the stratum `all` is the sum of the strata."""

    stratum: Texts
    """The stratum's name."""
    class_name: Texts
    """The column `class`."""
    n: NDArray[np.int64]
    """Transects that were searched."""
    n_possible: NDArray[np.float64]
    """Transects that the stratum has room for (N)."""
    area_km2: NDArray[np.float64]
    """Of the stratum."""
    density_per_km2: NDArray[np.float64]
    """Animals per square kilometre."""
    estimate: NDArray[np.float64]
    """Animals."""
    se: NDArray[np.float64]
    """The standard error; NaN if it is undefined, never 0 then."""
    ci_low: NDArray[np.float64]
    """The lower end of the 95 % confidence interval."""
    ci_high: NDArray[np.float64]
    """The upper end of the 95 % confidence interval."""
    cv: NDArray[np.float64]
    """The coefficient of variation, SE / estimate."""
    df: NDArray[np.float64]
    """The degrees of freedom of the interval."""
    precision_pct: NDArray[np.float64]
    """Half of the interval in per cent of the estimate."""
    bootstrap_low: NDArray[np.float64]
    """The lower end of the bootstrap's 95 % interval."""
    bootstrap_high: NDArray[np.float64]
    """The upper end of the bootstrap's 95 % interval."""
    interval: Texts
    """How the 95 % interval is made: `t`, `log-normal` or `upper bound`; None if there is none."""
    correction: Texts
    """How the counts were corrected: `uncorrected`, `by stratum`, `by model`, `review alone`, `as counted`."""
    counted: NDArray[np.float64]
    """Animals that were counted on the transects; with a correction, those that a reviewer saw."""
    boxes: NDArray[np.float64]
    """Boxes on the transects."""
    reviewed: NDArray[np.float64]
    """How many of the boxes a person reviewed."""
    searched_km2: NDArray[np.float64]
    """Ground that was searched."""
    factor: NDArray[np.float64]
    """What the count was multiplied by."""
    precision: NDArray[np.float64]
    """The share of the boxes that are animals."""
    recall: NDArray[np.float64]
    """The share of the animals that have a box."""
    remarks: Texts
    """What to know of this row; None for nothing."""
    method: str
    """The method in words."""
    strata: Mapping[str, bytes]
    """The ground of the strata that were given as polygons: ISO WKB in `crs_wkt`, by name."""
    crs_wkt: str | None
    """The strata's CRS."""

    COLUMNS = (
        *("stratum", "class", "n", "n_possible", "area_km2", "density_per_km2", "estimate", "se", "ci_low", "ci_high"),
        *("cv", "df", "precision_pct", "bootstrap_low", "bootstrap_high", "interval", "correction", "counted"),
        *("boxes", "reviewed", "searched_km2", "factor", "precision", "recall", "remarks"),
    )
    _TEXTS = ("interval", "correction", "remarks")

    @classmethod
    def of(cls, estimates: Estimates, strata: Mapping[str, bytes], crs_wkt: str | None) -> Self:
        """From the estimates, and the ground of their strata."""
        rows = estimates.rows
        names = [name for name in cls.COLUMNS[3:] if name not in cls._TEXTS]
        columns: dict[str, Any] = {name: np.array([getattr(row, name) for row in rows], np.float64) for name in names}
        columns |= {name: _column([row.audit(name) or None for row in rows]) for name in cls._TEXTS}
        return cls(
            stratum=_column([row.stratum for row in rows]),
            class_name=_column([row.class_name for row in rows]),
            n=np.array([row.n for row in rows], np.int64),
            **columns,
            method=estimates.method,
            strata=strata,
            crs_wkt=crs_wkt,
        )

    def _ground(self) -> tuple[Sequence[Any], str | None]:
        shapes = {name: shapely.from_wkb(wkb) for name, wkb in self.strata.items()}
        return [shapes.get(name) for name in self.stratum], self.crs_wkt


@dataclass(frozen=True, eq=False, repr=False)
class PredictionTable(Table):
    """The detections of a model in one image, one row for each animal."""

    class_name: Texts
    """The column `class`."""
    score: NDArray[np.float32]
    """0 to 1."""
    boxes_px: NDArray[np.float32]
    """(N, 4) xyxy in image px: the columns `xmin`, `ymin`, `xmax`, `ymax`."""
    runner_up: Texts
    """The model's second class."""
    runner_up_score: NDArray[np.float32]
    """The score of the second class; NaN if there is none."""

    COLUMNS = ("class", "score", *_BOX, "runner_up", "runner_up_score")

    @classmethod
    def of(cls, found: Detections, classes: Sequence[str]) -> Self:
        """From boxes in image px and the model's classes."""
        names = _column([*classes, None])
        second = np.where(found.runner_up >= 0, found.runner_up_scores, np.nan).astype(np.float32)
        return cls(names[found.labels], found.scores, found.boxes, names[found.runner_up], second)

    def _ground(self) -> tuple[Sequence[Any], str | None]:
        """The boxes in the image, y negative and up, as a map shows an image without position."""
        x0, y0, x1, y1 = self.boxes_px.T.astype(np.float64)
        return shapely.box(x0, -y1, x1, -y0).tolist(), None


def _column(values: Any) -> NDArray[Any]:
    """Numbers as they are, texts as an array of objects."""
    return values if isinstance(values, np.ndarray) else np.array([*values, None], object)[:-1]


def _added(columns: AddedColumns, taken: Sequence[str]) -> dict[str, NDArray[Any]]:
    """What a person added: whole numbers as int64 where all are known, else as float64; texts as objects."""
    arrays: dict[str, NDArray[Any]] = {}
    for name, kind, values in plain(columns, (*taken, "geometry")):
        whole = kind == "integer" and None not in values
        arrays[name] = _column(values) if kind == "text" else np.array(values, np.int64 if whole else np.float64)
    return arrays


def _need(library: str) -> None:
    if find_spec(library) is None:
        raise MissingLibraryError(f"{library} is not installed: pip install 'herdmap[geopandas]'")


def _number(count: int, of: str) -> str:
    return f"{count} {of}" if count == 1 else f"{count} {of}s"


def _text(value: object) -> str:
    if value is None or value != value:
        return ""
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _aligned(rows: list[list[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]
