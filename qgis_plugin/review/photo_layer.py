"""A photo as a layer of QGIS, laid where an affine map of its px puts it. Nothing is written beside the photo.

The layer shows a VRT of 8 bit RGB and alpha in a folder of our own, and is made as QGIS reads a layer of a project:
with its renderer given. QGIS's constructor would choose one by the statistics of the photo, which GDAL then writes
beside it (`.aux.xml`). That would change an archive, fail on media that cannot be written, and take a reading's time.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET  # written, never read  # nosec B405

from qgis.core import QgsCoordinateReferenceSystem, QgsRasterLayer, QgsReadWriteContext
from qgis.PyQt.QtXml import QDomDocument

from ..image_file import has_colour_table, is_8_bit, open_image, shown_range

_COLOURS = ("Red", "Green", "Blue", "Alpha")
_ANY_CRS = "EPSG:4326"  # of a layer without one while it is made: QGIS may ask the user for a CRS that is missing
UPRIGHT = (0.0, 1.0, 0.0, 0.0, 0.0, -1.0)
"""The geotransform by which px (x, y) lie at x, -y, as QGIS shows a picture without a position."""


def photo_layer(
    photo: Path, folder: Path, transform: Sequence[float], crs: QgsCoordinateReferenceSystem
) -> QgsRasterLayer | None:
    """A layer of a photo; None if the photo cannot be read.

    folder: where its VRT is written, under a name of its own; it must stay as long as the layer. transform: GDAL's
    geotransform. crs: may be none.
    """
    name = f"photo_{uuid.uuid4().hex}"
    vrt = folder / f"{name}.vrt"
    try:
        source = open_image(photo) if photo.is_file() else None
        if source is None:
            return None
        vrt.write_bytes(_vrt(photo, source, transform, crs))
    except (RuntimeError, UnicodeEncodeError):  # a name that is no text cannot stand in a VRT
        return None
    layer = QgsRasterLayer()
    document = QDomDocument()
    document.setContent(_described(name, vrt))
    system = document.createElement("srs")
    (crs if crs.isValid() else QgsCoordinateReferenceSystem(_ANY_CRS)).writeXml(system, document)
    document.documentElement().appendChild(system)
    if not layer.readLayerXml(document.documentElement(), QgsReadWriteContext()) or not layer.isValid():
        return None
    layer.setName(photo.name)
    layer.setCrs(crs)
    return layer


def _described(name: str, vrt: Path) -> str:
    """The layer as a project has it."""
    root = ET.Element("maplayer", type="raster")
    for tag, text in (("id", name), ("datasource", str(vrt)), ("provider", "gdal")):
        ET.SubElement(root, tag).text = text
    pipe = ET.SubElement(root, "pipe")
    bands = {"redBand": "1", "greenBand": "2", "blueBand": "3", "alphaBand": "4"}
    ET.SubElement(pipe, "rasterrenderer", type="multibandcolor", opacity="1", **bands)
    return ET.tostring(root, encoding="unicode")


def _vrt(photo: Path, source: Any, transform: Sequence[float], crs: QgsCoordinateReferenceSystem) -> bytes:
    """A VRT of the photo as RGB and alpha, so that what surrounds a turned photo is not drawn black."""
    width, height = source.RasterXSize, source.RasterYSize
    root = ET.Element("VRTDataset", rasterXSize=str(width), rasterYSize=str(height))
    if crs.isValid():
        srs = ET.SubElement(root, "SRS", dataAxisToSRSAxisMapping="1,2")
        srs.text = crs.toWkt()
    ET.SubElement(root, "GeoTransform").text = ", ".join(map(repr, transform))
    for number, colour in enumerate(_COLOURS, 1):
        band = ET.SubElement(root, "VRTRasterBand", dataType="Byte", band=str(number))
        ET.SubElement(band, "ColorInterp").text = colour
        shown = number if source.RasterCount >= 3 else 1
        how = _looked_up(source, number, shown) if colour != "Alpha" else []
        node = ET.SubElement(band, "ComplexSource" if how else "SimpleSource")
        ET.SubElement(node, "SourceFilename", relativeToVRT="0").text = str(photo)
        ET.SubElement(node, "SourceBand").text = "mask,1" if colour == "Alpha" else str(shown)
        size = {"xOff": "0", "yOff": "0", "xSize": str(width), "ySize": str(height)}
        ET.SubElement(node, "SrcRect", size)
        ET.SubElement(node, "DstRect", size)
        for tag, text in how:
            ET.SubElement(node, tag).text = text
    return ET.tostring(root, encoding="utf-8")


def _looked_up(source: Any, number: int, shown: int) -> list[tuple[str, str]]:
    """How a source's stored values become 8 bit; empty if they are."""
    if not is_8_bit(source):
        low, high = shown_range(source.GetRasterBand(shown))
        scaled = {"SrcMin": low, "SrcMax": high, "DstMin": 0.0, "DstMax": 255.0}
        # With an exponent, what lies outside is clipped to the ends.
        return [("Exponent", "1"), *((tag, repr(value)) for tag, value in scaled.items())]
    if has_colour_table(source):
        return [("ColorTableComponent", str(number))]
    return []
