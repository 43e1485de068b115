"""What the tests of the command line share."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.command_line import HerdmapHere, loaded, pasture, start, write_mosaic, write_photos, write_regions
from tests.detector.cli.runs import PHOTOS
from tests.surveys import tiled_pasture


@pytest.fixture
def here(capsys: pytest.CaptureFixture[str]) -> HerdmapHere:
    """`herdmap ...` in this process."""
    return HerdmapHere(capsys)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the survey of `tiled_pasture`. Copied, never changed."""
    folder = tmp_path_factory.mktemp("made")
    tiled_pasture.write(folder, tmp_path_factory.mktemp("simulated"))
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A copy of the survey's folder, with a space in its name."""
    return Path(shutil.copytree(made, tmp_path / "my survey"))


@pytest.fixture(scope="module")
def scene() -> np.ndarray:
    return pasture(400, 320, animals=6)


@pytest.fixture
def survey(tmp_path: Path, scene: np.ndarray) -> Path:
    """A folder with one good orthomosaic and regions over it."""
    write_mosaic(tmp_path / "mosaic.tif", scene)
    write_regions(tmp_path / "regions.geojson", {"west": (0, 0, 5, 8), "east": (5, 0, 10, 8)})
    return tmp_path


@pytest.fixture(scope="session")
def wide_scene() -> np.ndarray:
    return pasture(1000, 800, animals=40)


@pytest.fixture(scope="session")
def photos(tmp_path_factory: pytest.TempPathFactory, wide_scene: np.ndarray) -> Path:
    """A folder of photos that take the bundled model a few seconds. Never changed."""
    folder = tmp_path_factory.mktemp("imagery") / "photos"
    write_photos(folder, wide_scene, PHOTOS, size=480)
    return folder


@pytest.fixture(scope="session")
def uninterrupted(photos: Path, tmp_path_factory: pytest.TempPathFactory, check_gpkg: Callable[..., None]) -> Path:
    """The survey of the photos by a run that nothing disturbs, as far from them as every test's own folder."""
    output = tmp_path_factory.mktemp("uninterrupted") / "out.gpkg"
    end = loaded("detect", photos, "-o", output)
    assert end.code == 0, end
    check_gpkg(output, positioned=False)
    return output


@pytest.fixture
def mosaic(tmp_path: Path, wide_scene: np.ndarray) -> Path:
    """An orthomosaic alone in its folder, with regions."""
    write_regions(tmp_path / "regions.geojson", {"west": (0.0, 0.0, 9.0, 30.0), "east": (9.0, 0.0, 18.0, 30.0)})
    return write_mosaic(tmp_path / "mosaic.tif", wide_scene[:600, :720])


@pytest.fixture
def running() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts `herdmap ...` with an open stdin. Processes that still run at the end are killed.

    `is_loaded=False`: by a Python that has not loaded it yet.
    """
    started: list[subprocess.Popen[str]] = []

    def run(*arguments: object, is_loaded: bool = True) -> subprocess.Popen[str]:
        started.append(start(*arguments, is_loaded=is_loaded))
        return started[-1]

    yield run
    for process in started:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                stream.close()
