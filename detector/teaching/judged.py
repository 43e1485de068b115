"""Says how good a taught model is on the photos that were held out, and what it is fit for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from detector import models
from detector.evaluation.headline import all_classes, rates_of
from detector.evaluation.scores import Found, Matches, Truth, count_error
from detector.evaluation.search import Looked, look
from detector.labels.labelled import LabelledImage
from detector.teaching.held_out import Division
from detector.teaching.patches import for_judging
from detector.training.validation import Thresholds, thresholds
from geo.paths import StrPath

LEAST_F1, MOST_ERROR, LEAST_ANIMALS, LEAST_PHOTOS = 0.85, 0.1, 50, 5
RULE = (
    f"fit to count: F1 of {LEAST_F1} or more and a count that is at most {MOST_ERROR:.0%} wrong, on {LEAST_ANIMALS} or "
    f"more animals of {LEAST_PHOTOS} or more photos that were held out; otherwise it proposes, and people decide"
)


@dataclass(frozen=True, eq=False)
class Judgement:
    """How good a model is.

    Attributes:
        looked: What it found on the photos that were held out.
        threshold: The score threshold that was chosen on them.
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

    @property
    def counts(self) -> bool:
        """Whether the model is fit to count with, by RULE."""
        numbers = self.numbers()
        enough = numbers["animals"] >= LEAST_ANIMALS and len(self.photos) >= LEAST_PHOTOS
        return enough and numbers["f1"] >= LEAST_F1 and abs(numbers["count_error"]) <= MOST_ERROR

    def lines(self) -> list[str]:
        """The main numbers for a person."""
        of = self.numbers()
        what = "flight" if self.by == "flight" else "photo"
        number = len({photo.flight for photo in self.photos}) if self.by == "flight" else len(self.photos)
        held = f"{number} {what}{'' if number == 1 else 's'} held out"
        verdict = "fit to count with" if self.counts else "fit to propose: let people review what it finds"
        return [
            f"on {held}: {of['found']:.0f} of {of['animals']:.0f} animals found, "
            f"{of['false_alarms']:.0f} false alarms, F1 {of['f1']:.2f}, count {of['count_error']:+.0%}",
            verdict,
        ]

    def card(self) -> Mapping[str, Any]:
        """What the model file says."""
        numbers = {name: round(value, 4) for name, value in self.numbers().items()}
        return {f"held-out {self.by}s": {"images": len(self.photos), **numbers}, "fit_to_count": self.counts}


def judgement_of(model: StrPath, division: Division, classes: Sequence[str], device: str) -> Judgement:
    """Search the photos that were held out with a model file, as a survey does, and choose the threshold on them."""
    loaded = models.load(model, device)
    photos = [for_judging(lesson.photo, len(classes)) for lesson in division.held]
    looked = look(loaded, photos)
    return Judgement(looked, thresholds([looked], classes), division.by, tuple(classes))
