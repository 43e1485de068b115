"""Detectron2 detectors as portable files: the same answers in ONNX Runtime, without torch or Detectron2."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

# First what is missing more often: to load torch takes seconds.
pytest.importorskip("detectron2", reason="Detectron2 is not installed")
torch = pytest.importorskip("torch")

from detector import models  # noqa: E402
from detector.models.detectron2.export import triangle_filter  # noqa: E402
from detector.models.export import export_model  # noqa: E402
from tests.detector.models.detectron2_models import FASTER_RCNN, TILE, TRIDENTNET, tiles_of, write_model  # noqa: E402


@pytest.mark.parametrize(("size", "scaled"), [(224, 280), (600, 800), (800, 600), (333, 100), (7, 3)])
def test_the_filter_resamples_as_pillow_does(size: int, scaled: int) -> None:
    from PIL import Image

    pixels = np.random.default_rng(size).integers(0, 256, (size, size), dtype=np.uint8)
    expected = np.asarray(Image.fromarray(pixels).resize((scaled, scaled), Image.Resampling.BILINEAR))
    weights = triangle_filter(size, scaled)
    along = torch.floor(torch.from_numpy(pixels).double() @ weights.T + 0.5)
    found = torch.floor(weights @ along + 0.5).numpy()
    np.testing.assert_array_equal(found, expected)


def export(config: Path, tiles: np.ndarray, batch_size: int | None = None) -> tuple[Path, dict[str, float]]:
    said: list[str] = []
    output = config.with_suffix(".onnx")
    export_model(config, output, lambda size: tiles, batch_size=batch_size, say=said.append)
    print(*said)
    return output, models.load(output, "cpu").info.metrics["export"]


@pytest.mark.parametrize(("config", "batch"), [(FASTER_RCNN, 2), (TRIDENTNET, 1)], ids=["faster R-CNN", "TridentNet"])
def test_an_exported_file_answers_as_the_original(config: str, batch: int, tmp_path: Path) -> None:
    output, metrics = export(write_model(tmp_path, config), tiles_of(None, 4), batch)
    assert metrics["detections"] > 20
    info = models.load(output, "cpu").info
    assert (info.batch_size, info.classes[1], info.tile_size) == (batch, "elephant", TILE)


@pytest.mark.realdata
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("config", [FASTER_RCNN, TRIDENTNET], ids=["faster R-CNN", "TridentNet"])
def test_an_exported_file_answers_as_the_original_on_real_tiles(config: str, tmp_path: Path, realdata: Path) -> None:
    tiles = tiles_of(realdata / "sheep" / "images", 20)
    output, metrics = export(write_model(tmp_path, config), tiles)
    assert metrics["tiles"] == 20
    assert metrics["detections"] > 100
    # A process that may import neither answers, too.
    np.save(tmp_path / "tiles.npy", tiles[:1])
    script = """
import json, sys
import numpy as np
sys.modules["torch"] = sys.modules["detectron2"] = None
from detector import models
print(json.dumps(len(models.load(sys.argv[1], "cpu").detect(np.load(sys.argv[2])))))
"""
    command = [sys.executable, "-c", script, str(output), str(tmp_path / "tiles.npy")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) > 0
