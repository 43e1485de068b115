"""Reads detections from VIAME's CSV: no names of columns, but lines of remarks that begin with `#`.

https://viame.readthedocs.io: 1 detection or track, 2 photo, 3 frame, 4 to 7 the box (left, top, right, bottom, px), 8
score, 9 length; from 10 on pairs of species and score, and attributes such as `(kp) head 3 4`.
"""

from collections.abc import Iterator

from detector.errors import InputError
from detector.labels.given import Given
from detector.labels.shapes import Drawn, as_number, as_share, is_number, shown
from detector.labels.tables import is_table_of_text
from detector.labels.written import Written

_FIXED = 9


def is_viame(given: Given) -> bool:
    """Whether a file is VIAME's, by its first lines."""
    if not is_table_of_text(given):
        return False
    if given.begins(b"#"):
        return "detection or track" in " ".join(given.lines[0][1]).lower()
    rows = [row for _, row in given.lines[:1]]
    if not rows or len(rows[0]) < _FIXED:
        return False
    # A table of numbers alone is another one: the photo and the species are names.
    names = rows[0][1], *rows[0][_FIXED : _FIXED + 1]
    return all(is_number(rows[0][i]) for i in (0, *range(2, _FIXED))) and not any(map(is_number, names))


def read_viame(given: Given) -> Iterator[Written]:
    """The photos of a file, one for each line. Its class is the species with the highest score.

    Raises InputError if a line cannot be read, or a box is inverted.
    """
    for place, row in given.lines:
        if row[0].lstrip().startswith("#"):
            continue
        cells = [cell.strip() for cell in row]
        where = f"{given.path}: line {place}"
        if len(cells) < _FIXED:
            raise InputError(f"{where} has {len(cells)} cells; expected the 9 or more of VIAME")
        if not cells[1]:
            raise InputError(f"{where} has no photo")
        left, top, right, bottom = (as_number(cell, f"{where}: its box", text=True) for cell in cells[3:7])
        if right < left or bottom < top:
            raise InputError(f"{where} has the box {shown([left, top, right, bottom])}; expected its corners in order")
        species = _species(cells[_FIXED:], where)
        score, name = max(species, default=(as_share(_at_least_0(cells[7]), f"{where}: its score", True), ""))
        yield Written(cells[1], (Drawn((left, top, right, bottom), name, False, f"line {place}, {cells[1]}", score),))


def _species(cells: list[str], where: str) -> list[tuple[float, str]]:
    """(score, name) of each species of a line."""
    pairs: list[tuple[float, str]] = []
    rest = [cell for cell in cells if not cell.startswith("(")]
    for name, score in zip(rest[::2], rest[1::2], strict=False):
        if name:
            pairs.append((as_share(score, f"{where}: the score of {shown(name)}", text=True), name))
    return pairs


def _at_least_0(cell: str) -> str:
    return "0" if cell.startswith("-") else cell  # VIAME writes -1 for a score that is not known
