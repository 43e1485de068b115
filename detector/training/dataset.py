"""Decides which photos a run learns from and which it is validated on. No photo, flight or group is on both sides."""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from detector.errors import InputError
from detector.labels.coco import read_coco
from detector.labels.formats import TO_LEARN, TO_VALIDATE, names_in, not_named, read_labels, with_rest
from detector.labels.labelled import LabelledImage
from detector.labels.orientation import as_stored
from detector.labels.shapes import said_of
from detector.labels.voc import read_voc
from detector.training.config import Source, Split, TrainingConfig
from detector.training.points import boxed_points
from geo import raster
from geo.errors import GeoError


@dataclass(frozen=True)
class Group:
    """The photos of one source, with its name and its weight, and the folder that names of photos start from."""

    name: str
    weight: float
    photos: tuple[LabelledImage, ...]
    images: Path | None = None

    def name_of(self, photo: LabelledImage) -> str:
        """A name of a photo of the source, which stays the same if the folder moves."""
        if self.images is None or not photo.path.is_relative_to(self.images):
            return photo.path.name
        return photo.path.relative_to(self.images).as_posix()


@dataclass(frozen=True)
class Dataset:
    """All photos of a run.

    Attributes:
        training: The photos to learn from, by source in the config's order.
        validation: The photos to measure on, by source in the config's order.
        negatives: Photos without any of the animals.
        negatives_weight: How often negatives are drawn, relative to the sources.
        left_out: Photos that nobody annotated, so that it is not known what is in them.
        classes: The names of the classes, in the order of the labels.
    """

    training: tuple[Group, ...]
    validation: tuple[Group, ...]
    negatives: tuple[Path, ...]
    negatives_weight: float
    left_out: tuple[Path, ...]
    classes: tuple[str, ...]

    def label_digests(self) -> dict[str, str]:
        """A digest of the labels of each photo: of size, boxes, classes and crowds, but not of the pixels.

        They are by names that stay the same if the folders of data move.
        """
        found: dict[str, str] = {path.name: "" for path in self.negatives}
        for group, photo in ((of, photo) for of in self.training for photo in of.photos):
            digest = hashlib.blake2b(f"{photo.width} {photo.height}".encode(), digest_size=8)
            for part in (photo.boxes_px, photo.labels, photo.crowd):
                digest.update(part.tobytes())
            name = group.name_of(photo)  # several sources may list the same photo
            found[name] = found.get(name, "") + digest.hexdigest()
        return found

    def table(self) -> str:
        """A table for a person: the photos of each kind, and the boxes of each class with their names in the data."""
        sides = [[p for group in groups for p in group.photos] for groups in (self.training, self.validation)]
        empty = [sum(not len(p.labels) for p in side) for side in sides]
        rows: list[tuple[object, ...]] = [
            ("photos", "training", "validation", ""),
            ("with animals", len(sides[0]) - empty[0], len(sides[1]) - empty[1], ""),
            ("known to be empty", empty[0] + len(self.negatives), empty[1], ""),
            ("left out, not annotated", len(self.left_out), "", ""),
            ("boxes", "training", "validation", "in the data as"),
        ]
        for label, name in enumerate(self.classes):
            boxes = [sum(int((p.labels == label).sum()) for p in side) for side in sides]
            found_as = {
                n for side in sides for p in side for n, k in zip(p.found_as, p.labels, strict=True) if k == label
            }
            rows.append((name, *boxes, ", ".join(sorted(found_as)) or "nothing"))
        dropped = [Counter(name for p in side for name in p.dropped) for side in sides]
        rows += [(f"{name} (dropped)", *(d[name] for d in dropped), name) for name in sorted(dropped[0] | dropped[1])]
        lines = [f"{a!s:26}{b!s:>10}{c!s:>12}  {d}".rstrip() for a, b, c, d in rows]
        return "\n".join([*lines, *said_of(odd for side in sides for photo in side for odd in photo.odd)])


def read_dataset(config: TrainingConfig) -> Dataset:
    """Read the labels of a config and divide the photos into training and validation.

    Of the photos, only headers are read. If a photo is not 8 bit, some of its pixels are read too, for the stretch.

    Raises:
        InputError: Labels cannot be used, photos are missing, a source has no photos, or a photo or a group of the
            split is on both sides.
    """
    split = config.split or Split()
    left_out: list[Path] = []
    training = [_group(source, config, split, left_out, TO_LEARN) for source in config.data]
    validation = [_group(source, config, split, left_out, TO_VALIDATE) for source in config.validation]
    training, validation = _boxed(config, training, validation)
    negatives = config.negatives.paths()
    if config.split is not None and not validation:
        training, validation = _hold_out(training, split)
    _refuse_leaks(training, validation, negatives, split)
    return Dataset(
        tuple(training), tuple(validation), tuple(negatives), config.negatives.weight, tuple(left_out), config.classes
    )


def _boxed(
    config: TrainingConfig, training: Sequence[Group], validation: Sequence[Group]
) -> tuple[list[Group], list[Group]]:
    """The groups, in which points have boxes."""
    groups = [*training, *validation]
    photos = boxed_points([*config.data, *config.validation], [group.photos for group in groups], config.classes)
    made = [replace(group, photos=each) for group, each in zip(groups, photos, strict=True)]
    return made[: len(training)], made[len(training) :]


def _group(
    source: Source, config: TrainingConfig, split: Split, left_out: list[Path], splits: tuple[str, ...]
) -> Group:
    photos, bare = _read(source, config, splits)
    if source.unannotated == "empty":
        photos += [_empty(path) for path in bare]
    else:
        left_out += bare
        if source.unannotated == "unknown" and source.voc is None:
            left_out += [photo.path for photo in photos if not photo.annotated]
            photos = [photo for photo in photos if photo.annotated]
    if split.pattern:
        photos = [_of_flight(photo, split.pattern, source) for photo in photos]
    photos = [photo for photo in photos if source.takes(photo.flight)]
    if not photos:
        raise InputError(f"{source.path} has no photo of the chosen flights; check `flights` and `without`")
    missing = [photo.path for photo in photos if not photo.path.is_file()]
    if missing:
        raise InputError(
            f"{len(missing)} of the {len(photos)} photos of {source.path} are missing, the first is {missing[0]}; "
            "check `images`"
        )
    return Group(source.name, source.weight, tuple(with_pixels(photos)), source.images)


def _read(source: Source, config: TrainingConfig, splits: tuple[str, ...]) -> tuple[list[LabelledImage], list[Path]]:
    """(photos that the labels name, photos that they do not name)."""
    rename = _renamed(source, config, splits)
    if source.coco is not None:
        return read_coco(source.coco, source.images, config.classes, rename), []
    if source.voc is not None:
        return read_voc(source.voc, source.images, config.classes, rename)
    assert source.labels is not None
    photos = read_labels(source.labels, source.images, config.classes, rename, source.columns, splits)
    return photos, not_named(source.labels, source.images, (photo.path for photo in photos), splits)


def _renamed(source: Source, config: TrainingConfig, splits: tuple[str, ...]) -> dict[str, str]:
    """The class of each name in the data that is not the class's own."""
    labels = source.coco or source.voc or source.labels
    if not config.rest or labels is None:
        return config.rename
    return with_rest(names_in(labels, source.columns, splits), config.classes, config.rename, config.rest)


def with_pixels(photos: Sequence[LabelledImage]) -> list[LabelledImage]:
    """The photos of a source, with their labels in stored pixels.

    Photos that are not 8 bit get one common stretch, as in a search of them all. A photo that cannot be read is
    returned unchanged; the error comes when its pixels are needed.
    """
    found, deep = list(photos), defaultdict[str, list[int]](list)
    for place, photo in enumerate(photos):
        try:
            info = raster.inspect(photo.path)
        except GeoError:
            continue
        found[place] = as_stored(photo, info)
        if info.dtype != "uint8":
            deep[info.depth].append(place)
    for places in deep.values():
        stretch = raster.common_stretch([photos[place].path for place in places])
        for place in places:
            found[place] = replace(found[place], stretch=stretch)
    return found


def _empty(path: Path) -> LabelledImage:
    none = np.zeros((0, 4), np.float32), np.zeros(0, np.int64), np.zeros(0, np.bool_)
    return LabelledImage(path, 0, 0, path.stem, *none)


def _of_flight(photo: LabelledImage, pattern: str, source: Source) -> LabelledImage:
    name = photo.path.relative_to(source.images).as_posix()
    found = re.search(pattern, name)
    if found is None:
        raise InputError(
            f"[split] pattern {pattern!r} does not fit the photo {name}; expected a pattern that fits all photos"
        )
    flight = next((part for part in found.groups() if part is not None), found[0])
    return replace(photo, flight=flight, columns={**photo.columns, "flight": flight})


def group_key(photo: LabelledImage, by: str) -> str:
    """The group of a photo, which must not be on both sides of the split.

    Args:
        photo: The photo.
        by: `photo`, `flight` or the name of a column. If the flight is not known, the photo is its own group.

    Raises:
        InputError: The photo has no such column.
    """
    if by == "photo" or (by == "flight" and "flight" not in photo.columns):
        return f"photo {photo.path}"
    if by not in photo.columns:
        raise InputError(
            f"{photo.path.name} has no column {by!r}; split by photo, flight"
            + "".join(f" or {name}" for name in sorted(photo.columns) if name != "flight")
        )
    return f"{by} {photo.columns[by]}"


def _hold_out(groups: Sequence[Group], split: Split) -> tuple[list[Group], list[Group]]:
    """(training, validation): whole groups, drawn by the seed, are held out up to the share; at least one group."""
    sizes = Counter(group_key(photo, split.by) for group in groups for photo in group.photos)
    if len(sizes) < 2:
        raise InputError(
            f"all photos belong to one {split.by} ({next(iter(sizes))}); split by photo, or give [[validation]]"
        )

    def place(key: str) -> str:
        # Only the last part of the path is used, so that the draw does not depend on where the data lie.
        return hashlib.sha256(f"{split.seed} {Path(key).name}".encode()).hexdigest()

    held: set[str] = set()
    photos = 0
    for key in sorted(sizes, key=place):
        if held and (photos + sizes[key] / 2 > split.validation * sizes.total() or len(held) == len(sizes) - 1):
            continue
        held.add(key)
        photos += sizes[key]
    parts: tuple[list[Group], list[Group]] = [], []
    for group in groups:
        for side, part in enumerate(parts):
            chosen = tuple(p for p in group.photos if (group_key(p, split.by) in held) == bool(side))
            if chosen:
                part.append(replace(group, photos=chosen))
    if not any(len(photo.labels) for group in parts[0] for photo in group.photos):
        raise InputError(
            f"the split by {split.by} puts all animals into validation; choose a smaller share or another seed"
        )
    return parts


def _refuse_leaks(
    training: Sequence[Group], validation: Sequence[Group], negatives: Iterable[Path], split: Split
) -> None:
    learnt = [photo for group in training for photo in group.photos]
    judged = [photo for group in validation for photo in group.photos]
    if not judged:
        return
    for by in dict.fromkeys((split.by, "photo")):
        sides = [Counter(group_key(photo, by) for photo in side) for side in (learnt, judged)]
        shared = sorted(sides[0].keys() & sides[1].keys())
        if shared:
            key = shared[0]
            raise InputError(
                f"{key} is in training ({sides[0][key]} photos) and in validation ({sides[1][key]})"
                + (f", and so are {len(shared) - 1} more" if shared[1:] else "")
                + "; keep it on one side with `flights` and `without`, or split by something else under [split]"
            )
    copies = _same_file([*(photo.path for photo in learnt), *negatives], [photo.path for photo in judged])
    if copies is not None:
        raise InputError(f"{copies[0]} (training) and {copies[1]} (validation) are the same photo; keep it on one side")


def _same_file(learnt: Iterable[Path], judged: Iterable[Path]) -> tuple[Path, Path] | None:
    """A photo that is on both sides under two names, or None. Only files of equal size are read and compared."""
    by_size: dict[int, list[Path]] = defaultdict(list)
    for path in learnt:
        by_size[path.stat().st_size].append(path)
    digests: dict[Path, bytes] = {}

    def digest(path: Path) -> bytes:
        if path not in digests:
            with path.open("rb") as file:
                digests[path] = hashlib.file_digest(file, "sha256").digest()
        return digests[path]

    for path in judged:
        for other in by_size.get(path.stat().st_size, []):
            if digest(other) == digest(path):
                return other, path
    return None
