"""The bundled model through the whole of tiling and merging: the count must not depend on how a raster was cut."""

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from detector import models
from detector.detections import Detections
from detector.evaluation import JudgedImage, judge
from detector.search import infer
from detector.search.merge import merge
from detector.search.tiles import TileGrid
from detector.search.units import Unit
from geo.simulation import SurveySettings, render_scene
from tests.detector.search.test_infer import ArrayReader

CUTS = (400, 640, 1024)


def count(pixels: NDArray[np.uint8], model: models.Model, tile: int) -> Detections:
    """What `detect` finds in an image with tiles of this size."""
    height, width = pixels.shape[:2]
    grid = TileGrid(width, height, tile, model.info.overlap if tile < max(width, height) else 0)
    units = [Unit(0, grid, block) for block in grid.blocks(1 << 40)]
    (result,) = infer.detect([units], lambda _: ArrayReader(pixels), model, batch_size=2 if tile < 2000 else 1)
    seen = result.detections
    return merge(seen[seen.scores >= model.info.thresholds()[seen.labels]], grid).detections


def assert_same_animals_however_cut(pixels: NDArray[np.uint8], least: int) -> Detections:
    model = models.load(device="cpu")
    whole = count(pixels, model, max(pixels.shape))
    counts = {tile: len(count(pixels, model, tile)) for tile in CUTS}
    assert len(whole) >= least
    for tile, n in counts.items():
        assert abs(n / len(whole) - 1) <= 0.01, f"tile {tile}: {counts}, in one tile {len(whole)}"
    return whole


def test_a_simulated_orthomosaic_cut_differently_gives_the_same_animals() -> None:
    settings = SurveySettings(seed=5, width_m=65, height_m=60, gsd_m=0.025, animals=220)
    pixels, true, _ = render_scene(settings)
    found = assert_same_animals_however_cut(pixels, least=200)
    score = judge([JudgedImage(found.boxes, found.scores, true)], threshold=0.0)
    assert score.f1 >= 0.9


@pytest.mark.realdata
def test_a_mosaic_of_real_photos_cut_differently_gives_the_same_animals(realdata: Path) -> None:
    images = []
    for split in ("train", "val"):
        listed = json.loads((realdata / "sheep" / f"{split}.json").read_text(encoding="utf-8"))["images"]
        images += [i["file_name"] for i in listed[:: 6 if split == "train" else 2]]
    photos = [np.asarray(Image.open(realdata / "sheep" / "images" / name).convert("RGB")) for name in images]
    rows = [np.concatenate(photos[i : i + 5], axis=1) for i in range(0, len(photos) - 4, 5)]
    assert_same_animals_however_cut(np.concatenate(rows), least=400)
