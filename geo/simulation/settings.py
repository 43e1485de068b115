"""The settings of a simulated survey."""

import math
from dataclasses import dataclass

from geo.errors import GeoError
from geo.simulation.species import SPECIES

MAX_PIXELS = 2_000_000_000


class SimulationError(GeoError, ValueError):
    """A setting of the simulator is out of its range. The message names it, its value and the range."""


@dataclass(frozen=True)
class SurveySettings:
    """The settings of a simulated survey. The same settings give the same files.

    If a setting is None, it is drawn from the seed, so that surveys of different seeds differ in light, season and
    ground. Raises SimulationError if a value is out of its range.
    """

    seed: int = 1
    species: str = "sheep"
    """What is surveyed: one of `SPECIES`. It decides on the ground and on what else is there."""
    width_m: float = 150.0
    height_m: float = 115.0
    gsd_m: float = 0.025
    """The ground sample distance of the orthomosaic and, across the middle of a photo, of the photos; 0.01 to 0.1 m."""
    animals: int = 160
    flocks: int | None = None
    """The number of flocks, or herds; None: one for about 30 animals; 0: only scattered animals."""
    lamb_share: float = 0.12
    """The share of young, whatever the species: lambs, calves, foals, pups, chicks."""
    seam_strides_px: tuple[int, ...] = (512, 544, 640, 700)
    """Some animals stand on multiples of these strides, px, where a tiled detector has its seams."""

    season: float | None = None
    """0 is lush and green, 1 is the end of the dry season."""
    sun_azimuth_deg: float | None = None
    """The direction that the light comes from, clockwise from north."""
    sun_elevation_deg: float | None = None
    """Above the horizon: 15 to 75."""
    trees_per_ha: float | None = None
    shrubs_per_ha: float | None = None

    crs: str = "EPSG:32737"
    """A projected CRS in metres, north up; the default is UTM zone 37S."""
    origin: tuple[float, float] = (263_400.0, 9_701_600.0)
    """Easting and northing of the orthomosaic's top-left corner."""
    ground_elevation_m: float = 1320.0
    jpeg_quality: int = 90

    photos: bool = False
    photo_width_px: int = 2400
    photo_height_px: int = 1800
    forward_overlap: float = 0.7
    side_overlap: float = 0.2
    strips: int = 2
    """At most so many flight strips; fewer if the area is narrow. The drone flies them in alternate directions."""
    sensor_width_mm: float = 13.2
    focal_length_mm: float = 8.8
    """With the width of the sensor, it gives the flying height for `gsd_m`; 40 m by default."""
    photo_interval_s: int = 2
    pitch_deg: float = -90.0
    """The camera's pitch, -90 to -45: -90 is straight down, -45 halfway to the horizon."""
    tilt_deg: float = 0.0
    """Standard deviation of the camera's pitch and roll about `pitch_deg`, degrees (0: exact)."""
    position_noise_m: float = 0.0
    """Standard deviation of the error of the GPS tags, in x, y and z (0: exact tags)."""
    attitude_noise_deg: float = 0.0
    """Standard deviation of the error of the yaw, pitch and roll tags (0: exact tags)."""

    def __post_init__(self) -> None:
        ranges: tuple[tuple[str, float | None, float, float], ...] = (
            ("seed", self.seed, 0, 2**40),
            ("width_m", self.width_m, 2, 20_000),
            ("height_m", self.height_m, 2, 20_000),
            ("gsd_m", self.gsd_m, 0.01, 0.1),
            ("animals", self.animals, 0, 100_000),
            ("flocks", self.flocks, 0, 5_000),
            ("lamb_share", self.lamb_share, 0, 0.9),
            ("season", self.season, 0, 1),
            ("sun_azimuth_deg", self.sun_azimuth_deg, 0, 360),
            ("sun_elevation_deg", self.sun_elevation_deg, 15, 75),
            ("trees_per_ha", self.trees_per_ha, 0, 200),
            ("shrubs_per_ha", self.shrubs_per_ha, 0, 1_000),
            ("jpeg_quality", self.jpeg_quality, 1, 100),
            ("photo_width_px", self.photo_width_px, 64, 20_000),
            ("photo_height_px", self.photo_height_px, 64, 20_000),
            ("forward_overlap", self.forward_overlap, 0, 0.95),
            ("side_overlap", self.side_overlap, 0, 0.95),
            ("strips", self.strips, 1, 100),
            ("sensor_width_mm", self.sensor_width_mm, 1, 100),
            ("focal_length_mm", self.focal_length_mm, 1, 500),
            ("photo_interval_s", self.photo_interval_s, 1, 600),
            ("pitch_deg", self.pitch_deg, -90, -45),
            ("tilt_deg", self.tilt_deg, 0, 15),
            ("position_noise_m", self.position_noise_m, 0, 100),
            ("attitude_noise_deg", self.attitude_noise_deg, 0, 45),
        )
        if self.species not in SPECIES:
            raise SimulationError(f"species is {self.species!r}; it must be one of {', '.join(SPECIES)}")
        for name, value, low, high in ranges:
            if value is not None and not low <= value <= high:
                raise SimulationError(f"{name} is {value}; it must lie between {low} and {high}")
        if any(stride < 16 for stride in self.seam_strides_px):
            raise SimulationError(f"seam_strides_px is {self.seam_strides_px}; every stride must be at least 16")
        if self.width_px * self.height_px > MAX_PIXELS:
            raise SimulationError(
                f"{self.width_px} x {self.height_px} pixels are more than {MAX_PIXELS}; "
                "make the area smaller or gsd_m larger"
            )

    @property
    def width_px(self) -> int:
        """The width of the orthomosaic, px."""
        return round(self.width_m / self.gsd_m)

    @property
    def height_px(self) -> int:
        """The height of the orthomosaic, px."""
        return round(self.height_m / self.gsd_m)

    @property
    def flock_count(self) -> int:
        """The number of flocks, also if the settings leave it open."""
        return self.flocks if self.flocks is not None else max(1, round(self.animals / 30))

    @property
    def agl_m(self) -> float:
        """The flying height above the ground that gives `gsd_m` in the middle of a photo, m."""
        distance_m = self.gsd_m * self.focal_length_mm * self.photo_width_px / self.sensor_width_mm
        return distance_m * math.sin(math.radians(-self.pitch_deg))

    @property
    def ahead_m(self) -> float:
        """How far ahead of the camera the middle of a photo is on the ground, m; 0 if it looks straight down."""
        return self.agl_m / math.tan(math.radians(-self.pitch_deg)) if self.pitch_deg > -90 else 0.0
