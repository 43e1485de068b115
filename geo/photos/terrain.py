"""The height of the ground from a digital elevation or surface model, and where rays meet the ground.

Heights are in metres, in the model's own vertical datum, bilinear between pixel centres. A model of up to 32 megapixels
stays in memory. Of a larger model, only the tiles in use stay in memory, at most as many pixels.
"""

import copy
import functools
import math
import re
from collections import OrderedDict

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo import raster
from geo.errors import GeoreferenceError
from geo.georeference import crs_to_wkt, in_degrees, reproject, vertical_crs, vertical_datum, vertical_unit
from geo.paths import StrPath, as_path
from geo.raster.exif import ELLIPSOID, SEA_LEVEL

Floats = NDArray[np.float64]
Window = tuple[int, int, int, int]

_TILE = 1024
_CELL = 32  # of a tile, for which the lowest and highest ground are kept
_MOST_TILES = 32
_LOWEST, _HIGHEST = -1000.0, 36000.0  # outside it is an undeclared nodata value, not ground (in metres or feet)
_MOST_STEPS = 20_000
_SAMPLES_AT_ONCE = 2_000_000
_HALVINGS = 32
_OF_ELLIPSOID = re.compile(r"ellips|^wgs[ _]?(19)?84$", re.IGNORECASE)  # as Esri names heights above the ellipsoid


class Terrain:
    """A DEM or DSM that one thread reads.

    unit    of its heights, as the file names it
    datum   of its heights, by name; above: `ELLIPSOID` or `SEA_LEVEL` of `geo.raster.exif`; vertical_crs: a code or
            WKT. Each None where neither the file nor its format says it

    Raises `GeoreferenceError` where it has no CRS or no affine transform, and
    as `raster.inspect` does."""

    def __init__(self, path: StrPath) -> None:
        self.path = as_path(path)
        info = raster.inspect(path, elevation=True)
        where = info.georeference
        if where.kind == "none" or where.crs_wkt is None:
            raise GeoreferenceError(
                f"{self.path.name}: the DEM has no CRS; put a .prj beside it or use gdal_edit -a_srs"
            )
        if where.transform is None:
            raise GeoreferenceError(f"{self.path.name}: the DEM has no geotransform; warp it with gdalwarp")
        self.crs_wkt: str = where.crs_wkt
        self.width, self.height = info.width, info.height
        self._where = where
        self.unit, self._metres = _unit(info.unit, where.crs_wkt, self.path.name)
        self.datum = vertical_datum(where.crs_wkt) or raster.elevation_formats.DATUMS.get(info.driver)
        self.above = None if self.datum is None else ELLIPSOID if _OF_ELLIPSOID.search(self.datum) else SEA_LEVEL
        self.vertical_crs = vertical_crs(where.crs_wkt) or raster.elevation_formats.VERTICAL_CRS.get(info.driver)
        self._middle_x = float(where.to_map([(info.width / 2, info.height / 2)])[0, 0])
        self._turn = 360.0 if in_degrees(self.crs_wkt) else None
        self._tiles: OrderedDict[tuple[int, int], NDArray[np.float32]] = OrderedDict()
        self._ranges: dict[tuple[int, int], tuple[Floats, Floats]] = {}
        last = ((self.width - 1) // _TILE, (self.height - 1) // _TILE)
        self._last_tile = last
        self._is_small = (last[0] + 1) * (last[1] + 1) <= _MOST_TILES
        self._mosaic = functools.lru_cache(maxsize=2)(self._assembled)

    def heights_at(self, lon: Floats, lat: Floats) -> Floats:
        """(N,) heights at WGS 84 degrees; NaN as in `heights`."""
        return self.heights(np.column_stack([lon, lat]), crs_to_wkt("EPSG:4326"))

    def notes(self) -> tuple[str, ...]:
        """What to know of its heights: a unit that is not the metre, and the datum where the file names it."""
        told = [] if self._metres == 1.0 else [f"heights in {self.unit} are read as {self._metres:.9g} m each"]
        told += [f"heights are of the datum {self.datum}"] if self.datum else []
        return (f"{self.path.name}: {'; '.join(told)}",) if told else ()

    def _in_metres(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        return values if self._metres == 1.0 else (values * self._metres).astype(np.float32)

    def heights(self, xy_map: ArrayLike, crs_wkt: str) -> Floats:
        """(N,2) points in a CRS -> (N,) heights; NaN outside the model and where it has no data."""
        px = self._px(np.asarray(xy_map, np.float64).reshape(-1, 2), crs_wkt)
        out = np.full(len(px), np.nan)
        inside = self._inside(px)
        if self._is_small:
            out[inside] = self._sample(px[inside], self._window(px))
            return out
        # Points far apart would ask for one huge window: go tile by tile.
        tiles = np.floor_divide(px[inside], _TILE).astype(np.int64)
        for tile in np.unique(tiles, axis=0) if inside.any() else ():
            chosen = np.flatnonzero(inside)[(tiles == tile).all(axis=1)]
            out[chosen] = self._sample(px[chosen], self._window(px[chosen]))
        return out

    def range_near(self, xy_map: ArrayLike, crs_wkt: str, reach_m: float) -> tuple[float, float] | None:
        """The lowest and highest ground in the box around points, widened by about `reach_m`; None where no data.

        A large box is read by a few thousand of its pixels.
        """
        px = self._px(np.asarray(xy_map, np.float64).reshape(-1, 2), crs_wkt)
        px = px[np.isfinite(px).all(axis=1)]
        gsd = self._where.gsd_m(self.width, self.height)
        if len(px) == 0 or gsd is None:
            return None
        margin = reach_m / gsd
        x0, y0 = np.clip(np.floor(px.min(axis=0) - margin), 0, (self.width, self.height)).astype(int).tolist()
        x1, y1 = np.clip(np.ceil(px.max(axis=0) + margin), 0, (self.width, self.height)).astype(int).tolist()
        if x1 <= x0 or y1 <= y0:
            return None
        shape = (min(y1 - y0, 512), min(x1 - x0, 512))
        values, valid = raster.read_band(self.path, (x0, y0, x1 - x0, y1 - y0), out_shape=shape)
        valid &= (values > _LOWEST) & (values < _HIGHEST)
        values = self._in_metres(values)
        return (float(values[valid].min()), float(values[valid].max())) if valid.any() else None

    def first_hit(
        self, start: tuple[float, float, float], steps_xy: Floats, rise: Floats, bend: Floats, crs_wkt: str
    ) -> Floats:
        """Where rays first meet the ground, as the parameter s of each: (N,), NaN where they do not meet it within the
        model.

        A ray is at map point start_xy + s steps_xy and height start_z + s rise + s2 bend (the earth's curvature).
        steps_xy (N,2) map units, rise and bend (N,) metres, for each unit of s.
        """
        found = np.full(len(rise), np.nan)
        camera = np.array([start[:2]])
        camera_px = self._px(camera, crs_wkt)[0]
        if not np.isfinite(camera_px).all():
            return found
        low = float(np.nan_to_num(self.heights(camera, crs_wkt)[0], nan=start[2] - 1.0))
        low = min(low, start[2] - 0.1)
        high = low
        far = np.full(len(rise), np.nan)
        for _ in range(12):
            # The deeper the ground may be, the farther a ray may go, and the more ground it may meet.
            far = down_to(start[2] - low, rise, bend)
            ends = self._px(camera + far[:, None] * steps_xy, crs_wkt)
            usable = np.isfinite(ends).all(axis=1)
            if not usable.any():
                return found
            points = np.concatenate([camera_px[None], ends[usable]])
            window = self._window(points)
            ground = self._range(points.min(axis=0), points.max(axis=0))
            if ground is None:
                return found
            high = ground[1]
            if ground[0] >= low:
                break
            low = ground[0] - 1e-3
        near = np.where(start[2] > high, down_to(start[2] - high - 1e-3, rise, bend), 0.0)
        near = np.nan_to_num(near, nan=0.0)
        start_px = camera_px + (ends - camera_px) * (near / far)[:, None]
        lines = np.nan_to_num(np.abs(np.floor(ends - 0.5) - np.floor(start_px - 0.5)), nan=0.0).astype(np.int64)
        count = lines.sum(axis=1) + 2
        at = np.flatnonzero(usable & (near < far) & (count <= _MOST_STEPS))
        at = at[np.argsort(count[at], kind="stable")]
        begin = 0
        while begin < len(at):
            end = begin + 1
            while end < len(at) and (end + 1 - begin) * int(count[at[end]]) <= _SAMPLES_AT_ONCE:
                end += 1
            rows = at[begin:end]
            along = _creases(start_px[rows] - 0.5, ends[rows] - 0.5)
            s = near[rows, None] + (far - near)[rows, None] * along
            ray = _Rays(camera_px, ends[rows], far[rows], start[2], rise[rows], bend[rows])
            above = ray.above(self, s, window)
            found[rows] = self._refined(ray, s, above, window)
            begin = end
        return found

    def _refined(self, ray: "_Rays", s: Floats, above: Floats, window: Window) -> Floats:
        """The first crossing from above to below among samples (N, S), to the millimetre."""
        known = np.isfinite(above)
        # Across a hole in the data the last known sample stands for those in it.
        last = np.maximum.accumulate(np.where(known, np.arange(s.shape[1]), -1), axis=1)
        before = np.concatenate([np.full((len(s), 1), -1), last[:, :-1]], axis=1)
        held = np.take_along_axis(above, np.maximum(before, 0), axis=1)
        crossing = known & (above <= 0) & (before >= 0) & (held > 0)
        crossing[:, 0] |= known[:, 0] & (above[:, 0] <= 0) & (above[:, 0] > -0.01)
        first = crossing.argmax(axis=1)
        hit = crossing.any(axis=1)
        rows = np.arange(len(s))
        last = np.maximum(before[rows, first], 0)
        upper, lower = s[rows, last], s[rows, first]
        in_hole = hit & (first - last > 1)
        # Between two creases the ground along a ray is a parabola, and so is the ray: three samples tell where they
        # meet.
        middle = ray.above(self, ((upper + lower) / 2)[:, None], window)[:, 0]
        high, low = above[rows, last], above[rows, first]
        square = 2 * (high + low - 2 * middle)
        slope = low - high - square
        with np.errstate(invalid="ignore", divide="ignore"):
            share = 2 * high / (np.sqrt(slope**2 - 4 * square * high) - slope)
        share = np.where(low >= 0, 1.0, np.clip(share, 0.0, 1.0))
        found = np.where(high <= 0, upper, upper + share * (lower - upper))
        if in_hole.any():
            found[in_hole] = self._far_side(ray.only(in_hole), upper[in_hole], lower[in_hole], window)
        return np.where(hit, found, np.nan)

    def _far_side(self, ray: "_Rays", upper: Floats, lower: Floats, window: Window) -> Floats:
        """In a hole nothing is known: the ground is met at its far side, which halving finds."""
        for _ in range(_HALVINGS):
            middle = (upper + lower) / 2
            below = ray.above(self, middle[:, None], window)[:, 0] <= 0
            upper, lower = np.where(below, upper, middle), np.where(below, middle, lower)
        return (upper + lower) / 2

    # --- pixels of the model --------------------------------------------------------------------------------------

    def _px(self, xy_map: Floats, crs_wkt: str) -> Floats:
        xy = reproject(xy_map, crs_wkt, self.crs_wkt)
        if self._turn is not None:
            # A model in degrees may begin at 179 and end at 181: bring the places within half a turn of its middle.
            with np.errstate(invalid="ignore"):
                turns = np.round((xy[:, 0] - self._middle_x) / self._turn)
            if np.nan_to_num(turns).any():
                xy[:, 0] -= turns * self._turn
        return self._where.to_px(xy)

    def _inside(self, px: Floats) -> NDArray[np.bool_]:
        with np.errstate(invalid="ignore"):
            return np.asarray(((px >= 0) & (px < (self.width, self.height))).all(axis=1))

    def _window(self, px: Floats) -> Window:
        """The tiles (first column, first row, columns, rows) around points, of the model's own."""
        last = self._last_tile
        if self._is_small:
            return (0, 0, last[0] + 1, last[1] + 1)
        low = np.clip(np.floor((px.min(axis=0) - 1.5) / _TILE), 0, last).astype(int).tolist()
        high = np.clip(np.floor((px.max(axis=0) + 1.5) / _TILE), 0, last).astype(int).tolist()
        return (low[0], low[1], high[0] - low[0] + 1, high[1] - low[1] + 1)

    def _tile(self, column: int, row: int) -> NDArray[np.float32]:
        """One tile's heights, NaN where there are none."""
        key = (column, row)
        if key in self._tiles:
            self._tiles.move_to_end(key)
            return self._tiles[key]
        x, y = column * _TILE, row * _TILE
        width, height = min(_TILE, self.width - x), min(_TILE, self.height - y)
        values, valid = raster.read_band(self.path, (x, y, width, height))
        values[~valid | ~((values > _LOWEST) & (values < _HIGHEST))] = np.nan
        values = self._in_metres(values)
        self._tiles[key] = values
        if key not in self._ranges:
            self._ranges[key] = _cell_ranges(values)
        while len(self._tiles) > _MOST_TILES:
            self._tiles.popitem(last=False)
        return values

    def _range(self, low_px: Floats, high_px: Floats) -> tuple[float, float] | None:
        """The lowest and highest ground of a box of px; None where there is none, or the box is too large to hold."""
        most = np.array([self.width, self.height]) - 1.0
        x0, y0 = (np.clip(low_px - 1.5, 0, most) // _CELL).astype(int).tolist()
        x1, y1 = (np.clip(high_px + 1.5, 0, most) // _CELL).astype(int).tolist()
        cells = _TILE // _CELL
        tiles = [(i, j) for j in range(y0 // cells, y1 // cells + 1) for i in range(x0 // cells, x1 // cells + 1)]
        if len(tiles) > _MOST_TILES:
            return None
        low, high = math.inf, -math.inf
        for i, j in tiles:
            if (i, j) not in self._ranges:
                self._tile(i, j)
            box = (
                slice(max(y0 - j * cells, 0), max(y1 - j * cells + 1, 0)),
                slice(max(x0 - i * cells, 0), max(x1 - i * cells + 1, 0)),
            )
            lows, highs = self._ranges[i, j]
            low = min(low, float(lows[box].min(initial=math.inf)))
            high = max(high, float(highs[box].max(initial=-math.inf)))
        return (low, high) if low <= high else None

    def _assembled(self, window: Window) -> NDArray[np.float32]:
        x, y, columns, rows = window
        return np.block([[self._tile(x + i, y + j) for i in range(columns)] for j in range(rows)])

    def _sample(self, px: Floats, window: Window) -> Floats:
        """Bilinear heights at model px (N, 2); a pixel without data takes no part, and has none itself."""
        grid = self._mosaic(window)
        inside = self._inside(px)
        with np.errstate(invalid="ignore"):
            at = np.where(inside[:, None], px, 0.0) - (window[0] * _TILE, window[1] * _TILE) - 0.5
        rows, columns = grid.shape
        x, y = np.clip(at[:, 0], 0, columns - 1), np.clip(at[:, 1], 0, rows - 1)
        left, top = (
            np.minimum(x.astype(np.int64), max(columns - 2, 0)),
            np.minimum(y.astype(np.int64), max(rows - 2, 0)),
        )
        right, bottom = np.minimum(left + 1, columns - 1), np.minimum(top + 1, rows - 1)
        fx, fy = x - left, y - top
        out = (grid[top, left] * (1 - fx) + grid[top, right] * fx) * (1 - fy)
        out = out + (grid[bottom, left] * (1 - fx) + grid[bottom, right] * fx) * fy
        holes = np.flatnonzero(np.isnan(out) & inside)
        if len(holes):
            out[holes] = _beside_holes(grid, left[holes], right[holes], top[holes], bottom[holes], fx[holes], fy[holes])
        out[~inside] = np.nan
        return np.asarray(out, np.float64)


def _unit(named: str | None, crs_wkt: str, file: str) -> tuple[str, float]:
    """The unit of heights and its metres: as the band says, else the vertical axis of the CRS, else metres."""
    if named is not None and named.strip() and named.strip().lower() not in _NO_UNIT:
        name = re.sub(r"[\s_.-]+", " ", named.strip().lower())
        if (metres := _METRES.get(name)) is None:
            raise GeoreferenceError(
                f"{file}: its values are in {named[:40]!r}, which is no unit of height; give a model in metres or feet"
            )
        return named.strip(), metres
    upright = vertical_unit(crs_wkt)
    return ("metre", 1.0) if upright is None else upright


_NO_UNIT = ("unknown", "none", "unitless", "unspecified", "1")
_FOOT, _US_FOOT = 0.3048, 1200 / 3937
_METRES = {
    **dict.fromkeys(("m", "metre", "metres", "meter", "meters", "m above sea level", "meters above sea level"), 1.0),
    **dict.fromkeys(("ft", "foot", "feet", "international foot", "international feet", "foot international"), _FOOT),
    **dict.fromkeys(("ifoot", "ift", "ft int", "foot (international)", "'"), _FOOT),
    **dict.fromkeys(("us survey foot", "us survey feet", "us foot", "us feet", "ftus", "us ft", "usft"), _US_FOOT),
    **dict.fromkeys(
        ("foot us", "feet us", "survey foot", "survey feet", "sfoot", "sft", "ft us", "foot (us survey)"), _US_FOOT
    ),
    **dict.fromkeys(("cm", "centimetre", "centimetres", "centimeter", "centimeters"), 0.01),
    **dict.fromkeys(("dm", "decimetre", "decimetres", "decimeter", "decimeters"), 0.1),
    **dict.fromkeys(("mm", "millimetre", "millimetres", "millimeter", "millimeters"), 0.001),
    **dict.fromkeys(("km", "kilometre", "kilometres", "kilometer", "kilometers"), 1000.0),
    **dict.fromkeys(("yd", "yard", "yards"), 0.9144),
}


class _Rays:
    """Rays as they lie over the model: straight in its px, from the camera to where each is at `far`."""

    def __init__(self, start_px: Floats, ends_px: Floats, far: Floats, z: float, rise: Floats, bend: Floats) -> None:
        self.start_px, self.per_s = start_px, (ends_px - start_px) / far[:, None]
        self.z, self.rise, self.bend = z, rise, bend

    def only(self, chosen: NDArray[np.bool_]) -> "_Rays":
        """Some of the rays."""
        some = copy.copy(self)
        some.per_s, some.rise, some.bend = self.per_s[chosen], self.rise[chosen], self.bend[chosen]
        return some

    def above(self, terrain: Terrain, s: Floats, window: Window) -> Floats:
        """(N, S) parameters -> (N, S) metres above the ground."""
        px = self.start_px + s[:, :, None] * self.per_s[:, None, :]
        ground = terrain._sample(px.reshape(-1, 2), window).reshape(s.shape)
        return np.asarray(self.z + s * (self.rise[:, None] + s * self.bend[:, None]) - ground)


def _cell_ranges(values: NDArray[np.float32]) -> tuple[Floats, Floats]:
    """The lowest and highest height of each cell of a tile; infinite and minus infinite where it has none."""
    rows, columns = (-(-side // _CELL) for side in values.shape)
    padded = np.full((rows * _CELL, columns * _CELL), np.nan, np.float32)
    padded[: values.shape[0], : values.shape[1]] = values
    cells = padded.reshape(rows, _CELL, columns, _CELL)
    known = np.isfinite(cells)
    low = np.where(known, cells, np.inf).min(axis=(1, 3))
    high = np.where(known, cells, -np.inf).max(axis=(1, 3))
    return low.astype(np.float64), high.astype(np.float64)


def _creases(start: Floats, end: Floats) -> Floats:
    """Where straight ways (N,2) cross the lines through pixel centres, as shares of the way: (N, S), ascending, from 0
    to 1. A bilinear surface has its ridges on these lines and nowhere else, so that samples there miss none."""
    shares = [np.zeros((len(start), 1)), np.ones((len(start), 1))]
    for a, b in zip(start.T, end.T, strict=True):
        most = int(np.abs(np.floor(b) - np.floor(a)).max(initial=0))
        forward = b > a
        first = np.where(forward, np.floor(a) + 1, np.ceil(a) - 1)
        line = first[:, None] + np.where(forward, 1, -1)[:, None] * np.arange(most)
        with np.errstate(divide="ignore", invalid="ignore"):
            share = (line - a[:, None]) / (b - a)[:, None]
        shares.append(np.where((share > 0) & (share < 1), share, 1.0))
    return np.sort(np.concatenate(shares, axis=1), axis=1)


def down_to(depth: Floats | float, rise: Floats, bend: Floats) -> Floats:
    """The smallest s > 0 at which s rise + s2 bend = -depth; NaN where a ray never gets as deep."""
    with np.errstate(invalid="ignore", divide="ignore"):
        root = np.sqrt(rise**2 - 4 * bend * depth)
        s = 2 * depth / (root - rise)
    return np.where((s > 0) & np.isfinite(s), s, np.nan)


def _beside_holes(
    grid: NDArray[np.float32],
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    top: NDArray[np.int64],
    bottom: NDArray[np.int64],
    fx: Floats,
    fy: Floats,
) -> Floats:
    """Bilinear among the neighbours that have data, where the nearest one has."""
    total, weight = np.zeros(len(fx)), np.zeros(len(fx))
    for x, y, share in (
        (left, top, (1 - fx) * (1 - fy)), (right, top, fx * (1 - fy)),
        (left, bottom, (1 - fx) * fy), (right, bottom, fx * fy),
    ):  # fmt: skip
        value = grid[y, x].astype(np.float64)
        known = np.isfinite(value)
        total += np.where(known, value * share, 0.0)
        weight += np.where(known, share, 0.0)
    nearest = grid[np.where(fy < 0.5, top, bottom), np.where(fx < 0.5, left, right)]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(np.isfinite(nearest), total / weight, np.nan)
