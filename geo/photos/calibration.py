"""Cameras from a calibration file: of OpenCV, ROS, or OpenDroneMap."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from geo.errors import GeoreferenceError
from geo.paths import StrPath, as_path
from geo.photos import fisheye
from geo.photos.camera import NO_DISTORTION, Camera
from geo.text_encoding import unicode_text

MAX_CALIBRATION_BYTES = 4 << 20


def read_calibration(path: StrPath) -> tuple[Camera, ...]:
    """The cameras of a calibration file: OpenCV's (YAML or JSON: camera_matrix, distortion_coefficients, image_width,
    image_height; with `fisheye_model: 1`, or ROS's `distortion_model: equidistant`, OpenCV's fisheye) or OpenDroneMap's
    cameras.json ('perspective', 'brown', 'fisheye', 'fisheye_opencv').

    Raises `GeoreferenceError` where the file is neither.
    """
    path = as_path(path)
    try:
        if path.stat().st_size > MAX_CALIBRATION_BYTES:
            raise GeoreferenceError(
                f"{path.name}: {path.stat().st_size >> 20} MB is too large for a calibration; expected at most 4 MB"
            )
        text = unicode_text(path.read_bytes())
    except OSError as error:
        raise GeoreferenceError(f"{path.name}: cannot be read ({error.strerror}); give a calibration file") from error
    if text is None:
        raise GeoreferenceError(f"{path.name}: not UTF-8 text; save it as UTF-8, or give another calibration file")
    try:
        if text.lstrip().startswith("{"):
            found = _from_json(json.loads(text))
        else:
            lens = re.search(_YAML_LENS, text, re.MULTILINE)
            values = {key: _yaml_numbers(text, key) for key in _OPENCV_KEYS}
            found = [_from_opencv(values, "" if lens is None else f"{lens[1]}={lens[2]}")]
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


_LENS_KEYS = (
    "distortion_model", "fisheye_model", "camera_model", "lens_model", "camera_type", "projection_model", "lens_type",
    "fisheye",
)  # fmt: skip
_MOST_TANGENTIAL = 0.05  # no lens is mounted as crookedly as that
_YAML_LENS = rf"^\s*[\"']?({'|'.join(_LENS_KEYS)})[\"']?\s*:\s*[\"']?([\w-]+)"
_FISHEYES = ("equidistant", "fisheye", "opencvfisheye", "kannalabrandt", "kannalabrandt4", "kb4", "1", "true")
_BROWNS = ("", "plumbbob", "radtan", "brown", "brownconrady", "pinhole", "perspective", "opencv", "rationalpolynomial",
           "0", "false")  # fmt: skip


def _is_fisheye(lens: str) -> bool:
    """Whether 'key=value' of a calibration names OpenCV's fisheye. Raises `GeoreferenceError` for a lens of another
    kind."""
    key, _, value = lens.partition("=")
    plain = re.sub(r"[\W_]", "", value.lower())
    if plain in _FISHEYES or plain in _BROWNS:
        return plain in _FISHEYES
    raise GeoreferenceError(f"{key} is {value[:40]!r}; expected Brown's model (plumb_bob) or a fisheye (equidistant)")


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
    size = next((_flat(content[key]) for key in ("image_size", "img_size", "DIM", "dim") if key in content), [])
    if len(size) == 2 and not values["image_width"]:
        values["image_width"], values["image_height"] = size[:1], size[1:]
    lens = next((f"{key}={content[key]}" for key in _LENS_KEYS if key in content), "")
    return [_from_opencv(values, lens)]


def _from_opencv(values: Mapping[str, list[float]], lens: str) -> Camera:
    matrix, bent = values["camera_matrix"], values["distortion_coefficients"]
    if len(matrix) != 9 or not values["image_width"] or not values["image_height"]:
        raise GeoreferenceError(
            "no camera_matrix of 9 numbers with image_width and image_height; expected OpenCV's calibration"
        )
    if _is_fisheye(lens):
        return _from_opencv_fisheye(values)
    if not lens and len(bent) == 4 and max(map(abs, bent[2:])) > _MOST_TANGENTIAL:
        raise GeoreferenceError(
            "4 distortion coefficients, which are too large for Brown's k1, k2, p1, p2: if they are a fisheye's, add "
            "distortion_model: equidistant"
        )
    if any(bent[5:]):
        raise GeoreferenceError(f"{len(bent)} distortion coefficients; expected Brown's k1, k2, p1, p2, k3")
    k = ([*bent[:5], 0.0, 0.0, 0.0, 0.0, 0.0])[:5]
    return Camera(
        int(values["image_width"][0]), int(values["image_height"][0]), matrix[0], matrix[4], matrix[2] + 0.5,
        matrix[5] + 0.5, (k[0], k[1], k[2], k[3], k[4]), 0.001, "calibration file",
    )  # fmt: skip


def _from_opencv_fisheye(values: Mapping[str, list[float]]) -> Camera:
    matrix, bent = values["camera_matrix"], values["distortion_coefficients"]
    if len(bent) > 4:
        raise GeoreferenceError(f"{len(bent)} coefficients of a fisheye; expected OpenCV's k1, k2, k3, k4")
    k = (*bent, 0.0, 0.0, 0.0, 0.0)
    return Camera(
        int(values["image_width"][0]), int(values["image_height"][0]), matrix[0], matrix[4], matrix[2] + 0.5,
        matrix[5] + 0.5, focal_sigma=0.001, source="calibration file",
        fisheye=fisheye.of_opencv(k[0], k[1], k[2], k[3], matrix[1] / matrix[0] if matrix[0] else 0.0),
    )  # fmt: skip


def _from_opensfm(name: str, entry: Mapping[str, Any]) -> Camera:
    """OpenDroneMap's: lengths in units of the longer side, the principal point from the image's centre."""
    kind = entry["projection_type"]
    if kind not in ("perspective", "brown", "fisheye", "fisheye_opencv"):
        raise GeoreferenceError(
            f"a camera of type {str(kind)[:40]!r}; expected 'perspective', 'brown', 'fisheye' or 'fisheye_opencv'"
        )
    width, height = int(entry["width"]), int(entry["height"])
    longest = max(width, height)
    fx = float(entry.get("focal_x", entry.get("focal", 0.0)))
    fy = float(entry.get("focal_y", fx))
    k1, k2, p1, p2, k3, k4 = (float(entry.get(key, 0.0)) for key in ("k1", "k2", "p1", "p2", "k3", "k4"))
    lens = fisheye.of_opencv(k1, k2, k3, k4) if kind.startswith("fisheye") else None
    return Camera(
        width, height, fx * longest, fy * longest, width / 2 + float(entry.get("c_x", 0.0)) * longest,
        height / 2 + float(entry.get("c_y", 0.0)) * longest,
        NO_DISTORTION if lens is not None else (k1, k2, p1, p2, k3), 0.001, "calibration file", name, lens,
    )  # fmt: skip
