"""The ground of a beach, and of flats where birds stand: water, breaking waves, wet and dry sand, wrack.

Frame: metres, x to the right (east), y down (south) from the top left corner of the orthomosaic. The waterline is a
winding line; a place in the water is offshore by a positive distance, a place on land by a negative one.
"""

import numpy as np
from numpy.typing import NDArray

from geo.simulation.landscape import Style, step
from geo.simulation.noise import CoarseGrid, Float, Window, fractal_noise, tile_texture, tiled
from geo.simulation.settings import SurveySettings
from geo.simulation.solids import srgb
from geo.simulation.species import Habitat

_COARSE, _MIDDLE = 8, 4  # the lattice steps, px, of the large and the middle noise

_SANDS = {
    "beach": ((216, 200, 166), (190, 180, 160), (150, 140, 126), (108, 102, 96)),
    "flats": ((196, 182, 152), (158, 148, 128), (134, 122, 102), (174, 166, 148)),
}
# The colours of water: over the shallows, and where it is deep.
_WATERS = (
    ((124, 158, 150), (48, 84, 96)),
    ((134, 138, 112), (70, 86, 80)),
    ((150, 164, 170), (88, 106, 122)),
    ((118, 106, 84), (84, 80, 66)),
)


class Shore:
    """The colour of sand and water, drawn for any window of scene pixels."""

    def __init__(self, settings: SurveySettings, style: Style, habitat: Habitat) -> None:
        self._seed, self._gsd, self._style = settings.seed, settings.gsd_m, style
        rng = np.random.default_rng([settings.seed, 15])
        # Across runs from land to water.
        self._angle = float(rng.uniform(0, 2 * np.pi))
        size = np.array([settings.width_m, settings.height_m])
        reach = float(np.abs([np.cos(self._angle), np.sin(self._angle)]) @ size)
        share = float(rng.uniform(0.62, 0.85) if habitat == "beach" else rng.uniform(0.35, 0.75))  # of land
        middle = float(np.array([np.cos(self._angle), np.sin(self._angle)]) @ size / 2)
        self._waterline = middle + (share - 0.5) * reach
        self._waves = np.stack(
            [
                rng.uniform(0.3, 1.0, 3) * [3.0, 1.2, 0.35],
                rng.uniform(0.8, 1.3, 3) * [70.0, 24.0, 7.0],
                rng.uniform(0, 2 * np.pi, 3),
            ],
            axis=1,
        )
        sands = _SANDS["beach" if habitat == "beach" else "flats"]
        self._sand = srgb(np.array(sands[int(rng.integers(len(sands)))], np.float64) * rng.uniform(0.9, 1.05))
        shallow, deep = _WATERS[int(rng.integers(len(_WATERS)))]
        self._shallow, self._deep = srgb(np.array(shallow, np.float64)), srgb(np.array(deep, np.float64))
        self._surf = float(rng.uniform(0.35, 1.0) if habitat == "beach" else rng.uniform(0.0, 0.3))
        self._slope_m = float(rng.uniform(3.0, 14.0))  # from the waterline to deep water
        self._wrack = float(rng.uniform(0.9, 2.2))
        gsd = settings.gsd_m
        self._grains = tuple(tile_texture(rng, n, gsd, (gsd * 0.9, 0.14), 0.3, 1.3, self._angle) for n in (540, 452))
        ripple = float(rng.uniform(0.12, 0.5))
        along = self._angle + np.pi / 2
        self._ripples = tuple(tile_texture(rng, n, gsd, (0.06, ripple), 0.6, 5.0, along) for n in (500, 428))
        self._chop = tuple(tile_texture(rng, n, gsd, (0.05, 1.1), 0.8, 3.0, along) for n in (520, 444))

    def _offshore(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        across = x * np.cos(self._angle) + y * np.sin(self._angle) - self._waterline
        along = y * np.cos(self._angle) - x * np.sin(self._angle)
        for amplitude, wavelength, phase in self._waves:
            across = across - amplitude * np.sin(along * (2 * np.pi / wavelength) + phase)
        return np.asarray(across, np.float64)

    def offshore_m(self, x: float, y: float) -> float:
        """How far a place (scene metres) is from the waterline, m: positive in the water, negative on land."""
        return float(self._offshore(np.float64(x), np.float64(y)))  # type: ignore[arg-type]

    def albedo(self, window: Window) -> tuple[Float, Float]:
        """The linear albedo (3, h, w), and the light on ripples and waves relative to level ground (h, w)."""
        gsd, seed = self._gsd, self._seed * 16
        coarse = CoarseGrid(window, _COARSE)
        x, y = coarse.x * gsd, coarse.y * gsd
        middle_grid = CoarseGrid(window, _MIDDLE)
        mx, my = middle_grid.x * gsd, middle_grid.y * gsd

        def field(number: int, cells: list[float], gain: float) -> Float:
            return coarse.to_pixels(fractal_noise(seed + number, cells, gain, x, y))

        tone = field(3, [40.0, 17.0, 6.0, 2.0], 0.65)
        patch = field(4, [11.0, 4.0, 1.5], 0.7)
        middle = middle_grid.to_pixels(fractal_noise(seed + 5, [0.85, 0.42, 0.21], 0.75, mx, my))
        offshore = coarse.to_pixels(self._offshore(x[None, :], y[:, None]).astype(np.float32))
        blend = np.clip(np.float32(0.5) + 0.9 * patch, 0.0, 1.0)
        other = np.sqrt(1.0 - blend * blend)
        grain, ripple, chop = (
            blend * tiled(pair[0], window) + other * tiled(pair[1], window)
            for pair in (self._grains, self._ripples, self._chop)
        )
        edge = offshore + np.float32(0.25) * middle + np.float32(0.5) * patch
        water = step(edge, 0.5)
        depth = step(offshore - np.float32(0.5 * self._slope_m) + 1.2 * patch, self._slope_m)
        damp = step(edge + np.float32(2.2) + 0.5 * tone, 2.6)
        foam = self._foam(edge, offshore, middle, chop)
        weed = step(middle + 0.8 * grain + 0.8 * patch - np.float32(self._wrack) - 0.5 * np.square(offshore + 4.5), 0.7)
        weed *= 1.0 - water
        out = self._mixed(
            1.0 + np.float32(0.10) * tone + np.float32(0.07) * middle + np.float32(0.09) * grain,
            damp, weed, water, depth, foam,
        )  # fmt: skip
        dry = np.float32(0.16) * ripple * (1.0 - damp) + np.float32(0.05) * grain
        light = 1.0 + dry * (1.0 - water) + np.float32(0.13) * chop * water
        np.clip(light, 0.3, 2.0, out=light)
        return out, light

    def _foam(self, edge: Float, offshore: Float, middle: Float, chop: Float) -> Float:
        """(h, w): the share of foam: a lace at the waterline, and the crests of two rows of breaking waves."""
        lace = step(np.float32(0.55) - np.abs(edge - np.float32(0.45)) + 0.35 * middle, 0.5)
        crests = np.zeros_like(lace)
        for row in (4.0, 9.5):
            np.maximum(
                crests,
                step(np.float32(0.2) - np.abs(offshore - np.float32(row) + middle) + 0.3 * chop, 0.7),
                out=crests,
            )
        foam: Float = np.float32(self._surf) * np.maximum(lace, np.float32(0.8) * crests)
        return foam

    def _mixed(self, sand: Float, damp: Float, weed: Float, water: Float, depth: Float, foam: Float) -> Float:
        """(3, h, w): the linear albedo. sand: a factor of its brightness; the others are shares (h, w)."""
        out = np.empty((3, *sand.shape), np.float32)
        dark = srgb((58, 48, 34)).astype(np.float32)
        for channel in range(3):
            c = np.float32(self._sand[channel]) * sand
            c *= 1.0 - np.float32(0.55) * damp
            c += weed * (dark[channel] - c)
            wet = np.float32(self._shallow[channel]) * (1.0 - depth) + np.float32(self._deep[channel]) * depth
            c += water * (wet - c)
            c += foam * (np.float32(0.85) - c)
            out[channel] = c
        return out
