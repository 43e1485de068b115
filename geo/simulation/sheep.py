"""The body of a sheep, and of a lamb."""

import numpy as np

from geo.simulation.body import Body
from geo.simulation.solids import srgb

# The colours of coats in sRGB, with their shares: off-white, cream, grey, brown, black.
COATS = (
    ((236, 230, 218), 0.50),
    ((218, 203, 172), 0.24),
    ((158, 150, 142), 0.12),
    ((100, 84, 71), 0.09),
    ((46, 41, 39), 0.05),
)
LENGTH_M, WIDTH_M = 1.22, 0.50


def sheep(rng: np.random.Generator, lamb: bool, in_water: bool) -> Body:
    """A sheep that grazes or looks up, its head and its spine turned a little. A lamb is thinner, on longer legs."""
    del in_water  # sheep stay on land
    coat = srgb(np.array(COATS[rng.choice(len(COATS), p=[share for _, share in COATS])][0]) * rng.uniform(0.9, 1.04))
    coat = coat * (1.0 + rng.normal(0, 0.025) * np.array([1.0, 0.0, -1.0]))
    dark_head = rng.random() < 0.3
    head_colour = srgb((58, 48, 42)) if dark_head else coat * rng.uniform(0.72, 0.95)
    width = WIDTH_M / 2 * rng.uniform(0.88, 1.12) * (0.82 if lamb else 1.0)
    bend, turn = rng.normal(0, 0.12), rng.normal(0, 0.45)  # of the spine, and of the head
    grazing = rng.random() < 0.5
    # along, across, z, a, b, c, turn, colour, drawn
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
    is_head = table[:, 7] > 0
    return Body(
        rows=table[:, :7],
        drawn=table[:, 8] > 0,
        colours=np.where(is_head[:, None], head_colour, coat * 1.0),
        ragged=np.where(is_head, 0.0, 0.16),
        grain=np.where(is_head, 0.05, 0.20),
        woolly=np.full(len(table), 0.45),
    )
