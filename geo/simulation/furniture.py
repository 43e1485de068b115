"""The things on a pasture that are not animals: trees, shrubs, weeds, stones, molehills and litter."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from geo.simulation.landscape import Style
from geo.simulation.settings import SurveySettings
from geo.simulation.solids import empty_lobes, srgb


@dataclass(frozen=True)
class Furniture:
    """The things on the ground that are not animals: their lobes, and the places (x, y, radius; m) where no animal can
    stand.
    """

    lobes: NDArray[np.void]
    obstacles: NDArray[np.float64]

    @classmethod
    def none(cls) -> Self:
        """Nothing."""
        return cls(empty_lobes(0), np.zeros((0, 3)))

    def with_more(self, other: "Furniture") -> "Furniture":
        """The things of both."""
        return Furniture(np.concatenate([self.lobes, other.lobes]), np.concatenate([self.obstacles, other.obstacles]))


def furnish(settings: SurveySettings, style: Style) -> Furniture:
    """Trees, shrubs, weeds, stones, molehills and a few lost things, over the area and a margin around it."""
    rng = np.random.default_rng([settings.seed, 4])
    margin = 25.0
    low = np.array([-margin, -margin])
    high = np.array([settings.width_m + margin, settings.height_m + margin])
    hectares = float(np.prod(high - low)) / 1e4
    lobes: list[NDArray[np.void]] = []
    obstacles: list[tuple[float, float, float]] = []
    leaf = np.array([66.0, 82.0, 42.0]) * (1 - style.season) + np.array([96.0, 96.0, 60.0]) * style.season

    def spots(per_ha: float, clumps: float, spread: float) -> NDArray[np.float64]:
        """Positions; some of them are in clumps."""
        count = int(rng.poisson(per_ha * hectares))
        free = rng.uniform(low, high, (count, 2))
        centres = rng.uniform(low, high, (max(1, count // 6), 2))
        near = centres[rng.integers(len(centres), size=count)] + rng.normal(0, spread, (count, 2))
        return np.where(rng.random((count, 1)) < clumps, near, free)

    for x, y in spots(style.trees_per_ha, 0.5, 6.0):
        radius = float(np.clip(rng.lognormal(0.75, 0.35), 1.1, 4.5))
        lobes.append(_crown(rng, x, y, radius, radius * rng.uniform(0.9, 1.6), leaf, True))
        obstacles.append((x, y, radius * 1.12 + 0.4))
    for x, y in spots(style.shrubs_per_ha, 0.7, 3.5):
        radius = float(np.clip(rng.lognormal(-0.75, 0.5), 0.18, 1.6))
        lobes.append(_crown(rng, x, y, radius, radius * rng.uniform(0.5, 0.9), leaf * rng.uniform(0.9, 1.2), False))
        obstacles.append((x, y, radius * 1.15 + 0.15))
    weeds = spots(style.weeds_per_ha, 0.8, 4.0)
    lobes.append(mounds(rng, weeds, (0.05, 0.16), leaf * 1.12, 0.7, 0.22, 0))
    stones = spots(style.stones_per_ha, 0.75, 2.5)
    pale = rng.random() < 0.5
    tone = np.array([196.0, 190.0, 180.0] if pale else [150.0, 142.0, 132.0])
    stone_lobes = mounds(rng, stones, (0.05, 0.22), tone, 0.3, 0.14, 0)
    lobes.append(stone_lobes)
    obstacles += [(float(s["x"]), float(s["y"]), float(s["a"])) for s in stone_lobes if s["a"] > 0.15]
    boulders = spots(style.stones_per_ha * 0.08, 0.5, 2.0)
    big = mounds(rng, boulders, (0.25, 0.6), np.array([168.0, 160.0, 150.0]), 0.45, 0.14, 0)
    lobes.append(big)
    obstacles += [(float(s["x"]), float(s["y"]), float(s["a"]) + 0.1) for s in big]
    hills = spots(float(rng.choice([0, 0, 12])), 0.9, 3.0)
    lobes.append(mounds(rng, hills, (0.12, 0.3), np.sqrt(style.colours[5]) * 255.0, 0.3, 0.25, 1))
    litter = spots(1.5, 0.0, 1.0)
    lobes.append(_litter(rng, litter))
    obstacles += [(x, y, 0.5) for x, y in litter]
    return Furniture(np.concatenate(lobes), np.array(obstacles, np.float64).reshape(-1, 3))


def _crown(
    rng: np.random.Generator, x: float, y: float, radius: float, height: float, leaf: NDArray[np.float64], tree: bool
) -> NDArray[np.void]:
    """The crown of a tree, or a shrub: clumps of leaves. Higher clumps are nearer to the middle, and lighter."""
    count = int(np.clip(9 + 7 * radius, 9, 34)) if tree else int(np.clip(4 + 7 * radius, 4, 14))
    away = radius * np.sqrt(rng.random(count)) * 0.78
    turn = rng.uniform(0, 2 * np.pi, count)
    stretch, lie = rng.uniform(0.8, 1.25), rng.uniform(0, np.pi)
    dx, dy = away * np.cos(turn) * stretch, away * np.sin(turn) / stretch
    lobes = empty_lobes(count)
    lobes["x"] = x + dx * np.cos(lie) - dy * np.sin(lie)
    lobes["y"] = y + dx * np.sin(lie) + dy * np.cos(lie)
    size = radius * rng.uniform(0.24, 0.46, count) * (0.9 if tree else 1.25)
    lobes["a"], lobes["b"] = size * rng.uniform(0.9, 1.25, count), size
    lobes["c"] = size * rng.uniform(0.6, 0.9, count)
    dome = 1.0 - 0.55 * (away / radius) ** 2
    lobes["z"] = height * dome * rng.uniform(0.82, 1.0, count) - lobes["c"] * (0.3 if tree else 0.9)
    lobes["heading"] = rng.uniform(0, np.pi, count)
    tone = leaf * rng.normal(1.0, 0.10) * np.array([rng.normal(1.0, 0.06), 1.0, rng.normal(1.0, 0.06)])
    deep = 0.80 + 0.25 * dome + rng.normal(0, 0.04, count)
    colours = srgb(np.clip(tone[None, :] * deep[:, None], 4, 230))
    lobes["red"], lobes["green"], lobes["blue"] = colours.T
    lobes["ragged"] = 0.9
    lobes["grain"] = 0.55
    return lobes


def mounds(
    rng: np.random.Generator,
    spots: NDArray[np.float64],
    sizes: tuple[float, float],
    colour: NDArray[np.float64],
    ragged: float,
    grain: float,
    texture: int,
) -> NDArray[np.void]:
    """Single low lobes: stones, molehills, weeds. Sizes are radii in metres; small ones are more frequent."""
    count = len(spots)
    lobes = empty_lobes(count)
    lobes["x"], lobes["y"] = spots[:, 0], spots[:, 1]
    size = sizes[0] + (sizes[1] - sizes[0]) * rng.random(count) ** 2
    lobes["a"], lobes["b"] = size * rng.uniform(1.0, 1.5, count), size
    lobes["c"] = size * rng.uniform(0.35, 0.8, count)
    lobes["z"] = lobes["c"] * rng.uniform(0.0, 0.3, count)
    lobes["heading"] = rng.uniform(0, np.pi, count)
    tones = colour[None, :] * rng.normal(1.0, 0.10, (count, 1)) * rng.normal(1.0, 0.02, (count, 3))
    lobes["red"], lobes["green"], lobes["blue"] = srgb(np.clip(tones, 4, 245)).T
    lobes["ragged"], lobes["grain"], lobes["texture"] = ragged, grain, texture
    return lobes


def _litter(rng: np.random.Generator, spots: NDArray[np.float64]) -> NDArray[np.void]:
    """White tins, feed bags and salt licks, which are bright and smooth but are not sheep."""
    lobes = mounds(rng, spots, (0.10, 0.26), np.array([236.0, 236.0, 238.0]), 0.03, 0.02, 1)
    kind = rng.integers(3, size=len(spots))
    lobes["a"] = np.where(kind == 0, lobes["b"], lobes["b"] * rng.uniform(1.0, 2.2, len(spots)))
    lobes["c"] = np.where(kind == 1, 0.03, 0.14)
    tint = np.array([[1.0, 1.0, 1.0], [0.75, 0.85, 1.0], [1.0, 0.93, 0.86]])[rng.integers(3, size=len(spots))]
    for channel, name in enumerate(("red", "green", "blue")):
        lobes[name] *= tint[:, channel]
    return lobes
