"""Which row of a table of positions is which photo's: by its name, or by the number that DJI writes into the name."""

import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geo.photos.photo_columns import PhotoColumns
from geo.photos.pose_table import PoseTable
from geo.raster import RasterInfo

ABSENT = -1
_AMBIGUOUS = -2


def rows_of(known: PhotoColumns, table: PoseTable, images: Sequence[RasterInfo]) -> NDArray[np.int64]:
    """Each image's row of the table, by its name with as many folders as the table has, or by the number in its name.

    -1 where the table has none, -2 where it has several, or the same one for several images: nothing is guessed.
    """
    if table.numbered:
        return _rows_by_number(table, images)
    rows = np.full(len(images), ABSENT, np.int64)
    if table.names is None:
        return rows
    by_name: dict[str, list[tuple[tuple[str, ...], int]]] = {}
    for row, name in enumerate(table.names):
        parts = tuple(part for part in _plain(name.strip()).replace("\\", "/").split("/") if part not in ("", "."))
        if parts:
            by_name.setdefault(parts[-1], []).append((parts, row))
            stem = parts[-1].rpartition(".")[0]
            if stem:
                by_name.setdefault(stem, []).append((parts, row))
    for i, image in enumerate(images):
        own = tuple(map(_plain, image.path.parts))
        for key in (own[-1], _plain(image.path.stem)):
            candidates = by_name.get(key, [])
            fitting = [row for parts, row in candidates if own[-len(parts) : -1] == parts[:-1]]
            chosen = sorted(set(fitting or [row for _, row in candidates]))
            if len(chosen) == 1:
                rows[i] = chosen[0]
            elif chosen:
                rows[i] = _AMBIGUOUS
                lines = " and ".join(str(table.lines[row]) for row in chosen[:3])
                known.say(
                    i,
                    f"{table.path.name} has the name of this photo more than once (lines {lines}); write folder/name "
                    "there",
                )
            if chosen:
                break
    return _without_shared(known, table, images, rows)


def _plain(name: str) -> str:
    """A name as it is compared: without case, and with each accented letter as one character, as not every system has
    it."""
    return unicodedata.normalize("NFC", name).lower()


def _without_shared(
    known: PhotoColumns, table: PoseTable, images: Sequence[RasterInfo], rows: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The rows, without those that fit two images: photos with one name in two folders are not at one place."""
    owners: dict[int, list[int]] = {}
    for i, row in enumerate(rows.tolist()):
        if row >= 0:
            owners.setdefault(row, []).append(i)
    for row, sharing in owners.items():
        if len(sharing) > 1:
            folders = " and ".join(images[i].path.parent.name[:40] or "." for i in sharing[:3])
            known.say(
                sharing,
                f"line {table.lines[row]} of {table.path.name} may be any of the photos with this name in {folders}; "
                "write folder/name there",
            )
            rows[sharing] = _AMBIGUOUS
    return rows


def _rows_by_number(table: PoseTable, images: Sequence[RasterInfo]) -> NDArray[np.int64]:
    """Each image's row by the number that DJI writes into its name: DJI_20240716151200_0012_V, 100_0001_0012."""
    at: dict[float, int] = {}
    for row, number in enumerate(table.numbers["number"].tolist()):
        at[number] = _AMBIGUOUS if number in at else row
    found = [_DJI_NAME.fullmatch(image.path.stem) or _NUMBERED.fullmatch(image.path.stem) for image in images]
    # The pictures that several lenses took of one exposure have one number and one beginning of their names.
    exposures: dict[int, set[tuple[Path, str]]] = {}
    for image, match in zip(images, found, strict=True):
        if match is not None:
            exposures.setdefault(int(match[2]), set()).add((image.path.parent, match[1]))
    wanted = [None if match is None else int(match[2]) for match in found]
    return np.array(
        [
            ABSENT if number is None else _AMBIGUOUS if len(exposures[number]) > 1 else at.get(number, ABSENT)
            for number in wanted
        ],
        np.int64,
    )


# As DJI's drones with interchangeable cameras name photos, perhaps with the flight's own words behind; and the others.
_DJI_NAME = re.compile(r"(DJI_\d{14})_(\d{4,6})(?:_.*)?")
_NUMBERED = re.compile(r"(.*)_(\d{3,6})(?:_[A-Z]{1,2})?")


def no_photo_of(table: PoseTable, rows: NDArray[np.int64]) -> str:
    """Why none of the photos is in the table."""
    name = table.path.name
    if table.numbered and (rows == _AMBIGUOUS).any():
        return (
            f"{name} ({table.format}): the numbers in the photos' names fit exposures or photos of several flights; "
            "give each flight's photos with its own file"
        )
    if (rows == _AMBIGUOUS).any():
        return f"{name}: its names fit photos of several folders, or occur more than once; write them as folder/name"
    if table.numbered:
        return (
            f"{name} ({table.format}): its exposures are known by the number in a photo's name, such as "
            "DJI_20240716151200_0012_V.JPG, and none of the photos' numbers is in it; give the .MRK of this flight, or "
            "a table with the photos' names"
        )
    has = f"such as {table.names[0][:60]!r}" if table.names else "no column of photo names and none of times"
    if not table.names and table.unused:
        has += f", but {', '.join(repr(header[:20]) for header in table.unused[:6])}"
    return f"{name}: no row has the name of a photo ({has}); check the names"
