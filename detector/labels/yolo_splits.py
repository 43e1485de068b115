"""The photos of a split of YOLO: those of a list such as `train.txt`, or of what `train`, `val` and `test` of a
`data.yaml` name: a folder of photos, a list, or several of both.

https://docs.ultralytics.com/datasets/detect. The label file of `images/a/b.jpg` is `labels/a/b.txt`, or `b.txt` beside
it. The folders above may differ, since lists and `path` are often of another computer.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from detector.errors import InputError
from detector.labels.given import LARGEST_FILE, Given, text_of
from detector.labels.shapes import shown
from detector.labels.yolo_yaml import texts
from geo.raster.image_formats import is_image
from geo.text_encoding import unicode_text

SPLITS = {"train": ("train",), "val": ("val", "validation", "valid"), "test": ("test",)}  # by their keys


@dataclass(frozen=True)
class Chosen:
    """A photo of a split.

    Attributes:
        name: As a list has it, or the path of its label file.
        file: Its label file; None if it has none.
        stem: Whether the name is without its ending.
    """

    name: str
    file: Path | None
    stem: bool = False


def is_yolo_list(given: Given) -> bool:
    """Whether a path is a text file with a photo on each line, such as `train.txt`: the photos of a split."""
    if given.is_folder or given.path.suffix.lower() != ".txt":
        return False
    lines = (unicode_text(given.content) or "").splitlines()
    first = [line for line in lines[:40] if line.strip()][:20]
    return bool(first) and all(is_image(line.strip()) for line in first)


def of_list(file: Path, folder: Path, files: Sequence[Path]) -> list[Chosen]:
    """The photos of a list, each with its label file among `files`, which are in `folder`.

    Raises InputError if a line names no photo, a photo has two label files, or no photo has one.
    """
    found = _with_labels(text_of(file, LARGEST_FILE).splitlines(), str(file), folder, files)
    if not any(photo.file for photo in found):
        raise InputError(
            f"{file}: no photo that it lists has a label file in {folder} or a folder in it; expected labels/a.txt for "
            "images/a.jpg"
        )
    return found


def _with_labels(lines: Sequence[str], where: str, folder: Path, files: Sequence[Path]) -> list[Chosen]:
    by_stem: dict[str, list[tuple[list[str], Path]]] = {}
    for file in files:
        parts = _parts_of(file.relative_to(folder).as_posix())
        by_stem.setdefault(parts[0], []).append((parts, file))
    found: dict[str, Path | None] = {}
    for place, line in enumerate(lines, 1):
        name = line.strip().replace("\\", "/")
        if not name:
            continue
        if not is_image(name):
            raise InputError(f"{where}: line {place} is {shown(name)}; expected the name of a photo")
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
                f"{where}: line {place}: {shown(name)} fits the labels {two}; write its folders in the list"
            )
        found[name] = best[0] if best else None
    return [Chosen(name, file) for name, file in found.items()]


class Splits:
    """What a `data.yaml` names as splits, and which of them is asked for (`Given.splits`).

    A file that names one split alone describes all photos that it has. If no split is asked for, all are.
    """

    def __init__(self, given: Given, keys: Mapping[str, str]) -> None:
        self._yaml, self._folder, self._asked = given.path, given.path.parent, given.splits
        self._root = keys.get("path", "").strip().strip("'\"").replace("\\", "/")
        self._named: dict[str, tuple[str, ...]] = {}
        for split, aliases in SPLITS.items():
            found = next((keys[alias] for alias in aliases if alias in keys), "")
            if entries := texts(found, f"{given.path}: its {split}"):
                self._named[split] = tuple(entry.replace("\\", "/") for entry in entries)

    def lists(self) -> set[Path]:
        """The lists that it names and that are there."""
        entries = (entry for entries in self._named.values() for entry in entries if _is_list(entry))
        return {file for file in map(self._list, entries) if file is not None}

    def photos(self, files: Sequence[Path]) -> tuple[list[Chosen], list[tuple[str, str]]]:
        """The photos of the split that is asked for, and remarks as `LabelledImage.odd` has them.

        files: all label files below the folder of the `data.yaml`.

        Raises InputError if it does not name the split, or what it names is not there.
        """
        split = self._chosen()
        there = [name for name in self._named if self._exists(name, files)]
        alone = len(self._named) < 2 or split is None
        if alone and not there and not self.lists_named():
            return [self._of_file(file) for file in files], []  # no splits, or folders as they are on another computer
        read = (there or list(self._named)) if split is None else [split]
        found = _once(photo for name in read for photo in self._of(name, files))
        names = ", ".join(self._named)
        if split is not None:
            said = f"{self._yaml} names {names}; only the photos of {split} are read"
            return found, [(said, str(len(found)))] if len(self._named) > 1 else []
        used = {photo.file for photo in found}
        said = f"{self._yaml}: label files in none of its splits ({names}) are left out"
        return found, [(said, file.name) for file in files if file not in used]

    def holds(self, photo: Path, images: Path) -> bool:
        """Whether a photo without labels, of the folder `images`, is in a folder of the split that is asked for."""
        split = self._chosen()
        entries = [entry for name in ([split] if split else self._named) for entry in self._named[name]]
        if len(self._named) < 2 and not self.lists_named():
            return True
        above = self._folder if photo.is_relative_to(self._folder) else images.parent
        return any(self._in(photo, above, entry) for entry in entries if not _is_list(entry) and not is_image(entry))

    def lists_named(self) -> bool:
        """Whether it names photos one by one."""
        return any(_is_list(entry) or is_image(entry) for entries in self._named.values() for entry in entries)

    def _chosen(self) -> str | None:
        """The split that is asked for, None for all. Raises InputError if the file names others only."""
        if not self._asked or not self._named:
            return None
        if found := next((split for split in self._asked if split in self._named), None):
            return found
        if len(self._named) == 1:
            return next(iter(self._named))
        raise InputError(
            f"{self._yaml} names {' and '.join(self._named)}, but no {self._asked[0]}; add it there, or give a list of "
            "photos or the folder of its labels instead"
        )

    def _of(self, split: str, files: Sequence[Path]) -> Iterator[Chosen]:
        for entry in self._named[split]:
            photos = list(self._of_entry(entry, split, files))
            if not photos:
                raise InputError(
                    f"{self._yaml}: its {split} is {shown(entry)}, and no label file below {self._folder} belongs to "
                    "it; expected labels/a.txt for images/a.jpg; correct the line, or give the folder of its labels"
                )
            yield from photos

    def _of_entry(self, entry: str, split: str, files: Sequence[Path]) -> Iterator[Chosen]:
        if _is_list(entry):
            if (file := self._list(entry)) is None:
                raise InputError(
                    f"{self._yaml}: its {split} is the list {shown(entry)}, which is not below {self._folder}; put it "
                    "there, or correct the line"
                )
            yield from of_list(file, self._folder, files)
        elif is_image(entry):
            yield from _with_labels([entry], f"{self._yaml}: its {split}", self._folder, files)
        else:
            for file in files:
                if self._in(file, self._folder, entry):
                    yield self._of_file(file)

    def _of_file(self, file: Path) -> Chosen:
        return Chosen(file.relative_to(self._folder).with_suffix("").as_posix(), file, stem=True)

    def _exists(self, split: str, files: Sequence[Path]) -> bool:
        """Whether there is something of each entry of a split."""
        return all(
            self._list(entry) is not None if _is_list(entry) else any(self._of_entry(entry, split, files))
            for entry in self._named[split]
        )

    def _list(self, entry: str) -> Path | None:
        """The file of a list: below the folder, by the longest end of its name that is there."""
        parts = [part for part in f"{self._root}/{entry}".split("/") if part not in ("", ".", "..")]
        ways = (self._folder.joinpath(*parts[first:]) for first in range(len(parts)))
        return next((way for way in ways if way.is_file()), None)

    def _in(self, file: Path, above: Path, entry: str) -> bool:
        """Whether a file, below the folder `above`, is in a folder that an entry names, or in one below that.

        If the entry is a path of another place, all folders below `above` must be in it; else all that the entry has.
        """
        wanted, folders = _folders_of(entry), _folders_of(file.absolute().parent.as_posix())
        below = len(file.relative_to(above).parts) - 1
        elsewhere = entry.startswith(("/", "~", "..")) or entry[1:2] == ":"
        for depth in range(below, 0, -1):
            same = _same(folders[below - depth :], wanted)
            if same >= (depth if elsewhere else len(wanted)):
                return True
        return not wanted  # train: .


def _once(photos: Iterable[Chosen]) -> list[Chosen]:
    """Each photo once, also if a list and a folder have it."""
    return list({photo.file or photo.name: photo for photo in photos}.values())


def _same(one: Sequence[str], other: Sequence[str]) -> int:
    """How many of the first are the same."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _is_list(entry: str) -> bool:
    return PurePosixPath(entry).suffix.lower() == ".txt"


def _parts_of(name: str) -> list[str]:
    """The parts of a path from the last one up, without its ending. A folder `images` becomes `labels`."""
    folders, _, last = name.rpartition("/")
    return [last.casefold().rpartition(".")[0], *_folders_of(folders)]


def _folders_of(path: str) -> list[str]:
    """The folders of a path from the last one up. A folder `images` becomes `labels`."""
    parts = [part.casefold() for part in path.split("/") if part not in ("", ".", "..")]
    return ["labels" if part == "images" else part for part in reversed(parts)]
