"""Small torchvision detectors with seeded weights that find something: no download, no training."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from detector.models import torchvision as backend
from detector.models.files import read_card

CLASSES = ("cow", "élan")
TILE_PX = 128
# The layers that tell classes apart, by the end of their names.
SCORES = ("box_predictor.cls_score", "cls_logits", "rpn.head.cls_logits")


def write(
    folder: Path, architecture: str, tiles: NDArray[np.uint8], outputs: int = 3, more: str = "", tile_px: int = TILE_PX
) -> Path:
    """`m.pth` with its card, of a detector that answers `tiles` with scores all over the range; the checkpoint's path.

    outputs: classes that it scores, the background among them. more: further lines of the card.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path, card = folder / "m.pth", folder / "m.toml"
    size = "" if "ssd" in architecture else f"min_size = {tile_px}\nmax_size = {tile_px}\n"
    card.write_text(
        f'framework = "torchvision"\narchitecture = "{architecture}"\nclasses = ["cow", "élan"]\n'
        f"tile_size = {tile_px}\noverlap = 16\nscore_threshold = 0.5\n{size}{more}",
        encoding="utf-8",
    )
    described = read_card(card)
    torch.manual_seed(0)
    network = backend._fitting(described, described.settings_as(backend.Settings), outputs, {})
    awaken(network, tiles)
    torch.save(network.state_dict(), path)
    return path


def awaken(network: nn.Module, tiles: NDArray[np.uint8]) -> None:
    """Give untrained layers the statistics of `tiles`, so that what they say of them is neither nothing nor noise."""
    pixels = list(torch.from_numpy(tiles).permute(0, 3, 1, 2).float() / 255)
    norms = [m for m in network.modules() if isinstance(m, nn.BatchNorm2d)]
    scores = {name: m for name, m in network.named_modules() if isinstance(m, nn.Conv2d | nn.Linear) and _scores(name)}
    network.eval()
    with torch.no_grad():
        for norm in norms:
            norm.train()
            norm.momentum = 1.0
        if norms:
            network(pixels)
        for norm in norms:
            norm.eval()
        # What the first stage proposes is what the second one scores.
        for proposes in (True, False):
            spread_out(network, [m for name, m in scores.items() if ("rpn" in name) == proposes], pixels)


def _scores(name: str) -> bool:
    return name.endswith(SCORES) or ("classification_head.module_list" in name and name.count(".") in (3, 4))


def spread_out(network: nn.Module, layers: Sequence[nn.Conv2d | nn.Linear], pixels: list[torch.Tensor]) -> None:
    """Scale layers of which none feeds another so that the answers of each have a mean of -1 and a deviation of 1.5."""
    if not layers:
        return
    seen: dict[nn.Module, list[torch.Tensor]] = {layer: [] for layer in layers}
    handles = [layer.register_forward_hook(lambda of, _, answer: seen[of].append(answer.flatten())) for layer in layers]
    network(pixels)
    for layer, handle in zip(layers, handles, strict=True):
        handle.remove()
        answers = torch.cat(seen[layer])
        scale = 1.5 / answers.std()
        assert layer.bias is not None
        layer.weight.mul_(scale)
        layer.bias.sub_(answers.mean()).mul_(scale).sub_(1.0)
