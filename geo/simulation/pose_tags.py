"""Writes a photo's position and attitude as a drone does: EXIF and XMP (`drone-dji`) in the APP1 segments of a JPEG.

The layouts are those of EXIF 2.32 (CIPA DC-008), TIFF 6.0 for its tables, and XMP part 3 for its segment.
"""

import struct
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import quoteattr  # nosec B406

from geo.simulation.settings import SimulationError

_ASCII, _SHORT, _LONG, _RATIONAL, _BYTE, _UNDEFINED = 2, 3, 4, 5, 1, 7
_SIZES = {_ASCII: 1, _SHORT: 2, _LONG: 4, _RATIONAL: 8, _BYTE: 1, _UNDEFINED: 1}
_XMP_HEADER = b"http://ns.adobe.com/xap/1.0/\x00"


@dataclass(frozen=True)
class PoseTags:
    """The values to write: WGS 84 degrees, metres, angles in degrees as DJI defines them (see `flight`), camera in mm
    and px.
    """

    lon: float
    lat: float
    altitude_m: float
    relative_altitude_m: float
    gimbal_yaw_deg: float
    gimbal_pitch_deg: float
    gimbal_roll_deg: float
    flight_yaw_deg: float
    taken_at: datetime  # with its time zone
    focal_length_mm: float
    sensor_width_mm: float
    width_px: int
    height_px: int
    make: str = "Herdmap"
    model: str = "simulated camera"
    description: str = "Simulated photo: not a real place"


@dataclass(frozen=True)
class _Entry:
    tag: int
    kind: int
    count: int
    data: bytes


def _text(tag: int, value: str) -> _Entry:
    data = value.encode("ascii", "replace") + b"\x00"
    return _Entry(tag, _ASCII, len(data), data)


def _short(tag: int, value: int) -> _Entry:
    return _Entry(tag, _SHORT, 1, struct.pack("<H", value))


def _long(tag: int, value: int) -> _Entry:
    return _Entry(tag, _LONG, 1, struct.pack("<I", value))


def _rationals(tag: int, *values: tuple[float, int]) -> _Entry:
    """A tag with fractions. values: each with its denominator."""
    data = b"".join(struct.pack("<II", round(value * under), under) for value, under in values)
    return _Entry(tag, _RATIONAL, len(values), data)


def _degrees(tag: int, value: float) -> _Entry:
    """Degrees, minutes and seconds to 1e-7 second (3 micrometres)."""
    ten_millionths = round(abs(value) * 3600 * 10_000_000)
    whole_seconds, rest = divmod(ten_millionths, 10_000_000)
    minutes, seconds = divmod(whole_seconds, 60)
    degrees, minutes = divmod(minutes, 60)
    return _rationals(tag, (degrees, 1), (minutes, 1), (seconds + rest / 10_000_000, 10_000_000))


def _table(entries: list[_Entry], offset: int) -> bytes:
    """One image file directory that starts at `offset` in the TIFF block. Its long values follow it."""
    entries = sorted(entries, key=lambda entry: entry.tag)
    at = offset + 2 + 12 * len(entries) + 4
    head, tail = struct.pack("<H", len(entries)), b""
    for entry in entries:
        if len(entry.data) != entry.count * _SIZES[entry.kind]:
            raise SimulationError(f"EXIF tag {entry.tag:#x} has {len(entry.data)} bytes for {entry.count} values")
        value = entry.data
        if len(value) > 4:
            value = struct.pack("<I", at + len(tail))
            tail += entry.data + b"\x00" * (len(entry.data) % 2)
        head += struct.pack("<HHI", entry.tag, entry.kind, entry.count) + value.ljust(4, b"\x00")
    return head + struct.pack("<I", 0) + tail


def _exif(tags: PoseTags) -> bytes:
    stamp = tags.taken_at.strftime("%Y:%m:%d %H:%M:%S")
    zone = tags.taken_at.strftime("%z")
    pixels_per_cm = tags.width_px / (tags.sensor_width_mm / 10)
    image = [
        _text(0x010E, tags.description),
        _text(0x010F, tags.make),
        _text(0x0110, tags.model),
        _short(0x0112, 1),  # upright
        _text(0x0132, stamp),
    ]
    photo = [
        _Entry(0x9000, _UNDEFINED, 4, b"0232"),
        _text(0x9003, stamp),  # DateTimeOriginal
        _text(0x9004, stamp),
        _text(0x9010, f"{zone[:3]}:{zone[3:]}"),  # OffsetTime
        _text(0x9011, f"{zone[:3]}:{zone[3:]}"),
        _rationals(0x920A, (tags.focal_length_mm, 1000)),
        _long(0xA002, tags.width_px),
        _long(0xA003, tags.height_px),
        _rationals(0xA20E, (pixels_per_cm, 1000)),  # FocalPlaneXResolution
        _rationals(0xA20F, (pixels_per_cm, 1000)),
        _short(0xA210, 3),  # in pixels per centimetre
        # The 35 mm equivalent is by the sensor's width against 36 mm, as photogrammetry software reads it.
        _short(0xA405, round(tags.focal_length_mm * 36 / tags.sensor_width_mm)),
    ]
    position = [
        _Entry(0x0000, _BYTE, 4, bytes([2, 3, 0, 0])),
        _text(0x0001, "N" if tags.lat >= 0 else "S"),
        _degrees(0x0002, tags.lat),
        _text(0x0003, "E" if tags.lon >= 0 else "W"),
        _degrees(0x0004, tags.lon),
        _Entry(0x0005, _BYTE, 1, bytes([0 if tags.altitude_m >= 0 else 1])),
        _rationals(0x0006, (abs(tags.altitude_m), 10_000)),
        _text(0x0012, "WGS-84"),
    ]
    first = 8
    # Sizes do not depend on the values of the two pointers: the first layout has zeros, the second the values.
    pointers = (0, 0)
    for _ in range(2):
        main = _table([*image, _long(0x8769, pointers[0]), _long(0x8825, pointers[1])], first)
        photo_at = first + len(main)
        photo_table = _table(photo, photo_at)
        position_at = photo_at + len(photo_table)
        pointers = (photo_at, position_at)
    return b"II*\x00" + struct.pack("<I", first) + main + photo_table + _table(position, position_at)


def _xmp(tags: PoseTags) -> bytes:
    values = {
        "GpsLatitude": f"{tags.lat:+.10f}",
        "GpsLongitude": f"{tags.lon:+.10f}",
        "AbsoluteAltitude": f"{tags.altitude_m:+.4f}",
        "RelativeAltitude": f"{tags.relative_altitude_m:+.4f}",
        "GimbalYawDegree": f"{tags.gimbal_yaw_deg:+.6f}",
        "GimbalPitchDegree": f"{tags.gimbal_pitch_deg:+.6f}",
        "GimbalRollDegree": f"{tags.gimbal_roll_deg:+.6f}",
        "FlightYawDegree": f"{tags.flight_yaw_deg:+.6f}",
    }
    attributes = "\n   ".join(f"drone-dji:{name}={quoteattr(value)}" for name, value in values.items())
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">\n'
        ' <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n'
        '  <rdf:Description rdf:about="" xmlns:drone-dji="http://www.dji.com/drone-dji/1.0/"\n'
        f"   {attributes}/>\n"
        ' </rdf:RDF>\n</x:xmpmeta>\n<?xpacket end="w"?>'
    ).encode()


def _segment(payload: bytes) -> bytes:
    if len(payload) + 2 > 0xFFFF:
        raise SimulationError(f"an APP1 segment of {len(payload)} bytes; at most 65533 fit")
    return b"\xff\xe1" + struct.pack(">H", len(payload) + 2) + payload


def with_pose_tags(jpeg: bytes, tags: PoseTags) -> bytes:
    """The same JPEG with EXIF and XMP segments after its start. Its pixels do not change.

    Raises:
        SimulationError: The bytes are not a JPEG.
    """
    if jpeg[:2] != b"\xff\xd8":
        raise SimulationError(f"bytes that start with {jpeg[:2].hex()} are not a JPEG; expected ffd8 at the start")
    return jpeg[:2] + _segment(b"Exif\x00\x00" + _exif(tags)) + _segment(_XMP_HEADER + _xmp(tags)) + jpeg[2:]
