"""The pixels of images for the search, read ahead in a thread, so that the next cell is there when its key is pressed.

A photo is read whole, once, as its decoder begins at the top for every part. Of larger images only the cells are read.
Image px are those of the stored picture: it is not turned by its tags, as nowhere in Herdmap.
"""

from __future__ import annotations

from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple, Optional

from osgeo import gdal
from qgis.PyQt.QtCore import QObject, pyqtSignal
from qgis.PyQt.QtGui import QImage

from ..image_file import has_colour_table, is_8_bit, open_image, shown_range
from ..survey_file import stamp
from ..translation import tr

_WHOLE_PX = 64_000_000  # an image of at most so many px is read whole
_KEPT = 3  # pictures: the one in hand, the next, the one before

Box = tuple[int, int, int, int]
_Key = tuple[Path, Optional[Box], tuple[int, int]]  # the file, the part, and the file's time and size


class Picture(NamedTuple):
    """A part of an image. origin: its top left px in the image. image: None if it cannot be read, `error` says why."""

    image: QImage | None
    origin: tuple[int, int]
    error: str = ""


class Pixels(QObject):
    """Pictures of images. `arrived` says that one that was asked for is there now."""

    arrived = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._kept: OrderedDict[_Key, Future[Picture]] = OrderedDict()
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="herdmap-search")

    def picture(self, path: Path, size: tuple[int, int], box: Box) -> Picture | None:
        """The picture that has this part of an image; None as long as it is being read."""
        future = self._ask(path, size, box)
        return future.result() if future.done() else None

    def read_ahead(self, path: Path, size: tuple[int, int], box: Box) -> None:
        """Begin to read a part of an image that will be wanted soon."""
        self._ask(path, size, box)

    def close(self) -> None:
        """Stop reading, and forget the pictures."""
        for future in self._kept.values():
            future.cancel()
        self._kept.clear()
        self._reader.shutdown(wait=True)

    def _ask(self, path: Path, size: tuple[int, int], box: Box) -> Future[Picture]:
        whole = size[0] * size[1] <= _WHOLE_PX
        key: _Key = (path, None if whole else box, stamp(path))
        if key not in self._kept:
            future = self._reader.submit(_read, path, size, (0, 0, *size) if whole else box)
            future.add_done_callback(lambda _: self.arrived.emit())
            self._kept[key] = future
            while len(self._kept) > _KEPT:
                _, dropped = self._kept.popitem(last=False)
                dropped.cancel()
        self._kept.move_to_end(key)
        return self._kept[key]


def _read(path: Path, size: tuple[int, int], box: Box) -> Picture:
    """Read a part of an image as RGB. In a thread."""
    x0, y0, x1, y1 = box
    if not path.is_file():
        return Picture(None, (x0, y0), tr("it does not exist"))
    try:
        source = open_image(path)
        if source is None:
            return Picture(None, (x0, y0), gdal.GetLastErrorMsg())
        if (source.RasterXSize, source.RasterYSize) != size:
            return Picture(None, (x0, y0), f"{source.RasterXSize} x {source.RasterYSize} px")
        width, height = x1 - x0, y1 - y0
        pixels = _eight_bit(source, box)
        if pixels is None:
            return Picture(None, (x0, y0), gdal.GetLastErrorMsg())
        return Picture(QImage(pixels, width, height, 3 * width, QImage.Format.Format_RGB888).copy(), (x0, y0))
    except (RuntimeError, MemoryError) as error:
        return Picture(None, (x0, y0), str(error))


def _eight_bit(source: gdal.Dataset, box: Box) -> bytes | None:
    """The px of a part, 3 bytes each, row by row."""
    bands = [1, 2, 3] if source.RasterCount >= 3 else [1, 1, 1]
    x0, y0, width, height = box[0], box[1], box[2] - box[0], box[3] - box[1]
    if not is_8_bit(source):
        scales = [[*shown_range(source.GetRasterBand(band)), 0, 255] for band in bands]
        source = gdal.Translate(
            "", source, format="MEM", bandList=bands, srcWin=[x0, y0, width, height], outputType=gdal.GDT_Byte,
            scaleParams=scales,
        )  # fmt: skip
        bands, x0, y0 = [1, 2, 3], 0, 0
    elif has_colour_table(source):
        source = gdal.Translate("", source, format="MEM", rgbExpand="rgb", srcWin=[x0, y0, width, height])
        bands, x0, y0 = [1, 2, 3], 0, 0
    if source is None:
        return None
    found = source.ReadRaster(
        x0, y0, width, height, buf_type=gdal.GDT_Byte, band_list=bands, buf_pixel_space=3, buf_line_space=3 * width,
        buf_band_space=1,
    )  # fmt: skip
    return None if found is None else bytes(found)
