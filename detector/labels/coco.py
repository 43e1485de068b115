"""Reads labelled images from COCO files. Roboflow writes some of their numbers as text."""

import math
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any

from detector.errors import InputError
from detector.labels.given import Given, json_of
from detector.labels.labelled import LabelledImage, Listed, labelled, labels_of, refuse_shares
from detector.labels.names import Photos
from detector.labels.rle import around_mask
from detector.labels.shapes import Box, Drawn, around, around_rotated, as_number, as_share, refuse_corners, shown
from detector.labels.written import Written
from geo.paths import StrPath, as_path

_LONGEST_ID = 19


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
    if not category_name:
        raise InputError(f"{coco} has no categories, the classes of its animals; expected COCO's file of instances")
    if not label_of:
        found = ", ".join(dict.fromkeys(category_name.values()))
        raise InputError(f"{coco} has the classes {found}; expected one of {', '.join(classes)}")
    listed = _listed(document, coco, Photos(images, coco))
    drawn: dict[str, list[Drawn]] = {entry.name: [] for entry in listed.values()}
    dropped: dict[str, list[str]] = {entry.name: [] for entry in listed.values()}
    for place, annotation in enumerate(_list(document, "annotations", coco), 1):
        which = _which(annotation, "annotation", place)
        key = id_of(annotation, "image_id", f"{coco}: {which}")
        if key not in listed and isinstance(key, str) and key.isdecimal() and len(key) < _LONGEST_ID:
            key = int(key)  # VIA writes the number of an image as text here, and as a number in `images`
        if key not in listed:
            raise InputError(
                f"{coco}: {which}: its image_id {shown(key)} belongs to an image that the file does not list"
            )
        category = id_of(annotation, "category_id", f"{coco}: {which}")
        if category not in category_name:
            raise InputError(
                f"{coco}: {which}: its category_id {shown(category)} is no category of the file; expected one of "
                f"{shown(list(category_name))}"
            )
        image, name = listed[key], category_name[category]
        if name not in label_of:
            dropped[image.name].append(name)
            continue
        crowd = _is_crowd(annotation, f"{coco}: {which}")
        box = box_of(annotation, f"{coco}: {which}")
        sure = annotation.get("score")
        score = math.nan if sure is None else as_share(sure, f"{coco}: {which}: its score", text=True)
        drawn[image.name].append(Drawn(box, name, crowd, f"{which} of {image.name}", score))
    refuse_corners(coco, [(drawn[one.name], one.width, one.height) for one in listed.values()])
    photos = [
        labelled(images, entry, drawn[entry.name], label_of, tuple(dropped[entry.name]))
        for entry in {entry.name: entry for entry in listed.values()}.values()
    ]
    refuse_shares(coco, photos)
    return photos


def class_names(coco: StrPath) -> tuple[str, ...]:
    """The names of a COCO file's categories, in its order. Raises InputError like `read_coco`."""
    coco = as_path(coco)
    return tuple(dict.fromkeys(_categories(_document(coco), coco).values()))


def is_coco(given: Given) -> bool:
    """Whether a file is COCO's, by its keys."""
    document = given.document
    return (
        isinstance(document, dict)
        and ("annotations" in document or "images" in document)
        and ("categories" in document)
    )


def category_names(given: Given) -> dict[int | str, str]:
    """The names of the classes by id. Raises InputError like `read_coco`."""
    return _categories(_document(given.path, given), given.path)


def photos_of(given: Given) -> dict[int | str, Written]:
    """The photos by id, without their labels and by the names in the file. Raises InputError like `read_coco`."""
    found: dict[int | str, Written] = {}
    for place, entry in enumerate(_list(_document(given.path, given), "images", given.path), 1):
        which = f"{given.path}: {_which(entry, 'image', place)}"
        width, height = (int(_side(entry, side, which)) for side in ("width", "height"))
        found[id_of(entry, "id", which)] = Written(_text(entry, "file_name", which), (), width, height)
    return found


def _document(coco: Path, given: Given | None = None) -> dict[str, Any]:
    document = json_of(coco, (given or Given(coco)).content)
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


def id_of(entry: Mapping[str, Any], key: str, where: str) -> int | str:
    """An id, a number or a text. Raises InputError, with `where`, for anything else."""
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
        key, name = id_of(entry, "id", which), _text(entry, "name", which).strip()
        if names.setdefault(key, name) != name:
            raise InputError(f"{coco}: the categories {names[key]!r} and {name!r} have the same id {shown(key)}")
    return names


def _listed(document: dict[str, Any], coco: Path, photos: Photos) -> dict[int | str, Listed]:
    """The photos by id. A photo with two ids is one."""
    listed: dict[int | str, Listed] = {}
    by_name: dict[str, tuple[int | str, str, Listed]] = {}
    for place, entry in enumerate(_list(document, "images", coco), 1):
        which = f"{coco}: {_which(entry, 'image', place)}"
        key, written = id_of(entry, "id", which), _text(entry, "file_name", which)
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


def _is_crowd(annotation: Mapping[str, Any], where: str) -> bool:
    given = annotation.get("iscrowd", 0)
    known = {"0": False, "false": False, "none": False, "1": True, "true": True}
    said = shown(given).strip("'").lower().removesuffix(".0")
    if said not in known:
        raise InputError(f"{where}: its iscrowd is {shown(given)}; expected 0 or 1")
    return known[said]


def _side(entry: Mapping[str, Any], key: str, where: str) -> float:
    if entry.get(key) is None:
        raise InputError(f"{where} has no {key}")
    side = as_number(entry[key], f"{where}: its {key}", text=True)
    if side < 1 or not side.is_integer():
        raise InputError(f"{where}: its {key} is {shown(entry[key])}; expected a whole number of px from 1 up")
    return side


def box_of(annotation: Mapping[str, Any], where: str) -> Box:
    """The box of an annotation, xyxy. Raises InputError, with `where`, if it cannot be read."""
    given = annotation.get("bbox")
    points = _key_points(annotation, where)
    if given is None or given == []:
        if points is None:
            points = _polygons(annotation, where)
        mask = annotation.get("segmentation")
        if points is None and isinstance(mask, dict) and (box := around_mask(mask, where)) is not None:
            return box
        if points is None:
            raise InputError(f"{where} has no bbox, and no keypoints, polygon or mask in its place")
        return around(points)
    expected = "expected x, y, width, height, all 0 or more"
    if not isinstance(given, list) or len(given) != 4:
        raise InputError(f"{where} has the box {shown(given)} as its bbox; {expected}")
    try:
        x, y, width, height = (as_number(value, "its bbox", text=True) for value in given)
    except InputError as error:
        raise InputError(f"{where} has the box {shown(given)} as its bbox; {expected}") from error
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
    values = [as_number(value, f"{where}: one of its keypoints", text=True) for value in given]
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
        values = [as_number(value, f"{where}: its segmentation", text=True) for value in ring]
        corners += list(zip(values[::2], values[1::2], strict=True))
    return corners
