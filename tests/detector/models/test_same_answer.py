"""The bundled model gives the same answer for the same picture on every system.

`same_answer/sheep.png` is a simulated picture, stored without loss: no JPEG library stands between. `sheep.json` has
what was found in it on Linux: xmin, ymin, xmax, ymax in px, and the score, down to 0.25. It was written once, and is
written anew only with another bundled model.
"""

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import herdmap

FILES = Path(__file__).parent / "same_answer"
FLOOR = 0.25
BOX_PX, SCORE = 0.5, 0.02  # how far processors, systems and versions of ONNX Runtime may differ


def test_the_boxes_and_scores_are_those_of_every_other_system() -> None:
    expected = np.array(json.loads((FILES / "sheep.json").read_text(encoding="utf-8")))
    found = herdmap.Model.load(device="cpu").predict(FILES / "sheep.png", score=FLOOR)
    mine = np.column_stack([found.boxes_px, found.score])
    assert len(expected) >= 10
    differences = np.abs(expected[:, None] - mine[None])
    boxes: NDArray[np.bool_] = np.all(differences[..., :4] <= BOX_PX, axis=2)
    same = boxes & (differences[..., 4] <= SCORE)
    # One at the floor may fall below it elsewhere.
    assert np.any(same, axis=1)[expected[:, 4] > FLOOR + SCORE].all()
    assert np.any(same, axis=0)[mine[:, 4] > FLOOR + SCORE].all()
