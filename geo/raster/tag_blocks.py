"""Where image files keep the blocks of EXIF and XMP: JPEG, PNG, WebP, and TIFF.

GDAL reads EXIF of JPEG alone in full: of TIFF it leaves out the first table (maker, model, orientation), and it has
none of PNG and WebP. Layouts: CIPA DC-008 (JPEG's APP1), PNG 3rd edition (eXIf, iTXt), ImageMagick's `Raw profile type`
texts, Google's WebP container.
"""

import contextlib
import struct
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from geo.raster.tiff_tags import read_tags

_FIRST_READ = 1 << 16
_MOST_BLOCK = 1 << 20
_MOST_SEGMENTS = 2000
_MOST_CHUNKS = 100_000
_EXIF = b"Exif\0"
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_STANDALONE = frozenset((0x01, *range(0xD0, 0xD8)))  # JPEG's markers without a length
DRIVERS = ("JPEG", "PNG", "WEBP", "GTiff")


@dataclass
class Blocks:
    """What the blocks of one file say. exif: tags by name (`tiff_tags`). xmp: the first packet's text, or None; always
    None for TIFF, of which GDAL reads it."""

    exif: dict[str, str] = field(default_factory=dict)
    xmp: str | None = None

    def add_exif(self, block: bytes, first_table: str = "image") -> None:
        """Add the tags of a block, with or without its `Exif` mark. first_table: as in `read_tags`."""
        block = block[6:] if block.startswith(_EXIF) else block
        for name, value in read_tags(lambda at, size: block[at : at + size], first_table).items():
            # The photos of a survey have most values in common.
            self.exif.setdefault(name, sys.intern(value))

    def add_xmp(self, packet: bytes) -> None:
        """Keep a packet, if it is the first."""
        if self.xmp is None:
            self.xmp = _decoded(packet)


def read_blocks(path: Path, driver: str) -> Blocks:
    """The blocks of a file that GDAL's `driver` reads (`DRIVERS`). What is damaged or too long is left out."""
    with contextlib.suppress(OSError), path.open("rb", buffering=0) as file:  # few small parts
        return blocks_of(file, driver)
    return Blocks()


def blocks_of(file: BinaryIO, driver: str) -> Blocks:
    """As `read_blocks`, of a file that is open. Raises OSError where it cannot be read."""
    blocks = Blocks()
    file.seek(0)
    {"JPEG": _jpeg, "PNG": _png, "WEBP": _webp, "GTiff": _tiff}[driver](file, blocks)
    return blocks


def _decoded(packet: bytes) -> str:
    if packet[:2] in (b"\xfe\xff", b"\xff\xfe"):
        return packet.decode("utf-16", "replace")
    if packet[:2] in (b"\0<", b"<\0"):
        return packet.decode("utf-16-be" if packet[0] == 0 else "utf-16-le", "replace")
    return packet.decode("utf-8", "replace")


def _tiff(file: BinaryIO, blocks: Blocks) -> None:
    size = file.seek(0, 2)

    def read(at: int, count: int) -> bytes:
        if at >= size:
            return b""
        file.seek(at)
        return file.read(count)

    blocks.exif = read_tags(read)


# ---- JPEG ----------------------------------------------------------------------------------------------------------


def _jpeg(file: BinaryIO, blocks: Blocks) -> None:
    """The APP1 segments before the picture's data."""
    data, start = file.read(_FIRST_READ), 0
    at = 2
    for _ in range(_MOST_SEGMENTS):
        if at - start + 4 > len(data):
            file.seek(at)
            data, start = file.read(_FIRST_READ), at
        head = data[at - start : at - start + 4]
        if len(head) < 4 or head[0] != 0xFF:
            return
        marker = head[1]
        if marker == 0xFF or marker in _STANDALONE:  # a filling byte, or a marker alone
            at += 1 if marker == 0xFF else 2
            continue
        if marker in (0xD9, 0xDA):  # the end, or the picture's data
            return
        length = head[2] << 8 | head[3]
        if marker == 0xE1:
            if at - start + 2 + length > len(data):
                file.seek(at)
                data, start = file.read(_FIRST_READ + 4), at
            block = data[at - start + 4 : at - start + 2 + length]
            if block.startswith(_EXIF):
                blocks.add_exif(block)
            elif block.startswith(_XMP):
                blocks.add_xmp(block[len(_XMP) :])
        at += 2 + max(length, 2)


# ---- PNG -----------------------------------------------------------------------------------------------------------


def _png(file: BinaryIO, blocks: Blocks) -> None:
    """The chunks with EXIF or texts, which may stand before the pixels and after them."""
    at = 8
    for _ in range(_MOST_CHUNKS):
        file.seek(at)
        head = file.read(8)
        if len(head) < 8 or head[4:] == b"IEND":
            return
        length = int.from_bytes(head[:4], "big")
        if length <= _MOST_BLOCK:
            if head[4:] == b"eXIf":
                blocks.add_exif(file.read(length))
            elif head[4:] in (b"tEXt", b"zTXt", b"iTXt"):
                _png_text(head[4:], file.read(length), blocks)
        at += 12 + length


def _png_text(kind: bytes, data: bytes, blocks: Blocks) -> None:
    keyword, _, text = data.partition(b"\0")
    profile = keyword.removeprefix(b"Raw profile type ").lower() if keyword.startswith(b"Raw profile type ") else b""
    if keyword != b"XML:com.adobe.xmp" and profile not in (b"exif", b"app1", b"xmp"):
        return
    if kind == b"zTXt":
        text = _inflated(text[1:])
    elif kind == b"iTXt" and len(text) >= 2:
        packed, rest = text[0] == 1, text[2:].split(b"\0", 2)  # language, the keyword's translation, text
        text = rest[-1] if len(rest) == 3 else b""
        text = _inflated(text) if packed else text
    block = _profile(text) if profile else text
    if block.startswith(_XMP):
        blocks.add_xmp(block[len(_XMP) :])
    elif profile in (b"exif", b"app1"):
        blocks.add_exif(block)
    else:
        blocks.add_xmp(block)


def _profile(text: bytes) -> bytes:
    """The bytes of ImageMagick's text: a name, the number of bytes, and the bytes as hexadecimal digits in lines."""
    words = text.split()
    with contextlib.suppress(ValueError):
        if len(words) >= 3 and words[1].isdigit():
            return bytes.fromhex(b"".join(words[2:]).decode("ascii", "replace"))
    return b""


def _inflated(data: bytes) -> bytes:
    """At most 1 MB of a compressed text; nothing of a damaged one."""
    try:
        return zlib.decompressobj().decompress(data, _MOST_BLOCK)
    except zlib.error:
        return b""


# ---- WebP ----------------------------------------------------------------------------------------------------------


def _webp(file: BinaryIO, blocks: Blocks) -> None:
    """The chunks with EXIF and XMP, which only files of the extended kind have."""
    for name, length in _webp_chunks(file):
        if length > _MOST_BLOCK:
            continue
        if name == b"EXIF":
            blocks.add_exif(file.read(length))
        elif name == b"XMP ":
            blocks.add_xmp(file.read(length))


def _webp_chunks(file: BinaryIO) -> Iterator[tuple[bytes, int]]:
    at = 12
    for _ in range(_MOST_CHUNKS):
        file.seek(at)
        head = file.read(8)
        if len(head) < 8 or (at == 12 and head[:4] != b"VP8X"):
            return
        length = struct.unpack_from("<I", head, 4)[0]
        yield head[:4], length
        at += 8 + length + length % 2
