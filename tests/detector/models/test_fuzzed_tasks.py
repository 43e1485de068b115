"""Files of `-seg`, `-pose` and `-obb` with shuffled shapes and metadata: each is read to its animals or refused."""

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from detector import models
from detector.errors import ModelError
from tests.detector.models.foreign_files import ANIMALS, CLASSES, SIZE, write

MAPS = 4
EXTRA = {"segment": MAPS, "pose": 6, "obb": 1}  # columns behind the classes: weights, two key points, an angle
FILES_EACH = 30
META = {"names": "{0: 'sheep', 1: 'goat'}", "imgsz": f"[{SIZE}, {SIZE}]", "stride": "32"}
TILE = np.full((1, SIZE, SIZE, 3), 90, np.uint8)


def answers(task: str, final: bool) -> dict[str, NDArray[Any]]:
    """ANIMALS as such a file has them; other classes have low scores, as networks give them."""
    extra = EXTRA[task]
    rows = np.zeros((1, 20 if final else 336, (6 if final else 4 + CLASSES) + extra), np.float32)
    if not final:
        rows[0, :, 4 : 4 + CLASSES] = 0.002
    for row, (x0, y0, x1, y1, score, label) in enumerate(ANIMALS):
        corners = final and task != "obb"
        rows[0, row, :4] = (x0, y0, x1, y1) if corners else ((x0 + x1) / 2, (y0 + y1) / 2, x1 - x0, y1 - y0)
        if final:
            rows[0, row, 4:6] = score, label
        else:
            rows[0, row, 4 + label] = score
        if task == "segment":
            rows[0, row, -MAPS] = 1
        elif task == "pose":
            rows[0, row, -extra:] = (x0, y0, 0.9, x1, y1, 0.8)
    found = {"output0": rows if final else np.ascontiguousarray(rows.transpose(0, 2, 1))}
    if task == "segment":
        found["output1"] = np.ones((1, MAPS, SIZE // 4, SIZE // 4), np.float32)
    return found


def shuffled(chance: random.Random, task: str, final: bool) -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    """Answers and metadata, some of them changed, missing or of half precision."""
    found = answers(task, final)
    match chance.randrange(6):
        case 0 if not final:  # nobody writes finished rows as columns
            found["output0"] = np.ascontiguousarray(found["output0"].transpose(0, 2, 1))
        case 1:
            found["output0"] = found["output0"][..., :-1]
        case 2:
            found = {name: value.astype(np.float16) for name, value in found.items()}
    meta = {
        **META,
        "task": chance.choice([task] * 4 + ["detect", "segment", "pose", "obb"]),
        "kpt_shape": chance.choice(["[2, 3]"] * 4 + ["[17, 3]", "[2, 2]", "[3, 2]", "x"]),
        "end2end": chance.choice(["False", "False", "True", ""]),
        "args": chance.choice([f"{{'nms': {final}}}"] * 3 + ["{}", "{'nms': True}", "{'nms': False}"]),
    }
    return found, {key: value for key, value in meta.items() if chance.random() < 0.9}


@pytest.mark.parametrize("task", EXTRA)
def test_no_file_is_misread(tmp_path: Path, task: str) -> None:
    read = refused = 0
    for number in range(FILES_EACH):
        chance = random.Random(number)
        final = chance.random() < 0.5
        found, meta = shuffled(chance, task, final)
        free = chance.random() < 0.4
        declared = {name: tuple(f"{name}{i}" for i in range(v.ndim)) for name, v in found.items()} if free else None
        path = write(tmp_path / f"m{number}.onnx", found, metadata=meta, declared=declared)
        try:
            seen = models.load(path, device="cpu", threads=1).detect(TILE).in_canonical_order()
        except ModelError:
            refused += 1
            continue
        read += 1
        wanted = sorted(ANIMALS, key=lambda animal: (animal[1], animal[0]))
        assert len(seen) == len(wanted), (number, final, meta)
        np.testing.assert_allclose(seen.boxes, [animal[:4] for animal in wanted], atol=0.1)
        assert seen.labels.tolist() == [animal[5] for animal in wanted]
    assert read > 3
    assert refused > 5
