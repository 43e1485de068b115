"""Watches the largest number of detections that a model gives in a tile.

Tiles that reach it are counted, so that nobody reports a herd that was cut off.
"""

import threading
from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from detector.detections import Detections
from detector.models.floor import SCORE_FLOOR
from geo.errors import Remark

# A file that gives only the rows in use has fewer than this, as a rule: then its number of rows is no limit.
_FEWEST_ROWS = 100
# The limits of the frameworks, 100, 200, 300, 500 or 1,000, are round numbers.
_ROUND = 100


@runtime_checkable
class Capped(Protocol):
    """A detector that says which tiles reached the most detections that it can give."""

    @property
    def any_size(self) -> bool:
        """Whether it takes tiles of any size as they are. Others must get smaller tiles with black around them."""
        ...

    def detect_and_tell(self, tiles: NDArray[np.uint8]) -> tuple[Detections, NDArray[np.bool_]]:
        """As `detect`, and (B,) which tiles reached the cap."""
        ...


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

    def see(self, scores: NDArray[np.float32], item: NDArray[np.integer], tiles: int) -> NDArray[np.bool_]:
        """Count one batch. Returns (tiles,) which of them reached the limit.

        Args:
            scores: (N,) float32.
            item: (N,) the tile of each score, 0 to `tiles` - 1.
            tiles: The number of tiles in the batch.
        """
        item = item.astype(np.int64)
        self._tiles += tiles
        full: NDArray[np.bool_] = np.bincount(item, minlength=tiles) >= self.most
        self._full += int(full.sum())
        # If all its detections are above the threshold, animals are missing, and not only doubtful ones.
        counting = item[scores >= self._threshold]
        self._cut += int((np.bincount(counting, minlength=tiles) >= self.most).sum())
        return full

    @property
    def remarks(self) -> tuple[str, ...]:
        """Nothing, or one line that says how often the limit was reached and what to do."""
        if not self._full:
            return ()
        return _said(self._full, self._tiles, self._cut, self.most, f"raise detections_per_tile in {self._setting}")


class RowCap:
    """Counts the tiles that fill all rows of an answer, for files whose answers have a row for each detection.

    The number of rows is a limit if the model's card says so. If it does not, it is one if all tiles so far have the
    same number, or if the number is round: files that answer only the rows in use reach their limit in full tiles.
    It may be used in several threads.

    Args:
        threshold: The lowest score that counts.
        most: The most detections of a tile; None if it is not known.
    """

    def __init__(self, threshold: float, most: int | None = None) -> None:
        self._threshold, self._most = threshold, most
        self._rows: set[int] = set()
        self._tiles = self._full = self._cut = self._reached = 0
        self._changing = threading.Lock()

    def see(self, scores: Sequence[NDArray[np.floating]]) -> NDArray[np.bool_]:
        """Count one batch. scores: for each tile (K,), the score of each row, 0 where a row is not used.

        Returns (B,) which tiles fill all rows, as far as it is known that the number of rows is a limit.
        """
        found = np.zeros(len(scores), bool)
        with self._changing:
            self._rows.update(len(rows) for rows in scores)
            self._tiles += len(scores)
            for tile, rows in enumerate(scores):
                if len(rows) and self._is_limit(len(rows)) and (lowest := np.fmin.reduce(rows)) >= SCORE_FLOOR:
                    found[tile] = True
                    self._full += 1
                    self._cut += bool(lowest >= self._threshold)
                    self._reached = len(rows)
        return found

    def _is_limit(self, rows: int) -> bool:
        if self._most is not None:
            return rows >= self._most
        return rows >= _FEWEST_ROWS and (rows % _ROUND == 0 or (len(self._rows) == 1 and self._tiles > 1))

    @property
    def remarks(self) -> tuple[str, ...]:
        """Nothing, or one line that says how often all rows were full and what to do."""
        if not self._full:
            return ()
        mend = "export the model with a larger max_det"
        return _said(self._full, self._tiles, self._cut, self._reached, mend)


def _said(full: int, tiles: int, cut: int, most: int, mend: str) -> tuple[Remark]:
    """full: how many tiles have the most detections; cut: how many of them, all above the threshold."""
    missing = ", so animals are missing" if cut else ""
    said = (
        f"{full} of {tiles} tiles hit the cap of {most} detections a tile, {cut} of them above the threshold{missing}: "
        f"{mend}, or use smaller tiles"
    )
    return (Remark(said, about="cap_per_tile"),)
