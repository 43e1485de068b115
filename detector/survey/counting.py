"""Counts the animals of a survey in regions."""

from detector.survey.assembly import count_rows
from detector.survey.within import LESS_GROUND
from geo import geopackage
from geo.counting_rule import Review
from geo.overlaps.count_once import drawn_since
from geo.paths import StrPath, absolute
from geo.regions import read_regions
from geo.tables import Counts


def count(
    survey_file: StrPath,
    region_file: StrPath,
    region_field: str | None = None,
    review: Review = "not-rejected",
    region_layer: str | None = None,
) -> tuple[Counts, tuple[str, ...]]:
    """Count a survey's detections in regions and write the layer `counts`. Returns the counts and what to know."""
    path = absolute(survey_file)
    regions = read_regions(region_file, region_field, region_layer)
    rows = geopackage.read_detections(path)
    counts = count_rows(rows, regions, geopackage.read_crs(path), review)
    geopackage.write_counts(path, counts)
    said = [
        f"only the ground within {run.settings['within']} was searched: a region may reach outside, {LESS_GROUND}"
        for run in geopackage.read_runs(path)[-1:]
        if "within" in run.settings
    ]
    return counts, (*regions.warnings, *said, *drawn_since(geopackage.read_images(path), rows))
