"""What lies about where wild and farm animals live and is no animal: carcasses, rocks, termite mounds, driftwood, cars,
heaps of weed, and shadows of birds that fly over.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.simulation.animals import on_the_ground
from geo.simulation.body import Shaping, carcass
from geo.simulation.furniture import Furniture, mounds
from geo.simulation.landscape import Style
from geo.simulation.settings import SurveySettings
from geo.simulation.shore import Shore
from geo.simulation.solids import empty_lobes, srgb
from geo.simulation.species import Habitat, Species

_MARGIN_M = 15.0


@dataclass(frozen=True)
class Densities:
    """How many of each thing there are on a hectare."""

    carcasses: float
    cars: float
    shadows: float
    rocks: float = 0.0
    termite_mounds: float = 0.0
    driftwood: float = 0.0
    weed: float = 0.0


_ON: dict[Habitat, Densities] = {
    "pasture": Densities(carcasses=0.5, cars=1.5, shadows=1.0, rocks=6.0),
    "savanna": Densities(carcasses=1.2, cars=0.8, shadows=1.0, rocks=10.0, termite_mounds=7.0),
    "beach": Densities(carcasses=1.0, cars=0.5, shadows=2.0, rocks=60.0, driftwood=12.0, weed=20.0),
    "flats": Densities(carcasses=0.5, cars=0.0, shadows=1.5, rocks=25.0, driftwood=6.0, weed=25.0),
}


def strangers(settings: SurveySettings, species: Species, style: Style, shore: Shore | None) -> Furniture:
    """The things of a survey's habitat, over the area and a margin around it, and the places that they take."""
    rng = np.random.default_rng([settings.seed, 16])
    low = np.full(2, -_MARGIN_M)
    high = np.array([settings.width_m, settings.height_m]) + _MARGIN_M
    hectares = float(np.prod(high - low)) / 1e4
    many = _ON[species.habitat]
    lobes: list[NDArray[np.void]] = [empty_lobes(0)]
    obstacles: list[tuple[float, float, float]] = []

    def spots(per_ha: float, deepest_m: float) -> NDArray[np.float64]:
        """Places, and some of them in clumps; none farther offshore than `deepest_m`."""
        count = int(rng.poisson(per_ha * hectares))
        free = rng.uniform(low, high, (count, 2))
        near = rng.uniform(low, high, (max(1, count // 8), 2))[rng.integers(max(1, count // 8), size=count)]
        places = np.where(rng.random((count, 1)) < 0.4, near + rng.normal(0, 3.0, (count, 2)), free)
        if shore is None:
            return places
        dry = np.array([shore.offshore_m(x, y) < deepest_m for x, y in places], np.bool_)
        return places[dry]

    def put(things: NDArray[np.void], radius: float, gap: float) -> None:
        lobes.append(things)
        obstacles.append((float(things["x"].mean()), float(things["y"].mean()), radius + gap))

    soil = np.sqrt(style.colours[4]) * 255.0
    rocks = spots(many.rocks, 3.0)
    tone = np.array([128.0, 122.0, 114.0]) if rng.random() < 0.5 else np.array([88.0, 84.0, 82.0])
    stones = mounds(rng, rocks, (0.12, min(0.9, 0.45 * species.length_m)), tone, 0.35, 0.2, 1)
    lobes.append(stones)
    obstacles += [(float(s["x"]), float(s["y"]), float(s["a"])) for s in stones if s["a"] > 0.2]
    for x, y in spots(many.termite_mounds, 0.0):
        put(_termite_mound(rng, x, y, soil), 1.0, 0.4)
    for x, y in spots(many.carcasses, -1.0):
        body = carcass(rng, species.body(rng, False, False))
        put(
            on_the_ground(body, (x, y), float(rng.uniform(0, 6.3)), float(rng.uniform(0.75, 1.0))),
            species.length_m / 2,
            0.5,
        )
    for x, y in spots(many.cars, -8.0):
        put(_car(rng, x, y), 2.6, 1.0)
    for x, y in spots(many.driftwood, -1.0):
        put(_log(rng, x, y), 0.6, 0.2)
    weed = mounds(rng, spots(many.weed, 0.5), (0.1, 0.4), np.array([64.0, 52.0, 36.0]), 0.9, 0.4, 0)
    lobes.append(weed)
    for x, y in spots(many.shadows, 1e9):
        lobes.append(_shadow(rng, x, y))
    return Furniture(np.concatenate(lobes), np.array(obstacles, np.float64).reshape(-1, 3))


def _termite_mound(rng: np.random.Generator, x: float, y: float, soil: NDArray[np.float64]) -> NDArray[np.void]:
    """A cone of earth with a few spires, of the soil's colour, or redder."""
    shape = Shaping(ragged=0.25, grain=0.25, woolly=0.1)
    colour = srgb(np.clip(soil * rng.uniform(0.8, 1.1) * np.array([1.08, 0.95, 0.85]), 10, 240))
    wide, high = float(rng.uniform(0.4, 1.3)), float(rng.uniform(0.5, 2.2))
    shape.add((0.0, 0.0, 0.0), (wide, wide * float(rng.uniform(0.75, 1.0)), 0.4 * high), colour)
    for _ in range(int(rng.integers(1, 5))):
        away, turn, thick = 0.4 * wide * rng.random(), rng.uniform(0, 6.3), float(rng.uniform(0.14, 0.3)) * wide + 0.08
        at = (float(away * np.cos(turn)), float(away * np.sin(turn)), 0.3 * high)
        shape.add(at, (thick, thick, float(rng.uniform(0.4, 0.7)) * high), colour * float(rng.uniform(0.85, 1.1)))
    return on_the_ground(shape.body(), (x, y), float(rng.uniform(0, 6.3)), 1.0)


def _car(rng: np.random.Generator, x: float, y: float) -> NDArray[np.void]:
    """A car or a pick-up: a box with a cabin and dark glass."""
    shape = Shaping(grain=0.0, woolly=0.0)
    paints = (
        (238, 238, 236),
        (206, 206, 204),
        (120, 124, 128),
        (48, 50, 54),
        (146, 124, 88),
        (66, 84, 60),
        (132, 44, 40),
    )
    paint = srgb(np.array(paints[int(rng.integers(len(paints)))], np.float64))
    glass, pick_up = srgb((34, 40, 46)), rng.random() < 0.4
    shape.add((0.0, 0.0, 0.7), (2.25, 0.88, 0.4), paint)
    if pick_up:
        shape.add((-1.25, 0.0, 0.85), (0.85, 0.72, 0.27), srgb((60, 60, 60)))
    shape.add((0.1 if pick_up else -0.3, 0.0, 1.3), (0.85 if pick_up else 1.35, 0.8, 0.3), glass)
    shape.add((0.05 if pick_up else -0.35, 0.0, 1.45), (0.55 if pick_up else 1.0, 0.66, 0.22), paint * 1.02)
    lobes = on_the_ground(shape.body(), (x, y), float(rng.uniform(0, 6.3)), float(rng.uniform(0.92, 1.08)))
    lobes["boxy"] = True
    return lobes


def _log(rng: np.random.Generator, x: float, y: float) -> NDArray[np.void]:
    """A piece of driftwood: a bleached or a dark trunk with a stub or two."""
    shape = Shaping(ragged=0.2, grain=0.2)
    colour = srgb(np.array([172.0, 160.0, 142.0]) * rng.uniform(0.5, 1.1))
    long, thick = float(rng.uniform(0.5, 2.2)), float(rng.uniform(0.06, 0.2))
    shape.add((0.0, 0.0, 0.7 * thick), (long, thick, thick), colour)
    for _ in range(int(rng.integers(0, 3))):
        at = (float(rng.uniform(-0.8, 0.8)) * long, 0.0, thick)
        shape.add(at, (0.25 * long, 0.6 * thick, 0.6 * thick), colour, float(rng.uniform(0.5, 2.5)))
    return on_the_ground(shape.body(), (x, y), float(rng.uniform(0, 6.3)), 1.0)


def _shadow(rng: np.random.Generator, x: float, y: float) -> NDArray[np.void]:
    """Only the shadow of a large bird: it flies between the camera and the ground, beside the picture's things."""
    shape = Shaping()
    black, high = srgb((20, 20, 20)), float(rng.uniform(4, 14))
    shape.add((0.0, 0.0, high), (0.35, 0.1, 0.08), black, drawn=False)
    for side in (-1.0, 1.0):
        shape.add((0.02, side * 0.5, high), (0.14, 0.5, 0.03), black, side * 0.2, drawn=False)
    return on_the_ground(shape.body(), (x, y), float(rng.uniform(0, 6.3)), float(rng.uniform(0.8, 1.4)))
