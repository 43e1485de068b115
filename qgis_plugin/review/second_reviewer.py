"""A copy of a survey for a second reviewer, with what was said so far or without it: then nobody is led by the other.

Each reviews a copy, and the copies are merged (`herdmap merge-reviews`): so neither overwrites the other.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from qgis.core import QgsCoordinateReferenceSystem, QgsProject

from ..counting_rule import UNREVIEWED
from ..survey_file import DONE, HERDMAP_COLUMNS, IN_PART, PENDING, REVIEW_COLUMNS, SurveyError, SurveyFile
from ..translation import tr
from . import count_cells
from .blobs import offer_geometry_functions
from .file import BY_HAND, Detection, ReviewFile
from .region_counts import RegionCounts, between

_ESTIMATED = {"estimates": "estimate", "strata": "estimate", "transects": "count"}
"""The tables of `herdmap estimate`, each with a column by which it is known for one of Herdmap's."""


def copy_survey(survey: Path, target: Path, *, blind: bool) -> None:
    """Copy a survey, as it is at one moment. It appears whole or not at all; a file that is there is not replaced.

    blind: without anything that people said, and without what follows from it. Raises SurveyError.
    """
    if target.exists():
        raise SurveyError(tr("{} exists, and may hold reviews. Choose another name.").format(target.name))
    part = target.with_name(f".{target.name}.partial")
    try:
        part.unlink(missing_ok=True)
        with SurveyFile(survey).open("ro") as source, closing(sqlite3.connect(part)) as copy:
            source.backup(copy)
        if blind:
            _forget(ReviewFile(part))
        SurveyFile(part)  # raises SurveyError if it is none
        if target.exists():
            raise SurveyError(tr("{} exists, and may hold reviews. Choose another name.").format(target.name))
        part.rename(target)
    except (OSError, sqlite3.Error) as error:
        raise SurveyError(tr("{} cannot be written: {}").format(target.name, error)) from error
    finally:
        part.unlink(missing_ok=True)


def _forget(file: ReviewFile) -> None:
    """Take out all that people said: reviews, drawn animals, own columns, searched cells, and numbers made of these."""
    survey = file.read()
    with file.change() as db:
        offer_geometry_functions(db)
        regions = RegionCounts(between(_crs(db, "detections"), _crs(db, "counts"), QgsProject.instance()))
        regions.start(survey.detections, survey.counts)
        cells = regions.change_all([(one, _unsaid(one)) for one in survey.detections])
        db.execute("DELETE FROM detections WHERE run_id IS NULL OR run_id = ?", (BY_HAND,))
        said = ["review = 'unreviewed'", *(f"{name} = NULL" for name in [*REVIEW_COLUMNS[1:], *_own_columns(db)])]
        db.execute(f"UPDATE detections SET {', '.join(said)}")  # noqa: S608 # nosec B608
        if survey.counts:
            count_cells.write(db, cells, "total" in file.columns["counts"])
            _forget_classes(db)
        for table, column in _ESTIMATED.items():
            if db.execute("SELECT 1 FROM pragma_table_info(?) WHERE name = ?", (table, column)).fetchone():
                db.execute(f"DELETE FROM {table}")  # noqa: S608 # nosec B608
        _forget_searches(db, bool(file.columns["searches"]))


def _unsaid(one: Detection) -> Detection | None:
    """A detection as the model left it; None for an animal that a person drew."""
    if one.by_hand:
        return None
    return one._replace(review=UNREVIEWED, reviewed_class=None, reviewer=None, reviewed_at=None, note=None)


def _own_columns(db: sqlite3.Connection) -> list[str]:
    """The columns of detections that people added, quoted; those that cannot be empty stay as they are."""
    found = db.execute("SELECT name FROM pragma_table_info('detections') WHERE NOT \"notnull\"").fetchall()
    return ['"' + name.replace('"', '""') + '"' for (name,) in found if name not in HERDMAP_COLUMNS]


def _forget_classes(db: sqlite3.Connection) -> None:
    """Take classes that only people named out of the counts. The first row of a region stays: it has its total."""
    db.execute(
        "DELETE FROM counts WHERE count = 0 AND class NOT IN (SELECT class FROM detections WHERE class IS NOT NULL)"
        " AND fid NOT IN (SELECT min(fid) FROM counts GROUP BY region)"
    )


def _forget_searches(db: sqlite3.Connection, has: bool) -> None:
    """Take out the searched cells: an image that only people searched waits again, unless a detection is left in it.

    has: whether the survey has a table of them. The numbers of detections of the images are put right in any case.
    """
    counted = "SELECT image, count(*) AS n FROM detections GROUP BY image"
    db.execute(
        f"UPDATE images SET detections = coalesce((SELECT n FROM ({counted}) WHERE image = path), 0)"  # noqa: S608 # nosec B608
        " WHERE detections > 0"
    )
    if has:
        db.execute(
            "UPDATE images SET status = ?, reason = NULL"
            " WHERE status = ? AND NOT coalesce(tiles, 0) AND NOT coalesce(detections, 0)"
            " AND (path IN (SELECT image FROM searches) OR reason LIKE ?)",
            (PENDING, DONE, f"{IN_PART}%"),
        )
        db.execute("DELETE FROM searches")


def _crs(db: sqlite3.Connection, table: str) -> QgsCoordinateReferenceSystem:
    """The CRS of a layer; an invalid one where it has none."""
    row = db.execute(
        "SELECT definition FROM gpkg_spatial_ref_sys JOIN gpkg_geometry_columns USING (srs_id) WHERE table_name = ?",
        (table,),
    ).fetchone()
    return QgsCoordinateReferenceSystem.fromWkt(str(row[0])) if row else QgsCoordinateReferenceSystem()
