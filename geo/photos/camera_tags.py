"""The camera that took a photo, as the photo's own EXIF and XMP describe it.

Sources: CIPA DC-008 (EXIF) and DCG-001 (35 mm equivalents); Pix4D, "Specification of the Pix4Dmapper XMP tags" and "How
are the internal and external camera parameters defined?"; DJI's manuals for `drone-dji`.
"""

import math
import re
from collections.abc import Mapping

from geo.errors import GeoreferenceError, Remark
from geo.photos import fisheye
from geo.photos.camera import NO_DISTORTION, Camera, Distortion

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


EXIF_TAGS = (
    "Model", "FocalLength", "FocalLengthIn35mmFilm", "FocalPlaneXResolution", "FocalPlaneResolutionUnit",
    "PixelXDimension", "DigitalZoomRatio", "CustomRendered",
)  # fmt: skip
XMP_TAGS = (
    "drone-dji:DewarpData", "drone-dji:DewarpFlag", "drone-dji:CalibratedFocalLength",
    "drone-dji:CalibratedOpticalCenterX", "drone-dji:CalibratedOpticalCenterY", "Camera:ModelType",
    "Camera:PerspectiveFocalLength", "Camera:PerspectiveDistortion", "Camera:PrincipalPoint",
    "Camera:FisheyePolynomial", "Camera:FisheyeAffineMatrix", "GPano:ProjectionType", "GPano:FullPanoWidthPixels",
)  # fmt: skip
"""All tags that say what the camera is, and that a picture is no camera's."""

_FLAT = ("rectilinear", "perspective", "flat", "pinhole")
_MERGED_PANORAMA = 6  # EXIF's CustomRendered, as phones write it


def panorama(exif: Mapping[str, str], xmp: Mapping[str, str]) -> str | None:
    """The kind of panorama that a picture is, such as 'equirectangular'; None for a picture of one exposure."""
    kind = xmp.get("GPano:ProjectionType", "").strip().lower()
    lens = xmp.get("Camera:ModelType", "").strip().lower()
    if kind:
        return None if kind in _FLAT else kind[:40]
    if lens in ("spherical", "equirectangular", "cylindrical"):
        return lens
    stitched = "GPano:FullPanoWidthPixels" in xmp or number(exif.get("CustomRendered")) == _MERGED_PANORAMA
    return "stitched from several" if stitched else None


def is_fisheye(xmp: Mapping[str, str]) -> bool:
    """Whether Pix4D's tags say that the lens is a fisheye."""
    return xmp.get("Camera:ModelType", "").strip().lower() == "fisheye" or "Camera:FisheyePolynomial" in xmp


def no_camera(exif: Mapping[str, str], xmp: Mapping[str, str]) -> Remark:
    """Why `camera_from_tags` finds none."""
    if is_fisheye(xmp):
        return Remark(
            "its lens is a fisheye, and its tags have no polynomial and affine matrix that make a lens; give a "
            "calibration file",
            about="calibration",
        )
    return Remark("no focal length in its tags; give a calibration file", about="calibration")


def camera_from_tags(exif: Mapping[str, str], xmp: Mapping[str, str], width: int, height: int) -> Camera | None:
    """The camera as EXIF and XMP (`geo.raster.xmp.properties`) describe it; None where they do not (`no_camera`).

    A fisheye by Pix4D's polynomial. Others in this order: DJI's DewarpData; Pix4D's Camera tags; DJI's
    CalibratedFocalLength; focal length with FocalPlaneXResolution; with the sensor of a known model; the 35 mm
    equivalent (by the diagonal, as CIPA defines it).
    """
    if is_fisheye(xmp):
        return _from_fisheye_tags(exif, xmp, width, height)
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
    match = re.match(
        r"[\s(]*([+-]?\d{1,20}(?:\.\d{0,20})?(?:[eE][+-]?\d{1,3})?)(?:\s*/\s*([+-]?\d{1,20}))?", text or ""
    )
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


def _principal_point(xmp: Mapping[str, str], per_mm: float | None, width: int, height: int) -> tuple[float, float]:
    """Pix4D's principal point, in px; the picture's centre where the tags have none."""
    point = [number(part) for part in xmp.get("Camera:PrincipalPoint", "").split(",")]
    if per_mm is not None and len(point) == 2 and point[0] and point[1]:
        return point[0] * per_mm, point[1] * per_mm
    return width / 2, height / 2


def _from_fisheye_tags(exif: Mapping[str, str], xmp: Mapping[str, str], width: int, height: int) -> Camera | None:
    """Pix4D's XMP for a fisheye: the polynomial of the angle, the affine matrix in px, the principal point in mm."""
    polynomial = [number(part) for part in xmp.get("Camera:FisheyePolynomial", "").split(",")]
    matrix = [number(part) for part in xmp.get("Camera:FisheyeAffineMatrix", "").split(",")]
    if not 2 <= len(polynomial) <= 9 or len(matrix) != 4 or None in (*polynomial, *matrix):
        return None
    c, d, e, f = (float(value or 0.0) for value in matrix)
    taken = number(exif.get("PixelXDimension")) or width
    copied = width / taken if taken > 0 else 1.0
    cx, cy = _principal_point(xmp, _focal_plane_px_per_mm(exif, width), width, height)
    try:
        lens = fisheye.of_pix4d(tuple(float(value or 0.0) for value in polynomial), (d / c, e / f))
        return Camera(
            width, height, c * copied, f * copied, cx, cy, focal_sigma=0.002, source="Camera:FisheyePolynomial",
            fisheye=lens,
        )  # fmt: skip
    except (GeoreferenceError, ZeroDivisionError):
        return None


def _from_camera_tags(exif: Mapping[str, str], xmp: Mapping[str, str], width: int, height: int) -> Camera | None:
    """Pix4D's XMP: focal length and principal point in mm, distortion as R1, R2, R3, T1, T2."""
    focal_mm, per_mm = number(xmp.get("Camera:PerspectiveFocalLength")), _focal_plane_px_per_mm(exif, width)
    if not focal_mm or per_mm is None:
        return None
    bent = [number(part) for part in xmp.get("Camera:PerspectiveDistortion", "").split(",")]
    k1, k2, k3, p1, p2 = (float(value or 0) for value in bent) if len(bent) == 5 else NO_DISTORTION
    cx, cy = _principal_point(xmp, per_mm, width, height)
    focal = focal_mm * per_mm
    try:
        return Camera(width, height, focal, focal, cx, cy, (k1, k2, p1, p2, k3), 0.002, "Camera:PerspectiveFocalLength")
    except GeoreferenceError:
        return None
