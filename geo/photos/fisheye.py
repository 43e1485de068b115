"""Fisheye lenses: the distance from the picture's centre is a polynomial of the angle to the lens's axis.

With a the angle in radians, and r in the unit that the camera's fx and fy turn into px:

    r = c1 a + c2 a2 + c3 a3 + ...

OpenCV (`cv::fisheye`; J. Kannala and S. Brandt, 2006): r = a (1 + k1 a2 + k2 a4 + k3 a6 + k4 a8).
Pix4D ("How are the internal and external camera parameters defined?"): r = p0 + p1 t + p2 t2 + p3 t3 with t = 2 a / pi,
and the affine matrix [C D; E F] in px turns r into the place in the picture.
"""

import functools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.errors import GeoreferenceError

Floats = NDArray[np.float64]

WIDEST = math.radians(89.0)  # a ray farther from the axis never meets the plane in front of the lens
_STEPS = 2000
_ITERATIONS = 6


@dataclass(frozen=True)
class Fisheye:
    """A fisheye lens.

    polynomial  c1, c2, ... of the radius
    skew        (s, t): x in the picture is fx (x + s y), y is fy (y + t x)

    Raises `GeoreferenceError` for values that make no lens.
    """

    polynomial: tuple[float, ...]
    skew: tuple[float, float] = (0.0, 0.0)

    def __post_init__(self) -> None:
        values = (*self.polynomial, *self.skew)
        if not self.polynomial or not np.isfinite(values).all() or not self.polynomial[0] > 0:
            raise GeoreferenceError("a fisheye polynomial that does not grow from the centre; calibrate the lens again")
        if abs(self.skew[0] * self.skew[1]) > 0.5:
            raise GeoreferenceError("a fisheye's affine matrix that is nearly singular; calibrate the lens again")

    def undistorted(self, bent: Floats) -> Floats:
        """(N,2) places in the picture -> (N,2) x/z, y/z of the rays there; NaN beyond what the polynomial covers."""
        angles, radii = _curve(self.polynomial)
        s, t = self.skew
        x = (bent[:, 0] - s * bent[:, 1]) / (1 - s * t)
        y = (bent[:, 1] - t * bent[:, 0]) / (1 - s * t)
        radius = np.hypot(x, y)
        with np.errstate(divide="ignore", invalid="ignore"):
            angle = np.interp(radius, radii, angles, right=np.nan)
            for _ in range(_ITERATIONS):
                angle = angle - (_radius(self.polynomial, angle) - radius) / _growth(self.polynomial, angle)
            angle[~(angle <= angles[-1] + 1e-9)] = np.nan
            longer = np.where(radius > 0, np.tan(angle) / radius, 1 / self.polynomial[0])
        return np.column_stack([x * longer, y * longer])

    def distorted(self, xy: Floats) -> Floats:
        """(N,2) x/z, y/z of rays -> (N,2) places in the picture; NaN beyond what the polynomial covers."""
        angles, _ = _curve(self.polynomial)
        away = np.hypot(xy[:, 0], xy[:, 1])
        angle = np.arctan(away)
        angle[~(angle <= angles[-1])] = np.nan
        with np.errstate(divide="ignore", invalid="ignore"):
            longer = np.where(away > 0, _radius(self.polynomial, angle) / away, self.polynomial[0])
        x, y = xy[:, 0] * longer, xy[:, 1] * longer
        s, t = self.skew
        return np.column_stack([x + s * y, y + t * x])


def of_opencv(k1: float, k2: float, k3: float, k4: float, skew: float = 0.0) -> Fisheye:
    """OpenCV's, ROS's and OpenSfM's coefficients. skew: OpenCV's alpha."""
    return Fisheye((1.0, 0.0, k1, 0.0, k2, 0.0, k3, 0.0, k4), (skew, 0.0))


def of_pix4d(polynomial: tuple[float, ...], skew: tuple[float, float]) -> Fisheye:
    """Pix4D's p0, p1, p2, ... Raises `GeoreferenceError` if p0 is not 0: nothing would be in the picture's centre."""
    if len(polynomial) < 2 or abs(polynomial[0]) > 1e-9:
        raise GeoreferenceError("a fisheye polynomial that does not begin with 0; calibrate the lens again")
    scaled = tuple(value * (2 / math.pi) ** power for power, value in enumerate(polynomial))
    return Fisheye(scaled[1:], skew)


def _radius(polynomial: tuple[float, ...], angle: Floats) -> Floats:
    return np.asarray(np.polynomial.polynomial.polyval(angle, (0.0, *polynomial)), np.float64)


def _growth(polynomial: tuple[float, ...], angle: Floats) -> Floats:
    slopes = [power * value for power, value in enumerate(polynomial, 1)]
    return np.asarray(np.polynomial.polynomial.polyval(angle, slopes), np.float64)


@functools.lru_cache(maxsize=64)
def _curve(polynomial: tuple[float, ...]) -> tuple[Floats, Floats]:
    """Angles and their radii up to where the radius stops growing: farther out two directions would share a pixel."""
    angles = np.linspace(0.0, WIDEST, _STEPS)
    shrinking = np.flatnonzero(_growth(polynomial, angles) <= 0)
    angles = angles[: shrinking[0]] if len(shrinking) else angles
    return angles, _radius(polynomial, angles)
