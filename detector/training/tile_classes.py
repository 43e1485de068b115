"""What the tiles of a photo show, and how often a tile classifier is right.

A tile shows a class if at least the visible share of one of the class's boxes lies in the tile, as in training. A tile
with only a smaller piece of an animal, or with part of a crowd, is neither empty nor a class, and is not judged.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.evaluation import Score
from detector.labels.coco import LabelledImage
from detector.search.tiles import TileGrid
from detector.training.tiling import classes_shown, shares

Bools = NDArray[np.bool_]
STEPS_OF_THRESHOLD = 10_000  # a threshold has so many digits and not more


def shown_and_judged(photo: LabelledImage, grid: TileGrid, visible: float, classes: int) -> tuple[Bools, Bools]:
    """(shown (T, C), judged (T,)): which classes each tile shows, and whether it is known to show them or nothing."""
    share = shares(photo, grid)
    shown = classes_shown(photo, share, visible, classes)
    return shown, np.logical_or(shown.any(1), (share <= 0).all(1))


@dataclass(frozen=True, eq=False)
class JudgedTiles:
    """T tiles: what a classifier says of each, and what it shows.

    empty: (T,) float32, how probable it is that the tile is empty. best: (T,) int64, the most probable class of an
    animal. shown: (T, C) bool. group: (T,) names of the sources or flights.
    """

    empty: NDArray[np.float32]
    best: NDArray[np.int64]
    shown: Bools
    group: NDArray[np.str_]

    @classmethod
    def of(cls, probabilities: NDArray[np.float32], shown: Bools, group: Sequence[str]) -> "JudgedTiles":
        """From (T, 1 + C) probabilities, the first that of an empty tile."""
        best = probabilities[:, 1:].argmax(1) if len(probabilities) else np.zeros(0, np.int64)
        return cls(probabilities[:, 0], best, shown, np.array(group, np.str_))

    @property
    def animal(self) -> NDArray[np.float32]:
        """(T,) how probable it is that a tile shows an animal, as a gate reckons it."""
        return np.float32(1) - self.empty

    def __getitem__(self, which: Bools) -> "JudgedTiles":
        return JudgedTiles(self.empty[which], self.best[which], self.shown[which], self.group[which])

    def score(self, threshold: float, label: int | None = None) -> Score:
        """Of the tiles that pass the threshold, or of those of them that are called `label`."""
        called = self.animal >= np.float32(threshold)
        true = self.shown.any(1)
        if label is not None:
            called, true = called & (self.best == label), self.shown[:, label]
        found = int((called & true).sum())
        return Score(found, int(called.sum()) - found, int(true.sum()) - found)

    def accuracy(self, threshold: float) -> float:
        """The share of tiles that are called by a class that they show, or empty where they show none; NaN of none."""
        called = self.animal >= np.float32(threshold)
        right = np.where(called, self.shown[np.arange(len(self.best)), self.best], ~self.shown.any(1))
        return float(right.mean()) if len(right) else math.nan


def gate_threshold(tiles: JudgedTiles, recall: float) -> float | None:
    """The highest threshold at which a gate lets the share `recall` of the tiles with an animal pass.

    A tile that is kept back is an animal lost, one that passes needlessly costs a moment: so recall comes first. None
    where no tile shows an animal.
    """
    sure = np.sort(tiles.animal[tiles.shown.any(1)])
    if not len(sure):
        return None
    lost = math.floor((1 - recall) * len(sure) + 1e-9)
    return math.floor(float(sure[min(lost, len(sure) - 1)]) * STEPS_OF_THRESHOLD) / STEPS_OF_THRESHOLD


def metrics(tiles: JudgedTiles, classes: Sequence[str], threshold: float) -> dict[str, float]:
    """Numbers for a curve: how a gate does at the threshold, the share of tiles that it lets pass, and each class."""
    if not len(tiles.best):
        return {}
    values = {"accuracy": tiles.accuracy(threshold), "passed": float((tiles.animal >= np.float32(threshold)).mean())}
    each: list[tuple[str, Score]] = [("", tiles.score(threshold))]
    if len(classes) > 1:
        each += [(f"/{name}", tiles.score(threshold, label)) for label, name in enumerate(classes)]
    for name, score in each:
        values |= {f"f1{name}": score.f1, f"precision{name}": score.precision, f"recall{name}": score.recall}
    return {f"validation/{name}": value for name, value in {**values, "threshold": threshold}.items()}


def card(tiles: JudgedTiles, classes: Sequence[str], threshold: float) -> dict[str, Any]:
    """What the model file says of itself: by source or flight, and by class where there are several."""
    result: dict[str, Any] = {
        str(group): _numbers(tiles[tiles.group == group], threshold) for group in np.unique(tiles.group)
    }
    if len(classes) > 1:
        result["classes"] = {name: _rates(tiles.score(threshold, label)) for label, name in enumerate(classes)}
    return result


def _numbers(tiles: JudgedTiles, threshold: float) -> dict[str, float | int]:
    passed = float((tiles.animal >= np.float32(threshold)).mean())
    return {
        "tiles": len(tiles.best),
        "passed": round(passed, 4),
        "accuracy": round(tiles.accuracy(threshold), 4),
        **_rates(tiles.score(threshold)),
    }


def _rates(score: Score) -> dict[str, float | int]:
    return {
        "with_animals": score.found + score.missed,
        "precision": round(score.precision, 4),
        "recall": round(score.recall, 4),
        "f1": round(score.f1, 4),
    }
