"""Find a Python that can make the detector's environment. That Python itself is never changed."""

from __future__ import annotations

import os
import shutil
import subprocess  # nosec B404
import sys
from collections.abc import Collection, Iterator
from pathlib import Path

from ..translation import tr
from .process import clean_environment, python_command

OLDEST = (3, 11)
# The versions that the detector's packages come for as wheels, best first; others are tried after them.
_NAMES = ("python3.12", "python3.13", "python3.11", "python3.14", "python3", "python")
_ASK = "import sys, venv, ensurepip; print(*sys.version_info[:2], sys.maxsize > 2**32)"


class PythonError(Exception):
    """There is no suitable Python. The message says what was found and what to do."""


def find(told: str = "", versions: Collection[tuple[int, int]] = ()) -> str:
    """The path of a Python that can make environments: `told`, or the first suitable one.

    versions: those that the packages at hand are for, such as (3, 12); empty if all from OLDEST on will do.

    Raises PythonError.
    """
    if told:
        problem = problem_of(told, versions)
        if problem:
            raise PythonError(f"{told}: {problem}")
        return told
    problems = []
    for python in dict.fromkeys(_candidates()):
        problem = problem_of(python, versions)
        if not problem:
            return python
        problems.append(f"{python}: {problem}")
    found = "; ".join(problems) if problems else tr("No Python was found")
    raise PythonError(
        tr("The detector needs Python 3.11 or newer. {found}. {mend}, then press the button again.").format(
            found=found, mend=_mend()
        )
    )


def problem_of(python: str, versions: Collection[tuple[int, int]] = ()) -> str:
    """Why this Python is not suitable; empty if it is. versions: see `find`."""
    try:
        done = subprocess.run(  # nosec B603
            python_command(python, "-c", _ASK),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=30,
            env=clean_environment(),
            creationflags=0x08000000 if os.name == "nt" else 0,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return tr("cannot be started")
    said = done.stdout.decode("utf-8", "replace").split()
    if done.returncode or len(said) != 3:
        if b"ensurepip" in done.stderr or b"venv" in done.stderr:
            return tr("cannot make environments (on Debian and Ubuntu, run “sudo apt install python3-venv”)")
        return tr("is not a working Python")
    major, minor, is_64_bit = int(said[0]), int(said[1]), said[2] == "True"
    if (major, minor) < OLDEST:
        return tr("is Python {version}, which is too old").format(version=f"{major}.{minor}")
    if versions and (major, minor) not in versions:
        return tr("is Python {version}, but the folder has the packages for {those}").format(
            version=f"{major}.{minor}", those=", ".join(f"{a}.{b}" for a, b in sorted(versions))
        )
    return "" if is_64_bit else tr("is a 32-bit Python, but the detector needs 64 bit")


def _candidates() -> Iterator[str]:
    folders = [""]
    if os.name == "nt":
        programs = [os.environ.get("LOCALAPPDATA", "") + r"\Programs", os.environ.get("PROGRAMFILES", "")]
        for program in filter(None, programs):
            for python in sorted(Path(program).glob("Python/Python3*/python.exe"), reverse=True):
                yield str(python)
            for python in sorted(Path(program).glob("Python3*/python.exe"), reverse=True):
                yield str(python)
    elif sys.platform == "darwin":
        folders += ["/opt/homebrew/bin", "/usr/local/bin", "/Library/Frameworks/Python.framework/Versions/Current/bin"]
    for name in _NAMES:
        for folder in folders:
            found = shutil.which(name, path=folder or None)
            # Windows looks in the current folder too, which may be that of a project that somebody sent.
            if found and Path(found).is_absolute():
                yield found
    # QGIS's own Python comes last: the environment would break when QGIS is updated.
    for name in ("python.exe", "python3.exe", "bin/python3"):
        own = Path(sys.base_prefix) / name
        if own.is_file():
            yield str(own)


def _mend() -> str:
    if os.name == "nt":
        return tr("Install it from the Microsoft Store or from python.org (you need no administrator rights)")
    if sys.platform == "darwin":
        return tr("Install it from python.org")
    return tr("Install it with your system's packages (python3 and python3-venv)")
