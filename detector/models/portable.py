"""What a backend returns so that its model can be written as a portable file."""

from dataclasses import dataclass
from pathlib import Path

from torch import nn

from detector.models.info import ModelInfo


@dataclass(frozen=True)
class Portable:
    """A model in a form that can be traced.

    Attributes:
        module: From images (B, H, W, 3) uint8 to boxes (K, 4) float32 xyxy tile px, scores (K,), labels (K,) int64 and
            batch_index (K,) int64, or to probabilities (B, C) float32. It is in eval mode, on the CPU, in full
            precision.
        info: The metadata of the file. Its `batch_size` is the batch of the trace; None if it takes any.
        size: The only (height, width) px that it takes; None for any.
        score_floor: The original gives no detections below this score.
        detections_per_tile: The original gives no more detections in a tile.
        opset: The version of ONNX to write.
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
    written = model.SerializeToString()
    onnx.checker.check_model(written)
    path.write_bytes(written)
