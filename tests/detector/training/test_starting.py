"""A run begins with a checkpoint of another program: the rows of each class are carried over, worked out by hand."""

# ruff: noqa: E402  (nothing of the project's that needs torch may be imported before torch is known to be there)

from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="the torch extra is not installed: pip install 'herdmap[torch]'")

from torch import Tensor, nn

from detector.errors import InputError
from detector.models.checkpoint import save_weights
from detector.training.checkpoint import ClassRows, start_from
from detector.training.config import Output, Source, Tiles, TrainingConfig
from detector.training.schedule import Schedule

CARD = """
framework = "{framework}"
architecture = "a"
classes = {classes}
tile_size = 64
"""


class Heads(nn.Module):
    """A trunk, scores of classes and their box regressors, with the rows of (background and) classes."""

    def __init__(self, scores: int, boxes: int) -> None:
        super().__init__()
        self.trunk = nn.Linear(2, 2)
        self.cls_score = nn.Linear(2, scores)
        self.bbox_pred = nn.Linear(2, boxes)


def detectron2_rows(name: str) -> ClassRows | None:
    """The background is the last row of the scores, and has no box regressor."""
    return {"cls_score": ClassRows(-1, 1), "bbox_pred": ClassRows(0, 4)}.get(name.split(".")[0])


def torchvision_rows(name: str) -> ClassRows | None:
    """The background is the first row of both."""
    return {"cls_score": ClassRows(1, 1), "bbox_pred": ClassRows(1, 4)}.get(name.split(".")[0])


def numbered(network: nn.Module) -> dict[str, Tensor]:
    """Weights in which each row says its number: 0, 1, 2, ..."""
    return {
        name: torch.arange(len(value)).float().reshape(-1, *[1] * (value.ndim - 1)).expand(value.shape).clone()
        for name, value in network.state_dict().items()
    }


def write(folder: Path, network: nn.Module, framework: str, classes: list[str]) -> Path:
    """As Detectron2's checkpointer writes it, with a card."""
    extra = {"pixel_mean": torch.zeros(3, 1, 1)}
    torch.save({"model": {**numbered(network), **extra}, "iteration": 7}, folder / "model_final.pth")
    (folder / "model_final.toml").write_text(CARD.format(framework=framework, classes=classes), encoding="utf-8")
    return folder / "model_final.pth"


def test_detectron2s_rows_of_kept_classes_by_hand(tmp_path: Path) -> None:
    path = write(tmp_path, Heads(4, 12), "detectron2", ["cow", "boma", "zebra"])
    network = Heads(4, 12)
    for value in network.parameters():
        nn.init.constant_(value, -1)
    said = start_from(path, network, ("zebra", "oryx", "cow"), detectron2_rows)
    # Scores: cow 0, boma 1, zebra 2, background 3. Boxes: four rows each, cow 0 to 3, boma 4 to 7, zebra 8 to 11.
    assert network.cls_score.bias.tolist() == [2, -1, 0, 3]
    assert network.cls_score.weight[:, 0].tolist() == [2, -1, 0, 3]
    assert network.bbox_pred.bias.tolist() == [8, 9, 10, 11, -1, -1, -1, -1, 0, 1, 2, 3]
    assert network.trunk.bias.tolist() == [0, 1]
    assert said == "starts from model_final.pth; known classes: zebra, cow; new: oryx; removed: boma"


def test_torchvisions_rows_of_kept_classes_by_hand(tmp_path: Path) -> None:
    path = write(tmp_path, Heads(4, 16), "torchvision", ["cow", "boma", "zebra"])
    network = Heads(3, 12)
    start_from(path, network, ("cow", "zebra"), torchvision_rows)
    # Boma dropped. Scores: background 0, cow 1, boma 2, zebra 3; boxes: four rows each.
    assert network.cls_score.bias.tolist() == [0, 1, 3]
    assert network.bbox_pred.bias.tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 12, 13, 14, 15]
    save_weights(numbered(Heads(4, 16)), tmp_path / "model_final.safetensors")
    again = Heads(3, 12)
    start_from(tmp_path / "model_final.safetensors", again, ("cow", "zebra"), torchvision_rows)
    assert again.cls_score.bias.tolist() == [0, 1, 3]


def retinanet(classes: list[str]) -> Any:
    """The network of a training config, as small as it can be built."""
    pytest.importorskip("torchvision", reason="the torch extra is not installed: pip install 'herdmap[torch]'")
    from detector.training.torchvision import trainable

    schedule = Schedule(crop_px=64)
    source = Source(images=Path("photos"), coco=Path("labels.json"))
    model = {"architecture": "retinanet_resnet18_fpn", "weights": "none"}
    output = Output(Path("run"), "x", tile_size=64)
    return trainable(
        TrainingConfig(
            tuple(classes), (source,), output, framework="torchvision", model=model, schedule=schedule, tiles=Tiles()
        )
    )


@pytest.mark.parametrize("background", [False, True], ids=["a row for each class", "and one for the background"])
def test_retinanets_rows_of_kept_classes_by_hand(tmp_path: Path, background: bool) -> None:
    """Nine anchors, each with its rows: DeepForest's network has none for the background, torchvision's may have."""
    own = retinanet(["goat", "cow", "zebra"])
    weights = own.network.state_dict()
    first = 1 if background else 0
    for name in ("weight", "bias"):
        layer = f"head.classification_head.cls_logits.{name}"
        weights[layer] = torch.zeros(9 * (first + 3), *weights[layer].shape[1:])
        weights[layer] += torch.arange(9.0 * (first + 3)).reshape(-1, *[1] * (weights[layer].ndim - 1))
    weights = {f"model.{name}": value for name, value in weights.items() if "num_batches_tracked" not in name}
    torch.save({"state_dict": weights}, tmp_path / "trees.ckpt")  # Lightning's, with frozen norms
    card = CARD.format(framework="torchvision", classes=["cow", "boma", "shoats"])
    (tmp_path / "trees.toml").write_text(card, encoding="utf-8")
    for value in own.network.head.classification_head.cls_logits.parameters():
        torch.nn.init.constant_(value, -1)
    said = start_from(
        tmp_path / "trees.ckpt", own.network, ("goat", "cow", "zebra"), own.class_rows, {"shoats": "goat"}
    )
    assert said == ("starts from trees.ckpt; known classes: goat (was shoats), cow; new: zebra; removed: boma")
    # Anchor a has n = first + 3 rows from n a on: (the background), cow, boma, shoats.
    n, bias = first + 3, own.network.head.classification_head.cls_logits.bias.reshape(9, 4)
    for anchor in range(9):
        expected = [n * anchor if background else -1, n * anchor + first + 2, n * anchor + first, -1]
        assert bias[anchor].tolist() == expected


def test_the_rows_of_two_names_that_become_one_are_not_chosen_from(tmp_path: Path) -> None:
    path = write(tmp_path, Heads(4, 12), "detectron2", ["cow", "ewe", "ram"])
    network = Heads(3, 8)
    torch.nn.init.constant_(network.cls_score.bias, -1)
    said = start_from(path, network, ("cow", "sheep"), detectron2_rows, {"ewe": "sheep", "ram": "sheep"})
    assert network.cls_score.bias.tolist() == [0, -1, 3]
    assert said == "starts from model_final.pth; known classes: cow; new: sheep; removed: ewe, ram"


def test_fastais_empty_class_is_where_the_alphabet_put_it(tmp_path: Path) -> None:
    path = write(tmp_path, Heads(4, 4), "fastai", ["boma", "cow", "empty", "zebra"])
    network = Heads(3, 4)
    # In Herdmap's classifiers the empty class comes first.
    said = start_from(path, network, ("zebra", "cow"), lambda name: ClassRows(1, 1) if "cls_score" in name else None)
    assert network.cls_score.bias.tolist() == [2, 3, 1]
    assert said.endswith("known classes: zebra, cow; new: none; removed: boma")
    several = Heads(2, 4)
    start_from(path, several, ("zebra", "cow"), lambda name: ClassRows(0, 1) if "cls_score" in name else None)
    assert several.cls_score.bias.tolist() == [3, 1]


def test_a_checkpoint_that_does_not_name_its_classes_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, Heads(4, 12), "detectron2", ["cow", "zebra"])
    with pytest.raises(InputError, match=r"its classes are not those that model_final\.toml names"):
        start_from(path, Heads(3, 8), ("cow", "zebra"), detectron2_rows)
    path.with_suffix(".toml").unlink()
    with pytest.raises(InputError, match=r"put model_final\.toml beside it with framework, classes"):
        start_from(path, Heads(3, 8), ("cow", "zebra"), detectron2_rows)
