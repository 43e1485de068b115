"""A camera's interior: from image px to the direction it looks in, and back.

Camera frame: x right along the image's rows, y down its columns, z forward through the lens; image px as everywhere
(origin at the outer corner of the top-left pixel), so OpenCV's px, which count from a pixel's centre, are shifted by
a half. Distortion is Brown's: with x, y = X/Z, Y/Z and r2 = x2 + y2,

    x' = x (1 + k1 r2 + k2 r4 + k3 r6) + 2 p1 x y + p2 (r2 + 2 x2)
    y' = y (1 + k1 r2 + k2 r4 + k3 r6) + p1 (r2 + 2 y2) + 2 p2 x y
    px = fx x' + cx, fy y' + cy

(D. C. Brown, "Close-range camera calibration", 1971, in OpenCV's order of coefficients). A fisheye lens has a
polynomial of the angle instead (`geo.photos.fisheye`).
"""

import functools
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.errors import GeoreferenceError
from geo.photos.fisheye import Fisheye
from geo.short_number import short_number

Floats = NDArray[np.float64]
Distortion = tuple[float, float, float, float, float]

NO_DISTORTION: Distortion = (0.0, 0.0, 0.0, 0.0, 0.0)

_ITERATIONS = 25
_WIDEST = 3.0  # tan of the widest view, 71 degrees from the axis: further out Brown's model means nothing


@dataclass(frozen=True)
class Camera:
    """The interior of a camera for images of one size.

    width, height   px
    fx, fy          focal length in px along x and y
    cx, cy          principal point in image px
    distortion      Brown's k1, k2, p1, p2, k3
    focal_sigma     relative standard deviation of the focal length
    source          where it came from, in words
    name            what a calibration file calls the camera
    fisheye         the lens, where it is a fisheye; then `distortion` is none, and fx, fy are px for one unit of its
                    radius

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
    fisheye: Fisheye | None = None

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
                f"a focal length of "
                f"{short_number(self.fx, 6)} px does not fit an image {longest} px long; check the focal length "
                "and the sensor"
            )
        if not (abs(self.cx / self.width - 0.5) < 1 and abs(self.cy / self.height - 0.5) < 1):
            raise GeoreferenceError(
                f"a principal point at ({short_number(self.cx, 6)}, "
                f"{short_number(self.cy, 6)}) px is far outside the image"
            )

    @property
    def keeps_lines_straight(self) -> bool:
        """Whether a straight line is straight in the picture: the lens bends nothing."""
        return self.fisheye is None and self.distortion == NO_DISTORTION

    def rays(self, xy_px: ArrayLike) -> Floats:
        """(N,2) image px -> (N,3) directions in the camera frame with z = 1; NaN if no ray leads to the px."""
        px = np.asarray(xy_px, np.float64).reshape(-1, 2)
        rays = np.ones((len(px), 3))
        rays[:, 0] = (px[:, 0] - self.cx) / self.fx
        rays[:, 1] = (px[:, 1] - self.cy) / self.fy
        if self.fisheye is not None:
            rays[:, :2] = self.fisheye.undistorted(rays[:, :2])
        elif self.distortion != NO_DISTORTION:
            rays[:, :2] = _undistorted(rays[:, :2], self.distortion)
        return rays

    def project(self, directions: ArrayLike) -> Floats:
        """(N,3) directions in the camera frame -> (N,2) image px; NaN behind the camera or beyond the lens's model."""
        towards = np.asarray(directions, np.float64).reshape(-1, 3)
        with np.errstate(divide="ignore", invalid="ignore"):
            xy = towards[:, :2] / towards[:, 2:]
        xy[~(towards[:, 2] > 0)] = np.nan
        if self.fisheye is not None:
            xy = self.fisheye.distorted(xy)
        elif self.distortion != NO_DISTORTION:
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
