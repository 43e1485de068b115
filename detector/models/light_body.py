"""The frozen network whose features a light head looks at: the first part of EfficientNet-Lite0, trained on ImageNet.

It knows no animal. It is in the package (`body/`, Apache-2.0) and needs ONNX Runtime alone.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detector.models.onnx_calls import Calls
from detector.models.onnx_session import device_of, open_session

CELL_PX = 8
"""The side of a cell of the features, px of the scaled tile."""
CHANNELS = 256
"""Features of a cell."""
_STEP = 16  # px: the sides of a scaled tile are multiples of it
_FILE = Path(__file__).parent / "body" / "efficientnet_lite0.onnx"


class LightBody:
    """The open network. `device`: where it runs. `calls_at_once`: how many calls of `features` may run at once."""

    def __init__(self, device: str = "auto", threads: int | None = None, calls_at_once: int = 1) -> None:
        session, self.calls_at_once = open_session(_FILE, device, threads, calls_at_once)
        self.device = device_of(session)
        self.calls = Calls(session)

    def features(self, tiles: NDArray[np.uint8], zoom: float) -> tuple[NDArray[np.float32], tuple[float, float]]:
        """The features of each cell, (B, CHANNELS, h, w) float32, and the side of a cell in tile px, across and down.

        Args:
            tiles: (B, H, W, 3) uint8 RGB.
            zoom: By how much tiles are enlarged (above 1) or reduced before; rounded so that whole cells fit.

        Raises:
            ModelError: It fails.
        """
        height, width = tiles.shape[1:3]
        rows, columns = (max(_STEP, _STEP * round(side * zoom / _STEP)) for side in (height, width))
        sizes = np.array([len(tiles), 3, rows, columns], np.int64)
        (found,) = self.calls.run(np.ascontiguousarray(tiles), {"sizes": sizes})
        return found, (CELL_PX * width / columns, CELL_PX * height / rows)
