"""Reads labelled photos from Pascal VOC files, as CVAT writes them.

There is one XML file per photo, in the same folders as the photos. CVAT measures corners in px from the outer corner of
the top left pixel, not in the 1-based pixel numbers of the first VOC challenges; supervision, which names itself
`roboflow.ai`, adds 1 to the left and the top. CVAT writes no file for a photo without a box. A box without a width and
a height is a point; one with the attribute `rotation`, in degrees, is turned.
"""

import math
import xml.etree.ElementTree as ET  # nosec B405
from collections.abc import Mapping, Sequence
from pathlib import Path

from detector.errors import InputError
from detector.labels.given import Given, content_of, xml_of
from detector.labels.labelled import LabelledImage, Listed, labelled, labels_of, refuse_shares
from detector.labels.names import Photos
from detector.labels.shapes import Box, Drawn, around_rotated, as_number
from detector.labels.written import size_in_file
from geo.paths import StrPath, as_path
from geo.raster.image_formats import is_image

LARGEST_FILE = 16 * 1024 * 1024  # bytes of XML for one photo


def read_voc(
    annotations: StrPath,
    images: StrPath,
    classes: tuple[str, ...],
    rename: Mapping[str, str],
    files: Sequence[Path] | None = None,
) -> tuple[list[LabelledImage], list[Path]]:
    """Read the photos of the VOC files under `annotations`, or of that one file, by file name; and list the photos
    under `images` without a file. files: only these, in their order.

    The flight of a photo is its own name. Objects marked `difficult` become crowd regions, in which nothing is learnt
    or judged. Raises InputError if there is no file, a file is not VOC or names a photo outside `images`, a box is not
    finite or is inverted, two files are of one photo, or no object belongs to `classes`.
    """
    annotations = as_path(annotations)
    images = as_path(images)
    found_in = Photos(images, annotations)
    photos: dict[Path, LabelledImage] = {}
    for file in _files(annotations) if files is None else files:
        photo = _photo(file, images, found_in, classes, rename)
        if photo.path in photos:
            raise InputError(f"{file}: another file of {annotations} is also of the photo {photo.name}; keep one")
        photos[photo.path] = photo
    if not any(len(photo.labels) for photo in photos.values()):
        found = ", ".join(sorted({name for photo in photos.values() for name in photo.dropped})) or "none"
        raise InputError(f"{annotations} has the classes {found}; expected one of {', '.join(classes)}")
    refuse_shares(annotations, list(photos.values()))
    bare = sorted(p for p in images.rglob("*") if is_image(p.name) and p.is_file() and p not in photos)
    return list(photos.values()), bare


def voc_class_names(annotations: StrPath, files: Sequence[Path] | None = None) -> tuple[str, ...]:
    """The names of the objects in the VOC files under `annotations`, sorted. Raises InputError like `read_voc`. files:
    only these.
    """
    files = _files(as_path(annotations)) if files is None else files
    return tuple(sorted({_text(found, "name", file) for file in files for found in _parsed(file).iter("object")}))


def _files(annotations: Path) -> list[Path]:
    if annotations.is_file():
        return [annotations]
    files = sorted(annotations.rglob("*.xml"))
    if not files:
        raise InputError(f"{annotations} has no .xml file; give the folder Annotations of a Pascal VOC export")
    return files


def _photo(
    file: Path, images: Path, photos: Photos, classes: tuple[str, ...], rename: Mapping[str, str]
) -> LabelledImage:
    root = _parsed(file)
    name = photos.find((root.findtext("filename") or "").strip() or file.stem)
    drawn, dropped = [], []
    first = 1 if root.findtext("source/database") == "roboflow.ai" and root.findtext("folder") == "VOC" else 0
    labels = labels_of([_text(found, "name", file) for found in root.iter("object")], classes, rename)
    for place, found in enumerate(root.iter("object"), 1):
        kind = _text(found, "name", file)
        if kind not in labels:
            dropped.append(kind)
            continue
        difficult = (found.findtext("difficult") or "0").strip() == "1"
        which = f"object {place} of {file.name}"
        x0, y0, x1, y1 = _box(found, f"{file}: object {place}")
        drawn.append(Drawn((x0 - first, y0 - first, x1, y1), kind, difficult, which))
    width, height = _size(root, file)
    if not (width and height):
        width, height = size_in_file(images / name)
    return labelled(images, Listed(name, width, height), drawn, labels, tuple(dropped))


def _size(root: ET.Element, file: Path) -> tuple[int, int]:
    """(width, height) of the photo, px; 0 where the file does not say them."""
    given = {f"size/{side}": (root.findtext(f"size/{side}") or "0").strip() for side in ("width", "height")}
    width, height = (max(int(as_number(text, f"{file}: <{key}>", text=True)), 0) for key, text in given.items())
    return width, height


def _box(found: ET.Element, where: str) -> Box:
    """The box of an object, xyxy. For a rotated box, it is the box around it."""
    if found.find("robndbox") is not None:  # roLabelImg writes the centre, the sides, and an angle in radians
        x, y, width, height, angle = (
            _number(found, f"robndbox/{key}", where) for key in ("cx", "cy", "w", "h", "angle")
        )
        box = x - width / 2, y - height / 2, x + width / 2, y + height / 2
        degrees = math.degrees(angle)
    else:
        x0, y0, x1, y1 = (_number(found, f"bndbox/{key}", where) for key in ("xmin", "ymin", "xmax", "ymax"))
        box, degrees = (x0, y0, x1, y1), 0.0
        for attribute in found.iterfind("attributes/attribute"):
            if (attribute.findtext("name") or "").strip() == "rotation":
                degrees = _number(attribute, "value", f"{where}: its rotation")
    if box[2] < box[0] or box[3] < box[1]:
        raise InputError(f"{where} has the box {list(box)}; expected xmin, ymin, xmax, ymax with xmin <= xmax")
    return around_rotated(box, degrees) if degrees else box


def is_voc(given: Given) -> bool:
    """Whether a file is VOC's, or a folder has such files, by the root of the first of its XML files."""
    if not given.is_folder:
        return given.root is not None and given.root.tag == "annotation"
    return any(xml_of(file, content_of(file, LARGEST_FILE)).tag == "annotation" for file in given.files(".xml")[:1])


def _parsed(file: Path) -> ET.Element:
    root = xml_of(file, content_of(file, LARGEST_FILE))
    if root.tag != "annotation":
        raise InputError(f"{file} begins with <{root.tag}>; expected a Pascal VOC file, which begins with <annotation>")
    return root


def _text(element: ET.Element, key: str, where: StrPath) -> str:
    found = (element.findtext(key) or "").strip()
    if not found:
        raise InputError(f"{where} is not a Pascal VOC file: <{element.tag}> lacks <{key}>")
    return found


def _number(element: ET.Element, key: str, where: str) -> float:
    found = (element.findtext(key) or "").strip()
    if not found:
        raise InputError(f"{where}: <{element.tag}> lacks <{key}>")
    return as_number(found, f"{where}: <{key}>", text=True)
