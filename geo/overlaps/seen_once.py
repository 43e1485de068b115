"""The animals that one photo alone shows, though others look there: counts are given with the false alarms and without.

It needs only the columns `seen` and `looks` of the detections, and their review.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.overlaps.looks import Looks
from geo.overlaps.report import alone_line, unconfirmed_line
from geo.standing import is_reviewed
from geo.tables import DetectionRows

__all__ = ["SeenOnce", "seen_once"]


@dataclass(frozen=True, eq=False)
class SeenOnce:
    """Animals that one photo shows, though others look at their places, and that nobody reviewed.

    Attributes:
        which: (M,) bool, their rows; none if there are no more of them than chance explains.
        false_share: About which share of them are false alarms.
        unconfirmed: The photos of whose animals most are in no other photo. Their rows are not in `which`.
    """

    which: NDArray[np.bool_]
    false_share: float = 0.0
    unconfirmed: tuple[str, ...] = ()

    def lines(self, counts: NDArray[np.bool_], classes: NDArray[np.object_]) -> list[str]:
        """How many animals there are and how many of each class without the false alarms; and the photos.

        Args:
            counts: (M,) bool, the rows that count.
            classes: (M,) their classes.
        """
        names = self.unconfirmed
        said = [unconfirmed_line(range(len(names)), names)] if names else []
        every, alone = (Counter(classes[rows].tolist()) for rows in (counts, self.which & counts))
        if not (false_alarms := round(self.false_share * alone.total())):
            return said
        left = {name: number - round(self.false_share * alone[name]) for name, number in sorted(every.items())}
        each = f" ({', '.join(f'{name} {number:,}' for name, number in left.items())})"
        return [*said, alone_line(alone.total(), every.total(), false_alarms, each)]


def seen_once(rows: DetectionRows) -> SeenOnce:
    """Find the animals of a survey that one photo alone shows and that nobody reviewed yet."""
    known = np.flatnonzero((rows.seen > 0) & (rows.looks > 0))
    looks = Looks.of_columns(rows.seen[known], rows.looks[known])
    image = rows.image[known]
    wrong = looks.unconfirmed(image, len(rows.paths))
    false_alarms = looks.false_alarms(wrong[image])
    which = np.zeros(len(rows), bool)
    which[known] = looks.alone & ~wrong[image]
    share = false_alarms / max(1, int(which.sum()))
    left = which & ~is_reviewed(rows) if false_alarms else np.zeros(len(rows), bool)
    return SeenOnce(left, share, tuple(rows.paths[row] for row in np.flatnonzero(wrong).tolist()))
