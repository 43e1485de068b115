"""Pictures that wait in a file come back as they were."""

import sys
from pathlib import Path

import numpy as np
import pytest

from geo.errors import OutputError
from geo.stored_pictures import PictureStore


def test_pictures_come_back_in_any_order(tmp_path: Path) -> None:
    store = PictureStore(tmp_path / "a.gpkg")
    first, second = store.add([b"one", None, b"three"]), store.add([b"4", b""])
    assert list(first.followed_by(second)) == [b"one", None, b"three", b"4", None]
    assert list(second.followed_by([None, b"six"], first)) == [b"4", None, None, b"six", b"one", None, b"three"]
    assert list(first.take(np.array([2, 0, 2]))) == [b"three", b"one", b"three"]
    assert list(first[1:]) == [None, b"three"]
    assert first.there.tolist() == [True, False, True]
    other = PictureStore(tmp_path / "b.gpkg").add([b"of another store"])
    assert list(first.followed_by(other)) == [b"one", None, b"three", b"of another store"]
    if sys.platform != "win32":  # where it has one, and goes when its process ends
        assert list(tmp_path.iterdir()) == [], "the file has no name"


def test_a_folder_that_is_missing_is_said_in_a_line(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"a\.gpkg: cannot be written: No such file"):
        PictureStore(tmp_path / "none" / "a.gpkg")
