"""Reads the pixels of an image in bounded windows: every raster comes out as (height, width, 3) uint8 RGB.

This holds for any bands and any depth. Pixels are those stored: an EXIF orientation is not applied, so boxes in image
px fit the file. Truncated and corrupt data raise `RasterError`, and never become grey pixels.
"""

import contextlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio.enums import MaskFlags, Resampling
from rasterio.io import MemoryFile
from rasterio.windows import Window

from geo.errors import GeoreferenceError, RasterError
from geo.paths import StrPath, as_path
from geo.raster import border
from geo.raster.composite import Composite, Mask, Pixels, Stretch, both, compose
from geo.raster.formats import shown
from geo.raster.gdal import gdal, quiet
from geo.raster.header import RasterInfo, describe, opened_raster

Window4 = tuple[float, float, float, float]
MAX_WINDOW_PIXELS = 250_000_000
_SAMPLE_GRID = 8
_SAMPLE_SIDE = 128
# Of a flight: how many of its images tell the stretch, and the samples of each.
_FLIGHT_IMAGES = 24
_FLIGHT_SAMPLES = 20_000


class RasterReader:
    """Reads windows of one image as RGB. Only one thread at a time may use it: open one reader per thread.

    `info` is the header. `stretch` is the (low, high) of each of the bands that was mapped to 0..255, or None if
    the image is 8 bit and nothing is stretched. Use it as a context manager.

    stretch: (low, high) for all bands of an image that is not 8 bit; default: the image's own.

    Raises as `inspect` does.
    """

    def __init__(self, path: StrPath, stretch: tuple[float, float] | None = None) -> None:
        self.path = as_path(path).absolute()
        self._given = stretch
        self._stack = contextlib.ExitStack()
        with gdal(self.path), contextlib.ExitStack() as stack:
            opened = stack.enter_context(opened_raster(self.path, pixels=True))
            self._dataset, self.info = opened.dataset, describe(opened)
            self._composite = _composite(self._dataset, self.path)
            self._stack = stack.pop_all()

    def __enter__(self) -> "RasterReader":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Gives the handle back; closing twice is fine."""
        with gdal(self.path):
            self._stack.close()

    @property
    def stretch(self) -> Stretch | None:
        """(low, high) of each RGB band that became 0 and 255, or None where the image is 8 bit."""
        if self._composite.is_8_bit:
            return None
        if self._given is not None:
            return (self._given,) * len(self._composite.indexes)
        key = (self.path, self.info.file_size, self.info.mtime_ns)
        with _stretches_lock:
            known = _stretches.get(key)
        if known is None:
            with gdal(self.path):
                known = _measure_stretch(self._dataset, self._composite, self.info)
            with _stretches_lock:
                if len(_stretches) >= 64:
                    _stretches.clear()
                _stretches[key] = known
        return known

    def read(
        self, x: float, y: float, width: float, height: float, out_shape: tuple[int, int] | None = None
    ) -> tuple[Pixels, Mask | None]:
        """The window [x, x+width) x [y, y+height) in image px; whole numbers unless it is resampled.

        Returns (pixels, valid): pixels (h, w, 3) uint8 RGB, C-contiguous, h and w the window's or `out_shape`'s
        (area-averaged down, bilinear up); valid (h, w) bool, False where nodata, alpha 0 or a mask says there
        is no image, or None where every pixel is valid. Invalid pixels keep their stored values.

        Raises `RasterError` where the window is empty or not inside the image, has more than
        `MAX_WINDOW_PIXELS`, or the data is damaged.
        """
        info = self.info
        # The edge of a resampled window is a quotient: it may miss the image's edge by a rounding.
        right, bottom = min(x + width, info.width), min(y + height, info.height)
        if width <= 0 or height <= 0 or x < 0 or y < 0 or x + width > right + 0.01 or y + height > bottom + 0.01:
            raise RasterError(
                f"{shown(self.path)}: window {width} x {height} px at ({x}, {y}) is not inside the image of "
                f"{info.width} x {info.height} px"
            )
        if out_shape is None and not all(float(v).is_integer() for v in (x, y, width, height)):
            raise RasterError(f"{shown(self.path)}: a window of parts of pixels needs an out_shape")
        shape = (int(height), int(width)) if out_shape is None else out_shape
        if min(shape) < 1 or max(shape[0] * shape[1], 1) > MAX_WINDOW_PIXELS:
            raise RasterError(
                f"{shown(self.path)}: window of {shape[1]} x {shape[0]} px; at most {MAX_WINDOW_PIXELS} px at once"
            )
        at, stretch = (x, y, right - x, bottom - y), self.stretch
        resampling = Resampling.nearest
        if shape != (height, width) and self._composite.palette is None:
            resampling = Resampling.average if shape[0] * shape[1] < width * height else Resampling.bilinear
        with gdal(self.path):
            raw = _stored(self._dataset, self._composite, at, shape, resampling)
            known = raw if resampling == Resampling.nearest else None
            valid = _valid(self._dataset, self._composite, at, shape, known)
        return self._composite.rgb(raw, stretch), valid


def read_preview(path: StrPath, max_side: int) -> Pixels:
    """The whole image scaled so that its longer side is at most `max_side` px: (h, w, 3) uint8 RGB."""
    with RasterReader(path) as reader:
        width, height = reader.info.width, reader.info.height
        scale = min(1.0, max_side / max(width, height))
        shape = (max(1, round(height * scale)), max(1, round(width * scale)))
        return reader.read(0, 0, width, height, shape)[0]


def resampled(pixels: Pixels, shape: tuple[int, int]) -> Pixels:
    """(H, W, 3) uint8 RGB in another size (rows, columns), as `RasterReader.read` resamples a file."""
    height, width = pixels.shape[:2]
    way = Resampling.average if shape[0] * shape[1] < width * height else Resampling.bilinear
    profile = {"driver": "GTiff", "width": width, "height": height, "count": 3, "dtype": "uint8"}
    with gdal(Path("pixels")), quiet(), MemoryFile() as memory:
        with memory.open(**profile) as file:
            file.write(pixels.transpose(2, 0, 1))
        with memory.open() as file:
            return np.ascontiguousarray(file.read(out_shape=(3, *shape), resampling=way).transpose(1, 2, 0))


def read_band(
    path: StrPath, window: Window4, band: int = 1, out_shape: tuple[int, int] | None = None
) -> tuple[NDArray[np.float32], Mask]:
    """One band's own values in a window (x, y, width, height) of image px, as elevation models need them.

    Returns (values, valid), both (height, width) or `out_shape` (then the nearest pixels): values float32 with the
    file's scale and offset applied, valid False where nodata, masked or not finite. Raises as `RasterReader.read`.
    """
    path = as_path(path).absolute()
    x, y, width, height = window
    shape = (height, width) if out_shape is None else out_shape
    with gdal(path), opened_raster(path, elevation=True) as opened:
        dataset = opened.dataset
        inside = x >= 0 and y >= 0 and x + width <= dataset.width and y + height <= dataset.height
        if min(width, height, *shape) < 1 or not inside or not 1 <= band <= dataset.count:
            raise RasterError(
                f"{shown(path)}: window {width} x {height} px at ({x}, {y}) of band {band} is not inside the raster of "
                f"{dataset.width} x {dataset.height} px and {dataset.count} bands"
            )
        if shape[0] * shape[1] > MAX_WINDOW_PIXELS:
            raise RasterError(f"{shown(path)}: {shape[1]} x {shape[0]} px; at most {MAX_WINDOW_PIXELS} px at once")
        at = Window(x, y, width, height)
        raw = dataset.read(band, window=at, out_shape=shape, masked=True)
        values = np.asarray(raw.data, np.float32)
        valid = ~np.ma.getmaskarray(raw) & np.isfinite(values)
        scale, offset = dataset.scales[band - 1], dataset.offsets[band - 1]
    if (scale, offset) != (1.0, 0.0):
        values = values * np.float32(scale) + np.float32(offset)
    return values, valid


def _composite(dataset: Any, path: Path) -> Composite:
    colours = [colour.name for colour in dataset.colorinterp]
    palette = dataset.colormap(1) if colours[0] == "palette" else None
    flags = dataset.mask_flag_enums
    nodata = [v if MaskFlags.nodata in f else None for v, f in zip(dataset.nodatavals, flags, strict=True)]
    return compose(shown(path), colours, dataset.dtypes, nodata, palette)


def _stored(
    dataset: Any, composite: Composite, at: Window4, shape: tuple[int, int], resampling: Resampling
) -> NDArray[Any]:
    """Stored values of one window as (h, w, composite.indexes)."""
    raw = np.empty((*shape, len(composite.indexes)), composite.dtype)
    # Directly into interleaved memory: GDAL's JPEG driver has a fast path for it, and no copy is needed.
    dataset.read(list(composite.indexes), window=Window(*at), out=raw.transpose(2, 0, 1), resampling=resampling)
    return raw


def _valid(
    dataset: Any, composite: Composite, at: Window4, shape: tuple[int, int], raw: NDArray[Any] | None
) -> Mask | None:
    """(h, w) where there is image, or None where that is everywhere; `raw` saves reading undecimated values anew."""
    window = Window(*at)
    if raw is None and (composite.nodata or composite.palette is not None or composite.dtype.kind == "f"):
        # An averaged nodata value is no longer the nodata value: ask the stored pixels.
        raw = _stored(dataset, composite, at, shape, Resampling.nearest)
    valid = None if raw is None else composite.valid(raw)
    if composite.alpha is not None:
        valid = both(valid, dataset.read(composite.alpha, window=window, out_shape=shape) > 0)
    flags = dataset.mask_flag_enums[composite.indexes[0] - 1]
    if MaskFlags.per_dataset in flags and MaskFlags.alpha not in flags:
        valid = both(valid, dataset.read_masks(composite.indexes[0], window=window, out_shape=shape) > 0)
    return None if valid is None or valid.all() else valid


_stretches: dict[tuple[Path, int, int], Stretch] = {}
_stretches_lock = threading.Lock()


@dataclass(frozen=True, eq=False)
class Sample:
    """Stored values (N, bands of the picture) from all over an image that is not 8 bit, and how they are shown."""

    values: NDArray[Any]
    composite: Composite


def sample(path: StrPath) -> Sample:
    """The values of one image by which a flight is stretched; those of camera RAW are developed at half the size, which
    is faster.

    Raises as `RasterReader.read`.
    """
    path = as_path(path).absolute()
    with gdal(path), opened_raster(path, pixels=True, quick=True) as opened:
        composite = _composite(opened.dataset, path)
        found = _samples(opened.dataset, composite, describe(opened))
    return Sample(found[:: max(1, len(found) // _FLIGHT_SAMPLES)], composite)


def sampled_of(count: int) -> list[int]:
    """Which of `count` images of a flight are sampled: up to 24, spread evenly."""
    return list(map(int, np.unique(np.linspace(0, count - 1, min(count, _FLIGHT_IMAGES)).astype(int))))


def stretch_of(samples: Sequence[Sample]) -> tuple[float, float] | None:
    """One (low, high) for images of one flight that are not 8 bit, so that one brightness is one grey in all of them.

    None where there is nothing to measure.
    """
    if not sum(one.values.size for one in samples):
        return None
    return samples[-1].composite.stretch(np.concatenate([one.values.reshape(-1) for one in samples]))[0]


def common_stretch(paths: Sequence[StrPath]) -> tuple[float, float] | None:
    """As `stretch_of`, from samples of these images. None where none of those can be read; then each image fails when
    it is searched.
    """
    samples = []
    for index in sampled_of(len(paths)):
        with contextlib.suppress(RasterError, GeoreferenceError, OSError):
            samples.append(sample(paths[index]))
    return stretch_of(samples)


def _measure_stretch(dataset: Any, composite: Composite, info: RasterInfo) -> Stretch:
    """One stretch for the whole raster. It depends only on the file, so every reader stretches alike."""
    return composite.stretch(_samples(dataset, composite, info))


def undeclared_border(path: StrPath) -> border.Border | None:
    """The border of a raster that is no image although the file does not say so (`geo.raster.border`); None for none.

    It is looked for at the corners and sides, and measured in some rows. Raises as `RasterReader`.
    """
    with RasterReader(path) as reader, gdal(reader.path):
        dataset, composite = reader._dataset, reader._composite
        if _is_declared(dataset) or composite.palette is not None:
            return None
        edges = _edges(dataset, composite)
        samples = np.zeros((0, len(composite.indexes)), composite.dtype)
        if composite.dtype != np.uint8:
            samples = _everywhere(dataset, composite, reader.info)
        value = border.value_of(edges, samples)
        if value is None:
            return None
        width, height = dataset.width, dataset.height
        chosen = np.unique(np.linspace(0, height - 1, min(height, border.ROWS)).astype(int)).tolist()
        read = (_stored(dataset, composite, (0, y, width, 1), (1, width), Resampling.nearest)[0] for y in chosen)
        return border.measured(value, read)


def _is_declared(dataset: Any) -> bool:
    """Whether the file itself says which of its pixels are no image."""
    return any(MaskFlags.all_valid not in flags for flags in dataset.mask_flag_enums)


def _edges(dataset: Any, composite: Composite) -> list[NDArray[Any]]:
    """Stored values (h, w, indexes) in the four corners of a raster and in the middle of its four sides."""
    w, h = min(border.EDGE_PX, dataset.width), min(border.EDGE_PX, dataset.height)
    right, bottom = dataset.width - w, dataset.height - h
    places = [
        (x, y) for y in (0, bottom // 2, bottom) for x in (0, right // 2, right) if (x, y) != (right // 2, bottom // 2)
    ]
    return [_stored(dataset, composite, (x, y, w, h), (h, w), Resampling.nearest) for x, y in places]


def _samples(dataset: Any, composite: Composite, info: RasterInfo) -> NDArray[Any]:
    """Stored values (N, indexes) from all over a raster, without what is no image, declared or not."""
    found = _everywhere(dataset, composite, info)
    return found if _is_declared(dataset) else border.without(found, border.value_of(_edges(dataset, composite), found))


def _everywhere(dataset: Any, composite: Composite, info: RasterInfo) -> NDArray[Any]:
    """Stored values (N, indexes) from all over a raster, without what the file says is no image.

    From the smallest overview that still has 256 px, otherwise from a fixed 8 x 8 grid of small windows.
    """
    width, height = dataset.width, dataset.height
    factors = [factor for factor in info.overviews if max(width, height) / factor >= 256]
    if factors or max(width, height) <= 1024:
        factor = factors[-1] if factors else 1
        windows = [((0, 0, width, height), (max(1, height // factor), max(1, width // factor)))]
    else:
        w, h = min(_SAMPLE_SIDE, width), min(_SAMPLE_SIDE, height)
        lefts = sorted({round(x) for x in np.linspace(0, width - w, _SAMPLE_GRID)})
        tops = sorted({round(y) for y in np.linspace(0, height - h, _SAMPLE_GRID)})
        windows = [((x, y, w, h), (h, w)) for y in tops for x in lefts]
    samples = []
    for at, shape in windows:
        raw = _stored(dataset, composite, at, shape, Resampling.nearest)
        valid = _valid(dataset, composite, at, shape, raw)
        samples.append(raw.reshape(-1, raw.shape[2]) if valid is None else raw[valid])
    return np.concatenate(samples)
