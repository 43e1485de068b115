"""How good a taught model is beside `find`, as its card says: where `find` is better, a search says so."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from detector.models import ModelInfo
from geo.errors import Remark

FIND, MODEL = "find", "model"
CARD = "beside_find"
"""Its name in the metrics of a card."""


@dataclass(frozen=True)
class BesideFind:
    """What `find` and a taught model found on the same photos, of which neither has learnt.

    Attributes:
        photos: How many.
        animals: On them.
        find: Animals found and false alarms, by `find`.
        model: The same, by the model.
        better: `find` or `model`, the one that makes fewer mistakes; `model` if both make as many.
        clear: Whether the difference is more than chance brings.
    """

    photos: int
    animals: int
    find: tuple[int, int]
    model: tuple[int, int]
    better: str
    clear: bool

    def line(self) -> str:
        """What was found, for a person."""
        (found, wrong), (own, own_wrong) = self.find, self.model
        return (
            f"find, from the same labels: {found} of {self.animals} found, {wrong} false alarms; this model: {own} of "
            f"{self.animals}, {own_wrong} false alarms"
        )

    def verdict(self) -> str:
        """Which one to search with, and why, for a person."""
        if self.better == FIND:
            text = "find makes fewer mistakes: search the rest with find until this model has learnt more"
        else:
            fewer = sum(self.mistakes(self.model)) < sum(self.mistakes(self.find))
            text = f"this model makes {'fewer' if fewer else 'as many'} mistakes: search the rest with it"
        return text if self.clear else f"{text}; with so few animals held out, that may be chance"

    def mistakes(self, of: tuple[int, int]) -> tuple[int, int]:
        """Animals missed and false alarms, of `find` or `model`."""
        return self.animals - of[0], of[1]

    def numbers(self) -> dict[str, int | str]:
        """What a model's card, its page's metrics and a program are told."""
        return {
            "photos": self.photos,
            "animals": self.animals,
            "find_found": self.find[0],
            "find_false_alarms": self.find[1],
            "model_found": self.model[0],
            "model_false_alarms": self.model[1],
            "better": self.better,
            "clear": self.clear,
        }

    @classmethod
    def of_card(cls, metrics: Mapping[str, Any]) -> "BesideFind | None":
        """What a model's card says; None if it says nothing that can be understood."""
        card = metrics.get(CARD)
        names = ("photos", "animals", "find_found", "find_false_alarms", "model_found", "model_false_alarms")
        if not isinstance(card, Mapping) or not all(type(card.get(name)) is int for name in names):
            return None
        photos, animals, found, wrong, own, own_wrong = (card[name] for name in names)
        better, clear = card.get("better"), card.get("clear")
        if better not in (FIND, MODEL) or not isinstance(clear, bool):
            return None
        return cls(photos, animals, (found, wrong), (own, own_wrong), better, clear)


def worse_than_find(info: ModelInfo) -> list[Remark]:
    """What the user should know of a model that makes more mistakes than `find`; nothing for another one."""
    known = BesideFind.of_card(info.metrics)
    if known is None or known.better != FIND:
        return []
    return [Remark(f"{info.name} makes more mistakes than find: of photos held out, {known.line()}", about="find")]
