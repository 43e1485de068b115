"""Photos of one camera over level ground, many at once: each as `PosedPhoto` has it, in a fraction of the time."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeGuard

import numpy as np
from numpy.typing import NDArray

from geo.georeference import outline_px
from geo.photos.camera import Camera
from geo.photos.projection import PosedPhoto
from geo.photos.rays import downward, errors, onto_plane, pixel_sides, to_plane, turned

Floats = NDArray[np.float64]

_AT_ONCE = 4096


@dataclass(frozen=True, eq=False)
class LevelPhotos:
    """P photos. Its points are px, (P, N, 2), or (N, 2) for the same in every photo.

    Attributes:
        camera: That of all of them; its lens bends nothing.
        crs_wkt: The CRS of all of them.
        curvature: Of the earth, as in `rays.to_plane`.
        at: (P, 1, 2) the cameras' map coordinates.
        depth: (P, 1) metres from each camera down to the ground.
        rotation: (P, 3, 3), as in `PosedPhoto`.
        axes: (P, 2, 2), as in `PosedPhoto`.
        sigmas: (7, P), as in `rays.errors`.
    """

    camera: Camera
    crs_wkt: str
    curvature: float
    at: Floats
    depth: Floats
    rotation: Floats
    axes: Floats
    sigmas: Floats

    @classmethod
    def of(cls, photos: Sequence[PosedPhoto]) -> "LevelPhotos":
        """Photos of one camera and one CRS, as `at_once` finds them."""
        return cls(
            photos[0].camera,
            photos[0].crs_wkt,
            photos[0].curvature,
            np.array([[(photo.x, photo.y)] for photo in photos]),
            np.array([[photo.z - photo.ground] for photo in photos]),
            np.stack([photo.rotation for photo in photos]),
            np.stack([photo.axes for photo in photos]),
            np.stack([photo.sigmas for photo in photos], axis=1),
        )

    def to_map(self, points_px: Floats) -> Floats:
        """(P, N, 2) map coordinates; NaN at and above the horizon."""
        return np.asarray(turned(self._local(points_px)[..., :2], self.axes) + self.at)

    def gsd_m(self) -> Floats:
        """(P,) metres of ground for each px at the centre of each photo."""
        centre = np.array([[self.camera.width / 2, self.camera.height / 2]])
        local = self._local(centre)
        sides = [
            onto_plane(local, self._up(local), turned(self._rays(centre + step), self.rotation), np.zeros(3))
            for step in ((1.0, 0.0), (0.0, 1.0))
        ]
        return pixel_sides(local, *sides)[:, 0]

    def error_m(self, points_px: Floats) -> Floats:
        """(P, N) the expected error of points on the ground, as `PosedPhoto.error_m`."""
        local = self._local(points_px)
        return errors(local, self._up(local), self._rays(points_px), self.rotation, self.sigmas)

    def only(self, photos: NDArray[np.int64]) -> "LevelPhotos":
        """Some of them, by index."""
        at, depth, rotation, axes = self.at[photos], self.depth[photos], self.rotation[photos], self.axes[photos]
        return LevelPhotos(self.camera, self.crs_wkt, self.curvature, at, depth, rotation, axes, self.sigmas[:, photos])

    def _rays(self, points_px: Floats) -> Floats:
        return self.camera.rays(points_px).reshape(*points_px.shape[:-1], 3)

    def _local(self, points_px: Floats) -> Floats:
        directions = downward(self._rays(points_px), self.rotation)
        return np.asarray(to_plane(directions, self.depth, self.curvature)[0][..., None] * directions)

    @staticmethod
    def _up(local: Floats) -> Floats:
        return np.broadcast_to(np.array([0.0, 0.0, 1.0]), local.shape)


def is_level(reference: object) -> TypeGuard[PosedPhoto]:
    """Whether this is a photo over level ground whose lens bends nothing."""
    return isinstance(reference, PosedPhoto) and reference.straight


def at_once(references: Sequence[object]) -> Iterator[tuple[NDArray[np.int64], LevelPhotos]]:
    """The photos that are `is_level`: their indices, and at most 4,096 of a camera at once."""
    together: dict[tuple[int, bool, str], list[tuple[int, PosedPhoto]]] = {}
    for index, photo in enumerate(references):
        if is_level(photo):
            together.setdefault((id(photo.camera), photo.curved, photo.crs_wkt), []).append((index, photo))
    for alike in together.values():
        for start in range(0, len(alike), _AT_ONCE):
            indices, photos = zip(*alike[start : start + _AT_ONCE], strict=True)
            yield np.array(indices, np.int64), LevelPhotos.of(photos)


def gsds_m(references: Sequence[object]) -> dict[int, float | None]:
    """By index, `PosedPhoto.gsd_m` of each photo with a pose."""
    found = {
        index: photo.gsd_m(photo.camera.width, photo.camera.height)
        for index, photo in enumerate(references)
        if isinstance(photo, PosedPhoto) and not is_level(photo)
    }
    for indices, photos in at_once(references):
        known = [gsd if math.isfinite(gsd) and gsd > 0 else None for gsd in photos.gsd_m().tolist()]
        found.update(zip(indices.tolist(), known, strict=True))
    return found


def footprints(references: Sequence[object], crs_wkt: str) -> dict[int, Floats]:
    """By index, the outline (5, 2) of each photo that can be taken with others and is in this CRS, as
    `georeference.footprint`."""
    found: dict[int, Floats] = {}
    for indices, photos in at_once(references):
        if photos.crs_wkt == crs_wkt:
            rings = photos.to_map(outline_px(photos.camera.width, photos.camera.height))
            found.update(zip(indices.tolist(), rings, strict=True))
    return found
