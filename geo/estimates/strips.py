"""Transects on the ground: read from a vector file, or made of photos, with the animals in them counted."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import ArrayLike, NDArray

from geo.antimeridian import in_one_turn, unrolled
from geo.areas import geodesic_areas_km2, ground_crs
from geo.errors import VectorError
from geo.estimates.rows import field_of, joined, name_columns, named, number_of, text_of
from geo.estimates.transects import ALL, Strata, Transects
from geo.georeference import reproject
from geo.paths import StrPath, as_path
from geo.regions import Regions, assign, regions_from

_NARROW_M = 3.0  # a camera sees more from 5 m above the ground
_WIDTHS = ("width_m", "width", "strip_width_m", "strip_width")
_KINDS = ("Polygon", "MultiPolygon", "LineString", "MultiLineString")
_PIECE_M = 1_000.0  # strips are drawn in pieces of this length, so that a straight line stays straight in any CRS


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
        return Transects(stratum, self.names, tuple(classes), counts, self.area_km2, warnings, self.place)

    @property
    def place(self) -> NDArray[np.float64]:
        """(K,) float64: where each lies along the line on which their middles are spread most, in units of the map."""
        middle = shapely.get_coordinates(shapely.centroid(self.polygons))
        off = middle - middle.mean(axis=0)
        return np.asarray(off @ np.linalg.svd(off, full_matrices=False)[2][0])

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
        return Transects(stratum, self.names, tuple(names), counts, self.area_km2, warnings, self.place)

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
    chosen = name_columns(table, ("transect", "transect_id", "transect_no", "name", "id"), path)
    stratum_field = field_of(table.columns, ("stratum", "strata"))
    width_field = field_of(table.columns, _WIDTHS)
    narrow: list[float] = []
    warnings, shapes = list[str](table.notes(path.name)), dict[tuple[str | None, str], list[Any]]()
    found = list(named(table, chosen, path, _KINDS))
    for number, name, shape in found:
        row = number - 1
        if "Line" in shape.geom_type:
            own = table.columns[width_field][row] if width_field is not None else None
            width = _width_m(own, strip_width_m, path, row + 1)
            if width < _NARROW_M:
                narrow.append(width)
            shape = _strip(shape, width, table.crs_wkt)
        stratum = None
        if stratum_field is not None:
            stratum = text_of(table.columns[stratum_field][row], path, row + 1, "stratum")
        shapes.setdefault((stratum, name), []).append(shape)
    if skipped := len(table.geometries) - len(found):
        warnings.append(f"{path.name}: skipped {skipped} features that are neither polygon nor line")
    if narrow:
        warnings.append(
            f"{path.name}: {len(narrow)} strips are about {min(narrow):g} m wide; expected full widths in "
            "metres, not in kilometres"
        )
    parts = [joined(found) for found in shapes.values()]
    regions = regions_from(parts, [str(row) for row in range(len(parts))], table.crs_wkt, file=path.name)
    if len(regions) != len(parts):
        raise VectorError(f"{path.name}: a transect has no area; correct or remove it")
    strata, names = zip(*shapes, strict=True)
    areas_km2 = geodesic_areas_km2(regions.polygons, table.crs_wkt)
    warnings += [text for text in regions.warnings if "overlap" not in text]  # overlaps are warned of elsewhere
    return Strips(strata, names, regions.polygons, table.crs_wkt, areas_km2, tuple(warnings))


def _width_m(own: Any, usual_m: float | None, path: Path, line: int) -> float:
    """The width of a line: its own, else the usual one."""
    width = usual_m if own is None or own != own else number_of(own, path, line, "width")
    if width is None:
        raise VectorError(
            f"{path.name}: transects are lines without a width: expected a column width_m or one width for all",
            about="strip_width_m",
        )
    if not 0 < width <= 100_000:
        raise VectorError(f"{path.name}, row {line}: a strip {width:g} m wide; expected 0 to 100 km")
    return width


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
