"""Stores parts: in a folder of this machine, in a folder that several machines share, or under a prefix of an object
store.

Names have ASCII letters, digits, '-', '.' and '/'. A write is complete or did not happen.
"""

import contextlib
import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol
from urllib.request import url2pathname

from detector.errors import InputError, MissingLibraryError
from geo.errors import one_line
from geo.output import sweep_folder, whole
from geo.paths import StrPath

# The libraries that open each kind of store.
_STORES = {
    "s3": ("fsspec", "s3fs"),
    "gs": ("fsspec", "gcsfs"),
    "az": ("fsspec", "adlfs"),
    "abfs": ("fsspec", "adlfs"),
    "abfss": ("fsspec", "adlfs"),
    "memory": ("fsspec",),
}


class Folder(Protocol):
    """Small files by name."""

    def names(self) -> Iterator[str]:
        """The names of all files, in any order. Half-written files are left out."""
        ...

    def read(self, name: str) -> bytes | None:
        """The content of a file; None if it does not exist. Raises OSError if it cannot be read."""
        ...

    def write(self, name: str, data: bytes) -> None:
        """Write or replace a file. Raises OSError if that is not possible."""
        ...

    def remove(self, name: str) -> None:
        """Remove a file, if it exists and can be removed."""
        ...


class LocalFolder:
    """A folder in the file system, also on a shared disk. Files appear by rename."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def names(self) -> Iterator[str]:
        """See `Folder`. Files are in two levels of folders, because a folder of a hundred thousand files is slow."""
        with contextlib.suppress(FileNotFoundError), os.scandir(self.path) as entries:
            for entry in entries:
                if entry.name.endswith(".partial"):
                    continue
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
        """See `Folder`. The content is on the disk, safe against a power cut, before the file gets its name."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole(path, swept=True, own_name=True) as part:
            part.write_bytes(data)

    def remove(self, name: str) -> None:
        """See `Folder`."""
        with contextlib.suppress(OSError):
            (self.path / name).unlink(missing_ok=True)

    def sweep(self) -> None:
        """Remove the half-written files of writers that were killed."""
        for folder in (self.path, *self.path.glob("??")):
            sweep_folder(folder)


class ObjectStore:
    """A prefix of an object store, by fsspec. A store shows an object only when it is complete."""

    def __init__(self, url: str) -> None:
        import fsspec

        self.url = url
        with _store_errors(url):
            self._files, root = fsspec.core.url_to_fs(url)
        self._root = root.rstrip("/")

    def names(self) -> Iterator[str]:
        """See `Folder`."""
        with _store_errors(self.url):
            self._files.invalidate_cache()
            found = self._files.find(self._root)
        yield from (path.removeprefix(self._root).lstrip("/") for path in found)

    def read(self, name: str) -> bytes | None:
        """See `Folder`."""
        with _store_errors(self.url):
            try:
                return bytes(self._files.cat_file(f"{self._root}/{name}"))
            except FileNotFoundError:
                return None

    def write(self, name: str, data: bytes) -> None:
        """See `Folder`."""
        with _store_errors(self.url):
            self._files.pipe_file(f"{self._root}/{name}", data)

    def remove(self, name: str) -> None:
        """See `Folder`."""
        with contextlib.suppress(Exception):
            self._files.rm_file(f"{self._root}/{name}")


def folder(place: StrPath) -> Folder:
    """The folder of a path or of a URL: file, s3, gs, az, abfs, abfss, or memory (in this process only, for tests).

    Raises:
        InputError: The URL is of another kind, or cannot be opened.
        MissingLibraryError: The library that opens it is missing.
    """
    text = os.fspath(place)
    protocol, separator, rest = text.partition("://")
    if not separator:
        return LocalFolder(Path(os.path.abspath(text)))
    if protocol == "file":
        return LocalFolder(Path(os.path.abspath(url2pathname(rest))))
    if protocol not in _STORES:
        raise InputError(f"{text}: expected a folder, or a URL of file, {', '.join(sorted(_STORES))}")
    if absent := [name for name in _STORES[protocol] if find_spec(name) is None]:
        raise MissingLibraryError(f"{text} needs {' and '.join(absent)}: pip install {' '.join(absent)}")
    try:
        return ObjectStore(text)
    except OSError as error:
        raise InputError(f"{error}; check the URL, and that this machine may use it") from error


@contextlib.contextmanager
def _store_errors(url: str) -> Iterator[None]:
    """Turns the errors of a store, of whatever kind, into an OSError of one line."""
    try:
        yield
    except Exception as error:
        raise OSError(f"{url}: {one_line(error)}") from error
