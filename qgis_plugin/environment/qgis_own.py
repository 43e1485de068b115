"""What belongs to QGIS itself: on Windows and macOS it has a Python and libraries that the detector must not use.

They change with each update of QGIS, and an environment made of them would break. On Linux, QGIS uses the system's
Python, which may be used.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path


def folder_of(path: str) -> Path | None:
    """The folder of the QGIS that this file belongs to; None if it belongs to none."""
    for parent in Path(path).parents:
        # The mark of an installation from OSGeo4W, which QGIS's own installer for Windows is too; and of one for macOS.
        if (parent / "bin" / "o4w_env.bat").is_file() or (parent.suffix == ".app" and "qgis" in parent.name.lower()):
            return parent
    own = Path(sys.base_prefix)
    return own if _has_its_own_python() and _is_inside(path, own) else None


def cleaned(variables: Mapping[str, str]) -> dict[str, str]:
    """The variables of an environment without those that point into this QGIS, and PATH without its folders.

    QGIS's libraries there would be loaded instead of those of the detector's packages.
    """
    if not _has_its_own_python():
        return dict(variables)
    root = folder_of(str(Path(sys.base_prefix) / "python")) or Path(sys.base_prefix)
    kept = {}
    for name, value in variables.items():
        parts = value.split(os.pathsep)
        outside = [part for part in parts if not (Path(part).is_absolute() and _is_inside(part, root))]
        if len(outside) == len(parts):
            kept[name] = value
        elif name.upper() == "PATH":
            kept[name] = os.pathsep.join(outside)
    return kept


def _has_its_own_python() -> bool:
    return os.name == "nt" or sys.platform == "darwin"


def _is_inside(path: str, folder: Path) -> bool:
    inner, outer = (os.path.normcase(os.path.abspath(each)) for each in (path, folder))
    return inner == outer or inner.startswith(outer.rstrip(os.sep) + os.sep)
