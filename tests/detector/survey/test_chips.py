"""Chips: one for each animal, of its own pixels, whichever tile and unit saw it best."""

import io
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from detector import survey
from detector.detections import Detections
from detector.search.merge import merge
from detector.search.tiles import TileGrid
from detector.search.timing import Profile
from detector.search.units import Unit
from detector.survey import planning
from detector.survey.chips import chip_maker, chips_of, chips_of_animals
from geo import geopackage
from geo.simulation import SurveySettings, render_scene

HALF = np.array([0.5], np.float32)


def views_of(boxes: NDArray[np.float64], grid: TileGrid) -> Detections:
    """What tiles that see everything see of boxes: in each tile, each box, cut at the tile's edge."""
    tile, box = np.nonzero(
        (np.minimum(grid.boxes[:, None, 2:], boxes[:, 2:]) - np.maximum(grid.boxes[:, None, :2], boxes[:, :2]) > 4).all(
            2
        )
    )
    low, high = np.maximum(grid.boxes[tile, :2], boxes[box, :2]), np.minimum(grid.boxes[tile, 2:], boxes[box, 2:])
    seen = np.concatenate([low, high], axis=1).astype(np.float32)
    return Detections.of(
        seen, 0.6 + 0.01 * (tile % 7), np.zeros(len(tile)), tile, grid.edges(seen, tile.astype(np.int32))
    )


def test_an_animal_that_four_tiles_see_gets_one_chip_of_its_own_pixels() -> None:
    grid = TileGrid(200, 200, 120, 40)
    animals = np.array([[90, 90, 110, 110], [20, 30, 44, 50]], float)
    pixels = np.full((200, 200, 3), 40, np.uint8)
    pixels[90:110, 90:110], pixels[30:50, 20:44] = (200, 60, 60), (60, 60, 200)
    unit = Unit(0, grid, next(iter(grid.blocks(1 << 20))))
    seen = views_of(animals, grid)
    weak = Detections.of([[150, 150, 170, 170]], [0.4], [0], [3])
    chips = chip_maker(HALF, Profile())(unit, pixels, Detections.concatenate([seen, weak]))
    assert len(seen) == 5, "four tiles see the first animal"
    assert sum(chip is not None for chip in chips) == 2
    merged = merge(seen, grid)
    for box, chip in zip(merged.detections.boxes.astype(int), (chips[i] for i in merged.best_view), strict=True):
        assert chip is not None
        picture = np.asarray(Image.open(io.BytesIO(chip))).astype(int)
        middle = pixels[box[1:4:2].sum() // 2, box[0:4:2].sum() // 2].astype(int)
        side = len(picture) // 2
        assert np.abs(picture[side - 4 : side + 4, side - 4 : side + 4] - middle).max() < 40


def test_animals_of_a_raster_in_several_units_all_have_chips_with_any_threshold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PHOTO_PIXELS", "BLOCK_PIXELS"):
        monkeypatch.setattr(planning, name, 250_000)
    settings = SurveySettings(seed=4, width_m=20, height_m=16, gsd_m=0.025, animals=40, flocks=3)
    pixels, _, _ = render_scene(settings)
    Image.fromarray(pixels).save(tmp_path / "a.png")

    def chips_by_box(output: Path, score: float | None) -> dict[tuple[float, ...], bytes | None]:
        survey.detect(tmp_path / "a.png", output, settings=survey.Settings(tile_size=320, overlap=96, score=score))
        rows = geopackage.read_detections(output, chips=True)
        assert rows.chip is not None
        return dict(zip(map(tuple, rows.boxes_px.tolist()), rows.chip, strict=True))

    usual = chips_by_box(tmp_path / "usual.gpkg", None)
    score = float(np.median(geopackage.read_detections(tmp_path / "usual.gpkg").score))
    assert all(usual.values()), "every animal has a chip"
    # The same units, looked at with another threshold: the chips that are there serve it too.
    higher = chips_by_box(tmp_path / "usual.gpkg", score)
    assert 5 < len(higher) < len(usual)
    assert all(higher.values())
    assert higher == chips_by_box(tmp_path / "new.gpkg", score)


def test_where_the_best_view_has_no_chip_the_one_most_like_it_serves() -> None:
    seen = Detections.of([[0, 0, 20, 20], [1, 0, 20, 20], [3, 3, 20, 20], [50, 50, 70, 70]], [0.9] * 4, [0] * 4)
    animals = seen[np.array([0, 3])]
    best, one = np.array([0, 3]), np.zeros(4, np.int64)
    found = chips_of_animals(animals, best, seen, [None, b"near", b"far", None], one)
    assert found == [b"near", None]
    assert chips_of_animals(animals, best, seen, [b"own", b"near", None, b"its"], one) == [b"own", b"its"]
    assert chips_of_animals(animals, best, seen, [None] * 4, one) == [None, None]
    # What another image shows there is no picture of it.
    found = chips_of_animals(animals, best, seen, [None, b"near", b"far", None], np.array([0, 1, 0, 1]))
    assert found == [b"far", None]


def test_what_cannot_be_read_has_no_chip_and_what_was_read_before_has(tmp_path: Path) -> None:
    boxes = np.array([[10, 10, 30, 30], [40, 40, 60, 60]], np.float32)
    noise = np.random.default_rng(0).integers(0, 256, (600, 400, 3), np.uint8)
    Image.fromarray(noise).save(tmp_path / "a.jpg")
    assert all(chips_of(tmp_path / "a.jpg", boxes))
    (tmp_path / "b.jpg").write_bytes(b"no picture")
    assert chips_of(tmp_path / "b.jpg", boxes) == [None, None]
