"""Animals that no tile sees whole are told from those that the next tile sees, and further tiles show them whole."""

from typing import Any

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from detector.detections import Detections
from detector.search.merge import merge
from detector.search.seams import SeamTiles, across, numbered, seam_tiles
from detector.search.tiles import TileGrid

GRID = TileGrid(560, 560, 320, 80)  # two tiles along each axis: 0 to 320, 240 to 560


@pytest.mark.parametrize(
    ("box", "tile", "boxes", "length"),
    [
        ((200, 50, 320, 90), 0, 1, 120),  # reaches from before the next tile to the edge
        ((250, 50, 320, 90), 0, 0, 0),  # the next tile sees it whole
        ((240, 50, 350, 90), 1, 1, 110),  # its other piece
        ((240, 50, 300, 90), 1, 0, 0),
        ((50, 230, 80, 320), 0, 1, 90),
        ((50, 240, 80, 345), 2, 1, 105),
        ((100, 100, 280, 280), 0, 0, 0),  # large, and not cut
        ((100, 210, 320, 320), 0, 1, 220),  # at a corner
    ],
)
def test_a_box_across_the_overlap(box: tuple[int, ...], tile: int, boxes: int, length: int) -> None:
    there = np.array([box], np.float32)
    seen = Detections.of(there, [0.9], [0], [tile], GRID.edges(there, np.array([tile], np.int32)))
    assert across(seen, GRID) == (boxes, length)


def test_many_together() -> None:
    there = np.array([(200, 50, 320, 90), (10, 10, 30, 30), (240, 50, 350, 90)], np.float32)
    tiles = np.array([0, 0, 1], np.int32)
    seen = Detections.of(there, [0.9] * 3, [0] * 3, tiles, GRID.edges(there, tiles))
    assert across(seen, GRID) == (2, 120)
    assert across(Detections.empty(), GRID) == (0, 0)


def animals(number: int, length: float, thin: float, side: int, rng: np.random.Generator) -> NDArray[Any]:
    """Polygons of animals of about one length that stand askew on a loose lattice."""
    pitch = 1.15 * length
    row = int(side // pitch)
    place = np.stack(np.divmod(rng.permutation(row * row)[:number], row), axis=1) * pitch + pitch / 2
    angle, long = rng.uniform(0, np.pi, number), length * rng.uniform(0.9, 1.1, number)
    along = np.stack([np.cos(angle), np.sin(angle)], axis=1) * long[:, None] / 2
    across = np.stack([-np.sin(angle), np.cos(angle)], axis=1) * thin * long[:, None] / 2
    corners = [place + along + across, place + along - across, place - along - across, place - along + across]
    made: NDArray[Any] = shapely.polygons(np.stack(corners, axis=1))
    return made


def views(herd: NDArray[Any], grid: TileGrid | SeamTiles, rng: np.random.Generator) -> Detections:
    """The box of each part of an animal that a tile sees, if it is at least 15 % of it, with an error of 2 %."""
    tree, boxes, tiles = shapely.STRtree(herd), [np.zeros((0, 4))], [np.zeros(0, np.int32)]
    for number, tile in enumerate(grid.boxes.tolist()):
        near = herd[np.sort(tree.query(shapely.box(*tile)))]
        part = shapely.intersection(near, shapely.box(*tile))
        box = shapely.bounds(part[shapely.area(part) >= 0.15 * shapely.area(near)])
        box = box + rng.normal(0, 0.02, box.shape) * (box[:, 2:] - box[:, :2]).max(axis=1, initial=0)[:, None]
        boxes.append(np.clip(box, np.tile(tile[:2], 2), np.tile(tile[2:], 2)))
        tiles.append(np.full(len(box), number, np.int32))
    all_boxes, tile_of = np.concatenate(boxes).astype(np.float32), np.concatenate(tiles)
    edges = grid.edges(all_boxes, tile_of)
    return Detections.of(all_boxes, rng.uniform(0.5, 1, len(tile_of)), np.zeros(len(tile_of)), tile_of, edges)


# thin: the width of an animal in its lengths. before: how much more than the truth is counted without further tiles.
@pytest.mark.parametrize(
    ("length", "thin", "before"),
    [(110, 0.45, 0.01), (150, 0.45, 0.02), (250, 0.45, 0.1), (110, 0.12, 0.02), (250, 0.12, 0.2)],
)
def test_tiles_over_seams_make_the_count_true(length: float, thin: float, before: float) -> None:
    rng, grid = np.random.default_rng(1), TileGrid(3000, 3000, 640, 48)
    herd = animals(90, length, thin, 3000, rng)
    seen = views(herd, grid, rng)
    assert len(merge(seen, grid).detections) >= (1 + before) * len(herd)
    further = seam_tiles(seen, grid)
    more = views(herd, further, rng)
    both = Detections.concatenate([seen, numbered(more, np.arange(len(further)), len(grid))])
    merged = merge(both, grid, further=further.boxes)
    assert abs(len(merged.detections) - len(herd)) <= 1
    assert across(both[merged.best_view], grid).boxes == 0


def test_tiles_over_seams_change_nothing_elsewhere() -> None:
    """What a tile of the grid sees well counts as without them, whatever they say of it."""
    rng, grid = np.random.default_rng(2), TileGrid(2000, 2000, 640, 96)
    herd = animals(150, 40, 0.4, 2000, rng)
    seen = views(herd, grid, rng)
    further = SeamTiles(grid, tuple((int(x), int(y)) for x, y in rng.integers(0, 1360, (8, 2))))
    invented = rng.uniform(100, 500, (80, 2)).astype(np.float32)
    tile = rng.integers(0, len(further), 80).astype(np.int32)
    box = np.tile(further.boxes[tile, :2], 2) + np.concatenate([invented, invented + 30], axis=1)
    box = box.astype(np.float32)
    more = Detections.of(box, np.full(80, 0.9), np.zeros(80), tile, further.edges(box, tile))
    both = Detections.concatenate([seen, numbered(more, np.arange(len(further)), len(grid))])
    assert len(merge(both, grid, further=further.boxes).detections) == len(merge(seen, grid).detections)


def test_tiles_are_cut_into_windows() -> None:
    tiles = SeamTiles(GRID, ((0, 0), (10, 20), (240, 240)))
    assert [one.corners for one in tiles.blocks(0)] == [((0, 0),), ((10, 20),), ((240, 240),)]
    assert [one.corners for one in tiles.blocks(340 * 340)] == [((0, 0), (10, 20)), ((240, 240),)]
    assert tiles.blocks(560 * 560) == [tiles]
    block = tiles.block
    assert (block.x, block.y, block.width, block.height) == (0, 0, 560, 560)
