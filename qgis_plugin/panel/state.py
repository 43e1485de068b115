"""What a survey says of itself: how far each step of its road is. It is read from the GeoPackage alone.

Reading a large survey takes up to some seconds, so the panel reads it in the background.
"""

from __future__ import annotations

import math
import sqlite3
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from ..counting_rule import CONFIRMED, REJECTED, UNREVIEWED, Sighting, counts, effective_class, standing
from ..survey_file import OUTSIDE, UNPLACED, SurveyFile

ALL_STRATA = "all"
"""How the estimates call all strata together."""

_MOST_FAILED = 5  # images of which the reason is shown
_MOST_ESTIMATES = 500  # rows
_LONGEST_REMARK = 400  # characters


class Estimate(NamedTuple):
    """The animals of a class in a stratum. low, high: its 95 % interval. What is undefined is None.

    density: animals per km2. correction: how the counts were corrected, a word of `herdmap estimate`. remarks: what the
    command says of it, such as that few photos were reviewed.
    """

    class_name: str
    number: float | None
    low: float | None
    high: float | None
    stratum: str = ALL_STRATA
    density: float | None = None
    correction: str = ""
    remarks: str = ""

    @property
    def has_interval(self) -> bool:
        """Whether chance says how far it may be off; a full count is a sum, and both its ends are this sum."""
        return self.low is not None and self.high is not None and self.low != self.high

    @property
    def is_corrected(self) -> bool:
        return self.correction not in ("", "uncorrected", "as counted")


class SurveyState(NamedTuple):
    """The numbers of a survey.

    images: all; searched, failed and waiting are those of each status. unplaced: searched ones without a place on the
    map. looked_at: images in which people searched cells. marked: by class, the detections that people marked or
    confirmed, in marked_images images. failures: (image, reason) of the first that failed. animals: by class, each
    once, without rejected ones. images_with: how many images show one. unreviewed, confirmed, rejected: animals. cells:
    that people searched. regions: names of the layer `counts`; counted: its sum, None where the survey has no such
    layer. outdated: whether that sum is not the number of animals any more. estimates: of each stratum, and of all
    together.
    """

    images: int
    searched: int
    failed: int
    waiting: int
    unplaced: int
    looked_at: int
    marked: dict[str, int]
    marked_images: int
    failures: tuple[tuple[str, str], ...]
    animals: dict[str, int]
    images_with: int
    unreviewed: int
    confirmed: int
    rejected: int
    cells: int
    regions: int
    counted: int | None
    outdated: bool
    estimates: tuple[Estimate, ...]

    @property
    def found(self) -> int:
        """The animals that nobody rejected."""
        return sum(self.animals.values())

    @property
    def totals(self) -> list[Estimate]:
        """The estimates of all strata together that are known."""
        return [one for one in self.estimates if one.stratum == ALL_STRATA and one.number is not None]

    @property
    def reviewed(self) -> int:
        """The animals of which a person said something, rejected ones too."""
        return self.confirmed + self.rejected


def read_state(path: str | Path) -> SurveyState:
    """Read the numbers of the survey at `path`. Raises SurveyError."""
    file = SurveyFile(path)
    with file.open("ro") as db:
        db.execute("BEGIN")  # all numbers are of one moment
        states = Counter(dict(db.execute("SELECT status, count(*) FROM images GROUP BY status")))
        (unplaced,) = db.execute(
            "SELECT count(*) FROM images WHERE status = 'done' AND georeference = 'none'"
        ).fetchone()
        failures = db.execute(
            "SELECT path, coalesce(reason, '') FROM images WHERE status = 'failed' ORDER BY fid LIMIT ?",
            (_MOST_FAILED,),
        ).fetchall()
        animals, reviews, images_with = _animals(db)
        cells, looked_at = 0, 0
        if file.columns["searches"]:
            cells, looked_at = db.execute("SELECT count(*), count(DISTINCT image) FROM searches").fetchone()
        marked, marked_images = _marked(db)
        by_region = _counts(db) if file.columns["counts"] else None
        estimates = _estimates(db)
    counted = None if by_region is None else sum(by_region.values())
    return SurveyState(
        images=sum(states.values()),
        searched=states["done"],
        failed=states["failed"],
        waiting=states["pending"],
        unplaced=unplaced,
        looked_at=looked_at,
        marked=marked,
        marked_images=marked_images,
        failures=tuple((str(name), str(reason)) for name, reason in failures),
        animals=dict(sorted(animals.items())),
        images_with=images_with,
        unreviewed=reviews[UNREVIEWED],
        confirmed=reviews[CONFIRMED],
        rejected=reviews[REJECTED],
        cells=cells,
        regions=len(by_region.keys() - {OUTSIDE, UNPLACED}) if by_region is not None else 0,
        counted=counted,
        # `herdmap count --review confirmed` counts those alone, and the review keeps it so.
        outdated=counted is not None and counted not in (sum(animals.values()), reviews[CONFIRMED]),
        estimates=estimates,
    )


def _animals(db: sqlite3.Connection) -> tuple[Counter[str], Counter[str], int]:
    """Animals by class without rejected ones, all animals by review, and the number of images that show one."""
    rows = db.execute(
        "SELECT animal_id, counted, score, review, class, reviewed_class, image FROM detections ORDER BY fid"
    ).fetchall()
    sightings = [
        Sighting(animal, bool(counted), score, review, name or "", reviewed)
        for animal, counted, score, review, name, reviewed, _ in rows
    ]
    animals: Counter[str] = Counter()
    reviews: Counter[str] = Counter()
    images = set()
    for one, stands, row in zip(sightings, standing(sightings), rows):
        if counts(one.review, "not-rejected"):
            images.add(row[6])
        if stands:
            reviews[one.review if one.review in (CONFIRMED, REJECTED) else UNREVIEWED] += 1
            if counts(one.review, "not-rejected"):
                animals[effective_class(one.class_name, one.reviewed_class)] += 1
    return animals, reviews, len(images)


def _marked(db: sqlite3.Connection) -> tuple[dict[str, int], int]:
    """What `herdmap find` and `herdmap teach` take for animals, by class, and in how many images they are."""
    rows = db.execute(
        "SELECT coalesce(reviewed_class, class), image, count(*) FROM detections WHERE xmin IS NOT NULL"
        " AND (review = ? OR (score IS NULL AND review != ?)) GROUP BY 1, 2",
        (CONFIRMED, REJECTED),
    ).fetchall()
    marked: Counter[str] = Counter()
    for name, _, number in rows:
        marked[str(name)] += number
    return dict(sorted(marked.items())), len({image for _, image, _ in rows})


def _counts(db: sqlite3.Connection) -> Counter[str]:
    """The animals of each region in the layer `counts`."""
    found: Counter[str] = Counter()
    for region, number in db.execute("SELECT region, sum(count) FROM counts GROUP BY region"):
        found[str(region)] = int(number or 0)
    return found


def _estimates(db: sqlite3.Connection) -> tuple[Estimate, ...]:
    """The estimates, class by class; none where the survey has no such table, or one of another program."""
    names = {str(row[0]) for row in db.execute("SELECT name FROM pragma_table_info('estimates')")}
    if not {"stratum", "class", "estimate", "ci_low", "ci_high"} <= names:
        return ()
    density = "density_per_km2" if "density_per_km2" in names else "NULL"
    correction = "coalesce(correction, '')" if "correction" in names else "''"
    remarks = f"substr(coalesce(remarks, ''), 1, {_LONGEST_REMARK})" if "remarks" in names else "''"
    rows = db.execute(
        f"SELECT class, estimate, ci_low, ci_high, stratum, {density}, {correction}, {remarks}"  # noqa: S608 # nosec B608
        " FROM estimates"
        " ORDER BY min(fid) OVER (PARTITION BY class), fid LIMIT ?",
        (_MOST_ESTIMATES,),
    )
    return tuple(
        Estimate(str(name), *map(_number, numbers), str(stratum), _number(density), str(correction), str(remarks))
        for name, *numbers, stratum, density, correction, remarks in rows
    )


def _number(value: object) -> float | None:
    """A number that stands in the file; None for what is none."""
    return float(value) if isinstance(value, (int, float)) and math.isfinite(value) else None
