"""One rule for EXIF's orientation: photos are read as they are stored, and labels are brought onto that."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageOps

from detector.labels.coco import read_coco
from detector.labels.orientation import TURNED, UNKNOWN, as_stored
from geo import raster

# Stored: a white spot at x 30 to 50, y 10 to 20 of a black picture of 80 x 60 px.
SPOT = (30, 10, 50, 20)


def photo(path: Path, orientation: int | None, size: tuple[int, int] = (80, 60)) -> Path:
    pixels = np.zeros((size[1], size[0], 3), np.uint8)
    pixels[SPOT[1] : SPOT[3], SPOT[0] : SPOT[2]] = 255
    image = Image.fromarray(pixels)
    exif = Image.Exif()
    if orientation is not None:
        exif[0x0112] = orientation
    lossy: dict[str, Any] = {"quality": 100, "subsampling": 0} if path.suffix == ".jpg" else {}
    image.save(path, exif=exif, **lossy)
    return path


def labels_as_shown(path: Path) -> Path:
    """What a person draws in a program that turns the photo: around the spot that they see."""
    with Image.open(path) as image:
        shown = np.asarray(ImageOps.exif_transpose(image).convert("L")) > 128
    y, x = np.nonzero(shown)
    box = [int(x.min()), int(y.min()), int(np.ptp(x)) + 1, int(np.ptp(y)) + 1]
    document = {
        "images": [{"id": 1, "file_name": path.name, "width": shown.shape[1], "height": shown.shape[0]}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": box}],
        "categories": [{"id": 1, "name": "sheep"}],
    }
    (path.parent / "labels.json").write_text(json.dumps(document))
    return path.parent / "labels.json"


@pytest.mark.parametrize("orientation", [None, 1, 5, 6, 7, 8])
@pytest.mark.parametrize("suffix", ["jpg", "tif", "png", "webp"])
def test_labels_on_the_turned_picture_are_turned_back(tmp_path: Path, suffix: str, orientation: int | None) -> None:
    path = photo(tmp_path / f"a.{suffix}", orientation)
    (drawn,) = read_coco(labels_as_shown(path), tmp_path, ("sheep",))
    stored = as_stored(drawn, raster.inspect(path))
    assert (stored.width, stored.height) == (80, 60)
    assert stored.boxes_px.tolist() == [list(SPOT)]
    assert [what for what, _ in stored.odd] == ([TURNED] if orientation in (5, 6, 7, 8) else [])


@pytest.mark.parametrize("orientation", [2, 3, 4, 6])
def test_labels_on_the_stored_picture_stay(tmp_path: Path, orientation: int) -> None:
    path = photo(tmp_path / "a.jpg", orientation)
    (drawn,) = read_coco(labels_as_shown(photo(tmp_path / "a.jpg", None)), tmp_path, ("sheep",))
    photo(path, orientation)
    stored = as_stored(drawn, raster.inspect(path))
    assert stored.boxes_px.tolist() == [list(SPOT)]
    assert [what for what, _ in stored.odd] == ([UNKNOWN] if orientation < 5 else [])


def test_a_square_photo_that_is_turned_is_said_to_be_unknown(tmp_path: Path) -> None:
    path = photo(tmp_path / "a.jpg", 6, (60, 60))
    (drawn,) = read_coco(labels_as_shown(path), tmp_path, ("sheep",))
    assert [what for what, _ in as_stored(drawn, raster.inspect(path)).odd] == [UNKNOWN]


def test_labels_without_a_size_get_the_stored_one_and_of_another_size_stay(tmp_path: Path) -> None:
    path = photo(tmp_path / "a.jpg", 6)
    (drawn,) = read_coco(labels_as_shown(path), tmp_path, ("sheep",))
    unsized = as_stored(replace(drawn, width=0, height=0), raster.inspect(path))
    assert (unsized.width, unsized.height) == (80, 60)
    other = replace(drawn, width=600, height=800)
    assert as_stored(other, raster.inspect(path)) is other
