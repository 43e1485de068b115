"""How much of an image people have looked at: the ground under the cells that they searched.

The build of the QGIS plugin copies this file into the plugin, so it needs only the standard library, and Python 3.9.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Box = Sequence[float]
"""xmin, ymin, xmax, ymax in image px."""

_EXACT_PX = 0.5  # what rounding may leave open of a whole image, px^2


def searched_px(cells: Iterable[Box], width: int, height: int) -> float:
    """The area of an image, px^2, that at least one of the cells covers. Cells may overlap and reach out of the image.

    Exact for cells with whole px. Takes (rows of cells) x (cells) steps.
    """
    boxes = sorted(
        (max(0.0, y0), min(float(height), y1), max(0.0, x0), min(float(width), x1))
        for x0, y0, x1, y1 in cells
        if min(x1, width) > max(x0, 0) and min(y1, height) > max(y0, 0)
    )
    edges = sorted({edge for top, bottom, _, _ in boxes for edge in (top, bottom)})
    area = 0.0
    for top, bottom in zip(edges, edges[1:]):  # noqa: B905, RUF007 - the plugin runs on Python 3.9
        reached = length = 0.0
        for left, right in sorted((x0, x1) for y0, y1, x0, x1 in boxes if y0 <= top and y1 >= bottom):
            if right > reached:
                length += right - max(left, reached)
                reached = right
        area += length * (bottom - top)
    return area


def searched_whole(cells: Iterable[Box], width: int, height: int) -> bool:
    """Whether the cells cover all of an image. An image without a size is never covered."""
    listed = list(cells)
    whole = float(width) * float(height)
    # A look at the sum first: most images that are asked about have none, or a few.
    if whole <= 0 or sum((x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in listed) < whole - _EXACT_PX:
        return False
    return searched_px(listed, width, height) >= whole - _EXACT_PX
