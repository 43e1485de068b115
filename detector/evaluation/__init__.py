"""Measures how good detections are: compares them with labelled boxes, on whole photos, with intervals.

matching.py     matches detections and animals one to one, by centre or by IoU
scores.py       a survey's labels and detections, matched; curves, counts, recall by size and by distance to a seam
headline.py     the numbers that training reports too: by class, their mean, all classes together
intervals.py    bootstrap over photos
average_precision.py  COCO's AP, by pycocotools
report.py       the results as JSON, CSV and one HTML page
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
