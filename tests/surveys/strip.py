"""A strip survey of points with known animals: what photos would show, without a pixel."""

from dataclasses import dataclass
from typing import NamedTuple

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
    seconds = np.arange(len(line), dtype=np.float64) * seconds_a_photo
    flight = _Flight(true_centres, np.where(line % 2, np.pi, 0.0), seconds, footprint_m)
    place, velocity, kind = _animals(rng, flight, herds, herd_size, alone, spacing_m, beyond_m)
    velocity = velocity * speed_m_s
    length = rng.normal(1.8, 0.15, len(place)).clip(1.0)
    noise = _Noise(pose_noise_m, yaw_noise_deg, height_noise, jitter_m, found)
    photos, seen = _photographed(rng, flight, place, velocity, speed_m_s, noise)
    animal_of = np.concatenate([one.animal for one in seen])
    return StripSurvey(
        animals=len(np.unique(animal_of)) if found < 1 or speed_m_s or beyond_m is not None else len(place),
        photos=photos,
        xy=np.concatenate([one.xy for one in seen]),
        error_m=np.maximum(np.concatenate([one.error_m for one in seen]), 0.02),
        label=kind[animal_of],
        size_m=length[animal_of] * rng.normal(1, 0.1, len(animal_of)).clip(0.5),
        image=np.repeat(np.arange(len(seen)), [len(one.animal) for one in seen]).astype(np.int64),
        animal=animal_of,
        line=line,
        area_m2=float(np.prod(np.ptp(true_centres, axis=0) + np.array(footprint_m)[::-1])),
        footprint_m=footprint_m,
        true_centres=true_centres,
        looks=np.array([one.look for one in seen]),
        poses=np.array([one.pose for one in seen]),
    )


class _Flight(NamedTuple):
    """M photos where they truly are: centres (M, 2), headings (M,) in radians, seconds (M,), footprint (across, along)
    in metres."""

    centres: NDArray[np.float64]
    heading: NDArray[np.float64]
    seconds: NDArray[np.float64]
    footprint_m: tuple[float, float]


class _Noise(NamedTuple):
    """As in `strip_survey`."""

    pose_m: float
    yaw_deg: float
    height: float
    jitter_m: float
    found: float


class _Seen(NamedTuple):
    """What one photo shows: places on the map, their errors, which animals; `look` and `pose` as in `StripSurvey`."""

    xy: NDArray[np.float64]
    error_m: NDArray[np.float64]
    animal: NDArray[np.int64]
    look: NDArray[np.float64]
    pose: NDArray[np.float64]


def _animals(
    rng: np.random.Generator,
    flight: _Flight,
    herds: int,
    herd_size: tuple[int, int],
    alone: int,
    spacing_m: float,
    beyond_m: float | None,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Of each animal its place (N, 2), which way it walks (N, 2), and its kind (N,)."""
    across, along = flight.footprint_m
    low = np.array([along, across / 4])
    high = flight.centres.max(axis=0) - low + [along / 2, across / 2]
    high = np.maximum(high, low + 1)
    if beyond_m is not None:
        low = np.full(2, -beyond_m)
        high = flight.centres.max(axis=0) + np.array([along, across]) / 2 + beyond_m
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
    kind = np.concatenate([np.full(len(a), h % 2) for h, a in enumerate(animals)])
    return np.concatenate(animals), np.concatenate(direction), kind


def _photographed(
    rng: np.random.Generator,
    flight: _Flight,
    place: NDArray[np.float64],
    velocity: NDArray[np.float64],
    speed_m_s: float,
    noise: _Noise,
) -> tuple[Photos, list[_Seen]]:
    """The photos as their poses have them, and what each shows."""
    across, along = flight.footprint_m
    corners = np.array([[-along, -across], [along, -across], [along, across], [-along, across]]) / 2
    m = len(flight.centres)
    footprints, centres = np.empty(m, object), np.empty((m, 2))
    by_x = np.argsort(place[:, 0])
    x = place[by_x, 0]
    reach = along + across + speed_m_s * np.ptp(flight.seconds)
    seen_by = []
    for p in range(m):
        window = np.searchsorted(x, flight.centres[p, 0] + [-reach, reach])
        near = np.sort(by_x[slice(*window)])
        at = place[near] + velocity[near] * (flight.seconds[p] - flight.seconds.mean())
        look = _turn(flight.heading[p])
        seen = (at - flight.centres[p]) @ look
        inside = (np.abs(seen) < [along / 2, across / 2]).all(axis=1) & (rng.random(len(at)) < noise.found)
        seen, there = seen[inside], near[inside]
        turned = np.radians(rng.normal(0, noise.yaw_deg)) if noise.yaw_deg else 0.0
        scale = 1 + noise.height * rng.normal()
        centres[p] = flight.centres[p] + rng.normal(0, 1, 2) * noise.pose_m
        pose = _turn(flight.heading[p] + turned).T * scale
        footprints[p] = shapely.Polygon(corners @ pose + centres[p])
        boxes = seen + rng.normal(0, 1, (len(there), 2)) * noise.jitter_m
        lever = np.hypot(*boxes.T) / np.sqrt(2)
        by_attitude = lever**2 * (np.radians(noise.yaw_deg) ** 2 + noise.height**2)
        error = np.sqrt(noise.pose_m**2 + noise.jitter_m**2 + by_attitude)
        seen_by.append(_Seen(boxes @ pose + centres[p], error, there, look, pose))
    return Photos(centres, footprints, flight.seconds), seen_by


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
