"""The detector's own Python environment: made outside QGIS in a cache, or one that the user points at.

    cache/herdmap/  (see `folder`)
        current.json    which environment is in use, and what is in it
        e1/             an environment; another set-up makes e2 and then removes e1

An environment counts once current.json names it, which is written last: what was interrupted is removed by the next
set-up, and a failed update leaves the environment of before.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from qgis.core import QgsApplication, QgsSettings

from ..translation import tr
from . import process
from .carried import Carried, carried

_PYTHON_SETTING = "herdmap/python"


class EnvironmentMissingError(Exception):
    """There is no environment to run the detector in. The message says what to do."""


@dataclass(frozen=True)
class Health:
    """What `herdmap doctor` reports. device: `cpu` or `cuda`; empty if the model does not run."""

    healthy: bool
    version: str
    device: str
    text: str

    @property
    def short(self) -> str:
        """The text; of a detector that runs, without what it does not need."""
        lines = self.text.splitlines()
        return "\n".join(line for line in lines if not (self.healthy and " not installed; " in line))


def folder() -> Path:
    """The folder of the plugin's own environments.

    Windows limits paths to 260 characters, and a profile there may be copied over a network at each login: so its
    environments lie in a folder with a short name that belongs to this computer, one for each profile.
    """
    profile = Path(QgsApplication.qgisSettingsDirPath())
    local = os.environ.get("LOCALAPPDATA", "")
    if os.name != "nt" or not local:
        return profile / "cache" / "herdmap"
    mark = hashlib.sha256(os.path.normcase(profile).encode()).hexdigest()[:8]
    return Path(local) / "herdmap" / mark


def constraints() -> Path | None:
    """The versions of packages that the detector was tested with, inside the plugin, for pip; None if it has none.

    With other versions of GDAL, photos are decoded to pixels that differ a little, and so do counts.
    """
    path = Path(__file__).parents[1] / "constraints.txt"
    return path if path.is_file() else None


def chosen_python() -> str:
    """The Python of the existing environment that the user chose; empty if the user chose none."""
    return str(QgsSettings().value(_PYTHON_SETTING, "") or "")


def choose_python(path: str) -> None:
    """Use the existing environment of this Python; with an empty path, the plugin's own."""
    QgsSettings().setValue(_PYTHON_SETTING, path)


def python() -> str:
    """The Python that runs the detector. Raises EnvironmentMissingError."""
    told = chosen_python()
    if told:
        if Path(told).is_file():
            return told
        raise EnvironmentMissingError(
            tr(
                "The Python of the chosen environment does not exist: {path}. Choose another one in Herdmap ▸ Settings."
            ).format(path=told)
        )
    current = _current()
    if current is None:
        raise EnvironmentMissingError(
            tr(
                "The detector is not set up yet. Press “Set up” in Herdmap ▸ Settings. You do this once, and"
                " it takes a few minutes."
            )
        )
    return str(current)


def is_outdated() -> bool:
    """Whether the plugin's own environment contains another detector than the plugin carries."""
    carries = carried()
    return (
        not chosen_python()
        and _current() is not None
        and carries is not None
        and _about().get("detector") != carries.digest
    )


def can_teach() -> bool:
    """Whether the plugin's own environment has what “Teach a model” needs."""
    return _current() is not None and bool(_about().get("teaching"))


def may_teach() -> bool:
    """Whether “Teach a model” may be offered: what is in an environment that the user chose, its run says."""
    return bool(chosen_python()) or can_teach()


def size() -> int:
    """How much the plugin's own environments take on the disk, bytes."""
    return sum(path.lstat().st_size for path in folder().rglob("*") if not path.is_dir())


def remove() -> None:
    """Remove the plugin's own environments. Raises OSError if one is in use."""
    if folder().exists():
        (folder() / "current.json").unlink(missing_ok=True)
        shutil.rmtree(folder())


def doctor(python: str, cancelled: Callable[[], bool] = lambda: False) -> Health:
    """Run `herdmap doctor` in this Python's environment. Blocks for seconds."""
    lines: list[str] = []
    try:
        ended = process.run(
            process.guarded(python, "detector", "doctor"),
            on_line=lines.append,
            on_error_line=lines.append,
            cancelled=cancelled,
        )
    except process.ProcessError as error:
        return Health(False, "", "", str(error))
    text = "\n".join(lines)
    version = re.search(r"^herdmap +(\S+)", text, re.M)
    device = re.search(r"^model +.* runs on (\S+)$", text, re.M)
    if not version:
        text = (
            tr("{python} has no herdmap. Run “pip install herdmap” in that environment, or choose another one.").format(
                python=python
            )
            + "\n"
            + text
        )
    return Health(
        ended.code == 0 and bool(version and device),
        version.group(1) if version else "",
        device.group(1) if device else "",
        text,
    )


# ---- the folder ------------------------------------------------------------------------------


def _about() -> dict[str, str]:
    try:
        about = json.loads((folder() / "current.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return about if isinstance(about, dict) else {}


def _current() -> Path | None:
    name = str(_about().get("folder", ""))
    if not re.fullmatch(r"e\d+", name):
        return None
    made = python_in(folder() / name)
    return made if made.is_file() else None


def python_in(environment: Path) -> Path:
    """The Python of the environment in this folder."""
    return environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def new_folder() -> Path:
    """Where the next environment is made."""
    number = 1
    while (folder() / f"e{number}").exists():
        number += 1
    return folder() / f"e{number}"


def use(made: Path, carries: Carried, version: str, base_python: str, teaching: bool = False) -> None:
    """Use the environment `made`, which holds the detector that the plugin `carries`, from now on.

    teaching: whether it has torch too.
    """
    about = {"folder": made.name, "detector": carries.digest, "version": version, "base_python": base_python}
    about["teaching"] = "yes" if teaching else ""
    current = folder() / "current.json"
    part = current.with_suffix(".partial")
    part.write_text(json.dumps(about, indent=1), encoding="utf-8")
    part.replace(current)


def remove_all_but_current() -> None:
    """Remove what is left of other set-ups."""
    current = _about().get("folder")
    for environment in folder().glob("e*"):
        if environment.name != current and environment.is_dir():
            shutil.rmtree(environment, ignore_errors=True)  # one that another QGIS uses goes next time
