"""Plans a drone's flight over a simulated survey: where each photo is taken, and which ground it shows.

Camera: a pinhole with square pixels, its principal point at the centre of the image, no distortion. Image px are as
everywhere: the origin is the outer corner of the top left pixel, x points right, y down. The ground is level.

The attitude is that of DJI's gimbal. At first the camera looks north, with its x axis to the east. Then it is turned by
yaw about the vertical (clockwise from true north), by pitch (-90 is straight down), and by roll about the viewing axis.
Each turn is about the axes as they are after the turns before: R = Rz(yaw) Ry(pitch) Rx(roll) in north, east, down. At
pitch -90, the top of the image points in the direction of the yaw.

Map coordinates are not true metres. Directions differ by the meridian convergence, and lengths by the point scale
factor of the projection. Both are taken at the photo's nadir.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

import numpy as np
from numpy.typing import NDArray

from geo.areas import GEOD
from geo.georeference import crs_to_wkt, reproject
from geo.simulation.landscape import style_of
from geo.simulation.settings import SurveySettings

_TURN_S = 24  # from the end of one strip to the start of the next
_LOCAL_TIME = timezone(timedelta(hours=3))


@dataclass(frozen=True)
class Exposure:
    """The exact pose of one photo.

    Attributes:
        name: The file name of the photo.
        strip: The number of its strip, from 1.
        taken_at: The time, with its time zone.
        x: Map coordinate of the camera.
        y: Map coordinate of the camera.
        lon: WGS 84, degrees.
        lat: WGS 84, degrees.
        altitude_m: Above sea level.
        agl_m: Above the ground, true metres.
        yaw_deg: Of the camera, clockwise from true north.
        pitch_deg: -90 is straight down.
        roll_deg: About the viewing axis.
        flight_yaw_deg: Of the aircraft, clockwise from true north.
        convergence_deg: The clockwise angle from true north to the map's north.
        scale: Map metres in one true metre.
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
    """One straight flight line: the start (2,) and the end (2,) of its middle line in scene metres, and half its width,
    m.
    """

    start: NDArray[np.float64]
    end: NDArray[np.float64]
    half_width: float

    def ring(self) -> NDArray[np.float64]:
        """The ground of the strip as a closed ring (5, 2) in scene metres."""
        along = (self.end - self.start) / np.hypot(*(self.end - self.start))
        side = self.half_width * np.array([-along[1], along[0]])
        return np.array([self.start + side, self.end + side, self.end - side, self.start - side, self.start + side])


def focal_px(settings: SurveySettings) -> float:
    """The focal length in pixels."""
    return settings.focal_length_mm / settings.sensor_width_mm * settings.photo_width_px


def plan_flight(settings: SurveySettings) -> tuple[list[Exposure], list[Strip]]:
    """The poses of all photos, in the order in which they are taken, and the strips of the flight."""
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
    # The time of day follows from the light.
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
            if settings.pitch_deg > -90:  # the camera stands back, so that it looks at the same place
                place = place - direction * settings.ahead_m * along
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
                    pitch_deg=float(tilt[0]) + settings.pitch_deg,
                    roll_deg=float(tilt[1]) + 0.0,  # turns -0.0 into 0.0
                    flight_yaw_deg=_wrapped(flown),
                    convergence_deg=convergence,
                    scale=scale,
                )
            )
    return exposures, lines


def _wrapped(degrees: float) -> float:
    """An angle from -180 to 180, rounded to 1e-6 degree as in the tags."""
    return round(float((degrees + 180.0) % 360.0 - 180.0), 6)


def _local_frame(x: float, y: float, wkt: str, wgs84: str) -> tuple[float, float, float, float]:
    """The longitude and latitude of a map point, the bearing of the map's north there, and the scale of the map."""
    reach = 50.0
    (lon, lat), (lon_south, lat_south), (lon_north, lat_north) = reproject(
        np.array([[x, y], [x, y - reach], [x, y + reach]]), wkt, wgs84
    )
    bearing, _, distance = GEOD.inv(lon_south, lat_south, lon_north, lat_north)
    return float(lon), float(lat), float(bearing), float(2 * reach / distance)


def _rotation(exposure: Exposure) -> NDArray[np.float64]:
    """(3, 3): the axes of the camera (forward, right, image down) as columns, in north, east, down."""
    yaw, pitch, roll = np.radians([exposure.yaw_deg, exposure.pitch_deg, exposure.roll_deg])
    cy, sy, cp, sp, cr, sr = np.cos(yaw), np.sin(yaw), np.cos(pitch), np.sin(pitch), np.cos(roll), np.sin(roll)
    turn = np.array([[cy, -sy, 0], [sy, cy, 0], [0, 0, 1.0]])
    nod = np.array([[cp, 0, sp], [0, 1.0, 0], [-sp, 0, cp]])
    bank = np.array([[1.0, 0, 0], [0, cr, -sr], [0, sr, cr]])
    return np.asarray(turn @ nod @ bank, np.float64)


def to_photo_px(xy_map: NDArray[np.float64], exposure: Exposure, settings: SurveySettings) -> NDArray[np.float64]:
    """From map coordinates (N, 2) on the ground to image px (N, 2) of a photo; NaN if behind the camera."""
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
    """(3, 3): from image px (x, y, 1) of a photo to homogeneous map coordinates, minus x and y of the camera."""
    rotation = _rotation(exposure)
    rays = rotation @ np.array(
        [
            [0.0, 0.0, focal_px(settings)],
            [1.0, 0.0, -settings.photo_width_px / 2],
            [0.0, 1.0, -settings.photo_height_px / 2],
        ]
    )  # the ray through (x, y, 1), in north, east, down
    turn, reach = np.radians(exposure.convergence_deg), exposure.agl_m * exposure.scale
    north, east, down = rays
    return np.stack(
        [
            reach * (east * np.cos(turn) - north * np.sin(turn)),
            reach * (north * np.cos(turn) + east * np.sin(turn)),
            down,
        ]
    )
