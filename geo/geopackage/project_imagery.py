"""Reads which imagery a survey's own QGIS project shows, so that a file made from the survey shows the same."""

import io
import math
import os
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET  # nosec B405

from geo.errors import VectorError
from geo.geopackage.access import reading
from geo.geopackage.imagery import ImageryLayer, relative_path
from geo.paths import StrPath, as_path

_LARGEST_PROJECT = 1 << 25  # bytes of XML: far above any real one


def read_imagery(survey: StrPath) -> list[ImageryLayer]:
    """The raster layers of the project `herdmap` inside the GeoPackage, the top one first; none where it has none.

    A project that cannot be read is none: the animals are worth more than the picture under them.
    """
    survey = as_path(survey)
    try:
        with reading(survey) as db:
            stored = db.execute("SELECT content FROM qgis_projects WHERE name = 'herdmap'").fetchone()
        if stored is None:
            return []
        text = stored[0].decode() if isinstance(stored[0], bytes) else str(stored[0])
        with zipfile.ZipFile(io.BytesIO(bytes.fromhex(text))) as archive:
            entry = next(info for info in archive.infolist() if info.filename.endswith(".qgs"))
            if entry.file_size > _LARGEST_PROJECT:
                return []
            root = ET.fromstring(archive.read(entry))  # noqa: S314 (expat bounds entity expansion, nothing is fetched) # nosec B314
    except (VectorError, ValueError, zipfile.BadZipFile, StopIteration, ET.ParseError, RuntimeError):
        return []
    return [layer for node in root.iter("maplayer") if (layer := _layer(node)) is not None]


def moved(layers: list[ImageryLayer], before: Path, after: Path) -> list[ImageryLayer]:
    """The layers with their sources as seen from the folder `after` rather than `before`."""
    return [replace(layer, source=moved_path(layer.source, before, after)) for layer in layers]


def moved_path(path: str, before: Path, after: Path) -> str:
    """A path relative to the folder `before` as seen from `after`, POSIX separators."""
    old, new = before.absolute(), after.absolute()
    return path if old == new else relative_path(Path(os.path.normpath(old / path)), new)


def _layer(node: ET.Element) -> ImageryLayer | None:
    source, renderer = node.findtext("datasource"), node.find("pipe/rasterrenderer")
    if node.get("type") != "raster" or node.findtext("provider") != "gdal" or not source or renderer is None:
        return None
    wkt = node.findtext("srs/spatialrefsys/wkt") or None
    own_file = renderer.get("alphaBand") == "-1"
    contrast = renderer.find(
        "contrastEnhancement" if renderer.get("type") != "multibandcolor" else "redContrastEnhancement"
    )
    stretched = contrast is not None and contrast.findtext("algorithm") == "StretchToMinimumMaximum"
    return ImageryLayer(
        name=node.findtext("layername") or source,
        source=source.removeprefix("./"),
        kind="orthomosaic" if own_file else "contact sheet" if wkt is None else "photo",
        crs_wkt=wkt,
        bands=3 if renderer.get("type") == "multibandcolor" else 1,
        dtype="uint16" if stretched else "uint8",
        stretch=_range_of(contrast) if stretched and renderer.find("minMaxOrigin") is None else None,
    )


def _range_of(contrast: ET.Element | None) -> tuple[float, float] | None:
    """What is drawn black and white; None if that cannot be understood."""
    if contrast is None:
        return None
    try:
        low, high = (float(contrast.findtext(tag) or "") for tag in ("minValue", "maxValue"))
    except ValueError:
        return None
    return (low, high) if math.isfinite(low) and math.isfinite(high) else None
