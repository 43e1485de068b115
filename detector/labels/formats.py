"""The formats of labels, and which one a path has."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from detector.labels.coco import LabelledImage, class_names, read_coco
from detector.labels.herdnet import herdnet_class_names, read_herdnet
from detector.labels.voc import read_voc, voc_class_names
from geo.paths import StrPath, as_path


@dataclass(frozen=True)
class LabelFormat:
    """A format: the programs that write it, the file, and what is used of it."""

    made_by: str
    file: str
    used: str


FORMATS = (
    LabelFormat("any tool", "COCO JSON", "boxes; points (no width and height); key points or polygons without a box"),
    LabelFormat("CVAT", "COCO JSON", "boxes, also those that `attributes.rotation` turns: the box around them"),
    LabelFormat("Label Studio", "COCO JSON", "boxes; names with its prefix or a path or URL of its server"),
    LabelFormat("HerdNet", "CSV", "images, labels, and x, y or x_min, y_min, x_max, y_max; for evaluations"),
    LabelFormat("CVAT, labelImg", "Pascal VOC XML", "boxes, points, the attribute `rotation`, `difficult`"),
    LabelFormat("roLabelImg", "Pascal VOC XML", "`robndbox`: the box around the turned one"),
)


def table() -> str:
    """The formats as a Markdown table, for the manual."""
    lines = ["| made by | file | what is used |", "|---|---|---|"]
    return "\n".join([*lines, *(f"| {one.made_by} | {one.file} | {one.used} |" for one in FORMATS)])


def names_in(labels: StrPath) -> tuple[str, ...]:
    """The names of classes in a COCO file, in a CSV file of HerdNet, or in a folder of Pascal VOC files."""
    labels = as_path(labels)
    if labels.is_dir():
        return voc_class_names(labels)
    return herdnet_class_names(labels) if _is_csv(labels) else class_names(labels)


def read_labels(
    labels: StrPath, images: StrPath, classes: tuple[str, ...], rename: Mapping[str, str] = MappingProxyType({})
) -> list[LabelledImage]:
    """Read the labelled photos of a COCO file, of a CSV file of HerdNet, or of a folder of Pascal VOC files.

    Raises InputError like the reader of the format.
    """
    labels = as_path(labels)
    if labels.is_dir():
        return read_voc(labels, images, classes, rename)[0]
    read = read_herdnet if _is_csv(labels) else read_coco
    return read(labels, images, classes, rename)


def _is_csv(labels: Path) -> bool:
    return labels.suffix.lower() == ".csv"
