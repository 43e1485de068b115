"""Garbage in circles is looked for less often while a block runs, and as before afterwards."""

import gc
from collections.abc import Iterator

import pytest

from geo.circular_garbage import seldom_collected


@pytest.fixture(autouse=True)
def usual() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 11)
    yield
    gc.set_threshold(*before)


def test_the_outermost_block_changes_it_and_gives_it_back() -> None:
    @seldom_collected()
    def within() -> tuple[int, int, int]:
        return gc.get_threshold()

    with seldom_collected():
        assert gc.get_threshold() == within() == (70_000, 10, 11)
    assert gc.get_threshold() == (700, 10, 11)
    with pytest.raises(KeyError), seldom_collected():
        raise KeyError
    assert gc.get_threshold() == (700, 10, 11)


def test_blocks_of_several_threads_may_end_in_any_order() -> None:
    first, second = seldom_collected(), seldom_collected()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert gc.get_threshold() == (70_000, 10, 11)
    second.__exit__(None, None, None)
    assert gc.get_threshold() == (700, 10, 11)


def test_where_it_is_never_looked_for_it_stays_so() -> None:
    gc.set_threshold(0, 10, 11)
    with seldom_collected():
        assert gc.get_threshold()[0] == 0
    assert gc.get_threshold() == (0, 10, 11)
