"""The pose of each photo of a survey, from the best sources, and where its px lie on the ground.

Sources, of which later ones replace earlier ones: the photo's own tags; a table of positions with a row for each photo;
a flight log joined by time (`geo.photos.position_file`). Heights above ground come from `geo.photos.heights`. Every
photo gets a `PosedPhoto`, or the reason why it has none. A photo with a pose also gets the doubts about it.
"""

import functools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyproj
from numpy.typing import ArrayLike, NDArray

from geo.areas import GEOD
from geo.errors import GeoreferenceError
from geo.georeference import Georeference, crs_to_wkt, reproject, utm_crs_amid
from geo.paths import StrPath, as_path
from geo.photos import attitude, checks, heights
from geo.photos import tags as photo_tags
from geo.photos.calibration import choose, read_calibration
from geo.photos.camera import Camera
from geo.photos.camera_tags import EXIF_TAGS, XMP_TAGS, camera_from_tags, no_camera, panorama
from geo.photos.checks import Flown
from geo.photos.photo_columns import Mount, PhotoColumns, from_tags
from geo.photos.position_file import PositionFile, from_position
from geo.photos.projection import PosedPhoto, PoseError
from geo.photos.tags import TagPose
from geo.photos.terrain import Terrain
from geo.raster import RasterInfo

Floats = NDArray[np.float64]

NADIR: Mount = (0.0, -90.0, 0.0)

_AXIS_M = 50.0
_STEEP = -math.sin(math.radians(5.0))


@dataclass(frozen=True, eq=False, slots=True)
class PlacedPhoto:
    """The place of one image, and doubts about it.

    georeference  None if the image has no place; the image's own if it is not a photo
    lon, lat      the camera, WGS 84 degrees; altitude_m as its source has it; agl_m above the ground below it
    heading_deg   where the top of the photo points, clockwise from true north
    reasons       why it has no place, or what is doubtful
    """

    georeference: PosedPhoto | Georeference | None
    lon: float = math.nan
    lat: float = math.nan
    altitude_m: float = math.nan
    agl_m: float = math.nan
    heading_deg: float = math.nan
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class SurveyPoses:
    """All images in the order given; the CRS in which they are placed; lines for the user; the clock offset used."""

    photos: tuple[PlacedPhoto, ...]
    crs_wkt: str | None
    warnings: tuple[str, ...]
    clock_offset_s: float | None = None


@dataclass(frozen=True, eq=False)
class Located:
    """Points on the ground: x, y in the CRS `crs_wkt`, z metres (NaN where the ground's height is unknown), error_m the
    root mean square horizontal error. Arrays (N,). reasons: what is doubtful about the image's place."""

    x: Floats
    y: Floats
    z: Floats
    error_m: Floats
    crs_wkt: str
    reasons: tuple[str, ...] = ()


def poses_for(
    images: Sequence[RasterInfo],
    position: StrPath | None = None,
    dem: StrPath | Terrain | None = None,
    agl: float | None = None,
    clock_offset_s: float | None = None,
    *,
    ground: float | None = None,
    relief_m: float | None = None,
    crs: str | None = None,
    position_crs: str | None = None,
    columns: Mapping[str, str] | None = None,
    angles: str | None = None,
    position_error_m: float | None = None,
    calibration: StrPath | None = None,
    mount: Mount = NADIR,
    tags: Sequence[TagPose] | None = None,
) -> SurveyPoses:
    """Place a survey's photos on the ground.

    images          headers; those with a georeference of their own (no photos) keep it; tags: `read_tags` of each
    position        a CSV of poses or a flight log (CSV or GPX)
    dem             heights of the ground; agl: metres of every camera above the ground below it; ground: metres, one
                    height of the ground everywhere, in the altitudes' datum; relief_m: how far it is from level where
                    no DEM has it, a standard deviation; default: as the flight tells (`heights.resolve`)
    clock_offset_s  seconds to add to the cameras' clocks to get the flight log's
    crs             the map's; default: that of the positions where it is projected, else the survey's UTM zone
    position_crs    of x and y in `position`; columns: names of its columns (`pose_table.read_table`)
    angles          what the angles in `position` are: 'gimbal', 'nadir' or 'aircraft' (yaw, pitch, roll), or 'opk'
                    (omega, phi, kappa); default: as the file says, else by their values
    position_error_m  the standard deviation of the positions in `position`; default: as the file says, else 3 m
    calibration     a camera calibration file for all photos; mount: of the camera in an aircraft (`attitude.mounted`)

    Raises `GeoreferenceError`, `RasterError` for a file; what is wrong with one photo is in its reasons.
    """
    known = PhotoColumns(len(images))
    is_photo = np.array([image.georeference.kind == "none" for image in images], bool)
    tags = [photo_tags.read_tags(image) for image in images] if tags is None else tags
    from_tags(known, tags, mount)
    names = [str(image.path) for image in images]
    grid_wkt, offset, notes = None, None, list[str]()
    if position is not None:
        file = PositionFile(as_path(position), position_crs, columns, angles, clock_offset_s, position_error_m)
        grid_wkt, offset, notes = from_position(known, images, tags, is_photo, file, mount)
    _check_flight(known, names, tags, is_photo)
    terrain = Terrain(dem) if dem is not None and not isinstance(dem, Terrain) else dem
    map_wkt = _map_crs(known, is_photo, crs, grid_wkt)
    cameras = _cameras(images, tags, is_photo, calibration, known)
    placed = is_photo & np.isfinite(known.lon) & np.isfinite(known.lat)
    known.say(np.flatnonzero(is_photo & ~placed), "no position in its tags" if position is None else "no position")
    placed &= np.array([camera is not None for camera in cameras], bool)
    found = [_unplaced(image, known, i) for i, image in enumerate(images)]
    if map_wkt is not None and placed.any():
        xy, axes = _on_map(known, map_wkt, grid_wkt)
        z, floor, said = heights.resolve(known, tags, placed, xy, map_wkt, terrain, agl, ground, relief_m)
        notes = [*notes, *said]
        heights.say_where_dem_ends(known, placed, xy, z, floor, cameras, axes, map_wkt, terrain)
        each = enumerate(zip(images, cameras, xy, z, floor, axes, strict=True))
        found = [_placed(known, i, map_wkt, terrain, *place) for i, place in each]
    return SurveyPoses(tuple(found), map_wkt, _lines(found, names, notes), offset)


def locate(
    image: RasterInfo,
    points_px: ArrayLike,
    position: StrPath | None = None,
    dem: StrPath | Terrain | None = None,
    ground: float | None = None,
    crs: str | None = None,
    **options: object,
) -> Located:
    """The places on the ground of the pixels `points_px`, (N,2) image px; the rest as in `poses_for`.

    In `crs`, or else the image's own map CRS (for a photo, its UTM zone). Raises `GeoreferenceError` if the image has
    no place, or a pixel is at or above the horizon.
    """
    px = np.asarray(points_px, np.float64).reshape(-1, 2)
    terrain = Terrain(dem) if dem is not None and not isinstance(dem, Terrain) else dem
    placed = poses_for([image], position, terrain, ground=ground, crs=None, **options).photos[0]  # type: ignore[arg-type]
    where = placed.georeference
    if where is None or where.crs_wkt is None:
        told = "; ".join(placed.reasons) or "no georeference"
        about = next(filter(None, (getattr(reason, "about", None) for reason in placed.reasons)), None)
        raise GeoreferenceError(f"{image.path.name} has no place on the ground: {told}", about=about)
    if isinstance(where, PosedPhoto):
        xyz = where.to_ground(px)
        xy, z, error = xyz[:, :2], xyz[:, 2], where.error_m(px)
    else:
        xy = where.to_map(px)
        z = np.full(len(px), np.nan) if terrain is None else terrain.heights(xy, where.crs_wkt)
        error = np.full(len(px), where.gsd_m(image.width, image.height) or np.nan)
    sky = np.flatnonzero(~np.isfinite(xy).all(axis=1))
    if len(sky):
        x, y = px[sky[0]]
        raise GeoreferenceError(
            f"{image.path.name}: pixel ({x:g}, {y:g}) is at or above the horizon; choose one on the ground"
        )
    wkt = where.crs_wkt if crs is None else crs_to_wkt(crs)
    if wkt != where.crs_wkt:
        xy = reproject(xy, where.crs_wkt, wkt)
    return Located(xy[:, 0], xy[:, 1], z, error, wkt, placed.reasons)


def local_axes(lon: ArrayLike, lat: ArrayLike, crs_wkt: str) -> tuple[Floats, Floats]:
    """(N,) places -> (N,2) map coordinates and (N,2,2) map units for each true metre to the east (first column) and to
    the north (second): the projection's convergence and point scale, by 50 m steps on the ellipsoid."""
    lon, lat = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    wgs84 = crs_to_wkt("EPSG:4326")
    xy = reproject(np.column_stack([lon, lat]), wgs84, crs_wkt)
    axes = np.empty((len(lon), 2, 2))
    for column, azimuth in enumerate((90.0, 0.0)):
        ends = []
        for direction in (azimuth, azimuth + 180.0):
            n = len(lon)
            ahead = GEOD.fwd(lon, lat, np.full(n, direction), np.full(n, _AXIS_M))
            ends.append(reproject(np.column_stack(ahead[:2]), wgs84, crs_wkt))
        axes[:, :, column] = (ends[0] - ends[1]) / (2 * _AXIS_M)
    return xy, axes


# --- CRS and cameras ------------------------------------------------------------------------------------------------


def _metres_a_unit(crs_wkt: str) -> float:
    return float(pyproj.CRS.from_user_input(crs_wkt).axis_info[0].unit_conversion_factor) or 1.0


def _map_crs(known: PhotoColumns, is_photo: NDArray[np.bool_], crs: str | None, grid_wkt: str | None) -> str | None:
    if crs is not None:
        return crs_to_wkt(crs)
    if grid_wkt is not None:
        return grid_wkt
    at = is_photo & np.isfinite(known.lon) & np.isfinite(known.lat)
    return utm_crs_amid(known.lon[at], known.lat[at]) if at.any() else None


def _check_flight(
    known: PhotoColumns, names: Sequence[str], tags: Sequence[TagPose], is_photo: NDArray[np.bool_]
) -> None:
    """Note for each photo what is odd about it, compared with the others."""
    if not is_photo.any():
        return
    times = np.array([tag.time for tag in tags], np.float64)
    flown = Flown(names, times, known.lon, known.lat, attitude.heading_deg(known.rotation))
    for i, reason in checks.all_checks(flown):
        if is_photo[i]:
            known.reasons[i].append(reason)


def _on_map(known: PhotoColumns, map_wkt: str, grid_wkt: str | None) -> tuple[Floats, Floats]:
    """(N, 2) the cameras on the map, and (N, 2, 2) map units for each metre to the east and to the north there."""
    xy, axes = local_axes(known.lon, known.lat, map_wkt)
    if grid_wkt is not None and known.in_grid.any() and grid_wkt == map_wkt:
        axes[known.in_grid] = np.eye(2) / _metres_a_unit(map_wkt)
    elif known.in_grid.any() and grid_wkt is not None:
        _turn_to_north(known, grid_wkt)
    return xy, axes


def _turn_to_north(known: PhotoColumns, grid_wkt: str) -> None:
    """Omega, phi, kappa are angles to a grid. For another map, turn the camera by the grid's convergence."""
    chosen = np.flatnonzero(known.in_grid)
    _, axes = local_axes(known.lon[chosen], known.lat[chosen], grid_wkt)
    turn = np.zeros((len(chosen), 3, 3))
    turn[:, 2, 2] = 1.0
    # Columns of `axes` are the images of east and north: their transpose, scaled, leads from the grid to them.
    turn[:, :2, :2] = np.swapaxes(axes, 1, 2) / np.linalg.norm(axes, axis=1)[:, :, None]
    known.rotation[chosen] = turn @ known.rotation[chosen]
    known.in_grid[chosen] = False


def _cameras(
    images: Sequence[RasterInfo],
    tags: Sequence[TagPose],
    is_photo: NDArray[np.bool_],
    calibration: StrPath | None,
    known: PhotoColumns,
) -> list[Camera | None]:
    calibrated = read_calibration(calibration) if calibration is not None else ()
    cache: dict[tuple[object, ...], tuple[Camera | None, str]] = {}
    found: list[Camera | None] = []
    for i, image in enumerate(images):
        if not is_photo[i]:
            found.append(None)
            continue
        key = (image.width, image.height, *map(image.exif.get, EXIF_TAGS), tags[i].lens)
        if key not in cache:
            said = zip(XMP_TAGS, tags[i].lens, strict=True)
            cache[key] = _camera(image, {name: value for name, value in said if value is not None}, calibrated)
        camera, why = cache[key]
        found.append(camera)
        if camera is None:
            known.reasons[i].append(why)
    return found


def _camera(image: RasterInfo, xmp: Mapping[str, str], calibrated: Sequence[Camera]) -> tuple[Camera | None, str]:
    kind = panorama(image.exif, xmp)
    if kind is not None:
        return None, f"it is a panorama ({kind}), not a picture of one exposure: it cannot be placed"
    if calibrated:
        try:
            return choose(calibrated, image.width, image.height, image.exif.get("Model", "")), ""
        except GeoreferenceError as error:
            return None, str(error)
    camera = camera_from_tags(image.exif, xmp, image.width, image.height)
    if camera is None:
        return None, no_camera(image.exif, xmp)
    return camera, ""


# --- results ----------------------------------------------------------------------------------------------------


def _placed(
    known: PhotoColumns,
    i: int,
    map_wkt: str,
    terrain: Terrain | None,
    image: RasterInfo,
    camera: Camera | None,
    xy: Floats,
    z: float,
    floor: float,
    axes: Floats,
) -> PlacedPhoto:
    """A photo by its pose where all of it is known. z, floor: the camera's height and the ground's; NaN: no place."""
    if camera is None or not math.isfinite(z):
        return _unplaced(image, known, i)
    if not np.isfinite(known.rotation[i]).all():
        known.reasons[i].append("no direction: neither its tags nor the positions say how the camera looked")
        return _unplaced(image, known, i)
    posed = _posed(known, i, camera, map_wkt, xy, z, floor, axes, terrain)
    if posed is None:
        return _unplaced(image, known, i)
    if known.own_set_aside[i]:
        said = f"placed by its pose, not by the georeference ({image.georeference.kind}) that it has"
        posed = replace(posed, reasons=(*posed.reasons, said))
    return posed


def _posed(
    known: PhotoColumns,
    i: int,
    camera: Camera,
    map_wkt: str,
    xy: Floats,
    z: float,
    floor: float,
    axes: Floats,
    terrain: Terrain | None,
) -> PlacedPhoto | None:
    rotation = known.rotation[i]
    posed = PosedPhoto(
        camera, known.kinds[i], map_wkt, float(xy[0]), float(xy[1]), float(z), rotation, axes, float(floor), terrain,
        _error(*known.errors[i].tolist()), curved=not known.in_grid[i],
    )  # fmt: skip
    corners = heights.corner_rays(camera) @ rotation.T
    corners /= np.linalg.norm(corners, axis=1, keepdims=True)
    # A steeper ray always meets the ground, so nothing needs to be tried.
    if not (corners[:, 2] < _STEEP).all():
        w, h = camera.width, camera.height
        points = [(0, 0), (w, 0), (w, h), (0, h), (w / 2, h / 2)]
        covered = np.asarray(np.isfinite(camera.rays(points)).all(axis=1), bool)
        seen = np.asarray(np.isfinite(posed.to_map(points)).all(axis=1), bool)
        if not covered.all():
            known.reasons[i].append(
                "its lens is described for the middle of the picture only: it has no footprint, and what lies farther "
                "out is not placed"
            )
        if not seen.any():
            known.reasons[i].append("it looks at the sky: nothing in it is on the ground")
            return None
        if not (seen | ~covered).all():
            known.reasons[i].append(
                "it shows the horizon: it has no footprint, and only what lies below the horizon is placed"
            )
    return PlacedPhoto(
        posed, float(known.lon[i]), float(known.lat[i]), float(known.z[i]), float(z - floor),
        float(attitude.heading_deg(rotation)), tuple(dict.fromkeys(known.reasons[i])),
    )  # fmt: skip


@functools.lru_cache(maxsize=64)
def _error(xy_m: float, z_m: float, tilt_deg: float, yaw_deg: float) -> PoseError:
    """So that the photos of a flight hold it once."""
    return PoseError(xy_m, z_m, tilt_deg, yaw_deg)


def _unplaced(image: RasterInfo, known: PhotoColumns, i: int) -> PlacedPhoto:
    own = None
    if image.georeference.kind != "none":
        own = image.georeference
        reasons = [*known.reasons[i], "the georeference it has is used"] if known.own_set_aside[i] else []
    else:
        reasons = known.reasons[i]
    return PlacedPhoto(
        own, float(known.lon[i]), float(known.lat[i]), float(known.z[i]), reasons=tuple(dict.fromkeys(reasons))
    )


def _lines(found: Sequence[PlacedPhoto], names: Sequence[str], notes: Sequence[str]) -> tuple[str, ...]:
    return (*notes, *checks.summary([photo.reasons for photo in found], names))
