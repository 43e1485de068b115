"""Headers that other processes read ahead are those that this one reads, and whatever goes wrong is left to it."""

import dataclasses
import time
from pathlib import Path

import pytest
from PIL import Image

from geo import raster
from geo.raster import many_headers


@pytest.fixture
def photos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Seven photos, of which one is no image and one is missing; two processes are asked for two at once."""
    monkeypatch.setattr(many_headers, "AT_LEAST", 1)
    monkeypatch.setattr(many_headers, "_AT_ONCE", 2)
    monkeypatch.setattr(many_headers, "cores", lambda: 2)
    paths = [tmp_path / f"{n} ä.jpg" for n in range(7)]
    for n, path in enumerate(paths[:-1]):
        Image.new("RGB", (40 + n, 30)).save(path)
    paths[3].write_bytes(b"no image")
    return paths


def test_headers_are_those_that_this_process_reads(photos: list[Path]) -> None:
    read = list(many_headers.headers_ahead(photos, 60))
    assert [n for n, one in enumerate(read) if one is None] == [3, 6], "no image, and missing"
    for path, one in zip(photos, read, strict=True):
        if one is not None:
            assert dataclasses.asdict(one) == dataclasses.asdict(raster.inspect(path))


@pytest.mark.parametrize("code", ["import os; os._exit(9)", "print('no answer')", "import time; time.sleep(100)"])
def test_what_the_processes_do_not_read_is_left(code: str, photos: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many_headers, "_CHILD", code + " # {}")
    monkeypatch.setattr(many_headers, "_START_S", 0.5)
    began = time.monotonic()
    assert list(many_headers.headers_ahead(photos, 0.5)) == [None] * 7
    assert time.monotonic() - began < 30


def test_nothing_waits_when_the_run_is_cancelled(photos: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many_headers, "_CHILD", "import time; time.sleep(100) # {}")
    began = time.monotonic()
    assert list(many_headers.headers_ahead(photos, 300, lambda: True)) == [None] * 7
    assert time.monotonic() - began < 30


def test_few_images_start_no_process(photos: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many_headers, "AT_LEAST", 8)
    monkeypatch.setattr(many_headers, "_Helper", None)
    assert list(many_headers.headers_ahead(photos, 60)) == [None] * 7
