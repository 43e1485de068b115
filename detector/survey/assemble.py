"""The result of a survey: parts become animals on the map, in one GeoPackage. It needs no model and no pixels."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detector import parts
from detector.detections import Detections
from detector.merge import merge, settle
from detector.survey.plan import Plan, PlannedImage, work_folder
from geo import geopackage, imagery, reviews
from geo.georeference import Georeference, boxes_to_polygons, footprint, reproject
from geo.imagery import ImageryLayer, Photo
from geo.raster import RasterInfo
from geo.regions import Regions, Review, count, select
from geo.tables import Counts, DetectionRows, Images, Run

WGS84 = "EPSG:4326"


@dataclass(frozen=True)
class Animals:
    """What one image holds: one box an animal in image px, with chips, and how many tiles were searched."""

    detections: Detections
    chips: list[bytes | None]
    tiles: int


@dataclass(frozen=True)
class Placement:
    """Where the images lie: the survey's CRS (None: undefined), each image's place in it (None: nowhere), what is
    seen under the boxes, and what the user should know."""

    crs_wkt: str | None
    georeferences: list[Georeference | None]
    layers: list[ImageryLayer]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Assembled:
    """What was written: the run with its numbers, the counts where regions were given, what the user should know."""

    run: Run
    counts: Counts | None
    warnings: tuple[str, ...]


def animals_of(work: Plan, image: PlannedImage) -> Animals | None:
    """The animals of one image from its parts; None where a part is missing."""
    journal = work.journal
    found: list[parts.Part] = []
    for unit in image.units:
        part = journal.read(unit.key)
        if part is None:
            return None
        found.append(part)
    seen = Detections.concatenate([p.detections for p in found])
    chips = [chip for p in found for chip in p.chips]
    counts = np.flatnonzero(seen.scores >= work.thresholds[seen.labels])
    views = settle(seen[counts])
    grid, scale = image.units[0].grid, image.units[0].scale
    merged = merge(views.detections, grid)
    detections = merged.detections.scaled(1 / scale)
    assert image.info is not None
    size = np.array([image.info.width, image.info.height] * 2, np.float32)
    detections = replace(detections, boxes=np.clip(detections.boxes, 0, size))
    chosen = counts[views.kept[merged.best_view]]
    return Animals(detections, [chips[i] for i in chosen.tolist()], len(grid))


def place(work: Plan, failures: Mapping[int, str]) -> Placement:
    """Choose the survey's CRS and place each image in it.

    The CRS that most images have; the others are reprojected. Images with coordinates but no CRS (a bare world file)
    make an undefined CRS where none has one. Where no image has any position they lie side by side on a contact sheet,
    in an undefined CRS; beside positioned ones an image without position has no place.
    """
    infos = [None if n in failures else image.info for n, image in enumerate(work.images)]
    known = Counter(i.georeference.crs_wkt for i in infos if i is not None and i.georeference.crs_wkt is not None)
    if known:
        crs_wkt = known.most_common(1)[0][0]
        references = [i.georeference if i is not None and i.georeference.crs_wkt else None for i in infos]
        return Placement(crs_wkt, references, _own_files(work, references), _unplaced(work, infos, references))
    if any(i is not None and i.georeference.kind != "none" for i in infos):
        references = [i.georeference if i is not None and i.georeference.kind != "none" else None for i in infos]
        said = ("the imagery has coordinates but no CRS: set it in QGIS, or add a .prj beside the world file",)
        return Placement(None, references, _own_files(work, references), said + _unplaced(work, infos, references))
    return _on_contact_sheet(work, infos)


def _own_files(work: Plan, references: Sequence[Georeference | None]) -> list[ImageryLayer]:
    """Positioned rasters seen by their own files."""
    return [
        ImageryLayer(
            name=image.path.stem,
            source=image.relative,
            crs_wkt=reference.crs_wkt,
            bands=image.info.bands,
            dtype=image.info.dtype,
        )
        for image, reference in zip(work.images, references, strict=True)
        if reference is not None and image.info is not None
    ]


def _unplaced(
    work: Plan, infos: Sequence[RasterInfo | None], references: Sequence[Georeference | None]
) -> tuple[str, ...]:
    each = zip(work.images, infos, references, strict=True)
    nowhere = [image for image, info, reference in each if info is not None and reference is None]
    if not nowhere:
        return ()
    which = nowhere[0].relative if len(nowhere) == 1 else f"{len(nowhere)} images"
    return (f"without position: {which}; what is found there counts as 'unplaced' and is not on the map",)


def _on_contact_sheet(work: Plan, infos: Sequence[RasterInfo | None]) -> Placement:
    readable = [(n, work.images[n].path, info) for n, info in enumerate(infos) if info is not None]
    references: list[Georeference | None] = [None] * len(work.images)
    if not readable:
        return Placement(None, references, [])
    transforms = imagery.contact_sheet([(info.width, info.height) for _, _, info in readable])
    for (n, _, _), (a, b, c, d, e, f) in zip(readable, transforms.tolist(), strict=True):
        references[n] = Georeference("none", None, (a, b, c, d, e, f))
    sheet = work_folder(work.output) / "contact-sheet.vrt"
    sheet.parent.mkdir(parents=True, exist_ok=True)
    photos = [Photo(path, info.width, info.height, info.bands, info.dtype) for _, path, info in readable]
    imagery.write_sheet_vrt(sheet, photos, transforms)
    source = imagery.relative_path(sheet, work.output.parent)
    return Placement(None, references, [ImageryLayer("photos", source, "contact sheet")])


def assemble(work: Plan, failures: Mapping[int, str], regions: Regions | None, run: Run) -> Assembled:
    """Write the GeoPackage from the parts that are there. Reviews of the file that was there are kept.

    failures: reasons by index of image. run: what is known of this run; its numbers are filled in here.
    Raises OutputError where the file cannot be written.
    """
    placement = place(work, failures)
    found = [None if i in failures else animals_of(work, image) for i, image in enumerate(work.images)]
    images = _images(work, failures, found, placement)
    rows = _rows(work, found, placement, run.run_id)
    images, rows, runs = _with_what_was_there(work.output, images, rows, placement.crs_wkt)
    counted = None if regions is None else count_rows(rows, regions, placement.crs_wkt)
    run = replace(
        run,
        finished_at=now(),
        images=len(work.images),
        failed=len(failures),
        tiles=int(sum(a.tiles for a in found if a is not None)),
        detections=sum(len(a.detections) for a in found if a is not None),
    )
    geopackage.write_survey(work.output, images, rows, [*runs, run], placement.crs_wkt, placement.layers, counted)
    return Assembled(run, counted, placement.warnings)


def count_rows(rows: DetectionRows, regions: Regions, crs_wkt: str | None, review: Review = "not-rejected") -> Counts:
    """Count detections in regions by the centres of their boxes, after the review."""
    which, classes = select(rows.class_names(), rows.text("review"), rows.text("reviewed_class"), rows.counted, review)
    centres = rows.polygons_map[:, :4].mean(axis=1)
    return count(centres[which], classes[which], regions, crs_wkt)


def _images(work: Plan, failures: Mapping[int, str], found: Sequence[Animals | None], placement: Placement) -> Images:
    n = len(work.images)
    numbers = {name: np.full(n, np.nan) for name in ("lon", "lat", "altitude_m", "agl_m", "heading_deg", "gsd_m")}
    footprints: list[NDArray[np.float64] | None] = [None] * n
    for i, (image, reference) in enumerate(zip(work.images, placement.georeferences, strict=True)):
        info = image.info
        if info is None:
            continue
        numbers["gsd_m"][i] = np.nan if info.gsd_m is None else info.gsd_m
        if info.gps is not None:
            numbers["lon"][i], numbers["lat"][i] = info.gps.lon, info.gps.lat
            numbers["altitude_m"][i] = np.nan if info.gps.altitude_m is None else info.gps.altitude_m
        if reference is not None:
            ring = footprint(reference, info.width, info.height, placement.crs_wkt)
            footprints[i] = ring if np.isfinite(ring).all() else None
            if reference.crs_wkt is not None:
                centre = reference.to_map([(info.width / 2, info.height / 2)])
                numbers["lon"][i], numbers["lat"][i] = reproject(centre, reference.crs_wkt, WGS84)[0]
    done = [a is not None for a in found]
    return Images(
        path=[image.relative for image in work.images],
        width=np.array([i.info.width if i.info else 0 for i in work.images], np.int64),
        height=np.array([i.info.height if i.info else 0 for i in work.images], np.int64),
        captured_at=[i.info.captured_at if i.info else None for i in work.images],
        georeference=[i.info.georeference.kind if i.info else "none" for i in work.images],
        status=["failed" if i in failures else "done" if done[i] else "pending" for i in range(n)],
        reason=[failures.get(i) for i in range(n)],
        detections=np.array([len(a.detections) if a else 0 for a in found], np.int64),
        tiles=np.array([a.tiles if a else 0 for a in found], np.int64),
        footprints=footprints,
        **numbers,
    )


def _rows(work: Plan, found: Sequence[Animals | None], placement: Placement, run_id: str) -> DetectionRows:
    """The detections of all images, on the map where their image is."""
    each = [(i, a) for i, a in enumerate(found) if a is not None]
    detections = Detections.concatenate([a.detections for _, a in each])
    polygons = np.full((len(detections), 5, 2), np.nan)
    start = 0
    for i, animals in each:
        end = start + len(animals.detections)
        reference = placement.georeferences[i]
        if reference is not None and end > start:
            rings = boxes_to_polygons(reference, animals.detections.boxes)
            if reference.crs_wkt is not None and placement.crs_wkt is not None:
                rings = reproject(rings.reshape(-1, 2), reference.crs_wkt, placement.crs_wkt).reshape(-1, 5, 2)
            polygons[start:end] = np.where(np.isfinite(rings).all(axis=(1, 2), keepdims=True), rings, np.nan)
        start = end
    chips = [chip for _, a in each for chip in a.chips]
    return DetectionRows(
        paths=[image.relative for image in work.images],
        image=np.repeat([i for i, _ in each], [len(a.detections) for _, a in each]).astype(np.int64),
        classes=work.model.classes,
        label=detections.labels.astype(np.int64),
        score=detections.scores,
        boxes_px=detections.boxes,
        polygons_map=polygons,
        runner_up=detections.runner_up.astype(np.int64),
        runner_up_score=np.where(detections.runner_up >= 0, detections.runner_up_scores, np.nan).astype(np.float32),
        run_id=run_id,
        chip=chips if any(chips) else None,
    )


def _with_what_was_there(
    output: Path, images: Images, rows: DetectionRows, crs_wkt: str | None
) -> tuple[Images, DetectionRows, list[Run]]:
    """Carry over what a person did in the file that is there, the images that it was done on, and its runs."""
    if not output.exists() or output.stat().st_size == 0:
        return images, rows, []
    old = geopackage.read_detections(output, reviewed_only=True, chips=True)
    old_images = geopackage.read_images(output)
    old_crs = geopackage.read_crs(output)
    if old_crs is not None and crs_wkt is not None:
        old = replace(old, polygons_map=reproject(old.polygons_map.reshape(-1, 2), old_crs, crs_wkt).reshape(-1, 5, 2))
        rings = [None if r is None else reproject(r, old_crs, crs_wkt) for r in old_images.footprints]
        old_images = replace(old_images, footprints=rings)
    rows = reviews.carry(old, rows)
    return reviews.carry_images(old_images, images, rows), rows, geopackage.read_runs(output)


def now() -> str:
    """The time in UTC, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
