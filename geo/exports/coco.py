"""Writes reviewed detections as training data: a COCO file of whole photos, https://cocodataset.org/#format-data.

A detector also learns from ground without a box. So a photo is useful only if a person looked at everything in it. That
is the rule of `Photos`; everything else here follows from it.
"""

import itertools
import json
import math
import os
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import shapely
from numpy.typing import NDArray

from geo import geopackage, raster
from geo.added_columns import Plain, plain
from geo.counting_rule import effective_class
from geo.csv_table import read_rows
from geo.errors import VectorError
from geo.geopackage.imagery import relative_path
from geo.output import check_writable, whole
from geo.paths import StrPath, as_path
from geo.reviews.carry import MANUAL_RUN
from geo.tables import DetectionRows, Images, Run, TableError
from geo.text_encoding import unicode_text

__all__ = ["Photos", "TrainingData", "export_data", "read_checked", "training_data"]

Photos = Literal["reviewed", "touched", "all"]
"""Which photos are training data.

reviewed    photos with no unreviewed detection (from `min_score` on), and with at least one detection that a person
            confirmed, rejected or drew; and every photo in `checked`.
touched     also photos with some unreviewed detections. These become crowd regions (`iscrowd` 1): nothing is learnt
            there, neither that there is an animal nor that there is none.
all         also photos that nobody looked at, with their detections as crowd regions. Animals that the detector missed
            in them are then learnt as background.
"""

AS_STORED = "the boxes are in px of the stored picture, so a program that turns photos by itself must be told not to"
_MAX_LIST_BYTES = 64 << 20
_YES = ("yes", "y", "1", "true", "x", "done")
_FIT_PX = 2.0  # if a box drawn on the map may be farther off in the photo, it is not trusted


@dataclass(frozen=True)
class TrainingData:
    """What was written.

    Attributes:
        output: The file.
        images_folder: The folder that file names are relative to.
        photos: The number of photos in the file.
        empty: The photos without an animal.
        animals: The animals.
        added: The animals that a person drew.
        rejected: The detections that a person rejected.
        unreviewed: The boxes that became crowd regions.
        left_out: The photos that were left out.
        warnings: What the user should know.
    """

    output: Path
    images_folder: Path
    photos: int
    empty: int
    animals: int
    added: int
    rejected: int
    unreviewed: int
    left_out: int
    warnings: tuple[str, ...] = ()


def export_data(
    survey: StrPath,
    output: StrPath,
    *,
    photos: Photos = "reviewed",
    min_score: float = 0.0,
    checked: Collection[str] = (),
) -> TrainingData:
    """Write the reviewed detections of a survey, a GeoPackage, as a COCO file, complete or not at all.

    File names are relative to the folder of `output` if all photos are under it. Otherwise they are relative to the
    lowest folder with all photos; `info.herdmap.images` and a warning name that folder.

    photos: which photos are training data. min_score: unreviewed detections below it are ignored. checked: paths, as in
    the layer `images`, of photos that a person searched completely. All their animals are in the survey, so a photo
    without animals is empty.

    Raises VectorError if the file is not a survey, nothing in it is training data, or `checked` names a photo that it
    does not have.
    """
    survey = as_path(survey)
    output = as_path(output)
    if photos not in get_args(Photos):
        raise TableError(f"photos {photos!r}: expected {', '.join(get_args(Photos))}")
    check_writable(output)
    images, rows = geopackage.steady(
        survey, lambda: (geopackage.read_images(survey), geopackage.read_detections(survey))
    )
    if unknown := sorted(set(checked) - set(images.path)):
        raise VectorError(
            f"{survey.name} has no photo {unknown[0]!r}, which is listed as checked; expected paths relative to the "
            "survey"
        )
    document, counts, warnings = training_data(images, rows, photos=photos, min_score=min_score, checked=checked)
    if not document["images"]:
        raise VectorError(
            f"{survey.name}: no photo is reviewed completely; review all detections of a photo, or take touched photos"
        )
    paths = [entry["file_name"] for entry in document["images"]]
    turned = [path for path in paths if raster.orientation_in(survey.absolute().parent / path) not in (None, 1)]
    if turned:
        warnings.append(
            f"photos with an EXIF tag that turns or mirrors them: {len(turned)}, the first is {turned[0]}; {AS_STORED}"
        )
    folder, names = _relative(survey, output, paths)
    for entry, name in zip(document["images"], names, strict=True):
        entry["file_name"] = name
    where = relative_path(folder, output.absolute().parent)
    document["info"] = _info(survey, geopackage.read_runs(survey), where, photos, min_score, counts)
    if where != ".":
        warnings.append(
            f"the photos are not under {output.parent}: the names in the file are relative to {folder}; train with "
            "that folder"
        )
    with whole(output) as part:
        text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1)
        part.write_bytes(text.encode("utf-8", "replace"))
    return TrainingData(output, folder, warnings=tuple(warnings), **counts)


def read_checked(path: StrPath) -> list[str]:
    """The photos that a person searched completely.

    A CSV has a column `photo` or `image`; a text file has one path per line. If the CSV has a column `reviewed` or
    `checked`, as the review sample has, only rows with a yes in it count.

    Raises:
        VectorError: The file cannot be read.
    """
    path = as_path(path)
    try:
        if path.suffix.lower() != ".csv":
            text = unicode_text(path.read_bytes())
            if text is None:
                raise VectorError(f"{path}: not UTF-8 text; save it as UTF-8, one path a line")
            return [line for line in re.split(r"\r\n?|\n", text) if line.strip()]
    except OSError as error:
        raise VectorError(f"{path} cannot be read as a list of photos: {error.strerror}") from error
    rows = read_rows(path, _MAX_LIST_BYTES, "searched photos")
    heads = [cell.strip().casefold() for cell in next(rows, (0, []))[1]]
    photo = next((heads.index(name) for name in ("photo", "image") if name in heads), None)
    if photo is None:
        raise VectorError(f"{path}: expected a CSV with a column 'photo' or 'image', or a .txt with a path a line")
    said = next((heads.index(name) for name in ("reviewed", "checked") if name in heads), None)
    photos = []
    for line, cells in rows:
        if len(cells) <= photo:
            raise VectorError(f"{path}, line {line}: it names no photo; expected one in the column {heads[photo]}")
        mark = "yes" if said is None else "".join(cells[said : said + 1])  # a row may end before its empty cells
        if mark.strip().casefold() in _YES:
            photos.append(cells[photo])
    return photos


def training_data(
    images: Images,
    rows: DetectionRows,
    *,
    photos: Photos = "reviewed",
    min_score: float = 0.0,
    checked: Collection[str] = (),
) -> tuple[dict[str, Any], dict[str, int], list[str]]:
    """The COCO document without its `info` (names as in `images`), its numbers, and warnings.

    Boxes are xywh in image px, rounded to 0.01 and clipped to the photo. Photos and annotations are sorted, so that the
    same survey always gives the same file.
    """
    found = _Found.of(images, rows, min_score)
    counts: Counter[str] = Counter()
    taken, warnings = _chosen(images, found, photos, frozenset(checked), counts)
    named = sorted({found.classes[row] for _, own in taken for row, _ in own} | {*rows.class_names()})
    category = {name: i for i, name in enumerate(named, 1)}
    document: dict[str, Any] = {
        "info": {},
        "licenses": [],
        "images": [_image(images, at, image_id) for image_id, (at, _) in enumerate(taken, 1)],
        "annotations": [],
        "categories": [{"id": i, "name": name, "supercategory": "animal"} for name, i in category.items()],
    }
    for image_id, (_, own_boxes) in enumerate(taken, 1):
        counts["photos"] += 1
        counts["empty"] += all(found.kinds[row] == "unreviewed" for row, _ in own_boxes)
        for row, box in own_boxes:
            counts["unreviewed" if found.kinds[row] == "unreviewed" else "animals"] += 1
            counts["added"] += found.kinds[row] == "added"
            number = len(document["annotations"]) + 1
            document["annotations"].append(found.annotation(row, box, number, image_id, category))
    numbers = {
        name: counts[name] for name in ("photos", "empty", "animals", "added", "rejected", "unreviewed", "left_out")
    }
    return document, numbers, warnings


# The row of a detection, and its box, xywh in image px.
Box = tuple[int, list[float]]


@dataclass(frozen=True)
class _Found:
    """A survey's detections as training data, row by row.

    Attributes:
        kinds: What each is (see `_kind`).
        of_image: The rows of each image that take part.
        classes: The classes after the review.
        places: The boxes, xywh in image px; None if unknown.
        said: What a person and the detector said about each.
        points: Which are points; their boxes are only marks around them.
    """

    kinds: list[str]
    of_image: Mapping[str, list[int]]
    classes: list[str]
    places: list[list[float] | None]
    scores: list[float | None]
    said: Mapping[str, Sequence[str | None]]
    added: tuple[Plain, ...]
    points: list[bool]

    @classmethod
    def of(cls, images: Images, rows: DetectionRows, min_score: float) -> "_Found":
        """Make them from a survey. Unreviewed detections take part from `min_score` on."""
        kinds = [_kind(*said) for said in zip(rows.text("review"), rows.text("run_id"), strict=True)]
        low = (rows.score < min_score).tolist()  # an animal that a person drew has NaN, which is not low
        of_image: dict[str, list[int]] = defaultdict(list)
        for row, image in enumerate(rows.image_paths()):
            if kinds[row] != "unreviewed" or not low[row]:
                of_image[image].append(row)
        classes = [*map(effective_class, rows.class_names(), rows.text("reviewed_class"))]
        scores = [None if math.isnan(score) else round(score, 4) for score in rows.score.tolist()]
        said = {name: rows.text(name) for name in ("review", "reviewer", "reviewed_at", "run_id")}
        said["detected_class"] = [*rows.class_names()]
        points = [kind == "point" for kind in rows.text("kind")]
        return cls(kinds, of_image, classes, _boxes(rows, images), scores, said, plain(rows.added, ()), points)

    def annotation(
        self, row: int, box: list[float], number: int, image_id: int, category: Mapping[str, int]
    ) -> dict[str, Any]:
        """A detection as a COCO annotation. A point has a box without a size, and itself as its only key point.

        An unreviewed point keeps its mark: it is a region in which nothing is learnt, and such a region has a size.
        """
        key_point: dict[str, Any] = {}
        if self.points[row] and self.kinds[row] != "unreviewed":
            x, y = round(box[0] + box[2] / 2, 2), round(box[1] + box[3] / 2, 2)
            box, key_point = [x, y, 0.0, 0.0], {"keypoints": [x, y, 2], "num_keypoints": 1}
        attributes = {one.name: value for one in self.added if (value := one.values[row]) is not None}
        return {
            "id": number,
            "image_id": image_id,
            "category_id": category[self.classes[row]],
            "bbox": box,
            "area": round(box[2] * box[3], 4),
            "segmentation": [],
            "iscrowd": int(self.kinds[row] == "unreviewed"),
            **key_point,
            **({"attributes": attributes} if attributes else {}),
            "herdmap": {**{name: texts[row] for name, texts in self.said.items()}, "score": self.scores[row]},
        }


def _chosen(
    images: Images, found: _Found, photos: Photos, checked: Collection[str], counts: Counter[str]
) -> tuple[list[tuple[int, list[Box]]], list[str]]:
    """The photos that are training data, by name, each with its boxes in order; and warnings about others.

    The numbers of what is left out and of what was rejected are added to `counts`.
    """
    warnings: list[str] = []
    taken: list[tuple[int, list[Box]]] = []
    searched = images.searched.tolist()
    for at in sorted(range(len(images)), key=lambda i: images.path[i]):
        own = found.of_image.get(images.path[at], [])
        by_hand, reviewed = images.path[at] in checked, [found.kinds[row] for row in own]
        if not (searched[at] or by_hand) or not _is_data(images, at, reviewed, photos, by_hand):
            counts["left_out"] += 1
            continue
        boxes = [(row, found.places[row]) for row in own if found.kinds[row] != "rejected"]
        known = [(row, box) for row, box in boxes if box is not None]
        if len(known) < len(boxes):
            warnings.append(
                f"{images.path[at]} is left out: an animal was drawn on the map, and its place in the photo is unknown"
            )
            counts["left_out"] += 1
            continue
        counts["rejected"] += sum(found.kinds[row] == "rejected" for row in own)
        taken.append((at, sorted(known, key=lambda one: (one[1], one[0]))))
    return taken, warnings


def _kind(review: str | None, run_id: str | None) -> str:
    """confirmed, rejected, unreviewed, or added: a person drew it, and so said that it is there."""
    if review != "rejected" and run_id in (None, MANUAL_RUN):
        return "added"
    return review or "unreviewed"


def _is_data(images: Images, at: int, kinds: list[str], photos: Photos, checked: bool) -> bool:
    if images.status[at] != "done" or images.width[at] < 1 or images.height[at] < 1:
        return False
    if photos == "all":
        return True
    if photos == "touched":
        return checked or any(kind != "unreviewed" for kind in kinds)
    return "unreviewed" not in kinds and (checked or len(kinds) > 0)


def _image(images: Images, at: int, image_id: int) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "id": image_id,
        "file_name": images.path[at],
        "width": int(images.width[at]),
        "height": int(images.height[at]),
    }
    if images.captured_at[at]:
        entry["date_captured"] = images.captured_at[at]
    if math.isfinite(images.gsd_m[at]):
        entry["gsd_m"] = round(float(images.gsd_m[at]), 5)
    return entry


def _info(
    survey: Path, runs: Sequence[Run], where: str, photos: Photos, min_score: float, counts: dict[str, int]
) -> dict[str, Any]:
    models = [{"run_id": run.run_id, "model": run.model, "model_sha256": run.model_sha256} for run in runs]
    about = {"survey": survey.name, "images": where, "photos_rule": photos, "min_score": min_score, "counts": counts}
    about["pixels"] = "as stored; EXIF orientation is not applied"
    return {
        "description": f"Reviewed detections of {survey.name}",
        "version": "1.0",
        "herdmap": {**about, "runs": models},
    }


def _relative(survey: Path, output: Path, paths: list[str]) -> tuple[Path, list[str]]:
    """The folder that the names are relative to, and the names: POSIX, without `..`."""
    home = survey.absolute().parent
    whereabouts = [Path(os.path.normpath(home / path)) for path in paths]
    folder = Path(os.path.normpath(output.absolute().parent))
    if not all(path.is_relative_to(folder) for path in whereabouts):
        folder = Path(os.path.commonpath([path.parent for path in whereabouts]))
    return folder, [path.relative_to(folder).as_posix() for path in whereabouts]


# ---- boxes -----------------------------------------------------------------------------------


def _boxes(rows: DetectionRows, images: Images) -> list[list[float] | None]:
    """xywh in image px of each row, clipped to its photo; None if unknown, or outside."""
    photo = {path: at for at, path in enumerate(images.path)}
    if missing := [path for path in rows.paths if path not in photo]:
        raise VectorError(
            f"its image {missing[0][-80:]!r} has detections, but no row among its images; search it again"
        )
    at = np.array([photo[path] for path in rows.paths] or [0], np.int64)[rows.image]
    size = np.stack([images.width, images.height], axis=1)[at].astype(np.float64)
    corners = rows.boxes_px.astype(np.float64).reshape(-1, 2, 2)
    for row in np.flatnonzero(~np.isfinite(corners).all(axis=(1, 2))).tolist():
        ring, footprint = rows.polygons_map[row], images.footprints[at[row]]
        if footprint is None or not np.isfinite(ring).all():
            continue
        drawn = _to_px(ring[:4], footprint, size[row])
        if drawn is not None:
            corners[row] = drawn.min(axis=0), drawn.max(axis=0)
    low, high = (np.round(np.clip(corners[:, end], 0, size), 2) for end in (0, 1))
    xywh = np.concatenate([low, np.round(high - low, 2)], axis=1)
    return [box if box[2] > 0 and box[3] > 0 else None for box in xywh.tolist()]


def _to_px(
    xy_map: NDArray[np.float64], footprint: NDArray[np.float64], size: NDArray[np.float64]
) -> NDArray[np.float64] | None:
    """Map coordinates to image px, with the homography of the footprint's corners: exact for a camera above flat
    ground.

    footprint: a ring from the top left corner down, as `geo.georeference.footprint` makes it, with the same number of
    points on each side; or one from there to the right, clockwise on the map. None if the points between the corners
    are more than 2 px off: then the ground is not flat, or the ring is another one.
    """
    per_side, left = divmod(len(footprint) - 1, 4)
    if left or per_side < 1:
        return None
    along = np.arange(per_side)[:, None] / per_side
    corners_px = np.array([(0, 0), (0, 1), (1, 1), (1, 0), (0, 0)]) * size
    if not shapely.is_ccw(shapely.linearrings(footprint)):
        corners_px = corners_px[::-1]
    ring_px = np.concatenate([a + along * (b - a) for a, b in itertools.pairwise(corners_px)])
    origin, scale = footprint[:-1].mean(axis=0), np.ptp(footprint, axis=0).max() or 1.0
    ring = (footprint[:-1] - origin) / scale
    equations, values = [], []
    for (x, y), (u, v) in zip(ring[::per_side].tolist(), (ring_px[::per_side] / size).tolist(), strict=True):
        equations += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    try:
        h = np.append(np.linalg.solve(np.array(equations), np.array(values)), 1.0).reshape(3, 3)
    except np.linalg.LinAlgError:
        return None

    def project(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        ahead = np.column_stack([xy, np.ones(len(xy))]) @ h.T
        return np.asarray(ahead[:, :2] / ahead[:, 2:] * size, np.float64)

    if np.abs(project(ring) - ring_px).max() > _FIT_PX:
        return None
    return project((xy_map - origin) / scale)
