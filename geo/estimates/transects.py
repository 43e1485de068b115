"""Reads what an estimate needs: strata, and transects with their counts and areas.

Both are CSV or vector files. Strata are polygons. Transects are polygons (drawn, or the footprints of their photos), or
lines with a width. With a vector file, the animals of a transect are the detections with the centre of their box in it.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyproj
import shapely
from numpy.typing import ArrayLike, NDArray

from geo.antimeridian import in_one_turn, unrolled
from geo.areas import geodesic_areas_km2, ground_crs
from geo.csv_table import read_rows
from geo.errors import VectorError
from geo.georeference import reproject
from geo.paths import StrPath, as_path
from geo.regions import Regions, assign, regions_from
from geo.tables import TableError

if TYPE_CHECKING:
    from geo.vector import Polygons

__all__ = ["ALL", "Strata", "Strips", "Transects", "is_csv", "read_strata", "read_strips", "read_transects"]

ALL = "all"  # the row over all strata; also the class if a file names none

_CSV = (".csv", ".tsv", ".txt")
_LARGEST_CSV = 256 << 20
_WIDTHS = ("width_m", "width", "strip_width_m", "strip_width")
_PIECE_M = 1_000.0  # strips are drawn in pieces of this length, so that a straight line stays straight in any CRS


@dataclass(frozen=True)
class Strata:
    """The S strata of a survey. Raises TableError if a value cannot be.

    Attributes:
        names: S names.
        area_km2: (S,) float64, positive.
        transects: (S,) float64, how many transects would cover each (Jolly's N); NaN if the area decides it.
        polygons: Their polygons; None if they were read from CSV.
    """

    names: tuple[str, ...]
    area_km2: NDArray[np.float64]
    transects: NDArray[np.float64]
    polygons: Regions | None = None
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("area_km2", "transects"):
            if getattr(self, name).shape != (len(self.names),):
                raise TableError(f"strata: {name} of shape {getattr(self, name).shape}, expected {len(self.names)}")
        if len(set(self.names)) != len(self.names):
            raise TableError("strata: two have the same name; give each stratum one row")
        if ALL in self.names:
            raise TableError(f"strata: one is called {ALL!r}, which is the name of their sum; rename it")
        for name, area, number in zip(self.names, self.area_km2, self.transects, strict=True):
            if not 0 < area < math.inf:
                raise TableError(f"stratum {name!r}: an area of {area:g} km2; expected more than 0")
            if not (math.isnan(number) or 0 < number < math.inf):
                raise TableError(f"stratum {name!r}: {number:g} transects; expected how many would cover it")


@dataclass(frozen=True)
class Transects:
    """K transects with their counts. Raises TableError if a value cannot be.

    Attributes:
        stratum: K names.
        names: K names.
        classes: C names.
        counts: (K, C) float64. A class that was not seen on a transect counts 0 there.
        area_km2: (K,) float64, the area that was searched.
    """

    stratum: tuple[str, ...]
    names: tuple[str, ...]
    classes: tuple[str, ...]
    counts: NDArray[np.float64]
    area_km2: NDArray[np.float64]
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        k = len(self.names)
        if len(self.stratum) != k or self.area_km2.shape != (k,) or self.counts.shape != (k, len(self.classes)):
            raise TableError(f"transects: columns of different lengths, expected {k} each")
        if not bool(np.all(np.isfinite(self.counts) & (self.counts >= 0))):
            raise TableError("transects: a count is negative or not a number")
        for stratum, name, area in zip(self.stratum, self.names, self.area_km2, strict=True):
            if not 0 < area < math.inf:
                raise TableError(f"transect {name!r} of {stratum!r}: an area of {area:g} km2; expected more than 0")


@dataclass(frozen=True)
class Strips:
    """K transects on the ground.

    Attributes:
        stratum: K names; None if the file does not state it.
        names: K names.
        polygons: (K,) in crs_wkt.
        crs_wkt: The CRS of the polygons.
        area_km2: (K,) float64, geodesic.
        photos: (K,) float64, how many photos; only for transects made of photos.
        length_km: (K,) float64, the track that they cover; likewise.
        strip_width_m: (K,) float64, how wide they see; likewise.
    """

    stratum: tuple[str | None, ...]
    names: tuple[str, ...]
    polygons: NDArray[np.object_]
    crs_wkt: str
    area_km2: NDArray[np.float64]
    warnings: tuple[str, ...] = ()
    photos: NDArray[np.float64] | None = None
    length_km: NDArray[np.float64] | None = None
    strip_width_m: NDArray[np.float64] | None = None

    def with_counts(self, strata: Strata, classes: Sequence[str], counts: NDArray[np.float64]) -> Transects:
        """The transects with counts (K, C) of the C classes."""
        stratum = self._strata(strata)
        warnings = (*self.warnings, *self._beyond(stratum, strata))
        return Transects(stratum, self.names, tuple(classes), counts, self.area_km2, warnings)

    def transects(
        self,
        points_map: ArrayLike,
        classes: Sequence[str],
        crs_wkt: str | None,
        strata: Strata,
        class_names: Sequence[str] = (),
        *,
        once: bool = False,
    ) -> Transects:
        """The transects, with the animals in them counted.

        If strips overlap, an animal counts in each, as its ground counts in the area of each. With `once`, it counts
        only in the first, for a sum. An animal on the common edge of two counts in the first. If the file states no
        strata, the stratum is the only one, or the one below the transect.

        Args:
            points_map: (N, 2) the animals, in crs_wkt.
            classes: (N,) their classes.
            crs_wkt: The CRS of the points.
            strata: The strata.
            class_names: Classes that get a column even without animals; other classes follow.
            once: Count each animal once.

        Raises:
            VectorError: Points cannot be transformed from one CRS to the other, or it is not clear which stratum is
                meant.
        """
        stratum = self._strata(strata)
        names = list(dict.fromkeys([*class_names, *sorted(set(classes))])) or [ALL]
        counts = self._count(np.asarray(points_map, np.float64).reshape(-1, 2), classes, crs_wkt, names, once)
        warnings = (*self.warnings, *self._overlap_warning(once), *self._beyond(stratum, strata))
        return Transects(stratum, self.names, tuple(names), counts, self.area_km2, warnings)

    def _strata(self, strata: Strata) -> tuple[str, ...]:
        """The stratum of each strip: its own, else the only one, else the polygon below a point inside the strip."""
        names = [strata.names[0] if name is None and len(strata.names) == 1 else name for name in self.stratum]
        if None in names and strata.polygons is not None:
            inner = shapely.get_coordinates(shapely.point_on_surface(self.polygons))
            below = assign(inner, self.crs_wkt, strata.polygons).tolist()
            names = [
                strata.names[index] if name is None and index >= 0 else name
                for name, index in zip(names, below, strict=True)
            ]
        found = tuple(name for name in names if name is not None)
        if len(found) != len(names):
            lost = self.names[names.index(None)]
            raise VectorError(
                f"transect {lost!r} has no stratum, and there are several; give the transects a column 'stratum'"
            )
        return found

    def _count(
        self, points: NDArray[np.float64], classes: Sequence[str], crs_wkt: str | None, names: list[str], once: bool
    ) -> NDArray[np.float64]:
        code_of = {name: code for code, name in enumerate(names)}
        codes = np.fromiter((code_of[name] for name in classes), np.int64, len(classes))
        regions = Regions(tuple(map(str, range(len(self.names)))), self.polygons, self.crs_wkt)
        first = assign(points, crs_wkt, regions)
        table = np.zeros((len(self.names), len(names)))
        inside = first >= 0
        np.add.at(table, (first[inside], codes[inside]), 1)
        for later, earlier in () if once else self._overlapping():
            there = np.flatnonzero(np.isin(first, earlier))
            only = Regions(("strip",), self.polygons[[later]], self.crs_wkt)
            again = there[assign(points[there], crs_wkt, only) == 0]
            np.add.at(table, (later, codes[again]), 1)
        return table

    def _overlap_warning(self, once: bool) -> list[str]:
        if once or not self._overlapping():
            return []
        return ["transects overlap: the ground that two transects share, and its animals, count in both"]

    def _beyond(self, stratum: tuple[str, ...], strata: Strata) -> list[str]:
        """A warning if transects reach out of their stratum by more than a twentieth."""
        if strata.polygons is None or strata.polygons.crs_wkt is None:
            return []
        into = _carrier(strata.polygons.crs_wkt, self.crs_wkt)
        ground = {
            name: shapely.transform(polygon, into)
            for name, polygon in zip(strata.names, strata.polygons.polygons, strict=True)
        }
        out = [
            name
            for name, of, strip in zip(self.names, stratum, self.polygons, strict=True)
            if of in ground and shapely.difference(strip, ground[of]).area > 0.05 * strip.area
        ]
        if not out:
            return []
        return [
            f"{len(out)} transects reach out of their stratum, for example {out[0]!r}: all of their area counts as "
            "searched"
        ]

    def _overlapping(self) -> list[tuple[int, list[int]]]:
        """Each strip that shares ground with earlier strips, and those."""
        tree = shapely.STRtree(self.polygons)
        a, b = tree.query(self.polygons)
        a, b = a[a < b], b[a < b]
        shared = shapely.relate_pattern(self.polygons[a], self.polygons[b], "T********")
        before: dict[int, list[int]] = {}
        for i, j in zip(a[shared].tolist(), b[shared].tolist(), strict=True):
            before.setdefault(j, []).append(i)
        return list(before.items())


def is_csv(path: StrPath) -> bool:
    """Whether a file of strata or transects is read as CSV."""
    path = as_path(path)
    return path.suffix.lower() in _CSV


# ---- strata ---------------------------------------------------------------------------------


def read_strata(path: StrPath, layer: str | None = None) -> Strata:
    """Read strata from CSV, or from the polygons of a vector file.

    The columns of a CSV are `stratum`, `area_km2`, and `transects` if N is known. Polygons have the column `stratum`,
    or else one that names regions. Features with the same name are one stratum. Areas are geodesic. A column
    `transects` is N.

    Args:
        path: The file.
        layer: The layer; by default all.

    Raises:
        VectorError: The file cannot be read; the message says where.
        TableError: A value cannot be.
    """
    path = as_path(path)
    if is_csv(path):
        names, areas, numbers = [], [], []
        for line, row in _csv_rows(path, ("stratum", "area_km2"), ("transects",)):
            names.append(_text(row["stratum"], path, line, "stratum"))
            areas.append(_number(row["area_km2"], path, line, "area_km2"))
            numbers.append(_number(row["transects"], path, line, "transects") if row.get("transects") else math.nan)
        return Strata(tuple(names), np.array(areas, np.float64), np.array(numbers, np.float64))
    from geo.vector import read_polygons  # pyogrio's home

    table = read_polygons(path, layer=layer)
    usual = ("stratum", "strata", "name", "region", "block", "label", "id")
    chosen = _chosen(table, usual, path)
    number_field = _field(table.columns, ("transects",))
    shapes: dict[str, list[Any]] = {}
    numbers_of: dict[str, float] = {}
    for number, name, shape in _named(table, chosen, path):
        shapes.setdefault(name, []).append(shape)
        given = None if number_field is None else table.columns[number_field][number - 1]
        if given is not None and given == given:
            if name in numbers_of:
                raise VectorError(
                    f"{path.name}: stratum {name!r} has its number of transects twice; dissolve its polygons into one"
                )
            numbers_of[name] = _number(given, path, number, "transects")
    regions = regions_from([_one(parts) for parts in shapes.values()], list(shapes), table.crs_wkt, file=path.name)
    if regions.crs_wkt is None:
        raise VectorError(
            f"{path.name}: its CRS is unknown, so the strata have no area; assign its CRS, or give the areas as CSV"
        )
    areas_km2 = geodesic_areas_km2(regions.polygons, regions.crs_wkt)
    numbers = [numbers_of.get(name, math.nan) for name in regions.names]
    warnings = (*table.notes(path.name), *regions.warnings)
    return Strata(regions.names, areas_km2, np.array(numbers, np.float64), regions, warnings)


# ---- transects ------------------------------------------------------------------------------


def read_transects(path: StrPath) -> Transects:
    """Read transects from CSV: `stratum, transect, class, count, area_km2`. `class` may be left out.

    There is a row for each transect and class that was seen; everything else counts 0. A row with an empty class or
    count says that the transect was flown.

    Raises:
        VectorError: The file cannot be read; the message says where.
        TableError: A value cannot be.
    """
    path = as_path(path)
    area_of: dict[tuple[str, str], float] = {}
    counts: dict[tuple[tuple[str, str], str], float] = {}
    classes: dict[str, None] = {}
    for line, row in _csv_rows(path, ("stratum", "transect", "count", "area_km2"), ("class",)):
        key = (_text(row["stratum"], path, line, "stratum"), _text(row["transect"], path, line, "transect"))
        area = _number(row["area_km2"], path, line, "area_km2")
        if area_of.setdefault(key, area) != area:
            raise VectorError(
                f"{path.name}, line {line}: transect {key[1]!r} of {key[0]!r} has two areas, {area_of[key]:g} and "
                f"{area:g} km2; give one transect one area, or two transects two names"
            )
        name, count = row.get("class", ALL), row["count"]
        if not name and (not count or _number(count, path, line, "count") == 0):
            continue
        name = _text(name, path, line, "class")
        classes[name] = None
        if (key, name) in counts:
            raise VectorError(f"{path.name}, line {line}: transect {key[1]!r} of {key[0]!r} has {name!r} twice")
        counts[key, name] = _number(count, path, line, "count") if count else 0.0
    if not area_of:
        raise VectorError(f"{path.name}: it has no transect; expected a row for each")
    names = list(classes) or [ALL]
    table = np.array([[counts.get((key, name), 0.0) for name in names] for key in area_of])
    strata, transects = zip(*area_of, strict=True)
    return Transects(strata, transects, tuple(names), table, np.array(list(area_of.values())))


def read_strips(path: StrPath, strip_width_m: float | None = None, layer: str | None = None) -> Strips:
    """Read transects from a vector file: polygons, or lines with a full width in metres.

    The columns are `transect`, and `stratum` if there are several. Features of one transect, such as the footprints of
    its photos, are joined. The width of a line is in its column `width_m` or `width`, else it is `strip_width_m`. The
    strip of a line has flat ends.

    Args:
        path: The file.
        strip_width_m: The width of lines without a width of their own.
        layer: The layer; by default all.

    Raises:
        VectorError: A line has no width, or the file has no CRS.
    """
    path = as_path(path)
    from geo.vector import read_features  # pyogrio's home

    table = read_features(path, layer=layer)
    if table.crs_wkt is None or ground_crs(table.crs_wkt) is None:
        raise VectorError(f"{path.name}: its CRS is unknown, so the transects have no area; assign its CRS")
    chosen = _chosen(table, ("transect", "transect_id", "transect_no", "name", "id"), path)
    stratum_field = _field(table.columns, ("stratum", "strata"))
    width_field = _field(table.columns, _WIDTHS)
    warnings, shapes = list[str](table.notes(path.name)), dict[tuple[str | None, str], list[Any]]()
    found = list(_named(table, chosen, path, _KINDS))
    for number, name, shape in found:
        row = number - 1
        if "Line" in shape.geom_type:
            width = table.columns[width_field][row] if width_field is not None else None
            width = strip_width_m if width is None or width != width else _number(width, path, row + 1, "width")
            if width is None:
                raise VectorError(
                    f"{path.name}: transects are lines without a width: expected a column width_m or one width for all",
                    about="strip_width_m",
                )
            if not 0 < width <= 100_000:
                raise VectorError(f"{path.name}, row {row + 1}: a strip {width:g} m wide; expected 0 to 100 km")
            shape = _strip(shape, width, table.crs_wkt)
        stratum = None
        if stratum_field is not None:
            stratum = _text(table.columns[stratum_field][row], path, row + 1, "stratum")
        shapes.setdefault((stratum, name), []).append(shape)
    if skipped := len(table.geometries) - len(found):
        warnings.append(f"{path.name}: skipped {skipped} features that are neither polygon nor line")
    parts = [_one(found) for found in shapes.values()]
    regions = regions_from(parts, [str(row) for row in range(len(parts))], table.crs_wkt, file=path.name)
    if len(regions) != len(parts):
        raise VectorError(f"{path.name}: a transect has no area; correct or remove it")
    strata, names = zip(*shapes, strict=True)
    areas_km2 = geodesic_areas_km2(regions.polygons, table.crs_wkt)
    warnings += [text for text in regions.warnings if "overlap" not in text]  # overlaps are warned of elsewhere
    return Strips(strata, names, regions.polygons, table.crs_wkt, areas_km2, tuple(warnings))


def _chosen(table: "Polygons", usual: tuple[str, ...], path: Path) -> list[str]:
    """The column with the names in each layer. Raises VectorError if a layer has none of the usual ones."""
    chosen = []
    for layer, fields in zip(table.layers, table.fields, strict=True):
        if (field := _field(fields, usual)) is None:
            of = f", layer {layer!r}" if len(table.layers) > 1 else ""
            raise VectorError(f"{path.name}{of}: no column {usual[0]!r}; its columns are {_listed(fields)}")
        chosen.append(field)
    return chosen


def _named(
    table: "Polygons", chosen: list[str], path: Path, kinds: tuple[str, ...] | None = None
) -> Iterator[tuple[int, str, Any]]:
    """The row number, the name and the shape of each feature with a geometry of these kinds, or of any kind.

    If a name occurs in several layers, it is preceded by the layer, because it is not one feature.
    """
    values = table.values(chosen)
    rows = [
        row
        for row, shape in enumerate(table.geometries)
        if shape is not None and not shape.is_empty and (kinds is None or shape.geom_type in kinds)
    ]
    names = [""] * len(values)
    for row in rows:
        names[row] = _text(values[row], path, row + 1, chosen[table.layer_of[row]])
    apart = table.told_apart(names)
    for row in rows:
        yield row + 1, apart[row], table.geometries[row]


_KINDS = ("Polygon", "MultiPolygon", "LineString", "MultiLineString")


def _strip(line: shapely.Geometry, width_m: float, crs_wkt: str) -> shapely.Geometry:
    """The ground within half of `width_m` from a line, in the line's CRS, with flat ends.

    The buffer is made in an azimuthal equidistant projection about the middle of the line. Over 100 km, it stretches by
    1e-5.
    """
    degrees = pyproj.CRS.from_user_input(crs_wkt).is_geographic
    line = shapely.transform(line, lambda xy: unrolled(xy, np.zeros(len(xy), np.int64), crs_wkt))
    line = shapely.segmentize(line, _PIECE_M / 111_000 if degrees else _PIECE_M)
    x_min, y_min, x_max, y_max = shapely.bounds(line)
    lon, lat = reproject(np.array([[(x_min + x_max) / 2, (y_min + y_max) / 2]]), crs_wkt, "EPSG:4326")[0].tolist()
    if not (math.isfinite(lon) and math.isfinite(lat)):
        raise VectorError("a transect lies beyond where its CRS is defined: check the layer's CRS")
    local = pyproj.CRS.from_proj4(f"+proj=aeqd +lon_0={lon!r} +lat_0={lat!r} +datum=WGS84 +units=m").to_wkt()
    flat = shapely.transform(line, _carrier(crs_wkt, local))
    strip = shapely.segmentize(shapely.buffer(flat, width_m / 2, cap_style="flat", join_style="mitre"), _PIECE_M)
    strip = shapely.transform(strip, _carrier(local, crs_wkt))
    return in_one_turn(np.array([strip], object), crs_wkt)[0][0]


def _carrier(source: str, target: str) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    def carried(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        there = reproject(xy, source, target)
        if not bool(np.isfinite(there).all()):
            raise VectorError("a transect reaches beyond where its CRS is defined: check the layer's CRS")
        return there

    return carried


def _one(parts: Sequence[Any]) -> Any:
    """The polygons with one name as one geometry."""
    if len(parts) == 1:
        return parts[0]
    return shapely.union_all([part if shapely.is_valid(part) else shapely.make_valid(part) for part in parts])


# ---- cells ----------------------------------------------------------------------------------


def _csv_rows(path: Path, required: Sequence[str], optional: Sequence[str]) -> Iterable[tuple[int, Mapping[str, str]]]:
    """(line number, column -> stripped text) of each row that is not blank; header names in any case."""
    rows = read_rows(path, _LARGEST_CSV, "transects or strata")
    columns = [name.strip().casefold() for name in next(rows, (0, []))[1]]
    wanted = {name: columns.index(name) for name in (*required, *optional) if name in columns}
    missing = [name for name in required if name not in wanted]
    if missing:
        raise VectorError(f"{path.name}: no column {missing[0]!r}; its columns are {_listed(columns)}")
    for line, cells in rows:
        if len(cells) <= max(wanted[name] for name in required):
            raise VectorError(f"{path.name}, line {line}: {len(cells)} cells, fewer than columns")
        yield line, {name: cells[at].strip() for name, at in wanted.items() if at < len(cells)}


def _text(value: object, path: Path, line: int, column: str) -> str:
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        value = int(value)
    if value is None or value != value or not str(value).strip():
        raise VectorError(f"{path.name}, line {line}: no {column}; expected one in every row")
    return str(value).strip()


def _number(value: object, path: Path, line: int, column: str) -> float:
    try:
        number = float(str(value))
    except ValueError:
        number = math.nan
    if not (math.isfinite(number) and number >= 0):
        raise VectorError(f"{path.name}, line {line}: {column} {str(value)[:40]!r}; expected a number, 0 or more")
    return number


def _field(columns: Iterable[str], wanted: Sequence[str]) -> str | None:
    return next((field for want in wanted for field in columns if field.casefold() == want), None)


def _listed(columns: Iterable[str]) -> str:
    return ", ".join(map(repr, list(columns)[:20])) or "none"
