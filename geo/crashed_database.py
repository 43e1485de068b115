"""What a program left beside an SQLite file when it died while it wrote, and how it is taken back.

SQLite mends such a file when it opens it for writing, and refuses it when it opens it for reading alone.

The QGIS plugin carries a copy of this file, so it needs nothing but Python 3.9.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Callable


class NotMendedError(Exception):
    """What was left half written cannot be taken back, because the file or its folder may not be written."""


def left_beside(path: Path) -> list[Path]:
    """The journals beside a database: of a program that writes now, or of one that died."""
    place = Path(os.path.realpath(path))
    return [beside for end in ("-journal", "-wal") if (beside := place.with_name(place.name + end)).exists()]


def recover(path: Path, connect: Callable[[], sqlite3.Connection]) -> None:
    """Take back what a program left half written in `path`; nothing is done where it is whole.

    connect: opens the file for writing, outside of a transaction. Raises NotMendedError where writing is not allowed,
    sqlite3.OperationalError (`locked`) while another program writes.
    """
    if not left_beside(path):
        return
    with closing(connect()) as db:
        try:
            db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise
            raise NotMendedError(str(error)) from error
        _remove_begun_journal(db, path)


def _remove_begun_journal(db: sqlite3.Connection, path: Path) -> None:
    """Remove the journal of a program that died before it changed the file. SQLite takes nothing back from it.

    Such a journal begins with a zero byte, or is empty: https://www.sqlite.org/fileformat.html#the_rollback_journal.
    While we hold the lock of a writer, the journal is nobody's. Where another program holds it, the journal is its own.
    """
    db.execute("PRAGMA busy_timeout = 0")
    with suppress(sqlite3.OperationalError):  # another program writes, or nobody may
        db.execute("BEGIN IMMEDIATE")
        for journal in left_beside(path):
            with suppress(OSError):
                if journal.name.endswith("-journal") and _first_byte(journal) in (b"", b"\0"):
                    journal.unlink()
        db.execute("ROLLBACK")


def _first_byte(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(1)
