"""The camera's interior, the conventions of its attitude, and both against independent implementations."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo.errors import GeoreferenceError
from geo.georeference import crs_to_wkt, utm_crs
from geo.photos import attitude
from geo.photos.calibration import choose, read_calibration
from geo.photos.camera import Camera
from geo.photos.camera_tags import camera_from_tags, number
from geo.photos.projection import EARTH_RADIUS_M, PosedPhoto
from geo.raster import xmp
from tests.surveys.photo_headers import FOCAL_PX, LENS, dji_xmp

BENT = (-0.27, 0.115, -0.0009, 0.0012, -0.035)


def camera(width: int = 4000, height: int = 3000, bent: tuple[float, ...] = (0.0,) * 5) -> Camera:
    k1, k2, p1, p2, k3 = bent
    return Camera(width, height, 3000.0, 3010.0, width / 2 - 7.7, height / 2 + 45.9, (k1, k2, p1, p2, k3))


def photo(rotation: NDArray[np.float64], bent: tuple[float, ...] = (0.0,) * 5, agl: float = 80.0) -> PosedPhoto:
    """A photo over flat ground in UTM 37S with a convergence of 0.6 degrees and a scale of 0.9997."""
    turn, scale = math.radians(0.6), 0.9997
    axes = scale * np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    wkt = crs_to_wkt("EPSG:32737")
    return PosedPhoto(
        camera(bent=bent), "camera pose", wkt, 263428.37, 9701567.37, 1320.0 + agl, rotation, axes, 1320.0
    )


# --- Brown's distortion -----------------------------------------------------------------------------------------


@given(st.floats(0, 4000), st.floats(0, 3000))
def test_a_ray_leads_back_to_its_px(x: float, y: float) -> None:
    lens = camera(bent=BENT)
    assert np.abs(lens.project(lens.rays([(x, y)])) - (x, y)).max() < 1e-6


def test_px_beyond_the_lens_model_have_no_ray_and_directions_beyond_it_no_px() -> None:
    lens = camera(bent=(-0.4, 0.0, 0.0, 0.0, 0.0))
    assert np.isnan(lens.rays([(12000.0, 1500.0)])).any()
    assert np.isnan(lens.project([(2.0, 0.0, 1.0), (0.0, 0.0, -1.0)])).all()


def test_distortion_agrees_with_opencv() -> None:
    cv2 = pytest.importorskip("cv2", reason="the matching extra is not installed: pip install 'herdmap[matching]'")

    lens = camera(bent=BENT)
    points = np.random.default_rng(1).uniform((-0.6, -0.45, 1.0), (0.6, 0.45, 1.0), (200, 3))
    matrix = np.array([[lens.fx, 0, lens.cx - 0.5], [0, lens.fy, lens.cy - 0.5], [0, 0, 1]])
    expected = cv2.projectPoints(points, np.zeros(3), np.zeros(3), matrix, np.array(BENT))[0].reshape(-1, 2) + 0.5
    assert np.abs(lens.project(points) - expected).max() < 1e-6


@pytest.mark.parametrize("yaw", [-170.0, -100.0, -45.0, 30.0, 90.0, 135.0])
@pytest.mark.parametrize("pitch", [-90.0, -75.0, -42.0])
@pytest.mark.parametrize("roll", [0.0, 8.0, -12.0])
def test_a_whole_camera_agrees_with_opencv(yaw: float, pitch: float, roll: float) -> None:
    """Attitude, position, interior and distortion by OpenCV alone: rotations by Rodrigues, px by projectPoints."""
    cv2 = pytest.importorskip("cv2", reason="the matching extra is not installed: pip install 'herdmap[matching]'")

    turned = np.eye(3)
    for axis, degrees in ((2, yaw), (1, pitch), (0, roll)):  # about down, right, forward, each about the turned axes
        turned = turned @ cv2.Rodrigues(np.eye(3)[axis] * math.radians(degrees))[0]
    forward, right, down = turned.T  # of the camera, in north, east, down
    outside = np.stack([right, down, forward])
    place = photo(attitude.from_gimbal(yaw, pitch, roll)[0], BENT)
    lens = place.camera
    xyz = place.to_ground(GRID)
    seen = np.isfinite(xyz).all(axis=1)
    offset = (xyz[seen, :2] - (place.x, place.y)) @ np.linalg.inv(place.axes).T
    below = place.z - xyz[seen, 2] + (offset**2).sum(axis=1) / (2 * EARTH_RADIUS_M)
    points = np.column_stack([offset[:, 1], offset[:, 0], below])  # north, east, down of the camera
    matrix = np.array([[lens.fx, 0, lens.cx - 0.5], [0, lens.fy, lens.cy - 0.5], [0, 0, 1]])
    px = cv2.projectPoints(points, cv2.Rodrigues(outside)[0], np.zeros(3), matrix, np.array(BENT))[0].reshape(-1, 2)
    assert seen.sum() >= 20
    assert np.abs(px + 0.5 - GRID[seen]).max() < 1e-3


# --- attitude ---------------------------------------------------------------------------------------------------


def looks(rotation: NDArray[np.float64], camera_axis: tuple[float, float, float] = (0, 0, 1)) -> list[float]:
    """Where a camera axis points in east, north, up."""
    return [round(float(v), 9) + 0.0 for v in rotation.reshape(3, 3) @ camera_axis]


LENS_AXIS, IMAGE_TOP, IMAGE_RIGHT = (0, 0, 1), (0, -1, 0), (1, 0, 0)
SIN, COS = round(math.sin(math.radians(30)), 9), round(math.cos(math.radians(30)), 9)


@pytest.mark.parametrize(
    ("angles", "lens", "top", "right"),
    [
        ((0, -90, 0), [0, 0, -1], [0, 1, 0], [1, 0, 0]),  # straight down, top to the north
        ((90, -90, 0), [0, 0, -1], [1, 0, 0], [0, -1, 0]),  # yaw is clockwise: top to the east
        ((0, 0, 0), [0, 1, 0], [0, 0, 1], [1, 0, 0]),  # level, to the north
        ((90, 0, 0), [1, 0, 0], [0, 0, 1], [0, -1, 0]),
        ((-90, -30, 0), [-COS, 0, -SIN], [-SIN, 0, COS], [0, 1, 0]),  # to the west, 30 degrees below the horizon
        ((0, 0, 30), [0, 1, 0], [SIN, 0, COS], [COS, 0, -SIN]),  # rolled clockwise: the right side dips
    ],
)
def test_gimbal_angles(angles: tuple[float, ...], lens: list[float], top: list[float], right: list[float]) -> None:
    turned = attitude.from_gimbal(*angles)
    assert [looks(turned, axis) for axis in (LENS_AXIS, IMAGE_TOP, IMAGE_RIGHT)] == [lens, top, right]


@given(st.floats(-180, 180), st.floats(-89, 89))
def test_nadir_angles_are_gimbal_angles_a_quarter_turn_up_where_nothing_rolls(yaw: float, pitch: float) -> None:
    assert np.allclose(attitude.from_nadir(yaw, pitch, 0.0), attitude.from_gimbal(yaw, pitch - 90.0, 0.0))


def test_nadir_roll_lifts_the_left_wing_and_looks_to_the_left() -> None:
    assert looks(attitude.from_nadir(0, 0, 30)) == [-SIN, 0, -COS]


@pytest.mark.parametrize(
    ("angles", "lens", "top"),
    [
        ((0, 0, 0), [0, 0, -1], [0, 1, 0]),
        ((0, 0, 90), [0, 0, -1], [-1, 0, 0]),  # kappa is counter-clockwise: top to the west
        ((30, 0, 0), [0, SIN, -COS], [0, COS, SIN]),  # omega about east: looks ahead to the north
        ((0, 30, 0), [-SIN, 0, -COS], [0, 1, 0]),  # phi about north: looks to the west
    ],
)
def test_omega_phi_kappa(angles: tuple[float, ...], lens: list[float], top: list[float]) -> None:
    turned = attitude.from_opk(*angles)
    assert [looks(turned, LENS_AXIS), looks(turned, IMAGE_TOP)] == [lens, top]


def test_a_camera_mounted_in_the_side_looks_to_the_side() -> None:
    # Flying east, out of the left side at 45 degrees: to the north and down.
    half = round(math.sqrt(0.5), 9)
    assert looks(attitude.mounted(90, 0, 0, (-90, -45, 0))) == [0, half, -half]
    assert np.allclose(attitude.mounted(33, 4, -5), attitude.from_nadir(33, 4, -5))
    assert attitude.heading_deg(attitude.from_gimbal(123, -90, 0)) == pytest.approx(123)
    assert attitude.heading_deg(attitude.from_gimbal(-57, -30, 0)) == pytest.approx(303)


# --- px and ground ----------------------------------------------------------------------------------------------

YAWS = (-170.0, -100.0, -45.0, 0.0, 30.0, 90.0, 135.0, 180.0)
GRID = np.array([(x, y) for x in np.linspace(0, 4000, 5) for y in np.linspace(0, 3000, 5)])


@pytest.mark.parametrize("bent", [(0.0,) * 5, BENT])
@pytest.mark.parametrize("yaw", YAWS)
@pytest.mark.parametrize("pitch", [-90.0, -80.0, -45.0, -100.0])
@pytest.mark.parametrize("roll", [0.0, 3.0, -12.0, 180.0])
def test_px_to_ground_to_px_at_every_quadrant(bent: tuple[float, ...], yaw: float, pitch: float, roll: float) -> None:
    if roll == 180.0 and pitch == -45.0:
        pitch = -75.0
    place = photo(attitude.from_gimbal(yaw, pitch, roll)[0], bent)
    ground = place.to_map(GRID)
    seen = np.isfinite(ground).all(axis=1)
    assert seen.sum() >= 20
    assert np.abs(place.to_px(ground[seen]) - GRID[seen]).max() < 0.01


@pytest.mark.parametrize("yaw", YAWS)
@pytest.mark.parametrize("pitch", [-90.0, -75.0, -42.0])
@pytest.mark.parametrize("roll", [0.0, 8.0])
def test_agrees_with_a_homogeneous_camera_matrix(yaw: float, pitch: float, roll: float) -> None:
    """P = K [R | -R C], written out from the definition of the angles, in true metres north, east, down."""
    psi, theta, phi = np.radians([yaw, pitch, roll])
    turn = np.array([[np.cos(psi), -np.sin(psi), 0], [np.sin(psi), np.cos(psi), 0], [0, 0, 1]])
    nod = np.array([[np.cos(theta), 0, np.sin(theta)], [0, 1, 0], [-np.sin(theta), 0, np.cos(theta)]])
    bank = np.array([[1, 0, 0], [0, np.cos(phi), -np.sin(phi)], [0, np.sin(phi), np.cos(phi)]])
    forward, right, down = (turn @ nod @ bank).T
    lens = camera()
    intrinsic = np.array([[lens.fx, 0, lens.cx], [0, lens.fy, lens.cy], [0, 0, 1]])
    matrix = intrinsic @ np.stack([right, down, forward])
    place = photo(attitude.from_gimbal(yaw, pitch, roll)[0])
    xyz = place.to_ground(GRID)
    xyz = xyz[np.isfinite(xyz).all(axis=1)]
    offset = (xyz[:, :2] - (place.x, place.y)) @ np.linalg.inv(place.axes).T
    below = place.z - xyz[:, 2] + (offset**2).sum(axis=1) / (2 * EARTH_RADIUS_M)
    homogeneous = np.column_stack([offset[:, 1], offset[:, 0], below]) @ matrix.T
    expected = homogeneous[:, :2] / homogeneous[:, 2:]
    assert len(xyz) >= 20
    assert np.abs(place.to_px(xyz[:, :2]) - expected).max() < 1e-6


def test_collinearity_in_the_grid_for_omega_phi_kappa() -> None:
    """The collinearity equations as photogrammetry writes them, with M = R transposed."""
    omega, phi, kappa = np.radians([3.0, -2.0, 101.0])
    m_omega = np.array([[1, 0, 0], [0, np.cos(omega), np.sin(omega)], [0, -np.sin(omega), np.cos(omega)]])
    m_phi = np.array([[np.cos(phi), 0, -np.sin(phi)], [0, 1, 0], [np.sin(phi), 0, np.cos(phi)]])
    m_kappa = np.array([[np.cos(kappa), np.sin(kappa), 0], [-np.sin(kappa), np.cos(kappa), 0], [0, 0, 1]])
    m = m_kappa @ m_phi @ m_omega
    lens = Camera(4000, 3000, 3000.0, 3000.0, 2000.0, 1500.0)
    wkt = crs_to_wkt("EPSG:32737")
    rotation = attitude.from_opk(*np.degrees([omega, phi, kappa]))[0]
    place = PosedPhoto(lens, "camera pose", wkt, 5e5, 9.7e6, 2000.0, rotation, np.eye(2), 1500.0, curved=False)
    target = np.array([[500100.0, 9700050.0, 1500.0], [499900.0, 9699970.0, 1530.0]])
    u, v, w = m @ (target - (5e5, 9.7e6, 2000.0)).T
    expected = np.column_stack([2000.0 - 3000.0 * u / w, 1500.0 + 3000.0 * v / w])
    assert np.abs(place.project(target) - expected).max() < 1e-6


def test_the_horizon_is_refused_not_clamped() -> None:
    place = photo(attitude.from_gimbal(10, -20, 0)[0])
    ground = place.to_map([(2000.0, 10.0), (2000.0, 2990.0)])
    assert np.isnan(ground[0]).all()
    assert np.isfinite(ground[1]).all()
    with pytest.raises(GeoreferenceError, match="horizon"):
        place.footprint()
    assert place.affine_fit(4000, 3000) is None
    assert np.isfinite(photo(attitude.from_gimbal(10, -40, 0)[0], agl=200).footprint(4)).all()


def test_footprint_scale_and_affine_fit_of_a_nadir_photo() -> None:
    place = photo(attitude.from_gimbal(0, -90, 0)[0])
    ring = place.footprint()
    area = 0.5 * abs(np.sum(ring[:-1, 0] * ring[1:, 1] - ring[1:, 0] * ring[:-1, 1]))
    expected = (80 / 3000 * 4000) * (80 / 3010 * 3000) * 0.9997**2
    assert area == pytest.approx(expected, rel=1e-4)
    assert place.gsd_m(4000, 3000) == pytest.approx(80 / math.sqrt(3000 * 3010), rel=1e-4)
    a, b, c, d, e, f = place.affine_fit(4000, 3000) or (0,) * 6
    fitted = np.column_stack([a * GRID[:, 0] + b * GRID[:, 1] + c, d * GRID[:, 0] + e * GRID[:, 1] + f])
    assert np.abs(fitted - place.to_map(GRID)).max() < 0.01


def test_error_is_what_perturbed_poses_show() -> None:
    """The estimate against the spread of 3000 cameras drawn from the same standard deviations."""
    rng = np.random.default_rng(3)
    place = photo(attitude.from_gimbal(40, -50, 2)[0])
    px = np.array([(2000.0, 1500.0), (100.0, 2900.0), (3900.0, 600.0)])
    sigma = place.error
    misses = []
    for _ in range(3000):
        wx, wy, wz = rng.normal(0, np.radians([sigma.tilt_deg, sigma.tilt_deg, sigma.yaw_deg]))
        spin = np.array([[1, -wz, wy], [wz, 1, -wx], [-wy, wx, 1]])
        east, north = place.axes @ rng.normal(0, sigma.xy_m, 2)
        moved = PosedPhoto(
            place.camera, place.kind, place.crs_wkt, place.x + east, place.y + north,
            place.z + rng.normal(0, sigma.z_m), spin @ place.rotation, place.axes, place.ground,
        )  # fmt: skip
        misses.append(moved.to_map(px) - place.to_map(px))
    seen = np.sqrt((np.array(misses) ** 2).sum(axis=2).mean(axis=0))
    assert np.abs(place.error_m(px) / seen - 1).max() < 0.1


def test_a_pose_under_ground_is_refused() -> None:
    with pytest.raises(GeoreferenceError, match="not above the ground"):
        photo(attitude.from_gimbal(0, -90, 0)[0], agl=-5.0)


def test_utm_zones() -> None:
    assert "UTM zone 37S" in utm_crs(36.9, -2.7)
    assert "UTM zone 1N" in utm_crs(180.0, 10.0)


# --- where a camera comes from ----------------------------------------------------------------------------------


def test_focal_length_from_tags() -> None:
    found = camera_from_tags(LENS, {}, 4000, 3000)
    assert found is not None
    assert found.fx == pytest.approx(FOCAL_PX, rel=1e-9)
    # A copy at half the size, as EXIF still tells the size it was taken in.
    half = camera_from_tags(LENS | {"PixelXDimension": "4000"}, {}, 2000, 1500)
    assert half is not None
    assert half.fx == pytest.approx(FOCAL_PX / 2, rel=1e-9)
    known = camera_from_tags(
        {"FocalLength": "(3.61)", "Model": "FC300S", "FocalLengthIn35mmFilm": "20"}, {}, 4000, 2250
    )
    assert known is not None
    assert known.fx == pytest.approx(2329, abs=1)
    film = camera_from_tags({"FocalLengthIn35mmFilm": "36"}, {}, 6000, 4000)
    assert film is not None
    assert film.fx == pytest.approx(6000, rel=1e-3)
    assert number("(-129/100)") == number("(129/-100)") == -1.29
    assert number("(0/0)") is number("(5/0)") is None
    assert camera_from_tags({"FocalLength": "(0)"}, {}, 4000, 3000) is None
    assert camera_from_tags({"FocalLength": "nonsense", "FocalLengthIn35mmFilm": "1/0"}, {}, 4000, 3000) is None


def test_dewarp_data_has_the_principal_point_from_the_centre() -> None:
    text = "2018-03-13;3659.78,3653.17,-7.71,45.9,-0.269478,0.115681,-0.0000875,-0.000306,-0.0357628"
    tags = xmp.properties(dji_xmp(DewarpData=text, DewarpFlag="0", CalibratedOpticalCenterX="2736.0",
                                  CalibratedOpticalCenterY="1824.0"))  # fmt: skip
    found = camera_from_tags({}, tags, 5472, 3648)
    assert found is not None
    assert (found.fx, found.cx, found.cy) == (3659.78, 2736 - 7.71, 1824 + 45.9)
    assert found.distortion == (-0.269478, 0.115681, -0.0000875, -0.000306, -0.0357628)
    straight = camera_from_tags({}, {**tags, "drone-dji:DewarpFlag": "1"}, 5472, 3648)
    assert straight is not None
    assert straight.distortion == (0.0,) * 5


def test_calibration_files(tmp_path: Path) -> None:
    yaml = tmp_path / "camera.yml"
    yaml.write_text(
        "%YAML:1.0\n---\nimage_width: 4000\nimage_height: 3000\ncamera_matrix: !!opencv-matrix\n   rows: 3\n"
        "   cols: 3\n   dt: d\n   data: [ 3.0e+03, 0., 1999.5, 0.,\n       3010., 1499.5, 0., 0., 1. ]\n"
        "distortion_coefficients: !!opencv-matrix\n   rows: 1\n   cols: 5\n   dt: d\n"
        "   data: [ -0.1, 2e-2, 1e-3, -1e-3, 0. ]\n"
    )
    content = {
        "camera_matrix": [[3000, 0, 1999.5], [0, 3010, 1499.5], [0, 0, 1]],
        "dist_coeffs": [[-0.1, 0.02, 0.001, -0.001, 0.0]], "image_width": 4000, "image_height": 3000,
    }  # fmt: skip
    (tmp_path / "camera.json").write_text(json.dumps(content))
    odm = {
        "v2 dji fc6310 4000 3000 brown 0.66": {
            "projection_type": "brown", "width": 4000, "height": 3000, "focal_x": 0.75, "focal_y": 0.7525, "c_x": 0.0,
            "c_y": 0.0, "k1": -0.1, "k2": 0.02, "p1": 0.001, "p2": -0.001, "k3": 0.0,
        }
    }  # fmt: skip
    (tmp_path / "cameras.json").write_text(json.dumps(odm))
    for name in ("camera.yml", "camera.json", "cameras.json"):
        (found,) = read_calibration(tmp_path / name)
        assert (found.fx, found.fy, found.cx, found.cy) == (3000, 3010, 2000, 1500), name
        assert found.distortion == (-0.1, 0.02, 0.001, -0.001, 0.0)
    half = choose(read_calibration(yaml), 2000, 1500)
    assert (half.fx, half.cx) == (1500, 1000)
    with pytest.raises(GeoreferenceError, match="4000 x 3000 px"):
        choose(read_calibration(yaml), 4000, 2250)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", "camera_matrix: [1, 2]", '{"a": {"projection_type": "fisheye"}}']
)
def test_what_is_no_calibration_is_refused_in_one_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(GeoreferenceError, match=r"x\.json") as told:
        read_calibration(tmp_path / "x.json")
    assert "\n" not in str(told.value)


def test_xmp_that_expands_entities_is_not_parsed() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>' + dji_xmp(GimbalYawDegree="&b;")
    assert xmp.properties(bomb) == {}
    assert xmp.properties("<x:xmpmeta") == {}
    assert xmp.properties(dji_xmp(GimbalYawDegree="1") + " " * (1 << 17)) == {}
    assert xmp.properties(dji_xmp(GimbalYawDegree="+1.5"))["drone-dji:GimbalYawDegree"] == "+1.5"
