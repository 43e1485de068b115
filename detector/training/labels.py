"""Labelled images as COCO files tell of them."""

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.errors import InputError

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
    """

    path: Path
    width: int
    height: int
    flight: str
    boxes_px: NDArray[np.float32]
    labels: NDArray[np.int64]
    crowd: NDArray[np.bool_]


def read_coco(coco: Path, images: Path, classes: tuple[str, ...]) -> list[LabelledImage]:
    """The images of `coco` in the file's order, with the boxes of `classes`; boxes of other classes are left out.

    Raises InputError where the file is missing, is no COCO JSON, names a file outside `images`, has a box that is
    not finite or refers to an image that it does not list, or knows none of `classes`.
    """
    try:
        if coco.stat().st_size > LARGEST_FILE:
            raise InputError(f"{coco} is larger than {LARGEST_FILE // 2**20} MiB; a COCO label file was expected")
        document = json.loads(coco.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"cannot read the labels {coco}: {error.strerror}; give a COCO JSON file") from error
    except ValueError as error:
        raise InputError(f"{coco} is not JSON ({error}); give a COCO JSON file") from error
    try:
        return _images(document, coco, images, classes)
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{coco} is not a COCO file: {type(error).__name__} {error}") from error


def _images(document: dict[str, Any], coco: Path, folder: Path, classes: tuple[str, ...]) -> list[LabelledImage]:
    label_of = {c["id"]: classes.index(c["name"]) for c in document["categories"] if c["name"] in classes}
    if not label_of:
        found = ", ".join(str(c["name"]) for c in document["categories"]) or "none"
        raise InputError(f"{coco} has the classes {found}; expected one of {', '.join(classes)}")
    boxes: dict[Any, list[tuple[list[float], int, bool]]] = {entry["id"]: [] for entry in document["images"]}
    for annotation in document["annotations"]:
        if annotation["category_id"] not in label_of:
            continue
        if annotation["image_id"] not in boxes:
            raise InputError(f"{coco}: annotation {annotation['id']} is of an image that the file does not list")
        box = [float(v) for v in annotation["bbox"]]
        if len(box) != 4 or not all(map(math.isfinite, box)) or min(box[2:]) < 0:
            raise InputError(f"{coco}: annotation {annotation['id']} has the box {annotation['bbox']}; x, y, w, h >= 0")
        x, y, width, height = box
        if width == 0 or height == 0:
            continue
        crowd = bool(annotation.get("iscrowd", 0))
        label = label_of[annotation["category_id"]]
        boxes[annotation["image_id"]].append(([x, y, x + width, y + height], label, crowd))
    labelled = []
    for entry in document["images"]:
        name = str(entry["file_name"])
        if Path(name).is_absolute() or ".." in Path(name).parts:
            raise InputError(f"{coco} names the file {name!r}; names must stay inside the image folder")
        own = boxes[entry["id"]]
        labelled.append(
            LabelledImage(
                path=folder / name,
                width=int(entry["width"]),
                height=int(entry["height"]),
                flight=str(entry.get("flight", Path(name).stem)),
                boxes_px=np.array([b for b, _, _ in own], np.float32).reshape(-1, 4),
                labels=np.array([k for _, k, _ in own], np.int64),
                crowd=np.array([c for _, _, c in own], np.bool_),
            )
        )
    return labelled
