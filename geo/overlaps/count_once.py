"""Marks which sightings of a survey count, so that an animal in several images counts once.

`count_once` fills the columns `animal_id`, `counted`, `seen` and `looks` when a survey is written. It needs only the
survey's own tables, neither photos nor poses. `geo.standing` decides what counts after a review.

Photos and orthomosaics are treated alike: an image shows what its footprint holds. If orthomosaics are pieces of one,
edge to edge, they share no ground, so only animals that an edge cuts are joined. If orthomosaics overlap, or photos lie
over an orthomosaic, their animals are matched like those of photos.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import affinity

from geo.areas import ground_crs
from geo.errors import Remark
from geo.georeference import reproject, utm_crs
from geo.overlaps import sightings
from geo.overlaps.cells import Photos
from geo.overlaps.ties import Ties
from geo.photos.poses import local_axes
from geo.photos.projection import PoseError
from geo.tables import DetectionRows, Images, TableError

CountOverlaps = Literal["animals", "cells", "all"]
COUNT_OVERLAPS: tuple[CountOverlaps, ...] = ("animals", "cells", "all")

_WGS84 = "EPSG:4326"
_RASTERS = ("geotransform", "world file")
# How far apart two orthomosaics of one place may be, along each axis. Good ones differ by less; those without control
# points differ by more.
_MOSAIC_ERROR_M = 1.0
# How far the boxes of one animal in two pieces of one orthomosaic may differ, as shares of the animal: complete in
# both, and cut by the edge.
_WHOLE, _CUT = 0.1, 0.25
_LEAST_ERROR_M = 0.02
# If a box ends this close to the image's edge, in px or as a share of its side, the animal may continue beyond.
_EDGE_PX, _EDGE_SHARE = 2.0, 0.05
# If map units differ from true metres by more than this share, distances are measured in another CRS.
_SCALE = 0.005

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Once:
    """The result of `count_once`.

    Attributes:
        rows: The rows, with `animal_id` and `counted`.
        lines: Lines for a person.
        photos: The photos as registered, in metres; None if no image has a place on the ground.
        crs_wkt: The CRS of those metres, or None.
    """

    rows: DetectionRows
    lines: tuple[str, ...] = ()
    photos: Photos | None = None
    crs_wkt: str | None = None


def count_once(
    images: Images,
    rows: DetectionRows,
    crs_wkt: str | None,
    rule: CountOverlaps = "animals",
    max_speed_m_s: float = 0.0,
    ties: Ties | None = None,
) -> Once:
    """Mark which sightings count, and how many photos show each animal.

    If poses are worse than they say, `error_m` grows: of all, or of the photos that lie far from where others put
    them. The review does not change the result. A row without a place, or in an image without footprint, counts by
    itself. rule: as in `geo.overlaps.sightings` (with `cells`, each row has its own animal_id), or `all`: every
    sighting counts. max_speed_m_s: how fast animals may walk between photos. ties: ground that photos both show, in the
    map's CRS; photos by their rows in `images`. Raises TableError if the rule is unknown.
    """
    if rule not in COUNT_OVERLAPS:
        raise TableError(f"counting overlaps by {rule!r}: expected {', '.join(COUNT_OVERLAPS)}")
    m = len(rows)
    plain = replace(rows, animal_id=np.full(m, -1, np.int64), counted=np.ones(m, np.uint8))
    ground = _ground(images, crs_wkt)
    if ground is None:
        return Once(plain)
    photos, wkt = ground
    shared = _sharing(photos)
    if not shared.any():
        return Once(plain, (), photos, wkt)
    if rule == "all":
        said = (
            f"{int(shared.sum())} images show ground that another image shows too: an animal in several images counts "
            "in each"
        )
        return Once(plain, (said,), photos, wkt)
    xy, size = _places(rows, crs_wkt, wkt)
    image = _image_of(images, rows)
    size[cut := _cut(images, image, rows)] = np.nan
    length = _length(size, rows.label)
    error, cut_m = _errors(images, rows, image, length, cut, _edge_to_edge(images, photos))
    known = image >= 0
    speed = max_speed_m_s if np.isfinite(photos.seconds).any() else 0.0
    try:
        found = sightings.match(
            xy[known], error[known], rows.label[known], size[known], image[known], photos,
            rule=rule, cut_m=cut_m[known], max_speed_m_s=speed, ties=_ties_in_metres(ties, crs_wkt, wkt),
        )  # fmt: skip
    except TableError as problem:  # thousands of photos on one spot: the run should not fail for that
        return Once(plain, (f"animals in several images count in each: {problem}",), photos, wkt)
    if rule == "animals" and found.report.animals == m:  # no animal is in two images
        return Once(plain, (), found.photos, wkt)
    lines = found.report.lines(rule, images.path)
    if max_speed_m_s > 0 and not speed:
        lines.append("no photo says when it was taken: animals are matched as if they stood still")
    if rule == "cells" and any(kind in _RASTERS for kind in images.georeference):
        lines.append("the cell of an orthomosaic is its whole rectangle, also where the rectangle is empty")
    return Once(_marked(rows, images, image, found, rule), tuple(lines), found.photos, wkt)


def _marked(
    rows: DetectionRows, images: Images, image: NDArray[np.int64], found: sightings.Matched, rule: CountOverlaps
) -> DetectionRows:
    """The rows with what was found. image: (M,) the image of each row; -1 for none. found: of the others."""
    known = image >= 0
    error_m = np.maximum(rows.error_m * found.pose_scale, _for_all(found.moved_m, known, 0))
    of_photo = np.append(np.array([kind not in _RASTERS for kind in images.georeference], bool), False)[image]
    return replace(
        rows,
        animal_id=_for_all(found.animal_id + 1, known, -1) if rule == "animals" else np.full(len(rows), -1),
        counted=_for_all(found.counted, known, 1),
        seen=_for_all(found.seen, known, -1),
        looks=_for_all(found.looks, known, -1),
        error_m=np.where(of_photo, error_m, rows.error_m),
    )


def _for_all(column: NDArray[Any], known: NDArray[np.bool_], other: int) -> NDArray[Any]:
    """(M,) a column of the known sightings; `other` for the rest."""
    full = np.full(len(known), other, column.dtype)
    full[known] = column
    return full


def drawn_since(images: Images, rows: DetectionRows) -> tuple[str, ...]:
    """A warning if people drew animals in overlapping images after the last matching, because each of those counts."""
    new = np.flatnonzero((rows.animal_id < 0) & np.isnan(rows.score))
    if not len(new):
        return ()
    image = _image_of(images, rows)[new]
    shared = np.append(_sharing(photos_on_map(images)), False)[image]
    if not shared.any():
        return ()
    return (
        Remark(
            f"{int(shared.sum())} animals were drawn in overlapping photos and count in each photo, until the photos "
            "are matched again",
            about="georeference",
        ),
    )


# ---- images ---------------------------------------------------------------------------------


def photos_on_map(images: Images) -> Photos:
    """The ground of the images on the map, in map units."""
    rings = images.footprints
    centres = np.array([(np.nan, np.nan) if ring is None else _centre(ring) for ring in rings]).reshape(-1, 2)
    footprints = np.empty(len(images), object)
    for row, ring in enumerate(rings):
        footprints[row] = ring
    corners = np.array([0 if ring is None else len(ring) for ring in rings])
    for number in np.unique(corners[corners >= 3]).tolist():  # those of one number of corners are made at once
        alike = np.flatnonzero(corners == number)
        footprints[alike] = shapely.polygons(np.stack(footprints[alike].tolist()))
    return Photos(centres, footprints, _seconds(images.captured_at))


def _ground(images: Images, crs_wkt: str | None) -> tuple[Photos, str] | None:
    """The ground of the images in metres, and the CRS of those metres; None if no image has a place on the ground."""
    if crs_wkt is None or ground_crs(crs_wkt) is None:
        return None
    photos = photos_on_map(images)
    if not photos.placed.any():
        return None
    wkt = _metric(np.median(photos.centres[photos.placed], axis=0), crs_wkt)
    if wkt == crs_wkt:
        return photos, wkt
    footprints = photos.footprints.copy()
    corners = _carried(shapely.get_coordinates(footprints[photos.placed]), crs_wkt, wkt)
    footprints[photos.placed] = shapely.set_coordinates(footprints[photos.placed], corners)
    return Photos(_carried(photos.centres, crs_wkt, wkt), footprints, photos.seconds), wkt


def _centre(ring: Floats) -> Floats:
    """The ground in the middle of an image: the crossing of the diagonals of its outline, as for a pinhole camera."""
    quarter = (len(ring) - 1) // 4
    a, b, c, d = ring[: 4 * quarter : quarter][:4]
    along, across = c - a, d - b
    turn = along[0] * across[1] - along[1] * across[0]
    if (len(ring) - 1) % 4 or abs(turn) < 1e-9 * math.hypot(*along) * math.hypot(*across):
        return np.asarray(ring[:-1].mean(axis=0))
    return np.asarray(a + along * (((b - a)[0] * across[1] - (b - a)[1] * across[0]) / turn))


def _metric(place: Floats, crs_wkt: str) -> str:
    """The CRS itself if its units are nearly true metres, otherwise the UTM zone of the place."""
    lon, lat = reproject(place[None], crs_wkt, _WGS84)[0].tolist()
    if not (math.isfinite(lon) and math.isfinite(lat)):
        return crs_wkt
    _, axes = local_axes([lon], [lat], crs_wkt)
    scale = math.sqrt(abs(float(np.linalg.det(axes[0]))))
    return crs_wkt if abs(scale - 1) <= _SCALE else utm_crs(lon, lat)


def _carried(xy: Floats, from_wkt: str, to_wkt: str) -> Floats:
    return xy if from_wkt == to_wkt else reproject(xy, from_wkt, to_wkt)


def _seconds(texts: Sequence[str | None]) -> Floats:
    """Seconds of ISO 8601 times; NaN without a time.

    A time without a zone is taken as UTC, because only differences matter.
    """
    seconds = np.full(len(texts), np.nan)
    for row, text in enumerate(texts):
        try:
            moment = datetime.fromisoformat(text or "")
        except ValueError:
            continue
        seconds[row] = (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).timestamp()
    return seconds


def _sharing(photos: Photos) -> NDArray[np.bool_]:
    """(M,) which images share ground with another. Touching is enough, because an edge may cut an animal."""
    shared = np.zeros(len(photos), bool)
    known = np.flatnonzero(photos.placed)
    tree = shapely.STRtree(photos.footprints[known])
    for start in range(0, len(known), 1000):
        block = known[start : start + 1000]
        at, other = tree.query(photos.footprints[block], predicate="intersects")
        shared[block[at[block[at] != known[other]]]] = True
    return shared


def _edge_to_edge(images: Images, photos: Photos) -> NDArray[np.bool_]:
    """(M,) which images are orthomosaics that touch others only along their edges."""
    alone = np.array([kind in _RASTERS for kind in images.georeference], bool) & photos.placed
    rasters = np.flatnonzero(alone)
    if not len(rasters):
        return alone
    known = np.flatnonzero(photos.placed)
    inner = np.array([*(affinity.scale(photos.footprints[row], 0.9, 0.9) for row in rasters.tolist()), None], object)
    at, other = shapely.STRtree(photos.footprints[known]).query(inner[:-1], predicate="intersects")
    alone[rasters[at[rasters[at] != known[other]]]] = False
    return alone


def _ties_in_metres(ties: Ties | None, crs_wkt: str | None, wkt: str) -> Ties | None:
    if ties is None or crs_wkt is None:
        return ties
    return ties._replace(here=_carried(ties.here, crs_wkt, wkt), there=_carried(ties.there, crs_wkt, wkt))


# ---- sightings ------------------------------------------------------------------------------


def _image_of(images: Images, rows: DetectionRows) -> NDArray[np.int64]:
    """(M,) the row of `images` that each sighting is in; -1 if its image is not listed."""
    known = {path: row for row, path in enumerate(images.path)}
    return np.array([*(known.get(path, -1) for path in rows.paths), -1], np.int64)[rows.image]


def _places(rows: DetectionRows, crs_wkt: str | None, wkt: str) -> tuple[Floats, Floats]:
    """(M, 2) the middle of each box in metres and (M,) its longer side; NaN without a place."""
    flat = rows.polygons_map[:, :4].reshape(-1, 2)
    corners = (flat if crs_wkt is None else _carried(flat, crs_wkt, wkt)).reshape(-1, 4, 2)
    sides = np.linalg.norm(corners[:, 1:3] - corners[:, :2], axis=2)
    return corners.mean(axis=1), sides.max(axis=1, initial=0.0)


def _cut(images: Images, image: NDArray[np.int64], rows: DetectionRows) -> NDArray[np.bool_]:
    """(M,) which boxes end at their image's edge, so that the animal may continue beyond."""
    size = np.column_stack([images.width, images.height]).astype(np.float64)
    size = np.vstack([size, [np.inf, np.inf]])[image]
    low, high = rows.boxes_px[:, :2].astype(np.float64), rows.boxes_px[:, 2:].astype(np.float64)
    near = np.maximum(_EDGE_PX, _EDGE_SHARE * (high - low))
    return np.asarray(((low <= near) | (high >= size - near)).any(axis=1))


def _length(size: Floats, label: NDArray[np.int64]) -> Floats:
    """(M,) the length of an animal of each sighting's class: the median of those that no edge cuts."""
    whole = np.isfinite(size)
    length = np.full(len(size), float(np.median(size[whole])) if whole.any() else 1.0)
    for kind in np.unique(label[whole]).tolist():
        length[label == kind] = np.median(size[whole & (label == kind)])
    return length


def _errors(
    images: Images,
    rows: DetectionRows,
    image: NDArray[np.int64],
    length: Floats,
    cut: NDArray[np.bool_],
    edge_to_edge: NDArray[np.bool_],
) -> tuple[Floats, Floats]:
    """(M,) standard error of each place along one axis; (M,) the additional error if an edge cuts the animal."""
    of = np.append(np.array([kind in _RASTERS for kind in images.georeference], bool), False)[image]
    piece = np.append(edge_to_edge, False)[image]
    error = rows.error_m / math.sqrt(2)
    known = np.isfinite(error)
    usual = float(np.median(error[known])) if known.any() else PoseError().xy_m
    lost = np.flatnonzero(~known)
    if len(lost) and known.any():  # a person drew it: it gets the error of the others in its photo
        by_image = np.full(len(images) + 1, np.nan)
        order = np.flatnonzero(known)[np.lexsort((error[known], image[known]))]
        firsts, counts = np.unique(image[order], return_index=True, return_counts=True)[1:]
        by_image[image[order[firsts]]] = error[order[firsts + counts // 2]]
        error[lost] = by_image[image[lost]]
    error = np.where(np.isfinite(error), error, usual)
    error = np.where(of, np.where(piece, _WHOLE * length, _MOSAIC_ERROR_M), error)
    return np.maximum(error, _LEAST_ERROR_M), np.where(cut, _CUT * length, 0.0)
