"""Makes a survey of what other programs or people found: their animals are placed and counted as if `detect` had found
them. Another file adds its animals to the same survey.
"""

import contextlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

import detector
from detector.errors import InputError
from detector.progress import Watcher
from detector.search.parts import writing
from detector.survey import matching
from detector.survey.assembly import counted_again, now
from detector.survey.chips import chips_of
from detector.survey.detecting import checked_output
from detector.survey.exposures import second_copies
from detector.survey.foreign import Foreign, LabelFile, marked, placed_images, placed_in
from detector.survey.headers import inspected, reason, relative_to
from detector.survey.imported_rows import IMPORTED
from detector.survey.listing import list_images
from detector.survey.outcome import Outcome, by_reason
from detector.survey.placing import Placement, place
from detector.survey.planning import PlannedImage, PoseSettings, Settings, work_folder
from detector.survey.poses import poses_of
from detector.survey.replacing import lost_places, moved
from detector.survey.same_found import not_there_yet
from geo import geopackage
from geo.errors import Remark
from geo.georeference import PixelsToMap
from geo.output import sweep
from geo.overlaps.count_once import count_once
from geo.paths import Paths, StrPath, absolute, as_path, as_paths
from geo.reviews import carry
from geo.tables import Counts, DetectionRows, Images, Run

NOT_NAMED = "no imported file names it"


@dataclass(frozen=True)
class ImportSettings:
    """How files are read.

    Attributes:
        score: The least score; by default all. Animals without a score are always taken.
        rest_empty: Photos that no file names were searched, and show no animals. By default they were not searched.
        chips: Whether to store a small picture of each detection.
        columns: For a table or a vector layer: the column of each field, where the names are not the usual ones.
    """

    score: float | None = None
    rest_empty: bool = False
    chips: bool = True
    columns: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.score is not None and not 0 <= self.score <= 1:
            raise InputError(f"score {self.score}: expected 0 to 1")


def import_labels(
    files: Paths,
    images: StrPath,
    output: StrPath,
    *,
    settings: PoseSettings | None = None,
    reading: ImportSettings | None = None,
    watcher: Watcher | None = None,
) -> Outcome:
    """Write the animals of files of other programs as the survey `output`, or add them to it.

    An animal that the survey has already, in the same photo and at the same place, is not added again. All that the
    survey has stays, with its reviews. A photo that cannot be read or is missing is a failed image, with the reason;
    its animals are kept without a place.

    Args:
        files: Labels or detections in any format of `detector.labels.formats`.
        images: The folder of the photos; all of them become the survey's images.
        output: The GeoPackage.
        settings: How photos are placed, and which sightings count.
        reading: How the files are read.
        watcher: Is told of the progress. It can cancel only while photos are matched, which raises KeyboardInterrupt.
            KeyboardInterrupt may come at any moment, and leaves the survey as it was.

    Raises:
        InputError: A file is not understood, or none of its photos is in the folder.
        GeoError: Positions cannot be used, or the output cannot be written.
    """
    settings, reading, watcher = settings or PoseSettings(), reading or ImportSettings(), watcher or Watcher()
    given = as_paths(files)
    if not given:
        raise InputError("no file of labels or detections was given")
    path = checked_output(output, Settings(**asdict(settings)))
    with writing(work_folder(path) / "parts", path):
        sweep(path)
        work, said = _work(given, as_path(images), path, settings, reading, watcher)
        made = geopackage.settled(path, lambda watch: work.write(watch, watcher))
    for text in (*said, *made.said):
        watcher.warning(text)
    why = [image.error for image in work.images if image.error is not None]
    done = Outcome(path, len(work.images), len(why), made.added, counts=made.counts, animals=made.animals,
                   reasons=by_reason(why))  # fmt: skip
    watcher.done(path, done.images, done.failed, done.detections)
    return done


def _work(
    files: Sequence[Path], folder: Path, path: Path, settings: PoseSettings, reading: ImportSettings, watcher: Watcher
) -> tuple["_Work", list[str]]:
    """All that is known before the survey's file is read for its rows; and remarks. Raises like `import_labels`."""
    started_at = now()
    labels = [LabelFile.of(file, reading.columns) for file in files]
    read = {i: file.photos(folder) for i, file in enumerate(labels) if not file.on_map}
    named = [photo.path for photos in read.values() for photo in photos]
    before = geopackage.read_images(path).path if path.exists() and path.stat().st_size else ()
    images, said = _planned(path, folder, named, before, watcher)
    poses = poses_of(images, settings)
    placed = placed_images(images, poses, folder) if len(read) < len(labels) else []
    found = []
    for i, file in enumerate(labels):
        photos = read[i] if i in read else file.photos(folder, placed)
        foreign, remarks = placed_in(file.path, file.kind.made_by, photos, images, reading.score)
        by_pose = [i for i in foreign.photos if poses.photos[i] is not None] if file.on_map else []
        found.append(replace(foreign, by_pose=frozenset(by_pose)))
        said += [*file.advised(photos, reading.score), *remarks]
    _require_photos(found, images, folder)
    failed = [image.error is not None for image in images]
    numbers = [sum(len(one.photos[i].labels) for one in found if i in one.photos) for i in range(len(images))]
    placement = place(images, path, failed, poses, numbers)
    posed = poses.georeferences({i for i, wrong in enumerate(failed) if wrong})
    matched = matching.match(images, posed, path, watcher) if settings.matches_images else None
    if matched is not None and matched.cancelled:
        raise KeyboardInterrupt
    for image in images:
        if image.error is not None:
            watcher.image_failed(image.relative, image.error)
    said += [*poses.warnings, *placement.warnings]
    return _Work(path, started_at, settings, reading, images, placement, found, (matched, posed)), said


def _planned(
    output: Path, folder: Path, named: Sequence[Path], before: Sequence[str], watcher: Watcher
) -> tuple[list[PlannedImage], list[str]]:
    """(images, remarks): those of the survey, those of the folder, and those that a file names, each once."""
    listing = list_images(folder)
    paths = dict.fromkeys(absolute(output.parent / relative) for relative in before)
    old = len(paths)
    wanted = {absolute(path) for path in named}
    paths |= dict.fromkeys(listing.images)
    paths |= dict.fromkeys(sorted(wanted))
    found: list[PlannedImage] = []
    names = [(path, relative_to(path, output.parent)) for path in paths]
    with contextlib.closing(inspected(names, watcher.cancelled)) as headers:
        for (path, relative), header in zip(names, headers, strict=True):
            if isinstance(header, Exception):
                why = reason(header, path) if path.exists() else "there is no such photo"
                found.append(PlannedImage(path, relative, None, str(why)))
            else:
                found.append(PlannedImage(path, relative, header, None))
            watcher.step("headers", len(found), len(paths))
    out, copies = second_copies([(image.path, image.info) for image in found])
    kept = [image for i, image in enumerate(found) if i not in out or i < old or image.path in wanted]
    return kept, [*listing.remarks, *(copies if len(kept) < len(found) else ())]


def _require_photos(found: Sequence[Foreign], images: Sequence[PlannedImage], folder: Path) -> None:
    """Raise InputError for a file none of whose photos can be read: the folder is another one."""
    for one in found:
        lost = [i for i in one.photos if images[i].info is None]
        if lost and len(lost) == len(one.photos):
            first = images[lost[0]]
            raise InputError(f"{one.path}: none of its {len(lost)} photos is in {folder}; the first: {first.relative}")


@dataclass(frozen=True, eq=False)
class _Made:
    added: int
    animals: int
    counts: Counts | None
    said: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Work:
    """All that is known before the survey's file is read."""

    path: Path
    started_at: str
    settings: PoseSettings
    reading: ImportSettings
    images: Sequence[PlannedImage]
    placement: Placement
    found: Sequence[Foreign]
    matches: tuple[matching.Matching | None, Sequence[PixelsToMap | None]]

    def write(self, watch: geopackage.Watch, watcher: Watcher) -> _Made:
        """Write the survey: what it has, with what was found and is not there yet."""
        path, crs_wkt = self.path, self.placement.crs_wkt
        before: Images | None = None
        said: list[str] = []
        rows, runs, labels = _no_rows(), [], None
        if path.exists() and path.stat().st_size:
            before, crs_before = geopackage.read_images(path), geopackage.read_crs(path)
            rows, runs = geopackage.read_detections(path, chips=True), geopackage.read_runs(path)
            said += lost_places(before, crs_before, self.images, self.placement)
            rows, before = moved(rows, before, crs_before, self.images, self.placement)
            labels = geopackage.read_tile_labels(path)
            if labels is not None:
                labels, _ = moved(labels, before, crs_before, self.images, self.placement, errors=False)
        had = len(rows)
        for one in self.found:
            run_id = f"{self.started_at}-{secrets.token_hex(3)}"
            every = self._rows(one, run_id)
            new = every.take(not_there_yet(rows, every))
            if len(every) > len(new):
                said.append(f"{one.path.name}: animals that the survey has already: {len(every) - len(new)}")
            said += self._perhaps_twice(one, rows, new)
            rows = carry.join(rows, self._with_chips(new, watcher))
            runs = [*runs, self._run(one, run_id, len(new))]
        images = self._images(before, rows)
        matched, posed = self.matches
        ties, of_ties = matching.ties_of(matched, self.images, posed, images, rows, path)
        settings = self.settings
        once = count_once(images, rows, crs_wkt, settings.count_overlaps, settings.animal_speed_m_s, ties)
        counts, of_counts = counted_again(path, once.rows, crs_wkt)
        watcher.writing()
        geopackage.write_survey(path, images, once.rows, runs, crs_wkt, self.placement.layers, counts, labels, watch)
        said += [*self._unsearched(images), *of_ties, *once.lines, *of_counts]
        return _Made(len(rows) - had, int(once.rows.counted.sum()), counts, tuple(said))

    def _rows(self, one: Foreign, run_id: str) -> DetectionRows:
        """The animals of a file, on the map if their image is, in the order of the images."""
        each = sorted(one.photos.items())
        boxes = [marked(photo) for _, photo in each]
        image = np.repeat([i for i, _ in each], [len(photo.labels) for _, photo in each]).astype(np.int64)
        boxes_px = np.concatenate([np.zeros((0, 4), np.float32), *(box for box, _ in boxes)])
        label = {name: i for i, name in enumerate(one.classes)}
        kinds = [kind for _, of_photo in boxes for kind in of_photo]
        return DetectionRows(
            paths=[image.relative for image in self.images],
            image=image,
            classes=one.classes,
            label=np.array([label[name] for _, photo in each for name in photo.found_as], np.int64),
            score=np.concatenate([np.zeros(0, np.float32), *(photo.scores for _, photo in each)]),
            boxes_px=boxes_px,
            polygons_map=self.placement.boxes_on_map(image, boxes_px),
            error_m=self.placement.errors_m(image, boxes_px),
            run_id=run_id,
            kind=kinds if "point" in kinds else "box",
        )

    def _perhaps_twice(self, one: Foreign, rows: DetectionRows, new: DetectionRows) -> list[str]:
        """What the user should know if places that are as far off as a pose are in photos that had animals before."""
        by_pose, had = {self.images[i].relative for i in one.by_pose}, {*rows.image_paths()}
        both = sum(path in by_pose and path in had for path in new.image_paths())
        if not both:
            return []
        return [
            f"{one.path.name}: boxes in photos that had animals before: {both}; poses put one animal metres apart, so "
            "some may count twice: look at them in the review"
        ]

    def _with_chips(self, rows: DetectionRows, watcher: Watcher) -> DetectionRows:
        if not self.reading.chips or not len(rows):
            return rows
        chips: list[bytes | None] = [None] * len(rows)
        images = np.unique(rows.image).tolist()
        for done, i in enumerate(images, 1):
            of_image = np.flatnonzero(rows.image == i)
            if self.images[i].info is not None:
                made = chips_of(self.images[i].path, rows.boxes_px[of_image])
                for row, chip in zip(of_image.tolist(), made, strict=True):
                    chips[row] = chip
            watcher.step("chips", done, len(images))
        return replace(rows, chip=chips)

    def _images(self, before: Images | None, rows: DetectionRows) -> Images:
        named = {i for one in self.found for i in one.photos}
        old = {} if before is None else {path: row for row, path in enumerate(before.path)}
        status, reasons = [], []
        for i, image in enumerate(self.images):
            row = old.get(image.relative)
            was = before.status[row] if before is not None and row is not None else None
            searched = i in named or self.reading.rest_empty or was == "done"
            status.append("failed" if image.info is None else "done" if searched else was or "pending")
            why = image.error or (None if searched else NOT_NAMED)
            reasons.append("; ".join(filter(None, (why, self.placement.places[i].reason))) or None)
        infos = [image.info for image in self.images]
        images = Images(
            path=[image.relative for image in self.images],
            width=np.array([info.width if info else 0 for info in infos], np.int64),
            height=np.array([info.height if info else 0 for info in infos], np.int64),
            captured_at=[info.captured_at if info else None for info in infos],
            **self.placement.columns(),
            status=status,
            reason=reasons,
            detections=np.zeros(len(infos), np.int64),  # counted when it is written
            tiles=np.zeros(len(infos), np.int64),
        )
        return images if before is None else carry.carry_images(before, self._kept(before, images, old), rows)

    def _kept(self, before: Images, images: Images, old: Mapping[str, int]) -> Images:
        """The images with the tiles that were searched; and images that cannot be read now, as they were."""
        columns: dict[str, Any] = {}
        for column in fields(Images):
            new, was = getattr(images, column.name), getattr(before, column.name)
            if column.name == "added":
                continue
            made = list(new)
            for i, image in enumerate(self.images):
                row = old.get(image.relative)
                if row is not None and (image.info is None or column.name == "tiles"):
                    made[i] = was[row]
            columns[column.name] = np.array(made, new.dtype) if isinstance(new, np.ndarray) else made
        return replace(images, **columns)

    def _unsearched(self, images: Images) -> list[str]:
        rest = [path for path, why in zip(images.path, images.reason, strict=True) if (why or "").startswith(NOT_NAMED)]
        if not rest:
            return []
        what = "photos that no file names count as not searched"
        return [Remark(f"{what}: {len(rest)}, the first is {rest[0]}", about="rest_empty")]

    def _run(self, one: Foreign, run_id: str, added: int) -> Run:
        """The record of a file, in the form of a run."""
        settings: dict[str, Any] = {**asdict(self.settings), "score": self.reading.score}
        return Run(
            run_id=run_id,
            started_at=self.started_at,
            finished_at=now(),
            herdmap_version=detector.__version__,
            model=f"imported: {one.path.name}",
            model_sha256="",
            classes=one.classes,
            settings={**settings, IMPORTED: {"file": one.path.name, "format": one.made_by, "hidden": one.hidden}},
            device="",
            images=len(one.photos),
            failed=sum(self.images[i].info is None for i in one.photos),
            tiles=0,
            detections=added,
        )


def _no_rows() -> DetectionRows:
    none = np.zeros(0, np.int64)
    return DetectionRows([], none, (), none, np.zeros(0, np.float32), np.zeros((0, 4), np.float32), np.zeros((0, 5, 2)))
