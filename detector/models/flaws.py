"""Boxes of an answer that cannot be right: a few are left out and counted, many are an error.

A network whose numbers overflow, or whose distances to two sides of a box are negative, answers with such a box now and
then. One among thousands is no reason to end a search. Where they are many, the answers mean something else than is
thought. A number of a class without a name, and a score beyond 0 to 1, are errors from the first on: they say that the
names or the layout are wrong, so all the others would be misread.
"""

import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.errors import ModelError
from detector.models.floor import SCORE_FLOOR
from geo.errors import Remark

# One is left out whatever its share, since the first box of a search may be one; so are two that are not most.
_FEW = 2
# More than this share of all detections is another layout, and no accident.
_MOST_SHARE = 0.02
# How far beyond the tile and its neighbours a box may reach, px: YOLO's largest anchors are no wider than twice this.
_REACH = 2048.0
# Boxes without an area are usual, and rounding turns some of them over.
_TURNED_PX = 1.0
# Coordinates from 0 to 1 do not go beyond this, those in px do.
NORMALISED = 1.5


class Flaws:
    """Counts what is left out of the answers of one model. It may be used in several threads.

    Attributes:
        seen: How many detections there were, with those that were left out.
        left_out: How many of them were left out.
    """

    def __init__(self) -> None:
        self.seen = self.left_out = 0
        self._why = ""
        self._changing = threading.Lock()

    def sound(
        self,
        boxes: NDArray[np.float32],
        scores: NDArray[np.float32],
        size: tuple[int, ...],
        labels: NDArray[Any] | None = None,
        *,
        normalised: bool | None = False,
    ) -> NDArray[np.bool_]:
        """(N,) which detections can be right: of finite numbers, near the tile, with the corners of the box in order.

        A little beyond the tile is usual; far from it is not.

        Args:
            boxes: (N, 4) xyxy in px, of detections.
            scores: (N,). Doubtful ones, for which only an evaluation asks, are not counted.
            size: The (height, width) of the tile, px.
            labels: (N,), below 0 where the number of the class is no finite number.
            normalised: Whether the boxes were from 0 to 1 before. If not, and all end before 1.5 px, they are taken for
                such ones. None: they are surely in px.

        Raises:
            ModelError: Many cannot be right.
        """
        side = float(max(size))
        finite = np.isfinite(boxes).all(axis=1) & np.isfinite(scores)
        if labels is not None:
            finite &= labels >= 0
        known = np.where(finite[:, None], boxes, 0)
        low, high = known.min(axis=1), known.max(axis=1)
        reach = side / 4 if normalised else _REACH
        far = (low < -side - reach) | (high > 2 * side + reach)
        turned = ~far & ((known[:, 2:] - known[:, :2]) < -_TURNED_PX).any(axis=1)
        # An animal may end in the corner of a tile; if all do, the boxes are from 0 to 1.
        small = (high > 0) & (high <= NORMALISED) & (normalised is False and high.max(initial=0) <= NORMALISED)
        worst = max(high.max(initial=0), -low.min(initial=0))
        sure = ~(scores < SCORE_FLOOR)  # also where it is no number
        beyond = (
            f"boxes up to {worst / side:g}; expected numbers from 0 to 1"
            if normalised
            else f"a box at {worst:g} px; expected boxes on tiles of {side:g} px"
        )
        reasons = {
            "boxes or scores that are no finite numbers; expected px, and scores from 0 to 1": ~finite,
            beyond: far,
            "boxes of a negative size; expected x1, y1, x2, y2 in order": turned,
            f"boxes up to {high[small].max(initial=0):g}, from 0 to 1 of the tile; expected px": small,
        }
        self.count(int(sure.sum()), {why: int((sure & rows).sum()) for why, rows in reasons.items()})
        right: NDArray[np.bool_] = finite & ~far & ~turned & ~small
        return right

    def count(self, seen: int, wrong: dict[str, int]) -> None:
        """Count the detections of an answer. wrong: how many are left out, for each reason.

        Raises:
            ModelError: Those that were left out are many.
        """
        left_out = sum(wrong.values())
        worst = max(wrong, key=lambda why: wrong[why])
        with self._changing:
            self.seen += seen
            self.left_out += left_out
            if left_out:
                self._why = self._why or worst.partition(";")[0]
            most = 2 <= self.left_out >= self.seen / 2
            many = most or self.left_out > max(_FEW, _MOST_SHARE * self.seen)
        if left_out and many:
            raise ModelError(f"the model answered with {worst}")

    def forget(self) -> tuple[int, int]:
        """Begin to count anew. Returns how many detections there were, and how many of them were left out."""
        with self._changing:
            counted = self.seen, self.left_out
            self.seen = self.left_out = 0
            self._why = ""
        return counted

    @property
    def remarks(self) -> tuple[str, ...]:
        """Nothing, or how many boxes were left out and why."""
        if not self.left_out:
            return ()
        are = "is" if self.left_out == 1 else "are"
        return (Remark(f"{self.left_out} of the model's {self.seen} boxes {are} left out as impossible: {self._why}"),)
