"""Tables of positions as people have them: a photo, or a moment, in each row.

The formats of the trade are recognised (`geo.photos.position_formats`). Columns of other tables are found by well-known
names ("Longitude", "gps_lat", "Easting (m)", "Omega", "radar_alt_ft"), or named by the caller. Comma, semicolon, tab
and spaces separate; decimal commas are read where they do not separate. What cannot be read without guessing is refused
with one line that names the row.
"""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geo.csv_table import delimiter_of
from geo.errors import GeoreferenceError
from geo.georeference import crs_to_wkt, is_on_earth
from geo.paths import StrPath, as_path
from geo.photos import position_formats
from geo.photos.cells import UNITS, Cells, number_of, plain_name, value_of
from geo.photos.column_names import ABOVE, NAMES
from geo.photos.other_files import refuse_binary, refuse_text
from geo.photos.times import leap_seconds, read_times, to_the_millisecond
from geo.raster.exif import SEA_LEVEL
from geo.text_encoding import unicode_text

Floats = NDArray[np.float64]

MAX_BYTES = 256 << 20
MAX_ROWS = 3_000_000

_TEXTS = ("name", "time", "date", "camera", "lat_ref", "lon_ref", "z_ref")

# What the columns of a file without a header are: the first four, and by the angles' kind the next three.
_WITHOUT_HEADER = ("name", "axis1", "axis2", "z")
_ANGLES = {"opk": ("omega", "phi", "kappa")}
_YAW_PITCH_ROLL = ("yaw", "pitch", "roll")
_ACCURACIES = ("xy_error", "z_error")
_OWN_FIELDS = {"axis1", "axis2", *_ACCURACIES}
ANGLES = ("gimbal", "nadir", "aircraft", "opk")
_PARTS = (("minutes", 60.0), ("seconds", 3600.0))
_LARGEST = 1e15  # no coordinate, height, angle or number of milliseconds is larger
_SHOWN = 40  # characters of a header, in a message
_IN_GRID = ("x", "y", "axis1", "axis2")  # whose unit the CRS has to do with: `geo.photos.flightlog.positions`
# A header that says something of where a photo is.
_PLACE = re.compile(
    r"lat(?!ive|form|ency|er)|lon|lng|east|north|utm|mgrs|usng|coord|wkt|geom|position|^[xy](epsg.*|\d*)$"
)


@dataclass(frozen=True, eq=False)
class PoseTable:
    """The columns of a table that place photos. Numbers are (N,) with NaN where a cell is empty.

    numbers     by the names of `NAMES`, metres and degrees
    names       of the photos, or None
    times       (N,) seconds since 1970 in UTC, or in the clock's own time where it has no zone; None without times
    zoned       whether the times carry a zone (or are seconds since 1970)
    headers     the header of each column, by the same names
    crs_wkt     the CRS of x and y from the file itself or a .prj beside it, or None
    path        where it came from
    format      the format that was recognised, or "" for a table read by the names of its columns
    angles      how its angles turn a camera: 'gimbal', 'nadir', 'aircraft', 'opk'; None: by their values
    angle_grid  whether its angles are against the grid of the UTM zone around
    local       whether x and y are offsets, so that the CRS must be given
    numbered    whether 'number' is the number in each photo's name
    no_unit     the columns whose header names no unit
    lines       the line of the file that each row stands in
    unused      the headers of the columns that are not used
    units       of x and y, metres or degrees, where their headers name one: their numbers are as in the file
    """

    path: Path
    numbers: Mapping[str, Floats]
    names: Sequence[str] | None
    times: Floats | None
    zoned: bool
    headers: Mapping[str, str]
    crs_wkt: str | None
    format: str = ""
    angles: str | None = None
    angle_grid: bool = False
    local: bool = False
    numbered: bool = False
    no_unit: frozenset[str] = frozenset()
    lines: Sequence[int] = ()
    unused: Sequence[str] = ()
    units: Mapping[str, float] = field(default_factory=dict)

    @property
    def above(self) -> str | None:
        """What the column z is above (`geo.raster.exif`), as its header says it; None where it does not."""
        header = self.headers.get("z", "")
        if re.search(r"\bmsl\b|sea.?level", header, re.IGNORECASE):
            return SEA_LEVEL
        return ABOVE.get(plain_name(header)[0])

    @property
    def kind_of_angles(self) -> str | None:
        """`angles`, else 'gimbal' where the header of the pitch says so; None: by their values."""
        of_gimbal = plain_name(self.headers.get("pitch", ""))[0].startswith("gimbal")
        return self.angles or ("gimbal" if of_gimbal else None)

    def __len__(self) -> int:
        columns = [*self.numbers.values(), *([self.times] if self.times is not None else [])]
        return len(self.names) if self.names is not None else len(columns[0]) if columns else 0


def read_table(path: StrPath, columns: Mapping[str, str] | None = None, angles: str | None = None) -> PoseTable:
    """The table of a file of positions. `columns` names columns that have no well-known name: {'agl': 'SensorHt:ft'};
    the unit after the colon is m, ft, deg, rad or gon. angles: 'gimbal', 'nadir', 'aircraft' or 'opk', what the angles
    of a file without a header are.

    Raises `GeoreferenceError` where it is no table, or a cell cannot be read without guessing.
    """
    path = as_path(path)
    text = _text(path)
    cells = position_formats.read_by_maker(path.name, text)
    decimal_comma = False
    if cells is None:
        refuse_text(text, path.name)
        cells, decimal_comma = _cells(text, path, columns or {}, angles)
    width = len(cells.header)
    for line, row in zip(cells.lines, cells.rows, strict=False):
        if len(row) < width or any(cell.strip() for cell in row[width:]):
            mend = "if it has decimal commas, separate the columns with ;" if len(row) > width else "correct that line"
            raise GeoreferenceError(f"{path.name}: line {line} has {len(row)} values for {width} columns; {mend}")
    return _table(cells, decimal_comma, columns or {}, path)


def _table(cells: Cells, decimal_comma: bool, wanted: Mapping[str, str], path: Path) -> PoseTable:
    found, scales, no_unit = _columns(cells, wanted, path)
    _refuse_columns_of_one_name(cells, found, path)
    texts = {name: [row[i].strip() for row in cells.rows] for name, i in found.items()}
    numbers = {
        name: _numbers(name, values, cells.header[found[name]][:_SHOWN], decimal_comma, cells.lines, path)
        * (1.0 if name in _IN_GRID else scales.get(name, 1.0))
        for name, values in texts.items()
        if name not in _TEXTS
    }
    _add_minutes(numbers, path)
    _signed(numbers, texts)
    times, zoned = None, False
    if "time" in texts:
        header = cells.header[found["time"]][:_SHOWN]
        times, zoned = read_times(texts["time"], texts.get("date"), header, cells.lines, path)
        milliseconds = numbers.pop("milliseconds", None)
        if milliseconds is not None:
            times = to_the_millisecond(times, milliseconds / 1000.0)
        if cells.gps_time:
            times = times - leap_seconds(times)
    if "axis1" in numbers:
        _name_axes(numbers, cells.format, path)
    _refuse_half_a_place(numbers, cells.header, found, path)
    headers = {name: cells.header[i] for name, i in found.items()}
    crs_wkt = _crs_wkt(cells.crs, path) if cells.crs is not None else _projection_beside(path)
    return PoseTable(
        path, numbers, texts.get("name"), times, zoned, headers, crs_wkt, cells.format, cells.angles, cells.angle_grid,
        cells.local or (cells.crs is not None and crs_wkt is None), cells.numbered, no_unit, cells.lines,
        [cell for i, cell in enumerate(cells.header) if i not in found.values()],
        {name: scales[name] for name in ("x", "y") if name in scales and name not in no_unit},
    )  # fmt: skip


def _cells(text: str, path: Path, wanted: Mapping[str, str], angles: str | None) -> tuple[Cells, bool]:
    """The cells of a table that no maker's reader knows, and whether a comma is a decimal sign."""
    lines = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip()]
    if lines and re.fullmatch(r"sep=.", lines[0][1].strip()):
        del lines[0]
    data = [(n, line) for n, line in lines if not re.match(r"\s*(//|#)", line)]
    if not data:
        raise GeoreferenceError(f"{path.name}: the file is empty; expected a header and a row for each photo or moment")
    if len(data) > MAX_ROWS:
        raise GeoreferenceError(f"{path.name}: {len(data)} rows; expected at most {MAX_ROWS}")
    comments = [line.strip().lstrip("#/ ") for n, line in lines if n < data[0][0]]
    rows, decimal_comma = _rows([line for _, line in data], path)
    numbers = [n for n, _ in data]
    if not any(value_of(cell, decimal_comma, "NSEW") is not None for cell in rows[0]):
        header, rows, numbers = [cell.strip() for cell in rows[0]], rows[1:], numbers[1:]
    else:
        header = _header_in(comments, len(rows[0])) or []
    said = (line.partition(":") for line in comments)
    crs = next((value.strip() for key, _, value in said if key.replace(" ", "").lower() == "coordinatesystem"), None)
    if header:
        cells, known = Cells(header, rows, numbers, crs=crs), position_formats.by_header(header)
        if known is not None:
            cells = replace(cells, format=known.name, columns=known.columns, angles=known.angles, local=known.local)
        return cells, decimal_comma
    return Cells(_without_header(rows, angles, wanted, path), rows, numbers, angles=angles), decimal_comma


def _header_in(comments: Sequence[str], width: int) -> list[str] | None:
    """The header in the last comment line above the rows that names as many columns as these have."""
    for line in reversed(comments):
        delimiter = delimiter_of(line)
        cells = line.split() if delimiter is None else next(csv.reader([line], delimiter=delimiter))
        if len(cells) >= width and any(plain_name(cell)[0] in _KNOWN for cell in cells):
            return [cell.strip() for cell in cells[:width]]
    return None


def _without_header(
    rows: Sequence[Sequence[str]], angles: str | None, wanted: Mapping[str, str], path: Path
) -> Sequence[str]:
    """The columns of a table without a header: a name, a place, and the angles that `angles` says."""
    width = len(rows[0])
    mend = "add a first line of column names, such as name,lat,lon,altitude,yaw,pitch,roll"
    if wanted or width not in (4, 6, 7, 9) or number_of(rows[0][0], False) is not None:
        raise GeoreferenceError(f"{path.name}: no header; {mend}")
    header = list(_WITHOUT_HEADER)
    if width in (7, 9):
        if angles is None:
            raise GeoreferenceError(
                f"{path.name}: no header, and its last three columns may be yaw, pitch, roll or omega, phi, kappa; say "
                f"which angles they are, or {mend}",
                about="angles",
            )
        header += _ANGLES.get(angles, _YAW_PITCH_ROLL)
    return [*header, *_ACCURACIES][:width] if width in (6, 9) else header


def _name_axes(numbers: dict[str, Floats], said: str, path: Path) -> None:
    """Two coordinates in the order of their CRS are latitude and longitude where they are degrees, else x and y."""
    one, two = numbers.pop("axis1"), numbers.pop("axis2")
    degrees = (np.nan_to_num(np.abs(one)) <= 180).all() and (np.nan_to_num(np.abs(two)) <= 180).all()
    if not degrees:
        numbers["x"], numbers["y"] = one, two
    elif said or (np.nan_to_num(np.abs(two)) > 90).any():
        numbers["lat"], numbers["lon"] = one, two
    elif (np.nan_to_num(np.abs(one)) > 90).any():
        numbers["lon"], numbers["lat"] = one, two
    else:
        # Only the photos' own positions can say which is which: `geo.photos.position_file` asks them.
        numbers["axis1"], numbers["axis2"] = one, two


def _refuse_half_a_place(
    numbers: Mapping[str, Floats], header: Sequence[str], found: Mapping[str, int], path: Path
) -> None:
    """A place is used or refused: angles of a table are not taken while its positions are left lying."""
    for one, other in (("lat", "lon"), ("lon", "lat"), ("x", "y"), ("y", "x")):
        pair = {"lat", "lon"} if one in ("x", "y") else {"x", "y"}
        if one in numbers and other not in numbers and not pair <= set(numbers):
            raise GeoreferenceError(
                f"{path.name}: a column {header[found[one]][:_SHOWN]!r}, but none of {other}; it has {_listed(header)}"
            )
    if {"lat", "x", "axis1"} & set(numbers) or "name" not in found:
        return
    unused = [cell for i, cell in enumerate(header) if i not in found.values() and _PLACE.search(plain_name(cell)[0])]
    if unused:
        raise GeoreferenceError(
            f"{path.name}: its positions are in columns with unknown names: {_listed(unused)}; call them lat and lon, "
            "or x and y"
        )


def _refuse_columns_of_one_name(cells: Cells, found: Mapping[str, int], path: Path) -> None:
    """Nobody can tell which of two columns with one header is meant, where they differ."""
    plain = [cell.strip().lower() for cell in cells.header]
    for at in found.values():
        for other, name in enumerate(plain):
            if name == plain[at] and other != at and any(row[at].strip() != row[other].strip() for row in cells.rows):
                called = repr(cells.header[at][:_SHOWN])
                raise GeoreferenceError(
                    f"{path.name}: two columns are called {called}, and they differ; rename one of them"
                )


def _add_minutes(numbers: dict[str, Floats], path: Path) -> None:
    """Add minutes and seconds of arc that stand in columns of their own to whole degrees, away from zero.

    Beside degrees with decimals, lat_min is the least latitude of something, and is not used. Raises
    `GeoreferenceError` for minutes and seconds that are none.
    """
    for name in ("lat", "lon"):
        degrees = numbers.get(name)
        parts = [(numbers.pop(f"{name}_{unit}", None), unit, share) for unit, share in _PARTS]
        if degrees is None or (np.nan_to_num(degrees) % 1 != 0).any():
            continue
        for part, unit, share in parts:
            if part is None:
                continue
            if ((part < 0) | (part >= 60)).any():
                raise GeoreferenceError(f"{path.name}: {unit} of {name} beyond 0 to 60; write degrees with decimals")
            numbers[name] = numbers[name] + np.copysign(np.nan_to_num(part) / share, degrees)


def _signed(numbers: dict[str, Floats], texts: Mapping[str, Sequence[str]]) -> None:
    """Give latitudes, longitudes and altitudes the sign that a column of references (S, W, below) says."""
    for name, negative in (("lat", "s"), ("lon", "w")):
        said = texts.get(f"{name}_ref")
        if said is not None and name in numbers:
            turned = np.array([text.lower().startswith(negative) for text in said], bool)
            numbers[name] = np.where(turned, -np.abs(numbers[name]), numbers[name])
    said = texts.get("z_ref")
    if said is not None and "z" in numbers:
        below = np.array([text in ("1", "3") or re.match("below|negative", text, re.I) for text in said], bool)
        numbers["z"] = np.where(below, -np.abs(numbers["z"]), numbers["z"])


def _text(path: Path) -> str:
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise GeoreferenceError(f"{path.name}: {size >> 20} MB; expected a table of at most {MAX_BYTES >> 20} MB")
        data = path.read_bytes()
    except OSError as error:
        raise GeoreferenceError(f"{path.name}: cannot be read ({error.strerror}); give a CSV or GPX file") from error
    refuse_binary(data, path.name)
    text = unicode_text(data)
    if text is None and b"\0" in data[:4096]:
        raise GeoreferenceError(f"{path.name}: binary data; expected a CSV or GPX file")
    # What is not Unicode is most likely the code page of Windows in the west: numbers are the same in all of them.
    return data.decode("cp1252", "replace") if text is None else text.removeprefix("\ufeff")


def _rows(lines: list[str], path: Path) -> tuple[list[list[str]], bool]:
    """The cells of each line, and whether a comma is a decimal sign."""
    delimiter = delimiter_of(lines[0])
    if delimiter is None:
        return [line.split() for line in lines], False
    try:
        rows = list(csv.reader(iter(lines), delimiter=delimiter, skipinitialspace=True))
    except csv.Error as error:
        raise GeoreferenceError(f"{path.name}: not a table ({error}); expected CSV") from error
    if len(rows) != len(lines):
        raise GeoreferenceError(f"{path.name}: a cell runs over several lines; check the quotation marks")
    return rows, _decimal_comma(rows, path)


def _decimal_comma(rows: Sequence[Sequence[str]], path: Path) -> bool:
    """Whether commas are decimal signs. Raises `GeoreferenceError` where they may also stand between thousands."""
    some = [cell for row in rows[1:1000] for cell in row if "," in cell or "." in cell]
    if not any(re.fullmatch(r"\s*-?\d+,\d+\s*", cell) for cell in some):
        return False
    if any(re.fullmatch(r"\s*-?\d+\.\d+\s*", cell) for cell in some):
        odd = next((cell for cell in some if re.fullmatch(r"\s*-?[1-9]\d{0,2}(,\d{3})+\s*", cell)), None)
        if odd is not None:
            raise GeoreferenceError(
                f"{path.name}: {odd.strip()!r} may be thousands or a decimal, as other numbers have points; write "
                "numbers without commas"
            )
    return True


_KNOWN = frozenset(name for names in NAMES.values() for name in names) | {
    name for known in position_formats.FORMATS for name in known.signature
}


def _columns(
    cells: Cells, wanted: Mapping[str, str], path: Path
) -> tuple[dict[str, int], dict[str, float], frozenset[str]]:
    """Each field's column, its factor to metres or degrees, and the fields whose header names no unit."""
    header = cells.header
    found: dict[str, int] = {}
    scales: dict[str, float] = {}
    said: set[str] = set()
    for what, given in wanted.items():
        name, colon, unit = given.rpartition(":")
        if not colon or unit.strip().lower() not in UNITS:
            name, unit = given, ""
        if what not in NAMES:
            raise GeoreferenceError(f"unknown field {what!r} of a position file; expected one of {', '.join(NAMES)}")
        if name not in header:
            raise GeoreferenceError(f"{path.name}: no column {name!r}; it has {_listed(header)}")
        found[what] = list(header).index(name)
        _, scale, has_unit = plain_name(name)
        scales[what] = UNITS[unit.strip().lower()] if unit else scale
        said |= {what} if unit or has_unit else set()
    plain = [plain_name(cell) for cell in header]
    for i, cell in enumerate(header):
        if cell in _OWN_FIELDS:
            found.setdefault(cell, i)
    ignored = {i for i, (short, _, _) in enumerate(plain) if cells.columns.get(short) == ""}
    named: dict[str, list[str]] = {}
    for short, what in cells.columns.items():
        if what:
            named.setdefault(what, []).append(short)
    places: dict[str, list[int]] = {}
    for i, (short, _, _) in enumerate(plain):
        places.setdefault(short, []).append(i)
    for what in dict.fromkeys((*named, *NAMES)):
        if what in found:
            continue
        taken = set(found.values()) | ignored
        for name in (*named.get(what, ()), *NAMES.get(what, ())):
            at = next((i for i in places.get(name, ()) if i not in taken), None)
            if at is not None:
                found[what], scales[what] = at, plain[at][1]
                said |= {what} if plain[at][2] else set()
                break
    return found, scales, frozenset(found) - said


def _listed(header: Sequence[str]) -> str:
    return ", ".join(repr(cell[:20]) for cell in header[:8]) + (", ..." if len(header) > 8 else "")


def _numbers(
    field: str, cells: Sequence[str], header: str, decimal_comma: bool, lines: Sequence[int], path: Path
) -> Floats:
    out = np.full(len(cells), np.nan)
    letters = {"lat": "NS", "lon": "EW", "axis1": "NSEW", "axis2": "NSEW"}.get(field, "")
    for i, cell in enumerate(cells):
        if not cell or cell.lower() in ("na", "nan", "null", "none", "-", "n/a"):
            continue
        value = value_of(cell, decimal_comma, letters)
        if value is None or abs(value) > _LARGEST:
            mend = "if it has decimal commas, use points, or ; between columns" if "," in cell else "expected a number"
            if letters and value_of(cell, decimal_comma, "NSEW") is not None:
                mend = f"expected {' or '.join(letters)}; are latitude and longitude exchanged?"
            raise GeoreferenceError(f"{path.name}: line {lines[i]}, column {header!r}: {cell[:30]!r}; {mend}")
        out[i] = value
    return out


def _crs_wkt(crs: str, path: Path) -> str | None:
    """The CRS that a file names; None for one that is not tied to the earth. Raises `GeoreferenceError` for what is
    none."""
    try:
        wkt = crs_to_wkt(crs)
    except GeoreferenceError as error:
        raise GeoreferenceError(f"{path.name}: {error}", about="position_crs") from error
    return wkt if is_on_earth(wkt) else None


def _projection_beside(path: Path) -> str | None:
    for suffix in (".prj", ".PRJ"):
        beside = path.with_suffix(suffix)
        if beside != path and beside.is_file() and beside.stat().st_size < 1 << 20:
            return _crs_wkt(beside.read_text("utf-8", "replace").strip("\ufeff\0 \r\n\t"), beside)
    return None
