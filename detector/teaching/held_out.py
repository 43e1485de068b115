"""Chooses the photos that a model is measured on. What was learnt once is never held out, and what was held out is
never learnt, in all rounds of teaching.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from detector.errors import InputError
from detector.teaching.lessons import Lesson

SHARE = 0.2  # of the photos with animals, and of those without
LEAST_FLIGHTS = 3  # with fewer, photos are held out, not flights
_LARGEST_FLIGHT = 0.4  # of the animals: a flight with more is not held out


@dataclass(frozen=True)
class Division:
    """Which lessons are learnt from.

    Attributes:
        learnt: The lessons to learn from.
        held: The lessons to measure on.
        by: `flight` or `photo`.
    """

    learnt: tuple[Lesson, ...]
    held: tuple[Lesson, ...]
    by: str


@dataclass(frozen=True)
class Before:
    """What earlier rounds did with photos, by their identities, as the model's card says."""

    learnt: frozenset[str] = frozenset()
    held: frozenset[str] = frozenset()

    @classmethod
    def of(cls, metrics: Mapping[str, Any]) -> "Before":
        """Of the metrics of the earlier model; nothing if it was not taught."""
        taught = metrics.get("taught")
        if not isinstance(taught, Mapping):
            return cls()
        learnt, held = (
            frozenset(str(one) for one in taught.get(key) or ()) if isinstance(taught.get(key), list) else frozenset()
            for key in ("learnt", "held_out")
        )
        return cls(learnt, held)


def divide(lessons: Sequence[Lesson], before: Before | None = None) -> Division:
    """Hold out photos, or whole flights if there are several.

    The draw follows from the content of the photos, so the same photos are held out wherever they lie.

    Raises:
        InputError: Animals are on fewer than two photos.
    """
    before = before or Before()
    of: dict[str, list[Lesson]] = defaultdict(list)
    for lesson in lessons:
        of[lesson.identity].append(lesson)
    with_animals = [one for one in of if any(lesson.animals for lesson in of[one])]
    if len(with_animals) < 2:
        raise InputError(
            f"animals are marked on {len(with_animals)} photo: one photo is learnt from and another is held out to "
            "measure on; mark animals on a second one"
        )
    flights = _held_flights(of, with_animals) if not before.held & of.keys() else None
    if flights is not None:
        held = {one for one in of if of[one][0].photo.columns.get("flight") in flights} - before.learnt
        if any(one in held for one in with_animals):
            return _divided(lessons, held, "flight")
    held = set(before.held & of.keys())
    without = [one for one in of if one not in with_animals]
    # A photo of which only proposals were confirmed measures nothing: the missed animals are not marked, and what is
    # found beside is neither right nor wrong.
    searched = [one for one in with_animals if any(len(lesson.searched_px) for lesson in of[one])]
    for group, least in ((searched if len(searched) > 1 else with_animals, 1), (without, 0)):
        wanted = min(max(least, round(SHARE * len(group))), len(group) - least)
        new = sorted((one for one in group if one not in before.learnt | held), key=_place)
        held |= set(new[: max(0, wanted - len(held & set(group)))])
    if not held & set(with_animals):
        raise InputError(
            "no photo with animals is left to measure on: the model that this one replaces has learnt from all of "
            "them; search a further photo with animals, or write to another file"
        )
    return _divided(lessons, held, "photo")


def _held_flights(of: Mapping[str, Sequence[Lesson]], with_animals: Iterable[str]) -> set[str] | None:
    """Flights to hold out: in the order of the draw, up to the share of the animals. None if there are too few."""
    animals: Counter[str] = Counter()
    for one in with_animals:
        flight = of[one][0].photo.columns.get("flight")
        if not flight:
            return None
        animals[flight] += sum(lesson.animals for lesson in of[one])
    if len(animals) < LEAST_FLIGHTS:
        return None
    held: set[str] = set()
    for flight in sorted(animals, key=_place):
        part = sum(animals[name] for name in held) + animals[flight]
        if part <= (SHARE if held else _LARGEST_FLIGHT) * animals.total():
            held.add(flight)
    return held or None


def _divided(lessons: Sequence[Lesson], held: set[str], by: str) -> Division:
    learnt = tuple(one for one in lessons if one.identity not in held)
    if not any(one.animals for one in learnt):
        raise InputError("all animals are on photos that are held out to measure on; mark animals on a further photo")
    return Division(learnt, tuple(one for one in lessons if one.identity in held), by)


def _place(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()
