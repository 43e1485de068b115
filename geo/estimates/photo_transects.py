"""Makes transects from the photos of a survey: which photo is on which transect, their ground, and their animals.

Areas and counts follow one rule. The ground of a transect is made of the cells of its photos (`geo.overlaps.cells`),
which count overlaps once. An animal belongs to the transect of the photo in which it counts.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geo.csv_table import read_rows, write_rows
from geo.errors import Remark, VectorError
from geo.estimates.effort import PhotoEffort, TransectTable, photo_effort, split_track, transect_table
from geo.estimates.strips import Strips
from geo.overlaps.count_once import count_once
from geo.paths import StrPath, as_path
from geo.photos.column_names import NAMES
from geo.tables import DetectionRows, Images

__all__ = [
    "OnTransects",
    "PhotoStrips",
    "by_name",
    "by_table",
    "by_track",
    "photo_strips",
    "why_left_out",
    "write_effort",
]

_TRANSECT = ("transect", "transectid", "transectno", "transectname", "strip", "line", "flightline")
_STRATUM = ("stratum", "strata", "block")
_MOST_BYTES = 256 << 20

Choose = Callable[[DetectionRows], tuple[NDArray[np.bool_], NDArray[np.object_]]]
"""From rows: (M,) bool, which rows count, and (M,) the class names as which they count."""


@dataclass(frozen=True)
class OnTransects:
    """Which transect each of N photos is on.

    Attributes:
        transect: N names; None for a photo on none.
        stratum: N names; None if it is not stated.
        warnings: What the user should know.
        why_none: Why a photo is on none, in words.
    """

    transect: tuple[str | None, ...]
    stratum: tuple[str | None, ...]
    warnings: tuple[str, ...] = ()
    why_none: str = ""


@dataclass(frozen=True, eq=False)
class PhotoStrips:
    """K transects made of photos.

    Attributes:
        strips: Their ground.
        classes: C names.
        counts: (K, C) float64.
        on: Which transect each photo is on.
        effort: What each photo searched.
        animals: (N,) int64, how many animals count in each photo.
        transect: (N,) int64, the index of each photo's transect; -1 for none.
        counted_on: (M,) int64, the transect on which each row of the survey counts; -1 for none.
        code: (M,) int64, the index of its class, where it counts.
    """

    strips: Strips
    classes: tuple[str, ...]
    counts: NDArray[np.float64]
    on: OnTransects
    effort: PhotoEffort
    animals: NDArray[np.int64]
    transect: NDArray[np.int64]
    counted_on: NDArray[np.int64]
    code: NDArray[np.int64]

    def of(self, which: NDArray[np.bool_]) -> NDArray[np.float64]:
        """(K, C) how many of the counts are from these rows of the survey. which: (M,) bool."""
        counts = np.zeros_like(self.counts)
        some = which & (self.counted_on >= 0)
        np.add.at(counts, (self.counted_on[some], self.code[some]), 1)
        return counts


# ---- which photo is on which transect ---------------------------------------------------------


def by_table(images: Images, path: StrPath) -> OnTransects:
    """The transects that a CSV states: a row for each photo with columns `photo`, `transect` and perhaps `stratum`.

    Photos are found by name, and by as many folders as a row states.

    Raises:
        VectorError: The file cannot be read, or names a photo twice or none of the photos.
    """
    path = as_path(path)
    columns, rows = _table(path)
    photo = _column(columns, NAMES["name"], path, "photo")
    transect = _column(columns, _TRANSECT, path, "transect")
    stratum = next((i for i, name in enumerate(columns) if name in _STRATUM), None)
    said: dict[str, tuple[str | None, str | None]] = {}
    for row in rows:
        key = _key(row[photo])
        value = (row[transect].strip() or None, row[stratum].strip() or None if stratum is not None else None)
        if said.setdefault(key, value) != value:
            raise VectorError(f"{path.name}: photo {row[photo]!r} is on two transects; give it one row")
    found = [_said(image, said) for image in images.path]
    missing = sum(value is None for value in found)
    if missing == len(found):
        raise VectorError(f"{path.name}: no row has the name of a photo; expected names such as {images.path[0]!r}")
    warnings = (f"{missing} photos are not in {path.name}, so they are on no transect",) if missing else ()
    each = [value or (None, None) for value in found]
    why = f"not in {path.name}, or without a transect there"
    return OnTransects(tuple(a for a, _ in each), tuple(b for _, b in each), warnings, why)


def by_name(images: Images, pattern: str) -> OnTransects:
    """The transects that the paths of photos state.

    Args:
        images: The photos.
        pattern: A regular expression. Its group `transect`, or its first group, is the name of the transect. If it has
            a group `stratum`, that is the name of the stratum. A photo that does not match is on no transect.

    Raises:
        VectorError: The pattern is not a regular expression, has no group, or matches no photo.
    """
    try:
        fit = re.compile(pattern)
    except re.error as error:
        raise VectorError(f"{pattern!r} is not a regular expression: {error}") from error
    if not fit.groups:
        raise VectorError(
            f"{pattern!r} has no group: put brackets around the part that names the transect, as in '_([A-Z]+)_'"
        )
    group: str | int = "transect" if "transect" in fit.groupindex else 1
    found = [fit.search(image) for image in images.path]
    if not any(found):
        raise VectorError(f"{pattern!r} fits none of the photos, for example not {images.path[0]!r}")
    missing = sum(match is None for match in found)
    warnings = (f"{missing} photos do not fit {pattern!r}, so they are on no transect",) if missing else ()
    strata = [match["stratum"] if match and "stratum" in fit.groupindex else None for match in found]
    why = f"its path does not fit {pattern!r}"
    return OnTransects(tuple(match[group] if match else None for match in found), tuple(strata), warnings, why)


def by_track(images: Images, crs_wkt: str | None) -> OnTransects:
    """The transects that the flight shows: its straight pieces are transects `1`, `2` and so on. Turns are on none.

    Raises:
        VectorError: No photo has a place.
    """
    nothing = _no_rows(images)
    once = count_once(images, nothing, crs_wkt, "all")
    if once.photos is None:
        raise VectorError(
            "no photo has a place on the ground, so there is no track; give the photos positions", about="position"
        )
    number = split_track(once.photos)
    off = int((number < 0).sum())
    warnings = [f"{off} photos are in turns or alone, so they are on no transect"] if off else []
    if not np.isfinite(once.photos.seconds).any():
        warnings.append("no photo says when it was taken: the track follows the order of the photos' names")
    names = tuple(None if n < 0 else str(n + 1) for n in number.tolist())
    return OnTransects(names, (None,) * len(names), tuple(warnings), "in a turn, or alone")


# ---- their ground and animals -----------------------------------------------------------------


def photo_strips(
    images: Images,
    rows: DetectionRows,
    crs_wkt: str | None,
    on: OnTransects,
    choose: Choose,
    class_names: Sequence[str] = (),
) -> PhotoStrips:
    """The transects of photos, with the animals that `choose` counts.

    Photos that were not searched or are on no transect add neither ground nor animals. If an animal counts in such a
    photo, and is also in a photo of a transect, it counts there. The cells of photos follow their poses after
    registration by animals (`geo.overlaps.registration`).

    Args:
        images: N photos.
        rows: M detections.
        crs_wkt: The CRS of the survey.
        on: Which transect each photo is on.
        choose: Which rows count, and as which classes.
        class_names: Classes that get a column even without animals; other classes follow.

    Raises:
        VectorError: No photo with a place is on a transect, or their CRS has no areas.
    """
    named = np.array([name is not None for name in on.transect], bool)
    part = images.searched & named
    numbers = rows.animal_id[rows.animal_id >= 0]
    by_cells = bool((rows.counted == 0).any()) and len(np.unique(numbers)) == len(numbers)  # nobody is in two photos
    ground = [ring if is_on else None for ring, is_on in zip(images.footprints, part, strict=True)]
    once = count_once(replace(images, footprints=ground), rows, crs_wkt, "cells" if by_cells else "animals")
    if once.photos is None or once.crs_wkt is None:
        raise VectorError(
            "no photo with a place on the ground is on a transect; give the photos positions", about="position"
        )
    mask, classes = choose(replace(rows, counted=once.rows.counted) if by_cells else rows)
    photo = _photo_of(images, rows, mask, part & once.photos.placed, by_cells)
    chosen = np.flatnonzero(mask & (photo >= 0))
    table = transect_table(
        once.photos,
        [name if is_on else None for name, is_on in zip(on.transect, part, strict=True)],
        once.crs_wkt,
        stratum=[name or "" for name in on.stratum],
        image=photo[chosen],
        class_name=classes[chosen].tolist(),
    )
    left_out = int((named & ~images.searched).sum()), int(mask.sum()) - len(chosen)
    too_many = bool((rows.counted == 1).all()) and int(once.rows.counted.sum()) < len(rows)
    strips = _strips(table, (*on.warnings, *_warnings(*left_out, too_many)))
    names, counts = _counts(table, class_names)
    effort = photo_effort(once.photos, once.crs_wkt, on_transect=part)
    counted_on, code = np.full(len(rows), -1, np.int64), np.zeros(len(rows), np.int64)
    counted_on[chosen] = table.transect[photo[chosen]]
    code[chosen] = [names.index(name) for name in classes[chosen]]
    animals = np.bincount(photo[chosen], minlength=len(images))
    return PhotoStrips(strips, names, counts, on, effort, animals, table.transect, counted_on, code)


def _warnings(unsearched: int, lost: int, too_many: bool) -> Iterator[str]:
    """What the user should know.

    unsearched: photos on transects. lost: animals on no transect. too_many: an animal counts more than once.
    """
    if unsearched:
        yield f"{unsearched} photos were not searched, or not from edge to edge: their ground is left out"
    if too_many:
        yield Remark(
            "every sighting counts in this survey, although photos overlap: the estimate is too high; first let each "
            "animal count once",
            about="count_overlaps",
        )
    if lost:
        yield f"{lost} animals are in no photo of a transect, so they are left out"


def _strips(table: TransectTable, warnings: tuple[str, ...]) -> Strips:
    """The ground of the transects, in the form that an estimate reads."""
    return Strips(
        tuple(name or None for name in table.stratum),
        table.names,
        table.polygons,
        table.crs_wkt,
        table.area_km2,
        (*warnings, *table.warnings),
        table.photos.astype(np.float64),
        table.length_km,
        table.strip_width_m,
    )


def _counts(table: TransectTable, class_names: Sequence[str]) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """The C classes, first `class_names`, and the counts (K, C) of each transect."""
    names = list(dict.fromkeys([*class_names, *sorted(table.classes)]))
    counts = np.zeros((len(table.names), len(names)))
    for column, name in enumerate(table.classes):
        counts[:, names.index(name)] = table.counts[:, column]
    return tuple(names), counts


def write_effort(images: Images, found: PhotoStrips, path: StrPath) -> None:
    """Write what each photo searched as CSV, complete or not at all. Raises OutputError.

    The columns are photo, stratum, transect, area_km2, strip_width_m, along_m, animals, agl_m, gsd_m, captured_at, and
    left_out: why a photo adds nothing to a transect. Such a photo has an area of 0.
    """
    rows, effort = [], found.effort
    for row, photo in enumerate(images.path):
        height = (_metres(images.agl_m[row], 1), _metres(images.gsd_m[row], 5), images.captured_at[row] or "")
        if effort.cell[row] is None:
            rows.append((photo, "", "", "0", "", "", "0", *height, why_left_out(images, found.on, row)))
            continue
        said = (photo, found.on.stratum[row] or "", found.on.transect[row] or "", f"{effort.area_km2[row]:.9f}")
        lengths = (_metres(effort.strip_width_m[row], 1), _metres(effort.along_m[row], 1))
        rows.append((*said, *lengths, str(found.animals[row]), *height, ""))
    header = ("photo", "stratum", "transect", "area_km2", "strip_width_m", "along_m", "animals")
    write_rows(path, (*header, "agl_m", "gsd_m", "captured_at", "left_out"), rows)


def why_left_out(images: Images, on: OnTransects, row: int) -> str:
    """Why a photo adds neither ground nor animals to a transect."""
    if images.status[row] == "failed":
        return f"failed: {images.reason[row]}"
    if not images.searched[row]:
        return "not searched, or only in part"
    return on.why_none if on.transect[row] is None else "no place on the ground"


def _metres(value: float, digits: int) -> str:
    return "" if np.isnan(value) else f"{value:.{digits}f}"


def _photo_of(
    images: Images, rows: DetectionRows, mask: NDArray[np.bool_], on_transect: NDArray[np.bool_], by_cells: bool
) -> NDArray[np.int64]:
    """(M,) the photo in which each row counts; -1 if no photo of a transect shows its animal.

    It is the row's own photo. If that is on no transect, it is another photo of the same animal.

    Args:
        images: N photos.
        rows: M rows.
        mask: (M,) the rows that count.
        on_transect: (N,) the photos that are on a transect.
        by_cells: Each row counts in its own photo, or not at all.
    """
    known = {path: row for row, path in enumerate(images.path)}
    image = np.array([*(known.get(path, -1) for path in rows.paths), -1], np.int64)[rows.image]
    there = np.append(on_transect, False)[image]
    photo = np.where(there, image, -1)
    if by_cells:
        return photo
    astray = np.flatnonzero(mask & ~there & (rows.animal_id >= 0))
    if not len(astray):
        return photo
    size = np.vstack([np.column_stack([images.width, images.height]), [1, 1]])[image]
    far = np.hypot(*((rows.boxes_px[:, :2] + rows.boxes_px[:, 2:] - size) / 2).T)  # px from the middle of the photo
    others = np.flatnonzero(there & np.isin(rows.animal_id, rows.animal_id[astray]))
    others = others[np.lexsort((others, far[others]))]
    nearest: dict[int, int] = {}
    for row in others.tolist():
        nearest.setdefault(int(rows.animal_id[row]), int(image[row]))
    for row in astray.tolist():
        photo[row] = nearest.get(int(rows.animal_id[row]), -1)
    return photo


# ---- tables -----------------------------------------------------------------------------------


def _table(path: Path) -> tuple[list[str], list[list[str]]]:
    """The header, as plain names, and the rows of a CSV."""
    rows = [cells for _, cells in read_rows(path, _MOST_BYTES, "photos")]
    if not rows:
        raise VectorError(f"{path.name}: the file is empty; expected columns 'photo' and 'transect'")
    columns = [re.sub(r"[^a-z0-9]", "", cell.casefold()) for cell in rows[0]]
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(columns):
            raise VectorError(f"{path.name}: row {number} has {len(row)} values for {len(columns)} columns; correct it")
    return columns, rows[1:]


def _column(columns: Sequence[str], wanted: tuple[str, ...], path: Path, what: str) -> int:
    for name in wanted:
        if name in columns:
            return columns.index(name)
    for at, name in enumerate(columns):
        if name.endswith(wanted[:2]):  # a word for the kind of photo stands before it
            return at
    raise VectorError(f"{path.name}: no column {what!r}; its columns are {', '.join(map(repr, columns[:20]))}")


def _key(name: str) -> str:
    return name.strip().replace("\\", "/").removeprefix("./").casefold()


def _said(image: str, said: dict[str, tuple[str | None, str | None]]) -> tuple[str | None, str | None] | None:
    """What a table says about a photo. The longest of its names that the table has is used.

    These names are folders and file name, or the file name; with the ending or without it.
    """
    parts = _key(image).split("/")
    for start in range(len(parts)):
        name = "/".join(parts[start:])
        for key in (name, name.rpartition(".")[0]):
            if key in said:
                return said[key]
    return None


def _no_rows(images: Images) -> DetectionRows:
    return DetectionRows(
        paths=images.path,
        image=np.empty(0, np.int64),
        classes=(),
        label=np.empty(0, np.int64),
        score=np.empty(0, np.float32),
        boxes_px=np.empty((0, 4), np.float32),
        polygons_map=np.empty((0, 5, 2)),
    )
