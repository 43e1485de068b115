"""Computes average precision as COCO defines it, with pycocotools, the reference implementation; and that of points."""

import contextlib
import io
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np

from detector.errors import MissingLibraryError
from detector.evaluation.scores import Found, Matches, Truth

# COCO's recalls: precision is taken at each of them.
_RECALLS = np.linspace(0, 1, 101)


@dataclass(frozen=True)
class AveragePrecision:
    """The average precision of one class.

    It is NaN if the class has no animals, or if no animal has an area, since no box can overlap such an animal.

    Attributes:
        ap: The mean over IoU 0.50, 0.55 ... 0.95.
        ap50: At IoU 0.50.
    """

    ap: float
    ap50: float


def average_precision(truth: Truth, found: Found, classes: int) -> list[AveragePrecision]:
    """The average precision of each class, over all detections in every photo.

    COCO counts at most 100 detections in a photo. Here there is no limit, because a herd may be larger.

    Raises:
        MissingLibraryError: pycocotools is not installed.
    """
    if find_spec("pycocotools") is None:
        raise MissingLibraryError("average precision needs pycocotools: pip install 'herdmap[evaluate]'")
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    with contextlib.redirect_stdout(io.StringIO()):
        labelled = COCO()
        labelled.dataset = _dataset(truth, classes)
        labelled.createIndex()
        if not len(found.image):
            return [_undetected(truth, label) for label in range(classes)]
        detected = labelled.loadRes(_rows(found))
        judged = COCOeval(labelled, detected, "bbox")
        judged.params.maxDets = [1, 10, max(100, int(np.bincount(found.image).max()))]
        judged.params.areaRng, judged.params.areaRngLbl = [[0, 1e10]], ["all"]
        judged.evaluate()
        judged.accumulate()
    # (IoU thresholds, recall levels, classes); -1 if a class has no animals.
    precision = judged.eval["precision"][:, :, :, 0, -1]
    return [
        AveragePrecision(float("nan"), float("nan"))
        if (precision[:, :, label] < 0).all() or _without_area(truth, label)
        else AveragePrecision(float(precision[:, :, label].mean()), float(precision[0, :, label].mean()))
        for label in range(classes)
    ]


def average_precision_of(matched: Matches) -> float:
    """The average precision of matches by any rule, from the lowest score on, with COCO's interpolation.

    So points have one too, matched by centre. It is NaN without animals.
    """
    if not len(matched.true):
        return float("nan")
    right = matched.right[np.argsort(-matched.scores, kind="stable")]
    found = np.cumsum(right)
    precision = np.maximum.accumulate((found / np.arange(1, len(right) + 1))[::-1])[::-1]
    place = np.searchsorted(found / len(matched.true), _RECALLS)
    return float(np.append(precision, 0.0)[np.minimum(place, len(right))].mean())


def _undetected(truth: Truth, label: int) -> AveragePrecision:
    some = ((truth.labels == label) & ~truth.crowd).any() and not _without_area(truth, label)
    value = 0.0 if some else float("nan")
    return AveragePrecision(value, value)


def _without_area(truth: Truth, label: int) -> bool:
    own = truth.boxes_px[(truth.labels == label) & ~truth.crowd]
    return bool((own[:, 2:] <= own[:, :2]).any())


def _xywh(boxes: Any) -> list[list[float]]:
    b = boxes.astype(np.float64)
    rows: list[list[float]] = np.hstack([b[:, :2], b[:, 2:] - b[:, :2]]).tolist()
    return rows


def _dataset(truth: Truth, classes: int) -> dict[str, Any]:
    annotations = [
        {"id": i + 1, "image_id": image, "category_id": label, "bbox": box, "area": box[2] * box[3], "iscrowd": crowd}
        for i, (image, label, box, crowd) in enumerate(
            zip(
                truth.image.tolist(),
                truth.labels.tolist(),
                _xywh(truth.boxes_px),
                truth.crowd.astype(int).tolist(),
                strict=True,
            )
        )
    ]
    return {
        "info": {},
        "images": [{"id": i} for i in range(len(truth.photos))],
        "annotations": annotations,
        "categories": [{"id": label, "name": str(label)} for label in range(classes)],
    }


def _rows(found: Found) -> list[dict[str, Any]]:
    columns = (found.image.tolist(), found.labels.tolist(), _xywh(found.boxes_px), found.scores.tolist())
    return [
        {"image_id": image, "category_id": label, "bbox": box, "score": score}
        for image, label, box, score in zip(*columns, strict=True)
    ]
