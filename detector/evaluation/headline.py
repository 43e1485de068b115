"""The numbers that an evaluation and a training run both report first, computed in one place.

Per class, as the mean of the classes, and for all classes together. A detection of the wrong class is a false alarm of
its own class and finds no animal of another, in all three. A class without animals has no recall and no F1, so it is
not in the mean; its false alarms are in those of all classes together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detector.evaluation.intervals import rates
from detector.evaluation.scores import Found, Ints, Matches, Rule, Truth, matches

RATES = ("precision", "recall", "f1")


def all_classes(truth: Truth, found: Found, classes: int, rule: Rule) -> Matches:
    """The matches of each class, together."""
    return Matches.joined([matches(truth, found, label, rule) for label in range(classes)])


def rates_of(by_photo: Ints) -> dict[str, float]:
    """Precision, recall, F1, and false alarms a photo, of counts (P, 3) from `Matches.by_photo`. NaN if undefined."""
    sums = by_photo.sum(axis=0)
    found = dict(zip(RATES, rates(sums[None])[0].tolist(), strict=False))
    if not sums[0] + sums[2]:
        found |= {"recall": float("nan"), "f1": float("nan")}
    return {**found, "false_alarms_per_photo": float(sums[1] / len(by_photo)) if len(by_photo) else float("nan")}


def known_rates(by_photo: Ints) -> dict[str, float]:
    """Precision, recall and F1 of counts as `rates_of` takes them. Undefined ones are left out."""
    of = rates_of(by_photo)
    return {name: of[name] for name in RATES if np.isfinite(of[name])}


def mean_of(each: Sequence[Mapping[str, float]], names: Sequence[str] = RATES) -> dict[str, float]:
    """The mean of numbers over the classes that have animals (whose recall is defined). NaN if none is defined."""
    with_animals = [one for one in each if np.isfinite(one["recall"])]
    means = {}
    for name in names:
        values = [one[name] for one in with_animals if np.isfinite(one[name])]
        means[name] = float(np.mean(values)) if values else float("nan")
    return means


@dataclass(frozen=True)
class Headline:
    """Rates by their names, as `rates_of` gives them.

    Attributes:
        classes: By the name of the class.
        mean: The means of the classes that have animals: precision, recall and F1.
        together: Of all classes together.
    """

    classes: Mapping[str, Mapping[str, float]]
    mean: Mapping[str, float]
    together: Mapping[str, float]

    @classmethod
    def of(cls, truth: Truth, counted: Found, classes: Sequence[str], rule: Rule = "centre") -> "Headline":
        """Match detections and labels class by class."""
        counts = [matches(truth, counted, label, rule).by_photo(0.0) for label in range(len(classes))]
        each = dict(zip(classes, map(rates_of, counts), strict=True))
        together = np.sum(counts, axis=0) if counts else np.zeros((len(truth.photos), 3), np.int64)
        return cls(each, mean_of(list(each.values())), rates_of(together))

    def curves(self) -> dict[str, float]:
        """The numbers by names for a tracker; undefined ones are left out.

        One class has `f1` and so on; several have `f1/CLASS` each, `mean/f1` and `all/f1`.
        """
        if len(self.classes) == 1:
            named: dict[str, Any] = dict(self.together)
        else:
            named = {f"mean/{rate}": value for rate, value in self.mean.items()}
            named |= {f"all/{rate}": value for rate, value in self.together.items()}
            for name, of in self.classes.items():
                named |= {f"{rate}/{name}": value for rate, value in of.items()}
        return {name: value for name, value in named.items() if np.isfinite(value)}
