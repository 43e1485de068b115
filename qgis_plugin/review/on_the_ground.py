"""Which detections lie at a place of the map, and which boxes are at one place."""

from __future__ import annotations

from collections.abc import Sequence

from ..survey_file import SurveyFile
from .file import Box


def fids_at(file: SurveyFile, ground: Box) -> list[int]:
    """The detections whose bounds touch a rectangle on the map: smallest x and y, largest x and y.

    Raises SurveyError.
    """
    xmin, ymin, xmax, ymax = ground
    with file.open("ro") as db:
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'rtree_detections_geom'").fetchone():
            return []
        found = db.execute(
            "SELECT id FROM rtree_detections_geom WHERE maxx >= ? AND minx <= ? AND maxy >= ? AND miny <= ?",
            (xmin, xmax, ymin, ymax),
        )
        return [fid for (fid,) in found]


def around(ring: Sequence[float]) -> Box:
    """The upright rectangle around corners on the map: smallest x and y, largest x and y."""
    return min(ring[0::2]), min(ring[1::2]), max(ring[0::2]), max(ring[1::2])


def area(ring: Sequence[float]) -> float:
    """The area inside an outline x, y, ..., closed or not, in the square of its units."""
    xs, ys = ring[0::2], ring[1::2]
    return abs(sum(xs[i - 1] * ys[i] - xs[i] * ys[i - 1] for i in range(len(xs)))) / 2


def one_place(first: Box, second: Box) -> bool:
    """Whether the centre of one of two boxes lies in the other."""
    return _holds(first, second) or _holds(second, first)


def iou(first: Box, second: Box) -> float:
    """The area that two boxes share, as a part of the area that they cover together."""
    width = min(first[2], second[2]) - max(first[0], second[0])
    height = min(first[3], second[3]) - max(first[1], second[1])
    shared = max(0.0, width) * max(0.0, height)
    both = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (first, second)) - shared
    return shared / both if both > 0 else 0.0


def _holds(outer: Box, inner: Box) -> bool:
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return outer[0] <= x <= outer[2] and outer[1] <= y <= outer[3]


def seen_and_looks(file: SurveyFile) -> dict[int, tuple[int, int]]:
    """By fid, how many photos show the animal and how many look there, where that is known. Raises SurveyError."""
    if not {"seen", "looks"} <= file.columns["detections"]:
        return {}
    with file.open("ro") as db:
        found = db.execute("SELECT fid, seen, looks FROM detections WHERE seen > 0 AND looks > 0")
        return {fid: (seen, looks) for fid, seen, looks in found}
