"""What a person gives as labels, a file or a folder: its content in each form that a reader may ask for, read once.

Sizes are bounded before a file is read. XML with a document type is refused, since entities can grow without bound.
"""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET  # nosec B405
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detector.errors import InputError
from geo.csv_table import read_rows
from geo.errors import VectorError
from geo.text_encoding import unicode_text

if TYPE_CHECKING:
    from geo.vector import Polygons

LARGEST_FILE = 512 * 1024 * 1024  # bytes; a larger file is not a label file
LARGEST_XML = 256 * 1024 * 1024
LARGEST_TEXT = 16 * 1024 * 1024  # bytes of the labels of one photo
MOST_FILES = 1_000_000
Line = tuple[int, list[str]]


class Given:
    """The labels at a path. Content that is not of the asked kind is None, not an error.

    Attributes:
        path: A file or a folder.
        splits: Where a file names several splits (`train`, `val`, `test`), the one that is read: the first of these
            that it names; () for all.
    """

    def __init__(self, path: Path, splits: tuple[str, ...] = ()) -> None:
        self.path, self.splits = path, splits

    @cached_property
    def is_folder(self) -> bool:
        """Whether the path is a folder."""
        return self.path.is_dir()

    @cached_property
    def content(self) -> bytes:
        """The content of the file. Raises InputError if it cannot be read or is too large."""
        return content_of(self.path, LARGEST_FILE)

    @cached_property
    def document(self) -> Any:
        """The content of a JSON file. Raises InputError if a file that begins as JSON does is not JSON."""
        return json_of(self.path, self.content) if self.begins(b"{", b"[") else None

    @cached_property
    def root(self) -> ET.Element | None:
        """The root of an XML file. Raises InputError if a file that begins as XML does is not XML."""
        return xml_of(self.path, self.content) if self.begins(b"<") else None

    @cached_property
    def lines(self) -> list[Line]:
        """The rows of a table of text, with the number of their line. Raises InputError if it cannot be read."""
        try:
            return list(read_rows(self.path, LARGEST_FILE, "labels"))
        except VectorError as error:
            raise InputError(f"cannot read the labels: {error}") from error

    @cached_property
    def heads(self) -> list[str]:
        """The names of a table's columns, its first row; [] if it is empty. Raises InputError if it cannot be read."""
        return [head.strip() for head in self.lines[0][1]] if self.lines else []

    def cells(self, row: list[str]) -> dict[str, str]:
        """The cells of a row by the names of their columns; empty where the row ends before them."""
        return {head: row[i].strip() if i < len(row) else "" for i, head in enumerate(self.heads)}

    @cached_property
    def shapes(self) -> Polygons:
        """The shapes of a vector file. Raises InputError if it cannot be read."""
        from geo.vector import read_shapes  # pyogrio's home, which no run without such labels needs to load

        try:
            return read_shapes(self.path)
        except VectorError as error:
            raise InputError(f"cannot read the labels: {error}") from error

    def begins(self, *signs: bytes) -> bool:
        """Whether the first character of a file, after spaces, is one of `signs`."""
        if self.is_folder:
            return False
        head = self.content[:4096].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
        return head.startswith(signs)

    def files(self, *endings: str) -> list[Path]:
        """The files in a folder, and in its folders, with one of the endings (`.txt`), sorted."""
        if not self.is_folder:
            return []
        if endings not in self._files:
            found = sorted(p for p in self.path.rglob("*") if p.suffix.lower() in endings and p.is_file())
            if len(found) > MOST_FILES:
                raise InputError(f"{self.path} has {len(found)} files of labels; expected at most {MOST_FILES}")
            self._files[endings] = found
        return self._files[endings]

    @cached_property
    def _files(self) -> dict[tuple[str, ...], list[Path]]:
        return {}


def content_of(file: Path, most: int) -> bytes:
    """The content of a file of labels. Raises InputError if it cannot be read or has more than `most` bytes."""
    try:
        if file.stat().st_size > most:
            raise InputError(f"{file} is larger than {most >> 20} MiB; expected a file of labels")
        return file.read_bytes()
    except InputError:
        raise
    except OSError as error:
        raise InputError(f"cannot read the labels {file}: {error.strerror}") from error


def text_of(file: Path, most: int = LARGEST_TEXT) -> str:
    """The text of a file of labels. Raises InputError if it cannot be read, is too large or is not Unicode."""
    text = unicode_text(content_of(file, most))
    if text is None:
        raise InputError(f"{file} is not UTF-8 text; expected labels")
    return text


def json_of(file: Path, content: bytes) -> Any:
    """The content of a JSON file, in UTF-8, UTF-16 or UTF-32. Raises InputError if it is not JSON."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        _refuse_other_encodings(file, content, "JSON")
        raise InputError(f"{file} is not JSON ({str(error)[:80]}); expected labels") from error


def xml_of(file: Path, content: bytes) -> ET.Element:
    """The root of an XML file. Raises InputError if it is not XML, is too large or declares a document type."""
    if len(content) > LARGEST_XML:
        raise InputError(f"{file} is larger than {LARGEST_XML >> 20} MiB; expected a file of labels")
    plain = content.replace(b"\0", b"")  # as UTF-16 too
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:  # labels have none, and entities can grow without bound
        raise InputError(f"{file} declares a document type; expected a file of labels, which has none")
    try:
        return ET.fromstring(content)  # noqa: S314  (bounded, and without entities) # nosec B314
    except (ET.ParseError, LookupError, ValueError) as error:
        _refuse_other_encodings(file, content, "XML")
        raise InputError(f"{file} is not XML ({str(error)[:80]}); expected labels") from error


def _refuse_other_encodings(file: Path, content: bytes, kind: str) -> None:
    """Raise InputError for a file that is no JSON or XML because its letters are in the code page of one country."""
    if unicode_text(content) is None:
        raise InputError(f"{file} is not {kind}, because it is not UTF-8 text; save it as UTF-8")
