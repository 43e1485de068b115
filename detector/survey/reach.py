"""Checks before any pixel is read whether the imagery reaches into the regions and into the area of a survey."""

from pathlib import Path

import numpy as np

from detector.errors import InputError
from detector.survey.outlines import outlines
from detector.survey.planning import Plan
from detector.survey.poses import Poses
from detector.survey.within import LESS_GROUND, held_to
from geo.region_reach import untouched, why_elsewhere
from geo.regions import Regions
from geo.search_area import SearchArea


def check_places(work: Plan, poses: Poses, regions: Regions | None, region_file: object) -> None:
    """Raise InputError if no animal could be placed in the regions."""
    on_earth = poses.placed or any(i.info is not None and i.info.georeference.crs_wkt for i in work.images)
    if regions is not None and regions.crs_wkt is not None and not on_earth:
        raise InputError(
            f"{region_file} has a CRS but the images have no CRS, so no animal can be placed in a region; "
            "georeference the imagery, give the photos positions, or leave the regions out",
            about="position",
        )


def untouched_regions(work: Plan, poses: Poses, regions: Regions | None, region_file: object) -> tuple[str, ...]:
    """A warning if regions touch no image, before the search."""
    if regions is None:
        return ()
    rings, crs_wkt, whole = outlines(work.images, poses)
    return untouched(regions, Path(str(region_file)).name, rings, crs_wkt) if whole else ()


def limited_to(work: Plan, poses: Poses, area: SearchArea, regions: Regions | None) -> tuple[Plan, tuple[str, ...]]:
    """The plan limited to the area. Raises InputError if nothing is left to search."""
    held, said = held_to(work, poses, area)
    if work.tiles and not held.tiles:
        rings, crs_wkt, _ = outlines(work.images, poses)
        if why := why_elsewhere(np.array([area.polygon], object), area.crs_wkt, rings, crs_wkt):
            raise InputError(f"{area.name}: no image reaches into its polygons; {why}")
        raise InputError(
            f"{area.name}: no image reaches into its polygons; give polygons over the imagery, or positions where the "
            "images have none",
            about="position",
        )
    if regions is not None and (beyond := area.reach_outside(regions)):
        said = (*said, f"{beyond} of {len(regions)} regions reach outside {area.name}, {LESS_GROUND}")
    return held, (*area.warnings, *said)
