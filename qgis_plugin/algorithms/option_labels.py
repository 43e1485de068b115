"""Messages of the command line, with the labels of the dialogs.

The detector runs as a command, so its messages name options (`--position-crs`) and other commands (`herdmap
georeference`). This file replaces them by the labels that a person sees in QGIS.
"""

from __future__ import annotations

import re
from typing import Any

from qgis.core import QgsApplication, QgsProcessingAlgorithm

from ..translation import tr

PARAMETERS = {
    "--agl": "AGL",
    "--angles": "ANGLES",
    "--animal-px": "LENGTH_PX",
    "--annotated": "ANNOTATED",
    "--area": "AREA",
    "--availability": "AVAILABILITY",
    "--batch-size": "BATCH_SIZE",
    "--bearing": "BEARING",
    "--camera": "CAMERA",
    "--checked": "CHECKED",
    "--class": "CLASSES",
    "--clock-offset": "CLOCK_OFFSET",
    "--column": "COLUMNS",
    "--correct": "SAMPLE",
    "--correct-by": "CORRECT_BY",
    "--covariate": "COVARIATES",
    "--cv": "CV",
    "--data": "DATA",
    "--dataset": "DATASET",
    "--dem": "DEM",
    "--density": "DENSITY",
    "--design": "DESIGN",
    "--device": "DEVICE",
    "--empty": "EMPTY",
    "--every-sighting": "EVERY_SIGHTING",
    "--first": "FIRST_WHO",
    "--fresh": "FRESH",
    "--full-count": "FULL_COUNT",
    "--gate": "GATE",
    "--gpx": "GPX",
    "--ground": "GROUND",
    "--images": "IMAGES",
    "--key": "KEY",
    "--km": "KM",
    "--lines": "LINES",
    "--max-size": "MAX_SIZE",
    "--min-score": "MIN_SCORE",
    "--minutes": "MINUTES",
    "--model": "MODEL",
    "--no-chips": "CHIPS",
    "--number": "NUMBER",
    "--observers": "OBSERVERS",
    "--output": "OUTPUT",
    "--outside-images": "OUTSIDE",
    "--overlap": "OVERLAP",
    "--perception": "PERCEPTION",
    "--photo-every": "PHOTO_EVERY",
    "--photos": "PHOTOS",
    "--pilot": "PILOT",
    "--position": "POSITION",
    "--position-crs": "POSITION_CRS",
    "--position-error": "POSITION_ERROR",
    "--positive": "POSITIVE",
    "--precision": "PRECISION",
    "--region-field": "REGION_FIELD",
    "--regions": "REGIONS",
    "--rest-empty": "REST_EMPTY",
    "--review": "REVIEW",
    "--score": "SCORE",
    "--second": "SECOND_WHO",
    "--see": "SEE",
    "--seed": "SEED",
    "--shape": "SHAPE",
    "--strata": "STRATA",
    "--stretch": "STRETCH_LOW",
    "--strip-width": "STRIP_WIDTH",
    "--tile-size": "TILE_SIZE",
    "--title": "TITLE",
    "--trained-on": "TRAINED_ON",
    "--transect-name": "TRANSECT_NAME",
    "--transect-table": "TRANSECT_TABLE",
    "--transects": "TRANSECTS",
    "--width": "WIDTH",
    "--within": "WITHIN",
}
"""Option of the command line -> parameter of the algorithms."""
ALGORITHMS = {
    "compare": "herdmap:compare",
    "count": "herdmap:count",
    "detect": "herdmap:detect",
    "distance": "herdmap:distance",
    "doctor": "herdmap:check",
    "estimate": "herdmap:estimate",
    "evaluate": "herdmap:evaluate",
    "export": "herdmap:export",
    "export-data": "herdmap:exportdata",
    "find": "herdmap:find",
    "georeference": "herdmap:georeference",
    "import": "herdmap:import",
    "merge-reviews": "herdmap:merge",
    "observers": "herdmap:observers",
    "plan": "herdmap:plan",
    "report": "herdmap:report",
    "sample": "herdmap:sample",
    "share": "herdmap:share",
    "survey": "herdmap:survey",
    "teach": "herdmap:teach",
}
"""Command -> algorithm."""

# A command; or an option, with what stands for its value: FILE, N, EPSG:N, FILE.toml.
_NAMED = re.compile(
    r"\bherdmap (?P<command>[a-z][a-z-]*)"
    r"|'?(?P<option>(?<![\w-])--[a-z][a-z-]*)'?(?: (?:EPSG:)?[A-Z]+(?:\.[a-z]+)?\b)?"
)
# What a label adds for who fills in the dialog: units, what an empty field means.
_ADDED = re.compile(r" [(\[].*")


def in_labels(text: str, algorithm: QgsProcessingAlgorithm) -> str:
    """A message of the command that `algorithm` runs, with labels in place of options and commands.

    Options that follow another command belong to that command. Options that the plugin does not have stay, and a note
    is added.
    """
    speaks_of: Any = algorithm
    strange = False

    def label(found: re.Match[str]) -> str:
        nonlocal speaks_of, strange
        if found["command"]:
            other = QgsApplication.processingRegistry().algorithmById(ALGORITHMS.get(found["command"], ""))
            speaks_of = other or speaks_of
            return f"“{other.displayName()}”" if other else found[0]
        definition = speaks_of.parameterDefinition(PARAMETERS.get(found["option"], ""))
        if definition is None:
            strange = True
            return found[0]
        return f"“{_ADDED.sub('', definition.description())}”"

    labelled = _NAMED.sub(label, text)
    return labelled + " " + tr("(Options with -- exist only on the command line.)") if strange else labelled
