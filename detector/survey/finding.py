"""Finds more animals like those that people marked in a survey: a light head is fitted to them, and searches the rest.

It learns from the animals that a person marked or confirmed, from what a person rejected, and from ground that people
searched and where no animal is. A run afterwards is a run of `detect` with that model.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from detector.errors import InputError
from detector.models import light_fit, light_head
from detector.models.info import ModelInfo
from detector.models.light_body import LightBody
from detector.progress import Watcher
from detector.search import storage
from detector.search.parts import Journal
from detector.survey.detecting import detect
from detector.survey.example_tiles import TileScale, ToldImage, examples_of
from detector.survey.georeferencing import placed_with
from detector.survey.listing import images_of
from detector.survey.marks import LEAST_MARKS, Marks
from detector.survey.outcome import Outcome
from detector.survey.planning import Settings, work_folder
from detector.survey.point_lengths import PointsOfPhoto, length_of_points
from geo import geopackage, raster
from geo.errors import GeoError
from geo.paths import StrPath, absolute
from geo.searches import Searches
from geo.tables import Images

THRESHOLD = 0.5
"""The least score of what `find` proposes."""
Stretches = Mapping[str, tuple[float, float]]  # by depth, what is black and white in the whole survey


@dataclass(frozen=True)
class Found:
    """The result of `find`.

    Attributes:
        outcome: That of the search.
        model: The file of the light head.
        marks: How many animals of each class it was fitted to.
        rejected: How many rejected detections.
        images: On how many images.
        length_px: How long the animals are, px.
    """

    outcome: Outcome
    model: Path
    marks: dict[str, int]
    rejected: int
    images: int
    length_px: float

    def summary(self) -> str:
        """What was learnt from, for a person."""
        marks = ", ".join(f"{number} {name}" for name, number in self.marks.items())
        rejected = f", {self.rejected} rejected" if self.rejected else ""
        return f"learnt from {marks}{rejected} on {self.images} images; animals of about {self.length_px:.0f} px"


def find(
    survey_file: StrPath,
    model: StrPath | None = None,
    *,
    score: float | None = None,
    device: str = "auto",
    watcher: Watcher | None = None,
) -> Found:
    """Fit a light head to the animals that people marked in a survey, and search with it the images that nobody did.

    What it finds becomes detections to be reviewed, as `detect` writes them; what people marked, reviewed and searched
    is kept. Again after more reviews, it learns from them too.

    Args:
        survey_file: The survey.
        model: Where to write the light head, .npz; by default into the folder beside the survey.
        score: The least score of a detection; by default 0.5.
        device: 'auto', 'cpu', 'cuda' or 'cuda:N'.
        watcher: Is told of the progress.

    Raises:
        InputError: Too few animals are marked.
        GeoError: A file cannot be used.
    """
    path = absolute(survey_file)
    target = work_folder(path) / "find.npz" if model is None else absolute(model)
    if target.suffix.lower() != ".npz":
        raise InputError(f"{target.name}: expected a model that ends in .npz")
    images, rows = geopackage.read_images(path), geopackage.read_detections(path)
    stretches = Journal(storage.folder(str(work_folder(path) / "parts"))).stretches()
    marks = Marks.of(rows).with_sizes(lambda of: _measured(path, of, stretches, watcher))
    classes = marks.classes(LEAST_MARKS)
    if not classes:
        best = marks.count.most_common(1)
        found = f"{best[0][1]} of {best[0][0]!r}" if best else "none"
        raise InputError(
            f"{path.name}: too few animals are marked to learn from: {found}; mark {LEAST_MARKS} or more of a class"
        )
    length = light_fit.length_of(marks.boxes(classes))
    scale = TileScale.of(length)
    info = _info(path, images, marks, classes, scale)
    told = _told(path, images, marks, classes, geopackage.read_searches(path), stretches)
    head = light_fit.fit(examples_of(told, scale), classes, scale.zoom, info, LightBody(device))
    target.parent.mkdir(exist_ok=True)
    light_head.write(head, target)
    listing = images_of(path)
    settings = Settings(**{**placed_with(path), "score": score})
    outcome = detect(listing, path, model=target, settings=settings, device=device, rest=True, watcher=watcher)
    return Found(
        outcome,
        target,
        {name: marks.count[name] for name in classes},
        int(marks.rejected.sum()),
        len({marks.paths[i] for i in np.flatnonzero(marks.animal).tolist()}),
        length,
    )


def _measured(path: Path, marks: Marks, stretches: Stretches, watcher: Watcher | None) -> float | None:
    """How long the animals are that are marked as points, px, by their pixels; None if these do not tell."""
    of_image: dict[str, list[int]] = {}
    for row in np.flatnonzero(marks.animal).tolist():
        of_image.setdefault(marks.paths[row], []).append(row)
    photos = []
    for name, rows in of_image.items():
        file = Path(os.path.abspath(path.parent / name))
        boxes = marks.boxes_px[rows]
        try:
            stretch = stretches.get(raster.inspect(file).depth)
        except (GeoError, OSError):
            continue
        photos.append(PointsOfPhoto(file, (boxes[:, :2] + boxes[:, 2:]) / 2, stretch))
    length = length_of_points(photos)
    if length is not None and watcher is not None:
        watcher.warning(
            f"the animals are marked as points alone; by the pixels around them they are about {length:.0f} px long; "
            "mark some of them as boxes to say it"
        )
    return length


def _info(path: Path, images: Images, marks: Marks, classes: tuple[str, ...], scale: TileScale) -> ModelInfo:
    """What the model says about itself."""
    on = np.isin(images.path, [marks.paths[i] for i in np.flatnonzero(marks.animal).tolist()])
    known = images.gsd_m[on][np.isfinite(images.gsd_m[on])]
    return ModelInfo(
        "detector",
        f"like those in {path.stem}"[:100],
        classes,
        tile_size=scale.tile_size,
        overlap=scale.overlap,
        gsd_m=float(np.median(known)) if len(known) else None,
        score_threshold=THRESHOLD,
        trained_on=f"{sum(marks.count[name] for name in classes)} animals marked in {path.name}"[:200],
        licence="body: Apache-2.0 (EfficientNet-Lite0, ImageNet weights)",
    )


def _told(
    path: Path, images: Images, marks: Marks, classes: tuple[str, ...], searches: Searches, stretches: Stretches
) -> list[ToldImage]:
    """What people said of the images that they looked at. Raises InputError if one is missing."""
    by_image: dict[str, list[int]] = {}
    for row, name in enumerate(marks.paths):
        by_image.setdefault(name, []).append(row)
    searched: dict[str, list[list[float]]] = {}
    for name, box in zip(searches.image, searches.boxes_px.tolist(), strict=True):
        searched.setdefault(name, []).append(box)
    told = []
    for name, width, height in zip(images.path, images.width.tolist(), images.height.tolist(), strict=True):
        rows = np.array(by_image.get(name, []), np.int64)
        cells = np.array(searched.get(name, []), float).reshape(-1, 4)
        looked_at = len(cells) or (marks.animal[rows] | marks.rejected[rows]).any()
        if width < 1 or height < 1 or not looked_at:
            continue
        learnt = marks.animal[rows] & np.isin([marks.names[i] for i in rows.tolist()], list(classes))
        rejected = marks.rejected[rows]
        file = Path(os.path.abspath(path.parent / name))
        told.append(
            ToldImage(
                file,
                (width, height),
                marks.boxes_px[rows[learnt]],
                np.array([classes.index(marks.names[i]) for i in rows[learnt].tolist()], np.int64),
                marks.boxes_px[rows[rejected]],
                marks.boxes_px[rows[~learnt & ~rejected]],
                cells,
                _stretch_of(file, stretches),
            )
        )
    return told


def _stretch_of(file: Path, stretches: Stretches) -> tuple[float, float] | None:
    try:
        return stretches.get(raster.inspect(file).depth) if stretches else None
    except (GeoError, OSError):
        return None  # reading its pixels says why it cannot be used
