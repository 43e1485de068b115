"""Merges the boxes of one animal in several tiles into one box.

Two views of one animal must look alike wherever both tiles look. So a pair of boxes from two tiles A and B is compared
inside the rectangle that A and B share, side by side:

- both tiles see a side that neither view cuts, so it must agree;
- a side that one view cuts at its tile's inner edge only says that the animal reaches at least this far.

This tells a cut duplicate from a calf. The mother's cut view ends at the tile's edge and fits the mother's whole view.
The calf's does not, although both lie inside the mother's box. No size limit is needed: an animal larger than the
overlap is a chain of views, and each is cut where the next one continues.

The best views are joined first, and never two views of one tile: if a tile has two boxes, it saw two animals.

Last, the tiles that see a place best decide what is there. A box near its tile's edge is left out if a tile with the
place well inside does not confirm it. So an animal is found with the same probability on a seam as anywhere else, and a
raster that is cut differently gives the same count. Only a tile that the detector searched can deny a box, not a tile
that a gate held back. A tile without data can deny one: if a neighbour has a box well inside that tile, there is
nothing below it.

The result depends on the geometry alone, not on the order of tiles or boxes. Merging it again changes nothing.
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from detector.detections import Detections, Side
from detector.search.best_tiles import confirmed
from detector.search.tiles import TileGrid
from geo.boxes import iou
from geo.components import components

# Two complete views are one animal from this intersection over union on: the usual limit of the field.
SAME_IOU = 0.5
# How far two views of one side may lie apart where a cut makes intersection over union meaningless: a share of the
# animal's longer visible side, and at least this many pixels.
SIDE_TOLERANCE = 0.2
SIDE_TOLERANCE_PX = 4.0
# The share of the shorter of two extents that must be common. It is not 1, because a cut view of an animal that stands
# askew is lower than the animal, and two pieces of it that are cut apart share still less.
COMMON = 0.5
COMMON_OF_PIECES = 0.25
# Softens the comparison of extents of a few pixels, where a model's random error is as large as the extent.
SOFTENING_PX = 2.0
# With more candidate pairs per box than this, a tree finds overlapping boxes faster than a grid.
PILED_UP = 16

_SIDES = np.array([Side.LEFT, Side.TOP, Side.RIGHT, Side.BOTTOM], np.uint8)


class Merged(NamedTuple):
    """Merged detections.

    Attributes:
        detections: A detections, one for each animal.
        best_view: (A,) int64, the index of the view that gave the class.
    """

    detections: Detections
    best_view: NDArray[np.int64]


def merge(
    seen: Detections,
    grid: TileGrid,
    *,
    best_tiles_decide: bool = True,
    unseen: NDArray[np.integer] | None = None,
    further: NDArray[np.int64] | None = None,
    image: NDArray[np.int64] | None = None,
) -> Merged:
    """Merge the boxes of the tiles of one image, or of many images with the same grid.

    Many images at once give what each gives by itself, and take a fraction of the time.

    Args:
        seen: Boxes in px of the grid, with `tiles` as indices into the grid, and `edges` from `TileGrid.edges`.
        grid: The tiles.
        best_tiles_decide: Leave out boxes that the tiles that see their place well do not confirm. If False, views are
            only joined.
        unseen: The indices of tiles that the detector did not search, or None. They cannot deny a box.
        further: (F, 4) xyxy, px of the grid: tiles over animals that no tile of the grid shows whole, numbered on from
            the grid's; or None. They decide only where no tile of the grid sees a box well, and a box that only they
            see counts only if they see it whole.
        image: (N,) the image that each box is in; None: all are in one. `unseen` and `further` are of one image.

    Returns:
        One box for each animal in the same frame, with `tiles` -1 and `edges` 0, image by image in canonical order. If
        a tile saw the whole animal, the box is that of the best such view. Otherwise it is the box around the pieces.
        The class is that of the best view, and the runner-up is the best other class.
    """
    further = np.zeros((0, 4), np.int64) if further is None else further
    order = _in_order(seen, image)
    seen, image = seen[order], None if image is None else image[order]
    first, second = _same_animal(seen, grid, np.concatenate([grid.boxes, further]), image)
    animals = _join(len(seen), first, second, seen.tiles) if len(first) else np.arange(len(seen))
    detections, best_view = _one_box_each(seen, animals)
    if best_tiles_decide:
        stays = confirmed(seen, animals, detections, best_view, grid, unseen, further)
        detections, best_view = detections[stays], best_view[stays]
    place = _in_order(detections, None if image is None else image[best_view])
    return Merged(detections[place], order[best_view[place]])


def _in_order(detections: Detections, image: NDArray[np.int64] | None) -> NDArray[np.int64]:
    """(N,) the indices that sort image by image in canonical order."""
    order = detections.canonical_order()
    return order if image is None else order[np.argsort(image[order], kind="stable")]


class Settled(NamedTuple):
    """The detections that stay.

    Attributes:
        detections: A detections.
        kept: (A,) int64, their indices in the input.
    """

    detections: Detections
    kept: NDArray[np.int64]


def settle(seen: Detections, image: NDArray[np.int64] | None = None) -> Settled:
    """Settle one animal under two classes within each tile: the higher score keeps the box, the other becomes its
    runner-up.

    Detectors remove duplicates only within a class. Two boxes of one class in a tile are two animals. image: as in
    `merge`.
    """
    if len(seen) < 2 or (seen.labels == seen.labels[0]).all():
        return Settled(seen, np.arange(len(seen)))
    by_score = np.lexsort((*seen.boxes.T, seen.labels, -seen.scores))
    seen = seen[by_score]
    of_image = None if image is None else image[by_score]
    first, second = overlapping(seen.boxes, seen.tiles, same_tile=True, image=of_image)
    rivals = seen.labels[first] != seen.labels[second]
    rivals &= iou(seen.boxes[first], seen.boxes[second]) >= SAME_IOU
    better, worse = np.minimum(first, second)[rivals], np.maximum(first, second)[rivals]
    order = np.lexsort((worse, better))
    stays = np.ones(len(seen), bool)
    runner_up, runner_up_scores = seen.runner_up.copy(), seen.runner_up_scores.copy()
    for i, j in zip(better[order].tolist(), worse[order].tolist(), strict=True):
        if stays[i] and stays[j]:
            stays[j] = False
            if seen.scores[j] > runner_up_scores[i]:
                runner_up[i], runner_up_scores[i] = seen.labels[j], seen.scores[j]
    settled = replace(seen, runner_up=runner_up, runner_up_scores=runner_up_scores)
    return Settled(settled[stays], by_score[stays])


def overlapping(
    boxes: NDArray[np.float32],
    tiles: NDArray[np.int32],
    *,
    same_tile: bool,
    image: NDArray[np.int64] | None = None,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """All pairs of boxes, in one tile or in two of an image, that overlap or touch. Each pair is there once, smaller
    index first.

    Boxes are sorted into the cells of a square grid with cells of about twice their typical size. This is fastest if
    few boxes share a cell. In dense places, a tree finds the pairs.
    """
    low, high = boxes[:, :2], boxes[:, 2:]
    longest = (high - low).max(axis=1)
    # No box may fill more than some thousand cells, however much its size differs from the others.
    cell = max(1.0, 2.0 * float(longest.mean()), float(longest.max()) / 32)
    origin = low.min(axis=0)
    low_cell = ((low - origin) / cell).astype(np.int64)
    high_cell = ((high - origin) / cell).astype(np.int64)
    span = high_cell - low_cell + 1
    columns = int(high_cell[:, 0].max()) + 2
    count = span[:, 0] * span[:, 1]
    box = np.repeat(np.arange(len(boxes)), count)
    nth = np.arange(len(box)) - np.repeat(np.cumsum(count) - count, count)
    column = low_cell[box, 0] + nth % span[box, 0]
    row = low_cell[box, 1] + nth // span[box, 0]
    key, cells = row * columns + column, columns * (int(high_cell[:, 1].max()) + 1)
    if image is not None:
        key += cells * image[box]  # each image has cells of its own
    order = np.argsort(key, kind="stable")
    key, box = key[order], box[order]

    # Boxes in one cell are now neighbours: pair each with those that follow it in the same cell.
    starts = _first_of_each(key)
    lengths = np.diff(starts, append=len(key))
    if int((lengths * (lengths - 1)).sum()) > 2 * PILED_UP * len(boxes):
        a, b = _by_tree(boxes, image)
        wanted = (tiles[a] == tiles[b]) == same_tile
        return a[wanted], b[wanted]
    following = np.repeat(starts + lengths, lengths) - np.arange(len(key)) - 1
    left = np.repeat(np.arange(len(key)), following)
    right = left + 1 + np.arange(len(left)) - np.repeat(np.cumsum(following) - following, following)
    a, b = box[left], box[right]
    wanted = (tiles[a] == tiles[b]) == same_tile
    a, b, at = a[wanted], b[wanted], key[left[wanted]]
    # A pair is taken in the cell with the top left corner of the shared area, so only once.
    corner = np.maximum(low[a], low[b])
    meet = (corner <= np.minimum(high[a], high[b])).all(axis=1)
    corner_cell = ((corner - origin) / cell).astype(np.int64)
    meet &= corner_cell[:, 1] * columns + corner_cell[:, 0] == (at if image is None else at % cells)
    return a[meet], b[meet]


def _by_tree(
    boxes: NDArray[np.float32], image: NDArray[np.int64] | None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """All pairs of boxes of an image that overlap or touch, smaller index first. Time and memory grow with their
    number.
    """
    # The diagonal of a box has the same bounds as the box, and is faster to make.
    shapes = shapely.linestrings(boxes.astype(np.float64).reshape(-1, 2, 2))
    pairs = []
    for rows in [np.arange(len(boxes))] if image is None else [np.flatnonzero(image == i) for i in np.unique(image)]:
        a, b = shapely.STRtree(shapes[rows]).query(shapes[rows])
        once = a < b
        pairs.append((rows[a[once]], rows[b[once]]))
    first, second = zip(*pairs, strict=True)
    return np.concatenate(first), np.concatenate(second)


def _first_of_each(ordered: NDArray[np.int64]) -> NDArray[np.int64]:
    """The start of each run of equal values in a sorted array that is not empty."""
    return np.concatenate([[0], np.flatnonzero(ordered[1:] != ordered[:-1]) + 1])


def _near_seams(seen: Detections, grid: TileGrid) -> NDArray[np.int64]:
    """Indices of the boxes that another tile could also have seen: those that reach beyond their tile's own part."""
    column, row = seen.tiles % len(grid.xs), seen.tiles // len(grid.xs)
    # A further tile may have seen any of them; a tile of the grid, what reaches into a neighbour.
    near = (seen.edges != 0) | (seen.tiles >= len(grid))
    row = np.minimum(row, len(grid.ys) - 1)
    for axis, (starts, extent, tile) in enumerate(
        ((grid.xs, grid.tile_width, column), (grid.ys, grid.tile_height, row))
    ):
        # No box begins before the first tile's own start or ends after the last one's own end.
        previous_end = np.concatenate([starts[:1], starts[:-1] + extent])
        next_start = np.concatenate([starts[1:], starts[-1:] + extent])
        near |= seen.boxes[:, axis] < previous_end[tile]
        near |= seen.boxes[:, axis + 2] > next_start[tile]
    return np.flatnonzero(near)


def _same_animal(
    seen: Detections, grid: TileGrid, every_tile: NDArray[np.int64], image: NDArray[np.int64] | None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of views that are one animal by their geometry, best agreement first. every_tile: (T, 4) xyxy."""
    nothing = np.zeros(0, np.int64)
    candidates = _near_seams(seen, grid)
    if len(candidates) < 2:
        return nothing, nothing
    boxes, tiles = seen.boxes[candidates], seen.tiles[candidates]
    # A view that is cut reaches to its tile's edge, even if the model missed the last pixels.
    tile_boxes = every_tile.astype(np.float32)[tiles]
    at_edge = (seen.edges[candidates, None] & _SIDES) != 0
    reached = np.where(at_edge, tile_boxes, boxes)
    of_image = None if image is None else image[candidates]
    a, b = overlapping(reached, tiles, same_tile=False, image=of_image)
    if not len(a):
        return nothing, nothing
    box_a, box_b = reached[a], reached[b]
    tile_a, tile_b = tile_boxes[a], tile_boxes[b]

    # The part of each box that the other's tile sees too.
    low = np.maximum(tile_a[:, :2], tile_b[:, :2])
    high = np.minimum(tile_a[:, 2:], tile_b[:, 2:])
    from_a, to_a = np.clip(box_a[:, :2], low, high), np.clip(box_a[:, 2:], low, high)
    from_b, to_b = np.clip(box_b[:, :2], low, high), np.clip(box_b[:, 2:], low, high)
    common = np.maximum(np.minimum(to_a, to_b) - np.maximum(from_a, from_b), 0) + SOFTENING_PX
    either = np.maximum(to_a, to_b) - np.minimum(from_a, from_b) + SOFTENING_PX
    agreement = (common / either).prod(axis=1)

    # A cut matters in a pair only if the other tile continues beyond the edge that cuts.
    goes_on_b = np.concatenate([tile_b[:, :2] < tile_a[:, :2], tile_b[:, 2:] > tile_a[:, 2:]], axis=1)
    goes_on_a = np.concatenate([tile_a[:, :2] < tile_b[:, :2], tile_a[:, 2:] > tile_b[:, 2:]], axis=1)
    cut_a, cut_b = at_edge[a] & goes_on_b, at_edge[b] & goes_on_a
    cut = cut_a.any(axis=1) | cut_b.any(axis=1)

    same = ~cut & (iou(boxes[a], boxes[b]) >= SAME_IOU)
    at = np.flatnonzero(cut)
    same[at] = _cut_views_agree(box_a[at], box_b[at], cut_a[at], cut_b[at])
    a, b, agreement = a[same], b[same], agreement[same]
    # Boxes are in canonical order, so the smaller index breaks ties by geometry.
    i, j = candidates[np.minimum(a, b)], candidates[np.maximum(a, b)]
    order = np.lexsort((j, i, -agreement))
    return i[order], j[order]


def _cut_views_agree(
    box_a: NDArray[np.float32],
    box_b: NDArray[np.float32],
    cut_a: NDArray[np.bool_],
    cut_b: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Whether pairs of views, of which at least one is cut, fit one animal. All (P, 4), sides in xyxy order."""
    outward = np.array([-1, -1, 1, 1], np.float32)
    size_a = np.maximum(box_a[:, 2] - box_a[:, 0], box_a[:, 3] - box_a[:, 1])
    size_b = np.maximum(box_b[:, 2] - box_b[:, 0], box_b[:, 3] - box_b[:, 1])
    tolerance = np.maximum(SIDE_TOLERANCE * np.maximum(size_a, size_b), SIDE_TOLERANCE_PX)[:, None]
    # How far a reaches beyond b on each side; negative if it does not reach b's side.
    beyond = (box_a - box_b) * outward
    # If a is cut at a side, it may end before b. If b is cut there, a may reach beyond it. If neither is cut, they must
    # agree.
    fits = (beyond <= tolerance) | cut_b
    fits &= (beyond >= -tolerance) | cut_a
    # Across a cut, the visible piece of an animal that stands askew may be lower than the animal. It must lie inside
    # the other view, but need not fill it.
    across = [1, 0, 1, 0]
    a_is_piece = np.stack([cut_a[:, [1, 3]].any(axis=1), cut_a[:, [0, 2]].any(axis=1)], axis=1)[:, across]
    b_is_piece = np.stack([cut_b[:, [1, 3]].any(axis=1), cut_b[:, [0, 2]].any(axis=1)], axis=1)[:, across]
    fits |= a_is_piece & (beyond <= tolerance)
    fits |= b_is_piece & (beyond >= -tolerance)
    agree: NDArray[np.bool_] = fits.all(axis=1)
    # On each axis they must also share enough of the shorter extent, unless they are cut apart along it.
    common = np.minimum(box_a[:, 2:], box_b[:, 2:]) - np.maximum(box_a[:, :2], box_b[:, :2])
    shorter = np.minimum(box_a[:, 2:] - box_a[:, :2], box_b[:, 2:] - box_b[:, :2])
    apart = (cut_a[:, 2:] & cut_b[:, :2]) | (cut_a[:, :2] & cut_b[:, 2:])
    along = cut_a[:, :2] | cut_a[:, 2:] | cut_b[:, :2] | cut_b[:, 2:]
    share = np.where(apart[:, ::-1], COMMON_OF_PIECES, COMMON) * shorter - np.where(along, tolerance, 0)
    agree &= ((common >= share) | apart).all(axis=1)
    return agree


def _join(n: int, first: NDArray[np.int64], second: NDArray[np.int64], tiles: NDArray[np.int32]) -> NDArray[np.int64]:
    """(n,) the animal of each view. Views are joined along the pairs, best first, but never two views of one tile."""
    animal = components(n, first, second)
    # In most groups each tile occurs once, and then the order of joining cannot matter. Only the other groups are
    # joined one pair at a time.
    joined = np.zeros(n, bool)
    joined[first] = joined[second] = True
    views = np.flatnonzero(joined)
    held_by = np.sort(animal[views] * (int(tiles.max()) + 1) + tiles[views])
    twice = held_by[1:][held_by[1:] == held_by[:-1]]
    if not len(twice):
        return animal
    contested = np.zeros(n, bool)
    contested[twice // (int(tiles.max()) + 1)] = True
    members = contested[animal]
    animal[members] = np.flatnonzero(members)
    in_question = members[first]
    root = {int(i): int(i) for i in np.flatnonzero(members)}
    held = {i: {int(tiles[i])} for i in root}

    def find(i: int) -> int:
        while root[i] != i:
            root[i] = root[root[i]]
            i = root[i]
        return i

    for i, j in zip(first[in_question].tolist(), second[in_question].tolist(), strict=True):
        i, j = find(i), find(j)
        if i != j and held[i].isdisjoint(held[j]):
            i, j = min(i, j), max(i, j)
            root[j] = i
            held[i] |= held.pop(j)
    for i in root:
        animal[i] = find(i)
    return animal


def _one_box_each(seen: Detections, animal: NDArray[np.int64]) -> tuple[Detections, NDArray[np.int64]]:
    """One detection for each number in `animal` (N,), and the index of its best view."""
    several = (np.bincount(animal, minlength=len(seen)) > 1)[animal]
    members = np.flatnonzero(several)
    alone = np.flatnonzero(~several)
    parts, best_views = [_of_the_whole_image(seen[alone])], [alone]
    if len(members):
        # Best view first within each animal: complete before cut, then by score, then by place (canonical order).
        cut = seen.edges[members] != 0
        order = np.lexsort((members, -seen.scores[members], cut, animal[members]))
        members = members[order]
        views, group = seen[members], animal[members]
        start = _first_of_each(group)
        nth = np.repeat(np.arange(len(start)), np.diff(start, append=len(group)))
        best = views[start]
        around = np.concatenate(
            [
                np.minimum.reduceat(views.boxes[:, :2], start, axis=0),
                np.maximum.reduceat(views.boxes[:, 2:], start, axis=0),
            ],
            axis=1,
        )
        boxes = np.where((best.edges != 0)[:, None], around, best.boxes)
        scores = np.maximum.reduceat(views.scores, start)
        runner_up, runner_up_scores = _runners_up(views, best.labels, nth)
        parts.append(
            _of_the_whole_image(
                replace(best, boxes=boxes, scores=scores, runner_up=runner_up, runner_up_scores=runner_up_scores)
            )
        )
        best_views.append(members[start])
    return Detections.concatenate(parts), np.concatenate(best_views)


def _runners_up(
    views: Detections, winner: NDArray[np.int32], nth: NDArray[np.int64]
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """The best class, other than the winner's, that any view of each animal has.

    winner: (A,) label of each animal; nth: (V,) the animal of each view. Returns (A,) labels, -1 for none, and scores.
    """
    label = np.concatenate([views.labels, views.runner_up])
    score = np.concatenate([views.scores, views.runner_up_scores])
    animal = np.concatenate([nth, nth])
    other = (label >= 0) & (label != winner[animal])
    label, score, animal = label[other], score[other], animal[other]
    runner_up = np.full(len(winner), -1, np.int32)
    runner_up_scores = np.zeros(len(winner), np.float32)
    order = np.lexsort((-label, score))  # the last write wins: the best score, then the smaller label
    runner_up[animal[order]] = label[order]
    runner_up_scores[animal[order]] = score[order]
    return runner_up, runner_up_scores


def _of_the_whole_image(detections: Detections) -> Detections:
    """The same boxes as detections of the image instead of a tile, so that merging them again changes nothing."""
    n = len(detections)
    return replace(detections, tiles=np.full(n, -1, np.int32), edges=np.zeros(n, np.uint8))
