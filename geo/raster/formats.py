"""Which image files are opened at all. The first bytes of a file decide, not its name.

GDAL has two hundred drivers, and some fetch from the network, run code, or read other files. Herdmap opens only the
formats of aerial imagery, with the driver that is named here. What a VRT may refer to is in `vrt.py`, what may lie
beside an image in `beside.py`.
"""

from pathlib import Path

from geo.errors import RasterError
from geo.paths import StrPath
from geo.raster import elevation_formats, media_boxes

# Formats by the name of the GDAL driver that reads them.
_MAGIC = (
    (b"II*\0", "GTiff"),
    (b"MM\0*", "GTiff"),
    (b"II+\0", "GTiff"),
    (b"MM\0+", "GTiff"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "JP2OpenJPEG"),
    (b"\xff\x4f\xff\x51", "JP2OpenJPEG"),
    (b"EHFA_HEADER_TAG", "HFA"),
)
# All that GDAL needs to read and write these, with the formats of elevation models.
DRIVERS = frozenset({driver for _, driver in _MAGIC} | {"WEBP", "VRT", "COG", "MEM", "Memory"})
DRIVERS |= {one.driver for one in elevation_formats.FORMATS}
# Of camera RAW that is no TIFF, or says so at once: Panasonic, Olympus, Fujifilm.
_RAW_MAGIC = (b"IIU\0", b"IIRO", b"IIRS", b"MMOR", b"FUJIFILMCCD-RAW")
_CANON_RAW = b"CR\2"
"""In a TIFF of Canon, from byte 8 on."""
CAMERA = {"HEIF": "HEIC", "RAW": "camera RAW"}
"""What GDAL does not read, by a driver's name of our own (`geo.raster.camera_photos`)."""
EXPECTED = "JPEG, GeoTIFF, COG, PNG, WebP, JPEG 2000, Erdas Imagine, VRT"
# Decoded from the first byte on, so a window costs as much as the whole image above it.
SEQUENTIAL = frozenset({"JPEG", "PNG", "WEBP", *CAMERA})


def shown(path: StrPath) -> str:
    """A path fit for a one-line message: control characters and undecodable bytes escaped, long ones cut."""
    text = str(path).encode("unicode_escape", "replace").decode("ascii") if not str(path).isprintable() else str(path)
    return text if len(text) <= 300 else "..." + text[-297:]


def identify(path: Path, elevation: bool = False) -> str:
    """The driver that reads this file, told by its first bytes. elevation: elevation models have more formats.

    Raises `RasterError` where it is missing, a folder, unreadable, empty, or none of the formats.
    """
    try:
        if not path.is_file():
            if path.is_dir():
                raise RasterError(f"{shown(path)}: a folder, not an image; give the files in it or the folder itself")
            raise RasterError(f"{shown(path)}: no such file; check the path")
        with path.open("rb", buffering=0) as file:
            head = file.read(512)
    except (OSError, ValueError) as error:
        if isinstance(error, RasterError):
            raise
        reason = getattr(error, "strerror", None) or str(error)
        raise RasterError(f"{shown(path)}: cannot be read ({reason}); check its permissions") from error
    if not head:
        raise RasterError(f"{shown(path)}: empty file (0 bytes); copy it again from its source")
    if not elevation and (camera := _of_camera(head)) is not None:
        return camera
    for magic, driver in _MAGIC:
        if head.startswith(magic):
            return driver
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<VRTDataset"):
        return "VRT"
    if elevation:
        if (found := elevation_formats.driver_of(path, head)) is not None:
            return found
        files = ", ".join(dict.fromkeys(one.file for one in elevation_formats.FORMATS))
        raise RasterError(f"{shown(path)}: not an elevation model Herdmap reads; expected {EXPECTED}, {files}")
    raise RasterError(f"{shown(path)}: not an image Herdmap reads; expected {EXPECTED}, HEIC or camera RAW")


def _of_camera(head: bytes) -> str | None:
    """'HEIF' or 'RAW' where the first bytes of a file tell; of most TIFFs they do not (`geo.raster.tiff_pages`)."""
    if head.startswith(_RAW_MAGIC) or (head[:2] in (b"II", b"MM") and head[8:11] == _CANON_RAW):
        return "RAW"
    return {"HEIF": "HEIF", "CR3": "RAW"}.get(media_boxes.kind_of(head) or "")
