"""Images in and out: the one home of rasterio (GDAL), and of what reads HEIC and camera RAW.

Reading is header first (`inspect`), then windowed and bounded (`RasterReader`).

header.py     what the header says, within bounds
many_headers.py  those of many images, in processes beside this one
read.py       windows of pixels as RGB, one band's own values
write.py      GeoTIFF and JPEG
border.py     borders that are no image and are not said to be none
composite.py  how stored bands become RGB, and what is image
formats.py    which files are opened at all
vrt.py        what a VRT may hold
beside.py     what may lie beside an image
image_formats.py  the endings of images, and what a folder may hold besides
tiff_pages.py  which of the pictures in a TIFF is the picture
camera_photos.py, media_boxes.py  HEIC and camera RAW
elevation_formats.py  which more are, as elevation models
tag_blocks.py, tiff_tags.py  where files keep EXIF and XMP, and the tags of EXIF as text
exif.py, xmp.py  what a photo's tags say
orientation.py  how programs turn a photo where they show it
gdal.py       GDAL's settings, and its errors as ours
"""

from geo import gdal_drivers
from geo.raster.formats import DRIVERS

with gdal_drivers.only(DRIVERS):
    import rasterio
    from rasterio.session import DummySession

    with rasterio.Env(session=DummySession()):
        pass  # GDAL's drivers are registered here at the latest

from geo.raster.border import Border
from geo.raster.gdal import gdal_version, settled
from geo.raster.header import RasterInfo, inspect, orientation_in
from geo.raster.many_headers import headers_ahead
from geo.raster.read import (
    RasterReader,
    Sample,
    common_stretch,
    read_band,
    read_preview,
    resampled,
    sample,
    sampled_of,
    stretch_of,
    undeclared_border,
)
from geo.raster.write import encode_jpeg, encode_jpegs, write_geotiff, write_jpeg

__all__ = [
    "Border",
    "RasterInfo",
    "RasterReader",
    "Sample",
    "common_stretch",
    "encode_jpeg",
    "encode_jpegs",
    "gdal_version",
    "headers_ahead",
    "inspect",
    "orientation_in",
    "read_band",
    "read_preview",
    "resampled",
    "sample",
    "sampled_of",
    "settled",
    "stretch_of",
    "undeclared_border",
    "write_geotiff",
    "write_jpeg",
]
