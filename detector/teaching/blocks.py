"""Cuts the taught parts of orthomosaics out, as pictures of the size of a photo.

An orthomosaic may be larger than memory, and one is all there is: so its parts are learnt from and held out as photos
are. They are written at the ground sample distance of the model, as a search resamples the orthomosaic.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from detector.search.tiles import TileGrid
from detector.survey.planning import scale_of
from detector.teaching.told import Told
from geo import raster
from geo.output import whole
from geo.paths import StrPath, as_path

SIDE_PX = 1600
MOST = 60
"""Blocks of an orthomosaic with animals, and as many without."""
LARGEST_PHOTO = 80_000_000  # px


def is_cut(info: raster.RasterInfo) -> bool:
    """Whether an image is cut into blocks: an orthomosaic, or a photo that is too large to be read whole."""
    return info.gsd_m is not None or info.width * info.height > LARGEST_PHOTO


def blocks_of(told: Told, info: raster.RasterInfo, gsd_m: float | None, into: StrPath) -> tuple[list[Told], str | None]:
    """The taught parts of an image, each with a picture in the folder `into`; and a remark if some are left out.

    gsd_m: of the model; None if unknown.
    """
    folder, (scale, _) = as_path(into), scale_of(info.gsd_m, gsd_m)
    side = max(64, round(SIDE_PX / scale))
    tiles = TileGrid(info.width, info.height, side, 0).boxes
    middles = np.concatenate([told.boxes_px, told.rejected_px])
    middles = (middles[:, :2] + middles[:, 2:]) / 2
    some = [tile for tile in tiles if _within(middles, tile).any()]
    rest = [tile for tile in tiles if not _within(middles, tile).any() and _touched(told.known_px, tile)]
    rest = [rest[i] for i in np.random.default_rng(0).permutation(len(rest))]
    chosen = [*some[:MOST], *rest[: max(MOST // 4, min(MOST, len(some)))]]
    folder.mkdir(parents=True, exist_ok=True)
    left = len(some) + len(rest) - len(chosen)
    remark = f"{told.path.name}: {left} of {left + len(chosen)} searched blocks are left out" if left else None
    return [_block(told, tile, scale, folder) for tile in chosen], remark


def _within(places: NDArray[np.float64], tile: NDArray[np.int64]) -> NDArray[np.bool_]:
    return np.asarray(((places >= tile[:2]) & (places < tile[2:])).all(axis=1), bool)


def _touched(known: NDArray[np.float64] | None, tile: NDArray[np.int64]) -> bool:
    if known is None:
        return True
    return bool(((known[:, :2] < tile[2:]) & (known[:, 2:] > tile[:2])).all(axis=1).any())


def _block(told: Told, tile: NDArray[np.int64], scale: float, folder: Path) -> Told:
    x0, y0, x1, y1 = tile.tolist()
    identity = hashlib.blake2b(f"{told.identity} {x0} {y0} {scale}".encode(), digest_size=8).hexdigest()
    path = folder / f"{identity}.png"
    if not path.is_file():
        shape = (max(1, round((y1 - y0) * scale)), max(1, round((x1 - x0) * scale)))
        with raster.RasterReader(told.path, told.stretch) as reader:
            pixels, _ = reader.read(x0, y0, x1 - x0, y1 - y0, shape)
        with whole(path) as part, part.open("wb") as file:
            Image.fromarray(pixels).save(file, "PNG", compress_level=1)

    def here(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
        moved: NDArray[np.float64] = (boxes - np.array([x0, y0, x0, y0])) * scale
        return moved

    middles = (told.boxes_px[:, :2] + told.boxes_px[:, 2:]) / 2
    own = _within(middles, tile)
    # An animal of the next block that reaches into this one is neither an animal nor ground here.
    reach = ~own & ((told.boxes_px[:, :2] < [x1, y1]) & (told.boxes_px[:, 2:] > [x0, y0])).all(axis=1)
    rejected = told.rejected_px[_within((told.rejected_px[:, :2] + told.rejected_px[:, 2:]) / 2, tile)]
    return replace(
        told,
        path=path,
        stretch=None,
        identity=identity,
        names=tuple(name for name, kept in zip(told.names, own.tolist(), strict=True) if kept),
        boxes_px=here(told.boxes_px[own]),
        point=told.point[own],
        rejected_px=here(rejected),
        ignored_px=here(np.concatenate([told.ignored_px, told.boxes_px[reach]])),
        known_px=None if told.known_px is None else here(told.known_px),
    )


def common_gsd(infos: Sequence[raster.RasterInfo]) -> float | None:
    """The median ground sample distance of orthomosaics, metres a pixel; None if there is none."""
    known = [info.gsd_m for info in infos if info.gsd_m is not None]
    return float(np.median(known)) if known else None
