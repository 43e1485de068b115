"""Reading images: every kind of raster, window by window, against the whole and against rasterio."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image
from rasterio.enums import ColorInterp
from rasterio.errors import NotGeoreferencedWarning
from rasterio.shutil import copy as raster_copy

from geo.errors import RasterError
from geo.raster import RasterReader, common_stretch, inspect, read_preview, write_geotiff
from tests.peak_memory import peak_memory

WIDTH, HEIGHT = 300, 210
UTM = "EPSG:32736"
NORTH_UP = rasterio.Affine(0.05, 0, 650000, 0, -0.05, 9_700_000)


def scene(bands: int = 3, dtype: str = "uint8", seed: int = 0) -> NDArray[Any]:
    """(bands, HEIGHT, WIDTH), different in every pixel and band, so that a mix-up shows."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    base = np.stack([(x * (b + 2) + y * (b + 3)) % 200 + b * 10 for b in range(bands)]) / 255
    base = np.clip(base + rng.normal(0, 0.02, base.shape), 0, 1)
    if dtype.startswith("float"):
        return (base * 3 - 1).astype(dtype)
    if dtype == "int16":
        return (base * 4000 - 1000).astype(dtype)
    return (base * (255 if dtype == "uint8" else 4095)).astype(dtype)


def write(path: Path, data: NDArray[Any], **profile: Any) -> Path:
    profile = {"driver": "GTiff", "crs": UTM, "transform": NORTH_UP} | profile
    interp, mask, colormap = (profile.pop(name, None) for name in ("interp", "mask", "colormap"))
    gcps, rpcs = profile.pop("gcps", None), profile.pop("rpcs", None)
    if gcps or rpcs or profile["transform"] is None:
        del profile["transform"], profile["crs"]
    with pytest.warns(NotGeoreferencedWarning) if "transform" not in profile else nothing_expected():
        dataset = rasterio.open(
            path, "w", width=data.shape[2], height=data.shape[1], count=data.shape[0], dtype=data.dtype, **profile
        )
    with dataset:
        if interp:
            dataset.colorinterp = interp
        if gcps:
            dataset.gcps = (gcps, rasterio.CRS.from_string(UTM))
        if rpcs:
            dataset.rpcs = rpcs
        if colormap:
            dataset.write_colormap(1, colormap)
        dataset.write(data)
        if mask is not None:
            dataset.write_mask(mask)
    return path


class nothing_expected:
    def __enter__(self) -> None: ...
    def __exit__(self, *_: object) -> None: ...


def a_hole() -> NDArray[np.bool_]:
    valid = np.ones((HEIGHT, WIDTH), bool)
    valid[40:90, 60:150] = False
    return valid


def with_hole(data: NDArray[Any], value: float) -> NDArray[Any]:
    data = data.copy()
    data[:, ~a_hole()] = value
    return data


ALPHA = [ColorInterp.red, ColorInterp.green, ColorInterp.blue, ColorInterp.alpha]
INFRARED = [ColorInterp.red, ColorInterp.green, ColorInterp.blue, ColorInterp.undefined]
PALETTE = {n: ((n * 7) % 256, (n * 13) % 256, 255 - n, 255) for n in range(256)}


def alpha_scene(bands: int = 3) -> NDArray[np.uint8]:
    return np.concatenate([scene(bands), (a_hole() * 255).astype(np.uint8)[None]])


# name -> how to write it; the kind of raster is the point, so the list is long.
KINDS: dict[str, Callable[[Path], Path]] = {
    "striped": lambda p: write(p / "a.tif", scene()),
    "planar": lambda p: write(p / "a.tif", scene(), interleave="band"),
    "tiled": lambda p: write(p / "a.tif", scene(), tiled=True, blockxsize=64, blockysize=64),
    "tiled deflate": lambda p: write(
        p / "a.tif", scene(), tiled=True, blockxsize=64, blockysize=32, compress="deflate"
    ),
    "one strip": lambda p: write(p / "a.tif", scene(), compress="lzw", blockysize=HEIGHT),
    "jpeg in tiff": lambda p: write(p / "a.tif", scene(), compress="jpeg", photometric="ycbcr"),
    "bigtiff": lambda p: write(p / "a.tif", scene(), BIGTIFF="YES"),
    "cog": lambda p: cog(p),
    "grey": lambda p: write(p / "a.tif", scene(1)),
    "grey alpha": lambda p: write(p / "a.tif", alpha_scene(1), interp=[ColorInterp.gray, ColorInterp.alpha]),
    "two bands": lambda p: write(p / "a.tif", scene(2), interp=[ColorInterp.gray, ColorInterp.undefined]),
    "rgba": lambda p: write(p / "a.tif", alpha_scene(), interp=ALPHA),
    "rgb infrared": lambda p: write(p / "a.tif", scene(4), interp=INFRARED),
    "five bands": lambda p: write(p / "a.tif", scene(5), photometric="MINISBLACK"),
    "blue first": lambda p: write(
        p / "a.tif", scene(3), interp=[ColorInterp.blue, ColorInterp.green, ColorInterp.red], photometric="MINISBLACK"
    ),
    "palette": lambda p: write(p / "a.tif", scene(1), photometric="palette", colormap=PALETTE),
    "nodata": lambda p: write(p / "a.tif", with_hole(scene(), 0), nodata=0),
    "mask inside": lambda p: write_masked(p, inside=True),
    "mask beside": lambda p: write_masked(p, inside=False),
    "16 bit": lambda p: write(p / "a.tif", scene(3, "uint16"), tiled=True, blockxsize=64, blockysize=64),
    "16 bit nodata": lambda p: write(p / "a.tif", with_hole(scene(3, "uint16"), 65535), nodata=65535),
    "signed": lambda p: write(p / "a.tif", scene(3, "int16")),
    "float": lambda p: write(p / "a.tif", scene(3, "float32")),
    "float nan": lambda p: write(p / "a.tif", with_hole(scene(3, "float32"), np.nan), nodata=np.nan),
    "png": lambda p: write(p / "a.png", scene(), driver="PNG", transform=None),
    "png alpha": lambda p: write(p / "a.png", alpha_scene(), driver="PNG", transform=None),
    "png 16 bit": lambda p: write(p / "a.png", scene(3, "uint16"), driver="PNG", transform=None),
    "jpeg": lambda p: write(p / "a.jpg", scene(), driver="JPEG", transform=None),
    "jpeg grey": lambda p: write(p / "a.jpg", scene(1), driver="JPEG", transform=None),
    "jpeg progressive": lambda p: write(p / "a.jpg", scene(), driver="JPEG", transform=None, PROGRESSIVE="YES"),
    "webp": lambda p: write(p / "a.webp", scene(), driver="WEBP", transform=None, WEBP_LOSSLESS="YES"),
    "jpeg 2000": lambda p: write(p / "a.jp2", scene(), driver="JP2OpenJPEG", REVERSIBLE="YES", QUALITY="100"),
    "imagine": lambda p: write(p / "a.img", scene(), driver="HFA"),
    "vrt": lambda p: vrt(p),
}
HOLED = {"grey alpha", "rgba", "nodata", "mask inside", "mask beside", "16 bit nodata", "float nan", "png alpha"}


def cog(folder: Path) -> Path:
    raster_copy(write(folder / "plain.tif", scene()), folder / "a.tif", driver="COG", BLOCKSIZE=128, COMPRESS="DEFLATE")
    return folder / "a.tif"


def vrt(folder: Path) -> Path:
    raster_copy(write(folder / "plain.tif", scene()), folder / "a.vrt", driver="VRT")
    return folder / "a.vrt"


def write_masked(folder: Path, inside: bool) -> Path:
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=inside):
        write(folder / "a.tif", scene(), mask=a_hole())
    assert (folder / "a.tif.msk").exists() != inside
    return folder / "a.tif"


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def expected_rgb(path: Path, stretch: tuple[tuple[float, float], ...] | None) -> NDArray[np.uint8]:
    """The image's RGB told by rasterio alone, on the whole image."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(path) as dataset:
            data, interp = dataset.read(), list(dataset.colorinterp)
            colours = dataset.colormap(1) if interp[0] == ColorInterp.palette else None
    if colours:
        return np.asarray(np.array([colours[n][:3] for n in range(256)], np.uint8)[data[0]])
    if ColorInterp.blue in interp:
        data = data[[interp.index(c) for c in (ColorInterp.red, ColorInterp.green, ColorInterp.blue)]]
    else:
        colour = [n for n, c in enumerate(interp) if c != ColorInterp.alpha]
        data = data[colour[:3] if len(colour) >= 3 else [colour[0]] * 3]
    rgb = data.transpose(1, 2, 0)
    if stretch is None:
        return np.asarray(rgb, np.uint8)
    low, high = np.array(stretch if len(stretch) == 3 else stretch * 3).T
    return np.asarray(np.nan_to_num(np.clip(np.rint((rgb - low) / (high - low) * 255), 0, 255)), np.uint8)


def test_every_kind_reads_as_rasterio_reads_it(kind: str, tmp_path: Path) -> None:
    path = KINDS[kind](tmp_path)
    with RasterReader(path) as reader:
        info = reader.info
        assert (info.width, info.height) == (WIDTH, HEIGHT)
        pixels, valid = reader.read(0, 0, WIDTH, HEIGHT)
        stretch = reader.stretch
    assert pixels.shape == (HEIGHT, WIDTH, 3)
    assert pixels.dtype == np.uint8
    assert pixels.flags.c_contiguous
    assert pixels.flags.writeable
    expected = expected_rgb(path, stretch)
    np.testing.assert_allclose(pixels.astype(int), expected.astype(int), atol=0 if stretch is None else 1)
    if kind in HOLED:
        assert valid is not None
        np.testing.assert_array_equal(valid, a_hole())
    else:
        assert valid is None


def test_windows_add_up_to_the_whole(kind: str, tmp_path: Path) -> None:
    path = KINDS[kind](tmp_path)
    with RasterReader(path) as reader:
        whole, whole_valid = reader.read(0, 0, WIDTH, HEIGHT)
    pieces, pieces_valid = np.zeros_like(whole), np.zeros((HEIGHT, WIDTH), bool)
    with RasterReader(path) as reader:  # a second reader: the stretch must be the file's, not the reader's
        for y in range(0, HEIGHT, 80):
            for x in range(0, WIDTH, 110):
                w, h = min(110, WIDTH - x), min(80, HEIGHT - y)
                pixels, valid = reader.read(x, y, w, h)
                pieces[y : y + h, x : x + w] = pixels
                pieces_valid[y : y + h, x : x + w] = True if valid is None else valid
    np.testing.assert_array_equal(pieces, whole)
    np.testing.assert_array_equal(pieces_valid, True if whole_valid is None else whole_valid)


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_any_window_is_that_part_of_the_whole(tiled_scene: Path, data: st.DataObject) -> None:
    x, y = data.draw(st.integers(0, WIDTH - 1)), data.draw(st.integers(0, HEIGHT - 1))
    w, h = data.draw(st.integers(1, WIDTH - x)), data.draw(st.integers(1, HEIGHT - y))
    with RasterReader(tiled_scene) as reader:
        np.testing.assert_array_equal(reader.read(x, y, w, h)[0], scene().transpose(1, 2, 0)[y : y + h, x : x + w])


@pytest.fixture(scope="module")
def tiled_scene(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return KINDS["tiled"](tmp_path_factory.mktemp("tiled"))


@pytest.mark.parametrize(
    "window",
    [(-1, 0, 10, 10), (0, -1, 10, 10), (WIDTH - 5, 0, 6, 5), (0, HEIGHT, 1, 1), (0, 0, 0, 5), (0, 0, 5, -1)],
)
def test_a_window_outside_is_refused(tiled_scene: Path, window: tuple[int, int, int, int]) -> None:
    with RasterReader(tiled_scene) as reader, pytest.raises(RasterError, match="not inside"):
        reader.read(*window)


def test_a_window_too_large_to_hold_is_refused(tiled_scene: Path) -> None:
    with RasterReader(tiled_scene) as reader, pytest.raises(RasterError, match="at most"):
        reader.read(0, 0, WIDTH, HEIGHT, (10**5, 10**5))


def test_out_shape_averages_down_and_interpolates_up(tiled_scene: Path) -> None:
    with RasterReader(tiled_scene) as reader:
        down, _ = reader.read(0, 0, 300, 200, (20, 30))
        up, _ = reader.read(0, 0, 30, 20, (40, 60))
    blocks = scene()[:, :200].reshape(3, 20, 10, 30, 10).mean(axis=(2, 4)).transpose(1, 2, 0)
    np.testing.assert_allclose(down, blocks, atol=1)
    assert up.shape == (40, 60, 3)
    np.testing.assert_allclose(up.mean(axis=(0, 1)), scene()[:, :20, :30].mean(axis=(1, 2)), atol=2)


def test_out_shape_keeps_the_hole(tmp_path: Path) -> None:
    for kind in ("nodata", "rgba", "mask inside"):
        folder = tmp_path / kind
        folder.mkdir()
        with RasterReader(KINDS[kind](folder)) as reader:
            _, valid = reader.read(0, 0, 300, 210, (21, 30))
        assert valid is not None
        np.testing.assert_array_equal(valid, a_hole()[5::10, 5::10])


def test_a_decimated_palette_holds_no_invented_colours(tmp_path: Path) -> None:
    with RasterReader(KINDS["palette"](tmp_path)) as reader:
        pixels, _ = reader.read(0, 0, WIDTH, HEIGHT, (50, 70))
    known = {colour[:3] for colour in PALETTE.values()}
    assert {tuple(int(v) for v in pixel) for pixel in pixels.reshape(-1, 3)} <= known


def test_preview(tiled_scene: Path) -> None:
    assert read_preview(tiled_scene, 100).shape == (70, 100, 3)
    assert read_preview(tiled_scene, 5000).shape == (HEIGHT, WIDTH, 3)


def test_a_resampled_window_of_parts_of_pixels_shows_what_lies_there(tmp_path: Path) -> None:
    # A ramp along x: the value says which px was read. Between whole pixels it must lie between their values.
    ramp = np.tile(np.arange(200, dtype=np.uint8)[None, :, None], (40, 1, 3))
    write_geotiff(tmp_path / "ramp.tif", iter([ramp]), 200, 40, compress="deflate", overviews=False)
    with RasterReader(tmp_path / "ramp.tif") as reader:
        shown, _ = reader.read(50.5, 10.25, 60, 20, (40, 120))
        np.testing.assert_allclose(shown[20, 10:-10, 0], 50.5 - 0.5 + (np.arange(10, 110) + 0.5) / 2, atol=0.76)
        whole, _ = reader.read(0, 0, 200.0000001, 40.0, (80, 400))
        assert whole.shape == (80, 400, 3)
        with pytest.raises(RasterError, match="parts of pixels"):
            reader.read(0.5, 0, 10, 10)
        with pytest.raises(RasterError, match="not inside"):
            reader.read(150, 0, 50.1, 10, (10, 50))


def test_a_read_after_close_is_an_error_and_closing_twice_is_not(tiled_scene: Path) -> None:
    reader = RasterReader(tiled_scene)
    reader.close()
    reader.close()
    with pytest.raises(RasterError):
        reader.read(0, 0, 5, 5)


def test_cmyk_photos_become_rgb(tmp_path: Path) -> None:
    rgb = np.zeros((64, 64, 3), np.uint8)
    rgb[:, :32], rgb[:, 32:] = (200, 40, 30), (250, 250, 250)
    Image.fromarray(rgb).convert("CMYK").save(tmp_path / "a.jpg", quality=95)
    with RasterReader(tmp_path / "a.jpg") as reader:
        pixels, valid = reader.read(0, 0, 64, 64)
    assert valid is None
    np.testing.assert_allclose(pixels[:, 8:24], rgb[:, 8:24], atol=6)
    np.testing.assert_allclose(pixels[:, 40:56], rgb[:, 40:56], atol=6)


def test_cmyk_tiffs_become_rgb(tmp_path: Path) -> None:
    inks = np.zeros((4, 32, 32), np.uint8)
    inks[:, :16] = np.array([55, 215, 225, 0])[:, None, None]
    inks[:, 16:] = np.array([0, 0, 0, 155])[:, None, None]
    path = write(tmp_path / "a.tif", inks, photometric="CMYK")
    with RasterReader(path) as reader:
        pixels, _ = reader.read(0, 0, 32, 32)
    assert pixels[3, 3].tolist() == [200, 40, 30]
    assert pixels[20, 3].tolist() == [100, 100, 100]


def test_a_rotated_photo_keeps_its_stored_pixels(tmp_path: Path) -> None:
    image = Image.fromarray(np.zeros((40, 60, 3), np.uint8))
    tags = image.getexif()
    tags[0x0112] = 6  # orientation: turn by 90 degrees to view
    image.save(tmp_path / "a.jpg", exif=tags)
    info = inspect(tmp_path / "a.jpg")
    assert (info.width, info.height) == (60, 40)
    assert info.exif["Orientation"] == "6"


# --- 16 bit -------------------------------------------------------------------------------------------------------


def test_the_stretch_keeps_nearly_all_values_and_is_one_for_all_bands(tmp_path: Path) -> None:
    path = KINDS["16 bit nodata"](tmp_path)
    with RasterReader(path) as reader:
        stretch = reader.stretch
    values = scene(3, "uint16")[:, a_hole()]  # nodata does not count
    expected = np.percentile(values, (0.1, 99.9))
    assert stretch is not None
    np.testing.assert_allclose(stretch, [expected] * 3, atol=1)


def test_the_stretch_of_a_large_raster_is_sampled_and_close(tmp_path: Path) -> None:
    y, x = np.mgrid[0:3000, 0:2500]
    data = ((x + y) * 8 % 30000 + np.random.default_rng(0).integers(0, 3000, x.shape)).astype(np.uint16)[None]
    path = write(tmp_path / "a.tif", data, tiled=True, blockxsize=256, blockysize=256)
    exact = np.percentile(data, (0.1, 99.9))
    with RasterReader(path) as reader:
        assert reader.stretch is not None
        np.testing.assert_allclose(reader.stretch[0], exact, atol=0.05 * float(data.max()))


def test_the_images_of_a_flight_share_one_stretch(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    dark, bright = (rng.integers(low, low + 1000, (3, 40, 60)).astype(np.uint16) for low in (2000, 9000))
    paths = [write(tmp_path / f"{i}.tif", data) for i, data in enumerate((dark, bright))]
    shared = common_stretch([*paths, tmp_path / "missing.tif"])
    assert shared is not None
    np.testing.assert_allclose(shared, (2000, 9999), atol=10)
    with RasterReader(paths[0], shared) as reader:
        assert reader.stretch == (shared,) * 3
        assert reader.read(0, 0, 60, 40)[0].max() < 40
    assert common_stretch([tmp_path / "missing.tif"]) is None


def test_a_float_that_differs_in_its_last_digits_is_nodata_as_gdal_has_it(tmp_path: Path) -> None:
    data = np.full((1, 20, 30), 0.25, np.float32)
    data[:, :, :10] = -3.40282306e38
    path = write(tmp_path / "esri.tif", data, nodata=-3.4028234663852886e38)
    with rasterio.open(path) as file:
        expected = file.dataset_mask() > 0
    with RasterReader(path) as reader:
        _, valid = reader.read(0, 0, 30, 20)
    assert valid is not None
    np.testing.assert_array_equal(valid, expected)
    assert valid.sum() == 400


def test_a_flat_or_empty_16_bit_raster_has_a_stretch_too(tmp_path: Path) -> None:
    flat = write(tmp_path / "flat.tif", np.full((1, 50, 50), 700, np.uint16))
    empty = write(tmp_path / "empty.tif", np.zeros((1, 50, 50), np.uint16), nodata=0)
    with RasterReader(flat) as reader:
        assert reader.read(0, 0, 50, 50)[0].shape == (50, 50, 3)
    with RasterReader(empty) as reader:
        _, valid = reader.read(0, 0, 50, 50)
    assert valid is not None
    assert not valid.any()


# --- what the planner needs to know -------------------------------------------------------------------------------


def test_the_header_says_how_it_is_stored(tmp_path: Path) -> None:
    tiled = inspect(KINDS["tiled deflate"](tmp_path))
    assert (tiled.tiled, tiled.block_shape, tiled.sequential) == (True, (32, 64), False)
    assert tiled.compression == "DEFLATE"
    striped = inspect(KINDS["striped"](tmp_path))
    assert (striped.tiled, striped.sequential) == (False, False)
    assert striped.file_size == striped.path.stat().st_size
    assert inspect(KINDS["png"](tmp_path)).sequential


@pytest.mark.parametrize(("rows", "slow"), [(1, False), (16, False), (3000, True)])
def test_one_long_compressed_strip_is_sequential(tmp_path: Path, rows: int, slow: bool) -> None:
    data = np.random.default_rng(0).integers(0, 9, (3, 3000, 700), np.uint8)
    assert inspect(write(tmp_path / "a.tif", data, compress="deflate", blockysize=rows)).sequential == slow


def test_a_vrt_over_a_jpeg_is_as_slow_as_the_jpeg(tmp_path: Path) -> None:
    photo = write(tmp_path / "a.jpg", scene(), driver="JPEG", transform=None)
    raster_copy(photo, tmp_path / "a.vrt", driver="VRT")
    assert inspect(tmp_path / "a.vrt").sequential


def test_many_threads_with_a_reader_each(tiled_scene: Path, tmp_path: Path) -> None:
    photo = write(tmp_path / "a.jpg", scene(), driver="JPEG", transform=None)
    with RasterReader(photo) as reader:
        photo_whole = reader.read(0, 0, WIDTH, HEIGHT)[0]
    errors: list[BaseException] = []

    def work(seed: int) -> None:
        try:
            rng = np.random.default_rng(seed)
            for _ in range(20):
                for path, whole in ((tiled_scene, scene().transpose(1, 2, 0)), (photo, photo_whole)):
                    with RasterReader(path) as reader:
                        x, y = int(rng.integers(0, 200)), int(rng.integers(0, 150))
                        np.testing.assert_array_equal(reader.read(x, y, 60, 50)[0], whole[y : y + 50, x : x + 60])
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors


def test_memory_does_not_grow_with_the_raster(tmp_path: Path) -> None:
    side = 8192
    rows = (np.full((512, side, 3), n % 250, np.uint8) for n in range(side // 512))
    write_geotiff(tmp_path / "a.tif", rows, side, side, overviews=False)
    before = peak_memory()
    with RasterReader(tmp_path / "a.tif") as reader:
        for y in range(0, side - 1024, 1024):
            for x in range(0, side - 1024, 1024):
                reader.read(x, y, 1024, 1024)
    assert peak_memory() - before < 90e6  # of 192 MB of pixels
