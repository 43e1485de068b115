"""The tile grid: every pixel of an image is in a tile, and no tile reaches outside the image."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detector.detections import Side
from detector.errors import InputError

# How far from a tile's edge a box may end and still count as cut by it, because models miss the last pixels: a share of
# the box's longer side, because a model's error grows with the animal, and at least some pixels.
EDGE_TOLERANCE = 0.15
EDGE_TOLERANCE_PX = 4.0


def _starts(length: int, tile: int, overlap: int) -> NDArray[np.int64]:
    """Where tiles begin along one axis. The last one moves inward to end with the image."""
    if length <= tile:
        return np.zeros(1, np.int64)
    stride = tile - overlap
    count = -(-(length - tile) // stride) + 1
    return np.minimum(np.arange(count, dtype=np.int64) * stride, length - tile)


def _middles(starts: NDArray[np.int64], tile: int) -> NDArray[np.int64]:
    """Where cells begin along one axis, and where the last one ends."""
    return np.concatenate([starts[:1], (starts[:-1] + tile + starts[1:]) // 2, starts[-1:] + tile])


@dataclass(frozen=True)
class Block:
    """A rectangle of tiles that is read at once.

    columns, rows: half-open ranges of tile columns and rows; x, y, width, height: their window, px of the grid.
    """

    columns: tuple[int, int]
    rows: tuple[int, int]
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class TileGrid:
    """Tiles of one size over a width x height image, neighbours sharing `overlap` px or more.

    Along an axis shorter than the tile there is one tile, as short as the image: nothing is padded here.
    The last row and column shift inward rather than reach outside. Tiles are numbered row by row.
    Raises InputError for sizes that cannot be tiled.
    """

    width: int
    height: int
    tile_size: int
    overlap: int

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1:
            raise InputError(f"image of {self.width} x {self.height} px: expected at least one pixel a side")
        if not 0 <= self.overlap < self.tile_size:
            raise InputError(
                f"overlap {self.overlap} px with tile size {self.tile_size} px: "
                "expected 0 <= overlap < tile size; choose a smaller overlap",
                about="overlap",
            )

    @cached_property
    def xs(self) -> NDArray[np.int64]:
        """Left edge of each tile column, ascending, px."""
        return _starts(self.width, self.tile_size, self.overlap)

    @cached_property
    def ys(self) -> NDArray[np.int64]:
        """Top edge of each tile row, ascending, px."""
        return _starts(self.height, self.tile_size, self.overlap)

    @property
    def tile_width(self) -> int:
        """Width of every tile, px."""
        return min(self.tile_size, self.width)

    @property
    def tile_height(self) -> int:
        """Height of every tile, px."""
        return min(self.tile_size, self.height)

    def __len__(self) -> int:
        return len(self.xs) * len(self.ys)

    @cached_property
    def boxes(self) -> NDArray[np.int64]:
        """(len(self), 4) xyxy of every tile, px."""
        x, y = np.tile(self.xs, len(self.ys)), np.repeat(self.ys, len(self.xs))
        return np.stack([x, y, x + self.tile_width, y + self.tile_height], axis=1)

    @cached_property
    def cells(self) -> NDArray[np.int64]:
        """(len(self), 4) xyxy of the part of each tile that belongs to it alone, px: overlaps are divided in their
        middle.

        The cells cover the image once.
        """
        x, y = _middles(self.xs, self.tile_width), _middles(self.ys, self.tile_height)
        columns, rows = np.tile(np.arange(len(self.xs)), len(self.ys)), np.repeat(np.arange(len(self.ys)), len(self.xs))
        return np.stack([x[columns], y[rows], x[columns + 1], y[rows + 1]], axis=1)

    def edges(self, boxes_px: NDArray[np.float32], tiles: NDArray[np.int32]) -> NDArray[np.uint8]:
        """Which sides of each box lie on an inner edge of its tile, an edge beyond which the image continues.

        boxes_px: (N, 4) xyxy, px of the grid; tiles: (N,) index of the tile that saw each. Returns (N,) `Side` bits.
        """
        tile = self.boxes[tiles]
        longest = (boxes_px[:, 2:] - boxes_px[:, :2]).max(axis=1, initial=0)
        reach = np.maximum(EDGE_TOLERANCE * longest, EDGE_TOLERANCE_PX)
        near = np.abs(boxes_px - tile) <= reach[:, None]
        near &= tile != np.array([0, 0, self.width, self.height])
        bits = np.array([Side.LEFT, Side.TOP, Side.RIGHT, Side.BOTTOM], np.uint8)
        sides: NDArray[np.uint8] = (near * bits).sum(axis=1, dtype=np.uint8)
        return sides

    def blocks(self, max_pixels: int, *, full_width: bool = False) -> Iterator[Block]:
        """The grid cut into blocks of at most `max_pixels` px (at least one tile each), row by row.

        Nearly square blocks read the fewest pixels twice. `full_width` keeps rows of tiles whole, for images that are
        stored in lines.
        """
        width = self.width if full_width else max_pixels / min(max_pixels**0.5, self.height)
        per_row = self._fitting(width, self.xs, self.tile_width, self.width)
        block_width = min((per_row - 1) * (self.tile_size - self.overlap) + self.tile_width, self.width)
        rows = self._fitting(max_pixels / block_width, self.ys, self.tile_height, self.height)
        for top in range(0, len(self.ys), rows):
            bottom = min(top + rows, len(self.ys))
            for left in range(0, len(self.xs), per_row):
                right = min(left + per_row, len(self.xs))
                x, y = int(self.xs[left]), int(self.ys[top])
                yield Block(
                    (left, right),
                    (top, bottom),
                    x,
                    y,
                    int(self.xs[right - 1]) + self.tile_width - x,
                    int(self.ys[bottom - 1]) + self.tile_height - y,
                )

    def _fitting(self, room: float, starts: NDArray[np.int64], tile: int, length: int) -> int:
        """How many tiles, at least one, lie within `room` px along an axis."""
        if room >= length:
            return len(starts)
        return max(1, int((room - tile) // (self.tile_size - self.overlap)) + 1)

    def tiles_of(self, block: Block) -> NDArray[np.int32]:
        """Indices of a block's tiles, row by row."""
        rows = np.arange(block.rows[0], block.rows[1])
        columns = np.arange(block.columns[0], block.columns[1])
        return (rows[:, None] * len(self.xs) + columns).ravel().astype(np.int32)
