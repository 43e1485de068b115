"""Where the set-up takes packages from: the plugin and the package index, the index alone, or a folder of packages."""

from __future__ import annotations

import re
from pathlib import Path

from qgis.core import QgsSettings

from ..translation import tr
from .carried import Carried

_SETTING = "herdmap/packages"
INDEX = "index"
# Beside the packages of the core: GeoParquet; HEIC and camera RAW, which a user of QGIS could not add by pip.
_EXTRAS = "parquet,photos"


class PackagesError(Exception):
    """The chosen folder cannot be used. The message says why and what to do."""


def chosen() -> str:
    """Where packages come from: empty is the plugin and the package index, INDEX the index alone, else a folder."""
    return str(QgsSettings().value(_SETTING, "") or "")


def choose(source: str) -> None:
    """Take packages from there from now on; see `chosen`."""
    QgsSettings().setValue(_SETTING, source)


def is_folder(source: str) -> bool:
    """Whether this choice is a folder."""
    return source not in ("", INDEX)


def pythons_of(source: str) -> set[tuple[int, int]]:
    """The versions of Python that a folder of packages is for, such as (3, 12); empty where every version may do.

    Raises PackagesError if it is no folder with packages.
    """
    if not is_folder(source):
        return set()
    folder = Path(source)
    wheels = [path.name for path in folder.glob("*.whl")] if folder.is_dir() else []
    if not wheels:
        raise PackagesError(
            tr(
                "{folder} contains no packages. Choose a folder that “herdmap bundle” made on a computer with a"
                " network."
            ).format(folder=source)
        )
    # Numpy comes for one version of Python in each file.
    found = {re.match(r"numpy-[^-]+-cp3(\d+)-", name) for name in wheels}
    return {(3, int(match.group(1))) for match in found if match}


def wanted(source: str, carries: Carried, place: Path, teaching: bool) -> list[str]:
    """What pip is asked for. The wheel of the detector that the plugin `carries` is packed into the folder `place`.

    Raises CarriedError, OSError.
    """
    extras = f"[{_EXTRAS}{',torch' if teaching else ''}]"
    if source == INDEX:
        return [f"herdmap{extras}=={carries.version}"]
    detector = f"{carries.pack(place)}{extras}"
    return ["--no-index", "--find-links", source, detector] if is_folder(source) else [detector]


def without_packages(source: str) -> str:
    """What to do if pip found no package for this Python in a folder or, if `source` is INDEX, no detector there."""
    if source == INDEX:
        return tr(
            "The package index has no Herdmap of this version, or a package is missing there. Choose “This plugin and"
            " the package index”, or ask for the packages there."
        )
    return tr(
        "{folder} lacks a package for this system and this Python. Make the folder again with “herdmap bundle” of this"
        " version, for this system and this version of Python."
    ).format(folder=source)
