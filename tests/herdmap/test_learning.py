"""Training and judging through the front door: plain arguments in, values out, log lines on the way."""

import json
import logging
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import herdmap
from geo.simulation import Survey as SimulatedSurvey
from tests.detector.models.spots import scene

CONFIG = """
classes = ["sheep"]
workers = 0
device = "cpu"
[[data]]
coco = "labels.json"
images = "."
[output]
folder = "run"
name = "blobs"
tile_size = 96
overlap = 32
[schedule]
steps = 4
batch = 2
crop_px = 64
warm_up_steps = 1
[model]
stem = 16
widths = [16, 16, 16]
depths = [1, 1, 1]
head = 16
[tracking]
mlflow = false
tensorboard = false
every_steps = 1
"""


def labelled(folder: Path, photos: int = 3) -> Path:
    """Photos with rectangles, and their COCO file."""
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for number in range(photos):
        pixels, boxes = scene(160, 128, 8, seed=number, extent=(14, 26))
        Image.fromarray(pixels).save(folder / f"{number}.png")
        images.append({"id": number, "file_name": f"{number}.png", "width": 160, "height": 128, "flight": str(number)})
        for x0, y0, x1, y1 in boxes.tolist():
            box = [x0, y0, x1 - x0, y1 - y0]
            annotations.append({"id": len(annotations), "image_id": number, "category_id": 1, "bbox": box})
    document = {"images": images, "annotations": annotations, "categories": [{"id": 1, "name": "sheep"}]}
    (folder / "labels.json").write_text(json.dumps(document))
    return folder / "labels.json"


def test_a_model_is_trained_and_can_be_used(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    pytest.importorskip("torch")
    pytest.importorskip("onnx")
    labelled(tmp_path)
    (tmp_path / "train.toml").write_text(CONFIG)
    with caplog.at_level(logging.INFO, logger="herdmap"):
        path = herdmap.train(str(tmp_path / "train.toml"))
    assert any("0 of 4 steps are done" in line for line in caplog.messages)
    model = herdmap.Model.load(path, device="cpu")
    assert model.info.classes == ("sheep",)
    assert model.predict(np.zeros((64, 64, 3), np.uint8), score=1.0).columns[0] == "class"


def test_what_a_training_warns_of_is_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torch")
    labelled(tmp_path)
    monkeypatch.setattr("detector.training.find_spec", lambda name: None if name == "mlflow" else True)
    (tmp_path / "train.toml").write_text(CONFIG.replace("mlflow = false", "mlflow = true"))
    with pytest.warns(herdmap.HerdmapWarning, match="MLflow will not get reports of this run"):
        herdmap.train(tmp_path / "train.toml")


def test_a_model_is_judged_on_labelled_photos(sample: SimulatedSurvey, tmp_path: Path) -> None:
    pytest.importorskip("pycocotools", reason="the evaluate extra is not installed: pip install 'herdmap[evaluate]'")
    done = herdmap.evaluate("sheep", str(sample.truth_json), str(sample.folder), str(tmp_path / "report"), device="cpu")
    assert (done.folder / "report.html").is_file()
    assert done.metrics["classes"]["sheep"]["counts"]["true"] == 25
    assert done.metrics["classes"]["sheep"]["counts"]["counted"] == len(done.survey.animals())


def test_a_configuration_that_is_not_there_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(herdmap.Error, match="cannot read the training config"):
        herdmap.train(tmp_path / "none.toml")
