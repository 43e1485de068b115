"""Measures a network on photos that it does not learn from, with the code of `detector.evaluation`.

Thresholds are chosen among detections with a score of at least `FLOOR`. Average precision is of all detections, as in
an evaluation. For counts, boxes are merged again at the thresholds, as `detect` does it.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.detections import Detections
from detector.errors import MissingLibraryError
from detector.evaluation import best_threshold
from detector.evaluation.average_precision import average_precision
from detector.evaluation.headline import Headline, known_rates
from detector.evaluation.scores import RULES, Found, Matches, matches
from detector.evaluation.search import FLOOR, Looked
from detector.models import ModelInfo
from detector.models.floor import SCORE_FLOOR, bounded
from detector.training.dataset import Group

Thresholds = float | Mapping[str, float]


class Judged:
    """The network in training, as a model that a search can use (see `detector.models.Model`).

    Args:
        info: What the model file will say.
        device: Where the network runs.
        detect: Turns tiles (B, H, W, 3) uint8 RGB into detections in tile px, from a score on, as the model file will.
    """

    calls_at_once = 1
    files: tuple[Path, ...] = ()
    remarks: tuple[str, ...] = ()

    def __init__(self, info: ModelInfo, device: str, detect: Callable[[NDArray[np.uint8], float], Detections]) -> None:
        self.info, self.device = info, device
        self.about: Mapping[str, str] = {}
        self._detect, self._lowest = detect, SCORE_FLOOR

    def keep_from(self, score: float) -> None:
        """Keep boxes from `score` on. See `detector.models.floor`."""
        self._lowest = min(score, SCORE_FLOOR)

    def detect(self, tiles: NDArray[np.uint8]) -> Detections:
        """The detections in a batch, in tile px. tiles: (B, H, W, 3) uint8 RGB."""
        return bounded(self._detect(tiles, self._lowest))


def thresholds(groups: Sequence[Looked], classes: Sequence[str]) -> Thresholds:
    """The score thresholds with the best F1 by centre match: one number for one class, else one for each class."""
    curves = [(looked.truth(), looked.found(FLOOR)) for looked in groups]
    best = [best_threshold([matches(*of, label, "centre").at for of in curves]) for label in range(len(classes))]
    return best[0] if len(classes) == 1 else dict(zip(classes, best, strict=True))


def metrics(looked: Looked, counted: Found, classes: Sequence[str]) -> dict[str, float]:
    """Metrics for a curve: those of `detector.evaluation.headline` and average precision by centre match, and AP at IoU
    0.5; by class, and the mean of the classes that have animals.

    AP at IoU 0.5 is COCO's. Without pycocotools it is left out. Both are of all detections, down to the lowest score.

    Args:
        looked: What the network found.
        counted: What it found at the thresholds.
        classes: The names of the classes.
    """
    truth, every = looked.truth(), looked.everything()
    try:
        coco = average_precision(truth, every, len(classes))
    except MissingLibraryError:
        coco = None
    areas: dict[str, list[float]] = {
        "ap": [area(matches(truth, every, label, "centre")) for label in range(len(classes))]
    }
    if coco is not None:
        areas["ap50"] = [coco[label].ap50 if np.isfinite(areas["ap"][label]) else np.nan for label in range(len(coco))]
    values = Headline.of(truth, counted, classes).curves()
    for kind, each in areas.items():
        known = {name: value for name, value in zip(classes, each, strict=True) if np.isfinite(value)}
        if known:
            values[kind if len(classes) == 1 else f"mean/{kind}"] = float(np.mean(list(known.values())))
        if len(classes) > 1:
            values |= {f"{kind}/{name}": value for name, value in known.items()}
    return {f"validation/{name}": value for name, value in values.items()}


def area(matched: Matches) -> float:
    """The average precision: the area under the curve of precision over recall. NaN without animals.

    The precision is first made to fall only, as in Pascal VOC 2010.
    """
    if not len(matched.true):
        return float("nan")
    order = np.argsort(-matched.scores, kind="stable")
    found = matched.right[order].cumsum()
    precision = found / np.arange(1, len(found) + 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    return float((np.diff(found / len(matched.true), prepend=0.0) * envelope).sum())


def card(groups: Sequence[tuple[Group, Looked]], classes: Sequence[str], threshold: Thresholds) -> dict[str, Any]:
    """What the model file says about the model: precision, recall and F1 by source or flight, and by class."""
    if not groups:
        return {}
    looked = Looked.joined([of for _, of in groups])
    names = np.array([group.name or photo.flight for group, of in groups for photo in of.photos])
    truth, counted = looked.truth(), looked.found(threshold)
    # For each matching rule (photos, classes, 3): found, false alarms, missed.
    by_rule: dict[str, NDArray[np.int64]] = {
        rule: np.stack([matches(truth, counted, label, rule).by_photo(0.0) for label in range(len(classes))], axis=1)
        for rule in RULES
    }
    numbers = partial(_numbers, by_rule)
    result: dict[str, Any] = {}
    for name in dict.fromkeys(names.tolist()):
        own = names == name
        result[name] = {"images": int(own.sum()), **numbers(np.s_[own])}
    if len(classes) > 1:
        result["classes"] = {name: numbers(np.s_[:, label]) for label, name in enumerate(classes)}
    return result


def _numbers(by_rule: Mapping[str, NDArray[np.int64]], which: Any) -> dict[str, float | int]:
    """The numbers of some photos and classes. Undefined ones are left out: without animals there is no recall."""
    centre, by_iou = (by_rule[rule][which].reshape(-1, 3).sum(axis=0) for rule in ("centre", "iou"))
    rates = known_rates(centre[None])
    if "f1" in (iou := known_rates(by_iou[None])):
        rates["f1_iou50"] = iou["f1"]
    return {
        "animals": int(centre[0] + centre[2]),
        "false_alarms": int(centre[1]),
        **{name: round(value, 4) for name, value in rates.items()},
    }
