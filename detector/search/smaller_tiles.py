"""Searches a tile in smaller ones if it holds more animals than the model can give at once."""

from dataclasses import replace
from typing import NamedTuple, Protocol, runtime_checkable

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


class Again(NamedTuple):
    """Tiles that reached the model's cap.

    Attributes:
        tiles: How many were searched in smaller ones.
        left: How many of the smallest of these reached the cap too.
    """

    tiles: int = 0
    left: int = 0

    def __add__(self, other: "Again") -> "Again":  # type: ignore[override]
        """Both together."""
        return Again(self.tiles + other.tiles, self.left + other.left)

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """Nothing, or what was searched in smaller tiles, and whether that was enough."""
        if not self.tiles:
            return ()
        one = self.tiles == 1
        said = (
            f"{self.tiles} tile{'s' * (not one)} reached the most detections that the model can give at once, and "
            f"{'was' if one else 'were'} searched again in smaller tiles"
        )
        if self.left:
            said += f"; in {self.left} of the smallest animals may still be missing: use smaller tiles"
        return (Remark(said, about="tile_size" if self.left else None),)


@runtime_checkable
class Counting(Protocol):
    """A detector that says how many tiles of a call were searched in smaller ones."""

    def detect_and_count(self, tiles: NDArray[np.uint8]) -> tuple[Detections, Again]:
        """As `detect`, and the count."""
        ...


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

    def detect(self, tiles: NDArray[np.uint8]) -> Detections:
        """The detections in a batch, in tile px. tiles: (B, H, W, 3) uint8 RGB.

        Raises:
            ModelError: The model fails on these tiles.
        """
        return self.detect_and_count(tiles)[0]

    def detect_and_count(self, tiles: NDArray[np.uint8]) -> tuple[Detections, Again]:
        """As `detect`, and how many of the tiles were searched in smaller ones."""
        return self._detect(tiles, tiles.shape[1:3], 0)

    def _detect(self, tiles: NDArray[np.uint8], whole: tuple[int, ...], depth: int) -> tuple[Detections, Again]:
        """The detections in tiles or in parts of tiles. whole: the (height, width) of the tiles of the run."""
        found, full = self._call(tiles, whole)
        counted = Again(int(full.sum()) if depth == 0 else 0)
        if not full.any():
            return found, counted
        parts = [found[~full[found.tiles]]]
        for place in np.flatnonzero(full).tolist():
            again, of_parts = self._in_parts(tiles[place], whole, len(tiles), depth)
            counted += of_parts
            if again is None:
                again = found[np.flatnonzero(found.tiles == place)]
            parts.append(replace(again, tiles=np.full(len(again), place, np.int32)))
        return Detections.concatenate(parts), counted

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

    def _in_parts(
        self, tile: NDArray[np.uint8], whole: tuple[int, ...], at_once: int, depth: int
    ) -> tuple[Detections | None, Again]:
        """The detections of one tile from its parts, or None if these would be too small. at_once: tiles per call."""
        height, width = tile.shape[:2]
        side = (max(height, width) + self._overlap + 1) // 2
        enough = side < max(height, width) and side >= max(2 * self._overlap, _LEAST_SIDE) and depth < _DEEPEST
        counted = Again(0, int(not enough))
        if not enough:
            return None, counted
        grid = TileGrid(width, height, side, self._overlap)
        parts = []
        for start in range(0, len(grid), at_once):
            corners = grid.boxes[start : start + at_once].tolist()
            some = np.stack([tile[y1:y2, x1:x2] for x1, y1, x2, y2 in corners])
            found, of_parts = self._detect(some, whole, depth + 1)
            counted += of_parts
            parts.append(in_grid(found, np.arange(start, start + len(corners)), grid, self._point_size))
        return merge(settle(Detections.concatenate(parts)).detections, grid).detections, counted
