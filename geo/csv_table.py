"""CSV tables: read as people make them, with comma, semicolon or tab between the cells; written with commas."""

import csv
import io
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TextIO

from geo.errors import VectorError
from geo.output import whole
from geo.paths import StrPath, as_path
from geo.text_encoding import unicode_text

_DELIMITERS = ";\t|,"
# What a formula begins with, also as Chinese, Japanese and Korean keyboards write it; a tab and a line break hide it.
_FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_LONGEST_NUMBER = 40
_SEPARATOR_LINE = re.compile(r"\A\ufeff?\s*\"?sep=.\"?[;,\t ]*\r?\n", re.IGNORECASE)


def delimiter_of(header: str) -> str | None:
    """The character that separates a header's cells: the most frequent one of semicolon, tab, bar and comma; None for
    none.

    If two are equally frequent, it is the first of these, because a comma may be part of a name.
    """
    most = max(_DELIMITERS, key=lambda sign: (header.count(sign), -_DELIMITERS.index(sign)))
    return most if most in header else None


def read_rows(path: StrPath, max_bytes: int, what: str, *, any_bytes: bool = False) -> Iterator[tuple[int, list[str]]]:
    """(line number, cells) of each row that is not blank, the header first. Cells are returned as they are in the file.

    Args:
        path: The file.
        max_bytes: The largest size of such a table.
        what: The kind of table that it should be, for a message.
        any_bytes: Bytes that are no Unicode become surrogates, as in names of files; else they are an error.

    Raises:
        VectorError: The file cannot be read, is too large, is not Unicode, or is not CSV.
    """
    path = as_path(path)
    try:
        size = path.stat().st_size
        if size > max_bytes:
            raise VectorError(f"{path.name}: {size >> 20} MB is too large for a table of {what}")
        data = path.read_bytes()
        text = unicode_text(data)
    except OSError as error:
        raise VectorError(f"{path}: cannot be read: {error.strerror or error}") from error
    if text is None and any_bytes:
        text = data.decode("utf-8-sig", "surrogateescape")
    if text is None:
        raise VectorError(f"{path.name}: not UTF-8 text; save it as CSV UTF-8")
    text = _SEPARATOR_LINE.sub("\n", text, count=1)  # for spreadsheets only
    delimiter = delimiter_of(text.lstrip().split("\n", 1)[0]) or ","
    reader = csv.reader(io.StringIO(text, newline=None), delimiter=delimiter)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error as error:
        raise VectorError(f"{path.name}, line {reader.line_num}: not CSV: {error}") from error


def defused(cell: Any) -> Any:
    """A cell that no spreadsheet runs: a text that would be a formula there gets an apostrophe first.

    Names come from files that other people made, and a formula may send what else is in the table to an address.
    """
    if not isinstance(cell, str):
        return cell
    if "\r" in cell:  # which the csv module does not quote
        cell = cell.replace("\r\n", "\n").replace("\r", "\n")
    if cell.startswith(_FORMULA) and (len(cell) > _LONGEST_NUMBER or _NUMBER.fullmatch(cell) is None):
        return f"'{cell}"
    return cell


def write_rows(
    destination: StrPath | TextIO,
    header: Sequence[str],
    rows: Iterable[Sequence[Any]],
    errors: str = "replace",
    *,
    raw: bool = False,
) -> None:
    """Write a table as CSV in UTF-8. Cells are quoted if CSV needs it, and `defused`; None is empty.

    Args:
        destination: A path, which appears complete or not at all, or an open text stream.
        header: The names of the columns.
        rows: The rows.
        errors: What to do with a character that UTF-8 cannot hold, such as half a surrogate pair from a model's JSON.
        raw: Write texts as they are, for a program that reads them.

    Raises:
        OutputError: The file cannot be written.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header if raw else map(defused, header))
    writer.writerows(rows if raw else (map(defused, row) for row in rows))
    if not isinstance(destination, (str, os.PathLike)):
        destination.write(text.getvalue())
        return
    with whole(destination) as part:
        part.write_bytes(text.getvalue().encode("utf-8", errors))
