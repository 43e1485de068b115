"""From a raster layer to the image file that the detector reads."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsProviderRegistry, QgsRasterLayer

from .translation import tr

# What the detector opens, by the usual endings; for guesses and file dialogs, the detector itself looks at the bytes.
ENDINGS = (".tif", ".tiff", ".jpg", ".jpeg", ".png", ".webp", ".jp2", ".img", ".vrt")


class ImageryError(Exception):
    """A layer that the detector cannot look at. The message says why and the mend."""


def file_of(layer: QgsRasterLayer) -> str:
    """The path of the image file that a raster layer shows. Raises ImageryError."""
    if layer.providerType() != "gdal":
        raise ImageryError(
            tr(
                "“{name}” comes from a web service or a database, and the detector reads files. Save the part that"
                " you need as a GeoTIFF (right-click the layer ▸ Export ▸ Save As, raw data or rendered image, at"
                " full resolution), and give that."
            ).format(name=layer.name())
        )
    parts = QgsProviderRegistry.instance().decodeUri("gdal", layer.source())
    path = str(parts.get("path") or "")
    if parts.get("vsiPrefix") or parts.get("layerName") or not Path(path).is_file():
        raise ImageryError(
            tr(
                "“{name}” is not a file of its own on this computer ({source}). Save it as a GeoTIFF and give that."
            ).format(name=layer.name(), source=layer.source())
        )
    return path
