"""A report to send to a helper: versions, the environment and the log, without names and passwords."""

from __future__ import annotations

import configparser
import getpass
import os
import platform
import re
from collections.abc import Sequence
from pathlib import Path

from qgis.core import Qgis
from qgis.PyQt.QtCore import QT_VERSION_STR

from . import environment
from .carried import carried


def report(health: environment.Health | None, log: Sequence[str]) -> str:
    """The report as text. health: the last check, if there was one. log: the log of the set-up."""
    carries = carried()
    lines = [
        f"Herdmap plugin {version()}",
        f"QGIS {Qgis.QGIS_VERSION}, Qt {QT_VERSION_STR}, Python {platform.python_version()}",
        f"{platform.platform()}, {os.cpu_count()} cores",
        f"environments in {environment.folder()}",
        f"detector's Python: {_python()}",
        f"carries the detector: {carries.version if carries else 'no'}",
        "",
        "herdmap doctor:",
        health.text if health else "not asked",
        "",
        "log of the set-up, its end:",
        *log[-80:],
    ]
    return redacted("\n".join(lines))


def version() -> str:
    """The plugin's version. In a checkout the metadata lies in the folder above the plugin's."""
    here = Path(__file__).parents[1]
    metadata = configparser.ConfigParser()
    metadata.read([here.parent / "metadata.txt", here / "metadata.txt"], encoding="utf-8")
    return metadata.get("general", "version", fallback="unknown")


def redacted(text: str) -> str:
    """`text` without the user's name, home folder, and what may be a password in an address."""
    text = re.sub(r"(\w+://)[^/\s@]*@", r"\1***@", text)
    text = re.sub(r"(?i)\b((?:token|password|passwd|secret|api[_-]?key)\s*[=:]\s*)\S+", r"\1***", text)
    homes = {str(Path.home()), os.path.realpath(Path.home()), os.environ.get("USERPROFILE", "")}
    for home in sorted(filter(lambda h: len(h) > 1, homes), key=len, reverse=True):
        text = re.sub(re.escape(home), "~", text, flags=re.I)
        text = re.sub(re.escape(home.replace("\\", "/")), "~", text, flags=re.I)
    try:
        user = getpass.getuser()
    except (KeyError, OSError, ImportError):
        return text
    if len(user) > 2 and user.lower() != "root":
        text = re.sub(rf"(?<![A-Za-z0-9]){re.escape(user)}(?![A-Za-z0-9])", "USER", text, flags=re.I)
    return text


def _python() -> str:
    try:
        return environment.python()
    except environment.EnvironmentMissingError as error:
        return str(error)
