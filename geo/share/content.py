"""Writes the survey as the page reads it: a JavaScript file that assigns JSON, because a page on disk cannot fetch
files.

Map coordinates become *local*: metres (or px if there is no CRS) east and north of the survey's lower left corner,
written as whole multiples of `quantum`. Degrees are scaled by the cosine of the latitude.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.added_columns import plain
from geo.areas import ground_crs
from geo.share.pictures import Pictures
from geo.share.source import Source, colour
from geo.short_number import rounded
from geo.tables import REVIEWS, STATUSES

_M_PER_DEGREE = 111_320.0
_REGION_STEPS = 20_000
"""Regions are simplified to the survey's extent divided by this."""


@dataclass(frozen=True)
class Plane:
    """From the map CRS to the plane of the page: local = (map - origin) * scale, in `unit`, rounded to `quantum`."""

    origin: tuple[float, float]
    scale: tuple[float, float]
    unit: str
    quantum: float

    def whole(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """(..., 2) map coordinates as whole multiples of the quantum. NaN stays NaN."""
        return np.asarray(np.round((xy - self.origin) * self.scale / self.quantum), np.float64)


def plane_of(source: Source) -> Plane:
    """The plane in which the survey is drawn."""
    corners = [ring for ring in source.images.footprints if ring is not None]
    corners.append(source.detections.polygons_map.reshape(-1, 2))
    corners += [shapely.get_coordinates(shape) for _, _, shape in source.regions if shape is not None]
    points = np.concatenate(corners)
    points = points[np.isfinite(points).all(axis=1)]
    low, high = (points.min(axis=0), points.max(axis=0)) if len(points) else (np.zeros(2), np.ones(2))
    origin = (float(low[0]), float(low[1]))
    crs = ground_crs(source.crs_wkt)
    if crs is None:
        return Plane(origin, (1.0, 1.0), "px" if source.crs_wkt is None else "units", 0.01)
    if crs.is_geographic:
        wide = math.cos(math.radians(float(low[1] + high[1]) / 2))
        return Plane(origin, (_M_PER_DEGREE * wide, _M_PER_DEGREE), "m", 0.001)
    metre = float(crs.axis_info[0].unit_conversion_factor) or 1.0
    return Plane(origin, (metre, metre), "m", 0.001)


def content(source: Source, pictures: Pictures | None, about: Mapping[str, Any]) -> dict[str, Any]:
    """What the page needs from the survey, as JSON values. pictures: None if there are none yet."""
    plane = plane_of(source)
    crs = ground_crs(source.crs_wkt)
    return {
        **about,
        "unit": plane.unit,
        "quantum": plane.quantum,
        "crs": crs.name if crs is not None else None,
        "classes": [{"name": name, "colour": colour(i)} for i, name in enumerate(source.classes)],
        "reviews": list(REVIEWS),
        "images": _images(source, pictures, plane),
        "detections": _detections(source, pictures, plane),
        "sheets": {
            "crops": _sheets(pictures.crops if pictures else None),
            "thumbs": _sheets(pictures.thumbs if pictures else None),
        },
        "regions": _regions(source, plane),
        "estimates": _estimates(source),
        "runs": [
            {
                "model": run.model,
                "sha256": run.model_sha256[:12],
                "started": run.started_at,
                "version": run.herdmap_version,
                "thresholds": _thresholds(run.settings),
            }
            for run in source.runs
        ],
    }


def script(data: Mapping[str, Any]) -> bytes:
    """The JavaScript file of the content. It is ASCII, and has nothing that could end a script element.

    A browser reads a text of JSON several times faster than the same content as JavaScript, and in less memory.
    """
    text = json.dumps(data, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    text = text.replace("\\", "\\\\").replace("'", "\\'")
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return f"window.HERDMAP_SURVEY = JSON.parse('{text}');\n".encode("ascii")


def _images(source: Source, pictures: Pictures | None, plane: Plane) -> dict[str, Any]:
    images = source.images
    rings = [None if ring is None else plane.whole(ring) for ring in images.footprints]
    n = len(images)
    return {
        "path": list(images.path),
        "width": images.width.tolist(),
        "height": images.height.tolist(),
        "status": [STATUSES.index(status) for status in images.status],
        "reason": {str(i): reason for i, reason in enumerate(images.reason) if reason},
        "captured": _sparse(images.captured_at),
        "lon": _rounded(images.lon, 6),
        "lat": _rounded(images.lat, 6),
        "gsd": _rounded(images.gsd_m, 5),
        "agl": _rounded(images.agl_m, 1),
        "ring": [None if ring is None else ring[:-1].astype(np.int64).reshape(-1).tolist() for ring in rings],
        "affine": _affines(source, rings, plane),
        "picture": list(pictures.picture) if pictures else [None] * n,
        "thumb": [pictures.thumbs.cell_of.get(i, -1) for i in range(n)] if pictures else [99999] * n,
        "missing": dict(pictures.missing) if pictures else {},
    }


def _detections(source: Source, pictures: Pictures | None, plane: Plane) -> dict[str, Any]:
    rows = source.detections
    m = len(rows)
    polygons = plane.whole(rows.polygons_map)[:, :4]
    # The first corner, then the distances of the others from it, because these are short numbers.
    polygons[:, 1:] -= polygons[:, :1]
    names = rows.class_names()
    square = pictures.square if pictures else np.full((m, 3), 99999.0)
    review = rows.text("review")
    return {
        "image": source.image_rows().tolist(),
        "label": source.label.tolist(),
        "score": _integers(rows.score.astype(np.float64) * 10_000),
        "review": [REVIEWS.index(text or REVIEWS[0]) for text in review],
        "counted": None if bool((rows.counted == 1).all()) else rows.counted.tolist(),
        "region": source.region_of.tolist(),
        "box": _integers(rows.boxes_px.astype(np.float64).reshape(-1) * 100),
        "polygon": _integers(polygons.reshape(-1)),
        "lon": _rounded(source.lonlat[:, 0], 6),
        "lat": _rounded(source.lonlat[:, 1], 6),
        "cell": [pictures.crops.cell_of.get(i, -1) for i in range(m)] if pictures else [99999] * m,
        "square": _integers(square.reshape(-1)),
        "model_class": {str(i): name for i, name in enumerate(names) if name != source.classes[source.label[i]]},
        "reviewer": _sparse(rows.text("reviewer")),
        "note": _sparse(rows.text("note")),
        # What a person added: pairs, since a name may be one that JavaScript has for itself.
        "added": [[one.name, _sparse([_shown(value) for value in one.values])] for one in plain(rows.added, ())],
    }


def _affines(source: Source, rings: list[NDArray[np.float64] | None], plane: Plane) -> list[list[float] | None]:
    """The place of each picture, as six numbers; None if the animals of the image contradict it."""
    images, image = source.images, source.image_rows()
    affines = [_affine(ring, int(images.width[i]), int(images.height[i])) for i, ring in enumerate(rings)]
    known = np.array([a if a is not None else [np.nan] * 6 for a in affines] or [[np.nan] * 6])[image]
    x, y = (source.detections.boxes_px[:, :2] + source.detections.boxes_px[:, 2:]).T.astype(np.float64) / 2
    seen = plane.whole(source.centres)
    off = np.hypot(
        known[:, 0] * x + known[:, 1] * y + known[:, 2] - seen[:, 0],
        known[:, 3] * x + known[:, 4] * y + known[:, 5] - seen[:, 1],
    )
    diagonal = np.hypot(
        *(known[:, [0, 3]] * images.width[image, None] + known[:, [1, 4]] * images.height[image, None]).T
    )
    for wrong in np.unique(image[off > 0.05 * diagonal]).tolist():
        affines[wrong] = None
    return affines


def _affine(ring: NDArray[np.float64] | None, width: int, height: int) -> list[float] | None:
    """Image px to local, from the corners of the footprint in the order of `geo.georeference.footprint`.

    None if they are not a parallelogram, because then no affine map places the picture.
    """
    if ring is None or width < 1 or height < 1 or (len(ring) - 1) % 4:
        return None
    top_left, bottom_left, bottom_right, top_right = ring[: -1 : (len(ring) - 1) // 4]
    off = np.linalg.norm(top_left + bottom_right - bottom_left - top_right)
    if off > 0.03 * np.linalg.norm(bottom_right - top_left):
        return None
    a, d = (top_right - top_left) / width
    b, e = (bottom_left - top_left) / height
    return [float(f"{v:.10g}") for v in (a, b, top_left[0], d, e, top_left[1])]


def _regions(source: Source, plane: Plane) -> list[dict[str, Any]]:
    drawn = []
    for name, area, shape in source.regions:
        polygons = []
        inside = None
        if shape is not None:
            inside = plane.whole(np.asarray(shape.representative_point().coords)[0]).astype(int).tolist()
            low_x, low_y, high_x, high_y = shape.bounds
            simple = shapely.simplify(shape, max(high_x - low_x, high_y - low_y) / _REGION_STEPS)
            for part in shapely.get_parts(simple):
                rings = [part.exterior, *part.interiors]
                polygons.append(
                    [plane.whole(np.asarray(r.coords)[:-1]).astype(int).reshape(-1).tolist() for r in rings]
                )
        drawn.append(
            {"name": name, "area": area if math.isfinite(area) else None, "inside": inside, "polygons": polygons}
        )
    return drawn


def _sheets(sheets: Any) -> dict[str, Any] | None:
    if sheets is None or not sheets.files:
        return None
    return {
        "side": sheets.side,
        "columns": sheets.columns,
        "rows": sheets.rows,
        "files": sheets.files,
        "heights": sheets.heights,
    }


def _thresholds(settings: Mapping[str, Any]) -> list[float]:
    found = settings.get("thresholds")
    return [v for v in found if isinstance(v, float) and math.isfinite(v)] if isinstance(found, list) else []


_SHOWN = (
    *(
        "stratum",
        "class",
        "n",
        "n_possible",
        "area_km2",
        "density_per_km2",
        "estimate",
        "se",
        "ci_low",
        "ci_high",
        "cv",
    ),
    *("interval", "counted", "correction", "boxes", "reviewed", "leaves_out", "remarks", "method"),
)


def _estimates(source: Source) -> dict[str, Any] | None:
    if source.estimates is None:
        return None
    columns, rows = source.estimates
    shown = [at for at, name in enumerate(columns) if name in _SHOWN]
    columns, rows = [columns[at] for at in shown], [[row[at] for at in shown] for row in rows]
    finite = [[None if isinstance(v, float) and not math.isfinite(v) else v for v in row] for row in rows]
    return {"columns": columns, "rows": finite}


def _sparse(values: list[str | None] | Any) -> dict[str, str]:
    return {str(i): text for i, text in enumerate(values) if text}


def _shown(value: Any) -> str | None:
    return None if value is None else f"{value:.10g}" if isinstance(value, float) else str(value)


def _integers(values: NDArray[np.float64]) -> list[int | None]:
    if np.isfinite(values).all():
        whole: list[int | None] = np.round(values).astype(np.int64).tolist()
        return whole
    return [None if math.isnan(v) else round(v) for v in values.tolist()]


def _rounded(values: NDArray[np.float64], digits: int) -> list[float | None]:
    return [rounded(value, digits) for value in values.tolist()]
