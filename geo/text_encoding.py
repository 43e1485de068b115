"""Decodes text files of other programs, in any Unicode encoding; reads TOML, which people write by hand."""

import codecs
import re
import tomllib
from pathlib import Path
from typing import Any

# Encodings of four bytes come first, because their marks begin with the marks of two bytes.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip


def unicode_text(data: bytes) -> str | None:
    """The text of a file: by its byte order mark, else as UTF-8, or as UTF-16 if every other of its first bytes is 0.

    None if it is none of these.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decoded(data, encoding)
    if b"\0" not in data[:4096]:
        return _decoded(data, "utf-8")
    start = data[: min(len(data), 200) & ~1]
    for first, encoding in ((0, "utf-16-be"), (1, "utf-16-le")):
        if start and not any(start[first::2]) and all(start[1 - first :: 2]):
            return _decoded(data, encoding)
    return None


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a TOML file, in any Unicode encoding: editors on Windows write a byte order mark, or UTF-16.

    Raises OSError if it cannot be read, and ValueError if it is not TOML. The error's text goes after the file's name.
    """
    text = unicode_text(path.read_bytes())
    if text is None:
        raise ValueError("is not UTF-8 text; save it as UTF-8")
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        line = re.search(r"at line (\d+)", str(error))
        if line is not None and re.search(r'"[^"]*\\', text.split("\n")[int(line[1]) - 1]):
            mend = "write a path of Windows in single quotes, as 'C:\\photos', or with /"
            raise ValueError(f"is not TOML: {error}; {mend}") from error
        raise ValueError(f"is not TOML: {error}") from error


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None
