"""Where two people disagree about one animal, and the table of it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from geo.csv_table import write_rows
from geo.paths import StrPath
from geo.reviews.agreement import REJECTED

Side = Literal["first", "second"]


@dataclass(frozen=True)
class Verdict:
    """One person's verdict on one animal. what: the confirmed class, or None for rejected."""

    what: str | None
    person: str | None
    at: str | None
    note: str | None

    def __str__(self) -> str:
        return REJECTED if self.what is None else f"confirmed {self.what}"


@dataclass(frozen=True)
class Value(Verdict):
    """What one person wrote in a column that somebody added. what: the value as text."""

    column: str = ""

    def __str__(self) -> str:
        return f"{self.column} = {self.what}"


@dataclass(frozen=True)
class Conflict:
    """An animal on which two people disagree: in their verdicts, or in a value of a column that somebody added.

    box_px: xyxy in image px. kept: whose word is used.
    """

    image: str
    box_px: tuple[float, float, float, float]
    detected_class: str
    first: Verdict
    second: Verdict
    kept: Side

    @property
    def column(self) -> str:
        """The added column in which they disagree; empty for a verdict."""
        return self.first.column if isinstance(self.first, Value) else ""


def write_conflicts(conflicts: Sequence[Conflict], path: StrPath) -> None:
    """The conflicts as CSV, one a line, values as they are. Raises OutputError."""
    said = ("verdict", "reviewer", "reviewed_at", "note")
    heads = ["image", "xmin", "ymin", "xmax", "ymax", "detected_class"]
    heads += [f"{side}_{name}" for side in ("first", "second") for name in said]
    rows = []
    for one in conflicts:
        box = ["" if math.isnan(value) else f"{value:.2f}" for value in one.box_px]
        both = [[v, v.person, v.at, v.note] for v in (one.first, one.second)]
        rows.append([one.image, *box, one.detected_class, *both[0], *both[1], one.kept])
    write_rows(path, [*heads, "kept"], rows)
