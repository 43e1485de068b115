"""The UUIDs of detections: the same box has the same one, and no two rows share one."""

import uuid
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geo.geopackage.identity import identities

NOWHERE = [np.nan] * 4


def of(boxes: Any, given: Any = None, images: Any = None, classes: Any = None, corners: Any = None) -> list[str]:
    count = len(boxes)
    return identities(
        [None] * count if given is None else given,
        ["a.jpg"] * count if images is None else images,
        ["sheep"] * count if classes is None else classes,
        np.asarray(boxes, float).reshape(-1, 4),
        np.full((count, 2), np.nan) if corners is None else np.asarray(corners, float),
    )


@given(st.lists(st.tuples(st.sampled_from(("a.jpg", "b.jpg")), st.sampled_from(("cow", "goat")), st.integers(0, 5))))
def test_all_differ_and_each_depends_on_its_own_image_class_and_box(rows: list[tuple[str, str, int]]) -> None:
    boxes = [[x, 0, x + 10, 10] for _, _, x in rows]
    found = of(boxes, images=[image for image, _, _ in rows], classes=[name for _, name, _ in rows])
    assert len({*found}) == len(rows)
    alone = [of([box], images=[image], classes=[name])[0] for (image, name, _), box in zip(rows, boxes, strict=True)]
    first = [row not in rows[:at] for at, row in enumerate(rows)]
    assert [a for a, is_first in zip(alone, first, strict=True) if is_first] == [
        a for a, is_first in zip(found, first, strict=True) if is_first
    ]
    assert all(str(uuid.UUID(text)) == text and uuid.UUID(text).version == 5 for text in found)


def test_a_box_is_the_same_to_a_hundredth_of_a_pixel() -> None:
    once, again, other = of([[10.001, 20, 30, 40]]), of([[10.004, 20, 30, 40]]), of([[10.02, 20, 30, 40]])
    assert once == again != other


def test_an_identity_that_is_there_stays_and_a_copy_of_it_gets_its_own() -> None:
    box = [1, 2, 3, 4]
    own = of([box])[0]
    assert of([box, box, box], given=["x", None, "x"])[0:2] == ["x", own]
    assert len({*of([box, box, box], given=["x", None, "x"])}) == 3
    taken = of([[5, 6, 7, 8], box], given=[own, None])  # that of a box that was there before
    assert taken[0] == own != taken[1]


def test_a_box_on_the_map_alone_is_named_by_its_place_and_one_without_any_by_chance() -> None:
    here, there = of([NOWHERE], corners=[[1.5, 2.5]]), of([NOWHERE], corners=[[1.5, 2.6]])
    assert here == of([NOWHERE], corners=[[1.5, 2.5]]) != there
    assert of([NOWHERE]) != of([NOWHERE])
