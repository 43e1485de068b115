"""Detectron2 models for tests: real configs with seeded random weights that find something everywhere.

A network of plain random weights answers with one box of the whole image or none. Here the residual branches are damped
and the heads spread, so that activations keep their size through 50 layers and scores and boxes differ.
"""

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

CLASSES = ("cow", "elephant", "impala", "wildebeest", "zebra")
TILE = 160

FASTER_RCNN = """
_BASE_: "../COCO-Detection/faster_rcnn_R_50_FPN_1x.yaml"
MODEL:
  WEIGHTS: ""
  RPN: {POST_NMS_TOPK_TEST: 100}
  ROI_HEADS: {NUM_CLASSES: 5, NMS_THRESH_TEST: 0.3}
INPUT: {MIN_SIZE_TEST: 200}
"""
# The public configuration, with fewer classes and proposals.
TRIDENTNET = """
MODEL:
  META_ARCHITECTURE: "GeneralizedRCNN"
  BACKBONE: {NAME: "build_trident_resnet_backbone"}
  ROI_HEADS:
    NAME: "TridentRes5ROIHeads"
    POSITIVE_FRACTION: 0.5
    BATCH_SIZE_PER_IMAGE: 32
    PROPOSAL_APPEND_GT: False
    NUM_CLASSES: 5
    NMS_THRESH_TEST: 0.3
  PROPOSAL_GENERATOR: {NAME: "TridentRPN"}
  RPN: {POST_NMS_TOPK_TRAIN: 500, POST_NMS_TOPK_TEST: 40}
  TRIDENT: {NUM_BRANCH: 3, BRANCH_DILATIONS: [1, 2, 3], TEST_BRANCH_IDX: 1, TRIDENT_STAGE: "res4"}
INPUT: {MIN_SIZE_TEST: 0}
VERSION: 2
"""
CARD = f"""
framework = "detectron2"
classes = {list(CLASSES)}
tile_size = {TILE}
overlap = 32
score_threshold = 0.3
"""


def write_model(folder: Path, config: str, card: str = CARD, seed: int = 0) -> Path:
    """Write m.yaml, m.pth and m.toml; returns the config's path."""
    from detector.models.detectron2.model import read_recipe

    path = folder / "m.yaml"
    path.write_text(config, encoding="utf-8")
    path.with_suffix(".toml").write_text(card, encoding="utf-8")
    torch.save({"model": random_weights(read_recipe(path).network, seed)}, path.with_suffix(".pth"))
    return path


def random_weights(network: torch.nn.Module, seed: int = 0) -> dict[str, torch.Tensor]:
    """A state dict for the network, the same for the same seed."""
    draw = torch.Generator().manual_seed(seed)
    spread = {"objectness_logits": 0.05, "anchor_deltas": 0.005, "cls_score": 0.05, "bbox_pred": 0.005}
    weights = {}
    for name, tensor in network.state_dict().items():
        layer = name.split(".")[-2]
        if name.endswith(("conv3.norm.weight", "shortcut.norm.weight")):
            weights[name] = torch.full_like(tensor, 0.15 if "conv3" in name else 0.7)
        elif name.endswith("weight") and tensor.ndim > 1:
            fan_in = tensor[0].numel()
            size = spread.get(layer, (2 / fan_in) ** 0.5)
            # What an FPN makes of a photo is larger than what a C4 network does: dimmed, its boxes have area, too.
            size *= 0.03 if name == "backbone.bottom_up.stem.conv1.weight" else 1
            size *= 0.25 if layer == "cls_score" and fan_in == 1024 else 1
            weights[name] = size * torch.randn(tensor.shape, generator=draw)
        else:
            weights[name] = tensor.clone()
    return weights


def tiles_of(folder: Path | None, count: int, size: int = TILE) -> NDArray[np.uint8]:
    """(count, size, size, 3) uint8 RGB: cut from the real photos of `folder`, or blobs on noise where it is None."""
    draw = np.random.default_rng(0)
    if folder is not None:
        from PIL import Image

        files = sorted(folder.glob("*.jpg")) + sorted(folder.glob("*.JPG")) + sorted(folder.glob("*.png"))
        cut = []
        for file in files[:: max(1, len(files) // count)][:count]:
            with Image.open(file) as image:
                x, y = (int(draw.integers(0, side - size)) for side in image.size)
                cut.append(np.asarray(image.convert("RGB").crop((x, y, x + size, y + size))))
        return np.stack(cut)
    tiles = draw.integers(80, 150, (count, size, size, 3))
    rows, columns = np.mgrid[:size, :size]
    for tile in tiles:
        for _ in range(8):
            x, y, radius = *draw.uniform(0, size, 2), draw.uniform(5, 20)
            tile[(columns - x) ** 2 + (rows - y) ** 2 < radius**2] = draw.integers(0, 256, 3)
    return tiles.astype(np.uint8)
