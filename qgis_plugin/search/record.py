"""What was searched, in the survey's file: the table `searches`, and the status of the images.

Each cell is written in a transaction of its own, so a crash loses none.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from ..review.blobs import offer_geometry_functions, ring_of
from ..review.file import Image
from ..searched_cells import searched_whole
from ..survey_file import DONE, FAILED, IN_PART, PENDING, SurveyError, SurveyFile
from ..translation import tr
from .cells import Cell

_SHOWN_ELSEWHERE = f"{IN_PART}: other images show the rest"
_LEFT_OUT = ("outside ", "it has no position, so it may lie outside ")
# As `herdmap survey` makes it; an older survey gets it with the first cell that is searched.
_TABLE = (
    'CREATE TABLE searches ("fid" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, "image" TEXT NOT NULL, "cell" INTEGER,'
    ' "xmin" REAL, "ymin" REAL, "xmax" REAL, "ymax" REAL, "reviewer" TEXT, "searched_at" TEXT)',
    "CREATE INDEX searches_image ON searches (image)",
    "INSERT INTO gpkg_contents (table_name, data_type, identifier, description) VALUES ('searches', 'attributes',"
    " 'searches', 'The cells of images that people searched, who and when; a cell without an animal was empty')",
)
_HAS = "SELECT count(*) FROM pragma_table_info('searches') WHERE name IN ('image', 'cell', 'searched_at')"

_DELETE = (
    "DELETE FROM searches WHERE fid = (SELECT max(fid) FROM searches WHERE image = ? AND cell = ? AND xmin = ?"
    " AND ymin = ? AND xmax = ? AND ymax = ? AND reviewer IS ? AND searched_at IS ?)"
)


class Photo(NamedTuple):
    """An image of the survey, a photo or an orthomosaic. by_model: whether a model has searched it."""

    image: Image
    status: str
    reason: str | None
    by_model: bool

    @property
    def closed(self) -> bool:
        """Whether people searched a part of it, and other images show the rest."""
        return self.status == DONE and not self.by_model and (self.reason or "").startswith(_SHOWN_ELSEWHERE)

    @property
    def left_out(self) -> bool:
        """Whether it cannot be searched, or need not be."""
        return self.status == FAILED or (self.status == PENDING and (self.reason or "").startswith(_LEFT_OUT))


class Search(NamedTuple):
    """A row of `searches`. It is known by what it says: a command that writes the survey numbers rows anew."""

    image: str
    cell: int
    box: tuple[float, float, float, float]
    reviewer: str | None
    searched_at: str | None


class Searched(NamedTuple):
    """A cell that was written. before: the status and the reason that its image had. whole: whether it is done now."""

    search: Search
    before: tuple[str, str | None]
    whole: bool


class Closed(NamedTuple):
    """An image that was closed, with the status and the reason that it had."""

    path: str
    before: tuple[str, str | None]


class SearchRecord:
    """The searches of one survey. Every method opens and closes the file, and raises SurveyError."""

    def __init__(self, file: SurveyFile) -> None:
        self._file = file

    def read(self) -> tuple[list[Photo], list[Search]]:
        """The images and the searches, in the file's order."""
        with self._file.open("ro") as db:
            db.execute("BEGIN")
            photos = [
                Photo(
                    Image(str(path), (int(width or 0), int(height or 0)), str(georeference), ring_of(geom)),
                    str(status),
                    reason,
                    bool(tiles),
                )
                for path, width, height, georeference, geom, status, reason, tiles in db.execute(
                    "SELECT path, width, height, georeference, geom, status, reason, tiles FROM images ORDER BY fid"
                )
            ]
            found = _rows(db, "") if _has(db) else []
        return photos, found

    def add(self, photo: Photo, cell: Cell, reviewer: str | None, when: str) -> Searched:
        """Write that a cell was searched. The image is done once its searched cells cover it."""
        path, (width, height) = photo.image.path, photo.image.size
        with self._file.change() as db:
            offer_geometry_functions(db)
            if not _has(db):
                for statement in _TABLE:
                    db.execute(statement)
            row = db.execute("SELECT status, reason FROM images WHERE path = ?", (path,)).fetchone()
            if row is None:
                raise SurveyError(tr("{} is not in the survey any more. Nothing was saved for it.").format(path))
            db.execute(
                "INSERT INTO searches (image, cell, xmin, ymin, xmax, ymax, reviewer, searched_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (path, cell.number, *map(float, cell.box), reviewer, when),
            )
            whole = searched_whole((one.box for one in _rows(db, "WHERE image = ?", path)), width, height)
            if whole and row[0] != FAILED:
                _set_status(db, path, DONE, _without_part(row[1]))
        box = tuple(map(float, cell.box))
        return Searched(Search(path, cell.number, box, reviewer, when), (row[0], row[1]), whole)  # type: ignore[arg-type]

    def close(self, photos: Iterable[Photo]) -> list[Closed]:
        """Write that images are done, as other images show what was not searched of them."""
        closed = []
        with self._file.change() as db:
            offer_geometry_functions(db)
            for photo in photos:
                path = photo.image.path
                row = db.execute("SELECT status, reason FROM images WHERE path = ?", (path,)).fetchone()
                if row is not None and row[0] == PENDING:
                    reasons = [_SHOWN_ELSEWHERE, *([row[1]] if row[1] else [])]
                    _set_status(db, path, DONE, "; ".join(reasons))
                    closed.append(Closed(path, (row[0], row[1])))
        return closed

    def reopen(self, closed: Iterable[Closed]) -> None:
        """Take that back."""
        with self._file.change() as db:
            offer_geometry_functions(db)
            for one in closed:
                _set_status(db, one.path, *one.before)

    def remove(self, searched: Searched) -> None:
        """Take a search back. The image gets the status that it had."""
        one = searched.search
        with self._file.change() as db:
            offer_geometry_functions(db)
            known = (one.image, one.cell, *one.box, one.reviewer, one.searched_at)
            if db.execute(_DELETE, known).rowcount != 1:
                raise SurveyError(tr("The survey was written again meanwhile. This search cannot be undone."))
            if searched.whole:
                _set_status(db, one.image, *searched.before)


def _has(db: sqlite3.Connection) -> bool:
    return bool(db.execute(_HAS).fetchone()[0] == 3)


def _rows(db: sqlite3.Connection, where: str, *values: object) -> list[Search]:
    listed = "SELECT image, cell, reviewer, searched_at, xmin, ymin, xmax, ymax FROM searches"
    rows: Iterable[tuple[object, ...]] = db.execute(f"{listed} {where} ORDER BY fid", values)  # nosec B608
    return [
        Search(str(image), int(cell or 0), tuple(map(float, box)), reviewer, when)  # type: ignore[arg-type]
        for image, cell, reviewer, when, *box in rows
        if None not in box
    ]


def _set_status(db: sqlite3.Connection, path: str, status: str, reason: str | None) -> None:
    db.execute(
        "UPDATE images SET status = ?, reason = ?,"
        " detections = (SELECT count(*) FROM detections WHERE image = path) WHERE path = ?",
        (status, reason, path),
    )


def _without_part(reason: str | None) -> str | None:
    kept = [one for one in (reason or "").split("; ") if one and not one.startswith(IN_PART)]
    return "; ".join(kept) or None
