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

_LIGHT = "mobilenet_v3_large"
# By network: the side of its tiles. RetinaNet and FCOS have a light backbone; their heads and decoding are the same.
_NETWORKS = {
    "fasterrcnn_mobilenet_v3_large_320_fpn": 192,
    "RetinaNet": 192,
    "FCOS": 192,
    "ssdlite320_mobilenet_v3_large": 320,
    "ssd300_vgg16": 300,
}


def cases() -> Iterator[Case]:
    """A network of each kind. Labels of RetinaNet and FCOS begin with 0, as DeepForest's, the others' with 1."""
    for name, side in _NETWORKS.items():
        yield Case(f"torchvision {name}", (side, side), _maker(name, side))


def _maker(name: str, side: int) -> Any:
    return lambda path, tiles: _make(path, tiles, name, side)


def _network(name: str, side: int) -> Any:
    detection = module("torchvision.models.detection")
    if name in ("RetinaNet", "FCOS"):
        backbone = module("torchvision.models.detection.backbone_utils").mobilenet_backbone(
            backbone_name=_LIGHT, weights=None, fpn=True
        )
        generator = module("torchvision.models.detection.anchor_utils").AnchorGenerator
        sizes = ((12, 16, 20), (24, 32, 40), (48, 64, 80)) if name == "RetinaNet" else ((16,), (32,), (64,))
        ratios = ((0.5, 1.0, 2.0) if name == "RetinaNet" else (1.0,),) * 3
        sides = {"min_size": side, "max_size": side}
        return getattr(detection, name)(backbone, len(CLASSES), anchor_generator=generator(sizes, ratios), **sides)
    sized = {} if name.startswith("ssd") else {"min_size": side, "max_size": side}
    return getattr(detection, name)(weights=None, weights_backbone=None, num_classes=len(CLASSES) + 1, **sized)


def _make(path: Path, tiles: NDArray[np.uint8], name: str, side: int) -> Decode:
    torch.manual_seed(0)
    network = _network(name, side).eval()
    first = 0 if name in ("RetinaNet", "FCOS") else 1
    shown = list(tensor(tiles[:2]))
    settle(network, lambda: network(shown))
    _enliven(network, lambda: network(shown))
    torch.onnx.export(network, ([shown[0]],), path, input_names=["images"], opset_version=17, dynamo=False)
    path.with_suffix(".toml").write_text(
        card("torchvision", CLASSES, side, f"first_label = {first}\n"), encoding="utf-8"
    )

    def decode(tile: NDArray[np.uint8]) -> Found:
        with torch.no_grad():
            (found,) = network(list(tensor(tile[None])))
        boxes, scores, labels = (found[key].numpy() for key in ("boxes", "scores", "labels"))
        return Found(boxes[scores >= SCORE], scores[scores >= SCORE], labels[scores >= SCORE] - first)

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
