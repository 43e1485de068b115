"""Says whether a taught model is fit to count with, and if not, why.

The score threshold is chosen on the photos that are held out. Counts at this threshold on the same photos would be too
good, the more so the fewer photos there are. So each photo, or flight, is judged here at the threshold that the others
choose.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from detector.evaluation import best_threshold
from detector.evaluation.intervals import bootstrap, rates
from detector.evaluation.matching import Score
from detector.evaluation.scores import THRESHOLDS, Found, Truth, count_error, matches

LEAST_F1, MOST_ERROR, LEAST_ANIMALS, LEAST_PHOTOS = 0.85, 0.1, 50, 5
_LOW_F1, _FAR_ERROR = 0.75, 0.25  # how far the interval, and a single flight, may reach
_LEAST_OF_FLIGHT = 20  # animals: with fewer, a flight says nothing on its own
_MOST_FOLDS = 10
_LEAST_OTHERS = 5  # animals of a class
_ANY = round(float(THRESHOLDS[0]), 2)  # a threshold, where only the animals are counted
RULE = (
    f"fit to count: F1 of {LEAST_F1} or more (the 95 % interval from {_LOW_F1} on) and a count that is at most "
    f"{MOST_ERROR:.0%} wrong (the interval and each flight: {_FAR_ERROR:.0%}), on {LEAST_ANIMALS} or more animals of "
    f"{LEAST_PHOTOS} or more photos that were held out, each counted with the threshold that the others choose; "
    "otherwise it proposes, and people decide"
)
Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Fitness:
    """What a model is fit for.

    Attributes:
        f1: Of the photos held out, each at the threshold that the others choose; NaN if there is only one photo.
        count_error: Of their sum, as a share.
        lacks: Why it is not fit to count; empty if it is.
    """

    f1: float
    count_error: float
    lacks: tuple[str, ...]

    @classmethod
    def of(cls, truth: Truth, found: Found, classes: int) -> "Fitness":
        """Of what was found, at all scores, on the photos held out; the photos of a flight are judged together."""
        by_photo = _crossed(truth, found, classes)
        f1, error = rates(by_photo.sum(axis=0)[None])[0, 2:].tolist()
        return cls(f1, error, tuple(_lacks(by_photo, truth.flights, f1, error)))


def _lacks(by_photo: Counts, flights: Sequence[str], f1: float, error: float) -> list[str]:
    lacks = []
    animals = int((by_photo[:, 0] + by_photo[:, 2]).sum())
    if animals < LEAST_ANIMALS or len(by_photo) < LEAST_PHOTOS:
        photos = "1 photo" if len(by_photo) == 1 else f"{len(by_photo)} photos"
        lacks.append(f"it was measured on {animals} animals of {photos} only")
    if not f1 >= LEAST_F1:
        lacks.append(f"F1 is {f1:.2f} with thresholds that other photos choose")
    if not abs(error) <= MOST_ERROR:
        lacks.append(f"the count is {error:+.0%} wrong with them")
    if lacks:
        return lacks
    (low, low_error), (_, high_error) = bootstrap(by_photo, lambda sums: rates(sums)[:, 2:])
    if low < _LOW_F1:
        lacks.append(f"F1 may be as low as {low:.2f}")
    if low_error < -_FAR_ERROR or high_error > _FAR_ERROR:
        lacks.append(f"the count may be {low_error:+.0%} to {high_error:+.0%} wrong")
    for flight in sorted(set(flights)):
        own = by_photo[[one == flight for one in flights]]
        bias = count_error(own).bias
        if (own[:, 0] + own[:, 2]).sum() >= _LEAST_OF_FLIGHT and abs(bias) > _FAR_ERROR:
            lacks.append(f"the count of {flight} is {bias:+.0%} wrong")
    return lacks


def _crossed(truth: Truth, found: Found, classes: int) -> Counts:
    """(P, 3) found, false alarms and missed of each photo, at the thresholds that the photos of other folds choose."""
    fold = _folds(truth.flights)
    total = np.zeros((len(fold), 3), np.int64)
    for label in range(classes):
        matched = matches(truth, found, label, "centre")
        at = {round(float(score), 2): matched.by_photo(float(score)) for score in THRESHOLDS}
        for one in np.unique(fold):
            others = fold != one
            if at[_ANY][others][:, [0, 2]].sum() < _LEAST_OTHERS:  # too few animals of the class to choose by
                others = np.ones(len(fold), bool)
            total[fold == one] += at[best_threshold([partial(_score, at, others)])][fold == one]
    return total


def _score(at: dict[float, Counts], photos: NDArray[np.bool_], threshold: float) -> Score:
    found, wrong, missed = at[round(threshold, 2)][photos].sum(axis=0).tolist()
    return Score(found, wrong, missed)


def _folds(flights: Sequence[str]) -> NDArray[np.int64]:
    """The fold of each photo: its flight if there are several, or photos in turn."""
    if 1 < len(set(flights)) < len(flights):
        number = np.unique(np.array(flights, object).astype(str), return_inverse=True)[1]
        return np.asarray(number % _MOST_FOLDS, np.int64)
    return np.arange(len(flights), dtype=np.int64) % _MOST_FOLDS
