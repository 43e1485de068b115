"""Reads labels from vector files: polygons, lines and points over georeferenced imagery, and DeepForest's shapefiles.

Each shape belongs to every image that holds its centre. Without a CRS, shapes are in px of the photo that the column
`image_path` names; y points up there, as GIS programs show a picture without a place, if all of them are at y < 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from detector.errors import InputError
from detector.labels.given import Given
from detector.labels.shapes import LARGEST_PX, Box, Drawn, as_number, as_share, shown
from detector.labels.written import Written
from geo import raster
from geo.errors import GeoError, VectorError, one_line
from geo.georeference import PixelsToMap, reproject
from geo.raster.image_formats import is_image

if TYPE_CHECKING:
    from geo.vector import Polygons

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
CLASS = ("label", "class", "species", "labels", "classname", "class_name", "category", "type", "name", "animal")
PHOTO = ("image_path", "photo", "image", "images", "filename", "file_name", "file")
SCORE = ("score", "scores", "confidence", "probability", "conf")
_BESIDE = "shapes that lie on no georeferenced image are left out"
ENDINGS = (".shp", ".gpkg", ".geojson", ".fgb", ".kml", ".kmz", ".gml", ".tab", ".mif", ".sqlite", ".parquet", ".dxf")


def is_vector(given: Given) -> bool:
    """Whether a file is a vector file, by its ending, or is GeoJSON by its keys."""
    if given.is_folder:
        return given.path.suffix.lower() == ".gdb"
    if given.path.suffix.lower() in ENDINGS:
        return True
    document = given.document
    return isinstance(document, dict) and document.get("type") in ("FeatureCollection", "Feature")


def vector_class_names(given: Given, columns: Mapping[str, str]) -> tuple[str, ...]:
    """The names of the classes, sorted. Raises InputError like `read_vector`."""
    read = _read(given)
    return tuple(sorted({name for name in _classes(given, read, columns) if name}))


def read_vector(given: Given, images: Path, columns: Mapping[str, str]) -> list[Written]:
    """The photos that have shapes.

    columns: the columns with the class, the photo and the score; by default the usual names. Raises InputError if no
    column has the classes, no image has a place, the file has no CRS and no photos, or a shape has no class.
    """
    read = _read(given)
    classes = _classes(given, read, columns)
    scores = _column(read, "score", SCORE, columns)
    shapes = [shape if shape is not None and not shape.is_empty else None for shape in read.geometries]
    labels: list[tuple[int, str, float]] = []
    for row, shape in enumerate(shapes):
        if shape is None:
            continue
        if not classes[row]:
            raise InputError(f"{given.path}: row {row + 1} has no class; give each animal one")
        score = scores[row] if scores is not None else None
        known = score is not None and score == score
        sure = as_share(_plain(score), f"{given.path}: row {row + 1}: its score") if known else float("nan")
        labels.append((row, classes[row], sure))
    photos = _column(read, "photo", PHOTO, columns)
    if read.crs_wkt is None or _is_local(read.crs_wkt):
        return list(_in_px(given, shapes, labels, photos))
    return list(_on_map(given, shapes, labels, photos, read.crs_wkt, images))


def _read(given: Given) -> Polygons:
    from geo.vector import read_shapes  # pyogrio's home, which no run without such labels needs to load

    try:
        return read_shapes(given.path)
    except VectorError as error:
        raise InputError(f"cannot read the labels: {error}") from error


def _is_local(wkt: str) -> bool:
    return wkt.lstrip().upper().startswith(("LOCAL_CS", "ENGCRS", "ENGINEERINGCRS"))


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _column(read: Polygons, field: str, usual: tuple[str, ...], columns: Mapping[str, str]) -> list[Any] | None:
    if field in columns:
        if columns[field] not in read.columns:
            raise InputError(
                f"there is no column {shown(columns[field])}; the file has {shown(', '.join(read.columns))}",
                about="columns",
            )
        return read.columns[columns[field]]
    by_name = {name.lower(): name for name in read.columns}
    name = next((by_name[one] for one in usual if one in by_name), None)
    return None if name is None else read.columns[name]


def _classes(given: Given, read: Polygons, columns: Mapping[str, str]) -> list[str]:
    found = _column(read, "class", CLASS, columns)
    if found is None:
        raise InputError(
            f"{given.path} has the columns {shown(', '.join(read.columns))}; expected one with the class of each "
            f"animal, such as {CLASS[0]} or {CLASS[2]}",
            about="columns",
        )
    return ["" if value is None else one_line(str(_plain(value)), 200).strip() for value in found]


def _in_px(
    given: Given, shapes: list[Any], labels: list[tuple[int, str, float]], photos: list[Any] | None
) -> Iterator[Written]:
    """Shapes without a CRS, px of the photos that a column names."""
    if photos is None:
        raise InputError(
            f"{given.path} has no CRS and no column {PHOTO[0]} with the photo of each shape; save it with its CRS",
            about="columns",
        )
    bounds = shapely.bounds(np.array([shapes[row] for row, _, _ in labels] or [None], object))
    up = bool(labels) and bool((bounds[:, 3] <= 0).all()) and bool((bounds[:, 1] < 0).any())
    for (row, name, score), (x0, y0, x1, y1) in zip(labels, bounds.tolist(), strict=False):
        if not isinstance(photos[row], str) or not photos[row]:
            raise InputError(f"{given.path}: row {row + 1} has no photo")
        corners = x0, -y1 if up else y0, x1, -y0 if up else y1
        box = _box(corners, f"{given.path}: row {row + 1}")
        yield Written(photos[row], (Drawn(box, name, False, f"row {row + 1} of {given.path.name}", score),))


def _box(corners: tuple[float, ...], where: str) -> Box:
    x0, y0, x1, y1 = (as_number(value, f"{where}: its corner") for value in corners)
    return x0, y0, x1, y1


def _on_map(
    given: Given,
    shapes: list[Any],
    labels: list[tuple[int, str, float]],
    photos: list[Any] | None,
    crs_wkt: str,
    images: Path,
) -> Iterator[Written]:
    """Shapes in a CRS, in px of each image that holds their centre. With a column of photos: of that photo only.

    Photos with a position in their tags are not georeferenced: that place is metres off, so that the ground beside an
    animal would be learnt.
    """
    placed = list(_placed(images))
    if not placed:
        raise InputError(
            f"{given.path} has places on the ground, and no image in {images} is georeferenced; the position in a "
            f"photo's tags is too coarse. Mark an orthomosaic, or name photos in {PHOTO[0]}, in px without a CRS"
        )
    corners, owner = shapely.get_coordinates(
        np.array([shapes[row] for row, _, _ in labels] or [None], object), return_index=True
    )
    starts = np.flatnonzero(np.diff(owner, prepend=-1))  # a shape without corners was left out before
    photo_of: list[Written] = []
    used = np.zeros(len(labels), bool)
    for path, info, reference in placed:
        low, high = _bounds(corners, starts, crs_wkt, reference)
        centre = (low + high) / 2
        inside = ((centre >= 0) & (centre < (info.width, info.height))).all(axis=1)  # NaN is not
        found = []
        for at in np.flatnonzero(inside).tolist():
            row, name, score = labels[at]
            if photos is not None and isinstance(photos[row], str) and Path(photos[row]).name != path.name:
                continue
            box = float(low[at, 0]), float(low[at, 1]), float(high[at, 0]), float(high[at, 1])
            used[at] = True
            found.append(Drawn(box, name, False, f"row {row + 1} of {given.path.name}", score))
        if found:
            photo_of.append(Written(path.relative_to(images).as_posix(), tuple(found), info.width, info.height))
    if labels and not used.any():
        raise InputError(
            f"{given.path}: none of its {len(labels)} shapes lies on an image in {images}; check its CRS and the folder"
        )
    beside = tuple((_BESIDE, f"row {labels[at][0] + 1} of {given.path.name}") for at in np.flatnonzero(~used).tolist())
    yield from (replace(one, odd=() if place else beside) for place, one in enumerate(photo_of))


def _bounds(corners: Floats, starts: Ints, crs_wkt: str, reference: PixelsToMap) -> tuple[Floats, Floats]:
    """The lowest and highest x, y of each shape, (K, 2), px of an image; NaN if a corner has no place there."""
    assert reference.crs_wkt is not None
    if not len(corners):
        return np.zeros((0, 2)), np.zeros((0, 2))
    at = np.full_like(corners, np.nan)
    with suppress(GeoError):
        at = reference.to_px(reproject(corners, crs_wkt, reference.crs_wkt))
    at[~(np.abs(at) < LARGEST_PX)] = np.nan
    return np.minimum.reduceat(at, starts), np.maximum.reduceat(at, starts)


def _placed(images: Path) -> Iterator[tuple[Path, raster.RasterInfo, PixelsToMap]]:
    for path in sorted(images.rglob("*")):
        if not is_image(path.name) or not path.is_file():
            continue
        with suppress(GeoError, OSError):
            info = raster.inspect(path)
            if info.georeference.crs_wkt is not None and info.georeference.kind != "none":
                yield path, info, info.georeference
