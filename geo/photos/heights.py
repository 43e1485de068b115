"""The height of each camera above the ground, from altitudes of several kinds.

The height above ground decides the scale of everything. The sources, in this order: `agl` from the user; radar or laser
height; the altitude above a DEM or a given ground; the height above take-off. Altitudes above sea level, altitudes
above the ellipsoid, and the heights of a DEM may belong to datums that differ by tens of metres: what is known of them
is settled first (`geo.photos.altitude_datum`). If the drone's
altitude of the take-off lies outside the DEM's heights around the flight, altitudes are moved so that the take-off
stands on the DEM below the flight's first photo.

Where no DEM has the ground, it is taken as a level plane. How far it is from level enters the error of the height: as
the user says, or as the flight tells. If a radar or laser measured heights, the ground below the photos is known, and
with it how much it rises and falls. If the flight followed the ground, its height above take-off rose and fell with it.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from geo.errors import Remark
from geo.photos.altitude_datum import in_datum_of
from geo.photos.camera import Camera
from geo.photos.photo_columns import PhotoColumns
from geo.photos.tags import TagPose
from geo.photos.terrain import Terrain
from geo.raster.exif import ELLIPSOID, SEA_LEVEL

Floats = NDArray[np.float64]

LOWEST_AGL_M = 2.0

_DATUM_SLACK_M = 5.0
_NEIGHBOURHOOD_M = 500.0
_SAME_FLIGHT_M = 3.0
_FEWEST_HEIGHTS = 5  # that tell how much the ground rises and falls
_TO_SIGMA = 1.4826  # from the median absolute deviation of a normal distribution


def resolve(
    known: PhotoColumns,
    tags: Sequence[TagPose],
    placed: NDArray[np.bool_],
    xy: Floats,
    map_wkt: str,
    terrain: Terrain | None,
    agl: float | None,
    ground: float | None,
    relief_m: float | None = None,
) -> tuple[Floats, Floats, tuple[str, ...]]:
    """(N,) the camera's height and that of the ground below it, both in the ground's datum, NaN where unknown; and what
    the user should know of the elevation model. relief_m: how far the ground is from level where there is no DEM."""
    known, said = in_datum_of(known, placed, terrain if agl is None else None)
    below = np.full(known.n, np.nan)
    if terrain is not None:
        below[placed] = terrain.heights(xy[placed], map_wkt)
        missing = placed & ~np.isfinite(below)
        known.say(np.flatnonzero(missing), f"{terrain.path.name} has no height below it: it is placed on a level plane")
    found = _Heights(known, placed)
    _settle_above_ground(found, known, below, agl, ground)
    if terrain is not None:
        _settle_on_dem(found, known, tags, below, xy, map_wkt, terrain)
    if ground is not None:
        _settle_on_level(found, known, float(ground))
    _settle_by_tags(found, known)
    _say_what_is_unknown(found, known)
    error = np.where(np.isfinite(found.error), found.error, known.errors[:, 1])
    level = placed & ~np.isfinite(below)
    known.errors[:, 1] = np.where(level, np.hypot(error, _relief(known, level, agl, relief_m)), error)
    return found.z, found.floor, (*(terrain.notes() if terrain is not None else ()), *said)


def _relief(known: PhotoColumns, level: NDArray[np.bool_], agl: float | None, given: float | None) -> float | Floats:
    """(N,) how far the ground that a photo shows is from the plane that stands for it, a standard deviation, metres.

    level: (N,) the photos on such a plane.
    """
    if given is not None:
        return given
    if agl is not None:
        return 0.0
    measured = level & np.isfinite(known.agl) & np.isfinite(known.z)
    if measured.sum() >= _FEWEST_HEIGHTS:
        below = (known.z - known.agl)[measured]
        # Below a photo with a measured height, the plane touches the ground; across the photo, the ground changes.
        change = float(np.median(np.abs(np.diff(below)))) * _TO_SIGMA
        return np.where(measured, change, _spread(below))
    followed = level & np.isfinite(known.relative)
    return _spread(known.relative[followed]) if followed.sum() >= _FEWEST_HEIGHTS else 0.0


def _spread(heights: Floats) -> float:
    """The standard deviation of most heights. A few of climbs and landings do not count."""
    return _TO_SIGMA * float(np.median(np.abs(heights - np.median(heights))))


class _Heights:
    """The heights of N cameras while the sources are tried one after the other, the best first.

    z, floor: (N,) the height of the camera and of the ground, NaN if unknown. error: (N,) standard error of the source
    that settled them. open: (N,) whether a photo with a place has no height yet. altitude_error: (N,) standard error of
    the altitudes, metres: at least 0.3 m for corrected positions, 5 m for others.
    """

    def __init__(self, known: PhotoColumns, placed: NDArray[np.bool_]) -> None:
        n = len(placed)
        self.z, self.floor, self.error = np.full(n, np.nan), np.full(n, np.nan), np.full(n, np.nan)
        self.open = placed.copy()
        self.altitude_error = np.maximum(known.errors[:, 1], np.where(known.trusted, 0.3, 5.0))

    def settle(
        self, chosen: NDArray[np.bool_] | bool, height: Floats, base: Floats, sigma: float | Floats
    ) -> NDArray[np.int64]:
        """Give the height to the chosen photos that have none yet, if it is known. Returns which got it."""
        chosen = chosen & self.open & np.isfinite(height) & np.isfinite(base)
        self.z[chosen], self.floor[chosen] = height[chosen], base[chosen]
        self.error[chosen] = np.broadcast_to(sigma, chosen.shape)[chosen]
        self.open[chosen] = False
        return np.flatnonzero(chosen)


def _settle_above_ground(
    found: _Heights, known: PhotoColumns, below: Floats, agl: float | None, ground: float | None
) -> None:
    """By heights above the ground: the user's, then radar's or laser's."""
    n, on_dem = known.n, np.isfinite(below)
    # Zero of the datum, if nothing relates a height above ground to it.
    own_z = np.where(np.isfinite(known.z), known.z, np.nan)
    above = np.full(n, np.nan if agl is None else float(agl))
    for height, share, least in ((above, 0.05, 1.0), (known.agl, 0.02, 1.0)):
        sigma = np.maximum(least, share * np.abs(height))
        found.settle(on_dem, below + height, below, sigma)
        tied = own_z - height if ground is None else np.full(n, float(ground))
        base = np.where(np.isfinite(tied), tied, 0.0)
        found.settle(~on_dem, base + height, base, sigma)


def _settle_on_dem(
    found: _Heights,
    known: PhotoColumns,
    tags: Sequence[TagPose],
    below: Floats,
    xy: Floats,
    map_wkt: str,
    terrain: Terrain,
) -> None:
    """By altitudes above the DEM, moved to its datum."""
    on_dem = np.isfinite(below)
    shifted = _take_off_on_dem(known, tags, on_dem & found.open, below, xy, map_wkt, terrain)
    found.settle(on_dem, known.z + shifted, below, found.altitude_error)
    # Only the altitude is missing: heights above take-off stand on the DEM below the first photo.
    first = _first_in_time(tags, on_dem & found.open & np.isfinite(known.relative))
    if first is not None:
        chosen = found.settle(on_dem, known.relative + below[first], below, 5.0)
        known.say(chosen, "height above take-off, which is assumed to be at the flight's first photo")


def _settle_on_level(found: _Heights, known: PhotoColumns, ground: float) -> None:
    """By altitudes above level ground, or heights above take-off where the altitudes cannot be of its datum."""
    base, sure = np.full(known.n, ground), found.altitude_error
    plausible = known.trusted | ~np.isfinite(known.relative)
    found.settle(plausible & (known.z - base > LOWEST_AGL_M), known.z, base, sure)
    chosen = found.settle(True, base + known.relative, base, 5.0)
    known.say(chosen, "height above take-off is used as height above the given ground")
    found.settle(True, known.z, base, sure)


def _settle_by_tags(found: _Heights, known: PhotoColumns) -> None:
    """By the ground's height as the tags have it, else by the height above take-off."""
    found.settle(True, known.z, known.ground, found.altitude_error)
    take_off = np.where(np.isfinite(known.z), known.z - known.relative, 0.0)
    chosen = found.settle(True, take_off + known.relative, take_off, 5.0)
    known.say(
        chosen,
        Remark(
            "height above take-off is used as height above ground, which is wrong where the land is not level",
            about="agl",
        ),
    )


def _say_what_is_unknown(found: _Heights, known: PhotoColumns) -> None:
    """Note for each photo why it has no height. A height at which no aircraft flies is refused."""
    left = np.flatnonzero(found.open)
    has = np.isfinite(known.z[left])
    for i in left[has].tolist():
        above = {SEA_LEVEL: "sea level", ELLIPSOID: "the ellipsoid"}.get(known.above[i] or SEA_LEVEL)
        told = f"its altitude is above {above}, not above ground: expected a DEM, or the ground's height"
        known.reasons[i].append(Remark(told, about="agl"))
    known.say(left[~has], Remark("no altitude in its tags: expected a height above ground", about="agl"))
    z, floor = found.z, found.floor
    low = np.isfinite(z) & ~(z - floor >= LOWEST_AGL_M)
    for i in np.flatnonzero(low).tolist():
        known.reasons[i].append(
            Remark(
                f"{z[i] - floor[i]:.1f} m above ground is too low for a flight; check the altitude and the DEM",
                about="agl",
            )
        )
    z[low] = np.nan


def _take_off_on_dem(
    known: PhotoColumns,
    tags: Sequence[TagPose],
    chosen: NDArray[np.bool_],
    below: Floats,
    xy: Floats,
    map_wkt: str,
    terrain: Terrain,
) -> Floats:
    """(N,) metres to add to altitudes so that they are in the DEM's datum.

    0 if the ground around the flight has the altitude of the take-off: then both have the same datum, as far as can be
    told. Otherwise the amount that puts the take-off on the DEM below the flight's first photo.
    """
    shift = np.zeros(known.n)
    take_off = known.z - known.relative
    chosen = chosen & np.isfinite(take_off)
    if not chosen.any():
        return shift
    near = terrain.range_near(xy[chosen], map_wkt, _NEIGHBOURHOOD_M)
    if near is None:
        return shift
    # Photos of one flight have the same altitude of the take-off.
    levels = np.round(take_off / _SAME_FLIGHT_M)
    for level in np.unique(levels[chosen]):
        flight = chosen & (levels == level)
        altitude = float(np.median(take_off[flight]))
        if near[0] - _DATUM_SLACK_M <= altitude <= near[1] + _DATUM_SLACK_M:
            continue
        first = _first_in_time(tags, flight)
        if first is None:
            continue
        by = float(below[first]) - altitude
        shift[flight] = by
        known.say(
            np.flatnonzero(flight),
            f"its altitude does not fit {terrain.path.name}: it is moved by {by:+.0f} m, as if the flight took off "
            "below its first photo",
        )
        known.errors[flight, 1] = np.maximum(known.errors[flight, 1], 3.0)
    return shift


def _first_in_time(tags: Sequence[TagPose], chosen: NDArray[np.bool_]) -> int | None:
    at = np.flatnonzero(chosen)
    if len(at) == 0:
        return None
    times = np.array([tags[i].time for i in at.tolist()], np.float64)
    return int(at[int(np.nanargmin(times))]) if np.isfinite(times).any() else int(at[0])


def say_where_dem_ends(
    known: PhotoColumns,
    placed: NDArray[np.bool_],
    xy: Floats,
    z: Floats,
    floor: Floats,
    cameras: Sequence[Camera | None],
    axes: Floats,
    map_wkt: str,
    terrain: Terrain | None,
) -> None:
    """Note which photos the DEM covers only in part, by their corners on a level plane, all looked up at once."""
    if terrain is None:
        return
    corners = np.full((known.n, 4, 2), np.nan)
    seen: dict[int, Floats] = {}
    for i in np.flatnonzero(placed & np.isfinite(z)).tolist():
        camera = cameras[i]
        if camera is None:
            continue
        rays = seen.setdefault(id(camera), corner_rays(camera))
        directions = rays @ known.rotation[i].T
        with np.errstate(divide="ignore", invalid="ignore"):
            flat = directions[:, :2] * ((z[i] - floor[i]) / -directions[:, 2:])
        corners[i] = np.where(directions[:, 2:] < 0, flat, np.nan) @ axes[i].T + xy[i]
    usable = np.isfinite(corners).all(axis=(1, 2))
    usable[usable] = np.isfinite(terrain.heights(xy[usable], map_wkt))
    heights = terrain.heights(corners[usable].reshape(-1, 2), map_wkt).reshape(-1, 4)
    part = np.flatnonzero(usable)[~np.isfinite(heights).all(axis=1)]
    known.say(part, f"{terrain.path.name} covers only a part of it: the rest is placed on a level plane")


def corner_rays(camera: Camera) -> Floats:
    """(4,3) rays through a camera's corners."""
    w, h = camera.width, camera.height
    return camera.rays([(0, 0), (w, 0), (w, h), (0, h)])
