"""Scenes with known truth: animals, and how the tiles of a survey image see them.

The animals stand in herds of one to three whose bodies adjoin, mothers have calves inside their own boxes, and every
tile sees what reaches into it: cut at the tile's edge and jittered as a detector draws it. Everything comes from the
seed.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.detections import Detections
from detector.search.tiles import TileGrid

# Of a hundred animals: calves that stand inside their mother's box, and animals that touch the next one.
CALF_SHARE = 0.05
ADJOINING_SHARE = 0.2
# Ground for each animal, px: its herd's box and room to the next herd.
AREA_PER_ANIMAL_PX = 13_000
# A tile sees an animal from this visible share of its box on, or when what it sees is this long itself.
MIN_VISIBLE = 0.3
MIN_VISIBLE_OF_LARGE = 0.1
MAX_CALF_SHARE, MIN_CALF_SHARE = 0.6, 0.45


@dataclass(frozen=True)
class Scene:
    """Animals and what the tiles saw of them.

    animals: (M, 4) float32 true boxes xyxy, image px; only those that some tile saw.
    grid: the tiles of the image. seen: N views, image px, in no particular order.
    animal: (N,) int64, the index in `animals` that each view shows.
    """

    animals: NDArray[np.float32]
    grid: TileGrid
    seen: Detections
    animal: NDArray[np.int64]

    def errors(self, kept_views: NDArray[np.int64]) -> tuple[int, int]:
        """(doubled, lost) animals of a result that kept these views, one a box."""
        times = np.bincount(self.animal[kept_views], minlength=len(self.animals))
        return int((times - 1).clip(0).sum()), int((times == 0).sum())


def scene(
    animals: int,
    seed: int = 0,
    *,
    tile_size: int = 640,
    overlap: int = 96,
    sizes: tuple[float, float] = (20, 60),
    jitter: float = 0.025,
) -> Scene:
    """A square image with `animals` animals of `sizes` px (shorter and longer sides drawn from it), and its views.

    jitter: standard deviation of each side a tile sees, as a share of the view's longer side.
    """
    rng = np.random.default_rng(seed)
    side = int((animals * AREA_PER_ANIMAL_PX * (sizes[1] / 60) ** 2) ** 0.5) + tile_size
    boxes = place_animals(animals, side, sizes, rng)
    grid = TileGrid(side, side, tile_size, overlap)
    boxes_px, tiles, animal = views(boxes, grid, jitter, rng)
    seen_at_all, animal = np.unique(animal, return_inverse=True)
    shuffled = rng.permutation(len(boxes_px))
    boxes_px, tiles, animal = boxes_px[shuffled], tiles[shuffled], animal[shuffled]
    scores = 0.5 + 0.5 * rng.permutation(len(boxes_px)) / len(boxes_px)  # each another
    seen = Detections.of(boxes_px, scores, np.zeros(len(boxes_px)), tiles, grid.edges(boxes_px, tiles))
    return Scene(boxes[seen_at_all].astype(np.float32), grid, seen, animal.astype(np.int64))


def scene_of_boxes(boxes: int, seed: int = 0) -> Scene:
    """A scene whose tiles see about `boxes` boxes."""
    trial = scene(min(boxes, 20_000), seed)
    return scene(round(boxes * len(trial.animals) / len(trial.seen)), seed)


def place_animals(n: int, side: int, sizes: tuple[float, float], rng: np.random.Generator) -> NDArray[np.float64]:
    """(n, 4) boxes in a side x side image: herds on a shaken lattice, neighbours that adjoin, calves in mothers."""
    calves = round(n * CALF_SHARE)
    adjoining = round(n * ADJOINING_SHARE)
    alone = n - calves - adjoining
    pitch = side / np.ceil(alone**0.5)
    cells = rng.permutation(int(np.ceil(alone**0.5)) ** 2)[:alone]
    centres = (np.stack([cells % np.ceil(alone**0.5), cells // np.ceil(alone**0.5)], axis=1) + 0.5) * pitch
    centres += rng.uniform(-0.1, 0.1, (alone, 2)) * pitch
    half = rng.uniform(*sizes, (alone, 2)) / 2
    first = np.concatenate([centres - half, centres + half], axis=1)

    # The next animal of a herd: beside or below the first, touching it or up to a tenth of its size into it.
    beside = rng.choice(alone, adjoining, replace=False)
    size = rng.uniform(*sizes, (adjoining, 2))
    next_to = first[beside]
    along = rng.integers(0, 2, adjoining)
    rows = np.arange(adjoining)
    low = next_to[:, :2] + rng.uniform(-0.2, 0.2, (adjoining, 2)) * size
    low[rows, along] = next_to[rows, 2 + along] - rng.uniform(0, 0.1, adjoining) * size[rows, along]
    second = np.concatenate([low, low + size], axis=1)

    mothers = first[rng.choice(alone, calves, replace=False)]
    share = rng.uniform(MIN_CALF_SHARE, MAX_CALF_SHARE, (calves, 1))
    size = mothers[:, 2:] - mothers[:, :2]
    low = mothers[:, :2] + rng.uniform(0, 1, (calves, 2)) * size * (1 - share)
    boxes = np.concatenate([first, second, np.concatenate([low, low + size * share], axis=1)])
    return boxes.clip(0, side)


def views(
    boxes: NDArray[np.float64], grid: TileGrid, jitter: float, rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.int32], NDArray[np.int64]]:
    """(N, 4) views of the boxes, image px, with the tile and the index of the box of each."""
    tile_boxes = grid.boxes.astype(np.float64)
    # The first tile column and row that a box reaches into, and the one after the last.
    first = [np.searchsorted(grid.xs + grid.tile_width, boxes[:, 0], "right")]
    first += [np.searchsorted(grid.ys + grid.tile_height, boxes[:, 1], "right")]
    after = [np.searchsorted(grid.xs, boxes[:, 2], "left"), np.searchsorted(grid.ys, boxes[:, 3], "left")]
    reach = [int((b - a).max(initial=0)) for a, b in zip(first, after, strict=True)]
    found: list[tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]] = []
    for columns_on in range(reach[0]):
        for rows_on in range(reach[1]):
            column, row = first[0] + columns_on, first[1] + rows_on
            box = np.flatnonzero((column < after[0]) & (row < after[1]))
            tile = (row * len(grid.xs) + column)[box]
            low = np.maximum(boxes[box, :2], tile_boxes[tile, :2])
            high = np.minimum(boxes[box, 2:], tile_boxes[tile, 2:])
            size = high - low
            visible = size.prod(axis=1) / (boxes[box, 2:] - boxes[box, :2]).prod(axis=1)
            large = (size >= 0.8 * max(grid.overlap, 1)).any(axis=1) & (visible >= MIN_VISIBLE_OF_LARGE)
            kept = (visible >= MIN_VISIBLE) | large
            found.append((np.concatenate([low, high], axis=1)[kept], tile[kept], box[kept]))
    seen = np.concatenate([f[0] for f in found])
    tile = np.concatenate([f[1] for f in found])
    animal = np.concatenate([f[2] for f in found])
    longest = (seen[:, 2:] - seen[:, :2]).max(axis=1, keepdims=True)
    seen += rng.normal(0, jitter, seen.shape) * longest
    seen = np.concatenate(
        [np.maximum(seen[:, :2], tile_boxes[tile, :2]), np.minimum(seen[:, 2:], tile_boxes[tile, 2:])], axis=1
    )
    drawn = (seen[:, 2:] - seen[:, :2] >= 1).all(axis=1)  # a sliver may have jittered away
    return seen[drawn].astype(np.float32), tile[drawn].astype(np.int32), animal[drawn].astype(np.int64)
