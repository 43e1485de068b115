"""A frame camera's interior: from image px to the direction it looks in, and back.

Camera frame: x right along the image's rows, y down its columns, z forward through the lens; image px as everywhere
(origin at the outer corner of the top-left pixel), so OpenCV's px, which count from a pixel's centre, are shifted by
a half. Distortion is Brown's: with x, y = X/Z, Y/Z and r2 = x2 + y2,

    x' = x (1 + k1 r2 + k2 r4 + k3 r6) + 2 p1 x y + p2 (r2 + 2 x2)
    y' = y (1 + k1 r2 + k2 r4 + k3 r6) + p1 (r2 + 2 y2) + 2 p2 x y
    px = fx x' + cx, fy y' + cy

(D. C. Brown, "Close-range camera calibration", 1971, in OpenCV's order of coefficients).
"""

import functools
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.errors import GeoreferenceError
from geo.paths import StrPath, as_path

Floats = NDArray[np.float64]
Distortion = tuple[float, float, float, float, float]

NO_DISTORTION: Distortion = (0.0, 0.0, 0.0, 0.0, 0.0)
MAX_CALIBRATION_BYTES = 4 << 20

_ITERATIONS = 25
_WIDEST = 3.0  # tan of the widest view, 71 degrees from the axis: further out Brown's model means nothing
_FILM_DIAGONAL_MM = math.hypot(36.0, 24.0)
_MM_PER_UNIT = {2: 25.4, 3: 10.0, 4: 1.0, 5: 0.001}  # EXIF FocalPlaneResolutionUnit

# The longer side in mm of the sensor's picture area, by EXIF model: makers' pixel pitch times pixels. These cameras'
# 35 mm equivalents are rounded to whole millimetres, which is up to 3 % of a length on the ground.
_SENSOR_MM = {
    "fc300s": 6.20, "fc300x": 6.20, "fc300c": 6.20, "fc300se": 6.20, "fc330": 6.25, "fc350": 6.20,
    "fc220": 6.20, "fc6310": 13.13, "fc6310r": 13.13, "fc6310s": 13.13, "fc6360": 4.87, "fc6510": 13.13,
    "fc6520": 17.42, "fc550": 17.30, "l1d-20c": 13.13, "l2d-20c": 17.42, "fc3411": 13.13, "fc3170": 6.40,
    "zenmusep1": 35.90, "m3e": 17.42, "canon eos 5d mark ii": 36.0, "canon eos 5d mark iii": 36.0,
    "nikon d3200": 23.2, "nikon d7100": 23.5, "nikon d800": 35.9, "nikon d810": 35.9, "nikon d850": 35.9,
}  # fmt: skip


@dataclass(frozen=True)
class Camera:
    """The interior of a frame camera for images of one size.

    width, height   px
    fx, fy          focal length in px along x and y
    cx, cy          principal point in image px
    distortion      Brown's k1, k2, p1, p2, k3
    focal_sigma     relative standard deviation of the focal length
    source          where it came from, in words
    name            what a calibration file calls the camera

    Raises `GeoreferenceError` for values that make no camera.
    """

    width: int
    height: int
    fx: float
    fy: float
    cx: float
    cy: float
    distortion: Distortion = NO_DISTORTION
    focal_sigma: float = 0.0
    source: str = ""
    name: str = ""

    def __post_init__(self) -> None:
        values = (self.fx, self.fy, self.cx, self.cy, *self.distortion)
        longest = max(self.width, self.height)
        if self.width < 1 or self.height < 1 or len(self.distortion) != 5 or not np.isfinite(values).all():
            raise GeoreferenceError(
                f"the camera of {self.width} x {self.height} px has NaN or missing values; expected numbers; "
                "calibrate the camera again"
            )
        if not all(0.05 < f / longest < 200 for f in (self.fx, self.fy)):
            raise GeoreferenceError(
                f"a focal length of {self.fx:.6g} px does not fit an image {longest} px long; check the focal length "
                "and the sensor"
            )
        if not (abs(self.cx / self.width - 0.5) < 1 and abs(self.cy / self.height - 0.5) < 1):
            raise GeoreferenceError(f"a principal point at ({self.cx:.6g}, {self.cy:.6g}) px is far outside the image")

    def rays(self, xy_px: ArrayLike) -> Floats:
        """(N,2) image px -> (N,3) directions in the camera frame with z = 1; NaN if no ray leads to the px."""
        px = np.asarray(xy_px, np.float64).reshape(-1, 2)
        rays = np.ones((len(px), 3))
        rays[:, 0] = (px[:, 0] - self.cx) / self.fx
        rays[:, 1] = (px[:, 1] - self.cy) / self.fy
        if self.distortion != NO_DISTORTION:
            rays[:, :2] = _undistorted(rays[:, :2], self.distortion)
        return rays

    def project(self, directions: ArrayLike) -> Floats:
        """(N,3) directions in the camera frame -> (N,2) image px; NaN behind the camera or beyond the lens's model."""
        towards = np.asarray(directions, np.float64).reshape(-1, 3)
        with np.errstate(divide="ignore", invalid="ignore"):
            xy = towards[:, :2] / towards[:, 2:]
        xy[~(towards[:, 2] > 0)] = np.nan
        if self.distortion != NO_DISTORTION:
            limit = _largest_radius(self.distortion)
            xy[~(np.hypot(xy[:, 0], xy[:, 1]) <= limit)] = np.nan
            xy = _distorted(xy, self.distortion)
        return np.asarray(xy * (self.fx, self.fy) + (self.cx, self.cy), np.float64)

    def resized(self, width: int, height: int) -> "Camera":
        """The same camera for images of another size but the same shape. Raises where the shape differs."""
        if (width, height) == (self.width, self.height):
            return self
        x, y = width / self.width, height / self.height
        if abs(x / y - 1) > 0.005:
            raise GeoreferenceError(
                f"a calibration for {self.width} x {self.height} px does not fit an image of {width} x {height} px; "
                "calibrate with images of the same shape"
            )
        return replace(self, width=width, height=height, fx=self.fx * x, fy=self.fy * y, cx=self.cx * x, cy=self.cy * y)


# --- from a photo's own tags ------------------------------------------------------------------------------------


def camera_from_tags(exif: Mapping[str, str], xmp: Mapping[str, str], width: int, height: int) -> Camera | None:
    """The camera as EXIF and XMP (`geo.raster.xmp.properties`) describe it; None where they do not.

    In this order: DJI's DewarpData; Pix4D's Camera tags; DJI's CalibratedFocalLength; focal length with
    FocalPlaneXResolution; with the sensor of a known model; the 35 mm equivalent (by the diagonal, as CIPA defines it).
    """
    found = _from_dewarp_data(xmp, width, height) or _from_camera_tags(exif, xmp, width, height)
    if found is not None:
        return found
    longest = max(width, height)
    focal_px: float | None = None
    sigma, source = 0.01, ""
    designed = number(xmp.get("drone-dji:CalibratedFocalLength"))
    centre = number(xmp.get("drone-dji:CalibratedOpticalCenterX"))
    focal_mm = number(exif.get("FocalLength"))
    zoom = number(exif.get("DigitalZoomRatio")) or 1.0
    film = number(exif.get("FocalLengthIn35mmFilm"))
    model = exif.get("Model", "").strip().lower()
    per_mm = _focal_plane_px_per_mm(exif, width)
    if designed and designed > 0:
        focal_px = designed * (longest / (2 * centre) if centre and centre > 0 else 1.0)
        source = "CalibratedFocalLength"
    elif focal_mm and focal_mm > 0 and per_mm is not None:
        focal_px, source = focal_mm * per_mm, "focal length and focal plane resolution"
    elif focal_mm and focal_mm > 0 and model in _SENSOR_MM:
        focal_px = focal_mm / _SENSOR_MM[model] * longest * max(1.0, zoom)
        source = f"focal length and the sensor of {model.upper()}"
    elif film and film > 0:
        # A wide picture is the crop of a 4:3 or 3:2 sensor of the same width.
        aspect = longest / min(width, height)
        diagonal = math.hypot(width, height) if aspect < 1.6 else 1.225 * longest
        focal_px, sigma, source = film * diagonal / _FILM_DIAGONAL_MM, 0.03, "35 mm equivalent focal length"
    if focal_px is None:
        return None
    try:
        return Camera(
            width, height, focal_px, focal_px, width / 2, height / 2, focal_sigma=sigma, source=source, name=model
        )
    except GeoreferenceError:
        return None


def number(text: str | None) -> float | None:
    """The first number of a tag's text: '+12.5', '(3.61)', '35/2'; None where there is none that is finite."""
    match = re.match(r"[\s(]*([+-]?\d{1,20}(?:\.\d{0,20})?(?:[eE][+-]?\d{1,3})?)(?:\s*/\s*(\d{1,20}))?", text or "")
    if match is None:
        return None
    under = float(match[2]) if match[2] else 1.0
    value = float(match[1]) / under if under else math.nan
    return value if math.isfinite(value) else None


def _focal_plane_px_per_mm(exif: Mapping[str, str], width: int) -> float | None:
    per_unit = number(exif.get("FocalPlaneXResolution"))
    unit = _MM_PER_UNIT.get(int(number(exif.get("FocalPlaneResolutionUnit")) or 2))
    if not per_unit or per_unit <= 0 or unit is None:
        return None
    # The resolution is that of the picture as taken; a smaller copy has fewer px on the same sensor.
    taken = number(exif.get("PixelXDimension")) or width
    per_mm = per_unit / unit * (width / taken if taken > 0 else 1.0)
    return per_mm if 2.0 < width / per_mm < 120.0 else None  # sensors are 2 to 120 mm wide; other values are bugs


def _from_dewarp_data(xmp: Mapping[str, str], width: int, height: int) -> Camera | None:
    """DJI: 'date;fx,fy,cx,cy,k1,k2,p1,p2,k3' in px, the principal point from the image's centre."""
    parts = xmp.get("drone-dji:DewarpData", "").rpartition(";")[2].split(",")
    values = [number(part) for part in parts]
    if len(values) != 9 or any(value is None for value in values):
        return None
    fx, fy, cx, cy, k1, k2, p1, p2, k3 = (float(value or 0.0) for value in values)
    middle = (
        number(xmp.get("drone-dji:CalibratedOpticalCenterX")),
        number(xmp.get("drone-dji:CalibratedOpticalCenterY")),
    )
    scale = 1.0
    if middle[0] and middle[1] and middle[0] > 0:
        scale = width / (2 * middle[0])
        if abs(height / (2 * middle[1]) / scale - 1) > 0.02:
            return None  # a crop of the calibrated picture
    straight = (number(xmp.get("drone-dji:DewarpFlag")) or 0) > 0
    bent: Distortion = NO_DISTORTION if straight else (k1, k2, p1, p2, k3)
    try:
        return Camera(
            width, height, fx * scale, fy * scale, width / 2 + cx * scale, height / 2 + cy * scale, bent, 0.002,
            "DewarpData",
        )  # fmt: skip
    except GeoreferenceError:
        return None


def _from_camera_tags(exif: Mapping[str, str], xmp: Mapping[str, str], width: int, height: int) -> Camera | None:
    """Pix4D's XMP: focal length and principal point in mm, distortion as R1, R2, R3, T1, T2."""
    focal_mm, per_mm = number(xmp.get("Camera:PerspectiveFocalLength")), _focal_plane_px_per_mm(exif, width)
    if not focal_mm or per_mm is None or xmp.get("Camera:ModelType", "perspective").lower() != "perspective":
        return None
    bent = [number(part) for part in xmp.get("Camera:PerspectiveDistortion", "").split(",")]
    k1, k2, k3, p1, p2 = (float(value or 0) for value in bent) if len(bent) == 5 else NO_DISTORTION
    point = [number(part) for part in xmp.get("Camera:PrincipalPoint", "").split(",")]
    cx, cy = width / 2, height / 2
    if len(point) == 2 and point[0] and point[1]:
        cx, cy = point[0] * per_mm, point[1] * per_mm
    focal = focal_mm * per_mm
    try:
        return Camera(width, height, focal, focal, cx, cy, (k1, k2, p1, p2, k3), 0.002, "Camera:PerspectiveFocalLength")
    except GeoreferenceError:
        return None


# --- from a calibration file ------------------------------------------------------------------------------------


def read_calibration(path: StrPath) -> tuple[Camera, ...]:
    """The cameras of a calibration file: OpenCV's (YAML or JSON: camera_matrix, distortion_coefficients, image_width,
    image_height) or OpenDroneMap's cameras.json ('perspective' and 'brown').

    Raises `GeoreferenceError` where the file is neither.
    """
    path = as_path(path)
    try:
        if path.stat().st_size > MAX_CALIBRATION_BYTES:
            raise GeoreferenceError(
                f"{path.name}: {path.stat().st_size >> 20} MB is too large for a calibration; expected at most 4 MB"
            )
        text = path.read_text("utf-8", "replace")
    except OSError as error:
        raise GeoreferenceError(f"{path.name}: cannot be read ({error.strerror}); give a calibration file") from error
    try:
        if text.lstrip("\ufeff \r\n\t").startswith("{"):
            found = _from_json(json.loads(text.lstrip("\ufeff")))
        else:
            found = [_from_opencv({key: _yaml_numbers(text, key) for key in _OPENCV_KEYS})]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        if isinstance(error, GeoreferenceError):
            raise GeoreferenceError(f"{path.name}: {error}") from error
        raise GeoreferenceError(
            f"{path.name}: no calibration found ({type(error).__name__}); expected OpenCV's camera_matrix, "
            "distortion_coefficients, image_width, image_height, or OpenDroneMap's cameras.json"
        ) from error
    return tuple(found)


def choose(cameras: Sequence[Camera], width: int, height: int, model: str = "") -> Camera:
    """The calibrated camera for an image: named like its EXIF model, of its size, or of its shape.

    Raises `GeoreferenceError` where none fits.
    """
    named = [camera for camera in cameras if model and model.strip().lower() in camera.name.lower()]
    for camera in (*named, *cameras):
        if (camera.width, camera.height) == (width, height):
            return camera
    fitting = [c for c in (*named, *cameras) if abs(width * c.height / (height * c.width) - 1) <= 0.005]
    if fitting:
        return fitting[0].resized(width, height)
    sizes = ", ".join(f"{camera.width} x {camera.height}" for camera in cameras[:3])
    raise GeoreferenceError(
        f"the calibration is for images of {sizes} px, but this image has {width} x {height} px; calibrate the camera "
        "at that size"
    )


_OPENCV_KEYS = ("camera_matrix", "distortion_coefficients", "image_width", "image_height")
_OPENCV_ALIASES = {
    "camera_matrix": ("camera_matrix", "cameraMatrix", "Camera_Matrix", "intrinsic_matrix", "mtx", "K"),
    "distortion_coefficients": (
        "distortion_coefficients", "Distortion_Coefficients", "distCoeffs", "dist_coeffs", "dist_coeff", "dist", "D",
    ),
    "image_width": ("image_width", "image_Width", "width"),
    "image_height": ("image_height", "image_Height", "height"),
}  # fmt: skip


def _yaml_numbers(text: str, key: str) -> list[float]:
    """The numbers under a key of a YAML file: a scalar, a list, or OpenCV's and ROS's matrix with its data."""
    for alias in _OPENCV_ALIASES[key]:
        start = re.search(rf"^\s*[\"']?{alias}[\"']?\s*:", text, re.MULTILINE)
        if start is None:
            continue
        rest = text[start.end() : start.end() + 4000]
        line = rest.splitlines()[0] if rest else ""
        if (scalar := re.fullmatch(r"\s*([+-]?[\d.eE+-]+)\s*(#.*)?", line)) is not None:
            return [float(scalar[1])]
        block = re.search(r"\[([^]]*(?:\]\s*,\s*\[[^]]*)*)\]", rest)
        if block is not None:
            return [float(value) for value in re.findall(r"[+-]?\d[\d.]*(?:[eE][+-]?\d+)?", block[1])]
    return []


def _flat(value: Any) -> list[float]:
    if isinstance(value, Mapping):
        value = value.get("data", [])
    if isinstance(value, (int, float)):
        return [float(value)]
    return [number for item in value for number in _flat(item)]


def _from_json(content: Any) -> list[Camera]:
    entries = content.get("cameras", content) if isinstance(content, dict) else {}
    found = []
    for name, entry in entries.items():
        if isinstance(entry, dict) and "projection_type" in entry:
            found.append(_from_opensfm(str(name), entry))
    if found:
        return found
    values: dict[str, list[float]] = {}
    for key, aliases in _OPENCV_ALIASES.items():
        values[key] = next((_flat(content[alias]) for alias in aliases if alias in content), [])
    size = next((_flat(content[key]) for key in ("image_size", "img_size") if key in content), [])
    if len(size) == 2 and not values["image_width"]:
        values["image_width"], values["image_height"] = size[:1], size[1:]
    return [_from_opencv(values)]


def _from_opencv(values: Mapping[str, list[float]]) -> Camera:
    matrix, bent = values["camera_matrix"], values["distortion_coefficients"]
    if len(matrix) != 9 or not values["image_width"] or not values["image_height"]:
        raise GeoreferenceError(
            "no camera_matrix of 9 numbers with image_width and image_height; expected OpenCV's calibration"
        )
    if any(bent[5:]):
        raise GeoreferenceError(f"{len(bent)} distortion coefficients; expected Brown's k1, k2, p1, p2, k3")
    k = ([*bent[:5], 0.0, 0.0, 0.0, 0.0, 0.0])[:5]
    return Camera(
        int(values["image_width"][0]), int(values["image_height"][0]), matrix[0], matrix[4], matrix[2] + 0.5,
        matrix[5] + 0.5, (k[0], k[1], k[2], k[3], k[4]), 0.001, "calibration file",
    )  # fmt: skip


def _from_opensfm(name: str, entry: Mapping[str, Any]) -> Camera:
    """OpenDroneMap's: lengths in units of the longer side, the principal point from the image's centre."""
    kind = entry["projection_type"]
    if kind not in ("perspective", "brown"):
        raise GeoreferenceError(f"a camera of type {str(kind)[:40]!r}; expected 'perspective' or 'brown'")
    width, height = int(entry["width"]), int(entry["height"])
    longest = max(width, height)
    fx = float(entry.get("focal_x", entry.get("focal", 0.0)))
    fy = float(entry.get("focal_y", fx))
    k1, k2, p1, p2, k3 = (float(entry.get(key, 0.0)) for key in ("k1", "k2", "p1", "p2", "k3"))
    return Camera(
        width, height, fx * longest, fy * longest, width / 2 + float(entry.get("c_x", 0.0)) * longest,
        height / 2 + float(entry.get("c_y", 0.0)) * longest, (k1, k2, p1, p2, k3), 0.001, "calibration file", name,
    )  # fmt: skip


# --- Brown's distortion -----------------------------------------------------------------------------------------


def _distorted(xy: Floats, distortion: Distortion) -> Floats:
    k1, k2, p1, p2, k3 = distortion
    x, y = xy[:, 0], xy[:, 1]
    r2 = x * x + y * y
    radial = 1 + r2 * (k1 + r2 * (k2 + r2 * k3))
    out = np.empty_like(xy)
    out[:, 0] = x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x * x)
    out[:, 1] = y * radial + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y
    return out


def _undistorted(bent: Floats, distortion: Distortion) -> Floats:
    """The inverse of `_distorted` by Newton's method; NaN if it has no solution within the model's radius."""
    k1, k2, p1, p2, k3 = distortion
    limit = _largest_radius(distortion)
    xy = bent.copy()
    # Far outside, Newton's method starts inside, because the model is monotonic only up to its largest radius.
    far = np.hypot(xy[:, 0], xy[:, 1])
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        xy *= np.minimum(1.0, 0.9 * limit / far)[:, None] if limit < _WIDEST else 1.0
        for _ in range(_ITERATIONS):
            x, y = xy[:, 0], xy[:, 1]
            r2 = x * x + y * y
            radial = 1 + r2 * (k1 + r2 * (k2 + r2 * k3))
            slope = k1 + r2 * (2 * k2 + r2 * 3 * k3)
            cross = 2 * x * y * slope + 2 * p1 * x + 2 * p2 * y
            xx = radial + 2 * x * x * slope + 2 * p1 * y + 6 * p2 * x
            yy = radial + 2 * y * y * slope + 6 * p1 * y + 2 * p2 * x
            miss = _distorted(xy, distortion) - bent
            det = xx * yy - cross * cross
            xy[:, 0] -= (yy * miss[:, 0] - cross * miss[:, 1]) / det
            xy[:, 1] -= (xx * miss[:, 1] - cross * miss[:, 0]) / det
        miss = np.abs(_distorted(xy, distortion) - bent).max(axis=1)
        xy[~((miss < 1e-9) & (np.hypot(xy[:, 0], xy[:, 1]) <= limit))] = np.nan
    return xy


@functools.lru_cache(maxsize=64)
def _largest_radius(distortion: Distortion) -> float:
    """Where the radial model stops growing: beyond it, two directions would fall on one pixel."""
    k1, k2, _, _, k3 = distortion
    r = np.linspace(0, _WIDEST, 3001)
    growth = 1 + 3 * k1 * r**2 + 5 * k2 * r**4 + 7 * k3 * r**6
    turned = np.flatnonzero(growth <= 0)
    return float(r[turned[0]]) if len(turned) else _WIDEST
