"""Chooses the tiles of images from which a light head learns: those with animals, or that people searched."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detector.errors import InputError
from detector.models import light_fit
from detector.search.tiles import TileGrid
from geo import raster
from geo.errors import GeoError

_MOST_TILES = 60  # that are learnt from: more takes longer and tells little
_TILE_STEP = 16  # px
_OVERLAP = 2.5  # of tiles, in lengths of an animal
Boxes = NDArray[np.float64]


@dataclass(frozen=True)
class TileScale:
    """How animals of one length are looked at.

    Attributes:
        zoom: By how much tiles are enlarged before the network sees them.
        tile_size: The side of a tile, px.
        overlap: Of two tiles, px.
    """

    zoom: float
    tile_size: int
    overlap: int

    @classmethod
    def of(cls, length_px: float) -> "TileScale":
        """Of animals of this length, px."""
        zoom = float(np.clip(light_fit.LENGTH_PX / length_px, 1 / 32, 4))
        tile = int(np.clip(_TILE_STEP * round(light_fit.TILE_PX / zoom / _TILE_STEP), 64, 8192))
        return cls(zoom, tile, int(min(tile // 2, np.ceil(_OVERLAP * length_px))))


@dataclass(frozen=True, eq=False)
class ToldImage:
    """What people said of an image. All boxes are float64 xyxy, image px.

    Attributes:
        path: The file of its pixels.
        size: Its width and height, px.
        boxes_px: (N, 4) of the animals that are learnt.
        labels: (N,) int64, their classes.
        rejected_px: (R, 4): what was taken for an animal and is none.
        ignored_px: (M, 4): what nobody has decided, and animals that are not learnt.
        searched_px: (K, 4): ground on which all animals are marked.
        stretch: The stored values that become 0 and 255; None if the image is 8 bit, or for its own.
    """

    path: Path
    size: tuple[int, int]
    boxes_px: Boxes
    labels: NDArray[np.int64]
    rejected_px: Boxes
    ignored_px: Boxes
    searched_px: Boxes
    stretch: tuple[float, float] | None = None


def examples_of(images: Sequence[ToldImage], scale: TileScale) -> Iterator[light_fit.Example]:
    """The tiles to learn from: those with animals or with rejected detections, the richest first, and searched ones.

    Each is read when it is its turn: tiles of large animals take 200 MB. Raises InputError if an image cannot be read.
    """
    candidates: list[tuple[int, ToldImage, list[int]]] = []
    for image in images:
        said = np.concatenate([image.boxes_px, image.rejected_px])
        if not len(said) + len(image.searched_px):
            continue
        for tile in TileGrid(*image.size, scale.tile_size, scale.overlap).boxes.tolist():
            inside = int(_meet(said, tile).sum())
            if inside or _meet(image.searched_px, tile).any():
                candidates.append((inside, image, tile))
    candidates.sort(key=lambda one: -one[0])
    animals = [one for one in candidates if one[0]][: _MOST_TILES * 3 // 4]
    ground = [one for one in candidates if not one[0]][: _MOST_TILES - len(animals)]
    for _, image, tile in (*animals, *ground):
        yield _example(image, tile)


def _example(image: ToldImage, tile: list[int]) -> light_fit.Example:
    corner = np.array([*tile[:2]] * 2, float)
    own, wrong, undecided = (_meet(boxes, tile) for boxes in (image.boxes_px, image.rejected_px, image.ignored_px))
    return light_fit.Example(
        _pixels(image, tile),
        image.boxes_px[own] - corner,
        image.labels[own],
        np.concatenate([image.searched_px, image.rejected_px[wrong]]) - corner,
        image.ignored_px[undecided] - corner,
    )


def _pixels(image: ToldImage, tile: list[int]) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 RGB, as a search shows them to a model."""
    x0, y0, x1, y1 = tile
    try:
        with raster.RasterReader(image.path, image.stretch) as reader:
            return reader.read(x0, y0, x1 - x0, y1 - y0)[0]
    except (GeoError, OSError) as error:
        raise InputError(f"{image.path.name}: it cannot be read to learn from it: {error}") from error


def _meet(boxes: Boxes, tile: Sequence[float]) -> NDArray[np.bool_]:
    """(N,) which boxes reach into a tile."""
    return np.asarray(((boxes[:, :2] < tile[2:]) & (boxes[:, 2:] > tile[:2])).all(axis=1), bool)
