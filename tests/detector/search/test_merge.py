"""One animal in several tiles becomes one box: scenes with known truth, and the properties that must hold always."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from detector.detections import Detections
from detector.search import merge as merging
from detector.search.animals import animals_seen
from detector.search.best_tiles import WELL_INSIDE
from detector.search.merge import merge, settle
from detector.search.tiles import TileGrid

Boxes = NDArray[np.float64]


def seen_by_tiles(
    animals: Boxes,
    grid: TileGrid,
    *,
    jitter: float = 0.0,
    least_visible: float = 0.3,
    labels: NDArray[np.int64] | None = None,
    seed: int = 0,
) -> tuple[Detections, NDArray[np.int64]]:
    """Every tile's view of every animal that it can see, in no particular order, and whose view each is.

    A tile sees the part of the animal inside it, if that is `least_visible` of it or spans a good part of a tile;
    each side is drawn with an error of sigma `jitter` of the longer visible side.
    """
    rng = np.random.default_rng(seed)
    animal, tile = animals_in_tiles(animals, grid)
    true, at = animals[animal], np.tile(grid.boxes[tile, :2], 2)
    edge = np.tile(grid.boxes[tile, 2:], 2)
    part = np.clip(true, at, edge)
    size = part[:, 2:] - part[:, :2]
    visible = size.prod(1) / (true[:, 2:] - true[:, :2]).prod(1)
    sees = (visible >= least_visible) | ((visible > 0) & (size >= grid.tile_size / 4).all(1))
    drawn = np.clip(part + rng.normal(0, jitter, part.shape) * size.max(1, keepdims=True), at, edge)
    sees &= (drawn[:, 2:] - drawn[:, :2] > 0.5).all(1)
    boxes, tile, who = drawn[sees].astype(np.float32), tile[sees].astype(np.int32), animal[sees]
    label = np.zeros(len(boxes)) if labels is None else labels[who]
    seen = Detections.of(boxes, rng.uniform(0.4, 1, len(boxes)), label, tile, grid.edges(boxes, tile))
    order = rng.permutation(len(seen))
    return seen[order], who[order]


def animals_in_tiles(animals: Boxes, grid: TileGrid) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """All (animal, tile) pairs that share pixels, found column by column and row by row."""
    columns = [np.flatnonzero((animals[:, 0] < x + grid.tile_width) & (animals[:, 2] > x)) for x in grid.xs]
    pairs = []
    for column, inside in enumerate(columns):
        for row, y in enumerate(grid.ys):
            both = inside[(animals[inside, 1] < y + grid.tile_height) & (animals[inside, 3] > y)]
            pairs.append((both, np.full(len(both), row * len(grid.xs) + column)))
    return np.concatenate([p[0] for p in pairs]), np.concatenate([p[1] for p in pairs])


def herd(n: int, seed: int, size: tuple[float, float] = (20, 60), spacing: float = 1.15) -> Boxes:
    """n animals on a loose lattice whose pitch is `spacing` times the largest: neighbours nearly touch."""
    rng = np.random.default_rng(seed)
    across = int(np.ceil(n**0.5))
    pitch = size[1] * spacing
    place = np.stack(np.meshgrid(np.arange(across), np.arange(across)), -1).reshape(-1, 2)[:n] * pitch + pitch / 2
    extent = rng.uniform(*size, (n, 2))
    place = place + rng.uniform(-1, 1, (n, 2)) * (pitch - extent) / 2
    return np.concatenate([place - extent / 2, place + extent / 2], axis=1)


def with_calves(mothers: Boxes, share: float, seed: int) -> Boxes:
    """A calf inside the box of a share of the mothers, about half as long."""
    rng = np.random.default_rng(seed)
    own = mothers[rng.random(len(mothers)) < share]
    size = own[:, 2:] - own[:, :2]
    extent = size * rng.uniform(0.4, 0.6, (len(own), 1))
    corner = own[:, :2] + (size - extent) * rng.uniform(0, 1, own[:, :2].shape)
    return np.concatenate([mothers, np.concatenate([corner, corner + extent], axis=1)])


def count_after_merge(animals: Boxes, grid: TileGrid, **how: float) -> tuple[int, int]:
    seen, who = seen_by_tiles(animals, grid, **how)  # type: ignore[arg-type]
    return len(merge(seen, grid).detections), len(np.unique(who))


def equal(a: Detections, b: Detections) -> bool:
    names = [field.name for field in fields(Detections)]
    return all(np.array_equal(getattr(a, name), getattr(b, name), equal_nan=True) for name in names)


# ------------------------------------------------------------------------------------------- scenes with known truth


@pytest.mark.parametrize("overlap", [32, 96, 200])
@pytest.mark.parametrize("tile", [400, 640, 1024])
def test_exact_views_of_a_herd_with_calves_are_counted_exactly(tile: int, overlap: int) -> None:
    animals = with_calves(herd(2000, 1), 0.1, 2)
    side = int(animals.max()) + 30
    seen, who = seen_by_tiles(animals, TileGrid(side, side, tile, overlap))
    assert len(merge(seen, TileGrid(side, side, tile, overlap)).detections) == len(np.unique(who)) == len(animals)


@pytest.mark.parametrize("seed", range(2))
def test_a_hundred_thousand_jittered_views_are_counted_within_a_thousandth(seed: int) -> None:
    mothers = herd(66_000, seed, spacing=1.6)
    animals = with_calves(mothers, 0.05, seed + 10)
    side = int(animals.max()) + 30
    grid = TileGrid(side, side, 640, 96)
    seen, who = seen_by_tiles(animals, grid, jitter=0.025, seed=seed)
    assert len(seen) > 95_000
    counted = len(merge(seen, grid).detections)
    assert abs(counted / len(np.unique(who)) - 1) <= 0.001


def test_tiles_without_overlap_count_a_herd_within_a_hundredth() -> None:
    animals = with_calves(herd(2000, 1), 0.1, 2)
    side = int(animals.max()) + 30
    counted, true = count_after_merge(animals, TileGrid(side, side, 640, 0), jitter=0.02)
    assert abs(counted / true - 1) <= 0.01


@pytest.mark.parametrize("size", [(90, 300), (250, 700)])
def test_animals_larger_than_the_overlap_become_one(size: tuple[float, float]) -> None:
    animals = herd(400, 3, size=size, spacing=1.4)
    side = int(animals.max()) + 30
    counted, true = count_after_merge(animals, TileGrid(side, side, 640, 96), jitter=0.01, least_visible=0.05)
    assert abs(counted / true - 1) <= 0.01


def test_an_animal_over_four_tiles_is_one_box_around_its_pieces() -> None:
    grid = TileGrid(1184, 1184, 640, 96)
    animal = np.array([[440.0, 450.0, 740.0, 760.0]])
    seen, _ = seen_by_tiles(animal, grid, least_visible=0.01)
    assert len(seen) == 4
    merged = merge(seen, grid).detections
    assert merged.boxes.tolist() == animal.tolist()


def test_an_animal_across_a_whole_row_of_tiles_is_one() -> None:
    grid = TileGrid(1100, 300, 300, 50)
    animal = np.array([[40.0, 100.0, 1060.0, 160.0]])
    seen, _ = seen_by_tiles(animal, grid, least_visible=0.01)
    assert len(seen) == 5
    assert merge(seen, grid).detections.boxes.tolist() == animal.tolist()


@pytest.mark.parametrize("overlap", [0, 96, 100])
def test_animals_at_multiples_of_the_stride_are_counted_once(overlap: int) -> None:
    grid = TileGrid(4000, 4000, 700, overlap)
    seams = np.arange(1, 6) * (700 - overlap)
    x, y = (v.ravel().astype(float) for v in np.meshgrid(seams, np.arange(60, 3900, 97)))
    across = np.stack([x - 20, y - 12, x + 20, y + 12], axis=1)
    animals = np.concatenate([across, across[:, [1, 0, 3, 2]] + [7, 3, 7, 3]])
    # Where both sets cross they would stand in one another.
    centre = (animals[:, :2] + animals[:, 2:]) / 2
    apart = [i for i in range(len(animals)) if (np.abs(centre[:i] - centre[i]).max(1) > 45).all()]
    counted, true = count_after_merge(animals[apart], grid, jitter=0.02)
    assert counted == true == len(apart)


def test_a_calf_stays_a_calf_beside_its_cut_mother() -> None:
    grid = TileGrid(1184, 640, 640, 96)
    # The mother is cut by the left tile, whole in the right one; the calf inside her box is seen whole by both.
    mother, calf = [570.0, 300.0, 660.0, 350.0], [575.0, 305.0, 615.0, 330.0]
    seen, _ = seen_by_tiles(np.array([mother, calf]), grid)
    assert len(seen) == 4
    assert sorted(merge(seen, grid).detections.boxes.tolist()) == sorted([mother, calf])


def test_a_calf_that_one_tile_missed_is_not_swallowed() -> None:
    grid = TileGrid(1184, 640, 640, 96)
    boxes = [[570, 300, 640, 350], [570, 300, 660, 350], [575, 305, 615, 330]]
    tiles = np.array([0, 1, 1], np.int32)
    seen = Detections.of(boxes, [0.9, 0.9, 0.8], [0, 0, 0], tiles, grid.edges(np.array(boxes, np.float32), tiles))
    assert len(merge(seen, grid).detections) == 2


def test_a_cut_view_that_the_tile_beside_does_not_confirm_is_left_out() -> None:
    grid = TileGrid(1184, 640, 640, 96)
    # Cut by the left tile's edge at 640; the right tile begins at 544 and has the place well inside.
    boxes = np.array([[600, 300, 640, 330], [100, 100, 140, 130]], np.float32)
    tiles = np.array([0, 0], np.int32)
    seen = Detections.of(boxes, [0.9, 0.9], [0, 0], tiles, grid.edges(boxes, tiles))
    assert merge(seen, grid).detections.boxes.tolist() == [boxes[1].tolist()]
    assert len(merge(seen, grid, best_tiles_decide=False).detections) == 2


def test_a_cut_view_that_no_tile_sees_well_stays() -> None:
    grid = TileGrid(1280, 640, 640, 0)
    boxes = np.array([[600, 300, 640, 330]], np.float32)
    tiles = np.array([0], np.int32)
    seen = Detections.of(boxes, [0.9], [0], tiles, grid.edges(boxes, tiles))
    assert merge(seen, grid).detections.boxes.tolist() == boxes.tolist()


def test_neighbours_that_two_tiles_saw_one_each_are_two() -> None:
    grid = TileGrid(1184, 640, 640, 96)
    boxes = [[560, 300, 600, 330], [585, 302, 625, 332]]  # side by side, overlapping in part
    tiles = np.array([0, 1], np.int32)
    seen = Detections.of(boxes, [0.9, 0.8], [0, 0], tiles, grid.edges(np.array(boxes, np.float32), tiles))
    assert len(merge(seen, grid).detections) == 2


def test_the_whole_view_gives_the_box_and_the_class_and_the_other_class_is_kept() -> None:
    grid = TileGrid(1184, 640, 640, 96)
    boxes = np.array([[600, 300, 640, 330], [600, 300, 655, 331]], np.float32)
    tiles = np.array([0, 1], np.int32)
    seen = Detections.of(boxes, [0.95, 0.7], [2, 5], tiles, grid.edges(boxes, tiles))
    merged, best_view = merge(seen, grid)
    assert merged.boxes.tolist() == [boxes[1].tolist()]
    assert merged.labels.tolist() == [5]
    assert merged.runner_up.tolist() == [2]
    assert merged.runner_up_scores.tolist() == [pytest.approx(0.95)]
    assert best_view.tolist() == [1]


def test_one_animal_under_two_classes_in_one_tile_is_settled() -> None:
    boxes = [[10, 10, 50, 40], [11, 10, 50, 41], [100, 100, 140, 130]]
    detections, kept = settle(Detections.of(boxes, [0.6, 0.9, 0.5], [0, 1, 0], 0))
    assert sorted(zip(detections.labels.tolist(), detections.runner_up.tolist(), strict=True)) == [(0, -1), (1, 0)]
    assert sorted(kept.tolist()) == [1, 2]


def test_two_animals_of_one_class_in_one_tile_are_left_to_the_model() -> None:
    boxes = [[10, 10, 50, 40], [11, 10, 50, 41]]
    assert len(settle(Detections.of(boxes, [0.6, 0.9], [1, 1], 0)).detections) == 2


def test_nothing_merges_to_nothing() -> None:
    assert len(merge(Detections.empty(), TileGrid(100, 100, 50, 10)).detections) == 0
    assert len(settle(Detections.empty()).detections) == 0


# ----------------------------------------------------------------------------------------------------- properties


@st.composite
def scenes(draw: st.DrawFn) -> tuple[Detections, TileGrid]:
    """Anything that tiles might say, sensible or not."""
    tile = draw(st.integers(20, 80))
    grid = TileGrid(draw(st.integers(20, 240)), draw(st.integers(20, 240)), tile, draw(st.integers(0, tile - 10)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = draw(st.integers(0, 40))
    tiles = rng.integers(0, len(grid), n).astype(np.int32)
    extent = rng.integers(1, 40, (n, 2))
    # Whole px, so that equal corners and equal scores are common: ties must not depend on the order either.
    low = grid.boxes[tiles, :2] + rng.integers(0, [grid.tile_width, grid.tile_height], (n, 2))
    low = np.minimum(low, grid.boxes[tiles, 2:] - 1)
    boxes = np.concatenate([low, np.minimum(low + extent, grid.boxes[tiles, 2:])], axis=1).astype(np.float32)
    scores = rng.integers(1, 5, n) / 4
    return Detections.of(boxes, scores, rng.integers(0, 3, n), tiles, grid.edges(boxes, tiles)), grid


@given(scenes(), st.integers(0, 2**32 - 1))
def test_merging_does_not_depend_on_the_order_of_the_views(scene: tuple[Detections, TileGrid], seed: int) -> None:
    seen, grid = scene
    shuffled = seen[np.random.default_rng(seed).permutation(len(seen))]
    assert equal(merge(seen, grid).detections, merge(shuffled, grid).detections)


@given(scenes())
def test_merging_again_changes_nothing(scene: tuple[Detections, TileGrid]) -> None:
    seen, grid = scene
    once = merge(seen, grid).detections
    assert equal(merge(once, grid).detections, once)


@given(scenes())
def test_no_two_animals_of_one_tile_are_merged(scene: tuple[Detections, TileGrid]) -> None:
    seen, grid = scene
    most = np.bincount(seen.tiles, minlength=1).max() if len(seen) else 0
    joined = merge(seen, grid, best_tiles_decide=False).detections
    assert most <= len(joined) <= len(seen)


@given(scenes())
def test_every_merged_box_is_made_of_views_and_stays_in_the_image(scene: tuple[Detections, TileGrid]) -> None:
    seen, grid = scene
    merged, best_view = merge(seen, grid)
    for column in range(4):
        assert np.isin(merged.boxes[:, column], seen.boxes[:, column]).all()
    assert (merged.boxes[:, :2] >= 0).all()
    assert (merged.boxes[:, 2:] <= [grid.width, grid.height]).all()
    assert len(set(best_view.tolist())) == len(merged)
    assert (merged.labels == seen.labels[best_view]).all()


@given(scenes(), st.integers(0, 2**32 - 1), st.sampled_from([0, merging.PILED_UP]))
def test_many_images_at_once_are_merged_as_each_by_itself(
    scene: tuple[Detections, TileGrid], seed: int, piled_up: int
) -> None:
    seen, grid = scene
    image = np.random.default_rng(seed).integers(0, 4, len(seen))
    thresholds = np.full(3, 0.3, np.float32)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(merging, "PILED_UP", piled_up)
        together = animals_seen(seen, thresholds, grid, image=image)
    assert np.array_equal(image[together.best_view], np.sort(image[together.best_view]))
    for one in range(4):
        rows = np.flatnonzero(image == one)
        alone = animals_seen(seen[rows], thresholds, grid)
        of_it = image[together.best_view] == one
        assert equal(together.animals[of_it], alone.animals)
        assert np.array_equal(together.best_view[of_it], rows[alone.best_view])


@given(scenes())
def test_views_of_one_tile_are_left_alone(scene: tuple[Detections, TileGrid]) -> None:
    seen, grid = scene
    one = seen[seen.tiles == 0]
    assert len(merge(one, grid, best_tiles_decide=False).detections) == len(one)


@given(scenes())
def test_what_the_best_tiles_leave_out_was_near_an_edge_and_the_rest_is_as_joined(
    scene: tuple[Detections, TileGrid],
) -> None:
    seen, grid = scene
    joined = merge(seen, grid, best_tiles_decide=False).detections
    decided = merge(seen, grid).detections
    rows = {tuple(row) for row in joined.boxes.tolist()}
    assert {tuple(row) for row in decided.boxes.tolist()} <= rows
    margin = WELL_INSIDE * grid.overlap
    for tile in range(len(grid)):
        x0, y0, x1, y1 = grid.boxes[tile]
        deep = [
            x0 + margin * (x0 > 0),
            y0 + margin * (y0 > 0),
            x1 - margin * (x1 < grid.width),
            y1 - margin * (y1 < grid.height),
        ]
        own = seen.boxes[seen.tiles == tile]
        alone = {tuple(row) for row in own[((own[:, :2] >= deep[:2]) & (own[:, 2:] <= deep[2:])).all(1)].tolist()}
        # A box that its tile saw well, and that became an animal's box, is never left out.
        assert alone & rows <= {tuple(row) for row in decided.boxes.tolist()}


# ---- which boxes overlap ---------------------------------------------------------------------

# On whole and half px, so that many boxes touch and lie on the edges of the grid's cells.
_AT = st.integers(0, 80).map(lambda halves: halves / 2)
_BOX = st.tuples(_AT, _AT, _AT, _AT, st.integers(0, 2))


@pytest.mark.parametrize("piled_up", [0, merging.PILED_UP, 1_000_000], ids=["tree", "as they come", "grid"])
@pytest.mark.parametrize("same_tile", [False, True])
@given(drawn=st.lists(_BOX, min_size=1, max_size=40))
def test_overlapping_boxes_are_those_that_a_comparison_of_all_finds(
    piled_up: int, same_tile: bool, drawn: list[tuple[float, ...]]
) -> None:
    at = np.array(drawn)
    boxes = np.concatenate([np.minimum(at[:, :2], at[:, 2:4]), np.maximum(at[:, :2], at[:, 2:4]) + 0.5], axis=1)
    boxes, tiles = boxes.astype(np.float32), at[:, 4].astype(np.int32)
    meet = (np.maximum(boxes[:, None, :2], boxes[:, :2]) <= np.minimum(boxes[:, None, 2:], boxes[:, 2:])).all(axis=2)
    wanted = np.triu(meet & ((tiles[:, None] == tiles) == same_tile), 1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(merging, "PILED_UP", piled_up)
        first, second = merging.overlapping(boxes, tiles, same_tile=same_tile)
    assert sorted([a, b] for a, b in zip(first.tolist(), second.tolist(), strict=True)) == np.argwhere(wanted).tolist()


def test_a_pile_of_boxes_is_merged_alike_by_grid_and_by_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    grid = TileGrid(1000, 1000, 400, 100)
    rng = np.random.default_rng(5)
    low = rng.uniform(200, 500, (600, 2))
    animals = np.concatenate([low, low + rng.uniform(20, 60, (600, 2))], axis=1)
    seen, _ = seen_by_tiles(animals, grid, jitter=0.02)
    found = []
    for piled_up in (0, 1_000_000):
        monkeypatch.setattr(merging, "PILED_UP", piled_up)
        found.append(merge(seen, grid))
    assert len(found[0].detections) > 100
    for field in fields(Detections):
        by_tree, by_grid = (getattr(each.detections, field.name) for each in found)
        np.testing.assert_array_equal(by_tree, by_grid)
    np.testing.assert_array_equal(found[0].best_view, found[1].best_view)
