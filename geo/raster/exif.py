"""What a photo's EXIF says about when and where it was taken.

The tags come as text (`geo.raster.tiff_tags`), be they of the file's EXIF or of its XMP (`with_xmp`). A number without
a denominator, 0/0, counts as absent everywhere.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

_MOST_TAGS = 200
_LONGEST_VALUE = 500
_BULKY = ("MakerNote", "UserComment", "CFAPattern", "PrintImageMatching")
_HIGHEST_M = 100_000.0

ELLIPSOID, SEA_LEVEL = "ellipsoid", "sea level"
"""What altitudes are above, where a file says it."""


@dataclass(frozen=True, slots=True)
class GPSPosition:
    """Where the camera says it was: WGS 84 degrees, and metres of altitude where it gives them.

    above: `ELLIPSOID` or `SEA_LEVEL`; None where the tags do not tell: EXIF before 3.0 has one value for both, and
    makers write either.
    """

    lon: float
    lat: float
    altitude_m: float | None
    above: str | None = None

    @property
    def is_zero(self) -> bool:
        """Whether it is longitude 0, latitude 0, which receivers without a fix write."""
        return self.lon == 0 and self.lat == 0


def bounded(tags: Mapping[str, str]) -> dict[str, str]:
    """The EXIF tags by name without their 'EXIF_' prefix; at most 200, of at most 500 characters, none binary."""
    found: dict[str, str] = {}
    for name, value in tags.items():
        short = name.removeprefix("EXIF_")
        if not name.startswith("EXIF_") or short in _BULKY or len(found) == _MOST_TAGS:
            continue
        found[short[:100]] = str(value)[:_LONGEST_VALUE].strip("\0 ")
    return found


_DATE_AND_TIME = re.compile(
    r"(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)?", re.ASCII
)


def captured_at(exif: Mapping[str, str]) -> str | None:
    """When the photo was taken, as ISO 8601: with the camera's UTC offset where it is recorded, else local time.

    None where the tag is missing or is no date (cameras without a clock write zeros).
    """
    for name, subsecond in (("DateTimeOriginal", "SubSecTimeOriginal"), ("DateTime", "SubSecTime")):
        match = _DATE_AND_TIME.fullmatch(exif.get(name, "").strip())
        if match is None:
            continue
        year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
        if not (year and 1 <= month <= 12 and 1 <= day <= 31 and hour < 24 and minute < 60 and second < 61):
            continue
        iso = f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"
        fraction = match[7] or exif.get(subsecond, "").strip()
        if fraction.isascii() and fraction.isdigit() and len(fraction) <= 9:
            iso += f".{fraction}"
        offset = match[8] or exif.get("OffsetTimeOriginal", exif.get("OffsetTime", "")).strip()
        if re.fullmatch(r"Z|[+-]\d\d:\d\d", offset):
            iso += offset
        return iso
    return None


_REFERENCES = {form.format(value): value for value in range(4) for form in ("{}", "0{}", "0x{}", "0x0{}")}


# ---- position --------------------------------------------------------------------------------------------------------


def gps_position(exif: Mapping[str, str]) -> GPSPosition | None:
    """The camera's position from the GPS tags, or None where they are missing or impossible (`position_doubt`)."""
    lon = _axis(exif, "GPSLongitude", "EW", 180.0)
    lat = _axis(exif, "GPSLatitude", "NS", 90.0)
    if lon is None or lat is None:
        return None
    altitude, above = _altitude(exif)
    return GPSPosition(lon, lat, altitude, above)


def position_doubt(exif: Mapping[str, str]) -> str | None:
    """Why the GPS tags give no position although they have numbers for one; None where they give one, or have none."""
    for name, letters, limit in (("GPSLatitude", "NS", 90.0), ("GPSLongitude", "EW", 180.0)):
        parts = _parts(exif.get(name), limit)
        if not any(part is not None for part in parts) or _axis(exif, name, letters, limit) is not None:
            continue
        if _degrees(parts, letters[0], letters, limit) is not None:
            return f"{name} in its tags has no {letters[0]} or {letters[1]}: it may be on either side"
        return f"{name} in its tags is {exif[name][:60]!r}, which is no position"
    return None


def _axis(exif: Mapping[str, str], name: str, letters: str, limit: float) -> float | None:
    """A latitude or longitude in degrees, of numbers as EXIF has them, or of a text as XMP has it."""
    text, reference = exif.get(name), exif.get(f"{name}Ref")
    parts = _parts(text, limit)
    if text and not parts:
        return _coordinate(text, reference, letters, limit)
    return _degrees(parts, reference, letters, limit)


def _coordinate(text: str, reference: str | None, letters: str, limit: float) -> float | None:
    """'1,17.4S' or '1,17,24S' in degrees, and what programs write for it: '1.29S', 'S 1 17 24'."""
    match = re.fullmatch(r"([A-Za-z]?)\s*(.*?)\s*([A-Za-z]?)", text.strip()[:100], re.DOTALL)
    if match is None or (match[1] and match[3]):
        return None
    parts = _parts(" ".join(filter(None, _MARK.split(match[2]))), limit)
    return _degrees(parts, match[1] or match[3] or reference, letters, limit)


_MARK = re.compile("[\\s,;:°'\"′″’”]+|deg", re.IGNORECASE)


def _altitude(exif: Mapping[str, str]) -> tuple[float | None, str | None]:
    """The altitude in metres, and what it is above."""
    parts = _parts(exif.get("GPSAltitude"), _HIGHEST_M)
    altitude = parts[0] if len(parts) == 1 else None
    if altitude is None or abs(altitude) > _HIGHEST_M:
        return None, None
    reference = _REFERENCES.get(exif.get("GPSAltitudeRef", "").strip().lower())
    if reference in (1, 3):
        altitude = -abs(altitude)
    if reference in (2, 3):
        return altitude, SEA_LEVEL
    version = exif.get("ExifVersion", "").strip()
    # Since EXIF 3.0 the values 0 and 1 are of the ellipsoid; before, they were said to be of sea level.
    return altitude, ELLIPSOID if reference is not None and version.isdigit() and version >= "0300" else None


def _degrees(parts: list[float | None], reference: str | None, letters: str, limit: float) -> float | None:
    """Degrees of one to three parts (degrees, minutes, seconds, any of them with decimals) and a hemisphere's letter.

    A negative part makes all negative, whatever the letter. None where the parts or the hemisphere do not tell.
    """
    value = _sexagesimal(parts)
    if value is None or not abs(value) <= limit:
        return None
    letter = (reference or "").strip("\0 ").upper()[:1]
    if letter not in letters or not letter:
        return value if value <= 0 else None
    return -abs(value) if letter == letters[1] else value


def _sexagesimal(parts: list[float | None]) -> float | None:
    """Degrees of their parts. None where a part is missing that counts, or where the parts say one thing twice."""
    given = len(parts)
    while parts and parts[-1] is None:
        parts = parts[:-1]
    known = [part for part in parts if part is not None]
    if not 1 <= len(parts) <= 3 or given > 3 or len(known) != len(parts):
        return None
    sizes = [abs(part) for part in known]
    if any(size > 60 for size in sizes[1:]) or (len(parts) < given and sizes[-1].is_integer()):
        return None
    for at, size in enumerate(sizes[:-1]):
        # Decimals of a part, and smaller parts as well: only one of them can be meant.
        if abs(size - round(size)) > 1e-6 and any(sizes[at + 1 :]):
            return None
    value = math.fsum(size / 60.0**power for power, size in enumerate(sizes))
    return -value if any(part < 0 for part in known) else value


def _parts(text: str | None, limit: float) -> list[float | None]:
    """Numbers as '(41) (18) (17.5)', '41 18 17.5' or '35/2'; None for 0/0. Nothing where one is no number.

    A part over the limit whose numerator has the highest of 32 bits set is a negative number in an unsigned field. A
    negative part behind a positive one is an unsigned number in a signed field.
    """
    found: list[float | None] = []
    for part in (text or "").replace("(", " ").replace(")", " ").replace(",", " ").split():
        above, slash, below = part.partition("/")
        try:
            over, under = float(above), float(below) if slash else 1.0
        except ValueError:
            return []
        if under == 0:
            found.append(None)
            continue
        value = over / under
        if abs(value) > limit and 2.0**31 <= over < 2.0**32:
            value = (over - 2.0**32) / under
        elif value < 0 and any(known is not None and known > 0 for known in found):
            value = (over + 2.0**32) / under
        if not math.isfinite(value):
            return []
        found.append(value)
    return found


# ---- the same in XMP -------------------------------------------------------------------------------------------------

# What XMP's `exif` and `tiff` have in the words of EXIF. Not the orientation, which viewers take from EXIF alone.
_OF_XMP = {
    "tiff": ("Make", "Model", "Software"),
    "exif": (
        "FocalLength", "FocalLengthIn35mmFilm", "FocalPlaneXResolution", "FocalPlaneResolutionUnit", "PixelXDimension",
        "PixelYDimension", "DigitalZoomRatio", "DateTimeOriginal", "ExifVersion", "GPSImgDirection",
        "GPSImgDirectionRef", "GPSTrack", "CustomRendered",
    ),
}  # fmt: skip


def with_xmp(exif: Mapping[str, str], properties: Mapping[str, str]) -> dict[str, str]:
    """The tags, and where they are missing, those that XMP has for them (`geo.raster.xmp.properties`).

    XMP's position counts where EXIF's is missing, impossible, or longitude 0, latitude 0; XMP's altitude also where
    EXIF has none.
    """
    found = dict(exif)
    for prefix, names in _OF_XMP.items():
        for name in names:
            value = properties.get(f"{prefix}:{name}")
            if value and not found.get(name):
                found[name] = value[:_LONGEST_VALUE]
    own = gps_position(exif)
    if own is not None and not own.is_zero:
        if own.altitude_m is None:
            _take_altitude(found, properties)
        return found
    lat = _xmp_degrees(properties, "exif:GPSLatitude", "NS", 90.0)
    lon = _xmp_degrees(properties, "exif:GPSLongitude", "EW", 180.0)
    if lat is None or lon is None:
        return found
    for name, degrees, letters in (("GPSLatitude", lat, "NS"), ("GPSLongitude", lon, "EW")):
        found[name], found[f"{name}Ref"] = f"({abs(degrees):.15f})", letters[degrees < 0]
    _take_altitude(found, properties)
    return found


def _take_altitude(found: dict[str, str], properties: Mapping[str, str]) -> None:
    if "exif:GPSAltitude" in properties:
        for name in ("GPSAltitude", "GPSAltitudeRef"):
            found[name] = properties.get(f"exif:{name}", "")[:_LONGEST_VALUE]


def _xmp_degrees(properties: Mapping[str, str], name: str, letters: str, limit: float) -> float | None:
    """XMP's GPSCoordinate, or a signed decimal number, which programs write for it."""
    text = properties.get(name, "").strip()
    parts = _parts(text, limit)
    reference = properties.get(f"{name}Ref", "")
    if len(parts) == 1 and parts[0] is not None and not reference and "," not in text:
        return parts[0] if abs(parts[0]) <= limit else None
    return _coordinate(text, reference, letters, limit)
