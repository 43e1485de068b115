"""Reads the boxes of a Camera Trap Data Package, Camtrap DP: `observations.csv`, with `media.csv` beside it.

https://camtrap-dp.tdwg.org: an observation of one medium may have a box, as shares of the photo's size. A box must have
a size there, so a box of a millionth of the photo, as Herdmap writes it, is a point. The path of a medium may be an
address in the web; then its file has the medium's name.
"""

import math
from collections.abc import Iterator, Mapping
from pathlib import Path

from detector.errors import InputError
from detector.labels.given import Given
from detector.labels.shapes import Drawn, as_share, shown
from detector.labels.written import Written
from geo.raster.image_formats import is_image
from geo.raster.orientation import EVERY

_MEDIA, _OBSERVATIONS = "media.csv", "observations.csv"
_BOX = ("bboxX", "bboxY", "bboxWidth", "bboxHeight")
_POINT = 1e-6
_NO_BOX = "observations of animals without a box are left out"
_SEVERAL = "boxes with several animals count as one animal each"


def is_camtrap(given: Given) -> bool:
    """Whether a folder is such a package, or a file is its `datapackage.json` or its observations."""
    folder = given.path if given.is_folder else given.path.parent
    if not (given.is_folder or given.path.name.lower() in (_OBSERVATIONS, "datapackage.json")):
        return False
    observations = folder / _OBSERVATIONS
    if not ((folder / _MEDIA).is_file() and observations.is_file()):
        return False
    return {"observationID", "mediaID", "observationType"} <= set(Given(observations).heads)


def read_camtrap(given: Given) -> Iterator[Written]:
    """The photos of which something was observed, also those that are blank; in the order of the observations.

    Raises InputError if the package has no boxes, or a row cannot be read.
    """
    folder = given.path if given.is_folder else given.path.parent
    names = {cells["mediaID"]: _name(cells) for _, cells in _rows(folder / _MEDIA, ("mediaID", "filePath"))}
    file = folder / _OBSERVATIONS
    found: dict[str, list[Drawn]] = {}
    odd: dict[str, list[tuple[str, str]]] = {}
    for place, cells in _rows(file, ("mediaID", "observationType", "scientificName", *_BOX)):
        where, medium = f"{file}: line {place}", cells["mediaID"]
        if not medium:  # of a whole event, whose media have rows of their own
            continue
        if medium not in names:
            raise InputError(f"{where}: its mediaID is {shown(medium)}, which {_MEDIA} has not")
        labels, said = found.setdefault(medium, []), odd.setdefault(medium, [])
        which = f"line {place}, {names[medium]}"
        if cells["bboxX"]:
            labels.append(_label(cells, where, which))
            said += [(_SEVERAL, which)] if (cells.get("count") or "1") not in ("0", "1") else []
        elif cells["observationType"] == "animal":
            said.append((_NO_BOX, which))
    for medium, labels in found.items():
        yield Written(names[medium], tuple(labels), shares=True, turns=EVERY, odd=tuple(odd[medium]))


def _rows(file: Path, needed: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """The number of each line, and its cells by the names of their columns."""
    table = Given(file)
    if missing := [head for head in needed if head not in table.heads]:
        raise InputError(f"{file} has no column {missing[0]}; expected those of Camtrap DP 1")
    for place, row in table.lines[1:]:
        yield place, table.cells(row)


def _name(cells: Mapping[str, str]) -> str:
    path = cells["filePath"]
    return path if is_image(path.partition("?")[0]) else cells.get("fileName") or path


def _label(cells: Mapping[str, str], where: str, which: str) -> Drawn:
    x, y, width, height = (as_share(cells[key], f"{where}: its {key}", text=True) for key in _BOX)
    if max(width, height) <= _POINT:
        width = height = 0.0
    sure = cells.get("classificationProbability", "")
    machine = cells.get("classificationMethod") == "machine" and bool(sure)
    score = as_share(sure, f"{where}: its classificationProbability", text=True) if machine else math.nan
    name = cells["scientificName"] or cells["observationType"]
    return Drawn((x, y, x + width, y + height), name, False, which, score)
