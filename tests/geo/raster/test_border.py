"""Borders that are no image and are not declared: found at the edges, measured, and kept out of a stretch."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray

from geo import raster

SIDE = 200
GROUND = np.random.default_rng(4).integers(40, 200, (3, SIDE, SIDE))
ROWS, COLUMNS = np.mgrid[:SIDE, :SIDE]


def write(path: Path, bands: NDArray[Any], **profile: Any) -> Path:
    with rasterio.open(
        path, "w", driver="GTiff", width=SIDE, height=SIDE, count=len(bands), dtype=bands.dtype, crs="EPSG:32737",
        transform=rasterio.Affine(0.1, 0, 500_000, 0, -0.1, 9_700_000), **profile,
    ) as file:  # fmt: skip
        file.write(bands)
    return path


def frame(width: int) -> NDArray[np.bool_]:
    """A frame around the image."""
    inside = (np.minimum(ROWS, COLUMNS) >= width) & (np.maximum(ROWS, COLUMNS) < SIDE - width)
    return np.asarray(~inside)


TURNED = np.abs(ROWS - SIDE / 2) + np.abs(COLUMNS - SIDE / 2) > SIDE / 2
FOUND = [
    # where the border is, its value, the type of the pixels, by how much those of the ground are multiplied
    (TURNED, 0, "uint8", 1),
    (TURNED, 255, "uint8", 1),
    (frame(20), 0, "uint8", 1),
    (COLUMNS < 50, 0, "uint8", 1),
    ((COLUMNS < 50) & (np.abs(ROWS - SIDE / 2) < 60), 0, "uint8", 1),
    (ROWS >= SIDE - 30, 255, "uint8", 1),
    (TURNED, 0, "uint16", 40),
    (TURNED, 65535, "uint16", 40),
    (frame(10), -9999, "int16", 40),
    (TURNED, -32768, "int16", 40),
    (TURNED, 0, "uint32", 1000),
    (TURNED, -9999, "float32", 0.01),
    (ROWS < 60, -3.4028234663852886e38, "float32", 0.01),
]


@pytest.mark.parametrize(("where", "value", "dtype", "by"), FOUND)
@pytest.mark.parametrize("bands", [1, 3])
def test_a_border_is_found_and_measured(
    tmp_path: Path, where: NDArray[np.bool_], value: float, dtype: str, by: float, bands: int
) -> None:
    pixels = (GROUND[:bands] * by).astype(dtype)
    path = write(tmp_path / "a.tif", np.where(where, np.array(value, dtype), pixels))
    found = raster.undeclared_border(path)
    assert found is not None
    assert found.value == value
    assert found.share == pytest.approx(where.mean(), rel=0.05)
    if dtype != "uint8":
        # What is shown is the ground, as if the border were not there.
        plain = raster.common_stretch([write(tmp_path / "b.tif", pixels)])
        assert raster.common_stretch([path]) == pytest.approx(plain, rel=0.03)


NONE: dict[str, NDArray[Any]] = {
    "no border": GROUND.astype(np.uint8),
    "a dark corner that is not one value": np.where(ROWS + COLUMNS < 40, GROUND % 3, GROUND).astype(np.uint8),
    "dark water inside": np.where(frame(30), GROUND, 0).astype(np.uint8),
    "a corner of grey": np.where(ROWS + COLUMNS < 60, 128, GROUND).astype(np.uint8),
    "a corner of one value among others in 16 bit": np.where(ROWS + COLUMNS < 60, 4000, GROUND * 40).astype(np.uint16),
    "a small corner": np.where(ROWS + COLUMNS < 17, 0, GROUND).astype(np.uint8),
    "black in one band": np.concatenate([np.zeros((1, SIDE, SIDE)), GROUND[1:]]).astype(np.uint8),
    "all of one value": np.zeros((3, SIDE, SIDE), np.uint8),
    "all of one value in 16 bit": np.full((1, SIDE, SIDE), 700, np.uint16),
}


@pytest.mark.parametrize("kind", NONE)
def test_what_is_ground_is_no_border(tmp_path: Path, kind: str) -> None:
    assert raster.undeclared_border(write(tmp_path / "a.tif", NONE[kind])) is None


def test_a_border_that_is_declared_is_nothing_to_say(tmp_path: Path) -> None:
    pixels = np.where(TURNED, 0, GROUND).astype(np.uint8)
    assert raster.undeclared_border(write(tmp_path / "a.tif", pixels, nodata=0)) is None


@pytest.mark.parametrize("compress", ["jpeg", "webp"])
def test_lossy_compression_blurs_the_inner_edge_alone(tmp_path: Path, compress: str) -> None:
    pixels = np.where(TURNED, 0, GROUND // 8 + 90).astype(np.uint8)
    found = raster.undeclared_border(write(tmp_path / "a.tif", pixels, compress=compress, tiled=True))
    assert found is not None
    assert found.share == pytest.approx(TURNED.mean(), rel=0.15)
