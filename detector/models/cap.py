"""Watches the largest number of detections that a model gives in a tile.

Tiles that reach it are counted, so that nobody reports a herd that was cut off.
"""

import numpy as np
from numpy.typing import NDArray


class Cap:
    """Counts the tiles that reach the limit of detections.

    Args:
        most: The most detections in a tile.
        threshold: The lowest score that counts.
        setting: Where the user can change the limit.
    """

    def __init__(self, most: int, threshold: float, setting: str) -> None:
        self.most = most
        self._threshold, self._setting = threshold, setting
        self._tiles = self._full = self._cut = 0

    def see(self, scores: NDArray[np.float32], item: NDArray[np.integer], tiles: int) -> None:
        """Count one batch.

        Args:
            scores: (N,) float32.
            item: (N,) the tile of each score, 0 to `tiles` - 1.
            tiles: The number of tiles in the batch.
        """
        item = item.astype(np.int64)
        self._tiles += tiles
        self._full += int((np.bincount(item, minlength=tiles) >= self.most).sum())
        # If all its detections are above the threshold, animals are missing, and not only doubtful ones.
        counting = item[scores >= self._threshold]
        self._cut += int((np.bincount(counting, minlength=tiles) >= self.most).sum())

    @property
    def remarks(self) -> tuple[str, ...]:
        """Nothing, or one line that says how often the limit was reached and what to do."""
        if not self._full:
            return ()
        missing = ", so animals are missing" if self._cut else ""
        return (
            f"{self._full} of {self._tiles} tiles hit the cap of {self.most} detections a tile, {self._cut} of "
            f"them above the threshold{missing}: raise detections_per_tile in {self._setting}, or use smaller tiles",
        )
