"""Detectors of Hugging Face's transformers, exported with the outputs of optimum, against their image processors."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.frameworks.case import CLASSES, SCORE, Case, Decode, Found, answers, card, enliven, settle, tensor
from benchmarks.frameworks.repository import module

_MEAN, _STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
SIDE = 128
_QUERIES = 60
# By name: the class of the configuration, of the network and of the image processor, the layout, and whether colours
# are normalised.
_KINDS = {
    "RT-DETR": ("RTDetr", "RTDetrImageProcessor", "rtdetr", False),
    "RT-DETRv2": ("RTDetrV2", "RTDetrImageProcessor", "rtdetr", False),
    "D-FINE": ("DFine", "RTDetrImageProcessor", "rtdetr", False),
    "DETR": ("Detr", "DetrImageProcessor", "detr", True),
    "YOLOS": ("Yolos", "YolosImageProcessor", "detr", True),
    "Conditional DETR": ("ConditionalDetr", "ConditionalDetrImageProcessor", "deformable-detr", True),
    "Deformable DETR": ("DeformableDetr", "DeformableDetrImageProcessor", "deformable-detr", True),
}


def cases() -> Iterator[Case]:
    """Each kind of network, small."""
    for name in _KINDS:
        yield Case(f"transformers {name}", (SIDE, SIDE), _maker(name))


def _maker(name: str) -> Any:
    return lambda path, tiles: _make(path, tiles, name)


class _Pair(torch.nn.Module):
    """The outputs that optimum exports."""

    def __init__(self, network: Any) -> None:
        super().__init__()
        self.network = network

    def forward(self, pixel_values: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        found = self.network(pixel_values=pixel_values)
        return found.logits, found.pred_boxes


def _make(path: Path, tiles: NDArray[np.uint8], name: str) -> Decode:
    torch.manual_seed(0)
    transformers = module("transformers")
    kind, processor, layout, normalised = _KINDS[name]
    config = getattr(transformers, f"{kind}Config")(**_small(transformers, name))
    network = getattr(transformers, f"{kind}ForObjectDetection")(config).eval()
    pair = _Pair(network)

    def prepare(shown: NDArray[np.uint8]) -> torch.Tensor:
        mean, std = (torch.tensor(v)[:, None, None] for v in (_MEAN, _STD))
        return (tensor(shown) - mean) / std if normalised else tensor(shown)

    shown = prepare(tiles[:2])
    settle(pair, lambda: pair(shown))
    _enliven(network, lambda: pair(shown), layout == "detr")
    names = ["pixel_values", "logits", "pred_boxes"]
    torch.onnx.export(
        pair,
        (shown[:1],),
        path,
        input_names=names[:1],
        output_names=names[1:],
        dynamic_axes={each: {0: "batch"} for each in names},
        opset_version=17,
        dynamo=False,
    )
    path.with_suffix(".toml").write_text(card(layout, CLASSES, SIDE), encoding="utf-8")
    session, finish = answers(path), getattr(transformers, processor)().post_process_object_detection
    # These keep 100 pairs of a query and a class unless they are told; Herdmap as many as there are queries.
    most = {"top_k": _QUERIES} if layout == "deformable-detr" else {}

    def decode(tile: NDArray[np.uint8]) -> Found:
        logits, boxes = session(prepare(tile[None]))
        answer = transformers.utils.ModelOutput(logits=logits, pred_boxes=boxes)
        (found,) = finish(answer, threshold=SCORE, target_sizes=[(SIDE, SIDE)], **most)
        return Found(*(found[key].numpy() for key in ("boxes", "scores", "labels")))

    return decode


def _small(transformers: Any, name: str) -> dict[str, Any]:
    """The configuration of a small network of this kind."""
    labels = {"num_labels": len(CLASSES)}
    if name == "YOLOS":
        small = {"hidden_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64}
        return labels | small | {"image_size": [SIDE, SIDE], "num_detection_tokens": _QUERIES}
    stages = {"out_features": ["stage2", "stage3", "stage4"], "depths": [1, 1, 1, 1], "layer_type": "basic"}
    stages |= {"embedding_size": 16, "hidden_sizes": [16, 32, 64, 128]}
    common = labels | {"d_model": 64, "decoder_layers": 2, "num_queries": _QUERIES}
    common |= {f"{part}_attention_heads": 4 for part in ("encoder", "decoder")}
    common |= {f"{part}_ffn_dim": 64 for part in ("encoder", "decoder")}
    if name in ("RT-DETR", "RT-DETRv2"):
        backbone = transformers.RTDetrResNetConfig(**stages)
        wide = {"encoder_in_channels": [32, 64, 128], "encoder_hidden_dim": 64, "decoder_in_channels": [64] * 3}
        return common | wide | {"backbone_config": backbone}
    if name == "D-FINE":
        backbone = transformers.HGNetV2Config(
            stem_channels=[3, 8, 16],
            stage_in_channels=[16, 32, 64, 128],
            stage_mid_channels=[8, 16, 16, 32],
            stage_out_channels=[32, 64, 128, 128],
            stage_num_blocks=[1, 1, 1, 1],
            stage_numb_of_layers=[1, 1, 1, 1],
            hidden_sizes=[32, 64, 128, 128],
            out_features=["stage2", "stage3", "stage4"],
        )
        wide = {"encoder_in_channels": [64, 128, 128], "encoder_hidden_dim": 64, "decoder_in_channels": [64] * 3}
        return common | wide | {"backbone_config": backbone}
    backbone = transformers.ResNetConfig(**stages)
    alone = {"use_timm_backbone": False, "use_pretrained_backbone": False, "backbone": None, "encoder_layers": 1}
    return common | alone | {"backbone_config": backbone}


def _enliven(network: Any, run: Any, softmax: bool) -> None:
    """Scale the layers of the classes. softmax: the last column is "no animal"."""
    layers = [
        (name, layer)
        for name, layer in network.named_modules()
        if isinstance(layer, torch.nn.Linear)
        and layer.out_features == len(CLASSES) + softmax
        and "box" not in name
        and any(word in name for word in ("class", "score_head"))
    ]
    used: list[str] = []
    hooks = [layer.register_forward_hook(lambda *_, name=name: used.append(name)) for name, layer in layers]
    with torch.no_grad():
        run()
    for hook in hooks:
        hook.remove()
    for name, layer in layers:
        if name in used:
            enliven([layer], run, None if softmax else 0.08)
