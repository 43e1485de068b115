"""Counts by region: which region has each animal, how large each region is, and how dense the animals are.

The rules (a contract of the project):

- a detection belongs to the region that contains the centre of its box; if several do (a shared edge, regions that
  overlap), to the one that comes first in the file; if none does, to `outside`;
- nothing vanishes: a detection without a place on the ground counts as `unplaced`, so the counts of the regions,
  `outside` and `unplaced` add up to the number of detections;
- the area is that on the ellipsoid, whatever the CRS.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TextIO

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from geo.antimeridian import wrapped
from geo.areas import geodesic_area_km2, geodesic_areas_km2, ground_crs
from geo.csv_table import write_rows
from geo.errors import Remark, VectorError
from geo.georeference import reproject
from geo.paths import StrPath, as_path
from geo.tables import Counts, TableError

__all__ = [
    "OUTSIDE",
    "UNPLACED",
    "Regions",
    "assign",
    "count",
    "geodesic_area_km2",
    "geodesic_areas_km2",
    "read_regions",
    "regions_from",
    "write_csv",
]

OUTSIDE = -1
UNPLACED = -2
_NO_REGION = ((OUTSIDE, "outside"), (UNPLACED, "unplaced"))  # their codes, and the names of their rows

_NAME_FIELDS = ("name", "region", "region_name", "stratum", "block", "label", "title", "id", "fid")
# Neighbours that were digitised separately overlap by slivers. Below this share of the smaller region, no warning is
# given.
_SLIVER = 1e-6


@dataclass(frozen=True)
class Regions:
    """R regions, in the order of their file. Raises TableError if shapes or names do not fit.

    Attributes:
        names: All different; none is `outside` or `unplaced`.
        polygons: (R,) object array of valid, non-empty 2D Polygon and MultiPolygon, in the CRS of the file.
        crs_wkt: That CRS. None if it is undefined; then there are no areas.
        warnings: One line for each polygon or name that was repaired, skipped, renamed or is ambiguous.
    """

    names: tuple[str, ...]
    polygons: NDArray[np.object_]
    crs_wkt: str | None
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.polygons.shape != (len(self.names),):
            raise TableError(f"{len(self.names)} names for polygons of shape {self.polygons.shape}: give one each")
        if len(set(self.names)) != len(self.names):
            raise TableError("two regions have the same name: give every region its own")
        if not bool(np.all(np.isin(shapely.get_type_id(self.polygons), (3, 6)))):
            raise TableError("a region is not a polygon: give Polygon or MultiPolygon geometries")

    def __len__(self) -> int:
        return len(self.names)


# ---- reading --------------------------------------------------------------------------------


def read_regions(path: StrPath, name_field: str | None = None, layer: str | None = None) -> Regions:
    """Read the polygons of a vector file as regions.

    Invalid polygons are repaired. Null and empty ones, and other geometries, are skipped. `Regions.warnings` says so. A
    row without a name is called by its number, from 1. If a name occurs again, it gets a number: two features with one
    name stay two regions (`North`, `North (2)`), because nobody can tell a region in two pieces from two regions. Draw
    a region in two pieces as one multipolygon. If a name occurs in several layers, it gets the name of its layer:
    `East/Block 1`.

    Args:
        path: The file.
        name_field: The field with the names. By default the first one that exists of name, region, ..., id, in any
            case, else the number of the row.
        layer: The layer; by default every layer with polygons.

    Raises:
        VectorError: The file cannot be read, or has no such field or layer, or no polygon.
    """
    from geo.vector import read_polygons  # counting itself does not need pyogrio

    table = read_polygons(path, layer=layer)
    file = as_path(path).name
    chosen = _name_fields(table.fields, name_field, file)
    firsts = np.searchsorted(table.layer_of, np.arange(len(table.layers)))
    rows = np.arange(len(table.layer_of)) - firsts[table.layer_of] + 1
    names = [_name(value, row) for value, row in zip(table.values(chosen), rows.tolist(), strict=True)]
    field = None if None in chosen else chosen[0]
    _check_degrees(table.geometries, table.crs_wkt, file)
    regions = regions_from(table.geometries, table.told_apart(names), table.crs_wkt, file=file, field=field)
    return replace(regions, warnings=(*table.notes(file), *regions.warnings))


def _check_degrees(geometries: NDArray[np.object_], crs_wkt: str | None, file: str) -> None:
    """Raise VectorError if coordinates are not longitude and latitude although the CRS says so."""
    crs = ground_crs(crs_wkt)
    if crs is None or not crs.is_geographic:
        return
    lon, lat = np.degrees(shapely.get_coordinates(geometries).T * crs.axis_info[0].unit_conversion_factor)
    for what, values, most in (("latitude", lat, 90.0), ("longitude", lon, 360.0)):
        wrong = values[np.abs(values) > most + 1e-6]
        if len(wrong):
            raise VectorError(
                f"{file}: a corner has the {what} {wrong[0]:.10g}, in {crs.name[:40]}: either latitude and longitude "
                "are exchanged, or the layer is in another CRS; correct it, or assign the CRS that it was drawn in"
            )


def regions_in(counts: Counts) -> Regions | None:
    """The regions that were counted, each once. None if none of them has a polygon."""
    shapes: dict[str, bytes] = {}
    for name, polygon in zip(counts.region, counts.polygons, strict=True):
        if polygon is not None:
            shapes.setdefault(name, polygon)
    try:
        return regions_from(shapely.from_wkb(list(shapes.values())), list(shapes), counts.crs_wkt)
    except VectorError:
        return None


def regions_from(
    geometries: ArrayLike,
    names: Sequence[object],
    crs_wkt: str | None,
    *,
    file: str = "regions",
    field: str | None = "name",
) -> Regions:
    """Regions from plain geometries, cleaned and named as in `read_regions`.

    Args:
        geometries: (N,) shapely geometries or None.
        names: N values; None for the number of the row.
        crs_wkt: The CRS.
        file: Where they come from, for warnings.
        field: The field with the names, for warnings; None if the rows' numbers are the names.
    """
    geometries = np.asarray(geometries, dtype=object).reshape(-1)
    cleaned = [_polygonal(geometry) for geometry in geometries]
    rows = [row for row, (polygon, _) in enumerate(cleaned, start=1) if polygon is not None]
    if not rows:
        raise VectorError(f"{file}: no polygon among its {len(geometries)} features: give a layer of polygons")
    skipped = [row for row, (polygon, _) in enumerate(cleaned, start=1) if polygon is None]
    repaired = [row for row in rows if not cleaned[row - 1][1]]
    found = np.empty(len(rows), dtype=object)
    found[:] = [cleaned[row - 1][0] for row in rows]
    plain = [_name(names[row - 1], row) for row in rows]
    unique = _distinct(plain)
    renamed = [name for name, before in zip(unique, plain, strict=True) if name != before]
    warnings = (
        *_warnings_of_shapes(file, repaired, skipped),
        *_warnings_of_names(file, named=field is not None, renamed=renamed),
        *_warnings_of_overlaps(file, found, unique),
    )
    return Regions(tuple(unique), found, crs_wkt if ground_crs(crs_wkt) is not None else None, warnings)


def _warnings_of_shapes(file: str, repaired: list[int], skipped: list[int]) -> Iterator[str]:
    """repaired, skipped: rows."""
    if repaired:
        yield f"{file}: repaired {_rows(repaired)}: the polygon crosses or touches itself"
    if skipped:
        yield f"{file}: skipped {_rows(skipped)}: not a polygon with an area"


def _warnings_of_names(file: str, named: bool, renamed: list[str]) -> Iterator[str]:
    """named: whether a field has the names. renamed: the names that others had before."""
    if not named:
        yield Remark(
            f"{file}: no field called {', '.join(_NAME_FIELDS[:3])} or the like: the regions are called by the "
            "number of their row",
            about="region_field",
        )
    if renamed:
        yield (
            f"{file}: {len(renamed)} names occur more than once, so these regions are renamed to "
            f"{_some([repr(name) for name in renamed])} and counted separately; dissolve the polygons that are one "
            "region"
        )


def _warnings_of_overlaps(file: str, polygons: NDArray[np.object_], names: list[str]) -> Iterator[str]:
    pair = _first_overlap(polygons)
    if pair is not None:
        first, second = (repr(names[index]) for index in pair)
        yield (
            f"{file}: regions overlap, for example {first} and {second}: an animal in several regions counts in the "
            "one that comes first in the file"
        )


def _name_fields(layers: Sequence[Sequence[str]], wanted: str | None, file: str) -> list[str | None]:
    """The field with the names in each layer; None for a layer that has none.

    Raises VectorError if no layer has the wanted one.
    """
    if wanted is None:
        return [_usual_field(fields) for fields in layers]
    chosen = [_wanted_field(fields, wanted) for fields in layers]
    if not any(chosen):
        all_fields = list(dict.fromkeys(field for fields in layers for field in fields))
        has = f"its fields are {', '.join(map(repr, all_fields))}" if all_fields else "it has no fields at all"
        raise VectorError(f"{file}: no field {wanted!r} to name the regions by: {has}")
    return chosen


def _wanted_field(fields: Sequence[str], wanted: str) -> str | None:
    if wanted in fields:
        return wanted
    alike = [field for field in fields if field.casefold() == wanted.casefold()]
    return alike[0] if len(alike) == 1 else None


def _usual_field(fields: Sequence[str]) -> str | None:
    for usual in _NAME_FIELDS:
        for field in fields:
            if field.casefold() == usual:
                return field
    return None


def _name(value: object, row: int) -> str:
    if value is None or value != value:  # a missing number is NaN, and a missing date is NaT
        return str(row)
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        value = int(value)
    return str(value).strip() or str(row)


def _distinct(names: list[str]) -> list[str]:
    """The names. A number is added to each name that occurred before, or that is the name of a row without a region."""
    taken = {name for _, name in _NO_REGION}
    last_number: dict[str, int] = {}
    distinct = []
    for plain in names:
        name, number = plain, last_number.get(plain, 1)
        while name in taken:
            number += 1
            name = f"{plain} ({number})"
        last_number[plain] = number
        taken.add(name)
        distinct.append(name)
    return distinct


def _polygonal(geometry: shapely.Geometry | None) -> tuple[shapely.Geometry | None, bool]:
    """The 2D polygon or multipolygon of a geometry, or None; and whether it was valid as it came."""
    if geometry is None or not bool(np.all(np.isfinite(shapely.get_coordinates(geometry)))):
        return None, True
    flat = shapely.force_2d(geometry)
    if flat.geom_type in ("Polygon", "MultiPolygon") and shapely.is_valid(flat):
        return (None, True) if flat.is_empty else (flat, True)
    # Part by part, because make_valid of a whole multipolygon would make a hole if two of its parts overlap.
    parts = [
        piece
        for polygon in _polygons_in(flat)
        for piece in _polygons_in(polygon if shapely.is_valid(polygon) else shapely.make_valid(polygon))
    ]
    if not parts:
        return None, True
    return shapely.union_all(parts), bool(shapely.is_valid(flat))


def _polygons_in(geometry: shapely.Geometry) -> Iterator[shapely.Geometry]:
    left = [geometry]
    while left:
        part = left.pop()
        if part.geom_type == "Polygon" and not part.is_empty:
            yield part
        left.extend(getattr(part, "geoms", ()))


def _first_overlap(polygons: NDArray[np.object_]) -> tuple[int, int] | None:
    tree = shapely.STRtree(polygons)
    shapely.prepare(polygons)
    for start in range(0, len(polygons), 16):  # few at once: if all overlap, the first ones show it
        a, b = tree.query(polygons[start : start + 16])
        a = a + start
        a, b = a[a < b], b[a < b]
        inside = shapely.relate_pattern(polygons[a], polygons[b], "T********")
        for i, j in sorted(zip(a[inside].tolist(), b[inside].tolist(), strict=True)):
            shared = shapely.intersection(polygons[i], polygons[j]).area
            if shared > _SLIVER * min(polygons[i].area, polygons[j].area):
                return i, j
    return None


def _rows(rows: list[int]) -> str:
    return f"row {rows[0]}" if len(rows) == 1 else f"{len(rows)} rows ({_some(list(map(str, rows)))})"


def _some(items: list[str]) -> str:
    return ", ".join(items[:5]) + (", ..." if len(items) > 5 else "")


# ---- counting --------------------------------------------------------------------------------


def assign(points_map: ArrayLike, crs_wkt: str | None, regions: Regions) -> NDArray[np.int32]:
    """(N,) int32: the region of each point: its index, OUTSIDE (-1), or UNPLACED (-2) if a coordinate is not finite.

    The points are transformed to the regions' CRS, not the regions, so that the edges of regions stay straight. A point
    on an edge is in the region.

    Args:
        points_map: (N, 2) x and y in crs_wkt (x or longitude first): the centres of the detections' boxes.
        crs_wkt: The CRS of the points.
        regions: The regions.

    Raises:
        VectorError: One side has a CRS and the other has none, or there is no transformation between them.
    """
    points = np.asarray(points_map, dtype=np.float64)
    if points.ndim != 2 or points.shape[1] != 2:
        raise TableError(f"points of shape {points.shape}: expected (N, 2), x and y")
    index = np.full(len(points), UNPLACED, dtype=np.int32)
    placed = np.flatnonzero(np.isfinite(points).all(axis=1))
    index[placed] = OUTSIDE
    there = _into_crs(points[placed], crs_wkt, regions.crs_wkt)
    # If the regions' CRS cannot express a place, the place is far from the regions, and so outside.
    near = np.isfinite(there).all(axis=1)
    index[placed[near]] = _locate(there[near, 0], there[near, 1], regions.polygons)
    return index


def _into_crs(points: NDArray[np.float64], source: str | None, target: str | None) -> NDArray[np.float64]:
    from_crs, to_crs = ground_crs(source), ground_crs(target)
    if from_crs is None and to_crs is not None:
        raise VectorError(
            "the detections have no CRS, but the regions have one: georeference the imagery, or draw regions without "
            "a CRS"
        )
    if from_crs is not None and to_crs is None:
        raise VectorError(
            f"the regions have no CRS, but the detections have one ({from_crs.name}): assign the region layer its CRS"
        )
    if source is None or target is None or from_crs is None or to_crs is None:
        return points
    if from_crs.equals(to_crs, ignore_axis_order=True):
        return wrapped(points, target)  # no digit changes, so a point on an edge stays on it
    return wrapped(reproject(points, source, target), target)


def _locate(x: NDArray[np.float64], y: NDArray[np.float64], polygons: NDArray[np.object_]) -> NDArray[np.int32]:
    """The first polygon that covers each point, or OUTSIDE.

    The points are sorted into strips of equal number along x, and by y within a strip. So the candidates of a polygon
    are a few slices, however unevenly points are distributed. Points that an earlier polygon has are not tested again:
    this is the rule of the first polygon, and it saves most of the work if regions overlap. (An R-tree of the polygons,
    asked for a million points, takes three times as long.)
    """
    n = len(x)
    found = np.full(n, OUTSIDE, dtype=np.int32)
    if n == 0:
        return found
    strips = max(1, int(math.sqrt(n) / 8))
    starts = np.arange(strips + 1) * n // strips
    order = np.argsort(x, kind="stable")
    left = x[order[starts[:-1]]]
    right = np.append(left[1:], x[order[-1]])
    for start, stop in pairwise(starts):
        members = order[start:stop]
        order[start:stop] = members[np.argsort(y[members], kind="stable")]
    xs, ys = x[order], y[order]

    shapely.prepare(polygons)
    taken = np.full(n, OUTSIDE, dtype=np.int32)
    for region, (x_min, y_min, x_max, y_max) in enumerate(shapely.bounds(polygons)):
        slices = []
        for strip in range(np.searchsorted(right, x_min, "left"), np.searchsorted(left, x_max, "right")):
            first = starts[strip]
            strip_ys = ys[first : starts[strip + 1]]
            low, high = strip_ys.searchsorted(y_min, "left"), strip_ys.searchsorted(y_max, "right")
            slices.append(np.arange(first + low, first + high))
        if not slices:
            continue
        candidates = np.concatenate(slices)
        candidates = candidates[taken[candidates] == OUTSIDE]
        covered = shapely.intersects_xy(polygons[region], xs[candidates], ys[candidates])
        taken[candidates[covered]] = region
    found[order] = taken
    return found


def count(
    points_map: ArrayLike,
    classes: Sequence[str] | NDArray[np.object_],
    regions: Regions,
    crs_wkt: str | None,
    class_names: Sequence[str] | None = None,
) -> Counts:
    """Count the detections of each class in each region.

    There is a row for every region and class, zeros too, so that a region that was searched in vain is in the table.
    Then come `outside` and, if there are such detections, `unplaced`, which have no polygon and no area.

    points_map: (N, 2) centres of the boxes in crs_wkt; a point that is not finite is unplaced. For the rows of a
    GeoPackage, `polygons_map[:, :4].mean(axis=1)`. classes: N class names. class_names: classes that get rows, in this
    order, even without a detection; other classes follow by name. By default the classes that occur, or the single
    class `all` if there is no detection.

    Raises VectorError as `assign` does, TableError if the numbers of points and classes differ.
    """
    index = assign(points_map, crs_wkt, regions)
    if len(classes) != len(index):
        raise TableError(f"{len(index)} points and {len(classes)} classes: give one class a point")
    codes_of: dict[str, int] = {name: code for code, name in enumerate(dict.fromkeys(class_names or ()))}
    given = len(codes_of)
    codes = np.fromiter((codes_of.setdefault(name, len(codes_of)) for name in classes), np.int64, len(index))
    found = list(codes_of)
    by_name = sorted(range(given, len(found)), key=found.__getitem__)
    columns = [*range(given), *by_name]
    names = [found[column] for column in columns] or ["all"]

    places = list(regions.names) + [name for code, name in _NO_REGION if code == OUTSIDE or bool(np.any(index == code))]
    place = np.where(index >= 0, index, len(regions) - 1 - index)  # outside and unplaced follow the regions
    table = np.zeros((len(places), len(names)), dtype=np.int64)
    if len(index):
        cells = np.bincount(place * len(found) + codes, minlength=table.size)
        table = cells.reshape(table.shape)[:, columns]

    nowhere = len(places) - len(regions)
    areas = geodesic_areas_km2(regions.polygons, regions.crs_wkt)
    area = np.repeat(np.append(areas, [np.nan] * nowhere), len(names))
    counts = table.reshape(-1)
    polygons: list[bytes | None] = [*shapely.to_wkb(regions.polygons, flavor="iso"), *[None] * nowhere]
    return Counts(
        region=[name for name in places for _ in names],
        class_name=names * len(places),
        count=counts,
        area_km2=area,
        density_per_km2=np.divide(counts, area, out=np.full(len(counts), np.nan), where=area > 0),
        polygons=[polygon for polygon in polygons for _ in names],
        crs_wkt=regions.crs_wkt,
    )


def write_csv(counts: Counts, destination: StrPath | TextIO, *, raw: bool = False) -> None:
    """Write the table as CSV (UTF-8, a header, no geometry; unknown areas and densities are empty).

    Names that a spreadsheet would run as formulas get an apostrophe first.

    Args:
        counts: The counts.
        destination: A path, which appears complete or not at all, or an open text stream.
        raw: Write names as they are.

    Raises:
        OutputError: The file cannot be written.
    """
    columns = (counts.region, counts.class_name, counts.count, counts.area_km2, counts.density_per_km2)
    rows = (
        (region, name, int(number), _decimal(area), _decimal(density))
        for region, name, number, area, density in zip(*columns, strict=True)
    )
    write_rows(destination, ("region", "class", "count", "area_km2", "density_per_km2"), rows, raw=raw)


def _decimal(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.9g}"
