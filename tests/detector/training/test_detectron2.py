"""Training Detectron2's networks: through the loop that every framework has, told to the same trackers."""

# ruff: noqa: E402  (nothing of the project's that needs torch may be imported before torch is known to be there)

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the torch extra is not installed: pip install 'herdmap[torch]'")
pytest.importorskip("detectron2", reason="Detectron2 is not installed")

from detectron2.checkpoint import DetectionCheckpointer

from detector import models
from detector.errors import InputError, ModelError
from detector.models.detectron2.config import read_config
from detector.training import detectron2 as framework
from detector.training import train
from detector.training.augment import View
from detector.training.checkpoint import start_from
from detector.training.config import load_config
from detector.training.tracker import Tracker
from tests.detector.models.detectron2_models import TRIDENTNET
from tests.surveys.blob import STEADY, write_config, write_photos

# A real network of Detectron2's, as small as they come.
SMALL = """
_BASE_: "Base-RCNN-FPN.yaml"
MODEL:
  RESNETS: {DEPTH: 18, RES2_OUT_CHANNELS: 64, NORM: "BN"}
  FPN: {OUT_CHANNELS: 32}
  RPN: {PRE_NMS_TOPK_TRAIN: 200, POST_NMS_TOPK_TRAIN: 50, POST_NMS_TOPK_TEST: 20, BATCH_SIZE_PER_IMAGE: 32}
  ROI_HEADS: {BATCH_SIZE_PER_IMAGE: 16}
  ROI_BOX_HEAD: {FC_DIM: 32}
  ANCHOR_GENERATOR: {SIZES: [[16], [32], [64], [128], [256]]}
"""
KINDS = ["red", "white", "blue"]


class Recorder(Tracker):
    """Keeps what it is told; ends the run after a step, where asked to."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.values: dict[int, dict[str, float]] = {}
        self.notes: dict[str, str] = {}
        self._stop_after = stop_after

    def metrics(self, step: int, values: Mapping[str, float]) -> None:
        self.values.setdefault(step, {}).update(values)
        if step == self._stop_after:
            raise KeyboardInterrupt

    def text(self, name: str, text: str) -> None:
        self.notes[name] = text


def survey(
    folder: Path, network: str = SMALL, classes: list[str] = KINDS, steps: int = 4, top: str = "", more: str = ""
) -> Path:
    """A training config for blobs of three kinds, in `folder`."""
    if not (folder / "north").exists():
        write_photos(folder / "north", 4, "north", 1, KINDS)
        write_photos(folder / "south", 1, "south", 2, KINDS)
    (folder / "net.yaml").write_text(network, encoding="utf-8")
    return write_config(
        folder,
        classes,
        top=f'framework = "detectron2"\nprecision = "full"\n{top}',
        schedule=f"steps = {steps}\nwarm_up_steps = 0\nlearning_rate = 0.001\n",
        tables=f'[model]\nconfig = "net.yaml"\n{STEADY}{more}',
        compact=False,
    )


def weights(model: Path) -> Any:
    return torch.load(model.with_suffix(".pth"), weights_only=True)["model"]


def test_a_run_is_told_and_leaves_a_model_that_detects(tmp_path: Path) -> None:
    config = survey(tmp_path)
    told = Recorder()
    path = framework.fit(load_config(config), told)
    assert sorted(told.values) == [1, 2, 3, 4]
    for values in told.values.values():
        # Detectron2's own counts beside its losses; 'cls_accuracy' is what was once called "95 % accurate".
        assert {"loss", "loss_cls", "loss_box_reg", "loss_rpn_cls", "loss_rpn_loc", "learning_rate"} <= values.keys()
        assert {"roi_head/num_fg_samples", "rpn/num_pos_anchors", "fast_rcnn/cls_accuracy"} <= values.keys()
    assert {"validation/all/f1", "validation/mean/f1", "validation/f1/white"} <= told.values[4].keys()
    detector = models.load(path, "cpu")
    assert detector.info.classes == tuple(KINDS)
    assert detector.about["builds"] == "GeneralizedRCNN of FPN, RPN, StandardROIHeads"
    assert "tiles as they are" in detector.about["input"]
    detector.detect(np.zeros((1, 128, 128, 3), np.uint8))
    assert read_config(path).MODEL.ROI_HEADS.NUM_CLASSES == 3


@pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy:DeprecationWarning")
@pytest.mark.filterwarnings("ignore::DeprecationWarning:mlflow")
@pytest.mark.filterwarnings("ignore::DeprecationWarning:sqlalchemy")
def test_its_numbers_arrive_in_mlflow(tmp_path: Path) -> None:
    mlflow = pytest.importorskip(
        "mlflow", reason="the tracking extra is not installed: pip install 'herdmap[tracking]'"
    )
    config = survey(tmp_path, steps=3)
    text = config.read_text(encoding="utf-8").replace("mlflow = false", "mlflow = true")
    config.write_text(text, encoding="utf-8")
    path = train(config)
    client = mlflow.MlflowClient(f"sqlite:///{path.parent / 'mlflow.db'}")
    (run,) = client.search_runs([e.experiment_id for e in client.search_experiments()])
    for name in ("loss", "loss_rpn_cls", "learning_rate", "roi_head/num_fg_samples"):
        assert [point.step for point in client.get_metric_history(run.info.run_id, name)] == [1, 2, 3]


def test_a_run_that_was_killed_goes_on_to_the_same_weights(tmp_path: Path) -> None:
    (tmp_path / "whole").mkdir()
    (tmp_path / "killed").mkdir()
    whole = framework.fit(load_config(survey(tmp_path / "whole", steps=7)), Tracker())
    config = load_config(survey(tmp_path / "killed", steps=7))
    with pytest.raises(KeyboardInterrupt):
        framework.fit(config, Recorder(stop_after=6))
    told = Recorder()
    killed = framework.fit(config, told)
    assert min(told.values) == 6  # a checkpoint every five steps
    for name, value in weights(whole).items():
        assert torch.equal(value, weights(killed)[name]), name


def test_only_the_heads_learn_and_a_dropped_class_is_gone(tmp_path: Path) -> None:
    before = framework.fit(load_config(survey(tmp_path)), Tracker())
    old = weights(before)
    second = tmp_path / "second"
    second.mkdir()
    for name in ("north", "south"):
        (second / name).symlink_to(tmp_path / name)
    top = f'start_from = "{before.with_suffix(".pt")}"\nfreeze = "all-but-heads"\n'
    told = Recorder()
    after = framework.fit(load_config(survey(second, classes=["red", "blue"], top=top)), told)
    new = weights(after)
    assert models.load(after, "cpu").info.classes == ("red", "blue")
    assert "starts from blobs.pt; known classes: red, blue; new: none; removed: white" in told.notes["start"]
    for name, value in new.items():
        # The parameters and the norms' statistics.
        if not name.startswith("roi_heads."):
            assert torch.equal(value, old[name]), name
    score = "roi_heads.box_predictor.cls_score.weight"
    assert new[score].shape[0] == 3
    assert not torch.equal(new[score], old[score][[0, 2, 3]])
    # Each row went on from that of its own class, and background is the last.
    alike = torch.nn.functional.cosine_similarity(new[score][:, None], old[score][None], dim=2)
    assert alike.argmax(1).tolist() == [0, 2, 3]


def test_boma_is_dropped_from_detectron2s_own_checkpoint(tmp_path: Path) -> None:
    """Its own checkpointer, optimiser included; each class that stays keeps its rows, box regressors too."""
    own = framework.trainable(load_config(survey(tmp_path)))
    network = own.network
    optimiser = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9)
    DetectionCheckpointer(network, str(tmp_path), optimizer=optimiser).save("model_final", iteration=3999)
    card = f'framework = "detectron2"\nclasses = {KINDS}\ntile_size = 96\n'
    (tmp_path / "model_final.toml").write_text(card, encoding="utf-8")
    second = tmp_path / "second"
    for name in ("north", "south"):
        (second / name).parent.mkdir(exist_ok=True)
        (second / name).symlink_to(tmp_path / name)
    top = f'start_from = "{tmp_path / "model_final.pth"}"\nfreeze = "all-but-heads"\n'
    config = load_config(survey(second, classes=["blue", "red"], top=top))
    begun = framework.trainable(config)
    note = start_from(tmp_path / "model_final.pth", begun.network, config.classes, begun.class_rows)
    assert "known classes: blue, red; new: none; removed: white" in note
    old, new = network.state_dict(), begun.network.state_dict()
    scores, boxes = (f"roi_heads.box_predictor.{layer}.weight" for layer in ("cls_score", "bbox_pred"))
    assert torch.equal(new[scores], old[scores][[2, 0, 3]])  # red, white, blue, background before
    assert torch.equal(new[boxes], old[boxes][[8, 9, 10, 11, 0, 1, 2, 3]])
    for name, value in new.items():
        if "box_predictor" not in name:
            assert torch.equal(value, old[name]), name


def test_a_tridentnet_trains(tmp_path: Path) -> None:
    told = Recorder()
    path = framework.fit(load_config(survey(tmp_path, TRIDENTNET, steps=1)), told)
    assert "loss_rpn_cls" in told.values[1]
    assert "TridentNet, branches of dilation 1, 2, 3" in models.load(path, "cpu").about["builds"]


def test_what_is_neither_animal_nor_background_is_painted_over(tmp_path: Path) -> None:
    trained = framework.trainable(load_config(survey(tmp_path)))
    pixels = torch.arange(3, dtype=torch.uint8)[:, None, None].expand(3, 64, 64) + 200
    boxes = np.array([[10, 10, 20, 20]], np.float32)
    (sample,) = trained.collate([View(pixels, boxes, np.array([1]), np.array([[15, 15, 30, 30]], np.float32))])
    image = sample["image"]
    assert image[:, 0, 0].tolist() == [202, 201, 200]  # BGR
    assert image[:, 16, 16].tolist() == [202, 201, 200]  # the animal before it
    assert image[:, 25, 25].tolist() == [104, 116, 124]  # the pixel mean
    assert sample["instances"].gt_classes.tolist() == [1]


def test_detectron2s_own_trainer_tells_a_tracker(tmp_path: Path) -> None:
    """A training script of one's own adds one writer."""
    from detectron2.engine import SimpleTrainer, hooks

    class Loss(torch.nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.weight = torch.nn.Parameter(torch.ones(1))

        def forward(self, batch: float) -> dict[str, Any]:
            return {"loss_one": batch * self.weight.square().sum(), "loss_two": self.weight.sum()}

    network, told = Loss(), Recorder()
    optimiser = torch.optim.SGD(network.parameters(), lr=0.1)
    trainer = SimpleTrainer(network, [1.0] * 10, optimiser)
    trainer.register_hooks([hooks.PeriodicWriter([framework.TrackerWriter(told)], period=2)])
    trainer.train(0, 6)
    assert sorted(told.values) == [2, 4, 6]
    assert told.values[2]["loss"] == pytest.approx(told.values[2]["loss_one"] + told.values[2]["loss_two"])


def test_it_begins_with_the_weights_that_fit(tmp_path: Path) -> None:
    first = framework.trainable(load_config(survey(tmp_path))).network.state_dict()
    torch.save({"model": {k: v + 1 for k, v in first.items()}}, tmp_path / "zoo.pth")
    config = survey(tmp_path, SMALL + "SOLVER: {MY_WARM_UP: 3}\nMY_MAPPER: {FLIP: true}\n", ["red"])
    text = config.read_text(encoding="utf-8").replace("[model]\n", '[model]\nweights = "zoo.pth"\n')
    config.write_text(text, encoding="utf-8")
    told = Recorder()
    framework.fit(load_config(config), told)
    left_out, start = told.notes["start"].splitlines()
    assert left_out.endswith("since this training needs none of them: SOLVER.MY_WARM_UP, MY_MAPPER")
    assert start.startswith("starts from zoo.pth: ")
    assert "new: roi_heads.box_predictor.cls_score.weight" in told.notes["start"]
    torch.save({"model": {"other": torch.zeros(1)}}, tmp_path / "zoo.pth")
    with pytest.raises(ModelError, match=r"zoo\.pth has no weights that fit this network"):
        framework.trainable(load_config(config))


def test_what_cannot_be_trained_is_said(tmp_path: Path) -> None:
    config = survey(tmp_path)
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace('"net.yaml"', '"no-such.yaml"'), encoding="utf-8")
    with pytest.raises(InputError, match=r"'no-such\.yaml' is neither a file nor one of Detectron2's own configs"):
        framework.trainable(load_config(config))
    config.write_text(text.replace('folder = "run"', 'folder = "."'), encoding="utf-8")
    with pytest.raises(InputError, match=r"card would overwrite .*blobs\.toml"):
        framework.fit(load_config(config), Tracker())
    assert config.read_text(encoding="utf-8").startswith("classes")
