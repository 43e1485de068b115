"""Makes the result of a survey from its parts: animals on the map, in one GeoPackage. Needs no model and no pixels."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from detector.survey.imported_rows import with_imports
from detector.survey.labelling import label_rows, tiles_by_class
from detector.survey.matching import Matching, ties_of
from detector.survey.merging import Animals, Seams
from detector.survey.placing import Placement, place
from detector.survey.planning import Plan, PlannedImage
from detector.survey.poses import Poses
from detector.survey.replacing import lost_places, moved
from detector.survey.within import in_area
from geo import geopackage
from geo.circular_garbage import seldom_collected
from geo.counting_rule import Review
from geo.errors import Remark
from geo.georeference import PixelsToMap
from geo.overlaps.count_once import count_once
from geo.regions import Regions, count, regions_in
from geo.reviews import carry
from geo.search_area import SearchArea
from geo.searches import Searches, with_searches
from geo.standing import after_review
from geo.tables import Counts, DetectionRows, Images, Run


@dataclass(frozen=True)
class Assembled:
    """The result that was written.

    Attributes:
        run: The record of the run, with its numbers.
        animals: How many sightings count.
        counts: The counts in regions, or None without regions.
        warnings: What the user should know.
        gated: How many tiles a gate held back.
        pending: How many images are not done after all, because one of their parts is damaged.
        tiles_by_class: The number of tiles of each class, for a tile classifier.
        placed: How many images have a place on the map.
        labelled: How many tiles have a label, for a tile classifier.
    """

    run: Run
    animals: int
    counts: Counts | None
    warnings: tuple[str, ...]
    gated: int = 0
    pending: int = 0
    tiles_by_class: Mapping[str, int] | None = None
    placed: int = 0
    labelled: int | None = None


@seldom_collected()
def assemble(
    work: Plan,
    poses: Poses,
    failures: Mapping[int, str],
    found: Animals,
    regions: Regions | None,
    run: Run,
    area: SearchArea | None = None,
    matched: Matching | None = None,
    searches: Searches | None = None,
) -> Assembled:
    """Write the GeoPackage of the animals that were found. Reviews of an existing file are kept.

    poses: of the images of the plan. failures: reasons by index of image. found: in these images. run: the record of
    this run; its numbers are filled in here. area: animals outside it are left out. matched: the photos that were
    matched by their pixels. searches: for a file that does not exist yet; an existing one keeps its own. Raises
    OutputError if the file cannot be written.
    """
    failed = [i in failures for i in range(len(work.images))]
    placement = place(work.images, work.output, failed, poses, found.numbers.tolist())
    if area is not None:
        found = _inside(area, work.images, found, placement)
    images = _images(work, failures, found, placement)
    rows = _rows(work, found, placement, run.run_id)
    labels = None
    if work.model.kind == "classifier":
        labels = label_rows(work, found.labelled, placement, run.run_id)
        run = replace(run, settings={**run.settings, "empty_class": work.model.empty_name})
    by_class = None if labels is None else tiles_by_class(labels)
    tiles_labelled = None if labels is None else sum(tiles.tiles for tiles in found.labelled.values())
    gated = found.gated
    if work.gate is not None:
        gate = {"model": work.gate.info.name, "model_sha256": work.gate.sha256, "threshold": work.gate.threshold}
        run = replace(run, settings={**run.settings, "gate": {**gate, "tiles_skipped": gated}})
    run = replace(
        run,
        settings={**run.settings, **_searched_again(found)},
        finished_at=now(),
        images=len(work.images),
        failed=len(failures),
        tiles=int(found.tiles.sum()),
        detections=len(found.detections),
    )
    posed = poses.georeferences(failures)

    def written(watch: geopackage.Watch) -> _Written:
        return _write(work, run, (images, rows, labels), placement, regions, (matched, posed), watch, searches)

    animals, counted, of_rows = geopackage.settled(work.output, written)
    pending = sum(
        not done and bool(image.units) and not wrong
        for done, image, wrong in zip(found.done.tolist(), work.images, failed, strict=True)
    )
    said = (*placement.warnings, *found.again.remarks, *_across_overlap(found.seams, work), *of_rows)
    return Assembled(run, animals, counted, said, gated, pending, by_class, placement.placed, tiles_labelled)


def _across_overlap(seams: Seams, work: Plan) -> tuple[str, ...]:
    """What was searched again because animals are longer than the overlap, and a warning if that was not enough."""
    if not seams.boxes:
        return ()
    said = f"{seams.boxes} boxes reach across the whole overlap of {work.overlap} px between tiles"
    if seams.tiles:
        said += f": these seams were searched again, in {seams.tiles} more tile{'s' * (seams.tiles > 1)}"
    left = seams.left
    if not left.boxes:
        return (Remark(said),)
    tile = work.settings.tile_size or work.model.tile_size
    enough = math.ceil(1.2 * left.length_px / 8) * 8
    mend = (
        f"an overlap of {enough} px would show each of them whole in one tile"
        if enough <= tile // 2
        else f"use tiles of {2 * enough} px or more, and an overlap of {enough} px"
    )
    said += f"; {left.boxes} detections are of animals that no tile sees whole, and these may be counted twice: {mend}"
    return (Remark(said, about="overlap"),)


def _searched_again(found: Animals) -> dict[str, int]:
    """How many tiles were searched again, for the record of the run; nothing where none was."""
    numbers = {"tiles_searched_smaller": found.again.tiles, "tiles_over_seams": found.seam_tiles}
    return {name: number for name, number in numbers.items() if number}


_Written = tuple[int, Counts | None, tuple[str, ...]]


def _write(
    work: Plan,
    run: Run,
    found: tuple[Images, DetectionRows, DetectionRows | None],
    placement: Placement,
    regions: Regions | None,
    matching: tuple[Matching | None, Sequence[PixelsToMap | None]],
    watch: geopackage.Watch,
    searches: Searches | None,
) -> _Written:
    """Write what was found with what an existing file says: how many sightings count, the counts, what to tell."""
    images, rows, labels, runs, of_kept = _with_what_was_there(work, *found, placement)
    matched, posed = matching
    settings, crs_wkt = work.settings, placement.crs_wkt
    ties, of_ties = ties_of(matched, work.images, posed, images, rows, work.output)
    once = count_once(images, rows, crs_wkt, settings.count_overlaps, settings.animal_speed_m_s, ties)
    rows = once.rows
    counted, of_counts = counted_again(work.output, rows, crs_wkt, regions)
    new = None if work.output.exists() and work.output.stat().st_size else searches
    geopackage.write_survey(
        work.output, images, rows, [*runs, run], crs_wkt, placement.layers, counted, labels, watch, new
    )
    return int(rows.counted.sum()), counted, (*of_kept, *of_ties, *once.lines, *of_counts)


def count_rows(rows: DetectionRows, regions: Regions, crs_wkt: str | None, review: Review = "not-rejected") -> Counts:
    """Count detections in regions by the centres of their boxes, after the review."""
    which, classes = after_review(rows, review)
    centres = rows.polygons_map[:, :4].mean(axis=1)
    return count(centres[which], classes[which], regions, crs_wkt)


def counted_again(
    path: Path, rows: DetectionRows, crs_wkt: str | None, regions: Regions | None = None
) -> tuple[Counts | None, tuple[str, ...]]:
    """Count the detections that are about to be written in the regions of the existing file, or in other `regions`.

    Args:
        path: The survey. There may be none yet.
        rows: The detections.
        crs_wkt: The CRS of the detections.
        regions: Regions that the user gave; None for those of the file.

    Returns:
        The counts, None if there are no regions; and what is lost or changed.
    """
    if not path.exists() or path.stat().st_size == 0:
        return None if regions is None else count_rows(rows, regions, crs_wkt), ()
    said: list[str] = []
    if made := geopackage.estimate_tables(path):
        said.append(f"not kept, because they depend on the old detections: {', '.join(made)}; make them again")
    if regions is not None:
        return count_rows(rows, regions, crs_wkt), tuple(said)
    before = geopackage.read_counts(path)
    if before is None:
        return None, tuple(said)
    regions = regions_in(before)
    if regions is None or (regions.crs_wkt is None) != (crs_wkt is None):
        said.append(
            Remark("the counts are removed: their regions do not fit the new places; count again", about="count")
        )
        return None, tuple(said)
    said.append("the counts are made again from the detections that no person rejected")
    return count_rows(rows, regions, crs_wkt), tuple(said)


def _images(work: Plan, failures: Mapping[int, str], found: Animals, placement: Placement) -> Images:
    places = placement.places
    done = found.done.tolist()
    return Images(
        path=[image.relative for image in work.images],
        width=np.array([i.info.width if i.info else 0 for i in work.images], np.int64),
        height=np.array([i.info.height if i.info else 0 for i in work.images], np.int64),
        captured_at=[i.info.captured_at if i.info else None for i in work.images],
        **placement.columns(),
        status=["failed" if i in failures else "done" if done[i] else "pending" for i in range(len(done))],
        reason=[
            failures.get(i) or "; ".join(filter(None, (image.in_part, place.reason))) or None
            for i, (image, place) in enumerate(zip(work.images, places, strict=True))
        ],
        detections=found.numbers,
        tiles=found.tiles,
    )


def _inside(area: SearchArea, images: Sequence[PlannedImage], found: Animals, placement: Placement) -> Animals:
    """The animals inside the area."""
    stays = np.ones(len(found.image), bool)
    ends = np.cumsum(found.numbers)  # they stand image by image
    rows = map(slice, (ends - found.numbers).tolist(), ends.tolist())
    for image, reference, own in zip(images, placement.georeferences, rows, strict=True):
        if image.in_part is not None:
            stays[own] = in_area(area, reference, found.detections.boxes[own])
    return found.only(stays)


def _rows(work: Plan, found: Animals, placement: Placement, run_id: str) -> DetectionRows:
    """The detections of all images, on the map if their image is."""
    detections, image = found.detections, found.image
    return DetectionRows(
        paths=[image.relative for image in work.images],
        image=image,
        classes=work.model.classes,
        label=detections.labels.astype(np.int64),
        score=detections.scores,
        boxes_px=detections.boxes,
        polygons_map=placement.boxes_on_map(image, detections.boxes),
        error_m=placement.errors_m(image, detections.boxes),
        runner_up=detections.runner_up.astype(np.int64),
        runner_up_score=np.where(detections.runner_up >= 0, detections.runner_up_scores, np.nan).astype(np.float32),
        angle_deg=detections.angles,
        run_id=run_id,
        chip=found.chips if found.chips.there.any() else None,
        kind=work.model.finds,
    )


def _with_what_was_there(
    work: Plan, images: Images, rows: DetectionRows, labels: DetectionRows | None, placement: Placement
) -> tuple[Images, DetectionRows, DetectionRows | None, list[Run], tuple[str, ...]]:
    """Carry over the reviews of the existing file, with the images and the runs that they belong to.

    The last value that is returned are warnings for the user.
    """
    output = work.output
    if not output.exists() or output.stat().st_size == 0:
        return images, rows, labels, [], ()
    before, crs_wkt = geopackage.read_images(output), geopackage.read_crs(output)
    old = geopackage.read_detections(output, reviewed_only=True, chips=True)
    old, old_images = moved(old, before, crs_wkt, work.images, placement)
    found, rows = len(rows), carry.carry(old, rows)
    said = _kept_for_values(rows.take(np.arange(found, len(rows))))
    runs = geopackage.read_runs(output)
    rows, of_imports = with_imports(
        rows, output, runs, old, lambda theirs: moved(theirs, before, crs_wkt, work.images, placement)[0]
    )
    searches = geopackage.read_searches(output)
    images = with_searches(carry.carry_images(old_images, images, rows, searches.image), searches)
    old_labels = geopackage.read_tile_labels(output, reviewed_only=True)
    if old_labels is not None and (len(old_labels) or labels is not None):
        old_labels, _ = moved(old_labels, before, crs_wkt, work.images, placement, errors=False)
        several = bool(work.model.multilabel)
        labels = old_labels if labels is None else carry.carry(old_labels, labels, by_class=several)
        images = carry.carry_images(old_images, images, labels)
    lost = lost_places(before, crs_wkt, work.images, placement)
    return images, rows, labels, runs, (*lost, *said, *of_imports)


def _kept_for_values(kept: DetectionRows) -> tuple[str, ...]:
    """A warning about old detections that this run did not find, and that are kept only for values in a person's
    columns.
    """
    alone = kept.take(carry.kept_for_values(kept))
    if not len(alone):
        return ()
    names = ", ".join(repr(column.name[:30]) for column in alone.added if column.said.any())
    return (
        f"{len(alone)} detections of earlier runs are kept and counted, though this run did not find them, because "
        f"they have values in columns that you added: {names[:100]}; if they are not animals, reject them",
    )


def now() -> str:
    """The time in UTC, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
