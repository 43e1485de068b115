"""A drone's flight over a simulated survey: where each photo was taken from, and what of the ground it shows.

Camera: a pinhole, square pixels, principal point at the image's centre, no distortion; image px as everywhere
(origin at the outer corner of the top-left pixel, x right, y down). The ground is level.

Attitude is DJI's gimbal: the camera first looks north with its x axis to the east; then yaw about the vertical
(clockwise from true north), pitch (-90: straight down), roll about the viewing axis, each about the turned axes:
R = Rz(yaw) Ry(pitch) Rx(roll) in north, east, down. At pitch -90 the top of the image points to the yaw.

Map coordinates are not true metres: directions are turned by the meridian convergence and lengths scaled by the point
scale factor of the projection at the photo's nadir.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

import numpy as np
import pyproj
from numpy.typing import NDArray

from geo.georeference import crs_to_wkt, reproject
from geo.simulation.landscape import style_of
from geo.simulation.settings import SurveySettings

_TURN_S = 24  # from the end of a strip to the start of the next
_LOCAL_TIME = timezone(timedelta(hours=3))


@dataclass(frozen=True)
class Exposure:
    """One photo's exact pose.

    x, y: map coordinates of the camera; lon, lat: the same in WGS 84 degrees; altitude_m above sea level; agl_m above
    the ground, in true metres; yaw, pitch, roll in degrees; convergence_deg: clockwise angle from true north to
    the map's north; scale: map metres per true metre.
    """

    name: str
    strip: int
    taken_at: datetime
    x: float
    y: float
    lon: float
    lat: float
    altitude_m: float
    agl_m: float
    yaw_deg: float
    pitch_deg: float
    roll_deg: float
    flight_yaw_deg: float
    convergence_deg: float
    scale: float


@dataclass(frozen=True)
class Strip:
    """One straight flight line: its middle from start (2,) to end (2,) in scene metres, and half its width (m)."""

    start: NDArray[np.float64]
    end: NDArray[np.float64]
    half_width: float

    def ring(self) -> NDArray[np.float64]:
        """The strip on the ground as a closed ring (5, 2) in scene metres."""
        along = (self.end - self.start) / np.hypot(*(self.end - self.start))
        side = self.half_width * np.array([-along[1], along[0]])
        return np.array([self.start + side, self.end + side, self.end - side, self.start - side, self.start + side])


def focal_px(settings: SurveySettings) -> float:
    """Focal length in pixels."""
    return settings.focal_length_mm / settings.sensor_width_mm * settings.photo_width_px


def plan_flight(settings: SurveySettings) -> tuple[list[Exposure], list[Strip]]:
    """Poses of all photos in the order they are taken, and the strips they lie on."""
    rng = np.random.default_rng([settings.seed, 9])
    across_m, along_m = settings.photo_width_px * settings.gsd_m, settings.photo_height_px * settings.gsd_m
    eastward = settings.width_m >= settings.height_m
    length, breadth = sorted((settings.width_m, settings.height_m), reverse=True)
    apart = across_m * (1.0 - settings.side_overlap)
    step = along_m * (1.0 - settings.forward_overlap)
    strips = min(settings.strips, max(1, int((breadth - across_m) / apart) + 1))
    photos = max(1, int((length - along_m) / step) + 1)
    heading = np.radians((0.0 if eastward else 90.0) + rng.uniform(-4.0, 4.0))  # from x (east) towards y (south)
    along, side = np.array([np.cos(heading), np.sin(heading)]), np.array([-np.sin(heading), np.cos(heading)])
    middle = np.array([settings.width_m, settings.height_m]) / 2
    wkt, wgs84 = crs_to_wkt(settings.crs), crs_to_wkt("EPSG:4326")
    # The light tells the time of day.
    start = datetime(2024, 7, 16, 15 if style_of(settings).sun.azimuth_deg > 180 else 9, 12, 0, tzinfo=_LOCAL_TIME)
    exposures: list[Exposure] = []
    lines: list[Strip] = []
    turn = -(-_TURN_S // settings.photo_interval_s)
    for strip in range(strips):
        direction = 1.0 if strip % 2 == 0 else -1.0
        base = middle + (strip - (strips - 1) / 2) * apart * side
        half = (photos - 1) / 2 * step + along_m / 2
        lines.append(Strip(base - direction * half * along, base + direction * half * along, across_m / 2))
        for i in range(photos):
            place = base + direction * (i - (photos - 1) / 2) * step * along
            place = place + rng.normal(0, 0.25) * along + rng.normal(0, 0.4) * side
            x, y = settings.origin[0] + place[0], settings.origin[1] - place[1]
            lon, lat, convergence, scale = _local_frame(x, y, wkt, wgs84)
            agl = settings.agl_m + float(np.clip(rng.normal(0, 0.3), -1.0, 1.0))
            flown = np.degrees(np.arctan2(direction * along[0], -direction * along[1])) + convergence
            tilt = np.clip(rng.normal(0, 1, 2), -2.5, 2.5) * settings.tilt_deg
            number = len(exposures) + 1
            exposures.append(
                Exposure(
                    name=f"SIM_{number:04d}.jpg",
                    strip=strip + 1,
                    taken_at=start + timedelta(seconds=(number - 1 + strip * turn) * settings.photo_interval_s),
                    x=x,
                    y=y,
                    lon=lon,
                    lat=lat,
                    altitude_m=settings.ground_elevation_m + agl,
                    agl_m=agl,
                    yaw_deg=_wrapped(flown + rng.normal(0, 1.2)),
                    pitch_deg=float(tilt[0]) - 90.0,
                    roll_deg=float(tilt[1]) + 0.0,  # no minus zero
                    flight_yaw_deg=_wrapped(flown),
                    convergence_deg=convergence,
                    scale=scale,
                )
            )
    return exposures, lines


def _wrapped(degrees: float) -> float:
    """An angle in -180 to 180, to the 1e-6 degree that the tags hold."""
    return round(float((degrees + 180.0) % 360.0 - 180.0), 6)


def _local_frame(x: float, y: float, wkt: str, wgs84: str) -> tuple[float, float, float, float]:
    """Longitude and latitude of a map point, the bearing of the map's north there, and the map's scale."""
    reach = 50.0
    (lon, lat), (lon_south, lat_south), (lon_north, lat_north) = reproject(
        np.array([[x, y], [x, y - reach], [x, y + reach]]), wkt, wgs84
    )
    bearing, _, distance = pyproj.Geod(ellps="WGS84").inv(lon_south, lat_south, lon_north, lat_north)
    return float(lon), float(lat), float(bearing), float(2 * reach / distance)


def _rotation(exposure: Exposure) -> NDArray[np.float64]:
    """3x3: axes of the camera (forward, right, image down) as columns, in north, east, down."""
    yaw, pitch, roll = np.radians([exposure.yaw_deg, exposure.pitch_deg, exposure.roll_deg])
    cy, sy, cp, sp, cr, sr = np.cos(yaw), np.sin(yaw), np.cos(pitch), np.sin(pitch), np.cos(roll), np.sin(roll)
    turn = np.array([[cy, -sy, 0], [sy, cy, 0], [0, 0, 1.0]])
    nod = np.array([[cp, 0, sp], [0, 1.0, 0], [-sp, 0, cp]])
    bank = np.array([[1.0, 0, 0], [0, cr, -sr], [0, sr, cr]])
    return np.asarray(turn @ nod @ bank, np.float64)


def to_photo_px(xy_map: NDArray[np.float64], exposure: Exposure, settings: SurveySettings) -> NDArray[np.float64]:
    """Map coordinates (N, 2) on the ground to image px (N, 2) of a photo; NaN behind the camera."""
    turn = np.radians(exposure.convergence_deg)
    east, north = ((xy_map - [exposure.x, exposure.y]) / exposure.scale).T
    true_north, true_east = north * np.cos(turn) - east * np.sin(turn), east * np.cos(turn) + north * np.sin(turn)
    seen = np.stack([true_north, true_east, np.full(len(xy_map), exposure.agl_m)], axis=1) @ _rotation(exposure)
    with np.errstate(divide="ignore", invalid="ignore"):
        px: NDArray[np.float64] = focal_px(settings) * seen[:, 1:] / seen[:, :1]
    px[seen[:, 0] <= 0] = np.nan
    px += np.array([settings.photo_width_px / 2, settings.photo_height_px / 2])
    return px


def ground_homography(exposure: Exposure, settings: SurveySettings) -> NDArray[np.float64]:
    """3x3 matrix from image px (x, y, 1) of a photo to homogeneous map coordinates less the camera's x and y."""
    rotation = _rotation(exposure)
    rays = rotation @ np.array(
        [
            [0.0, 0.0, focal_px(settings)],
            [1.0, 0.0, -settings.photo_width_px / 2],
            [0.0, 1.0, -settings.photo_height_px / 2],
        ]
    )  # north, east, down of the ray through (x, y, 1)
    turn, reach = np.radians(exposure.convergence_deg), exposure.agl_m * exposure.scale
    north, east, down = rays
    return np.stack(
        [
            reach * (east * np.cos(turn) - north * np.sin(turn)),
            reach * (north * np.cos(turn) + east * np.sin(turn)),
            down,
        ]
    )
