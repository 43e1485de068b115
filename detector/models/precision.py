"""The precision in which a model searches: float32, or a faster one where the processor has it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from detector.detections import Detections

PRECISIONS = ("auto", "float32", "bfloat16")
"""What may be asked for. `auto` is the fastest that finds the same on the first tiles."""

SCORE = 0.02
"""The largest difference of a score that another precision may make."""

MOST_SHIFT = 4 * SCORE
"""The largest mean difference of logits: near a threshold, that of a score is a quarter of it at most."""


@dataclass(frozen=True)
class Precision:
    """How the tiles of a survey are searched.

    Attributes:
        name: 'float32' or 'bfloat16'.
        thresholds: By class, the score near which tiles are searched again in float32; empty for float32.
        check: How it agreed with float32 on the first tiles, for a person; '' if nobody looked.
        margin: A tile with a score as near as this to the threshold is searched again, so that rounding does not
            decide what counts.
        shift: By how much the logits of scores are higher in float32 on average. The margin is around the score that
            becomes the threshold by it.
    """

    name: str = "float32"
    thresholds: tuple[float, ...] = ()
    check: str = ""
    margin: float = SCORE
    shift: float = 0.0

    @property
    def key(self) -> Mapping[str, Any]:
        """What the name of a part depends on besides. Nothing for float32, no shift where there is none, and no margin
        where it is the widest too: the parts of earlier versions still hold.
        """
        if self.name == "float32":
            return {}
        margin = [self.margin, self.shift] if self.shift else [self.margin] if self.margin != SCORE else []
        return {"precision": [self.name, list(self.thresholds), *margin]}

    @property
    def doubt(self) -> NDArray[np.float32]:
        """(C,) by class, the score that would be the threshold in float32, on average."""
        at, odds = np.array(self.thresholds), np.exp(-self.shift)
        found: NDArray[np.float32] = (at * odds / (1 - at + at * odds)).astype(np.float32)
        return found

    def record(self) -> dict[str, Any]:
        """What JSON holds of it."""
        return {**asdict(self), "thresholds": list(self.thresholds)}


FLOAT32 = Precision()


@runtime_checkable
class SeveralPrecisions(Protocol):
    """A detector that can search in another precision than float32."""

    @property
    def precision(self) -> str:
        """In which it searches now."""
        ...

    def use(self, precision: Precision) -> None:
        """Search in this precision from now on.

        Raises:
            MissingLibraryError: The library for it is not installed.
            ModelError: The device or the processor does not have it, or the file cannot be read by that library.
        """
        ...


def doubtful(found: Detections, tiles: int, precision: Precision) -> NDArray[np.bool_]:
    """(tiles,) which tiles of a batch have a score so near the threshold that rounding may decide.

    Args:
        found: The detections; their `tiles` are indices in the batch.
        tiles: The number of tiles.
        precision: In which they were found.
    """
    again = np.zeros(tiles, bool)
    again[found.tiles[np.abs(found.scores - precision.doubt[found.labels]) <= precision.margin]] = True
    return again
