"""A preview in a TIFF file is never taken for the picture."""

import struct
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from numpy.typing import NDArray

from geo import raster
from geo.errors import RasterError
from geo.raster.tiff_pages import read_pages
from tests.geo.raster.tiffs import MASK, PAGE, REDUCED, WHOLE, One, tiff

PICTURE = np.arange(60 * 40 * 3, dtype=np.uint8).reshape(40, 60, 3)
PREVIEW = np.full((10, 15, 3), 77, np.uint8)


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
def test_the_picture_is_read_and_not_its_preview(
    tmp_path: Path, pages: list[One], order: Literal["<", ">"], big: bool
) -> None:
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
