"""The reviews in a survey's GeoPackage: read once, then one small transaction for each review.

Each step is on the disk before the next begins, so a crash loses no review. The file is open only while it is read or
written, so it is not locked while a person thinks. A review is written to the row that was shown, by its UUID, whatever
the row's number is by now. A row that somebody else changed meanwhile is never overwritten: the reviewer is told first.

Boxes are in image px (0-based, half-open, y down) and on the map in the CRS of the layer `detections`.
"""

from __future__ import annotations

import json
import re
import sqlite3
import uuid
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import NamedTuple

from .. import own_runs
from ..counting_rule import UNREVIEWED, Sighting, effective_class
from ..survey_file import (
    DETECTION_COLUMNS,
    HERDMAP_COLUMNS,
    REVIEW_COLUMNS,
    SurveyError,
    SurveyFile,
    when_changed,
)
from ..translation import tr
from . import classes, count_cells
from .blobs import corners_of, offer_geometry_functions, polygon_blob, ring_of
from .count_cells import Cells

BY_HAND = "manual"
"""The run_id of an animal that a person drew."""

Box = tuple[float, float, float, float]
Place = tuple[str, str, tuple[float, ...]]
Point = tuple[float, float]


def photo_file(survey: Path, name: str) -> Path:
    """The file of an image of a survey, which names it relative to its own folder.

    Herdmap writes no other name. A survey from somebody else may: `//computer/x.jpg` would have Windows ask that
    computer, and tell it who asks. Such a name is taken as one in the survey's folder, where there is no such file.
    """
    elsewhere = PurePosixPath(name).is_absolute() or PureWindowsPath(name).is_absolute()
    return survey.parent / (re.sub(r"[:/\\]+", "_", name) if elsewhere else name)


class ChangedError(SurveyError):
    """Somebody else changed the row since it was read. now: the row as it is now, None if it was deleted."""

    def __init__(self, message: str, now: Detection | None) -> None:
        super().__init__(message)
        self.now = now


class OutdatedError(SurveyError):
    """Others have written to the file since it was read. Nothing was written: read what changed, and repeat."""


class ReplacedError(OutdatedError):
    """Another file is in its place, or its counts were made anew. Read all of it again, and repeat."""


class Detection(NamedTuple):
    """A row of the layer `detections`. box_px: xmin, ymin, xmax, ymax; None if unknown.

    ring: the four corners on the map as eight numbers x, y, ...; None without a position. runner_up: the second best
    class and its score, or None. animal_id: the same for one animal in several photos. uuid: the identity of the row,
    which stays when a run gives it another fid; None in a survey of version 0.1. is_point: whether the animal is a
    point, and its box only a mark around it.
    """

    fid: int
    image: str
    class_name: str
    score: float | None
    box_px: Box | None
    counted: int
    review: str
    reviewed_class: str | None
    reviewer: str | None
    reviewed_at: str | None
    note: str | None
    run_id: str | None
    ring: tuple[float, ...] | None
    runner_up: tuple[str, float | None] | None = None
    animal_id: int | None = None
    uuid: str | None = None
    is_point: bool = False

    @property
    def place(self) -> Place:
        """What a row of version 0.1 is known by: its image, its class and its box."""
        return (self.image, self.class_name, self.box_px or self.ring or ())

    @property
    def words(self) -> tuple[str | None, ...]:
        """What a person said of it."""
        return tuple(getattr(self, name) for name in REVIEW_COLUMNS)

    @property
    def is_a(self) -> str:
        """The class of the animal: the reviewed class if there is one, else the model's."""
        return effective_class(self.class_name, self.reviewed_class) or "unknown"

    @property
    def sighting(self) -> Sighting:
        """The columns that the counting rule needs."""
        return Sighting(
            self.animal_id, self.counted != 0, self.score, self.review, self.class_name, self.reviewed_class
        )

    @property
    def by_hand(self) -> bool:
        """Whether a person drew it."""
        return self.run_id in (None, BY_HAND)

    @property
    def centre(self) -> Point | None:
        """The mean of its corners on the map, which decides the region it counts in."""
        r = self.ring
        return None if r is None else ((r[0] + r[2] + r[4] + r[6]) / 4, (r[1] + r[3] + r[5] + r[7]) / 4)


class Image(NamedTuple):
    """A row of the layer `images`. path: relative to the GeoPackage. size: width, height in px. ring: the outline on
    the map, x, y, ..., closed; None where it is unknown."""

    path: str
    size: tuple[int, int]
    georeference: str
    ring: tuple[float, ...] | None


class CountRow(NamedTuple):
    """A row of the layer `counts`. geom: a GeoPackage BLOB of the region; None for `outside` and `unplaced`."""

    region: str
    class_name: str
    count: int
    geom: bytes | None


class Survey(NamedTuple):
    """What the review needs of a survey. classes: see `classes.in_order`."""

    detections: list[Detection]
    counts: list[CountRow]
    classes: list[str]


class ReviewFile(SurveyFile):
    """The GeoPackage of a survey, for reviews. Every method opens and closes it, and raises SurveyError."""

    def __init__(self, path: str | Path) -> None:
        self._seen: tuple[object, ...] = ()
        self._held: sqlite3.Connection | None = None
        super().__init__(path)

    def look_up(self) -> None:
        """Find out which columns the tables have now."""
        super().look_up()
        self._uuids = "uuid" in self.columns["detections"]
        self._kinds = "kind" in self.columns["detections"]
        self._runner_up = {"runner_up", "runner_up_score"} <= self.columns["detections"]
        self._chips = "chip" in self.columns["detections"]
        self._counts, self._totals = bool(self.columns["counts"]), "total" in self.columns["counts"]
        self._runs = bool(self.columns["runs"])

    def read(self) -> Survey:
        """All detections in the file's order, the counts, the classes."""
        file = self.which()
        self.look_up()
        with self.open("ro") as db:
            db.execute("BEGIN")
            self._seen = (file, *when_changed(db))
            detections = [self._detection(row) for row in db.execute(self._select("ORDER BY fid"))]
            counts = self._count_rows(db)
            stored = db.execute("SELECT classes FROM runs").fetchall() if self._runs else []
        known: list[str] = []
        for (text,) in stored:
            try:
                known += [str(name) for name in json.loads(text or "[]")]
            except (TypeError, ValueError):
                continue  # a run of another program's
        return Survey(detections, counts, classes.in_order(known, ((one.reviewed_at, one.is_a) for one in detections)))

    def read_reviewed(self, fids: Collection[int]) -> tuple[dict[int, Detection], list[CountRow]]:
        """By fid the detections that a person reviewed or drew, and those of `fids`, as they are now; the counts.

        Raises ReplacedError if these rows are not those that were read.
        """
        with self.open("ro") as db:
            db.execute("BEGIN")
            seen = (self.which(), *when_changed(db))
            self._check_same(seen)
            found = {one.fid: one for one in map(self._detection, db.execute(self._select(f"WHERE {_BY_A_PERSON}")))}
            for fid in fids:
                if fid not in found:
                    found.update(
                        (fid, self._detection(row)) for row in db.execute(self._select("WHERE fid = ?"), (fid,))
                    )
            counts = self._count_rows(db)
        self._seen = seen
        return found, counts

    @property
    def replaced(self) -> bool:
        """Whether a command wrote the survey again since it was read, or another file has its name."""
        if not self._seen or self.which() == (0, 0):
            return False
        try:
            with closing(self._connect("ro")) as db:
                db.execute("PRAGMA busy_timeout = 0")  # QGIS must not wait: it is asked again soon
                return (self.which(), *when_changed(db))[:2] != self._seen[:2]
        except sqlite3.Error:  # it is being written at this moment
            return False

    @property
    def written_here(self) -> bool:
        """Whether it was a run of this QGIS that wrote the survey last."""
        try:
            with self.open("ro") as db:
                return own_runs.wrote(self.path, (self.which(), when_changed(db)[0]))
        except SurveyError:
            return False

    def chip(self, fid: int) -> bytes | None:
        """The small picture of a detection, a JPEG, where it has one."""
        if not self._chips:
            return None
        with self.open("ro") as db:
            (chip,) = db.execute("SELECT chip FROM detections WHERE fid = ?", (fid,)).fetchone() or (None,)
        return chip

    def chips(self, fids: Sequence[int]) -> dict[int, bytes]:
        """The small pictures of some detections, by fid; those without one are left out."""
        if not self._chips or not fids:
            return {}
        marks = ", ".join("?" * len(fids))
        with self.open("ro") as db:
            found = db.execute(f"SELECT fid, chip FROM detections WHERE fid IN ({marks})", list(fids))  # noqa: S608 # nosec B608
            return {fid: chip for fid, chip in found if chip}

    def added(self, fid: int) -> list[tuple[str, str]]:
        """What a person wrote of a detection in columns that they added: name and text, in the file's order."""
        with self.open("ro") as db:
            found = db.execute("SELECT name FROM pragma_table_info('detections')").fetchall()
            names = [name for (name,) in found if name not in HERDMAP_COLUMNS]
            if not names:
                return []
            listed = ", ".join('"' + name.replace('"', '""') + '"' for name in names)
            row = db.execute(f"SELECT {listed} FROM detections WHERE fid = ?", (fid,)).fetchone()  # noqa: S608 # nosec B608
        return [
            (name, str(value))
            for name, value in zip(names, row or ())
            if value not in (None, "") and not isinstance(value, bytes)
        ]

    def image(self, path: str) -> Image | None:
        """The image of this path."""
        with self.open("ro") as db:
            row = db.execute(_IMAGES + " WHERE path = ?", (path,)).fetchone()
        return None if row is None else _image(row)

    def outlines(self) -> dict[str, tuple[float, ...] | None]:
        """The outline on the map of each image, by its path: x, y, ..., closed; None where it is unknown."""
        with self.open("ro") as db:
            return {str(path): ring_of(geom) for path, geom in db.execute("SELECT path, geom FROM images")}

    def images_at(self, x: float, y: float) -> list[Image]:
        """The images whose bounds contain this point of the map. Their footprints may not."""
        there = (
            " WHERE fid IN (SELECT id FROM rtree_images_geom WHERE ? BETWEEN minx AND maxx AND ? BETWEEN miny AND maxy)"
        )
        with self.open("ro") as db:
            return [_image(row) for row in db.execute(_IMAGES + there + " ORDER BY fid", (x, y))]

    def check_writable(self) -> None:
        """Raise SurveyError now if nothing could be saved."""
        with self.change() as db:
            db.execute("DELETE FROM detections WHERE 0")  # SQLite begins a change of a read-only file all the same

    @contextmanager
    def alone(self) -> Iterator[None]:
        """While this is open, nobody else can write; it can be read. All changes are written at its end, or none."""
        with self.change() as db:
            self._held = db
            try:
                yield
            finally:
                self._held = None

    def save(self, before: Detection, after: Detection, cells: Cells | None = None) -> None:
        """Write the review of one detection, and its box where that is another one. before: the row as it was read.

        cells: the new numbers of the layer `counts`, written in the same transaction. Raises ChangedError if somebody
        else has changed the row, OutdatedError if the file is not as it was read.
        """
        new = [getattr(after, name) for name in REVIEW_COLUMNS]
        sets = ", ".join(f"{name} = ?" for name in REVIEW_COLUMNS)
        if (before.box_px, before.ring) != (after.box_px, after.ring):
            sets += ", xmin = ?, ymin = ?, xmax = ?, ymax = ?, geom = ?"
        shown, values = self._as_shown(before)
        with self._changing() as db:
            if "geom" in sets:
                new += [*(after.box_px or (None,) * 4), self._blob(db, after.ring)]
                self._follow(db, after, 0)
            done = db.execute(f"UPDATE detections SET {sets} WHERE {shown}", [*new, *values])  # noqa: S608 # nosec B608
            if done.rowcount != 1:
                self._refuse(db, before)
            self._write_counts(db, cells)

    def add(self, drawn: Detection, cells: Cells | None = None) -> Detection:
        """Write an animal that a person drew, and return it with its fid. It counts as a separate animal."""
        if drawn.box_px is None and drawn.ring is None:
            raise SurveyError(tr("The box has no position. Draw it on an image."))
        identity = str(uuid.uuid4()) if self._uuids else None
        with self._changing() as db:
            names = ("geom", "image", "class", "xmin", "ymin", "xmax", "ymax", "counted", *REVIEW_COLUMNS, "run_id")
            names += ("uuid",) if self._uuids else ()
            values = (
                self._blob(db, drawn.ring),
                *(drawn.image, drawn.class_name, *(drawn.box_px or (None,) * 4), drawn.counted),
                *(getattr(drawn, name) for name in REVIEW_COLUMNS),
                BY_HAND,
                *((identity,) if self._uuids else ()),
            )
            marks = ", ".join("?" * len(names))
            listed = ", ".join(f'"{name}"' for name in names)
            fid = db.execute(
                f"INSERT INTO detections (animal_id, {listed})"  # noqa: S608 # nosec B608
                f" VALUES ((SELECT coalesce(max(animal_id), 0) + 1 FROM detections), {marks})",
                values,
            ).lastrowid
            self._follow(db, drawn, 1)
            self._write_counts(db, cells)
        return drawn._replace(fid=int(fid or 0), run_id=BY_HAND, uuid=identity)

    def remove(self, drawn: Detection, cells: Cells | None = None) -> None:
        """Delete an animal that a person drew. Raises as `save` does."""
        if not drawn.by_hand:
            raise SurveyError(tr("A detection of the model cannot be removed. Reject it instead."))
        shown, values = self._as_shown(drawn)
        with self._changing() as db:
            done = db.execute(f"DELETE FROM detections WHERE {shown}", values)  # noqa: S608 # nosec B608
            if done.rowcount != 1:
                self._refuse(db, drawn)
            self._follow(db, drawn, -1)
            self._write_counts(db, cells)

    # ---- inside a transaction ----------------------------------------------------------------

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        """A transaction in which the file is as it was read, so that nothing is written from numbers that are old."""
        with self.change() if self._held is None else nullcontext(self._held) as db:
            self._check_same((self.which(), *when_changed(db)), reviews_too=True)
            offer_geometry_functions(db)
            yield db
            db.execute(_TOUCH)
            seen = (self.which(), *when_changed(db))
        self._seen = seen

    def _check_same(self, now: tuple[object, ...], reviews_too: bool = False) -> None:
        """Raise OutdatedError if the file is not as it was read."""
        file, counts, _ = now
        if (file, counts) != self._seen[:2]:
            raise ReplacedError(tr("{} was written again meanwhile. Open it again.").format(self.path.name))
        if reviews_too and now != self._seen:
            raise OutdatedError(tr("Somebody else has just written to {}. Try again.").format(self.path.name))

    def _as_shown(self, one: Detection) -> tuple[str, list[object]]:
        """The condition, with its values, that only this row meets, as long as it is what the reviewer saw."""
        checks: list[tuple[str, object]] = [("uuid = ?", one.uuid) if one.uuid else ("fid = ?", one.fid)]
        checks += [("coalesce(image, '') = ?", one.image), ("coalesce(\"class\", '') = ?", one.class_name)]
        checks += [(f"{name} IS ?", value) for name, value in zip(("xmin", "ymin", "xmax", "ymax"), one.box_px or ())]
        checks += [(f"{name} IS ?", value) for name, value in zip(REVIEW_COLUMNS, one.words)]
        return " AND ".join(check for check, _ in checks), [value for _, value in checks]

    def _follow(self, db: sqlite3.Connection, drawn: Detection, change: int) -> None:
        """Update what the file stores about its rows: detections per image, and the extent."""
        db.execute("UPDATE images SET detections = coalesce(detections, 0) + ? WHERE path = ?", (change, drawn.image))
        if drawn.ring is not None and change >= 0:
            xs, ys = drawn.ring[0::2], drawn.ring[1::2]
            db.execute(
                "UPDATE gpkg_contents SET min_x = min(coalesce(min_x, ?1), ?1), min_y = min(coalesce(min_y, ?2), ?2),"
                " max_x = max(coalesce(max_x, ?3), ?3), max_y = max(coalesce(max_y, ?4), ?4)"
                " WHERE table_name = 'detections'",
                (min(xs), min(ys), max(xs), max(ys)),
            )

    def _blob(self, db: sqlite3.Connection, ring: tuple[float, ...] | None) -> bytes | None:
        """Corners on the map as a geometry of the layer."""
        if ring is None:
            return None
        (srs_id,) = db.execute("SELECT srs_id FROM gpkg_geometry_columns WHERE table_name = 'detections'").fetchone()
        return polygon_blob(ring, srs_id)

    def _refuse(self, db: sqlite3.Connection, one: Detection) -> None:
        known = ("WHERE uuid = ?", one.uuid) if one.uuid else ("WHERE fid = ?", one.fid)
        row = db.execute(self._select(known[0]), known[1:]).fetchone()
        raise changed(None if row is None else self._detection(row), one)

    def _write_counts(self, db: sqlite3.Connection, cells: Cells | None) -> None:
        if cells and self._counts:
            count_cells.write(db, cells, self._totals)

    # ---- rows ----------------------------------------------------------------------------------

    def _count_rows(self, db: sqlite3.Connection) -> list[CountRow]:
        if not self._counts:
            return []
        return [CountRow(*row) for row in db.execute("SELECT region, class, count, geom FROM counts")]

    def _select(self, where: str) -> str:
        listed = ", ".join(f'"{name}"' for name in DETECTION_COLUMNS)
        more = '"runner_up", "runner_up_score"' if self._runner_up else "NULL, NULL"
        identity = "uuid" if self._uuids else "NULL"
        kind = "kind" if self._kinds else "NULL"
        return f"SELECT {listed}, {more}, {identity}, {kind} FROM detections {where}"  # noqa: S608 # nosec B608

    def _detection(self, row: Sequence[object]) -> Detection:
        fid, image, name, score, *rest = row
        box, (counted, *said, run_id, animal_id, geom, second, second_score, identity, kind) = rest[:4], rest[4:]
        return Detection(
            *(fid, image or "", name or "", score, None if None in box else tuple(box), counted),  # type: ignore[arg-type]
            *(said[0] or UNREVIEWED, *said[1:], run_id),  # type: ignore[arg-type]
            corners_of(geom),  # type: ignore[arg-type]
            None if second is None else (second, second_score),  # type: ignore[arg-type]
            animal_id,  # type: ignore[arg-type]
            identity if isinstance(identity, str) and identity else None,
            kind == "point",
        )


_SAID = " OR ".join(f"{name} IS NOT NULL" for name in REVIEW_COLUMNS[1:])
_BY_A_PERSON = f"review != '{UNREVIEWED}' OR {_SAID} OR run_id IS NULL OR run_id = '{BY_HAND}'"
# When the rows last changed: every program that edits a GeoPackage notes it, so all who review one file see it. It is
# later each time, also within a millisecond or after a clock that was wrong.
_TOUCH = (
    "UPDATE gpkg_contents SET last_change = strftime('%Y-%m-%dT%H:%M:%fZ',"
    " max(julianday('now'), coalesce(julianday(last_change), 0) + 1.2e-8)) WHERE table_name = 'detections'"
)
_IMAGES = "SELECT path, width, height, georeference, geom FROM images"


def _image(row: Sequence[object]) -> Image:
    path, width, height, georeference, geom = row
    return Image(str(path), (int(width or 0), int(height or 0)), str(georeference), ring_of(geom))  # type: ignore[arg-type]


def changed(now: Detection | None, shown: Detection) -> ChangedError:
    """What to tell a reviewer whose detection was not as it was shown. now: None if it is not in the file."""
    if now is None:
        return ChangedError(tr("This detection is no longer in the file. Nothing was saved for it."), None)
    if now.place != shown.place:
        return ChangedError(tr("Somebody has just changed this detection. Nothing was saved. Look again."), now)
    who = now.reviewer or tr("Somebody")
    message = tr("{} has just reviewed this detection ({}). Look again. To overrule it, press the key again.")
    return ChangedError(message.format(who, now.review), now)
