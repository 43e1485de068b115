"""Fisheye lenses, against OpenCV and against Pix4D's formula worked out one angle at a time."""

import json
import math
from pathlib import Path

import numpy as np
import pyproj
import pytest

from geo.errors import GeoreferenceError
from geo.georeference import crs_to_wkt, reproject
from geo.photos.calibration import choose, read_calibration
from geo.photos.camera import Camera
from geo.photos.camera_tags import camera_from_tags
from geo.photos.fisheye import of_opencv, of_pix4d
from geo.photos.poses import poses_for
from geo.photos.projection import PosedPhoto
from geo.raster import inspect, xmp
from tests.surveys.tagged_photos import attributes, jpeg, rational, rdf, short
from tests.surveys.tagged_photos import block as exif_block

WGS84 = crs_to_wkt("EPSG:4326")
RNG = np.random.default_rng(5)


@pytest.mark.parametrize(
    ("k", "alpha"),
    [
        ((0.0, 0.0, 0.0, 0.0), 0.0),
        ((-0.03, 0.01, -0.004, 0.0006), 0.0),
        ((0.08, -0.02, 0.003, 0.0), 0.002),
        ((-0.2, 0.03, 0.0, 0.0), -0.001),
    ],
)
def test_agrees_with_opencv(k: tuple[float, float, float, float], alpha: float) -> None:
    matrix = np.array([[1500.0, 1500 * alpha, 1999.5], [0, 1490.0, 1499.5], [0, 0, 1]])
    camera = Camera(4000, 3000, 1500, 1490, 2000, 1500, fisheye=of_opencv(*k, skew=alpha))
    away = RNG.uniform(-1.2, 1.2, (500, 2))
    directions = np.column_stack([away, np.ones(len(away))])
    cv2 = pytest.importorskip("cv2", reason="the matching extra is not installed: pip install 'herdmap[matching]'")
    theirs, _ = cv2.fisheye.projectPoints(directions[None], np.zeros(3), np.zeros(3), matrix, np.array(k), alpha=alpha)
    assert np.abs(camera.project(directions) - (theirs[0] + 0.5)).max() < 1e-9
    assert np.abs(camera.rays(theirs[0] + 0.5) - directions).max() < 1e-9


def pix4d(
    polynomial: tuple[float, ...], matrix: tuple[float, float, float, float], direction: list[float]
) -> list[float]:
    """Where a direction falls, from the principal point, as Pix4D has it."""
    x, y, z = direction
    t = 2 / math.pi * math.atan2(math.hypot(x, y), z)
    rho = sum(value * t**power for power, value in enumerate(polynomial))
    a, b = rho * x / math.hypot(x, y), rho * y / math.hypot(x, y)
    c, d, e, f = matrix
    return [c * a + d * b, e * a + f * b]


# (polynomial, affine matrix in px, size, px for each mm and the principal point in mm)
PIX4D = [
    ((0, 1, 0, 0), (1640, 0, 0, 1640), (1280, 960), None),
    ((0, 1, -0.0817, 0.0231), (1641.3, 0.4, -0.7, 1640.2), (1280, 960), (266.66, 2.42, 1.79)),
    ((0, 1, 0.05, -0.2), (2600, 0, 0, 2600), (4608, 3456), None),
    ((0, 0.98, 0.03, -0.11, 0.02), (3300, -2.0, 1.5, 3290), (4608, 3456), (747.0, 3.1, 2.3)),
    ((0, 1), (900, 0, 0, 900), (640, 480), None),
    ((0, 1, -0.3), (1200, 0, 0, 1200), (1280, 960), None),
]


@pytest.mark.parametrize(("polynomial", "matrix", "size", "point"), PIX4D)
def test_pix4ds_tags(
    polynomial: tuple[float, ...],
    matrix: tuple[float, float, float, float],
    size: tuple[int, int],
    point: tuple[float, float, float] | None,
) -> None:
    tags = {
        "Camera__ModelType": "fisheye",
        "Camera__FisheyePolynomial": ",".join(map(str, polynomial)),
        "Camera__FisheyeAffineMatrix": ", ".join(map(str, matrix)),
    }
    exif = {"FocalLength": "(3.98)"}
    middle = np.array(size) / 2
    if point is not None:
        exif |= {"FocalPlaneXResolution": f"({point[0]})", "FocalPlaneResolutionUnit": "4"}
        tags["Camera__PrincipalPoint"] = f"{point[1]},{point[2]}"
        middle = np.array([point[1], point[2]]) * point[0]
    found = camera_from_tags(exif, xmp.properties(rdf(attributes(**tags))), *size)
    assert found is not None
    assert not found.keeps_lines_straight
    directions = np.column_stack([RNG.uniform(-0.7, 0.7, (200, 2)), np.ones(200)])
    right = middle + [pix4d(polynomial, matrix, direction) for direction in directions.tolist()]
    assert np.abs(found.project(directions) - right).max() < 1e-8
    assert np.abs(found.rays(right) - directions).max() < 1e-9


def test_a_fisheye_photo_on_the_ground(tmp_path: Path) -> None:
    packet = rdf(
        attributes(
            Camera__Yaw=0, Camera__Pitch=0, Camera__Roll=0, Camera__ModelType="fisheye",
            Camera__FisheyePolynomial="0,1,0,0", Camera__FisheyeAffineMatrix="1640,0,0,1640",
            Camera__AboveGroundAltitude=100, exif__GPSLatitude="1,17.4S", exif__GPSLongitude="36,49.2E",
        )
    )  # fmt: skip
    photo = {0x920A: rational(398, 100), 0xA20E: rational(26666, 100), 0xA210: short(4)}
    path = jpeg(tmp_path / "a.jpg", exif_block(photo=photo), packet, (1280, 960))
    where = poses_for([inspect(path)]).photos[0].georeference
    assert isinstance(where, PosedPhoto)
    ends = reproject(where.to_map([(0, 0), (640, 480)]), where.crs_wkt, WGS84)
    apart = pyproj.Geod(ellps="WGS84").inv(*ends[0], *ends[1])[2]
    # 800 px of 1640 are .4878 of a right angle.
    assert apart == pytest.approx(100 * math.tan(800 / 1640 * math.pi / 2), abs=0.01)
    assert apart == pytest.approx(96.2, abs=0.1)
    px = RNG.uniform(0, 1, (50, 2)) * (1280, 960)
    assert np.abs(where.to_px(where.to_map(px)) - px).max() < 1e-6
    assert np.isfinite(where.footprint()).all()


def test_px_beyond_the_polynomial_have_no_place(tmp_path: Path) -> None:
    # t - t2 grows up to half a right angle, to a quarter of 1640 px: 410 px from the middle.
    camera = Camera(1280, 960, 1640, 1640, 640, 480, fisheye=of_pix4d((0, 1, -1), (0, 0)))
    rays = camera.rays([(640 + 405, 480), (640 + 415, 480), (0, 0)])
    assert np.isfinite(rays).all(axis=1).tolist() == [True, False, False]
    assert math.degrees(math.atan(rays[0, 0])) == pytest.approx((1 - math.sqrt(1 - 4 * 405 / 1640)) / 2 * 90, abs=1e-6)
    assert np.isnan(camera.project([(1.1, 0, 1)])).all()
    packet = rdf(
        attributes(
            Camera__Yaw=0, Camera__Pitch=0, Camera__Roll=0, Camera__ModelType="fisheye",
            Camera__FisheyePolynomial="0,1,-1", Camera__FisheyeAffineMatrix="1640,0,0,1640",
            Camera__AboveGroundAltitude=100, exif__GPSLatitude="1,17.4S", exif__GPSLongitude="36,49.2E",
        )
    )  # fmt: skip
    found = poses_for([inspect(jpeg(tmp_path / "a.jpg", None, packet, (1280, 960)))]).photos[0]
    assert isinstance(found.georeference, PosedPhoto)
    assert [reason for reason in found.reasons if "middle of the picture only" in reason]
    assert not [reason for reason in found.reasons if "horizon" in reason]
    assert np.isfinite(found.georeference.to_map([(640, 480)])).all()
    assert np.isnan(found.georeference.to_map([(0, 0)])).all()


@pytest.mark.parametrize(
    "tags",
    [
        {"Camera__ModelType": "fisheye"},
        {"Camera__FisheyePolynomial": "0,1,0,0"},
        {"Camera__FisheyePolynomial": "0,1,0,0", "Camera__FisheyeAffineMatrix": "1640,0,0"},
        {"Camera__FisheyePolynomial": "0.5,1,0,0", "Camera__FisheyeAffineMatrix": "1640,0,0,1640"},
        {"Camera__FisheyePolynomial": "0,-1,0,0", "Camera__FisheyeAffineMatrix": "1640,0,0,1640"},
        {"Camera__FisheyePolynomial": "0,1,0,0", "Camera__FisheyeAffineMatrix": "0,0,0,0"},
        {"Camera__FisheyePolynomial": "0,1,x,0", "Camera__FisheyeAffineMatrix": "1640,0,0,1640"},
    ],
)
def test_a_fisheye_without_its_numbers_is_not_taken_for_another_lens(tags: dict[str, str], tmp_path: Path) -> None:
    packet = rdf(
        attributes(Camera__Yaw=0, Camera__Pitch=0, Camera__AboveGroundAltitude=100, exif__GPSLatitude="1,17.4S",
                   exif__GPSLongitude="36,49.2E", **tags)
    )  # fmt: skip
    path = jpeg(tmp_path / "a.jpg", exif_block(photo={0x920A: rational(398, 100), 0xA405: short(30)}), packet)
    found = poses_for([inspect(path)]).photos[0]
    assert found.georeference is None
    assert "fisheye" in " ".join(found.reasons)


# ---- calibration files -----------------------------------------------------------------------------------------------

ROS = """image_width: 4000
image_height: 3000
camera_matrix: {rows: 3, cols: 3, data: [1500.0, 0.0, 1999.5, 0.0, 1490.0, 1499.5, 0.0, 0.0, 1.0]}
distortion_model: %s
distortion_coefficients: {rows: 1, cols: 4, data: [-0.03, 0.01, -0.004, 0.0006]}
"""
OPENCV = (
    "%YAML:1.0\n---\nimage_width: 4000\nimage_height: 3000\nfisheye_model: 1\ncamera_matrix: !!opencv-matrix\n"
    "   rows: 3\n   cols: 3\n   dt: d\n   data: [ 1500., 0., 1999.5, 0., 1490.,\n       1499.5, 0., 0., 1. ]\n"
    "distortion_coefficients: !!opencv-matrix\n   rows: 4\n   cols: 1\n   dt: d\n"
    "   data: [ -0.03, 1e-2, -4e-3, 6e-4 ]\n"
)
IN_JSON = {
    "camera_matrix": [[1500, 0, 1999.5], [0, 1490, 1499.5], [0, 0, 1]], "distortion_model": "fisheye",
    "dist_coeffs": [-0.03, 0.01, -0.004, 0.0006], "image_width": 4000, "image_height": 3000,
}  # fmt: skip
OPENSFM = {
    "v2 parrot anafi": {
        "projection_type": "fisheye_opencv", "width": 4000, "height": 3000, "focal_x": 0.375, "focal_y": 0.3725,
        "c_x": 0, "c_y": 0, "k1": -0.03, "k2": 0.01, "k3": -0.004, "k4": 0.0006,
    }
}  # fmt: skip
FILES = {
    "ros.yaml": ROS % "equidistant",
    "kannala.yaml": ROS % "'Kannala_Brandt4'",
    "opencv.yml": OPENCV,
    "camera.json": json.dumps(IN_JSON),
    "cameras.json": json.dumps(OPENSFM),
}


@pytest.mark.parametrize("name", FILES)
def test_calibration_files_of_fisheyes(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(FILES[name])
    (found,) = read_calibration(tmp_path / name)
    assert (found.fx, found.fy, found.cx, found.cy) == (1500, 1490, 2000, 1500)
    assert found.fisheye == of_opencv(-0.03, 0.01, -0.004, 0.0006)
    half = choose((found,), 2000, 1500)
    assert half.rays([(500, 400)]) == pytest.approx(found.rays([(1000, 800)]), abs=1e-12)


def test_a_simple_fisheye_of_opensfm(tmp_path: Path) -> None:
    camera = {"projection_type": "fisheye", "width": 4000, "height": 3000, "focal": 0.4, "k1": -0.02, "k2": 0.001}
    (tmp_path / "cameras.json").write_text(json.dumps({"one": camera}))
    (found,) = read_calibration(tmp_path / "cameras.json")
    angle = 0.6
    px = 2000 + 0.4 * 4000 * (angle - 0.02 * angle**3 + 0.001 * angle**5)
    assert found.rays([(px, 1500)])[0, 0] == pytest.approx(math.tan(angle), abs=1e-12)


def test_four_numbers_without_a_model_are_browns(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text((ROS % "plumb_bob").replace("distortion_model: plumb_bob\n", ""))
    (found,) = read_calibration(tmp_path / "a.yaml")
    assert found.distortion == (-0.03, 0.01, -0.004, 0.0006, 0.0)
    assert found.fisheye is None


def test_numbers_that_no_ordinary_lens_has_are_not_taken_for_one(tmp_path: Path) -> None:
    answer = {
        "DIM": [4000, 3000],
        "K": [[1500, 0, 1999.5], [0, 1490, 1499.5], [0, 0, 1]],
        "D": [[-0.03], [0.09], [-0.2], [0.07]],
    }
    (tmp_path / "a.json").write_text(json.dumps(answer))
    with pytest.raises(GeoreferenceError, match="if they are a fisheye's, add distortion_model: equidistant"):
        read_calibration(tmp_path / "a.json")
    (tmp_path / "a.json").write_text(json.dumps({**answer, "fisheye": True}))
    (found,) = read_calibration(tmp_path / "a.json")
    assert found.fisheye == of_opencv(-0.03, 0.09, -0.2, 0.07)


@pytest.mark.parametrize("model", ["omnidir", "mei", "double_sphere"])
def test_a_lens_of_another_kind_is_refused_by_name(model: str, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(ROS % model)
    with pytest.raises(GeoreferenceError, match=f"distortion_model is '{model}'"):
        read_calibration(tmp_path / "a.yaml")
