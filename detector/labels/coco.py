"""Reads labelled images from COCO files."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.errors import InputError
from detector.labels.names import Photos
from detector.labels.shapes import Box, Drawn, around, around_rotated, as_number, shown, tidy
from geo.paths import StrPath, as_path

LARGEST_FILE = 512 * 1024 * 1024  # bytes of COCO JSON; a larger file is not a label file


@dataclass(frozen=True)
class LabelledImage:
    """One image of a label file, with its N labels. Raises InputError if shapes differ from these.

    Attributes:
        path: The file of its pixels.
        width: Px, as the label file says; 0 if it does not.
        height: Px, as the label file says; 0 if it does not.
        flight: The group that a split keeps together; the image's own name if the file has no `flight`.
        boxes_px: (N, 4) float32 xyxy, image px. The box of a point has no width and no height.
        labels: (N,) int64, places in the class list.
        crowd: (N,) bool, COCO's `iscrowd`: a region in which nothing is learnt or judged.
        found_as: (N,) the names of the boxes in the file; by default empty text.
        dropped: The names of its boxes of other classes.
        columns: The other values in the file, by key.
        name: The path relative to the image folder, with `/`; by default the file's name.
        stretch: The stored values (low, high) that become 0 and 255; None if the image is 8 bit, or for its own.
        odd: What was done to labels that are not as they should be, and to which; `said_of` makes lines of it.
    """

    path: Path
    width: int
    height: int
    flight: str
    boxes_px: NDArray[np.float32]
    labels: NDArray[np.int64]
    crowd: NDArray[np.bool_]
    found_as: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    columns: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""
    odd: tuple[tuple[str, str], ...] = ()
    stretch: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        if not self.found_as:
            object.__setattr__(self, "found_as", ("",) * len(self.labels))
        if not self.name:
            object.__setattr__(self, "name", self.path.name)
        n = len(self.labels)
        shapes = self.boxes_px.shape, self.labels.shape, self.crowd.shape, (len(self.found_as),)
        if shapes != ((n, 4), (n,), (n,), (n,)):
            raise InputError(
                f"{self.path}: boxes, labels, crowd and found_as have the shapes {', '.join(map(str, shapes))}; "
                "expected (N, 4) and (N,)"
            )

    @property
    def annotated(self) -> bool:
        """Whether the file has any annotation of the image, also of a dropped class."""
        return bool(len(self.labels) or self.dropped)

    @property
    def without_area(self) -> NDArray[np.bool_]:
        """(N,) bool: whether a label is a point, or a box without a width or a height."""
        return np.asarray((self.boxes_px[:, 2:] <= self.boxes_px[:, :2]).any(axis=1), np.bool_)


def labels_of(names: Sequence[str], classes: tuple[str, ...], rename: Mapping[str, str]) -> dict[str, int]:
    """The place in `classes` of each name in a label file that is a class, or becomes one."""
    becomes = {name: rename.get(name, name) for name in names}
    return {name: classes.index(new) for name, new in becomes.items() if new in classes}


def read_coco(
    coco: StrPath, images: StrPath, classes: tuple[str, ...], rename: Mapping[str, str] = MappingProxyType({})
) -> list[LabelledImage]:
    """Read the images of a COCO file in its order, with the boxes of `classes`. Boxes of other classes are dropped.

    If an annotation has no box, but key points, a point or polygons, its box is the one around them. A box with a
    `rotation` becomes the box around it. An image that is listed twice is read once, with the annotations of both.

    rename: the class of a name in the file; several names may become one class.

    Raises InputError if the file is missing, is not COCO JSON, names a file outside `images`, has two images with one
    id, has an annotation that cannot be read or refers to an image that it does not list, or has none of `classes`.
    """
    coco = as_path(coco)
    images = as_path(images)
    document = _document(coco)
    category_name = _categories(document, coco)
    label_of = labels_of(list(category_name.values()), classes, rename)
    if not label_of:
        found = ", ".join(dict.fromkeys(category_name.values())) or "none"
        raise InputError(f"{coco} has the classes {found}; expected one of {', '.join(classes)}")
    listed = _listed(document, coco, Photos(images, coco))
    drawn: dict[str, list[Drawn]] = {entry.name: [] for entry in listed.values()}
    dropped: dict[str, list[str]] = {entry.name: [] for entry in listed.values()}
    for place, annotation in enumerate(_list(document, "annotations", coco), 1):
        which = _which(annotation, "annotation", place)
        key = _id(annotation, "image_id", f"{coco}: {which}")
        if key not in listed:
            raise InputError(
                f"{coco}: {which}: its image_id {shown(key)} belongs to an image that the file does not list"
            )
        category = _id(annotation, "category_id", f"{coco}: {which}")
        if category not in category_name:
            raise InputError(
                f"{coco}: {which}: its category_id {shown(category)} is no category of the file; expected one of "
                f"{shown(list(category_name))}"
            )
        image, name = listed[key], category_name[category]
        if name not in label_of:
            dropped[image.name].append(name)
            continue
        crowd = annotation.get("iscrowd", 0)
        if crowd not in (0, 1, None):
            raise InputError(f"{coco}: {which}: its iscrowd is {shown(crowd)}; expected 0 or 1")
        box = _box(annotation, f"{coco}: {which}")
        drawn[image.name].append(Drawn(box, name, bool(crowd), f"{which} of {image.name}"))
    photos = [
        labelled(images, entry, drawn[entry.name], label_of, tuple(dropped[entry.name]))
        for entry in {entry.name: entry for entry in listed.values()}.values()
    ]
    refuse_shares(coco, photos)
    return photos


def refuse_shares(source: StrPath, photos: Sequence[LabelledImage]) -> None:
    """Raise InputError if all labels of a file lie between 0 and 1, with decimals: they are no px of the photos."""
    boxes = np.concatenate([np.zeros((0, 4), np.float32), *(photo.boxes_px for photo in photos)])
    if len(boxes) and boxes.max() <= 1 and (boxes % 1 > 0).any():
        raise InputError(
            f"{source}: its labels lie between 0 and 1, as shares of the photo's width and height do; expected px"
        )


@dataclass(frozen=True)
class Listed:
    """A photo as a label file lists it.

    Attributes:
        name: Relative to the image folder.
        columns: The other values in the file.
    """

    name: str
    width: int
    height: int
    columns: Mapping[str, Any] = field(default_factory=dict)
    odd: tuple[tuple[str, str], ...] = ()


def labelled(
    folder: StrPath, photo: Listed, drawn: Sequence[Drawn], label_of: Mapping[str, int], dropped: tuple[str, ...]
) -> LabelledImage:
    """A photo with its labels. Impossible labels are left out."""
    kept, odd = tidy(drawn, photo.width, photo.height)
    path = PurePosixPath(photo.name)
    return LabelledImage(
        path=as_path(folder) / photo.name,
        width=photo.width,
        height=photo.height,
        flight=str(photo.columns.get("flight", path.with_suffix(""))),
        boxes_px=np.array([one.box for one in kept], np.float32).reshape(-1, 4),
        labels=np.array([label_of[one.name] for one in kept], np.int64),
        crowd=np.array([one.crowd for one in kept], np.bool_),
        found_as=tuple(one.name for one in kept),
        dropped=dropped,
        columns=photo.columns,
        name=path.as_posix(),
        odd=(*photo.odd, *odd),
    )


def class_names(coco: StrPath) -> tuple[str, ...]:
    """The names of a COCO file's categories, in its order. Raises InputError like `read_coco`."""
    coco = as_path(coco)
    return tuple(dict.fromkeys(_categories(_document(coco), coco).values()))


def _document(coco: Path) -> dict[str, Any]:
    try:
        if coco.stat().st_size > LARGEST_FILE:
            raise InputError(f"{coco} is larger than {LARGEST_FILE // 2**20} MiB; expected a COCO file of labels")
        document = json.loads(coco.read_bytes())  # UTF-8, UTF-16 or UTF-32, with or without a byte order mark
    except InputError:
        raise
    except OSError as error:
        raise InputError(f"cannot read the labels {coco}: {error.strerror}; give a COCO JSON file") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{coco} is not JSON ({error}); give a COCO JSON file") from error
    if not isinstance(document, dict):
        raise InputError(f"{coco} is not a COCO file: it is a {type(document).__name__}; expected an object")
    return document


def _list(document: dict[str, Any], key: str, coco: Path) -> list[dict[str, Any]]:
    """The entries of a list in the file; all are objects."""
    found = document.get(key)
    if not isinstance(found, list):
        raise InputError(f"{coco} is not a COCO file: it has no list {key!r}")
    for place, entry in enumerate(found, 1):
        if not isinstance(entry, dict):
            raise InputError(f"{coco}: entry {place} of {key!r} is {shown(entry)}; expected an object")
    return found


def _which(entry: Mapping[str, Any], what: str, place: int) -> str:
    """The name of an entry in a message: its id, or its place in the list."""
    named = entry.get("id")
    return f"{what} {shown(named) if named is not None else f'without id, number {place} of the list,'}".rstrip(",")


def _id(entry: Mapping[str, Any], key: str, where: str) -> int | str:
    value = entry.get(key)
    if value is None:
        raise InputError(f"{where} has no {key}")
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise InputError(f"{where}: its {key} is {shown(value)}; expected a whole number")
    return value


def _text(entry: Mapping[str, Any], key: str, where: str) -> str:
    value = entry.get(key)
    if value is None or not str(value).strip() or isinstance(value, (list, dict)):
        raise InputError(f"{where} has no {key}" if value is None else f"{where}: its {key} is {shown(value)}")
    return str(value)


def _categories(document: dict[str, Any], coco: Path) -> dict[int | str, str]:
    names: dict[int | str, str] = {}
    for place, entry in enumerate(_list(document, "categories", coco), 1):
        which = f"{coco}: {_which(entry, 'category', place)}"
        key, name = _id(entry, "id", which), _text(entry, "name", which)
        if names.setdefault(key, name) != name:
            raise InputError(f"{coco}: the categories {names[key]!r} and {name!r} have the same id {shown(key)}")
    return names


def _listed(document: dict[str, Any], coco: Path, photos: Photos) -> dict[int | str, Listed]:
    """The photos by id. A photo with two ids is one."""
    listed: dict[int | str, Listed] = {}
    by_name: dict[str, tuple[int | str, str, Listed]] = {}
    for place, entry in enumerate(_list(document, "images", coco), 1):
        which = f"{coco}: {_which(entry, 'image', place)}"
        key, written = _id(entry, "id", which), _text(entry, "file_name", which)
        if key in listed:
            raise InputError(
                f"{coco}: two images have the id {shown(key)}, {listed[key].name} and {written}; give each its own"
            )
        name = photos.find(written)
        width, height = (int(_side(entry, side, which)) for side in ("width", "height"))
        columns = {k: v for k, v in entry.items() if k not in ("id", "file_name", "width", "height")}
        if name in by_name:
            first, as_written, other = by_name[name]
            if as_written != written and PurePosixPath(as_written) != PurePosixPath(written.replace("\\", "/")):
                raise InputError(
                    f"{coco}: the images {shown(first)} ({as_written}) and {shown(key)} ({written}) are both the "
                    f"photo {name}; correct their file_name"
                )
            if (other.width, other.height) != (width, height):
                raise InputError(
                    f"{coco}: the images {shown(first)} and {shown(key)} are both {name}, of {other.width} x "
                    f"{other.height} and {width} x {height} px; give the photo one entry"
                )
            odd = ("photos listed twice are read once, with all their labels", name)
            merged = Listed(name, width, height, {**columns, **other.columns}, (*other.odd, odd))
            listed = {k: merged if v.name == name else v for k, v in listed.items()}
            listed[key] = merged
            by_name[name] = (first, as_written, merged)
            continue
        listed[key] = Listed(name, width, height, columns)
        by_name[name] = (key, written, listed[key])
    return listed


def _side(entry: Mapping[str, Any], key: str, where: str) -> float:
    if entry.get(key) is None:
        raise InputError(f"{where} has no {key}")
    side = as_number(entry[key], f"{where}: its {key}")
    if side < 1 or not side.is_integer():
        raise InputError(f"{where}: its {key} is {shown(entry[key])}; expected a whole number of px from 1 up")
    return side


def _box(annotation: Mapping[str, Any], where: str) -> Box:
    """The box of an annotation, xyxy."""
    given = annotation.get("bbox")
    points = _key_points(annotation, where)
    if given is None or given == []:
        if points is None:
            points = _polygons(annotation, where)
        if points is None:
            raise InputError(f"{where} has no bbox, and no keypoints or polygon in its place")
        return around(points)
    expected = "expected x, y, width, height, all 0 or more"
    if not isinstance(given, list) or len(given) != 4:
        raise InputError(f"{where} has the box {shown(given)} as its bbox; {expected}")
    try:
        x, y, width, height = (as_number(value, "its bbox") for value in given)
    except InputError as error:
        raise InputError(f"{where} has the box {shown(given)} as its bbox; {expected}, and not as text") from error
    if min(width, height) < 0:
        raise InputError(f"{where} has the box {shown(given)} as its bbox; {expected}")
    if width == height == 0 and points is not None:
        return around(points)
    box = x, y, x + width, y + height
    attributes = annotation.get("attributes")
    turned = attributes.get("rotation") if isinstance(attributes, dict) else None
    if not turned:
        return box
    degrees = as_number(turned, f"{where}: its rotation", text=True)
    # Some programs turn the polygon but not the box. Then the polygon is right.
    drawn = _polygons(annotation, where)
    if drawn is not None:
        outline = around(drawn)
        upright = all(x in (outline[0], outline[2]) and y in (outline[1], outline[3]) for x, y in drawn)
        if not upright or max(abs(a - b) for a, b in zip(outline, box, strict=True)) > 1:
            return outline
    return around_rotated(box, degrees)


def _key_points(annotation: Mapping[str, Any], where: str) -> list[tuple[float, float]] | None:
    """The key points that were set; None without any."""
    given = annotation.get("keypoints")
    if given is None or given == []:
        return None
    if not isinstance(given, list) or len(given) % 3:
        raise InputError(f"{where}: its keypoints are {shown(given)}; expected x, y and visibility of each")
    values = [as_number(value, f"{where}: one of its keypoints") for value in given]
    return [(x, y) for x, y, set_ in zip(*(values[i::3] for i in range(3)), strict=True) if set_ > 0] or None


def _polygons(annotation: Mapping[str, Any], where: str) -> list[tuple[float, float]] | None:
    """The corners of an annotation's polygons; None if it has none, or a mask."""
    given = annotation.get("segmentation")
    if not isinstance(given, list) or not given:
        return None
    rings = given if isinstance(given[0], list) else [given]
    corners: list[tuple[float, float]] = []
    for ring in rings:
        if not isinstance(ring, list) or len(ring) < 2 or len(ring) % 2:
            raise InputError(f"{where}: its segmentation has {shown(ring)}; expected x and y of each corner")
        values = [as_number(value, f"{where}: its segmentation") for value in ring]
        corners += list(zip(values[::2], values[1::2], strict=True))
    return corners
