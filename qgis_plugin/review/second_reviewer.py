"""A copy of a survey for a second reviewer, with what was said so far or without it: then nobody is led by the other.

Each reviews a copy, and the copies are merged (`herdmap merge-reviews`): so neither overwrites the other.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from ..survey_file import REVIEW_COLUMNS, SurveyError, SurveyFile
from ..translation import tr
from .blobs import offer_geometry_functions
from .file import BY_HAND


def copy_survey(survey: Path, target: Path, *, blind: bool) -> None:
    """Copy a survey, as it is at one moment. It appears whole or not at all; a file that is there is not replaced.

    blind: without reviews, and without the animals that people drew. Raises SurveyError.
    """
    if target.exists():
        raise SurveyError(tr("{} exists, and may hold reviews. Choose another name.").format(target.name))
    part = target.with_name(f".{target.name}.partial")
    try:
        part.unlink(missing_ok=True)
        with SurveyFile(survey).open("ro") as source, closing(sqlite3.connect(part)) as copy:
            source.backup(copy)
            if blind:
                _forget(copy)
        SurveyFile(part)  # raises SurveyError if it is none
        if target.exists():
            raise SurveyError(tr("{} exists, and may hold reviews. Choose another name.").format(target.name))
        part.rename(target)
    except (OSError, sqlite3.Error) as error:
        raise SurveyError(tr("{} cannot be written: {}").format(target.name, error)) from error
    finally:
        part.unlink(missing_ok=True)


def _forget(db: sqlite3.Connection) -> None:
    """Take out all that people said."""
    offer_geometry_functions(db)
    others = ", ".join(f"{name} = NULL" for name in REVIEW_COLUMNS[1:])
    with db:
        db.execute("DELETE FROM detections WHERE run_id IS NULL OR run_id = ?", (BY_HAND,))
        db.execute(f"UPDATE detections SET review = 'unreviewed', {others}")  # noqa: S608 # nosec B608
