"""What a backend returns so that its model can be written as a portable file."""

from dataclasses import dataclass
from pathlib import Path

from torch import nn

from detector.models.info import ModelInfo


@dataclass(frozen=True)
class Portable:
    """A model in a form that can be traced.

    module: from images (B, H, W, 3) uint8 to boxes (K, 4) float32 xyxy tile px, scores (K,), labels (K,) int64 and
    batch_index (K,) int64, or to probabilities (B, C) float32. In eval mode, on the CPU, in full precision.
    info: the metadata of the file; `batch_size` is the batch with which the module is traced, None if it takes any.
    size: the only (height, width) px that it takes, None for any.
    score_floor, detections_per_tile: the limits below and beyond which the original returns nothing.
    opset: the version of ONNX to write.
    """

    module: nn.Module
    info: ModelInfo
    size: tuple[int, int] | None = None
    score_floor: float = 0.0
    detections_per_tile: int | None = None
    opset: int = 17


def write_info(path: Path, info: ModelInfo) -> None:
    """Write the model's metadata into the file."""
    import onnx

    model = onnx.load(str(path))
    del model.metadata_props[:]
    entry = model.metadata_props.add()
    entry.key, entry.value = "herdmap", info.to_json()
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString())
