"""One export of a framework, and how random weights are made to find something."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray

SCORE = 0.05
"""The least score that is compared."""
CLASSES = ("sheep", "goat's kid", 'the "old" cow')
"""Names with quotes, as people write them."""


class Found(NamedTuple):
    """A framework's own answer about one tile: boxes (N, 4) xyxy px, scores (N,), labels (N,) from 0."""

    boxes: NDArray[Any]
    scores: NDArray[Any]
    labels: NDArray[Any]


Decode = Callable[[NDArray[np.uint8]], Found]
"""From a tile (H, W, 3) uint8 RGB to what the framework itself finds on it."""


@dataclass(frozen=True)
class Case:
    """An export to compare.

    Args:
        name: For the table.
        size: The (height, width) of the tiles, px.
        make: Writes the .onnx, and its card if it needs one; gives the framework's own decoding. It gets the file's
            path and some tiles (N, H, W, 3) uint8 RGB.
        half: Whether numbers of half precision are compared with those of full precision.
        differs: Why it cannot be the same to the last digit; '' if it can.
    """

    name: str
    size: tuple[int, int]
    make: Callable[[Path, NDArray[np.uint8]], Decode]
    half: bool = False
    differs: str = ""


def tensor(tiles: NDArray[np.uint8]) -> torch.Tensor:
    """Tiles (B, H, W, 3) uint8 as (B, 3, H, W) float32 from 0 to 1."""
    return torch.from_numpy(np.ascontiguousarray(tiles.transpose(0, 3, 1, 2))).float() / 255


def settle(network: torch.nn.Module, run: Callable[[], object]) -> None:
    """Let the layers of batch normalisation measure what they see, so that a random network answers about its tiles."""
    norms = [m for m in network.modules() if isinstance(m, (torch.nn.BatchNorm1d, torch.nn.BatchNorm2d))]
    for norm in norms:
        norm.momentum = None  # the mean of all that it sees
        norm.reset_running_stats()
        norm.train()
    with torch.no_grad():
        run()
    network.eval()


def enliven(layers: Sequence[Any], run: Callable[[], object], share: float | None, spread: float = 2.0) -> None:
    """Scale the last layers, so that their answers differ from place to place.

    Args:
        layers: Layers with a weight and a bias.
        run: Runs the network that they are in.
        share: The share of answers above 0: the animals, if a sigmoid follows. None: the mean answer is 0.
        spread: The standard deviation of the answers.
    """
    seen: dict[int, list[torch.Tensor]] = {i: [] for i in range(len(layers))}

    def keep(i: int) -> Callable[..., None]:
        return lambda module, given, answer: seen[i].append(answer.detach().float().flatten())

    hooks = [layer.register_forward_hook(keep(i)) for i, layer in enumerate(layers)]
    with torch.no_grad():
        run()
        for i, layer in enumerate(layers):
            hooks[i].remove()
            values = torch.cat(seen[i])[:4_000_000]
            scale = spread / float(values.std().clamp_min(1e-6))
            middle = float(values.mean() if share is None else np.quantile(values.numpy(), 1 - share))
            layer.weight.mul_(scale)
            layer.bias.sub_(middle).mul_(scale)


def parts(network: torch.nn.Module, kinds: tuple[type, ...], ends: Iterable[str]) -> list[Any]:
    """The layers of these kinds whose names end so."""
    wanted = tuple(ends)
    return [m for name, m in network.named_modules() if isinstance(m, kinds) and name.endswith(wanted)]


def card(layout: str, classes: Sequence[str], tile_size: int, more: str = "") -> str:
    """The card of a file that does not say its classes."""
    names = json.dumps(list(classes))
    return f'framework = "onnx"\nlayout = "{layout}"\nclasses = {names}\ntile_size = {tile_size}\n{more}'


def answers(path: Path) -> Callable[[torch.Tensor], list[torch.Tensor]]:
    """Runs the exported file, for the framework's decoding.

    Two runs of a random network differ in the last digits. Where neighbours are nearly equal, these would decide which
    one stays.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return lambda shown: [torch.from_numpy(a) for a in session.run(None, {name: shown.numpy().astype(np.float32)})]
