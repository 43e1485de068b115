"""How good a taught model is beside `find`, as its card says: where `find` is better, a search says so."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from detector.models import ModelInfo
from geo.errors import Remark

FIND, MODEL, UNCLEAR = "find", "model", "unclear"
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
        better: `find` or `model`, the one that makes clearly fewer mistakes; `unclear` if chance may explain it.
    """

    photos: int
    animals: int
    find: tuple[int, int]
    model: tuple[int, int]
    better: str

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
            return "find makes fewer mistakes: search the rest with find until this model has learnt more"
        if self.better == MODEL:
            return "this model makes fewer mistakes: search the rest with it"
        return "these photos cannot tell which of the two is better: search the rest with this model"

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
        }

    @classmethod
    def of_card(cls, metrics: Mapping[str, Any]) -> "BesideFind | None":
        """What a model's card says; None if it says nothing that can be understood."""
        card = metrics.get(CARD)
        names = ("photos", "animals", "find_found", "find_false_alarms", "model_found", "model_false_alarms")
        if not isinstance(card, Mapping) or not all(type(card.get(name)) is int for name in names):
            return None
        photos, animals, found, wrong, own, own_wrong = (card[name] for name in names)
        better = card.get("better")
        if better not in (FIND, MODEL, UNCLEAR):
            return None
        return cls(photos, animals, (found, wrong), (own, own_wrong), better)


def worse_than_find(info: ModelInfo) -> list[Remark]:
    """What the user should know of a model that makes more mistakes than `find`; nothing for another one."""
    known = BesideFind.of_card(info.metrics)
    if known is None or known.better != FIND:
        return []
    return [Remark(f"{info.name} makes more mistakes than find: of photos held out, {known.line()}", about="find")]
