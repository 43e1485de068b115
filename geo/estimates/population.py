"""What an estimate says: the number of animals, how certain it is, and what it was made of."""

import math
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from geo.estimates import student_t
from geo.estimates.intervals import BOUND, CONFIDENCE, LARGE_CV, LOG_NORMAL, T, log_normal

__all__ = [
    "AS_COUNTED",
    "AUDIT",
    "BY_MODEL",
    "BY_STRATUM",
    "ONE_FACTOR",
    "REVIEW_ALONE",
    "UNCORRECTED",
    "Estimate",
    "Estimates",
]

# How the counts were corrected.
AS_COUNTED = "as counted"
UNCORRECTED = "uncorrected"
BY_STRATUM = "by stratum"
BY_MODEL = "by model"
REVIEW_ALONE = "review alone"
ONE_FACTOR = "one factor"
# What no interval of an estimate includes.
_LEAVES_OUT = {
    AS_COUNTED: "animals that the counters missed or took for others",
    UNCORRECTED: "missed animals and false alarms",
}


# What an estimate says beside the number, so that others can check it: the columns of the tables after the interval.
AUDIT_TEXT = ("interval", "correction", "leaves_out", "design", "review_rule", "surveyed", "made_at", "version", "run")
AUDIT = (
    *("interval", "t_low", "t_high", "df", "df_log_normal", "precision_pct", "counted", "boxes", "reviewed"),
    *("searched_km2", "searched_share", "photos", "photos_failed", "photos_left_out", "photos_reviewed"),
    *(
        "review_rule",
        "correction",
        "leaves_out",
        "factor",
        "factor_se",
        "precision",
        "precision_se",
        "recall",
        "recall_se",
        "se_transects",
    ),
    *("se_review", "unseen", "bootstrap_low", "bootstrap_high", "design", "surveyed", "made_at", "version", "run"),
    "remarks",
)


@dataclass(frozen=True)
class Estimate:
    """The animals of a class in a stratum, or in all strata (`all`). A number that is not known is NaN.

    Attributes:
        stratum: The stratum, or `all`.
        class_name: The class.
        n: The number of transects.
        n_possible: N.
        area_km2: The area of the stratum.
        estimate: The number of animals.
        se: Its standard error; NaN if undefined, never 0 then.
        df: The degrees of freedom of the SE.
        searched_km2: The area of the transects.
        df_log_normal: The degrees of freedom for a log-normal interval (`geo.estimates.jolly`); NaN: those of the SE.
        bootstrap_low: The lower end of the 95 % percentile interval; NaN if there is none.
        bootstrap_high: The upper end; NaN if there is none.
        counted: The animals that were counted: no interval ends below. For a corrected estimate, those that a reviewer
            saw.
        interval: How the 95 % interval is made: `t`, `log-normal` or `upper bound`; empty if there is none.
        unseen: What the upper end has for animals where none was seen (`geo.estimates.intervals`).
        correction: How the counts were corrected, or `uncorrected`, or `as counted`.
        boxes: The boxes on the transects that count.
        reviewed: How many of them a person reviewed.
        se_transects: The part of the SE that comes from ground that was not searched.
        se_review: The part that comes from photos that were not reviewed.
        factor: What the count was multiplied by.
        factor_se: Its SE.
        precision: The share of the boxes that are animals.
        precision_se: Its SE.
        recall: The share of the animals that have a box.
        recall_se: Its SE.
        remarks: What to know of this row, in words.
        photos: The photos that were searched.
        photos_failed: Those that could not be read.
        photos_left_out: Those that were not searched, or only in part, or are on no transect.
        photos_reviewed: Those that a person reviewed, for a correction.
        review_rule: Which detections count, in words.
        design: How the transects were chosen.
        surveyed: The date of the photos, or the first and the last date.
        made_at: When the estimate was made, ISO 8601.
        version: The version of Herdmap that made it.
        run: The run of the detector.
    """

    stratum: str
    class_name: str
    n: int
    n_possible: float
    area_km2: float
    estimate: float
    se: float
    df: float
    searched_km2: float
    df_log_normal: float = math.nan
    bootstrap_low: float = math.nan
    bootstrap_high: float = math.nan
    counted: float = math.nan
    interval: str = T
    unseen: float = 0.0
    correction: str = AS_COUNTED
    boxes: float = math.nan
    reviewed: float = math.nan
    se_transects: float = math.nan
    se_review: float = math.nan
    factor: float = math.nan
    factor_se: float = math.nan
    precision: float = math.nan
    precision_se: float = math.nan
    recall: float = math.nan
    recall_se: float = math.nan
    remarks: tuple[str, ...] = ()
    photos: float = math.nan
    photos_failed: float = math.nan
    photos_left_out: float = math.nan
    photos_reviewed: float = math.nan
    review_rule: str = ""
    design: str = ""
    surveyed: str = ""
    made_at: str = ""
    version: str = ""
    run: str = ""

    @property
    def density_per_km2(self) -> float:
        """The estimate divided by the area of the stratum."""
        return self.estimate / self.area_km2

    @property
    def half_width(self) -> float:
        """Half of the 95 % interval by t: t times SE."""
        if math.isnan(self.se) or math.isnan(self.df):
            return math.nan
        return student_t.quantile(0.5 + CONFIDENCE / 2, self.df) * self.se

    @property
    def log_df(self) -> float:
        """The degrees of freedom for a log-normal interval."""
        return self.df if math.isnan(self.df_log_normal) else self.df_log_normal

    @property
    def t_low(self) -> float:
        """The lower end of the 95 % interval by t (Jolly)."""
        return self.estimate - self.half_width

    @property
    def t_high(self) -> float:
        """The upper end of the 95 % interval by t (Jolly)."""
        return self.estimate + self.half_width

    @property
    def ci_low(self) -> float:
        """The lower end of the 95 % confidence interval, which `interval` names."""
        if self.interval == BOUND:
            return 0.0 if math.isnan(self.counted) else self.counted
        if self.interval != LOG_NORMAL:
            return self.t_low
        low, _ = log_normal(self.estimate, self.se, self.log_df)
        return low if math.isnan(self.counted) else max(low, min(self.counted, self.estimate))

    @property
    def ci_high(self) -> float:
        """The upper end of the 95 % confidence interval, with the animals that there may be where none was seen."""
        if self.interval == BOUND:
            return self.estimate + self.unseen
        high = log_normal(self.estimate, self.se, self.log_df)[1] if self.interval == LOG_NORMAL else self.t_high
        return high if not self.unseen else self.estimate + math.hypot(high - self.estimate, self.unseen)

    @property
    def cv(self) -> float:
        """SE / estimate, as a share; NaN if the estimate is 0."""
        return self.se / self.estimate if self.estimate > 0 else math.nan

    @property
    def precision_pct(self) -> float:
        """The percent relative precision: half of the 95 % interval by t in per cent of the estimate.

        Norton-Griffiths (1978).
        """
        return 100 * self.half_width / self.estimate if self.estimate > 0 else math.nan

    @property
    def searched_share(self) -> float:
        """The share of the stratum that was searched."""
        return self.searched_km2 / self.area_km2

    @property
    def leaves_out(self) -> str:
        """What the interval does not include, in words; empty if nothing is known to be left out."""
        return _LEAVES_OUT.get(self.correction, "")

    def audit(self, column: str) -> float | str:
        """The value of one of the columns `AUDIT`: a number, NaN if it is not known, or a text."""
        value = getattr(self, column)
        return "; ".join(value) if column == "remarks" else value

    def with_interval(self) -> "Estimate":
        """The estimate with the kind of interval that suits it.

        It is log-normal if the CV is large or the interval by t ends below the count, and a bound if the estimate is 0.
        """
        if math.isnan(self.estimate):
            return replace(self, interval="")
        if self.estimate <= 0:
            return replace(self, se=math.nan, interval=BOUND) if self.unseen > 0 else self
        if math.isnan(self.half_width):
            return replace(self, interval="")
        return replace(self, interval=LOG_NORMAL if self.cv > LARGE_CV or self.t_low < self.counted else T)


@dataclass(frozen=True)
class Estimates:
    """Estimates: rows stratum by stratum, each with every class, and last `all`; the method in words; and warnings.

    spread: (rows, B) float64, the bootstrap's estimates of each row; None if there is no bootstrap.
    """

    rows: tuple[Estimate, ...]
    method: str
    warnings: tuple[str, ...] = ()
    spread: NDArray[np.float64] | None = field(default=None, compare=False, repr=False)

    def __len__(self) -> int:
        return len(self.rows)

    def row(self, stratum: str, class_name: str) -> Estimate:
        """The row of a stratum and a class. Raises KeyError if there is none."""
        for row in self.rows:
            if (row.stratum, row.class_name) == (stratum, class_name):
                return row
        raise KeyError((stratum, class_name))
