"""Evaluates a model on labelled photos: searches them as a survey does, and compares the detections with the labels."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from detector import models, survey
from detector.errors import InputError
from detector.evaluation.headline import RATES, all_classes
from detector.evaluation.judging import Judged, judge, write_all
from detector.evaluation.leaks import refuse_leaks
from detector.evaluation.mistakes import mistakes
from detector.evaluation.radius import check_radius, radius_of
from detector.evaluation.report import classes_shown
from detector.evaluation.scores import (
    Found,
    Matches,
    best_at,
)
from detector.evaluation.search import FLOOR, everything, looking_lower, require_size, truth_of
from detector.labels.formats import TO_EVALUATE, names_in, read_labels, with_rest
from detector.labels.labelled import LabelledImage
from detector.labels.orientation import as_stored
from detector.labels.shapes import said_of
from detector.models import ModelInfo
from detector.progress import Watcher
from detector.survey.headers import relative_to
from detector.survey.listing import as_they_are
from detector.survey.planning import Settings, plan
from geo import geopackage, raster
from geo.errors import one_line
from geo.paths import StrPath, as_path

_JUDGED_BY = ("rule", "any_class", "radius", "rename", "rest")  # of Judging, told in metrics.json


@dataclass(frozen=True)
class Judging:
    """How a model is judged.

    Attributes:
        rule: The rule for the best threshold (see `best_at`).
        any_class: Judge only whether animals are found, whatever the names of the classes.
        trained_on: Labels that the model was trained on. No photo and no flight may be in both.
        radius: How far from its centre an animal is found, such as `12px` or `0.5m`; None for the rule by its size.
        columns: For a table or a vector layer: the column of each field, where the names are not the usual ones.
        rename: The model's class of a name in the labels, as a training config's [rename].
        rest: The model's class of all names in the labels that are neither classes nor renamed; '' to leave them out.
    """

    rule: str = "f1"
    any_class: bool = False
    trained_on: tuple[Path, ...] = ()
    radius: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    rename: Mapping[str, str] = field(default_factory=dict)
    rest: str = ""


@dataclass(frozen=True)
class Evaluated:
    """All numbers of an evaluation, and the folder that they were written to."""

    metrics: dict[str, Any]
    folder: Path

    def summary(self) -> str:
        """The main numbers as lines for a person."""
        points = self.metrics["points"]
        ap = "AP" if points else "AP50"
        right = "right by centre, also AP" if points else "right by centre"
        lines = [f"{'class':24s} animals  counted  precision  recall      F1    {ap:4s}   ({right})"]
        rows: list[tuple[str, Mapping[str, Any], Mapping[str, Any], float]] = [
            (name, one["counts"], one["centre"], _ap_of(one, points))
            for name, one in classes_shown(self.metrics).items()
        ]
        if len(self.metrics["classes"]) > 1:
            mean, together = self.metrics["mean"], self.metrics["all"]
            mean_ap = mean["ap_by_centre" if points else "ap50"]
            rows.append((f"mean of {mean['classes']} classes", {}, mean["centre"], mean_ap))
            rows.append(("all classes together", together["counts"], together["centre"], float("nan")))
        for name, counts, centre, precision in rows:
            numbers = [*(centre[rate] for rate in RATES), precision]
            shown = " ".join(f"{v:7.3f}" if np.isfinite(v) else f"{'-':>7s}" for v in numbers)
            lines.append(f"{name:24s} {counts.get('true', ''):>7}  {counts.get('counted', ''):>7}    {shown}")
        lines.append(f"{self.folder / 'report.html'}: curves, intervals, and the worst mistakes as pictures")
        return "\n".join(lines)


def _ap_of(one: Mapping[str, Any], points: bool) -> float:
    """The average precision of a class: of points by centre, else at IoU 0.5, NaN without pycocotools."""
    if points:
        return float(one["average_precision_by_centre"])
    return float((one["average_precision"] or {}).get("ap50", float("nan")))


def evaluate(
    model: StrPath | None,
    data: StrPath,
    images: StrPath,
    folder: StrPath,
    *,
    judging: Judging | None = None,
    settings: Settings | None = None,
    trust: bool = False,
    device: str = "auto",
    watcher: Watcher | None = None,
) -> Evaluated | None:
    """Search labelled photos with a model as a survey does, and measure how right it is. None if it was cancelled.

    data: labels in any format that is read (docs/labels.md). images: the folder that names in it start from. folder:
    gets report.html, metrics.json, photos.csv, curves.csv and the survey, detections.gpkg. Calling it again resumes it.

    Raises InputError if labels or photos cannot be used, the model and the labels have no class in common, or photos or
    flights are also in the training data.
    """
    data = as_path(data)
    images = as_path(images)
    folder = as_path(folder)
    judging, watcher = judging or Judging(), watcher or Watcher()
    settings = replace(settings or Settings(), chips=False, precision="float32")
    named = os.fspath(model) if model is not None else None
    loaded = models.load(named, device, trust=trust)
    settings = looking_lower(settings, loaded.info)
    photos, judged = _labelled(data, images, loaded.info, judging)
    refuse_leaks(data, photos, judging.trained_on)
    _check(judging)
    folder.mkdir(parents=True, exist_ok=True)
    output = Path(os.path.abspath(folder / "detections.gpkg"))

    detecting = partial(_detect, photos, output, model=named, trust=trust, device=device, settings=settings)
    # One search, assembled twice: first from the lowest score on, for the curves; then as a survey, which is kept.
    told = ("planned", "further", "progress", "image_failed", "warning", "cancelled")
    if not detecting(kept_from=FLOOR, watcher=_Told(watcher, told)):
        return None
    photos, unread = _read(output, photos)
    curves = _found(output, photos, judged)
    digest = models.sha256_of(*loaded.files)
    every = everything(photos, output, loaded.info, digest, settings, judged.label_of)
    if not detecting(watcher=_Told(watcher, ("cancelled",))):
        return None
    counted = _found(output, photos, judged)
    seams = _seams(photos, output, loaded, settings)
    truth = truth_of(photos, seams, radius_of(judging.radius, photos, output))
    together = all_classes(truth, counted, len(judged.classes), "centre")
    limits = _thresholds(loaded.info, judged, settings.score)
    metrics: dict[str, Any] = {
        "model": _about(loaded),
        "data": {"labels": data.name, "photos": len(photos), "animals": int((~truth.crowd).sum())},
        "settings": {**asdict(settings), **{name: getattr(judging, name) for name in _JUDGED_BY}},
        **judge(truth, curves, every, counted, together, judged, judging.rule, limits),
    }
    metrics["notes"] += _said(photos, unread)
    write_all(folder, metrics, truth, together, mistakes(photos, truth, counted, together, judged.classes))
    watcher.done(folder / "report.html", len(photos), len(unread), len(counted.image))
    return Evaluated(metrics, folder)


def _detect(
    photos: Sequence[LabelledImage],
    output: Path,
    *,
    settings: Settings,
    kept_from: float | None = None,
    **how: Any,
) -> bool:
    """Search the photos, or assemble an earlier search from another score on. False if it was cancelled."""
    listing = as_they_are(photo.path for photo in photos)
    return not survey.detect(listing, output, settings=replace(settings, kept_from=kept_from), **how).cancelled


def _about(model: models.Model) -> dict[str, str]:
    """What the report says about the model."""
    return {
        "name": model.info.name,
        "version": model.info.version,
        "file": model.files[0].name,
        "sha256": models.sha256_of(*model.files),
    }


class _Told(Watcher):
    """Passes some reports on to another watcher, because the two runs are one to the user."""

    def __init__(self, watcher: Watcher, what: Sequence[str]) -> None:
        for name in what:
            setattr(self, name, getattr(watcher, name))


def _labelled(data: Path, images: Path, info: ModelInfo, judging: Judging) -> tuple[list[LabelledImage], Judged]:
    names = names_in(data, judging.columns, TO_EVALUATE)
    if judging.any_class:
        every = dict.fromkeys(names, "animal")
        photos = read_labels(data, images, ("animal",), every, judging.columns, TO_EVALUATE)
        return photos, Judged(("animal",), dict.fromkeys(info.classes, 0), points=info.finds == "point")
    rename = _renamed(data, names, info.classes, judging)
    given = tuple(dict.fromkeys(rename.get(name, name) for name in names))
    if not any(name in given for name in info.classes):
        raise InputError(
            f"{data.name} has the classes {', '.join(names) or 'none'}, and the model has {', '.join(info.classes)}: "
            "no class is in both; rename them, or ignore the classes",
            about="any_class",
        )
    notes = []
    if unknown := [name for name in given if name not in info.classes]:
        notes.append(f"not evaluated, since the model does not know them: {', '.join(unknown)}")
    if unlabelled := [name for name in info.classes if name not in given]:
        notes.append(
            f"the labels name none of {one_line(', '.join(unlabelled), 200)}: each detection of them is a false alarm, "
            "as in training; if nobody labelled such animals, read the numbers of each other class"
        )
    photos = read_labels(data, images, info.classes, rename, judging.columns, TO_EVALUATE)
    label_of = {name: i for i, name in enumerate(info.classes)}
    return photos, Judged(info.classes, label_of, tuple(notes), points=info.finds == "point")


def _renamed(data: Path, names: Sequence[str], classes: Sequence[str], judging: Judging) -> dict[str, str]:
    """The model's class of each name in the labels that is not the class's own."""
    for old, new in judging.rename.items():
        if old not in names:
            raise InputError(f"{data.name} has no class {old!r} to rename; it has {', '.join(names) or 'none'}")
        if new not in classes:
            raise InputError(f"{old!r} is renamed to {new!r}; expected one of the model's: {', '.join(classes)}")
    if judging.rest and judging.rest not in classes:
        raise InputError(f"rest is {judging.rest!r}; expected one of the model's classes: {', '.join(classes)}")
    return with_rest(names, classes, judging.rename, judging.rest)


def _said(photos: Sequence[LabelledImage], unread: Sequence[str]) -> list[str]:
    """Notes about the labels and about photos that could not be read, each with its reason."""
    notes = said_of(odd for photo in photos for odd in photo.odd)
    if points := sum(int(photo.without_area.sum()) for photo in photos):
        notes.append(
            f"labels that are points or have no area: {points}; such an animal is found where it lies within half the "
            "longer side of a detection from its centre; by IoU it cannot be found, and its class has no AP"
        )
    if unread:
        notes.append(f"{len(unread)} photos cannot be read and are not evaluated; the first: {unread[0]}")
    return notes


def _read(output: Path, photos: Sequence[LabelledImage]) -> tuple[list[LabelledImage], list[str]]:
    """The photos that could be read, and a line with name and reason for each other one.

    Raises:
        InputError: No photo could be read, or labels state another size than the photo has.
    """
    images = geopackage.read_images(output)
    place = {path: i for i, path in enumerate(images.path)}
    kept, why = [], []
    for photo in photos:
        i = place[_relative(photo, output)]
        if images.status[i] != "done":
            why.append(f"{photo.path.name} ({images.reason[i]})")
        else:
            stored = as_stored(photo, raster.inspect(photo.path))
            require_size(stored, int(images.width[i]), int(images.height[i]))
            kept.append(stored)
    if not kept:
        raise InputError(f"none of the {len(photos)} labelled photos can be read; the first: {why[0]}")
    return kept, why


def _relative(photo: LabelledImage, output: Path) -> str:
    return relative_to(Path(os.path.abspath(photo.path)), output.parent)


def _found(output: Path, photos: Sequence[LabelledImage], judged: Judged) -> Found:
    """The detections of the judged classes in the survey's file."""
    rows = geopackage.read_detections(output)
    photo_of = {_relative(photo, output): i for i, photo in enumerate(photos)}
    # One element more, so that the array is never empty, even without detections.
    image_of = np.array([*(photo_of.get(path, -1) for path in rows.paths), -1], np.int64)
    label_of = np.array([*(judged.label_of.get(name, -1) for name in rows.classes), -1], np.int64)
    image, label = image_of[rows.image], label_of[rows.label]
    kept = (image >= 0) & (label >= 0)
    return Found(image[kept], rows.boxes_px[kept], rows.score[kept], label[kept])


def _seams(
    photos: Sequence[LabelledImage], output: Path, model: models.Model, settings: Settings
) -> list[tuple[list[float], list[float]]]:
    """For each photo, the lines x = ... and y = ... (image px) at which a tile ends inside the photo."""
    work = plan(as_they_are(photo.path for photo in photos), output, model.info, "", settings)
    assert work is not None
    lines = []
    for image in work.images:
        unit = image.units[0]
        grid = unit.grid
        xs = np.concatenate([grid.xs[1:], grid.xs[:-1] + grid.tile_width]) / unit.scale[0]
        ys = np.concatenate([grid.ys[1:], grid.ys[:-1] + grid.tile_height]) / unit.scale[1]
        lines.append((xs.tolist(), ys.tolist()))
    return lines


def _thresholds(info: ModelInfo, judged: Judged, score: float | None) -> dict[int, float]:
    """The score threshold of each judged class. If classes are not told apart, the lowest of the model's thresholds."""
    each = dict(zip(info.classes, info.thresholds(score).tolist(), strict=True))
    return {
        label: min(each[name] for name, place in judged.label_of.items() if place == label)
        for label in range(len(judged.classes))
    }


def _check(judging: Judging) -> None:
    """Refuse an unknown rule or radius before the run, not after it."""
    best_at(Matches.none(), judging.rule)
    check_radius(judging.radius)
