"""The gate: a tile classifier ahead of the detector, so that tiles without animals cost almost nothing."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.models import ModelInfo, TileClassifier


@dataclass(frozen=True)
class Gate:
    """Passes a tile to the detector if it holds an animal with a probability of at least `threshold`.

    The probability of an animal is that of all classes except the empty one; see `ModelInfo.animal`. Raises ModelError
    for a classifier if it is unknown which of its classes means an empty tile.
    """

    classifier: TileClassifier
    threshold: float

    def __post_init__(self) -> None:
        check_gate(self.classifier.info)

    def passes(self, tiles: NDArray[np.uint8]) -> NDArray[np.bool_]:
        """(B,) bool: which of the tiles (B, H, W, 3) uint8 RGB pass to the detector."""
        animal = self.classifier.info.animal(self.classifier.classify(tiles))
        passes: NDArray[np.bool_] = animal >= np.float32(self.threshold)
        return passes


def check_gate(info: ModelInfo) -> None:
    """Raise ModelError if the classifier does not say how probable an animal is."""
    info.animal(np.zeros((0, len(info.classes)), np.float32))
