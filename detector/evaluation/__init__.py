"""How right detections are: held against labelled boxes, on full photos, as numbers that can be believed.

matching.py     one detection an animal, one animal a detection: by centre or by IoU
scores.py       a survey's truth and what was found in it, matched; curves, counts, recall by size and seam
intervals.py    bootstrap over photos
average_precision.py  COCO's AP, by pycocotools
report.py       all of it as JSON, CSV and one HTML page
"""

from detector.evaluation.matching import (
    JudgedImage,
    Score,
    best_threshold,
    centre_agreement,
    iou_agreement,
    judge,
    match,
)

__all__ = ["JudgedImage", "Score", "best_threshold", "centre_agreement", "iou_agreement", "judge", "match"]
