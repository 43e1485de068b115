"""Altitudes above the ellipsoid and above sea level, brought to the datum of the elevation model's heights.

What an altitude is above comes from the photos' tags (`geo.photos.tags`), the table or log of positions, and the CRS of
either; what the model's heights are above, from its CRS or format. Where PROJ's geoid grids are installed, altitudes
are moved; elsewhere it is said once how large the error may be.
"""

import copy
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from geo.errors import Remark
from geo.photos.geoid import exact_heights, rough_heights
from geo.photos.photo_columns import PhotoColumns
from geo.photos.terrain import Terrain
from geo.raster.exif import ELLIPSOID, SEA_LEVEL

Floats = NDArray[np.float64]

_LEAST_M = 2.0  # a smaller difference is not worth a line


def in_datum_of(
    known: PhotoColumns, placed: NDArray[np.bool_], terrain: Terrain | None
) -> tuple[PhotoColumns, tuple[str, ...]]:
    """The columns, with altitudes in the datum of the elevation model, and what the user should know.

    placed: (N,) whether a photo has a place. The errors of heights that may be of another datum grow by the difference.
    """
    if terrain is None:
        return known, ()
    above = np.array([str(kind) for kind in known.above])
    used = placed & np.isfinite(known.z) & ~np.isfinite(known.agl)
    used[used] = np.isfinite(terrain.heights_at(known.lon[used], known.lat[used]))
    if terrain.above == ELLIPSOID:
        moved, unsure = used & (above == SEA_LEVEL), used & (above == "None")
    else:
        moved, unsure = used & (above == ELLIPSOID), np.zeros(known.n, bool)
        if terrain.above is None:
            moved, unsure = unsure, moved
    notes: list[str] = []
    if moved.any():
        known, said = _moved(known, moved, terrain)
        notes += said
    if unsure.any():
        notes += _unsure(known, unsure, terrain)
    return known, tuple(notes)


def _moved(known: PhotoColumns, chosen: NDArray[np.bool_], terrain: Terrain) -> tuple[PhotoColumns, Sequence[str]]:
    lon, lat = known.lon[chosen], known.lat[chosen]
    name = terrain.path.name
    up = 1.0 if terrain.above == ELLIPSOID else -1.0
    kinds = ("sea level", "above the ellipsoid") if up > 0 else ("the ellipsoid", f"above sea level ({terrain.datum})")
    exact = exact_heights(lon, lat, terrain.vertical_crs)
    if exact is None:
        by = _grow(known, chosen)
        if by < _LEAST_M:
            return known, ()
        told = (
            f"altitudes are above {kinds[0]}, heights in {name} {kinds[1]}: heights above ground are off by about "
            f"{by:.0f} m, as PROJ has no geoid grid here; install its us_nga_egm96_15.tif"
        )
        return known, (Remark(told, about="agl"),)
    moved = copy.copy(known)
    moved.z = known.z.copy()
    moved.z[chosen] += up * exact
    middle = float(np.median(up * exact))
    return moved, (f"altitudes above {kinds[0]} are moved by {middle:+.1f} m, as heights in {name} are {kinds[1]}",)


def _unsure(known: PhotoColumns, chosen: NDArray[np.bool_], terrain: Terrain) -> Sequence[str]:
    by = _grow(known, chosen)
    if by < _LEAST_M:
        return ()
    if terrain.above is None:
        what = f"altitudes are above the ellipsoid, and {terrain.path.name} does not say what its heights are above"
    else:
        what = f"heights in {terrain.path.name} are above the ellipsoid, and the altitudes may be above sea level"
    return (Remark(f"{what}: if sea level, heights above ground are off by about {by:.0f} m", about="agl"),)


def _grow(known: PhotoColumns, chosen: NDArray[np.bool_]) -> float:
    """Let the errors of these heights grow by the geoid's height. Returns its usual size, metres."""
    rough = np.abs(rough_heights(known.lon[chosen], known.lat[chosen]))
    known.errors[chosen, 1] = np.hypot(known.errors[chosen, 1], rough)
    return float(np.median(rough))
