"""EXIF's orientation: how programs turn a photo where they show it. Herdmap reads and draws the stored photo; boxes of
programs that turn it are converted here, in both directions.

Orientations are EXIF's numbers 1 to 8. Boxes are (N, 4) float64 xyxy, px of the stored or of the shown picture; `width`
and `height` are px of the stored one.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

EVERY = frozenset(range(2, 9))
"""What browsers, CVAT, Label Studio, LabelMe, Ultralytics, OpenCV and Detectron2 turn a photo by."""
WITHOUT_MIRRORS = frozenset({3, 6, 8})
"""What MegaDetector turns a photo by: it shows a photo that its tag mirrors as it is stored."""
_SWAPPED = 5  # from this number on, rows become columns
_ACROSS, _DOWN = (2, 3, 7, 8), (3, 4, 6, 7)  # stored x, y run against the direction that is shown


def orientation_of(exif: Mapping[str, str]) -> int:
    """The orientation in a photo's tags; 1, for not at all, if it is missing or no number of EXIF."""
    found = exif.get("Orientation", "").strip()
    return int(found) if found in ("1", "2", "3", "4", "5", "6", "7", "8") else 1


def shown_size(width: int, height: int, orientation: int) -> tuple[int, int]:
    """(width, height), px, of the picture that is shown."""
    return (height, width) if orientation >= _SWAPPED else (width, height)


def to_shown(boxes_px: ArrayLike, width: int, height: int, orientation: int) -> NDArray[np.float64]:
    """Boxes on the stored picture as boxes on the one that is shown."""
    boxes = _mirrored(np.asarray(boxes_px, np.float64).reshape(-1, 4), width, height, orientation)
    return boxes[:, [1, 0, 3, 2]] if orientation >= _SWAPPED else boxes


def to_stored(boxes_px: ArrayLike, width: int, height: int, orientation: int) -> NDArray[np.float64]:
    """Boxes on the picture that is shown as boxes on the stored one."""
    boxes = np.asarray(boxes_px, np.float64).reshape(-1, 4)
    return _mirrored(boxes[:, [1, 0, 3, 2]] if orientation >= _SWAPPED else boxes, width, height, orientation)


def _mirrored(boxes: NDArray[np.float64], width: int, height: int, orientation: int) -> NDArray[np.float64]:
    left, top, right, bottom = boxes.T
    if orientation in _ACROSS:
        left, right = width - right, width - left
    if orientation in _DOWN:
        top, bottom = height - bottom, height - top
    return np.stack([left, top, right, bottom], axis=1)
