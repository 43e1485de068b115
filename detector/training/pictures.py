"""Draws sample detections on photos, for trackers."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from detector.labels.labelled import LabelledImage
from detector.training.data import read_pixels

LARGEST_SIDE = 1024  # px
TRUE, FOUND = "white", "yellow"


def drawn(
    photo: LabelledImage,
    boxes_px: NDArray[np.float32],
    scores: NDArray[np.float32],
    labels: NDArray[np.int64],
    classes: Sequence[str],
) -> NDArray[np.uint8]:
    """Draw a photo with its labels in white and its detections in yellow.

    Args:
        photo: The photo.
        boxes_px: (N, 4) float32 xyxy, image px, of the detections.
        scores: (N,) float32.
        labels: (N,) int64.
        classes: The names of the classes. With several classes, each detection shows its name.

    Returns:
        (H, W, 3) uint8 RGB; the longer side has at most 1024 px.
    """
    image = Image.fromarray(np.ascontiguousarray(read_pixels(photo.path, photo.stretch).permute(1, 2, 0).numpy()))
    scale = min(1.0, LARGEST_SIDE / max(image.size))
    image = image.resize((max(1, round(image.width * scale)), max(1, round(image.height * scale))))
    pen = ImageDraw.Draw(image)
    for box in photo.boxes_px * scale:
        pen.rectangle(box.tolist(), outline=TRUE)
    for box, score, label in zip(boxes_px * scale, scores.tolist(), labels.tolist(), strict=True):
        pen.rectangle(box.tolist(), outline=FOUND, width=2)
        text = f"{classes[label]} {score:.2f}" if len(classes) > 1 else f"{score:.2f}"
        pen.text((float(box[0]), max(0.0, float(box[1]) - 11)), text, fill=FOUND)
    return np.asarray(image)
