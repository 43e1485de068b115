"""Reads YOLO's labels: a text file for each photo, and the names of the classes in `data.yaml`, `classes.txt` or
`obj.names`. Which photos are read, see `yolo_splits`.

https://docs.ultralytics.com/datasets/detect: a line is the number of a class, then shares of the photo's size: the
centre and the sides of a box; or the corners of a polygon (segmentation, turned boxes): the box around them. A last
value more is a score. With key points (`kpt_shape` in data.yaml) the box comes first.
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from detector.errors import InputError
from detector.labels.dota import is_dota
from detector.labels.given import Given, text_of
from detector.labels.shapes import Box, Drawn, around, as_number, as_share, shown
from detector.labels.written import Written
from detector.labels.yolo_splits import SPLITS, Chosen, Splits, is_yolo_list, of_list
from detector.labels.yolo_yaml import keys_of, numbered
from geo.raster.orientation import EVERY

_LISTS = ("classes.txt", "obj.names", "_darknet.labels", "classes.names")
_NO_LABELS = {"classes.txt", "train.txt", "val.txt", "test.txt", "valid.txt", "readme.txt"}
_NO_LABELS |= {f"autosplit_{split}.txt" for split in SPLITS}
_NO_LABEL_FILES = "text files without the numbers of a box are no labels and are left out"
_YAML = (".yaml", ".yml")
_FOLDERS_UP = 2  # the names may be so many folders above the labels, as in data.yaml, labels/train


@dataclass(frozen=True)
class _Classes:
    """The names of the classes by number, and how many key points a line has, with how many values each."""

    names: dict[int, str]
    key_points: tuple[int, int] = (0, 0)


def is_yolo(given: Given) -> bool:
    """Whether a path is a `data.yaml` with names, a list of photos, or a folder with YOLO's labels."""
    if is_yolo_list(given):
        return True
    if not given.is_folder:
        return given.path.suffix.lower() in _YAML and "names" in keys_of(text_of(given.path))
    return any(_first_number(file) for file in _label_files(given.path, given)[:20]) or (
        bool(given.files(".txt")) and _named_near(given.path) is not None and not is_dota(given)
    )


def read_yolo(given: Given) -> Iterator[Written]:
    """The photos of the labels in a folder, of a list, or of the splits of a `data.yaml` that are asked for. A file
    without lines says that its photo is empty. A listed photo without a label file is empty, as in YOLO's training.

    Raises InputError if there are no names of classes, there is no label file, or a line or a split cannot be read.
    """
    folder = given.path if given.is_folder else given.path.parent
    if not given.is_folder and is_dota(Given(folder)):
        raise InputError(f"{given.path}: the label files below it are DOTA's; give their folder, such as labelTxt")
    listed = _named_near(folder) if given.is_folder or is_yolo_list(given) else given.path
    if listed is None:
        raise InputError(
            f"{given.path} has YOLO's labels without the names of the classes; expected data.yaml or classes.txt "
            "beside them"
        )
    classes = _classes(listed)
    photos, odd = _chosen(given, folder)
    for place, photo in enumerate(photos):
        labels = _labels(photo.file, classes) if photo.file else ()
        yield Written(photo.name, labels, shares=True, turns=EVERY, stem=photo.stem, odd=() if place else tuple(odd))


def of_other_splits(given: Given, photos: list[Path], images: Path) -> list[Path]:
    """Of photos in the folder `images` that labels do not name, those in no folder of the split that is asked for."""
    splits = _splits(given)
    return [photo for photo in photos if not splits.holds(photo, images)]


def _chosen(given: Given, folder: Path) -> tuple[list[Chosen], list[tuple[str, str]]]:
    """The photos that are read, and remarks as `LabelledImage.odd` has them."""
    splits = _splits(given)
    no_labels = {given.path, *splits.lists()}
    every = [file for file in _label_files(folder, Given(folder)) if file not in no_labels]
    files = [file for file in every if _may_be_labels(file)]
    if not files:
        raise InputError(f"{folder} has no YOLO label file; expected a .txt file for each photo")
    kept = set(files)
    left_out = [(_NO_LABEL_FILES, file.name) for file in every if file not in kept]
    photos, odd = (of_list(given.path, folder, files), []) if is_yolo_list(given) else splits.photos(files)
    return photos, [*odd, *left_out]


def _splits(given: Given) -> Splits:
    """What a `data.yaml` names as splits; nothing for a folder or a list."""
    of_yaml = not given.is_folder and given.path.suffix.lower() in _YAML
    return Splits(given, keys_of(text_of(given.path)) if of_yaml else {})


def _labels(file: Path, classes: _Classes) -> tuple[Drawn, ...]:
    return tuple(
        _label(line, classes, f"{file}: line {place}", f"line {place} of {file.name}")
        for place, line in enumerate(text_of(file).splitlines(), 1)
        if line.strip()
    )


def _label(line: str, classes: _Classes, where: str, which: str) -> Drawn:
    cells = line.split()
    number = as_number(cells[0], f"{where}: its class", text=True)
    if number not in classes.names:
        raise InputError(f"{where}: its class is {shown(cells[0])}; expected one of 0 to {max(classes.names)}")
    values = [as_number(cell, f"{where}: its value {shown(cell)}", text=True) for cell in cells[1:]]
    points, each = classes.key_points
    score = float("nan")
    if points and len(values) - 4 - points * each in (0, 1):
        if len(values) - 4 - points * each:
            score = values[-1]
        box = _of_centre(values[:4], where)
    elif len(values) in (4, 5):
        box, score = _of_centre(values[:4], where), values[4] if len(values) == 5 else score
    elif len(values) >= 6:
        if len(values) % 2:
            score = values[-1]
        corners = values[: len(values) // 2 * 2]
        box = around(zip(corners[::2], corners[1::2], strict=True))
    else:
        raise InputError(f"{where} has {len(cells)} values; expected a class and a box of 4, or a polygon")
    if score == score:  # not NaN
        score = as_share(score, f"{where}: its score")
    return Drawn(box, classes.names[int(number)], False, which, score)


def _of_centre(values: list[float], where: str) -> Box:
    x, y, width, height = values
    if min(width, height) < 0:
        raise InputError(f"{where} has the sides {width:g} and {height:g}; expected 0 or more")
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def _label_files(folder: Path, given: Given) -> list[Path]:
    files = [file for file in given.files(".txt") if file.name.lower() not in _NO_LABELS]
    under = [file for file in files if "labels" in file.relative_to(folder).parts[:-1]]
    return under or files


def _may_be_labels(file: Path) -> bool:
    """Whether a text file may be of a photo: it is empty, or a line has four numbers, or numbers alone. Not so
    `requirements.txt`.
    """
    lines = [list(map(_is_number, line.split())) for line in text_of(file).splitlines()]
    return not any(lines) or any(cells and (all(cells) or sum(cells) >= 4) for cells in lines)


def _is_number(cell: str) -> bool:
    with suppress(ValueError):
        float(cell.replace(",", "."))
        return True
    return False


def _first_number(file: Path) -> bool:
    """Whether the first line with text is a class and four or more numbers."""
    with suppress(InputError):
        cells = next((line.split() for line in text_of(file).splitlines() if line.strip()), [])
        with suppress(ValueError):
            return len(cells) >= 5 and cells[0].isdigit() and len([float(cell) for cell in cells]) >= 5
    return False


def _named_near(folder: Path) -> Path | None:
    """The file with the names of the classes: in the folder, or in one a little above."""
    for place in [folder, *folder.absolute().parents[:_FOLDERS_UP]]:
        for name in _LISTS:
            if (place / name).is_file():
                return place / name
        if (place / "notes.json").is_file():  # Label Studio
            return place / "notes.json"
        for file in sorted(place.glob("*.y*ml")):
            with suppress(InputError):
                if file.suffix.lower() in _YAML and "names" in keys_of(text_of(file)):
                    return file
    return None


def _classes(file: Path) -> _Classes:
    """The names of a file. Raises InputError if it has none."""
    text = text_of(file)
    if file.suffix.lower() in _YAML:
        keys = keys_of(text)
        shape = re.findall(r"\d+", keys.get("kpt_shape", ""))
        names = numbered(keys.get("names", ""), f"{file}: its names")
        return _Classes(names, (int(shape[0]), int(shape[1])) if len(shape) == 2 else (0, 0))
    if file.name == "notes.json":
        with suppress(ValueError, TypeError, KeyError, RecursionError):
            return _Classes({int(one["id"]): str(one["name"]) for one in json.loads(text)["categories"]})
        raise InputError(f"{file} has no categories with id and name; expected Label Studio's notes.json")
    names = {i: line.strip() for i, line in enumerate(text.splitlines()) if line.strip()}
    if not names:
        raise InputError(f"{file} has no names of classes; expected one a line")
    return _Classes(names)
