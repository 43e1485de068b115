"""What lies beside an image and is opened with it: overviews, masks and notes, which GDAL finds by their names.

They are checked as the image is. An `.ovr` or `.msk` may be a GeoTIFF or an Erdas file only; GDAL would take any
format.
Notes (`.aux.xml`) may not name a file with overviews, which could be anywhere.
"""

import os
import re
import xml.etree.ElementTree as ElementTree  # nosec B405
from pathlib import Path

from geo.errors import RasterError
from geo.raster.formats import identify, shown

_PIXELS = (".ovr", ".msk")
_NOTES = ".aux.xml"
_LARGEST_NOTES = 64 << 20
_DEEPEST = 3  # overviews of the mask of the overviews


def check(path: Path, depth: int = 0) -> None:
    """Raise RasterError if what GDAL would open with the image `path` is not safe to open."""
    # Names as text: there is nothing beside most photos, and paths take as long as the question.
    name = os.fspath(path)
    if Path(name + _NOTES).is_file():
        _check_notes(Path(name + _NOTES))
    for end in _PIXELS:
        if Path(name + end).is_file():
            pixels = Path(name + end)
            if depth == _DEEPEST or identify(pixels) not in ("GTiff", "HFA"):
                raise RasterError(f"{shown(pixels)}: no GeoTIFF, as overviews and masks are; remove it")
            check(pixels, depth + 1)


def _check_notes(notes: Path) -> None:
    if notes.stat().st_size > _LARGEST_NOTES:
        raise RasterError(f"{shown(notes)}: more than {_LARGEST_NOTES >> 20} MB; remove it")
    text = notes.read_bytes()
    if re.search(rb"(?i)overview|&#|<!(?!--)", text) is None:
        return  # as nearly all are
    try:
        root = ElementTree.fromstring(text) if b"<!DOCTYPE" not in text.upper() else None  # noqa: S314 (as above) # nosec B314
    except (ElementTree.ParseError, LookupError, ValueError, RecursionError):
        root = None
    elements = () if root is None else root.iter()
    named = any("overview" in str(words).lower() for one in elements for words in (one.attrib.items(), one.tag))
    if root is None or named:
        raise RasterError(f"{shown(notes)}: it names a file with overviews elsewhere, or is damaged; remove it")
