"""Places a finished survey again, with other positions, heights or cameras, without a search."""

import contextlib
import os
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from detector.errors import InputError
from detector.progress import Watcher
from detector.search.parts import writing
from detector.survey import matching
from detector.survey.assembly import counted_again
from detector.survey.headers import inspected, reason
from detector.survey.placing import Placement, place
from detector.survey.planning import PlannedImage, PoseSettings, work_folder
from detector.survey.poses import poses_of
from detector.survey.replacing import moved
from geo import geopackage
from geo.georeference import PixelsToMap
from geo.output import check_output, sweep
from geo.overlaps.count_once import count_once
from geo.overlaps.pixels import need_opencv
from geo.paths import StrPath, absolute
from geo.photos.tags import read_tags, without_tags
from geo.tables import SEARCHED_IN_PART, DetectionRows, Images

# The key, in a run's settings, of what its survey was last placed with.
_PLACED = "placed"
_POSE_SETTINGS = tuple(field.name for field in fields(PoseSettings))


@dataclass(frozen=True)
class Moved:
    """The result of `georeference`.

    Attributes:
        output: The survey.
        images: The number of images.
        placed: How many images have a place.
        detections: The number of detections.
        on_map: How many detections have a place.
        cancelled: Whether the watcher cancelled it while headers were read or photos were matched. Then the survey did
            not change.
    """

    output: Path
    images: int
    placed: int
    detections: int
    on_map: int
    cancelled: bool = False

    def summary(self) -> str:
        """One line for a person."""
        return (
            f"{self.output}: {self.placed} of {self.images} images placed, "
            f"{self.on_map} of {self.detections} detections on the map"
        )


def georeference(survey_file: StrPath, settings: PoseSettings, watcher: Watcher | None = None) -> Moved:
    """Place the photos of a finished survey again, and write it again with all its detections, reviews and runs.

    It needs the headers of the image files and no model. It needs pixels only to match photos that no run has matched.
    An image that is missing, or is now another one, keeps its place. Which sighting of an animal counts is found again,
    and so are the counts in the regions of the file. The settings are recorded for `placed_with`.

    Raises InputError if no image can be placed, GeoError if a file cannot be used. Then the survey does not change.
    What is matched when the watcher cancels is kept for the next time.
    """
    watcher = watcher or Watcher()
    if settings.matches_images:
        need_opencv()
    path = absolute(survey_file)
    crs_before = geopackage.read_crs(path)
    check_output(path)
    with writing(work_folder(path) / "parts", path):
        sweep(path)
        before = geopackage.read_images(path)
        images, warnings = _headers(path, before, watcher.cancelled)
        if watcher.cancelled():
            return Moved(path, len(before), 0, int(before.detections.sum()), 0, cancelled=True)
        poses = poses_of(images, settings)
        warnings += poses.warnings
        if not any(_can_be_placed(image) for image in images) and not poses.placed:
            told = "; ".join(warnings) or "no image has a position"
            raise InputError(f"{path.name}: no image can be placed ({told}); the survey is unchanged")
        placement = place(images, path, [image.info is None for image in images], poses, before.detections.tolist())
        if placement.crs_wkt is None and crs_before is not None:
            raise InputError(f"{path.name}: its images now have no known CRS; the survey is unchanged")
        posed = poses.georeferences({i for i, image in enumerate(images) if image.info is None})
        matched = matching.match(images, posed, path, watcher) if settings.matches_images else None
        if matched is not None and matched.cancelled:
            return Moved(path, len(images), 0, int(before.detections.sum()), 0, cancelled=True)

        def written(watch: geopackage.Watch) -> tuple[DetectionRows, tuple[str, ...]]:
            return _write(path, before, images, placement, (matched, posed), settings, watch)

        rows, said = geopackage.settled(path, written)
    for text in (*warnings, *placement.warnings, *said):
        watcher.warning(text)
    on_map = int(np.isfinite(rows.polygons_map[:, 0, 0]).sum())
    return Moved(path, len(images), placement.placed, len(rows), on_map)


def _write(
    path: Path,
    before: Images,
    images: Sequence[PlannedImage],
    placement: Placement,
    match: tuple[matching.Matching | None, Sequence[PixelsToMap | None]],
    settings: PoseSettings,
    watch: geopackage.Watch,
) -> tuple[DetectionRows, tuple[str, ...]]:
    """Write what the survey says now, placed again. Returns the detections and what to tell the user.

    before: the images that were placed. Raises InputError if the survey has other images by now.
    """
    now, crs_before = geopackage.read_images(path), geopackage.read_crs(path)
    if list(now.path) != list(before.path):
        raise InputError(f"{path.name}: another program gave it other images meanwhile; run again")
    rows, runs = geopackage.read_detections(path, chips=True), geopackage.read_runs(path)
    rows, old = moved(rows, now, crs_before, images, placement)
    labels = geopackage.read_tile_labels(path)
    if labels is not None:
        labels, _ = moved(labels, now, crs_before, images, placement, errors=False)
    anew = _images(old, images, placement)
    matched, posed = match
    ties, of_ties = matching.ties_of(matched, images, posed, anew, rows, path)
    once = count_once(anew, rows, placement.crs_wkt, settings.count_overlaps, settings.animal_speed_m_s, ties)
    counts, said = counted_again(path, once.rows, placement.crs_wkt)
    if runs:
        last = {**runs[-1].settings, _PLACED: {name: getattr(settings, name) for name in _POSE_SETTINGS}}
        runs[-1] = replace(runs[-1], settings=last)
    geopackage.write_survey(path, anew, once.rows, runs, placement.crs_wkt, placement.layers, counts, labels, watch)
    return once.rows, (*of_ties, *once.lines, *said)


def placed_with(survey_file: StrPath, except_for: Container[str] = ()) -> dict[str, Any]:
    """The fields of `PoseSettings` with which a survey was last placed, and that are not the defaults.

    A file is looked for at its recorded path, then beside the survey.

    Args:
        survey_file: The survey.
        except_for: Fields that are not needed.

    Raises:
        InputError: A file is in neither place.
    """
    path = absolute(survey_file)
    runs = geopackage.read_runs(path)
    recorded: dict[str, Any] = {}
    if runs:
        recorded = {**runs[-1].settings, **runs[-1].settings.get(_PLACED, {})}
    found: dict[str, Any] = {}
    for field in fields(PoseSettings):
        value = recorded.get(field.name, field.default)
        if value == field.default or value is None or field.name in except_for:
            continue
        if field.name in ("position", "dem", "calibration"):
            places = [file for file in (Path(value), path.parent / value) if file.exists()]
            if not places:
                raise InputError(
                    f"{path.name} was placed with {value}, which does not exist: give its new place, or leave it out",
                    about="except_for",
                )
            value = os.fspath(places[0])
        found[field.name] = tuple(value) if isinstance(value, list) else value
    return found


def _headers(path: Path, before: Images, cancelled: Callable[[], bool]) -> tuple[list[PlannedImage], tuple[str, ...]]:
    """The survey's images with the headers of their files, or with fewer images if that was cancelled.

    Images that failed, are gone or have another size have none.
    """
    images: list[PlannedImage] = []
    gone: list[str] = []
    failed = [why if status == "failed" else None for why, status in zip(before.reason, before.status, strict=True)]
    named = [(Path(os.path.abspath(path.parent / relative)), relative) for relative in before.path]
    wanted = [one for one, why in zip(named, failed, strict=True) if why is None]
    with contextlib.closing(inspected(wanted, cancelled)) as headers:
        for row, (file, relative) in enumerate(named):
            if cancelled():
                break
            if failed[row] is not None:
                images.append(PlannedImage(file, relative, None, failed[row]))
                continue
            header, size = next(headers), (before.width[row], before.height[row])
            if isinstance(header, Exception):
                error: str = reason(header, file)
            elif (header.width, header.height) != size:
                error = f"it has {header.width} x {header.height} px, but another size in the survey"
            else:
                images.append(PlannedImage(file, relative, without_tags(header, file), None, tags=read_tags(header)))
                continue
            gone.append(f"{relative}: {error}")
            images.append(PlannedImage(file, relative, None, error))
    if not gone:
        return images, ()
    first = gone[0] if len(gone) == 1 else f"{len(gone)} images, first {gone[0]}"
    return images, (f"{first}; images that cannot be read keep their place",)


def _can_be_placed(image: PlannedImage) -> bool:
    return image.info is not None and image.info.georeference.kind != "none"


def _images(old: Images, images: Sequence[PlannedImage], placement: Placement) -> Images:
    """The images with their new places. Images without a header keep their columns."""
    read = np.array([image.info is not None for image in images], bool)
    columns = placement.columns()
    both: dict[str, Any] = {}
    for name, new in columns.items():
        kept = getattr(old, name)
        if isinstance(new, np.ndarray):
            both[name] = np.where(read, new, kept)
        else:
            both[name] = [a if header else b for a, b, header in zip(new, kept, read.tolist(), strict=True)]
    reasons = [
        "; ".join(filter(None, (_in_part(status, was), place.reason))) or None if header else was
        for place, status, was, header in zip(placement.places, old.status, old.reason, read.tolist(), strict=True)
    ]
    return replace(old, **both, reason=reasons)


def _in_part(status: str, reason: str | None) -> str | None:
    """The part of a reason that says why an image was not searched, or not completely."""
    first = (reason or "").split("; ")[0]
    return first if status == "pending" or first.startswith(SEARCHED_IN_PART) else None
