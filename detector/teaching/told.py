"""Reads what people said of photos: in surveys, by searching and reviewing, and in files of labels."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detector.errors import InputError
from detector.labels.formats import names_in, read_labels
from detector.search import storage
from detector.search.parts import Journal
from detector.survey.marks import Marks
from detector.survey.planning import work_folder
from detector.training.dataset import with_pixels
from geo import geopackage, raster
from geo.paths import StrPath, as_path
from geo.tables import Images

Boxes = NDArray[np.float64]
_READ_OF_FILE = 1 << 18  # bytes at the beginning, the middle and the end of a file, for its identity


@dataclass(frozen=True, eq=False)
class Told:
    """What one source says of one photo. All boxes are float64 xyxy, px of the stored photo.

    Attributes:
        path: The file of its pixels.
        identity: The same for the same photo under any name, 16 hexadecimal digits.
        flight: The photos that were taken together; empty if unknown.
        source: The name of the survey or of the labels.
        names: (N,) the class of each animal.
        boxes_px: (N, 4) of the animals.
        point: (N,) bool, which of them are points. Only the middle of their box is known.
        rejected_px: (R, 4): what a detector took for an animal and a person did not.
        ignored_px: (M, 4): what nobody has decided.
        known_px: (K, 4): ground on which all animals are marked; None for the whole photo.
        stretch: The stored values that become 0 and 255; None if the image is 8 bit, or for its own.
    """

    path: Path
    identity: str
    flight: str
    source: str
    names: tuple[str, ...]
    boxes_px: Boxes
    point: NDArray[np.bool_]
    rejected_px: Boxes
    ignored_px: Boxes
    known_px: Boxes | None
    stretch: tuple[float, float] | None = None


@dataclass(frozen=True)
class Unseen:
    """An image of a survey of which nobody has said anything. name: as in the survey."""

    survey: Path
    name: str
    path: Path


def identity_of(path: Path) -> str:
    """The identity of a file by its content, read in part, because an orthomosaic may be large."""
    size = path.stat().st_size
    digest = hashlib.blake2b(str(size).encode(), digest_size=8)
    with path.open("rb") as file:
        for start in (0, size // 2, max(0, size - _READ_OF_FILE)):
            file.seek(start)
            digest.update(file.read(_READ_OF_FILE))
    return digest.hexdigest()


def is_survey(path: StrPath) -> bool:
    """Whether a file is a survey of Herdmap, and no labels in a GeoPackage."""
    path = as_path(path)
    if path.suffix.lower() != ".gpkg" or not path.is_file():
        return False
    try:
        geopackage.read_images(path)
    except (ValueError, OSError):
        return False
    return True


def from_survey(survey_file: StrPath) -> tuple[list[Told], list[Unseen], list[str]]:
    """What people marked, reviewed and searched in a survey; the images that nobody did; and remarks."""
    path = as_path(survey_file)
    images, rows, searches = geopackage.read_images(path), geopackage.read_detections(path), _searched(path)
    marks = Marks.of(rows)
    by_image: dict[str, list[int]] = {}
    for row, name in enumerate(marks.paths):
        by_image.setdefault(name, []).append(row)
    flights = _flights(images)
    stretches = Journal(storage.folder(str(work_folder(path) / "parts"))).stretches()
    told, unseen, lost = [], [], 0
    for place, name in enumerate(images.path):
        file = Path(os.path.abspath(path.parent / name))
        said = [row for row in by_image.get(name, ()) if marks.animal[row] or marks.rejected[row]]
        cells = searches.get(name, [])
        if images.status[place] == "failed" or not file.is_file():
            lost += bool(said or cells)
            continue
        if said or cells:
            one = _of_image(file, flights[place], path.name, marks, by_image.get(name, []), cells)
            told.append(replace(one, stretch=stretches.get(raster.inspect(file).depth)) if stretches else one)
        else:
            unseen.append(Unseen(path, name, file))
    remarks = (
        [f"{path.name}: {lost} images with marks are missing or cannot be read; they teach nothing"] if lost else []
    )
    return told, unseen, remarks


def from_labels(labels: StrPath, images: StrPath) -> list[Told]:
    """What a file or folder of labels says: the photos that it lists were looked at as a whole.

    Raises InputError if it cannot be used, or a photo is missing.
    """
    path = as_path(labels)
    names = names_in(path)
    if not names:
        raise InputError(f"{path} names no class of animals")
    photos = with_pixels(read_labels(path, as_path(images), names))
    missing = [photo.path for photo in photos if not photo.path.is_file()]
    if missing:
        raise InputError(
            f"{len(missing)} of the {len(photos)} photos of {path.name} are missing, the first is {missing[0]}"
        )
    told = []
    for photo in photos:
        boxes, own = photo.boxes_px.astype(np.float64), ~photo.crowd
        told.append(
            Told(
                photo.path,
                identity_of(photo.path),
                str(photo.columns.get("flight", "")),
                path.name,
                tuple(names[label] for label in photo.labels[own].tolist()),
                boxes[own],
                photo.without_area[own],
                np.zeros((0, 4)),
                boxes[~own],
                None,
                photo.stretch,
            )
        )
    return told


def _searched(path: Path) -> dict[str, list[list[float]]]:
    searches = geopackage.read_searches(path)
    cells: dict[str, list[list[float]]] = {}
    for name, box in zip(searches.image, searches.boxes_px.tolist(), strict=True):
        cells.setdefault(name, []).append(box)
    return cells


def _flights(images: Images) -> list[str]:
    """The folder of each image; empty texts if all are in one folder."""
    folders = [name.rpartition("/")[0] for name in images.path]
    return folders if len(set(folders)) > 1 else [""] * len(folders)


def _of_image(
    file: Path, flight: str, source: str, marks: Marks, rows: Sequence[int], cells: Sequence[Sequence[float]]
) -> Told:
    animals = np.array(list(_once(marks, [row for row in rows if marks.animal[row]])), np.int64)
    rejected = np.array([row for row in rows if marks.rejected[row]], np.int64)
    # A second mark of an animal, by another reviewer, is not undecided: it is left out.
    undecided = np.array([row for row in rows if not marks.animal[row] and not marks.rejected[row]], np.int64)
    return Told(
        file,
        identity_of(file),
        flight,
        source,
        tuple(marks.names[row] for row in animals.tolist()),
        marks.boxes_px[animals].reshape(-1, 4),
        marks.point[animals].reshape(-1),
        marks.boxes_px[rejected].reshape(-1, 4),
        marks.boxes_px[undecided].reshape(-1, 4),
        np.array(cells, np.float64).reshape(-1, 4),
    )


def _once(marks: Marks, rows: Sequence[int]) -> Iterator[int]:
    """The rows without second marks of the same animal: two people may search the same cells."""
    kept: list[int] = []
    for row in rows:
        box = marks.boxes_px[row]
        middle = (box[:2] + box[2:]) / 2
        for other in kept:
            theirs = marks.boxes_px[other]
            near = np.abs((theirs[:2] + theirs[2:]) / 2 - middle) < 0.25 * (theirs[2:] - theirs[:2])
            if marks.names[row] == marks.names[other] and near.all():
                break
        else:
            kept.append(row)
            yield row
