"""Decides which merged boxes stay: the tiles that see a place best say what is there. `merge` gives the argument."""

import numpy as np
import shapely
from numpy.typing import NDArray

from detector.detections import Detections
from detector.search.tiles import TileGrid

# A tile sees a box well if the box is at least this share of the overlap away from the tile's inner edges. Nearer to an
# edge, the model lacks the surroundings. It is less than half, so that a box smaller than half the overlap is always
# seen well by some tile.
WELL_INSIDE = 0.25

# The tiles low..high - 1 of a row or of a column that have each box well inside along that axis.
_Range = tuple[NDArray[np.int64], NDArray[np.int64]]


def confirmed(
    seen: Detections,
    animal: NDArray[np.int64],
    merged: Detections,
    best_view: NDArray[np.int64],
    grid: TileGrid,
    unseen: NDArray[np.integer] | None,
    further: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """(A,) whether one of the tiles that see an animal's box well saw the animal. True if no tile sees the box well.

    seen: the V views. animal: (V,) the number of each view's animal. merged, best_view: A animals, and the view of each
    that has its number. unseen, further: as `merge` takes them.
    """
    rank = np.zeros(len(seen), np.int64)
    rank[animal[best_view]] = np.arange(len(merged))
    of_view = rank[animal]
    columns, rows = _well_inside(merged.boxes, grid)
    there = _any_searched(columns, rows, grid, unseen)
    column, row = seen.tiles % len(grid.xs), seen.tiles // len(grid.xs)
    by_view = _in_range(column, columns, of_view) & _in_range(row, rows, of_view)
    # Boxes of the whole image were confirmed when they were first merged.
    by_view |= seen.tiles < 0
    result = ~there
    result[of_view[by_view]] = True
    if len(further):
        ask = np.flatnonzero(~there)
        result[ask] = _by_further(seen, of_view, merged.boxes, ask, grid, further)
    return result


def _by_further(
    seen: Detections,
    of_view: NDArray[np.int64],
    boxes: NDArray[np.float32],
    ask: NDArray[np.int64],
    grid: TileGrid,
    further: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """(K,) whether the animals with the boxes `ask` stay by what the further tiles say. of_view: the animal of each
    view.
    """
    inner = np.array([0, 0, grid.width, grid.height]) != further
    margin = WELL_INSIDE * grid.overlap * np.array([1, 1, -1, -1])
    tree = shapely.STRtree(shapely.box(*(further + np.where(inner, margin, 0)).T))
    nth, tile = tree.query(shapely.box(*boxes[ask].astype(np.float64).T), predicate="covered_by")
    well = np.zeros(len(boxes), bool)
    well[ask[nth]] = True
    of_further = seen.tiles >= len(grid)
    saw = np.zeros(len(boxes), bool)
    saw[ask[nth[np.isin(_pair(ask[nth], tile, further), _pair(of_view, seen.tiles - len(grid), further))]]] = True
    # What only further tiles see, and all of them cut, is a piece of an animal that the grid has.
    whole = np.zeros(len(boxes), bool)
    whole[of_view[~of_further | (seen.edges == 0)]] = True
    stays: NDArray[np.bool_] = (whole & (saw | ~well))[ask]
    return stays


def _pair(animal: NDArray[np.int64], tile: NDArray[np.integer], further: NDArray[np.int64]) -> NDArray[np.int64]:
    """A number for each animal and further tile; -1 for a tile of the grid."""
    number: NDArray[np.int64] = np.where(tile >= 0, animal * len(further) + tile, -1)
    return number


def _well_inside(boxes: NDArray[np.float32], grid: TileGrid) -> tuple[_Range, _Range]:
    """The columns and the rows of tiles that have each box well inside."""
    margin = np.float32(WELL_INSIDE * grid.overlap)
    ranges: list[_Range] = []
    for axis, (starts, extent) in enumerate(((grid.xs, grid.tile_width), (grid.ys, grid.tile_height))):
        # The image's own edges are not tile edges: the first tile always begins early enough, and the last one ends
        # late enough.
        low = np.searchsorted(starts, boxes[:, axis + 2] + margin - extent, "left")
        high = np.searchsorted(starts, boxes[:, axis] - margin, "right") - 1
        ranges.append((np.minimum(low, len(starts) - 1), np.maximum(high, 0) + 1))
    return ranges[0], ranges[1]


def _in_range(tile: NDArray[np.integer], of: _Range, box: NDArray[np.int64]) -> NDArray[np.bool_]:
    inside: NDArray[np.bool_] = (of[0][box] <= tile) & (tile < of[1][box])
    return inside


def _any_searched(
    columns: _Range, rows: _Range, grid: TileGrid, unseen: NDArray[np.integer] | None
) -> NDArray[np.bool_]:
    """(N,) whether a tile in each range of columns and rows was searched."""
    (left, right), (top, bottom) = columns, rows
    there: NDArray[np.bool_] = (left < right) & (top < bottom)
    if unseen is None or not len(unseen):
        return there
    looked = np.ones(len(grid), np.int64)
    looked[unseen] = 0
    # The number of searched tiles above and left of each corner of the grid. Four of these numbers give the number in
    # any range.
    corner = np.zeros((len(grid.ys) + 1, len(grid.xs) + 1), np.int64)
    corner[1:, 1:] = looked.reshape(len(grid.ys), len(grid.xs)).cumsum(0).cumsum(1)
    there &= corner[bottom, right] - corner[top, right] - corner[bottom, left] + corner[top, left] > 0
    return there
