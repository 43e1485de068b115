"""Set up the plugin's own environment: find a Python, make the environment, install the detector, test it."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from ..translation import tr
from . import brought_python, environment, packages, process, pythons
from .carried import CarriedError, carried
from .install_failures import explain
from .proxy import proxy_hosts

_NEEDED_GB = 1.5
# About so many packages are collected; only the progress bar depends on it.
_PACKAGES = 19


class SetUpError(Exception):
    """The set-up failed. kind: see `install_failures`, or `cancelled`. The message is for the user."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True)
class Teaching:
    """What torch takes, which teaching needs, in GB. From PyPI, on Linux it comes with the libraries of GPUs, elsewhere
    for the processor alone.
    """

    download_gb: float
    disk_gb: float

    @classmethod
    def here(cls) -> Teaching:
        """On this computer."""
        return cls(3, 7) if sys.platform.startswith("linux") else cls(0.3, 1)

    def in_words(self) -> str:
        """What the user gets, and what it takes."""
        return tr(
            "“Add teaching” also installs torch, which “Teach a model” needs: about {load:g} GB to download,"
            " {disk:g} GB on the disk, 2 to 20 minutes. Everything else works without it."
        ).format(load=self.download_gb, disk=self.disk_gb)


def set_up(
    base_python: str = "",
    *,
    source: str = "",
    teaching: bool = False,
    brings_python: bool = False,
    on_progress: Callable[[float, str], None] = lambda percent, step: None,
    on_line: Callable[[str], None] = lambda line: None,
    cancelled: Callable[[], bool] = lambda: False,
    extra_environment: Mapping[str, str] | None = None,
) -> environment.Health:
    """Make the plugin's own environment and install the plugin's detector in it. Blocks for minutes.

    base_python: the Python that makes it; by default the first suitable one. source: where packages come from, as
    `packages.chosen` says; an index is that of pip's configuration. teaching: whether torch is installed too, which
    “Teach a model” needs. brings_python: whether a Python is fetched if none fits. on_progress: called with per cent
    and the current step. on_line: called with each line of the log. extra_environment: from `proxy_environment`, which
    must be called in the main thread before.

    Raises SetUpError.
    """
    carries = carried()
    if carries is None:
        raise SetUpError(
            "carried",
            tr(
                "This copy of the plugin contains no detector. Install the plugin from its zip, or choose an"
                " existing environment."
            ),
        )
    steps = _Steps(on_progress, on_line, cancelled, extra_environment or {})
    try:
        base = steps.find_python(base_python, source, brings_python)
        steps.check_disk(teaching)
        wanted = packages.wanted(source, carries, environment.folder(), teaching)
        new = environment.new_folder()
        steps.make(base, new)
        steps.install(new, wanted, source)
        health = steps.try_out(new)
        environment.use(new, carries, health.version, base, teaching)
    except CarriedError as error:
        raise SetUpError("carried", str(error)) from error
    except brought_python.NoPipError as error:
        raise SetUpError("pip", f"{error} {pythons.mend()}.") from error
    except OSError as error:
        failure = explain([*steps.log, f"{type(error).__name__}: {error}"])
        raise SetUpError(failure.kind, f"{error}. {failure.mend}") from error
    finally:
        for packed in environment.folder().glob("*.whl"):
            packed.unlink()
        environment.remove_all_but_current()
    on_progress(100, tr("Ready"))
    return health


class _Steps:
    """The steps of one set-up, in order. Each raises SetUpError. `log` has the output of their programs."""

    def __init__(
        self,
        on_progress: Callable[[float, str], None],
        on_line: Callable[[str], None],
        cancelled: Callable[[], bool],
        extra_environment: Mapping[str, str],
    ) -> None:
        self.log: list[str] = []
        self._on_progress = on_progress
        self._on_line = on_line
        self._cancelled = cancelled
        self._extra_environment = extra_environment

    def find_python(self, told: str, source: str, brings: bool) -> str:
        """Find the Python that makes the environment: one that the packages of `source` are for.

        brings: whether one is fetched if none fits.
        """
        self._on_progress(1, tr("Looking for Python"))
        try:
            found = pythons.find(told, packages.pythons_of(source), brought_python.there())
        except packages.PackagesError as error:
            raise SetUpError("folder", str(error)) from error
        except pythons.PythonError as error:
            if not brings or told or packages.is_folder(source):
                raise SetUpError("python", str(error)) from error
            self._on_progress(2, tr("Fetching Python"))
            found = brought_python.bring(self._run)
            if problem := pythons.problem_of(found):
                raise SetUpError("brought", f"{found}: {problem}. {pythons.mend()}.") from error
        self._note(tr("Python: {path}").format(path=found))
        return found

    def check_disk(self, teaching: bool) -> None:
        """Make the folder of the environments and check its free space."""
        environment.folder().mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(environment.folder()).free
        needed = _NEEDED_GB + (Teaching.here().disk_gb if teaching else 0)
        if free < needed * 1e9:
            text = tr(
                "The disk has {free:.1f} GB left, but the detector needs {needed:.1f} GB. Free some space and press"
                " the button again."
            )
            raise SetUpError("disk", text.format(free=free / 1e9, needed=needed))

    def make(self, base_python: str, new: Path) -> None:
        """Make an environment without packages in the folder `new`."""
        what = tr("Making the environment")
        self._on_progress(3, what)
        self._run(what, process.guarded(base_python, "venv", str(new)))

    def install(self, new: Path, wanted: list[str], source: str) -> None:
        """Install the detector and the packages that it needs, in the tested versions if this Python has them.

        If one of these does not exist for it, the newest packages are installed. wanted: what pip is asked for. source:
        see `packages.chosen`.
        """
        what = tr("Downloading the packages")
        self._on_progress(8, what)
        # Python compiles what it imports; pip would compile everything, of which a tenth is ever imported.
        command = process.guarded(
            str(environment.python_in(new)), "pip", "install", "--no-input", "--disable-pip-version-check",
            "--progress-bar", "off", "--no-compile", "--only-binary", ":all:", *wanted,
        )  # fmt: skip
        tested = environment.constraints()
        if tested is not None:
            try:
                self._run(what, [*command, "--constraint", str(tested)], _pip_progress(self._on_progress))
                return
            except SetUpError as error:
                if error.kind != "package":
                    raise
                if source:
                    raise SetUpError("package", f"{what}: {packages.without_packages(source)}") from error
            self._note(
                tr(
                    "The tested versions of the packages do not exist for this Python. Newer versions are installed."
                    " Counts may differ a little from those of other computers."
                )
            )
        self._run(what, command, _pip_progress(self._on_progress))

    def try_out(self, new: Path) -> environment.Health:
        """Test the installed detector."""
        self._on_progress(92, tr("Testing the detector"))
        health = environment.doctor(str(environment.python_in(new)), cancelled=self._cancelled)
        self._note(health.short)
        if not health.healthy:
            failure = explain([health.text])
            raise SetUpError(
                failure.kind, tr("The detector was installed but does not run on this computer.") + " " + failure.mend
            )
        return health

    def _note(self, line: str) -> None:
        self.log.append(line)
        self._on_line(line)

    def _run(
        self,
        what: str,
        command: list[str],
        watch: Callable[[str], None] = lambda line: None,
        own: Mapping[str, str] | None = None,
    ) -> None:
        def on_line(line: str) -> None:
            self._note(line)
            watch(line)

        try:
            ended = process.run(
                command,
                on_line=on_line,
                on_error_line=self._note,
                cancelled=self._cancelled,
                extra_environment={**self._extra_environment, **(own or {})},
            )
        except process.ProcessError as error:
            raise SetUpError("permission", str(error)) from error
        if ended.cancelled:
            raise SetUpError("cancelled", tr("Cancelled. Press “Set up” to start again. Finished downloads are kept."))
        if ended.code:
            failure = explain(self.log, proxy_hosts(self._extra_environment))
            raise SetUpError(failure.kind, f"{what}: {failure.mend}")


def _pip_progress(on_progress: Callable[[float, str], None]) -> Callable[[str], None]:
    collected = 0

    def watch(line: str) -> None:
        nonlocal collected
        package = re.match(r"Collecting ([A-Za-z0-9_.-]+)|Processing .*?([A-Za-z0-9_]+)-[^/\\]*\.whl", line)
        if package:
            collected += 1
            name = package.group(1) or package.group(2)
            on_progress(8 + min(62.0, 62.0 * collected / _PACKAGES), tr("Downloading {name}").format(name=name))
        elif line.startswith("Installing collected packages"):
            on_progress(75, tr("Installing the packages"))

    return watch
