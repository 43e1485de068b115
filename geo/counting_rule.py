"""The counting rule: which detections of a survey count after the review, and as which class.

The only statement of the rule. `geo.standing` applies it to arrays of many rows, and a test holds the two equal. The
QGIS plugin carries a copy of this file, which its build makes: so it needs the standard library alone, and Python 3.9.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

UNREVIEWED, CONFIRMED, REJECTED = "unreviewed", "confirmed", "rejected"
"""What the column `review` of a detection says."""

Review = Literal["all", "confirmed", "not-rejected"]
REVIEWS: tuple[Review, ...] = ("all", "confirmed", "not-rejected")
"""Which detections to count: all of the model's, the confirmed alone, or all but the rejected."""


class Sighting(NamedTuple):
    """One detection of an animal, as its row has it.

    animal_id: the same for one animal in several photos; None or negative is an animal of its own. counted: whether the
    survey counts this sighting of its animal. score: None where a person drew the box.
    """

    animal_id: int | None
    counted: bool
    score: float | None
    review: str | None
    class_name: str
    reviewed_class: str | None


def standing(sightings: Sequence[Sighting]) -> list[bool]:
    """Which sightings stand for their animals, now that some are reviewed.

    sightings: all of each animal's, in the order of the file. An animal that was confirmed in one photo is an animal.
    So where the sighting with `counted` is not confirmed and another of the same animal is, the confirmed one stands:
    the one with the highest score (a drawn box before all), of equal ones the first. Else the one with `counted`
    stands, even if it is rejected. An animal that the survey counts nowhere has no sighting that stands.
    """
    stands = [one.counted for one in sightings]
    of_animal: dict[int, list[int]] = {}
    for number, one in enumerate(sightings):
        if one.animal_id is not None and one.animal_id >= 0:
            of_animal.setdefault(one.animal_id, []).append(number)
    for numbers in of_animal.values():
        confirmed = [number for number in numbers if sightings[number].review == CONFIRMED]
        counted = [number for number in numbers if stands[number]]
        if not confirmed or not counted or any(sightings[number].review == CONFIRMED for number in counted):
            continue
        for number in counted:
            stands[number] = False
        stands[max(confirmed, key=lambda number: (_rank(sightings[number].score), -number))] = True
    return stands


def counts(review: str | None, which: Review) -> bool:
    """Whether a standing sighting with this `review` counts. Raises ValueError where `which` is none of REVIEWS."""
    if which == "not-rejected":
        return review != REJECTED
    if which == "confirmed":
        return review == CONFIRMED
    if which == "all":
        return True
    raise ValueError(f"review {which!r}: expected {', '.join(REVIEWS)}")


def effective_class(found: str, reviewed: str | None) -> str:
    """What the animal is: the reviewed class where there is one, else the class that the model found."""
    return reviewed or found


def _rank(score: float | None) -> float:
    return 2.0 if score is None else score
