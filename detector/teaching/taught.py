"""The network that is taught: a compact detector that starts from a model, at the scale of the animals."""

import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor, nn

from detector.models import ModelInfo
from detector.models.compact import CompactDetector, CompactShape, export_compact
from detector.models.compact_weights import read_network, with_norms_of
from detector.training.augment import Augmentation
from detector.training.compact import Compact
from detector.training.config import Output, Source, TrainingConfig
from detector.training.schedule import Schedule

CROP_PX = 320
BATCH = 8
PEAK = 1e-3  # learning rate, from weights that know something
PEAK_FROM_NOTHING = 2e-3
AVERAGE_STEPS = 40
_NORM_PATCHES = 6

LIGHT = Augmentation(scale=(0.65, 1.5), aspect=1.25, mosaic=0.0)
"""Of photos of one survey: the scale of the animals is known."""


class Taught(Compact):
    """The compact detector that is taught. It learns and is examined on patches at its own scale."""

    def __init__(self, config: TrainingConfig, network: CompactDetector) -> None:
        super().__init__(config)
        self.network: nn.Module = network.to(memory_format=torch.channels_last)

    def write_zoomed(self, weights: dict[str, Tensor], info: ModelInfo, path: Path, zoom: float) -> None:
        """Write these weights as a model file that enlarges or reduces its tiles itself."""
        network = CompactDetector(self._shape())
        network.load_state_dict(weights)
        export_compact(network.eval(), info, path, zoom)

    def _shape(self) -> CompactShape:
        assert isinstance(self.network, CompactDetector)
        return self.network.shape


def begin(
    start: Path | None, known: Sequence[str], classes: Sequence[str], pixels: Tensor, seed: int = 0
) -> CompactDetector:
    """The network to begin with.

    A class that the file knows begins as what it knows of it. Another class begins as the mean of what the file knows,
    because an animal from above looks more like another animal than like ground.

    Args:
        start: The ONNX file of a compact detector; None for a new network with random weights.
        known: Its classes.
        classes: What is learnt.
        pixels: (B, 3, H, W) float32, patches, for the statistics of the norms.
        seed: Of the random weights.

    Raises:
        ModelError: The file is not one of a compact detector.
    """
    torch.manual_seed(seed)
    if start is None:
        return CompactDetector(CompactShape(len(classes), widths=(32, 64, 128)))
    read = read_network(start)
    with_norms_of(read, pixels[:_NORM_PATCHES])
    network = CompactDetector(CompactShape(**{**asdict(read.shape), "classes": len(classes)}))
    weights = read.state_dict()
    for name in ("centre.weight", "centre.bias"):
        old = weights[name]
        rows = [old[list(known).index(one)] if one in known else old.mean(0) for one in classes]
        weights[name] = torch.stack(rows)
    network.load_state_dict(weights)
    for layer in network.modules():  # a norm whose scale is not learnt keeps its statistics: few photos have a light
        if isinstance(layer, nn.BatchNorm2d):  # of their own, and the network would learn to expect it
            layer.weight.requires_grad_(False)
    return network


def config_of(
    classes: Sequence[str], network: CompactDetector, folder: Path, device: str, peak: float
) -> TrainingConfig:
    """The settings of the loop. Its data are patches, so the source here is only a name."""
    shape: dict[str, Any] = {
        name: list(value) if isinstance(value, tuple) else value  # as in a TOML file
        for name, value in asdict(network.shape).items()
        if name != "classes"
    }
    return TrainingConfig(
        classes=tuple(classes),
        data=(Source(images=folder, labels=folder),),
        output=Output(folder=folder, name="taught"),
        model=shape,
        schedule=Schedule(batch=BATCH, crop_px=CROP_PX, learning_rate=peak, average_steps=AVERAGE_STEPS),
        precision=precision_of(device),
        device=device,
    )


def precision_of(device: str) -> Literal["mixed", "full"]:
    """`mixed` where it is faster. A processor without bfloat16 computes it many times slower than full precision."""
    if device.startswith("cuda") or (device == "auto" and torch.cuda.is_available()):
        return "mixed"
    layer, given = nn.Conv2d(32, 32, 3, padding=1), torch.zeros(2, 32, 80, 80)
    took = {}
    with torch.no_grad():
        for half in (False, True, False, True):
            began = time.perf_counter()
            with torch.autocast("cpu", torch.bfloat16, enabled=half):
                for _ in range(3):
                    layer(given)
            took[half] = time.perf_counter() - began
    return "mixed" if took[True] < took[False] else "full"
