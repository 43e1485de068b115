"""What people said of the detections of a survey: which are animals of which class, and which were rejected."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from detector.errors import InputError
from detector.models import light_fit
from geo.tables import DetectionRows

LEAST_MARKS = 5
"""Of a class: with fewer, nothing is learnt."""


@dataclass(frozen=True, eq=False)
class Marks:
    """Of each row its image, its class, whether people said that it is an animal, or that it is none.

    Attributes:
        paths: The image of each row.
        names: Its class, as people corrected it.
        boxes_px: (N, 4) float64 xyxy, image px.
        point: (N,) bool, whether it was marked as a point. Its box is then only a mark around it.
        animal: (N,) bool, confirmed, or added by a person and not rejected.
        rejected: (N,) bool.
    """

    paths: list[str]
    names: list[str]
    boxes_px: NDArray[np.float64]
    point: NDArray[np.bool_]
    animal: NDArray[np.bool_]
    rejected: NDArray[np.bool_]

    @classmethod
    def of(cls, rows: DetectionRows) -> "Marks":
        """The marks of the rows of a survey."""
        review = np.array(rows.text("review"), object)
        by_hand = np.isnan(rows.score)
        known = np.isfinite(rows.boxes_px).all(axis=1)
        animal = ((review == "confirmed") | (by_hand & (review != "rejected"))) & known
        said = zip(rows.class_names(), rows.text("reviewed_class"), strict=True)
        names = [other or name for name, other in said]
        rejected = np.asarray((review == "rejected") & known, bool)
        point = np.array([kind == "point" for kind in rows.text("kind")], bool) & known
        boxes = rows.boxes_px.astype(np.float64)
        return cls(rows.image_paths(), names, boxes, point, np.asarray(animal, bool), rejected)

    def with_sizes(self, measured: Callable[["Marks"], float | None]) -> "Marks":
        """The same with boxes around the points, as long as the animals that have boxes.

        measured: the length of the animals in the pixels around the points, px, or None; asked if there are no boxes.
        Raises InputError if there are points alone, and the pixels do not tell.
        """
        if not (self.point & self.animal).any():
            return self
        drawn = self.boxes_px[self.animal & ~self.point]
        length = light_fit.length_of(drawn) if len(drawn) else measured(self)
        if length is None:
            raise InputError(
                "the animals are marked as points, which say nothing of their size; mark some of them as boxes"
            )
        boxes = self.boxes_px.copy()
        middles = (boxes[self.point, :2] + boxes[self.point, 2:]) / 2
        boxes[self.point] = np.hstack([middles - length / 2, middles + length / 2])
        return replace(self, boxes_px=boxes)

    @property
    def count(self) -> Counter[str]:
        """How many animals of each class are marked."""
        return Counter(name for name, is_animal in zip(self.names, self.animal.tolist(), strict=True) if is_animal)

    def classes(self, least: int) -> tuple[str, ...]:
        """The classes with at least so many marks, the most common first."""
        return tuple(name for name, number in self.count.most_common() if number >= least)

    def boxes(self, classes: Sequence[str]) -> NDArray[np.float64]:
        """The boxes (N, 4) of the animals of these classes, image px."""
        return self.boxes_px[self.animal & np.isin(self.names, list(classes))]
