"""How good a taught model is beside *Find more like these*: `herdmap teach` measures both on the same held-out images.

Where *Find more like these* makes fewer mistakes, the panel searches the rest with it, and says so.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from ..translation import tr, written

_MOST_BYTES = 8 << 20  # of the file of numbers
_NUMBERS = ("animals", "find_found", "find_false_alarms", "model_found", "model_false_alarms")


class BesideFind(NamedTuple):
    """What both found on the same images. better: `find` or `model`. clear: whether it is more than chance brings."""

    animals: int
    find_found: int
    find_wrong: int
    model_found: int
    model_wrong: int
    better: str
    clear: bool

    @classmethod
    def of(cls, said: Any) -> BesideFind | None:
        """What `herdmap teach` says of it; None if it says nothing."""
        if not isinstance(said, dict) or not all(isinstance(said.get(name), int) for name in _NUMBERS):
            return None
        return cls(*(said[name] for name in _NUMBERS), str(said.get("better")), bool(said.get("clear")))

    @classmethod
    def of_model(cls, model: Path) -> BesideFind | None:
        """Of a model file, from the numbers of the page beside it; None if they are not there."""
        path = page_of(model).with_name("metrics.json")
        try:
            if path.stat().st_size > _MOST_BYTES:
                return None
            said = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return None
        return cls.of(said.get("beside_find")) if isinstance(said, dict) else None

    @property
    def find_is_better(self) -> bool:
        """Whether *Find more like these* makes fewer mistakes."""
        return self.better == "find"

    def in_words(self) -> str:
        """What was found, and which of the two is better."""
        text = tr(
            "“Find more like these”, from the same marks: {found} of {animals} found, {wrong} false alarms; this model:"
            " {own} of {animals}, {own_wrong} false alarms."
        ).format(
            found=written(self.find_found),
            animals=written(self.animals),
            wrong=written(self.find_wrong),
            own=written(self.model_found),
            own_wrong=written(self.model_wrong),
        )
        chance = "" if self.clear else tr("With so few animals, it may be chance which of the two is better.")
        return f"{text} {chance}".rstrip()


def page_of(model: Path) -> Path:
    """The page about a taught model."""
    return model.with_name(f"{model.stem}.teach") / "report.html"
