"""Begins a survey without a model: its images are placed on the map, and nothing is searched.

It is a run without its search: the plan, the poses, the checks and the assembly are those of `detecting`. People search
the images afterwards, or a detector does, in the same file.
"""

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

import detector
from detector.errors import InputError
from detector.models import ModelInfo
from detector.progress import Watcher
from detector.search import storage
from detector.search.parts import Journal, writing
from detector.survey.assembly import assemble, now
from detector.survey.borders import undeclared_borders
from detector.survey.detecting import checked_output
from detector.survey.guarded_reader import Reading
from detector.survey.listing import Listing
from detector.survey.merging import animals_of_all
from detector.survey.outcome import by_reason
from detector.survey.planning import Plan, PlannedImage, PoseSettings, Settings, plan, work_folder
from detector.survey.poses import Poses, poses_of
from detector.survey.reach import check_places, limited_to, untouched_regions
from detector.survey.versions import versions
from geo import geopackage
from geo.output import sweep
from geo.paths import Paths, StrPath
from geo.regions import Regions, read_regions
from geo.search_area import SearchArea, read_search_area
from geo.searches import Searches
from geo.tables import Counts, Run

USUAL_CLASS = "animal"
"""The class of a survey for which nobody names one."""
_BY_HAND = "by hand"  # what `runs` says in the place of a model
_TILE_PX = 1024  # of the plan: by its tiles it is found which images reach into an area


@dataclass(frozen=True)
class Begun:
    """The result of `begin`.

    Attributes:
        output: The survey's file.
        images: The number of images.
        placed: How many images have a place on the map.
        failed: How many images cannot be read.
        outside: How many images lie outside the area, or may, because they have no position.
        reasons: Why images failed, and how many for each reason.
        counts: The counts in regions, or None without regions.
        cancelled: Whether it was cancelled. Then nothing was written.
    """

    output: Path
    images: int = 0
    placed: int = 0
    failed: int = 0
    outside: int = 0
    reasons: tuple[tuple[str, int], ...] = ()
    counts: Counts | None = None
    cancelled: bool = False

    def summary(self) -> str:
        """One line for a person, and one for each reason why images failed."""
        images = "1 image" if self.images == 1 else f"{self.images} images"
        outside = f", {self.outside} outside the area" if self.outside else ""
        failed = f", {self.failed} failed (see the layer 'images')" if self.failed else ""
        lines = [f"{self.output}: {images} to search, {self.placed} with a place on the map{outside}{failed}"]
        return "\n".join([*lines, *(f"  {number} failed: {why}" for why, number in self.reasons)])


def begin(
    inputs: Paths | Listing,
    output: StrPath,
    *,
    classes: Sequence[str] = (),
    settings: PoseSettings | None = None,
    region_file: StrPath | None = None,
    region_field: str | None = None,
    region_layer: str | None = None,
    within: StrPath | None = None,
    watcher: Watcher | None = None,
) -> Begun:
    """Write the survey `output` of imagery that nobody has searched: each image has its place and is `pending`.

    If the file exists, its reviews and what people searched are kept. Raises InputError if the file holds what a model
    found, as that would be lost, and InputError, ModelError (a class has an impossible name) or GeoError for what
    cannot be used.

    Args:
        inputs: Files, folders or '@list.txt', one or several.
        output: The GeoPackage.
        classes: The kinds of animals that will be looked for; by default one, `animal`.
        settings: How photos are placed.
        region_file: Polygons to count in.
        region_field: The column with their names.
        region_layer: Their layer; by default all.
        within: Polygons: images outside them need not be searched.
        watcher: Is told of the progress.
    """
    watcher, started_at = watcher or Watcher(), now()
    given = asdict(settings or PoseSettings())
    wanted = Settings(**given)
    path = checked_output(output, wanted)
    _check_replaceable(path)
    info = ModelInfo("detector", _BY_HAND, tuple(classes) or (USUAL_CLASS,), _TILE_PX)
    regions = None if region_file is None else read_regions(region_file, region_field, region_layer)
    area = None if within is None else read_search_area(within)
    folder = work_folder(path) / "parts"
    with writing(folder, path):
        sweep(path)
        journal = Journal(storage.folder(str(folder)))
        with Reading(journal, wanted.time_limit_s, None, watcher.cancelled, journal.failures()) as reading:
            sizes = journal.stretches()
            work = plan(
                inputs, path, info, _BY_HAND, wanted, watcher.cancelled, None, reading.headers, sizes, reading.sample
            )
            if work is None:
                return Begun(path, cancelled=True)
            said = undeclared_borders(work.images, reading.border)
            journal.write_stretches(work.stretches)
        poses = poses_of(work.images, wanted)
        check_places(work, poses, regions, region_file)
        missed = untouched_regions(work, poses, regions, region_file)
        work, held = _in_area(work, poses, area, regions)
        for text in (*work.warnings, *poses.warnings, *said, *missed, *held):
            watcher.warning(text)
        return _write(work, poses, regions, _record(work, started_at, given, classes, area), watcher)


def _check_replaceable(path: Path) -> None:
    """Raise InputError if the file holds what a model found: only the reviewed part of it would be kept."""
    if not path.exists() or not path.stat().st_size:
        return
    found = int(np.isfinite(geopackage.read_detections(path).score).sum())
    if found or geopackage.read_tile_labels(path) is not None:
        what = f"{found} detections of a model" if found else "the tiles that a model labelled"
        raise InputError(
            f"{path.name} holds {what}, which a survey without a model does not keep; choose another output",
        )


def _in_area(work: Plan, poses: Poses, area: SearchArea | None, regions: Regions | None) -> tuple[Plan, list[str]]:
    """The plan, in which images outside the area have no units. A person searches an image on its edge completely."""
    if area is None:
        return work, []
    held, _ = limited_to(work, poses, area, regions)
    images = [replace(image, in_part=None) if image.units else image for image in held.images]
    said = list(area.warnings)
    outside = _outside(images)
    if outside:
        said.append(
            f"they lie outside {area.name} or have no position, and need not be searched: {outside} of {len(images)} "
            "images"
        )
    return replace(held, images=tuple(images)), said


def _outside(images: Sequence[PlannedImage]) -> int:
    return sum(image.in_part is not None for image in images)


def _record(
    work: Plan, started_at: str, given: dict[str, object], classes: Sequence[str], area: SearchArea | None
) -> Run:
    """The record of this run: no model and no tiles, but the classes, and how the photos are placed."""
    return Run(
        run_id=f"{started_at}-{secrets.token_hex(3)}",
        started_at=started_at,
        finished_at=None,
        herdmap_version=detector.__version__,
        model=_BY_HAND,
        model_sha256="",
        classes=tuple(classes) or (USUAL_CLASS,),
        settings={
            **given,
            "versions": dict(versions(work)),
            **({} if area is None else {"within": area.name}),
        },
        device="",
        images=0,
        failed=0,
        tiles=0,
        detections=0,
    )


def _write(work: Plan, poses: Poses, regions: Regions | None, record: Run, watcher: Watcher) -> Begun:
    """Assemble the survey without anything that was found. Tells the watcher of images that cannot be read."""
    failures = {i: image.error for i, image in enumerate(work.images) if image.error is not None}
    for i, why in failures.items():
        watcher.image_failed(work.images[i].relative, why)
    nothing = animals_of_all(work, failures)
    made = assemble(work, poses, failures, nothing, regions, record, searches=Searches.none())
    for text in made.warnings:
        watcher.warning(text)
    begun = Begun(
        work.output,
        images=len(work.images),
        placed=made.placed,
        failed=len(failures),
        outside=_outside(work.images),
        reasons=by_reason(failures.values()),
        counts=made.counts,
    )
    watcher.done(begun.output, begun.images, begun.failed, 0)
    return begun
