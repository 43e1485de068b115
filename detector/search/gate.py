"""The gate: a tile classifier ahead of the detector, so that tiles without animals cost almost nothing."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.errors import ModelError
from detector.models import ModelInfo, TileClassifier


@dataclass(frozen=True)
class Gate:
    """Passes a tile to the detector if it holds an animal with a probability of at least `threshold`.

    The probability of an animal is that of all classes except the empty one. Raises ModelError for a classifier if it
    is unknown which of its classes means an empty tile.
    """

    classifier: TileClassifier
    threshold: float

    def __post_init__(self) -> None:
        empty_label(self.classifier.info)

    def passes(self, tiles: NDArray[np.uint8]) -> NDArray[np.bool_]:
        """(B,) bool: which of the tiles (B, H, W, 3) uint8 RGB pass to the detector."""
        empty = self.classifier.classify(tiles)[:, empty_label(self.classifier.info)]
        passes: NDArray[np.bool_] = 1 - empty >= np.float32(self.threshold)
        return passes


def empty_label(info: ModelInfo) -> int:
    """The label of tiles without an animal. Raises ModelError if it is unknown."""
    if info.empty_name is None:
        raise ModelError(
            f"the classifier {info.name!r} has the classes {', '.join(info.classes)}, and does not say which of them "
            "is a tile without an animal; a gate needs 'empty_class' in its metadata, or a class called 'empty'"
        )
    return info.classes.index(info.empty_name)
