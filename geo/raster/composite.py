"""Turns the stored bands of a raster into 8-bit RGB, and says which pixels are image."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.errors import RasterError

Pixels = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Stretch = tuple[tuple[float, float], ...]

# Wide enough to cut next to nothing: the picture keeps its contrast, so that a model sees what it sees in 8 bit.
_STRETCH_PERCENT = (0.1, 99.9)


@dataclass(frozen=True)
class Composite:
    """Which stored bands make up the picture.

    indexes   1-based bands to read: one (grey or palette), three (red, green, blue), or four (CMYK inks)
    alpha     1-based band of opacity, or None
    palette   (entries, 4) uint8 RGBA for palette rasters, else None
    nodata    the value of each of `indexes` that means 'no image'; empty where not all of them have one
    dtype     numpy type that holds all of `indexes`
    """

    indexes: tuple[int, ...]
    alpha: int | None
    palette: Pixels | None
    nodata: tuple[float, ...]
    dtype: np.dtype[Any]

    @property
    def is_8_bit(self) -> bool:
        """Whether the stored values are shown as they are, without a stretch."""
        return self.dtype == np.uint8 or self.palette is not None

    def valid(self, stored: NDArray[Any]) -> Mask | None:
        """(h, w) bool from stored values (h, w, indexes), or None where nothing in them can be invalid.

        As in GDAL's dataset mask a pixel is missing only where all of its bands are nodata. NaN and infinite
        values and transparent palette entries are missing too.
        """
        valid: Mask | None = None
        if self.nodata:
            missing = np.ones(stored.shape[:2], bool)
            for band, value in enumerate(self.nodata):
                missing &= _is_nodata(stored[..., band], value)
            valid = ~missing
        if self.dtype.kind == "f":
            valid = both(valid, np.isfinite(stored).all(axis=2))
        if self.palette is not None and (self.palette[:, 3] == 0).any():
            valid = both(valid, self.palette[stored[..., 0], 3] > 0)
        return valid

    def stretch(self, samples: NDArray[Any]) -> Stretch:
        """(low, high) that become 0 and 255, the same in all bands, so that colours stay: the 0.1th and 99.9th
        percentile of the samples (N, indexes)."""
        if samples.size == 0:
            return ((0.0, 1.0),) * len(self.indexes)
        low, high = (float(value) for value in np.percentile(samples, _STRETCH_PERCENT))
        return ((low, max(high, low + 1e-6)),) * len(self.indexes)

    def rgb(self, stored: NDArray[Any], stretch: Stretch | None) -> Pixels:
        """(h, w, 3) uint8 RGB, C-contiguous, from stored values (h, w, indexes)."""
        if self.palette is not None:
            return np.ascontiguousarray(self.palette[stored[..., 0], :3])
        if stretch is not None:
            stored = _stretched(stored, stretch)
        if len(self.indexes) == 4:
            paper = 255 - stored.astype(np.uint16)
            return ((paper[..., :3] * paper[..., 3:] + 127) // 255).astype(np.uint8)
        return np.repeat(stored, 3, axis=2) if stored.shape[2] == 1 else stored


def compose(
    name: str,
    colours: Sequence[str],
    dtypes: Sequence[str],
    nodata: Sequence[float | None],
    palette: Mapping[int, tuple[int, int, int, int]] | None,
) -> Composite:
    """The composite of a raster's bands, told by each band's colour interpretation, type and nodata value.

    Red, green and blue where the bands say so, else the first three bands that are not alpha, or the first as
    grey. A fourth band is alpha only where it says so: it may be infrared. Raises `RasterError` (naming `name`)
    where there is nothing to show.
    """
    picture = [band for band, colour in enumerate(colours, 1) if colour != "alpha"]
    if not picture:
        raise RasterError(f"{name}: it has only an alpha band; expected an image with a grey or colour band")
    if list(colours[:4]) == ["cyan", "magenta", "yellow", "black"]:
        indexes = [1, 2, 3, 4]
    elif {"red", "green", "blue"} <= set(colours):
        indexes = [colours.index(colour) + 1 for colour in ("red", "green", "blue")]
    elif palette is None and len(picture) >= 3:
        indexes = picture[:3]
    else:
        indexes = picture[:1]
    dtype = np.result_type(*(np.dtype(dtypes[band - 1]) for band in indexes))
    if dtype.kind not in "uif":
        raise RasterError(f"{name}: {dtype} pixels; expected integers of 8, 16 or 32 bit or floats")
    table = None
    if palette is not None and dtype in (np.uint8, np.uint16) and len(indexes) == 1:
        table = np.zeros((np.iinfo(dtype).max + 1, 4), np.uint8)
        table[:, 3] = 255
        for index, colour in palette.items():
            if 0 <= index < len(table):
                table[index] = colour
    values = [nodata[band - 1] for band in indexes]
    known = tuple(float(value) for value in values if value is not None)
    return Composite(
        indexes=tuple(indexes),
        alpha=colours.index("alpha") + 1 if "alpha" in colours else None,
        palette=table,
        nodata=known if len(known) == len(indexes) else (),
        dtype=dtype,
    )


def _is_nodata(stored: NDArray[Any], value: float) -> Mask:
    """Where stored values are nodata as GDAL has it: floats need not be equal in their last digits, since programs
    write the lowest float with more digits or fewer."""
    if np.isnan(value):
        return np.asarray(np.isnan(stored), bool)
    if stored.dtype.kind != "f" or np.isinf(value):
        return np.asarray(stored == value)
    wide = stored.astype(np.float64)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.abs(wide - value) <= 2 * float(np.finfo(stored.dtype).eps) * np.abs(wide + value), bool)


def both(valid: Mask | None, other: Mask | None) -> Mask | None:
    """Where both masks say there is image; None stands for everywhere."""
    if valid is None or other is None:
        return other if valid is None else valid
    return valid & other


def _stretched(stored: NDArray[Any], stretch: Stretch) -> Pixels:
    out = np.empty(stored.shape, np.uint8)
    for band, (low, high) in enumerate(stretch):
        if stored.dtype == np.uint16:
            np.take(_lookup(low, high), stored[..., band], out=out[..., band])
        else:
            with np.errstate(invalid="ignore", over="ignore"):
                scaled = (stored[..., band].astype(np.float64) - low) * (255 / (high - low))
                out[..., band] = np.nan_to_num(np.clip(np.rint(scaled), 0, 255)).astype(np.uint8)
    return out


@functools.lru_cache(maxsize=16)
def _lookup(low: float, high: float) -> Pixels:
    scaled = (np.arange(65536, dtype=np.float64) - low) * (255 / (high - low))
    return np.clip(np.rint(scaled), 0, 255).astype(np.uint8)
