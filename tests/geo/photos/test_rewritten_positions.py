"""Files of positions that another system has written again give the same places as before."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest

from geo.photos.cells import number_of
from tests.geo.photos import test_position_formats, test_position_variants
from tests.geo.photos.position_case import Case, check

CASES = {**test_position_formats.CASES, **test_position_variants.CASES}
REWRITTEN: dict[str, Callable[[str], bytes]] = {
    "a byte order mark": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "Windows lines": lambda text: text.replace("\r\n", "\n").replace("\n", "\r\n").encode(),
    "UTF-16": lambda text: text.encode("utf-16"),
    "UTF-16 without a mark": lambda text: text.encode("utf-16-le"),
    "blank lines at the end": lambda text: (text + "\n\n  \n").encode(),
    "no line end at the end": lambda text: text.rstrip("\r\n").encode(),
}


Rows = list[list[str]]
TABLES: dict[str, Callable[[Rows], bytes]] = {
    "columns in the other order": lambda rows: written([row[::-1] for row in rows]),
    "all cells in quotes": lambda rows: written(rows, quoting=csv.QUOTE_ALL),
    "semicolons": lambda rows: written(rows, delimiter=";"),
    "tabs": lambda rows: written(rows, delimiter="\t"),
    "capitals in the header": lambda rows: written([[cell.upper() for cell in rows[0]], *rows[1:]]),
    "columns that say nothing": lambda rows: written([["comment", *row, "battery"] for row in rows]),
    "rows in the other order": lambda rows: written([rows[0], *rows[:0:-1]]),
    "spaces around cells": lambda rows: written([[f" {cell} " for cell in row] for row in rows]),
}


def written(rows: Rows, delimiter: str = ",", quoting: Literal[0, 1] = csv.QUOTE_MINIMAL) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def table_of(case: Case) -> Rows | None:
    """The rows of a table with commas and a header; None for other files, and for those that are to be refused."""
    if isinstance(case.text, bytes) or case.error or not case.file.lower().endswith(".csv"):
        return None
    rows = list(csv.reader(io.StringIO(case.text)))
    header = rows[0]
    plain = len(header) > 2 and len(set(map(str.lower, header))) == len(header) and header[0][:1] not in ("#", "s")
    even = all(len(row) == len(header) for row in rows)
    return rows if plain and even and not any(number_of(cell) is not None for cell in header) else None


@pytest.mark.parametrize("how", TABLES)
def test_a_table_in_another_form_gives_the_same(how: str, tmp_path: Path) -> None:
    checked = 0
    for name, case in CASES.items():
        rows = table_of(case)
        if rows is None or (how == "semicolons" and any("," in cell for row in rows for cell in row)):
            continue
        try:
            check(replace(case, text=TABLES[how](rows)), tmp_path)
        except BaseException as error:
            error.add_note(f"in the case {name!r}")
            raise
        checked += 1
    assert checked > 30


@pytest.mark.parametrize("how", REWRITTEN)
def test_a_rewritten_file_gives_the_same(how: str, tmp_path: Path) -> None:
    checked = 0
    for name, case in CASES.items():
        if isinstance(case.text, bytes) or (how == "UTF-16 without a mark" and not case.text.isascii()):
            continue
        try:
            check(replace(case, text=REWRITTEN[how](case.text)), tmp_path)
        except BaseException as error:
            error.add_note(f"in the case {name!r}")
            raise
        checked += 1
    assert checked > 100
