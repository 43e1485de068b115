"""torchvision's detectors, exported as its documentation says, against the networks themselves.

Their decoding is inside the file. So the file's numbers are compared with those of torch, which differ a little.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.frameworks.case import CLASSES, SCORE, Case, Decode, Found, card, enliven, settle, tensor
from benchmarks.frameworks.repository import module

# By builder: the side of its tiles.
_BUILDERS = {
    "fasterrcnn_mobilenet_v3_large_320_fpn": 192,
    "retinanet_resnet50_fpn": 192,
    "fcos_resnet50_fpn": 192,
    "ssd300_vgg16": 300,
    "ssdlite320_mobilenet_v3_large": 320,
}


def cases() -> Iterator[Case]:
    """A network of each kind. Its labels begin with 1."""
    for builder, side in _BUILDERS.items():
        yield Case(f"torchvision {builder}", (side, side), _maker(builder, side))


def _maker(builder: str, side: int) -> Any:
    return lambda path, tiles: _make(path, tiles, builder, side)


def _make(path: Path, tiles: NDArray[np.uint8], builder: str, side: int) -> Decode:
    torch.manual_seed(0)
    build = getattr(module("torchvision.models.detection"), builder)
    sized = {} if builder.startswith("ssd") else {"min_size": side, "max_size": side}
    network = build(weights=None, weights_backbone=None, num_classes=len(CLASSES) + 1, **sized).eval()
    shown = list(tensor(tiles[:2]))
    settle(network, lambda: network(shown))
    _enliven(network, lambda: network(shown))
    torch.onnx.export(network, ([shown[0]],), path, input_names=["images"], opset_version=17, dynamo=False)
    path.with_suffix(".toml").write_text(card("torchvision", CLASSES, side, "first_label = 1\n"), encoding="utf-8")

    def decode(tile: NDArray[np.uint8]) -> Found:
        with torch.no_grad():
            (found,) = network(list(tensor(tile[None])))
        boxes, scores, labels = (found[key].numpy() for key in ("boxes", "scores", "labels"))
        return Found(boxes[scores >= SCORE], scores[scores >= SCORE], labels[scores >= SCORE] - 1)

    return decode


def _enliven(network: Any, run: Any) -> None:
    """Scale the layers that answer with scores and boxes."""
    if hasattr(network, "roi_heads"):
        enliven([network.rpn.head.cls_logits], run, 0.2)
        enliven([network.rpn.head.bbox_pred], run, None, 0.3)
        last = network.roi_heads.box_predictor
        enliven([last.cls_score], run, None, 1.5)
        enliven([last.bbox_pred], run, None, 0.5)
        with torch.no_grad():  # few animals
            last.cls_score.bias[0] += 5.0
        return
    head = network.head.classification_head
    if hasattr(head, "cls_logits"):
        enliven([head.cls_logits], run, 0.01, 1.0)
        return
    columns = len(CLASSES) + 1
    lasts = [layer if layer.__class__.__name__ == "Conv2d" else layer[-1] for layer in head.module_list]
    for layer in lasts:
        enliven([layer], run, None, 1.0)
        with torch.no_grad():  # few animals
            layer.bias.view(-1, columns)[:, 0] += 1.5
