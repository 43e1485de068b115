"""A strip survey of points with known animals: what photos would show, without a pixel."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.overlaps.cells import Photos


@dataclass(frozen=True, eq=False)
class StripSurvey:
    """animals: how many there are, all within what the photos see; else how many any photo shows.

    photos: as their poses have them.

    xy (N, 2), error_m, label, size_m, image: sightings as the poses place them. animal: (N,) the true one.
    line: (M,) the flight line of each photo. area_m2: what the photos truly see, all together.
    looks: (M, 2, 2) true ground less `true_centres` (M, 2), right-multiplied by it, is metres along and across in the
    photo; poses: (M, 2, 2) takes those to the map, where the photo's pose has them, less its centre.
    """

    animals: int
    photos: Photos
    xy: NDArray[np.float64]
    error_m: NDArray[np.float64]
    label: NDArray[np.int64]
    size_m: NDArray[np.float64]
    image: NDArray[np.int64]
    animal: NDArray[np.int64]
    line: NDArray[np.int64]
    area_m2: float
    footprint_m: tuple[float, float]
    true_centres: NDArray[np.float64]
    looks: NDArray[np.float64]
    poses: NDArray[np.float64]

    @property
    def sightings(
        self,
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]:
        """The first arguments of `geo.overlaps.sightings.match`."""
        return self.xy, self.error_m, self.label, self.size_m, self.image

    def posed(self, seen: NDArray[np.float64], photo: int) -> NDArray[np.float64]:
        """Metres along and across in a photo -> where its pose has them on the map: (N, 2)."""
        placed: NDArray[np.float64] = seen @ self.poses[photo] + self.photos.centres[photo]
        return placed


def strip_survey(
    seed: int = 0,
    *,
    lines: int = 4,
    photos_a_line: int = 30,
    footprint_m: tuple[float, float] = (120.0, 80.0),
    forward_overlap: float = 0.8,
    side_overlap: float = 0.3,
    herds: int = 12,
    herd_size: tuple[int, int] = (5, 60),
    alone: int = 20,
    spacing_m: float = 2.0,
    pose_noise_m: float = 5.0,
    yaw_noise_deg: float = 1.5,
    height_noise: float = 0.01,
    jitter_m: float = 0.15,
    found: float = 1.0,
    speed_m_s: float = 0.0,
    seconds_a_photo: float = 2.0,
    beyond_m: float | None = None,
) -> StripSurvey:
    """Lines flown to and fro, and herds on the ground beneath.

    footprint_m: across and along the flight. spacing_m: of the animals of a herd, from one to the next.
    pose_noise_m: standard error along an axis, one draw a photo. jitter_m: the like for each box in its photo.
    beyond_m: animals stand anywhere up to so far beyond what photos see; by default well within that.
    found: the chance that a photo's detector finds an animal. speed_m_s: half of each animal's walk is its herd's.
    """
    rng = np.random.default_rng(seed)
    across, along = footprint_m
    step, apart = along * (1 - forward_overlap), across * (1 - side_overlap)
    line = np.repeat(np.arange(lines), photos_a_line)
    nth = np.tile(np.arange(photos_a_line), lines)
    nth = np.where(line % 2, photos_a_line - 1 - nth, nth)
    true_centres = np.column_stack([nth * step + along / 2, line * apart + across / 2])
    heading = np.where(line % 2, np.pi, 0.0)
    m = len(line)
    seconds = np.arange(m) * seconds_a_photo

    low = np.array([along, across / 4])
    high = true_centres.max(axis=0) - low + [along / 2, across / 2]
    high = np.maximum(high, low + 1)
    if beyond_m is not None:
        low = np.full(2, -beyond_m)
        high = true_centres.max(axis=0) + np.array([along, across]) / 2 + beyond_m
    animals, direction = [], []
    for _ in range(herds):
        size = int(rng.integers(herd_size[0], herd_size[1] + 1))
        herd = _herd(rng, size, spacing_m)
        reach = np.abs(herd).max() if beyond_m is None else 0.0
        animals.append(herd + rng.uniform(low + reach, np.maximum(high - reach, low + reach + 1e-6)))
        common = rng.uniform(0, 2 * np.pi)
        direction.append(_walk(np.full(size, common)) / 2 + _walk(rng.uniform(0, 2 * np.pi, size)) / 2)
    animals.append(rng.uniform(low, high, (alone, 2)))
    direction.append(_walk(rng.uniform(0, 2 * np.pi, alone)))
    place, velocity = np.concatenate(animals), np.concatenate(direction) * speed_m_s
    kind = np.concatenate([np.full(len(a), h % 2) for h, a in enumerate(animals)])
    length = rng.normal(1.8, 0.15, len(place)).clip(1.0)

    corners = np.array([[-along, -across], [along, -across], [along, across], [-along, across]]) / 2
    xy, image, animal, error = [], [], [], []
    footprints, centres = np.empty(m, object), np.empty((m, 2))
    looks, poses = np.empty((m, 2, 2)), np.empty((m, 2, 2))
    middle = seconds.mean()
    by_x = np.argsort(place[:, 0])
    x = place[by_x, 0]
    reach = along + across + speed_m_s * np.ptp(seconds)
    for p in range(m):
        window = np.searchsorted(x, true_centres[p, 0] + [-reach, reach])
        near = np.sort(by_x[slice(*window)])
        at = place[near] + velocity[near] * (seconds[p] - middle)
        seen = (at - true_centres[p]) @ _turn(heading[p])
        inside = (np.abs(seen) < [along / 2, across / 2]).all(axis=1) & (rng.random(len(at)) < found)
        seen, there = seen[inside], near[inside]
        posed = heading[p] + np.radians(rng.normal(0, yaw_noise_deg)) if yaw_noise_deg else heading[p]
        scale = 1 + height_noise * rng.normal()
        centres[p] = true_centres[p] + rng.normal(0, 1, 2) * pose_noise_m
        back = _turn(posed).T * scale
        looks[p], poses[p] = _turn(heading[p]), back
        footprints[p] = shapely.Polygon(corners @ back + centres[p])
        boxes = seen + rng.normal(0, 1, (len(there), 2)) * jitter_m
        xy.append(boxes @ back + centres[p])
        image.append(np.full(len(there), p))
        animal.append(there)
        lever = np.hypot(*boxes.T) / np.sqrt(2)
        error.append(
            np.sqrt(pose_noise_m**2 + jitter_m**2 + lever**2 * (np.radians(yaw_noise_deg) ** 2 + height_noise**2))
        )
    animal_of = np.concatenate(animal)
    return StripSurvey(
        animals=len(np.unique(animal_of)) if found < 1 or speed_m_s or beyond_m is not None else len(place),
        photos=Photos(centres, footprints, seconds),
        xy=np.concatenate(xy),
        error_m=np.maximum(np.concatenate(error), 0.02),
        label=kind[animal_of],
        size_m=length[animal_of] * rng.normal(1, 0.1, len(animal_of)).clip(0.5),
        image=np.concatenate(image).astype(np.int64),
        animal=animal_of,
        line=line,
        area_m2=float(np.prod(np.ptp(true_centres, axis=0) + np.array(footprint_m)[::-1])),
        footprint_m=footprint_m,
        true_centres=true_centres,
        looks=looks,
        poses=poses,
    )


def _herd(rng: np.random.Generator, size: int, spacing: float) -> NDArray[np.float64]:
    """A herd as animals stand: a triangular lattice in disorder, the ones nearest to its middle."""
    n = int(np.ceil(np.sqrt(size))) + 3
    row, column = np.mgrid[-n : n + 1, -n : n + 1]
    lattice = np.column_stack([(column + row / 2).ravel(), (row * np.sqrt(3) / 2).ravel()])
    lattice += rng.normal(0, 0.25, lattice.shape)
    lattice = lattice @ _turn(rng.uniform(0, np.pi)) * [1.5, 1 / 1.5] @ _turn(rng.uniform(0, np.pi))
    nearest = np.argsort((lattice**2).sum(axis=1))[:size]
    herd: NDArray[np.float64] = lattice[nearest] * spacing
    return herd


def _walk(angle: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.column_stack([np.cos(angle), np.sin(angle)])


def _turn(angle: float) -> NDArray[np.float64]:
    """Right-multiplied, takes the map's axes to those of a photo that looks along `angle`."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s], [s, c]])
