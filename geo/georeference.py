"""The georeference of one image, from pixels to map and back, whatever its source.

Frames: *image px* has its origin at the outer corner of the top-left pixel, x right, y down, half-open. *Map* is the
image's own CRS in traditional GIS order: x is easting or longitude, y is northing or latitude. A CRS crosses the border
of this module as WKT text, or as None if there is none.
"""

import functools
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pyproj
from numpy.typing import ArrayLike, NDArray
from pyproj.exceptions import CRSError, ProjError

from geo.errors import GeoreferenceError, one_line
from geo.rpc import RPC

Floats = NDArray[np.float64]
Transform = tuple[float, float, float, float, float, float]

KINDS = ("geotransform", "world file", "camera pose", "flight log", "none")

# QGIS shows a raster without georeference in this way: px with y upwards. So boxes lie over their image.
PIXELS: Transform = (1.0, 0.0, 0.0, 0.0, -1.0, 0.0)
IDENTITY: Transform = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)

_LARGEST_COORDINATE = 1e12
_THINNEST_PIXEL = 1e-6  # area divided by the square of the longer side; a thinner pixel is singular
_CURVED_POINTS_PER_SIDE = 16
_REPROJECTED_POINTS_PER_SIDE = 21


class PixelsToMap(Protocol):
    """Puts the px of an image on the map: a `Georeference`, or a photo's pose (`geo.photos.projection.PosedPhoto`).

    straight: whether a straight line of px is straight on the map too. The others are as in `Georeference`. A pixel
    without a place on the ground becomes NaN.
    """

    @property
    def kind(self) -> str: ...

    @property
    def crs_wkt(self) -> str | None: ...

    @property
    def straight(self) -> bool: ...

    def to_map(self, xy_px: ArrayLike) -> Floats: ...

    def to_px(self, xy_map: ArrayLike) -> Floats: ...

    def gsd_m(self, width: int, height: int) -> float | None: ...


@dataclass(frozen=True)
class Georeference:
    """The mapping between image px and map coordinates of one image.

    Raises GeoreferenceError if the transform is NaN, infinite or singular, or the kind or CRS is unknown.

    Attributes:
        kind: One of `KINDS`: where the position came from. GCPs count as 'geotransform', RPC as 'camera pose'.
        crs_wkt: The map's CRS as WKT. None: coordinates without a known CRS (kind 'none': px, y up).
        transform: (a, b, c, d, e, f): x = a*col + b*row + c, y = d*col + e*row + f. None if the mapping is not affine.
        rpc: The RPC model, if the mapping is one (`transform` is then None); its CRS is WGS 84.
        residual_px: The root mean square misfit in px if `transform` was fitted to control points, else None.
    """

    kind: str
    crs_wkt: str | None = None
    transform: Transform | None = None
    rpc: RPC | None = None
    residual_px: float | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise GeoreferenceError(f"unknown kind of georeference {self.kind!r}; expected one of {KINDS}")
        if (self.transform is None) == (self.rpc is None):
            raise GeoreferenceError("a georeference needs either an affine transform or an RPC model")
        if self.crs_wkt is not None:
            _crs(self.crs_wkt)
        if self.transform is not None:
            object.__setattr__(self, "transform", checked_transform(self.transform))

    def to_map(self, xy_px: ArrayLike) -> Floats:
        """From image px (N, 2) to map coordinates (N, 2)."""
        xy = _points(xy_px)
        if self.rpc is not None:
            return self.rpc.to_map(xy)
        a, b, c, d, e, f = self._affine
        out = np.empty_like(xy)
        out[:, 0] = a * xy[:, 0] + b * xy[:, 1] + c
        out[:, 1] = d * xy[:, 0] + e * xy[:, 1] + f
        return out

    def to_px(self, xy_map: ArrayLike) -> Floats:
        """From map coordinates (N, 2) to image px (N, 2), the inverse of `to_map`."""
        xy = _points(xy_map)
        if self.rpc is not None:
            return self.rpc.to_px(xy)
        a, b, c, d, e, f = self._affine
        det = a * e - b * d
        # The origin is subtracted first: map coordinates are millions of metres, the image is some hundreds wide.
        east, north = xy[:, 0] - c, xy[:, 1] - f
        out = np.empty_like(xy)
        out[:, 0] = (e * east - b * north) / det
        out[:, 1] = (a * north - d * east) / det
        return out

    def gsd_m(self, width: int, height: int) -> float | None:
        """The ground sample distance at the image's centre, metres per px, on the CRS's ellipsoid.

        If pixels are not square, it is the side of a square of the same area. None if the CRS is unknown or not tied to
        the earth, or if the centre is outside the CRS's domain.
        """
        if self.crs_wkt is None or not is_on_earth(self.crs_wkt):
            return None
        step = max(1.0, min(width, height) / 16)
        x, y = width / 2, height / 2
        around = [(x - step / 2, y), (x + step / 2, y), (x, y - step / 2), (x, y + step / 2)]
        lonlat, geod = _to_lonlat(self.to_map(around), self.crs_wkt)
        if not np.isfinite(lonlat).all():
            return None
        azimuth_x, _, along_x = geod.inv(*lonlat[0], *lonlat[1])
        azimuth_y, _, along_y = geod.inv(*lonlat[2], *lonlat[3])
        area = along_x * along_y * abs(math.sin(math.radians(azimuth_x - azimuth_y)))
        gsd = math.sqrt(area) / step
        return gsd if math.isfinite(gsd) and gsd > 0 else None

    @property
    def straight(self) -> bool:
        """Whether a straight line of px is straight on the map too."""
        return self.rpc is None

    @property
    def _affine(self) -> Transform:
        assert self.transform is not None
        return self.transform


@functools.cache
@functools.cache
def no_georeference() -> Georeference:
    """The georeference of an image without a position: px with y upwards, in an undefined CRS."""
    return Georeference("none", None, PIXELS)


def from_transform(transform: Sequence[float], crs_wkt: str | None, kind: str = "geotransform") -> Georeference:
    """A georeference from an affine transform, in the order of `Georeference.transform`.

    Raster libraries report the identity if there is no geotransform, so the identity gives kind 'none'. Raises
    GeoreferenceError if the transform is NaN, infinite or singular, or the CRS is unknown.
    """
    checked = checked_transform(transform)
    if checked == IDENTITY:
        return no_georeference()
    return Georeference(kind, None if crs_wkt is None else crs_to_wkt(crs_wkt), checked)


def from_gcps(xy_px: ArrayLike, xy_map: ArrayLike, crs_wkt: str | None) -> Georeference:
    """The affine georeference that fits ground control points best (least squares), with its residual in px.

    If the points describe a warped image, `residual_px` says how far they are off.

    Args:
        xy_px: (N, 2) with N >= 3, not all on one line.
        xy_map: (N, 2) the same points on the map.
        crs_wkt: The CRS of the map.

    Raises:
        GeoreferenceError: No fit is possible.
    """
    px, ground = _points(xy_px), _points(xy_map)
    if px.shape != ground.shape:
        raise GeoreferenceError(f"{len(px)} control points in the image but {len(ground)} on the map")
    if len(px) < 3:
        raise GeoreferenceError(f"{len(px)} ground control points; at least 3 are needed, not on one line")
    if not (np.isfinite(px).all() and np.isfinite(ground).all()):
        raise GeoreferenceError("ground control points with NaN or infinite coordinates; remove those points")
    # The points are centred and scaled, so that the normal equations are well conditioned for UTM coordinates too.
    px_mean, ground_mean = px.mean(axis=0), ground.mean(axis=0)
    scale = float(np.abs(px - px_mean).max()) or 1.0
    centred = (px - px_mean) / scale
    if np.linalg.svd(centred, compute_uv=False)[1] < 1e-6:
        raise GeoreferenceError("ground control points all on one line in the image; add one off the line")
    matrix = np.linalg.lstsq(centred, ground - ground_mean, rcond=None)[0].T / scale
    offset = ground_mean - matrix @ px_mean
    (a, b), (d, e) = matrix
    fitted = from_transform((a, b, offset[0], d, e, offset[1]), crs_wkt)
    misfit = fitted.to_px(ground) - px if fitted.kind != "none" else np.zeros_like(px)
    residual = float(np.sqrt((misfit**2).sum(axis=1).mean()))
    return Georeference(fitted.kind, fitted.crs_wkt, fitted.transform, residual_px=residual)


def from_rpc(rpc: RPC) -> Georeference:
    """The georeference of an RPC model at its own height, in WGS 84. The terrain is not taken into account."""
    return Georeference("camera pose", crs_to_wkt("EPSG:4326"), rpc=rpc)


def checked_transform(transform: Sequence[float]) -> Transform:
    """The transform as six floats. Raises GeoreferenceError if it is NaN, infinite or singular."""
    if len(transform) != 6:
        raise GeoreferenceError(f"a transform of {len(transform)} numbers; expected 6 (a, b, c, d, e, f)")
    a, b, c, d, e, f = (float(value) for value in transform)
    shown = ", ".join(f"{value:.9g}" for value in (a, b, c, d, e, f))
    mend = "georeference the image again, or remove its georeference"
    if not all(math.isfinite(value) and abs(value) <= _LARGEST_COORDINATE for value in (a, b, c, d, e, f)):
        raise GeoreferenceError(f"transform ({shown}) is not finite; {mend}")
    area = abs(a * e - b * d)
    if not area > _THINNEST_PIXEL * max(math.hypot(a, d), math.hypot(b, e)) ** 2:
        raise GeoreferenceError(f"transform ({shown}) is singular: a pixel has no area; {mend}")
    return (a, b, c, d, e, f)


def crs_to_wkt(crs: str) -> str:
    """The WKT of a CRS given as WKT, 'EPSG:N' or PROJ text. Raises GeoreferenceError if it is unknown."""
    return str(_crs(crs).to_wkt())


@functools.lru_cache(maxsize=128)
def is_on_earth(crs_wkt: str) -> bool:
    """Whether the CRS is tied to longitudes and latitudes, unlike a local, engineering or geocentric one."""
    crs = _crs(crs_wkt)
    return crs.geodetic_crs is not None and not crs.is_geocentric


def in_degrees(crs_wkt: str) -> bool:
    """Whether the CRS's coordinates are longitude and latitude."""
    return bool(_crs(crs_wkt).is_geographic)


def footprint(
    georeference: PixelsToMap,
    width: int,
    height: int,
    to_wkt: str | None = None,
    points_per_side: int | None = None,
) -> Floats:
    """The outline of an image as a closed ring (N, 2). It runs counter-clockwise on a map with north up.

    If its sides are straight, it has 4 corners (N = 5). After a reprojection, with an RPC, over terrain or with a lens
    that bends lines, sides are curves, and have 21 or 16 points each. A point without a place in the CRS is NaN.

    Args:
        georeference: The georeference or the pose of the image.
        width: Px.
        height: Px.
        to_wkt: The CRS of the outline; by default the image's map CRS.
        points_per_side: Instead of these numbers.
    """
    moved = to_wkt is not None and georeference.crs_wkt is not None and to_wkt != georeference.crs_wkt
    if points_per_side is None:
        points_per_side = 1
        if not georeference.straight:
            points_per_side = _CURVED_POINTS_PER_SIDE
        if moved:
            points_per_side = _REPROJECTED_POINTS_PER_SIDE
    ring = georeference.to_map(outline_px(width, height, points_per_side))
    if moved:
        assert georeference.crs_wkt is not None
        assert to_wkt is not None
        ring = reproject(ring, georeference.crs_wkt, to_wkt)
    return ring


def outline_px(width: int, height: int, points_per_side: int = 1) -> Floats:
    """(N, 2) the outline of an image, px, from its top left corner on: closed, and counter-clockwise on a map."""
    corners = np.array([(0, 0), (0, height), (width, height), (width, 0), (0, 0)], np.float64)
    along = np.arange(points_per_side)[:, None] / points_per_side
    sides = [p + along * (q - p) for p, q in itertools.pairwise(corners)]
    return np.concatenate([*sides, corners[-1:]])


def corners_px(boxes_px: Floats) -> Floats:
    """(N, 5, 2) the corners of boxes (N, 4) xyxy, px, closed and in the order of `boxes_to_polygons`."""
    return boxes_px[:, [0, 1, 0, 3, 2, 3, 2, 1, 0, 1]].reshape(-1, 5, 2)


def boxes_to_polygons(georeference: PixelsToMap, boxes_px: ArrayLike) -> Floats:
    """From boxes (N, 4) xyxy in image px to closed rings (N, 5, 2) in the map CRS.

    The order of the corners is top left, bottom left, bottom right, top right, top left: counter-clockwise on a map
    with north up. A corner without a place is NaN.
    """
    boxes = np.asarray(boxes_px, np.float64)
    if boxes.size == 0:
        return np.empty((0, 5, 2))
    if boxes.ndim != 2 or boxes.shape[1] != 4:
        raise GeoreferenceError(f"boxes of shape {boxes.shape}; expected (N, 4) xyxy in image px")
    return georeference.to_map(corners_px(boxes).reshape(-1, 2)).reshape(-1, 5, 2)


def reproject(xy: ArrayLike, from_wkt: str, to_wkt: str) -> Floats:
    """(N, 2) coordinates from one CRS to another, with x east and y north in both.

    A point outside the domain of either CRS becomes NaN. Raises GeoreferenceError if a CRS is unknown, or if there is
    no transformation between them.
    """
    points = _points(xy)
    if from_wkt == to_wkt or len(points) == 0:
        return points.copy()
    try:
        x, y = _transformer(from_wkt, to_wkt).transform(points[:, 0], points[:, 1])
    except ProjError as error:
        raise GeoreferenceError(
            f"no transformation from {_crs(from_wkt).name!r} to {_crs(to_wkt).name!r}; use a CRS tied to the earth"
        ) from error
    out = np.stack([x, y], axis=1)
    out[~np.isfinite(out).all(axis=1)] = np.nan
    return out


def _points(xy: ArrayLike) -> Floats:
    points = np.asarray(xy, np.float64)
    if points.size == 0:
        return points.reshape(0, 2)
    if points.ndim != 2 or points.shape[1] != 2:
        raise GeoreferenceError(f"points of shape {points.shape}; expected (N, 2)")
    return points


@functools.lru_cache(maxsize=128)
def _crs(text: str) -> pyproj.CRS:
    try:
        return pyproj.CRS.from_user_input(text)
    except CRSError as error:
        shown = one_line(text)
        shown = shown if len(shown) <= 60 else shown[:57] + "..."
        raise GeoreferenceError(f"unknown CRS {shown!r}; expected an EPSG code or WKT") from error


@functools.lru_cache(maxsize=64)
def _transformer(from_wkt: str, to_wkt: str) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(_crs(from_wkt), _crs(to_wkt), always_xy=True)


def _to_lonlat(xy: Floats, crs_wkt: str) -> tuple[Floats, pyproj.Geod]:
    """Longitude and latitude on the CRS's own datum (no datum shift, so no loss), and its ellipsoid."""
    crs = _crs(crs_wkt)
    geodetic = crs.geodetic_crs
    geod = crs.get_geod()
    assert geodetic is not None
    assert geod is not None
    # The geodesic needs Greenwich and degrees. So the coordinates are first transformed to a plain longitude and
    # latitude on the same ellipsoid.
    plain = f"+proj=longlat +a={geod.a!r} +b={geod.b!r} +no_defs"
    source = crs.to_2d() if len(crs.axis_info) == 3 else crs
    try:
        transformer = _lonlat_transformer(source.to_wkt(), plain)
        lon, lat = transformer.transform(xy[:, 0], xy[:, 1])
    except ProjError:
        return np.full_like(xy, np.nan), geod
    out = np.stack([lon, lat], axis=1)
    out[~np.isfinite(out).all(axis=1)] = np.nan
    return out, geod


@functools.lru_cache(maxsize=64)
def _lonlat_transformer(from_wkt: str, plain: str) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(_crs(from_wkt), _crs(plain), always_xy=True)


def middle_place(lon: ArrayLike, lat: ArrayLike) -> tuple[float, float]:
    """The median longitude and latitude, degrees, of places (N,) that may lie on both sides of 180 degrees."""
    lon, lat = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    if len(lon) and lon.max() - lon.min() > 180.0:
        around = math.degrees(math.atan2(np.sin(np.radians(lon)).mean(), np.cos(np.radians(lon)).mean()))
        apart = (lon - around + 180.0) % 360.0 - 180.0
        return (float(np.median(apart)) + around + 180.0) % 360.0 - 180.0, float(np.median(lat))
    return float(np.median(lon)), float(np.median(lat))


def utm_crs_amid(lon: ArrayLike, lat: ArrayLike) -> str:
    """The WKT of the UTM zone in the middle of places (N,), degrees, that may lie on both sides of 180 degrees."""
    return utm_crs(*middle_place(lon, lat))


def utm_crs(lon: float, lat: float) -> str:
    """The WKT of a place's UTM zone on WGS 84."""
    zone = int((lon + 180.0) % 360.0 // 6.0) + 1
    return crs_to_wkt(f"EPSG:{(32600 if lat >= 0 else 32700) + zone}")


def vertical_unit(crs_wkt: str) -> tuple[str, float] | None:
    """The unit of a CRS's vertical axis and its metres; None for a CRS without one."""
    upright = [axis for axis in _crs(crs_wkt).axis_info if axis.direction == "up"]
    return (upright[0].unit_name, float(upright[0].unit_conversion_factor)) if upright else None


def vertical_datum(crs_wkt: str) -> str | None:
    """The name of a CRS's vertical part, such as `EGM96 height`; None for a CRS without one."""
    crs = _crs(crs_wkt)
    part = next((one for one in crs.sub_crs_list if one.is_vertical), None)
    if part is not None:
        return str(part.name)
    return "the ellipsoid" if vertical_unit(crs_wkt) is not None else None


def vertical_crs(crs_wkt: str) -> str | None:
    """The WKT of a CRS's vertical part; None for a CRS without one."""
    part = next((one for one in _crs(crs_wkt).sub_crs_list if one.is_vertical), None)
    return None if part is None else str(part.to_wkt())


def grid_unit_m(crs_wkt: str) -> float | None:
    """The metres of one unit of a projected CRS's coordinates; None for a CRS that is not projected."""
    crs = _crs(crs_wkt)
    return float(crs.axis_info[0].unit_conversion_factor) if crs.is_projected and crs.axis_info else None


def height_unit(crs_wkt: str) -> tuple[str, float]:
    """The unit of heights in a CRS and its metres: that of its vertical axis, else of a projected CRS's own axes."""
    crs = pyproj.CRS.from_user_input(crs_wkt)
    upright = [axis for axis in crs.axis_info if axis.direction == "up"]
    axes = upright or (crs.axis_info if crs.is_projected else [])
    return (axes[0].unit_name, float(axes[0].unit_conversion_factor)) if axes else ("metre", 1.0)
