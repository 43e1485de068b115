"""Borders of a raster that are no image and that the file does not say are none: of one value, from the edges inward.

Programs that mosaic and turn imagery fill what is left with black, white or a value of their own. Where that is
declared as nodata, alpha or a mask, GDAL knows it. Where it is not, it looks like ground, and it spoils a stretch.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

EDGE_PX = 8
ROWS = 64
# JPEG leaves the values beside an edge a little off.
_TOLERANCE_8_BIT = 4
_LEAST_SHARE = 0.005


@dataclass(frozen=True)
class Border:
    """value: of all its bands. share: of the image's pixels, 0 to 1, as far as rows of it tell."""

    value: float
    share: float


def value_of(edges: Sequence[NDArray[Any]], samples: NDArray[Any]) -> float | None:
    """The value of a border that reaches one of some places at the edges; None where none of them has one.

    edges: (h, w, bands) stored values at the image's corners and sides. samples: (N, bands) from all over the image. A
    border has one value in all bands, black or white in 8 bit, and in other depths less or more than every other.
    """
    for place in edges:
        value = place.flat[0]
        if not (place == value).all():
            continue
        if place.dtype == np.uint8:
            if value in (0, 255):
                return float(value)
        elif samples.size and (samples != value).any() and (value <= samples.min() or value >= samples.max()):
            return float(value)
    return None


def without(samples: NDArray[Any], value: float | None) -> NDArray[Any]:
    """The samples (N, bands) that are not of the border; all of them if that would leave none."""
    if value is None:
        return samples
    kept = samples[(samples != value).any(axis=1)]
    return kept if len(kept) else samples


def measured(value: float, rows: Iterable[NDArray[Any]]) -> Border | None:
    """The border of a value, as long as it goes on from both ends of rows (w, bands) of stored values; None where it is
    less than half a per cent."""
    border = whole = 0
    for row in rows:
        far = np.abs(row.astype(np.float64) - value)
        image = np.flatnonzero((far > (_TOLERANCE_8_BIT if row.dtype == np.uint8 else 0)).any(axis=1))
        border += len(row) if not len(image) else int(image[0] + len(row) - 1 - image[-1])
        whole += len(row)
    share = border / whole if whole else 0.0
    return Border(value, share) if _LEAST_SHARE <= share < 1 else None
