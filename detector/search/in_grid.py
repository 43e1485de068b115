"""Puts what a model found in tiles into px of the grid of its image."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from detector.detections import Detections, squares
from detector.search.seams import SeamTiles
from detector.search.tiles import TileGrid


def in_grid(
    found: Detections, tiles: NDArray[np.integer], grid: TileGrid | SeamTiles, point_size: float | None = None
) -> Detections:
    """The detections of tiles (tile px) in px of the grid, with their tiles and the sides that these cut.

    No edge of a tile cuts a point. So the square around a point is whole beside every inner edge, and the views of two
    tiles are alike.

    Args:
        found: The detections, with `tiles` as indices into `tiles`.
        tiles: The indices in the grid of the tiles that the model saw.
        grid: The tiles of the image, or tiles over its seams.
        point_size: `ModelInfo.point_size`.
    """
    tile = tiles[found.tiles].astype(np.int32)
    boxes = found.boxes + np.tile(grid.boxes[tile, :2], 2).astype(np.float32)
    if point_size is None:
        return replace(found, boxes=boxes, tiles=tile, edges=grid.edges(boxes, tile))
    centres = (boxes[:, :2].astype(np.float64) + boxes[:, 2:]) / 2
    return replace(found, boxes=squares(centres, (grid.width, grid.height), point_size), tiles=tile)
