"""Moves the rows of a survey that was placed before to the present places of their images."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from detector.survey.placing import Placement, whole_or_nowhere
from detector.survey.planning import PlannedImage
from geo.errors import Remark
from geo.georeference import reproject
from geo.tables import DetectionRows, Images

_SAME_PLACE = 1e-7  # as a share of the size of a footprint


def lost_places(
    before: Images, before_crs: str | None, images: Sequence[PlannedImage], placement: Placement
) -> tuple[str, ...]:
    """What the user should know if images had a place on the map, and the new placement has none for them."""
    if before_crs is None:
        return ()
    had = {path for path, ring in zip(before.path, before.footprints, strict=True) if ring is not None}
    lost = [
        image.relative
        for image, reference in zip(images, placement.georeferences, strict=True)
        if image.relative in had and image.info is not None and (reference is None or placement.crs_wkt is None)
    ]
    if not lost:
        return ()
    said = (
        f"images that had a place on the map, and have none now: {len(lost)}, the first is {lost[0]}; their animals "
        "count in each photo"
    )
    return (Remark(said, about="position"),)


def moved(
    rows: DetectionRows,
    before: Images,
    before_crs: str | None,
    images: Sequence[PlannedImage],
    placement: Placement,
    errors: bool = True,
) -> tuple[DetectionRows, Images]:
    """The rows of an existing file, and its images, moved to a new placement.

    A row moves with its image: by its box, or, if a person drew it without a box, by its place in the image. If the
    image has not moved, the polygon stays, even if a person has reshaped it. Images that the new placement does not
    have keep their place, as far as the two CRS allow. errors: whether to compute `error_m` again.
    """
    comparable = (before_crs is None) == (placement.crs_wkt is None)

    def across(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        if not comparable:
            return np.full_like(xy, np.nan)
        if before_crs is None or placement.crs_wkt is None:
            return xy
        return reproject(xy, before_crs, placement.crs_wkt)

    error_m = rows.error_m.copy()
    polygons = whole_or_nowhere(across(rows.polygons_map.reshape(-1, 2)).reshape(-1, 5, 2))
    rings = [None if ring is None else across(ring) for ring in before.footprints]
    rings = [ring if ring is not None and np.isfinite(ring).all() else None for ring in rings]
    now = {image.relative: n for n, image in enumerate(images) if placement.georeferences[n] is not None}
    then = {path: row for row, path in enumerate(before.path)}
    # For each row: the index of its image in the new placement (-1 if it has no place there), and whether it stays.
    anew = np.array([*(now.get(path, -1) for path in rows.paths), -1], np.int64)
    stays = [
        n >= 0 and path in then and _same(rings[then[path]], placement.places[n].ring)
        for path, n in zip(rows.paths, anew.tolist(), strict=False)
    ]
    image, moves = anew[rows.image], ~np.array([*stays, False], bool)[rows.image]
    boxed = np.isfinite(rows.boxes_px).all(axis=1)
    if errors:
        error_m[image >= 0] = np.nan
        known = np.flatnonzero((image >= 0) & boxed)
        error_m[known] = placement.errors_m(image[known], rows.boxes_px[known])
    boxes = np.flatnonzero((image >= 0) & moves & boxed)
    polygons[boxes] = placement.boxes_on_map(image[boxes], rows.boxes_px[boxes])
    drawn = np.flatnonzero((image >= 0) & moves & ~boxed)
    for index in np.unique(rows.image[drawn]).tolist():
        old = then.get(rows.paths[index])
        if old is None:
            continue
        chosen = drawn[rows.image[drawn] == index]
        size = (int(before.width[old]), int(before.height[old]))
        px = _px_before(rows.polygons_map[chosen], before.footprints[old], size)
        polygons[chosen] = np.nan if px is None else _closed(placement.points_on_map(int(anew[index]), px))
    return replace(rows, polygons_map=polygons, error_m=error_m), replace(before, footprints=rings)


def _same(before: NDArray[np.float64] | None, ring: NDArray[np.float64] | None) -> bool:
    if before is None or ring is None or before.shape != ring.shape:
        return False
    return bool(np.abs(before - ring).max() <= _SAME_PLACE * np.ptp(ring, axis=0).max())


def _px_before(
    polygons: NDArray[np.float64], ring: NDArray[np.float64] | None, size: tuple[int, int]
) -> NDArray[np.float64] | None:
    """(N * 5, 2) image px: the corners of polygons that were drawn over an image with the outline `ring`.

    None if the outline does not tell their places in the image.
    """
    if ring is None or len(ring) % 4 != 1:
        return None
    quarter = (len(ring) - 1) // 4
    return _through_corners(ring[: 4 * quarter : quarter], size, polygons.reshape(-1, 2))


def _closed(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """(N * 5, 2) corners as (N, 5, 2) rings that end exactly where they start."""
    rings = corners.reshape(-1, 5, 2).copy()
    rings[:, 4] = rings[:, 0]
    return whole_or_nowhere(rings)


def _through_corners(
    corners: NDArray[np.float64], size: tuple[int, int], xy: NDArray[np.float64]
) -> NDArray[np.float64]:
    """From map coordinates (N, 2) to image px (N, 2), by the projective map of an outline's corners (4, 2) to its
    image.
    """
    width, height = size
    px = np.array([(0, 0), (0, height), (width, height), (width, 0)], np.float64)
    centre, reach = corners.mean(axis=0), float(np.ptp(corners, axis=0).max())
    x, y = ((corners - centre) / reach).T
    zero, one = np.zeros(4), np.ones(4)
    rows_u = np.column_stack([x, y, one, zero, zero, zero, -px[:, 0] * x, -px[:, 0] * y])
    rows_v = np.column_stack([zero, zero, zero, x, y, one, -px[:, 1] * x, -px[:, 1] * y])
    h = np.append(np.linalg.lstsq(np.vstack([rows_u, rows_v]), px.T.ravel(), rcond=None)[0], 1.0).reshape(3, 3)
    local = np.column_stack([(xy - centre) / reach, np.ones(len(xy))]) @ h.T
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(local[:, :2] / local[:, 2:])
