"""What people searched: how much of an image it covers, which images are done by it, and how it outlives a write."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import geopackage
from geo.reviews.merge import merge_reviews
from geo.searched_cells import searched_px, searched_whole
from geo.searches import Searches, joined, whole, with_searches
from geo.tables import TableError
from tests.geopackage_checker import check_geopackage
from tests.surveys import small

WIDTH, HEIGHT = 12, 8
BOX = st.tuples(*(st.integers(-3, 15) for _ in range(4)))


@given(st.lists(BOX, max_size=12))
def test_the_area_is_that_of_the_pixels_under_any_cell(boxes: list[tuple[int, int, int, int]]) -> None:
    cells = [(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)) for x0, y0, x1, y1 in boxes]
    under = np.zeros((HEIGHT, WIDTH), bool)
    for x0, y0, x1, y1 in cells:
        under[max(0, y0) : max(0, y1), max(0, x0) : max(0, x1)] = True
    assert searched_px(cells, WIDTH, HEIGHT) == under.sum()
    assert searched_whole(cells, WIDTH, HEIGHT) == under.all()


def test_an_image_without_a_size_is_never_searched() -> None:
    assert not searched_whole([(0, 0, 5, 5)], 0, 0)


def cells(image: str, *boxes: tuple[float, float, float, float], who: str | None = "Ann") -> Searches:
    n = len(boxes)
    return Searches([image] * n, np.arange(1, n + 1), np.array(boxes, float).reshape(-1, 4), [who] * n, [None] * n)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"boxes_px": np.array([[0, 0, 0, 5.0]])}, "a cell is empty"),
        ({"boxes_px": np.array([[0, 0, np.nan, 5.0]])}, "a cell is empty"),
        ({"cell": np.array([1, 2])}, "cells of shape"),
        ({"reviewer": []}, "0 reviewers"),
    ],
)
def test_columns_that_make_no_table_are_refused(columns: dict[str, object], said: str) -> None:
    with pytest.raises(TableError, match=said):
        replace(cells("a", (0, 0, 5, 5)), **columns)  # type: ignore[arg-type]


LEFT, RIGHT = (0.0, 0.0, 3000.0, 4000.0), (3000.0, 0.0, 6000.0, 4000.0)


@pytest.mark.parametrize(
    ("status", "reason", "boxes", "expected"),
    [
        ("pending", None, [LEFT, RIGHT], ("done", None)),
        ("pending", None, [LEFT], ("pending", None)),
        ("pending", "no yaw", [LEFT, RIGHT], ("done", "no yaw")),
        ("done", "searched in part: within park; no yaw", [LEFT, RIGHT], ("done", "no yaw")),
        ("done", "searched in part: within park", [LEFT], ("done", "searched in part: within park")),
        ("failed", "broken", [LEFT, RIGHT], ("failed", "broken")),
        ("done", None, [], ("done", None)),
    ],
)
def test_an_image_is_done_when_people_searched_all_of_it(
    status: str, reason: str | None, boxes: list[tuple[float, ...]], expected: tuple[str, str | None]
) -> None:
    before = small.images()
    before = replace(before, status=[status] * 4, reason=[reason] * 4)
    after = with_searches(before, cells(before.path[1], *boxes))  # type: ignore[arg-type]
    assert (after.status[1], after.reason[1]) == expected
    assert (after.status[0], after.reason[0]) == (status, reason)


def test_the_halves_of_two_people_make_a_whole() -> None:
    images = small.images()
    one, two = cells(images.path[0], LEFT, who="Ann"), cells(images.path[0], RIGHT, who="Ben")
    assert not whole(one, images).any()
    assert whole(joined(one, two), images).tolist() == [True, False, False, False]
    assert len(joined(joined(one, two), two)) == 2


def test_they_outlive_a_write_and_a_merge(tmp_path: Path) -> None:
    files = [small.write(tmp_path / name) for name in ("a.gpkg", "b.gpkg")]
    for path, boxes, who in zip(files, (LEFT, RIGHT), ("Ann", None), strict=True):
        images, rows = geopackage.read_images(path), geopackage.read_detections(path)
        images = replace(images, status=["pending"] * 4, reason=[None] * 4)
        crs, runs = geopackage.read_crs(path), geopackage.read_runs(path)
        searches = cells(images.path[2], boxes, who=who)
        geopackage.write_survey(path, images, rows, runs, crs, searches=searches)
        geopackage.write_survey(path, images, rows, runs, crs)
        check_geopackage(path)
        kept = geopackage.read_searches(path)
        assert (list(kept.image), list(kept.reviewer)) == ([images.path[2]], [who])
        assert kept.boxes_px.tolist() == [list(boxes)]
    (tmp_path / "far").mkdir()
    merged = tmp_path / "far" / "m.gpkg"
    merge_reviews(files[0], files[1], merged)
    check_geopackage(merged)
    assert set(geopackage.read_searches(merged).reviewer) == {"Ann", None}
    images = geopackage.read_images(merged)
    assert sorted(images.status) == ["done", "pending", "pending", "pending"]
    assert set(geopackage.read_searches(merged).image) <= set(images.path)
