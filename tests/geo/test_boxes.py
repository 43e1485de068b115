"""Intersection over union."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.boxes import iou

SIDES = st.tuples(*[st.integers(0, 12)] * 4).map(
    lambda b: (min(b[0], b[2]), min(b[1], b[3]), max(b[0], b[2]), max(b[1], b[3]))
)


@given(st.lists(st.tuples(SIDES, SIDES), min_size=1, max_size=20))
def test_iou_is_that_of_the_shapes(pairs: list[tuple[tuple[int, ...], tuple[int, ...]]]) -> None:
    a, b = np.moveaxis(np.array(pairs, np.float64), 1, 0)
    common = shapely.area(shapely.intersection(shapely.box(*a.T), shapely.box(*b.T)))
    either = shapely.area(shapely.box(*a.T)) + shapely.area(shapely.box(*b.T)) - common
    expected = np.divide(common, either, out=np.zeros(len(a)), where=either > 0)
    np.testing.assert_allclose(iou(a, b), expected, atol=1e-12)
    np.testing.assert_array_equal(np.diagonal(iou(a[:, None], b)), iou(a, b))


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_iou_keeps_the_type_and_takes_no_boxes(kind: type) -> None:
    assert iou(np.ones((3, 4), kind), np.ones(4, kind)).dtype == kind
    assert iou(np.empty((0, 1, 4), kind), np.empty((5, 4), kind)).shape == (0, 5)
