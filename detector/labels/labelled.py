"""A labelled photo, as training, evaluation and import get it from every format."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.errors import InputError
from detector.labels.shapes import Drawn, tidy
from geo.paths import StrPath, as_path


@dataclass(frozen=True)
class LabelledImage:
    """One image of a label file, with its N labels. Raises InputError if shapes differ from these.

    Attributes:
        path: The file of its pixels.
        width: Px, as the label file says; 0 if it does not.
        height: Px, as the label file says; 0 if it does not.
        flight: The group that a split keeps together; the image's own name if the file has no `flight`.
        boxes_px: (N, 4) float32 xyxy, image px. The box of a point has no width and no height.
        labels: (N,) int64, places in the class list.
        crowd: (N,) bool, COCO's `iscrowd`: a region in which nothing is learnt or judged.
        found_as: (N,) the names of the boxes in the file; by default empty text.
        dropped: The names of its boxes of other classes.
        columns: The other values in the file, by key.
        name: The path relative to the image folder, with `/`; by default the file's name.
        stretch: The stored values (low, high) that become 0 and 255; None if the image is 8 bit, or for its own.
        odd: What was done to labels that are not as they should be, and to which; `said_of` makes lines of it.
        scores: (N,) float32, how sure a detector was, 0 to 1; NaN, also by default, for the label of a person.
        turns: The orientations of EXIF by which its tool turns a photo before somebody labels it, or a model searches
            it; None if the tool is not known.
    """

    path: Path
    width: int
    height: int
    flight: str
    boxes_px: NDArray[np.float32]
    labels: NDArray[np.int64]
    crowd: NDArray[np.bool_]
    found_as: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    columns: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""
    odd: tuple[tuple[str, str], ...] = ()
    stretch: tuple[float, float] | None = None
    scores: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))
    turns: Set[int] | None = None

    def __post_init__(self) -> None:
        if not len(self.scores):
            object.__setattr__(self, "scores", np.full(len(self.labels), np.nan, np.float32))
        if not self.found_as:
            object.__setattr__(self, "found_as", ("",) * len(self.labels))
        if not self.name:
            object.__setattr__(self, "name", self.path.name)
        n = len(self.labels)
        shapes = self.boxes_px.shape, self.labels.shape, self.crowd.shape, (len(self.found_as),), self.scores.shape
        if shapes != ((n, 4), (n,), (n,), (n,), (n,)):
            raise InputError(
                f"{self.path}: boxes, labels, crowd, found_as, scores have the shapes {', '.join(map(str, shapes))}; "
                "expected (N, 4) and (N,)"
            )

    @property
    def annotated(self) -> bool:
        """Whether the file has any annotation of the image, also of a dropped class."""
        return bool(len(self.labels) or self.dropped)

    @property
    def without_area(self) -> NDArray[np.bool_]:
        """(N,) bool: whether a label is a point, or a box without a width or a height."""
        return np.asarray((self.boxes_px[:, 2:] <= self.boxes_px[:, :2]).any(axis=1), np.bool_)


def labels_of(names: Sequence[str], classes: tuple[str, ...], rename: Mapping[str, str]) -> dict[str, int]:
    """The place in `classes` of each name in a label file that is a class, or becomes one."""
    becomes = {name: rename.get(name, name) for name in names}
    return {name: classes.index(new) for name, new in becomes.items() if new in classes}


def refuse_shares(source: StrPath, photos: Sequence[LabelledImage]) -> None:
    """Raise InputError if all labels of a file lie between 0 and 1, with decimals: they are no px of the photos."""
    boxes = np.concatenate([np.zeros((0, 4), np.float32), *(photo.boxes_px for photo in photos)])
    if len(boxes) and boxes.max() <= 1 and (boxes % 1 > 0).any():
        raise InputError(
            f"{source}: its labels lie between 0 and 1, as shares of the photo's width and height do; expected px"
        )


@dataclass(frozen=True)
class Listed:
    """A photo as a label file lists it.

    Attributes:
        name: Relative to the image folder.
        columns: The other values in the file.
        odd, turns: As in `LabelledImage`.
    """

    name: str
    width: int
    height: int
    columns: Mapping[str, Any] = field(default_factory=dict)
    odd: tuple[tuple[str, str], ...] = ()
    turns: Set[int] | None = None


def labelled(
    folder: StrPath, photo: Listed, drawn: Sequence[Drawn], label_of: Mapping[str, int], dropped: tuple[str, ...]
) -> LabelledImage:
    """A photo with its labels. Impossible labels are left out."""
    kept, odd = tidy(drawn, photo.width, photo.height)
    path = PurePosixPath(photo.name)
    return LabelledImage(
        path=as_path(folder) / photo.name,
        width=photo.width,
        height=photo.height,
        flight=str(photo.columns.get("flight", path.with_suffix(""))),
        boxes_px=np.array([one.box for one in kept], np.float32).reshape(-1, 4),
        labels=np.array([label_of[one.name] for one in kept], np.int64),
        crowd=np.array([one.crowd for one in kept], np.bool_),
        found_as=tuple(one.name for one in kept),
        dropped=dropped,
        columns=photo.columns,
        name=path.as_posix(),
        odd=(*photo.odd, *odd),
        scores=np.array([one.score for one in kept], np.float32),
        turns=photo.turns,
    )
