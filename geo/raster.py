"""Images in and out: the one home of rasterio (GDAL).

Reading is header first (`inspect`), then windowed and bounded (`RasterReader`): every raster comes out as
(height, width, 3) uint8 RGB whatever its bands and depth. Pixels are the stored ones: an EXIF orientation is not
applied, so that boxes in image px fit the file. Truncated and corrupt data raise `RasterError`, never grey pixels.

GDAL's block cache is held at 64 MB (GDAL_CACHEMAX in the environment overrides it), network access and code in
VRTs are off.
"""

import contextlib
import logging
import os
import re
import secrets
import threading
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio._err import CPLE_BaseError
from rasterio.enums import MaskFlags, Resampling
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.io import MemoryFile
from rasterio.session import DummySession
from rasterio.windows import Window

from geo import exif, formats, georeference, rpc, xmp
from geo.composite import Composite, Mask, Pixels, Stretch, both, compose
from geo.errors import GeoError, GeoreferenceError, OutputError, RasterError
from geo.exif import GPSPosition
from geo.formats import shown
from geo.georeference import Georeference, Transform

Window4 = tuple[float, float, float, float]

MAX_PIXELS = 100_000_000_000
MAX_PIXELS_DECODED_WHOLE = 2_000_000_000
MAX_SIDE = 2_000_000
MAX_BANDS = 4096
MAX_WINDOW_PIXELS = 250_000_000
MAX_BLOCK_BYTES = 1 << 30

_SAMPLE_GRID = 8
_SAMPLE_SIDE = 128
_WORLD_FILE_SUFFIXES = frozenset({".wld", ".tfw", ".tifw", ".tiffw", ".jgw", ".jpgw", ".jpegw", ".pgw", ".pngw"})
_WORLD_FILE_SUFFIXES |= {".j2w", ".jp2w", ".wpw", ".webpw", ".blw", ".tfwx", ".jgwx", ".pgwx"}
_SLOW_STRIP_BYTES = 16 << 20

_CACHE_MB = 64
_OPTIONS: dict[str, Any] = {
    # Sidecars (.jgw, .msk, .ovr, .aux.xml) are found by name; a folder of 100,000 photos is not listed for each.
    "GDAL_DISABLE_READDIR_ON_OPEN": "TRUE",
    "GDAL_VRT_ENABLE_PYTHON": "NO",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "{noexist}",  # no file name may reach the network
    "GDAL_PNG_WHOLE_IMAGE_OPTIM": "NO",  # its fast path returns black, and no error, for a PNG cut off
}

# Without a handler, Python prints GDAL's complaints on stderr; they reach the caller in RasterError.
logging.getLogger("rasterio").addHandler(logging.NullHandler())
_gdal_log = logging.getLogger("rasterio._env")
# warnings.catch_warnings swaps a process-wide list: one thread at a time.
_warnings_lock = threading.Lock()


@dataclass(frozen=True)
class RasterInfo:
    """What an image's header says.

    path            as given, absolute
    driver          GDAL's name of the format
    width, height   px
    bands, dtype    bands in the file and numpy's name of their type (of the first one)
    georeference    px <-> map; kind 'none' where the image has no position
    gsd_m           metres per px at the centre, or None where unknown
    sequential      windows out of order cost a new decode from the top: read the whole or top to bottom
    tiled           stored in tiles rather than full-width strips
    block_shape     (height, width) px of one stored block: windows that fit it are the cheapest
    overviews       decimation factors stored in the file, ascending
    compression     GDAL's name, or None
    file_size       bytes; mtime_ns: when it was last written
    captured_at     ISO 8601 from EXIF, or None
    gps             the camera's position from EXIF, or None
    exif            EXIF tags by name, bounded
    xmp             the XMP packet's XML as it is in the file, without its padding; None where there is none or it has
                    more than 64 kB. Parse it with `geo.xmp`
    """

    path: Path
    driver: str
    width: int
    height: int
    bands: int
    dtype: str
    georeference: Georeference
    gsd_m: float | None
    sequential: bool
    tiled: bool
    block_shape: tuple[int, int]
    overviews: tuple[int, ...]
    compression: str | None
    file_size: int
    mtime_ns: int
    captured_at: str | None = None
    gps: GPSPosition | None = None
    exif: Mapping[str, str] = field(default_factory=dict)
    xmp: str | None = None


def inspect(path: str | os.PathLike[str]) -> RasterInfo:
    """An image's header, read without its pixels.

    Raises `RasterError` where it is missing, no image of the formats read, damaged, or over the size bounds, and
    `GeoreferenceError` where its position cannot be used.
    """
    path = Path(path).absolute()
    with _gdal(path), _opened(path) as opened:
        return _describe(opened)


class RasterReader:
    """Windows of one image as RGB. One handle, one thread at a time: open one reader a thread.

    `info` is the header; `stretch` the (low, high) of each of the three bands that was mapped to 0..255, or
    None where the image is 8 bit and nothing is stretched. Use it as a context manager.

    Raises as `inspect` does.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path).absolute()
        self._stack = contextlib.ExitStack()
        with _gdal(self.path), contextlib.ExitStack() as stack:
            opened = stack.enter_context(_opened(self.path))
            self._dataset, self.info = opened.dataset, _describe(opened)
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
        with _gdal(self.path):
            self._stack.close()

    @property
    def stretch(self) -> Stretch | None:
        """(low, high) of each RGB band that became 0 and 255, or None where the image is 8 bit."""
        if self._composite.is_8_bit:
            return None
        key = (self.path, self.info.file_size, self.info.mtime_ns)
        with _stretches_lock:
            known = _stretches.get(key)
        if known is None:
            with _gdal(self.path):
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
        with _gdal(self.path):
            raw = _stored(self._dataset, self._composite, at, shape, resampling)
            known = raw if resampling == Resampling.nearest else None
            valid = _valid(self._dataset, self._composite, at, shape, known)
        return self._composite.rgb(raw, stretch), valid


def read_preview(path: str | os.PathLike[str], max_side: int) -> Pixels:
    """The whole image scaled so that its longer side is at most `max_side` px: (h, w, 3) uint8 RGB."""
    with RasterReader(path) as reader:
        width, height = reader.info.width, reader.info.height
        scale = min(1.0, max_side / max(width, height))
        shape = (max(1, round(height * scale)), max(1, round(width * scale)))
        return reader.read(0, 0, width, height, shape)[0]


def read_band(
    path: str | os.PathLike[str], window: Window4, band: int = 1, out_shape: tuple[int, int] | None = None
) -> tuple[NDArray[np.float32], Mask]:
    """One band's own values in a window (x, y, width, height) of image px, as heights and other measures need them.

    Returns (values, valid), both (height, width) or `out_shape` (then the nearest pixels): values float32 with the
    file's scale and offset applied, valid False where nodata, masked or not finite. Raises as `RasterReader.read`.
    """
    path = Path(path).absolute()
    x, y, width, height = window
    shape = (height, width) if out_shape is None else out_shape
    with _gdal(path), _opened(path) as opened:
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


def write_geotiff(
    path: str | os.PathLike[str],
    rows: Iterable[Pixels],
    width: int,
    height: int,
    transform: Transform | None = None,
    crs_wkt: str | None = None,
    *,
    compress: str = "jpeg",
    quality: int = 90,
    overviews: bool = True,
    tags: Mapping[str, str] | None = None,
) -> None:
    """Writes an RGB GeoTIFF from bands of rows, top to bottom, without ever holding the whole image.

    `rows` are (h, width, 3) uint8 arrays of any heights that add up to `height`. Stored in 512 px tiles with
    `compress` 'jpeg' (at `quality`) or 'deflate' (lossless). The file appears whole or not at all.

    Raises `OutputError` where it cannot be written, `RasterError` where the rows do not make up the image.
    """
    path = Path(path).absolute()
    if compress not in ("jpeg", "deflate"):
        raise RasterError(f"compress={compress!r}; expected 'jpeg' or 'deflate'")
    profile: dict[str, Any] = {
        "driver": "GTiff", "width": width, "height": height, "count": 3, "dtype": "uint8", "tiled": True,
        "blockxsize": 512, "blockysize": 512, "interleave": "pixel", "BIGTIFF": "IF_SAFER", "compress": compress,
        "photometric": "YCBCR" if compress == "jpeg" else "RGB",
    }  # fmt: skip
    profile.update({"JPEG_QUALITY": quality} if compress == "jpeg" else {"predictor": 2, "zlevel": 6})
    if transform is not None:
        profile["transform"] = rasterio.Affine(*georeference.checked_transform(transform))
    if crs_wkt is not None:
        profile["crs"] = rasterio.CRS.from_wkt(georeference.crs_to_wkt(crs_wkt))
    options = {"COMPRESS_OVERVIEW": compress.upper(), "JPEG_QUALITY_OVERVIEW": str(quality)}
    if compress == "jpeg":
        options |= {"PHOTOMETRIC_OVERVIEW": "YCBCR", "INTERLEAVE_OVERVIEW": "PIXEL"}
    with _appearing(path) as partial, _gdal(path, OutputError, **options):
        with _quiet():
            dataset = rasterio.open(partial, "w", **profile)
        with dataset:
            if tags:
                dataset.update_tags(**tags)
            y = 0
            for block in _blocks(rows, width, height, 512):
                window = Window(0, y, width, len(block))
                dataset.write(block.transpose(2, 0, 1), window=window)
                y += len(block)
        factors = [2**n for n in range(1, 20) if max(width, height) / 2 ** (n - 1) > 512]
        if overviews and factors:
            with _quiet(), rasterio.open(partial, "r+") as dataset:
                dataset.build_overviews(factors, Resampling.average)
        _check_written(partial, width, height)


def encode_jpegs(pictures: Sequence[Pixels], quality: int = 90) -> list[bytes]:
    """(h, w, 3) uint8 RGB pictures as JPEG files' bytes; many of one size are cheap where it is a multiple of 16."""
    of_shape: dict[tuple[int, ...], list[int]] = {}
    for i, pixels in enumerate(pictures):
        of_shape.setdefault(pixels.shape, []).append(i)
    encoded = [b""] * len(pictures)
    with _gdal(Path("a JPEG in memory"), RasterError), _quiet():
        for (height, width, *_), of in of_shape.items():
            if height % 16 or width % 16:
                files = [_encode_jpeg(pictures[i], quality, {}) for i in of]
            else:
                files = _encode_as_tiles([pictures[i] for i in of], quality)
            for i, file in zip(of, files, strict=True):
                encoded[i] = file
    return encoded


def _encode_as_tiles(pictures: Sequence[Pixels], quality: int) -> list[bytes]:
    """Pictures of one size as the tiles of one TIFF, each tile a JPEG file with its own tables: a tenth of the cost."""
    height, width = pictures[0].shape[:2]
    with MemoryFile(ext=".tif") as memory:
        with memory.open(
            driver="GTiff",
            width=width * len(pictures),
            height=height,
            count=3,
            dtype="uint8",
            tiled=True,
            blockxsize=width,
            blockysize=height,
            compress="JPEG",
            photometric="YCBCR",
            interleave="pixel",
            JPEG_QUALITY=quality,
            JPEGTABLESMODE=0,
        ) as dataset:
            dataset.write(np.concatenate(pictures, axis=1).transpose(2, 0, 1))
        data = bytes(memory.read())
        with memory.open() as dataset:
            places = [
                [int(dataset.get_tag_item(f"BLOCK_{what}_{i}_0", "TIFF", bidx=1)) for what in ("OFFSET", "SIZE")]
                for i in range(len(pictures))
            ]
    return [data[offset : offset + size] for offset, size in places]


def encode_jpeg(pixels: Pixels, quality: int = 90, tags: Mapping[str, str] | None = None) -> bytes:
    """(h, w, 3) uint8 RGB as a JPEG file's bytes; `tags` are EXIF tags by GDAL's names ('EXIF_...')."""
    with _gdal(Path("a JPEG in memory"), RasterError), _quiet():
        return _encode_jpeg(pixels, quality, tags or {})


def _encode_jpeg(pixels: Pixels, quality: int, tags: Mapping[str, str]) -> bytes:
    if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8 or 0 in pixels.shape:
        raise RasterError(f"pixels of shape {pixels.shape} {pixels.dtype}; expected (h, w, 3) uint8 RGB")
    height, width = pixels.shape[:2]
    if max(height, width) > 65500:
        raise RasterError(f"{width} x {height} px is more than JPEG's 65500 a side; write a GeoTIFF")
    with MemoryFile(ext=".jpg") as memory:
        with memory.open(driver="JPEG", width=width, height=height, count=3, dtype="uint8", quality=quality) as dataset:
            if tags:
                dataset.update_tags(**tags)
            dataset.write(pixels.transpose(2, 0, 1))
        return bytes(memory.read())


def write_jpeg(
    path: str | os.PathLike[str],
    pixels: Pixels,
    quality: int = 90,
    *,
    tags: Mapping[str, str] | None = None,
    xmp: str | None = None,
) -> None:
    """Writes (h, w, 3) uint8 RGB as a JPEG, whole or not at all.

    `tags` are EXIF tags by GDAL's names (such as EXIF_DateTimeOriginal); `xmp` an XMP packet's XML (at most 65
    kB), which is where drones put their pose. Raises `OutputError` where the file cannot be written.
    """
    data = encode_jpeg(pixels, quality, tags)
    if xmp is not None:
        payload = b"http://ns.adobe.com/xap/1.0/\0" + xmp.encode()
        if len(payload) > 65533:
            raise RasterError(f"XMP of {len(payload)} bytes; at most 65 kB fit in a JPEG")
        # XMP stands in its own APP1 segment; after EXIF's, which readers expect first.
        at = 2
        while data[at + 1] in (0xE0, 0xE1):
            at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        data = data[:at] + b"\xff\xe1" + (len(payload) + 2).to_bytes(2, "big") + payload + data[at:]
    path = Path(path).absolute()
    with _appearing(path) as partial:
        partial.write_bytes(data)


# --- reading ----------------------------------------------------------------------------------------------------


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
    # Straight into interleaved memory: GDAL's JPEG driver has a fast path for it, and no copy follows.
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


def _measure_stretch(dataset: Any, composite: Composite, info: RasterInfo) -> Stretch:
    """One stretch for the whole raster, a function of the file alone: every reader of it stretches alike.

    From the smallest overview that still has 256 px, else from a fixed 8 x 8 grid of small windows.
    """
    width, height = info.width, info.height
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
    return composite.stretch(np.concatenate(samples))


# --- headers ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Opened:
    """A dataset, its driver, the drivers of a VRT's sources, and what GDAL complained of on opening."""

    dataset: Any
    path: Path
    driver: str
    sources: list[str]
    complaints: list[str]


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[_Opened]:
    """The image, refused where it is not a file we trust."""
    driver = formats.identify(path)
    sources = [name for _, name in formats.vrt_sources(path)] if driver == "VRT" else []
    with _Complaints() as complaints, _quiet():
        dataset = rasterio.open(path, driver=driver)
    with dataset:
        _check_bounds(dataset, path, driver)
        yield _Opened(dataset, path, driver, sources, complaints.messages)


class _Complaints(logging.Handler):
    """What GDAL says to this thread while an image is opened: some of it is the only trace of a fault."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []
        self._owner = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._owner and len(self.messages) < 20:
            self.messages.append(record.getMessage())

    def __enter__(self) -> "_Complaints":
        _gdal_log.addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        _gdal_log.removeHandler(self)


def _check_bounds(dataset: Any, path: Path, driver: str) -> None:
    width, height, bands = dataset.width, dataset.height, dataset.count
    name = shown(path)
    if bands == 0:
        what = "several images in one file" if dataset.subdatasets else "no bands"
        raise RasterError(f"{name}: {what}; expected one image with 1 or more bands")
    if bands > MAX_BANDS:
        raise RasterError(f"{name}: {bands} bands; at most {MAX_BANDS}")
    whole = driver in formats.SEQUENTIAL
    most = MAX_PIXELS_DECODED_WHOLE if whole else MAX_PIXELS
    if width * height > most or max(width, height) > MAX_SIDE:
        raise RasterError(
            f"{name}: the header claims {width} x {height} px; at most {most:.0e} px in {driver} and {MAX_SIDE} a "
            "side; cut the image up, or the file is damaged"
        )
    rows, columns = dataset.block_shapes[0]
    size = rows * columns * np.dtype(dataset.dtypes[0]).itemsize
    size *= bands if "pixel" in str(dataset.interleaving or "").lower() else 1
    if size > MAX_BLOCK_BYTES:
        raise RasterError(
            f"{name}: stored in blocks of {columns} x {rows} px x {bands} bands, {size >> 20} MB each; write it "
            "anew in tiles (gdal_translate -co TILED=YES)"
        )


def _describe(opened: _Opened) -> RasterInfo:
    dataset, path, driver = opened.dataset, opened.path, opened.driver
    width, height = dataset.width, dataset.height
    rows, columns = dataset.block_shapes[0]
    tiled = columns < width
    compression = dataset.compression.value if dataset.compression is not None else None
    strip = rows * columns * dataset.count * np.dtype(dataset.dtypes[0]).itemsize
    slow_strips = driver == "GTiff" and not tiled and compression is not None
    # GDAL shows one strip of many rows as blocks of one row each; the second of them is nowhere in the file.
    one_strip = rows == 1 and height > 1 and dataset.get_tag_item("BLOCK_OFFSET_0_1", "TIFF", bidx=1) is None
    slow_strips = slow_strips and (strip > _SLOW_STRIP_BYTES or one_strip)
    found = exif.bounded(dataset.tags() | dataset.tags(ns="EXIF"))
    where = _georeference(opened)
    status = path.stat()
    return RasterInfo(
        path=path,
        driver=driver,
        width=width,
        height=height,
        bands=dataset.count,
        dtype=str(dataset.dtypes[0]),
        georeference=where,
        gsd_m=where.gsd_m(width, height),
        sequential=driver in formats.SEQUENTIAL or slow_strips or not formats.SEQUENTIAL.isdisjoint(opened.sources),
        tiled=tiled,
        block_shape=(rows, columns),
        overviews=tuple(sorted(dataset.overviews(1))),
        compression=compression,
        file_size=status.st_size,
        mtime_ns=status.st_mtime_ns,
        captured_at=exif.captured_at(found),
        gps=exif.gps_position(found),
        exif=found,
        xmp=xmp.packet(dataset.tags(ns="xml:XMP").get("xml:XMP")),
    )


def _georeference(opened: _Opened) -> Georeference:
    """Where the image lies: its geotransform, else GCPs, else RPC, else nothing."""
    dataset, path, driver = opened.dataset, opened.path, opened.driver
    try:
        transform = tuple(float(value) for value in tuple(dataset.transform)[:6])
        points, points_crs = dataset.gcps
        if transform == georeference.IDENTITY and points:
            px = [(point.col, point.row) for point in points]
            ground = [(point.x, point.y) for point in points]
            return georeference.from_gcps(px, ground, _wkt(points_crs))
        if transform == georeference.IDENTITY and dataset.rpcs is not None:
            return georeference.from_rpc(rpc.from_coefficients(dataset.rpcs))
        if transform == georeference.IDENTITY:
            return georeference.no_georeference()
        world = driver != "VRT" and any(Path(f).suffix.lower() in _WORLD_FILE_SUFFIXES for f in dataset.files)
        crs_wkt = _wkt(dataset.crs)
        unknown = [re.search(r"crs not found: (\S+)", complaint) for complaint in opened.complaints]
        if any(unknown) and (crs_wkt is None or not georeference.is_on_earth(crs_wkt)):
            # GDAL makes a local CRS of a code it does not know, and boxes would lie nowhere.
            code = next(match[1] for match in unknown if match)
            raise GeoreferenceError(f"unknown CRS {code}; assign the right one with gdal_edit -a_srs")
        if world and crs_wkt is None:
            crs_wkt = _projection_file(path)
        return georeference.from_transform(transform, crs_wkt, "world file" if world else "geotransform")
    except GeoreferenceError as error:
        raise GeoreferenceError(f"{shown(path)}: {error}") from error


def _wkt(crs: Any) -> str | None:
    if not crs:
        return None
    try:
        return str(crs.to_wkt(version="WKT2_2019"))
    except Exception as error:  # rasterio's errors for a CRS are of several families
        raise GeoreferenceError(
            f"CRS that cannot be read ({_reason(error)}); assign the right one with gdal_edit -a_srs"
        ) from error


def _projection_file(path: Path) -> str | None:
    """The CRS of a .prj beside the image, which is where a world file's companion puts it."""
    for suffix in (".prj", ".PRJ"):
        beside = path.with_suffix(suffix)
        if beside.is_file() and beside.stat().st_size < 1 << 20:
            return georeference.crs_to_wkt(beside.read_text("utf-8", "replace").strip("\ufeff\0 \r\n\t"))
    return None


# --- GDAL's surroundings ----------------------------------------------------------------------------------------


@contextlib.contextmanager
def _gdal(path: Path, kind: type[GeoError] = RasterError, **options: str) -> Iterator[None]:
    """GDAL with our settings in this thread; its errors become one line of ours."""
    settings = _OPTIONS | options
    if "GDAL_CACHEMAX" not in os.environ:
        settings["GDAL_CACHEMAX"] = _CACHE_MB
    try:
        with rasterio.Env(session=DummySession(), **settings):
            yield
    except GeoError:
        raise
    except MemoryError as error:
        raise kind(f"{shown(path)}: not enough memory for it; close other programs or cut the image up") from error
    except Exception as error:  # reading: GDAL's and rasterio's errors have several unrelated roots
        if kind is RasterError:
            reason = f"{_reason(error)}; the file is damaged or cut off, copy it again from its source"
        elif isinstance(error, (RasterioError, CPLE_BaseError)):
            reason = f"cannot be written ({_reason(error)}); free some space or choose another place"
        else:
            raise  # the caller's own, from the rows it hands in
        raise kind(f"{shown(path)}: {reason}") from error


def _reason(error: BaseException) -> str:
    """The deepest message of a chain, as one bounded line."""
    while error.__cause__ is not None:
        error = error.__cause__
    text = getattr(error, "errmsg", None) or str(error) or type(error).__name__
    # GDAL's advice is for whoever configures GDAL.
    text = " ".join(re.sub(r"\(this error can be turned[^)]*\)", "", text).split())
    return text if len(text) <= 200 else text[:197] + "..."


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """An image without georeference is nothing to warn of: `Georeference.kind` says it."""
    with _warnings_lock, warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        yield


# --- writing ----------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _appearing(path: Path) -> Iterator[Path]:
    """A partial file beside `path` that takes its name once it is whole and on disk, or vanishes."""
    partial = path.with_name(f".{path.stem[:100]}.{secrets.token_hex(4)}.partial{path.suffix}")
    try:
        if not path.parent.is_dir():
            raise OutputError(f"{shown(path)}: no folder {shown(path.parent)}; make it first")
        yield partial
        with partial.open("rb+") as file:
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        if isinstance(error, GeoError):
            raise
        reason = error.strerror or str(error)
        raise OutputError(f"{shown(path)}: cannot be written ({reason}); choose another place") from error
    finally:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
            partial.with_name(partial.name + ".aux.xml").unlink(missing_ok=True)


def _blocks(rows: Iterable[Pixels], width: int, height: int, step: int) -> Iterator[Pixels]:
    """The same rows, regrouped in `step` rows each (the last may be fewer)."""
    held = np.empty((min(step, height), width, 3), np.uint8)
    filled = done = 0
    for block in rows:
        if block.ndim != 3 or block.shape[1:] != (width, 3) or block.dtype != np.uint8:
            raise RasterError(f"rows of shape {block.shape} {block.dtype}; expected (h, {width}, 3) uint8 RGB")
        at = 0
        if done + filled + len(block) > height:
            raise RasterError(f"more rows than the image's height of {height} px; give exactly as many")
        while at < len(block):
            take = min(len(held) - filled, len(block) - at)
            held[filled : filled + take] = block[at : at + take]
            filled, at = filled + take, at + take
            if filled == len(held):
                done += filled
                yield held
                filled = 0
    if filled:
        done += filled
        yield held[:filled]
    if done != height:
        raise RasterError(f"{done} rows for an image of {height} px height; give exactly as many")


def _check_written(partial: Path, width: int, height: int) -> None:
    """A full disk can pass GDAL's close unnoticed: the last block must be there to read."""
    with _quiet(), rasterio.open(partial) as dataset:
        dataset.read(window=Window(max(0, width - 8), max(0, height - 8), min(8, width), min(8, height)))
