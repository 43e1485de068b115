"""Places sheep and lambs, and builds each from ellipsoids.

Frame: metres, x to the right (east), y down (south) from the top left corner of the orthomosaic. Headings are in
radians from x (east) towards y (south).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.simulation.solids import empty_lobes, half_extents

# The colours of coats in sRGB, with their shares: off-white, cream, grey, brown, black.
COATS = (
    ((236, 230, 218), 0.50),
    ((218, 203, 172), 0.24),
    ((158, 150, 142), 0.12),
    ((100, 84, 71), 0.09),
    ((46, 41, 39), 0.05),
)
ADULT_LENGTH_M, ADULT_WIDTH_M = 1.22, 0.50
LAMB_SCALE = (0.45, 0.62)
_TOUCH = np.array([-0.30, 0.0, 0.28])  # a body as three discs on its axis (metres, of an adult), to keep bodies apart
_TOUCH_RADIUS_M = 0.22


@dataclass(frozen=True)
class Animals:
    """N placed animals.

    Attributes:
        x: (N,) scene metres.
        y: (N,) scene metres.
        heading: (N,) radians.
        scale: (N,) the size; 1 is an adult.
        is_lamb: (N,) bool.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    heading: NDArray[np.float64]
    scale: NDArray[np.float64]
    is_lamb: NDArray[np.bool_]
    seed: int

    def __len__(self) -> int:
        return len(self.x)


def srgb(colour: tuple[float, float, float] | NDArray[np.float64]) -> NDArray[np.float64]:
    """An sRGB colour (0 to 255) as linear albedo.

    It is squared, because the renderer's tone curve takes the square root.
    """
    return (np.asarray(colour, np.float64) / 255.0) ** 2


class _Pen:
    """The animals placed so far. A new animal must not touch the body of another."""

    def __init__(self, rng: np.random.Generator, width_m: float, height_m: float, obstacles: NDArray[np.float64]):
        self.rng, self.width_m, self.height_m, self.obstacles = rng, width_m, height_m, obstacles
        self.rows: list[tuple[float, float, float, float, bool]] = []
        self._discs = np.zeros((0, 3))

    def _own_discs(self, x: float, y: float, heading: float, scale: float) -> NDArray[np.float64]:
        along = _TOUCH * scale
        radius = np.full(3, _TOUCH_RADIUS_M * scale)
        return np.stack([x + along * np.cos(heading), y + along * np.sin(heading), radius], axis=1)

    def place(self, x: float, y: float, heading: float, scale: float, is_lamb: bool, gap_m: float) -> bool:
        """Place an animal, unless it is outside the survey, in an obstacle, or closer than `gap_m` to another."""
        margin = 0.8
        if not (margin < x < self.width_m - margin and margin < y < self.height_m - margin):
            return False
        if len(self.obstacles):
            near = np.hypot(self.obstacles[:, 0] - x, self.obstacles[:, 1] - y)
            if (near < self.obstacles[:, 2] + 0.7 * scale).any():
                return False
        own = self._own_discs(x, y, heading, scale)
        close = self._discs[np.abs(self._discs[:, 0] - x) < 3.0 + gap_m]
        close = close[np.abs(close[:, 1] - y) < 3.0 + gap_m]
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
) -> Animals:
    """Place `count` animals: some at given points, flocks with a common heading, single animals, and lambs beside
    mothers.

    The same arguments give the same animals. There are fewer than `count` only if no room is left.

    Args:
        seed: The random seed.
        count: How many animals.
        flocks: How many flocks.
        lamb_share: The share of lambs.
        width_m: Of the area.
        height_m: Of the area.
        obstacles: (K, 3) x, y and radius in scene metres; no animal stands inside.
        on_purpose: (M, 2) scene metres: points to try first, such as tile seams and region borders.
    """
    rng = np.random.default_rng([seed, 11])
    pen = _Pen(rng, width_m, height_m, obstacles)
    lambs = round(count * lamb_share)
    adults = count - lambs
    for x, y in on_purpose[: max(0, adults // 4)]:
        pen.put_adult(float(x), float(y), float(rng.uniform(0, 2 * np.pi)), 0.05)
    singles = round(0.15 * (adults - len(pen.rows)))
    if flocks > 0:
        _place_flocks(pen, adults - singles, flocks)
    _scatter(pen, adults)
    _place_lambs(pen, lambs)
    table = np.array(pen.rows, np.float64).reshape(-1, 5)
    return Animals(table[:, 0], table[:, 1], table[:, 2], table[:, 3], table[:, 4] > 0, seed)


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
        spacing = float(rng.choice([0.75, 1.1, 1.8, 3.2]))  # huddled, tight, walking, grazing
        disorder = 0.15 + 0.5 * rng.random() + (0.5 if spacing > 1.5 else 0.0)
        length = rng.uniform(1.0, 3.5)  # a walking flock is long in its heading
        radius = spacing * np.sqrt(size / np.pi)
        reach = min(radius * np.sqrt(length), 0.42 * min(pen.width_m, pen.height_m))
        size_m = np.array([pen.width_m, pen.height_m])
        centre = rng.uniform(reach, np.maximum(size_m - reach, reach + 1))
        for attempt in range(40 * size):
            if len(pen.rows) >= target:
                break
            spread = radius * (0.75 + 0.02 * attempt / size)
            along, across = rng.normal(0, spread * np.sqrt(length)), rng.normal(0, spread / np.sqrt(length))
            x = centre[0] + along * np.cos(heading) - across * np.sin(heading)
            y = centre[1] + along * np.sin(heading) + across * np.cos(heading)
            own = heading + rng.normal(0, disorder) + (rng.uniform(-np.pi, np.pi) if rng.random() < 0.1 else 0.0)
            pen.put_adult(float(x), float(y), float(own), float(rng.exponential(0.25) * (spacing - 0.6) + 0.01))


def _place_lambs(pen: _Pen, lambs: int) -> None:
    rng, adults = pen.rng, len(pen.rows)
    goal = adults + lambs
    if adults == 0:
        for _ in range(40 * lambs):
            if len(pen.rows) >= goal:
                return
            x, y = rng.uniform([0, 0], [pen.width_m, pen.height_m])
            pen.place(float(x), float(y), float(rng.uniform(0, 2 * np.pi)), float(rng.uniform(*LAMB_SCALE)), True, 0.1)
        return
    for _ in range(60 * lambs):
        if len(pen.rows) >= goal:
            return
        x, y, heading, mother, _ = pen.rows[int(rng.integers(adults))]
        scale = float(rng.uniform(*LAMB_SCALE))
        side = float(rng.choice([-1.0, 1.0]))
        if rng.random() < 0.55:
            # The lamb touches its mother's flank. If she stands diagonally, it is inside her box.
            away, along = (0.22 * mother + 0.22 * scale + 0.02), rng.uniform(-0.12, 0.12)
            own = heading + rng.normal(0, 0.12)
        else:
            away, along = rng.uniform(0.45, 1.1), rng.uniform(-0.7, 0.5)
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
    lamb, scale = bool(animals.is_lamb[i]), float(animals.scale[i])
    coat = srgb(np.array(COATS[rng.choice(len(COATS), p=[share for _, share in COATS])][0]) * rng.uniform(0.9, 1.04))
    coat = coat * (1.0 + rng.normal(0, 0.025) * np.array([1.0, 0.0, -1.0]))
    dark_head = rng.random() < 0.3
    head_colour = srgb((58, 48, 42)) if dark_head else coat * rng.uniform(0.72, 0.95)
    width = ADULT_WIDTH_M / 2 * rng.uniform(0.88, 1.12) * (0.82 if lamb else 1.0)
    bend, turn = rng.normal(0, 0.12), rng.normal(0, 0.45)  # of the spine, and of the head
    grazing = rng.random() < 0.5
    # along, across, z, a, b, c, colour, heading, drawn: an adult at the origin that looks along x
    head_reach = 0.16 if grazing else 0.12
    neck = np.array([0.44, 0.44 * bend])
    nose = neck + head_reach * np.array([np.cos(turn), np.sin(turn)])
    rump = np.array([-0.28, 0.28 * bend])
    shoulder = np.array([0.22, 0.20 * bend])
    head_z = 0.42 if grazing else 0.78
    rows: list[tuple[float, float, float, float, float, float, float, int, bool]] = [
        (0.0, 0.0, 0.52, 0.47, width, 0.26, 0.0, 0, True),
        (rump[0], rump[1], 0.52, 0.24, width * 0.92, 0.25, -bend, 0, True),
        (shoulder[0], shoulder[1], 0.54, 0.27, width * 0.90, 0.25, bend, 0, True),
        (neck[0] - 0.04, neck[1] * 0.9, 0.58, 0.17, 0.125, 0.15, turn * 0.6, 0, True),
        (nose[0], nose[1], head_z, 0.155, 0.078, 0.09, turn, 1, True),
        (-0.50, -0.55 * bend, 0.50, 0.035, 0.04, 0.12, 0.0, 0, True),
    ]
    across = np.array([-np.sin(turn), np.cos(turn)])
    for side in (-1.0, 1.0):
        ear = neck + 0.3 * (nose - neck) + side * 0.095 * across
        rows.append((ear[0], ear[1], head_z + 0.02, 0.03, 0.065, 0.02, turn + side * 0.4, 1, True))
    for foot in (-0.32, 0.24):
        for side in (-1.0, 1.0):
            shift = rng.normal(0, 0.06)
            rows.append((foot + shift, side * 0.13, 0.17, 0.035, 0.03, 0.24, 0.0, 1, False))
    table = np.array(rows, np.float64)
    if lamb:  # a lamb is thinner, with a bigger head on longer legs
        table[:, 2] += 0.08 * (table[:, 2] > 0.3)
        table[4, 3:6] *= 1.25
    table[:, :6] *= scale
    heading = float(animals.heading[i])
    cos, sin = np.cos(heading), np.sin(heading)
    lobes = empty_lobes(len(table))
    lobes["x"] = animals.x[i] + table[:, 0] * cos - table[:, 1] * sin
    lobes["y"] = animals.y[i] + table[:, 0] * sin + table[:, 1] * cos
    lobes["z"], lobes["a"], lobes["b"], lobes["c"] = table[:, 2], table[:, 3], table[:, 4], table[:, 5]
    lobes["heading"] = heading + table[:, 6]
    is_head = table[:, 7] > 0
    colours = np.where(is_head[:, None], head_colour, coat * 1.0)
    lobes["red"], lobes["green"], lobes["blue"] = colours.T
    lobes["ragged"] = np.where(is_head, 0.0, 0.16)
    lobes["grain"] = np.where(is_head, 0.05, 0.20)
    lobes["texture"], lobes["woolly"] = 1, 0.45
    lobes["drawn"] = table[:, 8] > 0
    lobes["owner"] = i
    return lobes


def outlines(animals: Animals, lobes: NDArray[np.void], points: int = 24) -> list[NDArray[np.float64]]:
    """For each animal, points (K, 2) in scene metres around all its drawn lobes. Its box holds them all."""
    turn = np.arange(points) * (2 * np.pi / points)
    drawn = lobes[lobes["drawn"]]
    u, v = np.cos(turn)[None, :] * drawn["a"][:, None], np.sin(turn)[None, :] * drawn["b"][:, None]
    cos, sin = np.cos(drawn["heading"])[:, None], np.sin(drawn["heading"])[:, None]
    xy = np.stack([drawn["x"][:, None] + u * cos - v * sin, drawn["y"][:, None] + u * sin + v * cos], axis=2)
    order = np.searchsorted(drawn["owner"], np.arange(len(animals) + 1))
    return [xy[order[i] : order[i + 1]].reshape(-1, 2) for i in range(len(animals))]


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
