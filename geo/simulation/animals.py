"""Places animals of one species, and puts the body of each on the ground.

Frame: metres, x to the right (east), y down (south) from the top left corner of the orthomosaic. Headings are in
radians from x (east) towards y (south).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.simulation.body import Body
from geo.simulation.solids import Viewpoint, empty_lobes, half_extents, seen_forms
from geo.simulation.species import SHEEP, Species

_TOUCH = np.array([-0.30, 0.0, 0.28])  # a body as three discs on its axis (metres, of a sheep), to keep bodies apart
_TOUCH_RADIUS_M = 0.22


@dataclass(frozen=True)
class Animals:
    """N placed animals.

    Attributes:
        x: (N,) scene metres.
        y: (N,) scene metres.
        heading: (N,) radians.
        scale: (N,) the size; 1 is an adult.
        is_lamb: (N,) bool: the young.
        in_water: (N,) bool.
        species: Their species.
        seed: The random seed of their bodies.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    heading: NDArray[np.float64]
    scale: NDArray[np.float64]
    is_lamb: NDArray[np.bool_]
    in_water: NDArray[np.bool_]
    species: Species
    seed: int

    def __len__(self) -> int:
        return len(self.x)

    def none(self) -> "Animals":
        """No animals, of the same species."""
        empty, no = np.zeros(0), np.zeros(0, np.bool_)
        return Animals(empty, empty, empty, empty, no, no, self.species, self.seed)


class _Pen:
    """The animals placed so far. A new animal must not touch the body of another."""

    def __init__(
        self,
        rng: np.random.Generator,
        species: Species,
        width_m: float,
        height_m: float,
        obstacles: NDArray[np.float64],
        offshore_m: Callable[[float, float], float] | None,
    ):
        self.rng, self.species, self.width_m, self.height_m = rng, species, width_m, height_m
        self.obstacles, self._offshore_m = obstacles, offshore_m
        self.long, self.wide = species.length_m / SHEEP.length_m, species.width_m / SHEEP.width_m
        self.rows: list[tuple[float, float, float, float, bool]] = []
        self._discs = np.zeros((0, 3))

    def _own_discs(self, x: float, y: float, heading: float, scale: float) -> NDArray[np.float64]:
        along = _TOUCH * scale * self.long
        radius = np.full(3, _TOUCH_RADIUS_M * scale * self.wide)
        return np.stack([x + along * np.cos(heading), y + along * np.sin(heading), radius], axis=1)

    def lives_at(self, x: float, y: float) -> bool:
        """Whether this is a place for the species."""
        if self._offshore_m is None or self.species.offshore_m is None:
            return True
        inland, seaward = self.species.offshore_m
        return inland <= self._offshore_m(x, y) <= seaward

    def in_water(self, x: float, y: float) -> bool:
        return self._offshore_m is not None and self._offshore_m(x, y) > 0.4

    def place(self, x: float, y: float, heading: float, scale: float, is_lamb: bool, gap_m: float) -> bool:
        """Place an animal, unless it is outside the survey or its habitat, in an obstacle, or closer than `gap_m` to
        another.
        """
        margin = 0.8 * self.long
        if not (margin < x < self.width_m - margin and margin < y < self.height_m - margin):
            return False
        if not self.lives_at(x, y):
            return False
        if len(self.obstacles):
            near = np.hypot(self.obstacles[:, 0] - x, self.obstacles[:, 1] - y)
            if (near < self.obstacles[:, 2] + 0.7 * scale * self.long).any():
                return False
        own = self._own_discs(x, y, heading, scale)
        close = self._discs[np.abs(self._discs[:, 0] - x) < 3.0 * self.long + gap_m]
        close = close[np.abs(close[:, 1] - y) < 3.0 * self.long + gap_m]
        if len(close):
            apart = np.hypot(own[:, None, 0] - close[None, :, 0], own[:, None, 1] - close[None, :, 1])
            if (apart < own[:, None, 2] + close[None, :, 2] + gap_m).any():
                return False
        self._discs = np.concatenate([self._discs, own])
        self.rows.append((x, y, heading, scale, is_lamb))
        return True

    def adult_scale(self) -> float:
        return float(np.clip(self.rng.normal(1.0, 0.07), 0.82, 1.18))

    def put_adult(self, x: float, y: float, heading: float, gap_m: float) -> bool:
        return self.place(x, y, heading, self.adult_scale(), False, gap_m)


def place_animals(
    seed: int,
    count: int,
    flocks: int,
    lamb_share: float,
    width_m: float,
    height_m: float,
    obstacles: NDArray[np.float64],
    on_purpose: NDArray[np.float64],
    species: Species = SHEEP,
    offshore_m: Callable[[float, float], float] | None = None,
) -> Animals:
    """Place `count` animals: some at given points, flocks with a common heading, single animals, and young beside
    mothers.

    The same arguments give the same animals. There are fewer than `count` only if no room is left.

    Args:
        seed: The random seed.
        count: How many animals.
        flocks: How many flocks, or herds.
        lamb_share: The share of young.
        width_m: Of the area.
        height_m: Of the area.
        obstacles: (K, 3) x, y and radius in scene metres; no animal stands inside.
        on_purpose: (M, 2) scene metres: points to try first, such as tile seams and region borders.
        species: Their species.
        offshore_m: The distance of a place from the waterline, positive in the water; None: all is land.
    """
    rng = np.random.default_rng([seed, 11])
    pen = _Pen(rng, species, width_m, height_m, obstacles, offshore_m)
    lambs = round(count * lamb_share)
    adults = count - lambs
    for x, y in on_purpose[: max(0, adults // 4)]:
        pen.put_adult(float(x), float(y), float(rng.uniform(0, 2 * np.pi)), 0.05)
    singles = round(species.alone * (adults - len(pen.rows)))
    if flocks > 0:
        _place_flocks(pen, adults - singles, flocks)
    _scatter(pen, adults)
    _place_lambs(pen, lambs)
    table = np.array(pen.rows, np.float64).reshape(-1, 5)
    wet = np.array([pen.in_water(x, y) for x, y, *_ in pen.rows], np.bool_)
    return Animals(table[:, 0], table[:, 1], table[:, 2], table[:, 3], table[:, 4] > 0, wet, species, seed)


def _scatter(pen: _Pen, up_to: int) -> None:
    for _ in range(60 * max(up_to, 1)):
        if len(pen.rows) >= up_to:
            return
        x, y = pen.rng.uniform([0, 0], [pen.width_m, pen.height_m])
        pen.put_adult(float(x), float(y), float(pen.rng.uniform(0, 2 * np.pi)), 0.3)


def _place_flocks(pen: _Pen, up_to: int, flocks: int) -> None:
    rng = pen.rng
    shares = rng.dirichlet(np.full(flocks, 2.5))
    targets = len(pen.rows) + np.round(np.cumsum(shares) * max(0, up_to - len(pen.rows))).astype(int)
    for target in targets:
        size = max(int(target) - len(pen.rows), 1)
        heading = rng.uniform(0, 2 * np.pi)
        spacing = float(rng.choice(pen.species.spacings_m))  # for sheep: huddled, tight, walking, grazing
        disorder = 0.15 + 0.5 * rng.random() + (0.5 if spacing > 1.5 * pen.long else 0.0)
        length = rng.uniform(1.0, 3.5)  # a walking flock is long in its heading
        if pen.species.in_file and rng.random() < pen.species.in_file:
            length, disorder = 12.0, 0.15
        radius = spacing * np.sqrt(size / np.pi)
        reach = min(radius * np.sqrt(length), 0.42 * min(pen.width_m, pen.height_m))
        size_m = np.array([pen.width_m, pen.height_m])
        centre = rng.uniform(reach, np.maximum(size_m - reach, reach + 1))
        for _ in range(200):
            if pen.lives_at(float(centre[0]), float(centre[1])):
                break
            centre = rng.uniform(reach, np.maximum(size_m - reach, reach + 1))
        for attempt in range(40 * size):
            if len(pen.rows) >= target:
                break
            spread = radius * (0.75 + 0.02 * attempt / size)
            along, across = rng.normal(0, spread * np.sqrt(length)), rng.normal(0, spread / np.sqrt(length))
            x = centre[0] + along * np.cos(heading) - across * np.sin(heading)
            y = centre[1] + along * np.sin(heading) + across * np.cos(heading)
            own = heading + rng.normal(0, disorder) + (rng.uniform(-np.pi, np.pi) if rng.random() < 0.1 else 0.0)
            pen.put_adult(
                float(x), float(y), float(own), float(rng.exponential(0.25) * (spacing - 0.6 * pen.long) + 0.01)
            )


def _place_lambs(pen: _Pen, lambs: int) -> None:
    rng, adults = pen.rng, len(pen.rows)
    goal = adults + lambs
    if adults == 0:
        for _ in range(40 * lambs):
            if len(pen.rows) >= goal:
                return
            x, y = rng.uniform([0, 0], [pen.width_m, pen.height_m])
            pen.place(
                float(x),
                float(y),
                float(rng.uniform(0, 2 * np.pi)),
                float(rng.uniform(*pen.species.young_scale)),
                True,
                0.1,
            )
        return
    for _ in range(60 * lambs):
        if len(pen.rows) >= goal:
            return
        x, y, heading, mother, _ = pen.rows[int(rng.integers(adults))]
        scale = float(rng.uniform(*pen.species.young_scale))
        side = float(rng.choice([-1.0, 1.0]))
        if rng.random() < 0.55:
            # The lamb touches its mother's flank. If she stands diagonally, it is inside her box.
            away, along = (0.22 * mother + 0.22 * scale + 0.02) * pen.wide, rng.uniform(-0.12, 0.12) * pen.long
            own = heading + rng.normal(0, 0.12)
        else:
            away, along = rng.uniform(0.45, 1.1) * pen.wide, rng.uniform(-0.7, 0.5) * pen.long
            own = heading + rng.normal(0, 0.8)
        pen.place(
            float(x + along * np.cos(heading) - side * away * np.sin(heading)),
            float(y + along * np.sin(heading) + side * away * np.cos(heading)),
            float(own),
            scale,
            True,
            0.005,
        )


def animal_lobes(animals: Animals) -> NDArray[np.void]:
    """The ellipsoids (see `solids.LOBE`) of all animals; `owner` is the index of the animal."""
    parts = [_one(animals, i) for i in range(len(animals))]
    return np.concatenate(parts) if parts else empty_lobes(0)


def _one(animals: Animals, i: int) -> NDArray[np.void]:
    rng = np.random.default_rng([animals.seed, 12, i])
    body = animals.species.body(rng, bool(animals.is_lamb[i]), bool(animals.in_water[i]))
    place = (float(animals.x[i]), float(animals.y[i]))
    lobes = on_the_ground(body, place, float(animals.heading[i]), float(animals.scale[i]))
    lobes["owner"] = i
    return lobes


def on_the_ground(body: Body, place: tuple[float, float], heading: float, scale: float) -> NDArray[np.void]:
    """The lobes of a body at a place (scene metres), turned to a heading (radians) and sized."""
    table = body.rows.copy()
    table[:, :6] *= scale
    cos, sin = np.cos(heading), np.sin(heading)
    lobes = empty_lobes(len(table))
    lobes["x"] = place[0] + table[:, 0] * cos - table[:, 1] * sin
    lobes["y"] = place[1] + table[:, 0] * sin + table[:, 1] * cos
    lobes["z"], lobes["a"], lobes["b"], lobes["c"] = table[:, 2], table[:, 3], table[:, 4], table[:, 5]
    lobes["heading"] = heading + table[:, 6]
    lobes["red"], lobes["green"], lobes["blue"] = body.colours.T
    lobes["ragged"], lobes["grain"], lobes["woolly"] = body.ragged, body.grain, body.woolly
    lobes["texture"], lobes["drawn"] = 1, body.drawn
    return lobes


def outlines(
    animals: Animals, lobes: NDArray[np.void], points: int = 24, viewpoint: Viewpoint | None = None
) -> list[NDArray[np.float64]]:
    """For each animal, points (K, 2) in scene metres around all its drawn lobes. Its box holds them all.

    viewpoint: a camera that sees the animals from one side; the points are then where it sees them on the ground.
    """
    if viewpoint is not None:
        return _outlines_aslant(animals, lobes, points, viewpoint)
    turn = np.arange(points) * (2 * np.pi / points)
    drawn = lobes[lobes["drawn"]]
    u, v = np.cos(turn)[None, :] * drawn["a"][:, None], np.sin(turn)[None, :] * drawn["b"][:, None]
    cos, sin = np.cos(drawn["heading"])[:, None], np.sin(drawn["heading"])[:, None]
    xy = np.stack([drawn["x"][:, None] + u * cos - v * sin, drawn["y"][:, None] + u * sin + v * cos], axis=2)
    order = np.searchsorted(drawn["owner"], np.arange(len(animals) + 1))
    return [xy[order[i] : order[i + 1]].reshape(-1, 2) for i in range(len(animals))]


def _outlines_aslant(
    animals: Animals, lobes: NDArray[np.void], points: int, viewpoint: Viewpoint
) -> list[NDArray[np.float64]]:
    leans = viewpoint.leans(lobes)
    xx, yy, xy = seen_forms(lobes, leans)
    turn = np.arange(points) * (2 * np.pi / points)
    # The ellipse as a circle that is stretched and sheared: the Cholesky factor of its matrix.
    right = np.sqrt(xx)
    shear = xy / right
    down = np.sqrt(np.maximum(yy - shear**2, 0.0))
    x = (lobes["x"] + lobes["z"] * leans[:, 0])[:, None] + right[:, None] * np.cos(turn)
    y = (lobes["y"] + lobes["z"] * leans[:, 1])[:, None] + shear[:, None] * np.cos(turn) + down[:, None] * np.sin(turn)
    seen = np.stack([x, y], axis=2)
    order = np.searchsorted(lobes["owner"], np.arange(len(animals) + 1))
    return [seen[order[i] : order[i + 1]].reshape(-1, 2) for i in range(len(animals))]


def boxes_m(animals: Animals, lobes: NDArray[np.void]) -> NDArray[np.float64]:
    """(N, 4) xmin, ymin, xmax, ymax in scene metres: the boxes around the drawn lobes of each animal."""
    drawn = lobes[lobes["drawn"]]
    boxes = np.zeros((len(animals), 4))
    if not len(animals):
        return boxes
    half_x, half_y = half_extents(drawn)
    first = np.searchsorted(drawn["owner"], np.arange(len(animals)))
    boxes[:, 0] = np.minimum.reduceat(drawn["x"] - half_x, first)
    boxes[:, 1] = np.minimum.reduceat(drawn["y"] - half_y, first)
    boxes[:, 2] = np.maximum.reduceat(drawn["x"] + half_x, first)
    boxes[:, 3] = np.maximum.reduceat(drawn["y"] + half_y, first)
    return boxes
