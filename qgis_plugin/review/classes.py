"""The classes that can be chosen, each with its key: a class keeps its key, and is one class however it is written."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

MOST_KEYS = 9
"""The keys 1 to 9 are the first classes."""


def in_order(of_models: Iterable[str], said: Iterable[tuple[str | None, str]]) -> list[str]:
    """The classes of the survey's models, then others in the order in which they were named first: so keys stay.

    said: (time, class) of each detection, in the file's order; None where a model named it.
    """
    known = dict.fromkeys(of_models)
    first: dict[str, str] = {}
    for when, name in said:
        first[name] = min(first.get(name, when or ""), when or "")
    known.update(dict.fromkeys(sorted((name for name in first if name not in known), key=lambda name: first[name])))
    return list(known)


def known_as(name: str, classes: Sequence[str]) -> str:
    """The class that this text means: one that is known, also if it is typed with other capitals or spaces; else a new
    one. “Cow” and “cow” as two classes would be counted apart.
    """
    name = " ".join(name.split())
    if name in classes:
        return name
    return next((one for one in classes if _alike(one) == _alike(name)), name)


def with_keys(classes: Sequence[str]) -> list[str]:
    """The first classes as people see them, each with its key."""
    return [f"{key} {name}" for key, name in enumerate(classes[:MOST_KEYS], 1)]


def _alike(name: str) -> str:
    return unicodedata.normalize("NFKC", " ".join(name.split())).casefold()
