"""Animals that reach across the overlap of tiles are searched again, by every engine and after every interruption."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from detector import models, survey
from detector.detections import Detections
from detector.search import storage
from detector.search.batches import FittedModel
from detector.search.parts import Journal
from detector.search.timing import Profile
from detector.survey import planning, seam_search
from detector.survey.crash_retry import Asked, _search
from detector.survey.one_image import search_image
from geo import geopackage, raster
from tests.detector.models.spots import SpotModel

SEAMS = "tiles_over_seams"


@pytest.fixture
def spots(monkeypatch: pytest.MonkeyPatch) -> SpotModel:
    model = SpotModel(tile_size=128, overlap=8)
    monkeypatch.setattr(models, "open_model", lambda *_, **__: model)
    return model


def herd(width: int = 500, height: int = 380) -> tuple[NDArray[np.uint8], list[list[float]]]:
    """Long thin animals that stand askew, no two of one grey value; and their boxes, sorted."""
    image = Image.new("L", (width, height), 20)
    draw = ImageDraw.Draw(image)
    rng, animals = np.random.default_rng(3), 0
    for y in range(30, height - 30, 58):
        for x in range(30, width - 30, 58):
            angle, half = rng.uniform(0, np.pi), rng.uniform(18, 26)
            dx, dy = half * np.cos(angle), half * np.sin(angle)
            draw.line([round(end) for end in (x - dx, y - dy, x + dx, y + dy)], fill=100 + animals, width=5)
            animals += 1
    pixels = np.repeat(np.asarray(image)[:, :, None], 3, 2)
    return pixels, sorted(SpotModel().detect(pixels[None]).boxes.tolist())


def boxes(output: Path) -> list[list[float]]:
    return sorted(geopackage.read_detections(output).boxes_px.tolist())


def record(output: Path) -> dict[str, Any]:
    return dict(geopackage.read_runs(output)[-1].settings)


class Hearing(survey.Watcher):
    """Notes what is said; cancels when so many tiles are done."""

    def __init__(self, last: float = np.inf) -> None:
        self.said: list[str] = []
        self.tiles: list[int] = []
        self._last, self._done = last, 0

    def warning(self, text: str) -> None:
        self.said.append(text)

    def planned(self, images: int, tiles: int, tiles_done: int) -> None:
        self.tiles.append(tiles)

    def further(self, images: int, tiles: int) -> None:
        self.tiles.append(tiles)

    def progress(self, progress: Any) -> None:
        self._done = progress.tiles_done

    def cancelled(self) -> bool:
        return self._done >= self._last


def test_animals_on_seams_are_counted_once(spots: SpotModel, tmp_path: Path) -> None:
    pixels, animals = herd()
    Image.fromarray(pixels).save(tmp_path / "a.png")
    watcher = Hearing()
    outcome = survey.detect([tmp_path / "a.png"], tmp_path / "a.gpkg", watcher=watcher)
    assert boxes(tmp_path / "a.gpkg") == animals
    again = record(tmp_path / "a.gpkg")[SEAMS]
    assert watcher.tiles == [outcome.tiles, outcome.tiles + again]
    assert 0 < again < outcome.tiles
    (said,) = watcher.said
    assert f"across the whole overlap of 8 px between tiles: these seams were searched again, in {again} more" in said
    assert "counted twice" not in said
    found, _ = search_image(FittedModel(spots, Profile()), pixels)
    assert sorted(found.boxes.tolist()) == animals


def test_what_is_searched_again_is_bound_to_the_animals(spots: SpotModel, tmp_path: Path) -> None:
    Image.fromarray(np.full((380, 500, 3), 20, np.uint8)).save(tmp_path / "none.png")
    outcome = survey.detect([tmp_path / "none.png"], tmp_path / "a.gpkg")
    assert SEAMS not in record(tmp_path / "a.gpkg")
    assert sum(shape[0] for shape in spots.batches) == outcome.tiles


def test_an_animal_larger_than_a_tile_is_said(spots: SpotModel, tmp_path: Path) -> None:
    pixels = np.full((128, 500, 3), 20, np.uint8)
    pixels[40:80, 60:400] = 150
    Image.fromarray(pixels).save(tmp_path / "a.png")
    watcher = Hearing()
    survey.detect([tmp_path / "a.png"], tmp_path / "a.gpkg", watcher=watcher)
    (said,) = watcher.said
    assert "1 detections are of animals that no tile sees whole, and these may be counted twice: use tiles of" in said


def test_the_same_rows_after_every_interruption(
    spots: SpotModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seam_search, "PHOTO_PIXELS", 0)  # each tile is a unit, so that it can end between two
    pixels, animals = herd()
    for name in ("a", "b"):
        Image.fromarray(pixels).save(tmp_path / f"{name}.png")
    inputs = [tmp_path / "a.png", tmp_path / "b.png"]
    survey.detect(inputs, tmp_path / "whole.gpkg")
    whole, of_whole = boxes(tmp_path / "whole.gpkg"), record(tmp_path / "whole.gpkg")
    output = tmp_path / "resumed.gpkg"
    tiles = 2 * 20 + 1
    assert survey.detect(inputs, output, watcher=Hearing(tiles)).cancelled
    assert not output.exists()
    searched = len(spots.batches)
    assert survey.detect(inputs, output).detections == 2 * len(animals)
    assert (boxes(output), record(output)[SEAMS]) == (whole, of_whole[SEAMS])
    assert len(spots.batches) - searched < of_whole[SEAMS] + 1
    # Nothing is searched by the next run, which says and records the same.
    searched, watcher = len(spots.batches), Hearing()
    survey.detect(inputs, output, watcher=watcher)
    assert len(spots.batches) == searched
    assert record(output)[SEAMS] == of_whole[SEAMS]
    assert any("these seams were searched again" in text for text in watcher.said)
    # A part of a seam that was damaged is searched again.
    journal = Journal(storage.folder(str(planning.work_folder(output) / "parts")))
    files = sorted(planning.work_folder(output).glob("parts/*/*.part"))
    for file in files:
        file.write_bytes(file.read_bytes()[:-1])
    assert survey.detect(inputs, output).pending == 2
    survey.detect(inputs, output)
    assert boxes(output) == whole
    assert len(journal.done()) == len(files)


def test_an_orthomosaic_of_several_blocks(spots: SpotModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "BLOCK_PIXELS", 128 * 260)
    pixels, animals = herd()
    place = (0.1, 0, 500_000, 0, -0.1, 9_000_000)
    strips = iter([pixels])
    raster.write_geotiff(tmp_path / "a.tif", strips, 500, 380, place, None, compress="deflate", overviews=False)
    survey.detect([tmp_path / "a.tif"], tmp_path / "a.gpkg")
    assert boxes(tmp_path / "a.gpkg") == animals


def test_what_died_at_a_seam_is_searched_alone(
    spots: SpotModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Image.fromarray(herd()[0]).save(tmp_path / "a.png")
    output = tmp_path / "a.gpkg"
    survey.detect([tmp_path / "a.png"], output)
    journal = Journal(storage.folder(str(planning.work_folder(output) / "parts")))
    # The parts of the seams are those that the plan does not have.
    asked = Asked(output, None, False, None, "cpu", survey.Settings())
    keys = journal.done()
    for key in keys:
        part = journal.read(key)
        assert part is not None
        if part.tiles != 20:
            (planning.work_folder(output) / "parts" / key[:2] / f"{key}.part").unlink()
    left = journal.done()
    assert len(left) < len(keys)
    _search(asked, tmp_path / "a.png", list(keys))
    assert journal.done() == keys


class Capped(SpotModel):
    """As `SpotModel`, but it gives at most three animals in a tile."""

    any_size = True

    def detect_and_tell(self, tiles: NDArray[np.uint8]) -> tuple[Detections, NDArray[np.bool_]]:
        every = self.detect(tiles)
        nth = np.concatenate([np.arange(n) for n in np.bincount(every.tiles, minlength=len(tiles))])
        return every[nth < 3], np.bincount(every.tiles, minlength=len(tiles)) >= 3


def test_tiles_searched_in_smaller_ones_are_recorded_on_resume_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = Capped(tile_size=256, overlap=32)
    monkeypatch.setattr(models, "open_model", lambda *_, **__: model)
    pixels, _ = herd()
    for name in ("a", "b"):
        Image.fromarray(pixels).save(tmp_path / f"{name}.png")
    inputs, output = [tmp_path / "a.png", tmp_path / "b.png"], tmp_path / "a.gpkg"
    survey.detect(inputs[:1], output)
    one = record(output)["tiles_searched_smaller"]
    watcher = Hearing()
    survey.detect(inputs, output, watcher=watcher)
    assert record(output)["tiles_searched_smaller"] == 2 * one > 0
    assert any(text.startswith(f"{2 * one} tiles reached the most detections") for text in watcher.said)
