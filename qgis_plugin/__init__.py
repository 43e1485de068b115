"""Herdmap in QGIS: find the animals in imagery, review them, count them per region.

Runs in QGIS's own Python with QGIS and the standard library alone. The detector runs in an environment of its own, as a
process; what ties the two together is the command line, its progress lines and the GeoPackage. Imports between the
plugin's own files are relative, as its folder has another name where it is installed.
"""

from __future__ import annotations

from typing import Any


def classFactory(iface: Any) -> Any:  # noqa: N802 (the name that QGIS calls)
    """The plugin. `iface` is None where QGIS has no window, as in `qgis_process`."""
    from .plugin import HerdmapPlugin

    return HerdmapPlugin(iface)
