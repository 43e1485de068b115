"""Reads labels from vector files: polygons, lines and points over imagery with a place, and DeepForest's shapefiles.

Without a CRS, shapes are in px of the photo that the column `image_path` names. There y points up, as GIS programs show
a picture without a place, if all of them are at y < 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from detector.errors import InputError
from detector.labels.given import Given
from detector.labels.map_shapes import MapShapes, PlacedImage
from detector.labels.shapes import Box, Drawn, as_number, as_share, shown
from detector.labels.written import Written
from geo import raster
from geo.errors import GeoError, one_line
from geo.raster.image_formats import is_image

if TYPE_CHECKING:
    from geo.vector import Polygons

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
CLASS = ("label", "class", "species", "labels", "classname", "class_name", "category", "type", "name", "animal")
PHOTO = ("image_path", "photo", "image", "images", "filename", "file_name", "file")
SCORE = ("score", "scores", "confidence", "probability", "conf")
_BESIDE = "shapes that lie on no image are left out"
_BY_POSE = "shapes on photos that a camera's pose places: in the photos they are as far off as the pose, often metres"
ENDINGS = (".shp", ".gpkg", ".geojson", ".fgb", ".kml", ".kmz", ".gml", ".tab", ".mif", ".sqlite", ".parquet", ".dxf")


def is_vector(given: Given) -> bool:
    """Whether a file is a vector file, by its ending, or is GeoJSON by its keys."""
    if given.is_folder:
        return given.path.suffix.lower() == ".gdb"
    if given.path.suffix.lower() in ENDINGS:
        return True
    document = given.document
    return isinstance(document, dict) and document.get("type") in ("FeatureCollection", "Feature")


def lies_on_map(given: Given) -> bool:
    """Whether the shapes of a vector file are in a CRS of the earth."""
    return is_vector(given) and given.shapes.crs_wkt is not None and not _is_local(given.shapes.crs_wkt)


def vector_class_names(given: Given, columns: Mapping[str, str]) -> tuple[str, ...]:
    """The names of the classes, sorted. Raises InputError like `read_vector`."""
    return tuple(sorted({name for name in _classes(given, given.shapes, columns) if name}))


def read_vector(
    given: Given, images: Path, columns: Mapping[str, str], placed: Iterable[PlacedImage] | None = None
) -> list[Written]:
    """The photos that have shapes.

    A shape on the map belongs to every image that holds its centre.

    Args:
        given: The file.
        images: The folder of the images.
        columns: The columns with the class, the photo and the score; by default the usual names.
        placed: The images with a place; by default the georeferenced ones in the folder. Photos with a position in
            their tags are not among those: that place is metres off, so that the ground beside an animal would be
            learnt.

    Raises InputError if no column has the classes, no image has a place, the file has no CRS and no photos, or a shape
    has no class.
    """
    read = given.shapes
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
    if not lies_on_map(given):
        return list(_in_px(given, shapes, labels, photos))
    there = list(_georeferenced(images) if placed is None else placed)
    if not there:
        raise _nowhere(given, images, placed is None)
    assert read.crs_wkt is not None
    named = [photos[row] if photos is not None else None for row, _, _ in labels]
    on_map = MapShapes.of([shapes[row] for row, _, _ in labels], read.crs_wkt)
    return _on_images(given, images, labels, named, [(image, on_map.on(image)) for image in there])


def _nowhere(given: Given, images: Path, georeferenced: bool) -> InputError:
    if georeferenced:
        return InputError(
            f"{given.path} has places on the ground, and no image in {images} is georeferenced; the position in a "
            f"photo's tags is too coarse. Mark an orthomosaic, or name photos in {PHOTO[0]}, in px without a CRS"
        )
    return InputError(
        f"{given.path} has places on the ground, and no image in {images} has a place: none is georeferenced, and none "
        "is a photo with a position and a height",
        about="position",
    )


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
        yield Written(photos[row], (Drawn(box, name, False, _which(given, (row, name, score)), score),))


def _box(corners: tuple[float, ...], where: str) -> Box:
    x0, y0, x1, y1 = (as_number(value, f"{where}: its corner") for value in corners)
    return x0, y0, x1, y1


def _on_images(
    given: Given,
    images: Path,
    labels: list[tuple[int, str, float]],
    named: list[Any],
    found: list[tuple[PlacedImage, dict[int, Box]]],
) -> list[Written]:
    """The images with shapes. named: the photo that each label names; then it is on no other.

    Raises InputError if there are shapes, and all of them are beside the images.
    """
    photos: list[Written] = []
    used: set[int] = set()
    by_pose: dict[int, None] = {}
    for image, boxes in found:
        own = PurePath(image.name).name
        kept = {at: box for at, box in boxes.items() if not isinstance(named[at], str) or _file(named[at]) == own}
        drawn = [Drawn(box, labels[at][1], False, _which(given, labels[at]), labels[at][2]) for at, box in kept.items()]
        if drawn:
            photos.append(Written(image.name, tuple(drawn), image.width, image.height, turns=frozenset()))
        used |= set(kept)
        by_pose |= dict.fromkeys(kept if image.posed else ())
    if labels and not photos:
        raise InputError(
            f"{given.path}: none of its {len(labels)} shapes lies on an image in {images}; check its CRS and the folder"
        )
    odd = [(_BY_POSE, _which(given, labels[at])) for at in by_pose]
    odd += [(_BESIDE, _which(given, label)) for at, label in enumerate(labels) if at not in used]
    return [replace(one, odd=() if place else tuple(odd)) for place, one in enumerate(photos)]


def _file(name: str) -> str:
    return PurePath(name.replace("\\", "/")).name


def _which(given: Given, label: tuple[int, str, float]) -> str:
    return f"row {label[0] + 1} of {given.path.name}"


def _georeferenced(images: Path) -> Iterator[PlacedImage]:
    for path in sorted(images.rglob("*")):
        if not is_image(path.name) or not path.is_file():
            continue
        with suppress(GeoError, OSError):
            info = raster.inspect(path)
            if info.georeference.crs_wkt is not None and info.georeference.kind != "none":
                yield PlacedImage(path.relative_to(images).as_posix(), info.width, info.height, info.georeference)
