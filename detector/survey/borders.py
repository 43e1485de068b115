"""Says which rasters have a border that is no image, where their files do not say so."""

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from detector.errors import DetectorError
from detector.survey.planning import PlannedImage
from geo.errors import GeoError, Remark
from geo.raster import Border, RasterInfo
from geo.raster.formats import shown
from geo.short_number import short_number

# Orthomosaics are few. Of surveys of very many, so many tell whether the program that made them declares its borders.
_MOST_IMAGES = 40
_MOST_DECODED_WHOLE = 4
_LONGEST_NAME = 60


def undeclared_borders(images: Sequence[PlannedImage], border_of: Callable[[Path], Border | None]) -> list[Remark]:
    """A line where rasters have borders of one value that are not declared as nodata.

    Not of photos. Of more than 40 images, 40 are looked at; more than 4 of formats that are decoded whole, as JPEG with
    a world file, are not. border_of: as
    `raster.undeclared_border`.
    """
    infos = [(image.path, image.info) for image in images if image.info is not None and _may_have(image.info)]
    slow = [path for path, info in infos if info.sequential]
    rasters = [path for path, info in infos if not info.sequential]
    rasters += slow if len(slow) <= _MOST_DECODED_WHOLE else []
    chosen = np.unique(np.linspace(0, len(rasters) - 1, min(len(rasters), _MOST_IMAGES)).astype(int)).tolist()
    found = []
    for n in chosen:
        with contextlib.suppress(GeoError, DetectorError, OSError):  # it fails when it is searched
            one = border_of(rasters[n])
            if one is not None:
                found.append((one.share, one.value, rasters[n]))
    if not found:
        return []
    share, border, path = max(found, key=lambda one: (one[0], str(one[2])))
    name = shown(path.name)[-_LONGEST_NAME:]
    which = name if len(found) == 1 else f"{len(found)} images"
    most = "" if len(found) == 1 else f", {name} the most"
    looked = f" (of {len(chosen)} that were looked at)" if len(chosen) < len(rasters) else ""
    value = f"{border:.0f}" if border.is_integer() and abs(border) < 1e15 else repr(border)
    return [
        Remark(
            f"{which}{looked}: a border of the value {value} is not declared as nodata{most}: "
            f"{short_number(100 * share, 2)} % of "
            f"the image; it counts as searched ground: declare it (gdal_edit -a_nodata {value})"
        )
    ]


def _may_have(info: RasterInfo) -> bool:
    """Whether it is not as a camera took it: on the map, or of a format of maps and without a camera's tags."""
    on_map = info.georeference.kind != "none"
    return (on_map or not info.sequential) and "Model" not in info.exif and info.gps is None
