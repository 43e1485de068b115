"""Tables of text cells: what readers of files of positions give, and what their headers and numbers mean."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

FOOT_M = 0.3048
UNITS: Mapping[str, float] = {
    "m": 1.0, "metre": 1.0, "metres": 1.0, "meter": 1.0, "meters": 1.0, "deg": 1.0, "degrees": 1.0, "degree": 1.0,
    "dd": 1.0, "msl": 1.0, "ft": FOOT_M, "feet": FOOT_M, "foot": FOOT_M, "rad": math.degrees(1.0),
    "radians": math.degrees(1.0), "gon": 0.9, "grad": 0.9, "km": 1000.0, "mm": 0.001, "cm": 0.01,
}  # fmt: skip
# As exiftool writes before a name with -G.
_TAG_GROUP = re.compile(r"^(EXIF|ExifIFD|IFD0|GPS|XMP|XMP-[\w-]+|Composite|MakerNotes|File|System):")
_DATUMS = ("agl", "amsl", "asl", "hae", "ellipsoid", "ellipsoidal")
_NO_UNITS = ("dd", "msl")  # words that stand where a unit does, and leave the unit open


@dataclass(frozen=True)
class Cells:
    """A table of text cells.

    header      one name for each column
    rows        the cells, without the header; lines: the line of the file that each row stands in
    format      the format that was recognised, or "" for a table that is read by the names of its columns
    columns     by a header's plain name (`plain_name`) the field that it is, "" for none
    angles      how its angles turn a camera: 'gimbal', 'nadir', 'aircraft', 'opk'; None: by their values
    crs         of x and y, as the file says it (WKT, PROJ text or a code); None where it does not
    angle_grid  whether its angles are against the grid of the UTM zone that the positions lie in
    local       whether x and y are offsets from a place that the file does not say
    gps_time    whether its times are GPS time, which has no leap seconds
    numbered    whether its column 'number' is the number in each photo's name
    """

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    lines: Sequence[int]
    format: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    angles: str | None = None
    crs: str | None = None
    angle_grid: bool = False
    local: bool = False
    gps_time: bool = False
    numbered: bool = False


def plain_name(header: str) -> tuple[str, float, bool]:
    """A header without case, units and punctuation; its unit's factor to metres or degrees; whether it names a unit.

    'Radar_alt_ft' -> ('radaralt', 0.3048, True); 'latitude [decimal degrees]' -> ('latitude', 1.0, True)
    """
    scale, said = 1.0, False
    header = _TAG_GROUP.sub("", header)
    words = re.findall(r"[a-z]+|\d+", re.sub(r"([a-z])([A-Z])", r"\1 \2", header).lower())
    if len(words) > 2 and words[-1] in _DATUMS and words[-2] in UNITS:
        words[-2:] = words[-1], words[-2]  # 'Altitude (m AGL)' is an altitude AGL in metres
    while len(words) > 1 and words[-1] in UNITS:
        unit = words.pop()
        if unit not in _NO_UNITS:
            scale, said = UNITS[unit], True
        while len(words) > 1 and words[-1] in ("decimal", "us", "survey", "international"):
            words.pop()
    return "".join(words), scale, said


def number_of(cell: str, decimal_comma: bool = False) -> float | None:
    """A cell's finite number, or None. decimal_comma: whether a comma stands where English has a point."""
    cell = cell.strip()
    if decimal_comma and "." not in cell:
        cell = cell.replace(",", ".")
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if math.isfinite(value) and "_" not in cell else None


def all_numbers(cells: Sequence[str]) -> bool:
    return all(number_of(cell) is not None for cell in cells)


# As people and exiftool write them: 46 deg 31' 12.00" N, 46:31:12, N46 31.2, 33.5S, and 760 m Above Sea Level.
_LETTER_FIRST = re.compile(r"([NSEW]) ?(.*)", re.IGNORECASE)
_LETTER_LAST = re.compile(r"(.*\S) ?([NSEW])", re.IGNORECASE)
_SEXAGESIMAL = re.compile(
    r"""([-+]?)(\d+(?:\.\d+)?) ?(?:deg|d|[°º: ])(?: ?(\d+(?:\.\d+)?) ?(?:[′'’m: ]|min|$)"""
    r"""(?: ?(\d+(?:\.\d+)?) ?(?:["″”s]|''|sec)?)?)?"""
)
_ABOVE = re.compile(r"([-+]?\d+(?:\.\d+)?) ?(m|ft|feet|metres|meters)(?: (above|below) sea level)?", re.IGNORECASE)


def value_of(cell: str, decimal_comma: bool, letters: str = "") -> float | None:
    """A cell's number, also one with its unit, or None: degrees, or metres.

    letters: those that a latitude or a longitude may have, as NS; without any, minutes and seconds need the sign of
    degrees before them.
    """
    value = number_of(cell, decimal_comma)
    if value is not None:
        return value
    text = cell.strip().replace(",", ".") if decimal_comma else cell.strip()
    match = _ABOVE.fullmatch(text)
    if match is not None:
        height = float(match[1]) * UNITS[match[2].lower()]
        return -abs(height) if (match[3] or "").lower() == "below" else height
    return _angle(text, letters)


def _angle(text: str, letters: str) -> float | None:
    letter = ""
    if letters and (match := _LETTER_FIRST.fullmatch(text)) is not None:
        letter, text = match[1].upper(), match[2]
    elif letters and (match := _LETTER_LAST.fullmatch(text)) is not None:
        text, letter = match[1], match[2].upper()
    if letter not in letters:
        return None
    degrees = number_of(text)
    if degrees is None:
        match = _SEXAGESIMAL.fullmatch(text)
        if match is None or (not letters and not re.search("deg|[°º]", text)):
            return None
        minutes, seconds = float(match[3] or 0), float(match[4] or 0)
        if minutes >= 60 or seconds >= 60:
            return None
        degrees = (float(match[2]) + minutes / 60.0 + seconds / 3600.0) * (-1.0 if match[1] == "-" else 1.0)
    if letter and degrees < 0:
        return None
    return -degrees if letter in ("S", "W") else degrees
