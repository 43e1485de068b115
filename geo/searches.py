"""What people have looked at in a survey: cells of images, each with who searched it and when.

A cell that was searched and has no animal was empty. So a photo is done when its searched cells cover it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.searched_cells import searched_whole
from geo.tables import SEARCHED_IN_PART, Images, TableError


@dataclass(frozen=True, eq=False)
class Searches:
    """N searched cells. Raises TableError for columns of other shapes, and for cells that are empty or not finite.

    Attributes:
        image: The paths of the images, as in `Images`.
        cell: (N,) int64, the number of the cell in its image, from 1.
        boxes_px: (N, 4) float64 xyxy, image px.
        reviewer: Who searched it; None if unknown.
        searched_at: ISO 8601; None if unknown.
    """

    image: Sequence[str]
    cell: NDArray[np.int64]
    boxes_px: NDArray[np.float64]
    reviewer: Sequence[str | None]
    searched_at: Sequence[str | None]

    def __post_init__(self) -> None:
        n = len(self.image)
        if self.cell.shape != (n,) or self.boxes_px.shape != (n, 4):
            raise TableError(f"searches: {n} images, cells of shape {self.cell.shape}, boxes {self.boxes_px.shape}")
        if len(self.reviewer) != n or len(self.searched_at) != n:
            raise TableError(
                f"searches: {n} images, but {len(self.reviewer)} reviewers and {len(self.searched_at)} times"
            )
        low, high = self.boxes_px[:, :2], self.boxes_px[:, 2:]
        if not np.isfinite(self.boxes_px).all() or not (low < high).all():
            raise TableError("searches: a cell is empty or not finite, expected xyxy with x0 < x1 and y0 < y1")

    def __len__(self) -> int:
        return len(self.image)

    @classmethod
    def none(cls) -> "Searches":
        """No searched cell."""
        return cls((), np.empty(0, np.int64), np.empty((0, 4)), (), ())

    def take(self, rows: Sequence[int]) -> "Searches":
        """These rows, in that order."""
        index = np.array(rows, np.int64)
        texts = ([column[i] for i in rows] for column in (self.image, self.reviewer, self.searched_at))
        image, reviewer, searched_at = texts
        return Searches([str(path) for path in image], self.cell[index], self.boxes_px[index], reviewer, searched_at)

    def renamed(self, paths: Mapping[str, str]) -> "Searches":
        """The same with other paths: those that `paths` names."""
        return replace(self, image=[paths.get(path, path) for path in self.image])


def joined(first: Searches, second: Searches) -> Searches:
    """The searches of both, each once, by image, cell, reviewer and time."""
    keys: dict[tuple[Any, ...], tuple[Searches, int]] = {}
    for table in (first, second):
        boxes = table.boxes_px.tolist()
        for row, (image, cell) in enumerate(zip(table.image, table.cell.tolist(), strict=True)):
            key = (image, cell, table.reviewer[row] or "", table.searched_at[row] or "", *boxes[row])
            keys.setdefault(key, (table, row))
    chosen = [keys[key] for key in sorted(keys)]
    return Searches(
        [table.image[row] for table, row in chosen],
        np.array([table.cell[row] for table, row in chosen], np.int64),
        np.array([table.boxes_px[row] for table, row in chosen], np.float64).reshape(-1, 4),
        [table.reviewer[row] for table, row in chosen],
        [table.searched_at[row] for table, row in chosen],
    )


def whole(searches: Searches, images: Images) -> NDArray[np.bool_]:
    """(len(images),) which images people have searched completely, whoever searched which cell."""
    cells: dict[str, list[list[float]]] = {}
    for image, box in zip(searches.image, searches.boxes_px.tolist(), strict=True):
        cells.setdefault(image, []).append(box)
    sizes = zip(images.path, images.width.tolist(), images.height.tolist(), strict=True)
    return np.array([searched_whole(cells.get(path, ()), width, height) for path, width, height in sizes], bool)


def with_searches(images: Images, searches: Searches) -> Images:
    """The images, of which those are done that people searched completely, and that could be read."""
    if not len(searches):
        return images
    by_people = whole(searches, images).tolist()
    status, reason = list(images.status), list(images.reason)
    for row, searched in enumerate(by_people):
        if searched and status[row] != "failed":
            status[row], reason[row] = "done", _without_part(reason[row])
    return replace(images, status=status, reason=reason)


def _without_part(reason: str | None) -> str | None:
    """A reason without the part that says that not all of the image was searched."""
    kept = [one for one in (reason or "").split("; ") if one and not one.startswith(SEARCHED_IN_PART)]
    return "; ".join(kept) or None
