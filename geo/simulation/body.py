"""The body of one animal: ellipsoids around its middle, in metres.

Frame of a body: x along the animal, forwards; y across, to its right as an image shows it; z up from the ground. The
middle of the animal is the origin. `animals.py` sizes it, turns it and puts it on the ground.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geo.simulation.solids import srgb


@dataclass(frozen=True)
class Body:
    """K ellipsoids.

    Attributes:
        rows: (K, 7) x, y, z, the semi-axes a, b and c in metres, and the turn about z in radians.
        drawn: (K,) bool; False: only its shadow is seen from above, as for a leg.
        colours: (K, 3) linear albedo.
        ragged: (K,) how much wool or hair breaks the outline.
        grain: (K,) how much the brightness of the surface varies.
        woolly: (K,) how much light spreads inside the coat.
    """

    rows: NDArray[np.float64]
    drawn: NDArray[np.bool_]
    colours: NDArray[np.float64]
    ragged: NDArray[np.float64]
    grain: NDArray[np.float64]
    woolly: NDArray[np.float64]


class Shaping:
    """Gathers the ellipsoids of a body one by one."""

    def __init__(self, ragged: float = 0.0, grain: float = 0.08, woolly: float = 0.3) -> None:
        self._coat = (ragged, grain, woolly)
        self._rows: list[tuple[float, ...]] = []
        self._drawn: list[bool] = []
        self._colours: list[NDArray[np.float64]] = []
        self._surface: list[tuple[float, float, float]] = []

    def add(
        self,
        at: tuple[float, float, float],
        axes: tuple[float, float, float],
        colour: NDArray[np.float64],
        turn: float = 0.0,
        drawn: bool = True,
        smooth: bool = False,
    ) -> None:
        """Add an ellipsoid.

        Args:
            at: x, y, z of its centre, m.
            axes: Its semi-axes along, across and up, m.
            colour: (3,) linear albedo.
            turn: About z, radians.
            drawn: Whether it is seen from above.
            smooth: Bare skin or horn, without a coat.
        """
        self._rows.append((*at, *axes, turn))
        self._drawn.append(drawn)
        self._colours.append(np.asarray(colour, np.float64))
        self._surface.append((0.0, 0.05, 0.15) if smooth else self._coat)

    def body(self) -> Body:
        """The body."""
        ragged, grain, woolly = np.array(self._surface, np.float64).T
        return Body(
            np.array(self._rows, np.float64), np.array(self._drawn), np.array(self._colours), ragged, grain, woolly
        )


def carcass(rng: np.random.Generator, body: Body) -> Body:
    """What is left of an animal some days after its death: flat, darker, without legs, with pale bones and a stain."""
    kept = np.flatnonzero(body.drawn)
    rows = body.rows[kept].copy()
    rows[:, 2] *= 0.2
    rows[:, 5] *= 0.3
    rows[:, 3:5] *= rng.uniform(0.8, 1.05, (len(rows), 1))
    rows[:, :2] += rng.normal(0, 0.05, (len(rows), 2)) * np.abs(rows[:, :1])
    colours = body.colours[kept] * rng.uniform(0.25, 0.6) + srgb((40, 30, 24)) * rng.uniform(0.2, 0.6)
    length, width = float(np.abs(rows[:, 0]).max()), float(rows[:, 4].max())
    shape = Shaping(grain=0.3)
    shape.add((0.0, 0.0, 0.0), (0.9 * length, 1.5 * width, 0.015), srgb((62, 48, 36)) * rng.uniform(0.7, 1.2))
    for rib in range(int(rng.integers(3, 8))):
        place = (0.12 * length * (rib - 3), float(rng.normal(0, 0.1 * width)), float(rows[:, 2].max()))
        shape.add(place, (0.012 * length + 0.012, 0.6 * width, 0.05), srgb((226, 216, 196)), float(rng.normal(0, 0.2)))
    under = shape.body()
    flat = replace(
        body,
        rows=rows,
        drawn=body.drawn[kept],
        colours=colours,
        ragged=body.ragged[kept] + 0.2,
        grain=body.grain[kept] + 0.2,
        woolly=body.woolly[kept],
    )
    names = ("rows", "drawn", "colours", "ragged", "grain", "woolly")
    return Body(*(np.concatenate([getattr(under, name), getattr(flat, name)]) for name in names))
