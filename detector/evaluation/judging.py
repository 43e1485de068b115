"""Compares detections with labels, and writes what follows: numbers, tables and the page.

An evaluation does it with what a survey's file has, teaching with what a new model found on the photos held out.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from detector.errors import InputError, MissingLibraryError
from detector.evaluation import report
from detector.evaluation.average_precision import AveragePrecision, average_precision, average_precision_of
from detector.evaluation.headline import RATES, all_classes, mean_of, rates_of
from detector.evaluation.intervals import bootstrap, of_flights, rates
from detector.evaluation.scores import (
    RULES,
    SEAMS_PX,
    SIZES_PX,
    THRESHOLDS,
    Found,
    Ints,
    Matches,
    Rule,
    Truth,
    best_at,
    confusion,
    count_error,
    matches,
    photo_calls,
    recall_by,
)
from geo.output import whole


@dataclass(frozen=True)
class Judged:
    """What is judged.

    Attributes:
        classes: The judged classes.
        label_of: The place of a model's class in `classes`.
        notes: About the other classes.
        points: Whether the model finds points. Their boxes are only marks, so that no IoU means anything.
    """

    classes: tuple[str, ...]
    label_of: Mapping[str, int]
    notes: tuple[str, ...] = ()
    points: bool = False

    @property
    def rules(self) -> tuple[Rule, ...]:
        """By which rules a detection is right."""
        return ("centre",) if self.points else RULES


def judge(
    truth: Truth,
    curves: Found,
    every: Found,
    counted: Found,
    together: Matches,
    judged: Judged,
    rule: str,
    thresholds: Mapping[int, float],
) -> dict[str, Any]:
    """All numbers from the comparison of detections with labels: by class, their mean, all classes together, by flight
    and by photo.

    Args:
        truth: The labels.
        curves: The detections from `FLOOR` on.
        every: The detections from the lowest score on, for average precision.
        counted: The detections of the survey.
        judged: Which classes are judged.
        together: The matches of `counted`, all classes together.
        rule: For the best threshold.
        thresholds: The score threshold of each class.
    """
    aps, missing = (None, []) if judged.points else _average_precision(truth, every, len(judged.classes))
    by_photo = together.by_photo(0.0)
    calls = photo_calls(by_photo)
    classes = {
        name: {
            "threshold": float(thresholds[label]),
            **_numbers(truth, partial(matches, truth, counted, label), judged.rules),
            **_curves(truth, curves, label, rule, judged.rules),
            "average_precision": asdict(aps[label]) if aps else None,
            "average_precision_by_centre": average_precision_of(matches(truth, every, label, "centre")),
        }
        for label, name in enumerate(judged.classes)
    }
    return {
        "notes": [*judged.notes, *missing, *_unreached(classes, rule)],
        "points": judged.points,
        "classes": classes,
        "mean": _means(classes, judged.rules),
        "all": _numbers(truth, partial(all_classes, truth, counted, len(judged.classes)), judged.rules),
        "flights": _by_flight(truth, by_photo),
        "intervals_over": "flights" if of_flights(truth.flights) else "photos",
        "confusion": confusion(truth, counted, len(judged.classes)) if len(judged.classes) > 1 else None,
        "photo_calls": {**asdict(calls), "saved": calls.saved},
    }


def write_all(
    folder: Path,
    metrics: dict[str, Any],
    truth: Truth,
    together: Matches,
    mistakes: tuple[list[report.Picture], list[report.Picture]],
    first: Sequence[str] = (),
) -> None:
    """Write the report and the tables.

    mistakes: pictures of false alarms, and of missed animals. first: see `report.write_page`.
    """
    by_photo = together.by_photo(0.0)
    _write(folder / "photos.csv", lambda f: report.write_photos(truth.photos, truth.flights, by_photo, f))
    _write(folder / "curves.csv", lambda f: report.write_curves(metrics, f))
    _write(folder / "metrics.json", lambda f: report.write_json(metrics, f))
    _write(folder / "report.html", lambda f: report.write_page(metrics, *mistakes, f, first))


def _unreached(classes: Mapping[str, Any], rule: str) -> list[str]:
    """A note for each class for which no threshold does what the rule asks for."""
    return [
        f"{name}: no score threshold meets the rule {rule}, because the highest recall is "
        f"{max(one['curves']['centre']['recall']):.3f}"
        for name, one in classes.items()
        if one["counts"]["true"] and np.isnan(one["best_threshold"])
    ]


def _average_precision(truth: Truth, found: Found, classes: int) -> tuple[list[AveragePrecision] | None, list[str]]:
    try:
        return average_precision(truth, found, classes), []
    except MissingLibraryError as error:
        return None, [str(error)]


def _means(classes: Mapping[str, Any], rules: Sequence[Rule]) -> dict[str, Any]:
    """The means of the classes that have animals, by each rule, and those of AP50 and of AP by centre."""
    means: dict[str, Any] = {rule: mean_of([one[rule] for one in classes.values()]) for rule in rules}
    with_animals = [one for one in classes.values() if one["counts"]["true"]]
    aps = {
        "ap50": [one["average_precision"]["ap50"] for one in with_animals if one["average_precision"]],
        "ap_by_centre": [one["average_precision_by_centre"] for one in with_animals],
    }
    known = {name: [ap for ap in each if np.isfinite(ap)] for name, each in aps.items()}
    mean_aps = {name: float(np.mean(each)) if each else float("nan") for name, each in known.items()}
    return {"classes": len(with_animals), **means, **mean_aps}


def _numbers(truth: Truth, matched: Callable[[Rule], Matches], rules: Sequence[Rule]) -> dict[str, Any]:
    """The survey's results for one class, or for all together: rates with intervals, counts, recall by size and seam.

    matched: the matches by a rule.
    """
    numbers: dict[str, Any] = {}
    for rule in rules:
        m = matched(rule)
        by_photo = m.by_photo(0.0)
        sums = by_photo.sum(axis=0)
        ends = np.clip(bootstrap(by_photo, rates, flights=truth.flights), [0, 0, 0, -1], [1, 1, 1, np.inf])
        of = rates_of(by_photo)
        numbers[rule] = {name: of[name] for name in RATES}
        numbers[rule] |= {f"{name}_interval": ends[:, i] for i, name in enumerate(RATES)}
        numbers[rule] |= dict(zip(("found", "false_alarms", "missed"), sums, strict=True))
        if rule == "centre":
            true_boxes = truth.boxes_px[m.true]
            longest = (true_boxes[:, 2:] - true_boxes[:, :2]).max(axis=1, initial=0).astype(np.float64)
            hit = m.found_by >= 0
            numbers |= {
                "counts": {**asdict(count_error(by_photo)), "bias_interval": ends[:, 3]},
                "false_alarms_per_photo": of["false_alarms_per_photo"],
                "false_alarms_per_animal": float(sums[1] / len(m.true)) if len(m.true) else float("nan"),
                "recall_by_size_px": _bins(recall_by(longest, hit, SIZES_PX)),
                "recall_by_seam_px": _bins(recall_by(truth.seam_px[m.true], hit, SEAMS_PX)),
            }
    return numbers


def _bins(bins: Sequence[tuple[float, int, int]]) -> list[dict[str, float]]:
    return [{"from": low, "animals": animals, "found": found} for low, animals, found in bins]


def _curves(truth: Truth, found: Found, label: int, rule: str, rules: Sequence[Rule]) -> dict[str, Any]:
    """Precision, recall and F1 by score threshold, and the best threshold by `rule`."""
    each = {name: matches(truth, found, label, name) for name in rules}
    curves = {}
    for name, m in each.items():
        scores = [m.at(float(t)) for t in THRESHOLDS]
        curves[name] = {
            "threshold": THRESHOLDS,
            **{rate: [getattr(score, rate) for score in scores] for rate in ("precision", "recall", "f1")},
        }
    return {"curves": curves, "best_threshold": _best(each["centre"], rule)}


def _best(m: Matches, rule: str) -> float:
    """The best threshold; NaN if no threshold does what the rule asks for, or there are no animals."""
    if not len(m.true):
        return float("nan")
    try:
        return best_at(m, rule)
    except InputError:
        return float("nan")


def _by_flight(truth: Truth, by_photo: Ints) -> dict[str, Any]:
    flights = np.array(truth.flights)
    each = {}
    for flight in dict.fromkeys(truth.flights):
        own = by_photo[flights == flight]
        precision, recall, f1, _ = rates(own.sum(axis=0)[None])[0].tolist()
        counts = asdict(count_error(own))
        each[flight] = {"photos": len(own), "counts": counts, "precision": precision, "recall": recall, "f1": f1}
    return each


def _write(path: Path, write: Callable[[TextIO], None]) -> None:
    with whole(path) as part, part.open("w", encoding="utf-8", newline="") as file:
        write(file)
