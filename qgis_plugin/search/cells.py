"""The cells of an image: the parts that a person looks at one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ..searched_cells import searched_px

Size = tuple[int, int]
"""Columns and rows, or width and height in px."""
USUAL_GRID: Size = (5, 3)
"""Of a photo."""
_OPEN_PX = 0.5  # what rounding may leave open of a searched cell, px^2


class Cell(NamedTuple):
    """One cell. number: in its image, from 1. box: xmin, ymin, xmax, ymax in image px, whole numbers."""

    number: int
    box: tuple[int, int, int, int]


def grid(size: Size, columns: int, rows: int) -> list[Cell]:
    """An image of this size in columns x rows cells, from left to right and from the top down.

    An image with fewer px than that has as many cells as px.
    """
    xs, ys = _edges(size[0], columns), _edges(size[1], rows)
    boxes = [(x0, y0, x1, y1) for y0, y1 in zip(ys, ys[1:]) for x0, x1 in zip(xs, xs[1:])]
    return [Cell(number, box) for number, box in enumerate(boxes, 1)]


def strips(size: Size, window: Size) -> list[Cell]:
    """An image in cells that are no larger than a window, in strips: to the right, then back to the left, and so on."""
    columns, rows = (max(1, -(-side // max(1, shown))) for side, shown in zip(size, window))
    cells = grid(size, columns, rows)
    across = len(_edges(size[0], columns)) - 1
    lines = [cells[start : start + across] for start in range(0, len(cells), across)]
    return [cell for number, line in enumerate(lines) for cell in (line if number % 2 == 0 else line[::-1])]


def is_searched(cell: Cell, boxes: Sequence[Sequence[float]]) -> bool:
    """Whether searched cells, of any grid, cover this cell."""
    x0, y0, x1, y1 = cell.box
    if cell.box in boxes:
        return True
    moved = [(a - x0, b - y0, c - x0, d - y0) for a, b, c, d in boxes if a < x1 and c > x0 and b < y1 and d > y0]
    return searched_px(moved, x1 - x0, y1 - y0) >= (x1 - x0) * (y1 - y0) - _OPEN_PX


def _edges(side: int, parts: int) -> list[int]:
    parts = max(1, min(parts, side))
    return [round(side * part / parts) for part in range(parts + 1)]
