"""Searches one image, an array or a file, with a detector. Nothing is left on the disk."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector import models
from detector.detections import Detections
from detector.errors import InputError
from detector.search import infer
from detector.search.batches import FittedModel
from detector.search.devices import batch_size
from detector.search.infer import PixelReader, Unit
from detector.search.merge import merge, settle
from detector.search.tiles import TileGrid
from detector.search.timing import Profile
from detector.survey.planning import BLOCK_PIXELS, scale_of
from detector.survey.searching import CALLS_AT_ONCE
from geo import raster
from geo.paths import StrPath, as_path


def fitted_detector(model: StrPath | None = None, device: str = "auto", trust: bool = False) -> FittedModel:
    """A detector with batches that fit into memory. The arguments and the errors are those of `models.load`."""
    return FittedModel(models.load(model, device, trust=trust, calls_at_once=CALLS_AT_ONCE), Profile())


def search_image(
    model: FittedModel, image: NDArray[np.uint8] | StrPath, score: float | None = None, gsd_m: float | None = None
) -> tuple[Detections, tuple[str, ...]]:
    """The animals in one image, one box each in image px, as a survey's search finds them; and warnings.

    Args:
        model: The detector.
        image: (H, W, 3) uint8 RGB, or a file.
        score: The least score; by default the model's.
        gsd_m: Metres a pixel; by default what the file states.

    Raises:
        InputError: The array has another shape or dtype.
        RasterError: The file cannot be read.
    """
    with contextlib.ExitStack() as stack:
        if isinstance(image, np.ndarray):
            height, width = _checked(image).shape[:2]
        else:
            file = stack.enter_context(raster.RasterReader(as_path(image)))
            width, height = file.info.width, file.info.height
            gsd_m = file.info.gsd_m if gsd_m is None else gsd_m
        factor, warning = scale_of(gsd_m, model.info.gsd_m)
        across, down = max(1, round(width * factor)), max(1, round(height * factor))
        # The true scale of the rounded size, so that the last pixel maps to the last pixel.
        scale = (across / width, down / height) if factor != 1 else (1.0, 1.0)
        grid = TileGrid(across, down, model.info.tile_size, model.info.overlap)
        if isinstance(image, np.ndarray):
            pixels = image if factor == 1 else raster.resampled(image, (down, across))
            seen = _views(model, _Pixels(pixels), grid, (1.0, 1.0))
        else:
            seen = _views(model, file, grid, scale)
    seen = seen[seen.scores >= model.info.thresholds(score)[seen.labels]]
    found = merge(settle(seen).detections, grid).detections.scaled(1 / scale[0], 1 / scale[1])
    found = replace(found, boxes=np.clip(found.boxes, 0, np.array([width, height] * 2, np.float32)))
    return found, (*([warning] if warning else ()), *model.remarks)


def _views(model: FittedModel, reader: PixelReader, grid: TileGrid, scale: tuple[float, float]) -> Detections:
    """The detections in the tiles of one image, px of the grid."""
    # One reader reads one block at a time, so at most two blocks of a large image are in memory.
    units = [Unit(0, grid, block, scale) for block in grid.blocks(BLOCK_PIXELS, full_width=True)]

    @contextlib.contextmanager
    def opened(index: int) -> Iterator[PixelReader]:
        yield reader

    at_once = model.info.batch_size or batch_size(model.device, grid.tile_size)
    parts = []
    for result in infer.detect([units], opened, model, batch_size=at_once, readers=1):
        if result.error is not None:
            raise InputError(f"the image cannot be read: {result.error}")
        parts.append(result.detections)
    return Detections.concatenate(parts)


def _checked(pixels: NDArray[Any]) -> NDArray[np.uint8]:
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3 or 0 in pixels.shape:
        raise InputError(
            f"the pixels are {pixels.dtype} of shape {pixels.shape}; expected uint8 RGB of shape (height, width, 3)"
        )
    return pixels


class _Pixels:
    """An array in the form of an image that is read in windows of whole pixels."""

    def __init__(self, pixels: NDArray[np.uint8]) -> None:
        self._pixels = pixels

    def read(
        self, x: float, y: float, width: float, height: float, out_shape: tuple[int, int] | None = None
    ) -> tuple[NDArray[np.uint8], None]:
        """See `detector.search.infer.PixelReader`."""
        return np.ascontiguousarray(self._pixels[int(y) : int(y + height), int(x) : int(x + width)]), None
