"""Carries reviews over to a new run: the verdict on an animal goes to the animal's new detection.

An old and a new detection of one image are the same animal if their boxes overlap with an IoU of 0.5 or more, one to
one: equal boxes first, then the best overlaps; of equal ones, those of the same class first. A reviewed detection
without a partner stays as the row that it was.
"""

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo import added_columns
from geo.boxes import iou
from geo.stored_pictures import StoredPictures
from geo.tables import DetectionRows, Images

SAME_ANIMAL_IOU = 0.5
MANUAL_RUN = "manual"
"""The run_id of an animal that a person drew."""

_REVIEW = ("review", "reviewed_class", "reviewer", "reviewed_at", "note")


def carry(old: DetectionRows, new: DetectionRows, by_class: bool = False) -> DetectionRows:
    """The new detections with the reviews of the old, then the reviewed old ones that have no partner.

    The first len(new) rows are the new ones in their order. A partner takes review, reviewed_class, reviewer,
    reviewed_at, note and uuid, and the values of columns that a person added; where a person confirmed another class
    than the new one, that class becomes its reviewed_class. The rows behind are the old ones, with their own boxes,
    polygons, chips and run_id: where the survey has another CRS now, place them anew by their boxes. Rows that nobody
    touched are not kept. `by_class`: only rows of one class are partners, as where a tile has a row for each of its
    classes.

    Near-linear in the rows, and the same for any order of the pairs.
    """
    touched = _touched(old)
    partner = match(old, new, by_class)
    texts = {name: new.text(name) for name in (*_REVIEW, "uuid")}
    said = {name: old.text(name) for name in (*_REVIEW, "uuid")}
    old_classes, new_classes = old.class_names(), new.class_names()
    for row in np.flatnonzero(touched & (partner >= 0)).tolist():
        to = int(partner[row])
        for name in (*_REVIEW, "uuid"):
            texts[name][to] = said[name][row]
        meant = said["reviewed_class"][row] or old_classes[row]
        if said["review"][row] == "confirmed" and meant != new_classes[to]:
            texts["reviewed_class"][to] = meant
    kept = old.take(touched & (partner < 0))
    own = added_columns.carried(old.added, np.where(touched, partner, -1), new.added, len(new))
    said_now: dict[str, Any] = {**texts, "added": own}
    return join(replace(new, **said_now), _alone(kept))


def carry_images(old: Images, new: Images, rows: DetectionRows, searched: Iterable[str] = ()) -> Images:
    """The new images, then those of the old that only `rows` still speaks of, since their reviews are kept.

    What a person added to an image stays with it. searched: images of which people searched at least a part; they are
    kept too.
    """
    row_of = {path: row for row, path in enumerate(new.path)}
    same = np.array([row_of.get(path, -1) for path in old.path], np.int64)
    new = replace(new, added=added_columns.carried(old.added, same, new.added, len(new)))
    have = set(new.path)
    spoken = ({rows.paths[i] for i in np.unique(rows.image).tolist()} | set(searched)) - have
    chosen = [row for row, path in enumerate(old.path) if path in spoken]
    if not chosen:
        return new
    columns: dict[str, Any] = {}
    for field in fields(Images):
        before, after = getattr(new, field.name), getattr(old, field.name)
        if isinstance(before, np.ndarray):
            columns[field.name] = np.concatenate([before, after[chosen]])
        elif field.name == "added":
            kept = added_columns.take(after, chosen)
            columns[field.name] = added_columns.joined(before, kept, len(new), len(chosen))
        else:
            columns[field.name] = [*before, *(after[row] for row in chosen)]
    return Images(**columns)


def match(old: DetectionRows, new: DetectionRows, by_class: bool = False) -> NDArray[np.int64]:
    """(len(old),) the row of `new` that is the same animal, or -1. One to one. by_class: only of the same class."""
    known = {path: code for code, path in enumerate(new.paths)}
    code = np.array([known.get(path, -1) for path in old.paths] or [-1], np.int64)
    image = code[old.image] if len(old) else np.empty(0, np.int64)
    first, second = _overlapping(old.boxes_px, image, new.boxes_px, new.image)
    a, b = old.boxes_px[first].astype(np.float64), new.boxes_px[second].astype(np.float64)
    alike = iou(a, b)
    of_class = _same_class(old, new, first, second)
    same = (alike >= SAME_ANIMAL_IOU) & (of_class | (not by_class))
    first, second, alike, of_class = first[same], second[same], alike[same], of_class[same]
    # A file keeps boxes to 0.01 px: what is equal there is equal here.
    equal = (np.abs(a[same] - b[same]) < 0.011).all(axis=1)
    partner = np.full(len(old), -1, np.int64)
    taken = np.zeros(len(new), bool)
    order = np.lexsort((second, first, ~of_class, -alike, ~equal))
    for i, j in zip(first[order].tolist(), second[order].tolist(), strict=True):
        if partner[i] < 0 and not taken[j]:
            partner[i] = j
            taken[j] = True
    return partner


def _same_class(
    old: DetectionRows, new: DetectionRows, first: NDArray[np.int64], second: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """(P,) whether the rows of each pair have one class."""
    code = {name: label for label, name in enumerate(new.classes)}
    of_old = np.array([*(code.get(name, -2) for name in old.classes), -1], np.int64)
    return np.asarray(of_old[old.label[first]] == new.label[second], bool)


def join(first: DetectionRows, second: DetectionRows) -> DetectionRows:
    """The rows of both, `first`'s before `second`'s."""
    paths, image = _merged(first.paths, second.paths)
    classes, label = _merged(first.classes, second.classes)
    label = np.append(label, -1)  # so that -1, no runner-up, stays -1
    columns: dict[str, Any] = {}
    for name in [field.name for field in fields(DetectionRows)]:
        before, after = getattr(first, name), getattr(second, name)
        if isinstance(before, np.ndarray):
            columns[name] = np.concatenate([before, after])
        elif name == "chip":
            none = before is None and after is None
            columns[name] = None if none else _joined(_chips(first), _chips(second))
        elif name == "added":
            columns[name] = added_columns.joined(before, after, len(first), len(second))
        elif isinstance(before, str | None) and (before == after or len(second) == 0):
            columns[name] = before
        else:
            columns[name] = first.text(name) + second.text(name)
    columns["paths"], columns["classes"] = paths, classes
    columns["image"] = np.concatenate([first.image, image[second.image] if len(second) else second.image])
    columns["label"] = np.concatenate([first.label, label[second.label]])
    columns["runner_up"] = np.concatenate([first.runner_up, label[second.runner_up]])
    return DetectionRows(**columns)


def kept_for_values(rows: DetectionRows) -> NDArray[np.bool_]:
    """(len(rows),) of which rows a person said nothing but a value in a column of their own."""
    return added_columns.said(rows.added, len(rows)) & ~_reviewed(rows)


def _touched(rows: DetectionRows) -> NDArray[np.bool_]:
    """Which rows a person reviewed, noted, drew, or gave a value in a column of their own."""
    return _reviewed(rows) | added_columns.said(rows.added, len(rows))


def _reviewed(rows: DetectionRows) -> NDArray[np.bool_]:
    """Which rows a person reviewed, noted or drew."""
    touched = np.array([text != "unreviewed" for text in rows.text("review")], bool)
    for name in _REVIEW[1:]:
        touched |= np.array([text is not None for text in rows.text(name)], bool)
    touched |= np.array([text in (None, MANUAL_RUN) for text in rows.text("run_id")], bool)
    return touched


def _alone(rows: DetectionRows) -> DetectionRows:
    """The rows with an animal number each: the numbers of an old run mean nothing in the new one."""
    return replace(rows, animal_id=np.full(len(rows), -1, np.int64))


def _overlapping(
    boxes_a: NDArray[np.float32], image_a: NDArray[np.int64], boxes_b: NDArray[np.float32], image_b: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The pairs (row of a, row of b) of boxes that touch in one image."""
    usable_a = np.flatnonzero(np.isfinite(boxes_a).all(axis=1) & (image_a >= 0))
    usable_b = np.flatnonzero(np.isfinite(boxes_b).all(axis=1))
    if len(usable_a) == 0 or len(usable_b) == 0:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    # The images side by side, further apart than the widest box reaches, make one tree for all of them.
    a, b = boxes_a[usable_a].astype(np.float64), boxes_b[usable_b].astype(np.float64)
    low = min(a.min(), b.min())
    stride = max(a.max(), b.max()) - low + 1
    a[:, 0::2] += image_a[usable_a, None] * stride - low
    b[:, 0::2] += image_b[usable_b, None] * stride - low
    left, right = shapely.STRtree(shapely.box(*b.T)).query(shapely.box(*a.T), predicate=None)
    return usable_a[left], usable_b[right]


def _merged(first: Any, second: Any) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """The names of both without repetition, and where in them each name of `second` is."""
    names = tuple(dict.fromkeys([*first, *second]))
    place = {name: i for i, name in enumerate(names)}
    # `first` keeps its indices only if it has no name twice; then it is the beginning of `names`.
    assert len(set(first)) == len(first), "a name occurs twice"
    return names, np.array([place[name] for name in second], np.int64)


def _chips(rows: DetectionRows) -> Sequence[bytes | None]:
    return rows.chip if rows.chip is not None else [None] * len(rows)


def _joined(first: Sequence[bytes | None], second: Sequence[bytes | None]) -> Sequence[bytes | None]:
    return first.followed_by(second) if isinstance(first, StoredPictures) else [*first, *second]
