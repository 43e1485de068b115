"""Animals counted per region, and populations estimated from transects."""

from typing import Literal

from geo.counting_rule import Review
from geo.paths import StrPath
from herdmap.news import log, warn
from herdmap.surveys import Survey
from herdmap.tables import CountTable, EstimateTable


def count(
    survey: StrPath,
    regions: StrPath,
    *,
    region_field: str | None = None,
    region_layer: str | None = None,
    review: Review = "not-rejected",
) -> CountTable:
    """Count a survey's animals in each region, and write the layer `counts` into its file.

    Args:
        survey: The survey or its path.
        regions: Polygons, any file that QGIS reads.
        region_field: The column that names the regions.
        region_layer: The layer to count in, by default every one with polygons.
        review: Which detections count: `not-rejected`, `confirmed` or `all`.

    Returns:
        A row for each region and class, even without an animal; `outside` is last.

    Raises:
        Error: The survey or the regions cannot be used, or the file cannot be written.
    """
    from detector.survey import count as count_in

    counts, warnings = count_in(survey, regions, region_field, review, region_layer)
    warn(*warnings)
    return CountTable.of(counts)


def estimate(
    survey: StrPath | None,
    transects: StrPath,
    strata: StrPath,
    *,
    review: Review = "not-rejected",
    strip_width_m: float | None = None,
    transect_table: StrPath | None = None,
    transect_name: str | None = None,
    effort: StrPath | None = None,
    full_count: bool = False,
    design: Literal["random", "systematic"] = "random",
    sample: StrPath | None = None,
    correct_by: Literal["auto", "stratum", "model"] = "auto",
    availability: tuple[float, float] | None = None,
    perception: tuple[float, float] | None = None,
    precision_pct: float | None = None,
    seed: int = 0,
) -> EstimateTable:
    """Estimate the population per stratum and class from transects, by Jolly's Method 2.

    Args:
        survey: The survey or its path, which gets the estimates; None: the counts are in the transects' CSV.
        transects: Polygons or lines; a CSV with counts; or `photos`, the survey's photos.
        strata: Polygons; a CSV with areas; or `photos`, all ground that the photos show, which is a full count.
        review: Which detections count: `not-rejected`, `confirmed` or `all`.
        strip_width_m: The width of transects that are lines, metres.
        transect_table: A CSV that says which photo is on which transect.
        transect_name: A pattern that finds the name of the transect in a photo's path.
        effort: A CSV file to write: the ground that each photo searched.
        full_count: All ground was searched, so the estimates are sums.
        design: How the transects were chosen: each at random, or at equal distances (`systematic`).
        sample: Photos that were reviewed, to correct for misses and false alarms; `all`: every photo was reviewed.
        correct_by: Correct each stratum by its own reviewed photos (`stratum`), or all by one `model` of the detector,
            or choose (`auto`).
        availability: The share of the animals that a photo can show at all, and its standard error.
        perception: The share of those that observers see, and its standard error. The estimates are divided by both.
        precision_pct: Also log how much more review or flying reaches this relative precision, per cent.
        seed: Random seed of the bootstrap.

    Raises:
        Error: An input cannot be used, or the survey cannot be written.
    """
    from geo.estimate import estimate as estimate_in
    from geo.estimates.double_observer import Factor

    result = estimate_in(
        survey,
        transects,
        strata,
        review=review,
        strip_width_m=strip_width_m,
        transect_table=transect_table,
        transect_name=transect_name,
        effort_file=effort,
        full_count=full_count,
        design=design,
        sample_file=sample,
        correct_by=correct_by,
        availability=None if availability is None else Factor(*availability),
        perception=None if perception is None else Factor(*perception),
        wished_pct=precision_pct,
        seed=seed,
    )
    warn(*result.warnings)
    log(result.lines)
    if survey is not None and (written := Survey(survey).estimates) is not None:
        return written
    return EstimateTable.of(result.estimates, {}, None)
