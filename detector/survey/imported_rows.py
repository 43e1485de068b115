"""Keeps what was imported into a survey, when a model searches the same survey later."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from detector.survey.same_found import not_there_yet
from geo import geopackage
from geo.reviews import carry
from geo.tables import DetectionRows, Run

IMPORTED = "imported"
"""The key in the settings of a run that is an import."""


def with_imports(
    rows: DetectionRows,
    survey: Path,
    runs: Sequence[Run],
    known: DetectionRows,
    move: Callable[[DetectionRows], DetectionRows],
) -> tuple[DetectionRows, tuple[str, ...]]:
    """The rows, then the imported ones of the existing file that are none of them; and a line for the user.

    Args:
        rows: What the new run found, and what is kept for its review.
        survey: The existing file.
        runs: Its runs.
        known: Its rows that were carried over already.
        move: Puts rows of the file to the places of the new run.
    """
    imports = {run.run_id for run in runs if IMPORTED in run.settings}
    if not imports:
        return rows, ()
    every, done = geopackage.read_detections(survey, chips=True), {*known.text("uuid")}
    wanted = [
        run in imports and uuid not in done for run, uuid in zip(every.text("run_id"), every.text("uuid"), strict=True)
    ]
    theirs = move(every.take(np.array(wanted, bool)))
    alone = theirs.take(not_there_yet(rows, theirs))
    if not len(alone):
        return rows, ()
    said = f"{len(alone)} imported animals are kept and counted, though this run did not find them"
    return carry.join(rows, alone), (said,)
