"""Compares the labels of photos with detections, and computes the numbers that follow.

All boxes are in image px of whole photos, after the merging of tiles, because a count is made of those. Two rules say
what is right, as in `detector.evaluation.matching`: by centre, which counting needs, and by IoU.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from detector.errors import InputError
from detector.evaluation.matching import Score, centre_agreement, iou_agreement, match

Rule = Literal["centre", "iou"]
RULES: tuple[Rule, ...] = ("centre", "iou")
IOU_LEAST = 0.5
# Score thresholds of the curves.
THRESHOLDS = np.arange(5, 100) / 100
# The lower ends of bins, px: the longer side of an animal, and the distance of its centre from the nearest seam.
SIZES_PX = (0, 16, 32, 64, 128)
SEAMS_PX = (0, 16, 32, 64, 128)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Truth:
    """The N labelled animals of P photos. Raises InputError if shapes differ from these.

    A seam is a line at which a tile ends inside a photo.

    Attributes:
        photos: (P,) names.
        flights: (P,) the group of each photo.
        image: (N,) int64, the index of the photo, ascending.
        boxes_px: (N, 4) float32 xyxy, image px.
        labels: (N,) int64.
        crowd: (N,) bool, True for a region in which nothing is judged.
        radius_px: (N,) float64, how far from its centre an animal is found, px; NaN, also by default, for the rule by
            its size.
        seam_px: (N,) float64, from the centre of each box to the nearest seam, px; inf if the photo is one tile.
    """

    photos: tuple[str, ...]
    flights: tuple[str, ...]
    image: Ints
    boxes_px: NDArray[np.float32]
    labels: Ints
    crowd: Bools
    seam_px: Floats
    radius_px: Floats = field(default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        n = len(self.image)
        if not len(self.radius_px):
            object.__setattr__(self, "radius_px", np.full(n, np.nan))
        shapes = {name: getattr(self, name).shape for name in ("labels", "crowd", "seam_px", "radius_px")}
        if self.boxes_px.shape != (n, 4) or any(shape != (n,) for shape in shapes.values()):
            raise InputError(f"truth: boxes {self.boxes_px.shape}, {shapes}; expected (N, 4) and (N,), N = {n}")
        if len(self.flights) != len(self.photos):
            raise InputError(f"truth: {len(self.flights)} flights of {len(self.photos)} photos; expected one a photo")
        if n and (self.image.min() < 0 or self.image.max() >= len(self.photos) or (np.diff(self.image) < 0).any()):
            raise InputError("truth: image indices must ascend and lie within the photos")


@dataclass(frozen=True, eq=False)
class Found:
    """K detections in the photos of a `Truth`, in any order.

    Attributes:
        image: (K,) int64, the index of the photo.
        boxes_px: (K, 4) float32 xyxy, image px.
        scores: (K,) float32.
        labels: (K,) int64.
    """

    image: Ints
    boxes_px: NDArray[np.float32]
    scores: NDArray[np.float32]
    labels: Ints

    def __getitem__(self, which: Bools | Ints) -> "Found":
        return Found(self.image[which], self.boxes_px[which], self.scores[which], self.labels[which])


@dataclass(frozen=True, eq=False)
class Matches:
    """Which of K detections are right, and which of N animals are found; of one class, of all classes as one, or of
    several classes, each matched on its own.

    Attributes:
        photos: The number of photos.
        image: (K,) int64, the photo of each judged detection.
        scores: (K,) float64.
        right: (K,) bool.
        detection: (K,) int64, the index of the detection in the `Found`.
        true_image: (N,) int64, the photo of each animal.
        true: (N,) int64, the index of the animal in the `Truth`.
        found_at: (N,) float64, the score of the detection that found the animal; -inf for none.
        found_by: (N,) int64, the index of that detection in the `Found`; -1 for none.
    """

    photos: int
    image: Ints
    scores: Floats
    right: Bools
    detection: Ints
    true_image: Ints
    true: Ints
    found_at: Floats
    found_by: Ints

    @classmethod
    def none(cls) -> "Matches":
        """The matches of no photos."""
        whole, number = np.zeros(0, np.int64), np.zeros(0)
        return cls(0, whole, number, np.zeros(0, np.bool_), whole, whole, whole, number, whole)

    @classmethod
    def joined(cls, each: Sequence["Matches"]) -> "Matches":
        """The matches of several classes in the same photos."""
        if not each:
            return cls.none()
        columns = [column.name for column in fields(cls) if column.name != "photos"]
        return cls(each[0].photos, *(np.concatenate([getattr(one, name) for one in each]) for name in columns))

    def at(self, threshold: float) -> Score:
        """The score over all photos, for the detections with a score of at least `threshold`.

        It is exact, because the match of a detection depends only on detections with higher scores.
        """
        kept = self.scores >= threshold
        found = int(self.right[kept].sum())
        return Score(found, int(kept.sum()) - found, len(self.true) - found)

    def by_photo(self, threshold: float) -> Ints:
        """(P, 3) int64: found, false alarms and missed of each photo, at a threshold."""
        kept = self.scores >= threshold

        def counted(image: Ints) -> Ints:
            return np.bincount(image, minlength=self.photos).astype(np.int64)

        found = counted(self.image[kept & self.right])
        return np.stack([found, counted(self.image[kept]) - found, counted(self.true_image) - found], axis=1)


def matches(truth: Truth, found: Found, label: int | None, rule: Rule, iou_least: float = IOU_LEAST) -> Matches:
    """Match detections and animals within each photo.

    If a detection is not right and its centre lies in a crowd, it is not judged.

    Args:
        truth: The labels.
        found: The detections.
        label: Match this class only; None for all classes as one.
        rule: `centre` or `iou`.
        iou_least: The least IoU of a match by IoU.
    """
    own = np.ones(len(truth.labels), np.bool_) if label is None else truth.labels == label
    true, crowds = np.flatnonzero(own & ~truth.crowd), np.flatnonzero(own & truth.crowd)
    seen = np.flatnonzero(found.labels == label) if label is not None else np.arange(len(found.image))
    seen = seen[np.argsort(found.image[seen], kind="stable")]
    right = np.zeros(len(seen), np.bool_)
    judged = np.ones(len(seen), np.bool_)
    found_at, found_by = np.full(len(true), -np.inf), np.full(len(true), -1, np.int64)
    # The first row of each photo, and the row after its last one. All three are ordered by photo.
    bounds = [
        np.searchsorted(images, np.arange(len(truth.photos) + 1))
        for images in (truth.image[true], truth.image[crowds], found.image[seen])
    ]
    for photo in np.unique(found.image[seen]).tolist():
        (t0, t1), (c0, c1), (s0, s1) = (b[photo : photo + 2].tolist() for b in bounds)
        boxes, scores = found.boxes_px[seen[s0:s1]], found.scores[seen[s0:s1]]
        true_boxes = truth.boxes_px[true[t0:t1]]
        if rule == "centre":
            matched = match(centre_agreement(boxes, true_boxes, truth.radius_px[true[t0:t1]]), scores, 0.0)
        else:
            matched = match(iou_agreement(boxes, true_boxes), scores, iou_least)
        hit = matched >= 0
        right[s0:s1] = hit
        found_at[t0 + matched[hit]] = scores[hit]
        found_by[t0 + matched[hit]] = seen[s0:s1][hit]
        judged[s0:s1] = hit | ~_inside(boxes, truth.boxes_px[crowds[c0:c1]])
    kept = seen[judged]
    return Matches(
        photos=len(truth.photos),
        image=found.image[kept],
        scores=found.scores[kept].astype(np.float64),
        right=right[judged],
        detection=kept,
        true_image=truth.image[true],
        true=true,
        found_at=found_at,
        found_by=found_by,
    )


def _inside(boxes: NDArray[np.float32], regions: NDArray[np.float32]) -> Bools:
    """(K,) bool: whether the centre of a box lies in any of the regions."""
    x, y = ((boxes[:, :2] + boxes[:, 2:]) / 2)[:, :, None].transpose(1, 0, 2)
    x0, y0, x1, y1 = regions.T
    inside: Bools = np.any((x >= x0) & (x < x1) & (y >= y0) & (y < y1), axis=1)
    return inside


def seam_distances(boxes_px: NDArray[np.float32], xs: Sequence[float], ys: Sequence[float]) -> Floats:
    """(N,) float64: the distance of each box's centre from the nearest line x = xs or y = ys, px; inf without lines."""
    centres = (boxes_px[:, :2].astype(np.float64) + boxes_px[:, 2:]) / 2
    nearest = np.full(len(centres), np.inf)
    for axis, lines in enumerate((xs, ys)):
        if len(lines):
            apart = np.abs(centres[:, axis, None] - np.asarray(lines, np.float64)).min(axis=1)
            nearest = np.minimum(nearest, apart)
    return nearest


def confusion(truth: Truth, found: Found, classes: int, rule: Rule = "centre") -> Ints:
    """(C + 1, C + 1) int64: how often a true class (row) was given a class (column). The last row and column are
    background.

    All classes are matched as one. So an animal that was given a wrong class stands beside the diagonal; it is not a
    miss and a false alarm.
    """
    m = matches(truth, found, None, rule)
    table = np.zeros((classes + 1, classes + 1), np.int64)
    hit = m.found_by >= 0
    np.add.at(table, (truth.labels[m.true[hit]], found.labels[m.found_by[hit]]), 1)
    table[:-1, -1] = np.bincount(truth.labels[m.true[~hit]], minlength=classes)
    table[-1, :-1] = np.bincount(found.labels[m.detection[~m.right]], minlength=classes)
    return table


@dataclass(frozen=True)
class CountError:
    """How far counts are from the truth, by photo and in total.

    Attributes:
        true: The true number of animals.
        counted: The number of detections.
        bias: counted / true - 1; NaN without animals.
        mean_error: The mean error of a photo, in animals.
        mae: The mean absolute error of a photo, in animals.
        rmse: The root mean square error of a photo, in animals.
    """

    true: int
    counted: int
    bias: float
    mean_error: float
    mae: float
    rmse: float


def count_error(by_photo: Ints) -> CountError:
    """The errors of counts (P, 3) from `Matches.by_photo`."""
    true, counted = by_photo[:, 0] + by_photo[:, 2], by_photo[:, 0] + by_photo[:, 1]
    error = (counted - true).astype(np.float64)
    some = len(error) > 0
    return CountError(
        int(true.sum()),
        int(counted.sum()),
        float(counted.sum() / true.sum() - 1) if true.sum() else float("nan"),
        float(error.mean()) if some else float("nan"),
        float(np.abs(error).mean()) if some else float("nan"),
        float(np.sqrt((error**2).mean())) if some else float("nan"),
    )


def recall_by(values: Floats, found: Bools, lower_ends: Sequence[float]) -> list[tuple[float, int, int]]:
    """(lower end, animals, found) for each bin of `values`. The last bin has no upper end.

    Args:
        values: (N,) the value of each animal.
        found: (N,) whether the animal was found.
        lower_ends: The lower ends of the bins, ascending.
    """
    which = np.searchsorted(np.asarray(lower_ends, np.float64), values, side="right") - 1
    bins = len(lower_ends)
    animals = np.bincount(which, minlength=bins)
    hits = np.bincount(which[found], minlength=bins)
    return [(float(low), int(a), int(f)) for low, a, f in zip(lower_ends, animals, hits, strict=True)]


@dataclass(frozen=True)
class PhotoCalls:
    """What it saves to look only at photos with detections, and what it costs.

    Attributes:
        positive: Photos with animals.
        empty: Photos without animals.
        found: Photos with animals and with detections.
        missed: Photos with animals and without detections.
        falsely_called: Photos without animals and with detections.
        unseen: Animals in photos without detections.
    """

    positive: int
    empty: int
    found: int
    missed: int
    falsely_called: int
    unseen: int

    @property
    def saved(self) -> float:
        """The share of photos that nobody needs to look at; NaN without photos."""
        photos = self.positive + self.empty
        return (photos - self.found - self.falsely_called) / photos if photos else float("nan")


def photo_calls(by_photo: Ints) -> PhotoCalls:
    """The calls from counts (P, 3) of `Matches.by_photo`. A photo is called positive if it has a detection."""
    true, called = by_photo[:, 0] + by_photo[:, 2], by_photo[:, 0] + by_photo[:, 1] > 0
    positive = true > 0
    return PhotoCalls(
        int(positive.sum()),
        int((~positive).sum()),
        int((positive & called).sum()),
        int((positive & ~called).sum()),
        int((~positive & called).sum()),
        int(true[~called].sum()),
    )


def best_at(m: Matches, wanted: str) -> float:
    """The threshold of `THRESHOLDS` that is best by a rule; the middle one if several are equally good.

    Args:
        m: The matches.
        wanted: `f1`: the highest F1. `count`: the count that is nearest to the truth. `recall:R` with R from 0 to 1:
            the highest threshold with at least this recall.

    Raises:
        InputError: The rule is unknown, or no threshold reaches the recall.
    """
    scores = [m.at(float(t)) for t in THRESHOLDS]
    name, _, number = wanted.partition(":")
    if name == "f1" and not number:
        good = np.array([s.f1 for s in scores])
    elif name == "count" and not number:
        good = -np.array([abs(s.false_alarms - s.missed) for s in scores], np.float64)
    elif name == "recall":
        try:
            least = float(number)
        except ValueError:
            least = -1.0
        if not 0 <= least <= 1:
            raise InputError(f"rule {wanted!r}: expected a recall from 0 to 1, such as recall:0.95")
        reached = np.array([s.recall >= least for s in scores])
        if not reached.any():
            raise InputError(
                f"rule {wanted!r}: the highest recall is {max(s.recall for s in scores):.3f}; ask for a lower one"
            )
        return float(THRESHOLDS[np.flatnonzero(reached)[-1]])
    else:
        raise InputError(f"rule {wanted!r}: expected f1, count or recall:R")
    best = np.flatnonzero(good == good.max())
    return float(THRESHOLDS[best[len(best) // 2]])
