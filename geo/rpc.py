"""Rational polynomial coefficients (RPC): the sensor model of satellite images and of some aerial images.

The forward model, ground to image, is exact by definition: two ratios of cubic polynomials in normalised longitude,
latitude and height (NIMA, "The Compendium of Controlled Extensions for the National Imagery Transmission Format",
STDI-0002, appendix E, RPC00B). The way back, image to ground at one height, is found by Newton's method on the same
model. So the two directions are inverse to each other, to the tolerance of the solver.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.errors import GeoreferenceError

Floats = NDArray[np.float64]

_ITERATIONS = 30
_TOLERANCE_PX = 1e-9
_SOLVED_PX = 1e-4
_CHUNK = 65536  # points at once, with 20 terms each: so a million boxes do not need gigabytes

# Powers of (longitude, latitude, height) in RPC00B's order of terms.
_EXPONENTS = (
    *((0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 0), (1, 0, 1), (0, 1, 1), (2, 0, 0), (0, 2, 0), (0, 0, 2)),
    *((1, 1, 1), (3, 0, 0), (1, 2, 0), (1, 0, 2), (2, 1, 0), (0, 3, 0), (0, 1, 2), (2, 0, 1), (0, 2, 1), (0, 0, 3)),
)


@dataclass(frozen=True)
class RPC:
    """An RPC00B model, evaluated at one height above the ellipsoid.

    Raises GeoreferenceError if it cannot be used. Offsets and scales are in px (line, sample), degrees (WGS 84) and
    metres. Each tuple of coefficients has the 20 terms in RPC00B's order. `height_m` is the height of the ground if no
    terrain is known; by default it is the model's height offset. If it is off by 1 m, a ground point moves by tan(view
    angle) metres.
    """

    line_off: float
    line_scale: float
    samp_off: float
    samp_scale: float
    lat_off: float
    lat_scale: float
    long_off: float
    long_scale: float
    height_off: float
    height_scale: float
    line_num: tuple[float, ...]
    line_den: tuple[float, ...]
    samp_num: tuple[float, ...]
    samp_den: tuple[float, ...]
    height_m: float | None = None

    def __post_init__(self) -> None:
        polynomials = (self.line_num, self.line_den, self.samp_num, self.samp_den)
        if any(len(terms) != 20 for terms in polynomials):
            raise GeoreferenceError("RPC with a polynomial that has not 20 terms; re-export the image's RPC")
        scales = (self.line_scale, self.samp_scale, self.lat_scale, self.long_scale, self.height_scale)
        offsets = (self.line_off, self.samp_off, self.lat_off, self.long_off, self.height_off)
        height = self.height_off if self.height_m is None else self.height_m
        numbers = [*scales, *offsets, height, *(term for terms in polynomials for term in terms)]
        if not np.isfinite(numbers).all() or 0.0 in scales:
            raise GeoreferenceError("RPC with NaN, infinite or zero-scale values; remove or re-export the image's RPC")

    def to_px(self, lonlat: Floats) -> Floats:
        """From WGS 84 longitude and latitude (N, 2), degrees, to image px (N, 2)."""
        lonlat = np.asarray(lonlat, np.float64)
        xy = np.empty_like(lonlat)
        for at in _chunks(len(lonlat)):
            # The model of an image across the antimeridian has no jump of 360 degrees.
            east = (lonlat[at, 0] - self.long_off + 180.0) % 360.0 - 180.0
            xy[at] = self._image(east / self.long_scale, (lonlat[at, 1] - self.lat_off) / self.lat_scale)
        return xy

    def to_map(self, xy_px: Floats) -> Floats:
        """From image px (N, 2) to longitude and latitude (N, 2), degrees; NaN if the model has no solution."""
        xy_px = np.asarray(xy_px, np.float64)
        lonlat = np.empty_like(xy_px)
        with np.errstate(all="ignore"):
            for at in _chunks(len(xy_px)):
                lon, lat = self._ground(xy_px[at])
                lonlat[at, 0] = self.long_off + lon * self.long_scale
                lonlat[at, 1] = self.lat_off + lat * self.lat_scale
        return lonlat

    def _ground(self, xy_px: Floats) -> tuple[Floats, Floats]:
        """Normalised longitude and latitude of image points: Newton's method from the model's centre."""
        lon, lat = np.zeros(len(xy_px)), np.zeros(len(xy_px))
        for _ in range(_ITERATIONS):
            xy, by_lon, by_lat = self._image_and_slopes(lon, lat)
            miss = xy_px - xy
            if not np.nanmax(np.abs(miss), initial=0.0) > _TOLERANCE_PX:
                break
            det = by_lon[:, 0] * by_lat[:, 1] - by_lat[:, 0] * by_lon[:, 1]
            lon += (by_lat[:, 1] * miss[:, 0] - by_lat[:, 0] * miss[:, 1]) / det
            lat += (by_lon[:, 0] * miss[:, 1] - by_lon[:, 1] * miss[:, 0]) / det
        unsolved = ~(np.abs(self._image(lon, lat) - xy_px).max(axis=1, initial=0.0) < _SOLVED_PX)
        lon[unsolved] = lat[unsolved] = np.nan
        return lon, lat

    @property
    def _height(self) -> float:
        height_m = self.height_off if self.height_m is None else self.height_m
        return (height_m - self.height_off) / self.height_scale

    def _image(self, lon: Floats, lat: Floats) -> Floats:
        """(N,2) image px of normalised ground points."""
        return self._ratios(_terms(lon, lat, self._height))

    def _image_and_slopes(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats, Floats]:
        """The result of `_image`, and its derivatives by normalised longitude and by latitude, (N, 2) each."""
        terms = _terms(lon, lat, self._height)
        slopes = []
        for variable in (0, 1):
            change = _terms(lon, lat, self._height, variable)
            columns = []
            for num, den, scale in (
                (self.samp_num, self.samp_den, self.samp_scale),
                (self.line_num, self.line_den, self.line_scale),
            ):
                p, q, dp, dq = terms @ num, terms @ den, change @ num, change @ den
                columns.append((dp * q - p * dq) / (q * q) * scale)
            slopes.append(np.stack(columns, axis=1))
        return self._ratios(terms), slopes[0], slopes[1]

    def _ratios(self, terms: Floats) -> Floats:
        # RPC counts from the centre of the first pixel, and image px from its outer corner: the difference is a half.
        x = (terms @ self.samp_num) / (terms @ self.samp_den) * self.samp_scale + self.samp_off + 0.5
        y = (terms @ self.line_num) / (terms @ self.line_den) * self.line_scale + self.line_off + 0.5
        return np.stack([x, y], axis=1)


def _chunks(count: int) -> list[slice]:
    return [slice(start, start + _CHUNK) for start in range(0, count, _CHUNK)]


def _terms(lon: Floats, lat: Floats, height: float, derivative: int | None = None) -> Floats:
    """RPC00B's 20 monomials as (N,20), or their derivatives by variable 0 (lon) or 1 (lat)."""
    powers = [[np.ones_like(lon), v, v * v, v * v * v] for v in (lon, lat, np.full_like(lon, height))]
    out = np.empty((len(lon), 20))
    for column, exponents in enumerate(_EXPONENTS):
        factor, left = 1.0, list(exponents)
        if derivative is not None:
            factor, left[derivative] = float(exponents[derivative]), max(0, exponents[derivative] - 1)
        out[:, column] = factor * powers[0][left[0]] * powers[1][left[1]] * powers[2][left[2]]
    return out


def from_coefficients(values: Any) -> RPC:
    """An RPC from any object with RPC00B's fields as attributes, such as a raster library's own.

    Raises GeoreferenceError if a field is missing or is not a number.
    """

    def one(name: str) -> float:
        return float(getattr(values, name))

    def many(name: str) -> tuple[float, ...]:
        terms: Sequence[float] = getattr(values, name)
        return tuple(float(term) for term in terms)

    try:
        return RPC(
            line_off=one("line_off"),
            line_scale=one("line_scale"),
            samp_off=one("samp_off"),
            samp_scale=one("samp_scale"),
            lat_off=one("lat_off"),
            lat_scale=one("lat_scale"),
            long_off=one("long_off"),
            long_scale=one("long_scale"),
            height_off=one("height_off"),
            height_scale=one("height_scale"),
            line_num=many("line_num_coeff"),
            line_den=many("line_den_coeff"),
            samp_num=many("samp_num_coeff"),
            samp_den=many("samp_den_coeff"),
        )
    except (AttributeError, TypeError, ValueError) as error:
        if isinstance(error, GeoreferenceError):
            raise
        raise GeoreferenceError("RPC with missing or unreadable values; re-export the image's RPC") from error
