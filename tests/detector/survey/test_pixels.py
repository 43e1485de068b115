"""The same picture, stored in every way that people store one: the same animals are found, and none that is hidden."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray
from rasterio.enums import ColorInterp

from detector import survey
from geo import geopackage
from tests.command_line import pasture
from tests.geo.raster.camera_files import dng_with_tags, heic

HIDDEN_LEFT_OF = 200
COLOURS = (ColorInterp.red, ColorInterp.green, ColorInterp.blue, ColorInterp.alpha)
Picture = NDArray[np.uint8]


@pytest.fixture(scope="module")
def picture() -> Picture:
    return pasture(420, 420, 14)


def write(path: Path, bands: NDArray[Any], interp: tuple[ColorInterp, ...] | None = None, **profile: Any) -> Path:
    mask = profile.pop("mask", None)
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=profile.pop("internal", False)), rasterio.open(
        path, "w", driver="GTiff", width=bands.shape[2], height=bands.shape[1], count=len(bands), dtype=bands.dtype,
        crs="EPSG:32737", transform=rasterio.Affine(0.025, 0, 500_000, 0, -0.025, 9_700_000), **profile,
    ) as file:  # fmt: skip
        if interp is not None:
            file.colorinterp = interp
        file.write(bands)
        if mask is not None:
            file.write_mask(mask)
    return path


def shown(bands: NDArray[Any]) -> NDArray[np.bool_]:
    """All but the left part."""
    there = np.ones(bands.shape[1:], bool)
    there[:, :HIDDEN_LEFT_OF] = False
    return there


def with_alpha(path: Path, bands: NDArray[Any], high: int = 255) -> Path:
    alpha = (shown(bands) * high).astype(bands.dtype)
    return write(path, np.concatenate([bands, alpha[None]]), COLOURS)


def with_nodata(path: Path, bands: NDArray[Any], value: float, declared: float | None = None) -> Path:
    bands = np.where(shown(bands), bands, np.array(value, bands.dtype))
    return write(path, bands, nodata=value if declared is None else declared)


WHOLE: dict[str, Callable[[Path, NDArray[Any]], Path]] = {
    "8 bit": write,
    "12 bit in 16": lambda path, bands: write(path, bands.astype(np.uint16) * 16),
    "16 bit": lambda path, bands: write(path, bands.astype(np.uint16) * 257),
    "16 bit, a part of the range": lambda path, bands: write(path, bands.astype(np.uint16) * 11 + 3000),
    "signed 16 bit": lambda path, bands: write(path, bands.astype(np.int16) * 60 - 5000),
    "32 bit": lambda path, bands: write(path, bands.astype(np.uint32) * 1000),
    "reflectance as float": lambda path, bands: write(path, bands.astype(np.float32) / 600),
    "double": lambda path, bands: write(path, bands.astype(np.float64) * 3.7 + 1.0),
    "HEIC": lambda path, bands: heic(path, np.ascontiguousarray(bands.transpose(1, 2, 0))),
    "camera RAW": lambda path, bands: dng_with_tags(path, bands.transpose(1, 2, 0), linear=True),
    "12 bit as the file says": lambda path, bands: write(path, bands.astype(np.uint16) * 16, nbits=12),
    "signed 8 bit": lambda path, bands: write(path, (bands.astype(np.int16) - 128).astype(np.int8)),
    "big-endian, band after band": lambda path, bands: write(
        path, bands.astype(np.uint16) * 100, ENDIANNESS="BIG", interleave="band", compress="lzw", predictor=2
    ),
    "blue first": lambda path, bands: write(path, bands[::-1], COLOURS[2::-1]),
    "near infrared in a fourth band": lambda path, bands: write(
        path, np.concatenate([bands, shown(bands)[None].astype(np.uint8)]), (*COLOURS[:3], ColorInterp.undefined)
    ),
    "16 bit with a few pixels that shine": lambda path, bands: write(path, _with_sparks(bands.astype(np.uint16) * 40)),
}
HIDDEN: dict[str, Callable[[Path, NDArray[Any]], Path]] = {
    "alpha": with_alpha,
    "alpha of 16 bit": lambda path, bands: with_alpha(path, bands.astype(np.uint16) * 257, 65535),
    "an internal mask": lambda path, bands: write(path, bands, mask=shown(bands), internal=True),
    "a mask beside the file": lambda path, bands: write(path, bands, mask=shown(bands)),
    "nodata 0": lambda path, bands: with_nodata(path, np.maximum(bands, 1), 0),
    "nodata 255": lambda path, bands: with_nodata(path, np.minimum(bands, 254), 255),
    "nodata -9999": lambda path, bands: with_nodata(path, bands.astype(np.int16), -9999),
    "nodata minus infinity": lambda path, bands: with_nodata(path, bands.astype(np.float32), -np.inf),
    "nodata 65535": lambda path, bands: with_nodata(path, bands.astype(np.uint16) * 200, 65535),
    "undeclared infinite values": lambda path, bands: write(
        path, np.where(shown(bands), bands.astype(np.float32), np.float32(np.inf))
    ),
    "alpha in the first band": lambda path, bands: write(
        path, np.concatenate([(shown(bands) * 255).astype(np.uint8)[None], bands]), (COLOURS[3], *COLOURS[:3])
    ),
    "a mask in a TIFF of JPEG": lambda path, bands: write(
        path,
        bands,
        mask=shown(bands),
        internal=True,
        compress="jpeg",
        photometric="ycbcr",
        tiled=True,
        blockxsize=256,
        blockysize=256,
    ),
    "nodata NaN": lambda path, bands: with_nodata(path, bands.astype(np.float32) / 255, np.nan),
    "the lowest float, its last digits cut": lambda path, bands: with_nodata(
        path, bands.astype(np.float32), -3.40282306e38, -3.4028234663852886e38
    ),
}


def _with_sparks(bands: NDArray[np.uint16]) -> NDArray[np.uint16]:
    bands = bands.copy()
    bands[:, ::97, ::89] = 65535
    return bands


def centres(image: Path, output: Path, **settings: Any) -> NDArray[np.float64]:
    """(N, 2) centres in image px of what the bundled model finds, from left to right."""
    survey.detect(image, output, settings=survey.Settings(chips=False, **settings))
    boxes = geopackage.read_detections(output).boxes_px
    found = (boxes[:, :2] + boxes[:, 2:]) / 2
    return np.asarray(found[np.argsort(found[:, 0])], np.float64)


@pytest.fixture(scope="module")
def plain(picture: Picture, tmp_path_factory: pytest.TempPathFactory) -> NDArray[np.float64]:
    folder = tmp_path_factory.mktemp("plain")
    found = centres(write(folder / "a.tif", picture.transpose(2, 0, 1)), folder / "a.gpkg")
    assert 8 <= len(found) <= 16
    assert 2 <= (found[:, 0] < HIDDEN_LEFT_OF).sum() <= len(found) - 2
    return found


@pytest.mark.parametrize("kind", WHOLE)
def test_a_picture_of_any_depth_has_the_same_animals(
    kind: str, picture: Picture, plain: NDArray[np.float64], tmp_path: Path
) -> None:
    found = centres(WHOLE[kind](tmp_path / "a.tif", picture.transpose(2, 0, 1)), tmp_path / "a.gpkg")
    if kind == "HEIC":  # its pixels are not quite the same: a doubtful animal may be found or not
        assert abs(len(found) - len(plain)) <= 1
        found = np.array([found[np.hypot(*(found - place).T).argmin()] for place in plain])
    assert len(found) == len(plain)
    np.testing.assert_allclose(found, plain, atol=2.0)


def test_a_sensor_with_colour_filters_sees_the_same_animals(
    picture: Picture, plain: NDArray[np.float64], tmp_path: Path
) -> None:
    found = centres(dng_with_tags(tmp_path / "a.dng", picture), tmp_path / "a.gpkg")
    assert abs(len(found) - len(plain)) <= 1  # two of three colours of each px are made of its neighbours'
    near = [np.hypot(*(found - place).T).min() < 3 for place in plain]
    assert sum(near) >= len(plain) - 1


@pytest.mark.parametrize("kind", HIDDEN)
def test_what_is_hidden_is_neither_searched_nor_counted(
    kind: str, picture: Picture, plain: NDArray[np.float64], tmp_path: Path
) -> None:
    found = centres(HIDDEN[kind](tmp_path / "a.tif", picture.transpose(2, 0, 1)), tmp_path / "a.gpkg")
    assert len(found)
    assert (found[:, 0] >= HIDDEN_LEFT_OF).all()
    # An animal that the edge cuts may be found or not; those well inside are all there.
    inside = plain[plain[:, 0] > HIDDEN_LEFT_OF + 30]
    assert len(inside) - 1 <= len(found) <= len(plain[plain[:, 0] > HIDDEN_LEFT_OF - 25])
    for place in inside[inside[:, 0] > HIDDEN_LEFT_OF + 60]:
        assert np.hypot(*(found - place).T).min() < 4


def test_one_stretch_for_the_flight_is_recorded_and_kept(picture: Picture, tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    bands = picture.transpose(2, 0, 1).astype(np.uint16)
    write(photos / "a.tif", bands[:, :, :210] * 40)
    write(photos / "b.tif", bands[:, :, 210:] * 40 + 500)
    output = tmp_path / "out.gpkg"
    survey.detect(photos, output, settings=survey.Settings(chips=False))
    recorded = geopackage.read_runs(output)[-1].settings["stretches"]
    assert set(recorded) == {"uint16"}
    low, high = recorded["uint16"]
    assert 0 < low < 2000 < 9000 < high < 11000
    # A photo that comes later is shown as the others were, so nothing is searched again.
    write(photos / "c.tif", np.full((3, 60, 60), 60_000, np.uint16))
    survey.detect(photos, output, settings=survey.Settings(chips=False))
    assert geopackage.read_runs(output)[-1].settings["stretches"] == recorded
    given = survey.Settings(chips=False, stretch=(0.0, 20_000.0))
    survey.detect(photos, output, settings=given)
    assert geopackage.read_runs(output)[-1].settings["stretches"] == {"uint16": [0.0, 20_000.0]}
    # What was given held for that run alone.
    survey.detect(photos, output, settings=survey.Settings(chips=False))
    assert geopackage.read_runs(output)[-1].settings["stretches"] == recorded
