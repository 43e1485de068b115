"""Opens an image with GDAL, and says what of it becomes black and what white where its pixels are not 8 bit.

Opening and reading write nothing. QGIS's own constructor of a raster layer has GDAL compute statistics, and GDAL writes
them beside the image (`.aux.xml`). A folder of photos is not ours to write to.
"""

from __future__ import annotations

from pathlib import Path

from osgeo import gdal

# The drivers of the formats that Herdmap reads. GDAL has others that fetch from the network or read other files.
_DRIVERS = ["GTiff", "JPEG", "PNG", "WEBP", "JP2OpenJPEG", "HFA", "HEIF"]
_SAMPLE_PX = 512  # of the side of what the brightness is measured on
_DARK, _BRIGHT = 0.01, 0.99  # of imagery that is not 8 bit: which shares become black and white


def open_image(path: Path) -> gdal.Dataset | None:
    """The image; None if it cannot be read, and `gdal.GetLastErrorMsg` says why. May raise RuntimeError instead."""
    return gdal.OpenEx(str(path), gdal.OF_RASTER | gdal.OF_VERBOSE_ERROR, allowed_drivers=_DRIVERS)


def is_8_bit(source: gdal.Dataset) -> bool:
    """Whether the pixels are shown as they are stored."""
    return bool(source.GetRasterBand(1).DataType == gdal.GDT_Byte)


def has_colour_table(source: gdal.Dataset) -> bool:
    """Whether its only band has numbers of colours."""
    return source.RasterCount == 1 and source.GetRasterBand(1).GetColorTable() is not None


def shown_range(band: gdal.Band) -> tuple[float, float]:
    """What becomes black and what white, by a small picture of the whole band."""
    width, height = min(_SAMPLE_PX, band.XSize), min(_SAMPLE_PX, band.YSize)
    data = band.ReadRaster(0, 0, band.XSize, band.YSize, width, height, gdal.GDT_Float64)
    nothing = band.GetNoDataValue()
    values = sorted(value for value in memoryview(data).cast("d") if value == value and value != nothing)
    if not values:
        return 0.0, 1.0
    low, high = values[int(_DARK * (len(values) - 1))], values[int(_BRIGHT * (len(values) - 1))]
    return low, high if high > low else low + 1
