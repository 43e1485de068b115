"""Paths as a caller gives them: texts or path objects, one or several."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TypeAlias

from geo.errors import InputError

StrPath: TypeAlias = str | os.PathLike[str]
"""One path, as text or as a path object."""
Paths: TypeAlias = StrPath | Iterable[StrPath]
"""One path or several."""


def as_path(path: StrPath) -> Path:
    """The path as a Path. Raises InputError for bytes and for empty text.

    Empty text as a path would be the working folder. If a variable in a script is not set, that folder must not be
    searched.
    """
    text = os.fspath(path)
    if not isinstance(text, str):
        raise InputError(f"the path {text!r} is bytes; expected text (os.fsdecode makes it text)")
    if not text:
        raise InputError("a path is empty text; expected the name of a file or folder")
    return path if isinstance(path, Path) else Path(text)


def absolute(path: StrPath) -> Path:
    """The absolute path. A symbolic link in it keeps its name. Errors as in `as_path`."""
    return Path(os.path.abspath(as_path(path)))


def as_paths(paths: Paths) -> tuple[Path, ...]:
    """One path or several as a tuple. Text is one path, not its letters. Errors as in `as_path`."""
    if isinstance(paths, (str, bytes, os.PathLike)):
        return (as_path(paths),)
    return tuple(map(as_path, paths))
