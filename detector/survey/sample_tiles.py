"""Takes tiles to check a model with, from given imagery or simulated."""

import numpy as np
from numpy.typing import NDArray

from detector.errors import InputError
from detector.survey.listing import list_images
from geo import raster
from geo.errors import GeoError
from geo.paths import Paths
from geo.simulation import SurveySettings, render_scene

MAX_BYTES = 512 << 20
SIMULATED_GSD_M = 0.025


def sample_tiles(inputs: Paths, tile_size: int, count: int, seed: int = 0) -> NDArray[np.uint8]:
    """(N, tile_size, tile_size, 3) uint8 RGB: `count` tiles at random places, equally many from each image.

    N is less than `count` if they would take more than MAX_BYTES. Images that are smaller than a tile, or cannot be
    read, are left out.

    Raises:
        InputError: No image is left.
    """
    count = _bounded(tile_size, count)
    rng = np.random.default_rng(seed)
    images = list_images(inputs).images
    chosen = [images[i] for i in rng.permutation(len(images))[:count]]
    tiles: list[NDArray[np.uint8]] = []
    reason = ""
    for number, path in enumerate(chosen):
        wanted = (count - len(tiles)) // (len(chosen) - number)
        try:
            with raster.RasterReader(path) as image:
                free = np.array([image.info.width, image.info.height]) - tile_size
                if (free < 0).any():
                    reason = f"{path.name} has {image.info.width} x {image.info.height} px"
                    continue
                for x, y in rng.integers(0, free + 1, (wanted, 2)).tolist():
                    tiles.append(image.read(x, y, tile_size, tile_size)[0])
        except GeoError as error:
            reason = str(error)
    if not tiles:
        raise InputError(
            f"no tile of {tile_size} px can be cut from {len(chosen)} images ({reason}); give other images"
        )
    return np.stack(tiles)


def simulated_tiles(tile_size: int, count: int, seed: int = 0) -> NDArray[np.uint8]:
    """(N, tile_size, tile_size, 3) uint8 RGB: simulated pasture with sheep."""
    extent = max(2.0, tile_size * SIMULATED_GSD_M)
    animals = max(4, min(60, round(extent * extent / 25)))
    scenes = [
        render_scene(SurveySettings(seed=seed + i, width_m=extent, height_m=extent, animals=animals))[0]
        for i in range(_bounded(tile_size, count))
    ]
    return np.stack([scene[:tile_size, :tile_size] for scene in scenes])


def _bounded(tile_size: int, count: int) -> int:
    return max(1, min(count, MAX_BYTES // (3 * tile_size * tile_size)))
