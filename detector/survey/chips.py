"""Small pictures of detections that were not found by a search, read from their image afterwards."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detector.survey.searching import CHIP_MAX_PX, CHIP_QUALITY, CHIP_SCALE
from geo import raster
from geo.errors import GeoError

_LEAST_PX = 16


def chips_of(image: Path, boxes_px: NDArray[np.float32]) -> list[bytes | None]:
    """A JPEG of each box (N, 4), image px, with its surroundings, as a search makes them; None where pixels cannot be
    read.
    """
    chips: list[bytes | None] = [None] * len(boxes_px)
    try:
        with raster.RasterReader(image) as reader:
            size = np.array([reader.info.width, reader.info.height])
            for i, box in enumerate(boxes_px.astype(np.float64)):
                chips[i] = raster.encode_jpeg(_crop(reader, box, size), CHIP_QUALITY)
    except GeoError:
        return chips
    return chips


def _crop(reader: raster.RasterReader, box: NDArray[np.float64], size: NDArray[np.int64]) -> NDArray[np.uint8]:
    """A square about the box, at most CHIP_MAX_PX px after it is reduced; at an edge it is moved inward."""
    extent = max(_LEAST_PX, int(np.ceil(CHIP_SCALE * (box[2:] - box[:2]).max())))
    side = np.minimum(extent, size)
    corner = np.clip(np.round((box[:2] + box[2:] - side) / 2), 0, size - side)
    scale = min(1.0, CHIP_MAX_PX / float(side.max()))
    width, height = (max(1, round(float(each) * scale)) for each in side)
    (x, y), (across, down) = corner.tolist(), side.tolist()
    pixels, _ = reader.read(x, y, across, down, (height, width))
    return pixels
