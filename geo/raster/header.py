"""What the header of an image says, read without the pixels."""

import contextlib
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio.enums import ColorInterp, MaskFlags
from rasterio.io import DatasetReader

from geo import georeference, rpc
from geo.errors import GeoError, GeoreferenceError, RasterError
from geo.georeference import Georeference
from geo.paths import StrPath, as_path
from geo.raster import (
    beside,
    camera_photos,
    elevation_formats,
    exif,
    formats,
    image_formats,
    tag_blocks,
    tiff_pages,
    tiff_tags,
    vrt,
    xmp,
)
from geo.raster.camera_photos import CameraPhoto
from geo.raster.exif import GPSPosition
from geo.raster.formats import shown
from geo.raster.gdal import Complaints, gdal, quiet, reason
from geo.raster.orientation import orientation_of

MAX_PIXELS = 100_000_000_000
MAX_PIXELS_DECODED_WHOLE = 2_000_000_000
MAX_SIDE = 2_000_000
MAX_BANDS = 4096
MAX_BLOCK_BYTES = 1 << 30

_WORLD_FILE_SUFFIXES = frozenset({".wld", ".tfw", ".tifw", ".tiffw", ".jgw", ".jpgw", ".jpegw", ".pgw", ".pngw"})
_WORLD_FILE_SUFFIXES |= {".j2w", ".jp2w", ".wpw", ".webpw", ".blw", ".tfwx", ".jgwx", ".pgwx"}
_SLOW_STRIP_BYTES = 16 << 20


@dataclass(frozen=True, slots=True)
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
    masked          whether some pixels may be no image: nodata, alpha, a mask band, or floats that may be NaN
    stretch         (low, high) that are to become 0 and 255; None: 8 bit, or the image's own (`RasterReader.stretch`)
    xmp             the XMP packet's XML as it is in the file, without its padding; None where there is none or it has
                    more than 64 kB. Parse it with `geo.raster.xmp`
    unit            of the first band's values, as the file names it, or None
    by_name         whether GDAL, and so QGIS, sees this picture where it opens the file by its name: not HEIC, camera
                    RAW, and the picture behind a TIFF's preview
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
    masked: bool = False
    stretch: tuple[float, float] | None = None
    unit: str | None = None
    by_name: bool = True

    @property
    def depth(self) -> str:
        """Images of one depth share a stretch: developed RAW, with the greys of sRGB, apart from other 16 bit."""
        return f"{self.dtype} {self.driver}" if self.driver in formats.CAMERA else self.dtype

    @property
    def orientation(self) -> int:
        """EXIF's orientation, 1 to 8: how programs turn the stored pixels to show them; 1 if the file does not say."""
        return orientation_of(self.exif)


def inspect(path: StrPath, elevation: bool = False) -> RasterInfo:
    """The header of an image, read without its pixels. elevation: of an elevation model, which has more formats.

    Raises `RasterError` if the image is missing, not of a format that is read, damaged, or too large, and
    `GeoreferenceError` if its position cannot be used.
    """
    path = as_path(path).absolute()
    with gdal(path), opened_raster(path, elevation) as opened:
        return describe(opened)


def orientation_in(path: StrPath) -> int | None:
    """EXIF's orientation of a photo, 1 to 8; None if it cannot be read."""
    try:
        return inspect(path).orientation
    except (GeoError, OSError):
        return None


@dataclass(frozen=True)
class Opened:
    """A dataset, its driver, the drivers of a VRT's sources, and what GDAL complained of on opening.

    packet: the XMP of a TIFF whose picture does not stand first in the file, or None. photo: the header of HEIC and
    camera RAW, whose dataset is None if their pixels were not asked for.
    """

    dataset: Any
    path: Path
    driver: str
    sources: list[str]
    complaints: list[str]
    packet: str | None = None
    photo: CameraPhoto | None = None


@contextlib.contextmanager
def opened_raster(path: Path, elevation: bool = False, pixels: bool = False, quick: bool = False) -> Iterator[Opened]:
    """The image, opened; refused if it is not a file that is safe to open.

    pixels: whether they will be read. quick: half as many rows and columns are enough (`camera_photos.pixels`).
    """
    driver, name, packet = formats.identify(path, elevation), os.fspath(path), None
    if driver == "GTiff" and not elevation:
        driver, name, packet = _picture(path)
    if driver in formats.CAMERA:
        photo = camera_photos.header(path, driver)
        with _developed(photo, quick) if pixels else contextlib.nullcontext() as dataset:
            yield Opened(dataset, path, driver, [], [], photo=photo)
        return
    beside.check(path)
    sources = [name for _, name in vrt.vrt_sources(path, elevation)] if driver == "VRT" else []
    with Complaints() as complaints, quiet():
        dataset = DatasetReader(name, driver=driver)  # rasterio.open takes twice as long: its name may be a URL
    with dataset:
        _check_files(dataset, path, driver)
        _check_bounds(dataset, path, driver)
        yield Opened(dataset, path, driver, sources, complaints.messages, packet)


def _picture(path: Path) -> tuple[str, str, str | None]:
    """The driver of the picture in a TIFF file, its name for it, and the file's XMP if GDAL does not see it there."""
    found = tiff_pages.read_pages(path)
    page = found.picture(path)
    if page is None:
        return "GTiff", os.fspath(path), None
    # A mosaic of colours that stands first in a plain TIFF is shown as grey: LibRaw reads cameras' files alone.
    if page.raw and (found.dng or not page.first or image_formats.is_raw(path.name)):
        return "RAW", os.fspath(path), None
    if page.first:
        return "GTiff", os.fspath(path), None
    packet = (found.packet or b"").decode("utf-8", "replace") or None
    return "GTiff", f"GTIFF_DIR:off:{page.offset}:{path}", packet


@contextlib.contextmanager
def _developed(photo: CameraPhoto, quick: bool) -> Iterator[Any]:
    """The pixels of a photo that GDAL does not read, as a dataset of GDAL in memory."""
    found = camera_photos.pixels(photo, quick)
    height, width, bands = found.shape
    with quiet():
        dataset = rasterio.open(
            "photo", "w+", driver="MEM", width=width, height=height, count=bands, dtype=found.dtype.name
        )
    with dataset:
        dataset.write(found.transpose(2, 0, 1))
        names = ["gray", "alpha"] if bands < 3 else ["red", "green", "blue", "alpha"]
        dataset.colorinterp = [ColorInterp[name] for name in names[:bands]]
        yield dataset


def _check_files(dataset: Any, path: Path, driver: str) -> None:
    """Raise RasterError for an image that wants pixels from elsewhere: what `beside.check` finds outside it, inside."""
    if dataset.tags(ns="OVERVIEWS"):
        raise RasterError(f"{shown(path)}: it names a file with overviews elsewhere; write it anew with gdal_translate")
    if driver == "HFA":
        for file in map(Path, dataset.files):
            if file.parent.resolve() != path.parent.resolve():
                raise RasterError(f"{shown(path)}: its pixels are in another folder, in {shown(file.name)}")


def _check_bounds(dataset: Any, path: Path, driver: str) -> None:
    width, height, bands = dataset.width, dataset.height, dataset.count
    if bands == 0:
        what = "several images in one file" if dataset.subdatasets else "no bands"
        raise RasterError(f"{shown(path)}: {what}; expected one image with 1 or more bands")
    if bands > MAX_BANDS:
        raise RasterError(f"{shown(path)}: {bands} bands; expected at most {MAX_BANDS}")
    whole = driver in formats.SEQUENTIAL
    most = MAX_PIXELS_DECODED_WHOLE if whole else MAX_PIXELS
    if width * height > most or max(width, height) > MAX_SIDE:
        raise RasterError(
            f"{shown(path)}: the header says {width} x {height} px; expected at most {most} px in {driver} and "
            f"{MAX_SIDE} a side; split the image, or copy it again if the file is damaged"
        )
    rows, columns = dataset.block_shapes[0]
    size = rows * columns * np.dtype(dataset.dtypes[0]).itemsize
    size *= bands if "pixel" in str(dataset.interleaving or "").lower() else 1
    if size > MAX_BLOCK_BYTES:
        raise RasterError(
            f"{shown(path)}: stored in blocks of {columns} x {rows} px x {bands} bands, {size >> 20} MB each; write it "
            "anew in tiles (gdal_translate -co TILED=YES)"
        )


def describe(opened: Opened) -> RasterInfo:
    """The header of an image that is open. Raises `GeoreferenceError` if its position cannot be used."""
    if opened.photo is not None:
        return _of_camera(opened.photo)
    dataset, path, driver = opened.dataset, opened.path, opened.driver
    width, height = dataset.width, dataset.height
    rows, columns = dataset.block_shapes[0]
    tiled = columns < width
    compression = dataset.compression.value if dataset.compression is not None else None
    strip = rows * columns * dataset.count * np.dtype(dataset.dtypes[0]).itemsize
    slow_strips = driver == "GTiff" and not tiled and compression is not None
    if slow_strips and strip <= _SLOW_STRIP_BYTES:
        # GDAL shows one strip of many rows as blocks of one row each; the second of them is nowhere in the file.
        slow_strips = rows == 1 and height > 1 and dataset.get_tag_item("BLOCK_OFFSET_0_1", "TIFF", bidx=1) is None
    found, gps, xmp_packet = _tags(opened)
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
        overviews=_overviews(dataset, driver),
        compression=compression,
        file_size=status.st_size,
        mtime_ns=status.st_mtime_ns,
        captured_at=exif.captured_at(found),
        gps=gps,
        exif=found,
        masked=any(kind.startswith("float") for kind in dataset.dtypes)
        or any(MaskFlags.all_valid not in flags for flags in dataset.mask_flag_enums),
        unit=dataset.units[0] or None,
        by_name=not dataset.name.startswith("GTIFF_DIR:"),
        xmp=xmp_packet,
    )


def _of_camera(photo: CameraPhoto) -> RasterInfo:
    """The header of a photo that GDAL does not read."""
    found, gps, packet = _with_xmp(photo.blocks.exif, xmp.packet(photo.blocks.xmp))
    status = photo.path.stat()
    return RasterInfo(
        path=photo.path,
        driver=photo.driver,
        width=photo.width,
        height=photo.height,
        bands=photo.bands,
        dtype=photo.dtype,
        georeference=georeference.no_georeference(),
        gsd_m=None,
        sequential=True,
        tiled=False,
        block_shape=(1, photo.width),
        overviews=(),
        compression=None,
        file_size=status.st_size,
        mtime_ns=status.st_mtime_ns,
        captured_at=exif.captured_at(found),
        gps=gps,
        exif=found,
        masked=photo.alpha,
        by_name=False,
        xmp=packet,
    )


def _overviews(dataset: Any, driver: str) -> tuple[int, ...]:
    """The factors of the overviews in the file; those of JPEG are none: GDAL makes them as it decodes."""
    return () if driver == "JPEG" else tuple(sorted(dataset.overviews(1)))


def _tags(opened: Opened) -> tuple[dict[str, str], GPSPosition | None, str | None]:
    """The EXIF tags, the position and the XMP packet, as `_with_xmp` returns them."""
    dataset, driver = opened.dataset, opened.driver
    own = tag_blocks.read_blocks(opened.path, driver) if driver in tag_blocks.DRIVERS else tag_blocks.Blocks()
    found, packet = own.exif, xmp.packet(own.xmp)
    if driver == "GTiff":
        if not {"Make", "Model", "ExifVersion", "DateTimeOriginal"} & set(found):
            found.pop("DateTime", None)  # of no photo: it is when the file was written
        # A photo that GDAL wrote anew has its tags among GDAL's own. Of a damaged block, GDAL gives whatever its memory
        # held.
        more = {name: value for name, value in dataset.tags(ns="EXIF").items() if name[5:] not in tiff_tags.READ}
        found = exif.bounded(dataset.tags() | more) | found
    elif not found:
        found = exif.bounded(dataset.tags() | dataset.tags(ns="EXIF"))
    if packet is None:
        packet = xmp.packet(opened.packet or dataset.tags(ns="xml:XMP").get("xml:XMP"))
    return _with_xmp(found, packet)


def _with_xmp(found: dict[str, str], packet: str | None) -> tuple[dict[str, str], GPSPosition | None, str | None]:
    """The EXIF tags by name, with what only XMP has of them; the position in them; and the XMP packet."""
    gps = exif.gps_position(found)
    lacking = gps is None or gps.is_zero or gps.altitude_m is None
    lacking = lacking or not {"Model", "FocalLength", "DateTimeOriginal"} <= found.keys()
    if lacking and packet is not None and "ns.adobe.com/" in packet:
        found = exif.with_xmp(found, xmp.properties(packet))
        gps = exif.gps_position(found)
    return found, gps, packet


def _georeference(opened: Opened) -> Georeference:
    """Where the image lies: by its geotransform, or else GCPs, or else RPC, or nowhere."""
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
        if crs_wkt is None and (world or driver in elevation_formats.WITH_PRJ):
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
            f"CRS that cannot be read ({reason(error)}); assign the right one with gdal_edit -a_srs"
        ) from error


def _projection_file(path: Path) -> str | None:
    """The CRS of a .prj beside the image, which is where a world file's companion puts it."""
    for suffix in (".prj", ".PRJ"):
        beside = path.with_suffix(suffix)
        if beside.is_file() and beside.stat().st_size < 1 << 20:
            return georeference.crs_to_wkt(beside.read_text("utf-8", "replace").strip("\ufeff\0 \r\n\t"))
    return None
