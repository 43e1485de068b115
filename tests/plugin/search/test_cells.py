"""Cells cover an image exactly once, whatever its size; and the way through them."""

import itertools

import pytest

from qgis_plugin.review.file import Image
from qgis_plugin.search.cells import Cell, grid, is_searched, strips
from qgis_plugin.search.record import Photo, Search
from qgis_plugin.search.walk import Walk
from qgis_plugin.searched_cells import searched_px

SIZES = [(6000, 4000), (5472, 3648), (1, 1), (3, 2), (7, 1000), (640, 480)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "cells_of", [lambda s: grid(s, 5, 3), lambda s: strips(s, (1000, 700)), lambda s: grid(s, 1, 1)]
)
def test_they_cover_each_pixel_once(size, cells_of):
    cells = cells_of(size)
    areas = [(x1 - x0) * (y1 - y0) for _, (x0, y0, x1, y1) in cells]
    assert min(areas) > 0
    assert sum(areas) == size[0] * size[1] == searched_px([cell.box for cell in cells], *size)
    assert sorted(cell.number for cell in cells) == list(range(1, len(cells) + 1))


def test_strips_are_no_larger_than_the_window_and_each_cell_is_beside_the_one_before():
    cells = strips((5000, 3000), (1000, 700))
    assert all(x1 - x0 <= 1000 and y1 - y0 <= 700 for _, (x0, y0, x1, y1) in cells)
    for (_, (left, top, right, bottom)), (_, (x0, y0, x1, y1)) in itertools.pairwise(cells):
        assert (left == x0) != (top == y0)
        assert max(left, x0) <= min(right, x1)
        assert max(top, y0) <= min(bottom, y1)


def test_a_cell_of_another_grid_is_searched_where_its_ground_is():
    old = [cell.box for cell in grid((600, 400), 5, 3)]
    new = grid((600, 400), 4, 4)
    assert all(is_searched(cell, old) for cell in new)
    assert not is_searched(new[0], old[1:])
    assert is_searched(new[-1], old[6:])


def photo(name, status="pending", reason=None, by_model=False, size=(600, 400)):
    return Photo(Image(name, size, "none", None), status, reason, by_model)


def cells_of(one):
    return grid(one.image.size, 2, 1)


LEFT, RIGHT = (0, 0, 300, 400), (300, 0, 600, 400)


def search(name, box, who="Ann"):
    return Search(name, 1 if box == LEFT else 2, box, who, None)


def test_it_goes_cell_by_cell_and_passes_what_is_searched():
    others = [search("a", RIGHT, "Ben"), search("b", LEFT), search("b", RIGHT)]
    walk = Walk([photo("a"), photo("b"), photo("c")], others, cells_of, "Ann")
    seen = []
    while walk.place is not None:
        seen.append((walk.place.photo.image.path, walk.place.cell.number))
        walk.searched(search(*seen[-1][:1], LEFT if seen[-1][1] == 1 else RIGHT))
        walk.next()
    assert seen == [("a", 1), ("c", 1), ("c", 2)]
    assert walk.progress == (3, 3, 1.0)
    walk.back()
    assert walk.place.cell == Cell(2, RIGHT)
    walk.next()
    assert walk.place is None


def test_apart_each_observer_searches_all():
    searches = [search("a", LEFT, "Ben"), search("a", RIGHT, "Ben")]
    assert Walk([photo("a")], searches, cells_of, "Ann").place is None
    alone = Walk([photo("a")], searches, cells_of, "Ann", together=False)
    assert alone.place.cell.number == 1
    assert alone.progress == (0, 1, 0.0)
    assert Walk([photo("a")], searches, cells_of, "Ben", together=False).place is None


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (photo("a"), False),
        (photo("a", "failed", "broken"), True),
        (photo("a", "pending", "outside park.gpkg; no yaw"), True),
        (photo("a", "pending", "no yaw"), False),
        (photo("a", "done", "outside park.gpkg"), False),
    ],
)
def test_what_is_left_out(one, expected):
    assert one.left_out == expected
