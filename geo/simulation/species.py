"""The species that the simulator knows, and how each lives: its size, its herds, its habitat."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from geo.simulation.body import Body
from geo.simulation.hoofed import antelope, cattle, elephant, zebra
from geo.simulation.sheep import LENGTH_M, WIDTH_M, sheep
from geo.simulation.shore_animals import BIRD_LENGTH_M, BIRD_WIDTH_M, SEAL_LENGTH_M, SEAL_WIDTH_M, bird, seal

Habitat = Literal["pasture", "savanna", "beach", "flats"]


@dataclass(frozen=True)
class Species:
    """A species as the simulator knows it.

    Attributes:
        name: The class of its animals in the truth.
        plural: Its name in sentences.
        young: The name of its young.
        habitat: The ground that it stands on.
        usual: How many animals a survey of the usual area has.
        length_m: The length of an adult.
        width_m: Its width.
        young_scale: The least and the largest size of the young; an adult is 1.
        spacings_m: The distances between neighbours in a herd; each herd has one of them.
        in_file: The share of herds that walk one behind the other.
        alone: The share of adults that belong to no herd.
        offshore_m: How far from the waterline it goes on land (negative) and in the water; None: anywhere.
        body: Makes the body of one animal: (random generator, is it young, is it in the water).
    """

    name: str
    plural: str
    young: str
    habitat: Habitat
    usual: int
    length_m: float
    width_m: float
    young_scale: tuple[float, float]
    spacings_m: tuple[float, ...]
    in_file: float
    alone: float
    offshore_m: tuple[float, float] | None
    body: Callable[[np.random.Generator, bool, bool], Body]


SHEEP = Species(
    "sheep", "sheep", "lamb", "pasture", 160, LENGTH_M, WIDTH_M, (0.45, 0.62),
    (0.75, 1.1, 1.8, 3.2), 0.0, 0.15, None, sheep,
)  # fmt: skip
SPECIES: dict[str, Species] = {
    kind.name: kind
    for kind in (
        SHEEP,
        Species(
            "cattle", "cattle", "calf", "pasture", 90, 2.6, 0.72, (0.5, 0.7),
            (1.7, 2.6, 4.5, 7.0), 0.15, 0.12, None, cattle,
        ),
        Species(
            "elephant", "elephants", "calf", "savanna", 36, 4.4, 1.6, (0.35, 0.65),
            (3.2, 4.5, 6.0, 9.0), 0.3, 0.12, None, elephant,
        ),
        Species(
            "antelope", "antelopes", "calf", "savanna", 140, 1.7, 0.42, (0.5, 0.65),
            (1.3, 2.2, 3.5, 6.0), 0.25, 0.1, None, antelope,
        ),
        Species(
            "zebra", "zebra", "foal", "savanna", 80, 2.4, 0.58, (0.5, 0.7),
            (1.6, 2.2, 3.5, 5.0), 0.2, 0.08, None, zebra,
        ),
        Species(
            "seal", "seals", "pup", "beach", 120, SEAL_LENGTH_M, SEAL_WIDTH_M, (0.5, 0.65),
            (0.95, 1.2, 1.7, 3.0), 0.0, 0.12, (-28.0, 1.0), seal,
        ),
        Species(
            "bird", "birds", "chick", "flats", 260, BIRD_LENGTH_M, BIRD_WIDTH_M, (0.55, 0.75),
            (0.7, 1.0, 1.6, 3.0), 0.0, 0.25, (-40.0, 30.0), bird,
        ),
    )
}  # fmt: skip
"""The species by name."""
