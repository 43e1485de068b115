"""TridentNet: its branches, and the same numbers as the public implementation where that is at hand."""

import os
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

# First what is missing more often: to load torch takes seconds.
pytest.importorskip("detectron2", reason="Detectron2 is not installed")
torch = pytest.importorskip("torch")

from detector.errors import ModelError  # noqa: E402
from detector.models import files  # noqa: E402
from detector.models.detectron2 import model as backend  # noqa: E402
from detector.models.detectron2 import tridentnet  # noqa: E402
from detector.models.detectron2.weights import load_into  # noqa: E402
from tests.detector.models.detectron2_models import TILE, TRIDENTNET, random_weights, tiles_of, write_model  # noqa: E402

# The folder projects/TridentNet of Detectron2's source.
PUBLIC = os.environ.get("HERDMAP_PUBLIC_TRIDENTNET")
# Runs in a process of its own: both implementations register the same names.
OUTPUTS = """
import sys, json, warnings
warnings.simplefilter("ignore")
import numpy as np, torch
from detectron2.config import get_cfg
from detectron2.modeling import build_model
from detectron2.structures import Boxes, Instances
from detectron2.utils.events import EventStorage

whose, config, weights, tiles, branch, out = sys.argv[1:]
if whose == "ours":
    from detector.models.detectron2.tridentnet import add_config as add
else:
    sys.path.insert(0, whose)
    from tridentnet import add_tridentnet_config as add
cfg = get_cfg()
add(cfg)
cfg.merge_from_file(config)
cfg.MODEL.DEVICE, cfg.MODEL.TRIDENT.TEST_BRANCH_IDX = "cpu", int(branch)
network = build_model(cfg).eval()
state = torch.load(weights, weights_only=True)["model"]
network.load_state_dict(state)
images = [torch.from_numpy(t).permute(2, 0, 1).float() for t in np.load(tiles)]
with torch.no_grad():
    found = [answer["instances"] for answer in network([{"image": image} for image in images])]
rows = [np.c_[i.pred_boxes.tensor.numpy(), i.scores.numpy(), i.pred_classes.numpy(), np.full(len(i), n)]
        for n, i in enumerate(found)]
truth = []
for n, image in enumerate(images):
    boxes = Boxes(torch.tensor([[20.0, 30, 90, 80], [100, 100, 140, 130], [5, 90, 45, 150]]) + 3 * n)
    truth.append(Instances(tuple(image.shape[1:]), gt_boxes=boxes, gt_classes=torch.tensor([1, 2, n])))
network.train()
torch.manual_seed(0)
with EventStorage(0):
    losses = network([{"image": i, "instances": t} for i, t in zip(images, truth)])
sum(losses.values()).backward()
gradient = {n: float(p.grad.norm()) for n, p in network.named_parameters() if p.grad is not None}
np.savez(out, rows=np.concatenate(rows), keys=list(network.state_dict()),
         losses=[float(losses[k]) for k in sorted(losses)], gradients=[gradient[k] for k in sorted(gradient)])
"""


@pytest.mark.timeout(3000)
@pytest.mark.skipif(PUBLIC is None, reason="HERDMAP_PUBLIC_TRIDENTNET names no folder of the public implementation")
@pytest.mark.parametrize("branch", [1, -1], ids=["middle", "all"])
def test_keys_boxes_losses_and_gradients_are_the_public_implementations(branch: int, tmp_path: Path) -> None:
    config = write_model(tmp_path, TRIDENTNET)
    np.save(tmp_path / "tiles.npy", tiles_of(None, 2))
    answers = {}
    for whose in (PUBLIC, "ours"):
        out = tmp_path / f"{'ours' if whose == 'ours' else 'public'}.npz"
        files = (config, config.with_suffix(".pth"), tmp_path / "tiles.npy", branch, out)
        subprocess.run([sys.executable, "-c", OUTPUTS, str(whose), *map(str, files)], check=True)
        answers[out.stem] = np.load(out)
    ours, public = answers["ours"], answers["public"]
    assert ours["keys"].tolist() == public["keys"].tolist()
    assert len(public["rows"]) > 10
    assert ours["rows"].shape == public["rows"].shape
    assert (ours["rows"][:, 5:] == public["rows"][:, 5:]).all()
    assert np.abs(ours["rows"] - public["rows"]).max() < 1e-3
    np.testing.assert_allclose(ours["losses"], public["losses"], rtol=1e-4)
    np.testing.assert_allclose(ours["gradients"], public["gradients"], rtol=1e-3)


def with_dilation(network: Any, dilation: int) -> Any:
    for block in network.backbone.res4:
        block.conv2.dilation = block.conv2.padding = (dilation, dilation)
    return network


def plain(config: str) -> str:
    return (
        config.replace("build_trident_resnet_backbone", "build_resnet_backbone")
        .replace("TridentRes5ROIHeads", "Res5ROIHeads")
        .replace("TridentRPN", "RPN")
    )


def answers(config: Path, **settings: str) -> list[np.ndarray]:
    detector = backend.load(files.recognise(config), "cpu")
    if settings:
        tridentnet.use_branches(detector.network, **settings)
    found = detector.detect(tiles_of(None, 2))
    return [np.c_[found.boxes, found.scores, found.labels][found.tiles == i] for i in range(2)]


def test_the_middle_branch_is_a_plain_network_of_its_dilation(tmp_path: Path) -> None:
    """The oracle is Detectron2's own C4 network, whose 3 x 3 convolutions of res4 are given the branch's dilation."""
    config = write_model(tmp_path, TRIDENTNET)
    (tmp_path / "plain.yaml").write_text(plain(TRIDENTNET), encoding="utf-8")
    recipe = backend.read_recipe(tmp_path / "plain.yaml")
    load_into(recipe.network, torch.load(config.with_suffix(".pth"), weights_only=True)["model"], config)
    card = files.recognise(config).card
    assert card is not None
    expected = backend.Detectron2Detector(
        backend.Recipe(with_dilation(recipe.network, 2), "BGR", None, "", ()), card.info, (), torch.device("cpu")
    ).detect(tiles_of(None, 2))
    for i, found in enumerate(answers(config)):
        theirs = np.c_[expected.boxes, expected.scores, expected.labels][expected.tiles == i]
        assert len(found) > 5
        assert np.abs(found - theirs).max() < 1e-3


def test_branches_that_are_the_same_are_merged_into_one(tmp_path: Path) -> None:
    same = TRIDENTNET.replace("[1, 2, 3]", "[2, 2, 2]")
    config = write_model(tmp_path, same)
    for one, three in zip(answers(config, which="middle"), answers(config, which="all"), strict=True):
        assert len(one) > 5
        assert np.abs(one - three).max() < 1e-3


def test_all_branches_see_more_than_one_and_their_cap_holds(tmp_path: Path) -> None:
    config = write_model(tmp_path, TRIDENTNET)
    middle, every = answers(config, which="middle"), answers(config, which="all")
    assert all(a.shape != b.shape or np.abs(a - b).max() > 1 for a, b in zip(middle, every, strict=True))
    capped = config.with_suffix(".toml")
    capped.write_text(capped.read_text(encoding="utf-8") + "detections_per_tile = 3\n", encoding="utf-8")
    assert [len(a) for a in answers(config, which="all")] == [3, 3]


def test_a_config_that_speaks_of_trident_and_builds_none_says_so(tmp_path: Path) -> None:
    config = write_model(tmp_path, plain(TRIDENTNET))
    detector = backend.load(files.recognise(config), "cpu")
    assert detector.about["builds"] == (
        "GeneralizedRCNN of ResNet, RPN, Res5ROIHeads; not a TridentNet: the config has settings of one, but does not "
        "name its parts"
    )
    with pytest.raises(ModelError, match="no branches"):
        tridentnet.use_branches(detector.network, "all")


def test_what_a_trident_config_builds_is_said(tmp_path: Path) -> None:
    config = write_model(tmp_path, TRIDENTNET)
    detector = backend.load(files.recognise(config), "cpu")
    assert detector.about["builds"] == (
        "GeneralizedRCNN of ResNet, TridentRPN, TridentRes5ROIHeads; TridentNet, branches of dilation 1, 2, 3, "
        "inference uses the one of dilation 2"
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("NUM_BRANCH: 3", "NUM_BRANCH: 2", "a dilation of 1 or more for each branch"),
        ("TEST_BRANCH_IDX: 1", "TEST_BRANCH_IDX: 3", "TEST_BRANCH_IDX 3: expected -1 for all"),
        ('"res4"', '"res5"', "TRIDENT_STAGE 'res5': expected one of res2, res3, res4"),
        ('"TridentRPN"', '"RPN"', "trident backbone with RPN and TridentRes5ROIHeads"),
    ],
)
def test_parts_that_do_not_fit_are_refused(old: str, new: str, said: str, tmp_path: Path) -> None:
    config = tmp_path / "m.yaml"
    config.write_text(TRIDENTNET.replace(old, new), encoding="utf-8")
    with pytest.raises(ModelError, match=said):
        backend.read_recipe(config)


def test_what_is_frozen_does_not_learn_and_the_rest_does(tmp_path: Path) -> None:
    """Freezing reaches the blocks in branches too, and a step of training moves what is not frozen."""
    from detectron2.structures import Boxes, Instances
    from detectron2.utils.events import EventStorage

    (tmp_path / "m.yaml").write_text(TRIDENTNET, encoding="utf-8")
    network: Any = backend.read_recipe(tmp_path / "m.yaml").network
    network.load_state_dict(random_weights(network))
    network.backbone.freeze(4)
    assert not any(p.requires_grad for p in network.backbone.parameters())
    network.train()
    truth = Instances((TILE, TILE), gt_boxes=Boxes(torch.tensor([[20.0, 30, 90, 80]])), gt_classes=torch.tensor([1]))
    image = torch.from_numpy(tiles_of(None, 1)[0]).permute(2, 0, 1).float()
    with EventStorage(0), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        losses = network([{"image": image, "instances": truth}])
    sum(losses.values()).backward()
    assert {n.split(".")[0] for n, p in network.named_parameters() if p.grad is not None} == {
        "proposal_generator",
        "roi_heads",
    }
