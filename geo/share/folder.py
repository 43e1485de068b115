"""A folder that appears complete or not at all."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

from geo.errors import OutputError
from geo.output import whole_folder

LIST = "data/files.json"
"""Lists the files of a share folder, so that a later one replaces only these, and no file of somebody else."""


def check_free(folder: Path) -> None:
    """Raise OutputError unless `folder` is new, empty, or a share folder without other files."""
    if not folder.parent.is_dir():
        raise OutputError(f"{folder}: the folder {folder.parent} does not exist; make it, or choose another")
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise OutputError(f"{folder} exists and is not a folder; choose another name")
    if not folder.exists():
        return
    foreign = sorted(_files_in(folder) - _listed(folder))
    if foreign:
        raise OutputError(f"{folder} holds more than a share folder ({foreign[0]}); choose a new folder")


@contextlib.contextmanager
def share_folder(folder: Path) -> Iterator[Path]:
    """Make a share folder. It is filled under another name, and gets its name when the block ends without an error.

    Yields the folder to fill. An earlier share folder of that name is replaced; a folder with other files is refused.
    If the block raises, nothing is left, and what was there stays.

    Raises:
        OutputError: The folder cannot be made.
    """
    check_free(folder)
    with whole_folder(folder) as part:
        yield part
        (part / LIST).write_text(json.dumps(sorted({*_files_in(part), LIST}), indent=0), encoding="utf-8")
        check_free(folder)


def size_of(folder: Path) -> int:
    """The bytes of all files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _files_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()}


def _listed(folder: Path) -> set[str]:
    """The files that a share folder lists as its own; empty if it is not a share folder."""
    try:
        listed = json.loads((folder / LIST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return set()
    return {name for name in listed if isinstance(name, str)} if isinstance(listed, list) else set()
