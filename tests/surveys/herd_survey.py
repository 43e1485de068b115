"""One herd in overlapping photos, under a detector that errs: it misses animals, more in some photos, and sees others
where there are none. Its false alarms are in one photo each."""

from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.overlaps.cells import Photos
from geo.overlaps.report import Rule
from geo.overlaps.sightings import Matched, match

Floats = NDArray[np.float64]


class HerdSurvey(NamedTuple):
    """animals: how many there are. animal: (N,) the true one of each sighting; -1 for a false alarm.

    The other columns are those of `geo.overlaps.sightings.match`. error_m: as the poses say it.
    """

    animals: int
    photos: Photos
    xy: Floats
    error_m: Floats
    size_m: Floats
    image: NDArray[np.int64]
    animal: NDArray[np.int64]

    def matched(self, rule: Rule = "animals") -> Matched:
        """The sightings, matched."""
        label = np.zeros(len(self.xy), np.int64)
        return match(self.xy, self.error_m, label, self.size_m, self.image, self.photos, rule=rule)


class Detector(NamedTuple):
    """found: the share of the animals in a photo that it finds, on average. It varies between photos.
    false_alarms: how many it has in a photo, on average."""

    found: float = 0.9
    false_alarms: float = 0.0


class Poses(NamedTuple):
    """noise_m, yaw_deg, height: standard errors of a photo's place along each axis, its yaw, and its height (a share).
    said_m: the error that the poses say they have; None: the true one."""

    noise_m: float = 3.0
    yaw_deg: float = 1.5
    height: float = 0.01
    said_m: float | None = None


_POSES, _DETECTOR = Poses(), Detector()
_JITTER_M = 0.1


def herd_survey(
    seed: int,
    *,
    animals: int = 200,
    spacing_m: float = 1.5,
    overlaps: tuple[float, float] = (0.8, 0.6),
    poses: Poses = _POSES,
    detector: Detector = _DETECTOR,
    alone: int = 0,
    lines: int = 4,
) -> HerdSurvey:
    """Lines flown to and fro over the middle of a herd; photos of 60 x 40 m. overlaps: forward and side. alone: how
    many animals stand somewhere else."""
    key = [int(poses.noise_m * 10), int(detector.found * 100), int(overlaps[0] * 100), int(detector.false_alarms * 10)]
    rng = np.random.default_rng([seed, *key, animals])
    across, along = 60.0, 40.0
    centres, heading = _flight(along * (1 - overlaps[0]), across * (1 - overlaps[1]), lines)
    middle = (centres.max(axis=0) + centres.min(axis=0)) / 2
    herd = _herd(rng, animals, spacing_m) + middle + rng.uniform(-3, 3, 2)
    if alone:
        herd = np.vstack([herd, rng.uniform(centres.min(axis=0), centres.max(axis=0), (alone, 2))])
    length = rng.normal(1.2, 0.1, len(herd)).clip(0.8)
    corners = np.array([[-along, -across], [along, -across], [along, across], [-along, across]]) / 2
    off = poses.noise_m > 0
    yaw, height = (poses.yaw_deg, poses.height) if off else (0.0, 0.0)
    said = poses.noise_m if poses.said_m is None else poses.said_m
    seen, placed = [], np.empty(centres.shape)
    footprints = np.empty(len(centres), object)
    for photo, centre in enumerate(centres):
        own, which, size = _one_photo(rng, (herd - centre) @ _turn(heading[photo]), length, detector, (along, across))
        turned = heading[photo] + np.radians(rng.normal(0, yaw))
        pose = _turn(turned).T * (1 + height * rng.normal())
        placed[photo] = centre + rng.normal(0, 1, 2) * poses.noise_m
        footprints[photo] = shapely.Polygon(corners @ pose + placed[photo])
        lever = np.hypot(*own.T) / 1.414
        by_attitude = lever**2 * (np.radians(poses.yaw_deg) ** 2 + poses.height**2) if said else np.zeros(len(own))
        error = np.sqrt(said**2 + _JITTER_M**2 + by_attitude)
        seen.append((own @ pose + placed[photo], np.full(len(own), photo), np.maximum(error, 0.02), which, size))
    xy, image, error_m, animal, size_m = (np.concatenate(column) for column in zip(*seen, strict=True))
    photos = Photos(placed, footprints, np.arange(len(centres), dtype=np.float64) * 2)
    return HerdSurvey(len(herd), photos, xy, error_m, size_m, image, animal)


def _flight(step: float, apart: float, lines: int) -> tuple[Floats, Floats]:
    """(M, 2) where photos are taken, and (M,) their headings."""
    a_line = int(np.ceil(70 / step))
    flown = [(i if line % 2 == 0 else a_line - 1 - i, line) for line in range(lines) for i in range(a_line)]
    return np.array(flown) * [step, apart], np.repeat(np.where(np.arange(lines) % 2, np.pi, 0.0), a_line)


def _herd(rng: np.random.Generator, size: int, spacing: float) -> Floats:
    """The animals of a lattice in disorder that are nearest to its middle."""
    k = int(np.ceil(np.sqrt(size))) + 4
    lattice = np.array([(i + 0.5 * (j % 2), j * 0.866) for i in range(-k, k) for j in range(-k, k)]) * spacing
    lattice += rng.normal(0, 0.2 * spacing, lattice.shape)
    lattice = lattice @ _turn(rng.uniform(0, 6))
    nearest: Floats = lattice[np.argsort((lattice**2).sum(axis=1))[:size]]
    return nearest


def _one_photo(
    rng: np.random.Generator, here: Floats, length: Floats, detector: Detector, view: tuple[float, float]
) -> tuple[Floats, NDArray[np.int64], Floats]:
    """What the detector finds: metres along and across (K, 2), the animal (K,), and its length (K,)."""
    half = np.array(view) / 2
    inside = (np.abs(here) < half).all(axis=1)
    share = rng.beta(detector.found * 8, (1 - detector.found) * 8) if detector.found < 1 else 1.0
    inside &= rng.random(len(here)) < share
    which = np.flatnonzero(inside)
    own = here[which] + rng.normal(0, _JITTER_M, (len(which), 2))
    size = length[which] * rng.normal(1, 0.1, len(which)).clip(0.5)
    wrong = rng.poisson(detector.false_alarms)
    own = np.vstack([own, rng.uniform(-half, half, (wrong, 2))])
    size = np.r_[size, rng.normal(1.2, 0.2, wrong).clip(0.5)]
    return own, np.r_[which, np.full(wrong, -1)].astype(np.int64), size


def _turn(angle: float) -> Floats:
    """Right-multiplied, takes the map's axes to those of a photo that looks along `angle`."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s], [s, c]])
