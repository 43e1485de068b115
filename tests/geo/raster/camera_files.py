"""Photos of cameras whose formats GDAL does not read: HEIC, and DNG byte by byte."""

import struct
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tests.geo.raster.tiffs import REDUCED, WHOLE, One, tiff

_CFA, _LINEAR = 32803, 34892
# Why a test that reads or writes such a photo is skipped.
WITHOUT = "the photos extra is not installed: pip install 'herdmap[photos]'"
XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description xmlns:drone-dji="http://www.dji.com/drone-dji/1.0/" drone-dji:GimbalYawDegree="+12.50"/>'
    "</rdf:RDF></x:xmpmeta>"
)


def exif(orientation: int = 1) -> Image.Exif:
    """What a camera writes: itself, when and where."""
    tags = Image.Exif()
    tags[0x010F], tags[0x0110], tags[0x0112] = "Maker", "Model", orientation
    tags.get_ifd(0x8769)[0x9003] = "2026:02:03 04:05:06"
    tags.get_ifd(0x8769)[0x920A] = 8.5
    tags.get_ifd(0x8825).update({1: "S", 2: (1.0, 17.0, 24.0), 3: "E", 4: (36.0, 49.0, 12.0), 5: b"\0", 6: 1700.0})
    return tags


def heic(path: Path, pixels: NDArray[np.uint8], orientation: int = 1) -> Path:
    """A HEIC photo as phones write it: its boxes turn it as the tag says."""
    pillow_heif = pytest.importorskip("pillow_heif", reason=WITHOUT)
    height, width = pixels.shape[:2]
    image = pillow_heif.from_bytes({3: "RGB", 4: "RGBA"}[pixels.shape[2]], (width, height), pixels.tobytes())
    image.info["xmp"] = XMP.encode()
    image.save(path, exif=exif(orientation).tobytes(), quality=95, chroma=444)
    return path


def dng_with_tags(path: Path, pixels: NDArray[np.uint8], linear: bool = False) -> Path:
    """A DNG whose first table has EXIF, GPS and XMP, as cameras write them."""
    pytest.importorskip("rawpy", reason=WITHOUT)  # a test that writes one reads it
    photo = [(36867, 2, b"2026:02:03 04:05:06\0"), (37386, 5, struct.pack("<2I", 85, 10))]
    gps = [
        (1, 2, b"S\0"), (2, 5, struct.pack("<6I", 1, 1, 17, 1, 24, 1)), (3, 2, b"E\0"),
        (4, 5, struct.pack("<6I", 36, 1, 49, 1, 12, 1)), (5, 1, b"\0"), (6, 5, struct.pack("<2I", 1700, 1)),
    ]  # fmt: skip
    data = bytearray(dng(pixels, linear, {700: XMP.encode(), 34665: (4, 1, b"EXIF"), 34853: (4, 1, b"GPS!")}))
    for mark, entries in ((b"EXIF", photo), (b"GPS!", gps)):
        at = data.index(struct.pack("<HI", 4, 1) + mark) + 6
        struct.pack_into("<I", data, at, len(data))
        table, rest = struct.pack("<H", len(entries)), b""
        after = len(data) + 2 + 12 * len(entries) + 4
        for tag, kind, value in entries:
            count = len(value) // {1: 1, 2: 1, 5: 8}[kind]
            place = value.ljust(4, b"\0") if len(value) <= 4 else struct.pack("<I", after + len(rest))
            rest += value if len(value) > 4 else b""
            table += struct.pack("<HHI", tag, kind, count) + place
        data += table + b"\0\0\0\0" + rest
    path.write_bytes(data)
    return path


def dng(
    picture: NDArray[np.uint8], linear: bool = False, first: dict[int, bytes | tuple[int, int, bytes]] | None = None
) -> bytes:
    """A DNG of 16 bit whose sensor saw an (H, W, 3) sRGB picture, with a preview of 15 x 10 px in front.

    linear: with all three colours of each px, instead of one behind a filter. first: more tags of the first table.
    """
    grey = picture.astype(np.float64) / 255
    light = np.where(grey <= 0.04045, grey / 12.92, ((grey + 0.055) / 1.055) ** 2.4)
    seen = np.rint(light * 60000).astype(np.uint16)
    short = struct.Struct("<H")
    raw: dict[int, bytes | tuple[int, int, bytes]] = {50717: (3, 1, short.pack(60000))}
    if not linear:
        seen = np.where(np.indices(seen.shape[:2]).sum(axis=0)[..., None] % 2 == 1, seen[..., 1:2], seen)
        rows = np.arange(len(seen))[:, None, None]
        red_or_blue = np.where(rows % 2 == 0, seen[..., 0:1], seen[..., 2:3])
        green = np.indices(seen.shape[:2]).sum(axis=0)[..., None] % 2 == 1
        seen = np.where(green, seen[..., 1:2], red_or_blue)
        raw |= {33421: (3, 2, struct.pack("<2H", 2, 2)), 33422: bytes((0, 1, 1, 2))}
    # From XYZ to the camera's colours, which are sRGB's (IEC 61966-2-1).
    matrix = (3.2406, -1.5372, -0.4986, -0.9689, 1.8758, 0.0415, 0.0557, -0.2040, 1.0570)
    tags: dict[int, bytes | tuple[int, int, bytes]] = {
        271: (2, 6, b"Maker\0"), 272: (2, 6, b"Model\0"), 50706: bytes((1, 4, 0, 0)), 50708: (2, 6, b"Model\0"),
        50721: (10, 9, b"".join(struct.pack("<ii", round(value * 10000), 10000) for value in matrix)),
        50728: (5, 3, struct.pack("<6I", 1, 1, 1, 1, 1, 1)), 50778: (3, 1, short.pack(21)),
    }  # fmt: skip
    preview = np.full((10, 15, 3), 77, np.uint8)
    main = One(np.ascontiguousarray(seen), WHOLE, colours=_LINEAR if linear else _CFA, more=raw)
    return tiff([One(preview, REDUCED, [main], more=tags | (first or {}))])
