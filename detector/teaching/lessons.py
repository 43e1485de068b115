"""What photos teach: their animals of the classes that are learnt, and the ground of which nothing is known.

Ground that nobody searched is no background: a wrong negative would be a silent error. It is marked as a crowd, in
which nothing is learnt and nothing is judged.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detector.errors import InputError
from detector.labels.labelled import LabelledImage
from detector.models import light_fit
from detector.survey.marks import LEAST_MARKS
from detector.survey.point_lengths import PointsOfPhoto, length_of_points
from detector.teaching.known_ground import unknown_ground
from detector.teaching.told import Told
from geo.errors import Remark

USUAL_PX = 32.0
"""The side of an animal that is marked as a point, px, if nothing says how large it is."""
_OTHER_SIZE = 2.5  # times as long as most animals, or as short


@dataclass(frozen=True, eq=False)
class Lesson:
    """A photo that teaches.

    Attributes:
        photo: Its animals, and as crowds the ground where nothing is learnt.
        identity: The same for the same file under any name, 16 hexadecimal digits.
        rejected_px: (R, 4) float32 xyxy, what was taken for an animal and is none.
        source: The survey or the labels that say so.
        undecided_px: (M, 4) float64 xyxy, what nobody has decided, and animals of names that are not learnt.
        searched_px: (K, 4) float64 xyxy, ground on which all animals are marked.
    """

    photo: LabelledImage
    identity: str
    rejected_px: NDArray[np.float32]
    source: str
    undecided_px: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 4)))
    searched_px: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 4)))

    @property
    def animals(self) -> int:
        """How many animals of the classes it shows."""
        return int((~self.photo.crowd).sum())


@dataclass(frozen=True, eq=False)
class Lessons:
    """All that is taught.

    Attributes:
        each: One for each photo, in the order of the sources.
        classes: What is learnt, the most common class first.
        count: The animals of each name, also of those that are too few to be learnt.
        length_px: How long the animals are, px: the median of the square roots of their boxes' areas.
        remarks: What the user should know.
    """

    each: tuple[Lesson, ...]
    classes: tuple[str, ...]
    count: dict[str, int]
    length_px: float
    remarks: tuple[str, ...]

    def digest(self) -> str:
        """The same for the same labels on the same photos."""
        found = hashlib.blake2b(repr(self.classes).encode(), digest_size=16)
        for lesson in self.each:
            photo = lesson.photo
            found.update(lesson.identity.encode())
            for part in (photo.boxes_px, photo.labels, photo.crowd, lesson.rejected_px):
                found.update(np.ascontiguousarray(part).tobytes())
        return found.hexdigest()


def lessons_of(told: Sequence[Told], sizes: Sequence[tuple[int, int]], length_px: float | None = None) -> Lessons:
    """Make lessons.

    Args:
        told: What is said of photos.
        sizes: (width, height) of each, px.
        length_px: The side of animals that are marked as points, px; by default the usual one of their class.

    Raises:
        InputError: Too few animals are marked, or nothing says where no animal is.
    """
    count = Counter(name for one in told for name in one.names)
    classes = tuple(
        name for name, number in sorted(count.items(), key=lambda of: (-of[1], of[0])) if number >= LEAST_MARKS
    )
    if not classes:
        best = count.most_common(1)
        found = f"{best[0][1]} of {best[0][0]!r}" if best else "none"
        raise InputError(
            f"too few animals are marked to learn from: {found}; mark {LEAST_MARKS} or more of a class, on two photos "
            "or more"
        )
    if not any(one.known_px is None or len(one.known_px) or len(one.rejected_px) for one in told):
        raise InputError(
            "nothing says where no animal is: no cell was searched, and no detection rejected; search some images in "
            "the search panel, also empty ones"
        )
    sides, remarks = _usual_sides(told, classes, length_px)
    each = tuple(_lesson(one, *size, classes, sides) for one, size in zip(told, sizes, strict=True))
    boxes = np.concatenate([lesson.photo.boxes_px[~lesson.photo.crowd] for lesson in each]).astype(np.float64)
    length = light_fit.length_of(boxes)
    said = (*remarks, *_of_sizes(each, classes, length), *_of_classes(told, classes, count))
    return Lessons(each, classes, dict(count.most_common()), length, said)


def _usual_sides(
    told: Sequence[Told], classes: Sequence[str], length_px: float | None
) -> tuple[dict[str, float], list[str]]:
    """The side of a box around a point, of each class, px; and what the user should know."""
    drawn: dict[str, list[float]] = {name: [] for name in classes}
    points: Counter[str] = Counter()
    for one in told:
        areas = np.sqrt(np.clip(one.boxes_px[:, 2:] - one.boxes_px[:, :2], 0, None).prod(axis=1))
        for name, side, is_point in zip(one.names, areas.tolist(), one.point.tolist(), strict=True):
            points[name] += is_point
            if name in drawn and not is_point:
                drawn[name].append(side)
    every = [side for sides in drawn.values() for side in sides]
    sides: dict[str, float] = {}
    remarks: list[str] = []
    for name in classes:
        if length_px or drawn[name] or not points[name]:
            sides[name] = length_px or float(np.median(drawn[name] or every or [USUAL_PX]))
            continue
        measured = length_of_points([_points_of(one, name) for one in told if name in one.names])
        sides[name] = measured or float(np.median(every or [USUAL_PX]))
        how = (
            "by the pixels around them they are about"
            if measured
            else "the pixels do not tell either, and it is assumed that they are"
        )
        remarks.append(
            Remark(
                f"{name}: marked as points alone, which do not say how long the animals are; {how} "
                f"{sides[name]:.0f} px long",
                about="length_px",
            )
        )
    return sides, remarks


def _points_of(one: Told, name: str) -> PointsOfPhoto:
    """The points of a class. Those of other classes would be other animals, but they are few beside it."""
    own = np.array([of == name for of in one.names], bool)
    boxes = one.boxes_px[own]
    return PointsOfPhoto(one.path, (boxes[:, :2] + boxes[:, 2:]) / 2, one.stretch)


def _lesson(one: Told, width: int, height: int, classes: tuple[str, ...], sides: dict[str, float]) -> Lesson:
    size = np.array([width, height, width, height], np.float64)
    learnt = np.array([name in classes for name in one.names], bool)
    boxes = one.boxes_px.copy()
    point = one.point | (boxes[:, 2:] <= boxes[:, :2]).any(axis=1)
    half = np.array([sides.get(name, USUAL_PX) for name in one.names]).reshape(-1, 1) / 2
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    boxes[point] = np.hstack([middle - half, middle + half])[point]
    boxes = np.clip(boxes, 0, size)
    inside = (boxes[:, 2:] > boxes[:, :2]).all(axis=1)
    animals = boxes[learnt & inside]
    # Nothing is learnt around animals of other names: there are too few of them, and they are no background.
    undecided = np.concatenate([boxes[~learnt & inside], np.clip(one.ignored_px, 0, size)])
    crowds = [undecided]
    if one.known_px is not None:
        crowds.append(unknown_ground(np.concatenate([one.known_px, one.rejected_px, animals]), width, height))
    crowd = np.concatenate(crowds)
    crowd = crowd[(crowd[:, 2:] > crowd[:, :2]).all(axis=1)]
    names = [name for name, kept in zip(one.names, (learnt & inside).tolist(), strict=True) if kept]
    photo = LabelledImage(
        path=one.path,
        width=width,
        height=height,
        flight=one.flight or one.path.name,
        boxes_px=np.concatenate([animals, crowd]).astype(np.float32),
        labels=np.array([*(classes.index(name) for name in names), *[0] * len(crowd)], np.int64),
        crowd=np.repeat([False, True], [len(animals), len(crowd)]),
        columns={"flight": one.flight} if one.flight else {},
        stretch=one.stretch,
    )
    searched = size[None] * [0, 0, 1, 1] if one.known_px is None else one.known_px
    return Lesson(photo, one.identity, one.rejected_px.astype(np.float32), one.source, undecided, searched)


def _of_sizes(each: Sequence[Lesson], classes: Sequence[str], length_px: float) -> list[str]:
    """Which classes are of another size than most animals: all are seen at one scale."""
    said = []
    for label, name in enumerate(classes):
        boxes = np.concatenate([one.photo.boxes_px[~one.photo.crowd & (one.photo.labels == label)] for one in each])
        own = light_fit.length_of(boxes.astype(np.float64))
        if not length_px / _OTHER_SIZE < own < length_px * _OTHER_SIZE:
            said.append(
                f"{name} are about {own:.0f} px long, most animals {length_px:.0f} px: "
                f"they may be found badly together; teach a model of {name} alone"
            )
    return said


def _of_classes(told: Sequence[Told], classes: tuple[str, ...], count: Counter[str]) -> list[str]:
    said = []
    if few := [f"{count[name]} {name}" for name in count if name not in classes]:
        said.append(f"too few to learn, and left out: {', '.join(few)}; mark {LEAST_MARKS} or more")
    by_source: dict[str, set[str]] = {}
    for one in told:
        by_source.setdefault(one.source, set()).update(one.names)
    for source, names in by_source.items():
        if lacking := [name for name in classes if name not in names]:
            said.append(f"{source} has no {', no '.join(lacking)}: its searched ground is taken as ground without them")
    folded = Counter(name.strip().casefold() for name in classes)
    said += [f"two classes differ by capital letters alone: {name}" for name, number in folded.items() if number > 1]
    return said
