"""A scene: ground, things and animals under one sun, drawn to pixels for any window."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geo.simulation.animals import Animals, animal_lobes, boxes_m, outlines, place_animals
from geo.simulation.furniture import Furniture, furnish
from geo.simulation.landscape import Ground, Style, style_of
from geo.simulation.noise import Float, Window, tile_texture, tiled
from geo.simulation.paddocks import border_points, seam_points
from geo.simulation.settings import SurveySettings
from geo.simulation.shore import Shore
from geo.simulation.solids import BACK_HEIGHT_M, Solids, Viewpoint
from geo.simulation.species import SHEEP, SPECIES
from geo.simulation.strangers import strangers

_PART_WIDTH, _PART_HEIGHT = 1024, 256  # px drawn at once: some megabytes of float buffers
_MARGIN = 1  # how far the optical blur looks beyond a window, px


@dataclass(frozen=True)
class Scene:
    """One simulated place. The outer corner of pixel (0, 0) is the scene's origin. Windows may lie outside the area."""

    settings: SurveySettings
    style: Style
    ground: Ground | Shore
    furniture: Furniture
    animals: Animals
    lobes: NDArray[np.void]  # of the animals
    surfaces: tuple[Float, ...]
    noise: Float

    def without_animals(self) -> "Scene":
        """The same place without animals."""
        return replace(self, animals=self.animals.none(), lobes=self.lobes[:0])

    def boxes_px(self) -> NDArray[np.float32]:
        """(N, 4) float32 xyxy, image px of the orthomosaic: the boxes of the animals, clipped to it."""
        settings = self.settings
        boxes = boxes_m(self.animals, self.lobes) / settings.gsd_m
        clipped = np.clip(boxes, 0, [settings.width_px, settings.height_px, settings.width_px, settings.height_px])
        return clipped.astype(np.float32)

    def outlines_m(self, viewpoint: Viewpoint | None = None) -> list[NDArray[np.float64]]:
        """For each animal, points (K, 2) in scene metres around it, as it is seen from above or from a viewpoint."""
        return outlines(self.animals, self.lobes, viewpoint=viewpoint)

    def renderer(self, viewpoint: Viewpoint | None = None) -> "Renderer":
        """A renderer of this scene, from above or from a viewpoint."""
        return Renderer(self, viewpoint)


def build_scene(settings: SurveySettings) -> Scene:
    """Decide what stands where. Nothing is drawn yet."""
    style, species = style_of(settings), SPECIES[settings.species]
    shore = Shore(settings, style, species.habitat) if species.habitat in ("beach", "flats") else None
    furniture = furnish(settings, style) if shore is None else Furniture.none()
    if species is not SHEEP:
        furniture = furniture.with_more(strangers(settings, species, style, shore))
    animals = place_animals(
        settings.seed,
        settings.animals,
        settings.flock_count,
        settings.lamb_share,
        settings.width_m,
        settings.height_m,
        furniture.obstacles,
        np.concatenate([border_points(settings), seam_points(settings)]),
        species,
        None if shore is None else shore.offshore_m,
    )
    rng = np.random.default_rng([settings.seed, 5])
    gsd = settings.gsd_m
    clumps, twigs = tile_texture(rng, 512, gsd, (0.07, 0.45), 0.8), tile_texture(rng, 512, gsd, (gsd, 0.12))
    leaves = np.tanh((clumps * 0.8 + twigs * 0.5).astype(np.float64))  # float64: see noise.py
    wool = np.clip(tile_texture(rng, 256, gsd, (gsd * 1.2, 0.2), 0.5) * 0.6, -1.0, 1.0)
    noise = (rng.standard_normal((701, 701)) * style.sensor_noise).astype(np.float32)
    return Scene(
        settings,
        style,
        shore or Ground(settings, style),
        furniture,
        animals,
        animal_lobes(animals),
        (leaves.astype(np.float32), wool.astype(np.float32)),
        noise,
    )


class Renderer:
    """Draws windows of a scene. A pixel is the same in every window."""

    def __init__(self, scene: Scene, viewpoint: Viewpoint | None = None) -> None:
        self._scene, self._viewpoint = scene, viewpoint
        lobes = np.concatenate([scene.furniture.lobes, scene.lobes])
        self._solids = Solids(lobes, scene.settings.gsd_m, scene.style.sun, scene.surfaces)
        self._is_animal = np.concatenate([lobes["owner"] >= 0, [False]])  # the last element is for index -1

    def render(self, window: Window, sensor_noise: bool = True) -> NDArray[np.uint8]:
        """(height, width, 3) uint8 sRGB: the pixels of a window of scene pixels."""
        out = np.empty((window.height, window.width, 3), np.uint8)
        for part, place in _parts(window):
            out[place] = self._pixels(self._render_part(part), part if sensor_noise else None)
        return out

    def render_both(self, window: Window) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """`render` with sensor noise and without, for half of what two calls take."""
        noisy, plain = np.empty((2, window.height, window.width, 3), np.uint8)
        for part, place in _parts(window):
            planes = self._render_part(part)
            noisy[place], plain[place] = self._pixels(planes, part), self._pixels(planes, None)
        return noisy, plain

    def bands(self, rows: int = _PART_HEIGHT) -> Iterator[NDArray[np.uint8]]:
        """The orthomosaic from top to bottom, `rows` rows at a time. The last part may be shorter."""
        settings = self._scene.settings
        for top in range(0, settings.height_px, rows):
            yield self.render(Window(0, top, settings.width_px, min(rows, settings.height_px - top)))

    def _render_part(self, part: Window) -> list[Float]:
        """The planes (height, width) of red, green and blue, 0 to 255, before the sensor."""
        style = self._scene.style
        wide = Window(part.x - _MARGIN, part.y - _MARGIN, part.width + 2 * _MARGIN, part.height + 2 * _MARGIN)
        colour, tufts = self._scene.ground.albedo(wide)
        sunny = 1.0 - self._solids.shadows(wide, 0.0, False)
        height, albedo, lit, index = self._solids.draw(wide, self._viewpoint)
        sunny *= tufts
        standing = np.flatnonzero(index.ravel() >= 0)
        on_animal: NDArray[np.bool_] = self._is_animal[index.ravel()[standing]]
        sz = style.sun.direction[2]
        solid_light = lit.ravel()[standing] / np.float32(sz)  # relative to level ground
        if on_animal.any():
            backs = self._solids.shadows(wide, BACK_HEIGHT_M, True).ravel()[standing]
            solid_light = np.where(on_animal, solid_light * (1.0 - backs), solid_light)
        np.minimum(solid_light, 1.9, out=solid_light)
        # Leaves and wool let light through to their own shaded sides.
        inner = np.where(on_animal, np.float32(0.26), np.float32(0.10))
        solid_sky = np.clip(0.72 + 0.5 * height.ravel()[standing], 0.72, 1.0)
        planes = []
        for channel in range(3):
            sky = np.float32(style.sky[channel])
            plane = colour[channel]
            light = sunny * np.float32(1.0 - sky)
            # Between tufts, less of the sky is visible.
            light += sky * (np.float32(0.55) + np.float32(0.45) * tufts)
            plane *= light
            flat = plane.ravel()
            solid = albedo[channel].ravel()[standing]
            flat[standing] = solid * (solid_light * (1.0 - sky) * (1.0 - inner) + inner * 0.8 + sky * solid_sky)
            planes.append(self._develop(_blur(plane), np.float32(style.exposure * style.balance[channel])))
        return planes

    def _pixels(self, planes: list[Float], noise_of: Window | None) -> NDArray[np.uint8]:
        """(height, width, 3) uint8: the planes as the sensor has them, with its noise in a window or without noise."""
        image = np.empty((*planes[0].shape, 3), np.uint8)
        for channel, plane in enumerate(planes):
            value = plane
            if noise_of is not None:
                shift = 211 * (channel + 1), 97 * channel
                shifted = replace(noise_of, x=noise_of.x + shift[0], y=noise_of.y + shift[1])
                value = plane + tiled(self._scene.noise, noise_of)
                value += 0.6 * tiled(self._scene.noise, shifted)
            value = np.clip(value, 0.0, 255.0)
            value += 0.5
            image[:, :, channel] = value
        return image

    def _develop(self, linear: Float, gain: np.float32) -> Float:
        """From linear light to sRGB-like values 0 to 255: a square root, then the camera's contrast curve."""
        t: Float = np.sqrt(np.maximum(linear * gain, 0.0))
        np.minimum(t, 1.0, out=t)
        curve = np.float32(self._scene.style.contrast)
        if curve > 0:
            t += curve * (t * t * (3.0 - 2.0 * t) - t)
        t *= 255.0
        return t


def _parts(window: Window) -> Iterator[tuple[Window, tuple[slice, slice]]]:
    """What is drawn at once of a window, and where it lies in it: rows, columns."""
    for top in range(0, window.height, _PART_HEIGHT):
        for left in range(0, window.width, _PART_WIDTH):
            width, height = min(_PART_WIDTH, window.width - left), min(_PART_HEIGHT, window.height - top)
            part = Window(window.x + left, window.y + top, width, height)
            yield part, (slice(top, top + height), slice(left, left + width))


def _blur(plane: Float) -> Float:
    """The blur of the lens: a 3x3 kernel (sigma about 0.6 px). One pixel on every side is lost."""
    side, middle = np.float32(0.2), np.float32(0.6)
    down = plane[1:-1] * middle
    down += (plane[:-2] + plane[2:]) * side
    across = down[:, 1:-1] * middle
    across += (down[:, :-2] + down[:, 2:]) * side
    return across


def render_scene(settings: SurveySettings) -> tuple[NDArray[np.uint8], NDArray[np.float32], NDArray[np.bool_]]:
    """Draw one whole scene, for training and benchmarks with small areas, such as 25 m x 25 m. Nothing is written.

    A scene of another seed differs in place, season, light, ground and flocks.

    Returns:
        Pixels (H, W, 3) uint8 RGB, boxes (N, 4) float32 xyxy image px, and which are young (N,) bool.
    """
    scene = build_scene(settings)
    pixels = scene.renderer().render(Window(0, 0, settings.width_px, settings.height_px))
    return pixels, scene.boxes_px(), scene.animals.is_lamb
