"""Searches a tile in smaller ones if it holds more animals than the model can give at once."""

import threading
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from detector.detections import Detections, squares
from detector.models.cap import Capped
from detector.search.in_grid import in_grid
from detector.search.merge import merge, settle
from detector.search.tiles import TileGrid
from geo.errors import Remark

# Smaller tiles show too little of the surroundings of an animal.
_LEAST_SIDE = 64  # px
_LEAST_OVERLAP = 32  # px
_DEEPEST = 5


class SmallerTiles:
    """Calls a model, and calls it again with the parts of each tile that reached its cap. Any thread may call it.

    Args:
        model: The model.
        overlap: By how many px the parts of a tile overlap, at least.
        point_size: `ModelInfo.point_size`.
    """

    def __init__(self, model: Capped, overlap: int, point_size: float | None = None) -> None:
        self._model = model
        self._point_size = point_size
        self._overlap = max(overlap, _LEAST_OVERLAP)
        self._changing = threading.Lock()
        self.again = 0
        """How many tiles were searched in smaller ones."""
        self._left = 0

    def detect(self, tiles: NDArray[np.uint8]) -> Detections:
        """The detections in a batch, in tile px. tiles: (B, H, W, 3) uint8 RGB.

        Raises:
            ModelError: The model fails on these tiles.
        """
        return self._detect(tiles, tiles.shape[1:3], 0)

    @property
    def remarks(self) -> tuple[str, ...]:
        """Nothing, or what was searched in smaller tiles, and whether that was enough."""
        if not self.again:
            return ()
        one = self.again == 1
        said = (
            f"{self.again} tile{'s' * (not one)} reached the most detections that the model can give at once, and "
            f"{'was' if one else 'were'} searched again in smaller tiles"
        )
        if self._left:
            said += f"; in {self._left} of the smallest animals may still be missing: use smaller tiles"
        return (Remark(said, about="tile_size" if self._left else None),)

    def _detect(self, tiles: NDArray[np.uint8], whole: tuple[int, ...], depth: int) -> Detections:
        """The detections in tiles or in parts of tiles. whole: the (height, width) of the tiles of the run."""
        found, full = self._call(tiles, whole)
        if not full.any():
            return found
        parts = [found[~full[found.tiles]]]
        for place in np.flatnonzero(full).tolist():
            again = self._in_parts(tiles[place], whole, len(tiles), depth)
            if again is None:
                again = found[np.flatnonzero(found.tiles == place)]
            parts.append(replace(again, tiles=np.full(len(again), place, np.int32)))
        return Detections.concatenate(parts)

    def _call(self, tiles: NDArray[np.uint8], whole: tuple[int, ...]) -> tuple[Detections, NDArray[np.bool_]]:
        """What the model says. A model that does not take every size gets black beside a part of a tile."""
        count, height, width = tiles.shape[:3]
        if self._model.any_size or (height, width) == whole:
            return self._model.detect_and_tell(tiles)
        padded = np.zeros((count, *whole, 3), np.uint8)
        padded[:, :height, :width] = tiles
        found, full = self._model.detect_and_tell(padded)
        size = np.array([width, height], np.float32)
        centres = (found.boxes[:, :2] + found.boxes[:, 2:]) / 2
        inside = np.flatnonzero((centres < size).all(axis=1))
        found, centres = found[inside], centres[inside]
        if self._point_size is None:
            return replace(found, boxes=np.clip(found.boxes, 0, np.tile(size, 2))), full
        return replace(found, boxes=squares(centres, size, self._point_size)), full

    def _in_parts(self, tile: NDArray[np.uint8], whole: tuple[int, ...], at_once: int, depth: int) -> Detections | None:
        """The detections of one tile from its parts, or None if these would be too small. at_once: tiles per call."""
        height, width = tile.shape[:2]
        side = (max(height, width) + self._overlap + 1) // 2
        enough = side < max(height, width) and side >= max(2 * self._overlap, _LEAST_SIDE) and depth < _DEEPEST
        with self._changing:
            self.again += depth == 0
            self._left += not enough
        if not enough:
            return None
        grid = TileGrid(width, height, side, self._overlap)
        parts = []
        for start in range(0, len(grid), at_once):
            corners = grid.boxes[start : start + at_once].tolist()
            found = self._detect(np.stack([tile[y1:y2, x1:x2] for x1, y1, x2, y2 in corners]), whole, depth + 1)
            parts.append(in_grid(found, np.arange(start, start + len(corners)), grid, self._point_size))
        return merge(settle(Detections.concatenate(parts)).detections, grid).detections
