"""Finds boxes that reach across the whole overlap of two tiles, so that no tile sees the animal completely."""

from typing import NamedTuple

import numpy as np

from detector.detections import Detections, Side
from detector.search.tiles import TileGrid


class Across(NamedTuple):
    """Boxes that reach across the overlap.

    Attributes:
        boxes: How many.
        length_px: The longest of them along the axis that is cut, as far as one tile sees it, px of the grid; 0 if
            there are none.
    """

    boxes: int = 0
    length_px: float = 0.0


def across(seen: Detections, grid: TileGrid) -> Across:
    """The boxes that a tile's inner edge cuts and that also end beyond the next tile's own edge.

    The next tile cannot see such an animal completely either. Pieces of animals that stand askew may then look like
    several animals.

    seen: boxes in px of the grid, with their tiles and edges.
    """
    cut = seen.edges != 0
    if not cut.any():
        return Across()
    boxes, edges, tiles = seen.boxes[cut], seen.edges[cut], seen.tiles[cut]
    column, row = tiles % len(grid.xs), tiles // len(grid.xs)
    through = np.zeros(len(boxes), bool)
    length = np.zeros(len(boxes), np.float32)
    for axis, (starts, extent, tile, before, after) in enumerate(
        (
            (grid.xs, grid.tile_width, column, Side.LEFT, Side.RIGHT),
            (grid.ys, grid.tile_height, row, Side.TOP, Side.BOTTOM),
        )
    ):
        low, high = boxes[:, axis], boxes[:, axis + 2]
        next_start, last_end = starts[np.minimum(tile + 1, len(starts) - 1)], starts[np.maximum(tile - 1, 0)] + extent
        beyond = ((edges & after) != 0) & (low < next_start)
        beyond |= ((edges & before) != 0) & (high > last_end)
        through |= beyond
        length = np.maximum(length, np.where(beyond, high - low, 0))
    return Across(int(through.sum()), float(length.max(initial=0)))
