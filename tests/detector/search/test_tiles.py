"""The tile grid covers every pixel, stays inside the image, and knows its seams."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.detections import Side
from detector.errors import InputError
from detector.search.tiles import TileGrid


@st.composite
def grids(draw: st.DrawFn) -> TileGrid:
    tile = draw(st.integers(1, 90))
    return TileGrid(draw(st.integers(1, 300)), draw(st.integers(1, 300)), tile, draw(st.integers(0, tile - 1)))


@given(grids())
def test_every_pixel_is_in_a_tile_and_no_tile_reaches_outside(grid: TileGrid) -> None:
    covered = np.zeros((grid.height, grid.width), bool)
    for x0, y0, x1, y1 in grid.boxes:
        assert 0 <= x0 < x1 <= grid.width
        assert 0 <= y0 < y1 <= grid.height
        covered[y0:y1, x0:x1] = True
    assert covered.all()


@given(grids())
def test_the_tiles_own_cells_partition_the_image(grid: TileGrid) -> None:
    covered = np.zeros((grid.height, grid.width), np.int64)
    for (x0, y0, x1, y1), tile in zip(grid.cells, grid.boxes, strict=True):
        assert tile[0] <= x0 < x1 <= tile[2]
        assert tile[1] <= y0 < y1 <= tile[3]
        covered[y0:y1, x0:x1] += 1
    assert (covered == 1).all()


@given(grids())
def test_neighbours_share_at_least_the_overlap_and_all_tiles_have_one_size(grid: TileGrid) -> None:
    for starts, extent in ((grid.xs, grid.tile_width), (grid.ys, grid.tile_height)):
        assert (np.diff(starts) >= 1).all()
        assert (starts[:-1] + extent - starts[1:] >= grid.overlap).all()
    sizes = grid.boxes[:, 2:] - grid.boxes[:, :2]
    assert (sizes == [grid.tile_width, grid.tile_height]).all()


@given(grids())
def test_no_tile_is_needless(grid: TileGrid) -> None:
    # The fewest tiles that cover a length with this stride.
    for starts, length in ((grid.xs, grid.width), (grid.ys, grid.height)):
        fewest = next(n for n in range(1, length + 1) if grid.tile_size + (n - 1) * _stride(grid) >= length)
        assert len(starts) == fewest


def _stride(grid: TileGrid) -> int:
    return grid.tile_size - grid.overlap


@pytest.mark.parametrize(
    ("length", "count"), [(4900, 7), (5000, 7), (5001, 8), (5700, 8), (5701, 9), (6000, 9), (4000, 6)]
)
def test_a_length_that_is_a_multiple_of_the_stride_keeps_its_last_pixels(length: int, count: int) -> None:
    # 800 px tiles with stride 700: the system that this one replaces covered 4900 px to 4300.
    grid = TileGrid(length, 800, 800, 100)
    assert len(grid) == count
    assert grid.xs[-1] + 800 == length or length < 800


@given(grids(), st.integers(1, 40_000), st.booleans())
def test_blocks_partition_the_tiles_and_hold_them(grid: TileGrid, most: int, full_width: bool) -> None:
    seen = []
    for block in grid.blocks(most, full_width=full_width):
        tiles = grid.tiles_of(block)
        seen.extend(tiles.tolist())
        boxes = grid.boxes[tiles]
        assert (boxes[:, 0].min(), boxes[:, 1].min()) == (block.x, block.y)
        assert (boxes[:, 2].max(), boxes[:, 3].max()) == (block.x + block.width, block.y + block.height)
        one_row = grid.width * grid.tile_height if full_width else grid.tile_width * grid.tile_height
        assert block.width * block.height <= max(most, one_row)
    assert sorted(seen) == list(range(len(grid)))


def test_edges_are_the_sides_on_inner_tile_edges_only() -> None:
    grid = TileGrid(180, 180, 100, 20)
    boxes = np.array(
        [
            [0, 0, 30, 30],  # the image's own corner: nothing is beyond
            [70, 10, 100, 40],  # cut by the right edge of tile 0
            [80, 80, 120, 120],  # cut by the left and top edge of tile 3
            [30, 30, 60, 60],  # whole
        ],
        np.float32,
    )
    edges = grid.edges(boxes, np.array([0, 0, 3, 0], np.int32))
    assert edges.tolist() == [0, Side.RIGHT, Side.LEFT | Side.TOP, 0]


@pytest.mark.parametrize(("tile", "overlap"), [(100, 100), (100, 150), (0, 0), (100, -1)])
def test_an_overlap_that_cannot_be_is_refused(tile: int, overlap: int) -> None:
    with pytest.raises(InputError, match="overlap"):
        TileGrid(500, 500, tile, overlap)


def test_an_image_without_pixels_is_refused() -> None:
    with pytest.raises(InputError, match="0 x 5"):
        TileGrid(0, 5, 100, 10)


@pytest.mark.parametrize("full_width", [True, False])
def test_an_image_that_fits_is_one_block(full_width: bool) -> None:
    # The last column shifts inward, so the tiles do not fill the width at their stride.
    grid = TileGrid(150, 100, 64, 16)
    assert len(list(grid.blocks(150 * 100, full_width=full_width))) == 1
