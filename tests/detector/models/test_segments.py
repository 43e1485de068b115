"""A detection of a `-seg` file without a pixel of its segment is no detection, as in Ultralytics."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from detector import models
from detector.errors import ModelError
from detector.models.layouts.segments import with_pixels
from tests.detector.models.foreign_files import write

SIDE = 128
MAPS = 4
META = {"names": "{0: 'seal'}", "imgsz": f"[{SIDE}, {SIDE}]", "task": "segment", "stride": "32", "end2end": "False"}
SEALS = [(10, 10, 40, 30, 0.9), (60, 60, 90, 100, 0.8), (100, 10, 120, 30, 0.7)]


def answers(final: bool) -> dict[str, NDArray[Any]]:
    """Three seals. The segment of the second lies outside its box."""
    rows = np.zeros((1, 20 if final else 336, 6 + MAPS if final else 5 + MAPS), np.float32)
    maps = np.full((1, MAPS, SIDE // 4, SIDE // 4), -1, np.float32)
    maps[0, 0, 3:7, 3:9], maps[0, 1, 2:5, 2:5], maps[0, 2, 4:6, 26:29] = 1, 1, 1
    for row, (x0, y0, x1, y1, score) in enumerate(SEALS):
        box = [x0, y0, x1, y1, score, 0] if final else [(x0 + x1) / 2, (y0 + y1) / 2, x1 - x0, y1 - y0, score]
        rows[0, row] = [*box, *np.eye(MAPS)[row]]
    return {"output0": rows if final else np.ascontiguousarray(rows.transpose(0, 2, 1)), "output1": maps}


@pytest.mark.parametrize("final", [False, True])
def test_a_detection_without_a_pixel_is_left_out(tmp_path: Path, final: bool) -> None:
    meta = {**META, "args": str({"nms": final})}
    path = write(tmp_path / "m.onnx", answers(final), tiles=(1, 3, SIDE, SIDE), metadata=meta)
    found = models.load(path, "cpu").detect(np.zeros((1, SIDE, SIDE, 3), np.uint8)).in_canonical_order()
    np.testing.assert_allclose(found.boxes, [SEALS[0][:4], SEALS[2][:4]], atol=0.01)


@pytest.mark.parametrize(("change", "said"), [(np.nan, "no finite numbers"), (None, "expected \\(1, 4, height")])
def test_maps_that_do_not_fit_are_an_error(tmp_path: Path, change: float | None, said: str) -> None:
    given = answers(True)
    given["output1"] = given["output1"][:, :, 0] if change is None else given["output1"] * np.float32(change)
    declared = {"output1": (1, MAPS, "h", "w")} if change is not None else {"output1": (1, MAPS, "w")}
    meta = {**META, "args": "{'nms': True}"}
    path = write(tmp_path / "m.onnx", given, tiles=(1, 3, SIDE, SIDE), metadata=meta, declared=declared)
    with pytest.raises(ModelError, match=said):
        models.load(path, "cpu").detect(np.zeros((1, SIDE, SIDE, 3), np.uint8))


def test_segments_are_drawn_as_torch_enlarges_them() -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed: pip install 'herdmap[torch]'")
    rng = np.random.default_rng(0)
    maps = rng.normal(-0.8, 1, (MAPS, 24, 40)).astype(np.float32)
    weights = rng.uniform(0, 1, (300, MAPS)).astype(np.float32)
    low = rng.uniform(-4, [155, 91], (300, 2))
    boxes = np.concatenate([low, low + rng.uniform(1, 12, (300, 2))], axis=1).astype(np.float32)
    sums = torch.from_numpy(np.tensordot(weights, maps, 1))[None]
    drawn = torch.nn.functional.interpolate(sums, (96, 160), mode="bilinear")[0].numpy() > 0
    y, x = np.mgrid[:96, :160]
    wanted = [
        bool(d[(x >= a) & (x < c) & (y >= b) & (y < e)].any()) for d, (a, b, c, e) in zip(drawn, boxes, strict=True)
    ]
    found = with_pixels(boxes, weights, maps, (96, 160))
    assert found.tolist() == wanted
    assert 30 < sum(wanted) < 270
