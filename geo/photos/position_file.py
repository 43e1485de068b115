"""Puts a table of positions or a flight log over what the photos' own tags say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyproj
from numpy.typing import NDArray

from geo.areas import GEOD
from geo.errors import GeoreferenceError, Remark
from geo.georeference import crs_to_wkt, height_unit, utm_crs_amid, vertical_datum
from geo.photos import attitude, flightlog, pose_table
from geo.photos.photo_columns import Floats, Mount, PhotoColumns
from geo.photos.pose_table import PoseTable
from geo.photos.table_rows import ABSENT, no_photo_of, rows_of
from geo.photos.tags import TagPose
from geo.raster import RasterInfo
from geo.raster.exif import ELLIPSOID, SEA_LEVEL

_CLOCK_SPREAD_S = 5.0
_TABLE_ERROR_M = 3.0  # what positions of a table are off that does not say it
_OFF_M = 30.0  # a table and a photo's own GPS may differ by that
_NEAR_M = 10_000.0  # of one flight


@dataclass(frozen=True)
class PositionFile:
    """A file of positions, and what the user says of it.

    path            a table of poses, or a flight log
    crs             of its x and y; columns: names of its columns (`pose_table.read_table`)
    angles          'gimbal', 'nadir', 'aircraft' or 'opk'; None: as the file says, else by their values
    clock_offset_s  from the cameras' clocks to the log's
    error_m         the standard deviation of its positions; None: as the file says, else what such files have
    """

    path: Path
    crs: str | None = None
    columns: Mapping[str, str] | None = None
    angles: str | None = None
    clock_offset_s: float | None = None
    error_m: float | None = None


def from_position(
    known: PhotoColumns,
    images: Sequence[RasterInfo],
    tags: Sequence[TagPose],
    is_photo: NDArray[np.bool_],
    given: PositionFile,
    mount: Mount,
) -> tuple[str | None, float | None, list[str]]:
    """Put a file of positions over the tags. Returns the grid's CRS, the clock offset used, and lines for the user."""
    path, notes = given.path, []
    if given.angles is not None and given.angles not in pose_table.ANGLES:
        raise GeoreferenceError(
            f"angles {given.angles!r}; expected one of {', '.join(pose_table.ANGLES)}", about="angles"
        )
    wkt, beside = None if given.crs is None else crs_to_wkt(given.crs), None
    if path.suffix.lower() == ".gpx":
        log = flightlog.read_flight_log(path)
    else:
        table = pose_table.read_table(path, given.columns, given.angles)
        if table.format:
            notes.append(f"{path.name} is read as {table.format}")
        rows = rows_of(known, table, images)
        if (rows >= 0).any():
            known.say(np.flatnonzero((rows == ABSENT) & is_photo), f"not in {path.name}")
            if {"yaw", "omega"} & set(table.numbers) and {"lon", "x", "axis1"} & set(table.numbers):
                # A pose in a file is used instead of the image's own georeference.
                known.own_set_aside |= (rows >= 0) & ~is_photo
                is_photo |= known.own_set_aside
            table = _with_settled_axes(known, table, rows)
            return _from_table(known, table, rows, wkt, given, mount), None, notes
        if table.times is None or table.numbered:
            raise GeoreferenceError(no_photo_of(table, rows))
        log, beside = flightlog.from_table(table, wkt, given.angles), table.crs_wkt
    offset, said = _clock_offset(log, tags, is_photo, given.clock_offset_s)
    _from_log(known, log, tags, is_photo, offset, mount)
    if given.error_m is not None:
        known.errors[np.isfinite(known.lon) & is_photo, 0] = given.error_m
    return next((text for text in (wkt, beside) if is_projected(text)), None), offset, [*notes, *said]


def _with_settled_axes(known: PhotoColumns, table: PoseTable, rows: NDArray[np.int64]) -> PoseTable:
    """The table with its two nameless coordinates, both of which may be degrees of either kind, called by what the
    photos' own positions say that they are."""
    if "axis1" not in table.numbers:
        return table
    one, two = table.numbers["axis1"], table.numbers["axis2"]
    chosen = np.flatnonzero((rows >= 0) & np.isfinite(known.lon) & np.isfinite(known.lat))
    lon, lat = known.lon[chosen], known.lat[chosen]
    as_read = _apart(lon, lat, two[rows[chosen]], one[rows[chosen]])
    turned = _apart(lon, lat, one[rows[chosen]], two[rows[chosen]])
    if not len(chosen) or (np.median(as_read) < _NEAR_M) == (np.median(turned) < _NEAR_M):
        raise GeoreferenceError(
            f"{table.path.name}: no header, and either of its coordinates may be the latitude; add a first line of "
            "column names, such as name,lat,lon,altitude"
        )
    names = ("lat", "lon") if np.median(as_read) < _NEAR_M else ("lon", "lat")
    rest = {name: values for name, values in table.numbers.items() if name not in ("axis1", "axis2")}
    return replace(table, numbers={**rest, names[0]: one, names[1]: two})


def _apart(lon: Floats, lat: Floats, other_lon: Floats, other_lat: Floats) -> Floats:
    """Distance in metres between places (N,); infinite if a place is unknown."""
    whole = (np.abs(lat) <= 90) & (np.abs(other_lat) <= 90) & np.isfinite(other_lon)
    apart = np.full(len(lon), np.inf)
    apart[whole] = GEOD.inv(lon[whole], lat[whole], other_lon[whole], other_lat[whole])[2]
    return apart


def _from_table(
    known: PhotoColumns, table: PoseTable, rows: NDArray[np.int64], wkt: str | None, given: PositionFile, mount: Mount
) -> str | None:
    """Put the table's columns over these photos. Returns the CRS of its grid, if it has one."""
    chosen = np.flatnonzero(rows >= 0)
    at = rows[chosen]
    numbers = {name: values[at] for name, values in table.numbers.items()}
    grid = wkt or table.crs_wkt
    gridded = "x" in numbers and "y" in numbers and ("lon" not in numbers or wkt is not None)
    in_grid = gridded and is_projected(grid)
    if "lon" in numbers or "x" in numbers:
        lon, lat = flightlog.positions(table, grid)
        _place(known, table.path.name, chosen, lon[at], lat[at])
        errors = numbers.get("xy_error", np.full(len(at), np.nan))
        usual = np.minimum(known.errors[chosen, 0], _TABLE_ERROR_M)
        own = np.where(np.isfinite(errors) & (errors > 0), errors, usual)
        placed = np.isfinite(lon[at]) & np.isfinite(lat[at])
        known.errors[chosen[placed], 0] = (own if given.error_m is None else np.full(len(at), given.error_m))[placed]
        if table.angle_grid and placed.any():
            grid, in_grid = utm_crs_amid(lon[at][placed], lat[at][placed]), True
    if "z" in numbers:
        _raise(known, table, chosen, numbers, grid if gridded else None, grid)
    for name in ("relative", "agl", "ground"):
        if name in numbers:
            fresh = np.isfinite(numbers[name])
            getattr(known, name)[chosen[fresh]] = numbers[name][fresh]
    _turn(known, table, chosen, numbers, given.angles, in_grid, mount)
    return grid if in_grid else None


def _place(known: PhotoColumns, name: str, chosen: NDArray[np.int64], lon: Floats, lat: Floats) -> None:
    """Take the positions (M,) of the photos `chosen` from the table, and note where they contradict the photos' own."""
    fresh = np.isfinite(lon) & np.isfinite(lat)
    zero = (lon == 0) & (lat == 0)
    both = fresh & ~zero & np.isfinite(known.lon[chosen]) & np.isfinite(known.lat[chosen])
    there, own_lon, own_lat = chosen[both], known.lon[chosen[both]], known.lat[chosen[both]]
    apart = _apart(own_lon, own_lat, lon[both], lat[both])
    exchanged = _apart(own_lon, own_lat, lat[both], lon[both])
    sigma = np.hypot(np.nan_to_num(known.errors[there, 0], nan=5.0), _TABLE_ERROR_M)
    for i, metres, turned, limit in zip(there.tolist(), apart, exchanged, np.maximum(_OFF_M, 5.0 * sigma), strict=True):
        if turned < _NEAR_M < metres:
            known.say(
                i, f"latitude and longitude in {name} are swapped: the photo's own GPS has them the other way round"
            )
        elif metres > limit:
            known.say(i, f"{name} places it {_metres(metres)} from the position of its own GPS")
    known.lon[chosen[fresh]], known.lat[chosen[fresh]] = lon[fresh], lat[fresh]
    known.lon[chosen[zero]] = known.lat[chosen[zero]] = np.nan
    known.say(chosen[zero], "its position is longitude 0, latitude 0: the receiver had no fix")


def _metres(value: float) -> str:
    if not np.isfinite(value):
        return "far"
    return f"{value:.0f} m" if value < 10_000 else f"{value / 1000:.0f} km"


def _raise(
    known: PhotoColumns,
    table: PoseTable,
    chosen: NDArray[np.int64],
    numbers: Mapping[str, Floats],
    grid: str | None,
    crs: str | None,
) -> None:
    """Take the table's altitudes, in metres. Without a unit, they are in the unit of the grid's CRS. They are above
    what their header says, else what the vertical part of the table's CRS says."""
    z = numbers["z"]
    unit, factor = height_unit(grid) if grid is not None and "z" in table.no_unit else ("metre", 1.0)
    fresh = np.isfinite(z)
    known.z[chosen[fresh]] = z[fresh] * factor
    above = table.above or _above_in(crs)
    for i in chosen[fresh].tolist():
        known.above[i] = above
    if factor != 1.0:
        known.say(chosen[fresh], f"heights in {table.path.name} are taken as {unit}, the unit of its CRS")
    known.trusted[chosen[fresh]] = True
    for name in ("relative", "agl"):
        getattr(known, name)[chosen[fresh]] = np.nan
    errors = numbers.get("z_error")
    if errors is not None:
        said = fresh & np.isfinite(errors) & (errors > 0)
        known.errors[chosen[said], 1] = errors[said]


def _above_in(grid: str | None) -> str | None:
    """What heights in this CRS are above; None where it has no vertical part."""
    datum = None if grid is None else vertical_datum(grid)
    return None if datum is None else ELLIPSOID if datum == "the ellipsoid" else SEA_LEVEL


def _turn(
    known: PhotoColumns,
    table: PoseTable,
    chosen: NDArray[np.int64],
    numbers: Mapping[str, Floats],
    angles: str | None,
    in_grid: bool,
    mount: Mount,
) -> None:
    """Take the table's angles."""
    name, kind = table.path.name, angles or table.kind_of_angles
    if all(column in numbers for column in ("omega", "phi", "kappa")):
        if angles not in (None, "opk"):
            raise GeoreferenceError(f"{name}: its angles are omega, phi, kappa, not {angles!r}", about="angles")
        whole = np.isfinite([numbers[column] for column in ("omega", "phi", "kappa")]).all(axis=0)
        turned = attitude.from_opk(*(numbers[column][whole] for column in ("omega", "phi", "kappa")))
        known.rotation[chosen[whole]] = turned
        known.in_grid[chosen[whole]] = in_grid
        known.errors[chosen[whole], 2:] = (0.05, 0.05)
        if "z_error" not in numbers:
            known.errors[chosen[whole], 1] = 0.5
    elif angles == "opk":
        raise GeoreferenceError(
            f"{name}: no columns omega, phi and kappa, so its angles are of another kind", about="angles"
        )
    elif "yaw" in numbers and "pitch" in numbers:
        whole = np.isfinite(numbers["yaw"]) & np.isfinite(numbers["pitch"])
        roll = np.nan_to_num(numbers.get("roll", np.zeros(len(chosen))))
        turn = (numbers["yaw"][whole], numbers["pitch"][whole], roll[whole])
        kind = kind or _angles_by_value(numbers["pitch"][whole])
        if kind == "gimbal":
            known.rotation[chosen[whole]] = attitude.from_gimbal(*turn)
        elif kind == "nadir":
            known.rotation[chosen[whole]] = attitude.from_nadir(*turn)
        else:
            known.rotation[chosen[whole]] = attitude.mounted(*turn, mount)
        known.errors[chosen[whole], 2:] = (0.5, 1.0)
    elif "yaw" in numbers:
        whole = np.isfinite(numbers["yaw"])
        level = np.zeros(int(whole.sum()))
        known.rotation[chosen[whole]] = attitude.mounted(numbers["yaw"][whole], level, level, mount)
        known.errors[chosen[whole], 2:] = (3.0, 5.0)
        known.say(chosen[whole], "only its direction is known: the camera is assumed to be level")


def _angles_by_value(pitch_deg: Floats) -> str:
    """'gimbal' if the cameras would look at the sky in the nadir convention, otherwise 'nadir'."""
    return "gimbal" if len(pitch_deg) and float(np.median(pitch_deg)) <= flightlog.STEEPEST_FLIGHT_DEG else "nadir"


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
            f"the difference between the cameras' clock and the clock of {log.name} is unknown; give the clock offset "
            "in seconds (camera + offset = log)",
            about="clock_offset_s",
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
    known.say(
        np.flatnonzero(is_photo & ~np.isfinite(time)), "no time in its tags, so it cannot be found in the flight log"
    )
    outside = is_photo & np.isfinite(time) & ~found
    known.say(
        np.flatnonzero(outside),
        "the flight log has no position at its time: the log has a gap, or the clock offset is wrong",
    )
    own = found & np.isfinite(known.lon) & np.isfinite(known.lat)
    if own.any():
        distance = GEOD.inv(known.lon[own], known.lat[own], there.lon[own], there.lat[own])[2]
        far = np.flatnonzero(own)[distance > np.maximum(100.0, 3.0 * np.nan_to_num(there.speed[own]))]
        if len(far) * 2 > own.sum():
            known.say(
                far, Remark("far from the flight log at its time; check the clock offset", about="clock_offset_s")
            )
        else:
            known.say(far, "far from the flight log at its time")
    known.lon[is_photo], known.lat[is_photo] = there.lon[is_photo], there.lat[is_photo]
    fresh = found & np.isfinite(there.z)
    known.z[fresh], known.relative[fresh], known.trusted[fresh] = there.z[fresh], np.nan, True
    for i in np.flatnonzero(fresh).tolist():
        known.above[i] = log.above
    above = found & ~fresh & np.isfinite(there.relative) & ~np.isfinite(known.relative)
    known.relative[above] = there.relative[above]
    for name in ("agl", "ground"):
        values = getattr(there, name)
        getattr(known, name)[found & np.isfinite(values)] = values[found & np.isfinite(values)]
    for i in np.flatnonzero(found).tolist():
        known.kinds[i] = "flight log"
    # A second of error in the clock is an error of one second of flight.
    known.errors[found, 0] = np.hypot(5.0, np.nan_to_num(there.speed[found], nan=50.0) * 1.0)
    level = found & ~np.isfinite(known.rotation).all(axis=(1, 2)) & np.isfinite(there.heading)
    pitch, roll = (np.nan_to_num(values[level]) for values in (there.pitch, there.roll))
    if log.of_camera:
        known.rotation[level] = attitude.from_gimbal(there.heading[level], pitch, roll)
    else:
        known.rotation[level] = attitude.mounted(there.heading[level], pitch, roll, mount)
    measured = np.isfinite(there.pitch) & np.isfinite(there.roll)
    known.errors[level, 2] = np.where(measured[level], 1.0, 3.0)
    known.errors[level, 3] = np.where(there.from_track[level], 5.0, 2.0)


def is_projected(wkt: str | None) -> bool:
    return wkt is not None and bool(pyproj.CRS.from_user_input(wkt).is_projected)
