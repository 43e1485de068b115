"""Counts the animals of a survey in regions."""

from pathlib import Path

from detector.survey.assembly import count_rows
from detector.survey.within import LESS_GROUND, still_to_search
from geo import geopackage
from geo.counting_rule import Review
from geo.overlaps.count_once import drawn_since
from geo.overlaps.seen_once import seen_once
from geo.paths import StrPath, absolute, as_path
from geo.region_reach import untouched
from geo.regions import Regions, read_regions
from geo.standing import after_review
from geo.tables import Counts, DetectionRows


def count(
    survey_file: StrPath,
    region_file: StrPath,
    region_field: str | None = None,
    review: Review = "not-rejected",
    region_layer: str | None = None,
) -> tuple[Counts, tuple[str, ...]]:
    """Count a survey's detections in regions, and write the layer `counts`. Returns the counts and warnings.

    Args:
        survey_file: The survey.
        region_file: A file of polygons.
        region_field: The column with the names; by default it is found.
        review: Which detections count.
        region_layer: The layer; by default all.

    Raises:
        GeoError: A file cannot be used or written.
    """
    path = absolute(survey_file)
    regions = read_regions(region_file, region_field, region_layer)

    def counted(watch: geopackage.Watch) -> tuple[Counts, DetectionRows]:
        rows = geopackage.read_detections(path)
        counts = count_rows(rows, regions, geopackage.read_crs(path), review)
        geopackage.write_counts(path, counts, watch)
        return counts, rows

    counts, rows = geopackage.settled(path, counted)
    said = [
        f"only the ground within {run.settings['within']} was searched: a region may reach outside, {LESS_GROUND}"
        for run in geopackage.read_runs(path)[-1:]
        if "within" in run.settings
    ]
    missed = _untouched(path, as_path(region_file).name, regions, counts)
    images = geopackage.read_images(path)
    if left := still_to_search(images):
        said.append(f"{left} of {len(images)} images are not searched yet: counts and densities may be too low")
    alone = seen_once(rows).lines(*after_review(rows, review))
    return counts, (*regions.warnings, *missed, *said, *drawn_since(images, rows), *alone)


def _untouched(path: Path, file: str, regions: Regions, counts: Counts) -> tuple[str, ...]:
    """A line where regions touch no image of the survey; none where an image reaches to the horizon."""
    images = geopackage.read_images(path)
    placed = [
        ring is not None
        for ring, kind, status in zip(images.footprints, images.georeference, images.status, strict=True)
        if kind != "none" and status == "done"
    ]
    if not all(placed):
        return ()
    totals = counts.count.reshape(-1, len(counts.count) // len(set(counts.region)))[: len(regions)].sum(axis=1)
    rings = [ring for ring in images.footprints if ring is not None]
    return untouched(regions, file, rings, geopackage.read_crs(path), totals > 0)
