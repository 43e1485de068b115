"""Reads labelled photos from Pascal VOC files, as CVAT writes them.

There is one XML file per photo, in the same folders as the photos. CVAT measures corners in px from the outer corner of
the top left pixel, not in the 1-based pixel numbers of the first VOC challenges. It writes no file for a photo without
a box.
"""

import math
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from detector.errors import InputError
from detector.labels.coco import LabelledImage, inside, labels_of
from geo.paths import StrPath, as_path

LARGEST_FILE = 16 * 1024 * 1024  # bytes of XML for one photo
PHOTOS = (".jpg", ".jpeg", ".png", ".tif", ".tiff")


def read_voc(
    annotations: StrPath, images: StrPath, classes: tuple[str, ...], rename: Mapping[str, str]
) -> tuple[list[LabelledImage], list[Path]]:
    """The photos of the VOC files under `annotations`, by file name, and the photos under `images` without a VOC file.

    The flight of a photo is its own name. Objects marked `difficult` become crowd regions, in which nothing is learnt
    or judged. Raises InputError if there is no file, a file is not VOC or names a photo outside `images`, a box is not
    finite or is inverted, or no object belongs to `classes`.
    """
    annotations = as_path(annotations)
    images = as_path(images)
    files = sorted(annotations.rglob("*.xml"))
    if not files:
        raise InputError(f"{annotations} has no .xml file; give the folder Annotations of a Pascal VOC export")
    photos = [_photo(file, images, classes, rename) for file in files]
    if not any(len(photo.labels) for photo in photos):
        found = ", ".join(sorted({name for photo in photos for name in photo.dropped})) or "none"
        raise InputError(f"{annotations} has the classes {found}; expected one of {', '.join(classes)}")
    labelled = {photo.path for photo in photos}
    bare = sorted(p for p in images.rglob("*") if p.suffix.lower() in PHOTOS and p.is_file() and p not in labelled)
    return photos, bare


def _photo(file: Path, images: Path, classes: tuple[str, ...], rename: Mapping[str, str]) -> LabelledImage:
    root = _parsed(file)
    name = inside(_text(root, "filename", file), file)
    boxes, names, crowd, dropped = [], [], [], []
    labels = labels_of([_text(found, "name", file) for found in root.iter("object")], classes, rename)
    for found in root.iter("object"):
        kind = _text(found, "name", file)
        if kind not in labels:
            dropped.append(kind)
            continue
        corners = [_number(found, f"bndbox/{key}", file) for key in ("xmin", "ymin", "xmax", "ymax")]
        if corners[2] < corners[0] or corners[3] < corners[1]:
            raise InputError(f"{file} has the box {corners}; expected xmin, ymin, xmax, ymax with xmin <= xmax")
        if corners[2] > corners[0] and corners[3] > corners[1]:
            boxes.append(corners)
            names.append(kind)
            crowd.append((found.findtext("difficult") or "0").strip() == "1")
    return LabelledImage(
        path=images / name,
        width=int(_number(root, "size/width", file)),
        height=int(_number(root, "size/height", file)),
        flight=Path(name).stem,
        boxes_px=np.array(boxes, np.float32).reshape(-1, 4),
        labels=np.array([labels[kind] for kind in names], np.int64),
        crowd=np.array(crowd, np.bool_),
        found_as=tuple(names),
        dropped=tuple(dropped),
    )


def _parsed(file: Path) -> ET.Element:
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise InputError(f"{file} is larger than {LARGEST_FILE // 2**20} MiB; expected the VOC file of one photo")
        text = file.read_bytes()
        if b"<!DOCTYPE" in text or b"<!ENTITY" in text:  # VOC has none, and entities can grow without bound
            raise InputError(f"{file} declares a document type; expected a VOC file, which has none")
        root = ET.fromstring(text)  # noqa: S314  (bounded, and without entities)
    except OSError as error:
        raise InputError(f"cannot read the labels {file}: {error.strerror}") from error
    except ET.ParseError as error:
        raise InputError(f"{file} is not XML ({error}); expected a Pascal VOC file") from error
    if root.tag != "annotation":
        raise InputError(f"{file} begins with <{root.tag}>; expected a Pascal VOC file, which begins with <annotation>")
    return root


def _text(element: ET.Element, key: str, file: Path) -> str:
    found = (element.findtext(key) or "").strip()
    if not found:
        raise InputError(f"{file} is not a Pascal VOC file: <{element.tag}> lacks <{key}>")
    return found


def _number(element: ET.Element, key: str, file: Path) -> float:
    text = _text(element, key, file)
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise InputError(f"{file}: <{key}> is {text!r}; expected a number")
    return number
