"""A tile with more animals than a model can give at once is searched in smaller tiles, and none is lost or doubled."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from detector import models
from detector.detections import Detections
from detector.models.info import ModelInfo
from detector.search.batches import FittedModel
from detector.search.smaller_tiles import SmallerTiles
from detector.search.timing import Profile
from tests.detector.models import constant_answer


class Spots:
    """A detector of white spots that gives at most `most` in a tile, those from the top. See `cap.Capped`."""

    def __init__(self, most: int, any_size: bool) -> None:
        self.most, self.any_size = most, any_size
        self.shapes: set[tuple[int, ...]] = set()

    def detect_and_tell(self, tiles: NDArray[np.uint8]) -> tuple[Detections, NDArray[np.bool_]]:
        parts, full = [], []
        self.shapes.add(tiles.shape[1:3])
        for number, tile in enumerate(tiles):
            white = np.pad(tile[..., 0] > 128, 1)
            first = white & ~np.roll(white, 1, 0) & ~np.roll(white, 1, 1)  # the top left pixel of each spot
            places = np.argwhere(first) - 1
            boxes = []
            for y, x in places[: self.most].tolist():
                right, bottom = white[y + 1, x + 1 :].argmin(), white[y + 1 :, x + 1].argmin()
                boxes.append((x, y, x + int(right), y + int(bottom)))
            parts.append(Detections.of(boxes, np.full(len(boxes), 0.9), np.zeros(len(boxes)), number))
            full.append(len(places) >= self.most)
        return Detections.concatenate(parts), np.array(full)


def herd(size: int, step: int, wide: int = 8, high: int = 6) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    tile = np.zeros((size, size, 3), np.uint8)
    corners = [(x, y) for y in range(5, size - high, step) for x in range(3, size - wide, step)]
    for x, y in corners:
        tile[y : y + high, x : x + wide] = 255
    return tile, np.array([(x, y, x + wide, y + high) for x, y in corners], np.float32)


@pytest.mark.parametrize("most", [10, 60, 300, 5000])
@pytest.mark.parametrize("any_size", [True, False])
@pytest.mark.parametrize(("size", "step"), [(640, 19), (333, 13)])
def test_each_animal_is_found_once(most: int, any_size: bool, size: int, step: int) -> None:
    tile, boxes = herd(size, step)
    few = np.zeros_like(tile)
    few[50:60, 70:90] = 255
    model = Spots(most, any_size)
    smaller = SmallerTiles(model, overlap=32)
    found, again = smaller.detect_and_count(np.stack([few, tile, few]))
    assert np.bincount(found.tiles, minlength=3)[[0, 2]].tolist() == [1, 1]
    there = found[found.tiles == 1].in_canonical_order()
    said = " ".join(again.remarks)
    if len(boxes) < most:
        assert not said
        assert model.shapes == {(size, size)}
    else:
        assert "1 tile reached the most detections" in said
        assert any_size is (len(model.shapes) > 1)
    if "missing" in said:
        assert most == 10  # more than that are in the smallest tiles
        assert len(there) < len(boxes)
    else:
        order = np.lexsort((boxes[:, 0], boxes[:, 1]))
        np.testing.assert_array_equal(there.boxes, boxes[order])


@pytest.mark.parametrize("told", [True, False])
def test_a_file_that_says_its_cap_is_searched_again(tmp_path: Path, told: bool) -> None:
    info = ModelInfo("detector", "m", ("sheep",), 256, overlap=32, cap_per_tile=2)
    answers: dict[str, NDArray[Any]] = {
        "boxes": np.array([[10, 10, 30, 30], [50, 20, 70, 40]], np.float32),
        "scores": np.array([0.9, 0.8], np.float32),
        "labels": np.zeros(2, np.int64),
        "batch_index": np.zeros(2, np.int64),
    }
    if told:
        answers["full"] = np.array([0], np.int64)
    path = constant_answer.write(tmp_path / "m.onnx", answers, {"herdmap": info.to_json()})
    model = FittedModel(models.load(path, device="cpu"), Profile())
    _, again = model.detect_and_count(np.zeros((1, 256, 256, 3), np.uint8))
    assert again.tiles == (not told)
    assert ("searched again in smaller tiles" in " ".join(again.remarks)) is not told
    assert not model.remarks


def test_the_bundled_model_says_its_cap() -> None:
    model = models.load(device="cpu")
    assert model.info.cap_per_tile == 1000
    assert json.loads(model.info.to_json())["cap_per_tile"] == 1000
