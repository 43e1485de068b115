"""A survey's GeoPackage: it is opened only while it is read or written, and its errors become plain messages."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from .crashed_database import NotMendedError, recover
from .foreign_database import guard, problem_of
from .translation import tr

OUTSIDE, UNPLACED = "outside", "unplaced"
"""How the layer `counts` calls what lies in no region, and what has no place on the map."""

DONE, FAILED, PENDING = "done", "failed", "pending"
"""The status of an image."""
IN_PART = "searched in part"
"""How the reason of an image begins that people searched in part."""

_SECONDS = 4.0  # how long another program's lock is waited for
# Reading takes at most so long, and a second more for every 2 MB: a survey from a stranger may hold endless queries.
_SECONDS_TO_READ, _BYTES_A_SECOND = 20.0, 2e6
_TABLES = ("detections", "images", "counts", "runs", "searches")
REVIEW_COLUMNS = ("review", "reviewed_class", "reviewer", "reviewed_at", "note")
DETECTION_COLUMNS = (
    *("fid", "image", "class", "score", "xmin", "ymin", "xmax", "ymax", "counted"),
    *(*REVIEW_COLUMNS, "run_id", "animal_id", "geom"),
)
"""The columns that every survey has, in the order in which the review reads them."""
HERDMAP_COLUMNS = frozenset(
    (
        *DETECTION_COLUMNS,
        "runner_up",
        "runner_up_score",
        "error_m",
        "chip",
        "uuid",
        "kind",
        "angle_deg",
        "seen",
        "looks",
    )
)
"""All columns of detections that Herdmap makes. A person may have added others."""


def region_in_words(name: str) -> str:
    """The name of a region as people read it: the file says `outside` and `unplaced` in English."""
    return {OUTSIDE: tr("outside"), UNPLACED: tr("unplaced")}.get(name, name)


class SurveyError(Exception):
    """The file cannot be read or written now. The message says why and what to do. Nothing was changed."""


class SurveyFile:
    """The GeoPackage of a survey. columns: the columns of each table, empty if the table is missing.

    Raises SurveyError if the file cannot be read or is not a survey.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.columns: dict[str, set[str]] = {}
        self.look_up()

    def look_up(self) -> None:
        """Find out which columns the tables have now."""
        with self.open("ro") as db:
            if problem := problem_of(db, _TABLES):
                raise SurveyError(tr("{} is not a survey: it {}").format(self.path.name, problem))
            self.columns = {table: _columns(db, table) for table in _TABLES}
        have = self.columns["detections"]
        missing = [name for name in DETECTION_COLUMNS if name not in have]
        if missing or not self.columns["images"]:
            what = tr("it has no layer {}").format("detections" if not have else "images")
            if have and missing:
                what = tr("its layer detections has no column {}").format(missing[0])
            raise SurveyError(tr("{} is not a survey: {}").format(self.path.name, what))

    @contextmanager
    def open(self, mode: str) -> Iterator[sqlite3.Connection]:
        """Open the file. mode: `ro` or `rw`. SQLite's errors inside the `with` become SurveyError."""
        db = None
        try:
            if mode == "ro":
                self._recover()
            db = self._connect(mode)
            if mode == "ro":
                guard(db, _SECONDS_TO_READ + self.path.stat().st_size / _BYTES_A_SECOND)
            yield db
        except sqlite3.Error as error:
            raise SurveyError(self._said(str(error), mode)) from error
        finally:
            if db is not None:
                db.close()

    @contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        """A transaction on the file that has this name now: all of its changes are written, or none.

        While we wait for the lock of a command, that command may put a new file in the place of this one. Then the new
        file is opened: what is written to the old one is lost.
        """
        until = time.monotonic() + _SECONDS
        while True:
            before = self.which()
            with self.open("rw") as db:
                db.execute("BEGIN IMMEDIATE")
                try:
                    if self.which() == before:
                        yield db
                        db.execute("COMMIT")
                        return
                finally:
                    if db.in_transaction:
                        db.execute("ROLLBACK")
            if time.monotonic() > until:
                raise SurveyError(self._said("locked", "rw"))

    def which(self) -> tuple[int, int]:
        """Which file has this name now; (0, 0) if there is none. Reading it would end the locks of SQLite."""
        try:
            found = self.path.stat()
        except OSError:
            return (0, 0)
        return (found.st_dev, found.st_ino)

    def _connect(self, mode: str) -> sqlite3.Connection:
        name = self.path.absolute().as_posix()
        uri = f"file://{quote(name if name.startswith('/') else f'/{name}')}?mode={mode}"
        return sqlite3.connect(uri, uri=True, timeout=_SECONDS, isolation_level=None)

    def _recover(self) -> None:
        """Take back what a program left half written when it crashed. SQLite does so when it opens for writing."""
        try:
            recover(self.path, lambda: self._connect("rw"))
        except NotMendedError as error:
            raise SurveyError(
                tr(
                    "A program crashed while it wrote to {0}. To mend that, the file and its folder must be writable."
                    " Allow writing, or copy {0} and {0}-journal together to another folder and open the copy."
                ).format(self.path.name)
            ) from error

    def _said(self, error: str, mode: str) -> str:
        """SQLite's error as a message that says what to do."""
        name = self.path.name
        if not self.path.exists():
            return tr("{} does not exist. It may have been moved or renamed. Open it from its new place.").format(name)
        if "locked" in error or "busy" in error:
            return tr(
                "Another program is writing to {}. Nothing is lost. Try again in a moment. If you edit one of"
                " its layers in QGIS, save the edits first."
            ).format(name)
        if "unable to open" in error and mode == "ro":
            return tr("{} cannot be opened. Check that you may read it.").format(name)
        if "readonly" in error or "read-only" in error or "unable to open" in error:
            return tr(
                "You may not write to {}, so you cannot review it. Copy it to a folder where you may write,"
                " and open the copy."
            ).format(name)
        if "full" in error:
            return tr("The disk is full, and {} was not changed. Free some space and press the key again.").format(name)
        if "not a database" in error or "malformed" in error:
            return tr("{} is damaged or not a GeoPackage: {}").format(name, error)
        return tr("Herdmap cannot use {}: {}").format(name, error)


def when_changed(db: sqlite3.Connection) -> tuple[object, object]:
    """When a command last wrote the survey or its counts, and when the detections last changed."""
    query = "SELECT table_name, last_change FROM gpkg_contents WHERE table_name IN ('counts', 'images', 'detections')"
    when = dict(db.execute(query).fetchall())
    return (when.get("counts"), when.get("images")), when.get("detections")


def stamp(path: str | Path) -> tuple[int, int]:
    """What changes when somebody writes the file: its time and its size; (0, 0) where there is none."""
    try:
        found = Path(path).stat()
    except OSError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_size)


def _columns(db: sqlite3.Connection, table: str) -> set[str]:
    return {str(row[1]) for row in db.execute("SELECT * FROM pragma_table_info(?)", (table,))}
