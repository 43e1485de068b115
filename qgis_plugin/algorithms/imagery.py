"""From a raster layer to the image file that the detector reads."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from qgis.core import QgsMapLayer, QgsProviderRegistry, QgsRasterLayer, QgsVectorLayer, QgsWkbTypes

from ..layers import table_of
from ..translation import tr
from . import kept_output


class ImageryError(Exception):
    """A layer that the detector cannot read. The message says why and what to do."""


def file_of(layer: QgsRasterLayer) -> str:
    """The path of the image file that a raster layer shows. Raises ImageryError."""
    if layer.providerType() != "gdal":
        raise ImageryError(
            tr(
                "“{name}” comes from a web service or a database, but the detector reads only files. Save the"
                " part you need as a GeoTIFF (right-click the layer ▸ Export ▸ Save As, at full resolution)"
                " and choose that file."
            ).format(name=layer.name())
        )
    parts = QgsProviderRegistry.instance().decodeUri("gdal", layer.source())
    path = str(parts.get("path") or "")
    if parts.get("vsiPrefix") or parts.get("layerName") or not Path(path).is_file():
        raise ImageryError(
            tr(
                "“{name}” is not a single file on this computer ({source}). Save it as a GeoTIFF and choose that file."
            ).format(name=layer.name(), source=layer.source())
        )
    return path


def at_hand(layers: Sequence[QgsMapLayer]) -> dict[str, Any]:
    """Values for the dialog of `herdmap:detect`: the rasters and polygons among these layers, and an output file.

    Raises ImageryError if one of the rasters is not a file.
    """
    rasters = [layer for layer in layers if isinstance(layer, QgsRasterLayer)]
    regions = [layer for layer in layers if is_polygons(layer) and table_of(layer) is None]
    values: dict[str, Any] = {"REGIONS": regions[0].id()} if regions else {}
    if not rasters:
        return values
    output = survey_beside([Path(file_of(layer)) for layer in rasters])
    return {**values, "IMAGERY": [layer.id() for layer in rasters], "OUTPUT": output}


def survey_beside(inputs: Sequence[Path]) -> str:
    """Where the survey of these files and folders stands: beside the first file, or in the first folder."""
    first = inputs[0]
    folder = first if first.is_dir() else first.parent
    name = first.stem if len(inputs) == 1 and not first.is_dir() else folder.absolute().name
    return kept_output.beside(folder, f"{name}_animals.gpkg")


def is_polygons(layer: QgsMapLayer) -> bool:
    """Whether it is a layer of polygons."""
    return isinstance(layer, QgsVectorLayer) and layer.geometryType() == QgsWkbTypes.GeometryType.PolygonGeometry
