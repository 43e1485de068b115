"""Writes GeoTIFF and JPEG, complete or not at all."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from PIL import Image
from rasterio.enums import Resampling
from rasterio.io import MemoryFile
from rasterio.windows import Window

from geo import georeference
from geo.errors import OutputError, RasterError
from geo.georeference import Transform
from geo.output import whole
from geo.paths import StrPath, as_path
from geo.raster.composite import Pixels
from geo.raster.gdal import callers_own, gdal, quiet

_MOST_JPEG_PX = 65_500
# The side of what a JPEG is encoded in, where its colours have half the resolution.
_MCU_PX = 16
_START_OF_FRAME, _START_OF_SCAN = 0xC0, 0xDA
_END = b"\xff\xd9"


def write_geotiff(
    path: StrPath,
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
    path = as_path(path).absolute()
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
    with whole(path) as partial, gdal(path, OutputError, **options):
        with quiet():
            dataset = rasterio.open(partial, "w", **profile)
        with dataset:
            if tags:
                dataset.update_tags(**tags)
            y = 0
            for block in _blocks(callers_own(rows), width, height, 512):
                window = Window(0, y, width, len(block))
                dataset.write(block.transpose(2, 0, 1), window=window)
                y += len(block)
        factors = [2**n for n in range(1, 20) if max(width, height) / 2 ** (n - 1) > 512]
        if overviews and factors:
            with quiet(), rasterio.open(partial, "r+") as dataset:
                dataset.build_overviews(factors, Resampling.average)
        _check_written(partial, width, height)


def encode_jpegs(pictures: Sequence[Pixels], quality: int = 90) -> list[bytes]:
    """(h, w, 3) uint8 RGB pictures as JPEG files' bytes. Many of one size are cheap if it is a multiple of 16.

    The bytes of a picture depend on its pixels alone, not on the others.
    """
    of_shape: dict[tuple[int, ...], list[int]] = {}
    for i, pixels in enumerate(pictures):
        of_shape.setdefault(_checked_picture(pixels).shape, []).append(i)
    encoded = [b""] * len(pictures)
    for (height, *_), of in of_shape.items():
        at_once = 1 if height % _MCU_PX else _MOST_JPEG_PX // height
        for start in range(0, len(of), at_once):
            some = of[start : start + at_once]
            for i, file in zip(some, _encode_as_strip([pictures[i] for i in some], quality), strict=True):
                encoded[i] = file
    return encoded


def _encode_as_strip(pictures: Sequence[Pixels], quality: int) -> list[bytes]:
    """Pictures of one size, one below another in one JPEG, which is then cut between them.

    A JPEG may be cut at its restart markers: nothing before one is needed to decode what follows (ITU-T T.81, E.1.4).
    A file for each picture would cost five times as much, most of it for the encoder's start.
    """
    height = len(pictures[0])
    strip = BytesIO()
    rows = -(-height // _MCU_PX)
    # A size of the colours that is named here, so that another version of Pillow does not choose another.
    Image.fromarray(np.concatenate(pictures)).save(
        strip, "JPEG", quality=quality, subsampling="4:2:0", restart_marker_rows=rows
    )
    data = strip.getvalue()
    head, frame = bytearray(), 0
    at = 2  # after the marker of the beginning; each segment is a marker and a length
    while data[at + 1] != _START_OF_SCAN:
        frame = at if data[at + 1] == _START_OF_FRAME else frame
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    head += data[:at]
    head[frame + 5 : frame + 7] = height.to_bytes(2, "big")
    # In what is encoded, FF is always followed by 00: so these are the markers.
    return [bytes(head) + scan + _END for scan in re.split(rb"\xff[\xd0-\xd7]", data[at : -len(_END)])]


def encode_jpeg(pixels: Pixels, quality: int = 90, tags: Mapping[str, str] | None = None) -> bytes:
    """(h, w, 3) uint8 RGB as a JPEG file's bytes; `tags` are EXIF tags by GDAL's names ('EXIF_...')."""
    with gdal(Path("a JPEG in memory"), RasterError), quiet():
        return _encode_jpeg(pixels, quality, tags or {})


def _encode_jpeg(pixels: Pixels, quality: int, tags: Mapping[str, str]) -> bytes:
    height, width = _checked_picture(pixels).shape[:2]
    with MemoryFile(ext=".jpg") as memory:
        with memory.open(driver="JPEG", width=width, height=height, count=3, dtype="uint8", quality=quality) as dataset:
            if tags:
                dataset.update_tags(**tags)
            dataset.write(pixels.transpose(2, 0, 1))
        return bytes(memory.read())


def _checked_picture(pixels: Pixels) -> Pixels:
    if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8 or 0 in pixels.shape:
        raise RasterError(f"pixels of shape {pixels.shape} {pixels.dtype}; expected (h, w, 3) uint8 RGB")
    height, width = pixels.shape[:2]
    if max(height, width) > _MOST_JPEG_PX:
        raise RasterError(f"{width} x {height} px is more than JPEG's {_MOST_JPEG_PX} a side; write a GeoTIFF")
    return pixels


def write_jpeg(
    path: StrPath,
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
    path = as_path(path).absolute()
    with whole(path) as partial:
        partial.write_bytes(data)


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
    """A full disk can go unnoticed when GDAL closes a file, so check that the last block can be read."""
    with quiet(), rasterio.open(partial) as dataset:
        dataset.read(window=Window(max(0, width - 8), max(0, height - 8), min(8, width), min(8, height)))
