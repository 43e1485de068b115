"""Quantises a portable file to 8-bit integers. It becomes smaller, and faster on processors that multiply them fast."""

import logging
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

from geo.output import whole

# Only the layers with the weights. The layers that decode and suppress boxes stay in float32, because rounding there
# gives wrong boxes.
LAYERS = ["Conv", "Gemm", "MatMul"]


class _Tiles(CalibrationDataReader):  # type: ignore[misc]
    """Gives one tile after another, in the form that the file takes."""

    def __init__(self, tiles: NDArray[np.uint8], batch: int, name: str) -> None:
        self._batches = (tiles[i : i + batch] for i in range(0, len(tiles) - batch + 1, batch))
        self._name = name

    def get_next(self) -> dict[str, Any] | None:
        batch = next(self._batches, None)
        return None if batch is None else {self._name: np.ascontiguousarray(batch)}


def quantise(path: Path, tiles: NDArray[np.uint8]) -> None:
    """Turn the .onnx file at `path` into an int8 one. tiles: (N, H, W, 3) uint8 RGB, to measure the range of each
    layer.
    """
    shape = ort.InferenceSession(str(path), providers=["CPUExecutionProvider"]).get_inputs()[0]
    batch = shape.shape[0] if isinstance(shape.shape[0], int) else 1
    tiles = np.resize(tiles, (max(batch, len(tiles)), *tiles.shape[1:]))
    try:
        # It recommends, on the root logger, a preparation that the tracing exporter has already done.
        logging.disable(logging.WARNING)
        with whole(path) as part:
            quantize_static(
                str(path),
                str(part),
                _Tiles(tiles, batch, shape.name),
                quant_format=QuantFormat.QDQ,
                op_types_to_quantize=LAYERS,
                per_channel=True,
                activation_type=QuantType.QUInt8,
                weight_type=QuantType.QInt8,
            )
    finally:
        logging.disable(logging.NOTSET)
