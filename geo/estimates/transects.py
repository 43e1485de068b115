"""Strata, and transects with their counts and areas: what an estimate needs, read from CSV or from polygons.

Transects on the ground, polygons or lines with a width, are in `geo.estimates.strips`.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from geo.areas import geodesic_areas_km2
from geo.errors import VectorError
from geo.estimates.rows import area_of, csv_rows, field_of, joined, name_columns, named, number_of, text_of
from geo.paths import StrPath, as_path
from geo.regions import Regions, regions_from
from geo.tables import TableError

if TYPE_CHECKING:
    from geo.vector import Polygons

ALL = "all"  # the row over all strata; also the class if a file names none

_CSV = (".csv", ".tsv", ".txt")


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
        place: (K,) float64, numbers in the order in which the transects lie; None if they are in that order already.
    """

    stratum: tuple[str, ...]
    names: tuple[str, ...]
    classes: tuple[str, ...]
    counts: NDArray[np.float64]
    area_km2: NDArray[np.float64]
    warnings: tuple[str, ...] = ()
    place: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        k = len(self.names)
        if len(self.stratum) != k or self.area_km2.shape != (k,) or self.counts.shape != (k, len(self.classes)):
            raise TableError(f"transects: columns of different lengths, expected {k} each")
        if not bool(np.all(np.isfinite(self.counts) & (self.counts >= 0))):
            raise TableError("transects: a count is negative or not a number")
        for stratum, name, area in zip(self.stratum, self.names, self.area_km2, strict=True):
            if not 0 < area < math.inf:
                raise TableError(f"transect {name!r} of {stratum!r}: an area of {area:g} km2; expected more than 0")


def is_csv(path: StrPath) -> bool:
    """Whether a file of strata or transects is read as CSV."""
    path = as_path(path)
    return path.suffix.lower() in _CSV


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
        for line, row in csv_rows(path, ("stratum", "area_km2"), ("transects",)):
            names.append(text_of(row["stratum"], path, line, "stratum"))
            areas.append(area_of(row["area_km2"], path, line))
            numbers.append(number_of(row["transects"], path, line, "transects") if row.get("transects") else math.nan)
        return Strata(tuple(names), np.array(areas, np.float64), np.array(numbers, np.float64))
    from geo.vector import read_polygons  # pyogrio's home

    table = read_polygons(path, layer=layer)
    usual = ("stratum", "strata", "name", "region", "block", "label", "id")
    chosen = name_columns(table, usual, path)
    number_field = field_of(table.columns, ("transects",))
    shapes: dict[str, list[Any]] = {}
    numbers_of: dict[str, float] = {}
    for number, name, shape in named(table, chosen, path):
        shapes.setdefault(name, []).append(shape)
        given = None if number_field is None else table.columns[number_field][number - 1]
        if given is not None and given == given:
            if name in numbers_of:
                raise VectorError(
                    f"{path.name}: stratum {name!r} has its number of transects twice; dissolve its polygons into one"
                )
            numbers_of[name] = number_of(given, path, number, "transects")
    regions = regions_from([joined(parts) for parts in shapes.values()], list(shapes), table.crs_wkt, file=path.name)
    if regions.crs_wkt is None:
        raise VectorError(
            f"{path.name}: its CRS is unknown, so the strata have no area; assign its CRS, or give the areas as CSV"
        )
    areas_km2 = geodesic_areas_km2(regions.polygons, regions.crs_wkt)
    numbers = [numbers_of.get(name, math.nan) for name in regions.names]
    warnings = (*table.notes(path.name), *_without_shape(table, chosen, path), *regions.warnings)
    return Strata(regions.names, areas_km2, np.array(numbers, np.float64), regions, warnings)


def read_transects(path: StrPath) -> Transects:
    """Read transects from CSV: `stratum, transect, class, count, area_km2`. `class` may be left out.

    There is a row for each transect and class that was seen; everything else counts 0. A row with an empty class or
    count says that the transect was flown.

    Raises:
        VectorError: The file cannot be read; the message says where.
        TableError: A value cannot be.
    """
    path = as_path(path)
    areas: dict[tuple[str, str], float] = {}
    counts: dict[tuple[tuple[str, str], str], float] = {}
    classes: dict[str, None] = {}
    for line, row in csv_rows(path, ("stratum", "transect", "count", "area_km2"), ("class",)):
        key = (text_of(row["stratum"], path, line, "stratum"), text_of(row["transect"], path, line, "transect"))
        area = area_of(row["area_km2"], path, line)
        if areas.setdefault(key, area) != area:
            raise VectorError(
                f"{path.name}, line {line}: transect {key[1]!r} of {key[0]!r} has two areas, {areas[key]:g} and "
                f"{area:g} km2; give one transect one area, or two transects two names"
            )
        name, count = row.get("class", ALL), row["count"]
        if not name and (not count or number_of(count, path, line, "count") == 0):
            continue
        name = text_of(name, path, line, "class")
        classes[name] = None
        if (key, name) in counts:
            raise VectorError(f"{path.name}, line {line}: transect {key[1]!r} of {key[0]!r} has {name!r} twice")
        counts[key, name] = number_of(count, path, line, "count") if count else 0.0
    if not areas:
        raise VectorError(f"{path.name}: it has no transect; expected a row for each")
    names = list(classes) or [ALL]
    table = np.array([[counts.get((key, name), 0.0) for name in names] for key in areas])
    strata, transects = zip(*areas, strict=True)
    warnings = (*_odd_counts(counts, path), *_alike(names, path))
    return Transects(strata, transects, tuple(names), table, np.array(list(areas.values())), warnings)


def _without_shape(table: "Polygons", chosen: list[str], path: Path) -> Iterator[str]:
    """A warning if rows with a name have no geometry."""
    lost = [
        name
        for name, shape in zip(table.values(chosen), table.geometries, strict=True)
        if name and name == name and (shape is None or shape.is_empty)
    ]
    if lost:
        names = ", ".join(repr(str(name)[:40]) for name in lost[:5])
        yield f"{path.name}: {len(lost)} rows have no polygon, so they add no ground: {names}; draw them or remove them"


def _odd_counts(counts: Mapping[tuple[tuple[str, str], str], float], path: Path) -> Iterator[str]:
    """A warning if a point may separate thousands: some counts have decimals, and none has more than three."""
    odd = [(key, value) for (key, _), value in counts.items() if value != int(value)]
    if odd and all(abs(1000 * value - round(1000 * value)) < 1e-6 for _, value in odd):
        (stratum, transect), value = odd[0]
        yield (
            f"{path.name}: {len(odd)} of {len(counts)} counts {'is' if len(odd) == 1 else 'are'} no whole number, such "
            f"as {value:g} on transect {transect!r} of {stratum!r}. If its point separates thousands, write it without"
        )


def _alike(names: Sequence[str], path: Path) -> Iterator[str]:
    """A warning if names of classes differ only in capital letters."""
    first: dict[str, str] = {}
    for name in names:
        if (other := first.setdefault(name.casefold(), name)) != name:
            yield (
                f"{path.name}: the classes {other!r} and {name!r} differ only in capital letters and are counted "
                "apart; write them alike if they are one"
            )
