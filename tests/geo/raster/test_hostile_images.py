"""Files that are not what they say: each is refused with one clear line, without a crash and in bounded memory."""

import os
import socket
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import rasterio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rasterio.control import GroundControlPoint
from rasterio.errors import NotGeoreferencedWarning

from geo.errors import GeoError, GeoreferenceError, RasterError
from geo.raster import RasterReader, encode_jpeg, inspect, write_geotiff, write_jpeg
from tests.peak_memory import peak_memory
from tests.systems import allowed_name


def read_all(path: Path) -> np.ndarray:
    with RasterReader(path) as reader:
        return reader.read(0, 0, reader.info.width, reader.info.height)[0]


def refused(path: Path, *words: str, kind: type[GeoError] = RasterError) -> str:
    """Opening or reading fails as it should: one line that names the file and says what is wrong."""
    with pytest.raises(kind) as caught:
        read_all(path)
    message = str(caught.value)
    assert "\n" not in message
    assert len(message) < 700
    assert path.name[-20:] in message
    for word in words:
        assert word in message
    return message


@contextmanager
def memory_stays_under(megabytes: int) -> Iterator[None]:
    before = peak_memory()
    yield
    assert (peak_memory() - before) / 1e6 < megabytes


def noise(height: int = 256, width: int = 256) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 255, (height, width, 3), np.uint8)


def write_tiff(path: Path, data: np.ndarray, **profile: object) -> Path:
    """A GeoTIFF by rasterio itself, from (h, w, bands)."""
    height, width, count = data.shape
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(
            path, "w", driver="GTiff", width=width, height=height, count=count, dtype=data.dtype, **profile
        ) as dataset:
            dataset.write(data.transpose(2, 0, 1))
    return path


# --- not an image -------------------------------------------------------------------------------------------------


def test_missing(tmp_path: Path) -> None:
    refused(tmp_path / "missing.tif", "no such file")


def test_empty(tmp_path: Path) -> None:
    (tmp_path / "empty.jpg").touch()
    refused(tmp_path / "empty.jpg", "0 bytes")


def test_a_folder_named_like_an_image(tmp_path: Path) -> None:
    (tmp_path / "x.tif").mkdir()
    refused(tmp_path / "x.tif", "folder")


@pytest.mark.skipif(os.name != "posix", reason="POSIX permissions")
def test_without_permission(tmp_path: Path) -> None:
    write_jpeg(tmp_path / "a.jpg", noise())
    (tmp_path / "a.jpg").chmod(0)
    user = os.geteuid()
    if user == 0:  # permissions do not bind root: be somebody else for a moment
        os.seteuid(65534)
    try:
        refused(tmp_path / "a.jpg", "permission")
    finally:
        os.seteuid(user)


@pytest.mark.parametrize(
    "content",
    [
        b"hello",
        b"\0" * 1000,
        b"%PDF-1.4\n",
        b"SQLite format 3\0" + b"\0" * 100,
        b"<GDAL_WMS><Service name='TMS'><ServerUrl>http://127.0.0.1:9/</ServerUrl></Service></GDAL_WMS>",
        b"ENVI\nsamples = 10\n",
        b"RIFF\0\0\0\0WAVE",
        b"<html><VRTDataset/></html>",
    ],
)
def test_something_else_by_an_images_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.tif").write_bytes(content)
    refused(tmp_path / "a.tif", "not an image", "GeoTIFF")


def test_a_wrong_extension_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(encode_jpeg(noise()))
    (tmp_path / "b.tif").write_bytes(encode_jpeg(noise()))
    assert inspect(tmp_path / "a.txt").driver == "JPEG"
    assert read_all(tmp_path / "b.tif").shape == (256, 256, 3)


@pytest.mark.parametrize(
    "name",
    ["a b.jpg", "naïve ✓.jpg", "a'b\";DROP.jpg", "a%20b?c#d.jpg", "GTIFF_DIR:1:a.jpg", "a!b.jpg", "new\nline.jpg"],
)
def test_odd_names_are_names(tmp_path: Path, name: str) -> None:
    name = allowed_name(name)
    (tmp_path / name).write_bytes(encode_jpeg(noise()))
    assert read_all(tmp_path / name).shape == (256, 256, 3)
    (tmp_path / name).write_bytes(b"no image")
    with pytest.raises(RasterError) as caught:
        inspect(tmp_path / name)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "path", ["/vsicurl/http://127.0.0.1:9/a.tif", "http://127.0.0.1:9/a.tif", "/vsimem/a.tif", "s3://b/a.tif", "\0.tif"]
)
def test_a_path_is_a_file_and_nothing_else(path: str) -> None:
    with pytest.raises(RasterError) as caught:
        inspect(path)
    assert "\n" not in str(caught.value)


# --- cut off, damaged ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("share", [0.02, 0.5, 0.95])
def test_a_truncated_jpeg(tmp_path: Path, share: float) -> None:
    data = encode_jpeg(noise(600, 800))
    (tmp_path / "a.jpg").write_bytes(data[: int(len(data) * share)])
    refused(tmp_path / "a.jpg", "copy it again")


def test_a_truncated_jpeg_in_windows(tmp_path: Path) -> None:
    data = encode_jpeg(noise(600, 800))
    (tmp_path / "a.jpg").write_bytes(data[: len(data) // 2])
    with RasterReader(tmp_path / "a.jpg") as reader:
        reader.read(0, 0, 100, 100)  # what is there can be read
        with pytest.raises(RasterError):
            reader.read(0, 500, 100, 100)


def test_a_jpeg_with_harmless_bytes_too_many_is_read(tmp_path: Path) -> None:
    """Some cameras write stray bytes before a marker: libjpeg warns, the picture is whole."""
    data = encode_jpeg(noise(64, 64))
    (tmp_path / "a.jpg").write_bytes(data[:-2] + b"\0\0\0\0" + data[-2:] + b"trailing")
    assert read_all(tmp_path / "a.jpg").shape == (64, 64, 3)


@pytest.mark.parametrize("driver", ["PNG", "WEBP", "JP2OpenJPEG"])
@pytest.mark.parametrize("share", [0.01, 0.5, 0.9])
def test_other_truncated_photos(tmp_path: Path, driver: str, share: float) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(
            tmp_path / "whole", "w", driver=driver, width=800, height=600, count=3, dtype="uint8"
        ) as dataset:
            dataset.write(noise(600, 800).transpose(2, 0, 1))
    data = (tmp_path / "whole").read_bytes()
    (tmp_path / "a.img").write_bytes(data[: int(len(data) * share)])
    refused(tmp_path / "a.img")


@pytest.mark.parametrize("compress", [None, "deflate", "lzw", "jpeg"])
@pytest.mark.parametrize("tiled", [True, False])
def test_a_tiff_with_its_last_part_missing(tmp_path: Path, compress: str | None, tiled: bool) -> None:
    options = {"tiled": True, "blockxsize": 64, "blockysize": 64} if tiled else {"blockysize": 16}
    path = write_tiff(tmp_path / "a.tif", noise(), compress=compress, **options)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 2 // 3])
    refused(path)


def test_a_tiff_cut_off_in_its_header(tmp_path: Path) -> None:
    path = write_tiff(tmp_path / "a.tif", noise())
    path.write_bytes(path.read_bytes()[:40])
    refused(path)


def test_flipped_bytes_in_compressed_data(tmp_path: Path) -> None:
    path = write_tiff(tmp_path / "a.tif", noise(), compress="deflate", tiled=True, blockxsize=64, blockysize=64)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 2000] = bytes(2000)
    path.write_bytes(data)
    refused(path)


# rasterio's own log callback trips over GDAL messages that quote damaged bytes; nothing of it reaches the caller.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@given(st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_damage_is_an_image_or_an_error_of_ours(tmp_path: Path, data: st.DataObject) -> None:
    """Bytes of the header flipped at random: never another exception, never a warning, never a crash."""
    sample = data.draw(st.sampled_from(sorted(SAMPLES)))
    damaged = bytearray(SAMPLES[sample])
    for _ in range(data.draw(st.integers(1, 6))):
        damaged[data.draw(st.integers(0, min(len(damaged), 700) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "a.img"
    path.write_bytes(damaged)
    try:
        with RasterReader(path) as reader:
            reader.read(0, 0, min(reader.info.width, 300), min(reader.info.height, 300))
    except GeoError as error:
        assert "\n" not in str(error)  # noqa: PT017 (that it is ours is the point)


def _samples() -> dict[str, bytes]:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        tiff = write_tiff(
            Path(folder) / "a.tif", noise(40, 60), crs="EPSG:32736", transform=rasterio.Affine(1, 0, 5, 0, -1, 5)
        )
        png = Path(folder) / "a.png"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            with rasterio.open(png, "w", driver="PNG", width=60, height=40, count=3, dtype="uint8") as dataset:
                dataset.write(noise(40, 60).transpose(2, 0, 1))
        return {"tiff": tiff.read_bytes(), "png": png.read_bytes(), "jpeg": encode_jpeg(noise(40, 60))}


SAMPLES = _samples()


# --- headers that claim too much ----------------------------------------------------------------------------------


def test_a_sparse_tiff_of_a_million_a_side(tmp_path: Path) -> None:
    with memory_stays_under(50):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            with rasterio.open(
                tmp_path / "a.tif", "w", driver="GTiff", width=10**6, height=10**6, count=3, dtype="uint8",
                tiled=True, blockxsize=16384, blockysize=16384, SPARSE_OK="TRUE", BIGTIFF="YES",
            ):  # fmt: skip
                pass
        assert (tmp_path / "a.tif").stat().st_size < 10**6
        refused(tmp_path / "a.tif", "1000000 x 1000000", "at most")


def png_header(width: int, height: int, bits: int = 8) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, bits, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(10**6, 10**6), (2_000_000_000, 1), (50_000, 50_000)])
def test_a_png_header_that_claims_too_much(tmp_path: Path, size: tuple[int, int]) -> None:
    (tmp_path / "a.png").write_bytes(png_header(*size))
    with memory_stays_under(50):
        refused(tmp_path / "a.png")


def test_a_jpeg_header_that_claims_65500_a_side(tmp_path: Path) -> None:
    data = bytearray(encode_jpeg(noise(64, 64)))
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", 65500, 65500)
    (tmp_path / "a.jpg").write_bytes(data)
    with memory_stays_under(50):
        refused(tmp_path / "a.jpg", "65500 x 65500", "at most")


def test_a_tiff_of_one_giant_block(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(
            tmp_path / "a.tif", "w", driver="GTiff", width=60_000, height=60_000, count=3, dtype="uint8",
            tiled=True, blockxsize=32_768, blockysize=32_768, SPARSE_OK="TRUE", BIGTIFF="YES",
        ):  # fmt: skip
            pass
    with memory_stays_under(50):
        refused(tmp_path / "a.tif", "TILED=YES")


def test_an_honest_large_raster_is_fine(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(
            tmp_path / "a.tif", "w", driver="GTiff", width=200_000, height=150_000, count=3, dtype="uint8",
            tiled=True, blockxsize=512, blockysize=512, SPARSE_OK="TRUE", BIGTIFF="YES",
        ):  # fmt: skip
            pass
    with memory_stays_under(50), RasterReader(tmp_path / "a.tif") as reader:
        assert reader.read(199_000, 149_000, 1000, 1000)[0].shape == (1000, 1000, 3)


def test_complex_pixels(tmp_path: Path) -> None:
    refused(write_tiff(tmp_path / "a.tif", np.zeros((10, 10, 1), np.complex64)), "complex64")


def test_a_file_of_several_images(tmp_path: Path) -> None:
    from PIL import Image

    pages = [Image.fromarray(noise(20 + n, 30)) for n in range(3)]
    pages[0].save(tmp_path / "a.tif", save_all=True, append_images=pages[1:])
    with pytest.raises(RasterError, match="3 pictures in one file"):
        read_all(tmp_path / "a.tif")


# --- positions that cannot be used --------------------------------------------------------------------------------


def geotiff_with_doubles(path: Path, tag: int, values: list[float]) -> Path:
    """A small GeoTIFF whose ModelPixelScale (33550) or ModelTransformation (34264) is overwritten in the file."""
    write_tiff(path, noise(20, 30), crs="EPSG:32736", transform=rasterio.Affine(0.5, 0, 650000, 0, -0.5, 9_700_000))
    data = bytearray(path.read_bytes())
    at = struct.unpack_from("<I", data, 4)[0]
    for entry in range(struct.unpack_from("<H", data, at)[0]):
        name, kind, count, offset = struct.unpack_from("<HHII", data, at + 2 + 12 * entry)
        if name == tag:
            assert kind == 12
            struct.pack_into(f"<{count}d", data, offset, *values)
            path.write_bytes(data)
            return path
    raise AssertionError(f"no tag {tag}")


@pytest.mark.parametrize(
    "scale", [[float("nan"), 0.5, 0.0], [float("inf"), 0.5, 0.0], [1e-30, 0.5, 0.0], [1e300, 1e300, 0.0]]
)
def test_a_pixel_scale_that_cannot_be(tmp_path: Path, scale: list[float]) -> None:
    refused(geotiff_with_doubles(tmp_path / "a.tif", 33550, scale), "transform", kind=GeoreferenceError)


def test_a_tiepoint_of_nan(tmp_path: Path) -> None:
    path = geotiff_with_doubles(tmp_path / "a.tif", 33922, [0, 0, 0, float("nan"), 9.7e6, 0])
    refused(path, "not finite", kind=GeoreferenceError)


@pytest.mark.parametrize(
    "text", ["0\n0\n0\n0\n0\n0\n", "nan\n0\n0\nnan\n0\n0\n", "1\n2\n2\n4\n5\n5\n", "1e300\n0\n0\n1\n0\n0\n"]
)
def test_a_world_file_that_cannot_be(tmp_path: Path, text: str) -> None:
    write_jpeg(tmp_path / "a.jpg", noise())
    (tmp_path / "a.jgw").write_text(text)
    try:
        where = inspect(tmp_path / "a.jpg").georeference
    except GeoreferenceError as error:
        assert "\n" not in str(error)  # noqa: PT017
    else:
        assert where.kind == "none"  # GDAL itself may say that this is no world file


@pytest.mark.parametrize("text", ["", "hello", "\0\1\2", "1\n2\n", "x" * 10_000_000])
def test_a_world_file_that_is_none(tmp_path: Path, text: str) -> None:
    write_jpeg(tmp_path / "a.jpg", noise())
    (tmp_path / "a.jgw").write_text(text)
    assert inspect(tmp_path / "a.jpg").georeference.kind == "none"


@pytest.mark.parametrize("text", ["nonsense", 'PROJCS["broken",', "\0\0", "<!DOCTYPE html>"])
def test_an_unreadable_projection_file(tmp_path: Path, text: str) -> None:
    write_jpeg(tmp_path / "a.jpg", noise())
    (tmp_path / "a.jgw").write_text("0.05\n0\n0\n-0.05\n650000\n9700000\n")
    (tmp_path / "a.prj").write_text(text)
    refused(tmp_path / "a.jpg", "unknown CRS", kind=GeoreferenceError)


def test_an_epsg_code_that_does_not_exist(tmp_path: Path) -> None:
    path = write_tiff(
        tmp_path / "a.tif", noise(20, 30), crs="EPSG:32736", transform=rasterio.Affine(0.5, 0, 650000, 0, -0.5, 9e6)
    )
    data = path.read_bytes()
    key = struct.pack("<HHHH", 3072, 0, 1, 32736)
    assert data.count(key) == 1
    path.write_bytes(data.replace(key, struct.pack("<HHHH", 3072, 0, 1, 29999)))
    for _ in range(2):
        refused(path, "unknown CRS EPSG:29999", kind=GeoreferenceError)


def test_a_local_crs_is_kept_as_it_is(tmp_path: Path) -> None:
    local = rasterio.CRS.from_wkt('LOCAL_CS["site",UNIT["metre",1]]')
    write_tiff(tmp_path / "a.tif", noise(20, 30), crs=local, transform=rasterio.Affine(0.5, 0, 100, 0, -0.5, 200))
    info = inspect(tmp_path / "a.tif")
    assert info.georeference.kind == "geotransform"
    assert info.gsd_m is None


def test_control_points_on_one_line(tmp_path: Path) -> None:
    path = write_tiff(tmp_path / "a.tif", noise(20, 30))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(path, "r+") as dataset:
            points = [GroundControlPoint(row=n, col=n, x=n, y=n) for n in range(4)]
            dataset.gcps = (points, rasterio.CRS.from_epsg(32736))
    refused(path, "one line", kind=GeoreferenceError)


# --- sidecars -----------------------------------------------------------------------------------------------------


def test_an_aux_file_cannot_reach_the_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """GDAL would open the overview and mask files that a sidecar names."""
    monkeypatch.setenv("GDAL_HTTP_TIMEOUT", "2")  # so that the test fails rather than waits
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.1)
        url = f"/vsicurl/http://127.0.0.1:{listener.getsockname()[1]}/a.ovr"
        write_jpeg(tmp_path / "a.jpg", noise())
        (tmp_path / "a.jpg.aux.xml").write_text(
            f"<PAMDataset><Metadata domain='OVERVIEWS'><MDI key='OVERVIEW_FILE'>{url}</MDI></Metadata>"
            f"<Metadata domain='Mask'><MDI key='MASK_FILE'>{url}</MDI></Metadata></PAMDataset>"
        )
        refused(tmp_path / "a.jpg", "overviews elsewhere")
        with pytest.raises(TimeoutError):
            listener.accept()


@pytest.mark.parametrize("text", ["<PAMDataset>", "nonsense", "", "<PAMDataset><SRS>nonsense</SRS></PAMDataset>"])
def test_a_damaged_aux_file_does_not_spoil_the_photo(tmp_path: Path, text: str) -> None:
    write_jpeg(tmp_path / "a.jpg", noise())
    (tmp_path / "a.jpg.aux.xml").write_text(text)
    assert read_all(tmp_path / "a.jpg").shape == (256, 256, 3)


@pytest.mark.parametrize("tag", ["EXIF_GPSLatitude", "EXIF_DateTimeOriginal", "EXIF_GPSAltitude"])
@pytest.mark.parametrize("value", ["(99) (99) (9999)", "nonsense", "(0) (0) (0)", "", "0000:00:00 00:00:00"])
def test_odd_exif_is_no_exif(tmp_path: Path, tag: str, value: str) -> None:
    write_jpeg(tmp_path / "a.jpg", noise(), tags={"EXIF_GPSLongitude": "(1) (0) (0)", tag: value})
    info = inspect(tmp_path / "a.jpg")
    assert info.captured_at is None
    assert info.gps is None or abs(info.gps.lat) <= 90


def test_a_write_beside_a_hostile_old_file_is_safe(tmp_path: Path) -> None:
    (tmp_path / "a.tif").write_text("<VRTDataset")
    write_geotiff(tmp_path / "a.tif", [noise()], 256, 256)
    assert read_all(tmp_path / "a.tif").shape == (256, 256, 3)
