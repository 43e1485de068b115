"""Sample predictions as pictures for a tracker."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from detector.labels.coco import LabelledImage
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
    """(H, W, 3) uint8 RGB: the photo, at most 1024 px a side, with the true boxes in white and what was found in it in
    yellow, with the score and, where there are several classes, the class.

    boxes_px: (N, 4) xyxy, image px; scores, labels: (N,).
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
