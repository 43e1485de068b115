"""The detector's own Python environment: made outside QGIS in the profile's cache, or one that the user points at.

    cache/herdmap/
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
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Callable
from urllib.parse import quote, urlsplit

from qgis.core import QgsApplication, QgsNetworkAccessManager, QgsSettings
from qgis.PyQt.QtNetwork import QNetworkProxy

from ..translation import tr
from . import process, pythons
from .install_failures import explain

# Beside the packages of the core, GeoParquet.
_EXTRAS = "parquet"
_PYTHON_SETTING = "herdmap/python"
_NEEDED_BYTES = 1_500_000_000
# About so many packages are collected; only the progress bar depends on it.
_PACKAGES = 16


class EnvironmentMissingError(Exception):
    """There is no environment to run the detector in. The message says the mend."""


class SetUpError(Exception):
    """Setting up did not succeed. kind: see `install_failures`, or `cancelled`; the message is for the user."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True)
class Health:
    """What `herdmap doctor` says of an environment. device: cpu, cuda or nothing where the model does not run."""

    healthy: bool
    version: str
    device: str
    text: str


def folder() -> Path:
    """Where the plugin's own environments are."""
    return Path(QgsApplication.qgisSettingsDirPath()) / "cache" / "herdmap"


def wheel() -> Path | None:
    """The detector that this plugin carries; none in a checkout of the source."""
    wheels = sorted(Path(__file__).parents[1].glob("wheels/herdmap-*.whl"))
    return wheels[-1] if wheels else None


def told_python() -> str:
    """The Python of an existing environment that the user points at, or nothing."""
    return str(QgsSettings().value(_PYTHON_SETTING, "") or "")


def tell_python(path: str) -> None:
    """Use an existing environment by its Python, or with nothing the plugin's own."""
    QgsSettings().setValue(_PYTHON_SETTING, path)


def python() -> str:
    """The Python that runs the detector. Raises EnvironmentMissingError."""
    told = told_python()
    if told:
        if Path(told).is_file():
            return told
        raise EnvironmentMissingError(
            tr(
                "{path}: the Python of the chosen environment is not there. Choose another in Herdmap ▸ Settings."
            ).format(path=told)
        )
    current = _current()
    if current is None:
        raise EnvironmentMissingError(
            tr("The detector is not set up yet. Press “Set up” in Herdmap ▸ Settings; it takes a few minutes, once.")
        )
    return str(current)


def is_outdated() -> bool:
    """Whether the plugin's own environment holds another detector than the plugin carries."""
    carried = wheel()
    return (
        not told_python()
        and _current() is not None
        and carried is not None
        and _about().get("wheel") != _digest(carried)
    )


def set_up(
    base_python: str = "",
    *,
    on_progress: Callable[[float, str], None] = lambda percent, step: None,
    on_line: Callable[[str], None] = lambda line: None,
    cancelled: Callable[[], bool] = lambda: False,
    extra_environment: Mapping[str, str] | None = None,
) -> Health:
    """Make the plugin's own environment and install the carried detector in it. Blocks for minutes.

    base_python: the Python to make it with; by default one that is found. on_progress: per cent, and what is done.
    on_line: the log. extra_environment: see `proxy_environment`, which asks QGIS and so has to be called before, in the
    main thread. Packages come from the index that pip is configured for.

    Raises SetUpError.
    """
    carried = wheel()
    if carried is None:
        raise SetUpError(
            "wheel",
            tr("This copy of the plugin carries no detector. Install it from its zip, or choose an environment."),
        )
    base = folder()
    log: list[str] = []

    def note(line: str) -> None:
        log.append(line)
        on_line(line)

    def step(what: str, command: list[str], watch: Callable[[str], None] = lambda line: None) -> None:
        def line(text: str) -> None:
            note(text)
            watch(text)

        try:
            ended = process.run(
                command, on_line=line, on_error_line=note, cancelled=cancelled, extra_environment=extra_environment
            )
        except process.ProcessError as error:
            raise SetUpError("permission", str(error)) from error
        if ended.cancelled:
            raise SetUpError("cancelled", tr("Cancelled. Press “Set up” to start again; finished downloads are kept."))
        if ended.code:
            failure = explain(log, _proxy_hosts(extra_environment or {}))
            raise SetUpError(failure.kind, f"{what}: {failure.mend}")

    new: Path | None = None
    try:
        on_progress(1, tr("Looking for Python"))
        try:
            found = pythons.find(base_python)
        except pythons.PythonError as error:
            raise SetUpError("python", str(error)) from error
        note(tr("Python: {path}").format(path=found))
        base.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(base).free
        if free < _NEEDED_BYTES:
            text = tr(
                "The disk has {free:.1f} GB left and 1.5 GB are needed. Free some space and press the button again."
            )
            raise SetUpError("disk", text.format(free=free / 1e9))
        new = _new_folder(base)
        on_progress(3, tr("Making the environment"))
        step(tr("Making the environment"), process.guarded(found, "venv", str(new)))
        made = _python_in(new)
        on_progress(8, tr("Fetching the packages"))
        fetch = process.guarded(
            str(made), "pip", "install", "--no-input", "--disable-pip-version-check", "--progress-bar", "off",
            "--only-binary", ":all:", f"{carried}[{_EXTRAS}]",
        )  # fmt: skip
        step(tr("Fetching the packages"), fetch, _pip_progress(on_progress))
        on_progress(92, tr("Trying the detector"))
        health = doctor(str(made), cancelled=cancelled)
        note(health.text)
        if not health.healthy:
            failure = explain([health.text])
            raise SetUpError(failure.kind, tr("The detector was installed but does not run here.") + " " + failure.mend)
        about = {"folder": new.name, "wheel": _digest(carried), "version": health.version, "base_python": found}
        _write_whole(base / "current.json", json.dumps(about, indent=1))
    except OSError as error:
        failure = explain([*log, f"{type(error).__name__}: {error}"])
        raise SetUpError(failure.kind, f"{error}. {failure.mend}") from error
    finally:
        _remove_all_but_current(base)
    on_progress(100, tr("Ready"))
    return health


def remove() -> None:
    """Remove the plugin's own environments. Raises OSError where one is in use."""
    if folder().exists():
        (folder() / "current.json").unlink(missing_ok=True)
        shutil.rmtree(folder())


def doctor(python: str, cancelled: Callable[[], bool] = lambda: False) -> Health:
    """What the detector in this Python's environment says of itself. Blocks for seconds."""
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
            tr("{python} has no herdmap: run “pip install herdmap” there, or choose another.").format(python=python)
            + "\n"
            + text
        )
    return Health(
        ended.code == 0 and bool(version and device),
        version.group(1) if version else "",
        device.group(1) if device else "",
        text,
    )


def proxy_environment() -> dict[str, str]:
    """QGIS's proxy as pip understands it; nothing where there is none, or where the user's environment names one."""
    if any(name.lower() in ("http_proxy", "https_proxy", "all_proxy", "pip_proxy") for name in os.environ):
        return {}
    proxy = QgsNetworkAccessManager.instance().fallbackProxy()
    if (
        proxy.type() not in (QNetworkProxy.ProxyType.HttpProxy, QNetworkProxy.ProxyType.HttpCachingProxy)
        or not proxy.hostName()
    ):
        return {}
    user = f"{quote(proxy.user(), safe='')}:{quote(proxy.password(), safe='')}@" if proxy.user() else ""
    address = f"http://{user}{proxy.hostName()}:{proxy.port() or 8080}"
    return {"HTTP_PROXY": address, "HTTPS_PROXY": address}


def _proxy_hosts(extra: Mapping[str, str]) -> list[str]:
    named = {name.lower(): value for name, value in {**os.environ, **extra}.items()}
    addresses = (named.get(name, "") for name in ("http_proxy", "https_proxy", "all_proxy", "pip_proxy"))
    return [host for address in addresses if (host := urlsplit(address).hostname)]


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
    made = _python_in(folder() / name)
    return made if made.is_file() else None


def _python_in(environment: Path) -> Path:
    return environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _new_folder(base: Path) -> Path:
    number = 1
    while (base / f"e{number}").exists():
        number += 1
    return base / f"e{number}"


def _remove_all_but_current(base: Path) -> None:
    current = _about().get("folder")
    for environment in base.glob("e*"):
        if environment.name != current and environment.is_dir():
            shutil.rmtree(environment, ignore_errors=True)  # one that another QGIS uses goes next time


def _write_whole(path: Path, text: str) -> None:
    part = path.with_suffix(".partial")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _pip_progress(on_progress: Callable[[float, str], None]) -> Callable[[str], None]:
    collected = 0

    def watch(line: str) -> None:
        nonlocal collected
        package = re.match(r"Collecting ([A-Za-z0-9_.-]+)|Processing .*?([A-Za-z0-9_]+)-[^/\\]*\.whl", line)
        if package:
            collected += 1
            name = package.group(1) or package.group(2)
            on_progress(8 + min(62.0, 62.0 * collected / _PACKAGES), tr("Fetching {name}").format(name=name))
        elif line.startswith("Installing collected packages"):
            on_progress(75, tr("Installing the packages"))

    return watch
