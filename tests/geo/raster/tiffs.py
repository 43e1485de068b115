"""Writes small TIFF files table by table, as no library does: previews and sub-tables."""

import struct
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

WHOLE, REDUCED, PAGE, MASK = 0, 1, 2, 4


@dataclass
class One:
    """A picture of a file, uncompressed. pixels: (H, W, bands). kind: its NewSubfileType, None for none. within: its
    sub-tables. more: other tags, as bytes or as (type, number, bytes); rational numbers are of the type 5 or 10."""

    pixels: NDArray[np.uint8] | NDArray[np.uint16]
    kind: int | None
    within: list["One"] = field(default_factory=list)
    colours: int = 2
    more: dict[int, bytes | tuple[int, int, bytes]] = field(default_factory=dict)


def tiff(pages: list[One], order: Literal["<", ">"] = "<", big: bool = False) -> bytes:
    """A TIFF file with pages one after the other, each with sub-tables."""
    offset = "Q" if big else "I"
    data = (
        bytearray(struct.pack(f"{order}2sHHHQ", b"II" if order == "<" else b"MM", 43, 8, 0, 0)) if big else bytearray()
    )
    data = data or bytearray(struct.pack(f"{order}2sHI", b"II" if order == "<" else b"MM", 42, 0))
    link = len(data) - (8 if big else 4)

    def values(kind: str, *numbers: int) -> tuple[int, int, bytes]:
        return {"H": 3, "I": 4, "Q": 16}[kind], len(numbers), struct.pack(f"{order}{len(numbers)}{kind}", *numbers)

    def table(one: One) -> tuple[int, int]:
        """Write a page. Returns where its table stands, and where the link to the next stands in that."""
        height, width, bands = one.pixels.shape
        within = [table(inner)[0] for inner in one.within]
        pixels = len(data)
        data.extend(one.pixels.astype(one.pixels.dtype.newbyteorder(order)).tobytes())
        entries = {
            256: values("I", width), 257: values("I", height), 258: values("H", *[8 * one.pixels.itemsize] * bands),
            259: values("H", 1),
            262: values("H", one.colours), 273: values("I", pixels), 277: values("H", bands), 278: values("I", height),
            279: values("I", one.pixels.nbytes),
        }  # fmt: skip
        if one.kind is not None:
            entries[254] = values("I", one.kind)
        if within:
            entries[330] = values(offset, *within)
        for tag, given in one.more.items():
            entries[tag] = (1, len(given), given) if isinstance(given, bytes) else given
        placed = {}
        for tag, (kind, count, value) in entries.items():
            size = 8 if big else 4
            if len(value) > size:
                placed[tag] = kind, count, struct.pack(order + offset, len(data))
                data.extend(value + b"\0" * (len(value) % 2))
            else:
                placed[tag] = kind, count, value.ljust(size, b"\0")
        where = len(data)
        data.extend(struct.pack(order + ("Q" if big else "H"), len(placed)))
        for tag, (kind, count, value) in sorted(placed.items()):
            data.extend(struct.pack(f"{order}HH{offset}", tag, kind, count) + value)
        data.extend(struct.pack(order + offset, 0))
        return where, len(data) - (8 if big else 4)

    for one in pages:
        where, following = table(one)
        struct.pack_into(order + offset, data, link, where)
        link = following
    return bytes(data)
