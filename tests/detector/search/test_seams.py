"""Boxes that no tile sees completely are told from those that the next tile sees."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from detector import survey
from detector.detections import Detections
from detector.models.info import ModelInfo
from detector.search.seams import across
from detector.search.tiles import TileGrid
from geo import raster
from tests.detector.models import constant_answer

GRID = TileGrid(560, 560, 320, 80)  # two tiles along each axis: 0 to 320, 240 to 560


@pytest.mark.parametrize(
    ("box", "tile", "boxes", "length"),
    [
        ((200, 50, 320, 90), 0, 1, 120),  # reaches from before the next tile to the edge
        ((250, 50, 320, 90), 0, 0, 0),  # the next tile sees it whole
        ((240, 50, 350, 90), 1, 1, 110),  # its other piece
        ((240, 50, 300, 90), 1, 0, 0),
        ((50, 230, 80, 320), 0, 1, 90),
        ((50, 240, 80, 345), 2, 1, 105),
        ((100, 100, 280, 280), 0, 0, 0),  # large, and not cut
        ((100, 210, 320, 320), 0, 1, 220),  # at a corner
    ],
)
def test_a_box_across_the_overlap(box: tuple[int, ...], tile: int, boxes: int, length: int) -> None:
    there = np.array([box], np.float32)
    seen = Detections.of(there, [0.9], [0], [tile], GRID.edges(there, np.array([tile], np.int32)))
    assert across(seen, GRID) == (boxes, length)


def test_many_together() -> None:
    there = np.array([(200, 50, 320, 90), (10, 10, 30, 30), (240, 50, 350, 90)], np.float32)
    tiles = np.array([0, 0, 1], np.int32)
    seen = Detections.of(there, [0.9] * 3, [0] * 3, tiles, GRID.edges(there, tiles))
    assert across(seen, GRID) == (2, 120)
    assert across(Detections.empty(), GRID) == (0, 0)


@pytest.mark.parametrize(("left", "said"), [(70, "2 boxes reach across the whole overlap of 32 px"), (100, "")])
def test_a_run_says_that_animals_are_longer_than_the_overlap(tmp_path: Path, left: int, said: str) -> None:
    # In each of the three tiles there is the same box at the right edge.
    answers: dict[str, NDArray[Any]] = {
        "boxes": np.array([[left, 10, 128, 40]], np.float32),
        "scores": np.array([0.9], np.float32),
        "labels": np.zeros(1, np.int64),
        "batch_index": np.zeros(1, np.int64),
    }
    info = ModelInfo("detector", "m", ("sheep",), 128, overlap=32, batch_size=1)
    model = constant_answer.write(tmp_path / "m.onnx", answers, {"herdmap": info.to_json()})
    raster.write_jpeg(tmp_path / "a.jpg", np.full((128, 320, 3), 90, np.uint8))
    warnings: list[str] = []

    class Listening(survey.Watcher):
        def warning(self, text: str) -> None:
            warnings.append(text)

    survey.detect([tmp_path / "a.jpg"], tmp_path / "a.gpkg", model=model, watcher=Listening())
    found = [text for text in warnings if "across the whole overlap" in text]
    assert [text[: len(said)] for text in found] == ([said] if said else [])
    assert not said or "use tiles of 144 px or more, and an overlap of 72 px" in found[0]
