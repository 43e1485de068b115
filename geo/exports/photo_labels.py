"""Writes a survey's animals as labels of its photos, for programs that look at photos: COCO results, YOLO,
MegaDetector's JSON, CVAT's XML and Camtrap DP.

These have every sighting of an animal, since a program that shows a photo, or learns from it, needs all animals in it.
A point is a box without a size, where the format allows it. Boxes are in px of the photo, or shares of its size. COCO
results have the stored photo. The other formats have the photo as their programs turn it by its EXIF tag.
"""

import contextlib
import json
import math
import os
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr  # nosec B406

from geo import raster
from geo.counting_rule import Review
from geo.errors import OutputError, VectorError
from geo.exports import camtrap
from geo.exports.animals import AnimalTable, Exported, read_animals
from geo.exports.coco import AS_STORED
from geo.exports.darwincore import Dataset
from geo.output import check_name, check_writable, whole, whole_folder
from geo.paths import StrPath, as_path
from geo.raster.orientation import EVERY, WITHOUT_MIRRORS, shown_size, to_shown
from geo.wellformed import shown

LabelsAs = Callable[["PhotoLabels", Path, Dataset], Sequence[str]]
Box = tuple[float, float, float, float]
_CVAT_SCORE = "<attribute><name>score</name><input_type>number</input_type></attribute>"


@dataclass(frozen=True)
class LabelledPhoto:
    """A photo that was searched, with its animals.

    Attributes:
        name: Its path, relative to `PhotoLabels.folder`, with `/`.
        row: Its place in the layer `images`.
        width: Px.
        height: Px.
        rows: The places of its animals in the table.
        orientation: EXIF's; 1 if it has no animals, or its file cannot be read.
    """

    name: str
    row: int
    width: int
    height: int
    rows: tuple[int, ...]
    orientation: int = 1


@dataclass(frozen=True)
class PhotoLabels:
    """The photos of a survey that were searched, and their animals.

    Attributes:
        animals: The animals, every sighting.
        folder: The lowest folder with all photos.
        photos: In the survey's order.
        classes: The names of the classes, sorted.
        unread: How many photos with animals cannot be read, so that nobody knows how programs turn them.
    """

    animals: AnimalTable
    folder: Path
    photos: tuple[LabelledPhoto, ...]
    classes: tuple[str, ...]
    unread: int = 0

    @classmethod
    def of(cls, animals: AnimalTable, survey: Path) -> "PhotoLabels":
        """The photos of a survey with a size. Raises VectorError if there is none."""
        images, columns = animals.images, animals.columns
        rows_of: dict[str, list[int]] = {}
        for row, (image, left) in enumerate(zip(columns["image"], columns["xmin"], strict=True)):
            if left is not None:  # an animal that a person drew on the map has no place in a photo
                rows_of.setdefault(image, []).append(row)
        chosen = [
            row
            for row, path in enumerate(images.path)
            if images.width[row] and images.height[row] and (images.status[row] == "done" or path in rows_of)
        ]
        if not chosen:
            raise VectorError(f"{survey}: no photo was searched, so there is nothing to write")
        paths = [Path(os.path.abspath(survey.absolute().parent / images.path[row])) for row in chosen]
        folder = Path(os.path.commonpath([path.parent for path in paths]))
        photos, unread = [], 0
        for path, row in zip(paths, chosen, strict=True):
            own = tuple(rows_of.get(images.path[row], ()))
            turned = raster.orientation_in(path) if own else 1
            unread += turned is None
            size = int(images.width[row]), int(images.height[row])
            photos.append(LabelledPhoto(path.relative_to(folder).as_posix(), row, *size, own, turned or 1))
        return cls(animals, folder, tuple(photos), tuple(sorted(set(columns["class"]))), unread)

    def box(self, row: int) -> Box:
        """The box of an animal, xyxy, px of its stored photo; of a point without a width and a height."""
        x0, y0, x1, y1 = (float(self.animals.columns[name][row]) for name in ("xmin", "ymin", "xmax", "ymax"))
        if self.animals.points[row]:
            x, y = round((x0 + x1) / 2, 2), round((y0 + y1) / 2, 2)
            return x, y, x, y
        return x0, y0, x1, y1

    def shown_box(self, row: int, photo: LabelledPhoto, turns: Set[int] = EVERY) -> Box:
        """The box of an animal, xyxy, px of its photo where a program shows it that turns it by these orientations."""
        if photo.orientation not in turns:
            return self.box(row)
        x0, y0, x1, y1 = to_shown(self.box(row), photo.width, photo.height, photo.orientation)[0].tolist()
        return x0, y0, x1, y1

    def share(self, row: int, photo: LabelledPhoto, turns: Set[int] = EVERY) -> Box:
        """The same box as left, top, width and height, shares of the size of the shown photo, within 0 to 1."""
        x0, y0, x1, y1 = self.shown_box(row, photo, turns)
        width, height = shown_size(photo.width, photo.height, photo.orientation if photo.orientation in turns else 1)
        x0, x1 = (min(max(x / width, 0.0), 1.0) for x in (x0, x1))
        y0, y1 = (min(max(y / height, 0.0), 1.0) for y in (y0, y1))
        return round(x0, 6), round(y0, 6), round(x1 - x0, 6), round(y1 - y0, 6)

    def score(self, row: int) -> float:
        """The score of an animal; 1 if a person marked it."""
        found = self.animals.columns["score"][row]
        return 1.0 if found is None or math.isnan(found) else float(found)

    def drawn_on_map(self) -> int:
        """How many animals have no place in a photo."""
        return len(self.animals) - sum(len(photo.rows) for photo in self.photos)


def export_labels(
    survey: StrPath, output: StrPath, kind: str, *, review: Review = "not-rejected", dataset: Dataset | None = None
) -> Exported:
    """Write the animals of a survey as labels of its photos, complete or not at all.

    Args:
        survey: The GeoPackage.
        output: The file, or for the formats in FOLDERS the folder, which must be new or empty.
        kind: One of PHOTO_FORMATS.
        review: Which detections are animals, as in `read_animals`.
        dataset: The description for Camtrap DP.

    Raises:
        OutputError: The format is not known, or the output cannot be written.
        VectorError: The survey is not one, or has no photos that can be written.
    """
    survey, output = as_path(survey), as_path(output)
    if kind not in PHOTO_FORMATS:
        raise OutputError(f"format {kind!r}: expected {', '.join(PHOTO_FORMATS)}")
    if output.suffix.lower() != ENDINGS.get(kind, output.suffix.lower()):
        raise OutputError(f"{output.name}: expected a name that ends in {ENDINGS[kind]} for {kind}")
    if kind not in FOLDERS:
        check_writable(output)
    labels = PhotoLabels.of(read_animals(survey, review, every_sighting=True), survey)
    said = [*PHOTO_FORMATS[kind](labels, output, dataset or Dataset()), *_of_turned_photos(labels, kind)]
    if left := labels.drawn_on_map():
        said.append(f"animals that a person drew on the map, and that have no place in a photo, are left out: {left}")
    said.append(f"the names of photos are relative to {labels.folder}")
    return Exported(output, len(labels.animals) - left, tuple(said))


def _of_turned_photos(labels: PhotoLabels, kind: str) -> Iterator[str]:
    """What the user should know of photos that programs turn by their EXIF tag."""
    tool, turns = TURNED_BY.get(kind, ("", EVERY))
    turned = [photo for photo in labels.photos if photo.orientation in turns]
    if turned:
        yield (
            f"photos with an EXIF tag that turns or mirrors them: {len(turned)}, the first is {turned[0].name}; "
            + (f"their boxes are on the turned picture, as {tool} shows it" if tool else AS_STORED)
        )
    if labels.unread:
        yield (
            f"photos that cannot be read: {labels.unread}; if an EXIF tag turns them, their boxes will not fit where "
            "programs turn them; put the photos where the survey has them, and export again"
        )


def _coco_results(labels: PhotoLabels, output: Path, dataset: Dataset) -> Sequence[str]:
    """The list of results, and beside it the COCO file with the photos and classes that it names by number."""
    beside = output.with_name(f"{output.stem}.images.json")
    number = {name: i for i, name in enumerate(labels.classes, 1)}
    results = []
    for i, photo in enumerate(labels.photos, 1):
        for row in photo.rows:
            x0, y0, x1, y1 = labels.box(row)
            name = labels.animals.columns["class"][row]
            box = [x0, y0, round(x1 - x0, 2), round(y1 - y0, 2)]
            results.append({"image_id": i, "category_id": number[name], "bbox": box, "score": labels.score(row)})
    photos = [
        {"id": i, "file_name": photo.name, "width": photo.width, "height": photo.height}
        for i, photo in enumerate(labels.photos, 1)
    ]
    categories = [{"id": i, "name": name} for name, i in number.items()]
    _json(beside, {"images": photos, "categories": categories, "annotations": []})
    _json(output, results)
    return [f"{beside.name} has the photos and the classes that the results name by number"]


def _megadetector(labels: PhotoLabels, output: Path, dataset: Dataset) -> Sequence[str]:
    """MegaDetector's batch output, format 1.3."""
    number = {name: str(i) for i, name in enumerate(labels.classes, 1)}
    images = []
    for photo in labels.photos:
        found = [
            {
                "category": number[labels.animals.columns["class"][row]],
                "conf": labels.score(row),
                "bbox": list(labels.share(row, photo, WITHOUT_MIRRORS)),
            }
            for row in photo.rows
        ]
        images.append({"file": photo.name, "detections": found})
    info = {"format_version": "1.3", "detector": "Herdmap"}
    _json(output, {"images": images, "detection_categories": {i: name for name, i in number.items()}, "info": info})
    return []


def _yolo(labels: PhotoLabels, output: Path, dataset: Dataset) -> Sequence[str]:
    """A folder with data.yaml and a text file for each photo, empty for a photo without animals.

    Scores are left out: Ultralytics takes no photo for training that has labels with a sixth number.
    """
    stems: dict[str, str] = {}
    for photo in labels.photos:
        # As Windows and macOS tell names apart: there, one of two files would take the place of the other.
        stem = photo.name.rpartition(".")[0].casefold()
        if stem in stems:
            raise OutputError(
                f"YOLO cannot tell {photo.name} and {stems[stem]} apart, since it names labels without the ending, and "
                "some systems take small and capital letters for the same; choose another format"
            )
        stems[stem] = photo.name
    number = {name: i for i, name in enumerate(labels.classes)}
    with _folder(output) as part:
        names = "".join(f"  {i}: {json.dumps(shown(name), ensure_ascii=False)}\n" for name, i in number.items())
        text = f"path: {json.dumps(shown(labels.folder.as_posix()), ensure_ascii=False)}\nnames:\n{names}"
        (part / "data.yaml").write_bytes(text.encode("utf-8", "replace"))
        for photo in labels.photos:
            file = part / "labels" / f"{photo.name.rpartition('.')[0]}.txt"
            check_name(file)
            file.parent.mkdir(parents=True, exist_ok=True)
            lines = []
            for row in photo.rows:
                x, y, width, height = labels.share(row, photo)
                place = f"{x + width / 2:.7f} {y + height / 2:.7f} {width:.7f} {height:.7f}"
                lines.append(f"{number[labels.animals.columns['class'][row]]} {place}\n")
            file.write_text("".join(lines), encoding="utf-8")
    return ["scores are left out, since Ultralytics trains on no label that has one"]


def _cvat(labels: PhotoLabels, output: Path, dataset: Dataset) -> Sequence[str]:
    """CVAT for images 1.1; scores are the attribute `score`."""
    with whole(output) as part, part.open("w", encoding="utf-8", errors="replace", newline="\n") as file:
        file.write('<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n  <version>1.1</version>\n')
        file.write("  <meta><task><labels>\n")
        for name in labels.classes:
            file.write(f"    <label><name>{escape(shown(name))}</name><attributes>{_CVAT_SCORE}</attributes></label>\n")
        file.write("  </labels></task></meta>\n")
        for i, photo in enumerate(labels.photos):
            width, height = shown_size(photo.width, photo.height, photo.orientation)
            size = f'width="{width}" height="{height}"'
            file.write(f'  <image id="{i}" name={quoteattr(shown(photo.name))} {size}>\n')
            for row in photo.rows:
                name = quoteattr(shown(labels.animals.columns["class"][row]))
                x0, y0, x1, y1 = labels.shown_box(row, photo)
                score = f'<attribute name="score">{labels.score(row):g}</attribute>'
                if labels.animals.points[row]:
                    file.write(
                        f'    <points label={name} source="auto" occluded="0" points="{x0:.2f},{y0:.2f}" z_order="0">'
                        f"{score}</points>\n"
                    )
                    continue
                corners = f'xtl="{x0:.2f}" ytl="{y0:.2f}" xbr="{x1:.2f}" ybr="{y1:.2f}"'
                file.write(f'    <box label={name} source="auto" occluded="0" {corners} z_order="0">{score}</box>\n')
            file.write("  </image>\n")
        file.write("</annotations>\n")
    return []


def _camtrap(labels: PhotoLabels, output: Path, dataset: Dataset) -> Sequence[str]:
    """A Camera Trap Data Package."""
    with _folder(output) as part:
        media = [
            camtrap.Medium(photo.name, photo.row, [(row, labels.share(row, photo)) for row in photo.rows])
            for photo in labels.photos
        ]
        return camtrap.write_package(labels.animals, media, part, dataset)


def _json(path: Path, document: Any) -> None:
    with whole(path) as part:
        part.write_bytes(json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1).encode("utf-8", "replace"))


@contextlib.contextmanager
def _folder(output: Path) -> Iterator[Path]:
    """A new folder, which appears complete or not at all. Raises OutputError if it is there and is not empty."""
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise OutputError(f"{output} exists already; give the name of a new folder")
    with whole_folder(output) as part:
        yield part


PHOTO_FORMATS: Mapping[str, LabelsAs] = {
    "coco-results": _coco_results,
    "yolo": _yolo,
    "megadetector": _megadetector,
    "cvat": _cvat,
    "camtrap-dp": _camtrap,
}
"""The writer of each format of labels."""
FOLDERS = ("yolo", "camtrap-dp")
"""The formats that are folders."""
ENDINGS: Mapping[str, str] = {"coco-results": ".json", "megadetector": ".json", "cvat": ".xml"}
"""The endings of the others."""
TURNED_BY: Mapping[str, tuple[str, Set[int]]] = {
    "yolo": ("Ultralytics", EVERY),
    "megadetector": ("MegaDetector", WITHOUT_MIRRORS),
    "cvat": ("CVAT", EVERY),
    "camtrap-dp": ("a browser", EVERY),
}
"""The program on whose picture a format's boxes are, and the orientations by which it turns photos."""
