"""How a survey's file is opened: to read, and to write without losing what another program writes meanwhile.

A person may review a survey in QGIS while a command reads it, computes, and writes it. `settled` does such work: it
watches the file from the first reading on, and does the work again, under the file's lock, if somebody wrote in
between. A survey that is there is always changed where it lies, in one transaction, and no other file is put in its
place. A person may do that: so a program that waited for the lock looks whether the file of that name is still the one
that it opened, as the plugin's review does, and as `Watch` does.

While a file is locked, this process must not open it in any other way, with GDAL or with `open`: where a process closes
a file, POSIX ends all of its locks on that file. What is read then, is read with `reading`.
"""

import contextlib
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self, TypeVar

from geo import crashed_database
from geo.errors import OutputError, VectorError, one_line
from geo.geopackage import received
from geo.output import held, leave_wal
from geo.paths import StrPath, as_path

_T = TypeVar("_T")
READ_S = 30.0
"""How long a reader waits for a program that is writing."""
WRITE_S = 60.0
"""How long a finished run waits for a program that holds its file."""
_PAGES = 4096  # that are copied at a time: 16 MB


class ChangedError(OutputError):
    """Another program wrote to the survey between the reading and the writing."""


def settled(path: StrPath, work: Callable[["Watch"], _T]) -> _T:
    """What `work` returns, which reads the survey at `path`, computes, and writes it with the watch that it is given.

    Where another program wrote in between, `work` raises ChangedError and is done again with the file locked. There
    may be no file yet. Raises OutputError where another program holds the file for longer than `WRITE_S`.
    """
    place = as_path(path)
    with Watch(place) as watch:
        try:
            return work(watch)
        except ChangedError:
            pass
    while True:
        with Watch(place) as watch:
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
    try:
        crashed_database.recover(path, lambda: _connect(path, "rw", READ_S))
    except crashed_database.NotMendedError as error:
        raise VectorError(
            f"{path}: a program crashed while it wrote, and that is mended only where writing is allowed; allow it, or"
            f" copy {path.name} and {path.name}-journal together to another folder"
        ) from error


class Watch:
    """A file that may be written, watched from now on. A context manager; leaving it ends what was not committed.

    db: the connection to it, in a transaction once `hold` has returned; None where there is no file yet.
    """

    def __init__(self, path: StrPath) -> None:
        self.path = as_path(path)
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
        leave_wal(self.db)
        try:
            self.db.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            raise OutputError(held(self.path)) from error
        if _state(self.db, self.path) != self._seen:
            raise ChangedError(f"{self.path} was changed by another program meanwhile; run again")
        self._locked_at = self._changed_at()

    def commit(self) -> None:
        """Write what was changed in the file that is held."""
        assert self.db is not None
        self.db.execute("COMMIT")
        leave_wal(self.db)

    def take(self, part: Path) -> None:
        """Give the file that is held the content of the database `part`, all of it or nothing.

        The file stays the same file, so a program that has it open sees the new content. Another file in its place
        would be another matter: Windows allows none while it is open, and elsewhere that program would go on with the
        old file, and take the journal of the new one for its own.

        Raises ChangedError and OutputError as `hold` does.
        """
        assert self.db is not None
        (mode,) = self.db.execute("PRAGMA journal_mode").fetchone()
        with contextlib.ExitStack() as opened:
            changed: Callable[[], bool] | None = None
            if mode == "wal":
                changed = _writes_of_others(opened.enter_context(contextlib.closing(_connect(self.path, "ro", READ_S))))
            else:  # SQLite keeps the lock from this transaction to the next
                self.db.execute("PRAGMA locking_mode = EXCLUSIVE")
            self.db.execute("COMMIT")
            new = opened.enter_context(contextlib.closing(_connect(part, "ro", READ_S)))
            if mode == "wal" and _page_size(new) != _page_size(self.db):  # SQLite changes that in no other mode
                raise OutputError(held(self.path))
            (pages,) = new.execute("PRAGMA page_count").fetchone()
            # `_between_steps` must be asked before the last page is written.
            at_once = max(1, min(_PAGES, pages // 2))
            new.backup(self.db, pages=at_once, progress=self._between_steps(changed), sleep=0.05)
        self.db.execute("PRAGMA locking_mode = NORMAL")
        leave_wal(self.db)

    def release(self) -> None:
        """End the watch."""
        if self.db is not None:
            if self.db.in_transaction:
                self.db.execute("ROLLBACK")
            self.db.close()
            self.db = None

    def _between_steps(self, changed: Callable[[], bool] | None) -> Callable[[int, int, int], None]:
        """What looks, while the content is copied, whether that must end. changed: whether somebody else wrote."""
        until, begun = time.monotonic() + WRITE_S, False

        def look(status: int, remaining: int, total: int) -> None:
            nonlocal begun
            if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                if time.monotonic() > until:
                    raise OutputError(held(self.path))
            elif not begun:  # from here on nobody else can write
                begun = True
                if changed is not None and changed():
                    raise ChangedError(f"{self.path} was changed by another program meanwhile; run again")

        return look

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


def _page_size(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA page_size").fetchone()[0])


def _writes_of_others(db: sqlite3.Connection) -> Callable[[], bool]:
    """What tells whether another connection wrote since now. db: one that itself writes nothing."""
    version = "PRAGMA data_version"
    before = db.execute(version).fetchone()
    return lambda: bool(db.execute(version).fetchone() != before)


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
