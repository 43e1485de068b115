"""Reads the lists of photos of Pascal VOC: `ImageSets/Main/train.txt` chooses the photos of a split.

A line is the name of a photo, by VOC's rule without its ending. In the list of one class, such as `cow_train.txt`, a
second value says whether the photo shows the class (1, 0 or -1); the photo belongs to the split in each case. The XML
files are in the folder `Annotations` beside `ImageSets`. CVAT writes none for a photo without a box.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import islice
from pathlib import Path

from detector.errors import InputError
from detector.labels.given import Given
from detector.labels.labelled import LabelledImage, Listed, labelled
from detector.labels.names import Photos
from detector.labels.shapes import shown
from detector.labels.voc import read_voc, voc_class_names
from geo.raster.image_formats import is_image
from geo.text_encoding import unicode_text

ANNOTATIONS = "Annotations"
_FOLDERS_UP = 3  # ImageSets/Main, and CVAT's folder of a subset
_FLAGS = ("1", "0", "-1")
_LOOKED_AT = 20  # lines


def is_voc_list(given: Given) -> bool:
    """Whether a path is a text file with names of photos, near a folder `Annotations` with the XML file of one."""
    if given.is_folder or given.path.suffix.lower() != ".txt":
        return False
    annotations = _annotations(given.path)
    if annotations is None:
        return False
    with suppress(InputError):  # another file of text, with lines that are no names
        return any(_file(annotations, stem).is_file() for stem in islice(_stems(given, annotations), _LOOKED_AT))
    return False


def read_voc_list(
    given: Given, images: Path, classes: tuple[str, ...], rename: Mapping[str, str]
) -> list[LabelledImage]:
    """The photos of a list, in its order. One without an XML file is empty.

    Raises InputError like `read_voc`, and if a name fits two photos.
    """
    annotations = _annotations(given.path)
    assert annotations is not None
    stems = list(dict.fromkeys(_stems(given, annotations)))
    files = {stem: _file(annotations, stem) for stem in stems}
    with_file = [stem for stem in stems if files[stem].is_file()]
    read, _ = read_voc(annotations, images, classes, rename, [files[stem] for stem in with_file])
    found = dict(zip(with_file, read, strict=True))
    photos = Photos(images, given.path)
    none = [stem for stem in stems if stem not in found]
    empty = {stem: labelled(images, Listed(photos.find_stem(stem), 0, 0), [], {}, ()) for stem in none}
    every = {**found, **empty}
    return [every[stem] for stem in stems]


def voc_list_class_names(given: Given) -> tuple[str, ...]:
    """The names of the objects in the XML files of a list, sorted. Raises InputError like `read_voc`."""
    annotations = _annotations(given.path)
    assert annotations is not None
    files = [_file(annotations, stem) for stem in dict.fromkeys(_stems(given, annotations))]
    return voc_class_names(annotations, [file for file in files if file.is_file()])


def _annotations(path: Path) -> Path | None:
    """The folder of the XML files of a list; None if there is none near it."""
    above = path.absolute().parents[: _FOLDERS_UP + 1]
    return next((folder / ANNOTATIONS for folder in above if (folder / ANNOTATIONS).is_dir()), None)


def _stems(given: Given, annotations: Path) -> Iterator[str]:
    """The name of each photo of a list, without its ending. Raises InputError if a name leaves the folder of the XML
    files.
    """
    for place, line in enumerate((unicode_text(given.content) or "").splitlines(), 1):
        name = line.strip().replace("\\", "/")
        if not name:
            continue
        before, _, last = name.rpartition(" ")
        if last in _FLAGS and before and not _file(annotations, name).is_file():
            name = before.strip()
        if is_image(name):
            name = name.rpartition(".")[0].removeprefix("./").removeprefix("JPEGImages/")
        if name.startswith("/") or ".." in name.split("/") or ":" in name:
            raise InputError(f"{given.path}: line {place} is {shown(name)}; expected the name of a photo, as in VOC")
        yield name


def _file(annotations: Path, stem: str) -> Path:
    return annotations / f"{stem}.xml"
