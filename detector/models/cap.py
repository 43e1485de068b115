"""The largest number of detections that a model gives per tile. Tiles that reach it are counted, so that nobody reports
a herd that was cut off.
"""

import numpy as np
from numpy.typing import NDArray


class Cap:
    """Counts the tiles that reach the limit of detections.

    most: the limit per tile. threshold: the lowest score that counts. setting: the user's setting that changes the
    limit.
    """

    def __init__(self, most: int, threshold: float, setting: str) -> None:
        self.most = most
        self._threshold, self._setting = threshold, setting
        self._tiles = self._full = self._cut = 0

    def see(self, scores: NDArray[np.float32], item: NDArray[np.integer], tiles: int) -> None:
        """Count one batch. scores: (N,); item: (N,) which of its `tiles` tiles each score belongs to."""
        item = item.astype(np.int64)
        self._tiles += tiles
        self._full += int((np.bincount(item, minlength=tiles) >= self.most).sum())
        # Full of what counts: then animals are missing, and not only doubtful ones.
        counting = item[scores >= self._threshold]
        self._cut += int((np.bincount(counting, minlength=tiles) >= self.most).sum())

    @property
    def remarks(self) -> tuple[str, ...]:
        """None, or a line that says how often the limit was reached and what to do."""
        if not self._full:
            return ()
        missing = ", so animals are missing" if self._cut else ""
        return (
            f"{self._full} of {self._tiles} tiles hit the cap of {self.most} detections a tile, {self._cut} of "
            f"them above the threshold{missing}: raise detections_per_tile in {self._setting}, or use smaller tiles",
        )
