"""What the tests of the command line share."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.command_line import HerdmapHere, pasture, write_mosaic, write_regions
from tests.surveys import tiled_pasture


@pytest.fixture
def here(capsys: pytest.CaptureFixture[str]) -> HerdmapHere:
    """`herdmap ...` in this process."""
    return HerdmapHere(capsys)


@pytest.fixture(scope="module")
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
