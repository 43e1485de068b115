"""The counting rule: which detections of a survey count after the review, and as which class.

The rule is written only here. `geo.standing` applies it to arrays of many rows, and a test checks that both agree. The
build of the QGIS plugin copies this file into the plugin, so it needs only the standard library, and Python 3.9.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

UNREVIEWED, CONFIRMED, REJECTED = "unreviewed", "confirmed", "rejected"
"""The values of the column `review` of a detection."""

Review = Literal["all", "confirmed", "not-rejected"]
REVIEWS: tuple[Review, ...] = ("all", "confirmed", "not-rejected")
"""Which detections to count: all, only confirmed ones, or all except rejected ones."""


class Sighting(NamedTuple):
    """One detection of an animal.

    Attributes:
        animal_id: The same for one animal in several photos. None or negative: an animal of its own.
        counted: Whether the survey counts this sighting of its animal.
        review: The review of this sighting.
        score: None if a person drew the box.
    """

    animal_id: int | None
    counted: bool
    score: float | None
    review: str | None
    class_name: str
    reviewed_class: str | None


def standing(sightings: Sequence[Sighting]) -> list[bool]:
    """Decide which sightings stand for their animals after the review.

    If an animal is confirmed in one photo, it is an animal. So if the sighting with `counted` is not confirmed, and
    another sighting of the same animal is, the confirmed one stands. If several are confirmed, the one with the highest
    score stands (a drawn box before all others), and of equal ones the first. Otherwise the sighting with `counted`
    stands, even if it is rejected. If the survey counts no sighting of an animal, none stands.

    Args:
        sightings: All sightings of each animal, in the order of the file.
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
    """Whether a standing sighting with this `review` counts. Raises ValueError if `which` is unknown."""
    if which == "not-rejected":
        return review != REJECTED
    if which == "confirmed":
        return review == CONFIRMED
    if which == "all":
        return True
    raise ValueError(f"review {which!r}: expected {', '.join(REVIEWS)}")


def effective_class(found: str, reviewed: str | None) -> str:
    """The class of the animal: the reviewed class if there is one, else the model's."""
    return reviewed or found


def _rank(score: float | None) -> float:
    return 2.0 if score is None else score
