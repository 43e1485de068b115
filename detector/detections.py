"""The detections of a model: boxes with scores, classes, and the sides where a tile cut them."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from enum import IntFlag
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

POINT_PX = 20.0
"""The usual side of the square around a point: a mark for the map and the review, not the size of an animal."""
_LEAST_HALF_PX = 0.5


class Side(IntFlag):
    """The sides of a box that lie on an inner edge of its tile, where the animal may continue beyond."""

    LEFT = 1
    TOP = 2
    RIGHT = 4
    BOTTOM = 8


@dataclass(frozen=True, eq=False)
class Detections:
    """N boxes in one frame: tile px or image px, as the name of the variable says.

    Raises ValueError if shapes differ from these.

    Attributes:
        boxes: (N, 4) float32 xyxy, px of the frame, x1 < x2 and y1 < y2.
        scores: (N,) float32, 0 to 1.
        labels: (N,) int32, index into the model's classes.
        tiles: (N,) int32, the tile that saw the box (index in a batch or in a `TileGrid`); -1 for a box of the whole
            image.
        edges: (N,) uint8, the `Side`s on an inner edge of the tile; 0 for an animal that is seen completely.
        runner_up: (N,) int32, the second class of the same animal; -1 for none.
        runner_up_scores: (N,) float32, its score; 0 for none.
        angles: (N,) float32, of the longer side of a box that was found rotated: degrees in 0 to 180, clockwise from
            the x axis; NaN for a box that was found upright. `boxes` then has the upright box around it.
    """

    boxes: NDArray[np.float32]
    scores: NDArray[np.float32]
    labels: NDArray[np.int32]
    tiles: NDArray[np.int32]
    edges: NDArray[np.uint8]
    runner_up: NDArray[np.int32]
    runner_up_scores: NDArray[np.float32]
    angles: NDArray[np.float32]

    def __post_init__(self) -> None:
        if self.boxes.ndim != 2 or self.boxes.shape[1] != 4:
            raise ValueError(f"boxes have shape {self.boxes.shape}, expected (N, 4)")
        n = len(self.boxes)
        for name in _COLUMNS[1:]:
            shape = getattr(self, name).shape
            if shape != (n,):
                raise ValueError(f"{name} has shape {shape}, expected ({n},) as there are {n} boxes")

    @classmethod
    def of(
        cls,
        boxes: ArrayLike,
        scores: ArrayLike,
        labels: ArrayLike,
        tiles: ArrayLike | int = -1,
        edges: ArrayLike | int = 0,
        angles: ArrayLike | float = np.nan,
    ) -> Self:
        """Make detections from anything array-like. `tiles`, `edges` and `angles` may be one value for all."""
        boxes_ = np.asarray(boxes, np.float32).reshape(-1, 4)
        n = len(boxes_)
        return cls(
            boxes=boxes_,
            scores=np.asarray(scores, np.float32),
            labels=np.asarray(labels, np.int32),
            tiles=np.full(n, tiles, np.int32) if np.isscalar(tiles) else np.asarray(tiles, np.int32),
            edges=np.full(n, edges, np.uint8) if np.isscalar(edges) else np.asarray(edges, np.uint8),
            runner_up=np.full(n, -1, np.int32),
            runner_up_scores=np.zeros(n, np.float32),
            angles=np.full(n, angles, np.float32) if np.isscalar(angles) else np.asarray(angles, np.float32),
        )

    @classmethod
    def empty(cls) -> Self:
        """No detections."""
        return cls.of(np.zeros((0, 4)), np.zeros(0), np.zeros(0))

    @classmethod
    def concatenate(cls, parts: Sequence["Detections"]) -> Self:
        """All parts in order. The parts must be in one frame."""
        if not parts:
            return cls.empty()
        return cls(*(np.concatenate([getattr(p, name) for p in parts]) for name in _COLUMNS))

    def __len__(self) -> int:
        return len(self.boxes)

    def __getitem__(self, index: NDArray[np.bool_] | NDArray[np.integer] | slice) -> "Detections":
        """The detections of a mask, an index array or a slice."""
        return Detections(*(getattr(self, name)[index] for name in _COLUMNS))

    def scaled(self, across: float, down: float) -> "Detections":
        """The same detections in a frame whose pixels are `across` times as many along x and `down` times along y."""
        if across == down == 1:
            return self
        boxes = (self.boxes * np.array([across, down] * 2)).astype(np.float32)
        turned = np.radians(self.angles)
        angles = np.degrees(np.arctan2(np.sin(turned) * down, np.cos(turned) * across)) % 180
        return replace(self, boxes=boxes, angles=angles.astype(np.float32))

    def canonical_order(self) -> NDArray[np.int64]:
        """(N,) the indices that sort by place (y1, then x1), then by everything else."""
        b = self.boxes
        # Coordinates are not negative, so their bits have the same order. Two of them make one fast key.
        bits = np.ascontiguousarray(b[:, :2]).view(np.uint32).astype(np.uint64)
        place = bits[:, 1] << np.uint64(32) | bits[:, 0]
        order = np.argsort(place, kind="stable")
        place = place[order]
        if (place[1:] == place[:-1]).any():
            others = (self.edges, self.tiles, self.runner_up, self.labels, -self.scores, b[:, 3], b[:, 2])
            order = order[np.lexsort((*(other[order] for other in others), place))]
        return order

    def in_canonical_order(self) -> "Detections":
        """The detections in canonical order, so that equal sets become equal arrays."""
        return self[self.canonical_order()]


def squares(centres: NDArray[np.floating], size_px: ArrayLike, side_px: float = POINT_PX) -> NDArray[np.float32]:
    """The boxes (N, 4) xyxy that mark points, with each point in the middle of its box.

    Near the edge of its frame, the box of a point is smaller, so that it stays in the frame.

    Args:
        centres: (N, 2) x and y, px of a frame.
        size_px: (2,) the width and the height of the frame, or (N, 2); inf if they are not known.
        side_px: The side of the squares.
    """
    middle = centres.astype(np.float64)
    room = np.minimum(middle, np.asarray(size_px, np.float64) - middle)
    half = np.maximum(np.minimum(room, side_px / 2), _LEAST_HALF_PX)
    return np.concatenate([middle - half, middle + half], axis=1).astype(np.float32)


_COLUMNS = tuple(field.name for field in fields(Detections))
