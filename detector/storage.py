"""Where parts lie: a folder of this machine, or one that several machines share.

Names are of ASCII letters, digits, '-', '.' and '/'. A write is whole or did not happen.
"""

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol


class Folder(Protocol):
    """Small files by name."""

    def names(self) -> Iterator[str]:
        """Every file's name, in any order; half-written ones are left out."""
        ...

    def read(self, name: str) -> bytes | None:
        """A file's content; None where it is not there. Raises OSError where it cannot be read."""
        ...

    def write(self, name: str, data: bytes) -> None:
        """Make or replace a file. Raises OSError where that cannot be."""
        ...

    def remove(self, name: str) -> None:
        """Remove a file, if it is there and can be removed."""
        ...


class LocalFolder:
    """A folder of the file system, be it on a disk that others share. Files appear by rename."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def names(self) -> Iterator[str]:
        """See `Folder`. Two levels are listed, since folders of a hundred thousand files are slow."""
        with contextlib.suppress(FileNotFoundError), os.scandir(self.path) as entries:
            for entry in entries:
                if not entry.is_dir():
                    yield entry.name
                    continue
                with os.scandir(entry.path) as inside:
                    yield from (f"{entry.name}/{file.name}" for file in inside if not file.name.endswith(".partial"))

    def read(self, name: str) -> bytes | None:
        """See `Folder`."""
        try:
            return (self.path / name).read_bytes()
        except FileNotFoundError:
            return None

    def write(self, name: str, data: bytes) -> None:
        """See `Folder`. On disk, also after a power cut, before it has its name."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f"{path.stem}.{secrets.token_hex(4)}.partial")
        try:
            with partial.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)

    def remove(self, name: str) -> None:
        """See `Folder`."""
        with contextlib.suppress(OSError):
            (self.path / name).unlink(missing_ok=True)

    def sweep(self) -> None:
        """Remove what writers left that were killed. Nobody may be writing."""
        for partial in self.path.glob("??/*.partial"):
            partial.unlink(missing_ok=True)
