"""Herdmap in QGIS: detect the animals in imagery, review them, count them per region.

The plugin runs in QGIS's own Python and needs only QGIS and the standard library. The detector runs as a process in an
environment of its own. The two share the command line, its progress lines and the GeoPackage. The plugin's files import
each other relatively, because its folder has another name where it is installed.
"""

from __future__ import annotations

from typing import Any


def classFactory(iface: Any) -> Any:  # noqa: N802 (the name that QGIS calls)
    """The plugin. `iface` is None where QGIS has no window, as in `qgis_process`."""
    from qgis.core import QgsApplication

    from . import translation

    translation.install(QgsApplication.instance().locale())
    from .plugin import HerdmapPlugin

    return HerdmapPlugin(iface)
