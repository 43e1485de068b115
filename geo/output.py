"""Outputs that appear whole or not at all.

What is written is made in a new folder beside its place, `.NAME.<16 hex digits>.partial`, that only this user can open,
and takes its name when it is finished and on disk. A process that is killed leaves that folder, and nothing else. The
next process that writes the same output removes it: a lock in the folder tells whether its writer is alive.
"""

import contextlib
import errno
import os
import re
import secrets
import shutil
import sqlite3
import stat
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from geo import file_lock
from geo.errors import GeoError, OutputError
from geo.paths import StrPath, as_path

_PARTIAL = re.compile(r"\.(.*)\.[0-9a-f]{16}\.partial", re.DOTALL)
_LONGEST_NAME = 80  # bytes of an output's name that its temporary folder repeats; a file system allows 255 in all
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d) *(\..*)?", re.IGNORECASE)  # a name that Windows keeps for a device
_LONGEST_PATH = 240  # characters; Windows may allow 260, with what is written beside the output for a moment
_HELD_S = 2.0  # how long a program is waited for that holds a file which is to be replaced
_IN_USE = ".in-use"
_OLD = ".old"
# A temporary folder whose lock cannot be read is taken for abandoned when nothing has changed in it for so long.
_ABANDONED_S = 24 * 3600


@contextlib.contextmanager
def whole(path: StrPath, *, swept: bool = False, own_name: bool = False) -> Iterator[Path]:
    """Write the file `path` so that it appears complete or not at all.

    Yields the path to write: a file of the same name in a new folder, in which further files may lie. It becomes `path`
    when the block ends without an error. If the block raises, nothing is left, and an old `path` stays as it was.

    A file that is replaced keeps its mode and its group. If `path` is a symbolic link, the file that it points to is
    replaced. A device or a pipe is written into. swept: do not look for leftovers of a killed process; for a writer of
    many files into one folder, which calls `sweep_folder` once. own_name: the name is Herdmap's choice and not the
    user's. A link of that name is replaced itself: in a folder that somebody sent, it may lead to any file.

    Raises OutputError if the folder is missing, full, or not writable.
    """
    path = as_path(path)
    with output_errors(path):
        place = path if own_name else _place(path)
        if place is None:
            with tempfile.TemporaryDirectory(prefix="herdmap-") as folder:
                part = Path(folder) / path.name
                yield part
                with part.open("rb") as made, path.open("wb") as device:
                    shutil.copyfileobj(made, device)
            return
        if not swept:
            _sweep(place.parent, place.name)
        with _folder_beside(place) as held:
            part = held / path.name
            yield part
            _fsync_file(part)
            if not place.is_symlink():
                _keep_access(place, part)
            _rename(part, place)
            _fsync_folder(place.parent)


@contextlib.contextmanager
def scratch(path: StrPath) -> Iterator[Path]:
    """A path for a file of the same name as the file `path`, in a new folder beside it, that is removed in the end.

    Raises OutputError if the folder is missing, full, or not writable.
    """
    path = as_path(path)
    with output_errors(path):
        place = _resolved(path)
        _sweep(place.parent, place.name)
        with _folder_beside(place) as held:
            yield held / place.name


@contextlib.contextmanager
def whole_folder(folder: StrPath) -> Iterator[Path]:
    """Make `folder` so that it appears complete or not at all.

    Yields a new, empty folder of the same name to fill. It becomes `folder` when the block ends without an error. An
    old folder is then removed with everything in it; its mode and group are kept. If the block raises, nothing is left,
    and the old folder stays as it was. Raises OutputError.
    """
    folder = as_path(folder)
    with output_errors(folder):
        _sweep(folder.parent, folder.name)
        with _folder_beside(folder) as held:
            part, old = held / folder.name, held / _OLD
            part.mkdir()
            yield part
            for made in part.rglob("*"):
                _fsync_folder(made) if made.is_dir() else _fsync_file(made)
            _fsync_folder(part)
            _keep_access(folder, part)
            if folder.exists():
                old.mkdir()
                _rename(folder, old / folder.name)
            _rename(part, folder)
            _fsync_folder(folder.parent)


def check_writable(path: StrPath) -> None:
    """Raise OutputError now if `whole(path)` could not begin: no folder, a folder of that name, or read-only."""
    path = as_path(path)
    with output_errors(path):
        place = _place(path)
        if place is not None:
            with _folder_beside(place):
                pass
        elif not os.access(path, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def check_output(path: StrPath) -> None:
    """Raise OutputError now if a GeoPackage could not be written to `path` later.

    The folder must exist and be writable. An existing file must be a GeoPackage that no other program is changing. A
    review that is being saved is waited for. If a program that crashed left a -wal or -journal, the file is mended
    first.
    """
    path = as_path(path)
    if path.suffix.lower() != ".gpkg":
        raise OutputError(f"{path}: expected a name that ends in .gpkg, as QGIS and GDAL do")
    with output_errors(path):
        place = _place(path)
        if place is not None:
            with _folder_beside(place) as folder:
                _check_sqlite_opens(folder / place.name)
    check_writable(path)
    if not path.exists() or path.stat().st_size == 0:
        return
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=_HELD_S, isolation_level=None)) as db:
            db.execute("BEGIN IMMEDIATE")  # which also takes back what a program left that crashed while it wrote
            (tables,) = db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'gpkg_contents'").fetchone()
            db.execute("ROLLBACK")
            leave_wal(db)
    except sqlite3.DatabaseError as error:
        if "locked" in str(error):
            raise OutputError(held(path)) from error
        if "readonly" in str(error):
            raise OutputError(f"{path} is read-only; allow writing to it, or choose another output") from error
        raise OutputError(f"{path} exists and is not a GeoPackage; choose another output") from error
    if tables == 0:
        raise OutputError(f"{path} exists and is not a GeoPackage; choose another output")


def _check_sqlite_opens(part: Path) -> None:
    """Raise OSError if SQLite takes no path of this length: it allows fewer characters than the system."""
    try:
        with contextlib.closing(sqlite3.connect(part)) as db:
            db.execute("PRAGMA user_version = 1")
    except sqlite3.OperationalError as error:
        if len(os.fspath(part)) <= _LONGEST_PATH:
            return  # a full disk, say, which is told when the file is written
        raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG), os.fspath(part)) from error


def held(path: Path) -> str:
    """What to tell a person when another program does not let go of a file that it is changing."""
    return f"{path} is being changed by another program (QGIS?); end that there and run again, or choose another output"


def leave_wal(db: sqlite3.Connection) -> None:
    """Take a database out of WAL mode, in which it needs files beside it, where no other program has it open."""
    with contextlib.suppress(sqlite3.OperationalError):
        db.execute("PRAGMA journal_mode=DELETE")


def sweep(path: StrPath) -> None:
    """Remove leftovers of processes that were killed while they wrote `path`, or the project beside it."""
    path = as_path(path)
    for output in (path, path.with_suffix(".qgz")):
        place = _resolved(output)
        _sweep(place.parent, place.name)


def sweep_folder(folder: StrPath) -> None:
    """Remove leftovers of processes that were killed while they wrote files in `folder`."""
    _sweep(as_path(folder), None)


def _sweep(folder: Path, name: str | None) -> None:
    short = None if name is None else _short(name)
    found = []
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            match = _PARTIAL.fullmatch(entry.name)
            if match and short in (None, match[1]):
                found.append(Path(entry.path))
    for held in found:
        _discard_abandoned(held)


def _discard_abandoned(held: Path) -> None:
    """Remove a temporary folder if the process that made it is dead."""
    try:
        with (held / _IN_USE).open("rb+") as lock:
            if not file_lock.take(lock):
                return
            _discard(held)  # while we hold its lock: see _locked_folder
    except OSError:  # no lock yet, or a file system without locks
        try:
            age_s = time.time() - held.stat().st_mtime
        except OSError:
            return
        if age_s <= _ABANDONED_S:
            return
    _discard(held)  # Windows removes no file that is open


def _discard(held: Path) -> None:
    """Remove a temporary folder; a folder that was about to be replaced goes back first, where its place is empty."""
    for old in (held / _OLD).glob("*"):
        place = held.parent / old.name
        if not place.exists():
            try:
                old.rename(place)
            except OSError:  # the only copy
                return
    shutil.rmtree(held, ignore_errors=True)


def _place(path: Path) -> Path | None:
    """The file to replace, which is another one where `path` is a link; None for a device or a pipe."""
    try:
        mode = path.stat().st_mode
    except OSError:
        mode = stat.S_IFREG  # a new file
    if stat.S_ISDIR(mode):
        raise OutputError(f"{path} is a folder; expected the name of a file")
    if not stat.S_ISREG(mode):
        return None
    place = _resolved(path)
    if place.is_symlink():
        raise OutputError(f"{path} is a symbolic link that leads back to itself; remove it, or choose another output")
    return place


def _resolved(path: Path) -> Path:
    return Path(os.path.realpath(path)) if path.is_symlink() else path


@contextlib.contextmanager
def _folder_beside(place: Path) -> Iterator[Path]:
    """A new folder beside `place`, for this user alone, that is locked and removed when the block ends."""
    if not place.parent.is_dir():
        raise OutputError(f"{place}: the folder {place.parent} does not exist; make it, or choose another output")
    held, lock = _locked_folder(place)
    try:
        with lock:
            yield held
    finally:
        _discard(held)


def _locked_folder(place: Path) -> tuple[Path, IO[bytes]]:
    """A new folder beside `place`, and the file in it that is open and locked.

    Another process may look for leftovers just when the file is made and not yet locked, and take it for one. It holds
    the lock until the folder is gone. Then another folder is made.
    """
    while True:
        held = place.with_name(f".{_short(place.name)}.{secrets.token_hex(8)}.partial")
        held.mkdir(0o700)
        try:
            lock = (held / _IN_USE).open("xb")
        except OSError:
            _discard(held)
            raise
        try:
            ours = file_lock.take(lock)
        except OSError:  # see _ABANDONED_S
            return held, lock
        if ours and (held / _IN_USE).exists():
            return held, lock
        lock.close()


def _short(name: str) -> str:
    return os.fsdecode(os.fsencode(name)[:_LONGEST_NAME]).encode("utf-8", "ignore").decode()


def _rename(old: Path, new: Path) -> None:
    """Give `old` the name `new`. On Windows a virus scanner may hold a new file for a moment: that is waited for."""
    until = time.monotonic() + _HELD_S
    while True:
        try:
            old.replace(new)
        except PermissionError:
            if os.name != "nt" or time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return


def _keep_access(old: Path, new: Path) -> None:
    """Give `new` the mode, the group and, where we may, the owner of `old`, if that is there."""
    if sys.platform == "win32":
        return
    try:
        was, now = old.stat(), new.stat()
    except FileNotFoundError:
        return
    mode = stat.S_IMODE(was.st_mode)
    if was.st_uid != now.st_uid:
        with contextlib.suppress(OSError):
            os.chown(new, was.st_uid, -1)
    if was.st_gid != now.st_gid:
        try:
            os.chown(new, -1, was.st_gid)
        except OSError:  # what the old group may do, another group may not
            mode &= ~0o070 | (mode & 0o007) << 3
    new.chmod(mode)


@contextlib.contextmanager
def output_errors(path: Path) -> Iterator[None]:
    """Turn errors of the operating system into an OutputError of one line. Refuse names that are no file's."""
    check_name(path)
    try:
        yield
    except OSError as error:
        if isinstance(error, GeoError):
            raise
        raise OutputError(f"{path}: {_why(error)}") from error


def check_name(path: Path) -> None:
    """Raise OutputError if this system gives a file another name than asked for, or none: as Windows does.

    There, `aux.txt` is a device: what is written into it is gone without an error. A full stop at the end is dropped.
    """
    if os.name == "nt" and (_DEVICE.fullmatch(path.name) or path.name != path.name.rstrip(". ")):
        raise OutputError(f"{path}: Windows has no file of the name {path.name!r}; choose another name")


def _why(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return "the disk is full; free some space, or write elsewhere"
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return "cannot be written: read-only, or open in another program; close it there, or write elsewhere"
    if len(os.fspath(error.filename or "")) > _LONGEST_PATH and error.errno in (errno.ENOENT, errno.ENAMETOOLONG):
        return "its path is too long for this system; choose a shorter name, or a folder nearer to the top"
    return f"cannot be written: {error.strerror or error}"


def _fsync_file(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _fsync_folder(folder: Path) -> None:
    """Make a rename survive a power cut, if the system can open folders (Windows cannot)."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
