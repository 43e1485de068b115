"""Rasters that are written, and what others read in them."""

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray
from PIL import Image

from geo.errors import OutputError, RasterError
from geo.raster import RasterReader, encode_jpeg, encode_jpegs, inspect, write_geotiff, write_jpeg
from tests.geo.raster.test_raster import UTM, scene


@pytest.mark.parametrize("step", [1, 37, 512, 2000])
def test_a_geotiff_written_in_bands_is_the_image(tmp_path: Path, step: int) -> None:
    image = np.random.default_rng(0).integers(0, 255, (1100, 700, 3), np.uint8)
    where = (0.02, 0.001, 650000.0, 0.001, -0.02, 9_700_000.0)
    rows = (image[y : y + step] for y in range(0, 1100, step))
    write_geotiff(tmp_path / "a.tif", rows, 700, 1100, where, UTM, compress="deflate", tags={"made_by": "a test"})
    with RasterReader(tmp_path / "a.tif") as reader:
        np.testing.assert_array_equal(reader.read(0, 0, 700, 1100)[0], image)
        info = reader.info
    assert info.georeference.transform == where
    assert info.georeference.crs_wkt is not None
    assert info.block_shape == (512, 512)
    assert info.overviews == (2, 4)
    with rasterio.open(tmp_path / "a.tif") as dataset:
        assert dataset.tags()["made_by"] == "a test"
        assert dataset.crs.to_epsg() == 32736
    assert [p.name for p in tmp_path.iterdir()] == ["a.tif"]


def test_a_jpeg_geotiff_is_small_and_close(tmp_path: Path) -> None:
    y, x = np.mgrid[0:1000, 0:1000]
    image = np.stack([(x + y) % 256 // 2 + 60, x % 256 // 4 + 90, y % 256 // 4 + 70], axis=2).astype(np.uint8)
    write_geotiff(tmp_path / "a.tif", [image], 1000, 1000)
    with RasterReader(tmp_path / "a.tif") as reader:
        pixels, valid = reader.read(0, 0, 1000, 1000)
    assert valid is None
    assert np.abs(pixels.astype(int) - image).mean() < 3
    assert (tmp_path / "a.tif").stat().st_size < image.nbytes / 5
    assert inspect(tmp_path / "a.tif").georeference.kind == "none"


@pytest.mark.parametrize("compress", ["jpeg", "deflate"])
def test_each_block_is_written_once(tmp_path: Path, compress: str) -> None:
    """With too little memory for a block, GDAL writes each once for every band, all but the last in vain."""
    image = np.random.default_rng(0).integers(0, 255, (1300, 1300, 3), np.uint8)
    write_geotiff(tmp_path / "a.tif", [image], 1300, 1300, (0.02, 0.0, 650000.0, 0.0, -0.02, 9.7e6), compress=compress)
    stored = 0
    with rasterio.open(tmp_path / "a.tif") as dataset:
        for overview, side in ((None, 1300), (0, 650), (1, 325)):
            for y in range(-(-side // 512)):
                for x in range(-(-side // 512)):
                    stored += int(dataset.get_tag_item(f"BLOCK_SIZE_{x}_{y}", "TIFF", bidx=1, ovr=overview))
    assert stored > 0.99 * (tmp_path / "a.tif").stat().st_size


def test_nothing_appears_where_writing_fails(tmp_path: Path) -> None:
    def breaking() -> Iterator[NDArray[np.uint8]]:
        yield np.zeros((10, 50, 3), np.uint8)
        raise KeyboardInterrupt

    target = tmp_path / "a.tif"
    target.write_text("the old one")
    with pytest.raises(KeyboardInterrupt):
        write_geotiff(target, breaking(), 50, 100)
    with pytest.raises(RasterError, match="10 rows"):
        write_geotiff(target, [np.zeros((10, 50, 3), np.uint8)], 50, 100)
    with pytest.raises(RasterError, match="rows"):
        write_geotiff(target, [np.zeros((200, 50, 3), np.uint8)], 50, 100)
    with pytest.raises(RasterError, match="expected"):
        write_geotiff(target, [np.zeros((100, 51, 3), np.uint8)], 50, 100)
    with pytest.raises(OutputError, match="folder"):
        write_geotiff(tmp_path / "missing/a.tif", [np.zeros((100, 50, 3), np.uint8)], 50, 100)
    with pytest.raises(OutputError, match="folder"):
        write_jpeg(tmp_path / "missing/a.jpg", np.zeros((100, 50, 3), np.uint8))
    assert [p.name for p in tmp_path.iterdir()] == ["a.tif"]
    assert target.read_text() == "the old one"


def test_a_full_disk_is_an_output_error(tmp_path: Path) -> None:
    import signal

    resource = pytest.importorskip("resource", reason="this system limits the size of no file")
    image = np.random.default_rng(0).integers(0, 255, (2048, 2048, 3), np.uint8)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, limits[1]))  # no file beyond 1 MB: as a full disk does
    try:
        for compress in ("jpeg", "deflate"):
            with pytest.raises(OutputError) as caught:
                write_geotiff(tmp_path / "a.tif", [image], 2048, 2048, compress=compress)
            assert "\n" not in str(caught.value)
        with pytest.raises(OutputError):
            write_jpeg(tmp_path / "a.jpg", image)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert list(tmp_path.iterdir()) == []


def test_chips_are_jpegs(tmp_path: Path) -> None:
    chip = np.ascontiguousarray(scene()[:, :90, :128].transpose(1, 2, 0))
    data = encode_jpeg(chip, quality=85)
    (tmp_path / "chip.jpg").write_bytes(data)
    with Image.open(tmp_path / "chip.jpg") as oracle:
        assert oracle.size == (128, 90)
        assert np.abs(np.asarray(oracle).astype(int) - chip).mean() < 12
    for wrong in (np.zeros((5, 5), np.uint8), np.zeros((5, 5, 3)), np.zeros((0, 5, 3), np.uint8)):
        with pytest.raises(RasterError, match="expected"):
            encode_jpeg(wrong)  # type: ignore[arg-type]


def test_many_small_pictures_are_jpegs_that_others_read() -> None:
    rng = np.random.default_rng(0)
    shapes = [(48, 48), (64, 64), (48, 48), (30, 17), (128, 128), (64, 64)]
    # Smooth pictures, which JPEG keeps well: a colour of its own each, with a slope.
    pictures = [
        np.clip(rng.integers(40, 200, 3) + np.linspace(-30, 30, w)[None, :, None] * np.ones((h, 1, 1)), 0, 255).astype(
            np.uint8
        )
        for h, w in shapes
    ]
    for pixels, data in zip(pictures, encode_jpegs(pictures, 90), strict=True):
        with Image.open(io.BytesIO(data)) as read:
            assert read.format == "JPEG"
            np.testing.assert_allclose(np.asarray(read.convert("RGB")).astype(int), pixels.astype(int), atol=8)
    assert encode_jpegs([]) == []


def test_small_pictures_in_more_than_one_strip_stay_apart_and_in_order() -> None:
    """A strip is 65,500 px high at most. The bytes of each picture are those that it has alone."""
    pictures = [np.full((32, 20, 3), i % 251, np.uint8) for i in range(2050)]
    files = encode_jpegs(pictures, 80)
    for i in (0, 1, 2045, 2046, 2049):
        assert files[i] == encode_jpegs([pictures[i]], 80)[0]
        with Image.open(io.BytesIO(files[i])) as read:
            assert read.size == (20, 32)
            assert np.abs(np.asarray(read).astype(int) - i % 251).max() <= 2
    assert len(set(files)) == 251


def test_chips_of_any_pixels_can_be_cut_at_their_markers() -> None:
    """Noise has every byte in what is encoded, also those of a marker."""
    rng = np.random.default_rng(0)
    pictures = list(rng.integers(0, 256, (60, 48, 48, 3), np.uint8))
    for pixels, data in zip(pictures, encode_jpegs(pictures, 95), strict=True):
        with Image.open(io.BytesIO(data)) as read:
            assert np.abs(np.asarray(read).mean(axis=2) - pixels.mean(axis=2)).mean() < 20
