"""What an estimate of a survey was made of, row by row, so that others can check it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

import numpy as np
from numpy.typing import NDArray

from geo import geopackage
from geo.counted import Counted, Survey
from geo.counting_rule import Review
from geo.estimates.population import UNCORRECTED, Estimate, Estimates
from geo.estimates.transects import ALL, Strata

__all__ = ["made_of", "with_boxes", "with_design", "with_seen_once"]

_RULES: dict[Review, str] = {
    "all": "all detections, also rejected ones",
    "confirmed": "confirmed detections",
    "not-rejected": "detections that nobody rejected",
}
_BY_MODEL = "the detector's boxes, corrected by the review"


def with_design(estimates: Estimates, design: str) -> Estimates:
    """The rows with the assumed design of the transects, the day and the version of Herdmap."""
    try:
        made_by = version("herdmap")
    except PackageNotFoundError:  # run from a copy of the source
        made_by = ""
    today = datetime.now(UTC).date().isoformat()
    return _each(estimates, lambda row: replace(row, design=design, made_at=today, version=made_by))


def with_boxes(estimates: Estimates, counted: Counted) -> Estimates:
    """The rows with the boxes on the transects, and how many of them a person reviewed."""
    reviewed = _number_in(counted, counted.reviewed)
    return _each(estimates, lambda row: replace(row, correction=UNCORRECTED, boxes=row.counted, reviewed=reviewed(row)))


def with_seen_once(estimates: Estimates, counted: Counted, without: Estimates) -> Estimates:
    """The rows, with a remark where some of the animals are in one photo only, though others look at their places.

    without: The estimates without what are false alarms of these.
    """
    alone = _number_in(counted, counted.alone)

    def told(row: Estimate) -> Estimate:
        number = int(alone(row))
        if not number:
            return row
        left = without.row(row.stratum, row.class_name).estimate
        said = (
            f"{number} of {row.counted:.0f} animals are in one photo only, though others look at the same places. "
            f"Without those of them that are false alarms, as far as the photos tell, the estimate is {left:.0f}"
        )
        return replace(row, remarks=(*row.remarks, said))

    return _each(estimates, told)


def made_of(
    estimates: Estimates,
    survey: Survey,
    counted: Counted,
    strata: Strata,
    review: Review,
    reviewed: NDArray[np.bool_] | None,
) -> Estimates:
    """The rows with the photos, the rule by which detections count, the dates of the photos, and the run.

    reviewed: (M,) bool, the searched photos that correct the estimate; None without a correction.
    """
    assert counted.places is not None
    images, code = survey.images, counted.places.stratum
    failed = np.array([status == "failed" for status in images.status], bool)
    seen = np.zeros(len(images), bool)
    if reviewed is not None:
        seen[np.flatnonzero(images.searched)[reviewed]] = True
    days = sorted({text[:10] for text in images.captured_at if text})
    runs = geopackage.read_runs(survey.path)

    def told(row: Estimate) -> Estimate:
        # A photo that failed may have no place. So the sum has more of them than the strata.
        here = np.ones(len(images), bool) if row.stratum == ALL else code == strata.names.index(row.stratum)
        used = here & images.searched & (code >= 0)
        return replace(
            row,
            photos=float(used.sum()),
            photos_failed=float((here & failed).sum()),
            photos_left_out=float((here & ~used & ~failed).sum()),
            photos_reviewed=float((used & seen).sum()) if reviewed is not None else np.nan,
            review_rule=_RULES[review] if reviewed is None else _BY_MODEL,
            surveyed=" to ".join(dict.fromkeys([*days[:1], *days[-1:]])),
            run=runs[-1].run_id if runs else "",
        )

    return _each(estimates, told)


def _number_in(counted: Counted, counts: NDArray[np.float64] | None) -> Callable[[Estimate], float]:
    """Gives how many of a table's animals are in the stratum and the class of a row. counts: (K, C), by transect."""
    of, classes = np.array([*counted.transects.stratum, None], object)[:-1], counted.transects.classes
    assert counts is not None  # there is a survey

    def number(row: Estimate) -> float:
        members = np.ones(len(of), bool) if row.stratum == ALL else of == row.stratum
        return float(counts[members, classes.index(row.class_name)].sum())

    return number


def _each(estimates: Estimates, told: Callable[[Estimate], Estimate]) -> Estimates:
    return replace(estimates, rows=tuple(told(row) for row in estimates.rows))
