"""Finds more animals like those that people marked in a survey: a light head is fitted to them, and searches the rest.

It learns from the animals that a person marked or confirmed, from what a person rejected, and from ground that people
searched and where no animal is. A run afterwards is a run of `detect` with that model.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detector.errors import InputError
from detector.models import light_fit, light_head
from detector.models.info import ModelInfo
from detector.models.light_body import LightBody
from detector.progress import Watcher
from detector.search import storage
from detector.search.parts import Journal
from detector.search.tiles import TileGrid
from detector.survey.detecting import detect
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

_MOST_TILES = 60  # that are learnt from: more takes longer and tells little
_TILE_STEP = 16  # px
_OVERLAP = 2.5  # of tiles, in lengths of an animal
_THRESHOLD = 0.5
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
    info, zoom = _info(path, images, marks, classes, length)
    body = LightBody(device)
    examples = _examples(path, images, marks, classes, geopackage.read_searches(path), info, stretches)
    head = light_fit.fit(examples, classes, zoom, info, body)
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


def _info(path: Path, images: Images, marks: Marks, classes: tuple[str, ...], length: float) -> tuple[ModelInfo, float]:
    """What the model says about itself, and by how much it enlarges tiles. length: of an animal, px."""
    on = np.isin(images.path, [marks.paths[i] for i in np.flatnonzero(marks.animal).tolist()])
    known = images.gsd_m[on][np.isfinite(images.gsd_m[on])]
    zoom = float(np.clip(light_fit.LENGTH_PX / length, 1 / 32, 4))
    tile = int(np.clip(_TILE_STEP * round(light_fit.TILE_PX / zoom / _TILE_STEP), 64, 8192))
    info = ModelInfo(
        "detector",
        f"like those in {path.stem}"[:100],
        classes,
        tile_size=tile,
        overlap=int(min(tile // 2, np.ceil(_OVERLAP * length))),
        gsd_m=float(np.median(known)) if len(known) else None,
        score_threshold=_THRESHOLD,
        trained_on=f"{sum(marks.count[name] for name in classes)} animals marked in {path.name}"[:200],
        licence="body: Apache-2.0 (EfficientNet-Lite0, ImageNet weights)",
    )
    return info, zoom


def _examples(
    path: Path,
    images: Images,
    marks: Marks,
    classes: tuple[str, ...],
    searches: Searches,
    info: ModelInfo,
    stretches: Stretches,
) -> list[light_fit.Example]:
    """The tiles to learn from: those with animals, with rejected detections, or searched; the richest first."""
    by_image: dict[str, list[int]] = {}
    for row, name in enumerate(marks.paths):
        by_image.setdefault(name, []).append(row)
    searched: dict[str, list[list[float]]] = {}
    for name, box in zip(searches.image, searches.boxes_px.tolist(), strict=True):
        searched.setdefault(name, []).append(box)
    candidates: list[tuple[int, str, list[int]]] = []
    for name, width, height in zip(images.path, images.width.tolist(), images.height.tolist(), strict=True):
        of_image = [i for i in by_image.get(name, ()) if marks.animal[i] or marks.rejected[i]]
        if width < 1 or height < 1 or not (of_image or name in searched):
            continue
        for tile in TileGrid(width, height, info.tile_size, info.overlap).boxes.tolist():
            inside = [i for i in of_image if _meets(marks.boxes_px[i], tile)]
            looked = any(_meets(np.array(box), tile) for box in searched.get(name, ()))
            if inside or looked:
                candidates.append((len(inside), name, tile))
    candidates.sort(key=lambda one: -one[0])
    animals = [one for one in candidates if one[0]][: _MOST_TILES * 3 // 4]
    ground = [one for one in candidates if not one[0]][: _MOST_TILES - len(animals)]
    return [
        _example(_Tile(path, name, tile, stretches), by_image.get(name, []), marks, classes, searched.get(name, []))
        for _, name, tile in (*animals, *ground)
    ]


@dataclass(frozen=True)
class _Tile:
    """A tile of an image of the survey `path`."""

    path: Path
    name: str
    box: list[int]
    stretches: Stretches

    def pixels(self) -> NDArray[np.uint8]:
        """(H, W, 3) uint8 RGB, as a search shows it to a model. Raises InputError."""
        file = Path(os.path.abspath(self.path.parent / self.name))
        x0, y0, x1, y1 = self.box
        try:
            stretch = self.stretches.get(raster.inspect(file).depth)
            with raster.RasterReader(file, stretch) as reader:
                return reader.read(x0, y0, x1 - x0, y1 - y0)[0]
        except (GeoError, OSError) as error:
            raise InputError(f"{file.name}: it cannot be read to learn from it: {error}") from error


def _example(
    tile: _Tile,
    of_image: list[int],
    marks: Marks,
    classes: tuple[str, ...],
    searched: list[list[float]],
) -> light_fit.Example:
    corner = np.array([*tile.box[:2]] * 2, float)
    here = [i for i in of_image if _meets(marks.boxes_px[i], tile.box)]
    usable = [i for i in here if marks.animal[i] and marks.names[i] in classes]
    ignored = [i for i in here if not marks.rejected[i] and i not in set(usable)]
    empty = [*searched, *(marks.boxes_px[i].tolist() for i in here if marks.rejected[i])]
    return light_fit.Example(
        tile.pixels(),
        marks.boxes_px[usable].reshape(-1, 4) - corner,
        np.array([classes.index(marks.names[i]) for i in usable], np.int64),
        np.array(empty, float).reshape(-1, 4) - corner,
        marks.boxes_px[ignored].reshape(-1, 4) - corner,
    )


def _meets(box: NDArray[np.float64], tile: Sequence[float]) -> bool:
    return bool(box[0] < tile[2] and box[2] > tile[0] and box[1] < tile[3] and box[3] > tile[1])
