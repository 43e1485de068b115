"""How a survey's file is opened: to read, and to write without losing what another program writes meanwhile.

A person may review a survey in QGIS while a command reads it, computes, and writes it. `settled` does such work: it
watches the file from the first reading on, and does the work again, under the file's lock, if somebody wrote in
between. The lock is held until the new file has its name. A program that waited for it must look whether the file of
that name is still the one that it opened, as the plugin's review does, and as `Watch` does.

While a file is locked, this process must not open it in any other way, with GDAL or with `open`: where a process closes
a file, POSIX ends all of its locks on that file. What is read then, is read with `reading`.
"""

import contextlib
import os
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self, TypeVar

from geo.errors import OutputError, VectorError, one_line
from geo.geopackage import received
from geo.output import leaves_wal
from geo.paths import StrPath, as_path

_T = TypeVar("_T")
READ_S = 30.0
"""How long a reader waits for a program that is writing."""
WRITE_S = 60.0
"""How long a finished run waits for a program that holds its file."""


class ChangedError(OutputError):
    """Another program wrote to the survey between the reading and the writing."""


def settled(path: StrPath, work: Callable[["Watch"], _T], *, in_place: bool = False) -> _T:
    """What `work` returns, which reads the survey at `path`, computes, and writes it with the watch that it is given.

    Where another program wrote in between, `work` raises ChangedError and is done again with the file locked. There
    may be no file yet. in_place: the file stays, and is not replaced by another. Raises OutputError where another
    program holds the file for longer than `WRITE_S`.
    """
    place = as_path(path)
    with Watch(place, in_place=in_place) as watch:
        try:
            return work(watch)
        except ChangedError:
            pass
    while True:
        with Watch(place, in_place=in_place) as watch:
            try:
                watch.hold()
                return work(watch)
            except ChangedError:  # before it was locked, or by a file that was not there before
                continue


def steady(path: StrPath, read: Callable[[], _T]) -> _T:
    """What `read` makes of the survey at `path`, all of it from one state of the file.

    `read` is called again where another program wrote meanwhile; the last time, that program has to wait.
    """
    place = as_path(path)
    for last in (False, False, True):
        with reading(place) as db:
            if last:
                db.execute("BEGIN")
            before = _state(db, place)
            found = read()
            if last or _state(db, place) == before:
                return found
    raise AssertionError("unreachable")


@contextlib.contextmanager
def reading(path: StrPath) -> Iterator[sqlite3.Connection]:
    """The survey at `path`, read-only. What a program left half written when it crashed is taken back first.

    Raises VectorError where it is no survey, or cannot be mended where it lies.
    """
    place = as_path(path)
    if not place.is_file():
        raise VectorError(f"{place}: no such file; expected the GeoPackage of a survey")
    try:
        recover(place)
        with contextlib.closing(_connect(place, "ro", READ_S)) as db, received.told_in_one_line(place):
            received.admit(db, place)
            yield db
    except sqlite3.DatabaseError as error:
        raise _no_survey(place, error) from error


def _no_survey(path: Path, error: sqlite3.DatabaseError) -> VectorError:
    if "locked" in str(error):
        return VectorError(f"{path} is being written by another program; wait until it has finished")
    return VectorError(f"{path} is not the GeoPackage of a survey: {one_line(error, 100)}")


def recover(path: Path) -> None:
    """Take back what a program left half written in a GeoPackage when it crashed, as SQLite does when it may write.

    Raises VectorError where it may not; other errors of SQLite as they are.
    """
    if not left_beside(path):
        return
    with contextlib.closing(_connect(path, "rw", READ_S)) as db:
        try:
            db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise
            raise VectorError(
                f"{path}: a program crashed while it wrote, and that is mended only where writing is allowed; allow it,"
                f" or copy {path.name} and {path.name}-journal together to another folder"
            ) from error


def left_beside(path: Path) -> list[Path]:
    """The journals beside a database: of a program that writes now, or of one that crashed."""
    place = Path(os.path.realpath(path))
    return [beside for end in ("-journal", "-wal") if (beside := place.with_name(place.name + end)).exists()]


class Watch:
    """A file that may be written, watched from now on. A context manager; leaving it ends what was not committed.

    in_place: the file is changed and stays, and is not replaced by another. db: the connection for that, in a
    transaction once `hold` has returned; None where there is no file yet.
    """

    def __init__(self, path: StrPath, *, in_place: bool = False) -> None:
        self.path = as_path(path)
        self._in_place = in_place
        self.db: sqlite3.Connection | None = None
        self._seen: tuple[object, ...] = ()
        self._locked_at: tuple[int, int] | None = None

    def __enter__(self) -> Self:
        self._open()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def hold(self) -> None:
        """Lock the file against other writers until the watch ends, once no other program writes.

        Raises ChangedError where somebody wrote since the watch began, OutputError where a program holds the file
        for longer than `WRITE_S`.
        """
        if self.db is None:
            if _which(self.path) is not None and not _is_empty(self.path):
                raise ChangedError(f"{self.path} was not there before, and another program made it; run again")
            return
        if self.db.in_transaction:
            if self._changed_at() != self._locked_at:
                raise ChangedError(f"{self.path} was changed by another program while it was locked; run again")
            return
        until = time.monotonic() + WRITE_S
        while not self.db.in_transaction:
            try:
                if self._in_place or leaves_wal(self.db):
                    self.db.execute("BEGIN IMMEDIATE")
                    break
            except sqlite3.OperationalError as error:
                if "locked" not in str(error):
                    raise
            if time.monotonic() > until:
                raise OutputError(held(self.path))
            time.sleep(0.05)
        if _state(self.db, self.path) != self._seen:
            raise ChangedError(f"{self.path} was changed by another program meanwhile; run again")
        self._locked_at = self._changed_at()

    def about_to_rename(self) -> None:
        """Windows renames no file over one that is open: there the lock ends an instant before."""
        if sys.platform == "win32":
            self.release()

    def commit(self) -> None:
        """Write what was changed in place, and leave WAL mode where nobody else has the file open."""
        assert self.db is not None
        try:
            self.db.execute("COMMIT")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_IOERR_DELETE_NOENT:
                raise
            # All is written. A program that still has the file open that was replaced by this one took its journal for
            # one of its own, and deleted it.
        with contextlib.suppress(sqlite3.OperationalError):
            leaves_wal(self.db)

    def release(self) -> None:
        """End the watch."""
        if self.db is not None:
            if self.db.in_transaction:
                self.db.execute("ROLLBACK")
            self.db.close()
            self.db = None

    def _changed_at(self) -> tuple[int, int]:
        found = self.path.stat()
        return (found.st_mtime_ns, found.st_size)

    def _open(self) -> None:
        while (which := _which(self.path)) is not None and not _is_empty(self.path):
            self.db = _connect(self.path, "rw", WRITE_S)
            try:
                self._seen = _state(self.db, self.path)
            except sqlite3.DatabaseError as error:
                self.release()
                raise _no_survey(self.path, error) from error
            if self._seen[0] == which:
                return
            self.release()  # it was replaced at this very moment


def held(path: Path) -> str:
    """What to tell a person whose file another program holds."""
    return f"{path} is open in another program (QGIS?); close it there and run again, or choose another output"


def _state(db: sqlite3.Connection, path: Path) -> tuple[object, ...]:
    """Which file has this name, and a number that changes when another connection writes to the one that is open."""
    return (_which(path), db.execute("PRAGMA data_version").fetchone()[0])


def _which(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_dev, found.st_ino)


def _is_empty(path: Path) -> bool:
    return path.stat().st_size == 0


def _connect(path: Path, mode: str, seconds: float) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    return sqlite3.connect(uri, uri=True, timeout=seconds, isolation_level=None)
