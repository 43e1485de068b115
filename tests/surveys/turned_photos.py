"""Photos with a white spot, and an EXIF tag that says how to turn them where they are shown."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

# Stored: a white spot at x 30 to 50, y 10 to 20 of a black picture of 80 x 60 px.
SPOT = (30, 10, 50, 20)
SIZE = (80, 60)


def photo(path: Path, orientation: int | None, size: tuple[int, int] = SIZE) -> Path:
    pixels = np.zeros((size[1], size[0], 3), np.uint8)
    pixels[SPOT[1] : SPOT[3], SPOT[0] : SPOT[2]] = 255
    image = Image.fromarray(pixels)
    exif = Image.Exif()
    if orientation is not None:
        exif[0x0112] = orientation
    lossy: dict[str, Any] = {"quality": 100, "subsampling": 0} if path.suffix == ".jpg" else {}
    image.save(path, exif=exif, **lossy)
    return path


def turned(path: Path) -> NDArray[np.bool_]:
    """(H, W) bool: where the spot is in the picture as Pillow turns it by its tag."""
    with Image.open(path) as image:
        return np.asarray(ImageOps.exif_transpose(image).convert("L")) > 128


def around_spot(shown: NDArray[np.bool_]) -> tuple[int, int, int, int]:
    """The box around the spot, xyxy px."""
    y, x = np.nonzero(shown)
    return int(x.min()), int(y.min()), int(x.max()) + 1, int(y.max()) + 1
