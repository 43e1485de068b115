"""How often two people agree on the same animals: the table of their verdicts, and Cohen's kappa.

Cohen, J. 1960, A coefficient of agreement for nominal scales, Educational and Psychological Measurement 20: 37-46.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

REJECTED = "rejected"


@dataclass(frozen=True, eq=False)
class Agreement:
    """The verdicts of two people on the animals that both judged.

    verdicts: K names, the classes by name and then `rejected`. table: (K, K) int64, the first person's verdicts in
    rows.
    """

    verdicts: tuple[str, ...]
    table: NDArray[np.int64]

    @property
    def n(self) -> int:
        """The number of animals that both judged."""
        return int(self.table.sum())

    @property
    def observed(self) -> float:
        """The share on which they agree; NaN for none."""
        return float(np.trace(self.table) / self.n) if self.n else math.nan

    @property
    def kappa(self) -> float:
        """(p_o - p_e) / (1 - p_e), with p_e the agreement by chance; NaN where chance alone makes them agree."""
        if not self.n:
            return math.nan
        expected = float(self.table.sum(axis=0) @ self.table.sum(axis=1)) / self.n**2
        return (self.observed - expected) / (1 - expected) if expected < 1 else math.nan

    def text(self) -> str:
        """The table, the agreement and kappa, for people to read."""
        if not self.n:
            return "no animal was reviewed by two people who gave their names, so there is no agreement to measure"
        names = [" ".join(name.split()) for name in self.verdicts]
        width = max(12, *(len(name) + 2 for name in names))
        lines = ["first \\ second".ljust(width + 2) + "".join(name.rjust(width) for name in names)]
        for name, row in zip(names, self.table.tolist(), strict=True):
            lines.append(name.ljust(width + 2) + "".join(str(value).rjust(width) for value in row))
        kappa = "undefined, since both gave only one verdict" if math.isnan(self.kappa) else f"{self.kappa:.3f}"
        lines.append(f"{self.n} animals judged by two: {100 * self.observed:.1f} % agreed, Cohen's kappa {kappa}")
        return "\n".join(lines)


def agreement(judged: Sequence[tuple[str | None, str | None]]) -> Agreement:
    """Of what the first and the second said of each animal: the class that they confirmed, or None for rejected."""
    said = {what for pair in judged for what in pair}
    names: list[str | None] = [*sorted(what for what in said if what is not None)]
    if None in said:  # last, and apart from a class of that name
        names.append(None)
    place = {what: i for i, what in enumerate(names)}
    table = np.zeros((len(names), len(names)), np.int64)
    for one, two in judged:
        table[place[one], place[two]] += 1
    return Agreement(tuple(REJECTED if name is None else name for name in names), table)
