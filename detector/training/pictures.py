"""Sample predictions, as pictures that a tracker shows."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from detector.training.data import read_pixels
from detector.training.validation import Seen

LARGEST_SIDE = 1024  # px
TRUE, FOUND = "white", "yellow"


def drawn(seen: Seen, threshold: float | Mapping[str, float], classes: Sequence[str]) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 RGB: the photo, at most 1024 px a side, with the true boxes in white and the detections above the
    threshold in yellow, with their score and, where there are several classes, their class."""
    image = Image.fromarray(np.ascontiguousarray(read_pixels(seen.photo.path).permute(1, 2, 0).numpy()))
    scale = min(1.0, LARGEST_SIDE / max(image.size))
    image = image.resize((max(1, round(image.width * scale)), max(1, round(image.height * scale))))
    pen = ImageDraw.Draw(image)
    for box in seen.photo.boxes_px * scale:
        pen.rectangle(box.tolist(), outline=TRUE)
    found = seen.found
    for box, score, label in zip(found.boxes * scale, found.scores.tolist(), found.labels.tolist(), strict=True):
        name = classes[label]
        if score >= (threshold[name] if isinstance(threshold, Mapping) else threshold):
            pen.rectangle(box.tolist(), outline=FOUND, width=2)
            text = f"{name} {score:.2f}" if len(classes) > 1 else f"{score:.2f}"
            pen.text((float(box[0]), max(0.0, float(box[1]) - 11)), text, fill=FOUND)
    return np.asarray(image)
