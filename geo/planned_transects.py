"""Plans the transects of a survey: lines for the map, and routes for the aircraft.

The lines lie at equal distances from a random start in each stratum (`geo.estimates.parallel_lines`). How many there
are follows from a wanted CV and what an earlier survey counted (`geo.estimates.wanted_effort`), or is given.
"""

import math
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape  # nosec B406

import numpy as np
import shapely
from numpy.typing import NDArray

from geo import geopackage
from geo.errors import InputError, Remark
from geo.estimates.jolly import estimate
from geo.estimates.parallel_lines import Plane, Transect, across, lines_over
from geo.estimates.population import Estimate
from geo.estimates.transects import ALL, Strata, is_csv, read_strata, read_transects
from geo.estimates.trend import POWER, least_change
from geo.estimates.wanted_effort import USUAL_SPREAD, Expected, expected_cv, of_estimate, share_by_area, shares
from geo.georeference import crs_to_wkt, grid_unit_m, reproject, utm_crs_amid
from geo.output import whole
from geo.paths import StrPath, as_path
from geo.short_number import short_number
from geo.vector import write_lines

__all__ = ["Planned", "plan_transects"]

_WGS84 = "EPSG:4326"
_LONGEST_NAME = 10  # characters that every GPS shows
_MOST_POINTS = 250  # of a route: more than that many receivers refuse
_PIECE_M = 5_000.0  # a line is written in pieces of this length, so that it stays straight in any CRS
_LEAST_CV, _LARGEST_CV = 0.01, 2.0  # beyond them, a share was taken for percent or percent for a share
_NARROW_M = 5.0  # a narrower strip was rather given in km
_YEARS = 5  # for the change that yearly surveys like the planned one show


@dataclass(frozen=True, eq=False)
class Planned:
    """The transects of one stratum.

    Attributes:
        stratum: Its name.
        plane: The stratum on its plane.
        bearing_deg: Of the lines, clockwise from north.
        spacing_m: The distance between two.
        transects: In the order of flight.
        names: Their names, at most 9 characters.
    """

    stratum: str
    plane: Plane
    bearing_deg: float
    spacing_m: float
    transects: tuple[Transect, ...]
    names: tuple[str, ...]

    @property
    def length_km(self) -> float:
        """The length of the transects."""
        return math.fsum(one.length_m for one in self.transects) / 1000

    @property
    def points(self) -> NDArray[np.float64]:
        """(P, 2) the ends of all pieces in the order of flight, metres on the plane."""
        return np.concatenate([piece for one in self.transects for piece in one.pieces])

    @property
    def flown_km(self) -> float:
        """The length of the flight from the first end to the last, with the ways between the pieces."""
        return float(np.hypot(*np.diff(self.points, axis=0).T).sum()) / 1000


def plan_transects(
    strata_file: StrPath,
    output: StrPath,
    width_m: float,
    *,
    cv: float | None = None,
    length_km: float | None = None,
    number: int | None = None,
    pilot_file: StrPath | None = None,
    class_name: str | None = None,
    per_km2: float | None = None,
    bearings: Mapping[str, float] | None = None,
    photo_every_m: float | None = None,
    gpx_file: StrPath | None = None,
    seed: int = 0,
) -> tuple[list[str], list[str]]:
    """Plan transects, write them, and return lines for a person, and warnings.

    Raises InputError if wishes contradict each other, VectorError or OutputError for a file.

    Args:
        strata_file: Polygons with a column `stratum`.
        output: A .gpkg or .geojson for the layer `transects`, as `geo.estimate.estimate` reads it.
        width_m: The full width of the strip.
        cv, length_km, number: One of: the wanted CV of the sum over strata, a share; the length of all transects; the
            number of transects in each stratum.
        pilot_file: An earlier survey: a GeoPackage with estimates, or a CSV of transects with counts.
        class_name: The class that counts, if the earlier survey has several.
        per_km2: Animals that would be counted on a km2, if there is no earlier survey.
        bearings: The bearing of the lines by stratum, or of all by the name `all`; by default across the long axis.
        photo_every_m: The distance between two photos.
        gpx_file: Where to write the routes.
        seed: Decides the random starts.
    """
    if sum(wish is not None for wish in (cv, length_km, number)) != 1:
        raise InputError("expected one of a wanted CV, a length, and a number of transects", about="effort")
    if is_csv(strata_file):
        raise InputError(f"{as_path(strata_file).name}: strata in a CSV have no shape; expected polygons")
    strata = read_strata(strata_file)
    assert strata.polygons is not None
    assert strata.polygons.crs_wkt is not None
    bearings = bearings or {}
    if unknown := sorted(bearings.keys() - {ALL, *strata.names}):
        raise InputError(f"no stratum is called {unknown[0]!r}; they are {', '.join(map(repr, strata.names[:8]))}")
    warnings = [*strata.warnings]
    expected = _expected(strata, pilot_file, class_name, per_km2, warnings)
    if cv is not None and expected is None:
        raise InputError("a wanted CV needs to know how many animals there are", about="pilot_file")
    searched = _searched(strata, expected, width_m, cv, length_km)
    planned, starts = [], _prefixes(strata.names)
    for h, (name, polygon) in enumerate(zip(strata.names, strata.polygons.polygons, strict=True)):
        plane = Plane.of(polygon, strata.polygons.crs_wkt)
        bearing = bearings.get(name, bearings.get(ALL, across(plane.polygon)))
        start = float(np.random.default_rng((seed, h)).random())
        planned.append(_laid(plane, bearing, start, width_m, searched[h], number, (name, starts[h])))
    warnings += _remarks(planned, width_m, searched)
    _write(planned, strata, width_m, output)
    if gpx_file is not None:
        _write_gpx(planned, as_path(gpx_file))
    return _lines(planned, strata, expected, width_m, photo_every_m, seed), warnings


# ---- how much ---------------------------------------------------------------------------------


def _expected(
    strata: Strata, pilot_file: StrPath | None, class_name: str | None, per_km2: float | None, warnings: list[str]
) -> list[Expected] | None:
    """What is expected in each stratum; None if nobody said. Adds to the warnings where a mean stands for a stratum."""
    if pilot_file is not None and per_km2 is not None:
        raise InputError("an earlier survey and a density contradict each other: expected one", about="pilot_file")
    areas = strata.area_km2.tolist()
    if per_km2 is not None:
        return [Expected(area, per_km2, USUAL_SPREAD) for area in areas]
    if pilot_file is None:
        return None
    path = as_path(pilot_file)
    rows = _of_class(_pilot(path), class_name, path)
    of = {row.stratum: row for row in rows}
    both = of.get(ALL)
    found = []
    for name, area in zip(strata.names, areas, strict=True):
        one = of_estimate(of[name], area) if name in of else None
        if one is None and both is not None:  # that stratum is new, or showed none: the mean of all stands for it
            one = of_estimate(both, area)
            why = "shows no animal or no variance in" if name in of else "has no"
            warnings.append(f"{path.name} {why} stratum {name!r}: the mean of all its strata stands for it")
        if one is None:
            raise InputError(
                f"{path.name} does not tell what to expect in stratum {name!r}: it needs two transects and an animal"
            )
        found.append(one)
    return found


def _pilot(path: Path) -> Sequence[Estimate]:
    """The estimates of an earlier survey."""
    if not is_csv(path):
        estimates = geopackage.read_estimates(path)
        if estimates is None:
            raise InputError(f"{path.name} has no estimates; estimate its population first", about="estimate")
        return estimates.rows
    transects = read_transects(path)
    names = tuple(dict.fromkeys(transects.stratum))
    areas = [
        sum(z for of, z in zip(transects.stratum, transects.area_km2, strict=True) if of == name) for name in names
    ]
    # The part that was searched does not matter here: R and b are those of the transects.
    around = Strata(names, 1e3 * np.array(areas, np.float64), np.full(len(names), np.nan))
    return estimate(transects, around, replicates=0).rows


def _of_class(rows: Sequence[Estimate], class_name: str | None, path: Path) -> list[Estimate]:
    names = list(dict.fromkeys(row.class_name for row in rows))
    if class_name is None and len(names) == 1:
        class_name = names[0]
    if class_name not in names:
        said = "several classes" if class_name is None else f"no class {class_name!r}"
        raise InputError(f"{path.name} has {said}: {', '.join(map(repr, names[:8]))}; expected one", about="class_name")
    return [row for row in rows if row.class_name == class_name]


def _searched(
    strata: Strata, expected: list[Expected] | None, width_m: float, cv: float | None, length_km: float | None
) -> list[float]:
    """The km2 to search in each stratum; no numbers where a number of transects was asked for."""
    areas = strata.area_km2.tolist()
    if cv is not None and not _LEAST_CV <= cv <= _LARGEST_CV:
        raise InputError(f"a wanted CV of {100 * cv:g} %: expected 1 to 200 %, such as 20 %")
    if cv is not None and expected is not None:
        return shares(expected, cv)
    if length_km is None:
        return [math.nan] * len(areas)
    whole_km2 = length_km * width_m / 1000
    if expected is None:
        return share_by_area(areas, whole_km2)
    weight = [one.area_km2 * math.sqrt(one.per_km2 * one.spread) for one in expected]
    return [whole_km2 * w / math.fsum(weight) for w in weight]


# ---- where ------------------------------------------------------------------------------------


def _laid(
    plane: Plane,
    bearing_deg: float,
    start: float,
    width_m: float,
    searched_km2: float,
    number: int | None,
    name: tuple[str, str],
) -> Planned:
    """The transects of one stratum. name: of the stratum, and how the transects' names begin."""
    if number is not None:
        turned = shapely.affinity.rotate(plane.polygon, bearing_deg, origin=(0, 0))
        low, _, high, _ = shapely.bounds(turned)
        spacing = (high - low) / number
    else:
        share = searched_km2 * 1e6 / shapely.area(plane.polygon)
        spacing = width_m / share if share > 0 else math.inf
    spacing = max(spacing, width_m)  # closer, strips would overlap
    found, spacing = lines_over(plane.polygon, bearing_deg, spacing, start)
    digits = len(str(len(found)))
    names = tuple(f"{name[1]}-{n:0{digits}d}" for n in range(1, len(found) + 1))
    return Planned(name[0], plane, bearing_deg, spacing, tuple(found), names)


def _prefixes(names: Sequence[str]) -> list[str]:
    """How the names of each stratum's transects begin: 4 or 5 plain letters and digits, all different."""
    found: list[str] = []
    for n, name in enumerate(names, 1):
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
        short = "".join(sign for sign in plain if sign.isalnum())[:5] or f"S{n}"
        if short.upper() in {other.upper() for other in found}:
            short = f"{short[: 4 - len(str(n))]}{n}"
        while short.upper() in {other.upper() for other in found}:
            short = f"S{n}" if not short.startswith("S") else f"{short}x"
        found.append(short)
    return found


def _remarks(planned: Sequence[Planned], width_m: float, searched_km2: Sequence[float]) -> Iterable[str]:
    """What to know of the plan."""
    if width_m < _NARROW_M:
        yield f"a strip of {width_m:g} m is narrow; expected metres, such as 300 and not 0.3"
    for one, wanted in zip(planned, searched_km2, strict=True):
        yield from _remarks_on(one, width_m, wanted)


def _remarks_on(one: Planned, width_m: float, searched_km2: float) -> list[str]:
    """What to know of the transects. searched_km2: the wanted one; NaN if a number of transects was wanted."""
    said, number = [], len(one.transects)
    if number < 2:
        return [f"stratum {one.stratum!r} is too small for two transects: its SE will be undefined"]
    if number < 4:
        said.append(f"stratum {one.stratum!r} has {number} transects: their SE will hardly be known")
    wanted = searched_km2 * 1000 / width_m
    if one.length_km > 1.5 * wanted:
        said.append(
            f"stratum {one.stratum!r}: two transects are the least, so {one.length_km:.0f} km instead of "
            f"{short_number(wanted, 2)}"
        )
    if one.spacing_m < 1.05 * width_m:
        said.append(f"stratum {one.stratum!r}: the strips cover nearly all of it; count all of it instead")
    return said


# ---- files ------------------------------------------------------------------------------------


def _write(planned: Sequence[Planned], strata: Strata, width_m: float, output: StrPath) -> None:
    """Write the layer `transects`: in the strata's CRS if it has metres or feet, else in the UTM zone of the middle."""
    assert strata.polygons is not None
    assert strata.polygons.crs_wkt is not None
    crs_wkt = strata.polygons.crs_wkt
    if grid_unit_m(crs_wkt) is None:
        places = np.concatenate([_lonlat(one) for one in planned])
        crs_wkt = utm_crs_amid(places[:, 0], places[:, 1])
    shapes: list[Any] = []
    columns: dict[str, list[Any]] = {
        name: [] for name in ("stratum", "transect", "width_m", "length_km", "bearing_deg", "flown")
    }
    for one in planned:
        for n, (name, transect) in enumerate(zip(one.names, one.transects, strict=True), 1):
            flat = shapely.segmentize(shapely.MultiLineString([p.tolist() for p in transect.pieces]), _PIECE_M)
            shapes.append(shapely.transform(flat, lambda xy, of=one: reproject(xy, of.plane.crs_wkt, crs_wkt)))
            values = (one.stratum, name, width_m, round(transect.length_m / 1000, 3), round(one.bearing_deg, 1), n)
            for column, value in zip(columns.values(), values, strict=True):
                column.append(value)
    write_lines(output, "transects", shapes, columns, crs_wkt)


def _lonlat(one: Planned) -> NDArray[np.float64]:
    return reproject(one.points, one.plane.crs_wkt, crs_to_wkt(_WGS84))


def _write_gpx(planned: Sequence[Planned], path: Path) -> None:
    """Write a GPX 1.1 file with a route for each stratum, through the ends of its transects in the order of flight.

    Names have at most 10 characters. A point is named by its transect, with A at its begin and B at its end.
    """
    text = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<gpx version="1.1" creator="Herdmap" xmlns="http://www.topografix.com/GPX/1/1">',
    ]
    for one in planned:
        names = [
            f"{name}{chr(ord('A') + min(end, 25))}"
            for name, transect in zip(one.names, one.transects, strict=True)
            for end in range(2 * len(transect.pieces))
        ]
        points = list(zip(names, _lonlat(one).tolist(), strict=True))
        for part, first in enumerate(range(0, len(points), _MOST_POINTS), 1):
            route = one.names[0].rsplit("-", 1)[0] + (f"-{part}" if len(points) > _MOST_POINTS else "")
            text.append(f"<rte><name>{escape(route[:_LONGEST_NAME])}</name><desc>{escape(_plain(one.stratum))}</desc>")
            for name, (lon, lat) in points[first : first + _MOST_POINTS]:
                text.append(f'<rtept lat="{lat:.7f}" lon="{lon:.7f}"><name>{escape(name)}</name></rtept>')
            text.append("</rte>")
    text.append("</gpx>\n")
    with whole(path) as part_file:
        part_file.write_text("\n".join(text), encoding="utf-8")


def _plain(name: str) -> str:
    """A name without the control characters that XML cannot hold."""
    return "".join(sign for sign in name if sign.isprintable())


# ---- words ------------------------------------------------------------------------------------


def _lines(
    planned: Sequence[Planned],
    strata: Strata,
    expected: list[Expected] | None,
    width_m: float,
    photo_every_m: float | None,
    seed: int,
) -> list[str]:
    searched = [one.length_km * width_m / 1000 for one in planned]
    lines = [f"Transects at equal distances, {width_m:g} m wide, from a random start by seed {seed}"]
    for h, one in enumerate(planned):
        area = float(strata.area_km2[h])
        said = (
            f"  {one.stratum}: {len(one.transects)} transects, bearing {one.bearing_deg:.0f}, {one.spacing_m:,.0f} m "
            f"apart, {one.length_km:,.1f} km, {min(searched[h] / area, 1):.1%} of {short_number(area, 4)} km2"
        )
        lines.append(
            said + _cost(one, photo_every_m) + _cv_said([] if expected is None else [expected[h]], [searched[h]])
        )
    length, flown = (math.fsum(getattr(one, name) for one in planned) for name in ("length_km", "flown_km"))
    both = f"  all: {sum(len(one.transects) for one in planned)} transects, {length:,.1f} km; {flown:,.1f} km flown"
    if photo_every_m is not None:
        both += f", {sum(_photos(one, photo_every_m) for one in planned):,} photos"
    lines.append(both + _cv_said(expected or [], searched))
    if expected is not None and math.isfinite(cv := expected_cv(expected, searched)):
        lines += [*_about_the_cv(), *_power(cv)]
    return lines


def _about_the_cv() -> Iterable[str]:
    yield (
        "The expected CV is that of transects drawn at random, for animals that stand as in the earlier survey. It "
        "leaves out the error of a correction by reviewed photos"
    )


def _power(cv: float) -> Iterable[str]:
    least = least_change([float(year) for year in range(_YEARS)], cv)
    if math.isfinite(least):
        yield Remark(
            f"Such a survey in each of {_YEARS} years shows a decline of {least:.1%} a year in {POWER:.0%} of cases",
            about="compare",
        )


def _cost(one: Planned, photo_every_m: float | None) -> str:
    photos = "" if photo_every_m is None else f", {_photos(one, photo_every_m):,} photos"
    return f"; {one.flown_km:,.1f} km flown{photos}"


def _photos(one: Planned, photo_every_m: float) -> int:
    """A photo at each end of a piece, and at equal distances between."""
    lengths = [math.hypot(*(end - start)) for transect in one.transects for start, end in transect.pieces]
    return sum(math.ceil(length / photo_every_m) + 1 for length in lengths)


def _cv_said(expected: Sequence[Expected], searched: Sequence[float]) -> str:
    cv = expected_cv(expected, searched) if expected else math.nan
    return f"; expected CV {cv:.0%}" if math.isfinite(cv) else ""
