"""Tables of positions as people have them: CSV with a photo, or a moment, in each row.

Columns are found by well-known names ("Longitude", "gps_lat", "Easting (m)", "Omega", "radar_alt_ft"), or named by the
caller. Comma, semicolon, tab and spaces separate; decimal commas are read where they do not separate. What cannot be
read without guessing is refused with one line that names the row.
"""

import csv
import io
import math
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geo.csv_table import delimiter_of
from geo.errors import GeoreferenceError
from geo.georeference import crs_to_wkt

Floats = NDArray[np.float64]

MAX_BYTES = 256 << 20
MAX_ROWS = 3_000_000
FOOT_M = 0.3048

# What a column may be called, in order of preference, without case, units and punctuation.
NAMES: Mapping[str, tuple[str, ...]] = {
    "name": (
        "photo", "image", "filename", "imagename", "imagefilename", "file", "name", "photoname", "label", "sourcefile",
        "path", "img", "picture",
    ),
    "lon": ("lon", "longitude", "long", "lng", "gpslongitude", "lonwgs84", "longitudewgs84", "gpslon", "londd"),
    "lat": ("lat", "latitude", "gpslatitude", "latwgs84", "latitudewgs84", "gpslat", "latdd"),
    "x": ("x", "easting", "east", "e", "xmap", "utmx", "utme", "utmeasting", "coordsx1", "coordsx11", "xcoord"),
    "y": ("y", "northing", "north", "n", "ymap", "utmy", "utmn", "utmnorthing", "coordsx2", "coordsx21", "ycoord"),
    "z": (
        "altitude", "alt", "z", "elevation", "height", "absolutealtitude", "absalt", "gpsaltitude", "altitudemsl",
        "altitudeasl", "altitudeamsl", "ellipsoidalheight", "ele", "elev", "gpsalt", "hmsl", "h",
    ),
    "agl": (
        "agl", "heightaboveground", "aboveground", "altitudeagl", "heightagl", "abovegroundlevel", "laser",
        "laserheight", "laseralt", "laseraltitude", "laseragl", "radar", "radaralt", "radaraltitude", "radarheight",
        "rangefinder", "lidarheight", "lidar",
    ),
    "relative": ("relativealtitude", "relalt", "heightabovetakeoff", "abovetakeoff", "relaltitude", "relativeheight"),
    "ground": ("ground", "groundelevation", "groundheight", "terrain", "terrainheight", "dem", "groundz"),
    "yaw": (
        "yaw", "gimbalyaw", "gimbalyawdegree", "heading", "hdg", "trueheading", "yawdegree", "azimuth",
        "flightyawdegree", "camerayaw", "course", "cog", "gpsimgdirection",
    ),
    "pitch": ("pitch", "gimbalpitch", "gimbalpitchdegree", "pitchdegree", "camerapitch"),
    "roll": ("roll", "gimbalroll", "gimbalrolldegree", "rolldegree", "cameraroll"),
    "omega": ("omega", "om", "w"),
    "phi": ("phi", "ph", "p"),
    "kappa": ("kappa", "ka", "kp", "k"),
    "time": (
        "timeutc", "utctime", "datetimeutc", "utc", "gpstime", "timestamp", "datetime", "time", "capturedat",
        "datetimeoriginal", "takenat", "unixtime", "epoch",
    ),
    "date": ("date", "dateutc", "utcdate", "gpsdate"),
    "camera": ("camera", "cameraname", "cameraid"),
}  # fmt: skip

# Columns of a file without a header, as bundle adjustments export them.
_WITHOUT_HEADER = ("name", "x", "y", "z", "omega", "phi", "kappa")
_UNITS = {"m": 1.0, "metre": 1.0, "metres": 1.0, "meter": 1.0, "meters": 1.0, "deg": 1.0, "degrees": 1.0, "degree": 1.0,
          "dd": 1.0, "msl": 1.0, "ft": FOOT_M, "feet": FOOT_M, "foot": FOOT_M, "rad": math.degrees(1.0),
          "radians": math.degrees(1.0), "gon": 0.9, "grad": 0.9, "km": 1000.0}  # fmt: skip


@dataclass(frozen=True, eq=False)
class PoseTable:
    """The columns of a table that place photos. Numbers are (N,) with NaN where a cell is empty.

    numbers     by the names of `NAMES`, metres and degrees
    names       of the photos, or None
    times       (N,) seconds since 1970 in UTC, or in the clock's own time where it has no zone; None without times
    zoned       whether the times carry a zone (or are seconds since 1970)
    headers     the header of each column, by the same names
    crs_wkt     the CRS of x and y from a .prj beside the file, or None
    path        where it came from
    """

    path: Path
    numbers: Mapping[str, Floats]
    names: Sequence[str] | None
    times: Floats | None
    zoned: bool
    headers: Mapping[str, str]
    crs_wkt: str | None

    def __len__(self) -> int:
        columns = [*self.numbers.values(), *([self.times] if self.times is not None else [])]
        return len(self.names) if self.names is not None else len(columns[0]) if columns else 0


def read_table(path: str | os.PathLike[str], columns: Mapping[str, str] | None = None) -> PoseTable:
    """The table of a CSV file. `columns` names columns that have no well-known name: {'agl': 'SensorHt:ft'}; the unit
    after the colon is m, ft, deg, rad or gon.

    Raises `GeoreferenceError` where it is no table, or a cell cannot be read without guessing.
    """
    path = Path(path)
    text = _text(path)
    rows, decimal_comma = _rows(text, path)
    header = [cell.strip() for cell in rows[0]]
    if _is_header(header, decimal_comma):
        found, scales = _columns(header, columns or {}, path)
        rows, first = rows[1:], 2
    elif len(header) == len(_WITHOUT_HEADER) and not columns:
        header = list(_WITHOUT_HEADER)
        found, scales, first = {name: i for i, name in enumerate(header)}, {}, 1
    else:
        raise GeoreferenceError(
            f"{path.name}: no header; expected a first line of column names (or name, x, y, z, omega, phi, kappa)"
        )
    width = len(header)
    for i, row in enumerate(rows):
        if len(row) != width:
            mend = "decimal commas? separate the columns with ; instead" if len(row) > width else "mend that line"
            raise GeoreferenceError(f"{path.name}: line {first + i} has {len(row)} values for {width} columns; {mend}")
    cells = {name: [row[i].strip() for row in rows] for name, i in found.items()}
    numbers = {
        name: _numbers(values, header[found[name]], decimal_comma, first, path) * scales.get(name, 1.0)
        for name, values in cells.items()
        if name not in ("name", "time", "date", "camera")
    }
    times, zoned = None, False
    if "time" in cells:
        times, zoned = _times(cells["time"], cells.get("date"), header[found["time"]], first, path)
    headers = {name: header[i] for name, i in found.items()}
    return PoseTable(path, numbers, cells.get("name"), times, zoned, headers, _projection_beside(path))


def _text(path: Path) -> str:
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise GeoreferenceError(f"{path.name}: {size >> 20} MB; expected a table of at most {MAX_BYTES >> 20} MB")
        data = path.read_bytes()
    except OSError as error:
        raise GeoreferenceError(f"{path.name}: cannot be read ({error.strerror}); give a CSV or GPX file") from error
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    if b"\0" in data[:4096]:
        raise GeoreferenceError(f"{path.name}: binary data; expected a CSV or GPX file")
    return data.decode("utf-8-sig", "replace")


def _rows(text: str, path: Path) -> tuple[list[list[str]], bool]:
    """The cells of each line, and whether a comma is a decimal sign."""
    lines = [line for line in text.splitlines() if line.strip() and not re.match(r"\s*(//|#(?!\s*label))", line, re.I)]
    if not lines:
        raise GeoreferenceError(f"{path.name}: empty; expected a header and a row for each photo or moment")
    if len(lines) > MAX_ROWS:
        raise GeoreferenceError(f"{path.name}: {len(lines)} rows; at most {MAX_ROWS}")
    delimiter = delimiter_of(lines[0])
    if delimiter is None:
        return [line.split() for line in lines], False
    try:
        rows = list(csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter, skipinitialspace=True))
    except csv.Error as error:
        raise GeoreferenceError(f"{path.name}: no table ({error}); expected CSV") from error
    comma = delimiter != "," and any(re.fullmatch(r"\s*-?\d+,\d+\s*", cell) for row in rows[1:50] for cell in row)
    quoted = delimiter == "," and any(re.fullmatch(r"\s*-?\d{1,7},\d+\s*", cell) for row in rows[1:50] for cell in row)
    return rows, comma or quoted


def _plain(name: str) -> tuple[str, float]:
    """A header's name without case, units and punctuation, and its unit's factor."""
    scale = 1.0
    words = re.findall(r"[a-z]+|\d+", re.sub(r"([a-z])([A-Z])", r"\1 \2", name).lower())
    while len(words) > 1 and words[-1] in _UNITS:
        scale = _UNITS[words.pop()]
    return "".join(words), scale


def _is_header(cells: Sequence[str], decimal_comma: bool) -> bool:
    numeric = sum(_float(cell, decimal_comma) is not None for cell in cells)
    return numeric == 0


def _columns(header: Sequence[str], wanted: Mapping[str, str], path: Path) -> tuple[dict[str, int], dict[str, float]]:
    found: dict[str, int] = {}
    scales: dict[str, float] = {}
    for field, given in wanted.items():
        name, colon, unit = given.rpartition(":")
        if not colon or unit.strip().lower() not in _UNITS:
            name, unit = given, ""
        if field not in NAMES:
            raise GeoreferenceError(f"unknown field {field!r} of a position file; expected one of {', '.join(NAMES)}")
        if name not in header:
            raise GeoreferenceError(f"{path.name}: no column {name!r}; it has {_listed(header)}")
        found[field] = list(header).index(name)
        scales[field] = _UNITS[unit.strip().lower()] if unit else _plain(name)[1]
    plain = [_plain(cell) for cell in header]
    for field, names in NAMES.items():
        taken = set(found.values())
        if field in found:
            continue
        for name in names:
            at = next((i for i, (short, _) in enumerate(plain) if short == name and i not in taken), None)
            if at is not None:
                found[field], scales[field] = at, plain[at][1]
                break
    return found, scales


def _listed(header: Sequence[str]) -> str:
    return ", ".join(repr(cell[:30]) for cell in header[:12]) + (", ..." if len(header) > 12 else "")


def _float(cell: str, decimal_comma: bool) -> float | None:
    cell = cell.strip()
    if decimal_comma and "." not in cell:
        cell = cell.replace(",", ".")
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if math.isfinite(value) and "_" not in cell else None


def _numbers(cells: Sequence[str], header: str, decimal_comma: bool, first: int, path: Path) -> Floats:
    out = np.full(len(cells), np.nan)
    for i, cell in enumerate(cells):
        if not cell or cell.lower() in ("na", "nan", "null", "none", "-", "n/a"):
            continue
        value = _float(cell, decimal_comma)
        if value is None:
            mend = "decimal commas? use points, or ; between columns" if "," in cell else "expected a number"
            raise GeoreferenceError(f"{path.name}: line {first + i}, column {header!r}: {cell[:30]!r}; {mend}")
        out[i] = value
    return out


_CLOCK = r"(?:[T ,]+(\d{1,2}):(\d\d)(?::(\d\d)([.,]\d{1,9})?)?)?\s*(Z|UTC|[+-]\d\d:?\d\d)?"
_ISO = re.compile(r"(\d{4})[-/:.](\d{1,2})[-/:.](\d{1,2})" + _CLOCK)
_DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})" + _CLOCK)


def _times(
    cells: Sequence[str], dates: Sequence[str] | None, header: str, first: int, path: Path
) -> tuple[Floats, bool]:
    """Seconds since 1970 of each cell (NaN where empty), and whether they carry a zone. One format in a column."""
    out = np.full(len(cells), np.nan)
    kinds: dict[str, int] = {}
    matches: list[tuple[int, str, re.Match[str]]] = []
    zones = set()
    for i, cell in enumerate(cells):
        text = cell
        if not text:
            continue
        if dates is not None and re.match(r"\d{1,2}:\d\d", text):
            text = f"{dates[i]} {text}"
        where = f"{path.name}: line {first + i}, column {header!r}"
        if re.fullmatch(r"\d{9,14}(\.\d+)?", text):
            value = float(text)
            out[i] = value / 1000.0 if value > 1e11 else value
            kinds.setdefault("seconds since 1970", first + i)
            zones.add(True)
        elif (match := _ISO.fullmatch(text)) is not None:
            kinds.setdefault("year-month-day", first + i)
            matches.append((i, "iso", match))
        elif (match := _DAY_FIRST.fullmatch(text)) is not None:
            kinds.setdefault(f"day/month/year with {re.sub('[0-9]', '', text)[:1]!r}", first + i)
            matches.append((i, "day", match))
        elif re.match(r"\d{1,2}:\d\d", text):
            raise GeoreferenceError(f"{where}: {text[:30]!r} is a time without a date; add a column 'date'")
        else:
            raise GeoreferenceError(f"{where}: {text[:30]!r} is no time; expected such as 2024-07-16T15:12:00Z")
    if len(kinds) > 1:
        told = ", ".join(f"{kind} in line {line}" for kind, line in kinds.items())
        raise GeoreferenceError(f"{path.name}: column {header!r} mixes date formats ({told}); write all as 2024-07-16")
    days = [(int(match[1]), int(match[2])) for _, kind, match in matches if kind == "day"]
    month_first = any(second > 12 for _, second in days)
    if month_first and any(one > 12 for one, _ in days):
        raise GeoreferenceError(
            f"{path.name}: column {header!r} mixes day/month and month/day; write all as 2024-07-16"
        )
    if days and not month_first and all(one <= 12 and one != second for one, second in days):
        raise GeoreferenceError(
            f"{path.name}: dates such as {days[0][0]:02}/{days[0][1]:02} in column {header!r} can be day/month or "
            "month/day; write them as 2024-07-16"
        )
    for i, kind, match in matches:
        year, month, day = int(match[1]), int(match[2]), int(match[3])
        if kind == "day":
            year, month, day = int(match[3]), int(match[1 if month_first else 2]), int(match[2 if month_first else 1])
        out[i], zoned = _seconds(
            (year, month, day), match.groups()[3:7], match[8], f"{path.name}: line {first + i}, column {header!r}"
        )
        zones.add(zoned)
    if len(zones) > 1:
        raise GeoreferenceError(f"{path.name}: column {header!r} has times with and without a zone; write all alike")
    return out, zones == {True}


def _seconds(
    date: tuple[int, int, int], clock: Sequence[str | None], zone: str | None, where: str
) -> tuple[float, bool]:
    hour, minute, second = (int(part or 0) for part in clock[:3])
    fraction = float("0." + clock[3][1:]) if clock[3] else 0.0
    try:
        moment = datetime(*date, hour, minute, min(second, 59), tzinfo=UTC) + timedelta(
            seconds=second - min(second, 59)
        )
    except ValueError as error:
        raise GeoreferenceError(f"{where}: no such date or time ({error}); mend it") from error
    offset = 0.0
    if zone and zone[0] in "+-":
        offset = (int(zone[1:3]) * 60 + int(zone[-2:])) * (60.0 if zone[0] == "+" else -60.0)
    return moment.timestamp() + fraction - offset, zone is not None


def iso_seconds(text: str) -> tuple[float, bool]:
    """An ISO 8601 moment as seconds since 1970, as UTC where it has no zone, and whether it has one.

    Raises `GeoreferenceError` where it is none.
    """
    match = _ISO.fullmatch(text.strip())
    if match is None or match[4] is None:
        raise GeoreferenceError(f"{text[:40]!r} is no time; expected such as 2024-07-16T15:12:00Z")
    return _seconds((int(match[1]), int(match[2]), int(match[3])), match.groups()[3:7], match[8], repr(text[:40]))


def _projection_beside(path: Path) -> str | None:
    for suffix in (".prj", ".PRJ"):
        beside = path.with_suffix(suffix)
        if beside.is_file() and beside.stat().st_size < 1 << 20:
            return crs_to_wkt(beside.read_text("utf-8", "replace").strip("\ufeff\0 \r\n\t"))
    return None
