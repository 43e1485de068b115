"""NanoDet's networks, built from its repository, exported as its script does, against its own `get_bboxes`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.frameworks.case import CLASSES, Case, Decode, Found, answers, card, enliven, settle
from benchmarks.frameworks.repository import inside, module

SIDE = 192
_MEAN, _STD = (103.53, 116.28, 123.675), (57.375, 57.12, 58.395)
_CONFIGS = (
    ("NanoDet-Plus", "config/nanodet-plus-m_320.yml", "nanodet-plus"),
    ("NanoDet before NanoDet-Plus", "config/legacy_v0.x_configs/nanodet-m.yml", "nanodet"),
)


def cases(source: Path) -> Iterator[Case]:
    """source: a folder with the repository nanodet."""
    for name, config, layout in _CONFIGS:
        if (source / "nanodet").is_dir():
            yield Case(name, (SIDE, SIDE), _maker(source / "nanodet", config, layout))


def _maker(repository: Path, config: str, layout: str) -> Any:
    return lambda path, tiles: _make(path, tiles, repository, config, layout)


def _shown(tiles: NDArray[np.uint8]) -> torch.Tensor:
    mean, std = (np.array(v, np.float32) for v in (_MEAN, _STD))
    return torch.from_numpy(np.ascontiguousarray(((tiles[..., ::-1] - mean) / std).transpose(0, 3, 1, 2)))


def _make(path: Path, tiles: NDArray[np.uint8], repository: Path, config: str, layout: str) -> Decode:
    torch.manual_seed(0)
    with inside(repository):
        util = module("nanodet.util")
        cfg = util.cfg
        cfg.defrost()
        util.load_config(cfg, str(repository / config))
        cfg.defrost()
        cfg.model.arch.head.num_classes = len(CLASSES)
        cfg.model.arch.backbone.pretrain = False
        if "aux_head" in cfg.model.arch:
            cfg.model.arch.aux_head.num_classes = len(CLASSES)
        network = module("nanodet.model.arch").build_model(cfg.model).eval()
    shown = _shown(tiles)
    settle(network, lambda: network(shown))
    head = network.head
    for layer in head.gfl_cls:
        enliven([layer], lambda: network(shown), None, 1.0)
        with torch.no_grad():  # few animals
            layer.bias[: len(CLASSES)] -= 5.5
    torch.onnx.export(network, (shown[:1],), path, input_names=["data"], output_names=["output"], dynamo=False)
    path.with_suffix(".toml").write_text(card(layout, CLASSES, SIDE), encoding="utf-8")
    session = answers(path)

    def decode(tile: NDArray[np.uint8]) -> Found:
        shown = _shown(tile[None])
        rows = session(shown)[0]
        scores, sides = rows[..., : len(CLASSES)], rows[..., len(CLASSES) :]
        ((boxes, labels),) = head.get_bboxes(torch.logit(scores.double()).float(), sides, {"img": shown})
        return Found(boxes[:, :4].numpy(), boxes[:, 4].numpy(), labels.numpy())

    return decode
