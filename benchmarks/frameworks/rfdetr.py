"""RF-DETR of its package, exported by its `export`, against its own `PostProcess`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.frameworks.case import CLASSES, SCORE, Case, Decode, Found, answers, card, enliven, tensor
from benchmarks.frameworks.repository import module

_MEAN, _STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
SIDE = 192


def cases() -> Iterator[Case]:
    """A detector, the same for a free batch, and one with segments."""
    for builder, options in (
        ("RFDETRNano", {}),
        ("RFDETRNano", {"dynamic_batch": True}),
        ("RFDETRSegNano", {}),
    ):
        said = "".join(f", {key}={value}" for key, value in options.items())
        yield Case(f"RF-DETR {builder}{said}", (SIDE, SIDE), _maker(builder, options))


def _maker(builder: str, options: dict[str, Any]) -> Any:
    return lambda path, tiles: _make(path, tiles, builder, options)


def _make(path: Path, tiles: NDArray[np.uint8], builder: str, options: dict[str, Any]) -> Decode:
    torch.manual_seed(0)
    model = getattr(module("rfdetr"), builder)(
        pretrain_weights=None, num_classes=len(CLASSES), resolution=SIDE, device="cpu"
    )
    network = model.model.model.eval()
    mean, std = (torch.tensor(v)[:, None, None] for v in (_MEAN, _STD))
    shown = (tensor(tiles[:2]) - mean) / std
    enliven([network.class_embed], lambda: network(shown), 0.05)
    with torch.no_grad():
        network.class_embed.bias[-1] = -9.0  # the column without a class, as training leaves it
    exported = model.export(output_dir=str(path.parent), verbose=False, **options)
    Path(exported).rename(path)
    path.with_suffix(".toml").write_text(card("rfdetr", CLASSES, SIDE, "first_label = 0\n"), encoding="utf-8")
    session, finish = answers(path), model.model.postprocess

    def decode(tile: NDArray[np.uint8]) -> Found:
        answer = session((tensor(tile[None]) - mean) / std)
        (found,) = finish({"pred_logits": answer[1], "pred_boxes": answer[0]}, torch.tensor([[SIDE, SIDE]]))
        boxes, scores, labels = (found[key].numpy() for key in ("boxes", "scores", "labels"))
        return Found(boxes[scores >= SCORE], scores[scores >= SCORE], labels[scores >= SCORE])

    return decode
