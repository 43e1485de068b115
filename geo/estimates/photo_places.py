"""Which stratum and which transect each photo of a survey belongs to, so that its review corrects the right place."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.areas import geodesic_areas_km2
from geo.estimates.photo_transects import PhotoStrips
from geo.estimates.strips import Strips
from geo.estimates.transects import Strata
from geo.georeference import reproject
from geo.overlaps.count_once import photos_on_map
from geo.regions import assign
from geo.tables import Images

__all__ = ["PhotoPlaces", "by_strata", "by_strips", "by_transects"]


@dataclass(frozen=True, eq=False)
class PhotoPlaces:
    """The places of N images.

    Attributes:
        stratum: (N,) int64, the index of the stratum; -1 for none.
        transect: (N,) int64, the index of the transect; -1 for none.
        ground_km2: The ground that the searched photos of a stratum show, by its index. Overlaps count once.
    """

    stratum: NDArray[np.int64]
    transect: NDArray[np.int64]
    ground_km2: Callable[[int], float]


def by_transects(images: Images, made: PhotoStrips, stratum: tuple[str, ...], strata: Strata) -> PhotoPlaces:
    """The places of photos that are themselves the transects. stratum: that of each transect."""
    code = _codes(stratum, strata)
    area = made.strips.area_km2

    def ground_km2(h: int) -> float:
        return float(area[code[:-1] == h].sum())

    # A photo that failed is on its transect too, but adds nothing.
    named = {key: k for k, key in enumerate(zip(made.strips.stratum, made.strips.names, strict=True))}
    asked = zip(made.on.stratum, made.on.transect, strict=True)
    meant = [-1 if name is None else named.get((of or None, name), -1) for of, name in asked]
    at = np.where(images.searched, made.transect, np.array(meant, np.int64))
    return PhotoPlaces(code[at], made.transect, ground_km2)


def by_strips(
    images: Images, crs_wkt: str | None, strips: Strips, stratum: tuple[str, ...], strata: Strata
) -> PhotoPlaces:
    """The places of photos under transects that a file has the ground of.

    A photo belongs to the transect nearest to its centre. Its stratum is the polygon below its centre. Without
    polygons, or on a transect that reaches out of them, it is that of the transect.
    """
    centres = photos_on_map(images).centres
    known = np.flatnonzero(np.isfinite(centres).all(axis=1))
    transect, inside = np.full(len(images), -1, np.int64), np.zeros(len(images), bool)
    if len(known) and crs_wkt is not None:
        there = reproject(centres[known], crs_wkt, strips.crs_wkt)
        fits = np.isfinite(there).all(axis=1)
        known, there = known[fits], there[fits]
        transect[known] = shapely.STRtree(strips.polygons).nearest(shapely.points(there))
        inside[known] = shapely.intersects(strips.polygons[transect[known]], shapely.points(there))
    code = _codes(stratum, strata)[transect]
    if strata.polygons is not None:
        below = _below(centres, crs_wkt, strata)
        code = np.where((below < 0) & inside, code, below)
    return PhotoPlaces(code, transect, _ground(images, crs_wkt, code))


def by_strata(images: Images, crs_wkt: str | None, strata: Strata) -> PhotoPlaces:
    """The places of photos by the polygons of the strata below their centres. No photo has a transect."""
    code = _below(photos_on_map(images).centres, crs_wkt, strata)
    return PhotoPlaces(code, np.full(len(images), -1, np.int64), _ground(images, crs_wkt, code))


def _codes(stratum: Sequence[str], strata: Strata) -> NDArray[np.int64]:
    """(K + 1,) the index of the stratum of each transect, then -1; also -1 for a name that is not among the strata."""
    index = {name: h for h, name in enumerate(strata.names)}
    return np.array([*(index.get(name, -1) for name in stratum), -1], np.int64)


def _below(centres: NDArray[np.float64], crs_wkt: str | None, strata: Strata) -> NDArray[np.int64]:
    """(N,) the index of the stratum below each centre; -1 for none."""
    assert strata.polygons is not None
    code = np.full(len(centres), -1, np.int64)
    known = np.flatnonzero(np.isfinite(centres).all(axis=1))
    if len(known) and crs_wkt is not None:
        below = assign(centres[known], crs_wkt, strata.polygons)
        names = np.array([*(strata.names.index(name) for name in strata.polygons.names), -1], np.int64)
        code[known] = names[below]
    return code


def _ground(images: Images, crs_wkt: str | None, code: NDArray[np.int64]) -> Callable[[int], float]:
    """The joined footprints of the searched photos of a stratum, geodesic."""

    def ground_km2(h: int) -> float:
        photos = photos_on_map(images)
        rows = np.flatnonzero((code == h) & images.searched & photos.placed)
        if not len(rows) or crs_wkt is None:
            return 0.0
        joined = shapely.union_all(photos.footprints[rows])
        return float(geodesic_areas_km2(np.array([joined], object), crs_wkt)[0])

    return ground_km2
