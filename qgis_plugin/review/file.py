"""The reviews in a survey's GeoPackage: read once, then one small transaction for each review.

Each step is on the disk before the next begins, so a crash loses no review. The file is open only while it is read or
written, so it is not locked while a person thinks. A row that somebody else changed meanwhile is never overwritten: the
reviewer is told first.

Boxes are in image px (0-based, half-open, y down) and on the map in the CRS of the layer `detections`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from ..counting_rule import UNREVIEWED, Sighting, effective_class
from ..survey_file import DETECTION_COLUMNS, REVIEW_COLUMNS, SurveyError, SurveyFile
from ..translation import tr
from .blobs import corners_of, envelope, polygon_blob, ring_of

BY_HAND = "manual"
"""The run_id of an animal that a person drew."""

Box = tuple[float, float, float, float]
Point = tuple[float, float]


class ChangedError(SurveyError):
    """Somebody else changed the row since it was read. now: the row as it is now, None if it was deleted."""

    def __init__(self, message: str, now: Detection | None) -> None:
        super().__init__(message)
        self.now = now


class Detection(NamedTuple):
    """A row of the layer `detections`. box_px: xmin, ymin, xmax, ymax; None if unknown.

    ring: the four corners on the map as eight numbers x, y, ...; None without a position. runner_up: the second best
    class and its score, or None. animal_id: the same for one animal in several photos.
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
    """What the review needs of a survey. classes: those of the survey's models, then others in the file."""

    detections: list[Detection]
    counts: list[CountRow]
    classes: list[str]


Cells = Mapping[tuple[str, str], int]
"""(region, class) -> animals: what the layer `counts` shall say."""


class ReviewFile(SurveyFile):
    """The GeoPackage of a survey, for reviews. Every method opens and closes it, and raises SurveyError."""

    def __init__(self, path: str | Path) -> None:
        super().__init__(path)
        self._runner_up = {"runner_up", "runner_up_score"} <= self.columns["detections"]
        self._chips = "chip" in self.columns["detections"]
        self._counts, self._totals = bool(self.columns["counts"]), "total" in self.columns["counts"]
        self._runs = bool(self.columns["runs"])

    def read(self) -> Survey:
        """All detections in the file's order, the counts, the classes."""
        with self.open("ro") as db:
            detections = [self._detection(row) for row in db.execute(self._select("ORDER BY fid"))]
            counts = []
            if self._counts:
                counts = [CountRow(*row) for row in db.execute("SELECT region, class, count, geom FROM counts")]
            stored = db.execute("SELECT classes FROM runs").fetchall() if self._runs else []
        known: dict[str, None] = {}
        for (text,) in stored:
            try:
                known.update(dict.fromkeys(str(name) for name in json.loads(text or "[]")))
            except (TypeError, ValueError):
                continue  # a run of another program's
        known.update(dict.fromkeys(sorted({one.is_a for one in detections})))
        return Survey(detections, counts, list(known))

    def chip(self, fid: int) -> bytes | None:
        """The small picture of a detection, a JPEG, where it has one."""
        if not self._chips:
            return None
        with self.open("ro") as db:
            (chip,) = db.execute("SELECT chip FROM detections WHERE fid = ?", (fid,)).fetchone() or (None,)
        return chip

    def image(self, path: str) -> Image | None:
        """The image of this path."""
        with self.open("ro") as db:
            row = db.execute(_IMAGES + " WHERE path = ?", (path,)).fetchone()
        return None if row is None else _image(row)

    def images_at(self, x: float, y: float) -> list[Image]:
        """The images whose bounds contain this point of the map. Their footprints may not."""
        there = (
            " WHERE fid IN (SELECT id FROM rtree_images_geom WHERE ? BETWEEN minx AND maxx AND ? BETWEEN miny AND maxy)"
        )
        with self.open("ro") as db:
            return [_image(row) for row in db.execute(_IMAGES + there + " ORDER BY fid", (x, y))]

    def check_writable(self) -> None:
        """Raise SurveyError now if nothing could be saved."""
        with self._change():
            pass

    def save(self, before: Detection, after: Detection, cells: Cells | None = None) -> None:
        """Write the review of one detection. before: the row as it was read.

        cells: the new numbers of the layer `counts`, written in the same transaction. Raises ChangedError if somebody
        else has changed the row.
        """
        new = [getattr(after, name) for name in REVIEW_COLUMNS]
        old = [getattr(before, name) for name in REVIEW_COLUMNS]
        sets = ", ".join(f"{name} = ?" for name in REVIEW_COLUMNS)
        same = " AND ".join(f"{name} IS ?" for name in REVIEW_COLUMNS)
        with self._change() as db:
            done = db.execute(f"UPDATE detections SET {sets} WHERE fid = ? AND {same}", [*new, before.fid, *old])  # noqa: S608 # nosec
            if done.rowcount != 1:
                self._refuse(db, before.fid)
            self._count(db, cells)

    def add(self, drawn: Detection, cells: Cells | None = None) -> Detection:
        """Write an animal that a person drew, and return it with its fid. It counts as a separate animal."""
        if drawn.box_px is None and drawn.ring is None:
            raise SurveyError(tr("The box has no position. Draw it on an image."))
        with self._change() as db:
            (srs_id,) = db.execute(
                "SELECT srs_id FROM gpkg_geometry_columns WHERE table_name = 'detections'"
            ).fetchone()
            names = ("geom", "image", "class", "xmin", "ymin", "xmax", "ymax", "counted", *REVIEW_COLUMNS, "run_id")
            values = (
                None if drawn.ring is None else polygon_blob(drawn.ring, srs_id),
                *(drawn.image, drawn.class_name, *(drawn.box_px or (None,) * 4), drawn.counted),
                *(getattr(drawn, name) for name in REVIEW_COLUMNS),
                BY_HAND,
            )
            marks = ", ".join("?" * len(names))
            listed = ", ".join(f'"{name}"' for name in names)
            fid = db.execute(
                f"INSERT INTO detections (animal_id, {listed})"  # noqa: S608 # nosec
                f" VALUES ((SELECT coalesce(max(animal_id), 0) + 1 FROM detections), {marks})",
                values,
            ).lastrowid
            self._follow(db, drawn, 1)
            self._count(db, cells)
        return drawn._replace(fid=int(fid or 0), run_id=BY_HAND)

    def remove(self, drawn: Detection, cells: Cells | None = None) -> None:
        """Delete an animal that a person drew. Raises ChangedError if somebody has reviewed it since."""
        if not drawn.by_hand:
            raise SurveyError(tr("A detection of the model cannot be removed. Reject it instead."))
        same = " AND ".join(f"{name} IS ?" for name in REVIEW_COLUMNS)
        with self._change() as db:
            done = db.execute(
                f"DELETE FROM detections WHERE fid = ? AND {same}",  # noqa: S608 # nosec
                [drawn.fid, *(getattr(drawn, name) for name in REVIEW_COLUMNS)],
            )
            if done.rowcount != 1:
                self._refuse(db, drawn.fid)
            self._follow(db, drawn, -1)
            self._count(db, cells)

    # ---- inside a transaction ----------------------------------------------------------------

    def _follow(self, db: sqlite3.Connection, drawn: Detection, change: int) -> None:
        """Update what the file stores about its rows: detections per image, and the extent."""
        db.execute("UPDATE images SET detections = coalesce(detections, 0) + ? WHERE path = ?", (change, drawn.image))
        if drawn.ring is not None and change > 0:
            xs, ys = drawn.ring[0::2], drawn.ring[1::2]
            db.execute(
                "UPDATE gpkg_contents SET min_x = min(coalesce(min_x, ?1), ?1), min_y = min(coalesce(min_y, ?2), ?2),"
                " max_x = max(coalesce(max_x, ?3), ?3), max_y = max(coalesce(max_y, ?4), ?4)"
                " WHERE table_name = 'detections'",
                (min(xs), min(ys), max(xs), max(ys)),
            )

    def _count(self, db: sqlite3.Connection, cells: Cells | None) -> None:
        """Write cells of the layer `counts`. A new class gets a row in each region, as in `herdmap count`."""
        if not cells or not self._counts:
            return
        for (region, name), number in cells.items():
            self._count_cell(db, region, name, number)
        if self._totals:
            sums = "SELECT sum(other.count) FROM counts AS other WHERE other.region = counts.region"
            for region in {region for region, _ in cells}:
                db.execute(
                    f"UPDATE counts SET total = ({sums}) WHERE fid = (SELECT min(fid) FROM counts WHERE region = ?)",  # noqa: S608 # nosec
                    (region,),
                )

    def _count_cell(self, db: sqlite3.Connection, region: str, name: str, number: int) -> None:
        density = "CASE WHEN area_km2 > 0 THEN ?1 / area_km2 END"
        written = db.execute(
            f"UPDATE counts SET count = ?1, density_per_km2 = {density} WHERE region = ?2 AND class = ?3",  # noqa: S608 # nosec
            (number, region, name),
        ).rowcount
        if written:
            return
        if not db.execute("SELECT 1 FROM counts WHERE region = ?", (region,)).fetchone():
            db.execute("INSERT INTO counts (region, class, count) VALUES (?, ?, 0)", (region, name))
        db.execute(
            "INSERT INTO counts (geom, region, class, count, area_km2, density_per_km2)"
            " SELECT geom, region, ?1, 0, area_km2, CASE WHEN area_km2 > 0 THEN 0 END FROM counts"
            " WHERE fid IN (SELECT min(fid) FROM counts GROUP BY region)"
            " AND region NOT IN (SELECT region FROM counts WHERE class = ?1)",
            (name,),
        )
        self._count_cell(db, region, name, number)

    def _refuse(self, db: sqlite3.Connection, fid: int) -> None:
        row = db.execute(self._select("WHERE fid = ?"), (fid,)).fetchone()
        if row is None:
            raise ChangedError(tr("This detection is no longer in the file. Open the survey again."), None)
        now = self._detection(row)
        who = now.reviewer or tr("Somebody")
        message = tr(
            "{} has just reviewed this detection ({}). Look again. To overrule it, press the key again."
        ).format(who, now.review)
        raise ChangedError(message, now)

    # ---- rows and connections ----------------------------------------------------------------

    def _select(self, where: str) -> str:
        listed = ", ".join(f'"{name}"' for name in DETECTION_COLUMNS)
        more = '"runner_up", "runner_up_score"' if self._runner_up else "NULL, NULL"
        return f"SELECT {listed}, {more} FROM detections {where}"  # noqa: S608 # nosec

    def _detection(self, row: Sequence[object]) -> Detection:
        fid, image, name, score, *rest = row
        box, (counted, *said, run_id, animal_id, geom, second, second_score) = rest[:4], rest[4:]
        return Detection(
            *(fid, image or "", name or "", score, None if None in box else tuple(box), counted),  # type: ignore[arg-type]
            *(said[0] or UNREVIEWED, *said[1:], run_id),  # type: ignore[arg-type]
            corners_of(geom),  # type: ignore[arg-type]
            None if second is None else (second, second_score),  # type: ignore[arg-type]
            animal_id,  # type: ignore[arg-type]
        )

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all of its changes are written, or none."""
        with self.open("rw") as db:
            for name, which in (("ST_MinX", 0), ("ST_MaxX", 1), ("ST_MinY", 2), ("ST_MaxY", 3)):
                db.create_function(name, 1, lambda blob, which=which: envelope(blob)[which])
            db.create_function("ST_IsEmpty", 1, lambda blob: int(bool(blob[3] & 16)))
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            finally:
                if db.in_transaction:
                    db.execute("ROLLBACK")


_IMAGES = "SELECT path, width, height, georeference, geom FROM images"


def _image(row: Sequence[object]) -> Image:
    path, width, height, georeference, geom = row
    return Image(str(path), (int(width or 0), int(height or 0)), str(georeference), ring_of(geom))  # type: ignore[arg-type]
