"""A preview in a TIFF file is never taken for the picture."""

import struct
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from geo import raster
from geo.errors import RasterError
from geo.raster.tiff_pages import read_pages

PICTURE = np.arange(60 * 40 * 3, dtype=np.uint8).reshape(40, 60, 3)
PREVIEW = np.full((10, 15, 3), 77, np.uint8)
WHOLE, REDUCED, PAGE, MASK = 0, 1, 2, 4


@dataclass
class One:
    """A picture of a file, uncompressed. kind: its NewSubfileType, None for none. within: its sub-tables."""

    pixels: NDArray[np.uint8]
    kind: int | None
    within: list["One"] = field(default_factory=list)
    colours: int = 2
    more: dict[int, bytes] = field(default_factory=dict)


def tiff(pages: list[One], order: str = "<", big: bool = False) -> bytes:
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
        data.extend(one.pixels.tobytes())
        entries = {
            256: values("I", width), 257: values("I", height), 258: values("H", *[8] * bands), 259: values("H", 1),
            262: values("H", one.colours), 273: values("I", pixels), 277: values("H", bands), 278: values("I", height),
            279: values("I", one.pixels.nbytes),
        }  # fmt: skip
        if one.kind is not None:
            entries[254] = values("I", one.kind)
        if within:
            entries[330] = values(offset, *within)
        entries |= {tag: (1, len(value), value) for tag, value in one.more.items()}
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


def _smaller(by: int) -> NDArray[np.uint8]:
    return np.ascontiguousarray(PICTURE[::by, ::by])


READ = [
    # the picture alone, with overviews and a mask, and with previews that say so or do not
    [One(PICTURE, None)],
    [One(PICTURE, WHOLE), One(_smaller(2), REDUCED), One(_smaller(4), REDUCED)],
    [One(PICTURE, WHOLE), One(_smaller(1)[..., :1], MASK, colours=4), One(_smaller(2), REDUCED)],
    [One(PICTURE, None), One(PREVIEW, None)],
    [One(PICTURE, WHOLE), One(_smaller(2), None), One(_smaller(4), None)],
    [One(PICTURE, REDUCED)],
    # a preview first
    [One(PREVIEW, REDUCED, [One(PICTURE, WHOLE)])],
    [One(PREVIEW, REDUCED, [One(_smaller(2), REDUCED), One(PICTURE, WHOLE)])],
    [One(PREVIEW, REDUCED, [One(PICTURE, None), One(_smaller(2), REDUCED)])],
    [One(PREVIEW, REDUCED), One(PICTURE, WHOLE)],
    [One(PREVIEW, None), One(PICTURE, None)],
    [One(PREVIEW, REDUCED), One(_smaller(2), REDUCED), One(PICTURE, PAGE)],
    [One(PREVIEW, REDUCED, more={50706: b"\1\4\0\0"}, within=[One(PICTURE, WHOLE)])],
]
LAYOUTS = [("<", False), (">", False), ("<", True), (">", True)]


@pytest.mark.parametrize(("order", "big"), LAYOUTS)
@pytest.mark.parametrize("pages", READ)
def test_the_picture_is_read_and_not_its_preview(tmp_path: Path, pages: list[One], order: str, big: bool) -> None:
    path = tmp_path / "a.tif"
    path.write_bytes(tiff(pages, order, big))
    info = raster.inspect(path)
    assert (info.width, info.height, info.bands) == (60, 40, 3)
    with raster.RasterReader(path) as reader:
        assert np.array_equal(reader.read(0, 0, 60, 40)[0], PICTURE)
        assert np.array_equal(reader.read(7, 5, 30, 20)[0], PICTURE[5:25, 7:37])


SEVERAL = [
    [One(PICTURE, None), One(PICTURE, None)],
    [One(PICTURE, PAGE), One(PICTURE, PAGE), One(PICTURE, PAGE), One(PICTURE, PAGE)],
    [One(PICTURE, WHOLE, [One(PICTURE, WHOLE)])],
    [One(PREVIEW, REDUCED, [One(PICTURE, WHOLE), One(_smaller(1)[:, :45], WHOLE)])],
    [One(PICTURE, WHOLE), One(_smaller(1)[:30], WHOLE)],
    [One(PREVIEW, REDUCED), One(PICTURE, WHOLE), One(PICTURE, WHOLE)],
]


@pytest.mark.parametrize("pages", SEVERAL)
def test_several_pictures_in_a_file_are_refused(tmp_path: Path, pages: list[One]) -> None:
    (tmp_path / "a.tif").write_bytes(tiff(pages))
    with pytest.raises(RasterError, match=r"^\S+: [2-4] pictures in one file \(60 x 40, .*; expected one: ") as caught:
        raster.inspect(tmp_path / "a.tif")
    assert len(str(caught.value)) - len(str(tmp_path)) < 250


def test_xmp_stands_beside_the_preview(tmp_path: Path) -> None:
    packet = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><!-- a photo --></x:xmpmeta>'
    (tmp_path / "a.tif").write_bytes(tiff([One(PREVIEW, REDUCED, [One(PICTURE, WHOLE)], more={700: packet})]))
    assert raster.inspect(tmp_path / "a.tif").xmp == packet.decode()


def test_a_cut_or_spoilt_file_ends_in_an_error_of_one_line_or_in_pixels(tmp_path: Path) -> None:
    whole = tiff([One(PREVIEW, REDUCED, [One(_smaller(2), REDUCED), One(PICTURE, WHOLE)]), One(PREVIEW, REDUCED)])
    rng = np.random.default_rng(1)
    path = tmp_path / "a.tif"
    for _ in range(300):
        data = bytearray(whole[: rng.integers(8, len(whole))] if rng.random() < 0.2 else whole)
        for _ in range(rng.integers(1, 4)):
            at = int(rng.integers(0, 8) if rng.random() < 0.1 else rng.integers(max(0, len(data) - 700), len(data)))
            data[at] = rng.integers(0, 256)
        path.write_bytes(data)
        assert len(read_pages(path).pages) <= 64
        said = "one line"
        try:
            with raster.RasterReader(path) as reader:
                reader.read(0, 0, reader.info.width, reader.info.height)
        except RasterError as error:
            said = str(error)
        assert "\n" not in said


def test_tables_in_a_circle_and_without_end_are_read_once(tmp_path: Path) -> None:
    data = bytearray(tiff([One(PICTURE, WHOLE), One(PREVIEW, REDUCED)]))
    first = struct.unpack_from("<I", data, 4)[0]
    struct.pack_into("<I", data, len(data) - 4, first)
    (tmp_path / "a.tif").write_bytes(data)
    assert [page.width for page in read_pages(tmp_path / "a.tif").pages] == [60, 15]
