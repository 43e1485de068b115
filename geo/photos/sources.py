"""What is known of each photo, source laid over source: its own tags, a table of poses, a flight log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyproj
from numpy.typing import ArrayLike, NDArray

from geo.errors import GeoreferenceError
from geo.georeference import crs_to_wkt
from geo.photos import attitude, flightlog, pose_table
from geo.photos.pose_table import PoseTable
from geo.photos.tags import TagPose
from geo.raster import RasterInfo

Floats = NDArray[np.float64]
Mount = tuple[float, float, float]

GEOD = pyproj.Geod(ellps="WGS84")

_CLOCK_SPREAD_S = 5.0


@dataclass
class PhotoColumns:
    """What is known of N photos while sources are laid over each other. NaN: unknown."""

    n: int
    lon: Floats = field(init=False)
    lat: Floats = field(init=False)
    z: Floats = field(init=False)
    relative: Floats = field(init=False)
    agl: Floats = field(init=False)
    ground: Floats = field(init=False)
    rotation: Floats = field(init=False)
    errors: Floats = field(init=False)
    in_grid: NDArray[np.bool_] = field(init=False)
    trusted: NDArray[np.bool_] = field(init=False)
    kinds: list[str] = field(init=False)
    reasons: list[list[str]] = field(init=False)

    def __post_init__(self) -> None:
        for name in ("lon", "lat", "z", "relative", "agl", "ground"):
            setattr(self, name, np.full(self.n, np.nan))
        self.rotation = np.full((self.n, 3, 3), np.nan)
        self.errors = np.full((self.n, 4), np.nan)
        self.in_grid = np.zeros(self.n, bool)
        self.trusted = np.zeros(self.n, bool)
        self.kinds = ["camera pose"] * self.n
        self.reasons = [[] for _ in range(self.n)]

    def say(self, photos: ArrayLike, reason: str) -> None:
        for i in np.asarray(photos, np.int64).reshape(-1).tolist():
            self.reasons[i].append(reason)


def from_tags(known: PhotoColumns, tags: Sequence[TagPose], mount: Mount) -> None:
    for name in ("lon", "lat", "z", "relative", "agl"):
        setattr(known, name, np.array([getattr(tag, name) for tag in tags], np.float64).reshape(-1))
    for i, tag in enumerate(tags):
        known.errors[i] = (tag.error.xy_m, tag.error.z_m, tag.error.tilt_deg, tag.error.yaw_deg)
        known.reasons[i].extend(tag.notes)
        known.trusted[i] = tag.rtk
        if tag.stale:
            known.reasons[i].append(f"written by {tag.software}: if that turned the picture, its yaw is stale")
            known.errors[i, 3] = 90.0
        elif tag.software is not None:
            known.reasons[i].append(f"written by {tag.software}: cropped or turned, it would lie elsewhere")
    _turned(known, [tag.angles for tag in tags], [(tag.yaw, tag.pitch, tag.roll) for tag in tags], mount)


def _turned(
    known: PhotoColumns, kinds: Sequence[str | None], angles: Sequence[tuple[float, float, float]], mount: Mount
) -> None:
    values = np.array(angles, np.float64).reshape(-1, 3)
    for kind in ("gimbal", "nadir", "heading"):
        chosen = np.array([k == kind for k in kinds], bool)
        if not chosen.any():
            continue
        yaw, pitch, roll = values[chosen].T
        if kind == "gimbal":
            known.rotation[chosen] = attitude.from_gimbal(yaw, pitch, roll)
        elif kind == "nadir":
            known.rotation[chosen] = attitude.from_nadir(yaw, pitch, roll)
        else:
            level = np.zeros(len(yaw))
            known.rotation[chosen] = attitude.mounted(yaw, level, level, mount)
            known.say(np.flatnonzero(chosen), "only its direction is known: taken as level")


def from_position(
    known: PhotoColumns,
    images: Sequence[RasterInfo],
    tags: Sequence[TagPose],
    is_photo: NDArray[np.bool_],
    path: Path,
    clock_offset_s: float | None,
    position_crs: str | None,
    columns: Mapping[str, str] | None,
    angles: str | None,
    mount: Mount,
) -> tuple[str | None, float | None, list[str]]:
    """Lay a file of positions over the tags: the grid's CRS, the clock offset used, and what is to be said."""
    wkt, beside = None if position_crs is None else crs_to_wkt(position_crs), None
    if path.suffix.lower() == ".gpx":
        log = flightlog.read_flight_log(path)
    else:
        table = pose_table.read_table(path, columns)
        rows = _rows_of(table, images)
        if (rows >= 0).any():
            known.say(np.flatnonzero((rows < 0) & is_photo), f"not in {path.name}")
            return _from_table(known, table, rows, wkt, angles, mount), None, []
        if table.times is None:
            has = f"such as {table.names[0][:60]!r}" if table.names else "no column of photo names and none of times"
            raise GeoreferenceError(f"{path.name}: none of its rows is one of the photos ({has}); check the names")
        log, beside = flightlog.from_table(table, wkt), table.crs_wkt
    offset, notes = _clock_offset(log, tags, is_photo, clock_offset_s)
    _from_log(known, log, tags, is_photo, offset, mount)
    return next((text for text in (wkt, beside) if is_projected(text)), None), offset, notes


def _rows_of(table: PoseTable, images: Sequence[RasterInfo]) -> NDArray[np.int64]:
    """Each image's row of the table by its name (with as many folders as it has), -1 where it has none."""
    rows = np.full(len(images), -1, np.int64)
    if table.names is None:
        return rows
    by_name: dict[str, list[tuple[tuple[str, ...], int]]] = {}
    for row, name in enumerate(table.names):
        parts = tuple(part for part in name.strip().lower().replace("\\", "/").split("/") if part not in ("", "."))
        if parts:
            by_name.setdefault(parts[-1], []).append((parts, row))
            stem = parts[-1].rpartition(".")[0]
            if stem:
                by_name.setdefault(stem, []).append((parts, row))
    for i, image in enumerate(images):
        own = tuple(part.lower() for part in image.path.parts)
        for key in (own[-1], image.path.stem.lower()):
            candidates = by_name.get(key, [])
            fitting = [row for parts, row in candidates if own[-len(parts) : -1] == parts[:-1]]
            chosen = fitting or [row for _, row in candidates]
            if len(set(chosen)) == 1:
                rows[i] = chosen[0]
            if chosen:
                break
    return rows


def _from_table(
    known: PhotoColumns, table: PoseTable, rows: NDArray[np.int64], wkt: str | None, angles: str | None, mount: Mount
) -> str | None:
    """Lay the table's columns over those photos; the CRS of its grid where it has one."""
    chosen = np.flatnonzero(rows >= 0)
    at = rows[chosen]
    numbers = {name: values[at] for name, values in table.numbers.items()}
    grid = wkt or table.crs_wkt
    in_grid = "x" in numbers and "y" in numbers and ("lon" not in numbers or wkt is not None) and is_projected(grid)
    if "lon" in numbers or "x" in numbers:
        lon, lat = flightlog.positions(table, grid)
        fresh = np.isfinite(lon[at]) & np.isfinite(lat[at])
        known.lon[chosen[fresh]], known.lat[chosen[fresh]] = lon[at][fresh], lat[at][fresh]
        known.errors[chosen[fresh], 0] = np.minimum(known.errors[chosen[fresh], 0], 3.0)
        zero = chosen[(lon[at] == 0) & (lat[at] == 0)]
        known.lon[zero] = known.lat[zero] = np.nan
        known.say(zero, "its position is longitude 0, latitude 0: the receiver had no fix")
    if "z" in numbers:
        fresh = np.isfinite(numbers["z"])
        known.z[chosen[fresh]] = numbers["z"][fresh]
        known.trusted[chosen[fresh]] = True
        for name in ("relative", "agl"):
            getattr(known, name)[chosen[fresh]] = np.nan
    for name in ("relative", "agl", "ground"):
        if name in numbers:
            fresh = np.isfinite(numbers[name])
            getattr(known, name)[chosen[fresh]] = numbers[name][fresh]
    if all(name in numbers for name in ("omega", "phi", "kappa")):
        whole = np.isfinite([numbers[name] for name in ("omega", "phi", "kappa")]).all(axis=0)
        turned = attitude.from_opk(*(numbers[name][whole] for name in ("omega", "phi", "kappa")))
        known.rotation[chosen[whole]] = turned
        known.in_grid[chosen[whole]] = in_grid
        known.errors[chosen[whole], 1:] = (0.5, 0.05, 0.05)
    elif "yaw" in numbers:
        whole = np.isfinite(numbers["yaw"])
        if "pitch" in numbers:
            whole &= np.isfinite(numbers["pitch"])
            kind = angles or _angles_by_value(numbers["pitch"][whole])
            roll = np.nan_to_num(numbers.get("roll", np.zeros(len(at))))
            turn = (numbers["yaw"][whole], numbers["pitch"][whole], roll[whole])
            if kind == "gimbal":
                known.rotation[chosen[whole]] = attitude.from_gimbal(*turn)
            elif kind == "nadir":
                known.rotation[chosen[whole]] = attitude.from_nadir(*turn)
            elif kind == "aircraft":
                known.rotation[chosen[whole]] = attitude.mounted(*turn, mount)
            else:
                raise GeoreferenceError(f"angles {kind!r}; expected 'gimbal', 'nadir' or 'aircraft'")
            known.errors[chosen[whole], 2:] = (0.5, 1.0)
        else:
            level = np.zeros(int(whole.sum()))
            known.rotation[chosen[whole]] = attitude.mounted(numbers["yaw"][whole], level, level, mount)
            known.errors[chosen[whole], 2:] = (3.0, 5.0)
            known.say(chosen[whole], "only its direction is known: taken as level")
    return grid if in_grid else None


def _angles_by_value(pitch_deg: Floats) -> str:
    """'gimbal' where the cameras would look at the sky in the nadir convention, else 'nadir'."""
    return "gimbal" if len(pitch_deg) and float(np.median(pitch_deg)) <= -20.0 else "nadir"


def _clock_offset(
    log: flightlog.FlightLog, tags: Sequence[TagPose], is_photo: NDArray[np.bool_], given: float | None
) -> tuple[float, list[str]]:
    """The seconds from the cameras' clocks to the log's, given or found, and a line that says how."""
    time = np.array([tag.time for tag in tags], np.float64)
    zoned = np.array([tag.zoned for tag in tags], bool)
    timed = is_photo & np.isfinite(time)
    if given is not None:
        return float(given), []
    if not timed.any():
        raise GeoreferenceError("no photo has a time in its tags, so none can be found in the flight log; give a table")
    if zoned[timed].all() and log.zoned:
        return 0.0, []
    receiver = np.array([tag.gps_time for tag in tags], np.float64)
    both = timed & np.isfinite(receiver)
    if both.any() and log.zoned:
        differences = receiver[both] - time[both]
        middle = float(np.median(differences))
        if float(np.median(np.abs(differences - middle))) <= _CLOCK_SPREAD_S:
            return middle, [f"clock offset {middle:+.1f} s, from GPS time in the photos' tags"]
    lon, lat = (np.array([getattr(tag, name) for tag in tags], np.float64) for name in ("lon", "lat"))
    both = timed & np.isfinite(lon) & np.isfinite(lat)
    if both.sum() >= 3:
        offset, distance = flightlog.find_clock_offset(log, time[both], lon[both], lat[both])
        return offset, [f"clock offset {offset:+.1f} s, found from the photos' own positions ({distance:.0f} m remain)"]
    guessed = flightlog.guess_time_zone(log, time[timed])
    if guessed is None:
        raise GeoreferenceError(
            f"the cameras' clock and that of {log.name} cannot be joined without knowing how far they are apart; give "
            "the clock offset in seconds (camera + offset = log)"
        )
    if guessed == 0:
        return 0.0, []
    return guessed, [f"clock offset {guessed:+.0f} s: the only time zone in which the photos fall into the flight log"]


def _from_log(
    known: PhotoColumns,
    log: flightlog.FlightLog,
    tags: Sequence[TagPose],
    is_photo: NDArray[np.bool_],
    offset: float,
    mount: Mount,
) -> None:
    time = np.array([tag.time for tag in tags], np.float64) + offset
    there = flightlog.join(log, np.where(is_photo, time, np.nan))
    found = np.isfinite(there.lon)
    known.say(np.flatnonzero(is_photo & ~np.isfinite(time)), "no time in its tags to find it in the flight log by")
    outside = is_photo & np.isfinite(time) & ~found
    known.say(
        np.flatnonzero(outside), "the flight log says nothing about its time (a gap, or the clock offset is wrong)"
    )
    own = found & np.isfinite(known.lon) & np.isfinite(known.lat)
    if own.any():
        distance = GEOD.inv(known.lon[own], known.lat[own], there.lon[own], there.lat[own])[2]
        far = np.flatnonzero(own)[distance > np.maximum(100.0, 3.0 * np.nan_to_num(there.speed[own]))]
        if len(far) * 2 > own.sum():
            known.say(far, "far from the flight log at its time: is the clock offset wrong?")
        else:
            known.say(far, "far from the flight log at its time")
    known.lon[is_photo], known.lat[is_photo] = there.lon[is_photo], there.lat[is_photo]
    fresh = found & np.isfinite(there.z)
    known.z[fresh], known.relative[fresh], known.trusted[fresh] = there.z[fresh], np.nan, True
    for name in ("agl", "ground"):
        values = getattr(there, name)
        getattr(known, name)[found & np.isfinite(values)] = values[found & np.isfinite(values)]
    for i in np.flatnonzero(found).tolist():
        known.kinds[i] = "flight log"
    # A second of doubt about the clock is the way flown in it.
    known.errors[found, 0] = np.hypot(5.0, np.nan_to_num(there.speed[found], nan=50.0) * 1.0)
    level = found & ~np.isfinite(known.rotation).all(axis=(1, 2)) & np.isfinite(there.heading)
    pitch, roll = (np.nan_to_num(values[level]) for values in (there.pitch, there.roll))
    known.rotation[level] = attitude.mounted(there.heading[level], pitch, roll, mount)
    measured = np.isfinite(there.pitch) & np.isfinite(there.roll)
    known.errors[level, 2] = np.where(measured[level], 1.0, 3.0)
    known.errors[level, 3] = np.where(there.from_track[level], 5.0, 2.0)


def is_projected(wkt: str | None) -> bool:
    return wkt is not None and bool(pyproj.CRS.from_user_input(wkt).is_projected)
