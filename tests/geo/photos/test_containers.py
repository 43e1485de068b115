"""The tags of a photo are the same in every container that cameras and programs put them into."""

import contextlib
import math
import zlib
from pathlib import Path

import pyproj
import pytest
from PIL import Image

from geo.errors import RasterError
from geo.georeference import crs_to_wkt, reproject
from geo.photos.poses import poses_for
from geo.photos.projection import PosedPhoto
from geo.raster import inspect
from tests.surveys.tagged_photos import (
    CONTAINERS,
    DATE_TIME,
    FILM_MM,
    FOCAL_MM,
    MAKE,
    MODEL,
    ORIENTATION,
    SOFTWARE,
    TAKEN,
    attributes,
    block,
    chunk,
    photo_in,
    place,
    png_with,
    rational,
    rdf,
    short,
    text,
)  # fmt: skip

WGS84 = crs_to_wkt("EPSG:4326")


@pytest.mark.parametrize("container", CONTAINERS)
def test_one_photo_in_every_container_is_one_photo(container: str, tmp_path: Path) -> None:
    xmp = rdf(attributes(Camera__Yaw=30, Camera__Pitch=0, Camera__Roll=10, Camera__AboveGroundAltitude=120))
    path = photo_in(
        container,
        tmp_path,
        {MAKE: text("senseFly"), MODEL: text("S.O.D.A."), SOFTWARE: text("Adobe Photoshop"), ORIENTATION: short(6)},
        {TAKEN: text("2024:07:16 15:12:00"), FOCAL_MM: rational(106, 10), FILM_MM: short(29)},
        place(36.82, -1.29, 1700),
        xmp,
    )
    info = inspect(path)
    assert (info.exif["Make"], info.exif["Model"], info.exif["Software"]) == ("senseFly", "S.O.D.A.", "Adobe Photoshop")
    assert info.captured_at == "2024-07-16T15:12:00"
    assert info.orientation == 6
    found = poses_for([info]).photos[0]
    assert (found.lon, found.lat) == pytest.approx((36.82, -1.29), abs=1e-9)
    assert found.altitude_m == 1700
    assert "saved by Adobe Photoshop" in " ".join(found.reasons)
    where = found.georeference
    assert isinstance(where, PosedPhoto)
    # senseFly counts roll the other way: the camera looks to the right of its flight, 120 m tan 10 degrees far.
    middle = reproject(where.to_map([(32, 24)]), where.crs_wkt, WGS84)[0]
    azimuth, _, metres = pyproj.Geod(ellps="WGS84").inv(36.82, -1.29, *middle)
    assert metres == pytest.approx(120 * math.tan(math.radians(10)), abs=0.01)
    assert azimuth % 360 == pytest.approx(30 + 90, abs=0.1)


@pytest.mark.parametrize("suffix", ["png", "webp", "tiff", "jpeg"])
def test_tags_that_another_program_writes(suffix: str, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0112] = "DJI", "FC6310", 8
    exif.get_ifd(0x8825).update({1: "S", 2: (1.0, 17.0, 24.0), 3: "E", 4: (36.0, 49.0, 12.0), 5: b"\0", 6: 1700.0})
    Image.new("RGB", (40, 30)).save(tmp_path / f"a.{suffix}", exif=exif)
    info = inspect(tmp_path / f"a.{suffix}")
    assert (info.exif["Make"], info.orientation) == ("DJI", 8)
    if suffix != "tiff":  # in which Pillow leaves this table out
        assert info.gps is not None
        assert (info.gps.lon, info.gps.lat, info.gps.altitude_m) == pytest.approx((36.82, -1.29, 1700))


@pytest.mark.parametrize("container", ["tiff-II", "tiff-MM", "bigtiff"])
def test_tags_of_a_tiff_that_is_cut_off_are_its_own_or_missing(container: str, tmp_path: Path) -> None:
    """GDAL gives what its memory held for a tag whose value is not in the file: a position, another one each time."""
    photo = photo_in(container, tmp_path, {MAKE: text("DJI")}, {FOCAL_MM: rational(88, 10)}, place(36.82, -1.29, 1700))
    data, whole = photo.read_bytes(), inspect(photo)
    assert whole.gps is not None
    lacking = 0
    for length in range(len(data) - 300, len(data)):  # where the tags are
        photo.write_bytes(data[:length])
        with contextlib.suppress(RasterError):
            cut = inspect(photo)
            lacking += len(cut.exif) < len(whole.exif)
            assert cut.exif.items() <= whole.exif.items(), length
    assert lacking > 5, "headers of which some tags are cut off"


MARKED = b"Exif\0\0" + block(gps=place(36.82, -1.29, 1700))
APP1 = b"\napp1\n%8d\n" % len(MARKED) + MARKED.hex().encode()
PACKET = rdf(
    attributes(exif__GPSLatitude="1,17.4S", exif__GPSLongitude="36,49.2E", exif__GPSAltitude="1700/1")
).encode()
CHUNKS = {
    "eXIf with a mark": (b"eXIf", MARKED),
    "APP1, packed": (b"zTXt", b"Raw profile type APP1\0\0" + zlib.compress(APP1)),
    "APP1": (b"tEXt", b"Raw profile type APP1\0" + APP1),
    "APP1 with XMP": (
        b"zTXt",
        b"Raw profile type APP1\0\0"
        + zlib.compress(b"\napp1\n 1\n" + (b"http://ns.adobe.com/xap/1.0/\0" + PACKET).hex().encode()),
    ),
    "XMP as ImageMagick has it": (
        b"zTXt", b"Raw profile type xmp\0\0" + zlib.compress(b"\nxmp\n 1\n" + PACKET.hex().encode())
    ),
    "XMP of 1999": (b"tEXt", b"XML:com.adobe.xmp\0" + PACKET),
}  # fmt: skip


@pytest.mark.parametrize("case", CHUNKS)
@pytest.mark.parametrize("last", [False, True])
def test_other_chunks_of_png(last: bool, case: str, tmp_path: Path) -> None:
    info = inspect(png_with(tmp_path / "a.png", chunk(*CHUNKS[case]), last=last))
    assert info.gps is not None
    assert (info.gps.lon, info.gps.lat, info.gps.altitude_m) == pytest.approx((36.82, -1.29, 1700))


def test_a_packed_chunk_is_read_up_to_a_bound(tmp_path: Path) -> None:
    bomb = zlib.compress(b"\nexif\n 9\n" + b"00" * (40 << 20))
    assert len(bomb) < 1 << 20
    info = inspect(png_with(tmp_path / "a.png", chunk(b"zTXt", b"Raw profile type exif\0\0" + bomb)))
    assert dict(info.exif) == {}


def test_the_date_of_a_file_that_is_no_photo_is_not_when_it_was_taken(tmp_path: Path) -> None:
    stamp = {DATE_TIME: text("2024:07:16 15:12:00")}
    assert inspect(photo_in("tiff-II", tmp_path, stamp)).captured_at is None
    assert inspect(photo_in("tiff-II", tmp_path, {**stamp, MAKE: text("DJI")})).captured_at == "2024-07-16T15:12:00"
