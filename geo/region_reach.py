"""Finds the regions that no image of a survey touches, and why they may be in the wrong place."""

from collections.abc import Sequence

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from geo.antimeridian import in_one_turn, unrolled
from geo.areas import ground_crs
from geo.georeference import reproject
from geo.regions import Regions

_PIECES = 16  # an image's side is divided into so many, because it may be bent in the regions' CRS
_FEW = 500  # images; if there are more, they are photos, and their sides are too short to bend

Rings = Sequence[NDArray[np.float64]]


def untouched(
    regions: Regions, file: str, rings: Rings, crs_wkt: str | None, counted: NDArray[np.bool_] | None = None
) -> tuple[str, ...]:
    """A warning if regions touch no image, with the likely reason if one is found; empty if all touch one.

    Empty too if there is no outline, or if only one side has a CRS, because there are other warnings for that.

    Args:
        regions: R regions.
        file: Their file, for the warning.
        rings: The outlines of the images, each (K, 2) finite points in `crs_wkt`.
        crs_wkt: The CRS of the outlines.
        counted: (R,) bool, the regions that have an animal.
    """
    if not _comparable(regions.crs_wkt, rings, crs_wkt):
        return ()
    touched = touching(regions.polygons, regions.crs_wkt, rings, crs_wkt)
    if counted is not None:
        touched |= counted
    missed = np.flatnonzero(~touched)
    if not len(missed):
        return ()
    names = ", ".join(repr(regions.names[i]) for i in missed[:5].tolist()) + (", ..." if len(missed) > 5 else "")
    one = len(missed) == 1
    said = f"{len(missed)} of {len(regions)} regions {'touches' if one else 'touch'} no image: {names}"
    if len(missed) == len(regions):
        said = f"no region touches an image: {names}"
    why = why_elsewhere(regions.polygons[missed], regions.crs_wkt, rings, crs_wkt)
    if why is None:
        why = "nothing was searched there, so a count of 0 does not mean that no animal is there"
    return (f"{file}: {said}; {why}",)


def why_elsewhere(
    polygons: NDArray[np.object_], polygons_wkt: str | None, rings: Rings, crs_wkt: str | None
) -> str | None:
    """Why polygons that touch no image may be in the wrong place: exchanged coordinates, or a wrong CRS.

    None if neither change would bring one of them to an image. The arguments are those of `untouched`.
    """
    if not _comparable(polygons_wkt, rings, crs_wkt):
        return None
    exchanged = shapely.transform(polygons, lambda xy: xy[:, ::-1])
    if touching(exchanged, polygons_wkt, rings, crs_wkt).any():
        axes = "x and y"
        if (crs := ground_crs(polygons_wkt)) is not None and crs.is_geographic:
            axes = "latitude and longitude"
        return f"their {axes} are exchanged: in the other order they would touch an image; correct the file"
    if polygons_wkt is None or crs_wkt is None:
        return None
    if touching(polygons, crs_wkt, rings, crs_wkt).any():
        of, images = (pyproj.CRS.from_user_input(wkt).name for wkt in (polygons_wkt, crs_wkt))
        return f"their CRS is {of}, but with the images' CRS, {images}, they would touch an image; assign them that CRS"
    return None


def _comparable(polygons_wkt: str | None, rings: Rings, crs_wkt: str | None) -> bool:
    return len(rings) > 0 and (ground_crs(polygons_wkt) is None) == (ground_crs(crs_wkt) is None)


def touching(
    polygons: NDArray[np.object_], polygons_wkt: str | None, rings: Rings, crs_wkt: str | None
) -> NDArray[np.bool_]:
    """(R,) bool: whether each polygon touches an outline. The arguments are those of `untouched`."""
    found = np.zeros(len(polygons), bool)
    outlines = _outlines(rings, crs_wkt, polygons_wkt)
    if len(outlines):
        pairs = shapely.STRtree(outlines).query(polygons, predicate="intersects")
        found[pairs[0]] = True
    return found


def _outlines(rings: Rings, crs_wkt: str | None, to_wkt: str | None) -> NDArray[np.object_]:
    """(K,) the outlines as valid polygons in the other CRS. Those that this CRS cannot express are left out."""
    counts = np.array([len(ring) for ring in rings])
    points = np.concatenate(rings) if len(rings) else np.empty((0, 2))
    if crs_wkt is not None and to_wkt is not None and crs_wkt != to_wkt:
        ends = np.cumsum(counts) - 1
        pieces = _PIECES if len(rings) <= _FEW else 1
        along = np.arange(pieces) / pieces
        steps = np.diff(points, axis=0, append=points[-1:])
        steps[ends] = 0.0
        points = (points[:, None] + along[None, :, None] * steps[:, None]).reshape(-1, 2)
        points = reproject(points, crs_wkt, to_wkt)
        counts = counts * pieces
    of = np.repeat(np.arange(len(counts)), counts)
    known = np.ones(len(counts), bool)
    np.logical_and.at(known, of, np.isfinite(points).all(axis=1))
    chosen = known[of]
    if not chosen.any():
        return np.empty(0, object)
    numbers = np.unique(of[chosen], return_inverse=True)[1]
    lines = shapely.linestrings(unrolled(points[chosen], numbers, to_wkt), indices=numbers)
    hulls = np.asarray(np.atleast_1d(shapely.convex_hull(lines)), object)
    return in_one_turn(hulls, to_wkt)[0]
