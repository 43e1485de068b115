"""Rows of a survey that was placed before, moved to where their images are now."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from detector.survey.placing import Placement, boxes_on_map, errors_on_map, whole_or_nowhere
from detector.survey.planning import PlannedImage
from geo.georeference import PixelsToMap, reproject
from geo.tables import DetectionRows, Images

_SAME_PLACE = 1e-7  # of a footprint's size


def moved(
    rows: DetectionRows,
    before: Images,
    before_crs: str | None,
    images: Sequence[PlannedImage],
    placement: Placement,
    errors: bool = True,
) -> tuple[DetectionRows, Images]:
    """Rows of a file that was there, and its images, where they belong in a new placement.

    A row goes with its image: by its box, or, where a person drew it without one, by where it lay in the image. Where
    the image's place is what it was, the polygon stays as it is, also one that a person reshaped. Images that the new
    placement does not have keep their place, as far as the two CRS allow. errors: whether `error_m` is found anew.
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
    order = np.argsort(rows.image, kind="stable")
    starts = np.searchsorted(rows.image[order], np.arange(len(rows.paths) + 1))
    for index, path in enumerate(rows.paths):
        chosen = order[starts[index] : starts[index + 1]]
        if path not in now or len(chosen) == 0:
            continue
        reference, ring = placement.georeferences[now[path]], placement.places[now[path]].ring
        old = then.get(path)
        boxes = rows.boxes_px[chosen]
        boxed = np.isfinite(boxes).all(axis=1)
        if errors:
            error_m[chosen] = np.nan
            error_m[chosen[boxed]] = errors_on_map(reference, boxes[boxed])
        if old is not None and _same(rings[old], ring):
            continue
        polygons[chosen[boxed]] = boxes_on_map(reference, boxes[boxed], placement.crs_wkt)
        drawn = chosen[~boxed]
        if len(drawn) and old is not None:
            size = (int(before.width[old]), int(before.height[old]))
            polygons[drawn] = _redrawn(rows.polygons_map[drawn], before.footprints[old], size, reference, placement)
    return replace(rows, polygons_map=polygons, error_m=error_m), replace(before, footprints=rings)


def _same(before: NDArray[np.float64] | None, ring: NDArray[np.float64] | None) -> bool:
    if before is None or ring is None or before.shape != ring.shape:
        return False
    return bool(np.abs(before - ring).max() <= _SAME_PLACE * np.ptp(ring, axis=0).max())


def _redrawn(
    polygons: NDArray[np.float64],
    ring: NDArray[np.float64] | None,
    size: tuple[int, int],
    reference: PixelsToMap | None,
    placement: Placement,
) -> NDArray[np.float64]:
    """Polygons drawn over an image whose outline was `ring`, laid over it where it is now."""
    if ring is None or reference is None or len(ring) % 4 != 1:
        return np.full_like(polygons, np.nan)
    quarter = (len(ring) - 1) // 4
    px = _through_corners(ring[: 4 * quarter : quarter], size, polygons.reshape(-1, 2))
    xy = reference.to_map(px)
    if reference.crs_wkt is not None and placement.crs_wkt is not None:
        xy = reproject(xy, reference.crs_wkt, placement.crs_wkt)
    found = xy.reshape(-1, 5, 2)
    found[:, 4] = found[:, 0]
    return whole_or_nowhere(found)


def _through_corners(
    corners: NDArray[np.float64], size: tuple[int, int], xy: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(N, 2) map -> image px, by the projective map that takes an outline's corners (4, 2) to those of its image."""
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
