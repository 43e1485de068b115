"""Bring a Python where the computer has none that fits: with `uv`, a program of the package index, which fetches one.

QGIS's own pip fetches uv, in the pinned version, and only if it has one of the hashes in `uv.txt`. uv then fetches a
Python into the plugin's folder, beside the environment that is made of it. Nothing else on the computer changes.
"""

from __future__ import annotations

import os
import shutil
import subprocess  # nosec B404
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Callable

from ..process_tree import NO_WINDOW
from ..translation import tr
from . import environment, process

VERSION = "3.12"
"""The Python that is fetched: the one that most packages come for."""
MEGABYTES = 60
"""About what uv and this Python take to download."""
PINNED = Path(__file__).with_name("uv.txt")
"""The version of uv and the hashes of its files, as pip reads them."""


class NoPipError(Exception):
    """QGIS's own Python has no pip, so nothing can be fetched. The message says what to do."""


def folder() -> Path:
    """Where Pythons are that were brought."""
    return environment.folder() / "python"


def there() -> Iterator[str]:
    """The Pythons that were brought before, the newest first."""
    name = "python.exe" if os.name == "nt" else "bin/python3"
    for made in sorted(folder().glob("cpython-*"), reverse=True):
        if (made / name).is_file() and not made.is_symlink():
            yield str(made / name)


def bring(run: Callable[..., None]) -> str:
    """Fetch uv, and with it a Python. Returns the path of that Python. Blocks for a minute.

    run: runs a program to its end, or raises: what it does, in words; the command; `own`: variables of its environment.

    Raises NoPipError, OSError.
    """
    tools = environment.folder() / "uv"
    shutil.rmtree(tools, ignore_errors=True)
    what = tr("Fetching Python")
    try:
        fetch = [
            *("install", "--no-input", "--disable-pip-version-check", "--progress-bar", "off", "--no-deps"),
            *("--only-binary", ":all:", "--require-hashes", "--target", str(tools), "-r", str(PINNED)),
        ]
        run(what, process.guarded(_with_pip(), "pip", *fetch))
        uv = next(tools.glob("*/uv.exe" if os.name == "nt" else "*/uv"))
        # uv keeps nothing elsewhere, and reads no settings of projects.
        own = {"UV_NO_CACHE": "1", "UV_NO_CONFIG": "1", "UV_NO_PROGRESS": "1", "UV_PYTHON_INSTALL_BIN": "0"}
        asked = ["python", "install", VERSION, "--install-dir", str(folder()), "--no-bin", "--no-registry"]
        run(what, [str(uv), *asked], own=own)
    finally:
        shutil.rmtree(tools, ignore_errors=True)
    return next(there())


def _with_pip() -> str:
    """The Python of QGIS, if it has pip. It only fetches; no environment is made of it."""
    names = ("python.exe", "python3.exe") if os.name == "nt" else ("bin/python3",)
    running = Path(sys.executable)  # in QGIS for Windows and macOS, this is QGIS itself
    places = [running, *(Path(prefix) / name for prefix in (sys.prefix, sys.base_prefix) for name in names)]
    for python in dict.fromkeys(places):
        if "python" in python.name.lower() and python.is_file() and _has_pip(str(python)):
            return str(python)
    raise NoPipError(tr("QGIS's own Python has no pip, so it cannot fetch another Python."))


def _has_pip(python: str) -> bool:
    try:
        done = subprocess.run(  # nosec B603
            process.python_command(python, "-m", "pip", "--version"),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
            env=process.clean_environment(),
            creationflags=NO_WINDOW,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
