"""A sample of photos as a person marks it in a table, and the estimates that it corrects."""

import csv
import io
import math
from pathlib import Path


def marked_by_hand(herdmap, survey: Path, path: Path) -> Path:
    """The sample of a survey, with yes typed into every row."""
    herdmap("sample", survey, "-o", path)
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([lines[0], *(f"{line}yes" for line in lines[1:])]) + "\n", encoding="utf-8")
    return path


def table(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def estimates(herdmap, *arguments: object) -> dict[str, float]:
    """The numbers of the row `all` that `herdmap estimate` prints; what is undefined is left out."""
    printed = herdmap(*arguments)
    row = next(row for row in csv.DictReader(io.StringIO(printed)) if row["stratum"] == "all")
    found = {}
    for name, text in row.items():
        try:
            found[name] = float(text)
        except (TypeError, ValueError):
            continue
    return {name: number for name, number in found.items() if math.isfinite(number)}
