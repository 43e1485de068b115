"""How good a network is on photos that it does not learn from, tiled and merged as `herdmap detect` does."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.detections import Detections
from detector.evaluation import JudgedImage, best_threshold, centre_agreement, iou, judge, match
from detector.merge import merge, settle
from detector.tiles import TileGrid
from detector.training.data import read_pixels, without_animals
from detector.training.dataset import Group
from detector.training.labels import LabelledImage

TILES_AT_ONCE = 4
Detect = Callable[[NDArray[np.uint8]], Detections]  # (B, H, W, 3) uint8 to detections in tile px


@dataclass(frozen=True)
class Seen:
    """A photo and what was found in it, image px; what lies in a crowd region is left out of both."""

    photo: LabelledImage
    found: Detections

    def of(self, label: int | None) -> JudgedImage:
        """The photo as judged for one class, or for all as one."""
        true = ~self.photo.crowd
        mine = np.ones(len(self.found), np.bool_)
        if label is not None:
            true &= self.photo.labels == label
            mine = self.found.labels == label
        return JudgedImage(self.found.boxes[mine], self.found.scores[mine], self.photo.boxes_px[true])


def look(detect: Detect, photos: Sequence[LabelledImage], tile_size: int, overlap: int) -> list[Seen]:
    """Detections above the network's own floor on whole photos. Raises InputError for a photo that cannot be read."""
    seen = []
    for photo in photos:
        if not photo.width:
            photo = without_animals(photo.path)
        pixels = np.ascontiguousarray(read_pixels(photo.path).permute(1, 2, 0).numpy())
        found = on_photo(detect, pixels, tile_size, overlap)
        if photo.crowd.any():
            centres = (found.boxes[:, None, :2] + found.boxes[:, None, 2:]) / 2
            crowds = photo.boxes_px[photo.crowd]
            inside = np.all((centres >= crowds[:, :2]) & (centres < crowds[:, 2:]), axis=2).any(axis=1)
            found = found[np.flatnonzero(~inside)]
        seen.append(Seen(photo, found))
    return seen


def on_photo(detect: Detect, pixels: NDArray[np.uint8], tile_size: int, overlap: int) -> Detections:
    """One box an animal in image px, of (H, W, 3) uint8."""
    grid = TileGrid(pixels.shape[1], pixels.shape[0], tile_size, overlap)
    parts = []
    for start in range(0, len(grid), TILES_AT_ONCE):
        tiles = np.arange(start, min(start + TILES_AT_ONCE, len(grid)), dtype=np.int32)
        batch = np.stack([pixels[y0:y1, x0:x1] for x0, y0, x1, y1 in grid.boxes[tiles]])
        found = detect(batch)
        own = tiles[found.tiles]
        boxes = found.boxes + np.tile(grid.boxes[own, :2], 2).astype(np.float32)
        parts.append(replace(found, boxes=boxes, tiles=own, edges=grid.edges(boxes, own)))
    return merge(settle(Detections.concatenate(parts)).detections, grid).detections


def average_precision(images: Sequence[JudgedImage], iou_least: float | None = None) -> float:
    """The area under the curve of precision over recall, precision made falling (as in Pascal VOC 2010); by centre
    match, or by IoU where a least one is given. NaN without true boxes."""
    total = sum(len(image.true_boxes) for image in images)
    if not total:
        return float("nan")
    scores, right = [], []
    for image in images:
        if iou_least is None:
            agreement, least = centre_agreement(image.boxes, image.true_boxes), 0.0
        else:
            agreement, least = iou(image.boxes, image.true_boxes), iou_least
        scores.append(image.scores)
        right.append(match(agreement, image.scores, least) >= 0)
    order = np.argsort(-np.concatenate(scores), kind="stable")
    found = np.concatenate(right)[order].cumsum()
    precision = found / np.arange(1, len(found) + 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    return float((np.diff(found / total, prepend=0.0) * envelope).sum())


def thresholds(groups: Sequence[Sequence[Seen]], classes: Sequence[str]) -> float | dict[str, float]:
    """The score threshold of best F1 by centre match; one number for one class, else one a class."""
    if len(classes) == 1:
        return best_threshold([[seen.of(None) for seen in group] for group in groups])
    return {
        name: best_threshold([[seen.of(label) for seen in group] for group in groups])
        for label, name in enumerate(classes)
    }


def metrics(seen: Sequence[Seen], classes: Sequence[str], threshold: float | Mapping[str, float]) -> dict[str, float]:
    """Numbers for a curve: F1 and average precision by centre match, AP at IoU 0.5, each also by class."""
    values: dict[str, float] = {}
    aps, ap50s, scores = [], [], []
    for label, name in enumerate(classes):
        images = [s.of(label) for s in seen]
        if not sum(len(image.true_boxes) for image in images):
            continue
        score = judge(images, threshold[name] if isinstance(threshold, Mapping) else threshold)
        ap = average_precision(images)
        if len(classes) > 1:
            values |= {f"validation/f1/{name}": score.f1, f"validation/ap/{name}": ap}
        scores.append(score)
        aps.append(ap)
        ap50s.append(average_precision(images, 0.5))
    if not scores:
        return values
    return {
        "validation/f1": float(np.mean([score.f1 for score in scores])),
        "validation/precision": float(np.mean([score.precision for score in scores])),
        "validation/recall": float(np.mean([score.recall for score in scores])),
        "validation/ap": float(np.mean(aps)),
        "validation/ap50": float(np.mean(ap50s)),
        **values,
    }


def card(
    groups: Sequence[tuple[Group, Sequence[Seen]]], classes: Sequence[str], threshold: float | Mapping[str, float]
) -> dict[str, Any]:
    """What the model file says of itself: precision, recall and F1 by source or flight, and by class where several."""
    judged: dict[str, list[Seen]] = defaultdict(list)
    for group, seen in groups:
        for one in seen:
            judged[group.name or one.photo.flight].append(one)
    result: dict[str, Any] = {}
    for name, seen in judged.items():
        images = [(s, label) for s in seen for label in range(len(classes))]
        result[name] = {"images": len(seen), **_numbers(images, classes, threshold)}
    if len(classes) > 1:
        everything = [one for seen in judged.values() for one in seen]
        result["classes"] = {
            name: _numbers([(s, label) for s in everything], classes, threshold) for label, name in enumerate(classes)
        }
    return result


def _numbers(
    images: Sequence[tuple[Seen, int]], classes: Sequence[str], threshold: float | Mapping[str, float]
) -> dict[str, float | int]:
    by_label: dict[int, list[JudgedImage]] = defaultdict(list)
    for seen, label in images:
        by_label[label].append(seen.of(label))
    totals = []
    for iou_least in (None, 0.5):
        parts = [
            judge(judged, threshold[classes[label]] if isinstance(threshold, Mapping) else threshold, iou_least)
            for label, judged in by_label.items()
        ]
        totals.append(sum(parts[1:], parts[0]))
    by_centre, by_iou = totals
    return {
        "animals": by_centre.found + by_centre.missed,
        "precision": round(by_centre.precision, 4),
        "recall": round(by_centre.recall, 4),
        "f1": round(by_centre.f1, 4),
        "f1_iou50": round(by_iou.f1, 4),
    }
