"""What a backend returns so that its model can be written as a portable file."""

from dataclasses import dataclass
from pathlib import Path

from torch import nn

from detector.models.info import ModelInfo


@dataclass(frozen=True)
class Portable:
    """A model as it can be traced.

    module: images (B, H, W, 3) uint8 to boxes (K, 4) float32 xyxy tile px, scores (K,), labels (K,) int64 and
    batch_index (K,) int64, or to probabilities (B, C) float32. In eval mode, on the CPU, in full precision.
    info: what the file will say; `batch_size` is what the module is traced with, None where it takes any.
    size: the one (height, width) px it takes, None for any.
    score_floor, detections_per_tile: below and beyond which the original answers nothing.
    opset: the version of ONNX that it is written in.
    """

    module: nn.Module
    info: ModelInfo
    size: tuple[int, int] | None = None
    score_floor: float = 0.0
    detections_per_tile: int | None = None
    opset: int = 17


def write_info(path: Path, info: ModelInfo) -> None:
    """Put what the model says of itself into the file."""
    import onnx

    model = onnx.load(str(path))
    del model.metadata_props[:]
    entry = model.metadata_props.add()
    entry.key, entry.value = "herdmap", info.to_json()
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString())
