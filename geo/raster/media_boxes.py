"""The boxes of an ISO base media file: what HEIC and Canon's CR3 keep beside the pixels.

Layouts: ISO 14496-12 (boxes), ISO 23008-12 (HEIF: `irot` and `imir`, which turn the stored picture as it is shown), and
https://github.com/lclevy/canon_cr3 (`CMT1`, `CMT2`, `CMT4`: EXIF's three tables as a small TIFF each).
"""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

_MOST_BOXES = 4096
_LONGEST_META = 1 << 22
_LONGEST_TAGS = 1 << 20
_MOST_PIECES = 64
_CANON = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
_HEIC_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"))
_ALPHA = (b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha", b"urn:mpeg:hevc:2015:auxid:1")
# EXIF's orientations as what is done with the stored picture (rows, columns) to show it.
_SHOWN: dict[int, Callable[[NDArray[Any]], NDArray[Any]]] = {
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.swapaxes(0, 1),
    6: lambda a: np.rot90(a, -1),
    7: lambda a: a[::-1, ::-1].swapaxes(0, 1),
    8: lambda a: np.rot90(a),
}
_BACK = {6: 8, 8: 6}


def kind_of(head: bytes) -> str | None:
    """'HEIF' or 'CR3' for a file that begins with these bytes; None for any other."""
    if head[4:8] != b"ftyp":
        return None
    end = min(int.from_bytes(head[:4], "big"), len(head))
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, end - 3, 4))]
    if brands[0] == b"crx ":
        return "CR3"
    # AVIF has `mif1` among its brands as well.
    return "HEIF" if _HEIC_BRANDS.intersection(brands) and brands[0] not in (b"avif", b"avis") else None


@dataclass(frozen=True)
class HeicHeader:
    """The header of a HEIC file's main picture.

    width, height: as it is stored, px; 0 where the boxes do not tell. orientation: EXIF's number for how the file says
    that it is to be turned and mirrored. grey: whether it has one band of colour. alpha: whether it has one of opacity.
    exif, xmp: the blocks, or None.
    """

    width: int = 0
    height: int = 0
    orientation: int = 1
    grey: bool = False
    alpha: bool = False
    exif: bytes | None = None
    xmp: bytes | None = None

    def stored(self, shown: NDArray[Any]) -> NDArray[Any]:
        """The pixels (rows, columns, bands) as they are stored, of those that a decoder has turned."""
        return np.ascontiguousarray(_SHOWN[_BACK.get(self.orientation, self.orientation)](shown))


def heic_header(file: BinaryIO) -> HeicHeader:
    """What the boxes of a HEIC file say of its main picture."""
    for kind, start, end in _boxes(file, 0, file.seek(0, 2)):
        if kind == b"meta" and end - start <= _LONGEST_META:
            file.seek(start + 4)  # a version and flags
            meta = file.read(end - start - 4)
            tags = _tags(file, meta)
            return replace(_of_meta(meta), exif=tags.get("exif"), xmp=tags.get("xmp"))
    return HeicHeader()


def canon_tags(file: BinaryIO) -> dict[str, bytes]:
    """The blocks of EXIF in a CR3 file, by table: 'image', 'photo', 'gps'."""
    found: dict[str, bytes] = {}
    names = {b"CMT1": "image", b"CMT2": "photo", b"CMT4": "gps"}
    for kind, start, end in _boxes(file, 0, file.seek(0, 2)):
        if kind != b"moov":
            continue
        for inner, begin, stop in _boxes(file, start, end):
            file.seek(begin)
            if inner == b"uuid" and file.read(16) == _CANON:
                for name, first, last in _boxes(file, begin + 16, stop):
                    if name in names and last - first <= _LONGEST_TAGS:
                        file.seek(first)
                        found.setdefault(names[name], file.read(last - first))
    return found


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """(kind, start, end) of the content of each box between two offsets."""
    for _ in range(_MOST_BOXES):
        if start + 8 > end:
            return
        file.seek(start)
        head = file.read(16)
        if len(head) < 8:
            return
        size, inside = int.from_bytes(head[:4], "big"), 8
        if size == 1 and len(head) == 16:
            size, inside = int.from_bytes(head[8:], "big"), 16
        stop = end if size == 0 else start + size
        if stop < start + inside or stop > end:
            return
        yield head[4:8], start + inside, stop
        start = stop


def _in(data: bytes) -> dict[bytes, bytes]:
    """The boxes in a block by kind, the first of each."""
    return dict(reversed(list(_each(data))))


def _each(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    for _ in range(_MOST_BOXES):
        if at + 8 > len(data):
            return
        size, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        stop = len(data) if size == 0 else at + size
        if stop < at + 8 or stop > len(data):
            return
        yield kind, data[at + 8 : stop]
        at = stop


def _of_meta(meta: bytes) -> HeicHeader:
    inside = _in(meta)
    main, properties = inside.get(b"pitm", b""), _in(inside.get(b"iprp", b""))
    item = int.from_bytes(main[4:8] if main[:1] == b"\1" else main[4:6], "big")
    known = list(_each(properties.get(b"ipco", b"")))
    alpha = any(kind == b"auxC" and content[4:].startswith(_ALPHA) for kind, content in known)
    width = height = 0
    grey = False
    shown = before = np.arange(6).reshape(2, 3)
    for index in _associated(properties.get(b"ipma", b""), item):
        if not 0 < index <= len(known):
            continue
        kind, content = known[index - 1]
        if kind == b"ispe" and len(content) >= 12:
            width, height = struct.unpack_from(">II", content, 4)
        elif kind == b"pixi" and len(content) >= 5:
            grey = content[4] == 1
        elif kind == b"clap" and len(content) >= 16:
            # What is left of a picture that the encoder filled up to whole blocks, as fractions.
            parts = struct.unpack_from(">4I", content)
            width, height = (parts[0] // parts[1], parts[2] // parts[3]) if parts[1] and parts[3] else (0, 0)
        elif kind == b"irot" and content:
            shown = np.rot90(shown, content[0] & 3)
        elif kind == b"imir" and content:
            shown = shown[:, ::-1] if content[0] & 1 else shown[::-1]
    turned = (number for number, turn in _SHOWN.items() if np.array_equal(turn(before), shown))
    return HeicHeader(width, height, next(turned, 1), grey and not alpha, alpha)


def _tags(file: BinaryIO, meta: bytes) -> dict[str, bytes]:
    """The blocks of EXIF and XMP, found by the file's lists of its items and of their places."""
    inside, found = _in(meta), dict[str, bytes]()
    names = _items(inside.get(b"iinf", b""))
    for item, method, extents in _places(inside.get(b"iloc", b"")):
        name = names.get(item)
        size = sum(length for _, length in extents)
        if name is None or name in found or not 0 < size <= _LONGEST_TAGS:
            continue
        block = b""
        for offset, length in extents:
            if method == 1:
                block += inside.get(b"idat", b"")[offset : offset + length]
            elif method == 0:
                file.seek(offset)
                block += file.read(length)
        # Four bytes say how far into the block EXIF's own mark or its table stands.
        found[name] = block[4 + int.from_bytes(block[:4], "big") :] if name == "exif" else block
    return found


def _items(data: bytes) -> dict[int, str]:
    """What the items are that hold tags, by their numbers."""
    found: dict[int, str] = {}
    for kind, content in _each(data[6:] if data[:1] == b"\0" else data[8:]):
        if kind != b"infe" or content[:1] not in (b"\2", b"\3"):
            continue
        size = 2 if content[0] == 2 else 4
        item, what = int.from_bytes(content[4 : 4 + size], "big"), content[6 + size : 10 + size]
        if what == b"Exif":
            found[item] = "exif"
        elif what == b"mime" and b"application/rdf+xml" in content[10 + size :]:
            found[item] = "xmp"
    return found


def _places(data: bytes) -> Iterator[tuple[int, int, list[tuple[int, int]]]]:
    """(item, method, (offset, length) of each piece): 0 for offsets in the file, 1 in the box `idat`."""
    if len(data) < 8:
        return
    version, sizes = data[0], int.from_bytes(data[4:6], "big")
    offset_size, length_size, base_size, index_size = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15, sizes & 15
    at, number = 6, 2 if version < 2 else 4

    def take(size: int) -> int:
        nonlocal at
        at += size
        return int.from_bytes(data[at - size : at], "big")

    for _ in range(min(take(number), _MOST_BOXES)):
        if at >= len(data):
            return
        item = take(number)
        method = take(2) & 15 if version else 0
        take(2)  # the file that has it: this one
        base = take(base_size)
        pieces = []
        for _ in range(min(take(2), _MOST_PIECES)):
            take(index_size if version else 0)
            pieces.append((base + take(offset_size), take(length_size)))
        yield item, method, pieces


def _associated(data: bytes, item: int) -> Iterator[int]:
    """The numbers of the properties of an item, counted from 1, in their order."""
    if len(data) < 8:
        return
    version, wide = data[0], data[3] & 1
    count, at = int.from_bytes(data[4:8], "big"), 8
    for _ in range(min(count, _MOST_BOXES)):
        size = 2 if version < 1 else 4
        number, at = int.from_bytes(data[at : at + size], "big"), at + size
        if at >= len(data):
            return
        associations, at = data[at], at + 1
        for _ in range(associations):
            if number == item:
                yield (
                    int.from_bytes(data[at : at + 2], "big") & 0x7FFF
                    if wide
                    else (data[at : at + 1] or b"\0")[0] & 0x7F
                )
            at += 2 if wide else 1
