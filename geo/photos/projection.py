"""A photo with a pose: its px on the ground and back, its footprint, its scale, and the expected error of a place.

Frames: *image px*; *camera* (`geo.photos.camera`); *local*, which is true metres east, north and up of the camera; and
*map*, the CRS. A metre of the map is not a true metre: `axes` turns local east and north into map units, with the
meridian convergence and the point scale at the camera. The earth curves away below the local plane by d2 / 2R, 8 cm at
1 km.
"""

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.errors import GeoreferenceError
from geo.georeference import Transform, checked_transform, outline_px
from geo.photos.camera import Camera
from geo.photos.rays import downward, errors, onto_plane, pixel_sides, to_plane, turned
from geo.photos.terrain import Terrain

Floats = NDArray[np.float64]

EARTH_RADIUS_M = 6_371_000.0
_FIT_POINTS = 9


@dataclass(frozen=True)
class PoseError:
    """Standard deviations of a pose: metres along each horizontal axis, metres in height above ground, degrees of tilt
    about each horizontal axis and of yaw."""

    xy_m: float = 3.0
    z_m: float = 3.0
    tilt_deg: float = 1.0
    yaw_deg: float = 2.0


@dataclass(frozen=True, eq=False, slots=True)
class PosedPhoto:
    """One photo whose camera, position and attitude are known. The same interface as `Georeference`.

    camera          the interior, for images of this size
    kind            'camera pose' or 'flight log'
    crs_wkt         the map's CRS
    x, y, z         the camera: map coordinates, and metres in the vertical datum of `ground` and `terrain`
    rotation        (3,3) camera axes to local east, north, up
    axes            (2,2) map units for each true metre east (first column) and north (second)
    ground          height of the plane that stands for the ground where there is no terrain
    terrain         the DEM, or None: a plane
    error           what the pose may be off by
    curved          whether the earth's curvature counts (not for poses that were adjusted in the map's own grid)
    """

    camera: Camera
    kind: str
    crs_wkt: str
    x: float
    y: float
    z: float
    rotation: Floats
    axes: Floats
    ground: float
    terrain: Terrain | None = None
    error: PoseError = field(default_factory=PoseError)
    curved: bool = True

    # As in Georeference: neither affine nor RPC.
    transform: None = field(default=None, init=False)
    rpc: None = field(default=None, init=False)
    residual_px: None = field(default=None, init=False)

    def __post_init__(self) -> None:
        values = [self.x, self.y, self.z, self.ground, *np.ravel(self.rotation), *np.ravel(self.axes)]
        if not all(map(math.isfinite, values)):
            raise GeoreferenceError(
                "the camera pose has NaN or infinite values; expected numbers; correct the photo's pose or remove it"
            )
        if self.z <= self.ground:
            raise GeoreferenceError(
                f"the camera at {self.z:.0f} m is not above the ground at {self.ground:.0f} m; check the altitude and "
                "the DEM",
                about="agl",
            )

    @property
    def straight(self) -> bool:
        """Whether a straight line of px is straight on the map too."""
        return self.terrain is None and self.camera.keeps_lines_straight

    # --- px and ground ------------------------------------------------------------------------------------------

    def to_ground(self, xy_px: ArrayLike) -> Floats:
        """(N,2) image px -> (N,3) map x, y and the ground's height; NaN at and above the horizon.

        Beyond the terrain's data, the plane at `ground` continues.
        """
        local, heights = self._hits(xy_px)
        xy = local[:, :2] @ self.axes.T + (self.x, self.y)
        return np.column_stack([xy, heights])

    def to_map(self, xy_px: ArrayLike) -> Floats:
        """(N,2) image px -> (N,2) map coordinates; NaN at and above the horizon."""
        return self.to_ground(xy_px)[:, :2]

    def to_px(self, xy_map: ArrayLike) -> Floats:
        """(N,2) map coordinates on the ground -> (N,2) image px; NaN behind the camera. Px may lie outside the image;
        what stands in between is not looked for."""
        xy = np.asarray(xy_map, np.float64).reshape(-1, 2)
        ground = np.full(len(xy), self.ground)
        if self.terrain is not None and len(xy):
            heights = self.terrain.heights(xy, self.crs_wkt)
            ground = np.where(np.isfinite(heights), heights, self.ground)
        return self.project(np.column_stack([xy, ground]))

    def project(self, xyz_map: ArrayLike) -> Floats:
        """(N,3) map x, y and height -> (N,2) image px, wherever the point is; NaN behind the camera."""
        points = np.asarray(xyz_map, np.float64).reshape(-1, 3)
        local = np.empty_like(points)
        local[:, :2] = (points[:, :2] - (self.x, self.y)) @ np.linalg.inv(self.axes).T
        bend = self.curvature * (local[:, 0] ** 2 + local[:, 1] ** 2)
        local[:, 2] = points[:, 2] - self.z - bend
        return self.camera.project(local @ self.rotation)

    def footprint(self, points_per_side: int = 1) -> Floats:
        """The image's outline on the ground as a closed ring in map CRS.

        Raises `GeoreferenceError` if a part of it is at or above the horizon: it is refused, not moved nearer.
        """
        ring = self.to_map(outline_px(self.camera.width, self.camera.height, points_per_side))
        if not np.isfinite(ring).all():
            raise GeoreferenceError("the photo looks at the horizon or above it: it has no footprint")
        return ring

    # --- scale and error ----------------------------------------------------------------------------------------

    def gsd_at(self, xy_px: ArrayLike) -> Floats:
        """(N,) metres of ground for each px at image px (N,2): the side of a square of the pixel's area."""
        px = np.asarray(xy_px, np.float64).reshape(-1, 2)
        local, _ = self._hits(px)
        normal = self._normals(local)
        right, _ = self._meet(local, normal, px + np.array([1.0, 0.0]))
        down, _ = self._meet(local, normal, px + np.array([0.0, 1.0]))
        return pixel_sides(local, right, down)

    def gsd_m(self, width: int, height: int) -> float | None:
        """Ground sample distance at the image's centre in metres for each px, or None where that is no ground."""
        gsd = float(self.gsd_at([(width / 2, height / 2)])[0])
        return gsd if math.isfinite(gsd) and gsd > 0 else None

    def error_m(self, xy_px: ArrayLike) -> Floats:
        """(N,) the root mean square horizontal error in metres at image px (N,2), from `error` by numeric derivatives.

        Position, height, tilt about two axes, yaw and focal length are taken as independent, the ground at each place
        as a plane of the terrain's slope.
        """
        px = np.asarray(xy_px, np.float64).reshape(-1, 2)
        local, _ = self._hits(px)
        normal = self._normals(local)
        return errors(local, normal, self.camera.rays(px), self.rotation, self.sigmas)

    @property
    def sigmas(self) -> Floats:
        """(7,) the standard deviations that `rays.errors` takes."""
        error = self.error
        turns = np.radians([error.tilt_deg, error.tilt_deg, error.yaw_deg])
        return np.array([error.xy_m, error.xy_m, error.z_m, *turns, self.camera.focal_sigma])

    def affine_fit(self, width: int, height: int) -> Transform | None:
        """The affine transform that fits the photo best, to show it under its boxes; None if it shows the horizon."""
        u, v = np.meshgrid(np.linspace(0, width, _FIT_POINTS), np.linspace(0, height, _FIT_POINTS))
        px = np.column_stack([u.ravel(), v.ravel()])
        xy = self.to_map(px) - (self.x, self.y)
        if not np.isfinite(xy).all():
            return None
        scaled = np.column_stack([px / max(width, height), np.ones(len(px))])
        (ax, ay), (bx, by), (cx, cy) = np.linalg.lstsq(scaled, xy, rcond=None)[0]
        size = float(max(width, height))
        try:
            return checked_transform((ax / size, bx / size, cx + self.x, ay / size, by / size, cy + self.y))
        except GeoreferenceError:
            return None

    # --- rays ---------------------------------------------------------------------------------------------------

    @property
    def curvature(self) -> float:
        """Of the earth, as `rays.to_plane` takes it."""
        return 0.5 / EARTH_RADIUS_M if self.curved else 0.0

    def _hits(self, xy_px: ArrayLike) -> tuple[Floats, Floats]:
        """(N,3) where the rays meet the ground in local metres, on the tangent plane's up, and (N,) its height."""
        directions = downward(self.camera.rays(xy_px), self.rotation)
        s, bend = to_plane(directions, self.z - self.ground, self.curvature)
        seen = np.isfinite(s)
        if self.terrain is not None and seen.any():
            steps = directions[seen, :2] @ self.axes.T
            rise = directions[seen, 2]
            hit = self.terrain.first_hit((self.x, self.y, self.z), steps, rise, bend[seen], self.crs_wkt)
            s[seen] = np.where(np.isfinite(hit), hit, s[seen])
        local = s[:, None] * directions
        return local, self.z + local[:, 2] + bend * s**2

    def _normals(self, local: Floats) -> Floats:
        """(N,3) normals of the ground at local points: straight up on a plane, by the terrain's slope on a DEM."""
        normals = np.zeros_like(local)
        normals[:, 2] = 1.0
        if self.terrain is None:
            return normals
        reach = max(1.0, (self.z - self.ground) / 50)
        steps = reach * np.array([(1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0)])
        around = (local[None, :, :2] + steps[:, None]).reshape(-1, 2) @ self.axes.T + (self.x, self.y)
        right, left, ahead, behind = self.terrain.heights(around, self.crs_wkt).reshape(4, -1)
        normals[:, 0] = -np.clip(np.nan_to_num((right - left) / (2 * reach)), -1.0, 1.0)
        normals[:, 1] = -np.clip(np.nan_to_num((ahead - behind) / (2 * reach)), -1.0, 1.0)
        # A ray that grazes a slope would turn up the far side of the plane; there the level plane is good enough.
        grazing = (normals * local).sum(axis=1) > -0.05 * np.linalg.norm(local, axis=1)
        normals[grazing] = (0.0, 0.0, 1.0)
        return normals

    def _meet(self, local: Floats, normal: Floats, px: Floats) -> tuple[Floats, Floats]:
        moved = onto_plane(local, normal, turned(self.camera.rays(px), self.rotation), np.zeros(3))
        return moved, moved[:, 2]
