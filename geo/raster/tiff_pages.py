"""Which of the pictures in a TIFF file is the picture, and which are previews, overviews and masks of it.

A program that opens a TIFF reads its first table alone. In a DNG and other RAW files, and in some TIFFs, that is a
preview of a few hundred px, and the picture stands in a sub-table or a later one. Tables: TIFF 6.0, BigTIFF;
sub-tables: Adobe's TIFF technical note 1; NewSubfileType and the colours of RAW: DNG 1.7.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from geo.errors import RasterError
from geo.raster.formats import shown

# Pages that are looked at, their entries, and pages within a page.
_MOST_PAGES = 64
_MOST_ENTRIES = 2048
_MOST_WITHIN = 32
_LONGEST_PACKET = 1 << 17
# A page with so much fewer px than the largest is its preview, even if it does not say so. Halved sides may be rounded.
_PREVIEW = 3.5
_NEW_SUBFILE, _WIDTH, _HEIGHT, _SUBFILE, _COLOURS, _WITHIN, _PACKET, _DNG = 254, 256, 257, 255, 262, 330, 700, 50706
_WANTED = frozenset((_NEW_SUBFILE, _WIDTH, _HEIGHT, _SUBFILE, _COLOURS, _WITHIN, _PACKET, _DNG))
_REDUCED, _MASK, _OTHER = 1, 4, 8 | 16 | 1 << 16
_RAW_COLOURS = frozenset((32803, 34892))  # the colour filters of a sensor, and what is made of them
_FORMATS = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}


@dataclass(frozen=True)
class Page:
    """One picture in a TIFF file. offset: of its table, bytes. width, height: px.

    first: whether it is the file's first, which programs open by default. whole: whether it is a picture of its own, no
    preview and no mask. raw: whether its values are those of a camera's sensor.
    """

    offset: int
    width: int
    height: int
    first: bool
    whole: bool
    raw: bool

    @property
    def pixels(self) -> int:
        """Width times height."""
        return self.width * self.height


@dataclass(frozen=True)
class Pages:
    """The pictures in a TIFF file. dng: whether it says that it is a DNG. packet: the XMP of the first page."""

    pages: tuple[Page, ...]
    dng: bool = False
    packet: bytes | None = None

    def picture(self, path: Path) -> Page | None:
        """The picture; None where no page can be read, and whoever opens the file says why.

        Raises RasterError where several pages may be it.
        """
        pages = [page for page in self.pages if page.whole] or list(self.pages)
        if not pages:
            return None
        raws = [page for page in pages if page.raw]
        # Some RAW files have a preview as large as the picture.
        largest = max(raws or pages, key=lambda page: page.pixels)
        if raws:
            return largest
        alike = [page for page in pages if page.pixels * _PREVIEW > largest.pixels]
        if len(alike) > 1:
            sizes = ", ".join(f"{page.width} x {page.height}" for page in alike[:3])
            more = ", ..." if len(alike) > 3 else ""
            raise RasterError(
                f"{shown(path)}: {len(alike)} pictures in one file ({sizes}{more} px); expected one: write each to a "
                "file of its own (gdal_translate GTIFF_DIR:1:FILE.tif ONE.tif)"
            )
        return largest


def read_pages(path: Path) -> Pages:
    """The pages of a TIFF file, at most 64. What is damaged is left out. Raises OSError where it cannot be read."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(0)
        head = file.read(16)
        order = {b"II": "<", b"MM": ">"}.get(head[:2])
        if order is None or len(head) < 16:
            return Pages(())
        big = struct.unpack_from(order + "H", head, 2)[0] == 43
        tables = _Tables(file, size, order, big)
        first = struct.unpack_from(order + ("Q" if big else "I"), head, 8 if big else 4)[0]
        pages: list[Page] = []
        dng, packet = False, None
        for offset, entries in tables.all(first):
            if offset == first:
                dng, packet = _DNG in entries, tables.bytes_of(entries.get(_PACKET))
            page = _page(tables, offset, entries, offset == first)
            if page is not None:
                pages.append(page)
    return Pages(tuple(pages), dng, packet)


_Entry = tuple[int, int, bytes]
"""The type of an entry's values, their number, and the values or their offset."""


class _Tables:
    """The tables of a file, each read once."""

    def __init__(self, file: BinaryIO, size: int, order: str, big: bool) -> None:
        self._file, self._size, self._order = file, size, order
        self._count = struct.Struct(order + ("Q" if big else "H"))
        self._entry = struct.Struct(order + ("HHQ8s" if big else "HHI4s"))
        self._offset = struct.Struct(order + ("Q" if big else "I"))

    def all(self, first: int) -> Iterator[tuple[int, dict[int, _Entry]]]:
        """(offset, entries by tag) of the first table, those within it, and those that follow it."""
        waiting, seen = [first], set[int]()
        while waiting and len(seen) < _MOST_PAGES:
            offset = waiting.pop(0)
            if not 0 < offset < self._size or offset in seen:
                continue
            seen.add(offset)
            entries, following = self._read(offset)
            yield offset, entries
            waiting += self.numbers(entries.get(_WITHIN), _MOST_WITHIN)
            waiting.append(following)

    def numbers(self, entry: _Entry | None, most: int) -> tuple[int, ...]:
        """The whole numbers of an entry, at most so many; none where they are of another type or not in the file."""
        if entry is None or entry[0] not in _FORMATS:
            return ()
        kind, count, value = entry
        wanted = struct.Struct(self._order + _FORMATS[kind] * min(count, most))
        inline = count * struct.calcsize(self._order + _FORMATS[kind]) <= len(value)
        data = value if inline else self._at(self._offset.unpack(value)[0], wanted.size)
        return wanted.unpack_from(data) if len(data) >= wanted.size else ()

    def bytes_of(self, entry: _Entry | None) -> bytes | None:
        """The bytes of an entry that stand elsewhere in the file."""
        if entry is None or entry[0] not in (1, 2, 7) or not 8 < entry[1] <= _LONGEST_PACKET:
            return None
        return self._at(self._offset.unpack(entry[2])[0], entry[1]) or None

    def _read(self, offset: int) -> tuple[dict[int, _Entry], int]:
        head = self._at(offset, self._count.size)
        if len(head) < self._count.size:
            return {}, 0
        count = self._count.unpack(head)[0]
        if count > _MOST_ENTRIES:
            return {}, 0
        body = self._at(offset + self._count.size, count * self._entry.size + self._offset.size)
        entries: dict[int, _Entry] = {}
        for at in range(0, min(count, len(body) // self._entry.size) * self._entry.size, self._entry.size):
            tag, kind, number, value = self._entry.unpack_from(body, at)
            if tag in _WANTED:
                entries.setdefault(tag, (kind, number, value))
        end = count * self._entry.size
        return entries, self._offset.unpack_from(body, end)[0] if len(body) >= end + self._offset.size else 0

    def _at(self, offset: int, size: int) -> bytes:
        if not 0 <= offset < self._size:
            return b""
        self._file.seek(offset)
        return self._file.read(size)


def _page(tables: _Tables, offset: int, entries: dict[int, _Entry], first: bool) -> Page | None:
    """The page of a table; None where the table has no picture."""

    def number(tag: int) -> int:
        return next(iter(tables.numbers(entries.get(tag), 1)), 0)

    width, height, kind, colours = number(_WIDTH), number(_HEIGHT), number(_NEW_SUBFILE), number(_COLOURS)
    if not width or not height:
        return None
    whole = not kind & (_REDUCED | _MASK | _OTHER) and number(_SUBFILE) != 2 and colours != 4
    return Page(offset, width, height, first, whole, colours in _RAW_COLOURS)
