"""Where a raster lies, from whatever says so."""

from pathlib import Path

import numpy as np
import pytest
import rasterio
from PIL import Image
from rasterio.control import GroundControlPoint

from geo.raster import RasterReader, inspect, write_jpeg
from tests.geo.raster.test_raster import HEIGHT, NORTH_UP, UTM, WIDTH, scene, write


def test_a_geotransform_rotated_and_south_up(tmp_path: Path) -> None:
    turned = rasterio.Affine.translation(6.5e5, 9.7e6) @ rasterio.Affine.rotation(30) @ rasterio.Affine.scale(0.05)
    path = write(tmp_path / "a.tif", scene(), transform=turned)
    where = inspect(path).georeference
    assert where.kind == "geotransform"
    np.testing.assert_allclose(where.to_map([(100, 50)])[0], turned @ (100, 50), atol=1e-9)
    assert inspect(path).gsd_m == pytest.approx(0.05, rel=1e-3)


@pytest.mark.parametrize(
    ("name", "sidecar", "driver"),
    [
        ("a.jpg", "a.jgw", "JPEG"),
        ("a.jpg", "a.wld", "JPEG"),
        ("a.jpg", "a.JGW", "JPEG"),
        ("a.png", "a.pgw", "PNG"),
        ("a.tif", "a.tfw", "GTiff"),
    ],
)
def test_a_world_file(tmp_path: Path, name: str, sidecar: str, driver: str) -> None:
    path = write(tmp_path / name, scene(), driver=driver, transform=None)
    assert inspect(path).georeference.kind == "none"
    (tmp_path / sidecar).write_text("0.05\n0\n0\n-0.05\n650000.025\n9699999.975\n")
    where = inspect(path).georeference
    assert where.kind == "world file"
    assert where.crs_wkt is None
    assert where.transform is not None
    np.testing.assert_allclose(where.transform, (0.05, 0, 650000, 0, -0.05, 9_700_000), atol=1e-6)
    (tmp_path / "a.prj").write_text(rasterio.CRS.from_string(UTM).to_wkt(version="WKT1_ESRI"))
    info = inspect(path)
    assert info.georeference.kind == "world file"
    assert info.georeference.crs_wkt is not None
    assert "UTM" in info.georeference.crs_wkt
    assert info.gsd_m == pytest.approx(0.05, rel=1e-3)


def test_the_files_own_geotransform_beats_a_world_file(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif", scene())
    (tmp_path / "a.tfw").write_text("1\n0\n0\n-1\n0\n0\n")
    where = inspect(path).georeference
    assert where.kind == "geotransform"
    assert where.transform == tuple(NORTH_UP)[:6]


def test_ground_control_points(tmp_path: Path) -> None:
    gcps = [
        GroundControlPoint(row=row, col=col, x=(NORTH_UP @ (col, row))[0], y=(NORTH_UP @ (col, row))[1])
        for row, col in [(0, 0), (0, WIDTH), (HEIGHT, WIDTH), (HEIGHT, 0)]
    ]
    where = inspect(write(tmp_path / "a.tif", scene(), gcps=gcps)).georeference
    assert where.kind == "geotransform"
    assert where.residual_px is not None
    assert where.residual_px < 1e-4
    np.testing.assert_allclose(where.to_map([(10, 20)])[0], NORTH_UP @ (10, 20), atol=1e-6)
    assert where.crs_wkt is not None


def test_rational_polynomials(tmp_path: Path) -> None:
    from tests.geo.test_georeference import a_sensor_model

    where = inspect(write(tmp_path / "a.tif", scene(), rpcs=a_sensor_model())).georeference
    assert where.kind == "camera pose"
    assert where.transform is None
    assert np.abs(where.to_px(where.to_map([(100, 50)])) - (100, 50)).max() < 1e-6


def test_a_photo_has_no_georeference_but_may_have_a_position(tmp_path: Path) -> None:
    tags = {
        "EXIF_DateTimeOriginal": "2018:10:01 08:12:13",
        "EXIF_GPSLatitude": "(2) (30) (36)",
        "EXIF_GPSLatitudeRef": "S",
        "EXIF_GPSLongitude": "(34) (45) (0)",
        "EXIF_GPSLongitudeRef": "E",
        "EXIF_GPSAltitude": "(1612.5)",
    }
    write_jpeg(tmp_path / "a.jpg", scene().transpose(1, 2, 0), tags=tags, xmp="<x:xmpmeta xmlns:x='adobe:ns:meta/'/>")
    info = inspect(tmp_path / "a.jpg")
    assert info.georeference.kind == "none"
    assert info.captured_at == "2018-10-01T08:12:13"
    assert info.gps is not None
    assert (info.gps.lon, info.gps.lat, info.gps.altitude_m) == pytest.approx((34.75, -2.51, 1612.5))
    with Image.open(tmp_path / "a.jpg") as oracle:
        assert oracle.info["xmp"].startswith(b"<x:xmpmeta")
        assert oracle.getexif().get_ifd(0x8769)[0x9003] == "2018:10:01 08:12:13"


@pytest.mark.realdata
def test_a_drone_photo(realdata: Path) -> None:
    info = inspect(realdata / "photos/DJI_0020.JPG")
    assert (info.width, info.height, info.driver, info.sequential) == (4000, 2250, "JPEG", True)
    assert info.captured_at == "2016-06-23T16:32:13"
    assert info.gps is not None
    assert (info.gps.lon, info.gps.lat) == pytest.approx((-91.9942994, 46.8427776))
    with RasterReader(info.path) as reader:
        pixels, valid = reader.read(0, 0, 4000, 2250)
    assert valid is None
    with Image.open(info.path) as oracle:
        assert np.abs(pixels.astype(int) - np.asarray(oracle)).mean() < 1
