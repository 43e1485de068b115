"""Matches detections to labelled boxes one to one, for precision, recall and F1.

There are two rules. *Centre*: the centre of the detection lies within half the longer side of the true box. This is the
rule for counting, because the boxes of field labels are loose. *IoU*: the intersection over union of the boxes reaches
a limit.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.errors import InputError
from geo.boxes import iou

Boxes = NDArray[np.float32]
Agreement = Callable[[Boxes, Boxes], NDArray[np.float64]]


@dataclass(frozen=True)
class Score:
    """Matches, counted over images.

    Attributes:
        found: True boxes with a detection.
        false_alarms: Detections without a true box.
        missed: True boxes without a detection.
    """

    found: int
    false_alarms: int
    missed: int

    @property
    def precision(self) -> float:
        """The share of detections that are right; 1 without detections."""
        return self.found / (self.found + self.false_alarms) if self.found + self.false_alarms else 1.0

    @property
    def recall(self) -> float:
        """The share of true boxes that were found; 1 without true boxes."""
        return self.found / (self.found + self.missed) if self.found + self.missed else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall: 2 found / (2 found + false alarms + missed)."""
        both = 2 * self.found + self.false_alarms + self.missed
        return 2 * self.found / both if both else 1.0

    def __add__(self, other: "Score") -> "Score":
        return Score(self.found + other.found, self.false_alarms + other.false_alarms, self.missed + other.missed)


@dataclass(frozen=True)
class JudgedImage:
    """The detections and the true boxes of one image, xyxy px in one frame.

    There are K detections, boxes (K, 4) with scores (K,), and N true boxes (N, 4). Raises InputError if shapes differ
    from these.
    """

    boxes: Boxes
    scores: NDArray[np.float32]
    true_boxes: Boxes

    def __post_init__(self) -> None:
        if self.boxes.ndim != 2 or self.boxes.shape[1:] != (4,) or self.scores.shape != self.boxes.shape[:1]:
            raise InputError(f"boxes {self.boxes.shape} with scores {self.scores.shape}; expected (K, 4) and (K,)")
        if self.true_boxes.ndim != 2 or self.true_boxes.shape[1:] != (4,):
            raise InputError(f"true boxes {self.true_boxes.shape}; expected (N, 4)")


def centre_agreement(
    boxes: Boxes, true_boxes: Boxes, radius_px: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """(K, N) float64: 1 if the centres are the same, 0 at a distance of half the longer side of the true box, negative
    beyond.

    A true box without a size is an animal that was labelled as a point. Then the longer side of the detection counts.

    radius_px: (N,) the distance for each true box instead; NaN for the rule above.
    """
    b, t = boxes.astype(np.float64), true_boxes.astype(np.float64)
    apart = (b[:, None, :2] + b[:, None, 2:]) / 2 - (t[None, :, :2] + t[None, :, 2:]) / 2
    half, own = ((boxes[:, 2:] - boxes[:, :2]).max(1, initial=0) / 2 for boxes in (t, b))
    reach = np.where(half[None, :] > 0, half[None, :], own[:, None])
    if radius_px is not None:
        reach = np.where(np.isnan(radius_px)[None, :], reach, radius_px[None, :])
    agreement: NDArray[np.float64] = 1 - np.hypot(apart[..., 0], apart[..., 1]) / np.maximum(reach, 1e-9)
    return agreement


def iou_agreement(boxes: Boxes, true_boxes: Boxes) -> NDArray[np.float64]:
    """(K, N) float64: the intersection over union of detections (K, 4) and true boxes (N, 4), xyxy px."""
    return iou(boxes.astype(np.float64)[:, None], true_boxes.astype(np.float64))


def match(agreement: NDArray[np.float64], scores: NDArray[np.float32], least: float) -> NDArray[np.int64]:
    """(K,) int64: the true box of each detection, -1 for none. Each true box is taken once.

    The detection with the highest score chooses first; of equal scores, the first one. It takes the free true box that
    it agrees with most, if the agreement is at least `least`.

    Args:
        agreement: (K, N).
        scores: (K,).
        least: The least agreement of a match.
    """
    matched = np.full(len(scores), -1, np.int64)
    free = np.ones(agreement.shape[1], np.bool_)
    for k in np.argsort(-scores, kind="stable"):
        candidates = np.where(free, agreement[k], -np.inf)
        if candidates.size and candidates.max() >= least:
            matched[k] = candidates.argmax()
            free[matched[k]] = False
    return matched


def judge(images: Sequence[JudgedImage], threshold: float, iou_least: float | None = None) -> Score:
    """Match the detections with a score of at least `threshold`, and count over all images.

    Args:
        images: The images.
        threshold: The least score.
        iou_least: The least IoU of a match; by default, the rule is by centre.
    """
    total = Score(0, 0, 0)
    for image in images:
        kept = image.scores >= threshold
        if iou_least is None:
            agreement, least = centre_agreement(image.boxes[kept], image.true_boxes), 0.0
        else:
            agreement, least = iou_agreement(image.boxes[kept], image.true_boxes), iou_least
        found = int((match(agreement, image.scores[kept], least) >= 0).sum())
        total += Score(found, int(kept.sum()) - found, len(image.true_boxes) - found)
    return total


def best_threshold(groups: Sequence[Callable[[float], Score]], slack: float = 0.002) -> float:
    """The score threshold with the best mean F1 over `groups`, on a grid of 0.01.

    The edge of a plateau would be chosen by chance. So all thresholds within `slack` of the best F1 are equal, and the
    middle of those around the best is taken.

    Args:
        groups: For each group, such as a flight, a function from a threshold to its score.
        slack: The difference of F1 that does not count.

    Raises:
        InputError: There are no groups.
    """
    if not groups:
        raise InputError("no labelled images to choose the score threshold with; give at least one group")
    grid = np.arange(5, 100) / 100
    means = np.array([np.mean([score(float(t)).f1 for score in groups]) for t in grid])
    first = last = int(means.argmax())
    while first > 0 and means[first - 1] >= means.max() - slack:
        first -= 1
    while last + 1 < len(grid) and means[last + 1] >= means.max() - slack:
        last += 1
    return round(float(grid[(first + last) // 2]), 2)
