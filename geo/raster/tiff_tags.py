"""The tags of an EXIF block, which is a small TIFF, and those of a TIFF file itself.

Layouts: TIFF 6.0, BigTIFF, and CIPA DC-008 (EXIF 3.0) for the numbers and names of the tags. Values become text as GDAL
writes it: rational numbers in brackets, bytes as 0x01, several values with spaces between. A rational number without a
denominator stays `(0/0)`, and one that is negative or has the highest bit set keeps its parts: `geo.raster.exif` knows
what they mean.
"""

import functools
import struct
from collections.abc import Callable

Read = Callable[[int, int], bytes]
"""The bytes from an offset on, at most so many; fewer where the block ends."""

_MOST_ENTRIES = 1024  # of one table
_MOST_BYTES = 1024  # of one value
_TOP_BIT = 1 << 31

# Of the numbers that EXIF knows, those that say what took a photo, when, where, and how large its picture is.
_IMAGE = {
    0x000B: "ProcessingSoftware", 0x010F: "Make", 0x0110: "Model", 0x0112: "Orientation", 0x0131: "Software",
    0x0132: "DateTime",
}  # fmt: skip
_PHOTO = {
    0x9000: "ExifVersion", 0x9003: "DateTimeOriginal", 0x9010: "OffsetTime", 0x9011: "OffsetTimeOriginal",
    0x920A: "FocalLength", 0x9290: "SubSecTime", 0x9291: "SubSecTimeOriginal", 0xA002: "PixelXDimension",
    0xA003: "PixelYDimension", 0xA20E: "FocalPlaneXResolution", 0xA210: "FocalPlaneResolutionUnit",
    0xA401: "CustomRendered", 0xA404: "DigitalZoomRatio", 0xA405: "FocalLengthIn35mmFilm",
}  # fmt: skip
_GPS = {
    1: "GPSLatitudeRef", 2: "GPSLatitude", 3: "GPSLongitudeRef", 4: "GPSLongitude", 5: "GPSAltitudeRef",
    6: "GPSAltitude", 7: "GPSTimeStamp", 15: "GPSTrack", 16: "GPSImgDirectionRef", 17: "GPSImgDirection",
    29: "GPSDateStamp",
}  # fmt: skip
_TABLES = {0x8769: _PHOTO, 0x8825: _GPS}  # by the tag of the first table that points at them
_NAMES = ((0, _IMAGE), *_TABLES.items())
READ = frozenset(name for _, names in _NAMES for name in names.values())
"""The names of the tags that are read."""
_FIRST = {"image": 0, "photo": 0x8769, "gps": 0x8825}
# Of TIFF, and of the RAW files of Panasonic and Olympus, which are TIFF but for that.
_MAGIC = frozenset((42, 0x55, 0x4F52, 0x5352))

_TEXT, _UNDEFINED, _UTF8 = 2, 7, 129
_NO_TYPE = ("", 0)
# struct's letter and the bytes of one value, by the type's number; a rational number is two of 4 bytes.
_TYPES = {
    1: ("B", 1), _TEXT: ("", 1), 3: ("H", 2), 4: ("I", 4), 5: ("I", 8), 6: ("b", 1), _UNDEFINED: ("", 1),
    8: ("h", 2), 9: ("i", 4), 10: ("i", 8), 11: ("f", 4), 12: ("d", 8), 13: ("I", 4), 16: ("Q", 8),
    17: ("q", 8), 18: ("Q", 8), _UTF8: ("", 1),
}  # fmt: skip


def read_tags(read: Read, first_table: str = "image") -> dict[str, str]:
    """The tags by their EXIF names, from the first table and the EXIF and GPS tables that it points at.

    first_table: 'image', or 'photo' or 'gps' where the block begins with EXIF's or its GPS's, as Canon writes them. Of
    either byte order, classic or BigTIFF. What is damaged or too long is left out; nothing where it is no TIFF.
    """
    head = read(0, 16)
    order = {b"II": "<", b"MM": ">"}.get(head[:2])
    if order is None or len(head) < 8:
        return {}
    magic = struct.unpack_from(order + "H", head, 2)[0]
    if magic in _MAGIC:
        layout, first = _layout(order, False), struct.unpack_from(order + "I", head, 4)[0]
    elif magic == 43 and len(head) == 16:
        layout, first = _layout(order, True), struct.unpack_from(order + "Q", head, 8)[0]
    else:
        return {}
    found: dict[str, str] = {}
    pointers = {_FIRST[first_table]: first}
    for tag, names in _NAMES:
        if tag in pointers:
            _read_table(read, layout, pointers[tag], names, found, pointers)
    return found


class _Layout:
    """The widths of a TIFF's fields: an entry is tag, type, count and value, or the value's offset."""

    def __init__(self, order: str, big: bool) -> None:
        self.order = order
        self.count = struct.Struct(order + ("Q" if big else "H"))
        self.entry = struct.Struct(order + ("HHQ8s" if big else "HHI4s"))
        self.offset = struct.Struct(order + ("Q" if big else "I"))


_layout = functools.cache(_Layout)


def _read_table(
    read: Read, layout: _Layout, at: int, names: dict[int, str], found: dict[str, str], pointers: dict[int, int]
) -> None:
    head = read(at, layout.count.size)
    if len(head) < layout.count.size:
        return
    count = min(layout.count.unpack(head)[0], _MOST_ENTRIES)
    body = read(at + layout.count.size, count * layout.entry.size)
    whole = len(body) // layout.entry.size * layout.entry.size
    for tag, kind, number, value in layout.entry.iter_unpack(body[:whole]):
        name = names.get(tag)
        if name is None:
            if tag in _TABLES and names is _IMAGE and tag not in pointers:
                pointers[tag] = layout.offset.unpack(value)[0]
            continue
        size = number * _TYPES.get(kind, _NO_TYPE)[1]
        if size > _MOST_BYTES:
            if kind not in (_TEXT, _UTF8):
                continue
            size = _MOST_BYTES
        data = value[:size] if size <= len(value) else read(layout.offset.unpack(value)[0], size)
        if len(data) == size > 0 and name not in found:
            found[name] = _text(layout.order, kind, data)


@functools.lru_cache(maxsize=512)  # the photos of a survey have most values in common
def _text(order: str, kind: int, data: bytes) -> str:
    if kind in (_TEXT, _UTF8):
        data = data.partition(b"\0")[0]
        try:
            return data.decode("utf-8").strip()
        except UnicodeDecodeError:
            return data.decode("latin-1").strip()
    if kind == _UNDEFINED:
        words = data.rstrip(b"\0")
        if words and words.isascii() and words.decode("ascii").isprintable():
            return words.decode("ascii").strip()
        return " ".join(f"0x{value:02x}" for value in data)
    letter, size = _TYPES[kind]
    if size == 8 and letter in "iI":
        parts = struct.unpack(f"{order}{len(data) // 4}{letter}", data)
        return " ".join(map(_rational, parts[::2], parts[1::2]))
    values = struct.unpack(f"{order}{len(data) // size}{letter}", data)
    if letter in "fd":
        return " ".join(f"({value:.15g})" for value in values)
    if size == 1:
        return " ".join(f"0x{value & 0xFF:02x}" for value in values)
    return " ".join(map(str, values))


def _rational(over: int, under: int) -> str:
    # As it stands where it has no value, or where a program may have taken a signed field for an unsigned one, or an
    # unsigned one for a signed one.
    if under == 0 or over < 0 or over >= _TOP_BIT or under >= _TOP_BIT:
        return f"({over}/{under})"
    return f"({over / under:.15g})"
