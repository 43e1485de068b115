"""A flight log: where the aircraft was at each moment, and so where each photo was taken.

Photos are joined to the log by time. A camera's clock rarely agrees with the log's: it may be off by a time zone, or by
some seconds. The offset is given by the user, or found from photos that have a position of their own, or from GPS time
beside the camera's time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import NamedTuple
from xml.parsers import expat

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.areas import GEOD
from geo.errors import GeoreferenceError, one_line
from geo.georeference import crs_to_wkt, grid_unit_m, reproject
from geo.paths import StrPath, as_path
from geo.photos.pose_table import PoseTable, read_table
from geo.photos.times import iso_seconds

Floats = NDArray[np.float64]

MAX_GPX_BYTES = 512 << 20
MAX_FIXES = 3_000_000

STEEPEST_FLIGHT_DEG = -20.0  # no aircraft keeps its nose farther down: such a pitch is a camera's
_SHORTEST_GAP_S = 30.0
_GAP_CADENCES = 5.0
_STANDING_M = 2.0  # less movement than that has no heading
_NEAR_M = 1000.0
_MOST_PHOTOS = 400


@dataclass(frozen=True, eq=False)
class FlightLog:
    """Fixes in the order of time. All arrays (N,) float64, NaN where the log does not say.

    time        seconds since 1970, UTC (or the log's own clock where `zoned` is False)
    lon, lat    WGS 84 degrees
    z           metres above sea level or the ellipsoid
    relative    metres above the take-off
    agl         metres above ground: radar, laser
    heading, pitch, roll  the aircraft's own, degrees; the camera's in the gimbal convention where `of_camera`
    ground      metres: the ground's height as the log has it
    above       what z is above (`geo.raster.exif`); None: not known
    """

    time: Floats
    lon: Floats
    lat: Floats
    z: Floats
    relative: Floats
    agl: Floats
    heading: Floats
    pitch: Floats
    roll: Floats
    ground: Floats
    zoned: bool
    name: str = "flight log"
    of_camera: bool = False
    above: str | None = None

    def __post_init__(self) -> None:
        if len(self.time) < 2:
            raise GeoreferenceError(f"{self.name}: {len(self.time)} fixes with time and position; expected at least 2")

    def __len__(self) -> int:
        return len(self.time)

    @cached_property
    def cadence_s(self) -> float:
        """The usual time between fixes."""
        return float(np.median(np.diff(self.time)))

    @property
    def longest_gap_s(self) -> float:
        """Between fixes farther apart in time than this nothing is interpolated."""
        return max(_SHORTEST_GAP_S, _GAP_CADENCES * self.cadence_s)


@dataclass(frozen=True, eq=False)
class Joined:
    """The log at M moments: arrays (M,), NaN where the log has nothing near. `heading` is the aircraft's own, else the
    track's; `from_track` says which, `speed` is metres a second."""

    lon: Floats
    lat: Floats
    z: Floats
    relative: Floats
    agl: Floats
    ground: Floats
    heading: Floats
    pitch: Floats
    roll: Floats
    from_track: NDArray[np.bool_]
    speed: Floats


def read_flight_log(path: StrPath, crs_wkt: str | None = None, columns: Mapping[str, str] | None = None) -> FlightLog:
    """The log of a GPX or CSV file. crs_wkt: of the columns x and y, where a CSV has no lon and lat.

    Raises `GeoreferenceError` where it holds no positions with time.
    """
    path = as_path(path)
    if path.suffix.lower() == ".gpx":
        return _read_gpx(path)
    return from_table(read_table(path, columns), crs_wkt)


def from_table(table: PoseTable, crs_wkt: str | None = None, angles: str | None = None) -> FlightLog:
    """The log that a table with times and positions is. angles: 'gimbal' where its angles are the camera's."""
    if table.times is None:
        raise GeoreferenceError(f"{table.path.name}: no column of times; expected 'time' (and 'date') for a flight log")
    lon, lat = positions(table, crs_wkt)
    fields = {
        name: table.numbers.get(name, np.full(len(lon), np.nan))
        for name in ("z", "relative", "agl", "pitch", "roll", "ground")
    }
    heading = table.numbers.get("yaw", np.full(len(lon), np.nan))
    log = _ordered(table.path.name, table.zoned, table.times, lon, lat, heading=heading, **fields)
    kind = angles or table.kind_of_angles
    if kind is None and np.isfinite(log.pitch).any():
        kind = "gimbal" if float(np.nanmedian(log.pitch)) <= STEEPEST_FLIGHT_DEG else None
    return replace(log, of_camera=kind == "gimbal", above=table.above)


def positions(table: PoseTable, crs_wkt: str | None = None) -> tuple[Floats, Floats]:
    """Longitudes and latitudes (N,) of a table's rows, NaN where a row has none.

    Raises `GeoreferenceError` where it has no columns of them, no CRS for x and y, or values that are none.
    """
    numbers, name = table.numbers, table.path.name
    if "lon" in numbers and "lat" in numbers:
        lon, lat = numbers["lon"].copy(), numbers["lat"].copy()
        return _on_earth(lon, lat, name, "call the columns x and y if they are projected")
    if "x" in numbers and "y" in numbers:
        wkt = crs_wkt or table.crs_wkt
        if wkt is None and (table.local or "omega" in numbers):
            what = "offsets from a place that the file does not say" if table.local else "in a grid, as its angles are"
            said = f" ({table.format})" if table.format else ""
            raise GeoreferenceError(
                f"{name}{said}: x and y are {what}; say their CRS, or give longitudes and latitudes",
                about="position_crs",
            )
        if wkt is None:
            if (np.abs(numbers["x"][np.isfinite(numbers["x"])]) <= 180).all():
                wkt = crs_to_wkt("EPSG:4326")
            else:
                raise GeoreferenceError(
                    f"{name}: x and y without a CRS: name it, or put a .prj file beside the table", about="position_crs"
                )
        xy = np.column_stack([_in_unit_of(wkt, numbers[axis], table.units.get(axis)) for axis in ("x", "y")])
        lonlat = reproject(xy, wkt, crs_to_wkt("EPSG:4326"))
        if len(xy) and np.isfinite(xy).all(axis=1).any() and not np.isfinite(lonlat).any():
            raise GeoreferenceError(
                f"{name}: x and y lie outside their CRS; check the CRS and the order of the columns",
                about="position_crs",
            )
        return _on_earth(lonlat[:, 0].copy(), lonlat[:, 1].copy(), name, "check the CRS of x and y")
    shown = ", ".join(repr(header[:30]) for header in table.headers.values()) or "none that Herdmap knows"
    raise GeoreferenceError(f"{name}: no columns of positions; expected lon and lat, or x and y; found {shown}")


def _in_unit_of(wkt: str, values: Floats, unit: float | None) -> Floats:
    """Coordinates in the unit of their CRS, where their header names a unit, in metres or degrees.

    All feet are one here: they differ by some millionths, and people do not tell them apart in a header.
    """
    grid = grid_unit_m(wkt)
    if unit is None or (grid is not None and abs(unit / grid - 1.0) < 1e-5):
        return values
    return np.asarray(values * unit / (grid or 1.0), np.float64)


def _on_earth(lon: Floats, lat: Floats, name: str, mend: str) -> tuple[Floats, Floats]:
    """Longitudes and latitudes within 180 and 90 degrees. Raises `GeoreferenceError` for others."""
    if not (np.abs(lat) > 90).any() and not (lon > 360).any():
        # From 0 to 360 degrees, as files in the Pacific have them.
        lon[lon > 180] -= 360.0
    if (np.abs(lat) > 90).any() and not (np.abs(lon) > 90).any():
        raise GeoreferenceError(
            f"{name}: latitudes beyond 90 degrees; check whether latitude and longitude are swapped"
        )
    if (np.abs(lat) > 90).any() or (np.abs(lon) > 180).any():
        raise GeoreferenceError(f"{name}: longitudes or latitudes beyond 180 and 90 degrees; {mend}")
    return lon, lat


def _ordered(name: str, zoned: bool, time: Floats, lon: Floats, lat: Floats, **fields: Floats) -> FlightLog:
    usable = np.isfinite(time) & np.isfinite(lon) & np.isfinite(lat) & ~((lon == 0) & (lat == 0))
    order = np.flatnonzero(usable)
    order = order[np.argsort(time[order], kind="stable")]
    if len(order):
        order = order[np.concatenate([[True], np.diff(time[order]) > 0])]
    return FlightLog(
        time=time[order], lon=lon[order], lat=lat[order], zoned=zoned, name=name,
        **{key: values[order] for key, values in fields.items()},  # type: ignore[arg-type]
    )  # fmt: skip


def _read_gpx(path: Path) -> FlightLog:
    """Track points, else route points, that have a time; way points are places, no track. A document type ends it, so
    no entity expands."""
    points = _GpxPoints(path)
    try:
        size = path.stat().st_size
        if size > MAX_GPX_BYTES:
            raise GeoreferenceError(f"{path.name}: {size >> 20} MB; expected a GPX of at most {MAX_GPX_BYTES >> 20} MB")
        with path.open("rb") as file:
            points.parser.ParseFile(file)
    except OSError as error:
        raise GeoreferenceError(f"{path.name}: cannot be read ({error.strerror}); give a CSV or GPX file") from error
    except GeoreferenceError:
        raise
    except (LookupError, ValueError) as error:  # of an encoding that Python does not know, or not letter by letter
        said = one_line(error, 60)
        raise GeoreferenceError(f"{path.name}: its encoding cannot be read ({said}); export it as UTF-8") from error
    except expat.ExpatError as error:
        raise GeoreferenceError(f"{path.name}: not a complete GPX file ({error}); export it again") from error
    fixes = points.fixes or points.route  # where there is a track, a route beside it is a plan
    if not fixes:
        what = f"{points.seen} points, none with a time" if points.seen else "no track points"
        what += f", and {points.marks} way points, which are no track" if points.marks else ""
        raise GeoreferenceError(f"{path.name}: {what}; export the track with time stamps")
    time, lon, lat, z, agl = np.array(fixes, np.float64).T
    nothing = np.full(len(time), np.nan)
    return _ordered(
        path.name, True, time, lon, lat, z=z, relative=nothing, agl=agl, heading=nothing, pitch=nothing, roll=nothing,
        ground=nothing,
    )  # fmt: skip


class _GpxPoints:
    """The points of a GPX file as expat meets them, so that a long track never stands in memory as XML."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.fixes: list[tuple[float, ...]] = []
        self.route: list[tuple[float, ...]] = []
        self.seen = 0
        self.marks = 0
        self._texts: dict[str, str] | None = None
        self._place = (0.0, 0.0)
        self._open = ""
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text

    def _doctype(self, *_: object) -> None:
        raise GeoreferenceError(
            f"{self.path.name}: a GPX file with a document type is refused; export it again without one"
        )

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        self.marks += tag == "wpt"
        if tag in ("trkpt", "rtept"):
            self.seen += 1
            if self.seen > MAX_FIXES:
                raise GeoreferenceError(f"{self.path.name}: more than {MAX_FIXES} points; split the log")
            lon, lat = _maybe(attributes.get("lon", "")), _maybe(attributes.get("lat", ""))
            if not (abs(lon) <= 180 and abs(lat) <= 90):
                raise GeoreferenceError(
                    f"{self.path.name}: point {self.seen} at lon {attributes.get('lon', '?')[:20]}, lat "
                    f"{attributes.get('lat', '?')[:20]} is not on the earth; export it again"
                )
            self._place, self._texts = (lon, lat), {}
        self._open = tag

    def _text(self, text: str) -> None:
        if self._texts is not None and len(self._texts) < 50:
            self._texts[self._open] = (self._texts.get(self._open, "") + text)[:100]

    def _end(self, tag: str) -> None:
        self._open = ""
        if tag.rpartition(":")[2] not in ("trkpt", "rtept") or self._texts is None:
            return
        texts, self._texts = self._texts, None
        if texts.get("time", "").strip():
            height = next((texts[tag] for tag in ("agl", "radar_alt", "laser_alt", "height") if tag in texts), "")
            moment = iso_seconds(texts["time"])[0]
            fix = (moment, *self._place, _maybe(texts.get("ele", "")), _maybe(height))
            (self.fixes if tag.rpartition(":")[2] == "trkpt" else self.route).append(fix)


def _maybe(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


# --- joining ----------------------------------------------------------------------------------------------------


def join(log: FlightLog, seconds: ArrayLike) -> Joined:
    """The log at moments (M,) of its own clock: positions and heights between the two fixes around each, heading the
    aircraft's own where the log has it, else the bearing of the track."""
    at = np.asarray(seconds, np.float64)
    moments = _Moments.of(log, at)
    between = moments.between
    bearing, speed = _track(log, at, moments)
    own = moments.around(log.heading) % 360.0
    return Joined(
        lon=moments.lon(log), lat=between(log.lat), z=between(log.z), relative=between(log.relative),
        agl=between(log.agl), ground=between(log.ground),
        heading=np.where(np.isfinite(own), own, np.where(moments.known, bearing, np.nan)),
        pitch=between(log.pitch), roll=between(log.roll), from_track=~np.isfinite(own), speed=speed,
    )  # fmt: skip


class _Moments(NamedTuple):
    """Where moments (M,) lie in a log.

    before, after: the fixes around each. nearest: the nearer one. share: how far from one to the other, 0 to 1.
    inside: whether it lies between them, and not in a gap. known: whether the log says where the aircraft was.
    """

    before: NDArray[np.int64]
    after: NDArray[np.int64]
    nearest: NDArray[np.int64]
    share: Floats
    inside: NDArray[np.bool_]
    known: NDArray[np.bool_]

    @classmethod
    def of(cls, log: FlightLog, at: Floats) -> "_Moments":
        """Those of the log's own clock."""
        last = len(log) - 1
        after = np.clip(np.searchsorted(log.time, np.nan_to_num(at, nan=-np.inf), side="left"), 1, last)
        before = after - 1
        span = log.time[after] - log.time[before]
        share = np.clip((at - log.time[before]) / span, 0.0, 1.0)
        nearest = np.where(share < 0.5, before, after)
        off = np.abs(at - log.time[nearest])
        inside = (at >= log.time[0]) & (at <= log.time[-1]) & (span <= log.longest_gap_s)
        # A photo at the very end of a line, a breath before or after the last fix, is still there.
        known = inside | (off <= min(1.0, log.cadence_s / 2))
        return cls(before, after, nearest, np.where(inside, share, np.round(share)), inside, known)

    def between(self, values: Floats) -> Floats:
        """A column of the log; if one of the two fixes has no value, that of the nearer one. NaN where not known."""
        mixed = values[self.before] * (1 - self.share) + values[self.after] * self.share
        single = np.where(np.isfinite(mixed), mixed, values[self.nearest])
        return np.asarray(np.where(self.known, single, np.nan), np.float64)

    def around(self, degrees: Floats) -> Floats:
        """A column of angles, which go the shorter way around. NaN where not known."""
        step = (degrees[self.after] - degrees[self.before] + 180.0) % 360.0 - 180.0
        return np.asarray(np.where(self.known, degrees[self.before] + self.share * step, np.nan), np.float64)

    def lon(self, log: FlightLog) -> Floats:
        """The longitude, -180 to 180. NaN where not known."""
        return (self.around(log.lon) + 180.0) % 360.0 - 180.0


def _track(log: FlightLog, at: Floats, moments: _Moments) -> tuple[Floats, Floats]:
    """The track's bearing and speed: of the piece a moment lies in, else of the piece beside its fix."""
    azimuth, _, length = GEOD.inv(log.lon[:-1], log.lat[:-1], log.lon[1:], log.lat[1:])
    duration = np.diff(log.time)
    # A receiver that repeats its last place stands still on paper: the piece before tells where it flies.
    flown = (length >= _STANDING_M) & (duration <= log.longest_gap_s)
    bearing = np.where(flown, azimuth % 360.0, np.nan)
    pieces = np.arange(len(bearing))
    inward = np.where(moments.inside, moments.before, np.clip(moments.nearest - 1, 0, len(bearing) - 1))
    out = bearing[inward]
    for step in (1, -1, 2, -2):
        beside = np.clip(inward + step, 0, pieces[-1])
        # Never across a gap: there the strip before, flown the other way, would tell.
        away = np.maximum(log.time[beside] - at, at - log.time[beside + 1])
        near = away <= log.longest_gap_s
        out = np.where(np.isnan(out) & near, bearing[beside], out)
    return out, np.where(flown, length / duration, np.nan)[inward]


def find_clock_offset(log: FlightLog, seconds: ArrayLike, lon: ArrayLike, lat: ArrayLike) -> tuple[float, float]:
    """The seconds to add to the camera's clock to get the log's, from photos that have both a time and a position.

    seconds, lon, lat: (M,). Returns the offset and the median distance in metres that remains. Raises
    `GeoreferenceError` where no photo was near the track.
    """
    time, x, y = (np.asarray(values, np.float64) for values in (seconds, lon, lat))
    usable = np.flatnonzero(np.isfinite(time) & np.isfinite(x) & np.isfinite(y))
    if len(usable) > _MOST_PHOTOS:
        usable = usable[np.linspace(0, len(usable) - 1, _MOST_PHOTOS).astype(int)]
    time, x, y = time[usable], x[usable], y[usable]
    votes: list[Floats] = []
    for t, east, north in zip(time, x, y, strict=True):
        dx = ((log.lon - east + 180.0) % 360.0 - 180.0) * np.cos(np.radians(north)) * 111_320.0
        dy = (log.lat - north) * 110_570.0
        distance = np.hypot(dx, dy)
        # Each pass of the track by the photo's place is a candidate; the true one is common to all photos.
        close = np.flatnonzero(distance < min(_NEAR_M, max(50.0, 2 * float(distance.min()))))
        if len(close):
            votes.append(log.time[close] - t)
    if not votes:
        raise GeoreferenceError(
            "no photo's own position is near the flight log; give the log of this flight, or the clock offset",
            about="clock_offset_s",
        )
    width = max(2.0, 2 * log.cadence_s)
    # A photo votes once in each bin, however slowly it was passed.
    keys = np.concatenate([np.unique(np.floor(vote / width)) for vote in votes])
    bins, counts = np.unique(keys, return_counts=True)
    joined_up = counts + np.array([counts[bins == b + 1].sum() for b in bins])
    best = float(bins[joined_up.argmax()] + 1) * width
    coarse = [(_distance(log, time + step, x, y), step) for step in np.linspace(best - 2 * width, best + 2 * width, 81)]
    middle = min(coarse)[1]
    pace = width / 20
    fine = [(_distance(log, time + step, x, y), step) for step in np.linspace(middle - pace, middle + pace, 41)]
    distance_m, offset = min(fine)
    if not np.isfinite(distance_m):
        raise GeoreferenceError(
            "the photos' own positions do not follow the flight log; give the clock offset", about="clock_offset_s"
        )
    return round(float(offset), 2), float(distance_m)


def _distance(log: FlightLog, seconds: Floats, lon: Floats, lat: Floats) -> float:
    """The median distance from the log's places at those moments; infinite where most lie outside it."""
    moments = _Moments.of(log, seconds)
    there = moments.lon(log)
    known = np.isfinite(there)
    if known.sum() * 2 < len(seconds):
        return float("inf")
    return float(np.median(GEOD.inv(there[known], moments.between(log.lat)[known], lon[known], lat[known])[2]))


def guess_time_zone(log: FlightLog, seconds: ArrayLike) -> float | None:
    """The time-zone offset (a multiple of 15 minutes) that brings the photos into the log where it is the only one to
    bring nearly all of them; 0 is preferred. None where several would, or none does."""
    time = np.asarray(seconds, np.float64)
    time = time[np.isfinite(time)]
    if len(time) == 0:
        return None

    def share(offset: float) -> float:
        return float(np.isfinite(_Moments.of(log, time + offset).lon(log)).mean())

    if share(0.0) >= 0.9:
        return 0.0
    shares = {quarter * 900.0: share(quarter * 900.0) for quarter in range(-14 * 4, 14 * 4 + 1)}
    best = max(shares, key=lambda offset: shares[offset])
    rivals = sum(each > shares[best] - 0.05 for each in shares.values())
    return best if shares[best] >= 0.8 and rivals == 1 else None
