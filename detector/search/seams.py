"""Finds animals that no tile sees whole, because they reach across the overlap of two tiles, and lays tiles over them.

The further tiles have the size of the grid's, and lie where they show such animals whole. `merge` takes what they see
only of places that no tile of the grid sees well. So the rest of the image is counted as without them.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector.detections import Detections, Side
from detector.search.best_tiles import WELL_INSIDE
from detector.search.merge import overlapping
from detector.search.tiles import EDGE_TOLERANCE, EDGE_TOLERANCE_PX, Block, TileGrid, cut_sides

# The room that an animal gets on each side in a tile laid over it: a share of its length, and at least some px. It is
# more than what counts as cut by the tile's edge, because the pieces do not show the whole length.
ROOM = 1.7 * EDGE_TOLERANCE
ROOM_PX = 2 * EDGE_TOLERANCE_PX


class Across(NamedTuple):
    """Boxes that reach across the overlap.

    Attributes:
        boxes: How many.
        length_px: The longest of them along the axis that is cut, as far as one tile sees it, px of the grid; 0 if
            there are none.
    """

    boxes: int = 0
    length_px: float = 0.0


@dataclass(frozen=True)
class SeamTiles:
    """Tiles of the grid's size at places of their own, inside the image.

    Attributes:
        grid: The grid of the image.
        corners: The left and the top edge of each tile, px of the grid.
    """

    grid: TileGrid
    corners: tuple[tuple[int, int], ...]

    @property
    def width(self) -> int:
        """The width of the image, px of the grid."""
        return self.grid.width

    @property
    def height(self) -> int:
        """The height of the image, px of the grid."""
        return self.grid.height

    @property
    def tile_width(self) -> int:
        """The width of every tile, px."""
        return self.grid.tile_width

    @property
    def tile_height(self) -> int:
        """The height of every tile, px."""
        return self.grid.tile_height

    def __len__(self) -> int:
        return len(self.corners)

    @cached_property
    def boxes(self) -> NDArray[np.int64]:
        """(len(self), 4) xyxy of every tile, px of the grid."""
        corner = np.array(self.corners, np.int64).reshape(-1, 2)
        return np.concatenate([corner, corner + np.array([self.tile_width, self.tile_height])], axis=1)

    def edges(self, boxes_px: NDArray[np.float32], tiles: NDArray[np.int32]) -> NDArray[np.uint8]:
        """As `TileGrid.edges`."""
        return cut_sides(boxes_px, self.boxes[tiles], self.grid.width, self.grid.height)

    def tiles_of(self, block: Block) -> NDArray[np.int32]:
        """All of them, because one block shows them."""
        return np.arange(len(self), dtype=np.int32)

    @property
    def block(self) -> Block:
        """The window around them."""
        x, y = self.boxes[:, :2].min(axis=0).tolist()
        right, bottom = self.boxes[:, 2:].max(axis=0).tolist()
        return Block((0, len(self)), (0, 1), x, y, right - x, bottom - y)

    def blocks(self, max_pixels: int) -> "list[SeamTiles]":
        """The same tiles, divided so that the window around some is at most `max_pixels`, or one tile."""
        parts: list[SeamTiles] = []
        for corner in self.corners:
            if parts:
                with_it = SeamTiles(self.grid, (*parts[-1].corners, corner))
                if with_it.block.width * with_it.block.height <= max_pixels:
                    parts[-1] = with_it
                    continue
            parts.append(SeamTiles(self.grid, (corner,)))
        return parts


def across(seen: Detections, grid: TileGrid) -> Across:
    """The boxes that a tile's inner edge cuts and that also end beyond the next tile's own edge.

    The next tile cannot see such an animal completely either. Pieces of animals that stand askew may then look like
    several animals.

    seen: boxes in px of the grid, with their tiles and edges.
    """
    length = lengths_across(seen, grid)
    return Across(int((length > 0).sum()), float(length.max(initial=0)))


def lengths_across(seen: Detections, grid: TileGrid) -> NDArray[np.float32]:
    """(N,) float32, px of the grid: how long each box is along the axis across which it reaches; 0 if it does not.

    A box of a tile that is not of the grid reaches across if that tile cuts it.
    """
    length = np.zeros(len(seen), np.float32)
    cut = np.flatnonzero(seen.edges)
    boxes, edges, tiles = seen.boxes[cut], seen.edges[cut], seen.tiles[cut]
    further = tiles >= len(grid)
    column, row = tiles % len(grid.xs), np.minimum(tiles // len(grid.xs), len(grid.ys) - 1)
    for axis, (starts, extent, tile, before, after) in enumerate(
        (
            (grid.xs, grid.tile_width, column, Side.LEFT, Side.RIGHT),
            (grid.ys, grid.tile_height, row, Side.TOP, Side.BOTTOM),
        )
    ):
        low, high = boxes[:, axis], boxes[:, axis + 2]
        next_start, last_end = starts[np.minimum(tile + 1, len(starts) - 1)], starts[np.maximum(tile - 1, 0)] + extent
        beyond = ((edges & after) != 0) & (further | (low < next_start))
        beyond |= ((edges & before) != 0) & (further | (high > last_end))
        length[cut] = np.maximum(length[cut], np.where(beyond, high - low, 0))
    return length


def seam_tiles(seen: Detections, grid: TileGrid) -> SeamTiles:
    """Tiles that show the animals whole that reach across the overlap, as few as are soon found, from top to bottom.

    An animal that is longer than a tile lies in the middle of one, which does not show it whole either.

    seen: boxes in px of the grid, with their tiles and edges.
    """
    places = _places(seen, grid)
    size = np.array([grid.tile_width, grid.tile_height])
    room = np.array([grid.width, grid.height]) - size
    # For each place, where the corner of a tile may be that shows it. Where none can, the place lies in its middle.
    low, high = places[:, 2:] - size, places[:, :2]
    middle = (low + high) / 2
    low, high = np.where(low > high, middle, low), np.where(low > high, middle, high)
    low, high = np.clip(np.ceil(low), 0, room), np.clip(np.floor(high), 0, room)
    low = np.minimum(low, high)
    order = np.lexsort((low[:, 0], high[:, 0], low[:, 1], high[:, 1]))
    low, high = low[order], high[order]
    left = np.ones(len(order), bool)
    corners = []
    for first in range(len(order)):
        if not left[first]:
            continue
        # Every later place has its `high` further down, so a tile whose top is here shows all that is shown.
        x, y = _corner(low[first], high[first], low[left], high[left])
        corners.append((x, y))
        left &= ~_shows((x, y), low, high)
    return SeamTiles(grid, tuple(sorted(corners, key=lambda corner: (corner[1], corner[0]))))


def _corner(
    low: NDArray[np.float64], high: NDArray[np.float64], lows: NDArray[np.float64], highs: NDArray[np.float64]
) -> tuple[int, int]:
    """The corner of a tile that shows the place of `low` and `high`, and as many others as the best of nine corners."""
    near = np.flatnonzero(((lows <= high) & (highs >= low)).all(axis=1))
    best: tuple[int, tuple[int, int]] = (-1, (0, 0))
    for y in (high[1], (low[1] + high[1]) // 2, low[1]):
        for x in ((low[0] + high[0]) // 2, high[0], low[0]):
            shown = int(_shows((x, y), lows[near], highs[near]).sum())
            if shown > best[0]:
                best = (shown, (int(x), int(y)))
    return best[1]


def _shows(corner: tuple[float, float], low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(N,) whether a tile with this corner shows each place."""
    shown: NDArray[np.bool_] = np.all((low <= corner) & (high >= corner), axis=1)
    return shown


def _places(seen: Detections, grid: TileGrid) -> NDArray[np.float64]:
    """(P, 4) xyxy, px of the grid: around the pieces of each animal that reaches across, with room."""
    pieces = seen[seen.edges != 0]
    reaches = lengths_across(pieces, grid) > 0
    if not reaches.any():
        return np.zeros((0, 4))
    first, second = overlapping(pieces.boxes, pieces.tiles, same_tile=False)
    around = pieces.boxes.astype(np.float64)
    for one, other in ((first, second), (second, first)):
        np.minimum.at(around[:, :2], one, pieces.boxes[other, :2])
        np.maximum.at(around[:, 2:], one, pieces.boxes[other, 2:])
    size = np.array([grid.tile_width, grid.tile_height])
    # Crowded animals would together fill more than a tile: then the middle of a tile lies on the side that is cut.
    crowded = np.flatnonzero(((around[:, 2:] - around[:, :2]) > size).any(axis=1))
    around[crowded] = _mirrored(pieces[crowded])
    # What a tile cuts on two opposite sides, no tile shows whole.
    through = np.zeros(len(pieces), bool)
    for both in (Side.LEFT | Side.RIGHT, Side.TOP | Side.BOTTOM):
        through |= (pieces.edges & both) == both
    reaches &= ~through
    around = np.unique(around[reaches], axis=0)
    longest = (around[:, 2:] - around[:, :2]).max(axis=1, keepdims=True)
    wanted = np.maximum(np.maximum(ROOM * longest, ROOM_PX), WELL_INSIDE * grid.overlap + 1)
    wanted = np.minimum(wanted, np.maximum((size - (around[:, 2:] - around[:, :2])) / 2, 0))
    grown = np.concatenate([around[:, :2] - wanted, around[:, 2:] + wanted], axis=1)
    inside: NDArray[np.float64] = np.clip(grown, 0, np.tile([grid.width, grid.height], 2))
    return inside


def _mirrored(pieces: Detections) -> NDArray[np.float64]:
    """(N, 4) the boxes of pieces, continued beyond each side that is cut by as much as is seen."""
    boxes = pieces.boxes.astype(np.float64)
    size = boxes[:, 2:] - boxes[:, :2]
    sides = np.array([Side.LEFT, Side.TOP, Side.RIGHT, Side.BOTTOM], np.uint8)
    outward = ((pieces.edges[:, None] & sides) != 0) * np.array([-1, -1, 1, 1])
    continued: NDArray[np.float64] = boxes + outward * np.tile(size, 2)
    return continued


def numbered(found: Detections, searched: NDArray[np.integer], first: int) -> Detections:
    """The detections of further tiles with the numbers that `merge` takes: the n-th of `searched` becomes first + n."""
    return replace(found, tiles=(first + np.searchsorted(searched, found.tiles)).astype(np.int32))
