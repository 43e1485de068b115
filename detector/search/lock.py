"""Lets one process at a time work: a lock in a file. The system releases it when the process that holds it dies."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from detector.errors import InputError
from geo import file_lock
from geo.paths import StrPath, as_path


@contextlib.contextmanager
def locked(lock: StrPath, refusal: str) -> Iterator[None]:
    """Hold the lock file while the block runs. Afterwards, the file is removed, and so are its folders if they are
    empty.

    Raises:
        InputError: Another process holds the lock; `refusal` is the message.
    """
    lock = as_path(lock)
    made = [folder for folder in (lock.parent, lock.parent.parent) if not folder.exists()]
    lock.parent.mkdir(parents=True, exist_ok=True)
    if lock.is_symlink():  # in a folder that somebody sent: it could lead to any file
        lock.unlink()
    with lock.open("a+b") as file:
        if not _taken(file) or not _same(file, lock):
            raise InputError(refusal)
        try:
            yield
        finally:
            if os.name == "nt":  # it removes no file that is open, and so also none that the next process has opened
                file.close()
            with contextlib.suppress(OSError):  # a folder may not be empty
                lock.unlink()
                for folder in made:
                    folder.rmdir()


def _taken(file: IO[Any]) -> bool:
    try:
        return file_lock.take(file)
    except OSError:
        return False


def _same(file: IO[Any], path: Path) -> bool:
    """Whether an open file is still the file of that name. The process before may have removed it."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except OSError:
        return False
