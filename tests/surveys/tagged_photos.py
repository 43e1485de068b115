"""Small photos with any EXIF and XMP, in any container and byte order, byte by byte: no library writes wrong tags.

A table of tags is `{number: value}` with values made by `text`, `short`, `rational` and so on.
"""

import binascii
import functools
import io
import struct
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from PIL import Image

Value = tuple[int, tuple[int | float, ...] | bytes]
"""The type's number, and the values: for rational numbers the parts one after the other."""
Table = Mapping[int, Value]

_FORMS = {1: "B", 3: "H", 4: "I", 5: "I", 6: "b", 8: "h", 9: "i", 10: "i", 11: "f", 12: "d", 13: "I", 16: "Q"}
MAKE, MODEL, ORIENTATION, SOFTWARE, DATE_TIME = 0x010F, 0x0110, 0x0112, 0x0131, 0x0132
VERSION, TAKEN, FOCAL_MM, FILM_MM = 0x9000, 0x9003, 0x920A, 0xA405
LAT_REF, LAT, LON_REF, LON, ALT_REF, ALT = range(1, 7)
_EXIF_TABLE, _GPS_TABLE, _XMP_TAG = 0x8769, 0x8825, 700


def text(value: str) -> Value:
    return 2, value.encode() + b"\0"


def byte(*values: int) -> Value:
    return 1, values


def short(*values: int) -> Value:
    return 3, values


def undefined(value: bytes) -> Value:
    return 7, value


def rational(*parts: int) -> Value:
    """Numerator, denominator, numerator, ..."""
    return 5, parts


def signed_rational(*parts: int) -> Value:
    return 10, parts


def double(*values: float) -> Value:
    return 12, values


def degrees(value: float) -> Value:
    """Degrees, minutes and seconds to the millionth."""
    whole, rest = divmod(round(abs(value) * 3600e6), 3600 * 10**6)
    minutes, seconds = divmod(rest, 60 * 10**6)
    return rational(whole, 1, minutes, 1, seconds, 10**6)


def place(lon: float, lat: float, altitude: float | None = None) -> dict[int, Value]:
    """A GPS table as it should be."""
    found = {
        LAT_REF: text("N" if lat >= 0 else "S"), LAT: degrees(lat),
        LON_REF: text("E" if lon >= 0 else "W"), LON: degrees(lon),
    }  # fmt: skip
    if altitude is not None:
        found |= {ALT_REF: byte(int(altitude < 0)), ALT: rational(round(abs(altitude) * 1000), 1000)}
    return found


def block(
    image: Table | None = None,
    photo: Table | None = None,
    gps: Table | None = None,
    order: str = "<",
    big: bool = False,
    data: bytes = b"",
) -> bytes:
    """An EXIF block, or a TIFF file if `data` has its pixels (one strip, right behind the header)."""
    start = 16 if big else 8
    tables: dict[int, dict[int, Value]] = {0: dict(image or {})}
    if photo:
        tables[_EXIF_TABLE] = dict(photo)
    if gps:
        tables[_GPS_TABLE] = dict(gps)
    for tag in tables:
        if tag:
            tables[0][tag] = (4, (0,))
    first = start + len(data)
    places, bodies, at = {}, [], first
    for tag, table in tables.items():  # sizes do not depend on where the others lie
        places[tag] = at
        at += len(_table(table, at, order, big))
    for tag in tables:
        if tag:
            tables[0][tag] = (4, (places[tag],))
    bodies = [_table(table, places[tag], order, big) for tag, table in tables.items()]
    mark = b"II" if order == "<" else b"MM"
    form = "HHHQ" if big else "HI"
    values = (43, 8, 0, first) if big else (42, first)
    return mark + struct.pack(order + form, *values) + data + b"".join(bodies)


def _table(table: Table, at: int, order: str, big: bool) -> bytes:
    room = 8 if big else 4
    head = struct.pack(order + ("Q" if big else "H"), len(table))
    after = at + len(head) + len(table) * (20 if big else 12) + room
    entries, tail = b"", b""
    for tag, (kind, values) in sorted(table.items()):
        if isinstance(values, bytes):
            data, count = values, len(values)
        else:
            data = struct.pack(f"{order}{len(values)}{_FORMS[kind]}", *values)
            count = len(values) // 2 if kind in (5, 10) else len(values)
        if len(data) > room:
            value = struct.pack(order + ("Q" if big else "I"), after + len(tail))
            tail += data + b"\0" * (len(data) % 2)
        else:
            value = data.ljust(room, b"\0")
        entries += struct.pack(order + ("HHQ" if big else "HHI"), tag, kind, count) + value
    return head + entries + b"\0" * room + tail


# ---- containers ------------------------------------------------------------------------------------------------------

SIZE = (64, 48)


@functools.cache
def _encoded(kind: str, size: tuple[int, int]) -> bytes:
    made = io.BytesIO()
    Image.fromarray(np.full((size[1], size[0], 3), 120, np.uint8)).save(made, kind)
    return made.getvalue()


def jpeg(path: Path, exif: bytes | None, xmp: str | None = None, size: tuple[int, int] = SIZE) -> Path:
    plain = _encoded("JPEG", size)
    extra = b""
    for payload in (
        b"Exif\0\0" + exif if exif is not None else None,
        b"http://ns.adobe.com/xap/1.0/\0" + xmp.encode() if xmp is not None else None,
    ):
        if payload is not None:
            extra += b"\xff\xe1" + struct.pack(">H", len(payload) + 2) + payload
    path.write_bytes(plain[:2] + extra + plain[2:])
    return path


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(
    path: Path, exif: bytes | None, xmp: str | None = None, size: tuple[int, int] = SIZE, last: bool = False
) -> Path:
    """last: whether the chunks stand behind the pixels."""
    extra = chunk(b"eXIf", exif) if exif is not None else b""
    if xmp is not None:
        extra += chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp.encode())
    return png_with(path, extra, size, last)


def png_packed(path: Path, exif: bytes | None, xmp: str | None = None, size: tuple[int, int] = SIZE) -> Path:
    """As ImageMagick wrote EXIF before PNG had a chunk for it; XMP compressed."""
    extra = b""
    if exif is not None:
        digits = binascii.hexlify(b"Exif\0\0" + exif)
        lines = b"\n".join(digits[i : i + 72] for i in range(0, len(digits), 72))
        profile = b"\nexif\n%8d\n" % (len(exif) + 6) + lines + b"\n"
        extra = chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(profile))
    if xmp is not None:
        extra += chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(xmp.encode()))
    return png_with(path, extra, size, False)


def png_with(path: Path, extra: bytes, size: tuple[int, int] = SIZE, last: bool = False) -> Path:
    """A PNG with these chunks, before its pixels or behind them."""
    plain = _encoded("PNG", size)
    at = len(plain) - 12 if last else 33
    path.write_bytes(plain[:at] + extra + plain[at:])
    return path


def webp(path: Path, exif: bytes | None, xmp: str | None = None, size: tuple[int, int] = SIZE) -> Path:
    picture = _encoded("WEBP", size)[12:]
    flags = (8 if exif is not None else 0) | (4 if xmp is not None else 0)
    corner = struct.pack("<I", size[0] - 1)[:3] + struct.pack("<I", size[1] - 1)[:3]
    body = b"WEBP" + _riff(b"VP8X", bytes([flags, 0, 0, 0]) + corner) + picture
    body += _riff(b"EXIF", exif) if exif is not None else b""
    body += _riff(b"XMP ", xmp.encode()) if xmp is not None else b""
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    return path


def _riff(kind: bytes, data: bytes) -> bytes:
    return kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def tiff(
    path: Path,
    image: Table | None = None,
    photo: Table | None = None,
    gps: Table | None = None,
    xmp: str | None = None,
    order: str = "<",
    big: bool = False,
    size: tuple[int, int] = SIZE,
) -> Path:
    """A grey TIFF of one strip, whose tags are in its own tables."""
    width, height = size
    own: dict[int, Value] = {
        256: short(width), 257: short(height), 258: short(8), 259: short(1), 262: short(1),
        273: (4, (16 if big else 8,)), 277: short(1), 278: short(height), 279: (4, (width * height,)),
    }  # fmt: skip
    if xmp is not None:
        own[_XMP_TAG] = (1, tuple(xmp.encode()))
    path.write_bytes(block(own | dict(image or {}), photo, gps, order, big, b"\x78" * (width * height)))
    return path


def _in_tiff(order: str, big: bool) -> Callable[..., Path]:
    def write(
        folder: Path,
        image: Table | None,
        photo: Table | None,
        gps: Table | None,
        xmp: str | None,
        size: tuple[int, int],
    ) -> Path:
        return tiff(folder / "photo.tif", image, photo, gps, xmp, order, big, size)

    return write


def _around(wrap: Callable[..., Path], suffix: str, order: str) -> Callable[..., Path]:
    def write(
        folder: Path,
        image: Table | None,
        photo: Table | None,
        gps: Table | None,
        xmp: str | None,
        size: tuple[int, int],
    ) -> Path:
        whole = block(image, photo, gps, order) if image or photo or gps else None
        return wrap(folder / f"photo{suffix}", whole, xmp, size)

    return write


CONTAINERS: Mapping[str, Callable[..., Path]] = {
    "jpeg-II": _around(jpeg, ".jpg", "<"),
    "jpeg-MM": _around(jpeg, ".jpg", ">"),
    "png-eXIf": _around(png, ".png", "<"),
    "png-behind": _around(functools.partial(png, last=True), ".png", ">"),
    "png-raw": _around(png_packed, ".png", ">"),
    "webp": _around(webp, ".webp", ">"),
    "tiff-II": _in_tiff("<", False),
    "tiff-MM": _in_tiff(">", False),
    "bigtiff": _in_tiff("<", True),
}


def photo_in(
    container: str,
    folder: Path,
    image: Table | None = None,
    photo: Table | None = None,
    gps: Table | None = None,
    xmp: str | None = None,
    size: tuple[int, int] = SIZE,
) -> Path:
    """A photo with these tags in one of `CONTAINERS`."""
    return CONTAINERS[container](folder, image, photo, gps, xmp, size)


# ---- XMP -------------------------------------------------------------------------------------------------------------

NAMESPACES = {
    "drone-dji": "http://www.dji.com/drone-dji/1.0/",
    "drone-skydio": "https://www.skydio.com/drone-skydio/1.0/",
    "drone-parrot": "http://www.parrot.com/drone-parrot/1.0/",
    "drone-autel": "http://www.autelrobotics.com/drone-autel/1.0/",
    "Camera": "http://pix4d.com/camera/1.0/",
    "exif": "http://ns.adobe.com/exif/1.0/",
    "tiff": "http://ns.adobe.com/tiff/1.0/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "GPano": "http://ns.google.com/photos/1.0/panorama/",
}


def rdf(inner: str, wrapper: str = "x:xmpmeta", declare: bool = True) -> str:
    """A packet around descriptions, with all namespaces declared at its root."""
    declared = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items()) if declare else ""
    whole = f'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"{declared}>{inner}</rdf:RDF>'
    if wrapper:
        prefix = wrapper.partition(":")[0]
        whole = f'<{wrapper} xmlns:{prefix}="adobe:ns:meta/">{whole}</{wrapper}>'
    return f'<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>{whole}{" " * 200}<?xpacket end="w"?>'


def attributes(**values: str | float) -> str:
    """A description with its properties as attributes; '__' stands for the colon."""
    inner = " ".join(
        f'{name.replace("__", ":").replace("drone_", "drone-")}="{value}"' for name, value in values.items()
    )
    return f'<rdf:Description rdf:about="" {inner}/>'
