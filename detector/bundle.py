"""A folder of packages to install Herdmap from where there is no network: wheels for several systems, by pip.

pip fetches the wheels for each system, but looks at the conditions of a package's requirements, such as `sys_platform
== 'win32'`, for the computer that it runs on. So pip fetches without requirements. These are read here from the wheels,
for the system that they are for, until nothing more is required.
"""

import base64
import csv
import hashlib
import io
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from email.parser import BytesParser
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from detector.errors import InputError
from geo.errors import one_line
from geo.output import whole_folder
from geo.paths import StrPath, as_path
from geo.process_tree import NO_WINDOW

# What the QGIS plugin installs beside the core, and what it adds for teaching.
EXTRAS, TEACHING = ("parquet", "photos"), "torch"
_OF_PIP = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json")
_MOST_METADATA_BYTES = 4 * 1024 * 1024


class System(NamedTuple):
    """A system that packages are fetched for: pip's names of what runs there, and the values of conditions."""

    platforms: tuple[str, ...]
    sys_platform: str
    platform_system: str
    os_name: str
    platform_machine: str


# Linux of the last years: glibc 2.17 to 2.28. pip knows of each only its own name, so all are named.
_GLIBC = tuple(f"manylinux_2_{minor}_x86_64" for minor in range(28, 16, -1))
SYSTEMS = {
    "windows": System(("win_amd64",), "win32", "Windows", "nt", "AMD64"),
    "macos": System(("macosx_14_0_arm64",), "darwin", "Darwin", "posix", "arm64"),
    "linux": System((*_GLIBC, "manylinux2014_x86_64"), "linux", "Linux", "posix", "x86_64"),
}
"""By name. macOS is that of Apple's own processors: ONNX Runtime no longer comes for Intel's."""


def bundle(
    folder: StrPath,
    systems: Sequence[str] = tuple(SYSTEMS),
    pythons: Sequence[str] = ("3.12",),
    *,
    teaching: bool = False,
    say: Callable[[str], None] = lambda line: None,
) -> list[Path]:
    """Make `folder` with the wheels of Herdmap and all that it needs, in the tested versions. Returns the wheels.

    systems: names of `SYSTEMS`. pythons: the versions of Python, such as "3.12". teaching: also torch, which teaching
    needs. say: gets a line for each system and version. pip is that of this Python, with its configuration.

    The folder appears whole or not at all; pip keeps what it has fetched, so a second try is faster. Raises InputError
    if the folder has other files or pip fails, OutputError.
    """
    folder = as_path(folder)
    if folder.exists() and (not folder.is_dir() or any(one.suffix != ".whl" for one in folder.iterdir())):
        raise InputError(f"{folder}: has other files than packages; choose a new or an empty folder")
    for python in pythons:
        if not re.fullmatch(r"3\.\d{1,2}", python):
            raise InputError(f"{python!r} is no version of Python; expected two numbers, such as 3.12")
    extras = [*EXTRAS, *([TEACHING] if teaching else [])]
    with tempfile.TemporaryDirectory() as scratch, whole_folder(folder) as made:
        own = own_wheel(Path(scratch))
        for name in systems:
            for python in pythons:
                place = Path(scratch) / f"{name}-{python}"
                place.mkdir()
                fetch(own, extras, name, python, place)
                wheels = sorted(place.iterdir())
                size = sum(wheel.stat().st_size for wheel in wheels)
                say(f"{name}, Python {python}: {len(wheels)} packages, {size / 1e6:.0f} MB")
                for wheel in wheels:
                    shutil.move(wheel, made / wheel.name)
        shutil.move(own, made / own.name)
    return sorted(folder.iterdir())


def tested_versions() -> Path:
    """The versions of packages that Herdmap was tested with: in the installed package, or in a checkout beside it."""
    inside = Path(__file__).with_name("constraints.txt")
    return inside if inside.is_file() else Path(__file__).parents[1] / "constraints.txt"


def fetch(own: Path, extras: Sequence[str], system: str, python: str, place: Path) -> None:
    """Fetch into the folder `place` the wheels of all that the wheel `own` requires, for this system and Python.

    Raises InputError if pip fails.
    """
    target = conditions(SYSTEMS[system], python)
    asked: dict[str, set[str]] = {}
    queue = list(requirements(own, extras, target))
    while queue:
        new = [one for one in queue if canonicalize_name(one.name) not in asked]
        if new:
            _download([f"{one.name}{one.specifier}" for one in new], system, python, place)
        wheels = {canonicalize_name(wheel.name.split("-")[0]): wheel for wheel in place.glob("*.whl")}
        changed = {canonicalize_name(one.name) for one in queue}
        for one in queue:
            asked.setdefault(canonicalize_name(one.name), set()).update(one.extras)
        required = [one for name in changed for one in requirements(wheels[name], sorted(asked[name]), target)]
        queue = [
            one
            for one in required
            if canonicalize_name(one.name) not in asked or not one.extras <= asked[canonicalize_name(one.name)]
        ]


def requirements(wheel: Path, extras: Sequence[str], target: Mapping[str, str]) -> Iterator[Requirement]:
    """What a wheel requires with these extras where the conditions are those of `target`.

    Raises InputError if its description cannot be read.
    """
    with zipfile.ZipFile(wheel) as inside:
        (name,) = [one for one in inside.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", one)]
        if inside.getinfo(name).file_size > _MOST_METADATA_BYTES:
            raise InputError(f"{wheel.name}: its description has more than {_MOST_METADATA_BYTES} bytes")
        lines = BytesParser().parsebytes(inside.read(name)).get_all("Requires-Dist", [])
    for line in lines:
        try:
            one = Requirement(line)
        except InvalidRequirement as error:
            raise InputError(f"{wheel.name}: requires {one_line(line)!r}, which cannot be read") from error
        if one.marker is None or any(one.marker.evaluate({**target, "extra": extra}) for extra in ("", *extras)):
            yield one


def conditions(system: System, python: str) -> dict[str, str]:
    """The values of the conditions in requirements (PEP 508) on this system, for this version of Python."""
    return {
        "sys_platform": system.sys_platform,
        "platform_system": system.platform_system,
        "os_name": system.os_name,
        "platform_machine": system.platform_machine,
        "python_version": python,
        "python_full_version": f"{python}.0",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
    }


def own_wheel(place: Path) -> Path:
    """The wheel of this Herdmap in the folder `place`: built from a checkout, or made again of the installed files.

    Raises InputError if it cannot be made.
    """
    project = Path(__file__).parents[1]
    if (project / "pyproject.toml").is_file():
        _pip("wheel", "--no-deps", "--wheel-dir", str(place), str(project))
        (wheel,) = place.glob("*.whl")
        return wheel
    installed = metadata.distribution("herdmap")
    wheel = place / f"herdmap-{installed.version}-py3-none-any.whl"
    record = io.StringIO()
    rows = csv.writer(record, lineterminator="\n")
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in sorted(installed.files or []):
            # pip adds the programs, what Python has compiled, and notes of its own.
            if file.parts[0] == ".." or "__pycache__" in file.parts or file.name in _OF_PIP:
                continue
            content = Path(file.locate()).read_bytes()
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode("ascii")
            rows.writerow([file.as_posix(), f"sha256={digest}", len(content)])
            packed.writestr(file.as_posix(), content)
        name = f"herdmap-{installed.version}.dist-info/RECORD"
        rows.writerow([name, "", ""])
        packed.writestr(name, record.getvalue())
    return wheel


def _download(wanted: Sequence[str], system: str, python: str, place: Path) -> None:
    platforms = [part for platform in SYSTEMS[system].platforms for part in ("--platform", platform)]
    chosen = ["--only-binary", ":all:", "--no-deps", "--implementation", "cp", "--python-version", python, *platforms]
    try:
        _pip("download", *chosen, "--constraint", str(tested_versions()), "--dest", str(place), *wanted)
    except InputError as error:
        raise InputError(f"{system}, Python {python}: {error}") from error


def _pip(*arguments: str) -> None:
    command = [sys.executable, "-P", "-m", "pip", "--no-input", "--disable-pip-version-check", "-q", *arguments]
    done = subprocess.run(  # noqa: S603 # nosec B603
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, encoding="utf-8", errors="replace",
        check=False, creationflags=NO_WINDOW,
    )  # fmt: skip
    if done.returncode:
        errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR: ")]
        why = (errors or done.stderr.splitlines() or ["no reason given"])[0].removeprefix("ERROR: ")
        raise InputError(f"pip failed: {one_line(why)}; check the network and pip's index")
