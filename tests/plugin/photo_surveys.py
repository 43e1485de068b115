"""Surveys of single photos for the tests: posed ones, and photos that say nothing of where they are."""

import shutil
import subprocess
from pathlib import Path

from tests.loaded_herdmap import herdmap

_STRIP = """
import sys, warnings
import rasterio
warnings.simplefilter("ignore")
with rasterio.open(sys.argv[1]) as photo:
    pixels = photo.read()
size = {"count": len(pixels), "height": pixels.shape[1], "width": pixels.shape[2]}
with rasterio.open(sys.argv[2], "w", driver="JPEG", dtype="uint8", quality=92, **size) as bare:
    bare.write(pixels)
"""


def photo_survey(python: str, practice: Path, folder: Path, *, tags: bool) -> Path:
    """A survey of the first two photos of the simulated one in `folder`/photos; without tags they have no position."""
    photos, path = folder / "photos", folder / "survey.gpkg"
    photos.mkdir(parents=True)
    for photo in sorted((practice / "photos").glob("*.jpg"))[:2]:
        if tags:
            shutil.copyfile(photo, photos / photo.name)
        else:
            subprocess.run([python, "-I", "-c", _STRIP, photo, photos / photo.name], check=True, capture_output=True)
    herdmap(python, "detect", photos, "-o", path)
    return path
