"""Noise that depends on the absolute position of a pixel, so that parts of a scene that are drawn apart fit together.

There are two kinds. Lattice noise never repeats: values are hashed at the nodes of a lattice, joined by quadratic
B-splines, drawn on a coarse grid and interpolated to pixels. Tile textures are made once, by filtering white noise in
the frequency domain, and repeat at their own size. They hold the fine grain, for which a lattice would be slow. Two
textures of different periods, blended by lattice noise, show no repetition.

Every step from node to pixel is done element by element. Matrix products are avoided, because the order of their sums
may depend on the shape. So a pixel is the same in every window.

It is the same on every system too. What numpy computes differently from version to version and from processor to
processor in its last digit (Fourier transforms, sums, exponentials, angles) is computed in float64 and rounded to
float32. What follows in float32 are sums, products, quotients and square roots, which IEEE 754 rounds in one way only.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float32]

_MIX_A, _MIX_B, _MIX_C = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


@dataclass(frozen=True)
class Window:
    """A rectangle of scene pixels: columns `x` to `x + width`, rows `y` to `y + height`; x and y are any integers."""

    x: int
    y: int
    width: int
    height: int


def lattice_values(seed: int, x: NDArray[np.int64], y: NDArray[np.int64]) -> Float:
    """(len(y), len(x)): uniform values in [-1, 1) at integer lattice nodes, by SplitMix64 of seed and node."""
    with np.errstate(over="ignore"):
        state = x.astype(np.uint64)[None, :] * _MIX_A + y.astype(np.uint64)[:, None] * _MIX_B
        state = state + np.uint64(seed & 0xFFFFFFFFFFFF) * _MIX_C
        state = (state ^ (state >> np.uint64(30))) * _MIX_B
        state = (state ^ (state >> np.uint64(27))) * _MIX_C
        state ^= state >> np.uint64(31)
    values: Float = (state >> np.uint64(40)).astype(np.float32) * np.float32(2.0 / (1 << 24)) - np.float32(1.0)
    return values


def _spline_weights(positions: NDArray[np.float64]) -> tuple[NDArray[np.int64], Float]:
    """The first node, and the three quadratic B-spline weights (n, 3), of positions in node units."""
    nearest = np.floor(positions + 0.5)
    t = positions - nearest
    weights = np.stack([0.5 * (0.5 - t) ** 2, 0.75 - t**2, 0.5 * (0.5 + t) ** 2], axis=1)
    return nearest.astype(np.int64) - 1, weights.astype(np.float32)


def lattice_noise(seed: int, cell: float, x: NDArray[np.float64], y: NDArray[np.float64]) -> Float:
    """(h, w): smooth noise with features of size `cell`, at the grid of points x (w,), y (h,) in the same unit.

    The mean is 0, and the standard deviation is about 0.36; `fractal_noise` scales it to about 1.
    """
    first_x, weights_x = _spline_weights(x / cell)
    first_y, weights_y = _spline_weights(y / cell)
    x0, y0 = int(first_x.min()), int(first_y.min())
    nodes = lattice_values(
        seed,
        np.arange(x0, int(first_x.max()) + 3, dtype=np.int64),
        np.arange(y0, int(first_y.max()) + 3, dtype=np.int64),
    )
    rows = nodes[first_y - y0] * weights_y[:, :1]
    rows += nodes[first_y - y0 + 1] * weights_y[:, 1:2]
    rows += nodes[first_y - y0 + 2] * weights_y[:, 2:]
    out: Float = rows[:, first_x - x0] * weights_x[None, :, 0]
    out += rows[:, first_x - x0 + 1] * weights_x[None, :, 1]
    out += rows[:, first_x - x0 + 2] * weights_x[None, :, 2]
    return out


def fractal_noise(seed: int, cells: list[float], gain: float, x: NDArray[np.float64], y: NDArray[np.float64]) -> Float:
    """(h, w): the sum of lattice noise of the given cells, each `gain` times as strong as the one before.

    Its std is about 1.
    """
    out = np.zeros((len(y), len(x)), np.float32)
    weight, power = 1.0, 0.0
    for octave, cell in enumerate(cells):
        out += np.float32(weight) * lattice_noise(seed * 64 + octave, cell, x, y)
        power += weight**2
        weight *= gain
    out *= np.float32(1.0 / (0.33 * np.sqrt(power)))
    return out


@dataclass(frozen=True)
class CoarseGrid:
    """The nodes, one every `step` pixels, that cover a window, and the interpolation from them to its pixels."""

    window: Window
    step: int

    def _span(self, start: int, length: int) -> tuple[int, int]:
        first = start // self.step
        return first, -(-(start + length) // self.step) - first

    @property
    def x(self) -> NDArray[np.float64]:
        """The columns of the nodes, scene pixels."""
        first, cells = self._span(self.window.x, self.window.width)
        return np.arange(first, first + cells + 1, dtype=np.float64) * self.step

    @property
    def y(self) -> NDArray[np.float64]:
        """The rows of the nodes, scene pixels."""
        first, cells = self._span(self.window.y, self.window.height)
        return np.arange(first, first + cells + 1, dtype=np.float64) * self.step

    def to_pixels(self, nodes: Float) -> Float:
        """Values at the nodes, (len(y), len(x)), interpolated linearly to the pixels of the window, (height, width)."""
        step, window = self.step, self.window
        fraction = ((np.arange(step) + 0.5) / step).astype(np.float32)
        down = nodes[:-1, None, :] + (nodes[1:] - nodes[:-1])[:, None, :] * fraction[None, :, None]
        down = down.reshape(-1, nodes.shape[1])
        top, left = window.y % step, window.x % step
        down = down[top : top + window.height]
        across = (down[:, 1:] - down[:, :-1])[:, :, None] * fraction[None, None, :]
        across += down[:, :-1, None]
        full: Float = across.reshape(window.height, -1)
        return full[:, left : left + window.width]


def tile_texture(
    rng: np.random.Generator,
    size: int,
    gsd_m: float,
    wavelengths_m: tuple[float, float],
    slope: float = 0.0,
    stretch: float = 1.0,
    angle: float = 0.0,
) -> Float:
    """(size, size): a periodic texture with mean 0 and std 1, and with energy between two wavelengths (metres).

    slope: the power of the wavelength that weights amplitudes inside the band. stretch: above 1, features are longer in
    the direction of `angle` (radians from x towards y).
    """
    noise = np.fft.rfft2(rng.standard_normal((size, size)))
    fy = np.fft.fftfreq(size, gsd_m)[:, None]
    fx = np.fft.rfftfreq(size, gsd_m)[None, :]
    along = fx * np.cos(angle) + fy * np.sin(angle)
    across = -fx * np.sin(angle) + fy * np.cos(angle)
    frequency = np.hypot(along * np.sqrt(stretch), across / np.sqrt(stretch))
    shortest, longest = wavelengths_m
    with np.errstate(divide="ignore"):
        wavelength = 1.0 / frequency
    gain = np.exp(-((frequency * shortest) ** 2)) * (1.0 - np.exp(-((frequency * longest) ** 2)))
    gain *= np.minimum(wavelength, longest * 4) ** slope
    gain[0, 0] = 0.0
    texture = np.fft.irfft2(noise * gain, s=(size, size))
    scaled: Float = (texture / texture.std()).astype(np.float32)
    return scaled


def tiled(texture: NDArray[np.float32], window: Window) -> Float:
    """(height, width): the part of an endlessly repeated texture that lies in the window."""
    size = texture.shape[0]
    rows = np.arange(window.y, window.y + window.height) % size
    columns = np.arange(window.x, window.x + window.width) % size
    out: Float = texture[rows].take(columns, axis=1)
    return out
