"""Imagery that is not of the model's scale is said, with both numbers and what to do; imagery that is, is not."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from detector import survey
from detector.cli.mends import with_mend
from detector.errors import ModelError
from detector.models.info import ModelInfo
from geo import raster
from geo.georeference import crs_to_wkt
from geo.simulation.pose_tags import PoseTags, with_pose_tags
from tests.command_line import UTM, write_model


def mosaic(path: Path, gsd_m: float) -> Path:
    pixels = np.random.default_rng(1).integers(60, 190, (96, 128, 3), np.uint8)
    transform = (gsd_m, 0.0, 263_400.0, 0.0, -gsd_m, 9_701_600.0)
    raster.write_geotiff(path, iter([pixels]), 128, 96, transform, crs_to_wkt(UTM), compress="deflate", overviews=False)
    return path


def photo(path: Path, agl_m: float | None, seed: int = 2) -> Path:
    """128 x 96 px. With a height above the ground, its camera has agl_m / 85.3 m a pixel."""
    pixels = np.random.default_rng(seed).integers(60, 190, (96, 128, 3), np.uint8)
    jpeg = raster.encode_jpeg(pixels)
    if agl_m is not None:
        tags = PoseTags(
            lon=36.87, lat=-2.69, altitude_m=1320 + agl_m, relative_altitude_m=agl_m, gimbal_yaw_deg=0,
            gimbal_pitch_deg=-90, gimbal_roll_deg=0, flight_yaw_deg=0, taken_at=datetime(2024, 7, 16, 9, tzinfo=UTC),
            focal_length_mm=8.8, sensor_width_mm=13.2, width_px=128, height_px=96,
        )  # fmt: skip
        jpeg = with_pose_tags(jpeg, tags)
    path.write_bytes(jpeg)
    return path


def said(folder: Path, images: list[Path], **card: object) -> list[str]:
    """What a run says about the scale, with its mend on the command line."""
    heard: list[str] = []

    class Listening(survey.Watcher):
        def warning(self, text: str) -> None:
            heard.append(with_mend(text))

    model = write_model(folder / "m.onnx", ["cow"], **card)
    survey.detect(images, folder / "out.gpkg", model=model, watcher=Listening())
    return [text for text in heard if "scale" in text or "coarser" in text]


def test_a_model_without_a_scale_says_nothing(tmp_path: Path) -> None:
    assert said(tmp_path, [mosaic(tmp_path / "a.tif", 0.5)]) == []


def test_imagery_within_the_range_needs_no_word(tmp_path: Path) -> None:
    assert said(tmp_path, [mosaic(tmp_path / "a.tif", 0.03)], gsd_range_m=[0.02, 0.05]) == []


def test_coarser_and_finer_imagery_is_said_with_both_numbers_and_a_mend(tmp_path: Path) -> None:
    images = [mosaic(tmp_path / "a.tif", 0.12), mosaic(tmp_path / "b.tif", 0.12), mosaic(tmp_path / "c.tif", 0.01)]
    coarse, fine = said(tmp_path, images, gsd_range_m=[0.02, 0.05])
    for part in ("2 images", "12 cm", "2 cm to 5 cm", "2.4 times smaller", "fly lower"):
        assert part in coarse
    for part in ("1 image with 1 cm", "2 cm to 5 cm", "2.0 times larger", "reduce the imagery to 5 cm"):
        assert part in fine


def test_an_orthomosaic_is_resampled_to_the_scale_of_training_and_needs_no_word(tmp_path: Path) -> None:
    assert said(tmp_path, [mosaic(tmp_path / "a.tif", 0.02)], gsd_m=0.05) == []


def test_photos_have_the_scale_of_their_poses(tmp_path: Path) -> None:
    images = [photo(tmp_path / "a.jpg", 40.0), photo(tmp_path / "b.jpg", 40.0, seed=3)]
    assert said(tmp_path, images, gsd_m=0.45) == []
    (text,) = said(tmp_path, images, gsd_m=0.1)
    assert "2 images with 47 cm a pixel" in text
    assert "fits 6.7 cm to 15 cm" in text


def test_photos_of_unknown_scale_are_said(tmp_path: Path) -> None:
    (text,) = said(tmp_path, [photo(tmp_path / "a.jpg", None)], gsd_m=0.1)
    assert "of unknown scale: 1 image" in text
    assert "10 cm" in text
    assert "--position FILE" in text


def test_the_bundled_model_fits_what_it_was_measured_at() -> None:
    from detector import models

    assert models.open_model("sheep", "cpu", threads=1).info.fits_gsd_m == (0.015, 0.05)


@pytest.mark.parametrize("wrong", [[0.05, 0.02], [0.1], "fine", [0, 1], [0.1, True], [0.1, float("nan")]])
def test_a_range_that_is_none_is_refused(wrong: object) -> None:
    with pytest.raises(ModelError, match="GSD range"):
        ModelInfo("detector", "m", ("cow",), 640, gsd_range_m=wrong)  # type: ignore[arg-type]


def test_a_range_is_kept_in_the_file() -> None:
    info = ModelInfo("detector", "m", ("cow",), 640, gsd_range_m=(0.02, 0.05))
    assert ModelInfo.from_json(info.to_json()) == info
    assert ModelInfo("detector", "m", ("cow",), 640, gsd_m=0.03).fits_gsd_m == pytest.approx((0.02, 0.045))
