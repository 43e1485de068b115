"""Searches one image, an array or a file, with a detector. Nothing is left on the disk."""

import contextlib
from collections.abc import Iterator, Sequence
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
from detector.search.merge import merge, settle
from detector.search.read_ahead import PixelReader
from detector.search.seams import numbered, seam_tiles
from detector.search.smaller_tiles import Again
from detector.search.tiles import TileGrid
from detector.search.timing import Profile
from detector.search.units import Unit
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
            look = _Look(model, _Pixels(pixels), (1.0, 1.0), model.info.thresholds(score))
        else:
            look = _Look(model, file, scale, model.info.thresholds(score))
        # One reader reads one block at a time, so at most two blocks of a large image are in memory.
        seen = look.views([Unit(0, grid, block, look.scale) for block in grid.blocks(BLOCK_PIXELS, full_width=True)])
        seams = seam_tiles(seen, grid)
        if len(seams):
            units = [Unit(0, grid, one.block, look.scale, further=one) for one in seams.blocks(BLOCK_PIXELS)]
            seen = Detections.concatenate([seen, look.views(units)])
    found = merge(seen, grid, further=seams.boxes).detections.scaled(1 / scale[0], 1 / scale[1])
    found = replace(found, boxes=np.clip(found.boxes, 0, np.array([width, height] * 2, np.float32)))
    return found, (*([warning] if warning else ()), *model.remarks, *look.again.remarks)


class _Look:
    """Shows one image to a model.

    Attributes:
        scale: Grid px for one px of the image, along x and along y.
        again: The tiles that reached the model's cap.
    """

    def __init__(
        self, model: FittedModel, reader: PixelReader, scale: tuple[float, float], thresholds: NDArray[np.float32]
    ) -> None:
        self._model, self._reader, self._thresholds = model, reader, thresholds
        self.scale = scale
        self.again = Again()

    def views(self, units: Sequence[Unit]) -> Detections:
        """The detections above the threshold in the tiles of units, one animal under one class in a tile, px of the
        grid.
        """
        grid = units[0].grid
        at_once = self._model.info.batch_size or batch_size(self._model.device, grid.tile_size)
        parts, number = [], len(grid)
        for result in infer.detect([units], self._opened, self._model, batch_size=at_once, readers=1):
            if result.error is not None:
                raise InputError(f"the image cannot be read: {result.error}")
            found, tiles = result.detections, result.unit.further
            if tiles is not None:
                found = numbered(found, np.arange(len(tiles)), number)
                number += len(tiles)
            parts.append(found)
            self.again += result.again
        seen = Detections.concatenate(parts)
        return settle(seen[seen.scores >= self._thresholds[seen.labels]]).detections

    @contextlib.contextmanager
    def _opened(self, index: int) -> Iterator[PixelReader]:
        yield self._reader


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
        """See `detector.search.read_ahead.PixelReader`."""
        return np.ascontiguousarray(self._pixels[int(y) : int(y + height), int(x) : int(x + width)]), None
