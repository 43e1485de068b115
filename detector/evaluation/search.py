"""Searches labelled photos and merges boxes as a survey does, but writes nothing to disk."""

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detector.detections import Detections
from detector.errors import InputError
from detector.evaluation.scores import Found, Truth, seam_distances
from detector.labels.labelled import LabelledImage
from detector.models import Model, ModelInfo
from detector.models.floor import LOWEST_SCORE, SCORE_FLOOR, ask, doubtful_kept
from detector.progress import Watcher
from detector.search import storage
from detector.search.parts import Journal, Part
from detector.search.timing import Profile
from detector.survey.engine import local_engine, run
from detector.survey.guarded_reader import Reading
from detector.survey.listing import as_they_are
from detector.survey.merging import animals_in, animals_of
from detector.survey.planning import Plan, PlannedImage, Settings, plan, work_folder
from detector.survey.seam_search import ImageParts
from geo import raster
from geo.errors import GeoError
from geo.paths import absolute

FLOOR = SCORE_FLOOR
"""The lowest score of the curves."""
MOST_DOUBTFUL_IN_PHOTO = 100
"""The most boxes of a photo below FLOOR that take part in average precision, best first."""
TILES_AT_ONCE = 4  # few, because a training run may hold most of the memory

FOUND = ("image", "boxes_px", "scores", "labels")  # the columns of a `Found`
Lines = tuple[Sequence[float], Sequence[float]]  # the x and the y, image px, at which tiles end inside a photo


@dataclass(frozen=True)
class Looked:
    """Photos that a model has searched.

    Attributes:
        work: What they were searched with.
        photos: The labelled photos, with their sizes.
        images: The plan of each photo: its tiles.
        parts: The raw detections in the tiles of each photo.
    """

    work: Plan
    photos: tuple[LabelledImage, ...]
    images: tuple[PlannedImage, ...]
    parts: tuple[tuple[Part, ...], ...]

    def found(self, threshold: float | Mapping[str, float]) -> Found:
        """One box for each animal, as a survey counts them.

        threshold: the least score, one number or one for each class name.
        """
        model = replace(self.work.model, score_threshold=threshold)
        work = replace(self.work, model=model, settings=replace(self.work.settings, score=None))
        return _joined(
            _of_photo(index, animals_in(work, image, ImageParts(list(own))))
            for index, (image, own) in enumerate(zip(self.images, self.parts, strict=True))
        )

    def everything(self) -> Found:
        """What was found from the lowest score on, for average precision: as `everything` of a finished search."""
        work = _from_the_lowest(self.work)
        return _joined(
            _few_doubtful(_of_photo(index, animals_in(work, image, ImageParts(list(own)))))
            for index, (image, own) in enumerate(zip(self.images, self.parts, strict=True))
        )

    def truth(self) -> Truth:
        """The labels of the photos."""
        return truth_of(self.photos)

    @classmethod
    def joined(cls, several: Sequence["Looked"]) -> "Looked":
        """Join photos that one model searched in several calls."""
        photos, images, parts = (
            tuple(one for looked in several for one in getattr(looked, name)) for name in ("photos", "images", "parts")
        )
        return cls(several[0].work, photos, images, parts)


def everything(
    photos: Sequence[LabelledImage],
    output: Path,
    info: ModelInfo,
    sha256: str,
    settings: Settings,
    label_of: Mapping[str, int],
) -> Found:
    """What a finished search of the photos found, from its lowest score on, as a survey merges it across tiles.

    At most MOST_DOUBTFUL_IN_PHOTO detections of a photo are below FLOOR.

    Args:
        photos: Photos that can be read.
        output: The survey's file of that search.
        info: The model.
        sha256: The digest of its files.
        settings: Those of the search.
        label_of: The number of each class that is judged; others are left out.
    """
    journal = Journal(storage.folder(settings.parts or str(work_folder(output) / "parts")))
    paths = [absolute(photo.path) for photo in photos]
    listing = as_they_are(dict.fromkeys(paths))
    work = plan(listing, output, info, sha256, settings, stretches=journal.stretches())
    assert work is not None
    work = _from_the_lowest(work)
    place = {image.path: image for image in work.images}
    numbers = np.array([*(label_of.get(name, -1) for name in info.classes), -1], np.int64)
    each = []
    for index, path in enumerate(paths):
        found = animals_of(work, place[path])
        if found is None:
            continue
        own = replace(_of_photo(index, found), labels=numbers[found.labels])
        each.append(_few_doubtful(own[own.labels >= 0]))
    return _joined(each)


def looking_lower(settings: Settings, info: ModelInfo) -> Settings:
    """The settings, with boxes below those that a search keeps, for average precision.

    Not where the survey's own threshold is lower than the floor of a search: there the survey would get them too.
    """
    lowest = float(info.thresholds(settings.score).min())
    return settings if lowest < SCORE_FLOOR else replace(settings, score_floor=LOWEST_SCORE)


def _from_the_lowest(work: Plan) -> Plan:
    """The plan of a search, with all that it kept counted as animals."""
    return replace(work, settings=replace(work.settings, kept_from=work.settings.score_floor))


def _few_doubtful(found: Found) -> Found:
    """The detections of one photo, at most MOST_DOUBTFUL_IN_PHOTO of them below FLOOR."""
    return found[doubtful_kept(found.scores, found.image, MOST_DOUBTFUL_IN_PHOTO)]


def _of_photo(index: int, found: Detections) -> Found:
    """The detections of the photo with an index."""
    return Found(np.full(len(found), index, np.int64), found.boxes, found.scores, found.labels.astype(np.int64))


def _joined(each: Iterable[Found]) -> Found:
    none = Found(np.zeros(0, np.int64), np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, np.int64))
    parts = (none, *each)
    return Found(*(np.concatenate([getattr(one, name) for one in parts]) for name in FOUND))


def look(model: Model, photos: Sequence[LabelledImage]) -> Looked:
    """Search photos, from the score on from which an evaluation searches them. If the labels of a photo state no size,
    the photo's size is taken.

    Raises:
        InputError: A photo cannot be read, or its labels state another size.
    """
    settings = looking_lower(Settings(chips=False, batch_size=TILES_AT_ONCE), model.info)
    ask(model, settings.score_floor)
    with tempfile.TemporaryDirectory(prefix="herdmap-") as folder:
        # The plan names images relative to the output. This output stands beside them and is never written.
        output = photos[0].path.absolute().parent / "looked.gpkg"
        paths = dict.fromkeys(absolute(photo.path) for photo in photos)
        work = plan(as_they_are(paths), output, model.info, "", replace(settings, parts=folder))
        assert work is not None
        with Reading(work.journal, settings.time_limit_s) as reading:
            failures, _ = run(work, local_engine(work, model, None, reading, Profile()), Watcher())
        for index, why in failures.items():
            raise InputError(f"cannot read the photo {work.images[index].path}: {why}")
        place = {image.path: image for image in work.images}
        images = tuple(place[absolute(photo.path)] for photo in photos)
        parts = [tuple(work.journal.read(unit.key) for unit in image.units) for image in images]
    sized = tuple(_sized(photo, image) for photo, image in zip(photos, images, strict=True))
    return Looked(work, sized, images, tuple(tuple(part for part in of if part is not None) for of in parts))


def photo_pixels(path: Path, stretch: tuple[float, float] | None = None) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 RGB: the pixels of a whole photo, read as a search reads them.

    Another decoder of JPEG would give pixels that differ by many grey levels.

    Args:
        path: The photo.
        stretch: The values (low, high) that become 0 and 255, if the photo is not 8 bit; by default the photo's own.

    Raises:
        InputError: The photo cannot be read.
    """
    try:
        with raster.RasterReader(path, stretch) as reader:
            return reader.read(0, 0, reader.info.width, reader.info.height)[0]
    except GeoError as error:
        raise InputError(f"cannot read the photo {path}: {error}") from error


def _sized(photo: LabelledImage, image: PlannedImage) -> LabelledImage:
    assert image.info is not None
    require_size(photo, image.info.width, image.info.height)
    return replace(photo, width=image.info.width, height=image.info.height)


def require_size(photo: LabelledImage, width: int, height: int) -> None:
    """Raise InputError if the labels state another size (px) than the photo has. Labels may also state no size."""
    if (photo.width or width, photo.height or height) != (width, height):
        raise InputError(
            f"{photo.path} is {width} x {height} px and its labels are for {photo.width} x {photo.height} px; "
            "label the photo as it is"
        )


def truth_of(
    photos: Sequence[LabelledImage],
    seams: Sequence[Lines] | None = None,
    radius_px: Sequence[float] | None = None,
) -> Truth:
    """The labelled animals of photos.

    seams: of each photo; None if distances to seams are not needed. radius_px: how far from its centre an animal is
    found, in px of each photo; None for the rule by its size.
    """
    counts = [len(photo.labels) for photo in photos]
    lines = seams if seams is not None else [((), ())] * len(photos)
    return Truth(
        photos=tuple(photo.name for photo in photos),
        flights=tuple(photo.flight for photo in photos),
        image=np.repeat(np.arange(len(photos), dtype=np.int64), counts),
        boxes_px=np.concatenate([photo.boxes_px for photo in photos]),
        labels=np.concatenate([photo.labels for photo in photos]),
        crowd=np.concatenate([photo.crowd for photo in photos]),
        seam_px=np.concatenate([seam_distances(p.boxes_px, *of) for p, of in zip(photos, lines, strict=True)]),
        radius_px=np.repeat([np.nan] * len(photos) if radius_px is None else radius_px, counts),
    )
