"""The ground of a simulated survey on land: grass, dry grass, bare soil, tracks and puddles."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.simulation.noise import CoarseGrid, Float, Window, fractal_noise, tile_texture, tiled
from geo.simulation.settings import SurveySettings
from geo.simulation.solids import Sun, srgb
from geo.simulation.species import SPECIES

_COARSE, _MIDDLE = 8, 2  # the lattice steps, px, of the large and the middle noise


@dataclass(frozen=True)
class Style:
    """The look of one survey, drawn from its seed: light, season and ground."""

    season: float
    sun: Sun
    exposure: float
    contrast: float
    balance: tuple[float, float, float]
    sky: tuple[float, float, float]  # light in the shadow divided by sunlight: red, green, blue
    colours: NDArray[np.float64]  # (6, 3) linear: lush, grass, dry, straw, soil, dark soil
    bare: float  # threshold of bare soil; a lower one gives more bare soil
    tufts: float  # contrast of the light and the shade on tufts
    tuft_wavelength_m: float
    grain: float
    trees_per_ha: float
    shrubs_per_ha: float
    stones_per_ha: float
    weeds_per_ha: float
    tracks: int
    paths: int
    sensor_noise: float


def style_of(settings: SurveySettings) -> Style:
    """The style of a seed, with what the settings fix."""
    rng = np.random.default_rng([settings.seed, 1])
    season = float(rng.beta(0.9, 0.9))
    azimuth, elevation = float(rng.uniform(0, 360)), float(rng.triangular(22, 45, 70))
    trees, shrubs = float(rng.choice([0, 3, 8, 14])), float(rng.choice([4, 25, 60, 120]))
    if SPECIES[settings.species].habitat == "savanna":  # drier than a pasture, with more trees and bush
        season, trees, shrubs = 0.35 + 0.65 * season, 3 + 1.5 * trees, 1.5 * shrubs
    season = season if settings.season is None else settings.season
    azimuth = azimuth if settings.sun_azimuth_deg is None else settings.sun_azimuth_deg
    elevation = elevation if settings.sun_elevation_deg is None else settings.sun_elevation_deg
    green = np.array([[72, 98, 40], [104, 118, 58], [150, 142, 92], [188, 172, 124]], np.float64)
    dry = np.array([[116, 116, 62], [158, 142, 90], [184, 162, 112], [208, 188, 142]], np.float64)
    grass = green * (1 - season) + dry * season
    brown, red, grey = (
        [[162, 136, 106], [118, 97, 74]],
        [[158, 116, 86], [120, 86, 64]],
        [[156, 145, 126], [113, 105, 91]],
    )
    soil = np.array([brown, red, grey], np.float64)[rng.integers(3)]
    colours = np.concatenate([grass, soil]) * rng.uniform(0.84, 1.06) * rng.normal(1.0, 0.025, 3)
    colours *= rng.normal(1.0, 0.03, (6, 1))
    colours += rng.uniform(0.10, 0.38) * (colours.mean(axis=1, keepdims=True) - colours)  # haze makes colours greyer
    blue = rng.uniform(1.15, 1.5)
    ambient = rng.uniform(0.10, 0.24)
    return Style(
        season=season,
        sun=Sun(azimuth, elevation),
        exposure=float(rng.uniform(0.95, 1.45)),
        contrast=float(rng.uniform(0.0, 0.5)),
        balance=(float(rng.normal(1.0, 0.03)), 1.0, float(rng.normal(1.0, 0.04))),
        sky=(ambient * 0.88, ambient, ambient * blue),
        colours=srgb(np.clip(colours, 5, 250)),
        bare=float(rng.uniform(0.7, 2.2) - 0.5 * season),
        tufts=float(rng.uniform(0.2, 0.85)),
        tuft_wavelength_m=float(rng.uniform(0.22, 0.6)),
        grain=float(rng.uniform(0.14, 0.30)),
        trees_per_ha=trees if settings.trees_per_ha is None else settings.trees_per_ha,
        shrubs_per_ha=shrubs if settings.shrubs_per_ha is None else settings.shrubs_per_ha,
        stones_per_ha=float(rng.choice([5, 30, 90])),
        weeds_per_ha=float(rng.choice([20, 120, 350])),
        tracks=int(rng.random() < 0.75),
        paths=int(rng.integers(0, 4)),
        sensor_noise=float(rng.uniform(1.2, 3.2)),
    )


@dataclass(frozen=True)
class Way:
    """A vehicle track (two ruts) or a sheep path (one): a slightly winding line across the area."""

    x: float
    y: float
    angle: float
    waves: NDArray[np.float64]  # (K, 3): amplitude m, wavelength m, phase
    ruts: bool

    def distance(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> Float:
        """(h, w): the signed distance from the middle line in metres, at the grid of points x (w,), y (h,)."""
        dx, dy = (x - self.x)[None, :], (y - self.y)[:, None]
        along = dx * np.cos(self.angle) + dy * np.sin(self.angle)
        across = dy * np.cos(self.angle) - dx * np.sin(self.angle)
        lean = np.zeros_like(along)
        for amplitude, wavelength, phase in self.waves:
            across = across - amplitude * np.sin(along * (2 * np.pi / wavelength) + phase)
            lean += amplitude * (2 * np.pi / wavelength) * np.cos(along * (2 * np.pi / wavelength) + phase)
        distance: Float = (across / np.sqrt(1.0 + lean**2)).astype(np.float32)
        return distance


def _ways(settings: SurveySettings, style: Style) -> list[Way]:
    rng = np.random.default_rng([settings.seed, 2])
    ways = []
    for number in range(style.tracks + style.paths):
        ruts = number < style.tracks
        waves = np.stack(
            [
                rng.uniform(0.3, 1.0, 3) * ([5.0, 1.2, 0.25] if ruts else [4.0, 1.2, 0.3]),
                rng.uniform(0.8, 1.3, 3) * [90.0, 34.0, 9.0],
                rng.uniform(0, 2 * np.pi, 3),
            ],
            axis=1,
        )
        x, y = rng.uniform([0.2, 0.2], [0.8, 0.8]) * [settings.width_m, settings.height_m]
        ways.append(Way(float(x), float(y), float(rng.uniform(0, np.pi)), waves, ruts))
    return ways


@dataclass(frozen=True)
class Pool:
    """Standing water: centre and radius in metres, and the linear albedo of what it mirrors or contains."""

    x: float
    y: float
    radius: float
    colour: NDArray[np.float64]


def _pools(settings: SurveySettings, style: Style) -> list[Pool]:
    rng = np.random.default_rng([settings.seed, 14])
    hectares = settings.width_m * settings.height_m / 1e4
    count = int(rng.poisson(1.2 * hectares * (1.0 - style.season)))
    sky, mud = np.array([168.0, 178.0, 190.0]), np.sqrt(style.colours[5]) * 255.0 * 0.35 + np.array([46.0, 50.0, 50.0])
    water = srgb(sky if rng.random() < 0.5 else mud)
    places = rng.uniform([0.0, 0.0], [settings.width_m, settings.height_m], (count, 2))
    return [Pool(float(x), float(y), float(rng.uniform(0.5, 1.6)), water) for x, y in places]


class Ground:
    """The colour of the ground, drawn for any window of scene pixels."""

    def __init__(self, settings: SurveySettings, style: Style) -> None:
        self._seed, self._gsd, self._style = settings.seed, settings.gsd_m, style
        self.ways = _ways(settings, style)
        self.pools = _pools(settings, style)
        gsd = settings.gsd_m
        rng = np.random.default_rng([settings.seed, 3])
        sizes = (540, 452)
        self._fine = tuple(
            tile_texture(rng, size, gsd, (gsd * 0.9, 0.16), 0.3, stretch, angle)
            for size, stretch, angle in zip(sizes, (2.0, 1.5), rng.uniform(0, np.pi, 2), strict=True)
        )
        longest = style.tuft_wavelength_m
        slope, stretch, angle = rng.uniform(0.2, 1.0), rng.uniform(1.0, 1.9), rng.uniform(0, np.pi)
        tufts = [tile_texture(rng, size, gsd, (0.05, longest), slope, stretch, angle) for size in sizes]
        self._tufts = tuple(tufts)
        self._tuft_light = tuple(_tuft_light(height, gsd, style) for height in tufts)

    def albedo(self, window: Window) -> tuple[Float, Float]:
        """The linear albedo (3, h, w), and the light on tufts relative to level ground (h, w)."""
        style, gsd = self._style, self._gsd
        coarse = CoarseGrid(window, _COARSE)
        x, y = coarse.x * gsd, coarse.y * gsd
        seed = self._seed * 16

        def field(number: int, cells: list[float], gain: float) -> Float:
            return coarse.to_pixels(fractal_noise(seed + number, cells, gain, x, y))

        dryness = field(1, [46.0, 21.0, 9.0, 4.0, 1.7], 0.62)
        bareness = field(2, [25.0, 11.0, 5.0, 2.3, 1.1], 0.68)
        tone = field(3, [60.0, 24.0, 6.0, 2.0, 0.9], 0.7)
        roughness = field(4, [17.0, 7.0, 3.0, 1.2], 0.7)
        middle_grid = CoarseGrid(window, _MIDDLE * 2)
        mx, my = middle_grid.x * gsd, middle_grid.y * gsd
        middle = middle_grid.to_pixels(fractal_noise(seed + 5, [0.85, 0.42, 0.21], 0.75, mx, my))

        pick = np.clip(0.5 + 0.9 * roughness, 0.0, 1.0)  # blends two textures, so that no repetition shows
        other = np.sqrt(1.0 - pick * pick)
        fine = pick * tiled(self._fine[0], window) + other * tiled(self._fine[1], window)
        tuft = pick * tiled(self._tufts[0], window) + other * tiled(self._tufts[1], window)
        light = pick * tiled(self._tuft_light[0], window) + (1.0 - pick) * tiled(self._tuft_light[1], window)

        wet = step(-0.9 - dryness + 0.3 * middle + 0.25 * tuft, 0.9)
        dried = step(dryness + 0.35 * middle + 0.30 * tuft - np.float32(1.1 - 1.5 * style.season), 1.3)
        tips = step(0.7 * tuft + 0.8 * fine + 0.5 * dryness - np.float32(1.9 - 0.8 * style.season), 2.2)
        tips *= np.float32(0.6)
        worn = bareness + 0.30 * middle - 0.18 * tuft + 0.12 * fine - np.float32(style.bare)
        for way in self.ways:
            nodes = way.distance(x, y)
            if np.abs(nodes).min() < 4.0:
                worn = np.maximum(worn, _wear(way, coarse.to_pixels(nodes), middle, tuft, fine, tone + bareness))
        bare = step(worn, 0.6)
        bare *= np.float32(0.92) - np.float32(0.10) * np.clip(middle + fine, -1.0, 1.0)

        amount = np.float32(1.0) + np.float32(0.16) * tone + np.float32(0.13) * middle + np.float32(style.grain) * fine
        np.maximum(amount, 0.25, out=amount)
        soil_mix = np.clip(0.4 - 0.18 * middle - 0.3 * tone - 0.22 * tuft - 0.15 * fine, 0.0, 1.0)
        out = self._mixed(wet, dried, tips, bare, soil_mix, amount, np.float32(0.06) * tone)
        flooded = self._flood(out, window, 0.22 * middle + 0.35 * roughness + 0.3 * tone)
        # Tufts stand on grass only, and are higher on rough grass.
        strength = np.clip(np.float32(style.tufts) * (0.75 + 0.35 * roughness), 0.05, 1.0)
        strength *= 1.0 - 0.85 * bare
        if flooded is not None:
            strength *= 1.0 - flooded
        light -= 1.0
        light *= strength
        light += 1.0
        return out, light

    def _mixed(
        self, wet: Float, dried: Float, tips: Float, bare: Float, soil_mix: Float, amount: Float, tint: Float
    ) -> Float:
        """(3, h, w): the linear albedo of grass that is partly wet, dried, with dry tips, or worn to bare soil.

        All arguments are (h, w). wet, dried, tips, bare: shares. soil_mix: how dark the soil is. amount: a factor of
        brightness. tint: how much redder than green, and how much less blue.
        """
        lush, grass, dry, straw, soil, dark = self._style.colours.astype(np.float32)
        out = np.empty((3, *wet.shape), np.float32)
        for channel in range(3):
            c = np.full_like(bare, grass[channel])
            c += wet * (lush[channel] - grass[channel])
            c += dried * (dry[channel] - c)
            c += tips * (straw[channel] - c)
            ground = soil[channel] + soil_mix * (dark[channel] - soil[channel])
            c += bare * (ground - c)
            c *= amount
            if channel != 1:
                c *= (1.0 + tint) if channel == 0 else (1.0 - tint)
            out[channel] = c
        return out

    def _flood(self, albedo: Float, window: Window, shore: Float) -> Float | None:
        """Draw the pools into `albedo`.

        Returns the share of water in each pixel (h, w), or None if there is no pool.
        """
        flooded: Float | None = None
        x = (np.arange(window.x, window.x + window.width) + 0.5) * self._gsd
        y = (np.arange(window.y, window.y + window.height) + 0.5) * self._gsd
        for pool in self.pools:
            reach = 2.0 * pool.radius
            columns, rows = np.flatnonzero(np.abs(x - pool.x) < reach), np.flatnonzero(np.abs(y - pool.y) < reach)
            if not len(columns) or not len(rows):
                continue
            part = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
            away = np.square((x[columns] - pool.x) / (0.8 * pool.radius))[None, :]
            away = (away + np.square((y[rows] - pool.y) / (0.8 * pool.radius))[:, None]).astype(np.float32)
            rim = 0.8 - away + shore[part]
            damp, water = step(rim + np.float32(0.3), 0.9), step(rim, 0.22)
            deep = water * (0.55 + 0.45 * step(rim - np.float32(0.35), 0.7))  # the bottom is visible near the rim
            for channel in range(3):
                plane = albedo[channel][part]
                plane *= 1.0 - 0.5 * damp
                plane += deep * (np.float32(pool.colour[channel]) * (1.0 + 0.2 * shore[part]) - plane)
            flooded = np.zeros((window.height, window.width), np.float32) if flooded is None else flooded
            np.maximum(flooded[part], water, out=flooded[part])
        return flooded


def step(value: Float, softness: float) -> Float:
    """0 below -softness/2, 1 above softness/2, and smooth between them."""
    t = np.clip(value * np.float32(1.0 / softness) + np.float32(0.5), 0.0, 1.0)
    smooth: Float = t * t * (3.0 - 2.0 * t)
    return smooth


def _wear(way: Way, distance: Float, middle: Float, tuft: Float, fine: Float, patch: Float) -> Float:
    """How much a track or a path has worn the ground, on the scale of `worn`: above 0 is bare."""
    away = np.abs(np.abs(distance) - np.float32(0.78)) if way.ruts else np.abs(distance)
    half = np.float32(0.28 if way.ruts else 0.13)
    worn: Float = (half - away) * np.float32(3.2 if way.ruts else 4.0)
    np.minimum(worn, 0.55, out=worn)  # some grass survives even in the middle of a rut
    worn += 0.28 * middle - 0.26 * tuft + 0.16 * fine + np.float32(0.10 if way.ruts else 0.24) * (patch + 0.3)
    return worn


def _tuft_light(height: Float, gsd_m: float, style: Style) -> Float:
    """The light on a periodic field of tufts, with mean 1: from their slope towards the sun and their shadows."""
    sx, sy, sz = style.sun.direction
    flat = float(np.hypot(sx, sy))
    high = (np.maximum(height + 0.3, 0.0) * (0.16 * style.tuft_wavelength_m)).astype(np.float32)  # metres
    rise = sz / flat * gsd_m
    hidden = np.full_like(high, -1.0)
    reach = int(min(0.5 / rise, 40)) + 2
    for k in range(1, reach):
        step = (-round(k * sy / flat), -round(k * sx / flat))
        np.maximum(hidden, np.roll(high, step, axis=(0, 1)) - np.float32(k * rise), out=hidden)
    shade = np.clip((hidden - high) / np.float32(0.03), 0.0, 1.0)
    slope = (np.roll(high, 1, 0) - np.roll(high, -1, 0)) * sy + (np.roll(high, 1, 1) - np.roll(high, -1, 1)) * sx
    facing = np.clip(1.0 + slope * np.float32(0.35 / gsd_m / sz), 0.3, 2.0)
    light = facing * (1.0 - shade * np.float32(1.0 - style.sky[1] * 1.5))
    scaled: Float = (light / np.float32(light.mean(dtype=np.float64))).astype(np.float32)
    return scaled
