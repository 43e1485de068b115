"""Reads YOLO's labels: a text file for each photo, and the names of the classes in `data.yaml`, `classes.txt` or
`obj.names`. A list of photos, such as `train.txt`, chooses those of a split.

https://docs.ultralytics.com/datasets/detect: a line is the number of a class, then shares of the photo's size: the
centre and the sides of a box; or the corners of a polygon (segmentation, turned boxes): the box around them. A last
value more is a score. With key points (`kpt_shape` in data.yaml) the box comes first.
"""

import ast
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from detector.errors import InputError
from detector.labels.given import Given, text_of
from detector.labels.shapes import Box, Drawn, around, as_number, as_share, shown
from detector.labels.written import Written
from geo.raster.image_formats import is_image
from geo.text_encoding import unicode_text

_LISTS = ("classes.txt", "obj.names", "_darknet.labels", "classes.names")
_NO_LABELS = {"classes.txt", "train.txt", "val.txt", "test.txt", "valid.txt", "autosplit_train.txt", "readme.txt"}
_YAML = (".yaml", ".yml")
_FOLDERS_UP = 2  # the names may be so many folders above the labels, as in data.yaml, labels/train
_KEY = re.compile(r"^(\w+)\s*:\s*(.*)$")
_ITEM = re.compile(r"^\s*(?:-|(\d+)\s*:)\s+(.+?)\s*$")


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
        return given.path.suffix.lower() in _YAML and "names" in _keys(text_of(given.path))
    return any(_first_number(file) for file in _label_files(given.path, given)[:20]) or (
        bool(given.files(".txt")) and _named_near(given.path) is not None
    )


def is_yolo_list(given: Given) -> bool:
    """Whether a path is a text file with a photo on each line, such as `train.txt`: the photos of a split."""
    if given.is_folder or given.path.suffix.lower() != ".txt":
        return False
    lines = (unicode_text(given.content) or "").splitlines()
    first = [line for line in lines[:40] if line.strip()][:20]
    return bool(first) and all(is_image(line.strip()) for line in first)


def read_yolo(given: Given) -> Iterator[Written]:
    """The photos of the labels in a folder, or beside a `data.yaml`. A file without lines says that its photo is empty.
    Of a list of photos, those that it names; one without a label file is empty, as in YOLO's training.

    Raises InputError if there are no names of classes, there is no label file, or a line cannot be read.
    """
    folder = given.path if given.is_folder else given.path.parent
    split = is_yolo_list(given)
    listed = _named_near(folder) if given.is_folder or split else given.path
    if listed is None:
        raise InputError(
            f"{given.path} has YOLO's labels without the names of the classes; expected data.yaml or classes.txt "
            "beside them"
        )
    classes = _classes(listed)
    files = [file for file in _label_files(folder, Given(folder)) if file != given.path]
    if not files:
        raise InputError(f"{folder} has no YOLO label file; expected a .txt file for each photo")
    if split:
        for name, found in _of_list(given, folder, files):
            yield Written(name, _labels(found, classes) if found else (), shares=True)
        return
    for file in files:
        name = file.relative_to(folder).with_suffix("").as_posix()
        yield Written(name, _labels(file, classes), shares=True, stem=True)


def _of_list(given: Given, folder: Path, files: list[Path]) -> list[tuple[str, Path | None]]:
    """The photos of a list, each with its label file.

    That of `images/a/b.jpg` is `labels/a/b.txt`, or `b.txt` beside it. The folders above may differ, since lists are
    often of another computer.

    Raises InputError if a line names no photo, a photo has two label files, or no photo has one.
    """
    by_stem: dict[str, list[tuple[list[str], Path]]] = {}
    for file in files:
        parts = _parts_of(file.relative_to(folder).as_posix())
        by_stem.setdefault(parts[0], []).append((parts, file))
    found: dict[str, Path | None] = {}
    for place, line in enumerate((unicode_text(given.content) or "").splitlines(), 1):
        name = line.strip().replace("\\", "/")
        if not name:
            continue
        if not is_image(name):
            raise InputError(f"{given.path}: line {place} is {shown(name)}; expected the name of a photo")
        wanted = _parts_of(name)
        fits: dict[int, list[Path]] = {}  # by how many parts agree
        for parts, file in by_stem.get(wanted[0], []):
            same = min(len(parts), len(wanted))
            if parts[:same] == wanted[:same]:
                fits.setdefault(same, []).append(file)
        best = fits[max(fits)] if fits else []
        if len(best) > 1:
            two = " and ".join(shown(file.relative_to(folder).as_posix()) for file in best[:2])
            raise InputError(
                f"{given.path}: line {place}: {shown(name)} fits the labels {two}; write its folders in the list"
            )
        found[name] = best[0] if best else None
    if not any(found.values()):
        raise InputError(
            f"{given.path}: no photo that it lists has a label file in {folder} or a folder in it; expected "
            "labels/a.txt for images/a.jpg"
        )
    return list(found.items())


def _parts_of(name: str) -> list[str]:
    """The parts of a path from the last one up, without its ending. A folder `images` becomes `labels`."""
    *folders, last = [part.casefold() for part in name.split("/") if part not in ("", ".", "..")]
    return [last.rpartition(".")[0], *("labels" if part == "images" else part for part in reversed(folders))]


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
                if file.suffix.lower() in _YAML and "names" in _keys(text_of(file)):
                    return file
    return None


def _classes(file: Path) -> _Classes:
    """The names of a file. Raises InputError if it has none."""
    text = text_of(file)
    if file.suffix.lower() in _YAML:
        keys = _keys(text)
        shape = re.findall(r"\d+", keys.get("kpt_shape", ""))
        names = _names(keys.get("names", ""), f"{file}: its names")
        return _Classes(names, (int(shape[0]), int(shape[1])) if len(shape) == 2 else (0, 0))
    if file.name == "notes.json":
        with suppress(ValueError, TypeError, KeyError, RecursionError):
            return _Classes({int(one["id"]): str(one["name"]) for one in json.loads(text)["categories"]})
        raise InputError(f"{file} has no categories with id and name; expected Label Studio's notes.json")
    names = {i: line.strip() for i, line in enumerate(text.splitlines()) if line.strip()}
    if not names:
        raise InputError(f"{file} has no names of classes; expected one a line")
    return _Classes(names)


def _keys(text: str) -> dict[str, str]:
    """The keys on the outer level of a YAML file, each with its text: on its line, or the indented lines below."""
    found: dict[str, str] = {}
    key = ""
    for line in text.splitlines():
        plain = re.sub(r"(^|\s)#.*$", "", line).rstrip()
        if not plain:
            continue
        if match := _KEY.match(plain):
            key = match[1]
            found[key] = match[2]
        elif key:
            found[key] += "\n" + plain
    return found


def _names(text: str, where: str) -> dict[int, str]:
    """The names by number: `[a, b]`, `{0: a, 1: b}`, or a line for each, `- a` or `0: a`."""
    text = text.strip()
    names: dict[int, str] = {}
    if text.startswith(("[", "{")):
        inner = " ".join(text.split())
        if inner[-1] != {"[": "]", "{": "}"}[inner[0]]:
            raise InputError(f"{where} are {shown(text)}; expected a list of names")
        for i, part in enumerate(_parts(inner[1:-1])):
            number, _, name = part.partition(":") if text[0] == "{" else (str(i), "", part)
            if not number.strip().isdigit():
                raise InputError(f"{where} are {shown(text)}; expected a number for each name")
            names[int(number)] = _unquoted(name)
    else:
        for i, line in enumerate(line for line in text.split("\n") if line.strip()):
            item = _ITEM.match(line)
            if item is None:
                raise InputError(f"{where} have the line {shown(line.strip())}; expected '- name' or '0: name'")
            names[int(item[1]) if item[1] else i] = _unquoted(item[2])
    names = {number: name for number, name in names.items() if name}
    if not names:
        raise InputError(f"{where} are empty; expected the names of the classes")
    return names


def _parts(text: str) -> list[str]:
    """The parts between commas that are not within quotes."""
    return [part.strip() for part in re.findall(r"""(?:[^,"']|"[^"]*"|'[^']*')+""", text) if part.strip()]


def _unquoted(name: str) -> str:
    name = name.strip()
    if len(name) >= 2 and name[0] == name[-1] and name[0] in "'\"":
        with suppress(ValueError, SyntaxError):
            return str(ast.literal_eval(name))
        return name[1:-1]
    return name
