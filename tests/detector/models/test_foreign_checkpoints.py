"""Checkpoints of other tools are told by the names in them; nothing in them is run."""

from pathlib import Path

import numpy as np
import pytest

from detector import models
from detector.errors import ModelError
from detector.models.files import recognise
from detector.models.foreign_checkpoints import answer_for

torch = pytest.importorskip("torch", reason="the torch extra is not installed: pip install 'herdmap[torch]'")
torchvision = pytest.importorskip("torchvision")


class Ran:
    """As a checkpoint that runs code when it is unpickled."""

    def __reduce__(self) -> tuple[object, tuple[str, ...]]:
        return (eval, ("1 / 0",))


NAMES = {
    "ultralytics.nn.tasks.DetectionModel": "yolo export model=m.pt format=onnx",
    "models.yolo.Model": "export.py",
    "HerdNet": 'layout = "herdnet"',
    "OWL": 'layout = "heatmap"',
    "RF-DETR": 'rfdetr.from_checkpoint("m.pt").export()',
    "YOLOX": "tools/export_onnx.py -c m.pt",
    "NanoDet": "--model_path m.pt",
    "D-FINE": "tools/deployment/export_onnx.py",
    "mmdetection": "mmdeploy",
    "DETR": "optimum-cli export onnx",
    "RT-DETR of transformers": "optimum-cli export onnx",
    "DeepForest": 'architecture = "retinanet_resnet50_fpn"',
}
KEYS = {
    "HerdNet": ["loc_head.0.weight", "cls_head.0.weight"],
    "OWL": ["model.loc_head.0.weight", "model.base_0.level0.weight"],
    "RF-DETR": ["refpoint_embed.weight", "class_embed.bias"],
    "YOLOX": ["backbone.backbone.stem.conv.weight", "head.cls_preds.0.weight"],
    "NanoDet": ["head.gfl_cls.0.weight"],
    "D-FINE": ["decoder.dec_score_head.0.weight", "decoder.dec_bbox_head.0.weight"],
    "mmdetection": ["backbone.conv1.weight", "bbox_head.fc_cls.weight"],
    "DETR": ["class_labels_classifier.weight", "bbox_predictor.layers.0.weight"],
    "RT-DETR of transformers": ["model.encoder.a", "class_embed.0.weight", "bbox_embed.0.weight"],
    "DeepForest": ["model.head.classification_head.cls_logits.bias"],
}


@pytest.mark.parametrize("old", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_each_is_told_and_nothing_is_run(tmp_path: Path, name: str, old: bool) -> None:
    keys = KEYS.get(name, [name])
    held = {"model": {key: torch.zeros(1) for key in keys}, "train_args": Ran()}
    torch.save(held, tmp_path / "m.pt", _use_new_zipfile_serialization=not old)
    with pytest.raises(ModelError) as caught:
        recognise(tmp_path / "m.pt")
    assert NAMES[name] in str(caught.value)
    assert len(str(caught.value)) < 300


def test_others_are_asked_for_a_card(tmp_path: Path) -> None:
    torch.save({"a": torch.zeros(1)}, tmp_path / "m.pt")
    (tmp_path / "n.pt").write_bytes(b"PK\x03\x04 broken")
    for name in ("m.pt", "n.pt"):
        assert answer_for(tmp_path / name) is None
        with pytest.raises(ModelError, match=r"put [mn]\.toml beside it"):
            recognise(tmp_path / name)


@pytest.mark.parametrize(("ending", "prefix"), [(".ckpt", "model."), (".pl", "")])
def test_deepforest_loads_as_the_retinanet_that_it_is(tmp_path: Path, ending: str, prefix: str) -> None:
    torch.manual_seed(0)
    network = torchvision.models.detection.retinanet_resnet50_fpn(
        weights=None, weights_backbone=None, num_classes=1, score_thresh=0.0
    ).eval()
    weights = {prefix + name: tensor for name, tensor in network.state_dict().items()}
    torch.save({"state_dict": weights, "epoch": 3}, tmp_path / f"m{ending}")
    card = 'framework = "torchvision"\narchitecture = "retinanet_resnet50_fpn"\nclasses = ["Bird"]\ntile_size = 128\n'
    (tmp_path / "m.toml").write_text(card + "min_size = 128\nmax_size = 128\nscore_floor = 0.0\n")
    model = models.load(tmp_path / f"m{ending}", device="cpu")
    tile = np.random.default_rng(0).integers(0, 256, (1, 128, 128, 3), np.uint8)
    network.transform.min_size, network.transform.max_size = (128,), 128
    with torch.no_grad():
        (wanted,) = network([torch.from_numpy(tile[0]).permute(2, 0, 1) / 255])
    model.keep_from(0.0)  # type: ignore[attr-defined]
    found = model.detect(tile)
    likely = wanted["scores"].numpy()
    assert len(found) > 0
    np.testing.assert_allclose(np.sort(found.scores)[-5:], np.sort(likely)[-5:], atol=1e-4)
