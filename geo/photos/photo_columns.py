"""What is known of each photo while its sources are combined, and what its own tags say."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.photos import attitude
from geo.photos.tags import TagPose

Floats = NDArray[np.float64]
Mount = tuple[float, float, float]


@dataclass
class PhotoColumns:
    """What is known of N photos while the sources are combined. NaN: unknown.

    in_grid: whether the rotation is relative to the map's grid. own_set_aside: whether the image has a georeference of
    its own that a pose replaces. trusted: whether its altitude is reliable. above: what each altitude is above
    (`geo.raster.exif`); None: not known.
    """

    n: int
    lon: Floats = field(init=False)
    lat: Floats = field(init=False)
    z: Floats = field(init=False)
    relative: Floats = field(init=False)
    agl: Floats = field(init=False)
    ground: Floats = field(init=False)
    rotation: Floats = field(init=False)
    errors: Floats = field(init=False)
    in_grid: NDArray[np.bool_] = field(init=False)
    own_set_aside: NDArray[np.bool_] = field(init=False)
    trusted: NDArray[np.bool_] = field(init=False)
    above: list[str | None] = field(init=False)
    kinds: list[str] = field(init=False)
    reasons: list[list[str]] = field(init=False)

    def __post_init__(self) -> None:
        for name in ("lon", "lat", "z", "relative", "agl", "ground"):
            setattr(self, name, np.full(self.n, np.nan))
        self.rotation = np.full((self.n, 3, 3), np.nan)
        self.errors = np.full((self.n, 4), np.nan)
        self.in_grid = np.zeros(self.n, bool)
        self.own_set_aside = np.zeros(self.n, bool)
        self.trusted = np.zeros(self.n, bool)
        self.above = [None] * self.n
        self.kinds = ["camera pose"] * self.n
        self.reasons = [[] for _ in range(self.n)]

    def say(self, photos: ArrayLike, reason: str) -> None:
        for i in np.asarray(photos, np.int64).reshape(-1).tolist():
            self.reasons[i].append(reason)


def from_tags(known: PhotoColumns, tags: Sequence[TagPose], mount: Mount) -> None:
    for name in ("lon", "lat", "z", "relative", "agl"):
        setattr(known, name, np.array([getattr(tag, name) for tag in tags], np.float64).reshape(-1))
    for i, tag in enumerate(tags):
        known.errors[i] = (tag.error.xy_m, tag.error.z_m, tag.error.tilt_deg, tag.error.yaw_deg)
        known.reasons[i].extend(tag.notes)
        known.trusted[i] = tag.rtk
        known.above[i] = tag.above
        if tag.stale:
            known.reasons[i].append(f"saved by {tag.software}: if that turned the picture, its yaw is wrong")
            known.errors[i, 3] = 90.0
        elif tag.software is not None:
            known.reasons[i].append(
                f"saved by {tag.software}: if that cropped or turned the picture, its place is wrong"
            )
    _turned(known, [tag.angles for tag in tags], [(tag.yaw, tag.pitch, tag.roll) for tag in tags], mount)


def _turned(
    known: PhotoColumns, kinds: Sequence[str | None], angles: Sequence[tuple[float, float, float]], mount: Mount
) -> None:
    values = np.array(angles, np.float64).reshape(-1, 3)
    for kind in ("gimbal", "nadir", "heading"):
        chosen = np.array([k == kind for k in kinds], bool)
        if not chosen.any():
            continue
        yaw, pitch, roll = values[chosen].T
        if kind == "gimbal":
            known.rotation[chosen] = attitude.from_gimbal(yaw, pitch, roll)
        elif kind == "nadir":
            known.rotation[chosen] = attitude.from_nadir(yaw, pitch, roll)
        else:
            level = np.zeros(len(yaw))
            known.rotation[chosen] = attitude.mounted(yaw, level, level, mount)
            known.say(np.flatnonzero(chosen), "only its direction is known: the camera is assumed to be level")
