"""Find a Python that can make the detector's environment. That Python itself is never changed."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess  # nosec B404
import sys
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from ..process_tree import NO_WINDOW
from ..translation import tr
from . import qgis_own
from .process import clean_environment, python_command

OLDEST = (3, 11)
# The versions that the detector's packages come for as wheels, best first; others are tried after them.
_NAMES = ("python3.12", "python3.13", "python3.11", "python3.14", "python3", "python")
_STORE = "windowsapps"  # the folder of the Microsoft Store's programs, and of its links to what is not installed
_ASK = "import sys, venv, ensurepip; print(*sys.version_info[:2], sys.maxsize > 2**32)"


class PythonError(Exception):
    """There is no suitable Python. The message says what was found and what to do."""


def find(told: str = "", versions: Collection[tuple[int, int]] = (), brought: Iterable[str] = ()) -> str:
    """The path of a Python that can make environments: `told`, or the first suitable one.

    versions: those that the packages at hand are for, such as (3, 12); empty if all from OLDEST on will do.
    brought: more Pythons, which are tried last.

    Raises PythonError.
    """
    if told:
        problem = problem_of(told, versions)
        if problem:
            raise PythonError(f"{told}: {problem}")
        return told
    problems = []
    for python in dict.fromkeys((*_candidates(), *brought)):
        problem = problem_of(python, versions)
        if not problem:
            return python
        problems.append(f"{python}: {problem}")
    found = "; ".join(problems) if problems else tr("No Python was found")
    raise PythonError(
        tr("The detector needs Python 3.11 or newer. {found}. {mend}, then press the button again.").format(
            found=found, mend=mend()
        )
    )


def problem_of(python: str, versions: Collection[tuple[int, int]] = ()) -> str:
    """Why this Python is not suitable; empty if it is. versions: see `find`."""
    if _STORE in Path(python.lower()).parts:
        # Also where it is no mere link: Windows keeps what it writes in a place where QGIS does not look.
        return tr("is the Microsoft Store's, which cannot make an environment for QGIS")
    if qgis_own.folder_of(python):
        return tr("is QGIS's own Python, which changes with each update of QGIS")
    try:
        done = subprocess.run(  # nosec B603
            python_command(python, "-c", _ASK),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=30,
            env=clean_environment(),
            creationflags=NO_WINDOW,
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
        yield from _registered()
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


def _registered() -> Iterator[str]:
    """The Pythons that the launcher `py` knows: installers write them into Windows' registry (PEP 514)."""
    import winreg

    found = []
    for root in (winreg.HKEY_CURRENT_USER, winreg.HKEY_LOCAL_MACHINE):
        for company in _keys(root, r"Software\Python"):
            for version in _keys(root, rf"Software\Python\{company}"):
                place = rf"Software\Python\{company}\{version}\InstallPath"
                with contextlib.suppress(OSError), winreg.OpenKey(root, place) as key:
                    python = str(winreg.QueryValueEx(key, "ExecutablePath")[0])
                    found.append((company != "PythonCore", _rank(version), python))
    yield from (python for *_, python in sorted(found) if Path(python).is_file())


def _rank(version: str) -> int:
    name = f"python{version}"
    return _NAMES.index(name) if name in _NAMES else len(_NAMES)


def _keys(root: int, place: str) -> list[str]:
    """The names of the keys below one of Windows' registry; none where it is missing."""
    import winreg

    names: list[str] = []
    with contextlib.suppress(OSError), winreg.OpenKey(root, place) as key:
        while True:  # after the last it raises OSError
            names.append(winreg.EnumKey(key, len(names)))
    return names


def mend() -> str:
    """What to do where no Python fits."""
    if os.name == "nt":
        return tr("Install it from python.org (you need no administrator rights), not from the Microsoft Store")
    if sys.platform == "darwin":
        return tr("Install it from python.org")
    return tr("Install it with your system's packages (python3 and python3-venv)")
