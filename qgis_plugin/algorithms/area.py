"""A part of an orthomosaic, as a small VRT: the window of its pixels, none of them copied or resampled.

VRT: https://gdal.org/drivers/raster/vrt.html
"""

from __future__ import annotations

import math
import os
import secrets
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET  # written, never read  # nosec B405

from qgis.core import Qgis, QgsRasterLayer, QgsRectangle

from ..translation import tr
from .imagery import ImageryError, file_of

Window = tuple[int, int, int, int]
"""Column and row of the top left pixel, width and height, image px."""

_TYPES = {
    Qgis.DataType.Byte: "Byte",
    Qgis.DataType.UInt16: "UInt16",
    Qgis.DataType.Int16: "Int16",
    Qgis.DataType.UInt32: "UInt32",
    Qgis.DataType.Int32: "Int32",
    Qgis.DataType.Float32: "Float32",
    Qgis.DataType.Float64: "Float64",
}
_COLOURS = ("Gray", "Red", "Green", "Blue", "Alpha")


def window_of(layer: QgsRasterLayer, area: QgsRectangle) -> Window | None:
    """The pixels of a raster that an area (in the raster's CRS) touches; None if it touches none."""
    extent, columns, rows = layer.extent(), layer.width(), layer.height()
    across, down = extent.width() / columns, extent.height() / rows
    left = max(0, math.floor((area.xMinimum() - extent.xMinimum()) / across))
    right = min(columns, math.ceil((area.xMaximum() - extent.xMinimum()) / across))
    top = max(0, math.floor((extent.yMaximum() - area.yMaximum()) / down))
    bottom = min(rows, math.ceil((extent.yMaximum() - area.yMinimum()) / down))
    return (left, top, right - left, bottom - top) if right > left and bottom > top else None


def write_part(layer: QgsRasterLayer, window: Window, folder: Path) -> str:
    """Write the VRT of this window of a raster file into `folder`, and return its path.

    The same window gives the same file, and an existing file is left alone, so that a run over it can resume. The path
    to the raster is relative, but from one drive of Windows to another. Raises ImageryError if a VRT cannot show this.
    """
    source = Path(file_of(layer))
    left, top, width, height = window
    path = folder / f"{source.stem}-{left}-{top}-{width}x{height}.vrt"
    extent = layer.extent()
    across, down = extent.width() / layer.width(), extent.height() / layer.height()
    root = ET.Element("VRTDataset", rasterXSize=str(width), rasterYSize=str(height))
    if layer.crs().isValid():
        _put(
            root,
            "SRS",
            layer.crs().toWkt(),
            dataAxisToSRSAxisMapping="1,2" if not layer.crs().hasAxisInverted() else "2,1",
        )
    numbers = (extent.xMinimum() + left * across, across, 0.0, extent.yMaximum() - top * down, 0.0, -down)
    _put(root, "GeoTransform", ", ".join(f"{number:.17g}" for number in numbers))
    folder.mkdir(parents=True, exist_ok=True)
    for band in range(1, layer.bandCount() + 1):
        _put_band(root, layer, band, window, _seen_from(folder, source))
    text = ET.tostring(root, encoding="unicode")
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        # A name that nobody can guess, and a new file: in a folder of others a link could wait under a known name.
        part = path.with_name(f".{path.name}.{secrets.token_hex(8)}.partial")
        with part.open("x", encoding="utf-8") as file:
            file.write(text)
        part.replace(path)
    return str(path)


def _seen_from(folder: Path, source: Path) -> Path:
    try:
        return Path(os.path.relpath(source, folder))
    except ValueError:  # on Windows no path leads from one drive to another
        return source.absolute()


def _put_band(root: Any, layer: QgsRasterLayer, band: int, window: Window, source: Path) -> None:
    provider = layer.dataProvider()
    kind, colour = _TYPES.get(provider.sourceDataType(band)), provider.colorInterpretationName(band)
    if kind is None or colour == "Palette":
        raise ImageryError(
            tr(
                "“{name}” has a colour table or complex numbers, so Herdmap cannot cut an area out of it."
                " Leave the area empty to search the whole file."
            ).format(name=layer.name())
        )
    left, top, width, height = map(str, window)
    node = ET.SubElement(root, "VRTRasterBand", dataType=kind, band=str(band))
    if provider.sourceHasNoDataValue(band):
        _put(node, "NoDataValue", f"{provider.sourceNoDataValue(band):.17g}")
    if colour in _COLOURS:
        _put(node, "ColorInterp", colour)
    simple = ET.SubElement(node, "SimpleSource")
    _put(simple, "SourceFilename", source.as_posix(), relativeToVRT="0" if source.is_absolute() else "1")
    _put(simple, "SourceBand", str(band))
    ET.SubElement(simple, "SrcRect", xOff=left, yOff=top, xSize=width, ySize=height)
    ET.SubElement(simple, "DstRect", xOff="0", yOff="0", xSize=width, ySize=height)


def _put(parent: Any, tag: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, tag, attributes).text = text
