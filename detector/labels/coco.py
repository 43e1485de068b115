"""Reads labelled images from COCO files."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.errors import InputError
from geo.paths import StrPath, as_path

LARGEST_FILE = 512 * 1024 * 1024  # bytes of COCO JSON; what is larger is not a label file


@dataclass(frozen=True)
class LabelledImage:
    """One image of a COCO file.

    Attributes
    ----------
    path : where its pixels are.
    width, height : px, as the COCO file says.
    flight : the group that a split keeps together; the image's own name where the file has no `flight`.
    boxes_px : (N, 4) float32, xyxy in image px.
    labels : (N,) int64, places in the class list.
    crowd : (N,) bool, COCO's `iscrowd`: a region in which nothing is learnt or judged.
    found_as : (N,) the names that the boxes have in the file.
    dropped : the names of its boxes that are of no class.
    columns : what else the file says of it, by key.
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

    @property
    def annotated(self) -> bool:
        """Whether the file has any annotation of it, also of a dropped class."""
        return bool(len(self.labels) or self.dropped)


def labels_of(names: Sequence[str], classes: tuple[str, ...], rename: Mapping[str, str]) -> dict[str, int]:
    """Each name of a label file that is, or becomes, one of `classes`, with its place in `classes`."""
    becomes = {name: rename.get(name, name) for name in names}
    return {name: classes.index(new) for name, new in becomes.items() if new in classes}


def read_coco(
    coco: StrPath, images: StrPath, classes: tuple[str, ...], rename: Mapping[str, str] = MappingProxyType({})
) -> list[LabelledImage]:
    """The images of `coco` in the file's order, with the boxes of `classes`. Boxes of other classes are dropped.

    rename: name in the file to class, for names that differ from the class; several may become one class.

    Raises InputError if the file is missing, is not COCO JSON, names a file outside `images`, has a box that is not
    finite or refers to an image that it does not list, or has none of `classes`.
    """
    coco = as_path(coco)
    images = as_path(images)
    document = _document(coco)
    try:
        return _images(document, coco, images, classes, rename)
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{coco} is not a COCO file: {type(error).__name__} {error}") from error


def class_names(coco: StrPath) -> tuple[str, ...]:
    """The names of a COCO file's categories, in its order. Raises InputError as `read_coco` does."""
    coco = as_path(coco)
    document = _document(coco)
    try:
        return tuple(dict.fromkeys(str(category["name"]) for category in document["categories"]))
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{coco} is not a COCO file: {type(error).__name__} {error}") from error


def _document(coco: Path) -> Any:
    try:
        if coco.stat().st_size > LARGEST_FILE:
            raise InputError(f"{coco} is larger than {LARGEST_FILE // 2**20} MiB; expected a COCO file of labels")
        return json.loads(coco.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"cannot read the labels {coco}: {error.strerror}; give a COCO JSON file") from error
    except ValueError as error:
        raise InputError(f"{coco} is not JSON ({error}); give a COCO JSON file") from error


def _images(
    document: dict[str, Any], coco: Path, folder: Path, classes: tuple[str, ...], rename: Mapping[str, str]
) -> list[LabelledImage]:
    name_of = {c["id"]: str(c["name"]) for c in document["categories"]}
    label_of = labels_of(list(name_of.values()), classes, rename)
    if not label_of:
        found = ", ".join(name_of.values()) or "none"
        raise InputError(f"{coco} has the classes {found}; expected one of {', '.join(classes)}")
    boxes: dict[Any, list[tuple[list[float], str, bool]]] = {entry["id"]: [] for entry in document["images"]}
    dropped: dict[Any, list[str]] = {entry["id"]: [] for entry in document["images"]}
    for annotation in document["annotations"]:
        if annotation["image_id"] not in boxes:
            raise InputError(f"{coco}: annotation {annotation['id']} belongs to an image that the file does not list")
        name = name_of[annotation["category_id"]]
        if name not in label_of:
            dropped[annotation["image_id"]].append(name)
            continue
        box = [float(v) for v in annotation["bbox"]]
        if len(box) != 4 or not all(map(math.isfinite, box)) or min(box[2:]) < 0:
            raise InputError(
                f"{coco}: annotation {annotation['id']} has the box {annotation['bbox']}; expected x, y, width, "
                "height, all 0 or more"
            )
        x, y, width, height = box
        if width == 0 or height == 0:
            continue
        crowd = bool(annotation.get("iscrowd", 0))
        boxes[annotation["image_id"]].append(([x, y, x + width, y + height], name, crowd))
    labelled = []
    for entry in document["images"]:
        name = inside(str(entry["file_name"]), coco)
        own = boxes[entry["id"]]
        labelled.append(
            LabelledImage(
                path=folder / name,
                width=int(entry["width"]),
                height=int(entry["height"]),
                flight=str(entry.get("flight", Path(name).stem)),
                boxes_px=np.array([b for b, _, _ in own], np.float32).reshape(-1, 4),
                labels=np.array([label_of[n] for _, n, _ in own], np.int64),
                crowd=np.array([c for _, _, c in own], np.bool_),
                found_as=tuple(n for _, n, _ in own),
                dropped=tuple(dropped[entry["id"]]),
                columns={k: v for k, v in entry.items() if k not in ("id", "file_name", "width", "height")},
            )
        )
    return labelled


def inside(name: str, labels: StrPath) -> str:
    """A file name from `labels` that stays inside the image folder. Raises InputError for any other name."""
    if Path(name).is_absolute() or ".." in Path(name).parts:
        raise InputError(f"{labels} names the file {name!r}; names must stay inside the image folder")
    return name
