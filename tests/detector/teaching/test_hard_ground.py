"""Ground that is taken for animals, and that is learnt from then."""

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from detector.detections import Detections
from detector.labels.labelled import LabelledImage

pytest.importorskip("torch")

from detector.teaching import patches
from detector.teaching.hard_ground import Hard, hard_ground
from detector.teaching.lessons import Lesson

SIDE = 2000  # px: several windows
ANIMAL, STONE, FAR_STONE = (100, 100), (300, 120), (1900, 1900)


def bright(tiles: NDArray[np.uint8]) -> Detections:
    """Finds all bright squares: animals and stones."""
    middles = np.array([(x, y) for y in range(0, tiles.shape[1], 20) for x in range(0, tiles.shape[2], 20)
                        if tiles[0, y, x].min() > 200], np.float32).reshape(-1, 2)  # fmt: skip
    boxes = np.hstack([middles - 10, middles + 10]).astype(np.float32)
    n = len(boxes)
    return Detections.of(boxes, np.full(n, 0.8, np.float32), np.zeros(n, np.int64), np.zeros(n, np.int64))


@pytest.fixture(scope="module")
def lesson(tmp_path_factory: pytest.TempPathFactory) -> Lesson:
    pixels = np.zeros((SIDE, SIDE, 3), np.uint8)
    for x, y in (ANIMAL, STONE, FAR_STONE):
        pixels[y - 9 : y + 10, x - 9 : x + 10] = 255
    path = tmp_path_factory.mktemp("hard") / "photo.png"
    Image.fromarray(pixels).save(path)
    boxes = np.array([[ANIMAL[0] - 10, ANIMAL[1] - 10, ANIMAL[0] + 10, ANIMAL[1] + 10]], np.float32)
    photo = LabelledImage(path, SIDE, SIDE, "", boxes, np.zeros(1, np.int64), np.zeros(1, bool))
    return Lesson(photo, "0", np.zeros((0, 4), np.float32), "s")


def test_mistakes_on_patches_and_on_ground_that_was_left_out_are_learnt(lesson: Lesson) -> None:
    chosen, _ = patches.chosen_windows([lesson], 1.0)
    windows = [window for window in chosen if window.box[0] == 0 and window.box[1] == 0]
    spare = [window for window in chosen if window not in windows]
    known = patches.cut([lesson], windows, 1.0)
    hard = hard_ground(known, spare, [lesson], 1.0, bright)
    assert (0, *STONE) in hard.middles
    assert not any(number == 0 and (x, y) == ANIMAL for number, x, y in hard.middles)
    assert len(hard.windows) == 1
    after = hard.among(known, [lesson], 1.0)
    assert len(after) == 2
    corner = hard.windows[0].box[:2]
    np.testing.assert_allclose(after[1].rejected + corner, [FAR_STONE])
    assert not len(known[0].rejected)  # what is given stays as it is
    again = Hard.of(hard.plain())
    assert (again.windows, again.middles) == (hard.windows, hard.middles)
