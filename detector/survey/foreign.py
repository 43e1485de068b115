"""Detections and labels of other programs, read for a survey: the animals of each photo, with boxes that QGIS shows."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detector.detections import squares
from detector.errors import InputError
from detector.labels.formats import LabelFormat, format_of
from detector.labels.given import Given
from detector.labels.labelled import LabelledImage
from detector.labels.orientation import as_stored
from detector.labels.shapes import said_of
from detector.survey.planning import PlannedImage
from geo.errors import Remark
from geo.tables import KINDS


@dataclass(frozen=True, eq=False)
class Foreign:
    """What one file says, with the photos by their places in the survey's list of images.

    Attributes:
        path: The file or folder.
        made_by: The format.
        classes: The names of its classes.
        photos: By index of image: the photos that it names, with animals or without.
        hidden: How many animals are below the score.
    """

    path: Path
    made_by: str
    classes: tuple[str, ...]
    photos: Mapping[int, LabelledImage]
    hidden: int = 0


def read_photos(
    file: Path, folder: Path, columns: Mapping[str, str], score: float | None
) -> tuple[LabelFormat, list[LabelledImage], list[Remark]]:
    """The format of a file, and the photos that it names, with all their classes; and remarks.

    Raises InputError if the file is not understood or cannot be read.
    """
    given = Given(file)
    kind = format_of(given, columns)
    photos, advised = kind.read(given, folder, kind.names(given, columns), {}, columns), kind.advised_score(given)
    low = 0 if advised is None else sum(int((photo.scores < advised).sum()) for photo in photos)
    if score is not None or not low:
        return kind, photos, []
    said = f"{file.name}: detections with a score below {advised:g}, which its detector advises, are counted too: {low}"
    return kind, photos, [Remark(said, about="score")]


def placed_in(
    file: Path,
    made_by: str,
    photos: Sequence[LabelledImage],
    images: Sequence[PlannedImage],
    score: float | None,
) -> tuple[Foreign, list[str]]:
    """The photos of a file among `images`, in stored px, without crowd regions and scores below `score`; and remarks.

    Raises InputError if labels state another size than their photo has.
    """
    index = {image.path: i for i, image in enumerate(images)}
    found: dict[int, LabelledImage] = {}
    names: dict[str, None] = {}
    hidden = crowds = 0
    for photo in photos:
        i = index[Path(os.path.abspath(photo.path))]
        info = images[i].info
        if info is not None:
            photo = as_stored(photo, info)
            if (photo.width, photo.height) != (info.width, info.height):
                raise InputError(
                    f"{file}: {photo.name} has {photo.width} x {photo.height} px there, and the photo has "
                    f"{info.width} x {info.height}; give the photos that the animals were found in"
                )
        low = np.zeros(len(photo.labels), bool) if score is None else photo.scores < score
        hidden += int(low.sum())
        crowds += int(photo.crowd.sum())
        photo = _only(photo, ~low & ~photo.crowd)
        names |= dict.fromkeys(photo.found_as)
        found[i] = photo
    said = said_of(odd for photo in found.values() for odd in photo.odd)
    if crowds:
        said.append(f"{file.name}: regions marked as crowds or as difficult are left out: {crowds}")
    if hidden:
        said.append(f"{file.name}: detections with a score below {score:g} are left out: {hidden}")
    return Foreign(file, made_by, tuple(sorted(names)), found, hidden), said


def _only(photo: LabelledImage, kept: NDArray[np.bool_]) -> LabelledImage:
    names = tuple(name for name, keep in zip(photo.found_as, kept.tolist(), strict=True) if keep)
    return replace(
        photo,
        boxes_px=photo.boxes_px[kept],
        labels=photo.labels[kept],
        crowd=photo.crowd[kept],
        found_as=names,
        scores=photo.scores[kept],
    )


def marked(photo: LabelledImage) -> tuple[NDArray[np.float32], list[str]]:
    """The boxes (N, 4) of a photo's animals, and what each is. A point gets a small box, with the point in its middle.

    Near the edge of a photo the box of a point is smaller, so that it stays in the photo.
    """
    boxes = photo.boxes_px.astype(np.float64)
    points = photo.without_area
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    size = np.array([photo.width or np.inf, photo.height or np.inf])
    boxes[points] = squares(middle[points], size)
    return boxes.astype(np.float32), [KINDS[int(point)] for point in points.tolist()]
