"""HEIC and camera RAW: read like every other photo, with their own libraries."""

# ruff: noqa: E402  (what needs an extra is skipped without it)

import io
import re
import struct
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

pillow_heif = pytest.importorskip(
    "pillow_heif", reason="the photos extra is not installed: pip install 'herdmap[photos]'"
)
pytest.importorskip("rawpy", reason="the photos extra is not installed: pip install 'herdmap[photos]'")

from geo import raster
from geo.errors import GeoError, MissingLibraryError, RasterError
from geo.raster import camera_photos, formats, media_boxes
from tests.geo.raster.camera_files import XMP, dng, dng_with_tags, exif, heic
from tests.geo.raster.tiffs import REDUCED, WHOLE, One, tiff

ROWS, COLUMNS = np.mgrid[:80, :120]
PICTURE = np.stack([COLUMNS * 2, ROWS * 3, 255 - COLUMNS], axis=-1).astype(np.uint8)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_heic_is_read_as_it_is_stored(tmp_path: Path, orientation: int) -> None:
    """Its own boxes turn it where it is shown; the orientation tag says the same, as in a JPEG."""
    path = heic(tmp_path / "a.heic", PICTURE, orientation=orientation)
    info = raster.inspect(path)
    assert (info.width, info.height, info.bands, info.dtype, info.driver) == (120, 80, 3, "uint8", "HEIF")
    assert info.exif["Orientation"] == str(orientation)
    with raster.RasterReader(path) as reader:
        pixels, valid = reader.read(0, 0, 120, 80)
        assert np.abs(pixels.astype(int) - PICTURE).mean() < 2
        assert np.array_equal(reader.read(10, 20, 30, 40)[0], pixels[20:60, 10:40])
        assert reader.read(0, 0, 120, 80, (20, 30))[0].shape == (20, 30, 3)
    assert valid is None


@pytest.mark.parametrize("linear", [False, True])
def test_raw_is_developed_and_its_preview_is_not_read(tmp_path: Path, linear: bool) -> None:
    (tmp_path / "a.DNG").write_bytes(dng(PICTURE, linear))
    info = raster.inspect(tmp_path / "a.DNG")
    assert (info.width, info.height, info.bands, info.dtype, info.driver) == (120, 80, 3, "uint16", "RAW")
    with raster.RasterReader(tmp_path / "a.DNG", (0, 65535)) as reader:
        pixels = reader.read(0, 0, 120, 80)[0].astype(int)
    assert np.abs(pixels - PICTURE)[2:-2, 2:-2].max() <= 2


def test_raw_that_libraw_does_not_know_is_refused_and_not_its_preview_read(tmp_path: Path) -> None:
    plain = struct.pack("<HHIHH", 259, 3, 1, 1, 0)
    data = dng(PICTURE)
    assert data.count(plain) == 2
    (tmp_path / "a.DNG").write_bytes(data.replace(plain, struct.pack("<HHIHH", 259, 3, 1, 32946, 0), 1))
    with pytest.raises(
        RasterError, match=r"camera RAW that cannot be read \(Unsupported file format or not RAW file\)"
    ):
        raster.inspect(tmp_path / "a.DNG")


MODES = [("L", 1), ("RGB", 3), ("RGBA", 4), ("LA", 4), ("I;16", 1), ("RGB;16", 3)]


@pytest.mark.parametrize("size", [(60, 40), (64, 64), (350, 270)])
@pytest.mark.parametrize(("mode", "bands"), MODES)
def test_a_heic_of_any_kind(tmp_path: Path, mode: str, bands: int, size: tuple[int, int]) -> None:
    """Grey, alpha, 10 bit, and sizes that the encoder fills up to whole blocks: the header is read without the pixels,
    and the decoder agrees with it."""
    width, height = size
    dtype, white = (np.uint16, 65535) if "16" in mode else (np.uint8, 255)
    pixels = np.full(
        (height, width, {"L": 1, "I": 1, "LA": 2, "RGB": 3, "RGBA": 4}[mode.removesuffix(";16")]), white, dtype
    )
    pillow_heif.from_bytes(mode, size, pixels.tobytes()).save(tmp_path / "a.heic", quality=90)
    boxes = media_boxes.heic_header(io.BytesIO((tmp_path / "a.heic").read_bytes()))
    assert (boxes.width, boxes.height) == size
    info = raster.inspect(tmp_path / "a.heic")
    assert (info.width, info.height, info.bands, info.dtype) == (width, height, bands, "uint8")
    with raster.RasterReader(tmp_path / "a.heic") as reader:
        assert reader.read(0, 0, width, height)[0].mean() > 250


def test_what_alpha_hides_in_a_heic_is_no_image(tmp_path: Path) -> None:
    half = np.dstack([PICTURE, np.where(COLUMNS < 60, 0, 255).astype(np.uint8)])
    path = heic(tmp_path / "a.heif", half)
    assert raster.inspect(path).masked
    with raster.RasterReader(path) as reader:
        valid = reader.read(0, 0, 120, 80)[1]
    assert valid is not None
    assert valid[:, 64:].all()
    assert not valid[:, :56].any()


@pytest.mark.parametrize("name", ["a.heic", "a.dng"])
def test_tags_are_read_as_in_a_jpeg(tmp_path: Path, name: str) -> None:
    Image.fromarray(PICTURE).save(tmp_path / "a.jpg", exif=exif(), xmp=XMP.encode())
    path = heic(tmp_path / name, PICTURE) if name == "a.heic" else dng_with_tags(tmp_path / name, PICTURE)
    info, jpeg = raster.inspect(path), raster.inspect(tmp_path / "a.jpg")
    assert info.gps == jpeg.gps
    assert info.gps is not None
    assert info.captured_at == jpeg.captured_at == "2026-02-03T04:05:06"
    assert info.xmp == jpeg.xmp == XMP
    for tag in ("Make", "Model", "FocalLength"):
        assert info.exif[tag] == jpeg.exif[tag]


HEADS = [
    (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIF"),
    (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "HEIF"),
    (b"\0\0\0\x18ftypmsf1\0\0\0\0msf1hevc", "HEIF"),
    (b"\0\0\0\x18ftypcrx \0\0\0\1crx isom", "RAW"),
    (b"II*\0\x10\0\0\0CR\2\0", "RAW"),
    (b"IIU\0\x18\0\0\0", "RAW"),
    (b"IIRO\x08\0\0\0", "RAW"),
    (b"IIRS\x08\0\0\0", "RAW"),
    (b"MMOR\0\0\0\x08", "RAW"),
    (b"FUJIFILMCCD-RAW 0201", "RAW"),
    (b"II*\0\x08\0\0\0", "GTiff"),
    # a film, and AVIF, which says that it is of HEIF's family
    (b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41", None),
    (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf", None),
    (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", None),
]


@pytest.mark.parametrize(("head", "driver"), HEADS)
def test_the_first_bytes_say_what_a_file_is(tmp_path: Path, head: bytes, driver: str | None) -> None:
    path = tmp_path / "any.jpg"
    path.write_bytes(head.ljust(600, b"\0"))
    if driver is None:
        with pytest.raises(RasterError, match=r"not an image Herdmap reads; expected .* HEIC or camera RAW"):
            formats.identify(path)
    else:
        assert formats.identify(path) == driver


@pytest.mark.parametrize(("name", "library"), [("a.heic", "pillow_heif"), ("a.dng", "rawpy")])
def test_without_the_extra_one_line_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, library: str
) -> None:
    path = heic(tmp_path / name, PICTURE) if name == "a.heic" else dng_with_tags(tmp_path / name, PICTURE)
    monkeypatch.setitem(sys.modules, library, None)
    for reads in (raster.inspect, raster.RasterReader):
        with pytest.raises(
            MissingLibraryError, match=r"needs (pillow-heif|rawpy), .*: pip install 'herdmap\[photos\]'$"
        ):
            reads(path)


def test_sizes_are_bounded_before_memory(tmp_path: Path) -> None:
    data = bytearray(heic(tmp_path / "a.heic", PICTURE).read_bytes())
    for at in [found.end() for found in re.finditer(b"ispe", bytes(data))]:
        struct.pack_into(">II", data, at + 4, 100_000, 100_000)
    (tmp_path / "a.heic").write_bytes(data)
    with pytest.raises(RasterError, match="100000 x 100000 px; expected at most 200000000 px in HEIC"):
        raster.inspect(tmp_path / "a.heic")
    raw = dng(PICTURE).replace(struct.pack("<HHII", 256, 4, 1, 120), struct.pack("<HHII", 256, 4, 1, 60_000))
    (tmp_path / "a.dng").write_bytes(
        raw.replace(struct.pack("<HHII", 257, 4, 1, 80), struct.pack("<HHII", 257, 4, 1, 60_000))
    )
    with pytest.raises(RasterError, match="camera RAW"):
        raster.inspect(tmp_path / "a.dng")
    with (tmp_path / "film.heic").open("wb") as file:
        file.write(bytes(data))
        file.truncate(camera_photos.LARGEST_FILE + 1)
    with pytest.raises(RasterError, match="more than 1 GB"):
        raster.inspect(tmp_path / "film.heic")


def test_a_cut_heic_is_an_error_of_one_line_and_never_grey(tmp_path: Path) -> None:
    whole = heic(tmp_path / "a.heic", PICTURE).read_bytes()
    for length in range(20, len(whole) - 1, len(whole) // 12):
        (tmp_path / "a.heic").write_bytes(whole[:length])
        with pytest.raises(RasterError) as caught:
            raster.RasterReader(tmp_path / "a.heic")
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("linear", [False, True])
def test_raw_whose_pixels_are_cut_off_is_an_error_of_one_line(tmp_path: Path, linear: bool) -> None:
    data = bytearray(dng(PICTURE, linear))
    pixels = data.index(struct.pack("<HHI", 273, 4, 1)) + 8
    struct.pack_into("<I", data, pixels, len(data) - 2000)
    (tmp_path / "a.dng").write_bytes(data)
    with pytest.raises(RasterError, match=r"camera RAW that cannot be read \(Input/output error\); copy it again"):
        raster.RasterReader(tmp_path / "a.dng")


@pytest.mark.parametrize("name", ["a.heic", "a.dng"])
def test_a_spoilt_file_is_read_or_is_an_error_of_one_line(tmp_path: Path, name: str) -> None:
    whole = (heic if name == "a.heic" else dng_with_tags)(tmp_path / name, PICTURE).read_bytes()
    rng = np.random.default_rng(8)
    tables = (0, 900) if name == "a.heic" else (len(whole) - 1600, len(whole))
    said = set()
    for _ in range(150):
        data = bytearray(whole)
        for _ in range(rng.integers(1, 5)):
            data[rng.integers(*tables)] = int(rng.choice([0, 1, 127, 255, int(rng.integers(256))]))
        (tmp_path / name).write_bytes(data)
        try:
            with raster.RasterReader(tmp_path / name) as reader:
                reader.read(0, 0, reader.info.width, reader.info.height)
        except GeoError as error:
            said.add(str(error))
    assert said
    assert not any("\n" in line or len(line.removeprefix(str(tmp_path))) > 300 for line in said)


def test_spoilt_boxes_are_read_without_harm(tmp_path: Path) -> None:
    whole = heic(tmp_path / "a.heic", PICTURE, orientation=6).read_bytes()
    rng = np.random.default_rng(5)
    for _ in range(2000):
        data = bytearray(whole[:700])
        for _ in range(rng.integers(1, 6)):
            data[rng.integers(len(data))] = rng.integers(256)
        found = media_boxes.heic_header(io.BytesIO(bytes(data)))
        assert 1 <= found.orientation <= 8


@pytest.mark.parametrize("name", ["a.heic", "a.dng", "b.tif"])
def test_a_vrt_over_them_would_show_another_picture(tmp_path: Path, name: str) -> None:
    heic(tmp_path / "a.heic", PICTURE)
    dng_with_tags(tmp_path / "a.dng", PICTURE)
    (tmp_path / "b.tif").write_bytes(tiff([One(PICTURE[:10, :15], REDUCED, [One(PICTURE, WHOLE)])]))
    (tmp_path / "a.vrt").write_text(
        '<VRTDataset rasterXSize="15" rasterYSize="10"><VRTRasterBand dataType="Byte" band="1"><SimpleSource>'
        f'<SourceFilename relativeToVRT="1">{name}</SourceFilename></SimpleSource></VRTRasterBand></VRTDataset>'
    )
    with pytest.raises(RasterError, match=r"which no VRT shows; write it as TIFF first"):
        raster.inspect(tmp_path / "a.vrt")


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", len(content) + 8, kind) + content


def _table(*entries: tuple[int, int, int, bytes]) -> bytes:
    """A block of one table whose values are inline or stand behind it."""
    rest, table = b"", struct.pack("<2sHIH", b"II", 42, 8, len(entries))
    behind = len(table) + 12 * len(entries) + 4
    for tag, kind, count, value in entries:
        place = value.ljust(4, b"\0") if len(value) <= 4 else struct.pack("<I", behind + len(rest))
        rest += value if len(value) > 4 else b""
        table += struct.pack("<HHI", tag, kind, count) + place
    return table + b"\0\0\0\0" + rest


def test_tags_of_raw_that_is_no_tiff(tmp_path: Path) -> None:
    """Canon's boxes, Fujifilm's preview, Panasonic's and Olympus' own marks, each with the tags of one photo."""
    when = (36867, 2, 20, b"2026:02:03 04:05:06\0")
    south = ((1, 2, 2, b"S\0"), (2, 5, 3, struct.pack("<6I", 1, 1, 17, 1, 24, 1)))
    east = ((3, 2, 2, b"E\0"), (4, 5, 3, struct.pack("<6I", 36, 1, 49, 1, 12, 1)))
    tables = {b"CMT1": _table((271, 2, 6, b"Maker\0")), b"CMT2": _table(when), b"CMT4": _table(*south, *east)}
    canon = _box(
        b"uuid", bytes.fromhex("85c0b687820f11e08111f4ce462b6a48") + b"".join(_box(*one) for one in tables.items())
    )
    jpeg = io.BytesIO()
    Image.fromarray(PICTURE).save(jpeg, "JPEG", exif=exif())
    files = {
        "a.cr3": _box(b"ftyp", b"crx \0\0\0\1crx isom") + _box(b"moov", canon),
        "a.raf": b"FUJIFILMCCD-RAW ".ljust(84, b"\0") + struct.pack(">II", 100, 1000) + bytes(8) + jpeg.getvalue(),
        "a.rw2": b"IIU\0" + dng_with_tags(tmp_path / "a.dng", PICTURE).read_bytes()[4:],
        "a.orf": b"IIRO" + dng_with_tags(tmp_path / "a.dng", PICTURE).read_bytes()[4:],
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
        found = camera_photos.raw_tags(tmp_path / name).exif
        assert (found["Make"], found["DateTimeOriginal"]) == ("Maker", "2026:02:03 04:05:06"), name
        assert (found["GPSLatitude"], found["GPSLatitudeRef"], found["GPSLongitudeRef"]) == ("(1) (17) (24)", "S", "E")


def test_a_flight_of_raw_has_one_stretch(tmp_path: Path) -> None:
    for name, picture in (("a.dng", PICTURE), ("b.dng", PICTURE // 2)):
        (tmp_path / name).write_bytes(dng(picture))
    low, high = raster.common_stretch([tmp_path / "a.dng", tmp_path / "b.dng"]) or (0.0, 0.0)
    assert low == 0
    assert high / 257 == pytest.approx(255, abs=3)
