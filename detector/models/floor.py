"""The lowest score that a model keeps: one number for every search, and how an evaluation gets to see what is below it.

Average precision is about all detections, down to the lowest score. A search keeps none that could not count.
"""

from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from detector.detections import Detections

SCORE_FLOOR = 0.05
"""Boxes below this score are not kept. The model's own threshold applies later, when a run is assembled."""
LOWEST_SCORE = 0.001
"""Where an evaluation begins: boxes below it change no average precision in its third digit."""
MOST_DOUBTFUL = 50
"""The most boxes of a tile below SCORE_FLOOR that are kept, best first."""


@runtime_checkable
class KeepsMore(Protocol):
    """A model that can be asked for boxes below SCORE_FLOOR. One whose file says where it ends cannot."""

    def keep_from(self, score: float) -> None:
        """From now on, keep boxes from `score` on, at most MOST_DOUBTFUL in a tile below SCORE_FLOOR.

        A floor of the model's own that is above SCORE_FLOOR is meant, and stays.
        """
        ...


def ask(model: object, floor: float) -> None:
    """Ask a model for boxes from `floor` on, if that is below SCORE_FLOOR and the model can give them."""
    if floor < SCORE_FLOOR and isinstance(model, KeepsMore):
        model.keep_from(floor)


def doubtful_kept(scores: NDArray[np.float32], group: NDArray[np.integer], most: int) -> NDArray[np.bool_]:
    """(N,) which detections to keep: those from SCORE_FLOOR on, and in each group the `most` best of the others."""
    kept = np.ones(len(scores), bool)
    doubtful = np.flatnonzero(scores < SCORE_FLOOR)
    if len(doubtful):
        order = doubtful[np.lexsort((-scores[doubtful], group[doubtful]))]
        first = np.flatnonzero(np.append(True, np.diff(group[order]) != 0))
        rank = np.arange(len(order)) - np.repeat(first, np.diff(np.append(first, len(order))))
        kept[order[rank >= most]] = False
    return kept


def bounded(found: Detections) -> Detections:
    """The detections of a batch, with at most MOST_DOUBTFUL in a tile below SCORE_FLOOR."""
    return found[doubtful_kept(found.scores, found.tiles, MOST_DOUBTFUL)]
