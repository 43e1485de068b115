"""Reads DOTA's labels: a text file for each photo, with a turned box a line; the box around it is taken.

https://captain-whu.github.io/DOTA: x and y of four corners in px, the class, and whether it is difficult. Lines such as
`gsd:0.1` come first.
"""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from detector.errors import InputError
from detector.labels.given import Given, text_of
from detector.labels.shapes import Drawn, around, as_number, is_number, shown
from detector.labels.written import Written

_HEADS = ("imagesource:", "gsd:", "acquisition dates:")


def is_dota(given: Given) -> bool:
    """Whether a folder has DOTA's files, by the first line with a box in one of the first of them."""
    return any(_has_box(file) for file in given.files(".txt")[:20])


def read_dota(given: Given) -> Iterator[Written]:
    """The photos of the files in a folder. A difficult object becomes a crowd region, in which nothing is judged.

    Raises InputError if a line cannot be read.
    """
    for file in given.files(".txt"):
        labels = []
        for place, line in enumerate(text_of(file).splitlines(), 1):
            cells = line.split()
            if not cells or line.strip().lower().startswith(_HEADS):
                continue
            where = f"{file}: line {place}"
            if len(cells) not in (9, 10):
                raise InputError(f"{where} has {len(cells)} values; expected 4 corners, a class and 'difficult'")
            values = [as_number(cell, f"{where}: its corner", text=True) for cell in cells[:8]]
            if len(cells) == 10 and cells[9] not in ("0", "1", "2"):
                raise InputError(f"{where}: 'difficult' is {shown(cells[9])}; expected 0 or 1")
            box = around(zip(values[::2], values[1::2], strict=True))
            difficult = len(cells) == 10 and cells[9] != "0"
            labels.append(Drawn(box, cells[8], difficult, f"line {place} of {file.name}"))
        yield Written(file.relative_to(given.path).with_suffix("").as_posix(), tuple(labels), stem=True)


def _has_box(file: Path) -> bool:
    with suppress(InputError):
        for line in text_of(file).splitlines():
            if line.strip() and not line.strip().lower().startswith(_HEADS):
                cells = line.split()
                with suppress(ValueError):
                    return (
                        len(cells) in (9, 10)
                        and len([float(cell) for cell in cells[:8]]) == 8
                        and not is_number(cells[8])
                    )
                return False
    return False
