"""Says what the tiles of a photo show, and measures how often a tile classifier is right.

A tile shows a class if at least the share `visible` of one of the class's boxes lies in the tile, as in training. A
tile with only a smaller piece of an animal, or with part of a crowd, is neither empty nor of a class. It is not judged.

A tile is called a class if the tile passes the gate and the class is its most probable one; where a tile may have
several classes, if the class's own probability passes.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.evaluation import Score
from detector.evaluation.headline import known_rates
from detector.labels.labelled import LabelledImage
from detector.search.tiles import TileGrid
from detector.training.tiling import classes_shown, shares

Bools = NDArray[np.bool_]
STEPS_OF_THRESHOLD = 10_000  # a threshold is a multiple of 1 / this


def shown_and_judged(photo: LabelledImage, grid: TileGrid, visible: float, classes: int) -> tuple[Bools, Bools]:
    """(shown (T, C) bool, judged (T,) bool): the classes that each tile shows, and whether the tile is judged."""
    share = shares(photo, grid)
    shown = classes_shown(photo, share, visible, classes)
    return shown, np.logical_or(shown.any(1), (share <= 0).all(1))


@dataclass(frozen=True, eq=False)
class JudgedTiles:
    """T tiles: the answers of a classifier, and the classes that they show.

    Attributes:
        animal: (T,) float32, the probability that the tile shows an animal, as a gate computes it.
        called: (T, C) float32, the threshold up to which the tile is called each class; below 0 for never.
        shown: (T, C) bool, the classes that the tile shows.
        group: (T,) the name of the source or the flight.
        several: Whether a tile may be called several classes.
    """

    animal: NDArray[np.float32]
    called: NDArray[np.float32]
    shown: Bools
    group: NDArray[np.str_]
    several: bool = False

    @classmethod
    def of(
        cls, probabilities: NDArray[np.float32], shown: Bools, group: Sequence[str], several: bool = False
    ) -> "JudgedTiles":
        """Make them from probabilities.

        Args:
            probabilities: (T, 1 + C) float32; the first column is the empty class. (T, C) if `several`.
            shown: (T, C) bool.
            group: (T,) names.
            several: Whether a tile may have several classes.
        """
        groups = np.array(group, np.str_)
        if several:
            return cls(probabilities.max(1, initial=0), probabilities, shown, groups, True)
        animal = np.float32(1) - probabilities[:, 0]
        called = np.full(shown.shape, -1, np.float32)
        rows = np.arange(len(called))
        best = probabilities[:, 1:].argmax(1) if len(rows) else rows
        called[rows, best] = animal
        return cls(animal, called, shown, groups)

    @property
    def best(self) -> NDArray[np.int64]:
        """(T,) the most probable class of an animal."""
        best: NDArray[np.int64] = self.called.argmax(1)
        return best

    def __len__(self) -> int:
        return len(self.animal)

    def __getitem__(self, which: Bools) -> "JudgedTiles":
        return replace(
            self,
            animal=self.animal[which],
            called=self.called[which],
            shown=self.shown[which],
            group=self.group[which],
        )

    def score(self, threshold: float, label: int | None = None) -> Score:
        """The score of the tiles that pass the threshold. label: only of those that are called this class."""
        called = self.animal >= np.float32(threshold)
        true = self.shown.any(1)
        if label is not None:
            called, true = self.called[:, label] >= np.float32(threshold), self.shown[:, label]
        found = int((called & true).sum())
        return Score(found, int(called.sum()) - found, int(true.sum()) - found)

    def accuracy(self, threshold: float) -> float:
        """The share of tiles with the right answer: a class that the tile shows, or empty if it shows none. Where a
        tile may have several classes: all of those that it shows, and no other. NaN without tiles.
        """
        if self.several:
            same = ((self.called >= np.float32(threshold)) == self.shown).all(1)
            return float(same.mean()) if len(same) else math.nan
        called = self.animal >= np.float32(threshold)
        right = np.where(called, self.shown[np.arange(len(self)), self.best], ~self.shown.any(1))
        return float(right.mean()) if len(right) else math.nan


def gate_threshold(tiles: JudgedTiles, recall: float) -> float | None:
    """The highest threshold with which the share `recall` of the tiles with an animal passes a gate.

    Recall comes first: a tile that is kept back loses an animal, and a tile that passes in vain costs only a moment.
    None if no tile shows an animal.
    """
    sure = np.sort(tiles.animal[tiles.shown.any(1)])
    if not len(sure):
        return None
    lost = math.floor((1 - recall) * len(sure) + 1e-9)
    return math.floor(float(sure[min(lost, len(sure) - 1)]) * STEPS_OF_THRESHOLD) / STEPS_OF_THRESHOLD


def metrics(tiles: JudgedTiles, classes: Sequence[str], threshold: float) -> dict[str, float]:
    """Metrics for a curve: how good a gate is at the threshold, the share of tiles that pass, and each class."""
    if not len(tiles):
        return {}
    values = {"accuracy": tiles.accuracy(threshold), "passed": float((tiles.animal >= np.float32(threshold)).mean())}
    each: list[tuple[str, Score]] = [("", tiles.score(threshold))]
    if len(classes) > 1:
        each += [(f"/{name}", tiles.score(threshold, label)) for label, name in enumerate(classes)]
    for name, score in each:
        values |= {f"{rate}{name}": value for rate, value in _rates(score).items()}
        values[f"false_alarms_per_tile{name}"] = score.false_alarms / len(tiles)
    return {f"validation/{name}": value for name, value in {**values, "threshold": threshold}.items()}


def card(tiles: JudgedTiles, classes: Sequence[str], threshold: float) -> dict[str, Any]:
    """What the model file says about the model: its results by source or flight, and by class if there are several."""
    result: dict[str, Any] = {
        str(group): _numbers(tiles[tiles.group == group], threshold) for group in np.unique(tiles.group)
    }
    if len(classes) > 1:
        result["classes"] = {name: _counted(tiles.score(threshold, label)) for label, name in enumerate(classes)}
    return result


def _numbers(tiles: JudgedTiles, threshold: float) -> dict[str, float | int]:
    passed = float((tiles.animal >= np.float32(threshold)).mean())
    return {
        "tiles": len(tiles),
        "passed": round(passed, 4),
        "accuracy": round(tiles.accuracy(threshold), 4),
        **_counted(tiles.score(threshold)),
    }


def _counted(score: Score) -> dict[str, float | int]:
    rates = {name: round(value, 4) for name, value in _rates(score).items()}
    return {"with_animals": score.found + score.missed, "false_alarms": score.false_alarms, **rates}


def _rates(score: Score) -> dict[str, float]:
    """Precision, recall and F1. Undefined ones are left out: a class that no tile shows has no recall."""
    return known_rates(np.array([[score.found, score.false_alarms, score.missed]]))
