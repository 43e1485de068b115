"""Photos as a label file has them, before their names are looked up and their classes chosen: what most readers
give.
"""

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from detector.errors import InputError
from detector.labels.given import Given
from detector.labels.labelled import LabelledImage, Listed, labelled, labels_of, refuse_shares
from detector.labels.names import Photos
from detector.labels.orientation import NO_SIZE, size_shown
from detector.labels.shapes import Box, Drawn, shown
from geo import raster
from geo.errors import GeoError, one_line
from geo.raster.orientation import EVERY

UNNAMED = "unknown"  # the class of a label without one
_NO_CLASS = f"labels without a class get the class {UNNAMED}"
_FARTHEST = 1.0  # a box that reaches farther over the photo, as a share of its side, is no share


@dataclass(frozen=True)
class Written:
    """A photo as a label file has it.

    Attributes:
        name: As the file has it.
        labels: Its labels. One without a name gets the class UNNAMED, and a remark.
        width: Px, 0 if the file does not say.
        height: Px, 0 if the file does not say.
        shares: Whether the boxes are shares of the photo's width and height, and not px.
        stem: Whether the name is without its ending, as where the labels of `a.jpg` are in `a.txt`.
        columns: Other values of the photo.
        odd, turns: As in `LabelledImage`.
    """

    name: str
    labels: tuple[Drawn, ...] = ()
    width: int = 0
    height: int = 0
    shares: bool = False
    stem: bool = False
    columns: Mapping[str, Any] = field(default_factory=dict)
    odd: tuple[tuple[str, str], ...] = ()
    turns: Set[int] | None = None

    def __post_init__(self) -> None:
        if bare := [label.which for label in self.labels if not label.name]:
            named = tuple(replace(label, name=label.name or UNNAMED) for label in self.labels)
            object.__setattr__(self, "labels", named)
            object.__setattr__(self, "odd", (*self.odd, *((_NO_CLASS, which) for which in bare)))


Reader = Callable[[Given], Iterable[Written]]


def names_of(written: Iterable[Written]) -> tuple[str, ...]:
    """The names of the classes, sorted."""
    return tuple(sorted({label.name for photo in written for label in photo.labels}))


def chosen(
    labels: Path, written: Iterable[Written], images: Path, classes: tuple[str, ...], rename: Mapping[str, str]
) -> list[LabelledImage]:
    """The photos in the file's order, with the labels of `classes`. Other labels are dropped.

    A photo that the file has several times is read once, with all its labels.

    Raises InputError if a name leaves `images`, no label has one of `classes`, labels that are shares are outside their
    photo, or the size of a photo is needed and it cannot be read.
    """
    written = list(written)
    names = names_of(written)
    label_of = labels_of(names, classes, rename)
    if not label_of and (names or classes):
        raise InputError(
            f"{labels} has the classes {one_line(', '.join(names), 80) or 'none'}; expected one of "
            f"{one_line(', '.join(classes), 80)}"
        )
    photos = Photos(images, labels)
    size_of = functools.cache(size_in_file)  # a table names a photo once for each animal
    together: dict[str, list[Written]] = {}
    for photo in written:
        name = photos.find_stem(photo.name) if photo.stem else photos.find(photo.name)
        together.setdefault(name, []).append(_in_px(replace(photo, name=name), images, labels, size_of))
    found = [_labelled(images, _joined(each, labels), label_of) for each in together.values()]
    refuse_shares(labels, found)
    return found


def _joined(each: Sequence[Written], labels: Path) -> Written:
    first = each[0]
    for other in each[1:]:
        if (first.width, first.height) != (other.width, other.height):
            raise InputError(
                f"{labels} has {first.name} twice, of {first.width} x {first.height} and {other.width} x "
                f"{other.height} px; correct one"
            )
    every_label = tuple(label for one in each for label in one.labels)
    return replace(first, labels=every_label, odd=tuple(dict.fromkeys(odd for one in each for odd in one.odd)))


def _in_px(photo: Written, images: Path, labels: Path, size_of: Callable[[Path, Set[int]], tuple[int, int]]) -> Written:
    width, height = photo.width, photo.height
    if not (width and height):
        width, height = size_of(images / photo.name, photo.turns or frozenset())
        unknown = bool(photo.labels) and photo.turns is None
        if unknown and size_of(images / photo.name, EVERY) != (width, height):
            photo = replace(photo, odd=(*photo.odd, (NO_SIZE, photo.name)))
    if not photo.shares:
        return replace(photo, width=width, height=height)
    if not (width and height) and photo.labels:
        raise InputError(
            f"{labels} has labels as shares of the size of {shown(photo.name)}, which cannot be read; check the image "
            "folder"
        )
    for one in photo.labels:
        x0, y0, x1, y1 = one.box
        if min(one.box) < -_FARTHEST or max(one.box) > 1 + _FARTHEST or min(x1, y1) < 0 or max(x0, y0) > 1:
            raise InputError(
                f"{labels}: {one.which}: its box {[round(v, 4) for v in one.box]} is not within the photo; expected "
                "shares of its width and height, from 0 to 1"
            )
    scaled = tuple(replace(one, box=_scaled(one.box, width, height)) for one in photo.labels)
    return replace(photo, labels=scaled, width=width, height=height, shares=False)


def _scaled(box: Box, width: int, height: int) -> Box:
    x0, y0, x1, y1 = box
    return x0 * width, y0 * height, x1 * width, y1 * height


def size_in_file(photo: Path, turns: Set[int] = frozenset()) -> tuple[int, int]:
    """(width, height) of a photo where a tool shows it that turns it by these orientations; 0 if it cannot be read."""
    with suppress(GeoError, OSError):
        return size_shown(raster.inspect(photo), turns)
    return 0, 0


def _labelled(images: Path, photo: Written, label_of: Mapping[str, int]) -> LabelledImage:
    listed = Listed(photo.name, photo.width, photo.height, photo.columns, photo.odd, photo.turns)
    kept = [one for one in photo.labels if one.name in label_of]
    dropped = tuple(one.name for one in photo.labels if one.name not in label_of)
    return labelled(images, listed, kept, label_of, dropped)
