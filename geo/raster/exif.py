"""What a photo's EXIF says about when and where it was taken."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

_MOST_TAGS = 200
_LONGEST_VALUE = 500
_BULKY = ("MakerNote", "UserComment", "CFAPattern", "PrintImageMatching")


@dataclass(frozen=True)
class GPSPosition:
    """Where the camera says it was: WGS 84 degrees, and metres above sea level (or the ellipsoid: EXIF does not
    say which) where it gives them."""

    lon: float
    lat: float
    altitude_m: float | None


def bounded(tags: Mapping[str, str]) -> dict[str, str]:
    """The EXIF tags by name without their 'EXIF_' prefix; at most 200, of at most 500 characters, none binary."""
    found: dict[str, str] = {}
    for name, value in tags.items():
        short = name.removeprefix("EXIF_")
        if not name.startswith("EXIF_") or short in _BULKY or len(found) == _MOST_TAGS:
            continue
        found[short[:100]] = str(value)[:_LONGEST_VALUE].strip("\0 ")
    return found


def captured_at(exif: Mapping[str, str]) -> str | None:
    """When the photo was taken, as ISO 8601: with the camera's UTC offset where it is recorded, else local time.

    None where the tag is missing or is no date (cameras without a clock write zeros).
    """
    for name, subsecond in (("DateTimeOriginal", "SubSecTimeOriginal"), ("DateTime", "SubSecTime")):
        match = re.fullmatch(r"(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d):(\d\d)", exif.get(name, "").strip())
        if match is None:
            continue
        year, month, day, hour, minute, second = (int(part) for part in match.groups())
        if not (year and 1 <= month <= 12 and 1 <= day <= 31 and hour < 24 and minute < 60 and second < 61):
            continue
        iso = f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"
        fraction = exif.get(subsecond, "").strip()
        if fraction.isascii() and fraction.isdigit() and len(fraction) <= 9:
            iso += f".{fraction}"
        offset = exif.get("OffsetTimeOriginal", exif.get("OffsetTime", "")).strip()
        if re.fullmatch(r"[+-]\d\d:\d\d", offset):
            iso += offset
        return iso
    return None


def gps_position(exif: Mapping[str, str]) -> GPSPosition | None:
    """The camera's position from the GPS tags, or None where they are missing or impossible."""
    lon = _degrees(exif.get("GPSLongitude"), exif.get("GPSLongitudeRef"), "W", 180.0)
    lat = _degrees(exif.get("GPSLatitude"), exif.get("GPSLatitudeRef"), "S", 90.0)
    if lon is None or lat is None:
        return None
    heights = _numbers(exif.get("GPSAltitude"))
    altitude = heights[0] if len(heights) == 1 else None
    below_sea = exif.get("GPSAltitudeRef", "").strip().removeprefix("0x").lstrip("0") == "1"
    return GPSPosition(lon, lat, -altitude if altitude is not None and below_sea else altitude)


def _degrees(text: str | None, reference: str | None, negative: str, limit: float) -> float | None:
    parts = _numbers(text)
    if not 1 <= len(parts) <= 3:
        return None
    value = math.fsum(part / 60.0**power for power, part in enumerate(parts))
    if not abs(value) <= limit:
        return None
    return -value if (reference or "").strip().upper().startswith(negative) else value


def _numbers(text: str | None) -> list[float]:
    """Numbers as '(41) (18) (17.5)', '41 18 17.5' or '35/2'; none at all where one is not finite."""
    found: list[float] = []
    for part in re.split(r"[\s(),]+", (text or "").strip(" ()")):
        over, _, under = part.partition("/")
        try:
            value = float(over) / (float(under) if under else 1.0)
        except (ValueError, ZeroDivisionError):
            return []
        if not math.isfinite(value):
            return []
        found.append(value)
    return found
