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
    """The starts of tiles along one axis. The last tile is moved inward, so that it ends with the image."""
    if length <= tile:
        return np.zeros(1, np.int64)
    stride = tile - overlap
    count = -(-(length - tile) // stride) + 1
    return np.minimum(np.arange(count, dtype=np.int64) * stride, length - tile)


def _middles(starts: NDArray[np.int64], tile: int) -> NDArray[np.int64]:
    """The starts of cells along one axis, and the end of the last one."""
    return np.concatenate([starts[:1], (starts[:-1] + tile + starts[1:]) // 2, starts[-1:] + tile])


def cut_sides(
    boxes_px: NDArray[np.float32], tile_boxes: NDArray[np.int64], width: int, height: int
) -> NDArray[np.uint8]:
    """(N,) uint8: which sides of boxes are cut by an inner edge of their tile, as `Side` bits.

    Args:
        boxes_px: (N, 4) xyxy, px of the grid.
        tile_boxes: (N, 4) xyxy, px of the grid: the tile that saw each box.
        width: Px of the image in the grid.
        height: Px of the image in the grid.
    """
    longest = (boxes_px[:, 2:] - boxes_px[:, :2]).max(axis=1, initial=0)
    reach = np.maximum(EDGE_TOLERANCE * longest, EDGE_TOLERANCE_PX)
    near = np.abs(boxes_px - tile_boxes) <= reach[:, None]
    near &= tile_boxes != np.array([0, 0, width, height])
    bits = np.array([Side.LEFT, Side.TOP, Side.RIGHT, Side.BOTTOM], np.uint8)
    sides: NDArray[np.uint8] = (near * bits).sum(axis=1, dtype=np.uint8)
    return sides


@dataclass(frozen=True)
class Block:
    """A rectangle of tiles that is read at once.

    Attributes:
        columns: The half-open range of tile columns.
        rows: The half-open range of tile rows.
        x: The left edge, px of the grid.
        y: The top edge, px of the grid.
        width: Px of the grid.
        height: Px of the grid.
    """

    columns: tuple[int, int]
    rows: tuple[int, int]
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class TileGrid:
    """Tiles of one size over an image of width x height px. Neighbours share at least `overlap` px.

    If the image is shorter than a tile along an axis, there is one tile, as short as the image. Nothing is padded here.
    The last row and the last column are moved inward, so that they do not reach outside. Tiles are numbered row by row.
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
        """The left edge of each tile column, ascending, px."""
        return _starts(self.width, self.tile_size, self.overlap)

    @cached_property
    def ys(self) -> NDArray[np.int64]:
        """The top edge of each tile row, ascending, px."""
        return _starts(self.height, self.tile_size, self.overlap)

    @property
    def tile_width(self) -> int:
        """The width of every tile, px."""
        return min(self.tile_size, self.width)

    @property
    def tile_height(self) -> int:
        """The height of every tile, px."""
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
        """(len(self), 4) xyxy, px: the part of each tile that belongs to it alone. Overlaps are divided in their
        middle.

        The cells cover the image once.
        """
        x, y = _middles(self.xs, self.tile_width), _middles(self.ys, self.tile_height)
        columns, rows = np.tile(np.arange(len(self.xs)), len(self.ys)), np.repeat(np.arange(len(self.ys)), len(self.xs))
        return np.stack([x[columns], y[rows], x[columns + 1], y[rows + 1]], axis=1)

    def edges(self, boxes_px: NDArray[np.float32], tiles: NDArray[np.int32]) -> NDArray[np.uint8]:
        """(N,) uint8: which sides of each box are cut by an inner edge of its tile, as `Side` bits.

        The image continues beyond an inner edge.

        Args:
            boxes_px: (N, 4) xyxy, px of the grid.
            tiles: (N,) the index of the tile that saw each box.
        """
        return cut_sides(boxes_px, self.boxes[tiles], self.width, self.height)

    def blocks(self, max_pixels: int, *, full_width: bool = False) -> Iterator[Block]:
        """The blocks of at most `max_pixels` px (at least one tile each) that the grid is cut into, row by row.

        Nearly square blocks read the fewest pixels twice. `full_width` keeps rows of tiles together, for images that
        are stored in lines.
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
        """How many tiles, at least one, fit into `room` px along an axis."""
        if room >= length:
            return len(starts)
        return max(1, int((room - tile) // (self.tile_size - self.overlap)) + 1)

    def tiles_of(self, block: Block) -> NDArray[np.int32]:
        """The indices of a block's tiles, row by row."""
        rows = np.arange(block.rows[0], block.rows[1])
        columns = np.arange(block.columns[0], block.columns[1])
        return (rows[:, None] * len(self.xs) + columns).ravel().astype(np.int32)
