"""Outputs that appear whole or not at all."""

import contextlib
import errno
import glob
import os
import secrets
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from geo.errors import GeoError, OutputError
from geo.paths import StrPath, as_path


@contextlib.contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Write `path` through a new file beside it, which takes its name when the block ends well.

    Yields the path to write, with the ending of `path`. When the block raises, nothing is left and what `path` was
    before stays. Raises OutputError where the folder is missing, full, or not ours to write.
    """
    part = _beside(path)
    try:
        yield part
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(path)
        _fsync_folder(path.parent)
    except OSError as error:
        if isinstance(error, GeoError):
            raise
        raise OutputError(f"{path}: {_why(error)}") from error
    finally:
        for left in (part, *(part.with_name(part.name + end) for end in ("-journal", "-wal", "-shm", ".aux.xml"))):
            with contextlib.suppress(OSError):
                left.unlink(missing_ok=True)


def check_writable(path: StrPath) -> None:
    """Raise OutputError now if `whole(path)` could not begin: no folder, a folder of that name, or read-only."""
    path = as_path(path)
    part = _beside(path)
    try:
        part.touch()
        part.unlink()
    except OSError as error:
        raise OutputError(f"{path}: {_why(error)}") from error


def check_output(path: StrPath) -> None:
    """Raise OutputError now if a GeoPackage could not be written to `path` later.

    The folder must exist and be ours to write; a file that is there must be a GeoPackage that no other program
    holds, since what that program has still to save would be lost under a new file. What a program that crashed
    left in a -wal or -journal is put into the file first.
    """
    path = as_path(path)
    if path.suffix.lower() != ".gpkg":
        raise OutputError(f"{path}: expected a name that ends in .gpkg, as QGIS and GDAL do")
    check_writable(path)
    if not path.exists() or path.stat().st_size == 0:
        return
    held = f"{path} is open in another program (QGIS?); close it there and run again, or choose another output"
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as db:
            # Leaving WAL mode and locking for a write both need that nobody else is at the file.
            (mode,) = db.execute("PRAGMA journal_mode=DELETE").fetchone()
            if mode != "delete":
                raise OutputError(held)
            db.execute("BEGIN EXCLUSIVE")
            (tables,) = db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'gpkg_contents'").fetchone()
            db.execute("ROLLBACK")
    except sqlite3.DatabaseError as error:
        if "locked" in str(error):
            raise OutputError(held) from error
        if "readonly" in str(error):
            raise OutputError(f"{path} is read-only; allow writing to it, or choose another output") from error
        raise OutputError(f"{path} is there and is not a GeoPackage; choose another output") from error
    if tables == 0:
        raise OutputError(f"{path} is there and is not a GeoPackage; choose another output")
    if any(path.with_name(path.name + end).exists() for end in ("-wal", "-journal")):
        raise OutputError(held)


def sweep(path: StrPath) -> None:
    """Remove what a process that was killed while it wrote `path`, or the project beside it, left there."""
    path = as_path(path)
    for suffix in (path.suffix, ".qgz"):
        for left in path.parent.glob(f".{glob.escape(path.stem[:64])}.????????{suffix}*"):
            with contextlib.suppress(OSError):
                left.unlink()


def _beside(path: Path) -> Path:
    if not path.parent.is_dir():
        raise OutputError(f"{path}: the folder {path.parent} does not exist; make it, or choose another output")
    if path.is_dir():
        raise OutputError(f"{path} is a folder; expected the name of a file")
    return path.with_name(f".{path.stem[:64]}.{secrets.token_hex(4)}{path.suffix}")


def _why(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "the disk is full; free some space, or write elsewhere"
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return "cannot be written: read-only, or open in another program; close it there, or write elsewhere"
    return f"cannot be written: {error.strerror or error}"


def _fsync_folder(folder: Path) -> None:
    """Make a rename outlive a power cut, where the system can open folders (Windows cannot)."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
