"""Training configs and models as people have them, beside this test: each leads to what its writer meant.

The networks and the runs are made smaller, so that each case takes a second or two; all else is as it was written.
"""

# ruff: noqa: E402  (nothing of the project's that needs torch may be imported before torch is known to be there)

import os
import shutil
import signal
import warnings
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

torch = pytest.importorskip("torch", reason="the torch extra is not installed: pip install 'herdmap[torch]'")

from detector import models
from detector.errors import ModelError
from detector.training import train
from detector.training.compact import fit
from detector.training.config import load_config
from detector.training.dataset import group_key, read_dataset
from detector.training.framework import trainer
from detector.training.preview import preview
from detector.training.tracker import Start, Tracker
from tests.surveys.blob import write_photos

CASES = Path(__file__).parent / "training"
KINDS = ["sheep", "boma"]
SMALL = "\n[model]\nstem = 16\nwidths = [16, 16, 16]\ndepths = [1, 1, 1]\nhead = 16\n"
pytestmark = pytest.mark.usefixtures("one_thread")


class _Told(Tracker):
    """Notes where a run began and, after a step, sends SIGTERM as a cluster does."""

    def __init__(self, stop_after: int = 0) -> None:
        self.first, self._stop_after = -1, stop_after

    def started(self, start: Start) -> None:
        self.first = start.first_step

    def metrics(self, step: int, values: Mapping[str, float]) -> None:
        if step == self._stop_after and "loss" in values:
            os.kill(os.getpid(), signal.SIGTERM)


def data(folder: Path) -> Path:
    """`folder` with train.json, val.json and images."""
    for name, count, flight in (("train", 4, "north"), ("val", 2, "south")):
        write_photos(folder, count, flight, count, KINDS, each=4)
        (folder / "labels.json").rename(folder / f"{name}.json")
    (folder / "pictures").rename(folder / "images")
    return folder


def case(name: str, folder: Path, small: str = SMALL, **settings: int) -> Path:
    """A case's config in `folder`, of a small network, with other numbers for some settings."""
    text = (CASES / name).read_text(encoding="utf-8")
    lines = text.splitlines()
    for key, value in settings.items():
        (at,) = [i for i, line in enumerate(lines) if line.startswith(f"{key} = ")]
        lines[at] = f"{key} = {value}"
    path = folder / name
    path.write_text('device = "cpu"\nworkers = 0\n' + "\n".join(lines) + small, encoding="utf-8")
    return path


def step_of(checkpoint: Path) -> int:
    return int(torch.load(checkpoint, weights_only=True)["step"])


# --- the detector that comes with Herdmap ---


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return data(tmp_path_factory.mktemp("survey") / "small")


@pytest.fixture(scope="module")
def compact(survey: Path) -> Path:
    """The folder after a whole run of compact.toml that SIGTERM stopped once, named from the folder and from above."""
    path = case("compact.toml", survey, steps=12)
    with pytest.raises(KeyboardInterrupt):
        fit(load_config(path), _Told(stop_after=8))
    told = _Told()
    with pytest.MonkeyPatch.context() as at:
        at.chdir(survey.parent)
        fit(load_config(Path("small/compact.toml")), told)
    assert told.first == 8
    return survey


def test_a_config_that_is_named_from_above_goes_on_with_its_run(compact: Path) -> None:
    assert step_of(compact / "run_compact" / "c.pt") == 12
    model = models.load(compact / "run_compact" / "c.onnx", "cpu")
    assert model.info.classes == ("sheep", "boma")
    assert (model.info.tile_size, model.info.overlap) == (320, 64)


def test_boma_is_dropped_without_lines_of_trackers_that_failed(compact: Path) -> None:
    for library in ("tensorboard", "matplotlib"):
        pytest.importorskip(library, reason="the tracking extra is not installed: pip install 'herdmap[tracking]'")
    path = case("boma.toml", compact)
    # MLflow's start takes seconds, and other tests hold it.
    path.write_text(path.read_text(encoding="utf-8").replace("[tracking]\n", "[tracking]\nmlflow = false\n"))
    said: list[str] = []
    model = train(path, warn=said.append)
    assert [line for line in said if "failed" in line] == []
    assert models.load(model, "cpu").info.classes == ("sheep",)
    note = (compact / "run_boma" / "c.start.txt").read_text(encoding="utf-8")
    assert note == "starts from c.pt; known classes: sheep; new: none; removed: boma\n"
    assert list((compact / "run_boma" / "tensorboard" / "c").iterdir())


def test_sigterm_leaves_a_checkpoint_long_before_one_was_due(survey: Path) -> None:
    path = case("term.toml", survey)
    assert load_config(path).output.checkpoint_steps == 200
    with pytest.raises(KeyboardInterrupt):
        fit(load_config(path), _Told(stop_after=16))
    assert step_of(survey / "run_term" / "c.pt") == 16


def tiles(folder: Path) -> None:
    """Tiles of eight photos, each with its Pascal VOC file, as scripts that cut photos name them."""
    for number in range(8):
        for place in ("[0][0]", "[3][3]"):
            name = f"RR19_{number:04}{place}"
            pixels = np.full((64, 80, 3), 40 + number, np.uint8)
            pixels[10:30, 20:45] = 200 + number
            (folder / "JPEGImages").mkdir(parents=True, exist_ok=True)
            Image.fromarray(pixels).save(folder / "JPEGImages" / f"{name}.jpg")
            (folder / "Annotations").mkdir(exist_ok=True)
            (folder / "Annotations" / f"{name}.xml").write_text(
                f"<annotation><filename>{name}.jpg</filename><size><width>80</width><height>64</height></size><object>"
                "<name>sheep</name><bndbox><xmin>20</xmin><ymin>10</ymin><xmax>45</xmax><ymax>30</ymax></bndbox></object>"
                "</annotation>",
                encoding="utf-8",
            )


def test_tiles_with_brackets_in_their_names_are_split_by_photo(tmp_path: Path) -> None:
    tiles(tmp_path / "voc")
    for grey, name in enumerate(("bare[3][3].jpg", "bare33.jpg")):  # as a pattern, the first name means the second
        Image.new("RGB", (80, 64), (grey, 90, 9)).save(tmp_path / name)
    path = case("voc.toml", tmp_path, small=f'{SMALL}[negatives]\nimages = ["bare[3][3].jpg"]\n')
    found = read_dataset(load_config(path))
    sides = [list(groups[0].photos) for groups in (found.training, found.validation)]
    assert [len(side) for side in sides] == [12, 4]
    flights = [{group_key(photo, "flight") for photo in side} for side in sides]
    assert not flights[0] & flights[1]
    assert flights[0] | flights[1] == {f"flight RR19_{number:04}" for number in range(8)}
    assert all(photo.boxes_px.tolist() == [[20, 10, 45, 30]] for side in sides for photo in side)
    assert [photo.name for photo in found.negatives] == ["bare[3][3].jpg"]


# --- fastai ---


def test_a_gate_is_trained_as_fastai_trains(survey: Path) -> None:
    """Such a gate is trained by the test of docs/notebooks.md."""
    path = case("fa.toml", survey, small="")
    config = load_config(path)
    assert (config.schedule.kind, config.output.tile_size, config.schedule.crop_px) == ("one-cycle", 160, 160)
    drawn = preview(path)
    assert len(drawn.rates) == 8
    assert int(np.argmax(drawn.rates)) == 2  # after the steps of the warm-up
    assert [line for line in drawn.doubts if "cannot be read" in line] == []
    assert len(read_dataset(config).training[0].photos) == 4


def labels_of_row(row: object) -> object:
    return row[1]  # type: ignore[index]


def test_a_classifier_of_several_classes_answers_as_its_learner_does(tmp_path: Path) -> None:
    """The learner of ml.py: tiles of 200 px that a batch transform makes smaller, and any number of classes each."""
    pytest.importorskip("fastai", reason="the fastai extra is not installed: pip install 'herdmap[fastai]'")
    from torchvision.models import resnet18

    from tests.detector.models.tile_learner import learner_of_several, predicted

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from fastai.vision.augment import Resize, aug_transforms

    labels = [["cow", "zebra"], [], ["cow"], ["zebra", "elephant"], ["elephant"], [], ["cow", "elephant"], ["zebra"]]
    rng = np.random.default_rng(3)
    photos = rng.integers(0, 256, (8, 12, 12, 3)).astype(np.uint8).repeat(20, 1).repeat(20, 2)
    batch = aug_transforms(size=128, min_scale=0.75)
    made = learner_of_several(
        list(photos), labels, tmp_path, resnet18, labels_of_row, item_tfms=Resize(200), batch_tfms=batch
    )
    made.save("ml", with_opt=False)
    made.export(tmp_path / "ml_export.pkl")
    wanted = predicted(made, photos[:2])
    assert not np.allclose(wanted.sum(axis=1), 1, atol=0.05), "a softmax would give the same"

    card = (CASES / "ml.toml").read_text(encoding="utf-8")
    (tmp_path / "ml_export.toml").write_text(card, encoding="utf-8")
    export = models.load_classifier(tmp_path / "ml_export.pkl", "cpu", trust=True)
    assert export.info.multilabel
    np.testing.assert_allclose(export.classify(photos[:2]), wanted, atol=2e-3)

    (tmp_path / "ml.toml").write_text(card, encoding="utf-8")
    silent = models.load_classifier(tmp_path / "ml.pth", "cpu")  # weights cannot say that they are of several classes
    assert any("multilabel = true" in line for line in silent.remarks)
    prepared = card.replace("resize = 128", "resize = 200\nbatch_resize = 128")
    (tmp_path / "ml.toml").write_text(f"{prepared}multilabel = true\n", encoding="utf-8")
    weights = models.load_classifier(tmp_path / "ml.pth", "cpu")
    np.testing.assert_allclose(weights.classify(photos[:2]), wanted, atol=2e-3)


# --- Detectron2 ---


def test_a_config_that_names_its_data_from_above_is_read(tmp_path: Path) -> None:
    data(tmp_path / "small")
    (tmp_path / "trident.yaml").write_text("VERSION: 2\n", encoding="utf-8")
    config = load_config(case("trident.toml", tmp_path, small=""))
    assert Path(str(config.model["config"])) == tmp_path / "trident.yaml"
    found = read_dataset(config)
    assert [len(groups[0].photos) for groups in (found.training, found.validation)] == [4, 2]
    assert config.tracking.pictures == 1


def test_a_tridentnet_is_trained_from_a_config_of_ones_own(tmp_path: Path) -> None:
    pytest.importorskip("detectron2", reason="Detectron2 is not installed")
    from tests.detector.models.detectron2_models import TRIDENTNET

    data(tmp_path / "small")
    (tmp_path / "trident.yaml").write_text(TRIDENTNET, encoding="utf-8")
    config = load_config(case("trident.toml", tmp_path, small=""))
    model = models.load(trainer(config).fit(config, Tracker()), "cpu")
    assert step_of(tmp_path / "run_trident" / "t.pt") == 3
    assert model.info.classes == ("sheep", "boma")


def test_a_config_with_keys_of_a_mapper_of_ones_own_is_read(tmp_path: Path) -> None:
    pytest.importorskip("detectron2", reason="Detectron2 is not installed")
    from detector.models.detectron2.config import read_config_and_rest

    for ending in ("toml", "yaml"):
        shutil.copy(CASES / f"seed_like_config.{ending}", tmp_path)
    path = tmp_path / "seed_like_config.yaml"
    config, left_out = read_config_and_rest(path)
    assert left_out == ("INPUT.corruption",)  # GLOBAL is a table of Detectron2's own
    assert config.GLOBAL.HACK == 1.0
    assert (config.MODEL.RESNETS.DEPTH, config.MODEL.ROI_HEADS.NUM_CLASSES) == (101, 21)
    assert (config.INPUT.FORMAT, config.INPUT.MIN_SIZE_TEST) == ("RGB", 500)
    with pytest.raises(ModelError, match="put them beside it"):  # its weights lie on another computer
        models.load(path, "cpu")
