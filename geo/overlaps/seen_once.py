"""The animals that one photo of many shows: probably false alarms, so counts are given with and without them.

It needs only the columns `seen` and `looks` of the detections, and their review.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.overlaps.looks import Looks, beyond_chance
from geo.standing import is_reviewed
from geo.tables import DetectionRows

__all__ = ["SeenOnce", "seen_once"]


@dataclass(frozen=True, eq=False)
class SeenOnce:
    """Animals that one photo shows, though others look at their places, and that nobody reviewed.

    Attributes:
        which: (M,) bool, their rows; none if there are no more of them than chance explains.
        false_alarms: About how many of them are false alarms.
    """

    which: NDArray[np.bool_]
    false_alarms: int = 0

    def __bool__(self) -> bool:
        return bool(self.which.any())

    def line(self, counts: NDArray[np.bool_], classes: NDArray[np.object_]) -> str:
        """How many animals there are, and how many of each class without them; empty if none of them counts.

        Args:
            counts: (M,) bool, the rows that count.
            classes: (M,) their classes.
        """
        alone = int((self.which & counts).sum())
        if not alone:
            return ""
        without = Counter(classes[counts & ~self.which].tolist())
        each = ", ".join(f"{name} {without[name]:,}" for name in sorted(set(classes[counts].tolist())))
        number = f"{alone:,} of {int(counts.sum()):,} animals that count {'is' if alone == 1 else 'are'}"
        return (
            f"{number} in one photo only, though others look at the same places: about "
            f"{min(alone, self.false_alarms):,} of them are false alarms. Review them first (seen is 1, looks is "
            f"more). Without them there are {without.total():,} animals ({each})"
        )


def seen_once(rows: DetectionRows) -> SeenOnce:
    """Find the doubtful animals of a survey that nobody reviewed yet."""
    known = (rows.seen > 0) & (rows.looks > 0)
    looks = Looks.of_columns(rows.seen[known], rows.looks[known])
    alone = np.zeros(len(rows), bool)
    alone[known] = looks.doubtful
    number = int(alone.sum())
    false_alarms = beyond_chance(number, looks.expected_alone)
    if not false_alarms:
        return SeenOnce(np.zeros(len(rows), bool))
    left = alone & ~is_reviewed(rows)
    return SeenOnce(left, round(false_alarms * int(left.sum()) / number))
