"""Photos that GDAL does not read: HEIC, by pillow-heif, and camera RAW, by rawpy (LibRaw). The one home of both.

Pixels are those stored, as everywhere: neither EXIF's orientation nor HEIC's own turns them. RAW is developed alike for
every photo: the camera's white balance, sRGB, 16 bit, no brightening. So one brightness is one grey in a whole flight,
and the flight's common stretch makes it as bright as it is to be.
"""

import contextlib
import importlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.errors import MissingLibraryError, RasterError, one_line
from geo.raster import media_boxes, tag_blocks, tiff_pages
from geo.raster.formats import CAMERA, shown
from geo.raster.tag_blocks import Blocks

MAX_PIXELS = 200_000_000
LARGEST_FILE = 1 << 30
_LIBRARIES = {"HEIF": "pillow_heif", "RAW": "rawpy"}
_EMBEDDED_JPEG = 1 << 18


@dataclass(frozen=True)
class CameraPhoto:
    """The header of a photo. width, height: as it is stored, px. bands: 1 or 3, and one more if `alpha`. dtype: numpy's
    name. blocks: its EXIF and XMP."""

    path: Path
    driver: str
    width: int
    height: int
    bands: int
    alpha: bool
    dtype: str
    blocks: Blocks


def header(path: Path, driver: str) -> CameraPhoto:
    """The header of a photo, read without its pixels. driver: a key of `formats.CAMERA`.

    Raises RasterError where it cannot be read or is too large, MissingLibraryError where its library is not installed.
    """
    if path.stat().st_size > LARGEST_FILE:
        raise RasterError(
            f"{shown(path)}: a {CAMERA[driver]} file of more than {LARGEST_FILE >> 30} GB; it is no photo"
        )
    return _heic_header(path) if driver == "HEIF" else _raw_header(path)


def pixels(photo: CameraPhoto, quick: bool = False) -> NDArray[Any]:
    """(height, width, bands) of the photo's dtype, the pixels as they are stored.

    quick: half as many rows and columns are enough; only RAW is faster then. Raises as `header`.
    """
    found = _heic_pixels(photo) if photo.driver == "HEIF" else _raw_pixels(photo, quick)
    expected = (photo.height, photo.width, photo.bands)
    if found.shape != expected and not quick:
        raise RasterError(f"{shown(photo.path)}: decodes to {found.shape}, but its header says {expected} px")
    return found


def _library(path: Path, driver: str) -> Any:
    try:
        return importlib.import_module(_LIBRARIES[driver])
    except ImportError as error:
        raise MissingLibraryError(
            f"{shown(path)}: reading {CAMERA[driver]} needs {_LIBRARIES[driver].replace('_', '-')}, which is not "
            "installed: pip install 'herdmap[photos]'"
        ) from error


def _check_size(path: Path, driver: str, width: int, height: int) -> None:
    if not 0 < width * height <= MAX_PIXELS:
        raise RasterError(
            f"{shown(path)}: the header says {width} x {height} px; expected at most {MAX_PIXELS} px in "
            f"{CAMERA[driver]}; write it as TIFF, or copy it again if the file is damaged"
        )


@contextlib.contextmanager
def _one_line(path: Path, driver: str) -> Any:
    """The libraries' errors, which are of several kinds, as one of ours."""
    try:
        yield
    except (RasterError, MissingLibraryError, MemoryError):
        raise
    except Exception as error:
        said = error.args[0] if error.args else error
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        text = "it holds no picture" if isinstance(error, IndexError) else text
        raise RasterError(
            f"{shown(path)}: {CAMERA[driver]} that cannot be read ({one_line(text, 120)}); copy it again from its "
            "source, or write it as JPEG or TIFF"
        ) from error


# ---- HEIC ------------------------------------------------------------------------------------------------------------


def _heic_header(path: Path) -> CameraPhoto:
    with path.open("rb") as file:
        boxes = media_boxes.heic_header(file)
    library = _library(path, "HEIF")
    width, height = boxes.width, boxes.height
    if not width:
        # The library reads all of the file, which the boxes spare.
        with _one_line(path, "HEIF"):
            size = library.open_heif(path).size
        width, height = size if boxes.orientation < 5 else size[::-1]
    _check_size(path, "HEIF", width, height)
    blocks = Blocks()
    if boxes.exif is not None:
        blocks.add_exif(boxes.exif)
    if boxes.xmp is not None:
        blocks.add_xmp(boxes.xmp)
    # Only the file's own boxes turn a HEIC; its EXIF is a record of it.
    blocks.exif["Orientation"] = str(boxes.orientation)
    bands = (1 if boxes.grey else 3) + boxes.alpha
    return CameraPhoto(path, "HEIF", width, height, bands, boxes.alpha, "uint8", blocks)


def _heic_pixels(photo: CameraPhoto) -> NDArray[Any]:
    with photo.path.open("rb") as file:
        boxes = media_boxes.heic_header(file)
    library = _library(photo.path, "HEIF")
    with _one_line(photo.path, "HEIF"):
        image = library.open_heif(photo.path)
        decoded = np.asarray(image)
        deep = decoded.dtype != np.uint8
    if deep:  # grey of 10 and 12 bit comes in 16
        decoded = (decoded >> 8).astype(np.uint8)
    return boxes.stored(decoded.reshape(*decoded.shape[:2], -1))


# ---- camera RAW ------------------------------------------------------------------------------------------------------


def _raw_header(path: Path) -> CameraPhoto:
    library = _library(path, "RAW")
    with _one_line(path, "RAW"), library.imread(str(path)) as raw:
        width, height, bands = raw.sizes.width, raw.sizes.height, 1 if raw.num_colors == 1 else 3
    _check_size(path, "RAW", width, height)
    return CameraPhoto(path, "RAW", width, height, bands, False, "uint16", raw_tags(path))


def _raw_pixels(photo: CameraPhoto, quick: bool) -> NDArray[Any]:
    library = _library(photo.path, "RAW")
    with _one_line(photo.path, "RAW"), library.imread(str(photo.path)) as raw:
        developed: NDArray[Any] = raw.postprocess(
            demosaic_algorithm=library.DemosaicAlgorithm.PPG,
            half_size=quick,
            use_camera_wb=True,
            output_bps=16,
            user_flip=0,
            no_auto_bright=True,
            adjust_maximum_thr=0.0,
            gamma=(2.4, 12.92),
        )
    return developed


def raw_tags(path: Path) -> Blocks:
    """The EXIF and XMP of a RAW file: of one that is a TIFF, of Fujifilm's preview, or of Canon's boxes."""
    blocks = Blocks()
    with contextlib.suppress(OSError), path.open("rb") as file:
        head = file.read(92)
        if head.startswith(b"FUJIFILM"):
            file.seek(int.from_bytes(head[84:88], "big"))
            blocks = tag_blocks.blocks_of(io.BytesIO(file.read(_EMBEDDED_JPEG)), "JPEG")
        elif media_boxes.kind_of(head) == "CR3":
            for table, block in media_boxes.canon_tags(file).items():
                blocks.add_exif(block, table)
        else:
            blocks = tag_blocks.blocks_of(file, "GTiff")
            if (packet := tiff_pages.read_pages(path).packet) is not None:
                blocks.add_xmp(packet)
    return blocks
