"""Compares the answers of two models on the same tiles: an original and its portable file."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.detections import Detections
from detector.errors import ModelError
from geo.boxes import iou

# The largest differences that an exact export may have.
BOX_PX = 0.1
SCORE = 1e-3
# In a quantised file, every number differs a little; it must find the same animals. The limits are: for a detector, the
# least share of the detections above the threshold in either model that both find; for a classifier, the largest
# difference of a probability.
ROUGH_SHARE = 0.98
ROUGH_IOU = 0.5
ROUGH_PROBABILITY = 0.05


@dataclass(frozen=True)
class Agreement:
    """How well two models agree on N tiles.

    Attributes:
        tiles: The number of tiles.
        compared: How many detections (or probabilities) both models gave.
        box_px: The largest difference of their boxes, tile px.
        score: The largest difference of their scores, 0 to 1.
        unmatched: How many detections only one model gave.
        above: How many detections are above the threshold in either model.
        share: The share of these that both models gave, with the same label and an IoU of at least ROUGH_IOU; 1 if
            there are none.
        full: How many tiles have the most detections that the original gives in a tile.
        best: The highest score in either model.
        shift: By how much the original's logits of the scores are higher on average.
        spread: The largest deviation of a difference of logits from that average.
    """

    kind: str
    tiles: int
    compared: int
    box_px: float
    score: float
    unmatched: int = 0
    share: float = 1.0
    above: int = 0
    full: int = 0
    best: float = 0.0
    shift: float = 0.0
    spread: float = 0.0

    def text(self) -> str:
        """One line for a person."""
        if self.kind == "classifier":
            return f"on {self.tiles} tiles the probabilities differ by at most {self.score:.2g}"
        return (
            f"on {self.tiles} tiles {self.compared} detections differ by at most {self.box_px:.2g} px and "
            f"{self.score:.2g} in score, {self.unmatched} are in only one; of {self.above} above the threshold "
            f"{100 * self.share:.1f} % are the same"
        )

    def metrics(self) -> dict[str, Any]:
        """The numbers for the file's metadata."""
        if self.kind == "classifier":
            return {"tiles": self.tiles, "largest_probability_difference": self.score}
        return {
            "tiles": self.tiles,
            "detections": self.compared,
            "unmatched": self.unmatched,
            "largest_box_difference_px": self.box_px,
            "largest_score_difference": self.score,
            "same_above_threshold": self.share,
        }

    def require(self, name: str) -> None:
        """Raise ModelError if the models differ by more than BOX_PX or SCORE, or if there was nothing to compare."""
        if not self.compared and not self.unmatched:
            raise nothing_found(name, self.tiles)
        if self.unmatched or self.box_px > BOX_PX or self.score > SCORE:
            raise ModelError(
                f"{name} is not written, as it differs from the original: {self._worst()}; expected at most {BOX_PX} "
                f"px, {SCORE}, and all in both{self._why()}"
            )

    def _worst(self) -> str:
        """What differs by too much."""
        if self.kind == "classifier":
            return self.text()
        said = {
            f"boxes by up to {self.box_px:.2g} px": self.box_px > BOX_PX,
            f"scores by up to {self.score:.2g}": self.score > SCORE,
            f"{self.unmatched} detections are in only one": self.unmatched > 0,
        }
        return f"{', '.join(text for text, wrong in said.items() if wrong)} ({self.compared} compared)"

    def _why(self) -> str:
        """What may be the reason although the export is right: a model that hardly learnt, or full tiles."""
        if self.kind == "classifier":
            return ""
        if not self.above:
            return (
                f". Nothing is above the threshold (best score {self.best:.2g}): the model is hardly trained, so its "
                "order of doubtful boxes is chance"
            )
        if self.full:
            return f". {self.full} of {self.tiles} tiles are full: which boxes are left out there is chance"
        return ""

    def require_rough(self, name: str) -> None:
        """Raise ModelError if the quantised file does not find the same animals above the threshold."""
        if self.kind == "classifier":
            good, wanted = self.score <= ROUGH_PROBABILITY, f"at most {ROUGH_PROBABILITY}"
        else:
            good, wanted = self.share >= ROUGH_SHARE, f"at least {100 * ROUGH_SHARE:g} % the same"
            if not self.above:
                raise ModelError(
                    f"{name} is not written as int8: nothing on the {self.tiles} tiles of the check is above the "
                    "threshold, so the check shows nothing; check it on images with animals that the model knows",
                    about="tiles_of",
                )
        if not good:
            raise ModelError(f"{name} is not written, as int8 costs too much: {self.text()}; expected {wanted}")


def nothing_found(name: str, tiles: int) -> ModelError:
    """The error that a file is not written, because its original found nothing on the tiles of the check."""
    return ModelError(
        f"{name} is not written: the original model found nothing on the {tiles} tiles of the check, so the check "
        "shows nothing; check it on images with animals that the model knows",
        about="tiles_of",
    )


def compare_probabilities(wanted: NDArray[np.float32], given: NDArray[np.float32]) -> Agreement:
    """Compare two answers of classifiers, (B, C) float32. Raises ModelError if their shapes differ."""
    if wanted.shape != given.shape:
        raise ModelError(f"the exported classifier answers {given.shape} for {wanted.shape}")
    return Agreement("classifier", len(wanted), wanted.size, 0.0, float(np.abs(wanted - given).max(initial=0)))


def compare_boxes(
    wanted: Detections,
    given: Detections,
    tiles: int,
    thresholds: NDArray[np.float32],
    score_floor: float = 0.0,
    detections_per_tile: int | None = None,
) -> Agreement:
    """Compare two answers of detectors. Their `tiles` say which tile a detection is in.

    A detection that only one model gave is excused if a difference of SCORE may decide about it: its score is at
    `score_floor`, or it is the last one in a tile that has `detections_per_tile`.

    Args:
        wanted: The original's detections, tile px.
        given: The file's detections, tile px.
        tiles: The number of tiles.
        thresholds: (C,) float32, the score threshold by label.
        score_floor: The models give no detections below it.
        detections_per_tile: The models give no more detections in a tile; None for no limit.
    """
    compared = unmatched = same = either = full = 0
    box_px = score = 0.0
    logits: list[NDArray[np.float64]] = []
    for tile in range(tiles):
        a, b = wanted[wanted.tiles == tile], given[given.tiles == tile]
        left, right = _pairs(a, b, exact=True)
        # Detections without a partner are compared too, except those that a rounding let in at the end of the list.
        rest_a, rest_b = (
            np.setdiff1d(np.flatnonzero(d.scores > _last_score(d, score_floor, detections_per_tile) + SCORE), matched)
            for d, matched in ((a, left), (b, right))
        )
        far_left, far_right = _pairs(a[rest_a], b[rest_b])
        left, right = np.append(left, rest_a[far_left]), np.append(right, rest_b[far_right])
        compared += len(left)
        unmatched += len(rest_a) + len(rest_b) - 2 * len(far_left)
        box_px = max(box_px, float(np.abs(a.boxes[left] - b.boxes[right]).max(initial=0)))
        score = max(score, float(np.abs(a.scores[left] - b.scores[right]).max(initial=0)))
        logits.append(_logit(a.scores[left]) - _logit(b.scores[right]))
        full += detections_per_tile is not None and len(a) >= detections_per_tile
        high_a, high_b = (d[d.scores >= thresholds[d.labels]] for d in (a, b))
        both = len(_pairs(high_a, high_b)[0])
        same += both
        either += len(high_a) + len(high_b) - both
    share = same / either if either else 1.0
    best = max(float(wanted.scores.max(initial=0)), float(given.scores.max(initial=0)))
    apart = np.concatenate([*logits, np.zeros(0)])
    shift = float(apart.mean()) if len(apart) else 0.0
    spread = float(np.abs(apart - shift).max(initial=0))
    return Agreement("detector", tiles, compared, box_px, score, unmatched, share, either, full, best, shift, spread)


def _logit(scores: NDArray[np.float32]) -> NDArray[np.float64]:
    """The logits of scores. Nearer to 0 or 1 than 1e-4 float32 hardly tells scores apart, so they stop there."""
    scores = np.clip(scores.astype(np.float64), 1e-4, 1 - 1e-4)
    logits: NDArray[np.float64] = np.log(scores / (1 - scores))
    return logits


def _last_score(found: Detections, score_floor: float, detections_per_tile: int | None) -> float:
    """The score at which the list of one tile ends."""
    full = detections_per_tile is not None and len(found) >= detections_per_tile
    return max(score_floor, float(found.scores.min())) if full else score_floor


def _pairs(a: Detections, b: Detections, exact: bool = False) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Indices of pairs of detections in the same tile. Each detection is in one pair; the most similar are paired
    first.

    Both have the same label, and an IoU of at least ROUGH_IOU. With `exact`, they agree within BOX_PX and SCORE
    instead, because rounding changes the whole IoU of a very thin box.
    """
    alike = iou(a.boxes[:, None], b.boxes)
    apart = np.abs(a.scores[:, None] - b.scores[None])
    could = a.labels[:, None] == b.labels[None]
    if exact:
        could &= (apart <= SCORE) & (np.abs(a.boxes[:, None] - b.boxes[None]).max(axis=-1) <= BOX_PX)
    else:
        could &= alike >= ROUGH_IOU
    left, right = np.nonzero(could)
    # If several boxes are in the same place, those with similar scores are paired.
    order = np.argsort((apart - alike)[left, right], kind="stable")
    taken_left, taken_right = np.zeros(len(a), bool), np.zeros(len(b), bool)
    pairs = []
    for i, j in zip(left[order].tolist(), right[order].tolist(), strict=True):
        if not taken_left[i] and not taken_right[j]:
            taken_left[i] = taken_right[j] = True
            pairs.append((i, j))
    found = np.array(pairs, np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1]
