"""The animals of each region during a review: the rules of `herdmap count`, updated with each step.

A detection belongs to the region that contains the centre of its box; on a shared edge to the first region, in no
region to `outside`, without a position to `unplaced`. Which detections count is in `counting_rule`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsGeometry,
    QgsPoint,
    QgsPointXY,
    QgsProject,
)

from ..counting_rule import counts, standing
from ..survey_file import OUTSIDE, UNPLACED
from .file import CountRow, Detection

Cell = tuple[str, str]
"""A region and a class."""


class RegionCounts:
    """The counts of a survey's regions, those of its layer `counts`.

    to_regions: from the CRS of the detections to that of the regions, None if both have the same CRS.

    `change` returns the cells of the layer that a step changes; call `settle` when they are written. If the file's
    counts are of confirmed animals only (`herdmap count --review confirmed`), they stay so. Else they are of all
    animals that are not rejected.
    """

    def __init__(self, to_regions: QgsCoordinateTransform | None = None) -> None:
        self._to_regions = to_regions
        self.names: list[str] = []
        self.animals: Counter[Cell] = Counter()
        self.confirmed: Counter[Cell] = Counter()
        self._geometries: list[QgsGeometry] = []
        self._engines: list[object] = []
        self._region_of: dict[int, str] = {}
        self._sightings: dict[int, dict[int, Detection]] = {}
        """Of the animals that were seen more than once: animal_id -> fid -> the sighting, in the file's order."""
        self._stored: dict[Cell, int] = {}
        self._stale: set[Cell] = set()
        self._only_confirmed = False

    def start(self, detections: Sequence[Detection], rows: Sequence[CountRow]) -> None:
        """Count all detections. rows: the layer `counts`; without rows there are no regions."""
        self._stored = {(row.region, row.class_name): row.count for row in rows}  # which decides what follows
        shapes = {row.region: row.geom for row in rows if row.geom is not None}
        self.names = list(shapes)
        self._geometries = [_geometry(shapes[name]) for name in self.names]
        self._engines = [QgsGeometry.createGeometryEngine(shape.constGet()) for shape in self._geometries]
        for engine in self._engines:
            engine.prepareGeometry()  # type: ignore[attr-defined]
        self.animals, self.confirmed = Counter(), Counter()
        self._region_of = self._assign(detections) if rows else {}
        self._sightings = _seen_again(detections) if rows else {}
        self._add(detections, 1)
        self._only_confirmed = self._same(self.confirmed) and not self._same(self.animals)
        # Wrong counts in the file are corrected with the first step that is saved.
        self.stored(rows)

    def stored(self, rows: Sequence[CountRow]) -> None:
        """Note what the layer `counts` says now that others have written it. rows: of the same regions."""
        self._stored = {(row.region, row.class_name): row.count for row in rows}
        table = self._table
        self._stale = {cell for cell in {*self._stored, *table} if self._stored.get(cell, 0) != table[cell]}

    @property
    def counted(self) -> bool:
        """Whether the survey has regions with counts."""
        return bool(self._stored)

    def region(self, one: Detection) -> str:
        """The region that a detection belongs to."""
        if one.fid not in self._region_of:
            return self._locate(one)
        return self._region_of[one.fid]

    def rank(self, one: Detection) -> int:
        """The position of its region in the order of the regions; `outside` and `unplaced` come last."""
        places = [*self.names, OUTSIDE, UNPLACED]
        return places.index(self.region(one)) if self._stored else 0

    def totals(self) -> list[tuple[str, int, int]]:
        """(region, animals not rejected, animals confirmed) of each region, in order, `outside` last."""
        animals: Counter[str] = Counter()
        confirmed: Counter[str] = Counter()
        for (region, _), number in self.animals.items():
            animals[region] += number
        for (region, _), number in self.confirmed.items():
            confirmed[region] += number
        places = [*self.names, OUTSIDE, *([UNPLACED] if animals[UNPLACED] else [])]
        return [(name, animals[name], confirmed[name]) for name in places] if self._stored else []

    def change(self, before: Detection | None, after: Detection | None) -> dict[Cell, int]:
        """Count `after` instead of `before`; None is no animal. Returns the new numbers of the changed cells."""
        return self.change_all([(before, after)])

    def change_all(self, changes: Iterable[tuple[Detection | None, Detection | None]]) -> dict[Cell, int]:
        """As `change`, of several rows that change together."""
        if not self._stored:
            return {}
        touched = set(self._stale)
        for before, after in changes:
            touched.update(self._exchange(before, after))
        table = self._table
        return {cell: table[cell] for cell in touched if self._stored.get(cell, 0) != table[cell]}

    def _exchange(self, before: Detection | None, after: Detection | None) -> list[Cell]:
        """Count `after` instead of `before`. Returns the cells that may have changed."""
        one = before or after
        again = self._sightings.get(one.animal_id) if one is not None and one.animal_id is not None else None
        touched = self._add(_alone(before) if again is None else list(again.values()), -1)
        if before is not None and after is not None and before.ring != after.ring:
            self._region_of.pop(after.fid, None)  # its box may lie in another region now
        if again is not None and after is not None:
            again[after.fid] = after
        elif again is not None and before is not None:
            again.pop(before.fid, None)
        return touched + self._add(_alone(after) if again is None else list(again.values()), 1)

    def settle(self, cells: dict[Cell, int]) -> None:
        """Note that these cells are written."""
        self._stored.update(cells)
        self._stale.clear()

    @property
    def _table(self) -> Counter[Cell]:
        return self.confirmed if self._only_confirmed else self.animals

    def _same(self, table: Counter[Cell]) -> bool:
        return all(self._stored.get(cell, 0) == table[cell] for cell in {*self._stored, *table})

    def _add(self, sightings: Sequence[Detection], sign: int) -> list[Cell]:
        """Add animals to the counts (sign 1) or subtract them (-1), with all their sightings. Returns their cells."""
        cells: list[Cell] = []
        if not self._stored:
            return cells
        for one, stands in zip(sightings, standing([one.sighting for one in sightings])):
            if not stands or not counts(one.review, "not-rejected"):
                continue
            cell = (self.region(one), one.is_a)
            cells.append(cell)
            self.animals[cell] += sign
            if counts(one.review, "confirmed"):
                self.confirmed[cell] += sign
        return cells

    def _assign(self, detections: Sequence[Detection]) -> dict[int, str]:
        """fid -> region of each detection. Each region tests only the points in its bounds, which are sorted by x."""
        found: dict[int, str] = {}
        points = []
        for one in detections:
            place = self._place(one)
            found[one.fid] = UNPLACED if one.centre is None else OUTSIDE
            if place is not None:
                points.append((place.x(), place.y(), one.fid))
        points.sort()
        xs = [x for x, _, _ in points]
        for name, shape, engine in zip(self.names, self._geometries, self._engines):
            box = shape.boundingBox()
            low, high = box.yMinimum(), box.yMaximum()
            for x, y, fid in points[bisect_left(xs, box.xMinimum()) : bisect_right(xs, box.xMaximum())]:
                if low <= y <= high and found[fid] == OUTSIDE and engine.intersects(QgsPoint(x, y)):  # type: ignore[attr-defined]
                    found[fid] = name
        return found

    def _locate(self, one: Detection) -> str:
        """The region of one detection."""
        if one.centre is None:
            return UNPLACED
        place = self._place(one)
        if place is not None:
            point = QgsPoint(place)
            for name, engine in zip(self.names, self._engines):
                if engine.intersects(point):  # type: ignore[attr-defined]
                    return name
        return OUTSIDE

    def _place(self, one: Detection) -> QgsPointXY | None:
        """The centre of its box in the regions' CRS; None if it cannot be transformed."""
        if one.centre is None:
            return None
        point = QgsPointXY(*one.centre)
        if self._to_regions is None:
            return point
        try:
            return self._to_regions.transform(point)
        except QgsCsException:
            return None


def _alone(one: Detection | None) -> list[Detection]:
    return [] if one is None else [one]


def _seen_again(detections: Sequence[Detection]) -> dict[int, dict[int, Detection]]:
    """The sightings of each animal that has several."""
    number = Counter(one.animal_id for one in detections)
    again: dict[int, dict[int, Detection]] = {}
    for one in detections:
        if one.animal_id is not None and one.animal_id >= 0 and number[one.animal_id] > 1:
            again.setdefault(one.animal_id, {})[one.fid] = one
    return again


def between(
    detections: QgsCoordinateReferenceSystem, regions: QgsCoordinateReferenceSystem, project: QgsProject
) -> QgsCoordinateTransform | None:
    """The transform from the detections' CRS to the regions'; None if both are the same or one is missing."""
    if detections == regions or not (detections.isValid() and regions.isValid()):
        return None
    return QgsCoordinateTransform(detections, regions, project)


def _geometry(blob: bytes) -> QgsGeometry:
    """The geometry of a GeoPackage BLOB."""
    shape = QgsGeometry()
    shape.fromWkb(bytes(blob[8 + (0, 32, 48, 48, 64)[(blob[3] >> 1) & 7] :]))
    return shape
