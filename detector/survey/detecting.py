"""The animals of imagery as a survey: its steps in their order, and counts per region.

The one place, beside the command line, that joins detector and geo.
"""

import contextlib
import os
import secrets
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import detector
from detector import models
from detector.errors import InputError
from detector.models import ModelInfo
from detector.progress import Watcher
from detector.search import storage
from detector.search.batches import FittedClassifier
from detector.search.parts import Journal, writing
from detector.search.timing import Profile
from detector.survey import changes, matching
from detector.survey.assembly import assemble, count_rows, now
from detector.survey.cluster import Cluster
from detector.survey.crash_retry import Asked, blame
from detector.survey.engine import Engine, local_engine, pending_units, run
from detector.survey.guarded_reader import Reading
from detector.survey.opening import open_models
from detector.survey.outcome import Outcome, by_reason
from detector.survey.placing import Poses, poses_of
from detector.survey.planning import Plan, Settings, plan, work_folder
from detector.survey.within import held_to
from geo import geopackage
from geo.output import check_output, sweep
from geo.overlaps.count_once import drawn_since
from geo.overlaps.pixels import need_opencv
from geo.regions import Regions, read_regions
from geo.search_area import SearchArea, read_search_area
from geo.standing import Review
from geo.tables import Counts, Run

_LESS_GROUND = "where nothing was searched: its animals are too few, and its density too low"


def detect(
    inputs: Sequence[str | os.PathLike[str]],
    output: str | os.PathLike[str],
    *,
    model: str | os.PathLike[str] | None = None,
    trust: bool = False,
    gate: str | os.PathLike[str] | None = None,
    device: str = "auto",
    settings: Settings | None = None,
    region_file: str | os.PathLike[str] | None = None,
    region_field: str | None = None,
    within: str | os.PathLike[str] | None = None,
    fresh: bool = False,
    retry_failed: bool = False,
    cluster: Cluster | None = None,
    watcher: Watcher | None = None,
) -> Outcome:
    """Find the animals in imagery and write them to the GeoPackage `output`. The same call again resumes.

    A model that is a tile classifier labels the tiles instead, and the layer `tile_labels` is the result.
    inputs: files, folders, '@list.txt'. model: a file or a bundled model's name; trust: run the code in it. gate: a
    tile classifier; only tiles that it finds may hold an animal go to the model. within: a file of polygons; what lies
    outside them is not searched, and animals there are left out. fresh: forget earlier parts; reviews are kept all the
    same. retry_failed: try images again that an earlier run could not read and that did not change
    since. cluster: search on Ray rather than in this process. A cancelled run writes no GeoPackage but keeps its parts.
    Raises InputError, ModelError, GeoError for what cannot be used, before any work is done where that can be known.
    """
    settings, watcher = settings or Settings(), watcher or Watcher()
    if settings.matches_images:
        need_opencv()
    output = Path(os.path.abspath(output))
    if output.suffix.lower() != ".gpkg":
        raise InputError(f"{output.name}: expected an output that ends in .gpkg")
    check_output(output)
    if output.exists() and output.stat().st_size:
        geopackage.read_crs(output)  # somebody else's GeoPackage is refused here rather than after the run
    regions = None if region_file is None else read_regions(region_file, region_field)
    area = None if within is None else read_search_area(within)
    started_at = now()
    named = os.fspath(model) if model is not None else None
    profile = Profile()
    # On a cluster the workers have models of their own; of this one the answers to what it is are wanted.
    own_device = device if cluster is None else "cpu"
    named_gate = os.fspath(gate) if gate is not None else None
    opened = open_models(named, named_gate, own_device, trust, settings, profile)
    loaded, sha256, ahead, planned_gate = opened.model, opened.sha256, opened.gate, opened.planned_gate
    if isinstance(loaded, FittedClassifier):
        _check_asked_of_classifier(loaded.info, gate is not None, regions is not None, area is not None, settings)
    folder = work_folder(output) / "parts"
    asked = Asked(output, named, trust, named_gate, device, settings)
    journal, notes = Journal(storage.folder(asked.parts)), folder / "in-hand.txt"
    with writing(folder, output):
        # What a kill left half-written; nobody else writes here while the lock is held.
        sweep(output)
        if fresh or retry_failed:
            journal.clear_failures()
        # A cluster finds out by itself what kills its workers.
        if not blame(notes, journal, asked, cluster is None, watcher.cancelled):
            return Outcome(output, 0, 0, 0, cancelled=True)
        known = journal.failures()
        with Reading(journal, settings.time_limit_s, notes, watcher.cancelled, known, profile) as reading:
            with profile.measure("plan"):
                work = plan(
                    inputs, output, loaded.info, sha256, settings, watcher.cancelled, planned_gate, reading.header
                )
            if work is None:
                return Outcome(output, 0, 0, 0, cancelled=True)
            poses = poses_of(work.images, settings)
            _check_places(work, poses, regions, region_file)
            held: tuple[str, ...] = ()
            if area is not None:
                work, held = _held_to(work, poses, area, regions)
            if fresh:
                journal.clear()
            pending = pending_units(work)
            told = changes.said(changes.LastRun.read(folder), work, pending)
            if reading.remembered:
                told.append(_remembered(reading.remembered))
            for text in (*work.warnings, *poses.warnings, *(regions.warnings if regions else ()), *held, *told):
                watcher.warning(text)
            changes.LastRun.of(work).write(folder)
            engine: contextlib.AbstractContextManager[Engine]
            if cluster is None or not any(pending):
                engine = contextlib.nullcontext(local_engine(work, loaded, ahead, reading, profile))
            else:
                from detector.survey.ray_engine import ModelOnNode, ray_engine

                travels = ModelOnNode.of(models.resolve(named), loaded, trust)
                gate_travels = None
                if ahead is not None:
                    gate_travels = ModelOnNode.of(models.resolve(named_gate), ahead, trust)
                engine = ray_engine(cluster, work, travels, gate_travels, device, profile, watcher.warning)
            with engine as working, profile.measure_search(loaded.device):
                failures, cancelled = run(work, working, watcher, pending)
        for text in opened.remarks:
            watcher.warning(text)
        matched: matching.Matching | None = None
        if not cancelled and settings.matches_images:
            with profile.measure("match"):
                matched = matching.match(work.images, poses.georeferences(failures), output, watcher, fresh)
            cancelled = matched.cancelled
        if cancelled:
            return Outcome(output, len(work.images), len(failures), 0, cancelled=True)
        record = Run(
            run_id=f"{started_at}-{secrets.token_hex(3)}",
            started_at=started_at,
            finished_at=None,
            herdmap_version=detector.__version__,
            model=loaded.info.name,
            model_sha256=sha256,
            classes=loaded.info.classes,
            settings={
                **asdict(settings),
                "thresholds": work.thresholds.round(6).tolist(),
                **({} if area is None else {"within": area.name}),
            },
            device=loaded.device if cluster is None else f"ray ({device})",
            images=0,
            failed=0,
            tiles=0,
            detections=0,
        )
        with profile.measure("assemble"):
            made = assemble(work, poses, failures, regions, record, profile, area, matched)
    for text in made.warnings:
        watcher.warning(text)
    gated = None if planned_gate is None else made.gated
    outcome = Outcome(
        output,
        made.run.images,
        made.run.failed,
        made.run.detections,
        counts=made.counts,
        animals=made.animals,
        tiles=made.run.tiles,
        gated=gated,
        tiles_by_class=made.tiles_by_class,
        reasons=by_reason(failures.values()),
        pending=made.pending,
        profile=profile,
    )
    if outcome.tiles_by_class is not None:
        watcher.labelled(outcome.tiles_by_class)
    if outcome.gated is not None:
        watcher.gated(outcome.gated, outcome.tiles)
    watcher.done(output, outcome.images, outcome.failed, outcome.detections)
    return outcome


def _remembered(number: int) -> str:
    images = "1 image" if number == 1 else f"{number} images"
    return f"{images} failed in an earlier run and did not change since, so not tried again: --retry-failed tries them"


def _check_places(work: Plan, poses: Poses, regions: Regions | None, region_file: object) -> None:
    """Raise InputError where animals could never be placed in the regions."""
    on_earth = poses.placed or any(i.info is not None and i.info.georeference.crs_wkt for i in work.images)
    if regions is not None and regions.crs_wkt is not None and not on_earth:
        raise InputError(
            f"{region_file} has a CRS and the images have no CRS: no animal can be placed in a region; "
            "georeference the imagery, give --position, or run without --regions"
        )


def _held_to(work: Plan, poses: Poses, area: SearchArea, regions: Regions | None) -> tuple[Plan, tuple[str, ...]]:
    """The plan inside the area. Raises InputError where that leaves nothing to search."""
    held, said = held_to(work, poses, area)
    if work.tiles and not held.tiles:
        raise InputError(
            f"--within {area.name}: no image reaches into its polygons; give polygons over the imagery, or if the "
            "images have no position, give --position"
        )
    if regions is not None and (beyond := area.reach_outside(regions)):
        said = (*said, f"{beyond} of {len(regions)} regions reach outside {area.name}, {_LESS_GROUND}")
    return held, (*area.warnings, *said)


def _check_asked_of_classifier(info: ModelInfo, gate: bool, regions: bool, area: bool, settings: Settings) -> None:
    """Raise InputError for what only a detector can be asked."""
    asked = {"--gate": gate, "--regions": regions, "--within": area, "--score": settings.score is not None}
    if wrong := [option for option, given in asked.items() if given]:
        raise InputError(
            f"the model {info.name!r} is a tile classifier, which labels tiles and finds no animals: {wrong[0]} needs "
            "a detector; leave it out, or give another --model"
        )


def count(
    survey_file: str | os.PathLike[str],
    region_file: str | os.PathLike[str],
    region_field: str | None = None,
    review: Review = "not-rejected",
) -> tuple[Counts, tuple[str, ...]]:
    """Count a survey's detections in regions and write the layer `counts`. Returns the counts and what to know."""
    path = Path(os.path.abspath(survey_file))
    regions = read_regions(region_file, region_field)
    rows = geopackage.read_detections(path)
    counts = count_rows(rows, regions, geopackage.read_crs(path), review)
    geopackage.write_counts(path, counts)
    said = [
        f"only the ground within {run.settings['within']} was searched: a region may reach outside, {_LESS_GROUND}"
        for run in geopackage.read_runs(path)[-1:]
        if "within" in run.settings
    ]
    return counts, (*regions.warnings, *said, *drawn_since(geopackage.read_images(path), rows))
