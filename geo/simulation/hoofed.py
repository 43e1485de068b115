"""The bodies of cattle, antelopes, zebra and elephants: four legs, and a head that grazes or looks up."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.simulation.body import Body, Shaping
from geo.simulation.solids import srgb

Colour = NDArray[np.float64]


@dataclass(frozen=True)
class Build:
    """The measures of an adult, metres.

    Attributes:
        trunk: The length of the body without neck and head.
        width: The width of the body at its widest.
        back: The height of the back.
        depth: From the back down to the belly.
        neck: The length of the neck; head: that of the head.
        neck_width, head_width: Their widths.
        ear: The length of an ear; 0 if its ears are added apart.
        rump: How wide the hind part is, 1 for as wide as the middle.
        shoulder: How wide the front part is.
        carriage: How much higher than the back the head is when it looks up, m.
    """

    trunk: float
    width: float
    back: float
    depth: float
    neck: float
    head: float
    neck_width: float
    head_width: float
    ear: float
    rump: float = 0.92
    shoulder: float = 0.95
    carriage: float = 0.2


@dataclass(frozen=True)
class Stance:
    """How one animal holds itself: lying, grazing or looking up, and the bends of its spine and head, radians."""

    lying: bool
    grazing: bool
    spine: float
    head: float


def _stance(rng: np.random.Generator, lying: float, grazing: float) -> Stance:
    return Stance(
        bool(rng.random() < lying), bool(rng.random() < grazing), float(rng.normal(0, 0.09)), float(rng.normal(0, 0.4))
    )


def _stand(
    rng: np.random.Generator, shape: Shaping, build: Build, stance: Stance, coat: Colour, head: Colour, legs: Colour
) -> tuple[float, float, float]:
    """Add trunk, neck, head, ears, tail and legs. Returns x, y and z of the head's middle."""
    half, width = build.trunk / 2, build.width / 2 * rng.uniform(0.9, 1.1) * (1.12 if stance.lying else 1.0)
    deep = build.depth / 2
    z = deep * 0.95 if stance.lying else build.back - deep
    bend = stance.spine
    shape.add((0.0, 0.0, z), (half * 0.92, width, deep), coat)
    shape.add(
        (-0.52 * half, 0.5 * half * bend, z + 0.04 * deep), (half * 0.5, width * build.rump, deep * 0.98), coat, -bend
    )
    shape.add((0.5 * half, 0.5 * half * bend, z + 0.08 * deep), (half * 0.52, width * build.shoulder, deep), coat, bend)
    # The neck leads on from the shoulder; the head is lower when it grazes.
    turn = stance.head * (0.4 if stance.grazing else 1.0) + bend
    reach = build.neck * (0.95 if stance.grazing else 0.62)
    x0, y0 = 0.86 * half, 0.7 * half * bend
    x1, y1 = x0 + reach * np.cos(turn), y0 + reach * np.sin(turn)
    head_z = 0.3 * build.back if stance.grazing else (z + deep + build.carriage)
    if stance.lying:
        head_z = z + deep
    middle = (z + 0.3 * deep + head_z) / 2
    shape.add(((x0 + x1) / 2, (y0 + y1) / 2, middle), (reach * 0.7, build.neck_width / 2, deep * 0.5), coat, turn)
    x = float(x1 + 0.4 * build.head * np.cos(turn))
    y = float(y1 + 0.4 * build.head * np.sin(turn))
    shape.add((x, y, head_z), (build.head / 2, build.head_width / 2, build.head_width / 2), head, turn)
    across = np.array([-np.sin(turn), np.cos(turn)])
    for side in (-1.0, 1.0) if build.ear else ():
        ex = float(x1 + side * across[0] * (0.4 * build.head_width + 0.35 * build.ear))
        ey = float(y1 + side * across[1] * (0.4 * build.head_width + 0.35 * build.ear))
        shape.add((ex, ey, head_z + 0.03), (build.ear * 0.3, build.ear * 0.5, 0.02), head, turn + side * 0.4)
    shape.add((-1.02 * half, -half * bend, z), (0.05 * half + 0.02, 0.035, deep * 0.6), coat, drawn=True)
    if not stance.lying:
        _legs(rng, shape, build, z, legs)
    return x, y, head_z


def _legs(rng: np.random.Generator, shape: Shaping, build: Build, z: float, colour: Colour) -> None:
    walking = rng.random() < 0.4
    for foot in (-0.72, 0.62):
        for side in (-1.0, 1.0):
            stride = rng.normal(0, 0.10 if walking else 0.03) * build.trunk
            at = (foot * build.trunk / 2 + float(stride), side * 0.27 * build.width, z / 2)
            shape.add(at, (0.04 * build.trunk, 0.09 * build.width, z / 2 + 0.08), colour, drawn=False, smooth=True)


def _horns(shape: Shaping, x: float, y: float, z: float, turn: float, spread: float, length: float) -> None:
    """Two horns that point outwards and a little back, or along the head where `spread` is small."""
    horn = srgb((170, 158, 132))
    for side in (-1.0, 1.0):
        out = turn + side * spread
        at = (
            float(x - 0.1 * np.cos(turn) + 0.5 * length * np.cos(out)),
            float(y + 0.5 * length * np.sin(out)),
            z + 0.12,
        )
        shape.add(at, (length / 2, 0.028, 0.03), horn, out, smooth=True)


# --- cattle ------------------------------------------------------------------------------------------------------

_CATTLE = Build(1.65, 0.66, 1.38, 0.74, 0.5, 0.5, 0.36, 0.24, 0.2)
_CATTLE_COATS = (
    ((38, 34, 33), 0.25),
    ((104, 64, 42), 0.22),
    ((146, 88, 54), 0.15),
    ((226, 218, 202), 0.13),
    ((176, 146, 108), 0.15),
    ((128, 122, 116), 0.10),
)


def cattle(rng: np.random.Generator, calf: bool, in_water: bool) -> Body:
    """A cow, a bull or a calf: black, brown, red, white, dun or grey; a third are in patches; some have horns."""
    del in_water
    shape = Shaping(grain=0.08, woolly=0.25)
    coat = _coat(rng, _CATTLE_COATS)
    face = srgb((232, 226, 214)) if rng.random() < 0.15 else coat * rng.uniform(0.8, 1.0)
    stance = _stance(rng, 0.2, 0.5)
    x, y, z = _stand(rng, shape, _CATTLE, stance, coat, face, coat * 0.8)
    if rng.random() < 0.33:
        _patches(rng, shape, _CATTLE, stance, srgb((232, 228, 218)) if coat.mean() < 0.35 else srgb((48, 42, 40)))
    if not calf and rng.random() < 0.45:
        _horns(shape, x, y, z, stance.head + stance.spine, float(rng.uniform(1.0, 1.6)), float(rng.uniform(0.22, 0.6)))
    return shape.body()


def _coat(rng: np.random.Generator, coats: tuple[tuple[tuple[int, int, int], float], ...]) -> Colour:
    shares = np.array([share for _, share in coats])
    chosen = coats[int(rng.choice(len(coats), p=shares / shares.sum()))][0]
    return srgb(np.array(chosen, np.float64) * rng.uniform(0.88, 1.08) * rng.normal(1.0, 0.02, 3))


def _patches(rng: np.random.Generator, shape: Shaping, build: Build, stance: Stance, colour: Colour) -> None:
    """Patches of another colour on the back: caps that stand out of the trunk by less than a centimetre."""
    half, width, deep = build.trunk / 2, build.width / 2, build.depth / 2
    z = deep * 0.95 if stance.lying else build.back - deep
    for _ in range(int(rng.integers(2, 6))):
        u, v = float(rng.uniform(-0.8, 0.8)), float(rng.uniform(-0.55, 0.55))
        up = deep * float(np.sqrt(max(0.0, 1.0 - 0.9 * u * u - v * v)))
        size = float(rng.uniform(0.22, 0.42)) * half
        at = (u * half, v * width + u * half * stance.spine * 0.8, z + up * 0.93)
        shape.add(at, (size, size * float(rng.uniform(0.45, 0.7)), 0.1 * deep + 0.04), colour, float(rng.uniform(0, 3)))


# --- antelopes ---------------------------------------------------------------------------------------------------

_ANTELOPE = Build(0.98, 0.38, 0.95, 0.46, 0.42, 0.32, 0.16, 0.13, 0.17)
_GNU = Build(1.3, 0.5, 1.28, 0.6, 0.42, 0.46, 0.26, 0.18, 0.18, rump=0.8, shoulder=1.08)
_TAN = (((184, 128, 78), 0.5), ((164, 112, 66), 0.3), ((200, 158, 110), 0.2))
_SLATE = (((84, 78, 76), 0.5), ((104, 94, 86), 0.3), ((70, 62, 58), 0.2))


def antelope(rng: np.random.Generator, calf: bool, in_water: bool) -> Body:
    """An antelope: tan and slender with a pale rump, or slate and heavy in front as a wildebeest."""
    del in_water
    shape = Shaping(grain=0.07, woolly=0.2)
    gnu = rng.random() < 0.35
    build = _GNU if gnu else _ANTELOPE
    coat = _coat(rng, _SLATE if gnu else _TAN)
    stance = _stance(rng, 0.2, 0.5)
    head = srgb((40, 36, 34)) if gnu else coat * 0.95
    x, y, z = _stand(rng, shape, build, stance, coat, head, coat * 0.75)
    half, deep = build.trunk / 2, build.depth / 2
    back = (deep * 0.95 if stance.lying else build.back - deep) + deep
    if gnu:  # a dark mane along neck and shoulder
        shape.add((0.75 * half, 0.6 * half * stance.spine, back), (0.45 * half, 0.05, 0.12), srgb((38, 34, 32)))
    else:
        shape.add((-0.95 * half, 0.0, back - 0.7 * deep), (0.06, 0.13, 0.6 * deep), srgb((224, 208, 180)))
    if not calf and rng.random() < 0.7:
        spread = float(rng.uniform(1.1, 1.5)) if gnu else float(rng.uniform(2.5, 2.9))
        _horns(shape, x, y, z, stance.head + stance.spine, spread, float(rng.uniform(0.25, 0.5)))
    return shape.body()


# --- zebra -------------------------------------------------------------------------------------------------------

_ZEBRA = Build(1.42, 0.54, 1.3, 0.64, 0.56, 0.48, 0.26, 0.18, 0.17)


def zebra(rng: np.random.Generator, foal: bool, in_water: bool) -> Body:
    """A zebra: pale with dark stripes across the trunk and the neck, brown stripes on a foal."""
    del in_water
    shape = Shaping(grain=0.05, woolly=0.3)
    pale = srgb(np.array([226.0, 220.0, 208.0]) * rng.uniform(0.9, 1.04))
    dark = srgb((86, 62, 46)) if foal else srgb((42, 38, 37))
    stance = _stance(rng, 0.08, 0.5)
    x, y, z = _stand(rng, shape, _ZEBRA, stance, pale, pale * 0.75, pale * 0.7)
    half, width, deep = _ZEBRA.trunk / 2, _ZEBRA.width / 2, _ZEBRA.depth / 2
    low = deep * 0.95 if stance.lying else _ZEBRA.back - deep
    stripes = int(rng.integers(9, 13))
    for k in range(stripes):
        u = -0.9 + 1.75 * (k + 0.5 * float(rng.random())) / stripes
        # A thin disc across the trunk, 2 cm larger than the trunk's outline there.
        size = float(np.sqrt(max(0.05, 1.0 - 0.75 * u * u)))
        axes = (0.032 * float(rng.uniform(0.8, 1.3)), width * size * 1.1, deep * size + 0.03)
        shape.add((u * half, abs(u) * 0.6 * half * stance.spine, low), axes, dark, float(rng.normal(0, 0.12)))
    shape.add((0.0, 0.0, low + deep), (0.85 * half, 0.03, 0.04), dark)  # along the spine
    turn = stance.head * (0.4 if stance.grazing else 1.0) + stance.spine
    for k in range(4):
        share = (k + 0.5) / 4
        at = (
            0.86 * half + share * (x - 0.86 * half) * 0.8,
            share * y * 0.8,
            low + (z - low) * share + 0.5 * deep * (1 - share),
        )
        shape.add(at, (0.025, _ZEBRA.neck_width / 2, 0.5 * deep * 0.6), dark, turn)
    shape.add((x, y, z + 0.06), (0.09, 0.07, 0.06), dark, turn)  # the muzzle and the mane's front
    return shape.body()


# --- elephants ---------------------------------------------------------------------------------------------------

_ELEPHANT = Build(2.6, 1.5, 2.75, 1.5, 0.5, 0.95, 0.9, 0.78, 0.0, rump=0.9, shoulder=0.88, carriage=-0.45)
_HIDES = (((122, 114, 106), 0.45), ((98, 92, 88), 0.25), ((150, 120, 96), 0.2), ((158, 150, 140), 0.1))


def elephant(rng: np.random.Generator, calf: bool, in_water: bool) -> Body:
    """An elephant: grey, dark or red with dust, ears wide or folded back, its trunk ahead; most adults have tusks."""
    del in_water
    shape = Shaping(grain=0.10, woolly=0.15)
    hide = _coat(rng, _HIDES)
    stance = Stance(False, False, float(rng.normal(0, 0.06)), float(rng.normal(0, 0.25)))
    x, y, z = _stand(rng, shape, _ELEPHANT, stance, hide, hide * rng.uniform(0.9, 1.05), hide * 0.85)
    turn = stance.head + stance.spine
    forward, across = np.array([np.cos(turn), np.sin(turn)]), np.array([-np.sin(turn), np.cos(turn)])
    open_ears = float(rng.uniform(0.15, 1.0))  # 1 is wide open, as for a threat
    for side in (-1.0, 1.0):
        out = (0.36 + 0.24 * open_ears) * side
        place = np.array([x, y]) - 0.22 * forward + out * across
        axes = (0.36 - 0.2 * open_ears, 0.14 + 0.32 * open_ears, 0.55)
        shape.add((float(place[0]), float(place[1]), z - 0.15), axes, hide * 0.82, turn + side * 0.5 * (1 - open_ears))
    sway = float(rng.normal(0, 0.06))
    for k in range(5):  # the trunk hangs down from the brow, its end ahead
        tip = np.array([x, y]) + (0.36 + 0.11 * k) * forward + sway * k * across
        axes = (0.2 - 0.025 * k, 0.18 - 0.025 * k, 0.3)
        shape.add((float(tip[0]), float(tip[1]), z - 0.2 - 0.3 * k), axes, hide * 0.9, turn)
    if not calf and rng.random() < 0.75:
        for side in (-1.0, 1.0):
            tusk = np.array([x, y]) + 0.62 * forward + side * 0.26 * across
            length = float(rng.uniform(0.15, 0.42))
            shape.add(
                (float(tusk[0]), float(tusk[1]), z - 0.5),
                (length, 0.045, 0.05),
                srgb((236, 228, 204)),
                turn,
                smooth=True,
            )
    shape.add((0.0, 0.0, _ELEPHANT.back - 0.04), (1.1, 0.1, 0.06), hide * 1.08)  # the ridge of the spine
    return shape.body()
