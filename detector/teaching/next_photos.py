"""Which photos would teach a model most: those where it is in doubt, and that are unlike what it has learnt.

They are chosen one after another: a photo that is like one before it on the list teaches little more than that one. The
way of Sener & Savarese 2018, "Active Learning for Convolutional Neural Networks: A Core-Set Approach", beside doubt.

They are written as a list that the search panel opens. Its photos are no random sample: an estimate must not be
corrected with them, and the list says so in a way that `estimate` refuses.
"""

import csv
import hashlib
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detector.evaluation.search import look
from detector.labels.labelled import LabelledImage
from detector.models import Model
from detector.teaching.told import Unseen
from geo import raster
from geo.csv_table import defused
from geo.errors import GeoError, HerdmapError
from geo.output import whole
from geo.paths import Paths, StrPath, as_path, as_paths

MOST = 20
"""Photos on the list."""
_CALLED = "next"  # an estimate takes positive and empty alone
_LOOKED_AT = 60  # photos, drawn evenly, that the model searches to choose from
_PREVIEW_PX = 256
_GRID = 4  # cells of a preview, across and down
_DOUBT = 0.05  # the lowest score that counts


@dataclass(frozen=True)
class Wanted:
    """A photo that would teach.

    Attributes:
        photo: It.
        detections: At the threshold.
        doubt: About how many detections are undecided.
        unlike: How far its look is from that of the photos that were learnt or are before it on the list.
    """

    photo: Unseen
    detections: int
    doubt: float
    unlike: float


def wanted(
    unseen: Sequence[Unseen],
    learnt: Paths,
    model: Model,
    threshold: float,
    seconds: float,
    cancelled: Callable[[], bool],
) -> list[Wanted]:
    """The photos that would teach most, the best first.

    Args:
        unseen: Photos of which nobody has said anything.
        learnt: The photos that the model has learnt.
        model: It.
        threshold: Its lowest score threshold.
        seconds: How long to look; after that, the photos not looked at are left out.
        cancelled: Whether to stop.
    """
    drawn = sorted(unseen, key=lambda one: hashlib.sha256(one.name.encode()).hexdigest())[:_LOOKED_AT]
    known = [look_of for path in as_paths(learnt) if (look_of := _look_of(path)) is not None]
    until = time.monotonic() + seconds
    found: list[Wanted] = []
    looks: list[NDArray[np.float64]] = []
    for photo in drawn:
        if time.monotonic() > until or cancelled():
            break
        seen = _look_of(photo.path)
        if seen is None:
            continue
        try:
            scores = look(model, [_bare(photo.path)]).found(_DOUBT).scores.astype(np.float64)
        except HerdmapError:
            continue
        unlike = min((_apart(seen, other) for other in known), default=0.0)
        found.append(Wanted(photo, int((scores >= threshold).sum()), doubt_of(scores, threshold), unlike))
        looks.append(seen)
    return in_turn(found, looks)


def in_turn(found: Sequence[Wanted], looks: Sequence[NDArray[np.float64]]) -> list[Wanted]:
    """The photos in the order of their worth, at most MOST: the sum of their ranks by doubt and by how unlike they are.

    Args:
        found: The photos, `unlike` as they are to those that were learnt.
        looks: (L,) float64, how each of them looks, in the same order.
    """
    chosen: list[Wanted] = []
    left = dict(enumerate(found))
    while left and len(chosen) < MOST:
        doubt, unlike = (np.array([getattr(one, key) for one in left.values()]) for key in ("doubt", "unlike"))
        place = list(left)[int(np.lexsort([-unlike, _ranks(doubt) + _ranks(unlike)])[0])]
        chosen.append(left.pop(place))
        left = {n: replace(one, unlike=min(one.unlike, _apart(looks[n], looks[place]))) for n, one in left.items()}
    return chosen


def write_lists(folder: StrPath, photos: Sequence[Wanted]) -> list[Path]:
    """Write a list for each survey, as a sample is written. Returns the files."""
    written = []
    for survey in dict.fromkeys(one.photo.survey for one in photos):
        path = as_path(folder) / f"next-{survey.stem}.csv"
        with whole(path) as part, part.open("w", encoding="utf-8", errors="surrogateescape", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")
            rows.writerow(["called", "order", "photo", "detections", "reviewed", "doubt", "unlike"])
            own = [one for one in photos if one.photo.survey == survey]
            for order, one in enumerate(own, 1):
                name = defused(one.photo.name)
                rows.writerow([_CALLED, order, name, one.detections, "", f"{one.doubt:.1f}", f"{one.unlike:.1f}"])
        written.append(path)
    return written


def doubt_of(scores: NDArray[np.float64], threshold: float) -> float:
    """About how many detections are undecided: the sum of 1 for a score at the threshold, falling to 0 halfway to 0 and
    halfway to 1.

    Weaker detections say little: rough ground has hundreds of them. When they counted too, the doubt of 53 photos of
    sheep had nothing to do with the number of mistakes in them (rank correlation -0.36 to 0.10 for four models). So it
    is 0.44 to 0.77.
    """
    below, above = 2 * scores / threshold - 1, 1 - 2 * (scores - threshold) / max(1 - threshold, 1e-6)
    return float(np.clip(np.minimum(below, above), 0, None).sum())


def _look_of(path: Path) -> NDArray[np.float64] | None:
    """How a photo looks from afar: mean and spread of its colours in a few cells. None if it cannot be read."""
    try:
        preview = raster.read_preview(path, _PREVIEW_PX).astype(np.float64)
    except (GeoError, OSError):
        return None
    cells = [part for rows in np.array_split(preview, _GRID) for part in np.array_split(rows, _GRID, axis=1)]
    each = np.array([[*cell.mean((0, 1)), *cell.std((0, 1))] for cell in cells if cell.size])
    return np.sort(each, axis=0).ravel()  # sorted: where in the photo a colour is does not matter


def _ranks(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """(N,) how many of the values are larger than each."""
    larger: NDArray[np.int64] = (values > values[:, None]).sum(axis=1)
    return larger


def _apart(look_of: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """How unlike two photos look, grey levels."""
    return float(np.abs(look_of - other).mean())


def _bare(path: Path) -> LabelledImage:
    none = np.zeros((0, 4), np.float32), np.zeros(0, np.int64), np.zeros(0, np.bool_)
    return LabelledImage(Path(os.path.abspath(path)), 0, 0, path.stem, *none)
