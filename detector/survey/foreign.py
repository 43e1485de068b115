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
from detector.labels.map_shapes import PlacedImage
from detector.labels.orientation import as_stored
from detector.labels.shapes import said_of
from detector.labels.vector_layers import lies_on_map
from detector.survey.planning import PlannedImage
from detector.survey.poses import Poses
from geo.errors import Remark
from geo.paths import absolute
from geo.photos.projection import PosedPhoto
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
        by_pose: The images in which its places on the map are as far off as the photo's pose.
    """

    path: Path
    made_by: str
    classes: tuple[str, ...]
    photos: Mapping[int, LabelledImage]
    hidden: int = 0
    by_pose: frozenset[int] = frozenset()


@dataclass(frozen=True, eq=False)
class LabelFile:
    """A file or folder of labels, with its format.

    Attributes:
        path: As it was given.
        kind: Its format.
        columns: The columns that the user named.
        on_map: Whether its labels are places on the map, so that the photos they are on must be placed first.
    """

    path: Path
    kind: LabelFormat
    columns: Mapping[str, str]
    on_map: bool
    _given: Given

    @classmethod
    def of(cls, path: Path, columns: Mapping[str, str]) -> "LabelFile":
        """Raises InputError if the file is not understood."""
        given = Given(path)
        kind = format_of(given, columns)
        return cls(path, kind, columns, kind.over is not None and lies_on_map(given), given)

    def photos(self, folder: Path, placed: Sequence[PlacedImage] = ()) -> list[LabelledImage]:
        """The photos that it names, with all their classes. placed: the images with a place, for labels on the map.

        Raises InputError if it cannot be read.
        """
        if self.kind.over is not None and self.on_map:
            return self.kind.over(self._given, folder, self.columns, placed)
        return self.kind.read(self._given, folder, self.kind.names(self._given, self.columns), {}, self.columns)

    def advised(self, photos: Sequence[LabelledImage], score: float | None) -> list[Remark]:
        """What the user should know if detections are below the score that the file advises, and none was given."""
        advised = self.kind.advised_score(self._given)
        low = 0 if advised is None else sum(int((photo.scores < advised).sum()) for photo in photos)
        if score is not None or not low:
            return []
        said = (
            f"{self.path.name}: detections with a score below {advised:g}, which its detector advises, are counted too"
        )
        return [Remark(f"{said}: {low}", about="score")]


def placed_images(images: Sequence[PlannedImage], poses: Poses, folder: Path) -> list[PlacedImage]:
    """The images below `folder` that have a place on the map: of their own, or by their pose, which goes first."""
    found = []
    for image, photo in zip(images, poses.photos, strict=True):
        info, pose = image.info, None if photo is None else photo.georeference
        if info is None or not image.path.is_relative_to(absolute(folder)):
            continue
        reference = pose if pose is not None else info.georeference
        if reference.crs_wkt is not None and reference.kind != "none":
            name = image.path.relative_to(absolute(folder)).as_posix()
            found.append(PlacedImage(name, info.width, info.height, reference, isinstance(reference, PosedPhoto)))
    return found


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
