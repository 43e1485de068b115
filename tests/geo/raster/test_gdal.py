"""GDAL's settings, and what it says, are those of the thread that reads."""

import dataclasses
import logging
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from rasterio.env import getenv, hasenv

from geo import raster
from geo.errors import RasterError
from geo.raster.gdal import Complaints, gdal, settled


def asked(call: Callable[[], object]) -> object:
    """The answer of another thread."""
    answers: list[object] = []
    thread = threading.Thread(target=lambda: answers.append(call()))
    thread.start()
    thread.join()
    return answers[0]


def test_headers_of_a_settled_thread_are_the_same(tmp_path: Path) -> None:
    for n in range(3):
        Image.new("RGB", (30 + n, 20)).save(tmp_path / f"{n}.jpg")
    (tmp_path / "3.jpg").write_bytes((tmp_path / "0.jpg").read_bytes()[:100])
    paths = sorted(tmp_path.iterdir())

    def read(path: Path) -> object:
        try:
            return dataclasses.asdict(raster.inspect(path))
        except RasterError as error:
            return str(error)

    def read_settled() -> object:
        with settled():
            return [read(path) for path in paths]

    assert asked(read_settled) == [read(path) for path in paths]


def test_settings_are_made_once_and_end_with_the_block() -> None:
    def options() -> list[object]:
        found: list[object] = []
        with settled():
            with gdal(Path("a")):
                found.append(getenv()["GDAL_DISABLE_READDIR_ON_OPEN"])
            with gdal(Path("a"), GDAL_NUM_THREADS="2"):
                found += [getenv()["GDAL_NUM_THREADS"], getenv()["GDAL_VRT_ENABLE_PYTHON"]]
            found.append(getenv().get("GDAL_NUM_THREADS"))
            found.append(getenv()["GDAL_VRT_ENABLE_PYTHON"])
        with gdal(Path("a")):
            found.append(getenv()["GDAL_VRT_ENABLE_PYTHON"])
        return [*found, hasenv()]

    assert asked(options) == ["TRUE", "2", "NO", None, "NO", "NO", False]


def test_another_thread_has_its_own_settings() -> None:
    with settled():
        assert asked(hasenv) is False


def test_complaints_are_those_of_the_thread_and_of_the_innermost_block() -> None:
    log = logging.getLogger("rasterio._env")
    with Complaints() as outer:
        log.warning("first")
        with Complaints() as inner:
            log.warning("second")
            asked(lambda: log.warning("elsewhere"))
        log.warning("third")
    log.warning("nobody listens")
    assert (outer.messages, inner.messages) == (["first", "third"], ["second"])


def test_an_error_of_a_settled_thread_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"\xff\xd8\xff\xe0 no photo")
    with settled(), pytest.raises(RasterError, match=r"a\.jpg"):
        raster.inspect(tmp_path / "a.jpg")
