"""Detects the animals of a survey: the steps of a run in order.

Besides the command line, this is the only place that joins detector and geo.
"""

import contextlib
import os
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import detector
from detector import models
from detector.errors import InputError
from detector.models import ModelInfo
from detector.models.precision import Precision
from detector.progress import Watcher
from detector.search import storage
from detector.search.batches import FittedClassifier
from detector.search.parts import Journal, writing
from detector.search.timing import Profile
from detector.search.units import Unit
from detector.survey import changes, matching, precision
from detector.survey.assembly import Assembled, assemble, now
from detector.survey.beside_find import worse_than_find
from detector.survey.borders import undeclared_borders
from detector.survey.cluster import Cluster
from detector.survey.crash_retry import Asked, blame
from detector.survey.engine import Engine, local_engine, pending_units, run, run_further
from detector.survey.guarded_reader import Reading
from detector.survey.listing import Listing
from detector.survey.merging import Animals, animals_of_all, with_seams_searched
from detector.survey.opening import Opened, open_models
from detector.survey.outcome import Outcome, by_reason
from detector.survey.planning import Plan, PlannedImage, PoseSettings, Settings, plan, without_tags, work_folder
from detector.survey.poses import Poses, poses_of
from detector.survey.reach import check_places, limited_to, untouched_regions
from detector.survey.scale_fit import scale_remarks
from detector.survey.versions import versions
from geo import geopackage
from geo.errors import Remark
from geo.output import check_output, sweep
from geo.overlaps.pixels import need_opencv
from geo.paths import Paths, StrPath, absolute
from geo.regions import Regions, read_regions
from geo.search_area import SearchArea, read_search_area
from geo.searches import whole
from geo.tables import Run


def detect(
    inputs: Paths | Listing,
    output: StrPath,
    *,
    model: StrPath | None = None,
    trust: bool = False,
    gate: StrPath | None = None,
    device: str = "auto",
    settings: Settings | None = None,
    region_file: StrPath | None = None,
    region_field: str | None = None,
    region_layer: str | None = None,
    within: StrPath | None = None,
    fresh: bool = False,
    retry_failed: bool = False,
    rest: bool = False,
    cluster: Cluster | None = None,
    watcher: Watcher | None = None,
) -> Outcome:
    """Find the animals in imagery and write them to the GeoPackage `output`. The same call again resumes.

    A tile classifier labels tiles instead, and the result is the layer `tile_labels`. A cancelled run writes no
    GeoPackage, but keeps its parts. Raises InputError, ModelError or GeoError for what cannot be used, if possible
    before any work.

    Args:
        inputs: Files, folders or '@list.txt', one or several; or images as they are (`planning.plan`).
        output: The GeoPackage.
        model: A file, or the name of a bundled model.
        trust: Run code that a model file contains.
        gate: A tile classifier that looks first; the model searches only the tiles that it passes.
        device: 'auto', 'cpu', 'cuda' or 'cuda:N'.
        settings: The settings of the search.
        region_file: Polygons to count in.
        region_field: The column with their names.
        region_layer: Their layer; by default all.
        within: Polygons: only inside them is searched, and only animals inside them count.
        fresh: Search everything again; reviews are kept.
        retry_failed: Try again to read images that failed in an earlier run and have not changed.
        rest: Leave out the images that people have searched completely in the existing output.
        cluster: Search on Ray instead of in this process.
        watcher: Is told of the progress.
    """
    settings, watcher = settings or Settings(), watcher or Watcher()
    asked = Asked(checked_output(output, settings), _text(model), trust, _text(gate), device, settings)
    prepared = _prepare(asked, region_file, region_field, region_layer, within, cluster, watcher)
    prepared = replace(prepared, rest=rest)
    with writing(prepared.folder, asked.output):
        searched = _search(prepared, inputs, fresh, retry_failed)
        if searched is None:
            return Outcome(asked.output, 0, 0, 0, cancelled=True)
        matched = None
        if searched.found is not None and settings.matches_images:
            matched = _match(prepared, searched, fresh)
        if searched.found is None or (matched is not None and matched.cancelled):
            return Outcome(asked.output, len(searched.work.images), len(searched.failures), 0, cancelled=True)
        assembled = _assemble(prepared, searched, searched.found, matched)
    return _finish(prepared, searched, assembled)


# --- before the imagery is looked at --------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Prepared:
    """A run with its files read and its models open.

    Attributes:
        region_file: The path as the user gave it.
        cluster: Where to search; None: in this process.
    """

    asked: Asked
    opened: Opened
    regions: Regions | None
    region_file: object
    area: SearchArea | None
    cluster: Cluster | None
    watcher: Watcher
    profile: Profile
    started_at: str
    rest: bool = False

    @property
    def folder(self) -> Path:
        """The folder on this machine with the run's lock and notes, and with its parts unless these are elsewhere."""
        return work_folder(self.asked.output) / "parts"

    @property
    def searches_here(self) -> bool:
        """Whether this process searches, and not the workers of a cluster."""
        return self.cluster is None


def _text(path: StrPath | None) -> str | None:
    return None if path is None else os.fspath(path)


def checked_output(given: StrPath, settings: PoseSettings) -> Path:
    """The absolute path of the output. Raises InputError and GeoError if it cannot be written."""
    if settings.matches_images:
        need_opencv()
    output = absolute(given)
    if output.suffix.lower() != ".gpkg":
        raise InputError(f"{output.name}: expected an output that ends in .gpkg")
    check_output(output)
    if output.exists() and output.stat().st_size:
        geopackage.read_crs(output)  # another program's GeoPackage is refused here, not after the run
    return output


def _prepare(
    asked: Asked,
    region_file: StrPath | None,
    region_field: str | None,
    region_layer: str | None,
    within: StrPath | None,
    cluster: Cluster | None,
    watcher: Watcher,
) -> _Prepared:
    """Read the files of polygons and open the models.

    Raises InputError, ModelError or GeoError if one cannot be used.
    """
    regions = None if region_file is None else read_regions(region_file, region_field, region_layer)
    area = None if within is None else read_search_area(within)
    started_at, profile = now(), Profile()
    # On a cluster, the workers have models of their own; this one is only asked what kind of model it is.
    device = asked.device if cluster is None else "cpu"
    opened = open_models(asked.model, asked.gate, device, asked.trust, asked.settings, profile)
    if isinstance(opened.model, FittedClassifier):
        _check_asked_of_classifier(
            opened.model.info, asked.gate is not None, regions is not None, area is not None, asked.settings
        )
    return _Prepared(asked, opened, regions, region_file, area, cluster, watcher, profile, started_at)


def _check_asked_of_classifier(info: ModelInfo, gate: bool, regions: bool, area: bool, settings: Settings) -> None:
    """Raise InputError if a tile classifier is given settings that only a detector can follow."""
    asked = {
        "a gate": gate,
        "counting in regions": regions,
        "searching inside an area": area,
        "a score threshold": settings.score is not None and not info.multilabel,
    }
    if wrong := [what for what, given in asked.items() if given]:
        raise InputError(
            f"the model {info.name!r} is a tile classifier, which labels tiles and finds no animals: {wrong[0]} needs "
            "a detector; leave it out, or use another model",
            about="model",
        )


# --- the search -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Planned:
    """The plan of the search.

    Attributes:
        pending: For each image, the units that have no part yet.
    """

    work: Plan
    poses: Poses
    pending: list[list[Unit]]


@dataclass(frozen=True, eq=False)
class _Searched:
    """A plan after the search.

    Attributes:
        failures: Why images failed, by index.
        found: The animals; None if the run was cancelled before all units were searched.
    """

    work: Plan
    poses: Poses
    failures: dict[int, str]
    found: Animals | None


def _search(prepared: _Prepared, inputs: Paths | Listing, fresh: bool, retry_failed: bool) -> _Searched | None:
    """Plan the imagery, and search what no earlier run has searched.

    None if it was cancelled before the plan was ready.
    """
    asked, watcher, profile = prepared.asked, prepared.watcher, prepared.profile
    journal, notes = Journal(storage.folder(asked.parts)), prepared.folder / "in-hand.txt"
    # Remove half-written parts of a killed run; the lock keeps all other writers away.
    sweep(asked.output)
    if fresh or retry_failed:
        journal.clear_failures()
    # A cluster finds out by itself what kills its workers.
    if not blame(notes, journal, asked, prepared.searches_here, watcher.cancelled):
        return None
    known = journal.failures()
    with Reading(journal, asked.settings.time_limit_s, notes, watcher.cancelled, known, profile) as reading:
        planned = _plan(prepared, inputs, journal, reading, fresh)
        if planned is None:
            return None
        profile.engine = prepared.opened.engine
        with (
            _engine(prepared, planned.work, planned.pending, reading) as engine,
            profile.measure_search(prepared.opened.model.device),
        ):
            failures, cancelled = run(planned.work, engine, watcher, planned.pending)
        found = None if cancelled else _animals(prepared, planned.work, failures, reading)
    for text in prepared.opened.remarks:
        watcher.warning(text)
    return _Searched(planned.work, planned.poses, failures, found)


def _animals(prepared: _Prepared, work: Plan, failures: dict[int, str], reading: Reading) -> Animals | None:
    """The animals of the parts, after another search where they reach across the overlap of tiles.

    Adds to the failures. None if it was cancelled.
    """
    with prepared.profile.measure("merge"):
        found = animals_of_all(work, failures)
    if not any(found.pending):
        return found
    with (
        _engine(prepared, work, found.pending, reading) as engine,
        prepared.profile.measure_search(prepared.opened.model.device),
    ):
        if run_further(work, engine, prepared.watcher, found.pending, failures):
            return None
    with prepared.profile.measure("merge"):
        return with_seams_searched(work, found, failures)


def _plan(
    prepared: _Prepared, inputs: Paths | Listing, journal: Journal, reading: Reading, fresh: bool
) -> _Planned | None:
    """Plan the search inside the area, and find the places of the photos. Tells the user about both. None if cancelled.

    Raises:
        InputError: Imagery cannot be used.
        GeoError: Positions cannot be used.
    """
    opened, settings, watcher = prepared.opened, prepared.asked.settings, prepared.watcher
    regions, area = prepared.regions, prepared.area
    with prepared.profile.measure("plan"):
        work = plan(
            inputs,
            prepared.asked.output,
            opened.model.info,
            opened.sha256,
            settings,
            watcher.cancelled,
            opened.planned_gate,
            reading.headers,
            None if fresh else journal.stretches(),
            reading.sample,
            lambda images: _precision(prepared, images, journal, reading, fresh),
        )
    if work is None:
        return None
    of_the_rest: list[str] = []
    if prepared.rest:
        whole_work, work = work, _without_searched(work)
        left_out = sum(bool(image.units) for image in whole_work.images) - sum(bool(i.units) for i in work.images)
        of_the_rest = [
            f"images that people searched completely, and that stay as they are: {left_out}",
            *worse_than_find(opened.model.info),
        ]
    poses = poses_of(work.images, settings)
    check_places(work, poses, regions, prepared.region_file)
    missed = untouched_regions(work, poses, regions, prepared.region_file)
    held: tuple[str, ...] = ()
    if area is not None:
        work, held = limited_to(work, poses, area, regions)
    if fresh:
        journal.clear()
    if settings.stretch is None:  # a stretch that the user gives holds for this run only
        journal.write_stretches(work.stretches)
    pending = pending_units(work)
    borders = undeclared_borders(work.images, reading.border)
    before, units = changes.LastRun.read(prepared.folder), sum(len(image.units) for image in work.images)
    told = changes.said(before, work, pending)
    searched_with, of_versions = changes.searched_with(before, pending, units, versions(work))
    told += of_versions
    if reading.remembered:
        told.append(_remembered(reading.remembered))
    told = [*borders, *(regions.warnings if regions else ()), *missed, *held, *of_the_rest, *told]
    for text in (*work.warnings, *poses.warnings, *scale_remarks(opened.model.info, work.images, poses), *told):
        watcher.warning(text)
    changes.LastRun.of(work, searched_with).write(prepared.folder)
    return _Planned(without_tags(work), poses, pending)


def _precision(
    prepared: _Prepared, images: Sequence[PlannedImage], journal: Journal, reading: Reading, fresh: bool
) -> Precision:
    """The precision of the search, which the model takes on."""
    model, settings = prepared.opened.model, prepared.asked.settings
    asked = precision.Asked(
        settings.precision,
        prepared.opened.sha256,
        model.info.thresholds(settings.score),
        elsewhere=not prepared.searches_here,
        fresh=fresh,
    )
    return precision.choose(asked, model, images, reading.image, journal, prepared.watcher.warning)


def _without_searched(work: Plan) -> Plan:
    """The plan without the units of images that people have searched completely."""
    if not work.output.exists() or not work.output.stat().st_size:
        return work
    images = geopackage.read_images(work.output)
    by_people = whole(geopackage.read_searches(work.output), images).tolist()
    done = {path for path, searched in zip(images.path, by_people, strict=True) if searched}
    return replace(
        work, images=tuple(replace(image, units=()) if image.relative in done else image for image in work.images)
    )


def _engine(
    prepared: _Prepared, work: Plan, pending: Sequence[Sequence[Unit]], reading: Reading
) -> contextlib.AbstractContextManager[Engine]:
    """The engine of the search, open while the block runs: this process, or a cluster if there is work for one."""
    asked, opened, profile = prepared.asked, prepared.opened, prepared.profile
    if prepared.cluster is None or not any(pending):
        return contextlib.nullcontext(local_engine(work, opened.model, opened.gate, reading, profile))
    from detector.survey.ray_engine import ModelOnNode, ray_engine

    model = ModelOnNode.of(models.resolve(asked.model), opened.model, asked.trust)
    gate = None
    if opened.gate is not None:
        gate = ModelOnNode.of(models.resolve(asked.gate), opened.gate, asked.trust)
    return ray_engine(prepared.cluster, work, model, gate, asked.device, profile, prepared.watcher.warning)


def _remembered(number: int) -> str:
    images = "1 image" if number == 1 else f"{number} images"
    return Remark(f"failed in an earlier run, unchanged since, and not tried again: {images}", about="retry_failed")


# --- after the search -----------------------------------------------------------------------------------------------


def _match(prepared: _Prepared, searched: _Searched, fresh: bool) -> matching.Matching:
    """Match the photos that overlap by their pixels."""
    references = searched.poses.georeferences(searched.failures)
    with prepared.profile.measure("match"):
        return matching.match(searched.work.images, references, prepared.asked.output, prepared.watcher, fresh)


def _assemble(prepared: _Prepared, searched: _Searched, found: Animals, matched: matching.Matching | None) -> Assembled:
    """Make the result and write it."""
    regions, area, work = prepared.regions, prepared.area, searched.work
    record = _record(prepared, work)
    with prepared.profile.measure("assemble"):
        return assemble(work, searched.poses, searched.failures, found, regions, record, area, matched)


def _record(prepared: _Prepared, work: Plan) -> Run:
    """The record of this run, as far as it is known before the result is made. The numbers are filled in later."""
    info, asked = prepared.opened.model.info, prepared.asked
    return Run(
        run_id=f"{prepared.started_at}-{secrets.token_hex(3)}",
        started_at=prepared.started_at,
        finished_at=None,
        herdmap_version=detector.__version__,
        model=info.name,
        model_sha256=prepared.opened.sha256,
        classes=info.classes,
        settings={
            **asdict(asked.settings),
            "thresholds": work.thresholds.round(6).tolist(),
            "searched_in": work.precision.record(),
            "versions": dict(versions(work)),
            **({"stretches": dict(work.stretches)} if work.stretches else {}),
            **({} if prepared.area is None else {"within": prepared.area.name}),
        },
        device=prepared.opened.model.device if prepared.searches_here else f"ray ({asked.device})",
        images=0,
        failed=0,
        tiles=0,
        detections=0,
    )


def _finish(prepared: _Prepared, searched: _Searched, assembled: Assembled) -> Outcome:
    """Tell the watcher that the run is done, and return its outcome."""
    watcher, done = prepared.watcher, assembled.run
    for text in assembled.warnings:
        watcher.warning(text)
    outcome = Outcome(
        prepared.asked.output,
        done.images,
        done.failed,
        done.detections,
        counts=assembled.counts,
        animals=assembled.animals,
        tiles=done.tiles,
        gated=None if prepared.opened.planned_gate is None else assembled.gated,
        tiles_by_class=assembled.tiles_by_class,
        labelled=assembled.labelled,
        reasons=by_reason(searched.failures.values()),
        pending=assembled.pending,
        profile=prepared.profile,
    )
    if outcome.tiles_by_class is not None:
        watcher.labelled(outcome.tiles_by_class)
    if outcome.gated is not None:
        watcher.gated(outcome.gated, outcome.tiles)
    watcher.done(outcome.output, outcome.images, outcome.failed, outcome.detections)
    return outcome
