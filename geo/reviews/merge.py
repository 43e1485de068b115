"""Merges two people's reviews of one survey, without loss and in whichever order they are given.

Animals are matched by the identity of their rows, then as in `geo.reviews.carry`: equal boxes first, then overlaps of
IoU 0.5 and more, one to one. If there are two verdicts on an animal, the later one is used. If they are from two
people, the note keeps the other one; if the two disagree, the animal is listed as a conflict. If both are from one
person, the later one replaces the earlier.

Agreement is measured over the animals that both people judged on their own (`geo.reviews.agreement`).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from geo import geopackage
from geo.errors import OutputError, VectorError
from geo.geopackage import project_imagery
from geo.output import check_output, check_writable
from geo.paths import StrPath, as_path
from geo.reviews import added_values
from geo.reviews.agreement import REJECTED, Agreement, agreement
from geo.reviews.carry import MANUAL_RUN, SAME_ANIMAL_IOU, join, match
from geo.reviews.conflicts import Conflict, Side, Verdict, write_conflicts
from geo.searches import joined, with_searches
from geo.tables import REVIEWS, DetectionRows, Images, Run

__all__ = ["Agreement", "Conflict", "Merged", "Outcome", "merge", "merge_reviews", "write_conflicts"]

_REVIEW = ("review", "reviewed_class", "reviewer", "reviewed_at", "note")


@dataclass(frozen=True, eq=False)
class Merged:
    """The rows of both files, one for each animal. added: number of animals drawn by the first person only, the second
    only, both.
    """

    rows: DetectionRows
    conflicts: tuple[Conflict, ...]
    agreement: Agreement
    added: tuple[int, int, int]


@dataclass(frozen=True, eq=False)
class Outcome:
    """What `merge_reviews` wrote. conflicts_file: None where there was no conflict."""

    output: Path
    merged: Merged
    conflicts_file: Path | None
    warnings: tuple[str, ...]

    def summary(self) -> str:
        """Some lines for a person."""
        first, second, both = self.merged.added
        lines = [self.merged.agreement.text()]
        lines.append(f"added animals: {first} by the first alone, {second} by the second alone, {both} by both")
        where = f", listed in {self.conflicts_file}" if self.conflicts_file else ""
        lines.append(
            f"{len(self.merged.conflicts)} conflicts{where}; what was said later holds, the other is in the note"
        )
        lines.append(f"{self.output}: {len(self.merged.rows)} detections")
        return "\n".join(lines)


# ---- files -----------------------------------------------------------------------------------


def merge_reviews(first: StrPath, second: StrPath, output: StrPath, conflicts: StrPath | None = None) -> Outcome:
    """Merge two reviewed copies of one survey into the new GeoPackage `output`.

    conflicts: where the CSV of conflicts goes if there are any; by default beside `output`, as NAME.conflicts.csv.
    The imagery is taken to lie where `first` says. Layers that the counts and estimates made are left out, since they
    speak of other reviews. Raises VectorError where the two are no copies of one survey, OutputError where the
    outputs cannot be written or `output` is there, as it may hold reviews.
    """
    first = as_path(first)
    second = as_path(second)
    output = as_path(output)
    conflicts = None if conflicts is None else as_path(conflicts)
    conflicts = conflicts or output.with_name(f"{output.stem}.conflicts.csv")
    if output.exists():
        raise OutputError(f"{output} exists and may hold reviews; choose a new name")
    check_output(output)
    check_writable(conflicts)
    listed = conflicts
    # Both may be under review while they are read: what is merged was in each of them at one moment.
    return geopackage.steady(
        first, lambda: geopackage.steady(second, lambda: _merge_files(first, second, output, listed))
    )


def _merge_files(first: Path, second: Path, output: Path, conflicts: Path) -> Outcome:
    crs_wkt = geopackage.read_crs(first)
    if not _same_crs(crs_wkt, geopackage.read_crs(second)):
        raise VectorError(f"{first} and {second} have different CRS: they are not copies of one survey")
    images, others = geopackage.read_images(first), geopackage.read_images(second)
    if not set(images.path) & set(others.path):
        raise VectorError(f"{first} and {second} have no image in common: they are not copies of one survey")
    warnings = []
    for file, own, other in ((first, images, others), (second, others, images)):
        if alone := set(own.path) - set(other.path):
            warnings.append(f"{len(alone)} images are only in {file}; they are kept")
    rows = [geopackage.read_detections(file, chips=True) for file in (first, second)]
    merged = merge(*rows)
    labels = _tile_labels(first, second)
    if labels is not None:
        merged = replace(merged, conflicts=(*merged.conflicts, *labels.conflicts))
    before, after = first.absolute().parent, output.absolute().parent
    there = {path: project_imagery.moved_path(path, before, after) for path in {*images.path, *others.path}}
    searches = joined(geopackage.read_searches(first), geopackage.read_searches(second))
    geopackage.write_survey(
        output,
        _renamed(with_searches(_all_images(images, others), searches), there),
        _with_paths(merged.rows, there),
        _all_runs(geopackage.read_runs(first), geopackage.read_runs(second)),
        crs_wkt,
        project_imagery.moved(project_imagery.read_imagery(first), before, after),
        tile_labels=None if labels is None else _with_paths(labels.rows, there),
        searches=searches.renamed(there) if len(searches) else None,
    )
    if merged.conflicts:
        write_conflicts(merged.conflicts, conflicts)
    return Outcome(output, merged, conflicts if merged.conflicts else None, tuple(warnings))


def _tile_labels(first: Path, second: Path) -> Merged | None:
    """The labelled tiles of both, where either has some, merged as the animals are."""
    labels = [geopackage.read_tile_labels(file) for file in (first, second)]
    known = [rows for rows in labels if rows is not None]
    if not known:
        return None
    return merge(*(known[0].take(np.zeros(0, int)) if rows is None else rows for rows in labels))


def _with_paths(rows: DetectionRows, there: Mapping[str, str]) -> DetectionRows:
    return replace(rows, paths=tuple(there.get(path, path) for path in rows.paths))


def _same_crs(a: str | None, b: str | None) -> bool:
    if a is None or b is None:
        return a is b
    return a == b or pyproj.CRS(a).equals(pyproj.CRS(b), ignore_axis_order=True)


def _all_images(first: Images, second: Images) -> Images:
    """The images of both; of one that both have, the row that was searched, and further along.

    A value in a column that a person added comes from that row, or where it has none from the other.
    """
    names = [column.name for column in fields(Images) if column.name != "added"]
    both = [(i, table) for table in (first, second) for i in range(len(table))]
    best: dict[str, tuple[Any, ...]] = {}
    for i, table in both:
        status = ("done", "failed", "pending").index(table.status[i])
        cells = [str(getattr(table, column)[i]) for column in names if column != "detections"]
        entry = (status, -int(table.tiles[i]), cells, i, table)
        path = table.path[i]
        if path not in best or entry[:3] < best[path][:3]:
            best[path] = entry
    chosen = [best[path] for path in sorted(best)]
    columns: dict[str, Any] = {}
    for name in names:
        columns[name] = [getattr(table, name)[i] for *_, i, table in chosen]
    columns["added"] = added_values.of_images(first, second, columns["path"], [table is first for *_, table in chosen])
    return Images(**columns)


def _renamed(images: Images, there: dict[str, str]) -> Images:
    return replace(images, path=[there[path] for path in images.path])


def _all_runs(first: Sequence[Run], second: Sequence[Run]) -> list[Run]:
    runs = {run.run_id: run for run in (*second, *first)}
    return sorted(runs.values(), key=lambda run: (run.started_at, run.run_id))


# ---- rows ------------------------------------------------------------------------------------


def merge(first: DetectionRows, second: DetectionRows) -> Merged:
    """The rows of both, one an animal, sorted by image and place, with the reviews merged.

    The same rows and conflicts for `merge(second, first)`, with the sides exchanged. Merging the result with either of
    the two again changes no row but its `animal_id`.
    """
    ordered, keys = zip(*(_sorted(table) for table in (first, second)), strict=True)
    if keys[1] < keys[0]:
        return _exchanged(_merge(ordered[1], ordered[0]))
    return _merge(ordered[0], ordered[1])


def _merge(a: DetectionRows, b: DetectionRows) -> Merged:
    partner = _partners(a, b)
    alone_b = np.setdiff1d(np.arange(len(b)), partner)
    pairs = [*enumerate(partner.tolist()), *((-1, row) for row in alone_b.tolist())]
    both = join(a, b)
    said, drawn = [*_verdicts(a), *_verdicts(b)], [*_drawn(a), *_drawn(b)]
    texts = {name: both.text(name) for name in _REVIEW}
    ranks = _ranks(both, said)
    classes, boxes = both.class_names(), both.boxes_px.astype(np.float64).round(2).tolist()
    out: dict[str, list[str | None]] = {name: [] for name in _REVIEW}
    base: list[int] = []
    conflicts: list[Conflict] = []
    judged: list[tuple[str | None, str | None]] = []
    order: list[tuple[int, int]] = []
    for i, j in pairs:
        if i < 0 or j < 0:
            row = i if j < 0 else len(a) + j
            base.append(row)
            order.append((row, added_values.ALONE))
            for name in _REVIEW:
                out[name].append(texts[name][row])
            continue
        rows = (i, len(a) + j)
        winner, loser = sorted(rows, key=ranks.__getitem__, reverse=True)
        # A detection has a score and a picture, so it stays where the other person drew the same animal.
        shape = winner if drawn[i] == drawn[rows[1]] else next(row for row in rows if not drawn[row])
        base.append(shape)
        order.append((winner, loser))
        for name in _REVIEW[:4]:
            out[name].append(texts[name][winner])
        holds, other = said[winner], said[loser]
        if holds is not None and holds.what is not None and (shape != winner or texts["review"][loser] == "confirmed"):
            out["review"][-1] = "confirmed"  # where it was only drawn
        if holds is not None and holds.what is not None and classes[shape] != classes[winner]:
            out["reviewed_class"][-1] = None if holds.what == classes[shape] else holds.what
        line = None
        if holds is not None and other is not None and not _one_mind(holds, other):
            one, two = said[rows[0]], said[rows[1]]
            assert one is not None
            assert two is not None
            if one.person or two.person or one.at or two.at:  # else who knows how many people that was
                judged.append((one.what, two.what))
            differs = holds.what != other.what
            when = f" ({other.at})" if other.at else ""
            line = f"{'conflict' if differs else 'also'}: {other.person or 'somebody'} said {other}{when}"
            if differs:
                x0, y0, x1, y1 = boxes[shape]
                image, kept = both.paths[int(both.image[shape])], "first" if winner == i else "second"
                conflicts.append(Conflict(image, (x0, y0, x1, y1), classes[shape], one, two, cast(Side, kept)))
        tie = ranks[i][:2] == ranks[rows[1]][:2]
        out["note"].append(_notes(texts["note"][winner], texts["note"][loser], line, tie))
    own, lines, of_values = added_values.merged(both, order, base, len(a))
    conflicts += of_values
    for at, line in lines:
        out["note"][at] = _notes(out["note"][at], None, line, False)
    ids = _animal_ids(a, b, pairs)
    columns: dict[str, Any] = {**out, "added": own, "animal_id": ids, "counted": _counted(a, b, pairs, base, ids)}
    merged = replace(both.take(np.array(base, np.int64)), **columns, uuid=_identities(a, b, pairs))
    conflicts.sort(key=lambda c: (c.image, [-1 if math.isnan(v) else v for v in c.box_px], c.detected_class, c.column))
    return Merged(_sorted(merged)[0], tuple(conflicts), agreement(judged), _added(drawn, pairs, len(a)))


def _added(drawn: Sequence[bool], pairs: Sequence[tuple[int, int]], first: int) -> tuple[int, int, int]:
    """How many animals were drawn by the first person alone, whose rows are the first ones, the second alone, both."""
    both = sum(drawn[i] and drawn[first + j] for i, j in pairs if i >= 0 and j >= 0)
    return sum(drawn[:first]) - both, sum(drawn[first:]) - both, both


def _ranks(rows: DetectionRows, said: Sequence[Verdict | None]) -> list[tuple[Any, ...]]:
    """What decides between two rows of one animal: whether and when it was judged, then what was said, then the row.

    All but the note, so that nothing depends on whose file was named first, nor changes when it is merged again.
    """
    texts = [rows.text(name) for name in ("review", "reviewed_class", "reviewer", "reviewed_at", "run_id")]
    texts[0] = [None if text == REVIEWS[0] else text for text in texts[0]]  # to say so is more than to draw it
    words = zip(*([text or "" for text in column] for column in texts), strict=True)
    boxes, scores = np.nan_to_num(rows.boxes_px, nan=-1.0).tolist(), np.nan_to_num(rows.score, nan=-1.0).tolist()
    classes, counted = rows.class_names(), rows.counted.tolist()
    own = added_values.keys(rows)
    return [
        ((v is not None, _time(at), v is not None and v.what is not None), word, (score, box, name, number), more)
        for v, at, word, score, box, name, number, more in zip(
            said, texts[3], words, scores, boxes, classes, counted, own, strict=True
        )
    ]


def _exchanged(merged: Merged) -> Merged:
    """The same with the first and the second exchanged."""
    sides: dict[Side, Side] = {"first": "second", "second": "first"}
    conflicts = [replace(c, first=c.second, second=c.first, kept=sides[c.kept]) for c in merged.conflicts]
    agreement = Agreement(merged.agreement.verdicts, merged.agreement.table.T.copy())
    first, second, both = merged.added
    return Merged(merged.rows, tuple(conflicts), agreement, (second, first, both))


def _sorted(rows: DetectionRows) -> tuple[DetectionRows, list[tuple[Any, ...]]]:
    """The rows by image, place, class and all else, so that a file's order means nothing; and that order's keys."""
    texts = [rows.text(name) for name in ("run_id", "review", "reviewed_class", "reviewer", "reviewed_at", "note")]
    said = zip(*([text or "" for text in column] for column in texts), strict=True)
    keys = list(
        zip(
            rows.image_paths(),
            np.nan_to_num(rows.boxes_px[:, ::-1], nan=-1.0).round(2).tolist(),
            np.nan_to_num(rows.polygons_map[:, 0], nan=-1.0).tolist(),
            rows.class_names(),
            np.nan_to_num(rows.score, nan=-1.0).tolist(),
            said,
            rows.counted.tolist(),
            rows.animal_id.tolist(),
            added_values.keys(rows),
            [text or "" for text in rows.text("uuid")],
            strict=True,
        )
    )
    order = sorted(range(len(keys)), key=keys.__getitem__)
    return rows.take(np.array(order, np.int64)), [keys[row] for row in order]


def _partners(a: DetectionRows, b: DetectionRows) -> NDArray[np.int64]:
    """(len(a),) the row of `b` that is the same animal, or -1: by identity, by box in the image, by box on the map."""
    partner = _same_identity(a, b)
    left_a, left_b = np.flatnonzero(partner < 0), np.setdiff1d(np.arange(len(b)), partner)
    found = match(a.take(left_a), b.take(left_b))
    partner[left_a[found >= 0]] = left_b[found[found >= 0]]
    left_a = np.flatnonzero(partner < 0)
    left_b = np.setdiff1d(np.arange(len(b)), partner)
    unknown = [np.asarray(np.isnan(table.boxes_px[:, 0]), bool) for table in (a, b)]
    if not (unknown[0][left_a].any() or unknown[1][left_b].any()):
        return partner
    # A box that was drawn on the map and never got its place in the photo.
    shapes = [_placed_shapes(table, left) for table, left in ((a, left_a), (b, left_b))]
    i, j = shapely.STRtree(shapes[1]).query(shapes[0], predicate="intersects")
    same = np.array(a.image_paths(), object)[left_a[i]] == np.array(b.image_paths(), object)[left_b[j]]
    keep = same & (unknown[0][left_a[i]] | unknown[1][left_b[j]])
    i, j = i[keep], j[keep]
    common = shapely.area(shapely.intersection(shapes[0][i], shapes[1][j]))
    iou = common / (shapely.area(shapes[0][i]) + shapely.area(shapes[1][j]) - common)
    taken: set[int] = set()
    for at in np.lexsort((j, i, -iou)).tolist():
        row, other = int(left_a[i[at]]), int(left_b[j[at]])
        if iou[at] >= SAME_ANIMAL_IOU and partner[row] < 0 and other not in taken:
            partner[row] = other
            taken.add(other)
    return partner


def _same_identity(a: DetectionRows, b: DetectionRows) -> NDArray[np.int64]:
    """(len(a),) the row of `b` with the same UUID in the same image, or -1."""
    row_of: dict[tuple[str | None, str], int] = {
        (text, path): row for row, (text, path) in enumerate(zip(b.text("uuid"), b.image_paths(), strict=True)) if text
    }
    found = [row_of.pop(named, -1) for named in zip(a.text("uuid"), a.image_paths(), strict=True)]
    return np.array(found, np.int64)


def _placed_shapes(rows: DetectionRows, chosen: NDArray[np.int64]) -> NDArray[np.object_]:
    """The polygons of these rows; an empty one, which meets nothing, where there is no place."""
    shapes = np.full(len(chosen), shapely.Polygon(), object)
    rings = rows.polygons_map[chosen]
    placed = np.isfinite(rings).all(axis=(1, 2))
    shapes[placed] = shapely.polygons(rings[placed])
    return shapes


def _drawn(rows: DetectionRows) -> list[bool]:
    return [text in (None, MANUAL_RUN) for text in rows.text("run_id")]


def _verdicts(rows: DetectionRows) -> list[Verdict | None]:
    """The verdict on each row. Drawing an animal says that it is there."""
    verdicts: list[Verdict | None] = []
    columns = [rows.text(name) for name in ("review", "reviewed_class", "reviewer", "reviewed_at", "note")]
    for review, meant, person, at, note, drawn, name in zip(*columns, _drawn(rows), rows.class_names(), strict=True):
        if review == REJECTED:
            verdicts.append(Verdict(None, person, at, note))
        elif review == "confirmed" or drawn:
            verdicts.append(Verdict(meant or name, person, at, note))
        else:
            verdicts.append(None)
    return verdicts


def _one_mind(one: Verdict, two: Verdict) -> bool:
    """Whether both are one person's, or, of nobody named, what was there before the survey was copied."""
    if one.person is not None or two.person is not None:
        return one.person == two.person
    return (one.at, one.what) == (two.at, two.what)


def _time(text: str | None) -> datetime:
    """A time as QGIS or Herdmap writes it, as UTC if it has no zone; the earliest time if there is none."""
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _notes(winner: str | None, other: str | None, said: str | None, tie: bool) -> str | None:
    """The lines of both notes and the other person's verdict, each once."""
    first, second = (list(dict.fromkeys((note or "").splitlines())) for note in (winner, other))
    if set(first) <= set(second):
        first, second = second, first
    elif tie and not set(second) <= set(first):
        first, second = sorted({*first, *second}), []
    lines = [line for line in dict.fromkeys([*first, *second, *([said] if said else [])]) if line]
    if len(lines) < 2 and winner == "\n".join(lines):
        return winner
    return "\n".join(lines) or None


def _identities(a: DetectionRows, b: DetectionRows, pairs: Sequence[tuple[int, int]]) -> list[str | None]:
    """The identity of each pair: of two the first by alphabet, so that it does not matter which file is first."""
    first, second = [*a.text("uuid"), None], [*b.text("uuid"), None]  # a row of -1 is none
    return [min((text for text in (first[i], second[j]) if text), default=None) for i, j in pairs]


def _animal_ids(a: DetectionRows, b: DetectionRows, pairs: Sequence[tuple[int, int]]) -> NDArray[np.int64]:
    """One number for the rows that either file calls one animal. Of two animals of one number one gets a new one."""
    leader = list(range(len(pairs)))

    def find(row: int) -> int:
        while leader[row] != row:
            leader[row] = leader[leader[row]]
            row = leader[row]
        return row

    numbers: dict[int, int] = {}
    for ids, side in ((a.animal_id.tolist(), 0), (b.animal_id.tolist(), 1)):
        seen: dict[int, int] = {}
        for row, pair in enumerate(pairs):
            if pair[side] < 0 or ids[pair[side]] < 0:
                continue
            number = ids[pair[side]]
            one, two = find(seen.setdefault(number, row)), find(row)
            low = min(number, numbers.get(one, number), numbers.get(two, number))
            leader[max(one, two)] = min(one, two)
            numbers[min(one, two)] = low
    groups = sorted({find(row) for row in range(len(pairs))} & numbers.keys(), key=lambda row: (numbers[row], row))
    used = {numbers[row] for row in groups}
    free = max(used, default=0)
    final: dict[int, int] = {}
    given: set[int] = set()
    for row in groups:
        if numbers[row] in given:
            free += 1
            final[row] = free
        else:
            final[row] = numbers[row]
            given.add(numbers[row])
    return np.array([final.get(find(row), -1) for row in range(len(pairs))], np.int64)


def _counted(
    a: DetectionRows,
    b: DetectionRows,
    pairs: Sequence[tuple[int, int]],
    base: Sequence[int],
    animal_id: NDArray[np.int64],
) -> NDArray[np.uint8]:
    """Which rows count: those that do in their own file, and of an animal that no file counts twice one.

    The files may differ where one of the surveys was placed anew after it was copied. Of several the first counts that
    both count, then the first.
    """
    votes = np.zeros((len(pairs), 2), np.int64)
    for side, table in enumerate((a, b)):
        rows = np.array([pair[side] for pair in pairs], np.int64)
        votes[rows >= 0, side] = table.counted[rows[rows >= 0]]
    counted = np.concatenate([a.counted, b.counted])[np.array(base, np.int64)]
    numbers, group = np.unique(animal_id, return_inverse=True)
    most = np.zeros(len(numbers), np.int64)
    for side in range(2):
        most = np.maximum(most, np.bincount(group, weights=votes[:, side], minlength=len(numbers)).astype(np.int64))
    now = np.bincount(group, weights=counted, minlength=len(numbers))
    wrong = (most == 1) & (now != 1) & (numbers >= 0)
    if not wrong.any():
        return counted
    order = np.lexsort((np.arange(len(pairs)), -votes.sum(axis=1), group))
    first = order[np.append(True, np.diff(group[order]) != 0)]
    counted = np.where(wrong[group], 0, counted).astype(np.uint8)
    counted[first[wrong]] = 1
    return counted
