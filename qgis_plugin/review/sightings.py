"""Which sighting of an animal counts once people have looked: the rule of `herdmap count`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Sighting(NamedTuple):
    """One detection of an animal: its column `counted`, whether a person confirmed it, its score (None: drawn)."""

    counted: bool
    confirmed: bool
    score: float | None


def standing(sightings: Sequence[Sighting]) -> int | None:
    """Which sighting stands for the animal: its index, or None where none does.

    sightings: all of one animal, in the order of the file. The one with `counted`; but where that is not confirmed and
    others are, of these the one with the highest score, a drawn one before all, then the first.
    """
    counted = [i for i, one in enumerate(sightings) if one.counted]
    if not counted:
        return None
    confirmed = [i for i, one in enumerate(sightings) if one.confirmed]
    if not confirmed or any(sightings[i].confirmed for i in counted):
        return counted[0]
    return max(confirmed, key=lambda i: (_rank(sightings[i].score), -i))


def _rank(score: float | None) -> float:
    return 2.0 if score is None else score
