"""How long animals are that are marked as points, measured in the pixels around the points.

Around a point the ground differs from the animal. How much the pixels of a ring differ from the ground falls with the
radius of the ring. Where it has fallen to a quarter is, over many animals, their edge. It is a guess: on flights of
sheep it was 0.8 to 1.3 times the true length. Whoever uses it says so.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geo import raster
from geo.errors import GeoError

REACH_PX = 200
"""How far around a point pixels are looked at, px of the reduced photo."""
_REDUCED = (1, 4)  # of a large animal, pixels tell less than patches of them: it is like the ground but for its mean
_LONG_PX = 100.0
_MOST_POINTS = 60  # that are looked at: more tell little
_SHORTEST, _LONGEST = 6.0, 400.0  # px
_EDGES = np.array([0.0, *np.geomspace(1.5, REACH_PX, 38)])  # radii of the rings, px
_LEAST_POINTS, _LEAST_REACH_PX = 5, 8
_MOST_OTHERS = 16  # the nearest ones: they bound what is nearer to a point than to others
_GROUND_FROM = 0.6  # the share of these pixels that may be animal: the ground is looked for in the farther ones
_LEAST_PIXELS = 0.15  # of a ring: if neighbours leave less, the ring says nothing
_CLEAR = 0.5  # how much the middle must differ from the ground, in spreads of the ground
_MOST_SPREADS = 6.0  # a black shadow or a white stone differs so much and no more
_EDGE = 0.25  # of how much the middle differs: there a long body and a round one are told alike
_TO_LENGTH = 2.1  # from the radius there to the square root of the area of a box


@dataclass(frozen=True, eq=False)
class Around:
    """The pixels around a point.

    Attributes:
        pixels: (S, S, 3) uint8, S odd, the point in the middle.
        others: (K, 2) float64, the other points near it, px right and down of it.
    """

    pixels: NDArray[np.uint8]
    others: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PointsOfPhoto:
    """The points of a photo.

    Attributes:
        path: Its file.
        middles_px: (N, 2) float64, x and y of each point, image px.
        stretch: The stored values that become 0 and 255; None if the image is 8 bit, or for its own.
    """

    path: Path
    middles_px: NDArray[np.float64]
    stretch: tuple[float, float] | None = None


def length_of_points(photos: Sequence[PointsOfPhoto]) -> float | None:
    """The length of the animals at these points, px. None if the pixels do not tell, or cannot be read."""
    rng = np.random.default_rng(0)
    mixed = [[(n, i) for i in rng.permutation(len(photo.middles_px)).tolist()] for n, photo in enumerate(photos)]
    in_turn = [one for one in chain.from_iterable(zip_longest(*mixed)) if one is not None][:_MOST_POINTS]
    rows: dict[int, list[int]] = {}
    for n, i in in_turn:
        rows.setdefault(n, []).append(i)
    length = None
    for times in _REDUCED:
        found = length_around(chain.from_iterable(_around(photos[n], some, times) for n, some in rows.items()))
        if found is not None:
            length = times * found
        if length is not None and length < _LONG_PX:
            break
    return length


def _around(photo: PointsOfPhoto, rows: Sequence[int], times: int) -> Iterator[Around]:
    """The pixels around some points of a photo, reduced so many times; those at its very edge are left out."""
    try:
        with raster.RasterReader(photo.path, photo.stretch) as reader:
            for middle in photo.middles_px[rows]:
                x, y = np.floor(middle).astype(int).tolist()
                edge = min(x, y, reader.info.width - 1 - x, reader.info.height - 1 - y)
                reach = min(REACH_PX, (2 * edge + 1 - times) // (2 * times))
                if reach < _LEAST_REACH_PX:
                    continue
                side = 2 * reach + 1
                from_x, from_y = x - (side * times) // 2, y - (side * times) // 2
                pixels, _ = reader.read(from_x, from_y, side * times, side * times, (side, side))
                others = (photo.middles_px - middle) / times
                near = (np.abs(others) <= 2 * reach).all(axis=1) & (np.abs(others) > 0.5).any(axis=1)
                yield Around(pixels, others[near])
    except (GeoError, OSError):
        return


def length_around(points: Iterable[Around]) -> float | None:
    """The length of animals, px: the square root of the area of a box. None if the pixels do not tell."""
    each = [_by_ring(point) for point in points]
    if len(each) < _LEAST_POINTS:
        return None
    rings = np.stack(each)
    told = np.isfinite(rings).sum(axis=0) >= min(_LEAST_POINTS, len(each) / 4)
    if told.sum() < 4:
        return None
    radius, excess = ((_EDGES[1:] + _EDGES[:-1]) / 2)[told], np.nanmedian(rings[:, told], axis=0)
    excess = excess - np.median(excess[radius > 0.5 * radius[-1]])
    peak = int(excess[:4].argmax())
    if excess[peak] < _CLEAR:
        return None
    limit = _EDGE * excess[peak]
    at = int(np.flatnonzero((excess < limit) & (np.arange(len(excess)) > peak))[0])
    share = (excess[at - 1] - limit) / (excess[at - 1] - excess[at])
    edge = radius[at - 1] + share * (radius[at] - radius[at - 1])
    return float(np.clip(_TO_LENGTH * edge, _SHORTEST, _LONGEST))


def _by_ring(point: Around) -> NDArray[np.float64]:
    """How much the pixels of each ring differ from the ground, in its spreads. NaN where there are too few.

    Pixels that are nearer to another point are left out: they may show another animal.
    """
    side = len(point.pixels)
    y, x = np.mgrid[:side, :side].astype(np.float32) - side // 2
    own = np.ones((side, side), bool)
    for right, down in point.others[np.argsort(np.abs(point.others).max(axis=1))][:_MOST_OTHERS].tolist():
        own &= x * right + y * down <= (right**2 + down**2) / 2
    colours, radius = point.pixels[own].astype(np.float32), np.hypot(x, y)[own]
    ground = np.median(colours[radius >= np.quantile(radius, _GROUND_FROM)], axis=0)
    away = np.abs(colours - ground).max(axis=1)
    spread = max(2.0, 1.5 * float(np.median(away[radius >= np.quantile(radius, _GROUND_FROM)])))
    away = np.minimum(away / spread, _MOST_SPREADS)
    ring = np.digitize(radius, _EDGES) - 1
    sums, numbers = (np.bincount(ring, weights, minlength=len(_EDGES))[: len(_EDGES) - 1] for weights in (away, None))
    whole = np.pi * np.diff(_EDGES**2)
    mean = np.full(len(whole), np.nan)
    enough = (numbers >= 1) & ((numbers >= _LEAST_PIXELS * whole) | (_EDGES[1:] < 3))
    mean[enough] = sums[enough] / numbers[enough]
    return mean
