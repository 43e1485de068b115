"""Says how good a taught model is on the photos that were held out, and what it is fit for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from detector import models
from detector.evaluation.headline import all_classes, rates_of
from detector.evaluation.scores import Found, Matches, Truth, count_error
from detector.evaluation.search import FLOOR, Looked, look
from detector.labels.labelled import LabelledImage
from detector.teaching.fitness import Fitness
from detector.teaching.held_out import Division
from detector.teaching.patches import for_judging
from detector.training.validation import Thresholds, thresholds
from geo.paths import StrPath

_FEW_ANIMALS, _FEW_PHOTOS = 100, 6  # held out: with fewer, they do not choose the threshold alone


@dataclass(frozen=True, eq=False)
class Judgement:
    """How good a model is.

    Attributes:
        looked: What it found on the photos that were held out.
        threshold: The score threshold that was chosen, on them above all.
        by: What was held out, `photo` or `flight`.
        classes: The names of the classes.
    """

    looked: Looked
    threshold: Thresholds
    by: str
    classes: tuple[str, ...]

    @property
    def photos(self) -> tuple[LabelledImage, ...]:
        """The photos that were held out."""
        return self.looked.photos

    def truth(self) -> Truth:
        """Their labels."""
        return self.looked.truth()

    def counted(self) -> Found:
        """What a survey would count on them."""
        return self.looked.found(self.threshold)

    def together(self) -> Matches:
        """The matches of all classes."""
        return all_classes(self.truth(), self.counted(), len(self.classes), "centre")

    def numbers(self) -> dict[str, float]:
        """animals, found, missed, false_alarms, precision, recall, f1 and count_error, over all photos."""
        by_photo = self.together().by_photo(0.0)
        found, wrong, missed = by_photo.sum(axis=0).tolist()
        error = count_error(by_photo).bias
        rates = {name: value for name, value in rates_of(by_photo).items() if name in ("precision", "recall", "f1")}
        counts = {"animals": found + missed, "found": found, "missed": missed, "false_alarms": wrong}
        return {**counts, **rates, "count_error": error}

    @cached_property
    def fitness(self) -> Fitness:
        """What it is fit for."""
        return Fitness.of(self.truth(), self.looked.found(FLOOR), len(self.classes))

    @property
    def counts(self) -> bool:
        """Whether the model is fit to count with, by RULE."""
        return not self.fitness.lacks

    @property
    def verdict(self) -> str:
        """What the model is fit for, and why, for a person."""
        if self.fitness.lacks:
            return f"fit to propose: let people review what it finds, because {' and '.join(self.fitness.lacks)}"
        if self.by == "flight":
            return "fit to count with, on flights like these"
        return "fit to count with, on the flights that it learnt from; no other flight was measured"

    def lines(self) -> list[str]:
        """The main numbers for a person."""
        of = self.numbers()
        what = "flight" if self.by == "flight" else "photo"
        number = len({photo.flight for photo in self.photos}) if self.by == "flight" else len(self.photos)
        held = f"{number} {what}{'' if number == 1 else 's'} held out"
        return [
            f"on {held}: {of['found']:.0f} of {of['animals']:.0f} animals found, "
            f"{of['false_alarms']:.0f} false alarms, F1 {of['f1']:.2f}, count {of['count_error']:+.0%}",
            self.verdict,
        ]

    def card(self) -> Mapping[str, Any]:
        """What the model file says."""
        numbers = {name: round(value, 4) for name, value in self.numbers().items()}
        return {f"held-out {self.by}s": {"images": len(self.photos), **numbers}, "fit_to_count": self.counts}


def judgement_of(model: StrPath, division: Division, classes: Sequence[str], device: str) -> Judgement:
    """Search the photos that were held out with a model file, as a survey does, and choose the threshold on them.

    If they are few, one odd photo would choose a threshold that is good nowhere else. Then photos that were learnt have
    half the say: on them the scores are too good, but whole ranges of thresholds are ruled out.
    """
    loaded = models.load(model, device)
    looked = look(loaded, [for_judging(lesson.photo, len(classes)) for lesson in division.held])
    groups = [looked]
    if sum(lesson.animals for lesson in division.held) < _FEW_ANIMALS or len(division.held) < _FEW_PHOTOS:
        learnt = sorted((one for one in division.learnt if one.animals), key=lambda one: one.identity)[:_FEW_PHOTOS]
        groups.append(look(loaded, [for_judging(lesson.photo, len(classes)) for lesson in learnt]))
    return Judgement(looked, thresholds(groups, classes), division.by, tuple(classes))
