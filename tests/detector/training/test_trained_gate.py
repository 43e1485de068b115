"""A tile classifier that `herdmap train` made of fastai's, as the gate that it is for."""

# ruff: noqa: E402  (nothing of the project's that needs torch may be imported before torch is known to be there)

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

torch = pytest.importorskip("torch", reason="the torch extra is not installed: pip install 'herdmap[torch]'")
pytest.importorskip("fastai", reason="the fastai extra is not installed: pip install 'herdmap[fastai]'")

from torchvision.models import resnet18

from detector import survey
from detector.evaluation import JudgedImage, judge
from detector.models import load_classifier
from detector.training.config import load_config
from detector.training.fastai import fit
from geo import geopackage
from geo.simulation import SurveySettings, render_scene
from tests.detector.models.tile_learner import labelled_tiles, learner, own_answers
from tests.detector.training.told import Told

pytestmark = pytest.mark.usefixtures("one_thread")


def photos(folder, seeds, animals):
    """Simulated pasture at 5 cm a pixel, with labels; [(pixels, boxes)]."""
    folder.mkdir()
    entries, scenes = [], []
    annotations: list[dict[str, Any]] = []
    for number, seed in enumerate(seeds):
        settings = SurveySettings(seed=seed, width_m=40, height_m=30, gsd_m=0.05, animals=animals)
        pixels, boxes, _ = render_scene(settings)
        Image.fromarray(pixels).save(folder / f"{seed}.png")
        height, width = pixels.shape[:2]
        entries.append(
            {"id": number, "file_name": f"{seed}.png", "width": width, "height": height, "flight": f"{seed}"}
        )
        for x0, y0, x1, y1 in boxes.tolist():
            box = {"id": len(annotations), "image_id": number, "category_id": 1, "bbox": [x0, y0, x1 - x0, y1 - y0]}
            annotations.append(box)
        scenes.append((pixels, boxes))
    document = {"images": entries, "annotations": annotations, "categories": [{"id": 1, "name": "sheep"}]}
    (folder / "labels.json").write_text(json.dumps(document))
    return scenes


# With the recall that is usual, 0.98, the one tile that is hardest decides how many pass, which rounding decides. With
# fewer steps of fewer tiles, what is learnt is another on another processor: after 50, 82 % of the tiles passed on one.
SCENE = """
framework = "fastai"
classes = ["sheep"]
workers = 0
device = "cpu"
[[data]]
coco = "north/labels.json"
images = "north"
[[validation]]
coco = "south/labels.json"
images = "south"
[model]
weights = "none"
resize = 48
recall = 0.95
[output]
folder = "run"
name = "gate"
tile_size = 128
overlap = 48
[schedule]
steps = 150
batch = 24
crop_px = 128
warm_up_steps = 10
learning_rate = 0.001
[tracking]
validate_steps = 150
mlflow = false
tensorboard = false
"""


@pytest.fixture(scope="module")
def gate(tmp_path_factory):
    """A classifier that learnt simulated sheep, and what it told."""
    folder = tmp_path_factory.mktemp("pasture")
    photos(folder / "north", (1, 2, 3), 40)
    photos(folder / "south", (4, 5), 15)
    (folder / "gate.toml").write_text(SCENE)
    told = Told()
    return folder, fit(load_config(folder / "gate.toml"), told), told


def test_the_file_answers_as_fastai_does_with_the_weights(gate, tmp_path):
    """Not our preprocessing but fastai's own Resize and Normalize, and its own head."""
    folder, path, told = gate
    assert told.files == [path]
    model = load_classifier(path, "cpu")
    assert model.info.classes == ("empty", "sheep")
    assert (model.info.empty_name, model.info.tile_size, model.info.overlap) == ("empty", 128, 48)
    pixels, boxes, _ = render_scene(SurveySettings(seed=6, width_m=40, height_m=30, gsd_m=0.05, animals=20))
    tiles, labels = labelled_tiles(pixels, boxes, 128, 20, 1)
    own = learner(tiles, labels, tmp_path, 48, resnet18)
    own.model.load_state_dict(torch.load(folder / "run" / "gate.pt", weights_only=True)["averaged"])
    answers = own_answers(own, np.stack(tiles))
    np.testing.assert_allclose(model.classify(np.stack(tiles)), answers, atol=2e-3)
    assert np.ptp(answers[:, 1]) > 0.5, "tiles that are all answered alike show nothing"
    assert model.info.metrics["export"]["largest_probability_difference"] <= 1e-3


def test_its_threshold_is_one_for_a_gate_and_its_numbers_are_in_it(gate):
    _, path, told = gate
    info = load_classifier(path, "cpu").info
    last = told.values[150]
    assert info.score_threshold == last["validation/threshold"]
    assert last["validation/recall"] >= 0.9
    assert last["validation/passed"] < 0.8
    assert set(info.metrics) == {"4", "5", "export"}
    assert info.metrics["4"]["recall"] >= 0.8
    assert info.metrics["4"]["tiles"] > 40
    assert [picture[:2] for picture in told.pictures[-2:]] == [(150, "4.png"), (150, "5.png")]


def test_it_gates_a_detector(gate, tmp_path, capsys):
    _, path, _ = gate
    scenes = photos(tmp_path / "east", (11, 12, 13), 6)
    files = sorted((tmp_path / "east").glob("*.png"))
    settings = survey.Settings(tile_size=128, overlap=48)
    recall = {}
    for name, ahead in (("plain", None), ("gated", path)):
        outcome = survey.detect(files, tmp_path / f"{name}.gpkg", gate=ahead, settings=settings)
        rows = geopackage.read_detections(tmp_path / f"{name}.gpkg")
        of = np.array([int(Path(p).stem) for p in rows.image_paths()], np.int64)
        found = [rows.take(of == int(file.stem)) for file in files]
        judged = [JudgedImage(r.boxes_px, r.score, boxes) for r, (_, boxes) in zip(found, scenes, strict=True)]
        recall[name] = judge(judged, 0.0).recall
    assert outcome.gated is not None
    skipped = outcome.gated / outcome.tiles
    with capsys.disabled():
        print(f"\nrecall {recall['plain']:.3f}, behind the gate {recall['gated']:.3f}; {skipped:.1%} of tiles skipped")
    assert recall["plain"] >= 0.7
    assert recall["plain"] - recall["gated"] <= 0.1
    assert skipped >= 0.3
