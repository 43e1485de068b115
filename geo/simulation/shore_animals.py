"""The bodies of seals that lie on a beach, and of birds that stand, swim or fly."""

import numpy as np
from numpy.typing import NDArray

from geo.simulation.body import Body, Shaping
from geo.simulation.solids import srgb

Colour = NDArray[np.float64]

SEAL_LENGTH_M, SEAL_WIDTH_M = 1.75, 0.55
BIRD_LENGTH_M, BIRD_WIDTH_M = 0.55, 0.2

_FUR = ((152, 146, 136), (104, 98, 92), (70, 66, 64), (130, 108, 84), (176, 164, 146))
_PUPS = ((226, 216, 196), (62, 58, 56))


def seal(rng: np.random.Generator, pup: bool, in_water: bool) -> Body:
    """A seal on its belly, straight or bent like a banana, dry and pale or wet and dark, some of them spotted."""
    shape = Shaping(grain=0.07, woolly=0.2)
    tones = _PUPS if pup else _FUR
    fur = srgb(np.array(tones[int(rng.integers(len(tones)))], np.float64) * rng.uniform(0.88, 1.08))
    wet = in_water or (not pup and rng.random() < 0.25)
    fur = fur * (0.45 if wet else 1.0)
    bend = float(rng.normal(0, 0.28))
    half, width = SEAL_LENGTH_M / 2, SEAL_WIDTH_M / 2 * float(rng.uniform(0.85, 1.12)) * (0.85 if pup else 1.0)
    sunk = -0.16 if in_water else 0.0
    shape.add((-0.05 * half, 0.0, 0.75 * width + sunk), (half * 0.72, width * 0.8, 0.92 * width), fur, 0.5 * bend)
    # A spindle along an arc: widest a little ahead of the middle, thin at the tail.
    for at, long, wide in (
        (-0.62, 0.30, 0.42),
        (-0.34, 0.36, 0.72),
        (0.0, 0.42, 1.0),
        (0.32, 0.36, 0.86),
        (0.6, 0.26, 0.52),
    ):
        y = half * bend * at * at
        shape.add(
            (half * at, y, 0.8 * width * wide + sunk),
            (half * long, width * wide, 0.85 * width * wide),
            fur,
            2 * bend * at,
        )
    turn = 1.6 * bend + float(rng.normal(0, 0.3))
    x, y = half * (0.74 + 0.14 * float(np.cos(turn))), half * (0.62 * bend + 0.14 * float(np.sin(turn)))
    up = float(rng.choice([0.55, 0.9])) * width + (0.1 if in_water else 0.0)
    shape.add((x, y, up), (0.17, 0.125, 0.12), fur * 0.9, turn)
    shape.add((x + 0.14 * float(np.cos(turn)), y + 0.14 * float(np.sin(turn)), up), (0.07, 0.07, 0.06), fur * 0.7, turn)
    for side in (-1.0, 1.0):
        spread = float(rng.uniform(0.15, 0.4))
        tail = (-half * 0.92, half * bend * 0.85 + side * 0.07, 0.06 + sunk)
        shape.add(tail, (0.16, 0.05, 0.03), fur * 0.75, np.pi - 2 * bend + side * spread, smooth=True)
        arm = (half * 0.36, side * width * 0.95, 0.08 + sunk)
        shape.add(arm, (0.15, 0.06, 0.03), fur * 0.8, side * float(rng.uniform(1.8, 2.6)), smooth=True)
    if not pup and rng.random() < 0.5:
        for _ in range(int(rng.integers(6, 14))):
            u, v = float(rng.uniform(-0.6, 0.5)), float(rng.uniform(-0.6, 0.6))
            size = float(rng.uniform(0.03, 0.07))
            high = 1.7 * width * float(np.sqrt(max(0.05, 1.0 - 0.8 * u * u - 0.8 * v * v))) + sunk
            shape.add((u * half, v * width * 0.8 + half * bend * u * u, high), (size, size, 0.03), fur * 0.5)
    return shape.body()


def bird(rng: np.random.Generator, chick: bool, in_water: bool) -> Body:
    """A gull, a cormorant, a flamingo or a pelican that stands or swims. One in twelve spreads its wings."""
    shape = Shaping(grain=0.04, woolly=0.35)
    kind = int(rng.choice(4, p=[0.6, 0.16, 0.12, 0.12]))
    white, grey, black = srgb((240, 238, 232)), srgb((160, 166, 172)), srgb((38, 36, 36))
    body, wing, tip, bill = (
        (white, grey, black, srgb((214, 170, 60))),
        (black, black * 1.4, black, srgb((150, 130, 90))),
        (srgb((238, 170, 158)), srgb((240, 186, 172)), srgb((196, 84, 84)), black),
        (white, white * 0.95, black, srgb((222, 178, 96))),
    )[kind]
    size = (0.85, 1.1, 1.25, 1.75)[kind] * float(rng.uniform(0.92, 1.08))
    if chick:
        body = wing = tip = srgb((142, 128, 108))
    turn = float(rng.normal(0, 0.5))
    spread = not chick and rng.random() < 1 / 12
    z = size * (0.06 if in_water else 0.24)
    shape.add((0.0, 0.0, z), (0.19 * size, 0.095 * size, 0.09 * size), body)
    shape.add((-0.22 * size, 0.0, z), (0.10 * size, 0.05 * size, 0.025 * size), tip if kind == 0 else body)
    reach = (0.2, 0.24, 0.3, 0.24)[kind] * size
    x, y = reach * float(np.cos(turn)), reach * float(np.sin(turn))
    shape.add((0.6 * x, 0.6 * y, z + 0.06 * size), (0.45 * reach, 0.035 * size, 0.05 * size), body, turn)
    shape.add((x, y, z + 0.12 * size), (0.06 * size, 0.045 * size, 0.045 * size), body, turn)
    beak = (0.05, 0.06, 0.05, 0.16)[kind] * size
    shape.add((x * 1.0 + 0.8 * beak, y, z + 0.11 * size), (beak, 0.016 * size, 0.015 * size), bill, turn, smooth=True)
    for side in (-1.0, 1.0):
        if spread:
            shape.add((0.03 * size, side * 0.32 * size, z + 0.05), (0.09 * size, 0.28 * size, 0.02), wing, side * 0.25)
            shape.add((-0.06 * size, side * 0.62 * size, z + 0.05), (0.06 * size, 0.14 * size, 0.015), tip, side * 0.5)
        else:
            at = (-0.05 * size, side * 0.05 * size, z + 0.03 * size)
            shape.add(at, (0.17 * size, 0.05 * size, 0.065 * size), wing, side * 0.1)
            shape.add(
                (-0.22 * size, side * 0.03 * size, z + 0.04 * size), (0.06 * size, 0.02 * size, 0.02), tip, side * 0.2
            )
        if not in_water:
            shape.add(
                (0.0, side * 0.04 * size, 0.1 * size), (0.012, 0.012, 0.12 * size), bill, drawn=False, smooth=True
            )
    return shape.body()
